//! Numbers with what they count or measure.
//!
//! Two numbers disagree only if they count things or measure the same dimension, and no rounding or hedge (`about`,
//! `more than`) lets both be true. Whether they refer to one fact is a probability (`evidence`).

mod read;

use std::ops::Range;

use super::align::Covered;
use super::evidence::{self, Around, Beside, Evidence, Numbers};
use super::fact::Fact;
use super::opposite::same_amounts;
use super::text::Context;
use super::{Difference, Kind};
pub use read::quantities;

/// How far `about` reaches, as a share of the value.
const ABOUT: f64 = 0.12;
/// How far two values that are both `at least`, or both `at most`, may be apart.
const BOUND: f64 = 0.06;
/// The maximum error of an unhedged round number, as a share of the value.
const ROUND: f64 = 0.05;
/// The error of converting and rounding a unit.
const CONVERTED: f64 = 0.03;

/// Stems of things that are counted in any text.
const GENERAL: &[&str] = &[
    "person", "man", "woman", "member", "thing", "tim", "case", "plac", "group", "them", "vot", "other", "way", "part",
    "point", "exampl", "question", "reason", "step",
];

/// A number, its unit and its surroundings.
#[derive(Debug, Clone)]
pub struct Quantity {
    pub tokens: Range<usize>,
    bytes: Range<usize>,
    /// The value in the base unit of its dimension.
    value: f64,
    /// The upper end, for `20 to 30`.
    upper: f64,
    grain: f64,
    bound: Bound,
    unit: Unit,
    /// The unit that it is a rate of: `340 more a month`.
    per: Option<String>,
    /// What happened to those counted, if stated: `injured`, `killed`.
    outcome: Option<&'static str>,
    /// Whether it counts a part or an addition: `three of the boats`, `two more boats`.
    part: bool,
    /// Whether it is the amount before, named for comparison: `(last year: 61 million)`.
    before: bool,
    change: Option<Change>,
    /// Whether it is what an amount was raised to (`true`) or lowered to (`false`).
    moved: Option<bool>,
    /// Whether it is a share in words, which is used of more things than percentages are.
    worded: bool,
    /// The word before a duration: `in 11 hours` is not `for 11 hours`.
    preposition: Option<&'static str>,
    context: Context,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Bound {
    Exact,
    About,
    AtLeast,
    AtMost,
}

/// How a number describes a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Change {
    From,
    To,
    Up,
    Down,
}

#[derive(Debug, Clone, PartialEq)]
enum Unit {
    Percent,
    /// A dimension, and the number of its base units in this unit.
    Measure(&'static str, f64),
    Age,
    /// A result such as `9-6`, kept as one number.
    Score,
    /// The stem of what is counted, and the stems before it in its phrase.
    Thing(String, Vec<String>),
    /// The passage does not say what is counted. Such a number can agree, but not differ.
    Unknown,
}

impl Fact for Quantity {
    const CUT: f32 = evidence::CUT_OF_NUMBERS;

    /// Compares the values, whatever they refer to.
    fn agrees(&self, other: &Self) -> bool {
        let (a, b) = (self, other);
        let of_things = [a, b].iter().all(|side| side.unit.is_of_things());
        let unnamed = [a, b].iter().any(|side| side.unit == Unit::Unknown);
        let counts = (of_things || unnamed) && a.value.min(b.value) >= 10.0;
        (a.unit.comparable(&b.unit) || counts) && a.overlaps(b)
    }

    /// Requires that neither is a part, rate, change or outcome that the other is not, or the other's value before it
    /// was raised or lowered.
    fn may_differ(&self, other: &Self) -> bool {
        let (a, b) = (self, other);
        let changes = a.change.zip(b.change).is_none_or(|(a, b)| a == b);
        let outcomes = a.outcome.zip(b.outcome).is_none_or(|(a, b)| a == b);
        let one_thing = matches!(a.unit, Unit::Thing(..)) && a.unit.comparable(&b.unit);
        (a.unit.comparable(&b.unit) || a.unit.is_of_things() && b.unit.is_of_things())
            && (one_thing || same_amounts(&a.context, &b.context))
            && a.part == b.part
            && a.before == b.before
            && a.per == b.per
            && changes
            && outcomes
            && !a.was(b)
            && !b.was(a)
            && !a.overlaps(b)
            && !a.context.opposed(&b.context)
            && !a.context.study
            && !b.context.study
            && !a.context.subjects.differ(&b.context.subjects)
    }

    fn evidence(&self, other: &Self, beside: &Beside, covered: &Covered<'_>) -> Option<Evidence> {
        let around = Around::new((&self.context, &self.tokens), (&other.context, &other.tokens), covered);
        Some(evidence::of_numbers(&known(self, other), &around, beside))
    }

