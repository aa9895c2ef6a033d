//! Transcripts: who says what, and when, if a text consistently shows it.
//!
//! A line with a name and a colon may be anything; a text shows its speakers only if several names recur, each before
//! whole sentences.

use std::collections::HashMap;

use super::pdf::ends_sentence;
use super::{Block, BlockKind, Line, LineKind, LocatedText, Place};
use crate::lang::english::people::BEFORE_NAMES;
use crate::lang::english::speech::{is_label, is_sound};
use crate::lang::mail::CHAT_NOTICES;

/// Least number of turns in all, and of names that occur more than once.
const LEAST_TURNS: usize = 4;
const LEAST_SPEAKERS: usize = 2;
/// This many lines of a name and a time are enough.
const LEAST_LINES: usize = 3;
/// Largest mean number of lines per turn.
const MAX_TURN: usize = 40;
/// Longer names are sentences.
const MAX_NAME: usize = 60;
const MAX_WORDS: usize = 6;
/// Number of lines that a stage direction may take.
const DIRECTION_LINES: usize = 4;

const STAGE_DIRECTION: &str = "stage direction";
const TIME_STAMP: &str = "time stamp";
const CHAT_NOTICE: &str = "chat notice";
/// The mark that exported chats put before what the program wrote itself.
const BY_PROGRAM: char = '\u{200e}';

/// What a line begins with: a time, a name, or both.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Label<'a> {
    time: Option<u32>,
    /// Whether there is a time, including a time of day.
    stamped: bool,
    /// Empty if there is only a time.
    name: &'a str,
    /// The byte at which the words begin.
    text: usize,
    /// Whether the name is on a line of its own, without a mark, or is a nickname in a chat log.
    alone: bool,
}

/// Marks the turns of a transcript, and what is not spoken in it.
pub fn mark_lines(lines: &mut Vec<Line>) {
    let labels: Vec<Option<Label>> = (0..lines.len()).map(|at| line_label(lines, at)).collect();
    let said = |at: usize| said_after(lines, &labels, at);
    let begins = |at: usize| at == 0 || lines[at - 1].raw.trim().is_empty();
    let Some(habit) = Habit::of(&labels, said, begins) else { return };
    let turns: Vec<Option<(Option<u32>, String, usize)>> = labels
        .iter()
        .map(|label| {
            let label = label.as_ref().filter(|label| habit.has(label))?;
            Some((label.time, label.name.to_owned(), label.text))
        })
        .collect();
    let flows = habit.times_alone && flows(lines, &turns);
    // Only chats have the time of day before each name.
    let mut named = labels.iter().flatten().filter(|label| !label.name.is_empty() && habit.has(label));
    let chat = habit.timed && named.all(|label| label.stamped && (label.time.is_none() || label.alone));
    let mut marked = Vec::with_capacity(lines.len());
    for (mut line, turn) in std::mem::take(lines).into_iter().zip(turns) {
        let Some((time, speaker, text)) = turn else {
            marked.push(line);
            continue;
        };
        line.place.time = time;
        if chat && is_notice(&line.raw, &speaker, text) {
            marked.push(Line { kind: LineKind::Furniture(CHAT_NOTICE), ..line });
            continue;
        }
        let added = if chat { added_by_program(&line.raw[text..]) } else { None };
        if flows && last_said(&marked).is_some_and(|said| !ends_sentence(said)) {
            let stamp = line.raw[..text].trim().to_owned();
            marked.push(Line { kind: LineKind::Aside(TIME_STAMP), ..Line::new(line.place, stamp) });
            line.raw.drain(..text);
        } else {
            line.kind = LineKind::Turn { speaker, text };
        }
        let added = added.map(|length| line.raw.split_off(line.raw.len() - length));
        let place = line.place;
        if line.kind != LineKind::Text || !line.raw.trim().is_empty() {
            marked.push(line);
        }
        marked.extend(added.map(|text| Line { kind: LineKind::Aside(CHAT_NOTICE), ..Line::new(place, text) }));
    }
    *lines = marked;
    spread_times(lines);
    set_directions_aside(lines);
}

