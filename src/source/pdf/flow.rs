//! Paragraphs to blocks: across the ends of columns and pages, with the footnotes below them.

use std::collections::HashSet;

use super::line::{Line, marker};
use super::page::Role;
use super::paragraph::{Measures, Paragraph, like, may_name_section, paragraphs};
use super::words::{breaks_word, dangles, ends_sentence, starts_lowercase};
use crate::lang::english::furniture::SECTIONS;
use crate::lang::jump::{Jump, jump};
use crate::lang::script::has_caseless_letters;
use crate::lang::{is_calendar, one_line};
use crate::source::{Block, BlockKind, Date, LocatedText, Place, TITLE_PAGE, raised};

/// What is on a page besides its columns.
#[derive(Debug, Default)]
pub struct PageFurniture {
    pub items: Vec<(String, &'static str)>,
}

/// A page in columns, each of them lines from top to bottom.
pub struct Page {
    pub columns: Vec<(Role, Vec<Line>)>,
    /// The notes in the margins, in the same form.
    pub notes: Vec<Vec<Line>>,
    pub furniture: PageFurniture,
}

/// Notes of fewer words than this say nothing without the text that they belong to.
const LEAST_NOTE_WORDS: usize = 5;
/// A paragraph continues at most this many pages after the page on which it broke off.
const MAX_PAGES_APART: usize = 2;

/// Returns the blocks of a document, and its apparent title.
pub fn blocks(pages: Vec<Page>) -> (Vec<Block>, Option<String>) {
    let columns: Vec<&[Line]> =
        pages.iter().flat_map(|page| page.columns.iter().map(|(_, lines)| lines.as_slice())).collect();
    let measures = Measures::of(&columns);
    let mut flow = Flow::new(&measures);
    for (at, page) in pages.into_iter().enumerate() {
        flow.page(at + 1, page);
    }
    flow.finish()
}

struct Flow<'a> {
    measures: &'a Measures,
    blocks: Vec<Block>,
    /// The paragraph that may continue in the next column.
    open: Option<Paragraph>,
    /// The paragraphs that continue on a page that the reader is referred to.
    continued: Vec<Paragraph>,
    /// Whether the open paragraph was one of these, and its rest comes next.
    resumed: bool,
    /// What comes after the open paragraph and is not part of it.
    held: Vec<Block>,
    /// The last footnote, while it may continue on the next page.
    note: Option<LocatedText>,
    /// The largest heading of the first page that may be a title, and its size.
    title: Option<(f32, String)>,
}

impl<'a> Flow<'a> {
    fn new(measures: &'a Measures) -> Self {
        Self {
            measures,
            blocks: Vec::new(),
            open: None,
            continued: Vec::new(),
            resumed: false,
            held: Vec::new(),
            note: None,
            title: None,
        }
    }

