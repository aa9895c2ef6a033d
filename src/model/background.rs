//! What a model's cosines mean, as its manifest has it.

use serde::{Deserialize, Serialize};

/// Quantiles of the cosines and relevances of unrelated texts, measured on a sample.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BackgroundTable {
    /// Shares of pairs, from 0 to below 1.
    pub levels: Vec<f64>,
    /// What that share of pairs lies below.
    pub passages: Vec<f64>,
    /// The same for cosines of a sentence with a passage of another source on the same subject.
    pub queries: Vec<f64>,
    /// The same for the higher one of that and the cosine with the passage's best sentence.
    pub peaks: Vec<f64>,
    /// The same for the relevance of a passage for a sentence on another subject.
    pub chance: Vec<f64>,
}

/// The features that the probability of a claim is made of.
pub const CLAIM_FEATURES: usize = 11;

/// How likely it is that two sentences make the same claim: a logistic regression over their features, as it was fitted
/// with one model.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ClaimFit {
    /// The weight of each feature.
    pub weights: [f32; CLAIM_FEATURES],
    /// What is added to the weighed sum.
    pub bias: f32,
    /// What cosines are with that model.
    pub scale: CosineScale,
}

/// What cosines are with a model, of texts that have nothing in particular to do with each other.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CosineScale {
    /// A token's highest cosine with the tokens of a sentence of another document.
    pub tokens: Spread,
    /// What a sentence finds in the sentences of another document on its subject that are nearest to it, in standard
    /// deviations of that: the mean of the five nearest.
    pub anyway: f32,
    /// Of two sentences of two documents, each embedded alone.
    pub sentences: Spread,
    /// Of two passages of two documents, each the mean of its sentences.
    pub passages: Spread,
    /// Of two documents, each the mean of its sentences.
    pub documents: Spread,
}

/// A mean, and the variance around it.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Spread {
    /// The mean.
    pub mean: f32,
    /// The variance.
    pub variance: f32,
}

impl Spread {
    /// That of a sample; of none, of values that are all 0.
    pub(crate) fn of(sample: &[f32]) -> Self {
        let (n, values) = (sample.len().max(1) as f64, || sample.iter().copied().map(f64::from));
        let mean = values().sum::<f64>() / n;
        let variance = values().map(|value| (value - mean).powi(2)).sum::<f64>() / n;
        Self { mean: mean as f32, variance: variance as f32 }
    }
}
