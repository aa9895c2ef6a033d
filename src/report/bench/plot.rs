//! The plots of a result, before they are drawn.

use super::tables::number;
use super::{BenchReport, Fidelity, PeerComparison, PeerRow, Spread, Sweep, SweepRow, Workload};

/// A drawing with its title and a note.
#[derive(Debug, Clone, PartialEq)]
pub struct Plot {
    /// Title of the plot.
    pub title: String,
    /// How to read the plot.
    pub note: String,
    /// The bars, or the points and lines.
    pub drawing: Drawing,
}

/// What a plot draws.
#[derive(Debug, Clone, PartialEq)]
pub enum Drawing {
    /// Bars from left to right, one below the other.
    Bars(Vec<Bar>),
    /// Points and lines between two axes.
    Chart(Chart),
}

/// A value as a bar, with the ends of its interval.
#[derive(Debug, Clone, PartialEq)]
pub struct Bar {
    /// Name of what was measured.
    pub label: String,
    /// Length of the bar.
    pub value: f64,
    /// Ends of the value's interval.
    pub interval: [f64; 2],
    /// Text after the bar.
    pub note: String,
}

/// Points and lines between two axes.
#[derive(Debug, Clone, PartialEq)]
pub struct Chart {
    /// The horizontal axis.
    pub x: Axis,
    /// The vertical axis.
    pub y: Axis,
    /// The series of points and lines.
    pub series: Vec<Series>,
}

/// An axis of a chart.
#[derive(Debug, Clone, PartialEq)]
pub struct Axis {
    /// The quantity that it measures.
    pub label: &'static str,
    /// Whether equal ratios are equal distances; otherwise the axis begins at zero.
    pub logarithmic: bool,
    /// Values to mark; empty for round numbers.
    pub marks: Vec<f64>,
}

/// Points of one kind.
#[derive(Debug, Clone, PartialEq)]
pub struct Series {
    /// Name of the series.
    pub name: String,
    /// How the series is drawn.
    pub style: SeriesStyle,
    /// The points.
    pub points: Vec<Point>,
}

/// How a series is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SeriesStyle {
    /// Points joined by a line, with their intervals.
    Curve,
    /// A line without points.
    Line,
    /// Points without a line, each with its name.
    Points,
}

/// A point, with the ends of its interval.
#[derive(Debug, Clone, PartialEq)]
pub struct Point {
    /// Horizontal coordinate.
    pub x: f64,
    /// Vertical coordinate.
    pub y: f64,
    /// Ends of the value's interval.
    pub interval: [f64; 2],
    /// Name of the point.
    pub label: String,
}

/// The plots of a report.
pub fn plots(report: &BenchReport) -> Vec<Plot> {
    let throughput =
        bars("Throughput", report.workloads.iter().map(|load| (load.name.clone(), load.tokens_per_s, of_limit(load))));
    let mut plots: Vec<Plot> = (!report.workloads.is_empty()).then_some(throughput).into_iter().collect();
    plots.extend(report.peers.iter().map(peers));
    plots.extend(report.sweeps.iter().map(sweep));
    plots.extend(fidelity(report));
    plots.extend((!report.workloads.is_empty()).then(|| roofline(report)));
    plots
}

fn of_limit(load: &Workload) -> String {
    format!("{:.0}% of the limit", load.share_of_limit * 100.0)
}

fn bars(title: &str, rows: impl Iterator<Item = (String, Spread, String)>) -> Plot {
    let bar = |(label, spread, note): (String, Spread, String)| Bar {
        label,
        value: spread.median,
        interval: [spread.low, spread.high],
        note: [number(spread.median, 0), note].join(" · ").trim_end_matches(" · ").to_owned(),
    };
    Plot {
        title: title.to_owned(),
        note: "Tokens per second, including tokenising; the thin line is the median's interval.".to_owned(),
        drawing: Drawing::Bars(rows.map(bar).collect()),
    }
}

