//! The table of instruction sets.

use core::fmt;
use std::sync::OnceLock;

#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
use super::amx::{self, Amx, AmxBytes, AmxEncoder};
use super::encoder::DenseEncoder;
use super::gemm::Floats;
use super::int8::{Int8, Int8Octets, Octets, Quads};
use super::int16::{Int16, Pairs};
use super::peak::{multiply_add, multiply_add_integers};
use super::portable::Portable;
use super::simd::Simd;
use super::single::Single;
use super::{Encoder, Kernels, Layer, Shape, ShapeError, UnsupportedShape};
#[cfg(target_arch = "x86_64")]
use super::{avx2::Avx2, avx512::Avx512};

/// The number format in which products are computed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Precision {
    /// 32-bit floats throughout.
    F32,
    /// bfloat16 factors, summed in 32-bit floats.
    Bf16,
    /// 16-bit integers with a scale for each row and each column, summed in 32-bit integers; everything but the
    /// products with weights is in f32.
    Int16,
    /// Like `Int16`, but in 8-bit integers: faster and less precise.
    Int8,
}

impl Precision {
    /// The name on the command line and in log lines.
    pub fn name(self) -> &'static str {
        match self {
            Self::F32 => "f32",
            Self::Bf16 => "bf16",
            Self::Int16 => "int16",
            Self::Int8 => "int8",
        }
    }
}

impl fmt::Display for Precision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// All instruction sets that this target may have, best first; the last needs no special CPU features.
pub static ISAS: &[Isa] = &[
    #[cfg(all(target_os = "linux", target_arch = "x86_64"))]
    Isa {
        name: "amx",
        needs: &["amx-tile", "amx-bf16", "amx-int8", "avx512bf16", "avx512vnni"],
        precisions: &[Precision::Bf16],
        kernels: || Some(Box::new(Single(AmxBytes::new(Amx::new()?)?))),
        encoder: |_, shape, layers| {
            Amx::new().map(|amx| Ok(Box::new(AmxEncoder::new(amx, shape, layers)?) as Box<dyn Encoder>))
        },
        peak: |precision, rounds| Some(amx::multiply_add(Amx::new()?, precision, rounds)),
    },
    #[cfg(target_arch = "x86_64")]
    Isa::of::<Avx512<true>>(
        "avx512vnni",
        &["avx512f", "avx512bw", "avx512vnni"],
        &[Precision::Int16, Precision::F32, Precision::Int8],
    ),
    #[cfg(target_arch = "x86_64")]
    Isa::of::<Avx512<false>>("avx512", &["avx512f", "avx512bw"], &[Precision::Int16, Precision::F32]),
    #[cfg(target_arch = "x86_64")]
    Isa::of::<Avx2<true>>(
        "avxvnni",
        &["avx2", "fma", "f16c", "avxvnni"],
        &[Precision::Int16, Precision::F32, Precision::Int8],
    ),
    #[cfg(target_arch = "x86_64")]
    Isa::of::<Avx2<false>>("avx2", &["avx2", "fma", "f16c"], &[Precision::Int16, Precision::F32, Precision::Int8]),
    Isa::of::<Portable>("portable", &[], &[Precision::F32]),
];

/// An instruction set: one row of [`ISAS`].
#[derive(Debug)]
pub struct Isa {
    /// The name on the command line and in log lines.
    pub name: &'static str,
    /// The required CPU features, by the names of `is_x86_feature_detected!`.
    pub needs: &'static [&'static str],
    /// The available precisions, the default first.
    pub precisions: &'static [Precision],
    /// Creates its kernels, if the CPU has it.
    kernels: fn() -> Option<Box<dyn Kernels>>,
    /// Creates an encoder from checked weights, if the CPU has it.
    encoder: MakeEncoder,
    /// Performs multiply-adds on registers, if the CPU has it.
    peak: fn(Precision, usize) -> Option<f64>,
}

