//! What a sentence-transformers directory says of itself.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::LoadError;

/// How token states become one vector.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pooling {
    /// The mean of all tokens' states, special ones too.
    Mean,
    /// The state of the first token.
    Cls,
}

/// What a text is embedded as; some models want words put before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Prompt {
    /// Nothing but the text (or the model's default prompt), as sentence-transformers embeds it.
    None,
    /// The same of a text that is compared with others of its kind: as it is [compared](crate::lang::fold()), as queries
    /// and passages are.
    Symmetric,
    /// A query.
    Query,
    /// A passage that queries are compared with.
    Passage,
}

/// The configuration of a model.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The most tokens of a sequence, the special ones included.
    pub window: usize,
    /// How token states become one vector.
    pub pooling: Pooling,
    /// Whether vectors are scaled to length 1.
    pub normalize: bool,
    /// Words to put before a text, by name.
    pub prompts: BTreeMap<String, String>,
    /// The prompt for texts that ask for none.
    pub default_prompt: Option<String>,
    /// The network's shape.
    pub bert: BertConfig,
}

/// `config.json` of a BERT.
#[derive(Debug, Clone, Deserialize)]
pub struct BertConfig {
    pub model_type: String,
    pub vocab_size: usize,
    pub hidden_size: usize,
    pub num_hidden_layers: usize,
    pub num_attention_heads: usize,
    pub intermediate_size: usize,
    pub max_position_embeddings: usize,
    #[serde(default = "two")]
    pub type_vocab_size: usize,
    #[serde(default = "gelu")]
    pub hidden_act: String,
    #[serde(default = "default_eps")]
    pub layer_norm_eps: f64,
    #[serde(default = "absolute")]
    pub position_embedding_type: String,
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

#[derive(Deserialize)]
struct Module {
    path: String,
    #[serde(rename = "type")]
    kind: String,
}

#[derive(Deserialize, Default)]
struct SentenceBert {
    max_seq_length: Option<usize>,
}

/// Newer directories give the window here alone.
#[derive(Deserialize, Default)]
struct TokenizerConfig {
    /// Some say "no limit" by an enormous float.
    model_max_length: Option<f64>,
}

#[derive(Deserialize, Default)]
struct SentenceTransformers {
    #[serde(default)]
    prompts: BTreeMap<String, Option<String>>,
    default_prompt_name: Option<String>,
}

/// Older files have one flag a mode, newer ones a name (or a list of them).
#[derive(Deserialize)]
struct PoolingConfig {
    #[serde(flatten)]
    keys: BTreeMap<String, serde_json::Value>,
}

impl Settings {
    /// Reads the configuration files under `dir`.
    ///
    /// # Errors
    /// When a file is missing or damaged, or asks for what this program does not support.
    pub fn read(dir: &Path) -> Result<Self, LoadError> {
        let bert = bert_config(dir)?;
        let modules: Vec<Module> = read_json(&dir.join("modules.json"))?;
        let mut pooling = None;
        let mut normalize = false;
        for module in &modules {
            match module.kind.rsplit('.').next().unwrap_or("") {
                "Transformer" => {}
                "Pooling" => pooling = Some(read_pooling(&dir.join(&module.path).join("config.json"))?),
                "Normalize" => normalize = true,
                other => {
                    return Err(unsupported(
                        dir.join("modules.json"),
                        format!("has a {other} module; only Transformer, Pooling and Normalize are supported"),
                    ));
                }
            }
        }
        let pooling =
            pooling.ok_or_else(|| unsupported(dir.join("modules.json"), "has no Pooling module".to_owned()))?;
        let sentence: SentenceBert = read_optional(&dir.join("sentence_bert_config.json"))?;
        let transformers: SentenceTransformers = read_optional(&dir.join("config_sentence_transformers.json"))?;
        let prompts: BTreeMap<String, String> =
            transformers.prompts.into_iter().filter_map(|(name, text)| Some((name, text?))).collect();
        let default_prompt = transformers.default_prompt_name.and_then(|name| prompts.get(&name).cloned());
        let tokenizer: TokenizerConfig = read_optional(&dir.join("tokenizer_config.json"))?;
        let named = sentence.max_seq_length.or(tokenizer.model_max_length.map(|length| length as usize));
        let window = named.unwrap_or(usize::MAX).min(bert.max_position_embeddings);
        if window < 8 {
            return Err(unsupported(
                dir.join("sentence_bert_config.json"),
                format!("a window of {window} tokens is too small"),
            ));
        }
        Ok(Self { window, pooling, normalize, prompts, default_prompt, bert })
    }

