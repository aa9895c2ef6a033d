//! The sentence-transformer: where its files come from, what its own configuration says, its tokeniser and its network.

mod background;
mod bert;
mod embed;
pub mod fetch;
pub mod manifest;
mod network;
mod settings;
mod tokens;
mod weights;
mod wordpiece;

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use ndarray::ArrayView2;

use crate::base::{Key, Keyed};
use crate::kernels::{EncoderError, ISAS, Isa, Precision, Scratch};
pub use background::BackgroundTable;
pub use embed::{EmbedError, Embedder, Embeddings, Text, TokenStates};
use manifest::{Checksum, Manifest};
use network::{Network, NetworkError};
pub use settings::{Pooling, Prompt, Settings};
pub use tokens::Tokens;
use weights::Weights;

/// A sentence-transformer of BERT architecture, ready to run.
pub struct Model {
    name: String,
    settings: Settings,
    tokenizer: tokens::Tokenizer,
    runner: Runner,
    engine: Engine,
    weights: PathBuf,
    checksum: OnceLock<Checksum>,
}

/// The file of a model that holds its weights.
const WEIGHTS: &str = "model.safetensors";

/// What computes the hidden states.
enum Runner {
    Kernels(Box<Network>),
    Candle(Box<bert::Bert>),
}

/// What a model is to run on.
#[derive(Debug, Clone, Copy)]
pub enum Backend {
    /// The best instruction set of this CPU that can run the model.
    Best,
    /// This instruction set in one of its precisions, or the next best one where it cannot run the model.
    Isa(&'static Isa, Precision),
    /// candle's own kernels: slow, and what ours are held against.
    Candle,
}

/// What a model runs on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Engine {
    /// The instruction set, as `--isa` names it.
    pub isa: &'static str,
    /// What products are computed in.
    pub precision: Precision,
    /// Why it is not another.
    pub reason: String,
    /// Whether the backend that was asked for could not run the model.
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

/// Why a model directory could not be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LoadError {
    /// A file is missing or unreadable.
    #[error("{}: {source}; samesay needs a sentence-transformers directory with modules.json, config.json, tokenizer.json and model.safetensors", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// A configuration file is not the JSON that it should be.
    #[error("{}: {source}", path.display())]
    Json {
        /// The file.
        path: PathBuf,
        /// What is wrong with its JSON.
        source: serde_json::Error,
    },
    /// A configuration that this program cannot follow.
    #[error("{}: {what}", path.display())]
    Unsupported {
        /// The file.
        path: PathBuf,
        /// What in it is not supported.
        what: String,
    },
    /// The tokeniser's file is damaged.
    #[error("{}: not a usable tokeniser: {source}", path.display())]
    Tokenizer {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// The weights are damaged, cut off, or not those that the configuration describes.
    #[error("{}: the weights do not match config.json: {source}", path.display())]
    Weights {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// The instruction set that was asked for is not there, or none can run this network.
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
}

impl Model {
    /// Loads a sentence-transformers directory: `modules.json`, `config.json`, `sentence_bert_config.json`,
    /// `config_sentence_transformers.json`, `1_Pooling/config.json`, `tokenizer.json` and `model.safetensors`. `name`
    /// is what outputs call it.
    ///
    /// # Errors
    /// When a file is missing, damaged or describes anything but a BERT with mean or CLS pooling, or when the CPU lacks
    /// the instruction set that is asked for.
    pub fn load(name: &str, dir: &Path, backend: Backend) -> Result<Self, LoadError> {
        let settings = Settings::read(dir)?;
        // The two take about as long as each other.
        let (tokenizer, runner) = std::thread::scope(|scope| {
            let tokenizer = scope.spawn(|| tokens::Tokenizer::read(&dir.join("tokenizer.json"), settings.window));
            let runner = runner(&dir.join(WEIGHTS), &settings, backend);
            (tokenizer.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)), runner)
        });
        let (runner, engine) = runner?;
        let tokenizer = tokenizer?;
        if tokenizer.ids() > settings.bert.vocab_size {
            let what = format!(
                "has {} tokens, but the model has {}; they do not belong together",
                tokenizer.ids(),
                settings.bert.vocab_size
            );
            return Err(LoadError::Unsupported { path: dir.join("tokenizer.json"), what });
        }
        let weights = dir.join(WEIGHTS);
        Ok(Self { name: name.to_owned(), settings, tokenizer, runner, engine, weights, checksum: OnceLock::new() })
    }

