//! Lines to blocks: paragraphs within a column, and over the end of columns and pages.

use std::collections::{HashMap, HashSet};

use super::line::{Cell, Line, marker};
use super::words::{Vocabulary, dangles, ends_sentence, starts_lowercase};
use crate::source::{Block, BlockKind, LocatedText, Place, TITLE_PAGE};

/// What stands on one page beside its columns.
#[derive(Debug, Default)]
pub struct PageFurniture {
    pub items: Vec<(String, &'static str)>,
}

/// A page in columns, each a run of lines from top to bottom.
pub struct Page {
    pub columns: Vec<Vec<Line>>,
    pub furniture: PageFurniture,
}

/// Notes of fewer words than this say nothing without the text that they are a note to.
const LEAST_NOTE_WORDS: usize = 5;
/// A paragraph goes on for at most so many pages behind the one that it broke off on.
const MAX_PAGES_APART: usize = 2;

/// Fewer distances than this tell nothing of how far apart lines are.
const FEW_GAPS: usize = 8;

/// The blocks of a document.
pub fn blocks(pages: Vec<Page>) -> Vec<Block> {
    let measures = Measures::of(&pages);
    let mut flow = Flow::new(&measures);
    for (at, page) in pages.into_iter().enumerate() {
        flow.page(at + 1, page);
    }
    flow.finish()
}

/// What the lines of a document have in common.
struct Measures {
    /// The size of the running text.
    body: f32,
    body_is_bold: bool,
    body_is_mono: bool,
    /// The usual distance of lines by their size, in tenths of a point.
    pitch: HashMap<i32, f32>,
    vocabulary: Vocabulary,
    /// Whether paragraphs are told by their first line's indentation.
    indents: bool,
}

fn bin(size: f32) -> i32 {
    (size * 2.0).round() as i32
}

fn like(a: f32, b: f32) -> bool {
    (a - b).abs() < 0.07 * a.max(b)
}

impl Measures {
    fn of(pages: &[Page]) -> Self {
        let lines = || pages.iter().flat_map(|page| page.columns.iter().flatten());
        let mut sizes: HashMap<i32, usize> = HashMap::new();
        lines().for_each(|line| *sizes.entry(bin(line.size)).or_default() += line.text.len());
        let body =
            sizes.iter().max_by_key(|(size, chars)| (**chars, **size)).map_or(10.0, |(size, _)| *size as f32 / 2.0);
        let share = |is: fn(&Line) -> bool| {
            let of_body = || lines().filter(|line| like(line.size, body));
            of_body().filter(|line| is(line)).map(|line| line.text.len()).sum::<usize>() * 2
                > of_body().map(|line| line.text.len()).sum()
        };
        let mut gaps: HashMap<i32, Vec<f32>> = HashMap::new();
        let columns = || pages.iter().flat_map(|page| &page.columns);
        for pair in columns().flat_map(|column| column.windows(2)).filter(|pair| like(pair[0].size, pair[1].size)) {
            let gap = pair[1].baseline - pair[0].baseline;
            if gap < 3.0 * pair[0].size {
                gaps.entry(bin(pair[0].size)).or_default().push(gap);
            }
        }
        // Of a title's few lines, most have other lines than their next ones below them.
        let median = |size: i32, mut gaps: Vec<f32>| {
            gaps.sort_by(f32::total_cmp);
            let usual = gaps[gaps.len() / 2];
            if gaps.len() < FEW_GAPS { usual.min(size as f32 / 2.0 * 1.35) } else { usual }
        };
        let (indented, flush) =
            columns().flat_map(|column| column.windows(3)).fold((0, 0), |(indented, flush), three| {
                let body_lines = three.iter().all(|line| like(line.size, body));
                let starts = body_lines && ends_sentence(&three[0].text) && marker(&three[1].text).is_none();
                let inward = three[1].x0 - three[2].x0;
                match starts {
                    true if inward > 0.8 * body && inward < 4.0 * body => (indented + 1, flush),
                    true if three[1].baseline - three[0].baseline > 1.5 * (three[2].baseline - three[1].baseline) => {
                        (indented, flush + 1)
                    }
                    _ => (indented, flush),
                }
            });
        Self {
            body,
            body_is_bold: share(|line| line.face.bold),
            body_is_mono: share(|line| line.face.mono),
            pitch: gaps.into_iter().map(|(size, gaps)| (size, median(size, gaps))).collect(),
            vocabulary: Vocabulary::of(lines().map(|line| line.text.as_str())),
            indents: indented > flush,
        }
    }

