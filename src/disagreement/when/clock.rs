//! Times of the day.

use crate::disagreement::number::small;
use crate::disagreement::text::Text;
use crate::lang::english::calendar;
use crate::lang::english::clock::PARTS_OF_DAY;

/// Minutes of half a day and of a day.
const HALF: u16 = 720;
const DAY: u16 = 2 * HALF;
/// Minutes by which a vague time can be off.
const VAGUE: u16 = 60;

/// A time of the day: from one minute to another, which may be on the next day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Clock {
    pub from: u16,
    pub to: u16,
    /// Whether its half of the day is known: for `7:52` it is not.
    pub half_known: bool,
}

impl Clock {
    fn at(minute: u16, half_known: bool) -> Self {
        Self { from: minute, to: minute, half_known }
    }

    /// Whether it is a part of the day rather than a minute.
    pub fn is_part(self) -> bool {
        self.from < self.to
    }

    /// Whether both can be the same time.
    pub fn agrees(self, other: Self, vague: bool) -> bool {
        let off = if vague { VAGUE } else { 0 };
        let turn = if self.half_known && other.half_known { DAY } else { HALF };
        // In either order, and on the day before or after.
        let reaches = |from: u16, to: u16, other: u16| {
            let (length, ahead) = (to - from, (other % turn + turn - from % turn) % turn);
            ahead <= length + off || turn - ahead <= off
        };
        reaches(self.from, self.to, other.from) || reaches(other.from, other.to, self.from)
    }
}

/// The time of the day that begins with the word at `at`, and where it ends: `7:52 a.m.`, `07:52`, `7 p.m.`, `eight
/// o'clock`, `half past six in the evening`, `0416 hrs`, `noon`, `before dawn`.
pub fn clock(text: &Text, at: usize) -> Option<(Clock, usize)> {
    let word = text.folded(at);
    if let Some(hour) = ["midnight", "noon"].iter().position(|name| *name == word) {
        return Some((Clock::at(hour as u16 * HALF, true), at + 1));
    }
    if let Some(part) = part_of_day(text, at) {
        return Some((part, at + 1));
    }
    if let Some(minute) = digits(word, 4).filter(|_| word.len() == 4 && matches!(text.folded(at + 1), "hrs" | "hours"))
    {
        let (hour, minute) = (minute / 100, minute % 100);
        return (hour < 24 && minute < 60).then_some((Clock::at(60 * hour + minute, true), at + 2));
    }
    let (hour, minute, end) = match glued(word) {
        Some((hour, minute)) => (hour, minute, at + 1),
        None => past(text, at).or_else(|| hour_and_minute(text, at))?,
    };
    let own = word.strip_suffix('m').filter(|_| end == at + 1).and_then(|word| match word.bytes().last() {
        Some(b'a') => Some(0),
        Some(b'p') => Some(12),
        _ => None,
    });
    let oclock = usize::from(text.folded(end) == "o'clock");
    let (next, end) = half(text, end + oclock);
    let meridian = own.or(next);
    if meridian.is_none() && oclock == 0 && minute.is_none() {
        return None;
    }
    let padded = word.starts_with('0') && word.len() >= 2 || hour > 12;
    let hour = meridian.map_or(hour, |half| hour % 12 + half);
    let half_known = meridian.is_some() || padded;
    Some((Clock::at((60 * hour + minute.unwrap_or(0)) % DAY, half_known), end))
}

/// The half of the day named by the words at `at`, in hours, and where they end: `a.m.`, `in the evening`, `at night`.
fn half(text: &Text, at: usize) -> (Option<u16>, usize) {
    match text.folded(at) {
        "a.m" | "am" => (Some(0), at + 1),
        "p.m" | "pm" => (Some(12), at + 1),
        "in" if text.folded(at + 1) == "the" => match text.folded(at + 2) {
            "morning" => (Some(0), at + 3),
            "afternoon" | "evening" => (Some(12), at + 3),
            _ => (None, at),
        },
        "at" if text.folded(at + 1) == "night" => (Some(12), at + 2),
        _ => (None, at),
    }
}

