//! How fast this machine embeds, beside the most that its hardware can do.
//!
//! Workloads take turns: in each round, every set of texts is embedded once, so that a machine that is slow for a while
//! is slow for all of them. Rounds end by time. A figure is the median over the rounds with its confidence interval
//! ([`stats`]).

mod compare;
mod fidelity;
pub mod limit;
pub mod machine;
mod nearest;
pub mod noise;
mod peers;
pub mod stats;
mod sweep;
mod texts;
mod turns;
mod workload;

use std::time::{Duration, Instant};

pub use compare::{Asserted, AssertionError, BASELINE, NotMeasured, Quantity, Saved, SavedError};
pub use fidelity::{Reference, ScoredPair};
pub use nearest::{NearestPeer, nearest};
pub use peers::{Candle, Peer, PeerFacts, Timed, beside};
pub use sweep::{Contestant, sweep};
pub use texts::{TextSet, texts_key};
pub use turns::in_turns;
pub use workload::{Load, latency, task, workloads};

use crate::kernels::{Isa, Precision};
use crate::model::{EmbedError, Embedder, Model, Prompt};
use crate::report::bench::number;
use crate::report::{BenchReport, Limit, Method, Network, Noise, Rate, ReadingNotes, Start, Workload, counted};
use noise::{Warning, Watch};

/// The most processes that are started.
const STARTS: usize = 5;

/// How long to measure.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Plan {
    /// Seconds that all rounds together should take.
    pub seconds: f64,
    /// Number of rounds, however long they take. `None` lets the time decide.
    pub rounds: Option<usize>,
    /// Whether all of the user's texts are embedded in each round, however long that takes.
    pub all: bool,
}

impl Plan {
    /// This share of the time.
    pub fn share(&self, share: f64) -> Duration {
        Duration::from_secs_f64(self.seconds * share)
    }
}

/// Receives reports on how far measuring is.
pub trait Progress {
    /// A stage begins.
    fn stage(&self, what: &str);
    /// The current stage has come this far.
    fn detail(&self, what: &str);
}

impl Progress for () {
    fn stage(&self, _: &str) {}
    fn detail(&self, _: &str) {}
}

