//! Joining lines: words that the typesetter broke, and words that have a hyphen of their own.

use std::collections::HashSet;

use crate::lang::english::sentence;
use crate::lang::hyphen::{is_address, is_suspended};
use crate::lang::script::joins_unspaced;
use crate::source::{LocatedText, Place};

/// Number of places where a text that divides words would have divided one, and did not.
const LEAST_UNDIVIDED: usize = 3;
/// A line this much shorter than the one below it, in letters, had room for the beginning of a long word.
const ROOM: usize = 7;
const LEAST_LINE: usize = 25;
const LONG_WORD: usize = 8;

const HYPHENS: [char; 3] = ['-', '\u{ad}', '\u{2010}'];

/// The words of a document that occur unbroken in a line.
#[derive(Debug, Default)]
pub struct Vocabulary {
    words: HashSet<String>,
    /// Whether the document divides no words at the ends of lines.
    keeps_whole: bool,
}

impl Vocabulary {
    pub fn of<'a>(lines: impl Iterator<Item = &'a str>) -> Self {
        let lines: Vec<&str> = lines.collect();
        let mut words = HashSet::new();
        for line in &lines {
            let mut all: Vec<&str> = line.split_whitespace().collect();
            if line.ends_with(HYPHENS) {
                all.pop();
            }
            words.extend(all.into_iter().map(core).filter(|word| word.len() > 2));
        }
        let mut vocabulary = Self { words, keeps_whole: false };
        vocabulary.keeps_whole = vocabulary.keeps_whole(&lines);
        vocabulary
    }

    /// Whether words stay whole where others would be divided: lines are short because a long word follows, at least
    /// twice as often as they end in an unexplained hyphen, and no divided word occurs whole elsewhere.
    fn keeps_whole(&self, lines: &[&str]) -> bool {
        let goes_on = |pair: &&[&str]| pair[1].starts_with(char::is_lowercase);
        let (mut undivided, mut divided) = (0, 0);
        for pair in lines.windows(2).filter(goes_on) {
            let (line, next) = (pair[0], pair[1]);
            let tail = core(next.split(' ').next().unwrap_or(""));
            if line.ends_with(HYPHENS) {
                let head = core(line.rsplit(' ').next().unwrap_or(""));
                if self.contains(&format!("{head}{tail}")) {
                    return false;
                }
                divided += usize::from(self.is_broken(&head, &tail));
            } else {
                let (length, below) = (line.chars().count(), next.chars().count());
                let is_short = length >= LEAST_LINE && length + ROOM <= below && !ends_sentence(line);
                undivided += usize::from(is_short && tail.chars().count() >= LONG_WORD);
            }
        }
        undivided >= LEAST_UNDIVIDED.max(2 * divided)
    }

    /// Whether the document has this word, given in lower case.
    pub fn contains(&self, word: &str) -> bool {
        self.words.contains(word)
    }

    /// Whether the hyphen between two halves was inserted at the end of a line. That is far more common than an
    /// author's hyphen that happens to be there, so the latter needs evidence.
    fn is_broken(&self, head: &str, tail: &str) -> bool {
        let (head, tail) = (core(head), core(tail));
        if !tail.starts_with(char::is_lowercase) || head.contains('-') || !head.ends_with(char::is_alphabetic) {
            return false;
        }
        if self.words.contains(&format!("{head}-{tail}")) {
            return false;
        }
        let whole = |word: &str| self.words.contains(word);
        whole(&format!("{head}{tail}"))
            || !(self.keeps_whole
                || sentence::COMPOUNDING.contains(&head.as_str())
                || head.len() > 3 && tail.len() > 3 && whole(&head) && whole(&tail))
    }

    /// Appends a line to a text.
    pub fn join(&self, text: &mut LocatedText, line: &str, place: Place) {
        let (last, first) = (text.as_str().chars().last(), line.chars().next());
        match (last, first) {
            (Some('\u{ad}' | '\u{2010}'), Some(c)) if c.is_lowercase() => text.pop(),
            (Some('-' | '\u{2010}' | '\u{ad}'), Some(c)) if c.is_alphanumeric() && !text.as_str().ends_with(" -") => {
                let head = text.as_str().rsplit(' ').next().unwrap_or("").trim_end_matches(HYPHENS);
                let tail = line.split(' ').next().unwrap_or("");
                let original = tail.trim_start().starts_with(char::is_lowercase);
                if is_suspended(head, line, |word| self.contains(word)) && !self.contains(&core(&[head, tail].concat()))
                {
                    text.space();
                } else if original && !is_address(head, tail) && self.is_broken(head, tail) {
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

/// Returns a word in lower case without the punctuation around it.
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

/// Whether a line ends within a word.
pub fn breaks_word(line: &str) -> bool {
    line.ends_with(['-', '\u{2010}', '\u{ad}']) && !line.ends_with(" -")
}

pub fn starts_lowercase(text: &str) -> bool {
    text.trim_start_matches(['"', '“', '‘', '(', '\'', '«']).starts_with(char::is_lowercase)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn joined(lines: &[&str], around: &[&str]) -> String {
        let vocabulary = Vocabulary::of([lines, around].concat().into_iter());
        let mut text = LocatedText::default();
        lines.iter().for_each(|line| vocabulary.join(&mut text, line, Place::page(1)));
        text.as_str().to_owned()
    }

    #[test]
    fn a_typesetters_hyphen_goes_and_an_authors_stays() {
        assert_eq!(joined(&["the har-", "bour was closed"], &[]), "the harbour was closed");
        assert_eq!(joined(&["die Fähr-", "und Lotsendienste"], &[]), "die Fähr- und Lotsendienste");
        assert_eq!(
            joined(&["write to post@north-", "quay.example or call"], &[]),
            "write to post@north-quay.example or call"
        );
    }

    #[test]
    fn a_document_that_divides_no_long_word_divides_none() {
        let compound = ["They met in a purpose-", "built hall at the quay."];
        let undivided = [
            "The pilots asked for a new light on",
            "representative piers, and for a better lamp",
            "in each of the boats, as well as a",
            "considerable number of ropes for the boats,",
            "which are of very different lengths and",
            "consequently cannot be moored by the same ropes.",
        ];
        let whole = "They met in a purpose-built hall at the quay.";
        assert_eq!(joined(&compound, &undivided), whole);
        let divided = ["All the pilots de-", "manded a light, and they demanded a rope."];
        assert_eq!(joined(&compound, &[&undivided[..], &divided].concat()), whole.replace('-', ""));
    }
}
