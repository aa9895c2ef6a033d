//! Which passages say something like a query.
//!
//! A cosine over a whole paragraph hides the one sentence that matters, and a sentence alone lacks its context. So a
//! passage's relevance weighs both: `0.4 · cos(query, passage) + 0.6 · max over its sentences cos(query, sentence)`.

use ndarray::{ArrayView1, ArrayView2};
use rayon::prelude::*;

use crate::corpus::Corpus;

/// The share of the passage's own cosine in its relevance; the rest is its best sentence's.
const PASSAGE_WEIGHT: f32 = 0.4;

/// Unrelated English texts seldom score above this with the default model (measured in the README); queries whose best
/// match is below it get no answer.
pub const DEFAULT_MIN_SCORE: f32 = 0.35;

/// How much to answer.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Limits {
    /// At most this many sources.
    pub sources: usize,
    /// At most this many passages of each.
    pub passages: usize,
    /// Leave out passages whose cosine, and whose best sentence's, is below this.
    pub min_score: f32,
}

/// A source that says something like the query.
#[derive(Debug, Clone, PartialEq)]
pub struct SourceHit {
    /// Its place in the library's documents.
    pub document: usize,
    /// The highest relevance of its passages.
    pub relevance: f32,
    /// The highest cosine of its passages and their sentences.
    pub score: f32,
    /// Its best passages, the best first.
    pub passages: Vec<PassageHit>,
}

/// A passage that says something like the query.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PassageHit {
    /// Its place in the library's entries.
    pub entry: usize,
    /// What the order follows.
    pub relevance: f32,
    /// The cosine of the query and the passage.
    pub score: f32,
    /// The sentence nearest to the query, as its place in the passage, with its cosine.
    pub best_sentence: Option<(usize, f32)>,
}

impl PassageHit {
    /// The highest cosine found in the passage.
    fn peak(&self) -> f32 {
        self.best_sentence.map_or(self.score, |(_, score)| score.max(self.score))
    }
}

/// Ranks the sources of a corpus by `query`, a vector `[dim]` of length 1.
pub fn query(corpus: &Corpus, query: ArrayView1<f32>, limits: Limits) -> Vec<SourceHit> {
    let mut hits: Vec<PassageHit> = (0..corpus.library.entries.len()).into_par_iter().map(|entry| hit(corpus, query, entry)).collect();
    hits.retain(|hit| hit.peak() >= limits.min_score);
    let place = |hit: &PassageHit| (&corpus.library.document_of(hit.entry).id, hit.entry);
    hits.sort_by(|a, b| b.relevance.total_cmp(&a.relevance).then_with(|| place(a).cmp(&place(b))));
    let mut sources: Vec<SourceHit> = Vec::new();
    let mut found = vec![None; corpus.library.documents.len()];
    for hit in hits {
        let document = corpus.library.entries[hit.entry].document;
        let at = *found[document].get_or_insert_with(|| {
            sources.push(SourceHit { document, relevance: hit.relevance, score: hit.peak(), passages: Vec::new() });
            sources.len() - 1
        });
        sources[at].score = sources[at].score.max(hit.peak());
        if sources[at].passages.len() < limits.passages {
            sources[at].passages.push(hit);
        }
    }
    sources.truncate(limits.sources);
    sources
}

fn hit(corpus: &Corpus, query: ArrayView1<f32>, entry: usize) -> PassageHit {
    let score = corpus.passages().row(entry).dot(&query);
    let best_sentence = best_row(corpus.sentences(entry), query);
    let sentence = best_sentence.map_or(score, |(_, score)| score);
    PassageHit { entry, relevance: PASSAGE_WEIGHT * score + (1.0 - PASSAGE_WEIGHT) * sentence, score, best_sentence }
}

/// The row of `[n, dim]` nearest to `query`, with its cosine; the first of equals.
pub(crate) fn best_row(rows: ArrayView2<f32>, query: ArrayView1<f32>) -> Option<(usize, f32)> {
    let scores = rows.rows().into_iter().map(|row| row.dot(&query));
    scores.enumerate().fold(None, |best, (at, score)| match best {
        Some((_, top)) if top >= score => best,
        _ => Some((at, score)),
    })
}
