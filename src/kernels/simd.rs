//! The vector operations in which every f32 kernel is written.
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

    /// Number of values in a vector.
    const LANES: usize;
    /// Maximum number of rows of a matrix-product tile, at most [`LANES`](Self::LANES).
    const TILE_ROWS: usize;
    /// Number of columns of a matrix-product tile: the width of a weight panel.
    const TILE_COLUMNS: usize;
    /// Number of rows of a tile of bytes; see [`screen`](super::screen).
    const BYTE_ROWS: usize;
    /// The largest magnitude of bytes of the right factor before they are shifted to be positive: 127, or 63 if the sum
    /// of two products has to fit 16 bits.
    const UNSIGNED_LIMIT: i32;

    /// Whether products of bytes are first added in 16 bits, as they are without VNNI.
    const ADDS_IN_16_BITS: bool = Self::UNSIGNED_LIMIT < i8::MAX as i32;

    /// Returns the proof, if this CPU has the instructions and the operating system saves their registers.
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

    /// A vector with `value` in all lanes.
    fn splat(self, value: f32) -> Self::Vector;

    /// Loads the first [`LANES`](Self::LANES) values. Panics if there are fewer.
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

    /// Prefetches the cache line of an address, if the CPU can.
    fn prefetch(self, address: *const f32);

    /// Loads fewer values than a vector has; the other lanes are zero.
    fn load_partial(self, values: &[f32]) -> Self::Vector;

    /// Stores as many of the first lanes as fit into `values`, fewer than a vector.
    fn store_partial(self, vector: Self::Vector, values: &mut [f32]);

    /// `a + b`.
    fn add(self, a: Self::Vector, b: Self::Vector) -> Self::Vector;
    /// `a - b`.
    fn sub(self, a: Self::Vector, b: Self::Vector) -> Self::Vector;
    /// `a * b`.
    fn mul(self, a: Self::Vector, b: Self::Vector) -> Self::Vector;
    /// `a / b`.
    fn div(self, a: Self::Vector, b: Self::Vector) -> Self::Vector;
    /// `a * b + c`, rounded once if the CPU can.
    fn mul_add(self, a: Self::Vector, b: Self::Vector, c: Self::Vector) -> Self::Vector;
    /// The smaller of `a` and `b`; `b` if either is NaN.
    fn min(self, a: Self::Vector, b: Self::Vector) -> Self::Vector;
    /// The larger of `a` and `b`; `b` if either is NaN.
    fn max(self, a: Self::Vector, b: Self::Vector) -> Self::Vector;
    /// The nearest whole number, ties to even.
    fn round(self, a: Self::Vector) -> Self::Vector;
    /// `a * 2^n` for whole `n` in -126..=127; any other `n` gives an unspecified value.
    fn scale_by_power_of_two(self, a: Self::Vector, n: Self::Vector) -> Self::Vector;
    /// The sum of all lanes, in an order that depends only on the instruction set.
    fn sum(self, a: Self::Vector) -> f32;

    /// One bit per lane, starting with the lowest: whether `a >= b` there.
    fn at_least(self, a: Self::Vector, b: Self::Vector) -> u32;

    /// A vector of zeros.
    fn no_integers(self) -> Self::Integers;

    /// Loads [`LANES`](Self::LANES) 32-bit integers, or groups, from an address of any alignment.
    ///
    /// # Safety
    /// `address` must be valid for reads of that many.
    unsafe fn load_words_at(self, address: *const i32) -> Self::Integers;

    /// Loads one 32-bit integer, or group, into every lane, from an address of any alignment.
    ///
    /// # Safety
    /// `address` must be valid for reads of one.
    unsafe fn splat_word_at(self, address: *const i32) -> Self::Integers;

    /// Adds to each 32-bit lane of `sums` the products of its two 16-bit integers: `sums + a₀·b₀ + a₁·b₁`, modulo 2³².
    fn add_pairs(self, sums: Self::Integers, a: Self::Integers, b: Self::Integers) -> Self::Integers;

    /// Adds to each 32-bit lane of `sums` the products of its four bytes, unsigned in `a` and signed in `b`: `sums +
    /// a₀·b₀ + a₁·b₁ + a₂·b₂ + a₃·b₃`, modulo 2³². Without VNNI `a₀·b₀ + a₁·b₁` and
    /// `a₂·b₂ + a₃·b₃` have to fit 16 bits, as they do if those of `a` are at most 127.
    fn add_quads(self, sums: Self::Integers, a: Self::Integers, b: Self::Integers) -> Self::Integers;

    /// Adds the products of two groups of four, as [`add_quads`](Self::add_quads) does of one. AVX2 first adds those of
    /// both groups' first halves in 16 bits, and those of the second halves: both sums have to fit.
    #[inline(always)]
    fn add_two_quads(self, sums: Self::Integers, a: [Self::Integers; 2], b: [Self::Integers; 2]) -> Self::Integers {
        self.add_quads(self.add_quads(sums, a[0], b[0]), a[1], b[1])
    }

    /// The products of 32-bit integers, modulo 2³².
    fn mul_words(self, a: Self::Integers, b: Self::Integers) -> Self::Integers;

    /// Converts 32-bit integers to f32, rounded to nearest.
    fn to_floats(self, integers: Self::Integers) -> Self::Vector;

    /// Stores two vectors as 16-bit integers at an address of any alignment, rounded to nearest, ties to even. Values
    /// out of range give unspecified results.
    ///
    /// # Safety
    /// `address` must be valid for writes of twice [`LANES`](Self::LANES).
    unsafe fn store_rounded_at(self, vectors: [Self::Vector; 2], address: *mut i16);

    /// Stores a vector as bytes at an address of any alignment: each value rounded to nearest, ties to even, plus
    /// `offset`. Values that are then out of range give unspecified results.
    ///
    /// # Safety
    /// `address` must be valid for writes of [`LANES`](Self::LANES) bytes.
    unsafe fn store_bytes_at(self, vector: Self::Vector, offset: i32, address: *mut u8);
}

/// Implements [`Simd::transpose_square`] with `transpose`, which transposes a square of vectors.
#[inline(always)]
pub(super) fn transpose_square<S: Simd, const LANES: usize>(
    simd: S,
    transpose: impl FnOnce([S::Vector; LANES]) -> [S::Vector; LANES],
    (source, source_stride): (&[f32], usize),
    (target, target_stride): (&mut [f32], usize),
) {
    let mut vectors = [simd.splat(0.0); LANES];
    for (i, vector) in vectors.iter_mut().enumerate() {
        *vector = simd.load(&source[i * source_stride..]);
    }
    for (i, column) in transpose(vectors).into_iter().enumerate() {
        simd.store(column, &mut target[i * target_stride..]);
    }
}
