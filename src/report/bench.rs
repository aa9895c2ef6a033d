//! The answer to `bench`.

mod csv;
mod markdown;
mod plot;
mod svg;
mod tables;

use schemars::JsonSchema;
use serde::Serialize;

pub use csv::csv;
pub use markdown::markdown;
pub(super) use plot::plots;
pub use svg::svg;
pub(super) use svg::{STYLE as PLOT_STYLE, element};
pub use tables::number;
pub(super) use tables::{Table, facts, tables};

/// How fast texts were embedded, on what, and how much of what the hardware can do that is.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct BenchReport {
    /// The name and version of this format: `samesay.bench.v2`.
    #[schemars(extend("const" = "samesay.bench.v2"))]
    pub schema: &'static str,
    /// The day of the run in UTC, as `2026-11-29`.
    pub date: String,
    /// The version of samesay.
    pub version: &'static str,
    /// The CPU's name, as the system gives it.
    pub cpu: String,
    /// The instruction set that vectors were computed with, as `--isa` names it.
    pub isa: String,
    /// The number format that vectors were computed in: `f32`, `bf16`, `int16` or `int8`.
    pub precision: String,
    /// How many threads embedded.
    pub threads: usize,
    /// The model's name; of a model folder, the name of that folder.
    pub model: String,
    /// The model in figures.
    pub network: Network,
    /// The machine that it ran on.
    pub machine: Machine,
    /// How it was measured.
    pub method: Method,
    /// What else the machine did meanwhile.
    pub noise: Noise,
    /// What the hardware can do at most, measured in the same run.
    pub limit: Limit,
    /// The results, one for each set of texts.
    pub workloads: Vec<Workload>,
    /// How long a new process takes until it gives the vector of one text, and a running one.
    pub start_ms: Start,
    /// How near the vectors are to those of the same model in f32.
    pub fidelity: Fidelity,
    /// The same measured while one thing is varied.
    pub sweeps: Vec<Sweep>,
    /// What else was measured, with `--what`.
    pub tasks: Vec<Task>,
    /// Other runtimes in the same run; null without `--peers`.
    pub peers: Option<PeerComparison>,
    /// How it compares with an earlier result; null without `--baseline`.
    pub baseline: Option<Baseline>,
    /// What was asserted of it.
    pub assertions: Vec<Assertion>,
}

/// Something else than embedding, done with the documents of some folders.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Task {
    /// What was done: `read`, `store`, `query`, `pairs` or `cluster`.
    pub what: String,
    /// How many documents there are.
    pub documents: usize,
    /// How many passages they have.
    pub passages: usize,
    /// Bytes of their files.
    pub bytes: u64,
    /// What is counted: `documents`, `passages`, `queries` or `pairs of passages`.
    pub unit: String,
    /// How many of these a round does.
    pub count: usize,
    /// How many of these per second.
    pub per_s: Spread,
    /// Megabytes (1,000,000 bytes) of files per second.
    pub mb_per_s: Spread,
    /// Milliseconds of a round.
    pub ms: Spread,
    /// Milliseconds of one query; null of everything else.
    pub latency_ms: Option<Latency>,
    /// What the hardware allows at most.
    pub limit: TaskLimit,
    /// Of `pairs`, the search for the nearest vectors alone; null of everything else, and where there are no two.
    pub nearest: Option<NearestComparison>,
}

/// What the hardware allows at most of something.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct TaskLimit {
    /// The share of it that was reached, 0 to 1: the time that the hardware needs at least, of the time that it took.
    /// Null where the hardware sets no limit that can be measured.
    pub share: Option<f64>,
    /// What it is, in words.
    pub words: String,
}

