//! Products of a few rows with all others, each computed directly, because packing would take longer.

use std::ops::Range;

use ndarray::ArrayView2;
use rayon::prelude::*;

use super::near::{Near, Nearest};
use super::{Products, Rows};
use crate::kernels::Kernels;

/// Number of rows whose products with all others are computed without packing the others.
pub const FEW: usize = 16;
/// Number of rows whose products with a few others are computed at a time: they stay in a core's cache.
const PIECE: usize = 256;

/// Rows `[n, dim]` that are read in pieces, in memory or not.
pub trait Pieces: Sync {
    /// Why a piece cannot be read.
    type Error: Send;

    /// Whether all rows already have the length that they are multiplied with.
    const SCALED: bool;

    /// Number of rows, and their length.
    fn shape(&self) -> (usize, usize);

    /// The rows at these positions, in memory or read into `room`, before they are scaled.
    ///
    /// # Errors
    /// When they cannot be read.
    fn rows<'a>(&'a self, rows: Range<usize>, room: &'a mut Vec<f32>) -> Result<&'a [f32], Self::Error>;

    /// The row at a position, scaled to length 1 in `room` unless it is already.
    ///
    /// # Errors
    /// When it has no direction.
    fn scaled<'a>(&self, at: usize, row: &'a [f32], room: &'a mut Vec<f32>) -> Result<&'a [f32], Self::Error>;
}

impl Pieces for Rows<'_> {
    type Error = std::convert::Infallible;

    const SCALED: bool = true;

    fn shape(&self) -> (usize, usize) {
        self.0.dim()
    }

    fn rows<'a>(&'a self, rows: Range<usize>, _: &'a mut Vec<f32>) -> Result<&'a [f32], Self::Error> {
        let dim = self.0.ncols();
        Ok(&self.all()[rows.start * dim..rows.end * dim])
    }

    fn scaled<'a>(&self, _: usize, row: &'a [f32], _: &'a mut Vec<f32>) -> Result<&'a [f32], Self::Error> {
        Ok(row)
    }
}

/// Lengths of rows whose squares neither vanish nor overflow in f32.
const SAFE: Range<f32> = 1e-15..1e15;

/// The `most` right rows nearest to each of a few left ones `[m, dim]`, as [`Products::nearest`] finds them: each
/// product is computed while the right row is in the cache.
///
/// # Errors
/// When a piece of the right rows cannot be read.
///
/// # Panics
/// If the rows differ in `dim`.
pub fn nearest_in<P: Pieces>(
    kernels: &'static dyn Kernels,
    left: ArrayView2<f32>,
    right: &P,
    most: usize,
    least: f32,
) -> Result<Vec<Vec<(usize, f32)>>, P::Error> {
    let (n, dim) = right.shape();
    assert_eq!(left.ncols(), dim);
    let left = Rows::new(left);
    let asked = left.0.nrows();
    // Every product is known, so none is recomputed.
    let known = |_: usize, _: usize| f32::NAN;
    let none = || Nearest::new(asked, most, least);
    let length = |row: &[f32]| kernels.dot(row, row).sqrt();
    // The most by which rounding can change the product with a row that is divided by its length only afterwards.
    let slack: Vec<f32> =
        (0..asked).map(|query| 4.0 * dim as f32 * f32::EPSILON * length(left.row(query)).max(1.0)).collect();
    let of_piece = |(mut near, mut room): (Nearest, [Vec<f32>; 2]), first: usize| {
        let [room, one] = &mut room;
        let rows = right.rows(first..n.min(first + PIECE), room)?;
        for (at, row) in (first..).zip(rows.chunks_exact(dim.max(1))) {
            let length = if P::SCALED { None } else { Some(length(row)) };
            let is_far = |near: &Nearest, query: usize| {
                let product = |length: f32| kernels.dot(left.row(query), row) / length;
                length.is_some_and(|length| {
                    SAFE.contains(&length) && !near.may_hold(query, product(length) + slack[query])
                })
            };
            // Scaling a row takes longer than its products, and few are near.
            if (0..asked).all(|query| is_far(&near, query)) {
                continue;
            }
            let row = right.scaled(at, row, one)?;
            for query in 0..asked {
                near.offer(query, Near::of(at, kernels.dot(left.row(query), row)), known);
            }
        }
        Ok((near, [room, one].map(std::mem::take)))
    };
    let join = |mut one: Nearest, other: Nearest| {
        for (query, row) in other.rows.into_iter().enumerate() {
            row.near.into_iter().for_each(|near| one.offer(query, near, known));
        }
        one
    };
    let pieces: Vec<usize> = (0..n).step_by(PIECE).collect();
    let found = pieces.into_par_iter().try_fold(|| (none(), [Vec::new(), Vec::new()]), of_piece);
    Ok(found.map(|found| Ok(found?.0)).try_reduce(none, |one, other| Ok(join(one, other)))?.decided(known))
}

/// The `most` right rows `[n, dim]` nearest to each left one `[m, dim]`, as [`Products::nearest`] finds them. For few
/// left rows each product is computed: packing takes as long as 50 of them.
///
/// # Panics
/// If they differ in `dim`.
pub fn nearest_between(
    kernels: &'static dyn Kernels,
    left: ArrayView2<f32>,
    right: ArrayView2<f32>,
    most: usize,
    least: f32,
) -> Vec<Vec<(usize, f32)>> {
    if left.nrows() > FEW {
        return Products::between(kernels, left, right).nearest(most, least, |_, _| true);
    }
    let Ok(nearest) = nearest_in(kernels, left, &Rows::new(right), most, least);
    nearest
}
