//! The formats: one table says which files are taken from a folder, how a file is recognised, and how it is read.

use std::path::Path;

use super::office::workbook;
use super::rows::Rows;
use super::{
    Parsed, ReadError, docx, epub, html, mail, markdown, ods, odt, ole, pdf, plain, pptx, rtf, subtitles, xlsx,
};

/// A kind of file.
#[derive(Debug)]
pub struct Format {
    /// The name in messages.
    pub name: &'static str,
    /// File name endings, in lower case.
    pub endings: &'static [&'static str],
    /// Whether the first bytes of a file can only be this format, whatever its name.
    begins: fn(&[u8]) -> bool,
    pub reader: Reader,
    risk: Risk,
}

/// What a hostile file might do to its parser.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Risk {
    /// It can only take time: the parser looks at text.
    Text,
    /// It can crash the parser or make it need much memory: the parser unpacks and decodes.
    Binary,
}

impl Format {
    /// Whether a hostile file might crash the parser of this format.
    pub fn is_binary(&self) -> bool {
        self.risk == Risk::Binary
    }

    fn is_text(&self) -> bool {
        self.risk == Risk::Text && self.is_read()
    }

    /// What to do with the files of an unsupported format.
    pub fn advice(&self) -> Option<&'static str> {
        match self.reader {
            Reader::Unsupported(advice) => Some(advice),
            _ => None,
        }
    }

    /// Whether files of this format are read.
    pub fn is_read(&self) -> bool {
        !matches!(self.reader, Reader::Unsupported(_)) && !self.endings.is_empty()
    }
}

/// Makes a document from a file's bytes.
pub type Parser = fn(&[u8]) -> Result<Parsed, ReadError>;

/// Returns the parser of the format with this name.
pub fn parser(name: &str) -> Option<Parser> {
    FORMATS.iter().find(|format| format.name == name).and_then(|format| match format.reader {
        Reader::Document(parse) | Reader::Workbook(parse) => Some(parse),
        _ => None,
    })
}

/// How sources are made from a file's bytes.
#[derive(Debug, Clone, Copy)]
pub enum Reader {
    /// One document per file.
    Document(Parser),
    /// One document per row.
    Rows(Rows),
    /// One document per message.
    Mailbox,
    /// One document per row; the parser takes the rows out of sheets.
    Workbook(Parser),
    /// Unsupported; holds what to do instead.
    Unsupported(&'static str),
}

/// Number of bytes at the start of a file that [`of`] needs.
pub const HEAD: usize = 4096;

/// Every format; where two recognise the same bytes, the first wins.
pub const FORMATS: &[Format] = &[
    binary("PDF", &["pdf"], is_pdf, Reader::Document(pdf::parse)),
    binary("EPUB", &["epub"], is_epub, Reader::Document(epub::parse)),
    binary(workbook::OPEN_DOCUMENT, &["ods", "ots", "fods"], is_ods, Reader::Workbook(ods::parse)),
    binary("OpenDocument", &["odt", "ott", "fodt", "odp", "fodp"], is_odf, Reader::Document(odt::parse)),
    binary("PowerPoint", &["pptx", "ppsx"], is_pptx, Reader::Document(pptx::parse)),
    binary("Excel", &["xlsx", "xlsm"], is_xlsx, Reader::Workbook(xlsx::parse)),
    binary("Word", &["docx", "docm"], is_zip, Reader::Document(docx::parse)),
    binary("RTF", &["rtf"], is_rtf, Reader::Document(rtf::parse)),
    text("HTML", &["html", "htm", "xhtml"], is_html, Reader::Document(html::parse)),
    text("Markdown", &["md", "markdown", "mdx"], never, Reader::Document(markdown::parse)),
    MAIL,
    text("mailbox", &["mbox", "mbx"], mail::begins_mailbox, Reader::Mailbox),
    text("subtitles", &["srt", "vtt"], subtitles::begins, Reader::Document(subtitles::parse)),
    text("JSON Lines", &["jsonl", "ndjson"], never, Reader::Rows(Rows::Jsonl)),
    text("JSON", &["json"], never, Reader::Rows(Rows::Json)),
    text("CSV", &["csv"], never, Reader::Rows(Rows::Csv)),
    text("TSV", &["tsv"], never, Reader::Rows(Rows::Tsv)),
    text("an old office file", &[], is_ole, Reader::Document(ole::parse)),
    unsupported("old Word", &["doc", "dot"], "save it as .docx"),
    unsupported("old PowerPoint", &["ppt", "pps"], "save it as .pptx"),
    unsupported("old Excel", &["xls"], "save it as .xlsx or .csv"),
    unsupported("Pages", &["pages"], "export it as .docx or .pdf"),
    unsupported("Keynote", &["key"], "export it as .pptx or .pdf"),
    unsupported("Numbers", &["numbers"], "export it as .csv or .xlsx"),
    unsupported("an Outlook message", &["msg"], "save the message as .html or .txt"),
    unsupported("a saved web page", &["webarchive"], "save the page as .html"),
    unsupported("an e-book", &["mobi", "azw", "azw3", "fb2", "djvu"], "convert it to .epub or .pdf"),
    unsupported("WordPerfect", &["wpd", "wps"], "save it as .docx"),
    unsupported("XML", &["xml", "rss", "atom"], "convert it to .html, .md or .txt"),
    unsupported("a notebook", &["ipynb"], "export it as .md or .html"),
    unsupported("a Parquet or Arrow table", &["parquet", "arrow", "feather"], "export its texts as .jsonl or .csv"),
    unsupported("an archive", &["zip", "7z", "rar", "tar", "gz", "xz", "bz2"], "unpack it first"),
    Format {
        name: "a SQLite database",
        endings: &["sqlite", "sqlite3"],
        begins: is_sqlite,
        reader: Reader::Unsupported(
            "export a table of it as .csv; instead of a samesay store, name the documents that are in it",
        ),
        risk: Risk::Text,
    },
    unsupported(
        "an image",
        &["png", "jpg", "jpeg", "tif", "tiff", "gif", "webp", "bmp", "heic"],
        "it has no text; make a searchable PDF of it (OCR)",
    ),
    unsupported(
        "audio or video",
        &["mp3", "m4a", "wav", "ogg", "flac", "mp4", "mov", "mkv", "webm"],
        "make a transcript of it",
    ),
    TEXT,
];

const fn text(
    name: &'static str,
    endings: &'static [&'static str],
    begins: fn(&[u8]) -> bool,
    reader: Reader,
) -> Format {
    Format { name, endings, begins, reader, risk: Risk::Text }
}

