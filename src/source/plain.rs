//! Plain text to lines.

use super::decode::decode_text;
use super::pdf::ends_sentence;
use super::read::check_text;
use super::{Content, Line, LineKind, Parsed, Place, ReadError, licence, mail, transcript};

/// Fewer numbers than this in a row, one at each line, may be anything.
const LEAST_NUMBERS: usize = 8;
/// Least number of sentences that continue, from a line of at least this many characters, on the next numbered one.
const LEAST_CONTINUED: usize = 2;
const LEAST_FULL: usize = 30;

/// Reads a plain text.
pub fn parse(bytes: &[u8]) -> Result<Parsed, ReadError> {
    let (text, note) = decode_text(bytes)?;
    check_text("text", &text)?;
    Ok(Parsed { note, ..parse_text(&text) })
}

/// Returns the lines of a text, marked as far as its form shows what they are.
pub fn parse_text(text: &str) -> Parsed {
    let mut lines = lines(text);
    take_line_numbers(&mut lines);
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

/// Takes out the numbers that count the lines of each page, as in the records of courts: nearly every line has one, and
/// sentences continue across them.
fn take_line_numbers(lines: &mut Vec<Line>) {
    let (mut counted, mut last, mut longest) = (Vec::new(), 0, 0);
    for (at, line) in lines.iter().enumerate() {
        if let Some((number, end)) = leading_number(&line.raw).filter(|(number, _)| [1, last + 1].contains(number)) {
            counted.push((at, number, end));
            (last, longest) = (number, longest.max(number));
        }
    }
    let words = |(at, _, end): (usize, usize, usize)| lines[at].raw[end..].trim();
    let continues = |pair: &&[(usize, usize, usize)]| {
        let (before, after) = (words(pair[0]), words(pair[1]));
        before.chars().count() >= LEAST_FULL && !ends_sentence(before) && after.starts_with(char::is_lowercase)
    };
    let said = lines.iter().filter(|line| !line.raw.trim().is_empty()).count();
    if longest < LEAST_NUMBERS
        || counted.len() * 10 < said * 8
        || counted.windows(2).filter(continues).count() < LEAST_CONTINUED
    {
        return;
    }
    let pages: Vec<&[(usize, usize, usize)]> = counted.chunk_by(|a, b| a.1 < b.1).collect();
    for page in pages.into_iter().rev() {
        let text = page.iter().map(|(_, number, _)| number.to_string()).collect::<Vec<_>>().join(" ");
        let numbers = Line { kind: LineKind::Aside("line number"), ..Line::new(lines[page[0].0].place, text) };
        for (at, _, end) in page {
            lines[*at].raw.replace_range(..*end, &" ".repeat(*end));
        }
        lines.insert(page[page.len() - 1].0 + 1, numbers);
    }
}

/// Returns the number with which a line begins, and the byte after it.
fn leading_number(raw: &str) -> Option<(usize, usize)> {
    let start = raw.len() - raw.trim_start().len();
    let length = raw[start..].bytes().take_while(u8::is_ascii_digit).count();
    let apart = raw[start + length..].chars().next().is_none_or(char::is_whitespace);
    let number = raw[start..start + length].parse().ok().filter(|_| length <= 2 && apart)?;
    Some((number, start + length))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_lines_are_no_text() {
        let record = "  1   Q.  When did you first see the smoke over the\n  2   kiln?\n  3   A.  In May, when the door of \
            the kiln had been left\n  4   open.\n  5\n  6   Q.  Who shut it?\n  7   A.  Nobody.\n  8   Q.  Thank you.\n";
        let mut found = lines(&format!("{record}\u{c}{}", record.replace("Nobody", "A man")));
        take_line_numbers(&mut found);
        let kept = |line: &&Line| line.kind == LineKind::Text && !line.raw.trim().is_empty();
        let words: Vec<&str> = found.iter().filter(kept).map(|line| line.raw.trim()).collect();
        assert_eq!((words.len(), words[1], words[12]), (14, "kiln?", "A.  A man."));
        let numbers: Vec<&str> = found.iter().filter(|line| !kept(line)).map(|line| line.raw.trim()).collect();
        assert_eq!(numbers.iter().filter(|text| **text == "1 2 3 4 5 6 7 8").count(), 2);
        let list =
            (1..20).map(|at| format!("{at} Sand from the river at the old bridge of Orme\n")).collect::<String>();
        let mut found = lines(&list);
        take_line_numbers(&mut found);
        assert!(found.iter().all(|line| line.kind == LineKind::Text) && found[0].raw.starts_with("1 Sand"));
    }

    #[test]
    fn lines_are_numbered_as_an_editor_does() {
        let found = lines("one\r\ntwo\u{c}three\rfour");
        let seen: Vec<_> = found.iter().map(|l| (l.place.line.unwrap(), l.raw.as_str(), l.after_page_break)).collect();
        assert_eq!(seen, [(1, "one", false), (2, "two", false), (2, "three", true), (3, "four", false)]);
    }
}
