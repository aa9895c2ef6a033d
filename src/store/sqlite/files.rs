//! The files of a store: their names, and creating, opening and deleting them.

use std::ffi::OsString;
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use rusqlite::{Connection, OpenFlags};

use super::schema::{self, Kind};
use super::{Guard, PATIENCE, Result, Sqlite, StoreError, failed};

/// Pause between checks whether another process has created the store.
const LOOK_AGAIN: Duration = Duration::from_millis(100);
/// The extensions of files that SQLite creates beside a database.
const LOGS: [&str; 3] = ["-wal", "-shm", "-journal"];

impl Sqlite {
    /// Deletes the store at `path` with all of its files, once no process uses it. The database itself goes last: as
    /// long as it exists, this can be repeated.
    ///
    /// # Errors
    /// When the store is in use, cannot be deleted, or cannot be recognised as one.
    pub fn delete(path: &Path) -> Result<()> {
        let path = &real(path);
        let io = |source| StoreError::Io { path: path.to_owned(), source };
        if !path.exists() {
            return Ok(());
        }
        let (kind, alone) = alone(path, PATIENCE)?;
        if kind == Kind::Foreign {
            alone.withdraw();
            return Err(StoreError::Foreign { path: path.to_owned() });
        }
        let own = vector_files(path).map_err(io)?.into_iter().chain(LOGS.map(|ending| beside(path, ending)));
        for file in own.chain([".add", "", ".use"].map(|ending| beside(path, ending))) {
            match std::fs::remove_file(&file) {
                Err(source) if source.kind() != io::ErrorKind::NotFound => {
                    return Err(StoreError::Io { path: file, source });
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// Whether there are vector files of a store at `path`: then the file at `path` was a store, whatever it looks like
    /// now.
    ///
    /// # Errors
    /// When its folder cannot be read.
    pub fn has_vectors(path: &Path) -> Result<bool> {
        let path = &real(path);
        let files = vector_files(path).map_err(|source| StoreError::Io { path: path.to_owned(), source })?;
        Ok(!files.is_empty())
    }

    /// Renames the file at `path`, which cannot be recognised as a store, and the files that belong to it; returns the
    /// new name.
    ///
    /// # Errors
    /// When it cannot be renamed, or another process has created a store there since.
    pub fn put_aside(path: &Path) -> Result<PathBuf> {
        let path = &real(path);
        let io = |source| StoreError::Io { path: path.to_owned(), source };
        let (kind, alone) = alone(path, PATIENCE)?;
        if kind != Kind::Foreign {
            return Err(StoreError::Busy { path: path.to_owned() });
        }
        let aside = (1..).map(|n| beside(path, &format!(".{n}.old"))).find(|name| !name.exists()).unwrap_or_default();
        let logs = LOGS.into_iter().filter(|ending| beside(path, ending).exists()).map(str::to_owned);
        let vectors = vector_files(path).map_err(io)?;
        let vectors = vectors.iter().filter_map(|file| ending_of(file, path).map(str::to_owned));
        // Logs go first: a database without them would lose their content.
        for ending in logs.chain(vectors).chain([String::new()]) {
            std::fs::rename(beside(path, &ending), beside(&aside, &ending)).map_err(io)?;
        }
        alone.withdraw();
        Ok(aside)
    }
}

/// A path with an ending appended to its name.
pub fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = OsString::from(path);
    name.push(ending);
    name.into()
}

pub fn vectors_path(store: &Path, space: i64, generation: i64) -> PathBuf {
    beside(store, &format!("-vectors-{space}-{generation}"))
}

/// The part of a file's name after the store's name, if it begins with that; names need not be UTF-8.
fn ending_of<'a>(file: &'a Path, store: &Path) -> Option<&'a str> {
    let name = |path: &'a Path| path.file_name().unwrap_or_default().as_encoded_bytes();
    let store = store.file_name().unwrap_or_default().as_encoded_bytes();
    std::str::from_utf8(name(file).strip_prefix(store)?).ok()
}

/// Whether a file is a store, or belongs to it, by its name.
pub fn is_part(store: &Path, file: &Path) -> bool {
    let is_ending = |ending| ["", ".use", ".add"].contains(&ending) || LOGS.contains(&ending) || is_vectors(ending);
    ending_of(file, store).is_some_and(is_ending)
}

/// Whether this ending of a store's name makes a vector file, of any space and generation.
fn is_vectors(ending: &str) -> bool {
    let numbers = ending.strip_prefix("-vectors-");
    numbers.is_some_and(|numbers| numbers.split('-').all(|number| number.parse::<u64>().is_ok()))
}

/// The vector files of a store.
pub fn vector_files(store: &Path) -> io::Result<Vec<PathBuf>> {
    let folder = store.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if ending_of(&path, store).is_some_and(is_vectors) {
            found.push(path);
        }
    }
    Ok(found)
}