/// `morning`, if it refers to a time: `on Monday morning`, `in the morning`, but not `the morning paper`.
fn part_of_day(text: &Text, at: usize) -> Option<Clock> {
    let (_, [from, to]) = PARTS_OF_DAY.iter().find(|(name, _)| *name == text.folded(at))?;
    let before = text.folded_before(at, 1);
    let said = matches!(
        before,
        "the"
            | "this"
            | "that"
            | "early"
            | "late"
            | "mid"
            | "in"
            | "at"
            | "by"
            | "before"
            | "after"
            | "since"
            | "until"
            | "next"
            | "same"
            | "yesterday"
            | "tomorrow"
    ) || calendar::WEEKDAYS.contains(&before);
    let alone = !text.joined(at + 1).is_some_and(|next| next.content && !next.capital);
    let early = before == "before" && *from < HALF;
    let whole = text.folded(at) == "overnight";
    (whole || said && alone && before != "after").then_some(Clock {
        from: if early { 0 } else { *from },
        to: *to,
        half_known: true,
    })
}

/// `half past six`, `quarter to nine`, `twenty minutes past ten`: the hour and the minute.
fn past(text: &Text, at: usize) -> Option<(u16, Option<u16>, usize)> {
    // For example, `five to ten people` is not a time.
    let said = matches!(text.folded(at), "half" | "quarter")
        || matches!(
            text.folded_before(at, 1),
            "at" | "by" | "before" | "after" | "since" | "until" | "from" | "around" | "about" | "is" | "was"
        );
    let minutes = match text.folded(at) {
        _ if !said => return None,
        "half" => 30,
        "quarter" => 15,
        "five" => 5,
        "ten" => 10,
        "twenty" => 20,
        word => digits(word, 2).filter(|minutes| (1..60).contains(minutes))?,
    };
    let at = at + 1 + usize::from(text.folded(at + 1) == "minutes");
    let (hour, end) = hour_in_words(text, at + 1).or_else(|| Some((digits(text.folded(at + 1), 2)?, at + 2)))?;
    let (hour, minute) = match text.folded(at) {
        "past" => (hour, minutes),
        "to" if minutes < 30 => ((hour + 10) % 12 + 1, 60 - minutes),
        _ => return None,
    };
    (1..=12).contains(&hour).then_some((hour, Some(minute), end))
}

fn hour_in_words(text: &Text, at: usize) -> Option<(u16, usize)> {
    let hour = small(text.folded(at)).filter(|hour| (1.0..=12.0).contains(hour))?;
    Some((hour as u16, at + 1))
}

/// `7am`, `7.52pm`.
fn glued(word: &str) -> Option<(u16, Option<u16>)> {
    let bare = word.strip_suffix("am").or_else(|| word.strip_suffix("pm"))?;
    let (hour, minute) = bare.split_once('.').map_or((bare, None), |(hour, minute)| (hour, Some(minute)));
    let minute = minute.map(|minute| digits(minute, 2).filter(|minute| *minute < 60));
    let hour = digits(hour, 2).filter(|hour| (1..=12).contains(hour))?;
    (minute != Some(None)).then_some((hour, minute.flatten()))
}

/// `7`, `seven`, `7:52` and, before `a.m.`, `7.52`.
fn hour_and_minute(text: &Text, at: usize) -> Option<(u16, Option<u16>, usize)> {
    if let Some((hour, end)) = hour_in_words(text, at) {
        return Some((hour, None, end));
    }
    let word = text.folded(at);
    let (hour, minute, end) = match word.split_once('.') {
        Some((hour, minute)) if matches!(text.folded(at + 1), "a.m" | "p.m" | "am" | "pm") => {
            (hour, Some(minute), at + 1)
        }
        _ if text.tokens.get(at + 1).is_some_and(|next| next.gap == ":" && next.range.len() == 2) => {
            (word, Some(text.folded(at + 1)), at + 2)
        }
        _ => (word, None, at + 1),
    };
    let hour = digits(hour, 2).filter(|hour| *hour < 24)?;
    let minute = minute.map(|minute| digits(minute, 2).filter(|minute| *minute < 60));
    (minute != Some(None)).then_some((hour, minute.flatten(), end))
}

pub fn digits(word: &str, most: usize) -> Option<u16> {
    (word.len() <= most && word.bytes().all(|b| b.is_ascii_digit())).then(|| word.parse().ok())?
}