    fn page(&mut self, number: usize, page: Page) {
        let place = Place::page(number);
        let mut marks: Vec<String> = Vec::new();
        for (text, reason) in page.furniture.items {
            self.hold(Block { kind: BlockKind::Furniture(reason), text: LocatedText::new(&text, place) });
        }
        page.notes.into_iter().for_each(|notes| self.aside(notes));
        let mut notes: Vec<Vec<Line>> = Vec::new();
        let mut columns = page.columns;
        for (_, column) in &mut columns {
            notes.push(self.take_notes(column, &mut marks));
        }
        let set: HashSet<String> = marks.iter().cloned().collect();
        for (_, column) in &mut columns {
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
        let mut position = Position::First;
        for (at, ((role, column), notes)) in columns.into_iter().zip(notes).enumerate() {
            if role == Role::Aside {
                self.aside(column);
                self.notes(notes);
                continue;
            }
            position = match position {
                // A table's title may extend across its columns.
                Position::InTable => position,
                _ if role == Role::Cell && at > 0 => Position::Later,
                _ => Position::First,
            };
            let (column, jumps) = self.take_jumps(column);
            if jumps.contains(&Jump::From) {
                self.resume();
            }
            for paragraph in paragraphs(column, self.measures) {
                let next = position.after(&paragraph, self.measures.body);
                self.paragraph(paragraph, position);
                position = next;
            }
            if jumps.contains(&Jump::On) {
                self.continued.extend(self.open.take());
                self.close();
            }
            self.notes(notes);
        }
        self.close_note();
    }

    /// Takes the lines that refer the reader to another page out of a column.
    fn take_jumps(&mut self, column: Vec<Line>) -> (Vec<Line>, Vec<Jump>) {
        let mut jumps = Vec::new();
        let mut rest = Vec::new();
        for line in column {
            if let Some(jump) = jump(&line.text) {
                jumps.push(jump);
                let text = LocatedText::new(&line.text, Place::page(line.page));
                self.hold(Block { kind: BlockKind::Furniture("where the text goes on"), text });
            } else {
                rest.push(line);
            }
        }
        (rest, jumps)
    }

    /// Resumes the paragraph from which the reader was referred here, if there is only one.
    fn resume(&mut self) {
        self.close();
        if self.continued.len() == 1 {
            self.open = self.continued.pop();
            self.resumed = true;
        }
    }

    /// Adds what is beside the text.
    fn aside(&mut self, lines: Vec<Line>) {
        for paragraph in paragraphs(lines, self.measures) {
            let block = self.block(&paragraph);
            self.hold(block);
        }
    }

    /// Adds a block without interrupting the open paragraph.
    fn hold(&mut self, block: Block) {
        if self.open.is_some() { self.held.push(block) } else { self.blocks.push(block) }
    }

    fn paragraph(&mut self, paragraph: Paragraph, position: Position) {
        if !paragraph.is_running() {
            let block = self.block(&paragraph);
            if paragraph.kind == BlockKind::Heading {
                self.close();
                self.may_be_title(&paragraph.lines[0], block.text.as_str());
            }
            self.hold(block);
            return;
        }
        let resumed = std::mem::take(&mut self.resumed);
        let is_near = |open: &Paragraph| paragraph.lines[0].page <= open.last().page + MAX_PAGES_APART;
        match &mut self.open {
            Some(open) if (resumed || is_near(open)) && goes_on(open, &paragraph, position, self.measures) => {
                open.lines.extend(paragraph.lines);
                open.right = paragraph.right;
            }
            // What is set in another size, such as a box beside the text, does not end an open sentence.
            Some(open)
                if like(open.last().size, self.measures.body)
                    && !like(paragraph.lines[0].size, self.measures.body)
                    && open.lines.len() > 1
                    && open.is_full(&paragraph.lines[0])
                    && !ends_sentence(&open.last().text) =>
            {
                let block = self.block(&paragraph);
                self.hold(block);
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
        let raised_in = |line: &Line| {
            line.raised.iter().map(|range| line.text[range.clone()].trim().to_owned()).collect::<Vec<_>>()
        };
        let called: HashSet<String> = column.iter().flat_map(raised_in).collect();
        let first = (below..column.len()).find(|at| begins_note(&column[*at], &called));
        let first = if goes_on && below > 0 && below < column.len() { Some(below) } else { first };
        // Some programs set notes as large as the text; a raised number at the start of a line identifies them.
        let lower = column.len() - column.len() * 2 / 5;
        let raised =
            || (lower..column.len()).find(|at| column[*at].raised.first().is_some_and(|range| range.start == 0));
        let (first, below) = if first.is_some() { (first, below) } else { (raised(), column.len()) };
        let first = first
            .or_else(|| (lower.max(1)..column.len()).find(|at| cuts_sentence(&column[at - 1], &column[*at], &called)));
        // Small lines alone are not a footnote, unless they begin with a mark: notes across columns are separate.
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
                // The rest of a note that did not fit on the previous page.
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

    /// Titles are larger than the names of authors and publishers, than section headings, and than the text.
    fn may_be_title(&mut self, first: &Line, text: &str) {
        const LARGER: f32 = 1.15;
        let least = self.title.as_ref().map_or(LARGER * self.measures.body, |(size, _)| 1.05 * size);
        let says = text.split(' ').count() >= 3 && text.contains(char::is_lowercase) && !text.contains('@');
        if first.page == 1 && first.size > least && says && !is_name(text) && !is_day(text) && !is_section(text) {
            self.title = Some((first.size, text.to_owned()));
        }
    }

    fn finish(mut self) -> (Vec<Block>, Option<String>) {
        self.close();
        for paragraph in std::mem::take(&mut self.continued) {
            let block = self.block(&paragraph);
            self.blocks.push(block);
        }
        self.close_note();
        let mut blocks = self.blocks;
        mark_subsections(&mut blocks);
        mark_names(&mut blocks);
        (blocks, self.title.map(|(_, title)| title))
    }
}

/// The position of a paragraph in its column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Position {
    /// At the top.
    First,
    /// Below a figure, a table or a box at the top, which interrupt the text.
    BelowFloat,
    /// Below the title of a table at the top: what is not a row is a cell of text.
    InTable,
    /// Below text or a heading.
    Later,
}

impl Position {
    /// Returns the position of the paragraph after `paragraph`, whose own position is `self`.
    fn after(self, paragraph: &Paragraph, body: f32) -> Self {
        match self {
            Self::Later => Self::Later,
            Self::First if is_table(paragraph) => Self::InTable,
            Self::InTable if paragraph.kind == BlockKind::Caption => Self::InTable,
            _ if matches!(paragraph.kind, BlockKind::Caption | BlockKind::TableRow) => Self::BelowFloat,
            Self::First | Self::BelowFloat if paragraph.is_running() && !like(paragraph.lines[0].size, body) => {
                Self::BelowFloat
            }
            _ => Self::Later,
        }
    }
}

/// Matches `Table 3: …`.
fn is_table(paragraph: &Paragraph) -> bool {
    let label = paragraph.lines[0].text.get(..3).unwrap_or("").to_lowercase();
    paragraph.kind == BlockKind::Caption && label == "tab"
}

/// Whether a paragraph continues in the first one of the next column.
fn goes_on(open: &Paragraph, next: &Paragraph, position: Position, measures: &Measures) -> bool {
    let (last, first) = (open.last(), &next.lines[0]);
    let new_item = next.kind == BlockKind::ListItem;
    if matches!(position, Position::InTable | Position::Later) || new_item || !like(last.size, first.size) {
        return false;
    }
    if breaks_word(&last.text) && first.text.starts_with(char::is_uppercase) || begins_section(&first.text) {
        return false;
    }
    if ends_sentence(&last.text) {
        measures.indents && !next.indented && open.is_full(first) && open.kind == BlockKind::Paragraph
    } else {
        starts_lowercase(&first.text) || dangles(&last.text) || open.is_full(first)
    }
}

/// Whether a line begins with the mark of a note: a number with a dot only where it is one of the raised marks.
fn begins_note(line: &Line, raised: &HashSet<String>) -> bool {
    let is_dotted = |mark: &str| line.text.strip_prefix(mark).is_some_and(|rest| rest.starts_with(['.', ')']));
    note_mark(line).is_some_and(|(mark, _)| !is_dotted(&mark) || raised.contains(&mark))
}

/// Whether a line as large as the text begins a note: it follows a sentence that does not end above it.
fn cuts_sentence(above: &Line, line: &Line, raised: &HashSet<String>) -> bool {
    let is_dotted = line.text.trim_start_matches(|c: char| c.is_ascii_digit()).starts_with(['.', ')']);
    let is_open = !ends_sentence(&above.text) && !above.text.ends_with([':', ';', ',']);
    is_dotted && is_open && begins_note(line, raised)
}

/// Returns the mark that a footnote begins with, and where its text begins.
fn note_mark(line: &Line) -> Option<(String, usize)> {
    if let Some(range) = line.raised.first().filter(|range| range.start == 0) {
        return Some((line.text[range.clone()].trim().to_owned(), range.end));
    }
    let word = line.text.split(' ').next()?;
    let first = word.trim_end_matches(['.', ')']);
    let symbol = !first.is_empty() && first.chars().all(|c| matches!(c, '*' | '†' | '‡' | '§' | '¶' | '∗'));
    let number = first.len() <= 3 && first.bytes().all(|b| b.is_ascii_digit()) && !first.is_empty();
    let text = line.text[word.len()..].trim_start();
    let words = || text.split(' ').filter(|word| word.len() >= 3 && word.chars().all(char::is_alphabetic)).count();
    let letters = text.starts_with(|c: char| c.is_alphabetic() || matches!(c, '“' | '"' | '‘' | '(' | '['))
        || text.starts_with(|c: char| c.is_ascii_digit()) && words() >= 3;
    ((symbol || number) && letters).then(|| (first.to_owned(), word.len()))
}

/// Returns which lines begin a note: all that have a raised mark; else those whose numbers are consecutive.
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

/// Takes footnote marks out of a line: the marks of notes on its page, and raised numbers that cannot be exponents.
fn take_marks(line: &mut Line, known: &HashSet<String>, taken: &mut Vec<String>) {
    let raised = std::mem::take(&mut line.raised);
    for range in raised.iter().rev() {
        let (before, behind) = (&line.text[..range.start], &line.text[range.end..]);
        let mark = line.text[range.clone()].trim();
        if raised::is_numerator(mark, behind) {
            if before.ends_with(|c: char| c.is_ascii_digit()) {
                line.text.insert(range.start, ' ');
            }
        } else if let Some(sign) = raised::sign(before, mark).filter(|_| !known.contains(mark) || is_base(before)) {
            line.text.insert_str(range.start, sign);
        } else if !raised::leads(before, behind)
            && !is_power(mark, before)
            && (known.contains(mark) || is_reference(mark, before))
        {
            taken.push(mark.to_owned());
            line.text.replace_range(range.clone(), "");
        }
    }
    line.text = one_line(&line.text);
}

/// Whether a text ends in a number that may have an exponent even if a note has the same number; a year may not.
fn is_base(before: &str) -> bool {
    const MOST_DIGITS: usize = 2;
    before.bytes().rev().take_while(u8::is_ascii_digit).count() <= MOST_DIGITS
}

/// Whether a raised number after `before` turns a unit of length into one of area or volume.
fn is_power(mark: &str, before: &str) -> bool {
    const LENGTHS: &[&str] = &["m", "km", "dm", "cm", "mm", "µm", "ft"];
    let unit = before.rsplit(|c: char| !c.is_alphabetic()).next().unwrap_or("");
    matches!(mark, "2" | "3") && LENGTHS.contains(&unit)
}

/// Whether a raised number after `before` refers to a note: after punctuation or a word too long for a unit.
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

/// Whether sections have Roman numbers, so that `I.` is not an initial.
fn is_counted(blocks: &[Block]) -> bool {
    blocks.iter().any(|block| block.kind == BlockKind::Heading && block.text.as_str().starts_with("II. "))
}

/// Marks subsections, which have letters where sections have Roman numbers: `B. The pond`, on a line of its own.
fn mark_subsections(blocks: &mut [Block]) {
    if !is_counted(blocks) {
        return;
    }
    let mut next = b'A';
    for at in 1..blocks.len() {
        let is_running = |block: &Block| matches!(block.kind, BlockKind::Paragraph | BlockKind::ListItem);
        let text = blocks[at - 1].text.as_str();
        let called = text.strip_prefix(char::from(next)).and_then(|rest| rest.strip_prefix(". ")).unwrap_or("");
        if blocks[at - 1].kind == BlockKind::Heading {
            next = b'A';
        } else if is_running(&blocks[at - 1]) && is_running(&blocks[at]) && may_name_section(called) {
            blocks[at - 1].kind = BlockKind::Heading;
            next = next.saturating_add(1);
        }
    }
}

/// Marks the names and affiliations of authors between the title and the text.
fn mark_names(blocks: &mut [Block]) {
    let Some(first) = blocks.iter().position(|block| block.kind == BlockKind::Heading) else { return };
    let on_first_page = |block: &Block| block.text.place_at(0).page == Some(1);
    let counted = is_counted(blocks);
    for block in blocks[first + 1..].iter_mut().take(12).take_while(|block| on_first_page(block)) {
        let text = block.text.as_str();
        let words = text.split(' ').count();
        let running = matches!(block.kind, BlockKind::Paragraph | BlockKind::ListItem);
        let text_begins = running && (words > 25 || is_sentence(text));
        if text_begins {
            return;
        }
        let is_first = counted && block.kind == BlockKind::Heading && text.starts_with("I. ") && !text.contains(',');
        if is_section(text) || is_first {
            block.kind = BlockKind::Heading;
            return;
        }
        let heading = block.kind == BlockKind::Heading;
        if heading && !is_name(text) && !is_day(text)
            || !matches!(block.kind, BlockKind::Heading | BlockKind::Paragraph)
        {
            continue;
        }
        block.kind = BlockKind::Furniture(TITLE_PAGE);
    }
}

/// Number of letters without case from which a text says something: if a sentence ends after them, and if not. The
/// names of a person and of a workplace have fewer.
const CASELESS_CLOSED: usize = 12;
const CASELESS_OPEN: usize = 40;

/// Whether a text is a document's date and nothing else: `4 March 2024`, `Monday, March 4, 2024`.
fn is_day(text: &str) -> bool {
    const MOST_WORDS: usize = 5;
    let first = text.split([' ', ',']).next().unwrap_or("").to_lowercase();
    (first.starts_with(|c: char| c.is_ascii_digit()) || is_calendar(&first))
        && text.split(' ').count() <= MOST_WORDS
        && Date::parse(text).is_some()
}

/// Whether a text says something, rather than naming people, places and days.
fn is_sentence(text: &str) -> bool {
    const OF_NAMES: &[&str] =
        &["and", "of", "for", "the", "in", "at", "de", "der", "la", "van", "von", "du", "des", "und", "et", "by", "on"];
    let small = text.split(' ').filter(|word| word.starts_with(char::is_lowercase) && !word.contains('@'));
    let said = small.filter(|word| !OF_NAMES.contains(word)).count();
    let (words, letters) = if ends_sentence(text) { (2, CASELESS_CLOSED) } else { (12, CASELESS_OPEN) };
    said >= words || has_caseless_letters(text, letters)
}

/// Matches `Abstract`, `1 Introduction`.
fn is_section(text: &str) -> bool {
    let bare = text.trim_matches(|c: char| !c.is_alphabetic()).to_lowercase();
    SECTIONS.contains(&bare.as_str())
}

/// Whether a text begins with the name of its section, as in `Abstract — The quay …`, and continues nothing.
fn begins_section(text: &str) -> bool {
    let name = text.split_once(['—', '–', '.', ':']).map_or("", |(name, _)| name);
    name.starts_with(char::is_uppercase) && is_section(name)
}

/// Matches `Mirel Askholm`, `M. Askholm and Ivo van der Lind`.
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::pdf::glyphs::Face;

    fn line(page: usize, row: usize, text: &str) -> Line {
        let (baseline, x1) = (100.0 + 12.0 * row as f32, 60.0 + 5.0 * text.len() as f32);
        let (text, face) = (text.to_owned(), Face::default());
        Line { page, x0: 60.0, x1, baseline, size: 10.0, text, raised: Vec::new(), face, cells: Vec::new() }
    }

    #[test]
    fn a_sentence_goes_on_where_the_reader_is_sent() {
        let column = |page, texts: &[&str]| {
            let lines = texts.iter().enumerate().map(|(row, text)| line(page, row, text));
            (Role::Flow, lines.collect::<Vec<_>>())
        };
        let page = |columns| Page { columns, notes: Vec::new(), furniture: PageFurniture::default() };
        let first =
            column(1, &["The quay was closed in the spring because the", "northern wall had", "Continued on page 5"]);
        let other = column(1, &["Herring is cheap again, say those who sell it."]);
        let (second, third) = (page(Vec::new()), page(Vec::new()));
        let rest = column(5, &["Continued from page 1", "sunk by a foot since the last storm of autumn."]);
        let pages = vec![page(vec![first, other]), second, third, page(Vec::new()), page(vec![rest])];
        let texts: Vec<String> = blocks(pages).0.iter().map(|block| block.text.as_str().to_owned()).collect();
        let whole = "The quay was closed in the spring because the northern wall had sunk by a foot since the last \
                     storm of autumn.";
        assert!(texts.iter().any(|text| text == whole), "{texts:?}");
    }

    #[test]
    fn parts_of_sections_in_roman_numbers_are_counted_in_letters() {
        let block = |kind, text: &str| Block { kind, text: LocatedText::new(text, Place::page(1)) };
        let text = |text: &str| block(BlockKind::Paragraph, text);
        let parts = ["A. The weir", "It was shut.", "B. The pond", "It was dry.", "D. Sund was there", "It was full."];
        let of = |section: &str| {
            let mut blocks = vec![block(BlockKind::Heading, section)];
            blocks.extend(parts.map(text));
            mark_subsections(&mut blocks);
            blocks.iter().filter(|block| block.kind == BlockKind::Heading).count()
        };
        assert_eq!((of("II. The water"), of("The water")), (3, 1));
    }

    #[test]
    fn a_note_as_large_as_the_text_cuts_no_sentence() {
        let mut called = line(1, 0, "The quay was closed in the spring1 because the");
        called.raised = std::iter::once(33..34).collect();
        let column =
            vec![called, line(1, 1, "northern wall had"), line(1, 2, "1. See the book of the harbour for it.")];
        let rest = vec![line(2, 0, "sunk by a foot since the last storm of autumn.")];
        let page = |column| Page {
            columns: vec![(Role::Flow, column)],
            notes: Vec::new(),
            furniture: PageFurniture::default(),
        };
        let found = blocks(vec![page(column), page(rest)]).0;
        let texts: Vec<&str> = found.iter().map(|block| block.text.as_str()).collect();
        let whole = "The quay was closed in the spring because the northern wall had sunk by a foot since the last \
                     storm of autumn.";
        assert!(texts.contains(&whole) && texts.contains(&"See the book of the harbour for it."), "{texts:?}");
    }
}