/// Whether a line of a chat is not by the person that it names, if it names one: the program tells who came and went,
/// or what stood there. `text` is the byte at which the words begin.
fn is_notice(raw: &str, speaker: &str, text: usize) -> bool {
    let words = raw[text..].trim();
    let lower = words.trim_end_matches('.').to_lowercase();
    // As in `12/03/2031, 19:02 - Ida Kerr added Ola Brandt`.
    let told =
        speaker.is_empty() && (raw[..text].ends_with("- ") || raw[..text].ends_with('-') && words.starts_with("!-"));
    let whole_bracketed = words.starts_with('<') && added_by_program(words) == Some(words.len());
    told || words.starts_with(BY_PROGRAM) || whole_bracketed || CHAT_NOTICES.contains(&lower.as_str())
}

/// The length of what a program added at the end of a person's words: `<This message was edited>`.
fn added_by_program(words: &str) -> Option<usize> {
    let marked = words.find(BY_PROGRAM);
    let bracketed = || {
        let at = words.trim_end().ends_with('>').then(|| words.rfind('<')).flatten()?;
        let inside = words[at + 1..].trim_end().trim_end_matches('>');
        let said = inside.contains(' ') && inside.chars().all(|c| c.is_alphanumeric() || matches!(c, ' ' | '\'' | '’'));
        said.then_some(at)
    };
    marked.or_else(bracketed).map(|at| words.len() - at)
}

/// Returns the words of the last line that has any.
fn last_said(lines: &[Line]) -> Option<&str> {
    let said = |line: &'_ Line| match line.kind {
        LineKind::Turn { text, .. } => text,
        LineKind::Text => 0,
        LineKind::Furniture(_) | LineKind::Aside(_) => line.raw.len(),
    };
    lines.iter().rev().map(|line| line.raw[said(line)..].trim()).find(|words| !words.is_empty())
}

/// Whether sentences continue across the times of a transcript, as in captions: where a sentence is unfinished before a
/// time, the text after it mostly begins in lower case.
fn flows(lines: &[Line], turns: &[Option<(Option<u32>, String, usize)>]) -> bool {
    let from = |at: usize| turns[at].as_ref().map_or(0, |(_, _, text)| *text);
    let mut said: Vec<(bool, &str)> = Vec::new();
    let mut stamped = false;
    for (at, line) in lines.iter().enumerate() {
        stamped |= turns[at].is_some();
        let words = line.raw[from(at)..].trim();
        if !words.is_empty() {
            said.push((std::mem::take(&mut stamped), words));
        }
    }
    let open = said.windows(2).filter(|pair| pair[1].0 && !ends_sentence(pair[0].1));
    let (open, lower) = open
        .fold((0, 0), |(open, lower), pair| (open + 1, lower + usize::from(pair[1].1.starts_with(char::is_lowercase))));
    open > 0 && lower * 2 >= open
}

/// Returns what follows a turn's label on its line, or on the next line if the label is alone.
fn said_after<'a>(lines: &'a [Line], labels: &[Option<Label>], at: usize) -> &'a str {
    let own = labels[at].as_ref().map_or("", |label| lines[at].raw[label.text..].trim());
    let next = || lines.get(at + 1).filter(|_| labels.get(at + 1).is_some_and(Option::is_none));
    if own.is_empty() { next().map_or("", |line| line.raw.trim()) } else { own }
}

/// Returns the label that a line of text begins with, if it has one.
fn line_label(lines: &[Line], at: usize) -> Option<Label<'_>> {
    let line = &lines[at];
    if line.kind != LineKind::Text {
        return None;
    }
    let blank = |line: Option<&Line>| line.is_none_or(|line| line.raw.trim().is_empty());
    let begins = at == 0 || blank(lines.get(at - 1));
    label(&line.raw).or_else(|| {
        let alone = begins && !blank(lines.get(at + 1));
        alone.then(|| name_alone(&line.raw)).flatten()
    })
}

