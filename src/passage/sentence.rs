//! Where sentences end.
//!
//! Unicode's own rules (UAX #29) break after `Dr.` and `U.S.` and know nothing of footnote marks, so this is our own: a
//! terminator ends a sentence unless what stands before it is an abbreviation or what follows goes on in lower case.

use std::ops::Range;

use crate::lang::english::sentence;
use crate::lang::{self, languages};

/// The sentences of `text` as byte ranges, in order, without the white space between them.
pub fn sentences(text: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut start = 0;
    let mut at = 0;
    while let Some(end) = next_end(text, at) {
        if ends_here(text, end) {
            push_trimmed(&mut found, text, start..end.after);
            start = end.after;
        }
        at = end.after;
    }
    push_trimmed(&mut found, text, start..text.len());
    found
}

/// Whether `text`, taken as a whole, comes to the end of a sentence: it ends in a terminator and its closing marks.
pub fn is_complete(text: &str) -> bool {
    let mut rest = text.trim_end();
    if let Some(bare) = without_footnote(rest) {
        rest = bare;
    }
    rest.trim_end_matches(is_closer).ends_with(is_terminator)
}

/// `rest` without a footnote's number, where one stands right behind a terminator.
fn without_footnote(rest: &str) -> Option<&str> {
    let bare = rest.trim_end_matches(|c: char| c.is_ascii_digit() || is_superscript(c));
    let digits = rest.len() - bare.len();
    let before = bare.trim_end_matches(is_closer);
    let decimal =
        before.len() == bare.len() && before.trim_end_matches(is_terminator).ends_with(|c: char| c.is_ascii_digit());
    ((1..=6).contains(&digits) && before.ends_with(is_terminator) && !decimal).then_some(bare)
}

fn push_trimmed(found: &mut Vec<Range<usize>>, text: &str, range: Range<usize>) {
    let slice = &text[range.clone()];
    let start = range.start + slice.len() - slice.trim_start().len();
    let end = start + slice.trim().len();
    if start < end {
        found.push(start..end);
    }
}

/// A run of terminators with the closing marks and the footnote's number behind it.
#[derive(Debug, Clone, Copy)]
struct End {
    /// Where the first terminator stands.
    at: usize,
    /// The first byte behind it all.
    after: usize,
    /// Whether a single full stop is all there is: only then can it be an abbreviation's.
    lone_stop: bool,
    /// Whether the terminator is one of a script that puts no space behind it.
    wide: bool,
}

fn is_terminator(c: char) -> bool {
    matches!(c, '.' | '!' | '?' | '…' | '‽') || is_wide(c) || matches!(c, '؟' | '۔' | '।' | '॥' | '።' | '։')
}

fn is_wide(c: char) -> bool {
    matches!(c, '。' | '！' | '？' | '｡' | '．')
}

fn is_closer(c: char) -> bool {
    matches!(c, '"' | '\'' | '”' | '’' | ')' | ']' | '}' | '»' | '›' | '」' | '』' | '】' | '）' | '*' | '_')
}

fn is_opener(c: char) -> bool {
    matches!(c, '"' | '\'' | '“' | '‘' | '(' | '[' | '{' | '«' | '‹' | '„' | '‚' | '「' | '『' | '¿' | '¡' | '*' | '_')
}

fn is_superscript(c: char) -> bool {
    matches!(c, '¹' | '²' | '³' | '⁰' | '⁴'..='⁹')
}

/// The next candidate at or behind `from`.
fn next_end(text: &str, from: usize) -> Option<End> {
    let (offset, first) = text[from..].char_indices().find(|(_, c)| is_terminator(*c))?;
    let at = from + offset;
    let run = text[at..].len() - text[at..].trim_start_matches(is_terminator).len();
    let closed = text[at + run..].trim_start_matches(is_closer);
    let after = text.len() - closed.len();
    Some(End {
        at,
        after: after + footnote(text, at, after),
        lone_stop: first == '.' && run == 1,
        wide: is_wide(first),
    })
}

