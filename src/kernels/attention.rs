//! Self-attention of each sequence over itself: softmax(Q·Kᵀ/√d)·V for every head.
//!
//! Everything is computed for a strip of [`Simd::TILE_COLUMNS`] queries at a time, with the same tile kernel as the
//! products with weights, and with the queries side by side in vectors:
//! ```text
//! scores[key, query]   = Σ_d K[key, d] · Q[query, d]                           left K, panel Qᵀ
//! powers[key, query]   = exp((scores − greatest of the query) / √d)            softmax down the columns
//! context[query, d]    = Σ_key powers[key, query] · V[key, d] / Σ_key powers   left powers, panel V
//! ```
//!
//! A [`PackedBias`] is added to the scores before their softmax.
//!
//! So the scores are already transposed as the left factor of the second product, and softmax never reduces across
//! lanes. A strip's scores stay in the cache; long sequences need no quadratic memory.

use core::f32::consts::LOG2_E;
use core::ops::Range;

use super::PositionBias;
use super::elementwise::exp2;
use super::gemm::{copy_squares, tiles, transpose};
use super::rows;
use super::simd::Simd;
use super::tile::{Left, Tile};

/// Scratch memory for sequences up to some length.
pub(super) struct Workspace<'a> {
    /// Qᵀ of a strip: `[head_dim, TILE_COLUMNS]`.
    pub queries: &'a mut [f32],
    /// K as squares: the squares of a tile's rows together, padded to whole vectors of `head_dim`.
    pub keys: &'a mut [f32],
    /// V as panels `[panel, length, TILE_COLUMNS]`.
    pub values: &'a mut [f32],
    /// Scores, then powers, of a strip: `[length, TILE_COLUMNS]`.
    pub scores: &'a mut [f32],
    /// 1 / Σ powers of each query of a strip: `[TILE_COLUMNS]`.
    pub factors: &'a mut [f32],
    /// `[TILE_ROWS, TILE_COLUMNS]`.
    pub tile: &'a mut [f32],
}

/// Lengths of the slices of a [`Workspace`], in the order of its fields.
pub(super) fn workspace_lens<S: Simd>(head_dim: usize, longest: usize) -> [usize; 6] {
    [
        head_dim * S::TILE_COLUMNS,
        longest.div_ceil(S::TILE_ROWS) * key_tile_len::<S>(head_dim),
        longest * head_dim.next_multiple_of(S::TILE_COLUMNS),
        longest * S::TILE_COLUMNS,
        S::TILE_COLUMNS,
        S::TILE_ROWS * S::TILE_COLUMNS,
    ]
}

/// Number of values of the squares of one tile of keys.
fn key_tile_len<S: Simd>(head_dim: usize) -> usize {
    S::LANES * head_dim.next_multiple_of(S::LANES)
}

/// One head's part of the joined queries, keys and values of a sequence.
#[derive(Clone, Copy)]
struct Head<'a> {
    /// `[length, 3 * hidden]`: queries, then keys, then values.
    qkv: &'a [f32],
    hidden: usize,
    /// First column of the head within the hidden columns.
    column: usize,
    head_dim: usize,
}

impl<'a> Head<'a> {
    fn stride(&self) -> usize {
        3 * self.hidden
    }

    fn length(&self) -> usize {
        self.qkv.len() / self.stride()
    }

    fn queries(&self, first: usize) -> &'a [f32] {
        &self.qkv[first * self.stride() + self.column..]
    }

    fn keys(&self, first: usize) -> &'a [f32] {
        &self.qkv[first * self.stride() + self.hidden + self.column..]
    }

    fn values(&self) -> &'a [f32] {
        &self.qkv[2 * self.hidden + self.column..]
    }
}

/// A bias by relative position, arranged for a strip's scores: each head's values range from the farthest key after the
/// query to the farthest before it, so that neighbouring queries find theirs side by side, and are multiplied by
/// √`head_dim`, because scores are divided by it later. Rows end in zeros for the queries that a strip lacks.
pub(super) struct PackedBias {
    /// `[heads, 2 * window - 1 + TILE_COLUMNS]`
    values: Vec<f32>,
    heads: usize,
    window: usize,
}

