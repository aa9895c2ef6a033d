//! Hyphens at the ends of lines: the typesetter's are removed, the author's stay.

use std::borrow::Cow;
use std::collections::HashSet;

use crate::lang::english::sentence;
use crate::lang::hyphen::{is_address, is_suspended};

/// The sign that programs for reading scanned pages put where a word was divided.
pub(super) const DIVISION: char = '¬';
/// A text divides words if at least this many of its lines, and one in [`SHARE_DIVIDED`], end in a hyphen.
const LEAST_DIVIDED: usize = 3;
const SHARE_DIVIDED: usize = 25;
/// Maximum length in bytes of a piece before the end of a line that can be part of a divided word.
const MAX_HEAD: usize = 256;

/// The words of a document, used to distinguish the typesetter's hyphens from the author's.
#[derive(Default)]
pub struct Vocabulary {
    words: HashSet<String>,
    /// Whether the document divides words at the ends of lines.
    divides: bool,
}

impl Vocabulary {
    /// The words that are complete in these lines.
    pub fn of(lines: &[&str]) -> Self {
        let mut vocabulary = Self { words: HashSet::new(), divides: false };
        let mut divided: Vec<(&str, &str)> = Vec::new();
        for (at, line) in lines.iter().enumerate() {
            let hyphen = line.ends_with(['-', '\u{2010}', '\u{ad}', DIVISION]);
            // Half a word does not count.
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

    /// Whether these halves, at the ends and beginnings of some of the lines, come from divided words.
    fn is_habit(&self, halves: &[(&str, &str)], lines: usize) -> bool {
        if halves.iter().any(|(head, _)| head.ends_with(DIVISION)) {
            return true;
        }
        let cores = halves.iter().map(|(head, tail)| (core(head), core(tail)));
        let unexplained: Vec<(String, String)> = cores.filter(|(head, tail)| !self.is_compound(head, tail)).collect();
        // A few letters are not a word from which others are composed.
        let fragment = unexplained.iter().any(|(head, _)| head.chars().count() <= 3);
        let least = if fragment { LEAST_DIVIDED - 1 } else { LEAST_DIVIDED };
        unexplained.len() >= least && unexplained.len() * SHARE_DIVIDED >= lines
    }

    /// Whether `text`, which ends in a hyphen, and `line` contain the halves of one word: the document has that word
    /// elsewhere without a hyphen and not with one, or it divides words and nothing suggests that this word has its own
    /// hyphen.
    pub fn joins(&self, text: &str, line: &str) -> bool {
        // Otherwise the whole paragraph so far would be searched for each of its lines.
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

    /// Whether `text` ends in a suspended hyphen, completed by a word in `line`.
    pub fn suspends(&self, text: &str, line: &str) -> bool {
        let near = &text[text.floor_char_boundary(text.len().saturating_sub(MAX_HEAD))..];
        let (head, tail) = (near.split_whitespace().next_back(), line.split_whitespace().next());
        let head = head.unwrap_or("").trim_end_matches(['-', '\u{2010}']);
        is_suspended(head, line, |word| self.words.contains(word))
            && !self.words.contains(&core(&[head, tail.unwrap_or("")].concat()))
    }

    /// Whether an author would write these two parts with a hyphen.
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

/// A line without the division signs within it: `be¬ lieve`.
pub(super) fn undivided(line: &str) -> Cow<'_, str> {
    if !line.contains(DIVISION) {
        return Cow::Borrowed(line);
    }
    let mut out = String::with_capacity(line.len());
    let mut rest = line;
    while let Some(at) = rest.find(DIVISION) {
        let after = &rest[at + DIVISION.len_utf8()..];
        let (head, tail) = (rest[..at].ends_with(char::is_alphabetic), after.trim_start());
        out.push_str(&rest[..at]);
        if head && tail.starts_with(char::is_lowercase) {
            rest = tail;
        } else {
            out.push(DIVISION);
            rest = after;
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
