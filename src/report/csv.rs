//! A report's table as CSV.
//!
//! Spreadsheets treat a cell that begins with `=`, `+`, `-` or `@` as a formula, and documents are hostile: such a text
//! gets a leading apostrophe, which marks it as text (OWASP, "CSV Injection"). Tables are also printed, for instance
//! with `cat`: characters that could control a terminal are replaced as in text.

use super::Report;
use super::table::{Cell, rows};
use super::text::is_unprintable;
use crate::source::own::COLUMNS;

/// The table, one row per passage.
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

/// A cell that no spreadsheet treats as a formula, and that cannot control a terminal. Line feeds and tabs are kept.
pub(super) fn text(cell: &str) -> String {
    let steers = |c: char| is_unprintable(c) && !matches!(c, '\n' | '\t');
    let shown: String = cell.chars().map(|c| if steers(c) { '\u{fffd}' } else { c }).collect();
    if cell.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{shown}") } else { shown }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_cell_is_a_formula() {
        for hostile in ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1"] {
            assert_eq!(text(hostile), format!("'{hostile}"));
        }
        assert_eq!(text("\r=1"), "'\u{fffd}=1");
        assert_eq!(text("1 - 1 = 0"), "1 - 1 = 0");
    }

    #[test]
    fn no_cell_steers_a_terminal() {
        assert_eq!(text("a\u{1b}[31mb\u{9b}2Jc\u{202e}d\u{7f}"), "a\u{fffd}[31mb\u{fffd}2Jc\u{fffd}d\u{fffd}");
        assert_eq!(text("two\nlines, a\ttab, é 渡"), "two\nlines, a\ttab, é 渡");
    }
}
