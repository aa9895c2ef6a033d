//! The sentence-transformer: the origin of its files, its own configuration, its tokeniser and its network.

mod architecture;
mod background;
mod candle;
mod card;
mod embed;
pub mod fetch;
mod lookup;
pub mod manifest;
mod network;
mod pooling;
mod read;
mod settings;
mod stages;
mod states;
mod tokens;
mod weights;
mod wordpiece;

use std::fmt;
use std::fs::File;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use ndarray::ArrayView2;

use crate::base::{Key, Keyed};
use crate::kernels::{EncoderError, ISAS, Isa, Kernels, Precision, Scratch};
pub use architecture::Architecture;
use architecture::Kind;
pub use background::{BackgroundTable, CLAIM_FEATURES, ClaimFit, CosineScale, Spread};
use candle::Candle;
pub use embed::{EmbedError, Embedder, Embeddings, Text};
use lookup::Lookup;
use manifest::{Checksum, Manifest};
use network::{Network, NetworkError};
pub use pooling::Pooling;
pub use settings::{Prompt, Settings};
use stages::Stage;
pub use states::{QuantizedStates, TokenStates};
pub use tokens::Tokens;
use weights::{Weights, broken};

/// A sentence-transformer, ready to run.
pub struct Model {
    name: String,
    settings: Settings,
    tokenizer: tokens::Tokenizer,
    backbone: Box<dyn Backbone>,
    stages: Vec<Stage>,
    engine: Engine,
    /// The files that hold the weights.
    weights: Vec<PathBuf>,
    checksum: OnceLock<Checksum>,
    languages: Vec<String>,
    doubts: Vec<String>,
}

/// A network that computes hidden states from token ids.
trait Backbone: Send + Sync {
    /// Number of values of a token's state.
    fn dim(&self) -> usize;

    /// Maximum number of tokens of a sequence.
    fn window(&self) -> usize;

    /// Computes the last hidden states of some sequences, concatenated: `space.states` becomes `[sum of lengths, dim]`.
    /// They do not depend on the other sequences, bit for bit.
    fn hidden_states(&self, sequences: &[&[u32]], space: &mut Workspace) -> candle_core::Result<()>;
}

/// The implementation that a model should run on.
#[derive(Debug, Clone, Copy)]
pub enum Backend {
    /// The best instruction set of this CPU that can run the model.
    Best,
    /// This instruction set in one of its precisions, or the next best one if it cannot run the model.
    Isa(&'static Isa, Precision),
    /// candle's own kernels: slow, and the reference for ours. Models that our kernels cannot run always run on these.
    Candle,
}

/// The implementation that a model runs on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Engine {
    /// The name of the instruction set.
    pub isa: &'static str,
    /// The precision in which products are computed.
    pub precision: Precision,
    /// Why this implementation was chosen.
    pub reason: String,
    /// Whether the requested backend could not run the model.
    pub fell_back: bool,
}

/// The working memory of one thread.
#[derive(Default)]
pub struct Workspace {
    scratch: Scratch,
    ids: Vec<u32>,
    lengths: Vec<usize>,
    states: Vec<f32>,
}

/// The file that lists a model's modules.
const MODULES: &str = "modules.json";
/// The file that contains a model's prompts.
const PROMPTS: &str = "config_sentence_transformers.json";