/// Parses `[00:01:02] Speaker 1: …`, `MR HOLM: …`, `Q. …`, `Ida Kerr (00:04): …`.
fn label(raw: &str) -> Option<Label<'_>> {
    if is_item(raw) {
        return None;
    }
    let start = raw.len() - raw.trim_start_matches([' ', '\t', '*', '_', '\u{feff}', BY_PROGRAM]).len();
    let stamp = leading_time(&raw[start..]);
    let (time, after_time) = stamp.map_or((None, 0), |stamp| (stamp.seconds, stamp.length));
    let from = start + after_time;
    let rest = &raw[from..];
    let nick = || stamp.and_then(|_| nickname(rest));
    if let Some((name, length)) = nick() {
        return Some(Label { time, stamped: true, name, text: from + length, alone: true });
    }
    if let Some((name, length)) = name_with_colon(rest).or_else(|| question_or_answer(rest)).or_else(|| official(rest))
    {
        let (name, inner) = without_time(name);
        let behind = &raw[from + length..];
        let marks = behind.len() - behind.trim_start_matches(['*', '_', ' ', '\t']).len();
        // In a chat, a number or a mark stands for somebody whose name is not known.
        let unknown = stamp.is_some() && is_number(name);
        let name = name.strip_prefix('~').map_or(name, |name| name.trim_start_matches([' ', '\u{a0}', '\u{202f}']));
        return (unknown || is_name(name)).then_some(Label {
            time: time.or(inner.and_then(|stamp| stamp.seconds)),
            stamped: stamp.is_some() || inner.is_some(),
            name,
            text: from + length + marks,
            alone: false,
        });
    }
    stamp.map(|_| Label { time, stamped: true, name: "", text: from, alone: false })
}

/// Whether it is a telephone number.
fn is_number(name: &str) -> bool {
    name.strip_prefix('+').is_some_and(|rest| {
        let digits = rest.chars().filter(char::is_ascii_digit).count();
        digits >= 7 && rest.chars().all(|c| c.is_ascii_digit() || c.is_whitespace() || matches!(c, '-' | '(' | ')'))
    })
}

/// Whether a line is a list item.
fn is_item(raw: &str) -> bool {
    let bare = raw.trim_start();
    bare.strip_prefix(['*', '-', '+', '•', '·', '#']).is_some_and(|rest| rest.starts_with([' ', '\t']))
}

/// Parses `NAME: `, or `NAME:` at the end of the line.
fn name_with_colon(rest: &str) -> Option<(&str, usize)> {
    let limit = rest.char_indices().nth(MAX_NAME).map_or(rest.len(), |(at, _)| at);
    // Times in brackets contain colons too.
    let colon = rest[..limit].char_indices().find(|(at, c)| {
        matches!(c, ':' | '：')
            && rest[at + c.len_utf8()..]
                .chars()
                .next()
                .is_none_or(|next| next.is_whitespace() || next == '*' || *c == '：')
    });
    let (at, colon) = colon?;
    Some((rest[..at].trim_matches(['*', '_', ' ']), at + colon.len_utf8()))
}

/// Parses a nickname as in chat logs: `<ida> were you there`.
fn nickname(rest: &str) -> Option<(&str, usize)> {
    let (name, _) = rest.strip_prefix('<')?.split_once("> ")?;
    let named = !name.is_empty() && name.len() <= MAX_NAME && !name.contains(char::is_whitespace);
    named.then(|| (name.trim_start_matches(['@', '+']), name.len() + 3))
}

/// Parses `Q. Were you there?`, `A  I was.`
fn question_or_answer(rest: &str) -> Option<(&str, usize)> {
    let name = rest.get(..1).filter(|name| matches!(*name, "Q" | "A"))?;
    let behind = &rest[1..];
    let length =
        ["._", ". ", ".\t", "  ", "\t"].iter().find(|mark| behind.starts_with(**mark)).map(|mark| mark.len())?;
    Some((name, 1 + length))
}

/// Parses `Mr. HOLM. I thank the chair.`, `The CHAIRMAN. Order.`
fn official(rest: &str) -> Option<(&str, usize)> {
    let limit = rest.char_indices().nth(MAX_NAME).map_or(rest.len(), |(at, _)| at);
    let (at, _) = rest[..limit].match_indices(". ").find(|(at, _)| {
        let last = rest[..*at].rsplit(' ').next().unwrap_or("");
        last.chars().filter(|c| c.is_uppercase()).count() >= 3 && !last.contains(|c: char| c.is_lowercase())
    })?;
    let name = &rest[..at];
    let first = name.split(' ').next()?.trim_end_matches('.').to_lowercase();
    BEFORE_NAMES.contains(&first.as_str()).then_some((name, at + 2))
}

