//! The answer to `query`.

use schemars::JsonSchema;
use serde::Serialize;

use super::{
    Calibration, Computed, Counts, DifferenceRef, Independent, PassageRef, Percentile, ReadingNotes, Score,
    SentenceMatch, SourceRef,
};
use crate::compare::{Background, Independence};
use crate::disagreement::differences;
use crate::library::{Corpus, DocumentId, PassageId};
use crate::model::Model;
use crate::search::{Answer, Limits, Parts, PassageHit, Search, SourceHit};
use crate::store::StoreError;

/// The answers to some queries.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct QueryReport {
    /// The name and version of this format: `samesay.query.v1`.
    #[schemars(extend("const" = "samesay.query.v1"))]
    pub schema: &'static str,
    /// What the vectors were computed with.
    #[serde(flatten)]
    pub computed: Computed,
    /// How much was searched, and how much was not.
    pub counts: Counts,
    /// What was not read, and what should be known of what was.
    #[serde(flatten)]
    pub reading: ReadingNotes,
    /// What percentiles were taken from: how close a random sentence comes to a random passage of another source, or
    /// to the closest of its sentences, whichever is closer.
    pub calibration: Calibration,
    /// The phrase that passages had to contain.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub words: Option<String>,
    /// The answers, in the order of the queries.
    pub results: Vec<QueryResult>,
}

/// A source that was found, on a line of its own.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct SourceLine<'a> {
    /// What was asked.
    pub query: &'a str,
    /// The source.
    #[serde(flatten)]
    pub source: &'a SourceMatch,
}

/// The answer to one query.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct QueryResult {
    /// What was asked.
    pub query: String,
    /// How many sources pass the cut; not all of them need be among `sources`.
    pub found: usize,
    /// How many of the sources found are independent.
    #[serde(flatten)]
    pub independent: Independent,
    /// What unrelated texts reach by chance in 15 of 100 corpora of this size; null where another cut was asked for,
    /// and where several passages ask together.
    pub least_relevance: Option<Score>,
    /// The sources that are shown, the most relevant first.
    pub sources: Vec<SourceMatch>,
    /// Where there are none, the passage that came nearest; it is no answer.
    pub nearest: Option<PassageMatch>,
}

/// A source that says something like the query.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct SourceMatch {
    /// The source.
    #[serde(flatten)]
    pub source: SourceRef,
    /// The highest relevance of its passages; where a whole document asks, the mean over the passages of that one.
    pub relevance: Score,
    /// The highest cosine of the query with its passages and their sentences, -1 to 1.
    pub score: Score,
    /// How many of a hundred random pairs, as `calibration` says, are less similar.
    pub percentile: Option<Percentile>,
    /// In how many of a hundred corpora of this size unrelated texts reach such a relevance by chance.
    pub chance: Percentile,
    /// Its best passages, the most relevant first.
    pub passages: Vec<PassageMatch>,
}

/// A passage that says something like the query.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct PassageMatch {
    /// The passage.
    #[serde(flatten)]
    pub passage: PassageRef,
    /// What passages are ordered by: cosines, words in common and late interaction, weighed.
    pub relevance: Score,
    /// The cosine of the query and the passage, -1 to 1.
    pub score: Score,
    /// How many of a hundred random pairs, as `calibration` says, are less similar.
    pub percentile: Option<Percentile>,
    /// The sentence of the passage that answers best.
    pub best_sentence: Option<SentenceMatch>,
    /// Where it may disagree with the query: `a` are words of the query, `b` of the passage.
    pub may_disagree: Vec<DifferenceRef>,
    /// The passage that it is like, where that was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub like: Option<PassageRef>,
    /// What its relevance is made of.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub explanation: Option<Explanation>,
}

/// What a relevance is made of: the sum of `weight · value`.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Explanation {
    /// The cosine of the query and the passage.
    pub passage: Part,
    /// The highest cosine of the query and a sentence of the passage.
    pub sentence: Part,
    /// BM25, as a share of what is possible.
    pub words: Part,
    /// Late interaction with the best sentence; 0 where the passage was not read again.
    pub reading: Part,
}

/// One part of a relevance.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Part {
    /// How much it counts; the weights of all parts add up to 1.
    pub weight: Score,
    /// What was found; mostly 0 to 1, but a cosine may be negative.
    pub value: Score,
}

