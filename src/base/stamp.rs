//! What the file system reports about a file, so that changes are noticed without reading it.
//!
//! Device, inode, length, and the times of the last change: writing to the file, or putting another in its place,
//! changes one of them, and the time of change (`ctime`) cannot be set by hand. Only a disk that corrupts data silently
//! escapes notice. Git trusts its working tree in the same way.

use std::fs::Metadata;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde::{Deserialize, Serialize};

/// The coarsest resolution of file times on common file systems: a file written to more recently than this may change
/// again without a change in its times.
const COARSEST_TIME: Duration = Duration::from_secs(2);

/// What the file system reports about a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stamp {
    device: u64,
    inode: u64,
    bytes: u64,
    /// Seconds and nanoseconds.
    modified: (i64, i64),
    changed: (i64, i64),
}

impl Stamp {
    /// Returns the stamp of a file, or `None` if it could not show a later change.
    pub fn of(found: &Metadata) -> Option<Self> {
        Self::at(found, SystemTime::now())
    }

    /// Returns the stamp if it can be trusted at the time `now`.
    pub(crate) fn at(found: &Metadata, now: SystemTime) -> Option<Self> {
        let now = i64::try_from(now.duration_since(UNIX_EPOCH).ok()?.as_secs()).ok()?;
        stamp(found).filter(|stamp| stamp.changed.0 + (COARSEST_TIME.as_secs() as i64) < now)
    }
}

#[cfg(unix)]
fn stamp(found: &Metadata) -> Option<Stamp> {
    use std::os::unix::fs::MetadataExt;
    Some(Stamp {
        device: found.dev(),
        inode: found.ino(),
        bytes: found.len(),
        modified: (found.mtime(), found.mtime_nsec()),
        changed: (found.ctime(), found.ctime_nsec()),
    })
}

/// Other systems have no file time that only the system sets.
#[cfg(not(unix))]
fn stamp(_: &Metadata) -> Option<Stamp> {
    None
}
