//! The documents that a command is given, read by way of the store.

mod days;
mod notes;

use std::collections::{HashMap, HashSet};
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Result;
use samesay::library;
use samesay::library::{Corpus, Input, Inventory, Library, Outcome as Read, Publishers, Wanted, take_inventory};
use samesay::model::Embedder;
use samesay::passage::Boilerplate;
use samesay::report::{ReadingNotes, UnreadRef, counted};
use samesay::source::{Columns, FoundFile, FoundFiles, PassedOver, Problem, ReadError, Selection, all_bytes, find};
use samesay::store::{KnownFile, Sqlite, Store, StoreError};

use super::args::{ColumnArgs, Paths, SelectionArgs};
use super::config::{Config, UsageError};
use super::progress::Steps;
use super::publishers::SourceMap;
use super::shard::Shard;
use super::{Outcome, stores};
use days::{Days, take_days};
pub use notes::{asked_in_another_language, some_of_kinds};
use notes::{
    in_other_languages, is_in_store, name_options, one_document, stores_among, warn, warn_of, without_running_text,
};

/// Why there is no usable input.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct InputError(String);

impl InputError {
    pub fn new(message: String) -> Self {
        Self(message)
    }
}

/// That there is nothing to work on, with the files that were not read.
#[derive(Debug, thiserror::Error)]
#[error("{why}")]
pub struct NothingRead {
    #[source]
    why: InputError,
    pub reading: ReadingNotes,
}

/// The documents that were asked for, as far as they were found.
pub struct Request {
    pub paths: Vec<PathBuf>,
    inputs: Vec<Input>,
    folders: Vec<PathBuf>,
    columns: Columns,
    boilerplate: Boilerplate,
    days: Days,
    map: Option<SourceMap>,
    /// Files and folders that could not be opened.
    problems: Vec<Problem>,
    /// Files in the folders that are not read.
    passed_over: Vec<PassedOver>,
    /// The store to use if it is open already: the one that some of the inputs come from, which is only read, or the
    /// one that is written to.
    kept: Option<Arc<dyn Store>>,
}

/// Documents, and whether all of them could be read.
pub struct Documents {
    pub library: Library,
    pub complete: bool,
}

impl Documents {
    /// Reads, splits and keeps the documents, and warns about those that cannot be read.
    ///
    /// # Errors
    /// When there is no document with any text, or the store fails.
    pub fn read(
        config: &Config,
        store: &Arc<dyn Store>,
        request: &Request,
        embedder: &Embedder,
        progress: &dyn library::Progress,
    ) -> Result<Self> {
        let wanted = request.wanted();
        let inventory = take_inventory(&**store, &wanted)?;
        Self::split(config, store, request, inventory, embedder, progress, |read| request.some_text(read))
    }

    fn split(
        config: &Config,
        store: &Arc<dyn Store>,
        request: &Request,
        inventory: Inventory,
        embedder: &Embedder,
        progress: &dyn library::Progress,
        check: impl FnOnce(&[Read]) -> Result<(), InputError>,
    ) -> Result<Self> {
        let model = embedder.model();
        let (mut library, mut read) = library::split(store, inventory, &model.counter(), model.splitting(), progress)?;
        read.iter_mut().for_each(name_options);
        library.warnings = request.warnings(&library, &read);
        library.unread = request.unread(&read);
        let stores = stores_among(&library.unread);
        library.unread.retain(|unread| !stores.iter().any(|store| is_in_store(store, Path::new(&unread.path))));
        if let Err(why) = check(&read) {
            warn_of(config, &library.warnings, &read);
            return Err(NothingRead { why, reading: ReadingNotes::new(&library) }.into());
        }
        let complete =
            request.problems.is_empty() && read.iter().all(|read| read.failure.is_none() && read.problems.is_empty());
        let mut library = if request.days.are_limited() {
            let unread = ReadingNotes::new(&library);
            take_days(request.days, library).map_err(|why| NothingRead { why, reading: unread })?
        } else {
            library
        };
        library.warnings.extend(model.doubts().iter().cloned());
        library.warnings.extend(without_running_text(&library));
        library.warnings.extend(in_other_languages(&library, model));
        warn(config, &library, &read);
        Ok(Self { library, complete })
    }

