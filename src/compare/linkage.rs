//! Flat clusters of vectors.
//!
//! Average linkage (UPGMA; Sokal & Michener 1958) over cosine, cut where two clusters' mean similarity falls below a
//! threshold. Two clusters can only merge above the threshold if at least one pair between them lies above it, so the
//! flat clusters never cross a connected component of the graph of such pairs: each component is clustered alone, with
//! the same result and a fraction of the memory. A component that is too large even so is parted first, into those of a
//! higher threshold.

use std::sync::Mutex;

use kodama::{Method, linkage};
use ndarray::{ArrayView2, Axis, s};
use rayon::prelude::*;

use super::{Products, dense, products};
use crate::base::UnionFind;
use crate::kernels::Kernels;

/// Passages of one component that can be clustered: its distances take 2 bytes times the square of this, 1.8 GB.
pub const MAX_COMPONENT: usize = 30_000;
/// By how much the threshold rises until components are small enough.
const STEP: f32 = 0.05;
/// Rows whose products with all are made at once.
pub const BLOCK: usize = 512;
/// What hangs together at this cosine is one cluster, if it is too large for any other.
const WHOLE: f32 = 0.95;

/// Vectors in clusters.
#[derive(Debug, Clone, PartialEq)]
pub struct FlatClusters {
    /// Each ascending, in the order of their first members.
    pub groups: Vec<Vec<usize>>,
    /// The highest threshold at which what was too large to be clustered at once was parted.
    pub parted_at: Option<f32>,
}

/// The flat clusters of `[n, dim]` vectors of length 1: average linkage, cut at a mean cosine of `threshold`.
///
/// Of more than [`MAX_COMPONENT`] vectors that hang together, those that do not at a higher threshold are in different
/// clusters, and those that do at 0.95 in one.
pub fn flat_clusters(kernels: &'static dyn Kernels, vectors: ArrayView2<f32>, threshold: f32) -> FlatClusters {
    flat_clusters_of(kernels, vectors, threshold, MAX_COMPONENT)
}

fn flat_clusters_of(
    kernels: &'static dyn Kernels,
    vectors: ArrayView2<f32>,
    threshold: f32,
    most: usize,
) -> FlatClusters {
    let (parts, parted_at) = parts(kernels, vectors, threshold, most);
    let linked = |part: Vec<usize>| match part.len() {
        large if large > most => vec![part],
        _ => average_linkage(kernels, vectors, &part, threshold),
    };
    let mut groups: Vec<Vec<usize>> = parts.into_iter().flat_map(linked).collect();
    groups.sort_unstable();
    FlatClusters { groups, parted_at }
}

/// The connected components at a threshold, those of more than `most` in their components at a higher one, and the
/// highest that was needed. What hangs together at [`WHOLE`] stays so, however many it is.
fn parts(
    kernels: &'static dyn Kernels,
    vectors: ArrayView2<f32>,
    threshold: f32,
    most: usize,
) -> (Vec<Vec<usize>>, Option<f32>) {
    let (mut parts, mut highest) = (Vec::new(), None::<f32>);
    let mut open: Vec<(Vec<usize>, f32)> =
        components(kernels, vectors, threshold).into_iter().map(|part| (part, threshold)).collect();
    while let Some((part, at)) = open.pop() {
        let higher = (at + STEP).min(WHOLE).max(at);
        if part.len() > most {
            highest = Some(highest.map_or(higher, |highest| highest.max(higher)));
        }
        if part.len() <= most || at >= WHOLE {
            parts.push(part);
        } else {
            let inner = components(kernels, vectors.select(Axis(0), &part).view(), higher);
            open.extend(inner.into_iter().map(|rows| (rows.into_iter().map(|row| part[row]).collect(), higher)));
        }
    }
    (parts, highest)
}

