//! From token states to one vector, as in sentence-transformers' `Pooling`.

use std::collections::BTreeMap;
use std::path::Path;

use ndarray::{ArrayView1, ArrayView2, Axis, s};
use serde::Deserialize;
use serde_json::Value;

use super::read::{read_json, unsupported};
use super::{LoadError, mean};

/// How token states become one vector.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
pub enum Pooling {
    /// The state of the first token.
    #[serde(rename = "cls")]
    Cls,
    /// The maximum of each dimension.
    #[serde(rename = "max")]
    Max,
    /// The mean of all tokens' states, including special ones.
    #[serde(rename = "mean")]
    Mean,
    /// The sum of the states, divided by the square root of their number.
    #[serde(rename = "mean_sqrt_len_tokens")]
    MeanSqrtLen,
    /// The mean of the states, weighted by position, starting at 1.
    #[serde(rename = "weightedmean")]
    WeightedMean,
    /// The state of the last token.
    #[serde(rename = "lasttoken")]
    LastToken,
}

impl Pooling {
    /// The order in which older files, with one flag per mode, concatenate the vectors of several modes.
    const ALL: [Self; 6] = [Self::Cls, Self::Max, Self::Mean, Self::MeanSqrtLen, Self::WeightedMean, Self::LastToken];

    /// The name in newer configuration files.
    pub fn name(self) -> &'static str {
        match self {
            Self::Cls => "cls",
            Self::Max => "max",
            Self::Mean => "mean",
            Self::MeanSqrtLen => "mean_sqrt_len_tokens",
            Self::WeightedMean => "weightedmean",
            Self::LastToken => "lasttoken",
        }
    }

    /// The name of the flag in older configuration files.
    fn flag(self) -> &'static str {
        match self {
            Self::Cls => "pooling_mode_cls_token",
            Self::Max => "pooling_mode_max_tokens",
            Self::Mean => "pooling_mode_mean_tokens",
            Self::MeanSqrtLen => "pooling_mode_mean_sqrt_len_tokens",
            Self::WeightedMean => "pooling_mode_weightedmean_tokens",
            Self::LastToken => "pooling_mode_lasttoken",
        }
    }
}

/// Appends the vector of the states `[tokens, dim]`, or zeros if there are none. The first `skip` tokens, those of a
/// prompt, are left out.
pub(super) fn pool(mode: Pooling, states: ArrayView2<f32>, skip: usize, out: &mut Vec<f32>) {
    let own = states.slice(s![skip.min(states.nrows()).., ..]);
    let count = own.nrows().max(1) as f32;
    let zeros = || vec![0.0f32; states.ncols()];
    let row = |row: Option<ArrayView1<f32>>| row.map_or_else(zeros, |row| row.to_vec());
    let weighed = |weight: &dyn Fn(usize) -> f32, divisor: f32| {
        let mut sum = zeros();
        for (at, row) in own.rows().into_iter().enumerate() {
            sum.iter_mut().zip(row).for_each(|(sum, value)| *sum += weight(at) * value);
        }
        sum.iter_mut().for_each(|value| *value /= divisor);
        sum
    };
    out.extend(match mode {
        Pooling::Cls => row(own.rows().into_iter().next()),
        Pooling::LastToken => row(own.rows().into_iter().next_back()),
        Pooling::Max if own.is_empty() => zeros(),
        Pooling::Max => own.fold_axis(Axis(0), f32::NEG_INFINITY, |most, value| most.max(*value)).to_vec(),
        Pooling::Mean => mean(own),
        Pooling::MeanSqrtLen => weighed(&|_| 1.0, count.sqrt()),
        Pooling::WeightedMean => {
            let weight = |at: usize| (skip + at + 1) as f32;
            weighed(&weight, (0..own.nrows()).map(weight).sum::<f32>().max(1.0))
        }
    });
}

/// The content of a `Pooling` module's `config.json`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct PoolingConfig {
    /// The modes whose vectors are concatenated.
    pub modes: Vec<Pooling>,
    /// Whether a prompt's tokens are pooled too.
    pub include_prompt: bool,
}

#[derive(Deserialize)]
struct File {
    #[serde(default = "yes")]
    include_prompt: bool,
    #[serde(flatten)]
    keys: BTreeMap<String, Value>,
}

fn yes() -> bool {
    true
}

impl PoolingConfig {
    /// Reads a configuration for token states of `dim` values; older files have one flag per mode, newer ones a name or
    /// a list of names.
    pub fn read(path: &Path, dim: usize) -> Result<Self, LoadError> {
        let File { include_prompt, keys } = read_json(path)?;
        if let Some(said) = keys.get("word_embedding_dimension").filter(|said| said.as_u64() != Some(dim as u64)) {
            let what = format!("has a word_embedding_dimension of {said}, but the network's states have {dim} values");
            return Err(unsupported(path, what));
        }
        let unknown = |name: &str| {
            let known = Pooling::ALL.map(Pooling::name).join(", ");
            unsupported(path, format!("uses {name} pooling; supported: {known}"))
        };
        let mode = |value: &Value| {
            let name = value.as_str().unwrap_or_default();
            Pooling::ALL.into_iter().find(|mode| mode.name() == name).ok_or_else(|| unknown(&value.to_string()))
        };
        let modes: Vec<Pooling> = match keys.get("pooling_mode") {
            Some(Value::Array(names)) => names.iter().map(mode).collect::<Result<_, _>>()?,
            Some(name) => vec![mode(name)?],
            None => {
                let on = |name: &str| keys.get(name).and_then(Value::as_bool) == Some(true);
                let flags = keys.keys().filter(|key| key.starts_with("pooling_mode_"));
                if let Some(other) = flags
                    .into_iter()
                    .find(|key| on(key) && Pooling::ALL.into_iter().all(|mode| mode.flag() != key.as_str()))
                {
                    return Err(unknown(other));
                }
                Pooling::ALL.into_iter().filter(|mode| on(mode.flag())).collect()
            }
        };
        // If the mean is not mentioned, sentence-transformers uses it.
        let no_mean = keys.contains_key("pooling_mode_mean_tokens") || keys.contains_key("pooling_mode");
        if modes.is_empty() && no_mean {
            return Err(unsupported(path, "has no pooling mode that is true".to_owned()));
        }
        let modes = if modes.is_empty() { vec![Pooling::Mean] } else { modes };
        Ok(Self { modes, include_prompt })
    }
}
