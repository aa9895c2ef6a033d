//! Saving results, and reading earlier ones.

use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use samesay::bench::Saved;
use samesay::report::BenchReport;
use samesay::report::json::json;

use crate::cli::config::{Config, UsageError};
use crate::cli::io::read_text;
use crate::cli::output::{Existing, WholeFile};

/// An earlier result and its name.
pub struct Before {
    pub name: String,
    pub saved: Saved,
}

/// Reads the result that was saved under a name, or that is in a file.
pub fn before(config: &Config, named: &str) -> Result<Before> {
    let kept = file_of(config, named).ok().filter(|kept| kept.is_file());
    let path = match kept {
        Some(kept) if !looks_like_a_path(named) => kept,
        _ if Path::new(named).is_file() => PathBuf::from(named),
        _ if Path::new(named).exists() => {
            return Err(UsageError(format!("--baseline {named}: is not a regular file")).into());
        }
        _ if looks_like_a_path(named) => {
            return Err(std::io::Error::from(std::io::ErrorKind::NotFound))
                .with_context(|| format!("--baseline {named}"));
        }
        _ => {
            let known = match names(config).as_slice() {
                [] => "nothing has been saved yet; save a result with --save".to_owned(),
                names => format!("saved: {}", names.join(", ")),
            };
            return Err(UsageError(format!("--baseline {named}: no result of this name, and no file; {known}")).into());
        }
    };
    let saved = Saved::parse(&read_text(&path)?);
    let how = "write one with --save, or -o FILE.json";
    Ok(Before {
        name: named.to_owned(),
        saved: saved.map_err(|error| UsageError(format!("{}: {error}; {how}", path.display())))?,
    })
}

fn looks_like_a_path(named: &str) -> bool {
    named.contains(['/', '\\']) || Path::new(named).extension().is_some_and(|ending| ending == "json")
}

/// Saves a result.
pub fn save(config: &Config, name: &str, report: &BenchReport) -> Result<()> {
    let path = file_of(config, name)?;
    let text = json(report)? + "\n";
    let written = || -> std::io::Result<()> {
        std::fs::create_dir_all(folder(config))?;
        let mut output = WholeFile::create(&path, Existing::Replace)?;
        output.file().write_all(text.as_bytes())?;
        output.finish()
    };
    written().with_context(|| format!("--save {name}: {}", path.display()))
}

/// The file that a result of this name is saved in.
///
/// # Errors
/// When the name is not a plain one.
pub fn file_of(config: &Config, name: &str) -> Result<PathBuf> {
    let plain = |c: char| c.is_alphanumeric() || "._-".contains(c);
    if name.is_empty() || name.len() > 100 || name.starts_with('.') || !name.chars().all(plain) {
        let how = "use at most 100 letters, digits, dots, underscores and hyphens, not beginning with a dot";
        return Err(UsageError(format!("--save {name}: {how}")).into());
    }
    Ok(folder(config).join(format!("{name}.json")))
}

fn folder(config: &Config) -> PathBuf {
    config.places.cache.join("bench")
}

fn names(config: &Config) -> Vec<String> {
    let name = |entry: std::io::Result<std::fs::DirEntry>| {
        entry.ok()?.file_name().to_str()?.strip_suffix(".json").map(str::to_owned)
    };
    let mut names: Vec<String> = std::fs::read_dir(folder(config)).into_iter().flatten().filter_map(name).collect();
    names.sort();
    names
}
