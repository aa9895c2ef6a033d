//! Days, weekdays, years and times of the day.

mod clock;

use std::ops::Range;

use clock::{Clock, clock, digits};

use super::align::Covered;
use super::evidence::{self, Around, Beside, Evidence, Times};
use super::fact::Fact;
use super::text::{Context, Text, is_report, stem};
use super::{Difference, Kind};
use crate::lang::english::calendar;
use crate::lang::english::clock::ORDINALS;
use crate::lang::languages;

/// Maximum number of times of a passage that are compared.
const MAX: usize = 40;
const YEARS: std::ops::RangeInclusive<u16> = 1400..=2199;
/// Words before a number that show it is a year, a month or a time.
const BEFORE: [&str; 15] = [
    "in", "since", "of", "by", "until", "till", "from", "during", "before", "after", "year", "early", "late", "at",
    "spring",
];
/// What happens to a thing only once.
const ONCE: [&str; 12] = [
    "built",
    "born",
    "founded",
    "established",
    "invented",
    "discovered",
    "completed",
    "erected",
    "launched",
    "opened",
    "died",
    "married",
];
/// Words before a time that leave its distance open.
const VAGUE: &[&str] = &[
    "about",
    "around",
    "before",
    "after",
    "by",
    "until",
    "till",
    "nearly",
    "almost",
    "roughly",
    "since",
    "between",
    "approximately",
    "circa",
    "past",
];
/// Words that compare with another time, and the maximum distance in words between one of them and the time.
const AGAINST: &[&str] = &["against", "compared", "than", "versus", "vs"];
const COMPARED: usize = 7;
/// Maximum number of words of a dateline before the day.
const DATELINE: usize = 4;
/// A point in time mentioned in a passage.
#[derive(Debug, Clone)]
pub struct When {
    /// The words of the time.
    pub tokens: Range<usize>,
    bytes: Range<usize>,
    point: Point,
    /// Whether `before`, `about` or the like precedes it.
    vague: bool,
    /// Whether it is the day of a report, not of what is reported.
    reported: bool,
    /// Whether it is the time of a comparison: `against 395 million in 2024`.
    compared: bool,
    /// The stem of the word before it, if that names something that happens only once: `built in`.
    once: Option<String>,
    context: Context,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Point {
    Day(Day),
    Clock(Clock),
}

/// The known parts of a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct Day {
    /// The first and the last possible year: ten years for `the 1780s`.
    year: Option<(u16, u16)>,
    month: Option<u8>,
    day: Option<u8>,
    weekday: Option<u8>,
}

/// The days and times of a passage, in order.
pub fn whens(text: &Text) -> Vec<When> {
    let mut found = Vec::new();
    let mut at = 0;
    while at < text.tokens.len() && found.len() < MAX {
        match point(text, at) {
            Some((point, end)) => {
                found.push(when(text, at..end, point));
                at = end;
            }
            None => at += 1,
        }
    }
    found
}

/// Whether two passages name days, all of them different: then their numbers are different facts. Something that
/// happens only once, such as being built, is one fact on any day.
pub fn other_days(a: &[When], b: &[When]) -> bool {
    let once =
        a.iter().any(|a| a.once.is_some() && b.iter().any(|b| a.once == b.once && comparison(a, b) == Some(false)));
    if once {
        return false;
    }
    let compared = || {
        a.iter().flat_map(|a| {
            b.iter()
                .filter(move |b| matches!(b.point, Point::Day(_)) && a.as_fine_as(b))
                .filter_map(move |b| comparison(a, b))
        })
    };
    compared().next().is_some() && !compared().any(|same| same)
}

impl Fact for When {
    const CUT: f32 = evidence::CUT_OF_TIMES;

    fn agrees(&self, other: &Self) -> bool {
        comparison(self, other) == Some(true)
    }

    fn may_differ(&self, other: &Self) -> bool {
        let of_others = self.once_as(other) && self.context.ranked_apart(&other.context);
        comparison(self, other) == Some(false)
            && !of_others
            && !self.reported
            && !other.reported
            && self.as_fine_as(other)
            && !self.context.opposed(&other.context)
            && !self.context.subjects.differ(&other.context.subjects)
    }

