//! The meaning of the arguments on this machine. Only this module reads the environment.

use std::borrow::Cow;
use std::collections::HashSet;
use std::env;
use std::io::{self, IsTerminal};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use anyhow::{Context, Result};
use clap::ValueEnum;
use samesay::compare::ModelBackground;
use samesay::kernels::{ISAS, Isa, Precision};
use samesay::matches::measured_once;
use samesay::model::fetch::{self, NamedModel, Places, Proxy, Token};
use samesay::model::manifest::Manifest;
use samesay::model::{Backend, Embedder, Model};
use samesay::report::terminal::Screen;
use samesay::store::Store;

use super::args::{Color, Format, Global, PrecisionArg};
use super::chatter::{Chatter, line};
use super::input::some_of_kinds;
use super::progress;

/// Width of the text where there is no terminal, and the greatest width in a terminal.
const PLAIN_WIDTH: usize = 100;
const MAX_WIDTH: usize = 120;

/// Least address space in bytes. A query over a few files takes 500 MiB of it on two cores.
#[cfg(unix)]
const LEAST_MEMORY: u64 = 640 << 20;

/// Most threads that can be asked for.
const MAX_THREADS: usize = 1024;

/// Arguments that cannot be followed.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct UsageError(pub String);

/// Where the model comes from.
#[derive(Clone)]
pub enum ModelChoice {
    /// A directory on this machine.
    Directory(PathBuf),
    /// A model whose files are known.
    Known(&'static Manifest),
    /// A model on the hub, whose files are unknown before its first use.
    Named(NamedModel),
}

/// Where passages and vectors are kept.
pub enum StoreChoice {
    /// In this folder, with one file per corpus.
    Folder(PathBuf),
    /// In this file.
    File(PathBuf),
    /// Nowhere.
    Nothing,
}

impl StoreChoice {
    /// The typed store, or else that of the environment, or else the user's cache.
    fn resolve(typed: Option<PathBuf>, cache: &Path) -> Self {
        let named = typed.or_else(|| env::var_os("SAMESAY_STORE").filter(|value| !value.is_empty()).map(PathBuf::from));
        match named {
            Some(named) if named == Path::new("none") => Self::Nothing,
            Some(named) => Self::File(named),
            None => Self::Folder(cache.join("stores")),
        }
    }
}

/// How results are printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Printed {
    /// For people.
    Text,
    /// One JSON object.
    Json,
    /// A JSON object per line.
    Lines,
}

/// The settings of a run.
pub struct Config {
    pub model: ModelChoice,
    pub backend: Backend,
    /// Number of values that vectors are cut to.
    pub dim: Option<usize>,
    pub places: Places,
    pub store: StoreChoice,
    pub threads: usize,
    pub format: Format,
    pub look: Screen,
    pub chatter: Chatter,
    /// The typed options about the model and how it is computed.
    pub typed: Vec<String>,
    /// The warnings that were printed.
    warned: Mutex<HashSet<String>>,
}

