//! The part of a text that is being examined, read as needed.

use std::io::{self, Read};
use std::ops::Range;

/// Number of bytes that are read at a time.
const STEP: usize = 1 << 16;

/// Bytes of `inner` from one place on, with the line and column of a second place in them.
pub struct Window<R> {
    inner: R,
    at_end: bool,
    buffer: Vec<u8>,
    /// The next byte, by index in the buffer and by line and column in the text. Columns are bytes, 0-based.
    at: usize,
    line: usize,
    column: usize,
}

/// A place to return to.
#[derive(Debug, Clone, Copy)]
pub struct Bookmark {
    pub at: usize,
    pub line: usize,
    pub column: usize,
}

impl<R: Read> Window<R> {
    pub fn new(inner: R) -> Self {
        Self { inner, at_end: false, buffer: Vec::new(), at: 0, line: 1, column: 0 }
    }

    pub fn into_inner(self) -> R {
        self.inner
    }

    /// Returns the place of the next byte.
    pub fn here(&self) -> Bookmark {
        Bookmark { at: self.at, line: self.line, column: self.column }
    }

    /// Returns to a place that has not been forgotten.
    pub fn back_to(&mut self, place: Bookmark) {
        (self.at, self.line, self.column) = (place.at, place.line, place.column);
    }

    /// Advances to a byte that has been examined.
    pub fn move_to(&mut self, to: usize) {
        let to = to.min(self.buffer.len());
        for at in self.at..to {
            let ends = match self.buffer[at] {
                b'\n' => true,
                b'\r' => self.buffer.get(at + 1) != Some(&b'\n'),
                _ => false,
            };
            (self.line, self.column) = if ends { (self.line + 1, 0) } else { (self.line, self.column + 1) };
        }
        self.at = to;
    }

    /// Forgets what has been taken. Earlier indices into the window become invalid.
    pub fn forget(&mut self) {
        if self.at >= STEP.max(self.buffer.len() / 2) {
            self.buffer.drain(..self.at);
            self.at = 0;
            // The memory of one long row must not be kept to the end.
            self.buffer.shrink_to(STEP.max(2 * self.buffer.len()));
        }
    }

    /// Returns the byte at this index; nothing after the end of the text.
    ///
    /// # Errors
    /// When the input cannot be read.
    pub fn byte(&mut self, at: usize) -> io::Result<Option<u8>> {
        while at >= self.buffer.len() && !self.at_end {
            let length = self.buffer.len();
            self.buffer.resize(length + STEP, 0);
            let read = self.inner.read(&mut self.buffer[length..]);
            self.buffer.truncate(length + read.as_ref().map_or(0, |read| *read));
            self.at_end = read? == 0;
        }
        Ok(self.buffer.get(at).copied())
    }

    /// Returns bytes that have been examined.
    pub fn bytes(&self, range: Range<usize>) -> &[u8] {
        let end = range.end.min(self.buffer.len());
        &self.buffer[range.start.min(end)..end]
    }
}
