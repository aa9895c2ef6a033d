//! The result of `query`.

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

/// The answers to one or more queries.
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
    /// What was not read, and warnings about what was.
    #[serde(flatten)]
    pub reading: ReadingNotes,
    /// The pairs that percentiles are based on: a random sentence and a random passage of another source, or the
    /// closest of its sentences, whichever is closer.
    pub calibration: Calibration,
    /// Phrase that passages had to contain.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub words: Option<String>,
    /// One answer per query, in the order of the queries.
    pub results: Vec<QueryResult>,
}

/// A source that was found, as one line of `--format jsonl`.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct SourceLine<'a> {
    /// The text of the query.
    pub query: &'a str,
    /// The source.
    #[serde(flatten)]
    pub source: &'a SourceMatch,
}

/// The answer to one query.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct QueryResult {
    /// Text of the query.
    pub query: String,
    /// Number of sources that pass the cut; `sources` may show only some of them.
    pub found: usize,
    /// How many of the sources found are independent.
    #[serde(flatten)]
    pub independent: Independent,
    /// Relevance that unrelated texts reach by chance in 15 of 100 corpora of this size; null if another cut was
    /// requested or several passages are searched for together.
    pub least_relevance: Option<Score>,
    /// The sources shown, most relevant first.
    pub sources: Vec<SourceMatch>,
    /// Nearest passage if no source was found; it is not an answer.
    pub nearest: Option<PassageMatch>,
}

/// A source that says something like the query.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct SourceMatch {
    /// The source with its metadata.
    #[serde(flatten)]
    pub source: SourceRef,
    /// Highest relevance of the source's passages; if a whole document is the query, the mean over that document's
    /// passages.
    pub relevance: Score,
    /// Highest cosine of the query with the source's passages and their sentences, -1 to 1.
    pub score: Score,
    /// Percentage of random pairs, as `calibration` describes them, that are less similar, 0 to 100.
    pub percentile: Option<Percentile>,
    /// Percentage of corpora of this size in which unrelated texts reach this relevance by chance, 0 to 100.
    pub chance: Percentile,
    /// Best passages of the source, most relevant first.
    pub passages: Vec<PassageMatch>,
}

/// A passage that says something like the query.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct PassageMatch {
    /// The passage and its place.
    #[serde(flatten)]
    pub passage: PassageRef,
    /// Weighted sum of cosines, words in common and late interaction; passages are sorted by it.
    pub relevance: Score,
    /// Cosine of the query and the passage, -1 to 1.
    pub score: Score,
    /// Percentage of random pairs, as `calibration` describes them, that are less similar, 0 to 100.
    pub percentile: Option<Percentile>,
    /// Sentence of the passage that matches best.
    pub best_sentence: Option<SentenceMatch>,
    /// Words that may contradict the query: `a` is from the query, `b` from the passage.
    pub may_disagree: Vec<DifferenceRef>,
    /// Passage of the query document that this one is like, if a document is the query.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub like: Option<PassageRef>,
    /// Parts of the relevance, if they were requested.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub explanation: Option<Explanation>,
}

/// The parts of a relevance, which is the sum of `weight · value`.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Explanation {
    /// Cosine of the query and the passage.
    pub passage: Part,
    /// Highest cosine of the query and a sentence of the passage.
    pub sentence: Part,
    /// BM25 score as a share of the highest possible score.
    pub words: Part,
    /// Late interaction with the best sentence; 0 if the passage was not read again.
    pub reading: Part,
}

/// One part of a relevance.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Part {
    /// Weight of the part, 0 to 1; the weights of all parts add up to 1.
    pub weight: Score,
    /// Value of the part; mostly 0 to 1, but a cosine may be negative.
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
    /// The sources that were found, in the order of the queries.
    pub fn lines(&self) -> impl Iterator<Item = SourceLine<'_>> {
        self.results
            .iter()
            .flat_map(|result| result.sources.iter().map(|source| SourceLine { query: &result.query, source }))
    }

    /// The report of the queries, each with its answer; `limits` says how many sources are shown. `explain` adds the
    /// parts of each relevance.
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

    /// Adds the phrase that passages had to contain.
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
