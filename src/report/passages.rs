//! The result of `passages`.

use schemars::JsonSchema;
use serde::Serialize;

use super::{Counts, PassageRef, ReadingNotes, SourceRef};
use crate::library::{DocumentId, Library};
use crate::passage::Dropped;
use crate::source::Place;
use crate::store::StoreError;

/// How documents were split into passages.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct PassagesReport {
    /// The name and version of this format: `samesay.passages.v1`.
    #[schemars(extend("const" = "samesay.passages.v1"))]
    pub schema: &'static str,
    /// How much there is, and how much is in no passage.
    pub counts: Counts,
    /// What was not read, and warnings about what was.
    #[serde(flatten)]
    pub reading: ReadingNotes,
    /// All sources, in the order in which they were read.
    pub sources: Vec<SourcePassages>,
}

/// How one document was split into passages.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct SourcePassages {
    /// The source with its metadata.
    #[serde(flatten)]
    pub source: SourceRef,
    /// Passages of the source, in the order of the document.
    pub passages: Vec<PassageRef>,
    /// Text that is in no passage, in the order of the document.
    pub dropped: Vec<DroppedRef>,
}

/// Text that is in no passage.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct DroppedRef {
    /// Words that were left out.
    pub text: String,
    /// Line that the text begins on, counted from 1; null if the format has no lines.
    #[schemars(range(min = 1))]
    pub line: Option<usize>,
    /// Page that the text begins on, counted from 1; null if the format has no pages.
    #[schemars(range(min = 1))]
    pub page: Option<usize>,
    /// Seconds from the start of the recording; null if the format has no times.
    pub time: Option<u32>,
    /// Why the text is in no passage, in a few words.
    pub reason: String,
}

impl PassagesReport {
    /// The report of how the documents of a library were split.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn new(library: &Library) -> Result<Self, StoreError> {
        library.fetch_all()?;
        let source = |document: DocumentId| -> Result<SourcePassages, StoreError> {
            Ok(SourcePassages {
                source: SourceRef::new(library, document),
                passages: library.passages_of(document).map(|passage| PassageRef::new(library, passage)).collect(),
                dropped: library.dropped(document)?.iter().map(DroppedRef::new).collect(),
            })
        };
        let sources = library.documents().map(source).collect::<Result<_, _>>()?;
        let (counts, reading) = (Counts::new(library), ReadingNotes::new(library));
        Ok(Self { schema: "samesay.passages.v1", counts, reading, sources })
    }
}

impl DroppedRef {
    pub(super) fn new(dropped: &Dropped) -> Self {
        let Dropped { text, place, reason } = dropped;
        let Place { line, page, time } = *place;
        Self { text: text.clone(), line, page, time, reason: reason.clone().into_owned() }
    }

    /// The place in its document where the text begins.
    pub fn at(&self) -> Place {
        Place { line: self.line, page: self.page, time: self.time }
    }
}
