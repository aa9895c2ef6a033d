//! What the commands answer: one value each, which every output format renders.
//!
//! The values are the JSON contract: fields may be added, never renamed. Scores are rounded to four decimals here, once, so
//! that all formats print the same.

mod batch;
mod cluster;
mod compare;
pub mod csv;
pub mod html;
pub mod markdown;
#[cfg(feature = "parquet")]
pub mod parquet;
pub mod projection;
mod sources;
mod table;
pub mod terminal;
mod text;

use std::ops::Range;

use serde::{Serialize, Serializer};

use crate::claims::Reuse;
use crate::compare::{Background, Independence, Merge, Origin, Pair, Pairs, Reason, Relation, Same, overlap};
use crate::disagreement::{Difference, differences};
use crate::library::{Corpus, Document, Library};
use crate::matches::{Matched, Near, Place};
use crate::model::Model;
use crate::passage::Dropped;
use crate::search::{Answer, Limits, Parts, PassageHit, Search, SourceHit};
use crate::source::Metadata;
use crate::store;
use crate::store::StoreError;

/// A cosine or a relevance; written with four decimals.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Score(pub f32);

impl Serialize for Score {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let rounded = (f64::from(self.0) * 1e4).round() / 1e4;
        // No negative zero.
        serializer.serialize_f64(rounded + 0.0)
    }
}

/// How many of a hundred random pairs are less similar; written with two decimals.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Percentile(pub f32);

impl Serialize for Percentile {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_f64((f64::from(self.0) * 1e2).round() / 1e2)
    }
}

/// A number of things: `1 passage`, `2 passages`.
pub fn counted(n: usize, thing: &str) -> String {
    match thing.strip_suffix('y') {
        _ if n == 1 => format!("{n} {thing}"),
        Some(stem) => format!("{n} {stem}ies"),
        None => format!("{n} {thing}s"),
    }
}

/// A share of 0 to 1: `12 %`.
pub fn percent(share: Score) -> String {
    format!("{:.0} %", 100.0 * share.0)
}

/// How much was compared, and how much was not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Counts {
    pub sources: usize,
    pub passages: usize,
    /// Parts of the documents that are in no passage.
    pub dropped: usize,
}

impl Counts {
    fn new(library: &Library) -> Self {
        let dropped = library.documents.iter().map(|document| document.dropped).sum();
        Self { sources: library.documents.len(), passages: library.len(), dropped }
    }
}

/// What percentiles were taken from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Calibration {
    /// `corpus`: random pairs of this corpus; `model`: the model's table, because the corpus is too small.
    pub background: &'static str,
    /// How many pairs of the corpus.
    pub pairs: Option<usize>,
}

impl Calibration {
    fn new(background: &Background) -> Self {
        match background.origin {
            Origin::Corpus { pairs } => Self { background: "corpus", pairs: Some(pairs) },
            Origin::Model => Self { background: "model", pairs: None },
        }
    }
}

/// A source and what is known of it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SourceRef {
    /// Unique within a run.
    pub source: String,
    pub path: String,
    pub title: Option<String>,
    pub author: Option<String>,
    pub publisher: Option<String>,
    /// `yyyy-mm-dd`
    pub date: Option<String>,
    /// BCP 47
    pub language: Option<String>,
}

impl SourceRef {
    fn new(document: &Document) -> Self {
        let Metadata { title, author, publisher, date, language } = document.metadata.clone();
        let date = date.map(|date| date.to_string());
        Self { source: document.id.clone(), path: document.path.clone(), title, author, publisher, date, language }
    }
}

/// A passage and where it stands.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PassageRef {
    /// Unique within a run: `source#n`.
    pub id: String,
    pub source: String,
    pub text: String,
    pub path: String,
    /// 1-based.
    pub line_start: Option<usize>,
    pub line_end: Option<usize>,
    /// 1-based, where the format has pages.
    pub page: Option<usize>,
    pub heading: Option<String>,
}

impl PassageRef {
    fn new(library: &Library, entry: usize) -> Self {
        let (document, passage) = (library.document_of(entry), &library.passage(entry));
        Self {
            id: library.id_of(entry),
            source: document.id.clone(),
            text: passage.text.clone(),
            path: document.path.clone(),
            line_start: passage.line_start,
            line_end: passage.line_end,
            page: passage.page,
            heading: passage.heading.clone(),
        }
    }
}

