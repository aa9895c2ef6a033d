//! What `config.json` says about the network, and which of the supported networks it is.
//!
//! BERT and its relatives do the same arithmetic under different tensor names, which [`TABLE`] maps to our kernels.
//! Networks that differ more run on candle-transformers.

use std::path::Path;

use serde::Deserialize;
use serde_json::Value;

use super::LoadError;
use super::candle::CandleConfig;
use super::lookup::LookupConfig;
use super::read::{parse, read_json, unsupported};
use crate::kernels::Activation;

/// Larger than the number of layers of any network; a file with more is damaged.
const MOST_LAYERS: usize = 1024;
/// The limit for all other sizes.
const MOST: usize = 1 << 26;

/// A network's sizes and implementation.
#[derive(Debug, Clone)]
pub struct Architecture {
    /// The type in `config.json`, such as `bert`.
    pub model_type: String,
    /// Number of values of a token's state.
    pub dim: usize,
    /// Number of tokens that have embeddings.
    pub vocabulary: usize,
    /// Number of layers.
    pub layers: usize,
    /// Number of attention heads per layer.
    pub heads: usize,
    /// Maximum number of tokens of a sequence.
    pub window: usize,
    /// Number of rows of the table of positions, some of which may not be used by any token.
    pub(super) positions: usize,
    pub(super) kind: Kind,
}

/// The implementation of a network.
#[derive(Debug, Clone)]
pub(super) enum Kind {
    /// Our kernels.
    Encoder(Box<EncoderConfig>),
    /// candle-transformers.
    Candle(Box<CandleConfig>),
    /// A table: each token always has the same state.
    Static(LookupConfig),
}

