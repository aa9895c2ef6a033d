//! The result of `bench`.

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

use super::ReadingNotes;

/// How fast texts were embedded, on what machine, and what share of the hardware's limit that is.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct BenchReport {
    /// The name and version of this format: `samesay.bench.v2`.
    #[schemars(extend("const" = "samesay.bench.v2"))]
    pub schema: &'static str,
    /// Day of the run in UTC, such as `2026-11-29`.
    pub date: String,
    /// Version of samesay that measured.
    pub version: &'static str,
    /// Name of the CPU, as the system gives it.
    pub cpu: String,
    /// Instruction set that computed the vectors, as `--isa` names it.
    pub isa: String,
    /// Number format that the vectors were computed in: `f32`, `bf16`, `int16` or `int8`.
    pub precision: String,
    /// Number of threads that embedded.
    pub threads: usize,
    /// Name of the model; for a model folder, the folder's name.
    pub model: String,
    /// The model in figures.
    pub network: Network,
    /// The machine that the benchmark ran on.
    pub machine: Machine,
    /// How the results were measured.
    pub method: Method,
    /// What else the machine did during the run.
    pub noise: Noise,
    /// What the hardware can do at most, measured in the same run.
    pub limit: Limit,
    /// The results, one per set of texts.
    pub workloads: Vec<Workload>,
    /// Time until the vector of one text, for a new process and for a running one.
    pub start_ms: Start,
    /// How close the vectors are to those of the same model in f32.
    pub fidelity: Fidelity,
    /// Series of measurements that vary one thing.
    pub sweeps: Vec<Sweep>,
    /// Other tasks that were measured, with `--what`.
    pub tasks: Vec<Task>,
    /// Results of other runtimes in the same run; null without `--peers`.
    pub peers: Option<PeerComparison>,
    /// Comparison with an earlier result; null without `--baseline`.
    pub baseline: Option<Baseline>,
    /// Assertions about the results, with `--assert`.
    pub assertions: Vec<Assertion>,
    /// What was not read of the documents that were measured.
    #[serde(flatten)]
    pub reading: ReadingNotes,
}

/// A task other than embedding, done with the documents of some folders.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Task {
    /// Name of the task: `read`, `store`, `query`, `pairs` or `cluster`.
    pub what: String,
    /// Number of documents in the folders.
    pub documents: usize,
    /// Number of passages of these documents.
    pub passages: usize,
    /// Size of the documents' files in bytes.
    pub bytes: u64,
    /// Unit that is counted: `documents`, `passages`, `queries` or `pairs of passages`.
    pub unit: String,
    /// Number of units processed in each round.
    pub count: usize,
    /// Units processed per second.
    pub per_s: Spread,
    /// Megabytes (1,000,000 bytes) of files per second.
    pub mb_per_s: Spread,
    /// Milliseconds that a round takes.
    pub ms: Spread,
    /// Milliseconds that one query takes; null for other tasks.
    pub latency_ms: Option<Latency>,
    /// What the hardware allows at most.
    pub limit: TaskLimit,
    /// For `pairs`, the search for the nearest vectors alone; null for other tasks, and if there are fewer than two
    /// vectors.
    pub nearest: Option<NearestComparison>,
}

/// What the hardware allows at most.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct TaskLimit {
    /// Share of the limit that was reached, 0 to 1: the least time that the hardware needs, divided by the time taken.
    /// Null if the hardware sets no measurable limit.
    pub share: Option<f64>,
    /// Description of the limit in words.
    pub words: String,
}

/// The exact search for the nearest vectors of each vector, in turns with other programs.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct NearestComparison {
    /// Number of vectors: those of the documents' sentences.
    pub vectors: usize,
    /// Numbers in each vector.
    pub dim: usize,
    /// Number of neighbours found for each vector, not counting itself.
    pub top_k: usize,
    /// Python that ran the other programs, with its version; null if none was needed or found.
    pub python: Option<String>,
    /// Vectors whose neighbours samesay finds per second.
    pub ours: Spread,
    /// What the hardware allows at most.
    pub limit: TaskLimit,
    /// Results of the other programs.
    pub rows: Vec<NearestRow>,
}

