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

impl Chatter {
    /// Prints a warning on stderr unless --quiet.
    pub fn warn(self, message: &str) {
        if self != Self::Quiet {
            line(&format!("samesay: warning: {message}"));
        }
    }
}

/// Prints a line on stderr.
pub fn line(message: &str) {
    // A stderr that cannot be written to leaves nowhere to report it.
    let _ = writeln!(anstream::stderr(), "{}", printable(&brief(message.to_owned())));
}

/// Characters of the longest argument that a message repeats as it was typed.
const TYPED: usize = 1000;
/// Characters of the beginning of a longer one that are repeated, and of its end.
const KEPT: usize = 200;

/// A message with its beginning and end for every argument that is too long to be repeated.
pub fn brief(message: String) -> String {
    if message.len() <= TYPED {
        return message;
    }
    std::env::args_os().skip(1).fold(message, |message, arg| {
        let arg = arg.to_string_lossy();
        let value = arg.split_once('=').map(|(_, value)| value);
        std::iter::once(&*arg).chain(value).fold(message, |message, typed| without(message, typed.trim()))
    })
}

/// A message with what was typed shortened, if that is too long.
fn without(message: String, typed: &str) -> String {
    let length = typed.chars().count();
    if length <= TYPED {
        return message;
    }
    let begin: String = typed.chars().take(KEPT).collect();
    let end: String = typed.chars().skip(length - KEPT).collect();
    message.replace(typed, &format!("{begin} … {end}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_long_is_shortened_wherever_it_stands() {
        let long = "é".repeat(5000) + "x";
        let said = without(format!("--glob {long}: is no glob: '{long}'"), &long);
        assert!(said.chars().count() < 4 * KEPT + 50 && said.ends_with("éx'"), "{said}");
        assert!(
            said.starts_with("--glob éé") && said.contains("é … é") && said.contains("x: is no glob: 'é"),
            "{said}"
        );
        assert_eq!(without("a short one".to_owned(), "short"), "a short one");
    }
}
