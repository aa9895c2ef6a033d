//! The command line: arguments as typed, what they mean, and one function per command.
//!
//! Results go to stdout, progress and warnings to stderr. Exit codes are grep's: 0 something found, 1 nothing found, 2
//! an error.

mod args;
mod bench;
mod chatter;
mod clusters;
mod commands;
mod config;
mod examples;
mod given;
mod index;
mod input;
mod io;
mod memory;
mod models;
mod output;
mod pairs;
mod part;
mod progress;
mod publishers;
mod query;
mod reader;
mod report;
mod shard;
mod shell;
mod stores;
mod vectors;

use std::io::Write;
use std::process::ExitCode;

use anyhow::{Context, Result};
use clap::FromArgMatches;
use clap::error::{ContextKind, ContextValue};
use samesay::lang::one_line;
use samesay::report::ErrorReport;
use samesay::report::json::json as to_json;
use samesay::report::terminal::printable;

use args::{Cli, Command, Format, Global};
use chatter::brief;
use config::Config;
pub use memory::Memory;

/// How a command ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// Something was found.
    Found,
    /// Nothing was found.
    Nothing,
    /// The command finished, but some of its input could not be read.
    Incomplete,
}

/// Runs the program and turns its result into an exit code.
pub fn main() -> ExitCode {
    if let Some(code) = reader::serve_if_asked() {
        return code;
    }
    memory::end_plainly();
    output::survive_file_limit();
    let cli = match args::command().try_get_matches().and_then(|found| Cli::from_arg_matches(&found)) {
        Ok(cli) => cli,
        Err(error) => return refuse(&error),
    };
    let format = cli.global.format;
    match run(cli) {
        Ok(Outcome::Found) => ExitCode::SUCCESS,
        Ok(Outcome::Nothing) => ExitCode::from(1),
        Ok(Outcome::Incomplete) => ExitCode::from(2),
        Err(error) if is_closed_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => {
            report_error(&error, format);
            ExitCode::from(2)
        }
    }
}

/// Prints what the parser returned instead of arguments: the help that was asked for, or an error.
fn refuse(error: &clap::Error) -> ExitCode {
    if !error.use_stderr() {
        let print = || io::stdout().and_then(|mut out| error.print().and_then(|()| out.flush()).context("stdout"));
        return match print() {
            Err(error) if !is_closed_pipe(&error) => {
                report_error(&error, Format::Text);
                ExitCode::from(2)
            }
            _ => ExitCode::SUCCESS,
        };
    }
    if let Some(at) = std::env::args_os().skip(1).position(|arg| arg.to_str().is_none())
        && error.kind() == clap::error::ErrorKind::InvalidUtf8
    {
        let arg = std::env::args_os().nth(at + 1).unwrap_or_default();
        let what = "is not valid UTF-8; retype it, or pass it in a file (query --file FILE)";
        report_error(
            &config::UsageError(format!("argument {} ({}) {what}", at + 1, arg.display())).into(),
            Format::Text,
        );
        return ExitCode::from(2);
    }
    let typed: Vec<String> = std::env::args_os().map(|arg| arg.to_string_lossy().into_owned()).collect();
    let json =
        typed.iter().any(|arg| arg == "--format=json") || typed.windows(2).any(|pair| pair == ["--format", "json"]);
    let mut message = brief(error.to_string());
    if let Some(tip) = tip(error, &typed) {
        message = message.replacen("\n\n", &format!("\n\n  tip: {tip}\n\n"), 1);
    }
    // A stderr that cannot be written to leaves nowhere to report it.
    let _ = if json {
        write_json_error(&ErrorReport::new("usage", without_usage(&message)))
    } else {
        writeln!(anstream::stderr(), "{}", printable_lines(&message))
    };
    ExitCode::from(2)
}