/// The bytes of a footnote's number that stands right behind the end of a sentence: `said.4 Then`, `(LDP).12 The`,
/// `capacity.[1][2] Zinc`.
fn footnote(text: &str, at: usize, after: usize) -> usize {
    let rest = &text[after..];
    let bracketed = rest.len() - without_brackets(rest).len();
    if bracketed > 0 {
        return bracketed;
    }
    let behind = rest.trim_start_matches(|c: char| c.is_ascii_digit() || is_superscript(c));
    let digits = rest.len() - behind.len();
    let decimal = after == at + 1 && text[..at].ends_with(|c: char| c.is_ascii_digit());
    let ends = behind.is_empty() || behind.starts_with(char::is_whitespace);
    if (1..=6).contains(&digits) && ends && !decimal { digits } else { 0 }
}

/// `rest` behind the numbers in square brackets that it begins with, where white space follows them.
fn without_brackets(rest: &str) -> &str {
    let number = |rest: &str| -> Option<usize> {
        let (digits, _) = rest.strip_prefix('[')?.split_once(']')?;
        ((1..=4).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit()))
            .then_some(digits.len() + 2)
    };
    let mut behind = rest;
    while let Some(length) = number(behind) {
        behind = &behind[length..];
    }
    if behind.is_empty() || behind.starts_with(char::is_whitespace) { behind } else { rest }
}

fn ends_here(text: &str, end: End) -> bool {
    let rest = &text[end.after..];
    if end.wide {
        return true;
    }
    if !rest.starts_with(char::is_whitespace) {
        return rest.is_empty();
    }
    let next = rest.trim_start().trim_start_matches(is_opener);
    match next.chars().next() {
        None => true,
        Some(c) if c.is_lowercase() => false,
        Some(_) => !end.lone_stop || end.after > end.at + 1 || !is_abbreviation(&text[..end.at], next),
    }
}

/// Whether the full stop behind `before` belongs to an abbreviation, given what follows.
fn is_abbreviation(before: &str, next: &str) -> bool {
    // Nothing is shortened behind a closing mark: `(95% CI 0.8 to 3.0).`, `(Smith et al.).`
    if before.ends_with(is_closer) {
        return false;
    }
    let word = before.rsplit(|c: char| c.is_whitespace() || is_opener(c) || c == '—' || c == '–').next().unwrap_or("");
    let first: String = next.chars().take_while(|c| c.is_alphanumeric()).collect::<String>().to_lowercase();
    let starter = sentence::STARTERS.contains(&first.as_str()) || languages::is_grammatical(&first);
    let lower = word.to_lowercase();
    if sentence::TITLES.contains(&lower.as_str()) {
        return true;
    }
    if sentence::BEFORE_NUMBERS.contains(&lower.as_str()) && next.starts_with(|c: char| c.is_ascii_digit()) {
        return true;
    }
    let initial = word.chars().count() == 1 && word.starts_with(char::is_uppercase);
    let letters = |part: &str| part.chars().count() <= 2 && part.contains(char::is_alphabetic);
    let dotted = word.contains('.') && word.split('.').all(letters);
    let ordinal =
        !word.is_empty() && before.trim_end_matches(char::is_alphanumeric).trim().is_empty() && word.len() <= 2;
    let number = !word.is_empty() && word.len() <= 2 && word.bytes().all(|c| c.is_ascii_digit());
    let other = || sentence::OTHER_ABBREVIATIONS.contains(&lower.as_str()) || languages::is_abbreviation(&lower);
    number && (ordinal || is_ordinal(before, word, &first)) || (initial || dotted || other()) && !starter
}

