//! The probability that two sentences make the same claim.
//!
//! A logistic regression over the [`FEATURES`], fitted on labelled documents in which every pair of sentences that
//! makes the same claim is known (`tests/fixtures/stories` A, C, E, F, H, N and S): the pairs of each story, and pairs of
//! two stories, which make none. Features are standardised, with a ridge of 1 / 0.03, which bounds the weight of the
//! names. `cargo bench --bench quality -- features` prints the training data, and `-- claims` the quality, also on
//! stories (G, I, P, Q, R, T to Y) that were not used for fitting. The weights are in the manifest of the model with
//! which they were fitted; another model's cosines are converted to that model's scale, by measuring both on the sample
//! corpus.

use super::evidence::FEATURES;
use crate::compare::ClaimModel;
use crate::model::{ClaimFit, Spread};

/// The probability at or above which two sentences make one claim. Few pairs do, so a cut at one half would miss most:
/// the best cut for F1 is about half of the F1 reached (Lipton, Elkan & Naryanaswamy 2014), which gives 0.3 in policy
/// papers and 0.35 in news. F1 is flat between the two; the lower one finds more where the wordings have few words in
/// common, and claims are ordered by the sources that are more likely than not to make them.
pub const CUT: f32 = 0.3;

/// Amount subtracted from the logit of a pair whose documents are on different events, chosen on
/// `tests/fixtures/events` and story N (`benches/record/2026-11-29-events.md`).
const OTHER_EVENT: f32 = 2.0;

/// The probability of a pair with these features; `other_event` says that its documents are on different events.
pub fn probability(fit: &ClaimFit, features: &[f32; FEATURES.len()], other_event: bool) -> f32 {
    let sum: f32 = features.iter().zip(fit.weights).map(|(feature, weight)| feature * weight).sum();
    let logit = sum + fit.bias - if other_event { OTHER_EVENT } else { 0.0 };
    1.0 / (1.0 + (-logit).exp())
}

/// Converts a model's cosines to those of the model with which the probability was fitted, keeping the number of
/// standard deviations above the mean. The cosines of that model itself are unchanged, bit for bit.
#[derive(Debug, Clone, Copy)]
pub struct Scales {
    /// The factor for surprises that makes sentences find as much anyway.
    pub surprise: f32,
    pub sentences: Scale,
    pub passages: Scale,
    pub documents: Scale,
}

impl Scales {
    /// The least that sentences find anyway; a model that separates nothing finds less.
    const LEAST_ANYWAY: f32 = 0.1;

    pub fn new(ClaimModel { fit, scale, .. }: &ClaimModel) -> Self {
        Self {
            surprise: fit.scale.anyway / scale.anyway.max(Self::LEAST_ANYWAY),
            sentences: Scale::new(scale.sentences, fit.scale.sentences),
            passages: Scale::new(scale.passages, fit.scale.passages),
            documents: Scale::new(scale.documents, fit.scale.documents),
        }
    }
}

/// A linear map from one model's cosines to another's.
#[derive(Debug, Clone, Copy)]
pub struct Scale {
    factor: f32,
    shift: f32,
}

impl Scale {
    /// The least variance; a model that separates nothing has less.
    const LEAST_VARIANCE: f32 = 1e-6;

    fn new(from: Spread, to: Spread) -> Self {
        let deviation = |spread: Spread| spread.variance.max(Self::LEAST_VARIANCE).sqrt();
        let factor = deviation(to) / deviation(from);
        Self { factor, shift: to.mean - from.mean * factor }
    }

    /// Converts a cosine.
    pub fn apply(self, cosine: f32) -> f32 {
        cosine * self.factor + self.shift
    }

    /// Converts the difference of two cosines.
    pub fn difference(self, cosine: f32, other: f32) -> f32 {
        (cosine - other) * self.factor
    }

    /// Converts a cosine back.
    pub fn inverse(self, cosine: f32) -> f32 {
        (cosine - self.shift) / self.factor
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cosines_keep_their_place_in_another_model_s_scale() {
        let (narrow, wide) = (Spread { mean: 0.8, variance: 0.0025 }, Spread { mean: 0.2, variance: 0.0225 });
        let scale = Scale::new(narrow, wide);
        for (from, to) in [(0.8, 0.2), (0.85, 0.35), (0.75, 0.05), (1.0, 0.8)] {
            assert!((scale.apply(from) - to).abs() < 1e-5 && (scale.inverse(to) - from).abs() < 1e-5, "{from}");
        }
        let same = Scale::new(wide, wide);
        assert!([-0.3, 0.0, 0.123_456_7, 1.0].iter().all(|cosine| same.apply(*cosine) == *cosine));
        assert!(Scale::new(Spread { mean: 1.0, variance: 0.0 }, wide).apply(0.5).is_finite());
    }
}