    fn pitch(&self, size: f32) -> f32 {
        self.pitch.get(&bin(size)).copied().filter(|pitch| *pitch > 0.8 * size).unwrap_or(1.25 * size)
    }
}

/// Lines that belong together.
#[derive(Debug, Clone)]
struct Paragraph {
    kind: BlockKind,
    lines: Vec<Line>,
    /// The right edge of the column.
    right: f32,
    /// Whether its first line is indented against its column.
    indented: bool,
}

impl Paragraph {
    fn text(&self) -> String {
        self.lines.iter().map(|line| line.text.as_str()).collect::<Vec<_>>().join(" ")
    }

    fn last(&self) -> &Line {
        &self.lines[self.lines.len() - 1]
    }

    fn words(&self) -> usize {
        self.lines.iter().map(|line| line.text.split_whitespace().count()).sum()
    }

    fn is_running(&self) -> bool {
        matches!(self.kind, BlockKind::Paragraph | BlockKind::ListItem)
    }

    /// Whether the last line has no room for the first word of `next`.
    fn is_full(&self, next: &Line) -> bool {
        let last = self.last();
        last.x1 + first_word_width(next) + 0.3 * last.size > self.right
    }
}

fn first_word_width(line: &Line) -> f32 {
    let chars = line.text.chars().count().max(1) as f32;
    let word = line.text.split(' ').next().unwrap_or("").chars().count() as f32;
    (line.x1 - line.x0).max(0.0) * word / chars
}

struct Flow<'a> {
    measures: &'a Measures,
    blocks: Vec<Block>,
    /// The paragraph that may go on in the next column.
    open: Option<Paragraph>,
    /// What stands behind the open paragraph and is no part of it.
    held: Vec<Block>,
    /// The last footnote, while it may go on on the next page.
    note: Option<LocatedText>,
}

impl<'a> Flow<'a> {
    fn new(measures: &'a Measures) -> Self {
        Self { measures, blocks: Vec::new(), open: None, held: Vec::new(), note: None }
    }

    fn page(&mut self, number: usize, page: Page) {
        let place = Place::page(number);
        let mut marks: Vec<String> = Vec::new();
        for (text, reason) in page.furniture.items {
            self.hold(Block { kind: BlockKind::Furniture(reason), text: LocatedText::new(&text, place) });
        }
        let mut notes: Vec<Vec<Line>> = Vec::new();
        let mut columns = page.columns;
        for column in &mut columns {
            notes.push(self.take_notes(column, &mut marks));
        }
        let set: HashSet<String> = marks.iter().cloned().collect();
        for column in &mut columns {
            for line in column {
                take_marks(line, &set, &mut marks);
            }
        }
        if !marks.is_empty() {
            self.hold(Block {
                kind: BlockKind::Furniture("footnote mark"),
                text: LocatedText::new(&marks.join(" "), place),
            });
        }
        for (column, notes) in columns.into_iter().zip(notes) {
            for (at, paragraph) in paragraphs(column, self.measures).into_iter().enumerate() {
                self.paragraph(paragraph, at == 0);
            }
            self.notes(notes);
        }
        self.close_note();
    }

    /// A block that interrupts no paragraph.
    fn hold(&mut self, block: Block) {
        if self.open.is_some() { self.held.push(block) } else { self.blocks.push(block) }
    }

