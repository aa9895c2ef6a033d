//! Models already on this machine, and the safe way to add one.
//!
//! Two caches are read: Hugging Face's, which is never changed, and ours:
//!
//! ```text
//! CACHE/models/NAME/REVISION/...      a complete model; appears atomically, by a rename
//! CACHE/models/NAME/.partial-XXXXXX/  a model being fetched, by one process
//! CACHE/models/NAME/.lock             shared by the processes that are fetching
//! CACHE/verified/...                  which files were hashed and found right, and their stamps at that time
//! ```

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use super::check::{FileCheck, check_file, verify_dir};
use super::receipt::Receipt;
use super::{Failure, FetchError, Miss, Places};
use crate::model::manifest::Manifest;

/// The prefix of folders in which a model is being fetched.
const PARTIAL: &str = ".partial-";

/// Why neither cache has a usable model.
pub(super) struct Misses {
    /// Why Hugging Face's cache has none; `None` if there is no such cache.
    hugging_face: Option<Miss>,
    /// Why our cache has none.
    pub(super) own: Miss,
}

impl Misses {
    /// Converts the misses to failures, in the order in which the caches were searched.
    pub(super) fn into_failures(self) -> Vec<Failure> {
        let hugging_face = self.hugging_face.map(Failure::HuggingFaceCache);
        hugging_face.into_iter().chain([Failure::OwnCache(self.own)]).collect()
    }
}

/// The folder of a complete, verified model, in Hugging Face's cache or else in ours.
pub(super) fn look(manifest: &Manifest, places: &Places) -> Result<PathBuf, Misses> {
    let hub = places.hf_cache.as_deref();
    let hugging_face = match hub.map(|hub| look_in_hugging_face(manifest, places, hub)) {
        Some(Ok(dir)) => return Ok(dir),
        Some(Err(miss)) => Some(miss),
        None => None,
    };
    look_in(manifest, places, &own_dir(manifest, places)).map_err(|own| Misses { hugging_face, own })
}

/// Withdraws the receipts of the model's files in both caches.
pub(super) fn forget(manifest: &Manifest, places: &Places) {
    let hub = places.hf_cache.as_deref().map(|hub| snapshots(manifest, hub).join(&manifest.revision));
    hub.into_iter().chain([own_dir(manifest, places)]).for_each(|dir| Receipt::new(manifest, places, &dir).remove());
}

/// The folder in our cache where the model is, or would be.
fn own_dir(manifest: &Manifest, places: &Places) -> PathBuf {
    models_dir(manifest, places).join(&manifest.revision)
}

fn models_dir(manifest: &Manifest, places: &Places) -> PathBuf {
    places.cache.join("models").join(&manifest.name)
}

/// A folder whose files were right when last hashed, and have not been written to since, is not hashed again.
fn look_in(manifest: &Manifest, places: &Places, dir: &Path) -> Result<PathBuf, Miss> {
    let receipt = Receipt::new(manifest, places, dir);
    let seen = receipt.look();
    if receipt.holds(seen.as_ref()) {
        return Ok(dir.to_owned());
    }
    hash_all(manifest, dir).inspect(|_| receipt.write(seen.as_ref()))
}

fn hash_all(manifest: &Manifest, dir: &Path) -> Result<PathBuf, Miss> {
    if !dir.is_dir() {
        return Err(Miss::Absent { dir: dir.to_owned() });
    }
    let bad: Vec<FileCheck> = verify_dir(manifest, dir).into_iter().filter(|file| !file.state.is_ok()).collect();
    if bad.is_empty() { Ok(dir.to_owned()) } else { Err(Miss::Unusable { dir: dir.to_owned(), bad }) }
}

/// The folder in which Hugging Face's cache keeps a repository's revisions.
fn snapshots(manifest: &Manifest, hub: &Path) -> PathBuf {
    hub.join(format!("models--{}", manifest.repo.as_str().replace('/', "--"))).join("snapshots")
}

/// The pinned revision is tried first; any other may have the very same files.
fn look_in_hugging_face(manifest: &Manifest, places: &Places, hub: &Path) -> Result<PathBuf, Miss> {
    let snapshots = snapshots(manifest, hub);
    look_in(manifest, places, &snapshots.join(&manifest.revision))
        .or_else(|miss| same_files_elsewhere(manifest, &snapshots).ok_or(miss))
}

fn same_files_elsewhere(manifest: &Manifest, snapshots: &Path) -> Option<PathBuf> {
    let mut dirs: Vec<PathBuf> = fs::read_dir(snapshots).ok()?.filter_map(|entry| Some(entry.ok()?.path())).collect();
    dirs.sort();
    dirs.into_iter().find(|dir| {
        let good = |path: &Path, size, sha256| check_file(&dir.join(path), size, sha256).is_ok();
        manifest.files.iter().all(|f| good(f.path.as_ref(), f.size, f.sha256))
    })
}

