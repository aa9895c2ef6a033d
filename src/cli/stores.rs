//! Which store a command uses.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use samesay::key::Key;
use samesay::store::{Sqlite, Store, StoreError};

use super::config::{Config, StoreChoice};

/// Opens the store for documents under these folders; one is made where there is none.
///
/// # Errors
/// When it cannot be used. Where nobody asked for a store and none can be made, it is a warning.
pub fn open(config: &Config, folders: &[PathBuf]) -> Result<Arc<dyn Store>, StoreError> {
    let Some(path) = path(config, folders) else { return Ok(Arc::new(Sqlite::in_memory()?)) };
    let opened = Sqlite::open(&path);
    config.say(|| format!("the store is {}", path.display()));
    match (opened, &config.store) {
        (Err(StoreError::Io { path, source }), StoreChoice::Folder(_)) => {
            config.warn(&format!("{}: {source}; nothing is kept for the next run (--store FILE keeps it elsewhere)", path.display()));
            Ok(Arc::new(Sqlite::in_memory()?))
        }
        (opened, _) => Ok(Arc::new(opened?)),
    }
}

/// Where the store for documents under these folders is: that of the nearest folder above all of them that has one, else one of
/// their own. None where nothing is kept.
pub fn path(config: &Config, folders: &[PathBuf]) -> Option<PathBuf> {
    let stores = match &config.store {
        StoreChoice::Nothing => return None,
        StoreChoice::File(path) => return Some(path.clone()),
        StoreChoice::Folder(stores) => stores,
    };
    let root = common(folders)?;
    let existing = root.ancestors().map(|folder| of_root(stores, folder)).find(|path| path.exists());
    Some(existing.unwrap_or_else(|| of_root(stores, &root)))
}

/// The store of a root: its name tells people what it is, and the rest that it is that one.
fn of_root(stores: &Path, root: &Path) -> PathBuf {
    let name = root.file_name().unwrap_or_default().to_string_lossy();
    let plain: String = name.chars().filter(|c| c.is_ascii_alphanumeric() || "-_".contains(*c)).take(40).collect();
    let key = format!("{:?}", Key::of("root", [root.as_os_str().as_encoded_bytes()]));
    stores.join(format!("{plain}-{}.db", &key[..16]))
}

/// The folder that all others are in.
fn common(folders: &[PathBuf]) -> Option<PathBuf> {
    let (first, rest) = folders.split_first()?;
    let holds = |folder: &&Path| rest.iter().all(|other| other.starts_with(folder));
    first.ancestors().find(holds).map(Path::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_root_is_what_all_have_in_common() {
        let common = |folders: &[&str]| common(&folders.iter().map(PathBuf::from).collect::<Vec<_>>());
        assert_eq!(common(&["/a/b"]), Some("/a/b".into()));
        assert_eq!(common(&["/a/b/c", "/a/b"]), Some("/a/b".into()));
        assert_eq!(common(&["/a/bc", "/a/b"]), Some("/a".into()));
        assert_eq!(common(&[]), None);
    }

    #[test]
    fn roots_of_one_name_have_stores_of_their_own() {
        let of = |root: &str| of_root(Path::new("/s"), Path::new(root)).display().to_string();
        assert!(of("/a/my papers!").starts_with("/s/mypapers-"));
        assert_ne!(of("/a/papers"), of("/b/papers"));
        assert!(of("/").starts_with("/s/-"));
    }
}