pub fn name_of(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

/// A path without symbolic links, as SQLite resolves it, so that the files beside the database are found by any name.
/// It is absolute, because SQLite reads one that begins with `file:` as a URI.
pub fn real(path: &Path) -> PathBuf {
    let in_folder = || {
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        Some(folder.canonicalize().ok()?.join(path.file_name()?))
    };
    path.canonicalize()
        .ok()
        .or_else(in_folder)
        .or_else(|| std::path::absolute(path).ok())
        .unwrap_or_else(|| path.to_owned())
}

/// The kind of the file at `path`.
pub fn kind(path: &Path) -> Result<Kind> {
    schema::kind(path).map_err(|source| StoreError::Io { path: path.to_owned(), source })
}

/// Waits until no other process uses, creates or deletes the store at `path`, keeps others away while the guard lives,
/// and returns the kind of the file.
pub fn alone(path: &Path, patience: Duration) -> Result<(Kind, Guard)> {
    let guard = match Guard::lock(&beside(path, ".use"), false, patience) {
        // Where no lock file can be created, no process can create a store.
        Err(StoreError::Io { .. }) if kind(path)? == Kind::Foreign => return Ok((Kind::Foreign, Guard::nobody())),
        guard => guard?,
    };
    match kind(path)? {
        Kind::Young => match ours(path) {
            Err(StoreError::Foreign { .. }) => Ok((Kind::Foreign, guard)),
            young => young.map(|_| (Kind::Young, guard)),
        },
        kind => Ok((kind, guard)),
    }
}

/// Creates the store at `path` if there is none. It is complete before another process can open it. If another process
/// creates it meanwhile, this does not wait until that one closes it.
pub fn make(path: &Path) -> Result<()> {
    let start = Instant::now();
    loop {
        if kind(path)? == Kind::Ours {
            return Ok(());
        }
        if let Some(folder) = path.parent() {
            make_private_folder(folder).map_err(|source| StoreError::Io { path: path.to_owned(), source })?;
        }
        return match alone(path, LOOK_AGAIN) {
            Err(StoreError::Busy { .. }) if start.elapsed() < PATIENCE => continue,
            Err(error) => Err(error),
            Ok((Kind::Ours, _)) => Ok(()),
            Ok((Kind::Foreign, guard)) => {
                guard.withdraw();
                Err(StoreError::Foreign { path: path.to_owned() })
            }
            // The last process to close a database moves its log into it, so that the file identifies itself.
            Ok((Kind::Empty | Kind::Young, guard)) => Sqlite::open_made(path, guard).map(drop),
        };
    }
}

/// Opens the database at `path`, if it is a store of this program or still empty; nothing is changed.
pub fn ours(path: &Path) -> Result<Connection> {
    let connection = Connection::open(path).map_err(|error| failed(path, error))?;
    connection.busy_timeout(PATIENCE).map_err(|error| failed(path, error))?;
    match schema::is_ours(&connection) {
        Ok(true) => Ok(connection),
        Ok(false) => Err(StoreError::Foreign { path: path.to_owned() }),
        Err(error) => Err(failed(path, error)),
    }
}

/// Opens a database to read only. If its log cannot be opened, for instance because its folder is read-only, it is read
/// as if no other process had it open.
pub fn read_only(path: &Path) -> rusqlite::Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let plain = Connection::open_with_flags(path, flags);
    if let Some(connection) = plain.ok().filter(|connection| schema::is_ours(connection).is_ok()) {
        return Ok(connection);
    }
    let escaped: String = path.as_os_str().as_encoded_bytes().iter().map(|byte| format!("%{byte:02x}")).collect();
    Connection::open_with_flags(format!("file:{escaped}?immutable=1"), flags | OpenFlags::SQLITE_OPEN_URI)
}

/// Restricts a file that may have existed before to its owner.
pub fn make_private(file: &File) -> io::Result<()> {
    #[cfg(unix)]
    file.set_permissions(std::os::unix::fs::PermissionsExt::from_mode(0o600))?;
    #[cfg(not(unix))]
    let _ = file;
    Ok(())
}

/// Creates a folder that only its owner may access, with its parents.
fn make_private_folder(folder: &Path) -> io::Result<()> {
    if folder.as_os_str().is_empty() || folder.is_dir() {
        return Ok(());
    }
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}
