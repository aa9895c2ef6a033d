//! The header of a message that was pasted into a text: `From: …`, `Von: …` and the other lines above it.

use crate::lang::mail::{self, Header};
use crate::source::{Date, Line, Metadata};

/// Longer names are not header names.
const MAX_NAME: usize = 40;
/// Number of lines that a header may have.
const MAX_LINES: usize = 400;

/// The header of a message.
#[derive(Debug, Default)]
pub struct Pasted {
    /// The values of its lines, in order.
    fields: Vec<(Header, String)>,
    /// The first line after it.
    pub end: usize,
}

impl Pasted {
    /// Returns the header that begins at `start`, if one does: it says who wrote, and to whom, when or about what.
    pub fn at(lines: &[Line], start: usize) -> Option<Self> {
        let mut header = Self { end: start, ..Self::default() };
        for at in start..lines.len().min(start + MAX_LINES) {
            let raw = lines[at].raw.as_str();
            if let Some((kind, value)) = field(raw) {
                header.fields.push((kind, value.to_owned()));
            } else if raw.starts_with([' ', '\t']) && !raw.trim().is_empty() && at == header.end && at > start {
                let (_, value) = header.fields.last_mut()?;
                value.push(' ');
                value.push_str(raw.trim());
            } else if raw.trim().is_empty() && at > start && header.continues_after_blank(lines, at) {
                continue;
            } else if !(at == start && is_envelope(raw)) {
                break;
            }
            header.end = at + 1;
        }
        header.is_whole().then_some(header)
    }

    /// Whether the header continues after a blank line: programs that copy from a page put one after each line.
    fn continues_after_blank(&self, lines: &[Line], at: usize) -> bool {
        !self.is_whole()
            && lines.get(at + 1).and_then(|line| field(&line.raw)).is_some_and(|(kind, _)| kind != Header::Other)
    }

    fn is_whole(&self) -> bool {
        self.value(Header::From).is_some()
            && [Header::To, Header::Date, Header::Subject].into_iter().any(|kind| self.value(kind).is_some())
    }

    /// Whether it is like those that programs put above a message that they quote.
    pub fn is_of_quote(&self) -> bool {
        self.fields.len() >= 3 && (self.value(Header::Date).is_some() || self.value(Header::To).is_some())
    }

    fn value(&self, kind: Header) -> Option<&str> {
        self.fields.iter().find(|(found, value)| *found == kind && !value.is_empty()).map(|(_, value)| value.as_str())
    }

    /// Returns the sender.
    pub fn sender(&self) -> Option<String> {
        self.value(Header::From).map(name)
    }

    /// Returns what it says about the message.
    pub fn metadata(&self) -> Metadata {
        Metadata {
            title: self.value(Header::Subject).map(str::to_owned),
            author: self.sender(),
            date: self.value(Header::Date).and_then(date),
            ..Metadata::default()
        }
    }
}

/// Parses `Name: value` with a known header name; some programs print names in bold.
pub fn field(raw: &str) -> Option<(Header, &str)> {
    let bare = raw.trim_start_matches(['*', '\u{feff}']);
    let colon = bare.find([':', '：']).filter(|at| *at > 0 && *at <= MAX_NAME)?;
    let name = bare[..colon].trim_end_matches(['*', ' ', '\u{a0}']).to_lowercase();
    let value = bare[colon..].trim_start_matches([':', '：', '*']).trim();
    mail::header(&name).map(|kind| (kind, value))
}

/// Whether a line begins a message in a mailbox: `From ida@example.org Tue May  6 09:14:02 2031`.
pub fn is_envelope(raw: &str) -> bool {
    raw.strip_prefix("From ").is_some_and(|rest| rest.split_whitespace().count() >= 5 && rest.contains(':'))
}

fn date(value: &str) -> Option<Date> {
    Date::parse(value).or_else(|| Date::parse(&mail::with_english_month(value)))
}

/// Returns a person's name without the address after it, or the address if there is no name.
fn name(value: &str) -> String {
    // As in `ida@example.org (Ida Kerr)`.
    if let Some((address, name)) = value.strip_suffix(')').and_then(|value| value.split_once(" ("))
        && address.contains('@')
        && !name.is_empty()
    {
        return name.trim().to_owned();
    }
    let before = value.split(['<', '[']).next().unwrap_or("").trim().trim_matches(['"', '\'']).trim();
    let bare = if before.is_empty() { value.trim_matches(['<', '>', '[', ']', ' ']) } else { before };
    bare.trim_start_matches("mailto:").to_owned()
}

/// Whether a file with this beginning is a message with the header that programs write.
pub fn begins_message(head: &[u8]) -> bool {
    let head = String::from_utf8_lossy(head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head));
    let lines = head.lines().take_while(|line| !line.trim().is_empty());
    let mut names = Vec::new();
    for line in lines.filter(|line| !line.starts_with([' ', '\t'])) {
        match line.split_once(':') {
            Some((name, _)) if !name.is_empty() && name.bytes().all(|b| b.is_ascii_graphic()) => {
                names.push(name.to_ascii_lowercase());
            }
            // The end of the head may cut off the last line.
            _ => return false,
        }
    }
    let has = |wanted: &str| names.iter().any(|name| name == wanted);
    has("from") && (has("mime-version") || has("content-type") || has("received") && has("message-id"))
}

/// Whether a file with this beginning is a mailbox.
pub fn begins_mailbox(head: &[u8]) -> bool {
    let Some(end) = head.iter().position(|byte| *byte == b'\n').filter(|_| head.starts_with(b"From ")) else {
        return false;
    };
    let next = String::from_utf8_lossy(&head[end + 1..]);
    let field = next.lines().next().and_then(|line| line.split_once(':'));
    is_envelope(&String::from_utf8_lossy(&head[..end]))
        && field.is_some_and(|(name, _)| !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_graphic()))
}
