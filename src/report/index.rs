//! The results of `index` and its subcommands, and the error that replaces a result.

use schemars::JsonSchema;
use serde::Serialize;

use super::ReadingNotes;
use crate::store;

/// How much the index holds.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct IndexReport {
    /// The name and version of this format: `samesay.index.v1`.
    #[schemars(extend("const" = "samesay.index.v1"))]
    pub schema: &'static str,
    /// Number of sources in the indexed files, as they were last read.
    pub sources: usize,
    /// Number of passages of these sources.
    pub passages: usize,
    /// Number of passages that have a vector.
    pub embedded: usize,
    /// `true` if `index verify` found no damage.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub undamaged: Option<bool>,
    /// What was not read; of commands that read no documents, only warnings.
    #[serde(flatten)]
    pub reading: ReadingNotes,
}

impl IndexReport {
    /// A report of what a store holds.
    pub fn new(kept: store::Counts) -> Self {
        let store::Counts { sources, passages, embedded } = kept;
        Self {
            schema: "samesay.index.v1",
            sources,
            passages,
            embedded,
            undamaged: None,
            reading: ReadingNotes::default(),
        }
    }

    /// A report of a run that also read files.
    pub fn with_reading(kept: store::Counts, reading: ReadingNotes) -> Self {
        Self { reading: reading.with_whole_paths(), ..Self::new(kept) }
    }

    /// The report of a store that does not exist, with a warning that says so.
    pub fn nothing(warning: String) -> Self {
        Self { reading: ReadingNotes { warnings: vec![warning], ..ReadingNotes::default() }, ..Self::default() }
    }

    /// A report of a store in which nothing is wrong.
    pub fn undamaged(kept: store::Counts) -> Self {
        Self { undamaged: Some(true), ..Self::new(kept) }
    }
}

impl Default for IndexReport {
    /// An empty index.
    fn default() -> Self {
        Self::new(store::Counts::default())
    }
}

/// An error, as printed by `--format json`.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct ErrorReport {
    /// The name and version of this format: `samesay.error.v1`.
    #[schemars(extend("const" = "samesay.error.v1"))]
    pub schema: &'static str,
    /// What went wrong and, if something helps, what to do.
    pub error: String,
    /// Kind of error: `usage`, `input`, `model`, `store`, `io` or `internal`.
    pub kind: String,
    /// What was not read, if there is no answer because of that.
    #[serde(flatten)]
    pub reading: Option<ReadingNotes>,
}

impl ErrorReport {
    /// An error of the given kind.
    pub fn new(kind: &str, error: String) -> Self {
        Self { schema: "samesay.error.v1", error, kind: kind.to_owned(), reading: None }
    }

    /// The error, with what was not read.
    #[must_use]
    pub fn with_reading(self, reading: Option<ReadingNotes>) -> Self {
        Self { reading, ..self }
    }
}
