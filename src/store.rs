//! Data kept from run to run: how files were read and split, and the vectors of their passages.
//!
//! Everything is named by its content ([`Key`]): a reading by the file's bytes and everything else that decides how
//! they are read, a document by its reading and how it was split, a vector by the passage's text and what computed it.
//! So renaming a file costs nothing, one changed paragraph needs one new vector, and nothing is mistaken for something
//! else. Results computed from many documents are stored too, under a key of all that they were made from
//! ([`Store::recall`]).
//!
//! [`Sqlite`] is the only implementation, on disk or in memory; SQL is used nowhere else.

mod blob;
mod keys;
mod lock;
mod memo;
mod rows;
mod sqlite;
pub mod versions;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use half::f16;
use serde::{Deserialize, Serialize};

use crate::base::{Key, Stamp};
use crate::passage::{Dropped, Fingerprint, Passage};
use crate::source::Metadata;
pub use blob::{decode, encode};
pub use keys::passage_key;
pub(crate) use keys::{computed_key, reading_key};
pub use lock::Guard;
pub use memo::derived;
pub(crate) use memo::{recalled, remember};
pub use rows::Rows;
pub use sqlite::{Sqlite, is_part};

/// Maximum number of sentences whose token states are kept: about 10 kB each at 25 tokens of 384 dimensions.
pub const SENTENCES: usize = 8192;

/// A store of readings, documents and vectors.
pub trait Store: Send + Sync {
    /// Returns every file that was read.
    ///
    /// # Errors
    /// When the store cannot be read.
    fn files(&self) -> Result<Vec<KnownFile>, StoreError>;

    /// Returns what readers made of files, by the keys of `keys::reading_key`.
    ///
    /// # Errors
    /// When the store cannot be read.
    fn readings(&self, keys: &[Key]) -> Result<Vec<Option<Reading>>, StoreError>;

    /// Returns documents split into passages, by key.
    ///
    /// # Errors
    /// When the store cannot be read.
    fn documents(&self, keys: &[Key]) -> Result<Vec<Option<Stored>>, StoreError>;

    /// Returns passages by their numbers: `first + ordinal` of a [`Stored`] document.
    ///
    /// # Errors
    /// When the store cannot be read, or has no passage with such a number.
    fn passages(&self, numbers: &[u64]) -> Result<Vec<Passage>, StoreError>;

    /// Returns the text of a document, given by its number, that is in no passage.
    ///
    /// # Errors
    /// When the store cannot be read, or has no document with that number.
    fn dropped(&self, document: u64) -> Result<Vec<Dropped>, StoreError>;

    /// Returns the numbers of the passages that contain a word (as [`words`](crate::lang::words) folds it), ascending,
    /// each with the number of occurrences.
    ///
    /// # Errors
    /// When the store cannot be read.
    fn postings(&self, word: &str) -> Result<Vec<(u64, u32)>, StoreError>;

    /// Returns the numbers of the passages that contain these words in sequence, ascending.
    ///
    /// # Errors
    /// When the store cannot be read.
    fn holding(&self, phrase: &[String]) -> Result<Vec<u64>, StoreError>;

    /// Returns the places of the vectors of passages, by the keys of [`passage_key`].
    ///
    /// # Errors
    /// When the store cannot be read, or the vectors of a passage are not as they were written.
    fn vectors(&self, space: &Space, passages: &[Key]) -> Result<Vec<Option<Place>>, StoreError>;

    /// Returns all vectors of a space.
    ///
    /// # Errors
    /// When the store cannot be read.
    fn rows(&self, space: &Space) -> Result<Rows, StoreError>;

    /// Stores all of `new` or, if that fails, nothing. Known content stays as it is; files are updated.
    ///
    /// # Errors
    /// When the store cannot be written.
    fn add(&self, new: Additions) -> Result<(), StoreError>;

    /// Returns a computed result by the key of what it was computed from.
    ///
    /// # Errors
    /// When the store cannot be read.
    fn recall(&self, key: Key) -> Result<Option<Vec<u8>>, StoreError>;

