//! The report of `bench` as text.

use std::fmt::{self, Write};

use unicode_width::UnicodeWidthStr;

use super::{FAINT, Screen, TITLE, WARNING, hanging, printable, shortened};
use crate::report::bench::{Table, facts, tables};
use crate::report::{BenchReport, counted};

/// Maximum number of columns of a cell.
const CELL: usize = 24;

/// The report of `bench` as text.
///
/// # Errors
/// When a value cannot be formatted.
pub fn bench(report: &BenchReport, look: Screen) -> Result<String, fmt::Error> {
    let mut out = String::new();
    let threads = counted(report.threads, "thread");
    let engine = format!("{} {}, {threads}, {}", report.isa, report.precision, printable(&report.model));
    writeln!(out, "{TITLE}{}{TITLE:#}  {engine}", printable(&report.cpu))?;
    if let Some((_, machine)) = facts(report).into_iter().find(|(name, _)| *name == "Machine") {
        hanging(&mut out, &printable(&machine), "", look)?;
    }
    tables(report).iter().try_for_each(|shown| table(&mut out, shown, look))?;
    for warning in &report.noise.warnings {
        hanging(&mut out, &format!("{WARNING}noise:{WARNING:#} {}", printable(warning)), "", look)?;
    }
    Ok(out)
}

/// A table with columns as wide as their cells; the first column is text, the others are figures.
fn table(out: &mut String, table: &Table, look: Screen) -> fmt::Result {
    let cell = |text: &String| printable(&shortened(text, CELL));
    let rows: Vec<Vec<String>> = table.rows.iter().map(|row| row.iter().map(cell).collect()).collect();
    let width = |column: usize| {
        let cells = rows.iter().map(|row| row[column].width());
        cells.chain([table.head[column].width()]).max().unwrap_or(0)
    };
    let widths: Vec<usize> = (0..table.head.len()).map(width).collect();
    let line = |cells: &mut dyn Iterator<Item = &str>| {
        let padded = cells.zip(&widths).enumerate().map(|(column, (cell, width))| {
            let gap = " ".repeat(width - cell.width());
            if column == 0 { format!("{cell}{gap}") } else { format!("{gap}{cell}") }
        });
        padded.collect::<Vec<_>>().join("  ")
    };
    writeln!(out, "\n{TITLE}{}{TITLE:#}", printable(&table.title))?;
    writeln!(out, "{FAINT}{}{FAINT:#}", line(&mut table.head.iter().copied()))?;
    for row in &rows {
        let line = line(&mut row.iter().map(String::as_str));
        writeln!(out, "{}", line.trim_end())?;
    }
    for note in &table.notes {
        hanging(out, &printable(note), "", look)?;
    }
    Ok(())
}
