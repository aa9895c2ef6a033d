//! The words of a text, for counting and comparing.
//!
//! Words follow Unicode's text segmentation (UAX #29): `harbor's`, `5,000` and `3.5` are one word each, and so is every
//! Han character. They are compared in lower case, [folded](super::fold()) and composed (NFC), with straight
//! apostrophes and without possessive endings.

use std::ops::Range;

use unicode_normalization::{UnicodeNormalization, is_nfc};
use unicode_segmentation::UnicodeSegmentation;

use super::fold;

/// A word and its position.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Word {
    /// Its byte range in the text.
    pub range: Range<usize>,
    /// The form in which it is compared.
    pub folded: String,
}

/// The words of a text, in order.
pub fn words(text: &str) -> Vec<Word> {
    let compared = fold(text);
    let word = |(at, word): (usize, &str)| Word { range: compared.origin(at..at + word.len()), folded: folded(word) };
    compared.text.unicode_word_indices().map(word).collect()
}

/// A text's words in lower case, with a space before and after each, without punctuation.
pub(crate) fn normalised(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    for word in text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()) {
        out.push(' ');
        out.push_str(&word.to_lowercase());
    }
    out.push(' ');
    out
}

/// A text on one line, with single spaces between words.
pub fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The beginning of a text, cut between words.
pub fn shortened(text: &str, characters: usize) -> String {
    match text.char_indices().nth(characters) {
        None => text.to_owned(),
        Some((at, _)) => format!("{} …", text[..at].rsplit_once(' ').map_or(&text[..at], |(head, _)| head)),
    }
}

fn folded(word: &str) -> String {
    let word = word.to_lowercase().replace('’', "'");
    let word = if is_nfc(&word) { word } else { word.nfc().collect() };
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

    #[test]
    fn one_word_in_all_its_forms() {
        let forms = ["Bürger", "Bu\u{308}rger", "bür\u{ad}ger", "bür\u{200b}ger", "ｂürger"];
        for form in forms {
            let found = words(form);
            assert_eq!((found.len(), found[0].folded.as_str(), &found[0].range), (1, "bürger", &(0..form.len())));
        }
    }
}
