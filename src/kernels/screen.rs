//! Products of all rows with all rows, of which only the high ones matter: screened in 8-bit integers, decided in f32.
//!
//! Each row is rounded to whole numbers with its own scale, `x ≈ x̂ = scale · q`, and the length of the remainder, `‖x
//! − x̂‖`, is kept. By the Cauchy–Schwarz inequality
//!
//! ```text
//! |x · y − x̂ · ŷ| = |(x − x̂) · ŷ + x · (y − ŷ)| ≤ ‖x − x̂‖ · ‖ŷ‖ + ‖x‖ · ‖y − ŷ‖
//! ```
//!
//! The product of the integers is exact. So no pair is missed whose product in f32 ([`Kernels::dot`]) reaches the cut,
//! if this bound is added to it, as well as the largest error of any order of summing in f32 (`dim · 2⁻²⁴ · ‖x‖ · ‖y‖`;
//! Higham, Accuracy and Stability of Numerical Algorithms, 2002, section 3.1). The remaining pairs, a few more than are
//! wanted, are for the caller to compute in f32: the answer is the same, bit for bit, as if all products had been
//! computed.
//!
//! If the products themselves are wanted, as in late interaction, those of the integers are the answer
//! ([`Kernels::greatest`]): exact for rows with no more than 8 bits per value.
//!
//! Vector instructions multiply unsigned with signed bytes, and add four products to a 32-bit sum. So the right factor
//! is shifted to be positive, and each sum starts with the negative of the resulting surplus. Four terms are side by
//! side: both factors are `[group, dim / 4, width, 4]`, where a group is a tile's rows on the left and a panel on the
//! right. AMX multiplies signed bytes, with 64 terms of a left row side by side. [`ByteProduct`] describes what each
//! instruction set needs.
//!
//! [`Kernels::dot`]: super::Kernels::dot
//! [`Kernels::greatest`]: super::Kernels::greatest

use std::ops::Range;

use super::memory::AlignedBytes;
use super::simd::Simd;

/// Maximum length of rows: with it no sum of products of two bytes exceeds 32 bits.
pub const MAX_DIM: usize = 1 << 16;

/// The largest of a left row's integers.
const LEFT_LIMIT: i32 = 127;
/// Number of terms side by side.
const QUAD: usize = 4;
/// Number of tiles that a panel serves while it is in the first-level cache: with 14 rows of 384 bytes each, they take
/// 84 KiB of the second.
const STRIP_TILES: usize = 16;
/// Number of quads of terms that one iteration of the tile's loop adds.
const UNROLL: usize = 2;
/// Maximum number of rows and columns of a tile.
const MOST_ROWS: usize = 32;
const MOST_COLUMNS: usize = 32;
/// Relative rounding error of f32: half a unit in the last place.
const ROUNDING: f32 = 1.0 / (1 << 24) as f32;
/// Number of roundings of a screened product besides those of the sum in f32: its scales, their product, the added
/// bound.
const MORE_ROUNDINGS: f32 = 16.0;
/// The factor by which bounds are widened, because they are computed in f32 themselves.
const WIDER: f32 = 1.0 + 1e-5;

/// How one instruction set multiplies bytes, a tile at a time.
pub(super) trait ByteProduct: Copy + Send + Sync + 'static {
    /// The instruction set for everything but the products themselves.
    type Simd: Simd;
    /// The registers and memory that a thread uses while it computes tiles.
    type Registers;

    /// Rows and columns of a tile.
    const ROWS: usize;
    const COLUMNS: usize;
    /// Number of terms of a left row that are side by side, a multiple of [`QUAD`].
    const RUN: usize;
    /// The largest of a right row's integers, and the offset that makes them positive.
    const RIGHT_LIMIT: i32;
    const OFFSET: i32;

    /// The instruction set for everything else.
    fn simd(self) -> Self::Simd;

    /// Prepares the thread.
    fn registers(self) -> Self::Registers;

    /// Computes a tile.
    fn multiply(self, registers: &mut Self::Registers, factors: &Factors<'_>, tile: &mut ByteTile);
}

