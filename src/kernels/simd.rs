//! The vector operations that every f32 kernel is written in.
//!
//! One generic implementation of each kernel serves all instruction sets: [`Simd`] names the operations,
//! [`Portable`](super::portable::Portable), `Avx2` and `Avx512` supply them. A kernel enters an instruction set through
//! [`Simd::vectorize`]; everything inside is `#[inline(always)]`, so that it is compiled with that set's features even
//! in a stock build.

use super::integers::Format;
use super::screen::{ByteTile, Factors};
use super::tile::{IntegerTile, Tile};

/// A vector instruction set of f32 lanes.
///
/// A value of an implementing type proves that the CPU has the instructions.
pub(super) trait Simd: Copy + Send + Sync + 'static {
    /// A vector of [`LANES`](Self::LANES) values.
    type Vector: Copy;

    /// A vector of [`LANES`](Self::LANES) 32-bit integers, or of groups of smaller ones in 32 bits.
    type Integers: Copy;

    /// Values in a vector.
    const LANES: usize;
    /// Most rows of a matrix-product tile, at most [`LANES`](Self::LANES).
    const TILE_ROWS: usize;
    /// Columns of a matrix-product tile: the width of a weight panel.
    const TILE_COLUMNS: usize;
    /// Rows of a tile of bytes; see [`screen`](super::screen).
    const BYTE_ROWS: usize;
    /// The greatest value, in either direction, that bytes of the right factor may have before they are shifted to be
    /// positive: 127, or 63 where the sum of two products has to fit 16 bits.
    const UNSIGNED_LIMIT: i32;

    /// The proof, if this CPU has the instructions and the operating system keeps their registers.
    fn new() -> Option<Self>;

    /// Runs `f` compiled for this instruction set, provided that `f` is `#[inline(always)]`.
    fn vectorize<R>(self, f: impl FnOnce() -> R) -> R;

    /// Computes one tile of a matrix product; see [`Tile`].
    fn multiply(self, tile: &mut Tile<'_>);

    /// Computes one tile of a matrix product in integers; see [`integers`](super::integers).
    fn multiply_integers<F: Format>(self, tile: &mut IntegerTile<'_>);

    /// Computes one tile of a matrix product in bytes; see [`screen`](super::screen).
    fn multiply_bytes(self, factors: &Factors<'_>, tile: &mut ByteTile);

    /// Transposes a square of [`LANES`](Self::LANES) × `LANES` values, from rows `source_stride` apart to rows
    /// `target_stride` apart.
    fn transpose_square(self, source: &[f32], source_stride: usize, target: &mut [f32], target_stride: usize);

    /// All lanes `value`.
    fn splat(self, value: f32) -> Self::Vector;

    /// The first [`LANES`](Self::LANES) values. Panics if there are fewer.
    #[inline(always)]
    fn load(self, values: &[f32]) -> Self::Vector {
        assert!(values.len() >= Self::LANES);
        // SAFETY: the slice holds a whole vector.
        unsafe { self.load_at(values.as_ptr()) }
    }

    /// Writes a vector to the first [`LANES`](Self::LANES) values. Panics if there are fewer.
    #[inline(always)]
    fn store(self, vector: Self::Vector, values: &mut [f32]) {
        assert!(values.len() >= Self::LANES);
        // SAFETY: the slice holds a whole vector.
        unsafe { self.store_at(vector, values.as_mut_ptr()) }
    }

    /// Loads a vector from an address of any alignment.
    ///
    /// # Safety
    /// `address` must be valid for reads of [`LANES`](Self::LANES) values.
    unsafe fn load_at(self, address: *const f32) -> Self::Vector;

    /// Loads a vector of half-precision numbers (their bits) from an address of any alignment.
    ///
    /// # Safety
    /// `address` must be valid for reads of [`LANES`](Self::LANES) values.
    unsafe fn load_half_at(self, address: *const u16) -> Self::Vector;

    /// Stores a vector at an address of any alignment.
    ///
    /// # Safety
    /// `address` must be valid for writes of [`LANES`](Self::LANES) values.
    unsafe fn store_at(self, vector: Self::Vector, address: *mut f32);

    /// Asks for the cache line of an address, if the CPU can.
    fn prefetch(self, address: *const f32);

    /// Loads fewer values than a vector has; the other lanes are zero.
    fn load_partial(self, values: &[f32]) -> Self::Vector;

    /// Stores as many of the first lanes as `values` has room for, fewer than a vector.
    fn store_partial(self, vector: Self::Vector, values: &mut [f32]);

    /// `a + b`.
    fn add(self, a: Self::Vector, b: Self::Vector) -> Self::Vector;
    /// `a - b`.
    fn sub(self, a: Self::Vector, b: Self::Vector) -> Self::Vector;
    /// `a * b`.
    fn mul(self, a: Self::Vector, b: Self::Vector) -> Self::Vector;
    /// `a / b`.
    fn div(self, a: Self::Vector, b: Self::Vector) -> Self::Vector;
    /// `a * b + c`, rounded once where the CPU can.
    fn mul_add(self, a: Self::Vector, b: Self::Vector, c: Self::Vector) -> Self::Vector;
    /// The lesser of `a` and `b`; `b` if either is NaN.
    fn min(self, a: Self::Vector, b: Self::Vector) -> Self::Vector;
    /// The greater of `a` and `b`; `b` if either is NaN.
    fn max(self, a: Self::Vector, b: Self::Vector) -> Self::Vector;
    /// The nearest whole number, ties to even.
    fn round(self, a: Self::Vector) -> Self::Vector;
    /// `a * 2^n` for whole `n` in -126..=127; any other `n` gives some value.
    fn scale_by_power_of_two(self, a: Self::Vector, n: Self::Vector) -> Self::Vector;
    /// The sum of all lanes, in an order that depends on the instruction set only.
    fn sum(self, a: Self::Vector) -> f32;

    /// A bit for each lane, from the lowest: whether `a >= b` there.
    fn at_least(self, a: Self::Vector, b: Self::Vector) -> u32;

    /// All lanes zero.
    fn no_integers(self) -> Self::Integers;

    /// Loads [`LANES`](Self::LANES) 32-bit integers, or groups, from an address of any alignment.
    ///
    /// # Safety
    /// `address` must be valid for reads of that many.
    unsafe fn load_words_at(self, address: *const i32) -> Self::Integers;

    /// One of them in every lane, from an address of any alignment.
    ///
    /// # Safety
    /// `address` must be valid for reads of one.
    unsafe fn splat_word_at(self, address: *const i32) -> Self::Integers;

    /// Adds to each 32-bit lane of `sums` the products of the two 16-bit integers there: `sums + a₀·b₀ + a₁·b₁`, modulo
    /// 2³².
    fn add_pairs(self, sums: Self::Integers, a: Self::Integers, b: Self::Integers) -> Self::Integers;

    /// Adds to each 32-bit lane of `sums` the products of the four bytes there, those of `a` without a sign and those
    /// of `b` with one: `sums + a₀·b₀ + a₁·b₁ + a₂·b₂ + a₃·b₃`, modulo 2³². Without VNNI those of `a` are at most 127.
    fn add_quads(self, sums: Self::Integers, a: Self::Integers, b: Self::Integers) -> Self::Integers;

    /// The products of 32-bit integers, modulo 2³².
    fn mul_words(self, a: Self::Integers, b: Self::Integers) -> Self::Integers;

    /// The 32-bit integers as f32, rounded to nearest.
    fn to_floats(self, integers: Self::Integers) -> Self::Vector;

    /// Stores two vectors as 16-bit integers at an address of any alignment, rounded to nearest, ties to even. What is
    /// not in their range gives some value.
    ///
    /// # Safety
    /// `address` must be valid for writes of twice [`LANES`](Self::LANES).
    unsafe fn store_rounded_at(self, vectors: [Self::Vector; 2], address: *mut i16);

    /// Stores a vector as bytes at an address of any alignment: each rounded to nearest, ties to even, and `offset` more.
    /// What is not in their range then gives some value.
    ///
    /// # Safety
    /// `address` must be valid for writes of [`LANES`](Self::LANES) bytes.
    unsafe fn store_bytes_at(self, vector: Self::Vector, offset: i32, address: *mut u8);
}
