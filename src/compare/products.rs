//! Products of all vectors with all, on all threads: which pairs reach a cosine, and which rows are nearest.
//!
//! [`Kernels::screen`] finds the pairs that may be wanted, [`Kernels::dot`] decides. So every answer is that of all
//! products by `dot`, bit for bit, for one instruction set: whatever the order, the blocks and the threads.

use std::ops::Range;
use std::sync::Mutex;

use ndarray::{ArrayView2, Axis, CowArray, Ix2};
use rayon::prelude::*;

use crate::kernels::{Bounds, Cut, Kernels, Linear, Screened};

/// Rows of one block of the product of all with all.
pub(crate) const BLOCK: usize = 1024;
/// Rows whose products with all others are computed without packing these.
pub const FEW: usize = 16;
/// Rows whose products with a few others are computed at a time: they stay in a core's cache.
const PIECE: usize = 256;
/// Rows of which packing would take longer than their products do.
const FEW_ENOUGH: usize = 128;
/// Most neighbours of a row that there is room for before they are found.
const ROOM: usize = 64;
/// Candidates of a block that are told apart by their bounds; of more, which these seldom tell apart, by their products.
const BOUNDED: usize = 16 * BLOCK;
/// Found neighbours that are gathered before they are put where other threads see them.
const GATHERED: usize = 4096;

/// Two sets of vectors, or one with itself, packed to be multiplied.
pub struct Products<'a> {
    kernels: &'static dyn Kernels,
    left: Rows<'a>,
    /// `None` where the left ones are multiplied with one another.
    right: Option<Rows<'a>>,
    left_blocks: Vec<Screened>,
    right_blocks: Vec<Screened>,
}

/// Rows `[n, dim]` in one piece.
struct Rows<'a>(CowArray<'a, f32, Ix2>);

impl<'a> Rows<'a> {
    fn new(rows: ArrayView2<'a, f32>) -> Self {
        Self(if rows.is_standard_layout() { rows.into() } else { rows.as_standard_layout().into_owned().into() })
    }

    fn all(&self) -> &[f32] {
        self.0.as_slice().expect("rows in one piece")
    }

    fn row(&self, at: usize) -> &[f32] {
        &self.all()[at * self.0.ncols()..(at + 1) * self.0.ncols()]
    }

    fn packed(&self, pack: impl Fn(&[f32], usize) -> Screened + Sync) -> Vec<Screened> {
        let dim = self.0.ncols().max(1);
        self.all().par_chunks(BLOCK * dim).map(|rows| pack(rows, dim)).collect()
    }
}

/// A pair of rows whose product may be wanted.
#[derive(Debug, Clone, Copy)]
pub struct Candidate {
    /// The row of the left vectors.
    pub a: usize,
    /// The row of the right ones.
    pub b: usize,
    /// What their product is at least.
    lower: f32,
}

impl<'a> Products<'a> {
    /// Vectors `[n, dim]`, finite, each with each other.
    pub fn of_all(kernels: &'static dyn Kernels, rows: ArrayView2<'a, f32>) -> Self {
        let left = Rows::new(rows);
        Self {
            left_blocks: left.packed(|rows, dim| kernels.screen_left(rows, dim)),
            right_blocks: left.packed(|rows, dim| kernels.screen_right(rows, dim)),
            kernels,
            left,
            right: None,
        }
    }

    /// Vectors `[m, dim]` with others `[n, dim]`, all finite.
    ///
    /// # Panics
    /// If they differ in `dim`.
    pub fn between(kernels: &'static dyn Kernels, left: ArrayView2<'a, f32>, right: ArrayView2<'a, f32>) -> Self {
        assert_eq!(left.ncols(), right.ncols());
        let (left, right) = (Rows::new(left), Rows::new(right));
        Self {
            left_blocks: left.packed(|rows, dim| kernels.screen_left(rows, dim)),
            right_blocks: right.packed(|rows, dim| kernels.screen_right(rows, dim)),
            kernels,
            left,
            right: Some(right),
        }
    }

    /// The product of a left row and a right one.
    pub fn score(&self, a: usize, b: usize) -> f32 {
        self.kernels.dot(self.left.row(a), self.right.as_ref().unwrap_or(&self.left).row(b))
    }

    /// Whether a candidate's product is at least `least`.
    pub fn reaches(&self, candidate: Candidate, least: f32) -> bool {
        candidate.lower >= least || self.score(candidate.a, candidate.b) >= least
    }

