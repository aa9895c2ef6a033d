//! The edits in a copy: a number, name or negation where the other has none or a different one, between words that are
//! the same.
//!
//! In texts written independently a number may count something else; in a copy its neighbours show that it does not.

use std::ops::Range;

use similar::{Algorithm, DiffOp, capture_diff_slices};

use super::fact::Overlap;
use super::text::Text;
use super::{Difference, Kind, number, quantity, when};
use crate::lang::english::{grammar, people};
use crate::lang::{Word, words};

/// Maximum number of edited words on one side; more words count as rewritten.
const EDITED: usize = 4;
/// Fewest equal words next to an edit, counting both sides.
const CONTEXT: usize = 2;
/// Number of words over which a negation may move when a sentence is rephrased: `there is no paying for it`, `it cannot
/// be paid for`.
const MOVED: usize = 10;
/// Maximum number of words of a text; longer ones take too long to compare.
const WORDS: usize = 2_000;

/// The edits in a copy that may contradict its original, in the order of `a`.
pub fn edits(a: &str, b: &str) -> Vec<Difference> {
    let (a_words, b_words) = (words(a), words(b));
    if a_words.len().max(b_words.len()) > WORDS {
        return Vec::new();
    }
    let folded = |words: &[Word]| words.iter().map(|word| word.folded.clone()).collect::<Vec<_>>();
    let ops = capture_diff_slices(Algorithm::Myers, &folded(&a_words), &folded(&b_words));
    let mut found = Vec::new();
    for (at, op) in ops.iter().enumerate() {
        let (old, new) = match *op {
            DiffOp::Replace { old_index, old_len, new_index, new_len } => {
                (old_index..old_index + old_len, new_index..new_index + new_len)
            }
            DiffOp::Delete { old_index, old_len, new_index } => (old_index..old_index + old_len, new_index..new_index),
            DiffOp::Insert { old_index, new_index, new_len } => (old_index..old_index, new_index..new_index + new_len),
            DiffOp::Equal { .. } => continue,
        };
        if old.len().max(new.len()) > EDITED || equal_beside(&ops, at) < CONTEXT {
            continue;
        }
        let change = kind((a, &a_words[old.clone()]), (b, &b_words[new.clone()]));
        let moved = || negations(a, around(&a_words, &old)) == negations(b, around(&b_words, &new));
        let same = || match change {
            Some(Kind::Number) => same_values(with_unit(a, &a_words, &old), with_unit(b, &b_words, &new)),
            Some(Kind::Name) => same_name((a, &a_words[old.clone()]), (b, &b_words[new.clone()])),
            Some(Kind::Negation) => moved(),
            _ => false,
        };
        if let Some(kind) = change.filter(|_| !same()) {
            found.push(Difference::of_kind(kind, bytes(&a_words, &old), bytes(&b_words, &new)));
        }
    }
    found
}

/// The differences between two texts of which one is an edited copy of the other: the known ones, and other edits.
pub fn with_edits(mut found: Vec<Difference>, a: &str, b: &str) -> Vec<Difference> {
    if a == b {
        return found;
    }
    let known = |edit: &Difference| {
        let touches = |known: &Difference| {
            edit.a.start < known.a.end.max(known.a.start + 1) && known.a.start < edit.a.end.max(edit.a.start + 1)
        };
        found.iter().any(touches)
    };
    let edited: Vec<Difference> = edits(a, b).into_iter().filter(|edit| !known(edit)).collect();
    found.extend(edited);
    found.sort_by_key(|difference| (difference.a.start, difference.b.start));
    found
}

/// Number of equal words directly before and after an edit.
fn equal_beside(ops: &[DiffOp], at: usize) -> usize {
    let equal = |op: Option<&DiffOp>| match op {
        Some(DiffOp::Equal { len, .. }) => *len,
        _ => 0,
    };
    equal(at.checked_sub(1).and_then(|before| ops.get(before))) + equal(ops.get(at + 1))
}

/// The kind of difference made by an edit.
fn kind((a, old): (&str, &[Word]), (b, new): (&str, &[Word])) -> Option<Kind> {
    let counts = |text: &str, words: &[Word]| {
        words.iter().any(|word| {
            let counts = word.folded.contains(|c: char| c.is_ascii_digit()) || number::is_numeral(&word.folded);
            counts && !number::is_reference(text, word.range.start) && !number::is_checksum(&word.folded)
        })
    };
    let named = |text: &str, words: &[Word]| !words.is_empty() && words.iter().all(|word| begins_large(text, word));
    // For example, `knew nothing` equals `was unaware`.
    let denied = |words: &[Word]| words.iter().any(|word| word.folded.len() > 5 && word.folded.starts_with("un"));
    if (negations(a, old) > 0) != (negations(b, new) > 0) {
        (!denied(old) && !denied(new)).then_some(Kind::Negation)
    } else if counts(a, old) && counts(b, new) {
        Some(Kind::Number)
    } else if named(a, old) && named(b, new) {
        Some(Kind::Name)
    } else {
        None
    }
}