/// Parses `Ida Kerr`, `Ida Kerr  0:04` on a line of its own.
fn name_alone(raw: &str) -> Option<Label<'_>> {
    let (name, stamp) = without_time(raw.trim().trim_matches(['*', '_']));
    let name = name.trim_end_matches('.');
    let small = |word: &str| word.len() > 3 && word.starts_with(char::is_lowercase);
    let plain = !is_item(raw) && !ends_sentence(name) && !name.split_whitespace().any(small);
    let fits = plain && is_name(name) && name.split_whitespace().count() <= 4;
    let (time, stamped) = (stamp.and_then(|stamp| stamp.seconds), stamp.is_some());
    fits.then_some(Label { time, stamped, name, text: raw.len(), alone: true })
}

/// Splits a name and the time after it.
fn without_time(name: &str) -> (&str, Option<Stamp>) {
    let before_half = HALVES.iter().find_map(|half| name.strip_suffix(half)).unwrap_or(name).trim_end();
    let opener: &[char] = if before_half.ends_with([']', ')']) { &['[', '('] } else { &['[', '(', ' ', '\t'] };
    let Some(at) = before_half.rfind(opener) else { return (name, None) };
    let tail = name[at..].trim();
    match leading_time(tail) {
        Some(stamp) if stamp.length == tail.len() => {
            (name[..at].trim_end_matches([' ', '\t', '(', '[', '-', '–', '|', ',']), Some(stamp))
        }
        _ => (name, None),
    }
}

/// Halves of a day.
const HALVES: &[&str] = &["AM", "PM", "am", "pm", "a.m.", "p.m."];

/// A time at the start of a text.
#[derive(Clone, Copy)]
struct Stamp {
    /// Seconds from the start; nothing if it is a time of day.
    seconds: Option<u32>,
    /// Its bytes, including the space after it.
    length: usize,
}

/// Parses the time that a text begins with, with or without brackets.
fn leading_time(text: &str) -> Option<Stamp> {
    let bare = text.trim_start_matches(['[', '(', '<']);
    let opened = text.len() - bare.len();
    let behind_date = without_date(bare);
    let dated = behind_date.len() < bare.len();
    let bare = behind_date;
    let length = bare.find(|c: char| !c.is_ascii_digit() && !matches!(c, ':' | '.' | ',')).unwrap_or(bare.len());
    let digits = bare[..length].trim_end_matches([':', '.', ',']);
    let whole = digits.split(['.', ',']).next()?;
    let parts: Vec<u32> = whole.split(':').map(|part| part.parse().ok()).collect::<Option<_>>()?;
    let seconds = match parts[..] {
        [minutes, seconds] if seconds < 60 && minutes < 1000 => minutes * 60 + seconds,
        [hours, minutes, seconds] if minutes < 60 && seconds < 60 && hours < 1000 => {
            hours * 3600 + minutes * 60 + seconds
        }
        _ => return None,
    };
    let rest = &bare[digits.len()..];
    let half = HALVES.iter().find_map(|half| rest.trim_start().strip_prefix(half));
    let half = half.filter(|behind| !behind.starts_with(char::is_alphanumeric));
    let rest = half.unwrap_or(rest);
    let closed = rest.trim_start_matches([']', ')', '>']);
    let brackets = rest.len() - closed.len();
    let spaced = closed.trim_start_matches([' ', '\t', '-', '–']);
    let apart = closed.is_empty() || spaced.len() < closed.len() || brackets > 0;
    let seconds = (!dated && half.is_none()).then_some(seconds);
    (apart && (opened > 0) == (brackets > 0)).then(|| Stamp { seconds, length: text.len() - spaced.len() })
}

