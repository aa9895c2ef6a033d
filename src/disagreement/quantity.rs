//! Numbers with what they count or measure.
//!
//! Two numbers disagree only if they count the same thing (`31 people`, `27 persons`), or measure in the same dimension
//! and share words around them, and no rounding or hedge (`about`, `more than`) lets both be true.

mod read;

use std::ops::Range;

use super::align::Covered;
use super::opposite::same_amounts;
use super::text::Context;
use super::{Difference, Kind, unique_pairs};
pub use read::quantities;

/// How far `about` reaches, as a share of the value.
const ABOUT: f64 = 0.12;
/// And how far each of two that are both `at least`, or both `at most`.
const BOUND: f64 = 0.06;
/// The most that an unhedged round number can be off, as a share of the value.
const ROUND: f64 = 0.05;
/// Counts that are this close by ratio are rather two of one thing than of two.
const ALIKE: f64 = 1.5;
/// The share of the words near two measures that they have in common, if they are of one thing.
const SAME_EVENT: f64 = 0.6;
/// The same for counts.
const HALF: f64 = 0.5;
/// And numbers that are this far apart are rather of two things.
const UNLIKE: f64 = 5.0;
const UNLIKE_HEDGED: f64 = 3.0;
/// Words around two numbers that both have, and their share, where no other number differs; where the passages do not
/// say what they count, more.
const LONE: (u32, f64) = (3, 0.3);
const UNKNOWN: (u32, f64) = (4, 0.5);
/// How far such numbers are apart, by ratio.
const CLOSE: f64 = 3.0;
/// The same for those of which little else is known, the share of all words and of those near that must be said on both
/// sides, and what is near.
const CLOSER: f64 = 2.0;
const COVERED: f32 = 0.2;
const COVERED_NEAR: f32 = 0.2;
const REACH: usize = 7;
/// What is lost when a unit is converted and rounded.
const CONVERTED: f64 = 0.03;

/// Stems of what is counted anywhere.
const GENERAL: &[&str] = &[
    "person", "man", "woman", "member", "thing", "tim", "case", "plac", "group", "them", "vot", "other", "way", "part",
    "point", "exampl", "question", "reason", "step",
];

