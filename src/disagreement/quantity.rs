//! Numbers with what they count or measure.
//!
//! Two numbers disagree only if they count the same thing (`31 people`, `27 persons`), or measure in the same dimension
//! and share words around them, and no rounding or hedge (`about`, `more than`) lets both be true.

use std::ops::Range;

use super::align::Covered;
use super::number::{self, Number};
use super::opposite::{rises, same_amounts};
use super::text::{Context, Text, is_plural, stem};
use super::units::{is_measure, measure};
use super::when::When;
use super::{Difference, Kind, unique_pairs};

/// At most this many of a passage are compared.
const MAX: usize = 40;
/// How far `about` reaches, as a share of the value.
const ABOUT: f64 = 0.12;
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
/// A score is kept as one number: the winner's times this and the loser's.
const SCORE: f64 = 1e4;
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

/// The quantities of a passage that are no part of a date, in its order.
pub fn quantities(text: &Text, whens: &[When]) -> Vec<Quantity> {
    let mut found = Vec::new();
    let mut at = 0;
    let mut whens = whens.iter().peekable();
    while at < text.tokens.len() && found.len() < MAX {
        if let Some(when) = whens.next_if(|when| when.tokens.start <= at) {
            at = at.max(when.tokens.end);
            continue;
        }
        match number::number(text, at) {
            Some(number) => {
                let (quantity, end) = quantity(text, &number);
                found.extend(quantity);
                at = end;
            }
            None => at += 1,
        }
    }
    found
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
    let counts = [a, b].iter().all(|side| matches!(side.unit, Unit::Thing(..) | Unit::Unknown) && side.value >= 10.0);
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
    a.part == b.part && a.per == b.per && changes && prepositions && outcomes
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
        let (a, b) = (self.span(other), other.span(self));
        a.0 <= b.1 && b.0 <= a.1
    }

    /// The values that it can mean beside `other`: a round number beside a finer one may be rounded.
    fn span(&self, other: &Self) -> (f64, f64) {
        let converted = self.unit != other.unit && matches!(self.unit, Unit::Measure(..));
        let rounded = if self.grain > other.grain {
            (0.5 * self.grain).min(ROUND * self.value.abs().max(10.0 * self.grain.min(1.0)))
        } else {
            0.0
        };
        let slack = rounded.max(self.value.abs() * if converted { CONVERTED } else { 1e-9 });
        match self.bound {
            Bound::Exact => (self.value - slack, self.upper + slack),
            Bound::About => {
                let about = slack.max(self.value.abs() * ABOUT);
                (self.value - about, self.upper + about)
            }
            Bound::AtLeast => (self.value, f64::INFINITY),
            Bound::AtMost => (f64::NEG_INFINITY, self.upper),
        }
    }
}

/// The quantity of a number, if it is one, and where to read on.
fn quantity(text: &Text, number: &Number) -> (Option<Quantity>, usize) {
    let (second, end) = second_number(text, number);
    if is_label(text, number) {
        return (None, end);
    }
    let tokens = number.tokens.start..end;
    let quantity = match second {
        Some(Second::Score(other)) => {
            let value = number.value * SCORE + other;
            described(
                text,
                &tokens,
                Counted::bare(Unit::Score, end),
                (value, value),
                Number { grain: 0.0, ..number.clone() },
            )
        }
        second => {
            let upper = if let Some(Second::Upper(upper)) = second { upper } else { number.value };
            let counted = counted(text, number, end).unwrap_or(Counted::bare(Unit::Unknown, end));
            described(text, &tokens, counted, (number.value, upper), number.clone())
        }
    };
    (Some(quantity), end)
}

fn described(
    text: &Text,
    tokens: &Range<usize>,
    counted: Counted,
    (value, upper): (f64, f64),
    number: Number,
) -> Quantity {
    let Counted { unit, end, phrase, part } = counted;
    let end = end.max(tokens.end);
    let factor = if let Unit::Measure(_, factor) = unit { factor } else { 1.0 };
    Quantity {
        tokens: tokens.start..end,
        bytes: marked(text, tokens),
        value: value * factor,
        upper: upper * factor,
        grain: number.grain * factor,
        bound: bound(text, tokens, end),
        per: per(text, end),
        outcome: outcome(text, tokens, end),
        part: part || unit != Unit::Percent && is_part(text, tokens, end),
        change: change(text, tokens.start, end, &unit),
        worded: number.share,
        preposition: preposition(text, tokens.start, &unit),
        context: text.context(&(tokens.start..end), &phrase),
        unit,
    }
}

