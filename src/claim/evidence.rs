//! What speaks for two sentences making the same claim.
//!
//! Every token of the one looks for the nearest of the other, as in late interaction (MaxSim; Khattab & Zaharia 2020), and its cosine
//! is measured in standard deviations above what that token finds in the other document's sentences at large. So a word that
//! the two documents use everywhere weighs little and a rare one much, and what is expected is taken from these two documents
//! alone: what else there is in a folder changes nothing about them. With few sentences the mean and the deviation are those of a prior.

use std::ops::Range;

use ndarray::{Array2, ArrayView2};

use super::wording::{Clause, Wordings};

/// How many sentences the prior counts for, and the mean and the variance of a token's highest cosine with an unrelated sentence:
/// measured with all-MiniLM-L6-v2 on the sample corpus.
const PRIOR: f32 = 10.0;
const MEAN: f32 = 0.167;
const VARIANCE: f32 = 0.01;
/// No token says more.
const MOST: f32 = 8.0;
/// The nearest of the other document, whose mean is what a sentence finds there anyway.
const NEAREST: usize = 5;

/// The features that the probability is made of, in the order of its weights.
pub const FEATURES: [&str; 8] = ["clause", "sentence", "number", "other_number", "context", "passages", "documents", "cosine"];

/// How the sentences of two parts compare: `[sentences, sentences]` each.
pub struct Evidence {
    /// The mean surprise of the clause that finds most, of both directions the mean.
    pub clause: Array2<f32>,
    /// The surprise of the whole sentence, by the root of its length, less what both find anyway (CSLS; Conneau et al. 2018).
    pub sentence: Array2<f32>,
    /// The clauses of the one, and of the other, that say it.
    pub clauses: Array2<[Said; 2]>,
}

/// The first and the last clause of a sentence that find at least half as much as the one that finds most.
pub type Said = (u8, u8);

/// One direction: the sentences of a part against those of another.
struct Found {
    clause: Array2<f32>,
    sentence: Array2<f32>,
    said: Array2<Said>,
}

impl Evidence {
    /// Compares all sentences of two parts.
    pub fn new(wordings: &Wordings, a: &Range<usize>, b: &Range<usize>) -> Self {
        let ((a_states, a_starts), (b_states, b_starts)) = (wordings.states(a), wordings.states(b));
        let products = a_states.dot(&b_states.t());
        let clauses = |part: &Range<usize>| part.clone().map(|at| wordings.of(at).clauses.as_slice()).collect::<Vec<_>>();
        let forth = Found::new(products.view(), (&a_starts, &b_starts), &clauses(a));
        let back = Found::new(products.t(), (&b_starts, &a_starts), &clauses(b));
        let mut sentence = (&forth.sentence + &back.sentence.t()) / 2.0;
        let anyway = |row: ndarray::ArrayView1<f32>| {
            let mut row = row.to_vec();
            row.sort_unstable_by(|x, y| y.total_cmp(x));
            row.truncate(NEAREST);
            row.iter().sum::<f32>() / row.len() as f32
        };
        let of_a: Vec<f32> = sentence.rows().into_iter().map(anyway).collect();
        let of_b: Vec<f32> = sentence.columns().into_iter().map(anyway).collect();
        sentence.indexed_iter_mut().for_each(|((i, j), value)| *value -= (of_a[i] + of_b[j]) / 2.0);
        let clauses = Array2::from_shape_fn(sentence.dim(), |(i, j)| [forth.said[(i, j)], back.said[(j, i)]]);
        Self { clause: (&forth.clause + &back.clause.t()) / 2.0, sentence, clauses }
    }

    /// The highest evidence that the sentences before and after find among each other; of those at an end, none.
    pub fn context(&self, (i, j): (usize, usize)) -> f32 {
        let beside = |at: usize, n: usize| [at.checked_sub(1), Some(at + 1).filter(|next| *next < n)].into_iter().flatten();
        let (rows, columns) = self.clause.dim();
        let around = beside(i, rows).flat_map(|row| beside(j, columns).map(move |column| (row, column)));
        around.map(|at| self.clause[at]).fold(-1.0, f32::max)
    }
}

