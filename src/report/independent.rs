//! How many sources are independent, which count once, and what two passages differ in.

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
    /// `number`, `date`, `percentage`, `name` or `negation`
    #[schemars(extend("enum" = ["number", "date", "percentage", "name", "negation"]))]
    pub kind: &'static str,
    /// The words of the one.
    pub a: String,
    /// And of the other.
    pub b: String,
    /// How likely it is that they contradict each other.
    pub probability: Score,
    /// Where they stand in the texts that were compared, in bytes.
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

    /// Both sides as they are shown; of what only one says, the other is nothing.
    pub(super) fn sides(&self, shown: impl Fn(&str) -> String) -> [String; 2] {
        [&self.a, &self.b].map(|text| if text.is_empty() { "nothing".to_owned() } else { shown(text) })
    }

    /// The same with the sides exchanged.
    pub(super) fn turned(&self) -> Self {
        let (a, b) = self.at.clone();
        Self { a: self.b.clone(), b: self.a.clone(), at: (b, a), ..*self }
    }
}

/// Two sources that do not count twice, and why.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct MergeRef {
    /// The id of one source.
    pub a: String,
    /// The id of the other source.
    pub b: String,
    /// `publisher`, `copy` or `passage`
    #[schemars(extend("enum" = ["publisher", "copy", "passage"]))]
    pub reason: &'static str,
    /// The same in words.
    pub detail: String,
    /// What a copy changed, where that may contradict the other; `a` is of the first source. It stays a copy, which
    /// counts once: who changes a figure in a copy has not found out the rest again.
    pub differences: Vec<DifferenceRef>,
    /// What the two are called in a sentence.
    #[serde(skip)]
    pub names: [String; 2],
}

/// Differences of two copies that are told, and characters of each side.
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

    /// Why the two count once, and what they differ in nevertheless.
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

/// How many sources there are, and how many are independent.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Independent {
    /// Copies of one another and sources of one publisher count once.
    pub independent_sources: usize,
    /// Why some do not count.
    pub merged: Vec<MergeRef>,
}

impl Independent {
    /// Of `documents`, which are ascending; `passages` are merges that hold for this statement alone.
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