const fn binary(
    name: &'static str,
    endings: &'static [&'static str],
    begins: fn(&[u8]) -> bool,
    reader: Reader,
) -> Format {
    Format { name, endings, begins, reader, risk: Risk::Binary }
}

/// A format that is recognised by name only; even a text file with such a name is not read.
const fn unsupported(name: &'static str, endings: &'static [&'static str], advice: &'static str) -> Format {
    Format { name, endings, begins: never, reader: Reader::Unsupported(advice), risk: Risk::Text }
}

/// A message, by itself or in a mailbox. Web pages that a browser saved as one file use the same form (RFC 2557).
pub const MAIL: Format =
    binary("e-mail", &["eml", "mhtml", "mht"], mail::begins_message, Reader::Document(mail::parse));

/// The format of anything else.
pub const TEXT: Format = text("text", &["txt", "text"], never, Reader::Document(plain::parse));

/// Markup that is read as plain text, marks included, by file name ending.
const MARKUP: &[(&str, &str)] = &[
    ("tex", "TeX"),
    ("latex", "TeX"),
    ("rst", "reStructuredText"),
    ("adoc", "AsciiDoc"),
    ("asciidoc", "AsciiDoc"),
    ("org", "Org"),
];

/// Returns a note that the file's markup was read as text, if it was.
pub fn note(format: &Format, path: &Path) -> Option<String> {
    let ending = path.extension()?.to_str().filter(|_| format.name == TEXT.name)?;
    let (_, markup) = MARKUP.iter().find(|(known, _)| ending.eq_ignore_ascii_case(known))?;
    Some(format!("its {markup} markup was read as text; convert it to .md or .html"))
}

/// Returns the format of a file: the one that its first bytes prove, else the one that its name gives, else text. Only
/// text files and files without a known ending are taken for HTML, as other formats may begin with a tag.
pub fn of(path: &Path, head: &[u8]) -> &'static Format {
    let named = by_ending(path);
    let by_bytes = FORMATS.iter().find(|format| (format.begins)(head));
    match (named, by_bytes) {
        (Some(named), Some(found))
            if matches!(found.name, "HTML" | "e-mail" | "mailbox" | "subtitles")
                && matches!(named.name, "Markdown" | "JSON Lines" | "JSON" | "CSV" | "TSV" | "mailbox") =>
        {
            named
        }
        // The first entry of an archive says little; the name says more.
        (Some(named), Some(found)) if found.name == "Word" && is_zip(head) && !named.is_text() => named,
        (_, Some(found)) => found,
        (Some(named), None) => named,
        (None, None) => &TEXT,
    }
}

/// Returns the format that a file's name gives.
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