/// Whether a number with a stop is an ordinal as German, Polish and other languages write it: `am 3. März`, `der 2.
/// Weltkrieg`.
fn is_ordinal(before: &str, number: &str, next: &str) -> bool {
    let words = before.strip_suffix(number).unwrap_or(before).trim_end();
    let last = words.rsplit(char::is_whitespace).next().unwrap_or("").to_lowercase();
    languages::leads_ordinal(&last) || lang::month(next).is_some() && !matches!(next, "may" | "march")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn split(text: &str) -> Vec<&str> {
        sentences(text).into_iter().map(|range| &text[range]).collect()
    }

    #[test]
    fn plain_sentences() {
        assert_eq!(split("It rained. It stopped!  Did it? Yes"), ["It rained.", "It stopped!", "Did it?", "Yes"]);
        assert_eq!(split(""), [""; 0]);
        assert_eq!(split("   "), [""; 0]);
    }

    #[test]
    fn abbreviations_and_initials_do_not_end_one() {
        for whole in [
            "The U.S. Navy sailed with Dr. J. R. Maren and Mrs. Oyelaran.",
            "It rose 3.5 per cent, see No. 4 and Fig. 2 (p. 31).",
            "He came at 5 p.m. Tuesday, to St. Aldric.",
            "Kestrel Inc. Chairman Ola Brandt resigned.",
            "Prices, i.e. rents, e.g. in Halm, rose.",
            "\"Why?\" he asked.",
            "Wait... what happened?",
        ] {
            assert_eq!(split(whole), [whole]);
        }
    }

    #[test]
    fn an_abbreviation_can_end_one() {
        assert_eq!(split("They left the U.S. The rest stayed."), ["They left the U.S.", "The rest stayed."]);
        assert_eq!(split("It closed at 9 p.m. However, few left."), ["It closed at 9 p.m.", "However, few left."]);
        assert_eq!(split("They chose plan B. The rest is known."), ["They chose plan B.", "The rest is known."]);
        assert_eq!(split("It fell (0.8 to 3.0). Naps helped."), ["It fell (0.8 to 3.0).", "Naps helped."]);
        assert_eq!(split("It rose (Smith et al.). Naps helped."), ["It rose (Smith et al.).", "Naps helped."]);
        assert_eq!(split("It rose by 2.5. Naps helped."), ["It rose by 2.5.", "Naps helped."]);
    }

    #[test]
    fn quotes_and_brackets_stay_with_their_sentence() {
        assert_eq!(
            split("“We knew.” He left. (They did not.) So"),
            ["“We knew.”", "He left.", "(They did not.)", "So"]
        );
    }

    #[test]
    fn a_footnote_in_brackets_stays_with_its_sentence() {
        let split = |text: &'static str| sentences(text).into_iter().map(|range| &text[range]).collect::<Vec<_>>();
        assert_eq!(split("It held 84 percent.[1][12] Zinc is old."), ["It held 84 percent.[1][12]", "Zinc is old."]);
        assert_eq!(split("It ended.[3]"), ["It ended.[3]"]);
        assert_eq!(split("See a.[0]b and c."), ["See a.[0]b and c."]);
    }

    #[test]
    fn a_footnote_number_stays_with_its_sentence() {
        assert_eq!(split("It rose by 40%.1 Second, it fell."), ["It rose by 40%.1", "Second, it fell."]);
        assert_eq!(split("A “real union.”5 The end (DPP).12 Then"), ["A “real union.”5", "The end (DPP).12", "Then"]);
        assert_eq!(split("Version 2.0 Beta is out."), ["Version 2.0 Beta is out."]);
    }

    #[test]
    fn wide_scripts_put_no_space_between() {
        assert_eq!(split("渡船停航。市长道歉！为什么？"), ["渡船停航。", "市长道歉！", "为什么？"]);
        assert_eq!(split("यह बंद है। वह गया।"), ["यह बंद है।", "वह गया।"]);
    }

    #[test]
    fn completeness() {
        for text in ["Done.", "“Done.”", "Done (LDP).2", "Really?", "alliance.”5", "完。"] {
            assert!(is_complete(text), "{text}");
        }
        for text in ["not done", "done,", "the first time in", "version 2.0", "“quoted”"] {
            assert!(!is_complete(text), "{text}");
        }
    }
}
