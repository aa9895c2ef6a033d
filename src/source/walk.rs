//! Finding the files: folders are walked as in ripgrep, in a fixed order.

use std::collections::{HashMap, HashSet};
use std::fmt;
use std::fs::FileType;
use std::path::{Path, PathBuf};

use ignore::WalkBuilder;
use ignore::overrides::{Override, OverrideBuilder};

use super::format::{self, Format};

/// Which files of a folder to take.
#[derive(Debug, Clone, Default)]
pub struct Selection {
    /// Take only files that match one of these globs, whatever their ending.
    pub globs: Vec<String>,
    /// Leave out files and folders that match one of these globs.
    pub excludes: Vec<String>,
}

/// An existing file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundFile {
    /// The path as the user would write it.
    pub path: PathBuf,
    /// The absolute path, without symbolic links.
    pub real: PathBuf,
}

/// Why a file or folder inside a folder was passed over. What the user's own globs leave out is not listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Omission {
    /// No supported format has this extension; with what to do instead, where that is known.
    Extension(Option<&'static str>),
    /// A `.gitignore` or `.ignore` file excludes it.
    Ignored,
    /// Its name begins with a dot.
    Hidden,
    /// It is a symbolic link, which might point anywhere.
    Link,
    /// It is a pipe, a socket or a device.
    Special,
}

impl Omission {
    /// Returns the reason in a few words.
    pub fn name(self) -> &'static str {
        match self {
            Self::Extension(_) => "unsupported extension",
            Self::Ignored => "ignored by a .gitignore or .ignore file",
            Self::Hidden => "hidden",
            Self::Link => "symbolic link",
            Self::Special => "not a regular file",
        }
    }

    /// Returns what to do to have it read, where that is known.
    pub fn advice(self) -> Option<&'static str> {
        match self {
            Self::Extension(advice) => advice,
            Self::Ignored | Self::Hidden | Self::Link | Self::Special => None,
        }
    }
}

/// A file or a folder that was passed over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PassedOver {
    /// The path as the user would write it.
    pub path: PathBuf,
    /// The reason.
    pub why: Omission,
}

/// What was found.
#[derive(Debug, Default)]
pub struct FoundFiles {
    /// The files, each once, in the order of the given paths and by name within a folder.
    pub files: Vec<FoundFile>,
    /// What is in the folders but not among `files`, by path within a folder; a folder stands for all its contents.
    pub passed_over: Vec<PassedOver>,
    /// The folders that were walked, as absolute paths.
    pub folders: Vec<PathBuf>,
    /// What could not be looked into.
    pub problems: Vec<Problem>,
}

/// What could not be looked into.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The folder or file, if the system names it.
    pub path: Option<PathBuf>,
    /// The system's message.
    pub reason: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.path {
            Some(path) => write!(f, "{}: {}", path.display(), self.reason),
            None => f.write_str(&self.reason),
        }
    }
}

/// Why the search could not start.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum FindError {
    /// A path that the user named does not exist.
    #[error("{}: {source}", path.display())]
    Path {
        /// The path.
        path: PathBuf,
        /// The system's error.
        source: std::io::Error,
    },
    /// A glob is malformed.
    #[error("{glob:?} is not a valid glob: {source}")]
    Glob {
        /// The glob.
        glob: String,
        /// What is wrong with it.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
}

/// Finds the files under `paths`. A named file is taken whatever its ending; a folder gives the files whose ending
/// belongs to a supported format, without hidden and ignored ones (`.gitignore`, `.ignore`). Symbolic links inside
/// folders are not followed. What is passed over is listed.
///
/// # Errors
/// When a path does not exist or a glob is malformed.
pub fn find(paths: &[PathBuf], selection: &Selection) -> Result<FoundFiles, FindError> {
    let mut found = FoundFiles::default();
    let (mut seen, mut real) = (HashSet::new(), RealPaths::default());
    overrides(Path::new("."), selection)?;
    for path in paths {
        let metadata = path.metadata().map_err(|source| FindError::Path { path: path.clone(), source })?;
        if metadata.is_dir() {
            walk(path, selection, &mut real, &mut found)?;
        } else {
            found
                .files
                .push(FoundFile { real: path.canonicalize().unwrap_or_else(|_| path.clone()), path: path.clone() });
        }
    }
    found.files.retain(|file| seen.insert(file.real.clone()));
    Ok(found)
}

/// The real paths of folders, each resolved once.
#[derive(Default)]
struct RealPaths(HashMap<PathBuf, PathBuf>);

impl RealPaths {
    /// Returns the real path of a file that is not a symbolic link.
    fn of(&mut self, file: &Path) -> PathBuf {
        let (Some(folder), Some(name)) = (file.parent(), file.file_name()) else { return file.to_owned() };
        let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
        let canonical = || folder.canonicalize().unwrap_or_else(|_| folder.to_owned());
        match self.0.get(folder) {
            Some(real) => real.join(name),
            None => self.0.entry(folder.to_owned()).or_insert_with(canonical).join(name),
        }
    }
}

