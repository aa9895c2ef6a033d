//! Flat clusters of vectors.
//!
//! Average linkage (UPGMA; Sokal & Michener 1958) over cosine, cut where two clusters' mean similarity falls below a
//! threshold. Two clusters can only merge above the threshold if at least one pair between them lies above it, so flat
//! clusters never cross a connected component of the graph of such pairs, and each component is clustered separately.
//!
//! The mean cosine of two clusters' vectors is the product of the clusters' means:
//!
//! ```text
//! 1 / (|A| |B|) · Σ a · b  =  (1 / |A| · Σ a) · (1 / |B| · Σ b)        a in A, b in B
//! ```
//!
//! So no distance table is needed, only a mean for each cluster. Average linkage is reducible (Bruynooghe 1977): a
//! merged cluster is no nearer to a third one than the nearer of its two parts was. So clusters that are each other's
//! nearest can be merged in any order, many at a time, and a cluster searches for its nearest again only if that one
//! was merged.
//!
//! If nearly all vectors are equally near, few are each other's nearest; then each cluster knows several neighbours
//! ([`crowd`]).

mod crowd;

use std::collections::HashMap;
use std::sync::Mutex;

use kodama::{Method, linkage};
use ndarray::{Array2, ArrayView1, ArrayView2, Axis, s};
use rayon::prelude::*;

use crowd::Crowd;

use super::products::{self, nearest_other};
use super::{Products, dense};
use crate::base::UnionFind;
use crate::kernels::Kernels;

/// Number of rows multiplied with all others at once.
pub const BLOCK: usize = 512;
/// Merging many at a time continues while at least one in this many searches for a nearest cluster yields a pair.
const SEARCHES: usize = 32;
/// Number of vectors of a large component sampled beforehand: if on average a share of [`CROWD`] others is within
/// [`AS_NEAR`] of the nearest, hardly any would be each other's nearest.
const SAMPLE: usize = 64;
const CROWD: f32 = 0.05;
const AS_NEAR: f32 = 0.03;

/// The flat clusters of `[n, dim]` vectors of length 1: average linkage, cut at a mean cosine of `threshold`. Each is
/// ascending; they are ordered by their first members.
pub fn flat_clusters(kernels: &'static dyn Kernels, vectors: ArrayView2<f32>, threshold: f32) -> Vec<Vec<usize>> {
    flat_clusters_of(kernels, vectors, threshold, SEARCHES)
}

fn flat_clusters_of(
    kernels: &'static dyn Kernels,
    vectors: ArrayView2<f32>,
    threshold: f32,
    searches: usize,
) -> Vec<Vec<usize>> {
    let linked = |part: Vec<usize>| average_linkage(kernels, vectors, &part, threshold, searches);
    // Components with work for all threads are processed one at a time.
    let (large, small): (Vec<_>, Vec<_>) =
        components(kernels, vectors, threshold).into_iter().partition(|part| part.len() > BLOCK);
    let mut groups: Vec<Vec<usize>> = small.into_par_iter().flat_map_iter(linked).collect();
    groups.extend(large.into_iter().flat_map(linked));
    groups.sort_unstable();
    groups
}

/// The connected components of the graph of pairs with a cosine of at least `threshold`, each ascending.
fn components(kernels: &'static dyn Kernels, vectors: ArrayView2<f32>, threshold: f32) -> Vec<Vec<usize>> {
    let products = Products::of_all(kernels, vectors);
    let union = Mutex::new(UnionFind::new(vectors.nrows()));
    // There may be as many edges as pairs: each block keeps only those that connect more of it.
    products.candidates(
        threshold,
        Forest::new,
        |forest, candidate| forest.add(candidate.a, candidate.b, || products.reaches(candidate, threshold)),
        |forest| {
            let mut union = union.lock().expect("no thread died");
            for (a, b) in forest.edges {
                union.join(a, b);
            }
        },
    );
    union.into_inner().expect("no thread died").sets()
}

/// A spanning forest of the edges of one block of pairs.
struct Forest {
    /// The block's rows, followed by its columns.
    union: UnionFind,
    edges: Vec<(usize, usize)>,
}

impl Forest {
    fn new() -> Self {
        Self { union: UnionFind::new(2 * products::BLOCK), edges: Vec::new() }
    }