/// Another program that finds the nearest vectors.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct NearestRow {
    /// Name of the program, as `--peers` takes it.
    pub name: String,
    /// Version of the program.
    pub version: String,
    /// Note on how the program was run.
    pub note: String,
    /// Vectors whose neighbours the program finds per second; null if not measured.
    pub vectors_per_s: Option<Spread>,
    /// Speedup of samesay over the program, within each round; null if not measured.
    pub ratio: Option<Spread>,
    /// Share of samesay's neighbours that the program also finds, 0 to 1; any of equally near neighbours counts.
    pub same: Option<f64>,
    /// Why the program was not measured; null if it was.
    pub skipped: Option<String>,
}

/// Other runtimes compared with samesay, in turns on the same texts.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct PeerComparison {
    /// Name of the set of texts.
    pub workload: String,
    /// Number of texts embedded in each round.
    pub texts: usize,
    /// Number of tokens that samesay makes from the texts.
    pub tokens: usize,
    /// Python that ran the peers, with its version; null if none was needed or found.
    pub python: Option<String>,
    /// Tokens per second of samesay, including tokenising.
    pub ours: Spread,
    /// How close samesay's vectors are to those in f32.
    pub fidelity: Fidelity,
    /// Results of the other runtimes.
    pub rows: Vec<PeerRow>,
}

/// A runtime other than samesay, and its results.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct PeerRow {
    /// Name of the runtime, as `--peers` takes it.
    pub name: String,
    /// Version of the runtime.
    pub version: String,
    /// Texts per batch: the fastest size for this runtime here.
    pub batch: Option<usize>,
    /// Number of tokens that the runtime makes from the texts.
    pub tokens: Option<usize>,
    /// Note on how the runtime was run.
    pub note: String,
    /// Tokens per second, as samesay counts tokens and including tokenising; null if not measured.
    pub tokens_per_s: Option<Spread>,
    /// Speedup of samesay over the runtime, within each round; null if not measured.
    pub ratio: Option<Spread>,
    /// How close the runtime's vectors are to samesay's in f32.
    pub fidelity: Fidelity,
    /// Why the runtime was not measured; null if it was.
    pub skipped: Option<String>,
}

/// Whether an assertion holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Held {
    /// The assertion or limit holds.
    Holds,
    /// The noise is too great to decide.
    Undecided,
    /// The assertion or limit failed.
    Fails,
}

/// A value with its confidence interval.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Between {
    /// Best estimate of the value.
    pub value: f64,
    /// Lower end of the confidence interval.
    pub low: f64,
    /// Upper end of the confidence interval.
    pub high: f64,
    /// Probability that such an interval contains the true value, 0 to 1.
    pub confidence: f64,
}

/// A comparison of this result with an earlier one.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Baseline {
    /// Name or file of the earlier result.
    pub name: String,
    /// Day of the earlier run in UTC.
    pub date: String,
    /// Version of samesay that measured the earlier result.
    pub version: String,
    /// CPU that the earlier result was measured on.
    pub cpu: String,
    /// Workloads that both results have.
    pub rows: Vec<BaselineRow>,
    /// Percent by which a workload may be slower; null without `--max-regression`.
    pub max_regression_percent: Option<f64>,
    /// Whether no workload is slower by more than that; null without `--max-regression`.
    pub verdict: Option<Held>,
    /// Other differences between the two results, in words.
    pub warnings: Vec<String>,
}

/// A workload compared with an earlier result.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct BaselineRow {
    /// Name of the workload.
    pub workload: String,
    /// Tokens per second in the earlier result.
    pub before: f64,
    /// Tokens per second in this result.
    pub now: f64,
    /// Speedup of this result over the earlier one.
    pub ratio: Between,
    /// Whether the workload is slower by no more than is allowed; null without `--max-regression`.
    pub verdict: Option<Held>,
}

