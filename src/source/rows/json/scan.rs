//! The extents of the values of a JSON text, found so that a damaged value costs itself and not the rest.

use std::io::{self, Read};
use std::ops::Range;

use crate::source::rows::window::{Bookmark, Window};

/// Number of bytes of damaged values that are searched again for the beginning of the next value.
const MAX_RESUMED: usize = 64 << 20;

/// A piece of a stream of values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Piece {
    /// An array begins.
    Open,
    /// An array ends.
    Close,
    /// A value, available from [`Scanner::bytes`], and the line on which it begins.
    Value(usize),
    /// A value of more bytes than allowed, and its line. What follows it is not found.
    TooLong(usize),
    /// The end of the stream.
    End,
}

/// Splits a stream of values: those at the top level, and those in top-level arrays.
pub struct Scanner<R> {
    text: Window<R>,
    in_array: bool,
    /// The last value, and where it begins.
    value: Range<usize>,
    start: Bookmark,
    /// Number of bytes of damaged values.
    resumed: usize,
}

impl<R: Read> Scanner<R> {
    pub fn new(inner: R) -> Self {
        let text = Window::new(inner);
        Self { start: text.here(), text, in_array: false, value: 0..0, resumed: 0 }
    }

    /// Returns the last value that was found.
    pub fn bytes(&self) -> &[u8] {
        self.text.bytes(self.value.clone())
    }

    pub fn in_array(&self) -> bool {
        self.in_array
    }

    pub fn into_inner(self) -> R {
        self.text.into_inner()
    }

    /// Whether only white space follows.
    ///
    /// # Errors
    /// When the input cannot be read.
    pub fn is_over(&mut self) -> io::Result<bool> {
        let mut at = self.text.here().at;
        while let Some(byte) = self.text.byte(at)? {
            if !byte.is_ascii_whitespace() {
                return Ok(false);
            }
            at += 1;
        }
        Ok(true)
    }

    /// Returns the next piece.
    ///
    /// # Errors
    /// When the input cannot be read.
    pub fn next(&mut self, limit: usize) -> io::Result<Piece> {
        self.value = 0..0;
        self.text.forget();
        while self.ahead()?.is_some_and(|byte| byte.is_ascii_whitespace() || byte == b',') {
            self.skip();
        }
        match self.ahead()? {
            None => Ok(Piece::End),
            Some(b'[') if !self.in_array => {
                self.in_array = true;
                self.skip();
                Ok(Piece::Open)
            }
            Some(b']') => {
                self.in_array = false;
                self.skip();
                Ok(Piece::Close)
            }
            Some(_) => self.take_value(limit),
        }
    }

    /// Rejects the last value. If a line inside it looks like the beginning of the next value, that comes next.
    pub fn resume_inside(&mut self) {
        self.resumed += self.value.len();
        let next = next_start(self.bytes(), self.start.column).filter(|_| self.resumed <= MAX_RESUMED);
        if let Some(next) = next {
            self.text.back_to(self.start);
            self.text.move_to(self.start.at + next);
        }
    }

    fn ahead(&mut self) -> io::Result<Option<u8>> {
        self.text.byte(self.text.here().at)
    }

    fn skip(&mut self) {
        self.text.move_to(self.text.here().at + 1);
    }

    fn take_value(&mut self, limit: usize) -> io::Result<Piece> {
        self.start = self.text.here();
        let start = self.start.at;
        let mut extent = Extent::default();
        let mut at = 0;
        while at <= limit {
            at = match self.text.byte(start + at)? {
                Some(byte) => match extent.next(self.text.bytes(start..start + at), at, byte) {
                    Step::To(next) => next,
                    Step::End(end) => return Ok(self.found(start + end)),
                },
                None => match extent.at_end() {
                    Some(back) => back,
                    None => return Ok(self.found(start + at)),
                },
            };
        }
        Ok(Piece::TooLong(self.start.line))
    }

    fn found(&mut self, end: usize) -> Piece {
        self.value = self.start.at..end;
        self.text.move_to(end);
        Piece::Value(self.start.line)
    }
}

/// Finds the end of a value byte by byte.
#[derive(Debug, Default)]
struct Extent {
    depth: usize,
    in_string: bool,
    /// Where the open string crosses the end of a line, which strings must not do.
    crossed: Option<usize>,
}

enum Step {
    /// The next byte to examine.
    To(usize),
    /// The value ends before this byte.
    End(usize),
}

impl Extent {
    fn next(&mut self, before: &[u8], at: usize, byte: u8) -> Step {
        if self.in_string {
            return self.within_string(before, at, byte);
        }
        match byte {
            b'"' => self.in_string = true,
            b'{' | b'[' => self.depth += 1,
            b'}' | b']' if self.depth <= 1 => return Step::End(at + usize::from(self.depth == 1 || at == 0)),
            b'}' | b']' => self.depth -= 1,
            b',' if self.depth == 0 => return Step::End(at),
            byte if byte.is_ascii_whitespace() && self.depth == 0 => return Step::End(at),
            _ => {}
        }
        Step::To(at + 1)
    }