    fn difference(&self, other: &Self, probability: f32) -> Difference {
        let kind = if self.unit == Unit::Percent { Kind::Percentage } else { Kind::Number };
        Difference::new(kind, self.bytes.clone(), other.bytes.clone(), probability)
    }
}

fn known(a: &Quantity, b: &Quantity) -> Numbers {
    Numbers {
        ratio: ratio(a, b) as f32,
        least: a.value.min(b.value) as f32,
        of_one_thing: matches!(a.unit, Unit::Thing(..)) && a.unit.comparable(&b.unit),
        unnamed: a.unit == Unit::Unknown || b.unit == Unit::Unknown,
        percent: a.unit == Unit::Percent,
        same_sort: a.unit.evidence(&b.unit),
        particular: a.unit.is_particular() && b.unit.is_particular(),
        same_amounts: same_amounts(&a.context, &b.context),
        worded: a.worded || b.worded,
        preposition: a.preposition.is_some() && a.preposition == b.preposition,
    }
}

fn ratio(a: &Quantity, b: &Quantity) -> f64 {
    a.value.max(b.value) / a.value.min(b.value).max(f64::MIN_POSITIVE)
}

impl Unit {
    fn comparable(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Thing(a, _), Self::Thing(b, _)) => a == b,
            (Self::Measure(a, _), Self::Measure(b, _)) => a == b,
            _ => self == other,
        }
    }

    fn is_of_things(&self) -> bool {
        matches!(self, Self::Thing(..) | Self::Unknown)
    }

    /// Whether a close passage that counts such things most likely counts the same ones.
    fn is_particular(&self) -> bool {
        matches!(self, Self::Score) || matches!(self, Self::Thing(head, _) if !GENERAL.contains(&head.as_str()))
    }

    /// How strongly the units alone suggest one thing: much for a particular thing, more if the words before it are the
    /// same too, and less if they differ.
    fn evidence(&self, other: &Self) -> u32 {
        let (Self::Thing(_, a), Self::Thing(_, b)) = (self, other) else { return 0 };
        let shared = a.iter().any(|stem| b.contains(stem));
        let others = !a.is_empty() && !b.is_empty() && !shared;
        u32::from((self.is_particular() || other.is_particular()) && !others) + u32::from(shared)
    }
}

impl Quantity {
    /// Whether there is a value that both could mean.
    fn overlaps(&self, other: &Self) -> bool {
        // "At least 12" and "at least 15" may both be true, but are two different reports.
        let (a, b) = if self.bound == other.bound && matches!(self.bound, Bound::AtLeast | Bound::AtMost) {
            (self.within(BOUND, other), other.within(BOUND, self))
        } else {
            (self.span(other), other.span(self))
        };
        a.0 <= b.1 && b.0 <= a.1
    }

    /// The range of values within a share of this one.
    fn within(&self, share: f64, other: &Self) -> (f64, f64) {
        let off = self.slack(other).max(self.value.abs() * share);
        (self.value - off, self.upper + off)
    }

    /// Whether it may be what `other` was before it was raised or lowered.
    fn was(&self, other: &Self) -> bool {
        let below = self.value < other.value;
        self.moved.is_none() && self.change != Some(Change::To) && other.moved == Some(below)
    }

    /// The possible error next to `other`: a round number next to a finer one may be rounded.
    fn slack(&self, other: &Self) -> f64 {
        let converted = self.unit != other.unit && matches!(self.unit, Unit::Measure(..));
        let rounded = if self.grain > other.grain {
            (0.5 * self.grain).min(ROUND * self.value.abs().max(10.0 * self.grain.min(1.0)))
        } else {
            0.0
        };
        rounded.max(self.value.abs() * if converted { CONVERTED } else { 1e-9 })
    }