    fn evidence(&self, other: &Self, beside: &Beside, covered: &Covered<'_>) -> Option<Evidence> {
        // The time of a comparison is a different time, and different numbers on different days are two facts, except
        // for what happens only once.
        let once = self.once_as(other);
        if self.compared != other.compared || beside.other_days && beside.numbers > 0 && !once {
            return None;
        }
        let around = Around::new((&self.context, &self.tokens), (&other.context, &other.tokens), covered);
        Some(evidence::of_times(&known(self, other), &around, beside))
    }

    fn difference(&self, other: &Self, probability: f32) -> Difference {
        Difference::new(Kind::Date, self.bytes.clone(), other.bytes.clone(), probability)
    }
}

fn known(a: &When, b: &When) -> Times {
    Times { of_a_month: a.is_of_a_month(), part: a.is_part() || b.is_part(), once: a.once_as(b) }
}

impl When {
    /// Whether it is a day of a month.
    fn is_of_a_month(&self) -> bool {
        matches!(self.point, Point::Day(Day { month: Some(_), day: Some(_), .. }))
    }

    /// Whether it is a part of the day: `on Monday morning`.
    pub fn is_part(&self) -> bool {
        matches!(self.point, Point::Clock(clock) if clock.is_part())
    }

    /// Whether both are of one thing that happens only once.
    fn once_as(&self, other: &Self) -> bool {
        self.once.is_some() && self.once == other.once
    }

    /// Whether both name a month or neither does: `in 2022` says less than `October 2024`.
    fn as_fine_as(&self, other: &Self) -> bool {
        match (self.point, other.point) {
            (Point::Day(a), Point::Day(b)) => {
                a.month.is_some() == b.month.is_some() && a.day.is_some() == b.day.is_some()
            }
            _ => true,
        }
    }
}

/// Whether two times agree; `None` if they cannot be compared, such as a weekday and a year.
fn comparison(a: &When, b: &When) -> Option<bool> {
    match (a.point, b.point) {
        (Point::Day(a), Point::Day(b)) => same_day(a, b),
        (Point::Clock(x), Point::Clock(y)) => Some(x.agrees(y, a.vague || b.vague)),
        _ => None,
    }
}

fn same_day(a: Day, b: Day) -> Option<bool> {
    let parts = [
        a.year.zip(b.year).map(|(a, b)| a.0 <= b.1 && b.0 <= a.1),
        a.month.zip(b.month).map(|(a, b)| a == b),
        a.day.zip(b.day).map(|(a, b)| a == b),
        a.weekday.zip(b.weekday).map(|(a, b)| a == b),
    ];
    parts.into_iter().flatten().reduce(|all, one| all && one)
}

/// Whether these words are where a report says when it was written: `ORME, 24 March (Reuters) - `.
fn is_dateline(text: &Text, tokens: &Range<usize>) -> bool {
    let start = text.around(tokens, DATELINE).find(|at| text.tokens[*at].first).filter(|at| *at < tokens.start);
    let place = start.is_some_and(|start| (start..tokens.start).all(|at| text.tokens[at].capital));
    place
        && text
            .tokens
            .get(tokens.end)
            .is_some_and(|next| next.gap.contains(['(', '—', '–']) || next.gap.contains(" - "))
}

fn when(text: &Text, tokens: Range<usize>, point: Point) -> When {
    let reported = (tokens.start.saturating_sub(4)..tokens.start)
        .rev()
        .find(|at| text.tokens[*at].content)
        .is_some_and(|at| is_report(&text.tokens[at].stem));
    let reported = reported || is_dateline(text, &tokens);
    let to = matches!(point, Point::Clock(_)) && text.folded_before(tokens.start, 1) == "to";
    let vague = to || (1..=2).any(|back| VAGUE.contains(&text.folded_before(tokens.start, back)));
    let before = (1..=2).map(|back| text.folded_before(tokens.start, back)).find(|word| !BEFORE.contains(word));
    let once = before.filter(|word| ONCE.contains(word)).map(stem);
    let (bytes, context, compared) = (text.bytes(&tokens), text.context(&tokens, &[]), is_compared(text, tokens.start));
    When { tokens, bytes, point, vague, reported, compared, once, context }
}

