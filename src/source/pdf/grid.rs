//! Cards in a grid: columns that are read row by row, because their contents begin at the same heights.
//!
//! Text that flows from column to column has gaps where its paragraphs end. In a grid all columns have gaps at the same
//! heights, below which all begin anew, and no equally wide gap elsewhere.

use super::line::Segment;
use super::words::{ends_sentence, starts_lowercase};

/// Least gap between two cards, from line to line, in heights of the font.
const LEAST_GAP: f32 = 1.5;
/// Least ratio of that gap to the usual distance between lines.
const LEAST_RATIO: f32 = 1.3;
/// Tolerance for lines at the same height, in heights of their font.
const LEVEL: f32 = 0.3;
/// Gaps that differ by more than this, in heights of the font, are unequal.
const UNLIKE: f32 = 0.6;
/// Least mean number of lines per cell; with fewer, the cells are those of a table or the lines are far apart.
const LEAST_LINES: usize = 2;

/// Returns the cells of columns in row order, or the columns unchanged if they are not a grid.
pub fn by_rows(mut columns: Vec<Vec<Segment>>) -> Result<Vec<Vec<Segment>>, Vec<Vec<Segment>>> {
    for column in &mut columns {
        column.sort_by(|a, b| a.baseline.total_cmp(&b.baseline));
    }
    let tops = if stand_side_by_side(&columns) { tops(&columns) } else { Vec::new() };
    if tops.is_empty() {
        return Err(columns);
    }
    let mut cells: Vec<Vec<Vec<Segment>>> = columns.into_iter().map(|column| cut(column, &tops)).collect();
    let rows = 0..=tops.len();
    Ok(rows
        .flat_map(|row| cells.iter_mut().map(|column| std::mem::take(&mut column[row])).collect::<Vec<_>>())
        .collect())
}

fn stand_side_by_side(columns: &[Vec<Segment>]) -> bool {
    let left = |column: &[Segment]| column.iter().map(|line| line.x0).fold(f32::MAX, f32::min);
    let right = |column: &[Segment]| column.iter().map(|line| line.x1).fold(f32::MIN, f32::max);
    columns.len() > 1
        && columns.iter().all(|column| !column.is_empty())
        && columns.windows(2).all(|pair| right(&pair[0]) < left(&pair[1]))
}

/// Cuts a column at these heights; the first part is what is above them.
fn cut(column: Vec<Segment>, tops: &[f32]) -> Vec<Vec<Segment>> {
    let mut parts = vec![Vec::new(); tops.len() + 1];
    for line in column {
        let row = tops.iter().filter(|top| **top - LEVEL * line.size < line.baseline).count();
        parts[row].push(line);
    }
    parts
}

/// A line of a column below a gap.
struct Start<'a> {
    above: &'a Segment,
    line: &'a Segment,
}

impl Start<'_> {
    fn gap(&self) -> f32 {
        self.line.baseline - self.above.baseline
    }

    /// Whether a card may end above the line and another begin here.
    fn is_new(&self) -> bool {
        !starts_lowercase(&self.line.text)
    }
}

