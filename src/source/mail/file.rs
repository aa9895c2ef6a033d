//! Files of e-mail: MIME parts, transfer encodings and charsets are `mail-parser`'s work; what of the text is the
//! sender's is told as for a pasted message.

use std::borrow::Cow;

use mail_parser::{Address, DateTime, Encoding, Message, MessageParser, MessagePart, MimeHeaders, PartType};

use super::{HEADER, body};
use crate::source::decode::decode_text;
use crate::source::html::{self, Extent};
use crate::source::plain;
use crate::source::{Block, BlockKind, Content, Date, Line, LineKind, LocatedText, Metadata, Parsed, Place, ReadError};

/// A message of more parts, or of more messages within one another, is none that a person sent.
const MAX_PARTS: usize = 200;
/// Each of these parts may make the parser look through the rest of the file for its end.
const MAX_WORK: usize = 4 << 30;
/// What is said of a message whose last part has no end.
const CUT_OFF: &str = "ends in the middle of a part: it may be cut off";
/// How many attachments are named.
const MAX_NAMES: usize = 10;

/// Reads a message.
///
/// # Errors
/// When it is no text, or has hundreds of parts.
pub fn parse(bytes: &[u8]) -> Result<Parsed, ReadError> {
    let bytes = without_envelope(bytes);
    let parts = parts(bytes);
    if parts > MAX_PARTS || parts.saturating_mul(bytes.len()) > MAX_WORK {
        let reason = format!("it has {parts} parts that hold others, too many for its size");
        return Err(ReadError::Malformed { format: "e-mail", reason });
    }
    let whole = if parts > 0 { closed(bytes) } else { Cow::Borrowed(bytes) };
    match MessageParser::default().parse(&*whole).filter(is_message) {
        Some(message) => {
            let parsed = parsed(&message, &whole)?;
            let cut_off = (whole.len() > bytes.len()).then(|| CUT_OFF.to_owned());
            let note =
                [cut_off, parsed.note].into_iter().flatten().reduce(|first, second| format!("{first}; it {second}"));
            Ok(Parsed { note, ..parsed })
        }
        None => plain::parse(bytes),
    }
}

/// The message with the ends of its parts, if it is cut off: what is in a part without an end would be an attachment.
fn closed(bytes: &[u8]) -> Cow<'_, [u8]> {
    const NAME: &[u8] = b"boundary=";
    let named = bytes.windows(NAME.len()).enumerate().filter(|(_, piece)| piece.eq_ignore_ascii_case(NAME));
    let value = |at: usize| {
        let rest = &bytes[at + NAME.len()..];
        let (rest, ends): (&[u8], &[u8]) =
            if rest.starts_with(b"\"") { (&rest[1..], b"\"\r\n") } else { (rest, b" \t;\r\n") };
        &rest[..rest.iter().position(|byte| ends.contains(byte)).unwrap_or(rest.len())]
    };
    let is_open = |boundary: &&[u8]| {
        let holds = |line: &[u8]| bytes.windows(line.len()).any(|piece| piece == line);
        let start = [b"--", *boundary].concat();
        !boundary.is_empty() && holds(&start) && !holds(&[&start[..], b"--"].concat())
    };
    let open: Vec<&[u8]> = named.map(|(at, _)| value(at)).take(MAX_PARTS).filter(is_open).collect();
    if open.is_empty() {
        return Cow::Borrowed(bytes);
    }
    let ends = open.iter().rev().flat_map(|boundary| [b"\r\n--", *boundary, b"--\r\n"].concat());
    Cow::Owned(bytes.iter().copied().chain(ends).collect())
}

/// The line that a mailbox puts above a message.
fn without_envelope(bytes: &[u8]) -> &[u8] {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let end = bytes.iter().position(|byte| *byte == b'\n').filter(|_| bytes.starts_with(b"From "));
    end.map_or(bytes, |end| &bytes[end + 1..])
}

/// How many parts within it could hold others.
fn parts(bytes: &[u8]) -> usize {
    let holds = |piece: &[u8]| {
        [&b"multipart"[..], b"message"]
            .iter()
            .any(|kind| piece.len() >= kind.len() && piece[piece.len() - kind.len()..].eq_ignore_ascii_case(kind))
    };
    bytes.split(|byte| *byte == b'/').filter(|piece| holds(piece)).count()
}

