//! `samesay report`: all results, as files to share.

use std::fs::File;
use std::io::{BufReader, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use samesay::base::{Key, Stamp};
use samesay::claims::coverage;
use samesay::compare::Threshold;
use samesay::report::json::json;
use samesay::report::{EarlierReport, EarlierReportError, Report, ReportParts, csv, html, markdown, terminal};
use samesay::source::own;
use samesay::store::{decode, encode};
use serde::{Deserialize, Serialize};

use super::Outcome;
use super::args::{ColumnArgs, CutArgs, Paths, ReportArgs, SelectionArgs};
use super::commands::{Compared, Embedded, same};
use super::config::{Config, UsageError};
use super::input::{self, outcome};
use super::io::{print, print_text};
use super::output::{Existing, WholeFile, are_one_file, beginning, check_bom, check_place};

/// The page that `--open` opens where no file is named.
const PAGE: &str = "report.html";
/// Pairs of sources whose passages are included in a page, and in JSON. There may be millions of pairs.
const DETAILED: usize = 400;
const DETAILED_JSON: usize = 2_000;

/// Bytes of the largest report that is kept as it was written.
const MAX_KEPT: usize = 16 << 20;
/// Bytes of the largest earlier report that a new one is compared with.
const MAX_EARLIER: u64 = 4 << 30;

/// The formats of a report.
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
    /// Whether any existing file is replaced.
    force: bool,
    /// Whether a table begins with a byte order mark.
    bom: bool,
}

