//! Passages with some of their words highlighted.

use std::collections::{BTreeSet, HashMap};
use std::ops::Range;

use maud::{Markup, html};
use similar::{Algorithm, DiffOp, capture_diff_slices};

use super::super::text::{printable, window};
use crate::lang::{Word, is_stop_word, words};

/// Characters shown before and after the sentence that matters, if a passage is longer.
const CONTEXT: usize = 420;
/// Maximum number of characters of the sentence itself that are shown.
const SENTENCE: usize = 1200;
/// A word that more than one in `COMMON` passages contain belongs to the subject of all of them.
const COMMON: usize = 8;
/// Minimum number of passages for which common words can be determined.
const MANY: usize = 24;

/// The byte ranges of a text that are highlighted.
#[derive(Debug, Clone, Default)]
pub struct Marks {
    /// The sentence that makes the claim.
    pub said: Option<Range<usize>>,
    /// Words that other sources also have.
    pub shared: Vec<Range<usize>>,
    /// Words that other sources have differently.
    pub differs: Vec<Range<usize>>,
}

/// The words that are in too many texts to distinguish them, with the number of texts.
pub fn frequency<'a>(texts: impl Iterator<Item = &'a str>) -> HashMap<String, usize> {
    let mut frequency = HashMap::new();
    let mut all = 0;
    for text in texts {
        all += 1;
        let each: BTreeSet<String> = words(text).into_iter().map(|word| word.folded).collect();
        each.into_iter().for_each(|word| *frequency.entry(word).or_insert(0) += 1);
    }
    // Only words in too many texts are kept.
    frequency.retain(|_, count| all >= MANY && *count * COMMON > all);
    frequency
}

/// The words of each text that are also in the text of another source, except common ones. Each of `texts` is a source
/// and its words.
pub fn shared_words(texts: &[(usize, &str)], common: &HashMap<String, usize>) -> Vec<Vec<Range<usize>>> {
    let split: Vec<Vec<Word>> = texts.iter().map(|(_, text)| words(text)).collect();
    let mut sources: HashMap<&str, BTreeSet<usize>> = HashMap::new();
    for ((source, _), words) in texts.iter().zip(&split) {
        for word in words {
            sources.entry(&word.folded).or_default().insert(*source);
        }
    }
    let tells = |word: &&Word| {
        !is_stop_word(&word.folded) && !common.contains_key(&word.folded) && sources[word.folded.as_str()].len() > 1
    };
    let of = |((_, text), words): (&(usize, &str), &Vec<Word>)| {
        joined(text, words.iter().filter(tells).map(|word| word.range.clone()))
    };
    texts.iter().zip(&split).map(of).collect()
}

/// The changes in a copy: the words of `a` that are not in `b` at their place, and those of `b` not in `a` (Myers
/// 1986).
pub fn changed(a: &str, b: &str) -> [Vec<Range<usize>>; 2] {
    let (a_words, b_words) = (words(a), words(b));
    let folded = |words: &[Word]| words.iter().map(|word| word.folded.clone()).collect::<Vec<_>>();
    let ops = capture_diff_slices(Algorithm::Myers, &folded(&a_words), &folded(&b_words));
    let changes = || ops.iter().filter(|op| !matches!(op, DiffOp::Equal { .. }));
    let of = |text: &str, words: &[Word], places: Vec<Range<usize>>| {
        joined(text, places.into_iter().flatten().map(|at| words[at].range.clone()))
    };
    [
        of(a, &a_words, changes().map(DiffOp::old_range).collect()),
        of(b, &b_words, changes().map(DiffOp::new_range).collect()),
    ]
}

/// Merges ranges with nothing but white space and hyphens between them.
fn joined(text: &str, ranges: impl Iterator<Item = Range<usize>>) -> Vec<Range<usize>> {
    let mut all: Vec<Range<usize>> = Vec::new();
    for range in ranges {
        match all.last_mut() {
            Some(last) if text[last.end..range.start].chars().all(|c| c.is_whitespace() || c == '-') => {
                last.end = range.end;
            }
            _ => all.push(range),
        }
    }
    all
}

