//! Medians with intervals, quantiles, ranks.

use crate::report::Spread;

/// Least probability that an interval contains the true median, if there are enough values.
const CONFIDENCE: f64 = 0.95;

/// The nearest-rank quantile of values in ascending order; `share` is 0 to 1.
///
/// # Panics
/// When there are no values.
pub fn quantile(sorted: &[f64], share: f64) -> f64 {
    sorted[((sorted.len() - 1) as f64 * share).round() as usize]
}

/// The median of values in ascending order; for an even number of values, the mean of the middle two.
///
/// # Panics
/// When there are no values.
pub fn median(sorted: &[f64]) -> f64 {
    let middle = sorted.len() / 2;
    if sorted.len().is_multiple_of(2) { f64::midpoint(sorted[middle - 1], sorted[middle]) } else { sorted[middle] }
}

/// The confidence interval of a median: the places of its ends among `n` values in ascending order, and the probability
/// that it contains the true median. The values need only be independent: the number of values below the true median
/// follows the binomial distribution (Conover, "Practical Nonparametric Statistics", 1999, section 3.2). The narrowest
/// interval of at least 95% is returned; for fewer than six values there is none, so the interval spans all of them.
pub fn median_interval(n: usize) -> (usize, usize, f64) {
    if n > 1000 {
        // 2⁻ⁿ is too small for an f64; the binomial distribution is nearly normal here.
        let low = (n as f64 / 2.0 - 0.98 * (n as f64).sqrt()) as usize;
        return (low, n - 1 - low, CONFIDENCE);
    }
    let mut chosen = (0, n.saturating_sub(1), 0.0);
    // The probabilities that exactly `below`, and at most `below`, of n values are below the median.
    let (mut exactly, mut at_most) = (0.5f64.powi(n as i32), 0.0);
    for below in 0..n.div_ceil(2) {
        at_most += exactly;
        exactly *= (n - below) as f64 / (below + 1) as f64;
        let confidence = (1.0 - 2.0 * at_most).max(0.0);
        if below == 0 || confidence >= CONFIDENCE {
            chosen = (below, n - 1 - below, confidence);
        }
    }
    chosen
}

/// The median of some values, with its interval and their extremes.
///
/// # Panics
/// When there are no values.
pub fn spread(mut values: Vec<f64>) -> Spread {
    values.sort_by(f64::total_cmp);
    let (low, high, confidence) = median_interval(values.len());
    Spread {
        median: median(&values),
        min: values[0],
        max: values[values.len() - 1],
        low: values[low],
        high: values[high],
        confidence: (confidence * 1e4).round() / 1e4,
    }
}

/// Spearman's rank correlation: Pearson's correlation of the ranks, where equal values share the mean of their ranks.
/// `None` for fewer than two values, or if all are equal.
pub fn spearman(a: &[f64], b: &[f64]) -> Option<f64> {
    let (a, b) = (ranks(a), ranks(b));
    let n = a.len() as f64;
    let (mean_a, mean_b) = (a.iter().sum::<f64>() / n, b.iter().sum::<f64>() / n);
    let product = |x: &[f64], mean_x: f64, y: &[f64], mean_y: f64| -> f64 {
        x.iter().zip(y).map(|(x, y)| (x - mean_x) * (y - mean_y)).sum()
    };
    let (own_a, own_b) = (product(&a, mean_a, &a, mean_a), product(&b, mean_b, &b, mean_b));
    (own_a > 0.0 && own_b > 0.0).then(|| product(&a, mean_a, &b, mean_b) / (own_a * own_b).sqrt())
}

/// The rank of each value, from 1.
fn ranks(values: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_by(|&x, &y| values[x].total_cmp(&values[y]));
    let mut ranks = vec![0.0; values.len()];
    let mut first = 0;
    for group in order.chunk_by(|&x, &y| values[x] == values[y]) {
        let rank = first as f64 + f64::midpoint(1.0, group.len() as f64);
        group.iter().for_each(|&at| ranks[at] = rank);
        first += group.len();
    }
    ranks
}

#[cfg(test)]
mod tests {
    use super::*;

    /// From the tables of Conover, and by hand: 1 - 2/2⁶ = 0.96875, 1 - 2·(1 + 9)/2⁹ = 0.9609.
    #[test]
    fn the_interval_of_a_median_follows_the_binomial_distribution() {
        assert_eq!(median_interval(1), (0, 0, 0.0));
        assert_eq!(median_interval(5), (0, 4, 0.9375));
        assert_eq!(median_interval(6), (0, 5, 0.96875));
        assert_eq!(median_interval(9), (1, 7, 0.960_937_5));
        let (low, high, confidence) = median_interval(20);
        assert_eq!((low, high), (5, 14));
        assert!((confidence - 0.9586).abs() < 1e-4, "{confidence}");
        let (low, high, confidence) = median_interval(5000);
        assert!(low < high && confidence < 1.0, "{low} {high} {confidence}");
    }

    #[test]
    fn a_spread_does_not_depend_on_the_order() {
        let found = spread(vec![5.0, 1.0, 4.0, 2.0, 3.0, 6.0]);
        assert_eq!((found.median, found.min, found.max, found.low, found.high), (3.5, 1.0, 6.0, 1.0, 6.0));
        assert_eq!(spread(vec![2.0]).confidence, 0.0);
    }

    /// The example of Wikipedia's article on the coefficient (hours of television and IQ): -29/165.
    #[test]
    fn spearman_of_a_known_example() {
        let iq = [106.0, 100.0, 86.0, 101.0, 99.0, 103.0, 97.0, 113.0, 112.0, 110.0];
        let hours = [7.0, 27.0, 2.0, 50.0, 28.0, 29.0, 20.0, 12.0, 6.0, 17.0];
        assert!((spearman(&iq, &hours).unwrap() + 29.0 / 165.0).abs() < 1e-12);
        assert_eq!(spearman(&[1.0, 2.0, 2.0], &[1.0, 5.0, 5.0]), Some(1.0));
        assert_eq!(spearman(&[1.0, 1.0], &[1.0, 2.0]), None);
        assert_eq!(spearman(&[], &[]), None);
    }
}