type MakeEncoder = fn(Precision, &Shape, &[Layer<'_>]) -> Option<Result<Box<dyn Encoder>, UnsupportedShape>>;

fn kernels<S: Simd>() -> Option<Box<dyn Kernels>> {
    Some(Box::new(Single(S::new()?)))
}

fn dense<S: Simd>(
    precision: Precision,
    shape: &Shape,
    layers: &[Layer<'_>],
) -> Option<Result<Box<dyn Encoder>, UnsupportedShape>> {
    let simd = S::new()?;
    Some(Ok(match precision {
        Precision::Int16 => Box::new(DenseEncoder::<S, Int16>::new(simd, shape, layers)),
        Precision::Int8 if S::ADDS_IN_16_BITS => Box::new(DenseEncoder::<S, Int8Octets>::new(simd, shape, layers)),
        Precision::Int8 => Box::new(DenseEncoder::<S, Int8>::new(simd, shape, layers)),
        Precision::F32 | Precision::Bf16 => Box::new(DenseEncoder::<S, Floats>::new(simd, shape, layers)),
    }))
}

fn peak<S: Simd>(precision: Precision, rounds: usize) -> Option<f64> {
    let simd = S::new()?;
    Some(match precision {
        Precision::Int16 => multiply_add_integers::<S, Pairs>(simd, rounds),
        Precision::Int8 if S::ADDS_IN_16_BITS => multiply_add_integers::<S, Octets>(simd, rounds),
        Precision::Int8 => multiply_add_integers::<S, Quads>(simd, rounds),
        Precision::F32 | Precision::Bf16 => multiply_add(simd, rounds),
    })
}

impl Isa {
    /// The row of an instruction set that uses the shared encoder and kernels.
    const fn of<S: Simd>(name: &'static str, needs: &'static [&'static str], precisions: &'static [Precision]) -> Self {
        Self { name, needs, precisions, kernels: kernels::<S>, encoder: dense::<S>, peak: peak::<S> }
    }

    /// The best instruction set of this CPU that offers `precision`.
    pub fn best(precision: Precision) -> Option<&'static Self> {
        ISAS.iter().find(|isa| isa.precisions.contains(&precision) && isa.available())
    }

    /// The instruction set of that name, whether or not the CPU has it.
    pub fn by_name(name: &str) -> Option<&'static Self> {
        ISAS.iter().find(|isa| isa.name == name)
    }

    /// Whether this CPU has the instruction set.
    pub fn available(&self) -> bool {
        self.kernels().is_ok()
    }

    /// The kernels around an encoder.
    ///
    /// # Errors
    /// If the CPU lacks the instruction set.
    pub fn kernels(&self) -> Result<Box<dyn Kernels>, EncoderError> {
        (self.kernels)().ok_or(EncoderError::Unavailable { isa: self.name, needs: self.needs })
    }

    /// The name of the instruction set whose kernels [`kernels_of`](Self::kernels_of) returns.
    pub fn name_of(name: &str) -> &'static str {
        let named = ISAS.iter().filter(|isa| isa.available());
        named.clone().find(|isa| isa.name == name).or(named.clone().next()).map_or("portable", |isa| isa.name)
    }

    /// The kernels of the instruction set of that name, or of the best one if the CPU lacks it or there is none.
    ///
    /// # Panics
    /// Never: every CPU runs the last row of the table.
    pub fn kernels_of(name: &str) -> &'static dyn Kernels {
        static KERNELS: OnceLock<Vec<(&str, Box<dyn Kernels>)>> = OnceLock::new();
        let kernels =
            KERNELS.get_or_init(|| ISAS.iter().filter_map(|isa| Some((isa.name, (isa.kernels)()?))).collect());
        let named = kernels.iter().find(|(known, _)| *known == name).or(kernels.first());
        &*named.expect("the last instruction set needs nothing of the CPU").1
    }

    /// Performs `rounds` of multiply-adds on registers alone in one of its precisions, to measure the CPU's peak rate;
    /// returns the number of operations, counting two for each multiply-add.
    ///
    /// # Errors
    /// If the CPU lacks the instruction set.
    pub fn multiply_add(&self, precision: Precision, rounds: usize) -> Result<f64, EncoderError> {
        (self.peak)(precision, rounds).ok_or(EncoderError::Unavailable { isa: self.name, needs: self.needs })
    }

    /// Packs the weights for this instruction set and one of its precisions.
    ///
    /// # Errors
    /// If the CPU lacks the instruction set, the weights do not fit the shape, or the instruction set does not support
    /// the shape or the precision.
    pub fn encoder(
        &self,
        precision: Precision,
        shape: &Shape,
        layers: &[Layer<'_>],
    ) -> Result<Box<dyn Encoder>, EncoderError> {
        shape.check(layers).map_err(EncoderError::Shape)?;
        if !self.precisions.contains(&precision) {
            let source = UnsupportedShape { what: format!("it does not support {precision}") };
            return Err(EncoderError::Unsupported { isa: self.name, source });
        }
        let made = (self.encoder)(precision, shape, layers)
            .ok_or(EncoderError::Unavailable { isa: self.name, needs: self.needs })?;
        made.map_err(|source| EncoderError::Unsupported { isa: self.name, source })
    }
}

/// Why an instruction set could not make an encoder.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum EncoderError {
    /// This CPU lacks the instruction set.
    Unavailable {
        /// The name of the instruction set.
        isa: &'static str,
        /// The CPU features that it needs.
        needs: &'static [&'static str],
    },
    /// The instruction set has no kernels for this shape.
    Unsupported {
        /// The name of the instruction set.
        isa: &'static str,
        /// What it does not support.
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
