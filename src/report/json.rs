//! Results as JSON: one line, without characters that change what a terminal shows.

use std::io;

use serde::Serialize;
use serde_json::Serializer;
use serde_json::ser::Formatter;

use super::text::is_unprintable;

/// Returns a value as one line of JSON. Control characters and direction marks are escaped, so that the line can be
/// printed; parsers get them back.
///
/// # Errors
/// When the value cannot be written as JSON, such as a map whose keys are not strings.
pub fn json<T: Serialize>(value: &T) -> serde_json::Result<String> {
    let mut line = Vec::new();
    write(&mut line, value)?;
    String::from_utf8(line).map_err(|error| serde_json::Error::io(io::Error::other(error)))
}

/// Writes a value as one line of JSON while it is serialised.
///
/// # Errors
/// When it cannot be written, or not as JSON.
pub fn write<T: Serialize>(out: impl io::Write, value: &T) -> serde_json::Result<()> {
    value.serialize(&mut Serializer::with_formatter(out, Escaping))
}

struct Escaping;

impl Formatter for Escaping {
    fn write_string_fragment<W: ?Sized + io::Write>(&mut self, writer: &mut W, fragment: &str) -> io::Result<()> {
        let mut rest = fragment;
        while let Some((at, c)) = rest.char_indices().find(|(_, c)| is_unprintable(*c)) {
            writer.write_all(&rest.as_bytes()[..at])?;
            c.encode_utf16(&mut [0; 2]).iter().try_for_each(|unit| write!(writer, "\\u{unit:04x}"))?;
            rest = &rest[at + c.len_utf8()..];
        }
        writer.write_all(rest.as_bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_escaped_comes_back() {
        let text = "a\u{9b}b\u{7f}c\u{202e}d\u{1b}e é 渡 \"f\"";
        let line = json(&[text]).unwrap();
        assert_eq!(line, "[\"a\\u009bb\\u007fc\\u202ed\\u001be é 渡 \\\"f\\\"\"]");
        assert_eq!(serde_json::from_str::<Vec<String>>(&line).unwrap(), [text]);
    }
}
