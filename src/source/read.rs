//! Reading one file into a [`Source`].

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use super::decode::{Decoded, decode};
use super::{Content, Line, Source, markdown};

/// Files larger than this are no documents that a person wrote.
const MAX_BYTES: u64 = 256 << 20;

/// Why a file could not be read. The path is the caller's to name.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// The operating system refused.
    #[error("{0}")]
    Io(#[from] io::Error),
    /// The file holds NUL bytes, so no text.
    #[error("is a binary file, not text (samesay reads .txt and .md)")]
    Binary,
    /// The file is larger than any document.
    #[error("is larger than {} MiB; split it, or leave it out with --exclude", MAX_BYTES >> 20)]
    TooLarge,
}

/// Reads the file at `path`; the format follows from the ending.
///
/// # Errors
/// When it cannot be opened or read, is larger than 256 MiB, or is no text.
pub fn read_file(path: &Path) -> Result<Source, ReadError> {
    let file = File::open(path)?;
    if file.metadata()?.is_dir() {
        return Err(io::Error::from(io::ErrorKind::IsADirectory).into());
    }
    read(file, &path.display().to_string())
}

/// Reads a plain-text document from stdin.
///
/// # Errors
/// As [`read_file`].
pub fn read_stdin() -> Result<Source, ReadError> {
    read(io::stdin().lock(), "-")
}

fn read(from: impl Read, shown: &str) -> Result<Source, ReadError> {
    let mut bytes = Vec::new();
    from.take(MAX_BYTES + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > MAX_BYTES {
        return Err(ReadError::TooLarge);
    }
    let (text, guessed) = decode_text(&bytes)?;
    let mut source = read_str(shown, &text);
    source.note = guessed.map(|name| format!("is not UTF-8; read as {name}"));
    Ok(source)
}

/// The text of some bytes, and the encoding where it had to be guessed.
///
/// # Errors
/// When they are no text.
pub fn decode_text(bytes: &[u8]) -> Result<(String, Option<&'static str>), ReadError> {
    match decode(bytes) {
        Decoded::Binary => Err(ReadError::Binary),
        Decoded::Text { text, guessed } => Ok((text, guessed)),
    }
}

/// Makes a source of text that is already in memory. A `path` that ends in `.md` or `.markdown` is read as Markdown.
pub fn read_str(path: &str, text: &str) -> Source {
    let (title, content) = match is_markdown(path) {
        true => markdown::parse(text),
        false => (None, Content::Lines(lines(text))),
    };
    Source { id: path.to_owned(), path: path.to_owned(), title, content, note: None }
}

fn is_markdown(path: &str) -> bool {
    let ending = Path::new(path).extension().and_then(|e| e.to_str()).unwrap_or("");
    ending.eq_ignore_ascii_case("md") || ending.eq_ignore_ascii_case("markdown")
}

/// Splits at line feeds (also after a carriage return), lone carriage returns and form feeds. A form feed starts no new
/// line number.
fn lines(text: &str) -> Vec<Line> {
    let mut lines = Vec::new();
    for (index, physical) in text.replace("\r\n", "\n").split(['\n', '\r', '\u{2028}', '\u{2029}']).enumerate() {
        for (part, raw) in physical.split('\u{c}').enumerate() {
            lines.push(Line { number: index + 1, raw: raw.to_owned(), after_page_break: part > 0 });
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_numbered_as_an_editor_does() {
        let found = lines("one\r\ntwo\u{c}three\rfour");
        let seen: Vec<_> = found.iter().map(|l| (l.number, l.raw.as_str(), l.after_page_break)).collect();
        assert_eq!(seen, [(1, "one", false), (2, "two", false), (2, "three", true), (3, "four", false)]);
    }
}
