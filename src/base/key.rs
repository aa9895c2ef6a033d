//! Names of things, derived from their content.

use std::fmt;
use std::io::{self, Read};

use serde::de::{Deserialize, Deserializer, Error, Visitor};
use serde::ser::{Serialize, Serializer};
use sha2::{Digest, Sha256};

/// The first 128 bits of a SHA-256: different contents have different keys.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key([u8; 16]);

impl Key {
    /// Returns the key of `parts` in their order; `kind` keeps things of different kinds apart.
    pub fn of<P: AsRef<[u8]>>(kind: &str, parts: impl IntoIterator<Item = P>) -> Self {
        let mut hash = Keyed::new(kind);
        parts.into_iter().for_each(|part| hash.add(part.as_ref()));
        hash.finish()
    }

    /// Returns the key of everything that `from` yields.
    ///
    /// # Errors
    /// When `from` cannot be read.
    pub fn of_stream(kind: &str, from: impl Read) -> io::Result<Self> {
        Hashing::new(kind, from).finish()
    }

    /// The 16 bytes of the key.
    pub fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }

    /// The first `most` hexadecimal digits of the key, at most 32.
    pub fn digits(&self, most: usize) -> String {
        let mut digits = format!("{self:?}");
        digits.truncate(most);
        digits
    }

    /// The first 64 bits of the key, for uses in which an occasional collision is harmless.
    pub fn short(&self) -> u64 {
        u64::from_le_bytes(std::array::from_fn(|at| self.0[at]))
    }
}

impl AsRef<[u8]> for Key {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}

impl From<[u8; 16]> for Key {
    fn from(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl Serialize for Key {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bytes(&self.0)
    }
}

impl<'de> Deserialize<'de> for Key {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Bytes;
        impl Visitor<'_> for Bytes {
            type Value = Key;

            fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
                f.write_str("16 bytes")
            }

            fn visit_bytes<E: Error>(self, bytes: &[u8]) -> Result<Key, E> {
                bytes.try_into().map(Key).map_err(|_| E::invalid_length(bytes.len(), &self))
            }
        }
        deserializer.deserialize_bytes(Bytes)
    }
}

/// A key under construction: each part is preceded by its length.
pub struct Keyed(Sha256);

impl Keyed {
    /// Begins a key; `kind` keeps things of different kinds apart.
    pub fn new(kind: &str) -> Self {
        let mut keyed = Self(Sha256::new());
        keyed.add(kind.as_bytes());
        keyed
    }

    /// Adds a part, preceded by its length.
    pub fn add(&mut self, part: &[u8]) {
        self.0.update((part.len() as u64).to_le_bytes());
        self.0.update(part);
    }

    /// Returns the key of all parts in the order in which they were added.
    pub fn finish(self) -> Key {
        truncated(self.0)
    }
}

fn truncated(hash: Sha256) -> Key {
    let digest = hash.finalize();
    let mut key = [0; 16];
    key.copy_from_slice(&digest[..16]);
    Key(key)
}

/// A reader that computes the key of everything read through it.
pub struct Hashing<R> {
    inner: R,
    hash: Sha256,
}

impl<R: Read> Hashing<R> {
    /// Wraps `inner`; `kind` keeps its key apart from those of other kinds.
    pub fn new(kind: &str, inner: R) -> Self {
        let mut hash = Sha256::new();
        hash.update((kind.len() as u64).to_le_bytes());
        hash.update(kind.as_bytes());
        Self { inner, hash }
    }

    /// Returns the key of the whole input, reading what has not been read yet.
    ///
    /// # Errors
    /// When the rest of the input cannot be read.
    pub fn finish(mut self) -> io::Result<Key> {
        io::copy(&mut self, &mut io::sink())?;
        Ok(truncated(self.hash))
    }
}

impl<R: Read> Read for Hashing<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        self.hash.update(&buffer[..read]);
        Ok(read)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_and_kinds_are_kept_apart() {
        let keys = [
            Key::of("a", ["bc", "d"]),
            Key::of("a", ["b", "cd"]),
            Key::of("ab", ["c", "d"]),
            Key::of("a", ["bc", "d", ""]),
        ];
        assert!((0..keys.len()).all(|a| (0..a).all(|b| keys[a] != keys[b])));
        assert_eq!(keys[0], Key::of("a", [b"bc".to_vec(), b"d".to_vec()]));
    }

    #[test]
    fn a_stream_has_one_key_however_it_is_read() {
        let whole = Key::of_stream("file", &b"one two three"[..]).unwrap();
        let mut read = Hashing::new("file", &b"one two three"[..]);
        read.read_exact(&mut [0; 5]).unwrap();
        assert_eq!(read.finish().unwrap(), whole);
        assert_ne!(Key::of_stream("file", &b"one two thre"[..]).unwrap(), whole);
    }
}
