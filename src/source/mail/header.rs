//! The header of a message that was pasted into a text: `From: …`, `Von: …` and what else stands above it.

use crate::lang::mail::{self, Header};
use crate::source::{Date, Line, Metadata};

/// Longer names are none of a header's.
const MAX_NAME: usize = 40;
/// How many lines a header may have.
const MAX_LINES: usize = 400;

/// The header of a message.
#[derive(Debug, Default)]
pub struct Pasted {
    /// What its lines say, in order.
    fields: Vec<(Header, String)>,
    /// The first line behind it.
    pub end: usize,
}

impl Pasted {
    /// The header that begins at `start`, if one does: it says who wrote, and to whom, when or about what.
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
            } else if raw.trim().is_empty() && at > start && header.goes_on_behind_blank(lines, at) {
                continue;
            } else if !(at == start && is_envelope(raw)) {
                break;
            }
            header.end = at + 1;
        }
        header.is_whole().then_some(header)
    }

    /// Programs that copy from a page put a blank line behind each line.
    fn goes_on_behind_blank(&self, lines: &[Line], at: usize) -> bool {
        !self.is_whole()
            && lines.get(at + 1).and_then(|line| field(&line.raw)).is_some_and(|(kind, _)| kind != Header::Other)
    }

    fn is_whole(&self) -> bool {
        self.value(Header::From).is_some()
            && [Header::To, Header::Date, Header::Subject].into_iter().any(|kind| self.value(kind).is_some())
    }

    /// Whether it is one that programs put above a message that they quote.
    pub fn is_of_quote(&self) -> bool {
        self.fields.len() >= 3 && (self.value(Header::Date).is_some() || self.value(Header::To).is_some())
    }

    fn value(&self, kind: Header) -> Option<&str> {
        self.fields.iter().find(|(found, value)| *found == kind && !value.is_empty()).map(|(_, value)| value.as_str())
    }

    /// Who wrote it.
    pub fn sender(&self) -> Option<String> {
        self.value(Header::From).map(name)
    }

    /// What it says of the message.
    pub fn metadata(&self) -> Metadata {
        Metadata {
            title: self.value(Header::Subject).map(str::to_owned),
            author: self.sender(),
            date: self.value(Header::Date).and_then(date),
            ..Metadata::default()
        }
    }
}

/// `Name: value` with a name that headers have; some programs print names in bold.
pub fn field(raw: &str) -> Option<(Header, &str)> {
    let bare = raw.trim_start_matches(['*', '\u{feff}']);
    let colon = bare.find([':', '：']).filter(|at| *at > 0 && *at <= MAX_NAME)?;
    let name = bare[..colon].trim_end_matches(['*', ' ', '\u{a0}']).to_lowercase();
    let value = bare[colon..].trim_start_matches([':', '：', '*']).trim();
    mail::header(&name).map(|kind| (kind, value))
}

/// The line with which a mailbox begins a message: `From ida@example.org Tue May  6 09:14:02 2031`.
pub fn is_envelope(raw: &str) -> bool {
    raw.strip_prefix("From ").is_some_and(|rest| rest.split_whitespace().count() >= 5 && rest.contains(':'))
}

fn date(value: &str) -> Option<Date> {
    Date::parse(value).or_else(|| Date::parse(&mail::with_english_month(value)))
}

/// Somebody's name without the address behind it; the address, where that is all there is.
fn name(value: &str) -> String {
    let before = value.split(['<', '[']).next().unwrap_or("").trim().trim_matches(['"', '\'']).trim();
    let bare = if before.is_empty() { value.trim_matches(['<', '>', '[', ']', ' ']) } else { before };
    bare.trim_start_matches("mailto:").to_owned()
}

/// Whether a file that begins so is a message with the header that programs write.
pub fn begins_message(head: &[u8]) -> bool {
    let head = String::from_utf8_lossy(head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head));
    let lines = head.lines().take_while(|line| !line.trim().is_empty());
    let mut names = Vec::new();
    for line in lines.filter(|line| !line.starts_with([' ', '\t'])) {
        match line.split_once(':') {
            Some((name, _)) if !name.is_empty() && name.bytes().all(|b| b.is_ascii_graphic()) => {
                names.push(name.to_ascii_lowercase());
            }
            // The last line may be cut where the head ends.
            _ => return false,
        }
    }
    let has = |wanted: &str| names.iter().any(|name| name == wanted);
    has("from") && (has("mime-version") || has("content-type") || has("received") && has("message-id"))
}

/// Whether a file that begins so is a mailbox.
pub fn begins_mailbox(head: &[u8]) -> bool {
    let Some(end) = head.iter().position(|byte| *byte == b'\n').filter(|_| head.starts_with(b"From ")) else {
        return false;
    };
    let next = String::from_utf8_lossy(&head[end + 1..]);
    let field = next.lines().next().and_then(|line| line.split_once(':'));
    is_envelope(&String::from_utf8_lossy(&head[..end]))
        && field.is_some_and(|(name, _)| !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_graphic()))
}
