//! Books from free libraries: the licence before and after the text, and what its header says about the book.

use isolang::Language;

use super::{Date, Line, LineKind, Metadata};

const LICENCE: &str = "licence";
/// Number of lines that a mark may take.
const MARK_LINES: usize = 3;
/// Number of lines near the text in which the maker of the file may be named.
const NEAR: usize = 12;

/// Marks as furniture what is outside the marks `*** START OF …` and `*** END OF …`, or their older forms, and returns
/// what the header says.
pub fn mark(lines: &mut [Line]) -> Option<Metadata> {
    let start = lines.iter().position(|line| is_start(&line.raw)).map(|at| end_of_mark(lines, at));
    let from = start.unwrap_or(0);
    let end = lines[from..].iter().position(|line| is_end(&line.raw)).map(|at| from + at);
    // An end line without a start line may belong to the book.
    let end = end.filter(|at| start.is_some() || lines[*at].raw.trim_start().starts_with("***"));
    if start.is_none() && end.is_none() {
        return None;
    }
    let to = end.map_or(lines.len(), |end| last_words(lines, from, end));
    if lines[from..to].iter().all(|line| line.raw.trim().is_empty()) {
        return None;
    }
    let metadata = metadata(&lines[..from]);
    set_aside(&mut lines[..from], LICENCE);
    set_aside(&mut lines[to..], LICENCE);
    mark_credit(&mut lines[from..to]);
    Some(metadata)
}

fn set_aside(lines: &mut [Line], reason: &'static str) {
    lines.iter_mut().for_each(|line| line.kind = LineKind::Furniture(reason));
}

/// Matches `*** START OF THE … EBOOK … ***`; until 2004 the header ended in `*END*THE SMALL PRINT! …*END*`.
fn is_start(raw: &str) -> bool {
    let upper = || raw.trim().to_uppercase();
    raw.trim_start().starts_with('*') && {
        let upper = upper();
        let bare = upper.trim_start_matches(['*', ' ']);
        upper.starts_with("***") && bare.starts_with("START OF ")
            || bare.starts_with("END*THE SMALL PRINT")
            || bare.starts_with("END THE SMALL PRINT")
    }
}

/// Matches `*** END OF …`, `End of the … EBook of …`, `End of Project …'s …`.
fn is_end(raw: &str) -> bool {
    let line = raw.trim();
    if line.starts_with("***") {
        return line.trim_start_matches(['*', ' ']).to_uppercase().starts_with("END OF ");
    }
    let begins = line.get(..7).is_some_and(|start| start.eq_ignore_ascii_case("end of "));
    begins && is_of_library(line)
}

fn is_of_library(line: &str) -> bool {
    let lower = line.to_lowercase();
    ["gutenberg", " ebook", " e-book", " etext", " e-text"].iter().any(|name| lower.contains(name))
}

/// Returns the line after a mark that begins at `at`, which may take several lines.
fn end_of_mark(lines: &[Line], at: usize) -> usize {
    let closed = |line: &Line| line.raw.trim_end().ends_with('*');
    let length = lines[at..].iter().take(MARK_LINES).take_while(|line| !line.raw.trim().is_empty()).position(closed);
    at + 1 + length.unwrap_or(0)
}

/// Returns where the text ends: before the mark, or before an earlier line that says the same.
fn last_words(lines: &[Line], from: usize, end: usize) -> usize {
    let near = from.max(end.saturating_sub(NEAR));
    (near..end).find(|at| is_end(&lines[*at].raw)).unwrap_or(end)
}

/// Marks who made the file, after the start mark: `Produced by …`.
fn mark_credit(lines: &mut [Line]) {
    const MADE: &[&str] = &[
        "produced by",
        "e-text prepared by",
        "etext prepared by",
        "this ebook was produced",
        "this etext was produced",
        "transcribed from",
        "transcribed by",
        "prepared by",
    ];
    let made = |line: &Line| {
        let lower = line.raw.trim().to_lowercase();
        MADE.iter().any(|start| lower.starts_with(start))
    };
    if let Some(start) = lines.iter().take(NEAR).position(made) {
        let length = lines[start..].iter().take_while(|line| !line.raw.trim().is_empty()).count();
        set_aside(&mut lines[start..start + length], "credit");
    }
}

/// Returns what lines such as `Title: …` say; a long value continues on the next lines.
fn metadata(header: &[Line]) -> Metadata {
    let value = |names: &[&str]| {
        let (at, first) = header.iter().enumerate().find_map(|(at, line)| {
            let (name, value) = line.raw.split_once(':')?;
            names.iter().any(|wanted| name.trim().eq_ignore_ascii_case(wanted)).then(|| (at, value.trim()))
        })?;
        let more = header[at + 1..].iter().map(|line| line.raw.as_str());
        let more = more.take_while(|raw| raw.starts_with([' ', '\t']) && !raw.trim().is_empty()).map(str::trim);
        let whole = std::iter::once(first).chain(more).collect::<Vec<_>>().join(" ");
        (!whole.is_empty()).then_some(whole)
    };
    let date = value(&["release date", "posting date", "official release date", "date"]);
    let language = value(&["language"]);
    Metadata {
        title: value(&["title"]),
        author: value(&["author", "authors"]),
        date: date.and_then(|date| Date::parse(date.split(['[', '(']).next()?)),
        language: language.and_then(|name| Language::from_name(&name)?.to_639_1()).map(str::to_owned),
        ..Metadata::default()
    }
}
