//! From lines to blocks: which lines of a plain text form one paragraph.
//!
//! A line break means nothing in wrapped text and everything in unwrapped text, so the layout is measured first
//! ([`Layout`]); then each break between two lines is judged by the text on both sides.

use super::hyphen::{DIVISION, Vocabulary, undivided};
use super::imprint::is_byline;
use super::pages;
use super::sentence::{is_complete, sentences};
use crate::lang::english::sentence;
use crate::lang::is_grammatical;
use crate::lang::script::joins_unspaced;
use crate::source::{Block, BlockKind, Line, LineKind, LocatedText, Place};

/// A part of the text that is not a block, with the reason.
pub struct Furniture {
    pub text: LocatedText,
    pub reason: &'static str,
}

/// Finds the blocks of a plain text and its furniture: page numbers and running heads between its pages, and lines set
/// aside because of their form.
pub fn reflow(lines: &[Line]) -> (Vec<Block>, Vec<Furniture>) {
    let mut rows = rows(lines);
    let mut furniture = pages::take_furniture(&mut rows);
    furniture.extend(set_aside(lines));
    let layout = Layout::measure(&rows);
    let vocabulary = Vocabulary::of(&rows.iter().map(|row| row.text).collect::<Vec<_>>());
    let mut blocks = Vec::new();
    let mut open: Vec<usize> = Vec::new();
    for at in 0..rows.len() {
        if !open.is_empty() && layout.breaks(&rows, &open, at) {
            blocks.push(block(&rows, &open, &layout, &vocabulary));
            open.clear();
        }
        blocks.extend(rows[at].turn.iter().map(|turn| speaker(turn)));
        open.push(at);
    }
    if !open.is_empty() {
        blocks.push(block(&rows, &open, &layout, &vocabulary));
    }
    blocks.retain(|block| block.kind == BlockKind::Speaker || !block.text.is_empty());
    (blocks, furniture)
}

/// The lines that are furniture; consecutive ones with the same reason form one text.
fn set_aside(lines: &[Line]) -> Vec<Furniture> {
    let mut found: Vec<Furniture> = Vec::new();
    let vocabulary = Vocabulary::default();
    // The reason for which the previous line was dropped.
    let mut open = None;
    for line in lines {
        let reason = match line.kind {
            LineKind::Furniture(reason) | LineKind::Aside(reason) => Some(reason),
            LineKind::Text | LineKind::Turn { .. } if line.raw.trim().is_empty() => continue,
            LineKind::Text | LineKind::Turn { .. } => None,
        };
        match (reason, found.last_mut()) {
            (Some(_), _) if line.raw.trim().is_empty() => {}
            (Some(_), Some(last)) if open == reason => append(&mut last.text, line, &vocabulary),
            (Some(reason), _) => found.push(Furniture { text: LocatedText::new(line.raw.trim(), line.place), reason }),
            (None, _) => {}
        }
        open = reason.filter(|_| !matches!(line.kind, LineKind::Aside(_)));
    }
    found
}

/// Appends a line; two dashes at its end are not a hyphen.
fn append(text: &mut LocatedText, line: &Line, vocabulary: &Vocabulary) {
    if text.as_str().ends_with("--") {
        text.space();
        text.push(line.raw.trim(), line.place);
    } else {
        join(text, &line.raw, line.place, vocabulary);
    }
}

fn speaker(turn: &Turn) -> Block {
    Block { kind: BlockKind::Speaker, text: LocatedText::new(turn.speaker, turn.place) }
}

/// What separates a row from the row before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Gap {
    /// Nothing: it is the next line.
    None,
    /// Blank lines.
    Blank,
    /// A page break, with this many blank lines around it.
    Page { blanks: usize },
    /// Something that is not part of the text, or the beginning of a speaker's turn.
    Part,
}

/// A line that contains text.
pub(super) struct Row<'a> {
    pub(super) place: Place,
    /// The line number, counted from 1; a page break alone does not begin a new line.
    number: usize,
    pub(super) text: &'a str,
    /// Number of columns of white space before the text.
    indent: usize,
    /// Whether white space follows the text, as after a word at which a program wrapped the line.
    trailing_space: bool,
    pub(super) gap: Gap,
    /// Number of columns of what precedes the text without being text.
    lead: usize,
    /// The turn that begins here.
    pub(super) turn: Option<Turn<'a>>,
    /// Whether it is speech.
    speech: bool,
}

