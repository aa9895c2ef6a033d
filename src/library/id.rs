//! The ids of a library's documents, passages and sentences: their indexes, each with its own type so that they cannot
//! be confused. There may be millions, so an id takes four bytes.

use serde::{Deserialize, Serialize};

/// A document of a library.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct DocumentId(u32);

/// A passage of a library.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct PassageId(u32);

/// A sentence of a passage.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct SentenceId {
    passage: PassageId,
    at: u32,
}

impl DocumentId {
    /// The document at an index.
    ///
    /// # Panics
    /// When the index does not fit into 32 bits.
    pub fn new(at: usize) -> Self {
        Self(place(at))
    }

    /// The index of the document in its library.
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

impl PassageId {
    /// The passage at an index.
    ///
    /// # Panics
    /// When the index does not fit into 32 bits.
    pub fn new(at: usize) -> Self {
        Self(place(at))
    }

    /// The index of the passage in its library.
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

impl SentenceId {
    /// The sentence at an index in a passage.
    ///
    /// # Panics
    /// When the index does not fit into 32 bits.
    pub fn new(passage: PassageId, at: usize) -> Self {
        Self { passage, at: place(at) }
    }

    /// The passage that contains the sentence.
    pub fn passage(self) -> PassageId {
        self.passage
    }

    /// The index of the sentence in its passage.
    pub fn at(self) -> usize {
        self.at as usize
    }
}

fn place(at: usize) -> u32 {
    u32::try_from(at).expect("fewer than memory has room for")
}
