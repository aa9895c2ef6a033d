//! The words of a text, as every count of words here takes them.
//!
//! Words are those of Unicode's text segmentation (UAX #29): `harbor's`, `5,000` and `3.5` are one each, and so is every Han
//! character. They are compared in lower case, with straight apostrophes and without a possessive's ending.

use std::ops::Range;

use unicode_segmentation::UnicodeSegmentation;

/// A word and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Word {
    /// Its bytes in the text.
    pub range: Range<usize>,
    /// What it is compared by.
    pub folded: String,
}

/// The words of a text, in its order.
pub fn words(text: &str) -> Vec<Word> {
    text.unicode_word_indices().map(|(at, word)| Word { range: at..at + word.len(), folded: folded(word) }).collect()
}

fn folded(word: &str) -> String {
    let word = word.to_lowercase().replace('’', "'");
    word.strip_suffix("'s").map(str::to_owned).unwrap_or(word)
}
