//! What a model's cosines mean, as recorded in its manifest.

use serde::{Deserialize, Serialize};

/// Quantiles of the cosines and relevances of unrelated texts, measured on a sample.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BackgroundTable {
    /// Shares of pairs, from 0 to below 1.
    pub levels: Vec<f64>,
    /// The cosine of passages below which that share of pairs lies.
    pub passages: Vec<f64>,
    /// The same quantiles for cosines of a sentence with a passage of another source on the same subject.
    pub queries: Vec<f64>,
    /// The same quantiles for the higher of that cosine and the one with the passage's best sentence.
    pub peaks: Vec<f64>,
    /// The same quantiles for the relevance of a passage for a sentence on another subject.
    pub chance: Vec<f64>,
}

/// Number of features from which the probability of a claim is computed.
pub const CLAIM_FEATURES: usize = 11;

/// How likely it is that two sentences make the same claim: a logistic regression over their features, fitted with one
/// model.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ClaimFit {
    /// The weight of each feature.
    pub weights: [f32; CLAIM_FEATURES],
    /// The constant added to the weighted sum.
    pub bias: f32,
    /// The scale of that model's cosines.
    pub scale: CosineScale,
}

/// The cosines that a model gives to texts that have nothing in particular in common.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CosineScale {
    /// A token's highest cosine with the tokens of a sentence of another document.
    pub tokens: Spread,
    /// What a sentence finds in another document on its subject, in standard deviations: the mean over the five nearest
    /// sentences.
    pub anyway: f32,
    /// The cosine of two sentences of two documents, each embedded alone.
    pub sentences: Spread,
    /// The cosine of two passages of two documents, each the mean of its sentences.
    pub passages: Spread,
    /// The cosine of two documents, each the mean of its sentences.
    pub documents: Spread,
}

/// A mean and a variance.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Spread {
    /// The mean.
    pub mean: f32,
    /// The variance.
    pub variance: f32,
}

impl Spread {
    /// The mean and variance of a sample; 0 for an empty one.
    pub(crate) fn of(sample: &[f32]) -> Self {
        let (n, values) = (sample.len().max(1) as f64, || sample.iter().copied().map(f64::from));
        let mean = values().sum::<f64>() / n;
        let variance = values().map(|value| (value - mean).powi(2)).sum::<f64>() / n;
        Self { mean: mean as f32, variance: variance as f32 }
    }
}