pub use batch::{Map, Names, Parts as ReportParts, Point, Report, Settings, SourceDropped};
pub use cluster::{AllButOne, ClusterKind, ClusterRef, ClusterReport, Cohesion, Conflict, Member, StoryRef, UniqueRef};
pub use compare::{Aligned, CompareReport};
pub use sources::{MatchRef, SourcePair, SourceTotal, SourcesReport};

/// What the vectors were computed with.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Computed {
    pub model: String,
    /// The instruction set.
    pub isa: &'static str,
    pub precision: &'static str,
}

impl Computed {
    fn new(model: &Model) -> Self {
        Self { model: model.name().to_owned(), isa: model.engine().isa, precision: model.engine().precision.name() }
    }
}

/// What two passages have to do with each other; all null where there is but one.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize)]
pub struct RelationRef {
    /// `verbatim`, `near-copy`, `paraphrase` or `related`; null where they have nothing to do with each other.
    pub relation: Option<&'static str>,
    /// The share of the shorter passage's words that stand in runs of three or more that both have.
    pub containment: Option<Score>,
    /// Words of the longest such run.
    pub longest_run: Option<usize>,
}

impl RelationRef {
    fn new(pair: &Pair) -> Self {
        Self {
            relation: pair.relation.map(Relation::name),
            containment: Some(Score(pair.overlap.containment)),
            longest_run: Some(pair.overlap.longest_run),
        }
    }
}

/// Two sentences that say the same.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct WordingsRef {
    pub a: String,
    pub b: String,
    /// Their cosine, each embedded alone.
    pub score: Score,
    /// How likely it is that they do.
    pub probability: Score,
}

impl WordingsRef {
    fn new(library: &Library, pair: &Matched) -> Self {
        let text = |place: Place| library.passage(place.entry).sentence(place.at).to_owned();
        Self { a: text(pair.a), b: text(pair.b), score: Score(pair.score), probability: Score(pair.probability) }
    }
}

/// The nearest miss: the passage of another source that comes nearest.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Nearest {
    pub source: String,
    /// The passage's id.
    pub passage: String,
    pub path: String,
    /// 1-based.
    pub line_start: Option<usize>,
    /// 1-based, where the format has pages.
    pub page: Option<usize>,
    pub score: Score,
    /// How unusual that is for the best of as many passages as were looked at.
    pub percentile: Percentile,
    /// That a sentence of the one says what one of the other says; null where that is hardly likely.
    pub probability: Option<Score>,
}

impl Nearest {
    /// The nearest `among` so many.
    fn new(pairs: &Pairs, Near { entry, score, probability }: Near, among: usize) -> Self {
        let PassageRef { id, source, path, line_start, page, .. } = PassageRef::new(&pairs.corpus.library, entry);
        let percentile = Percentile(pairs.background().percentile_of_best(score, among));
        Self { source, passage: id, path, line_start, page, score: Score(score), percentile, probability: probability.map(Score) }
    }
}

/// How one of two sources was made from the other, as their words tell; which was first is not known.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Verdict {
    /// `copy`, `lightly revised`, `heavily revised` or `independent`.
    pub degree: &'static str,
    /// How likely that is.
    pub probability: Score,
    /// The source of which more stands in the other, and the other.
    pub of: String,
    pub from: String,
    /// How likely each degree is.
    pub probabilities: Degrees,
    /// The shares of its words in sentences that are the other's word by word, nearly so, in other words, and its own.
    pub shares: Degrees,
}

/// A number for each degree, 0 to 1; their sum is 1.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Degrees {
    pub copy: Score,
    pub light: Score,
    pub heavy: Score,
    pub independent: Score,
}

impl Degrees {
    fn new(values: [f32; 4]) -> Self {
        let [copy, light, heavy, independent] = values.map(Score);
        Self { copy, light, heavy, independent }
    }
}

impl Verdict {
    fn new(library: &Library, reuse: &Reuse) -> Self {
        let id = |document: usize| library.documents[document].id.clone();
        let degree = reuse.degree();
        Self {
            degree: degree.name(),
            probability: Score(reuse.probabilities[degree as usize]),
            of: id(reuse.of),
            from: id(reuse.from),
            probabilities: Degrees::new(reuse.probabilities),
            shares: Degrees::new(reuse.shares),
        }
    }
}

