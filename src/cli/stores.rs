//! The store that a command uses.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use samesay::base::Key;
use samesay::store::{Sqlite, Store, StoreError};

use super::config::{Config, StoreChoice};

/// Opens the store for documents under these folders, or creates it.
///
/// # Errors
/// When the store cannot be used. If no store was asked for, or the disk is full, that is only a warning.
pub fn open(config: &Config, folders: &[PathBuf]) -> Result<Arc<dyn Store>, StoreError> {
    let Some((path, _)) = root(config, folders) else { return Ok(Arc::new(Sqlite::in_memory()?)) };
    let opened = Sqlite::open(&path);
    config.say(|| format!("the store is {}", path.display()));
    match (opened, &config.store) {
        (Err(error), _) if is_full(&error) => {
            let kept = Sqlite::is_store(&path).then(|| Sqlite::open_read_only(&path)).transpose()?;
            let what = match &kept {
                Some(_) => "the store is only read, and nothing new is kept",
                None => "nothing will be kept for the next run (use --store FILE to keep it elsewhere)",
            };
            config.warn(&format!("{error}; {what}"));
            Ok(Arc::new(kept.map_or_else(Sqlite::in_memory, Ok)?))
        }
        (Err(StoreError::Io { path: failed, source }), _) if is_read_only(&path) => {
            let store = Sqlite::open_read_only(&path)?;
            config.warn(&format!("{}: {source}; the store is only read, and nothing new is kept", failed.display()));
            Ok(Arc::new(store))
        }
        (Err(StoreError::Io { path, source }), StoreChoice::Folder(_)) => {
            config.warn(&format!(
                "{}: {source}; nothing will be kept for the next run (use --store FILE to keep it elsewhere)",
                path.display()
            ));
            Ok(Arc::new(Sqlite::in_memory()?))
        }
        (opened, _) => {
            let chatter = config.chatter;
            Ok(Arc::new(opened?.when_full(move |error| {
                chatter.warn(&format!("{error}; what is new from here on is not kept for the next run"));
            })))
        }
    }
}

/// Whether the disk is full.
fn is_full(error: &StoreError) -> bool {
    match error {
        StoreError::Full { .. } => true,
        StoreError::Io { source, .. } => matches!(source.kind(), ErrorKind::StorageFull | ErrorKind::QuotaExceeded),
        _ => false,
    }
}

/// Whether there is a file that can be read and is not empty, as a store that could not be made may be. Its caller
/// knows that it, or its folder, cannot be written to.
fn is_read_only(path: &Path) -> bool {
    path.metadata().is_ok_and(|found| found.is_file() && found.len() > 0) && std::fs::File::open(path).is_ok()
}

/// Opens an existing store for reading.
///
/// # Errors
/// When the store cannot be read.
pub fn look(path: &Path) -> Result<Sqlite, StoreError> {
    match Sqlite::open(path) {
        Err(StoreError::Io { .. }) if is_read_only(path) => Sqlite::open_read_only(path),
        opened => opened,
    }
}

/// The folders among some paths, and the folders of the files among them. Other paths are left out.
pub fn places(paths: &[PathBuf]) -> Vec<PathBuf> {
    let place = |path: &PathBuf| {
        let real = path.canonicalize().ok()?;
        let found = real.metadata().ok()?;
        if found.is_dir() { Some(real) } else { real.parent().filter(|_| found.is_file()).map(Path::to_owned) }
    };
    paths.iter().filter_map(place).collect()
}

/// Path of the store for documents under these folders, and the folder that the store is for if that is another folder
/// above them. `None` if nothing is kept.
///
/// A folder uses the store of the nearest folder above it that has one, or else its own. If one of several folders
/// contains the others, they use its store; or else the store of a folder above all of them, if there is one; or else a
/// store of their own.
pub fn root(config: &Config, folders: &[PathBuf]) -> Option<(PathBuf, Option<PathBuf>)> {
    let stores = match &config.store {
        StoreChoice::Nothing => return None,
        StoreChoice::File(path) => return Some((path.clone(), None)),
        StoreChoice::Folder(stores) => stores,
    };
    let mut folders = folders.to_vec();
    folders.sort();
    folders.dedup();
    let first = folders.first()?;
    let common = first.ancestors().find(|folder| folders.iter().all(|other| other.starts_with(folder)))?;
    let existing =
        common.ancestors().map(|folder| (of_root(stores, &[folder]), folder)).find(|(path, _)| path.exists());
    // A folder that contains all others is sorted first.
    let own = if *first == common { vec![common] } else { folders.iter().map(PathBuf::as_path).collect() };
    Some(match existing {
        Some((path, folder)) => (path, (own != [folder]).then(|| folder.to_owned())),
        None => (of_root(stores, &own), None),
    })
}

/// Path of the store for some folders. Its name has the name of the first, for people, and a key of all of them.
fn of_root(stores: &Path, folders: &[&Path]) -> PathBuf {
    let name = folders.first().and_then(|folder| folder.file_name()).unwrap_or_default().to_string_lossy();
    let plain: String = name.chars().filter(|c| c.is_ascii_alphanumeric() || "-_".contains(*c)).take(40).collect();
    let key = format!("{:?}", Key::of("root", folders.iter().map(|folder| folder.as_os_str().as_encoded_bytes())));
    stores.join(format!("{plain}-{}.db", &key[..16]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_of_one_name_have_stores_of_their_own() {
        let of = |folders: &[&str]| {
            let folders: Vec<&Path> = folders.iter().map(Path::new).collect();
            of_root(Path::new("/s"), &folders).display().to_string()
        };
        assert!(of(&["/a/my papers!"]).starts_with("/s/mypapers-"));
        assert_ne!(of(&["/a/papers"]), of(&["/b/papers"]));
        assert_ne!(of(&["/a/papers"]), of(&["/a/papers", "/b"]));
        assert!(of(&["/"]).starts_with("/s/-"));
    }
}