/// The search for the vectors nearest to each vector, exact, in turns with other programs.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct NearestComparison {
    /// How many vectors there are, those of the documents' sentences.
    pub vectors: usize,
    /// Numbers in a vector.
    pub dim: usize,
    /// How many neighbours of each are found, itself not counted.
    pub top_k: usize,
    /// The Python that ran the others, with its version; null where none was needed or found.
    pub python: Option<String>,
    /// Vectors whose neighbours this program finds per second.
    pub ours: Spread,
    /// What the hardware allows at most.
    pub limit: TaskLimit,
    /// The others.
    pub rows: Vec<NearestRow>,
}

/// Another program that finds the nearest vectors.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct NearestRow {
    /// Its name, as `--peers` takes it.
    pub name: String,
    /// Its version.
    pub version: String,
    /// What is to be known of it.
    pub note: String,
    /// Vectors whose neighbours it finds per second; null where it was not measured.
    pub vectors_per_s: Option<Spread>,
    /// How many times as fast this program is, within each round; null where it was not measured.
    pub ratio: Option<Spread>,
    /// The share of this program's neighbours that are also its own, 0 to 1; of equally near ones any counts.
    pub same: Option<f64>,
    /// Why it was not measured; null where it was.
    pub skipped: Option<String>,
}

/// Other runtimes beside this program, in turns on the same texts.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct PeerComparison {
    /// The texts.
    pub workload: String,
    /// How many texts were embedded in each round.
    pub texts: usize,
    /// Tokens that this program makes of them.
    pub tokens: usize,
    /// The Python that ran the peers, with its version; null where none was needed or found.
    pub python: Option<String>,
    /// Tokens per second of this program, tokenising included.
    pub ours: Spread,
    /// How near its vectors are to f32.
    pub fidelity: Fidelity,
    /// The peers.
    pub rows: Vec<PeerRow>,
}

/// Another runtime.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct PeerRow {
    /// Its name, as `--peers` takes it.
    pub name: String,
    /// Its version.
    pub version: String,
    /// Texts of a batch: what was fastest for it here.
    pub batch: Option<usize>,
    /// Tokens that it makes of the texts.
    pub tokens: Option<usize>,
    /// What is to be known of it.
    pub note: String,
    /// Tokens (as this program counts them) per second, tokenising included; null where it was not measured.
    pub tokens_per_s: Option<Spread>,
    /// How many times as fast this program is, within each round; null where it was not measured.
    pub ratio: Option<Spread>,
    /// How near its vectors are to this program's in f32.
    pub fidelity: Fidelity,
    /// Why it was not measured; null where it was.
    pub skipped: Option<String>,
}

/// Whether something holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Held {
    /// It does.
    Holds,
    /// The noise is too great to say.
    Undecided,
    /// It does not.
    Fails,
}

/// A value with its confidence interval.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Between {
    /// The value.
    pub value: f64,
    /// The lower end of its interval.
    pub low: f64,
    /// The upper end of its interval.
    pub high: f64,
    /// How likely such an interval holds the true value, 0 to 1.
    pub confidence: f64,
}

/// A result beside an earlier one.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Baseline {
    /// The earlier one's name or file.
    pub name: String,
    /// Its day.
    pub date: String,
    /// The version of samesay that measured it.
    pub version: String,
    /// The CPU that it was measured on.
    pub cpu: String,
    /// The workloads that both have.
    pub rows: Vec<BaselineRow>,
    /// By how many percent a workload may be slower; null without `--max-regression`.
    pub max_regression_percent: Option<f64>,
    /// Whether no workload is slower by more; null without `--max-regression`.
    pub verdict: Option<Held>,
    /// What else differs between both, in words.
    pub warnings: Vec<String>,
}

/// A workload beside an earlier one.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct BaselineRow {
    /// Its name.
    pub workload: String,
    /// Tokens per second before.
    pub before: f64,
    /// Tokens per second now.
    pub now: f64,
    /// How many times as fast it is now.
    pub ratio: Between,
    /// Whether it is slower by no more than is allowed; null without `--max-regression`.
    pub verdict: Option<Held>,
}

