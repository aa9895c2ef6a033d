//! What the formats of office programs share: an archive of XML parts, and paragraphs, notes and tables inside one
//! another.

pub mod flow;
pub mod package;
pub mod properties;
pub mod relations;
pub mod style;
pub mod workbook;
pub mod xml;

/// Notes of fewer words than this say nothing without the text that they are a note to.
pub const LEAST_NOTE_WORDS: usize = 5;