/// How it is decided what two passages have to do with each other.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Rules {
    /// The cosine from which on two passages say the same, and are paraphrases unless they are copies.
    pub same: Score,
    /// The mean cosine from which on passages make one claim.
    pub claim: Score,
    /// The cosine from which on they are related.
    pub related: Score,
    /// `corpus and model`, `--min-percentile` or `--min-score`
    pub decided_by: &'static str,
    /// What 96 of 100 random pairs stay below, of this corpus or of the model's where that is too small; inferred from the lower 84
    /// of them.
    pub usual: Score,
    /// What `same` is held between: 98.5 and 99.9 of 100 pairs on one subject stay below these with the model.
    pub least: Score,
    pub most: Score,
    /// The share of the shorter passage's words that lie in common runs, less `free_words`, that makes a copy.
    pub copied: Score,
    pub free_words: Score,
    /// Two passages of so many words that are no copies are related at most, unless this share of their telling words is the same.
    pub long: usize,
    pub kept: Score,
}

impl Rules {
    fn new(pairs: &Pairs) -> Self {
        let (bounds, cuts) = (pairs.background().bounds(), pairs.background().cuts());
        Self {
            same: Score(pairs.same()),
            claim: Score(pairs.claim()),
            related: Score(cuts.related),
            decided_by: match pairs.asked() {
                Same::Unusual => "corpus and model",
                Same::Percentile(_) => "--min-percentile",
                Same::Score(_) => "--min-score",
            },
            // Inferred from the lower ones, it may come out higher than any cosine.
            usual: Score(bounds.usual.min(1.0)),
            least: Score(bounds.least),
            most: Score(bounds.most),
            copied: Score(overlap::COPIED),
            free_words: Score(overlap::FREE_WORDS),
            long: overlap::LONG,
            kept: Score(overlap::KEPT),
        }
    }
}

/// Words of two passages that may contradict each other.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct DifferenceRef {
    /// `number`, `date`, `percentage`, `name` or `negation`
    pub kind: &'static str,
    /// The words of the one.
    pub a: String,
    /// And of the other.
    pub b: String,
    /// Where they stand in the texts that were compared, in bytes.
    #[serde(skip)]
    pub at: (Range<usize>, Range<usize>),
}

impl DifferenceRef {
    fn new(difference: &Difference, a: &str, b: &str) -> Self {
        let Difference { kind, a: in_a, b: in_b, .. } = difference;
        Self { kind: kind.name(), a: a[in_a.clone()].to_owned(), b: b[in_b.clone()].to_owned(), at: (in_a.clone(), in_b.clone()) }
    }
}

/// Two sources that do not count twice, and why.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct MergeRef {
    pub a: String,
    pub b: String,
    /// `publisher`, `copy` or `passage`
    pub reason: &'static str,
    /// The same in words.
    pub detail: String,
}

impl MergeRef {
    fn new(library: &Library, merge: &Merge) -> Self {
        let (reason, detail) = match &merge.reason {
            Reason::Publisher(publisher) => ("publisher", format!("both are published by {publisher}")),
            Reason::Copy(share) => ("copy", format!("{:.0} % of the shorter one's words stand in the other", 100.0 * share)),
            Reason::Chain => ("copy", "both hang together with other copies".to_owned()),
            Reason::Passage(Relation::Verbatim) => ("passage", "what both say here is the same word by word".to_owned()),
            Reason::Passage(_) => ("passage", "what one says here was made from what the other says".to_owned()),
        };
        Self { a: library.documents[merge.a].id.clone(), b: library.documents[merge.b].id.clone(), reason, detail }
    }
}

/// How many sources there are, and how many are independent.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Independent {
    /// Copies of one another and sources of one publisher count once.
    pub independent_sources: usize,
    /// Why some do not count.
    pub merged: Vec<MergeRef>,
}

impl Independent {
    fn new(library: &Library, (count, merges): (usize, Vec<Merge>)) -> Self {
        Self { independent_sources: count, merged: merges.iter().map(|merge| MergeRef::new(library, merge)).collect() }
    }
}

