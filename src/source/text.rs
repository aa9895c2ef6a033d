//! Text that knows which line each part of it stood on.

/// A run of text on one line, with the document's line number of every part.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LocatedText {
    text: String,
    /// `(byte offset, 1-based line)`, ascending: from this offset on, the text stood on this line.
    marks: Vec<(usize, usize)>,
}

impl LocatedText {
    /// A text that stood on one line. White space is collapsed.
    pub fn new(text: &str, line: usize) -> Self {
        let mut located = Self::default();
        located.push(text, line);
        located
    }

    /// Appends what stood on `line`, white space collapsed, with no glue of its own.
    pub fn push(&mut self, text: &str, line: usize) {
        self.mark(line);
        for word in text.split_whitespace() {
            if !self.text.is_empty() && !self.text.ends_with(' ') && wants_space(text, word) {
                self.text.push(' ');
            }
            self.text.push_str(word);
        }
        if text.ends_with(char::is_whitespace) && !self.text.is_empty() && !self.text.ends_with(' ') {
            self.text.push(' ');
        }
    }

    /// Appends `other`, as it is.
    pub fn append(&mut self, other: &LocatedText) {
        let shift = self.text.len();
        self.text.push_str(&other.text);
        self.marks.extend(other.marks.iter().map(|&(at, line)| (at + shift, line)));
    }

    /// Takes the last character back.
    pub fn pop(&mut self) {
        self.text.pop();
    }

    /// Appends a space where none is yet.
    pub fn space(&mut self) {
        if !self.text.is_empty() && !self.text.ends_with(' ') {
            self.text.push(' ');
        }
    }

    /// Drops white space at both ends.
    pub fn trim(&mut self) {
        self.text.truncate(self.text.trim_end().len());
        let lead = self.text.len() - self.text.trim_start().len();
        if lead > 0 {
            self.text.drain(..lead);
            for mark in &mut self.marks {
                mark.0 = mark.0.saturating_sub(lead);
            }
        }
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Whether there is no text.
    pub fn is_empty(&self) -> bool {
        self.text.is_empty()
    }

    /// The 1-based line on which the byte at `offset` stood.
    pub fn line_at(&self, offset: usize) -> usize {
        let after = self.marks.partition_point(|&(at, _)| at <= offset);
        self.marks[..after].last().or(self.marks.first()).map_or(1, |&(_, line)| line)
    }

    /// The line that the text begins on.
    pub fn first_line(&self) -> usize {
        self.line_at(0)
    }

    fn mark(&mut self, line: usize) {
        if self.marks.last().is_none_or(|&(_, last)| last != line) {
            self.marks.push((self.text.len(), line));
        }
    }
}

/// A space goes before every word of `text` but a first one that nothing separates from what came before.
fn wants_space(text: &str, word: &str) -> bool {
    word.as_ptr() != text.as_ptr()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knows_the_line_of_every_part() {
        let mut text = LocatedText::new("  one   two ", 3);
        text.push("three", 4);
        text.trim();
        assert_eq!(text.as_str(), "one two three");
        assert_eq!((text.line_at(0), text.line_at(7), text.line_at(8)), (3, 3, 4));
    }

    #[test]
    fn pieces_without_white_space_between_them_stay_together() {
        let mut text = LocatedText::new("un", 1);
        text.push("broken", 1);
        text.push(" and more", 2);
        assert_eq!(text.as_str(), "unbroken and more");
    }
}