    /// Adds an edge if its ends are not yet connected and `is_one` confirms it.
    fn add(&mut self, a: usize, b: usize, is_one: impl FnOnce() -> bool) {
        let offset = if a / products::BLOCK == b / products::BLOCK { 0 } else { products::BLOCK };
        let (row, column) = (a % products::BLOCK, offset + b % products::BLOCK);
        if !self.union.are_joined(row, column) && is_one() {
            self.union.join(row, column);
            self.edges.push((a, b));
        }
    }
}

/// The flat clusters of one component.
fn average_linkage(
    kernels: &'static dyn Kernels,
    vectors: ArrayView2<f32>,
    component: &[usize],
    threshold: f32,
    searches: usize,
) -> Vec<Vec<usize>> {
    if component.len() == 1 {
        return vec![component.to_vec()];
    }
    let groups = merged(kernels, vectors.select(Axis(0), component), threshold, searches);
    groups.into_iter().map(|set| set.into_iter().map(|at| component[at]).collect()).collect()
}

/// Whether for many of the vectors `[n, dim]` nearly all others are as near as the nearest.
fn is_crowded(kernels: &'static dyn Kernels, vectors: ArrayView2<f32>) -> bool {
    let n = vectors.nrows();
    let sample: Vec<usize> = (0..SAMPLE).map(|at| at * n / SAMPLE).collect();
    let products = dense(kernels, vectors.select(Axis(0), &sample).view(), vectors);
    let as_near = |(own, products): (&usize, ArrayView1<f32>)| {
        let others = || products.iter().enumerate().filter(|(at, _)| at != own).map(|(_, product)| *product);
        let nearest = others().fold(f32::NEG_INFINITY, f32::max);
        others().filter(|product| *product >= nearest - AS_NEAR).count()
    };
    let as_near: usize = sample.iter().zip(products.rows()).map(as_near).sum();
    as_near as f32 > CROWD * (n * SAMPLE) as f32
}

/// The flat clusters of vectors `[n, dim]`, each ascending.
fn merged(kernels: &'static dyn Kernels, vectors: Array2<f32>, threshold: f32, searches: usize) -> Vec<Vec<usize>> {
    let mut clusters = Clusters::new(kernels, vectors, threshold);
    let mut stale = clusters.open.clone();
    if stale.len() > BLOCK && is_crowded(kernels, clusters.means.select(Axis(0), &stale).view()) {
        return Crowd::new(clusters).merged();
    }
    while !clusters.open.is_empty() {
        clusters.find_nearest(&stale);
        let merged = clusters.merge();
        // Either all is done, or two clusters are the nearest of all and each other's, unless rounding made a new
        // cluster nearer than its parts were.
        if !clusters.open.is_empty() && merged * searches < stale.len() {
            return Crowd::new(clusters).merged();
        }
        stale = clusters.stale();
    }
    clusters.union.sets()
}

/// Clusters that may still be merged, each named after its first vector.
struct Clusters {
    kernels: &'static dyn Kernels,
    threshold: f32,
    /// The mean of each cluster, `[n, dim]`.
    means: Array2<f32>,
    sizes: Vec<usize>,
    union: UnionFind,
    /// The clusters that may still be merged, ascending.
    open: Vec<usize>,
    nearest: Vec<State>,
}

/// What is known about a cluster's nearest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// The nearest has yet to be found.
    New,
    /// The nearest cluster, the first of equals.
    Nearest(usize),
    /// No cluster is near enough, or this one is part of another.
    Closed,
}

impl Clusters {
    /// Makes a cluster of each vector; equal vectors, which are nearest to each other, share one.
    fn new(kernels: &'static dyn Kernels, vectors: Array2<f32>, threshold: f32) -> Self {
        let n = vectors.nrows();
        let (mut sizes, mut union, mut open) = (vec![1; n], UnionFind::new(n), Vec::new());
        let mut first: HashMap<Vec<u32>, usize> = HashMap::new();
        for (at, vector) in vectors.rows().into_iter().enumerate() {
            let bits = vector.iter().map(|value| value.to_bits()).collect();
            let equal = *first.entry(bits).or_insert(at);
            let vector = vector.as_slice().expect("rows in one piece");
            if equal < at && kernels.dot(vector, vector) >= threshold {
                sizes[equal] += 1;
                union.join(equal, at);
            } else {
                open.push(at);
            }
        }
        Self { kernels, threshold, means: vectors, sizes, union, open, nearest: vec![State::New; n] }
    }