/// The answer to `query`.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct QueryReport {
    pub schema: &'static str,
    #[serde(flatten)]
    pub computed: Computed,
    pub counts: Counts,
    pub calibration: Calibration,
    pub results: Vec<QueryResult>,
}

/// The answer to one query.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct QueryResult {
    pub query: String,
    /// How many sources pass the cut; not all of them need be among `sources`.
    pub found: usize,
    #[serde(flatten)]
    pub independent: Independent,
    /// What unrelated texts reach by chance in 15 of 100 corpora of this size; null where another cut was asked for.
    pub least_relevance: Option<Score>,
    pub sources: Vec<SourceMatch>,
    /// Where there are none, the passage that came nearest; it is no answer.
    pub nearest: Option<PassageMatch>,
}

/// A source that says something like the query.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SourceMatch {
    #[serde(flatten)]
    pub source: SourceRef,
    pub relevance: Score,
    pub score: Score,
    pub percentile: Option<Percentile>,
    /// In how many of a hundred corpora of this size unrelated texts reach such a relevance by chance.
    pub chance: Percentile,
    pub passages: Vec<PassageMatch>,
}

/// A passage that says something like the query.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PassageMatch {
    #[serde(flatten)]
    pub passage: PassageRef,
    pub relevance: Score,
    pub score: Score,
    pub percentile: Option<Percentile>,
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
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
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
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Part {
    pub weight: Score,
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

/// The sentence of a passage that answers best.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SentenceMatch {
    pub text: String,
    pub score: Score,
    /// How unusual that is for the highest cosine of a query with a passage and its sentences.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub percentile: Option<Percentile>,
}

impl SentenceMatch {
    /// The sentence at a place in the passage of `entry`, with its cosine.
    fn new(library: &Library, entry: usize, (at, score): (usize, f32)) -> Self {
        let passage = &library.passage(entry);
        Self { text: passage.sentence(at).to_owned(), score: Score(score), percentile: None }
    }
}

impl QueryReport {
    /// The report of queries and the answer to each, of which as many sources are shown as `limits` say. `explain` adds what
    /// each relevance is made of.
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
        let shown = |answer: &Answer| {
            let hits = answer.shown(limits.sources, independence).into_iter().flat_map(|source| source.passages.clone());
            hits.chain(answer.nearest).collect::<Vec<PassageHit>>()
        };
        let hits = results.iter().flat_map(|(_, answer)| shown(answer));
        corpus.library.fetch(hits.flat_map(|hit| std::iter::once(hit.entry).chain(hit.like)))?;
        let result = |(query, answer): (String, Answer)| {
            let mut documents: Vec<usize> = answer.sources.iter().map(|hit| hit.document).collect();
            documents.sort_unstable();
            QueryResult {
                found: documents.len(),
                sources: answer
                    .shown(limits.sources, independence)
                    .into_iter()
                    .map(|hit| SourceMatch::new(corpus, &query, hit, explain))
                    .collect(),
                independent: Independent::new(&corpus.library, independence.among(&documents, [])),
                least_relevance: answer.least_relevance.map(Score),
                nearest: answer.nearest.map(|hit| PassageMatch::new(corpus, &query, &hit, explain)),
                query,
            }
        };
        Ok(Self {
            schema: "samesay.query.v1",
            computed: Computed::new(model),
            counts: Counts::new(&corpus.library),
            calibration: Calibration::new(&search.background().peaks),
            results: results.into_iter().map(result).collect(),
        })
    }

    /// Whether any query found a source.
    pub fn found(&self) -> bool {
        self.results.iter().any(|result| !result.sources.is_empty())
    }
}

impl SourceMatch {
    fn new(corpus: &Corpus, query: &str, hit: &SourceHit, explain: bool) -> Self {
        let document = &corpus.library.documents[hit.document];
        Self {
            source: SourceRef::new(document),
            relevance: Score(hit.relevance),
            score: Score(hit.score),
            percentile: Some(Percentile(hit.percentile)),
            chance: Percentile(hit.chance),
            passages: hit.passages.iter().map(|hit| PassageMatch::new(corpus, query, hit, explain)).collect(),
        }
    }
}