    /// Pairs of blocks: of vectors with themselves those on the diagonal first, then those above it.
    fn blocks(&self) -> Vec<(usize, usize)> {
        let (rows, columns) = (self.left_blocks.len(), self.right_blocks.len());
        if self.right.is_some() {
            return (0..rows).flat_map(|row| (0..columns).map(move |column| (row, column))).collect();
        }
        let above = (0..rows).flat_map(|row| (row + 1..columns).map(move |column| (row, column)));
        (0..rows).map(|at| (at, at)).chain(above).collect()
    }

    /// Shows `see` every pair whose product may be at least `least`, of vectors with themselves each once, the first
    /// row before the second; [`reaches`](Self::reaches) tells whether it is. What `see` gathers in one block, from
    /// what `start` makes, goes to `take` at its end; the blocks come in no order.
    pub fn candidates<T>(
        &self,
        least: f32,
        start: impl Fn() -> T + Sync,
        see: impl Fn(&mut T, Candidate) + Sync,
        take: impl Fn(T) + Sync,
    ) {
        let of_block = |&(row, column): &(usize, usize)| {
            let (left, right) = (&self.left_blocks[row], &self.right_blocks[column]);
            let mut gathered = start();
            let once = self.right.is_none() && row == column;
            let candidate = |a: usize, b: usize, Bounds { lower, .. }: Bounds| {
                if !once || a < b {
                    see(&mut gathered, Candidate { a: row * BLOCK + a, b: column * BLOCK + b, lower });
                }
            };
            let mut cut = Constant { least: (vec![least; left.len()], vec![f32::INFINITY; right.len()]), candidate };
            self.kernels.screen(left, right, &mut cut);
            gathered
        };
        self.blocks().par_iter().for_each(|block| take(of_block(block)));
    }

    /// The `most` rows nearest to each left row, of those for which `wanted` holds and whose product is at least
    /// `least`: the nearest first, of equals the first. `wanted` says the same of both orders of a pair. Of vectors
    /// with themselves a row is no neighbour of its own.
    ///
    /// # Panics
    /// When `wanted` does.
    pub fn nearest(
        &self,
        most: usize,
        least: f32,
        wanted: impl Fn(usize, usize) -> bool + Sync,
    ) -> Vec<Vec<(usize, f32)>> {
        let found: Vec<Mutex<Nearest>> =
            self.left_blocks.iter().map(|block| Mutex::new(Nearest::new(block.len(), most, least))).collect();
        let of_block = |&(row, column): &(usize, usize)| {
            let both = self.right.is_none() && row != column;
            let mut search = Search {
                products: self,
                wanted: &wanted,
                found: (&found[row], both.then(|| &found[column])),
                first: (row * BLOCK, column * BLOCK),
                gathered: Vec::with_capacity(GATHERED),
                seen: 0,
                least: (Vec::new(), vec![f32::INFINITY; self.right_blocks[column].len()]),
            };
            search.settle();
            self.kernels.screen(&self.left_blocks[row], &self.right_blocks[column], &mut search);
            search.settle();
        };
        if most > 0 {
            // With the blocks on the diagonal done first, each row has neighbours that others have to be nearer than.
            let blocks = self.blocks();
            let diagonal = if self.right.is_none() { self.left_blocks.len() } else { 0 };
            let (diagonal, others) = blocks.split_at(diagonal);
            diagonal.par_iter().for_each(of_block);
            others.par_iter().for_each(of_block);
        }
        let decided = |(block, found): (usize, Mutex<Nearest>)| {
            found.into_inner().expect("no thread died").decided(|row, other| self.score(block * BLOCK + row, other))
        };
        found.into_par_iter().enumerate().flat_map_iter(decided).collect()
    }
}

/// Rows `[n, dim]` that are looked at in pieces, be they in memory or not.
pub trait Pieces: Sync {
    /// Why a piece cannot be had.
    type Error: Send;

    /// How many rows there are, and how long they are.
    fn shape(&self) -> (usize, usize);

    /// Rows by their places, in memory or put into `room`.
    ///
    /// # Errors
    /// When they cannot be read.
    fn rows<'a>(&'a self, rows: Range<usize>, room: &'a mut Vec<f32>) -> Result<&'a [f32], Self::Error>;
}

