//! `compare`, `sources`, `cluster` and `passages`, and what several commands need.

use anyhow::Result;
use samesay::claims::{Cluster, Clustering, MOST, align, claims, cluster as cluster_passages, coverage, topics};
use samesay::compare::{Independence, Pairs, Threshold};
use samesay::matches::{Matches, matches};
use samesay::model::Embedder;
use samesay::report::{ClusterReport, CompareReport, PassagesReport, SourcesReport, terminal};

use super::Outcome;
use super::args::{By, ClusterArgs, CompareArgs, CutArgs, Paths, SourcesArgs};
use super::config::{Config, Printed, UsageError};
use super::input::{self, Documents, InputError, outcome};
use super::io::{print, print_lines};
use super::progress::Steps;

/// `samesay compare`
pub fn compare(config: &Config, args: CompareArgs) -> Result<Outcome> {
    let (json, same, explain) = (config.json()?, same(&args.same.cut)?, args.same.explain);
    let read = input::read_two(config, [args.a, args.b], args.columns)?;
    let (complete, report) = compared(config, read, same, |Compared { embedder, pairs, matches, .. }| {
        let shared = coverage(pairs, matches);
        let rows = align(pairs, matches, (0, 1), shared.first());
        Ok(CompareReport::new(embedder.model(), (pairs, matches), (0, 1), (&rows, shared.first()), explain))
    })?;
    print(json, &report, |report| terminal::compare(report, config.look))?;
    Ok(outcome(complete, report.found()))
}

/// `samesay sources`
pub fn sources(config: &Config, args: SourcesArgs) -> Result<Outcome> {
    let (json, same, explain) = (config.json()?, same(&args.same.cut)?, args.same.explain);
    let read = input::read(config, args.input)?;
    let detailed = if json { usize::MAX } else { terminal::PAIRS };
    let (complete, report) = compared(config, read, same, |Compared { embedder, pairs, matches, independence }| {
        let shared = coverage(pairs, matches);
        Ok(SourcesReport::new(embedder.model(), (pairs, matches), &shared, independence, detailed, explain))
    })?;
    print(json, &report, |report| terminal::sources(report, config.look))?;
    Ok(outcome(complete, !report.pairs.is_empty()))
}

/// `samesay cluster`
pub fn cluster(config: &Config, args: ClusterArgs) -> Result<Outcome> {
    let (printed, same, explain) = (config.printed()?, same(&args.same.cut)?, args.same.explain);
    let by = args.by;
    if args.labels_from_dirs && by == By::Claim {
        let how = "a document may make several claims; use it with --by story or --by topic";
        return Err(UsageError(format!("--labels-from-dirs: {how}")).into());
    }
    let read = input::read(config, args.input)?;
    let (complete, mut report) = compared(config, read, same, |compared| {
        let (clustering, claims) = compared.claims(config);
        let Compared { embedder, pairs, matches, independence } = compared;
        let (model, claims) = (embedder.model(), (&clustering, &claims[..]));
        let mut report = ClusterReport::new(model, (pairs, matches), claims, independence, explain);
        if by == By::Topic {
            report.add_topics(&pairs.corpus.library, &topics(pairs.corpus), &clustering.words);
        }
        Ok(report)
    })?;
    if by != By::Claim && report.sources.len() > MOST && report.grouped(by == By::Topic).next().is_none() {
        anyhow::bail!(
            "--by {}: {} documents are too many to group at once (the limit is {MOST}); name fewer files or folders",
            if by == By::Topic { "topic" } else { "story" },
            report.sources.len()
        );
    }
    if args.labels_from_dirs {
        report.compare_with_folders();
        if report.labels.is_some_and(|labels| labels.labels < 2) {
            let how = "put documents of each label into a folder of its own";
            return Err(InputError::new(format!("--labels-from-dirs: all documents are in one folder; {how}")).into());
        }
    }
    match (printed, by) {
        (Printed::Lines, By::Story) => print_lines(report.stories.iter())?,
        (Printed::Lines, By::Topic) => print_lines(report.topics.iter().flatten())?,
        (Printed::Lines, By::Claim) => print_lines(report.clusters.iter())?,
        _ => print(printed == Printed::Json, &report, |report| match by {
            By::Claim => terminal::cluster(report, config.look),
            By::Story => terminal::stories(report, config.look),
            By::Topic => terminal::topics(report, config.look),
        })?,
    }
    let found = match by {
        By::Claim => !report.clusters.is_empty(),
        _ => report.grouped(by == By::Topic).any(|sources| sources.len() > 1),
    };
    Ok(outcome(complete, found))
}

/// Embeds documents and makes a report of how their passages compare. Says also whether all documents could be read.
pub fn compared<T>(
    config: &Config,
    (documents, embedder): (Documents, Embedder),
    same: Threshold,
    report: impl FnOnce(Compared) -> Result<T>,
) -> Result<(bool, T)> {
    let complete = documents.complete;
    let mut corpus = documents.embed(config, &embedder)?;
    corpus.check()?;
    let background = config.background(&embedder, corpus.library.store())?;
    if let Some(warning) = background.warning(embedder.model().name()) {
        config.warn(&warning);
        corpus.library.warnings.push(warning);
    }
    corpus.library.fetch_all()?;
    let independence = Independence::new(&corpus.library)?;
    let pairs = Pairs::new(&corpus, &independence, &background, same);
    let matches = matches(&pairs, &embedder, (&background, &independence), &Steps::new(config.chatter))?;
    let compared = Compared { embedder: &embedder, pairs: &pairs, matches: &matches, independence: &independence };
    Ok((complete, report(compared)?))
}

/// Passages that are ready to be compared, and what with.
pub struct Compared<'a> {
    pub embedder: &'a Embedder,
    pub pairs: &'a Pairs<'a>,
    pub matches: &'a Matches,
    pub independence: &'a Independence,
}

impl Compared<'_> {
    /// Themes and claims.
    pub fn claims(&self, config: &Config) -> (Clustering, Vec<Cluster>) {
        let clustering = cluster_passages(self.pairs, self.matches);
        let claims = claims(&self.pairs.corpus.library, self.matches, &clustering.words);
        if let Some(at) = clustering.parted_at {
            config.warn(&format!(
                "too many passages are connected to compare at once, so they were first split at a cosine of {at:.2}; --min-score sets another"
            ));
        }
        (clustering, claims)
    }
}

/// From where on passages say the same, as typed.
pub fn same(args: &CutArgs) -> Result<Threshold> {
    match (args.min_score, args.min_percentile) {
        (Some(score), _) => Ok(Threshold::Score(cosine(score)?)),
        (None, Some(percentile)) => Ok(Threshold::Percentile(percentage(percentile)?)),
        (None, None) => Ok(Threshold::Unusual),
    }
}

/// A cosine as typed.
pub fn cosine(typed: f32) -> Result<f32> {
    if (-1.0..=1.0).contains(&typed) {
        Ok(typed)
    } else {
        Err(UsageError(format!("--min-score {typed}: a cosine must be between -1 and 1")).into())
    }
}

/// A percentile as typed.
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