    fn paragraph(&mut self, paragraph: Paragraph, first_in_column: bool) {
        if !paragraph.is_running() {
            let block = self.block(&paragraph);
            if paragraph.kind == BlockKind::Heading {
                self.close();
            }
            self.hold(block);
            return;
        }
        match &mut self.open {
            Some(open) if goes_on(open, &paragraph, first_in_column, self.measures) => {
                open.lines.extend(paragraph.lines);
                open.right = paragraph.right;
            }
            _ => {
                self.close();
                self.open = Some(paragraph);
            }
        }
    }

    fn close(&mut self) {
        if let Some(open) = self.open.take() {
            let block = self.block(&open);
            self.blocks.push(block);
        }
        self.blocks.append(&mut self.held);
    }

    fn block(&self, paragraph: &Paragraph) -> Block {
        let first = &paragraph.lines[0];
        if paragraph.kind == BlockKind::TableRow {
            let cells = first.cells.iter().map(|cell| cell.text.as_str()).collect::<Vec<_>>().join(", ");
            return Block { kind: BlockKind::TableRow, text: LocatedText::new(&cells, Place::page(first.page)) };
        }
        Block { kind: paragraph.kind, text: self.text(&paragraph.lines, paragraph.kind) }
    }

    fn text(&self, lines: &[Line], kind: BlockKind) -> LocatedText {
        let mut text = LocatedText::default();
        for (at, line) in lines.iter().enumerate() {
            let bullet = marker(&line.text)
                .filter(|_| at == 0 && kind == BlockKind::ListItem && !line.text.starts_with(char::is_alphanumeric));
            let bullet = bullet.filter(|_| !line.text.starts_with('('));
            self.measures.vocabulary.join(&mut text, &line.text[bullet.unwrap_or(0)..], Place::page(line.page));
        }
        text.trim();
        text
    }

    /// Takes the footnotes off the foot of a column: small lines below the text, the first of which begins with a mark.
    fn take_notes(&mut self, column: &mut Vec<Line>, marks: &mut Vec<String>) -> Vec<Line> {
        let small = |line: &Line| line.size < 0.93 * self.measures.body;
        let below = column.iter().rposition(|line| !small(line)).map_or(0, |at| at + 1);
        let goes_on = self.note.as_ref().is_some_and(|note| !ends_sentence(note.as_str()));
        let first = (below..column.len()).find(|at| note_mark(&column[*at]).is_some());
        let first = if goes_on && below > 0 && below < column.len() { Some(below) } else { first };
        // Some programs set notes as large as the text; a raised number at the start of a line gives them away.
        let lower = column.len() - column.len() * 2 / 5;
        let raised =
            || (lower..column.len()).find(|at| column[*at].raised.first().is_some_and(|range| range.start == 0));
        let (first, below) = if first.is_some() { (first, below) } else { (raised(), column.len()) };
        // Nothing but small lines is no footnote, unless it begins with a mark: notes across columns stand by themselves.
        let is_marked = |at: usize| column[at].raised.first().is_some_and(|range| range.start == 0);
        let Some(first) = first.filter(|first| below > 0 || *first == 0 && is_marked(0)) else { return Vec::new() };
        let notes = column.split_off(first);
        marks.extend(notes.iter().filter_map(note_mark).map(|(mark, _)| mark));
        notes
    }

    fn notes(&mut self, lines: Vec<Line>) {
        let starts: Vec<bool> = starts_of_notes(&lines);
        let mut open: Vec<Line> = Vec::new();
        let mut groups: Vec<Vec<Line>> = Vec::new();
        for (mut line, starts) in lines.into_iter().zip(starts) {
            if starts && !open.is_empty() {
                groups.push(std::mem::take(&mut open));
            }
            if let Some((_, end)) = note_mark(&line).filter(|_| starts) {
                line.text = line.text[end..].trim_start().to_owned();
                line.raised.clear();
            } else if !starts && open.is_empty() && groups.is_empty() && self.note.is_some() {
                // The rest of a note that the page before could not hold.
                let mut text = self.note.take().unwrap_or_default();
                self.measures.vocabulary.join(&mut text, &line.text, Place::page(line.page));
                self.note = Some(text);
                continue;
            }
            open.push(line);
        }
        if !open.is_empty() {
            groups.push(open);
        }
        for group in groups {
            self.close_note();
            self.note = Some(self.text(&group, BlockKind::Paragraph));
        }
    }

