//! `samesay report`: the whole, as files to send on.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use samesay::claims::coverage;
use samesay::report::{Report, ReportParts, csv, html, markdown, terminal};
use samesay::source::own;

use super::Outcome;
use super::args::{ColumnArgs, CutArgs, Paths, ReportArgs, SelectionArgs};
use super::commands::{Compared, compared, same};
use super::config::{Config, UsageError};
use super::input::{self, outcome};
use super::io::print;

/// What `--open` opens where nothing is named.
const PAGE: &str = "report.html";
/// Pairs of sources whose passages are given: what a page can have room for, and JSON. There may be millions.
const DETAILED: usize = 400;
const DETAILED_JSON: usize = 2_000;

/// What a report can be written as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Html,
    Markdown,
    Json,
    Csv,
    #[cfg(feature = "parquet")]
    Parquet,
}

/// A file to write.
struct Output {
    path: PathBuf,
    kind: Kind,
}

/// `samesay report`
pub fn report(config: &Config, args: ReportArgs) -> Result<Outcome> {
    let (json, same) = (config.json()?, same(&args.cut)?);
    let outputs = outputs(args.output, args.open)?;
    let arguments = [arguments(&args.input, &args.cut), config.typed.clone()].concat();
    let read = input::read(config, args.input)?;
    let all = json || outputs.iter().any(|output| output.kind == Kind::Json);
    let detailed = if all { DETAILED_JSON } else { DETAILED };
    let (complete, report) = compared(config, read, same, |compared| {
        let (clustering, claims) = compared.claims(config);
        let Compared { embedder, pairs, matches, independence } = compared;
        let coverage = coverage(pairs, matches);
        let parts = ReportParts {
            model: embedder.model(),
            pairs,
            matches,
            coverage: &coverage,
            clustering: &clustering,
            claims: &claims,
            independence,
            arguments,
            detailed,
        };
        Ok(Report::new(parts)?)
    })?;
    let mut written = Vec::new();
    for output in &outputs {
        written.push((output.path.display().to_string(), output.write(&report)?));
    }
    print(json, &report, |report| terminal::report(report, &written, config.look))?;
    if let Some(page) = outputs.iter().find(|output| args.open && output.kind == Kind::Html) {
        open::that_detached(&page.path)
            .with_context(|| format!("{}: could not start a program to show it", page.path.display()))?;
    }
    Ok(outcome(complete, true))
}

/// The files to write, of which none may be something else already.
fn outputs(mut paths: Vec<PathBuf>, open: bool) -> Result<Vec<Output>> {
    if open && paths.is_empty() {
        paths.push(PAGE.into());
    }
    let outputs = paths.into_iter().map(Output::new).collect::<Result<Vec<_>>>()?;
    if open && !outputs.iter().any(|output| output.kind == Kind::Html) {
        Err(UsageError("--open needs an HTML report; name one with -o report.html".to_owned()).into())
    } else {
        Ok(outputs)
    }
}

impl Output {
    fn new(path: PathBuf) -> Result<Self> {
        let shown = path.display().to_string();
        let ending = path.extension().and_then(|ending| ending.to_str()).unwrap_or_default().to_lowercase();
        let kind = match ending.as_str() {
            "html" | "htm" => Kind::Html,
            "md" | "markdown" => Kind::Markdown,
            "json" => Kind::Json,
            "csv" => Kind::Csv,
            #[cfg(feature = "parquet")]
            "parquet" => Kind::Parquet,
            #[cfg(not(feature = "parquet"))]
            "parquet" => {
                let how = "this samesay was built without Parquet; build it with --features parquet, or use .csv";
                return Err(UsageError(format!("-o {shown}: {how}")).into());
            }
            _ => {
                return Err(
                    UsageError(format!("-o {shown}: unsupported extension; use .html, .md, .json or .csv")).into()
                );
            }
        };
        let folder = folder(&path);
        if path.is_dir() {
            return Err(UsageError(format!("-o {shown}: is a folder; name a file")).into());
        }
        if !folder.is_dir() {
            return Err(UsageError(format!("-o {shown}: the folder {} does not exist", folder.display())).into());
        }
        let output = Self { path, kind };
        output.replaces()?;
        Ok(output)
    }

