//! What a model's cosines mean, as its manifest has it.

use serde::Deserialize;

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