impl Explanation {
    fn new(parts: Parts) -> Self {
        let weights = Parts::weights();
        let part = |weight, value| Part { weight: Score(weight), value: Score(value) };
        Self {
            passage: part(weights.passage, parts.passage),
            sentence: part(weights.sentence, parts.sentence),
            words: part(weights.words, parts.words),
            reading: part(weights.reading.unwrap_or(0.0), parts.reading.unwrap_or(0.0)),
        }
    }
}

impl QueryReport {
    /// The sources that were found, one after the other.
    pub fn lines(&self) -> impl Iterator<Item = SourceLine<'_>> {
        self.results
            .iter()
            .flat_map(|result| result.sources.iter().map(|source| SourceLine { query: &result.query, source }))
    }

    /// The report of queries and the answer to each, of which as many sources are shown as `limits` say. `explain` adds
    /// what each relevance is made of.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn new(
        model: &Model,
        search: &Search,
        independence: &Independence,
        results: Vec<(String, Answer)>,
        limits: Limits,
        explain: bool,
    ) -> Result<Self, StoreError> {
        let corpus = search.corpus();
        let random = &search.background().peaks;
        let shown = |answer: &Answer| {
            let hits =
                answer.shown(limits.sources, independence).into_iter().flat_map(|source| source.passages.clone());
            hits.chain(answer.nearest).collect::<Vec<PassageHit>>()
        };
        let hits = results.iter().flat_map(|(_, answer)| shown(answer));
        corpus.library.fetch(hits.flat_map(|hit| std::iter::once(hit.passage).chain(hit.like)))?;
        let result = |(query, answer): (String, Answer)| {
            let mut documents: Vec<DocumentId> = answer.sources.iter().map(|hit| hit.document).collect();
            documents.sort_unstable();
            QueryResult {
                found: documents.len(),
                sources: answer
                    .shown(limits.sources, independence)
                    .into_iter()
                    .map(|hit| SourceMatch::new(corpus, random, &query, hit, explain))
                    .collect(),
                independent: Independent::new(&corpus.library, independence, &documents, []),
                least_relevance: answer.least_relevance.map(Score),
                nearest: answer.nearest.map(|hit| PassageMatch::new(corpus, random, &query, &hit, explain)),
                query,
            }
        };
        Ok(Self {
            schema: "samesay.query.v1",
            computed: Computed::new(model),
            counts: Counts::new(&corpus.library),
            reading: ReadingNotes::new(&corpus.library),
            calibration: Calibration::new(&search.background().peaks),
            words: None,
            results: results.into_iter().map(result).collect(),
        })
    }

    /// The same where passages had to contain a phrase.
    #[must_use]
    pub fn holding(self, words: Option<String>) -> Self {
        Self { words, ..self }
    }

    /// Whether any query found a source.
    pub fn found(&self) -> bool {
        self.results.iter().any(|result| !result.sources.is_empty())
    }
}

impl SourceMatch {
    fn new(corpus: &Corpus, random: &Background, query: &str, hit: &SourceHit, explain: bool) -> Self {
        Self {
            source: SourceRef::new(&corpus.library, hit.document),
            relevance: Score(hit.relevance),
            score: Score(hit.score),
            percentile: Some(Percentile(random.percentile(hit.score))),
            chance: Percentile(hit.chance),
            passages: hit.passages.iter().map(|hit| PassageMatch::new(corpus, random, query, hit, explain)).collect(),
        }
    }
}

impl PassageMatch {
    fn new(corpus: &Corpus, random: &Background, query: &str, hit: &PassageHit, explain: bool) -> Self {
        let library = &corpus.library;
        let text = |passage: PassageId| library.passage(passage).text.as_str();
        let said = hit.best_sentence.map_or(text(hit.passage), |best| library.sentence(best.sentence));
        let asked = hit.like.map_or(query, text);
        let may_disagree =
            differences(asked, said).iter().map(|difference| DifferenceRef::new(difference, asked, said)).collect();
        Self {
            passage: PassageRef::new(library, hit.passage),
            relevance: Score(hit.relevance),
            score: Score(hit.score),
            percentile: Some(Percentile(random.percentile(hit.score))),
            best_sentence: hit.best_sentence.map(|best| SentenceMatch {
                percentile: Some(Percentile(random.percentile(best.score))),
                ..SentenceMatch::new(library, best.sentence, best.score)
            }),
            may_disagree,
            like: hit.like.map(|passage| PassageRef::new(library, passage)),
            explanation: explain.then(|| Explanation::new(hit.parts)),
        }
    }
}
