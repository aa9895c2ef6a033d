//! JSON: one object or text per line, those of an array, or the objects of an array inside an object. Values that are
//! not needed are skipped without parsing, however deeply nested.

mod object;
mod scan;

use std::io::{BufRead, Read};
use std::ops::Range;

use super::{Collector, MAX_ROW, Naming, ReadError, Role, Rows, Values, buffered, listed, no_text_column};
use crate::source::decode::Decoding;
use object::Object;
use scan::{Piece, Scanner, Siblings};

/// An object that contains all rows may be longer than a row.
const MAX_WHOLE: usize = 256 << 20;
/// Fewest words of a text that is no object's value: shorter ones are names.
const WORDS: usize = 3;
/// Number of objects in a list that are checked for a text.
const ASKED: usize = 20;

/// The usual names of a list of documents inside an object.
const LISTS: &[&str] = &[
    "articles",
    "items",
    "data",
    "results",
    "documents",
    "docs",
    "records",
    "rows",
    "entries",
    "posts",
    "stories",
    "hits",
    "news",
    "feed",
    "texts",
    "messages",
    "values",
    "value",
    "list",
    "content",
    "contents",
    "sources",
    "publications",
    "papers",
    "works",
    "abstracts",
    "reviews",
    "@graph",
    "corpus",
];

/// How the objects of a file are arranged.
enum Layout {
    /// Each on a line of its own: a damaged line does not affect others.
    Lines,
    /// In an array, inside an object, or on several lines.
    Values,
}

pub(super) fn read<R: Read>(
    rows: Rows,
    mut from: Decoding<R>,
    collector: &mut Collector,
) -> Result<Decoding<R>, ReadError> {
    match layout(rows, from.peek()?) {
        Layout::Lines => lines(from, collector),
        Layout::Values => values(rows, from, collector),
    }
}

fn layout(rows: Rows, head: &[u8]) -> Layout {
    let text = head.trim_ascii_start();
    let (first, rest) = match text.iter().position(|byte| *byte == b'\n') {
        Some(end) => (text[..end].trim_ascii(), text[end..].trim_ascii_start()),
        None => (text, &b""[..]),
    };
    let more = rest.starts_with(b"{");
    let open = first.starts_with(b"{") && !rest.is_empty() && !first.ends_with(b"}");
    match rows {
        _ if first.starts_with(b"[") => Layout::Values,
        Rows::Json if first.ends_with(b"}") && more => Layout::Lines,
        Rows::Json => Layout::Values,
        _ if open && !more => Layout::Values,
        _ => Layout::Lines,
    }
}

fn lines<R: Read>(from: Decoding<R>, collector: &mut Collector) -> Result<Decoding<R>, ReadError> {
    let mut input = buffered(from);
    let mut bytes = Vec::new();
    for line in 1.. {
        bytes.clear();
        if input.by_ref().take(MAX_ROW as u64 + 1).read_until(b'\n', &mut bytes)? == 0 {
            break;
        }
        if bytes.len() > MAX_ROW {
            input.skip_until(b'\n')?;
            collector.problem(line, &format!("is longer than {} MiB", MAX_ROW >> 20));
        } else if !bytes.trim_ascii().is_empty() {
            // An error at the end of a line is not one at the beginning of the next.
            row(line, bytes.strip_suffix(b"\n").unwrap_or(&bytes), collector);
        }
        // The memory of one long row must not be kept to the end.
        bytes.shrink_to(1 << 20);
    }
    Ok(input.into_inner())
}

fn values<R: Read>(rows: Rows, from: Decoding<R>, collector: &mut Collector) -> Result<Decoding<R>, ReadError> {
    let mut scanner = Scanner::new(from);
    let mut first = true;
    loop {
        let limit = if scanner.in_array() { MAX_ROW } else { MAX_WHOLE };
        match scanner.next(limit)? {
            Piece::End => break,
            Piece::TooLong(line) => {
                let what = format!("is longer than {} MiB; the rest of the file was not read", limit >> 20);
                collector.problem(line, &what);
                return Ok(scanner.into_inner());
            }
            Piece::Value(line) if scanner.in_array() => {
                if !row(line, scanner.bytes(), collector) {
                    scanner.resume_inside();
                }
            }
            Piece::Value(line) if first && !scanner.bytes().starts_with(b"{") => {
                let reason = format!("line {line} does not start an object or a list of objects");
                return Err(ReadError::Malformed { format: rows.name(), reason });
            }
            Piece::Value(line) => {
                let alone = first && rows == Rows::Json && scanner.is_over()?;
                if !whole(line, alone, scanner.bytes(), collector) {
                    scanner.resume_inside();
                }
            }
            Piece::Open | Piece::Close => {}
        }
        first = false;
    }
    if scanner.in_array() {
        collector.documents.problems.push("the list of rows has no end; the file may be cut off".to_owned());
    }
    Ok(scanner.into_inner())
}

