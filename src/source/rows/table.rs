//! Tables of values between delimiters, under a line of names.

use std::io::Read;

use super::record::{Next, Record, Records};
use super::{Collector, Columns, MAX_ROW, ReadError, Role, Values, listed, no_text_column};
use crate::source::decode::Decoding;

/// The possible delimiters, likeliest first.
const OF_CSV: [u8; 4] = [b',', b';', b'\t', b'|'];
const OF_TSV: [u8; 4] = [b'\t', b',', b';', b'|'];
/// Names of the path column in a list of files.
const PATHS: [&str; 5] = ["path", "file", "filename", "file_name", "filepath"];

/// The delimiters of a table, as its file name suggests.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Delimiters {
    Csv,
    Tsv,
}

pub(super) fn read<R: Read>(
    mut from: Decoding<R>,
    delimiters: Delimiters,
    collector: &mut Collector,
) -> Result<Decoding<R>, ReadError> {
    let head = from.peek()?;
    let named = named_delimiter(head);
    let delimiter = named.unwrap_or_else(|| likeliest(head, delimiters, collector.columns));
    let mut records = Records::new(from, delimiter, MAX_ROW);
    if named.is_some() {
        records.skip_line()?;
    }
    let mut record = Record::default();
    let mut names: Vec<String> = Vec::new();
    loop {
        let next = records.next(&mut record)?;
        let line = match next {
            Next::End => break,
            Next::TooLong(line) => {
                let limit = MAX_ROW >> 20;
                let what = "a quote may be unclosed; the rest of the file was not read";
                collector.problem(line, &format!("a row is longer than {limit} MiB; {what}"));
                break;
            }
            Next::Whole(line) | Next::Unclosed(line) => line,
        };
        if matches!(next, Next::Unclosed(_)) {
            collector.unclosed.add(line);
        }
        if names.is_empty() {
            names = names_of(&record);
            if !header(line, &names, collector)? {
                break;
            }
        } else {
            row(line, &record, &names, collector);
        }
    }
    Ok(records.into_inner())
}

fn names_of(record: &Record) -> Vec<String> {
    (0..record.len()).map(|at| record.value(at).trim_matches(['\u{feff}', '\u{200b}']).trim().to_owned()).collect()
}

/// Whether rows under these names have a text.
pub(super) fn header(line: usize, names: &[String], collector: &mut Collector) -> Result<bool, ReadError> {
    let all = names.iter().map(String::as_str);
    if collector.columns.find(Role::Text, all.clone()).is_some() {
        return Ok(true);
    }
    let of_files = names.iter().find(|name| PATHS.contains(&name.to_lowercase().as_str()));
    if let Some(path) = of_files.filter(|_| collector.columns.text.is_none()) {
        collector.left_out = Some(format!(
            "lists files (column {path:?}) and contains no texts; if it says who published them, use it as the source map"
        ));
        return Ok(false);
    }
    let reason = format!("line {line} {}", no_text_column(collector.columns, &listed(all)));
    Err(ReadError::Malformed { format: "a table", reason })
}

fn row(line: usize, record: &Record, names: &[String], collector: &mut Collector) {
    let value = |at: usize| record.value(at);
    let blank = |at: usize| value(at).trim().is_empty();
    if record.len() < names.len() {
        if (0..record.len()).all(blank) {
            return;
        }
        let text = collector.columns.find(Role::Text, names.iter().map(String::as_str));
        let text = text.and_then(|text| names.iter().position(|name| name == text));
        if text.is_none_or(blank) {
            let values = if record.len() == 1 { "value" } else { "values" };
            return collector.problem(line, &format!("has {} {values} for {} columns", record.len(), names.len()));
        }
        collector.too_few.add(line);
    } else if !(names.len()..record.len()).all(blank) {
        collector.too_many.add(line);
    }
    take(line, names, value, collector);
}

/// Takes a row of these values.
pub(super) fn take(line: usize, names: &[String], value: impl Fn(usize) -> String, collector: &mut Collector) {
    let mut values = Values::new();
    for (at, name) in names.iter().enumerate().filter(|(_, name)| collector.columns.wants(name)) {
        values.entry(name.clone()).or_insert_with(|| value(at));
    }
    collector.row(line, names.iter().map(String::as_str), values);
}

/// Returns the delimiter that a first line such as `sep=;` names, as spreadsheets write it.
fn named_delimiter(head: &[u8]) -> Option<u8> {
    let line = head.split(|byte| matches!(byte, b'\n' | b'\r')).next()?.trim_ascii_start();
    let line = line.strip_prefix(b"\"").map_or(line, |line| line.strip_suffix(b"\"").unwrap_or(line));
    let (name, delimiter) = line.split_at_checked(4)?;
    match delimiter {
        _ if !name.eq_ignore_ascii_case(b"sep=") => None,
        b"\\t" => Some(b'\t'),
        [delimiter] => Some(*delimiter),
        _ => None,
    }
}

/// Returns the delimiter that gives the first line a text column, else the one that gives it the most columns.
fn likeliest(head: &[u8], delimiters: Delimiters, columns: &Columns) -> u8 {
    let candidates = match delimiters {
        Delimiters::Csv => OF_CSV,
        Delimiters::Tsv => OF_TSV,
    };
    let fit = |delimiter: u8| {
        let mut record = Record::default();
        // Reading from memory cannot fail.
        let _ = Records::new(head, delimiter, head.len()).next(&mut record);
        let names = names_of(&record);
        (columns.find(Role::Text, names.iter().map(String::as_str)).is_some(), names.len())
    };
    // Among equals the first one wins.
    candidates.into_iter().rev().max_by_key(|delimiter| fit(*delimiter)).unwrap_or(candidates[0])
}