/// Whether a word of comparison precedes the time at `at` without a pause between.
fn is_compared(text: &Text, at: usize) -> bool {
    let joined = |at: &usize| !text.tokens[*at].first && !text.tokens[*at].gap.contains([',', ';', ':', '(', '—', '–']);
    // Pauses are in the gap before a word; one before the word of comparison itself separates nothing.
    let pause = (at.saturating_sub(COMPARED)..=at).rev().find(|at| !joined(at)).unwrap_or(0);
    (pause.max(at.saturating_sub(COMPARED))..at).any(|at| AGAINST.contains(&text.folded(at)))
}

/// The time that begins with the word at `at`, and where it ends.
fn point(text: &Text, at: usize) -> Option<(Point, usize)> {
    let day = || day(text, at).map(|(day, end)| (Point::Day(day), end));
    clock(text, at).map(|(clock, end)| (Point::Clock(clock), end)).or_else(day)
}

fn day(text: &Text, at: usize) -> Option<(Day, usize)> {
    if let Some(weekday) = weekday(text, at) {
        let only = Day { weekday: Some(weekday), ..Day::default() };
        let date = text
            .tokens
            .get(at + 1)
            .filter(|next| matches!(next.gap.trim(), "" | "," | "("))
            .and_then(|_| date(text, at + 1));
        return Some(date.map_or((only, at + 1), |(day, end)| (Day { weekday: Some(weekday), ..day }, end)));
    }
    date(text, at).or_else(|| lone_year(text, at)).or_else(|| years(text, at))
}

fn weekday(text: &Text, at: usize) -> Option<u8> {
    let token = text.tokens.get(at).filter(|token| token.capital)?;
    calendar::WEEKDAYS
        .iter()
        .position(|name| *name == token.folded)
        .map(|at| at as u8)
        .or_else(|| languages::weekday(&token.folded))
}

/// `12 December 2025`, `12th of December`, `Dec. 12, 2025`, `December 2025`, `in December`, `2025-12-12`.
fn date(text: &Text, at: usize) -> Option<(Day, usize)> {
    iso(text, at).or_else(|| slashed(text, at)).or_else(|| day_first(text, at)).or_else(|| month_first(text, at))
}

/// Whether the word at `at` is the day in a date.
pub fn is_day_of_month(text: &Text, at: usize) -> bool {
    let after_month =
        || at.checked_sub(1).and_then(|month| month_first(text, month)).is_some_and(|(day, _)| day.day.is_some());
    day_first(text, at).is_some() || after_month()
}

fn iso(text: &Text, at: usize) -> Option<(Day, usize)> {
    let part = |at: usize| {
        text.tokens
            .get(at)
            .filter(|token| token.gap == "-" && token.range.len() == 2)
            .and_then(|token| digits(&token.folded, 2))
    };
    let (year, month, day) = (year(text.folded(at))?, part(at + 1)? as u8, part(at + 2)? as u8);
    Some((Day { year: Some((year, year)), month: Some(month), day: Some(day), weekday: None }, at + 3))
}

/// `26/6`, `6/26`: dates in which only one of the two numbers can be a month.
fn slashed(text: &Text, at: usize) -> Option<(Day, usize)> {
    let next = text.tokens.get(at + 1).filter(|next| next.gap == "/")?;
    let no_more = text.tokens.get(at + 2).is_none_or(|next| next.gap != "/");
    let (one, other) = (digits(text.folded(at), 2)? as u8, digits(&next.folded, 2)? as u8);
    let (day, month) = if one > 12 { (one, other) } else { (other, one) };
    let is_date = no_more && (13..=31).contains(&day) && (1..=12).contains(&month);
    is_date.then_some((Day { month: Some(month), day: Some(day), ..Day::default() }, at + 2))
}

/// `the 1780s`, `the ninth century`, `the 19th century`.
fn years(text: &Text, at: usize) -> Option<(Day, usize)> {
    let some = |first: u16, last: u16, end: usize| (Day { year: Some((first, last)), ..Day::default() }, end);
    if let Some(first) = text.folded(at).strip_suffix("0s").and_then(|decade| year(&format!("{decade}0"))) {
        return Some(some(first, first + 9, at + 1));
    }
    let (century, end) = ordinal(text, at).filter(|(_, end)| text.folded(*end) == "century")?;
    let last = u16::from(century) * 100;
    Some(some(last - 99, last, end + 1))
}