/// Returns the heights at which a new row begins; none if the columns are not a grid.
fn tops(columns: &[Vec<Segment>]) -> Vec<f32> {
    let usual = usual_pitch(columns);
    let starts: Vec<Vec<Start<'_>>> = columns.iter().map(|column| starts(column, usual)).collect();
    let Some(first) = level_first_lines(columns) else { return Vec::new() };
    let mut tops: Vec<(f32, Vec<&Start<'_>>)> = Vec::new();
    for start in starts.iter().flatten() {
        let level = |other: &&Start<'_>| (other.line.baseline - start.line.baseline).abs() < LEVEL * start.line.size;
        let here: Vec<&Start<'_>> = starts.iter().filter_map(|column| column.iter().find(level)).collect();
        let top = here.iter().map(|start| start.line.baseline).fold(f32::MAX, f32::min);
        let known = tops.iter().any(|(known, _)| (known - top).abs() < LEVEL * start.line.size);
        if !known && here.iter().all(|start| start.is_new()) && is_clear(columns, top, &here) {
            tops.push((top, here));
        }
    }
    tops.sort_by(|a, b| a.0.total_cmp(&b.0));
    // A single last card counts as a row only if there are rows of several cards.
    let whole: Vec<&(f32, Vec<&Start<'_>>)> = tops.iter().filter(|(_, here)| here.len() > 1).collect();
    let Some(least) = whole.iter().flat_map(|(_, here)| here.iter().map(|start| start.gap())).min_by(f32::total_cmp)
    else {
        return Vec::new();
    };
    let is_top =
        |start: &Start<'_>| tops.iter().any(|(top, _)| (top - start.line.baseline).abs() < LEVEL * start.line.size);
    let stray = starts.iter().flatten().filter(|start| start.gap() > 0.9 * least && !is_top(start)).count();
    let unlike = |here: &[&Start<'_>]| {
        let (low, high) = here
            .iter()
            .map(|start| start.gap())
            .fold((f32::MAX, f32::MIN), |(low, high), gap| (low.min(gap), high.max(gap)));
        high - low > UNLIKE * first.size
    };
    let uneven = whole.iter().filter(|(_, here)| unlike(here)).count();
    let lines: usize = columns.iter().map(Vec::len).sum();
    let cells = columns.len() * (tops.len() + 1);
    let rows = whole.len() + 1;
    let is_grid = stray * 4 <= whole.len()
        && lines >= LEAST_LINES * cells
        && (uneven * 2 >= whole.len() || rows > 3)
        && !flows(columns);
    if is_grid { tops.into_iter().map(|(top, _)| top).collect() } else { Vec::new() }
}

/// Returns the first line of a column, if the first lines of all columns are level.
fn level_first_lines(columns: &[Vec<Segment>]) -> Option<&Segment> {
    let first = columns[0].first()?;
    let level = |column: &Vec<Segment>| (column[0].baseline - first.baseline).abs() < LEVEL * first.size;
    columns.iter().all(level).then_some(first)
}

/// Whether a sentence continues from the foot of a column to the head of the next.
fn flows(columns: &[Vec<Segment>]) -> bool {
    columns.windows(2).any(|pair| {
        let (last, next) = (&pair[0][pair[0].len() - 1], &pair[1][0]);
        starts_lowercase(&next.text) && !ends_sentence(&last.text)
    })
}

/// Returns the usual distance from line to line, in heights of the font.
fn usual_pitch(columns: &[Vec<Segment>]) -> f32 {
    let mut pitches: Vec<f32> =
        columns.iter().flat_map(|column| column.windows(2)).map(|pair| pitch(&pair[0], &pair[1])).collect();
    pitches.retain(|pitch| *pitch > LEVEL);
    pitches.sort_by(f32::total_cmp);
    pitches.get(pitches.len() / 2).copied().unwrap_or(1.2)
}

fn pitch(above: &Segment, below: &Segment) -> f32 {
    (below.baseline - above.baseline) / above.size.max(below.size)
}

fn starts(column: &[Segment], usual: f32) -> Vec<Start<'_>> {
    let is_apart = |pair: &&[Segment]| pitch(&pair[0], &pair[1]) > LEAST_GAP.max(LEAST_RATIO * usual);
    column.windows(2).filter(is_apart).map(|pair| Start { above: &pair[0], line: &pair[1] }).collect()
}

/// Whether a row may begin at a height: all columns begin one there that have anything below it, except the last ones
/// of the last row.
fn is_clear(columns: &[Vec<Segment>], top: f32, here: &[&Start<'_>]) -> bool {
    let begins = |column: &[Segment]| here.iter().any(|start| column.iter().any(|line| std::ptr::eq(line, start.line)));
    let is_over = |column: &[Segment]| column.iter().all(|line| line.baseline < top - LEAST_GAP * line.size);
    let begun = columns.iter().take_while(|column| begins(column)).count();
    begun > 0 && columns[begun..].iter().all(|column| is_over(column))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::pdf::glyphs::Face;

    /// A column of paragraphs with this many lines each, each beginning at a given height.
    fn column(name: char, x0: f32, cards: &[(usize, f32)]) -> Vec<Segment> {
        let line = |card: usize, row: usize, rows: usize, top: f32| {
            let head = if row == 0 { format!("{}{card} begins", name.to_uppercase()) } else { "goes on".to_owned() };
            let text = head + if row + 1 == rows { " and ends." } else { " in many words" };
            let (baseline, raised) = (top + 12.0 * row as f32, Vec::new());
            Segment { x0, x1: x0 + 150.0, baseline, size: 10.0, text, raised, face: Face::default(), artifact: false }
        };
        let card = |(card, (rows, top)): (usize, &(usize, f32))| {
            (0..*rows).map(|row| line(card, row, *rows, *top)).collect::<Vec<_>>()
        };
        cards.iter().enumerate().flat_map(card).collect()
    }

    fn order(columns: Vec<Vec<Segment>>) -> String {
        let cells = by_rows(columns).unwrap_or_default();
        cells.iter().filter_map(|cell| cell.first()).map(|line| line.text[..2].to_owned()).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn cards_are_read_row_by_row_and_the_last_row_may_be_short() {
        let left = || column('l', 60.0, &[(3, 100.0), (5, 180.0), (3, 280.0)]);
        let right = || column('r', 300.0, &[(5, 100.0), (4, 180.0), (2, 280.0)]);
        assert_eq!(order(vec![left(), right()]), "L0 R0 L1 R1 L2 R2");
        let middle = column('m', 230.0, &[(2, 100.0), (5, 180.0)]);
        let third = column('x', 400.0, &[(4, 100.0), (3, 180.0)]);
        assert_eq!(order(vec![left(), middle, third]), "L0 M0 X0 L1 M1 X1 L2");
    }

    #[test]
    fn paragraphs_of_columns_are_no_cards() {
        // Two of four begin at one height by chance.
        let left = column('l', 60.0, &[(3, 100.0), (5, 150.0), (3, 224.0), (4, 274.0)]);
        let right = column('r', 300.0, &[(4, 100.0), (4, 162.0), (3, 224.0), (4, 290.0)]);
        assert!(by_rows(vec![left, right]).is_err());
    }

    #[test]
    fn lines_far_apart_are_no_cards() {
        let lines: Vec<(usize, f32)> = (0..9).map(|row| (1, 100.0 + 24.0 * row as f32)).collect();
        assert!(by_rows(vec![column('l', 60.0, &lines), column('r', 300.0, &lines)]).is_err());
    }

    #[test]
    fn a_sentence_that_goes_on_in_the_next_column_is_of_no_card() {
        let left = column('l', 60.0, &[(3, 100.0), (4, 180.0)]);
        let mut right = column('r', 300.0, &[(5, 100.0), (4, 180.0)]);
        assert!(by_rows(vec![left.clone(), right.clone()]).is_ok());
        right[0].text = "the level of the lake".to_owned();
        let mut open = left;
        open.last_mut().unwrap().text = "which was above".to_owned();
        assert!(by_rows(vec![open, right]).is_err());
    }
}