/// Why a model directory could not be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LoadError {
    /// A file is missing or unreadable.
    #[error(
        "{}: {source}; samesay needs a sentence-transformers directory with modules.json, config.json, tokenizer.json \
         and model.safetensors", path.display()
    )]
    Io {
        /// The file.
        path: PathBuf,
        /// The system's error.
        source: std::io::Error,
    },
    /// A configuration file is not valid JSON, or not of the expected form.
    #[error("{}: {source}", path.display())]
    Json {
        /// The file.
        path: PathBuf,
        /// What is wrong with its JSON.
        source: serde_json::Error,
    },
    /// This program does not support the configuration.
    #[error("{}: {what}", path.display())]
    Unsupported {
        /// The file.
        path: PathBuf,
        /// What is not supported.
        what: String,
    },
    /// The model was to run on candle-transformers, which does not support its architecture.
    #[error("{}: candle-transformers does not support {model_type}", path.display())]
    Candle {
        /// The configuration file.
        path: PathBuf,
        /// The architecture, as the configuration names it.
        model_type: String,
    },
    /// The tokeniser's file is damaged.
    #[error("{}: not a usable tokeniser: {source}", path.display())]
    Tokenizer {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// The weights are damaged, truncated, or not those that the configuration describes.
    #[error(
        "{}: the weights are damaged, or not those that config.json describes: {source}; fetch or copy the model again",
        path.display()
    )]
    Weights {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// Vectors cannot be truncated to this length.
    #[error("vectors of {wanted} dimensions: this model's have {full}; use 1 to {full}")]
    Dim {
        /// The requested length.
        wanted: usize,
        /// The length of the model's vectors.
        full: usize,
    },
    /// The model has no prompt of this name.
    #[error("prompt {name}: this model has no such prompt; it has {known}")]
    Prompt {
        /// The requested name.
        name: String,
        /// The names of the model's prompts.
        known: String,
    },
    /// The requested instruction set is not available, or none can run this network.
    #[error(transparent)]
    Isa(EncoderError),
}

/// Why a text could not be embedded.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum EncodeError {
    /// The tokeniser failed.
    #[error("the tokeniser failed: {0}")]
    Tokenizer(Box<dyn std::error::Error + Send + Sync>),
    /// The network failed.
    #[error("the model failed: {0}")]
    Network(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The vector of a text is unusable: the weights are damaged, or the text makes the network overflow.
    #[error(
        "{}: the model gave a vector that is {what}; its weights are damaged, or not made for config.json",
        weights.display()
    )]
    NoVector {
        /// The first file of the weights.
        weights: PathBuf,
        /// What is wrong with the vector.
        what: &'static str,
    },
}

impl fmt::Debug for Model {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Model").field("name", &self.name).finish_non_exhaustive()
    }
}

impl Model {
    /// Loads a sentence-transformers directory: `modules.json`, `config.json`, `sentence_bert_config.json`,
    /// `config_sentence_transformers.json`, `1_Pooling/config.json`, `tokenizer.json`, `model.safetensors` (or the
    /// parts that `model.safetensors.index.json` names), and the folders of further modules. Without `modules.json`,
    /// vectors are the means of tokens' states. Outputs refer to the model by `name`.
    ///
    /// # Errors
    /// When a file is missing, damaged or describes something unsupported, or when the CPU lacks the requested
    /// instruction set.
    pub fn load(name: &str, dir: &Path, backend: Backend) -> Result<Self, LoadError> {
        Self::load_and_check(name, dir, backend, None)
    }

    /// Loads a model; the values of the weights are checked one by one unless the manifest pins their checksums.
    fn load_and_check(
        name: &str,
        dir: &Path,
        backend: Backend,
        manifest: Option<&Manifest>,
    ) -> Result<Self, LoadError> {
        let mut settings = Settings::read(dir)?;
        for (name, prompt) in manifest.iter().flat_map(|manifest| &manifest.prompts) {
            settings.prompts.entry(name.clone()).or_insert_with(|| prompt.clone());
        }
        let root = dir.join(&settings.root);
        let weights = Arc::new(Weights::open(&root, settings.network.words())?);
        // Weights pinned by this program have been used before and need no check.
        if manifest.is_none_or(|manifest| !manifest.pinned) {
            let checked = weights.check_values(settings.network.words());
            checked.map_err(|source| broken(weights.file(), source))?;
        }
        // These two take about the same time.
        let (tokenizer, backbone) = rayon::join(
            || tokens::Tokenizer::read(&root, &settings),
            || backbone(&weights, &settings.network, &root, backend),
        );
        let (backbone, engine) = backbone?;
        debug_assert_eq!((backbone.dim(), backbone.window()), (settings.network.dim, settings.network.window));
        let mut files = weights.files().to_vec();
        let stages = settings.stages.iter().map(|stage| Stage::load(dir, stage, &mut files));
        let stages = stages.collect::<Result<_, _>>()?;
        let (name, tokenizer, checksum) = (name.to_owned(), tokenizer?, OnceLock::new());
        let languages = match manifest.map_or("", |manifest| &manifest.languages) {
            "" => card::languages(dir),
            "English" => vec!["en".to_owned()],
            _ => Vec::new(),
        };
        let assumed = (!dir.join(MODULES).exists()).then(|| {
            let how = "the mean of its tokens' states is used, as in sentence-transformers";
            format!("{}: has no {MODULES}; {how}", dir.display())
        });
        let doubts = assumed.into_iter().chain(tokenizer.doubt(&root, &settings)).collect();
        let weights = files;
        let model = Self { name, settings, tokenizer, backbone, stages, engine, weights, checksum, languages, doubts };
        for prompt in [Prompt::None, Prompt::Query, Prompt::Passage] {
            model.check_prompt(&dir.join(PROMPTS), model.settings.prompt(prompt))?;
        }
        Ok(model)
    }

