//! Files that `bench` writes with -o.

use std::io::{Read, Write};
use std::path::PathBuf;

use anyhow::{Context, Result};
use samesay::report::json::json;
use samesay::report::{BenchReport, bench, html};
use samesay::source::own::BYTE_ORDER_MARK;

use super::args::BenchArgs;
use crate::cli::config::UsageError;
use crate::cli::output::{Existing, WholeFile, beginning, check_place};
use crate::cli::report::{is_edited, is_report};

/// The formats of a result.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Html,
    Svg,
    Markdown,
    Csv,
    Json,
}

/// A file to write.
pub struct Output {
    path: PathBuf,
    kind: Kind,
    existing: Existing,
    /// Whether a table begins with a byte order mark.
    bom: bool,
}

/// Bytes by which this program's own files are recognised.
const BEGINNING: u64 = 256;
/// First bytes of this program's SVG, which may be replaced.
const SVG: &[u8] = b"<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"chart\"";
/// First bytes of this program's tables and JSON.
const CSV: &[u8] = b"kind,name,workload,cpu,isa,precision,";
const JSON: &[u8] = b"{\"schema\":\"samesay.bench.";

impl Output {
    /// The file at `path`. An existing file is refused unless this program wrote it, or `--force` is set.
    pub fn new(path: PathBuf, args: &BenchArgs) -> Result<Self> {
        let &BenchArgs { force, bom, .. } = args;
        let shown = path.display().to_string();
        let usage = |what: &str| Err(UsageError(format!("-o {shown}: {what}")).into());
        let kind = match path.extension().and_then(|ending| ending.to_str()).unwrap_or_default().to_lowercase().as_str()
        {
            "html" | "htm" => Kind::Html,
            "svg" => Kind::Svg,
            "md" | "markdown" => Kind::Markdown,
            "csv" => Kind::Csv,
            "json" => Kind::Json,
            _ => return usage("unsupported extension; use .html, .svg, .md, .csv or .json"),
        };
        check_place(&path)?;
        if !path.exists() {
            return Ok(Self { path, kind, existing: Existing::Refuse, bom });
        }
        let own = || -> std::io::Result<bool> {
            let mut begins = Vec::new();
            std::fs::File::open(&path)?.take(BEGINNING).read_to_end(&mut begins)?;
            let plain = begins.strip_prefix(BYTE_ORDER_MARK.as_bytes()).unwrap_or(&begins);
            let ours = [SVG, CSV, JSON].iter().any(|own| plain.starts_with(own)) || is_report(&path)?;
            Ok(ours && !(kind == Kind::Markdown && is_edited(&path)?))
        };
        if !force && path.is_file() && !own().with_context(|| shown.clone())? {
            return usage("exists and is not a samesay report, or was edited since; name another file, or use --force");
        }
        Ok(Self { path, kind, existing: Existing::Replace, bom })
    }

    /// Whether it is a table.
    pub fn is_table(&self) -> bool {
        self.kind == Kind::Csv
    }

    /// Writes the file completely or not at all.
    pub fn write(&self, report: &BenchReport) -> Result<()> {
        let text = match self.kind {
            Kind::Html => html::bench(report),
            Kind::Svg => bench::svg(report),
            Kind::Markdown => bench::markdown(report),
            Kind::Csv => beginning(self.bom).to_owned() + &bench::csv(report)?,
            Kind::Json => json(report)? + "\n",
        };
        let written = || -> std::io::Result<()> {
            let mut output = WholeFile::create(&self.path, self.existing)?;
            output.file().write_all(text.as_bytes())?;
            output.finish()
        };
        written().with_context(|| self.path.display().to_string())
    }
}