/// What was asserted, and whether it holds.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Assertion {
    /// As it was typed.
    pub assertion: String,
    /// The quantity's value; null where it was not measured.
    pub value: Option<Between>,
    /// Whether it holds.
    pub verdict: Held,
    /// Why not, or why there is no verdict; empty where it holds.
    pub reason: String,
}

/// How near vectors are to those of the same model in f32, and how well their cosines follow people's scores.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Fidelity {
    /// The least cosine of a text's vector with its vector in f32.
    pub cosine_min: Option<f64>,
    /// The mean cosine.
    pub cosine_mean: Option<f64>,
    /// How many texts were compared.
    pub texts: usize,
    /// Spearman's rank correlation of the cosines of the pairs of `--pairs` with their scores.
    pub spearman: Option<f64>,
}

/// A series of measurements that differ in one thing, taken in turns.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Sweep {
    /// What differs: `threads`, `isa`, `precision`, `length`, `batch` or `model`.
    pub by: String,
    /// The texts.
    pub workload: String,
    /// The measurements.
    pub rows: Vec<SweepRow>,
    /// What could not be measured.
    pub skipped: Vec<Skipped>,
}

/// One measurement of a series.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct SweepRow {
    /// What differs, as text.
    pub name: String,
    /// The same as a number, where it is one.
    pub value: Option<f64>,
    /// The instruction set.
    pub isa: String,
    /// The number format.
    pub precision: String,
    /// How many threads embedded.
    pub threads: usize,
    /// The model's name.
    pub model: String,
    /// Texts of a round.
    pub texts: usize,
    /// Tokens of a round.
    pub tokens: usize,
    /// Tokens per second, tokenising included.
    pub tokens_per_s: Spread,
    /// How many times as fast as the first row, within each round.
    pub ratio: Spread,
    /// How near its vectors are to f32.
    pub fidelity: Fidelity,
}

/// What could not be measured.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Skipped {
    /// What it is.
    pub name: String,
    /// Why not.
    pub reason: String,
}

/// A model in figures.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Network {
    /// The sha256 of its weights.
    pub weights_sha256: String,
    /// Numbers in its encoder's weights, without the tables of embeddings.
    pub encoder_parameters: usize,
    /// Layers of its encoder.
    pub layers: usize,
    /// Numbers in a vector.
    pub dim: usize,
    /// Most tokens of a text, the special ones included.
    pub window: usize,
}

/// A machine. What the system does not say is null.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Machine {
    /// The operating system and its kernel's version.
    pub system: String,
    /// Whether it is a virtual machine.
    pub virtual_machine: Option<bool>,
    /// Cores; null where the system does not tell them from hardware threads.
    pub cores: Option<usize>,
    /// Hardware threads that this process may use.
    pub hardware_threads: usize,
    /// What the CPU has of vector instructions, as the system names them.
    pub flags: Vec<String>,
    /// The caches that the first core uses.
    pub caches: Vec<Cache>,
    /// What decides the CPU's frequency, as `performance` or `powersave`.
    pub governor: Option<String>,
    /// The CPU's memory in bytes.
    pub memory_bytes: Option<u64>,
}

/// A cache of the CPU.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Cache {
    /// 1 is nearest to the core.
    pub level: u8,
    /// `data`, `instruction` or `unified`.
    pub kind: String,
    /// Its size in bytes.
    pub bytes: u64,
    /// How many hardware threads share it.
    pub shared_by: usize,
}

/// How it was measured.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Method {
    /// What was done, in words.
    pub words: String,
    /// Seconds that measuring was to take; null where `--rounds` said how many rounds instead.
    pub seconds: Option<f64>,
    /// Rounds that were measured.
    pub rounds: usize,
}