    /// Stores a computed result for a while; the oldest results are deleted first.
    ///
    /// # Errors
    /// When the store cannot be written.
    fn remember(&self, key: Key, data: &[u8]) -> Result<(), StoreError>;

    /// The place of the store, for messages.
    fn place(&self) -> PathBuf;

    /// Whether the content is there for the next run.
    fn lasts(&self) -> bool;

    /// Whether the opened store is still at its place; always true in memory.
    fn is_still_there(&self) -> bool;

    /// Returns stored token states of sentences.
    ///
    /// # Errors
    /// When the store cannot be read.
    fn sentences(&self, keys: &[Key]) -> Result<Vec<Option<Vec<u8>>>, StoreError>;

    /// Stores token states of sentences; only the last [`SENTENCES`] are kept. A store that does not
    /// [last](Self::lasts) keeps none.
    ///
    /// # Errors
    /// When the store cannot be written.
    fn keep_sentences(&self, new: &[(Key, Vec<u8>)]) -> Result<(), StoreError>;

    /// Waits until no other process is embedding, at most for `patience`, and keeps others from embedding while the
    /// guard lives.
    ///
    /// # Errors
    /// When another process is still embedding after `patience`, or the lock file cannot be opened.
    fn adding(&self, patience: Duration) -> Result<Guard, StoreError>;

    /// Counts the sources, passages and vectors of all files as they were last seen.
    ///
    /// # Errors
    /// When the store cannot be read.
    fn counts(&self) -> Result<Counts, StoreError> {
        self.counts_of(&|_| true)
    }

    /// Counts the sources, passages and vectors of the files for which `some` holds.
    ///
    /// # Errors
    /// When the store cannot be read.
    fn counts_of(&self, some: &dyn Fn(&KnownFile) -> bool) -> Result<Counts, StoreError>;

    /// Reads everything, and returns descriptions of the damage.
    ///
    /// # Errors
    /// When the store cannot be read at all.
    fn verify(&self) -> Result<Vec<String>, StoreError>;

    /// Forgets the files for which `gone` holds, and deletes everything that no longer belongs to a file.
    ///
    /// # Errors
    /// When the store cannot be written, or is in use by another process.
    fn prune(&self, gone: &dyn Fn(&KnownFile) -> bool) -> Result<Pruned, StoreError>;
}

/// A file that was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownFile {
    /// Path of the file, from the root.
    pub path: PathBuf,
    /// What the system reported about the file; `None` if that would not reveal a change.
    pub stamp: Option<Stamp>,
    /// Key of the file's bytes.
    pub content: Key,
    /// Key of its last reading.
    pub reading: Key,
}

impl KnownFile {
    /// Whether the file is gone. A file that cannot be accessed may still be there.
    pub fn is_gone(&self) -> bool {
        let gone = [std::io::ErrorKind::NotFound, std::io::ErrorKind::NotADirectory];
        self.path.symlink_metadata().is_err_and(|error| gone.contains(&error.kind()))
    }
}

/// What a reader made of a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reading {
    /// The sources in the order of the file; or why it cannot be read.
    pub sources: Result<Vec<ReadSource>, String>,
    /// What could not be read.
    pub problems: Vec<String>,
    /// Notes on how the file was read.
    pub notes: Vec<String>,
}

/// A source without its text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReadSource {
    /// The part of its id after the path.
    pub suffix: String,
    /// What the document says about itself.
    pub metadata: Metadata,
    /// A note on how the source was read.
    pub note: Option<String>,
    /// Whether the source has no text.
    pub empty: bool,
    /// A fingerprint for finding boilerplate.
    pub fingerprint: Fingerprint,
}

/// A stored document, split into passages.
#[derive(Debug, Clone, PartialEq)]
pub struct Stored {
    /// Number of the document in the store.
    pub number: u64,
    /// Number of its first passage.
    pub first: u64,
    /// The document without its passages.
    pub about: About,
}

/// A document without its passages.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct About {
    /// Metadata, completed from the text.
    pub metadata: Metadata,
    /// Number of parts of the document that are in no passage.
    pub dropped: usize,
    /// The key of each passage, and its number of words.
    pub passages: Vec<(Key, usize)>,
}