    fn within_string(&mut self, before: &[u8], at: usize, byte: u8) -> Step {
        match byte {
            b'\\' => return Step::To(at + 2),
            b'\n' => self.crossed = self.crossed.or(Some(at)),
            b'"' => match self.crossed.take() {
                // This quote opens a string: the one before was never closed.
                Some(back) if opens(before) => {
                    self.in_string = false;
                    return Step::To(back);
                }
                _ => {
                    self.in_string = false;
                    if self.depth == 0 {
                        return Step::End(at + 1);
                    }
                }
            },
            _ => {}
        }
        Step::To(at + 1)
    }

    /// Returns where to continue although the input has ended: after the line with an unclosed string.
    fn at_end(&mut self) -> Option<usize> {
        self.in_string = false;
        self.crossed.take()
    }
}

/// Whether a quote after these bytes begins a string.
fn opens(before: &[u8]) -> bool {
    matches!(before.trim_ascii_end().last(), Some(b'{' | b'[' | b',' | b':'))
}

/// Returns the first line of a damaged value that opens an object and is indented no more than the value.
fn next_start(value: &[u8], column: usize) -> Option<usize> {
    let mut begin = 0;
    for line in value.split_inclusive(|byte| *byte == b'\n') {
        let indent = line.len() - line.trim_ascii_start().len();
        if begin > 0 && indent <= column && line.trim_ascii_start().starts_with(b"{") {
            return Some(begin + indent);
        }
        begin += line.len();
    }
    None
}

/// Adjacent objects inside a larger one.
#[derive(Debug, Default)]
pub struct Siblings {
    /// The key of the list or object that contains them, as written; empty for the outermost object.
    pub key: Range<usize>,
    /// Whether they are in a list.
    pub listed: bool,
    /// The extent of each object.
    pub objects: Vec<Range<usize>>,
}

/// Objects nested deeper than this contain no rows.
const MAX_LEVELS: usize = 6;

/// An open bracket.
struct Bracket {
    sign: u8,
    start: usize,
    key: Range<usize>,
    /// The group of the objects inside.
    group: Option<usize>,
}

/// Returns the groups of objects inside an object that are in no list but their own, outermost first.
pub fn siblings(object: &[u8]) -> Vec<Siblings> {
    let mut groups: Vec<(usize, Siblings)> = Vec::new();
    let mut open: Vec<Bracket> = Vec::new();
    let (mut deeper, mut at, mut string) = (0_usize, 0, 0..0);
    while at < object.len() {
        let (byte, start) = (object[at], at);
        at = if byte == b'"' { end_of_string(object, at) } else { at + 1 };
        match byte {
            b'"' => string = start + 1..at.saturating_sub(1),
            b'{' | b'[' if open.len() >= MAX_LEVELS || deeper > 0 => deeper += 1,
            b'{' | b'[' => {
                let key = if open.last().is_some_and(|around| around.sign == b'{') { string.clone() } else { 0..0 };
                open.push(Bracket { sign: byte, start, key, group: None });
            }
            b'}' | b']' if deeper > 0 => deeper -= 1,
            b'}' | b']' => {
                let Some(closed) = open.pop() else { break };
                if byte == b'}' {
                    add(&mut groups, &mut open, closed.start..at);
                }
            }
            _ => {}
        }
    }
    groups.sort_by_key(|(depth, _)| *depth);
    groups.into_iter().map(|(_, group)| group).collect()
}

/// Adds a complete object to the group of its container.
fn add(groups: &mut Vec<(usize, Siblings)>, open: &mut [Bracket], object: Range<usize>) {
    let depth = open.len();
    let Some((around, outer)) = open.split_last_mut() else { return };
    if outer.iter().any(|bracket| bracket.sign == b'[') {
        return;
    }
    let group = *around.group.get_or_insert_with(|| {
        let (key, listed) = (around.key.clone(), around.sign == b'[');
        groups.push((depth, Siblings { key, listed, objects: Vec::new() }));
        groups.len() - 1
    });
    groups[group].1.objects.push(object);
}

/// Returns the end of the string that opens at `at`.
fn end_of_string(text: &[u8], at: usize) -> usize {
    let mut at = at + 1;
    while at < text.len() && text[at] != b'"' {
        at += if text[at] == b'\\' { 2 } else { 1 };
    }
    at + 1
}

/// Repairs what some programs write instead of JSON: single surrogates, control characters in strings, and values such
/// as NaN.
pub fn repaired(value: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(value.len() + 16);
    let (mut at, mut in_string) = (0, false);
    while let Some(&byte) = value.get(at) {
        let rest = &value[at..];
        let taken = match byte {
            b'"' => {
                in_string = !in_string;
                push(&mut out, b"\"", 1)
            }
            b'\\' if in_string => escape(&mut out, rest),
            0..=0x1f if in_string => {
                out.extend(format!("\\u{byte:04x}").bytes());
                1
            }
            b'N' if !in_string && rest.starts_with(b"NaN") => push(&mut out, b"null", 3),
            b'I' if !in_string && rest.starts_with(b"Infinity") => push(&mut out, b"null", 8),
            b'-' if !in_string && rest.starts_with(b"-Infinity") => push(&mut out, b"null", 9),
            _ => push(&mut out, &rest[..1], 1),
        };
        at += taken;
    }
    out
}

