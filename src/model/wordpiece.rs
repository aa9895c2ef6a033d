//! WordPiece for plain text, many times faster than the general tokeniser and equal to it.
//!
//! BERT's normaliser and pre-tokeniser do not look beyond the nearest space, so a text's tokens are those of its
//! space-separated chunks. Chunks of ASCII letters, digits and punctuation (and the typographic quotes and dashes of
//! English prose) are tokenised here; any other chunk goes to the `tokenizers` crate, whose Unicode tables are the
//! reference. Wu et al., "Google's Neural Machine Translation System" (2016), section 4.1; greedy longest match first,
//! as in BERT.

use std::collections::HashMap;
use std::ops::Range;

use serde::Deserialize;

/// A vocabulary with the rules that plain BERT tokenisers share.
pub(super) struct WordPiece {
    /// Pieces that begin a word.
    first: HashMap<Box<[u8]>, u32, Fnv>,
    /// Pieces that continue a word, without their `##`.
    later: HashMap<Box<[u8]>, u32, Fnv>,
    unknown: u32,
    /// The maximum length of a word; longer ones are unknown.
    max_word: usize,
    /// The maximum length of a piece in bytes.
    max_piece: usize,
    /// Literal texts that are tokens themselves, such as `[SEP]`.
    added: Vec<String>,
    /// The special tokens before and after a text.
    pub ends: (u32, u32),
}

/// The relevant content of `tokenizer.json`.
#[derive(Deserialize)]
struct File {
    normalizer: Option<Normalizer>,
    pre_tokenizer: Option<Kind>,
    post_processor: Option<PostProcessor>,
    model: Vocabulary,
    #[serde(default)]
    added_tokens: Vec<AddedToken>,
}

#[derive(Deserialize)]
struct Kind {
    #[serde(rename = "type")]
    kind: String,
}

#[derive(Deserialize)]
struct Normalizer {
    #[serde(rename = "type")]
    kind: String,
    clean_text: Option<bool>,
    handle_chinese_chars: Option<bool>,
    strip_accents: Option<bool>,
    lowercase: Option<bool>,
}

#[derive(Deserialize)]
struct PostProcessor {
    #[serde(default)]
    single: Vec<serde_json::Value>,
    #[serde(default)]
    special_tokens: HashMap<String, SpecialToken>,
}

#[derive(Deserialize)]
struct SpecialToken {
    ids: Vec<u32>,
}

#[derive(Deserialize)]
struct Vocabulary {
    #[serde(rename = "type")]
    kind: Option<String>,
    vocab: Option<HashMap<String, u32>>,
    unk_token: Option<String>,
    continuing_subword_prefix: Option<String>,
    max_input_chars_per_word: Option<usize>,
}

#[derive(Deserialize)]
struct AddedToken {
    content: String,
}

/// A token's id and its byte range.
pub(super) type Piece = (u32, Range<usize>);

impl WordPiece {
    /// Reads a `tokenizer.json`; `None` if it describes another kind of tokeniser or cannot be understood.
    pub fn parse(bytes: &[u8]) -> Option<Self> {
        let file: File = serde_json::from_slice(bytes).ok()?;
        let plain = file.normalizer.is_some_and(|n| {
            let cleans = n.clean_text == Some(true) && n.handle_chinese_chars == Some(true);
            n.kind == "BertNormalizer" && cleans && n.lowercase == Some(true) && n.strip_accents != Some(false)
        });
        let splits = file.pre_tokenizer.is_some_and(|p| p.kind == "BertPreTokenizer");
        let model = file.model;
        let pieces = model.kind.as_deref().unwrap_or("WordPiece") == "WordPiece"
            && model.continuing_subword_prefix.as_deref() == Some("##");
        let ends = ends(&file.post_processor?, model.vocab.as_ref()?)?;
        let added = file.added_tokens.into_iter().map(|token| token.content).collect();
        let built = Self::new(model.vocab?, &model.unk_token?, model.max_input_chars_per_word?, added, ends)?;
        (plain && splits && pieces).then_some(built)
    }

    fn new(
        vocab: HashMap<String, u32>,
        unknown: &str,
        max_word: usize,
        added: Vec<String>,
        ends: (u32, u32),
    ) -> Option<Self> {
        let unknown = *vocab.get(unknown)?;
        let mut first = HashMap::with_capacity_and_hasher(vocab.len(), Fnv);
        let mut later = HashMap::with_hasher(Fnv);
        let mut max_piece = 0;
        for (piece, id) in vocab {
            let (map, bytes) = match piece.strip_prefix("##") {
                Some(rest) if !rest.is_empty() => (&mut later, rest.as_bytes()),
                _ => (&mut first, piece.as_bytes()),
            };
            max_piece = max_piece.max(bytes.len());
            map.insert(bytes.into(), id);
        }
        Some(Self { first, later, unknown, max_word, max_piece, added, ends })
    }

    /// The highest id.
    pub fn highest(&self) -> u32 {
        self.first.values().chain(self.later.values()).copied().max().unwrap_or(0)
    }