    /// Embeds the passages that have no vectors yet.
    ///
    /// # Errors
    /// When the model or the store fails.
    pub fn embed(self, config: &Config, embedder: &Embedder) -> Result<Corpus> {
        let library = &self.library;
        config.say(|| {
            format!("{}, {}", counted(library.documents().len(), "document"), counted(library.len(), "passage"))
        });
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

/// The outcome, given whether all documents could be read and whether something was found.
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

impl Request {
    /// Finds the documents under the paths.
    ///
    /// # Errors
    /// When a path does not exist, or there are no documents.
    pub fn find(paths: Paths) -> Result<Self> {
        let Paths { paths, selection } = paths;
        let SelectionArgs { glob, exclude, source_map, since, until, keep_boilerplate, columns } = selection;
        let days = Days::parse(since.as_deref(), until.as_deref())?;
        let map = source_map.as_deref().map(SourceMap::read).transpose()?;
        let boilerplate = if keep_boilerplate { Boilerplate::Keep } else { Boilerplate::Drop };
        let selection = Selection { globs: glob, excludes: exclude };
        Self::of(paths, &selection, Self { boilerplate, days, map, ..Self::nothing(columns.into()) })
    }

    /// Finds two documents.
    ///
    /// # Errors
    /// When one does not exist or is a folder.
    pub fn two(paths: [PathBuf; 2], columns: ColumnArgs) -> Result<Self> {
        if let Some(folder) = paths.iter().find(|path| path.is_dir()) {
            let folder = folder.display();
            return Err(InputError(format!(
                "{folder}: is a folder; `compare` takes two documents, `samesay sources` takes folders"
            ))
            .into());
        }
        let [a, b] = paths;
        let nothing = Self::nothing(columns.into());
        let first = Self::of(vec![a], &Selection::default(), nothing)?;
        let second = Self::of(vec![b], &Selection::default(), Self::nothing(first.columns.clone()))?;
        Ok(Self {
            inputs: [first.inputs, second.inputs].concat(),
            paths: [first.paths, second.paths].concat(),
            ..second
        })
    }

    /// Finds documents, and others to compare them with. Documents in both sets belong to the first. The others may be
    /// those of a store. Also returns the paths of the others.
    ///
    /// # Errors
    /// When one set has no documents, or the two are the same.
    pub fn against(first: Paths, others: Vec<PathBuf>) -> Result<(Self, HashSet<String>)> {
        let typed = (shown(&first.paths), shown(&others));
        let second = match others.iter().find(|path| Sqlite::is_store(path)) {
            Some(store) if others.len() == 1 => Self::of_store(store)?,
            Some(store) => {
                let how = "name only this store, or only other documents";
                return Err(UsageError(format!("--against {}: is a store; {how}", store.display())).into());
            }
            None => Self::find(Paths { paths: others, selection: first.selection.clone() })?,
        };
        let (request, _, others) = Self::find(first)?.with(second);
        if others.is_empty() {
            let (a, b) = typed;
            let how = "name other documents with --against, or leave it out to compare them with each other";
            return Err(InputError(format!("--against {b}: the same documents as {a}; {how}")).into());
        }
        Ok((request, others))
    }

    /// Finds documents, and those whose pairs are wanted, which need not be among the first. Also returns the paths of
    /// those.
    ///
    /// # Errors
    /// When one set has no documents.
    pub fn like(first: Paths, some: Vec<PathBuf>) -> Result<(Self, HashSet<String>)> {
        let second = Self::find(Paths { paths: some, selection: first.selection.clone() })?;
        let (request, mut among, others) = Self::find(first)?.with(second);
        among.extend(others);
        Ok((request, among))
    }

    /// These documents, followed by others. Also returns the paths that are in both, and the paths that only the others
    /// have.
    fn with(self, second: Self) -> (Self, HashSet<String>, HashSet<String>) {
        // By the real path, and as it was written.
        let path = |input: &Input| match input {
            Input::File(file) | Input::Kept { file, .. } => (file.real.clone(), file.path.display().to_string()),
            Input::Bytes { path, .. } => (path.clone(), path.display().to_string()),
            Input::Source(source) => (PathBuf::from(&source.path), source.path.clone()),
        };
        let known: HashMap<PathBuf, String> = self.inputs.iter().map(path).collect();
        let in_both = second.inputs.iter().filter_map(|input| known.get(&path(input).0).cloned()).collect();
        let others: Vec<Input> =
            second.inputs.into_iter().filter(|input| !known.contains_key(&path(input).0)).collect();
        let paths = others.iter().map(|input| path(input).1).collect();
        let request = Self {
            inputs: [self.inputs, others].concat(),
            paths: [self.paths, second.paths].concat(),
            folders: [self.folders, second.folders].concat(),
            problems: [self.problems, second.problems].concat(),
            passed_over: [self.passed_over, second.passed_over].concat(),
            kept: self.kept.or(second.kept),
            ..self
        };
        (request, in_both, paths)
    }

    /// The documents of a store, as they were when they were indexed.
    fn of_store(path: &Path) -> Result<Self> {
        let store = Sqlite::open_read_only(path)?;
        let here = std::env::current_dir().and_then(|here| here.canonicalize()).unwrap_or_default();
        let kept = |known: KnownFile| Input::Kept {
            file: FoundFile {
                path: known.path.strip_prefix(&here).unwrap_or(&known.path).to_owned(),
                real: known.path,
            },
            keys: (known.content, known.reading),
        };
        let mut files = store.files()?;
        files.sort_by(|a, b| a.path.cmp(&b.path));
        let inputs: Vec<Input> = files.into_iter().map(kept).collect();
        if inputs.is_empty() {
            let how = "add some with `samesay index DIR --store FILE`";
            return Err(InputError(format!("{}: the store has no documents; {how}", path.display())).into());
        }
        Ok(Self { inputs, kept: Some(Arc::new(store)), ..Self::nothing(Columns::default()) })
    }

    fn nothing(columns: Columns) -> Self {
        Self {
            paths: Vec::new(),
            inputs: Vec::new(),
            folders: Vec::new(),
            columns,
            boilerplate: Boilerplate::Keep,
            days: Days { since: None, until: None },
            map: None,
            problems: Vec::new(),
            passed_over: Vec::new(),
            kept: None,
        }
    }

    fn of(paths: Vec<PathBuf>, selection: &Selection, rest: Self) -> Result<Self> {
        let (stdin, named): (Vec<PathBuf>, Vec<PathBuf>) =
            paths.iter().cloned().partition(|path| path == Path::new("-"));
        let FoundFiles { files, folders, passed_over, problems } = find(&named, selection)?;
        let mut inputs: Vec<Input> = files.into_iter().map(|file| read_once(&named, file)).collect::<Result<_, _>>()?;
        if let Some(path) = stdin.into_iter().next() {
            let bytes = all_bytes(super::io::stdin().lock()).map_err(|error| InputError(format!("-: {error}")))?;
            inputs.push(Input::Bytes { path, bytes });
        }
        let request = Self { paths, inputs, folders, problems, passed_over, ..rest };
        if !request.inputs.is_empty() {
            return Ok(request);
        }
        let unread = request.unread(&[]);
        let reading = ReadingNotes { unread: unread.iter().map(UnreadRef::new).collect(), ..ReadingNotes::default() };
        Err(NothingRead { why: request.nothing_found(selection), reading }.into())
    }

    /// The inputs that are in a shard.
    pub fn shard(self, shard: Shard) -> Self {
        let is_in = |input: &Input| match input {
            Input::File(FoundFile { path, .. })
            | Input::Kept { file: FoundFile { path, .. }, .. }
            | Input::Bytes { path, .. } => shard.holds_name(&path.to_string_lossy()),
            Input::Source(source) => shard.holds_name(&source.path),
        };
        Self { inputs: self.inputs.into_iter().filter(is_in).collect(), ..self }
    }

    /// The same request, which uses this store.
    pub fn with_store(self, store: Arc<dyn Store>) -> Self {
        Self { kept: Some(store), ..self }
    }

    /// Whether there is nothing to read.
    pub fn is_empty(&self) -> bool {
        self.inputs.is_empty()
    }

    /// The request in the form that [`take_inventory`] takes.
    pub fn wanted(&self) -> Wanted<'_> {
        Wanted {
            inputs: (&self.inputs[..]).into(),
            folders: self.folders.clone(),
            columns: self.columns.clone(),
            boilerplate: self.boilerplate,
            publishers: self.map.as_ref().map(|map| map as &dyn Publishers),
        }
    }

    /// The files that the store keeps, that still exist, and that this request does not name.
    pub fn others(&self, store: &dyn Store) -> Result<Vec<PathBuf>, StoreError> {
        let files = store.files()?.into_iter().filter(|file| !file.is_gone()).map(|file| file.path);
        let asked = |path: &PathBuf| {
            let is_it = |input: &Input| matches!(input, Input::File(file) if file.real == *path);
            self.folders.iter().any(|folder| path.starts_with(folder)) || self.inputs.iter().any(is_it)
        };
        Ok(files.filter(|path| !asked(path)).collect())
    }

    /// Opens the store, looks up what it has of `wanted`, and loads the model at the same time.
    ///
    /// # Errors
    /// When the store or the model fails.
    pub fn open<'a>(
        &self,
        config: &Config,
        wanted: &'a Wanted<'a>,
    ) -> Result<(Arc<dyn Store>, Inventory<'a>, Embedder)> {
        let (known, embedder) = rayon::join(
            || {
                let store = match &self.kept {
                    Some(kept) => Arc::clone(kept),
                    None => stores::open(config, &stores::places(&self.paths))?,
                };
                Ok::<_, anyhow::Error>((take_inventory(&*store, wanted)?, store))
            },
            || config.embedder(),
        );
        let (inventory, store) = known?;
        Ok((store, inventory, embedder?))
    }

