//! BERT's forward pass on candle tensors, in f32.
//!
//! Devlin et al., "BERT: Pre-training of Deep Bidirectional Transformers" (2019): embeddings, then layers of multi-head
//! self-attention and a feed-forward block, each with a residual and a LayerNorm behind it.

use std::path::Path;

use candle_core::safetensors::MmapedSafetensors;
use candle_core::{D, DType, Device, IndexOp, Result, Tensor};
use ndarray::Array2;

use super::LoadError;
use super::settings::BertConfig;

/// What the attention adds to the score of a token that is only padding.
const MASKED: f32 = f32::MIN;

pub(super) struct Bert {
    word: Tensor,
    position: Tensor,
    /// The row of the token type that single texts have.
    token_type: Tensor,
    norm: LayerNorm,
    layers: Vec<Layer>,
    hidden: usize,
}

impl Bert {
    /// Loads `model.safetensors`; the tensors may carry a prefix such as `bert.`.
    pub fn read(dir: &Path, config: &BertConfig) -> std::result::Result<Self, LoadError> {
        let path = dir.join("model.safetensors");
        if let Err(source) = std::fs::File::open(&path) {
            return Err(LoadError::Io { path, source });
        }
        // SAFETY: the file is mapped read-only. As with any mapping, a process that cuts the file while we run can make us
        // fail; it cannot make us write.
        let load = || unsafe { MmapedSafetensors::new(&path) }.and_then(|file| Self::new(&Weights::new(&file)?, config));
        load().map_err(|source| LoadError::Weights { path: path.clone(), source: Box::new(source) })
    }

    fn new(weights: &Weights, config: &BertConfig) -> Result<Self> {
        let hidden = config.hidden_size;
        let embeddings = |name: &str, rows: usize| weights.get(&format!("embeddings.{name}.weight"), &[rows, hidden]);
        let token_types = weights.get_any("embeddings.token_type_embeddings.weight")?;
        let layers = (0..config.num_hidden_layers).map(|index| Layer::new(weights, config, index));
        Ok(Self {
            word: embeddings("word_embeddings", config.vocab_size)?,
            position: embeddings("position_embeddings", config.max_position_embeddings)?,
            token_type: token_types.i(0)?,
            norm: LayerNorm::new(weights, "embeddings.LayerNorm", config)?,
            layers: layers.collect::<Result<_>>()?,
            hidden,
        })
    }

    /// The last hidden states of some sequences, one under the other: `[sum of lengths, hidden]`.
    pub fn forward(&self, sequences: &[&[u32]]) -> Result<Array2<f32>> {
        let longest = sequences.iter().map(|s| s.len()).max().unwrap_or(0);
        let total = sequences.iter().map(|s| s.len()).sum::<usize>();
        if longest == 0 {
            return Ok(Array2::zeros((0, self.hidden)));
        }
        let states = self.padded(sequences, longest)?;
        let mut rows = Vec::with_capacity(total * self.hidden);
        for (index, sequence) in sequences.iter().enumerate() {
            rows.extend(states.i((index, ..sequence.len()))?.flatten_all()?.to_vec1::<f32>()?);
        }
        Array2::from_shape_vec((total, self.hidden), rows).map_err(candle_core::Error::wrap)
    }

    /// The last hidden states as `[sequences, longest, hidden]`, padding included.
    fn padded(&self, sequences: &[&[u32]], longest: usize) -> Result<Tensor> {
        let mut ids = vec![0u32; sequences.len() * longest];
        let mut mask = vec![MASKED; sequences.len() * longest];
        for (index, sequence) in sequences.iter().enumerate() {
            let row = index * longest..index * longest + sequence.len();
            ids[row.clone()].copy_from_slice(sequence);
            mask[row].fill(0.0);
        }
        let ids = Tensor::from_vec(ids, sequences.len() * longest, &Device::Cpu)?;
        let mask = Tensor::from_vec(mask, (sequences.len(), 1, 1, longest), &Device::Cpu)?;
        let words = self.word.index_select(&ids, 0)?.reshape((sequences.len(), longest, self.hidden))?;
        let places = self.position.i(..longest)?.broadcast_add(&self.token_type)?;
        let mut states = self.norm.forward(&words.broadcast_add(&places)?)?;
        for layer in &self.layers {
            states = layer.forward(&states, &mask)?;
        }
        Ok(states)
    }
}

/// Named tensors in f32, whatever prefix and type the file gives them.
struct Weights<'a> {
    file: &'a MmapedSafetensors,
    prefix: String,
}

impl<'a> Weights<'a> {
    fn new(file: &'a MmapedSafetensors) -> Result<Self> {
        const KNOWN: &str = "embeddings.word_embeddings.weight";
        let names = file.tensors().into_iter().map(|(name, _)| name);
        let found = names.into_iter().find(|name| name.ends_with(KNOWN));
        let found = found.ok_or_else(|| candle_core::Error::Msg(format!("it holds no {KNOWN}")))?;
        Ok(Self { file, prefix: found[..found.len() - KNOWN.len()].to_owned() })
    }

    fn get_any(&self, name: &str) -> Result<Tensor> {
        self.file.load(&format!("{}{name}", self.prefix), &Device::Cpu)?.to_dtype(DType::F32)
    }

