//! `model list | pull | show | verify`

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::{Path, PathBuf};

use anyhow::{Result, bail};
use samesay::model::fetch::{self, FetchError, FileState, NamedModel};
use samesay::model::manifest::{Manifest, ModelFile};
use samesay::report::ReadingNotes;
use samesay::report::terminal::printable;
use schemars::JsonSchema;
use serde::Serialize;

use super::Outcome;
use super::args::{ModelArgs, ModelCommand};
use super::config::{Config, ModelChoice};
use super::io::print;
use super::progress::Download;

/// `samesay model`
pub fn model(config: &Config, args: ModelArgs) -> Result<Outcome> {
    match args.command {
        ModelCommand::List => list(config),
        ModelCommand::Pull(_) => pull(config),
        ModelCommand::Show(_) => show(config),
        ModelCommand::Verify(_) => verify(config),
    }
}

#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct ModelList {
    #[schemars(extend("const" = "samesay.models.v1"))]
    schema: &'static str,
    models: Vec<ListedModel>,
    /// Warnings; no documents are read.
    #[serde(flatten)]
    reading: ReadingNotes,
}

impl ModelList {
    fn new(models: Vec<ListedModel>) -> Self {
        Self { schema: "samesay.models.v1", models, reading: ReadingNotes::default() }
    }
}

#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct ListedModel {
    name: String,
    repo: String,
    revision: String,
    licence: String,
    languages: String,
    dim: usize,
    window: usize,
    /// Size of the files in bytes: an estimate if the model is not pinned, 0 if unknown before the fetch.
    bytes: u64,
    /// Prompts known before the fetch, by name. The model's own files may name more.
    prompts: BTreeMap<String, String>,
    /// Whether its checksums are part of the program. Checksums of other models are recorded when they are first used.
    pinned: bool,
    /// Folder of the model, if it is on this machine.
    path: Option<PathBuf>,
    /// Why the files in the cache cannot be used.
    problem: Option<String>,
}

impl ListedModel {
    fn new(config: &Config, manifest: &Manifest) -> Self {
        match found(config, manifest) {
            Ok(path) => Self::at(manifest, path),
            Err(error) => Self { problem: Some(error.to_string()), ..Self::at(manifest, None) },
        }
    }

    fn at(manifest: &Manifest, path: Option<PathBuf>) -> Self {
        Self {
            name: manifest.name.to_string(),
            repo: manifest.repo.to_string(),
            revision: manifest.revision.to_string(),
            licence: manifest.licence.clone(),
            languages: manifest.languages.clone(),
            prompts: manifest.prompts.clone(),
            pinned: manifest.pinned,
            dim: manifest.dim,
            window: manifest.window,
            bytes: manifest.files.iter().map(|file| file.size).sum::<u64>().max(manifest.bytes),
            path,
            problem: None,
        }
    }
}

/// Where a built-in model is on this machine, if it is.
fn found(config: &Config, manifest: &Manifest) -> Result<Option<PathBuf>, FetchError> {
    if manifest.pinned {
        return fetch::find(manifest, &config.places);
    }
    match fetch::trusted(&NamedModel::of_manifest(manifest), &config.places)? {
        Some(known) => fetch::find(&known, &config.places),
        None => Ok(None),
    }
}

fn list(config: &Config) -> Result<Outcome> {
    let models = Manifest::builtin().iter().map(|manifest| ListedModel::new(config, manifest)).collect();
    let list = ModelList::new(models);
    print(config.json()?, &list, |list| {
        let mut out = String::new();
        for model in &list.models {
            let state = match (&model.path, &model.problem) {
                (Some(path), _) => format!("at {}", place(path)),
                (None, Some(problem)) => printable(problem),
                (None, None) => "not fetched yet".to_owned(),
            };
            let size = match model.bytes {
                0 => ", size unknown".to_owned(),
                bytes => format!(", {:.0} MB", bytes as f64 / 1e6),
            };
            let pinned = if model.pinned { "" } else { ", unpinned: trusted on first use" };
            let names: Vec<&str> = model.prompts.keys().map(String::as_str).collect();
            let prompts =
                if names.is_empty() { String::new() } else { format!(", with prompts for {}", names.join(" and ")) };
            writeln!(
                out,
                "{}  {}, {} dimensions, {} tokens{size}, {}{pinned}{prompts}  {state}",
                model.name, model.languages, model.dim, model.window, model.licence
            )?;
        }
        Ok(out)
    })?;
    Ok(Outcome::Found)
}

