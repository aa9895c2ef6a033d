//! Running heads and page numbers: what recurs at the edges of pages.

use std::collections::{HashMap, HashSet};

use super::line::{Segment, body_size};
use super::words::ends_sentence;
use crate::lang::contents;

/// Number of rows at the upper and lower edge of a page that may be a head or foot.
const EDGE_ROWS: usize = 4;
/// A page of fewer words, such as "left blank", may occur twice in a document.
const LEAST_WORDS: usize = 20;
/// Pieces of more words beside each other may be lines of columns.
const CELL_WORDS: usize = 3;
/// Tolerance in points for cells below one another.
const ALIGNED: f32 = 3.0;
/// Longer rows are text.
const MAX_CHARS: usize = 160;

/// The segments of a page, and what was taken out of them.
pub struct Cleared {
    pub text: Vec<Segment>,
    /// Each removed row with the reason.
    pub taken: Vec<(String, &'static str)>,
}

/// Takes running heads and page numbers out of all pages.
pub fn clear(pages: Vec<Vec<Segment>>) -> Vec<Cleared> {
    let mut rows: Vec<Rows> = pages.into_iter().map(Rows::of).collect();
    let contents = take_contents(&mut rows);
    let again = stand_again(&rows);
    let trusted = artifacts_are_few(&rows);
    let repeated = Repeated::of(&rows, &again);
    let of_table = rows_over_breaks(&rows);
    let clear = |(page, rows): (usize, Rows)| {
        if again[page] { rows.clear_all() } else { rows.clear(page, &repeated, trusted, of_table[page]) }
    };
    let mut cleared: Vec<Cleared> = rows.into_iter().enumerate().map(clear).collect();
    for (page, contents) in cleared.iter_mut().zip(contents) {
        page.taken.extend(contents.into_iter().map(|text| (text, contents::REASON)));
    }
    cleared
}

/// Removes tables of contents from all pages: their entries would make running heads of the headings that they list.
fn take_contents(pages: &mut [Rows]) -> Vec<Vec<String>> {
    let texts: Vec<Vec<String>> = pages.iter().map(|page| page.0.iter().map(|row| words(row)).collect()).collect();
    let lines: Vec<&str> = texts.iter().flatten().map(String::as_str).collect();
    let mut listed = vec![false; lines.len()];
    for table in contents::tables(&lines) {
        listed[table].iter_mut().for_each(|listed| *listed = true);
    }
    let mut listed = listed.into_iter();
    let mut taken = Vec::new();
    for (page, texts) in pages.iter_mut().zip(&texts) {
        let is_entry: Vec<bool> =
            texts.iter().map(|text| listed.next() == Some(true) && !is_page_number(text)).collect();
        let mut at = is_entry.iter();
        page.0.retain(|_| at.next() == Some(&false));
        taken.push(texts.iter().zip(&is_entry).filter(|(_, is)| **is).map(|(text, _)| text.clone()).collect());
    }
    taken
}

/// Returns which pages repeat an earlier page: their text is the same, ignoring numbers.
fn stand_again(pages: &[Rows]) -> Vec<bool> {
    let mut seen: HashSet<String> = HashSet::new();
    pages
        .iter()
        .map(|page| {
            let rows = page.0.iter().map(|row| words(row)).filter(|row| !is_page_number(row)).collect::<Vec<_>>();
            let text = rows.join(" ");
            text.split(' ').count() >= LEAST_WORDS && !seen.insert(text)
        })
        .collect()
}

/// Returns for each page whether its first row, and its last, is that of a table on the page before or after it: its
/// cells are below or above those of two rows there.
fn rows_over_breaks(pages: &[Rows]) -> Vec<[bool; 2]> {
    let text =
        |page: &Rows| -> Vec<usize> { (0..page.0.len()).filter(|at| !is_page_number(&words(&page.0[*at]))).collect() };
    let is_below = |row: &[Segment], others: [usize; 2], page: &Rows| {
        row.len() > 1 && others.iter().all(|at| cells_align(row, &page.0[*at]))
    };
    let mut of_table = vec![[false; 2]; pages.len()];
    for (page, pair) in pages.windows(2).enumerate() {
        let (above, below) = (text(&pair[0]), text(&pair[1]));
        if let ([.., before, last], [first, ..]) = (&above[..], &below[..]) {
            of_table[page + 1][0] = is_below(&pair[1].0[*first], [*before, *last], &pair[0]);
        }
        if let ([.., last], [first, next, ..]) = (&above[..], &below[..]) {
            of_table[page][1] = is_below(&pair[0].0[*last], [*first, *next], &pair[1]);
        }
    }
    of_table
}

/// Whether two rows have as many short cells, each of which begins, ends or has its middle at the same place.
fn cells_align(a: &[Segment], b: &[Segment]) -> bool {
    let near = |x: f32, y: f32| (x - y).abs() < ALIGNED;
    let same = |a: &Segment, b: &Segment| near(a.x0, b.x0) || near(a.x1, b.x1) || near(a.x0 + a.x1, b.x0 + b.x1);
    let short = |cell: &Segment| cell.text.split(' ').count() <= CELL_WORDS;
    a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b)) && a.iter().chain(b).all(short)
}

