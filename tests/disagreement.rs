//! Precision and recall on labelled pairs (`fixtures/disagreements.tsv`: set, kind or `agree`, the two sentences).
//!
//! `tune` was tuned on; of `held` only the counts were ever looked at; `last` was written when all was done, to be as
//! hard as it gets, and had a precision of 0.71 before two of its mistakes were mended. `news_tune` and `news_held` are
//! sentences on one event as two outlets write them, most of the contradictions reworded: precision 0.86 and 0.82,
//! recall 0.68 and 0.51. The first was tuned on, with `news_more`, which was written for that (0.79 and 0.37); of the
//! second only the counts were looked at. A `cause` is of no kind that is flagged.

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
        ("tune", 0.92, 0.95),
        ("held", 0.9, 0.9),
        ("last", 0.8, 0.7),
        ("news_tune", 0.82, 0.65),
        ("news_more", 0.75, 0.33),
        ("news_held", 0.75, 0.47),
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