/// Fetches the model. A name on the hub is looked up again.
fn pull(config: &Config) -> Result<Outcome> {
    let manifest = match &config.model {
        ModelChoice::Named(name) => {
            Cow::Owned(fetch::renewed(name, &config.places, &mut Download::new(config.chatter))?)
        }
        _ => known(config)?,
    };
    let path = config.obtain(&manifest)?;
    let pulled = ModelList::new(vec![ListedModel::at(&manifest, Some(path))]);
    print(config.json()?, &pulled, |pulled| {
        let model = &pulled.models[0];
        Ok(format!("{} is in {}\n", printable(&model.name), model.path.as_deref().map_or(String::new(), place)))
    })?;
    Ok(Outcome::Found)
}

/// A path as text for people. The name of a folder may contain control characters.
fn place(path: &Path) -> String {
    printable(&path.display().to_string())
}

/// The manifest of the chosen model, if its files are known.
fn known(config: &Config) -> Result<Cow<'static, Manifest>> {
    match (&config.model, config.manifest()?) {
        (_, Some(manifest)) => Ok(manifest),
        (ModelChoice::Directory(dir), None) => {
            bail!("{}: is a local directory; its files cannot be fetched or checked", dir.display())
        }
        (_, None) => bail!("the model's files are not known"),
    }
}

#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Shown {
    #[schemars(extend("const" = "samesay.model.v1"))]
    schema: &'static str,
    name: String,
    /// Folder of the model; null for a listed model that is not on this machine.
    path: Option<PathBuf>,
    dim: usize,
    window: usize,
    /// Null if unknown before the fetch, like the fields that follow.
    pooling: Option<String>,
    normalize: Option<bool>,
    prompts: BTreeMap<String, String>,
    /// Architecture of the network, as `config.json` names it.
    architecture: Option<String>,
    layers: Option<usize>,
    heads: Option<usize>,
    repo: Option<String>,
    revision: Option<String>,
    licence: Option<String>,
    /// Warnings about the model; no documents are read.
    #[serde(flatten)]
    reading: ReadingNotes,
}

impl Shown {
    /// What is known of a model that is not on this machine.
    fn beforehand(manifest: &Manifest) -> Self {
        Self {
            schema: "samesay.model.v1",
            name: manifest.name.to_string(),
            path: None,
            dim: manifest.dim,
            window: manifest.window,
            pooling: manifest.pooling.map(|mode| mode.name().to_owned()),
            normalize: manifest.normalize,
            prompts: manifest.prompts.clone(),
            architecture: None,
            layers: None,
            heads: None,
            repo: Some(manifest.repo.to_string()),
            revision: Some(manifest.revision.to_string()),
            licence: Some(manifest.licence.clone()),
            reading: ReadingNotes::default(),
        }
    }

    /// What the files of a model say, and its manifest, if it has one.
    fn loaded(config: &Config) -> Result<Self> {
        let manifest = config.manifest()?;
        let manifest = manifest.as_deref();
        let path = match (&config.model, manifest) {
            (_, Some(manifest)) => config.obtain(manifest)?,
            (ModelChoice::Directory(dir), None) => dir.clone(),
            (_, None) => bail!("the model's files are not known"),
        };
        let name = manifest.map_or_else(|| path.display().to_string(), |manifest| manifest.name.to_string());
        let model = config.load(&name, &path)?;
        let settings = model.settings();
        let mut prompts = settings.prompts.clone();
        for (name, prompt) in manifest.iter().flat_map(|manifest| &manifest.prompts) {
            prompts.entry(name.clone()).or_insert_with(|| prompt.clone());
        }
        Ok(Self {
            schema: "samesay.model.v1",
            name,
            path: Some(path),
            dim: model.dim(),
            window: settings.window,
            pooling: Some(settings.pooling.iter().map(|mode| mode.name()).collect::<Vec<_>>().join(" + ")),
            normalize: Some(settings.normalize),
            prompts,
            architecture: Some(settings.network.model_type.clone()),
            layers: Some(settings.network.layers),
            heads: Some(settings.network.heads),
            repo: manifest.map(|manifest| manifest.repo.to_string()),
            revision: manifest.map(|manifest| manifest.revision.to_string()),
            licence: manifest.map(|manifest| manifest.licence.clone()),
            reading: ReadingNotes { warnings: model.doubts().to_vec(), ..ReadingNotes::default() },
        })
    }

