//! Networks of candle-transformers, in f32: the reference for our kernels, and architectures that the kernels lack.
//!
//! Sequences are processed one by one, without padding, so no mask is needed and none depends on the others.

use std::path::Path;

use candle_core::{DType, Device, Result, Tensor};
use candle_nn::VarBuilder;
use candle_transformers::models::{bert, debertav2, modernbert, nomic_bert, qwen3};
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::architecture::{Architecture, EncoderConfig, Kind, WORDS, check_eps, check_sizes};
use super::read::unsupported;
use super::weights::Weights;
use super::{Backbone, LoadError, Workspace};
use crate::kernels::Activation;

/// The highest number of positions for which tables of rotations are made.
const MOST_POSITIONS: usize = 32768;

/// The configuration of a network that only candle-transformers implements.
#[derive(Debug, Clone)]
pub(super) enum CandleConfig {
    ModernBert(modernbert::Config),
    NomicBert(nomic_bert::Config),
    DebertaV2(Box<debertav2::Config>),
    Qwen3(qwen3::Config),
}

impl CandleConfig {
    /// The supported values of `model_type` in `config.json`.
    pub const MODEL_TYPES: [&'static str; 4] = ["modernbert", "nomic_bert", "deberta-v2", "qwen3"];

    /// Reads a `config.json`; `None` if this type of model is not run on candle-transformers.
    pub fn read(model_type: &str, path: &Path, value: &Value) -> std::result::Result<Option<Architecture>, LoadError> {
        let fields = Fields(value);
        let read = match model_type {
            "modernbert" => modern_bert(fields),
            "nomic_bert" => nomic_bert(fields),
            "deberta-v2" => deberta_v2(fields),
            "qwen3" => qwen3(fields),
            _ => return Ok(None),
        };
        let (sizes, config) = read.map_err(|what| unsupported(path, what))?;
        Ok(Some(Architecture {
            model_type: model_type.to_owned(),
            dim: sizes.hidden,
            vocabulary: sizes.vocabulary,
            layers: sizes.layers,
            heads: sizes.heads,
            window: sizes.window,
            positions: sizes.positions,
            kind: Kind::Candle(Box::new(config)),
        }))
    }

    /// The table of word embeddings, and the prefix of the names that candle-transformers requests.
    fn names(&self) -> (&'static str, &'static str) {
        match self {
            Self::ModernBert(_) => ("embeddings.tok_embeddings.weight", "model."),
            Self::NomicBert(_) | Self::DebertaV2(_) => (WORDS, ""),
            Self::Qwen3(_) => ("embed_tokens.weight", "model."),
        }
    }

    /// The table of word embeddings, whose full name reveals the prefix of all names.
    pub fn words(&self) -> &'static str {
        self.names().0
    }
}

/// The sizes that every network has.
struct Sizes {
    hidden: usize,
    heads: usize,
    layers: usize,
    vocabulary: usize,
    positions: usize,
    window: usize,
}

type Read = std::result::Result<(Sizes, CandleConfig), String>;

/// The fields of a `config.json`.
#[derive(Clone, Copy)]
struct Fields<'a>(&'a Value);

