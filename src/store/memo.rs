//! Results computed from stored content, and stored with it.

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::{Store, StoreError, decode, encode};
use crate::base::Key;

/// The result stored under `key`; `None` if it is damaged, so that it is computed again.
pub(crate) fn recalled<T: DeserializeOwned>(store: &dyn Store, key: Key) -> Result<Option<T>, StoreError> {
    Ok(store.recall(key)?.and_then(|bytes| decode(&bytes)))
}

/// Stores a result, so that the next run need not compute it.
pub(crate) fn remember<T: Serialize>(store: &dyn Store, key: Key, value: &T) {
    let _ = store.remember(key, &encode(value));
}

/// A result that is computed once and stored under `key`, which stands for what it is computed from.
///
/// # Errors
/// When the store cannot be read, or `compute` fails.
pub fn derived<T, E>(store: &dyn Store, key: Key, compute: impl FnOnce() -> Result<T, E>) -> Result<T, E>
where
    T: Serialize + DeserializeOwned,
    E: From<StoreError>,
{
    if let Some(value) = recalled(store, key)? {
        return Ok(value);
    }
    let value = compute()?;
    remember(store, key, &value);
    Ok(value)
}
