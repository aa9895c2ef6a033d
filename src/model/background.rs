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
    pub queries: Vec<f64>,
    pub peaks: Vec<f64>,
    pub chance: Vec<f64>,
}
