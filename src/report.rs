//! What the commands answer: one value each, which every output format renders.
//!
//! The values are the JSON contract: fields may be added, never renamed. Scores are rounded to four decimals here, once, so
//! that all formats print the same.

pub mod terminal;

use serde::{Serialize, Serializer};

use crate::cluster::{self, Clustering, Unique};
use crate::corpus::{Corpus, Document, Library};
use crate::model::Model;
use crate::passage::Dropped;
use crate::similarity::calibration::{Background, Origin};
use crate::similarity::{PassageHit, Search, SourceHit};
use crate::source::Metadata;

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
    format!("{n} {thing}{}", if n == 1 { "" } else { "s" })
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
        let dropped = library.documents.iter().map(|document| document.dropped.len()).sum();
        Self { sources: library.documents.len(), passages: library.entries.len(), dropped }
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
        let (document, passage) = (library.document_of(entry), &library.entries[entry].passage);
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

/// The answer to `query`.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct QueryReport {
    pub schema: &'static str,
    pub model: String,
    /// The instruction set that the vectors were computed with.
    pub isa: &'static str,
    pub precision: &'static str,
    pub counts: Counts,
    pub calibration: Calibration,
    pub results: Vec<QueryResult>,
}

/// The answer to one query.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct QueryResult {
    pub query: String,
    pub sources: Vec<SourceMatch>,
}

/// A source that says something like the query.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SourceMatch {
    #[serde(flatten)]
    pub source: SourceRef,
    pub relevance: Score,
    pub score: Score,
    pub percentile: Option<Percentile>,
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
}

/// The sentence of a passage that is nearest to the query.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SentenceMatch {
    pub text: String,
    pub score: Score,
}

impl SentenceMatch {
    /// The sentence at a place in the passage of `entry`, with its cosine.
    fn new(library: &Library, entry: usize, (at, score): (usize, f32)) -> Self {
        let passage = &library.entries[entry].passage;
        Self { text: passage.text[passage.sentences[at].clone()].to_owned(), score: Score(score) }
    }
}

impl QueryReport {
    /// The report of queries and the hits of each.
    pub fn new(model: &Model, corpus: &Corpus, search: &Search, results: Vec<(String, Vec<SourceHit>)>) -> Self {
        let result = |(query, hits): (String, Vec<SourceHit>)| QueryResult {
            query,
            sources: hits.iter().map(|hit| SourceMatch::new(corpus, hit)).collect(),
        };
        Self {
            schema: "samesay.query.v1",
            model: model.name().to_owned(),
            isa: model.engine().isa,
            precision: model.engine().precision.name(),
            counts: Counts::new(&corpus.library),
            calibration: Calibration::new(search.background()),
            results: results.into_iter().map(result).collect(),
        }
    }

    /// Whether any query found a source.
    pub fn found(&self) -> bool {
        self.results.iter().any(|result| !result.sources.is_empty())
    }
}

impl SourceMatch {
    fn new(corpus: &Corpus, hit: &SourceHit) -> Self {
        let document = &corpus.library.documents[hit.document];
        Self {
            source: SourceRef::new(document),
            relevance: Score(hit.relevance),
            score: Score(hit.score),
            percentile: Some(Percentile(hit.percentile)),
            passages: hit.passages.iter().map(|hit| PassageMatch::new(corpus, hit)).collect(),
        }
    }
}

impl PassageMatch {
    fn new(corpus: &Corpus, hit: &PassageHit) -> Self {
        Self {
            passage: PassageRef::new(&corpus.library, hit.entry),
            relevance: Score(hit.relevance),
            score: Score(hit.score),
            percentile: Some(Percentile(hit.percentile)),
            best_sentence: hit.best_sentence.map(|best| SentenceMatch::new(&corpus.library, hit.entry, best)),
        }
    }
}

/// The answer to `cluster`.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ClusterReport {
    pub schema: &'static str,
    pub model: String,
    /// The instruction set that the vectors were computed with.
    pub isa: &'static str,
    pub precision: &'static str,
    /// The mean cosine at which clusters still merged.
    pub min_score: Score,
    pub counts: Counts,
    /// What is known of the sources, in the order in which they were read.
    pub sources: Vec<SourceRef>,
    pub clusters: Vec<ClusterRef>,
    pub unique: Vec<UniqueRef>,
}

