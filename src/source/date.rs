//! Calendar days, as documents write them.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::lang;
use crate::lang::script::is_date_in_han;

/// A day of the Gregorian calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Date {
    year: u16,
    month: u8,
    day: u8,
}

/// The years that a document can have; a number outside this range is not a year.
const YEARS: std::ops::RangeInclusive<u32> = 1400..=2999;
/// Longer texts are not dates.
const MAX_BYTES: usize = 100;

impl Date {
    /// Returns the day, if it exists in the calendar.
    pub fn new(year: u32, month: u32, day: u32) -> Option<Self> {
        let valid = YEARS.contains(&year) && (1..=12).contains(&month) && (1..=days(year, month)).contains(&day);
        valid.then_some(Self { year: year as u16, month: month as u8, day: day as u8 })
    }

    /// Parses ISO 8601 (`2026-03-05`, `2026-03-05T10:00Z`, `20260305`), RFC 2822 (`Thu, 5 Mar 2026 10:00:00 +0000`),
    /// the PDF form (`D:20260305100000`) and written forms with the name of a month (`March 5, 2026`, `5 March 2026`,
    /// `5. März 2026`, `5 de marzo de 2026`, `2026年3月5日`). `5/3/2026` and `3/5/2026` are ambiguous, so such texts are
    /// not dates unless one of the numbers can only be a day.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        if text.is_empty() || text.len() > MAX_BYTES {
            return None;
        }
        numeric(text.strip_prefix("D:").unwrap_or(text)).or_else(|| in_han(text)).or_else(|| written(text))
    }

    /// Returns the day (in UTC) of a Unix time in seconds.
    pub fn from_unix(seconds: i64) -> Option<Self> {
        // Days since 0000-03-01, in eras of 400 years (Hinnant, "chrono-Compatible Low-Level Date Algorithms").
        let days = seconds.div_euclid(86_400).checked_add(719_468)?;
        let (era, in_era) = (days.div_euclid(146_097), days.rem_euclid(146_097));
        let year_of_era = (in_era - in_era / 1460 + in_era / 36_524 - in_era / 146_096) / 365;
        let in_year = in_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let month = (5 * in_year + 2) / 153;
        let day = in_year - (153 * month + 2) / 5 + 1;
        let (month, carry) = if month < 10 { (month + 3, 0) } else { (month - 9, 1) };
        Self::new(u32::try_from(era * 400 + year_of_era + carry).ok()?, month as u32, day as u32)
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }
}

fn days(year: u32, month: u32) -> u32 {
    match month {
        2 if year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400)) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Parses a date of numbers only, up to where a time begins.
fn numeric(text: &str) -> Option<Date> {
    let day = text.split(['T', 't', ' ', ',']).next()?;
    let plain = day.len() >= 8 && day.is_ascii() && day.bytes().take(8).all(|b| b.is_ascii_digit());
    if plain {
        let number = |range| day.get(range).and_then(|part: &str| part.parse().ok());
        let unix = day.len() > 8 && day.len() < 14 && day.bytes().all(|b| b.is_ascii_digit());
        return if unix { None } else { Date::new(number(0..4)?, number(4..6)?, number(6..8)?) };
    }
    let parts: Vec<&str> = day.trim_end_matches(['Z', '.']).split(['-', '/', '.']).collect();
    let [a, b, c] = parts[..] else { return None };
    let number = |part: &str| part.parse::<u32>().ok().filter(|_| part.bytes().all(|b| b.is_ascii_digit()));
    let c = c.split('+').next()?;
    match (a.len(), c.len()) {
        (4, 1..=2) => Date::new(number(a)?, number(b)?, number(c)?),
        // A full stop is used for day.month.year; a slash is also used for month/day/year.
        (1..=2, 4) if day.contains('.') => Date::new(number(c)?, number(b)?, number(a)?),
        (1..=2, 4) => match (number(a)?, number(b)?) {
            (first, second) if first == second || first > 12 => Date::new(number(c)?, second, first),
            (first, second) if second > 12 => Date::new(number(c)?, first, second),
            _ => None,
        },
        _ => None,
    }
}

/// Parses `2026年3月5日`, which may be followed by another word.
fn in_han(text: &str) -> Option<Date> {
    let word = text.split_whitespace().next().filter(|word| is_date_in_han(word))?;
    let (year, rest) = word.split_once('年')?;
    let (month, rest) = rest.split_once('月')?;
    let (day, _) = rest.split_once('日')?;
    Date::new(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?)
}