/// Whether few segments are artifacts: some programs mark all of a page as not part of the text.
fn artifacts_are_few(pages: &[Rows]) -> bool {
    let all = pages.iter().flat_map(|rows| rows.0.iter().flatten());
    let (artifacts, total) = all.fold((0, 0), |(artifacts, total), segment| {
        let chars = segment.text.len();
        (artifacts + if segment.artifact { chars } else { 0 }, total + chars)
    });
    artifacts * 3 < total
}

/// The segments of a page by height, from the top.
struct Rows(Vec<Vec<Segment>>);

impl Rows {
    fn of(mut segments: Vec<Segment>) -> Self {
        segments.sort_by(|a, b| a.baseline.total_cmp(&b.baseline));
        let mut rows: Vec<Vec<Segment>> = Vec::new();
        for segment in segments {
            match rows.last_mut().filter(|row| (row[0].baseline - segment.baseline).abs() < 0.4 * segment.size) {
                Some(row) => row.push(segment),
                None => rows.push(vec![segment]),
            }
        }
        for row in &mut rows {
            row.sort_by(|a, b| a.x0.total_cmp(&b.x0));
        }
        Self(rows)
    }

    /// Returns the places of the rows at an edge, from the outermost inwards.
    fn edge(&self, top: bool) -> Vec<usize> {
        let count = EDGE_ROWS.min(self.0.len());
        if top { (0..count).collect() } else { (self.0.len() - count..self.0.len()).rev().collect() }
    }

    /// Whether a short row is far from the text below or above it: a head that only one page has, such as the second of
    /// two.
    fn stands_off(&self, at: usize, page: usize, repeated: &Repeated) -> Option<&'static str> {
        let (row, first) = (&self.0[at], at == 0);
        let neighbour = self.0.get(if first { 1 } else { at.checked_sub(1)? })?;
        let outermost = first || at + 1 == self.0.len();
        let gap = (neighbour[0].baseline - row[0].baseline).abs();
        let size = row.iter().map(|segment| segment.size).fold(0.0, f32::max);
        let text = words(row);
        let small = size <= repeated.body * if first { 1.03 } else { 0.93 };
        let plain = small
            && row.iter().any(|segment| !segment.face.bold)
            && text.split(' ').count() <= 12
            && !ends_sentence(&text);
        // On a first page, what is above the title is not text either.
        let above_title = first && neighbour.iter().any(|segment| segment.size > 1.15 * repeated.body);
        // A journal's notice at the foot of a first page appears at both ends of a line.
        let at_both_ends = !first && row.windows(2).any(|pair| pair[1].x0 - pair[0].x1 > 8.0 * repeated.body);
        ((page > 0 || above_title || at_both_ends)
            && outermost
            && plain
            && gap > 2.1 * repeated.body
            && !text.ends_with(','))
        .then_some("running head")
    }

    /// Takes out a whole page as a repetition.
    fn clear_all(self) -> Cleared {
        let text = self.0.iter().map(|row| words(row)).collect::<Vec<_>>().join(" ");
        Cleared { text: Vec::new(), taken: vec![(text, "repeated page")] }
    }

    /// Whether the row at an edge continues in, or continues from, the adjacent lines of text.
    fn is_of_text(&self, at: usize, top: bool) -> bool {
        let neighbour = if top { self.0.get(at + 1) } else { at.checked_sub(1).and_then(|at| self.0.get(at)) };
        let (Some(neighbour), row) = (neighbour, &self.0[at]) else { return false };
        let (near, size) = ((neighbour[0].baseline - row[0].baseline).abs(), row[0].size);
        let alike = (neighbour[0].size - size).abs() < 0.05 * size && near < 1.6 * size;
        let flush = (neighbour[0].x0 - row[0].x0).abs() < 3.0 * size;
        alike && flush && (top || !ends_sentence(&words(neighbour)) || ends_sentence(&words(row)))
    }

    /// `of_table` says whether the first row and the last are those of a table.
    fn clear(self, page: usize, repeated: &Repeated, trusted: bool, of_table: [bool; 2]) -> Cleared {
        let mut reasons: Vec<Option<&'static str>> = vec![None; self.0.len()];
        for top in [true, false] {
            for at in self.edge(top) {
                let known = repeated
                    .reason(&self.0[at], page, top)
                    .filter(|_| repeated.is_sure(&self.0[at], page, top) || !self.is_of_text(at, top));
                let is_row = of_table[usize::from(!top)];
                match known.or_else(|| self.stands_off(at, page, repeated).filter(|_| !is_row)) {
                    Some(reason) => reasons[at] = Some(reason),
                    None if trusted && self.0[at].iter().all(|segment| segment.artifact) => {}
                    None => break,
                }
            }
        }
        let mut cleared = Cleared { text: Vec::new(), taken: Vec::new() };
        for (row, reason) in self.0.into_iter().zip(reasons) {
            let (artifacts, text): (Vec<Segment>, Vec<Segment>) =
                row.into_iter().partition(|segment| reason.is_some() || trusted && segment.artifact);
            if !artifacts.is_empty() {
                cleared.taken.push((words(&artifacts), reason.unwrap_or("running head or page number")));
            }
            cleared.text.extend(text);
        }
        cleared
    }
}

