//! Dense matrix products with weights packed once.
//!
//! Weights `[outputs, inputs]` are divided into panels of [`Simd::TILE_COLUMNS`] outputs; a panel contains, for each
//! input, the weights of its outputs side by side (`[inputs, TILE_COLUMNS]`, padded with zeros). A product takes a
//! strip of rows at a time, arranges a block of its depth for the tiles, and walks over the panels: a panel's block
//! stays in the first-level cache while all tiles of the strip pass over it, and the strip stays in the second. A
//! tile's sums stay in registers for a whole block of the depth.
//!
//! [`Weights`] determines the number format of the factors: [`Floats`] here, integers in [`integers`](super::integers).
//!
//! Every sum is the same chain `fma(x[k], w[k], sum)` for k = 0, 1, 2, … within a block of the depth, and the blocks
//! are added in order, for any height of the tile: a row's result does not depend on the rows around it.

use core::ops::Range;

use super::buffer::AlignedBuffer;
use super::elementwise::activate;
use super::simd::Simd;
use super::tile::{Left, Tile};
use super::{Activation, Linear, Norm};

/// Number of tiles of a strip: with 6 rows each, the strip's block takes 196 KiB of the second-level cache in f32, and
/// a panel that came from further away serves 96 rows.
const STRIP_TILES: usize = 16;

/// Number of terms that one iteration of the tile's loop adds, to reduce the loop's own overhead.
const UNROLL: usize = 4;

/// Computes a tile of `ROWS` rows and `VECTORS` vectors, all sums in registers.
#[inline(always)]
pub(super) fn multiply_rows<S: Simd, const ROWS: usize, const VECTORS: usize>(simd: S, tile: &mut Tile<'_>) {
    let (depth, columns) = (tile.depth, VECTORS * S::LANES);
    assert!(ROWS <= S::LANES && tile.panel.len() >= depth * columns && tile.out.len() >= ROWS * columns);
    let mut sums = Sums { simd, panel: tile.panel.as_ptr(), vectors: [[simd.splat(0.0); VECTORS]; ROWS] };
    match tile.left {
        Left::Squares(values) => {
            let square = S::LANES * S::LANES;
            assert!(values.len() >= depth.div_ceil(S::LANES) * square);
            for (i, k) in (0..depth).step_by(S::LANES).enumerate() {
                let left = values[i * square..].as_ptr();
                // SAFETY: the slice contains the whole square, so ROWS rows of LANES terms; the panel contains `depth`
                // terms.
                unsafe { sums.add(left, S::LANES, 1, S::LANES.min(depth - k)) };
            }
        }
        Left::Transposed { values, stride } => {
            assert!(depth == 0 || values.len() >= (depth - 1) * stride + ROWS);
            // SAFETY: the slice contains ROWS values at each of `depth` strides; the panel contains `depth` terms.
            unsafe { sums.add(values.as_ptr(), 1, stride, depth) };
        }
    }
    for (sums, out) in sums.vectors.iter().zip(tile.out.chunks_exact_mut(columns)) {
        for (sum, out) in sums.iter().zip(out.chunks_exact_mut(S::LANES)) {
            simd.store(*sum, out);
        }
    }
}

/// The sums of a tile, and the panel from the next term onwards.
struct Sums<S: Simd, const ROWS: usize, const VECTORS: usize> {
    simd: S,
    panel: *const f32,
    vectors: [[S::Vector; VECTORS]; ROWS],
}

impl<S: Simd, const ROWS: usize, const VECTORS: usize> Sums<S, ROWS, VECTORS> {
    /// Adds `terms` terms: row r of term k is `row_stride · r + term_stride · k` values from `left`.
    ///
    /// # Safety
    /// All those values must be valid for reads, and the panel must contain that many more terms.
    #[inline(always)]
    unsafe fn add(&mut self, mut left: *const f32, row_stride: usize, term_stride: usize, terms: usize) {
        for _ in 0..terms / UNROLL {
            for _ in 0..UNROLL {
                // SAFETY: the loops make `terms` steps in total, for which the caller vouches.
                unsafe { self.add_term(left, row_stride) };
                left = left.wrapping_add(term_stride);
            }
        }
        for _ in 0..terms % UNROLL {
            // SAFETY: as above.
            unsafe { self.add_term(left, row_stride) };
            left = left.wrapping_add(term_stride);
        }
    }