/// The lowest cosine, rounded down, because it is shown as a lower bound.
fn at_least(cosine: f64) -> String {
    format!("cosine ≥ {:.5}", (cosine * 1e5).floor() / 1e5)
}

fn peers(peers: &PeerComparison) -> Plot {
    let cosine =
        |fidelity: Fidelity| fidelity.cosine_min.map_or(String::new(), |cosine| format!(", {}", at_least(cosine)));
    let ours = ("samesay".to_owned(), peers.ours, cosine(peers.fidelity).trim_start_matches(", ").to_owned());
    let row = |row: &PeerRow| {
        let note = format!("samesay {:.2}×{}", row.ratio?.median, cosine(row.fidelity));
        Some((row.name.clone(), row.tokens_per_s?, note))
    };
    bars(
        &format!("Compared with other runtimes: {}", peers.workload),
        std::iter::once(ours).chain(peers.rows.iter().filter_map(row)),
    )
}

fn sweep(sweep: &Sweep) -> Plot {
    let label = match sweep.by.as_str() {
        "threads" => "threads",
        "length" => "tokens per text",
        "batch" => "texts per call",
        by => {
            let title = format!("Throughput by {}", if by == "isa" { "instruction set" } else { by });
            let note = |row: &SweepRow| match row.fidelity.cosine_min {
                Some(cosine) => format!("{:.2}×, {}", row.ratio.median, at_least(cosine)),
                None => format!("{:.2}×", row.ratio.median),
            };
            return bars(&title, sweep.rows.iter().map(|row| (row.name.clone(), row.tokens_per_s, note(row))));
        }
    };
    let points = sweep.rows.iter().filter_map(|row| {
        let spread = row.tokens_per_s;
        let interval = [spread.low, spread.high];
        Some(Point { x: row.value?, y: spread.median, interval, label: row.name.clone() })
    });
    let points: Vec<Point> = points.collect();
    let marks = points.iter().map(|point| point.x).collect();
    let mut series = vec![Series { name: "measured".to_owned(), style: SeriesStyle::Curve, points }];
    if let ("threads", Some(first), Some(last)) = (sweep.by.as_str(), sweep.rows.first(), sweep.rows.last()) {
        series.extend(first.value.zip(last.value).map(|(one, most)| {
            let at = |threads: f64| point(threads, first.tokens_per_s.median * threads / one);
            Series { name: "linear scaling".to_owned(), style: SeriesStyle::Line, points: vec![at(one), at(most)] }
        }));
    }
    Plot {
        title: format!("Throughput by {label}: {}", sweep.workload),
        note: "Tokens per second, including tokenising; bars are the medians' intervals.".to_owned(),
        drawing: Drawing::Chart(Chart {
            x: Axis { label, logarithmic: true, marks },
            y: Axis { label: "tokens/s", logarithmic: false, marks: Vec::new() },
            series,
        }),
    }
}

fn point(x: f64, y: f64) -> Point {
    Point { x, y, interval: [y, y], label: String::new() }
}

/// The least difference from f32 that is drawn.
const EQUAL: f64 = 1e-7;

