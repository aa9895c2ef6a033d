//! `query`, `cluster` and `passages`.

use std::io::{Read, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use samesay::cluster::{self, cluster as cluster_passages};
use samesay::report::{ClusterReport, PassagesReport, QueryReport, terminal};
use samesay::similarity::{self, Cut, Limits, Query, Search};
use samesay::source::decode_text;
use serde::Serialize;

use super::args::{ClusterArgs, Paths, QueryArgs};
use super::config::{Config, UsageError};
use super::{Outcome, input};

/// `samesay query`
pub fn query(config: &Config, args: QueryArgs) -> Result<Outcome> {
    let json = config.json()?;
    let limits = limits(&args)?;
    let (queries, paths) = queries(args)?;
    let input = input::read(config, paths)?;
    let embedder = config.embedder()?;
    let corpus = input::embed(config, &input, &embedder)?;
    let background = config.background(&embedder)?;
    let mut search = Search::new(&corpus, &embedder, &background);
    let asked: Vec<Query> = queries.iter().map(|query| Query::new(query)).collect();
    let answers = search.answer(&asked, limits)?;
    let report = QueryReport::new(embedder.model(), &corpus, &search, queries.into_iter().zip(answers).collect());
    print(json, &report, |report| terminal::query(report, config.look))?;
    Ok(input.outcome(report.found()))
}

fn limits(args: &QueryArgs) -> Result<Limits> {
    if args.top_k == 0 || args.passages == 0 {
        return Err(UsageError("--top-k and --passages take 1 or more".to_owned()).into());
    }
    let cut = match (args.min_score, args.min_percentile) {
        (Some(score), _) => Cut::Score(cosine(score)?),
        (None, Some(percentile)) => Cut::Percentile(percentage(percentile)?),
        (None, None) => similarity::DEFAULT_CUT,
    };
    Ok(Limits { sources: args.top_k, passages: args.passages, cut })
}

fn cosine(typed: f32) -> Result<f32> {
    match (-1.0..=1.0).contains(&typed) {
        true => Ok(typed),
        false => Err(UsageError(format!("--min-score {typed}: a cosine lies between -1 and 1")).into()),
    }
}

fn percentage(typed: f32) -> Result<f32> {
    match (0.0..=100.0).contains(&typed) {
        true => Ok(typed),
        false => Err(UsageError(format!("--min-percentile {typed}: a percentile lies between 0 and 100")).into()),
    }
}

/// The queries, and the paths to look in: with --file, what stands in the query's place is a path too.
fn queries(args: QueryArgs) -> Result<(Vec<String>, Paths)> {
    let mut paths = args.paths;
    let queries = match args.file {
        Some(file) => {
            paths.splice(0..0, args.text.map(PathBuf::from));
            if file == Path::new("-") {
                stdin_is_free(&paths)?;
            }
            lines_of(&file)?
        }
        None => vec![one_query(args.text.unwrap_or_default(), &paths)?],
    };
    if paths.is_empty() {
        paths.push(PathBuf::from("."));
    }
    Ok((queries, Paths { paths, selection: args.selection }))
}

fn one_query(text: String, paths: &[PathBuf]) -> Result<String> {
    let text = match text.as_str() {
        "-" => {
            stdin_is_free(paths)?;
            read_text(Path::new("-"))?
        }
        _ => text,
    };
    match text.trim() {
        "" => Err(UsageError("the query is empty; give some words to look for".to_owned()).into()),
        query => Ok(query.to_owned()),
    }
}

fn stdin_is_free(paths: &[PathBuf]) -> Result<()> {
    match paths.iter().any(|path| path == Path::new("-")) {
        true => Err(UsageError("stdin cannot be both the query and a document; give one of them as a file".to_owned()).into()),
        false => Ok(()),
    }
}

fn lines_of(file: &Path) -> Result<Vec<String>> {
    let text = read_text(file)?;
    let lines: Vec<String> = text.lines().map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned).collect();
    match lines.is_empty() {
        true => Err(UsageError(format!("{}: holds no queries; write one a line", file.display())).into()),
        false => Ok(lines),
    }
}

/// The text of a file, or of stdin for `-`.
pub fn read_text(path: &Path) -> Result<String> {
    let mut bytes = Vec::new();
    match path == Path::new("-") {
        true => std::io::stdin().lock().read_to_end(&mut bytes).map(|_| ()).context("stdin")?,
        false => bytes = std::fs::read(path).with_context(|| path.display().to_string())?,
    }
    decode_text(&bytes).map(|(text, _)| text).with_context(|| path.display().to_string())
}

/// `samesay cluster`
pub fn cluster(config: &Config, args: ClusterArgs) -> Result<Outcome> {
    let json = config.json()?;
    let threshold = cosine(args.min_score.unwrap_or(cluster::DEFAULT_MIN_SCORE))?;
    let input = input::read(config, args.input)?;
    let embedder = config.embedder()?;
    let corpus = input::embed(config, &input, &embedder)?;
    let clustering = cluster_passages(&corpus, threshold)?;
    let report = ClusterReport::new(embedder.model(), &corpus, &clustering, threshold);
    print(json, &report, |report| terminal::cluster(report, config.look))?;
    Ok(input.outcome(!report.clusters.is_empty()))
}

/// `samesay passages`
pub fn passages(config: &Config, paths: Paths) -> Result<Outcome> {
    let json = config.json()?;
    let input = input::read(config, paths)?;
    let embedder = config.embedder()?;
    let library = input::split(config, &input, &embedder)?;
    let report = PassagesReport::new(&library);
    print(json, &report, |report| terminal::passages(report, config.look))?;
    Ok(input.outcome(true))
}

/// Writes a report to stdout.
pub fn print<T: Serialize>(json: bool, report: &T, text: impl FnOnce(&T) -> Result<String, std::fmt::Error>) -> Result<()> {
    let printed = if json {
        // Not by way of anstream, which takes control characters out.
        let (mut out, line) = (std::io::stdout().lock(), serde_json::to_string(report)?);
        writeln!(out, "{line}").and_then(|()| out.flush())
    } else {
        let (mut out, text) = (anstream::stdout().lock(), text(report)?);
        write!(out, "{text}").and_then(|()| out.flush())
    };
    printed.context("stdout")
}