fn words(row: &[Segment]) -> String {
    row.iter().map(|segment| segment.text.as_str()).collect::<Vec<_>>().join(" ")
}

/// What the edges of the pages have in common.
struct Repeated {
    /// Number of pages that have a row at an edge, ignoring digits.
    shapes: HashMap<(bool, String), usize>,
    /// Page number minus the index of the page, where a run of pages agrees.
    shift: Option<i64>,
    /// Number of pages with such a number at the upper and at the lower edge.
    numbered: [usize; 2],
    /// The most frequent size of characters.
    body: f32,
}

impl Repeated {
    fn of(pages: &[Rows], again: &[bool]) -> Self {
        let mut shapes: HashMap<(bool, String), usize> = HashMap::new();
        let mut shifts: HashMap<i64, usize> = HashMap::new();
        for (page, rows) in pages.iter().enumerate().filter(|(page, _)| !again[*page]) {
            for top in [true, false] {
                let mut seen: Vec<String> = rows.edge(top).into_iter().map(|at| shape(&words(&rows.0[at]))).collect();
                seen.sort();
                seen.dedup();
                seen.into_iter()
                    .filter(|shape| shape.len() > 2)
                    .for_each(|shape| *shapes.entry((top, shape)).or_default() += 1);
            }
            let mut here: Vec<i64> = [true, false]
                .into_iter()
                .filter_map(|top| rows.edge(top).first().copied())
                .flat_map(|at| numbers(&words(&rows.0[at])))
                .map(|number| number - page as i64)
                .collect();
            here.sort_unstable();
            here.dedup();
            here.into_iter().for_each(|shift| *shifts.entry(shift).or_default() += 1);
        }
        let shift = shifts
            .into_iter()
            .filter(|(_, pages)| *pages >= 3)
            .max_by_key(|(shift, pages)| (*pages, std::cmp::Reverse(*shift)))
            .map(|(shift, _)| shift);
        let has_number = |(page, rows): (usize, &Rows), top: bool| {
            let outermost = rows.edge(top).first().map(|at| numbers(&words(&rows.0[*at])));
            shift.is_some_and(|shift| outermost.is_some_and(|numbers| numbers.contains(&(shift + page as i64))))
        };
        let numbered = [true, false].map(|top| pages.iter().enumerate().filter(|page| has_number(*page, top)).count());
        Self {
            shapes,
            shift,
            numbered,
            body: body_size(pages.iter().flat_map(|rows| rows.0.iter().flatten()).map(Segment::sized)),
        }
    }

    /// Whether a row is certainly a head: it is on several pages, or its number is in line with those of other pages.
    fn is_sure(&self, row: &[Segment], page: usize, top: bool) -> bool {
        let (pages, numbered) = self.seen(&words(row), page, top);
        pages >= 3 || numbered
    }

    /// Returns how many pages have a text at this edge, and whether its number is in line with those of other pages.
    fn seen(&self, text: &str, page: usize, top: bool) -> (usize, bool) {
        let pages = self.shapes.get(&(top, shape(text))).copied().unwrap_or(0);
        // The number of a section at the other edge of a page may equal that of the page.
        let [here, there] = if top { self.numbered } else { [self.numbered[1], self.numbered[0]] };
        let numbered = here >= 3 || here >= there;
        (pages, numbered && self.shift.is_some_and(|shift| numbers(text).contains(&(shift + page as i64))))
    }

    /// Whether a row has the numbers of both pages of a sheet, far apart.
    fn is_of_two_pages(&self, row: &[Segment]) -> bool {
        let [left, right] = row else { return false };
        let number = |segment: &Segment| segment.text.parse().ok().filter(|number: &u16| *number < 10_000);
        right.x0 - left.x1 > 8.0 * self.body && number(left).is_some_and(|n| number(right) == Some(n + 1))
    }