/// The tensor names of one family of encoders, without the prefix that a checkpoint may add.
#[derive(Debug, PartialEq)]
pub(super) struct Names {
    /// `model_type` in `config.json`.
    model_types: &'static [&'static str],
    /// The text before a layer's number.
    pub layer: &'static str,
    /// Query, key, value, attention output, up, down.
    pub linears: [&'static str; 6],
    /// The norm after attention and the one after the feed-forward part.
    pub norms: [&'static str; 2],
    /// Whether there is a table of token types.
    pub has_types: bool,
    /// Whether positions start after the padding token's id.
    after_padding: bool,
    /// Whether attention adds a bias by relative position.
    pub has_position_bias: bool,
}

const BERT: Names = Names {
    model_types: &["bert", "electra"],
    layer: "encoder.layer",
    linears: [
        "attention.self.query",
        "attention.self.key",
        "attention.self.value",
        "attention.output.dense",
        "intermediate.dense",
        "output.dense",
    ],
    norms: ["attention.output.LayerNorm", "output.LayerNorm"],
    has_types: true,
    after_padding: false,
    has_position_bias: false,
};

const ROBERTA: Names = Names { model_types: &["roberta", "xlm-roberta", "camembert"], after_padding: true, ..BERT };

const DISTILBERT: Names = Names {
    model_types: &["distilbert"],
    layer: "transformer.layer",
    linears: ["attention.q_lin", "attention.k_lin", "attention.v_lin", "attention.out_lin", "ffn.lin1", "ffn.lin2"],
    norms: ["sa_layer_norm", "output_layer_norm"],
    has_types: false,
    ..BERT
};

const MPNET: Names = Names {
    model_types: &["mpnet"],
    linears: [
        "attention.attn.q",
        "attention.attn.k",
        "attention.attn.v",
        "attention.attn.o",
        "intermediate.dense",
        "output.dense",
    ],
    norms: ["attention.LayerNorm", "output.LayerNorm"],
    has_types: false,
    after_padding: true,
    has_position_bias: true,
    ..BERT
};

/// The families that run on our kernels.
static TABLE: [Names; 4] = [BERT, ROBERTA, DISTILBERT, MPNET];

/// The table of word embeddings, whose full name reveals the prefix of all names.
pub(super) const WORDS: &str = "embeddings.word_embeddings.weight";

/// An encoder of [`TABLE`].
#[derive(Debug, Clone)]
pub(super) struct EncoderConfig {
    pub names: &'static Names,
    pub hidden: usize,
    /// Number of values of an embedding; if it differs from `hidden`, a projection follows.
    pub embedding: usize,
    pub vocabulary: usize,
    pub layers: usize,
    pub heads: usize,
    pub intermediate: usize,
    /// Number of rows of the table of positions.
    pub positions: usize,
    /// Number of rows of the table of token types.
    pub types: usize,
    pub eps: f32,
    pub activation: Activation,
    /// The padding token, if positions start after it.
    pub padding: Option<u32>,
}

/// `config.json` of an encoder, with `DistilBERT`'s aliases.
#[derive(Deserialize)]
struct File {
    vocab_size: usize,
    #[serde(alias = "dim")]
    hidden_size: usize,
    embedding_size: Option<usize>,
    #[serde(alias = "n_layers")]
    num_hidden_layers: usize,
    #[serde(alias = "n_heads")]
    num_attention_heads: usize,
    #[serde(alias = "hidden_dim")]
    intermediate_size: usize,
    max_position_embeddings: usize,
    #[serde(default = "two")]
    type_vocab_size: usize,
    #[serde(default = "gelu", alias = "activation")]
    hidden_act: String,
    #[serde(default = "default_eps")]
    layer_norm_eps: f64,
    #[serde(default = "absolute")]
    position_embedding_type: String,
    pad_token_id: Option<u32>,
    #[serde(default = "buckets")]
    relative_attention_num_buckets: usize,
}

fn two() -> usize {
    2
}

fn gelu() -> String {
    "gelu".to_owned()
}

fn default_eps() -> f64 {
    1e-12
}

fn absolute() -> String {
    "absolute".to_owned()
}

/// Number of rows of `MPNet`'s table of biases: its code fixes it, regardless of the configuration.
pub(super) const BUCKETS: usize = 32;

fn buckets() -> usize {
    BUCKETS
}

impl Architecture {
    /// Number of values between the two feed-forward products; for a network run by candle, the usual four times `dim`.
    pub(super) fn intermediate(&self) -> usize {
        match &self.kind {
            Kind::Encoder(config) => config.intermediate,
            Kind::Candle(_) => 4 * self.dim,
            Kind::Static(_) => 0,
        }
    }

    /// Reads `config.json` in a model's folder.
    pub(super) fn read(dir: &Path) -> Result<Self, LoadError> {
        let path = dir.join("config.json");
        let value: Value = read_json(&path)?;
        let Some(model_type) = value.get("model_type").and_then(Value::as_str).map(str::to_owned) else {
            return Err(unsupported(
                &path,
                "is not an object with a model_type; fetch or copy the model again".to_owned(),
            ));
        };
        if let Some(names) = TABLE.iter().find(|names| names.model_types.contains(&model_type.as_str())) {
            let config = EncoderConfig::new(names, parse(&path, value)?).map_err(|what| unsupported(&path, what))?;
            return Ok(Self::of_encoder(model_type, config));
        }
        match CandleConfig::read(&model_type, &path, &value)? {
            Some(config) => Ok(config),
            None => Err(unsupported(&path, format!("is a {model_type:?} model; supported: {}", supported()))),
        }
    }

    fn of_encoder(model_type: String, config: EncoderConfig) -> Self {
        Self {
            model_type,
            dim: config.hidden,
            vocabulary: config.vocabulary,
            layers: config.layers,
            heads: config.heads,
            window: config.window(),
            positions: config.positions,
            kind: Kind::Encoder(Box::new(config)),
        }
    }

    /// The name of a tensor that the network must have, whose full name reveals the prefix of all names.
    pub(super) fn words(&self) -> &'static str {
        match &self.kind {
            Kind::Encoder(_) => WORDS,
            Kind::Candle(config) => config.words(),
            Kind::Static(config) => config.table,
        }
    }

    /// The padding token's id, if a tokeniser with a different one would shift all positions.
    pub(super) fn padding(&self) -> Option<u32> {
        match &self.kind {
            Kind::Encoder(config) => config.padding,
            Kind::Candle(_) | Kind::Static(_) => None,
        }
    }

    /// Whether the network has a table of positions, of which the first token has the first.
    pub(super) fn counts_positions_from_zero(&self) -> bool {
        matches!(&self.kind, Kind::Encoder(config) if config.padding.is_none())
    }

    /// Whether texts get special tokens.
    pub(super) fn has_special_tokens(&self) -> bool {
        !matches!(self.kind, Kind::Static(_))
    }

    /// Whether unknown tokens are dropped.
    pub(super) fn drops_unknown(&self) -> bool {
        matches!(&self.kind, Kind::Static(config) if config.drops_unknown)
    }
}

