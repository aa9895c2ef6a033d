//! Texts from files and stdin, and results to stdout.

use std::io::{Read, Write};
use std::path::Path;

use anyhow::{Context, Result};
use samesay::source::decode_text;
use serde::Serialize;

/// The text of a file, or of stdin for `-`.
pub fn read_text(path: &Path) -> Result<String> {
    let mut bytes = Vec::new();
    if path == Path::new("-") {
        std::io::stdin().lock().read_to_end(&mut bytes).map(|_| ()).context("stdin")?;
    } else {
        bytes = std::fs::read(path).with_context(|| path.display().to_string())?;
    }
    decode_text(&bytes).map(|(text, _)| text).with_context(|| path.display().to_string())
}

/// Writes a report to stdout.
pub fn print<T: Serialize>(
    json: bool,
    report: &T,
    text: impl FnOnce(&T) -> Result<String, std::fmt::Error>,
) -> Result<()> {
    let printed = if json {
        // Not by way of anstream, which takes control characters out.
        let (mut out, line) = (std::io::stdout().lock(), serde_json::to_string(report)?);
        writeln!(out, "{line}").and_then(|()| out.flush())
    } else {
        let (mut out, text) = (anstream::stdout().lock(), text(report)?);
        write!(out, "{text}").and_then(|()| out.flush())
    };
    printed.context("stdout")
}
