//! Reading the documents that a command is given.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use anyhow::Result;
use rayon::prelude::*;
use samesay::corpus::{Corpus, Document, Library};
use samesay::embed::Embedder;
use samesay::passage::Boilerplate;
use samesay::report::counted;
use samesay::source::{Columns, Content, Date, Documents, ReadError, Selection, Source, endings, find, read_file, read_stdin};

use super::args::{ColumnArgs, Paths, SelectionArgs};
use super::config::{Config, UsageError};
use super::publishers::SourceMap;
use super::{Outcome, progress};

/// Why there is nothing to work on.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct InputError(String);

/// Documents as read, and whether all of them could be.
pub struct Input {
    sources: Vec<Source>,
    complete: bool,
    days: Days,
    boilerplate: Boilerplate,
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

impl From<ColumnArgs> for Columns {
    fn from(args: ColumnArgs) -> Self {
        Self {
            text: args.text_column,
            id: args.id_column,
            title: args.title_column,
            publisher: args.publisher_column,
            date: args.date_column,
        }
    }
}

/// What `--since` and `--until` leave.
#[derive(Debug, Clone, Copy)]
struct Days {
    since: Option<Date>,
    until: Option<Date>,
}

impl Days {
    fn parse(since: Option<&str>, until: Option<&str>) -> Result<Self, UsageError> {
        let day = |flag: &str, typed: Option<&str>| match typed {
            None => Ok(None),
            Some(typed) => match Date::parse(typed) {
                Some(day) => Ok(Some(day)),
                None => Err(UsageError(format!("{flag} {typed}: is no day; write it as 2026-03-05"))),
            },
        };
        let days = Self { since: day("--since", since)?, until: day("--until", until)? };
        match (days.since, days.until) {
            (Some(since), Some(until)) if since > until => {
                Err(UsageError(format!("--since {since} --until {until}: no day is between them")))
            }
            _ => Ok(days),
        }
    }

    fn are_limited(self) -> bool {
        self.since.is_some() || self.until.is_some()
    }

    fn hold(self, day: Option<Date>) -> bool {
        !self.are_limited()
            || day.is_some_and(|day| self.since.is_none_or(|since| day >= since) && self.until.is_none_or(|until| day <= until))
    }
}

/// Reads every document under the paths. One that cannot be read is a warning with its name.
///
/// # Errors
/// When a path does not exist, or when there is no document with any text.
pub fn read(config: &Config, paths: Paths) -> Result<Input> {
    let Paths { paths, selection } = paths;
    let SelectionArgs { glob, exclude, source_map, since, until, keep_boilerplate, columns } = selection;
    let days = Days::parse(since.as_deref(), until.as_deref())?;
    let map = source_map.as_deref().map(SourceMap::read).transpose()?;
    let mut reading = Reading::new(config);
    reading.files(&paths, &Selection { globs: glob, excludes: exclude }, &columns.into())?;
    let (mut sources, complete) = reading.finish(&paths)?;
    if let Some(warning) = map.and_then(|map| map.apply(&mut sources)) {
        config.warn(&warning);
    }
    let boilerplate = if keep_boilerplate { Boilerplate::Keep } else { Boilerplate::Drop };
    Ok(Input { sources, complete, days, boilerplate })
}

/// Reads two documents, which may be the same.
///
/// # Errors
/// When one does not exist, cannot be read, or is not one document.
pub fn read_two(config: &Config, paths: [PathBuf; 2], columns: ColumnArgs) -> Result<Input> {
    let columns = Columns::from(columns);
    let mut reading = Reading::new(config);
    for path in &paths {
        let before = reading.sources.len();
        let named = std::slice::from_ref(path);
        if path.is_dir() {
            return Err(InputError(format!(
                "{}: is a folder; compare takes two documents, `samesay sources` whole folders",
                path.display()
            ))
            .into());
        }
        reading.files(named, &Selection::default(), &columns)?;
        if let Some(failure) = reading.failures.pop() {
            return Err(InputError(failure).into());
        }
        match reading.sources.len() - before {
            1 => {}
            n => {
                return Err(
                    InputError(format!("{}: holds {}; compare takes one document each", path.display(), counted(n, "source"))).into()
                );
            }
        }
        if reading.sources.last().is_some_and(is_empty) {
            return Err(InputError(format!("{}: has no text", path.display())).into());
        }
    }
    let complete = reading.complete;
    Ok(Input { sources: reading.sources, complete, days: Days { since: None, until: None }, boilerplate: Boilerplate::Keep })
}

/// Collects sources, and what is to be said of them.
struct Reading<'a> {
    config: &'a Config,
    sources: Vec<Source>,
    ids: HashSet<String>,
    files: usize,
    failures: Vec<String>,
    complete: bool,
}

impl<'a> Reading<'a> {
    fn new(config: &'a Config) -> Self {
        Self { config, sources: Vec::new(), ids: HashSet::new(), files: 0, failures: Vec::new(), complete: true }
    }

