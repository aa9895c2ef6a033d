//! The arguments as they are typed. Parsing opens no file and reads no environment variable.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use clap::{Args, CommandFactory, Parser, Subcommand, ValueEnum};
use samesay::kernels::ISAS;
use samesay::report::schema;

use super::bench::BenchArgs;
use super::examples;
use super::shard::Shard;

// What help says about files, which may be Parquet if this build can read and write it.

#[cfg(feature = "parquet")]
macro_rules! parquet {
    ($with:literal $(, $without:literal)?) => {
        $with
    };
}

#[cfg(not(feature = "parquet"))]
macro_rules! parquet {
    ($with:literal) => {
        ""
    };
    ($with:literal, $without:literal) => {
        $without
    };
}

macro_rules! vectors_file {
    () => {
        concat!(".npy with float32 or float16, (n, dim)", parquet!(", or .parquet with a column of lists"))
    };
}

macro_rules! default_ids {
    () => {
        concat!("[default: FILE.npy.ids", parquet!(", the column `id` of .parquet,"), " or numbers from 1]")
    };
}

macro_rules! table_files {
    () => {
        concat!(".jsonl, .json, .csv", parquet!(", .parquet"), " or .txt")
    };
}

macro_rules! embed_files {
    () => {
        parquet!(".jsonl, .npy or .parquet", ".jsonl or .npy")
    };
}

/// Find out which sources say similar things, with the evidence.
#[derive(Parser)]
#[command(
    name = "samesay",
    version,
    about,
    propagate_version = true,
    arg_required_else_help = true,
    after_help = examples::MAIN
)]
pub struct Cli {
    #[command(subcommand)]
    pub command: Command,
    #[command(flatten)]
    pub global: Global,
}

#[derive(Subcommand)]
pub enum Command {
    /// Find sources that say something like this
    #[command(after_help = examples::QUERY)]
    Query(Box<QueryArgs>),
    /// Compare two sources side by side: what both say, and what only one says
    #[command(after_help = examples::COMPARE)]
    Compare(CompareArgs),
    /// Show how much of each source is also said in each other source
    #[command(after_help = examples::SOURCES)]
    Sources(SourcesArgs),
    /// List every pair of similar passages, sentences, sources or vectors
    #[command(after_help = examples::PAIRS)]
    Pairs(Box<PairsArgs>),
    /// Show claims that several sources make, themes, and what only one source says
    #[command(after_help = examples::CLUSTER)]
    Cluster(Box<ClusterArgs>),
    /// Write everything as one page to share (.html), or as .md, .json or .csv
    #[command(after_help = examples::REPORT)]
    Report(ReportArgs),
    /// Show how the documents were split, and what was dropped and why
    #[command(after_help = examples::PASSAGES)]
    Passages(Paths),
    /// Read and embed documents ahead of time, and manage what is kept
    #[command(after_help = examples::INDEX)]
    Index(IndexArgs),
    /// Print raw vectors
    #[command(after_help = examples::EMBED)]
    Embed(EmbedArgs),
    /// Measure embedding speed on this CPU
    #[command(after_help = examples::BENCH)]
    Bench(BenchArgs),
    /// Manage the embedding model: list, pull, show, verify
    #[command(after_help = examples::MODEL)]
    Model(ModelArgs),
    /// Print a shell completion script
    #[command(after_help = examples::COMPLETIONS)]
    Completions(CompletionsArgs),
    /// Print the JSON Schema of a `--format json` output
    #[command(after_help = examples::SCHEMA)]
    Schema(SchemaArgs),
    /// Print the manual pages
    #[command(after_help = examples::MAN)]
    Man(ManArgs),
}