fn push(out: &mut Vec<u8>, bytes: &[u8], taken: usize) -> usize {
    out.extend(bytes);
    taken
}

/// Copies an escape, replacing a single surrogate by U+FFFD. Returns how many bytes it took.
fn escape(out: &mut Vec<u8>, rest: &[u8]) -> usize {
    match (unit(rest), rest.get(6..).and_then(unit)) {
        (Some(0xd800..=0xdbff), Some(0xdc00..=0xdfff)) => push(out, &rest[..12], 12),
        (Some(0xd800..=0xdfff), _) => push(out, b"\\ufffd", 6),
        _ => push(out, &rest[..rest.len().min(2)], 2),
    }
}

/// Returns the value of an escape of four digits.
fn unit(escape: &[u8]) -> Option<u16> {
    let digits = escape.strip_prefix(b"\\u")?.get(..4)?;
    digits.iter().all(u8::is_ascii_hexdigit).then(|| u16::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok())?
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pieces(text: &str) -> Vec<(usize, String)> {
        let mut scanner = Scanner::new(text.as_bytes());
        let mut found = Vec::new();
        loop {
            match scanner.next(1000).unwrap() {
                Piece::Value(line) => found.push((line, String::from_utf8_lossy(scanner.bytes()).into_owned())),
                Piece::End => return found,
                _ => {}
            }
        }
    }

    fn values(text: &str) -> Vec<String> {
        pieces(text).into_iter().map(|(_, value)| value).collect()
    }

    #[test]
    fn values_and_their_lines() {
        let text = "[{\"a\": \"}]\\\"\"}, 3,\n \"x,y\"\n , [1, [2]],\n{\n\"b\": {}}]\n{\"c\": 1}";
        let expected = [
            (1, "{\"a\": \"}]\\\"\"}"),
            (1, "3"),
            (2, "\"x,y\""),
            (3, "[1, [2]]"),
            (4, "{\n\"b\": {}}"),
            (6, "{\"c\": 1}"),
        ];
        assert_eq!(pieces(text), expected.map(|(line, value)| (line, value.to_owned())));
    }

    #[test]
    fn a_string_without_an_end_costs_its_object() {
        let open = "[\n {\"a\": \"one\n },\n {\"a\": \"two\"},\n {\"a\": \"three\"}\n]";
        assert_eq!(values(open), ["{\"a\": \"one\n }", "{\"a\": \"two\"}", "{\"a\": \"three\"}"]);
        let long = "[{\"a\": \"one\n\ntwo\"},\n{\"a\": \"three\"}]";
        assert_eq!(values(long), ["{\"a\": \"one\n\ntwo\"}", "{\"a\": \"three\"}"]);
    }

    #[test]
    fn an_object_without_an_end_is_left_at_the_next() {
        let mut scanner = Scanner::new(&b"[\n{\"a\": 1,\n{\"a\": 2},\n{\"a\": 3}]"[..]);
        scanner.next(1000).unwrap();
        assert_eq!(scanner.next(1000).unwrap(), Piece::Value(2));
        scanner.resume_inside();
        assert_eq!((scanner.next(1000).unwrap(), scanner.bytes()), (Piece::Value(3), &b"{\"a\": 2}"[..]));
        assert_eq!((scanner.next(1000).unwrap(), scanner.bytes()), (Piece::Value(4), &b"{\"a\": 3}"[..]));
    }

    #[test]
    fn what_is_not_json_is_put_right() {
        let text = br#"{"a": NaN, "b": "\ud83d x NaN \ud83d\ude00 \\ud83d", "c": -Infinity}"#;
        let right = br#"{"a": null, "b": "\ufffd x NaN \ud83d\ude00 \\ud83d", "c": null}"#;
        assert_eq!(String::from_utf8_lossy(&repaired(text)), String::from_utf8_lossy(right));
        assert_eq!(repaired(b"{\"a\": \"x\ny\"}"), b"{\"a\": \"x\\u000ay\"}");
    }

    #[test]
    fn groups_of_objects() {
        let text = r#"{"meta": {"n": 1}, "data": {"items": [{"a": [{}]}, {"b": "]"}]}}"#;
        let groups = siblings(text.as_bytes());
        let found: Vec<Vec<&str>> =
            groups.iter().map(|group| group.objects.iter().map(|at| &text[at.clone()]).collect()).collect();
        assert_eq!(found[0], [r#"{"n": 1}"#, r#"{"items": [{"a": [{}]}, {"b": "]"}]}"#]);
        assert_eq!(
            groups.iter().map(|group| (&text[group.key.clone()], group.listed)).collect::<Vec<_>>(),
            [("", false), ("items", true)]
        );
        assert_eq!(found[1], [r#"{"a": [{}]}"#, r#"{"b": "]"}"#]);
    }
}
