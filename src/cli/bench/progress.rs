//! How far measuring is, on stderr.

use std::cell::RefCell;

use indicatif::ProgressBar;
use samesay::bench::Progress;

use crate::cli::chatter::{Chatter, line};
use crate::cli::progress::spinner;

/// A spinner in a terminal, a line per stage elsewhere.
pub struct Stages {
    chatter: Chatter,
    stage: RefCell<String>,
    spinner: ProgressBar,
}

impl Stages {
    pub fn new(chatter: Chatter) -> Self {
        Self { chatter, stage: RefCell::default(), spinner: spinner(chatter) }
    }

    /// Nothing more is measured.
    pub fn finish(&self) {
        self.spinner.finish_and_clear();
    }
}

impl Progress for Stages {
    fn stage(&self, what: &str) {
        *self.stage.borrow_mut() = what.to_owned();
        self.spinner.set_message(what.to_owned());
        if self.spinner.is_hidden() && self.chatter != Chatter::Quiet {
            line(&format!("samesay: {what}"));
        }
    }

    fn detail(&self, what: &str) {
        self.spinner.set_message(format!("{}: {what}", self.stage.borrow()));
    }
}
