//! Topics: documents on the same broad subject.
//!
//! The mean vectors of the documents are grouped by average linkage over cosine (UPGMA; Sokal & Michener 1958). The
//! number of topics is not given. At every cut into few groups, the large ones repeatedly take in the documents nearest
//! to their means, as in k-means; the chosen cut is the one at which documents are closest to their own group and
//! farthest from the next, by the mean silhouette (Rousseeuw 1987).

use kodama::{Method, linkage};
use ndarray::{Array2, Axis};

use crate::compare::DocumentGroup;
use crate::compare::documents::{described, means, most_central, with_text};
use crate::compare::linkage::distances;
use crate::kernels::Kernels;
use crate::library::Corpus;
use crate::model::l2_normalize;

/// Maximum number of topics of a corpus, since topics are broad.
const MOST_TOPICS: usize = 60;
/// A group of a cut is large if it has at least one in `LEAST_SHARE` documents.
const LEAST_SHARE: usize = 100;
/// Maximum number of rounds in which documents are assigned to the nearest mean.
const ROUNDS: usize = 50;

/// The topics of a corpus: largest first, then by place. Documents without text are in no topic. With more than
/// [`MOST_DOCUMENTS`](crate::compare::MOST_DOCUMENTS) documents there are no topics.
pub fn topics(corpus: &Corpus) -> Vec<DocumentGroup> {
    let Some(documents) = with_text(&corpus.library) else { return Vec::new() };
    let means = means(corpus, &documents);
    let likenesses = |group: &[usize]| {
        let rows = means.select(Axis(0), group);
        // The cosines of a row with all rows add up to its product with their sum.
        let sum = rows.sum_axis(Axis(0));
        rows.rows().into_iter().map(|row| row.dot(&sum) - row.dot(&row)).collect::<Vec<f32>>()
    };
    let middle = |group: &[usize], sums: &[f32]| most_central((0..group.len()).collect(), sums);
    described(&documents, groups(corpus.kernels(), &means), likenesses, middle)
}

/// The groups of vectors `[n, dim]` of length 1 at the cut with the highest mean silhouette, each ascending; of equal
/// cuts the one with most groups.
fn groups(kernels: &dyn Kernels, vectors: &Array2<f32>) -> Vec<Vec<usize>> {
    let n = vectors.nrows();
    if n < 3 {
        return if n == 0 { Vec::new() } else { vec![(0..n).collect()] };
    }
    let dendrogram = linkage(&mut distances(kernels, vectors.view()), n, Method::Average);
    let most = MOST_TOPICS.min(n - 1);
    // Step k merges two clusters into the cluster n + k.
    let mut clusters: Vec<Option<Vec<usize>>> = (0..n).map(|at| Some(vec![at])).collect();
    let merge = |clusters: &mut Vec<Option<Vec<usize>>>, step: usize| {
        let step = &dendrogram.steps()[step];
        let both = [step.cluster1, step.cluster2].iter().filter_map(|at| clusters[*at].take()).flatten().collect();
        clusters.push(Some(both));
    };
    (0..n - most).for_each(|step| merge(&mut clusters, step));
    let mut best: Option<(f64, Vec<Vec<usize>>)> = None;
    for step in n - most..n - 1 {
        let large: Vec<&[usize]> =
            clusters.iter().flatten().map(Vec::as_slice).filter(|group| group.len() * LEAST_SHARE >= n).collect();
        if large.len() > 1 {
            let groups = assigned(vectors, &large);
            let silhouette = silhouette(vectors, &groups);
            if best.as_ref().is_none_or(|(highest, _)| silhouette > *highest) {
                best = Some((silhouette, groups));
            }
        }
        merge(&mut clusters, step);
    }
    best.map_or_else(|| vec![(0..n).collect()], |(_, groups)| groups)
}

/// All vectors, each in the group with the nearest mean, repeated until nothing changes; empty groups are left out.
fn assigned(vectors: &Array2<f32>, groups: &[&[usize]]) -> Vec<Vec<usize>> {
    let mut groups: Vec<Vec<usize>> = groups.iter().map(|group| group.to_vec()).collect();
    for _ in 0..ROUNDS {
        let mut means = sums(vectors, &groups);
        means.rows_mut().into_iter().for_each(|mut row| {
            l2_normalize(row.as_slice_mut().expect("rows of a fresh array are in one piece"));
        });
        let products = vectors.dot(&means.t());
        let mut next = vec![Vec::new(); groups.len()];
        for (at, row) in products.rows().into_iter().enumerate() {
            next[(0..row.len()).fold(0, |best, group| if row[group] > row[best] { group } else { best })].push(at);
        }
        next.retain(|group| !group.is_empty());
        let done = next == groups;
        groups = next;
        if done {
            break;
        }
    }
    groups
}

