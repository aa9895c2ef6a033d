//! Texts from files and stdin, and results to stdout.

use std::io::{IsTerminal, Read, Stdin, Stdout, Write};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

use anstream::AutoStream;
use anyhow::{Context, Result};
use samesay::report::json::json as to_json;
use samesay::source::decode_text;
use serde::Serialize;

use super::chatter::line;
use super::config::UsageError;

/// Most bytes of a file of queries, texts or publishers.
const MAX_BYTES: u64 = 64 << 20;

/// Reads the text of a file, or of stdin for `-`, of at most 64 MiB.
pub fn read_text(path: &Path) -> Result<String> {
    read_text_with_note(path).map(|(text, _)| text)
}

/// Like [`read_text`], with a note on how the text was read, such as a guessed encoding.
pub fn read_text_with_note(path: &Path) -> Result<(String, Option<String>)> {
    let shown = || path.display().to_string();
    let input: Box<dyn Read> = if path == Path::new("-") {
        Box::new(stdin().lock())
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

/// Stdin. If it is a terminal, a line on stderr says that something has to be typed.
pub fn stdin() -> Stdin {
    let stdin = std::io::stdin();
    if stdin.is_terminal() {
        let end = if cfg!(windows) { "Ctrl-Z and Enter" } else { "Ctrl-D" };
        line(&format!("samesay: reads from the terminal; type or paste the text, and end it with {end}"));
    }
    stdin
}

/// Whether stdout was closed when the program was started.
static CLOSED: AtomicBool = AtomicBool::new(false);

/// Records whether stdout is closed. The standard library opens `/dev/null` in its place before `main`, so that results
/// would be lost silently.
#[cfg(unix)]
extern "C" fn record_closed_stdout() {
    // SAFETY: the descriptor is only checked for being open.
    let stdout = unsafe { std::os::fd::BorrowedFd::borrow_raw(1) };
    CLOSED.store(rustix::io::fcntl_getfd(stdout).is_err(), Ordering::Relaxed);
}

// SAFETY: each function in this section is called once before `main`; this one uses nothing of the standard library's
// runtime.
#[cfg(unix)]
#[used]
#[cfg_attr(target_vendor = "apple", unsafe(link_section = "__DATA,__mod_init_func"))]
#[cfg_attr(not(target_vendor = "apple"), unsafe(link_section = ".init_array"))]
static RECORD_CLOSED_STDOUT: extern "C" fn() = record_closed_stdout;

/// Stdout, for results.
///
/// # Errors
/// When stdout is closed.
pub fn stdout() -> Result<Stdout> {
    if CLOSED.load(Ordering::Relaxed) {
        return Err(std::io::Error::other("is closed; results cannot be written to it")).context("stdout");
    }
    Ok(std::io::stdout())
}

/// Writes records to stdout, one per line.
pub fn print_lines<T: Serialize>(records: impl Iterator<Item = T>) -> Result<()> {
    let mut out = std::io::BufWriter::new(stdout()?.lock());
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
    if json {
        // anstream is not used here, as it removes control characters.
        let (mut out, line) = (stdout()?.lock(), to_json(report)?);
        writeln!(out, "{line}").and_then(|()| out.flush()).context("stdout")
    } else {
        print_text(&text(report)?)
    }
}

/// Writes a text for people to stdout.
pub fn print_text(text: &str) -> Result<()> {
    let mut out = AutoStream::auto(stdout()?.lock());
    write!(out, "{text}").and_then(|()| out.flush()).context("stdout")
}

/// Whether two paths lead to the same file.
pub fn is_same_file(a: &Path, b: &Path) -> bool {
    a.canonicalize().is_ok_and(|a| b.canonicalize().is_ok_and(|b| a == b))
}
