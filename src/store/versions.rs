//! The versions that decide whether a stored result is still valid.
//!
//! Each is part of the key of what it covers. A change to a computation, or to a word list that it uses, needs a higher
//! version here; the tests in `golden.rs` fail without it.

/// How documents are read from bytes.
pub const READING: u32 = 17;
/// How passages are found in a document.
pub const PASSAGES: u32 = 15;
/// How a model turns a text into a vector.
pub const ENCODER: u32 = 3;
/// The tables of the store.
pub const SCHEMA: u32 = 3;
/// Which sources are independent.
pub const INDEPENDENCE: u32 = 8;
/// Which words are in too many passages of a corpus to tell anything.
pub const COMMON_WORDS: u32 = 3;
/// How unusual a query's cosines are in a corpus.
pub const QUERY_BACKGROUND: u32 = 3;
/// What a model's cosines mean.
pub const MODEL_BACKGROUND: u32 = 4;
/// Where the wordings of a claim may disagree.
pub const DISAGREEMENTS: u32 = 8;
/// Which sentences say the same.
pub const MATCHES: u32 = 14;