impl Pieces for Rows<'_> {
    type Error = std::convert::Infallible;

    fn shape(&self) -> (usize, usize) {
        self.0.dim()
    }

    fn rows<'a>(&'a self, rows: Range<usize>, _: &'a mut Vec<f32>) -> Result<&'a [f32], Self::Error> {
        let dim = self.0.ncols();
        Ok(&self.all()[rows.start * dim..rows.end * dim])
    }
}

/// The `most` of the right rows nearest to each of a few left ones `[m, dim]`, as [`Products::nearest`] finds them: each
/// product is computed, while the right row is in the cache.
///
/// # Errors
/// When a piece of the right rows cannot be had.
///
/// # Panics
/// If they differ in `dim`.
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
    // Every product is known, so none is asked for again.
    let known = |_: usize, _: usize| f32::NAN;
    let none = || Nearest::new(asked, most, least);
    let of_piece = |(mut near, mut room): (Nearest, Vec<f32>), first: usize| {
        let rows = right.rows(first..n.min(first + PIECE), &mut room)?;
        for (at, row) in (first..).zip(rows.chunks_exact(dim.max(1))) {
            for query in 0..asked {
                near.offer(query, Near::of(at, kernels.dot(left.row(query), row)), known);
            }
        }
        Ok((near, room))
    };
    let join = |mut one: Nearest, other: Nearest| {
        for (query, row) in other.rows.into_iter().enumerate() {
            row.near.into_iter().for_each(|near| one.offer(query, near, known));
        }
        one
    };
    let pieces: Vec<usize> = (0..n).step_by(PIECE).collect();
    let found = pieces.into_par_iter().try_fold(|| (none(), Vec::new()), of_piece);
    Ok(found.map(|found| Ok(found?.0)).try_reduce(none, |one, other| Ok(join(one, other)))?.decided(known))
}

/// The `most` of the right rows `[n, dim]` nearest to each left one `[m, dim]`, as [`Products::nearest`] finds them. For
/// few left rows each product is computed: packing takes as long as 50 of these.
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

/// The row nearest to each of some of the rows `[n, dim]`, but itself, if their product is at least `least`; of equals the
/// first. As [`Products::nearest`] finds it.
pub(crate) fn nearest_other(
    kernels: &'static dyn Kernels,
    (rows, some): (ArrayView2<f32>, &[usize]),
    least: f32,
) -> Vec<Option<usize>> {
    let first = |near: Vec<(usize, f32)>| near.first().map(|(at, _)| *at);
    if rows.nrows() <= FEW_ENOUGH {
        let rows = Rows::new(rows);
        let nearest = |own: &usize| {
            let scored = (0..rows.0.nrows()).filter(|at| at != own);
            let scored = scored.map(|at| (at, kernels.dot(rows.row(*own), rows.row(at))));
            let near = scored.filter(|(_, score)| *score >= least);
            near.reduce(|one, other| if other.1 > one.1 { other } else { one }).map(|(at, _)| at)
        };
        return some.iter().map(nearest).collect();
    }
    if some.len() == rows.nrows() {
        return Products::of_all(kernels, rows).nearest(1, least, |_, _| true).into_iter().map(first).collect();
    }
    let left = rows.select(Axis(0), some);
    if some.len() > FEW {
        let products = Products::between(kernels, left.view(), rows);
        return products.nearest(1, least, |a, b| some[a] != b).into_iter().map(first).collect();
    }
    let nearest = nearest_between(kernels, left.view(), rows, 2, least);
    let other = |(own, near): (&usize, Vec<(usize, f32)>)| near.into_iter().map(|(at, _)| at).find(|at| at != own);
    some.iter().zip(nearest).map(other).collect()
}

/// Dense products: `[m, n]` of rows `[m, dim]` with rows `[n, dim]`.
pub(crate) fn dense(kernels: &dyn Kernels, left: ArrayView2<f32>, right: ArrayView2<f32>) -> ndarray::Array2<f32> {
    let (left, right) = (Rows::new(left), Rows::new(right));
    let shape = (left.0.nrows(), right.0.nrows());
    if shape.0 == 0 || shape.1 == 0 {
        return ndarray::Array2::zeros(shape);
    }
    let products = kernels.linear(left.all(), Linear { weight: right.all(), bias: &vec![0.0; shape.1] });
    ndarray::Array2::from_shape_vec(shape, products).expect("a value for each pair")
}

/// One cut for all pairs.
struct Constant<F> {
    least: (Vec<f32>, Vec<f32>),
    candidate: F,
}