/// The beginning of a speaker's turn.
#[derive(Clone, Copy)]
pub(super) struct Turn<'a> {
    speaker: &'a str,
    place: Place,
}

impl Row<'_> {
    /// The row with another gap before it.
    pub(super) fn after(self, gap: Gap) -> Self {
        Self { gap, ..self }
    }

    pub(super) fn width(&self) -> usize {
        self.lead + self.text.chars().count()
    }

    /// The width of the first part that a wrapping program could have put on the previous line.
    fn first_part(&self, breaks_hyphens: bool) -> usize {
        let word = self.text.split_whitespace().next().unwrap_or("");
        let hyphen = word.find('-').filter(|at| breaks_hyphens && *at > 0);
        hyphen.map_or(word, |at| &word[..=at]).chars().count()
    }

    pub(super) fn starts_lowercase(&self) -> bool {
        self.text.trim_start_matches(['"', '“', '‘', '(', '\'']).starts_with(char::is_lowercase)
    }
}

fn rows(lines: &[Line]) -> Vec<Row<'_>> {
    let mut rows: Vec<Row> = Vec::new();
    let mut since = Since::default();
    for line in lines {
        since.page |= line.after_page_break;
        since.number += usize::from(!line.after_page_break && !matches!(line.kind, LineKind::Aside(_)));
        let from = match &line.kind {
            LineKind::Text => 0,
            LineKind::Turn { speaker, text } => {
                // A speaker without words must be kept before another begins.
                rows.extend(since.silent_row());
                since.turn = Some(Turn { speaker, place: line.place });
                *text
            }
            LineKind::Furniture(_) => {
                since.part = true;
                continue;
            }
            LineKind::Aside(_) => continue,
        };
        let text = line.raw[from..].trim();
        if !text.is_empty() {
            let row = since.row(line, from, text, rows.last());
            rows.push(row);
        }
    }
    rows.extend(since.silent_row());
    rows
}

/// What lies between the last row and the next.
#[derive(Default)]
struct Since<'a> {
    /// The line number, counted from 1.
    number: usize,
    page: bool,
    part: bool,
    turn: Option<Turn<'a>>,
}

impl<'a> Since<'a> {
    fn row(&mut self, line: &'a Line, from: usize, text: &'a str, last: Option<&Row>) -> Row<'a> {
        // A form feed on a line of its own leaves that line blank.
        let blanks = self.number.saturating_sub(last.map_or(0, |row| row.number) + 1);
        let gap = match (self.page, blanks) {
            _ if self.part || self.turn.is_some() => Gap::Part,
            (true, blanks) => Gap::Page { blanks },
            (false, 0) => Gap::None,
            (false, _) => Gap::Blank,
        };
        let speech = self.turn.is_some() || !self.part && last.is_some_and(|row| row.speech);
        let row = Row {
            place: line.place,
            number: self.number,
            text,
            indent: line.raw.chars().take_while(|c| c.is_whitespace()).count(),
            trailing_space: line.raw.ends_with(' '),
            gap,
            lead: line.raw[..from].chars().count(),
            turn: self.turn.take(),
            speech,
        };
        (self.page, self.part) = (false, false);
        row
    }

    /// The turn of a speaker who says nothing.
    fn silent_row(&mut self) -> Option<Row<'a>> {
        let turn = self.turn.take()?;
        Some(Row {
            place: turn.place,
            number: self.number,
            text: "",
            indent: 0,
            trailing_space: false,
            gap: Gap::Part,
            lead: 0,
            turn: Some(turn),
            speech: true,
        })
    }
}

/// The layout of a text.
struct Layout {
    /// Whether lines end where they are full rather than where a paragraph ends.
    wrapped: bool,
    /// The exact width at which a program wrapped the lines, if one did.
    width: Option<usize>,
    /// Whether that program also broke lines after hyphens.
    breaks_hyphens: bool,
    /// Whether a line without a trailing space ends a paragraph, as in the output of a wrapping program that keeps the
    /// spaces.
    soft_breaks: bool,
    /// Number of blank lines around a page break within a paragraph.
    page_blanks: Option<usize>,
    /// Number of short questions in paragraphs of their own: if there are several, each is the heading of its answer.
    questions: usize,
    /// The indentation of the first lines of paragraphs, if several are indented.
    indent: Option<usize>,
    /// By row: whether it is a line of verse that continues on the next line.
    verse: Vec<bool>,
}