    /// Adds one term to each sum, `sums[r, c] += left[row_stride · r] · panel[c]`, and advances in the panel.
    ///
    /// # Safety
    /// As for [`add`](Self::add), for one term.
    #[inline(always)]
    unsafe fn add_term(&mut self, left: *const f32, row_stride: usize) {
        let simd = self.simd;
        let mut weights = [simd.splat(0.0); VECTORS];
        for (v, weights) in weights.iter_mut().enumerate() {
            // SAFETY: v < VECTORS, and the caller vouches for a term in the panel.
            *weights = unsafe { simd.load_at(self.panel.add(v * S::LANES)) };
        }
        self.panel = self.panel.wrapping_add(VECTORS * S::LANES);
        for (row, sums) in self.vectors.iter_mut().enumerate() {
            // SAFETY: row < ROWS, and the caller vouches for that many values.
            let x = simd.splat(unsafe { *left.add(row * row_stride) });
            for (sum, weights) in sums.iter_mut().zip(weights) {
                *sum = simd.mul_add(x, weights, *sum);
            }
        }
    }
}

/// Evaluates `call` with the tile's height as the constant `name`, so that its sums can be registers.
macro_rules! multiply_tile {
    ($simd:expr, $tile:expr, rows: $($rows:literal)*, $name:ident => $call:expr) => {
        match $tile.rows {
            $($rows => {
                const $name: usize = $rows;
                $simd.vectorize(#[inline(always)] || $call)
            })*
            rows => unreachable!("a tile of {rows} rows"),
        }
    };
}
pub(super) use multiply_tile;

/// Splits `rows` into as few tiles of at most `most` rows as possible, all of nearly equal height: a short last tile
/// would leave the multipliers idle.
pub(super) fn tiles(rows: usize, most: usize) -> impl Iterator<Item = Range<usize>> {
    let count = rows.div_ceil(most);
    (0..count).map(move |i| rows * i / count..rows * (i + 1) / count)
}

/// The weights of one product, packed in some number format.
pub(super) trait Weights<S: Simd>: Send + Sync + Sized {
    /// Maximum number of terms of one chain; longer sums are the total of several.
    const DEPTH_BLOCK: usize;

    /// Packs the products of one input, side by side; `norm` is the normalisation that produced the input, if any.
    fn pack(simd: S, parts: &[&Linear<'_>], norm: Option<&Norm<'_>>) -> Self;

    /// Number of terms of each sum, and of columns of the result.
    fn sizes(&self) -> [usize; 2];

    /// `[outputs]`, padded with zeros to whole panels.
    fn bias(&self) -> &[f32];

    /// Number of scratch values for a tile's rows, for one block of the depth: whole cache lines.
    fn left_len() -> usize;

    /// Arranges the `depth` of a tile's rows x `[rows, inputs]`. The first block of the depth comes first, and `left`
    /// is preserved from block to block.
    fn arrange(&self, simd: S, x: &[f32], depth: Range<usize>, left: &mut [f32]);

    /// `out[r, c] = Σₖ left[r, k] · panel[k, c]` over the `depth`, for `rows` rows and one panel's columns.
    fn multiply(&self, simd: S, left: &[f32], rows: usize, depth: Range<usize>, panel: usize, out: &mut [f32]);
}

/// Weights in f32.
pub(super) struct Floats {
    sizes: [usize; 2],
    /// `[panel, inputs, TILE_COLUMNS]`.
    panels: AlignedBuffer,
    bias: AlignedBuffer,
}

impl<S: Simd> Weights<S> for Floats {
    /// A panel's block then takes three quarters of a first-level cache of 32 KiB.
    const DEPTH_BLOCK: usize = 384;

    fn pack(simd: S, parts: &[&Linear<'_>], _: Option<&Norm<'_>>) -> Self {
        let sizes @ [inputs, outputs] = joined_sizes(parts);
        let mut panels = AlignedBuffer::zeroed(inputs * outputs.next_multiple_of(S::TILE_COLUMNS));
        let mut first = 0;
        for part in parts {
            simd.vectorize(
                #[inline(always)]
                || pack_outputs(simd, part.weight, inputs, first, &mut panels),
            );
            first += part.bias.len();
        }
        Self { sizes, panels, bias: joined_bias::<S>(parts) }
    }

    fn sizes(&self) -> [usize; 2] {
        self.sizes
    }

    fn bias(&self) -> &[f32] {
        &self.bias
    }

    fn left_len() -> usize {
        const { assert!(S::TILE_ROWS <= S::LANES) };
        <Self as Weights<S>>::DEPTH_BLOCK.next_multiple_of(S::LANES) * S::LANES
    }

    fn arrange(&self, simd: S, x: &[f32], depth: Range<usize>, left: &mut [f32]) {
        let inputs = self.sizes[0];
        let shape = [x.len() / inputs, depth.len()];
        simd.vectorize(
            #[inline(always)]
            || copy_squares(simd, &x[depth.start..], inputs, shape, left),
        );
    }

    fn multiply(&self, simd: S, left: &[f32], rows: usize, depth: Range<usize>, panel: usize, out: &mut [f32]) {
        let first = (panel * self.sizes[0] + depth.start) * S::TILE_COLUMNS;
        let panel = &self.panels[first..first + depth.len() * S::TILE_COLUMNS];
        simd.multiply(&mut Tile { rows, depth: depth.len(), left: Left::Squares(left), panel, out });
    }
}

/// Number of inputs and outputs of products of one input, side by side.
pub(super) fn joined_sizes(parts: &[&Linear<'_>]) -> [usize; 2] {
    let outputs = parts.iter().map(|part| part.bias.len()).sum();
    [parts.first().map_or(0, |part| part.weight.len() / part.bias.len()), outputs]
}

/// The biases of such products, padded with zeros to whole panels.
pub(super) fn joined_bias<S: Simd>(parts: &[&Linear<'_>]) -> AlignedBuffer {
    let mut bias = AlignedBuffer::zeroed(joined_sizes(parts)[1].next_multiple_of(S::TILE_COLUMNS));
    for (joined, own) in bias.iter_mut().zip(parts.iter().flat_map(|part| part.bias)) {
        *joined = *own;
    }
    bias
}

/// Packs weights `[n, inputs]` as the outputs starting at `first`.
#[inline(always)]
fn pack_outputs<S: Simd>(simd: S, weight: &[f32], inputs: usize, first: usize, panels: &mut [f32]) {
    let outputs = weight.len() / inputs;
    let mut done = 0;
    while done < outputs {
        let (panel, column) = ((first + done) / S::TILE_COLUMNS, (first + done) % S::TILE_COLUMNS);
        let take = (S::TILE_COLUMNS - column).min(outputs - done);
        let start = panel * inputs * S::TILE_COLUMNS + column;
        transpose(simd, &weight[done * inputs..], inputs, [take, inputs], &mut panels[start..], S::TILE_COLUMNS);
        done += take;
    }
}

/// Transposes `[rows, columns]`, rows `source_stride` apart, into `[columns, rows]`, rows `target_stride` apart.
#[inline(always)]
pub(super) fn transpose<S: Simd>(
    simd: S,
    source: &[f32],
    source_stride: usize,
    [rows, columns]: [usize; 2],
    target: &mut [f32],
    target_stride: usize,
) {
    let (whole_rows, whole_columns) = (rows / S::LANES * S::LANES, columns / S::LANES * S::LANES);
    for column in (0..whole_columns).step_by(S::LANES) {
        for row in (0..whole_rows).step_by(S::LANES) {
            let (from, to) = (row * source_stride + column, column * target_stride + row);
            simd.transpose_square(&source[from..], source_stride, &mut target[to..], target_stride);
        }
    }
    for row in 0..rows {
        let first = if row < whole_rows { whole_columns } else { 0 };
        for column in first..columns {
            target[column * target_stride + row] = source[row * source_stride + column];
        }
    }
}

/// Copies up to [`Simd::LANES`] rows `[rows, columns]`, `stride` apart, as squares of `LANES` × `LANES` values along
/// the columns. Missing columns of the last square are zero, missing rows keep their old contents.
#[inline(always)]
pub(super) fn copy_squares<S: Simd>(
    simd: S,
    source: &[f32],
    stride: usize,
    [rows, columns]: [usize; 2],
    squares: &mut [f32],
) {
    for row in 0..rows {
        let source = &source[row * stride..][..columns];
        for (source, square) in source.chunks(S::LANES).zip(squares.chunks_exact_mut(S::LANES * S::LANES)) {
            let whole = source.len() == S::LANES;
            let vector = if whole { simd.load(source) } else { simd.load_partial(source) };
            simd.store(vector, &mut square[row * S::LANES..]);
        }
    }
}

/// What is done with a product including its bias.
#[derive(Clone, Copy)]
pub(super) enum Epilogue {
    /// The product replaces the output.
    Replace,
    /// The activation of the product replaces the output.
    Activate(Activation),
    /// The product is added to the output.
    Accumulate,
}

/// Scratch memory of [`product`].
pub(super) struct Workspace<'a> {
    /// A strip's rows, arranged by [`Weights::arrange`].
    pub left: &'a mut [f32],
    /// A tile's sums: `[TILE_ROWS, TILE_COLUMNS]`.
    pub tile: &'a mut [f32],
}

/// Lengths of the slices of a [`Workspace`], in the order of its fields.
pub(super) fn workspace_lens<S: Simd, W: Weights<S>>() -> [usize; 2] {
    [STRIP_TILES * W::left_len(), S::TILE_ROWS * S::TILE_COLUMNS]
}

/// `out[r, c] = epilogue(Σₖ x[r, k] · weights[k, c] + bias[c])` for x `[rows, inputs]` and out `[rows, outputs]`.
pub(super) fn product<S: Simd, W: Weights<S>>(
    simd: S,
    x: &[f32],
    weights: &W,
    epilogue: Epilogue,
    out: &mut [f32],
    space: &mut Workspace<'_>,
) {
    let [inputs, outputs] = weights.sizes();
    let strip = STRIP_TILES * S::TILE_ROWS;
    for (x, out) in x.chunks(strip * inputs).zip(out.chunks_mut(strip * outputs)) {
        for first in (0..inputs).step_by(W::DEPTH_BLOCK) {
            let depth = first..inputs.min(first + W::DEPTH_BLOCK);
            let finish = Finish::new(epilogue, first == 0, depth.end == inputs);
            multiply_strip(simd, x, weights, depth, finish, out, space);
        }
    }
}

/// One block of the depth of one strip's product.
fn multiply_strip<S: Simd, W: Weights<S>>(
    simd: S,
    x: &[f32],
    weights: &W,
    depth: Range<usize>,
    finish: Finish,
    out: &mut [f32],
    space: &mut Workspace<'_>,
) {
    let [inputs, outputs] = weights.sizes();
    let rows = out.len() / outputs;
    for (rows, left) in tiles(rows, S::TILE_ROWS).zip(space.left.chunks_exact_mut(W::left_len())) {
        weights.arrange(simd, &x[rows.start * inputs..rows.end * inputs], depth.clone(), left);
    }
    for (panel, column) in (0..outputs).step_by(S::TILE_COLUMNS).enumerate() {
        let columns = column..outputs.min(column + S::TILE_COLUMNS);
        let bias = &weights.bias()[column..column + S::TILE_COLUMNS];
        for (rows, left) in tiles(rows, S::TILE_ROWS).zip(space.left.chunks_exact(W::left_len())) {
            let (height, out) = (rows.len(), &mut out[rows.start * outputs..rows.end * outputs]);
            // The rows are far apart: they come from the second-level cache while the tile is multiplied.
            out.chunks_exact(outputs).for_each(|row| simd.prefetch(&raw const row[column]));
            weights.multiply(simd, left, height, depth.clone(), panel, space.tile);
            simd.vectorize(
                #[inline(always)]
                || finish.tile(simd, space.tile, bias, out, outputs, columns.clone()),
            );
        }
    }
}

/// What is done with a tile's sums over one block of the depth.
#[derive(Clone, Copy)]
struct Finish {
    /// Whether the output's old values are added.
    add_output: bool,
    /// Whether the bias is added.
    add_bias: bool,
    /// The activation, applied last.
    activation: Option<Activation>,
}

impl Finish {
    fn new(epilogue: Epilogue, first_block: bool, last_block: bool) -> Self {
        Self {
            add_output: !first_block || matches!(epilogue, Epilogue::Accumulate),
            add_bias: first_block,
            activation: match epilogue {
                Epilogue::Activate(activation) if last_block => Some(activation),
                _ => None,
            },
        }
    }

    /// Finishes a tile of sums `[rows, TILE_COLUMNS]`: the `columns` of `out` `[rows, outputs]`.
    #[inline(always)]
    fn tile<S: Simd>(
        self,
        simd: S,
        sums: &[f32],
        bias: &[f32],
        out: &mut [f32],
        outputs: usize,
        columns: Range<usize>,
    ) {
        // Loops, not iterators with closures: those would not be compiled with the features of `vectorize`.
        for (sums, out) in sums.chunks_exact(S::TILE_COLUMNS).zip(out.chunks_exact_mut(outputs)) {
            let out = &mut out[columns.clone()];
            match self {
                Self { add_output: false, activation: None, .. } => finish_row(
                    simd,
                    sums,
                    bias,
                    out,
                    #[inline(always)]
                    |sum, bias, _| simd.add(sum, bias),
                ),
                Self { add_output: false, activation: Some(activation), .. } => finish_row(
                    simd,
                    sums,
                    bias,
                    out,
                    #[inline(always)]
                    |sum, bias, _| activate(simd, activation, simd.add(sum, bias)),
                ),
                Self { add_output: true, .. } => finish_row(
                    simd,
                    sums,
                    bias,
                    out,
                    #[inline(always)]
                    |sum, bias, out| self.add(simd, sum, bias, out),
                ),
            }
        }
    }

    /// Adds the output's old value, and the bias and activation if they are due.
    #[inline(always)]
    fn add<S: Simd>(self, simd: S, sum: S::Vector, bias: S::Vector, out: S::Vector) -> S::Vector {
        let sum = simd.add(sum, out);
        let sum = if self.add_bias { simd.add(sum, bias) } else { sum };
        match self.activation {
            Some(activation) => activate(simd, activation, sum),
            None => sum,
        }
    }
}

/// `out = f(sums, bias, out)`: `sums` and `bias` have a whole panel's columns, `out` only those that exist.
#[inline(always)]
fn finish_row<S: Simd>(
    simd: S,
    sums: &[f32],
    bias: &[f32],
    out: &mut [f32],
    f: impl Fn(S::Vector, S::Vector, S::Vector) -> S::Vector,
) {
    let inputs = sums.chunks_exact(S::LANES).zip(bias.chunks_exact(S::LANES));
    for ((sums, bias), out) in inputs.zip(out.chunks_mut(S::LANES)) {
        let (sums, bias) = (simd.load(sums), simd.load(bias));
        if out.len() == S::LANES {
            simd.store(f(sums, bias, simd.load(out)), out);
        } else {
            simd.store_partial(f(sums, bias, simd.load_partial(out)), out);
        }
    }
}