    fn close_note(&mut self) {
        let Some(mut text) = self.note.take() else { return };
        text.trim();
        if text.is_empty() {
            return;
        }
        let short = text.as_str().split_whitespace().count() < LEAST_NOTE_WORDS;
        let kind = if short { BlockKind::Furniture("footnote of a few words") } else { BlockKind::Paragraph };
        self.hold(Block { kind, text });
    }

    fn finish(mut self) -> Vec<Block> {
        self.close();
        self.close_note();
        let mut blocks = self.blocks;
        mark_names(&mut blocks);
        blocks
    }
}

/// Whether a paragraph goes on in the first one of the next column.
fn goes_on(open: &Paragraph, next: &Paragraph, first_in_column: bool, measures: &Measures) -> bool {
    let (last, first) = (open.last(), &next.lines[0]);
    let new_item = next.kind == BlockKind::ListItem;
    if !first_in_column || new_item || !like(last.size, first.size) || first.page > last.page + MAX_PAGES_APART {
        return false;
    }
    if ends_sentence(&last.text) {
        measures.indents && !next.indented && open.is_full(first) && open.kind == BlockKind::Paragraph
    } else {
        starts_lowercase(&first.text) || dangles(&last.text) || open.is_full(first)
    }
}

/// The mark that a footnote begins with, and where its text begins.
fn note_mark(line: &Line) -> Option<(String, usize)> {
    if let Some(range) = line.raised.first().filter(|range| range.start == 0) {
        return Some((line.text[range.clone()].trim().to_owned(), range.end));
    }
    let first = line.text.split(' ').next()?;
    let symbol = !first.is_empty() && first.chars().all(|c| matches!(c, '*' | '†' | '‡' | '§' | '¶' | '∗'));
    let number = first.len() <= 3 && first.bytes().all(|b| b.is_ascii_digit()) && !first.is_empty();
    let text = line.text[first.len()..].trim_start();
    let letters = text.starts_with(|c: char| c.is_alphabetic() || matches!(c, '“' | '"' | '‘' | '(' | '['));
    ((symbol || number) && letters).then(|| (first.to_owned(), first.len()))
}

/// Which lines begin a note: all that have a mark, raised; else those whose number follows on the last.
fn starts_of_notes(lines: &[Line]) -> Vec<bool> {
    let raised = lines.iter().any(|line| line.raised.first().is_some_and(|range| range.start == 0));
    let mut expected: Option<usize> = None;
    let starts = |line: &Line| {
        let Some((mark, _)) = note_mark(line) else { return false };
        if raised {
            return line.raised.first().is_some_and(|range| range.start == 0);
        }
        match mark.parse::<usize>() {
            Ok(number) => {
                let follows = expected.is_none_or(|expected| expected == number);
                if follows {
                    expected = Some(number + 1);
                }
                follows
            }
            Err(_) => true,
        }
    };
    lines.iter().map(starts).collect()
}

/// Takes the marks of footnotes out of a line: those of the notes on its page, and what can be no exponent.
fn take_marks(line: &mut Line, known: &HashSet<String>, taken: &mut Vec<String>) {
    let raised = std::mem::take(&mut line.raised);
    for range in raised.iter().rev() {
        let mark = line.text[range.clone()].trim();
        if !known.contains(mark) && !is_reference(mark, &line.text[..range.start]) {
            continue;
        }
        taken.push(mark.to_owned());
        line.text.replace_range(range.clone(), "");
    }
    let text = line.text.split_whitespace().collect::<Vec<_>>().join(" ");
    line.text = text;
}

