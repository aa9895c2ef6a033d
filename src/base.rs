//! Building blocks that know nothing about documents: content keys, file stamps, disjoint sets.

mod hash;
mod key;
mod sets;
mod stamp;

pub(crate) use hash::hash;
pub use key::{Hashing, Key, Keyed};
pub(crate) use sets::UnionFind;
pub use stamp::Stamp;
