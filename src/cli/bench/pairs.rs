//! Pairs of texts that people scored.

use std::path::Path;

use anyhow::Result;
use samesay::bench::ScoredPair;

use crate::cli::config::UsageError;
use crate::cli::io::read_text;

/// Reads the pairs of a file: a score and two texts per line, separated by tabs, or by commas as in CSV.
pub fn scored_pairs(path: &Path) -> Result<Vec<ScoredPair>> {
    let text = read_text(path)?;
    let tabs = text.lines().next().is_some_and(|line| line.contains('\t'));
    let mut reader = csv::ReaderBuilder::new();
    reader.has_headers(false).flexible(true).delimiter(if tabs { b'\t' } else { b',' }).quoting(!tabs);
    let mut pairs = Vec::new();
    for (at, record) in reader.from_reader(text.as_bytes()).records().enumerate() {
        let record = record?;
        let line = record.position().map_or(at as u64 + 1, csv::Position::line);
        let wrong = |what: &str| {
            UsageError(format!(
                "{}:{line}: {what}; write a score and two texts, separated by tabs or commas",
                path.display()
            ))
        };
        let (Some(score), Some(a), Some(b)) = (record.get(0), record.get(1), record.get(2)) else {
            return Err(wrong("fewer than three fields").into());
        };
        match score.trim().parse::<f64>() {
            Ok(score) if score.is_finite() => pairs.push(ScoredPair { score, a: a.to_owned(), b: b.to_owned() }),
            // A header.
            _ if at == 0 => {}
            _ => return Err(wrong("the first field is not a number").into()),
        }
    }
    if pairs.len() < 2 {
        let what = "a rank correlation needs at least two scored pairs";
        return Err(UsageError(format!("{}: contains {}; {what}", path.display(), pairs.len())).into());
    }
    Ok(pairs)
}