impl Config {
    /// Resolves the arguments on this machine.
    pub fn resolve(global: Global) -> Result<Self> {
        enough_memory()?;
        if global.threads == Some(0) {
            return Err(UsageError("--threads 0: use at least one thread".to_owned()).into());
        }
        if let Some(threads) = global.threads.filter(|threads| *threads > MAX_THREADS) {
            return Err(UsageError(format!("--threads {threads}: use at most {MAX_THREADS} threads")).into());
        }
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        // The pool is built once per process before its first use, so that a lack of threads is reported here.
        let threads = global.threads.unwrap_or(cores);
        rayon::ThreadPoolBuilder::new().num_threads(threads).build_global().map_err(|error| {
            let how = "set fewer with --threads, or allow more memory (ulimit -v)";
            anyhow::anyhow!("cannot start {threads} threads ({error}); {how}")
        })?;
        let color = match global.color {
            Color::Auto => {
                io::stdout().is_terminal()
                    && env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
                    && env::var_os("TERM").is_none_or(|term| !term.is_empty() && term != "dumb")
            }
            Color::Always => true,
            Color::Never => false,
        };
        if color { anstream::ColorChoice::Always } else { anstream::ColorChoice::Never }.write_global();
        let places = places(global.offline)?;
        let model = global.model.as_ref().map(|model| model.display().to_string());
        let precision =
            global.precision.and_then(|precision| Some(precision.to_possible_value()?.get_name().to_owned()));
        let dim = global.dim.map(|dim| dim.to_string());
        let typed = [("--model", model), ("--dim", dim), ("--isa", global.isa.clone()), ("--precision", precision)];
        Ok(Self {
            warned: Mutex::default(),
            typed: typed
                .into_iter()
                .flat_map(|(flag, value)| value.into_iter().flat_map(|value| [flag.to_owned(), value]))
                .collect(),
            store: StoreChoice::resolve(global.store, &places.cache),
            model: model_choice(global.model.as_deref())?,
            backend: backend(global.isa.as_deref(), global.precision)?,
            dim: global.dim,
            places,
            threads,
            format: global.format,
            look: Screen { width: width(), color },
            chatter: match (global.quiet, global.verbose) {
                (true, _) => Chatter::Quiet,
                (_, true) => Chatter::Verbose,
                _ => Chatter::Normal,
            },
        })
    }

    /// Loads the model, and fetches it first if necessary.
    pub fn embedder(&self) -> Result<Embedder> {
        self.embedder_of(&self.model, self.backend, self.threads)
    }

    /// Loads the model with one of its prompts, which is put before each text.
    pub fn embedder_with_prompt(&self, name: &str) -> Result<Embedder> {
        let model = self.model_of(&self.model, self.backend)?.with_default_prompt(name)?;
        Ok(Embedder::new(model, self.threads)?)
    }

    /// Loads a model for a backend and a number of threads, and fetches it first if necessary.
    pub fn embedder_of(&self, model: &ModelChoice, backend: Backend, threads: usize) -> Result<Embedder> {
        Ok(Embedder::new(self.model_of(model, backend)?, threads)?)
    }

    fn model_of(&self, choice: &ModelChoice, backend: Backend) -> Result<Model> {
        let model = match (choice, self.manifest_of(choice)?) {
            (ModelChoice::Directory(dir), _) => Model::load(&name_of(dir), dir, backend)?,
            (_, Some(manifest)) => Model::of_manifest(&manifest, &self.obtain(&manifest)?, backend)?,
            (_, None) => unreachable!("every model but a directory has a manifest"),
        };
        Ok(self.announced(self.cut(model)?))
    }

