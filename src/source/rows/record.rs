//! The records of a table (RFC 4180, and what spreadsheets write), parsed so that an unclosed quote costs its line and
//! not the rest of the file.

use std::io::{self, Read};

use super::window::Window;

/// The values of a record, concatenated.
#[derive(Debug, Default)]
pub struct Record {
    bytes: Vec<u8>,
    /// The end of each value.
    ends: Vec<usize>,
}

impl Record {
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Returns the value at this index; an empty one if there is none.
    pub fn value(&self, at: usize) -> String {
        let start = at.checked_sub(1).and_then(|before| self.ends.get(before)).copied().unwrap_or(0);
        let bytes = self.ends.get(at).map_or(&b""[..], |end| &self.bytes[start..*end]);
        String::from_utf8_lossy(bytes).replace('\0', "")
    }

    fn clear(&mut self) {
        self.bytes.clear();
        self.ends.clear();
        // The memory of one long row must not be kept to the end.
        self.bytes.shrink_to(1 << 20);
    }

    fn end_value(&mut self) {
        self.ends.push(self.bytes.len());
    }
}

/// The next part of a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Next {
    /// A record that begins on this line.
    Whole(usize),
    /// A record with an unclosed quote, read to the end of the line.
    Unclosed(usize),
    /// A record of more bytes than allowed. What follows it is not found.
    TooLong(usize),
    /// The end of the table.
    End,
}

/// Splits a table into records.
pub struct Records<R> {
    text: Window<R>,
    delimiter: u8,
    limit: usize,
}

/// How a quoted value ends.
enum Quoted {
    Closed(usize),
    Unclosed,
    TooLong,
}

impl<R: Read> Records<R> {
    pub fn new(inner: R, delimiter: u8, limit: usize) -> Self {
        Self { text: Window::new(inner), delimiter, limit }
    }

    pub fn into_inner(self) -> R {
        self.text.into_inner()
    }

    /// Skips a line.
    ///
    /// # Errors
    /// When the input cannot be read.
    pub fn skip_line(&mut self) -> io::Result<()> {
        let end = self.end_of_line(self.text.here().at)?;
        self.text.move_to(end);
        self.end_line()
    }

    /// Reads the next record. Empty lines are not records.
    ///
    /// # Errors
    /// When the input cannot be read.
    pub fn next(&mut self, record: &mut Record) -> io::Result<Next> {
        record.clear();
        self.text.forget();
        while matches!(self.text.byte(self.text.here().at)?, Some(b'\n' | b'\r')) {
            self.text.move_to(self.text.here().at + 1);
        }
        let start = self.text.here();
        if self.text.byte(start.at)?.is_none() {
            return Ok(Next::End);
        }
        let mut at = start.at;
        loop {
            at = match self.text.byte(at)? {
                Some(b'"') => match self.quoted(at, start.at, record)? {
                    Quoted::Closed(end) => end,
                    Quoted::TooLong => return Ok(Next::TooLong(start.line)),
                    Quoted::Unclosed => {
                        let end = self.end_of_line(at)?;
                        record.bytes.extend_from_slice(self.text.bytes(at + 1..end));
                        record.end_value();
                        self.text.move_to(end);
                        return Ok(Next::Unclosed(start.line));
                    }
                },
                _ => self.bare(at, record)?,
            };
            record.end_value();
            if at - start.at > self.limit {
                return Ok(Next::TooLong(start.line));
            }
            if self.text.byte(at)? != Some(self.delimiter) {
                self.text.move_to(at);
                self.end_line()?;
                return Ok(Next::Whole(start.line));
            }
            at += 1;
        }
    }

    /// Takes a value without quotes. Returns where it ends.
    fn bare(&mut self, start: usize, record: &mut Record) -> io::Result<usize> {
        let mut at = start;
        while self.text.byte(at)?.is_some_and(|byte| byte != self.delimiter && !is_line_end(byte))
            && at - start <= self.limit
        {
            at += 1;
        }
        record.bytes.extend_from_slice(self.text.bytes(start..at));
        Ok(at)
    }

