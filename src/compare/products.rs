//! Products of all vectors with all, on all threads: the pairs that reach a cosine, and the nearest rows.
//!
//! [`Kernels::screen`] finds the candidate pairs, [`Kernels::dot`] decides. So for a given instruction set every answer
//! is, bit for bit, that of computing all products by `dot`, regardless of the order, the blocks and the threads.

mod few;
mod near;

use std::ops::Range;
use std::sync::Mutex;

use ndarray::{ArrayView2, CowArray, Ix2};
use rayon::prelude::*;

use crate::kernels::{Bounds, Cut, Kernels, Linear, Screened};
pub use few::{FEW, Pieces, nearest_between, nearest_in};
use near::{Near, Nearest};

/// Number of rows of one block of the product of all with all.
pub(crate) const BLOCK: usize = 1024;
/// Maximum number of candidates of a block that are separated by their bounds; more, which bounds seldom separate, are
/// separated by their products.
const BOUNDED: usize = 16 * BLOCK;
/// Number of neighbours gathered before they are shared with other threads.
const GATHERED: usize = 4096;

/// Two sets of vectors, or one set with itself, packed for multiplication.
pub struct Products<'a> {
    kernels: &'static dyn Kernels,
    left: Rows<'a>,
    /// The right vectors, or `None` if the left ones are multiplied with one another.
    right: Option<Rows<'a>>,
    left_blocks: Vec<Screened>,
    right_blocks: Vec<Screened>,
}

/// Contiguous rows `[n, dim]`.
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
    /// Bounds of their product.
    bounds: Bounds,
}

impl Candidate {
    /// Whether the product may be at least `least`.
    pub fn may_reach(&self, least: f32) -> bool {
        self.bounds.upper.max(self.bounds.lower) >= least
    }
}

impl<'a> Products<'a> {
    /// All pairs of vectors `[n, dim]`, which are finite.
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

    /// Pairs of vectors `[m, dim]` with others `[n, dim]`, all finite.
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
        candidate.bounds.lower >= least || self.score(candidate.a, candidate.b) >= least
    }

    /// Pairs of blocks; for one set with itself, those on the diagonal come first, then those above it.
    fn blocks(&self) -> Vec<(usize, usize)> {
        let (rows, columns) = (self.left_blocks.len(), self.right_blocks.len());
        if self.right.is_some() {
            return (0..rows).flat_map(|row| (0..columns).map(move |column| (row, column))).collect();
        }
        let above = (0..rows).flat_map(|row| (row + 1..columns).map(move |column| (row, column)));
        (0..rows).map(|at| (at, at)).chain(above).collect()
    }

    /// Passes to `see` every pair whose product may be at least `least` ([`reaches`](Self::reaches) decides); for one
    /// set with itself each pair once, the lower row first. `see` collects the pairs of one block in a value made by
    /// `start`, which goes to `take` at the block's end; blocks come in no particular order.
    pub fn candidates<T>(
        &self,
        least: f32,
        start: impl Fn() -> T + Sync,
        see: impl Fn(&mut T, Candidate) + Sync,
        take: impl Fn(T) + Sync,
    ) {
        self.candidates_of(0..self.left.0.nrows(), least, start, see, take);
    }

    /// Like [`candidates`](Self::candidates), but only with the left rows `rows`.
    pub fn candidates_of<T>(
        &self,
        rows: Range<usize>,
        least: f32,
        start: impl Fn() -> T + Sync,
        see: impl Fn(&mut T, Candidate) + Sync,
        take: impl Fn(T) + Sync,
    ) {
        let of_block = |&(row, column): &(usize, usize)| {
            let (left, right) = (&self.left_blocks[row], &self.right_blocks[column]);
            let mut gathered = start();
            let once = self.right.is_none() && row == column;
            let candidate = |a: usize, b: usize, bounds: Bounds| {
                let candidate = Candidate { a: row * BLOCK + a, b: column * BLOCK + b, bounds };
                if (!once || a < b) && rows.contains(&candidate.a) {
                    see(&mut gathered, candidate);
                }
            };
            let mut cut = Constant { least: (vec![least; left.len()], vec![f32::INFINITY; right.len()]), candidate };
            self.kernels.screen(left, right, &mut cut);
            gathered
        };
        let with_rows = rows.start / BLOCK..rows.end.div_ceil(BLOCK);
        let blocks: Vec<(usize, usize)> =
            self.blocks().into_iter().filter(|(row, _)| with_rows.contains(row)).collect();
        blocks.par_iter().for_each(|block| take(of_block(block)));
    }

    /// The `most` rows nearest to each left row among those for which `wanted` holds and whose product is at least
    /// `least`: the nearest first, of equals the first. `wanted` must be symmetric. In one set with itself a row is not
    /// its own neighbour.
    ///
    /// # Panics
    /// When `wanted` panics.
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
            // With the diagonal blocks done first, each row has neighbours that others must beat.
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