/// A cluster of passages.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ClusterRef {
    /// From 1, in the order of the report.
    pub id: usize,
    pub label: String,
    pub keywords: Vec<String>,
    pub sources: Vec<String>,
    pub independent_sources: Option<usize>,
    pub medoid: PassageRef,
    pub members: Vec<Member>,
    pub cohesion: Cohesion,
}

/// A passage with its cosine to the medoid of its cluster.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Member {
    #[serde(flatten)]
    pub passage: PassageRef,
    pub score: Score,
    /// The sentence that is nearest to the cluster's label, with its cosine to it.
    pub best_sentence: Option<SentenceMatch>,
}

/// How close a cluster is: cosines over all of its pairs.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Cohesion {
    pub mean: Score,
    pub min: Score,
}

/// A passage that is like no other, with the nearest one of another source.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct UniqueRef {
    #[serde(flatten)]
    pub passage: PassageRef,
    pub nearest: Option<Nearest>,
}

/// The nearest miss.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Nearest {
    pub source: String,
    /// The passage's id.
    pub passage: String,
    pub score: Score,
}

impl ClusterReport {
    /// The report of a clustering at `min_score`.
    pub fn new(model: &Model, corpus: &Corpus, clustering: &Clustering, min_score: f32) -> Self {
        let library = &corpus.library;
        let clusters = clustering.clusters.iter().enumerate().map(|(at, cluster)| {
            let mut sources: Vec<usize> = cluster.members.iter().map(|member| library.entries[member.entry].document).collect();
            sources.sort_unstable();
            sources.dedup();
            let members: Vec<Member> = cluster.members.iter().map(|member| Member::new(library, member)).collect();
            let medoid = PassageRef::new(library, cluster.medoid);
            ClusterRef {
                id: at + 1,
                label: members[0].best_sentence.as_ref().map_or(&medoid.text, |sentence| &sentence.text).clone(),
                keywords: cluster.keywords.clone(),
                sources: sources.into_iter().map(|document| library.documents[document].id.clone()).collect(),
                independent_sources: None,
                medoid,
                members,
                cohesion: Cohesion { mean: Score(cluster.mean), min: Score(cluster.min) },
            }
        });
        Self {
            schema: "samesay.clusters.v1",
            model: model.name().to_owned(),
            isa: model.engine().isa,
            precision: model.engine().precision.name(),
            min_score: Score(min_score),
            counts: Counts::new(library),
            sources: library.documents.iter().map(SourceRef::new).collect(),
            clusters: clusters.collect(),
            unique: clustering.unique.iter().map(|unique| UniqueRef::new(library, unique)).collect(),
        }
    }
}

impl Member {
    fn new(library: &Library, member: &cluster::Member) -> Self {
        let best_sentence = member.sentence.map(|hit| SentenceMatch::new(library, member.entry, hit));
        Self { passage: PassageRef::new(library, member.entry), score: Score(member.score), best_sentence }
    }
}

impl UniqueRef {
    fn new(library: &Library, unique: &Unique) -> Self {
        let nearest = |(entry, score): (usize, f32)| Nearest {
            source: library.document_of(entry).id.clone(),
            passage: library.id_of(entry),
            score: Score(score),
        };
        Self { passage: PassageRef::new(library, unique.entry), nearest: unique.nearest.map(nearest) }
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
    pub fn new(library: &Library) -> Self {
        let dropped = |dropped: &Dropped| DroppedRef {
            text: dropped.text.clone(),
            line: dropped.place.line,
            page: dropped.place.page,
            reason: dropped.reason.to_owned(),
        };
        let mut sources: Vec<SourcePassages> = library
            .documents
            .iter()
            .map(|document| SourcePassages {
                source: SourceRef::new(document),
                passages: Vec::new(),
                dropped: document.dropped.iter().map(dropped).collect(),
            })
            .collect();
        for (at, entry) in library.entries.iter().enumerate() {
            sources[entry.document].passages.push(PassageRef::new(library, at));
        }
        Self { schema: "samesay.passages.v1", counts: Counts::new(library), sources }
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
