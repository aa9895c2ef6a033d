//! The result of `report`: what the documents of a folder share, who says it, how independent they are, and what only
//! one of them says.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Serialize;

use super::{
    ClusterRef, ClusterReport, Counts, DroppedRef, EarlierReport, Names, ReadingNotes, Rules, Score, Since, SourcePair,
    SourcesReport, counted, percent,
};
use crate::claims::{Cluster, Clustering, Shared};
use crate::compare::{Independence, Pairs};
use crate::library::{PassageId, SyncError};
use crate::matches::Matches;
use crate::model::Model;
use crate::report::projection::{Projection, project};
use crate::report::text::of_them_unsure;

/// Everything that was found in some documents.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Report {
    /// The name and version of this format: `samesay.report.v1`.
    #[schemars(extend("const" = "samesay.report.v1"))]
    pub schema: &'static str,
    /// Summary of the report in one line.
    pub headline: String,
    /// Main findings, one sentence each.
    pub findings: Vec<String>,
    /// Changes since an earlier report, if one was named.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub since: Option<Since>,
    /// How much was compared, and how much was not.
    pub counts: Counts,
    /// What was not read, and warnings about what was.
    #[serde(flatten)]
    pub reading: ReadingNotes,
    /// How much of each source is said in each other source: the result of `sources`.
    pub sources: SourcesReport,
    /// Claims, themes and passages of one source only: the result of `cluster`.
    pub clusters: ClusterReport,
    /// Text that is in no passage, for each source that has such text.
    pub dropped: Vec<SourceDropped>,
    /// All passages as points in two dimensions.
    pub map: Map,
    /// Everything needed to make the report again.
    pub settings: Settings,
}

/// The text of one source that is in no passage.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct SourceDropped {
    /// Id of the source.
    pub source: String,
    /// Each text that is in no passage, with its place and the reason.
    pub dropped: Vec<DroppedRef>,
}

/// All passages as points in two dimensions.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Map {
    /// Method of projection, `pca`: the first two principal components of the passages' vectors.
    pub method: &'static str,
    /// Share of the variance that the two dimensions show, 0 to 1.
    pub explained: Score,
    /// One point per passage, in the order of the documents.
    pub points: Vec<Point>,
}

/// A passage as a point on the map.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Point {
    /// Id of the passage.
    pub passage: String,
    /// First principal component, -1 to 1, on the same scale as `y`.
    pub x: Score,
    /// Second principal component, -1 to 1, on the same scale as `x`.
    pub y: Score,
}

/// Everything needed to make the report again.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Settings {
    /// Version of samesay that made the report.
    pub version: &'static str,
    /// Paths and options of the command, one string per word.
    pub arguments: Vec<String>,
    /// Name of the model; for a model folder, the folder's name.
    pub model: String,
    /// SHA-256 of the model's weights, in hexadecimal.
    #[schemars(regex(pattern = "^[0-9a-f]{64}$"))]
    pub model_sha256: String,
    /// The languages that it was trained on, if they are few and known.
    #[serde(skip)]
    pub languages: Vec<String>,
    /// Length of the model's vectors.
    pub dim: usize,
    /// Tokens of the longest passage that the model accepts.
    pub window: usize,
    /// Instruction set that computed the vectors, as `--isa` names it.
    pub isa: &'static str,
    /// Number format that the vectors were computed in: `f32`, `bf16`, `int16` or `int8`.
    pub precision: &'static str,
    /// The rules that decided how two passages are related.
    pub rules: Rules,
}

/// What a report is made from.
pub struct Parts<'a> {
    /// The model that made the vectors.
    pub model: &'a Model,
    /// The passages, prepared for comparison.
    pub pairs: &'a Pairs<'a>,
    /// The sentences that say the same.
    pub matches: &'a Matches,
    /// The pairs of sources that have something in common, most in common first.
    pub coverage: &'a [Shared],
    /// The themes.
    pub clustering: &'a Clustering,
    /// What several sources say in matching sentences.
    pub claims: &'a [Cluster],
    /// Which sources depend on each other.
    pub independence: &'a Independence,
    /// The paths and options of the command.
    pub arguments: Vec<String>,
    /// Number of pairs of sources for which matching passages are given: there may be millions of pairs.
    pub detailed: usize,
}

