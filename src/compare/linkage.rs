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
//! So no distance table of all vectors is needed, only a mean for each cluster. Average linkage is reducible
//! (Bruynooghe 1977): a merged cluster is no nearer to a third one than the nearer of its two parts was. So clusters
//! that are each other's nearest can be merged in any order, and what no cluster outside a block exceeds stays a bound
//! for what the block's clusters become.
//!
//! More than [`BLOCK`] clusters are first merged in blocks of neighbours, each as far as no cluster outside it may be
//! nearer, one search among all for each such pass. Once passes do not merge many, up to [`TABLE`] clusters are merged
//! over a table of their cosines ([`table`]). If a pass among more merges hardly any, because nearly all are equally
//! near, pairs are merged one by one ([`means`]), which takes at most three searches for a pair. So whatever the
//! vectors, the time grows at most with the square of their number, and the memory with their number.

mod chain;
mod means;
mod table;

use std::collections::HashMap;
use std::sync::Mutex;

use kodama::{Method, linkage};
use ndarray::{Array2, ArrayView2, Axis, s};
use rayon::prelude::*;

use table::{Block, Table};

use super::products;
use super::{Products, dense};
use crate::base::UnionFind;
use crate::kernels::Kernels;

/// Number of rows multiplied with all others at once.
pub const BLOCK: usize = 512;
/// Maximum number of clusters of one table of cosines, which takes 540 MB.
const TABLE: usize = 8192;
/// Number of nearest neighbours of each cluster that decide which clusters are in a block.
const FOUND: usize = 8;
/// Merging in blocks continues below [`TABLE`] while it merges at least one in so many clusters.
const MANY: usize = 4;
/// Pairs are merged one by one if merging in blocks merged less than one in so many clusters.
const FEW: usize = 64;

/// The flat clusters of `[n, dim]` vectors of length 1: average linkage, cut at a mean cosine of `threshold`. Each is
/// ascending; they are ordered by their first members.
pub fn flat_clusters(kernels: &'static dyn Kernels, vectors: ArrayView2<f32>, threshold: f32) -> Vec<Vec<usize>> {
    flat_clusters_of(kernels, vectors, threshold, TABLE)
}

fn flat_clusters_of(
    kernels: &'static dyn Kernels,
    vectors: ArrayView2<f32>,
    threshold: f32,
    table: usize,
) -> Vec<Vec<usize>> {
    let linked = |part: Vec<usize>| average_linkage(kernels, vectors, &part, threshold, table);
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
    table: usize,
) -> Vec<Vec<usize>> {
    if component.len() == 1 {
        return vec![component.to_vec()];
    }
    let mut clusters = Clusters::new(kernels, vectors.select(Axis(0), component), threshold);
    while clusters.len() > table.min(BLOCK) {
        let before = clusters.len();
        clusters.merge_in_blocks(table.min(BLOCK));
        let merged = before - clusters.len();
        if clusters.len() <= table && merged * MANY < before {
            break;
        }
        if merged * FEW < before {
            means::merge(&mut clusters, before.div_ceil(2));
        }
    }
    clusters.merge_all();
    clusters.union.sets().into_iter().map(|set| set.into_iter().map(|at| component[at]).collect()).collect()
}

/// Clusters that may still be merged.
struct Clusters {
    kernels: &'static dyn Kernels,
    threshold: f32,
    /// The mean of each cluster, `[n, dim]`.
    means: Array2<f32>,
    sizes: Vec<usize>,
    /// The first vector of each, ascending.
    first: Vec<usize>,
    /// The vectors.
    union: UnionFind,
}

impl Clusters {
    /// Makes a cluster of each vector; equal vectors, which are nearest to each other, share one.
    fn new(kernels: &'static dyn Kernels, vectors: Array2<f32>, threshold: f32) -> Self {
        let n = vectors.nrows();
        let (sizes, first, union) = (vec![1; n], (0..n).collect(), UnionFind::new(n));
        let mut clusters = Self { kernels, threshold, means: vectors, sizes, first, union };
        let mut groups: Vec<Vec<usize>> = Vec::with_capacity(n);
        let mut equal: HashMap<&[u32], usize> = HashMap::new();
        for at in 0..n {
            let vector = clusters.mean(at);
            let group = *equal.entry(bytemuck::cast_slice(vector)).or_insert(groups.len());
            match groups.get_mut(group) {
                Some(group) if kernels.dot(vector, vector) >= threshold => group.push(at),
                _ => groups.push(vec![at]),
            }
        }
        clusters.join(&groups);
        clusters
    }

    fn len(&self) -> usize {
        self.first.len()
    }

