//! The tables of a result, which all renderings show.

use std::fmt::Display;

use super::{
    Assertion, Baseline, BaselineRow, BenchReport, Between, Cache, Fidelity, Held, Latency, Machine, NearestComparison,
    NearestRow, PeerComparison, PeerRow, Spread, Sweep, Task, Workload,
};
use crate::report::counted;

/// A table of text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table {
    /// Title of the table.
    pub title: String,
    /// Names of the columns; all but the first hold figures.
    pub head: Vec<&'static str>,
    /// Rows, each as long as the head.
    pub rows: Vec<Vec<String>>,
    /// Notes below the table.
    pub notes: Vec<String>,
}

/// All tables of a report.
pub fn tables(report: &BenchReport) -> Vec<Table> {
    let embedding = (!report.workloads.is_empty()).then(|| [throughput(&report.workloads), latency(report)]);
    let nearest = report.tasks.iter().flat_map(|task| &task.nearest).map(nearest);
    let first = embedding.into_iter().flatten().chain(tasks(&report.tasks)).chain(nearest);
    let last = report
        .peers
        .iter()
        .map(peers)
        .chain(report.baseline.iter().map(baseline))
        .chain(assertions(&report.assertions));
    let mut tables: Vec<Table> = first.chain(report.sweeps.iter().map(sweep)).chain(last).collect();
    if let Some(first) = tables.first_mut() {
        first.notes.extend(report.reading.summary());
    }
    tables
}

fn tasks(tasks: &[Task]) -> Option<Table> {
    let first = tasks.first()?;
    let row = |task: &Task| {
        let ms = |of: fn(Latency) -> f64| optional(task.latency_ms.map(of), 2);
        vec![
            task.what.clone(),
            format!("{} {}", grouped(task.count), task.unit),
            number(task.per_s.median, 1),
            interval(&task.per_s, 1),
            number(task.ms.median, 1),
            ms(|ms| ms.p50),
            ms(|ms| ms.p95),
            ms(|ms| ms.p99),
            task.limit.share.map_or_else(|| "–".to_owned(), |share| format!("{:.1}%", share * 100.0)),
        ]
    };
    let size = [counted(first.documents, "document"), counted(first.passages, "passage")].join(", ");
    Some(Table {
        title: format!("Other tasks: {size}, {} MB", number(first.bytes as f64 / 1e6, 2)),
        head: vec![
            "task",
            "per round",
            "per second",
            "interval",
            "ms per round",
            "p50 ms",
            "p95 ms",
            "p99 ms",
            "of the limit",
        ],
        rows: tasks.iter().map(row).collect(),
        notes: tasks.iter().map(|task| format!("{}: {}.", task.what, task.limit.words)).collect(),
    })
}

fn nearest(nearest: &NearestComparison) -> Table {
    let ours = vec![
        "samesay".to_owned(),
        number(nearest.ours.median, 0),
        interval(&nearest.ours, 0),
        "1.00".to_owned(),
        String::new(),
        String::new(),
    ];
    let row = |row: &NearestRow| {
        let figures = row.vectors_per_s.zip(row.ratio).map(|(rate, ratio)| {
            [
                number(rate.median, 0),
                interval(&rate, 0),
                format!("{:.2}", ratio.median),
                interval_of(&ratio, |value| format!("{value:.2}")),
                row.same.map_or_else(|| "–".to_owned(), |same| format!("{:.3}%", same * 100.0)),
            ]
        });
        let figures = figures.unwrap_or_else(|| std::array::from_fn(|_| "–".to_owned()));
        std::iter::once(row.name.clone()).chain(figures).collect()
    };
    let note = |row: &NearestRow| match &row.skipped {
        Some(why) => format!("{}: not measured: {why}", row.name),
        None => format!("{}: {}; {}", row.name, row.version, row.note),
    };
    let python = nearest.python.as_ref().map(|python| format!("Run with {python}."));
    let limit = format!("samesay: {}.", nearest.limit.words);
    Table {
        title: format!(
            "Exact search for the {} nearest to each of {} with {} dimensions (sentences)",
            nearest.top_k,
            counted(nearest.vectors, "vector"),
            nearest.dim
        ),
        head: vec!["program", "vectors/s", "interval", "speedup of samesay", "interval", "same neighbours"],
        rows: std::iter::once(ours).chain(nearest.rows.iter().map(row)).collect(),
        notes: std::iter::once(limit).chain(nearest.rows.iter().map(note)).chain(python).collect(),
    }
}