/// Returns a text without the numeric date that it begins with: `12/03/24, 19:02`.
fn without_date(text: &str) -> &str {
    let length = text.find(|c: char| !c.is_ascii_digit() && !matches!(c, '/' | '.' | '-')).unwrap_or(text.len());
    let parts: Vec<&str> = text[..length].split(['/', '.', '-']).collect();
    let is_day = parts.len() == 3 && parts.iter().all(|part| (1..=4).contains(&part.len()));
    let behind = text[length..].trim_start_matches([',', ' ', 'T', '\u{202f}']);
    if is_day && behind.len() < text[length..].len() { behind } else { text }
}

/// Whether a text can be the name of a person.
pub fn is_name(name: &str) -> bool {
    let words: Vec<&str> = name.split_whitespace().collect();
    let of_name = |word: &&str| {
        let bare = word.trim_matches(|c: char| matches!(c, '(' | ')' | '.' | ',' | '\'' | '"'));
        let first = bare.chars().next();
        first.is_none_or(|c| c.is_uppercase() || c.is_ascii_digit() || c.is_alphabetic() && !c.is_lowercase())
            || matches!(
                bare,
                "de" | "van" | "von" | "der" | "of" | "the" | "and" | "la" | "le" | "du" | "del" | "al" | "#"
            )
            || *word == words[words.len() - 1] && words.len() <= 2 && bare.len() > 1
    };
    let first = words.first().is_some_and(|word| word.starts_with(|c: char| c.is_alphabetic() && !c.is_lowercase()));
    first
        && words.len() <= MAX_WORDS
        && words.iter().all(of_name)
        && !name.contains(['?', '!', ';', '/', '=', '<', '@', '“', '"'])
        && !is_label(name)
}

/// How a transcript marks its speakers.
struct Habit {
    /// Their names, in lower case.
    recurring: Vec<String>,
    /// Whether all names are in capitals.
    capitals: bool,
    /// Whether all turns have times.
    timed: bool,
    /// Whether turns are marked by times only.
    times_alone: bool,
}

impl Habit {
    /// Returns the habit that labels and the words after them show, if they show who speaks.
    fn of<'a>(
        labels: &[Option<Label>],
        said: impl Fn(usize) -> &'a str,
        begins: impl Fn(usize) -> bool,
    ) -> Option<Self> {
        let mut turns: HashMap<String, Vec<usize>> = HashMap::new();
        for (at, label) in labels.iter().enumerate().filter_map(|(at, label)| Some((at, label.as_ref()?))) {
            turns.entry(label.name.to_lowercase()).or_default().push(at);
        }
        let times = turns.remove("").unwrap_or_default();
        if turns.is_empty() {
            return Self::of_times(labels, &times);
        }
        if let Some(habit) = Self::of_lines(labels) {
            return Some(habit);
        }
        let all: usize = turns.values().map(Vec::len).sum();
        turns.retain(|_, turns| turns.len() > 1);
        let calls = || turns.values().flatten().copied();
        let count = calls().count();
        let timed = count > 0 && calls().all(|at| labels[at].as_ref().is_some_and(|label| label.stamped));
        let whole = calls().filter(|at| is_speech(said(*at))).count();
        let capitals =
            calls().all(|at| labels[at].as_ref().is_some_and(|label| !label.name.contains(char::is_lowercase)));
        let (first, last) = (calls().min().unwrap_or(0), calls().max().unwrap_or(0));
        let dense = count * MAX_TURN >= last - first;
        let spoken = timed || whole * 10 >= count * 6;
        let fits = dense
            && count >= LEAST_TURNS
            && turns.len() >= LEAST_SPEAKERS
            && count * 2 >= all
            && spoken
            && !is_cyclic(&turns)
            && !are_fields(&turns, begins);
        fits.then(|| Self { recurring: turns.into_keys().collect(), capitals, timed, times_alone: false })
    }

    /// Detects turns that begin with a line of a name and a time, as in chats: a few are enough.
    fn of_lines(labels: &[Option<Label>]) -> Option<Self> {
        let lines = labels.iter().flatten().filter(|label| label.alone && label.stamped);
        let recurring: Vec<String> = lines.map(|label| label.name.to_lowercase()).collect();
        let fits = recurring.len() >= LEAST_LINES && recurring.len() * MAX_TURN >= labels.len();
        fits.then_some(Self { recurring, capitals: false, timed: true, times_alone: false })
    }

    /// Detects turns that are marked by ascending times only.
    fn of_times(labels: &[Option<Label>], times: &[usize]) -> Option<Self> {
        let seconds: Vec<u32> = times.iter().filter_map(|at| labels[*at].as_ref()?.time).collect();
        // An excerpt pasted from the start includes the first time.
        let least = if seconds.first() == Some(&0) { LEAST_LINES } else { LEAST_TURNS };
        let fits = seconds.len() >= least && seconds.is_sorted() && seconds.len() * 10 >= labels.len();
        fits.then(|| Self { recurring: Vec::new(), capitals: false, timed: true, times_alone: true })
    }

    /// Whether a label is a speaker's: a recurring name, or one written like all of them.
    fn has(&self, label: &Label) -> bool {
        if self.times_alone || label.name.is_empty() {
            return self.timed && label.stamped;
        }
        let name = label.name.to_lowercase();
        let titled = || {
            let first = name.split(' ').next().unwrap_or("").trim_end_matches('.');
            BEFORE_NAMES.contains(&first) && name.contains(' ')
        };
        let alike = self.capitals && !label.name.contains(char::is_lowercase);
        self.recurring.contains(&name) || self.timed && label.stamped || !label.alone && (alike || titled())
    }
}

