//! The result of `bench` as one table, one row per measurement.

use super::{BenchReport, Fidelity, Spread};
use crate::report::csv::text;

/// The columns of the table.
const COLUMNS: [&str; 19] = [
    "kind",
    "name",
    "workload",
    "cpu",
    "isa",
    "precision",
    "threads",
    "model",
    "texts",
    "tokens",
    "tokens_per_s",
    "low",
    "high",
    "confidence",
    "ratio",
    "cosine_min",
    "cosine_mean",
    "spearman",
    "note",
];

/// The result as CSV.
///
/// # Errors
/// Never, in practice: writing to memory does not fail.
pub fn csv(report: &BenchReport) -> Result<String, csv::Error> {
    let mut out = csv::Writer::from_writer(Vec::new());
    out.write_record(COLUMNS)?;
    rows(report).iter().try_for_each(|row| out.write_record(row.iter().map(|cell| text(cell))))?;
    let bytes = out.into_inner().map_err(|error| csv::Error::from(error.into_error()))?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// A measurement, with its settings.
#[derive(Clone)]
struct Row<'a> {
    kind: &'a str,
    name: &'a str,
    workload: &'a str,
    engine: [&'a str; 2],
    threads: usize,
    model: &'a str,
    size: [usize; 2],
    rate: Option<Spread>,
    ratio: Option<f64>,
    fidelity: Fidelity,
    note: String,
}

impl Row<'_> {
    fn cells(&self, cpu: &str) -> Vec<String> {
        let optional = |value: Option<f64>| value.map_or_else(String::new, |value| value.to_string());
        let rate = |of: fn(Spread) -> f64| optional(self.rate.map(of));
        vec![
            self.kind.to_owned(),
            self.name.to_owned(),
            self.workload.to_owned(),
            cpu.to_owned(),
            self.engine[0].to_owned(),
            self.engine[1].to_owned(),
            self.threads.to_string(),
            self.model.to_owned(),
            self.size[0].to_string(),
            self.size[1].to_string(),
            rate(|rate| rate.median),
            rate(|rate| rate.low),
            rate(|rate| rate.high),
            rate(|rate| rate.confidence),
            optional(self.ratio),
            optional(self.fidelity.cosine_min),
            optional(self.fidelity.cosine_mean),
            optional(self.fidelity.spearman),
            self.note.clone(),
        ]
    }
}

fn rows(report: &BenchReport) -> Vec<Vec<String>> {
    let own = Row {
        kind: "workload",
        name: "",
        workload: "",
        engine: [&report.isa, &report.precision],
        threads: report.threads,
        model: &report.model,
        size: [0, 0],
        rate: None,
        ratio: None,
        fidelity: report.fidelity,
        note: String::new(),
    };
    let mut rows = Vec::new();
    for load in &report.workloads {
        let (name, size) = (load.name.as_str(), [load.texts, load.tokens]);
        rows.push(
            Row { name, workload: name, size, rate: Some(load.tokens_per_s), ..Row::clone(&own) }.cells(&report.cpu),
        );
    }
    for task in &report.tasks {
        let (name, note) = (task.what.as_str(), format!("{} per second", task.unit));
        rows.push(
            Row { kind: "task", name, rate: Some(task.per_s), fidelity: Fidelity::default(), note, ..Row::clone(&own) }
                .cells(&report.cpu),
        );
    }
    for nearest in report.tasks.iter().flat_map(|task| &task.nearest) {
        let kind = "nearest";
        let note = "vectors per second".to_owned();
        let row = Row { kind, fidelity: Fidelity::default(), note, ..Row::clone(&own) };
        rows.push(
            Row { name: "samesay", rate: Some(nearest.ours), ratio: Some(1.0), ..row.clone() }.cells(&report.cpu),
        );
        for peer in &nearest.rows {
            let note = peer
                .skipped
                .as_ref()
                .map_or_else(|| format!("vectors per second; {}", peer.version), |why| format!("not measured: {why}"));
            let (name, ratio) = (peer.name.as_str(), peer.ratio.map(|ratio| ratio.median));
            let engine = ["", ""];
            rows.push(Row { name, engine, rate: peer.vectors_per_s, ratio, note, ..row.clone() }.cells(&report.cpu));
        }
    }
    if let Some(peers) = &report.peers {
        let workload =
            Row { kind: "peer", workload: &peers.workload, size: [peers.texts, peers.tokens], ..Row::clone(&own) };
        let ours = Row {
            name: "samesay",
            rate: Some(peers.ours),
            ratio: Some(1.0),
            fidelity: peers.fidelity,
            ..workload.clone()
        };
        rows.push(ours.cells(&report.cpu));
        for peer in &peers.rows {
            let note = peer.skipped.as_ref().map_or_else(|| peer.version.clone(), |why| format!("not measured: {why}"));
            let (name, fidelity, ratio) = (peer.name.as_str(), peer.fidelity, peer.ratio.map(|ratio| ratio.median));
            let engine = ["", ""];
            let row = Row { name, engine, rate: peer.tokens_per_s, ratio, fidelity, note, ..workload.clone() };
            rows.push(row.cells(&report.cpu));
        }
    }
    for sweep in &report.sweeps {
        for row in &sweep.rows {
            let row = Row {
                kind: &sweep.by,
                name: &row.name,
                workload: &sweep.workload,
                engine: [&row.isa, &row.precision],
                threads: row.threads,
                model: &row.model,
                size: [row.texts, row.tokens],
                rate: Some(row.tokens_per_s),
                ratio: Some(row.ratio.median),
                fidelity: row.fidelity,
                note: String::new(),
            };
            rows.push(row.cells(&report.cpu));
        }
        for skipped in &sweep.skipped {
            let note = format!("not measured: {}", skipped.reason);
            let row = Row {
                kind: &sweep.by,
                name: &skipped.name,
                workload: &sweep.workload,
                fidelity: Fidelity::default(),
                note,
                ..Row::clone(&own)
            };
            rows.push(row.cells(&report.cpu));
        }
    }
    rows
}
