//! E-books: the chapters of an EPUB in reading order.
//!
//! An EPUB is an archive of XHTML pages with a `package` document that names them. Each page is read in full by the
//! [HTML reader](super::html). Cover, navigation and table of contents are furniture. The size of what is unpacked is
//! limited, so that a small file cannot expand without end.

mod package;

use std::borrow::Cow;
use std::collections::HashSet;
use std::io::{Cursor, Read};

use package::{Item, Package, unescape_percent};
use zip::ZipArchive;
use zip::result::ZipError;

use super::html::{self, Extent};
use super::{Block, BlockKind, Content, Parsed, ReadError};

/// No book has more files than this.
const MAX_ENTRIES: usize = 20_000;
/// Largest size of a chapter, in bytes.
const MAX_CHAPTER: u64 = 16 << 20;
/// Largest size of all chapters of a book, in bytes.
const MAX_BOOK: usize = 128 << 20;

/// Reads a book.
///
/// # Errors
/// When it is not an EPUB, or is encrypted or too large.
pub fn parse(bytes: &[u8]) -> Result<Parsed, ReadError> {
    let mut book = Book::open(bytes)?;
    let package = book.package()?;
    let (mut blocks, mut missing) = (Vec::new(), Vec::new());
    let mut seen = HashSet::new();
    for item in package.spine.iter().filter(|item| seen.insert(&item.path)) {
        match book.page(item)? {
            Some(page) => blocks.extend(chapter(&page, item, package.metadata.title.as_deref())?),
            None => missing.push(item.path.as_str()),
        }
    }
    missing.extend(package.lost.iter().map(String::as_str));
    if blocks.is_empty() && !missing.is_empty() {
        return Err(malformed(format!("all of its chapters are missing, such as {}", missing[0])));
    }
    let missing =
        (!missing.is_empty()).then(|| format!("{} of its chapters are missing, such as {}", missing.len(), missing[0]));
    Ok(Parsed { metadata: package.metadata, content: Content::Blocks(blocks), note: None, missing })
}

fn malformed(reason: impl Into<String>) -> ReadError {
    ReadError::Malformed { format: "EPUB", reason: reason.into() }
}

/// Returns the blocks of one page. A book has no lines, so they have no places.
fn chapter(page: &[u8], item: &Item, title: Option<&str>) -> Result<Vec<Block>, ReadError> {
    let (text, _) = html::decode(page)?;
    let (_, mut blocks) = html::read(&text, Extent::Whole)?;
    let reason = item.reason.or_else(|| is_title_page(&blocks, title?).then_some("title page"));
    for block in &mut blocks {
        block.text.forget_places();
        if let Some(reason) = reason {
            block.kind = BlockKind::Furniture(reason);
        }
    }
    Ok(blocks)
}

/// Whether a page contains the book's title and little else.
fn is_title_page(blocks: &[Block], title: &str) -> bool {
    let words: usize = blocks.iter().map(|block| block.text.as_str().split_whitespace().count()).sum();
    words <= 40 && blocks.iter().any(|block| block.text.as_str().eq_ignore_ascii_case(title))
}

/// An archive with a limit on how much is unpacked from it.
struct Book<'a> {
    archive: ZipArchive<Cursor<&'a [u8]>>,
    left: usize,
}

impl<'a> Book<'a> {
    fn open(bytes: &'a [u8]) -> Result<Self, ReadError> {
        let archive = ZipArchive::new(Cursor::new(bytes))
            .map_err(|error| malformed(format!("it is not a complete zip archive: {error}")))?;
        match archive.len() {
            entries if entries > MAX_ENTRIES => {
                Err(malformed(format!("it contains {entries} files, more than the limit of {MAX_ENTRIES}")))
            }
            _ => Ok(Self { archive, left: MAX_BOOK }),
        }
    }

