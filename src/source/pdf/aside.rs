//! Notes in the margins, beside the text that they refer to.

use super::line::{Segment, rows};
use super::page::is_running;

/// Number of lines of text needed to know where the margins are.
const LEAST_LINES: usize = 12;
/// Lines of fewer characters may be anything.
const LEAST_CHARS: usize = 30;
/// Least distance of a note from the text, in heights of its font.
const APART: f32 = 0.6;
/// Least number of lines, and of letters, in a note.
const LEAST_NOTE_LINES: usize = 2;
const LEAST_LETTERS: usize = 12;

/// Takes the notes in the left and right margins out of a page.
pub fn take_side_notes(page: &mut Vec<Segment>) -> Vec<Vec<Segment>> {
    let lines = || page.iter().filter(|line| is_running(line) && line.text.chars().count() >= LEAST_CHARS);
    if lines().count() < LEAST_LINES {
        return Vec::new();
    }
    let left = lines().map(|line| line.x0).fold(f32::MAX, f32::min);
    let right = lines().map(|line| line.x1).fold(f32::MIN, f32::max);
    let sides: [&dyn Fn(&Segment) -> bool; 2] =
        [&|line| line.x1 < left - APART * line.size, &|line| line.x0 > right + APART * line.size];
    sides.into_iter().filter_map(|is_beside| take(page, is_beside)).collect()
}

fn take(page: &mut Vec<Segment>, is_beside: &dyn Fn(&Segment) -> bool) -> Option<Vec<Segment>> {
    let found = || page.iter().filter(|segment| is_beside(segment));
    let letters: usize = found().map(|line| line.text.chars().filter(|c| c.is_alphabetic()).count()).sum();
    // Cells of a table have others in the same row.
    let in_tables = rows(page)
        .into_iter()
        .filter(|row| page[row.clone()].iter().any(is_beside))
        .filter(|row| page[row.clone()].iter().any(|other| !is_beside(other) && !is_running(other)))
        .count();
    let count = found().count();
    if count < LEAST_NOTE_LINES || letters < LEAST_LETTERS || letters < 4 * count || in_tables * 3 > count {
        return None;
    }
    let (notes, text) = std::mem::take(page).into_iter().partition(is_beside);
    *page = text;
    Some(notes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::pdf::glyphs::Face;

    fn segment(text: &str, x0: f32, x1: f32, row: usize) -> Segment {
        let (baseline, raised) = (100.0 + 12.0 * row as f32, Vec::new());
        Segment { x0, x1, baseline, size: 10.0, text: text.to_owned(), raised, face: Face::default(), artifact: false }
    }

    fn text() -> Vec<Segment> {
        (0..14).map(|row| segment("The survey team measured the level of the lake", 130.0, 400.0, row)).collect()
    }

    #[test]
    fn notes_on_both_sides_are_taken_and_numbers_of_sections_stay() {
        let mut page = text();
        page.extend([segment("2.1", 105.0, 118.0, 6), segment("2.2", 105.0, 118.0, 9)]);
        assert_eq!(take_side_notes(&mut page), Vec::<Vec<Segment>>::new());
        page.extend([segment("The gauge was", 412.0, 480.0, 2), segment("renewed.", 412.0, 460.0, 3)]);
        page.sort_by(crate::source::pdf::line::by_place);
        let notes = take_side_notes(&mut page);
        assert_eq!(notes.len(), 1);
        assert_eq!(notes[0].iter().map(|note| note.text.as_str()).collect::<Vec<_>>(), ["The gauge was", "renewed."]);
        assert_eq!(page.len(), 16);
    }

    #[test]
    fn a_table_wider_than_the_text_is_none_of_notes() {
        let mut page = text();
        for row in 15..19 {
            page.extend([segment("gauge", 130.0, 160.0, row), segment("renewed in", 412.0, 470.0, row)]);
        }
        page.sort_by(crate::source::pdf::line::by_place);
        assert_eq!(take_side_notes(&mut page), Vec::<Vec<Segment>>::new());
    }
}
