//! What is kept from run to run: how files were read and split, and the vectors of their passages.
//!
//! Everything is named by its content ([`Key`]): a reading by the file's bytes and whatever else decides how they are
//! read, a document by its reading and how it was split, a vector by the passage's text and what computed it. So a file
//! that was renamed costs nothing, one changed paragraph is one new vector, and nothing is ever taken for something
//! else. What is computed from many documents is kept too, under a key of all that it was made from
//! ([`Store::recall`]).
//!
//! [`Sqlite`] is the one implementation, on disk or in memory; SQL is nowhere else.

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

/// Sentences whose token states are kept: about 10 kB each at 25 tokens of 384 dimensions.
pub const SENTENCES: usize = 8192;

/// A place to keep things.
pub trait Store: Send + Sync {
    /// Every file that was read.
    ///
    /// # Errors
    /// When the store cannot be read.
    fn files(&self) -> Result<Vec<KnownFile>, StoreError>;

    /// What readers made of files' bytes, by the keys of `keys::reading_key`.
    ///
    /// # Errors
    /// When the store cannot be read.
    fn readings(&self, keys: &[Key]) -> Result<Vec<Option<Reading>>, StoreError>;

    /// Documents in passages.
    ///
    /// # Errors
    /// When the store cannot be read.
    fn documents(&self, keys: &[Key]) -> Result<Vec<Option<Stored>>, StoreError>;

    /// Passages by their numbers: `first + ordinal` of a [`Stored`] document.
    ///
    /// # Errors
    /// When the store cannot be read, or has no passage of such a number.
    fn passages(&self, numbers: &[u64]) -> Result<Vec<Passage>, StoreError>;

    /// What is in no passage of a document, given its number.
    ///
    /// # Errors
    /// When the store cannot be read, or has no document of that number.
    fn dropped(&self, document: u64) -> Result<Vec<Dropped>, StoreError>;

    /// The numbers of the passages that hold a word (as [`words`](crate::lang::words) folds it), ascending, with how
    /// often.
    ///
    /// # Errors
    /// When the store cannot be read.
    fn postings(&self, word: &str) -> Result<Vec<(u64, u32)>, StoreError>;

    /// The numbers of the passages that hold these words one after the other, ascending.
    ///
    /// # Errors
    /// When the store cannot be read.
    fn holding(&self, phrase: &[String]) -> Result<Vec<u64>, StoreError>;

    /// Where the vectors of passages are, by the keys of [`passage_key`].
    ///
    /// # Errors
    /// When the store cannot be read, or the vectors of a passage are not those that were written.
    fn vectors(&self, space: &Space, passages: &[Key]) -> Result<Vec<Option<Place>>, StoreError>;

    /// All vectors of a space.
    ///
    /// # Errors
    /// When the store cannot be read.
    fn rows(&self, space: &Space) -> Result<Rows, StoreError>;

    /// Keeps all of it or, when that fails, nothing. What is known already stays as it is; files are as they are now.
    ///
    /// # Errors
    /// When the store cannot be written.
    fn add(&self, new: Additions) -> Result<(), StoreError>;

    /// Something that was computed from what `key` stands for.
    ///
    /// # Errors
    /// When the store cannot be read.
    fn recall(&self, key: Key) -> Result<Option<Vec<u8>>, StoreError>;

    /// Keeps that for a while; what was kept first goes first.
    ///
    /// # Errors
    /// When the store cannot be written.
    fn remember(&self, key: Key, data: &[u8]) -> Result<(), StoreError>;

    /// Where it is, for messages.
    fn place(&self) -> PathBuf;

    /// Whether what is kept is there for the next run.
    fn lasts(&self) -> bool;

    /// Whether it is still the store that is found where it was opened; true of one in memory.
    fn is_still_there(&self) -> bool;

    /// The token states of sentences, as they were kept.
    ///
    /// # Errors
    /// When the store cannot be read.
    fn sentences(&self, keys: &[Key]) -> Result<Vec<Option<Vec<u8>>>, StoreError>;

    /// Keeps token states of sentences, of the last [`SENTENCES`] that came. A store that does not [last](Self::lasts)
    /// keeps none.
    ///
    /// # Errors
    /// When the store cannot be written.
    fn keep_sentences(&self, new: &[(Key, Vec<u8>)]) -> Result<(), StoreError>;

    /// Waits until no one else embeds, so long at most, and keeps others from it as long as the guard lives.
    ///
    /// # Errors
    /// When someone else still embeds after `patience`, or the lock's file cannot be opened.
    fn adding(&self, patience: Duration) -> Result<Guard, StoreError>;

    /// How much there is, of files as they were last seen.
    ///
    /// # Errors
    /// When the store cannot be read.
    fn counts(&self) -> Result<Counts, StoreError> {
        self.counts_of(&|_| true)
    }

    /// The same of some of the files.
    ///
    /// # Errors
    /// When the store cannot be read.
    fn counts_of(&self, some: &dyn Fn(&KnownFile) -> bool) -> Result<Counts, StoreError>;

    /// Reads everything, and says what is damaged.
    ///
    /// # Errors
    /// When the store cannot be read at all.
    fn verify(&self) -> Result<Vec<String>, StoreError>;

    /// Forgets the files for which `gone` holds, and deletes what belongs to no file any more.
    ///
    /// # Errors
    /// When the store cannot be written, or another process uses it.
    fn prune(&self, gone: &dyn Fn(&KnownFile) -> bool) -> Result<Pruned, StoreError>;
}