/// A number, its unit and its surroundings.
#[derive(Debug, Clone)]
pub struct Quantity {
    pub tokens: Range<usize>,
    bytes: Range<usize>,
    /// In the base unit of its dimension.
    value: f64,
    /// The upper end, for `20 to 30`.
    upper: f64,
    grain: f64,
    bound: Bound,
    unit: Unit,
    /// What it is said to be per: `340 more a month`.
    per: Option<String>,
    /// What the counted went through, where it is said: `injured`, `killed`.
    outcome: Option<&'static str>,
    /// Whether it counts a part or an addition: `three of the boats`, `two more boats`.
    part: bool,
    change: Option<Change>,
    /// Whether it is what an amount was raised to, or lowered to.
    moved: Option<bool>,
    /// Whether it is a share in words: said of more things than percentages are.
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

/// How a number that changes is given.
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
    /// A dimension, and how many of its base units this unit has.
    Measure(&'static str, f64),
    Age,
    /// `9-6`, kept as one number.
    Score,
    /// The stem of what is counted, and the stems before it in its phrase.
    Thing(String, Vec<String>),
    /// Nothing that the passage names. It can agree, but not differ.
    Unknown,
}

/// The numbers that differ. `strangers` says that each passage names somebody that the other does not.
pub fn differences(a: &[Quantity], b: &[Quantity], strangers: bool, covered: &Covered<'_>) -> Vec<Difference> {
    let kind = |unit: &Unit| if *unit == Unit::Percent { Kind::Percentage } else { Kind::Number };
    // Of measures it is the only one of its dimension.
    let alone = |own: &[Quantity], others: &[Quantity], of: &Quantity| {
        let beside = |one: &&Quantity| one.unit.comparable(&of.unit) || of.unit.is_of_things();
        let alone = |one: &&Quantity| !others.iter().any(|other| may_be_same(one, other));
        own.iter().filter(beside).filter(alone).count() == 1
    };
    let (all_a, all_b) = (a, b);
    let score = |a: &Quantity, b: &Quantity| {
        // Two figures that can both be true are no two reports of one.
        if a.overlaps(b) {
            return None;
        }
        let of_lone = || lone_pair(a, b).or_else(|| close_pair(a, b, covered).filter(|_| !strangers));
        same_thing(a, b).or_else(|| of_lone().filter(|_| alone(all_a, all_b, a) && alone(all_b, all_a, b)))
    };
    let pairs = unique_pairs(a, b, may_be_same, score);
    pairs
        .into_iter()
        .map(|(i, j)| Difference { kind: kind(&a[i].unit), a: a[i].bytes.clone(), b: b[j].bytes.clone() })
        .collect()
}

/// Whether each quantity of one passage has its like in the other.
pub fn all_agree(a: &[Quantity], b: &[Quantity]) -> bool {
    let has_like = |one: &Quantity, others: &[Quantity]| others.iter().any(|other| may_be_same(one, other));
    a.iter().all(|one| has_like(one, b)) && b.iter().all(|one| has_like(one, a))
}

/// Whether one number can stand for the other, whatever it is said of: then nothing is said against it.
fn may_be_same(a: &Quantity, b: &Quantity) -> bool {
    let of_things = [a, b].iter().all(|side| side.unit.is_of_things());
    let unnamed = [a, b].iter().any(|side| side.unit == Unit::Unknown);
    let counts = (of_things || unnamed) && a.value.min(b.value) >= 10.0;
    (a.unit.comparable(&b.unit) || counts) && a.overlaps(b)
}

/// How sure it is that two quantities are of the same thing: the words shared near them, and what the units say.
fn same_thing(a: &Quantity, b: &Quantity) -> Option<u32> {
    if !a.unit.comparable(&b.unit)
        || a.unit == Unit::Unknown
        || !said_alike(a, b)
        || !in_one_case(a, b)
        || !of_one_size(a, b)
        || !matches!(a.unit, Unit::Thing(..)) && !same_amounts(&a.context, &b.context)
    {
        return None;
    }
    let counted = matches!(a.unit, Unit::Thing(..));
    let alike = counted && ratio(a, b) < ALIKE && a.value.min(b.value) >= 10.0;
    let outcome = a.outcome.is_some() && a.outcome == b.outcome;
    let score = a.context.shared(&b.context) + a.unit.evidence(&b.unit) + u32::from(outcome) + u32::from(alike);
    (score >= if is_sure(a, b) { 2 } else { 3 }).then_some(score)
}

/// How many words two numbers share around them, if they are the only ones that the other passage lacks and most else
/// is the same.
fn lone_pair(a: &Quantity, b: &Quantity) -> Option<u32> {
    let (both, share) = a.context.in_common(&b.context);
    let (least, least_share) = if a.unit == Unit::Unknown { UNKNOWN } else { LONE };
    let exact = a.bound == Bound::Exact && b.bound == Bound::Exact && a.unit != Unit::Age;
    let same = a.unit.comparable(&b.unit) && said_alike(a, b) && same_amounts(&a.context, &b.context);
    let near = both >= least && share >= least_share && ratio(a, b) <= CLOSE && !a.context.apart(&b.context);
    (exact && same && near).then_some(both)
}

/// The same for two that are close to each other: two reports of one figure seldom differ by more.
fn close_pair(a: &Quantity, b: &Quantity, covered: &Covered<'_>) -> Option<u32> {
    let same = ratio(a, b) <= CLOSER
        && said_alike(a, b)
        && same_amounts(&a.context, &b.context)
        && !a.context.apart(&b.context)
        && ![a, b].iter().any(|side| side.unit == Unit::Unknown);
    let things = [a, b].iter().all(|side| matches!(side.unit, Unit::Thing(..)));
    if !same || !a.unit.comparable(&b.unit) && !things {
        return None;
    }
    let [all, _] = covered(&a.tokens, &b.tokens, usize::MAX);
    let [_, near] = covered(&a.tokens, &b.tokens, REACH);
    (all >= COVERED && (a.unit.comparable(&b.unit) || near >= COVERED_NEAR)).then_some(1)
}

/// Whether neither is a part, a rate, a change or an outcome that the other is not.
fn said_alike(a: &Quantity, b: &Quantity) -> bool {
    let changes = a.change.zip(b.change).is_none_or(|(a, b)| a == b);
    let prepositions = a.preposition.zip(b.preposition).is_none_or(|(a, b)| a == b);
    let outcomes = a.outcome == b.outcome || !matches!(a.unit, Unit::Thing(..));
    a.part == b.part && a.per == b.per && changes && prepositions && outcomes && !a.was(b) && !b.was(a)
}

/// Whether nothing around them says that they are of other places, times or sorts.
fn in_one_case(a: &Quantity, b: &Quantity) -> bool {
    let anchored = a.unit.is_particular() || a.context.anchored(&b.context);
    let covered = !matches!(a.unit, Unit::Measure(..)) || a.context.coverage(&b.context) >= SAME_EVENT;
    anchored && covered && !a.context.apart(&b.context) && !a.context.phrased_apart(&b.context)
}

fn of_one_size(a: &Quantity, b: &Quantity) -> bool {
    let exact = a.bound == Bound::Exact && b.bound == Bound::Exact;
    ratio(a, b) <= if exact { UNLIKE } else { UNLIKE_HEDGED }
}

fn ratio(a: &Quantity, b: &Quantity) -> f64 {
    a.value.max(b.value) / a.value.min(b.value).max(f64::MIN_POSITIVE)
}

/// Whether two shared words are enough: otherwise three are asked for.
fn is_sure(a: &Quantity, b: &Quantity) -> bool {
    match a.unit {
        Unit::Thing(..) if a.unit.evidence(&b.unit) > 1 => true,
        Unit::Thing(..) => {
            let involved = a.unit.is_particular() && a.context.anchored(&b.context) || a.outcome.is_some();
            involved && a.context.coverage(&b.context) >= HALF
        }
        _ => a.context.same_subject(&b.context) && !a.worded && !b.worded,
    }
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

    /// What the units alone say for their being of one thing: much if it is a particular thing, more if the words
    /// before it are the same too, and less if they are others.
    fn evidence(&self, other: &Self) -> u32 {
        let (Self::Thing(_, a), Self::Thing(_, b)) = (self, other) else { return 0 };
        let shared = a.iter().any(|stem| b.contains(stem));
        let others = !a.is_empty() && !b.is_empty() && !shared;
        u32::from(self.is_particular() && !others) + u32::from(shared)
    }
}

impl Quantity {
    /// Whether a value exists that both could mean.
    fn overlaps(&self, other: &Self) -> bool {
        // At least 12 and at least 15 may both be true, and are two reports nevertheless.
        let (a, b) = if self.bound == other.bound && matches!(self.bound, Bound::AtLeast | Bound::AtMost) {
            (self.within(BOUND, other), other.within(BOUND, self))
        } else {
            (self.span(other), other.span(self))
        };
        a.0 <= b.1 && b.0 <= a.1
    }