/// Takes an object outside any array: a row, or a container of rows. Returns whether it is an object.
fn whole(line: usize, alone: bool, bytes: &[u8], collector: &mut Collector) -> bool {
    let parsed = parse(bytes, collector);
    let object = parsed.as_ref().ok().map(|(object, _)| object);
    let has_text = object.is_some_and(|object| has_text(object, collector));
    if !has_text {
        let groups = inner_rows(bytes, collector);
        if !groups.is_empty() {
            each_line(line, bytes, groups, collector);
            return true;
        }
    }
    match object {
        Some(object) if alone && !has_text => {
            collector.left_out =
                Some(no_text_column(collector.columns, &listed(object.names.iter().map(String::as_str))));
            true
        }
        _ => {
            collector.naming = if alone { Naming::File } else { Naming::Row };
            take(line, parsed, collector)
        }
    }
}

/// Whether an object has a name for its text.
fn has_text(object: &Object, collector: &Collector) -> bool {
    collector.finds(Role::Text, object.names.iter().map(String::as_str))
}

/// Returns the objects inside an object that are rows: those of all lists with a usual name that contain one with a
/// text. If a text column was requested, a list may have any name. Objects under keys are rows if all have a text.
fn inner_rows(bytes: &[u8], collector: &Collector) -> Vec<Siblings> {
    let has_text =
        |at: &Range<usize>| parse(&bytes[at.clone()], collector).is_ok_and(|(object, _)| has_text(&object, collector));
    let mut chosen: Vec<Siblings> = Vec::new();
    for group in scan::siblings(bytes) {
        let inside = |at: &Range<usize>| {
            chosen.iter().flat_map(|group| &group.objects).any(|row| row.start <= at.start && at.end <= row.end)
        };
        let key = String::from_utf8_lossy(&bytes[group.key.clone()]).to_lowercase();
        let named = LISTS.contains(&key.as_str()) || collector.columns.text.is_some();
        let mut asked = group.objects.iter().take(ASKED);
        let rows = if group.listed { named && asked.any(has_text) } else { asked.all(has_text) };
        if rows && !group.objects.first().is_some_and(inside) {
            chosen.push(group);
        }
    }
    chosen.sort_by_key(|group| group.objects[0].start);
    chosen
}

/// Takes rows inside an object that begins on `line`.
fn each_line(mut line: usize, bytes: &[u8], groups: Vec<Siblings>, collector: &mut Collector) {
    let mut at = 0;
    for range in groups.into_iter().flat_map(|group| group.objects).filter(|range| range.start < range.end) {
        if range.start >= at {
            line += bytes[at..range.start].iter().filter(|byte| **byte == b'\n').count();
            at = range.start;
        }
        row(line, &bytes[range], collector);
    }
}

/// Parses an object, and returns whether it had to be repaired.
fn parse(bytes: &[u8], collector: &Collector) -> Result<(Object, Repair), serde_json::Error> {
    match Object::parse(bytes, collector.columns) {
        Ok(object) => Ok((object, Repair::None)),
        Err(error) => match Object::parse(&scan::repaired(bytes), collector.columns) {
            Ok(object) => Ok((object, Repair::Done)),
            Err(_) => Err(error),
        },
    }
}

enum Repair {
    None,
    Done,
}

/// Takes a row: an object, or a text alone. Returns whether it is one of these.
fn row(line: usize, bytes: &[u8], collector: &mut Collector) -> bool {
    if let Some(text) = text_alone(bytes) {
        collector.row(line, std::iter::once("text"), Values::from([("text".to_owned(), text)]));
        return true;
    }
    let parsed = parse(bytes, collector);
    take(line, parsed, collector)
}

/// A text that is no object's value, if it is more than a name.
fn text_alone(bytes: &[u8]) -> Option<String> {
    let text = bytes.trim_ascii_start().starts_with(b"\"").then(|| serde_json::from_slice::<String>(bytes).ok())??;
    (text.split_whitespace().take(WORDS).count() == WORDS).then_some(text)
}

/// Takes a row that has been parsed. Returns whether it is an object.
fn take(line: usize, parsed: Result<(Object, Repair), serde_json::Error>, collector: &mut Collector) -> bool {
    match parsed {
        Ok((object, repair)) => {
            if matches!(repair, Repair::Done) {
                collector.repaired.add(line);
            }
            collector.row(line, object.names.iter().map(String::as_str), object.values);
            true
        }
        Err(error) => {
            let message = error.to_string();
            let what = message.rsplit_once(" at line ").map_or(message.as_str(), |(what, _)| what);
            let place = match error.line() {
                0 | 1 => format!("column {}", error.column()),
                more => format!("line {}", line + more - 1),
            };
            collector.problem(line, &format!("is not a JSON object: {what} ({place})"));
            false
        }
    }
}
