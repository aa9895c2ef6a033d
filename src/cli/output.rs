//! Files that are written as a whole or not at all.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use super::config::UsageError;

/// What becomes of a file that is there already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Existing {
    /// It is replaced.
    Replace,
    /// It is an error that it is there.
    Refuse,
}

/// A file that is being written. What was there before stays until [`finish`](Self::finish).
#[derive(Debug)]
pub enum WholeFile {
    /// Beside the place where it is to be.
    Beside { file: NamedTempFile, path: PathBuf, existing: Existing },
    /// A pipe or a device, which cannot be replaced.
    InPlace(File),
}

impl WholeFile {
    /// Begins to write the file at `path`.
    ///
    /// # Errors
    /// When no file can be written there.
    pub fn create(path: &Path, existing: Existing) -> io::Result<Self> {
        // Where a link leads, so that it stays a link.
        let path = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
        if path.metadata().is_ok_and(|found| !found.is_file() && !found.is_dir()) {
            return Ok(Self::InPlace(OpenOptions::new().write(true).open(path)?));
        }
        Ok(Self::Beside { file: new_file(folder(&path))?, path, existing })
    }

    /// The file to write to.
    pub fn file(&mut self) -> &mut File {
        match self {
            Self::Beside { file, .. } => file.as_file_mut(),
            Self::InPlace(file) => file,
        }
    }

    /// Puts what was written where it is to be.
    ///
    /// # Errors
    /// When it cannot be put there, or something is there that is not to be replaced.
    pub fn finish(self) -> io::Result<()> {
        match self {
            Self::InPlace(_) => Ok(()),
            Self::Beside { file, path, existing: Existing::Replace } => {
                keep_permissions(file.path(), &path);
                Ok(file.persist(path).map(drop)?)
            }
            Self::Beside { file, path, existing: Existing::Refuse } => Ok(file.persist_noclobber(path).map(drop)?),
        }
    }
}

/// Gives a file the permissions of the one that it replaces, if there is one and they can be given.
fn keep_permissions(file: &Path, replaced: &Path) {
    if let Ok(found) = replaced.metadata() {
        let _ = fs::set_permissions(file, found.permissions());
    }
}

/// A file without a name that may be read by whom the user's files may.
fn new_file(folder: &Path) -> io::Result<NamedTempFile> {
    let mut builder = tempfile::Builder::new();
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        builder.permissions(fs::Permissions::from_mode(0o666));
    }
    builder.prefix(".samesay").tempfile_in(folder)
}

/// Whether there is a pipe or a socket: whoever opens it waits for somebody at its other end.
fn is_pipe(path: &Path) -> bool {
    #[cfg(unix)]
    {
        use std::os::unix::fs::FileTypeExt;
        path.metadata().is_ok_and(|found| found.file_type().is_fifo() || found.file_type().is_socket())
    }
    #[cfg(not(unix))]
    {
        let _ = path;
        false
    }
}

/// That a report can be put at a place: neither a folder, a pipe nor a link to nothing is there, and its folder is.
pub fn check_place(path: &Path) -> Result<(), UsageError> {
    let refuse = |what: &str| Err(UsageError(format!("-o {}: {what}", path.display())));
    match () {
        () if path.is_dir() => refuse("is a folder; name a file"),
        () if is_dangling(path) => refuse("is a symbolic link to nothing; name another file"),
        () if is_pipe(path) => refuse("is not a regular file; name another file"),
        () if !folder(path).is_dir() => refuse(&format!("the folder {} does not exist", folder(path).display())),
        () => Ok(()),
    }
}

/// Whether there is a symbolic link to nothing: no file can be put in its place.
pub fn is_dangling(path: &Path) -> bool {
    path.is_symlink() && !path.exists()
}

/// The folder that a file is in.
pub fn folder(path: &Path) -> &Path {
    match path.parent() {
        Some(folder) if folder != Path::new("") => folder,
        _ => Path::new("."),
    }
}