#[derive(Args)]
#[command(next_help_heading = "Global options")]
pub struct Global {
    /// Model name, sentence-transformers directory, or `organisation/name[@revision]` on Hugging Face's hub
    #[arg(long, global = true, value_name = "NAME|DIR")]
    pub model: Option<PathBuf>,
    /// Keep only the first N dimensions of each vector, for models trained for it (Matryoshka) [default: all]
    #[arg(long, global = true, value_name = "N", value_parser = count, allow_negative_numbers = true)]
    pub dim: Option<usize>,
    /// Number of threads [default: all cores]
    #[arg(long, global = true, value_name = "N", value_parser = count, allow_negative_numbers = true)]
    pub threads: Option<usize>,
    /// Instruction set to embed with; `candle` is the slow reference [default: the best this CPU supports]
    #[arg(long, global = true, value_name = "NAME", value_parser = isas())]
    pub isa: Option<String>,
    /// Number format to compute in [default: bf16 if the CPU has AMX, int16 if it has AVX2, otherwise f32]
    #[arg(long, global = true, value_enum, value_name = "FORMAT")]
    pub precision: Option<PrecisionArg>,
    /// File that keeps passages and vectors for the next run; `none` keeps nothing [default: one file per folder in
    /// the user's cache, or `SAMESAY_STORE`]
    #[arg(long, global = true, value_name = "FILE|none")]
    pub store: Option<PathBuf>,
    /// Never use the network
    #[arg(long, global = true)]
    pub offline: bool,
    /// Output format
    #[arg(long, global = true, value_enum, default_value_t = Format::Text, hide_default_value = true)]
    pub format: Format,
    /// Hide progress and warnings
    #[arg(short, long, global = true)]
    pub quiet: bool,
    /// Show what is being done and how long it takes
    #[arg(short, long, global = true, conflicts_with = "quiet")]
    pub verbose: bool,
    /// When to use colours
    #[arg(long, global = true, value_enum, default_value_t = Color::Auto)]
    pub color: Color,
}

/// A number of things.
pub fn count(typed: &str) -> Result<usize, String> {
    let is_number = !typed.is_empty() && typed.bytes().all(|byte| byte.is_ascii_digit());
    let large = || format!("use at most {}", usize::MAX);
    typed.parse().map_err(|_| if is_number { large() } else { "use a whole number, 1 or more".to_owned() })
}

/// Names of the instruction sets, and of the reference.
fn isas() -> clap::builder::PossibleValuesParser {
    clap::builder::PossibleValuesParser::new(ISAS.iter().map(|isa| isa.name).chain(["candle"]))
}

