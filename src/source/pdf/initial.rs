//! Drop caps: a large first letter beside two or more lines, put back in front of its word.

use std::collections::HashSet;
use std::ops::Range;

use super::line::{Segment, body_size};
use super::words::Vocabulary;
use crate::lang::english::initials::{SEPARATE_AFTER_I, WORDS_WITH_A};

/// Least ratio of a drop cap's size to that of the text.
const LEAST_SIZE: f32 = 1.7;
/// Largest distance of the text beside it, in heights of its font.
const BESIDE: f32 = 1.6;

/// More of them on a page are a pattern.
const MAX_PER_PAGE: usize = 30;

/// Joins the drop caps of pages, each in order from top to bottom, to the words that they begin.
pub fn join_drop_caps(pages: &mut [Vec<Segment>]) {
    let body = body_size(pages.iter().flatten().map(Segment::sized));
    let mut found: Vec<(usize, DropCap)> = Vec::new();
    for (page, segments) in pages.iter().enumerate() {
        let caps = (0..segments.len()).filter(|at| is_initial(&segments[*at], body));
        let caps = caps.filter_map(|at| Some((page, DropCap::of(segments, at, body)?)));
        found.extend(caps.take(MAX_PER_PAGE));
    }
    if found.is_empty() {
        return;
    }
    let words = vocabulary(pages, &found);
    for (page, cap) in found.into_iter().rev() {
        cap.join(&mut pages[page], &words);
    }
}

fn is_initial(segment: &Segment, body: f32) -> bool {
    let bare = segment.text.trim_start_matches(['“', '"', '‘', '\'', '«', '„']);
    segment.size >= LEAST_SIZE * body && bare.chars().count() == 1 && bare.starts_with(char::is_uppercase)
}

/// Returns the words of a document, except those whose first letters are missing.
fn vocabulary(pages: &[Vec<Segment>], found: &[(usize, DropCap)]) -> Vocabulary {
    let firsts: HashSet<(usize, usize)> = found.iter().map(|(page, cap)| (*page, cap.lines[0])).collect();
    let beheaded = |page: usize, at: usize| firsts.contains(&(page, at));
    let all = pages.iter().enumerate().flat_map(|(page, segments)| {
        segments.iter().enumerate().map(move |(at, segment)| (page, at, segment.text.as_str()))
    });
    Vocabulary::of(all.map(|(page, at, text)| match text.split_once(' ') {
        Some((_, rest)) if beheaded(page, at) => rest,
        _ => text,
    }))
}

/// A large letter and the lines beside it, as indices into the segments of a page.
struct DropCap {
    cap: usize,
    lines: Vec<usize>,
}

impl DropCap {
    fn of(segments: &[Segment], at: usize, body: f32) -> Option<Self> {
        const AROUND: usize = 60;
        let cap = &segments[at];
        let heights = cap.baseline - cap.size..cap.baseline + 0.45 * body;
        let beside = |segment: &Segment| {
            let gap = segment.x0 - cap.x1;
            heights.contains(&segment.baseline)
                && gap > -0.6 * body
                && gap < BESIDE * body
                && segment.size < 1.3 * body
                && segment.text.contains(char::is_alphabetic)
        };
        let around: Range<usize> = at.saturating_sub(AROUND)..(at + AROUND).min(segments.len());
        let mut lines: Vec<usize> = around.filter(|other| *other != at && beside(&segments[*other])).collect();
        lines.sort_by(|a, b| segments[*a].baseline.total_cmp(&segments[*b].baseline));
        let raised = lines.len() == 1 && (segments[lines[0]].baseline - cap.baseline).abs() < 0.2 * body;
        (lines.len() >= 2 || raised).then_some(Self { cap: at, lines })
    }

    fn join(self, segments: &mut Vec<Segment>, words: &Vocabulary) {
        let (x0, letter) = (segments[self.cap].x0, segments[self.cap].text.clone());
        let second = self.lines.get(1).map_or(f32::MAX, |line| segments[*line].x0);
        let first = &mut segments[self.lines[0]];
        let apart = first.x0 - second > 0.15 * first.size;
        let glue = if is_word_alone(&letter, &first.text, apart, words) { " " } else { "" };
        first.text.insert_str(0, &format!("{letter}{glue}"));
        let shift = letter.len() + glue.len();
        first.raised.iter_mut().for_each(|range| *range = range.start + shift..range.end + shift);
        for at in self.lines {
            segments[at].x0 = x0;
        }
        segments.remove(self.cap);
    }
}

/// Whether a letter is a word, and `rest` begins with the next: "A morning", not "After".
fn is_word_alone(letter: &str, rest: &str, apart: bool, words: &Vocabulary) -> bool {
    let letter = letter.chars().next_back().unwrap_or(' ');
    let tail = rest.split(' ').next().unwrap_or("").trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase();
    if !matches!(letter, 'A' | 'I') || rest.starts_with(['’', '\'']) {
        return false;
    }
    let whole = format!("{}{tail}", letter.to_lowercase());
    match (words.contains(&whole), words.contains(&tail)) {
        (true, false) => false,
        (false, true) => true,
        _ if apart || tail.chars().count() == 1 => apart,
        _ if letter == 'I' => SEPARATE_AFTER_I.contains(&tail.as_str()),
        _ => !WORDS_WITH_A.contains(&whole.as_str()) && may_begin_word(&tail),
    }
}

/// Whether these letters can follow the first letter of an English word.
fn may_begin_word(tail: &str) -> bool {
    const PAIRS: &[&str] = &[
        "bl", "br", "ch", "cl", "cr", "dr", "dw", "fl", "fr", "gh", "gl", "gn", "gr", "kn", "ph", "pl", "pr", "ps",
        "rh", "sc", "sh", "sk", "sl", "sm", "sn", "sp", "sq", "st", "sw", "th", "tr", "tw", "wh", "wr",
    ];
    let vowel = |b: u8| matches!(b, b'a' | b'e' | b'i' | b'o' | b'u' | b'y');
    match tail.as_bytes() {
        [a, b, ..] if !vowel(*a) && !vowel(*b) => PAIRS.contains(&&tail[..2]),
        [a, ..] => tail.is_ascii() && !vowel(*a),
        [] => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_letter_is_a_word_or_the_first_of_one() {
        let words = Vocabulary::of(["They aim for the pier when the rise of autumn comes"].into_iter());
        let alone = |letter: &str, rest: &str| is_word_alone(letter, rest, false, &words);
        for (letter, rest) in
            [("A", "morning in November"), ("A", "pier of oak"), ("I", "was born here"), ("A", "small boat")]
        {
            assert!(alone(letter, rest), "{letter} {rest}");
        }
        for (letter, rest) in [
            ("R", "ealised late"),
            ("A", "fter the storm"),
            ("A", "im of it"),
            ("I", "n spring"),
            ("A", "lthough it"),
            ("I", "t is"),
        ] {
            assert!(!alone(letter, rest), "{letter}{rest}");
        }
    }
}
