//! Late interaction: a query and a sentence compared word by word, each in its own context.
//!
//! A vector of a whole text blurs which of its words match. Here every token of the query is matched with the token of
//! the sentence whose state is nearest (MaxSim; Khattab & Zaharia 2020, *ColBERT*), and the mean of these cosines is
//! taken, weighted by each token's word. For this, sentences are embedded alone, unlike the stored vectors, which were
//! pooled within their passage. That takes a forward pass unless the states were stored, so only the most promising
//! sentences are read again.

use std::collections::HashMap;
use std::ops::Range;

use ndarray::{Array2, ArrayView2};

use crate::compare::first_best;
use crate::lang::Word;
use crate::library::{Corpus, SentenceId, SyncError, map_sentences};
use crate::model::{Embedder, Prompt, QuantizedStates, TokenStates};

/// Maximum number of sentences whose token states are kept for later queries: about 150 MB at 25 tokens of 384
/// dimensions.
const KEPT: usize = 4096;

/// The token states and weights of a query, sentence by sentence.
pub(crate) struct QueryTokens {
    /// `[tokens, dim]`
    states: Array2<f32>,
    weights: Vec<f32>,
    /// The range of tokens of each sentence.
    sentences: Vec<Range<usize>>,
}

impl QueryTokens {
    /// Weights each token by the inverse document frequency of its word. If no token is part of a word, all weights are
    /// equal.
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
    /// query the best of theirs, weighted by its words, 0 to 1. If the query is one sentence, this is the highest
    /// MaxSim. `None` if there is nothing to compare.
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

    /// The cosine of each token of the query and the nearest of `[tokens, dim]`.
    fn nearest(&self, states: ArrayView2<f32>) -> Vec<f32> {
        let products = self.states.dot(&states.t());
        products.rows().into_iter().map(|row| row.fold(0.0f32, |best, product| best.max(*product))).collect()
    }
}

/// How well a passage answers a query, word by word.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Reading {
    pub score: f32,
    /// The sentence that matches best.
    pub sentence: SentenceId,
}

/// The token states of sentences that were read again, by text: copies are read once.
pub(super) struct Sentences<'a> {
    corpus: &'a Corpus,
    embedder: &'a Embedder,
    states: HashMap<&'a str, Array2<f32>>,
}

impl<'a> Sentences<'a> {
    pub fn new(corpus: &'a Corpus, embedder: &'a Embedder) -> Self {
        Self { corpus, embedder, states: HashMap::new() }
    }

    /// Embeds those of `wanted` that are not embedded yet.
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
