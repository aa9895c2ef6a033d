//! Values as bytes with a checksum, so that damage is never mistaken for content.

use serde::Serialize;
use serde::de::DeserializeOwned;

/// Encodes a value with a checksum.
pub fn encode<T: Serialize>(value: &T) -> Vec<u8> {
    // Only maps of unknown length and the like cannot be encoded; an empty blob is not a valid one.
    let mut bytes = postcard::to_stdvec(value).unwrap_or_default();
    bytes.extend(crc32fast::hash(&bytes).to_le_bytes());
    bytes
}

/// Decodes a value; `None` if the bytes are not what [`encode`] made.
pub fn decode<T: DeserializeOwned>(bytes: &[u8]) -> Option<T> {
    postcard::from_bytes(sealed(bytes)?).ok()
}

/// The bytes without the checksum; `None` if they are damaged.
pub(super) fn sealed(bytes: &[u8]) -> Option<&[u8]> {
    let (bytes, sum) = bytes.split_last_chunk()?;
    (u32::from_le_bytes(*sum) == crc32fast::hash(bytes)).then_some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_flipped_bit_and_every_missing_byte_is_noticed() {
        let value = vec![("ferry".to_owned(), 31u32), ("breakwater".to_owned(), 0)];
        let bytes = encode(&value);
        assert_eq!(decode::<Vec<(String, u32)>>(&bytes), Some(value));
        for bit in 0..bytes.len() * 8 {
            let mut damaged = bytes.clone();
            damaged[bit / 8] ^= 1 << (bit % 8);
            assert_eq!(decode::<Vec<(String, u32)>>(&damaged), None, "bit {bit}");
        }
        for length in 0..bytes.len() {
            assert_eq!(decode::<Vec<(String, u32)>>(&bytes[..length]), None, "{length} bytes");
        }
    }
}