    /// Loads a known model from a directory whose files were verified.
    ///
    /// # Errors
    /// See [`load`](Self::load).
    pub fn of_manifest(manifest: &Manifest, dir: &Path, backend: Backend) -> Result<Self, LoadError> {
        let model = Self::load_and_check(manifest.name.as_str(), dir, backend, Some(manifest))?;
        let of_file = |path: &PathBuf| {
            let path = path.strip_prefix(dir).ok()?;
            Some(manifest.files.iter().find(|file| Path::new(file.path.as_str()) == path)?.sha256)
        };
        Ok(match model.weights.iter().map(of_file).collect::<Option<Vec<_>>>() {
            Some(checksums) => model.with_checksum(Checksum::of_all(&checksums)),
            None => model,
        })
    }

    /// Returns the model with vectors truncated to their first `dim` values and scaled to length 1 again, for models
    /// trained to allow this (Matryoshka embeddings).
    ///
    /// # Errors
    /// When the model's vectors are shorter than `dim`, or `dim` is 0.
    pub fn with_dim(mut self, dim: usize) -> Result<Self, LoadError> {
        self.settings.cut_to(dim)?;
        Ok(self)
    }

    /// Returns the model with the named prompt as the default for texts that request no other.
    ///
    /// # Errors
    /// When the model has no such prompt.
    pub fn with_default_prompt(mut self, name: &str) -> Result<Self, LoadError> {
        let Some(prompt) = self.settings.prompts.get(name).cloned() else {
            let known = self.settings.prompts.keys().map(String::as_str).collect::<Vec<_>>().join(", ");
            let known = if known.is_empty() { "none".to_owned() } else { known };
            return Err(LoadError::Prompt { name: name.to_owned(), known });
        };
        self.check_prompt(Path::new(PROMPTS), &prompt)?;
        self.settings.default_prompt = Some(prompt);
        let broken = |error: EncodeError| LoadError::Tokenizer { path: PROMPTS.into(), source: error.into() };
        self.tokenizer.count_prompts(&self.settings).map_err(broken)?;
        Ok(self)
    }

    /// Checks that a prompt from the file `path` leaves room for a text.
    fn check_prompt(&self, path: &Path, prompt: &str) -> Result<(), LoadError> {
        let broken = |error: EncodeError| LoadError::Tokenizer { path: path.to_owned(), source: error.into() };
        let (tokens, window) = (self.tokenizer.count(prompt).map_err(broken)?, self.settings.window);
        if tokens + settings::LEAST_WINDOW <= window {
            return Ok(());
        }
        let begins: String = prompt.chars().take(20).collect();
        let what = format!(
            "has a prompt of {tokens} tokens (\u{201c}{begins}\u{2026}\u{201d}), but the window has {window}: no text \
             fits after it; shorten it"
        );
        Err(LoadError::Unsupported { path: path.to_owned(), what })
    }