impl Fields<'_> {
    /// A size, under the first of these names that exists.
    fn size(self, names: &[&str]) -> std::result::Result<usize, String> {
        let found = names.iter().find_map(|name| self.0.get(name));
        let size = found.and_then(Value::as_u64).and_then(|size| usize::try_from(size).ok());
        size.ok_or_else(|| format!("has no {}, or it is not a size", names[0]))
    }

    fn number(self, names: &[&str], default: f64) -> f64 {
        names.iter().find_map(|name| self.0.get(name)).and_then(Value::as_f64).unwrap_or(default)
    }

    /// The base of rotations, for all layers or for one kind of layer.
    fn theta(self, old: &str, kind: Option<&str>, default: f64) -> std::result::Result<f64, String> {
        let Some(all) = self.0.get("rope_parameters").filter(|all| all.is_object()) else {
            return Ok(self.number(&[old], default));
        };
        let own = Fields(kind.and_then(|kind| all.get(kind)).unwrap_or(all));
        own.require("rope_type", "default")?;
        Ok(own.number(&["rope_theta"], default))
    }

    /// Fails if a field differs from what candle-transformers computes.
    fn require(self, name: &str, expected: impl Into<Value>) -> std::result::Result<(), String> {
        let expected = expected.into();
        match self.0.get(name) {
            Some(found) if !found.is_null() && *found != expected => {
                Err(format!("has {found} as {name}; only {expected} is supported"))
            }
            _ => Ok(()),
        }
    }

    /// The checked sizes; `names` lists the names of `[hidden, heads, layers, positions]`.
    fn sizes(self, names: [&[&str]; 4], eps: f64) -> std::result::Result<Sizes, String> {
        let [hidden, heads, layers, positions] = names.map(|names| self.size(names));
        let (hidden, heads, layers, positions) = (hidden?, heads?, layers?, positions?);
        let vocabulary = self.size(&["vocab_size"])?;
        check_sizes(hidden, heads, layers, &[vocabulary, positions])?;
        check_eps(eps)?;
        let window = positions.min(MOST_POSITIONS);
        Ok(Sizes { hidden, heads, layers, vocabulary, positions, window })
    }

    /// Parses the configuration of candle-transformers.
    fn parse<T: DeserializeOwned>(value: Value) -> std::result::Result<T, String> {
        serde_json::from_value(value).map_err(|error| format!("is not understood: {error}"))
    }
}

const SIZES: [&[&str]; 4] =
    [&["hidden_size"], &["num_attention_heads"], &["num_hidden_layers"], &["max_position_embeddings"]];

fn modern_bert(fields: Fields) -> Read {
    fields.require("hidden_activation", "gelu")?;
    ["attention_bias", "mlp_bias", "norm_bias"].into_iter().try_for_each(|name| fields.require(name, false))?;
    let eps = fields.number(&["norm_eps", "layer_norm_eps"], 1e-5);
    let sizes = fields.sizes(SIZES, eps)?;
    let every = fields.size(&["global_attn_every_n_layers"])?;
    if every == 0 {
        return Err("has 0 as global_attn_every_n_layers".to_owned());
    }
    if let Some(types) = fields.0.get("layer_types").and_then(Value::as_array) {
        let expected = |at: usize| if at.is_multiple_of(every) { "full_attention" } else { "sliding_attention" };
        if types.len() != sizes.layers || types.iter().enumerate().any(|(at, found)| found != expected(at)) {
            return Err(format!("has layer_types that are not full attention every {every} layers"));
        }
    }
    let config = modernbert::Config {
        vocab_size: sizes.vocabulary,
        hidden_size: sizes.hidden,
        num_hidden_layers: sizes.layers,
        num_attention_heads: sizes.heads,
        intermediate_size: fields.size(&["intermediate_size"])?,
        max_position_embeddings: sizes.window,
        layer_norm_eps: eps,
        pad_token_id: 0,
        global_attn_every_n_layers: every,
        global_rope_theta: fields.theta("global_rope_theta", Some("full_attention"), 160_000.0)?,
        local_attention: fields.size(&["local_attention"])?,
        local_rope_theta: fields.theta("local_rope_theta", Some("sliding_attention"), 10_000.0)?,
        classifier_config: None,
    };
    Ok((sizes, CandleConfig::ModernBert(config)))
}

