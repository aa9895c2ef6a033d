//! What sources are called where a report refers to them by their ids.

use std::collections::HashMap;

use super::text::{ending, shortened_title};
use super::{PassageRef, SourceRef, printable};

/// The sources of a report by their ids.
pub struct Names<'a>(HashMap<&'a str, &'a SourceRef>);

impl<'a> Names<'a> {
    /// The names of these sources.
    pub fn new(sources: impl IntoIterator<Item = &'a SourceRef>) -> Self {
        Self(sources.into_iter().map(|source| (source.source.as_str(), source)).collect())
    }

    /// The name of the source with this id.
    pub fn of(&self, id: &'a str) -> &'a str {
        self.0.get(id).map_or(id, |source| &source.name)
    }

    /// The name of a source within a sentence: titles are put in quotation marks.
    pub fn quoted(&self, id: &str) -> String {
        self.0.get(id).map_or_else(|| id.to_owned(), |source| source.quoted())
    }

    /// The printable name of a source in at most `columns` columns: the beginning of a title, the end of a path.
    pub fn short(&self, id: &str, columns: usize) -> String {
        match self.0.get(id) {
            Some(source) if source.titled => printable(&shortened_title(&source.name, columns.saturating_sub(2))),
            Some(source) => ending(&printable(&source.name), columns),
            None => ending(&printable(id), columns),
        }
    }

    /// The short names of several sources, made distinct: if titles begin alike, the end of the path is used.
    pub fn short_apart<'i>(&self, ids: impl Iterator<Item = &'i str>, columns: usize) -> Vec<String> {
        let named: Vec<(&str, String)> = ids.map(|id| (id, self.short(id, columns))).collect();
        let mut counts: HashMap<&str, usize> = HashMap::new();
        named.iter().for_each(|(_, name)| *counts.entry(name).or_default() += 1);
        let apart = |(id, name): &(&str, String)| match self.0.get(id) {
            Some(source) if counts[name.as_str()] > 1 => ending(&printable(&source.path[source.folder..]), columns),
            _ => name.clone(),
        };
        named.iter().map(apart).collect()
    }

    /// The title of a passage's source, if it has one.
    pub fn title(&self, passage: &PassageRef) -> Option<&'a str> {
        self.0.get(passage.source.as_str()).filter(|source| source.titled).map(|source| source.name.as_str())
    }
}