fn day_first(text: &Text, at: usize) -> Option<(Day, usize)> {
    let (day, at) = day_number(text.folded(at)).map(|day| (day, at + 1)).or_else(|| ordinal(text, at))?;
    let at = at + usize::from(matches!(text.folded(at), "of" | "de"));
    let month = month(text, at)?;
    let (year, end) = year_after(text, at + 1);
    Some((Day { year, month: Some(month), day: Some(day), weekday: None }, end))
}

fn month_first(text: &Text, at: usize) -> Option<(Day, usize)> {
    let month = month(text, at)?;
    let next = text.tokens.get(at + 1).filter(|next| matches!(next.gap.trim(), "" | "."));
    let day = next.and_then(|next| day_number(&next.folded));
    let (year, end) = year_after(text, at + 1 + usize::from(day.is_some()));
    let lone = day.is_none() && year.is_none();
    let capital = |at: Option<usize>| at.and_then(|at| text.tokens.get(at)).is_some_and(|token| token.capital);
    let plain = !text.tokens[at].first && !capital(at.checked_sub(1)) && !capital(Some(at + 1));
    let month_only = text.folded(at).len() > 4 && text.folded(at) != "march" && plain;
    let named = !lone || month_only || BEFORE.contains(&text.folded_before(at, 1)) && text.folded(at).len() > 2;
    named.then_some((Day { year, month: Some(month), day, weekday: None }, end))
}

/// The number of a month, which must be capitalised: `may` and `march` are also other words.
fn month(text: &Text, at: usize) -> Option<u8> {
    let token = text.tokens.get(at)?;
    let word = token.folded.as_str();
    // Other languages write months in lower case, and their full names are unambiguous.
    let elsewhere = || languages::month(word).filter(|_| word.len() > 3 || token.capital);
    calendar::month(word).filter(|_| token.capital).or_else(elsewhere)
}

fn year_after(text: &Text, at: usize) -> (Option<(u16, u16)>, usize) {
    let year =
        text.tokens.get(at).filter(|token| matches!(token.gap.trim(), "" | ",")).and_then(|token| year(&token.folded));
    (year.map(|year| (year, year)), at + usize::from(year.is_some()))
}

/// A year by itself, which needs a word before it that indicates one, and must not count a thing after it.
fn lone_year(text: &Text, at: usize) -> Option<(Day, usize)> {
    let before = text.folded_before(at, 1);
    let year = year(text.folded(at)).filter(|_| BEFORE.contains(&before) || before == "for")?;
    let next = text.joined(at + 1).filter(|next| next.content);
    let counts = next.is_some_and(|next| next.folded.ends_with('s') || before == "for");
    (!counts).then_some((Day { year: Some((year, year)), ..Day::default() }, at + 1))
}

fn year(word: &str) -> Option<u16> {
    digits(word, 4).filter(|year| word.len() == 4 && YEARS.contains(year))
}

/// An ordinal (`fifth`, `twenty-first`, `21st`), and where it ends.
fn ordinal(text: &Text, at: usize) -> Option<(u8, usize)> {
    let place = |at: usize| ORDINALS.iter().position(|name| *name == text.folded(at)).map(|place| place as u8 + 1);
    let tens = match text.folded(at) {
        "twenty" => Some(20),
        "thirty" => Some(30),
        _ => None,
    };
    let hyphened = text.tokens.get(at + 1).is_some_and(|next| next.gap == "-");
    let compound = tens.filter(|_| hyphened).zip(place(at + 1).filter(|place| *place < 10));
    let digits = || text.folded(at).ends_with(['t', 'd', 'h']).then(|| day_number(text.folded(at)))?;
    match compound {
        Some((tens, place)) => Some((tens + place, at + 2)),
        None => place(at).or_else(digits).map(|place| (place, at + 1)),
    }
}

