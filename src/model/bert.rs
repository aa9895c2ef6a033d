//! BERT's forward pass on candle tensors, in f32: the reference that the kernels are held against.
//!
//! Devlin et al., "BERT: Pre-training of Deep Bidirectional Transformers" (2019): embeddings, then layers of multi-head
//! self-attention and a feed-forward block, each with a residual and a LayerNorm behind it.

use candle_core::{D, Device, IndexOp, Result, Tensor};

use super::settings::BertConfig;
use super::weights::Weights;

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
    pub fn new(weights: &Weights, config: &BertConfig) -> Result<Self> {
        let hidden = config.hidden_size;
        let embeddings = |name: &str, rows: usize| weights.tensor(&format!("embeddings.{name}.weight"), &[rows, hidden]);
        let layers = (0..config.num_hidden_layers).map(|index| Layer::new(weights, config, index));
        Ok(Self {
            word: embeddings("word_embeddings", config.vocab_size)?,
            position: embeddings("position_embeddings", config.max_position_embeddings)?,
            token_type: embeddings("token_type_embeddings", config.type_vocab_size)?.i(0)?,
            norm: LayerNorm::new(weights, "embeddings.LayerNorm", config)?,
            layers: layers.collect::<Result<_>>()?,
            hidden,
        })
    }

    /// The last hidden states of some sequences, one under the other: `[sum of lengths, hidden]`.
    pub fn forward(&self, sequences: &[&[u32]]) -> Result<Vec<f32>> {
        let longest = sequences.iter().map(|s| s.len()).max().unwrap_or(0);
        let mut rows = Vec::with_capacity(sequences.iter().map(|s| s.len()).sum::<usize>() * self.hidden);
        if longest > 0 {
            let states = self.padded(sequences, longest)?;
            for (index, sequence) in sequences.iter().enumerate() {
                rows.extend(states.i((index, ..sequence.len()))?.flatten_all()?.to_vec1::<f32>()?);
            }
        }
        Ok(rows)
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

struct LayerNorm {
    gamma: Tensor,
    beta: Tensor,
    eps: f64,
}

impl LayerNorm {
    fn new(weights: &Weights, name: &str, config: &BertConfig) -> Result<Self> {
        let [gamma, beta] = weights.norm_names(name);
        let shape = [config.hidden_size];
        Ok(Self { gamma: weights.tensor(&gamma, &shape)?, beta: weights.tensor(&beta, &shape)?, eps: config.layer_norm_eps })
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
        let weight = weights.tensor(&format!("{name}.weight"), &[outer, inner])?;
        Ok(Self { weight: weight.t()?, bias: weights.tensor(&format!("{name}.bias"), &[outer])? })
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
