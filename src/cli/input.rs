//! Reading the documents that a command is given.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use anyhow::Result;
use rayon::prelude::*;
use samesay::corpus::{Corpus, Library};
use samesay::embed::Embedder;
use samesay::source::{Content, Documents, ReadError, Selection, Source, endings, find, read_file, read_stdin};

use super::args::{Paths, SelectionArgs};
use super::config::Config;
use super::{Outcome, progress};

/// Why there is nothing to work on.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct InputError(String);

/// Documents as read, and whether all of them could be.
pub struct Input {
    pub sources: Vec<Source>,
    pub complete: bool,
}

impl Input {
    /// The exit code's meaning, given whether something was found.
    pub fn outcome(&self, found: bool) -> Outcome {
        match (self.complete, found) {
            (false, _) => Outcome::Incomplete,
            (true, true) => Outcome::Found,
            (true, false) => Outcome::Nothing,
        }
    }
}

impl From<SelectionArgs> for Selection {
    fn from(args: SelectionArgs) -> Self {
        Self { globs: args.glob, excludes: args.exclude }
    }
}

/// Reads every document under the paths. One that cannot be read is a warning with its name.
///
/// # Errors
/// When a path does not exist, or when there is no document with any text.
pub fn read(config: &Config, paths: Paths) -> Result<Input> {
    let Paths { paths, selection } = paths;
    let (stdin, named): (Vec<PathBuf>, Vec<PathBuf>) = paths.iter().cloned().partition(|path| path == Path::new("-"));
    let found = find(&named, &selection.into())?;
    let mut complete = found.problems.is_empty();
    found.problems.iter().for_each(|problem| config.warn(problem));
    let mut read: Vec<(String, Result<Documents, ReadError>)> =
        found.files.par_iter().map(|path| (path.display().to_string(), read_file(path))).collect();
    if !stdin.is_empty() {
        read.push(("-".to_owned(), read_stdin()));
    }
    let mut sources: Vec<Source> = Vec::new();
    let mut ids = HashSet::new();
    let mut failure = None;
    for (path, result) in read {
        match result {
            Ok(documents) => {
                complete &= documents.problems.is_empty();
                documents.problems.iter().for_each(|problem| config.warn(&format!("{path}: {problem}")));
                for mut source in documents.sources {
                    source.id = unique(&mut ids, source.id);
                    source.note.iter().for_each(|note| config.warn(&format!("{path}: {note}")));
                    if is_empty(&source) {
                        config.warn(&format!("{path}: has no text"));
                    }
                    sources.push(source);
                }
            }
            Err(error) => {
                let message = format!("{path}: {error}");
                config.warn(&message);
                failure.get_or_insert(message);
                complete = false;
            }
        }
    }
    if sources.iter().all(is_empty) {
        let reason = failure.map(|failure| format!("no document could be read: {failure}"));
        return Err(InputError(reason.unwrap_or_else(|| nothing(&paths, sources.len()))).into());
    }
    Ok(Input { sources, complete })
}

/// An id that no other source has: names that differ only in bytes that cannot be shown look the same.
fn unique(ids: &mut HashSet<String>, id: String) -> String {
    let others = (2..).map(|n| format!("{id} ({n})"));
    let free = std::iter::once(id.clone()).chain(others).find(|id| !ids.contains(id)).unwrap_or(id);
    ids.insert(free.clone());
    free
}

fn is_empty(source: &Source) -> bool {
    match &source.content {
        Content::Lines(lines) => lines.iter().all(|line| line.raw.trim().is_empty()),
        Content::Blocks(blocks) => blocks.is_empty(),
    }
}

fn nothing(paths: &[PathBuf], read: usize) -> String {
    let shown = paths.iter().map(|path| path.display().to_string()).collect::<Vec<_>>().join(", ");
    match read {
        0 => format!("{shown}: no documents found; samesay reads {} files (other endings with --glob)", endings()),
        _ => format!("{shown}: the documents have no text"),
    }
}

/// Splits the documents; those of which nothing is used are warned of.
pub fn split(config: &Config, input: &Input, embedder: &Embedder) -> Library {
    let library = Library::new(&input.sources, &embedder.model().counter());
    for (at, document) in library.documents.iter().enumerate() {
        if !document.dropped.is_empty() && !library.entries.iter().any(|entry| entry.document == at) {
            config.warn(&format!("{}: nothing in it is running text; `samesay passages` says why", document.path));
        }
    }
    library
}

/// Splits and embeds the documents, with a progress bar.
///
/// # Errors
/// When the model fails.
pub fn embed(config: &Config, input: &Input, embedder: &Embedder) -> Result<Corpus> {
    let library = split(config, input, embedder);
    config.say(|| format!("{} documents, {} passages", library.documents.len(), library.entries.len()));
    let bar = progress::passages(library.entries.len(), config.chatter);
    let start = std::time::Instant::now();
    let corpus = Corpus::embed(library, embedder, &|done| bar.inc(done as u64))?;
    bar.finish_and_clear();
    config.say(|| format!("embedded in {:.2} s on {} threads", start.elapsed().as_secs_f64(), embedder.threads()));
    Ok(corpus)
}
