//! Bytes to text: UTF-8, UTF-16 with a byte-order mark, or the encoding that the bytes look like.

use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE};

use super::ReadError;

/// What the bytes turned out to be.
#[derive(Debug, PartialEq, Eq)]
pub enum Decoded {
    /// Text, and the name of the encoding where it had to be guessed.
    Text { text: String, guessed: Option<&'static str> },
    /// No text: the first kilobytes hold NUL bytes.
    Binary,
}

/// The text of some bytes, and what should be known of it: a guessed encoding, damaged bytes.
///
/// # Errors
/// When they are no text.
pub fn decode_text(bytes: &[u8]) -> Result<(String, Option<String>), ReadError> {
    match decode(bytes) {
        Decoded::Binary => Err(ReadError::Binary),
        Decoded::Text { text, guessed: Some("UTF-8") } => {
            let damaged = bytes.utf8_chunks().filter(|chunk| !chunk.invalid().is_empty()).count();
            let places = if damaged == 1 { "one place" } else { &format!("{damaged} places") };
            Ok((text, Some(format!("is damaged UTF-8: bytes that are none were replaced by \u{fffd} in {places}"))))
        }
        Decoded::Text { text, guessed } => Ok((text, guessed.map(|name| format!("is not UTF-8; read as {name}")))),
    }
}

/// How much of a file is looked at for NUL bytes.
const SNIFFED: usize = 8192;

/// Decodes a whole file.
pub fn decode(bytes: &[u8]) -> Decoded {
    if let Some((encoding, bom)) = Encoding::for_bom(bytes) {
        let (text, _) = encoding.decode_without_bom_handling(&bytes[bom..]);
        return Decoded::Text { text: text.into_owned(), guessed: None };
    }
    if let Some(encoding) = utf16_without_mark(bytes) {
        return guessed(bytes, encoding);
    }
    if bytes[..bytes.len().min(SNIFFED)].contains(&0) {
        return Decoded::Binary;
    }
    match std::str::from_utf8(bytes) {
        Ok(text) => Decoded::Text { text: text.to_owned(), guessed: None },
        Err(_) => guessed(bytes, detect(bytes)),
    }
}

fn guessed(bytes: &[u8], encoding: &'static Encoding) -> Decoded {
    let (text, _) = encoding.decode_without_bom_handling(bytes);
    Decoded::Text { text: text.into_owned(), guessed: Some(encoding.name()) }
}

/// The encoding of bytes that are no valid UTF-8. Text of another encoding hardly ever holds what is a character of several
/// bytes in UTF-8, so a file that holds as many of those as bad bytes is UTF-8 that was damaged.
fn detect(bytes: &[u8]) -> &'static Encoding {
    let chunks = bytes.utf8_chunks();
    let (bad, multibyte) = chunks.fold((0, 0), |(bad, multibyte), chunk| {
        let here = chunk.valid().bytes().filter(|b| *b >= 0xc0).count();
        (bad + usize::from(!chunk.invalid().is_empty()), multibyte + here)
    });
    if multibyte >= bad {
        return UTF_8;
    }
    let mut detector = chardetng::EncodingDetector::new(chardetng::Iso2022JpDetection::Deny);
    detector.feed(bytes, true);
    detector.guess(None, chardetng::Utf8Detection::Deny)
}

/// UTF-16 without a mark: Western text then has a NUL in nearly every other byte.
fn utf16_without_mark(bytes: &[u8]) -> Option<&'static Encoding> {
    let head = &bytes[..bytes.len().min(SNIFFED)];
    if head.len() < 4 || !bytes.len().is_multiple_of(2) {
        return None;
    }
    let zeros = |parity: usize| head.iter().skip(parity).step_by(2).filter(|b| **b == 0).count();
    let (even, odd, half) = (zeros(0), zeros(1), head.len() / 2);
    match () {
        () if odd * 10 > half * 7 && even * 20 < half => Some(UTF_16LE),
        () if even * 10 > half * 7 && odd * 20 < half => Some(UTF_16BE),
        () => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(bytes: &[u8]) -> (String, Option<&'static str>) {
        match decode(bytes) {
            Decoded::Text { text, guessed } => (text, guessed),
            Decoded::Binary => panic!("taken for binary: {bytes:?}"),
        }
    }

    #[test]
    fn reads_utf8_with_and_without_a_mark() {
        assert_eq!(text("naïve".as_bytes()), ("naïve".into(), None));
        assert_eq!(text("\u{feff}naïve".as_bytes()), ("naïve".into(), None));
    }

    #[test]
    fn reads_utf16_with_and_without_a_mark() {
        let le: Vec<u8> = "A café by the quay".encode_utf16().flat_map(u16::to_le_bytes).collect();
        let be: Vec<u8> = "A café by the quay".encode_utf16().flat_map(u16::to_be_bytes).collect();
        assert_eq!(text(&[&[0xff, 0xfe], &le[..]].concat()), ("A café by the quay".into(), None));
        assert_eq!(text(&[&[0xfe, 0xff], &be[..]].concat()), ("A café by the quay".into(), None));
        assert_eq!(text(&le).0, "A café by the quay");
        assert_eq!(text(&be).0, "A café by the quay");
    }

    #[test]
    fn guesses_a_western_encoding_and_says_so() {
        assert_eq!(text(b"The caf\xe9 by the quay closed."), ("The café by the quay closed.".into(), Some("windows-1252")));
    }

    #[test]
    fn one_bad_byte_does_not_spoil_a_utf8_file() {
        let mut bytes = "é è ê ë à â ç ï".repeat(3).into_bytes();
        bytes.push(0xff);
        assert!(text(&bytes).0.starts_with("é è"));
    }

    #[test]
    fn bytes_with_nul_are_binary() {
        assert_eq!(decode(b"\x7fELF\0\0\x01\x02\x03 and so on"), Decoded::Binary);
    }
}
