//! What the files that `samesay report` writes begin with.
//!
//! They quote every document. Where one lies among the documents it must not be read as one more source of all they
//! say.

use crate::base::Key;

/// Said of a file that quotes the documents it was made of.
pub const NO_SOURCE: &str = "is a samesay report, not a source; it was left out";

/// A page (`.html`).
pub const HTML: &str =
    "<!DOCTYPE html><html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"generator\" content=\"samesay ";
/// Markdown.
pub const MARKDOWN: &str = "<!-- samesay.report.v1 ";
/// JSON.
pub const JSON: &str = "{\"schema\":\"samesay.report.v1\"";
/// What else the program writes as JSON.
const ANY_JSON: &str = "{\"schema\":\"samesay.";
/// The columns of a table.
pub const COLUMNS: [&str; 23] = [
    "passage",
    "source",
    "path",
    "title",
    "author",
    "publisher",
    "date",
    "language",
    "line_start",
    "line_end",
    "page",
    "heading",
    "cluster",
    "label",
    "sources",
    "independent_sources",
    "relation",
    "score",
    "percentile",
    "text",
    "kind",
    "claims",
    "may_disagree",
];
/// The first of them, which tables of earlier versions have too.
const FIRST_COLUMNS: usize = 20;

/// The columns of a table of pairs.
pub const PAIRS_COLUMNS: [&str; 13] = [
    "a_id",
    "a_source",
    "a_path",
    "a_line_start",
    "a_text",
    "b_id",
    "b_source",
    "b_path",
    "b_line_start",
    "b_text",
    "score",
    "percentile",
    "alike",
];
/// What a list of pairs, one per line, begins with, and pairs as one JSON object.
const PAIRS: [&str; 2] = ["{\"a\":{\"id\":", "{\"schema\":\"samesay.pairs.v1\""];
/// What tells some spreadsheets that a table is UTF-8.
pub const BYTE_ORDER_MARK: &str = "\u{feff}";

/// What a table as Parquet says at its end of who made it.
pub const PARQUET: &str = "samesay.report ";

/// What comes before the checksum that Markdown ends with.
const CHECKSUM: &str = "<!-- checksum ";

/// A report as Markdown or a page with its checksum at the end, by which it is told from one that somebody has edited.
pub fn with_checksum(report: String) -> String {
    let checksum = checksum(&report);
    format!("{report}{CHECKSUM}{checksum} -->\n")
}

/// Whether a report as Markdown or a page is as it was written. Pages of earlier versions have no checksum.
pub fn is_unedited(report: &str) -> bool {
    match report.rfind(CHECKSUM) {
        Some(at) => with_checksum(report[..at].to_owned()) == report,
        None => report.starts_with(HTML),
    }
}

fn checksum(report: &str) -> String {
    Key::of("markdown", [report]).digits(16)
}

/// Whether a Parquet file that ends so is a report of this program.
pub fn is_parquet_report(tail: &[u8]) -> bool {
    tail.ends_with(b"PAR1") && tail.windows(PARQUET.len()).any(|window| window == PARQUET.as_bytes())
}

/// What pairs as Parquet say at their end of who made them.
pub const PAIRS_PARQUET: &str = "samesay.pairs ";

/// Whether a Parquet file that ends so holds pairs that this program found.
pub fn are_parquet_pairs(tail: &[u8]) -> bool {
    tail.ends_with(b"PAR1") && tail.windows(PAIRS_PARQUET.len()).any(|window| window == PAIRS_PARQUET.as_bytes())
}

/// Whether a file that begins so was written by this program, white space aside.
pub fn is_output(head: &[u8]) -> bool {
    let solid = head.iter().filter(|byte| !byte.is_ascii_whitespace()).take(ANY_JSON.len());
    is_report(head) || is_pairs(head) || solid.copied().eq(ANY_JSON.bytes())
}

/// Whether a file that begins so holds pairs that this program found.
pub fn is_pairs(head: &[u8]) -> bool {
    let columns = PAIRS_COLUMNS.join(",");
    PAIRS.into_iter().chain([columns.as_str()]).any(|begin| head.starts_with(begin.as_bytes()))
}

/// Whether a file that begins so is a report of this program.
pub fn is_report(head: &[u8]) -> bool {
    let head = head.strip_prefix(BYTE_ORDER_MARK.as_bytes()).unwrap_or(head);
    head.starts_with(HTML.as_bytes())
        || head.starts_with(MARKDOWN.as_bytes())
        || head.starts_with(JSON.as_bytes())
        || head.starts_with(COLUMNS[..FIRST_COLUMNS].join(",").as_bytes())
}