    /// Loads a known model from a directory whose files were checked.
    ///
    /// # Errors
    /// As [`load`](Self::load).
    pub fn of_manifest(manifest: &Manifest, dir: &Path, backend: Backend) -> Result<Self, LoadError> {
        let model = Self::load(manifest.name.as_str(), dir, backend)?;
        Ok(match manifest.files.iter().find(|file| file.path.as_str() == WEIGHTS) {
            Some(weights) => model.with_checksum(weights.sha256),
            None => model,
        })
    }

    /// The same model, of whose weights the checksum is known already.
    #[must_use]
    pub fn with_checksum(self, checksum: Checksum) -> Self {
        Self { checksum: checksum.into(), ..self }
    }

    /// What decides how texts are split to fit: the tokeniser and the window.
    pub fn splitting(&self) -> Key {
        Key::of("splitting", [self.tokenizer.key().as_ref(), &self.settings.window.to_le_bytes()])
    }

    /// The checksum of the weights.
    ///
    /// # Errors
    /// When they cannot be read.
    pub fn checksum(&self) -> std::io::Result<Checksum> {
        match self.checksum.get() {
            Some(checksum) => Ok(*checksum),
            None => {
                let found = Checksum::of(File::open(&self.weights)?)?;
                Ok(*self.checksum.get_or_init(|| found))
            }
        }
    }

    /// What decides a text's vector: the weights, the tokeniser, the configuration, the instruction set, its precision,
    /// and the version of this program's `encoder`.
    ///
    /// # Errors
    /// When the weights cannot be read to find their checksum.
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

    /// What it runs on.
    pub fn engine(&self) -> &Engine {
        &self.engine
    }

    /// What outputs call it.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What its configuration files say.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// The length of its vectors.
    pub fn dim(&self) -> usize {
        self.settings.bert.hidden_size
    }

    /// Numbers in the encoder's weights, without the tables of embeddings.
    pub fn encoder_parameters(&self) -> usize {
        let bert = &self.settings.bert;
        let (hidden, between) = (bert.hidden_size, bert.intermediate_size);
        // Four products of attention and two around the activation, their biases, and two LayerNorms.
        bert.num_hidden_layers * (4 * hidden * hidden + 2 * hidden * between + 9 * hidden + between)
    }

    /// Operations of the encoder for a text of `n` tokens, two for each multiply-add: those of its products of weights,
    /// `2·(4·h² + 2·h·i)` per token and layer of hidden size h and intermediate size i, and those of its attention,
    /// `4·h·n` per token and layer.
    pub fn operations(&self, n: usize) -> [f64; 2] {
        let bert = &self.settings.bert;
        let (hidden, between, n) = (bert.hidden_size as f64, bert.intermediate_size as f64, n as f64);
        let layers_tokens = bert.num_hidden_layers as f64 * n;
        [layers_tokens * 2.0 * (4.0 * hidden * hidden + 2.0 * hidden * between), layers_tokens * 4.0 * hidden * n]
    }

    /// Tokenises a text with its special tokens, cut at the window.
    ///
    /// # Errors
    /// When the tokeniser fails.
    pub fn tokenize(&self, text: &str) -> Result<Tokens, EncodeError> {
        self.tokenizer.encode(text)
    }

    /// The same of a text as it is [compared](crate::lang::fold()); offsets are those of the text as it is given.
    ///
    /// # Errors
    /// When the tokeniser fails.
    pub fn tokenize_folded(&self, text: &str) -> Result<Tokens, EncodeError> {
        self.tokenizer.encode_folded(text)
    }

