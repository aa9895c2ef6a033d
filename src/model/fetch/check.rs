//! Compares files with their manifest: those already on disk, and those being written.
//!
//! Nothing else in the program decides whether a model's file may be used.

use std::fmt;
use std::fs::File;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};
use thiserror::Error;

use super::Progress;
use crate::model::manifest::{Checksum, Manifest, ModelFile, PlainPath};

/// Bytes read at a time: large enough for the cost of system calls to be negligible next to hashing, small enough for
/// the second-level cache.
const CHUNK: usize = 256 * 1024;

/// The result of [`verify_dir`] for one file.
#[derive(Debug)]
pub struct FileCheck {
    /// The file's path inside the model's folder.
    pub path: PlainPath,
    /// The state of the file.
    pub state: FileState,
}

/// A file on disk, compared with what is known about it.
#[derive(Debug)]
pub enum FileState {
    /// Length and checksum are right.
    Ok,
    /// There is no such file.
    Missing,
    /// The length is wrong; the checksum was not computed.
    WrongSize {
        /// Bytes according to the manifest.
        expected: u64,
        /// Bytes on disk.
        found: u64,
    },
    /// The length is right, but the checksum is not.
    WrongHash {
        /// Checksum according to the manifest.
        expected: Checksum,
        /// Checksum of the bytes on disk.
        found: Checksum,
    },
    /// The file exists but could not be read.
    Unreadable(io::Error),
}

/// Why a file was not saved.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum SaveError {
    /// Reading the bytes failed.
    #[error("cannot be read")]
    Read(#[source] io::Error),
    /// Writing the bytes failed.
    #[error("cannot write {}", path.display())]
    Write {
        /// The file being written.
        path: PathBuf,
        /// The system's error.
        source: io::Error,
    },
    /// The bytes ended too early.
    #[error("cut off after {found} of {expected} bytes")]
    CutOff {
        /// Bytes according to the manifest.
        expected: u64,
        /// Bytes received.
        found: u64,
    },
    /// There were more bytes than the manifest says; the rest was not read.
    #[error("longer than the expected {expected} bytes")]
    TooLong {
        /// Bytes according to the manifest.
        expected: u64,
    },
    /// The number of bytes is right, but their checksum is not.
    #[error("sha256 is {found}, but should be {expected}")]
    WrongHash {
        /// Checksum according to the manifest.
        expected: Checksum,
        /// Checksum of the bytes received.
        found: Checksum,
    },
}

/// Compares every file of the manifest with the one in `dir`, in the manifest's order.
///
/// Reads the whole model; files in `dir` that the manifest does not name are ignored.
pub fn verify_dir(manifest: &Manifest, dir: &Path) -> Vec<FileCheck> {
    let check = |file: &ModelFile| FileCheck {
        path: file.path.clone(),
        state: check_file(&dir.join(&file.path), file.size, file.sha256),
    };
    manifest.files.iter().map(check).collect()
}

/// Compares one file with its expected length and checksum.
pub(super) fn check_file(path: &Path, size: u64, sha256: Checksum) -> FileState {
    match compare(path, size, sha256) {
        Ok(state) => state,
        Err(error) if is_absence(&error) => FileState::Missing,
        Err(error) => FileState::Unreadable(error),
    }
}

/// Copies exactly the bytes of `file` from `source` to `path`, and leaves nothing at `path` if that fails.
///
/// Reads at most one byte more than the manifest allows. When this returns, the file is on the disk and not only in the
/// system's memory.
pub(super) fn save(
    source: &mut dyn Read,
    file: &ModelFile,
    path: &Path,
    progress: &mut dyn Progress,
) -> Result<(), SaveError> {
    let saved = copy(source, file, path, progress);
    if saved.is_err() {
        // The first error is the one to report; the folder is temporary and is removed as a whole later.
        let _ = std::fs::remove_file(path);
    }
    saved
}

impl FileState {
    /// Whether the file may be used.
    pub fn is_ok(&self) -> bool {
        matches!(self, FileState::Ok)
    }
}

impl fmt::Display for FileState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            FileState::Ok => f.write_str("ok"),
            FileState::Missing => f.write_str("missing"),
            FileState::WrongSize { expected, found } => {
                write!(f, "has {found} bytes, but should have {expected}")
            }
            FileState::WrongHash { expected, found } => {
                write!(f, "sha256 is {found}, but should be {expected}")
            }
            FileState::Unreadable(error) => write!(f, "cannot be read: {error}"),
        }
    }
}

impl fmt::Display for FileCheck {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.path, self.state)
    }
}

/// A file whose folder turns out to be a file does not exist.
fn is_absence(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory)
}

fn compare(path: &Path, size: u64, sha256: Checksum) -> io::Result<FileState> {
    let mut file = File::open(path)?;
    let length = file.metadata()?.len();
    if length != size {
        return Ok(FileState::WrongSize { expected: size, found: length });
    }
    let found = Checksum::of(&mut file)?;
    Ok(if found == sha256 { FileState::Ok } else { FileState::WrongHash { expected: sha256, found } })
}

fn copy(source: &mut dyn Read, file: &ModelFile, path: &Path, progress: &mut dyn Progress) -> Result<(), SaveError> {
    let unwritten = |source| SaveError::Write { path: path.to_owned(), source };
    let mut target = create(path).map_err(unwritten)?;
    let mut hasher = Sha256::new();
    let mut length = 0;
    let mut chunk = vec![0; CHUNK];
    let mut bounded = source.take(file.size + 1);
    loop {
        let n = received(&mut bounded, &mut chunk)?;
        if n == 0 {
            break;
        }
        length += n as u64;
        hasher.update(&chunk[..n]);
        target.write_all(&chunk[..n]).map_err(unwritten)?;
        progress.advance(n as u64);
    }
    judge(file, length, Checksum::new(hasher.finalize().into()))?;
    target.sync_all().map_err(unwritten)
}

fn create(path: &Path) -> io::Result<File> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)?;
    }
    File::create_new(path)
}

/// Reads some bytes; a sender that disconnects counts as the end, and the number of bytes shows the loss.
pub(super) fn received(source: &mut dyn Read, chunk: &mut [u8]) -> Result<usize, SaveError> {
    match read_some(source, chunk) {
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Ok(0),
        other => other.map_err(SaveError::Read),
    }
}

fn read_some(source: &mut dyn Read, chunk: &mut [u8]) -> io::Result<usize> {
    loop {
        match source.read(chunk) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            other => return other,
        }
    }
}

fn judge(file: &ModelFile, length: u64, found: Checksum) -> Result<(), SaveError> {
    let expected = file.size;
    if length > expected {
        Err(SaveError::TooLong { expected })
    } else if length < expected {
        Err(SaveError::CutOff { expected, found: length })
    } else if found != file.sha256 {
        Err(SaveError::WrongHash { expected: file.sha256, found })
    } else {
        Ok(())
    }
}
