//! Rows of tables whose cells have several lines: read cell by cell, not line by line.
//!
//! The lines between two gaps across the whole width of a column are a row if nothing crosses the gutters that its
//! neighbours have, and if what its cells say continues on their next lines.

use std::ops::Range;

use super::line::{Cell, Line, marker};
use super::paragraph::{Measures, first_word_width, has_leaders, like};
use super::words::{ends_sentence, starts_lowercase};
use crate::source::{LocatedText, Place};

/// Least ratio of a gap between rows to one between lines.
const ROW_GAP: f32 = 1.32;
/// Width of a gutter, in heights of the font.
const GUTTER: f32 = 0.3;
/// Least width of a cell, in points, so that it lies in its column.
const WIDTH: f32 = 0.1;
/// Tolerance in points for cells that begin at one edge, and least number of them beside a gutter.
const SAME_EDGE: f32 = 2.0;
const LEAST_ALIGNED: usize = 2;
/// Least number of letters in a line after which a text may continue.
const LEAST_LETTERS: usize = 12;
/// The first word of the next line may be this much wider than its mean letter width suggests.
const WIDE_WORD: f32 = 1.25;
/// Width of a space, in heights of the font.
const SPACE: f32 = 0.25;
/// Largest number of words in a row label.
const LABEL_WORDS: usize = 4;
/// Least ratio of the gap above a label to the smallest gap between lines.
const LABEL_GAP: f32 = 1.08;
/// A cell of at least this many words that ends like a sentence is a text by itself.
const LEAST_WORDS: usize = 5;
/// A line is a heading of what follows if it is larger by this ratio.
const HEADING: f32 = 1.3;
/// In texts side by side, fewer than one in this many lines is level with another.
const FEW_LEVEL: usize = 3;
/// A column of more lines is not a text with tables in it.
const MAX_COLUMN: usize = 1000;
/// Rows of more lines are texts side by side.
const MAX_LINES: usize = 8;

/// A part of a column.
#[derive(Debug, PartialEq)]
pub enum Part {
    /// A line, and whether it is a row of a table.
    Line(Line, bool),
    /// A row of texts, each with its lines.
    Texts(Vec<Vec<Line>>),
}

/// Returns the lines of a column with these edges, with rows of several lines put together.
pub fn parts(lines: Vec<Line>, edges: (f32, f32), measures: &Measures) -> Vec<Part> {
    let mut aligned = aligned(&lines, edges);
    if lines.len() > MAX_COLUMN {
        return lines.into_iter().zip(aligned).map(|(line, row)| Part::Line(line, row)).collect();
    }
    let mut rows: Vec<Row> = Vec::new();
    let groups = groups(&lines, measures);
    let mut from = 0;
    while from < groups.len() {
        let (to, columns) = table(&lines, &groups, from);
        let found = rows_of(&lines, &groups[from..to], &columns);
        if found.iter().any(|row| !row.columns.is_empty()) {
            let single = groups[from..to].iter().filter(|group| group.len() == 1).map(|group| group.start);
            single.for_each(|at| aligned[at] |= lines[at].cells.len() > 1 && !has_leaders(&lines[at].text));
        }
        rows.extend(found);
        from = to;
    }
    let mut lines = lines.into_iter().zip(aligned);
    let mut parts = Vec::new();
    for row in rows {
        let group = lines.by_ref().take(row.lines.len());
        if row.columns.is_empty() {
            parts.extend(group.map(|(line, row)| Part::Line(line, row)));
        } else {
            parts.push(row.read(&group.map(|(line, _)| line).collect::<Vec<_>>(), measures));
        }
    }
    parts
}

/// Lines that belong together.
struct Row {
    lines: Range<usize>,
    /// The columns of a row whose cells have several lines; empty if lines are read as they are.
    columns: Vec<Range<f32>>,
    /// Whether its cells are texts side by side, rather than cells of a table.
    is_of_texts: bool,
}

