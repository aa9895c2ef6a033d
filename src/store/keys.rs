//! Keys of stored content, each derived from everything that decides it.

use std::path::Path;

use super::versions;
use crate::base::{Key, Keyed};
use crate::passage::Passage;
use crate::source::{self, Columns};

/// The key of a passage's vectors: its words, and the bounds of its sentences.
pub fn passage_key(passage: &Passage) -> Key {
    let mut key = Keyed::new("passage");
    key.add(passage.text.as_bytes());
    let ends = passage.sentences.iter().flat_map(|sentence| [sentence.start, sentence.end]);
    ends.for_each(|end| key.add(&(end as u64).to_le_bytes()));
    key.finish()
}

/// The key of a reading: the file's bytes, its extension and the columns.
pub fn reading_key(content: Key, path: &Path, columns: &Columns) -> Key {
    let columns = [&columns.text, &columns.id, &columns.title, &columns.publisher, &columns.date];
    let mut key = Keyed::new("reading");
    key.add(&versions::READING.to_le_bytes());
    key.add(content.as_ref());
    key.add(source::format_by_ending(path).as_bytes());
    // An empty name differs from no name.
    columns
        .iter()
        .for_each(|column| key.add(&column.as_ref().map_or(Vec::new(), |name| [b"=", name.as_bytes()].concat())));
    key.finish()
}

/// The key of a result computed from `made_of` in this version.
pub(crate) fn computed_key(what: &str, version: u32, made_of: impl AsRef<[u8]>) -> Key {
    Key::of(&format!("{what} {version}"), [made_of])
}
