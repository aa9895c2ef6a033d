//! What of a page's text is in sight: what is white on white, too small or beside the page is there for programs only.

use hayro_interpret::kurbo::{Point, Rect};
use hayro_interpret::{DrawMode, Paint};

/// The reasons for which text is not in sight.
pub const WHITE: &str = "white text on a white page";
pub const SMALL: &str = "text too small to see";
pub const BESIDE: &str = "text beside the page";

/// A colour of which all parts are as bright as this is white.
const WHITENESS: f32 = 0.97;
/// What is so transparent leaves no trace.
const TRACE: f32 = 0.03;
/// Letters are smaller than this, in points, where nobody reads them.
pub const LEAST_SIZE: f64 = 1.2;
/// Grounds of a smaller area, in square points, have no letter on them.
const LEAST_GROUND: f64 = 4.0;
/// On a page of more grounds than this, all text is taken to be in sight.
const MAX_GROUNDS: usize = 4000;

/// Where a page is not white.
#[derive(Debug)]
pub struct Sight {
    page: Rect,
    grounds: Vec<Rect>,
}

impl Default for Sight {
    fn default() -> Self {
        Self::of(Rect::new(f64::MIN, f64::MIN, f64::MAX, f64::MAX))
    }
}

impl Sight {
    /// Of a page of this size, on which nothing is drawn yet.
    pub fn of(page: Rect) -> Self {
        Self { page, grounds: Vec::new() }
    }

    /// Something is drawn over an area. What is drawn white over it leaves it as it is: more would have to be known of
    /// its shape.
    pub fn draw(&mut self, area: Rect) {
        if area.area() >= LEAST_GROUND && self.grounds.len() <= MAX_GROUNDS {
            self.grounds.push(area.inflate(1.0, 1.0));
        }
    }

    /// How many areas are looked at for each character that may be out of sight.
    pub fn grounds(&self) -> usize {
        self.grounds.len()
    }

    /// Why a character in the colour of the page is out of sight.
    pub fn hides_white(&self, middle: Point) -> Option<&'static str> {
        let is_seen = self.grounds.len() > MAX_GROUNDS || self.grounds.iter().any(|area| area.contains(middle));
        (!is_seen).then_some(WHITE)
    }

    /// Why a character of this size is out of sight where it stands.
    pub fn hides_place(&self, middle: Point, size: f64) -> Option<&'static str> {
        (!self.page.inflate(size, size).contains(middle)).then_some(BESIDE)
    }
}

/// Whether nothing that is drawn so can be told from a white page.
pub fn is_white(paint: &Paint<'_>) -> bool {
    let Paint::Color(color) = paint else { return false };
    let [red, green, blue, alpha] = color.to_rgba().components();
    red.min(green).min(blue) >= WHITENESS || alpha < TRACE
}

/// Whether letters that are drawn so have the paint's colour and no other. The text of a scan is not drawn at all.
pub fn is_filled(mode: &DrawMode) -> bool {
    matches!(mode, DrawMode::Fill(_) | DrawMode::Stroke(_))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn white_is_seen_on_a_ground_only() {
        let mut sight = Sight::of(Rect::new(0.0, 0.0, 600.0, 800.0));
        sight.draw(Rect::new(50.0, 50.0, 51.0, 51.0));
        sight.draw(Rect::new(100.0, 100.0, 200.0, 120.0));
        assert_eq!(sight.hides_white(Point::new(150.0, 110.0)), None);
        assert_eq!(sight.hides_white(Point::new(50.5, 50.5)), Some(WHITE));
        assert_eq!(sight.hides_white(Point::new(150.0, 130.0)), Some(WHITE));
    }

    #[test]
    fn what_hangs_over_the_edge_is_on_the_page() {
        let sight = Sight::of(Rect::new(0.0, 0.0, 600.0, 800.0));
        assert_eq!(sight.hides_place(Point::new(605.0, 400.0), 10.0), None);
        assert_eq!(sight.hides_place(Point::new(620.0, 400.0), 10.0), Some(BESIDE));
    }
}