    fn files(&mut self, paths: &[PathBuf], selection: &Selection, columns: &Columns) -> Result<()> {
        let (stdin, named): (Vec<PathBuf>, Vec<PathBuf>) = paths.iter().cloned().partition(|path| path == Path::new("-"));
        let found = find(&named, selection)?;
        self.complete &= found.problems.is_empty();
        found.problems.iter().for_each(|problem| self.config.warn(problem));
        let bar = progress::files(found.files.len(), self.config.chatter);
        let read = |path: &PathBuf| {
            let read = read_file(path, columns);
            bar.inc(1);
            (path.display().to_string(), read)
        };
        let mut read: Vec<(String, Result<Documents, ReadError>)> = found.files.par_iter().map(read).collect();
        bar.finish_and_clear();
        if !stdin.is_empty() {
            read.push(("-".to_owned(), read_stdin()));
        }
        self.files += read.len();
        for (path, result) in read {
            match result {
                Ok(documents) => self.take(&path, documents),
                Err(error) => self.failures.push(format!("{path}: {error}")),
            }
        }
        Ok(())
    }

    fn take(&mut self, path: &str, documents: Documents) {
        self.complete &= documents.problems.is_empty();
        for message in documents.problems.iter().chain(&documents.notes) {
            self.config.warn(&format!("{path}: {message}"));
        }
        for mut source in documents.sources {
            source.id = self.unique(source.id);
            source.note.iter().for_each(|note| self.config.warn(&format!("{path}: {note}")));
            if is_empty(&source) {
                self.config.warn(&format!("{path}: has no text"));
            }
            self.sources.push(source);
        }
    }

    /// An id that no other source has: names that differ only in bytes that cannot be shown look the same.
    fn unique(&mut self, id: String) -> String {
        let others = (2..).map(|n| format!("{id} ({n})"));
        let free = std::iter::once(id.clone()).chain(others).find(|id| !self.ids.contains(id)).unwrap_or(id);
        self.ids.insert(free.clone());
        free
    }

    /// The sources, and whether there was no problem. A file that is all there is, and cannot be read, is one error.
    fn finish(self, paths: &[PathBuf]) -> Result<(Vec<Source>, bool), InputError> {
        if let ([failure], 1) = (&self.failures[..], self.files) {
            return Err(InputError(failure.clone()));
        }
        self.failures.iter().for_each(|failure| self.config.warn(failure));
        if self.sources.iter().all(is_empty) {
            return Err(InputError(match self.failures.first() {
                Some(failure) => format!("no document could be read: {failure}"),
                None if !self.complete => "no document could be read".to_owned(),
                None => nothing(paths, self.files),
            }));
        }
        Ok((self.sources, self.complete && self.failures.is_empty()))
    }
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

/// Splits the documents and takes those of the days that are asked for; those of which nothing is used are warned of.
///
/// # Errors
/// When no document is of those days.
pub fn split(config: &Config, input: &Input, embedder: &Embedder) -> Result<Library> {
    let bar = progress::working(format!("finding the passages of {}", counted(input.sources.len(), "source")), config.chatter);
    let mut library = Library::new(&input.sources, &embedder.model().counter(), input.boilerplate);
    bar.finish_and_clear();
    if input.days.are_limited() {
        take_days(config, input.days, &mut library)?;
    }
    let mut used = vec![false; library.documents.len()];
    library.entries.iter().for_each(|entry| used[entry.document] = true);
    for (document, _) in library.documents.iter().zip(&used).filter(|(document, used)| !document.dropped.is_empty() && !**used) {
        config.warn(&format!("{}: nothing in it is running text; `samesay passages` says why", document.id));
    }
    Ok(library)
}

fn take_days(config: &Config, days: Days, library: &mut Library) -> Result<(), InputError> {
    let all = library.documents.len();
    let undated = library.documents.iter().filter(|document| document.metadata.date.is_none()).count();
    if undated > 0 {
        let have = if undated == 1 { "has no date and is" } else { "have no date and are" };
        config.warn(&format!("{} {have} left out by --since or --until", counted(undated, "source")));
    }
    library.retain(|document: &Document| days.hold(document.metadata.date));
    match library.documents.is_empty() {
        true => Err(InputError(format!(
            "no source is of the days that --since and --until leave ({} read, {undated} without a date)",
            counted(all, "source")
        ))),
        false => Ok(()),
    }
}

/// Splits and embeds the documents, with a progress bar.
///
/// # Errors
/// When no document is left or the model fails.
pub fn embed(config: &Config, input: &Input, embedder: &Embedder) -> Result<Corpus> {
    let library = split(config, input, embedder)?;
    config.say(|| format!("{}, {}", counted(library.documents.len(), "document"), counted(library.entries.len(), "passage")));
    let bar = progress::passages(library.documents.len(), library.entries.len(), config.chatter);
    let start = std::time::Instant::now();
    let corpus = Corpus::embed(library, embedder, &|done| bar.inc(done as u64))?;
    bar.finish_and_clear();
    config.say(|| format!("embedded in {:.2} s on {}", start.elapsed().as_secs_f64(), counted(embedder.threads(), "thread")));
    Ok(corpus)
}