/// Whether words are speech: a sentence, or its beginning in a long line.
fn is_speech(text: &str) -> bool {
    let words = text.split_whitespace().count();
    let said = text.contains(char::is_alphabetic) && !is_item(text) && !text.starts_with("o ");
    said && (ends_sentence(text) || text.contains(['?', '!']) || words >= 8 || text.contains(". "))
}

/// Whether three or more names always follow in the same order, as the fields of records do.
fn is_cyclic(turns: &HashMap<String, Vec<usize>>) -> bool {
    let mut all: Vec<(usize, &str)> =
        turns.iter().flat_map(|(name, turns)| turns.iter().map(|at| (*at, name.as_str()))).collect();
    all.sort_unstable();
    let count = turns.len();
    count >= 3 && all.len() > count && (count..all.len()).all(|at| all[at].1 == all[at - count].1)
}

/// Whether names are fields of records: one begins every paragraph in which it occurs, and others never begin one.
fn are_fields(turns: &HashMap<String, Vec<usize>>, begins: impl Fn(usize) -> bool) -> bool {
    let always = turns.values().any(|places| places.iter().all(|at| begins(*at)));
    let never = turns.values().filter(|places| !places.iter().any(|at| begins(*at))).count();
    always && never > 1
}

/// Gives the lines of a turn its time.
fn spread_times(lines: &mut [Line]) {
    let mut time = None;
    for line in lines {
        match line.kind {
            LineKind::Turn { .. } | LineKind::Aside(TIME_STAMP) => time = line.place.time,
            LineKind::Text => line.place.time = time,
            LineKind::Furniture(_) | LineKind::Aside(_) => {}
        }
    }
}

/// Takes times and unspoken text in brackets out of the turns.
fn set_directions_aside(lines: &mut Vec<Line>) {
    let mut out: Vec<Line> = Vec::with_capacity(lines.len());
    let mut spoken = false;
    let mut all = std::mem::take(lines).into_iter().peekable();
    while let Some(mut line) = all.next() {
        let from = match line.kind {
            LineKind::Turn { text, .. } => {
                spoken = true;
                text
            }
            LineKind::Text => 0,
            LineKind::Furniture(_) | LineKind::Aside(_) => line.raw.len(),
        };
        if !spoken || !line.raw[from..].contains(['[', '(']) {
            out.push(line);
            continue;
        }
        // A direction may continue on the next lines.
        for _ in 1..DIRECTION_LINES {
            let open = opens_direction(&line.raw[from..]);
            match all.next_if(|next| open && next.kind == LineKind::Text && !next.raw.trim().is_empty()) {
                Some(next) => {
                    line.raw.push(' ');
                    line.raw.push_str(next.raw.trim());
                }
                None => break,
            }
        }
        let (raw, directions) = without_directions(&line.raw, from);
        let place = line.place;
        out.push(Line { raw, ..line });
        out.extend(
            directions
                .into_iter()
                .map(|(text, reason)| Line { kind: LineKind::Aside(reason), ..Line::new(place, text) }),
        );
    }
    *lines = out;
}

