//! The form in which the rows of a workbook are handed on, whatever program wrote it.

/// Stands between the values of a row.
pub const BETWEEN: char = '\u{1f}';
/// Columns that a sheet can have.
pub const MAX_COLUMNS: usize = 16_384;
/// Values of all sheets that are kept, and what they may unpack to: one text may stand in many cells.
pub const MAX_CELLS: usize = 20_000_000;
pub const MAX_TEXT: usize = 128 << 20;

/// What messages call an `OpenDocument` spreadsheet.
pub const OPEN_DOCUMENT: &str = "an OpenDocument spreadsheet";
