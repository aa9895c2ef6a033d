//! The answer to `index` and its subcommands, and an error in place of an answer.

use serde::Serialize;

use crate::store;

/// How much is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct IndexReport {
    pub schema: &'static str,
    pub sources: usize,
    pub passages: usize,
    /// Passages that have a vector.
    pub embedded: usize,
}

impl IndexReport {
    /// What a store counts.
    pub fn new(kept: store::Counts) -> Self {
        Self { schema: "samesay.index.v1", sources: kept.sources, passages: kept.passages, embedded: kept.embedded }
    }
}

impl Default for IndexReport {
    /// Nothing.
    fn default() -> Self {
        Self::new(store::Counts::default())
    }
}

/// An error, as `--format json` prints it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ErrorReport {
    pub schema: &'static str,
    pub error: String,
    pub kind: String,
}

impl ErrorReport {
    /// An error of a kind.
    pub fn new(kind: &str, error: String) -> Self {
        Self { schema: "samesay.error.v1", error, kind: kind.to_owned() }
    }
}
