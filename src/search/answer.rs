//! The answer of a corpus to a query: sources, their passages, and the parts of each relevance.

use std::collections::BTreeSet;

use crate::compare::Independence;
use crate::library::{DocumentId, PassageId, SentenceId};

/// The weights of the parts of a passage's relevance.
const WEIGHTS: Parts = Parts { passage: 0.1, sentence: 0.2, words: 0.15, reading: Some(0.55) };
/// The weights for selecting the sentences that are read again.
pub(super) const FIRST: Parts = Parts { passage: 0.3, sentence: 0.5, words: 0.2, reading: None };

/// The answer of a corpus to a query.
#[derive(Debug, Clone, PartialEq)]
pub struct Answer {
    /// All sources that pass the cut, most relevant first; empty if no source says it.
    pub sources: Vec<SourceHit>,
    /// The least relevance of an answer, if chance decides.
    pub least_relevance: Option<f32>,
    /// If nothing passes the cut, the passage that came nearest to it.
    pub nearest: Option<PassageHit>,
}

impl Answer {
    /// At most `n` of the sources, in their order. If not all can be shown, independent ones take precedence over those
    /// that repeat a more relevant one.
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
    /// The document of the source.
    pub document: DocumentId,
    /// The highest relevance of its passages.
    pub relevance: f32,
    /// The highest cosine of its passages and their sentences.
    pub score: f32,
    /// The percentage of corpora of this size in which unrelated texts reach its relevance by chance.
    pub chance: f32,
    /// The best passages of the source, best first.
    pub passages: Vec<PassageHit>,
}

impl SourceHit {
    /// Adds the source's answer to another query, which adds `relevance`.
    pub(super) fn join(&mut self, other: Self, relevance: f32) {
        self.relevance += relevance;
        self.score = self.score.max(other.score);
        self.chance = self.chance.min(other.chance);
        self.passages.extend(other.passages);
    }

    /// Keeps the best passages of the source, each once.
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
    /// The value that hits are sorted by.
    pub relevance: f32,
    /// The parts of the relevance.
    pub parts: Parts,
    /// The cosine of the query and the passage.
    pub score: f32,
    /// The sentence that matches best.
    pub best_sentence: Option<SentenceHit>,
    /// The passage that is the query, if one is.
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

/// The parts of a passage's relevance.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Parts {
    /// The cosine of the query and the passage.
    pub passage: f32,
    /// The highest cosine of the query and a sentence.
    pub sentence: f32,
    /// BM25 as a share of the highest possible score.
    pub words: f32,
    /// Late interaction with the best of the sentences that were read again; `None` if none was.
    pub reading: Option<f32>,
}

impl Parts {
    /// The weighted sum of the parts.
    pub fn weighed(&self) -> f32 {
        self.dot(&WEIGHTS)
    }

    /// The weights of the parts.
    pub fn weights() -> Self {
        WEIGHTS
    }

    /// The higher of the two cosines.
    pub(super) fn peak(&self) -> f32 {
        self.passage.max(self.sentence)
    }

    pub(super) fn dot(&self, weights: &Self) -> f32 {
        let reading = weights.reading.unwrap_or(0.0) * self.reading.unwrap_or(0.0);
        weights.passage * self.passage + weights.sentence * self.sentence + weights.words * self.words + reading
    }
}