/// Whether a raised number behind `before` points at a note: behind punctuation or a word too long for a unit.
fn is_reference(mark: &str, before: &str) -> bool {
    let number = !mark.is_empty()
        && mark.len() <= 7
        && mark.bytes().all(|b| b.is_ascii_digit() || matches!(b, b',' | b'-' | b' '));
    let symbol = !mark.is_empty() && mark.chars().all(|c| matches!(c, '*' | '†' | '‡' | '§' | '¶'));
    let before = before.trim_end();
    let word = before.chars().rev().take_while(|c| c.is_alphabetic()).count();
    let punctuation = before.ends_with(['.', ',', ';', ':', '!', '?', '”', '"', '’', ')']);
    symbol || number && (punctuation || word >= 4)
}

/// The paragraphs of one column.
fn paragraphs(lines: Vec<Line>, measures: &Measures) -> Vec<Paragraph> {
    let lines: Vec<Line> = lines.into_iter().filter(|line| !line.text.is_empty()).collect();
    let right = right_edge(&lines, measures);
    let left = left_edge(&lines, measures);
    let rows = table_rows(&lines);
    let mut paragraphs: Vec<Paragraph> = Vec::new();
    let mut open: Vec<Line> = Vec::new();
    for (at, line) in lines.into_iter().enumerate() {
        let row = rows[at];
        let entry = has_leaders(&line.text);
        if !open.is_empty()
            && (row || entry || has_leaders(&open[open.len() - 1].text) || breaks(&open, &line, right, measures))
        {
            paragraphs.push(paragraph(std::mem::take(&mut open), left, right, measures));
        }
        if row {
            paragraphs.push(Paragraph { kind: BlockKind::TableRow, lines: vec![line], right, indented: false });
        } else {
            open.push(line);
        }
    }
    if !open.is_empty() {
        paragraphs.push(paragraph(open, left, right, measures));
    }
    paragraphs
}

fn right_edge(lines: &[Line], measures: &Measures) -> f32 {
    let mut edges: Vec<f32> = lines.iter().filter(|line| like(line.size, measures.body)).map(|line| line.x1).collect();
    if edges.is_empty() {
        edges = lines.iter().map(|line| line.x1).collect();
    }
    edges.sort_by(f32::total_cmp);
    // A few lines stick out of a justified column.
    edges.get(edges.len().saturating_sub(1 + edges.len() / 20)).copied().unwrap_or(0.0)
}

fn left_edge(lines: &[Line], measures: &Measures) -> f32 {
    let mut edges: HashMap<i32, usize> = HashMap::new();
    lines
        .iter()
        .filter(|line| like(line.size, measures.body))
        .for_each(|line| *edges.entry((line.x0 / 2.0).round() as i32).or_default() += 1);
    let usual = edges.into_iter().max_by_key(|(edge, count)| (*count, std::cmp::Reverse(*edge)));
    usual.map_or_else(|| lines.iter().map(|line| line.x0).fold(f32::MAX, f32::min), |(edge, _)| edge as f32 * 2.0)
}

/// Which lines are rows of a table: wide open in the same places as a neighbour.
fn table_rows(lines: &[Line]) -> Vec<bool> {
    let entry = |line: &Line| has_leaders(&line.text);
    let pairs: Vec<bool> = lines.windows(2).map(|pair| !pair.iter().any(entry) && align(&pair[0], &pair[1])).collect();
    let with_next = |at: usize| pairs.get(at).copied().unwrap_or(false);
    (0..lines.len()).map(|at| with_next(at) || at > 0 && with_next(at - 1)).collect()
}

/// Whether cells behind the first begin, end or have their middle at the same place.
fn align(a: &Line, b: &Line) -> bool {
    let near = |x: f32, y: f32| (x - y).abs() < 3.0;
    let same = |a: &Cell, b: &Cell| near(a.x0, b.x0) || near(a.x1, b.x1) || near(a.x0 + a.x1, b.x0 + b.x1);
    a.cells.iter().skip(1).take(30).any(|cell| b.cells.iter().skip(1).take(30).any(|other| same(cell, other)))
}