impl Layout {
    fn measure(rows: &[Row]) -> Self {
        let inner: Vec<(&Row, &Row)> = rows
            .windows(2)
            .map(|pair| (&pair[0], &pair[1]))
            .filter(|(a, b)| b.gap == Gap::None && !is_complete(a.text) && !b.text.starts_with('•'))
            .collect();
        let wrapped = is_wrapped(&inner);
        let spaced = inner.iter().filter(|(a, _)| a.trailing_space).count();
        let soft_breaks = wrapped
            && spaced * 10 >= inner.len() * 9
            && rows.iter().any(|row| !row.trailing_space && is_complete(row.text));
        let page_blanks = rows
            .windows(2)
            .filter(|pair| !is_complete(pair[0].text) && (pair[1].starts_lowercase() || dangles(pair[0].text)))
            .filter_map(|pair| match pair[1].gap {
                Gap::Page { blanks } => Some(blanks),
                _ => None,
            })
            .min();
        let breaks_hyphens = inner.iter().any(|(a, _)| a.text.ends_with('-'));
        let width = if wrapped { exact_width(&inner, breaks_hyphens) } else { None };
        let is_asked = |(at, row): &(usize, &Row)| {
            let short = row.text.split_whitespace().count() <= QUESTION;
            (*at == 0 || row.gap != Gap::None) && row.text.ends_with('?') && short && sentences(row.text).len() == 1
        };
        let questions = rows.iter().enumerate().filter(is_asked).count();
        let begins = |pair: &&[Row]| is_indented(&pair[0], &pair[1]) && is_complete(pair[0].text);
        let indents: Vec<usize> = rows.windows(2).filter(begins).map(|pair| pair[1].indent).collect();
        let often = |indent: &usize| indents.iter().filter(|other| *other == indent).count() > 1;
        let indent = indents.iter().copied().filter(often).min();
        let verse = if wrapped { vec![false; rows.len()] } else { verse(rows) };
        Self { wrapped, width, breaks_hyphens, soft_breaks, page_blanks, questions, indent, verse }
    }

    /// Whether a new block begins at `at`; `open` contains the rows of the block so far.
    fn breaks(&self, rows: &[Row], open: &[usize], at: usize) -> bool {
        let (last, next) = (open[open.len() - 1], &rows[at]);
        let before = &rows[last];
        if next.gap == Gap::Part {
            return true;
        }
        if begins_item(rows, open, at) || (marker(before.text).is_some() && next.gap != Gap::None) {
            return true;
        }
        // Otherwise a headline would continue into the byline under it.
        let headline = open.len() <= 3 && !is_complete(before.text);
        if headline && is_byline(next.text) || open.len() == 1 && is_byline(before.text) {
            return true;
        }
        let gap = match next.gap {
            Gap::Page { blanks } if self.page_blanks.is_some_and(|usual| blanks > usual) => Gap::Blank,
            gap => gap,
        };
        if is_complete(before.text) {
            self.breaks_after_sentence(rows, open, at, gap)
        } else {
            self.breaks_inside_sentence(rows, open, at, gap)
        }
    }

    fn breaks_after_sentence(&self, rows: &[Row], open: &[usize], at: usize, gap: Gap) -> bool {
        let (last, next) = (open[open.len() - 1], &rows[at]);
        if next.starts_lowercase() && rows[last].width() > 20 {
            return false;
        }
        gap == Gap::Blank || !self.wrapped || is_indented(&rows[last], next) || !self.is_full(rows, last, at)
    }

