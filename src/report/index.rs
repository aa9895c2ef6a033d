//! The answer to `index` and its subcommands, and an error in place of an answer.

use schemars::JsonSchema;
use serde::Serialize;

use super::ReadingNotes;
use crate::store;

/// How much is kept.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct IndexReport {
    /// The name and version of this format: `samesay.index.v1`.
    #[schemars(extend("const" = "samesay.index.v1"))]
    pub schema: &'static str,
    /// How many sources the files in the store hold, as they were last read.
    pub sources: usize,
    /// How many passages these have.
    pub passages: usize,
    /// Passages that have a vector.
    pub embedded: usize,
    /// `true` where `index verify` found nothing wrong.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub undamaged: Option<bool>,
    /// What was not read; nothing where nothing was to be read.
    #[serde(flatten)]
    pub reading: ReadingNotes,
}

impl IndexReport {
    /// What a store counts.
    pub fn new(kept: store::Counts) -> Self {
        let store::Counts { sources, passages, embedded } = kept;
        let reading = ReadingNotes::default();
        Self { schema: "samesay.index.v1", sources, passages, embedded, undamaged: None, reading }
    }

    /// The same of a run that read files.
    pub fn with_reading(kept: store::Counts, reading: ReadingNotes) -> Self {
        Self { reading, ..Self::new(kept) }
    }

    /// The same of a store in which nothing is wrong.
    pub fn undamaged(kept: store::Counts) -> Self {
        Self { undamaged: Some(true), ..Self::new(kept) }
    }
}

impl Default for IndexReport {
    /// Nothing.
    fn default() -> Self {
        Self::new(store::Counts::default())
    }
}

/// An error, as `--format json` prints it.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct ErrorReport {
    /// The name and version of this format: `samesay.error.v1`.
    #[schemars(extend("const" = "samesay.error.v1"))]
    pub schema: &'static str,
    /// What went wrong and, where something helps, what to do.
    pub error: String,
    /// What failed: `usage`, `input`, `model`, `store`, `io` or `internal`.
    pub kind: String,
}

impl ErrorReport {
    /// An error of a kind.
    pub fn new(kind: &str, error: String) -> Self {
        Self { schema: "samesay.error.v1", error, kind: kind.to_owned() }
    }
}
