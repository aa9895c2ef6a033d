//! The arguments as they are typed. Parsing opens no file and looks at no environment.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

/// Say which sources say similar things, with the evidence.
#[derive(Parser)]
#[command(name = "samesay", version, about, propagate_version = true, arg_required_else_help = true)]
pub struct Cli {
    #[command(subcommand)]
    pub command: Command,
    #[command(flatten)]
    pub global: Global,
}

#[derive(Subcommand)]
pub enum Command {
    /// Which sources say something like this
    Query(QueryArgs),
    /// Two sources side by side: what both say, and what only one says
    Compare(CompareArgs),
    /// Source by source: how much of each is said in each other
    Sources(SourcesArgs),
    /// Claims that several sources make, themes, and what stands alone
    Cluster(ClusterArgs),
    /// The whole as a page to send on (.html), or as .md, .json or .csv
    Report(ReportArgs),
    /// How the documents were split, and what was dropped and why
    Passages(Paths),
    /// Read and embed ahead of time; look after what is kept
    Index(IndexArgs),
    /// Raw vectors
    Embed(EmbedArgs),
    /// Embedding speed on this CPU
    Bench(BenchArgs),
    /// The embedding model: list, pull, show, verify
    Model(ModelArgs),
    /// What a shell needs to complete this program's arguments, on stdout
    Completions(CompletionsArgs),
    /// Manual pages
    Man(ManArgs),
}

