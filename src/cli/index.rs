//! `index`: embedding ahead of time, and looking after what is kept.

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
use super::input::{Documents, InputError, Request, outcome, shown};
use super::io::print;
use super::progress::Steps;
use super::shard::Shard;
use super::{Outcome, stores};

/// After a change, others are waited for as long as they follow one another within this time.
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
                None => add(config, &request, json),
            }
        }
        Some(IndexCommand::Status(args)) => status(config, &args, json),
        Some(IndexCommand::Prune(args)) => prune(config, &args, json),
        Some(IndexCommand::Verify(args)) => verify(config, &args, json),
        Some(IndexCommand::Rebuild(paths)) => rebuild(config, *paths, json),
        Some(IndexCommand::Clean(args)) => clean(config, &args, json),
    }
}

fn add(config: &Config, request: &Request, json: bool) -> Result<Outcome> {
    let (store, _, complete, reading) = embed(config, request)?;
    print(json, &IndexReport::with_reading(counts_under(&*store, &request.paths)?, reading), terminal::index)?;
    Ok(outcome(complete, true))
}

fn add_shard(config: &Config, request: Request, shard: Shard, json: bool) -> Result<Outcome> {
    let paths = shown(&request.paths);
    let request = request.shard(shard);
    if request.is_empty() {
        config.note(&format!("{paths}: no file is in shard {shard}"));
        return Ok(Outcome::Nothing);
    }
    add(config, &request, json)
}

/// Embeds what is new. Gives the store, the embedder, whether all could be read, and what was not.
fn embed(config: &Config, request: &Request) -> Result<(Arc<dyn Store>, Embedder, bool, ReadingNotes)> {
    kept_somewhere(config)?;
    // It is told before minutes of work, not after them, that nothing would be left of it.
    if let Some((path, _)) = stores::root(config, &stores::places(&request.paths)) {
        drop(Sqlite::open(&path)?);
    }
    let (documents, embedder) = request.read(config)?;
    let complete = documents.complete;
    let corpus = documents.embed(config, &embedder)?;
    read_ahead(&corpus, &embedder, SENTENCES, &Steps::new(config.chatter))?;
    still_there(corpus.library.store())?;
    let reading = ReadingNotes::new(&corpus.library);
    Ok((corpus.library.shared_store(), embedder, complete, reading))
}

/// What is put into a store that was deleted is lost with it.
fn still_there(store: &dyn Store) -> Result<(), StoreError> {
    if store.is_still_there() { Ok(()) } else { Err(StoreError::Gone { path: store.place() }) }
}

fn report(counts: Counts, json: bool) -> Result<()> {
    print(json, &IndexReport::new(counts), terminal::index)
}

/// What the store keeps of the files and folders that are asked for, whatever else it keeps.
fn counts_under(store: &dyn Store, paths: &[PathBuf]) -> Result<Counts> {
    let places: Vec<PathBuf> = paths.iter().filter_map(|path| path.canonicalize().ok()).collect();
    Ok(store.counts_of(&|file| places.iter().any(|place| file.path.starts_with(place)))?)
}

/// How often it is looked whether a folder that is watched is still the same.
const SAME: Duration = Duration::from_secs(2);
/// Files that are named of those that changed.
const NAMED: usize = 5;

/// The folders that are watched, each with what tells it from another of its name.
struct Watched {
    watcher: RecommendedWatcher,
    folders: Vec<(PathBuf, Option<FileId>)>,
}

/// What tells a file from any other that is there.
type FileId = (u64, u64);

#[cfg(unix)]
fn file_id(path: &Path) -> Option<FileId> {
    use std::os::unix::fs::MetadataExt;
    path.metadata().ok().map(|found| (found.dev(), found.ino()))
}

/// Elsewhere a folder that was made again is known by the time it was made.
#[cfg(not(unix))]
fn file_id(path: &Path) -> Option<FileId> {
    let made = path.metadata().ok()?.created().ok()?;
    Some((0, made.duration_since(std::time::UNIX_EPOCH).ok()?.as_nanos() as u64))
}

