//! `--source-map`: who published which file.

use std::collections::{BTreeSet, HashMap};
use std::path::{Component, Path, PathBuf};

use anyhow::{Context, Result};
use globset::{Glob, GlobMatcher};
use samesay::base::Key;
use samesay::library::Publishers;

use super::config::UsageError;
use super::io::read_text_with_note;

/// Most unused paths that a warning names.
const NAMED: usize = 3;

/// Publishers by file, folder, glob or source id.
pub struct SourceMap {
    file: PathBuf,
    /// A note on how the file was read.
    note: Option<String>,
    /// The paths as written, with the publishers.
    entries: Vec<(String, String)>,
    /// Ids, and paths relative to the current folder and to the map's folder.
    places: HashMap<PathBuf, usize>,
    globs: Vec<(GlobMatcher, usize)>,
    key: Key,
}

impl SourceMap {
    /// The file that the map was read from.
    pub fn file(&self) -> &Path {
        &self.file
    }

    /// Reads a CSV file of path,publisher. The first line may be a header, which may give the other order.
    ///
    /// # Errors
    /// When the file cannot be read, or a line has another form.
    pub fn read(file: &Path) -> Result<Self> {
        if file.is_dir() {
            let what = "is a folder; name a CSV file of path,publisher";
            return Err(UsageError(format!("--source-map {}: {what}", file.display())).into());
        }
        let (text, note) = read_text_with_note(file).context("--source-map")?;
        let folder = file.parent().unwrap_or(Path::new(""));
        let mut map = Self {
            file: file.to_owned(),
            note,
            entries: Vec::new(),
            places: HashMap::new(),
            globs: Vec::new(),
            key: Key::of("source map", [&text, &file.display().to_string()]),
        };
        let mut reader = csv::ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .trim(csv::Trim::All)
            .comment(Some(b'#'))
            .from_reader(text.as_bytes());
        let (mut path_at, mut publisher_at) = (0, 1);
        for (index, record) in reader.records().enumerate() {
            let record = record.map_err(|error| UsageError(format!("--source-map {}: {error}", file.display())))?;
            let line = record.position().map_or(index as u64 + 1, csv::Position::line);
            let refuse = |what: String| UsageError(format!("--source-map {}: line {line}: {what}", file.display()));
            let cell = |at: usize| record.get(at).unwrap_or("");
            if index == 0 {
                // One of the two names is enough, whatever the other column is called.
                match [cell(0), cell(1)].map(str::to_lowercase).each_ref().map(String::as_str) {
                    ["path", _] | [_, "publisher"] => continue,
                    [_, "path"] | ["publisher", _] => {
                        (path_at, publisher_at) = (1, 0);
                        continue;
                    }
                    _ => {}
                }
            }
            match (cell(path_at), cell(publisher_at), record.len()) {
                (path, publisher, 2) if !path.is_empty() && !publisher.is_empty() => {
                    let known = map.places.get(&normal(Path::new(path))).map(|at| &map.entries[*at]);
                    if let Some((_, other)) = known.filter(|(known, _)| known == path) {
                        if other == publisher {
                            continue;
                        }
                        return Err(refuse(format!("{path} has the publisher {other} already")).into());
                    }
                    map.add(folder, path, publisher).map_err(|error| refuse(error.to_string()))?;
                }
                _ => return Err(refuse("expected path,publisher (quote values that contain commas)".to_owned()).into()),
            }
        }
        Ok(map)
    }

    fn add(&mut self, folder: &Path, path: &str, publisher: &str) -> Result<(), globset::Error> {
        let at = self.entries.len();
        self.entries.push((path.to_owned(), publisher.to_owned()));
        for place in [normal(&folder.join(path)), normal(Path::new(path))] {
            self.places.insert(place, at);
        }
        // A source whose name is not UTF-8 is known by what can be shown of it, and such a map is read as windows-1252.
        let bytes = encoding_rs::WINDOWS_1252.encode(path).0;
        let shown = String::from_utf8_lossy(&bytes);
        for place in [normal(&folder.join(&*shown)), normal(Path::new(&*shown))] {
            self.places.entry(place).or_insert(at);
        }
        if path.contains(['*', '?', '[', '{']) {
            self.globs.push((Glob::new(path)?.compile_matcher(), at));
        }
        Ok(())
    }

    /// Warnings about how the map was read, about a map without entries, and about paths that match no source.
    pub fn warnings<'a>(&self, sources: impl Iterator<Item = (&'a str, &'a str)>) -> Vec<String> {
        let named = |note: &str| format!("--source-map {}: {note}", self.file.display());
        let empty = self.entries.is_empty().then(|| named("names no publisher; it needs lines of path,publisher"));
        let note = self.note.as_deref().map(named);
        note.into_iter().chain(empty).chain(self.unused(sources)).collect()
    }

    fn unused<'a>(&self, sources: impl Iterator<Item = (&'a str, &'a str)>) -> Option<String> {
        let used: BTreeSet<usize> = sources.filter_map(|(id, path)| self.find(id, path)).collect();
        let unused: Vec<&str> = self
            .entries
            .iter()
            .enumerate()
            .filter(|(at, _)| !used.contains(at))
            .map(|(_, (path, _))| path.as_str())
            .collect();
        let named = unused.iter().take(NAMED).copied().collect::<Vec<_>>().join(", ");
        let more = match unused.len().saturating_sub(NAMED) {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        let places = "its paths are relative to its own folder, or to the current one";
        (!unused.is_empty()).then(|| {
            format!("--source-map {}: matches no source of this run: {named}{more} ({places})", self.file.display())
        })
    }

    /// The entry for a source: that of its id, or else of its file, or else of the nearest folder, or else the first
    /// glob that matches.
    fn find(&self, id: &str, path: &str) -> Option<usize> {
        let path = normal(Path::new(path));
        let by_id = self.places.get(&normal(Path::new(id)));
        let by_place = || path.ancestors().find_map(|place| self.places.get(place));
        let by_glob = || self.globs.iter().find(|(glob, _)| glob.is_match(&path)).map(|(_, at)| at);
        by_id.or_else(by_place).or_else(by_glob).copied()
    }
}

impl Publishers for SourceMap {
    fn key(&self) -> Key {
        self.key
    }

    fn of(&self, id: &str, path: &str) -> Option<String> {
        self.find(id, path).map(|at| self.entries[at].1.clone())
    }
}

/// A path without `.`, and without `..` after the name of a folder.
fn normal(path: &Path) -> PathBuf {
    let mut out = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir if matches!(out.components().next_back(), Some(Component::Normal(_))) => {
                out.pop();
            }
            part => out.push(part),
        }
    }
    out
}