    /// The last hidden states of some sequences of token ids, one under the other: `[sum of lengths, dim]`. They are
    /// the same bit for bit whatever other sequences come along, but for [`Backend::Candle`].
    ///
    /// # Errors
    /// When the network fails.
    ///
    /// # Panics
    /// When the network gives no whole rows, which it always does.
    pub fn hidden_states<'a>(
        &self,
        sequences: &[&[u32]],
        space: &'a mut Workspace,
    ) -> Result<ArrayView2<'a, f32>, EncodeError> {
        let failed = |error: candle_core::Error| EncodeError::Network(error.into());
        match &self.runner {
            Runner::Candle(bert) => space.states = bert.forward(sequences).map_err(failed)?,
            Runner::Kernels(network) => {
                space.ids.clear();
                space.ids.extend(sequences.iter().flat_map(|sequence| sequence.iter()));
                space.lengths.clear();
                space.lengths.extend(sequences.iter().map(|sequence| sequence.len()));
                network.forward(&space.ids, &space.lengths, &mut space.states, &mut space.scratch).map_err(failed)?;
            }
        }
        let rows = space.states.len() / self.dim();
        Ok(ArrayView2::from_shape((rows, self.dim()), &space.states).expect("the network gives whole rows"))
    }

    /// The vector of a whole text from its hidden states `[tokens, dim]`: pooled, and normalised where the model says
    /// so.
    pub fn pool(&self, hidden: ArrayView2<f32>) -> Vec<f32> {
        let mut vector = match self.settings.pooling {
            Pooling::Mean => mean(hidden),
            Pooling::Cls => hidden.row(0).to_vec(),
        };
        if self.settings.normalize {
            l2_normalize(&mut vector);
        }
        vector
    }

    /// Counts and limits for the passage splitter.
    pub fn counter(&self) -> impl crate::passage::TokenCounter + '_ {
        &self.tokenizer
    }
}

/// Makes the network for a backend. The best instruction set is the first of the table that the CPU has and that can
/// run a network of this shape.
fn runner(path: &Path, settings: &Settings, backend: Backend) -> Result<(Runner, Engine), LoadError> {
    let weights = Arc::new(Weights::open(path)?);
    let broken = |source| LoadError::Weights { path: path.to_owned(), source: Box::from(source) };
    weights.check_layers(settings.bert.num_hidden_layers).map_err(broken)?;
    let (candidates, asked) = match backend {
        Backend::Candle => {
            let bert = bert::Bert::new(path, weights.prefix(), &settings.bert).map_err(broken)?;
            let engine =
                Engine { isa: "candle", precision: Precision::F32, reason: "asked for".to_owned(), fell_back: false };
            return Ok((Runner::Candle(Box::new(bert)), engine));
        }
        Backend::Best => (ISAS, None),
        Backend::Isa(isa, precision) => {
            (&ISAS[ISAS.iter().position(|row| std::ptr::eq(row, isa)).unwrap_or(0)..], Some((isa.name, precision)))
        }
    };
    let mut reasons: Vec<String> = Vec::new();
    let mut last = None;
    for isa in candidates {
        let wanted = asked.map(|(_, precision)| precision).filter(|precision| isa.precisions.contains(precision));
        let precision = wanted.unwrap_or(isa.precisions[0]);
        match Network::new(Arc::clone(&weights), &settings.bert, isa, precision) {
            Ok(network) => {
                let fell_back = asked.is_some_and(|(asked, _)| asked != isa.name);
                let reason = if asked.is_some() && !fell_back { "asked for".to_owned() } else { reasons.join("; ") };
                let engine = Engine { isa: isa.name, precision, reason, fell_back };
                return Ok((Runner::Kernels(Box::new(network)), engine));
            }
            Err(NetworkError::Weights(error)) => return Err(broken(error)),
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
    Err(last
        .map_or_else(|| broken(candle_core::Error::Msg("no instruction set can run it".to_owned())), LoadError::Isa))
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

/// Scales to length 1. A zero vector stays as it is (PyTorch's `normalize` has the same floor, 1e-12).
pub(crate) fn l2_normalize(vector: &mut [f32]) {
    let norm = vector.iter().map(|x| x * x).sum::<f32>().sqrt().max(1e-12);
    vector.iter_mut().for_each(|x| *x /= norm);
}