    /// The words that go before a text of this kind.
    pub fn prompt(&self, prompt: Prompt) -> &str {
        let names: &[&str] = match prompt {
            Prompt::None | Prompt::Symmetric => &[],
            Prompt::Query => &["query"],
            Prompt::Passage => &["passage", "document"],
        };
        let named = names.iter().find_map(|name| self.prompts.get(*name));
        named.or(self.default_prompt.as_ref()).map_or("", String::as_str)
    }
}

fn bert_config(dir: &Path) -> Result<BertConfig, LoadError> {
    let path = dir.join("config.json");
    let config: BertConfig = read_json(&path)?;
    let heads = config.num_attention_heads;
    let problem = if config.model_type != "bert" {
        format!("is a {:?} model; only \"bert\" is supported", config.model_type)
    } else if config.position_embedding_type != "absolute" {
        format!("has {:?} position embeddings; only \"absolute\" is supported", config.position_embedding_type)
    } else if !matches!(config.hidden_act.as_str(), "gelu" | "gelu_new" | "gelu_pytorch_tanh" | "relu") {
        format!("has the activation {:?}; gelu, gelu_new and relu are supported", config.hidden_act)
    } else if heads == 0 || !config.hidden_size.is_multiple_of(heads) || config.hidden_size == 0 {
        format!("a hidden size of {} cannot be divided among {heads} heads", config.hidden_size)
    } else {
        return Ok(config);
    };
    Err(unsupported(path, problem))
}

fn read_pooling(path: &Path) -> Result<Pooling, LoadError> {
    let config: PoolingConfig = read_json(path)?;
    let named = config.keys.get("pooling_mode").map(|value| match value {
        serde_json::Value::String(name) => vec![name.clone()],
        serde_json::Value::Array(names) => names.iter().filter_map(|name| name.as_str().map(str::to_owned)).collect(),
        _ => Vec::new(),
    });
    let flagged = || {
        let on =
            config.keys.iter().filter(|(key, value)| key.starts_with("pooling_mode_") && value.as_bool() == Some(true));
        on.map(|(key, _)| {
            key.trim_start_matches("pooling_mode_").trim_end_matches("_tokens").trim_end_matches("_token").to_owned()
        })
        .collect()
    };
    let modes: Vec<String> = named.unwrap_or_else(flagged);
    match modes.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["mean"] => Ok(Pooling::Mean),
        ["cls"] => Ok(Pooling::Cls),
        _ => Err(unsupported(
            path.to_owned(),
            format!("uses {} pooling; only mean and cls are supported", modes.join(" + ")),
        )),
    }
}

fn unsupported(path: PathBuf, what: String) -> LoadError {
    LoadError::Unsupported { path, what }
}

fn read_json<T: DeserializeOwned>(path: &Path) -> Result<T, LoadError> {
    let bytes = std::fs::read(path).map_err(|source| LoadError::Io { path: path.to_owned(), source })?;
    serde_json::from_slice(&bytes).map_err(|source| LoadError::Json { path: path.to_owned(), source })
}

/// As [`read_json`]; a file that is not there gives the default.
fn read_optional<T: DeserializeOwned + Default>(path: &Path) -> Result<T, LoadError> {
    match read_json(path) {
        Err(LoadError::Io { source, .. }) if source.kind() == std::io::ErrorKind::NotFound => Ok(T::default()),
        other => other,
    }
}
