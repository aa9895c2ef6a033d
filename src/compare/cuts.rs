//! The cosines at which texts count as related, or as saying the same.

use serde::{Deserialize, Serialize};

use super::Distribution;

/// The values from which [`Cuts::same`] was computed.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Bounds {
    /// The cosine below which 96 of 100 random pairs of the corpus lie, extrapolated from the lowest 84.
    pub usual: f32,
    /// The cosine below which 98.5 of 100 of the model's pairs on one subject lie: the lowest possible cut.
    pub least: f32,
    /// The cosine below which 99.9 of 100 lie: the highest possible cut.
    pub most: f32,
}

impl Bounds {
    /// Ignores the highest cosines of the corpus: where sources repeat each other, these are not coincidences.
    pub(super) fn new(corpus: &Distribution, model: &Distribution) -> Self {
        let median = corpus.quantile(0.5);
        let usual = median + UNUSUAL * (corpus.quantile(0.84) - median);
        Self { usual, least: model.quantile(SAME.0), most: model.quantile(SAME.1) }
    }
}

/// The cosines that separate the relations of two passages.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Cuts {
    /// The cosine at or above which two passages say the same.
    pub same: f32,
    /// The mean cosine at or above which passages make one claim: a group must meet a higher standard than a pair.
    pub claim: f32,
    /// The cosine at or above which two passages are about the same subject.
    pub related: f32,
}

/// The quantiles of the model's pairs on one subject between which [`Cuts::same`] lies.
const SAME: (f64, f64) = (0.985, 0.999);
/// The quantile of [`Cuts::claim`], unless [`Cuts::same`] is higher.
const CLAIM: f64 = 0.995;
const RELATED: f64 = 0.67;
/// The distance of the 96th percentile of a normal distribution from its median, in units of the distance from the
/// median to the 84th.
const UNUSUAL: f32 = 1.76;
/// The distance of the 99th percentile from the median, in the same units.
const RARE: f32 = 2.34;

impl Cuts {
    /// The cuts for a corpus too small to add to what the model says, from the model's own pairs.
    pub fn of_model(passages: &Distribution) -> Self {
        Self::new(Bounds::new(passages, passages), passages)
    }

    /// These cuts, but with the user's cosine for saying the same.
    pub(crate) fn at(self, same: f32) -> Self {
        Self { same, claim: same, ..self }
    }

    /// The cuts of single sentences: the cosine below which 99 of 100 random pairs lie, extrapolated from the lowest
    /// 84, clamped to those below which 98.5 and 99.5 of 100 of the model's pairs of passages on one subject lie.
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
