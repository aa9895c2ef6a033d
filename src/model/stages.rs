//! What sentence-transformers does with a pooled vector: `Dense`, `LayerNorm` and `Normalize`.

use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::LoadError;
use super::l2_normalize;
use super::read::{read_json, unsupported};
use super::weights::{Weights, broken};

/// Added to the variance by PyTorch's `LayerNorm`.
const EPS: f32 = 1e-5;

/// The configuration of one module after the pooling.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum StageConfig {
    /// A dense layer.
    Dense(DenseConfig),
    /// Layer normalisation of this many values, with its parameters in this folder within the model's.
    LayerNorm(PathBuf, usize),
    /// Scaling to length 1.
    Normalize,
}

/// A dense layer, `activation(x · weightᵀ + bias)`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct DenseConfig {
    /// The folder within the model's.
    folder: PathBuf,
    inputs: usize,
    outputs: usize,
    bias: bool,
    activation: DenseActivation,
    residual: bool,
}

/// The activation of a dense layer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum DenseActivation {
    Identity,
    Tanh,
    Relu,
    Gelu,
    Sigmoid,
    Silu,
}

impl DenseActivation {
    /// The activations by the names of PyTorch's classes.
    const TABLE: [(&'static str, Self); 6] = [
        ("Identity", Self::Identity),
        ("Tanh", Self::Tanh),
        ("ReLU", Self::Relu),
        ("GELU", Self::Gelu),
        ("Sigmoid", Self::Sigmoid),
        ("SiLU", Self::Silu),
    ];

    fn apply(self, x: f32) -> f32 {
        match self {
            Self::Identity => x,
            Self::Tanh => x.tanh(),
            Self::Relu => x.max(0.0),
            Self::Gelu => x * 0.5 * (1.0 + candle_core::cpu::erf::erf_f32(x * std::f32::consts::FRAC_1_SQRT_2)),
            Self::Sigmoid => 1.0 / (1.0 + (-x).exp()),
            Self::Silu => x / (1.0 + (-x).exp()),
        }
    }
}

#[derive(Deserialize)]
struct DenseFile {
    in_features: usize,
    out_features: usize,
    #[serde(default = "yes")]
    bias: bool,
    activation_function: Option<String>,
    module_input_name: Option<String>,
    module_output_name: Option<String>,
    #[serde(default)]
    use_residual: bool,
}

#[derive(Deserialize)]
struct NormFile {
    dimension: usize,
}

fn yes() -> bool {
    true
}

impl StageConfig {
    /// A `Dense` module for vectors of `dim` values.
    pub fn dense(dir: &Path, folder: PathBuf, dim: usize) -> Result<Self, LoadError> {
        let path = dir.join(&folder).join("config.json");
        let file: DenseFile = read_json(&path)?;
        let on = |name: Option<String>| name.is_none_or(|name| name == "sentence_embedding");
        if !on(file.module_input_name) || !on(file.module_output_name) {
            return Err(unsupported(&path, "must be a layer on sentence embeddings".to_owned()));
        }
        if file.in_features != dim {
            return Err(unsupported(&path, format!("takes {} values, but is given {dim}", file.in_features)));
        }
        if file.out_features == 0 {
            return Err(unsupported(&path, "gives no values".to_owned()));
        }
        let name = file.activation_function.as_deref().unwrap_or("torch.nn.modules.activation.Tanh");
        let class = name.rsplit('.').next().unwrap_or_default();
        let known = DenseActivation::TABLE.iter().find(|(known, _)| *known == class);
        let Some(&(_, activation)) = known.filter(|_| name.starts_with("torch.")) else {
            let known = DenseActivation::TABLE.map(|(name, _)| name).join(", ");
            return Err(unsupported(&path, format!("has the activation {name}; supported: {known}")));
        };
        let residual = file.use_residual;
        let (inputs, outputs) = (dim, file.out_features);
        Ok(Self::Dense(DenseConfig { folder, inputs, outputs, bias: file.bias, activation, residual }))
    }

    /// A `LayerNorm` module for vectors of `dim` values.
    pub fn layer_norm(dir: &Path, folder: PathBuf, dim: usize) -> Result<Self, LoadError> {
        let path = dir.join(&folder).join("config.json");
        let file: NormFile = read_json(&path)?;
        if file.dimension != dim {
            return Err(unsupported(&path, format!("takes {} values, but is given {dim}", file.dimension)));
        }
        Ok(Self::LayerNorm(folder, dim))
    }

