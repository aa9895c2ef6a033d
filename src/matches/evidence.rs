//! What speaks for two sentences saying the same.
//!
//! Every token of the one looks for the nearest of the other, as in late interaction (MaxSim; Khattab & Zaharia 2020),
//! and its cosine is measured in standard deviations above what that token finds in the other document's sentences at
//! large. So a word that the two documents use everywhere weighs little and a rare one much, and what is expected is
//! taken from these two documents alone: what else there is in a folder changes nothing about them. With few sentences
//! the mean and the deviation are those of a prior.

use std::ops::Range;

use ndarray::{Array2, ArrayView1, ArrayView2, s};

use super::wording::{Clause, Wordings};

/// How many sentences the prior counts for, and the mean and the variance of a token's highest cosine with an unrelated
/// sentence: measured with all-MiniLM-L6-v2 on the sample corpus.
const PRIOR: f32 = 10.0;
const MEAN: f32 = 0.167;
const VARIANCE: f32 = 0.01;
/// No token says more.
const MOST: f32 = 8.0;
/// The nearest of the other document, whose mean is what a sentence finds there anyway.
const NEAREST: usize = 5;
/// That mean in documents of 15 sentences and more: measured on the stories that the probability was fitted on.
const ANYWAY: f32 = 4.8;

/// Sentences whose tokens are multiplied with another part's at once: of the longest sentences there are the products
/// take 270 MB.
const AT_ONCE: usize = 16;

/// The features that the probability is made of, in the order of its weights.
pub const FEATURES: [&str; 9] =
    ["clause", "sentence", "number", "other_number", "context", "passages", "documents", "names", "cosine"];

/// What a sentence finds in another.
#[derive(Debug, Clone, Copy)]
pub struct Evidence {
    /// The mean surprise of the tokens of the clause that finds most.
    pub clause: f32,
    /// The surprise of the whole sentence, by the root of its length, less what it finds anyway: the mean of its
    /// nearest (CSLS; Conneau et al. 2018).
    pub sentence: f32,
    /// The clauses of it that say it.
    pub said: ClauseSpan,
}

/// The first and the last clause of a sentence that find at least half as much as the one that finds most.
pub type ClauseSpan = (u8, u8);

/// What sentences find in sentences of another document's `part`: of each pair of a sentence and another of the part,
/// which are ascending.
pub fn found(wordings: &Wordings, part: &Range<usize>, pairs: &[(usize, usize)]) -> Vec<Evidence> {
    let (others, other_starts) = wordings.states(part.clone());
    let mut all = Vec::with_capacity(pairs.len());
    let of_sentence: Vec<&[(usize, usize)]> = pairs.chunk_by(|a, b| a.0 == b.0).collect();
    for some in of_sentence.chunks(AT_ONCE) {
        let (states, starts) = wordings.states(some.iter().map(|pairs| pairs[0].0));
        let products = states.dot(&others.t());
        for (pairs, bounds) in some.iter().zip(starts.windows(2)) {
            let surprise = surprises(products.slice(s![bounds[0]..bounds[1], ..]), &other_starts);
            let root = (surprise.nrows().max(1) as f32).sqrt();
            let whole: Vec<f32> = surprise.columns().into_iter().map(|column| column.sum() / root).collect();
            let anyway = highest(whole.clone());
            let clauses = &wordings.of(pairs[0].0).clauses;
            let in_other = |&(_, other): &(usize, usize)| {
                let (clause, said) = in_clauses(clauses, surprise.column(other - part.start));
                Evidence { clause, sentence: whole[other - part.start] - anyway, said }
            };
            all.extend(pairs.iter().map(in_other));
        }
    }
    all
}

/// The mean surprise of the clause that finds most, given that of each token; and what of the clauses says it.
fn in_clauses(clauses: &[Clause], surprise: ArrayView1<f32>) -> (f32, ClauseSpan) {
    let mean =
        |clause: &Clause| clause.tokens.clone().map(|token| surprise[token]).sum::<f32>() / clause.tokens.len() as f32;
    let means: Vec<f32> = clauses.iter().take(usize::from(u8::MAX)).map(mean).collect();
    let most = means.iter().copied().fold(0.0, f32::max);
    let says = |mean: &f32| *mean >= most / 2.0;
    let (first, last) = (means.iter().position(says), means.iter().rposition(says));
    (most, (first.unwrap_or(0) as u8, last.unwrap_or(0) as u8))
}

/// The mean of the [`NEAREST`] highest; what there is none of is as anywhere.
fn highest(mut values: Vec<f32>) -> f32 {
    values.sort_unstable_by(|x, y| y.total_cmp(x));
    values.resize(NEAREST, ANYWAY);
    values.iter().sum::<f32>() / NEAREST as f32
}

/// The surprise of each token at what it finds in each sentence, `[tokens, sentences]`, given the products `[tokens,
/// tokens]` with those of the sentences, which begin and end at `starts`.
fn surprises(products: ArrayView2<f32>, starts: &[usize]) -> Array2<f32> {
    let mut surprise = Array2::zeros((products.nrows(), starts.len() - 1));
    for (mut row, products) in surprise.rows_mut().into_iter().zip(products.rows()) {
        for (value, bounds) in row.iter_mut().zip(starts.windows(2)) {
            *value = (bounds[0]..bounds[1]).map(|column| products[column]).fold(0.0, f32::max);
        }
        standardise(row.as_slice_mut().expect("rows of a fresh array are in one piece"));
    }
    surprise
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

/// The rarest number that two sentences name both, as one over the root of how many sentences of each part name it, and
/// 0 where there is none; and whether both name numbers and none in common. A year that the two documents name
/// everywhere says little.
pub fn numbers(wordings: &Wordings, parts: [&Range<usize>; 2], [a, b]: [usize; 2]) -> (f32, f32) {
    let (own, other) = (&wordings.of(a).numbers, &wordings.of(b).numbers);
    let count =
        |part: &Range<usize>, value: &f64| part.clone().filter(|at| wordings.of(*at).numbers.contains(value)).count();
    let rarity = |value: &f64| 1.0 / ((count(parts[0], value) * count(parts[1], value)) as f32).sqrt();
    let common = own.iter().filter(|value| other.contains(value)).map(rarity).fold(0.0, f32::max);
    (common, f32::from(u8::from(common == 0.0 && !own.is_empty() && !other.is_empty())))
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
}