fn peers(peers: &PeerComparison) -> Table {
    let ours = vec![
        "samesay".to_owned(),
        number(peers.ours.median, 0),
        interval(&peers.ours, 0),
        "1.00".to_owned(),
        String::new(),
        optional(peers.fidelity.cosine_min, 6),
        optional(peers.fidelity.cosine_mean, 6),
        String::new(),
    ];
    let row = |row: &PeerRow| {
        let (rate, ratio) = (row.tokens_per_s?, row.ratio?);
        Some(vec![
            row.name.clone(),
            number(rate.median, 0),
            interval(&rate, 0),
            format!("{:.2}", ratio.median),
            interval_of(&ratio, |value| format!("{value:.2}")),
            optional(row.fidelity.cosine_min, 6),
            optional(row.fidelity.cosine_mean, 6),
            row.batch.map_or_else(|| "–".to_owned(), |batch| batch.to_string()),
        ])
    };
    let missing = |row: &PeerRow| match &row.skipped {
        Some(_) => {
            let dashes = std::iter::repeat_n("–".to_owned(), 7);
            Some(std::iter::once(row.name.clone()).chain(dashes).collect::<Vec<_>>())
        }
        None => None,
    };
    let rows = peers.rows.iter().filter_map(|shown| row(shown).or_else(|| missing(shown)));
    let note = |row: &PeerRow| {
        let other = row.tokens.filter(|tokens| *tokens != peers.tokens).map(|tokens| {
            format!("{} tokens where samesay makes {}", number(tokens as f64, 0), number(peers.tokens as f64, 0))
        });
        let said: Vec<String> = match &row.skipped {
            Some(why) => vec![format!("not measured: {why}")],
            None => [row.version.clone(), row.note.clone()]
                .into_iter()
                .chain(other)
                .filter(|said| !said.is_empty())
                .collect(),
        };
        format!("{}: {}", row.name, said.join("; "))
    };
    let python = peers.python.as_ref().map(|python| format!("Run with {python}."));
    Table {
        title: format!(
            "Compared with other runtimes: {}, {} and {} in each round",
            peers.workload,
            counted(peers.texts, "text"),
            counted(peers.tokens, "token")
        ),
        head: vec!["runtime", "tokens/s", "interval", "speedup of samesay", "interval", "cosine min", "mean", "batch"],
        rows: std::iter::once(ours).chain(rows).collect(),
        notes: peers.rows.iter().map(note).chain(python).collect(),
    }
}

fn baseline(baseline: &Baseline) -> Table {
    let row = |row: &BaselineRow| {
        vec![
            row.workload.clone(),
            number(row.before, 0),
            number(row.now, 0),
            format!("{:.3}", row.ratio.value),
            format!("{:.3} – {:.3}", row.ratio.low, row.ratio.high),
            row.verdict.map_or("–", regression).to_owned(),
        ]
    };
    let nothing = baseline.rows.is_empty().then(|| "Nothing can be compared with the baseline.".to_owned());
    let verdict = baseline.verdict.zip(baseline.max_regression_percent).map(|(verdict, percent)| match verdict {
        Held::Holds => format!("No workload is slower by more than {percent}%."),
        Held::Undecided => {
            format!("The noise is too great to say whether a workload is slower by more than {percent}%.")
        }
        Held::Fails => format!("At least one workload is slower by more than {percent}%."),
    });
    let when = [&baseline.date, &baseline.version].map(String::as_str).join(" ");
    Table {
        title: format!("Against {} ({})", baseline.name, when.trim()),
        head: vec!["workload", "tokens/s before", "now", "ratio", "interval", "verdict"],
        rows: baseline.rows.iter().map(row).collect(),
        notes: baseline.warnings.iter().cloned().chain(nothing).chain(verdict).collect(),
    }
}

fn regression(verdict: Held) -> &'static str {
    match verdict {
        Held::Holds => "ok",
        Held::Undecided => "too noisy to say",
        Held::Fails => "slower",
    }
}