    fn mean(&self, cluster: usize) -> &[f32] {
        self.means.row(cluster).to_slice().expect("rows in one piece")
    }

    /// Replaces the clusters by these groups of them, each ascending, ordered by their first members. Clusters in no
    /// group are not merged any more.
    fn join(&mut self, groups: &[Vec<usize>]) {
        let mut sum = vec![0.0f64; self.means.ncols()];
        for (at, group) in groups.iter().enumerate() {
            sum.fill(0.0);
            for cluster in group {
                let size = self.sizes[*cluster] as f64;
                sum.iter_mut().zip(self.mean(*cluster)).for_each(|(sum, value)| *sum += size * f64::from(*value));
                self.union.join(self.first[group[0]], self.first[*cluster]);
            }
            let size: usize = group.iter().map(|cluster| self.sizes[*cluster]).sum();
            // The members of later groups come after this place.
            self.means.row_mut(at).iter_mut().zip(&sum).for_each(|(mean, sum)| *mean = (sum / size as f64) as f32);
            (self.sizes[at], self.first[at]) = (size, self.first[group[0]]);
        }
        self.sizes.truncate(groups.len());
        self.first.truncate(groups.len());
        let shape = (groups.len(), self.means.ncols());
        let mut values = std::mem::take(&mut self.means).into_raw_vec_and_offset().0;
        values.truncate(shape.0 * shape.1);
        self.means = Array2::from_shape_vec(shape, values).expect("a row for each cluster");
    }

    /// Merges all clusters that can be, over one table.
    fn merge_all(&mut self) {
        let all: Vec<usize> = (0..self.len()).collect();
        let groups = self.linked(&all, &vec![f32::NEG_INFINITY; all.len()]);
        self.join(&groups);
    }

    /// The groups into which the clusters of a block merge as long as their cosines are not below their `bounds`.
    fn linked(&self, block: &[usize], bounds: &[f32]) -> Vec<Vec<usize>> {
        if let [alone] = block {
            return vec![vec![*alone]];
        }
        let part = Block {
            means: self.means.select(Axis(0), block),
            sizes: block.iter().map(|at| self.sizes[*at]).collect(),
            bounds: block.iter().map(|at| bounds[*at]).collect(),
        };
        let groups = Table::new(self.kernels, self.threshold, &part).linked();
        groups.into_iter().map(|group| group.into_iter().map(|at| block[at]).collect()).collect()
    }

    /// Merges the clusters of blocks of at most `most` neighbours as long as none outside may be nearer.
    fn merge_in_blocks(&mut self, most: usize) {
        let near = Products::of_all(self.kernels, self.means.view()).nearest(FOUND, self.threshold, |_, _| true);
        let (names, mut blocks) = blocks(&near, most);
        let bounds = self.bounds(&near, &names);
        blocks.retain(|block| block.iter().any(|at| !near[*at].is_empty()));
        let mut groups: Vec<Vec<usize>> =
            blocks.into_par_iter().flat_map_iter(|block| self.linked(&block, &bounds)).collect();
        groups.sort_unstable();
        self.join(&groups);
    }

    /// What no cosine of each cluster with one outside its block exceeds: that of the nearest, or the threshold.
    fn bounds(&self, near: &[Vec<(usize, f32)>], names: &[usize]) -> Vec<f32> {
        let outside = |at: usize| near[at].iter().find(|(other, _)| names[*other] != names[at]);
        let known = |at: usize| outside(at).map_or(self.threshold, |(_, score)| *score);
        let mut bounds: Vec<f32> = (0..near.len()).map(known).collect();
        let is_unknown = |at: &usize| near[*at].len() == FOUND && outside(*at).is_none();
        let unknown: Vec<usize> = (0..near.len()).filter(is_unknown).collect();
        let left = self.means.select(Axis(0), &unknown);
        let products = Products::between(self.kernels, left.view(), self.means.view());
        let found = products.nearest(1, self.threshold, |a, b| names[unknown[a]] != names[b]);
        for (at, found) in unknown.iter().zip(found) {
            bounds[*at] = found.first().map_or(self.threshold, |(_, score)| *score);
        }
        bounds
    }
}

