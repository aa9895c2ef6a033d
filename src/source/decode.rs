//! Decoding bytes to text: UTF-8, UTF-16 with a byte-order mark, or the encoding that the bytes look like.

use std::io::{self, Read};

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{CoderResult, Decoder, Encoding, ISO_2022_JP, ISO_8859_15, MACINTOSH, UTF_8, UTF_16BE, UTF_16LE};

use super::ReadError;

/// Result of decoding some bytes.
#[derive(Debug, PartialEq, Eq)]
pub enum Decoded {
    /// Text, and the name of the encoding where it had to be guessed.
    Text { text: String, guessed: Option<&'static str> },
    /// Not text: the first kilobytes contain NUL bytes.
    Binary,
}

/// Returns the text of some bytes, with a remark on a guessed encoding or damaged bytes.
///
/// # Errors
/// When the bytes are not text.
pub fn decode_text(bytes: &[u8]) -> Result<(String, Option<String>), ReadError> {
    let (text, note) = match decode(bytes) {
        Decoded::Binary => (stray_nuls(bytes).ok_or(ReadError::Binary)?.to_owned(), None),
        Decoded::Text { text, guessed: Some("UTF-8") } => {
            let damaged = bytes.utf8_chunks().filter(|chunk| !chunk.invalid().is_empty()).count();
            let places = if damaged == 1 { "one place" } else { &format!("{damaged} places") };
            (text, Some(format!("is damaged UTF-8: invalid bytes were replaced by \u{fffd} in {places}")))
        }
        Decoded::Text { text, guessed } => (text, guessed.map(|name| format!("is not UTF-8; read as {name}"))),
    };
    match text.matches('\0').count() {
        0 => Ok((text, note)),
        count => Ok((text.replace('\0', ""), Some(joined(note, removed(count))))),
    }
}

fn removed(nuls: usize) -> String {
    if nuls == 1 {
        "holds a NUL byte, which was removed".to_owned()
    } else {
        format!("holds {nuls} NUL bytes, which were removed")
    }
}

fn joined(note: Option<String>, more: String) -> String {
    note.map_or(more.clone(), |note| format!("{note}; {more}"))
}

/// At most one byte in this many may be a stray NUL in a text.
const STRAY: usize = 20;

/// Returns the text of bytes that are valid UTF-8 apart from a few NULs and have no other control characters.
fn stray_nuls(bytes: &[u8]) -> Option<&str> {
    let text = std::str::from_utf8(bytes).ok()?;
    let control = |byte: &u8| *byte < 0x20 && !matches!(byte, 0 | b'\t' | b'\n' | b'\r' | 0x0c | 0x1b);
    let nuls = bytes.iter().filter(|byte| **byte == 0).count();
    let most = if bytes.len() > SNIFFED { bytes.len() / (STRAY * STRAY) } else { bytes.len() / STRAY };
    (nuls <= most && !bytes.iter().any(control)).then_some(text)
}

/// Number of bytes at the start of a file that are searched for NUL bytes.
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
        Ok(_) if is_iso_2022_jp(bytes, true) => guessed(bytes, ISO_2022_JP),
        Ok(text) => Decoded::Text { text: text.to_owned(), guessed: None },
        Err(_) => guessed(bytes, detect(bytes)),
    }
}

fn guessed(bytes: &[u8], encoding: &'static Encoding) -> Decoded {
    let (text, _) = encoding.decode_without_bom_handling(bytes);
    Decoded::Text { text: text.into_owned(), guessed: Some(encoding.name()) }
}

/// Decodes a stream; the encoding follows from its first bytes.
pub struct Decoding<R> {
    inner: R,
    decoder: Decoder,
    guessed: Option<&'static str>,
    raw: Vec<u8>,
    /// Bytes of `raw` that have been decoded.
    used: usize,
    /// Whether `raw` ends where the input does.
    at_end: bool,
    finished: bool,
    text: Vec<u8>,
    /// Bytes of `text` that have been returned.
    given: usize,
    damaged: bool,
    /// Number of NUL bytes that were removed.
    nuls: usize,
}

/// Number of bytes that are decoded at a time.
const STEP: usize = 1 << 16;