impl<S: Simd> ByteProduct for S {
    type Simd = S;
    type Registers = ();

    const ROWS: usize = S::BYTE_ROWS;
    const COLUMNS: usize = S::TILE_COLUMNS;
    const RUN: usize = QUAD;
    const RIGHT_LIMIT: i32 = S::UNSIGNED_LIMIT;
    const OFFSET: i32 = S::UNSIGNED_LIMIT + 1;

    fn simd(self) -> S {
        self
    }

    fn registers(self) {}

    fn multiply(self, (): &mut (), factors: &Factors<'_>, tile: &mut ByteTile) {
        self.multiply_bytes(factors, tile);
    }
}

/// The bounds of a product.
#[derive(Debug, Clone, Copy)]
pub struct Bounds {
    /// The lower bound.
    pub lower: f32,
    /// The upper bound.
    pub upper: f32,
}

/// What products have to reach, and the recipient of pairs that may.
pub trait Cut {
    /// What a product must reach to matter, for each row of the left factor and each row of the right one: a pair
    /// counts if it reaches the lower of its two. The slices are as long as the factors and read anew for every tile.
    fn least(&self) -> (&[f32], &[f32]);

    /// Receives a row of the left factor and one of the right whose product may reach the cut and is within the bounds.
    fn candidate(&mut self, row: usize, column: usize, bounds: Bounds);
}

/// A row that already has 8 bits per value, from -127 to 127.
#[derive(Debug, Clone, Copy)]
pub struct ByteRow<'a> {
    /// The values, in units of the scale.
    pub units: &'a [i8],
    /// The value of a unit.
    pub scale: f32,
}

/// Rows rounded to 8 bits, packed as the left or right factor for one instruction set.
pub struct Screened {
    rows: usize,
    /// Number of quads of terms.
    quads: usize,
    /// Number of rows of a group.
    width: usize,
    /// `[group, quads, width, 4]`.
    bytes: AlignedBytes,
    /// `[groups · width]`, zero for absent rows.
    scales: Vec<f32>,
    /// The start of each row's sum; for the left factor only.
    starts: Vec<i32>,
    /// The lengths of the rows, and of what rounding took from them. For the right factor, the largest of each group.
    lengths: Vec<f32>,
    errors: Vec<f32>,
}

impl Screened {
    /// Number of rows.
    pub fn len(&self) -> usize {
        self.rows
    }

    /// Whether there are no rows.
    pub fn is_empty(&self) -> bool {
        self.rows == 0
    }

    fn group(&self, at: usize) -> &[u8] {
        let len = self.quads * self.width * QUAD;
        &self.bytes.as_slice()[at * len..(at + 1) * len]
    }

    /// Packs `n` rows of `dim` values; `round` writes the integers of one and describes the result.
    fn pack<B: ByteProduct>(
        n: usize,
        dim: usize,
        side: &Side,
        mut round: impl FnMut(usize, &mut [u8]) -> Rounded,
    ) -> Self {
        assert!(dim > 0 && dim <= MAX_DIM, "rows of {dim} values");
        let &Side { width, run, .. } = side;
        let quads = dim.next_multiple_of(B::RUN) / QUAD;
        let groups = n.div_ceil(width);
        let mut packed = Self {
            rows: n,
            quads,
            width,
            bytes: AlignedBytes::zeroed(groups * quads * width * QUAD),
            scales: vec![0.0; groups * width],
            starts: vec![0; groups * width],
            lengths: vec![0.0; groups * width],
            errors: vec![0.0; groups * width],
        };
        let mut row = vec![0u8; quads * QUAD];
        let bytes = packed.bytes.as_mut_slice();
        for place in 0..n {
            let rounded = round(place, &mut row);
            packed.scales[place] = rounded.scale;
            packed.starts[place] = rounded.sum;
            packed.lengths[place] = rounded.length;
            packed.errors[place] = rounded.error;
            let first = place / width * quads * width * QUAD + place % width * run;
            for (terms, target) in row.chunks_exact(run).zip(bytes[first..].chunks_mut(width * run)) {
                target[..run].copy_from_slice(terms);
            }
        }
        packed
    }