/// The first entry of an EPUB is named `mimetype` and holds its type, uncompressed (OCF 3.3, "ZIP container
/// requirements").
fn is_epub(head: &[u8]) -> bool {
    is_zip(head) && head.get(30..).is_some_and(|rest| rest.starts_with(b"mimetypeapplication/epub+zip"))
}

/// The first entry of an `OpenDocument` file is like an EPUB's (ODF 1.3 part 2, 3.3); a flat file names its type in the
/// root.
fn is_odf(head: &[u8]) -> bool {
    const TYPES: [&[u8]; 2] = [b"text", b"presentation"];
    let kind = head.get(30..).and_then(|rest| rest.strip_prefix(b"mimetypeapplication/vnd.oasis.opendocument."));
    let flat = head.starts_with(b"<?xml") && contains(head, b"<office:document ");
    is_zip(head) && kind.is_some_and(|kind| TYPES.iter().any(|known| kind.starts_with(known))) || flat
}

/// The same test for `OpenDocument` spreadsheets.
fn is_ods(head: &[u8]) -> bool {
    let kind = b"mimetypeapplication/vnd.oasis.opendocument.spreadsheet";
    is_zip(head) && head.get(30..).is_some_and(|rest| rest.starts_with(kind))
        || head.starts_with(b"<?xml")
            && contains(head, b"<office:document ")
            && contains(head, b"application/vnd.oasis.opendocument.spreadsheet")
}

/// Archives name their files: a presentation has them in `ppt`, a workbook in `xl`. Any other archive is taken for a
/// Word document; its reader reports if it is not one.
fn is_pptx(head: &[u8]) -> bool {
    is_zip(head)
        && [&b"ppt/slides/"[..], b"ppt/presentation", b"ppt/_rels/", b"ppt/theme/"]
            .iter()
            .any(|name| contains(head, name))
}

fn is_xlsx(head: &[u8]) -> bool {
    is_zip(head)
        && [&b"xl/worksheets/"[..], b"xl/workbook", b"xl/_rels/", b"xl/theme/"].iter().any(|name| contains(head, name))
}

fn is_ole(head: &[u8]) -> bool {
    head.starts_with(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")
}

fn is_sqlite(head: &[u8]) -> bool {
    head.starts_with(b"SQLite format 3\0")
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
            ("a.json", "JSON"),
            ("a.odt", "OpenDocument"),
            ("a.rtf", "RTF"),
            ("a.PPTX", "PowerPoint"),
            ("a.xlsx", "Excel"),
            ("a.ods", "an OpenDocument spreadsheet"),
            ("a.doc", "old Word"),
            ("a.mdx", "Markdown"),
            ("a.eml", "e-mail"),
            ("a.mbox", "mailbox"),
            ("a.SRT", "subtitles"),
            ("a.vtt", "subtitles"),
            ("a.log", "text"),
            ("README", "text"),
        ] {
            assert_eq!(name(path, b"The ferry"), expected, "{path}");
        }
    }

    #[test]
    fn marks_that_nobody_reads_are_told_of() {
        let said = |path: &str| {
            let path = Path::new(path);
            note(of(path, b"The ferry"), path)
        };
        assert_eq!(said("a.RST").unwrap(), "its reStructuredText markup was read as text; convert it to .md or .html");
        assert_eq!((said("a.txt"), said("a.md"), said("tex")), (None, None, None));
        for (path, head) in [("a.xml", &b"<?xml version='1.0'?><rss>"[..]), ("a.ipynb", b"{\"cells\": []}")] {
            assert!(of(Path::new(path), head).advice().is_some(), "{path}");
        }
        assert_eq!(name("a.xml", b"<?xml version='1.0'?><html xmlns='x'>"), "HTML");
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
        assert_eq!(name("a.pptx", b"PK\x03\x04\x14"), "PowerPoint");
        assert_eq!(name("a.zip", b"PK\x03\x04\x14"), "an archive");
        let odt = [&b"PK\x03\x04"[..], &[0; 26], b"mimetypeapplication/vnd.oasis.opendocument.textPK"].concat();
        assert_eq!(name("a.doc", &odt), "OpenDocument");
        for path in ["a", "a.txt", "a.pdf", "a.docx"] {
            assert_eq!(name(path, b"\xef\xbb\xbf\n <!DOCTYPE html>"), "HTML", "{path}");
        }
        assert_eq!(name("a.md", b"<html>"), "Markdown");
        assert_eq!(name("a", b"<?xml version='1.0'?><html xmlns='x'>"), "HTML");
        assert_eq!(name("a", b"<?xml version='1.0'?><svg>"), "text");
    }
}
