//! `samesay cluster`: claims and themes of several sources, or clusters of vectors.

use std::io::Write;
use std::path::Path;

use anyhow::{Context, Result};
use samesay::claims::{Words, topics, vector_clusters};
use samesay::compare::alike::distribution_of;
use samesay::compare::{MOST_DOCUMENTS, Threshold};
use samesay::report::{ClusterReport, VectorClustersReport, terminal};

use super::Outcome;
use super::args::{By, ClusterArgs, Format};
use super::commands::{Compared, Embedded, same};
use super::config::{Config, Printed, UsageError, no_such};
use super::given::{Named, cut, kernels};
use super::input::{self, InputError, outcome};
use super::io::{print, print_lines, stdout};
use super::output::{beginning, check_bom};

/// `samesay cluster`
pub fn cluster(config: &Config, args: ClusterArgs) -> Result<Outcome> {
    match args.vectors.clone() {
        Some(path) => of_vectors(config, &args, &path),
        None => of_documents(config, args),
    }
}

fn of_documents(config: &Config, args: ClusterArgs) -> Result<Outcome> {
    let (printed, same, explain) = (config.printed()?, same(&args.same.cut)?, args.same.explain);
    let by = args.by;
    if args.labels_from_dirs && by == By::Claim {
        let how = "a document may make several claims; use it with --by story or --by topic";
        return Err(UsageError(format!("--labels-from-dirs: {how}")).into());
    }
    let (documents, embedder) = input::read(config, args.input)?;
    let embedded = Embedded::new(config, documents, embedder)?;
    // Only JSON also has the claims; other formats of topics need no comparison.
    let mut report = if by == By::Topic && printed != Printed::Json {
        let Embedded { corpus, embedder, .. } = &embedded;
        corpus.library.fetch_all()?;
        ClusterReport::of_topics(embedder.model(), &corpus.library, &topics(corpus), &Words::of(corpus))
    } else {
        embedded.compared(config, same, |compared| {
            let (clustering, claims) = compared.claims();
            let Compared { embedder, pairs, matches, independence } = compared;
            let model = embedder.model();
            let mut report = ClusterReport::new(model, pairs, matches, &clustering, &claims, independence, explain);
            if by == By::Topic {
                report.add_topics(&pairs.corpus.library, &topics(pairs.corpus), &clustering.words);
            }
            Ok(report)
        })?
    };
    let complete = embedded.complete;
    if by != By::Claim && report.sources.len() > MOST_DOCUMENTS && report.grouped(by == By::Topic).next().is_none() {
        anyhow::bail!(
            "--by {}: {} documents are too many to group at once (the limit is {MOST_DOCUMENTS}); name fewer files or \
             folders",
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

fn of_vectors(config: &Config, args: &ClusterArgs, path: &Path) -> Result<Outcome> {
    let printed = match config.format {
        Format::Csv => None,
        Format::Text | Format::Json | Format::Jsonl => Some(config.printed()?),
        other => return Err(no_such(other, "text, json, jsonl or csv")),
    };
    check_bom(args.bom, printed.is_none(), "add --format csv")?;
    let same = same(&args.same.cut)?;
    if same == Threshold::Unusual {
        let how = "use --min-score COSINE or --min-percentile PERCENT";
        return Err(UsageError(format!("--vectors: a threshold is needed; {how}")).into());
    }
    let (kernels, isa) = kernels(config)?;
    let named = Named::read(path, args.ids.as_deref())?;
    named.two(path, "clusters need two")?;
    let vectors = named.units.vectors.view();
    let least = cut(same, distribution_of(kernels, vectors, None).as_ref()).unwrap_or(-1.0);
    let found = vector_clusters(kernels, vectors, least);
    let report = VectorClustersReport::new(isa, named.units.len(), least, found, |row| named.id(row));
    match printed {
        None => {
            let mut out = stdout()?.lock();
            out.write_all(beginning(args.bom).as_bytes()).and_then(|()| report.write_csv(out)).context("stdout")?;
        }
        Some(Printed::Lines) => print_lines(report.clusters.iter())?,
        Some(printed) => {
            print(printed == Printed::Json, &report, |report| terminal::vector_clusters(report, config.look))?;
        }
    }
    Ok(outcome(true, report.found()))
}
