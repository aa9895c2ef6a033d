//! Average linkage of any number of clusters, searching all of them for each nearest one.

use rayon::prelude::*;

use super::Clusters;
use super::chain::{Nearest, link};

/// Number of clusters that one thread searches at a time.
const PIECE: usize = 256;

/// Clusters that are merged one pair at a time.
struct Means<'a> {
    clusters: &'a mut Clusters,
    /// The sums of the vectors of those that were merged: a mean in f32 would lose a little in each merge.
    sums: Vec<Option<Vec<f64>>>,
    open: Vec<bool>,
}

/// Merges up to `most` pairs of clusters. Each takes two or three times as many products as there are clusters.
pub(super) fn merge(clusters: &mut Clusters, most: usize) {
    let n = clusters.len();
    let mut means = Means { clusters, sums: vec![None; n], open: vec![true; n] };
    link(&mut means, n, most);
    let open: Vec<Vec<usize>> = (0..n).filter(|at| means.open[*at]).map(|at| vec![at]).collect();
    clusters.join(&open);
}

impl Means<'_> {
    fn sum(&mut self, cluster: usize) -> Vec<f64> {
        let size = self.clusters.sizes[cluster] as f64;
        let of_mean = || self.clusters.mean(cluster).iter().map(|value| size * f64::from(*value)).collect();
        self.sums[cluster].take().unwrap_or_else(of_mean)
    }

    fn score(&self, a: usize, b: usize) -> f32 {
        self.clusters.kernels.dot(self.clusters.mean(a), self.clusters.mean(b))
    }
}

impl Nearest for Means<'_> {
    fn nearest(&mut self, cluster: usize, before: Option<usize>) -> Option<usize> {
        let best = |one: (f32, usize), other: (f32, usize)| {
            if other.0 > one.0 || other.0 == one.0 && other.1 < one.1 { other } else { one }
        };
        let none = (f32::NEG_INFINITY, usize::MAX);
        let others = (0..self.open.len()).into_par_iter().with_min_len(PIECE);
        let others = others.filter(|other| *other != cluster && self.open[*other]);
        let (score, nearest) = others.map(|other| (self.score(cluster, other), other)).reduce(|| none, best);
        let equal = before.filter(|before| self.score(cluster, *before) == score);
        (nearest < usize::MAX && score >= self.clusters.threshold).then(|| equal.unwrap_or(nearest))
    }

    fn merge(&mut self, a: usize, b: usize) {
        let (mut sum, of_b) = (self.sum(a), self.sum(b));
        sum.iter_mut().zip(of_b).for_each(|(a, b)| *a += b);
        let Clusters { means, sizes, first, union, .. } = &mut *self.clusters;
        sizes[a] += sizes[b];
        let size = sizes[a] as f64;
        means.row_mut(a).iter_mut().zip(&sum).for_each(|(mean, sum)| *mean = (sum / size) as f32);
        union.join(first[a], first[b]);
        self.sums[a] = Some(sum);
        self.open[b] = false;
    }

    fn close(&mut self, cluster: usize) {
        self.open[cluster] = false;
    }

    fn is_open(&self, cluster: usize) -> bool {
        self.open[cluster]
    }
}
