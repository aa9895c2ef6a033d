//! Models identified by their name on the hub, whose checksums are not known in advance.
//!
//! On first use, the files that loading needs are fetched into Hugging Face's own cache (or found there), and their
//! checksums are recorded: after that the model is exactly these bytes, like one with a manifest. This is trust on
//! first use. A name keeps meaning the commit that it meant then, until the record is renewed.
//!
//! ```text
//! HF_CACHE/models--ORG--NAME/refs/REVISION            the commit, as the hub named it
//! HF_CACHE/models--ORG--NAME/snapshots/COMMIT/...     links to the files
//! HF_CACHE/models--ORG--NAME/blobs/SHA256             the files; `.part` while they are fetched
//! CACHE/trusted/ORG--NAME@REVISION.json               what is trusted
//! ```

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use hf_hub::{Cache, CacheRepo, Repo, RepoType};
use serde::{Deserialize, Serialize};

use super::hub::{Hub, HubError};
use super::{FetchError, Places, Progress};
use crate::model::manifest::{Checksum, Manifest, ModelFile, PlainPath};
use crate::model::{MODULES, Settings};

/// Maximum size in bytes of a configuration or tokeniser, and of weights.
const MOST_SMALL: u64 = 128 << 20;
const MOST_WEIGHTS: u64 = 64 << 30;

/// The default revision.
const MAIN: &str = "main";

/// A model's name on the hub, `organisation/name`, with its revision.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NamedModel {
    repo: PlainPath,
    revision: PlainPath,
}

/// The record of a trusted model.
#[derive(Debug, Serialize, Deserialize)]
struct Record {
    repo: PlainPath,
    /// The requested revision.
    revision: PlainPath,
    /// The commit that it resolved to.
    commit: PlainPath,
    dim: usize,
    window: usize,
    files: Vec<ModelFile>,
}

/// A module of `modules.json`, reduced to the folder that is needed.
#[derive(Deserialize)]
struct Module {
    path: String,
}

#[derive(Deserialize)]
struct Index {
    weight_map: BTreeMap<String, PlainPath>,
}

impl NamedModel {
    /// Parses `organisation/name` or `organisation/name@revision`; `None` for anything else.
    pub fn parse(text: &str) -> Option<Self> {
        let (repo, revision) = text.split_once('@').unwrap_or((text, MAIN));
        let repo = PlainPath::try_from(repo.to_owned()).ok()?;
        let revision = PlainPath::try_from(revision.to_owned()).ok()?;
        let is_name = |part: &str| part.starts_with(|c: char| c.is_ascii_alphanumeric());
        (repo.as_str().split('/').count() == 2 && repo.as_str().split('/').all(is_name))
            .then_some(Self { repo, revision })
    }

    /// The name of a manifest that does not pin files.
    pub fn of_manifest(manifest: &Manifest) -> Self {
        Self { repo: manifest.repo.clone(), revision: manifest.revision.clone() }
    }

    fn record(&self, places: &Places) -> PathBuf {
        let name = format!("{}@{}.json", self.repo, self.revision).replace('/', "--");
        places.cache.join("trusted").join(name)
    }

    fn repo(&self, revision: &PlainPath) -> Repo {
        Repo::with_revision(self.repo.to_string(), RepoType::Model, revision.to_string())
    }
}

impl fmt::Display for NamedModel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.revision.as_str() {
            MAIN => write!(f, "{}", self.repo),
            revision => write!(f, "{}@{revision}", self.repo),
        }
    }
}

/// The record of a model from its first use, if there is one.
///
/// # Errors
///
/// When the record cannot be read.
pub fn trusted(name: &NamedModel, places: &Places) -> Result<Option<Manifest>, FetchError> {
    let path = name.record(places);
    let damaged = |source: io::Error| FetchError::Record { path: path.clone(), source };
    let bytes = match fs::read(&path) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(damaged(error)),
    };
    let record: Record = serde_json::from_slice(&bytes).map_err(|error| damaged(error.into()))?;
    if record.repo != name.repo || record.revision != name.revision || record.files.is_empty() {
        return Err(damaged(io::Error::other("it is the record of another model")));
    }
    Ok(Some(manifest(record)))
}