/// A document to store.
#[derive(Debug, Clone, PartialEq)]
pub struct NewDocument {
    /// Key of its reading and of how it was split.
    pub key: Key,
    /// Key of the reading that it is from.
    pub reading: Key,
    /// Index among the sources of that reading.
    pub at: usize,
    /// Metadata, completed from the text.
    pub metadata: Metadata,
    /// Passages, in the order of the document.
    pub passages: Vec<Passage>,
    /// Text that is in no passage, in the order of the document.
    pub dropped: Vec<Dropped>,
}

/// A set of vectors that can be compared: all those made by one model, instruction set and precision.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Space {
    /// Key of everything that decides how the vectors are made.
    pub key: Key,
    /// Length of the vectors.
    pub dim: usize,
}

/// The place of a passage's vectors: its own, followed by one for each of its sentences if it has several.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// First row in [`Rows`].
    pub first: u64,
    /// Number of rows.
    pub rows: u32,
    /// CRC-32 of the bytes of the passage's own row, and of its sentences' rows.
    pub sums: [u32; 2],
}

/// The vectors of a passage, to store.
#[derive(Debug, Clone, PartialEq)]
pub struct NewVectors {
    /// Key of the passage.
    pub key: Key,
    /// The rows, `[rows, dim]`.
    pub rows: Vec<f16>,
}

/// Everything that is added at once.
#[derive(Debug, Clone, Default)]
pub struct Additions {
    /// Files as they are now.
    pub files: Vec<KnownFile>,
    /// Files that are gone.
    pub gone: Vec<PathBuf>,
    /// What readers made of files, by key.
    pub readings: Vec<(Key, Arc<Reading>)>,
    /// Documents split into passages.
    pub documents: Vec<NewDocument>,
    /// Vectors of passages, and their space.
    pub vectors: Option<(Space, Vec<NewVectors>)>,
}

/// The size of a store's content.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Counts {
    /// Number of sources in the files.
    pub sources: usize,
    /// Number of passages of these sources.
    pub passages: usize,
    /// Number of passages that have a vector.
    pub embedded: usize,
}

/// The amount that was deleted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Pruned {
    /// Number of files that were forgotten.
    pub files: usize,
    /// Number of passages that were deleted.
    pub passages: usize,
    /// Number of passages whose vectors were deleted.
    pub vectors: usize,
}

/// Why a store cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// A file cannot be opened, read or written.
    #[error("{}: {source}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system reported.
        source: std::io::Error,
    },
    /// The file is something else.
    #[error("{}: is not a samesay store", path.display())]
    Foreign {
        /// The file.
        path: PathBuf,
    },
    /// The store was made by a newer version of the program.
    #[error(
        "{}: is a version {found} store, but this samesay supports versions up to {known}; update samesay, or rebuild \
         the store with `samesay index rebuild FOLDER`",
        path.display()
    )]
    Newer {
        /// The store's file.
        path: PathBuf,
        /// The store's version.
        found: u32,
        /// The latest version that is supported.
        known: u32,
    },
    /// The content of the store is invalid.
    #[error(
        "{}: the store is damaged ({what}); rebuild it from the documents with `samesay index rebuild FOLDER`",
        path.display()
    )]
    Damaged {
        /// The store's file.
        path: PathBuf,
        /// What is wrong with it.
        what: String,
    },
    /// Another process is using the store.
    #[error("{}: the store is in use by another samesay; try again when it has finished", path.display())]
    Busy {
        /// The store's file.
        path: PathBuf,
    },
    /// The store was deleted or replaced while it was in use.
    #[error(
        "{}: the store was deleted or replaced meanwhile, so nothing of this run is kept; run it again",
        path.display()
    )]
    Gone {
        /// Where the store was.
        path: PathBuf,
    },
    /// There is no space left on the disk.
    #[error("{}: there is no space left to write the store; free some space", path.display())]
    Full {
        /// The store's file.
        path: PathBuf,
    },
    /// The database failed in another way.
    #[error("{}: the database failed: {source}", path.display())]
    Backend {
        /// The store's file.
        path: PathBuf,
        /// What the database reported.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
}
