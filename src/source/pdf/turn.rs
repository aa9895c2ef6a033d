//! The direction of a page's text: upright, turned, or downwards in columns from right to left.

use hayro_interpret::kurbo::{Point, Vec2};

use super::glyphs::{Face, Glyph};

/// Fewer characters below one another than this are not vertical writing.
const LEAST_BELOW: usize = 10;
/// The part of an ideograph's box that is below the baseline of Latin letters.
const DESCENT: f32 = 0.12;

/// How a character is turned relative to the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Turn {
    /// The text runs to the right.
    Upright,
    /// The text runs downwards, with its top to the right.
    Clockwise,
    /// The text is upside down.
    Half,
    /// The text runs upwards, with its top to the left.
    Counterclockwise,
    /// Characters are upright, and each is below the one before.
    Vertical,
    /// The text runs across the page at a slant.
    Slanted,
}

const WHOLE_PAGES: [Turn; 5] = [Turn::Upright, Turn::Clockwise, Turn::Half, Turn::Counterclockwise, Turn::Vertical];

impl Turn {
    /// Determines the turn from the vectors to the next character and to the top. Letters may lean, or be mirrored.
    pub fn of(advance: Vec2, up: Vec2) -> Self {
        let size = up.hypot();
        let along = if advance.hypot() > 0.0 { advance } else { Vec2::new(-up.y, up.x) };
        let level = along.y.abs() <= 0.1 * size && up.y.abs() >= 0.7 * size;
        let upended = along.x.abs() <= 0.1 * size && up.x.abs() >= 0.7 * size;
        match (level, upended) {
            (true, _) if along.x < 0.0 && up.y > 0.0 => Self::Half,
            (true, _) => Self::Upright,
            (_, true) if along.y > 0.0 => Self::Clockwise,
            (_, true) => Self::Counterclockwise,
            _ => Self::Slanted,
        }
    }
}

/// A character where it is drawn, in points from the upper left corner of the page.
#[derive(Debug, Clone, Copy)]
pub struct Placed {
    pub c: char,
    pub start: Point,
    pub end: Point,
    pub size: f32,
    pub turn: Turn,
    pub face: Face,
    pub artifact: bool,
}

/// Returns the characters that run as most of the page does, turned upright, and the text of all others.
pub fn upright(mut placed: Vec<Placed>) -> (Vec<Glyph>, String) {
    mark_vertical(&mut placed);
    let count = |turn: Turn| placed.iter().filter(|glyph| glyph.turn == turn && glyph.c != ' ').count();
    let mut usual = (Turn::Upright, count(Turn::Upright));
    for turn in &WHOLE_PAGES[1..] {
        let count = count(*turn);
        if count > usual.1 {
            usual = (*turn, count);
        }
    }
    let usual = usual.0;
    let belongs = |glyph: &Placed| glyph.turn == usual || usual == Turn::Vertical && glyph.turn == Turn::Clockwise;
    let (mut glyphs, mut others) = (Vec::with_capacity(placed.len()), String::new());
    for glyph in &placed {
        if belongs(glyph) { glyphs.push(turned_upright(glyph)) } else { others.push(glyph.c) }
    }
    from_the_corner(&mut glyphs);
    (glyphs, others)
}

fn turned_upright(placed: &Placed) -> Glyph {
    let Placed { c, start, end, size, turn, face, artifact } = *placed;
    let (a, b, baseline) = match turn {
        Turn::Upright | Turn::Slanted => (start.x, end.x, start.y),
        Turn::Clockwise => (start.y, end.y, -start.x),
        Turn::Half => (-start.x, -end.x, -start.y),
        Turn::Counterclockwise => (-start.y, -end.y, start.x),
        Turn::Vertical => {
            let top = start.y - f64::from(size * (1.0 - DESCENT));
            (top, top + f64::from(size), -start.x - f64::from(size * DESCENT))
        }
    };
    Glyph { c, x0: a.min(b) as f32, x1: a.max(b) as f32, baseline: baseline as f32, size, face, artifact }
}

/// Moves turned characters so that none has a negative position.
fn from_the_corner(glyphs: &mut [Glyph]) {
    let left = glyphs.iter().map(|glyph| glyph.x0).fold(0.0, f32::min);
    let top = glyphs.iter().map(|glyph| glyph.baseline).fold(0.0, f32::min);
    for glyph in glyphs {
        glyph.x0 -= left;
        glyph.x1 -= left;
        glyph.baseline -= top;
    }
}