/// Joins each cluster with its neighbours, the nearest pairs first, to blocks of at most `most`: the name of each one's
/// block, and the blocks, each ascending.
fn blocks(near: &[Vec<(usize, f32)>], most: usize) -> (Vec<usize>, Vec<Vec<usize>>) {
    let mut names: Vec<usize> = (0..near.len()).collect();
    let mut blocks: Vec<Vec<usize>> = names.iter().map(|at| vec![*at]).collect();
    let of_one =
        |(a, near): (usize, &Vec<(usize, f32)>)| near.iter().map(|(b, score)| (*score, a, *b)).collect::<Vec<_>>();
    let mut pairs: Vec<(f32, usize, usize)> = near.iter().enumerate().flat_map(of_one).collect();
    pairs.par_sort_unstable_by(|x, y| y.0.total_cmp(&x.0).then((x.1, x.2).cmp(&(y.1, y.2))));
    for (_, a, b) in pairs {
        let (mut a, mut b) = (names[a], names[b]);
        if a != b && blocks[a].len() + blocks[b].len() <= most {
            if blocks[a].len() < blocks[b].len() {
                std::mem::swap(&mut a, &mut b);
            }
            let moved = std::mem::take(&mut blocks[b]);
            moved.iter().for_each(|at| names[*at] = a);
            blocks[a].extend(moved);
        }
    }
    blocks.iter_mut().for_each(|block| block.sort_unstable());
    blocks.retain(|block| !block.is_empty());
    (names, blocks)
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

    /// Vectors around one direction, some of which are equal: merging in blocks, and one by one, finds the same
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
                for table in [1, 300, TABLE] {
                    let found = flat_clusters_of(best(), vectors.view(), threshold, table);
                    assert_eq!(found, expected, "{n} {threshold} {table}");
                }
            }
        }
    }

    /// A single vector, and a fan of vectors 10 degrees apart, some of which are equal: many cosines are the same.
    #[test]
    fn equal_cosines_are_linked() {
        for table in [1, 3, TABLE] {
            let vectors = fan(&[200.0, 60.0, 0.0, 10.0, 20.0, 70.0, 30.0, 30.0]);
            let whole = flat_clusters_of(best(), vectors.view(), 0.5, table);
            assert_eq!(whole, vec![vec![0], (1..8).collect()]);
        }
    }

    /// Each vector is equally near to two others: the first are merged.
    #[test]
    fn the_first_of_equals_are_merged() {
        let vectors = unit_vectors(&[vec![1.0, 0.0], vec![0.0, 1.0], vec![-1.0, 0.0], vec![0.0, -1.0]]);
        for table in [1, 2, TABLE] {
            assert_eq!(flat_clusters_of(best(), vectors.view(), -0.2, table), [[0, 1], [2, 3]]);
        }
    }

    /// All cosines are 0.
    #[test]
    fn vectors_at_right_angles_are_linked() {
        let vectors = Array2::eye(700);
        for table in [1, 100, TABLE] {
            assert_eq!(flat_clusters_of(best(), vectors.view(), 0.0, table), [(0..700).collect::<Vec<_>>()]);
            assert_eq!(flat_clusters_of(best(), vectors.view(), 0.1, table).len(), 700);
        }
    }

    /// All are nearest to one of them, which takes in one after the other.
    #[test]
    fn vectors_around_a_hub_are_linked() {
        let n = 120;
        let vectors: Vec<Vec<f32>> = (0..n)
            .map(|at| {
                let mut vector = vec![0.0; n];
                vector[at] = at as f32 / 100.0;
                vector[0] = 1.0;
                vector
            })
            .collect();
        let vectors = unit_vectors(&vectors);
        for threshold in [0.5, 0.7, 0.9] {
            let expected = naive(vectors.view(), threshold);
            for table in [1, 7, TABLE] {
                assert_eq!(flat_clusters_of(best(), vectors.view(), threshold, table), expected, "{threshold} {table}");
            }
        }
    }

    /// Twelve vectors as near to each other as can be, and two farther away: what is nearest to each of the twelve does
    /// not say how near the two are.
    #[test]
    fn bounds_are_those_of_the_nearest_outside() {
        let degrees: Vec<f32> = (0..12).map(|at| at as f32 / 10.0).chain([40.0, 41.0]).collect();
        let clusters = Clusters::new(best(), fan(&degrees), 0.5);
        let near = Products::of_all(best(), clusters.means.view()).nearest(FOUND, 0.5, |_, _| true);
        let (names, _) = blocks(&near, 12);
        let bounds = clusters.bounds(&near, &names);
        for a in 0..degrees.len() {
            let outside = (0..degrees.len()).filter(|b| names[*b] != names[a]);
            let expected = outside.map(|b| best().dot(clusters.mean(a), clusters.mean(b))).fold(0.5, f32::max);
            assert!(names[a] == names[0] || a >= 12, "{a}");
            assert!((bounds[a] - expected).abs() < 1e-5, "{a}: {} {expected}", bounds[a]);
        }
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
            for table in [1, 5, TABLE] {
                prop_assert_eq!(&flat_clusters_of(best(), vectors.view(), threshold, table), &expected);
            }
        }
    }
}
