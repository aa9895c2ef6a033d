//! The model's tokeniser, with the padding and the window that its own file gets wrong overridden.

use std::ops::Range;
use std::path::Path;

use super::{EncodeError, LoadError};
use crate::passage::TokenCounter;

/// A text in tokens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tokens {
    /// Token ids, the special ones at both ends included.
    pub ids: Vec<u32>,
    /// The bytes of the text that each token stands for; empty for special ones.
    pub offsets: Vec<Range<usize>>,
}

pub(super) struct Tokenizer {
    inner: tokenizers::Tokenizer,
    window: usize,
    /// How many special tokens a text gets.
    special: usize,
}

impl Tokenizer {
    pub fn read(path: &Path, window: usize) -> Result<Self, LoadError> {
        let bytes = std::fs::read(path).map_err(|source| LoadError::Io { path: path.to_owned(), source })?;
        let broken = |source| LoadError::Tokenizer { path: path.to_owned(), source };
        let mut inner = tokenizers::Tokenizer::from_bytes(bytes).map_err(broken)?;
        // The file may say "cut at 128 tokens, pad to 128"; batches here are ragged, and cutting is done below.
        inner.with_padding(None);
        inner.with_truncation(None).map_err(broken)?;
        let special = inner.encode_fast("", true).map_err(broken)?.len();
        Ok(Self { inner, window, special })
    }

    /// Tokenises, with special tokens, cut to the window: the last special token stays.
    pub fn encode(&self, text: &str) -> Result<Tokens, EncodeError> {
        let encoding = self.inner.encode(text, true).map_err(EncodeError::Tokenizer)?;
        let mut ids = encoding.get_ids().to_vec();
        let mut offsets: Vec<Range<usize>> = encoding.get_offsets().iter().map(|&(start, end)| start..end).collect();
        if ids.len() > self.window {
            let last = ids[ids.len() - 1];
            ids.truncate(self.window - 1);
            ids.push(last);
            offsets.truncate(self.window - 1);
            offsets.push(0..0);
        }
        Ok(Tokens { ids, offsets })
    }
}

impl TokenCounter for &Tokenizer {
    fn count(&self, text: &str) -> usize {
        // A text that the tokeniser refuses is counted at its longest: a token a character.
        self.inner.encode_fast(text, false).map_or_else(|_| text.chars().count(), |encoding| encoding.len())
    }

    fn limit(&self) -> usize {
        self.window - self.special
    }
}
