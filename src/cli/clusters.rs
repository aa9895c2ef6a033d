//! `samesay cluster`: claims and themes of several sources, or clusters of vectors.

use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use samesay::claims::{Words, topics, vector_clusters};
use samesay::compare::alike::distribution_of;
use samesay::compare::{MOST_DOCUMENTS, Threshold};
use samesay::report::json::json;
use samesay::report::pairs::TableFormat;
use samesay::report::{ClusterReport, VectorClustersReport, counted, terminal};
use samesay::source::own;

use super::Outcome;
use super::args::{By, ClusterArgs};
use super::commands::{Compared, Embedded, same};
use super::config::{Config, Printed, UsageError};
use super::given::{Named, cut, kernels};
use super::input::{self, InputError, outcome};
use super::io::{print, print_lines, stdout};
use super::output::{Existing, Kind, WholeFile, beginning, check_bom, existing, kind, named};

/// `samesay cluster`
pub fn cluster(config: &Config, args: ClusterArgs) -> Result<Outcome> {
    let args = ClusterArgs { output: named(args.output), ..args };
    match args.vectors.clone() {
        Some(path) => of_vectors(config, &args, &path),
        None => match &args.output {
            Some(output) => {
                let how = "is for --vectors; for documents, use `samesay report PATH -o FILE`";
                Err(UsageError(format!("-o {}: {how}", output.display())).into())
            }
            None => of_documents(config, args),
        },
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
    let output = Output::new(config, args)?;
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
    output.write(config, &report)?;
    Ok(outcome(true, report.found()))
}

/// Where clusters of vectors go.
struct Output {
    kind: Kind,
    /// The file, and what happens if it exists. `None` is stdout.
    file: Option<(PathBuf, Existing)>,
    /// Whether a table begins with a byte order mark.
    bom: bool,
}

impl Output {
    fn new(config: &Config, args: &ClusterArgs) -> Result<Self> {
        let kind = kind(config.format, args.output.as_deref())?;
        let is_csv = kind == Kind::Table(TableFormat::Csv);
        check_bom(args.bom, is_csv, "add --format csv, or name a file with -o clusters.csv")?;
        let existing = |path: &PathBuf| {
            let existing = existing(path, args.force, "clusters of vectors", own::are_clusters)?;
            Ok::<_, anyhow::Error>((path.clone(), existing))
        };
        Ok(Self { kind, file: args.output.as_ref().map(existing).transpose()?, bom: args.bom })
    }

    fn write(self, config: &Config, report: &VectorClustersReport) -> Result<()> {
        let Some((path, existing)) = &self.file else {
            return match self.kind {
                Kind::Text => print(false, report, |report| terminal::vector_clusters(report, config.look)),
                _ => self.write_to(BufWriter::new(stdout()?), config, report).context("stdout"),
            };
        };
        let shown = || path.display().to_string();
        let mut whole = WholeFile::create(path, *existing).with_context(shown)?;
        let to = whole.file().try_clone().with_context(shown)?;
        match self.kind {
            Kind::Text => self.write_to(anstream::StripStream::new(to), config, report),
            _ => self.write_to(BufWriter::new(to), config, report),
        }
        .with_context(shown)?;
        whole.finish().with_context(shown)?;
        let (clusters, vectors) = (counted(report.clusters.len(), "cluster"), counted(report.vectors, "vector"));
        config.note(&format!("{clusters} of {vectors} written to {}", shown()));
        Ok(())
    }

    fn write_to(&self, mut out: impl Write + Send, config: &Config, report: &VectorClustersReport) -> io::Result<()> {
        match self.kind {
            Kind::Text => {
                let text = terminal::vector_clusters(report, config.look);
                out.write_all(text.map_err(|_| io::Error::other("a cluster cannot be shown"))?.as_bytes())?;
            }
            Kind::Json => writeln!(out, "{}", json(report)?)?,
            Kind::Table(TableFormat::Jsonl) => {
                report.clusters.iter().try_for_each(|cluster| writeln!(out, "{}", json(cluster)?))?;
            }
            Kind::Table(TableFormat::Csv) => {
                out.write_all(beginning(self.bom).as_bytes())?;
                report.write_csv(&mut out)?;
            }
            #[cfg(feature = "parquet")]
            Kind::Table(TableFormat::Parquet) => report.write_parquet(&mut out)?,
        }
        out.flush()
    }
}
