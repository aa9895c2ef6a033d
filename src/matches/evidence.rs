//! The evidence for two sentences saying the same.
//!
//! Every token of one sentence finds its nearest in the other, as in late interaction (MaxSim; Khattab & Zaharia 2020),
//! and the cosine is measured in standard deviations above what that token finds in all sentences of the other
//! document. So a word that both documents use everywhere has little weight and a rare one much, and expectations come
//! from these two documents alone: the rest of a folder changes nothing. With few sentences a prior replaces the mean
//! and the deviation.

use std::ops::Range;

use ndarray::{Array1, Array2, ArrayView1, ArrayView2, Axis, Zip, s};

use super::wording::{Clause, Read, Wordings};
use crate::kernels::{ByteRow, Kernels, Screened};
use crate::model::{CLAIM_FEATURES, Spread};

/// The number of sentences for which the prior counts.
const PRIOR: f32 = 10.0;
/// The maximum surprise of a token.
const MOST: f32 = 8.0;
/// The maximum of what words in common count: copies have many.
const MOST_WORDS: f32 = 3.0;
/// The number of nearest sentences of the other document whose mean is what a sentence finds there anyway.
const NEAREST: usize = 5;
/// That mean in documents of 15 or more sentences, measured on the stories with which the probability was fitted.
const ANYWAY: f32 = 4.8;

/// Number of sentences whose tokens are multiplied with another part's at once.
const AT_ONCE: usize = 16;

/// The features from which the probability is computed, in the order of its weights.
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

/// What one sentence finds in another.
#[derive(Debug, Clone, Copy)]
pub struct Evidence {
    /// The mean surprise of the tokens of the clause that finds the most.
    pub clause: f32,
    /// The surprise of the whole sentence, divided by the root of its length, less what it finds anyway: the mean over
    /// its nearest sentences (CSLS; Conneau et al. 2018).
    pub sentence: f32,
    /// The clauses that say what the other sentence says.
    pub said: ClauseSpan,
}

/// The first and the last clause of a sentence that find at least half as much as the clause that finds the most.
pub type ClauseSpan = (u8, u8);

/// What sentences find in sentences of another document's `part`, for each of `pairs` (a sentence and another of the
/// part; ascending). The `prior` describes the expected cosines of a token with a sentence; surprises are multiplied by
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

/// The tokens of a part's sentences, packed for multiplication with others.
struct PackedPart {
    tokens: Screened,
    /// Number of values of a token's state.
    token_dim: usize,
    /// Number of tokens of each sentence.
    lengths: Vec<usize>,
}

impl PackedPart {
    fn new(kernels: &dyn Kernels, wordings: &Wordings, part: Range<usize>) -> Self {
        let ((tokens, starts), token_dim) = (wordings.tokens(part), wordings.token_dim());
        let lengths = starts.windows(2).map(|bounds| bounds[1] - bounds[0]).collect();
        Self { tokens: kernels.screen_left_bytes(&tokens, token_dim), token_dim, lengths }
    }

