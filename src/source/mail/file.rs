//! E-mail files: `mail-parser` handles MIME parts, transfer encodings and charsets; the sender's own text is found as
//! in a pasted message.

use std::borrow::Cow;

use mail_parser::{Address, DateTime, Encoding, Message, MessageParser, MessagePart, MimeHeaders, PartType};

use super::{HEADER, body};
use crate::source::decode::decode_text;
use crate::source::html::{self, Extent};
use crate::source::plain;
use crate::source::{Block, BlockKind, Content, Date, Line, LineKind, LocatedText, Metadata, Parsed, Place, ReadError};

/// Limit on the parts of a message, and on nested messages; no person sends more.
const MAX_PARTS: usize = 200;
/// Limit on parts times bytes: each of these parts may make the parser search the rest of the file for its end.
const MAX_WORK: usize = 4 << 30;
/// The problem reported for a message whose last part has no end.
const CUT_OFF: &str = "ends in the middle of a part: it may be cut off";
/// Number of attachments that are named.
const MAX_NAMES: usize = 10;

/// Reads a message.
///
/// # Errors
/// When it is not text, or has hundreds of parts.
pub fn parse(bytes: &[u8]) -> Result<Parsed, ReadError> {
    let bytes = without_envelope(bytes);
    let parts = parts(bytes);
    if parts > MAX_PARTS || parts.saturating_mul(bytes.len()) > MAX_WORK {
        let reason = format!("it has {parts} nested parts, too many for its size");
        return Err(ReadError::Malformed { format: "e-mail", reason });
    }
    let whole = if parts > 0 { closed(bytes) } else { Cow::Borrowed(bytes) };
    match MessageParser::default().parse(&*whole).filter(is_message) {
        Some(message) => {
            let missing = (whole.len() > bytes.len()).then(|| CUT_OFF.to_owned());
            Ok(Parsed { missing, ..parsed(&message, &whole)? })
        }
        None => plain::parse(bytes),
    }
}

/// Adds the missing ends of parts to a message that is cut off: a part without an end would count as an attachment.
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

/// Returns a message without the line that a mailbox puts above it.
fn without_envelope(bytes: &[u8]) -> &[u8] {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let end = bytes.iter().position(|byte| *byte == b'\n').filter(|_| bytes.starts_with(b"From "));
    end.map_or(bytes, |end| &bytes[end + 1..])
}

/// Returns how many parts could contain others.
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
    let pages = || message.html_bodies().filter(|part| part.is_text()).collect::<Vec<_>>();
    let chosen = if blank || is_stub(&texts, &pages(), bytes)? { pages() } else { texts.clone() };
    if let Some(page) = saved_page(message, sender.as_deref(), &chosen) {
        let (metadata, blocks) = html::read(&text(page, bytes)?, Extent::Article)?;
        let title = metadata.title.or_else(|| subject(message));
        let metadata = Metadata { title, ..metadata };
        return Ok(Parsed { metadata, content: Content::Blocks(blocks), note: left_out(message), missing: None });
    }
    let html = |part: &&MessagePart| matches!(part.body, PartType::Html(_));
    let content = if chosen.iter().any(html) {
        let mut blocks = blocks(message, &chosen, bytes, sender.as_deref())?;
        let is_left = |part: &&&MessagePart| !blank && !chosen.iter().any(|taken| std::ptr::eq(*taken, **part));
        for part in texts.iter().filter(is_left) {
            let text = LocatedText::new(text(part, bytes)?.trim(), Place::NOWHERE);
            blocks.push(Block { kind: BlockKind::Furniture(STUB), text });
        }
        Content::Blocks(blocks)
    } else {
        Content::Lines(lines(message, &chosen, bytes, sender.as_deref())?)
    };
    let metadata =
        Metadata { title: subject(message), author: sender, date: message.date().and_then(day), ..Metadata::default() };
    Ok(Parsed { metadata, content, note: left_out(message), missing: None })
}

/// The reason for leaving out the plain text of a message whose text is on a page.
const STUB: &str = "plain text in place of the page";
/// A plain text of more letters than this is the message.
const MAX_STUB: usize = 1000;
/// A page says at least this many times as much as the text in its place.
const STUB_TIMES: usize = 3;

