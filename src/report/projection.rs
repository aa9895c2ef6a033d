//! Vectors in two dimensions, for drawing: principal component analysis (Pearson 1901, Hotelling 1933).
//!
//! The two axes are the directions along which the vectors differ most. Most of the variance is left out, and
//! [`Projection::explained`] says how much is shown: points that are far apart differ, but points that are near need
//! not be alike.

use nalgebra::{DMatrix, SymmetricEigen};
use ndarray::{Array1, Array2, ArrayView2, Axis};

/// Vectors in two dimensions.
#[derive(Debug, Clone, PartialEq)]
pub struct Projection {
    /// `[n, 2]`, centred; the first column is the direction of the greatest variance.
    pub points: Array2<f32>,
    /// Share of the variance along the two directions, 0 to 1.
    pub explained: f32,
}

/// Vectors of length 1 whose mean squared difference is below this differ by rounding only.
const SAME: f64 = 1e-10;

/// Returns the first two principal components of `[n, dim]`: eigenvectors of the covariance, each with the sign that
/// makes its largest component positive.
///
/// # Panics
/// Never: an empty matrix returns before its mean is taken.
pub fn project(vectors: ArrayView2<f32>) -> Projection {
    let (n, dim) = vectors.dim();
    if n == 0 || dim == 0 {
        return Projection { points: Array2::zeros((n, 2)), explained: 0.0 };
    }
    let mean = vectors.mean_axis(Axis(0)).expect("there are rows");
    let centred = &vectors - &mean;
    let covariance = centred.t().dot(&centred);
    let eigen = SymmetricEigen::new(DMatrix::from_fn(dim, dim, |row, column| f64::from(covariance[[row, column]])));
    let mut order: Vec<usize> = (0..dim).collect();
    order.sort_by(|a, b| eigen.eigenvalues[*b].total_cmp(&eigen.eigenvalues[*a]).then(a.cmp(b)));
    let mut axes = Array2::zeros((dim, 2));
    for (column, &at) in order.iter().take(2).enumerate() {
        axes.column_mut(column)
            .assign(&upright(eigen.eigenvectors.column(at).iter().map(|part| *part as f32).collect()));
    }
    let total: f64 = eigen.eigenvalues.iter().map(|value| value.max(0.0)).sum();
    if total <= SAME * n as f64 {
        return Projection { points: Array2::zeros((n, 2)), explained: 0.0 };
    }
    let shown: f64 = order.iter().take(2).map(|at| eigen.eigenvalues[*at].max(0.0)).sum();
    Projection { points: centred.dot(&axes), explained: (shown / total) as f32 }
}

fn upright(axis: Array1<f32>) -> Array1<f32> {
    let largest = axis.iter().fold(0.0f32, |best, part| if part.abs() > best.abs() { *part } else { best });
    if largest < 0.0 { -axis } else { axis }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn points_of_a_plane_keep_their_distances() {
        // A rectangle of 6 by 2, turned into five dimensions.
        let (u, v) = ([0.6, 0.0, 0.8, 0.0, 0.0], [0.0, 1.0, 0.0, 0.0, 0.0]);
        let corners = [(0.0, 0.0), (6.0, 0.0), (6.0, 2.0), (0.0, 2.0)];
        let vectors = Array2::from_shape_fn((4, 5), |(row, column)| {
            corners[row].0 * u[column] + corners[row].1 * v[column] + 1.0
        });
        let Projection { points, explained } = project(vectors.view());
        assert!((explained - 1.0).abs() < 1e-5, "{explained}");
        let expected = [(-3.0, -1.0), (3.0, -1.0), (3.0, 1.0), (-3.0, 1.0)];
        for (row, (x, y)) in expected.into_iter().enumerate() {
            assert!((points[[row, 0]] - x).abs() < 1e-4 && (points[[row, 1]] - y).abs() < 1e-4, "{points}");
        }
    }

    #[test]
    fn too_little_to_project() {
        assert_eq!(project(Array2::zeros((0, 4)).view()).points.dim(), (0, 2));
        let one = project(Array2::ones((1, 4)).view());
        assert_eq!((one.points.sum(), one.explained), (0.0, 0.0));
        let rounded = Array2::from_shape_fn((3, 2), |(row, _)| 0.707 + row as f32 * 1e-7);
        assert_eq!(project(rounded.view()).points.sum(), 0.0);
        let same = project(Array2::ones((3, 1)).view());
        assert_eq!((same.points.dim(), same.explained), ((3, 2), 0.0));
    }

    proptest! {
        /// No other direction has more variance than the first: what the definition says.
        #[test]
        fn no_direction_beats_the_first(
            rows in prop::collection::vec(prop::collection::vec(-1.0f32..1.0, 4), 3..12),
            other in prop::collection::vec(-1.0f32..1.0, 4),
        ) {
            let vectors = Array2::from_shape_fn((rows.len(), 4), |(i, j)| rows[i][j]);
            let norm = other.iter().map(|part| part * part).sum::<f32>().sqrt();
            prop_assume!(norm > 0.1);
            let centred = &vectors - &vectors.mean_axis(Axis(0)).unwrap();
            let along = centred.dot(&Array1::from(other).mapv(|part| part / norm));
            let first = project(vectors.view()).points.column(0).mapv(|x| x * x).sum();
            prop_assert!(along.mapv(|x| x * x).sum() <= first + 1e-4);
        }
    }
}
