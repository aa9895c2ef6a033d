//! The map of passages in two dimensions, as SVG.

use std::collections::HashMap;

use maud::{Markup, html};

use super::super::text::{printable, shortened};
use super::super::{ClusterRef, Point, counted, percent};
use super::claims::relations;
use super::data::Data;
use super::{Home, Page};

/// The width of the drawing, its greatest and least height, and its margin.
const WIDTH: f32 = 860.0;
const HEIGHT: f32 = 600.0;
const FLAT: f32 = 120.0;
const MARGIN: f32 = 18.0;
/// Maximum number of points that are drawn: if there are more, every nth.
const POINTS: usize = 800;
/// Number of claims that have a colour of their own.
const COLOURS: usize = 7;

/// The shapes for passages of the first sources; passages of other sources are dots.
const SHAPES: [&str; 11] = [
    "M-4.5 0a4.5 4.5 0 1 0 9 0a4.5 4.5 0 1 0-9 0z",
    "M-4-4h8v8h-8z",
    "M0-5.5L5 4H-5z",
    "M0-6L6 0L0 6L-6 0z",
    "M0 5.5L5-4H-5z",
    "M-1.7-5h3.4v3.3h3.3v3.4h-3.3v3.3h-3.4v-3.3h-3.3v-3.4h3.3z",
    "M-4.7-2.4L-2.4-4.7L0-2.3L2.4-4.7L4.7-2.4L2.3 0L4.7 2.4L2.4 4.7L0 2.3L-2.4 4.7L-4.7 2.4L-2.3 0z",
    "M0-6.5L1.6-2.1L6.2-2.1L2.5.8L3.8 5.3L0 2.6L-3.8 5.3L-2.5.8L-6.2-2.1L-1.6-2.1z",
    "M-5.2 0L-2.6-4.5H2.6L5.2 0L2.6 4.5H-2.6z",
    "M-6-2.2h12v4.4h-12z",
    "M-2.2-6h4.4v12h-4.4z",
];
const DOT: &str = "M-2.6 0a2.6 2.6 0 1 0 5.2 0a2.6 2.6 0 1 0-5.2 0z";

/// The map with its legends.
pub fn map<'a>(page: &Page<'a>, data: &mut Data<'a>) -> Markup {
    let all = &page.report.map.points;
    let step = all.len().div_ceil(POINTS).max(1);
    let mut drawn: Vec<&Point> = all.iter().step_by(step).collect();
    let colours = Colours::new(page);
    // Passages in a claim are drawn above the others.
    drawn.sort_by_key(|point| {
        page.passages.get(point.passage.as_str()).map(|known| matches!(known.home, Home::Claim(_)))
    });
    let frame = Frame::around(&drawn);
    let marks: Vec<Markup> = drawn.iter().filter_map(|point| mark(page, data, &colours, &frame, point)).collect();
    html! {
        section #map {
            h2 { "Map of passages" }
            p.note {
                "Each mark is a passage; its colour shows the claim, its shape the source. The map keeps "
                    (percent(page.report.map.explained))
                " of the differences between passages: passages that are far apart differ, but passages that are close \
                    together are not always alike."
                @if step > 1 { " One in " (step) " of " (counted(all.len(), "passage")) " is drawn." }
            }
            div.plot {
                svg #plot viewBox={ "0 0 " (WIDTH) " " (format!("{:.0}", frame.height)) }
                    role="group" aria-label="Map of passages; move from one to the next with the arrow keys" {
                    defs {
                        @for (at, shape) in SHAPES.iter().chain([&DOT]).enumerate() {
                            path id={ "m" (at) } d=(shape) {}
                        }
                    }
                    @for mark in &marks { (mark) }
                }
                div #tip hidden { p #tip-head {} p #tip-text dir="auto" {} }
            }
            (legends(page, &colours))
        }
    }
}

/// Converts coordinates of the map to those of the drawing, with the same scale on both axes.
struct Frame {
    left: f32,
    top: f32,
    scale: f32,
    height: f32,
}