impl Watched {
    /// Watches folders; what changed is sent. Neither is reading a change, nor what is written to the store.
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
                // A watcher that fails has us look again.
                Err(_) => Vec::new(),
            };
            // Nobody listens any more when the program ends.
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

    /// Watches those folders again that are not what they were, as the system tells only of the one that was there.
    /// Gives them.
    fn renew(&mut self) -> Vec<PathBuf> {
        let mut renewed = Vec::new();
        for (path, id) in &mut self.folders {
            let now = file_id(path);
            if now != *id {
                // There is nothing to be watched where it is gone, nor to be forgotten.
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

/// Looks again whenever something has changed.
fn watch(config: &Config, paths: Paths, json: bool) -> Result<Outcome> {
    let (changed, changes) = channel();
    let own = store_path(config, &StoreArgs { paths: paths.paths.clone() })?;
    let mut watched = Watched::new(&paths.paths, own, changed)?;
    let (store, embedder, ..) = embed(config, &Request::find(paths.clone())?)?;
    let mut told = counts_under(&*store, &paths.paths)?;
    report(told, json)?;
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
        let look = || -> Result<()> {
            let request = Request::find(paths.clone())?;
            Documents::read(config, &store, &request, &embedder)?.embed(config, &embedder).map(drop)
        };
        // What is wrong now may be mended by the next change.
        if let Err(error) = look() {
            config.warn(&super::describe(&error));
        }
        still_there(&*store)?;
        let counts = counts_under(&*store, &paths.paths)?;
        if counts != told {
            report(counts, json)?;
            told = counts;
        }
    }
}

/// The first of some files, each once, and how many more there are.
fn files_of(files: Vec<PathBuf>) -> String {
    let files: BTreeSet<PathBuf> = files.into_iter().collect();
    let names: Vec<String> = files.iter().map(|file| file.display().to_string()).collect();
    if names.is_empty() { "something".to_owned() } else { some_of(&names, NAMED) }
}

/// Hours, minutes and seconds, of Universal Time.
fn time_of_day() -> String {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs() % 86_400);
    format!("{:02}:{:02}:{:02} UTC", now / 3600, now / 60 % 60, now % 60)
}

fn status(config: &Config, args: &StoreArgs, json: bool) -> Result<Outcome> {
    let path = store_path(config, args)?;
    if !path.exists() {
        config.warn(&format!("nothing is kept for {} yet; run `samesay index`", shown(&args.places())));
        print(json, &IndexReport::default(), terminal::index)?;
        return Ok(Outcome::Found);
    }
    let store = stores::look(&path)?;
    // Of a store that is named all is told, unless something of it is named too.
    let counts = match (&config.store, &args.paths[..]) {
        (StoreChoice::File(_), []) => store.counts()?,
        _ => counts_under(&store, &args.places())?,
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
    // Opened, it would be a new store.
    if path.metadata().is_ok_and(|found| found.len() == 0) && Sqlite::has_vectors(&path)? {
        let what = "its database is empty, but vectors stand beside it".to_owned();
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
    // The documents and the model first: without them nothing would be made anew.
    let places = StoreArgs { paths: paths.paths.clone() };
    let request = Request::find(paths)?;
    let path = own_store_path(config, &places)?;
    drop(config.embedder()?);
    // What a damaged store knows of other files cannot be asked.
    let known = path.exists().then(|| Sqlite::open(&path)).and_then(Result::ok);
    if let Some([other, ..]) = known.as_ref().and_then(|store| request.others(store).ok()).as_deref() {
        let other = other.display();
        let what = format!(
            "the store also keeps files from other places, such as {other}; name all its folders, or delete it with `samesay index clean`"
        );
        return Err(UsageError(what).into());
    }
    drop(known);
    tell_if_in_use(config, &path);
    match Sqlite::delete(&path) {
        // Nobody else has files where stores are kept by default. A file that the user names may be anybody's, unless a
        // store's vectors stand beside it.
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
    add(config, &request, json)
}

fn clean(config: &Config, args: &StoreArgs, json: bool) -> Result<Outcome> {
    let path = own_store_path(config, args)?;
    if path.exists() {
        tell_if_in_use(config, &path);
        Sqlite::delete(&path)?;
    } else {
        config.warn(&format!("nothing is kept for {}", shown(&args.places())));
    }
    print(json, &IndexReport::default(), terminal::index)?;
    Ok(Outcome::Found)
}

/// Says what is waited for where another process has the store open.
fn tell_if_in_use(config: &Config, path: &Path) {
    if Sqlite::is_in_use(path) {
        config.note(&format!(
            "{}: another samesay is using the store, such as `samesay index --watch`; waiting up to {} seconds for it to \
             finish",
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

/// Where the store of some paths is, which has to be there.
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

/// The same, for who deletes all of it: it has to be of these paths alone.
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

/// Where the store of some paths is, whether or not it is there.
fn store_path(config: &Config, args: &StoreArgs) -> Result<PathBuf> {
    Ok(store_root(config, args)?.0)
}

/// The same, with the folder that it is of, if that is another.
fn store_root(config: &Config, args: &StoreArgs) -> Result<(PathBuf, Option<PathBuf>)> {
    kept_somewhere(config)?;
    let paths = args.places();
    if !matches!(config.store, StoreChoice::File(_)) {
        for path in &paths {
            path.canonicalize().map_err(|error| InputError::new(format!("{}: {error}", path.display())))?;
        }
    }
    let folders = stores::places(&paths);
    let root = stores::root(config, &folders);
    root.with_context(|| format!("{}: has no store", shown(&args.places())))
}
