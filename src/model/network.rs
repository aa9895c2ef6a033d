//! BERT on our own kernels: the weights packed for one instruction set, the embedding tables read where they are
//! mapped.

use std::borrow::Cow;
use std::sync::Arc;

use candle_core::Result;

use super::settings::BertConfig;
use super::weights::Weights;
use crate::kernels::{
    Activation, Embeddings, Encoder, EncoderError, Isa, Kernels, Layer, Linear, Norm, Positions, Precision, Scratch,
    Shape,
};

/// A BERT that is ready to run on one instruction set.
pub(super) struct Network {
    weights: Arc<Weights>,
    config: BertConfig,
    kernels: Box<dyn Kernels>,
    encoder: Box<dyn Encoder>,
}

/// Why a network could not be made.
pub(super) enum NetworkError {
    /// The weights are not those that the configuration describes.
    Weights(candle_core::Error),
    /// The instruction set cannot run this network.
    Encoder(EncoderError),
}

impl Network {
    /// Packs the weights for an instruction set and one of its precisions.
    pub fn new(
        weights: Arc<Weights>,
        config: &BertConfig,
        isa: &Isa,
        precision: Precision,
    ) -> std::result::Result<Self, NetworkError> {
        let (kernels, encoder) = encoder(&weights, config, isa, precision)?;
        Ok(Self { weights, config: config.clone(), kernels, encoder })
    }

    /// The last hidden states of some sequences, one under the other: `states` becomes `[sum of lengths, hidden]`.
    pub fn forward(&self, ids: &[u32], lengths: &[usize], states: &mut Vec<f32>, scratch: &mut Scratch) -> Result<()> {
        let config = &self.config;
        if ids.iter().any(|id| *id as usize >= config.vocab_size)
            || lengths.iter().any(|length| *length > config.max_position_embeddings)
        {
            candle_core::bail!("a token id or a text's length lies beyond the model's tables");
        }
        let [word, position, token_type, gamma, beta] = &tables(&self.weights, config)?;
        let norm = Norm { gamma, beta };
        let tables = Embeddings {
            word,
            position,
            token_type,
            norm,
            norm_eps: config.layer_norm_eps as f32,
            positions: Positions::FromZero,
        };
        states.resize(ids.len() * config.hidden_size, 0.0);
        self.kernels.embed(&tables, ids, lengths, states);
        self.encoder.forward(states, lengths, scratch);
        Ok(())
    }
}

/// Word, position and type table, and the LayerNorm's two parameters.
fn tables<'a>(weights: &'a Weights, config: &BertConfig) -> Result<[Cow<'a, [f32]>; 5]> {
    let hidden = config.hidden_size;
    let table = |name: &str, rows: usize| weights.values(&format!("embeddings.{name}.weight"), &[rows, hidden]);
    let [gamma, beta] = weights.norm_names("embeddings.LayerNorm");
    Ok([
        table("word_embeddings", config.vocab_size)?,
        table("position_embeddings", config.max_position_embeddings)?,
        table("token_type_embeddings", config.type_vocab_size)?,
        weights.values(&gamma, &[hidden])?,
        weights.values(&beta, &[hidden])?,
    ])
}

type Parts = (Box<dyn Kernels>, Box<dyn Encoder>);

fn encoder(
    weights: &Weights,
    config: &BertConfig,
    isa: &Isa,
    precision: Precision,
) -> std::result::Result<Parts, NetworkError> {
    let kernels = isa.kernels().map_err(NetworkError::Encoder)?;
    tables(weights, config).map_err(NetworkError::Weights)?;
    let tensors = (0..config.num_hidden_layers).map(|index| LayerTensors::read(weights, config, index));
    let tensors = tensors.collect::<Result<Vec<_>>>().map_err(NetworkError::Weights)?;
    let layers: Vec<Layer> = tensors.iter().map(LayerTensors::view).collect();
    let shape = Shape {
        hidden: config.hidden_size,
        heads: config.num_attention_heads,
        intermediate: config.intermediate_size,
        norm_eps: config.layer_norm_eps as f32,
        activation: match config.hidden_act.as_str() {
            "relu" => Activation::Relu,
            "gelu" => Activation::Gelu,
            _ => Activation::GeluTanh,
        },
    };
    Ok((kernels, isa.encoder(precision, &shape, &layers).map_err(NetworkError::Encoder)?))
}

/// The tensors of one layer.
struct LayerTensors<'a> {
    /// Query, key, value, attention output, up, down: weight and bias of each.
    linears: [[Cow<'a, [f32]>; 2]; 6],
    /// After attention and after the feed-forward part: gamma and beta of each.
    norms: [[Cow<'a, [f32]>; 2]; 2],
}

impl<'a> LayerTensors<'a> {
    fn read(weights: &'a Weights, config: &BertConfig, index: usize) -> Result<Self> {
        let (hidden, intermediate) = (config.hidden_size, config.intermediate_size);
        let linear = |part: &str, outputs: usize, inputs: usize| {
            let name = |kind: &str| format!("encoder.layer.{index}.{part}.{kind}");
            Ok::<_, candle_core::Error>([
                weights.values(&name("weight"), &[outputs, inputs])?,
                weights.values(&name("bias"), &[outputs])?,
            ])
        };
        let norm = |part: &str| {
            let [gamma, beta] = weights.norm_names(&format!("encoder.layer.{index}.{part}.LayerNorm"));
            Ok::<_, candle_core::Error>([weights.values(&gamma, &[hidden])?, weights.values(&beta, &[hidden])?])
        };
        Ok(Self {
            linears: [
                linear("attention.self.query", hidden, hidden)?,
                linear("attention.self.key", hidden, hidden)?,
                linear("attention.self.value", hidden, hidden)?,
                linear("attention.output.dense", hidden, hidden)?,
                linear("intermediate.dense", intermediate, hidden)?,
                linear("output.dense", hidden, intermediate)?,
            ],
            norms: [norm("attention.output")?, norm("output")?],
        })
    }

    fn view(&self) -> Layer<'_> {
        let [query, key, value, attention_output, up, down] =
            self.linears.each_ref().map(|[weight, bias]| Linear { weight, bias });
        let [attention_norm, output_norm] = self.norms.each_ref().map(|[gamma, beta]| Norm { gamma, beta });
        let position_bias = None;
        Layer { query, key, value, attention_output, attention_norm, up, down, output_norm, position_bias }
    }
}
