//! The reading order of a page: its columns, from the gutters that running text leaves free.
//!
//! A page is cut along a gutter that has lines on both sides; lines across it separate what is above them from what is
//! below. The parts are cut again in the same way (a recursive XY-cut). Only running text decides on gutters: tables,
//! formulas and figure labels have gaps anywhere.

use std::ops::Range;

use crate::lang::script::has_caseless_letters;

use super::grid;
use super::line::{Segment, by_place, rows};
use super::words::{ends_sentence, starts_lowercase};

/// Limit on gutters within columns of columns.
const MAX_DEPTH: usize = 4;
/// Fewer lines than this on one side are not a column.
const LEAST_LINES: usize = 3;
/// Beside a gutter that the previous page had, one line is a column's last.
const LEAST_LINES_AGAIN: usize = 1;
/// Shorter lines than this, in characters, are table cells, labels or numbers rather than running text.
const LEAST_CHARS: usize = 18;
/// A line is across a gutter if it reaches this far to both sides of it, in heights of its font. One that reaches less
/// far is merely too long for its column.
const REACH_ACROSS: f32 = 4.0;
/// A page with more segments than this is a drawing without columns to read.
const MAX_SEGMENTS: usize = 4000;
/// Left edges of columns are tried in order of how many lines begin there, up to this many.
const MAX_EDGES: usize = 24;
/// Columns whose heights differ by more than this, in points, are not side by side.
const LEAST_OVERLAP: f32 = 6.0;
/// Lines of a column fill this part of its width; table cells do not.
const LEAST_FILL: f32 = 0.55;
/// Lines at least this far apart, in heights of the font, have a blank between them.
const LEAST_BLANK: f32 = 1.9;
/// Names of authors and their affiliations, side by side, take no more lines than this.
const MAX_NAMES: usize = 24;
/// Distance in points of a gutter from the left edge of the lines to the right of it.
const MARGIN: f32 = 1.5;

/// Least ratio of the size of article headings to that of their text.
const HEADING: f32 = 1.15;

/// Largest distance of a line from the next one of its paragraph, in heights of its font.
const LEADING: f32 = 1.45;

/// A column of a page.
#[derive(Debug, Clone, PartialEq)]
pub struct Column {
    pub segments: Vec<Segment>,
    pub role: Role,
}

/// How a column relates to the one before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// Text may continue in it.
    Flow,
    /// A cell of a grid, which begins anew.
    Cell,
    /// A box that text runs around: it is beside the text, which continues after it.
    Aside,
}

/// The gutters of the pages so far, by the left edge of what is to the right of them.
#[derive(Debug, Default)]
pub struct Gutters(Vec<f32>);

impl Gutters {
    fn remember(&mut self, x: f32) {
        if !self.0.iter().any(|known| (known - x).abs() < 3.0) && self.0.len() < MAX_EDGES {
            self.0.push(x);
        }
    }
}

/// Returns the columns of a page in reading order. `known` are the gutters of the previous pages: where columns end,
/// they may be only a line or two long.
pub fn columns(segments: Vec<Segment>, known: &mut Gutters) -> Vec<Column> {
    if segments.len() > MAX_SEGMENTS {
        return vec![flow(segments)];
    }
    let mut columns = divide(segments, 0, false, known);
    columns.retain(|column| !column.segments.is_empty());
    columns
}

fn flow(segments: Vec<Segment>) -> Column {
    Column { segments, role: Role::Flow }
}

/// Returns the columns of a part of a page; `within` says that the part is one side of a gutter, so that the caller
/// looks for grids.
fn divide(mut segments: Vec<Segment>, depth: usize, within: bool, known: &mut Gutters) -> Vec<Column> {
    let Some(x) = (depth < MAX_DEPTH).then(|| gutter(&segments, known)).flatten() else {
        return vec![flow(segments)];
    };
    known.remember(x);
    segments.sort_by(|a, b| a.baseline.total_cmp(&b.baseline));
    let cuts = stacked(&segments, x);
    if !cuts.is_empty() {
        let mut columns = Vec::new();
        for cut in cuts.into_iter().rev().chain([0]) {
            columns.splice(0..0, divide(segments.split_off(cut), depth + 1, within, known));
        }
        return columns;
    }
    let bands = bands(segments, x);
    let sides: Vec<Option<Side>> = (0..bands.len()).map(|at| running_side(&bands, at)).collect();
    let mut columns = Vec::new();
    for (band, side) in bands.into_iter().zip(sides) {
        match band {
            Band::Across(segments) => columns.extend(divide(segments, depth + 1, within, known)),
            Band::Beside { left, right } => {
                let left = divide(left, depth + 1, true, known);
                let right = divide(right, depth + 1, true, known);
                columns.extend(match side {
                    Some(Side::Right) => [right, as_aside(left)].concat(),
                    Some(_) => [left, as_aside(right)].concat(),
                    None if within => [left, right].concat(),
                    None => by_rows(left, right),
                });
            }
        }
    }
    columns
}

