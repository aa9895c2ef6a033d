//! Reading a model's JSON files, and checking that its files are the files themselves.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use serde::de::DeserializeOwned;

use super::LoadError;

/// The longest configuration file that is read, in bytes.
const MOST_BYTES: u64 = 16 << 20;
/// The beginning of a placeholder for another file in a Git repository.
const LFS: &[u8] = b"version https://git-lfs.github.com/spec";

pub(super) fn unsupported(path: &Path, what: String) -> LoadError {
    LoadError::Unsupported { path: path.to_owned(), what }
}

/// Checks that a file can be read and is not a placeholder.
pub(super) fn check_file(path: &Path) -> Result<(), LoadError> {
    let mut head = Vec::new();
    let read = File::open(path).and_then(|file| file.take(LFS.len() as u64).read_to_end(&mut head));
    read.map_err(|source| LoadError::Io { path: path.to_owned(), source })?;
    if head == LFS {
        let what = "is a Git LFS pointer, not the file itself; run `git lfs pull` in its folder".to_owned();
        return Err(unsupported(path, what));
    }
    Ok(())
}

pub(super) fn read_json<T: DeserializeOwned>(path: &Path) -> Result<T, LoadError> {
    check_file(path)?;
    let unread = |source| LoadError::Io { path: path.to_owned(), source };
    let length = std::fs::metadata(path).map_err(unread)?.len();
    if length > MOST_BYTES {
        return Err(unsupported(path, format!("has {length} bytes; a configuration has at most {MOST_BYTES}")));
    }
    let bytes = std::fs::read(path).map_err(unread)?;
    serde_json::from_slice(&bytes).map_err(|source| LoadError::Json { path: path.to_owned(), source })
}

/// Like [`read_json`], but a missing file yields the default.
pub(super) fn read_optional<T: DeserializeOwned + Default>(path: &Path) -> Result<T, LoadError> {
    match read_json(path) {
        Err(LoadError::Io { source, .. }) if source.kind() == std::io::ErrorKind::NotFound => Ok(T::default()),
        other => other,
    }
}

/// Parses a JSON value of a file.
pub(super) fn parse<T: DeserializeOwned>(path: &Path, value: serde_json::Value) -> Result<T, LoadError> {
    serde_json::from_value(value).map_err(|source| LoadError::Json { path: path.to_owned(), source })
}