/// What was asserted, and whether it holds.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Assertion {
    /// Assertion as it was typed.
    pub assertion: String,
    /// Value of the quantity; null if it was not measured.
    pub value: Option<Between>,
    /// Whether the assertion holds.
    pub verdict: Held,
    /// Why the assertion failed or is undecided; empty if it holds.
    pub reason: String,
}

/// How close vectors are to those of the same model in f32, and how well their cosines follow people's scores.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Fidelity {
    /// Lowest cosine of a text's vector and its vector in f32, -1 to 1.
    pub cosine_min: Option<f64>,
    /// Mean cosine of the texts' vectors and their vectors in f32, -1 to 1.
    pub cosine_mean: Option<f64>,
    /// Number of texts that were compared.
    pub texts: usize,
    /// Spearman's rank correlation of the cosines of the `--pairs` pairs with their scores, -1 to 1.
    pub spearman: Option<f64>,
}

/// A series of measurements that vary one thing, taken in turns.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Sweep {
    /// What varies: `threads`, `isa`, `precision`, `length`, `batch` or `model`.
    pub by: String,
    /// Name of the set of texts.
    pub workload: String,
    /// The measurements of the series.
    pub rows: Vec<SweepRow>,
    /// What could not be measured.
    pub skipped: Vec<Skipped>,
}

/// One measurement of a series.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct SweepRow {
    /// Value of what varies, as text.
    pub name: String,
    /// Value of what varies as a number; null if it is not a number.
    pub value: Option<f64>,
    /// Instruction set that computed the vectors.
    pub isa: String,
    /// Number format of the computation.
    pub precision: String,
    /// Number of threads that embedded.
    pub threads: usize,
    /// Name of the model.
    pub model: String,
    /// Number of texts in each round.
    pub texts: usize,
    /// Number of tokens in each round.
    pub tokens: usize,
    /// Tokens per second, including tokenising.
    pub tokens_per_s: Spread,
    /// Speedup over the first row, within each round.
    pub ratio: Spread,
    /// How close the vectors are to those in f32.
    pub fidelity: Fidelity,
}

/// A measurement that could not be made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Skipped {
    /// Name of what was not measured.
    pub name: String,
    /// Why it was not measured.
    pub reason: String,
}

/// A model in figures.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Network {
    /// SHA-256 of the model's weights, in hexadecimal.
    pub weights_sha256: String,
    /// Number of parameters of the encoder, without the embedding tables.
    pub encoder_parameters: usize,
    /// Number of layers of the encoder.
    pub layers: usize,
    /// Numbers in each vector.
    pub dim: usize,
    /// Maximum number of tokens of a text, including the special ones.
    pub window: usize,
}

/// A machine. What the system does not report is null.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Machine {
    /// Operating system and version of its kernel.
    pub system: String,
    /// Whether the machine is a virtual one.
    pub virtual_machine: Option<bool>,
    /// Number of cores; null if the system does not distinguish them from hardware threads.
    pub cores: Option<usize>,
    /// Number of hardware threads that this process may use.
    pub hardware_threads: usize,
    /// Vector instructions of the CPU, as the system names them.
    pub flags: Vec<String>,
    /// Caches that the first core uses.
    pub caches: Vec<Cache>,
    /// Governor of the CPU's frequency, such as `performance` or `powersave`.
    pub governor: Option<String>,
    /// Size of the memory in bytes.
    pub memory_bytes: Option<u64>,
}

/// A cache of the CPU.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Cache {
    /// Level of the cache; 1 is nearest to the core.
    pub level: u8,
    /// Kind of cache: `data`, `instruction` or `unified`.
    pub kind: String,
    /// Size of the cache in bytes.
    pub bytes: u64,
    /// Number of hardware threads that share the cache.
    pub shared_by: usize,
}

/// How the results were measured.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Method {
    /// Description of the method in words.
    pub words: String,
    /// Seconds planned for measuring; null if `--rounds` set the number of rounds instead.
    pub seconds: Option<f64>,
    /// Number of rounds that were measured.
    pub rounds: usize,
}