impl<F: FnMut(usize, usize, Bounds)> Cut for Constant<F> {
    fn least(&self) -> (&[f32], &[f32]) {
        (&self.least.0, &self.least.1)
    }

    fn candidate(&mut self, row: usize, column: usize, bounds: Bounds) {
        (self.candidate)(row, column, bounds);
    }
}

/// The rows that may be among the nearest to each row of a block, as far as they are found.
struct Nearest {
    most: usize,
    rows: Vec<NearRow>,
}

/// The rows that may be among the nearest to one.
#[derive(Clone)]
struct NearRow {
    near: Vec<Near>,
    /// What a product has to reach: as many as are wanted do.
    least: f32,
}

/// A row that may be near, and its product's bounds; equal ones if they are the product.
#[derive(Debug, Clone, Copy)]
struct Near {
    at: u32,
    lower: f32,
    upper: f32,
}

impl Near {
    /// A row with a known product.
    fn of(at: usize, score: f32) -> Self {
        Self { at: u32::try_from(at).expect("fewer rows than memory for them"), lower: score, upper: score }
    }

    fn between(at: usize, Bounds { lower, upper }: Bounds) -> Self {
        Self { upper, ..Self::of(at, lower) }
    }

    /// With its product.
    fn decided(self, score: impl Fn(usize) -> f32) -> Self {
        let at = self.at as usize;
        if self.lower < self.upper { Self::of(at, score(at)) } else { self }
    }
}

impl NearRow {
    /// Drops those that cannot be among the `most` nearest. Where bounds do not tell, products do.
    fn prune(&mut self, most: usize, score: impl Fn(usize) -> f32) {
        if self.near.len() > most {
            let (_, last, _) = self.near.select_nth_unstable_by(most - 1, |a, b| b.lower.total_cmp(&a.lower));
            self.least = self.least.max(last.lower);
            self.near.retain(|near| near.upper >= self.least);
        }
        if self.near.len() > 3 * most {
            self.decide(most, score);
        }
    }

    /// Leaves the `most` nearest, the nearest first, of equals the first.
    fn decide(&mut self, most: usize, score: impl Fn(usize) -> f32) {
        // The likeliest first, so that their products leave others out.
        self.near.sort_unstable_by(|a, b| b.upper.total_cmp(&a.upper).then(a.at.cmp(&b.at)));
        let mut kept: Vec<Near> = Vec::with_capacity(most.min(self.near.len()) + 1);
        for near in &self.near {
            if near.upper < self.least {
                break;
            }
            let near = near.decided(&score);
            let before = |kept: &Near| kept.lower > near.lower || kept.lower == near.lower && kept.at < near.at;
            let place = kept.partition_point(before);
            if near.lower >= self.least && place < most {
                kept.truncate(most - 1);
                kept.insert(place, near);
                if kept.len() == most {
                    self.least = self.least.max(kept[most - 1].lower);
                }
            }
        }
        self.near.clear();
        self.near.extend(kept);
    }
}

impl Nearest {
    fn new(rows: usize, most: usize, least: f32) -> Self {
        Self { most, rows: vec![NearRow { near: Vec::new(), least }; rows] }
    }

    /// How many are kept before those that are too many are dropped.
    fn room(&self) -> usize {
        4 * self.most + 8
    }

    /// Takes a row that may be near; `score` gives the product of a row of the block and another.
    fn offer(&mut self, at: usize, near: Near, score: impl Fn(usize, usize) -> f32) {
        let room = self.room();
        let row = &mut self.rows[at];
        if near.upper >= row.least && self.most > 0 {
            if row.near.is_empty() {
                row.near.reserve_exact(room.min(ROOM));
            }
            row.near.push(near);
            if row.near.len() >= room {
                row.prune(self.most, |other| score(at, other));
            }
        }
    }

    /// What another has to reach to be among a row's nearest.
    fn least(&self) -> impl Iterator<Item = f32> {
        self.rows.iter().map(|row| row.least)
    }

    /// The nearest to each row, the nearest first, of equals the first.
    fn decided(self, score: impl Fn(usize, usize) -> f32) -> Vec<Vec<(usize, f32)>> {
        let most = self.most;
        let of_row = |(at, mut row): (usize, NearRow)| {
            if most > 0 {
                row.prune(most, |other| score(at, other));
                row.decide(most, |other| score(at, other));
            }
            row.near.into_iter().map(|near| (near.at as usize, near.lower)).collect()
        };
        self.rows.into_iter().enumerate().map(of_row).collect()
    }
}