/// The command line as it is parsed. Only the main help lists the options of all commands.
pub fn command() -> clap::Command {
    fn without_global_options(command: clap::Command) -> clap::Command {
        let hide = |arg: clap::Arg| if arg.is_global_set() { arg.hide(true) } else { arg };
        command.mut_args(hide).mut_subcommands(without_global_options)
    }
    let mut command = Cli::command();
    // Subcommands have the options of all commands only once the command is built.
    command.build();
    command.mut_subcommands(without_global_options)
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For people
    Text,
    /// One JSON object
    Json,
    /// One JSON value per line for each item found: `query`, `pairs`, `cluster`, `passages` and `embed`
    Jsonl,
    /// `embed` only: NumPy file format, float32 [n, dim]
    Npy,
    /// A table: `pairs` and `cluster --vectors`
    Csv,
    /// `pairs`, `embed` and `cluster --vectors`: Apache Parquet
    #[cfg_attr(not(feature = "parquet"), value(hide = true))]
    Parquet,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum PrecisionArg {
    F32,
    Bf16,
    Int16,
    /// Faster and less exact: the cosine with the vectors in f32 is at least 0.99
    Int8,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Color {
    /// In a terminal, unless `NO_COLOR` is set
    Auto,
    Always,
    Never,
}

/// What `cluster` shows.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum By {
    Claim,
    Story,
    Topic,
}

/// Arguments that say which documents are read, and how. They make no sense where vectors are given.
const OF_DOCUMENTS: [&str; 12] = [
    "paths",
    "glob",
    "exclude",
    "source_map",
    "since",
    "until",
    "keep_boilerplate",
    "text_column",
    "id_column",
    "title_column",
    "publisher_column",
    "date_column",
];

/// Which documents to read.
#[derive(Args, Clone)]
pub struct Paths {
    /// Files and folders; `-` reads a text from stdin
    #[arg(value_name = "PATH", default_value = ".")]
    pub paths: Vec<PathBuf>,
    #[command(flatten)]
    pub selection: SelectionArgs,
}

#[derive(Args, Clone, Default)]
pub struct SelectionArgs {
    /// Use only files that match (repeatable)
    #[arg(long, value_name = "GLOB")]
    pub glob: Vec<String>,
    /// Skip files and folders that match (repeatable)
    #[arg(long, value_name = "GLOB")]
    pub exclude: Vec<String>,
    /// CSV file of path,publisher that says who published which file
    #[arg(long, value_name = "FILE")]
    pub source_map: Option<PathBuf>,
    /// Use only sources dated on or after this day
    #[arg(long, value_name = "DATE")]
    pub since: Option<String>,
    /// Use only sources dated on or before this day
    #[arg(long, value_name = "DATE")]
    pub until: Option<String>,
    /// Keep lines that recur in many sources, of one publisher or of the whole folder
    #[arg(long)]
    pub keep_boilerplate: bool,
    #[command(flatten)]
    pub columns: ColumnArgs,
}

/// The heading of [`ColumnArgs`] in help. It is set on each argument, as `next_help_heading` would also hold for the
/// arguments after them.
const COLUMNS: &str = "Columns of .csv, .tsv, .xlsx and .ods tables, keys of .json and .jsonl (each row is one source)";

/// The columns of a table, or keys of JSON objects, that hold the text and what is known about it.
#[derive(Args, Clone, Default)]
pub struct ColumnArgs {
    /// Column with the text [default: text, body, content, article or abstract]
    #[arg(long, value_name = "NAME", help_heading = COLUMNS)]
    pub text_column: Option<String>,
    /// Column with the source's name [default: id, url or doi, otherwise the row number]
    #[arg(long, value_name = "NAME", help_heading = COLUMNS)]
    pub id_column: Option<String>,
    /// Column with the title [default: title or headline]
    #[arg(long, value_name = "NAME", help_heading = COLUMNS)]
    pub title_column: Option<String>,
    /// Column with the publisher [default: publisher, source, outlet or journal]
    #[arg(long, value_name = "NAME", help_heading = COLUMNS)]
    pub publisher_column: Option<String>,
    /// Column with the publication date [default: date, published or pubdate]
    #[arg(long, value_name = "NAME", help_heading = COLUMNS)]
    pub date_column: Option<String>,
}

#[derive(Args)]
pub struct QueryArgs {
    /// Text to look for, or `-` to read it from stdin; with --file or --like, this is another PATH
    #[arg(value_name = "TEXT", required_unless_present_any = ["file", "like", "vector"])]
    pub text: Option<String>,
    /// Files and folders to search [default: .]
    #[arg(value_name = "PATH")]
    pub paths: Vec<PathBuf>,
    /// File with several queries, one per line
    #[arg(long, value_name = "FILE")]
    pub file: Option<PathBuf>,
    /// Find what other sources say like this document, or like its passage on that line; every positional argument
    /// is then a PATH
    #[arg(long, value_name = "PATH[:LINE]", conflicts_with = "file")]
    pub like: Option<OsString>,
    #[arg(
        long,
        help = concat!("Find the vectors of --vectors that are nearest to each vector in this file: ", vectors_file!()),
        value_name = "FILE",
        requires = "vectors",
        conflicts_with_all = OF_DOCUMENTS,
        conflicts_with_all = ["text", "file", "like", "words", "explain", "passages"]
    )]
    pub vector: Option<PathBuf>,
    #[arg(
        long,
        help = concat!("The vectors to search: ", vectors_file!()),
        value_name = "FILE",
        requires = "vector"
    )]
    pub vectors: Option<PathBuf>,
    #[arg(
        long,
        help = concat!("File with the ids of --vectors, one per line ", default_ids!()),
        value_name = "FILE",
        requires = "vectors"
    )]
    pub ids: Option<PathBuf>,
    /// File with the ids of the vectors of --vector
    #[arg(long, value_name = "FILE", requires = "vector")]
    pub vector_ids: Option<PathBuf>,
    /// Keep only passages that contain this exact phrase, ignoring case
    #[arg(long, value_name = "WORDS")]
    pub words: Option<String>,
    /// Show how each relevance is calculated
    #[arg(long)]
    pub explain: bool,
    /// Show at most this many sources, or vectors, per query
    #[arg(short = 'n', long, value_name = "N", value_parser = count, allow_negative_numbers = true, default_value_t = 10)]
    pub top_k: usize,
    /// Show at most this many passages per source
    #[arg(long, value_name = "N", value_parser = count, allow_negative_numbers = true, default_value_t = 3)]
    pub passages: usize,
    /// Leave out passages unless they are more similar than this percentage of random pairs from the documents
    /// [default: leave out what unrelated texts reach by chance]
    #[arg(long, value_name = "PERCENT", allow_negative_numbers = true)]
    pub min_percentile: Option<f32>,
    /// Leave out passages below this cosine, -1 to 1; replaces every other threshold
    #[arg(long, value_name = "COSINE", allow_negative_numbers = true)]
    pub min_score: Option<f32>,
    #[command(flatten)]
    pub selection: SelectionArgs,
}

