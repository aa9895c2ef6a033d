//! Where the parsers of binary formats run.
//!
//! PDF, EPUB and office files come from anywhere, and their parsers are large. In the library they run in process, with
//! panics caught ([`InProcess`]). The command line sets [`Workers`]: child processes of the same program with limited
//! memory and time, where an abort, a stack overflow or an endless loop costs one document and not the run.

mod wire;
mod worker;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::OnceLock;

pub use worker::{Limits, Workers, serve};

use super::format::{Format, Parser, Reader};
use super::read::check_parts;
use super::{Content, Parsed, ReadError};

/// A place to run a parser in.
pub trait Isolation: Send + Sync {
    /// Parses a document of the format with this name, which must be one of the binary formats.
    ///
    /// # Errors
    /// When the parser fails for any reason.
    fn parse(&self, format: &'static str, bytes: &[u8]) -> Result<Parsed, ReadError>;
}

static CHOSEN: OnceLock<Box<dyn Isolation>> = OnceLock::new();

/// Sets where this process runs the parsers of binary formats. It can be set once; returns whether it was set now.
pub fn set_isolation(isolation: impl Isolation + 'static) -> bool {
    CHOSEN.set(Box::new(isolation)).is_ok()
}

/// Runs a parser in the place chosen for it.
pub(super) fn parse(format: &'static Format, parse: Parser, bytes: &[u8]) -> Result<Parsed, ReadError> {
    let parsed = match CHOSEN.get() {
        _ if !format.is_binary() => parse(bytes),
        Some(isolation) => isolation.parse(format.name, bytes),
        None => InProcess.parse(format.name, bytes),
    }?;
    // The rows of a sheet are separate texts.
    if !matches!(format.reader, Reader::Workbook(_)) {
        let (parts, length) = match &parsed.content {
            Content::Lines(lines) => (lines.len(), lines.iter().map(|line| line.raw.len() + 1).sum()),
            Content::Blocks(blocks) => (blocks.len(), blocks.iter().map(|block| block.text.as_str().len()).sum()),
        };
        check_parts(format.name, parts, length)?;
    }
    Ok(parsed)
}

/// Runs parsers in this process. A panic becomes an error of that one document; a stack overflow, an endless loop or a
/// lack of memory is not contained.
#[derive(Debug, Clone, Copy, Default)]
pub struct InProcess;

impl Isolation for InProcess {
    fn parse(&self, format: &'static str, bytes: &[u8]) -> Result<Parsed, ReadError> {
        let parse = super::format::parser(format).ok_or(ReadError::Binary)?;
        catch_unwind(AssertUnwindSafe(|| parse(bytes)))
            .unwrap_or_else(|_| Err(stopped(format, "it crashed on this file")))
    }
}

fn stopped(format: &'static str, reason: impl Into<String>) -> ReadError {
    ReadError::Stopped { format, reason: reason.into() }
}
