//! Sources: one document each, found on disk or read from stdin.
//!
//! This stage knows files and formats, nothing of passages: it yields the text of a document with the line that each part
//! stands on, either as raw lines (plain text, whose paragraphs are still to be found) or as blocks (Markdown, whose marks
//! already say what is what).

mod decode;
mod markdown;
mod read;
mod text;
mod walk;

pub use read::{ReadError, decode_text, read_file, read_stdin, read_str};
pub use text::LocatedText;
pub use walk::{FindError, Found, Selection, find};

/// One document.
#[derive(Debug, Clone, PartialEq)]
pub struct Source {
    /// Unique within a run: the path as it is shown.
    pub id: String,
    /// Where the document came from, as the user wrote it (`-` for stdin).
    pub path: String,
    /// What the document's own metadata gives as its title. Plain text has none; its title is found with its headings.
    pub title: Option<String>,
    /// The text.
    pub content: Content,
    /// What a reader should know of how the file was read (such as a guessed encoding).
    pub note: Option<String>,
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
    /// 1-based, as an editor counts.
    pub number: usize,
    /// The text as it stands, white space and all.
    pub raw: String,
    /// Whether a form feed stands between the line before and this one.
    pub after_page_break: bool,
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
    /// A picture's description.
    Caption,
    /// Source code, a rule, raw markup: not prose.
    NotProse,
}