/// One block of the search for the nearest.
struct Search<'a, 'p, W> {
    products: &'a Products<'p>,
    wanted: &'a W,
    /// Of the block's rows, and of its columns where these look for neighbours too.
    found: (&'a Mutex<Nearest>, Option<&'a Mutex<Nearest>>),
    /// The first row and column.
    first: (usize, usize),
    gathered: Vec<(usize, usize, Bounds)>,
    /// Candidates so far.
    seen: usize,
    least: (Vec<f32>, Vec<f32>),
}

impl<W> Search<'_, '_, W> {
    /// Puts what was gathered where other threads see it, and looks what has to be reached now.
    fn settle(&mut self) {
        let (row, column) = self.first;
        let products = self.products;
        let mut rows = self.found.0.lock().expect("no thread died");
        for &(a, b, bounds) in &self.gathered {
            rows.offer(a, Near::between(column + b, bounds), |a, other| products.score(row + a, other));
        }
        self.least.0.clear();
        self.least.0.extend(rows.least());
        drop(rows);
        if let Some(columns) = self.found.1 {
            let mut columns = columns.lock().expect("no thread died");
            for &(a, b, bounds) in &self.gathered {
                columns.offer(b, Near::between(row + a, bounds), |b, other| products.score(column + b, other));
            }
            self.least.1.clear();
            self.least.1.extend(columns.least());
        }
        self.gathered.clear();
    }
}

impl<W: Fn(usize, usize) -> bool> Cut for Search<'_, '_, W> {
    fn least(&self) -> (&[f32], &[f32]) {
        (&self.least.0, &self.least.1)
    }

