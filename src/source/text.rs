//! Text that keeps the place of each of its parts.

use std::ops::Range;

use super::Place;

/// A text on one line, with the place in the document of every part.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LocatedText {
    text: String,
    /// `(byte offset, place)`, ascending: the text from this offset on is from that place.
    marks: Vec<(usize, Place)>,
}

impl LocatedText {
    /// Makes a text from one place. White space is collapsed.
    pub fn new(text: &str, place: Place) -> Self {
        let mut located = Self::default();
        located.push(text, place);
        located
    }

    /// Returns the text, and the byte offsets from which each place applies.
    pub(crate) fn into_parts(self) -> (String, Vec<(usize, Place)>) {
        (self.text, self.marks)
    }

    /// Puts together what [`into_parts`](Self::into_parts) took apart.
    pub(crate) fn from_parts(text: String, marks: Vec<(usize, Place)>) -> Self {
        Self { text, marks }
    }

    /// Appends text from `place`, with white space collapsed, without adding a space in between.
    pub fn push(&mut self, text: &str, place: Place) {
        self.mark(place);
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

    /// Appends `other` as it is.
    pub fn append(&mut self, other: &LocatedText) {
        let shift = self.text.len();
        self.text.push_str(&other.text);
        self.marks.extend(other.marks.iter().map(|&(at, place)| (at + shift, place)));
    }

    /// Removes all places.
    pub fn forget_places(&mut self) {
        self.marks.clear();
    }

    /// Shifts all lines down by `lines`.
    #[must_use]
    pub fn below(mut self, lines: usize) -> Self {
        for (_, place) in &mut self.marks {
            place.line = place.line.map(|line| line + lines);
        }
        self
    }

    /// Removes the last character.
    pub fn pop(&mut self) {
        self.text.pop();
    }

    /// Appends a space unless the text is empty or ends in one.
    pub fn space(&mut self) {
        if !self.text.is_empty() && !self.text.ends_with(' ') {
            self.text.push(' ');
        }
    }

    /// Returns a part of the text, with its places.
    #[must_use]
    pub fn slice(&self, range: Range<usize>) -> Self {
        let mut marks = vec![(0, self.place_at(range.start))];
        let before = |end: usize| self.marks.partition_point(|&(at, _)| at < end);
        let within = &self.marks[before(range.start + 1)..before(range.end).max(before(range.start + 1))];
        marks.extend(within.iter().map(|(at, place)| (at - range.start, *place)));
        Self { text: self.text[range].to_owned(), marks }
    }

    /// Splits the text at a byte and returns the second part.
    #[must_use]
    pub fn split_off(&mut self, at: usize) -> Self {
        let off = self.slice(at..self.text.len());
        self.text.truncate(at);
        self.marks.truncate(self.marks.partition_point(|&(mark, _)| mark < at));
        off
    }

    /// Removes white space at both ends.
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

    /// Returns the parts that have places of their own, such as lines.
    pub fn lines(&self) -> Vec<&str> {
        // Text removed from the end may have left its mark.
        let starts = self.marks.iter().map(|(at, _)| (*at).min(self.text.len()));
        let ends = starts.clone().skip(1).chain([self.text.len()]);
        starts.zip(ends).filter_map(|(start, end)| self.text.get(start..end)).filter(|part| !part.is_empty()).collect()
    }

    /// Returns the place of the byte at `offset`.
    pub fn place_at(&self, offset: usize) -> Place {
        let after = self.marks.partition_point(|&(at, _)| at <= offset);
        self.marks[..after].last().or(self.marks.first()).map_or(Place::NOWHERE, |&(_, place)| place)
    }

    /// Returns the place at which the text begins.
    pub fn place(&self) -> Place {
        self.place_at(0)
    }

    fn mark(&mut self, place: Place) {
        if self.marks.last().is_none_or(|&(_, last)| last != place) {
            // Most texts have one place, and there may be millions of them.
            if self.marks.is_empty() {
                self.marks.reserve_exact(1);
            }
            self.marks.push((self.text.len(), place));
        }
    }
}

/// A space goes before every word of `text` except a first word without white space before it.
fn wants_space(text: &str, word: &str) -> bool {
    word.as_ptr() != text.as_ptr()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knows_the_place_of_every_part() {
        let mut text = LocatedText::new("  one   two ", Place::line(3));
        text.push("three", Place::line(4));
        text.trim();
        assert_eq!(text.as_str(), "one two three");
        assert_eq!([0, 7, 8].map(|at| text.place_at(at).line), [Some(3), Some(3), Some(4)]);
    }

    #[test]
    fn marks_of_what_was_taken_off_are_no_lines() {
        let mut text = LocatedText::new("one", Place::line(3));
        text.push(" two ", Place::line(4));
        text.push("", Place::line(5));
        text.trim();
        text.pop();
        assert_eq!(text.lines(), ["one", " tw"]);
    }

    #[test]
    fn what_is_taken_off_keeps_its_places() {
        let mut text = LocatedText::new("one ", Place::line(3));
        text.push("two three", Place::line(4));
        let off = text.split_off(8);
        assert_eq!((text.as_str(), off.as_str()), ("one two ", "three"));
        assert_eq!((text.place_at(5).line, off.place().line), (Some(4), Some(4)));
        assert_eq!(text.split_off(4).place().line, Some(4));
    }

    #[test]
    fn pieces_without_white_space_between_them_stay_together() {
        let mut text = LocatedText::new("un", Place::line(1));
        text.push("broken", Place::line(1));
        text.push(" and more", Place::line(2));
        assert_eq!(text.as_str(), "unbroken and more");
    }
}
