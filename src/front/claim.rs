//! A claim that several sources make.

use crate::report::{ClusterRef, Member};

/// A claim that several sources make, each in its wording.
#[derive(Debug, Clone, PartialEq)]
pub struct Claim(ClusterRef);

/// A sentence that makes a claim, with its place.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Wording<'a>(&'a Member);

impl Claim {
    pub(super) fn new(found: ClusterRef) -> Self {
        Self(found)
    }

    /// The claim, in the words that the other sources support most; of about as much support, those of the side on which
    /// most sources are, and of these the fewest.
    pub fn text(&self) -> &str {
        &self.0.label
    }

    /// The ids of the sources that make it, in the order in which they were read.
    pub fn sources(&self) -> &[String] {
        &self.0.sources
    }

    /// How many of them are independent: copies of each other and sources of one publisher count once.
    pub fn independent_sources(&self) -> usize {
        self.0.independent.independent_sources
    }

    /// How each source words it, the reference wording first.
    pub fn wordings(&self) -> impl Iterator<Item = Wording<'_>> {
        self.0.members.iter().map(Wording)
    }

    /// Whether two of the wordings may disagree, in a number, a date, a name or a negation.
    pub fn may_disagree(&self) -> bool {
        !self.0.may_disagree.is_empty()
    }

    /// All that is known of it: the value that `samesay cluster --format json` prints.
    pub fn details(&self) -> &ClusterRef {
        &self.0
    }
}

impl<'a> Wording<'a> {
    /// The sentence.
    pub fn text(self) -> &'a str {
        self.0.best_sentence.as_ref().map_or(&self.0.passage.text, |sentence| &sentence.text)
    }

    /// The id of its source.
    pub fn source(self) -> &'a str {
        &self.0.passage.source
    }

    /// `path:line`, `path p. page`, or the passage's id.
    pub fn place(self) -> String {
        self.0.passage.place()
    }

    /// How likely it is that it makes the same claim as the reference wording, 0 to 1.
    pub fn probability(self) -> f32 {
        self.0.probability.map_or(1.0, |probability| probability.0)
    }
}
