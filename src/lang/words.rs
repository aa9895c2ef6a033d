//! The words of a text, as whatever counts or compares words takes them.
//!
//! Words are those of Unicode's text segmentation (UAX #29): `harbor's`, `5,000` and `3.5` are one each, and so is
//! every Han character. They are compared in lower case, with straight apostrophes and without a possessive's ending.

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_and_what_they_are_compared_by() {
        let text = "The harbor’s master, at 7:52 a.m.: 5,000 (3.5 %) don't. 渡船";
        let found = words(text);
        let folded: Vec<&str> = found.iter().map(|word| word.folded.as_str()).collect();
        assert_eq!(folded, ["the", "harbor", "master", "at", "7", "52", "a.m", "5,000", "3.5", "don't", "渡", "船"]);
        assert_eq!(&text[found[1].range.clone()], "harbor’s");
        assert!(words(" — !").is_empty());
    }
}
