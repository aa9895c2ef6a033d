//! The documents that a command is given, by way of the store.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Result;
use samesay::library;
use samesay::library::{Corpus, Input, Inventory, Library, Outcome as Read, Publishers, Wanted, take_inventory};
use samesay::model::Embedder;
use samesay::passage::Boilerplate;
use samesay::report::counted;
use samesay::source::{Columns, Date, FoundFile, ReadError, Selection, all_bytes, endings, find};
use samesay::store::{Store, StoreError};

use super::args::{ColumnArgs, Paths, SelectionArgs};
use super::config::{Config, UsageError};
use super::progress::Steps;
use super::publishers::SourceMap;
use super::{Outcome, stores};

/// Why there is nothing to work on.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct InputError(String);

impl InputError {
    pub fn new(message: String) -> Self {
        Self(message)
    }
}

/// What was asked for, as far as it was found.
pub struct Request {
    paths: Vec<PathBuf>,
    inputs: Vec<Input>,
    folders: Vec<PathBuf>,
    columns: Columns,
    boilerplate: Boilerplate,
    days: Days,
    map: Option<SourceMap>,
    /// Whether all could be looked into.
    complete: bool,
}

/// Documents, and whether all of them could be read.
pub struct Documents {
    pub library: Library,
    pub complete: bool,
}

impl Documents {
    /// Splits and keeps what is asked for, and says what cannot be read.
    ///
    /// # Errors
    /// When there is no document with any text, or the store fails.
    pub fn read(config: &Config, store: &Arc<dyn Store>, request: &Request, embedder: &Embedder) -> Result<Self> {
        let wanted = request.wanted();
        Self::split(config, store, request, take_inventory(&**store, &wanted)?, embedder, |read| {
            request.some_text(config, read)
        })
    }

    fn split(
        config: &Config,
        store: &Arc<dyn Store>,
        request: &Request,
        inventory: Inventory,
        embedder: &Embedder,
        check: impl FnOnce(&[Read]) -> Result<bool, InputError>,
    ) -> Result<Self> {
        let steps = Steps::new(config.chatter);
        let model = embedder.model();
        let (library, read) = library::split(store, inventory, &model.counter(), model.splitting(), &steps)?;
        for (path, message) in
            read.iter().flat_map(|read| read.problems.iter().chain(&read.notes).map(move |note| (&read.path, note)))
        {
            config.warn(&format!("{path}: {message}"));
        }
        read.iter()
            .filter(|read| read.sources > 0 && read.sources == read.empty)
            .for_each(|read| config.warn(&format!("{}: contains no text", read.path)));
        let complete = check(&read)? && request.complete && read.iter().all(|read| read.problems.is_empty());
        let sources = || library.documents.iter().map(|document| (document.id.as_str(), document.path.as_str()));
        if let Some(warning) = request.map.as_ref().and_then(|map| map.unused(sources())) {
            config.warn(&warning);
        }
        let library = if request.days.are_limited() { take_days(config, request.days, library)? } else { library };
        let unused = (0..library.documents.len())
            .filter(|at| library.documents[*at].dropped > 0 && library.passages_of(*at).is_empty());
        for document in unused {
            let document = &library.documents[document];
            config.warn(&format!(
                "{}: contains no running text; run `samesay passages` to see why",
                named(&document.path, &document.id)
            ));
        }
        Ok(Self { library, complete })
    }

    /// Embeds what is not yet embedded.
    ///
    /// # Errors
    /// When the model or the store fails.
    pub fn embed(self, config: &Config, embedder: &Embedder) -> Result<Corpus> {
        let library = &self.library;
        config
            .say(|| format!("{}, {}", counted(library.documents.len(), "document"), counted(library.len(), "passage")));
        let start = std::time::Instant::now();
        let corpus = library::embed(self.library, embedder, &Steps::new(config.chatter))?;
        config.say(|| {
            format!(
                "vectors loaded or computed in {:.3} s on {}",
                start.elapsed().as_secs_f64(),
                counted(embedder.threads(), "thread")
            )
        });
        Ok(corpus)
    }
}

/// The exit code's meaning, given whether all could be read and whether something was found.
pub fn outcome(complete: bool, found: bool) -> Outcome {
    match (complete, found) {
        (false, _) => Outcome::Incomplete,
        (true, true) => Outcome::Found,
        (true, false) => Outcome::Nothing,
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
                None => Err(UsageError(format!("{flag} {typed}: not a valid date; use YYYY-MM-DD"))),
            },
        };
        let days = Self { since: day("--since", since)?, until: day("--until", until)? };
        match (days.since, days.until) {
            (Some(since), Some(until)) if since > until => {
                Err(UsageError(format!("--since {since} is later than --until {until}")))
            }
            _ => Ok(days),
        }
    }

    fn are_limited(self) -> bool {
        self.since.is_some() || self.until.is_some()
    }

    fn hold(self, day: Option<Date>) -> bool {
        !self.are_limited()
            || day.is_some_and(|day| {
                self.since.is_none_or(|since| day >= since) && self.until.is_none_or(|until| day <= until)
            })
    }
}

