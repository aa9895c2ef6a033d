//! The parts of a sentence that are not what it says: the label of a part of an abstract, and statistics and references
//! in brackets. Two papers may share them whatever they found.

use std::ops::Range;

use crate::lang::english::paper::{LABELS, STATISTICS};
use crate::lang::is_calendar;

/// Maximum number of words of a label.
const LABEL: usize = 4;
/// Maximum number of words of statistics or a reference in brackets.
const BRACKETED: usize = 20;
/// Maximum number of words that name a referenced work.
const WORK: usize = 5;

/// The byte ranges of the asides in a sentence, ascending.
pub fn asides(text: &str) -> Vec<Range<usize>> {
    let mut found: Vec<Range<usize>> = label(text).into_iter().collect();
    let mut from = 0;
    while let Some(start) = text[from..].find(['(', '[']).map(|at| from + at) {
        let close = if text.as_bytes()[start] == b'(' { ')' } else { ']' };
        let Some(end) = text[start..].find(close).map(|at| start + at + 1) else { break };
        if is_beside(text.as_bytes()[start], &text[start + 1..end - 1]) {
            found.push(start..end);
        }
        from = end;
    }
    found
}

/// A text with its asides blanked, every other byte in its place.
pub fn without(text: &str, asides: &[Range<usize>]) -> String {
    let mut bytes = text.as_bytes().to_vec();
    asides.iter().for_each(|aside| bytes[aside.clone()].fill(b' '));
    String::from_utf8(bytes).expect("asides begin and end between letters")
}

/// `Methods: `
fn label(text: &str) -> Option<Range<usize>> {
    let end = text.find(':').filter(|end| text[..*end].split_whitespace().count() <= LABEL)?;
    LABELS.contains(&text[..end].trim().to_lowercase().as_str()).then(|| 0..end + 1)
}

/// Whether the text in brackets is statistics, or refers to other works.
fn is_beside(open: u8, inside: &str) -> bool {
    let words: Vec<&str> = inside.split_whitespace().collect();
    if words.len() > BRACKETED || !inside.contains(|c: char| c.is_ascii_digit()) {
        return false;
    }
    let bare = |word: &str| word.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase();
    let statistic = words.iter().any(|word| STATISTICS.contains(&bare(word).as_str()));
    let equation = inside.contains(['=', '<', '≤', '±']) && words.len() <= WORK;
    let is_number = |part: &str| part.len() <= 3 && part.bytes().all(|c| c.is_ascii_digit());
    let numbered = open == b'[' && inside.split([',', '-', '–', ' ']).filter(|part| !part.is_empty()).all(is_number);
    statistic || equation || numbered || inside.split(';').all(is_work)
}

/// `Sund 2019`, `Sund et al., 2019a`
fn is_work(text: &str) -> bool {
    let (names, year) = text.trim().rsplit_once(' ').unwrap_or(("", text));
    let year = year.trim_end_matches(|c: char| c.is_ascii_lowercase());
    let is_year = year.len() == 4 && matches!(year.as_bytes()[..2], [b'1', b'8' | b'9'] | [b'2', b'0']);
    let dated = names.split_whitespace().any(|word| is_calendar(&word.to_lowercase()));
    let named = names.starts_with(char::is_uppercase) && names.split_whitespace().count() <= WORK && !dated;
    is_year && named && year.bytes().all(|c| c.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rest(text: &str) -> String {
        without(text, &asides(text)).split_whitespace().collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn labels_statistics_and_references() {
        for (text, expected) in [
            ("Results: The risk fell (odds ratio 0.88, 95% CI 0.81 to 0.96).", "The risk fell ."),
            ("Main outcome measures: Sleep at night.", "Sleep at night."),
            (
                "Sleep grew by half an hour (p < 0.001) in both arms (n = 214).",
                "Sleep grew by half an hour in both arms .",
            ),
            ("Others disagree (Sund 2019; Brandt et al., 2021a) on that [12, 14].", "Others disagree on that ."),
        ] {
            assert_eq!(rest(text), expected);
        }
        for text in [
            "The mayor said: nobody was hurt.",
            "The ferry (built in 1998) struck the pier.",
            "The bridge (closed since May 2019) is to open.",
            "Two men (aged 31 and 45) were held.",
            "Results were good (see the table).",
        ] {
            assert_eq!(rest(text), text);
        }
    }
}