impl PackedBias {
    pub(super) fn new<S: Simd>(bias: &PositionBias<'_>, heads: usize, head_dim: usize) -> Self {
        let distances = 2 * bias.window - 1;
        let mut values = vec![0.0; heads * (distances + S::TILE_COLUMNS)];
        let scale = (head_dim as f32).sqrt();
        let rows = values.chunks_exact_mut(distances + S::TILE_COLUMNS).zip(bias.values.chunks_exact(distances));
        for (packed, row) in rows {
            packed.iter_mut().zip(row.iter().rev()).for_each(|(packed, value)| *packed = value * scale);
        }
        Self { values, heads, window: bias.window }
    }

    /// The values of a head.
    fn of_head(&self, head: usize) -> &[f32] {
        let row = self.values.len() / self.heads;
        &self.values[head * row..][..row]
    }
}

/// Attention of one sequence, all heads: `qkv` `[length, 3 * hidden]`, `context` `[length, hidden]`. A sequence must
/// not be longer than the window of its bias.
pub(super) fn attend<S: Simd>(
    simd: S,
    qkv: &[f32],
    [hidden, heads]: [usize; 2],
    bias: Option<&PackedBias>,
    context: &mut [f32],
    space: &mut Workspace<'_>,
) {
    let (length, head_dim) = (context.len() / hidden, hidden / heads);
    if length == 0 {
        return;
    }
    assert!(bias.is_none_or(|bias| length <= bias.window), "a sequence is longer than its bias");
    for column in (0..hidden).step_by(head_dim) {
        let head = Head { qkv, hidden, column, head_dim };
        simd.vectorize(
            #[inline(always)]
            || pack_head(simd, head, space),
        );
        for first in (0..length).step_by(S::TILE_COLUMNS) {
            let strip = first..length.min(first + S::TILE_COLUMNS);
            score(simd, head, strip.clone(), space);
            if let Some(bias) = bias {
                let scores = &mut space.scores[..length * S::TILE_COLUMNS];
                // The last of these are the values of the strip's queries with key 0.
                let values = &bias.of_head(column / head_dim)[..first + bias.window - 1 + S::TILE_COLUMNS];
                simd.vectorize(
                    #[inline(always)]
                    || add_bias(simd, values, scores),
                );
            }
            simd.vectorize(
                #[inline(always)]
                || softmax_columns(simd, head, space),
            );
            mix(simd, head, strip, context, space);
        }
    }
}

/// Writes the squares of K and the panels of V. Columns of a panel beyond the head keep their old contents; their sums
/// are never read.
#[inline(always)]
fn pack_head<S: Simd>(simd: S, head: Head<'_>, space: &mut Workspace<'_>) {
    let (length, stride) = (head.length(), head.stride());
    let key_tiles = space.keys.chunks_exact_mut(key_tile_len::<S>(head.head_dim));
    for (keys, squares) in tiles(length, S::TILE_ROWS).zip(key_tiles) {
        copy_squares(simd, head.keys(keys.start), stride, [keys.len(), head.head_dim], squares);
    }
    let panels = space.values.chunks_exact_mut(length * S::TILE_COLUMNS);
    for (first, panel) in (0..head.head_dim).step_by(S::TILE_COLUMNS).zip(panels) {
        let width = S::TILE_COLUMNS.min(head.head_dim - first);
        for (row, source) in panel.chunks_exact_mut(S::TILE_COLUMNS).zip(head.values().chunks(stride)) {
            row[..width].copy_from_slice(&source[first..first + width]);
        }
    }
}