impl Report {
    /// The report of all that was found.
    ///
    /// # Errors
    /// When the store or the model's weights cannot be read.
    pub fn new(parts: Parts) -> Result<Self, SyncError> {
        let Parts { model, pairs, matches, coverage, clustering, claims, independence, arguments, detailed } = parts;
        let library = &pairs.corpus.library;
        let mut sources = SourcesReport::new(model, pairs, matches, coverage, independence, detailed, false);
        let mut clusters = ClusterReport::new(model, pairs, matches, clustering, claims, independence, false);
        // The notes are given once for the whole report.
        let reading = std::mem::take(&mut sources.reading);
        clusters.reading = ReadingNotes::default();
        let independent = |pair: &Shared| independence.family(pair.a) != independence.family(pair.b);
        // Of equals the first pair wins, the one in which most of one source is said in the other.
        let overlap = coverage
            .iter()
            .zip(&sources.pairs)
            .filter(|(shared, _)| independent(shared))
            .map(|(_, pair)| pair)
            .rev()
            .max_by_key(|pair| pair.sentences)
            .filter(|pair| pair.sentences > 0);
        let mut dropped = Vec::new();
        for document in library.documents().filter(|document| library.document(*document).dropped > 0) {
            let of_source = library.dropped(document)?.iter().map(DroppedRef::new).collect();
            dropped.push(SourceDropped { source: library.document(document).id.clone(), dropped: of_source });
        }
        let (names, shared) =
            (Names::new(sources.sources.iter().map(|total| &total.source)), clusters.claims().collect());
        let told = Findings { sources: &sources, clusters: &clusters, overlap, names, shared };
        Ok(Self {
            schema: "samesay.report.v1",
            headline: told.headline(),
            findings: told.findings(),
            since: None,
            counts: sources.counts,
            reading,
            map: Map::new(pairs),
            settings: Settings::new(model, pairs, arguments)?,
            dropped,
            sources,
            clusters,
        })
    }
}

impl Report {
    /// Adds what has changed since an earlier report, which the user calls `name`. Claims that it had keep their keys.
    pub fn compare_with(&mut self, earlier: &EarlierReport, name: String) {
        let since = Since::new(earlier, name, self);
        if since.is_of_others(self) {
            let warning = format!("{}: is a report about other documents: none of its sources is here", since.report);
            self.reading.warnings.push(warning);
        }
        self.clusters.hand_on(&since.keys);
        self.since = Some(since);
    }
}

impl Map {
    fn new(pairs: &Pairs) -> Self {
        let Projection { points, explained } = project(pairs.corpus.passages());
        let scale = points.iter().fold(f32::MIN_POSITIVE, |most, part| most.max(part.abs()));
        let library = &pairs.corpus.library;
        let point = |(passage, row): (PassageId, ndarray::ArrayView1<f32>)| Point {
            passage: library.id_of(passage),
            x: Score(row[0] / scale),
            y: Score(row[1] / scale),
        };
        Self {
            method: "pca",
            explained: Score(explained),
            points: library.passages().zip(points.rows()).map(point).collect(),
        }
    }
}

impl Settings {
    fn new(model: &Model, pairs: &Pairs, arguments: Vec<String>) -> Result<Self, SyncError> {
        Ok(Self {
            version: env!("CARGO_PKG_VERSION"),
            arguments,
            model: model.name().to_owned(),
            languages: model.languages().to_vec(),
            model_sha256: model.checksum().map_err(SyncError::Weights)?.to_string(),
            dim: model.dim(),
            window: model.settings().window,
            isa: model.engine().isa,
            precision: model.engine().precision.name(),
            rules: Rules::new(pairs),
        })
    }
}

/// What the summary of a report is written from.
struct Findings<'a> {
    sources: &'a SourcesReport,
    clusters: &'a ClusterReport,
    /// The pair of independent sources that share most.
    overlap: Option<&'a SourcePair>,
    names: Names<'a>,
    /// The claims of more than one source.
    shared: Vec<&'a ClusterRef>,
}

impl<'a> Findings<'a> {
    fn headline(&self) -> String {
        let Counts { sources, passages, .. } = self.sources.counts;
        let counts = format!(
            "{}, {}, {}{}",
            counted(sources, "source"),
            counted(passages, "passage"),
            counted(self.shared.len(), "shared claim"),
            of_them_unsure(self.clusters.unsure_claims())
        );
        match self.overlap {
            Some(pair) => {
                let independent = self.sources.independent.independent_sources == sources;
                let of = if independent { "" } else { "of the independent sources, " };
                let (a, b) = (self.names.quoted(&pair.a), self.names.quoted(&pair.b));
                let (a_in_b, b_in_a) = (percent(pair.a_in_b), percent(pair.b_in_a));
                let most = counted(pair.sentences, "sentence");
                format!("{counts}; {of}{a} and {b} share most, {most}: {a_in_b} of the first, {b_in_a} of the second")
            }
            None => counts,
        }
    }

