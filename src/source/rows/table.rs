//! Tables of values between delimiters, under a line of names (RFC 4180, and what spreadsheets write).

use std::io::Read;

use csv::{ByteRecord, ReaderBuilder};

use super::{Collector, Limited, ReadError, Role, Values, no_text_column};
use crate::source::decode::Decoding;

/// What can stand between values, where the file's name does not say.
const DELIMITERS: [u8; 4] = [b',', b';', b'\t', b'|'];

pub(super) fn read<R: Read>(
    mut from: Decoding<R>,
    delimiter: Option<u8>,
    collector: &mut Collector,
) -> Result<Decoding<R>, ReadError> {
    let delimiter = match delimiter {
        Some(delimiter) => delimiter,
        None => likeliest(from.peek()?),
    };
    let crlf = from.peek()?.split_inclusive(|byte| *byte == b'\n').next().is_some_and(|line| line.ends_with(b"\r\n"));
    let limited = Limited { inner: from, given: 0 };
    let mut reader = ReaderBuilder::new().delimiter(delimiter).has_headers(false).flexible(true).from_reader(limited);
    let mut record = ByteRecord::new();
    let mut names: Vec<String> = Vec::new();
    loop {
        reader.get_mut().given = 0;
        let line = reader.position().line() as usize;
        match reader.read_byte_record(&mut record) {
            Ok(false) => break,
            Ok(true) => {}
            Err(error) => {
                collector.problem(
                    line,
                    &format!("{}; a quote may be unclosed; the rest of the file was not read", cause(error)?),
                );
                break;
            }
        }
        if names.is_empty() {
            names = (0..record.len()).map(|at| field(&record, at).trim().to_owned()).collect();
            if collector.columns.find(Role::Text, names.iter().map(String::as_str)).is_none() {
                let reason = format!("line 1 {}", no_text_column(collector.columns, names.iter().map(String::as_str)));
                return Err(ReadError::Malformed { format: "a table", reason });
            }
            continue;
        }
        row(first_line(&record, line, reader.position().line() as usize, crlf), &record, &names, collector);
    }
    Ok(reader.into_inner().inner)
}

/// The line that a record begins on, from the line count before it was read and after: blank lines are skipped before a
/// record, and of a line end in two bytes the second is read with the next record.
fn first_line(record: &ByteRecord, before: usize, after: usize, crlf: bool) -> usize {
    let inside = record.as_slice().iter().filter(|byte| **byte == b'\n').count();
    after.saturating_sub(inside + usize::from(!crlf)).max(before)
}

fn row(line: usize, record: &ByteRecord, names: &[String], collector: &mut Collector) {
    if record.len() != names.len() {
        let values = if record.len() == 1 { "value" } else { "values" };
        return collector.problem(line, &format!("has {} {values} for {} columns", record.len(), names.len()));
    }
    let mut values = Values::new();
    for (at, name) in names.iter().enumerate().filter(|(_, name)| collector.columns.wants(name)) {
        values.entry(name.clone()).or_insert_with(|| field(record, at));
    }
    collector.row(line, names.iter().map(String::as_str), values);
}

fn field(record: &ByteRecord, at: usize) -> String {
    String::from_utf8_lossy(record.get(at).unwrap_or_default()).into_owned()
}

/// The system's own errors end the reading; a row that is too long is the file's.
fn cause(error: csv::Error) -> Result<String, ReadError> {
    match error.into_kind() {
        csv::ErrorKind::Io(error) if error.kind() != std::io::ErrorKind::Other => Err(error.into()),
        csv::ErrorKind::Io(error) => Ok(error.to_string()),
        other => Ok(format!("{other:?}")),
    }
}

/// The delimiter that stands most often in the first line, outside of quotes.
fn likeliest(head: &[u8]) -> u8 {
    let mut quoted = false;
    let mut counts = [0; DELIMITERS.len()];
    for byte in head {
        match byte {
            b'"' => quoted = !quoted,
            b'\n' | b'\r' if !quoted && counts.iter().any(|count| *count > 0) => break,
            byte if !quoted => {
                if let Some(at) = DELIMITERS.iter().position(|delimiter| delimiter == byte) {
                    counts[at] += 1;
                }
            }
            _ => {}
        }
    }
    // Of equals the first is meant.
    let best = (0..DELIMITERS.len()).rev().max_by_key(|at| counts[*at]).unwrap_or(0);
    DELIMITERS[best]
}