/// Returns where articles begin that are below one another, each in its own columns: at headings below a gap across all
/// columns, if sentences continue from column to column within an article, and none does on the page as a whole.
fn stacked(segments: &[Segment], x: f32) -> Vec<usize> {
    let rows = rows(segments);
    let mut sizes: Vec<f32> =
        segments.iter().filter(|segment| is_running(segment)).map(|segment| segment.size).collect();
    sizes.sort_by(f32::total_cmp);
    let usual = sizes.get(sizes.len() / 2).copied().unwrap_or(0.0);
    let starts = blocks(segments, &rows).into_iter().skip(1).map(|block| rows[block.start].clone());
    let is_heading = |row: &Range<usize>| segments[row.clone()].iter().all(|part| part.size > HEADING * usual);
    let cuts: Vec<usize> = starts.filter(is_heading).map(|row| row.start).collect();
    let flows = |range: Range<usize>| {
        let side = |side: Side| segments[range.clone()].iter().filter(move |part| Side::of(part, x) == side);
        let first = side(Side::Right).min_by(|a, b| by_place(a, b));
        side(Side::Left).next_back().zip(first).is_some_and(|(last, first)| {
            !ends_sentence(&last.text) && starts_lowercase(&first.text) && is_running(last)
        })
    };
    let edges = [vec![0], cuts.clone(), vec![segments.len()]].concat();
    let parted = edges.windows(2).any(|pair| flows(pair[0]..pair[1]));
    if parted && !flows(0..segments.len()) { cuts } else { Vec::new() }
}

fn as_aside(columns: Vec<Column>) -> Vec<Column> {
    columns.into_iter().map(|column| Column { role: Role::Aside, ..column }).collect()
}

/// Returns the columns on both sides of a gutter, row by row where all of them, or those of one side, are a grid.
fn by_rows(left: Vec<Column>, right: Vec<Column>) -> Vec<Column> {
    let (count, all) = (left.len(), [left, right].concat());
    if all.iter().any(|column| column.role != Role::Flow) {
        return all;
    }
    let segments = |columns: Vec<Column>| columns.into_iter().map(|column| column.segments).collect();
    let cells = |cells: Vec<Vec<Segment>>| {
        cells.into_iter().map(|segments| Column { segments, role: Role::Cell }).collect::<Vec<_>>()
    };
    match grid::by_rows(segments(all)) {
        Ok(rows) => cells(rows),
        Err(mut left) => {
            let right = left.split_off(count);
            let side = |columns| match grid::by_rows(columns) {
                Ok(rows) => cells(rows),
                Err(columns) => columns.into_iter().map(flow).collect(),
            };
            [side(left), side(right)].concat()
        }
    }
}

/// Returns the side of a band that belongs to the same paragraph as the lines across below it, or above it. The other
/// side is a box.
fn running_side(bands: &[Band], at: usize) -> Option<Side> {
    let Band::Beside { left, right } = &bands[at] else { return None };
    let across = |at: Option<usize>| match at.and_then(|at| bands.get(at)) {
        Some(Band::Across(segments)) => Some(segments),
        _ => None,
    };
    let (above, below) = (across(at.checked_sub(1)), across(Some(at + 1)));
    let goes_on = |above: Option<&Segment>, below: Option<&Segment>| {
        above.zip(below).is_some_and(|(above, below)| {
            let gap = below.baseline - above.baseline;
            (above.size - below.size).abs() < 0.06 * above.size
                && gap > 0.5 * above.size
                && gap < LEADING * above.size
                && !ends_sentence(&above.text)
        })
    };
    let only = |left: bool, right: bool| match (left, right) {
        (true, false) => Some(Side::Left),
        (false, true) => Some(Side::Right),
        _ => None,
    };
    let into_below = |side: &[Segment]| goes_on(side.last(), below.and_then(|below| below.first()));
    let from_above = |side: &[Segment]| goes_on(above.and_then(|above| above.last()), side.first());
    only(into_below(left), into_below(right)).or_else(|| only(from_above(left), from_above(right)))
}

