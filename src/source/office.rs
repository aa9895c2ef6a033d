//! What office formats share: an archive of XML parts, and nested paragraphs, notes and tables.

pub mod flow;
pub mod package;
pub mod properties;
pub mod relations;
pub mod style;
pub mod workbook;
pub mod xml;

/// Notes of fewer words than this say nothing without the text that they belong to.
pub const LEAST_NOTE_WORDS: usize = 5;
