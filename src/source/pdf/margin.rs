//! The line numbers in the margins of manuscripts.

use super::line::{Segment, by_place, rows};

/// Fewer numbers than this in a row, one at each line, may be anything.
const LEAST_NUMBERS: usize = 5;
/// If numbers are at every fifth or tenth line only, this many are enough.
const LEAST_SPARSE: usize = 3;
/// Tolerance in points for numbers that end, or begin, at the same place.
const ALIGNED: f32 = 3.0;
/// The distance from line to line, in heights of their font.
const PITCH: std::ops::Range<f32> = 0.9..2.6;
/// At least one in this many lines of running text begins with a small letter; hardly any list item does.
const ONE_IN: usize = 5;

/// Takes the line numbers out of pages, and returns what was taken from each.
pub fn take_line_numbers(pages: &mut [Vec<Segment>]) -> Vec<String> {
    for page in pages.iter_mut() {
        page.sort_by(by_place);
    }
    let margins: Vec<Margin> = pages.iter().flat_map(|page| margins(page)).collect();
    pages.iter_mut().map(|page| take(page, &margins)).collect()
}

/// A place with line numbers.
#[derive(Debug, Clone, Copy)]
struct Margin {
    edge: Edge,
    x0: f32,
    x1: f32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Edge {
    Left,
    Right,
    /// Between two columns; where one of them has ended, the numbers are outermost.
    Between,
}

impl Margin {
    fn holds(&self, number: &Number) -> bool {
        let near = |a: f32, b: f32| (a - b).abs() < ALIGNED;
        (number.edge == self.edge || self.edge == Edge::Between)
            && (near(number.x1, self.x1) || near(number.x0, self.x0))
    }
}

/// A number that is a piece of its own in its row.
#[derive(Debug, Clone, Copy)]
struct Number {
    /// Index of its piece on the page.
    at: usize,
    row: usize,
    edge: Edge,
    value: u32,
    x0: f32,
    x1: f32,
}

fn take(page: &mut Vec<Segment>, margins: &[Margin]) -> String {
    if margins.is_empty() {
        return String::new();
    }
    let mut taken: Vec<usize> = numbers(page)
        .into_iter()
        .filter(|number| margins.iter().any(|margin| margin.holds(number)))
        .map(|number| number.at)
        .collect();
    taken.dedup();
    let text = taken.iter().map(|at| page[*at].text.trim()).collect::<Vec<_>>().join(" ");
    for at in taken.into_iter().rev() {
        page.remove(at);
    }
    text
}

fn numbers(page: &[Segment]) -> Vec<Number> {
    let mut numbers = Vec::new();
    for (row, range) in rows(page).into_iter().enumerate() {
        let first = range.clone().min_by(|a, b| page[*a].x0.total_cmp(&page[*b].x0));
        let last = range.clone().max_by(|a, b| page[*a].x1.total_cmp(&page[*b].x1));
        let inner = range.filter(|at| Some(*at) != first && Some(*at) != last).map(|at| (Some(at), Edge::Between));
        for (at, edge) in [(first, Edge::Left), (last, Edge::Right)].into_iter().chain(inner) {
            let Some((at, value)) = at.and_then(|at| Some((at, value(&page[at])?))) else { continue };
            numbers.push(Number { at, row, edge, value, x0: page[at].x0, x1: page[at].x1 });
        }
    }
    numbers.sort_by_key(|number| number.at);
    numbers
}

fn value(piece: &Segment) -> Option<u32> {
    let text = piece.text.trim();
    (text.len() <= 5 && text.bytes().all(|b| b.is_ascii_digit())).then(|| text.parse().ok()).flatten()
}

/// Returns the margins of a page in which its lines are numbered.
fn margins(page: &[Segment]) -> Vec<Margin> {
    let numbers = numbers(page);
    let edge = |edge: Edge| numbers.iter().filter(|number| number.edge == edge).copied().collect::<Vec<_>>();
    let of = |numbers: &[Number], place: fn(&Number) -> f32| {
        aligned(numbers, place).into_iter().filter(|group| counts_lines(group, page)).collect::<Vec<_>>()
    };
    let mut margins = Vec::new();
    for numbers in [edge(Edge::Left), edge(Edge::Right)] {
        let mut groups = of(&numbers, |number| number.x1);
        if groups.is_empty() {
            groups = of(&numbers, |number| number.x0);
        }
        margins.extend(groups.iter().map(|group| margin(group)));
    }
    let mut between = of(&numbers, |number| number.x1);
    between.extend(of(&numbers, |number| number.x0));
    between.retain(|group| group.iter().any(|number| number.edge == Edge::Between) && is_at_each_line(group, page));
    margins.extend(between.iter().map(|group| Margin { edge: Edge::Between, ..margin(group) }));
    margins
}

/// Whether numbers are as many lines apart as they count: rows of a table are one apart, whatever their numbers.
fn is_at_each_line(group: &[Number], page: &[Segment]) -> bool {
    group.windows(2).all(|pair| {
        let (above, below) = (&page[pair[0].at], &page[pair[1].at]);
        let lines = pair[1].value.saturating_sub(pair[0].value) as f32;
        PITCH.contains(&((below.baseline - above.baseline) / lines / above.size))
    })
}

fn margin(group: &[Number]) -> Margin {
    Margin {
        edge: group[0].edge,
        x0: group.iter().map(|number| number.x0).fold(f32::MAX, f32::min),
        x1: group.iter().map(|number| number.x1).fold(f32::MIN, f32::max),
    }
}

/// Returns groups of numbers that end, or begin, at the same place.
fn aligned(numbers: &[Number], place: fn(&Number) -> f32) -> Vec<Vec<Number>> {
    let mut sorted = numbers.to_vec();
    sorted.sort_by(|a, b| place(a).total_cmp(&place(b)));
    let mut groups: Vec<Vec<Number>> = Vec::new();
    for number in sorted {
        match groups.last_mut().filter(|group| place(&number) - place(&group[0]) < ALIGNED) {
            Some(group) => group.push(number),
            None => groups.push(vec![number]),
        }
    }
    groups.iter_mut().for_each(|group| group.sort_by_key(|number| number.row));
    groups
}

/// Whether numbers count the lines of running text, rather than the items of a list or the rows of a table.
fn counts_lines(group: &[Number], page: &[Segment]) -> bool {
    if group.len() < LEAST_SPARSE {
        return false;
    }
    let steps = || group.windows(2).map(|pair| i64::from(pair[1].value) - i64::from(pair[0].value));
    let step = steps().min().unwrap_or(0);
    let regular = steps().filter(|found| *found == step).count() * 5 >= (group.len() - 1) * 4;
    let least = if step == 1 { LEAST_NUMBERS } else { LEAST_SPARSE };
    let tens = step == 1 || matches!(step, 2 | 3 | 5 | 10) && i64::from(group[0].value) % step == 0;
    if step < 1 || !tens || !regular || group.len() < least {
        return false;
    }
    let (top, bottom) = (page[group[0].at].baseline, page[group[group.len() - 1].at].baseline);
    let beside: Vec<&Segment> = rows(page)
        .into_iter()
        .filter(|row| page[row.start].baseline >= top - 1.0 && page[row.start].baseline <= bottom + 1.0)
        .filter_map(|row| page[row].iter().find(|piece| piece.text.contains(char::is_alphabetic)))
        .collect();
    let small = beside.iter().filter(|piece| begins_small(&piece.text)).count();
    // Lines of a second column may lie between those that are counted.
    let (lines, counted) = (beside.len(), group.len() * step as usize);
    small * ONE_IN >= lines.max(1) && lines * 2 > counted && lines <= counted * 2 + 4
}

fn begins_small(text: &str) -> bool {
    text.trim_start().starts_with(|c: char| c.is_alphabetic() && !c.is_uppercase())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::pdf::glyphs::Face;

    fn piece(text: &str, x0: f32, baseline: f32) -> Segment {
        let (x1, raised) = (x0 + 5.0 * text.len() as f32, Vec::new());
        Segment { x0, x1, baseline, size: 10.0, text: text.to_owned(), raised, face: Face::default(), artifact: false }
    }

    /// A page of these lines, with numbers before some of them as `number` says.
    fn page(lines: &[&str], number: fn(usize) -> Option<usize>) -> Vec<Segment> {
        let mut pieces = Vec::new();
        for (at, line) in lines.iter().enumerate() {
            let baseline = 50.0 + 20.0 * at as f32;
            if let Some(number) = number(at).map(|number| number.to_string()) {
                pieces.push(piece(&number, 40.0 - 5.0 * number.len() as f32, baseline));
            }
            pieces.push(piece(line, 60.0, baseline));
        }
        pieces
    }

    const PROSE: [&str; 12] = [
        "The lake fell by",
        "thirty centimetres",
        "in eleven days",
        "after the sluice",
        "was opened. We",
        "therefore ask",
        "that it be kept",
        "shut until the",
        "level has risen",
        "above the mark.",
        "The keeper agrees",
        "with all of it.",
    ];

    #[test]
    fn numbers_of_all_lines_or_of_every_fifth_are_taken() {
        let all = page(&PROSE, |at| Some(at + 8));
        let fifth = page(&PROSE.repeat(2), |at| (at % 5 == 4).then_some(at + 1));
        let short = page(&PROSE[..2], |at| Some(at + 20));
        let mut pages = [all, short];
        assert_eq!(take_line_numbers(&mut pages), ["8 9 10 11 12 13 14 15 16 17 18 19", "20 21"]);
        assert_eq!(pages[0].len(), PROSE.len());
        assert_eq!(take_line_numbers(&mut [fifth]), ["5 10 15 20"]);
    }

    #[test]
    fn numbers_between_two_columns_are_taken_and_those_of_a_table_stay() {
        let beside = |number: fn(usize) -> Option<usize>| {
            let mut page = page(&PROSE, |_| None);
            for at in 0..PROSE.len() {
                let baseline = 50.0 + 20.0 * at as f32;
                let number = number(at).map(|number| piece(&number.to_string(), 320.0, baseline));
                page.extend(number.into_iter().chain([piece("and this is in the second one", 350.0, baseline)]));
            }
            take_line_numbers(&mut [page]).remove(0)
        };
        assert_eq!(beside(|at| (at % 2 == 1).then_some(at + 1)), "2 4 6 8 10 12");
        assert_eq!(beside(|at| Some(5 * at + 5)), "");
    }

    #[test]
    fn a_numbered_list_stays() {
        let items = ["Open the sluice", "Read the gauge", "Close the sluice", "Write it down", "Go home", "Sleep well"];
        assert_eq!(take_line_numbers(&mut [page(&items, |at| Some(at + 1))]), [""]);
    }
}