/// Number of words that negate.
fn negations(text: &str, words: &[Word]) -> usize {
    // Within a compound, such as the name of a thing, a negation means nothing: `x86-unknown-none-elf`.
    let in_compound = |word: &Word| text[..word.range.start].ends_with('-') && text[word.range.end..].starts_with('-');
    let negates = |word: &&Word| {
        let negation = grammar::NEGATIONS.contains(&word.folded.as_str()) || word.folded.ends_with("n't");
        negation && !in_compound(word)
    };
    words.iter().filter(negates).count()
}

/// Some words, extended by those to which a negation may have moved.
fn around<'w>(words: &'w [Word], range: &Range<usize>) -> &'w [Word] {
    &words[range.start.saturating_sub(MOVED)..words.len().min(range.end + MOVED)]
}

/// The text of some words, with a currency sign or percent sign that belongs to them and the next word as a possible
/// unit.
fn with_unit<'t>(text: &'t str, words: &[Word], range: &Range<usize>) -> &'t str {
    let end = words[range.end.min(words.len() - 1)].range.end;
    let from = words[range.start].range.start;
    let sign = text[..from].chars().next_back().filter(|c| ['$', '€', '£', '¥'].contains(c)).map_or(0, char::len_utf8);
    let percent = text[end..].chars().next().filter(|c| *c == '%').map_or(0, char::len_utf8);
    &text[from - sign..end + percent]
}

/// Whether two texts contain the same values and days in any notation: `50GW` and `50 GW`, `2bn` and `2 billion`,
/// `seven` and `7`, `1.2 km` and `1,200 metres`, `Sept 4` and `4 September`.
fn same_values(a: &str, b: &str) -> bool {
    let (a, b) = (Text::of(a), Text::of(b));
    let (whens_a, whens_b) = (when::whens(&a), when::whens(&b));
    let (values_a, values_b) = (quantity::quantities(&a, &whens_a), quantity::quantities(&b, &whens_b));
    let known = |values: usize, whens: usize| values + whens > 0;
    let both = known(values_a.len(), whens_a.len()) && known(values_b.len(), whens_b.len());
    both && Overlap::of(&whens_a, &whens_b).is_all() && Overlap::of(&values_a, &values_b).is_all()
}

/// Whether two names are spellings of one: `F.B.I.` and `FBI`, `NSW` and `New South Wales`, `Mr` and `Dr`.
fn same_name((a, old): (&str, &[Word]), (b, new): (&str, &[Word])) -> bool {
    let letters = |words: &[Word]| -> String {
        words.iter().flat_map(|word| word.folded.chars()).filter(|c| c.is_alphanumeric()).collect()
    };
    let initials = |text: &str, words: &[Word]| -> String {
        let first = |word: &Word| text[word.range.clone()].chars().next().filter(|c| c.is_uppercase());
        words.iter().filter_map(first).flat_map(char::to_lowercase).collect()
    };
    let (one, other) = (letters(old), letters(new));
    let short = |letters: &str, text: &str, words: &[Word]| words.len() > 1 && initials(text, words) == letters;
    let titles = |words: &[Word]| words.iter().all(|word| people::BEFORE_NAMES.contains(&word.folded.as_str()));
    one == other || short(&one, b, new) || short(&other, a, old) || titles(old) || titles(new)
}

/// Whether a word is capitalised where not every word would be.
fn begins_large(text: &str, word: &Word) -> bool {
    let before = text[..word.range.start].trim_end();
    let begins = before.is_empty() || before.ends_with(['.', '!', '?', ':', '"', '“', '„', '«']);
    !begins && text[word.range.clone()].starts_with(char::is_uppercase)
}