/// A file that was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownFile {
    /// From the root.
    pub path: PathBuf,
    /// What the system said of it; nothing where that would not tell of a change.
    pub stamp: Option<Stamp>,
    /// The key of its bytes.
    pub content: Key,
    /// How it was read last.
    pub reading: Key,
}

impl KnownFile {
    /// Whether there is no such file any more. One that cannot be looked at may be there still.
    pub fn is_gone(&self) -> bool {
        let gone = [std::io::ErrorKind::NotFound, std::io::ErrorKind::NotADirectory];
        self.path.symlink_metadata().is_err_and(|error| gone.contains(&error.kind()))
    }
}

/// What a reader made of a file's bytes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reading {
    /// In the order of the file; or why it cannot be read.
    pub sources: Result<Vec<ReadSource>, String>,
    /// What could not be read of it.
    pub problems: Vec<String>,
    /// What should be known of how it was read.
    pub notes: Vec<String>,
}

/// A source without its text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReadSource {
    /// What its id has behind the path.
    pub suffix: String,
    /// What the document says of itself.
    pub metadata: Metadata,
    /// What should be known of how it was read.
    pub note: Option<String>,
    /// Whether there is no text in it.
    pub empty: bool,
    /// What tells its boilerplate.
    pub fingerprint: Fingerprint,
}

/// A document in passages, as it is kept.
#[derive(Debug, Clone, PartialEq)]
pub struct Stored {
    /// Its number in the store.
    pub number: u64,
    /// The number of its first passage.
    pub first: u64,
    /// What is known of it without its passages.
    pub about: About,
}

/// What is known of a document in passages.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct About {
    /// Completed from its text.
    pub metadata: Metadata,
    /// How many parts of it are in no passage.
    pub dropped: usize,
    /// The keys of its passages, and how many words they have.
    pub passages: Vec<(Key, usize)>,
}

/// A document to be kept.
#[derive(Debug, Clone, PartialEq)]
pub struct NewDocument {
    /// The key of its reading and of how it was split.
    pub key: Key,
    /// The reading that it is from, and its place there.
    pub reading: Key,
    /// Its place among the sources of that reading, from 0.
    pub at: usize,
    /// What it says of itself, completed from its text.
    pub metadata: Metadata,
    /// Its passages, in the order of the document.
    pub passages: Vec<Passage>,
    /// What is in no passage, in the order of the document.
    pub dropped: Vec<Dropped>,
}

/// What vectors can be compared with one another: all that a model, its instruction set and its precision make.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Space {
    /// The key of all that its vectors are made by.
    pub key: Key,
    /// The length of its vectors.
    pub dim: usize,
}

/// Where the vectors of a passage are: its own, and behind it one for each of its sentences, if it has several.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// The row of [`Rows`].
    pub first: u64,
    /// How many rows.
    pub rows: u32,
    /// The CRC-32 of the bytes of the passage's own row, and of its sentences' rows.
    pub sums: [u32; 2],
}

/// Vectors to be kept.
#[derive(Debug, Clone, PartialEq)]
pub struct NewVectors {
    /// Of the passage.
    pub key: Key,
    /// `[rows, dim]`
    pub rows: Vec<f16>,
}

/// What is added at once.
#[derive(Debug, Clone, Default)]
pub struct Additions {
    /// Files as they are now.
    pub files: Vec<KnownFile>,
    /// Files that are there no more.
    pub gone: Vec<PathBuf>,
    /// What readers made of files, by key.
    pub readings: Vec<(Key, Arc<Reading>)>,
    /// Documents in passages.
    pub documents: Vec<NewDocument>,
    /// The vectors of passages, and the space that they are in.
    pub vectors: Option<(Space, Vec<NewVectors>)>,
}

/// How much there is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Counts {
    /// Sources that the files hold.
    pub sources: usize,
    /// Passages of these sources.
    pub passages: usize,
    /// Passages that have a vector.
    pub embedded: usize,
}

/// How much was deleted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Pruned {
    /// Files that were forgotten.
    pub files: usize,
    /// Passages that were deleted.
    pub passages: usize,
    /// Of passages.
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
        /// What the system says.
        source: std::io::Error,
    },
    /// It is something else.
    #[error("{}: is not a samesay store", path.display())]
    Foreign {
        /// The file.
        path: PathBuf,
    },
    /// It was made by a program that knows more.
    #[error("{}: is a version {found} store, but this samesay supports versions up to {known}; update samesay, or rebuild the store with `samesay index rebuild FOLDER`", path.display())]
    Newer {
        /// The store's file.
        path: PathBuf,
        /// The store's version.
        found: u32,
        /// The latest version that is supported.
        known: u32,
    },
    /// What it holds makes no sense.
    #[error("{}: the store is damaged ({what}); rebuild it from the documents with `samesay index rebuild FOLDER`", path.display())]
    Damaged {
        /// The store's file.
        path: PathBuf,
        /// What is wrong with it.
        what: String,
    },
    /// Another process uses it.
    #[error("{}: the store is in use by another samesay; try again when it has finished", path.display())]
    Busy {
        /// The store's file.
        path: PathBuf,
    },
    /// It was deleted or replaced while it was used.
    #[error("{}: the store was deleted or replaced meanwhile, so nothing of this run is kept; run it again", path.display())]
    Gone {
        /// Where it was.
        path: PathBuf,
    },
    /// There is no room.
    #[error("{}: there is no space left to write the store; free some space", path.display())]
    Full {
        /// The store's file.
        path: PathBuf,
    },
    /// The database failed otherwise.
    #[error("{}: the store cannot be used: {source}", path.display())]
    Sqlite {
        /// The store's file.
        path: PathBuf,
        /// What the database says.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
}
