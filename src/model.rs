//! The sentence-transformer: where its files come from, what its own configuration says, its tokeniser and its network.

mod bert;
pub mod fetch;
pub mod manifest;
mod settings;
mod tokens;
mod wordpiece;

use std::path::{Path, PathBuf};

use ndarray::{Array2, ArrayView2};

pub use settings::{Pooling, Prompt, Settings};
pub use tokens::Tokens;

/// A sentence-transformer of BERT architecture, ready to run.
pub struct Model {
    name: String,
    settings: Settings,
    tokenizer: tokens::Tokenizer,
    bert: bert::Bert,
}

/// Why a model directory could not be used.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    /// A file is missing or unreadable.
    #[error("{}: {source}; a sentence-transformers directory with modules.json, config.json, tokenizer.json and model.safetensors is needed", path.display())]
    Io { path: PathBuf, source: std::io::Error },
    /// A configuration file is not the JSON that it should be.
    #[error("{}: {source}", path.display())]
    Json { path: PathBuf, source: serde_json::Error },
    /// A configuration that this program cannot follow.
    #[error("{}: {what}", path.display())]
    Unsupported { path: PathBuf, what: String },
    /// The tokeniser's file is damaged.
    #[error("{}: not a tokeniser that can be used: {source}", path.display())]
    Tokenizer { path: PathBuf, source: Box<dyn std::error::Error + Send + Sync> },
    /// The weights are damaged, cut off, or not those that the configuration describes.
    #[error("{}: not the weights that config.json describes: {source}", path.display())]
    Weights { path: PathBuf, source: Box<candle_core::Error> },
}

/// Why a text could not be embedded.
#[derive(Debug, thiserror::Error)]
pub enum EncodeError {
    /// The tokeniser failed.
    #[error("the tokeniser failed: {0}")]
    Tokenizer(Box<dyn std::error::Error + Send + Sync>),
    /// The network failed.
    #[error("the model failed: {0}")]
    Network(#[from] candle_core::Error),
}

impl Model {
    /// Loads a sentence-transformers directory: `modules.json`, `config.json`, `sentence_bert_config.json`,
    /// `config_sentence_transformers.json`, `1_Pooling/config.json`, `tokenizer.json` and `model.safetensors`. `name` is
    /// what outputs call it.
    ///
    /// # Errors
    /// When a file is missing, damaged or describes anything but a BERT with mean or CLS pooling.
    pub fn load(name: &str, dir: &Path) -> Result<Self, LoadError> {
        let settings = Settings::read(dir)?;
        let tokenizer = tokens::Tokenizer::read(&dir.join("tokenizer.json"), settings.window)?;
        let bert = bert::Bert::read(dir, &settings.bert)?;
        Ok(Self { name: name.to_owned(), settings, tokenizer, bert })
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

    /// Tokenises a text with its special tokens, cut at the window.
    ///
    /// # Errors
    /// When the tokeniser fails.
    pub fn tokenize(&self, text: &str) -> Result<Tokens, EncodeError> {
        self.tokenizer.encode(text)
    }

    /// The last hidden states of some sequences of token ids, one under the other: `[sum of lengths, dim]`.
    ///
    /// # Errors
    /// When the network fails.
    pub fn hidden_states(&self, sequences: &[&[u32]]) -> Result<Array2<f32>, EncodeError> {
        Ok(self.bert.forward(sequences)?)
    }

    /// The vector of a whole text from its hidden states `[tokens, dim]`: pooled, and normalised where the model says so.
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