    fn breaks_inside_sentence(&self, rows: &[Row], open: &[usize], at: usize, gap: Gap) -> bool {
        let (first, last, next) = (open[0], open[open.len() - 1], &rows[at]);
        if gap == Gap::None && (self.verse[last] || self.wrapped && marker(rows[first].text).is_some()) {
            return false;
        }
        let heading = open.len() <= 3 && self.may_be_heading(rows, open, at);
        if next.starts_lowercase() || dangles(rows[last].text) {
            // A short line before lower-case running text is still a heading if a blank line follows it.
            return heading && gap != Gap::None && open.len() == 1 && !next.starts_lowercase();
        }
        match gap {
            Gap::None | Gap::Blank if self.indent == Some(next.indent) && is_indented(&rows[last], next) => true,
            Gap::None => heading || !self.wrapped,
            Gap::Blank if is_list(rows, open) || begins_part(next.text) => true,
            Gap::Blank | Gap::Page { .. } | Gap::Part => {
                let goes_on = self.is_nearly_full(rows, last) || self.is_full(rows, last, at) || open.len() > 3;
                heading || !self.wrapped || !goes_on
            }
        }
    }

    /// Whether the rows so far look like a heading: short lines in a wrapped text, or any line without an end in an
    /// unwrapped one.
    fn may_be_heading(&self, rows: &[Row], open: &[usize], at: usize) -> bool {
        let words: usize = open.iter().map(|row| rows[*row].text.split_whitespace().count()).sum();
        let last = open[open.len() - 1];
        words <= 16
            && (!self.wrapped
                || open.iter().all(|row| !self.is_nearly_full(rows, *row)) && !self.is_full(rows, last, at))
    }

    /// Whether the next row's first word would not have fitted on this row.
    fn is_full(&self, rows: &[Row], row: usize, next: usize) -> bool {
        if self.soft_breaks {
            return rows[row].trailing_space;
        }
        match self.width {
            Some(width) => rows[row].width() + 1 + rows[next].first_part(self.breaks_hyphens) > width,
            // Lines of a proportional font are ragged: only a line much shorter than its neighbours is short.
            None => rows[row].width() * 5 > local_width(rows, row) * 3,
        }
    }

    /// Whether the row takes up most of the width of its neighbours.
    fn is_nearly_full(&self, rows: &[Row], row: usize) -> bool {
        rows[row].width() * 4 > self.width.unwrap_or_else(|| local_width(rows, row)) * 3
    }
}

/// Number of words of a line of verse.
const VERSE: std::ops::RangeInclusive<usize> = 4..=12;

/// Returns by row whether it is a line of verse that continues on the next line: at least three consecutive lines, or
/// two in several stanzas, that end no sentence but contain words of grammar. Lines of titles, lists and tables of
/// contents are not verse.
fn verse(rows: &[Row]) -> Vec<bool> {
    let goes_on = |row: &Row| {
        let text = row.text;
        let count = text.split_whitespace().count();
        let listed = marker(text).is_some() || text.starts_with(char::is_numeric) || text.ends_with(char::is_numeric);
        let plain = !listed && !text.ends_with(':') && !is_byline(text) && row.turn.is_none();
        let told = || text.split(|c: char| !c.is_alphanumeric()).any(|word| is_grammatical(&word.to_lowercase()));
        VERSE.contains(&count) && !is_complete(text) && plain && told()
    };
    let mut runs: Vec<std::ops::Range<usize>> = Vec::new();
    for (at, row) in rows.iter().enumerate() {
        match runs.last_mut() {
            Some(run) if run.end == at && row.gap == Gap::None && goes_on(row) => run.end += 1,
            _ if goes_on(row) => runs.push(at..at + 1),
            _ => {}
        }
    }
    let begins = |run: &std::ops::Range<usize>| rows[run.start].gap != Gap::None;
    let pairs = runs.iter().filter(|run| run.len() == 2 && run.start > 0 && begins(run)).count();
    let mut verse = vec![false; rows.len()];
    for run in runs {
        if run.start > 0 && (run.len() > 2 || run.len() == 2 && pairs > 1 && begins(&run)) {
            verse[run].fill(true);
        }
    }
    verse
}

/// Whether a row is indented relative to the row before it.
fn is_indented(before: &Row, row: &Row) -> bool {
    row.indent >= 2 && before.indent < row.indent
}

/// Whether no sentence continues between the rows: addresses and lists of names can be as full as wrapped lines.
fn is_list(rows: &[Row], open: &[usize]) -> bool {
    open.len() > 2 && open[1..].iter().all(|at| !rows[*at].starts_lowercase() && !dangles(rows[*at - 1].text))
}