/// Parses a month's name with a day and a year around it.
fn written(text: &str) -> Option<Date> {
    let lower = text.to_lowercase();
    let words: Vec<&str> = lower
        .split(|c: char| !c.is_alphanumeric() && c != ':')
        .filter(|word| !matches!(*word, "" | "of" | "de" | "del"))
        .collect();
    let (at, month) = words.iter().enumerate().find_map(|(at, word)| Some((at, month(word)?)))?;
    // `Brief 3, March 2026` names no day.
    let apart = |word: &str| lower[word.as_ptr().addr() - lower.as_ptr().addr() + word.len()..].starts_with(',');
    let before = at.checked_sub(1).filter(|at| !apart(words[*at])).and_then(|at| day(words[at]));
    let next = words.get(at + 1).copied();
    match (before, next.and_then(year)) {
        (Some(day), Some(year)) => Date::new(year, month, day),
        // `Mar 5 2026`; the Unix command `date` puts the time and the zone before the year.
        _ => Date::new(words[at + 1..].iter().skip(1).take(4).find_map(|word| year(word))?, month, next.and_then(day)?),
    }
}

fn month(word: &str) -> Option<u32> {
    // With a day and a year around them, these can only be months.
    let elsewhere = || match word {
        "mars" => Some(3),
        "mayo" | "mai" => Some(5),
        _ => None,
    };
    lang::month(word).or_else(elsewhere).map(u32::from)
}

/// Parses `5`, `05`, `5th`.
fn day(word: &str) -> Option<u32> {
    let bare = ["st", "nd", "rd", "th", "er", "º"].iter().find_map(|suffix| word.strip_suffix(suffix)).unwrap_or(word);
    bare.parse().ok().filter(|day| bare.len() <= 2 && (1..=31).contains(day))
}

fn year(word: &str) -> Option<u32> {
    word.parse().ok().filter(|year| word.len() == 4 && YEARS.contains(year))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_of_one_day() {
        for text in [
            "2026-03-05",
            " 2026-03-05T10:00:00Z",
            "2026-03-05T23:59:59.5+09:00",
            "2026-03-05 10:00",
            "2026/3/5",
            "20260305",
            "20260305T101500Z",
            "D:20260305101500+01'00'",
            "5.3.2026",
            "Thu, 5 Mar 2026 10:00:00 +0000",
            "05 Mar 2026",
            "Thu Mar  5 10:00:00 UTC 2026",
            "March 5, 2026",
            "Mar. 5, 2026, 10:15 a.m.",
            "5th of March 2026",
            "March 5th, 2026",
            "Thursday 5 March 2026",
            "Published: 5 MARCH 2026",
        ] {
            let found = Date::parse(text).map(|date| date.to_string());
            assert_eq!(found.as_deref(), Some("2026-03-05"), "{text}");
        }
    }

    #[test]
    fn a_number_that_can_only_be_a_day_decides() {
        assert_eq!(Date::parse("25/3/2026"), Date::new(2026, 3, 25));
        assert_eq!(Date::parse("3/25/2026"), Date::new(2026, 3, 25));
        assert_eq!(Date::parse("4/4/2026"), Date::new(2026, 4, 4));
        assert_eq!(Date::parse("3/4/2026"), None);
    }

    #[test]
    fn what_is_no_day() {
        let long = "2026-03-05 ".repeat(20);
        for text in [
            "",
            "2026",
            "2026-03",
            "March 2026",
            "Brief 3, March 2026",
            "yesterday",
            "2026-02-29",
            "2026-13-01",
            "31 June 2026",
            "12345678",
            "1772704800",
            "💥-💥-💥",
            &long,
        ] {
            assert_eq!(Date::parse(text), None, "{text}");
        }
        assert!(Date::parse("29 Feb 2024").is_some());
    }

    #[test]
    fn unix_times() {
        let shown = |seconds| Date::from_unix(seconds).map(|date| date.to_string());
        assert_eq!(shown(0).as_deref(), Some("1970-01-01"));
        assert_eq!(shown(951_782_400).as_deref(), Some("2000-02-29"));
        assert_eq!(shown(1_772_704_800).as_deref(), Some("2026-03-05"));
        assert_eq!(shown(-1).as_deref(), Some("1969-12-31"));
        assert_eq!((shown(i64::MAX), shown(i64::MIN)), (None, None));
    }

    #[test]
    fn days_are_in_order() {
        let days = ["2025-12-31", "2026-01-01", "2026-01-02", "2026-02-01"].map(|text| Date::parse(text).unwrap());
        assert!(days.is_sorted());
    }
}
