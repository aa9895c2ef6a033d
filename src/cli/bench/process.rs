//! This program in new processes.

use std::io::Write;
use std::process::{Command, Stdio};
use std::time::Instant;

use crate::cli::config::Config;

/// Embeds a text in a new process of this program. Returns the milliseconds from its start to its end, or `None` if it
/// fails.
pub fn start(config: &Config, text: &str) -> Option<f64> {
    let mut command = Command::new(std::env::current_exe().ok()?);
    command.args(&config.typed).args(["--threads", &config.threads.to_string(), "--store", "none", "--offline", "-q"]);
    command.args(["embed", "--format", "jsonl", "-"]);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
    let begin = Instant::now();
    let mut child = command.spawn().ok()?;
    // A process that fails closes the pipe; its status is checked below.
    let _ = child.stdin.take()?.write_all(text.as_bytes());
    let output = child.wait_with_output().ok()?;
    let passed = begin.elapsed().as_secs_f64() * 1e3;
    (output.status.success() && !output.stdout.is_empty()).then_some(passed)
}
