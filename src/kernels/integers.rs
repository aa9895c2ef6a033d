//! Products in integers, several terms at a time, summed exactly in 32 bits.
//!
//! Each row of the left factor and each output's weights have their own scale:
//!
//! ```text
//! x[r, k] ≈ row_scale[r] · a[r, k]      w[k, c] ≈ column_scale[c] · b[k, c]      a, b whole numbers
//! Σₖ x[r, k] · w[k, c] ≈ row_scale[r] · column_scale[c] · Σₖ a[r, k] · b[k, c]
//! ```
//!
//! The sum of integers is exact, so it is the same in any order; only the rounding of the factors loses precision. A
//! [`Format`] determines their number of bits. Blocks of the depth are added in f32.
//!
//! As many terms as fit into 32 bits are side by side, as the CPUs' instructions multiply them: a row is `[depth]`, a
//! panel `[depth / GROUP, TILE_COLUMNS, GROUP]`.
//!
//! A row with a value that is not finite has NaN as its scale, and therefore in all its results.

use core::marker::PhantomData;
use core::ops::Range;

use super::buffer::{AlignedBuffer, LINE, as_words, as_words_mut};
use super::gemm::{Weights, joined_bias, joined_sizes, transpose};
use super::simd::Simd;
use super::tile::IntegerTile;
use super::{Linear, Norm};

/// Number of 32-bit groups in a block of the depth.
pub(super) const GROUPS: usize = 192;

/// Number of groups that one iteration of the tile's loop adds, to reduce the loop's own overhead.
const UNROLL: usize = 2;

/// Below this a scale would not be a normal number: such rows count as zero.
pub(super) const SMALLEST: f32 = 1e-30;

/// The format of integers and of their products.
pub(super) trait Format: Send + Sync + 'static {
    /// Number of terms side by side in 32 bits.
    const GROUP: usize;
    /// Whether an offset is added to a row's values, so that none is negative.
    const OFFSETS: bool;

    /// The largest magnitude of a weight, and the largest sum of the magnitudes of a column's weights in a block of the
    /// depth, before rounding.
    const WEIGHT_LIMITS: [i32; 2];

    /// For formats whose groups are multiplied in twos because products are first added in 16 bits: the most that the
    /// magnitudes of weights of one sign in such a sum may add up to, before they are rounded; see [`in_16_bits`].
    const LIMIT_IN_16_BITS: Option<i32> = None;

    /// The factor by which each input is multiplied before rounding, and its weights divided, given weights `[outputs,
    /// inputs]` and the normalisation that produced the inputs: `[inputs]`, or empty.
    fn input_factors(weights: &[f32], inputs: usize, norm: Option<&Norm<'_>>) -> Vec<f32>;

    /// How a row is rounded.
    fn rounding<S: Simd>(simd: S, row: &[f32], factors: &[f32]) -> Rounding;

    /// Adds the products of a group to each 32-bit sum.
    fn add<S: Simd>(simd: S, sums: S::Integers, a: S::Integers, b: S::Integers) -> S::Integers;

    /// Adds the products of two groups to each 32-bit sum.
    #[inline(always)]
    fn add_two<S: Simd>(simd: S, sums: S::Integers, a: [S::Integers; 2], b: [S::Integers; 2]) -> S::Integers {
        Self::add(simd, Self::add(simd, sums, a[0], b[0]), a[1], b[1])
    }

    /// `out[i] = round(row[i] · factors[i] · factor) + offset`, ties to even, padded with any values to a whole group.
    fn round_row<S: Simd>(simd: S, row: &[f32], factors: &[f32], rounding: Rounding, out: &mut [i32]);

    /// `out[i] = round(weights[i] · factor)`, ties to even, padded with zeros to a whole group; returns their sum.
    fn round_weights<S: Simd>(simd: S, weights: &[f32], factor: f32, out: &mut [i32]) -> i32;
}

/// How a row is rounded: `x ≈ scale · (a - offset)`, `a = round(x · factor) + offset`.
#[derive(Clone, Copy)]
pub(super) struct Rounding {
    /// The size of a step; NaN if not all values are finite.
    pub scale: f32,
    /// The inverse of the scale, or 0 for a row that counts as zero.
    pub factor: f32,
    pub offset: i32,
}