/// Scores of a strip of queries with all keys. Columns beyond the strip are computed from stale contents of the scratch
/// memory; they are never read.
fn score<S: Simd>(simd: S, head: Head<'_>, strip: Range<usize>, space: &mut Workspace<'_>) {
    let shape = [strip.len(), head.head_dim];
    simd.vectorize(
        #[inline(always)]
        || transpose(simd, head.queries(strip.start), head.stride(), shape, space.queries, S::TILE_COLUMNS),
    );
    let key_tiles = space.keys.chunks_exact(key_tile_len::<S>(head.head_dim));
    for (keys, squares) in tiles(head.length(), S::TILE_ROWS).zip(key_tiles) {
        simd.multiply(&mut Tile {
            rows: keys.len(),
            depth: head.head_dim,
            left: Left::Squares(squares),
            panel: space.queries,
            out: &mut space.scores[keys.start * S::TILE_COLUMNS..],
        });
    }
}

/// Adds a head's bias to a strip's scores. `values` ends with those of key 0; those of each later key are one place
/// further left.
#[inline(always)]
fn add_bias<S: Simd>(simd: S, values: &[f32], scores: &mut [f32]) {
    for (row, values) in scores.chunks_exact_mut(S::TILE_COLUMNS).zip(values.windows(S::TILE_COLUMNS).rev()) {
        rows::update(
            simd,
            [values],
            row,
            #[inline(always)]
            |[bias], score| simd.add(score, bias),
        );
    }
}

/// Softmax down each column of scores, scaled by 1/√`head_dim`: powers in place of the scores, factors next to them.
#[inline(always)]
fn softmax_columns<S: Simd>(simd: S, head: Head<'_>, space: &mut Workspace<'_>) {
    let scale = simd.splat(LOG2_E / (head.head_dim as f32).sqrt());
    let scores = &mut space.scores[..head.length() * S::TILE_COLUMNS];
    for (v, factors) in space.factors.chunks_exact_mut(S::LANES).enumerate() {
        let column = v * S::LANES;
        let mut greatest = simd.splat(f32::NEG_INFINITY);
        for row in scores.chunks_exact(S::TILE_COLUMNS) {
            greatest = simd.max(simd.load(&row[column..column + S::LANES]), greatest);
        }
        let mut sum = simd.splat(0.0);
        for row in scores.chunks_exact_mut(S::TILE_COLUMNS) {
            let scores = &mut row[column..column + S::LANES];
            let power = exp2(simd, simd.mul(simd.sub(simd.load(scores), greatest), scale));
            sum = simd.add(sum, power);
            simd.store(power, scores);
        }
        simd.store(simd.div(simd.splat(1.0), sum), factors);
    }
}

/// Weights the values by a strip's powers and writes the head's columns of `context`.
fn mix<S: Simd>(simd: S, head: Head<'_>, strip: Range<usize>, context: &mut [f32], space: &mut Workspace<'_>) {
    let panels = space.values.chunks_exact(head.length() * S::TILE_COLUMNS);
    for (first, panel) in (0..head.head_dim).step_by(S::TILE_COLUMNS).zip(panels) {
        let width = S::TILE_COLUMNS.min(head.head_dim - first);
        let column = head.column + first;
        for queries in tiles(strip.len(), S::TILE_ROWS) {
            simd.multiply(&mut Tile {
                rows: queries.len(),
                depth: head.length(),
                left: Left::Transposed { values: &space.scores[queries.start..], stride: S::TILE_COLUMNS },
                panel,
                out: space.tile,
            });
            let rows = strip.start + queries.start..strip.start + queries.end;
            let context = &mut context[rows.start * head.hidden..rows.end * head.hidden];
            let (factors, sums) = (&space.factors[queries], &*space.tile);
            simd.vectorize(
                #[inline(always)]
                || {
                    let rows = context.chunks_exact_mut(head.hidden).zip(sums.chunks_exact(S::TILE_COLUMNS));
                    for ((row, sums), &factor) in rows.zip(factors) {
                        rows::scale_into(simd, &sums[..width], factor, &mut row[column..column + width]);
                    }
                },
            );
        }
    }
}
