//! The lines of one column to paragraphs, headings, items and rows.

use std::collections::HashMap;

use super::line::{Line, body_size, marker};
use super::table::{Part, parts};
use super::words::{Vocabulary, dangles, ends_sentence, starts_lowercase};
use crate::lang::script::is_unspaced;
use crate::source::BlockKind;

/// Fewer distances than this do not show how far apart lines are.
const FEW_GAPS: usize = 8;

/// What the lines of a document have in common.
pub struct Measures {
    /// The size of the running text.
    pub body: f32,
    pub body_is_bold: bool,
    pub body_is_mono: bool,
    /// The usual distance of lines, by their size in half points.
    pub pitch: HashMap<i32, f32>,
    pub vocabulary: Vocabulary,
    /// Whether paragraphs are marked by the indentation of their first line.
    pub indents: bool,
}

fn bin(size: f32) -> i32 {
    (size * 2.0).round() as i32
}

pub fn like(a: f32, b: f32) -> bool {
    (a - b).abs() < 0.07 * a.max(b)
}

impl Measures {
    /// Measures the columns of all pages.
    pub fn of(columns: &[&[Line]]) -> Self {
        let lines = || columns.iter().copied().flatten();
        let body = body_size(lines().map(|line| (line.size, line.text.as_str())));
        let share = |is: fn(&Line) -> bool| {
            let of_body = || lines().filter(|line| like(line.size, body));
            of_body().filter(|line| is(line)).map(|line| line.text.len()).sum::<usize>() * 2
                > of_body().map(|line| line.text.len()).sum()
        };
        let mut gaps: HashMap<i32, Vec<f32>> = HashMap::new();
        for pair in columns.iter().flat_map(|column| column.windows(2)).filter(|pair| like(pair[0].size, pair[1].size))
        {
            let gap = pair[1].baseline - pair[0].baseline;
            if gap < 3.0 * pair[0].size {
                gaps.entry(bin(pair[0].size)).or_default().push(gap);
            }
        }
        // Few gaps, as between titles, are mostly not gaps between lines of one paragraph.
        let median = |size: i32, mut gaps: Vec<f32>| {
            gaps.sort_by(f32::total_cmp);
            let usual = gaps[gaps.len() / 2];
            if gaps.len() < FEW_GAPS { usual.min(size as f32 / 2.0 * 1.35) } else { usual }
        };
        let (indented, flush) =
            columns.iter().flat_map(|column| column.windows(3)).fold((0, 0), |(indented, flush), three| {
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

    pub fn pitch(&self, size: f32) -> f32 {
        self.pitch.get(&bin(size)).copied().filter(|pitch| *pitch > 0.8 * size).unwrap_or(1.25 * size)
    }
}

/// Lines that belong together.
#[derive(Debug, Clone)]
pub struct Paragraph {
    pub kind: BlockKind,
    pub lines: Vec<Line>,
    /// The right edge of the column.
    pub right: f32,
    /// Whether the first line is indented relative to the column.
    pub indented: bool,
}

impl Paragraph {
    pub fn text(&self) -> String {
        self.lines.iter().map(|line| line.text.as_str()).collect::<Vec<_>>().join(" ")
    }

    pub fn last(&self) -> &Line {
        &self.lines[self.lines.len() - 1]
    }

    pub fn words(&self) -> usize {
        self.lines.iter().map(|line| line.text.split_whitespace().count()).sum()
    }

    pub fn is_running(&self) -> bool {
        matches!(self.kind, BlockKind::Paragraph | BlockKind::ListItem)
    }

    /// Whether the last line has no room for the first word of `next`.
    pub fn is_full(&self, next: &Line) -> bool {
        let last = self.last();
        last.x1 + first_word_width(next) + 0.3 * last.size > self.right
    }
}

pub fn first_word_width(line: &Line) -> f32 {
    let chars = line.text.chars().count().max(1) as f32;
    let word = line.text.split(' ').next().unwrap_or("").chars().count() as f32;
    (line.x1 - line.x0).max(0.0) * word / chars
}

/// Returns the paragraphs of one column.
pub fn paragraphs(lines: Vec<Line>, measures: &Measures) -> Vec<Paragraph> {
    let lines: Vec<Line> = lines.into_iter().filter(|line| !line.text.is_empty()).collect();
    let edges = (left_edge(&lines, measures), right_edge(&lines, measures));
    let mut paragraphs: Vec<Paragraph> = Vec::new();
    let mut open: Vec<(Line, bool)> = Vec::new();
    for part in parts(lines, edges, measures) {
        match part {
            Part::Line(line, row) => open.push((line, row)),
            Part::Texts(texts) => {
                paragraphs.extend(of_lines(std::mem::take(&mut open), edges, measures));
                paragraphs.extend(texts.into_iter().flat_map(|text| beside(text, measures)));
            }
        }
    }
    paragraphs.extend(of_lines(open, edges, measures));
    mark_captions(&mut paragraphs);
    mark_items(&mut paragraphs);
    paragraphs
}

/// Returns the paragraphs of a text beside another. Large type alone is a quotation there, not a heading.
fn beside(lines: Vec<Line>, measures: &Measures) -> Vec<Paragraph> {
    let edges = (left_edge(&lines, measures), right_edge(&lines, measures));
    let mut paragraphs = of_lines(lines.into_iter().map(|line| (line, false)).collect(), edges, measures);
    if paragraphs.iter().all(|paragraph| paragraph.kind == BlockKind::Heading) {
        paragraphs.iter_mut().for_each(|paragraph| paragraph.kind = BlockKind::Paragraph);
    }
    paragraphs
}

/// Returns the paragraphs of lines, some of which are known to be rows of a table.
fn of_lines(lines: Vec<(Line, bool)>, (left, right): (f32, f32), measures: &Measures) -> Vec<Paragraph> {
    let mut paragraphs: Vec<Paragraph> = Vec::new();
    let mut open: Vec<Line> = Vec::new();
    for (line, row) in lines {
        let alone = |line: &Line| has_leaders(&line.text) || is_numbered_in_the_middle(line, left, right);
        if !open.is_empty()
            && (row || alone(&line) || alone(&open[open.len() - 1]) || breaks(&open, &line, right, measures))
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

/// Marks as caption what is below a line with only `TABLE IV`.
fn mark_captions(paragraphs: &mut [Paragraph]) {
    for at in 1..paragraphs.len() {
        let (above, below) = (&paragraphs[at - 1], &paragraphs[at]);
        let label = above.kind == BlockKind::Caption && above.words() == 2 && above.lines.len() == 1;
        let near = below.lines[0].baseline - above.last().baseline < 2.0 * above.last().size;
        if label && near && matches!(below.kind, BlockKind::Paragraph | BlockKind::Heading) {
            paragraphs[at].kind = BlockKind::Caption;
        }
    }
}

/// Makes bold numbered lines below one another the items of a list: a heading has a text below it.
fn mark_items(paragraphs: &mut [Paragraph]) {
    let is_numbered = |paragraph: &Paragraph| {
        let text = &paragraph.lines[0].text;
        paragraph.kind == BlockKind::Heading && text.starts_with(|c: char| c.is_ascii_digit()) && marker(text).is_some()
    };
    for run in paragraphs.chunk_by_mut(|a, b| is_numbered(a) && is_numbered(b)).filter(|run| run.len() > 1) {
        run.iter_mut().for_each(|paragraph| paragraph.kind = BlockKind::ListItem);
    }
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
    // A line that stops far from the edge is a heading, a label or a verse, unless the sentence continues.
    room > 0.25 * width && room > 2.0 * em && !starts_lowercase(&next.text) && !dangles(&last.text)
}

fn paragraph(lines: Vec<Line>, left: f32, right: f32, measures: &Measures) -> Paragraph {
    let indented = lines[0].x0 > left + 0.7 * lines[0].size;
    let mut paragraph = Paragraph { kind: BlockKind::Paragraph, lines, right, indented };
    let in_the_middle = is_numbered_in_the_middle(&paragraph.lines[0], left, right);
    paragraph.kind = if in_the_middle { BlockKind::Heading } else { kind(&paragraph, measures) };
    paragraph
}

/// Whether a line is a heading by its position and number alone, as in papers whose headings have the size of the text:
/// `II. The Mill`, centred in its column.
fn is_numbered_in_the_middle(line: &Line, left: f32, right: f32) -> bool {
    let (before, after) = (line.x0 - left, right - line.x1);
    let is_roman = |number: &str| !number.is_empty() && number.bytes().all(|b| matches!(b, b'I' | b'V' | b'X'));
    let called = line.text.split_once(". ").filter(|(number, _)| is_roman(number)).map_or("", |(_, called)| called);
    before.min(after) > 1.5 * line.size && (before - after).abs() < line.size && may_name_section(called)
}

/// Whether a text after a number may be the name of a section, and no item or sentence.
pub fn may_name_section(text: &str) -> bool {
    const MOST_WORDS: usize = 10;
    text.starts_with(char::is_uppercase)
        && text.split(' ').count() <= MOST_WORDS
        && !text.contains(',')
        && !ends_sentence(text)
}

fn kind(paragraph: &Paragraph, measures: &Measures) -> BlockKind {
    let (text, words, first) = (paragraph.text(), paragraph.words(), &paragraph.lines[0]);
    if has_leaders(&text) {
        return BlockKind::Furniture("table of contents");
    }
    if is_caption(&text) {
        return BlockKind::Caption;
    }
    if !measures.body_is_mono && paragraph.lines.iter().all(|line| line.face.mono) && !is_in_unspaced_script(&text) {
        return BlockKind::NotProse;
    }
    if is_formula(paragraph) {
        return BlockKind::Furniture("formula");
    }
    let large = first.size > 1.08 * measures.body && !first.face.typed;
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

/// Whether most letters belong to a script whose fonts give all letters one width.
fn is_in_unspaced_script(text: &str) -> bool {
    let letters = || text.chars().filter(|c| c.is_alphabetic());
    letters().filter(|c| is_unspaced(*c)).count() * 2 > letters().count()
}

/// Whether a text contains a row of dots that leads to a page number.
pub fn has_leaders(text: &str) -> bool {
    let dots = text.trim_end_matches(|c: char| c.is_alphanumeric() || c == ' ');
    let run: String = dots.chars().rev().take_while(|c| matches!(c, '.' | ' ' | '…')).collect();
    run.chars().filter(|c| *c != ' ').count() >= 4
}

/// Matches `Figure 3: …`, `Table 2. …`, `Fig. 1`.
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

/// Whether a paragraph is a few lines of signs with hardly any words.
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::pdf::glyphs::Face;

    #[test]
    fn a_numbered_line_in_the_middle_of_its_column_is_a_heading() {
        let line = |row: usize, x0: f32, x1: f32, text: &str| Line {
            page: 1,
            x0,
            x1,
            baseline: 100.0 + 12.0 * row as f32,
            size: 10.0,
            text: text.to_owned(),
            raised: Vec::new(),
            face: Face::default(),
            cells: Vec::new(),
        };
        let text = "The weir was shut because the pond had been dry";
        let column = |middle: f32| {
            let lines = [line(0, 60.0, 300.0, text), line(1, 60.0, 150.0, "since May.")];
            let heading = line(2, middle - 40.0, middle + 40.0, "II. The Mill");
            [&lines[..], &[heading, line(3, 60.0, 300.0, text), line(4, 60.0, 300.0, text)]].concat()
        };
        let kinds = |lines: Vec<Line>| {
            let measures = Measures::of(&[&lines]);
            paragraphs(lines, &measures).iter().map(|paragraph| paragraph.kind).collect::<Vec<_>>()
        };
        assert_eq!(kinds(column(180.0)), [BlockKind::Paragraph, BlockKind::Heading, BlockKind::Paragraph]);
        assert!(!kinds(column(130.0)).contains(&BlockKind::Heading));
    }

    #[test]
    fn bold_numbers_below_one_another_are_items() {
        let line = |(row, (text, bold)): (usize, (&str, bool))| Line {
            page: 1,
            x0: 60.0,
            x1: 60.0 + 5.0 * text.len() as f32,
            baseline: 100.0 + 20.0 * row as f32,
            size: 10.0,
            text: text.to_owned(),
            raised: Vec::new(),
            face: Face { bold, ..Face::default() },
            cells: Vec::new(),
        };
        let text = ("The weir was shut because the pond had been dry since May.", false);
        let lines = [text, ("1. The mill", true), text, ("1. A rope", true), ("2. A lamp", true), text];
        let lines: Vec<Line> = lines.into_iter().enumerate().map(line).collect();
        let found = paragraphs(lines.clone(), &Measures::of(&[&lines]));
        let of_kind = |kind| found.iter().filter(|paragraph| paragraph.kind == kind).count();
        assert_eq!((of_kind(BlockKind::Heading), of_kind(BlockKind::ListItem)), (1, 2));
    }

    #[test]
    fn text_of_a_script_of_one_width_is_no_code() {
        let line = |(row, (text, mono)): (usize, &(&str, bool))| Line {
            page: 1,
            x0: 60.0,
            x1: 300.0,
            baseline: 100.0 + 40.0 * row as f32,
            size: 10.0,
            text: (*text).to_owned(),
            raised: Vec::new(),
            face: Face { mono: *mono, ..Face::default() },
            cells: Vec::new(),
        };
        let texts = [
            (
                "The harbour closed its northern quay in the spring, and the clerk of the town said so to all who \
                 asked.",
                false,
            ),
            ("町議会は火曜日、港を閉鎖することを決めた。", true),
            ("let quay = harbour.close();", true),
        ];
        let lines: Vec<Line> = texts.iter().enumerate().map(line).collect();
        let found = paragraphs(lines.clone(), &Measures::of(&[&lines]));
        let kinds: Vec<BlockKind> = found.iter().map(|paragraph| paragraph.kind).collect();
        assert_eq!(kinds, [BlockKind::Paragraph, BlockKind::Paragraph, BlockKind::NotProse]);
    }
}
