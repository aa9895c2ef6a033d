//! The part of a text that is being looked at, read as it is needed.

use std::io::{self, Read};
use std::ops::Range;

/// How many bytes are read at a time.
const STEP: usize = 1 << 16;

/// Bytes of `inner` from one place on, with the line and the column of a second place in them.
pub struct Window<R> {
    inner: R,
    at_end: bool,
    buffer: Vec<u8>,
    /// What comes next, in the buffer and in the text. Columns are bytes, from 0.
    at: usize,
    line: usize,
    column: usize,
}

/// A place to come back to.
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

    /// Where what comes next begins.
    pub fn here(&self) -> Bookmark {
        Bookmark { at: self.at, line: self.line, column: self.column }
    }

    /// Goes back to a place that has not been let go of.
    pub fn back_to(&mut self, place: Bookmark) {
        (self.at, self.line, self.column) = (place.at, place.line, place.column);
    }

    /// Goes on to a byte that has been looked at.
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

    /// Lets go of what has been taken. Places in the window are others from now on.
    pub fn forget(&mut self) {
        if self.at >= STEP.max(self.buffer.len() / 2) {
            self.buffer.drain(..self.at);
            self.at = 0;
            // One long row must not cost its memory to the end.
            self.buffer.shrink_to(STEP.max(2 * self.buffer.len()));
        }
    }

    /// The byte at this place; none where the text is over.
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

    /// Bytes that have been looked at.
    pub fn bytes(&self, range: Range<usize>) -> &[u8] {
        let end = range.end.min(self.buffer.len());
        &self.buffer[range.start.min(end)..end]
    }
}
