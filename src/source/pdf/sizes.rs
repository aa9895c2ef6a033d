//! The sizes of bitmap fonts, which may claim to be as high as one of their dots: they are derived from the widths of
//! their letters.

use std::collections::HashMap;

use super::glyphs::Glyph;

/// If a character is this much wider than its font is high, the font does not give its real height.
const TOO_WIDE: f32 = 2.2;
/// Sizes are rounded to this, in points: letters of one line give slightly different ones.
const STEP: f32 = 0.5;
/// Lines are distinguished by this difference in height, in points.
const LINE: f32 = 0.5;

/// Gives characters whose fonts do not give their size the size that the widths of the letters in their line suggest.
pub fn mend(glyphs: &mut [Glyph]) {
    let is_unknown = |glyph: &Glyph| glyph.x1 - glyph.x0 > TOO_WIDE * glyph.size;
    // In a font as high as a dot, even narrow letters are too wide; otherwise only a rare dash of another font is.
    let unknown = glyphs.iter().filter(|glyph| glyph.c.is_alphabetic() && is_unknown(glyph)).count();
    let letters = glyphs.iter().filter(|glyph| glyph.c.is_alphabetic()).count();
    if unknown == 0 || unknown * 10 < letters {
        return;
    }
    let line = |glyph: &Glyph| (glyph.baseline / LINE).round() as i64;
    let mut lines: HashMap<i64, Vec<f32>> = HashMap::new();
    let mut all: Vec<f32> = Vec::new();
    for glyph in glyphs.iter().filter(|glyph| is_unknown(glyph)) {
        let Some(width) = width(glyph.c) else { continue };
        let size = (glyph.x1 - glyph.x0) / width;
        lines.entry(line(glyph)).or_default().push(size);
        all.push(size);
    }
    let usual = median(&mut all);
    let sizes: HashMap<i64, f32> = lines.into_iter().map(|(line, mut sizes)| (line, median(&mut sizes))).collect();
    for glyph in glyphs.iter_mut().filter(|glyph| is_unknown(glyph)) {
        glyph.size = sizes.get(&line(glyph)).copied().unwrap_or(usual);
    }
}

fn median(sizes: &mut [f32]) -> f32 {
    sizes.sort_by(f32::total_cmp);
    let middle = sizes.get(sizes.len() / 2).copied().unwrap_or(10.0);
    (middle / STEP).round().max(1.0) * STEP
}

/// Returns the width of a letter or digit of Computer Modern Roman, in heights of the font.
fn width(c: char) -> Option<f32> {
    Some(match c {
        'i' | 'j' | 'l' => 0.278,
        'f' => 0.306,
        't' | 'r' => 0.39,
        's' => 0.394,
        'c' | 'e' | 'z' => 0.444,
        'a' | 'o' | 'g' | '0'..='9' => 0.5,
        'v' | 'x' | 'y' | 'k' => 0.528,
        'b' | 'd' | 'h' | 'n' | 'p' | 'q' | 'u' => 0.556,
        'w' => 0.722,
        'm' => 0.833,
        'A' | 'T' | 'C' => 0.74,
        'B' | 'E' | 'F' | 'L' | 'P' | 'R' | 'Z' => 0.68,
        'D' | 'G' | 'H' | 'K' | 'N' | 'O' | 'Q' | 'U' | 'V' | 'X' | 'Y' => 0.765,
        'S' => 0.556,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::pdf::glyphs::Face;

    /// Letters of Computer Modern at 10 points, in a font that claims to be as high as `size`.
    fn drawn(text: &str, baseline: f32, size: f32) -> Vec<Glyph> {
        let mut x1 = 0.0;
        let place = |c: char| {
            let x0 = x1;
            x1 += 10.0 * width(c).unwrap_or(0.333);
            Glyph { c, x0, x1, baseline, size, face: Face::default(), artifact: false }
        };
        text.chars().map(place).collect()
    }

    #[test]
    fn letters_tell_the_size_of_a_font_that_does_not() {
        let mut glyphs = [drawn("the lake fell", 100.0, 0.12), drawn("by a metre", 112.0, 0.12)].concat();
        mend(&mut glyphs);
        assert!(glyphs.iter().all(|glyph| (glyph.size - 10.0).abs() < 0.6), "{glyphs:?}");
    }

    #[test]
    fn a_long_dash_keeps_its_size() {
        let mut glyphs = drawn("the lake fell", 100.0, 10.0);
        glyphs.push(Glyph { c: '⸻', x1: glyphs[0].x0 + 30.0, ..glyphs[0] });
        let before = glyphs.clone();
        mend(&mut glyphs);
        assert_eq!(glyphs, before);
    }
}