impl Request {
    /// Finds the documents under the paths.
    ///
    /// # Errors
    /// When a path does not exist, or there is no document there.
    pub fn find(config: &Config, paths: Paths) -> Result<Self> {
        let Paths { paths, selection } = paths;
        let SelectionArgs { glob, exclude, source_map, since, until, keep_boilerplate, columns } = selection;
        let days = Days::parse(since.as_deref(), until.as_deref())?;
        let map = source_map.as_deref().map(SourceMap::read).transpose()?;
        let boilerplate = if keep_boilerplate { Boilerplate::Keep } else { Boilerplate::Drop };
        let selection = Selection { globs: glob, excludes: exclude };
        Self::of(config, paths, &selection, Self { boilerplate, days, map, ..Self::nothing(columns.into()) })
    }

    /// Two documents.
    ///
    /// # Errors
    /// When one does not exist or is a folder.
    pub fn two(config: &Config, paths: [PathBuf; 2], columns: ColumnArgs) -> Result<Self> {
        if let Some(folder) = paths.iter().find(|path| path.is_dir()) {
            let folder = folder.display();
            return Err(InputError(format!(
                "{folder}: is a folder; `compare` takes two documents, `samesay sources` takes folders"
            ))
            .into());
        }
        let [a, b] = paths;
        let nothing = Self::nothing(columns.into());
        let first = Self::of(config, vec![a], &Selection::default(), nothing)?;
        let second = Self::of(config, vec![b], &Selection::default(), Self::nothing(first.columns.clone()))?;
        Ok(Self {
            inputs: [first.inputs, second.inputs].concat(),
            paths: [first.paths, second.paths].concat(),
            ..second
        })
    }

    fn nothing(columns: Columns) -> Self {
        let days = Days { since: None, until: None };
        let (boilerplate, map, complete) = (Boilerplate::Keep, None, true);
        Self { paths: Vec::new(), inputs: Vec::new(), folders: Vec::new(), columns, boilerplate, days, map, complete }
    }

    fn of(config: &Config, paths: Vec<PathBuf>, selection: &Selection, rest: Self) -> Result<Self> {
        let (stdin, named): (Vec<PathBuf>, Vec<PathBuf>) =
            paths.iter().cloned().partition(|path| path == Path::new("-"));
        let found = find(&named, selection)?;
        found.problems.iter().for_each(|problem| config.warn(problem));
        let mut inputs: Vec<Input> =
            found.files.into_iter().map(|file| read_once(&named, file)).collect::<Result<_, _>>()?;
        if let Some(path) = stdin.into_iter().next() {
            let bytes = all_bytes(std::io::stdin().lock()).map_err(|error| InputError(format!("-: {error}")))?;
            inputs.push(Input::Bytes { path, bytes });
        }
        let complete = found.problems.is_empty();
        if inputs.is_empty() {
            return Err(
                InputError(if complete { nothing(&paths, 0) } else { "no document could be read".to_owned() }).into()
            );
        }
        Ok(Self { paths, inputs, folders: found.folders, complete, ..rest })
    }

    /// The same for [`take_inventory`].
    pub fn wanted(&self) -> Wanted<'_> {
        Wanted {
            inputs: (&self.inputs[..]).into(),
            folders: self.folders.clone(),
            columns: self.columns.clone(),
            boilerplate: self.boilerplate,
            publishers: self.map.as_ref().map(|map| map as &dyn Publishers),
        }
    }

    /// The files of the store that are there, but not among what is asked for.
    pub fn others(&self, store: &dyn Store) -> Result<Vec<PathBuf>, StoreError> {
        let files = store.files()?.into_iter().filter(|file| !file.is_gone()).map(|file| file.path);
        let asked = |path: &PathBuf| {
            let is_it = |input: &Input| matches!(input, Input::File(file) if file.real == *path);
            self.folders.iter().any(|folder| path.starts_with(folder)) || self.inputs.iter().any(is_it)
        };
        Ok(files.filter(|path| !asked(path)).collect())
    }

    /// Opens the store and looks what it knows of `wanted`, and loads the model meanwhile.
    ///
    /// # Errors
    /// When one of them fails.
    pub fn open<'a>(
        &self,
        config: &Config,
        wanted: &'a Wanted<'a>,
    ) -> Result<(Arc<dyn Store>, Inventory<'a>, Embedder)> {
        std::thread::scope(|scope| {
            let embedder = scope.spawn(|| config.embedder());
            let known = stores::open(config, &stores::places(&self.paths))
                .and_then(|store| Ok((take_inventory(&*store, wanted)?, store)));
            let embedder = embedder.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
            let (inventory, store) = known?;
            Ok((store, inventory, embedder?))
        })
    }

    /// The documents, and the embedder.
    ///
    /// # Errors
    /// When there is no document with any text, or the model or the store fails.
    pub fn read(&self, config: &Config) -> Result<(Documents, Embedder)> {
        self.documents(config, |read| self.some_text(config, read))
    }

    fn documents(
        &self,
        config: &Config,
        check: impl FnOnce(&[Read]) -> Result<bool, InputError>,
    ) -> Result<(Documents, Embedder)> {
        let start = std::time::Instant::now();
        let wanted = self.wanted();
        let (store, inventory, embedder) = self.open(config, &wanted)?;
        let documents = Documents::split(config, &store, self, inventory, &embedder, check)?;
        config.say(|| {
            format!(
                "{} loaded or read in {:.0} ms",
                counted(documents.library.documents.len(), "document"),
                start.elapsed().as_secs_f64() * 1e3
            )
        });
        Ok((documents, embedder))
    }

    /// Whether all could be read. A file that is all there is, and cannot be read, is one error.
    fn some_text(&self, config: &Config, read: &[Read]) -> Result<bool, InputError> {
        let failures: Vec<String> =
            read.iter().filter_map(|read| Some(format!("{}: {}", read.path, read.failure.as_ref()?))).collect();
        if let ([failure], 1) = (&failures[..], read.len()) {
            return Err(InputError(failure.clone()));
        }
        failures.iter().for_each(|failure| config.warn(failure));
        if read.iter().all(|read| read.sources == read.empty) {
            let problems = !self.complete || read.iter().any(|read| !read.problems.is_empty());
            return Err(InputError(match failures.first() {
                Some(failure) => format!("no document could be read: {failure}"),
                None if problems => "no document could be read".to_owned(),
                None => nothing(&self.paths, read.len()),
            }));
        }
        Ok(failures.is_empty())
    }
}