/// A part of a page between two heights.
enum Band {
    /// Lines across a gutter.
    Across(Vec<Segment>),
    /// What is on both sides of a gutter.
    Beside { left: Vec<Segment>, right: Vec<Segment> },
}

/// The position of a segment relative to a gutter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Side {
    Left,
    Right,
    Across,
}

impl Side {
    fn of(segment: &Segment, x: f32) -> Self {
        let (left, right) = (x - segment.x0, segment.x1 - x);
        let reach = REACH_ACROSS * segment.size;
        if left > reach && right > reach || left.min(right) > 0.25 * (left + right) && left.min(right) > segment.size {
            Self::Across
        } else if left > right {
            Self::Left
        } else {
            Self::Right
        }
    }
}

/// Returns the bands of a page from top to bottom; `segments` are in the same order.
///
/// What is on one side only belongs to the lines across if it is part of them: the last line of a paragraph, a part of
/// a title, a heading above them.
fn bands(segments: Vec<Segment>, x: f32) -> Vec<Band> {
    let sides: Vec<Side> = segments.iter().map(|segment| Side::of(segment, x)).collect();
    let across = belongs_across(&segments, &sides, x);
    let mut bands: Vec<Band> = Vec::new();
    for ((segment, side), is_across) in segments.into_iter().zip(sides).zip(across) {
        match (bands.last_mut(), is_across) {
            (Some(Band::Across(band)), true) => band.push(segment),
            (_, true) => bands.push(Band::Across(vec![segment])),
            (Some(Band::Beside { left, right }), false) => {
                if side == Side::Left {
                    left.push(segment);
                } else {
                    right.push(segment);
                }
            }
            (_, false) if side == Side::Left => {
                bands.push(Band::Beside { left: vec![segment], right: Vec::new() });
            }
            (_, false) => bands.push(Band::Beside { left: Vec::new(), right: vec![segment] }),
        }
    }
    bands
}

/// Returns which segments are across a gutter, belong to a paragraph whose other lines are, or to an undivided block.
fn belongs_across(segments: &[Segment], sides: &[Side], x: f32) -> Vec<bool> {
    let mut across: Vec<bool> = sides.iter().map(|side| *side == Side::Across).collect();
    let rows = rows(segments);
    let blocks = blocks(segments, &rows);
    let crosses = |at: usize| {
        let segment = &segments[at];
        segment.x0 < x - segment.size && segment.x1 > x + segment.size
    };
    let mut leads = true;
    for block in blocks.iter().filter(|_| blocks.len() > 1) {
        let of_block = || rows[block.clone()].iter().cloned().flatten();
        let crossed = rows[block.clone()].iter().filter(|row| (*row).clone().any(crosses)).count();
        let is_crossed = crossed * 5 > block.len() * 2 && of_block().any(|at| sides[at] == Side::Right);
        if is_crossed || leads && is_of_names(segments, sides, of_block().collect()) {
            of_block().for_each(|at| across[at] = true);
        }
        leads &= of_block().all(|at| across[at]);
    }
    for pair in rows.windows(2) {
        let (above, below) = (pair[0].clone(), pair[1].clone());
        let Some(line) = above.clone().find(|at| across[*at]) else { continue };
        let alone = below.len() == 1 || below.clone().all(|at| sides[at] != Side::Right);
        let (line, last) = (&segments[line], &segments[below.start]);
        let alike = (line.size - last.size).abs() < 0.06 * line.size;
        // The last line of a paragraph begins where its other lines do; a column's first line does so too, but it is
        // followed by others, or has another beside it.
        let near = last.baseline - line.baseline < 1.45 * line.size;
        if alone && alike && near && sides[below.start] == Side::Left {
            across[below.start] = true;
        }
    }
    across
}

/// Returns the ranges of rows between gaps across the whole width of the page.
fn blocks(segments: &[Segment], rows: &[Range<usize>]) -> Vec<Range<usize>> {
    let mut blocks: Vec<Range<usize>> = Vec::new();
    for (at, row) in rows.iter().enumerate() {
        let gap = |above: &Range<usize>| segments[row.start].baseline - segments[above.start].baseline;
        let near = at > 0 && gap(&rows[at - 1]) < LEAST_BLANK * segments[row.start].size;
        match blocks.last_mut().filter(|_| near) {
            Some(block) => block.end = at + 1,
            None => blocks.push(at..at + 1),
        }
    }
    blocks
}

