//! The settings of a [`Samesay`].

use std::borrow::Cow;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::{Error, Samesay};
use crate::compare::ModelBackground;
use crate::model::fetch::{NamedModel, Places, Silent, named, obtain};
use crate::model::manifest::Manifest;
use crate::model::{Backend, Embedder, Model};
use crate::store::{Sqlite, Store};

/// The settings of a [`Samesay`].
///
/// ```no_run
/// # fn main() -> Result<(), samesay::Error> {
/// let samesay = samesay::Samesay::builder()
///     .model("paraphrase-multilingual-MiniLM-L12-v2")
///     .store("papers.db")
///     .threads(2)
///     .offline()
///     .build()?;
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
#[must_use = "nothing is loaded before `build`"]
pub struct Builder {
    model: PathBuf,
    backend: Backend,
    threads: Option<usize>,
    store: Option<PathBuf>,
    cache: Option<PathBuf>,
    offline: bool,
}

impl Default for Builder {
    fn default() -> Self {
        Self {
            model: Manifest::DEFAULT.into(),
            backend: Backend::Best,
            threads: None,
            store: None,
            cache: None,
            offline: false,
        }
    }
}

impl Builder {
    /// Sets the model: the name of a known model, a sentence-transformers directory, or `organisation/name` (or
    /// `organisation/name@revision`) on the hub, which is trusted on first use.
    pub fn model(self, model: impl AsRef<Path>) -> Self {
        Self { model: model.as_ref().to_owned(), ..self }
    }

    /// Sets the backend that the model runs on. The default is the best instruction set of this CPU.
    pub fn backend(self, backend: Backend) -> Self {
        Self { backend, ..self }
    }

    /// Sets the number of threads that embed. The default is all cores. Reading and comparing use the global pool of
    /// rayon, whatever this number is.
    pub fn threads(self, threads: usize) -> Self {
        Self { threads: Some(threads), ..self }
    }

    /// Sets the file that keeps passages and vectors for the next run. By default nothing is kept.
    pub fn store(self, file: impl AsRef<Path>) -> Self {
        Self { store: Some(file.as_ref().to_owned()), ..self }
    }

    /// Sets the folder that models are kept in. The default is the user's cache.
    pub fn cache(self, folder: impl AsRef<Path>) -> Self {
        Self { cache: Some(folder.as_ref().to_owned()), ..self }
    }

    /// Forbids the use of the network: the model must already be on this machine.
    pub fn offline(self) -> Self {
        Self { offline: true, ..self }
    }

    /// The manifest of the model, and where its files are kept. A directory has none.
    fn manifest(&self) -> Result<Option<(Cow<'static, Manifest>, Places)>, Error> {
        let places = || -> Result<Places, Error> {
            let places = Places::of_user(self.cache.as_deref()).ok_or_else(Error::no_cache)?;
            Ok(Places { offline: self.offline, ..places })
        };
        let text = self.model.to_str().unwrap_or_default();
        let name = match Manifest::find(text) {
            Some(manifest) if manifest.pinned => return Ok(Some((Cow::Borrowed(manifest), places()?))),
            Some(manifest) => Some(NamedModel::of_manifest(manifest)),
            None => NamedModel::parse(text).filter(|_| !self.model.exists()),
        };
        name.map(|name| {
            let places = places()?;
            Ok((Cow::Owned(named(&name, &places, &mut Silent)?), places))
        })
        .transpose()
    }

    /// Loads the model, and fetches it first if it is not on this machine.
    ///
    /// # Errors
    /// When the model cannot be fetched or loaded, or the store cannot be opened.
    pub fn build(self) -> Result<Samesay, Error> {
        let (model, background) = match self.manifest()? {
            Some((manifest, places)) => {
                let dir = obtain(&manifest, &places, &mut Silent)?;
                (Model::of_manifest(&manifest, &dir, self.backend)?, ModelBackground::of_manifest(&manifest))
            }
            None => (Model::load(&self.model.display().to_string(), &self.model, self.backend)?, None),
        };
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let store: Arc<dyn Store> = match &self.store {
            Some(file) => Arc::new(Sqlite::open(file)?),
            None => Arc::new(Sqlite::in_memory()?),
        };
        let embedder = Arc::new(Embedder::new(model, self.threads.unwrap_or(cores).max(1))?);
        Ok(Samesay { embedder, background, store })
    }
}
