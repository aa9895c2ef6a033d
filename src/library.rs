//! Documents and their vectors: turns files into a corpus with the help of a store, in four stages (inventory, reading,
//! splitting, embedding). Only what is new is read, split and embedded.
//!
//! Each stage asks the store first, by a key of everything that decides its result, and stores what it computes before
//! the next one begins. So it does not matter where a run was interrupted, or what other processes add to the store
//! meanwhile; and a result is the same whether computed or stored. The make-up of a whole corpus is stored too
//! ([`Library`], and the places of its vectors): if nothing has changed, only the stamps of the files are read.

mod corpus;
mod embedding;
mod id;
mod index;
mod inventory;
mod languages;
mod name;
mod progress;
mod reading;
mod sentences;
mod space;
mod splitting;
pub mod vectors;

pub use corpus::{Corpus, Document, Library, Tried, Unread};
pub(crate) use corpus::{Numbers, dot};
pub use embedding::embed;
pub use id::{DocumentId, PassageId, SentenceId};
pub use inventory::{Input, Inventory, Publishers, Wanted, take_inventory};
pub use languages::{asked_in_another_language, in_other_languages};
pub use name::Name;
pub use progress::Progress;
pub use reading::Outcome;
pub use sentences::{map_sentences, read_ahead};
pub use space::space;
pub use splitting::split;

use crate::model::EmbedError;
use crate::store::StoreError;

/// Passages that are stored at once: the most that an interrupted run loses.
const CHUNK: usize = 512;

/// Why a corpus could not be made.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SyncError {
    /// The store cannot be read or written.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A text could not be embedded.
    #[error(transparent)]
    Embed(#[from] EmbedError),
    /// The model's weights cannot be read.
    #[error("the model's weights cannot be read: {0}")]
    Weights(#[source] std::io::Error),
    /// A file that was read before can no longer be read.
    #[error("{path}: {why}")]
    Reading {
        /// The file.
        path: String,
        /// Why it cannot be read.
        why: String,
    },
    /// A file is being written to again and again.
    #[error("{path}: is still changing; try again later")]
    Changing {
        /// The file.
        path: String,
    },
}

#[cfg(test)]
pub(crate) mod testing {
    use super::*;
    use crate::base::Key;
    use crate::passage::{Boilerplate, Words};
    use crate::source::Source;

    /// Splits sources into passages of at most 200 words.
    pub fn library_of(sources: impl IntoIterator<Item = Source>, boilerplate: Boilerplate) -> Library {
        Library::of_sources(sources, &Words(200), Key::of("words", ["200"]), boilerplate).unwrap()
    }
}
