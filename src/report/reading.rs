//! What was not read, and warnings about what was.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Serialize;

use super::counted;
use crate::library::{Library, Tried, Unread};

/// What was not read, and warnings about what was.
#[derive(Debug, Clone, Default, PartialEq, Serialize, JsonSchema)]
pub struct ReadingNotes {
    /// Files that gave no source.
    pub unread: Vec<UnreadRef>,
    /// Warnings, each of which names its file.
    pub warnings: Vec<String>,
    /// The folder that all sources are in, which short places leave out.
    #[serde(skip)]
    pub folder: String,
}

/// A file, or a folder with all its files, that gave no source.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct UnreadRef {
    /// Path of the file or folder, as the user would write it.
    pub path: String,
    /// `failed`: could not be read; `skipped`: was left out when its folder was read.
    #[schemars(extend("enum" = ["failed", "skipped"]))]
    pub status: &'static str,
    /// Why there is no source, in a few words.
    pub reason: String,
    /// What to do to have the file read; null if the reason says so or nothing can be done.
    pub advice: Option<&'static str>,
}

impl UnreadRef {
    /// A file of a library that gave no source.
    pub fn new(unread: &Unread) -> Self {
        Self {
            path: unread.path.clone(),
            status: match unread.tried {
                Tried::Failed => "failed",
                Tried::Skipped => "skipped",
            },
            reason: unread.reason.clone(),
            advice: unread.advice,
        }
    }

    /// The file, why it was not read, and what to do.
    pub fn message(&self) -> String {
        format!("{}: {}", self.path, self.why())
    }

    /// Why it was not read, and what to do.
    pub fn why(&self) -> String {
        let advice = self.advice.map_or(String::new(), |advice| format!("; {advice}"));
        format!("{}{advice}", self.reason)
    }
}

impl ReadingNotes {
    /// The notes of a library.
    pub fn new(library: &Library) -> Self {
        Self {
            unread: library.unread.iter().map(UnreadRef::new).collect(),
            warnings: library.warnings.clone(),
            folder: library.folder().to_owned(),
        }
    }

    /// The files that could not be read.
    pub fn failed(&self) -> impl Iterator<Item = &UnreadRef> {
        self.unread.iter().filter(|unread| unread.status == "failed")
    }

    /// The files and folders that were skipped.
    pub fn skipped(&self) -> impl Iterator<Item = &UnreadRef> {
        self.unread.iter().filter(|unread| unread.status == "skipped")
    }

    /// A path, or a message that begins with one, without the folder that all sources are in: as sources are named.
    pub fn short<'a>(&self, path: &'a str) -> &'a str {
        path.strip_prefix(&self.folder).filter(|short| !short.is_empty()).unwrap_or(path)
    }

    /// The same notes for a report that does not say which folder the sources are in.
    #[must_use]
    pub fn with_whole_paths(self) -> Self {
        Self { folder: String::new(), ..self }
    }

    /// Messages about what could not be read, then the warnings.
    pub fn doubts(&self) -> impl Iterator<Item = String> {
        let warnings = self.warnings.iter().map(|warning| self.short(warning).to_owned());
        self.failed().map(|unread| self.short(&unread.message()).to_owned()).chain(warnings)
    }

    /// What could not be read and what was skipped, in one sentence per kind.
    pub fn summary(&self) -> impl Iterator<Item = String> {
        let (folders, files): (Vec<&str>, Vec<&str>) =
            self.failed().map(|unread| self.short(&unread.path)).partition(|path| path.ends_with('/'));
        let failed = |names: &[&str], what: &str| {
            (!names.is_empty())
                .then(|| format!("{} could not be read: {}", counted(names.len(), what), some_of(names, NAMED)))
        };
        let failed = [failed(&files, "file"), failed(&folders, "folder")];
        let skipped = skipped(self.skipped().map(|unread| (unread.reason.as_str(), self.short(&unread.path))));
        failed.into_iter().flatten().chain(skipped)
    }
}

/// Maximum number of names in the list of unreadable files, and in the list of skipped files for each reason.
const NAMED: usize = 3;

/// The first names, and the number of the others.
pub fn some_of(names: &[impl AsRef<str>], most: usize) -> String {
    let named = names.iter().take(most).map(AsRef::as_ref).collect::<Vec<_>>().join(", ");
    match names.len().saturating_sub(most) {
        0 => named,
        more => format!("{named} and {more} more"),
    }
}

/// Lists the files that were skipped, given the reason and the path of each: `3 files were left out: hidden (.a, .b),
/// symbolic link (c)`.
pub fn skipped<'a>(files: impl Iterator<Item = (&'a str, &'a str)>) -> Option<String> {
    let mut paths: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    files.for_each(|(reason, path)| paths.entry(reason).or_default().push(path));
    let all: usize = paths.values().map(Vec::len).sum();
    let each: Vec<String> =
        paths.iter().map(|(reason, paths)| format!("{reason} ({})", some_of(paths, NAMED))).collect();
    let were = if all == 1 { "was" } else { "were" };
    (all > 0).then(|| format!("{} {were} left out: {}", counted(all, "file"), each.join(", ")))
}
