//! Child processes of this program that parse binary files, so that no file can crash the run.

use std::env;
use std::ffi::OsStr;
use std::process::ExitCode;

use samesay::source::{Limits, Workers, serve, set_isolation};

/// The argument that makes the program such a child. It is not a command for users.
const ARGUMENT: &str = "__read";

/// Parses what the parent sends, if this process is such a child.
pub fn serve_if_asked() -> Option<ExitCode> {
    let mut args = env::args_os().skip(1);
    if args.next().as_deref() != Some(OsStr::new(ARGUMENT)) {
        return None;
    }
    let mut number = || args.next().and_then(|arg| arg.to_str()?.parse::<u64>().ok());
    let (Some(memory), Some(seconds), Some(parent)) =
        (number(), number(), number().and_then(|parent| parent.try_into().ok()))
    else {
        return Some(ExitCode::from(2));
    };
    Some(if serve(memory, seconds, parent).is_ok() { ExitCode::SUCCESS } else { ExitCode::from(2) })
}

/// Makes binary files be parsed in children from now on.
pub fn isolate() {
    // If the program does not know its own path, it parses in its own process, as the library does.
    if let Ok(program) = env::current_exe() {
        set_isolation(Workers::new(program, ARGUMENT, Limits::default()));
    }
}
