//! Precision and recall on labelled pairs (`fixtures/disagreements.tsv`: set, kind or `agree`, the two sentences).
//!
//! `tune` was used for tuning; of `held` only the counts were ever looked at; `last` was written at the end, to be as
//! hard as possible, and had a precision of 0.71 before two of its mistakes were fixed. `news_tune` and `news_held` are
//! sentences on one event as two outlets write them, most of the contradictions reworded: precision 0.86 and 0.82,
//! recall 0.68 and 0.51. The first was used for tuning, with `news_more`, which was written for that purpose (0.79 and
//! 0.37); of the second only the counts were looked at. A `cause` belongs to no kind that is flagged. `held_2` was
//! written by somebody who had not seen the program, most of it reworded; no weight was fitted on it, but its counts
//! were seen when the cut, the ridge and the features of numbers and times were chosen, as were those of `held`, `last`
//! and `news_held`. `names_tune`, `times_tune` and `neg_tune` were written for the kinds that were found least, and
//! were read; `held_3` was written together with them, and no choice was based on its counts. `things_tune` and `held_4`
//! are pairs of which half are on two things or times in nearly the same words: the first was read, of the second only
//! the counts were looked at.

use std::collections::BTreeMap;

use samesay::disagreement::{Kind, differences};

const KINDS: [Kind; 5] = [Kind::Number, Kind::Date, Kind::Percentage, Kind::Name, Kind::Negation];

#[derive(Default, Debug, Clone, Copy)]
struct Counts {
    found: usize,
    expected: usize,
    wrong: usize,
}

impl Counts {
    fn precision(self) -> f64 {
        self.found as f64 / (self.found + self.wrong).max(1) as f64
    }

    fn recall(self) -> f64 {
        self.found as f64 / self.expected.max(1) as f64
    }
}

/// The counts of each kind in one set.
fn count(set: &str) -> BTreeMap<&'static str, Counts> {
    let mut counts: BTreeMap<&str, Counts> = BTreeMap::new();
    for line in include_str!("fixtures/disagreements.tsv").lines() {
        let [line_set, expected, a, b] = line.split('\t').collect::<Vec<_>>()[..] else {
            panic!("four columns: {line}")
        };
        if line_set != set {
            continue;
        }
        let flags = differences(a, b);
        if expected == "cause" {
            counts.entry("cause").or_default().expected += 1;
        }
        let show = std::env::var("SHOW").is_ok_and(|shown| shown == set);
        for kind in KINDS {
            let counted = counts.entry(kind.name()).or_default();
            let right = usize::from(kind.name() == expected);
            let flagged = flags.iter().filter(|flag| flag.kind == kind).count();
            counted.expected += right;
            counted.found += right.min(flagged);
            counted.wrong += flagged.saturating_sub(right);
            if show && flagged != right {
                println!("{expected} but {flagged} {}: {a} | {b}", kind.name());
            }
        }
    }
    counts
}

fn total(counts: &BTreeMap<&str, Counts>) -> Counts {
    counts.values().fold(Counts::default(), |sum, counts| Counts {
        found: sum.found + counts.found,
        expected: sum.expected + counts.expected,
        wrong: sum.wrong + counts.wrong,
    })
}

#[test]
fn precision_and_recall() {
    for (set, precision, recall) in [
        ("tune", 0.85, 0.94),
        ("held", 0.9, 0.9),
        ("last", 0.8, 0.7),
        ("news_tune", 0.8, 0.65),
        ("news_more", 0.75, 0.45),
        ("names_tune", 0.85, 0.12),
        ("times_tune", 0.7, 0.4),
        ("neg_tune", 0.62, 0.45),
        ("news_held", 0.77, 0.5),
        ("held_2", 0.7, 0.5),
        ("held_3", 0.73, 0.34),
        ("things_tune", 0.8, 0.6),
        ("held_4", 0.64, 0.45),
    ] {
        let counts = count(set);
        let all = total(&counts);
        println!("{set}: precision {:.3} recall {:.3} {all:?}", all.precision(), all.recall());
        for (kind, counts) in &counts {
            println!("  {kind}: precision {:.3} recall {:.3} {counts:?}", counts.precision(), counts.recall());
        }
        assert!(all.precision() >= precision && all.recall() >= recall, "{set}");
    }
}

/// The expected calibration error of flags' probabilities, on the sets from which they were not derived: the difference
/// between the stated probability and the share that is right, averaged over bins of a fifth (Naeini, Cooper &
/// Hauskrecht 2015).
#[test]
fn flags_are_right_as_often_as_stated() {
    let mut bins = [(0, 0, 0.0); 5];
    for line in include_str!("fixtures/disagreements.tsv").lines() {
        let [set, expected, a, b] = line.split('\t').collect::<Vec<_>>()[..] else { panic!("four columns: {line}") };
        if !["held", "last", "news_held", "held_2", "held_3"].contains(&set) {
            continue;
        }
        let mut found = false;
        for flag in differences(a, b) {
            let stated = f64::from(flag.percent) / 100.0;
            let (flags, right, sum) = &mut bins[(5.0 * stated).min(4.0) as usize];
            let is_right = flag.kind.name() == expected && !found;
            found |= is_right;
            (*flags, *right, *sum) = (*flags + 1, *right + usize::from(is_right), *sum + stated);
        }
    }
    let all: usize = bins.iter().map(|bin| bin.0).sum();
    for (flags, right, sum) in bins.iter().filter(|bin| bin.0 > 0) {
        println!("{right} of {flags} right, {:.2} stated", sum / *flags as f64);
    }
    let off: f64 = bins.iter().map(|(_, right, sum)| (sum - *right as f64).abs()).sum();
    let error = off / all as f64;
    println!("expected calibration error: {error:.3} of {all} flags");
    assert!(all >= 120 && error <= 0.15, "{error}");
}
