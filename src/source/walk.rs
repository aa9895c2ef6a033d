//! Finding the files: folders are walked as ripgrep does, in one fixed order.

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};

use ignore::WalkBuilder;
use ignore::overrides::{Override, OverrideBuilder};

use super::format::{self, Format};

/// Which files of a folder to take.
#[derive(Debug, Clone, Default)]
pub struct Selection {
    /// Take only files that match one of these globs; any ending then.
    pub globs: Vec<String>,
    /// Leave out files and folders that match one of these globs.
    pub excludes: Vec<String>,
}

/// A file that is there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundFile {
    /// As the user would write it.
    pub path: PathBuf,
    /// From the root, without symbolic links.
    pub real: PathBuf,
}

/// What was found.
#[derive(Debug, Default)]
pub struct FoundFiles {
    /// The files, each once, in the order of the paths given and by name within a folder.
    pub files: Vec<FoundFile>,
    /// The folders that were walked, from the root.
    pub folders: Vec<PathBuf>,
    /// What could not be looked into, as messages that name the path.
    pub problems: Vec<String>,
}

/// Why nothing could be looked for.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum FindError {
    /// A path that the user named is not there.
    #[error("{}: {source}", path.display())]
    Path {
        /// The path.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// A glob that cannot be understood.
    #[error("{glob:?} is not a valid glob: {source}")]
    Glob {
        /// The glob.
        glob: String,
        /// What is wrong with it.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
}

/// Finds the files under `paths`. A file that is named is taken whatever its ending; a folder gives those whose endings
/// a format has, without hidden and ignored ones (`.gitignore`, `.ignore`). Symbolic links inside folders are not
/// followed.
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

/// The real paths of folders, each asked for once.
#[derive(Default)]
struct RealPaths(HashMap<PathBuf, PathBuf>);

impl RealPaths {
    /// That of a file which is no symbolic link.
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
    // A glob that only leaves files out says nothing of other endings.
    let chosen = selection.globs.iter().any(|glob| !glob.starts_with('!'));
    let walker = WalkBuilder::new(folder).overrides(overrides).sort_by_file_path(Path::cmp).build();
    for entry in walker {
        match entry {
            Ok(entry) if entry.file_type().is_some_and(|t| t.is_file()) => {
                if chosen || format::by_ending(entry.path()).is_some_and(Format::is_read) {
                    found.files.push(FoundFile { real: real.of(entry.path()), path: shown(entry.path()) });
                }
            }
            Ok(_) => {}
            Err(error) => found.problems.push(problem(&error)),
        }
    }
    Ok(())
}

/// What is wrong, naming the path once: the walker's own messages name it at each of their levels.
fn problem(error: &ignore::Error) -> String {
    let system = error.io_error().and_then(|error| std::error::Error::source(error.get_ref()?));
    match (path_of(error), system) {
        (Some(path), Some(system)) => format!("{}: {system}", shown(path).display()),
        _ => error.to_string(),
    }
}

fn path_of(error: &ignore::Error) -> Option<&Path> {
    match error {
        ignore::Error::WithPath { path, .. } => Some(path),
        ignore::Error::WithDepth { err, .. } | ignore::Error::WithLineNumber { err, .. } => path_of(err),
        _ => None,
    }
}

/// `./a.txt` is shown as `a.txt`, so that walking `.` gives the paths that a person would type.
fn shown(path: &Path) -> PathBuf {
    path.strip_prefix(".").unwrap_or(path).to_owned()
}

fn overrides(folder: &Path, selection: &Selection) -> Result<Override, FindError> {
    let mut builder = OverrideBuilder::new(folder);
    let globs = selection.globs.iter().map(|glob| (glob, glob.clone()));
    for (typed, glob) in globs.chain(selection.excludes.iter().map(|glob| (glob, format!("!{glob}")))) {
        builder.add(&glob).map_err(|source| FindError::Glob { glob: typed.clone(), source: source.into() })?;
    }
    builder.build().map_err(|source| FindError::Glob { glob: String::new(), source: source.into() })
}
