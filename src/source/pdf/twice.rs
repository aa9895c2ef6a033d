//! Characters that are drawn twice: to imitate a bold face, or for a shadow.

use std::collections::HashMap;

use super::glyphs::Glyph;

/// Largest distance of a copy from its original, in heights of the font.
const SHADOW: f32 = 0.36;
/// Offsets that differ by at most this, in heights of the font, belong to one shadow.
const SAME_OFFSET: f32 = 0.04;
/// Number of characters before and after one that show whether it is part of a shadow.
const AROUND: usize = 8;
/// Number of those that have to be copies.
const LEAST_COPIES: usize = 3;
/// Largest number of equal characters in so small a place.
const MOST_PER_CELL: usize = 16;

/// Returns the characters of a page, each once.
///
/// A character that covers half of an equal one is a copy. Narrow letters may be clear of their shadow, as the second
/// letter of "ll" is of the first; so a character farther off is a copy only among others with the same offset.
pub fn once(glyphs: Vec<Glyph>) -> Vec<Glyph> {
    let copies = copies(&glyphs);
    if copies.iter().all(Vec::is_empty) {
        return glyphs;
    }
    let is_copy: Vec<bool> = (0..glyphs.len())
        .map(|at| copies[at].iter().any(|copy| copy.covers || stands_in_shadow(&glyphs, &copies, at, *copy)))
        .collect();
    glyphs.into_iter().zip(is_copy).filter(|(_, is_copy)| !is_copy).map(|(glyph, _)| glyph).collect()
}

/// The distance from a possible original, in heights of the font.
#[derive(Debug, Clone, Copy)]
struct Copy {
    dx: f32,
    dy: f32,
    covers: bool,
    /// Whether it directly follows the original and was drawn next, as the second letter of "ll" does.
    abuts: bool,
}

impl Copy {
    fn of(glyphs: &[Glyph], original: usize, at: usize) -> Option<Self> {
        let (original_at, original, glyph) = (original, &glyphs[original], &glyphs[at]);
        let size = glyph.size;
        let (dx, dy) = ((glyph.x0 - original.x0) / size, (glyph.baseline - original.baseline) / size);
        let alike = (original.size - size).abs() < 0.05 * size;
        let width = ((glyph.x1 - glyph.x0) / size).max(0.1);
        let covers = dx.abs() < 0.5 * width && dy.abs() < 0.1;
        let abuts = original_at + 1 == at && dy.abs() < 0.02 && (glyph.x0 - original.x1).abs() < 0.06 * size;
        (alike && dx.abs() < SHADOW && dy.abs() < SHADOW).then_some(Self { dx, dy, covers, abuts })
    }
}

type Cells = HashMap<(char, i32, i32, i32), Vec<usize>>;

/// Returns for each character the equal ones near it that were drawn before it.
fn copies(glyphs: &[Glyph]) -> Vec<Vec<Copy>> {
    let mut cells: Cells = HashMap::new();
    let mut copies = Vec::with_capacity(glyphs.len());
    for (at, glyph) in glyphs.iter().enumerate() {
        let copies_of = if glyph.c == ' ' { Vec::new() } else { originals(&cells, glyphs, at) };
        // A character that covers an equal one need not be stored again.
        if glyph.c != ' ' && !copies_of.iter().any(|copy| copy.covers) {
            let cell = cells.entry(cell(glyph, 0, 0)).or_default();
            if cell.len() < MOST_PER_CELL {
                cell.push(at);
            }
        }
        copies.push(copies_of);
    }
    copies
}

/// Returns the cell of a character among those of its size; `dx` and `dy` lead to its neighbours.
fn cell(glyph: &Glyph, dx: i32, dy: i32) -> (char, i32, i32, i32) {
    let octave = glyph.size.log2().floor() as i32;
    let side = SHADOW * 2.0_f32.powi(octave + 1);
    (glyph.c, octave, (glyph.x0 / side).floor() as i32 + dx, (glyph.baseline / side).floor() as i32 + dy)
}