/// `samesay report`
pub fn report(config: &Config, args: ReportArgs) -> Result<Outcome> {
    let (as_json, same) = (config.json()?, same(&args.cut)?);
    let outputs = outputs(args.output, args.open, args.force, args.bom)?;
    let arguments = [arguments(&args.input, &args.cut), config.typed.clone()].concat();
    // The earlier report is read before the work, and before it may be replaced.
    let earlier = args.since_report.as_deref().map(earlier).transpose()?;
    let (documents, embedder) = input::read(config, args.input)?;
    let all = as_json || outputs.iter().any(|output| output.kind == Kind::Json);
    let detailed = if all { DETAILED_JSON } else { DETAILED };
    let embedded = Embedded::new(config, documents, embedder)?;
    let key = if as_json || earlier.is_some() { None } else { key(config, &embedded, same, &arguments, &outputs) };
    let store = embedded.corpus.library.store();
    let kept = key.map(|key| store.recall(key)).transpose()?.flatten().and_then(|bytes| decode::<Kept>(&bytes));
    if let Some(kept) = kept {
        config.say(|| "nothing has changed since this report was written".to_owned());
        outputs.iter().zip(&kept.files).try_for_each(|(output, bytes)| output.write(bytes))?;
        print_text(&kept.screen)?;
        show(args.open, &outputs)?;
        return Ok(outcome(embedded.complete, true));
    }
    let mut report = embedded.compared(config, same, |compared| {
        let (clustering, claims) = compared.claims();
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
    if let Some((name, earlier)) = earlier {
        report.compare_with(&earlier, name);
    }
    // Small reports are collected to be kept; only one large report is in memory at a time.
    let (mut files, mut written) = (Vec::new(), Vec::new());
    let mut room = if key.is_some() && store.lasts() { MAX_KEPT } else { 0 };
    for output in &outputs {
        let bytes = output.rendered(&report)?;
        output.write(&bytes)?;
        written.push((output.path.display().to_string(), bytes.len()));
        if let Some(left) = room.checked_sub(bytes.len()) {
            files.push(bytes);
            room = left;
        }
    }
    if as_json {
        print(true, &report, |_| Ok(String::new()))?;
    } else {
        let screen = terminal::report(&report, &written, config.look)?;
        print_text(&screen)?;
        // A report that cannot be kept is made again by the next run.
        if let Some(key) = key.filter(|_| files.len() == outputs.len()) {
            let _ = store.remember(key, &encode(&Kept { files, screen }));
        }
    }
    show(args.open, &outputs)?;
    Ok(outcome(embedded.complete, true))
}

/// A report as it was written, for runs in which nothing has changed.
#[derive(Serialize, Deserialize)]
struct Kept {
    /// The bytes of each output.
    files: Vec<Vec<u8>>,
    screen: String,
}

/// A key of everything that decides a report: its input, its options, and the file of this program, whose changes have
/// no version. `None` where the program's file cannot be identified.
fn key(config: &Config, embedded: &Embedded, same: Threshold, arguments: &[String], outputs: &[Output]) -> Option<Key> {
    let Embedded { corpus, embedder, complete, .. } = embedded;
    let program = Stamp::of(&std::env::current_exe().ok()?.metadata().ok()?)?;
    let outputs: Vec<_> = outputs.iter().map(|output| (&output.path, output.kind, output.bom)).collect();
    let library = &corpus.library;
    let told =
        format!("{:?}", (program, same, arguments, outputs, config.look, complete, &library.unread, &library.warnings));
    let model = format!("{} {:?} {}", embedder.model().name(), embedder.model().engine(), embedder.threads());
    Some(Key::of("report", [corpus.key().as_ref(), model.as_bytes(), told.as_bytes()]))
}

/// Opens the page, if that was asked for.
fn show(open: bool, outputs: &[Output]) -> Result<()> {
    match outputs.iter().find(|output| open && output.kind == Kind::Html) {
        Some(page) => open::that_detached(&page.path)
            .with_context(|| format!("{}: could not start a program to show it", page.path.display())),
        None => Ok(()),
    }
}

/// Reads an earlier report, and returns it with the name that the user typed.
fn earlier(file: &Path) -> Result<(String, EarlierReport)> {
    let name = file.display().to_string();
    let shown = || format!("--since-report {name}");
    let how = "name a report that was written with `samesay report -o FILE.json`";
    if file.is_dir() {
        return Err(UsageError(format!("{} is a folder; {how}", shown())).into());
    }
    let json = File::open(file).with_context(|| format!("{} cannot be opened; {how}", shown()))?;
    if json.metadata().with_context(shown)?.len() > MAX_EARLIER {
        return Err(UsageError(format!("{} is larger than {} GiB", shown(), MAX_EARLIER >> 30)).into());
    }
    let earlier = EarlierReport::read(BufReader::new(json)).map_err(|error| match error {
        EarlierReportError::Json(error) if error.is_io() => anyhow::Error::new(error).context(shown()),
        error => UsageError(format!("{} {error}; {how}", shown())).into(),
    })?;
    Ok((name, earlier))
}

/// The files to write. None of them may exist unless it can be replaced.
fn outputs(mut paths: Vec<PathBuf>, open: bool, force: bool, bom: bool) -> Result<Vec<Output>> {
    if open && paths.is_empty() {
        paths.push(PAGE.into());
    }
    let outputs = paths.into_iter().map(|path| Output::new(path, force, bom)).collect::<Result<Vec<_>>>()?;
    if let Some((_, twice)) = outputs
        .iter()
        .enumerate()
        .find(|(at, output)| outputs[..*at].iter().any(|other| are_one_file(&other.path, &output.path)))
    {
        return Err(UsageError(format!("-o {}: is named twice", twice.path.display())).into());
    }
    check_bom(bom, outputs.iter().any(|output| output.kind == Kind::Csv), "name a file with -o report.csv")?;
    if open && !outputs.iter().any(|output| output.kind == Kind::Html) {
        Err(UsageError("--open needs an HTML report; name one with -o report.html".to_owned()).into())
    } else {
        Ok(outputs)
    }
}

impl Output {
    fn new(path: PathBuf, force: bool, bom: bool) -> Result<Self> {
        let shown = path.display().to_string();
        if path == Path::new("-") {
            return Err(UsageError("-o -: name a file; --format json prints the whole report".to_owned()).into());
        }
        let ending = path.extension().and_then(|ending| ending.to_str()).unwrap_or_default().to_lowercase();
        let kind = match ending.as_str() {
            "html" | "htm" => Kind::Html,
            "md" | "markdown" => Kind::Markdown,
            "json" => Kind::Json,
            "csv" => Kind::Csv,
            #[cfg(feature = "parquet")]
            "parquet" => Kind::Parquet,
            #[cfg(not(feature = "parquet"))]
            "parquet" => return Err(super::output::without_parquet(&format!("-o {shown}"), ".csv").into()),
            _ => {
                return Err(
                    UsageError(format!("-o {shown}: unsupported extension; use .html, .md, .json or .csv")).into()
                );
            }
        };
        check_place(&path)?;
        let output = Self { path, kind, force, bom };
        output.existing()?;
        Ok(output)
    }

    /// What happens to an existing file: a report is replaced unless it was edited; anything else is an error.
    fn existing(&self) -> Result<Existing> {
        let shown = self.path.display();
        let refuse = |what: &str| {
            let how = "name another file, remove it, or use --force";
            Err(UsageError(format!("-o {shown}: {what}; {how}")).into())
        };
        match () {
            () if !self.path.exists() => Ok(Existing::Refuse),
            () if self.force => Ok(Existing::Replace),
            () if !is_report(&self.path).with_context(|| shown.to_string())? => {
                refuse("exists and is not a samesay report")
            }
            () if matches!(self.kind, Kind::Markdown | Kind::Html)
                && is_edited(&self.path).with_context(|| shown.to_string())? =>
            {
                refuse("has been edited since samesay wrote it")
            }
            () => Ok(Existing::Replace),
        }
    }

    /// The bytes of the file.
    fn rendered(&self, report: &Report) -> Result<Vec<u8>> {
        Ok(match self.kind {
            Kind::Html => html::html(report).into_bytes(),
            Kind::Markdown => markdown::markdown(report)?.into_bytes(),
            Kind::Json => (json(report)? + "\n").into_bytes(),
            Kind::Csv => (beginning(self.bom).to_owned() + &csv::csv(report)?).into_bytes(),
            #[cfg(feature = "parquet")]
            Kind::Parquet => samesay::report::parquet::parquet(report)?,
        })
    }

    /// Writes the file completely or not at all.
    fn write(&self, bytes: &[u8]) -> Result<()> {
        // The file may have changed since the arguments were read.
        let existing = self.existing()?;
        let written = || -> std::io::Result<()> {
            let mut output = WholeFile::create(&self.path, existing)?;
            output.file().write_all(bytes)?;
            output.finish()
        };
        written().with_context(|| self.path.display().to_string())
    }
}

/// Whether an existing file is a report, or empty.
pub fn is_report(path: &Path) -> std::io::Result<bool> {
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

/// Whether an existing Markdown or HTML report was edited. An empty file has no edits.
pub fn is_edited(path: &Path) -> std::io::Result<bool> {
    let bytes = std::fs::read(path)?;
    Ok(!bytes.is_empty() && !std::str::from_utf8(&bytes).is_ok_and(own::is_unedited))
}

/// The typed arguments that decide the content of a report.
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
