//! `compare`, `sources` and `passages`, and functions that several commands share.

use anyhow::Result;
use samesay::claims::{Cluster, Clustering, align, claims, cluster as cluster_passages, coverage};
use samesay::compare::{Independence, ModelBackground, Pairs, Threshold};
use samesay::library::{Corpus, DocumentId};
use samesay::matches::{Matches, matches};
use samesay::model::Embedder;
use samesay::report::{CompareReport, PassagesReport, SourcesReport, terminal};

use super::Outcome;
use super::args::{CompareArgs, CutArgs, Paths, SourcesArgs};
use super::config::{Config, Printed, UsageError};
use super::input::{self, Documents, outcome};
use super::io::{print, print_lines};
use super::progress::Steps;

/// `samesay compare`
pub fn compare(config: &Config, args: CompareArgs) -> Result<Outcome> {
    let (json, same, explain) = (config.json()?, same(&args.same.cut)?, args.same.explain);
    let (documents, embedder) = input::read_two(config, [args.a, args.b], args.columns)?;
    let (complete, report) = compared(config, documents, embedder, same, |found| {
        let Compared { embedder, pairs, matches, .. } = found;
        let [a, b] = [0, 1].map(DocumentId::new);
        let shared = coverage(pairs, matches);
        let rows = align(pairs, matches, a, b, shared.first());
        Ok(CompareReport::new(embedder.model(), pairs, matches, [a, b], &rows, shared.first(), explain))
    })?;
    print(json, &report, |report| terminal::compare(report, config.look))?;
    Ok(outcome(complete, report.found()))
}

/// `samesay sources`
pub fn sources(config: &Config, args: SourcesArgs) -> Result<Outcome> {
    let (json, same, explain) = (config.json()?, same(&args.same.cut)?, args.same.explain);
    let (documents, embedder) = input::read(config, args.input)?;
    let detailed = if json { usize::MAX } else { terminal::PAIRS };
    let (complete, report) = compared(config, documents, embedder, same, |found| {
        let Compared { embedder, pairs, matches, independence } = found;
        let shared = coverage(pairs, matches);
        Ok(SourcesReport::new(embedder.model(), pairs, matches, &shared, independence, detailed, explain))
    })?;
    print(json, &report, |report| terminal::sources(report, config.look))?;
    Ok(outcome(complete, !report.pairs.is_empty()))
}

/// Embeds documents and makes a report of how their passages compare. Also returns whether all documents could be read.
pub fn compared<T>(
    config: &Config,
    documents: Documents,
    embedder: Embedder,
    same: Threshold,
    report: impl FnOnce(Compared) -> Result<T>,
) -> Result<(bool, T)> {
    let embedded = Embedded::new(config, documents, embedder)?;
    Ok((embedded.complete, embedded.compared(config, same, report)?))
}

/// Documents with their vectors, before they are compared.
pub struct Embedded {
    pub corpus: Corpus,
    pub embedder: Embedder,
    /// Whether all documents could be read.
    pub complete: bool,
    background: ModelBackground,
}

impl Embedded {
    /// Embeds the passages that have no vectors yet.
    ///
    /// # Errors
    /// When the model or the store fails, or vectors are damaged.
    pub fn new(config: &Config, documents: Documents, embedder: Embedder) -> Result<Self> {
        let complete = documents.complete;
        let mut corpus = documents.embed(config, &embedder)?;
        corpus.check()?;
        let background = config.background(&embedder, corpus.library.store())?;
        if let Some(warning) = background.warning(embedder.model().name()) {
            config.warn(&warning);
            corpus.library.warnings.push(warning);
        }
        Ok(Self { corpus, embedder, complete, background })
    }

    /// Makes a report of how the passages compare.
    ///
    /// # Errors
    /// When the model or the store fails, or `report` does.
    pub fn compared<T>(
        &self,
        config: &Config,
        same: Threshold,
        report: impl FnOnce(Compared) -> Result<T>,
    ) -> Result<T> {
        let Self { corpus, embedder, background, .. } = self;
        corpus.library.fetch_all()?;
        let independence = Independence::new(&corpus.library)?;
        let pairs = Pairs::new(corpus, &independence, background, same);
        let matches = matches(&pairs, embedder, background, &independence, &Steps::new(config.chatter))?;
        report(Compared { embedder, pairs: &pairs, matches: &matches, independence: &independence })
    }
}

/// Everything that a report of compared passages is made from.
pub struct Compared<'a> {
    pub embedder: &'a Embedder,
    pub pairs: &'a Pairs<'a>,
    pub matches: &'a Matches,
    pub independence: &'a Independence,
}

impl Compared<'_> {
    /// Finds themes and claims.
    pub fn claims(&self) -> (Clustering, Vec<Cluster>) {
        let clustering = cluster_passages(self.pairs, self.matches);
        let claims = claims(&self.pairs.corpus.library, self.matches, &clustering.words);
        (clustering, claims)
    }
}

/// The typed threshold at which passages say the same.
pub fn same(args: &CutArgs) -> Result<Threshold> {
    match (args.min_score, args.min_percentile) {
        (Some(score), _) => Ok(Threshold::Score(cosine(score)?)),
        (None, Some(percentile)) => Ok(Threshold::Percentile(percentage(percentile)?)),
        (None, None) => Ok(Threshold::Unusual),
    }
}

/// Least computed cosine of equal vectors, which rounding may leave below 1.
const EQUAL: f32 = 1.0 - 1e-5;

/// Checks a typed cosine. 1 becomes the least computed cosine of equal vectors.
pub fn cosine(typed: f32) -> Result<f32> {
    if (-1.0..=1.0).contains(&typed) {
        Ok(typed.min(EQUAL))
    } else {
        Err(UsageError(format!("--min-score {typed}: a cosine must be between -1 and 1")).into())
    }
}

/// Checks a typed percentile.
pub fn percentage(typed: f32) -> Result<f32> {
    if (0.0..=100.0).contains(&typed) {
        Ok(typed)
    } else {
        Err(UsageError(format!("--min-percentile {typed}: a percentile must be between 0 and 100")).into())
    }
}

/// `samesay passages`
pub fn passages(config: &Config, paths: Paths) -> Result<Outcome> {
    let printed = config.printed()?;
    let (documents, _) = input::read(config, paths)?;
    let report = PassagesReport::new(&documents.library)?;
    match printed {
        Printed::Lines => print_lines(report.sources.iter().flat_map(|source| &source.passages))?,
        _ => print(printed == Printed::Json, &report, |report| terminal::passages(report, config.look))?,
    }
    Ok(outcome(documents.complete, true))
}
