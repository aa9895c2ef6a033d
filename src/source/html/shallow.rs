//! A reader for the tokeniser that limits how deeply its calls nest.
//!
//! html5gum 0.9 goes from one attribute in double quotes to the next by calling itself: twenty thousand of them in one
//! tag overflow a thread's stack. An error of its reader takes it out of all these calls. Where a quoted value begins,
//! its stack holds nothing that it needs later, so it continues from there as if nothing had happened.

use html5gum::{Reader, StringReader};

/// Number of attributes whose calls may nest.
const NESTED: usize = 32;

/// Not an error of the page: the consumer of tokens continues with the next one.
#[derive(Debug, Clone, Copy, thiserror::Error)]
#[error("the calls would nest too deeply")]
pub struct Rest;

/// Reads a text, and returns [`Rest`] before every value in double quotes that comes [`NESTED`] values after the last
/// rest.
#[derive(Debug)]
pub struct Shallow<'a> {
    text: StringReader<'a>,
    nested: usize,
}

impl<'a> Shallow<'a> {
    pub fn new(text: StringReader<'a>) -> Self {
        Self { text, nested: 0 }
    }
}

impl Reader for Shallow<'_> {
    type Error = Rest;

    #[inline(always)]
    fn read_byte(&mut self) -> Result<Option<u8>, Rest> {
        self.text.read_byte().map_err(|never| match never {})
    }

    #[inline(always)]
    fn try_read_string(&mut self, text: &[u8], case_sensitive: bool) -> Result<bool, Rest> {
        self.text.try_read_string(text, case_sensitive).map_err(|never| match never {})
    }

    #[inline(always)]
    fn read_until<'b>(&'b mut self, needle: &[u8], buffer: &'b mut [u8; 4]) -> Result<Option<&'b [u8]>, Rest> {
        // Only a value in double quotes is read up to these.
        if needle.starts_with(b"\"&") {
            self.nested += 1;
            if self.nested > NESTED {
                self.nested = 0;
                return Err(Rest);
            }
        }
        self.text.read_until(needle, buffer).map_err(|never| match never {})
    }
}
