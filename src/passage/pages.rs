//! Page numbers and running heads of a plain text, at the edges of its pages or within its flow.

use std::collections::HashMap;

use super::reflow::{Furniture, Gap, Row};
use super::sentence::is_complete;
use crate::lang::contents;
use crate::source::LocatedText;

/// Removes tables of contents, page numbers and running heads from the rows; the gaps around the latter become page
/// breaks.
pub(super) fn take_furniture(rows: &mut Vec<Row>) -> Vec<Furniture> {
    // A line without others, such as the value of a table, is not on a page.
    if rows.len() < 2 {
        return Vec::new();
    }
    let heads = edge_shapes(rows);
    let mut reasons: Vec<Option<&'static str>> = (0..rows.len()).map(|at| page_furniture(rows, at, &heads)).collect();
    mark_contents(rows, &mut reasons);
    mark_in_flow(rows, &mut reasons);
    let mut taken = Vec::new();
    let mut kept = Vec::with_capacity(rows.len());
    let mut carried: Option<Gap> = None;
    for (row, reason) in rows.drain(..).zip(reasons) {
        let gap = carried.take().map_or(row.gap, |before| around_furniture(before, row.gap));
        match reason {
            Some(reason) => {
                carried = Some(around_furniture(gap, Gap::None));
                taken.push(Furniture { text: LocatedText::new(row.text, row.place), reason });
            }
            None => kept.push(row.after(gap)),
        }
    }
    *rows = kept;
    taken
}

/// Marks tables of contents; no sentence continues across them.
fn mark_contents(rows: &mut [Row], reasons: &mut [Option<&'static str>]) {
    let lines: Vec<&str> = rows.iter().map(|row| if row.turn.is_some() { "" } else { row.text }).collect();
    for table in contents::tables(&lines) {
        rows[table.start].gap = Gap::Part;
        for at in table.filter(|at| rows[*at].turn.is_none()) {
            reasons[at] = Some(reasons[at].unwrap_or(contents::REASON));
        }
    }
}

/// The gap left by a page number or running head between two gaps: a page break with the blank lines of both.
fn around_furniture(before: Gap, after: Gap) -> Gap {
    let blanks = |gap| match gap {
        Gap::None => 0,
        Gap::Blank => 1,
        Gap::Page { blanks } => blanks,
        Gap::Part => 0,
    };
    if before == Gap::Part || after == Gap::Part {
        return Gap::Part;
    }
    Gap::Page { blanks: blanks(before) + blanks(after) }
}

fn page_furniture(rows: &[Row], at: usize, heads: &HashMap<String, usize>) -> Option<&'static str> {
    let alone = rows[at].gap != Gap::None && rows.get(at + 1).is_none_or(|next| next.gap != Gap::None);
    let edge = at_page_edge(rows, at);
    if rows[at].turn.is_some() {
        return None;
    }
    // Numbers below one another belong to a table.
    let column = || {
        let number = |at: usize| rows.get(at).is_some_and(|row| is_page_number(row.text));
        number(at + 1) || at > 0 && number(at - 1)
    };
    if is_page_number(rows[at].text) && (edge || alone && !column()) {
        return Some("page number");
    }
    // Two are enough for a line with a number, which changes with the pages.
    let least = if rows[at].text.contains(|c: char| c.is_ascii_digit()) { 2 } else { 3 };
    (edge && heads.get(&shape(rows[at].text)).is_some_and(|pages| *pages >= least)).then_some("running head")
}

/// Whether the row is the first or the last of a page.
fn at_page_edge(rows: &[Row], at: usize) -> bool {
    let breaks = |row: &Row| matches!(row.gap, Gap::Page { .. });
    at == 0 || breaks(&rows[at]) || rows.get(at + 1).is_none_or(breaks)
}

/// A line without its digits: what a running head has in common on all pages.
fn shape(text: &str) -> String {
    text.chars().filter(|c| !c.is_ascii_digit()).collect()
}

/// Number of pages that begin or end with each short line.
fn edge_shapes(rows: &[Row]) -> HashMap<String, usize> {
    let mut shapes = HashMap::new();
    if !rows.iter().any(|row| matches!(row.gap, Gap::Page { .. })) {
        return shapes;
    }
    for row in (0..rows.len()).filter(|at| at_page_edge(rows, *at)).map(|at| &rows[at]) {
        if (3..100).contains(&row.text.len()) {
            *shapes.entry(shape(row.text)).or_insert(0) += 1;
        }
    }
    shapes.retain(|shape, _| shape.trim().len() > 2);
    shapes
}

