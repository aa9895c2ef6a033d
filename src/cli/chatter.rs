//! Messages on stderr.

use std::io::Write;

use samesay::report::terminal::printable;

/// How much is printed on stderr.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Chatter {
    /// Errors only.
    Quiet,
    /// Warnings, and progress in a terminal.
    Normal,
    /// Also each step, and how long it takes.
    Verbose,
}

/// Prints a line on stderr.
pub fn line(message: &str) {
    // A stderr that cannot be written to leaves nowhere to report it.
    let _ = writeln!(anstream::stderr(), "{}", printable(message));
}