/// The documents under some paths, and the embedder.
///
/// # Errors
/// When there are none, or the model or the store fails.
pub fn read(config: &Config, paths: Paths) -> Result<(Documents, Embedder)> {
    Request::find(config, paths)?.read(config)
}

/// Two documents, and the embedder.
///
/// # Errors
/// When one cannot be read or is not one document, or the model or the store fails.
pub fn read_two(config: &Config, paths: [PathBuf; 2], columns: ColumnArgs) -> Result<(Documents, Embedder)> {
    let request = Request::two(config, paths, columns)?;
    request.documents(config, |read| read.iter().try_for_each(one_document).map(|()| true))
}

/// A file as it is found; what can be read once only, such as a pipe, is read now.
fn read_once(named: &[PathBuf], file: FoundFile) -> Result<Input, InputError> {
    // Of folders only plain files are taken.
    let plain = !named.contains(&file.path) || file.real.metadata().is_ok_and(|found| found.is_file());
    if plain {
        return Ok(Input::File(file));
    }
    let failed = |error: ReadError| InputError(format!("{}: {error}", file.path.display()));
    let bytes = File::open(&file.path).map_err(ReadError::from).and_then(all_bytes).map_err(failed)?;
    Ok(Input::Bytes { path: file.path, bytes })
}

fn one_document(read: &Read) -> Result<(), InputError> {
    let path = &read.path;
    match (&read.failure, read.sources, read.empty) {
        (Some(failure), ..) => Err(InputError(format!("{path}: {failure}"))),
        (None, 1, 0) => Ok(()),
        (None, 1, _) => Err(InputError(format!("{path}: contains no text"))),
        (None, n, _) => Err(InputError(format!(
            "{path}: contains {}; `compare` takes files with one document each",
            counted(n, "source")
        ))),
    }
}

/// A source in a message: a row's id is not to be taken for the number of a line.
fn named(path: &str, id: &str) -> String {
    let row = id.strip_prefix(path).unwrap_or_default();
    match (row.strip_prefix(':'), row.strip_prefix('#')) {
        (Some(id), _) => format!("{path} (id {id})"),
        (None, Some(number)) => format!("{path} (row {number})"),
        (None, None) => id.to_owned(),
    }
}

/// Paths in a message.
pub fn shown(paths: &[PathBuf]) -> String {
    paths.iter().map(|path| path.display().to_string()).collect::<Vec<_>>().join(", ")
}

fn nothing(paths: &[PathBuf], read: usize) -> String {
    let shown = shown(paths);
    match read {
        0 => {
            format!("{shown}: no documents found; samesay reads {} files (use --glob for other extensions)", endings())
        }
        _ => format!("{shown}: the documents contain no text"),
    }
}

fn take_days(config: &Config, days: Days, library: Library) -> Result<Library, InputError> {
    let all = library.documents.len();
    let undated = library.documents.iter().filter(|document| document.metadata.date.is_none()).count();
    if undated > 0 {
        let have = if undated == 1 { "has no date and was" } else { "have no date and were" };
        config.warn(&format!("{} {have} left out by --since or --until", counted(undated, "source")));
    }
    let library = library.retain(|document| days.hold(document.metadata.date));
    if library.documents.is_empty() {
        Err(InputError(format!(
            "no source is dated within --since and --until ({} read, {undated} without a date)",
            counted(all, "source")
        )))
    } else {
        Ok(library)
    }
}