enum Second {
    /// The loser's number.
    Score(f64),
    Upper(f64),
}

/// `9-6`, `nine votes to six`, `20 to 30`, `between 20 and 30`.
fn second_number(text: &Text, first: &Number) -> (Option<Second>, usize) {
    let end = first.tokens.end;
    let dashed = text.tokens.get(end).is_some_and(|next| matches!(next.gap, "-" | "–"));
    let votes = usize::from(text.folded(end) == "votes");
    let word = text.folded(end + votes);
    let between = word == "and" && text.folded_before(first.tokens.start, 1) == "between";
    let at = if dashed { end } else { end + votes + 1 };
    if first.share
        || text.folded_before(first.tokens.start, 1) == "from"
        || !dashed && !between && !matches!(word, "to" | "or")
    {
        return (None, end);
    }
    let Some(second) = number::number(text, at).filter(|second| !second.share && second.tokens.len() <= 3) else {
        return (None, end);
    };
    let ascending = second.value > first.value;
    match () {
        () if ascending && votes == 0 => (Some(Second::Upper(second.value)), second.tokens.end),
        () if !ascending && (dashed || word == "to") => (Some(Second::Score(second.value)), second.tokens.end),
        () => (None, end),
    }
}

const LABELS: &[&str] = &[
    "no",
    "nos",
    "room",
    "zone",
    "page",
    "chapter",
    "section",
    "article",
    "figure",
    "fig",
    "table",
    "route",
    "highway",
    "flight",
    "gate",
    "platform",
    "bulletin",
    "phase",
    "type",
    "version",
    "channel",
    "act",
    "rule",
    "ward",
    "floor",
    "pier",
    "grade",
    "level",
    "stage",
    "paragraph",
];

/// A number behind a word like `Room` is a name.
fn is_label(text: &Text, number: &Number) -> bool {
    let at = number.tokens.start;
    if number::is_reference(text.whole, text.tokens[at].range.start) {
        return true;
    }
    let Some(before) = at.checked_sub(1).map(|at| &text.tokens[at]) else { return false };
    let digits = text.folded(at).starts_with(|c: char| c.is_ascii_digit());
    let adjoins = !text.tokens[at].first && matches!(text.tokens[at].gap, " " | ". " | "-");
    let named = before.capital
        && before.content
        && !before.first
        && !text.joined(number.tokens.end).is_some_and(|next| is_plural(&next.folded));
    let glued = !text.tokens[at].gap.contains(char::is_whitespace) && before.content && text.tokens[at].gap == "-";
    digits
        && adjoins
        && (LABELS.contains(&before.folded.as_str()) || named && !text.behind(at).starts_with('%') || glued)
}

/// What a number counts.
struct Counted {
    unit: Unit,
    /// Where its words end.
    end: usize,
    /// The words that name it, which are no context.
    phrase: Vec<usize>,
    part: bool,
}

impl Counted {
    fn bare(unit: Unit, end: usize) -> Self {
        Self { unit, end, phrase: Vec::new(), part: false }
    }
}

fn counted(text: &Text, number: &Number, end: usize) -> Option<Counted> {
    if number.share {
        return Some(Counted::bare(Unit::Percent, end));
    }
    money(text, number, end)
        .or_else(|| percent(text, end))
        .or_else(|| age(text, number, end))
        .or_else(|| measured(text, number, end))
        .or_else(|| noun_behind(text, end).filter(|_| !is_compound(text, end)))
        .or_else(|| noun_before(text, number.tokens.start))
}