/// Marks vertical text that is set with fonts for horizontal text, one character at a time.
fn mark_vertical(placed: &mut [Placed]) {
    let (mut below, mut beside) = (0, 0);
    let upright = |glyph: &Placed| glyph.turn == Turn::Upright && is_of_vertical_script(glyph.c);
    for pair in placed.windows(2).filter(|pair| pair.iter().all(upright)) {
        let (dx, dy) = ((pair[1].start - pair[0].start).x as f32, (pair[1].start - pair[0].start).y as f32);
        let em = pair[0].size;
        below += usize::from(dx.abs() < 0.3 * em && dy > 0.5 * em && dy < 1.8 * em);
        beside += usize::from(dy.abs() < 0.3 * em && dx > 0.4 * em && dx < 1.8 * em);
    }
    if below >= LEAST_BELOW && below > beside {
        placed.iter_mut().filter(|glyph| upright(glyph)).for_each(|glyph| glyph.turn = Turn::Vertical);
    }
}

fn is_of_vertical_script(c: char) -> bool {
    matches!(
        c,
        '\u{3000}'..='\u{30ff}'
            | '\u{3400}'..='\u{9fff}'
            | '\u{f900}'..='\u{faff}'
            | '\u{fe10}'..='\u{fe4f}'
            | '\u{ff00}'..='\u{ffef}'
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(placed: Vec<Placed>) -> (String, String) {
        let (mut glyphs, others) = upright(placed);
        glyphs.sort_by(|a, b| (a.baseline, a.x0).partial_cmp(&(b.baseline, b.x0)).unwrap());
        (glyphs.iter().map(|glyph| glyph.c).collect(), others)
    }

    /// Characters from `from` on, each `step` after the last, with their tops towards `up`.
    fn run(text: &str, from: (f64, f64), step: Vec2, up: Vec2) -> Vec<Placed> {
        let turn = Turn::of(step, up);
        let at = |at: usize| Point::new(from.0, from.1) + step * at as f64;
        let place = |(n, c)| Placed {
            c,
            start: at(n),
            end: at(n + 1),
            size: 10.0,
            turn,
            face: Face::default(),
            artifact: false,
        };
        text.chars().enumerate().map(place).collect()
    }

    #[test]
    fn a_page_turned_as_a_whole_is_read_like_an_upright_one() {
        let turns = [
            (Vec2::new(6.0, 0.0), Vec2::new(0.0, -10.0), [(10.0, 10.0), (10.0, 22.0)]),
            (Vec2::new(0.0, 6.0), Vec2::new(10.0, 0.0), [(90.0, 10.0), (78.0, 10.0)]),
            (Vec2::new(-6.0, 0.0), Vec2::new(0.0, 10.0), [(90.0, 90.0), (90.0, 78.0)]),
            (Vec2::new(0.0, -6.0), Vec2::new(-10.0, 0.0), [(10.0, 90.0), (22.0, 90.0)]),
        ];
        for (step, up, [first, second]) in turns {
            let placed = [run("above", first, step, up), run("below", second, step, up)].concat();
            assert_eq!(text(placed), ("abovebelow".to_owned(), String::new()), "{step:?}");
        }
    }

    #[test]
    fn a_stamp_along_an_upright_page_is_set_aside() {
        let page = run("the text of the page", (10.0, 10.0), Vec2::new(6.0, 0.0), Vec2::new(0.0, -10.0));
        let stamp = run("stamp", (2.0, 90.0), Vec2::new(0.0, -6.0), Vec2::new(-10.0, 0.0));
        assert_eq!(text([page, stamp].concat()), ("the text of the page".to_owned(), "stamp".to_owned()));
    }

    #[test]
    fn vertical_writing_runs_down_and_to_the_left() {
        let column = |text: &str, x: f64| -> Vec<Placed> {
            let mut glyphs = run(text, (x, 10.0), Vec2::new(10.0, 0.0), Vec2::new(0.0, -10.0));
            for (at, glyph) in glyphs.iter_mut().enumerate() {
                glyph.start = Point::new(x, 10.0 + 10.0 * at as f64);
            }
            glyphs
        };
        let placed = [column("湖水朝測定者毎", 80.0), column("港番人日誌書留", 62.0)].concat();
        assert_eq!(text(placed).0, "湖水朝測定者毎港番人日誌書留");
    }
}