    fn candidate(&mut self, row: usize, column: usize, bounds: Bounds) {
        let (a, b) = (self.first.0 + row, self.first.1 + column);
        if self.products.right.is_none() && a == b || !(self.wanted)(a, b) {
            return;
        }
        self.seen += 1;
        let bounds = if self.seen > BOUNDED {
            let score = self.products.score(a, b);
            if score < self.least.0[row] && score < self.least.1[column] {
                return;
            }
            Bounds { lower: score, upper: score }
        } else {
            Bounds { upper: bounds.upper.max(bounds.lower.next_up()), ..bounds }
        };
        self.gathered.push((row, column, bounds));
        if self.gathered.len() == GATHERED {
            self.settle();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compare::Random;
    use crate::kernels::{ISAS, Isa};
    use ndarray::{Array2, s};

    /// Rows of few different values, so that many products are equal, of which every seventh is the same.
    fn rows(n: usize, dim: usize, seed: u64) -> Array2<f32> {
        let mut random = Random(seed);
        let mut rows = Array2::from_shape_fn((n, dim), |_| random.below(5) as f32 - 2.0);
        for at in (7..n).step_by(7) {
            let first = rows.row(0).to_owned();
            rows.row_mut(at).assign(&first);
        }
        for mut row in rows.rows_mut() {
            row[0] += 0.5;
            crate::model::l2_normalize(row.as_slice_mut().unwrap());
        }
        rows
    }

    /// All instruction sets of this CPU.
    fn for_each_isa(test: impl Fn(&'static dyn Kernels)) {
        ISAS.iter().filter(|isa| isa.available()).for_each(|isa| test(Isa::kernels_of(isa.name)));
    }

    fn naive(
        products: &Products,
        (m, n): (usize, usize),
        most: usize,
        least: f32,
        wanted: impl Fn(usize, usize) -> bool,
    ) -> Vec<Vec<(usize, f32)>> {
        let nearest = |a: usize| {
            let others = (0..n).filter(|b| (products.right.is_some() || a != *b) && wanted(a, *b));
            let mut near: Vec<(usize, f32)> = others.map(|b| (b, products.score(a, b))).collect();
            near.retain(|(_, score)| *score >= least);
            near.sort_by(|x, y| y.1.total_cmp(&x.1).then(x.0.cmp(&y.0)));
            near.truncate(most);
            near
        };
        (0..m).map(nearest).collect()
    }

    #[test]
    fn the_nearest_are_those_of_all_products() {
        for_each_isa(|kernels| {
            for n in [0, 1, 2, 50, BLOCK, 2 * BLOCK + 3] {
                let vectors = rows(n, 12, 1);
                let products = Products::of_all(kernels, vectors.view());
                let apart = |a: usize, b: usize| a / 3 != b / 3;
                for (most, least) in [(0, -1.0), (1, f32::NEG_INFINITY), (10, -2.0), (10, 0.8), (10, 2.0)] {
                    assert_eq!(products.nearest(most, least, apart), naive(&products, (n, n), most, least, apart));
                }
            }
        });
    }

    #[test]
    fn more_neighbours_than_a_block_has_rows() {
        let vectors = rows(BLOCK + 70, 5, 2);
        for_each_isa(|kernels| {
            let products = Products::of_all(kernels, vectors.view());
            let n = vectors.nrows();
            assert_eq!(products.nearest(2 * n, -2.0, |_, _| true), naive(&products, (n, n), 2 * n, -2.0, |_, _| true));
        });
    }

    #[test]
    fn the_nearest_of_others() {
        for_each_isa(|kernels| {
            for (m, n) in [(0, 5), (5, 0), (3, BLOCK + 1), (BLOCK + 5, 40)] {
                let (left, right) = (rows(m, 9, 3), rows(n, 9, 4));
                let products = Products::between(kernels, left.view(), right.view());
                let wanted = |a: usize, b: usize| !(a + b).is_multiple_of(4);
                assert_eq!(products.nearest(4, 0.1, wanted), naive(&products, (m, n), 4, 0.1, wanted));
            }
        });
    }

    #[test]
    fn the_nearest_to_few_are_the_same() {
        for_each_isa(|kernels| {
            for (m, n) in [(0, 5), (1, 0), (3, 2 * BLOCK + 1), (FEW, BLOCK), (FEW + 1, BLOCK)] {
                let (left, right) = (rows(m, 9, 8), rows(n, 9, 9));
                let products = Products::between(kernels, left.view(), right.view());
                for (most, least) in [(0, -1.0), (7, 0.2), (2 * BLOCK, f32::NEG_INFINITY)] {
                    let found = nearest_between(kernels, left.view(), right.view(), most, least);
                    assert_eq!(found, naive(&products, (m, n), most, least, |_, _| true));
                }
            }
        });
    }

    #[test]
    fn pairs_that_reach_a_cosine_come_once() {
        for_each_isa(|kernels| {
            let (n, least) = (BLOCK + 200, 0.75);
            let vectors = rows(n, 10, 5);
            let products = Products::of_all(kernels, vectors.view());
            let gather = |products: &Products| {
                let found = Mutex::new(Vec::new());
                let see = |found: &mut Vec<(usize, usize)>, candidate: Candidate| {
                    if products.reaches(candidate, least) {
                        found.push((candidate.a, candidate.b));
                    }
                };
                products.candidates(least, Vec::new, see, |some| found.lock().unwrap().extend(some));
                found.into_inner().unwrap()
            };
            let found = gather(&products);
            let sorted = |mut pairs: Vec<(usize, usize)>| {
                pairs.sort_unstable();
                pairs
            };
            let all = (0..n).flat_map(|a| (a + 1..n).map(move |b| (a, b)));
            let expected: Vec<(usize, usize)> = all.filter(|(a, b)| products.score(*a, *b) >= least).collect();
            assert_eq!(sorted(found), expected);
            let half = vectors.slice(s![..100, ..]);
            let between = Products::between(kernels, half, vectors.view());
            let all = (0..100).flat_map(|a| (0..n).map(move |b| (a, b)));
            let expected: Vec<(usize, usize)> = all.filter(|(a, b)| between.score(*a, *b) >= least).collect();
            assert_eq!(sorted(gather(&between)), expected);
        });
    }

    /// Views whose rows are not one behind the other are copied.
    #[test]
    fn any_arrangement() {
        let vectors = rows(30, 6, 6);
        let transposed = vectors.t().as_standard_layout().into_owned();
        for_each_isa(|kernels| {
            let nearest = |view: ArrayView2<f32>| Products::of_all(kernels, view).nearest(3, -2.0, |_, _| true);
            assert_eq!(nearest(vectors.view()), nearest(transposed.t()));
        });
    }

    #[test]
    fn dense_products() {
        let (left, right) = (rows(5, 7, 7), rows(3, 7, 8));
        for_each_isa(|kernels| {
            let products = dense(kernels, left.view(), right.view());
            assert_eq!(products.dim(), (5, 3));
            assert!((products[(4, 2)] - left.row(4).dot(&right.row(2))).abs() < 1e-6);
            assert_eq!(dense(kernels, left.slice(s![..0, ..]), right.view()).dim(), (0, 3));
        });
    }
}
