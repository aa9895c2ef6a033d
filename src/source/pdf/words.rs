//! Joining lines: the words that the typesetter broke, and those that have a hyphen of their own.

use std::collections::HashSet;

use crate::lang::english::sentence;
use crate::lang::script::joins_unspaced;
use crate::source::{LocatedText, Place};

/// The words of a document that stand unbroken in a line.
#[derive(Debug, Default)]
pub struct Vocabulary(HashSet<String>);

impl Vocabulary {
    pub fn of<'a>(lines: impl Iterator<Item = &'a str>) -> Self {
        let mut words = HashSet::new();
        for line in lines {
            let mut all: Vec<&str> = line.split_whitespace().collect();
            if line.ends_with(['-', '\u{ad}', '\u{2010}']) {
                all.pop();
            }
            words.extend(all.into_iter().map(core).filter(|word| word.len() > 2));
        }
        Self(words)
    }

    /// Whether the document has this word, given in lower case.
    pub fn contains(&self, word: &str) -> bool {
        self.0.contains(word)
    }

    /// Whether the hyphen between two halves was put in at the end of a line. A typesetter's is far more common than an
    /// author's that happens to stand there, so there has to be a sign of the latter.
    fn is_broken(&self, head: &str, tail: &str) -> bool {
        let (head, tail) = (core(head), core(tail));
        if !tail.starts_with(char::is_lowercase) || head.contains('-') || !head.ends_with(char::is_alphabetic) {
            return false;
        }
        if self.0.contains(&format!("{head}-{tail}")) {
            return false;
        }
        let whole = |word: &str| self.0.contains(word);
        whole(&format!("{head}{tail}"))
            || !(sentence::COMPOUNDING.contains(&head.as_str())
                || head.len() > 3 && tail.len() > 3 && whole(&head) && whole(&tail))
    }

    /// Appends a line to a text.
    pub fn join(&self, text: &mut LocatedText, line: &str, place: Place) {
        let (last, first) = (text.as_str().chars().last(), line.chars().next());
        match (last, first) {
            (Some('\u{ad}' | '\u{2010}'), Some(c)) if c.is_lowercase() => text.pop(),
            (Some('-' | '\u{2010}' | '\u{ad}'), Some(c)) if c.is_alphanumeric() && !text.as_str().ends_with(" -") => {
                let head = text.as_str().rsplit(' ').next().unwrap_or("").trim_end_matches(['-', '\u{2010}', '\u{ad}']);
                let tail = line.split(' ').next().unwrap_or("");
                let original = tail.trim_start().starts_with(char::is_lowercase);
                if original && self.is_broken(head, tail) {
                    text.pop();
                }
            }
            (Some('—'), _) if !text.as_str().ends_with(" —") => {}
            (Some(a), Some(b)) if joins_unspaced(a, b) => {}
            _ => text.space(),
        }
        text.push(line, place);
    }
}

/// A word in lower case without the punctuation around it.
fn core(word: &str) -> String {
    word.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase()
}

/// Whether a sentence ends here.
pub fn ends_sentence(text: &str) -> bool {
    let bare = text.trim_end_matches(['"', '”', '’', '\'', ')', ']', '»', ' ']);
    bare.ends_with(['.', '!', '?', '…', '。', '！', '？', '؟'])
}

/// Whether the text cannot end here.
pub fn dangles(text: &str) -> bool {
    const WORDS: &[&str] = &[
        "a", "an", "and", "as", "at", "but", "by", "for", "from", "his", "her", "in", "into", "its", "of", "on", "or",
        "our", "than", "that", "the", "their", "these", "this", "to", "was", "were", "which", "with", "is", "are",
        "has", "have", "had",
    ];
    let last = text.rsplit(' ').next().unwrap_or("");
    last.ends_with([',', ';', '-', '\u{ad}', '\u{2010}', '(', '&']) || WORDS.contains(&last)
}

/// Whether a line ends within a word that goes on with a small letter.
pub fn breaks_word(line: &str) -> bool {
    line.ends_with(['-', '\u{2010}', '\u{ad}']) && !line.ends_with(" -")
}

pub fn starts_lowercase(text: &str) -> bool {
    text.trim_start_matches(['"', '“', '‘', '(', '\'', '«']).starts_with(char::is_lowercase)
}
