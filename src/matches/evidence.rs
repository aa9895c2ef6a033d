//! What speaks for two sentences saying the same.
//!
//! Every token of the one looks for the nearest of the other, as in late interaction (MaxSim; Khattab & Zaharia 2020),
//! and its cosine is measured in standard deviations above what that token finds in the other document's sentences at
//! large. So a word that the two documents use everywhere weighs little and a rare one much, and what is expected is
//! taken from these two documents alone: what else there is in a folder changes nothing about them. With few sentences
//! the mean and the deviation are those of a prior.

use std::ops::Range;

use ndarray::{Array1, Array2, ArrayView1, ArrayView2, Axis, Zip, s};

use super::wording::{Clause, Wordings};
use crate::kernels::{ByteRow, Kernels, Screened};
use crate::model::{CLAIM_FEATURES, Spread};

/// How many sentences the prior counts for.
const PRIOR: f32 = 10.0;
/// No token says more.
const MOST: f32 = 8.0;
/// No words in common say more: copies have many.
const MOST_WORDS: f32 = 3.0;
/// The nearest of the other document, whose mean is what a sentence finds there anyway.
const NEAREST: usize = 5;
/// That mean in documents of 15 sentences and more: measured on the stories that the probability was fitted on.
const ANYWAY: f32 = 4.8;

/// Sentences whose tokens are multiplied with another part's at once.
const AT_ONCE: usize = 16;

/// The features that the probability is made of, in the order of its weights.
pub const FEATURES: [&str; CLAIM_FEATURES] = [
    "clause",
    "sentence",
    "number",
    "other_number",
    "words",
    "question",
    "context",
    "passages",
    "documents",
    "names",
    "cosine",
];

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
/// which are ascending. Of a token's cosines with a sentence the `prior` is expected, and surprises are multiplied by
/// `unit`.
pub fn found(
    kernels: &dyn Kernels,
    wordings: &Wordings,
    prior: Spread,
    unit: f32,
    part: &Range<usize>,
    pairs: &[(usize, usize)],
) -> Vec<Evidence> {
    let other = PackedPart::new(kernels, wordings, part.clone());
    let mut all = Vec::with_capacity(pairs.len());
    let of_sentence: Vec<&[(usize, usize)]> = pairs.chunk_by(|a, b| a.0 == b.0).collect();
    for some in of_sentence.chunks(AT_ONCE) {
        let (tokens, starts) = wordings.tokens(some.iter().map(|pairs| pairs[0].0));
        let mut surprise = other.highest_cosines(kernels, &tokens);
        standardise(&mut surprise, prior);
        surprise *= unit;
        for (pairs, bounds) in some.iter().zip(starts.windows(2)) {
            let surprise = surprise.slice(s![.., bounds[0]..bounds[1]]);
            let whole = of_whole(surprise);
            let anyway = highest(whole.clone());
            let clauses = &wordings.of(pairs[0].0).clauses;
            let in_other = |&(_, other): &(usize, usize)| {
                let (clause, said) = in_clauses(clauses, surprise.row(other - part.start));
                Evidence { clause, sentence: whole[other - part.start] - anyway, said }
            };
            all.extend(pairs.iter().map(in_other));
        }
    }
    all
}

/// The tokens of a part's sentences, packed to be multiplied with others.
struct PackedPart {
    tokens: Screened,
    /// Values of a token's state.
    token_dim: usize,
    /// How many tokens are of each sentence.
    lengths: Vec<usize>,
}

impl PackedPart {
    fn new(kernels: &dyn Kernels, wordings: &Wordings, part: Range<usize>) -> Self {
        let ((tokens, starts), token_dim) = (wordings.tokens(part), wordings.token_dim());
        let lengths = starts.windows(2).map(|bounds| bounds[1] - bounds[0]).collect();
        Self { tokens: kernels.screen_left_bytes(&tokens, token_dim), token_dim, lengths }
    }

