//! Plots as SVG: shapes with classes, which a style sheet colours.
//!
//! There is no plotting crate because the page forbids inline styles, follows the reader's light or dark mode and is
//! read by screen readers: that takes classes and titles in place of colours, as in the report's other drawings.

use maud::{Markup, PreEscaped, html};

use super::plot::{Axis, Bar, Chart, Drawing, Plot, Point, Series, SeriesStyle};
use super::tables::number;
use super::{BenchReport, plots};
use crate::report::text::{printable, shortened};

/// The colours of the drawings, for light and dark.
pub const STYLE: &str = include_str!("svg.css");

/// The width of all drawings.
const WIDTH: f64 = 860.0;
/// For bars: the height of a row, the width of the labels, and the room after the longest bar.
const ROW: f64 = 30.0;
const LABELS: f64 = 190.0;
const NOTES: f64 = 280.0;
/// For charts: the height, and the margins at the left, right, top and bottom.
const HEIGHT: f64 = 380.0;
const LEFT: f64 = 84.0;
const RIGHT: f64 = 24.0;
const TOP: f64 = 34.0;
const BOTTOM: f64 = 52.0;
/// Maximum number of characters of a label.
const LABEL: usize = 26;
/// The height of a title and a note in a file of several drawings.
const HEAD: f64 = 56.0;

/// All plots of a report in one file.
pub fn svg(report: &BenchReport) -> String {
    let plots = plots(report);
    let drawn: Vec<(f64, Markup)> = plots.iter().map(|plot| drawn(&plot.drawing)).collect();
    let (mut top, mut parts) = (HEAD, Vec::new());
    for (plot, (height, drawing)) in plots.iter().zip(drawn) {
        parts.push(html! {
            g transform={ "translate(0 " (px(top)) ")" } {
                text.title x="12" y="22" { (printable(&plot.title)) }
                g transform="translate(0 30)" { (drawing) }
            }
        });
        top += height + HEAD;
    }
    let engine = format!("{} {}, {} threads, {}", report.isa, report.precision, report.threads, report.model);
    let markup = html! {
        svg xmlns="http://www.w3.org/2000/svg" class="chart" viewBox={ "0 0 " (px(WIDTH)) " " (px(top)) }
            width=(px(WIDTH)) height=(px(top)) {
            style { (PreEscaped(STYLE)) }
            rect.paper width=(px(WIDTH)) height=(px(top)) {}
            text.title x="12" y="24" { (printable(&report.cpu)) }
            text.faint x="12" y="44" { (printable(&engine)) ", samesay " (report.version) ", " (report.date) }
            @for part in &parts { (part) }
        }
    };
    markup.into_string()
}

/// One plot as an element of a page.
pub fn element(plot: &Plot) -> Markup {
    let (height, drawing) = drawn(&plot.drawing);
    html! {
        svg.chart viewBox={ "0 0 " (px(WIDTH)) " " (px(height)) } role="img" aria-label=(printable(&plot.title)) {
            (drawing) }
    }
}

/// A drawing and its height.
fn drawn(drawing: &Drawing) -> (f64, Markup) {
    match drawing {
        Drawing::Bars(bars) => (bars.len() as f64 * ROW + 10.0, bars_of(bars)),
        Drawing::Chart(chart) => (HEIGHT, chart_of(chart)),
    }
}

fn bars_of(bars: &[Bar]) -> Markup {
    let most = bars.iter().map(|bar| bar.interval[1].max(bar.value)).fold(f64::MIN_POSITIVE, f64::max);
    let scale = (WIDTH - LABELS - NOTES) / most;
    html! {
        @for (at, bar) in bars.iter().enumerate() {
            @let y = at as f64 * ROW + 5.0;
            @let middle = y + (ROW - 8.0) / 2.0;
            @let [low, high] = bar.interval.map(|end| px(LABELS + end * scale));
            text.end x=(px(LABELS - 10.0)) y=(px(middle + 4.0)) { (label(&bar.label)) }
            rect.bar x=(px(LABELS)) y=(px(y)) width=(px((bar.value * scale).max(1.0))) height=(px(ROW - 8.0)) {}
            path.whisker d={ "M" (low) " " (px(middle)) "H" (high) "M" (low) " " (px(middle - 4.0)) "v8M" (high) " "
                (px(middle - 4.0)) "v8" } {}
            text x=(px(LABELS + bar.interval[1].max(bar.value) * scale + 8.0)) y=(px(middle + 4.0)) {
                (printable(&bar.note)) }
        }
    }
}