/// A part of our cache in which this process may assemble a model.
pub(super) struct Staging {
    models: PathBuf,
    target: PathBuf,
    /// Held, shared, as long as this process may have a temporary folder.
    _lock: File,
}

/// One temporary folder; removed with its contents when dropped.
pub(super) struct Draft<'a> {
    staging: &'a Staging,
    dir: TempDir,
}

impl Staging {
    /// Opens our cache for writing, and removes what processes left there when they were killed.
    pub(super) fn open(manifest: &Manifest, places: &Places) -> Result<Self, FetchError> {
        let models = models_dir(manifest, places);
        let lock = enter(&models).map_err(|source| FetchError::Cache { path: models.clone(), source })?;
        Ok(Staging { target: own_dir(manifest, places), models, _lock: lock })
    }

    /// Creates an empty temporary folder next to the model's final one.
    pub(super) fn draft(&self) -> Result<Draft<'_>, FetchError> {
        let new = || {
            let dir = tempfile::Builder::new().prefix(PARTIAL).tempdir_in(&self.models)?;
            let draft = Draft { staging: self, dir };
            fs::create_dir(draft.model())?;
            fs::create_dir(draft.scratch())?;
            Ok(draft)
        };
        new().map_err(|source| FetchError::Cache { path: self.models.clone(), source })
    }
}

impl Draft<'_> {
    /// The folder that will become the model's: only verified files go there.
    pub(super) fn model(&self) -> PathBuf {
        // Not the temporary folder itself, which other users may not read.
        self.dir.path().join("model")
    }

    /// A folder for intermediate files.
    pub(super) fn scratch(&self) -> PathBuf {
        self.dir.path().join("scratch")
    }

    /// Moves the model, every file of which was verified while it was written, to its final place.
    ///
    /// If another process was faster and its model is right, that model stays.
    pub(super) fn publish(self, manifest: &Manifest) -> Result<PathBuf, FetchError> {
        let target = &self.staging.target;
        match self.place(manifest) {
            Ok(()) => Ok(target.clone()),
            // Another process can have put its model there between our renames.
            Err(source) => hash_all(manifest, target).map_err(|_| FetchError::Cache { path: target.clone(), source }),
        }
    }

    fn place(&self, manifest: &Manifest) -> io::Result<()> {
        let target = &self.staging.target;
        if fs::rename(self.model(), target).is_ok() || hash_all(manifest, target).is_ok() {
            return Ok(());
        }
        // The existing model is damaged: it is exchanged for the new one, and removed with this folder.
        swap(&self.model(), target)
    }
}

/// Exchanges two paths so that both exist at every moment.
#[cfg(target_os = "linux")]
fn swap(a: &Path, b: &Path) -> io::Result<()> {
    use rustix::fs::{CWD, RenameFlags, renameat_with};
    match renameat_with(CWD, a, CWD, b, RenameFlags::EXCHANGE) {
        // Not every file system supports this.
        Err(rustix::io::Errno::INVAL | rustix::io::Errno::NOSYS) => swap_by_turns(a, b),
        swapped => Ok(swapped?),
    }
}

#[cfg(not(target_os = "linux"))]
fn swap(a: &Path, b: &Path) -> io::Result<()> {
    swap_by_turns(a, b)
}

/// Exchanges two paths in three steps.
fn swap_by_turns(a: &Path, b: &Path) -> io::Result<()> {
    let aside = a.with_extension("aside");
    fs::rename(b, &aside)?;
    fs::rename(a, b)?;
    fs::rename(&aside, a)
}

/// Creates the folder, clears it if no other process is working in it, and marks this process as working there.
fn enter(models: &Path) -> io::Result<File> {
    fs::create_dir_all(models)?;
    let lock = File::options().create(true).truncate(false).write(true).open(models.join(".lock"))?;
    // Without locks (on some network file systems) nothing is ever cleared, and everything else works the same.
    if lock.try_lock().is_ok() {
        // What another user left cannot be removed, and does no harm.
        let _ = clear(models);
        lock.unlock()?;
    }
    let _ = lock.lock_shared();
    Ok(lock)
}

/// Removes the temporary folders; only to be called while no process can be using one.
fn clear(models: &Path) -> io::Result<()> {
    for entry in fs::read_dir(models)? {
        let entry = entry?;
        if entry.file_name().as_encoded_bytes().starts_with(PARTIAL.as_bytes()) {
            fs::remove_dir_all(entry.path())?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_folders_change_places() {
        for swap in [swap, swap_by_turns] {
            let folder = tempfile::tempdir().unwrap();
            let [a, b] = ["a", "b"].map(|name| folder.path().join(name));
            for (dir, text) in [(&a, "new"), (&b, "damaged")] {
                fs::create_dir(dir).unwrap();
                fs::write(dir.join("file"), text).unwrap();
            }
            swap(&a, &b).unwrap();
            let texts = [&a, &b].map(|dir| fs::read_to_string(dir.join("file")).unwrap());
            assert_eq!(texts, ["damaged", "new"]);
            assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2);
        }
    }
}