    fn get(&self, name: &str, shape: &[usize]) -> Result<Tensor> {
        let tensor = self.get_any(name)?;
        if tensor.dims() != shape {
            candle_core::bail!("{name} has the shape {:?}, not {shape:?}", tensor.dims());
        }
        Ok(tensor)
    }
}

struct LayerNorm {
    gamma: Tensor,
    beta: Tensor,
    eps: f64,
}

impl LayerNorm {
    fn new(weights: &Weights, name: &str, config: &BertConfig) -> Result<Self> {
        let shape = [config.hidden_size];
        // Checkpoints converted from TensorFlow say gamma and beta.
        let either =
            |new: &str, old: &str| weights.get(&format!("{name}.{new}"), &shape).or_else(|_| weights.get(&format!("{name}.{old}"), &shape));
        Ok(Self { gamma: either("weight", "gamma")?, beta: either("bias", "beta")?, eps: config.layer_norm_eps })
    }

    fn forward(&self, x: &Tensor) -> Result<Tensor> {
        let centred = x.broadcast_sub(&x.mean_keepdim(D::Minus1)?)?;
        let variance = centred.sqr()?.mean_keepdim(D::Minus1)?;
        let scaled = centred.broadcast_div(&(variance + self.eps)?.sqrt()?)?;
        scaled.broadcast_mul(&self.gamma)?.broadcast_add(&self.beta)
    }
}

struct Linear {
    /// `[in, out]`
    weight: Tensor,
    bias: Tensor,
}

impl Linear {
    fn new(weights: &Weights, name: &str, inner: usize, outer: usize) -> Result<Self> {
        let weight = weights.get(&format!("{name}.weight"), &[outer, inner])?;
        Ok(Self { weight: weight.t()?, bias: weights.get(&format!("{name}.bias"), &[outer])? })
    }

    /// `[batch, tokens, in]` to `[batch, tokens, out]`.
    fn forward(&self, x: &Tensor) -> Result<Tensor> {
        let (batch, tokens, inner) = x.dims3()?;
        let y = x.reshape((batch * tokens, inner))?.matmul(&self.weight)?.broadcast_add(&self.bias)?;
        y.reshape((batch, tokens, ()))
    }
}

#[derive(Clone, Copy)]
enum Activation {
    Gelu,
    GeluTanh,
    Relu,
}

struct Layer {
    query: Linear,
    key: Linear,
    value: Linear,
    attention_output: Linear,
    attention_norm: LayerNorm,
    up: Linear,
    down: Linear,
    output_norm: LayerNorm,
    activation: Activation,
    heads: usize,
}

impl Layer {
    fn new(weights: &Weights, config: &BertConfig, index: usize) -> Result<Self> {
        let (hidden, intermediate) = (config.hidden_size, config.intermediate_size);
        let name = |part: &str| format!("encoder.layer.{index}.{part}");
        let square = |part: &str| Linear::new(weights, &name(part), hidden, hidden);
        Ok(Self {
            query: square("attention.self.query")?,
            key: square("attention.self.key")?,
            value: square("attention.self.value")?,
            attention_output: square("attention.output.dense")?,
            attention_norm: LayerNorm::new(weights, &name("attention.output.LayerNorm"), config)?,
            up: Linear::new(weights, &name("intermediate.dense"), hidden, intermediate)?,
            down: Linear::new(weights, &name("output.dense"), intermediate, hidden)?,
            output_norm: LayerNorm::new(weights, &name("output.LayerNorm"), config)?,
            activation: match config.hidden_act.as_str() {
                "relu" => Activation::Relu,
                "gelu" => Activation::Gelu,
                _ => Activation::GeluTanh,
            },
            heads: config.num_attention_heads,
        })
    }

    fn forward(&self, x: &Tensor, mask: &Tensor) -> Result<Tensor> {
        let attended = self.attention_output.forward(&self.attention(x, mask)?)?;
        let x = self.attention_norm.forward(&(attended + x)?)?;
        let inner = self.up.forward(&x)?;
        let inner = match self.activation {
            Activation::Gelu => inner.gelu_erf()?,
            Activation::GeluTanh => inner.gelu()?,
            Activation::Relu => inner.relu()?,
        };
        self.output_norm.forward(&(self.down.forward(&inner)? + &x)?)
    }

    /// Scaled dot-product attention; `mask` is added to the scores.
    fn attention(&self, x: &Tensor, mask: &Tensor) -> Result<Tensor> {
        let (batch, tokens, hidden) = x.dims3()?;
        let split = |y: Tensor| y.reshape((batch, tokens, self.heads, hidden / self.heads))?.transpose(1, 2)?.contiguous();
        let (query, key, value) = (split(self.query.forward(x)?)?, split(self.key.forward(x)?)?, split(self.value.forward(x)?)?);
        let scale = ((hidden / self.heads) as f64).sqrt().recip();
        let scores = (query.matmul(&key.t()?)? * scale)?.broadcast_add(mask)?;
        let attended = softmax(&scores)?.matmul(&value)?;
        attended.transpose(1, 2)?.contiguous()?.reshape((batch, tokens, hidden))
    }
}

/// Softmax over the last axis.
fn softmax(scores: &Tensor) -> Result<Tensor> {
    let exp = scores.broadcast_sub(&scores.max_keepdim(D::Minus1)?)?.exp()?;
    exp.broadcast_div(&exp.sum_keepdim(D::Minus1)?)
}