    fn findings(&self) -> Vec<String> {
        let all =
            [self.independence(), self.claims(), self.unsure(), self.overlapping(), self.disagreements(), self.alone()];
        all.into_iter().flatten().collect()
    }

    fn independence(&self) -> Option<String> {
        let (sources, independent) = (self.sources.counts.sources, self.sources.independent.independent_sources);
        let once = "copies of one story and sources from one publisher count once";
        match sources {
            0 => None,
            1 => Some("There is only one source: a report compares two and more.".to_owned()),
            _ if independent == sources => {
                let repeats = |claim: &&ClusterRef| claim.independent.independent_sources < claim.sources.len();
                let of_claims = if self.shared.iter().any(repeats) {
                    ", and for a claim those that make it in the same words"
                } else {
                    ""
                };
                Some(format!("No source is known to be a copy of another: all {sources} count ({once}{of_claims})."))
            }
            2 => Some(format!("The two sources depend on each other: {once}.")),
            _ if independent == 1 => Some(format!("All {sources} sources depend on each other: {once}.")),
            _ => Some(format!("{independent} of {sources} sources are independent of each other: {once}.")),
        }
    }

    fn claims(&self) -> Option<String> {
        let all = self.shared.len();
        let first = match self.shared.first() {
            Some(first) => first,
            None if self.sources.counts.sources < 2 => return None,
            None => {
                return Some("No claim appears in more than one source, as far as this program can tell.".to_owned());
            }
        };
        let independent = self.shared.iter().filter(|claim| claim.independent.independent_sources > 1).count();
        let most = first.likely_independent;
        let appear = if all == 1 { "appears" } else { "appear" };
        let support = match independent {
            0 if all == 1 => "no two of which are independent".to_owned(),
            0 => "none of them in two independent sources".to_owned(),
            _ if all == 1 => format!("{most} of which are independent"),
            _ if independent == all => {
                format!("all of them in two or more independent sources, the most widely supported in {most}")
            }
            _ => {
                format!("{independent} of them in two or more independent sources, the most widely supported in {most}")
            }
        };
        Some(format!("{} {appear} in more than one source, {support}.", counted(all, "claim")))
    }

    fn unsure(&self) -> Option<String> {
        let (unsure, all) = (self.clusters.unsure_claims(), self.shared.len());
        let (which, them) = match unsure {
            _ if all == 1 => ("This claim is unsure".to_owned(), "it"),
            _ if unsure == all => (format!("All {all} claims are unsure"), "them"),
            1 => ("1 of these claims is unsure".to_owned(), "it"),
            _ => (format!("{unsure} of these claims are unsure"), "them"),
        };
        let why = "fewer than two sources are more likely than not to make";
        (unsure > 0).then(|| format!("{which}: {why} {them}."))
    }

    fn overlapping(&self) -> Option<String> {
        let pair = self.overlap?;
        let (a, b) = (self.names.quoted(&pair.a), self.names.quoted(&pair.b));
        let (a_in_b, b_in_a) = (percent(pair.a_in_b), percent(pair.b_in_a));
        Some(format!(
            "Among independent sources, {a} and {b} share most, {}: {a_in_b} of the first is said in the second, and \
             {b_in_a} of the second in the first.",
            counted(pair.sentences, "sentence")
        ))
    }

    fn disagreements(&self) -> Option<String> {
        let claims = self.shared.iter().filter(|claim| !claim.may_disagree.is_empty()).count();
        let them = if claims == 1 { "it" } else { "them" };
        let kinds = "a number, a date, a name or a negation";
        (claims > 0)
            .then(|| format!("In {}, the sources may disagree on {kinds}: read {them}.", counted(claims, "claim")))
    }

    fn alone(&self) -> Option<String> {
        let mut by_source: BTreeMap<&'a str, usize> = BTreeMap::new();
        self.clusters.unique.iter().for_each(|unique| *by_source.entry(&unique.passage.source).or_default() += 1);
        // Of equals the first source wins.
        let most = by_source.iter().fold(None, |most: Option<(&str, usize)>, (source, count)| {
            if most.is_some_and(|(_, best)| best >= *count) { most } else { Some((source, *count)) }
        });
        let ((source, count), all) = (most?, by_source.values().sum::<usize>());
        if self.sources.counts.sources < 2 {
            return None;
        }
        let appear = if all == 1 { "appears" } else { "appear" };
        let (passages, name) = (counted(all, "passage"), self.names.quoted(source));
        Some(match by_source.len() {
            1 => format!("{passages} {appear} in only one source, {name}."),
            _ => format!("{passages} {appear} in only one source, {count} of them in {name}."),
        })
    }
}