/// `5`, `05`, `5th`.
fn day_number(word: &str) -> Option<u8> {
    let bare = ["st", "nd", "rd", "th"].iter().find_map(|suffix| word.strip_suffix(suffix)).unwrap_or(word);
    digits(bare, 2).filter(|day| (1..=31).contains(day)).map(|day| day as u8)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn points(text: &str) -> Vec<Point> {
        whens(&Text::read(text).unwrap()).into_iter().map(|when| when.point).collect()
    }

    #[test]
    fn forms_of_one_day() {
        let day = Day { month: Some(12), day: Some(12), ..Day::default() };
        for text in
            ["It passed on Dec. 12.", "It passed on 12 December.", "December 12th was it", "on the 12th of December"]
        {
            assert_eq!(points(text), [Point::Day(day)], "{text}");
        }
        let full = Day { year: Some((2025, 2025)), weekday: Some(4), ..day };
        for text in ["on Friday, December 12, 2025, it", "on Friday (2025-12-12) it", "Friday 12 Dec 2025 was"] {
            assert_eq!(points(text), [Point::Day(full)], "{text}");
        }
    }

    fn clock_at(minute: u16, half_known: bool) -> Point {
        Point::Clock(Clock { from: minute, to: minute, half_known })
    }

    #[test]
    fn times_and_days_in_words() {
        for (text, minute, half_known) in [
            ("at half past six in the evening it", 1110, true),
            ("at quarter to nine it", 525, false),
            ("at five past six in the evening it", 1085, true),
            ("at twenty minutes to one it", 760, false),
            ("at nine at night it", 1260, true),
            ("from eleven in the morning it", 660, true),
            ("at 0416 hrs it", 256, true),
        ] {
            assert_eq!(points(text), [clock_at(minute, half_known)], "{text}");
        }
        let day = |month, day| Point::Day(Day { month: Some(month), day: Some(day), ..Day::default() });
        assert_eq!(points("on the twenty-first of August it"), [day(8, 21)]);
        assert_eq!(points("the date is 26/6 now"), [day(6, 26)]);
        assert_eq!(points("5/6 of it and 1/15/2020"), []);
        let years = |first, last| Point::Day(Day { year: Some((first, last)), ..Day::default() });
        assert_eq!(points("in the 1780s it"), [years(1780, 1789)]);
        assert_eq!(points("from the ninth century"), [years(801, 900)]);
        assert_eq!(points("from the 19th century"), [years(1801, 1900)]);
        for text in ["the morning paper", "eleven men", "five to ten people", "a night train", "the second man"] {
            assert_eq!(points(text), [], "{text}");
        }
    }

    #[test]
    fn parts_of_a_day() {
        let agree = |a: &str, b: &str| {
            let [a, b] = [a, b].map(|text| whens(&Text::read(text).unwrap()).pop().unwrap());
            comparison(&a, &b).unwrap()
        };
        for (a, b) in [
            ("on Monday morning", "at 9:30 a.m."),
            ("before dawn", "at 3 a.m."),
            ("late at night", "at 2 a.m."),
            ("in the evening", "at 6:45"),
            ("in the afternoon", "on Monday evening"),
        ] {
            assert!(agree(a, b) && agree(b, a), "{a} | {b}");
        }
        for (a, b) in [
            ("on Monday morning", "on Monday evening"),
            ("before dawn", "shortly after noon"),
            ("at night", "at 3 p.m."),
            ("in the middle of the morning", "shortly before midnight"),
        ] {
            assert!(!agree(a, b) && !agree(b, a), "{a} | {b}");
        }
    }

    #[test]
    fn forms_of_one_time() {
        for text in ["at 7:52 p.m. it", "at 19:52 it", "at 7.52 pm it", "at 7.52pm it"] {
            assert_eq!(points(text), [clock_at(19 * 60 + 52, true)], "{text}");
        }
        assert_eq!(points("at 4am it"), [clock_at(240, true)]);
        assert_eq!(points("at noon it"), [clock_at(720, true)]);
        assert_eq!(points("at 7:52 it"), [clock_at(472, false)]);
    }

    #[test]
    fn the_day_of_a_dateline_is_that_of_the_report() {
        let reported = |text: &str| whens(&Text::read(text).unwrap())[0].reported;
        assert!(reported("ORME, 24 March (Wire) - The mill was sold"));
        assert!(!reported("Orme was sold on 24 March (a Monday)") && !reported("24 March - a day like others"));
    }

    #[test]
    fn what_is_no_time() {
        for text in [
            "they may march on 12 roads",
            "2021 people came",
            "a 9-6 vote",
            "some of 1500 houses",
            "version 25.61 came",
            "tea for 1900 people",
            "25:61 is none",
        ] {
            assert_eq!(points(text), [], "{text}");
        }
    }
}
