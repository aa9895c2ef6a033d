//! Reading a model's JSON files.

use std::path::Path;

use serde::de::DeserializeOwned;

use super::LoadError;
use super::weights::check_file;

/// The longest configuration file that is read, in bytes.
const MOST_BYTES: u64 = 16 << 20;

pub(super) fn unsupported(path: &Path, what: String) -> LoadError {
    LoadError::Unsupported { path: path.to_owned(), what }
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