    /// Takes a value that begins with a quote at `open`, of a record that begins at `start`. Two quotes stand for one;
    /// one that does not end the value stands for itself, unless it begins the value of a later line.
    fn quoted(&mut self, open: usize, start: usize, record: &mut Record) -> io::Result<Quoted> {
        let before = record.bytes.len();
        let (mut at, mut from, mut lines) = (open + 1, open + 1, 0);
        // The byte before the quotes that are being examined.
        let mut last = b'"';
        while at - start <= self.limit {
            let Some(byte) = self.text.byte(at)? else {
                if lines > 0 {
                    record.bytes.truncate(before);
                    return Ok(Quoted::Unclosed);
                }
                record.bytes.extend_from_slice(self.text.bytes(from..at));
                return Ok(Quoted::Closed(at));
            };
            if byte != b'"' {
                lines += usize::from(is_line_end(byte));
                last = byte;
                at += 1;
                continue;
            }
            match self.text.byte(at + 1)? {
                Some(b'"') => {
                    record.bytes.extend_from_slice(self.text.bytes(from..at + 1));
                    (at, from) = (at + 2, at + 2);
                }
                next if next.is_none_or(|next| next == self.delimiter || is_line_end(next)) => {
                    record.bytes.extend_from_slice(self.text.bytes(from..at));
                    return Ok(Quoted::Closed(at + 1));
                }
                _ if lines > 0 && (last == self.delimiter || is_line_end(last)) => {
                    record.bytes.truncate(before);
                    return Ok(Quoted::Unclosed);
                }
                _ => at += 1,
            }
        }
        Ok(Quoted::TooLong)
    }

    fn end_of_line(&mut self, from: usize) -> io::Result<usize> {
        let mut at = from;
        while self.text.byte(at)?.is_some_and(|byte| !is_line_end(byte)) {
            at += 1;
        }
        Ok(at)
    }

    /// Skips the end of a line, which may be two bytes.
    fn end_line(&mut self) -> io::Result<()> {
        let at = self.text.here().at;
        let two = self.text.byte(at)? == Some(b'\r') && self.text.byte(at + 1)? == Some(b'\n');
        self.text.move_to(at + 1 + usize::from(two));
        Ok(())
    }
}

fn is_line_end(byte: u8) -> bool {
    matches!(byte, b'\n' | b'\r')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn records(text: &str) -> Vec<(Next, Vec<String>)> {
        let mut records = Records::new(text.as_bytes(), b',', 1000);
        let mut record = Record::default();
        let mut found = Vec::new();
        loop {
            match records.next(&mut record).unwrap() {
                Next::End => return found,
                next => found.push((next, (0..record.len()).map(|at| record.value(at)).collect())),
            }
        }
    }

    #[track_caller]
    fn reads(text: &str, expected: &[(Next, &[&str])]) {
        let found = records(text);
        let found: Vec<(Next, Vec<&str>)> =
            found.iter().map(|(next, values)| (*next, values.iter().map(String::as_str).collect())).collect();
        let expected: Vec<(Next, Vec<&str>)> = expected.iter().map(|(next, values)| (*next, values.to_vec())).collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn quotes_line_ends_and_empty_lines() {
        use Next::Whole;
        for end in ["\n", "\r\n", "\r"] {
            let text = ["a,b", "", "\"x \"\"y\"\",", "z\",2", ",", "last"].join(end);
            let inside = format!("x \"y\",{end}z");
            reads(
                &text,
                &[(Whole(1), &["a", "b"]), (Whole(3), &[&inside, "2"]), (Whole(5), &["", ""]), (Whole(6), &["last"])],
            );
        }
    }

    #[test]
    fn a_quote_that_is_not_closed_costs_its_line() {
        use Next::{Unclosed, Whole};
        let last = (Whole(2), &["2", "y, z"][..]);
        reads("1,\"x, y\n2,\"y, z\"\n", &[(Unclosed(1), &["1", "x, y"]), last]);
        reads("1,\"x, y\n2,\"\"\"y\"\"\"\n", &[(Unclosed(1), &["1", "x, y"]), (Whole(2), &["2", "\"y\""])]);
        reads("1,\"x, y\n2,y\n", &[(Unclosed(1), &["1", "x, y"]), (Whole(2), &["2", "y"])]);
        reads("1,\"x, y", &[(Whole(1), &["1", "x, y"])]);
        // These quotes are not doubled, but the value ends.
        reads(
            "1,\"x \"y\" z\nand \"more\" of it\"\n2,y",
            &[(Whole(1), &["1", "x \"y\" z\nand \"more\" of it"]), (Whole(3), &["2", "y"])],
        );
    }
}