/// Whether a new paragraph begins with `next`.
fn breaks(open: &[Line], next: &Line, right: f32, measures: &Measures) -> bool {
    let (first, last) = (&open[0], &open[open.len() - 1]);
    let em = last.size.max(1.0);
    let gap = next.baseline - last.baseline;
    if !like(last.size, next.size) || last.face.mono != next.face.mono && !measures.body_is_mono {
        return true;
    }
    if last.face.bold != next.face.bold && (ends_sentence(&last.text) || last.face.bold && !dangles(&last.text)) {
        return true;
    }
    if gap > 1.32 * measures.pitch(last.size).max(measures.pitch(next.size)) || gap < 0.0 {
        return true;
    }
    let in_item = marker(&first.text).is_some();
    if marker(&next.text).is_some() && (in_item || ends_sentence(&last.text) || last.text.ends_with([':', ';', ','])) {
        return true;
    }
    let indent = next.x0 - last.x0;
    let room = right - last.x1 - first_word_width(next);
    let width = right - first.x0.min(last.x0);
    if last.size > 1.15 * measures.body {
        return false;
    }
    if ends_sentence(&last.text) {
        let hanging = in_item && open.len() == 1;
        return indent > 0.8 * em && !hanging || indent < -0.8 * em && open.len() > 1 || room > em;
    }
    if last.text.ends_with(':') && room > em {
        return true;
    }
    // A line that stops far from the edge is a heading, a label or a verse, unless the sentence goes on.
    room > 0.25 * width && room > 2.0 * em && !starts_lowercase(&next.text) && !dangles(&last.text)
}

fn paragraph(lines: Vec<Line>, left: f32, right: f32, measures: &Measures) -> Paragraph {
    let indented = lines[0].x0 > left + 0.7 * lines[0].size;
    let mut paragraph = Paragraph { kind: BlockKind::Paragraph, lines, right, indented };
    paragraph.kind = kind(&paragraph, measures);
    paragraph
}

fn kind(paragraph: &Paragraph, measures: &Measures) -> BlockKind {
    let (text, words, first) = (paragraph.text(), paragraph.words(), &paragraph.lines[0]);
    if has_leaders(&text) {
        return BlockKind::Furniture("table of contents");
    }
    if is_caption(&text) {
        return BlockKind::Caption;
    }
    if !measures.body_is_mono && paragraph.lines.iter().all(|line| line.face.mono) {
        return BlockKind::NotProse;
    }
    if is_formula(paragraph) {
        return BlockKind::Furniture("formula");
    }
    let large = first.size > 1.08 * measures.body;
    let bold = !measures.body_is_bold && paragraph.lines.iter().all(|line| line.face.bold);
    let short = paragraph.lines.len() <= 4 && words <= 25;
    let closed = text.ends_with(['.', ',', ';', ':']) && !(large && words <= 12);
    if short && (large || bold) && !closed && text.contains(char::is_alphabetic) {
        return BlockKind::Heading;
    }
    if marker(&first.text).is_some() {
        return BlockKind::ListItem;
    }
    BlockKind::Paragraph
}

/// A row of dots that leads to a page's number.
fn has_leaders(text: &str) -> bool {
    let dots = text.trim_end_matches(|c: char| c.is_alphanumeric() || c == ' ');
    let run: String = dots.chars().rev().take_while(|c| matches!(c, '.' | ' ' | '…')).collect();
    run.chars().filter(|c| *c != ' ').count() >= 4
}