/// The byte range of some words; if there are none, the position after the preceding word.
fn bytes(words: &[Word], range: &Range<usize>) -> Range<usize> {
    match words.get(range.clone()) {
        Some([first, .., last]) => first.range.start..last.range.end,
        Some([only]) => only.range.clone(),
        _ => {
            let after = range.start.checked_sub(1).map_or(0, |before| words[before].range.end);
            after..after
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn found<'a>(a: &'a str, b: &'a str) -> Vec<(Kind, &'a str, &'a str)> {
        edits(a, b).into_iter().map(|edit| (edit.kind, &a[edit.a], &b[edit.b])).collect()
    }

    #[test]
    fn what_was_changed_is_found() {
        let board = "The board would publish a preliminary report within 30 days.";
        assert_eq!(found(board, &board.replace("30", "90")), [(Kind::Number, "30", "90")]);
        let captain = "Everly has commanded ferries on the route for 22 years and was not hurt, the company said.";
        assert_eq!(found(captain, &captain.replace("22", "two")), [(Kind::Number, "22", "two")]);
        assert_eq!(found(captain, &captain.replace("was not hurt", "was hurt")), [(Kind::Negation, "not", "")]);
        assert_eq!(found("No one on board was killed.", "Two people on board were killed.")[0].0, Kind::Negation);
        assert_eq!(
            found("the captain, Tomas Everly, said so", "the captain, Thomas Everly, said so"),
            [(Kind::Name, "Tomas", "Thomas")]
        );
    }

    #[test]
    fn what_counts_nothing_is_no_number() {
        for (a, b) in [
            ("Mend the wheel of the mill for good (#1187)", "Mend the wheel of the mill for good (#1177)"),
            ("Merged the change of the mill wheel (e111f4b)", "Merged the change of the mill wheel (a95dade)"),
            ("Read https://mill.example/wheel/12 for all of it", "Read https://mill.example/wheel/14 for all of it"),
            ("The coach said he had known nothing of it", "The coach said he had been unaware of it"),
            (
                "She said that there is no paying for the new mill of the town",
                "She said that the new mill of the town cannot be paid for",
            ),
            (
                "Builds for mill-unknown-none-elf are kept for a year",
                "Builds for mill-unknown-linux-elf are kept for a year",
            ),
        ] {
            assert_eq!(found(a, b), [], "{a} | {b}");
        }
    }

    #[test]
    fn one_value_or_name_written_in_two_ways_is_none() {
        for (a, b) in [
            (
                "The plant will add 50GW of wind power to the grid.",
                "The plant will add 50 GW of wind power to the grid.",
            ),
            (
                "The company will spend $2bn on the new line by May.",
                "The company will spend $2 billion on the new line by May.",
            ),
            ("The fire killed seven people in the old mill.", "The fire killed 7 people in the old mill."),
            (
                "The tunnel is 1,200 metres long and was dug by hand.",
                "The tunnel is 1200 meters long and was dug by hand.",
            ),
            ("The tunnel is 1.2 km long and was dug by hand.", "The tunnel is 1,200 metres long and was dug by hand."),
            ("It was found by the F.B.I. in a lake near the town.", "It was found by the FBI in a lake near the town."),
            (
                "The town in NSW was hit by floods on Monday.",
                "The town in New South Wales was hit by floods on Monday.",
            ),
            ("The strike began on Sept 4 at the port of Tarn.", "The strike began on 4 September at the port of Tarn."),
            ("The letter was signed by Mr Dorran in the spring.", "The letter was signed by Dr Dorran in the spring."),
        ] {
            assert_eq!(found(a, b), [], "{a} | {b}");
            assert_eq!(found(b, a), [], "{b} | {a}");
        }
        for (a, b, kind) in [
            (
                "The plant will add 50GW of wind power to the grid.",
                "The plant will add 60 GW of wind power to the grid.",
                Kind::Number,
            ),
            (
                "The company will spend $2bn on the new line by May.",
                "The company will spend $2 million on the new line by May.",
                Kind::Number,
            ),
            (
                "The town in NSW was hit by floods on Monday.",
                "The town in South Australia was hit by floods on Monday.",
                Kind::Name,
            ),
        ] {
            assert_eq!(found(a, b).iter().map(|found| found.0).collect::<Vec<_>>(), [kind], "{a} | {b}");
        }
    }

    #[test]
    fn what_was_put_otherwise_is_not() {
        for (a, b) in [
            ("The ferry struck the breakwater at dawn.", "The vessel struck the breakwater at dawn."),
            ("The ferry struck the breakwater at dawn.", "The ferry struck the breakwater at dawn. Divers came at 9."),
            ("Some 31 people were hurt and are in hospital.", "Divers looked at the hull of 27 boats in the old dock."),
            ("", "Not a word."),
        ] {
            assert_eq!(found(a, b), [], "{a} | {b}");
        }
    }

    proptest! {
        #[test]
        fn ranges_are_whole_words_of_any_texts(a in ".{0,80}", b in ".{0,80}") {
            for edit in edits(&a, &b) {
                prop_assert!(a.get(edit.a.clone()).is_some() && b.get(edit.b.clone()).is_some(), "{edit:?}");
            }
            prop_assert!(edits(&a, &a).is_empty());
        }
    }
}