fn chart_of(chart: &Chart) -> Markup {
    let points = || chart.series.iter().flat_map(|series| &series.points);
    let x = Scale::new(&chart.x, points().map(|point| point.x), LEFT, WIDTH - RIGHT);
    let ends = points().flat_map(|point| [point.y, point.interval[0], point.interval[1]]);
    let y = Scale::new(&chart.y, ends, HEIGHT - BOTTOM, TOP);
    html! {
        @for (place, mark) in y.marks() {
            path.grid d={ "M" (px(LEFT)) " " (px(place)) "H" (px(WIDTH - RIGHT)) } {}
            text.end x=(px(LEFT - 8.0)) y=(px(place + 4.0)) { (mark) }
        }
        @for (place, mark) in x.marks() {
            path.grid d={ "M" (px(place)) " " (px(TOP)) "V" (px(HEIGHT - BOTTOM)) } {}
            text.middle x=(px(place)) y=(px(HEIGHT - BOTTOM + 18.0)) { (mark) }
        }
        text.faint.middle x=(px(f64::midpoint(LEFT, WIDTH - RIGHT))) y=(px(HEIGHT - 10.0)) { (chart.x.label) }
        text.faint x="8" y=(px(TOP - 14.0)) { (chart.y.label) }
        @for (at, series) in chart.series.iter().enumerate() { (series_of(series, at, &x, &y)) }
        (labels(&chart.series, &x, &y))
        (legend(&chart.series))
    }
}

fn series_of(series: &Series, at: usize, x: &Scale, y: &Scale) -> Markup {
    let colour = format!("c{}", at % 6);
    let place = |point: &Point| (px(x.place(point.x)), px(y.place(point.y)));
    let line = series.points.iter().enumerate().map(|(at, point)| {
        let (x, y) = place(point);
        format!("{}{x} {y}", if at == 0 { "M" } else { "L" })
    });
    let line: String = line.collect();
    html! {
        g class=(colour) {
            @if series.style != SeriesStyle::Points { path.line.dashed[series.style == SeriesStyle::Line] d=(line) {} }
            @if series.style != SeriesStyle::Line {
                @for point in &series.points {
                    @let (left, top) = place(point);
                    @let [low, high] = point.interval.map(|end| px(y.place(end)));
                    @if point.interval[0] < point.interval[1] { path.whisker d={ "M" (left) " " (low) "V" (high) } {} }
                    circle.dot cx=(left) cy=(top) r="4" { title { (printable(&point.label)) ": " (short(point.x)) ", "
                        (short(point.y)) } }
                }
            }
        }
    }
}

/// The names of points without a line, placed so that they do not overlap: crowded names move up.
fn labels(series: &[Series], x: &Scale, y: &Scale) -> Markup {
    let named = series.iter().filter(|series| series.style == SeriesStyle::Points);
    let mut places: Vec<(f64, f64, &str)> = named
        .flat_map(|series| &series.points)
        .map(|point| (x.place(point.x), y.place(point.y) + 4.0, point.label.as_str()))
        .collect();
    places.sort_by(|a, b| b.1.total_cmp(&a.1));
    let mut taken: Vec<(f64, f64)> = Vec::new();
    let placed = places.into_iter().map(|(left, mut top, name)| {
        let near = |top: f64, taken: &[(f64, f64)]| {
            taken.iter().find(|(other, height)| (other - left).abs() < 150.0 && (height - top).abs() < 13.0).copied()
        };
        while let Some((_, height)) = near(top, &taken) {
            top = height - 13.5;
        }
        taken.push((left, top));
        let before = left > WIDTH - RIGHT - 130.0;
        html! { text.end[before] x=(px(if before { left - 9.0 } else { left + 9.0 })) y=(px(top)) { (label(name)) } }
    });
    let placed: Vec<Markup> = placed.collect();
    html! { @for label in &placed { (label) } }
}

fn legend(series: &[Series]) -> Markup {
    let width = |series: &Series| 34.0 + series.name.chars().count() as f64 * 7.2;
    let mut left = WIDTH - RIGHT - series.iter().map(width).sum::<f64>();
    let entries: Vec<Markup> = series
        .iter()
        .enumerate()
        .filter(|_| series.len() > 1)
        .map(|(at, series)| {
            let from = left;
            left += width(series);
            html! {
                g class={ "c" (at % 6) } {
                    @if series.style == SeriesStyle::Points { circle.dot cx=(px(from + 9.0)) cy="12" r="4" {} }
                    @else { path.line.dashed[series.style == SeriesStyle::Line] d={ "M" (px(from)) " 12h18" } {} }
                    text x=(px(from + 24.0)) y="16" { (printable(&series.name)) }
                }
            }
        })
        .collect();
    html! { @for entry in &entries { (entry) } }
}

