//! What knows nothing of documents: names by content, stamps of files, disjoint sets.

mod hash;
mod key;
mod sets;
mod stamp;

pub(crate) use hash::hash;
pub use key::{Hashing, Key, Keyed};
pub(crate) use sets::UnionFind;
pub use stamp::Stamp;