/// Returns the rows of groups that have the same columns. Text that continues below a gap is not a cell of a table;
/// within a group, a row may begin at each label.
fn rows_of(lines: &[Line], groups: &[Range<usize>], columns: &[Range<f32>]) -> Vec<Row> {
    let mut rows: Vec<Row> = Vec::new();
    for (at, group) in groups.iter().enumerate() {
        match rows.last_mut().filter(|_| at > 0 && goes_on(lines, &groups[at - 1], group, columns)) {
            Some(row) => (row.lines.end, row.is_of_texts) = (group.end, true),
            None => {
                let starts = labels(&lines[group.clone()], columns);
                let is_of_texts = groups.len() == 1 && starts.is_empty();
                let edges = [vec![0], starts, vec![group.len()]].concat();
                rows.extend(edges.windows(2).map(|pair| Row {
                    lines: group.start + pair[0]..group.start + pair[1],
                    columns: Vec::new(),
                    is_of_texts,
                }));
            }
        }
    }
    for row in &mut rows {
        if is_row(&lines[row.lines.clone()], columns) {
            row.columns = columns.to_vec();
        }
    }
    rows
}

/// Returns the lines after the first that begin a row: those that have a label and continue nothing from above.
fn labels(lines: &[Line], columns: &[Range<f32>]) -> Vec<usize> {
    let Some((first, others)) = columns.split_first().filter(|(_, others)| !others.is_empty()) else {
        return Vec::new();
    };
    let is_label = |cell: &Cell| cell.text.split(' ').count() <= LABEL_WORDS;
    if !cells_in(lines, first).all(is_label) {
        return Vec::new();
    }
    let goes_on = |at: usize, column| {
        let above = lines[..at].iter().rev().find_map(|line| within(line, column));
        let pair = above.zip(within(&lines[at], column));
        pair.is_some_and(|(above, below)| starts_lowercase(&below.text) && !ends_sentence(&above.text))
    };
    let gap = |at: usize| lines[at].baseline - lines[at - 1].baseline;
    let least = (1..lines.len()).map(gap).fold(f32::MAX, f32::min);
    let has = |at: usize, column| within(&lines[at], column).is_some();
    (1..lines.len())
        .filter(|at| has(*at, first) && others.iter().any(|column| has(*at, column)))
        .filter(|at| gap(*at) > LABEL_GAP * least || !columns.iter().any(|column| goes_on(*at, column)))
        .collect()
}

/// Whether the text of a column continues from one group in the next.
fn goes_on(lines: &[Line], above: &Range<usize>, below: &Range<usize>, columns: &[Range<f32>]) -> bool {
    columns.iter().any(|column| {
        let last = cells_in(&lines[above.clone()], column).last();
        let first = cells_in(&lines[below.clone()], column).next();
        last.zip(first).is_some_and(|(last, first)| starts_lowercase(&first.text) && !ends_sentence(&last.text))
    })
}

/// Returns which lines are rows of a table: they have wide gaps at the same places as a neighbour. `edges` are the
/// column's.
fn aligned(lines: &[Line], edges: (f32, f32)) -> Vec<bool> {
    // Most lines of a text have no gap, or consist of gaps.
    let is_of_text = |line: &&Line| line.cells.len() == 1 || is_stretched(line, None);
    let is_text = lines.iter().filter(is_of_text).count() * 2 > lines.len();
    let edges = Some(edges).filter(|_| is_text);
    let row = |pair: &[Line]| {
        let stretched = pair.iter().filter(|line| is_stretched(line, edges)).count();
        let entry = pair.iter().any(|line| has_leaders(&line.text));
        // Cells that fill their columns are as far from each other as the words of a line that was drawn out.
        !entry
            && if stretched == 0 { align(&pair[0], &pair[1]) } else { stretched == 1 && all_align(&pair[0], &pair[1]) }
    };
    let pairs: Vec<bool> = lines.windows(2).map(row).collect();
    let with_next = |at: usize| pairs.get(at).copied().unwrap_or(false);
    (0..lines.len()).map(|at| with_next(at) || at > 0 && with_next(at - 1)).collect()
}

/// Whether a line of text was stretched to both edges of its column: all its gaps are equally wide, and every cell is
/// one word. Two words alone may belong to a table, unless they are at the edges and continue a sentence.
fn is_stretched(line: &Line, edges: Option<(f32, f32)>) -> bool {
    const SAME: f32 = 0.75;
    const EDGE: f32 = 2.0;
    let gaps = || line.cells.windows(2).map(|pair| pair[1].x0 - pair[0].x1);
    let (least, most) = gaps().fold((f32::MAX, 0.0_f32), |(least, most), gap| (least.min(gap), most.max(gap)));
    let is_of_word =
        |cell: &Cell| cell.text.chars().all(|c| c.is_alphabetic() || matches!(c, '-' | '’' | '\'' | ',' | '.'));
    let from_edge_to_edge = edges.is_some_and(|(left, right)| {
        (line.x0 - left).abs() < EDGE
            && (line.x1 - right).abs() < EDGE
            && line.cells.iter().any(|cell| starts_lowercase(&cell.text))
            && line.cells.iter().all(is_of_word)
    });
    (line.cells.len() >= 3 && most < 3.0 * line.size || line.cells.len() == 2 && from_edge_to_edge)
        && most - least < SAME
        && line.cells.iter().all(|cell| !cell.text.contains(' '))
        && line.text.chars().any(char::is_alphabetic)
}

