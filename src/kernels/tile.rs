//! Tiles of matrix products: the unit that an instruction set multiplies in its registers.

use super::integers::GROUPS;

/// One tile of a product: `out[r, c] = Σₖ left[r, k] · panel[k, c]` for `rows` rows and one panel's columns.
pub(super) struct Tile<'a> {
    /// Number of rows, 1 to `Simd::TILE_ROWS`.
    pub rows: usize,
    /// Number of terms of each sum.
    pub depth: usize,
    /// `[rows, depth]`.
    pub left: Left<'a>,
    /// `[depth, TILE_COLUMNS]`.
    pub panel: &'a [f32],
    /// `[rows, TILE_COLUMNS]`.
    pub out: &'a mut [f32],
}

/// A tile's left factor, in one of two arrangements with a constant distance between rows: so every address in the
/// tile's loop is one register and a constant, and the loop consists of multiply-adds and loads only.
#[derive(Clone, Copy)]
pub(super) enum Left<'a> {
    /// Squares of `Simd::LANES` × `LANES` values `[row, k]`, one after another along k: see `gemm::copy_squares`.
    Squares(&'a [f32]),
    /// Transposed: `[depth, rows]`, the values of one k together, those of the next `stride` further on.
    Transposed { values: &'a [f32], stride: usize },
}

/// One tile of a product in integers, whose terms come in groups of 32 bits; see `integers`.
pub(super) struct IntegerTile<'a> {
    /// Number of rows, 1 to `Simd::TILE_ROWS`.
    pub rows: usize,
    /// Number of groups of terms of each sum.
    pub groups: usize,
    /// `[rows, GROUPS]`.
    pub left: &'a [i32],
    /// `[groups, TILE_COLUMNS]`.
    pub panel: &'a [i32],
    /// The offset added to each row's values: `[rows]`.
    pub offsets: &'a [i32],
    /// The sum of each column of the panel: `[TILE_COLUMNS]`.
    pub column_sums: &'a [i32],
    /// `[rows]`.
    pub row_scales: &'a [f32],
    /// `[TILE_COLUMNS]`.
    pub column_scales: &'a [f32],
    /// `[rows, TILE_COLUMNS]`.
    pub out: &'a mut [f32],
}

impl IntegerTile<'_> {
    /// The first and the second half of the rows.
    pub fn halves(&mut self, columns: usize) -> [IntegerTile<'_>; 2] {
        let first = self.rows / 2;
        let (left, offsets, row_scales) =
            (self.left.split_at(first * GROUPS), self.offsets.split_at(first), self.row_scales.split_at(first));
        let out = self.out.split_at_mut(first * columns);
        let (groups, panel, column_sums, column_scales) =
            (self.groups, self.panel, self.column_sums, self.column_scales);
        let half = |rows, left, offsets, row_scales, out| IntegerTile {
            rows,
            groups,
            left,
            panel,
            offsets,
            column_sums,
            row_scales,
            column_scales,
            out,
        };
        [
            half(first, left.0, offsets.0, row_scales.0, out.0),
            half(self.rows - first, left.1, offsets.1, row_scales.1, out.1),
        ]
    }
}