/// The manifest of a model by its name: the recorded one, or what the hub has, which is recorded now. Its files are
/// then on this machine, unless they have been removed since.
///
/// # Errors
///
/// When nothing is recorded, and the model cannot be fetched or used by this program.
pub fn named(name: &NamedModel, places: &Places, progress: &mut dyn Progress) -> Result<Manifest, FetchError> {
    match trusted(name, places)? {
        Some(manifest) => Ok(manifest),
        None => renewed(name, places, progress),
    }
}

/// Like [`named`], but with the name's current meaning: the hub is asked and the record replaced. If the network may
/// not be used, Hugging Face's cache is.
///
/// # Errors
///
/// When the model cannot be fetched or used by this program.
pub fn renewed(name: &NamedModel, places: &Places, progress: &mut dyn Progress) -> Result<Manifest, FetchError> {
    let store = HubCache::new(name, places);
    let found = if places.offline { Ok(None) } else { Some(store.fetch(places, progress)).transpose() };
    let (commit, files) = match (found, store.cached()) {
        (Ok(Some(found)), _) => found,
        (Ok(None), Some(cached)) => cached,
        (Ok(None), None) => {
            return Err(FetchError::NamedOffline { name: name.to_string(), cache: store.root.clone() });
        }
        // The hub cannot be reached, but its earlier files are there.
        (Err(error), Some(cached)) if error.is_unreachable() => {
            progress.note(&format!("{error}; using what is in Hugging Face's cache"));
            cached
        }
        (Err(source), _) => return Err(FetchError::Named { name: name.to_string(), source: source.into() }),
    };
    // The same commit has the same bytes: current files are checked against the record, never the other way round. An
    // unreadable record is replaced.
    if let Some(known) = trusted(name, places).ok().flatten().filter(|known| known.revision == commit) {
        progress.note(&format!("{name} is still commit {commit}; its files are checked against their recorded sha256"));
        return Ok(known);
    }
    let dir = store.snapshot(&commit);
    let settings = Settings::read(&dir)
        .map_err(|source| FetchError::Unusable { name: name.to_string(), source: source.into() })?;
    let files = files.into_iter().map(|path| hashed(&dir, path)).collect::<Result<Vec<_>, _>>()?;
    let (dim, window) = (settings.dim, settings.window);
    let record = Record { repo: name.repo.clone(), revision: name.revision.clone(), commit, dim, window, files };
    save(&name.record(places), &record)?;
    progress.note(&format!(
        "{name} is commit {}; the sha256 of its {} files is recorded and checked from now on (trust on first use)",
        record.commit,
        record.files.len()
    ));
    Ok(manifest(record))
}

fn manifest(record: Record) -> Manifest {
    Manifest::trusted(record.repo, record.commit, record.files, record.dim, record.window)
}

fn hashed(dir: &Path, path: PlainPath) -> Result<ModelFile, FetchError> {
    let at = dir.join(&path);
    let read = || {
        let file = File::open(&at)?;
        Ok(ModelFile { size: file.metadata()?.len(), sha256: Checksum::of(file)?, path })
    };
    read().map_err(|source: io::Error| FetchError::Cache { path: at.clone(), source })
}

fn save(path: &Path, record: &Record) -> Result<(), FetchError> {
    let write = || {
        let folder = path.parent().unwrap_or(Path::new("."));
        fs::create_dir_all(folder)?;
        let mut file = tempfile::NamedTempFile::new_in(folder)?;
        file.write_all(&serde_json::to_vec_pretty(record)?)?;
        file.persist(path)?;
        Ok(())
    };
    write().map_err(|source: io::Error| FetchError::Cache { path: path.to_owned(), source })
}

/// A model's part of Hugging Face's cache, or of a folder with the same layout in our cache.
struct HubCache<'a> {
    name: &'a NamedModel,
    root: PathBuf,
}

/// Paths of the files that loading needs, or uses if they exist.
type Wanted = BTreeSet<String>;

impl<'a> HubCache<'a> {
    fn new(name: &'a NamedModel, places: &Places) -> Self {
        Self { name, root: places.hf_cache.clone().unwrap_or_else(|| places.cache.join("hub")) }
    }