    fn of_floats<B: ByteProduct>(product: B, rows: &[f32], dim: usize, side: &Side) -> Self {
        assert!(rows.len().is_multiple_of(dim.max(1)), "rows of {dim} values");
        Self::pack::<B>(rows.len() / dim.max(1), dim, side, |at, bytes| {
            product.simd().vectorize(
                #[inline(always)]
                || round(&rows[at * dim..(at + 1) * dim], side.limit, side.offset, bytes),
            )
        })
    }

    fn of_bytes<B: ByteProduct>(product: B, rows: &[ByteRow<'_>], dim: usize, side: &Side) -> Self {
        let mut floats = vec![0.0f32; dim];
        Self::pack::<B>(rows.len(), dim, side, |at, bytes| {
            let row = rows[at];
            assert!(row.units.len() == dim, "rows of {dim} values");
            product.simd().vectorize(
                #[inline(always)]
                || {
                    if side.limit == LEFT_LIMIT {
                        return shift(row, side.offset, bytes);
                    }
                    floats.iter_mut().zip(row.units).for_each(|(value, unit)| *value = f32::from(*unit) * row.scale);
                    round(&floats, side.limit, side.offset, bytes)
                },
            )
        })
    }
}

/// How the rows of one factor are packed.
struct Side {
    /// Number of rows of a group.
    width: usize,
    /// Number of terms side by side.
    run: usize,
    /// The largest integer, and the offset added to all.
    limit: i32,
    offset: i32,
}

/// The result of rounding a row.
struct Rounded {
    scale: f32,
    /// The sum of the integers.
    sum: i32,
    length: f32,
    error: f32,
}

/// Rounds a row to whole numbers of at most `limit`, shifted by `offset`.
#[inline(always)]
fn round(x: &[f32], limit: i32, offset: i32, bytes: &mut [u8]) -> Rounded {
    /// Adding and subtracting 1.5 × 2²³ leaves no bits for a fraction.
    const NO_FRACTION: f32 = 12_582_912.0;
    let (mut greatest, mut finite) = (0.0f32, 0.0f32);
    for value in x {
        greatest = greatest.max(value.abs());
        // Zero, or NaN for values that are not finite.
        finite += value * 0.0;
    }
    // For smaller rows the factor below would not be finite; they count as zero, and all of them is error.
    let scale = if greatest > 1e-30 { greatest / limit as f32 } else { 0.0 };
    let factor = if scale > 0.0 { 1.0 / scale } else { 0.0 };
    let (mut sum, mut length, mut error) = (0, 0.0f64, 0.0f64);
    for (byte, value) in bytes.iter_mut().zip(x) {
        let whole = (value * factor + NO_FRACTION) - NO_FRACTION;
        let integer = whole as i32;
        sum += integer;
        *byte = (integer + offset) as u8;
        let left = f64::from(*value) - f64::from(scale) * f64::from(integer);
        length += f64::from(*value) * f64::from(*value);
        error += left * left;
    }
    Rounded { scale: scale + finite, sum, length: length.sqrt() as f32 * WIDER, error: error.sqrt() as f32 * WIDER }
}

/// Copies a row unchanged, shifted by `offset`.
#[inline(always)]
fn shift(row: ByteRow<'_>, offset: i32, bytes: &mut [u8]) -> Rounded {
    let (mut sum, mut squares) = (0, 0);
    for (byte, unit) in bytes.iter_mut().zip(row.units) {
        let unit = i32::from(*unit);
        *byte = (unit + offset) as u8;
        sum += unit;
        squares += unit * unit;
    }
    Rounded { scale: row.scale, sum, length: (squares as f32).sqrt() * row.scale * WIDER, error: 0.0 }
}

fn left_side<B: ByteProduct>() -> Side {
    Side { width: B::ROWS, run: B::RUN, limit: LEFT_LIMIT, offset: 0 }
}

fn right_side<B: ByteProduct>() -> Side {
    Side { width: B::COLUMNS, run: QUAD, limit: B::RIGHT_LIMIT, offset: B::OFFSET }
}

fn as_left<B: ByteProduct>(mut packed: Screened) -> Screened {
    packed.starts.iter_mut().for_each(|sum| *sum *= -B::OFFSET);
    packed
}

fn as_right<B: ByteProduct>(mut packed: Screened) -> Screened {
    packed.starts = Vec::new();
    for values in [&mut packed.lengths, &mut packed.errors] {
        *values = values.chunks(B::COLUMNS).map(|group| group.iter().copied().fold(0.0, f32::max)).collect();
    }
    packed
}

/// Packs rows `[n, dim]` as the left factor.
pub(super) fn pack_left<B: ByteProduct>(product: B, rows: &[f32], dim: usize) -> Screened {
    as_left::<B>(Screened::of_floats(product, rows, dim, &left_side::<B>()))
}

/// Packs rows `[n, dim]` as the right factor.
pub(super) fn pack_right<B: ByteProduct>(product: B, rows: &[f32], dim: usize) -> Screened {
    as_right::<B>(Screened::of_floats(product, rows, dim, &right_side::<B>()))
}

/// Packs rows of 8 bits per value as the left factor.
pub(super) fn pack_left_bytes<B: ByteProduct>(product: B, rows: &[ByteRow<'_>], dim: usize) -> Screened {
    as_left::<B>(Screened::of_bytes(product, rows, dim, &left_side::<B>()))
}

/// Packs rows of 8 bits per value as the right factor.
pub(super) fn pack_right_bytes<B: ByteProduct>(product: B, rows: &[ByteRow<'_>], dim: usize) -> Screened {
    as_right::<B>(Screened::of_bytes(product, rows, dim, &right_side::<B>()))
}

/// The factors of a tile of a product in bytes: `approximate[r, c] = row_scales[r] · column_scales[c] · (starts[r] + Σₖ
/// left[r, k] · panel[k, c])`.
pub(super) struct Factors<'a> {
    /// Number of quads of terms of each sum.
    pub quads: usize,
    /// `[terms / RUN, ROWS, RUN]` signed bytes.
    pub left: &'a [u8],
    /// `[quads, COLUMNS, 4]` bytes.
    pub panel: &'a [u8],
    /// `[ROWS]` each.
    pub starts: &'a [i32],
    pub row_scales: &'a [f32],
    /// `[COLUMNS]`.
    pub column_scales: &'a [f32],
}

/// A tile of a product in bytes, and where the product plus the row's bound reaches the lower of the row's and the
/// column's least.
pub(super) struct ByteTile {
    /// `[ROWS]` each; infinity is never reached.
    pub bounds: [f32; MOST_ROWS],
    pub row_least: [f32; MOST_ROWS],
    /// `[COLUMNS]`.
    pub column_least: [f32; MOST_COLUMNS],
    /// `[ROWS, COLUMNS]`.
    pub approximate: [f32; MOST_ROWS * MOST_COLUMNS],
    /// `[ROWS]`: a bit for each column that may matter.
    pub found: [u32; MOST_ROWS],
}

/// Computes a tile of `ROWS` rows and `VECTORS` vectors, all sums in registers.
#[inline(always)]
pub(super) fn multiply<S: Simd, const ROWS: usize, const VECTORS: usize>(
    simd: S,
    factors: &Factors<'_>,
    tile: &mut ByteTile,
) {
    const { assert!(ROWS <= MOST_ROWS && VECTORS * S::LANES <= MOST_COLUMNS) };
    let columns = VECTORS * S::LANES;
    assert!(
        factors.left.len() >= factors.quads * ROWS * QUAD
            && factors.panel.len() >= factors.quads * columns * QUAD
            && factors.starts.len() >= ROWS
    );
    let mut sums = [[simd.no_integers(); VECTORS]; ROWS];
    for (sums, start) in sums.iter_mut().zip(factors.starts) {
        // SAFETY: `start` is a word.
        *sums = [unsafe { simd.splat_word_at(start) }; VECTORS];
    }
    let (mut left, mut panel) = (factors.left.as_ptr(), factors.panel.as_ptr());
    for _ in 0..factors.quads / UNROLL {
        for _ in 0..UNROLL {
            // SAFETY: the loops make `quads` steps in total, and both factors contain that many quads.
            unsafe { add_quad(simd, &mut sums, left, panel) };
            (left, panel) = (left.wrapping_add(QUAD * ROWS), panel.wrapping_add(QUAD * columns));
        }
    }
    for _ in 0..factors.quads % UNROLL {
        // SAFETY: as above.
        unsafe { add_quad(simd, &mut sums, left, panel) };
        (left, panel) = (left.wrapping_add(QUAD * ROWS), panel.wrapping_add(QUAD * columns));
    }
    // Stored before they are examined, so that they are registers until here.
    let approximate = &mut tile.approximate[..ROWS * columns];
    for (row, sums) in sums.iter().enumerate() {
        for (v, sum) in sums.iter().enumerate() {
            simd.store(simd.to_floats(*sum), &mut approximate[row * columns + v * S::LANES..]);
        }
    }
    for (row, approximate) in approximate.chunks_exact_mut(columns).enumerate() {
        let (scale, bound) = (simd.splat(factors.row_scales[row]), simd.splat(tile.bounds[row]));
        let least = simd.splat(tile.row_least[row]);
        let mut found = 0;
        for first in (0..columns).step_by(S::LANES) {
            let scale = simd.mul(scale, simd.load(&factors.column_scales[first..]));
            let product = simd.mul(simd.load(&approximate[first..]), scale);
            simd.store(product, &mut approximate[first..]);
            let least = simd.min(simd.load(&tile.column_least[first..]), least);
            found |= simd.at_least(simd.add(product, bound), least) << first;
        }
        tile.found[row] = found;
    }
}

/// Adds the products of one quad of terms to each sum.
///
/// # Safety
/// Both factors must contain a quad: `ROWS` times four bytes on the left, a panel's columns times four on the right.
#[inline(always)]
unsafe fn add_quad<S: Simd, const ROWS: usize, const VECTORS: usize>(
    simd: S,
    sums: &mut [[S::Integers; VECTORS]; ROWS],
    left: *const u8,
    panel: *const u8,
) {
    let mut columns = [simd.no_integers(); VECTORS];
    for (v, columns) in columns.iter_mut().enumerate() {
        // SAFETY: v < VECTORS, and the caller vouches for a quad in the panel.
        *columns = unsafe { simd.load_words_at(panel.add(v * QUAD * S::LANES).cast()) };
    }
    for (row, sums) in sums.iter_mut().enumerate() {
        // SAFETY: row < ROWS, and the caller vouches for a quad in each.
        let x = unsafe { simd.splat_word_at(left.add(row * QUAD).cast()) };
        for (sum, columns) in sums.iter_mut().zip(columns) {
            *sum = simd.add_quads(*sum, columns, x);
        }
    }
}

/// Passes to `see` every tile of the product of two factors, with the rows and columns that exist; before that
/// `prepare`, given the same and the panel, sets what its products have to reach.
#[inline(always)]
fn for_each_tile<B: ByteProduct, C>(
    product: B,
    (left, right): (&Screened, &Screened),
    context: &mut C,
    prepare: impl Fn(&mut C, &mut ByteTile, Range<usize>, Range<usize>, usize),
    see: impl Fn(&mut C, &ByteTile, Range<usize>, Range<usize>),
) {
    let (height, width) = (B::ROWS, B::COLUMNS);
    assert!(left.width == height && right.width == width, "rows packed for another instruction set");
    assert!(left.quads == right.quads, "rows of different lengths");
    let mut registers = product.registers();
    let mut tile = ByteTile {
        bounds: [0.0; MOST_ROWS],
        row_least: [f32::INFINITY; MOST_ROWS],
        column_least: [f32::INFINITY; MOST_COLUMNS],
        approximate: [0.0; MOST_ROWS * MOST_COLUMNS],
        found: [0; MOST_ROWS],
    };
    let tiles = left.rows.div_ceil(height);
    for strip in (0..tiles).step_by(STRIP_TILES) {
        for (panel, first) in (0..right.rows).step_by(width).enumerate() {
            let columns = first..right.rows.min(first + width);
            for at in strip..tiles.min(strip + STRIP_TILES) {
                let first_row = at * height;
                let rows = first_row..left.rows.min(first_row + height);
                prepare(context, &mut tile, rows.clone(), columns.clone(), panel);
                let factors = Factors {
                    quads: left.quads,
                    left: left.group(at),
                    panel: right.group(panel),
                    starts: &left.starts[first_row..first_row + height],
                    row_scales: &left.scales[first_row..first_row + height],
                    column_scales: &right.scales[first..first + width],
                };
                product.multiply(&mut registers, &factors, &mut tile);
                see(context, &tile, rows, columns.clone());
            }
        }
    }
}

/// Finds the pairs of a row of the left factor and one of the right whose product may reach the cut.
#[inline(always)]
pub(super) fn screen<B: ByteProduct>(product: B, left: &Screened, right: &Screened, mut cut: &mut dyn Cut) {
    let gamma = (QUAD as f32 * left.quads as f32 + MORE_ROUNDINGS) * ROUNDING * WIDER;
    for_each_tile(
        product,
        (left, right),
        &mut cut,
        #[inline(always)]
        |cut, tile, rows, columns, panel| {
            let (row_least, column_least) = cut.least();
            fill(&mut tile.row_least, &row_least[rows.clone()]);
            fill(&mut tile.column_least, &column_least[columns]);
            let longest = right.lengths[panel] + right.errors[panel];
            let (length, error) = (gamma * longest + right.errors[panel], longest + gamma * longest);
            let of_rows = rows.start..rows.start + B::ROWS;
            let rows = left.lengths[of_rows.clone()].iter().zip(&left.errors[of_rows]);
            for (bound, (row_length, row_error)) in tile.bounds.iter_mut().zip(rows) {
                *bound = (row_length * length + row_error * error) * WIDER;
            }
        },
        #[inline(always)]
        |cut, tile, rows, columns| {
            let there = u32::MAX >> (MOST_COLUMNS - columns.len());
            for row in 0..rows.len() {
                let mut found = tile.found[row] & there;
                while found != 0 {
                    let column = found.trailing_zeros() as usize;
                    found &= found - 1;
                    let (product, bound) = (tile.approximate[row * B::COLUMNS + column], tile.bounds[row]);
                    let bounds = Bounds { lower: product - bound, upper: product + bound };
                    cut.candidate(rows.start + row, columns.start + column, bounds);
                }
            }
        },
    );
}

/// The largest product of each row of the right factor with the left rows of each segment, or 0 if none is larger:
/// `[segments, right rows]`. Segments are consecutive left rows, with lengths given by `segments`.
#[inline(always)]
pub(super) fn greatest<B: ByteProduct>(product: B, left: &Screened, right: &Screened, segments: &[usize]) -> Vec<f32> {
    assert!(segments.iter().sum::<usize>() == left.rows, "segments of other rows");
    let segment_of: Vec<usize> =
        segments.iter().enumerate().flat_map(|(at, rows)| std::iter::repeat_n(at, *rows)).collect();
    let mut greatest = vec![0.0f32; segments.len() * right.rows];
    for_each_tile(
        product,
        (left, right),
        &mut greatest,
        |_, _, _, _, _| {},
        #[inline(always)]
        |greatest, tile, rows, columns| {
            for (products, segment) in tile.approximate.chunks_exact(B::COLUMNS).zip(&segment_of[rows]) {
                let greatest = &mut greatest[segment * right.rows + columns.start..][..columns.len()];
                greatest.iter_mut().zip(products).for_each(|(most, product)| *most = most.max(*product));
            }
        },
    );
    greatest
}

/// Fills `filled` with the values, followed by infinity, which no product reaches.
#[inline(always)]
fn fill(filled: &mut [f32], values: &[f32]) {
    let (there, others) = filled.split_at_mut(values.len());
    there.copy_from_slice(values);
    others.fill(f32::INFINITY);
}