/// Whether cells after the first begin, end or have their middle at the same place.
fn align(a: &Line, b: &Line) -> bool {
    a.cells.iter().skip(1).take(30).any(|cell| b.cells.iter().skip(1).take(30).any(|other| same_place(cell, other)))
}

/// Whether all cells do, each as the one of its number.
fn all_align(a: &Line, b: &Line) -> bool {
    a.cells.len() > 2
        && a.cells.len() == b.cells.len()
        && a.cells.iter().zip(&b.cells).all(|(cell, other)| same_place(cell, other))
}

fn same_place(a: &Cell, b: &Cell) -> bool {
    let near = |x: f32, y: f32| (x - y).abs() < 3.0;
    near(a.x0, b.x0) || near(a.x1, b.x1) || near(a.x0 + a.x1, b.x0 + b.x1)
}

/// Returns the groups of lines between gaps wider than usual.
fn groups(lines: &[Line], measures: &Measures) -> Vec<Range<usize>> {
    let mut groups: Vec<Range<usize>> = Vec::new();
    for (at, line) in lines.iter().enumerate() {
        let near = |above: &Line| {
            let pitch = measures.pitch(above.size).max(measures.pitch(line.size));
            line.baseline - above.baseline < ROW_GAP * pitch && !is_heading(above, line)
        };
        match groups.last_mut().filter(|_| at > 0 && near(&lines[at - 1])) {
            Some(group) => group.end = at + 1,
            None => groups.push(at..at + 1),
        }
    }
    groups
}

/// Whether a line is above another that is smaller, rather than beside it as a box is.
fn is_heading(above: &Line, below: &Line) -> bool {
    let is_beside = below.x0 > above.x1 || below.x1 < above.x0;
    let larger = above.size > HEADING * below.size || above.cells.len() == 1 && above.size > below.size;
    !is_beside && larger && !like(above.size, below.size)
}

/// Returns the end of the groups from `from` on that share their gutters, and the columns between these.
fn table(lines: &[Line], groups: &[Range<usize>], from: usize) -> (usize, Vec<Range<f32>>) {
    let columns_of = |at: usize| columns(lines[groups[at].clone()].iter());
    let (mut to, mut found) = (from + 1, columns_of(from));
    while found.len() > 1 && to < groups.len() {
        let (next, both) = (columns_of(to), columns(lines[groups[from].start..groups[to].end].iter()));
        let is_alike = next.len() > 1 || goes_on(lines, &groups[to - 1], &groups[to], &both);
        if !is_alike || both.len() < found.len().max(next.len()) {
            break;
        }
        (found, to) = (both, to + 1);
    }
    let within = &lines[groups[from].start..groups[to - 1].end];
    let mut aligned: Vec<Range<f32>> = Vec::new();
    for column in found {
        let cells = || cells_in(within, &column);
        let edges = |edge: fn(&Cell) -> f32| {
            let near = |x: f32| cells().filter(|cell| (edge(cell) - x).abs() < SAME_EDGE).count();
            cells().map(|cell| near(edge(cell))).max().unwrap_or(0)
        };
        let is_edge = edges(|cell| cell.x0).max(edges(|cell| f32::midpoint(cell.x0, cell.x1))) >= LEAST_ALIGNED;
        match aligned.last_mut().filter(|_| !is_edge) {
            Some(last) => last.end = column.end,
            None => aligned.push(column),
        }
    }
    (to, aligned)
}

/// Returns the columns between the gutters that lines leave free.
fn columns<'a>(lines: impl Iterator<Item = &'a Line>) -> Vec<Range<f32>> {
    let cell =
        |line: &'a Line| line.cells.iter().map(|cell| (cell.x0, cell.x1.max(cell.x0 + WIDTH), GUTTER * line.size));
    let mut cells: Vec<(f32, f32, f32)> = lines.flat_map(cell).collect();
    cells.sort_by(|a, b| a.0.total_cmp(&b.0));
    let mut columns: Vec<Range<f32>> = Vec::new();
    for (x0, x1, gutter) in cells {
        match columns.last_mut().filter(|last| x0 - last.end < gutter) {
            Some(last) => last.end = last.end.max(x1),
            None => columns.push(x0..x1),
        }
    }
    columns
}