#[derive(Args)]
#[command(next_help_heading = "Global options")]
pub struct Global {
    /// A model's name, or a sentence-transformers directory
    #[arg(long, global = true, value_name = "NAME|DIR")]
    pub model: Option<PathBuf>,
    /// How many threads to use [default: all cores]
    #[arg(long, global = true, value_name = "N")]
    pub threads: Option<usize>,
    /// Instruction set to embed with; `candle` is the slow reference [default: the best of this CPU]
    #[arg(long, global = true, value_name = "NAME")]
    pub isa: Option<String>,
    /// Number format of the products [default: bf16 where the CPU has AMX, int16 where it has AVX2, else f32]
    #[arg(long, global = true, value_enum, value_name = "FORMAT")]
    pub precision: Option<PrecisionArg>,
    /// Where to keep passages and vectors for the next run; `none` keeps nothing [default: a file of the folder's own in the
    /// user's cache, or SAMESAY_STORE]
    #[arg(long, global = true, value_name = "FILE|none")]
    pub store: Option<PathBuf>,
    /// Never use the network
    #[arg(long, global = true)]
    pub offline: bool,
    /// How to print results
    #[arg(long, global = true, value_enum, default_value_t = Format::Text, hide_default_value = true)]
    pub format: Format,
    /// No progress and no warnings
    #[arg(short, long, global = true)]
    pub quiet: bool,
    /// Say what is done and how long it takes
    #[arg(short, long, global = true, conflicts_with = "quiet")]
    pub verbose: bool,
    /// When to use colours
    #[arg(long, global = true, value_enum, default_value_t = Color::Auto)]
    pub color: Color,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For people
    Text,
    /// One JSON object
    Json,
    /// `embed` only: a JSON array a line
    Jsonl,
    /// `embed` only: NumPy's file format, float32 [n, dim]
    Npy,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum PrecisionArg {
    F32,
    Bf16,
    Int16,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Color {
    /// In a terminal, unless NO_COLOR is set
    Auto,
    Always,
    Never,
}

/// What `cluster` shows.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum By {
    Claim,
    Story,
}

/// Which documents to read.
#[derive(Args, Clone)]
pub struct Paths {
    /// Files and folders; `-` is a text on stdin
    #[arg(value_name = "PATH", default_value = ".")]
    pub paths: Vec<PathBuf>,
    #[command(flatten)]
    pub selection: SelectionArgs,
}

#[derive(Args, Clone, Default)]
pub struct SelectionArgs {
    /// Take only files that match (may be given again)
    #[arg(long, value_name = "GLOB")]
    pub glob: Vec<String>,
    /// Leave out files and folders that match (may be given again)
    #[arg(long, value_name = "GLOB")]
    pub exclude: Vec<String>,
    /// Say who published what: a CSV file of path,publisher
    #[arg(long, value_name = "FILE")]
    pub source_map: Option<PathBuf>,
    /// Take only sources of this day or later
    #[arg(long, value_name = "DATE")]
    pub since: Option<String>,
    /// Take only sources of this day or earlier
    #[arg(long, value_name = "DATE")]
    pub until: Option<String>,
    /// Keep lines that recur in many sources of one publisher
    #[arg(long)]
    pub keep_boilerplate: bool,
    #[command(flatten)]
    pub columns: ColumnArgs,
}

/// Which columns of a table, or keys of JSON lines, hold what.
#[derive(Args, Clone, Default)]
#[command(next_help_heading = "Columns of .csv, .tsv and .jsonl files, whose rows are a source each")]
pub struct ColumnArgs {
    /// The text [default: text, body, content, article or abstract]
    #[arg(long, value_name = "NAME")]
    pub text_column: Option<String>,
    /// What names the source [default: id, url or doi, else the row's number]
    #[arg(long, value_name = "NAME")]
    pub id_column: Option<String>,
    /// The title [default: title or headline]
    #[arg(long, value_name = "NAME")]
    pub title_column: Option<String>,
    /// The publisher [default: publisher, source, outlet or journal]
    #[arg(long, value_name = "NAME")]
    pub publisher_column: Option<String>,
    /// The day of publication [default: date, published or pubdate]
    #[arg(long, value_name = "NAME")]
    pub date_column: Option<String>,
}

#[derive(Args)]
pub struct QueryArgs {
    /// The text to look for, or `-` for a text on stdin; with --file or --like, one more PATH
    #[arg(value_name = "TEXT", required_unless_present_any = ["file", "like"])]
    pub text: Option<String>,
    /// Files and folders to look in [default: .]
    #[arg(value_name = "PATH")]
    pub paths: Vec<PathBuf>,
    /// Many queries, one a line
    #[arg(long, value_name = "FILE")]
    pub file: Option<PathBuf>,
    /// What other sources say like this document, or like its passage on a line; every positional is then a PATH
    #[arg(long, value_name = "PATH[:LINE]", conflicts_with = "file")]
    pub like: Option<String>,
    /// Keep only passages that hold these words one after the other, in whatever case
    #[arg(long, value_name = "WORDS")]
    pub words: Option<String>,
    /// Show what each relevance is made of
    #[arg(long)]
    pub explain: bool,
    /// At most this many sources a query
    #[arg(short = 'n', long, value_name = "N", default_value_t = 10)]
    pub top_k: usize,
    /// At most this many passages a source
    #[arg(long, value_name = "N", default_value_t = 3)]
    pub passages: usize,
    /// Leave out what is less similar than this percentage of random pairs of the documents [default: what unrelated
    /// texts reach by chance]
    #[arg(long, value_name = "PERCENT")]
    pub min_percentile: Option<f32>,
    /// Leave out what is less similar than this cosine, -1 to 1; replaces every other cut
    #[arg(long, value_name = "COSINE", allow_negative_numbers = true)]
    pub min_score: Option<f32>,
    #[command(flatten)]
    pub selection: SelectionArgs,
}

/// From where on two passages say the same.
#[derive(Args)]
pub struct CutArgs {
    /// Two passages say the same if this percentage of random pairs of the documents is less similar [default: 96, within
    /// what is unusual for the model]
    #[arg(long, value_name = "PERCENT")]
    pub min_percentile: Option<f32>,
    /// Two passages say the same at this cosine, -1 to 1; replaces the percentile
    #[arg(long, value_name = "COSINE", allow_negative_numbers = true)]
    pub min_score: Option<f32>,
}

/// From where on two passages say the same, and whether to say why.
#[derive(Args)]
pub struct SameArgs {
    #[command(flatten)]
    pub cut: CutArgs,
    /// Say how it was decided
    #[arg(long)]
    pub explain: bool,
}

#[derive(Args)]
pub struct ReportArgs {
    #[command(flatten)]
    pub input: Paths,
    #[command(flatten)]
    pub cut: CutArgs,
    /// Write the report to this file; its ending says in what format (may be given again) [default: a summary only]
    #[arg(short, long, value_name = "FILE")]
    pub output: Vec<PathBuf>,
    /// Open the page when it is written; without -o it is report.html
    #[arg(long)]
    pub open: bool,
}

#[derive(Args)]
pub struct CompletionsArgs {
    /// The shell
    #[arg(value_enum)]
    pub shell: clap_complete::Shell,
}

#[derive(Args)]
pub struct ManArgs {
    /// Write the page of every command into this folder [default: the first page on stdout]
    #[arg(short, long, value_name = "DIR")]
    pub output: Option<PathBuf>,
}

#[derive(Args)]
pub struct ClusterArgs {
    #[command(flatten)]
    pub input: Paths,
    /// What to show: claims and themes, or stories: documents about the same event, with their claims under them
    #[arg(long, value_enum, default_value_t = By::Claim)]
    pub by: By,
    #[command(flatten)]
    pub same: SameArgs,
}

#[derive(Args)]
pub struct SourcesArgs {
    #[command(flatten)]
    pub input: Paths,
    #[command(flatten)]
    pub same: SameArgs,
}

#[derive(Args)]
pub struct CompareArgs {
    /// A document
    pub a: PathBuf,
    /// Another, or the same
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
    #[command(flatten)]
    pub input: Paths,
    /// Stay, and keep in step with the folders until interrupted
    #[arg(long)]
    pub watch: bool,
}

#[derive(Subcommand)]
pub enum IndexCommand {
    /// How much is kept
    Status(StoreArgs),
    /// Delete what is kept of files that are gone
    Prune(StoreArgs),
    /// Read all that is kept, and say what is damaged
    Verify(StoreArgs),
    /// Delete all that is kept, and make it anew
    Rebuild(Box<Paths>),
    /// Delete all that is kept
    Clean(StoreArgs),
}

/// Whose store is meant.
#[derive(Args)]
pub struct StoreArgs {
    /// Files and folders whose store it is
    #[arg(value_name = "PATH", default_value = ".")]
    pub paths: Vec<PathBuf>,
}

#[derive(Args)]
pub struct EmbedArgs {
    /// A text file, or `-` for stdin
    #[arg(value_name = "PATH", default_value = "-")]
    pub path: PathBuf,
    /// Embed each line as one text, rather than the whole as one
    #[arg(long)]
    pub lines: bool,
    /// Write to this file rather than to stdout; an ending of .npy means --format npy
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,
}

#[derive(Args)]
pub struct BenchArgs {
    /// Measure on these texts, one a line, rather than on built-in ones
    #[arg(long, value_name = "FILE")]
    pub texts: Option<PathBuf>,
    /// Rounds that count, after one that does not
    #[arg(long, value_name = "N", default_value_t = 5)]
    pub rounds: usize,
}

#[derive(Args)]
pub struct ModelArgs {
    #[command(subcommand)]
    pub command: ModelCommand,
}

#[derive(Subcommand)]
pub enum ModelCommand {
    /// The models that are known, and whether they are on this machine
    List,
    /// Fetch a model now rather than on first use
    Pull,
    /// What a model is made of
    Show,
    /// Check every file against its checksum
    Verify,
}