/// Whether a bracket that begins a sentence is still open at the end of a line.
fn opens_direction(text: &str) -> bool {
    text.rfind('[').is_some_and(|at| !text[at..].contains(']') && (at == 0 || ends_sentence(text[..at].trim_end())))
}

/// Returns a line without its stage directions and times, and those separately.
fn without_directions(raw: &str, from: usize) -> (String, Vec<(String, &'static str)>) {
    let mut out = raw[..from].to_owned();
    let mut found = Vec::new();
    let mut rest = &raw[from..];
    while let Some(at) = rest.find(['[', '(']) {
        let (close, square) = if rest[at..].starts_with('[') { (']', true) } else { (')', false) };
        let Some(length) = rest[at..].find(close).map(|end| end + 1) else { break };
        let (whole, behind) = (&rest[at..at + length], &rest[at + length..]);
        let inside = &whole[1..length - 1];
        out.push_str(&rest[..at]);
        let before = out[from..].trim_end();
        let bounded = (before.is_empty() || ends_sentence(before))
            && !behind.trim_start().starts_with(|c: char| c.is_lowercase() || matches!(c, ',' | ';'));
        let timed = leading_time(whole).is_some_and(|stamp| stamp.length == whole.len());
        let direction = is_sound(inside) || bounded && square && inside != "sic";
        if timed || direction {
            out.truncate(out.len() - (at - rest[..at].trim_end().len()));
            found.push((whole.to_owned(), if timed { TIME_STAMP } else { STAGE_DIRECTION }));
        } else {
            out.push_str(whole);
        }
        rest = behind;
    }
    out.push_str(rest);
    (out, found)
}

/// Marks the turns of a document whose paragraphs are known: those that begin with a name and a colon.
pub fn mark_blocks(blocks: &mut Vec<Block>) {
    let text = |block: &Block| matches!(block.kind, BlockKind::Paragraph).then(|| block.text.as_str().to_owned());
    let texts: Vec<String> = blocks.iter().map(|block| text(block).unwrap_or_default()).collect();
    let labels: Vec<Option<Label>> = texts.iter().map(|text| label(text)).collect();
    let said = |at: usize| labels[at].as_ref().map_or("", |label| texts[at][label.text..].trim());
    let Some(habit) = Habit::of(&labels, said, |_| true) else { return };
    let mut out = Vec::with_capacity(blocks.len());
    let (mut spoken, mut time) = (false, None);
    for (at, block) in std::mem::take(blocks).into_iter().enumerate() {
        let label = labels[at].as_ref().filter(|label| habit.has(label));
        if let Some(label) = label {
            (spoken, time) = (true, label.time);
            let place = Place { time, ..block.text.place() };
            out.push(Block { kind: BlockKind::Speaker, text: LocatedText::new(label.name, place) });
        }
        match block.kind {
            BlockKind::Paragraph if spoken => {
                out.extend(spoken_blocks(&block, label.map_or(0, |label| label.text), time));
            }
            // A heading ends a turn.
            BlockKind::Heading => {
                spoken = false;
                out.push(block);
            }
            _ => out.push(block),
        }
    }
    *blocks = out;
}

/// Splits a paragraph, from a byte on, into what is said and what is not spoken.
fn spoken_blocks(block: &Block, from: usize, time: Option<u32>) -> Vec<Block> {
    let (said, directions) = without_directions(&block.text.as_str()[from..], 0);
    let place = Place { time, ..block.text.place_at(from) };
    let mut blocks = vec![Block { kind: BlockKind::Speech, text: LocatedText::new(said.trim(), place) }];
    blocks.retain(|block| !block.text.is_empty());
    blocks.extend(
        directions
            .into_iter()
            .map(|(text, reason)| Block { kind: BlockKind::Furniture(reason), text: LocatedText::new(&text, place) }),
    );
    blocks
}