/// `Figure 3: …`, `Table 2. …`, `Fig. 1`.
fn is_caption(text: &str) -> bool {
    const LABELS: &[&str] =
        &["figure", "fig", "table", "tab", "plate", "scheme", "listing", "chart", "map", "photo", "box", "exhibit"];
    let mut words = text.split(' ');
    let label = words.next().unwrap_or("").trim_end_matches('.').to_lowercase();
    let number = words.next().unwrap_or("");
    let bare = number.trim_end_matches(['.', ':', ')', '|', '—', '–']);
    let counted = bare.len() <= 5
        && bare.starts_with(|c: char| c.is_ascii_digit() || c.is_ascii_uppercase())
        && bare.chars().all(|c| c.is_ascii_alphanumeric() || c == '.');
    LABELS.contains(&label.as_str())
        && counted
        && (bare.len() < number.len() || text.len() == label.len() + 1 + number.len())
}

/// A line or two of signs with hardly a word.
fn is_formula(paragraph: &Paragraph) -> bool {
    let text = paragraph.text();
    let words = text.split(' ').filter(|word| word.chars().filter(|c| c.is_alphabetic()).count() >= 3).count();
    let signs = text
        .chars()
        .filter(|c| {
            matches!(c, '=' | '+' | '−' | '∑' | '∫' | '√' | '×' | '≤' | '≥' | '∈' | '≈' | '→' | '∂' | '∏' | '±')
        })
        .count();
    paragraph.lines.len() <= 3
        && signs >= 1
        && words <= 2
        && !ends_sentence(&text)
        && text.split(' ').count() > words + 1
}

/// The names of authors and where they work stand between the title and the text.
fn mark_names(blocks: &mut [Block]) {
    let Some(first) = blocks.iter().position(|block| block.kind == BlockKind::Heading) else { return };
    let on_first_page = |block: &Block| block.text.place_at(0).page == Some(1);
    for block in blocks[first + 1..].iter_mut().take(12).take_while(|block| on_first_page(block)) {
        let text = block.text.as_str();
        let words = text.split(' ').count();
        let running = matches!(block.kind, BlockKind::Paragraph | BlockKind::ListItem);
        let text_begins = running && (words > 25 || is_sentence(text));
        if text_begins {
            return;
        }
        if is_section(text) {
            block.kind = BlockKind::Heading;
            return;
        }
        let heading = block.kind == BlockKind::Heading;
        if heading && !is_name(text) || !matches!(block.kind, BlockKind::Heading | BlockKind::Paragraph) {
            continue;
        }
        block.kind = BlockKind::Furniture(TITLE_PAGE);
    }
}

/// Whether it says something, rather than names people, places and days.
fn is_sentence(text: &str) -> bool {
    const OF_NAMES: &[&str] =
        &["and", "of", "for", "the", "in", "at", "de", "der", "la", "van", "von", "du", "des", "und", "et", "by", "on"];
    let small = text.split(' ').filter(|word| word.starts_with(char::is_lowercase) && !word.contains('@'));
    let said = small.filter(|word| !OF_NAMES.contains(word)).count();
    said >= if ends_sentence(text) { 2 } else { 12 }
}

/// `Abstract`, `1 Introduction`.
fn is_section(text: &str) -> bool {
    const SECTIONS: &[&str] =
        &["abstract", "introduction", "summary", "contents", "background", "overview", "preface", "foreword"];
    let bare = text.trim_matches(|c: char| !c.is_alphabetic()).to_lowercase();
    SECTIONS.contains(&bare.as_str())
}

/// `Mirel Askholm`, `M. Askholm and Ivo van der Lind`.
fn is_name(text: &str) -> bool {
    let words: Vec<&str> = text.split([' ', ',']).filter(|word| !word.is_empty()).collect();
    let of_a_name = |word: &str| {
        word.starts_with(char::is_uppercase) && !word.contains(|c: char| c.is_ascii_digit() || c == ':')
            || matches!(word, "and" | "&" | "van" | "von" | "der" | "de" | "la" | "al")
    };
    (2..=12).contains(&words.len())
        && words.iter().all(|word| of_a_name(word))
        && words.iter().any(|word| word.chars().skip(1).any(char::is_lowercase))
}
