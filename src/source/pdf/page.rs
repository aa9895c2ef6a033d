//! The reading order of a page: its columns, from gutters that the lines keep free.

use super::line::Segment;

/// Gutters within columns of columns.
const MAX_DEPTH: usize = 3;
/// Fewer lines than this on one side are no column.
const LEAST_LINES: usize = 4;
/// Shorter lines than this, in characters, are a table's cells rather than a column's text.
const LEAST_CHARS: usize = 14;
/// More segments than this are a drawing, whose columns nobody reads.
const MAX_SEGMENTS: usize = 4000;

/// The columns of a page in reading order, each with its segments. `known` is where the gutter of the page before was:
/// where columns end, they may be a line or two long.
pub fn columns(segments: Vec<Segment>, known: &mut Option<f32>) -> Vec<Vec<Segment>> {
    let mut columns = Vec::new();
    let found = if segments.len() <= MAX_SEGMENTS { gutter(&segments) } else { None };
    let again = || known.and_then(|x| judge(&segments, x, 1)).map(|(_, gutter)| gutter);
    let found = found.or_else(again);
    *known = found.as_ref().map(|gutter| gutter.x).or(*known);
    divide(segments, found, 0, &mut columns);
    columns.retain(|column| !column.is_empty());
    columns
}

fn divide_again(segments: Vec<Segment>, depth: usize, columns: &mut Vec<Vec<Segment>>) {
    let found = if depth < MAX_DEPTH && segments.len() <= MAX_SEGMENTS { gutter(&segments) } else { None };
    divide(segments, found, depth, columns);
}

fn divide(mut segments: Vec<Segment>, found: Option<Gutter>, depth: usize, columns: &mut Vec<Vec<Segment>>) {
    let Some(gutter) = found else {
        columns.push(segments);
        return;
    };
    segments.sort_by(|a, b| a.baseline.total_cmp(&b.baseline));
    let (mut left, mut right, mut across) = (Vec::new(), Vec::new(), Vec::new());
    for segment in segments {
        if !gutter.reaches(&segment) || gutter.crosses(&segment) {
            divide_again(std::mem::take(&mut left), depth + 1, columns);
            divide_again(std::mem::take(&mut right), depth + 1, columns);
            across.push(segment);
            continue;
        }
        if !across.is_empty() {
            columns.push(std::mem::take(&mut across));
        }
        if segment.x0 >= gutter.x { right.push(segment) } else { left.push(segment) }
    }
    columns.push(across);
    divide_again(left, depth + 1, columns);
    divide_again(right, depth + 1, columns);
}

/// A free strip between two columns: to the left of `x`, from `top` to `bottom`.
struct Gutter {
    x: f32,
    top: f32,
    bottom: f32,
}

impl Gutter {
    fn crosses(&self, segment: &Segment) -> bool {
        segment.x0 < self.x && segment.x1 > self.x + 1.0
    }

    /// Whether the segment stands at a height where there are two columns.
    fn reaches(&self, segment: &Segment) -> bool {
        segment.baseline >= self.top - 1.0 && segment.baseline <= self.bottom + 1.0
    }
}

/// The gutter that fewest segments cross, where there are lines of text on both sides of one.
fn gutter(segments: &[Segment]) -> Option<Gutter> {
    let mut starts: Vec<f32> = segments.iter().map(|segment| segment.x0).collect();
    starts.sort_by(f32::total_cmp);
    starts.dedup_by(|a, b| (*a - *b).abs() < 1.5);
    let candidates = starts.into_iter().filter_map(|x| judge(segments, x - 2.0, LEAST_LINES));
    candidates.min_by(|a, b| a.0.total_cmp(&b.0)).map(|(_, gutter)| gutter)
}

/// A gutter at `x`, with the share of segments that cross it, less a little for every line beside it.
fn judge(segments: &[Segment], x: f32, least: usize) -> Option<(f32, Gutter)> {
    let extent = |segments: &mut dyn Iterator<Item = &Segment>| {
        segments.fold((f32::MAX, f32::MIN), |(top, bottom), segment| {
            (top.min(segment.baseline), bottom.max(segment.baseline))
        })
    };
    let aligned = segments.iter().filter(|segment| segment.x0 >= x && segment.x0 < x + 5.0).count();
    if aligned < least {
        return None;
    }
    let right = extent(&mut segments.iter().filter(|segment| segment.x0 >= x));
    let left = extent(&mut segments.iter().filter(|segment| segment.x1 <= x + 1.0));
    // A column may be shorter than its neighbour; what stands above and below both of them is of neither.
    let both = (right.0.max(left.0), right.1.min(left.1));
    let inside = |segment: &&Segment| segment.baseline >= both.0 - 1.0 && segment.baseline <= both.1 + 1.0;
    let side = |of: &dyn Fn(&Segment) -> bool| {
        let chars: Vec<usize> = segments
            .iter()
            .filter(inside)
            .filter(|segment| of(segment))
            .map(|segment| segment.text.chars().count())
            .collect();
        (chars.len(), chars.iter().sum::<usize>() / chars.len().max(1))
    };
    let on_right = side(&|segment| segment.x0 >= x);
    let on_left = side(&|segment| segment.x1 <= x + 1.0);
    let crossing = segments.iter().filter(inside).filter(|segment| segment.x0 < x && segment.x1 > x + 1.0).count();
    let prose = |(lines, chars): (usize, usize)| lines >= least && chars >= LEAST_CHARS;
    let all = on_right.0 + on_left.0 + crossing;
    if !prose(on_right) || !prose(on_left) || crossing * 4 > all {
        return None;
    }
    let share = crossing as f32 / all as f32;
    let weight = aligned as f32 / segments.len() as f32;
    Some((share - weight, Gutter { x, top: right.0.min(left.0), bottom: right.1.max(left.1) }))
}