/// Whether a line is a page number: `7`, `- 7 -`, `Page 7`, `Page 7 of 12`, `7/12`.
fn is_page_number(text: &str) -> bool {
    if text.len() > MAX_NUMBER || !text.contains(|c: char| c.is_ascii_digit()) {
        return false;
    }
    let bare =
        text.trim_matches(|c: char| matches!(c, '-' | '–' | '—' | '|' | '[' | ']') || c.is_whitespace()).to_lowercase();
    let words: Vec<&str> = bare.split([' ', '/']).filter(|word| !word.is_empty()).collect();
    let number = |word: &str| !word.is_empty() && word.len() <= 3 && word.bytes().all(|b| b.is_ascii_digit());
    match words[..] {
        [n] => number(n),
        ["page" | "p." | "p", n] | [n, "page"] => number(n),
        [a, b] => number(a) && number(b) && bare.contains('/'),
        ["page", a, "of", b] => number(a) && number(b),
        [a, "of", b] => number(a) && number(b),
        _ => false,
    }
}

/// Maximum length of a page number.
const MAX_NUMBER: usize = 40;
/// Maximum length of a running head.
const MAX_HEAD: usize = 100;

/// Marks page numbers and running heads of a text without form feeds, as in scanned books: they are between the halves
/// of a sentence, or next to the page numbers.
fn mark_in_flow(rows: &[Row], reasons: &mut [Option<&'static str>]) {
    let known = |at: &usize| reasons[*at] == Some("page number");
    let numbers: Vec<usize> = (0..rows.len()).filter(|at| known(at) || parts_sentence(rows, *at)).collect();
    if numbers.len() > 1 && numbers.is_sorted_by_key(|at| number_in(rows[*at].text)) {
        numbers.iter().for_each(|at| reasons[*at] = Some("page number"));
    }
    let mut heads: HashMap<String, Vec<usize>> = HashMap::new();
    for at in (0..rows.len()).filter(|at| reasons[*at].is_none() && may_be_head(rows, reasons, *at)) {
        heads.entry(shape(rows[at].text).trim().to_owned()).or_default().push(at);
    }
    for places in heads.into_values().filter(|places| are_heads(rows, reasons, places)).collect::<Vec<_>>() {
        places.iter().for_each(|at| reasons[*at] = Some("running head"));
    }
    for places in turning_heads(rows).into_values() {
        places.into_iter().for_each(|at| _ = reasons[at].get_or_insert("running head"));
    }
    for at in 0..rows.len() {
        let foot_and_head = 1 + usize::from(is_spread(rows, at + 1));
        let after = at + foot_and_head;
        if at > 0 && is_spread(rows, at) && runs_on(rows, at - 1, after) {
            reasons[at..after].iter_mut().for_each(|reason| _ = reason.get_or_insert("running head"));
        }
    }
    // If one of them interrupts a sentence, all whose numbers count up are running heads.
    let spread: Vec<usize> = (0..rows.len()).filter(|at| is_spread(rows, *at)).collect();
    let parted = spread.iter().any(|at| reasons[*at] == Some("running head"));
    if parted && spread.is_sorted_by(|a, b| number_in(rows[*a].text) < number_in(rows[*b].text)) {
        spread.into_iter().for_each(|at| _ = reasons[at].get_or_insert("running head"));
    }
}

/// Returns lines in capitals that stand alone with rising numbers, before the words on left pages and after them on
/// right ones, as no heading has them.
fn turning_heads(rows: &[Row]) -> HashMap<String, Vec<usize>> {
    let mut heads: HashMap<String, Vec<usize>> = HashMap::new();
    let begins = |at: usize| at == 0 || rows.get(at).is_none_or(|row| row.gap != Gap::None);
    let alone = |at: usize| begins(at) && begins(at + 1);
    let is_digit = |c: char| c.is_ascii_digit();
    let on_left = |at: usize| rows[at].text.starts_with(is_digit);
    let on_right = |at: usize| rows[at].text.trim_end_matches('.').ends_with(is_digit);
    for at in (0..rows.len()).filter(|at| alone(*at) && on_left(*at) != on_right(*at) && rows[*at].turn.is_none()) {
        let text = rows[at].text;
        if text.len() < MAX_HEAD && !text.contains(char::is_lowercase) && text.contains(char::is_uppercase) {
            heads.entry(text.chars().filter(|c| c.is_alphabetic()).collect()).or_default().push(at);
        }
    }
    heads.retain(|_, places| {
        let rising = places.windows(2).all(|pair| number_in(rows[pair[0]].text) < number_in(rows[pair[1]].text));
        places.len() >= 3 && rising && places.iter().any(|at| on_left(*at)) && places.iter().any(|at| on_right(*at))
    });
    heads
}

/// Minimum width of a full line, after which prose may continue.
const LEAST_FULL: usize = 40;

/// Whether the row is a number alone within a sentence that continues after it, or after the head that follows it.
fn parts_sentence(rows: &[Row], at: usize) -> bool {
    let Some(before) = at.checked_sub(1).map(|before| &rows[before]) else { return false };
    let lower = |at: usize| rows.get(at).is_some_and(Row::starts_lowercase);
    let apart = |at: usize| rows.get(at).is_some_and(|row| row.gap != Gap::None);
    let head = |at: usize| apart(at) && apart(at + 1) && !is_complete(rows[at].text) && rows[at].text.len() < MAX_HEAD;
    is_page_number(rows[at].text)
        && (lower(at + 1) || head(at + 1) && lower(at + 2))
        && before.width() >= LEAST_FULL
        && !is_complete(before.text)
}

/// Whether the row is a short line that does not finish a sentence, with a page number in it or next to it.
fn may_be_head(rows: &[Row], reasons: &[Option<&'static str>], at: usize) -> bool {
    let text = rows[at].text;
    let number = |at: usize| reasons.get(at).is_some_and(|reason| *reason == Some("page number"));
    let beside = number(at + 1) || at > 0 && number(at - 1);
    (3..MAX_HEAD).contains(&text.len())
        && (beside || number_in(text).is_some())
        && rows[at].turn.is_none()
        && !is_complete(text)
        && text.contains(char::is_alphabetic)
        && !is_item_or_code(text)
}

/// Whether a line is numbered like a list item, or contains symbols of program code.
fn is_item_or_code(text: &str) -> bool {
    let after = text.trim_start_matches(['(', '[']).trim_start_matches(|c: char| c.is_ascii_digit());
    let numbered = after.len() < text.len() && after.starts_with(['.', ')', ']', ':']);
    numbered || text.contains(['(', ')', '{', '}', '=', ';', '_', '#', '<', '>', '\\', '*', '@'])
}

/// Whether lines that differ only in their numbers, in ascending order, are running heads: their numbers increase, and
/// a sentence continues after at least one of them.
fn are_heads(rows: &[Row], reasons: &[Option<&'static str>], places: &[usize]) -> bool {
    let numbers: Vec<Option<u32>> = places.iter().map(|at| number_in(rows[*at].text)).collect();
    let counted = numbers.iter().all(Option::is_some);
    let rising = numbers.windows(2).all(|pair| pair[0] < pair[1]);
    let alone = |at: usize| rows[at].gap != Gap::None && rows.get(at + 1).is_none_or(|next| next.gap != Gap::None);
    let goes_on = |at: usize| {
        let text = |at: &usize| reasons[*at].is_none() && places.binary_search(at).is_err();
        let before = (at.saturating_sub(2)..at).rev().find(text);
        let after = (at + 1..rows.len().min(at + 3)).find(text);
        let (Some(before), Some(after)) = (before, after) else { return false };
        rows[after].starts_lowercase() && !is_complete(rows[before].text) && rows[before].width() >= LEAST_FULL
    };
    let parted = places.iter().filter(|at| goes_on(**at)).count();
    let fits = if places.iter().all(|at| alone(*at)) { parted > 0 } else { parted == places.len() };
    places.len() > 1 && (!counted || rising) && fits
}

/// Whether the row is a line of its own with a number, whose parts are spread over the width of the page.
fn is_spread(rows: &[Row], at: usize) -> bool {
    let Some(row) = rows.get(at) else { return false };
    let begins = at == 0 || row.gap != Gap::None;
    begins
        && rows.get(at + 1).is_none_or(|next| next.gap != Gap::None)
        && row.text.contains("   ")
        && row.text.len() < MAX_HEAD
        && number_in(row.text).is_some()
        && row.turn.is_none()
}

/// Whether a sentence continues from one full row to another.
fn runs_on(rows: &[Row], before: usize, after: usize) -> bool {
    let full = rows[before].width() >= LEAST_FULL && !is_complete(rows[before].text);
    full && rows.get(after).is_some_and(Row::starts_lowercase)
}

/// The number with which a line begins or ends.
fn number_in(text: &str) -> Option<u32> {
    let bare = text.trim_matches(|c: char| !c.is_alphanumeric());
    let number = |word: &str| word.parse().ok().filter(|_| word.len() <= 4);
    let first = || bare.split(|c: char| !c.is_alphanumeric()).next().and_then(number);
    let last = || bare.rsplit(|c: char| !c.is_alphanumeric()).next().and_then(number);
    first().or_else(last)
}