/// Computes a tile of `ROWS` rows and `VECTORS` vectors, all sums in registers.
#[inline(always)]
pub(super) fn multiply_rows<S: Simd, F: Format, const ROWS: usize, const VECTORS: usize>(
    simd: S,
    tile: &mut IntegerTile<'_>,
) {
    let columns = VECTORS * S::LANES;
    // Slices of known lengths, so that the loops over them are unrolled and the sums can be registers.
    let (row_scales, offsets) = (&tile.row_scales[..ROWS], &tile.offsets[..ROWS]);
    let (column_scales, column_sums) = (&tile.column_scales[..columns], &tile.column_sums[..columns]);
    let out = &mut tile.out[..ROWS * columns];
    assert!(tile.groups <= GROUPS && tile.left.len() >= ROWS * GROUPS && tile.panel.len() >= tile.groups * columns);
    let mut sums = [[simd.no_integers(); VECTORS]; ROWS];
    if F::OFFSETS {
        // The offsets' contribution to the sums is subtracted in advance.
        for (sums, offset) in sums.iter_mut().zip(offsets) {
            let less = -offset;
            for (v, sum) in sums.iter_mut().enumerate() {
                // SAFETY: `less` is a word, and there are VECTORS vectors of column sums.
                *sum = unsafe {
                    let column_sums = simd.load_words_at(column_sums.as_ptr().add(v * S::LANES));
                    simd.mul_words(simd.splat_word_at(&raw const less), column_sums)
                };
            }
        }
    }
    let (mut left, mut panel) = (tile.left.as_ptr(), tile.panel.as_ptr());
    for _ in 0..tile.groups / UNROLL {
        if F::LIMIT_IN_16_BITS.is_some() {
            const { assert!(UNROLL == 2) };
            // SAFETY: the loops make `groups` steps in total, two of them here, and both factors contain that many.
            unsafe { add_two_groups::<S, F, ROWS, VECTORS>(simd, &mut sums, left, panel) };
            (left, panel) = (left.wrapping_add(UNROLL), panel.wrapping_add(UNROLL * columns));
        } else {
            for _ in 0..UNROLL {
                // SAFETY: as above, one step at a time.
                unsafe { add_group::<S, F, ROWS, VECTORS>(simd, &mut sums, left, panel) };
                (left, panel) = (left.wrapping_add(1), panel.wrapping_add(columns));
            }
        }
    }
    for _ in 0..tile.groups % UNROLL {
        // SAFETY: as above.
        unsafe { add_group::<S, F, ROWS, VECTORS>(simd, &mut sums, left, panel) };
        (left, panel) = (left.wrapping_add(1), panel.wrapping_add(columns));
    }
    for (row, sums) in sums.iter().enumerate() {
        let row_scale = simd.splat(row_scales[row]);
        for (v, sum) in sums.iter().enumerate() {
            let (first, scale) = (v * S::LANES, simd.mul(row_scale, simd.load(&column_scales[v * S::LANES..])));
            simd.store(simd.mul(simd.to_floats(*sum), scale), &mut out[row * columns + first..]);
        }
    }
}

/// Adds the products of one group of terms to each sum.
///
/// # Safety
/// Both factors must contain a group: the left one in each of `ROWS` rows, [`GROUPS`] apart.
#[inline(always)]
unsafe fn add_group<S: Simd, F: Format, const ROWS: usize, const VECTORS: usize>(
    simd: S,
    sums: &mut [[S::Integers; VECTORS]; ROWS],
    left: *const i32,
    panel: *const i32,
) {
    let mut weights = [simd.no_integers(); VECTORS];
    for (v, weights) in weights.iter_mut().enumerate() {
        // SAFETY: v < VECTORS, and the caller vouches for a group in the panel.
        *weights = unsafe { simd.load_words_at(panel.add(v * S::LANES)) };
    }
    for (row, sums) in sums.iter_mut().enumerate() {
        // SAFETY: row < ROWS, and the caller vouches for a group in each.
        let x = unsafe { simd.splat_word_at(left.add(row * GROUPS)) };
        for (sum, weights) in sums.iter_mut().zip(weights) {
            *sum = F::add(simd, *sum, x, weights);
        }
    }
}

