//! What a corpus says to a query: sources, their passages, and what the relevance of each is made of.

use std::collections::BTreeSet;

use crate::compare::Independence;
use crate::library::{DocumentId, PassageId, SentenceId};

/// What a passage's relevance is made of, each with its weight.
const WEIGHTS: Parts = Parts { passage: 0.1, sentence: 0.2, words: 0.15, reading: Some(0.55) };
/// The same for choosing the sentences that are read again.
pub(super) const FIRST: Parts = Parts { passage: 0.3, sentence: 0.5, words: 0.2, reading: None };

/// What a corpus says to a query.
#[derive(Debug, Clone, PartialEq)]
pub struct Answer {
    /// All that pass the cut, the most relevant first; empty where no source says it.
    pub sources: Vec<SourceHit>,
    /// The least relevance that is an answer, where chance decides.
    pub least_relevance: Option<f32>,
    /// Where nothing passes the cut, what came nearest to it.
    pub nearest: Option<PassageHit>,
}

impl Answer {
    /// At most `n` of its sources, in their order. Where not all can be shown, independent ones go before those that
    /// repeat a more relevant one.
    pub fn shown(&self, n: usize, independence: &Independence) -> Vec<&SourceHit> {
        let mut seen = BTreeSet::new();
        let (first, again): (Vec<usize>, Vec<usize>) =
            (0..self.sources.len()).partition(|at| seen.insert(independence.family(self.sources[*at].document)));
        let mut shown: Vec<usize> = first.into_iter().chain(again).take(n).collect();
        shown.sort_unstable();
        shown.into_iter().map(|at| &self.sources[at]).collect()
    }
}

/// A source that says something like the query.
#[derive(Debug, Clone, PartialEq)]
pub struct SourceHit {
    /// Its document.
    pub document: DocumentId,
    /// The highest relevance of its passages.
    pub relevance: f32,
    /// The highest cosine of its passages and their sentences.
    pub score: f32,
    /// In how many of a hundred corpora of this size unrelated texts reach its relevance by chance.
    pub chance: f32,
    /// Its best passages, the best first.
    pub passages: Vec<PassageHit>,
}

impl SourceHit {
    /// Adds what it answers to another query, which adds `relevance`.
    pub(super) fn join(&mut self, other: Self, relevance: f32) {
        self.relevance += relevance;
        self.score = self.score.max(other.score);
        self.chance = self.chance.min(other.chance);
        self.passages.extend(other.passages);
    }

    /// Keeps its best passages, each once.
    pub(super) fn keep(&mut self, passages: usize) {
        self.passages.sort_by(|a, b| b.relevance.total_cmp(&a.relevance).then(a.passage.cmp(&b.passage)));
        let mut seen = BTreeSet::new();
        self.passages.retain(|hit| seen.insert(hit.passage));
        self.passages.truncate(passages);
    }
}

/// A passage that says something like the query.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PassageHit {
    /// The passage.
    pub passage: PassageId,
    /// What the order follows.
    pub relevance: f32,
    /// What that is made of.
    pub parts: Parts,
    /// The cosine of the query and the passage.
    pub score: f32,
    /// The sentence that answers best.
    pub best_sentence: Option<SentenceHit>,
    /// The passage that asked, where one did.
    pub like: Option<PassageId>,
    pub(super) peak: f32,
}

/// A sentence of a passage.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SentenceHit {
    /// The sentence.
    pub sentence: SentenceId,
    /// The cosine of the query and the sentence.
    pub score: f32,
}

/// What a passage's relevance is made of.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Parts {
    /// The cosine of the query and the passage.
    pub passage: f32,
    /// The highest cosine of the query and a sentence.
    pub sentence: f32,
    /// BM25 as a share of what is possible.
    pub words: f32,
    /// Late interaction with the best of the sentences that were read again.
    pub reading: Option<f32>,
}

impl Parts {
    /// Their sum, weighed.
    pub fn weighed(&self) -> f32 {
        self.dot(&WEIGHTS)
    }

    /// What each counts.
    pub fn weights() -> Self {
        WEIGHTS
    }

    /// The higher one of the cosines.
    pub(super) fn peak(&self) -> f32 {
        self.passage.max(self.sentence)
    }

    pub(super) fn dot(&self, weights: &Self) -> f32 {
        let reading = weights.reading.unwrap_or(0.0) * self.reading.unwrap_or(0.0);
        weights.passage * self.passage + weights.sentence * self.sentence + weights.words * self.words + reading
    }
}
