//! Texts from files and stdin, and results to stdout.

use std::io::{Read, Write};
use std::path::Path;

use anyhow::{Context, Result};
use samesay::report::json::json as to_json;
use samesay::source::decode_text;
use serde::Serialize;

use super::config::UsageError;

/// What a command's own files may hold: queries, texts, the table of publishers.
const MAX_BYTES: u64 = 64 << 20;

/// The text of a file, or of stdin for `-`, of at most 64 MiB.
pub fn read_text(path: &Path) -> Result<String> {
    read_text_with_note(path).map(|(text, _)| text)
}

/// The same, with what should be known of it, such as an encoding that was guessed.
pub fn read_text_with_note(path: &Path) -> Result<(String, Option<String>)> {
    let shown = || path.display().to_string();
    let input: Box<dyn Read> = if path == Path::new("-") {
        Box::new(std::io::stdin().lock())
    } else {
        Box::new(std::fs::File::open(path).with_context(shown)?)
    };
    let mut bytes = Vec::new();
    input.take(MAX_BYTES + 1).read_to_end(&mut bytes).with_context(shown)?;
    if bytes.len() as u64 > MAX_BYTES {
        return Err(UsageError(format!("{}: is larger than {} MiB; split it", shown(), MAX_BYTES >> 20)).into());
    }
    decode_text(&bytes).with_context(shown)
}

/// Writes records to stdout, one per line.
pub fn print_lines<T: Serialize>(records: impl Iterator<Item = T>) -> Result<()> {
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    let write = || -> std::io::Result<()> {
        for record in records {
            writeln!(out, "{}", to_json(&record)?)?;
        }
        out.flush()
    };
    write().context("stdout")
}

/// Writes a report to stdout.
pub fn print<T: Serialize>(
    json: bool,
    report: &T,
    text: impl FnOnce(&T) -> Result<String, std::fmt::Error>,
) -> Result<()> {
    let printed = if json {
        // Not by way of anstream, which takes control characters out.
        let (mut out, line) = (std::io::stdout().lock(), to_json(report)?);
        writeln!(out, "{line}").and_then(|()| out.flush())
    } else {
        let (mut out, text) = (anstream::stdout().lock(), text(report)?);
        write!(out, "{text}").and_then(|()| out.flush())
    };
    printed.context("stdout")
}
