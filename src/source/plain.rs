//! Plain text to lines.

use super::decode::decode_text;
use super::read::check_text;
use super::{Content, Line, Parsed, Place, ReadError, licence, mail, transcript};

/// Reads a plain text.
pub fn parse(bytes: &[u8]) -> Result<Parsed, ReadError> {
    let (text, note) = decode_text(bytes)?;
    check_text("text", &text)?;
    Ok(Parsed { note, ..parse_text(&text) })
}

/// Returns the lines of a text, marked as far as its form shows what they are.
pub fn parse_text(text: &str) -> Parsed {
    let mut lines = lines(text);
    let of_book = licence::mark(&mut lines);
    let metadata = of_book.or_else(|| mail::mark_pasted(&mut lines)).unwrap_or_default();
    transcript::mark_lines(&mut lines);
    Parsed { metadata, content: Content::Lines(lines), note: None, missing: None }
}

/// Splits at line feeds (also after a carriage return), lone carriage returns and form feeds. A form feed does not
/// start a new line number.
pub(super) fn lines(text: &str) -> Vec<Line> {
    let mut lines = Vec::new();
    for (index, physical) in text.replace("\r\n", "\n").split(['\n', '\r', '\u{2028}', '\u{2029}']).enumerate() {
        for (part, raw) in physical.split('\u{c}').enumerate() {
            lines.push(Line { after_page_break: part > 0, ..Line::new(Place::line(index + 1), raw) });
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_numbered_as_an_editor_does() {
        let found = lines("one\r\ntwo\u{c}three\rfour");
        let seen: Vec<_> = found.iter().map(|l| (l.place.line.unwrap(), l.raw.as_str(), l.after_page_break)).collect();
        assert_eq!(seen, [(1, "one", false), (2, "two", false), (2, "three", true), (3, "four", false)]);
    }
}