impl Frame {
    fn around(points: &[&Point]) -> Self {
        let range = |of: fn(&Point) -> f32| {
            let parts = || points.iter().map(|point| of(point));
            (parts().fold(f32::INFINITY, f32::min), parts().fold(f32::NEG_INFINITY, f32::max))
        };
        let ((left, right), (bottom, top)) = (range(|point| point.x.0), range(|point| point.y.0));
        let fits = |room: f32, span: f32| if span > 0.0 { (room - 2.0 * MARGIN) / span } else { f32::INFINITY };
        let scale = fits(WIDTH, right - left).min(fits(HEIGHT, top - bottom));
        if points.is_empty() || scale.is_infinite() {
            return Self { left: 0.0, top: 0.0, scale: 0.0, height: FLAT };
        }
        let (height, spare) =
            ((scale * (top - bottom) + 2.0 * MARGIN).max(FLAT), WIDTH - 2.0 * MARGIN - scale * (right - left));
        Self { left: left - spare / 2.0 / scale, top, scale, height }
    }

    fn place(&self, point: &Point) -> (String, String) {
        let (x, y) = ((point.x.0 - self.left) * self.scale, (self.top - point.y.0) * self.scale);
        (format!("{:.1}", MARGIN + x), format!("{:.1}", MARGIN + y))
    }
}

/// The claims that have a colour of their own: those with most passages.
struct Colours<'a> {
    claims: Vec<&'a ClusterRef>,
    of: HashMap<usize, usize>,
    /// The relations of each claim, as the filter reads them.
    relations: HashMap<usize, String>,
}

impl<'a> Colours<'a> {
    fn new(page: &Page<'a>) -> Self {
        let mut claims: Vec<&ClusterRef> = page.claims.clone();
        claims.sort_by_key(|claim| (std::cmp::Reverse(claim.members.len()), claim.id));
        claims.truncate(COLOURS);
        claims.sort_by_key(|claim| claim.id);
        let of = claims.iter().enumerate().map(|(colour, claim)| (claim.id, colour)).collect();
        let known = |claim: &&ClusterRef| {
            let disagree = (!claim.may_disagree.is_empty()).then_some("disagree");
            (claim.id, relations(claim).chain(disagree).collect::<Vec<_>>().join(" "))
        };
        Self { relations: page.claims.iter().map(known).collect(), claims, of }
    }

    fn class(&self, home: Home) -> String {
        match home {
            Home::Claim(id) => self.of.get(&id).map_or_else(|| "co".to_owned(), |colour| format!("c{colour}")),
            Home::Alone(_) => "cn".to_owned(),
        }
    }
}

fn mark<'a>(page: &Page<'a>, data: &mut Data<'a>, colours: &Colours, frame: &Frame, point: &Point) -> Option<Markup> {
    let number = data.number(&point.passage, usize::MAX)?;
    let known = page.passages.get(point.passage.as_str())?;
    let source = page.source(&known.passage.source);
    let day = page.sources[source].date.as_deref();
    let (x, y) = frame.place(point);
    let (claim, relations) = match known.home {
        Home::Claim(id) => (format!(", claim {id}"), colours.relations.get(&id).map(String::as_str)),
        Home::Alone(_) => (String::new(), None),
    };
    Some(html! {
        a class=(colours.class(known.home)) href=[page.link(known.home)] data-p=(number) data-s=(source)
            data-d=[day] data-r=[relations] aria-label={ (page.place(known.passage)) (claim) } {
            use href={ "#m" (source.min(SHAPES.len())) } x=(x) y=(y) {}
        }
    })
}

fn legends(page: &Page, colours: &Colours) -> Markup {
    let symbol = |class: &str, shape: usize| {
        html! { svg.symbol.(class) viewBox="-7 -7 14 14" width="14" height="14" aria-hidden="true" {
        path d=(SHAPES.get(shape).unwrap_or(&DOT)) {} } }
    };
    let others = page.claims.len() - colours.claims.len();
    html! {
        div.legends {
            ul.legend aria-label="Colours" {
                @for (colour, claim) in colours.claims.iter().enumerate() {
                    li { (symbol(&format!("c{colour}"), 0)) " "
                        a href=[page.link(Home::Claim(claim.id))] {
                            "#" (claim.id) " " (printable(&shortened(&claim.label, 70)))
                        }
                    }
                }
                @if others > 0 { li { (symbol("co", 0)) " " (counted(others, "other claim")) } }
                li { (symbol("cn", 0)) " in no claim" }
            }
            ul.legend aria-label="Shapes" {
                @for (at, source) in page.sources.iter().enumerate().take(SHAPES.len()) { li { (symbol("co", at))
                    " " bdi { (page.name(&source.source)) } } }
                @if page.sources.len() > SHAPES.len() { li { (symbol("co", SHAPES.len())) " "
                    (counted(page.sources.len() - SHAPES.len(), "other source")) } }
            }
        }
    }
}
