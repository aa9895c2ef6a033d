//! Hyphens at the ends of lines: the typesetter's go, the author's stay.

use std::borrow::Cow;
use std::collections::HashSet;

use crate::lang::english::sentence;
use crate::lang::hyphen::{is_address, is_suspended};

/// What programs that read scanned pages put where a word was divided.
pub(super) const DIVISION: char = '¬';
/// A text divides words if so many of its lines end in a hyphen, and one in so many.
const LEAST_DIVIDED: usize = 3;
const SHARE_DIVIDED: usize = 25;
/// What is longer, in bytes, is no word of which a line's end divides one more piece.
const MAX_HEAD: usize = 256;

/// The words of a document, to tell a hyphen that the typesetter put in from one that the author did.
#[derive(Default)]
pub struct Vocabulary {
    words: HashSet<String>,
    /// Whether the document divides words at the ends of lines.
    divides: bool,
}

impl Vocabulary {
    /// The words that stand whole in these lines.
    pub fn of(lines: &[&str]) -> Self {
        let mut vocabulary = Self { words: HashSet::new(), divides: false };
        let mut divided: Vec<(&str, &str)> = Vec::new();
        for (at, line) in lines.iter().enumerate() {
            let hyphen = line.ends_with(['-', '\u{2010}', '\u{ad}', DIVISION]);
            // Half a word is none.
            let whole = if hyphen { line.rfind(char::is_whitespace).unwrap_or(0) } else { line.len() };
            vocabulary.words.extend(line[..whole].split_whitespace().map(core).filter(|word| word.len() > 2));
            let head = line[whole..].trim();
            if let Some(tail) = lines.get(at + 1).and_then(|next| next.split_whitespace().next()).filter(|_| hyphen) {
                divided.extend(tail.starts_with(char::is_lowercase).then_some((head, tail)));
            }
        }
        vocabulary.divides = vocabulary.is_habit(&divided, lines.len());
        vocabulary
    }

    /// Whether these halves, at the ends and beginnings of some of the lines, are those of divided words.
    fn is_habit(&self, halves: &[(&str, &str)], lines: usize) -> bool {
        if halves.iter().any(|(head, _)| head.ends_with(DIVISION)) {
            return true;
        }
        let cores = halves.iter().map(|(head, tail)| (core(head), core(tail)));
        let unexplained: Vec<(String, String)> = cores.filter(|(head, tail)| !self.is_compound(head, tail)).collect();
        // A few letters are no word that others are made of.
        let fragment = unexplained.iter().any(|(head, _)| head.chars().count() <= 3);
        let least = if fragment { LEAST_DIVIDED - 1 } else { LEAST_DIVIDED };
        unexplained.len() >= least && unexplained.len() * SHARE_DIVIDED >= lines
    }

    /// Whether `text`, which ends in a hyphen, and `line` hold the halves of one word: the document has that word
    /// elsewhere without a hyphen and not with it, or it divides words and nothing tells that this one has a hyphen of
    /// its own.
    pub fn joins(&self, text: &str, line: &str) -> bool {
        // Else all that a paragraph has so far would be looked through for each of its lines.
        let near = &text[text.floor_char_boundary(text.len().saturating_sub(MAX_HEAD))..];
        let (Some(head), Some(tail)) = (near.split_whitespace().next_back(), line.split_whitespace().next()) else {
            return false;
        };
        if head.len() == near.len() && near.len() < text.len() {
            return false;
        }
        let hyphenated = core(&format!("{head}{tail}"));
        let whole = hyphenated.replacen(['-', '\u{2010}'], "", 1);
        if self.words.contains(&hyphenated) || is_address(head, tail) || self.suspends(text, line) {
            return false;
        }
        let (head, lower) = (core(head), tail.starts_with(char::is_lowercase));
        let divided = || lower && head.ends_with(char::is_alphabetic) && !self.is_compound(&head, &core(tail));
        self.words.contains(&whole) || self.divides && divided()
    }

    /// Whether `text` ends in a hyphen that stands for the end of a word in `line`.
    pub fn suspends(&self, text: &str, line: &str) -> bool {
        let near = &text[text.floor_char_boundary(text.len().saturating_sub(MAX_HEAD))..];
        let (head, tail) = (near.split_whitespace().next_back(), line.split_whitespace().next());
        let head = head.unwrap_or("").trim_end_matches(['-', '\u{2010}']);
        is_suspended(head, line, |word| self.words.contains(word))
            && !self.words.contains(&core(&[head, tail.unwrap_or("")].concat()))
    }

    /// Whether an author writes these two with a hyphen between them.
    fn is_compound(&self, head: &str, tail: &str) -> bool {
        let whole = |word: &str| word.len() > 3 && self.words.contains(word);
        head.contains('-')
            || tail.contains('-')
            || sentence::COMPOUNDING.contains(&head)
            || self.words.contains(&format!("{head}-{tail}"))
            || whole(head) && whole(tail) && !self.words.contains(&format!("{head}{tail}"))
    }
}

/// A word in lower case without the punctuation around it.
fn core(word: &str) -> String {
    word.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase()
}

/// A line without the signs of division within it: `be¬ lieve`.
pub(super) fn undivided(line: &str) -> Cow<'_, str> {
    if !line.contains(DIVISION) {
        return Cow::Borrowed(line);
    }
    let mut out = String::with_capacity(line.len());
    let mut rest = line;
    while let Some(at) = rest.find(DIVISION) {
        let behind = &rest[at + DIVISION.len_utf8()..];
        let (head, tail) = (rest[..at].ends_with(char::is_alphabetic), behind.trim_start());
        out.push_str(&rest[..at]);
        if head && tail.starts_with(char::is_lowercase) {
            rest = tail;
        } else {
            out.push(DIVISION);
            rest = behind;
        }
    }
    out.push_str(rest);
    Cow::Owned(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hyphens_of_shortened_words_and_of_addresses_stay() {
        let lines = ["Die Fähr-", "und Lotsendienste stehen bei post@nord-", "quay.example und in der Zei-", "tung."];
        let vocabulary = Vocabulary { divides: true, ..Vocabulary::of(&lines) };
        assert!(vocabulary.suspends(lines[0], lines[1]) && !vocabulary.joins(lines[0], lines[1]));
        assert!(!vocabulary.suspends(lines[1], lines[2]) && !vocabulary.joins(lines[1], lines[2]));
        assert!(!vocabulary.suspends(lines[2], lines[3]) && vocabulary.joins(lines[2], lines[3]));
    }
}