impl Found {
    /// Of the products `[tokens, tokens]` of two parts' tokens, whose sentences begin and end at `starts`.
    fn new(products: ArrayView2<f32>, (starts, others): (&[usize], &[usize]), clauses: &[&[Clause]]) -> Self {
        let n = others.len() - 1;
        let shape = (starts.len() - 1, n);
        let mut found = Self { clause: Array2::zeros(shape), sentence: Array2::zeros(shape), said: Array2::from_elem(shape, (0, 0)) };
        for (at, bounds) in starts.windows(2).enumerate() {
            let mut surprise = Array2::zeros((bounds[1] - bounds[0], n));
            for (mut row, token) in surprise.rows_mut().into_iter().zip(bounds[0]..bounds[1]) {
                let products = products.row(token);
                for (value, other) in row.iter_mut().zip(others.windows(2)) {
                    *value = (other[0]..other[1]).map(|column| products[column]).fold(0.0, f32::max);
                }
                standardise(row.as_slice_mut().expect("rows of a fresh array are in one piece"));
            }
            let root = (surprise.nrows().max(1) as f32).sqrt();
            for other in 0..n {
                let sum = |tokens: Range<usize>| tokens.map(|token| surprise[(token, other)]).sum::<f32>();
                found.sentence[(at, other)] = sum(0..surprise.nrows()) / root;
                let means = clauses[at].iter().map(|clause| sum(clause.tokens.clone()) / clause.tokens.len() as f32);
                let means: Vec<f32> = means.take(usize::from(u8::MAX)).collect();
                let most = means.iter().copied().fold(0.0, f32::max);
                let says = |mean: &f32| *mean >= most / 2.0;
                let (first, last) = (means.iter().position(says), means.iter().rposition(says));
                found.clause[(at, other)] = most;
                found.said[(at, other)] = (first.unwrap_or(0) as u8, last.unwrap_or(0) as u8);
            }
        }
        found
    }
}

/// From a token's highest cosine with each of a document's sentences to standard deviations above their mean.
fn standardise(cosines: &mut [f32]) {
    let n = cosines.len() as f32;
    let own = cosines.iter().sum::<f32>() / n;
    let spread = cosines.iter().map(|cosine| (cosine - own).powi(2)).sum::<f32>() / n;
    let mean = (n * own + PRIOR * MEAN) / (n + PRIOR);
    let variance = (n * (spread + (own - mean).powi(2)) + PRIOR * (VARIANCE + (MEAN - mean).powi(2))) / (n + PRIOR);
    let deviation = variance.sqrt();
    cosines.iter_mut().for_each(|cosine| *cosine = ((*cosine - mean) / deviation).clamp(0.0, MOST));
}

/// Whether two sentences name a number in common, and whether both name numbers and none in common.
pub fn numbers(a: &[f64], b: &[f64]) -> (f32, f32) {
    let common = a.iter().any(|value| b.contains(value));
    (f32::from(u8::from(common)), f32::from(u8::from(!common && !a.is_empty() && !b.is_empty())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_found_everywhere_is_no_surprise() {
        let mut rare = [0.9, 0.2, 0.2, 0.2, 0.2, 0.2, 0.2, 0.2];
        let mut common = [0.9; 8];
        standardise(&mut rare);
        standardise(&mut common);
        assert!(rare[0] > 3.0 && rare[1] == 0.0, "{rare:?}");
        assert!(common[0] < 1.5, "{common:?}");
    }

    #[test]
    fn numbers_in_common() {
        assert_eq!(numbers(&[2.0, 5.0], &[5.0]), (1.0, 0.0));
        assert_eq!(numbers(&[2.0], &[5.0]), (0.0, 1.0));
        assert_eq!(numbers(&[2.0], &[]), (0.0, 0.0));
    }
}
