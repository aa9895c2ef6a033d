//! Progress and messages on stderr.

use std::fmt;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use indicatif::{DecimalBytes, ProgressBar, ProgressState, ProgressStyle};
use samesay::library;
use samesay::model::fetch::Progress;
use samesay::report::counted;
use samesay::report::terminal::printable;

use super::chatter::{Chatter, line};

/// How often a bar is redrawn.
const TICK: Duration = Duration::from_millis(200);

/// Shows how documents become a corpus: one bar or spinner per step, only in a terminal.
pub struct Steps {
    chatter: Chatter,
    bar: Mutex<ProgressBar>,
}

impl Steps {
    pub fn new(chatter: Chatter) -> Self {
        Self { chatter, bar: Mutex::new(ProgressBar::hidden()) }
    }

    fn show(&self, bar: ProgressBar) {
        std::mem::replace(&mut *self.bar.lock().unwrap_or_else(PoisonError::into_inner), bar).finish_and_clear();
    }

    fn advance(&self, by: usize) {
        self.bar.lock().unwrap_or_else(PoisonError::into_inner).inc(by as u64);
    }

    /// Shows a step that has no count.
    fn working(&self, what: String) {
        if self.chatter != Chatter::Quiet {
            self.show(spinner(self.chatter).with_message(what));
        }
    }
}

impl library::Progress for Steps {
    fn reading(&self, files: usize) {
        self.show(bar(files as u64, self.chatter, "reading {wide_bar} {pos}/{len} files  {rate}  {eta} left"));
    }

    fn read(&self) {
        self.advance(1);
    }

    fn splitting(&self, sources: usize) {
        self.working(format!("finding the passages of {}", counted(sources, "source")));
    }

    fn embedding(&self, passages: usize, of: usize) {
        let known = if passages < of { format!(" ({} known)", of - passages) } else { String::new() };
        self.show(bar(
            passages as u64,
            self.chatter,
            &format!("embedding {{wide_bar}} {{pos}}/{{len}} passages{known}  {{rate}}  {{eta}} left"),
        ));
    }

    fn embedded(&self, passages: usize) {
        self.advance(passages);
    }

    fn waiting(&self) {
        if self.chatter != Chatter::Quiet {
            line("samesay: another samesay is using the same store; waiting until it finishes");
        }
    }

    fn finished(&self) {
        self.show(ProgressBar::hidden());
    }
}

/// A spinner for a step that has no count, only in a terminal.
pub fn spinner(chatter: Chatter) -> ProgressBar {
    if chatter == Chatter::Quiet {
        return ProgressBar::hidden();
    }
    ticking(ProgressBar::new_spinner().with_style(style("{spinner} {msg}  {elapsed}")))
}

fn bar(total: u64, chatter: Chatter, template: &str) -> ProgressBar {
    if chatter == Chatter::Quiet {
        return ProgressBar::hidden();
    }
    ticking(ProgressBar::new(total).with_style(style(template)))
}

/// Has a bar drawn again and again, by a thread: not where nothing is drawn, nor where no thread can be started, which
/// would be a panic.
fn ticking(bar: ProgressBar) -> ProgressBar {
    if !bar.is_hidden() && std::thread::Builder::new().spawn(|| {}).is_ok() {
        bar.enable_steady_tick(TICK);
    }
    bar
}

fn style(template: &str) -> ProgressStyle {
    let style = ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar());
    style.with_key("rate", |state: &ProgressState, out: &mut dyn fmt::Write| {
        // A bar that cannot be drawn is not an error of the run.
        let _ = write!(out, "{:.0}/s", state.per_sec());
    })
}

/// Shows a download: a bar in a terminal, one line per file elsewhere.
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
        let template = format!(
            "{} {{wide_bar}} {{decimal_bytes}}/{{decimal_total_bytes}}  {{decimal_bytes_per_sec}}  {{eta}} left",
            printable(file).replace(['{', '}'], "")
        );
        self.bar = bar(bytes.unwrap_or(0), self.chatter, &template);
        if self.bar.is_hidden() && self.chatter != Chatter::Quiet {
            let size = bytes.map_or(String::new(), |bytes| format!(" ({})", DecimalBytes(bytes)));
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