    /// Whether a text contains a literal special token, which only the general tokeniser can handle.
    pub fn holds_added(&self, text: &str) -> bool {
        text.contains('[') && self.added.iter().any(|token| text.contains(token.as_str()))
            || self.added.iter().any(|token| !token.starts_with('[') && text.contains(token.as_str()))
    }

    /// Appends the tokens of `text`; `other` appends those of a chunk that is not plain, given the chunk and its start.
    pub fn tokenize<E>(
        &self,
        text: &str,
        out: &mut Vec<Piece>,
        mut other: impl FnMut(&str, usize, &mut Vec<Piece>) -> Result<(), E>,
    ) -> Result<(), E> {
        let bytes = text.as_bytes();
        let mut lower = Vec::with_capacity(64);
        let mut at = 0;
        while at < bytes.len() {
            if is_space(bytes[at]) {
                at += 1;
                continue;
            }
            let end = bytes[at..].iter().position(|b| is_space(*b)).map_or(bytes.len(), |length| at + length);
            let before = out.len();
            if !self.chunk(&bytes[at..end], at, &mut lower, out) {
                out.truncate(before);
                other(&text[at..end], at, out)?;
            }
            at = end;
        }
        Ok(())
    }

    /// Appends the tokens of one chunk; returns false if it is not plain.
    fn chunk(&self, chunk: &[u8], start: usize, lower: &mut Vec<u8>, out: &mut Vec<Piece>) -> bool {
        let mut at = 0;
        while at < chunk.len() {
            let byte = chunk[at];
            if byte.is_ascii_alphanumeric() {
                let end = chunk[at..]
                    .iter()
                    .position(|b| !b.is_ascii_alphanumeric())
                    .map_or(chunk.len(), |length| at + length);
                // A letter beyond ASCII, or a control character to be dropped, belongs to the same word.
                if end < chunk.len() && punctuation(&chunk[end..]) == 0 {
                    return false;
                }
                lower.clear();
                lower.extend(chunk[at..end].iter().map(u8::to_ascii_lowercase));
                self.word(lower, start + at, out);
                at = end;
            } else {
                let length = punctuation(&chunk[at..]);
                if length == 0 {
                    return false;
                }
                let id = self.first.get(&chunk[at..at + length]).copied().unwrap_or(self.unknown);
                out.push((id, start + at..start + at + length));
                at += length;
            }
        }
        true
    }

    /// Appends the pieces of a lower-case word, always taking the longest that fits, or else one unknown token.
    fn word(&self, word: &[u8], start: usize, out: &mut Vec<Piece>) {
        let before = out.len();
        let mut at = 0;
        while at < word.len() && word.len() <= self.max_word {
            let map = if at == 0 { &self.first } else { &self.later };
            let longest = word.len().min(at + self.max_piece);
            let found = (at + 1..=longest).rev().find_map(|end| map.get(&word[at..end]).map(|id| (*id, end)));
            let Some((id, end)) = found else { break };
            out.push((id, start + at..start + end));
            at = end;
        }
        if at < word.len() {
            out.truncate(before);
            out.push((self.unknown, start..start + word.len()));
        }
    }
}

/// The ids of `[CLS]` and `[SEP]`, if the template is one special token, the text, one special token, and the
/// vocabulary has the same ids.
fn ends(post: &PostProcessor, vocab: &HashMap<String, u32>) -> Option<(u32, u32)> {
    let special = |value: &serde_json::Value| {
        let name = value.get("SpecialToken")?.get("id")?.as_str()?;
        match post.special_tokens.get(name)?.ids[..] {
            [id] if vocab.get(name) == Some(&id) => Some(id),
            _ => None,
        }
    };
    match &post.single[..] {
        [before, text, after] if text.get("Sequence").is_some() => Some((special(before)?, special(after)?)),
        _ => None,
    }
}

/// The ASCII characters that BERT treats as spaces.
fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | b'\r')
}

/// Number of bytes of the punctuation mark at the start of `rest`: an ASCII one, or one used in English typography;
/// else 0.
fn punctuation(rest: &[u8]) -> usize {
    match *rest {
        [byte, ..] if byte.is_ascii_punctuation() => 1,
        // U+2013 – U+2014 — U+2018 ‘ U+2019 ’ U+201C “ U+201D ” U+2026 …
        [0xe2, 0x80, 0x93 | 0x94 | 0x98 | 0x99 | 0x9c | 0x9d | 0xa6, ..] => 3,
        _ => 0,
    }
}

/// FNV-1a (Fowler, Noll, Vo; 64 bit): good and quick for keys of a few bytes. The keys come from the model, so they
/// cannot be chosen to collide.
#[derive(Clone, Copy, Default)]
struct Fnv;

struct FnvHasher(u64);

impl std::hash::BuildHasher for Fnv {
    type Hasher = FnvHasher;
    fn build_hasher(&self) -> FnvHasher {
        FnvHasher(0xcbf2_9ce4_8422_2325)
    }
}

impl std::hash::Hasher for FnvHasher {
    fn finish(&self) -> u64 {
        self.0
    }
    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = (self.0 ^ u64::from(*byte)).wrapping_mul(0x100_0000_01b3);
        }
    }
}