fn walk(folder: &Path, selection: &Selection, real: &mut RealPaths, found: &mut FoundFiles) -> Result<(), FindError> {
    let overrides = overrides(folder, selection)?;
    found.folders.extend(folder.canonicalize());
    // A glob that only excludes files says nothing about other endings.
    let chosen = selection.globs.iter().any(|glob| !glob.starts_with('!'));
    let walker = WalkBuilder::new(folder).overrides(overrides.clone()).sort_by_file_path(Path::cmp).build();
    let (mut walked, mut folders, mut passed_over) = (HashSet::new(), Vec::new(), Vec::new());
    for entry in walker {
        let entry = match entry {
            Ok(entry) => entry,
            Err(error) => {
                found.problems.push(problem(&error));
                continue;
            }
        };
        match entry.file_type() {
            Some(kind) if kind.is_dir() => folders.push(entry.path().to_owned()),
            Some(kind)
                if kind.is_file() && (chosen || format::by_ending(entry.path()).is_some_and(Format::is_read)) =>
            {
                found.files.push(FoundFile { real: real.of(entry.path()), path: shown(entry.path()) });
            }
            Some(kind) => passed_over.push((entry.path().to_owned(), omission(entry.path(), kind))),
            None => {}
        }
        walked.insert(entry.into_path());
    }
    folders.iter().for_each(|folder| passed_over.extend(unwalked(folder, &walked, &overrides)));
    passed_over.sort();
    found.passed_over.extend(passed_over.into_iter().map(|(path, why)| PassedOver { path: shown(&path), why }));
    Ok(())
}

fn omission(path: &Path, kind: FileType) -> Omission {
    match () {
        () if kind.is_symlink() => Omission::Link,
        () if kind.is_file() => Omission::Extension(format::by_ending(path).and_then(Format::advice)),
        () => Omission::Special,
    }
}

/// Returns what is in a folder but was not walked. What the user's globs leave out is not included, nor what cannot be
/// a document: files of version control and of the system, and unfinished reports.
fn unwalked(folder: &Path, walked: &HashSet<PathBuf>, chosen: &Override) -> Vec<(PathBuf, Omission)> {
    const NO_DOCUMENTS: &[&str] = &[".git", ".hg", ".svn", ".ignore", ".DS_Store", ".samesay"];
    let no_document = |name: &str| NO_DOCUMENTS.iter().any(|no_document| name.starts_with(no_document));
    // A folder that cannot be read is already among the problems.
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let unwalked = entries.filter_map(|entry| {
        let (path, name) = (entry.path(), entry.file_name());
        let is_folder = entry.file_type().is_ok_and(|kind| kind.is_dir());
        let hidden = name.as_encoded_bytes().starts_with(b".");
        let left = !walked.contains(&path)
            && !chosen.matched(&path, is_folder).is_ignore()
            && !no_document(&name.to_string_lossy());
        left.then_some((path, if hidden { Omission::Hidden } else { Omission::Ignored }))
    });
    unwalked.collect()
}

/// Describes an error, naming the path once: the walker's own messages name it at each level.
fn problem(error: &ignore::Error) -> Problem {
    let system = error.io_error().and_then(|error| std::error::Error::source(error.get_ref()?));
    match (path_of(error), system) {
        (Some(path), Some(system)) => Problem { path: Some(shown(path)), reason: system.to_string() },
        _ => Problem { path: None, reason: error.to_string() },
    }
}

fn path_of(error: &ignore::Error) -> Option<&Path> {
    match error {
        ignore::Error::WithPath { path, .. } => Some(path),
        ignore::Error::WithDepth { err, .. } | ignore::Error::WithLineNumber { err, .. } => path_of(err),
        _ => None,
    }
}

/// Shows `./a.txt` as `a.txt`, so that walking `.` gives the paths that a person would type.
fn shown(path: &Path) -> PathBuf {
    path.strip_prefix(".").unwrap_or(path).to_owned()
}

fn overrides(folder: &Path, selection: &Selection) -> Result<Override, FindError> {
    let mut builder = OverrideBuilder::new(folder);
    let globs = selection.globs.iter().map(|glob| (glob, glob.clone()));
    for (typed, glob) in globs.chain(selection.excludes.iter().map(|glob| (glob, format!("!{glob}")))) {
        // An empty glob would match everything, or nothing.
        if typed.trim().is_empty() {
            let reason = "an empty pattern matches no name; use one such as '*.md', or none";
            return Err(FindError::Glob { glob: typed.clone(), source: reason.into() });
        }
        builder.add(&glob).map_err(|source| FindError::Glob { glob: typed.clone(), source: source.into() })?;
    }
    builder.build().map_err(|source| FindError::Glob { glob: String::new(), source: source.into() })
}
