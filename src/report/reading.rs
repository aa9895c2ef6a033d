//! What was not read, and what should be known of what was.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Serialize;

use super::counted;
use crate::library::{Library, Tried, Unread};

/// What was not read, and what should be known of what was.
#[derive(Debug, Clone, Default, PartialEq, Serialize, JsonSchema)]
pub struct ReadingNotes {
    /// The files of which there is no source.
    pub unread: Vec<UnreadRef>,
    /// Messages that name the file.
    pub warnings: Vec<String>,
    /// The folder that all sources are in, which their short places leave out.
    #[serde(skip)]
    pub folder: String,
}

/// A file, or a folder with all in it, of which there is no source.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct UnreadRef {
    /// As the user would write it.
    pub path: String,
    /// `failed`: it could not be read; `skipped`: it was passed over in its folder.
    #[schemars(extend("enum" = ["failed", "skipped"]))]
    pub status: &'static str,
    /// Why, in a few words.
    pub reason: String,
    /// What to do to have it read; null where the reason says so, or nothing can be done.
    pub advice: Option<&'static str>,
}

impl UnreadRef {
    /// The file, why it was not read, and what to do.
    pub fn message(&self) -> String {
        let advice = self.advice.map_or(String::new(), |advice| format!("; {advice}"));
        format!("{}: {}{advice}", self.path, self.reason)
    }
}

impl ReadingNotes {
    /// Those of a library.
    pub fn new(library: &Library) -> Self {
        let unread = |unread: &Unread| UnreadRef {
            path: unread.path.clone(),
            status: match unread.tried {
                Tried::Failed => "failed",
                Tried::Skipped => "skipped",
            },
            reason: unread.reason.clone(),
            advice: unread.advice,
        };
        Self {
            unread: library.unread.iter().map(unread).collect(),
            warnings: library.warnings.clone(),
            folder: library.folder().to_owned(),
        }
    }

    /// The files that could not be read.
    pub fn failed(&self) -> impl Iterator<Item = &UnreadRef> {
        self.unread.iter().filter(|unread| unread.status == "failed")
    }

    /// The files and folders that were passed over.
    pub fn skipped(&self) -> impl Iterator<Item = &UnreadRef> {
        self.unread.iter().filter(|unread| unread.status == "skipped")
    }

    /// Both in a sentence each.
    pub fn summary(&self) -> impl Iterator<Item = String> {
        const NAMED: usize = 3;
        let names: Vec<&str> = self.failed().map(|unread| unread.path.as_str()).collect();
        let more = names.len().saturating_sub(NAMED);
        let named = names.iter().take(NAMED).copied().collect::<Vec<_>>().join(", ");
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        let failed =
            (!names.is_empty()).then(|| format!("{} could not be read: {named}{more}", counted(names.len(), "file")));
        let skipped = skipped(self.skipped().map(|unread| unread.reason.as_str()));
        failed.into_iter().chain(skipped)
    }
}

/// How many files were passed over, given the reason of each: `3 files were left out: hidden (1), symbolic link (2)`.
pub fn skipped<'a>(reasons: impl Iterator<Item = &'a str>) -> Option<String> {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    reasons.for_each(|reason| *counts.entry(reason).or_default() += 1);
    let all: usize = counts.values().sum();
    let each: Vec<String> = counts.iter().map(|(reason, count)| format!("{reason} ({count})")).collect();
    let were = if all == 1 { "was" } else { "were" };
    (all > 0).then(|| format!("{} {were} left out: {}", counted(all, "file"), each.join(", ")))
}