    /// Finds the nearest to each of `stale`, and closes those without one near enough.
    fn find_nearest(&mut self, stale: &[usize]) {
        let open = self.means.select(Axis(0), &self.open);
        let own = |cluster: &usize| self.open.binary_search(cluster).expect("an open cluster");
        let own: Vec<usize> = stale.iter().map(own).collect();
        let found = nearest_other(self.kernels, open.view(), &own, self.threshold);
        for (cluster, found) in stale.iter().zip(found) {
            self.nearest[*cluster] = found.map_or(State::Closed, |at| State::Nearest(self.open[at]));
        }
        self.drop_closed();
    }

    /// Drops the clusters that were closed from the open ones.
    fn drop_closed(&mut self) {
        let Self { open, nearest, .. } = self;
        open.retain(|cluster| nearest[*cluster] != State::Closed);
    }

    /// Merges clusters that are each other's nearest; returns the number of pairs.
    fn merge(&mut self) -> usize {
        let before = self.open.len();
        for at in 0..before {
            let a = self.open[at];
            let State::Nearest(b) = self.nearest[a] else { continue };
            if a < b && self.nearest[b] == State::Nearest(a) {
                self.merge_pair((a, b));
            }
        }
        self.drop_closed();
        before - self.open.len()
    }

    /// Merges the second of two into the first.
    fn merge_pair(&mut self, (a, b): (usize, usize)) {
        let (size, other) = (self.sizes[a] as f32, self.sizes[b] as f32);
        let (mut mean, of_b) = self.means.multi_slice_mut((s![a, ..], s![b, ..]));
        mean.zip_mut_with(&of_b, |a, b| *a = (*a * size + b * other) / (size + other));
        self.sizes[a] += self.sizes[b];
        self.union.join(a, b);
        (self.nearest[a], self.nearest[b]) = (State::New, State::Closed);
    }

    /// The mean cosine of the vectors of two.
    fn cosine(&self, a: usize, b: usize) -> f32 {
        let mean = |cluster: usize| self.means.row(cluster).to_slice().expect("rows in one piece");
        self.kernels.dot(mean(a), mean(b))
    }

    /// The new clusters, and those whose nearest has changed.
    fn stale(&self) -> Vec<usize> {
        let is_stale = |cluster: &&usize| match self.nearest[**cluster] {
            State::Nearest(other) => !matches!(self.nearest[other], State::Nearest(_)),
            State::New | State::Closed => true,
        };
        self.open.iter().filter(is_stale).copied().collect()
    }
}

/// The distances (1 - cosine) of vectors `[n, dim]` of length 1: for each vector, those to all later ones.
pub fn distances(kernels: &dyn Kernels, rows: ArrayView2<f32>) -> Vec<f32> {
    let n = rows.nrows();
    let mut condensed = vec![0.0f32; n * n.saturating_sub(1) / 2];
    let mut rest = condensed.as_mut_slice();
    let mut blocks = Vec::new();
    for start in (0..n).step_by(BLOCK) {
        let distances: usize = (start..(start + BLOCK).min(n)).map(|row| n - 1 - row).sum();
        let (block, after) = rest.split_at_mut(distances);
        blocks.push((start, block));
        rest = after;
    }
    blocks.into_par_iter().for_each(|(start, block)| {
        let products = dense(kernels, rows.slice(s![start..(start + BLOCK).min(n), ..]), rows.slice(s![start.., ..]));
        let later = products.rows().into_iter().enumerate().flat_map(|(at, row)| row.into_iter().skip(at + 1));
        block.iter_mut().zip(later).for_each(|(distance, product)| *distance = 1.0 - product);
    });
    condensed
}