/// Adds the products of two groups of terms to each sum.
///
/// # Safety
/// As for [`add_group`], for two groups.
#[inline(always)]
unsafe fn add_two_groups<S: Simd, F: Format, const ROWS: usize, const VECTORS: usize>(
    simd: S,
    sums: &mut [[S::Integers; VECTORS]; ROWS],
    left: *const i32,
    panel: *const i32,
) {
    let mut weights = [[simd.no_integers(); 2]; VECTORS];
    for (v, weights) in weights.iter_mut().enumerate() {
        for (group, weights) in weights.iter_mut().enumerate() {
            // SAFETY: v < VECTORS, and the caller vouches for two groups in the panel.
            *weights = unsafe { simd.load_words_at(panel.add((group * VECTORS + v) * S::LANES)) };
        }
    }
    for (row, sums) in sums.iter_mut().enumerate() {
        // SAFETY: row < ROWS, and the caller vouches for two groups in each.
        let x = unsafe { [0, 1].map(|group| simd.splat_word_at(left.add(row * GROUPS + group))) };
        for (sum, weights) in sums.iter_mut().zip(weights) {
            *sum = F::add_two(simd, *sum, x, weights);
        }
    }
}

/// Weights in integers.
pub(super) struct Integers<F> {
    sizes: [usize; 2],
    /// The factors by which inputs are multiplied before rounding.
    factors: Vec<f32>,
    /// `[panel, inputs / GROUP, TILE_COLUMNS, GROUP]` integers.
    panels: AlignedBuffer,
    /// `[outputs]`, padded with zeros to whole panels.
    scales: AlignedBuffer,
    /// `Σₖ b[k, c]` over each block of the depth, as integers: `[blocks, outputs]`, padded to whole panels.
    sums: AlignedBuffer,
    bias: AlignedBuffer,
    format: PhantomData<F>,
}

impl<S: Simd, F: Format> Weights<S> for Integers<F> {
    const DEPTH_BLOCK: usize = GROUPS * F::GROUP;

