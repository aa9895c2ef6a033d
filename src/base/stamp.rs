//! What the system says of a file, by which a change is noticed without reading it.
//!
//! Device, inode, length, and the times of its last change: whoever writes to the file, or puts another in its place,
//! changes one of them; the time of change (`ctime`) cannot be set by hand. What escapes is a disk that loses bits by
//! itself. Git trusts its working tree in the same way.

use std::fs::Metadata;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde::{Deserialize, Serialize};

/// A file that was written to just before it was looked at may be written to again without its times telling: they are
/// as coarse as this on some file systems.
const COARSEST_TIME: Duration = Duration::from_secs(2);

/// What the system says of a file.
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
    /// The stamp of a file; nothing where a later change would not be told by it.
    pub fn of(found: &Metadata) -> Option<Self> {
        Self::at(found, SystemTime::now())
    }

    /// The stamp that `now` can be trusted.
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

/// Elsewhere there is no time that only the system sets.
#[cfg(not(unix))]
fn stamp(_: &Metadata) -> Option<Stamp> {
    None
}
