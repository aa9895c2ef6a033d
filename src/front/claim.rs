//! A claim that several sources make.

use crate::report::{ClusterRef, Member};

/// A claim that several sources make, each in its own words.
///
/// ```no_run
/// # fn main() -> Result<(), samesay::Error> {
/// # let collection = samesay::Samesay::builder().build()?.read(["corpus/"])?;
/// for claim in collection.claims()? {
///     let flag = if claim.may_disagree() { " (may disagree)" } else { "" };
///     println!("{}: {} independent sources{flag}", claim.text(), claim.independent_sources());
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Claim(ClusterRef);

/// A sentence that makes a claim, with its place.
///
/// ```no_run
/// # fn main() -> Result<(), samesay::Error> {
/// # let collection = samesay::Samesay::builder().build()?.read(["corpus/"])?;
/// for claim in collection.claims()? {
///     for wording in claim.wordings().filter(|wording| wording.probability() >= 0.5) {
///         println!("{}: {}", wording.place(), wording.text());
///     }
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Wording<'a>(&'a Member);

impl Claim {
    pub(super) fn new(found: ClusterRef) -> Self {
        Self(found)
    }

    /// The claim in the wording that the other sources support best. If several have about as much support, it is the
    /// shortest of those that say what most sources say.
    pub fn text(&self) -> &str {
        &self.0.label
    }

    /// Ids of the sources that make the claim, in the order in which they were read.
    pub fn sources(&self) -> &[String] {
        &self.0.sources
    }

    /// Number of independent sources: copies of each other, and sources of one publisher, count once.
    pub fn independent_sources(&self) -> usize {
        self.0.independent.independent_sources
    }

    /// The wordings of the claim, the reference wording first.
    pub fn wordings(&self) -> impl Iterator<Item = Wording<'_>> {
        self.0.members.iter().map(Wording)
    }

    /// Whether two of the wordings may disagree on a number, a date, a name or a negation.
    pub fn may_disagree(&self) -> bool {
        !self.0.may_disagree.is_empty()
    }

    /// All data of the claim, as `samesay cluster --format json` prints it.
    pub fn details(&self) -> &ClusterRef {
        &self.0
    }
}

impl<'a> Wording<'a> {
    /// The sentence.
    pub fn text(self) -> &'a str {
        self.0.best_sentence.as_ref().map_or(&self.0.passage.text, |sentence| &sentence.text)
    }

    /// The id of the sentence's source.
    pub fn source(self) -> &'a str {
        &self.0.passage.source
    }

    /// The place of the sentence: `path:line`, `path p. page`, or the passage's id.
    pub fn place(self) -> String {
        self.0.passage.place()
    }

    /// Probability that the sentence makes the same claim as the reference wording, 0 to 1.
    pub fn probability(self) -> f32 {
        self.0.probability.map_or(1.0, |probability| probability.0)
    }
}
