//! Fractions with one number above the other within a line.

use super::glyphs::Glyph;

/// Largest number of digits in either number.
const MOST_DIGITS: usize = 4;

/// Puts the numbers of fractions side by side, with a slash in between; lines are as high as `size`, on `baseline`.
pub fn on_one_line(glyphs: &mut Vec<Glyph>, size: f32, baseline: f32) {
    let mut at = 0;
    while at < glyphs.len() {
        let upper = run(&glyphs[at..], |glyph| is_small(glyph, size) && glyph.baseline < baseline - 0.12 * size);
        let from = at + upper;
        let lower = run(&glyphs[from..], |glyph| is_small(glyph, size) && glyph.baseline > baseline + 0.08 * size);
        let to = from + lower;
        let is_one = (1..=MOST_DIGITS).contains(&upper)
            && (1..=MOST_DIGITS).contains(&lower)
            && glyphs[from].x0 < glyphs[from - 1].x1 - 0.5 * (glyphs[from - 1].x1 - glyphs[from - 1].x0);
        if is_one {
            let behind_number = at.checked_sub(1).is_some_and(|before| glyphs[before].c.is_ascii_digit());
            set_in_line(glyphs, at, from, to, (size, baseline, behind_number));
        }
        at = if is_one { to + 1 } else { (at + upper).max(at + 1) };
    }
}

fn run(glyphs: &[Glyph], is_of_it: impl Fn(&Glyph) -> bool) -> usize {
    glyphs.iter().take_while(|glyph| glyph.c.is_ascii_digit() && is_of_it(glyph)).count()
}

fn is_small(glyph: &Glyph, size: f32) -> bool {
    glyph.size < 0.88 * size
}

/// Divides the width of a fraction with the numbers `at..from` and `from..to` equally among its characters.
fn set_in_line(glyphs: &mut Vec<Glyph>, at: usize, from: usize, to: usize, line: (f32, f32, bool)) {
    let (size, baseline, behind_number) = line;
    let (x0, x1) = glyphs[at..to].iter().fold((f32::MAX, f32::MIN), |(x0, x1), g| (x0.min(g.x0), x1.max(g.x1)));
    let stroke = Glyph { c: '/', size, baseline, ..glyphs[at] };
    glyphs.insert(from, stroke);
    if behind_number {
        glyphs.insert(at, Glyph { c: ' ', ..stroke });
    }
    let all = &mut glyphs[at..=to + usize::from(behind_number)];
    let step = (x1 - x0) / all.len() as f32;
    for (place, glyph) in all.iter_mut().enumerate() {
        let x0 = x0 + step * place as f32;
        *glyph = Glyph { x0, x1: x0 + step, size, baseline, ..*glyph };
    }
}
