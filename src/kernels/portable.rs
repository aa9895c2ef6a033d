//! The path for every CPU: plain arrays, which the compiler turns into whatever vectors the target has.

use super::integers::Format;
use super::screen::{ByteTile, Factors};
use super::simd::Simd;
use super::tile::{IntegerTile, Tile};
use super::{gemm, integers, screen};

const LANES: usize = 8;

/// Plain Rust, using no instruction set beyond the target's baseline.
#[derive(Clone, Copy, Debug)]
pub(super) struct Portable;

#[inline(always)]
fn zip(a: [f32; LANES], b: [f32; LANES], f: impl Fn(f32, f32) -> f32) -> [f32; LANES] {
    let mut out = a;
    for (out, b) in out.iter_mut().zip(b) {
        *out = f(*out, b);
    }
    out
}

impl Simd for Portable {
    type Vector = [f32; LANES];
    /// Smaller integers share a 32-bit one, the first in its lowest bits.
    type Integers = [i32; LANES];

    const LANES: usize = LANES;
    /// 4 × 8 sums fill half of the 16 four-lane registers of baseline x86-64.
    const TILE_ROWS: usize = 4;
    const TILE_COLUMNS: usize = LANES;
    const BYTE_ROWS: usize = 4;
    const UNSIGNED_LIMIT: i32 = 127;

    fn new() -> Option<Self> {
        Some(Self)
    }

    #[inline(always)]
    fn vectorize<R>(self, f: impl FnOnce() -> R) -> R {
        f()
    }

    #[inline(never)]
    fn multiply(self, tile: &mut Tile<'_>) {
        gemm::multiply_tile!(self, tile, rows: 1 2 3 4, ROWS => gemm::multiply_rows::<Self, ROWS, 1>(self, tile));
    }

    #[inline(never)]
    fn multiply_integers<F: Format>(self, tile: &mut IntegerTile<'_>) {
        gemm::multiply_tile!(
            self, tile, rows: 1 2 3 4, ROWS => integers::multiply_rows::<Self, F, ROWS, 1>(self, tile)
        );
    }

    #[inline(never)]
    fn multiply_bytes(self, factors: &Factors<'_>, tile: &mut ByteTile) {
        screen::multiply::<Self, 4, 1>(self, factors, tile);
    }

    fn transpose_square(self, source: &[f32], source_stride: usize, target: &mut [f32], target_stride: usize) {
        for column in 0..LANES {
            let target = &mut target[column * target_stride..][..LANES];
            for (row, value) in target.iter_mut().enumerate() {
                *value = source[row * source_stride + column];
            }
        }
    }

    #[inline(always)]
    fn splat(self, value: f32) -> Self::Vector {
        [value; LANES]
    }

    #[inline(always)]
    unsafe fn load_at(self, address: *const f32) -> Self::Vector {
        // SAFETY: the caller vouches for LANES values; read_unaligned requires no alignment beyond that of f32.
        unsafe { address.cast::<Self::Vector>().read_unaligned() }
    }

    #[inline(always)]
    unsafe fn load_half_at(self, address: *const u16) -> Self::Vector {
        // SAFETY: as in `load_at`.
        unsafe { address.cast::<[u16; LANES]>().read_unaligned() }.map(super::half::widen)
    }

    #[inline(always)]
    unsafe fn store_at(self, vector: Self::Vector, address: *mut f32) {
        // SAFETY: as in `load_at`.
        unsafe { address.cast::<Self::Vector>().write_unaligned(vector) }
    }

    #[inline(always)]
    fn prefetch(self, _: *const f32) {}

    #[inline(always)]
    fn load_partial(self, values: &[f32]) -> Self::Vector {
        let mut vector = [0.0; LANES];
        vector[..values.len()].copy_from_slice(values);
        vector
    }

    #[inline(always)]
    fn store_partial(self, vector: Self::Vector, values: &mut [f32]) {
        values.copy_from_slice(&vector[..values.len()]);
    }

    #[inline(always)]
    fn add(self, a: Self::Vector, b: Self::Vector) -> Self::Vector {
        zip(a, b, |a, b| a + b)
    }

    #[inline(always)]
    fn sub(self, a: Self::Vector, b: Self::Vector) -> Self::Vector {
        zip(a, b, |a, b| a - b)
    }

    #[inline(always)]
    fn mul(self, a: Self::Vector, b: Self::Vector) -> Self::Vector {
        zip(a, b, |a, b| a * b)
    }

    #[inline(always)]
    fn div(self, a: Self::Vector, b: Self::Vector) -> Self::Vector {
        zip(a, b, |a, b| a / b)
    }

