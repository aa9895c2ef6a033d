//! The search for the nearest vectors, in turns with other programs.

use std::collections::BTreeSet;
use std::convert::Infallible;
use std::time::Instant;

use ndarray::{Array2, ArrayView2};

use super::limit::of_products;
use super::peers::{PAUSE, pass};
use super::stats::spread;
use super::workload::rounded;
use super::{PeerFacts, Plan, Progress, Timed, in_turns};
use crate::compare::Products;
use crate::kernels::Kernels;
use crate::report::{NearestComparison, NearestRow, Rate};

/// Neighbours of each vector.
pub const TOP_K: usize = 10;

/// Another program that finds the nearest vectors. A pass loads the vectors and finds the nearest to each.
pub trait NearestPeer: Timed {
    /// Prepares to find the `top_k` nearest to each of these vectors `[n, dim]`, which does not count itself.
    ///
    /// # Errors
    /// When the program is missing or fails.
    fn ready(&mut self, vectors: ArrayView2<f32>, top_k: usize) -> Result<PeerFacts, String>;

    /// Returns the neighbours of each vector, `[n, top_k]`, with a negative number where there is none.
    ///
    /// # Errors
    /// When the program fails.
    fn nearest(&mut self) -> Result<Array2<i32>, String>;
}

/// The nearest vectors of each vector, with their products.
type Neighbours = Vec<Vec<(usize, f32)>>;

/// Another program in a comparison.
struct Entry {
    peer: Box<dyn NearestPeer>,
    facts: PeerFacts,
    same: Option<f64>,
    failed: Option<String>,
}

impl Entry {
    fn new(mut peer: Box<dyn NearestPeer>, kernels: &dyn Kernels, vectors: ArrayView2<f32>, ours: &Neighbours) -> Self {
        let ready = peer.ready(vectors, TOP_K).and_then(|facts| {
            let theirs = peer.nearest()?;
            if theirs.nrows() == ours.len() {
                Ok((facts, same(kernels, vectors, ours, &theirs)))
            } else {
                Err("too few rows".to_owned())
            }
        });
        match ready {
            Ok((facts, same)) => Self { peer, facts, same: Some(same), failed: None },
            Err(why) => Self { peer, facts: PeerFacts::default(), same: None, failed: Some(why) },
        }
    }

    fn row(self, vectors: usize, own: &[Option<f64>], ours: &[Option<f64>]) -> NearestRow {
        let Self { peer, facts, same, failed } = self;
        let both: Vec<(f64, f64)> =
            own.iter().zip(ours).filter_map(|(own, ours)| (*own).zip(*ours)).filter(|_| failed.is_none()).collect();
        let of = |of: &dyn Fn(f64, f64) -> f64| {
            (!both.is_empty()).then(|| spread(both.iter().map(|&(own, ours)| rounded(of(own, ours))).collect()))
        };
        NearestRow {
            name: peer.name().to_owned(),
            version: facts.version,
            note: facts.note,
            vectors_per_s: of(&|own, _| vectors as f64 / own),
            // Within a round, both searched the same vectors.
            ratio: of(&|own, ours| own / ours),
            same: same.filter(|_| failed.is_none()),
            skipped: failed,
        }
    }
}

/// The share of our neighbours that another program also finds. A different neighbour counts too if it is as near,
/// except for the rounding of sums in another order (`dim · 2⁻²⁴`; Higham 2002), because the order of equals has no
/// meaning.
fn same(kernels: &dyn Kernels, vectors: ArrayView2<f32>, ours: &Neighbours, theirs: &Array2<i32>) -> f64 {
    let vector = |at: usize| vectors.row(at).to_slice().expect("rows are in one piece");
    let off = vectors.ncols() as f32 * f32::EPSILON / 2.0;
    let good = |at: usize| {
        let (near, row) = (&ours[at], theirs.row(at));
        let farthest = near.iter().map(|(_, product)| *product).fold(f32::INFINITY, f32::min) - off;
        let is_good = |other: &usize| {
            near.iter().any(|(own, _)| own == other)
                || (*other != at && *other < vectors.nrows() && kernels.dot(vector(at), vector(*other)) >= farthest)
        };
        let found: BTreeSet<usize> =
            row.iter().filter_map(|other| usize::try_from(*other).ok()).filter(is_good).collect();
        found.len().min(near.len())
    };
    let found: usize = ours.iter().map(Vec::len).sum();
    let both: usize = (0..ours.len()).map(good).sum();
    (both as f64 / found.max(1) as f64 * 1e6).round() / 1e6
}

/// Finds the `TOP_K` nearest to each of some vectors `[n, dim]` of length 1, in turns with other programs. `rate` is
/// the limit of arithmetic. A program that is missing or fails has a row that says so.
pub fn nearest(
    kernels: &'static dyn Kernels,
    vectors: ArrayView2<f32>,
    peers: Vec<Box<dyn NearestPeer>>,
    rate: &Rate,
    plan: Plan,
    progress: &dyn Progress,
) -> NearestComparison {
    let find = || {
        let start = Instant::now();
        let found = Products::of_all(kernels, vectors).nearest(TOP_K, f32::NEG_INFINITY, |_, _| true);
        (found, start.elapsed().as_secs_f64())
    };
    let (found, _) = find();
    let mut entries = Vec::new();
    for peer in peers {
        progress.stage(&format!("pairs: getting {} ready", peer.name()));
        entries.push(Entry::new(peer, kernels, vectors, &found));
    }
    progress.stage("pairs: finding the nearest in turns");
    let contestants = entries.len() + 1;
    let turn = |at: usize| match at {
        0 => {
            std::thread::sleep(PAUSE);
            Ok::<_, Infallible>(Some(find().1))
        }
        at => {
            let Entry { peer, failed, .. } = &mut entries[at - 1];
            Ok(pass(peer.as_mut(), failed))
        }
    };
    let Ok(seconds) = in_turns(contestants, plan, plan.share(1.0), progress, turn);
    let n = vectors.nrows();
    let own: Vec<f64> = seconds[0].iter().flatten().copied().collect();
    let ours = spread(own.iter().map(|seconds| rounded(n as f64 / seconds)).collect());
    let rows = entries.into_iter().zip(&seconds[1..]).map(|(entry, own)| entry.row(n, own, &seconds[0]));
    NearestComparison {
        vectors: n,
        dim: vectors.ncols(),
        top_k: TOP_K,
        python: None,
        ours,
        limit: of_products(n, vectors.ncols(), n as f64 / ours.median, rate),
        rows: rows.collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neighbours_are_the_same_in_any_order_and_among_equals() {
        let kernels = crate::kernels::Isa::kernels_of("portable");
        // Three equal vectors, one near them, and one far away.
        let vectors = ndarray::array![[1.0, 0.0], [1.0, 0.0], [1.0, 0.0], [0.8, 0.6], [0.0, 1.0]];
        let share = |ours: &Neighbours, theirs: Array2<i32>| same(kernels, vectors.view(), ours, &theirs);
        let ours = vec![vec![(1, 1.0), (2, 1.0)], vec![(0, 1.0)], Vec::new()];
        assert_eq!(share(&ours, ndarray::array![[2, 1], [2, -1], [0, 1]]), 1.0);
        // The vector itself, a repeated, a farther and a missing neighbour do not count.
        assert_eq!(share(&ours, ndarray::array![[0, 1], [3, 4], [0, 1]]), 0.333_333);
        assert_eq!(share(&ours, ndarray::array![[2, 2], [9, -1], [0, 1]]), 0.333_333);
        assert_eq!(share(&Vec::new(), Array2::zeros((0, 2))), 0.0);
    }
}