    /// The range of values that it can mean next to `other`.
    fn span(&self, other: &Self) -> (f64, f64) {
        let slack = self.slack(other);
        match self.bound {
            Bound::Exact => (self.value - slack, self.upper + slack),
            Bound::About => self.within(ABOUT, other),
            Bound::AtLeast => (self.value, f64::INFINITY),
            Bound::AtMost => (f64::NEG_INFINITY, self.upper),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::disagreement::text::Text;
    use crate::disagreement::when::whens;

    fn read(text: &str) -> Vec<Quantity> {
        let text = Text::read(text).unwrap();
        quantities(&text, &whens(&text))
    }

    fn numbers_that_differ(a: &str, b: &str) -> usize {
        let of_numbers = |found: &Difference| matches!(found.kind, Kind::Number | Kind::Percentage);
        crate::disagreement::differences(a, b).into_iter().filter(of_numbers).count()
    }

    fn agree(a: &str, b: &str) -> bool {
        let (a, b) = (read(a), read(b));
        assert_eq!((a.len(), b.len()), (1, 1), "{a:?} {b:?}");
        assert!(a[0].unit.comparable(&b[0].unit), "{a:?} {b:?}");
        a[0].overlaps(&b[0])
    }

    #[test]
    fn what_agrees() {
        for (a, b) in [
            ("about 41,000 flats", "41,210 flats"),
            ("nearly 400 boats", "398 boats"),
            ("more than 30 dogs", "31 dogs"),
            ("3.5 percent", "3.5% of it"),
            ("a length of 50 miles", "a length of 80 km"),
            ("over nine-tenths of it", "91 percent"),
            ("38 percent", "38.4 percent"),
            ("below 200 meters", "180 metres"),
            ("$1.2 million", "1,200,000 dollars"),
            ("9-6 it went", "nine votes to six"),
            ("20 to 30 tents", "26 tents"),
            ("no fewer than 40 dogs", "45 dogs"),
            ("more than 400 dogs", "more than 410 dogs"),
        ] {
            assert!(agree(a, b) && agree(b, a), "{a} | {b}");
        }
    }

    #[test]
    fn what_differs() {
        for (a, b) in [
            ("about 41,000 flats", "52,000 flats"),
            ("at least 30 dogs", "27 dogs"),
            ("over nine-tenths of it", "84 percent"),
            ("$45 each", "62 dollars"),
            ("9-6 it went", "8-7 it went"),
            ("1,200 boats", "1,300 boats"),
            ("fewer than 100 boats", "140 boats"),
            ("at least 12 dogs", "at least 15 dogs"),
            ("up to 40 boats", "up to 60 boats"),
        ] {
            assert!(!agree(a, b) && !agree(b, a), "{a} | {b}");
        }
    }

    /// What an amount was raised from is not another report of what it was raised to, nor is a part another report of
    /// the whole.
    #[test]
    fn before_and_after_and_a_part() {
        let flagged = |a: &str, b: &str| {
            assert_eq!(numbers_that_differ(a, b), numbers_that_differ(b, a));
            numbers_that_differ(a, b)
        };
        let (raised, offered) = (
            "Karst agreed to be taken over by the Zeph group after that raised its offer for Karst to 2 billion crowns",
            "The Zeph group offered to take over Karst, with an offer for all of Karst of 1.8 billion crowns",
        );
        assert_eq!(flagged(raised, offered), 0);
        assert_eq!(flagged(&raised.replace("raised", "lowered"), offered), 1);
        assert_eq!(flagged(raised, &offered.replace("1.8", "2.4")), 1);
        let improved = "The board of Karst backs an improved offer of the Zeph group for Karst of 2 billion crowns";
        assert_eq!(flagged(improved, offered), 0);
        let (whole, part) = (
            "The force of the allies consists of fourteen ships, of which eight come from Karst",
            "Karst sends eight ships to the force of the allies",
        );
        assert_eq!(flagged(whole, part), 0);
        let (moved, home) = (
            "About 6,000 people were moved from Karst to the halls of Orme",
            "Of the people who were moved from Karst to the halls of Orme, about 3,200 have gone home",
        );
        assert_eq!(flagged(moved, home), 0);
    }

    #[test]
    fn the_only_number_that_differs() {
        let flagged = numbers_that_differ;
        let (lives, died) = (
            "The flooding of the pit at Karst on Wednesday had claimed the lives of 11 miners",
            "Fourteen miners died on Wednesday when the pit at Karst flooded",
        );
        assert_eq!(flagged(lives, died), 1);
        let (speed, other) = (
            "The storm had winds of 130 miles per hour when it reached Punta Larga on the coast",
            "With winds of 105mph the storm came to the coast close to Punta Larga",
        );
        assert_eq!(flagged(speed, other), 1);
        // A different amount, case or outcome.
        for (a, b) in [
            (
                "Revenue of the carrier Zeph grew by 6 percent this spring",
                "Profit of the carrier Zeph grew by 11 percent this spring",
            ),
            (
                "Fares on the eastern line of Orme rise by 3 percent",
                "Fares on the western line of Orme rise by 4 percent",
            ),
            (
                "Eleven miners died in the pit at Karst on Wednesday",
                "Nine miners were rescued in the pit at Karst on Wednesday",
            ),
            ("Quorly cut 640 jobs in the spring", "Zembla cut 900 jobs in the spring"),
            (
                "The profit of the mill rose to 41 million crowns in the spring",
                "The profit of the mill in the spring was 12 million crowns (last year: 58 million crowns)",
            ),
            (
                "Pupils of the later schools slept 29 minutes longer (95% CI 20 to 38)",
                "Pupils of the later schools slept 43 minutes longer (95% CI 35 to 51)",
            ),
        ] {
            assert_eq!(flagged(a, b), 0, "{a} | {b}");
        }
    }

    #[test]
    fn labels_and_dates_are_no_quantities() {
        for text in ["Bulletin No. 17", "in Room 12 of it", "On 3 April it came", "a Boeing 747 flew", "in 1998"] {
            assert_eq!(read(text).len(), 0, "{text}");
        }
    }
}