/// What else the machine did during the run. What the system does not report is null.
#[derive(Debug, Clone, Default, PartialEq, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Noise {
    /// Percent of the CPU's time that the host gave to other virtual machines.
    pub steal_percent: Option<f64>,
    /// Percent of the CPU's time that other processes took.
    pub others_percent: Option<f64>,
    /// Mean number of processes ready to run in the minute before the benchmark.
    pub load_before: Option<f64>,
    /// Mean frequency of the CPU's cores before and after the run, in MHz.
    pub mhz: Option<[f64; 2]>,
    /// What may have disturbed the figures, in words; empty if nothing was noticed.
    pub warnings: Vec<String>,
}

/// What the hardware can do at most.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Limit {
    /// Operations per second on registers alone on all threads, counting two for each multiply-add: one rate for each
    /// number format that the encoder uses, first that of the products of weights.
    pub operations_per_s: Vec<Rate>,
    /// Bytes per second that all threads can read from memory outside the caches.
    pub memory_bytes_per_s: f64,
    /// What these limits mean for the results, in words.
    pub words: Vec<String>,
}

/// The operations per second of one number format.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Rate {
    /// Instruction set of the operations.
    pub isa: String,
    /// Number format of the operations.
    pub precision: String,
    /// Operations per second, counting two for each multiply-add.
    pub per_s: f64,
}

/// How fast a set of texts was embedded.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Workload {
    /// Name of the texts: `64 tokens`, `sample corpus`, or the user's file name without its extension.
    pub name: String,
    /// Number of texts embedded in each round.
    pub texts: usize,
    /// Number of texts given; more than `texts` if embedding all would take too long.
    pub texts_given: usize,
    /// Number of `texts` longer than the window, whose ends were not embedded.
    pub texts_cut: usize,
    /// Number of tokens after cutting at the window, including special tokens.
    pub tokens: usize,
    /// Bytes of UTF-8 text that these tokens cover.
    pub bytes: usize,
    /// Hash that identifies these texts.
    pub texts_key: String,
    /// Tokens per second, all texts embedded together, including tokenising.
    pub tokens_per_s: Spread,
    /// Texts per second, all texts embedded together, including tokenising.
    pub texts_per_s: Spread,
    /// Megabytes (1,000,000 bytes) of text per second, including tokenising.
    pub mb_per_s: Spread,
    /// Tokens per second of tokenising alone.
    pub tokenise_tokens_per_s: Spread,
    /// Tokens per second of encoding alone.
    pub encode_tokens_per_s: Spread,
    /// Milliseconds for one text embedded alone.
    pub latency_ms: Latency,
    /// Mean operations of the encoder per token, counting two for each multiply-add.
    pub operations_per_token: f64,
    /// Tokens per second that the hardware could encode if its multipliers never waited.
    pub limit_tokens_per_s: f64,
    /// Tokens per second that the memory allows if each batch reads all weights from it.
    pub memory_limit_tokens_per_s: f64,
    /// `encode_tokens_per_s` as a share of the lower of the two limits; if encoding is faster than the memory limit,
    /// the weights come from caches, and the share is of the multipliers' limit.
    pub share_of_limit: f64,
}

/// The distribution of a value over the rounds.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Spread {
    /// Median of all rounds.
    pub median: f64,
    /// Lowest value of all rounds.
    pub min: f64,
    /// Highest value of all rounds.
    pub max: f64,
    /// Lower end of the median's confidence interval.
    pub low: f64,
    /// Upper end of the median's confidence interval.
    pub high: f64,
    /// Probability that such an interval contains the true median, 0 to 1: at least 0.95 with six or more rounds.
    pub confidence: f64,
}

/// The time for one text embedded alone, in milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Latency {
    /// Median time in milliseconds.
    pub p50: f64,
    /// 95th percentile of the times in milliseconds.
    pub p95: f64,
    /// 99th percentile of the times in milliseconds.
    pub p99: f64,
    /// Number of texts that were timed.
    pub samples: usize,
}

/// Median milliseconds until the vector of one text of 16 tokens.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Start {
    /// Milliseconds from the start to the end of a new process, which loads the model from the system's file cache;
    /// null if none could be started.
    pub cold: Option<f64>,
    /// Milliseconds in a running process.
    pub warm: f64,
}