    /// Returns the model with the known checksum of its weights.
    #[must_use]
    pub fn with_checksum(self, checksum: Checksum) -> Self {
        Self { checksum: checksum.into(), ..self }
    }

    /// The key of everything that determines how texts are split to fit: the tokeniser and the window.
    pub fn splitting(&self) -> Key {
        Key::of("splitting", [self.tokenizer.key().as_ref(), &self.tokenizer.room(Prompt::Passage).to_le_bytes()])
    }

    /// The checksum of the weights; if they are in several files, the checksum of the files' checksums.
    ///
    /// # Errors
    /// When a file cannot be read.
    pub fn checksum(&self) -> std::io::Result<Checksum> {
        match self.checksum.get() {
            Some(checksum) => Ok(*checksum),
            None => {
                let each = self.weights.iter().map(|file| Checksum::of(File::open(file)?));
                let found = Checksum::of_all(&each.collect::<Result<Vec<_>, _>>()?);
                Ok(*self.checksum.get_or_init(|| found))
            }
        }
    }

    /// The key of everything that determines a text's vector: the weights, the tokeniser, the configuration, the
    /// instruction set, its precision, and the version of this program's `encoder`.
    ///
    /// # Errors
    /// When the weights cannot be read to compute their checksum.
    pub fn space(&self, encoder: u32) -> std::io::Result<Key> {
        let checksum = self.checksum()?;
        let settings = format!("{:?}", self.settings);
        let (isa, precision) = (self.engine.isa, self.engine.precision.name());
        let mut key = Keyed::new("space");
        key.add(&encoder.to_le_bytes());
        key.add(checksum.as_ref());
        key.add(self.tokenizer.key().as_ref());
        [&settings, isa, precision].into_iter().for_each(|part| key.add(part.as_bytes()));
        Ok(key.finish())
    }

    /// The implementation that the model runs on.
    pub fn engine(&self) -> &Engine {
        &self.engine
    }

