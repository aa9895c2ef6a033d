//! The answer to `bench`.

use serde::Serialize;

/// How fast texts were embedded.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct BenchReport {
    pub schema: &'static str,
    pub cpu: String,
    pub isa: String,
    pub precision: String,
    pub threads: usize,
    pub model: String,
    pub workloads: Vec<Workload>,
}

/// How fast some texts were embedded.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Workload {
    pub name: String,
    pub texts: usize,
    /// After cutting at the window, special tokens included.
    pub tokens: usize,
    pub tokens_per_s: Spread,
    pub texts_per_s: Spread,
    pub latency_ms: Latency,
}

/// Over the rounds of a workload.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Spread {
    pub median: f64,
    pub min: f64,
    pub max: f64,
}

/// Of one text embedded alone, in milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Latency {
    pub p50: f64,
    pub p99: f64,
}