    /// The values within a share of it.
    fn within(&self, share: f64, other: &Self) -> (f64, f64) {
        let off = self.slack(other).max(self.value.abs() * share);
        (self.value - off, self.upper + off)
    }

    /// Whether it may be what `other` was before it was raised or lowered.
    fn was(&self, other: &Self) -> bool {
        let below = self.value < other.value;
        self.moved.is_none() && self.change != Some(Change::To) && other.moved == Some(below)
    }

    /// How far it may be off beside `other`: a round number beside a finer one may be rounded.
    fn slack(&self, other: &Self) -> f64 {
        let converted = self.unit != other.unit && matches!(self.unit, Unit::Measure(..));
        let rounded = if self.grain > other.grain {
            (0.5 * self.grain).min(ROUND * self.value.abs().max(10.0 * self.grain.min(1.0)))
        } else {
            0.0
        };
        rounded.max(self.value.abs() * if converted { CONVERTED } else { 1e-9 })
    }

    /// The values that it can mean beside `other`.
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

    /// What an amount was raised from is no other report of what it was raised to; nor is a part of a whole.
    #[test]
    fn before_and_after_and_a_part() {
        let flagged = |a: &str, b: &str| {
            let found = differences(&read(a), &read(b), false, &|_, _, _| [0.9; 2]).len();
            assert_eq!(found, differences(&read(b), &read(a), false, &|_, _, _| [0.9; 2]).len());
            found
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
    }

    #[test]
    fn the_only_number_that_differs() {
        let flagged = |a: &str, b: &str| differences(&read(a), &read(b), false, &|_, _, _| [0.0; 2]).len();
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
        // Another amount, another case, another outcome.
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
