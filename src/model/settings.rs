//! The configuration of a sentence-transformers directory.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::LoadError;
use super::architecture::Architecture;
use super::manifest::PlainPath;
use super::pooling::{Pooling, PoolingConfig};
use super::read::{read_optional, unsupported};
use super::stages::StageConfig;

/// Room for a text's two special tokens and a few of its own.
pub(super) const LEAST_WINDOW: usize = 8;

/// Prompts that sentence-transformers gives every model; empty unless the model names others.
const OWN: [&str; 2] = ["query", "document"];

/// The role in which a text is embedded; some models need a prompt before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Prompt {
    /// The text alone (or with the model's default prompt), as sentence-transformers embeds it.
    None,
    /// A text to be compared with others of its kind: like `None`, but in its [folded](crate::lang::fold()) form, like
    /// queries and passages.
    Symmetric,
    /// A query.
    Query,
    /// A passage with which queries are compared.
    Passage,
}

/// The configuration of a model.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Maximum number of tokens of a sequence, including special ones.
    pub window: usize,
    /// How token states become one vector: the vectors of these modes, concatenated.
    pub pooling: Vec<Pooling>,
    /// Whether a prompt's tokens are pooled too.
    pub include_prompt: bool,
    /// Whether vectors are scaled to length 1.
    pub normalize: bool,
    /// The length of a vector.
    pub dim: usize,
    /// The prompts put before a text, by name.
    pub prompts: BTreeMap<String, String>,
    /// The prompt for texts that request none.
    pub default_prompt: Option<String>,
    /// The network.
    pub network: Architecture,
    /// The steps applied to a pooled vector before it is scaled.
    pub(super) stages: Vec<StageConfig>,
    /// The length of a vector before it is truncated.
    pub(super) full_dim: usize,
    /// Whether texts have to be lower-cased before tokenising.
    pub(super) lower_case: bool,
    /// The folder of the network and its tokeniser, within the model's.
    pub(super) root: PathBuf,
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
    /// Whether texts are lower-cased before tokenising.
    #[serde(default)]
    do_lower_case: bool,
}

/// Newer directories give the window only here.
#[derive(Deserialize, Default)]
struct TokenizerConfig {
    /// Some files say "no limit" by an enormous float.
    model_max_length: Option<f64>,
}

#[derive(Deserialize, Default)]
struct SentenceTransformers {
    #[serde(default)]
    prompts: BTreeMap<String, Option<String>>,
    default_prompt_name: Option<String>,
}

impl Settings {
    /// Reads the configuration files of the model in `dir`.
    ///
    /// # Errors
    /// When a file is missing or damaged, or asks for something unsupported.
    pub(super) fn read(dir: &Path) -> Result<Self, LoadError> {
        let modules = Modules::read(dir)?;
        let root = &dir.join(&modules.root);
        let network = if modules.is_static { Architecture::of_static(root)? } else { Architecture::read(root)? };
        let sentence: SentenceBert = read_optional(&root.join("sentence_bert_config.json"))?;
        let transformers: SentenceTransformers = read_optional(&dir.join(super::PROMPTS))?;
        let is_unknown = |name: &&String| !(transformers.prompts.contains_key(*name) || OWN.contains(&name.as_str()));
        if let Some(name) = transformers.default_prompt_name.as_ref().filter(is_unknown) {
            let known: Vec<String> = transformers.prompts.keys().map(|name| format!("{name:?}")).collect();
            let known = if known.is_empty() { "none".to_owned() } else { known.join(", ") };
            let what = format!("has the default_prompt_name {name:?}, which is not one of its prompts ({known})");
            return Err(unsupported(&dir.join(super::PROMPTS), what));
        }
        let prompts: BTreeMap<String, String> =
            transformers.prompts.into_iter().filter_map(|(name, text)| Some((name, text?))).collect();
        let default_prompt = transformers.default_prompt_name.and_then(|name| prompts.get(&name).cloned());
        let window = window(root, &sentence, &network)?;
        let PoolingConfig { modes, include_prompt } = match &modules.pooling {
            _ if modules.is_static => PoolingConfig { modes: vec![Pooling::Mean], include_prompt: true },
            _ if modules.are_assumed => PoolingConfig { modes: vec![Pooling::Mean], include_prompt: true },
            Some(folder) => PoolingConfig::read(&dir.join(folder).join("config.json"), network.dim)?,
            None => return Err(unsupported(&dir.join(super::MODULES), "has no Pooling module".to_owned())),
        };
        let pooled = network.dim * modes.len();
        let (mut stages, full_dim) = modules.stages(dir, pooled)?;
        // Normalisation at the end takes place after a vector is truncated.
        let normalize = stages.pop_if(|stage| *stage == StageConfig::Normalize).is_some();
        Ok(Self {
            window,
            pooling: modes,
            include_prompt,
            normalize,
            dim: full_dim,
            prompts,
            default_prompt,
            network,
            stages,
            full_dim,
            lower_case: sentence.do_lower_case,
            root: modules.root,
        })
    }