impl<R: Read> Decoding<R> {
    /// Reads `head`, then `inner`.
    ///
    /// # Errors
    /// When the head is not text.
    pub fn new(head: Vec<u8>, inner: R) -> Result<Self, ReadError> {
        let (encoding, guessed) = encoding_of(&head).ok_or(ReadError::Binary)?;
        let decoder = encoding.new_decoder_with_bom_removal();
        let (raw, text) = (head, Vec::new());
        Ok(Self {
            inner,
            decoder,
            guessed,
            raw,
            used: 0,
            at_end: false,
            finished: false,
            text,
            given: 0,
            damaged: false,
            nuls: 0,
        })
    }

    /// Returns the next text without consuming it, at least one line where there is one.
    ///
    /// # Errors
    /// When the underlying reader fails.
    pub fn peek(&mut self) -> io::Result<&[u8]> {
        if self.given == self.text.len() {
            self.refill()?;
        }
        Ok(&self.text[self.given..])
    }

    /// A remark on the text that has been read, if there is one to make.
    pub fn note(&self) -> Option<String> {
        let note = match (self.guessed, self.damaged) {
            (None, true) => Some("is damaged UTF-8: invalid bytes were replaced by \u{fffd}".to_owned()),
            (Some(name), _) => Some(format!("is not UTF-8; read as {name}")),
            (None, false) => None,
        };
        if self.nuls > 0 { Some(joined(note, removed(self.nuls))) } else { note }
    }

    fn refill(&mut self) -> io::Result<()> {
        self.given = 0;
        self.text.clear();
        while self.text.is_empty() && !self.finished {
            if self.used == self.raw.len() && !self.at_end {
                self.raw.resize(STEP, 0);
                let read = self.inner.read(&mut self.raw);
                self.raw.truncate(read.as_ref().map_or(0, |read| *read));
                self.used = 0;
                self.at_end = read? == 0;
            }
            self.text.resize(STEP, 0);
            let (result, read, written, errors) =
                self.decoder.decode_to_utf8(&self.raw[self.used..], &mut self.text, self.at_end);
            self.text.truncate(written);
            self.text.retain(|byte| *byte != 0);
            self.nuls += written - self.text.len();
            self.used += read;
            self.damaged |= errors;
            self.finished = self.at_end && result == CoderResult::InputEmpty;
        }
        Ok(())
    }
}

impl<R: Read> Read for Decoding<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let text = self.peek()?;
        let read = text.len().min(buffer.len());
        buffer[..read].copy_from_slice(&text[..read]);
        self.given += read;
        Ok(read)
    }
}

/// Returns the encoding of a file that begins with `head`, and its name if it was guessed; nothing if it is not text.
fn encoding_of(head: &[u8]) -> Option<(&'static Encoding, Option<&'static str>)> {
    if let Some((encoding, _)) = Encoding::for_bom(head) {
        return Some((encoding, None));
    }
    if let Some(encoding) = utf16_without_mark(&head[..head.len() & !1]) {
        return Some((encoding, Some(encoding.name())));
    }
    if head[..head.len().min(SNIFFED)].contains(&0) {
        // The end of the head may split a character.
        let whole = &head[..head.len() - head.utf8_chunks().last().map_or(0, |chunk| chunk.invalid().len())];
        return stray_nuls(whole).map(|_| (UTF_8, None));
    }
    match std::str::from_utf8(head) {
        Err(error) if error.error_len().is_some() => match detect(head) {
            encoding if encoding == UTF_8 => Some((UTF_8, None)),
            encoding => Some((encoding, Some(encoding.name()))),
        },
        _ if is_iso_2022_jp(head, false) => Some((ISO_2022_JP, Some(ISO_2022_JP.name()))),
        // The end of the head may split a character.
        _ => Some((UTF_8, None)),
    }
}

/// Whether bytes that are also ASCII are Japanese text, between the escapes that switch its character sets. `whole`
/// says that nothing follows them.
fn is_iso_2022_jp(bytes: &[u8], whole: bool) -> bool {
    bytes.contains(&0x1b) && {
        let mut detector = EncodingDetector::new(Iso2022JpDetection::Allow);
        detector.feed(bytes, whole);
        detector.guess(None, Utf8Detection::Allow) == ISO_2022_JP
    }
}