fn cells_in<'a>(lines: &'a [Line], column: &'a Range<f32>) -> impl Iterator<Item = &'a Cell> {
    lines.iter().flat_map(|line| &line.cells).filter(|cell| column.start <= cell.x0 && cell.x0 < column.end)
}

/// Whether lines are one row of these columns: a cell continues below, where reading line by line would interrupt it.
fn is_row(lines: &[Line], columns: &[Range<f32>]) -> bool {
    if lines.len() < 2 || columns.len() < 2 || lines.iter().any(|line| has_leaders(&line.text)) {
        return false;
    }
    let column_of = |cell: &Cell| columns.iter().position(|column| cell.x0 < column.end);
    let order: Vec<Option<usize>> = lines.iter().flat_map(|line| &line.cells).map(column_of).collect();
    if order.is_sorted() {
        return false;
    }
    let of_column = |column| lines.iter().filter_map(|line| within(line, column)).collect::<Vec<_>>();
    let every = columns.iter().all(|column| of_column(column).len() == lines.len());
    let counts: Vec<(usize, usize)> = columns.iter().map(|column| wrapped(&of_column(column), column, every)).collect();
    let (on, not) = counts.iter().fold((0, 0), |(on, not), column| (on + column.0, not + column.1));
    // Lines of texts side by side need not be level; cells begin on one line.
    let level = lines.iter().filter(|line| columns.iter().filter(|column| within(line, column).is_some()).count() > 1);
    let level = level.count();
    on > not
        || on == not && on > 0 && !every
        || counts.iter().any(|(on, not)| *on > 1 && *not < 2)
        || on > level && level * FEW_LEVEL < lines.len()
}

/// Returns how many lines in a column continue the line above them, and how many do not; `every` says whether each line
/// has something in all columns.
fn wrapped(lines: &[Line], column: &Range<f32>, every: bool) -> (usize, usize) {
    let (mut on, mut not) = (0, 0);
    for pair in lines.windows(2) {
        let (above, below) = (&pair[0], &pair[1]);
        let is_long = above.text.chars().filter(|c| c.is_alphabetic()).count() >= LEAST_LETTERS;
        let is_item = marker(&below.text).is_some();
        let is_small = starts_lowercase(&below.text) && !is_item;
        let may_go_on = is_small || is_long && below.text.starts_with(char::is_alphabetic) && !is_item;
        match (is_full(above, below, column) && may_go_on && (is_long || !every), ends_sentence(&above.text)) {
            // Capitals begin names and nouns within a text, and the entries of a list.
            (true, false) if is_small || !every => on += 1,
            (true, _) => {}
            (false, _) => not += 1,
        }
    }
    (on, not)
}

/// Whether a line has no room for the first word of the one below it.
fn is_full(above: &Line, below: &Line, column: &Range<f32>) -> bool {
    let room = column.end - column.start - (above.x1 - above.x0);
    let space = SPACE * below.size;
    WIDE_WORD * (first_word_width(below) + space) > room && !above.text.ends_with(':')
}

impl Row {
    /// Joins the lines of a row into one, or returns texts if each of its cells is one.
    fn read(&self, lines: &[Line], measures: &Measures) -> Part {
        let of_column = |column| lines.iter().filter_map(|line| within(line, column)).collect::<Vec<_>>();
        let texts: Vec<Vec<Line>> = self.columns.iter().map(of_column).filter(|text| !text.is_empty()).collect();
        let cells: Vec<Cell> = texts.iter().map(|text| joined(text, measures)).collect();
        let is_text = |cell: &Cell| ends_sentence(&cell.text) && cell.text.split(' ').count() >= LEAST_WORDS;
        if self.is_of_texts || lines.len() > MAX_LINES || cells.iter().all(is_text) {
            return Part::Texts(texts);
        }
        let text = cells.iter().map(|cell| cell.text.as_str()).collect::<Vec<_>>().join(" ");
        let (x0, x1) = (cells[0].x0, cells.iter().map(|cell| cell.x1).fold(f32::MIN, f32::max));
        Part::Line(Line { x0, x1, text, raised: Vec::new(), cells, ..lines[0].clone() }, true)
    }
}