/// Average linkage of `n` items with distances of 1 - likeness, cut at a likeness of `least`: the groups, each
/// ascending.
pub fn linked(condensed: &mut [f32], n: usize, least: f32) -> Vec<Vec<usize>> {
    let dendrogram = linkage(condensed, n, Method::Average);
    // Step k makes cluster n + k; distances grow from step to step, so cutting means applying only the first steps.
    let mut union = UnionFind::new(n);
    let mut first = (0..n).collect::<Vec<usize>>();
    for step in dendrogram.steps() {
        first.push(first[step.cluster1]);
        if step.dissimilarity <= 1.0 - least {
            union.join(first[step.cluster1], first[step.cluster2]);
        }
    }
    union.sets()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernels::Isa;
    use ndarray::Array2;
    use proptest::prelude::*;

    /// Average linkage by definition: merge the two clusters of the highest mean similarity until none reaches the
    /// threshold.
    fn naive(vectors: ArrayView2<f32>, threshold: f32) -> Vec<Vec<usize>> {
        let similarity = vectors.dot(&vectors.t());
        let mut groups: Vec<Vec<usize>> = (0..vectors.nrows()).map(|at| vec![at]).collect();
        loop {
            let mean = |a: &[usize], b: &[usize]| {
                let sum: f32 =
                    a.iter().flat_map(|&i| b.iter().map(move |&j| (i, j))).map(|pair| similarity[pair]).sum();
                sum / (a.len() * b.len()) as f32
            };
            let pairs = (0..groups.len()).flat_map(|a| (a + 1..groups.len()).map(move |b| (a, b)));
            let best = pairs.map(|(a, b)| (mean(&groups[a], &groups[b]), a, b)).max_by(|x, y| x.0.total_cmp(&y.0));
            match best {
                Some((score, a, b)) if score >= threshold => {
                    let mut moved = groups.remove(b);
                    groups[a].append(&mut moved);
                    groups[a].sort_unstable();
                }
                _ => break,
            }
        }
        groups.sort_unstable();
        groups
    }

    fn unit_vectors(rows: &[Vec<f32>]) -> Array2<f32> {
        let mut vectors = Array2::from_shape_fn((rows.len(), rows.first().map_or(4, Vec::len)), |(i, j)| rows[i][j]);
        vectors.rows_mut().into_iter().for_each(|mut row| crate::model::l2_normalize(row.as_slice_mut().unwrap()));
        vectors
    }

    #[test]
    fn nothing_and_one_vector() {
        assert!(flat_clusters(best(), Array2::zeros((0, 4)).view(), 0.5).is_empty());
        assert_eq!(flat_clusters(best(), unit_vectors(&[vec![1.0, 0.0]]).view(), 0.5), [[0]]);
    }

    /// Vectors around one direction, some of which are equal: remembering a few neighbours of each finds the same
    /// clusters as a table of all distances.
    #[test]
    fn a_crowd_is_linked_as_by_a_table() {
        let mut random = crate::compare::Random(3);
        for (n, dim) in [(700, 16), (1500, 48)] {
            let mut vectors = Array2::from_shape_fn((n, dim), |(_, column)| {
                let noise = (0..4).map(|_| random.below(1000) as f32 / 500.0 - 1.0).sum::<f32>();
                noise + if column == 0 { 3.0 } else { 0.0 }
            });
            for at in (11..n).step_by(11) {
                let first = vectors.row(0).to_owned();
                vectors.row_mut(at).assign(&first);
            }
            vectors.rows_mut().into_iter().for_each(|mut row| crate::model::l2_normalize(row.as_slice_mut().unwrap()));
            for threshold in [0.05, 0.3, 0.5, 0.6] {
                let expected = linked(&mut distances(best(), vectors.view()), n, threshold);
                assert_eq!(flat_clusters_of(best(), vectors.view(), threshold, 0), expected, "{n} {threshold}");
            }
        }
    }

    /// A single vector, and a fan of vectors 10 degrees apart, some of which are equal: many cosines are the same.
    #[test]
    fn equal_cosines_are_linked() {
        let whole = flat_clusters_of(best(), fan(&[200.0, 60.0, 0.0, 10.0, 20.0, 70.0, 30.0, 30.0]).view(), 0.5, 0);
        assert_eq!(whole, vec![vec![0], (1..8).collect()]);
    }

    fn best() -> &'static dyn Kernels {
        Isa::kernels_of("")
    }

    /// Vectors in a plane at these angles.
    fn fan(degrees: &[f32]) -> Array2<f32> {
        unit_vectors(
            &degrees.iter().map(|angle| vec![angle.to_radians().cos(), angle.to_radians().sin()]).collect::<Vec<_>>(),
        )
    }

    proptest! {
        #[test]
        fn equals_the_naive_algorithm(
            rows in prop::collection::vec(prop::collection::vec(-1.0f32..1.0, 4), 1..24),
            threshold in 0.1f32..0.95,
        ) {
            prop_assume!(rows.iter().all(|row| row.iter().map(|x| x * x).sum::<f32>() > 1e-3));
            let vectors = unit_vectors(&rows);
            let expected = naive(vectors.view(), threshold);
            for searches in [0, 1, usize::MAX / 64] {
                prop_assert_eq!(&flat_clusters_of(best(), vectors.view(), threshold, searches), &expected);
            }
        }
    }
}
