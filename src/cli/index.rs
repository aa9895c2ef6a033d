//! `index`: embedding ahead of time, and managing the store.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use anyhow::{Context, Result};
use notify::{RecommendedWatcher, RecursiveMode, Watcher};
use samesay::library::read_ahead;
use samesay::model::Embedder;
use samesay::report::{IndexReport, ReadingNotes, counted, some_of, terminal};
use samesay::store::{Counts, KnownFile, Pruned, SENTENCES, Sqlite, Store, StoreError, is_part};

use super::args::{IndexArgs, IndexCommand, Paths, StoreArgs};
use super::config::{Config, StoreChoice, UsageError};
use super::input::{Documents, InputError, NothingRead, Request, outcome, shown};
use super::io::print;
use super::progress::Steps;
use super::shard::Shard;
use super::{Outcome, stores};

/// Longest pause between changes that are handled together.
const SETTLED: Duration = Duration::from_millis(300);

/// `samesay index`
pub fn index(config: &Config, args: IndexArgs) -> Result<Outcome> {
    let json = config.json()?;
    match args.command {
        None if args.watch => watch(config, args.input, json),
        None => {
            let request = Request::find(args.input)?;
            match args.shard {
                Some(shard) => add_shard(config, request, shard, json),
                None => add(config, request, json),
            }
        }
        Some(IndexCommand::Status(args)) => status(config, &args, json),
        Some(IndexCommand::Prune(args)) => prune(config, &args, json),
        Some(IndexCommand::Verify(args)) => verify(config, &args, json),
        Some(IndexCommand::Rebuild(paths)) => rebuild(config, *paths, json),
        Some(IndexCommand::Clean(args)) => clean(config, &args, json),
    }
}

fn add(config: &Config, request: Request, json: bool) -> Result<Outcome> {
    let paths = request.paths.clone();
    let (store, _, complete, reading) = embed(config, request)?;
    print(json, &IndexReport::with_reading(counts_under(&*store, &paths)?, reading), terminal::index)?;
    Ok(outcome(complete, true))
}

fn add_shard(config: &Config, request: Request, shard: Shard, json: bool) -> Result<Outcome> {
    let paths = shown(&request.paths);
    let request = request.shard(shard);
    if request.is_empty() {
        config.note(&format!("{paths}: no file is in shard {shard}"));
        return Ok(Outcome::Nothing);
    }
    add(config, request, json)
}

/// Embeds new passages. Returns the store, the embedder, whether all documents could be read, and notes on those that
/// were not read.
fn embed(config: &Config, request: Request) -> Result<(Arc<dyn Store>, Embedder, bool, ReadingNotes)> {
    kept_somewhere(config)?;
    // A store that cannot be written to is an error before minutes of work, not after them.
    let request = match stores::root(config, &stores::places(&request.paths)) {
        Some((path, _)) => {
            let store = Sqlite::open(&path)?;
            config.say(|| format!("the store is {}", path.display()));
            request.with_store(Arc::new(store))
        }
        None => request,
    };
    let (documents, embedder) = request.read(config)?;
    let complete = documents.complete;
    let corpus = documents.embed(config, &embedder)?;
    read_ahead(&corpus, &embedder, SENTENCES, &Steps::new(config.chatter))?;
    still_there(corpus.library.store())?;
    let reading = ReadingNotes::new(&corpus.library);
    Ok((corpus.library.shared_store(), embedder, complete, reading))
}

/// Checks that the store was not deleted, as everything written to it afterwards is lost.
fn still_there(store: &dyn Store) -> Result<(), StoreError> {
    if store.is_still_there() { Ok(()) } else { Err(StoreError::Gone { path: store.place() }) }
}

fn report(counts: Counts, json: bool) -> Result<()> {
    print(json, &IndexReport::new(counts), terminal::index)
}

/// Counts what the store keeps for the given files and folders.
fn counts_under(store: &dyn Store, paths: &[PathBuf]) -> Result<Counts> {
    let places: Vec<PathBuf> = paths.iter().filter_map(|path| path.canonicalize().ok()).collect();
    Ok(store.counts_of(&|file| places.iter().any(|place| file.path.starts_with(place)))?)
}

/// How often a watched folder is checked for having been replaced.
const SAME: Duration = Duration::from_secs(2);
/// Most changed files that a message names.
const NAMED: usize = 5;