/// Whether the lines at the top, or below a title, are the names of authors beside each other: few, on both sides, and
/// each shorter than the lines below.
fn is_of_names(segments: &[Segment], sides: &[Side], block: Vec<usize>) -> bool {
    let widest = |side: Side, at: &mut dyn Iterator<Item = usize>| {
        at.filter(|at| sides[*at] == side).map(|at| segments[at].x1 - segments[at].x0).fold(0.0, f32::max)
    };
    block.len() <= MAX_NAMES
        && [Side::Left, Side::Right].into_iter().all(|side| {
            let here = widest(side, &mut block.iter().copied());
            here > 0.0 && here < LEAST_FILL * widest(side, &mut (0..segments.len()))
        })
}

/// Whether a segment reads as a line of running text.
pub fn is_running(segment: &Segment) -> bool {
    let letters = segment.text.chars().filter(|c| c.is_alphabetic()).count();
    letters * 10 >= LEAST_CHARS * 7
        && segment.text.chars().count() >= LEAST_CHARS
        && (segment.text.contains(' ') || has_caseless_letters(&segment.text, LEAST_CHARS / 2))
}

/// Returns the gutter with most lines of running text beside it, if there is one.
fn gutter(segments: &[Segment], known: &Gutters) -> Option<f32> {
    let mut lines: Vec<&Segment> = segments.iter().filter(|segment| is_running(segment)).collect();
    lines.sort_by(|a, b| a.baseline.total_cmp(&b.baseline));
    let found = edges(&lines).into_iter().filter_map(|x| Some((x, beside(&lines, segments, x, LEAST_LINES)?)));
    let best = found.max_by(|a, b| a.1.cmp(&b.1).then(b.0.total_cmp(&a.0)));
    let again = || {
        let known = known.0.iter().filter_map(|x| Some((*x, beside(&lines, segments, *x, LEAST_LINES_AGAIN)?)));
        known.max_by(|a, b| a.1.cmp(&b.1).then(b.0.total_cmp(&a.0)))
    };
    best.or_else(again).map(|(x, _)| x)
}

/// Returns where lines of running text begin, most frequent edges first.
fn edges(lines: &[&Segment]) -> Vec<f32> {
    let mut starts: Vec<f32> = lines.iter().map(|line| line.x0).collect();
    starts.sort_by(f32::total_cmp);
    let mut edges: Vec<(usize, f32)> = Vec::new();
    for start in starts {
        match edges.last_mut() {
            Some((count, edge)) if start - *edge < 2.0 * MARGIN => *count += 1,
            _ => edges.push((1, start)),
        }
    }
    edges.retain(|(count, _)| *count >= LEAST_LINES);
    edges.sort_by(|a, b| b.0.cmp(&a.0).then(a.1.total_cmp(&b.1)));
    edges.truncate(MAX_EDGES);
    edges.into_iter().map(|(_, edge)| edge - MARGIN).collect()
}

/// Returns how many lines of running text are side by side at a gutter; nothing if there are too few, or most are
/// across it.
fn beside(lines: &[&Segment], segments: &[Segment], x: f32, least: usize) -> Option<usize> {
    let mut sides = (0, 0);
    let mut total = 0;
    let mut across = 0;
    let mut stretch = Stretch::default();
    for line in lines {
        match Side::of(line, x) {
            Side::Across => {
                across += 1;
                total += stretch.take(&mut sides);
            }
            Side::Left => stretch.left(line),
            Side::Right => stretch.right(line),
        }
    }
    total += stretch.take(&mut sides);
    // Words cross a column's edge only in a formula or a table.
    let over = segments.iter().filter(|segment| segment.x0 < x && segment.x1 > x + 2.0 * MARGIN).count();
    let clear = over < 3 + (segments.len() - over.min(segments.len())) / 3 + across;
    (sides.0 >= least && sides.1 >= least && clear && is_level(lines, x)).then_some(total)
}