    /// Reads the documents and loads the embedder.
    ///
    /// # Errors
    /// When there is no document with any text, or the model or the store fails.
    pub fn read(&self, config: &Config) -> Result<(Documents, Embedder)> {
        self.documents(config, |read| self.some_text(read))
    }

    fn documents(
        &self,
        config: &Config,
        check: impl FnOnce(&[Read]) -> Result<(), InputError>,
    ) -> Result<(Documents, Embedder)> {
        let start = std::time::Instant::now();
        let wanted = self.wanted();
        let (store, inventory, embedder) = self.open(config, &wanted)?;
        let steps = Steps::new(config.chatter);
        let documents = Documents::split(config, &store, self, inventory, &embedder, &steps, check)?;
        config.say(|| {
            format!(
                "{} loaded or read in {:.0} ms",
                counted(documents.library.documents().len(), "document"),
                start.elapsed().as_secs_f64() * 1e3
            )
        });
        Ok((documents, embedder))
    }
}

/// Reads the documents under some paths, and loads the embedder.
///
/// # Errors
/// When there are no documents, or the model or the store fails.
pub fn read(config: &Config, paths: Paths) -> Result<(Documents, Embedder)> {
    Request::find(paths)?.read(config)
}

/// Reads two documents, and loads the embedder.
///
/// # Errors
/// When one cannot be read or is not a single document, or the model or the store fails.
pub fn read_two(config: &Config, paths: [PathBuf; 2], columns: ColumnArgs) -> Result<(Documents, Embedder)> {
    let request = Request::two(paths, columns)?;
    request.documents(config, |read| read.iter().try_for_each(one_document))
}

/// A file as it was found. A file that can be read only once, such as a pipe, is read now.
fn read_once(named: &[PathBuf], file: FoundFile) -> Result<Input, InputError> {
    // Files found in folders are regular files.
    let plain = !named.contains(&file.path) || file.real.metadata().is_ok_and(|found| found.is_file());
    if plain {
        return Ok(Input::File(file));
    }
    let failed = |error: ReadError| InputError(format!("{}: {error}", file.path.display()));
    let bytes = File::open(&file.path).map_err(ReadError::from).and_then(all_bytes).map_err(failed)?;
    Ok(Input::Bytes { path: file.path, bytes })
}

/// Lists paths in a message.
pub fn shown(paths: &[PathBuf]) -> String {
    paths.iter().map(|path| path.display().to_string()).collect::<Vec<_>>().join(", ")
}