/// What was probably meant by arguments that the parser refused.
fn tip(error: &clap::Error, typed: &[String]) -> Option<String> {
    let of = |kind| match error.get(kind) {
        Some(ContextValue::String(typed)) => Some(typed.as_str()),
        _ => None,
    };
    let after = |command: &[&str], word: &str| {
        let words: Vec<&str> = command.iter().copied().chain([word]).collect();
        typed.windows(words.len()).any(|typed| typed == words)
    };
    match (of(ContextKind::InvalidSubcommand), of(ContextKind::InvalidArg)) {
        (Some(name), _) if after(&["model"], name) && name.contains(['/', '-']) => {
            Some(format!("to fetch a model: samesay model pull {name}"))
        }
        (Some(path), _) if std::path::Path::new(path).exists() => {
            Some(format!("to see what documents share, name a command: samesay report {path}"))
        }
        (_, Some(name)) if after(&["model", "list"], name) || after(&["model", "ls"], name) => {
            Some(format!("to see one model: samesay model show {name}"))
        }
        _ => None,
    }
}

/// The error in one line, without the prefix, usage and hints that clap adds for people.
fn without_usage(message: &str) -> String {
    let message = message.trim().split("\n\n").next().unwrap_or_default();
    let message = message.strip_prefix("error:").unwrap_or(message);
    printable(&one_line(message))
}

fn write_json_error(report: &ErrorReport) -> std::io::Result<()> {
    writeln!(std::io::stderr(), "{}", to_json(report)?)
}

fn run(cli: Cli) -> Result<Outcome> {
    let config = Config::resolve(global(cli.global, &cli.command)?)?;
    reader::isolate();
    match cli.command {
        Command::Query(args) => query::query(&config, *args),
        Command::Compare(args) => commands::compare(&config, args),
        Command::Sources(args) => commands::sources(&config, args),
        Command::Pairs(args) => pairs::pairs(&config, *args),
        Command::Cluster(args) => clusters::cluster(&config, *args),
        Command::Report(args) => report::report(&config, args),
        Command::Passages(args) => commands::passages(&config, args),
        Command::Index(args) => index::index(&config, args),
        Command::Embed(args) => vectors::embed(&config, args),
        Command::Bench(args) => bench::bench(&config, &args),
        Command::Model(args) => models::model(&config, args),
        Command::Completions(args) => shell::completions(args.shell),
        Command::Schema(args) => shell::schema(&args),
        Command::Man(args) => shell::man(&args),
    }
}

/// The global options, with the model that was named after a command of `model` instead of with its option.
fn global(options: Global, command: &Command) -> Result<Global> {
    let Command::Model(args) = command else { return Ok(options) };
    match (args.command.name(), options.model.as_deref()) {
        (None, _) => Ok(options),
        (Some(name), Some(other)) if name != other => {
            Err(config::UsageError(format!("{} and --model {}: name one model", name.display(), other.display()))
                .into())
        }
        (Some(name), _) => Ok(Global { model: Some(name.to_owned()), ..options }),
    }
}

/// Whether the reader of our output has closed it, which is not an error.
fn is_closed_pipe(error: &anyhow::Error) -> bool {
    error.chain().any(|cause| {
        cause.downcast_ref::<std::io::Error>().is_some_and(|error| error.kind() == std::io::ErrorKind::BrokenPipe)
    })
}

fn report_error(error: &anyhow::Error, format: Format) {
    let message = brief(describe(error) + &hint(error).map_or(String::new(), |hint| format!("; {hint}")));
    // A failed fetch is reported in several lines, one per place that was tried; any other error in one line, whatever
    // names it quotes.
    let message = if kind(error) == "model" && error.downcast_ref::<samesay::model::fetch::FetchError>().is_some() {
        printable_lines(&message)
    } else {
        printable(&message)
    };
    // A stderr that cannot be written to leaves nowhere to report it.
    let _ = match format {
        Format::Text | Format::Jsonl | Format::Npy | Format::Csv | Format::Parquet => {
            writeln!(anstream::stderr(), "samesay: {message}")
        }
        Format::Json => {
            let unread = error.chain().find_map(|cause| cause.downcast_ref::<input::NothingRead>());
            let reading = unread.map(|unread| unread.reading.clone());
            write_json_error(&ErrorReport::new(kind(error), message).with_reading(reading))
        }
    };
}