    /// Reads a file of the archive, if it exists.
    fn file(&mut self, path: &str, limit: u64) -> Result<Option<Vec<u8>>, ReadError> {
        let file = match self.archive.by_name(path) {
            Ok(file) => file,
            Err(ZipError::FileNotFound) => return Ok(None),
            Err(error) => return Err(malformed(format!("{path}: {error}"))),
        };
        let mut bytes = Vec::new();
        file.take(limit + 1).read_to_end(&mut bytes).map_err(|error| malformed(format!("{path}: {error}")))?;
        if bytes.len() as u64 > limit {
            return Err(malformed(format!("{path} is larger than {} MiB", limit >> 20)));
        }
        self.left = self
            .left
            .checked_sub(bytes.len())
            .ok_or_else(|| malformed(format!("it contains more than {} MiB of text", MAX_BOOK >> 20)))?;
        Ok(Some(bytes))
    }

    /// Reads a page under its decoded name, or under its address as written, which some programs use.
    fn page(&mut self, item: &Item) -> Result<Option<Vec<u8>>, ReadError> {
        match self.file(&item.path, MAX_CHAPTER)? {
            None if item.address != item.path => self.file(&item.address, MAX_CHAPTER),
            page => Ok(page),
        }
    }

    /// Reads a small XML file as text.
    fn xml(&mut self, path: &str) -> Result<Option<String>, ReadError> {
        let bytes = self.file(path, MAX_CHAPTER)?;
        bytes.map(|bytes| html::decode(&bytes).map(|(text, _)| text)).transpose()
    }

    fn package(&mut self) -> Result<Package, ReadError> {
        if let Some(encryption) = self.xml("META-INF/encryption.xml")?
            && package::is_encrypted(&encryption)
        {
            return Err(malformed("it is encrypted (DRM); samesay cannot open it"));
        }
        let container = self.xml("META-INF/container.xml")?;
        let path = container.and_then(|container| package::root_file(&container)).or_else(|| self.some_package());
        let written = path.ok_or_else(|| malformed("it has no package document, so it is not an e-book"))?;
        // Like a page, it may have been packed under its decoded name or as written.
        for path in [&unescape_percent(&written), &written] {
            if let Some(text) = self.xml(path)? {
                return package::read(&text, path).map_err(|error| malformed(format!("{path}: {error}")));
            }
        }
        Err(malformed(format!("its package document {written} is missing")))
    }

    /// Returns a package document that no container names.
    fn some_package(&self) -> Option<String> {
        self.archive.file_names().flatten().filter(|name| name.ends_with(".opf")).min().map(Cow::into_owned)
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use zip::ZipWriter;
    use zip::write::SimpleFileOptions;

    use super::*;

    /// A book of one page, whose container names its package document as `written` and which is packed as `packed`.
    fn book(written: &str, packed: &str) -> Vec<u8> {
        let container = format!("<container><rootfiles><rootfile full-path='{written}'/></rootfiles></container>");
        let package = "<package><manifest><item id='a' href='a.xhtml'/></manifest><spine><itemref idref='a'/></spine>\
            </package>";
        let page = packed.replace("b.opf", "a.xhtml");
        let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
        for (name, text) in [
            ("META-INF/container.xml", container.as_str()),
            (packed, package),
            (&page, "<html><body><p>The kiln is hot.</p></body></html>"),
        ] {
            zip.start_file(name, SimpleFileOptions::default()).unwrap();
            zip.write_all(text.as_bytes()).unwrap();
        }
        zip.finish().unwrap().into_inner()
    }

    #[test]
    fn the_name_of_the_package_document_may_be_escaped() {
        for (written, packed) in [
            ("My%20Book/b.opf", "My Book/b.opf"),
            ("My%20Book/b.opf", "My%20Book/b.opf"),
            ("My Book/b.opf", "My Book/b.opf"),
        ] {
            let Content::Blocks(blocks) = parse(&book(written, packed)).unwrap().content else { panic!("no blocks") };
            assert_eq!(blocks[0].text.as_str(), "The kiln is hot.", "{written}, {packed}");
        }
    }
}