    /// The kernels of the instruction set that the model runs on, or of the best one if it runs on candle.
    pub fn kernels(&self) -> &'static dyn Kernels {
        Isa::kernels_of(self.engine.isa)
    }

    /// The name of the model in outputs.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The languages on which the model was trained, as BCP 47 tags, if they are few and known.
    pub fn languages(&self) -> &[String] {
        &self.languages
    }

    /// What its files leave open, and how it was decided: a sentence for each, for users to check.
    pub fn doubts(&self) -> &[String] {
        &self.doubts
    }

    /// The model's configuration.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// The length of the model's vectors.
    pub fn dim(&self) -> usize {
        self.settings.dim
    }

    /// The length of a token's state.
    pub fn token_dim(&self) -> usize {
        self.settings.network.dim
    }

    /// Number of the encoder's weights, without the embedding tables.
    pub fn encoder_parameters(&self) -> usize {
        let network = &self.settings.network;
        let (hidden, between) = (network.dim, network.intermediate());
        // Four products for attention and two around the activation, their biases, and two LayerNorms.
        network.layers * (4 * hidden * hidden + 2 * hidden * between + 9 * hidden + between)
    }

    /// Number of operations of the encoder for a text of `n` tokens, counting two for each multiply-add: for products
    /// with weights, `2·(4·h² + 2·h·i)` per token and layer of hidden size h and intermediate size i; for attention,
    /// `4·h·n` per token and layer. For a network run by candle this is an estimate; a static model adds `h` values per
    /// token.
    pub fn operations(&self, n: usize) -> [f64; 2] {
        let network = &self.settings.network;
        let (hidden, between, n) = (network.dim as f64, network.intermediate() as f64, n as f64);
        if !network.has_special_tokens() {
            return [0.0, hidden * n];
        }
        let layers_tokens = network.layers as f64 * n;
        [layers_tokens * 2.0 * (4.0 * hidden * hidden + 2.0 * hidden * between), layers_tokens * 4.0 * hidden * n]
    }

    /// Tokenises a text with its special tokens, truncated to the window.
    ///
    /// # Errors
    /// When the tokeniser fails.
    pub fn tokenize(&self, text: &str) -> Result<Tokens, EncodeError> {
        self.tokenizer.encode(text)
    }

    /// Tokenises a text in its [folded](crate::lang::fold()) form; offsets refer to the original text.
    ///
    /// # Errors
    /// When the tokeniser fails.
    pub fn tokenize_folded(&self, text: &str) -> Result<Tokens, EncodeError> {
        self.tokenizer.encode_folded(text)
    }

    /// The last hidden states of some sequences of token ids, concatenated: `[sum of lengths, token_dim]`. They do not
    /// depend on the other sequences, bit for bit.
    ///
    /// # Errors
    /// When the network fails.
    ///
    /// # Panics
    /// When the network returns an incomplete row, which never happens.
    pub fn hidden_states<'a>(
        &self,
        sequences: &[&[u32]],
        space: &'a mut Workspace,
    ) -> Result<ArrayView2<'a, f32>, EncodeError> {
        self.backbone.hidden_states(sequences, space).map_err(|error| EncodeError::Network(error.into()))?;
        let rows = space.states.len() / self.token_dim();
        Ok(ArrayView2::from_shape((rows, self.token_dim()), &space.states).expect("the network gives whole rows"))
    }

    /// Number of leading tokens that belong to this prompt and are not pooled; 0 if all are.
    fn unpooled(&self, prompt: &str) -> Result<usize, EncodeError> {
        if self.settings.include_prompt || prompt.is_empty() {
            return Ok(0);
        }
        let tokens = self.tokenize(prompt)?;
        // A special token after the prompt comes after the text later.
        Ok(tokens.ids.len() - usize::from(tokens.offsets.last().is_some_and(Range::is_empty)))
    }

    /// The vector of a whole text from its hidden states `[tokens, token_dim]`: pooled without the first `skip`, passed
    /// through the modules after the pooling, and truncated and normalised if configured.
    ///
    /// # Errors
    /// When the vector is not finite, or is zero although there are tokens.
    pub fn pool(&self, hidden: ArrayView2<f32>, skip: usize) -> Result<Vec<f32>, EncodeError> {
        let mut pooled = Vec::with_capacity(self.settings.pooling.len() * self.token_dim());
        self.settings.pooling.iter().for_each(|mode| pooling::pool(*mode, hidden, skip, &mut pooled));
        let mut vector = self.after_pooling(pooled)?;
        if hidden.nrows() > skip && vector.iter().all(|value| *value == 0.0) {
            return Err(self.no_vector("all zeros"));
        }
        if self.settings.normalize {
            l2_normalize(&mut vector);
        }
        Ok(vector)
    }

    fn no_vector(&self, what: &'static str) -> EncodeError {
        EncodeError::NoVector { weights: self.weights.first().cloned().unwrap_or_default(), what }
    }

    /// Passes a pooled vector through the modules after the pooling and truncates it, without the final normalisation.
    fn after_pooling(&self, pooled: Vec<f32>) -> Result<Vec<f32>, EncodeError> {
        let mut vector = self.stages.iter().fold(pooled, |vector, stage| stage.apply(vector));
        if !vector.iter().all(|value| value.is_finite()) {
            return Err(self.no_vector("not finite"));
        }
        vector.truncate(self.settings.dim);
        Ok(vector)
    }

    /// Maximum number of tokens, apart from special ones, of a text that fits completely after this prompt.
    pub fn room(&self, prompt: Prompt) -> usize {
        self.tokenizer.room(prompt)
    }

    /// Counts and limits for the passage splitter.
    pub fn counter(&self) -> impl crate::passage::TokenCounter + '_ {
        &self.tokenizer
    }
}