    /// The highest cosine of each token with those of each sentence, or 0 if none is higher: `[sentences, tokens]`.
    fn highest_cosines(&self, kernels: &dyn Kernels, tokens: &[ByteRow<'_>]) -> Array2<f32> {
        let highest =
            kernels.greatest(&self.tokens, &kernels.screen_right_bytes(tokens, self.token_dim), &self.lengths);
        Array2::from_shape_vec((self.lengths.len(), tokens.len()), highest).expect("a value for each")
    }
}

/// The mean surprise of the clause that finds the most, given that of each token, and the span of clauses that say it.
fn in_clauses(clauses: &[Clause], surprise: ArrayView1<f32>) -> (f32, ClauseSpan) {
    let mean =
        |clause: &Clause| clause.tokens.clone().map(|token| surprise[token]).sum::<f32>() / clause.tokens.len() as f32;
    let means: Vec<f32> = clauses.iter().take(usize::from(u8::MAX)).map(mean).collect();
    let most = means.iter().copied().fold(0.0, f32::max);
    let says = |mean: &f32| *mean >= most / 2.0;
    let (first, last) = (means.iter().position(says), means.iter().rposition(says));
    (most, (first.unwrap_or(0) as u8, last.unwrap_or(0) as u8))
}

/// The surprise of a whole sentence at each sentence of another document, divided by the root of its length, given that
/// of its tokens, `[sentences, tokens]`.
fn of_whole(surprise: ArrayView2<f32>) -> Vec<f32> {
    let root = (surprise.ncols().max(1) as f32).sqrt();
    surprise.rows().into_iter().map(|row| row.sum() / root).collect()
}

/// The mean of the [`NEAREST`] highest values; missing ones are filled with [`ANYWAY`].
fn highest(mut values: Vec<f32>) -> f32 {
    values.sort_unstable_by(|x, y| y.total_cmp(x));
    values.resize(NEAREST, ANYWAY);
    values.iter().sum::<f32>() / NEAREST as f32
}

/// Converts each token's highest cosine with each of a document's sentences, `[sentences, tokens]`, to standard
/// deviations above its mean.
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
        // With a model that separates nothing, nothing is surprising.
        variance.sqrt().max(f32::MIN_POSITIVE)
    });
    for row in cosines.rows_mut() {
        Zip::from(row).and(&mean).and(&deviation).for_each(|cosine, mean, deviation| {
            *cosine = ((*cosine - mean) / deviation).clamp(0.0, MOST);
        });
    }
}

/// What is found when nothing in particular is said.
pub struct Prior {
    /// The highest cosine of a token with the tokens of a sentence of another document.
    pub tokens: Spread,
    /// The mean of what a sentence finds in the [`NEAREST`] sentences of another document.
    pub anyway: f32,
}

/// The prior of sentences whose parts, each of its own document, are on the given `subjects`. The prior of tokens is
/// measured between subjects, what is found anyway within one.
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

/// How many sentences of a part have each of its words, and each of its numbers, hashed and ascending.
pub struct Counts {
    words: Vec<(u64, u32)>,
    numbers: Vec<(u64, u32)>,
}

impl Counts {
    pub fn of(wordings: &Wordings, part: &Range<usize>) -> Self {
        let counted = |of_sentence: fn(&Read) -> &[u64]| -> Vec<(u64, u32)> {
            let mut all: Vec<u64> = part.clone().flat_map(|at| of_sentence(wordings.of(at)).iter().copied()).collect();
            all.sort_unstable();
            all.chunk_by(|a, b| a == b).map(|same| (same[0], same.len() as u32)).collect()
        };
        Self { words: counted(|read| &read.words), numbers: counted(|read| &read.numbers) }
    }
}

/// The rarities of what two sentences have in common: one over the root of the product of the numbers of sentences of
/// each part that have it. What both documents have everywhere counts little.
fn in_common<'a>([own, other]: [&'a [u64]; 2], counts: [&'a [(u64, u32)]; 2]) -> impl Iterator<Item = f32> + use<'a> {
    let count = |counts: &[(u64, u32)], item: u64| {
        counts.binary_search_by_key(&item, |(item, _)| *item).map_or(1, |at| counts[at].1) as f32
    };
    let both = own.iter().filter(|item| other.binary_search(item).is_ok());
    both.map(move |item| 1.0 / (count(counts[0], *item) * count(counts[1], *item)).sqrt())
}

/// The rarity of the rarest number that both sentences name, 0 if there is none; and whether both name numbers but share
/// none.
pub fn numbers([own, other]: [&Read; 2], counts: [&Counts; 2]) -> (f32, f32) {
    let common =
        in_common([&own.numbers, &other.numbers], counts.map(|counts| &counts.numbers[..])).fold(0.0, f32::max);
    (common, f32::from(u8::from(common == 0.0 && !own.numbers.is_empty() && !other.numbers.is_empty())))
}

/// The sum of the rarities of the words that two sentences have in common, at most [`MOST_WORDS`].
pub fn words([own, other]: [&Read; 2], counts: [&Counts; 2]) -> f32 {
    in_common([&own.words, &other.words], counts.map(|counts| &counts.words[..])).sum::<f32>().min(MOST_WORDS)
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