    fn text(&self) -> Result<String, std::fmt::Error> {
        let mut out = String::new();
        let path = self.path.as_ref().map_or_else(|| "not fetched yet".to_owned(), |path| place(path));
        writeln!(out, "{}  {path}", printable(&self.name))?;
        if let (Some(repo), Some(revision), Some(licence)) = (&self.repo, &self.revision, &self.licence) {
            writeln!(out, "  from {}", printable(&format!("{repo} at {revision}, {licence}")))?;
        }
        let architecture = self.architecture.as_ref().map_or(String::new(), |name| format!("{}, ", printable(name)));
        let layers = match (self.layers, self.heads) {
            (Some(layers), Some(heads)) => format!("{layers} layers with {heads} heads, "),
            _ => String::new(),
        };
        writeln!(out, "  {architecture}{} dimensions, {layers}a window of {} tokens", self.dim, self.window)?;
        if let (Some(pooling), Some(normalize)) = (&self.pooling, self.normalize) {
            writeln!(out, "  pooling {pooling}, {}normalised", if normalize { "" } else { "not " })?;
        }
        let mut prompts = self.prompts.iter();
        prompts.try_for_each(|(name, text)| writeln!(out, "  {}", printable(&format!("prompt {name}: {text:?}"))))?;
        Ok(out)
    }
}

/// A listed model is not fetched to be shown.
fn show(config: &Config) -> Result<Outcome> {
    let listed = match &config.model {
        ModelChoice::Known(manifest) => Some(*manifest),
        ModelChoice::Named(name) => {
            Manifest::builtin().iter().find(|listed| !listed.pinned && NamedModel::of_manifest(listed) == *name)
        }
        ModelChoice::Directory(_) => None,
    };
    let shown = match listed {
        Some(listed) if matches!(found(config, listed), Ok(None)) => Shown::beforehand(listed),
        _ => Shown::loaded(config)?,
    };
    print(config.json()?, &shown, Shown::text)?;
    Ok(Outcome::Found)
}

#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Verified {
    #[schemars(extend("const" = "samesay.model_files.v1"))]
    schema: &'static str,
    name: String,
    path: PathBuf,
    ok: bool,
    files: Vec<VerifiedFile>,
    /// Warnings; no documents are read.
    #[serde(flatten)]
    reading: ReadingNotes,
}

#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct VerifiedFile {
    path: String,
    state: String,
    ok: bool,
}

/// Checks the files where they are. A model that is not on this machine is an error and is not fetched.
fn verify(config: &Config) -> Result<Outcome> {
    let manifest = known(config)?;
    let Some(path) = fetch::verify(&manifest, &config.places)? else {
        bail!("{} is not on this machine; fetch it with `samesay model pull {0}`", manifest.name)
    };
    // A wrong file would have been an error above.
    let right =
        |file: &ModelFile| VerifiedFile { path: file.path.to_string(), state: FileState::Ok.to_string(), ok: true };
    let files = manifest.files.iter().map(right).collect();
    let verified = Verified {
        schema: "samesay.model_files.v1",
        name: manifest.name.to_string(),
        path,
        ok: true,
        files,
        reading: ReadingNotes::default(),
    };
    print(config.json()?, &verified, |verified| {
        let mut out = format!("{}  {}\n", printable(&verified.name), place(&verified.path));
        verified.files.iter().try_for_each(|file| writeln!(out, "  {}  {}", printable(&file.path), file.state))?;
        Ok(out)
    })?;
    Ok(Outcome::Found)
}
