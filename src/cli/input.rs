//! The documents that a command is given, by way of the store.

use std::collections::{BTreeMap, HashSet};
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Result;
use samesay::library;
use samesay::library::{
    Corpus, Input, Inventory, Library, Outcome as Read, Publishers, Tried, Unread, Wanted, take_inventory,
};
use samesay::model::{Embedder, Model};
use samesay::passage::Boilerplate;
use samesay::report::{counted, skipped, some_of};
use samesay::source::{
    Columns, Date, FoundFile, FoundFiles, PassedOver, Problem, ReadError, Selection, all_bytes, endings, find,
    language_name, primary_language,
};
use samesay::store::{Store, StoreError, is_part};

use super::args::{ColumnArgs, Paths, SelectionArgs};
use super::config::{Config, UsageError};
use super::progress::Steps;
use super::publishers::SourceMap;
use super::shard::Shard;
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
    pub paths: Vec<PathBuf>,
    inputs: Vec<Input>,
    folders: Vec<PathBuf>,
    columns: Columns,
    boilerplate: Boilerplate,
    days: Days,
    map: Option<SourceMap>,
    /// What could not be looked into, as messages that name it.
    problems: Vec<Problem>,
    /// What stands in the folders and is not read.
    passed_over: Vec<PassedOver>,
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
            request.some_text(read)
        })
    }

    fn split(
        config: &Config,
        store: &Arc<dyn Store>,
        request: &Request,
        inventory: Inventory,
        embedder: &Embedder,
        check: impl FnOnce(&[Read]) -> Result<(), InputError>,
    ) -> Result<Self> {
        let steps = Steps::new(config.chatter);
        let model = embedder.model();
        let (mut library, read) = library::split(store, inventory, &model.counter(), model.splitting(), &steps)?;
        library.warnings = request.warnings(&library, &read);
        check(&read).inspect_err(|_| library.warnings.iter().for_each(|warning| config.warn(warning)))?;
        library.unread = request.unread(&read);
        let stores = stores_among(&library.unread);
        library.unread.retain(|unread| !stores.iter().any(|store| is_in_store(store, Path::new(&unread.path))));
        let complete =
            request.problems.is_empty() && read.iter().all(|read| read.failure.is_none() && read.problems.is_empty());
        let mut library = if request.days.are_limited() { take_days(request.days, library)? } else { library };
        library.warnings.extend(without_running_text(&library));
        library.warnings.extend(in_other_languages(&library, model));
        let failures = library.unread.iter().filter(|unread| unread.tried == Tried::Failed);
        failures.for_each(|unread| config.warn(&format!("{}: {}", unread.path, unread.reason)));
        library.warnings.iter().for_each(|warning| config.warn(warning));
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
    pub fn find(paths: Paths) -> Result<Self> {
        let Paths { paths, selection } = paths;
        let SelectionArgs { glob, exclude, source_map, since, until, keep_boilerplate, columns } = selection;
        let days = Days::parse(since.as_deref(), until.as_deref())?;
        let map = source_map.as_deref().map(SourceMap::read).transpose()?;
        let boilerplate = if keep_boilerplate { Boilerplate::Keep } else { Boilerplate::Drop };
        let selection = Selection { globs: glob, excludes: exclude };
        Self::of(paths, &selection, Self { boilerplate, days, map, ..Self::nothing(columns.into()) })
    }

    /// Two documents.
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

    /// Documents and others that they are compared with: what is in both is of the first. Says which paths are of the
    /// others.
    ///
    /// # Errors
    /// When there is no document in the one or the other, or the same in both.
    pub fn against(first: Paths, others: Vec<PathBuf>) -> Result<(Self, HashSet<String>)> {
        let typed = (shown(&first.paths), shown(&others));
        let second = Self::find(Paths { paths: others, selection: first.selection.clone() })?;
        let first = Self::find(first)?;
        // By the real path, and as it was written.
        let path = |input: &Input| match input {
            Input::File(file) => (file.real.clone(), file.path.display().to_string()),
            Input::Bytes { path, .. } => (path.clone(), path.display().to_string()),
            Input::Source(source) => (PathBuf::from(&source.path), source.path.clone()),
        };
        let known: HashSet<PathBuf> = first.inputs.iter().map(|input| path(input).0).collect();
        let others: Vec<Input> = second.inputs.into_iter().filter(|input| !known.contains(&path(input).0)).collect();
        if others.is_empty() {
            let (a, b) = typed;
            let how = "name other documents with --against, or leave it out to compare them with each other";
            return Err(InputError(format!("--against {b}: the same documents as {a}; {how}")).into());
        }
        let paths = others.iter().map(|input| path(input).1).collect();
        let request = Self {
            inputs: [first.inputs, others].concat(),
            paths: [first.paths, second.paths].concat(),
            folders: [first.folders, second.folders].concat(),
            problems: [first.problems, second.problems].concat(),
            passed_over: [first.passed_over, second.passed_over].concat(),
            ..first
        };
        Ok((request, paths))
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
        }
    }

    fn of(paths: Vec<PathBuf>, selection: &Selection, rest: Self) -> Result<Self> {
        let (stdin, named): (Vec<PathBuf>, Vec<PathBuf>) =
            paths.iter().cloned().partition(|path| path == Path::new("-"));
        let FoundFiles { files, folders, passed_over, problems } = find(&named, selection)?;
        let mut inputs: Vec<Input> = files.into_iter().map(|file| read_once(&named, file)).collect::<Result<_, _>>()?;
        if let Some(path) = stdin.into_iter().next() {
            let bytes = all_bytes(std::io::stdin().lock()).map_err(|error| InputError(format!("-: {error}")))?;
            inputs.push(Input::Bytes { path, bytes });
        }
        let request = Self { paths, inputs, folders, problems, passed_over, ..rest };
        if request.inputs.is_empty() { Err(request.nothing_found().into()) } else { Ok(request) }
    }

    /// Those of the inputs that are in a shard.
    pub fn shard(self, shard: Shard) -> Self {
        let is_in = |input: &Input| match input {
            Input::File(FoundFile { path, .. }) | Input::Bytes { path, .. } => {
                shard.holds_name(&path.to_string_lossy())
            }
            Input::Source(source) => shard.holds_name(&source.path),
        };
        Self { inputs: self.inputs.into_iter().filter(is_in).collect(), ..self }
    }

    /// Whether there is nothing to read.
    pub fn is_empty(&self) -> bool {
        self.inputs.is_empty()
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
        let (known, embedder) = rayon::join(
            || {
                let store = stores::open(config, &stores::places(&self.paths))?;
                Ok::<_, anyhow::Error>((take_inventory(&*store, wanted)?, store))
            },
            || config.embedder(),
        );
        let (inventory, store) = known?;
        Ok((store, inventory, embedder?))
    }

    /// The documents, and the embedder.
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

    /// Whether there is any text. A file that is all there is, and cannot be read, is one error.
    fn some_text(&self, read: &[Read]) -> Result<(), InputError> {
        let failures: Vec<String> =
            read.iter().filter_map(|read| Some(format!("{}: {}", read.path, read.failure.as_ref()?))).collect();
        if let ([failure], 1) = (&failures[..], read.len()) {
            return Err(InputError(failure.clone()));
        }
        if read.iter().any(|read| read.sources > read.empty) {
            return Ok(());
        }
        let problems = !self.problems.is_empty() || read.iter().any(|read| !read.problems.is_empty());
        Err(InputError(match failures.first() {
            Some(failure) => format!("no document could be read: {failure}"),
            None if problems => "no document could be read".to_owned(),
            None => format!("{}: the documents contain no text", shown(&self.paths)),
        }))
    }

    /// Why there is nothing to read.
    fn nothing_found(&self) -> InputError {
        if let Some(problem) = self.problems.first() {
            return InputError(format!("no document could be read: {problem}"));
        }
        let paths = shown(&self.paths);
        let paths_of: Vec<String> = self.passed_over.iter().map(|passed| passed.path.display().to_string()).collect();
        let names = self.passed_over.iter().map(|passed| passed.why.name());
        let passed_over = skipped(names.zip(paths_of.iter().map(String::as_str)));
        InputError(match passed_over {
            Some(skipped) => format!(
                "{paths}: no documents found, but {skipped}; name a file to read it anyway, or use --glob for other extensions (samesay reads {} files)",
                endings()
            ),
            None => format!(
                "{paths}: no documents found; samesay reads {} files (use --glob for other extensions)",
                endings()
            ),
        })
    }

    /// The files of which there is no document.
    fn unread(&self, read: &[Read]) -> Vec<Unread> {
        let failed = read.iter().filter_map(|read| {
            let reason = read.failure.clone()?;
            Some(Unread { path: read.path.clone(), tried: Tried::Failed, reason, advice: None })
        });
        let no_row = |read: &&Read| read.sources == 0 && read.failure.is_none() && !read.problems.is_empty();
        let without_rows = read.iter().filter(no_row).map(|read| Unread {
            path: read.path.clone(),
            tried: Tried::Failed,
            reason: "none of its rows could be read".to_owned(),
            advice: None,
        });
        let skipped = self.passed_over.iter().map(|PassedOver { path, why }| Unread {
            path: path.display().to_string(),
            tried: Tried::Skipped,
            reason: why.name().to_owned(),
            advice: why.advice(),
        });
        let data = read.iter().filter(|read| self.is_data(read)).map(|read| Unread {
            path: read.path.clone(),
            tried: Tried::Skipped,
            reason: "JSON without a column of texts".to_owned(),
            advice: Some("name it with --text-column"),
        });
        let empty = read.iter().filter(|read| is_empty(read)).map(|read| Unread {
            path: read.path.clone(),
            tried: Tried::Skipped,
            reason: NO_TEXT.to_owned(),
            advice: None,
        });
        let problems = self.problems.iter().filter_map(unread);
        failed.chain(without_rows).chain(problems).chain(data).chain(empty).chain(skipped).collect()
    }

    /// Whether a file in a folder is JSON that holds no texts: settings, labels, packages. One that the user names is
    /// meant to hold some.
    fn is_data(&self, read: &Read) -> bool {
        let path = Path::new(&read.path);
        read.sources == 0
            && read.failure.is_none()
            && read.problems.is_empty()
            && !read.notes.is_empty()
            && path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("json"))
            && !self.paths.iter().any(|named| named == path)
    }

    /// What should be known of how the documents were read.
    fn warnings(&self, library: &Library, read: &[Read]) -> Vec<String> {
        let of_files = read.iter().filter(|read| !self.is_data(read)).flat_map(|read| {
            read.problems.iter().chain(&read.notes).map(move |message| format!("{}: {message}", read.path))
        });
        let empty = read.iter().filter(|read| is_empty(read)).map(|read| format!("{}: {NO_TEXT}", read.path));
        let sources = || library.documents.iter().map(|document| (document.id.as_str(), document.path.as_str()));
        let of_map = self.map.as_ref().map_or(Vec::new(), |map| map.warnings(sources()));
        // The others are among what could not be read.
        let problems = self.problems.iter().filter(|problem| unread(problem).is_none()).map(Problem::to_string);
        problems.chain(of_files).chain(empty).chain(of_map).collect()
    }
}