/// A passage with its marks; a long one is cut to the text around the sentence.
pub fn marked(text: &str, marks: &Marks) -> Markup {
    let mut said = marks.said.clone().unwrap_or(0..0);
    if let Some((at, _)) = text[said.clone()].char_indices().nth(SENTENCE) {
        said.end = said.start + at;
    }
    let Range { start: from, end: to } = window(text, &said, CONTEXT);
    let (start, end) = (said.start.clamp(from, to), said.end.clamp(from, to));
    html! {
        @if from > 0 { "…" }
        (pieces(text, from..start, marks))
        @if start < end { b { (pieces(text, start..end, marks)) } }
        (pieces(text, end..to, marks))
        @if to < text.len() { " …" }
    }
}

fn pieces(text: &str, of: Range<usize>, marks: &Marks) -> Markup {
    let bounds = marks.shared.iter().chain(&marks.differs).flat_map(|range| [range.start, range.end]);
    let mut cuts: BTreeSet<usize> = bounds.filter(|at| of.contains(at)).collect();
    cuts.extend([of.start, of.end]);
    let cuts: Vec<usize> = cuts.into_iter().collect();
    let within = |ranges: &[Range<usize>], piece: &[usize]| {
        ranges.iter().any(|range| range.start <= piece[0] && piece[1] <= range.end)
    };
    html! {
        @for piece in cuts.windows(2) {
            @let words = printable(&text[piece[0]..piece[1]]);
            @if within(&marks.differs, piece) { mark { (words) } }
            @else if within(&marks.shared, piece) { u { (words) } }
            @else { (words) }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_picked_out_nests() {
        let text = "One two. Three four five. Six.";
        let one = |start: usize, end: usize| std::iter::once(start..end).collect();
        let marks = Marks { said: Some(9..25), shared: one(4, 14), differs: one(15, 19) };
        assert_eq!(marked(text, &marks).0, "One <u>two. </u><b><u>Three</u> <mark>four</mark> five.</b> Six.");
        assert_eq!(marked("<b>\u{202e}", &Marks::default()).0, "&lt;b&gt;\u{fffd}");
    }

    #[test]
    fn a_long_passage_is_shown_around_its_sentence() {
        let text = format!("{}Here it is.{}", "before ".repeat(200), " after".repeat(200));
        let said = 1400..1411;
        let shown = marked(&text, &Marks { said: Some(said), ..Marks::default() }).0;
        assert!(
            shown.starts_with("… before") && shown.contains("<b>Here it is.</b>") && shown.ends_with("after …"),
            "{shown}"
        );
        assert!(shown.len() < 2 * CONTEXT + 50);
        // A word without an end is also cut.
        let word = "x".repeat(10_000);
        assert!(marked(&word, &Marks::default()).0.len() < CONTEXT + 20);
    }

    #[test]
    fn words_of_other_sources() {
        let texts =
            [(0, "The ferry struck the pier."), (1, "A pier was hit by the ferry-boat."), (0, "The pier again")];
        let shared = shared_words(&texts, &HashMap::new());
        let picked = |at: usize| shared[at].iter().map(|range| &texts[at].1[range.clone()]).collect::<Vec<_>>();
        assert_eq!((picked(0), picked(1), picked(2)), (vec!["ferry", "pier"], vec!["pier", "ferry"], vec!["pier"]));
        let changed = changed("Crews of two boats", "Crews of three fishing boats");
        assert_eq!(format!("{changed:?}"), "[[9..12], [9..22]]");
    }

    #[test]
    fn what_all_passages_are_about_is_common() {
        let texts: Vec<String> = (0..32).map(|at| format!("ferry number{at}")).collect();
        let common = frequency(texts.iter().map(String::as_str));
        assert_eq!(common.into_keys().collect::<Vec<_>>(), ["ferry"]);
        assert!(frequency(["a b", "a c"].into_iter()).is_empty());
    }
}
