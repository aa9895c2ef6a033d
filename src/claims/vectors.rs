//! Clusters of vectors without texts.

use std::cmp::Reverse;

use ndarray::{ArrayView2, Axis};

use super::theme::Medoid;
use crate::compare::flat_clusters;
use crate::kernels::Kernels;

/// Vectors that are alike.
#[derive(Debug, Clone, PartialEq)]
pub struct VectorCluster {
    /// Rows, each with its cosine to the medoid. The medoid, the row with the highest mean cosine to the others (the
    /// first of equals), comes first; then the nearest to it by four decimals, the first of equals first.
    pub members: Vec<(usize, f32)>,
    /// The mean cosine of all pairs; 1 for a single vector.
    pub mean: f32,
    /// The lowest cosine of any pair; 1 for a single vector.
    pub min: f32,
}

/// The flat clusters of `[n, dim]` vectors of length 1, as [`flat_clusters`] finds them, largest first, then by first
/// row: each vector is in exactly one, if need be alone.
pub fn vector_clusters(kernels: &'static dyn Kernels, vectors: ArrayView2<f32>, threshold: f32) -> Vec<VectorCluster> {
    let mut groups = flat_clusters(kernels, vectors, threshold);
    // Groups come in the order of their first rows, which is kept among those of one size.
    groups.sort_by_key(|group| Reverse(group.len()));
    groups.iter().map(|group| VectorCluster::new(kernels, vectors, group)).collect()
}

impl VectorCluster {
    fn new(kernels: &dyn Kernels, vectors: ArrayView2<f32>, group: &[usize]) -> Self {
        if let [alone] = group {
            return Self { members: vec![(*alone, 1.0)], mean: 1.0, min: 1.0 };
        }
        let rows = vectors.select(Axis(0), group);
        let middle = Medoid::of(kernels, rows.view(), &vec![1.0; group.len()]);
        let medoid = group[middle.medoid];
        let mut members: Vec<(usize, f32)> = group.iter().copied().zip(middle.scores).collect();
        // Compares only the decimals that are shown: the last bits of equal cosines may differ.
        let shown = |score: f32| (score * 1e4).round();
        members.sort_by(|a, b| {
            let nearest = shown(b.1).total_cmp(&shown(a.1));
            (b.0 == medoid).cmp(&(a.0 == medoid)).then(nearest).then(a.0.cmp(&b.0))
        });
        Self { members, mean: middle.mean, min: middle.min }
    }
}
