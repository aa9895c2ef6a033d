//! What the documents, passages and sentences of a library are addressed by: their places in it, each of a type of its
//! own, so that none is taken for another. There may be millions, so that a place takes four bytes.

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
    /// The document at a place, from 0.
    ///
    /// # Panics
    /// When more are before it than memory has room for.
    pub fn new(at: usize) -> Self {
        Self(place(at))
    }

    /// Its place among the documents of its library.
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

impl PassageId {
    /// The passage at a place, from 0.
    ///
    /// # Panics
    /// When more are before it than memory has room for.
    pub fn new(at: usize) -> Self {
        Self(place(at))
    }

    /// Its place among the passages of its library.
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

impl SentenceId {
    /// The sentence at a place in a passage, from 0.
    ///
    /// # Panics
    /// When more are before it than memory has room for.
    pub fn new(passage: PassageId, at: usize) -> Self {
        Self { passage, at: place(at) }
    }

    /// The passage that it stands in.
    pub fn passage(self) -> PassageId {
        self.passage
    }

    /// Its place there.
    pub fn at(self) -> usize {
        self.at as usize
    }
}

fn place(at: usize) -> u32 {
    u32::try_from(at).expect("fewer than memory has room for")
}