    fn pack(simd: S, parts: &[&Linear<'_>], norm: Option<&Norm<'_>>) -> Self {
        let sizes @ [inputs, outputs] = joined_sizes(parts);
        let block = <Self as Weights<S>>::DEPTH_BLOCK;
        let (groups, columns) = (inputs.div_ceil(F::GROUP), outputs.next_multiple_of(S::TILE_COLUMNS));
        let weights: Vec<&[f32]> = parts.iter().flat_map(|part| part.weight.chunks_exact(inputs)).collect();
        let mut packed = Self {
            sizes,
            factors: parts.last().map_or_else(Vec::new, |part| F::input_factors(part.weight, inputs, norm)),
            panels: AlignedBuffer::zeroed(groups * columns),
            scales: AlignedBuffer::zeroed(columns),
            sums: AlignedBuffer::zeroed(inputs.div_ceil(block) * columns),
            bias: joined_bias::<S>(parts),
            format: PhantomData,
        };
        let mut rows = AlignedBuffer::zeroed(groups * S::TILE_COLUMNS);
        let (sums, factors) = (as_words_mut(&mut packed.sums), &packed.factors);
        let mut weights = weights.into_iter().enumerate();
        let panels = packed
            .panels
            .chunks_exact_mut(groups * S::TILE_COLUMNS)
            .zip(packed.scales.chunks_exact_mut(S::TILE_COLUMNS));
        for (first, (panel, scales)) in (0..outputs).step_by(S::TILE_COLUMNS).zip(panels) {
            let own = S::TILE_COLUMNS.min(outputs - first);
            simd.vectorize(
                #[inline(always)]
                || {
                    let rows_and_scales = rows.chunks_exact_mut(groups).zip(&mut *scales);
                    for ((row, scale), (column, weights)) in rows_and_scales.zip(weights.by_ref()) {
                        let divided: Vec<f32>;
                        let weights = if factors.is_empty() {
                            weights
                        } else {
                            divided = weights.iter().zip(factors).map(|(weight, factor)| weight / factor).collect();
                            &divided
                        };
                        let (own, factor) = column_scale_of::<F>(weights);
                        *scale = own;
                        let row = as_words_mut(row);
                        for (at, (weights, row)) in weights.chunks(block).zip(row.chunks_mut(GROUPS)).enumerate() {
                            sums[at * columns + column] = F::round_weights(simd, weights, factor, row);
                        }
                    }
                    transpose(simd, &rows, groups, [own, groups], panel, S::TILE_COLUMNS);
                },
            );
        }
        packed
    }

    fn sizes(&self) -> [usize; 2] {
        self.sizes
    }

    fn bias(&self) -> &[f32] {
        &self.bias
    }

    /// The rows' scales, their factors, their offsets, then the rows.
    fn left_len() -> usize {
        const { assert!(S::TILE_ROWS <= LINE) };
        3 * LINE + (S::TILE_ROWS * GROUPS).next_multiple_of(LINE)
    }

    fn arrange(&self, simd: S, x: &[f32], depth: Range<usize>, left: &mut [f32]) {
        let (scales, left) = left.split_at_mut(LINE);
        let (factors, left) = left.split_at_mut(LINE);
        let (offsets, left) = left.split_at_mut(LINE);
        let own = if self.factors.is_empty() { &[][..] } else { &self.factors[depth.clone()] };
        simd.vectorize(
            #[inline(always)]
            || {
                let rows = x
                    .chunks_exact(self.sizes[0])
                    .zip(as_words_mut(left).chunks_exact_mut(GROUPS))
                    .zip(scales.iter_mut().zip(factors).zip(as_words_mut(offsets)));
                for ((x, left), ((scale, factor), offset)) in rows {
                    if depth.start == 0 {
                        Rounding { scale: *scale, factor: *factor, offset: *offset } =
                            F::rounding(simd, x, &self.factors);
                    }
                    let rounding = Rounding { scale: *scale, factor: *factor, offset: *offset };
                    F::round_row(simd, &x[depth.clone()], own, rounding, left);
                }
            },
        );
    }

    fn multiply(&self, simd: S, left: &[f32], rows: usize, depth: Range<usize>, panel: usize, out: &mut [f32]) {
        let (row_scales, left_offsets) = (&left[..rows], &left[2 * LINE..2 * LINE + rows]);
        let groups = depth.len().div_ceil(F::GROUP);
        let first = (panel * self.sizes[0].div_ceil(F::GROUP) + depth.start / F::GROUP) * S::TILE_COLUMNS;
        let block = depth.start / <Self as Weights<S>>::DEPTH_BLOCK;
        let columns = panel * S::TILE_COLUMNS..(panel + 1) * S::TILE_COLUMNS;
        let sums = &as_words(&self.sums)[block * self.sizes[1].next_multiple_of(S::TILE_COLUMNS)..];
        simd.multiply_integers::<F>(&mut IntegerTile {
            rows,
            groups,
            left: as_words(&left[3 * LINE..]),
            panel: &as_words(&self.panels)[first..first + groups * S::TILE_COLUMNS],
            offsets: as_words(left_offsets),
            column_sums: &sums[columns.clone()],
            row_scales,
            column_scales: &self.scales[columns],
            out,
        });
    }
}

/// A column's scale and the factor for its weights. The sums are the same on every instruction set.
#[inline(always)]
pub(super) fn column_scale_of<F: Format>(weights: &[f32]) -> (f32, f32) {
    let (mut most, mut most_sum) = (0.0f32, 0.0f32);
    for block in weights.chunks(GROUPS * F::GROUP) {
        let (mut greatest, mut sums) = ([0.0f32; LINE], [0.0f32; LINE]);
        for values in block.chunks(LINE) {
            for ((greatest, sum), x) in greatest.iter_mut().zip(&mut sums).zip(values) {
                *greatest = if x.abs() > *greatest { x.abs() } else { *greatest };
                *sum += x.abs();
            }
        }
        most = greatest.into_iter().fold(most, f32::max);
        let sum = sums.into_iter().sum::<f32>();
        // The condition preserves NaN.
        most_sum = if sum <= most_sum { most_sum } else { sum };
    }
    let [greatest, sum] = F::WEIGHT_LIMITS.map(|limit| limit as f32);
    let mut factor = (sum / most_sum).min(greatest / most);
    if let Some(limit) = F::LIMIT_IN_16_BITS {
        const { assert!(GROUPS.is_multiple_of(2), "two groups would not be of one block") };
        factor = factor.min(limit as f32 / weights.chunks(8).map(in_16_bits).fold(0.0, f32::max));
    }
    if most >= SMALLEST && most_sum.is_finite() { (factor.recip(), factor) } else { (most_sum * 0.0, 0.0) }
}

/// The most that the magnitudes of weights of one sign add up to within a sum in 16 bits: of two groups of four, the
/// first halves make one such sum, the second halves another.
#[inline(always)]
pub(super) fn in_16_bits(two_groups: &[f32]) -> f32 {
    let mut sums = [[0.0f32; 2]; 2];
    for (at, weight) in two_groups.iter().enumerate() {
        let [positive, negative] = &mut sums[at / 2 % 2];
        *positive += weight.max(0.0);
        *negative -= weight.min(0.0);
    }
    sums.as_flattened().iter().copied().fold(0.0, f32::max)
}
