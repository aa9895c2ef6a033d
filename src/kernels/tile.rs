//! Tiles of matrix products: the unit that an instruction set multiplies in its registers.

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