/// The names of all supported architectures.
fn supported() -> String {
    let table = TABLE.iter().flat_map(|names| names.model_types.iter().copied());
    table.chain(CandleConfig::MODEL_TYPES.iter().copied()).collect::<Vec<_>>().join(", ")
}

/// Checks a network's sizes.
pub(super) fn check_sizes(hidden: usize, heads: usize, layers: usize, others: &[usize]) -> Result<(), String> {
    if heads == 0 || hidden == 0 || !hidden.is_multiple_of(heads) {
        return Err(format!("a hidden size of {hidden} cannot be divided among {heads} heads"));
    }
    if layers > MOST_LAYERS {
        return Err(format!("{layers} layers are more than any network has; the file is damaged"));
    }
    match others.iter().chain([&hidden]).find(|size| !(1..=MOST).contains(*size)) {
        Some(size) => Err(format!("has a size of {size}; sizes are between 1 and {MOST}")),
        None => Ok(()),
    }
}

/// Checks the amount that a `LayerNorm` adds to the variance.
pub(super) fn check_eps(eps: f64) -> Result<(), String> {
    if eps > 0.0 && eps <= 1.0 {
        Ok(())
    } else {
        Err(format!("a layer_norm_eps of {eps} gives no numbers; it must be above 0 and at most 1"))
    }
}

impl EncoderConfig {
    fn new(names: &'static Names, file: File) -> Result<Self, String> {
        let embedding = file.embedding_size.unwrap_or(file.hidden_size);
        check_sizes(
            file.hidden_size,
            file.num_attention_heads,
            file.num_hidden_layers,
            &[embedding, file.vocab_size, file.intermediate_size, file.max_position_embeddings],
        )?;
        check_eps(file.layer_norm_eps)?;
        if file.position_embedding_type != "absolute" {
            let why = if file.position_embedding_type == "alibi" {
                ", like JinaBERT, whose Python code is downloaded with a model, so that there was nothing to compare \
                 vectors with"
            } else {
                ""
            };
            let found = file.position_embedding_type;
            return Err(format!("has {found:?} position embeddings{why}; only \"absolute\" is supported"));
        }
        let activation = match file.hidden_act.as_str() {
            "gelu" => Activation::Gelu,
            "gelu_new" | "gelu_pytorch_tanh" => Activation::GeluTanh,
            "relu" => Activation::Relu,
            other => return Err(format!("has the activation {other:?}; gelu, gelu_new and relu are supported")),
        };
        if names.has_position_bias && file.relative_attention_num_buckets != BUCKETS {
            let found = file.relative_attention_num_buckets;
            return Err(format!("has {found} buckets of relative positions; {BUCKETS} are supported"));
        }
        let types = if names.has_types { file.type_vocab_size } else { 0 };
        if names.has_types && types == 0 {
            return Err("has no token types; at least one is needed".to_owned());
        }
        let padding = names.after_padding.then(|| file.pad_token_id.unwrap_or(1));
        if names.has_position_bias && padding != Some(1) {
            return Err("has a pad_token_id other than 1, from which MPNet counts positions".to_owned());
        }
        if padding.is_some_and(|padding| padding as usize + 1 >= file.max_position_embeddings) {
            return Err("has no positions after its pad_token_id".to_owned());
        }
        Ok(Self {
            names,
            hidden: file.hidden_size,
            embedding,
            vocabulary: file.vocab_size,
            layers: file.num_hidden_layers,
            heads: file.num_attention_heads,
            intermediate: file.intermediate_size,
            positions: file.max_position_embeddings,
            types,
            eps: file.layer_norm_eps as f32,
            activation,
            padding,
        })
    }

    /// Maximum number of tokens of a sequence.
    pub fn window(&self) -> usize {
        self.positions - self.padding.map_or(0, |padding| padding as usize + 1)
    }
}
