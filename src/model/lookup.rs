//! Static models, as saved by model2vec and sentence-transformers' `StaticEmbedding`: a token's state is its row of a
//! table, regardless of context, and a text's vector is their mean.
//!
//! There are no special tokens. A table may be smaller than the vocabulary, with a `mapping` from tokens to rows, and
//! tokens may be weighted (`weights`).

use std::path::Path;
use std::sync::Arc;

use candle_core::Result;
use serde::Deserialize;

use super::architecture::{Architecture, Kind};
use super::read::{read_optional, unsupported};
use super::settings::LEAST_WINDOW;
use super::weights::{Weights, broken};
use super::{Backbone, LoadError, Workspace};

/// The name of the table in model2vec's files.
const MODEL2VEC: &str = "embeddings";
/// The name of the table in sentence-transformers' files.
const NATIVE: &str = "embedding.weight";
const MAPPING: &str = "mapping";
const WEIGHTS: &str = "weights";
/// Default maximum number of tokens of a text, as in model2vec.
const WINDOW: usize = 512;
/// Maximum number of tokens of a text for a model without a limit.
const MOST: usize = 32_768;

/// The configuration of a static model.
#[derive(Debug, Clone)]
pub(super) struct LookupConfig {
    /// The name of the table.
    pub table: &'static str,
    /// Number of rows of the table.
    rows: usize,
    /// Whether there is a mapping from tokens to rows.
    mapped: bool,
    /// Whether tokens are weighted.
    weighed: bool,
    /// Whether unknown tokens are dropped.
    pub drops_unknown: bool,
}

/// The `config.json` of model2vec.
#[derive(Deserialize, Default)]
struct File {
    /// [`WINDOW`] if absent; null means no limit.
    #[serde(default)]
    max_length: MaxLength,
}

#[derive(Deserialize, Default)]
#[serde(untagged)]
enum MaxLength {
    #[default]
    #[serde(skip)]
    Absent,
    Given(Option<usize>),
}

impl Architecture {
    /// Reads the static model in a folder.
    pub(super) fn of_static(dir: &Path) -> std::result::Result<Self, LoadError> {
        let weights = Weights::open(dir, MODEL2VEC).or_else(|_| Weights::open(dir, NATIVE))?;
        let wrong = |source: candle_core::Error| broken(weights.file(), source);
        let table = if weights.has(MODEL2VEC) { MODEL2VEC } else { NATIVE };
        let (rows, dim) = match weights.shape(table).map_err(wrong)?[..] {
            [rows, dim] if rows > 0 && dim > 0 => (rows, dim),
            ref other => {
                return Err(broken(weights.file(), format!("{table} has the shape {other:?}, not [tokens, values]")));
            }
        };
        let of_model2vec = table == MODEL2VEC;
        let [mapped, weighed] = [MAPPING, WEIGHTS].map(|name| of_model2vec && weights.has(name));
        // The mapping or the weights, if there are any, have the size of the vocabulary.
        let sized = [(mapped, MAPPING), (weighed, WEIGHTS)].into_iter().find(|(there, _)| *there);
        let vocabulary = match sized {
            Some((_, name)) => weights.shape(name).map_err(wrong)?.iter().product(),
            None => rows,
        };
        let path = dir.join("config.json");
        let window = match read_optional::<File>(&path)?.max_length {
            MaxLength::Absent => WINDOW,
            MaxLength::Given(limit) => limit.unwrap_or(MOST).min(MOST),
        };
        if window < LEAST_WINDOW {
            return Err(unsupported(&path, format!("a max_length of {window} tokens is too small")));
        }
        let config = LookupConfig { table, rows, mapped, weighed, drops_unknown: of_model2vec };
        Ok(Self {
            model_type: "static".to_owned(),
            dim,
            vocabulary,
            layers: 0,
            heads: 0,
            window,
            positions: MOST,
            kind: Kind::Static(config),
        })
    }
}

/// A table that is ready for look-ups.
pub(super) struct Lookup {
    weights: Arc<Weights>,
    name: &'static str,
    /// The converted table, unless the file has it in f32.
    table: Option<Vec<f32>>,
    rows: usize,
    /// The row of each token, or `None` if it equals the token's id.
    mapping: Option<Vec<u32>>,
    /// The weight of each token.
    scales: Option<Vec<f32>>,
    dim: usize,
    window: usize,
    vocabulary: usize,
}

impl Lookup {
    /// Checks the tables of a static model, and converts those that are not f32.
    pub fn new(weights: Arc<Weights>, architecture: &Architecture, config: &LookupConfig) -> Result<Self> {
        let Architecture { dim, window, vocabulary, .. } = *architecture;
        let table = match weights.values(config.table, &[config.rows, dim])? {
            std::borrow::Cow::Borrowed(_) => None,
            std::borrow::Cow::Owned(values) => Some(values),
        };
        let mapping = config.mapped.then(|| weights.rows(MAPPING, vocabulary, config.rows)).transpose()?;
        let scales = config.weighed.then(|| weights.values(WEIGHTS, &[vocabulary])).transpose()?;
        let (scales, rows, name) = (scales.map(std::borrow::Cow::into_owned), config.rows, config.table);
        Ok(Self { weights, name, table, rows, mapping, scales, dim, window, vocabulary })
    }
}

impl Backbone for Lookup {
    fn dim(&self) -> usize {
        self.dim
    }

    fn window(&self) -> usize {
        self.window
    }

    fn hidden_states(&self, sequences: &[&[u32]], space: &mut Workspace) -> Result<()> {
        let mapped = match &self.table {
            Some(_) => None,
            None => Some(self.weights.values(self.name, &[self.rows, self.dim])?),
        };
        let table = self.table.as_deref().or(mapped.as_deref()).unwrap_or_default();
        space.states.clear();
        for id in sequences.iter().flat_map(|ids| ids.iter()).map(|id| *id as usize) {
            if id >= self.vocabulary {
                candle_core::bail!("a token id lies beyond the model's table");
            }
            let row = self.mapping.as_ref().map_or(id, |mapping| mapping[id] as usize);
            let values = &table[row * self.dim..(row + 1) * self.dim];
            let scale = self.scales.as_ref().map_or(1.0, |scales| scales[id]);
            space.states.extend(values.iter().map(|value| value * scale));
        }
        Ok(())
    }
}
