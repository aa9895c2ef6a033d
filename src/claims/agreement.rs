//! How well groups of documents agree with given labels.

use std::collections::HashMap;

/// How well groups agree with labels. Each measure is 1 if they are the same.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Agreement {
    /// How far a group has documents of one label only, 0 to 1 (Rosenberg & Hirschberg 2007).
    pub homogeneity: f64,
    /// How far the documents of a label are in one group, 0 to 1.
    pub completeness: f64,
    /// The harmonic mean of homogeneity and completeness (`V-measure`).
    pub v_measure: f64,
    /// The share of pairs that agree, corrected for chance: 1 at best, 0 by chance, negative if worse (`ARI`; Hubert &
    /// Arabie 1985).
    pub ari: f64,
    /// The mean share of a document's group that has its label (`BCubed`; Bagga & Baldwin 1998).
    pub bcubed_precision: f64,
    /// The mean share of the documents with a document's label that are in its group.
    pub bcubed_recall: f64,
    /// The harmonic mean of precision and recall.
    pub bcubed_f1: f64,
}

impl Agreement {
    /// Measures the agreement of the groups and labels of documents, one of each per document; `None` without
    /// documents.
    ///
    /// # Panics
    /// When the numbers of labels and groups differ.
    pub fn new(groups: &[usize], labels: &[usize]) -> Option<Self> {
        assert_eq!(groups.len(), labels.len(), "a label for each document");
        let n = groups.len() as f64;
        let (of_groups, of_labels) = (counts(groups), counts(labels));
        let both = counts(&groups.iter().zip(labels).collect::<Vec<_>>());
        let entropy = |counts: &[f64]| -counts.iter().map(|count| count / n * (count / n).ln()).sum::<f64>();
        let (h_groups, h_labels, h_both) =
            (entropy(&sizes(&of_groups)), entropy(&sizes(&of_labels)), entropy(&sizes(&both)));
        // 1 minus the remaining entropy as a share of the whole entropy.
        let known = |all: f64, other: f64| if all > 0.0 { (1.0 - (h_both - other) / all).clamp(0.0, 1.0) } else { 1.0 };
        let (homogeneity, completeness) = (known(h_labels, h_groups), known(h_groups, h_labels));
        let share = |of: &HashMap<usize, usize>, own: fn((usize, usize)) -> usize| {
            both.iter().map(|((group, label), count)| square(*count) / of[&own((**group, **label))] as f64).sum::<f64>()
                / n
        };
        let (precision, recall) = (share(&of_groups, |(group, _)| group), share(&of_labels, |(_, label)| label));
        (!groups.is_empty()).then(|| Self {
            homogeneity,
            completeness,
            v_measure: harmonic(homogeneity, completeness),
            ari: ari(&sizes(&both), &sizes(&of_groups), &sizes(&of_labels), n),
            bcubed_precision: precision,
            bcubed_recall: recall,
            bcubed_f1: harmonic(precision, recall),
        })
    }
}

/// The adjusted Rand index, from the number of documents in each group with each label, in each group, and with each
/// label.
fn ari(both: &[f64], groups: &[f64], labels: &[f64], n: f64) -> f64 {
    let pairs = |counts: &[f64]| counts.iter().map(|count| count * (count - 1.0) / 2.0).sum::<f64>();
    let (both, groups, labels, all) = (pairs(both), pairs(groups), pairs(labels), pairs(&[n]));
    let (by_chance, most) = (if all > 0.0 { groups * labels / all } else { 0.0 }, f64::midpoint(groups, labels));
    // If both have all documents alone or all together, they are the same.
    if most == by_chance { 1.0 } else { (both - by_chance) / (most - by_chance) }
}

fn counts<T: Copy + Eq + std::hash::Hash>(of: &[T]) -> HashMap<T, usize> {
    let mut counts = HashMap::new();
    of.iter().for_each(|one| *counts.entry(*one).or_default() += 1);
    counts
}

/// The counts in ascending order, so that sums do not depend on the order of a map.
fn sizes<T>(counts: &HashMap<T, usize>) -> Vec<f64> {
    let mut sizes: Vec<usize> = counts.values().copied().collect();
    sizes.sort_unstable();
    sizes.into_iter().map(|size| size as f64).collect()
}

fn square(count: usize) -> f64 {
    (count * count) as f64
}

fn harmonic(a: f64, b: f64) -> f64 {
    if a + b > 0.0 { 2.0 * a * b / (a + b) } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn agrees(labels: &[usize], groups: &[usize], expected: [f64; 7]) {
        let Agreement { homogeneity, completeness, v_measure, ari, bcubed_precision, bcubed_recall, bcubed_f1 } =
            Agreement::new(groups, labels).unwrap();
        let found = [homogeneity, completeness, v_measure, ari, bcubed_precision, bcubed_recall, bcubed_f1];
        for (found, expected) in found.iter().zip(expected) {
            assert!((found - expected).abs() < 1e-6, "{found} is not {expected} of {labels:?} and {groups:?}");
        }
    }

    /// Computed with scikit-learn 1.9.1: `homogeneity_completeness_v_measure(labels, groups)` and
    /// `adjusted_rand_score(labels, groups)`; `BCubed` with `NumPy` by its definition, as the mean over documents `i`
    /// of `mean(labels[groups == groups[i]] == labels[i])`, and likewise with groups and labels exchanged.
    #[test]
    fn equals_the_reference() {
        agrees(
            &[0, 0, 0, 1, 1, 1],
            &[0, 0, 1, 1, 2, 2],
            [0.666_667, 0.420_620, 0.515_804, 0.242_424, 0.833_333, 0.555_556, 0.666_667],
        );
        agrees(
            &[0, 0, 1, 1, 2, 2, 2, 0],
            &[1, 1, 0, 0, 2, 2, 0, 3],
            [0.779_437, 0.638_587, 0.702_017, 0.368_421, 0.833_333, 0.666_667, 0.740_741],
        );
        agrees(&[0, 0, 1, 1], &[0, 1, 0, 1], [0.0, 0.0, 0.0, -0.5, 0.5, 0.5, 0.5]);
        agrees(&[0, 1, 2, 3], &[0, 0, 0, 0], [0.0, 1.0, 0.0, 0.0, 0.25, 1.0, 0.4]);
        agrees(&[0, 0, 0, 0], &[0, 1, 2, 3], [1.0, 0.0, 0.0, 0.0, 1.0, 0.25, 0.4]);
        agrees(&[0, 0, 0], &[1, 1, 1], [1.0; 7]);
        agrees(&[0, 1, 2], &[2, 1, 0], [1.0; 7]);
        agrees(&[7], &[3], [1.0; 7]);
    }

    #[test]
    fn nothing_agrees_with_nothing() {
        assert_eq!(Agreement::new(&[], &[]), None);
    }
}
