//! A report's table as CSV.
//!
//! Spreadsheets take a cell that begins with `=`, `+`, `-` or `@` for a formula, and documents are hostile: such a text
//! gets an apostrophe in front, which spreadsheets take for "this is text" (OWASP, "CSV Injection").

use super::Report;
use super::table::{Cell, rows};
use crate::source::own::COLUMNS;

/// The table, one row a passage.
///
/// # Errors
/// Never, in practice: writing to memory does not fail.
pub fn csv(report: &Report) -> Result<String, csv::Error> {
    let mut out = csv::Writer::from_writer(Vec::new());
    out.write_record(COLUMNS)?;
    rows(report).try_for_each(|row| out.write_record(row.iter().map(written)))?;
    let bytes = out.into_inner().map_err(|error| csv::Error::from(error.into_error()))?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

fn written(cell: &Cell) -> String {
    match cell {
        Cell::Text(words) => words.as_deref().map_or_else(String::new, text),
        Cell::Count(count) => count.map_or_else(String::new, |count| count.to_string()),
        Cell::Decimal(number, decimals) => number.map_or_else(String::new, |number| format!("{number:.decimals$}")),
    }
}

/// A cell that no spreadsheet takes for a formula.
pub(super) fn text(cell: &str) -> String {
    if cell.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{cell}") } else { cell.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_cell_is_a_formula() {
        for hostile in ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"] {
            assert_eq!(text(hostile), format!("'{hostile}"));
        }
        assert_eq!(text("1 - 1 = 0"), "1 - 1 = 0");
    }
}