/// Why something could not be measured.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BenchError {
    /// The model failed.
    #[error(transparent)]
    Embed(#[from] EmbedError),
    /// A vector contains values that are not finite.
    #[error("{set}: the vector of a text is not finite; the model's weights are damaged, or {engine} is")]
    NotFinite {
        /// Name of the set of texts.
        set: String,
        /// The instruction set and precision that computed it.
        engine: String,
    },
    /// The weights cannot be read to compute their checksum.
    #[error("the model's weights: {0}")]
    Weights(#[from] std::io::Error),
}

/// Measures an embedder on sets of texts, and how near it is to a reference. [`noise_during`] completes the report.
/// `start` embeds a text in a new process and returns the milliseconds from its start to its end, or `None` where that
/// failed.
///
/// # Errors
/// When the model fails, or gives vectors that are not finite.
pub fn bench(
    embedder: &Embedder,
    reference: &Reference,
    sets: &[TextSet],
    plan: Plan,
    progress: &dyn Progress,
    start: &dyn Fn(&str) -> Option<f64>,
) -> Result<BenchReport, BenchError> {
    let model = embedder.model();
    progress.stage("measuring what the hardware can do");
    let (isa, precision) = row(model);
    let mut limit = limit::limit(isa, precision, embedder.threads(), plan.share(0.03));
    progress.stage("warming up");
    let loads = Load::all(embedder, sets, plan)?;
    progress.stage(&format!("embedding {}", counted(loads.len(), "set")));
    let (workloads, rounds) = workloads(embedder, &loads, plan, &limit, progress)?;
    limit.words = words(&limit, embedder.threads(), &workloads);
    progress.stage("starting new processes");
    let start_ms = starts(embedder, plan, start)?;
    Ok(BenchReport {
        schema: "samesay.bench.v2",
        date: machine::today(),
        version: env!("CARGO_PKG_VERSION"),
        cpu: machine::cpu_name(),
        isa: model.engine().isa.to_owned(),
        precision: model.engine().precision.name().to_owned(),
        threads: embedder.threads(),
        model: model.name().to_owned(),
        network: network(model)?,
        machine: machine::machine(),
        method: Method { words: METHOD.to_owned(), seconds: plan.rounds.is_none().then_some(plan.seconds), rounds },
        noise: Noise::default(),
        limit,
        workloads,
        start_ms,
        fidelity: reference.fidelity(embedder)?,
        sweeps: Vec::new(),
        peers: None,
        tasks: Vec::new(),
        baseline: None,
        assertions: Vec::new(),
        reading: ReadingNotes::default(),
    })
}

/// Other work that the machine did while everything in a report was measured. `words` puts a warning into words, such
/// as with [`ToString::to_string`].
pub fn noise_during(watch: Watch, report: &BenchReport, words: &dyn Fn(&Warning) -> String) -> Noise {
    let cpus = std::thread::available_parallelism().map_or(1, usize::from);
    let own = report.workloads.iter().map(|load| (load.name.as_str(), &load.tokens_per_s));
    let peers = report.peers.iter().flat_map(|peers| &peers.rows);
    let peers = peers.filter_map(|row| Some((row.name.as_str(), row.ratio.as_ref()?)));
    watch.finish(report.threads, cpus, own.chain(peers), words)
}

/// Measures how long one text takes in a new process and in this one.
fn starts(embedder: &Embedder, plan: Plan, start: &dyn Fn(&str) -> Option<f64>) -> Result<Start, BenchError> {
    let texts = TextSet::of_length(16).some(embedder.model(), 1);
    let (begin, mut cold) = (Instant::now(), Vec::new());
    while cold.len() < STARTS && (cold.is_empty() || begin.elapsed() < plan.share(0.1)) {
        match start(&texts[0]) {
            Some(milliseconds) => cold.push(milliseconds),
            None => break,
        }
    }
    let mut warm = Vec::new();
    for _ in 0..STARTS {
        let begin = Instant::now();
        embedder.embed(&texts, Prompt::None)?;
        warm.push(begin.elapsed().as_secs_f64() * 1e3);
    }
    let median = |mut values: Vec<f64>| {
        values.sort_by(f64::total_cmp);
        (stats::median(&values) * 1e3).round() / 1e3
    };
    Ok(Start { cold: (!cold.is_empty()).then(|| median(cold)), warm: median(warm) })
}

/// How the figures were measured, for their reader.
const METHOD: &str = "After a warm-up, every set of texts was embedded once in each round, one set after the other, \
    beginning with another set each time. A pass tokenises all texts, then encodes them in batches of about 512 \
    tokens; both halves are timed, and their sum is the end-to-end figure. Figures are medians over the rounds. An \
    interval is the confidence interval of the median by order statistics (binomial distribution), at 95% for six or \
    more rounds; with fewer rounds it spans all of them. It assumes that rounds are independent: slow drifts of the \
    machine are not included.";

/// The most operations that the CPU's multipliers can do in the format that pairs of vectors are screened in, on the
/// instruction set that a model runs on.
pub fn screening(model: &Model, threads: usize, plan: Plan) -> Rate {
    limit::screening(row(model).0, threads, plan.share(0.03))
}

/// The instruction set and precision that a model runs on; for candle, the best instruction set in f32.
fn row(model: &Model) -> (&'static Isa, Precision) {
    let engine = model.engine();
    let best = || Isa::best(engine.precision).or_else(|| Isa::best(Precision::F32));
    let isa = Isa::by_name(engine.isa).or_else(best).expect("every CPU has an instruction set for f32");
    (isa, engine.precision)
}

fn network(model: &Model) -> Result<Network, BenchError> {
    Ok(Network {
        weights_sha256: model.checksum()?.to_string(),
        encoder_parameters: model.encoder_parameters(),
        layers: model.settings().network.layers,
        dim: model.dim(),
        window: model.settings().window,
    })
}

/// Sentences on how the results compare with the limits.
fn words(limit: &Limit, threads: usize, workloads: &[Workload]) -> Vec<String> {
    let rates: Vec<String> = limit
        .operations_per_s
        .iter()
        .map(|rate| format!("{:.0} G operations/s in {}", rate.per_s / 1e9, rate.precision))
        .collect();
    let mut words = vec![format!(
        "On {} of {}, the CPU's multipliers can do at most {}, and memory gives {:.1} GB/s (both measured).",
        counted(threads, "thread"),
        limit.operations_per_s[0].isa,
        rates.join(" and "),
        limit.memory_bytes_per_s / 1e9
    )];
    let best = workloads.iter().max_by(|a, b| a.share_of_limit.total_cmp(&b.share_of_limit));
    words.extend(best.map(|load| {
        let Workload { name, encode_tokens_per_s: rate, limit_tokens_per_s: arithmetic, .. } = load;
        let memory = load.memory_limit_tokens_per_s;
        let (_, which) = workload::binding(rate.median, *arithmetic, memory);
        format!(
            "Encoding reaches {:.0}% of that at best ({name}): {} tokens/s, where arithmetic allows {} and memory {}; \
            {which}.",
            load.share_of_limit * 100.0,
            number(rate.median, 0),
            number(*arithmetic, 0),
            number(memory, 0)
        )
    }));
    words
}