/// The threshold at which two passages say the same.
#[derive(Args)]
pub struct CutArgs {
    /// Two passages say the same if they are more similar than this percentage of random pairs from the documents;
    /// replaces the probability that decides what is a claim [default: the probability decides]
    #[arg(long, value_name = "PERCENT", allow_negative_numbers = true)]
    pub min_percentile: Option<f32>,
    /// Two passages say the same at this cosine or above, -1 to 1; replaces the percentile
    #[arg(long, value_name = "COSINE", allow_negative_numbers = true)]
    pub min_score: Option<f32>,
}

/// The threshold at which two passages say the same, and whether to explain matches.
#[derive(Args)]
pub struct SameArgs {
    #[command(flatten)]
    pub cut: CutArgs,
    /// Explain how matches were decided
    #[arg(long)]
    pub explain: bool,
}

#[derive(Args)]
pub struct ReportArgs {
    /// Write the report to this file; the extension sets the format (repeatable) [default: print a summary only]
    #[arg(short, long, value_name = "FILE")]
    pub output: Vec<PathBuf>,
    /// Replace the file even if samesay did not write it, or it has been edited since
    #[arg(long)]
    pub force: bool,
    /// Say what is new, changed and gone since this report, which was written with -o FILE.json
    #[arg(long, value_name = "FILE")]
    pub since_report: Option<PathBuf>,
    /// Begin a .csv file with a byte order mark, which some spreadsheets need to read it as UTF-8
    #[arg(long)]
    pub bom: bool,
    /// Open the page once it is written; without -o, the page is report.html
    #[arg(long)]
    pub open: bool,
    #[command(flatten)]
    pub cut: CutArgs,
    #[command(flatten)]
    pub input: Paths,
}

#[derive(Args)]
pub struct PairsArgs {
    /// Compare with these documents instead of with each other: what is also in them, and what is new. Name a store to
    /// compare with all documents in it, as they were when they were indexed; it is only read, and nothing new is kept.
    /// With --vectors, a file of vectors
    #[arg(long, value_name = "PATH", num_args = 1..)]
    pub against: Vec<PathBuf>,
    /// Show only pairs that involve one of these documents, whether or not they are in PATH; with --top-k, the nearest
    /// to each of their passages
    #[arg(long, value_name = "PATH", num_args = 1.., conflicts_with_all = ["against", "vectors"])]
    pub like: Vec<PathBuf>,
    /// What to pair
    #[arg(long, value_enum, default_value_t = UnitArg::Passage, conflicts_with = "vectors")]
    pub unit: UnitArg,
    #[arg(
        long,
        help = concat!("Compare the vectors in this file: ", vectors_file!()),
        value_name = "FILE",
        conflicts_with_all = OF_DOCUMENTS
    )]
    pub vectors: Option<PathBuf>,
    #[arg(
        long,
        help = concat!("File with the vectors' ids, one per line ", default_ids!()),
        value_name = "FILE",
        requires = "vectors"
    )]
    pub ids: Option<PathBuf>,
    /// File with the ids of the vectors of --against
    #[arg(long, value_name = "FILE", requires_all = ["vectors", "against"])]
    pub against_ids: Option<PathBuf>,
    /// Show only pairs in which one is among the N nearest to the other [default: all that reach the cosine]
    #[arg(short = 'k', long, value_name = "N", value_parser = count, allow_negative_numbers = true)]
    pub top_k: Option<usize>,
    /// Leave out pairs that are less similar than this percentage of random pairs from the documents [default: the
    /// cosine at which passages, or sentences, of these documents say the same; none with --top-k]
    #[arg(long, value_name = "PERCENT", allow_negative_numbers = true)]
    pub min_percentile: Option<f32>,
    /// Leave out pairs below this cosine, -1 to 1; replaces the percentile
    #[arg(long, value_name = "COSINE", allow_negative_numbers = true)]
    pub min_score: Option<f32>,
    /// Compare only every Nth of --vectors, beginning with the Ith, with all others: shards 1/N to N/N together find
    /// what a single run finds
    #[arg(long, value_name = "I/N", requires = "vectors")]
    pub shard: Option<Shard>,
    /// Show at most this many pairs, the most similar ones
    #[arg(short = 'n', long, value_name = "N", value_parser = count, allow_negative_numbers = true, conflicts_with = "shard")]
    pub limit: Option<usize>,
    #[arg(
        short,
        long,
        help = concat!("Write to this file instead of stdout; the extension sets the format: ", table_files!()),
        value_name = "FILE"
    )]
    pub output: Option<PathBuf>,
    /// Do nothing if a run with --resume and the same options has written the file, and it is newer than the vectors;
    /// the options are kept in FILE.options
    #[arg(long, requires_all = ["vectors", "output"], conflicts_with = "force")]
    pub resume: bool,
    /// Replace the file even if it does not contain pairs
    #[arg(long)]
    pub force: bool,
    /// Begin a CSV table with a byte order mark, without which some spreadsheets do not read it as UTF-8
    #[arg(long)]
    pub bom: bool,
    #[command(flatten)]
    pub input: Paths,
}

