//! How many sources are independent, which ones count once, and how two passages differ.

use std::ops::Range;

use schemars::JsonSchema;
use serde::Serialize;

use super::Score;
use super::parts::quoted;
use super::reading::some_of;
use super::text::shortened;
use crate::compare::{Independence, Merge, Reason, Relation};
use crate::disagreement::Difference;
use crate::library::{DocumentId, Library, Name};

/// Words of two passages that may contradict each other.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct DifferenceRef {
    /// Kind of difference: `number`, `date`, `percentage`, `name` or `negation`.
    #[schemars(extend("enum" = ["number", "date", "percentage", "name", "negation"]))]
    pub kind: &'static str,
    /// Words of the first text; empty if only the second has any.
    pub a: String,
    /// Words of the second text; empty if only the first has any.
    pub b: String,
    /// Probability that the two contradict each other, 0 to 1.
    pub probability: Score,
    /// Byte ranges of the words in the texts that were compared.
    #[serde(skip)]
    pub at: (Range<usize>, Range<usize>),
}

impl DifferenceRef {
    pub(super) fn new(difference: &Difference, a: &str, b: &str) -> Self {
        let Difference { kind, a: in_a, b: in_b, percent } = difference;
        Self {
            kind: kind.name(),
            a: a[in_a.clone()].to_owned(),
            b: b[in_b.clone()].to_owned(),
            probability: Score(f32::from(*percent) / 100.0),
            at: (in_a.clone(), in_b.clone()),
        }
    }

    /// Both sides as shown to people; an empty side reads “nothing”.
    pub(super) fn sides(&self, shown: impl Fn(&str) -> String) -> [String; 2] {
        [&self.a, &self.b].map(|text| if text.is_empty() { "nothing".to_owned() } else { shown(text) })
    }

    /// A copy with the two sides exchanged.
    pub(super) fn turned(&self) -> Self {
        let (a, b) = self.at.clone();
        Self { a: self.b.clone(), b: self.a.clone(), at: (b, a), ..*self }
    }
}

/// Two sources that count once, and why.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct MergeRef {
    /// Id of the first source.
    pub a: String,
    /// Id of the other source.
    pub b: String,
    /// Why the two count once: `publisher`, `copy` or `passage`.
    #[schemars(extend("enum" = ["publisher", "copy", "passage"]))]
    pub reason: &'static str,
    /// Explanation of the reason in words.
    pub detail: String,
    /// Changes in a copy that may contradict the other source; `a` is from the first. A copy still counts once:
    /// changing a figure is not independent evidence for the rest.
    pub differences: Vec<DifferenceRef>,
    /// Names of the two within a sentence.
    #[serde(skip)]
    pub names: [String; 2],
}

/// Maximum number of differences of two copies that are shown, and of characters of each side.
const CHANGES: usize = 3;
const CHANGED: usize = 40;

impl MergeRef {
    /// Adds what one of the two copies changed, each change once.
    pub(super) fn add_differences(&mut self, found: impl IntoIterator<Item = DifferenceRef>) {
        for difference in found {
            let is_same = |known: &DifferenceRef| (&known.a, &known.b) == (&difference.a, &difference.b);
            if !self.differences.iter().any(is_same) {
                self.differences.push(difference);
            }
        }
    }

    /// Why the two count once, and how they differ nevertheless.
    pub fn told(&self) -> String {
        let side = |text: &str| format!("“{}”", shortened(text, CHANGED));
        let told: Vec<String> = self.differences.iter().map(|found| found.sides(side).join(" and ")).collect();
        match told[..] {
            [] => self.detail.clone(),
            _ => format!("{}, but for {}", self.detail, some_of(&told, CHANGES)),
        }
    }

    pub(super) fn new(library: &Library, merge: &Merge) -> Self {
        let (reason, detail) = match &merge.reason {
            Reason::Publisher(publisher) => ("publisher", format!("both are published by {publisher}")),
            Reason::Copy(share) => {
                ("copy", format!("{:.0}% of the shorter one's words appear in the other", 100.0 * share))
            }
            Reason::Chain => ("copy", "both are connected through other copies".to_owned()),
            Reason::Passage(Relation::Verbatim) => ("passage", "both say this word for word".to_owned()),
            Reason::Passage(_) => ("passage", "one of these passages was made from the other".to_owned()),
        };
        let (a, b) = (library.document(merge.a).id.clone(), library.document(merge.b).id.clone());
        let names = [merge.a, merge.b].map(|document| {
            let Name { text, titled } = library.name(document);
            quoted(text, *titled)
        });
        Self { a, b, reason, detail, differences: Vec::new(), names }
    }
}

/// The number of independent sources, and which ones were merged.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Independent {
    /// Number of independent sources: copies of one another and sources of one publisher count once.
    pub independent_sources: usize,
    /// Pairs of sources that count once, with the reason.
    pub merged: Vec<MergeRef>,
}

impl Independent {
    /// Counts the independent ones of `documents`, which are ascending; `passages` are merges that hold for this claim
    /// alone.
    pub(super) fn new(
        library: &Library,
        independence: &Independence,
        documents: &[DocumentId],
        passages: impl IntoIterator<Item = Merge>,
    ) -> Self {
        let (count, merges) = independence.among(documents, passages);
        Self { independent_sources: count, merged: merges.iter().map(|merge| MergeRef::new(library, merge)).collect() }
    }
}