/// Whether a part of a document begins after a blank line: it is numbered or has a label.
fn begins_part(text: &str) -> bool {
    let first = text.split_whitespace().next().unwrap_or("");
    let numbered = first.len() > 1 && first.starts_with(|c: char| c.is_ascii_digit()) && text.len() > first.len() + 1;
    let numbered = numbered && first.contains(['.', '/', ')']) && !first.contains(',');
    numbered || first.len() > 1 && first.ends_with(':') && first.starts_with(char::is_uppercase)
}

/// Whether the row begins a list item. A dash is a marker only after a sentence, a lead-in or another item.
fn begins_item(rows: &[Row], open: &[usize], at: usize) -> bool {
    let before = rows[open[open.len() - 1]].text;
    let bullet = rows[at].text.starts_with(['•', '·', '▪', '◦', '‣', '●', '■', '►']);
    let follows = is_complete(before) || before.ends_with([':', ';']) || marker(rows[open[0]].text).is_some();
    marker(rows[at].text).is_some() && (bullet || follows)
}

/// Whether lines are wrapped: then breaks inside a sentence are mostly followed by lower case; where each line is a
/// paragraph, lines that do not end a sentence are headings, followed by a capital.
fn is_wrapped(inner: &[(&Row, &Row)]) -> bool {
    let goes_on = inner.iter().filter(|(a, b)| b.starts_lowercase() || dangles(a.text)).count();
    let caseless = inner.iter().filter(|(a, b)| is_caseless(a.text) && is_caseless(b.text)).count();
    goes_on + caseless > 0 && (goes_on + caseless) * 5 >= inner.len() * 2
}

/// The width that explains greedy wrapping: no line is longer, and no line could have taken the next word.
fn exact_width(inner: &[(&Row, &Row)], breaks_hyphens: bool) -> Option<usize> {
    let width = inner.iter().filter(|(a, _)| a.text.contains(' ')).map(|(a, _)| a.width()).max()?;
    let fits = inner.iter().filter(|(a, b)| a.width() + 1 + b.first_part(breaks_hyphens) <= width).count();
    (fits * 20 <= inner.len()).then_some(width)
}

/// The longest of the rows around `row`.
fn local_width(rows: &[Row], row: usize) -> usize {
    const REACH: usize = 5;
    rows[row.saturating_sub(REACH)..rows.len().min(row + 1 + REACH)].iter().map(Row::width).max().unwrap_or(0)
}

/// Whether the text cannot end here: after a comma, a hyphen, an article, a preposition.
fn dangles(text: &str) -> bool {
    let last = text.rsplit(char::is_whitespace).next().unwrap_or("");
    last.ends_with([',', ';', '-', '\u{ad}', '(', '&']) || sentence::DANGLING.contains(&last)
}

/// Whether the text is in a script without capital letters (Chinese, Arabic, Hebrew, Thai, Hindi).
fn is_caseless(text: &str) -> bool {
    let (with, without) = text.chars().filter(|c| c.is_alphabetic()).fold((0, 0), |(with, without), c| {
        if c.is_lowercase() || c.is_uppercase() { (with + 1, without) } else { (with, without + 1) }
    });
    without > with
}

/// Number of bytes of a list marker (`- `, `• `, `3) `) with which the text begins.
pub fn marker(text: &str) -> Option<usize> {
    let bullet = text
        .chars()
        .next()
        .filter(|c| matches!(c, '•' | '·' | '▪' | '◦' | '‣' | '*' | '-' | '–' | '●' | '■' | '»' | '►'))?;
    let rest = &text[bullet.len_utf8()..];
    let space = rest.len() - rest.trim_start().len();
    (space > 0 && space < rest.len()).then_some(bullet.len_utf8() + space)
}

fn block(rows: &[Row], open: &[usize], layout: &Layout, vocabulary: &Vocabulary) -> Block {
    let bullet = marker(rows[open[0]].text);
    let mut text = LocatedText::default();
    for (index, row) in open.iter().enumerate() {
        let raw = rows[*row].text;
        let raw = if index == 0 { &raw[bullet.unwrap_or(0)..] } else { raw };
        join(&mut text, raw, rows[*row].place, vocabulary);
    }
    let kind = match bullet {
        _ if rows[open[0]].speech => BlockKind::Speech,
        Some(_) => BlockKind::ListItem,
        None if looks_like_heading(rows, open, layout, text.as_str()) => BlockKind::Heading,
        None => BlockKind::Paragraph,
    };
    Block { kind, text }
}