/// The watched folders, each with its identity.
struct Watched {
    watcher: RecommendedWatcher,
    folders: Vec<(PathBuf, Option<FileId>)>,
}

/// Numbers that no two existing files share.
type FileId = (u64, u64);

#[cfg(unix)]
fn file_id(path: &Path) -> Option<FileId> {
    use std::os::unix::fs::MetadataExt;
    path.metadata().ok().map(|found| (found.dev(), found.ino()))
}

/// On other systems, the time of its creation identifies a folder.
#[cfg(not(unix))]
fn file_id(path: &Path) -> Option<FileId> {
    let made = path.metadata().ok()?.created().ok()?;
    Some((0, made.duration_since(std::time::UNIX_EPOCH).ok()?.as_nanos() as u64))
}

impl Watched {
    /// Watches folders, and sends the paths that change. Reading a file, and writing to the store, are not changes.
    fn new(paths: &[PathBuf], store: PathBuf, changed: Sender<Vec<PathBuf>>) -> Result<Self> {
        let watching = "the folders cannot be watched; run `samesay index` again after each change";
        let watcher = notify::recommended_watcher(move |event: notify::Result<notify::Event>| {
            let paths = match event {
                Ok(event) if event.kind.is_access() => return,
                Ok(event) if event.paths.is_empty() => Vec::new(),
                Ok(event) => {
                    let paths: Vec<PathBuf> = event.paths.into_iter().filter(|path| !is_part(&store, path)).collect();
                    if paths.is_empty() {
                        return;
                    }
                    paths
                }
                // After a failure of the watcher, everything is checked again.
                Err(_) => Vec::new(),
            };
            // Sending fails only while the program ends.
            let _ = changed.send(paths);
        })
        .context(watching)?;
        let mut watched = Self { watcher, folders: paths.iter().map(|path| (path.clone(), None)).collect() };
        for (path, id) in &mut watched.folders {
            *id = file_id(path);
            let failed = || format!("{}: {watching}", path.display());
            watched.watcher.watch(path, RecursiveMode::Recursive).with_context(failed)?;
        }
        Ok(watched)
    }

    /// Watches folders again that were deleted or replaced, as the system reports only changes in the former folder.
    /// Returns them.
    fn renew(&mut self) -> Vec<PathBuf> {
        let mut renewed = Vec::new();
        for (path, id) in &mut self.folders {
            let now = file_id(path);
            if now != *id {
                // Unwatching fails if the folder is gone, which does not matter.
                let _ = self.watcher.unwatch(path);
                if now.is_none() || self.watcher.watch(path, RecursiveMode::Recursive).is_ok() {
                    *id = now;
                    renewed.push(path.clone());
                }
            }
        }
        renewed
    }
}

/// Updates the store whenever files change.
fn watch(config: &Config, paths: Paths, json: bool) -> Result<Outcome> {
    let (changed, changes) = channel();
    let own = store_path(config, &StoreArgs { paths: paths.paths.clone() })?;
    let mut watched = Watched::new(&paths.paths, own, changed)?;
    let (store, embedder, _, mut reading) = embed(config, Request::find(paths.clone())?)?;
    let mut told = counts_under(&*store, &paths.paths)?;
    let tell = |counts, reading: &ReadingNotes| {
        print(json, &IndexReport::with_reading(counts, reading.clone()), terminal::index)
    };
    tell(told, &reading)?;
    loop {
        let mut files = match changes.recv_timeout(SAME) {
            Ok(files) => files,
            Err(RecvTimeoutError::Timeout) => match watched.renew() {
                same if same.is_empty() => continue,
                renewed => renewed,
            },
            Err(RecvTimeoutError::Disconnected) => return Ok(Outcome::Found),
        };
        while let Ok(more) = changes.recv_timeout(SETTLED) {
            files.extend(more);
        }
        watched.renew();
        config.note(&format!("{}: changed: {}", time_of_day(), files_of(files)));
        let look = || -> Result<ReadingNotes> {
            let (request, steps) = (Request::find(paths.clone())?, Steps::new(config.chatter));
            let documents = Documents::read(config, &store, &request, &embedder, &steps)?;
            Ok(ReadingNotes::new(&documents.embed(config, &embedder)?.library))
        };
        match look() {
            Ok(notes) => reading = notes,
            // The next change may repair what is wrong now.
            Err(error) => {
                config.warn(&super::describe(&error));
                let nothing = error.downcast_ref::<NothingRead>();
                reading = nothing.map(|nothing| nothing.reading.clone()).unwrap_or_default();
            }
        }
        still_there(&*store)?;
        let counts = counts_under(&*store, &paths.paths)?;
        if counts != told {
            tell(counts, &reading)?;
            told = counts;
        }
    }
}