fn is_message(message: &Message) -> bool {
    message.content_type().is_some()
        || message.from().is_some()
        || message.subject().is_some()
        || message.date().is_some()
        || message.to().is_some()
}

fn parsed(message: &Message, bytes: &[u8]) -> Result<Parsed, ReadError> {
    let sender = message.from().and_then(first_name);
    let texts: Vec<&MessagePart> = message.text_bodies().filter(|part| part.is_text()).collect();
    let blank = texts.iter().all(|part| part.text_contents().is_none_or(|text| text.trim().is_empty()));
    let chosen = if blank { message.html_bodies().filter(|part| part.is_text()).collect() } else { texts };
    if let Some(page) = saved_page(message, sender.as_deref(), &chosen) {
        let (metadata, blocks) = html::read(page, Extent::Article)?;
        let title = metadata.title.or_else(|| subject(message));
        let metadata = Metadata { title, ..metadata };
        return Ok(Parsed { metadata, content: Content::Blocks(blocks), note: left_out(message), missing: None });
    }
    let html = |part: &&MessagePart| matches!(part.body, PartType::Html(_));
    let content = if chosen.iter().any(html) {
        Content::Blocks(blocks(message, &chosen, sender.as_deref())?)
    } else {
        Content::Lines(lines(message, &chosen, bytes, sender.as_deref())?)
    };
    let metadata =
        Metadata { title: subject(message), author: sender, date: message.date().and_then(day), ..Metadata::default() };
    Ok(Parsed { metadata, content, note: left_out(message), missing: None })
}

fn subject(message: &Message) -> Option<String> {
    message.subject().map(str::trim).filter(|subject| !subject.is_empty()).map(str::to_owned)
}

/// What browsers write where a message has its sender.
const SAVED_BY: &str = "Saved by ";

/// The page, where a browser saved one: nobody sent it, and its date is the day on which it was saved.
fn saved_page<'m>(message: &Message, sender: Option<&str>, texts: &[&'m MessagePart]) -> Option<&'m str> {
    let sent = sender.map_or(message.to().is_some(), |sender| !sender.starts_with(SAVED_BY));
    match texts.first().map(|part| &part.body) {
        Some(PartType::Html(page)) if !sent => Some(page),
        _ => None,
    }
}

fn day(date: &DateTime) -> Option<Date> {
    Date::new(date.year.into(), date.month.into(), date.day.into())
}

/// The first person's name; the address, where that is all there is.
fn first_name(address: &Address) -> Option<String> {
    let first = address.first()?;
    let named = first.name.as_deref().filter(|name| !name.trim().is_empty());
    named.or(first.address.as_deref()).map(|name| name.trim().to_owned())
}

/// What the header says, line by line.
fn header(message: &Message) -> Vec<String> {
    let people = |address: Option<&Address>| {
        let each = address.into_iter().flat_map(Address::iter).map(|person| match (&person.name, &person.address) {
            (Some(name), Some(address)) => format!("{name} <{address}>"),
            (name, address) => name.as_ref().or(address.as_ref()).map(ToString::to_string).unwrap_or_default(),
        });
        each.collect::<Vec<_>>().join(", ")
    };
    let date = message.header_raw("Date").unwrap_or_default().trim().to_owned();
    let subject = message.subject().unwrap_or_default().to_owned();
    let all = [
        ("From", people(message.from())),
        ("To", people(message.to())),
        ("Cc", people(message.cc())),
        ("Date", date),
        ("Subject", subject),
    ];
    all.into_iter().filter(|(_, value)| !value.is_empty()).map(|(name, value)| format!("{name}: {value}")).collect()
}

