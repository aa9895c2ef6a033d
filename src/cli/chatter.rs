//! What is said on stderr, and how much.

use std::io::Write;

use samesay::report::terminal::printable;

/// How much to say on stderr.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Chatter {
    /// Errors only.
    Quiet,
    /// Warnings, and progress in a terminal.
    Normal,
    /// Also what is done and how long it takes.
    Verbose,
}

/// Prints a line on stderr.
pub fn line(message: &str) {
    // Nothing can be done about a stderr that cannot be written to.
    let _ = writeln!(anstream::stderr(), "{}", printable(message));
}