/// The sum of each group's vectors: `[groups, dim]`.
fn sums(vectors: &Array2<f32>, groups: &[Vec<usize>]) -> Array2<f32> {
    let mut sums = Array2::zeros((groups.len(), vectors.ncols()));
    for (mut sum, group) in sums.rows_mut().into_iter().zip(groups) {
        group.iter().for_each(|at| sum += &vectors.row(*at));
    }
    sums
}

/// The mean silhouette (Rousseeuw 1987): for each vector the mean distance to the nearest other group minus that to its
/// own, as a share of the larger of the two; 0 for a vector alone. With vectors of length 1, the distances to a group
/// add up to its size minus the product with the group's sum.
fn silhouette(vectors: &Array2<f32>, groups: &[Vec<usize>]) -> f64 {
    if groups.len() < 2 {
        return f64::NEG_INFINITY;
    }
    let products = vectors.dot(&sums(vectors, groups).t());
    let sizes: Vec<f64> = groups.iter().map(|group| group.len() as f64).collect();
    let of_one = |own: usize, at: usize| {
        if groups[own].len() == 1 {
            return 0.0;
        }
        let far = |group: usize| (sizes[group] - f64::from(products[(at, group)])).max(0.0);
        let within = far(own) / (sizes[own] - 1.0);
        let others = (0..groups.len()).filter(|group| *group != own);
        let next = others.map(|group| far(group) / sizes[group]).fold(f64::INFINITY, f64::min);
        let larger = within.max(next);
        if larger > 0.0 { (next - within) / larger } else { 0.0 }
    };
    let all = groups.iter().enumerate().flat_map(|(own, group)| group.iter().map(move |at| (own, *at)));
    all.map(|(own, at)| of_one(own, at)).sum::<f64>() / vectors.nrows() as f64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernels::Isa;

    /// Unit vectors in a plane at these angles in degrees.
    fn fan(degrees: &[f32]) -> Array2<f32> {
        Array2::from_shape_fn((degrees.len(), 2), |(at, axis)| {
            let angle = degrees[at].to_radians();
            if axis == 0 { angle.cos() } else { angle.sin() }
        })
    }

    #[test]
    fn groups_are_found_without_their_number() {
        let vectors = fan(&[0.0, 120.0, 2.0, 240.0, 4.0, 122.0, 242.0, 6.0, 118.0]);
        let mut found = groups(Isa::kernels_of(""), &vectors);
        found.sort();
        assert_eq!(found, [vec![0, 2, 4, 7], vec![1, 5, 8], vec![3, 6]]);
        assert_eq!(groups(Isa::kernels_of(""), &fan(&[0.0, 90.0])), [vec![0, 1]]);
        assert!(groups(Isa::kernels_of(""), &Array2::zeros((0, 2))).is_empty());
    }

    /// Expects the figures of the definition, summed over all pairs.
    #[test]
    fn silhouettes_are_those_of_the_definition() {
        let vectors = fan(&[0.0, 10.0, 90.0, 95.0, 130.0]);
        let groups = [vec![0, 1], vec![2, 3, 4]];
        let distance = |a: usize, b: usize| f64::from(1.0 - vectors.row(a).dot(&vectors.row(b)));
        let mean = |at: usize, group: &[usize]| {
            let others: Vec<f64> =
                group.iter().filter(|other| **other != at).map(|other| distance(at, *other)).collect();
            others.iter().sum::<f64>() / others.len() as f64
        };
        let of = |own: usize, at: usize| {
            let (within, next) = (mean(at, &groups[own]), mean(at, &groups[1 - own]));
            (next - within) / next.max(within)
        };
        let expected = (of(0, 0) + of(0, 1) + of(1, 2) + of(1, 3) + of(1, 4)) / 5.0;
        assert!((silhouette(&vectors, &groups) - expected).abs() < 1e-5);
    }
}