    /// Rounds twice: without the instruction, `f32::mul_add` is a slow library call.
    #[inline(always)]
    fn mul_add(self, a: Self::Vector, b: Self::Vector, c: Self::Vector) -> Self::Vector {
        self.add(self.mul(a, b), c)
    }

    #[inline(always)]
    fn min(self, a: Self::Vector, b: Self::Vector) -> Self::Vector {
        zip(a, b, |a, b| if a < b { a } else { b })
    }

    #[inline(always)]
    fn max(self, a: Self::Vector, b: Self::Vector) -> Self::Vector {
        zip(a, b, |a, b| if a > b { a } else { b })
    }

    /// Adding and subtracting 1.5 × 2²³ leaves no bits for a fraction; correct for magnitudes below 2²².
    #[inline(always)]
    fn round(self, a: Self::Vector) -> Self::Vector {
        const NO_FRACTION: f32 = 12_582_912.0;
        a.map(|a| (a + NO_FRACTION) - NO_FRACTION)
    }

    #[inline(always)]
    fn scale_by_power_of_two(self, a: Self::Vector, n: Self::Vector) -> Self::Vector {
        zip(a, n, |a, n| a * f32::from_bits(((n as i32).wrapping_add(127) << 23) as u32))
    }

    #[inline(always)]
    fn sum(self, a: Self::Vector) -> f32 {
        let quarters = [a[0] + a[4], a[1] + a[5], a[2] + a[6], a[3] + a[7]];
        (quarters[0] + quarters[2]) + (quarters[1] + quarters[3])
    }

    #[inline(always)]
    fn at_least(self, a: Self::Vector, b: Self::Vector) -> u32 {
        a.into_iter().zip(b).enumerate().map(|(lane, (a, b))| u32::from(a >= b) << lane).sum()
    }

    #[inline(always)]
    fn no_integers(self) -> Self::Integers {
        [0; LANES]
    }

    #[inline(always)]
    unsafe fn load_words_at(self, address: *const i32) -> Self::Integers {
        // SAFETY: the caller vouches for LANES words.
        unsafe { address.cast::<Self::Integers>().read_unaligned() }
    }

    #[inline(always)]
    unsafe fn splat_word_at(self, address: *const i32) -> Self::Integers {
        // SAFETY: the caller vouches for a word.
        [unsafe { address.read_unaligned() }; LANES]
    }

    #[inline(always)]
    fn add_pairs(self, sums: Self::Integers, a: Self::Integers, b: Self::Integers) -> Self::Integers {
        let mut out = sums;
        for ((sum, a), b) in out.iter_mut().zip(a).zip(b) {
            let low = i32::from(a as i16) * i32::from(b as i16);
            let high = (a >> 16) * (b >> 16);
            *sum = sum.wrapping_add(low).wrapping_add(high);
        }
        out
    }

    #[inline(always)]
    fn add_quads(self, sums: Self::Integers, a: Self::Integers, b: Self::Integers) -> Self::Integers {
        let mut out = sums;
        for ((sum, a), b) in out.iter_mut().zip(a).zip(b) {
            let products = a.to_le_bytes().into_iter().zip(b.to_le_bytes());
            *sum = products.fold(*sum, |sum, (a, b)| sum.wrapping_add(i32::from(a) * i32::from(b as i8)));
        }
        out
    }

    #[inline(always)]
    fn mul_words(self, a: Self::Integers, b: Self::Integers) -> Self::Integers {
        let mut out = a;
        out.iter_mut().zip(b).for_each(|(a, b)| *a = a.wrapping_mul(b));
        out
    }

    #[inline(always)]
    fn to_floats(self, integers: Self::Integers) -> Self::Vector {
        integers.map(|integer| integer as f32)
    }

    #[inline(always)]
    unsafe fn store_rounded_at(self, vectors: [Self::Vector; 2], address: *mut i16) {
        let integers = vectors.map(|vector| self.round(vector).map(|value| value as i16));
        // SAFETY: the caller vouches for 2 · LANES values.
        unsafe { address.cast::<[[i16; LANES]; 2]>().write_unaligned(integers) };
    }

    #[inline(always)]
    unsafe fn store_bytes_at(self, vector: Self::Vector, offset: i32, address: *mut u8) {
        let bytes = self.round(vector).map(|value| (value as i32 + offset) as u8);
        // SAFETY: the caller vouches for LANES bytes.
        unsafe { address.cast::<[u8; LANES]>().write_unaligned(bytes) };
    }
}