fn percent(text: &Text, end: usize) -> Option<Counted> {
    if text.behind(end - 1).starts_with('%') {
        return Some(Counted::bare(Unit::Percent, end));
    }
    let words = match text.joined(end)?.folded.as_str() {
        "percent" | "pct" => 1,
        "per" if matches!(text.folded(end + 1), "cent" | "100") => 2,
        "percentage" if text.folded(end + 1).starts_with("point") => {
            return Some(Counted::bare(Unit::Measure("points", 1.0), end + 2));
        }
        _ => return None,
    };
    Some(Counted::bare(Unit::Percent, end + words))
}

fn money(text: &Text, number: &Number, end: usize) -> Option<Counted> {
    let before = text.whole[..text.tokens[number.tokens.start].range.start].chars().next_back();
    if let Some(currency) = before.and_then(|c| ['$', '€', '£', '¥'].iter().position(|sign| *sign == c)) {
        return Some(Counted::bare(Unit::Measure(["dollar", "euro", "pound", "yen"][currency], 1.0), end));
    }
    let (currency, factor) = match text.joined(end)?.folded.as_str() {
        "dollar" | "dollars" | "usd" => ("dollar", 1.0),
        "cents" => ("dollar", 0.01),
        "euro" | "euros" | "eur" => ("euro", 1.0),
        "pounds" | "gbp" => ("pound", 1.0),
        "yen" => ("yen", 1.0),
        "crown" | "crowns" => ("crown", 1.0),
        _ => return None,
    };
    Some(Counted::bare(Unit::Measure(currency, factor), end + 1))
}

/// `27-year-old`, `27 years old`, `aged 27`, and `Quill, 58, said`.
fn age(text: &Text, number: &Number, end: usize) -> Option<Counted> {
    if text.folded(end).starts_with("year") && text.folded(end + 1) == "old" {
        return Some(Counted::bare(Unit::Age, end + 2));
    }
    let at = number.tokens.start;
    let aged =
        text.folded_before(at, 1) == "aged" || text.folded_before(at, 2) == "age" && text.folded_before(at, 1) == "of";
    if aged {
        return Some(Counted::bare(Unit::Age, end));
    }
    let named = at > 0 && text.tokens[at - 1].capital && text.tokens[at].gap == ", ";
    let enclosed = text.behind(at).starts_with(',') && number.tokens.len() == 1 && number.grain == 1.0;
    (named && enclosed && (1.0..=115.0).contains(&number.value)).then(|| Counted::bare(Unit::Age, end))
}

fn measured(text: &Text, number: &Number, end: usize) -> Option<Counted> {
    let unit = |word: &str| measure(word).map(|(dimension, factor)| Unit::Measure(dimension, factor));
    if !number.suffix.is_empty() {
        return unit(&number.suffix).map(|unit| Counted::bare(unit, end));
    }
    let next = text.joined(end)?;
    let power = matches!(next.folded.as_str(), "square" | "cubic").then(|| text.joined(end + 1)).flatten();
    if let Some(base) = power {
        let (_, factor) = measure(&base.folded)?;
        let (dimension, exponent) = if next.folded == "square" { ("area", 2) } else { ("volume", 3) };
        return Some(Counted::bare(Unit::Measure(dimension, factor.powi(exponent)), end + 2));
    }
    if text.folded(end + 2) == "hour" && matches!(text.folded(end + 1), "per" | "an") {
        let speed = match next.stem.as_str() {
            "mil" => Some("mph"),
            "kilometer" => Some("kph"),
            _ => None,
        };
        return speed.and_then(unit).map(|unit| Counted::bare(unit, end + 3));
    }
    unit(&next.folded).map(|unit| Counted::bare(unit, end + 1))
}

/// The noun behind a number: the last plural of the phrase, or its first word.
fn noun_behind(text: &Text, end: usize) -> Option<Counted> {
    let (start, part) = of_whole(text, end);
    if matches!(text.folded(start), "whom" | "them") && part {
        return Some(Counted {
            unit: Unit::Thing("them".to_owned(), Vec::new()),
            end: start + 1,
            phrase: Vec::new(),
            part,
        });
    }
    if !part && text.joined(end).is_none() {
        return None;
    }
    let (head, phrase) = text.noun(start)?;
    Some(Counted { unit: thing(text, &phrase), end: head + 1, phrase, part })
}