/// One block of the search for the nearest.
struct Search<'a, 'p, W> {
    products: &'a Products<'p>,
    wanted: &'a W,
    /// The neighbours of the block's rows, and of its columns if these are searched for too.
    found: (&'a Mutex<Nearest>, Option<&'a Mutex<Nearest>>),
    /// The first row and column.
    first: (usize, usize),
    gathered: Vec<(usize, usize, Bounds)>,
    /// Number of candidates so far.
    seen: usize,
    least: (Vec<f32>, Vec<f32>),
}

impl<W> Search<'_, '_, W> {
    /// Shares the gathered neighbours with other threads, and updates what has to be reached.
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

    /// Rows of few different values, so that many products are equal; every seventh row is the same.
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
        m: usize,
        n: usize,
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
                    assert_eq!(products.nearest(most, least, apart), naive(&products, n, n, most, least, apart));
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
            assert_eq!(products.nearest(2 * n, -2.0, |_, _| true), naive(&products, n, n, 2 * n, -2.0, |_, _| true));
        });
    }

    #[test]
    fn the_nearest_of_others() {
        for_each_isa(|kernels| {
            for (m, n) in [(0, 5), (5, 0), (3, BLOCK + 1), (BLOCK + 5, 40)] {
                let (left, right) = (rows(m, 9, 3), rows(n, 9, 4));
                let products = Products::between(kernels, left.view(), right.view());
                let wanted = |a: usize, b: usize| !(a + b).is_multiple_of(4);
                assert_eq!(products.nearest(4, 0.1, wanted), naive(&products, m, n, 4, 0.1, wanted));
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
                    assert_eq!(found, naive(&products, m, n, most, least, |_, _| true));
                }
            }
        });
    }

    /// Rows of any length, which are scaled to 1.
    struct Long(Array2<f32>);

    impl Pieces for Long {
        type Error = usize;

        const SCALED: bool = false;

        fn shape(&self) -> (usize, usize) {
            self.0.dim()
        }

        fn rows<'a>(&'a self, rows: Range<usize>, _: &'a mut Vec<f32>) -> Result<&'a [f32], usize> {
            Ok(self.0.slice(s![rows, ..]).to_slice().unwrap())
        }

        fn scaled<'a>(&self, at: usize, row: &'a [f32], room: &'a mut Vec<f32>) -> Result<&'a [f32], usize> {
            let length = row.iter().map(|value| f64::from(*value).powi(2)).sum::<f64>().sqrt();
            room.clear();
            room.extend(row.iter().map(|value| (f64::from(*value) / length) as f32));
            if length > 0.0 && length.is_finite() { Ok(room) } else { Err(at) }
        }
    }

    /// Which rows need not be scaled changes no product, and hides no row that cannot be.
    #[test]
    fn the_nearest_to_few_of_any_length() {
        for_each_isa(|kernels| {
            let (left, right) = (rows(3, 9, 10), rows(2 * BLOCK + 1, 9, 11));
            let scales = [1.0, 7.0, 1e-18, 1e17, 3e-4].into_iter().cycle();
            let mut long = Long(right);
            long.0.rows_mut().into_iter().zip(scales).for_each(|(mut row, scale)| row *= scale);
            let mut scaled = long.0.clone();
            for (at, mut row) in scaled.rows_mut().into_iter().enumerate() {
                let values = row.to_vec();
                row.assign(&ndarray::aview1(long.scaled(at, &values, &mut Vec::new()).unwrap()));
            }
            let products = Products::between(kernels, left.view(), scaled.view());
            for (most, least) in [(1, -2.0), (7, 0.2), (50, f32::NEG_INFINITY)] {
                let found = nearest_in(kernels, left.view(), &long, most, least).unwrap();
                assert_eq!(found, naive(&products, 3, scaled.nrows(), most, least, |_, _| true));
            }
            for value in [0.0, f32::NAN, f32::INFINITY] {
                long.0.row_mut(1500).fill(value);
                assert_eq!(nearest_in(kernels, left.view(), &long, 1, -2.0), Err(1500));
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

    /// Views whose rows are not contiguous are copied.
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