fn nomic_bert(fields: Fields) -> Read {
    fields.require("activation_function", "swiglu")?;
    fields.require("hidden_act", "silu")?;
    for name in ["prenorm", "use_rms_norm", "causal", "parallel_block", "use_xpos"] {
        fields.require(name, false)?;
    }
    fields.require("num_experts", 0)?;
    let eps = fields.number(&["layer_norm_epsilon", "layer_norm_eps"], 1e-12);
    let names: [&[&str]; 4] = [
        &["n_embd", "hidden_size"],
        &["n_head", "num_attention_heads"],
        &["n_layer", "num_hidden_layers"],
        &["n_positions", "max_position_embeddings"],
    ];
    let sizes = fields.sizes(names, eps)?;
    let inner = fields.size(&["n_inner", "intermediate_size"])?;
    let theta = fields.theta("rotary_emb_base", None, 1000.0)?;
    let flag = |name: &str| fields.0.get(name).and_then(Value::as_bool).unwrap_or(false);
    let config = nomic_bert::Config {
        vocab_size: sizes.vocabulary,
        n_embd: sizes.hidden,
        n_head: sizes.heads,
        n_layer: sizes.layers,
        n_inner: inner,
        n_positions: sizes.window,
        type_vocab_size: fields.size(&["type_vocab_size"])?,
        layer_norm_epsilon: eps,
        rotary_emb_fraction: fields.number(&["rotary_emb_fraction"], 1.0),
        rotary_emb_base: theta,
        rotary_emb_interleaved: flag("rotary_emb_interleaved"),
        qkv_proj_bias: flag("qkv_proj_bias"),
        mlp_fc1_bias: flag("mlp_fc1_bias"),
        mlp_fc2_bias: flag("mlp_fc2_bias"),
        ..nomic_bert::Config::default()
    };
    Ok((sizes, CandleConfig::NomicBert(config)))
}

fn deberta_v2(fields: Fields) -> Read {
    let eps = fields.number(&["layer_norm_eps"], 1e-7);
    let sizes = fields.sizes(SIZES, eps)?;
    fields.require("attention_head_size", sizes.hidden / sizes.heads)?;
    fields.require("relative_attention", true)?;
    let mut value = fields.0.clone();
    // Fields that candle-transformers requires but sentence vectors do not need.
    for name in ["hidden_dropout_prob", "attention_probs_dropout_prob", "initializer_range"] {
        value[name] = 0.0.into();
    }
    ["id2label", "label2id"].into_iter().for_each(|name| value[name] = Value::Null);
    Ok((sizes, CandleConfig::DebertaV2(Box::new(Fields::parse(value)?))))
}

fn qwen3(fields: Fields) -> Read {
    fields.require("hidden_act", "silu")?;
    fields.require("use_sliding_window", false)?;
    let eps = fields.number(&["rms_norm_eps"], 1e-6);
    let sizes = fields.sizes(SIZES, eps)?;
    let pairs = fields.size(&["num_key_value_heads"])?;
    if pairs == 0 || !sizes.heads.is_multiple_of(pairs) {
        return Err(format!("{} heads cannot share {pairs} keys and values", sizes.heads));
    }
    if fields.0.get("rope_scaling").is_some_and(|scaling| !scaling.is_null()) {
        return Err("has rope_scaling, which is not supported".to_owned());
    }
    let config = qwen3::Config {
        vocab_size: sizes.vocabulary,
        hidden_size: sizes.hidden,
        intermediate_size: fields.size(&["intermediate_size"])?,
        num_hidden_layers: sizes.layers,
        num_attention_heads: sizes.heads,
        head_dim: fields.size(&["head_dim"]).unwrap_or(sizes.hidden / sizes.heads),
        attention_bias: fields.0.get("attention_bias").and_then(Value::as_bool).unwrap_or(false),
        num_key_value_heads: pairs,
        max_position_embeddings: sizes.window,
        sliding_window: None,
        max_window_layers: sizes.layers,
        tie_word_embeddings: true,
        rope_theta: fields.theta("rope_theta", None, 10_000.0)?,
        rms_norm_eps: eps,
        use_sliding_window: false,
        hidden_act: candle_nn::Activation::Silu,
    };
    Ok((sizes, CandleConfig::Qwen3(config)))
}

/// A network on candle tensors.
pub(super) struct Candle {
    network: Network,
    dim: usize,
    window: usize,
    vocabulary: usize,
}

enum Network {
    Bert(Box<bert::BertModel>),
    ModernBert(Box<modernbert::ModernBert>),
    NomicBert(Box<nomic_bert::NomicBertModel>),
    DebertaV2(Box<debertav2::DebertaV2Model>),
    Qwen3(Box<qwen3::Model>),
}

