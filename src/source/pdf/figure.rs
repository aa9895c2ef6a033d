//! The text inside figures: labels of axes, legends, names of parts.

use super::line::{Segment, body_size, rows};
use super::page::is_running;

/// Labels are at most this far above one another or their caption, in heights of the body's font.
const REACH: f32 = 26.0;
/// Labels are at most this far to the side of those below them, in heights of the body's font.
const ASIDE: f32 = 6.0;
/// This many rows of small numbers belong to a figure, whether or not it has a caption.
const LEAST_ROWS: usize = 3;

/// A page with more segments is one drawing; one with more captions is a list of them.
const MAX_SEGMENTS: usize = 6000;
const MAX_CAPTIONS: usize = 40;

/// Takes the labels of figures out of a page, which is in order from top to bottom, and returns them.
pub fn take_labels(page: &mut Vec<Segment>) -> Vec<String> {
    if page.len() > MAX_SEGMENTS {
        return Vec::new();
    }
    let body = body_size(page.iter().map(Segment::sized));
    let mut is_label = vec![false; page.len()];
    for at in (0..page.len()).filter(|at| is_figure_caption(&page[*at].text)).take(MAX_CAPTIONS) {
        mark_above(page, at, body, &mut is_label);
    }
    mark_numbers(page, body, &mut is_label);
    let (mut rest, mut taken) = (Vec::new(), Vec::new());
    for (segment, is_label) in std::mem::take(page).into_iter().zip(is_label) {
        if is_label { taken.push(segment.text) } else { rest.push(segment) }
    }
    *page = rest;
    taken
}

/// Matches `Figure 3: …`, `Fig. 1. …`.
fn is_figure_caption(text: &str) -> bool {
    const LABELS: &[&str] = &["figure", "fig", "abbildung", "abb", "figura", "plate", "scheme", "chart", "graph"];
    let mut words = text.split(' ');
    let label = words.next().unwrap_or("").trim_end_matches('.').to_lowercase();
    let number = words.next().unwrap_or("");
    let bare = number.trim_end_matches(['.', ':', ')', '|', '—', '–']);
    LABELS.contains(&label.as_str())
        && bare.len() <= 5
        && bare.starts_with(|c: char| c.is_ascii_alphanumeric())
        && (bare.len() < number.len() || bare.bytes().all(|b| b.is_ascii_digit() || b == b'.') && words.count() < 12)
}

/// Marks the labels above a caption, up to the next line of text.
fn mark_above(page: &[Segment], caption: usize, body: f32, is_label: &mut [bool]) {
    let (mut x0, mut x1, mut top) = (page[caption].x0, page[caption].x1, page[caption].baseline);
    for at in (0..caption).rev() {
        let segment = &page[at];
        if top - segment.baseline > REACH * body {
            return;
        }
        if segment.x1 < x0 - ASIDE * body || segment.x0 > x1 + ASIDE * body || top - segment.baseline < 0.5 {
            continue;
        }
        let overlaps = segment.x0 < x1 && segment.x1 > x0;
        if is_running(segment) && segment.text.split(' ').count() >= 5 || !may_be_label(page, at, body) {
            if overlaps {
                return;
            }
            continue;
        }
        is_label[at] = true;
        (x0, x1) = (x0.min(segment.x0), x1.max(segment.x1));
        top = top.min(segment.baseline + 0.6);
    }
}

/// Whether a segment is smaller than the text or contains no words, and does not end a paragraph.
fn may_be_label(page: &[Segment], at: usize, body: f32) -> bool {
    let segment = &page[at];
    let small = segment.size < 0.95 * body;
    let ends_paragraph = page[..at].iter().rev().take(12).any(|above| {
        let gap = segment.baseline - above.baseline;
        let near = gap > 0.0 && gap < 1.6 * segment.size && (above.size - segment.size).abs() < 0.05 * segment.size;
        near && is_running(above) && above.text.split(' ').count() >= 5 && (above.x0 - segment.x0).abs() < 2.0 * body
    });
    (small || !has_words(segment)) && !ends_paragraph
}

fn has_words(segment: &Segment) -> bool {
    segment.text.split(' ').any(|word| word.chars().filter(|c| c.is_alphabetic()).count() >= 4)
}

/// Marks rows that contain only small numbers and short words.
fn mark_numbers(page: &[Segment], body: f32, is_label: &mut [bool]) {
    let numbers = |row: &std::ops::Range<usize>| {
        page[row.clone()]
            .iter()
            .all(|segment| segment.size < 0.82 * body && !has_words(segment) && segment.text.split(' ').count() <= 3)
    };
    let rows: Vec<_> = rows(page).into_iter().filter(numbers).collect();
    let digits =
        |row: &std::ops::Range<usize>| page[row.clone()].iter().any(|s| s.text.contains(|c: char| c.is_ascii_digit()));
    if rows.iter().filter(|row| digits(row)).count() >= LEAST_ROWS {
        rows.into_iter().flatten().for_each(|at| is_label[at] = true);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::pdf::glyphs::Face;

    fn segment(text: &str, x0: f32, baseline: f32, size: f32) -> Segment {
        let (x1, raised) = (x0 + 0.5 * size * text.len() as f32, Vec::new());
        Segment { x0, x1, baseline, size, text: text.to_owned(), raised, face: Face::default(), artifact: false }
    }

    #[test]
    fn labels_above_a_caption_are_taken_and_no_text_with_them() {
        let mut page = vec![
            segment("We therefore recommend that the sluice be kept shut until the level", 60.0, 100.0, 10.0),
            segment("has risen.", 60.0, 112.0, 10.0),
            segment("upper gauge", 120.0, 150.0, 6.0),
            segment("30", 62.0, 160.0, 6.0),
            segment("Mar", 75.0, 200.0, 6.0),
            segment("Figure 1. Level of the lake at the pier in one season.", 60.0, 215.0, 8.0),
            segment("The survey team measured the level of the lake on every morning.", 60.0, 240.0, 10.0),
        ];
        assert_eq!(take_labels(&mut page), ["upper gauge", "30", "Mar"]);
        assert_eq!(page.len(), 4);
        assert_eq!(page[1].text, "has risen.");
    }
}
