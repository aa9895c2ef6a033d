//! Progress and messages on stderr.

use std::io::Write;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};
use samesay::model::fetch::Progress;
use samesay::report::counted;
use samesay::report::terminal::printable;

use super::config::Chatter;

/// Prints a line on stderr.
pub fn line(message: &str) {
    // Nothing can be done about a stderr that cannot be written to.
    let _ = writeln!(anstream::stderr(), "{}", printable(message));
}

/// A bar of files read; it shows only in a terminal.
pub fn files(total: usize, chatter: Chatter) -> ProgressBar {
    bar(total as u64, chatter, "reading {wide_bar} {pos}/{len} files  {per_sec}  {eta} left")
}

/// A bar of the passages embedded; it shows only in a terminal.
pub fn passages(sources: usize, total: usize, chatter: Chatter) -> ProgressBar {
    let of = counted(sources, "source");
    bar(total as u64, chatter, &format!("embedding {{wide_bar}} {{pos}}/{{len}} passages of {of}  {{per_sec}}  {{eta}} left"))
}

fn bar(total: u64, chatter: Chatter, template: &str) -> ProgressBar {
    if chatter == Chatter::Quiet {
        return ProgressBar::hidden();
    }
    let style = ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar());
    let bar = ProgressBar::new(total).with_style(style);
    bar.enable_steady_tick(Duration::from_millis(200));
    bar
}

/// Shows a download: a bar in a terminal, a line a file elsewhere.
pub struct Download {
    chatter: Chatter,
    bar: ProgressBar,
}

impl Download {
    pub fn new(chatter: Chatter) -> Self {
        Self { chatter, bar: ProgressBar::hidden() }
    }
}

impl Progress for Download {
    fn start(&mut self, file: &str, bytes: Option<u64>) {
        let template =
            format!("{} {{wide_bar}} {{bytes}}/{{total_bytes}}  {{bytes_per_sec}}  {{eta}} left", printable(file).replace(['{', '}'], ""));
        self.bar = bar(bytes.unwrap_or(0), self.chatter, &template);
        if self.bar.is_hidden() && self.chatter != Chatter::Quiet {
            let size = bytes.map_or(String::new(), |bytes| format!(" ({:.1} MB)", bytes as f64 / 1e6));
            line(&format!("samesay: fetching {file}{size}"));
        }
    }

    fn advance(&mut self, bytes: u64) {
        self.bar.inc(bytes);
    }

    fn finish(&mut self) {
        self.bar.finish_and_clear();
    }

    fn note(&mut self, message: &str) {
        if self.chatter != Chatter::Quiet {
            self.bar.suspend(|| line(&format!("samesay: {message}")));
        }
    }
}