/// The causes, the outermost first, each once: some errors already quote their cause. The backtrace that candle adds is
/// removed.
pub fn describe(error: &anyhow::Error) -> String {
    let without_backtrace = |text: String| text.split("\n   0: ").next().unwrap_or_default().to_owned();
    let mut message = without_backtrace(error.to_string());
    for cause in error.chain().skip(1) {
        let cause = without_backtrace(cause.to_string());
        if !message.contains(&cause) {
            message.push_str(": ");
            message.push_str(&cause);
        }
    }
    message
}

/// The option of the command line that helps, if there is one.
fn hint(error: &anyhow::Error) -> Option<&'static str> {
    use samesay::model::LoadError;
    use samesay::model::fetch::FetchError;
    use samesay::store::StoreError;
    if error.chain().any(|cause| matches!(cause.downcast_ref(), Some(LoadError::Candle { .. }))) {
        return Some("omit --isa candle");
    }
    match (error.chain().find_map(store_error), error.downcast_ref()) {
        (Some(StoreError::Io { .. }), _) => {
            Some("choose another place with --store FILE, or keep nothing with --store none")
        }
        (Some(StoreError::Foreign { .. }), _) => Some("choose another file with --store"),
        (Some(StoreError::Damaged { .. } | StoreError::Newer { .. }), _) => {
            Some("FOLDER is the folder that you named for this command; repeat --store if you gave it")
        }
        (Some(StoreError::Full { .. }), _) => Some("or keep nothing with --store none"),
        (_, Some(FetchError::Offline { .. })) => {
            Some("pass the folder with --model DIR. Without --offline and HF_HUB_OFFLINE the model is fetched")
        }
        (_, Some(FetchError::Nowhere { .. })) => Some("pass the folder with --model DIR"),
        (_, Some(FetchError::Cache { .. })) => Some("or pass a model folder with --model DIR"),
        _ => None,
    }
}

/// The store's error that a cause is, or that it wraps and shows as its own.
fn store_error<'e>(cause: &'e (dyn std::error::Error + 'static)) -> Option<&'e samesay::store::StoreError> {
    use samesay::library::SyncError;
    use samesay::search::SearchError;
    match (cause.downcast_ref(), cause.downcast_ref(), cause.downcast_ref()) {
        (Some(error), ..)
        | (_, Some(SyncError::Store(error)), _)
        | (.., Some(SearchError::Store(error) | SearchError::Sentences(SyncError::Store(error)))) => Some(error),
        _ => None,
    }
}

fn printable_lines(text: &str) -> String {
    text.lines().map(printable).collect::<Vec<_>>().join("\n")
}

/// The kind of an error, for programs.
fn kind(error: &anyhow::Error) -> &'static str {
    let is = |test: fn(&(dyn std::error::Error + 'static)) -> bool| error.chain().any(test);
    if is(<dyn std::error::Error + 'static>::is::<config::UsageError>) {
        "usage"
    } else if is(|e| e.is::<samesay::model::fetch::FetchError>() || e.is::<samesay::model::LoadError>()) {
        "model"
    } else if is(|e| {
        e.is::<samesay::library::vectors::VectorsError>()
            || e.is::<samesay::source::FindError>()
            || e.is::<samesay::source::ReadError>()
            || e.is::<input::InputError>()
    }) {
        "input"
    } else if is(|error| store_error(error).is_some()) {
        "store"
    } else if is(<dyn std::error::Error + 'static>::is::<std::io::Error>) {
        "io"
    } else {
        "internal"
    }
}