fn assertions(assertions: &[Assertion]) -> Option<Table> {
    let row = |assertion: &Assertion| {
        let verdict = match assertion.verdict {
            Held::Holds => "holds",
            Held::Undecided => "undecided",
            Held::Fails => "does not hold",
        };
        let value = |of: fn(Between) -> f64| optional(assertion.value.map(of), 4);
        vec![
            assertion.assertion.clone(),
            value(|value| value.value),
            value(|value| value.low),
            value(|value| value.high),
            verdict.to_owned(),
        ]
    };
    let reasons = assertions.iter().filter(|assertion| !assertion.reason.is_empty());
    (!assertions.is_empty()).then(|| Table {
        title: "Assertions".to_owned(),
        head: vec!["assertion", "value", "low", "high", "verdict"],
        rows: assertions.iter().map(row).collect(),
        notes: reasons.map(|assertion| format!("{}: {}", assertion.assertion, assertion.reason)).collect(),
    })
}

fn throughput(workloads: &[Workload]) -> Table {
    let row = |load: &Workload| {
        vec![
            load.name.clone(),
            load.texts.to_string(),
            load.tokens.to_string(),
            number(load.tokens_per_s.median, 0),
            interval(&load.tokens_per_s, 0),
            number(load.encode_tokens_per_s.median, 0),
            number(load.tokenise_tokens_per_s.median, 0),
            number(load.texts_per_s.median, 1),
            number(load.mb_per_s.median, 3),
        ]
    };
    Table {
        title: "Throughput".to_owned(),
        head: vec!["workload", "texts", "tokens", "tokens/s", "interval", "encoding", "tokenising", "texts/s", "MB/s"],
        rows: workloads.iter().map(row).collect(),
        notes: workloads.iter().flat_map(partly).collect(),
    }
}

fn latency(report: &BenchReport) -> Table {
    let row = |load: &Workload| {
        let ms = load.latency_ms;
        vec![
            load.name.clone(),
            number(ms.p50, 2),
            number(ms.p95, 2),
            number(ms.p99, 2),
            format!("{:.0}%", load.share_of_limit * 100.0),
        ]
    };
    let start = report.start_ms;
    let cold = start.cold.map(|cold| {
        format!("A new process gives its first vector after {cold:.0} ms, a running one after {:.2} ms.", start.warm)
    });
    Table {
        title: "Latency of one text, and share of the limit for all texts together".to_owned(),
        head: vec!["workload", "p50 ms", "p95 ms", "p99 ms", "of the limit"],
        rows: report.workloads.iter().map(row).collect(),
        notes: cold.into_iter().chain(report.limit.words.iter().cloned()).chain(near_to_f32(report)).collect(),
    }
}

fn near_to_f32(report: &BenchReport) -> Option<String> {
    let Fidelity { cosine_min, cosine_mean, texts, spearman } = report.fidelity;
    let scores = spearman.map_or(String::new(), |rho| format!(" Spearman with the scores of --pairs: {rho:.4}."));
    let (min, mean) = cosine_min.zip(cosine_mean)?;
    Some(format!("Cosine to f32 over {}: min {min:.6}, mean {mean:.6}.{scores}", counted(texts, "text")))
}

fn sweep(sweep: &Sweep) -> Table {
    let scored = sweep.rows.iter().any(|row| row.fidelity.spearman.is_some());
    let by = match sweep.by.as_str() {
        "threads" => "threads",
        "isa" => "instruction set",
        "precision" => "precision",
        "length" => "tokens per text",
        "batch" => "texts per call",
        _ => "model",
    };
    let mut head = vec![by, "engine", "threads", "tokens/s", "interval", "ratio", "cosine min", "mean"];
    head.extend(scored.then_some("Spearman"));
    let rows = sweep.rows.iter().map(|row| {
        let mut cells = vec![
            row.name.clone(),
            format!("{} {}", row.isa, row.precision),
            row.threads.to_string(),
            number(row.tokens_per_s.median, 0),
            interval(&row.tokens_per_s, 0),
            format!("{:.2}", row.ratio.median),
            optional(row.fidelity.cosine_min, 6),
            optional(row.fidelity.cosine_mean, 6),
        ];
        cells.extend(scored.then(|| optional(row.fidelity.spearman, 4)));
        cells
    });
    Table {
        title: format!("By {by}: {}", sweep.workload),
        head,
        rows: rows.collect(),
        notes: sweep
            .skipped
            .iter()
            .map(|skipped| format!("{}: not measured: {}", skipped.name, skipped.reason))
            .collect(),
    }
}