/// What `pairs` compares.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum UnitArg {
    Passage,
    Sentence,
    Source,
}

#[derive(Args)]
pub struct CompletionsArgs {
    /// Shell to complete for
    #[arg(value_enum)]
    pub shell: clap_complete::Shell,
}

/// Names of the schemas of `model`'s output, which the library does not have.
const MODEL_SCHEMAS: [&str; 3] = ["model-list", "model-show", "model-verify"];

fn schema_names() -> clap::builder::PossibleValuesParser {
    clap::builder::PossibleValuesParser::new(schema::names().chain(MODEL_SCHEMAS))
}

#[derive(Args)]
pub struct SchemaArgs {
    /// Name of the output whose schema to print
    #[arg(value_name = "NAME", value_parser = schema_names())]
    pub name: String,
}

#[derive(Args)]
pub struct ManArgs {
    /// Write one page per command into this folder [default: print the main page to stdout]
    #[arg(short, long, value_name = "DIR")]
    pub output: Option<PathBuf>,
}

#[derive(Args)]
pub struct ClusterArgs {
    /// Show claims and themes, stories (documents about the same event, with their claims), or topics (documents on the
    /// same broad subject)
    #[arg(long, value_enum, default_value_t = By::Claim, conflicts_with = "vectors")]
    pub by: By,
    /// Say how well --by story or --by topic agrees with the folders that the documents are in: V-measure, ARI, BCubed
    #[arg(long, conflicts_with = "vectors")]
    pub labels_from_dirs: bool,
    #[arg(
        long,
        help = concat!(
            "Cluster the vectors in this file instead of documents: ",
            vectors_file!(),
            ". Needs --min-score or --min-percentile: the mean cosine at which two clusters are merged"
        ),
        value_name = "FILE",
        conflicts_with_all = OF_DOCUMENTS,
        conflicts_with = "explain"
    )]
    pub vectors: Option<PathBuf>,
    #[arg(
        long,
        help = concat!("File with the vectors' ids, one per line ", default_ids!()),
        value_name = "FILE",
        requires = "vectors"
    )]
    pub ids: Option<PathBuf>,
    #[arg(
        short,
        long,
        help = concat!(
            "With --vectors, write to this file instead of stdout; the extension sets the format: ",
            table_files!()
        ),
        value_name = "FILE"
    )]
    pub output: Option<PathBuf>,
    /// Replace the file even if it does not contain clusters of vectors
    #[arg(long, requires = "output")]
    pub force: bool,
    /// With --vectors, begin a CSV table with a byte order mark, without which some spreadsheets do not read it as
    /// UTF-8
    #[arg(long, requires = "vectors")]
    pub bom: bool,
    #[command(flatten)]
    pub same: SameArgs,
    #[command(flatten)]
    pub input: Paths,
}

#[derive(Args)]
pub struct SourcesArgs {
    #[command(flatten)]
    pub same: SameArgs,
    #[command(flatten)]
    pub input: Paths,
}