/// Why there is nothing of a file whose documents are all empty.
const NO_TEXT: &str = "contains no text";

fn is_empty(read: &Read) -> bool {
    read.sources > 0 && read.sources == read.empty
}

/// What could not be looked into: a folder, with a slash behind its name, stands for all that is in it.
fn unread(problem: &Problem) -> Option<Unread> {
    let path = problem.path.as_ref()?;
    let shown = path.display().to_string();
    let slash = if path.symlink_metadata().ok()?.is_dir() && !shown.ends_with('/') { "/" } else { "" };
    Some(Unread { path: format!("{shown}{slash}"), tried: Tried::Failed, reason: problem.reason.clone(), advice: None })
}

/// The documents under some paths, and the embedder.
///
/// # Errors
/// When there are none, or the model or the store fails.
pub fn read(config: &Config, paths: Paths) -> Result<(Documents, Embedder)> {
    Request::find(paths)?.read(config)
}

/// Two documents, and the embedder.
///
/// # Errors
/// When one cannot be read or is not one document, or the model or the store fails.
pub fn read_two(config: &Config, paths: [PathBuf; 2], columns: ColumnArgs) -> Result<(Documents, Embedder)> {
    let request = Request::two(paths, columns)?;
    request.documents(config, |read| read.iter().try_for_each(one_document))
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

/// The stores among some files, by the locks beside them: no store is a document that was left out, whether it is the
/// one in use or another.
fn stores_among(files: &[Unread]) -> Vec<PathBuf> {
    files.iter().filter_map(|file| file.path.strip_suffix(".use").map(PathBuf::from)).collect()
}

fn is_in_store(store: &Path, file: &Path) -> bool {
    store.parent() == file.parent() && is_part(store, file)
}

fn without_running_text(library: &Library) -> Vec<String> {
    let none = |at: &usize| library.documents[*at].dropped > 0 && library.passages_of(*at).is_empty();
    let message = |at: usize| {
        let document = &library.documents[at];
        let named = named(&document.path, &document.id);
        format!("{named}: contains no running text; run `samesay passages` to see why")
    };
    (0..library.documents.len()).filter(none).map(message).collect()
}

/// Documents in languages that the model was not trained on, where it is known on which it was.
fn in_other_languages(library: &Library, model: &Model) -> Option<String> {
    let known = model.languages();
    if known.is_empty() || known.iter().any(|tag| tag == "multilingual") {
        return None;
    }
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for tag in library.documents.iter().filter_map(|document| document.metadata.language.as_deref()) {
        let tag = primary_language(tag).to_lowercase();
        if !known.contains(&tag) {
            *counts.entry(tag).or_default() += 1;
        }
    }
    let others: usize = counts.values().sum();
    let name = |tag: &String| language_name(tag).to_owned();
    let each: Vec<String> = counts.iter().map(|(tag, count)| format!("{} ({count})", name(tag))).collect();
    let each = if counts.len() == 1 { counts.keys().map(name).collect() } else { each.join(", ") };
    let reads = known.iter().map(name).collect::<Vec<_>>().join(", ");
    (others > 0).then(|| {
        format!(
            "{others} of {} {} in {each}, but {} was trained on {reads} only: of these, rely only on copies, or use a multilingual model (--model paraphrase-multilingual-MiniLM-L12-v2)",
            counted(library.documents.len(), "document"),
            if others == 1 { "is" } else { "are" },
            model.name()
        )
    })
}

/// Sources dated by their files that are named.
const FILE_DATES: usize = 5;

fn take_days(days: Days, mut library: Library) -> Result<Library, InputError> {
    let all = library.documents.len();
    let undated = library.documents.iter().filter(|document| document.metadata.date.is_none()).count();
    if undated > 0 {
        let have = if undated == 1 { "has no date and was" } else { "have no date and were" };
        library.warnings.push(format!("{} {have} left out by --since or --until", counted(undated, "source")));
    }
    let by_file = (0..all).filter(|at| library.is_dated_by_file(*at));
    let by_file: Vec<String> = by_file
        .map(|at| {
            let document = &library.documents[at];
            let date = document.metadata.date.map_or_else(String::new, |date| date.to_string());
            let left = if days.hold(document.metadata.date) { "" } else { ", left out" };
            format!("{} ({date}{left})", named(&document.path, &document.id))
        })
        .collect();
    if !by_file.is_empty() {
        library.warnings.push(format!(
            "--since and --until go by the day on which the file was made, as the text has no date line, for {}: {}",
            counted(by_file.len(), "source"),
            some_of(&by_file, FILE_DATES)
        ));
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
