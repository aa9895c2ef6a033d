//! Sources: one document each, found on disk or read from stdin.
//!
//! This stage knows files and formats but not passages: it yields the text of a document with the place of each part,
//! either as raw lines (plain text, whose paragraphs are found later) or as blocks (Markdown and other marked text). A
//! format is a row of the table in `format` and a file with a function named `parse`.

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
pub use language::{
    UNDETERMINED, guess as guess_language, guess_asked as guess_asked_language, name as language_name,
    primary as primary_language,
};
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
    /// Unique within a run: the path as it is shown, followed by the row's id or number if it is a row.
    pub id: String,
    /// Where the document came from, as the user wrote it (`-` for stdin).
    pub path: String,
    /// What the document says about itself. Plain text says nothing; its title is found with its headings.
    pub metadata: Metadata,
    /// The text.
    pub content: Content,
    /// A remark on how the file was read (such as a guessed encoding).
    pub note: Option<String>,
}

impl Source {
    /// Whether the source is a row of a table rather than a file.
    pub fn is_row(&self) -> bool {
        self.id != self.path
    }
}

/// What a document says about itself.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Metadata {
    /// Its title.
    pub title: Option<String>,
    /// Its author, or several authors as the document lists them.
    pub author: Option<String>,
    /// Its publisher.
    pub publisher: Option<String>,
    /// The day on which it was published.
    pub date: Option<Date>,
    /// Whether `date` is only the day on which the file was made, which is what some formats record.
    pub dated_by_file: bool,
    /// A BCP 47 tag, as the document gives it.
    pub language: Option<String>,
}

/// The position of a part of the text, as far as its format has lines, pages or times. Lines and pages are 1-based.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// The line, where the format has lines.
    pub line: Option<usize>,
    /// The page, where the format has pages.
    pub page: Option<usize>,
    /// Seconds from the start, in a format that has times.
    pub time: Option<u32>,
}

impl Place {
    /// A place in a format that has neither lines nor pages.
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

/// What a reader makes from a document's bytes.
#[derive(Debug, Clone, PartialEq)]
pub struct Parsed {
    /// What the document says about itself.
    pub metadata: Metadata,
    /// The text of the document.
    pub content: Content,
    /// A remark on how the file was read.
    pub note: Option<String>,
    /// What could not be read.
    pub missing: Option<String>,
}

/// The reason for leaving out the lines under a title.
const TITLE_PAGE: &str = "title page: author, address or date";

impl Parsed {
    /// Takes the date from the title page, if it has one, instead of the date on which the file was made.
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

/// The text of a document, as structured by its format.
#[derive(Debug, Clone, PartialEq)]
pub enum Content {
    /// Plain text: its paragraphs are found from the layout of the lines.
    Lines(Vec<Line>),
    /// Marked text: the format says where paragraphs and headings are.
    Blocks(Vec<Block>),
}

/// A line of plain text. A form feed ends a line too.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// The place of the line.
    pub place: Place,
    /// The text of the line, including white space.
    pub raw: String,
    /// Whether a form feed comes between the previous line and this one.
    pub after_page_break: bool,
    /// What the line is.
    pub kind: LineKind,
}

impl Line {
    /// A line of text.
    pub fn new(place: Place, raw: impl Into<String>) -> Self {
        Self { place, raw: raw.into(), after_page_break: false, kind: LineKind::Text }
    }
}

/// What a line of plain text is, as far as the form of the document shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LineKind {
    /// Text.
    Text,
    /// The first line of a turn of speech, which continues until the next turn.
    Turn {
        /// The speaker; empty where only the time is known.
        speaker: String,
        /// The byte of the line at which the words begin.
        text: usize,
    },
    /// Not part of the text, with the reason for leaving it out. The text before and after it is not joined.
    Furniture(&'static str),
    /// As `Furniture`, but the text around it is joined.
    Aside(&'static str),
}

/// A part of a document that a reader sees as one unit.
#[derive(Debug, Clone, PartialEq)]
pub struct Block {
    /// What the block is.
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
    /// A speaker's words in a transcript or a film, however short.
    Speech,
    /// The speaker of what follows.
    Speaker,
    /// The cells of a table's row.
    TableRow,
    /// A picture's description.
    Caption,
    /// Source code, a rule, raw markup: not prose.
    NotProse,
    /// What is known not to be part of the text, such as navigation, with the reason for leaving it out.
    Furniture(&'static str),
}