/// `two-room`, `four-man`: such a number says of which kind a thing is.
fn is_compound(text: &Text, end: usize) -> bool {
    text.tokens.get(end).is_some_and(|next| next.gap == "-" && !is_plural(&next.folded))
}

/// `two of the`, `two of its`: where the phrase begins, and whether it names a whole.
fn of_whole(text: &Text, end: usize) -> (usize, bool) {
    let skips = |word: &str| matches!(word, "the" | "those" | "these" | "its" | "their" | "his" | "her" | "our");
    match text.joined(end).map(|next| next.folded.as_str()) {
        Some("of") => (end + 1 + usize::from(skips(text.folded(end + 1))), true),
        Some("more" | "other" | "additional" | "further" | "extra" | "fewer" | "less") => (end + 1, true),
        _ => (end, false),
    }
}

/// `crew members` are crew, and of `27 injured` the injured are people.
fn thing(text: &Text, phrase: &[usize]) -> Unit {
    let mut stems: Vec<String> = phrase.iter().map(|at| text.tokens[*at].sense.clone()).collect();
    let bare = phrase.last().map_or("", |at| text.tokens[*at].stem.as_str());
    let mut head = stems.pop().unwrap_or_default();
    if head == "member" && !stems.is_empty() {
        head = stems.pop().unwrap_or_default();
    } else if outcome_of(bare).is_some() {
        head = stem("people");
    }
    Unit::Thing(head, stems)
}

/// `the number of persons injured is 27`.
fn noun_before(text: &Text, start: usize) -> Option<Counted> {
    let sentence = text.tokens[start].sentence;
    let said = (start.saturating_sub(3)..start)
        .any(|at| matches!(text.folded(at), "is" | "was" | "at" | "as" | "to" | "were" | "reached" | "stands"));
    let total = (start.saturating_sub(12)..start).rev().find(|at| {
        text.tokens[*at].sentence == sentence
            && matches!(text.folded(*at), "number" | "total" | "count")
            && text.folded(at + 1) == "of"
    });
    let at = total.filter(|_| said)? + 2;
    let noun = (at..(at + 3).min(start)).find(|at| text.tokens[*at].content)?;
    Some(Counted { unit: thing(text, &[noun]), end: start + 1, phrase: vec![noun], part: false })
}

/// The bytes of a number with its currency's or percent sign.
fn marked(text: &Text, tokens: &Range<usize>) -> Range<usize> {
    let mut bytes = text.bytes(tokens);
    if let Some(sign) = text.whole[..bytes.start].chars().next_back().filter(|c| matches!(c, '$' | '€' | '£' | '¥'))
    {
        bytes.start -= sign.len_utf8();
    }
    bytes.end += usize::from(text.whole[bytes.end..].starts_with('%'));
    bytes
}

/// What the words before a number, or `or so` behind it, leave open.
fn bound(text: &Text, tokens: &Range<usize>, end: usize) -> Bound {
    let (one, two, three) =
        (text.folded_before(tokens.start, 1), text.folded_before(tokens.start, 2), text.folded_before(tokens.start, 3));
    let negated = matches!(three, "no" | "not");
    match (two, one) {
        ("more" | "greater" | "larger" | "higher" | "longer", "than") if negated => Bound::AtMost,
        ("fewer" | "less", "than") if negated => Bound::AtLeast,
        ("more" | "greater" | "larger" | "higher" | "longer" | "better", "than")
        | ("at", "least")
        | ("upwards" | "minimum", "of") => Bound::AtLeast,
        ("fewer" | "less" | "smaller" | "lower", "than")
        | ("up", "to")
        | ("at", "most")
        | ("many" | "much", "as")
        | ("maximum", "of") => Bound::AtMost,
        ("an" | "the", "estimated") => Bound::About,
        (_, "over" | "above" | "exceeding" | "exceeded" | "topped") => Bound::AtLeast,
        (_, "under" | "below" | "within") => Bound::AtMost,
        (
            _,
            "about" | "around" | "roughly" | "approximately" | "some" | "circa" | "nearly" | "almost" | "estimated"
            | "close" | "typically",
        ) => Bound::About,
        ("close" | "near", "to") => Bound::About,
        _ if text.folded(end) == "or" && text.folded(end + 1) == "so" => Bound::About,
        _ if text.folded(tokens.end) == "or" && text.folded(tokens.end + 1) == "more" => Bound::AtLeast,
        _ => Bound::Exact,
    }
}

