//! Things that were computed from what is kept, and are kept with it.

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::{Store, StoreError, decode, encode};
use crate::base::Key;

/// What was kept under `key`; nothing where that is damaged, so that it is computed again.
pub(crate) fn recalled<T: DeserializeOwned>(store: &dyn Store, key: Key) -> Result<Option<T>, StoreError> {
    Ok(store.recall(key)?.and_then(|bytes| decode(&bytes)))
}

/// Keeps something for the next run, which would compute it again else.
pub(crate) fn remember<T: Serialize>(store: &dyn Store, key: Key, value: &T) {
    let _ = store.remember(key, &encode(value));
}

/// Something that is computed, and kept with what it was computed from, which `key` stands for.
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