impl Candle {
    /// The network that a configuration describes; `None` if candle-transformers lacks it.
    pub fn new(weights: &Weights, architecture: &Architecture) -> Result<Option<Self>> {
        let network = match &architecture.kind {
            Kind::Encoder(config) if architecture.model_type == "bert" => {
                Network::Bert(Box::new(bert::BertModel::load(tensors(weights, "")?, &bert_config(config))?))
            }
            Kind::Encoder(_) | Kind::Static(_) => return Ok(None),
            Kind::Candle(config) => Network::new(tensors(weights, config.names().1)?, config)?,
        };
        let Architecture { dim, window, vocabulary, .. } = *architecture;
        Ok(Some(Self { network, dim, window, vocabulary }))
    }
}

/// The weights under the names that candle-transformers requests, which begin with `expected`.
fn tensors(weights: &Weights, expected: &'static str) -> Result<VarBuilder<'static>> {
    // SAFETY: the same as where `Weights` maps these files.
    let tensors = unsafe { VarBuilder::from_mmaped_safetensors(weights.files(), DType::F32, &Device::Cpu) }?;
    let prefix = weights.prefix().to_owned();
    Ok(tensors.rename_f(move |name| format!("{prefix}{}", name.strip_prefix(expected).unwrap_or(name))))
}

impl Network {
    fn new(tensors: VarBuilder, config: &CandleConfig) -> Result<Self> {
        Ok(match config {
            CandleConfig::ModernBert(config) => {
                Self::ModernBert(Box::new(modernbert::ModernBert::load(tensors, config)?))
            }
            CandleConfig::NomicBert(config) => {
                Self::NomicBert(Box::new(nomic_bert::NomicBertModel::load(tensors, config)?))
            }
            CandleConfig::DebertaV2(config) => {
                Self::DebertaV2(Box::new(debertav2::DebertaV2Model::load(tensors, config)?))
            }
            CandleConfig::Qwen3(config) => Self::Qwen3(Box::new(qwen3::Model::new(config, tensors)?)),
        })
    }

    /// The last hidden states of one sequence of ids `[1, tokens]`: `[1, tokens, dim]`.
    fn forward(&self, ids: &Tensor) -> Result<Tensor> {
        match self {
            Self::Bert(network) => network.forward(ids, &ids.zeros_like()?, None),
            Self::ModernBert(network) => network.forward(ids, &ids.ones_like()?),
            Self::NomicBert(network) => network.forward(ids, None, None),
            Self::DebertaV2(network) => network.forward(ids, None, None),
            // The network caches keys and values of what it has read; a clone starts empty and shares the weights.
            Self::Qwen3(network) => (**network).clone().forward(ids, 0),
        }
    }
}

impl Backbone for Candle {
    fn dim(&self) -> usize {
        self.dim
    }

    fn window(&self) -> usize {
        self.window
    }

    fn hidden_states(&self, sequences: &[&[u32]], space: &mut Workspace) -> Result<()> {
        space.states.clear();
        for ids in sequences.iter().filter(|ids| !ids.is_empty()) {
            if ids.len() > self.window || ids.iter().any(|id| *id as usize >= self.vocabulary) {
                candle_core::bail!("a token id or a text's length lies beyond the model's tables");
            }
            let states = self.network.forward(&Tensor::new(*ids, &Device::Cpu)?.unsqueeze(0)?)?;
            space.states.extend(states.flatten_all()?.to_vec1::<f32>()?);
        }
        Ok(())
    }
}

fn bert_config(config: &EncoderConfig) -> bert::Config {
    bert::Config {
        vocab_size: config.vocabulary,
        hidden_size: config.hidden,
        num_hidden_layers: config.layers,
        num_attention_heads: config.heads,
        intermediate_size: config.intermediate,
        hidden_act: match config.activation {
            Activation::Relu => bert::HiddenAct::Relu,
            Activation::Gelu => bert::HiddenAct::Gelu,
            Activation::GeluTanh => bert::HiddenAct::GeluApproximate,
        },
        max_position_embeddings: config.positions,
        type_vocab_size: config.types,
        layer_norm_eps: f64::from(config.eps),
        position_embedding_type: bert::PositionEmbeddingType::Absolute,
        ..bert::Config::default()
    }
}