#[derive(Args)]
pub struct CompareArgs {
    /// First document
    pub a: PathBuf,
    /// Second document; may be the same as the first
    pub b: PathBuf,
    #[command(flatten)]
    pub same: SameArgs,
    #[command(flatten)]
    pub columns: ColumnArgs,
}

#[derive(Args)]
#[command(args_conflicts_with_subcommands = true)]
pub struct IndexArgs {
    #[command(subcommand)]
    pub command: Option<IndexCommand>,
    /// Keep running and update when files change, until interrupted
    #[arg(long)]
    pub watch: bool,
    /// Read only the files whose path hashes to shard I of N: shards 1/N to N/N together read all
    #[arg(long, value_name = "I/N", conflicts_with = "watch")]
    pub shard: Option<Shard>,
    #[command(flatten)]
    pub input: Paths,
}

#[derive(Subcommand)]
pub enum IndexCommand {
    /// Show how much is kept
    Status(StoreArgs),
    /// Delete what is kept for files that no longer exist
    Prune(StoreArgs),
    /// Check everything that is kept and report damage
    Verify(StoreArgs),
    /// Delete everything that is kept and build it again
    Rebuild(Box<Paths>),
    /// Delete everything that is kept
    Clean(StoreArgs),
}

/// The store that a command is about.
#[derive(Args)]
pub struct StoreArgs {
    /// Files and folders that the store belongs to [default: .]
    #[arg(value_name = "PATH")]
    pub paths: Vec<PathBuf>,
}

impl StoreArgs {
    /// The paths that were typed, or else the current folder.
    pub fn places(&self) -> Vec<PathBuf> {
        if self.paths.is_empty() { vec![".".into()] } else { self.paths.clone() }
    }
}

#[derive(Args)]
pub struct EmbedArgs {
    /// Text file, or `-` for stdin
    #[arg(value_name = "PATH", default_value = "-")]
    pub path: PathBuf,
    /// Embed each line as a separate text instead of the whole input as one
    #[arg(long)]
    pub lines: bool,
    /// Put the model's prompt of this name before each text, such as `query`; `model show` lists them
    #[arg(long, value_name = "NAME")]
    pub prompt: Option<String>,
    /// Embed only every Nth line, beginning with the Ith: shards 1/N to N/N together embed all
    #[arg(long, value_name = "I/N", requires = "lines")]
    pub shard: Option<Shard>,
    #[arg(
        long,
        help = concat!(
            "File with the ids of the texts, one per line; for .npy they go to FILE.npy.ids",
            parquet!(" [default: line numbers, .parquet only]")
        ),
        value_name = "FILE"
    )]
    pub ids: Option<PathBuf>,
    /// Keep unfinished work in FILE.part, so that an interrupted run can resume
    #[arg(long, requires = "lines", requires = "output")]
    pub resume: bool,
    #[arg(
        short,
        long,
        help = concat!("Write to this file instead of stdout; the extension sets the format: ", embed_files!()),
        value_name = "FILE"
    )]
    pub output: Option<PathBuf>,
    /// Replace the file even if samesay did not write these vectors
    #[arg(long)]
    pub force: bool,
}

#[derive(Args)]
pub struct ModelArgs {
    #[command(subcommand)]
    pub command: ModelCommand,
}

#[derive(Subcommand)]
pub enum ModelCommand {
    /// List the known models and whether they are on this machine
    #[command(alias = "ls")]
    List,
    /// Fetch a model now instead of on first use
    #[command(aliases = ["download", "fetch", "get"])]
    Pull(NameArgs),
    /// Show what a model consists of
    #[command(alias = "info")]
    Show(NameArgs),
    /// Check every file against its checksum
    #[command(alias = "check")]
    Verify(NameArgs),
}

impl ModelCommand {
    /// The model that was typed after the command.
    pub fn name(&self) -> Option<&Path> {
        match self {
            Self::List => None,
            Self::Pull(args) | Self::Show(args) | Self::Verify(args) => args.name.as_deref(),
        }
    }
}

/// The model that a command is about.
#[derive(Args)]
pub struct NameArgs {
    /// The model, as --model takes it [default: that of --model]
    #[arg(value_name = "NAME|DIR")]
    pub name: Option<PathBuf>,
}
