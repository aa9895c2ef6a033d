//! The cosines from which on texts have something to do with each other.

use serde::{Deserialize, Serialize};

use super::Distribution;

/// What [`Cuts::same`] was made of.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Bounds {
    /// What 96 of 100 random pairs of the corpus stay below, inferred from its lower 84 hundredths.
    pub usual: f32,
    /// What 98.5 of 100 of the model's pairs on one subject stay below: the cut is no lower.
    pub least: f32,
    /// And 99.9: it is no higher.
    pub most: f32,
}

impl Bounds {
    /// Where sources repeat each other the highest cosines are no coincidences, so they have no part in this.
    pub(super) fn new(corpus: &Distribution, model: &Distribution) -> Self {
        let median = corpus.quantile(0.5);
        let usual = median + UNUSUAL * (corpus.quantile(0.84) - median);
        Self { usual, least: model.quantile(SAME.0), most: model.quantile(SAME.1) }
    }
}

/// Cosines at which passages begin to have something to do with each other.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Cuts {
    /// From here on two passages say the same.
    pub same: f32,
    /// From here on, in the mean, passages make one claim: more is asked of a group than of a pair.
    pub claim: f32,
    /// From here on they are about the same.
    pub related: f32,
}

/// The shares of the model's pairs on one subject between which [`Cuts::same`] lies, and that of [`Cuts::related`].
const SAME: (f64, f64) = (0.985, 0.999);
/// That of [`Cuts::claim`], unless [`Cuts::same`] is higher.
const CLAIM: f64 = 0.995;
const RELATED: f64 = 0.67;
/// How far above the median the 96th percentile of a normal distribution lies, in units of the distance from the median
/// to the 84th.
const UNUSUAL: f32 = 1.76;
/// The same of the 99th.
const RARE: f32 = 2.34;

impl Cuts {
    /// Where the corpus is too small to say more than the model, whose pairs these are.
    pub fn of_model(passages: &Distribution) -> Self {
        Self::new(Bounds::new(passages, passages), passages)
    }

    /// The same where the user said from where on two say the same.
    pub(crate) fn at(self, same: f32) -> Self {
        Self { same, claim: same, ..self }
    }

    /// The cuts of single sentences: from what 99 of 100 random pairs stay below, inferred from the lower 84, held
    /// between what 98.5 and 99.5 of 100 of the model's pairs of passages on one subject stay below.
    pub(super) fn of_sentences(self, sentences: &Distribution, model: &Distribution) -> Self {
        let median = sentences.quantile(0.5);
        let rare = median + RARE * (sentences.quantile(0.84) - median);
        self.at(rare.clamp(model.quantile(SAME.0), model.quantile(CLAIM)))
    }

    pub(super) fn new(bounds: Bounds, model: &Distribution) -> Self {
        let same = bounds.usual.clamp(bounds.least, bounds.most);
        Self { same, claim: same.max(model.quantile(CLAIM)), related: model.quantile(RELATED) }
    }
}
