//! Texts in the form in which they are compared: without invisible characters, and with plain letters in place of
//! ligatures and full-width forms.
//!
//! Typesetters and web pages put soft hyphens, zero-width characters, ligatures and presentation forms into words.
//! These would disturb comparisons of words and the vectors of a model, while the text is still displayed as it is.
//! Only these characters are changed: Unicode's whole compatibility decomposition (NFKC, UAX #15) would also turn `10²`
//! into `102`.

use std::borrow::Cow;
use std::ops::Range;

use unicode_normalization::UnicodeNormalization;

/// A folded text, with a map from its parts to those of the original.
#[derive(Debug)]
pub struct Folded<'a> {
    /// The folded text.
    pub text: Cow<'a, str>,
    /// For each byte of the folded text, the byte range of the original character. Empty if nothing was changed.
    origins: Vec<(usize, usize)>,
}

impl Folded<'_> {
    /// The range of the original text that corresponds to a range of the folded one.
    pub fn origin(&self, range: Range<usize>) -> Range<usize> {
        if self.origins.is_empty() || range.is_empty() {
            return if self.origins.is_empty() { range } else { 0..0 };
        }
        self.origins[range.start].0..self.origins[range.end - 1].1
    }
}

/// Folds a text for comparison.
pub fn fold(text: &str) -> Folded<'_> {
    if text.is_ascii() || !text.chars().any(|c| is_unseen(c) || is_form(c)) {
        return Folded { text: Cow::Borrowed(text), origins: Vec::new() };
    }
    let (mut folded, mut origins) = (String::with_capacity(text.len()), Vec::with_capacity(text.len()));
    for (at, c) in text.char_indices().filter(|(_, c)| !is_unseen(*c)) {
        match is_form(c).then(|| decomposed(c)).flatten() {
            Some(letters) => folded.push_str(&letters),
            None => folded.push(c),
        }
        origins.resize(folded.len(), (at, at + c.len_utf8()));
    }
    Folded { text: Cow::Owned(folded), origins }
}

/// The letters represented by a form. Some forms represent whole phrases, and some a mark without a letter: those are
/// unchanged, because no word may begin or end within a character.
fn decomposed(c: char) -> Option<String> {
    let letters: String = std::iter::once(c).nfkc().collect();
    (letters == " " || !letters.contains(char::is_whitespace)).then_some(letters)
}

/// Whether a character is invisible and does not distinguish words: soft hyphens, zero-width spaces and joiners,
/// direction marks, a byte order mark.
fn is_unseen(c: char) -> bool {
    matches!(
        c,
        '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2064}'
            | '\u{2066}'..='\u{2069}' | '\u{feff}'
    )
}

/// Whether a character is a form of one or more letters: a ligature, an Arabic presentation form, full or half width,
/// the ideographic space.
fn is_form(c: char) -> bool {
    matches!(
        c,
        '\u{3000}' | '\u{132}' | '\u{133}' | '\u{fb00}'..='\u{fdfc}' | '\u{fe70}'..='\u{fefc}' | '\u{ff01}'..='\u{ffee}'
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_nobody_sees_is_left_out() {
        for (shown, compared) in [
            ("un\u{ad}be\u{ad}lieva\u{200b}bly", "unbelievably"),
            ("ﬁgures of the oﬃce", "figures of the office"),
            ("Ｔｈｅ　ｆｅｒｒｙ １２", "The ferry 12"),
            ("10² km, ½ a mile, naïve…", "10² km, ½ a mile, naïve…"),
            ("ﷻ of ￣", "ﷻ of ￣"),
        ] {
            assert_eq!(fold(shown).text, compared);
        }
    }

    #[test]
    fn parts_are_found_where_they_are_shown() {
        let shown = "the oﬃ\u{ad}ce";
        let folded = fold(shown);
        assert_eq!(&shown[folded.origin(4..10)], "oﬃ\u{ad}ce");
        assert_eq!(&shown[folded.origin(0..3)], "the");
        // Half of a ligature maps to all of it.
        assert_eq!(&shown[folded.origin(4..6)], "oﬃ");
        assert_eq!(fold("plain").origin(1..3), 1..3);
        assert_eq!(folded.origin(0..0), 0..0);
    }
}
