//! Reading one file into its sources.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use super::format::{self, Format, Reader};
use super::rows::{self, Columns};
use super::{Parsed, Source, isolate, markdown, plain};

/// Documents larger than this are none that a person wrote.
const MAX_BYTES: u64 = 256 << 20;

/// Why a file could not be read. The path is the caller's to name.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// The operating system refused.
    #[error("{0}")]
    Io(#[from] io::Error),
    /// The file holds NUL bytes, so no text.
    #[error("is a binary file, not a document that samesay reads ({})", endings())]
    Binary,
    /// The file is larger than any document.
    #[error("is larger than {} MiB; split it, or leave it out with --exclude", MAX_BYTES >> 20)]
    TooLarge,
    /// The file is not what its name or its first bytes promise.
    #[error("cannot be read as {format}: {reason}")]
    Malformed { format: &'static str, reason: String },
    /// The reader of its format failed on it.
    #[error("the reader of {format} was stopped: {reason}")]
    Stopped { format: &'static str, reason: String },
}

/// What a file holds.
#[derive(Debug, Default)]
pub struct Documents {
    /// In the order of the file.
    pub sources: Vec<Source>,
    /// What could not be read of it, each with its line.
    pub problems: Vec<String>,
    /// What should be known of how it was read.
    pub notes: Vec<String>,
}

/// Reads the file at `path`; the format follows from its first bytes and its ending. `columns` are those of tables.
///
/// # Errors
/// When it cannot be opened or read, is larger than 256 MiB, or is not of its format.
pub fn read_file(path: &Path, columns: &Columns) -> Result<Documents, ReadError> {
    let file = File::open(path)?;
    if file.metadata()?.is_dir() {
        return Err(io::Error::from(io::ErrorKind::IsADirectory).into());
    }
    read(file, path, columns)
}

/// Reads a document from stdin.
///
/// # Errors
/// As [`read_file`].
pub fn read_stdin() -> Result<Documents, ReadError> {
    read(io::stdin().lock(), Path::new("-"), &Columns::default())
}

fn read(mut from: impl Read, path: &Path, columns: &Columns) -> Result<Documents, ReadError> {
    let mut head = Vec::new();
    from.by_ref().take(format::HEAD as u64).read_to_end(&mut head)?;
    let format = format::of(path, &head);
    let shown = path.display().to_string();
    match format.reader {
        Reader::Document(parse) => {
            let parsed = isolate::parse(format, parse, &whole(head, from)?)?;
            Ok(Documents { sources: vec![source(&shown, parsed)], ..Documents::default() })
        }
        Reader::Rows(rows) => rows::read(rows, &shown, head, from, columns),
        Reader::Nobody(advice) => Err(ReadError::Malformed { format: format.name, reason: format!("nobody reads it here; {advice}") }),
    }
}

fn whole(mut head: Vec<u8>, from: impl Read) -> Result<Vec<u8>, ReadError> {
    from.take(MAX_BYTES + 1 - head.len() as u64).read_to_end(&mut head)?;
    if head.len() as u64 > MAX_BYTES {
        return Err(ReadError::TooLarge);
    }
    Ok(head)
}

fn source(path: &str, parsed: Parsed) -> Source {
    let Parsed { metadata, content, note } = parsed;
    Source { id: path.to_owned(), path: path.to_owned(), metadata, content, note }
}

/// Makes a source of text that is already in memory: Markdown where `path` ends so, else plain text.
pub fn read_str(path: &str, text: &str) -> Source {
    let parsed = match format::by_ending(Path::new(path)) {
        Some(Format { name: "Markdown", .. }) => markdown::parse_text(text),
        _ => plain::parse_text(text),
    };
    source(path, parsed)
}

/// The endings of all formats, for messages.
pub fn endings() -> String {
    let all = format::FORMATS.iter().flat_map(|format| format.endings).map(|ending| format!(".{ending}"));
    all.collect::<Vec<_>>().join(" ")
}