/// Whether lines on both sides are as long as running text: table cells are short, or of many lengths.
fn is_level(lines: &[&Segment], x: f32) -> bool {
    [Side::Left, Side::Right].into_iter().all(|side| {
        let of_side = || lines.iter().filter(|line| Side::of(line, x) == side);
        let count = of_side().count().max(1);
        let chars: usize = of_side().map(|line| line.text.chars().count()).sum();
        let mut widths: Vec<f32> = of_side().map(|line| line.x1 - line.x0).collect();
        widths.sort_by(f32::total_cmp);
        // The last line of a paragraph across the columns may be longer than those of one column.
        let widest = widths.get(count.saturating_sub(1 + count / 25)).copied().unwrap_or(0.0);
        chars / count >= LEAST_CHARS && widths.iter().sum::<f32>() >= LEAST_FILL * widest * count as f32
    })
}

/// Lines on both sides of a gutter, between two lines across it.
#[derive(Debug, Default)]
struct Stretch {
    left: Vec<f32>,
    right: Vec<f32>,
}

impl Stretch {
    fn left(&mut self, line: &Segment) {
        self.left.push(line.baseline);
    }

    fn right(&mut self, line: &Segment) {
        self.right.push(line.baseline);
    }

    /// Counts the lines if there are some on both sides, and starts anew.
    fn take(&mut self, sides: &mut (usize, usize)) -> usize {
        let (left, right) = (std::mem::take(&mut self.left), std::mem::take(&mut self.right));
        let (Some(top), Some(bottom)) = (left.first().zip(right.first()), left.last().zip(right.last())) else {
            return 0;
        };
        // One column may begin where the other has ended: a figure is above the one, nothing below the other.
        let overlap = bottom.0.min(*bottom.1) - top.0.max(*top.1);
        if overlap < -LEAST_OVERLAP && left.len().min(right.len()) < LEAST_LINES {
            return 0;
        }
        sides.0 += left.len();
        sides.1 += right.len();
        2 * left.len().min(right.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::pdf::glyphs::Face;

    /// A line of running text that begins with its name.
    fn line(name: &str, x0: f32, x1: f32, row: usize) -> Segment {
        let (text, raised) = (format!("{name} is a line of running text"), Vec::new());
        let (baseline, size) = (100.0 + 12.0 * row as f32, 10.0);
        Segment { x0, x1, baseline, size, text, raised, face: Face::default(), artifact: false }
    }

    fn order(segments: Vec<Segment>, known: &mut Gutters) -> String {
        let columns = columns(segments, known);
        let names = columns
            .iter()
            .flat_map(|column| &column.segments)
            .map(|segment| segment.text.split(' ').next().unwrap_or(""));
        names.collect::<Vec<_>>().join(" ")
    }

    fn column(name: char, x0: f32, x1: f32, rows: std::ops::Range<usize>) -> Vec<Segment> {
        rows.enumerate().map(|(at, row)| line(&format!("{name}{at}"), x0, x1, row)).collect()
    }

    #[test]
    fn an_abstract_across_columns_comes_first_with_its_short_last_line() {
        let mut page = column('a', 60.0, 530.0, 0..2);
        page.push(line("a2", 60.0, 200.0, 2));
        page.extend(column('r', 310.0, 530.0, 5..9));
        page.extend(column('l', 60.0, 285.0, 5..12));
        assert_eq!(order(page, &mut Gutters::default()), "a0 a1 a2 l0 l1 l2 l3 l4 l5 l6 r0 r1 r2 r3");
    }

    #[test]
    fn a_column_may_begin_where_the_other_ends_and_there_may_be_three() {
        let page = [column('r', 310.0, 530.0, 0..5), column('l', 60.0, 285.0, 8..12)].concat();
        assert_eq!(order(page, &mut Gutters::default()), "l0 l1 l2 l3 r0 r1 r2 r3 r4");
        let three = [column('c', 400.0, 540.0, 0..3), column('b', 230.0, 370.0, 0..4), column('a', 60.0, 200.0, 0..4)];
        assert_eq!(order(three.concat(), &mut Gutters::default()), "a0 a1 a2 a3 b0 b1 b2 b3 c0 c1 c2");
    }

    #[test]
    fn a_last_page_of_two_lines_has_the_gutter_of_the_one_before() {
        let mut known = Gutters::default();
        order([column('r', 310.0, 530.0, 0..5), column('l', 60.0, 285.0, 0..5)].concat(), &mut known);
        let last = || [column('r', 310.0, 530.0, 0..2), column('l', 60.0, 285.0, 0..2)].concat();
        assert_eq!(order(last(), &mut known), "l0 l1 r0 r1");
        assert_eq!(columns(last(), &mut Gutters::default()).len(), 1);
    }

    #[test]
    fn a_line_too_long_for_its_column_parts_nothing() {
        let mut page = [column('r', 310.0, 530.0, 0..8), column('l', 60.0, 285.0, 0..4)].concat();
        page.push(line("long", 60.0, 320.0, 4));
        page.extend(column('m', 60.0, 285.0, 5..8));
        assert_eq!(order(page, &mut Gutters::default()), "l0 l1 l2 l3 long m0 m1 m2 r0 r1 r2 r3 r4 r5 r6 r7");
    }

    #[test]
    fn lines_across_some_columns_leave_the_others() {
        let mut page = vec![line("title", 229.0, 562.0, 0)];
        page.extend(column('a', 67.0, 724.0, 2..4));
        page.push(line("a2", 67.0, 348.0, 4));
        for (at, name) in ['l', 'm', 'n', 'r'].into_iter().enumerate() {
            let x0 = 42.0 + 179.5 * at as f32;
            page.extend(column(name, x0, x0 + 169.0, 8..24));
        }
        page.extend([line("note", 42.0, 377.0, 26), line("note", 42.0, 484.0, 28)]);
        page.sort_by(by_place);
        let names = order(page, &mut Gutters::default());
        assert!(names.contains("l15 m0 m1") && names.contains("n0 n1") && names.contains("n15 r0 r1"), "{names}");
    }

    #[test]
    fn text_runs_round_a_box_on_either_side() {
        let round = |text: (f32, f32), boxed: (f32, f32)| {
            let mut page = column('a', 60.0, 530.0, 0..4);
            page.extend(column('t', text.0, text.1, 4..10));
            page.extend(column('b', boxed.0, boxed.1, 4..9));
            page.push(Segment {
                text: "be a box that ends its sentence.".to_owned(),
                ..line("be", boxed.0, boxed.1, 9)
            });
            page.extend(column('z', 60.0, 530.0, 10..14));
            page.sort_by(by_place);
            let columns = columns(page, &mut Gutters::default());
            let name = |column: &Column| (column.segments[0].text[..2].to_owned(), column.role);
            columns.iter().map(name).collect::<Vec<_>>()
        };
        let order = [("a0", Role::Flow), ("t0", Role::Flow), ("b0", Role::Aside), ("z0", Role::Flow)];
        let order = order.map(|(name, role)| (name.to_owned(), role));
        assert_eq!(round((60.0, 290.0), (300.0, 530.0)), order);
        assert_eq!(round((300.0, 530.0), (60.0, 290.0)), order);
    }

    #[test]
    fn articles_below_one_another_are_read_one_by_one() {
        let article = |name: char, rows: std::ops::Range<usize>, goes_on: bool| {
            let mut left = column(name, 60.0, 285.0, rows.clone());
            let mut right = column(name.to_ascii_uppercase(), 310.0, 530.0, rows);
            left.iter_mut().for_each(|line| line.text.push_str(" and"));
            let first =
                if goes_on { "goes on here in the second column" } else { "Here begins another sentence of it" };
            right[0].text = first.to_owned();
            [left, right].concat()
        };
        let page = |goes_on: bool| {
            let mut page = article('a', 0..4, false);
            page.push(Segment { size: 14.0, ..line("head", 60.0, 200.0, 7) });
            page.extend(article('b', 8..12, goes_on));
            page.sort_by(by_place);
            order(page, &mut Gutters::default())
        };
        assert_eq!(page(true), "a0 a1 a2 a3 Here A1 A2 A3 head b0 b1 b2 b3 goes B1 B2 B3");
        assert_eq!(page(false), "a0 a1 a2 a3 head b0 b1 b2 b3 Here A1 A2 A3 Here B1 B2 B3");
    }

    #[test]
    fn cells_of_text_above_two_columns_are_no_part_of_them() {
        let mut page = Vec::new();
        for row in 0..6 {
            page.push(line(&format!("m{row}"), 180.0, 345.0, row));
            page.push(line(&format!("c{row}"), 360.0, 520.0, row));
        }
        page.extend(column('l', 60.0, 290.0, 9..20));
        page.extend(column('r', 310.0, 530.0, 9..20));
        page.sort_by(by_place);
        assert!(
            order(page, &mut Gutters::default())
                .ends_with("c5 l0 l1 l2 l3 l4 l5 l6 l7 l8 l9 l10 r0 r1 r2 r3 r4 r5 r6 r7 r8 r9 r10")
        );
    }
}
