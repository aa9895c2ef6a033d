//! Which text of a page is visible: white text on white, tiny text and text beside the page are for programs only.

use hayro_interpret::kurbo::{Point, Rect};
use hayro_interpret::{DrawMode, Paint};

/// The reasons for which text is invisible.
pub const WHITE: &str = "white text on a white page";
pub const SMALL: &str = "text too small to see";
pub const BESIDE: &str = "text beside the page";

/// A colour is white if all its components are at least this bright.
const WHITENESS: f32 = 0.97;
/// Anything more transparent than this leaves no trace.
const TRACE: f32 = 0.03;
/// Letters smaller than this, in points, cannot be read.
pub const LEAST_SIZE: f64 = 1.2;
/// Backgrounds of a smaller area, in square points, carry no letters.
const LEAST_GROUND: f64 = 4.0;
/// On a page with more backgrounds than this, all text counts as visible.
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
    /// An empty page of this size.
    pub fn of(page: Rect) -> Self {
        Self { page, grounds: Vec::new() }
    }

    /// Records that something is drawn over an area. White drawn over it later is ignored, as its exact shape is
    /// unknown.
    pub fn draw(&mut self, area: Rect) {
        if area.area() >= LEAST_GROUND && self.grounds.len() <= MAX_GROUNDS {
            self.grounds.push(area.inflate(1.0, 1.0));
        }
    }

    /// Returns how many areas are examined for each character that may be invisible.
    pub fn grounds(&self) -> usize {
        self.grounds.len()
    }

    /// Returns why a character in the colour of the page is invisible.
    pub fn hides_white(&self, middle: Point) -> Option<&'static str> {
        let is_seen = self.grounds.len() > MAX_GROUNDS || self.grounds.iter().any(|area| area.contains(middle));
        (!is_seen).then_some(WHITE)
    }

    /// Returns why a character of this size is invisible at its place.
    pub fn hides_place(&self, middle: Point, size: f64) -> Option<&'static str> {
        (!self.page.inflate(size, size).contains(middle)).then_some(BESIDE)
    }
}

/// Whether something drawn in this paint cannot be seen on a white page.
pub fn is_white(paint: &Paint<'_>) -> bool {
    let Paint::Color(color) = paint else { return false };
    let [red, green, blue, alpha] = color.to_rgba().components();
    red.min(green).min(blue) >= WHITENESS || alpha < TRACE
}

/// Whether letters drawn in this mode have the paint's colour. The text of a scan is not drawn at all.
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