/// Distance from f32 against speed, for all engines and runtimes that were compared.
fn fidelity(report: &BenchReport) -> Option<Plot> {
    let compared = report.sweeps.iter().filter(|sweep| ["isa", "precision", "model"].contains(&sweep.by.as_str()));
    let points: Vec<Point> = compared
        .flat_map(|sweep| &sweep.rows)
        .filter_map(|row| {
            let y = (1.0 - row.fidelity.cosine_min?).max(EQUAL);
            Some(Point { label: row.name.clone(), ..point(row.tokens_per_s.median, y) })
        })
        .collect();
    let runtimes = report.peers.iter().flat_map(|peers| {
        let ours = std::iter::once(("samesay", Some(peers.ours), peers.fidelity));
        ours.chain(peers.rows.iter().map(|row| (row.name.as_str(), row.tokens_per_s, row.fidelity)))
    });
    let runtimes: Vec<Point> = runtimes
        .filter_map(|(name, rate, fidelity)| {
            let y = (1.0 - fidelity.cosine_min?).max(EQUAL);
            Some(Point { label: name.to_owned(), ..point(rate?.median, y) })
        })
        .collect();
    let series = [("engines", points), ("runtimes", runtimes)];
    let series = series.map(|(name, points)| Series { name: name.to_owned(), style: SeriesStyle::Points, points });
    let series: Vec<Series> = series.into_iter().filter(|series| series.points.len() > 1).collect();
    (!series.is_empty()).then(|| Plot {
        title: "Fidelity against speed".to_owned(),
        note: "1 minus the lowest cosine to f32 of the same model: lower is closer. Further to the right is faster. \
            Values below 10⁻⁷ are drawn at 10⁻⁷."
            .to_owned(),
        drawing: Drawing::Chart(Chart {
            x: Axis { label: "tokens/s", logarithmic: false, marks: Vec::new() },
            y: Axis { label: "1 − cosine", logarithmic: true, marks: Vec::new() },
            series,
        }),
    })
}

/// The most that the hardware can do for each number of operations per byte of memory (Williams, Waterman, Patterson:
/// "Roofline", Communications of the ACM 52, 2009), with the workloads as points.
fn roofline(report: &BenchReport) -> Plot {
    let bandwidth = report.limit.memory_bytes_per_s;
    // Weights are read once per batch; for one text alone, once per text.
    let per_byte = |load: &Workload| load.operations_per_token * load.memory_limit_tokens_per_s / bandwidth;
    let together = report.workloads.iter().map(|load| Point {
        label: load.name.clone(),
        ..point(per_byte(load), load.encode_tokens_per_s.median * load.operations_per_token / 1e9)
    });
    let alone = report.workloads.iter().map(|load| {
        let tokens = load.tokens as f64 / load.texts as f64;
        let y = load.operations_per_token * tokens / (load.latency_ms.p50 / 1e3) / 1e9;
        Point { label: load.name.clone(), ..point(per_byte(load) * tokens / BATCH, y) }
    });
    let (together, alone): (Vec<Point>, Vec<Point>) = (together.collect(), alone.collect());
    let all = || together.iter().chain(&alone).map(|point| point.x);
    // The slope is shown too.
    let ridges = report.limit.operations_per_s.iter().map(|rate| rate.per_s / bandwidth);
    let (least, most) = (all().chain(ridges).fold(f64::INFINITY, f64::min) / 2.0, all().fold(0.0, f64::max) * 2.0);
    let roofs = report.limit.operations_per_s.iter().map(|rate| {
        let ridge = rate.per_s / bandwidth;
        let at = |x: f64| point(x, (bandwidth * x).min(rate.per_s) / 1e9);
        let points = [least, ridge, most].into_iter().filter(|x| (least..=most).contains(x)).map(at).collect();
        Series { name: format!("limit in {}", rate.precision), style: SeriesStyle::Line, points }
    });
    let points = [("all texts together", together), ("one text alone", alone)];
    let points = points.map(|(name, points)| Series { name: name.to_owned(), style: SeriesStyle::Points, points });
    Plot {
        title: "Roofline".to_owned(),
        note: "Operations per second (two for each multiply-add) against operations per byte of weights read from \
            memory. The slope is the measured memory bandwidth, the flat parts are the measured multipliers of all \
            threads; one text alone runs on one thread."
            .to_owned(),
        drawing: Drawing::Chart(Chart {
            x: Axis { label: "operations/byte", logarithmic: true, marks: Vec::new() },
            y: Axis { label: "G operations/s", logarithmic: true, marks: Vec::new() },
            series: roofs.chain(points).collect(),
        }),
    }
}

/// Tokens per batch, for which the weights are read once.
const BATCH: f64 = 512.0;
