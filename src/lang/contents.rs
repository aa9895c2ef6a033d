//! Tables of contents: lines that say what a document holds, and on which page.

use std::collections::HashMap;
use std::ops::Range;

use super::normalised;

/// Why the lines of a table of contents are left out of the text.
pub(crate) const REASON: &str = "table of contents";

/// Names of such tables.
#[rustfmt::skip]
const CALLED: &[&str] = &[
    "contents", "table of contents", "list of contents", "list of figures", "list of tables", "list of illustrations",
    "inhalt", "inhaltsverzeichnis", "inhaltsübersicht", "table des matières", "sommaire", "índice", "contenido",
    "tabla de contenido", "sumário", "indice", "sommario", "inhoud", "inhoudsopgave", "spis treści", "содержание",
    "оглавление", "περιεχόμενα", "目录", "目次", "목차", "المحتويات", "विषय सूची",
];

/// Fewest entries of a table.
const LEAST_ENTRIES: usize = 3;
/// Most lines between a table's name and its first entry, and between two entries: the first lines of long entries,
/// parts without a page number, running heads.
const BETWEEN: usize = 3;
/// Most bytes of an entry; longer lines are paragraphs.
const LONGEST: usize = 160;

/// Returns the ranges of lines that are tables of contents, each with its name. The entries end in page numbers that
/// never decrease, and either the table has such a name, or most of its entries appear again below as lines of their own.
pub(crate) fn tables(lines: &[&str]) -> Vec<Range<usize>> {
    let entries: Vec<(usize, Entry)> =
        lines.iter().enumerate().filter_map(|(at, line)| Some((at, Entry::of(line)?))).collect();
    if entries.len() < LEAST_ENTRIES {
        return Vec::new();
    }
    let last: HashMap<String, usize> = lines.iter().enumerate().map(|(at, line)| (normalised(line), at)).collect();
    let goes_on = |a: &(usize, Entry), b: &(usize, Entry)| {
        let between = &lines[a.0 + 1..b.0];
        let is_text = |line: &&str| line.len() > LONGEST || line.ends_with(['.', '!', '?']);
        a.1.page <= b.1.page && between.len() <= BETWEEN && !between.iter().any(is_text)
    };
    let mut tables: Vec<Range<usize>> = Vec::new();
    for run in entries.chunk_by(goes_on).filter(|run| run.len() >= LEAST_ENTRIES) {
        let (first, end) = (run[0].0, run[run.len() - 1].0 + 1);
        let named = |entry: &Entry| last.get(&normalised(entry.title)).is_some_and(|at| *at >= end);
        let called = (first.saturating_sub(BETWEEN + 1)..first).rev().find(|at| is_called(lines[*at]));
        if called.is_some() || run.iter().filter(|(_, entry)| named(entry)).count() * 2 > run.len() {
            tables.push(called.unwrap_or(first)..end);
        }
    }
    tables
}

fn is_called(line: &str) -> bool {
    CALLED.contains(&normalised(line).trim())
}

/// An entry of such a table.
struct Entry<'a> {
    title: &'a str,
    /// Whether the page number is Arabic, and its value: Roman numbers come first.
    page: (bool, usize),
}

impl<'a> Entry<'a> {
    /// Matches `2 The wall ..... 14` and `Preface vi`.
    fn of(line: &'a str) -> Option<Self> {
        let line = line.trim_end();
        let before = line.trim_end_matches(|c: char| c.is_ascii_alphanumeric());
        let (number, title) = (&line[before.len()..], before.trim_end_matches(|c: char| !c.is_alphanumeric()));
        let is_apart = before.ends_with(|c: char| c.is_whitespace() || matches!(c, '.' | '…' | '·' | '_'));
        let page = || match number.parse() {
            Ok(page) if number.len() <= 4 => Some((true, page)),
            _ => roman(number).map(|page| (false, page)),
        };
        let is_named = is_apart && title.contains(char::is_alphabetic) && title.len() <= LONGEST;
        Some(Self { title, page: page().filter(|_| is_named)? })
    }
}

/// Returns the value of a Roman number in lower case.
fn roman(number: &str) -> Option<usize> {
    const MOST_LETTERS: usize = 7;
    let value = |b: u8| match b {
        b'i' => Some(1),
        b'v' => Some(5),
        b'x' => Some(10),
        _ => None,
    };
    let values: Vec<usize> = number.bytes().map(value).collect::<Option<_>>()?;
    let less = values.windows(2).filter(|pair| pair[0] < pair[1]).map(|pair| 2 * pair[0]).sum::<usize>();
    (1..=MOST_LETTERS).contains(&values.len()).then(|| values.iter().sum::<usize>() - less)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_is_told_by_its_name_or_by_the_headings_that_it_lists() {
        let entries = ["Preface vi", "1 The weir ..... 1", "2 The mill and", "what it ground 4", "3 The pond......12"];
        let called = [&["The mill", "Table of Contents"], &entries[..], &["The weir was shut."]].concat();
        assert_eq!(tables(&called), std::iter::once(1..7).collect::<Vec<_>>());
        let named = [&["The mill"], &entries[..], &["1. The weir", "It was shut.", "3 The pond", "PREFACE"]].concat();
        assert_eq!(tables(&named), std::iter::once(1..6).collect::<Vec<_>>());
    }

    #[test]
    fn lines_that_end_in_numbers_are_none_by_themselves() {
        assert!(tables(&["Boats 12", "Ferries 34", "Rafts 67", "The boats", "Boats 13"]).is_empty());
        assert!(tables(&["Contents", "Screws 12", "Bolts 4", "Nails 9"]).is_empty());
        assert!(tables(&["Contents", "The mill 1", "It is old.", "The weir 4", "It is not.", "The pond 9"]).is_empty());
    }
}
