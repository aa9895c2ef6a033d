//! What a page says its glyphs spell: the replacement text of marked content (ISO 32000-2, 14.9.4).
//!
//! Programs write it where glyphs do not correspond to characters: for a ligature or a syllable of several glyphs, for
//! a sign that looks like another, and for a soft hyphen within a line, for which a font only has a space.

use hayro_interpret::kurbo::{Point, Vec2};
use unicode_normalization::char::is_combining_mark;

use super::bidi::is_mirror;
use super::line::is_right_to_left;
use super::turn::{Placed, Turn};

/// Longer texts, in bytes, are not parts of a line.
pub const MAX_TEXT: usize = 4096;
/// Largest number of characters per glyph.
const MAX_CHARS_PER_GLYPH: usize = 8;
/// Glyphs whose feet differ by more than this, in heights of their font, are part of a formula or of several lines.
const LEVEL: f64 = 0.3;

const SOFT_HYPHEN: char = '\u{ad}';

/// Replaces the glyphs from `from` on by the characters of `text`, which are on the same line.
///
/// The glyphs are kept if they cannot spell the text: if it is blank, as for a row of dots, much longer than the
/// glyphs, or if they are on several lines.
pub fn respell(glyphs: &mut Vec<Placed>, from: usize, text: &str) {
    let drawn = &glyphs[from..];
    let Some(last) = drawn.last() else { return };
    let is_blank = drawn.iter().all(|glyph| glyph.c == ' ');
    let ends_in_hyphen = !is_blank && text.ends_with(SOFT_HYPHEN) && !last.c.is_alphanumeric();
    let mut chars: Vec<char> = text.chars().filter(|c| *c != SOFT_HYPHEN).collect();
    if ends_in_hyphen {
        chars.push(SOFT_HYPHEN);
    }
    if chars.is_empty() && is_blank && text.contains(SOFT_HYPHEN) {
        glyphs.truncate(from);
        return;
    }
    let is_said = is_blank || chars.iter().any(|c| !c.is_whitespace());
    if chars.is_empty() || !is_said || chars.len() > MAX_CHARS_PER_GLYPH * drawn.len() {
        return;
    }
    // A bracket in a right-to-left line is drawn mirrored, and is mirrored back when the line is read.
    if matches!((drawn, &chars[..]), ([glyph], [c]) if is_mirror(glyph.c, *c)) {
        return;
    }
    if let Some(spelled) = spell(drawn, &chars) {
        glyphs.truncate(from);
        glyphs.extend(spelled);
    }
}

/// Returns the characters at the places of the glyphs: one per glyph if their numbers agree, else letters of equal
/// width, each with the marks after it, over the extent of the glyphs.
fn spell(drawn: &[Placed], chars: &[char]) -> Option<Vec<Placed>> {
    let first = drawn[0];
    let along = drawn.iter().map(|glyph| glyph.end - glyph.start).fold(Vec2::ZERO, |sum, step| sum + step);
    let width = along.hypot();
    let along = if width > 0.0 { along / width } else { along };
    let off = |point: Point| (point - first.start).cross(along).abs();
    let is_level = |glyph: &Placed| glyph.turn == first.turn && off(glyph.start) < LEVEL * f64::from(glyph.size);
    if !drawn.iter().all(is_level) || first.turn == Turn::Vertical && drawn.len() > 1 {
        return None;
    }
    let is_mark = |c: char| is_combining_mark(c) && !is_right_to_left(c);
    if drawn.len() == chars.len() && !chars.iter().copied().any(is_mark) {
        return Some(drawn.iter().zip(chars).map(|(glyph, c)| Placed { c: *c, ..*glyph }).collect());
    }
    let reach = |point: Point| (point - first.start).dot(along);
    let low = drawn.iter().map(|glyph| reach(glyph.start)).fold(f64::MAX, f64::min);
    let high = drawn.iter().map(|glyph| reach(glyph.end)).fold(f64::MIN, f64::max);
    let largest = drawn.iter().max_by(|a, b| a.size.total_cmp(&b.size))?;
    let letters = chars.iter().filter(|c| !is_mark(**c)).count().max(1);
    let at = |n: usize| first.start + along * (low + (high - low) * n as f64 / letters as f64);
    let mut letter = 0;
    let place = |(n, c): (usize, &char)| {
        letter += usize::from(n > 0 && !is_mark(*c));
        let start = if is_mark(*c) { at(letter + 1) } else { at(letter) };
        Placed { c: *c, start, end: at(letter + 1), ..*largest }
    };
    Some(chars.iter().enumerate().map(place).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::pdf::glyphs::Face;

    fn glyphs(text: &str) -> Vec<Placed> {
        let place = |(at, c)| Placed {
            c,
            start: Point::new(6.0 * at as f64, 100.0),
            end: Point::new(6.0 * (at as f64 + 1.0), 100.0),
            size: 10.0,
            turn: Turn::Upright,
            face: Face::default(),
            artifact: false,
        };
        text.chars().enumerate().map(place).collect()
    }

    fn respelled(drawn: &str, from: usize, text: &str) -> String {
        let mut glyphs = glyphs(drawn);
        respell(&mut glyphs, from, text);
        glyphs.iter().map(|glyph| glyph.c).collect()
    }

    #[test]
    fn glyphs_are_what_the_page_says_that_they_spell() {
        assert_eq!(respelled("the o@", 5, "ffi"), "the offi");
        assert_eq!(respelled("⽉", 0, "月"), "月");
        // A space for a soft hyphen within a line is dropped; a hyphen at its end is kept as a soft hyphen.
        assert_eq!(respelled("har ", 3, "\u{ad}"), "har");
        assert_eq!(respelled("har-", 3, "\u{ad}"), "har\u{ad}");
        assert_eq!(respelled("har-", 0, "har\u{ad}"), "har\u{ad}");
    }

    #[test]
    fn characters_reach_as_far_as_the_glyphs_in_whose_place_they_are() {
        let mut spelled = glyphs("a#?");
        respell(&mut spelled, 1, "bcdef");
        assert_eq!(spelled.iter().map(|glyph| glyph.c).collect::<String>(), "abcdef");
        assert_eq!((spelled[1].start.x, spelled[5].end.x), (6.0, 18.0));
        assert!(spelled.windows(2).all(|pair| (pair[1].start.x - pair[0].end.x).abs() < 1e-6));
    }

    #[test]
    fn marks_take_no_room() {
        let mut spelled = glyphs("ห?");
        respell(&mut spelled, 0, "ห้อ");
        let places: Vec<(f64, f64)> = spelled.iter().map(|glyph| (glyph.start.x, glyph.end.x)).collect();
        assert_eq!(places, [(0.0, 6.0), (6.0, 6.0), (6.0, 12.0)]);
    }

    #[test]
    fn glyphs_stay_where_a_text_cannot_be_theirs() {
        assert_eq!(respelled("the quay ....", 9, "\t"), "the quay ....");
        assert_eq!(respelled("the quay", 4, ""), "the quay");
        assert_eq!(respelled("x", 0, "words that nobody sees"), "x");
        let mut formula = glyphs("ab");
        formula[1].start.y -= 5.0;
        respell(&mut formula, 0, "\\frac ab");
        assert_eq!(formula.iter().map(|glyph| glyph.c).collect::<String>(), "ab");
    }
}
