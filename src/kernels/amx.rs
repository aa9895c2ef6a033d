//! The encoder on AMX tiles: bf16 products with f32 sums, everything else in f32 on AVX-512.
//!
//! # Features are rows, tokens are columns
//!
//! A product is `Yᵀ = W · Xᵀ`. The checkpoint's `W` is then the left operand as it is, and the result has features as
//! rows and tokens as columns. So biases, LayerNorm and softmax run down the rows with one token (or one query) in each
//! lane of a register, and never across lanes; and columns never mix, which is why a token has the same bits anywhere
//! in a block.
//!
//! # Blocking
//!
//! The unit of work is a group of 2 x 2 result tiles: a *panel* of 32 features by a *strip* of 32 tokens. The tokens of
//! a block are side by side without padding between sequences; only the last strip of a block is filled up, with zeros.
//! See [`product`] for what stays in which cache.
//!
//! # Precision
//!
//! Operands of products are bf16 (8 bits), sums, biases, residuals, LayerNorm and softmax are f32.

// Indices count tiles and rows here, and one index reads several arrays at once.
#![allow(clippy::needless_range_loop)]

mod activation;
mod attention;
mod bytes;
mod encoder;
mod lanes;
mod norm;
mod pack;
mod peak;
mod product;
mod tile;

#[cfg(test)]
mod testing;

pub use bytes::AmxBytes;
pub use encoder::AmxEncoder;
pub use peak::multiply_add;

use super::system;
use std::arch::x86_64::__cpuid_count;

/// Proof that this CPU has AMX for bf16 and bytes and the related AVX-512, and that the kernel lets this process use
/// them.
#[derive(Clone, Copy, Debug)]
pub struct Amx(());

impl Amx {
    /// Asks the CPU, then the kernel. The permission applies to the process, including threads that already exist.
    pub fn new() -> Option<Self> {
        /// State component of the tile data in XSAVE's numbering.
        const TILE_DATA: usize = 18;
        (has_avx512() && has_tiles() && system::request_register_state(TILE_DATA)).then_some(Self(()))
    }
}

fn has_avx512() -> bool {
    is_x86_feature_detected!("avx512f")
        && is_x86_feature_detected!("avx512bw")
        && is_x86_feature_detected!("avx512dq")
        && is_x86_feature_detected!("avx512vl")
        && is_x86_feature_detected!("avx512bf16")
        && is_x86_feature_detected!("avx512vnni")
}

/// CPUID leaf 7, EDX: bit 22 is AMX-BF16, bit 24 is AMX-TILE, bit 25 is AMX-INT8.
fn has_tiles() -> bool {
    const NEEDED: u32 = 1 << 22 | 1 << 24 | 1 << 25;
    __cpuid_count(0, 0).eax >= 7 && __cpuid_count(7, 0).edx & NEEDED == NEEDED
}
