//! The common form of the rows of workbooks, whatever program wrote them.

/// Separates the values of a row.
pub const BETWEEN: char = '\u{1f}';
/// Number of columns that a sheet can have.
pub const MAX_COLUMNS: usize = 16_384;
/// Limits on the values of all sheets, and on their unpacked text in bytes: one text may be in many cells.
pub const MAX_CELLS: usize = 20_000_000;
pub const MAX_TEXT: usize = 128 << 20;

/// The name of `OpenDocument` spreadsheets in messages.
pub const OPEN_DOCUMENT: &str = "an OpenDocument spreadsheet";
