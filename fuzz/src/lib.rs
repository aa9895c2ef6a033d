//! What holds of every document that a reader has read, whatever its bytes; and what tests and fuzz targets make
//! documents of.

use std::io::{Cursor, Write};

use samesay::passage::{Marks, TokenCounter, segment};
use samesay::source::{Block, BlockKind, Content, Documents, Parsed, ReadError, Source};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

/// Counts words for tokens, up to a limit of a passage's.
pub struct Words(pub usize);

impl TokenCounter for Words {
    fn count(&self, text: &str) -> usize {
        text.split_whitespace().count()
    }
    fn limit(&self) -> usize {
        self.0
    }
}

/// Takes what a reader made of some bytes through the passages.
///
/// # Panics
/// When a block is empty or holds a line break, or a letter is lost or comes twice.
pub fn check(parsed: Result<Parsed, ReadError>) {
    let Ok(Parsed { metadata, content, note, .. }) = parsed else { return };
    // A speaker's name heads what he says, and is in neither list then.
    let (letters, names) = match &content {
        Content::Blocks(blocks) => {
            let speakers = blocks.iter().filter(|block| block.kind == BlockKind::Speaker);
            (blocks.iter().map(letters_of).sum(), speakers.map(letters_of).sum())
        }
        Content::Lines(lines) => (lines.iter().map(|line| count(&line.raw)).sum::<usize>(), 0),
    };
    let found = segment(
        &Source { id: String::new(), path: String::new(), metadata, content, note },
        &Marks::default(),
        &Words(100),
    );
    let passages = found.passages.iter().map(|passage| count(&passage.text)).sum::<usize>();
    let dropped = found.dropped.iter().map(|dropped| count(&dropped.text)).sum::<usize>();
    assert!(
        (letters - names..=letters).contains(&(passages + dropped)),
        "{letters} letters, {names} of them in names of speakers, became {passages} and {dropped}"
    );
}

/// The same of all documents of a file.
///
/// # Panics
/// As [`check`].
pub fn check_all(documents: Result<Documents, ReadError>) {
    for source in documents.into_iter().flat_map(|documents| documents.sources) {
        check(Ok(Parsed { metadata: source.metadata, content: source.content, note: source.note, missing: None }));
    }
}

/// A zip archive of these files, each a name and its bytes.
pub fn archive(files: &[(&str, &[u8])], method: CompressionMethod) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in files {
        zip.start_file(*name, SimpleFileOptions::default().compression_method(method)).expect("a valid name");
        zip.write_all(bytes).expect("memory");
    }
    zip.finish().expect("memory").into_inner()
}

/// The letters of a block, which is one line of some words.
fn letters_of(block: &Block) -> usize {
    let text = block.text.as_str();
    assert!(!text.trim().is_empty(), "an empty {:?}", block.kind);
    assert!(!text.contains(['\n', '\r', '\t']), "a line break in {text:?}");
    assert!(!matches!(block.kind, BlockKind::Furniture("")), "no reason for {text:?}");
    count(text)
}

/// Letters and digits: what neither joining lines nor mending hyphens takes or adds.
fn count(text: &str) -> usize {
    text.chars().filter(|c| c.is_alphanumeric()).count()
}