/// `a month`, `per kilogram`, `each`.
fn per(text: &Text, end: usize) -> Option<String> {
    let at = end + usize::from(text.folded(end) == "more");
    let rate = match text.folded(at) {
        "per" => true,
        "a" | "an" | "every" | "each" => is_measure(text.folded(at + 1)),
        _ => false,
    };
    rate.then(|| stem(text.folded(at + 1)))
}

fn is_part(text: &Text, tokens: &Range<usize>, end: usize) -> bool {
    let more = |word: &str| {
        matches!(
            word,
            "another" | "other" | "others" | "additional" | "extra" | "further" | "more" | "remaining" | "fewer"
        )
    };
    let of_all = matches!(
        (text.folded_before(tokens.start, 2), text.folded_before(tokens.start, 1)),
        ("of", "the" | "its" | "their")
    );
    of_all
        || more(text.folded_before(tokens.start, 1))
        || more(text.folded(tokens.end))
        || more(text.folded(end)) && text.folded(end + 1) != "than"
}

/// The outcome that stands nearest to a number in its own part of the sentence.
fn outcome(text: &Text, tokens: &Range<usize>, end: usize) -> Option<&'static str> {
    let barrier = |at: usize| {
        matches!(text.folded(at), "and" | "while" | "but") || text.folded(at).starts_with(|c: char| c.is_ascii_digit())
    };
    let lives = |at: usize| {
        let lost = (1..=3).any(|back| matches!(text.folded_before(at, back), "claimed" | "claiming" | "lost" | "cost"));
        (lost && matches!(text.folded(at), "life" | "lives")).then_some("killed")
    };
    let at_outcome = |at: usize| outcome_of(&text.tokens[at].stem).or_else(|| lives(at));
    let right = (tokens.end..(end + 5).min(text.tokens.len()))
        .take_while(|at| !(text.tokens[*at].first || text.tokens[*at].gap.contains(',') || barrier(*at)))
        .find_map(at_outcome);
    let left = (tokens.start.saturating_sub(8)..tokens.start)
        .rev()
        .take_while(|at| !text.tokens[at + 1].first && !text.tokens[at + 1].gap.contains(',') && !barrier(*at))
        .find_map(at_outcome);
    right.or(left)
}

fn outcome_of(stem: &str) -> Option<&'static str> {
    Some(match stem {
        "injur" => "injured",
        "kill" => "killed",
        "rescu" | "sav" | "evacuat" => "rescued",
        "arrest" | "detain" => "arrested",
        "miss" => "missing",
        "surviv" => "survived",
        "treat" => "treated",
        "damag" | "destroi" => "damaged",
        "trap" => "trapped",
        _ => return None,
    })
}

fn preposition(text: &Text, start: usize, unit: &Unit) -> Option<&'static str> {
    let word = text.folded_before(start, 1);
    matches!(unit, Unit::Measure("time" | "months", _))
        .then(|| ["in", "for", "after", "every"].into_iter().find(|known| *known == word))?
}

/// Whether the number is what was reached, or by how much.
fn change(text: &Text, start: usize, end: usize, unit: &Unit) -> Option<Change> {
    if matches!(unit, Unit::Thing(..)) {
        return None;
    }
    if text.folded_before(start, 1) == "to" && text.folded_before(start, 2) != "up" {
        return Some(Change::To);
    }
    if text.folded_before(start, 1) == "from" {
        return Some(Change::From);
    }
    match text.folded(end) {
        "higher" | "more" | "longer" | "larger" => return Some(Change::Up),
        "lower" | "less" | "fewer" | "smaller" => return Some(Change::Down),
        _ => {}
    }
    let of = |up: bool| if up { Change::Up } else { Change::Down };
    (start.saturating_sub(3)..start).rev().find_map(|at| match text.tokens[at].stem.as_str() {
        "cut" => Some(Change::Down),
        stem => rises(stem).map(of),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
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
        ] {
            assert!(!agree(a, b) && !agree(b, a), "{a} | {b}");
        }
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