/// The message as lines of plain text.
fn lines(
    message: &Message,
    chosen: &[&MessagePart],
    bytes: &[u8],
    sender: Option<&str>,
) -> Result<Vec<Line>, ReadError> {
    let furniture = |text: String| Line { kind: LineKind::Furniture(HEADER), ..Line::new(Place::NOWHERE, text) };
    let mut all: Vec<Line> = header(message).into_iter().map(furniture).collect();
    let mut own = Vec::new();
    // How many lines stand above which byte.
    let (mut above, mut until) = (0, 0);
    for part in chosen {
        let start = (part.offset_body as usize).clamp(until, bytes.len());
        above += bytes[until..start].iter().filter(|byte| **byte == b'\n').count();
        until = start;
        let as_it_is = part.encoding == Encoding::None;
        own.extend(plain::lines(&text(part, bytes)?).into_iter().map(|line| Line {
            place: line.place.line.filter(|_| as_it_is).map_or(Place::NOWHERE, |line| Place::line(above + line)),
            ..line
        }));
    }
    body::mark(&mut own, sender);
    all.extend(own);
    Ok(all)
}

/// A part's text; where it does not name its charset, that of its bytes.
fn text(part: &MessagePart, bytes: &[u8]) -> Result<String, ReadError> {
    let named = part.content_type().is_some_and(|kind| kind.has_attribute("charset"));
    let raw = bytes.get(part.offset_body as usize..part.offset_end as usize);
    match (part.text_contents().unwrap_or_default(), raw) {
        (text, Some(raw)) if !named && part.encoding == Encoding::None && text.contains('\u{fffd}') => {
            decode_text(raw).map(|(text, _)| text)
        }
        (text, _) => Ok(text.to_owned()),
    }
}

/// The message as blocks, as pages are read.
fn blocks(message: &Message, chosen: &[&MessagePart], sender: Option<&str>) -> Result<Vec<Block>, ReadError> {
    let furniture =
        |text: String| Block { kind: BlockKind::Furniture(HEADER), text: LocatedText::new(&text, Place::NOWHERE) };
    let mut all: Vec<Block> = header(message).into_iter().map(furniture).collect();
    let mut own = Vec::new();
    for part in chosen {
        match &part.body {
            PartType::Html(page) => own.extend(html::read(page, Extent::Whole)?.1),
            body => own.extend(paragraphs(if let PartType::Text(text) = body { text } else { "" })),
        }
    }
    own.iter_mut().for_each(|block| block.text.forget_places());
    mark(&mut own, sender);
    all.extend(own);
    Ok(all)
}

fn paragraphs(text: &str) -> impl Iterator<Item = Block> {
    let block = |text| Block { kind: BlockKind::Paragraph, text: LocatedText::new(text, Place::NOWHERE) };
    text.split("\n\n").filter(|text| !text.trim().is_empty()).map(block)
}

/// Sets aside what is not the sender's, as if each block stood on a line of its own.
fn mark(blocks: &mut [Block], sender: Option<&str>) {
    let line = |block: &Block| [Line::new(Place::NOWHERE, block.text.as_str()), Line::new(Place::NOWHERE, "")];
    let mut lines: Vec<Line> = blocks.iter().flat_map(line).collect();
    body::mark(&mut lines, sender);
    for (block, line) in blocks.iter_mut().zip(lines.iter().step_by(2)) {
        if let (LineKind::Furniture(reason), false) = (&line.kind, matches!(block.kind, BlockKind::Furniture(_))) {
            block.kind = BlockKind::Furniture(reason);
        }
    }
}

/// What of a message is not read.
fn left_out(message: &Message) -> Option<String> {
    let name = |part: &MessagePart| match (&part.body, part.attachment_name()) {
        (_, Some(name)) => name.to_owned(),
        (PartType::Message(inner), None) => format!("message {:?}", inner.subject().unwrap_or_default()),
        (_, None) => part.content_type().map_or("one without a name".to_owned(), |kind| {
            format!("one of type {}/{}", kind.ctype(), kind.subtype().unwrap_or_default())
        }),
    };
    // The page that says the same as the text is no attachment.
    let all: Vec<String> = message.attachments().map(name).collect();
    let count = all.len();
    let mut names = all;
    names.truncate(MAX_NAMES);
    let shown = names.join(", ");
    match count {
        0 => None,
        1 => Some(format!("has an attachment that was left out: {shown}")),
        _ if count > MAX_NAMES => Some(format!("has {count} attachments that were left out: {shown} and others")),
        _ => Some(format!("has {count} attachments that were left out: {shown}")),
    }
}