    fn repo(&self) -> CacheRepo {
        Cache::new(self.root.clone()).repo(self.name.repo(&self.name.revision))
    }

    fn snapshot(&self, commit: &PlainPath) -> PathBuf {
        self.repo().pointer_path(commit.as_str())
    }

    /// The commit and files of the model in the cache, if it is complete.
    fn cached(&self) -> Option<(PlainPath, Vec<PlainPath>)> {
        // Without this file, the cache may have only what another program needed.
        let modules = self.repo().get(MODULES);
        // A commit needs no reference.
        let dir = match modules {
            Some(modules) => modules.parent()?.to_owned(),
            None => self.snapshot(&self.name.revision),
        };
        let commit = PlainPath::try_from(dir.file_name()?.to_str()?.to_owned()).ok()?;
        let has = |path: &str| dir.join(path).is_file();
        if !has(MODULES) {
            return None;
        }
        let read = |path: &str| fs::read(dir.join(path)).ok();
        let files = needed(&has, &mut |path| read(path).ok_or_else(|| format!("has no {path}"))).ok()?;
        files.iter().all(|path| has(path.as_str())).then_some((commit, files))
    }

    /// Fetches those files that loading needs and that are not there yet.
    fn fetch(&self, places: &Places, progress: &mut dyn Progress) -> Result<(PlainPath, Vec<PlainPath>), HubError> {
        let info = Hub::new(self.name.repo.as_str(), self.name.revision.as_str(), places)?.info()?;
        let wrong = |what: String| HubError::Repository { repo: self.name.to_string(), what };
        let commit = PlainPath::try_from(info.sha)
            .ok()
            .filter(|commit| !commit.as_str().contains('/'))
            .ok_or_else(|| wrong("the hub did not return a commit".to_owned()))?;
        let names: Wanted = info.siblings.into_iter().map(|file| file.rfilename).collect();
        let hub = Hub::new(self.name.repo.as_str(), commit.as_str(), places)?;
        let mut failure = None;
        let dir = self.snapshot(&commit);
        let mut obtain = |path: &str| {
            let path = PlainPath::try_from(path.to_owned()).map_err(|error| error.to_string())?;
            match self.obtain(&hub, &dir, &path, progress) {
                Ok(file) => Ok(file),
                Err(error) => {
                    failure = Some(error);
                    Err(String::new())
                }
            }
        };
        let files = needed(&|path| names.contains(path), &mut |path| {
            fs::read(obtain(path)?).map_err(|error| format!("{path}: {error}"))
        });
        let files = files.and_then(|files| {
            files.iter().try_for_each(|path| obtain(path.as_str()).map(drop))?;
            Ok(files)
        });
        let files = files.map_err(|what| failure.take().unwrap_or_else(|| wrong(what)))?;
        // If the reference cannot be written, the hub has to be asked again later.
        let _ = self.repo().create_ref(commit.as_str());
        Ok((commit, files))
    }

    /// The path of a file in the cache, fetched if it is not there.
    fn obtain(
        &self,
        hub: &Hub,
        dir: &Path,
        path: &PlainPath,
        progress: &mut dyn Progress,
    ) -> Result<PathBuf, HubError> {
        let target = dir.join(path);
        if target.is_file() {
            return Ok(target);
        }
        let unwritten = |source| HubError::File {
            url: path.to_string(),
            source: super::SaveError::Write { path: target.clone(), source },
        };
        let blobs = self.repo().blob_path("");
        fs::create_dir_all(&blobs).map_err(unwritten)?;
        let commit = dir.file_name().unwrap_or_default().to_string_lossy();
        let part = blobs.join(format!("{commit}-{}.part", path.as_str().replace('/', "--")));
        let open = || File::options().create(true).truncate(false).read(true).append(true).open(&part);
        let mut file = open().map_err(unwritten)?;
        // Wait for any other process that is fetching the same file. Not every file system has locks.
        let _ = file.lock();
        if target.is_file() {
            return Ok(target);
        }
        let most = if path.as_str().ends_with(".safetensors") { MOST_WEIGHTS } else { MOST_SMALL };
        hub.append(path.as_str(), (&mut file, &part), most, progress)?;
        let place = || {
            let blob = blobs.join(Checksum::of(File::open(&part)?)?.to_string());
            fs::rename(&part, &blob)?;
            fs::create_dir_all(target.parent().unwrap_or(dir))?;
            link(&blob, &target, path)
        };
        place().map_err(unwritten)?;
        Ok(target)
    }
}