/// What else the machine did during the run. What the system does not say is null.
#[derive(Debug, Clone, Default, PartialEq, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Noise {
    /// Percent of the CPU's time that the machine below this virtual one gave to others.
    pub steal_percent: Option<f64>,
    /// Percent of the CPU's time that other processes took.
    pub others_percent: Option<f64>,
    /// Processes that wanted to run in the minute before, on average.
    pub load_before: Option<f64>,
    /// The CPU's frequency before and after, in MHz, on average over its cores.
    pub mhz: Option<[f64; 2]>,
    /// What may have disturbed the figures, in words; empty where nothing was seen.
    pub warnings: Vec<String>,
}

/// What the hardware can do at most.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Limit {
    /// Operations a second on registers alone, two for each multiply-add, on all threads: in each number format that the
    /// encoder uses, that of its products of weights first.
    pub operations_per_s: Vec<Rate>,
    /// Bytes a second that all threads can read from memory that no cache holds.
    pub memory_bytes_per_s: f64,
    /// What that says of the results, in words.
    pub words: Vec<String>,
}

/// Operations a second.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Rate {
    /// The instruction set.
    pub isa: String,
    /// The number format.
    pub precision: String,
    /// Operations a second, two for each multiply-add.
    pub per_s: f64,
}

/// How fast some texts were embedded.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Workload {
    /// What the texts are: `64 tokens`, `sample corpus`, or the name of the user's file without its ending.
    pub name: String,
    /// How many texts were embedded in each round.
    pub texts: usize,
    /// How many texts there are; more than `texts` where all of them would take too long.
    pub texts_given: usize,
    /// How many of `texts` were longer than the window, so that their ends were not embedded.
    pub texts_cut: usize,
    /// After cutting at the window, special tokens included.
    pub tokens: usize,
    /// Bytes of UTF-8 that these tokens stand for.
    pub bytes: usize,
    /// What tells these texts from others: a hash of them.
    pub texts_key: String,
    /// Tokens per second, all texts embedded together, tokenising included.
    pub tokens_per_s: Spread,
    /// Texts per second, likewise.
    pub texts_per_s: Spread,
    /// Megabytes (1,000,000 bytes) of text per second, likewise.
    pub mb_per_s: Spread,
    /// Tokens per second, tokenising alone.
    pub tokenise_tokens_per_s: Spread,
    /// Tokens per second, encoding of tokens alone.
    pub encode_tokens_per_s: Spread,
    /// Milliseconds for one text embedded alone.
    pub latency_ms: Latency,
    /// Operations of the encoder per token, two for each multiply-add, on average.
    pub operations_per_token: f64,
    /// Tokens per second that the hardware could encode if its multipliers never waited.
    pub limit_tokens_per_s: f64,
    /// Tokens per second that the memory allows if each batch reads all weights from it.
    pub memory_limit_tokens_per_s: f64,
    /// `encode_tokens_per_s` as a share of the lower of both limits; what is faster than the memory allows has its weights
    /// from caches, and is a share of the multipliers' limit.
    pub share_of_limit: f64,
}

/// Over the rounds of a workload.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Spread {
    /// The median of all rounds.
    pub median: f64,
    /// The least of all rounds.
    pub min: f64,
    /// The greatest of all rounds.
    pub max: f64,
    /// The lower end of the median's confidence interval.
    pub low: f64,
    /// The upper end of the median's confidence interval.
    pub high: f64,
    /// How likely such an interval holds the true median, 0 to 1: at least 0.95 from six rounds on.
    pub confidence: f64,
}

/// Of one text embedded alone, in milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Latency {
    /// The median, in milliseconds.
    pub p50: f64,
    /// What 95 of 100 texts stay within, in milliseconds.
    pub p95: f64,
    /// What 99 of 100 texts stay within, in milliseconds.
    pub p99: f64,
    /// How many texts were timed.
    pub samples: usize,
}

/// Milliseconds until there is the vector of one text of 16 tokens, medians.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Start {
    /// From the start of a new process, which loads the model from the system's file cache, to its end. Null where none
    /// could be started.
    pub cold: Option<f64>,
    /// In a running process.
    pub warm: f64,
}