    /// The manifest of the model's files. A directory has none. A model that is used for the first time is fetched.
    pub fn manifest(&self) -> Result<Option<Cow<'static, Manifest>>> {
        self.manifest_of(&self.model)
    }

    fn manifest_of(&self, choice: &ModelChoice) -> Result<Option<Cow<'static, Manifest>>> {
        Ok(match choice {
            ModelChoice::Directory(_) => None,
            ModelChoice::Known(manifest) => Some(Cow::Borrowed(*manifest)),
            ModelChoice::Named(name) => {
                Some(Cow::Owned(fetch::named(name, &self.places, &mut progress::Download::new(self.chatter))?))
            }
        })
    }

    /// The folder of a model's files, which are fetched first if necessary.
    pub fn folder_of(&self, choice: &ModelChoice) -> Result<PathBuf> {
        match (choice, self.manifest_of(choice)?) {
            (_, Some(manifest)) => self.obtain(&manifest),
            (ModelChoice::Directory(dir), None) => Ok(dir.clone()),
            (_, None) => unreachable!("every model but a directory has a manifest"),
        }
    }

    /// The model with vectors of the length that was asked for.
    fn cut(&self, model: Model) -> Result<Model> {
        match self.dim {
            Some(dim) => model.with_dim(dim).with_context(|| format!("--dim {dim}")),
            None => Ok(model),
        }
    }

    /// The distributions of the model's cosines: those of its manifest, or else those measured on the sample corpus,
    /// which are kept beside the models and in the store.
    pub fn background(&self, embedder: &Embedder, store: &dyn Store) -> Result<ModelBackground> {
        let known = match &self.model {
            // Cut vectors have other cosines.
            ModelChoice::Known(manifest) if manifest.dim == embedder.model().dim() => {
                ModelBackground::of_manifest(manifest)
            }
            _ => None,
        };
        match known {
            Some(known) => Ok(known),
            None => Ok(measured_once(&self.places.cache.join("backgrounds"), store, embedder, || {
                self.say(|| "this model has no table of cosines; measuring it on the sample corpus".to_owned());
            })?),
        }
    }

    /// Loads a model for the instruction set that was asked for, and warns if it had to be another.
    pub fn load(&self, name: &str, dir: &Path) -> Result<Model> {
        Ok(self.announced(self.cut(Model::load(name, dir, self.backend)?)?))
    }

    /// Prints what a model runs on.
    fn announced(&self, model: Model) -> Model {
        let (name, engine) = (model.name(), model.engine());
        let why = if engine.reason.is_empty() { "the best this CPU supports" } else { &engine.reason };
        let line = format!("{name} runs on {} in {}: {why}", engine.isa, engine.precision);
        if engine.fell_back {
            self.warn(&line);
        } else {
            self.say(|| line);
        }
        model.doubts().iter().for_each(|doubt| self.warn(doubt));
        model
    }

    /// The directory of a known model, which is fetched first if necessary.
    pub fn obtain(&self, manifest: &Manifest) -> Result<PathBuf> {
        Ok(fetch::obtain(manifest, &self.places, &mut progress::Download::new(self.chatter))?)
    }

    /// How a command prints results if it can also print one per line.
    pub fn printed(&self) -> Result<Printed> {
        match self.format {
            Format::Text => Ok(Printed::Text),
            Format::Json => Ok(Printed::Json),
            Format::Jsonl => Ok(Printed::Lines),
            other => Err(no_such(other, "text, json or jsonl")),
        }
    }

    /// Whether results are printed as JSON. Formats other than JSON and text are refused.
    pub fn json(&self) -> Result<bool> {
        match self.format {
            Format::Text => Ok(false),
            Format::Json => Ok(true),
            other => Err(no_such(other, "text or json")),
        }
    }

    /// Prints a line on stderr with --verbose.
    pub fn say(&self, message: impl FnOnce() -> String) {
        if self.chatter == Chatter::Verbose {
            line(&message());
        }
    }

    /// Prints a line on stderr unless --quiet.
    pub fn note(&self, message: &str) {
        if self.chatter != Chatter::Quiet {
            line(&format!("samesay: {message}"));
        }
    }

    /// Prints a warning on stderr unless --quiet. Each is printed once, however often a folder is read.
    pub fn warn(&self, message: &str) {
        let mut warned = self.warned.lock().unwrap_or_else(PoisonError::into_inner);
        if warned.insert(message.to_owned()) {
            self.chatter.warn(message);
        }
    }

    /// Prints warnings, each with its kind, like [`warn`](Self::warn). Of many that are new, only some are printed unless
    /// --verbose, and then what `rest` says of the others.
    pub fn warn_of_many(&self, warnings: Vec<(String, String)>, rest: impl FnOnce(usize) -> String) {
        let mut warned = self.warned.lock().unwrap_or_else(PoisonError::into_inner);
        let new: Vec<(String, String)> =
            warnings.into_iter().filter(|(_, message)| warned.insert(message.clone())).collect();
        let all = self.chatter == Chatter::Verbose;
        let some = some_of_kinds(new.iter().map(|(kind, _)| kind.as_str()));
        let printed = new.iter().enumerate().filter(|(at, _)| all || some.contains(at));
        printed.for_each(|(_, (_, message))| self.chatter.warn(message));
        if !all && some.len() < new.len() {
            self.chatter.warn(&rest(new.len() - some.len()));
        }
    }
}

