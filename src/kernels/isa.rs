//! The table of instruction sets.

use core::fmt;
use std::sync::OnceLock;

#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
use super::amx::{self, Amx, AmxEncoder};
use super::encoder::DenseEncoder;
use super::peak::multiply_add;
use super::portable::Portable;
use super::simd::Simd;
use super::{Encoder, Kernels, Layer, Shape, ShapeError, UnsupportedShape};
#[cfg(target_arch = "x86_64")]
use super::{avx2::Avx2, avx512::Avx512};

/// The number format that products are computed in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Precision {
    /// 32-bit floats throughout.
    F32,
    /// bfloat16 factors, summed in 32-bit floats.
    Bf16,
}

impl Precision {
    /// The name on the command line and in log lines.
    pub fn name(self) -> &'static str {
        match self {
            Self::F32 => "f32",
            Self::Bf16 => "bf16",
        }
    }
}

impl fmt::Display for Precision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// All instruction sets that this target may have, best first; the last needs nothing of the CPU.
pub static ISAS: &[Isa] = &[
    #[cfg(all(target_os = "linux", target_arch = "x86_64"))]
    Isa {
        name: "amx",
        needs: &["amx-tile", "amx-bf16", "avx512bf16"],
        precisions: &[Precision::Bf16],
        kernels: || Amx::new().and_then(|_| kernels(Avx512::new())),
        encoder: |shape, layers| Amx::new().map(|amx| Ok(Box::new(AmxEncoder::new(amx, shape, layers)?) as Box<dyn Encoder>)),
        peak: |rounds| Some(amx::multiply_add(Amx::new()?, rounds)),
    },
    #[cfg(target_arch = "x86_64")]
    Isa {
        name: "avx512",
        needs: &["avx512f"],
        precisions: &[Precision::F32],
        kernels: || kernels(Avx512::new()),
        encoder: |shape, layers| dense(Avx512::new(), shape, layers),
        peak: |rounds| Some(multiply_add(Avx512::new()?, rounds)),
    },
    #[cfg(target_arch = "x86_64")]
    Isa {
        name: "avx2",
        needs: &["avx2", "fma", "f16c"],
        precisions: &[Precision::F32],
        kernels: || kernels(Avx2::new()),
        encoder: |shape, layers| dense(Avx2::new(), shape, layers),
        peak: |rounds| Some(multiply_add(Avx2::new()?, rounds)),
    },
    Isa {
        name: "portable",
        needs: &[],
        precisions: &[Precision::F32],
        kernels: || kernels(Portable::new()),
        encoder: |shape, layers| dense(Portable::new(), shape, layers),
        peak: |rounds| Some(multiply_add(Portable::new()?, rounds)),
    },
];

/// An instruction set: one row of [`ISAS`].
#[derive(Debug)]
pub struct Isa {
    /// The name on the command line and in log lines.
    pub name: &'static str,
    /// The CPU features that it needs, by the names of `is_x86_feature_detected!`.
    pub needs: &'static [&'static str],
    /// The precisions that it offers.
    pub precisions: &'static [Precision],
    /// Its kernels, if the CPU has it.
    kernels: fn() -> Option<Box<dyn Kernels>>,
    /// An encoder of checked weights, if the CPU has it.
    encoder: MakeEncoder,
    /// Multiply-adds on registers, if the CPU has it.
    peak: fn(usize) -> Option<f64>,
}

type MakeEncoder = fn(&Shape, &[Layer<'_>]) -> Option<Result<Box<dyn Encoder>, UnsupportedShape>>;

fn kernels<S: Simd>(simd: Option<S>) -> Option<Box<dyn Kernels>> {
    Some(Box::new(simd?))
}

fn dense<S: Simd>(simd: Option<S>, shape: &Shape, layers: &[Layer<'_>]) -> Option<Result<Box<dyn Encoder>, UnsupportedShape>> {
    Some(Ok(Box::new(DenseEncoder::new(simd?, shape, layers))))
}

impl Isa {
    /// The best instruction set of this CPU that offers `precision`.
    pub fn best(precision: Precision) -> Option<&'static Self> {
        ISAS.iter().find(|isa| isa.precisions.contains(&precision) && isa.available())
    }

    /// The instruction set of that name, whether or not the CPU has it.
    pub fn by_name(name: &str) -> Option<&'static Self> {
        ISAS.iter().find(|isa| isa.name == name)
    }

    /// Whether this CPU has it.
    pub fn available(&self) -> bool {
        self.kernels().is_ok()
    }

    /// The kernels around an encoder.
    pub fn kernels(&self) -> Result<Box<dyn Kernels>, EncoderError> {
        (self.kernels)().ok_or(EncoderError::Unavailable { isa: self.name, needs: self.needs })
    }

    /// The kernels of the best instruction set of this CPU.
    pub fn best_kernels() -> &'static dyn Kernels {
        static BEST: OnceLock<Box<dyn Kernels>> = OnceLock::new();
        let best = || ISAS.iter().find_map(|isa| (isa.kernels)()).expect("the last instruction set needs nothing of the CPU");
        &**BEST.get_or_init(best)
    }

    /// Does `rounds` of multiply-adds on registers alone, for the CPU's peak rate: returns the number of floating-point
    /// operations done, two for each multiply-add.
    pub fn multiply_add(&self, rounds: usize) -> Result<f64, EncoderError> {
        (self.peak)(rounds).ok_or(EncoderError::Unavailable { isa: self.name, needs: self.needs })
    }

    /// Packs the weights for this instruction set.
    pub fn encoder(&self, shape: &Shape, layers: &[Layer<'_>]) -> Result<Box<dyn Encoder>, EncoderError> {
        shape.check(layers).map_err(EncoderError::Shape)?;
        let made = (self.encoder)(shape, layers).ok_or(EncoderError::Unavailable { isa: self.name, needs: self.needs })?;
        made.map_err(|source| EncoderError::Unsupported { isa: self.name, source })
    }
}

/// Why an instruction set made no encoder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EncoderError {
    /// This CPU lacks the instruction set.
    Unavailable {
        /// Its name.
        isa: &'static str,
        /// What it needs.
        needs: &'static [&'static str],
    },
    /// The instruction set has no kernels for this shape.
    Unsupported {
        /// Its name.
        isa: &'static str,
        /// What it cannot do.
        source: UnsupportedShape,
    },
    /// The weights do not fit the shape.
    Shape(ShapeError),
}

impl fmt::Display for EncoderError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unavailable { isa, needs } => write!(f, "this CPU lacks {isa}, which needs {}", needs.join(", ")),
            Self::Unsupported { isa, source } => write!(f, "{isa} cannot run this model: {source}"),
            Self::Shape(_) => f.write_str("the weights do not fit the encoder's shape"),
        }
    }
}

impl std::error::Error for EncoderError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Unavailable { .. } => None,
            Self::Unsupported { source, .. } => Some(source),
            Self::Shape(error) => Some(error),
        }
    }
}
