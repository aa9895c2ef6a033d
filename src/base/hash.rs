//! A hash that never changes between machines or runs, because stored answers depend on it.

/// FNV-1a (Fowler, Noll & Vo 1991), 64 bits. Hostile input can make it collide: where that matters, use
/// [`Key`](super::Key).
pub(crate) fn hash(bytes: impl IntoIterator<Item = u8>) -> u64 {
    bytes
        .into_iter()
        .fold(0xcbf2_9ce4_8422_2325, |hash: u64, byte| (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Values published by the authors.
    #[test]
    fn is_fnv() {
        assert_eq!(hash(*b""), 0xcbf2_9ce4_8422_2325);
        assert_eq!(hash(*b"foobar"), 0x8594_4171_f739_67e8);
    }
}
