//! Sources: one document each, found on disk or read from stdin.
//!
//! This stage knows files and formats, nothing of passages: it yields the text of a document with the place that each
//! part stands at, either as raw lines (plain text, whose paragraphs are still to be found) or as blocks (Markdown,
//! whose marks already say what is what). A format is a row of the table in `format` and a file with a function named
//! `parse`.

mod date;
mod decode;
pub mod docx;
pub mod epub;
mod format;
pub mod html;
mod isolate;
mod language;
mod licence;
mod mail;
mod markdown;
pub mod ods;
pub mod odt;
mod office;
mod ole;
pub mod own;
pub mod pdf;
mod plain;
pub mod pptx;
mod raised;
mod read;
mod reading;
mod rows;
pub mod rtf;
mod subtitles;
mod text;
mod transcript;
mod walk;
pub mod xlsx;

use serde::{Deserialize, Serialize};

pub use date::Date;
pub use decode::{Decoding, decode_text};
pub use isolate::{InProcess, Isolation, Limits, Workers, serve, set_isolation};
pub use language::{guess as guess_language, name as language_name, primary as primary_language};
pub(crate) use mail::HEADER as MESSAGE_HEADER;
pub(crate) use read::format_by_ending;
pub use read::{Documents, ReadError, all_bytes, content_key, endings, read_bytes, read_file, read_str};
pub use reading::with_current;
pub use rows::Columns;
pub(crate) use rows::Ids;
pub use text::LocatedText;
pub use walk::{FindError, FoundFile, FoundFiles, Omission, PassedOver, Problem, Selection, find};

/// One document.
#[derive(Debug, Clone, PartialEq)]
pub struct Source {
    /// Unique within a run: the path as it is shown, with the row's id or number behind it.
    pub id: String,
    /// Where the document came from, as the user wrote it (`-` for stdin).
    pub path: String,
    /// What it says of itself. Plain text says nothing; its title is found with its headings.
    pub metadata: Metadata,
    /// The text.
    pub content: Content,
    /// What a reader should know of how the file was read (such as a guessed encoding).
    pub note: Option<String>,
}

impl Source {
    /// Whether it is a row of a table rather than a file.
    pub fn is_row(&self) -> bool {
        self.id != self.path
    }
}

/// What a document says of itself.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Metadata {
    /// Its title.
    pub title: Option<String>,
    /// Its author, or several as the document lists them.
    pub author: Option<String>,
    /// Who published it.
    pub publisher: Option<String>,
    /// The day on which it was published.
    pub date: Option<Date>,
    /// Whether that is only the day on which its file was made, as files of its format say.
    pub dated_by_file: bool,
    /// A BCP 47 tag, as the document gives it.
    pub language: Option<String>,
}

/// Where something stands, as far as its format has lines, pages or times. Lines and pages are 1-based.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// The line, where the format has lines.
    pub line: Option<usize>,
    /// The page, where the format has pages.
    pub page: Option<usize>,
    /// Seconds from the start, where something is said at a time.
    pub time: Option<u32>,
}

impl Place {
    /// In a format that has neither lines nor pages.
    pub const NOWHERE: Self = Self { line: None, page: None, time: None };

    /// A line, as an editor counts.
    pub const fn line(line: usize) -> Self {
        Self { line: Some(line), ..Self::NOWHERE }
    }

    /// A page, as a viewer counts.
    pub const fn page(page: usize) -> Self {
        Self { page: Some(page), ..Self::NOWHERE }
    }
}

/// What a reader makes of a document's bytes.
#[derive(Debug, Clone, PartialEq)]
pub struct Parsed {
    /// What the document says of itself.
    pub metadata: Metadata,
    /// Its text.
    pub content: Content,
    /// What a reader should know of how the file was read.
    pub note: Option<String>,
    /// What could not be read of it.
    pub missing: Option<String>,
}

/// Why the lines under a title are no text.
const TITLE_PAGE: &str = "title page: author, address or date";

impl Parsed {
    /// A document with its title page's date, if that bears one, rather than that of the making of the file.
    fn dated_by_title_page(mut self) -> Self {
        if let Content::Blocks(blocks) = &self.content {
            let of_title_page = blocks.iter().filter(|block| block.kind == BlockKind::Furniture(TITLE_PAGE));
            let date = of_title_page.map(|block| block.text.as_str()).find_map(Date::parse);
            self.metadata.dated_by_file &= date.is_none();
            self.metadata.date = date.or(self.metadata.date);
        }
        self
    }
}

/// The text of a document, as far as its format tells what is what.
#[derive(Debug, Clone, PartialEq)]
pub enum Content {
    /// Plain text: paragraphs are to be found from the layout of the lines.
    Lines(Vec<Line>),
    /// Marked text: the format says where paragraphs and headings are.
    Blocks(Vec<Block>),
}

/// A line of plain text. A form feed ends a line too.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// Where it stands.
    pub place: Place,
    /// The text as it stands, white space and all.
    pub raw: String,
    /// Whether a form feed stands between the line before and this one.
    pub after_page_break: bool,
    /// What it is.
    pub kind: LineKind,
}

impl Line {
    /// A line of text.
    pub fn new(place: Place, raw: impl Into<String>) -> Self {
        Self { place, raw: raw.into(), after_page_break: false, kind: LineKind::Text }
    }
}

/// What a line of plain text is, as far as the document's form tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LineKind {
    /// Text.
    Text,
    /// The first line of what somebody says; it goes on until the next turn.
    Turn {
        /// Who says it; empty where only the time is known.
        speaker: String,
        /// The byte of the line at which the words begin.
        text: usize,
    },
    /// No part of the text, with the reason for leaving it out. What stands before and behind it is not joined.
    Furniture(&'static str),
    /// As furniture, but the text around it goes on.
    Aside(&'static str),
}

/// A part of a document that a reader sees as one.
#[derive(Debug, Clone, PartialEq)]
pub struct Block {
    /// What it is.
    pub kind: BlockKind,
    /// Its text on one line, white space collapsed.
    pub text: LocatedText,
}

/// What a block is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BlockKind {
    /// The heading of what follows.
    Heading,
    /// Running text.
    Paragraph,
    /// An item of a list.
    ListItem,
    /// What somebody says in a transcript or a film, however short.
    Speech,
    /// Who says what follows.
    Speaker,
    /// The cells of a table's row.
    TableRow,
    /// A picture's description.
    Caption,
    /// Source code, a rule, raw markup: not prose.
    NotProse,
    /// What the reader knows to be no part of the text, such as navigation, with the reason for leaving it out.
    Furniture(&'static str),
}