/// Checks that this process may use the address space that the model, its threads and a small corpus take. With less,
/// the first allocation that fails ends the program.
#[cfg(unix)]
fn enough_memory() -> Result<()> {
    use rustix::process::{Resource, getrlimit};
    match getrlimit(Resource::As).current {
        Some(limit) if limit < LEAST_MEMORY => Err(UsageError(format!(
            "the memory limit (ulimit -v) of {} MiB is too small; samesay needs at least {} MiB",
            limit >> 20,
            LEAST_MEMORY >> 20
        ))
        .into()),
        _ => Ok(()),
    }
}

#[cfg(not(unix))]
fn enough_memory() -> Result<()> {
    Ok(())
}

/// Formats or their extensions in words. Parquet is left out if this build lacks it.
pub fn choices(names: &[&str]) -> String {
    let known = |name: &&str| cfg!(feature = "parquet") || name.trim_start_matches('.') != "parquet";
    let mut names: Vec<&str> = names.iter().copied().filter(known).collect();
    let last = names.pop().unwrap_or_default();
    format!("{} or {last}", names.join(", "))
}

/// The error for a format that a command does not have.
pub fn no_such(format: Format, instead: &str) -> anyhow::Error {
    let name = format.to_possible_value().map_or_else(String::new, |format| format.get_name().to_owned());
    UsageError(format!("--format {name}: not available for this command; use {instead}")).into()
}

/// The named instruction set, or else the best one that offers the precision.
fn backend(isa: Option<&str>, precision: Option<PrecisionArg>) -> Result<Backend> {
    let precision = match precision {
        None => None,
        Some(PrecisionArg::F32) => Some(Precision::F32),
        Some(PrecisionArg::Bf16) => Some(Precision::Bf16),
        Some(PrecisionArg::Int16) => Some(Precision::Int16),
        Some(PrecisionArg::Int8) => Some(Precision::Int8),
    };
    let named = match isa {
        Some("candle") => return offers("candle", &[Precision::F32], precision).map(|()| Backend::Candle),
        Some(name) => Some(Isa::by_name(name).ok_or_else(|| {
            UsageError(format!("--isa {name}: unknown instruction set; choose one of {}", isa_names()))
        })?),
        None => None,
    };
    match (named, precision) {
        (Some(isa), precision) => offers(isa.name, isa.precisions, precision)
            .map(|()| Backend::Isa(isa, precision.unwrap_or(isa.precisions[0]))),
        (None, None) => Ok(Backend::Best),
        (None, Some(precision)) => match Isa::best(precision) {
            Some(isa) => Ok(Backend::Isa(isa, precision)),
            None => Err(UsageError(format!(
                "--precision {precision}: this CPU has no instruction set for it; omit the option, or use f32"
            ))
            .into()),
        },
    }
}

fn offers(isa: &str, offered: &[Precision], wanted: Option<Precision>) -> Result<()> {
    match wanted {
        Some(wanted) if !offered.contains(&wanted) => {
            let offered: Vec<&str> = offered.iter().map(|precision| precision.name()).collect();
            Err(UsageError(format!("--isa {isa} supports {}, not {wanted}", offered.join(", "))).into())
        }
        _ => Ok(()),
    }
}

/// The names of all instruction sets. Those that this CPU lacks are marked.
fn isa_names() -> String {
    let name =
        |isa: &Isa| if isa.available() { isa.name.to_owned() } else { format!("{} (not on this CPU)", isa.name) };
    ISAS.iter().map(name).chain(["candle".to_owned()]).collect::<Vec<_>>().join(", ")
}

