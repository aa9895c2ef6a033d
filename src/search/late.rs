//! Late interaction: a query and a sentence compared word by word, each in its own context.
//!
//! A vector of a whole text blurs which of its words are met. Here every token of the query looks for the token of the
//! sentence whose state is nearest (MaxSim; Khattab & Zaharia 2020, *ColBERT*), and the mean of these cosines is taken
//! with the weight of each token's word. Sentences are embedded alone for this: another view than the stored vectors,
//! which were pooled in their passage's context. It takes a forward pass unless the states were kept, so only the
//! sentences that look best are read again.

use std::collections::HashMap;
use std::ops::Range;

use ndarray::{Array2, ArrayView2};

use crate::compare::first_best;
use crate::lang::Word;
use crate::library::{Corpus, SentenceId, SyncError, map_sentences};
use crate::model::{Embedder, Prompt, QuantizedStates, TokenStates};

/// Sentences whose token states are kept for later queries: about 150 MB at 25 tokens of 384 dimensions.
const KEPT: usize = 4096;

/// The token states of a query with their weights, sentence by sentence.
pub(crate) struct QueryTokens {
    /// `[tokens, dim]`
    states: Array2<f32>,
    weights: Vec<f32>,
    /// The tokens of each sentence.
    sentences: Vec<Range<usize>>,
}

impl QueryTokens {
    /// Weighs each token by the inverse document frequency of the word that it stands in. Where no token stands in a
    /// word, all weigh the same.
    pub fn new(tokens: TokenStates, query: &[Word], sentences: &[Range<usize>], idf: impl Fn(&str) -> f32) -> Self {
        let word_of = |token: &Range<usize>| query.iter().find(|word| word.range.contains(&token.start));
        let mut weights: Vec<f32> =
            tokens.offsets.iter().map(|token| word_of(token).map_or(0.0, |word| idf(&word.folded))).collect();
        if weights.iter().all(|weight| *weight == 0.0) {
            weights.fill(1.0);
        }
        let sentences = sentences.iter().map(|sentence| {
            let place = |end: usize| tokens.offsets.partition_point(|token| token.start < end);
            place(sentence.start)..place(sentence.end)
        });
        Self { sentences: sentences.collect(), states: tokens.states, weights }
    }

    /// How well sentences of one passage answer the query, and which of them does so best: for each sentence of the
    /// query the best of theirs, weighed by its words. 0 to 1; for the whole query in one sentence it is the highest
    /// MaxSim. `None` where there is nothing to compare.
    pub fn compare(&self, sentences: &[(SentenceId, &Array2<f32>)]) -> Option<Reading> {
        let nearest: Vec<(SentenceId, Vec<f32>)> =
            sentences.iter().map(|(sentence, states)| (*sentence, self.nearest(states.view()))).collect();
        let total: f32 = self.weights.iter().sum();
        let mass = |similar: &[f32], tokens: Range<usize>| -> f32 {
            tokens.map(|token| self.weights[token] * similar[token]).sum::<f32>() / total
        };
        if total <= 0.0 {
            return None;
        }
        let all = 0..self.weights.len();
        let (sentence, _) =
            first_best(nearest.iter().map(|(sentence, similar)| (*sentence, mass(similar, all.clone()))))?;
        let best = |tokens: &Range<usize>| {
            nearest.iter().map(|(_, similar)| mass(similar, tokens.clone())).fold(f32::NEG_INFINITY, f32::max)
        };
        Some(Reading { score: self.sentences.iter().map(best).sum(), sentence })
    }

    /// The cosine of each token of the query with the nearest of `[tokens, dim]`.
    fn nearest(&self, states: ArrayView2<f32>) -> Vec<f32> {
        let products = self.states.dot(&states.t());
        products.rows().into_iter().map(|row| row.fold(0.0f32, |best, product| best.max(*product))).collect()
    }
}

/// How well a passage answers a query, word by word.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Reading {
    pub score: f32,
    /// The sentence that answers best.
    pub sentence: SentenceId,
}

/// The token states of sentences that were read again, by their text: copies are read once.
pub(super) struct Sentences<'a> {
    corpus: &'a Corpus,
    embedder: &'a Embedder,
    states: HashMap<&'a str, Array2<f32>>,
}

impl<'a> Sentences<'a> {
    pub fn new(corpus: &'a Corpus, embedder: &'a Embedder) -> Self {
        Self { corpus, embedder, states: HashMap::new() }
    }

    /// Reads those of `wanted` that were not.
    pub fn read(&mut self, wanted: &[SentenceId]) -> Result<(), SyncError> {
        if self.states.len() + wanted.len() > KEPT {
            self.states.clear();
        }
        let library = &self.corpus.library;
        let texts = wanted.iter().map(|sentence| library.sentence(*sentence));
        let mut missing: Vec<&'a str> = texts.filter(|text| !self.states.contains_key(text)).collect();
        missing.sort_unstable();
        missing.dedup();
        let dequantized = |_, tokens: QuantizedStates| tokens.dequantize();
        let read = map_sentences(library.store(), self.embedder, &missing, Prompt::Passage, &(), &dequantized)?;
        self.states.extend(missing.into_iter().zip(read));
        Ok(())
    }

    /// The states of a sentence, if it was read.
    pub fn get(&self, sentence: SentenceId) -> Option<&Array2<f32>> {
        self.states.get(self.corpus.library.sentence(sentence))
    }
}