/// Creates the network for a backend. The best instruction set is the first in the table that the CPU has and that can
/// run a network of this shape.
fn backbone(
    weights: &Arc<Weights>,
    network: &Architecture,
    root: &Path,
    backend: Backend,
) -> Result<(Box<dyn Backbone>, Engine), LoadError> {
    let wrong = |source: candle_core::Error| broken(weights.file(), source);
    if let Kind::Static(config) = &network.kind {
        let lookup = Lookup::new(Arc::clone(weights), network, config).map_err(wrong)?;
        let reason = "a static model has no network to run".to_owned();
        return Ok((Box::new(lookup), Engine { isa: "lookup", precision: Precision::F32, reason, fell_back: false }));
    }
    let (Kind::Encoder(config), Backend::Best | Backend::Isa(..)) = (&network.kind, backend) else {
        return on_candle(weights, network, root, backend);
    };
    weights.check_layers(config.names.layer, config.layers).map_err(wrong)?;
    let (candidates, asked) = match backend {
        Backend::Best | Backend::Candle => (ISAS, None),
        Backend::Isa(isa, precision) => {
            (&ISAS[ISAS.iter().position(|row| std::ptr::eq(row, isa)).unwrap_or(0)..], Some((isa.name, precision)))
        }
    };
    let mut reasons: Vec<String> = Vec::new();
    let mut last = None;
    for isa in candidates {
        let wanted = asked.map(|(_, precision)| precision).filter(|precision| isa.precisions.contains(precision));
        let precision = wanted.unwrap_or(isa.precisions[0]);
        match Network::new(Arc::clone(weights), config, isa, precision) {
            Ok(network) => {
                let fell_back = asked.is_some_and(|(asked, _)| asked != isa.name);
                let reason = if asked.is_some() && !fell_back { "asked for".to_owned() } else { reasons.join("; ") };
                let engine = Engine { isa: isa.name, precision, reason, fell_back };
                return Ok((Box::new(network), engine));
            }
            Err(NetworkError::Weights(error)) => return Err(wrong(error)),
            Err(NetworkError::Encoder(error @ EncoderError::Unavailable { .. }))
                if asked.is_some_and(|(asked, _)| asked == isa.name) =>
            {
                return Err(LoadError::Isa(error));
            }
            Err(NetworkError::Encoder(error)) => {
                reasons.push(error.to_string());
                last = Some(error);
            }
        }
    }
    Err(last.map_or_else(|| broken(weights.file(), "no instruction set can run it"), LoadError::Isa))
}

/// Creates the network on candle-transformers.
fn on_candle(
    weights: &Weights,
    network: &Architecture,
    root: &Path,
    backend: Backend,
) -> Result<(Box<dyn Backbone>, Engine), LoadError> {
    let model_type = &network.model_type;
    let made = Candle::new(weights, network).map_err(|source| broken(weights.file(), source))?;
    let Some(candle) = made else {
        return Err(LoadError::Candle { path: root.join("config.json"), model_type: model_type.clone() });
    };
    let reason = match backend {
        Backend::Candle => "asked for".to_owned(),
        Backend::Best | Backend::Isa(..) => format!("the kernels cannot run {model_type}"),
    };
    let fell_back = matches!(backend, Backend::Isa(..));
    Ok((Box::new(candle), Engine { isa: "candle", precision: Precision::F32, reason, fell_back }))
}

/// The mean of the rows of `[n, dim]`, summed in f32 as the reference implementation does; zeros for no rows.
pub(crate) fn mean(rows: ArrayView2<f32>) -> Vec<f32> {
    let mut sum = vec![0.0f32; rows.ncols()];
    for row in rows.rows() {
        for (sum, value) in sum.iter_mut().zip(row) {
            *sum += value;
        }
    }
    let n = rows.nrows().max(1) as f32;
    sum.iter_mut().for_each(|value| *value /= n);
    sum
}

/// Scales a vector to length 1. A zero vector is unchanged (PyTorch's `normalize` has the same floor, 1e-12).
pub(crate) fn l2_normalize(vector: &mut [f32]) {
    let norm = vector.iter().map(|x| x * x).sum::<f32>().sqrt().max(1e-12);
    vector.iter_mut().for_each(|x| *x /= norm);
}
