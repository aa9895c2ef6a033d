//! The formats: one table drives which files a folder gives, how a file is recognised, and who reads it.

use std::path::Path;

use super::rows::Rows;
use super::{Parsed, ReadError, docx, epub, html, markdown, pdf, plain};

/// A kind of file.
#[derive(Debug)]
pub struct Format {
    /// What messages call it.
    pub name: &'static str,
    /// File name endings, in lower case.
    pub endings: &'static [&'static str],
    /// Whether a file's first bytes can only be this format's, whatever its name.
    begins: fn(&[u8]) -> bool,
    pub reader: Reader,
}

impl Format {
    /// Whether its files are parsed by code that a hostile file might bring down.
    pub fn is_binary(&self) -> bool {
        matches!(self.name, "PDF" | "EPUB" | "Word")
    }
}

/// Makes a document of a file's bytes.
pub type Parser = fn(&[u8]) -> Result<Parsed, ReadError>;

/// The parser of the format of that name.
pub fn parser(name: &str) -> Option<Parser> {
    FORMATS.iter().find(|format| format.name == name).and_then(|format| match format.reader {
        Reader::Document(parse) => Some(parse),
        _ => None,
    })
}

/// Who makes sources of a file's bytes.
#[derive(Debug, Clone, Copy)]
pub enum Reader {
    /// One document a file.
    Document(Parser),
    /// One document a row.
    Rows(Rows),
    /// Nobody: what to do instead.
    Nobody(&'static str),
}

/// How many of a file's first bytes [`of`] needs to see.
pub const HEAD: usize = 4096;

/// Every format; where two recognise the same bytes, the first is meant.
pub const FORMATS: &[Format] = &[
    Format { name: "PDF", endings: &["pdf"], begins: is_pdf, reader: Reader::Document(pdf::parse) },
    Format { name: "EPUB", endings: &["epub"], begins: is_epub, reader: Reader::Document(epub::parse) },
    Format { name: "Word", endings: &["docx"], begins: is_docx, reader: Reader::Document(docx::parse) },
    Format { name: "HTML", endings: &["html", "htm", "xhtml"], begins: is_html, reader: Reader::Document(html::parse) },
    Format { name: "Markdown", endings: &["md", "markdown"], begins: never, reader: Reader::Document(markdown::parse) },
    Format { name: "JSON Lines", endings: &["jsonl", "ndjson"], begins: never, reader: Reader::Rows(Rows::Jsonl) },
    Format { name: "JSON", endings: &["json"], begins: never, reader: Reader::Rows(Rows::Json) },
    Format { name: "CSV", endings: &["csv"], begins: never, reader: Reader::Rows(Rows::Csv) },
    Format { name: "TSV", endings: &["tsv"], begins: never, reader: Reader::Rows(Rows::Tsv) },
    Format { name: "old Word", endings: &[], begins: is_ole, reader: Reader::Nobody("save it as .docx") },
    Format { name: "RTF", endings: &[], begins: is_rtf, reader: Reader::Nobody("save it as .docx") },
    TEXT,
];

/// What anything else is taken for.
pub const TEXT: Format =
    Format { name: "text", endings: &["txt", "text"], begins: never, reader: Reader::Document(plain::parse) };

/// The format of a file: what its first bytes can only be, else what its name says, else text. Only text and files
/// without a known ending are taken for HTML: other formats may begin with a tag.
pub fn of(path: &Path, head: &[u8]) -> &'static Format {
    let named = by_ending(path);
    let by_bytes = FORMATS.iter().find(|format| (format.begins)(head));
    match (named, by_bytes) {
        (Some(named), Some(found))
            if found.name == "HTML" && matches!(named.name, "Markdown" | "JSON Lines" | "JSON" | "CSV" | "TSV") =>
        {
            named
        }
        // The first entry of an archive says little; a name says more.
        (Some(named), Some(found)) if is_zip(head) && matches!(named.name, "EPUB" | "Word") && found.name == "Word" => {
            named
        }
        (_, Some(found)) => found,
        (Some(named), None) => named,
        (None, None) => &TEXT,
    }
}

/// The format that a file's name gives.
pub fn by_ending(path: &Path) -> Option<&'static Format> {
    let ending = path.extension()?.to_str()?;
    FORMATS.iter().find(|format| format.endings.iter().any(|known| ending.eq_ignore_ascii_case(known)))
}

fn never(_: &[u8]) -> bool {
    false
}

fn is_pdf(head: &[u8]) -> bool {
    head.starts_with(b"%PDF-")
}

fn is_zip(head: &[u8]) -> bool {
    head.starts_with(b"PK\x03\x04")
}

/// An EPUB's first entry is named `mimetype` and holds its type, uncompressed (OCF 3.3, "ZIP container requirements").
fn is_epub(head: &[u8]) -> bool {
    is_zip(head) && head.get(30..).is_some_and(|rest| rest.starts_with(b"mimetypeapplication/epub+zip"))
}

/// Any other archive: if it is no Word document, its reader will say so.
fn is_docx(head: &[u8]) -> bool {
    is_zip(head)
}

fn is_ole(head: &[u8]) -> bool {
    head.starts_with(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")
}

fn is_rtf(head: &[u8]) -> bool {
    head.starts_with(b"{\\rtf")
}

fn is_html(head: &[u8]) -> bool {
    let bare = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head).trim_ascii_start();
    let begins = |tag: &[u8]| bare.get(..tag.len()).is_some_and(|start| start.eq_ignore_ascii_case(tag));
    begins(b"<!doctype html") || begins(b"<html") || begins(b"<?xml") && contains(bare, b"<html")
}

fn contains(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len()).any(|window| window.eq_ignore_ascii_case(part))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(path: &str, head: &[u8]) -> &'static str {
        of(Path::new(path), head).name
    }

    #[test]
    fn endings_tell() {
        for (path, expected) in [
            ("a.txt", "text"),
            ("a.MD", "Markdown"),
            ("a.html", "HTML"),
            ("a.XHTML", "HTML"),
            ("a.pdf", "PDF"),
            ("a.docx", "Word"),
            ("a.epub", "EPUB"),
            ("a.ndjson", "JSON Lines"),
            ("a.csv", "CSV"),
            ("a.tsv", "TSV"),
            ("a.log", "text"),
            ("README", "text"),
        ] {
            assert_eq!(name(path, b"The ferry"), expected, "{path}");
        }
    }

    #[test]
    fn bytes_tell_where_an_ending_is_missing_or_lies() {
        let epub = [&b"PK\x03\x04"[..], &[0; 26], b"mimetypeapplication/epub+zip"].concat();
        for path in ["a", "a.txt", "a.html", "a.csv"] {
            assert_eq!(name(path, b"%PDF-1.7\n"), "PDF");
            assert_eq!(name(path, &epub), "EPUB");
            assert_eq!(name(path, b"PK\x03\x04\x14"), "Word");
            assert_eq!(name(path, b"{\\rtf1"), "RTF");
        }
        assert_eq!(name("a.epub", b"PK\x03\x04\x14"), "EPUB");
        assert_eq!(name("a.docx", &epub), "EPUB");
        for path in ["a", "a.txt", "a.pdf", "a.docx"] {
            assert_eq!(name(path, b"\xef\xbb\xbf\n <!DOCTYPE html>"), "HTML", "{path}");
        }
        assert_eq!(name("a.md", b"<html>"), "Markdown");
        assert_eq!(name("a", b"<?xml version='1.0'?><html xmlns='x'>"), "HTML");
        assert_eq!(name("a", b"<?xml version='1.0'?><svg>"), "text");
    }
}
