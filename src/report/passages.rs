//! The answer to `passages`.

use serde::Serialize;

use super::{Counts, PassageRef, SourceRef};
use crate::library::Library;
use crate::passage::Dropped;
use crate::store::StoreError;

/// How documents were split.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PassagesReport {
    pub schema: &'static str,
    pub counts: Counts,
    pub sources: Vec<SourcePassages>,
}

/// How one document was split.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SourcePassages {
    #[serde(flatten)]
    pub source: SourceRef,
    pub passages: Vec<PassageRef>,
    pub dropped: Vec<DroppedRef>,
}

/// Text that is in no passage.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct DroppedRef {
    pub text: String,
    /// 1-based, where the format has lines.
    pub line: Option<usize>,
    /// 1-based, where the format has pages.
    pub page: Option<usize>,
    pub reason: String,
}

impl PassagesReport {
    /// How the documents of a library were split.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn new(library: &Library) -> Result<Self, StoreError> {
        library.fetch_all()?;
        let source = |at: usize| -> Result<SourcePassages, StoreError> {
            Ok(SourcePassages {
                source: SourceRef::new(&library.documents[at]),
                passages: library.passages_of(at).map(|entry| PassageRef::new(library, entry)).collect(),
                dropped: library.dropped(at)?.iter().map(DroppedRef::new).collect(),
            })
        };
        let sources = (0..library.documents.len()).map(source).collect::<Result<_, _>>()?;
        Ok(Self { schema: "samesay.passages.v1", counts: Counts::new(library), sources })
    }
}

impl DroppedRef {
    pub(super) fn new(dropped: &Dropped) -> Self {
        let Dropped { text, place, reason } = dropped;
        Self { text: text.clone(), line: place.line, page: place.page, reason: reason.clone().into_owned() }
    }
}