fn originals(cells: &Cells, glyphs: &[Glyph], at: usize) -> Vec<Copy> {
    let around = (-1..=1).flat_map(|dx| (-1..=1).map(move |dy| (dx, dy)));
    let near = around.filter_map(|(dx, dy)| cells.get(&cell(&glyphs[at], dx, dy))).flatten();
    near.filter_map(|original| Copy::of(glyphs, *original, at)).collect()
}

/// Whether characters around one are copies with the same offset, of more than one letter: most of them, if the
/// character may be the second of a pair.
fn stands_in_shadow(glyphs: &[Glyph], copies: &[Vec<Copy>], at: usize, copy: Copy) -> bool {
    let around = || (at.saturating_sub(AROUND)..(at + AROUND + 1).min(glyphs.len())).filter(|other| *other != at);
    let near = |a: f32, b: f32| (a - b).abs() < SAME_OFFSET;
    let same = |other: &Copy| near(other.dx, copy.dx) && near(other.dy, copy.dy) && !other.abuts;
    let letters: Vec<char> =
        around().filter(|other| copies[*other].iter().any(same)).map(|other| glyphs[other].c).collect();
    let visible = around().filter(|other| glyphs[*other].c != ' ').count();
    let enough = if copy.abuts { letters.len() * 2 > visible } else { letters.len() >= LEAST_COPIES };
    enough && letters.len() >= LEAST_COPIES && letters.iter().any(|c| *c != glyphs[at].c)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::pdf::glyphs::Face;

    /// Letters at 10 points, narrow and broad ones.
    fn drawn(text: &str, x: f32, baseline: f32) -> Vec<Glyph> {
        let width = |c: char| if matches!(c, 'l' | 'i' | '.' | 'I') { 2.2 } else { 5.5 };
        let mut right = x;
        let mut glyphs = Vec::new();
        for c in text.chars() {
            let x0 = right;
            right += width(c);
            let face = Face::default();
            glyphs.push(Glyph { c, x0, x1: right, baseline, size: 10.0, face, artifact: false });
        }
        glyphs
    }

    fn text(glyphs: Vec<Glyph>) -> String {
        once(glyphs).iter().map(|glyph| glyph.c).collect()
    }

    #[test]
    fn lines_and_letters_drawn_twice_are_read_once() {
        for (dx, dy) in [(0.0, 0.0), (0.3, 0.0), (1.2, 0.9), (2.0, 0.0), (3.3, 0.0), (0.4, 3.3), (-2.5, -2.0)] {
            let (line, shadow) = (drawn("All will pull", 10.0, 50.0), drawn("All will pull", 10.0 + dx, 50.0 + dy));
            assert_eq!(text([line.clone(), shadow.clone()].concat()).replace(' ', ""), "Allwillpull", "{dx} {dy}");
            if dx.abs() < 1.0 {
                let letters = line.into_iter().zip(shadow).flat_map(|(a, b)| [a, b]).collect();
                assert_eq!(text(letters).replace(' ', ""), "Allwillpull", "letter by letter, {dx} {dy}");
            }
        }
    }

    #[test]
    fn genuine_doubles_stay() {
        for line in ["ball, wool, had had", "llll....IIII", "Skiing till ill", "1111 iii"] {
            assert_eq!(text(drawn(line, 10.0, 50.0)), line);
        }
    }

    #[test]
    fn a_page_of_one_letter_in_one_place_takes_no_time() {
        let heap = vec![drawn("x", 10.0, 50.0)[0]; 400_000];
        assert_eq!(text(heap), "x");
        let spread = |at: usize| Glyph { size: 10.0 + (at % 7) as f32 / 10.0, ..drawn("x", 10.0, at as f32 * 0.01)[0] };
        once((0..100_000).map(spread).collect());
    }
}