/// Whether texts only say that there is a page to read, which says much more.
fn is_stub(texts: &[&MessagePart], pages: &[&MessagePart], bytes: &[u8]) -> Result<bool, ReadError> {
    let is_page = |part: &&MessagePart| matches!(part.body, PartType::Html(_));
    // Addresses do not count.
    let words = |text: &str| text.split_whitespace().filter(|word| !word.contains("://")).collect::<String>();
    let letters = |text: &str| words(text).chars().filter(|c| c.is_alphabetic()).count();
    let mut plain = 0;
    for part in texts {
        plain += letters(&text(part, bytes)?);
    }
    if plain > MAX_STUB || texts.iter().any(is_page) {
        return Ok(false);
    }
    let mut of_pages = 0;
    for page in pages.iter().filter(|part| is_page(part)) {
        let (_, blocks) = html::read(&text(page, bytes)?, Extent::Whole)?;
        let shown = blocks.iter().filter(|block| !matches!(block.kind, BlockKind::Furniture(_)));
        of_pages += shown.map(|block| letters(block.text.as_str())).sum::<usize>();
    }
    Ok(of_pages > STUB_TIMES * plain)
}

fn subject(message: &Message) -> Option<String> {
    message.subject().map(str::trim).filter(|subject| !subject.is_empty()).map(str::to_owned)
}

/// What browsers write in place of a sender.
const SAVED_BY: &str = "Saved by ";

/// Returns the page that a browser saved: it has no sender, and its date is the day on which it was saved.
fn saved_page<'m>(
    message: &Message,
    sender: Option<&str>,
    texts: &[&'m MessagePart<'m>],
) -> Option<&'m MessagePart<'m>> {
    let sent = sender.map_or(message.to().is_some(), |sender| !sender.starts_with(SAVED_BY));
    texts.first().copied().filter(|part| !sent && matches!(part.body, PartType::Html(_)))
}

fn day(date: &DateTime) -> Option<Date> {
    Date::new(date.year.into(), date.month.into(), date.day.into())
}

/// Returns the first person's name, or the address if there is no name.
fn first_name(address: &Address) -> Option<String> {
    let first = address.first()?;
    let named = first.name.as_deref().filter(|name| !name.trim().is_empty());
    named.or(first.address.as_deref()).map(|name| name.trim().to_owned())
}

/// Returns the header, line by line.
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

/// Returns the message as lines of plain text.
fn lines(
    message: &Message,
    chosen: &[&MessagePart],
    bytes: &[u8],
    sender: Option<&str>,
) -> Result<Vec<Line>, ReadError> {
    let furniture = |text: String| Line { kind: LineKind::Furniture(HEADER), ..Line::new(Place::NOWHERE, text) };
    let mut all: Vec<Line> = header(message).into_iter().map(furniture).collect();
    let mut own = Vec::new();
    // The number of lines above a byte, and that byte.
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

/// Number of multi-byte characters that show that a text is UTF-8: for a named charset with one byte per character, and
/// for one with two.
const FEW_WIDE: usize = 1;
const MANY_WIDE: usize = 4;

/// Decodes the text of a part. If it names no charset, or a wrong one, the encoding is detected from the bytes.
fn text(part: &MessagePart, bytes: &[u8]) -> Result<String, ReadError> {
    let named = part.content_type().and_then(|kind| kind.attribute("charset"));
    let raw = bytes.get(part.offset_body as usize..part.offset_end as usize);
    let text = part.text_contents().unwrap_or_default();
    let Some(raw) = raw.filter(|_| part.encoding == Encoding::None) else { return Ok(text.to_owned()) };
    match named {
        None if text.contains('\u{fffd}') => decode_text(raw).map(|(text, _)| text),
        Some(charset) => Ok(as_utf8(raw, charset).unwrap_or(text).to_owned()),
        None => Ok(text.to_owned()),
    }
}

/// Returns the text of bytes that are UTF-8 although another charset is named.
fn as_utf8<'b>(raw: &'b [u8], charset: &str) -> Option<&'b str> {
    let charset = charset.to_lowercase();
    let is_wide = ["gb", "hz", "big5", "shift", "sjis", "euc", "ks_c"].iter().any(|name| charset.contains(name));
    let least = if is_wide { MANY_WIDE } else { FEW_WIDE };
    let text = std::str::from_utf8(raw).ok()?;
    (text.chars().filter(|c| !c.is_ascii()).take(least).count() == least).then_some(text)
}