/// The model that was typed: the name of a known model, or else a directory, or else a name on the hub.
pub fn model_choice(typed: Option<&Path>) -> Result<ModelChoice> {
    let typed = typed.unwrap_or(Path::new(Manifest::DEFAULT));
    let of_page = typed.to_str().and_then(name_of_page);
    let typed = of_page.as_deref().map_or(typed, Path::new);
    if let Some(manifest) = typed.to_str().and_then(Manifest::find) {
        let pinned = manifest.pinned;
        return Ok(if pinned {
            ModelChoice::Known(manifest)
        } else {
            ModelChoice::Named(NamedModel::of_manifest(manifest))
        });
    }
    if typed.is_dir() {
        return Ok(ModelChoice::Directory(typed.to_owned()));
    }
    if let Some(meant) = typed.to_str().and_then(Manifest::find_in_any_case).filter(|_| !typed.exists()) {
        let how = "upper and lower case make a difference in names of models; did you mean";
        return Err(UsageError(format!("--model {}: {how} {meant}?", typed.display())).into());
    }
    if let Some(name) = typed.to_str().and_then(NamedModel::parse).filter(|_| !typed.exists()) {
        return Ok(ModelChoice::Named(name));
    }
    let known: Vec<String> = Manifest::builtin().iter().map(|manifest| manifest.name.to_string()).collect();
    let in_full = format!("sentence-transformers/{}", typed.display());
    // Their names have hyphens.
    let may_be = in_full.matches('-').count() > 1 && !typed.exists();
    let tip = match NamedModel::parse(&in_full).filter(|_| may_be) {
        Some(name) => format!("; if sentence-transformers published it, its name on the hub is {name}"),
        None => String::new(),
    };
    Err(UsageError(format!(
        "--model {}: not a directory, not `organisation/name` on the hub and not a known model (known: {}){tip}",
        typed.display(),
        known.join(", ")
    ))
    .into())
}

/// The name of a model, given the address of its page on the hub or of a revision's files there.
fn name_of_page(address: &str) -> Option<String> {
    const HUBS: [&str; 4] = ["https://huggingface.co/", "http://huggingface.co/", "https://hf.co/", "huggingface.co/"];
    let path = HUBS.iter().find_map(|hub| address.strip_prefix(hub))?;
    let mut parts = path.split(['?', '#']).next()?.split('/').filter(|part| !part.is_empty());
    let name = format!("{}/{}", parts.next()?, parts.next()?);
    Some(match (parts.next(), parts.next()) {
        (Some("tree"), Some(revision)) if revision != "main" => format!("{name}@{revision}"),
        _ => name,
    })
}

fn name_of(dir: &Path) -> String {
    let named = dir.canonicalize().unwrap_or_else(|_| dir.to_owned());
    named.file_name().map_or_else(|| dir.display().to_string(), |name| name.to_string_lossy().into_owned())
}

fn places(offline: bool) -> Result<Places> {
    let set = |name: &str| env::var_os(name).filter(|value| !value.is_empty());
    let text = |name: &str| env::var(name).ok().filter(|value| !value.is_empty());
    let truthy = |name: &str| {
        text(name).is_some_and(|value| matches!(value.to_lowercase().as_str(), "1" | "true" | "yes" | "on"))
    };
    let usual = Places::of_user(set("SAMESAY_CACHE").as_deref().map(Path::new))
        .context("no home directory was found to keep the model in; set SAMESAY_CACHE to a folder")?;
    let hf_cache = set("HF_HUB_CACHE").map(PathBuf::from).or(set("HF_HOME").map(|home| Path::new(&home).join("hub")));
    Ok(Places {
        hf_cache: hf_cache.or(usual.hf_cache),
        endpoint: text("HF_ENDPOINT").unwrap_or(usual.endpoint),
        token: text("HF_TOKEN").map(|token| Token::new(&token)),
        proxy: Proxy::from_env(),
        offline: offline || truthy("HF_HUB_OFFLINE"),
        ..usual
    })
}

/// The width of the text in columns.
fn width() -> usize {
    if !io::stdout().is_terminal() {
        return PLAIN_WIDTH;
    }
    let (_, columns) = console::Term::stdout().size();
    usize::from(columns).clamp(40, MAX_WIDTH)
}
