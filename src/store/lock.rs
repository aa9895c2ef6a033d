//! Locks between processes, which the system releases when a process dies.

use std::fs::{File, OpenOptions, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use super::StoreError;

/// Pause between attempts to lock.
const PAUSE: Duration = Duration::from_millis(20);

/// Holds a lock while it lives.
#[derive(Debug)]
pub struct Guard {
    _file: Option<File>,
    /// The lock file, if this lock created it.
    made: Option<PathBuf>,
}

impl Guard {
    /// A guard for where no other process can be.
    pub fn nobody() -> Self {
        Self { _file: None, made: None }
    }

    /// A shared lock if nothing can be written, the lock file exists, and no process has it exclusively; else no lock.
    pub fn read_only(path: &Path) -> Self {
        let shared = plain(path).filter(|file| file.try_lock_shared().is_ok());
        Self { _file: shared, made: None }
    }

    /// Locks a file, which is created if need be, shared or exclusively. Waits at most for `patience`.
    ///
    /// # Errors
    /// When another process still holds the lock after `patience`, or the file cannot be opened.
    pub fn lock(path: &Path, shared: bool, patience: Duration) -> Result<Self, StoreError> {
        let start = Instant::now();
        let failed = |source| StoreError::Io { path: path.to_owned(), source };
        let mut made = None;
        loop {
            let file = match private(File::options().create_new(true), path) {
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                    private(File::options().create(true), path)
                }
                new => new.inspect(|_| made = Some(path.to_owned())),
            };
            let file = file.map_err(failed)?;
            match if shared { file.try_lock_shared() } else { file.try_lock() } {
                Ok(()) if is_still_there(&file, path) => return Ok(Self { _file: Some(file), made }),
                // The previous holder has deleted the file.
                Ok(()) if start.elapsed() < patience => std::thread::sleep(PAUSE),
                Ok(()) => return Err(StoreError::Busy { path: store_of(path) }),
                Err(TryLockError::WouldBlock) if start.elapsed() < patience => std::thread::sleep(PAUSE),
                Err(TryLockError::WouldBlock) => return Err(StoreError::Busy { path: store_of(path) }),
                Err(TryLockError::Error(source)) => return Err(failed(source)),
            }
        }
    }

    /// Deletes the lock file if this lock created it; for an exclusive holder that finds nothing to lock.
    pub fn withdraw(self) {
        if let Some(path) = &self.made {
            // If this fails, an empty file is left.
            let _ = std::fs::remove_file(path);
        }
    }
}

/// The store that a lock belongs to: the path without the last extension.
fn store_of(path: &Path) -> PathBuf {
    path.with_extension("")
}

/// Opens a file to read and write; a new file is readable by its owner only.
pub fn private(options: &mut OpenOptions, path: &Path) -> io::Result<File> {
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(options, 0o600);
    options.read(true).write(true).open(path)
}

/// Opens a regular file to read; `None` for anything else, such as a pipe, which would block.
pub fn plain(path: &Path) -> Option<File> {
    open_regular(path).ok()
}

/// Opens a regular file to read.
///
/// # Errors
/// When the file cannot be opened, or is not a regular one, such as a pipe, which would block.
pub fn open_regular(path: &Path) -> io::Result<File> {
    if path.metadata()?.is_file() { File::open(path) } else { Err(io::Error::other("is not a regular file")) }
}

/// Whether a path still leads to the opened file.
#[cfg(unix)]
pub fn is_still_there(file: &File, path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    match (file.metadata(), path.metadata()) {
        (Ok(a), Ok(b)) => (a.dev(), a.ino()) == (b.dev(), b.ino()),
        _ => false,
    }
}

/// Whether a path still leads to a file.
#[cfg(not(unix))]
pub fn is_still_there(_: &File, path: &Path) -> bool {
    path.exists()
}

#[cfg(test)]
mod tests {
    use super::*;

    const SOON: Duration = Duration::from_millis(50);

    #[test]
    fn many_share_and_one_excludes() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.db.use");
        let shared = [Guard::lock(&path, true, SOON).unwrap(), Guard::lock(&path, true, SOON).unwrap()];
        let error = Guard::lock(&path, false, SOON).unwrap_err();
        assert!(error.to_string().contains("a.db: the store is in use"), "{error}");
        drop(shared);
        let alone = Guard::lock(&path, false, SOON).unwrap();
        assert!(matches!(Guard::lock(&path, true, SOON), Err(StoreError::Busy { .. })));
        drop(alone);
        assert!(Guard::lock(&path, true, SOON).is_ok());
    }

    #[test]
    fn only_a_lock_that_was_made_is_withdrawn() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.db.use");
        Guard::lock(&path, false, SOON).unwrap().withdraw();
        assert!(!path.exists());
        std::fs::write(&path, "").unwrap();
        Guard::lock(&path, false, SOON).unwrap().withdraw();
        assert!(path.exists());
    }

    #[test]
    fn a_lock_on_a_deleted_file_is_none() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.db.use");
        let first = Guard::lock(&path, false, SOON).unwrap();
        std::fs::remove_file(&path).unwrap();
        let second = Guard::lock(&path, false, SOON).unwrap();
        drop(first);
        assert!(matches!(Guard::lock(&path, false, SOON), Err(StoreError::Busy { .. })));
        drop(second);
    }
}