fn partly(load: &Workload) -> Vec<String> {
    let fewer = (load.texts < load.texts_given).then(|| {
        format!(
            "{}: {} of {} were embedded in each round, evenly spaced; --full embeds all.",
            load.name,
            load.texts,
            counted(load.texts_given, "text")
        )
    });
    let cut = (load.texts_cut > 0).then(|| {
        format!(
            "{}: {} {} longer than the model's window, and only the beginning was embedded.",
            load.name,
            counted(load.texts_cut, "text"),
            if load.texts_cut == 1 { "was" } else { "were" }
        )
    });
    fewer.into_iter().chain(cut).collect()
}

/// The facts about machine and method, as names and values.
pub fn facts(report: &BenchReport) -> Vec<(&'static str, String)> {
    let (network, noise) = (&report.network, &report.noise);
    let seen = [
        noise.steal_percent.map(|percent| format!("{percent}% of the CPU's time stolen by other virtual machines")),
        noise.others_percent.map(|percent| format!("{percent}% taken by other processes")),
        noise.load_before.map(|load| format!("load before {load}")),
        noise.mhz.map(|[before, after]| format!("{before} MHz before, {after} after")),
    ];
    let model = format!(
        "{}, {} layers, {} parameters in the encoder, {} dimensions, window {}, weights sha256 {}",
        report.model,
        network.layers,
        grouped(network.encoder_parameters),
        network.dim,
        network.window,
        network.weights_sha256
    );
    vec![
        ("CPU", report.cpu.clone()),
        ("Machine", machine(&report.machine)),
        ("Vector instructions", report.machine.flags.join(" ")),
        ("Engine", format!("{} in {} on {}", report.isa, report.precision, counted(report.threads, "thread"))),
        ("Model", model),
        ("Noise", seen.into_iter().flatten().collect::<Vec<_>>().join(", ")),
        ("Method", format!("{} rounds. {}", report.method.rounds, report.method.words)),
        ("Version", format!("samesay {}, {}", report.version, report.date)),
    ]
}

/// A machine on one line.
pub fn machine(machine: &Machine) -> String {
    let cores = match machine.cores {
        Some(cores) => format!("{}, {}", counted(cores, "core"), counted(machine.hardware_threads, "hardware thread")),
        None => counted(machine.hardware_threads, "hardware thread"),
    };
    let size = |bytes: u64| {
        if bytes >= 1 << 20 { format!("{} MiB", bytes >> 20) } else { format!("{} KiB", bytes >> 10) }
    };
    let cache = |cache: &Cache| format!("L{} {}", cache.level, size(cache.bytes));
    let caches = machine.caches.iter().filter(|cache| cache.kind != "instruction").map(cache);
    let memory = machine.memory_bytes.map(|bytes| format!("{:.0} GiB of memory", bytes as f64 / f64::from(1 << 30)));
    let governor = machine.governor.as_ref().map(|governor| format!("governor {governor}"));
    let kind = (machine.virtual_machine == Some(true)).then(|| "virtual machine".to_owned());
    let parts = std::iter::once(cores).chain(caches).chain(memory).chain(governor).chain([machine.system.clone()]);
    parts.chain(kind).collect::<Vec<_>>().join(", ")
}

/// The interval of a median; `–` for a single value.
fn interval_of(spread: &Spread, shown: impl Fn(f64) -> String) -> String {
    if spread.confidence > 0.0 { format!("{} – {}", shown(spread.low), shown(spread.high)) } else { "–".to_owned() }
}

fn interval(spread: &Spread, decimals: usize) -> String {
    interval_of(spread, |value| number(value, decimals))
}

fn optional(value: Option<f64>, decimals: usize) -> String {
    value.map_or_else(|| "–".to_owned(), |value| format!("{value:.decimals$}"))
}

/// A number with a comma between thousands.
pub fn number(value: f64, decimals: usize) -> String {
    let text = format!("{value:.decimals$}");
    let (whole, rest) = text.split_at(text.find('.').unwrap_or(text.len()));
    grouped(whole) + rest
}

fn grouped(digits: impl Display) -> String {
    let digits = digits.to_string();
    let mut out = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) && !out.ends_with('-') {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_are_set_apart() {
        assert_eq!(number(1_234_567.0, 0), "1,234,567");
        assert_eq!([number(999.95, 1), number(1000.0, 1)], ["1,000.0", "1,000.0"]);
        assert_eq!([number(0.1234, 3), number(-123_456.0, 0)], ["0.123", "-123,456"]);
    }
}