/// Returns what a line has in a column.
fn within(line: &Line, column: &Range<f32>) -> Option<Line> {
    let cells: Vec<Cell> = cells_in(std::slice::from_ref(line), column).cloned().collect();
    let (first, last) = (cells.first()?, cells.last()?);
    let text = cells.iter().map(|cell| cell.text.as_str()).collect::<Vec<_>>().join(" ");
    let (x0, x1, size, face) = (first.x0, last.x1, first.size, first.face);
    Some(Line { x0, x1, size, face, text, raised: Vec::new(), cells, ..line.clone() })
}

fn joined(lines: &[Line], measures: &Measures) -> Cell {
    let mut text = LocatedText::default();
    lines.iter().for_each(|line| measures.vocabulary.join(&mut text, &line.text, Place::page(line.page)));
    Cell {
        x0: lines.iter().map(|line| line.x0).fold(f32::MAX, f32::min),
        x1: lines.iter().map(|line| line.x1).fold(f32::MIN, f32::max),
        text: text.as_str().to_owned(),
        size: lines[0].size,
        face: lines[0].face,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::pdf::glyphs::Face;

    fn cell(x0: f32, text: &str) -> Cell {
        let (x1, face) = (x0 + 6.0 * text.len() as f32, Face::default());
        Cell { x0, x1, size: 10.0, face, text: text.to_owned() }
    }

    /// A line of cells, each with its left edge; a character is six points wide.
    fn line(y: f32, cells: &[(f32, &str)]) -> Line {
        let cells: Vec<Cell> = cells.iter().map(|(x0, text)| cell(*x0, text)).collect();
        Line {
            page: 1,
            x0: cells[0].x0,
            x1: cells[cells.len() - 1].x1,
            baseline: y,
            size: 10.0,
            text: cells.iter().map(|cell| cell.text.as_str()).collect::<Vec<_>>().join(" "),
            raised: Vec::new(),
            face: Face::default(),
            cells,
        }
    }

    fn read(lines: Vec<Line>) -> Vec<String> {
        let measures = Measures::of(&[&lines]);
        let cells = |line: Line| line.cells.into_iter().map(|cell| cell.text).collect::<Vec<_>>().join(" | ");
        let part = |part| match part {
            Part::Line(line, false) => cells(line),
            Part::Line(line, true) => format!("row {}", cells(line)),
            Part::Texts(texts) => {
                texts.iter().map(|text| format!("text {}", joined(text, &measures).text)).collect::<Vec<_>>().join(" ")
            }
        };
        parts(lines, (50.0, 400.0), &measures).into_iter().map(part).collect()
    }

    #[test]
    fn cells_of_several_lines_are_read_one_after_another() {
        let table = vec![
            line(100.0, &[(50.0, "Quay"), (120.0, "The northern quay is to be rebuilt"), (360.0, "Harbour")]),
            line(112.0, &[(120.0, "in the spring."), (360.0, "office")]),
            line(134.0, &[(50.0, "Light"), (120.0, "A lamp is set on the mole."), (360.0, "Pilots")]),
        ];
        let rows = [
            "row Quay | The northern quay is to be rebuilt in the spring. | Harbour office",
            "row Light | A lamp is set on the mole. | Pilots",
        ];
        assert_eq!(read(table), rows);
    }

    #[test]
    fn a_row_may_begin_below_another_without_a_gap() {
        let table = vec![
            line(100.0, &[(50.0, "Quay"), (120.0, "The northern quay is to be rebuilt"), (360.0, "Harbour")]),
            line(112.0, &[(120.0, "in the spring."), (360.0, "office")]),
            line(124.0, &[(50.0, "Light"), (120.0, "A lamp is to be set on the old mole"), (360.0, "Pilots")]),
            line(136.0, &[(120.0, "and another."), (360.0, "and crews")]),
        ];
        let rows = [
            "row Quay | The northern quay is to be rebuilt in the spring. | Harbour office",
            "row Light | A lamp is to be set on the old mole and another. | Pilots and crews",
        ];
        assert_eq!(read(table), rows);
    }

    /// Lines of two pieces each, one below another, with the second piece at `x`.
    fn pairs(x: f32, texts: &[(&str, &str)]) -> Vec<Line> {
        let lines = texts.iter().enumerate();
        lines.map(|(at, (first, second))| line(100.0 + 12.0 * at as f32, &[(50.0, first), (x, second)])).collect()
    }

    #[test]
    fn rows_of_a_glossary_are_no_lines_of_texts() {
        let glossary = [("quay", "a wall that ships lie at, built of stone"), ("mole", "a wall that keeps waves away")];
        let rows = ["row quay | a wall that ships lie at, built of stone", "row mole | a wall that keeps waves away"];
        assert_eq!(read(pairs(120.0, &glossary)), rows);
    }

    #[test]
    fn rows_without_sentences_are_told_by_the_gaps_between_them() {
        let table = vec![
            line(100.0, &[(50.0, "2019"), (120.0, "clerk in the office of the pilots")]),
            line(114.0, &[(50.0, "2021–"), (120.0, "studied the history of the town and")]),
            line(126.0, &[(50.0, "2023"), (120.0, "wrote about the old quay")]),
        ];
        let rows = ["row 2019 | clerk in the office of the pilots", "row 2021– | studied the history of the town and"];
        assert_eq!(read(table)[..2], rows);
    }

    #[test]
    fn choices_side_by_side_are_no_texts() {
        let choices = vec![
            line(100.0, &[(50.0, "(a) the quay is old"), (250.0, "(b) the quay is new")]),
            line(112.0, &[(50.0, "(c) there is no quay"), (250.0, "(d) nobody knows it")]),
        ];
        assert_eq!(read(choices)[1], "row (c) there is no quay | (d) nobody knows it");
    }

    #[test]
    fn names_of_one_length_are_no_text() {
        let names = [
            ("Chair of the committee", "Mirel Askholm"),
            ("Clerk of the committees", "Jonas Pellworm"),
            ("Keeper of the archives", "Hedda Varga"),
        ];
        assert_eq!(read(pairs(250.0, &names))[0], "row Chair of the committee | Mirel Askholm");
    }

    #[test]
    fn two_words_drawn_out_to_the_edges_of_a_text_are_no_row() {
        let two = |y: f32, word: &str| line(y, &[(50.0, word), (380.0 - 6.0 * word.len() as f32, word)]);
        let text = |y: f32| line(y, &[(50.0, "a line of this narrow text that reaches from one edge to the other.")]);
        let lines = || vec![two(100.0, "misunderstood"), two(112.0, "contractors")];
        let drawn = [lines(), vec![text(124.0), text(136.0), text(148.0)]].concat();
        let is_row = |lines: &[Line]| aligned(lines, (50.0, 380.0))[0];
        assert!(!is_row(&drawn) && is_row(&lines()));
    }

    #[test]
    fn cells_that_fill_their_columns_are_a_row() {
        let table = vec![
            line(100.0, &[(50.0, "Year"), (94.0, "Block"), (144.0, "mm")]),
            line(112.0, &[(50.0, "2019"), (106.0, "7"), (141.0, "1.2")]),
        ];
        assert_eq!(read(table), ["row Year | Block | mm", "row 2019 | 7 | 1.2"]);
    }

    #[test]
    fn rows_of_one_line_stay_rows() {
        let table = pairs(360.0, &[("Ferries in the old harbour", "412"), ("Boats", "(301)"), ("Rafts", "67")]);
        assert_eq!(read(table), ["row Ferries in the old harbour | 412", "row Boats | (301)", "row Rafts | 67"]);
    }

    #[test]
    fn a_label_beside_a_text_and_a_line_drawn_out_are_read_as_they_stand() {
        let label = vec![
            line(100.0, &[(50.0, "Q"), (120.0, "Where were you when the ferry left")]),
            line(112.0, &[(120.0, "the quay?")]),
        ];
        assert_eq!(read(label), ["Q | Where were you when the ferry left", "the quay?"]);
        let drawn = vec![
            line(100.0, &[(50.0, "the northern"), (140.0, "and southern"), (230.0, "quays")]),
            line(112.0, &[(50.0, "were closed.")]),
        ];
        assert_eq!(read(drawn), ["the northern | and southern | quays", "were closed."]);
    }

    #[test]
    fn texts_side_by_side_are_texts() {
        let cards = vec![
            line(100.0, &[(50.0, "The northern quay is"), (250.0, "Pilots are asked to")]),
            line(112.0, &[(50.0, "closed."), (250.0, "wait at the mole.")]),
        ];
        assert_eq!(read(cards), ["text The northern quay is closed. text Pilots are asked to wait at the mole."]);
    }
}