/// Names the first of some files, each once, and the number of others.
fn files_of(files: Vec<PathBuf>) -> String {
    let files: BTreeSet<PathBuf> = files.into_iter().collect();
    let names: Vec<String> = files.iter().map(|file| file.display().to_string()).collect();
    if names.is_empty() { "something".to_owned() } else { some_of(&names, NAMED) }
}

/// The current time of day in UTC.
fn time_of_day() -> String {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs() % 86_400);
    format!("{:02}:{:02}:{:02} UTC", now / 3600, now / 60 % 60, now % 60)
}

fn status(config: &Config, args: &StoreArgs, json: bool) -> Result<Outcome> {
    let path = store_path(config, args)?;
    if !path.exists() {
        let warning = format!("nothing is kept for {} yet; run `samesay index`", shown(&args.places()));
        config.warn(&warning);
        print(json, &IndexReport::nothing(warning), terminal::index)?;
        return Ok(Outcome::Found);
    }
    let store = stores::look(&path)?;
    // All of a named store is counted, unless paths are named too.
    let counts = match (&config.store, &args.paths[..]) {
        (StoreChoice::File(_), []) => store.counts()?,
        _ => {
            args.places().iter().try_for_each(|path| real(path).map(drop))?;
            counts_under(&store, &args.places())?
        }
    };
    report(counts, json)?;
    config.say(|| format!("the store is {}", path.display()));
    Ok(Outcome::Found)
}

fn prune(config: &Config, args: &StoreArgs, json: bool) -> Result<Outcome> {
    let path = existing(config, args)?;
    tell_if_in_use(config, &path);
    let store = Sqlite::open(&path)?;
    let Pruned { files, passages, vectors } = store.prune(&KnownFile::is_gone)?;
    config.note(&format!(
        "deleted {}, {} and the vectors of {} from the store at {}",
        counted(files, "file"),
        counted(passages, "passage"),
        counted(vectors, "passage"),
        path.display()
    ));
    report(store.counts()?, json)?;
    Ok(Outcome::Found)
}

fn verify(config: &Config, args: &StoreArgs, json: bool) -> Result<Outcome> {
    let path = existing(config, args)?;
    // Opening an empty file would make a new store of it.
    if path.metadata().is_ok_and(|found| found.len() == 0) && Sqlite::has_vectors(&path)? {
        let what = "its database is empty, but there is a vector file beside it".to_owned();
        return Err(StoreError::Damaged { path, what }.into());
    }
    config.note(&format!("checking the store at {}", path.display()));
    let store = stores::look(&path)?;
    let problems = store.verify()?;
    if problems.is_empty() {
        print(json, &IndexReport::undamaged(store.counts()?), terminal::index)?;
        return Ok(Outcome::Found);
    }
    problems.iter().for_each(|problem| config.warn(problem));
    Err(StoreError::Damaged { path, what: counted(problems.len(), "problem") }.into())
}

fn rebuild(config: &Config, paths: Paths, json: bool) -> Result<Outcome> {
    // The documents and the model come first: without them, nothing can be rebuilt.
    let places = StoreArgs { paths: paths.paths.clone() };
    let request = Request::find(paths)?;
    let path = own_store_path(config, &places)?;
    drop(config.embedder()?);
    // A damaged store cannot say which other files it has.
    let known = path.exists().then(|| Sqlite::open(&path)).and_then(Result::ok);
    if let Some([other, ..]) = known.as_ref().and_then(|store| request.others(store).ok()).as_deref() {
        let other = other.display();
        let how = "name all its folders, or delete it with `samesay index clean`";
        return Err(UsageError(format!("the store also keeps files from other places, such as {other}; {how}")).into());
    }
    drop(known);
    tell_if_in_use(config, &path);
    match Sqlite::delete(&path) {
        // The default folder of stores has no other files. A file that the user names may be anything, unless the
        // vector file of a store is beside it.
        Err(StoreError::Foreign { .. })
            if matches!(config.store, StoreChoice::Folder(_)) || Sqlite::has_vectors(&path)? =>
        {
            let aside = Sqlite::put_aside(&path)?;
            config.warn(&format!(
                "{}: was not recognised as a store and was renamed to {}",
                path.display(),
                aside.display()
            ));
        }
        deleted => deleted?,
    }
    add(config, request, json)
}