    /// The length of the resulting vectors, given that of the input.
    pub fn dim(&self, before: usize) -> usize {
        match self {
            Self::Dense(dense) => dense.outputs,
            Self::LayerNorm(..) | Self::Normalize => before,
        }
    }
}

/// A module with its weights.
pub(super) enum Stage {
    Dense { weight: Vec<f32>, bias: Vec<f32>, residual: Residual, activation: DenseActivation },
    LayerNorm { gamma: Vec<f32>, beta: Vec<f32> },
    Normalize,
}

/// The residual added to a dense layer's values.
pub(super) enum Residual {
    None,
    /// The layer's own input.
    Input,
    /// A projection of the input.
    Projected(Vec<f32>),
}

impl Stage {
    /// Loads the weights of a module of the model in `dir`; appends the files read to `files`.
    pub fn load(dir: &Path, config: &StageConfig, files: &mut Vec<PathBuf>) -> Result<Self, LoadError> {
        match config {
            StageConfig::Normalize => Ok(Self::Normalize),
            StageConfig::LayerNorm(folder, dim) => {
                let weights = open(&dir.join(folder), "norm.weight", files)?;
                let values = |name: &str| values(&weights, name, &[*dim]);
                Ok(Self::LayerNorm { gamma: values("norm.weight")?, beta: values("norm.bias")? })
            }
            StageConfig::Dense(dense) => {
                let weights = open(&dir.join(&dense.folder), "linear.weight", files)?;
                let (inputs, outputs) = (dense.inputs, dense.outputs);
                let bias = if dense.bias { values(&weights, "linear.bias", &[outputs])? } else { vec![0.0; outputs] };
                let residual = match (dense.residual, inputs == outputs) {
                    (false, _) => Residual::None,
                    (true, true) => Residual::Input,
                    (true, false) => Residual::Projected(values(&weights, "residual.weight", &[outputs, inputs])?),
                };
                let weight = values(&weights, "linear.weight", &[outputs, inputs])?;
                Ok(Self::Dense { weight, bias, residual, activation: dense.activation })
            }
        }
    }

    /// Applies the module to a vector.
    pub fn apply(&self, mut x: Vec<f32>) -> Vec<f32> {
        match self {
            Self::Normalize => {
                l2_normalize(&mut x);
                x
            }
            Self::LayerNorm { gamma, beta } => {
                let n = x.len() as f32;
                let mean = x.iter().sum::<f32>() / n;
                let variance = x.iter().map(|x| (x - mean) * (x - mean)).sum::<f32>() / n;
                let factor = 1.0 / (variance + EPS).sqrt();
                x.iter().zip(gamma).zip(beta).map(|((x, gamma), beta)| (x - mean) * factor * gamma + beta).collect()
            }
            Self::Dense { weight, bias, residual, activation } => {
                let mut out: Vec<f32> = product(weight, &x).zip(bias).map(|(y, b)| activation.apply(y + b)).collect();
                match residual {
                    Residual::None => {}
                    Residual::Input => out.iter_mut().zip(&x).for_each(|(out, x)| *out += x),
                    Residual::Projected(weight) => {
                        out.iter_mut().zip(product(weight, &x)).for_each(|(out, y)| *out += y);
                    }
                }
                out
            }
        }
    }
}

/// `x · weightᵀ` for a weight of `[outputs, inputs]`.
fn product<'a>(weight: &'a [f32], x: &'a [f32]) -> impl Iterator<Item = f32> + 'a {
    weight.chunks_exact(x.len()).map(|row| dot(row, x))
}

/// Uses sixteen parallel sums, so that the bits are the same on every CPU.
fn dot(a: &[f32], b: &[f32]) -> f32 {
    let mut sums = [0.0f32; 16];
    let ((a, a_rest), (b, b_rest)) = (a.as_chunks::<16>(), b.as_chunks::<16>());
    for (a, b) in a.iter().zip(b) {
        for lane in 0..16 {
            sums[lane] += a[lane] * b[lane];
        }
    }
    sums.iter().sum::<f32>() + a_rest.iter().zip(b_rest).map(|(a, b)| a * b).sum::<f32>()
}

fn open(dir: &Path, known: &str, files: &mut Vec<PathBuf>) -> Result<Weights, LoadError> {
    let weights = Weights::open(dir, known)?;
    weights.check_values(known).map_err(|source| broken(weights.file(), source))?;
    files.extend(weights.files().iter().cloned());
    Ok(weights)
}

fn values(weights: &Weights, name: &str, shape: &[usize]) -> Result<Vec<f32>, LoadError> {
    let values = weights.values(name, shape).map_err(|source| broken(weights.file(), source))?;
    Ok(values.into_owned())
}