/// The connected components of the graph of pairs with a cosine of at least `threshold`, each ascending.
fn components(kernels: &'static dyn Kernels, vectors: ArrayView2<f32>, threshold: f32) -> Vec<Vec<usize>> {
    let products = Products::of_all(kernels, vectors);
    let union = Mutex::new(UnionFind::new(vectors.nrows()));
    // There may be as many edges as pairs: of each block only those that connect more of it are needed.
    products.candidates(
        threshold,
        Forest::new,
        |forest, candidate| forest.add((candidate.a, candidate.b), || products.reaches(candidate, threshold)),
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
    /// Of the block's rows and, behind them, its columns.
    union: UnionFind,
    edges: Vec<(usize, usize)>,
}

impl Forest {
    fn new() -> Self {
        Self { union: UnionFind::new(2 * products::BLOCK), edges: Vec::new() }
    }

    /// Adds an edge that connects what is not yet, if `is_one` says that it is there.
    fn add(&mut self, (a, b): (usize, usize), is_one: impl FnOnce() -> bool) {
        let behind = if a / products::BLOCK == b / products::BLOCK { 0 } else { products::BLOCK };
        let (row, column) = (a % products::BLOCK, behind + b % products::BLOCK);
        if !self.union.are_joined(row, column) && is_one() {
            self.union.join(row, column);
            self.edges.push((a, b));
        }
    }
}

/// The flat clusters of one component.
fn average_linkage(
    kernels: &dyn Kernels,
    vectors: ArrayView2<f32>,
    component: &[usize],
    threshold: f32,
) -> Vec<Vec<usize>> {
    let n = component.len();
    if n == 1 {
        return vec![component.to_vec()];
    }
    let mut condensed = distances(kernels, vectors.select(Axis(0), component).view());
    linked(&mut condensed, n, threshold)
        .into_iter()
        .map(|set| set.into_iter().map(|at| component[at]).collect())
        .collect()
}

/// The distances of vectors `[n, dim]` of length 1, one less their cosine: of each the ones to those behind it.
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

/// Average linkage of `n` things whose distances are one less their likeness, cut at a `least` likeness: the groups,
/// each ascending.
pub fn linked(condensed: &mut [f32], n: usize, least: f32) -> Vec<Vec<usize>> {
    let dendrogram = linkage(condensed, n, Method::Average);
    // Step k makes the cluster n + k; distances grow from step to step, so cutting is following the first steps.
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

    /// Average linkage as it is defined: merge the two clusters of the highest mean similarity until none reaches the
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
        assert!(flat_clusters(best(), Array2::zeros((0, 4)).view(), 0.5).groups.is_empty());
        assert_eq!(flat_clusters(best(), unit_vectors(&[vec![1.0, 0.0]]).view(), 0.5).groups, [[0]]);
    }

    /// What is too large to be clustered at once falls apart at a higher threshold.
    #[test]
    fn too_many_at_once_are_parted() {
        // One alone, a pair, and a fan of vectors 10 degrees apart, of which some are equal.
        let vectors = fan(&[200.0, 60.0, 0.0, 10.0, 20.0, 70.0, 30.0, 30.0, 30.0, 30.0]);
        let whole = flat_clusters_of(best(), vectors.view(), 0.5, 9);
        assert_eq!((whole.groups, whole.parted_at), (vec![vec![0], (1..10).collect()], None));
        let parted = flat_clusters_of(best(), vectors.view(), 0.5, 8);
        assert_eq!(parted.groups, [vec![0], vec![1, 5], vec![2, 3, 4, 6, 7, 8, 9]]);
        assert!(parted.parted_at.is_some_and(|at| (0.86..0.95).contains(&at)), "{:?}", parted.parted_at);
    }

    /// What never falls apart is one cluster, though linkage would make several.
    #[test]
    fn what_hangs_together_to_the_end_is_one_cluster() {
        let vectors = fan(&std::array::from_fn::<f32, 12, _>(|at| 10.0 * at as f32));
        assert!(flat_clusters_of(best(), vectors.view(), 0.9, 12).groups.len() > 1);
        for threshold in [0.9, 0.95, 0.97] {
            let whole = flat_clusters_of(best(), vectors.view(), threshold, 3);
            assert_eq!(
                (whole.groups, whole.parted_at),
                (vec![(0..12).collect()], Some(threshold.max(WHOLE))),
                "{threshold}"
            );
        }
    }

    fn best() -> &'static dyn Kernels {
        Isa::kernels_of("")
    }

    /// Vectors in a plane, at these angles.
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
            prop_assert_eq!(flat_clusters(best(), vectors.view(), threshold).groups, naive(vectors.view(), threshold));
        }
    }
}