/// Returns the message as blocks, in the way that pages are read.
fn blocks(
    message: &Message,
    chosen: &[&MessagePart],
    bytes: &[u8],
    sender: Option<&str>,
) -> Result<Vec<Block>, ReadError> {
    let furniture =
        |text: String| Block { kind: BlockKind::Furniture(HEADER), text: LocatedText::new(&text, Place::NOWHERE) };
    let mut all: Vec<Block> = header(message).into_iter().map(furniture).collect();
    let mut own = Vec::new();
    for part in chosen {
        let text = text(part, bytes)?;
        match &part.body {
            PartType::Html(_) => own.extend(html::read(&text, Extent::Whole)?.1),
            _ => own.extend(paragraphs(&text)),
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

/// Marks as furniture what is not the sender's, as if each block were on a line of its own.
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

/// Returns what is not read of a message.
fn left_out(message: &Message) -> Option<String> {
    let name = |part: &MessagePart| match (&part.body, part.attachment_name()) {
        (_, Some(name)) => name.to_owned(),
        (PartType::Message(inner), None) => format!("message {:?}", inner.subject().unwrap_or_default()),
        (_, None) => part.content_type().map_or("one without a name".to_owned(), |kind| {
            format!("one of type {}/{}", kind.ctype(), kind.subtype().unwrap_or_default())
        }),
    };
    // A page that repeats the text is not an attachment.
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

#[cfg(test)]
mod tests {
    use super::*;

    fn kept(message: &str) -> (Vec<String>, Vec<String>) {
        let parsed = parse(message.as_bytes()).unwrap();
        let parts: Vec<(bool, String)> = match parsed.content {
            Content::Lines(lines) => lines.into_iter().map(|line| (line.kind == LineKind::Text, line.raw)).collect(),
            Content::Blocks(blocks) => blocks
                .into_iter()
                .map(|block| (!matches!(block.kind, BlockKind::Furniture(_)), block.text.as_str().to_owned()))
                .collect(),
        };
        let of = |kept: bool| parts.iter().filter(|part| part.0 == kept).map(|part| part.1.clone()).collect();
        (of(true), of(false))
    }

    fn alternatives(plain: &str, page: &str) -> String {
        format!(
            "From: Courier <c@x.y>\nSubject: The week\nMIME-Version: 1.0\n\
             Content-Type: multipart/alternative; boundary=b1\n\n\
             --b1\nContent-Type: text/plain; charset=utf-8\n\n{plain}\n\n\
             --b1\nContent-Type: text/html; charset=utf-8\n\n<p>{page}</p>\n\n--b1--\n"
        )
    }

    #[test]
    fn a_page_is_read_where_the_plain_text_only_stands_in_its_place() {
        let text = "The council of Brennick voted on Tuesday to close the old ferry terminal. ".repeat(2);
        for stub in ["View this email in your browser: https://courier.example/n/123", "Your program shows no pages."] {
            let (said, dropped) = kept(&alternatives(stub, &text));
            assert_eq!(said, [text.trim()]);
            assert_eq!(dropped.last().unwrap(), stub);
        }
        let (said, _) = kept(&alternatives(&text, &text));
        assert_eq!(said.join("").trim(), text.trim());
        assert!(kept(&alternatives(&text, "<nav>Home</nav>")).0.join("").contains("council"));
    }

    #[test]
    fn bytes_in_utf_8_are_read_so_whatever_charset_is_named() {
        for (charset, text) in
            [("GB2312", "你好！我公司可代开各类增值税发票。"), ("iso-8859-1", "Das Café schließt um sechs.")]
        {
            for kind in ["plain", "html"] {
                let message =
                    format!("From: a@x.y\nSubject: b\nContent-Type: text/{kind}; charset={charset}\n\n{text}\n");
                assert!(kept(&message).0.join(" ").contains(text), "{charset} {kind}");
            }
        }
        let latin = b"From: a@x.y\nContent-Type: text/plain; charset=iso-8859-1\n\nDas Caf\xe9 macht zu.\n";
        let Content::Lines(lines) = parse(latin).unwrap().content else { panic!() };
        assert!(lines.iter().any(|line| line.raw == "Das Café macht zu."));
    }
}