/// Makes `target`, the file `path` of a snapshot, a link to a blob.
#[cfg(unix)]
fn link(blob: &Path, target: &Path, path: &PlainPath) -> io::Result<()> {
    let up: PathBuf = std::iter::repeat_n("..", path.as_str().split('/').count() + 1).collect();
    let name = blob.file_name().unwrap_or_default();
    match std::os::unix::fs::symlink(up.join("blobs").join(name), target) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        linked => linked,
    }
}

#[cfg(not(unix))]
fn link(blob: &Path, target: &Path, _: &PlainPath) -> io::Result<()> {
    fs::rename(blob, target)
}

/// The files that loading needs, of a repository; `has` checks for a file and `read` reads one.
fn needed(
    has: &dyn Fn(&str) -> bool,
    read: &mut dyn FnMut(&str) -> Result<Vec<u8>, String>,
) -> Result<Vec<PlainPath>, String> {
    let damaged = |path: &str| format!("its {path} is damaged");
    let modules: Vec<Module> = match (has(MODULES), has("config.json")) {
        (true, _) => serde_json::from_slice(&read(MODULES)?).map_err(|_| damaged(MODULES))?,
        (false, true) => vec![Module { path: String::new() }],
        (false, false) => {
            return Err(format!("is not a sentence-transformer: it has neither {MODULES} nor config.json"));
        }
    };
    let mut files: BTreeSet<String> = [MODULES].into_iter().filter(|file| has(file)).map(str::to_owned).collect();
    let within =
        |folder: &str, file: &str| if folder.is_empty() { file.to_owned() } else { format!("{folder}/{file}") };
    files.extend(["config_sentence_transformers.json"].into_iter().filter(|file| has(file)).map(str::to_owned));
    for (at, Module { path: folder }) in modules.iter().enumerate() {
        let folder = if folder == "." { "" } else { folder.as_str() };
        let optional = ["config.json", "tokenizer.json", "tokenizer_config.json", "sentence_bert_config.json"];
        files.extend(optional.map(|file| within(folder, file)).into_iter().filter(|file| has(file)));
        files.extend(weights(folder, has, read)?);
        if at == 0 && !files.contains(&within(folder, "tokenizer.json")) {
            return Err("has no tokenizer.json, which is needed; save the model again with a fast tokeniser".to_owned());
        }
    }
    files.into_iter().map(|file| PlainPath::try_from(file).map_err(|error| error.to_string())).collect()
}

/// The files with the weights of a folder; empty if there are none.
fn weights(
    folder: &str,
    has: &dyn Fn(&str) -> bool,
    read: &mut dyn FnMut(&str) -> Result<Vec<u8>, String>,
) -> Result<Vec<String>, String> {
    let within = |file: &str| if folder.is_empty() { file.to_owned() } else { format!("{folder}/{file}") };
    let [whole, index, pickled] =
        ["model.safetensors", "model.safetensors.index.json", "pytorch_model.bin"].map(within);
    if has(&whole) {
        return Ok(vec![whole]);
    }
    if has(&index) {
        let map: Index = serde_json::from_slice(&read(&index)?).map_err(|_| format!("its {index} is damaged"))?;
        let parts: BTreeSet<String> = map.weight_map.values().map(|part| within(part.as_str())).collect();
        return match parts.iter().find(|part| !has(part)) {
            Some(part) => Err(format!("its {index} names {part}, which it does not have")),
            None => Ok(parts.into_iter().chain([index]).collect()),
        };
    }
    if has(&pickled) {
        return Err(format!(
            "has its weights only as {pickled}, a format that can run code when it is loaded; convert it with Python \
             (SentenceTransformer(\"...\").save(\"folder\")) and use that folder"
        ));
    }
    Ok(Vec::new())
}
