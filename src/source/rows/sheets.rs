//! Workbooks: each row of a sheet with a text column is a source; workbooks without such a sheet are one document of
//! tables.

use super::{Collector, Columns, Role, table};
use crate::source::office::workbook::BETWEEN;
use crate::source::{Block, Content, Documents, LocatedText, Parsed, ReadError, Source};

/// The column names are in one of this many first rows; some sheets have a title above them.
const HEADER_ROWS: usize = 10;

/// Makes sources from a workbook at `path`.
///
/// # Errors
/// When a text column was requested and no sheet has it.
pub fn sources(format: &'static str, path: &str, workbook: Parsed, columns: &Columns) -> Result<Documents, ReadError> {
    let Parsed { metadata, content, note, .. } = workbook;
    let rows = match content {
        Content::Blocks(rows) => rows,
        Content::Lines(_) => Vec::new(),
    };
    let sheets: Vec<&[Block]> = rows.chunk_by(|a, b| a.text.place().page == b.text.place().page).collect();
    let headers: Vec<Option<usize>> = sheets.iter().map(|sheet| header(sheet, columns)).collect();
    let with_texts = headers.iter().flatten().count();
    if with_texts == 0
        && let (Some(_), Some(first)) = (&columns.text, sheets.first())
    {
        let mut collector = Collector::new(path, columns);
        table::header(line(&first[0]), &values(&first[0]), &mut collector)?;
    }
    if with_texts == 0 {
        let content = Content::Blocks(rows.iter().map(cells).filter(|row| !row.text.is_empty()).collect());
        let source = Source { id: path.to_owned(), path: path.to_owned(), metadata, content, note };
        return Ok(Documents { sources: vec![source], ..Documents::default() });
    }
    let mut collector = Collector::new(path, columns);
    for (sheet, header) in sheets.iter().zip(&headers) {
        if let Some(at) = header {
            let names = values(&sheet[*at]);
            sheet[at + 1..].iter().for_each(|row| take(row, &names, &mut collector));
        }
    }
    let left_out = sheets.len() - with_texts;
    collector.documents.notes.extend((left_out > 0).then(|| {
        let (sheets, have) = if left_out == 1 { ("sheet has", "was") } else { ("sheets have", "were") };
        format!("{left_out} {sheets} no column with a common name for the text and {have} left out")
    }));
    collector.finish(format, note)
}

/// Returns the row that names a text column.
fn header(sheet: &[Block], columns: &Columns) -> Option<usize> {
    let is_header = |row: &Block| columns.find(Role::Text, values(row).iter().map(String::as_str)).is_some();
    sheet.iter().take(HEADER_ROWS).position(is_header)
}

fn take(row: &Block, names: &[String], collector: &mut Collector) {
    let values: Vec<&str> = row.text.as_str().split(BETWEEN).collect();
    table::take(line(row), names, |at| values.get(at).copied().unwrap_or_default().to_owned(), collector);
}

fn line(row: &Block) -> usize {
    row.text.place().line.unwrap_or(1)
}

fn values(row: &Block) -> Vec<String> {
    row.text.as_str().split(BETWEEN).map(|value| value.trim().to_owned()).collect()
}

/// Returns a row as one line, with its values separated by commas.
fn cells(row: &Block) -> Block {
    let filled: Vec<&str> = row.text.as_str().split(BETWEEN).map(str::trim).filter(|value| !value.is_empty()).collect();
    Block { kind: row.kind, text: LocatedText::new(&filled.join(", "), row.text.place()) }
}
