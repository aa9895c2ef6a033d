//! The answer to `bench`.

use schemars::JsonSchema;
use serde::Serialize;

/// How fast texts were embedded.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct BenchReport {
    /// The name and version of this format: `samesay.bench.v1`.
    #[schemars(extend("const" = "samesay.bench.v1"))]
    pub schema: &'static str,
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
    /// The results, one for each set of texts.
    pub workloads: Vec<Workload>,
}

/// How fast some texts were embedded.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Workload {
    /// What the texts are: `64 tokens`, or the name of the user's file without its ending.
    pub name: String,
    /// How many texts were embedded in each round.
    pub texts: usize,
    /// After cutting at the window, special tokens included.
    pub tokens: usize,
    /// Tokens per second, all texts embedded together.
    pub tokens_per_s: Spread,
    /// Texts per second, all texts embedded together.
    pub texts_per_s: Spread,
    /// Milliseconds for one text embedded alone.
    pub latency_ms: Latency,
}

/// Over the rounds of a workload.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Spread {
    /// The median of all rounds, per second.
    pub median: f64,
    /// The slowest round, per second.
    pub min: f64,
    /// The fastest round, per second.
    pub max: f64,
}

/// Of one text embedded alone, in milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Latency {
    /// The median, in milliseconds.
    pub p50: f64,
    /// What 99 of 100 texts stay within, in milliseconds.
    pub p99: f64,
}