fn clean(config: &Config, args: &StoreArgs, json: bool) -> Result<Outcome> {
    let path = own_store_path(config, args)?;
    if path.exists() {
        tell_if_in_use(config, &path);
        if let Some(other) = kept_for_others(config, &path, &args.paths) {
            let (paths, other) = (shown(&args.paths), other.display());
            return Err(UsageError(format!(
                "{paths}: the store also keeps files from other places, such as {other}; name all its folders to \
                 delete the whole store"
            ))
            .into());
        }
        Sqlite::delete(&path)?;
        print(json, &IndexReport::default(), terminal::index)?;
    } else {
        let warning = format!("nothing is kept for {}", shown(&args.places()));
        config.warn(&warning);
        print(json, &IndexReport::nothing(warning), terminal::index)?;
    }
    Ok(Outcome::Found)
}

/// A file that the store keeps and that is not under the named paths, where these need not be all that the store is
/// for. A damaged store cannot say which files it has.
fn kept_for_others(config: &Config, store: &Path, named: &[PathBuf]) -> Option<PathBuf> {
    let all = matches!(config.store, StoreChoice::Folder(_)) && !named.iter().any(|path| path.is_file());
    if all || named.is_empty() {
        return None;
    }
    let named: Vec<PathBuf> = named.iter().filter_map(|path| path.canonicalize().ok()).collect();
    let is_other = |file: &KnownFile| !file.is_gone() && !named.iter().any(|path| file.path.starts_with(path));
    Sqlite::open(store).ok()?.files().ok()?.into_iter().find(is_other).map(|file| file.path)
}

/// Says that this command waits if another process is using the store.
fn tell_if_in_use(config: &Config, path: &Path) {
    if Sqlite::is_in_use(path) {
        config.note(&format!(
            "{}: another samesay is using the store, such as `samesay index --watch`; waiting up to {} seconds for it \
             to finish",
            path.display(),
            Sqlite::PATIENCE.as_secs()
        ));
    }
}

fn kept_somewhere(config: &Config) -> Result<()> {
    match config.store {
        StoreChoice::Nothing => {
            Err(UsageError("--store none keeps nothing, so there is nothing to index; name a file instead".to_owned())
                .into())
        }
        StoreChoice::Folder(_) | StoreChoice::File(_) => Ok(()),
    }
}

/// Path of the store for some paths.
///
/// # Errors
/// When the store does not exist.
fn existing(config: &Config, args: &StoreArgs) -> Result<PathBuf> {
    let path = store_path(config, args)?;
    if path.exists() {
        Ok(path)
    } else {
        let what = match config.store {
            StoreChoice::File(_) => format!("{}: no such store", path.display()),
            _ => format!("nothing is kept for {} yet", shown(&args.places())),
        };
        Err(InputError::new(format!("{what}; create one with `samesay index`")).into())
    }
}

/// Path of the store for some paths, to be deleted.
///
/// # Errors
/// When the store is also for other paths.
fn own_store_path(config: &Config, args: &StoreArgs) -> Result<PathBuf> {
    match store_root(config, args)? {
        (path, None) => Ok(path),
        (_, Some(root)) => {
            let (paths, root) = (shown(&args.places()), root.display());
            Err(UsageError(format!(
                "the data for {paths} is in the store of {root}; name that folder to delete the whole store"
            ))
            .into())
        }
    }
}

/// Path of the store for some paths, whether or not it exists.
fn store_path(config: &Config, args: &StoreArgs) -> Result<PathBuf> {
    Ok(store_root(config, args)?.0)
}

/// The real path of a file or folder.
fn real(path: &Path) -> Result<PathBuf, InputError> {
    path.canonicalize().map_err(|error| InputError::new(format!("{}: {error}", path.display())))
}

/// Path of the store for some paths, and the folder that the store is for if that is another one.
fn store_root(config: &Config, args: &StoreArgs) -> Result<(PathBuf, Option<PathBuf>)> {
    kept_somewhere(config)?;
    let paths = args.places();
    if !matches!(config.store, StoreChoice::File(_)) {
        paths.iter().try_for_each(|path| real(path).map(drop))?;
    }
    let folders = stores::places(&paths);
    let root = stores::root(config, &folders);
    root.with_context(|| format!("{}: has no store", shown(&args.places())))
}
