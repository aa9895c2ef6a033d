//! Files that are written as a whole or not at all.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};

use tempfile::{NamedTempFile, TempPath};

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
    /// In the folder where it is to be.
    Beside { file: NewFile, path: PathBuf, existing: Existing },
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
        Ok(Self::Beside { file: NewFile::create(folder(&path))?, path, existing })
    }

    /// The file to write to.
    pub fn file(&mut self) -> &mut File {
        match self {
            Self::Beside { file, .. } => file.file(),
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
            Self::Beside { file, path, existing } => {
                let file = file.named(folder(&path))?;
                match existing {
                    Existing::Replace => {
                        keep_permissions(&file, &path);
                        Ok(file.persist(path)?)
                    }
                    Existing::Refuse => Ok(file.persist_noclobber(path)?),
                }
            }
        }
    }
}

/// A path with something behind its name.
pub fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(ending);
    name.into()
}

/// Whether a file is there that is newer than what it is made of: outputs get their names when they are whole.
pub fn is_done(output: &Path, inputs: &[&Path]) -> bool {
    let written = |path: &Path| path.metadata().and_then(|found| found.modified()).ok();
    let done = written(output);
    done.is_some_and(|done| inputs.iter().all(|input| written(input).is_some_and(|input| done >= input)))
}

/// Gives a file the permissions of the one that it replaces, if there is one and they can be given.
fn keep_permissions(file: &Path, replaced: &Path) {
    if let Ok(found) = replaced.metadata() {
        let _ = fs::set_permissions(file, found.permissions());
    }
}

/// A file that is being written, which may be read by whom the user's files may.
#[derive(Debug)]
pub enum NewFile {
    /// It has no name yet: nothing is left of it, however the program ends.
    #[cfg(target_os = "linux")]
    Nameless(File),
    /// It has another name, where the file system has no files without one.
    Named(NamedTempFile),
}

impl NewFile {
    fn create(folder: &Path) -> io::Result<Self> {
        #[cfg(target_os = "linux")]
        if let Some(file) = nameless(folder) {
            return Ok(Self::Nameless(file));
        }
        let mut builder = with_prefix();
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            builder.permissions(fs::Permissions::from_mode(0o666));
        }
        builder.tempfile_in(folder).map(Self::Named)
    }

    fn file(&mut self) -> &mut File {
        match self {
            #[cfg(target_os = "linux")]
            Self::Nameless(file) => file,
            Self::Named(file) => file.as_file_mut(),
        }
    }

    /// Gives it a name in its folder, from which it can be moved to its place.
    fn named(self, folder: &Path) -> io::Result<TempPath> {
        match self {
            #[cfg(target_os = "linux")]
            Self::Nameless(file) => {
                use rustix::fs::{AtFlags, CWD, linkat};
                let link = |name: &Path| linkat(CWD, open_path(&file), CWD, name, AtFlags::SYMLINK_FOLLOW);
                let named = with_prefix().make_in(folder, |name| Ok(link(name)?))?;
                Ok(named.into_temp_path())
            }
            Self::Named(file) => Ok(file.into_temp_path()),
        }
    }
}

fn with_prefix<'a>() -> tempfile::Builder<'a, 'static> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(".samesay");
    builder
}

/// A file without a name in a folder, where there is such a thing and it can be given a name.
#[cfg(target_os = "linux")]
fn nameless(folder: &Path) -> Option<File> {
    use rustix::fs::{CWD, Mode, OFlags, openat};
    let flags = OFlags::TMPFILE | OFlags::RDWR | OFlags::CLOEXEC;
    let file = File::from(openat(CWD, folder, flags, Mode::from_raw_mode(0o666)).ok()?);
    open_path(&file).exists().then_some(file)
}

/// The path to an open file: there is none without `/proc`.
#[cfg(target_os = "linux")]
fn open_path(file: &File) -> PathBuf {
    use std::os::fd::AsRawFd;
    PathBuf::from(format!("/proc/self/fd/{}", file.as_raw_fd()))
}

/// Has writing more than `ulimit -f` allows fail as it does on a full disk, where the system would end the program.
pub fn survive_file_limit() {
    #[cfg(unix)]
    // SAFETY: a signal is ignored; no handler runs.
    unsafe {
        libc::signal(libc::SIGXFSZ, libc::SIG_IGN);
    }
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