    /// Whether there is a report already that is written over; anything else there is an error.
    fn replaces(&self) -> Result<bool> {
        let shown = self.path.display();
        if !self.path.exists() {
            return Ok(false);
        }
        if is_report(&self.path).with_context(|| shown.to_string())? {
            Ok(true)
        } else {
            Err(UsageError(format!("-o {shown}: exists and is not a samesay report; name another file, or remove it"))
                .into())
        }
    }

    /// Writes the file as a whole or not at all; says how long it is.
    fn write(&self, report: &Report) -> Result<usize> {
        let bytes = match self.kind {
            Kind::Html => html::html(report).into_bytes(),
            Kind::Markdown => markdown::markdown(report)?.into_bytes(),
            Kind::Json => (serde_json::to_string(report)? + "\n").into_bytes(),
            Kind::Csv => csv::csv(report)?.into_bytes(),
            #[cfg(feature = "parquet")]
            Kind::Parquet => samesay::report::parquet::parquet(report)?,
        };
        // Much can have happened there since the arguments were read.
        let replaces = self.replaces()?;
        let written = || -> std::io::Result<()> {
            let mut file = new_file(folder(&self.path))?;
            file.write_all(&bytes)?;
            if replaces {
                file.persist(&self.path)?
            } else {
                file.persist_noclobber(&self.path)?
            };
            Ok(())
        };
        written().with_context(|| self.path.display().to_string())?;
        Ok(bytes.len())
    }
}

/// A file without a name that may be read by whom the user's files may.
fn new_file(folder: &Path) -> std::io::Result<tempfile::NamedTempFile> {
    let mut builder = tempfile::Builder::new();
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        builder.permissions(std::fs::Permissions::from_mode(0o666));
    }
    builder.prefix(".samesay").tempfile_in(folder)
}

fn folder(path: &Path) -> &Path {
    match path.parent() {
        Some(folder) if folder != Path::new("") => folder,
        _ => Path::new("."),
    }
}

/// Whether a file that is there is a report, or empty.
fn is_report(path: &Path) -> std::io::Result<bool> {
    const PART: u64 = 2048;
    let file = File::open(path)?;
    let length = file.metadata()?.len();
    let part = |from: u64| -> std::io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        (&file).seek(SeekFrom::Start(from))?;
        (&file).take(PART).read_to_end(&mut bytes)?;
        Ok(bytes)
    };
    Ok(length == 0 || own::is_report(&part(0)?) || own::is_parquet_report(&part(length.saturating_sub(PART))?))
}

/// What was typed of all that decides what is in the report.
fn arguments(input: &Paths, cut: &CutArgs) -> Vec<String> {
    let SelectionArgs { glob, exclude, source_map, since, until, keep_boilerplate, columns } = &input.selection;
    let ColumnArgs { text_column, id_column, title_column, publisher_column, date_column } = columns;
    let mut arguments: Vec<String> = input.paths.iter().map(|path| path.display().to_string()).collect();
    let number = |number: Option<f32>| number.map(|number| number.to_string());
    let mut option = |flag: &str, value: Option<String>| {
        arguments.extend(value.into_iter().flat_map(|value| [flag.to_owned(), value]));
    };
    glob.iter().for_each(|glob| option("--glob", Some(glob.clone())));
    exclude.iter().for_each(|glob| option("--exclude", Some(glob.clone())));
    option("--source-map", source_map.as_ref().map(|map| map.display().to_string()));
    for (flag, value) in
        [("--since", since), ("--until", until), ("--text-column", text_column), ("--id-column", id_column)]
    {
        option(flag, value.clone());
    }
    for (flag, value) in
        [("--title-column", title_column), ("--publisher-column", publisher_column), ("--date-column", date_column)]
    {
        option(flag, value.clone());
    }
    option("--min-percentile", number(cut.min_percentile));
    option("--min-score", number(cut.min_score));
    arguments.extend(keep_boilerplate.then(|| "--keep-boilerplate".to_owned()));
    arguments
}
