//! Messages between a worker and its parent: JSON, checked like anything else from outside.

use std::collections::HashSet;
use std::sync::{Mutex, PoisonError};

use serde::{Deserialize, Serialize};

use super::stopped;
use crate::source::{Block, BlockKind, Content, Date, Line, LineKind, LocatedText, Metadata, Parsed, Place, ReadError};

#[derive(Serialize, Deserialize)]
enum Answer {
    Parsed(Box<Document>),
    /// The document is not of its format.
    Malformed(String),
    /// The parser failed.
    Stopped(String),
}

#[derive(Serialize, Deserialize)]
struct Document {
    title: Option<String>,
    author: Option<String>,
    publisher: Option<String>,
    date: Option<String>,
    dated_by_file: bool,
    language: Option<String>,
    note: Option<String>,
    missing: Option<String>,
    content: Text,
}

#[derive(Serialize, Deserialize)]
enum Text {
    Lines(Vec<(At, String, bool, Form)>),
    Blocks(Vec<Piece>),
}

/// A block: its kind, its text, and the place of the text from each offset on.
type Piece = (Kind, String, Vec<(usize, At)>);

/// A line, a page and a time.
#[derive(Serialize, Deserialize, Clone, Copy)]
struct At(Option<usize>, Option<usize>, Option<u32>);

#[derive(Serialize, Deserialize)]
enum Form {
    Text,
    Turn(String, usize),
    Furniture(String),
    Aside(String),
}

#[derive(Serialize, Deserialize)]
enum Kind {
    Heading,
    Paragraph,
    ListItem,
    Speech,
    Speaker,
    TableRow,
    Caption,
    NotProse,
    Furniture(String),
}

pub fn encode(result: Result<Parsed, ReadError>) -> Vec<u8> {
    let answer = match result {
        Ok(parsed) => Answer::Parsed(Box::new(document(parsed))),
        Err(ReadError::Malformed { reason, .. }) => Answer::Malformed(reason),
        Err(ReadError::Stopped { reason, .. }) => Answer::Stopped(reason),
        Err(other) => Answer::Malformed(other.to_string()),
    };
    // Strings and numbers can always be written as JSON.
    serde_json::to_vec(&answer).unwrap_or_default()
}

/// Decodes the answer of a worker.
///
/// # Errors
/// When the worker reports an error, or its answer is invalid.
pub fn decode(format: &'static str, answer: &[u8]) -> Result<Parsed, ReadError> {
    match serde_json::from_slice(answer) {
        Ok(Answer::Parsed(document)) => Ok(parsed(*document)),
        Ok(Answer::Malformed(reason)) => Err(ReadError::Malformed { format, reason }),
        Ok(Answer::Stopped(reason)) => Err(stopped(format, reason)),
        Err(_) => Err(stopped(format, "its answer was invalid")),
    }
}

fn document(parsed: Parsed) -> Document {
    let Parsed { metadata, content, note, missing } = parsed;
    let Metadata { title, author, publisher, date, dated_by_file, language } = metadata;
    let content = match content {
        Content::Lines(lines) => {
            let line = |line: Line| (at(line.place), line.raw, line.after_page_break, form(line.kind));
            Text::Lines(lines.into_iter().map(line).collect())
        }
        Content::Blocks(blocks) => Text::Blocks(blocks.into_iter().map(block).collect()),
    };
    let date = date.map(|date| date.to_string());
    Document { title, author, publisher, date, dated_by_file, language, note, missing, content }
}

fn parsed(document: Document) -> Parsed {
    let Document { title, author, publisher, date, dated_by_file, language, note, missing, content } = document;
    let line = |(at, raw, after_page_break, form): (At, String, bool, Form)| {
        let kind = line_kind(form, &raw);
        Line { place: place(at), raw, after_page_break, kind }
    };
    let block = |(kind, text, marks): Piece| {
        let marks = marks.into_iter().map(|(offset, at)| (offset, place(at))).collect();
        Block { kind: kind_of(kind), text: LocatedText::from_parts(text, marks) }
    };
    let content = match content {
        Text::Lines(lines) => Content::Lines(lines.into_iter().map(line).collect()),
        Text::Blocks(blocks) => Content::Blocks(blocks.into_iter().map(block).collect()),
    };
    let date = date.and_then(|date| Date::parse(&date));
    let metadata = Metadata { title, author, publisher, date, dated_by_file, language };
    Parsed { metadata, content, note, missing }
}

fn at(place: Place) -> At {
    At(place.line, place.page, place.time)
}

fn place(At(line, page, time): At) -> Place {
    Place { line, page, time }
}

fn form(kind: LineKind) -> Form {
    match kind {
        LineKind::Text => Form::Text,
        LineKind::Turn { speaker, text } => Form::Turn(speaker, text),
        LineKind::Furniture(reason) => Form::Furniture(reason.to_owned()),
        LineKind::Aside(reason) => Form::Aside(reason.to_owned()),
    }
}

fn line_kind(form: Form, raw: &str) -> LineKind {
    match form {
        Form::Turn(speaker, text) if raw.is_char_boundary(text) => LineKind::Turn { speaker, text },
        Form::Text | Form::Turn(..) => LineKind::Text,
        Form::Furniture(reason) => LineKind::Furniture(known(reason)),
        Form::Aside(reason) => LineKind::Aside(known(reason)),
    }
}

fn block(block: Block) -> Piece {
    let (text, marks) = block.text.into_parts();
    let kind = match block.kind {
        BlockKind::Heading => Kind::Heading,
        BlockKind::Paragraph => Kind::Paragraph,
        BlockKind::ListItem => Kind::ListItem,
        BlockKind::Speech => Kind::Speech,
        BlockKind::Speaker => Kind::Speaker,
        BlockKind::TableRow => Kind::TableRow,
        BlockKind::Caption => Kind::Caption,
        BlockKind::NotProse => Kind::NotProse,
        BlockKind::Furniture(reason) => Kind::Furniture(reason.to_owned()),
    };
    (kind, text, marks.into_iter().map(|(offset, place)| (offset, at(place))).collect())
}

fn kind_of(kind: Kind) -> BlockKind {
    match kind {
        Kind::Heading => BlockKind::Heading,
        Kind::Paragraph => BlockKind::Paragraph,
        Kind::ListItem => BlockKind::ListItem,
        Kind::Speech => BlockKind::Speech,
        Kind::Speaker => BlockKind::Speaker,
        Kind::TableRow => BlockKind::TableRow,
        Kind::Caption => BlockKind::Caption,
        Kind::NotProse => BlockKind::NotProse,
        Kind::Furniture(reason) => BlockKind::Furniture(known(reason)),
    }
}

/// Returns a reason as a static string. Readers have a few dozen reasons; a worker that sends more is faulty.
fn known(reason: String) -> &'static str {
    const MOST: usize = 200;
    static REASONS: Mutex<Option<HashSet<&'static str>>> = Mutex::new(None);
    let mut reasons = REASONS.lock().unwrap_or_else(PoisonError::into_inner);
    let reasons = reasons.get_or_insert_default();
    match reasons.get(reason.as_str()) {
        Some(known) => known,
        None if reasons.len() < MOST => {
            let lasting: &'static str = reason.leak();
            reasons.insert(lasting);
            lasting
        }
        None => "not part of the text",
    }
}