/// Guesses the encoding of bytes that are not valid UTF-8. Text in another encoding hardly ever contains what would be
/// a multi-byte character in UTF-8, so a file with at least as many of those as bad bytes is damaged UTF-8.
fn detect(bytes: &[u8]) -> &'static Encoding {
    let chunks = bytes.utf8_chunks();
    let (bad, multibyte) = chunks.fold((0, 0), |(bad, multibyte), chunk| {
        let here = chunk.valid().bytes().filter(|b| *b >= 0xc0).count();
        (bad + usize::from(!chunk.invalid().is_empty()), multibyte + here)
    });
    if multibyte >= bad {
        return UTF_8;
    }
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    detector.feed(bytes, true);
    western(bytes, detector.guess(None, Utf8Detection::Deny))
}

/// Returns Mac Roman or Latin-9 in place of the guess if that halves what is strange in a text in Latin script: the
/// detector knows browsers' encodings, in which few pages are in these two.
fn western(bytes: &[u8], guess: &'static Encoding) -> &'static Encoding {
    let head = &bytes[..bytes.len().min(SNIFFED)];
    let oddities = |encoding: &'static Encoding| oddities(&encoding.decode_without_bom_handling(head).0);
    let Some(of_guess) = oddities(guess).filter(|count| *count > 0 && guess.is_single_byte()) else { return guess };
    let others = [ISO_8859_15, MACINTOSH].into_iter().filter_map(|other| Some((oddities(other)?, other)));
    others.min_by_key(|(count, _)| *count).filter(|(count, _)| 2 * count <= of_guess).map_or(guess, |(_, other)| other)
}

/// Counts characters that Western text hardly ever has where they are: signs and capitals within a word, control
/// characters, accents alone, and the sign for any currency. `None` if the text has letters of other scripts.
fn oddities(text: &str) -> Option<usize> {
    const ACCENTS: [char; 5] = ['¤', '¦', '¨', '´', '¸'];
    const QUOTES: &str = "‘’‚“”„«»‹›–—…\u{a0}\u{ad}ªº°·";
    let (mut count, mut before) = (0, ' ');
    let mut rest = text.chars().peekable();
    while let Some(this) = rest.next() {
        let after = rest.peek().copied().unwrap_or(' ');
        if this.is_alphabetic() && this > '\u{24f}' && !ACCENTS.contains(&this) {
            return None;
        }
        let in_word = |sign: char| before.is_ascii_alphabetic() && sign.is_ascii_alphabetic();
        let odd = match this {
            '\0'..='\x7f' => false,
            '\u{80}'..='\u{9f}' | char::REPLACEMENT_CHARACTER => true,
            _ if ACCENTS.contains(&this) => true,
            _ if QUOTES.contains(this) => this == '„' && in_word(after),
            _ if this.is_alphabetic() => {
                this.is_uppercase() && before.is_lowercase() || before.is_ascii_digit() || after.is_ascii_digit()
            }
            _ => in_word(after) || after.is_ascii_alphabetic(),
        };
        count += usize::from(odd);
        before = this;
    }
    Some(count)
}

/// Detects UTF-16 without a byte-order mark: in Western text nearly every other byte is then a NUL.
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
        assert_eq!(
            text(b"The caf\xe9 by the quay closed."),
            ("The café by the quay closed.".into(), Some("windows-1252"))
        );
    }

    #[test]
    fn mac_roman_and_latin_9_are_told_by_what_would_be_strange() {
        // "Die Fähren fahren künftig", "après un long débat", "it’s “new”" in Mac Roman.
        let german = b"Die F\x8ahren fahren k\x9fnftig zweimal t\x8aglich.";
        assert_eq!(text(german), ("Die Fähren fahren künftig zweimal täglich.".into(), Some("macintosh")));
        let french = b"approuv\x8e lundi, apr\x8fs un long d\x8ebat";
        assert_eq!(text(french), ("approuvé lundi, après un long débat".into(), Some("macintosh")));
        let quoted = b"It\xd5s \xd2new\xd3, she said; they don\xd5t agree.";
        assert_eq!(text(quoted), ("It’s “new”, she said; they don’t agree.".into(), Some("macintosh")));
        // "L'œuvre coûtera 40 €" in Latin-9.
        let latin_9 = b"L'\xbduvre co\xfbtera 40 \xa4 par habitant";
        assert_eq!(text(latin_9), ("L'œuvre coûtera 40 € par habitant".into(), Some("ISO-8859-15")));
        for (bytes, expected) in [
            (
                &b"It\x92s \x93new\x94, 2\xbd per cent, 20\xb0C in S\xe3o Paulo."[..],
                "It’s “new”, 2½ per cent, 20°C in São Paulo.",
            ),
            (
                b"M\xdcLLER sagte: \x84Das ist gut\x93, 40 \x80 f\xfcr \xd6l.",
                "MÜLLER sagte: „Das ist gut“, 40 € für Öl.",
            ),
        ] {
            assert_eq!(text(bytes), (expected.into(), Some("windows-1252")));
        }
        let polish = "Rada zatwierdziła budżet, mieszkańcy protestują przeciw nocnym lotom.";
        assert_eq!(text(&encoding_rs::ISO_8859_2.encode(polish).0).0, polish);
        let russian = "Городской совет утвердил бюджет порта после долгих споров.";
        assert_eq!(text(&encoding_rs::WINDOWS_1251.encode(russian).0).0, russian);
    }

    #[test]
    fn japanese_in_seven_bits_is_decoded() {
        let (bytes, ..) = ISO_2022_JP.encode("港の壁は動いた。 The wall moved.\n");
        assert_eq!(text(&bytes), ("港の壁は動いた。 The wall moved.\n".into(), Some("ISO-2022-JP")));
        let mut decoding = Decoding::new(bytes[..20].to_vec(), &bytes[20..]).unwrap();
        let mut found = String::new();
        decoding.read_to_string(&mut found).unwrap();
        assert_eq!(found, "港の壁は動いた。 The wall moved.\n");
        let terminal = b"\x1b[1mThe wall\x1b[0m moved\x1b(B\x1b[m.";
        assert_eq!(text(terminal).1, None);
    }

    #[test]
    fn one_bad_byte_does_not_spoil_a_utf8_file() {
        let mut bytes = "é è ê ë à â ç ï".repeat(3).into_bytes();
        bytes.push(0xff);
        assert!(text(&bytes).0.starts_with("é è"));
    }

    #[test]
    fn decodes_as_it_reads() {
        let text = "The ferry café 渡船 struck the mole. ".repeat(9_000);
        let utf16: Vec<u8> = [0xff, 0xfe].into_iter().chain(text.encode_utf16().flat_map(u16::to_le_bytes)).collect();
        let marked = [b"\xef\xbb\xbf", text.as_bytes()].concat();
        for (bytes, cut) in [(text.as_bytes(), 15), (&marked, 4097), (&utf16, 4097)] {
            let mut decoding = Decoding::new(bytes[..cut].to_vec(), &bytes[cut..]).unwrap();
            let mut found = String::new();
            decoding.read_to_string(&mut found).unwrap();
            assert!(found == text && decoding.note().is_none());
        }
        let mut western = Decoding::new(b"The caf\xe9 by the quay, ".to_vec(), &b"na\xefve"[..]).unwrap();
        let mut found = String::new();
        western.read_to_string(&mut found).unwrap();
        assert_eq!(
            (found.as_str(), western.note().unwrap().as_str()),
            ("The café by the quay, naïve", "is not UTF-8; read as windows-1252")
        );
        let mut damaged = Decoding::new(b"The ferry ".to_vec(), &b"na\xefve"[..]).unwrap();
        damaged.read_to_string(&mut String::new()).unwrap();
        assert!(damaged.note().unwrap().contains("damaged"));
        assert!(matches!(Decoding::new(b"PNG\0\0\0".to_vec(), &b""[..]), Err(ReadError::Binary)));
    }

    #[test]
    fn bytes_with_nul_are_binary() {
        assert_eq!(decode(b"\x7fELF\0\0\x01\x02\x03 and so on"), Decoded::Binary);
    }
}