    fn reason(&self, row: &[Segment], page: usize, top: bool) -> Option<&'static str> {
        let text = words(row);
        if is_page_number(&text) && (text.ends_with(')') || !ends_sentence(&text)) || self.is_of_two_pages(row) {
            return Some("page number");
        }
        let (pages, numbered) = self.seen(&text, page, top);
        let short = text.chars().count() <= MAX_CHARS;
        (short && (pages >= 2 || numbered)).then_some("running head")
    }
}

fn shape(text: &str) -> String {
    let bare: String = text.chars().filter(|c| !c.is_ascii_digit()).collect();
    bare.trim().to_lowercase()
}

/// Returns the numbers that a row begins or ends with.
fn numbers(text: &str) -> Vec<i64> {
    let mut words = text.split_whitespace();
    let (first, last) = (words.next(), words.next_back());
    first.into_iter().chain(last).filter(|word| word.len() <= 4).filter_map(|word| word.parse().ok()).collect()
}

/// Matches `7`, `- 7 -`, `xii`, `Page 7`, `Page 7 of 12`, `7/12`.
fn is_page_number(text: &str) -> bool {
    let bare = text.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase();
    let words: Vec<&str> = bare.split([' ', '/']).filter(|word| !word.is_empty()).collect();
    let number = |word: &str| word.len() <= 4 && word.bytes().all(|b| b.is_ascii_digit());
    let roman = |word: &str| word.len() <= 6 && word.bytes().all(|b| matches!(b, b'i' | b'v' | b'x' | b'l'));
    match words[..] {
        [n] => number(n) || roman(n),
        ["page" | "p." | "p", n] => number(n) || roman(n),
        [a, b] => number(a) && number(b) && bare.contains('/'),
        ["page", a, "of", b] | ["page", a, b] => number(a) && number(b),
        [a, "of", b] => number(a) && number(b),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::pdf::glyphs::Face;

    fn segment(row: usize, x0: f32, text: &str) -> Segment {
        let (x1, baseline, raised) = (x0 + 5.0 * text.len() as f32, 60.0 + 20.0 * row as f32, Vec::new());
        Segment { x0, x1, baseline, size: 10.0, text: text.to_owned(), raised, face: Face::default(), artifact: false }
    }

    fn texts(page: &Cleared) -> Vec<&str> {
        page.text.iter().map(|segment| segment.text.as_str()).collect()
    }

    #[test]
    fn a_heading_that_the_contents_list_is_no_running_head() {
        let rows = |rows: &[&str]| rows.iter().enumerate().map(|(at, text)| segment(at, 60.0, text)).collect();
        let first = rows(&["Contents", "1 The weir 2", "2 The mill 2", "3 The men 2"]);
        let second = rows(&["1 The weir", "It was shut.", "2 The mill", "It is old.", "3 The men", "They left."]);
        let cleared = clear(vec![first, second]);
        assert!(cleared[0].text.is_empty() && cleared[0].taken.iter().all(|(_, why)| *why == "table of contents"));
        assert_eq!(texts(&cleared[1]).len(), 6);
    }

    #[test]
    fn a_row_of_a_table_at_a_page_break_is_no_running_head() {
        let row = |at: usize, cells: [&'static str; 3]| {
            let x0 = [60.0, 200.0, 300.0];
            cells.into_iter().zip(x0).map(move |(cell, x0)| segment(at, x0, cell))
        };
        let text = |from: usize, text: &'static str| (from..from + 6).map(move |at| segment(at, 60.0, text));
        let first = text(0, "a line of the text that runs on and");
        let table = row(8, ["Orme", "red", "12"]).chain(row(9, ["Grue", "grey", "7"]));
        let second = || {
            let text = text(3, "another line of it which does not end");
            row(0, ["Sundvale", "white", "9"]).chain(text).collect::<Vec<_>>()
        };
        assert_eq!(texts(&clear(vec![first.clone().chain(table).collect(), second()])[1]).len(), 9);
        assert_eq!(texts(&clear(vec![first.collect(), second()])[1]).len(), 6);
    }

    #[test]
    fn the_numbers_of_two_pages_on_a_sheet_are_no_text() {
        let page = |left: &str, right: &str| {
            let text = (0..5).map(|row| segment(row, 60.0, "a line of the text of a page that runs on and"));
            text.chain([segment(6, 60.0, left), segment(6, 300.0, right)]).collect()
        };
        assert_eq!(texts(&clear(vec![page("14", "15")])[0]).len(), 5);
        assert_eq!(texts(&clear(vec![page("14", "19")])[0]).len(), 7);
    }
}