    /// Truncates vectors to their first `dim` values, for which some models are trained (Matryoshka embeddings), and
    /// scales them to length 1 again.
    ///
    /// # Errors
    /// When the model's vectors are shorter, or `dim` is 0.
    pub(super) fn cut_to(&mut self, dim: usize) -> Result<(), LoadError> {
        if !(1..=self.full_dim).contains(&dim) {
            return Err(LoadError::Dim { wanted: dim, full: self.full_dim });
        }
        (self.dim, self.normalize) = (dim, self.normalize || dim < self.full_dim);
        Ok(())
    }

    /// Whether a sentence's vector is the mean of its tokens' states in its text's own forward pass: only models with
    /// mean pooling were trained for that.
    pub(super) fn pools_means(&self) -> bool {
        self.pooling == [Pooling::Mean]
    }

    /// The prompt for a text in this role.
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

/// The window named in a model's files, checked against the network's positions.
fn window(root: &Path, sentence: &SentenceBert, network: &Architecture) -> Result<usize, LoadError> {
    let path = root.join("sentence_bert_config.json");
    let tokenizer: TokenizerConfig = read_optional(&root.join("tokenizer_config.json"))?;
    if let Some(named) = sentence.max_seq_length
        && named > network.positions
    {
        let what = format!(
            "has a max_seq_length of {named}, but the network has positions for {} tokens; set it to that",
            network.window
        );
        return Err(unsupported(&path, what));
    }
    let named = sentence.max_seq_length.or(tokenizer.model_max_length.map(|length| length as usize));
    let window = named.unwrap_or(usize::MAX).min(network.window);
    if window < LEAST_WINDOW {
        return Err(unsupported(&path, format!("a window of {window} tokens is too small")));
    }
    Ok(window)
}

/// The content of `modules.json`, or a network whose states' mean is taken if there is no such file, as in
/// sentence-transformers.
struct Modules {
    /// The folder of the network and its tokeniser, within the model's.
    root: PathBuf,
    /// Whether the model is static, which needs no pooling module.
    is_static: bool,
    /// Whether there is no file.
    are_assumed: bool,
    /// The folder of the pooling.
    pooling: Option<PathBuf>,
    /// The class and folder of each module after the pooling.
    after_pooling: Vec<(String, PathBuf)>,
    path: PathBuf,
}

impl Modules {
    fn read(dir: &Path) -> Result<Self, LoadError> {
        let path = dir.join(super::MODULES);
        let list: Vec<Module> = read_optional(&path)?;
        let mut found = Self {
            root: PathBuf::new(),
            is_static: false,
            are_assumed: !path.exists(),
            pooling: None,
            after_pooling: Vec::new(),
            path,
        };
        for (at, Module { path, kind }) in list.into_iter().enumerate() {
            let folder = match PlainPath::try_from(path.clone()) {
                Ok(path) => PathBuf::from(path.as_str()),
                // model2vec writes the model's own folder as a dot.
                Err(_) if matches!(path.as_str(), "" | ".") => PathBuf::new(),
                Err(error) => return Err(unsupported(&found.path, error.to_string())),
            };
            match (kind.rsplit('.').next().unwrap_or_default(), at) {
                ("Transformer", 0) => found.root = folder,
                ("StaticEmbedding", 0) => (found.root, found.is_static) = (folder, true),
                ("Pooling", 1) if !found.is_static => found.pooling = Some(folder),
                (class, 1..) if found.is_static => found.after_pooling.push((class.to_owned(), folder)),
                (class, 2..) => found.after_pooling.push((class.to_owned(), folder)),
                (class, _) => {
                    let what = format!(
                        "has a {class} module in place {}; supported are a Transformer and a Pooling, or a \
                         StaticEmbedding, then any of Dense, LayerNorm, Normalize and Dropout",
                        at + 1
                    );
                    return Err(unsupported(&found.path, what));
                }
            }
        }
        Ok(found)
    }

    /// The steps applied to pooled vectors of `dim` values, and the length of the resulting vectors.
    fn stages(&self, dir: &Path, dim: usize) -> Result<(Vec<StageConfig>, usize), LoadError> {
        let (mut stages, mut dim) = (Vec::new(), dim);
        for (class, folder) in &self.after_pooling {
            let stage = match class.as_str() {
                "Normalize" => StageConfig::Normalize,
                "Dense" => StageConfig::dense(dir, folder.clone(), dim)?,
                "LayerNorm" => StageConfig::layer_norm(dir, folder.clone(), dim)?,
                // Dropout only acts in training.
                "Dropout" => continue,
                other => {
                    let what = format!(
                        "has a {other} module; supported after the Pooling are Dense, LayerNorm, Normalize and Dropout"
                    );
                    return Err(unsupported(&self.path, what));
                }
            };
            dim = stage.dim(dim);
            stages.push(stage);
        }
        Ok((stages, dim))
    }
}
