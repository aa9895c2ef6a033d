//! Documents and their vectors: files to a corpus by way of a store, in four stages (inventory, reading, splitting,
//! embedding). Only what is new is read, split and embedded.
//!
//! Each step asks the store first, by a key of all that decides its result, and what it has to compute is kept before
//! the next step begins. So it does not matter where a run was cut off, nor what others put into the store meanwhile;
//! and an answer is the same whether it was computed or kept. What the whole of a corpus was made of is kept as well
//! ([`Library`], and where its vectors are): where nothing has changed, nothing but the files' stamps is looked at.

mod corpus;
mod embedding;
mod id;
mod index;
mod inventory;
mod name;
mod progress;
mod reading;
mod sentences;
mod splitting;
pub mod vectors;

pub use corpus::{Corpus, Document, Library, Tried, Unread};
pub(crate) use corpus::{Numbers, dot};
pub use embedding::{embed, space};
pub use id::{DocumentId, PassageId, SentenceId};
pub use inventory::{Input, Inventory, Publishers, Wanted, take_inventory};
pub use name::Name;
pub use progress::Progress;
pub use reading::Outcome;
pub use sentences::{map_sentences, read_ahead};
pub use splitting::split;

use crate::model::EmbedError;
use crate::store::StoreError;

/// Passages that are kept at once: what a run that is cut off loses at most.
const CHUNK: usize = 512;

/// Why there is no corpus.
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
    /// A file that was read before cannot be read again.
    #[error("{path}: {why}")]
    Reading {
        /// The file.
        path: String,
        /// Why it cannot be read.
        why: String,
    },
    /// Somebody keeps writing to a file.
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

    /// The passages of sources, of at most 200 words.
    pub fn library_of(sources: impl IntoIterator<Item = Source>, boilerplate: Boilerplate) -> Library {
        Library::of_sources(sources, &Words(200), Key::of("words", ["200"]), boilerplate).unwrap()
    }
}
