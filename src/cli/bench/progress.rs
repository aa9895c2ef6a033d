//! Progress of measuring, on stderr.

use std::cell::{Cell, RefCell};
use std::time::{Duration, Instant};

use indicatif::ProgressBar;
use samesay::bench::Progress;

use crate::cli::chatter::{Chatter, line};
use crate::cli::progress::spinner;

/// A spinner in a terminal; elsewhere a line per stage, and further lines during long stages.
pub struct Stages {
    chatter: Chatter,
    stage: RefCell<String>,
    spinner: ProgressBar,
    /// When the last line was written.
    told: Cell<Instant>,
}

/// How often a long stage prints a line where there is no spinner.
const OFTEN: Duration = Duration::from_secs(10);

impl Stages {
    pub fn new(chatter: Chatter) -> Self {
        Self { chatter, stage: RefCell::default(), spinner: spinner(chatter), told: Cell::new(Instant::now()) }
    }

    fn tell(&self, what: &str) {
        if self.spinner.is_hidden() && self.chatter != Chatter::Quiet {
            line(&format!("samesay: {what}"));
            self.told.set(Instant::now());
        }
    }

    /// Removes the spinner.
    pub fn finish(&self) {
        self.spinner.finish_and_clear();
    }
}

impl Progress for Stages {
    fn stage(&self, what: &str) {
        *self.stage.borrow_mut() = what.to_owned();
        self.spinner.set_message(what.to_owned());
        self.tell(what);
    }

    fn detail(&self, what: &str) {
        let message = format!("{}: {what}", self.stage.borrow());
        if self.told.get().elapsed() >= OFTEN {
            self.tell(&message);
        }
        self.spinner.set_message(message);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_stage_prints_its_progress_from_time_to_time() {
        let told_before = |chatter, seconds| {
            let stages = Stages::new(chatter);
            let before = Instant::now().checked_sub(Duration::from_secs(seconds)).expect("an uptime of seconds");
            stages.told.set(before);
            stages.detail("round 3 of 7");
            stages.told.get() != before
        };
        // If stderr is a terminal, the spinner shows progress instead.
        let alone = Stages::new(Chatter::Normal).spinner.is_hidden();
        assert_eq!(told_before(Chatter::Normal, 11), alone);
        assert!(!told_before(Chatter::Normal, 5));
        assert!(!told_before(Chatter::Quiet, 11));
    }
}