impl PassageMatch {
    fn new(corpus: &Corpus, query: &str, hit: &PassageHit, explain: bool) -> Self {
        let text = |entry: usize| corpus.library.passage(entry).text.as_str();
        let passage = &corpus.library.passage(hit.entry);
        let said = hit.best_sentence.map_or(passage.text.as_str(), |best| passage.sentence(best.at));
        let asked = hit.like.map_or(query, text);
        let may_disagree = differences(asked, said).iter().map(|difference| DifferenceRef::new(difference, asked, said)).collect();
        Self {
            passage: PassageRef::new(&corpus.library, hit.entry),
            relevance: Score(hit.relevance),
            score: Score(hit.score),
            percentile: Some(Percentile(hit.percentile)),
            best_sentence: hit.best_sentence.map(|best| SentenceMatch {
                percentile: Some(Percentile(best.percentile)),
                ..SentenceMatch::new(&corpus.library, hit.entry, (best.at, best.score))
            }),
            may_disagree,
            like: hit.like.map(|entry| PassageRef::new(&corpus.library, entry)),
            explanation: explain.then(|| Explanation::new(hit.parts)),
        }
    }
}

/// The answer to `passages`.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PassagesReport {
    pub schema: &'static str,
    pub counts: Counts,
    pub sources: Vec<SourcePassages>,
}

/// How one document was split.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SourcePassages {
    #[serde(flatten)]
    pub source: SourceRef,
    pub passages: Vec<PassageRef>,
    pub dropped: Vec<DroppedRef>,
}

/// Text that is in no passage.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct DroppedRef {
    pub text: String,
    /// 1-based, where the format has lines.
    pub line: Option<usize>,
    /// 1-based, where the format has pages.
    pub page: Option<usize>,
    pub reason: String,
}

impl PassagesReport {
    /// How the documents of a library were split.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn new(library: &Library) -> Result<Self, StoreError> {
        library.fetch_all()?;
        let source = |at: usize| -> Result<SourcePassages, StoreError> {
            Ok(SourcePassages {
                source: SourceRef::new(&library.documents[at]),
                passages: library.passages_of(at).map(|entry| PassageRef::new(library, entry)).collect(),
                dropped: library.dropped(at)?.iter().map(DroppedRef::new).collect(),
            })
        };
        let sources = (0..library.documents.len()).map(source).collect::<Result<_, _>>()?;
        Ok(Self { schema: "samesay.passages.v1", counts: Counts::new(library), sources })
    }
}

impl DroppedRef {
    fn new(dropped: &Dropped) -> Self {
        let Dropped { text, place, reason } = dropped;
        Self { text: text.clone(), line: place.line, page: place.page, reason: reason.clone().into_owned() }
    }
}

/// The answer to `bench`.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct BenchReport {
    pub schema: &'static str,
    pub cpu: String,
    pub isa: String,
    pub precision: String,
    pub threads: usize,
    pub model: String,
    pub workloads: Vec<Workload>,
}

/// How fast some texts were embedded.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Workload {
    pub name: String,
    pub texts: usize,
    /// After cutting at the window, special tokens included.
    pub tokens: usize,
    pub tokens_per_s: Spread,
    pub texts_per_s: Spread,
    pub latency_ms: Latency,
}

/// Over the rounds of a workload.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Spread {
    pub median: f64,
    pub min: f64,
    pub max: f64,
}

/// Of one text embedded alone, in milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Latency {
    pub p50: f64,
    pub p99: f64,
}

/// The answer to `index` and its subcommands: how much is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct IndexReport {
    pub schema: &'static str,
    pub sources: usize,
    pub passages: usize,
    /// Passages that have a vector.
    pub embedded: usize,
}

impl IndexReport {
    /// What a store counts.
    pub fn new(kept: store::Counts) -> Self {
        Self { schema: "samesay.index.v1", sources: kept.sources, passages: kept.passages, embedded: kept.embedded }
    }
}

impl Default for IndexReport {
    /// Nothing.
    fn default() -> Self {
        Self::new(store::Counts::default())
    }
}

/// An error, as `--format json` prints it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ErrorReport {
    pub schema: &'static str,
    pub error: String,
    pub kind: String,
}

impl ErrorReport {
    /// An error of a kind.
    pub fn new(kind: &str, error: String) -> Self {
        Self { schema: "samesay.error.v1", error, kind: kind.to_owned() }
    }
}
