//! Turns sources that are in memory already into a library or a corpus, with a store in memory.

use std::sync::Arc;

use super::SyncError;
use super::corpus::{Corpus, Library};
use super::embedding::embed;
use super::inventory::{Wanted, take_inventory};
use super::splitting::split;
use crate::base::Key;
use crate::model::Embedder;
use crate::passage::{Boilerplate, TokenCounter};
use crate::source::Source;
use crate::store::{Sqlite, Store};

impl Corpus {
    /// Splits and embeds sources, with a store in memory.
    ///
    /// # Errors
    /// When the model fails.
    pub fn of_sources(
        sources: impl IntoIterator<Item = Source>,
        embedder: &Embedder,
        boilerplate: Boilerplate,
    ) -> Result<Self, SyncError> {
        let model = embedder.model();
        let library = Library::of_sources(sources, &model.counter(), model.splitting(), boilerplate)?;
        embed(library, embedder, &())
    }
}

impl Library {
    /// Splits sources into passages that fit `counter`'s window, with a store in memory; `splitting` is the key of what
    /// decides the splitting.
    ///
    /// # Errors
    /// When there is not enough memory.
    pub fn of_sources(
        sources: impl IntoIterator<Item = Source>,
        counter: &impl TokenCounter,
        splitting: Key,
        boilerplate: Boilerplate,
    ) -> Result<Self, SyncError> {
        let store: Arc<dyn Store> = Arc::new(Sqlite::in_memory()?);
        let wanted = Wanted::sources(sources, boilerplate);
        let inventory = take_inventory(&*store, &wanted)?;
        Ok(split(&store, inventory, counter, splitting, &())?.0)
    }
}