/// Converts values to positions on an axis.
struct Scale {
    logarithmic: bool,
    least: f64,
    most: f64,
    from: f64,
    to: f64,
    marks: Vec<f64>,
}

impl Scale {
    fn new(axis: &Axis, values: impl Iterator<Item = f64>, from: f64, to: f64) -> Self {
        let (least, most) =
            values.fold((f64::INFINITY, f64::NEG_INFINITY), |(least, most), value| (least.min(value), most.max(value)));
        // Adds a little room around the values; a linear axis begins at zero.
        let (least, most) = if axis.logarithmic {
            (least.max(1e-12) / 1.15, most.max(1e-12) * 1.15)
        } else {
            (0.0, if most > 0.0 { most * 1.08 } else { 1.0 })
        };
        let mut scale = Self { logarithmic: axis.logarithmic, least, most, from, to, marks: axis.marks.clone() };
        if scale.marks.is_empty() {
            scale.marks = scale.round_marks();
        }
        scale
    }

    fn place(&self, value: f64) -> f64 {
        let share = if self.logarithmic {
            (value.max(self.least) / self.least).ln() / (self.most / self.least).ln()
        } else {
            (value - self.least) / (self.most - self.least)
        };
        self.from + share.clamp(0.0, 1.0) * (self.to - self.from)
    }

    /// Powers of ten, with their multiples by 2 and 5 if there are few; on a linear axis, multiples of a round step.
    fn round_marks(&self) -> Vec<f64> {
        let (least, most) = (self.least, self.most);
        if self.logarithmic {
            let powers = least.log10().floor() as i32..=most.log10().ceil() as i32;
            let factors: &[f64] = if powers.clone().count() > 4 { &[1.0] } else { &[1.0, 2.0, 5.0] };
            let all = powers.flat_map(|power| factors.iter().map(move |factor| factor * 10f64.powi(power)));
            return all.filter(|mark| (least..=most).contains(mark)).collect();
        }
        let rough = most / 5.0;
        let power = 10f64.powf(rough.log10().floor());
        let step = [1.0, 2.0, 5.0, 10.0].map(|factor| factor * power).into_iter().find(|step| *step >= rough);
        let step = step.unwrap_or(10.0 * power);
        (0..=(most / step) as usize).map(|at| at as f64 * step).collect()
    }

    fn marks(&self) -> Vec<(f64, String)> {
        self.marks.iter().map(|&mark| (self.place(mark), short(mark))).collect()
    }
}

/// A number in a few characters.
fn short(value: f64) -> String {
    match value.abs() {
        size if size == 0.0 || size >= 10.0 => number(value, 0),
        size if size >= 1.0 => number(value, 1).trim_end_matches(".0").to_owned(),
        size if size >= 1e-3 => format!("{value:.3}").trim_end_matches('0').to_owned(),
        _ => format!("{value:.0e}"),
    }
}

fn label(text: &str) -> String {
    printable(&shortened(text, LABEL))
}

fn px(length: f64) -> String {
    let text = format!("{length:.1}");
    text.strip_suffix(".0").map_or(text.clone(), str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn axis(logarithmic: bool) -> Axis {
        Axis { label: "", logarithmic, marks: Vec::new() }
    }

    #[test]
    fn marks_are_round_and_within_the_axis() {
        let scale = Scale::new(&axis(false), [3.0, 37_500.0].into_iter(), 0.0, 100.0);
        let marks: Vec<String> = scale.marks().into_iter().map(|(_, mark)| mark).collect();
        assert_eq!(marks, ["0", "10,000", "20,000", "30,000", "40,000"]);
        let scale = Scale::new(&axis(true), [1e-7, 1e-2].into_iter(), 0.0, 100.0);
        let marks: Vec<String> = scale.marks().into_iter().map(|(_, mark)| mark).collect();
        assert_eq!(marks, ["1e-7", "1e-6", "1e-5", "1e-4", "0.001", "0.01"]);
    }

    #[test]
    fn places_keep_within_the_drawing() {
        let scale = Scale::new(&axis(true), [1.0, 100.0].into_iter(), 10.0, 90.0);
        assert!((scale.place(10.0) - 50.0).abs() < 1e-9);
        assert_eq!([scale.place(0.0), scale.place(1e9)], [10.0, 90.0]);
        let none = Scale::new(&axis(false), std::iter::empty(), 0.0, 10.0);
        assert!(none.place(0.0).is_finite());
    }
}
