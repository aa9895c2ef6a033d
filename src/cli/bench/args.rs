//! The arguments of `bench` as they are typed.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use crate::cli::args::count;

#[derive(Args)]
pub struct BenchArgs {
    /// Files and folders to measure with instead of the built-in texts
    #[arg(value_name = "PATH", conflicts_with = "texts")]
    pub paths: Vec<PathBuf>,
    /// What to measure with PATH (repeatable, or separated by commas) [default: embed]
    #[arg(long, value_enum, value_name = "WHAT", value_delimiter = ',', requires = "paths")]
    pub what: Vec<What>,
    /// Measure with these texts, one per line, instead of the built-in ones
    #[arg(long, value_name = "FILE")]
    pub texts: Option<PathBuf>,
    /// Measure longer: 60 seconds instead of 10, and all texts of --texts in each round
    #[arg(long)]
    pub full: bool,
    /// Measure for about this long; each sweep takes as long again [default: 10, or 60 with --full]
    #[arg(long, value_name = "SECONDS", allow_negative_numbers = true)]
    pub seconds: Option<f64>,
    /// Number of measured rounds, after a warm-up [default: as many as there is time for]
    #[arg(
        long,
        value_name = "N",
        value_parser = count,
        allow_negative_numbers = true,
        conflicts_with = "seconds"
    )]
    pub rounds: Option<usize>,
    /// Also measure while one thing is varied (repeatable, or separated by commas)
    #[arg(long, value_enum, value_name = "WHAT", value_delimiter = ',')]
    pub sweep: Vec<By>,
    /// Models for --sweep model, by name or directory [default: the known ones on this machine]
    #[arg(long, value_name = "NAME|DIR", value_delimiter = ',')]
    pub models: Vec<String>,
    /// File with a score and two texts per line, separated by tabs or commas, to correlate with
    #[arg(long, value_name = "FILE")]
    pub pairs: Option<PathBuf>,
    /// Also measure other runtimes in turns: all that do what is measured, or those that are named; `install` puts them
    /// into the cache, with the Python package manager
    #[arg(
        long,
        value_name = "NAME",
        value_delimiter = ',',
        num_args = 0..,
        require_equals = true,
        default_missing_value = "all"
    )]
    pub peers: Option<Vec<String>>,
    /// Python that has the other runtimes [default: the installed ones, otherwise python3]
    #[arg(long, value_name = "PATH")]
    pub python: Option<PathBuf>,
    /// Save the result under this name, for --baseline
    #[arg(long, value_name = "NAME")]
    pub save: Option<String>,
    /// Compare with an earlier result: the name it was saved under, or its JSON file
    #[arg(long, value_name = "NAME|FILE")]
    pub baseline: Option<String>,
    /// Exit with 1 if a workload is slower than in the baseline by more than this, and with 2 if noise hides it
    #[arg(long, value_name = "PERCENT", requires = "baseline")]
    pub max_regression: Option<String>,
    /// Exit with 1 if this does not hold, such as 'ratio(openvino-f32) >= 2', and with 2 if noise forbids a verdict
    /// (repeatable)
    #[arg(long = "assert", value_name = "ASSERTION")]
    pub asserted: Vec<String>,
    /// Write the result to this file; the extension sets the format: .html, .svg, .md, .csv or .json (repeatable)
    #[arg(short, long, value_name = "FILE")]
    pub output: Vec<PathBuf>,
    /// Replace the file even if samesay did not write it
    #[arg(long)]
    pub force: bool,
    /// Begin a .csv file with a byte order mark, without which some spreadsheets do not read it as UTF-8
    #[arg(long)]
    pub bom: bool,
}

/// The work over documents that is measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum What {
    /// Embedding their passages
    Embed,
    /// Answering queries taken from their sentences
    Query,
    /// Comparing all their passages and sentences
    Pairs,
    /// Grouping what matches into claims and themes
    Cluster,
    /// Reading and splitting them
    Read,
    /// Opening a store that contains them
    Store,
}

impl What {
    /// The name of the work in results.
    pub fn name(self) -> &'static str {
        match self {
            Self::Embed => "embed",
            Self::Query => "query",
            Self::Pairs => "pairs",
            Self::Cluster => "cluster",
            Self::Read => "read",
            Self::Store => "store",
        }
    }
}

/// The one thing that a sweep varies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum By {
    /// The number of threads
    Threads,
    /// The instruction set, in each of its number formats; candle too
    Isa,
    /// The number format, each on the best instruction set for it
    Precision,
    /// The length of the texts
    Length,
    /// The number of texts per call
    Batch,
    /// The model
    Model,
}

impl By {
    /// The name of the sweep in results.
    pub fn name(self) -> &'static str {
        match self {
            Self::Threads => "threads",
            Self::Isa => "isa",
            Self::Precision => "precision",
            Self::Length => "length",
            Self::Batch => "batch",
            Self::Model => "model",
        }
    }
}
