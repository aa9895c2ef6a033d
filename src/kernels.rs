//! SIMD kernels of a BERT encoder, selected at run time: std only, with all intrinsics of the crate.
//!
//! [`ISAS`] is the single table of instruction sets, best first. Detection, the `--isa` option, tests, benchmarks and
//! log lines all derive from it. A row creates an [`Encoder`] (the layers, with their weights packed for that
//! instruction set) and the [`Kernels`] around it (embedding lookup, pooling, dot product).
//!
//! A row of a result never depends on its neighbours: for one instruction set and precision, a sequence's hidden states
//! are the same bit for bit in any block, at any position in it and on any thread. Between instruction sets they differ
//! by rounding.
//!
//! Values that are not finite stay memory-safe: they spread within their own sequence, but no further.

#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
mod amx;
mod attention;
#[cfg(target_arch = "x86_64")]
mod avx2;
#[cfg(target_arch = "x86_64")]
mod avx512;
mod buffer;
mod elementwise;
mod encoder;
mod gemm;
mod half;
mod int16;
mod int8;
mod integers;
mod isa;
mod memory;
mod peak;
mod portable;
mod rows;
mod screen;
mod shape;
mod simd;
mod single;
#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
mod system;
mod tile;

pub use buffer::Scratch;
pub use isa::{EncoderError, ISAS, Isa, Precision};
pub use screen::{Bounds, ByteRow, Cut, MAX_DIM, Screened};
pub use shape::{
    Activation, Embeddings, Layer, Linear, Norm, PositionBias, Positions, Shape, ShapeError, UnsupportedShape,
};
pub use single::Kernels;

/// An encoder with its weights packed for one instruction set.
pub trait Encoder: Send + Sync {
    /// Runs all layers over a ragged block of sequences, in place.
    ///
    /// `x` is `[tokens, hidden]`: the output of the embedding LayerNorm on entry, the last hidden states on return.
    /// `lengths` gives the number of tokens of each sequence. Any total is possible; 256 to 512 tokens per call are
    /// fastest.
    ///
    /// # Panics
    /// If `x` does not have `hidden` values for each token of `lengths`.
    fn forward(&self, x: &mut [f32], lengths: &[usize], scratch: &mut Scratch);
}