    /// The highest cosine of each of some tokens with those of each sentence, and 0 where none is higher:
    /// `[sentences, tokens]`.
    fn highest_cosines(&self, kernels: &dyn Kernels, tokens: &[ByteRow<'_>]) -> Array2<f32> {
        let highest =
            kernels.greatest(&self.tokens, &kernels.screen_right_bytes(tokens, self.token_dim), &self.lengths);
        Array2::from_shape_vec((self.lengths.len(), tokens.len()), highest).expect("a value for each")
    }
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

/// The surprise of a whole sentence at each of another document's, by the root of its length; of its tokens it is
/// `[sentences, tokens]`.
fn of_whole(surprise: ArrayView2<f32>) -> Vec<f32> {
    let root = (surprise.ncols().max(1) as f32).sqrt();
    surprise.rows().into_iter().map(|row| row.sum() / root).collect()
}

/// The mean of the [`NEAREST`] highest; what there is none of is as anywhere.
fn highest(mut values: Vec<f32>) -> f32 {
    values.sort_unstable_by(|x, y| y.total_cmp(x));
    values.resize(NEAREST, ANYWAY);
    values.iter().sum::<f32>() / NEAREST as f32
}

/// From each token's highest cosine with each of a document's sentences, `[sentences, tokens]`, to standard deviations
/// above its mean.
fn standardise(cosines: &mut Array2<f32>, prior: Spread) {
    let n = cosines.nrows() as f32;
    let own = cosines.sum_axis(Axis(0)) / n;
    let mut spread = Array1::<f32>::zeros(cosines.ncols());
    for row in cosines.rows() {
        Zip::from(&mut spread).and(row).and(&own).for_each(|spread, cosine, own| *spread += (cosine - own).powi(2));
    }
    let mean = own.mapv(|own| (n * own + PRIOR * prior.mean) / (n + PRIOR));
    let deviation = Zip::from(&spread).and(&own).and(&mean).map_collect(|spread, own, mean| {
        let of_prior = prior.variance + (prior.mean - mean).powi(2);
        let variance = (n * (spread / n + (own - mean).powi(2)) + PRIOR * of_prior) / (n + PRIOR);
        // A model that tells nothing apart surprises nobody.
        variance.sqrt().max(f32::MIN_POSITIVE)
    });
    for row in cosines.rows_mut() {
        Zip::from(row).and(&mean).and(&deviation).for_each(|cosine, mean, deviation| {
            *cosine = ((*cosine - mean) / deviation).clamp(0.0, MOST);
        });
    }
}

/// What is found where nothing in particular is said.
pub struct Prior {
    /// The highest cosine of a token with the tokens of a sentence of another document.
    pub tokens: Spread,
    /// The mean of what a sentence finds in the [`NEAREST`] of another document.
    pub anyway: f32,
}

/// That of sentences whose parts, each of a document of its own, are on the `subjects`. The prior of tokens is between
/// subjects; what is found anyway, within one.
pub fn prior(kernels: &dyn Kernels, wordings: &Wordings, subjects: &[usize]) -> Prior {
    let rows: Vec<_> = wordings.parts.iter().map(|part| wordings.tokens(part.clone())).collect();
    let packed: Vec<_> = wordings.parts.iter().map(|part| PackedPart::new(kernels, wordings, part.clone())).collect();
    let pairs = |same: bool| {
        let all = (0..rows.len()).flat_map(|a| (0..rows.len()).map(move |b| (a, b)));
        all.filter(move |(a, b)| a != b && (subjects[*a] == subjects[*b]) == same)
    };
    let mut cosines = Vec::new();
    for (a, b) in pairs(false) {
        cosines.extend(packed[b].highest_cosines(kernels, &rows[a].0));
    }
    let tokens = Spread::of(&cosines);
    let mut nearest = Vec::new();
    for (a, b) in pairs(true) {
        let mut surprise = packed[b].highest_cosines(kernels, &rows[a].0);
        standardise(&mut surprise, tokens);
        for bounds in rows[a].1.windows(2).filter(|bounds| bounds[0] < bounds[1]) {
            nearest.push(highest(of_whole(surprise.slice(s![.., bounds[0]..bounds[1]]))));
        }
    }
    Prior { tokens, anyway: Spread::of(&nearest).mean }
}

/// The rarest number that two sentences name both, as one over the root of how many sentences of each part name it, and
/// 0 where there is none; and whether both name numbers and none in common. A year that the two documents name
/// everywhere says little.
pub fn numbers(wordings: &Wordings, parts: [&Range<usize>; 2], [a, b]: [usize; 2]) -> (f32, f32) {
    let (own, other) = (&wordings.of(a).numbers, &wordings.of(b).numbers);
    let count =
        |part: &Range<usize>, number: &u64| part.clone().filter(|at| wordings.of(*at).numbers.contains(number)).count();
    let rarity = |number: &u64| 1.0 / ((count(parts[0], number) * count(parts[1], number)) as f32).sqrt();
    let common = own.iter().filter(|number| other.contains(number)).map(rarity).fold(0.0, f32::max);
    (common, f32::from(u8::from(common == 0.0 && !own.is_empty() && !other.is_empty())))
}

/// How many sentences of a part have each of its words, hashed and ascending.
pub fn word_counts(wordings: &Wordings, part: &Range<usize>) -> Vec<(u64, u32)> {
    let mut words: Vec<u64> = part.clone().flat_map(|at| wordings.of(at).words.iter().copied()).collect();
    words.sort_unstable();
    words.chunk_by(|a, b| a == b).map(|same| (same[0], same.len() as u32)).collect()
}

/// The words that two sentences have in common, each as one over the root of how many sentences of each part have it,
/// at most [`MOST_WORDS`] in sum: the words of the subject are in every sentence of both.
pub fn words([own, other]: [&[u64]; 2], counts: [&[(u64, u32)]; 2]) -> f32 {
    let count = |counts: &[(u64, u32)], word: u64| {
        counts.binary_search_by_key(&word, |(word, _)| *word).map_or(1, |at| counts[at].1) as f32
    };
    let rarity = |word: &u64| 1.0 / (count(counts[0], *word) * count(counts[1], *word)).sqrt();
    own.iter().filter(|word| other.binary_search(word).is_ok()).map(rarity).sum::<f32>().min(MOST_WORDS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_found_everywhere_is_no_surprise() {
        // What two tokens find in eight sentences.
        let mut cosines = Array2::from_elem((8, 2), 0.9);
        cosines.slice_mut(s![1.., 0]).fill(0.2);
        standardise(&mut cosines, Spread { mean: 0.167, variance: 0.01 });
        assert!(cosines[(0, 0)] > 3.0 && cosines[(1, 0)] == 0.0, "{cosines:?}");
        assert!(cosines[(0, 1)] < 1.5, "{cosines:?}");
    }
}
