//! Average linkage of a block of clusters over a table of their cosines.

use ndarray::{Array2, s};
use rayon::prelude::*;

use super::BLOCK;
use super::chain::{Nearest, link};
use crate::base::UnionFind;
use crate::compare::dense;
use crate::kernels::Kernels;

/// Cosines that differ by at most this count as equal, because rounding may change them by as much.
const SAME: f64 = 1e-6;
/// Number of cosines that are compared side by side.
const LANES: usize = 8;

/// Some clusters, and what is known about all others.
pub(super) struct Block {
    /// The mean of each, `[n, dim]`.
    pub means: Array2<f32>,
    /// Number of vectors of each.
    pub sizes: Vec<usize>,
    /// What the cosine of each with a cluster outside the block does not exceed.
    pub bounds: Vec<f32>,
}

/// The mean cosines of the clusters of a block.
pub(super) struct Table {
    threshold: f64,
    /// `[n, width]`; below all others with itself, and for what is beyond `n`.
    scores: Vec<f64>,
    /// `n`, rounded up to whole lanes.
    width: usize,
    /// Number of vectors of each.
    sizes: Vec<f64>,
    /// What no cluster outside the block exceeds.
    bounds: Vec<f64>,
    /// 0, or below all cosines if the cluster was merged into another; `[width]`.
    merged: Vec<f64>,
    closed: Vec<bool>,
    /// Which two were merged, and the numbers of their vectors, in order.
    merges: Vec<Merge>,
    /// The number of merges that each row accounts for.
    known: Vec<usize>,
    union: UnionFind,
}

/// Two clusters, and the numbers of their vectors; the first became both.
struct Merge {
    clusters: (usize, usize),
    sizes: (f64, f64),
}

impl Merge {
    /// The mean cosine of another cluster with both.
    fn mean(&self, (of_a, of_b): (f64, f64)) -> f64 {
        (of_a * self.sizes.0 + of_b * self.sizes.1) / (self.sizes.0 + self.sizes.1)
    }
}

fn row(means: &Array2<f32>, at: usize) -> &[f32] {
    means.row(at).to_slice().expect("rows in one piece")
}

impl Table {
    /// Clusters of these sizes and means `[n, dim]`. Two are merged only if their cosine is at least `threshold` and
    /// no less than the bounds of both.
    pub(super) fn new(kernels: &dyn Kernels, threshold: f32, block: &Block) -> Self {
        let n = block.sizes.len();
        let width = n.next_multiple_of(LANES);
        let mut scores = vec![f64::NEG_INFINITY; n * width];
        if n <= BLOCK {
            for at in 0..n {
                for other in at + 1..n {
                    let score = f64::from(kernels.dot(row(&block.means, at), row(&block.means, other)));
                    (scores[at * width + other], scores[other * width + at]) = (score, score);
                }
            }
        } else {
            scores.par_chunks_mut(BLOCK * width).zip((0..n).into_par_iter().step_by(BLOCK)).for_each(
                |(scores, first)| {
                    let rows = block.means.slice(s![first..(first + BLOCK).min(n), ..]);
                    let products = dense(kernels, rows, block.means.view());
                    for (at, (scores, products)) in (first..).zip(scores.chunks_exact_mut(width).zip(products.rows())) {
                        scores.iter_mut().zip(products).for_each(|(score, product)| *score = f64::from(*product));
                        scores[at] = f64::NEG_INFINITY;
                    }
                },
            );
        }
        Self {
            threshold: f64::from(threshold),
            scores,
            width,
            sizes: block.sizes.iter().map(|size| *size as f64).collect(),
            bounds: block.bounds.iter().map(|bound| f64::from(*bound)).collect(),
            merged: vec![0.0; width],
            closed: vec![false; n],
            merges: Vec::with_capacity(n),
            known: vec![0; n],
            union: UnionFind::new(n),
        }
    }

    /// Merges what can be merged; the clusters that are then one, each ascending.
    pub(super) fn linked(mut self) -> Vec<Vec<usize>> {
        let n = self.sizes.len();
        link(&mut self, n, usize::MAX);
        self.union.sets()
    }

    fn row(&self, cluster: usize) -> &[f64] {
        &self.scores[cluster * self.width..(cluster + 1) * self.width]
    }

    /// Accounts in a row for the merges since it was last needed: rows are in the cache, columns are not.
    fn update(&mut self, cluster: usize) {
        let row = &mut self.scores[cluster * self.width..(cluster + 1) * self.width];
        for merge in &self.merges[self.known[cluster]..] {
            let (a, b) = merge.clusters;
            row[a] = merge.mean((row[a], row[b]));
        }
        self.known[cluster] = self.merges.len();
    }

    /// The cosine with the nearest.
    fn greatest(&self, cluster: usize) -> f64 {
        let mut greatest = [f64::NEG_INFINITY; LANES];
        for (scores, merged) in self.row(cluster).chunks_exact(LANES).zip(self.merged.chunks_exact(LANES)) {
            for ((greatest, score), merged) in greatest.iter_mut().zip(scores).zip(merged) {
                *greatest = if score + merged > *greatest { score + merged } else { *greatest };
            }
        }
        greatest.into_iter().fold(f64::NEG_INFINITY, f64::max)
    }
}

impl Nearest for Table {
    fn nearest(&mut self, cluster: usize, before: Option<usize>) -> Option<usize> {
        self.update(cluster);
        let greatest = self.greatest(cluster);
        if greatest < self.threshold || greatest < self.bounds[cluster] - SAME {
            return None;
        }
        let row = self.row(cluster);
        before
            .filter(|before| row[*before] >= greatest)
            .or_else(|| row.iter().zip(&self.merged).position(|(score, merged)| score + merged == greatest))
    }

    fn merge(&mut self, a: usize, b: usize) {
        self.update(a);
        self.update(b);
        let merge = Merge { clusters: (a, b), sizes: (self.sizes[a], self.sizes[b]) };
        let (before, of_b) = self.scores.split_at_mut(b * self.width);
        let of_a = &mut before[a * self.width..(a + 1) * self.width];
        of_a.iter_mut().zip(of_b).for_each(|(of_a, of_b)| *of_a = merge.mean((*of_a, *of_b)));
        self.bounds[a] = merge.mean((self.bounds[a], self.bounds[b]));
        self.sizes[a] += self.sizes[b];
        self.merged[b] = f64::NEG_INFINITY;
        self.closed[b] = true;
        self.union.join(a, b);
        self.merges.push(merge);
        self.known[a] = self.merges.len();
    }

    fn close(&mut self, cluster: usize) {
        self.closed[cluster] = true;
    }

    fn is_open(&self, cluster: usize) -> bool {
        !self.closed[cluster]
    }
}