/// Maximum number of words of a question that is a heading.
const QUESTION: usize = 10;

/// Whether rows look like a heading: short, not ending like a sentence (except for a question), and followed by text.
fn looks_like_heading(rows: &[Row], open: &[usize], layout: &Layout, text: &str) -> bool {
    let next = open[open.len() - 1] + 1;
    let words = text.split_whitespace().count();
    let short = words <= 16 && open.len() <= 3 && text.len() <= 160;
    let asks = || {
        let answered = rows.get(next).is_some_and(|row| row.gap == Gap::None || open[0] == 0 || layout.questions > 1);
        text.ends_with('?') && words <= QUESTION && answered && sentences(text).len() == 1
    };
    let told = || sentences(text).first().is_some_and(|first| first.end < text.len() && is_told(&text[first.clone()]));
    let ends_like_one = if is_complete(text) { asks() } else { !told() };
    let starts_like_one =
        !text.starts_with(char::is_lowercase) && !text.trim_end_matches(['"', '”', '’', '\'']).ends_with(',');
    let narrow = !layout.wrapped
        || open.iter().all(|row| !layout.is_nearly_full(rows, *row))
        || open.len() == 1 && !dangles(text);
    let verse = layout.verse[open[0]];
    !verse
        && short
        && ends_like_one
        && starts_like_one
        && narrow
        && !text.ends_with([',', ';', ':'])
        && !is_logged(rows, open)
}

/// Whether a sentence is more than a number, an abbreviation or a question before the words of a heading.
fn is_told(sentence: &str) -> bool {
    sentence.ends_with('.') && sentence.split_whitespace().count() > 3
}

/// Whether the rows begin with a day or a time, and so do the rows before or after them, as in a log or a diary.
fn is_logged(rows: &[Row], open: &[usize]) -> bool {
    let stamped = |at: usize| rows.get(at).is_some_and(|row| begins_with_stamp(row.text));
    let (first, last) = (open[0], open[open.len() - 1]);
    stamped(first) && (first > 0 && stamped(first - 1) || stamped(last + 1))
}

/// Whether a text begins with a stamp: `2024-04-05: …`, `12/03/24, 19:02 …`, `[19:02] …`, `5.4.2024 …`.
fn begins_with_stamp(text: &str) -> bool {
    let bare = text.trim_start_matches(['[', '(']);
    let first = bare.split_whitespace().next().unwrap_or("").trim_end_matches([':', ',', ']', ')', '.']);
    let numbers = |parts: &[&str]| {
        parts.iter().all(|part| (1..=4).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit()))
    };
    let marked: Vec<&str> = first.split(['-', '/', ':']).collect();
    let dotted: Vec<&str> = first.split('.').collect();
    let dated = dotted.len() == 3 && dotted[2].len() == 4 && numbers(&dotted);
    first.len() < bare.len() && ((2..=3).contains(&marked.len()) && first.len() > 3 && numbers(&marked) || dated)
}

/// Appends a line to a paragraph, separated by a space, except for line-end hyphens and scripts without spaces.
pub fn join(text: &mut LocatedText, line: &str, place: Place, vocabulary: &Vocabulary) {
    let line = line.trim();
    let (last, first) = (text.as_str().chars().last(), line.chars().next());
    match (last, first) {
        (Some('\u{ad}' | DIVISION), _) => text.pop(),
        (Some('-' | '\u{2010}'), Some(c)) if c.is_alphanumeric() && vocabulary.joins(text.as_str(), line) => text.pop(),
        (Some('-' | '\u{2010}'), _) if vocabulary.suspends(text.as_str(), line) => text.space(),
        (Some('-' | '\u{2010}'), Some(c)) if c.is_alphanumeric() && !text.as_str().ends_with(" -") => {}
        (Some('—'), _) if !text.as_str().ends_with(" —") => {}
        (Some(a), Some(b)) if joins_unspaced(a, b) => {}
        _ => text.space(),
    }
    text.push(&undivided(line), place);
    text.trim();
}
