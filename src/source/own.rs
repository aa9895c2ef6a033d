//! The beginnings of the files that `samesay report` writes.
//!
//! Such files quote every document. If one lies among the documents, it must not be read as another source of what they
//! say.

use crate::base::Key;

/// The note on a file that quotes the documents it was made from.
pub const NO_SOURCE: &str = "is a samesay report, not a source; it was left out";

/// The note on a file of vectors.
pub const VECTORS: &str = "is a list of vectors, not a source; it was left out";

/// A page (`.html`).
pub const HTML: &str =
    "<!DOCTYPE html><html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"generator\" content=\"samesay ";
/// Markdown.
pub const MARKDOWN: &str = "<!-- samesay.report.v1 ";
/// JSON.
pub const JSON: &str = "{\"schema\":\"samesay.report.v1\"";
/// How all JSON that the program writes begins.
const ANY_JSON: &str = "{\"schema\":\"samesay.";
/// The columns of a report as a table.
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
/// Number of those columns that tables of earlier versions have too.
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
/// How a list of pairs, one per line, begins, and pairs as one JSON object.
const PAIRS: [&str; 2] = ["{\"a\":{\"id\":", "{\"schema\":\"samesay.pairs.v1\""];
/// The columns of a table of vectors in clusters.
pub const CLUSTERS_COLUMNS: [&str; 2] = ["id", "cluster"];
/// How a list of clusters of vectors, one per line, begins, and clusters as one JSON object.
const CLUSTERS: [&str; 2] = ["{\"id\":1,\"size\":", "{\"schema\":\"samesay.vector_clusters.v1\""];
/// The maker that clusters as Parquet name at their end.
pub const CLUSTERS_PARQUET: &str = "samesay.clusters ";

/// The mark by which some spreadsheets recognise that a table is UTF-8.
pub const BYTE_ORDER_MARK: &str = "\u{feff}";

/// The maker that a report as Parquet names at its end.
pub const PARQUET: &str = "samesay.report ";

/// What comes before the checksum at the end of Markdown.
const CHECKSUM: &str = "<!-- checksum ";

/// Adds a checksum to a report as Markdown or a page, by which an edited report is recognised.
pub fn with_checksum(report: String) -> String {
    let checksum = checksum(&report);
    format!("{report}{CHECKSUM}{checksum} -->\n")
}

/// Whether a report as Markdown or a page is unedited. Pages of earlier versions have no checksum.
pub fn is_unedited(report: &str) -> bool {
    match report.rfind(CHECKSUM) {
        Some(at) => with_checksum(report[..at].to_owned()) == report,
        None => report.starts_with(HTML),
    }
}

fn checksum(report: &str) -> String {
    Key::of("markdown", [report]).digits(16)
}

/// Whether a Parquet file with this end is a report of this program.
pub fn is_parquet_report(tail: &[u8]) -> bool {
    is_made_by(PARQUET, tail)
}

/// Whether a Parquet file with this end names this maker.
fn is_made_by(maker: &str, tail: &[u8]) -> bool {
    tail.ends_with(b"PAR1") && tail.windows(maker.len()).any(|window| window == maker.as_bytes())
}

/// The maker that pairs as Parquet name at their end.
pub const PAIRS_PARQUET: &str = "samesay.pairs ";

/// Whether a Parquet file with this end holds pairs that this program found.
pub fn are_parquet_pairs(tail: &[u8]) -> bool {
    is_made_by(PAIRS_PARQUET, tail)
}

/// Whether a file with this beginning was written by this program, ignoring white space.
pub fn is_output(head: &[u8]) -> bool {
    let solid = head.iter().filter(|byte| !byte.is_ascii_whitespace()).take(ANY_JSON.len());
    is_report(head) || is_pairs(head) || solid.copied().eq(ANY_JSON.bytes())
}

/// Whether a JSON file with this beginning holds vectors, each with an id or alone, as this program and others write
/// them.
pub fn are_vectors(head: &[u8]) -> bool {
    const BETWEEN: &[u8] = b"\",\"vector\":[";
    let line = head.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let named = line.starts_with(b"{\"id\":\"") && line.windows(BETWEEN.len()).any(|part| part == BETWEEN);
    let is_number = |byte: &u8| byte.is_ascii_digit() || b"[]+-.,eE \t\r\n".contains(byte);
    named || head.starts_with(b"[") && head.iter().any(u8::is_ascii_digit) && head.iter().all(is_number)
}

/// Whether a file with this beginning holds pairs that this program found.
pub fn is_pairs(head: &[u8]) -> bool {
    let head = head.strip_prefix(BYTE_ORDER_MARK.as_bytes()).unwrap_or(head);
    let columns = PAIRS_COLUMNS.join(",");
    PAIRS.into_iter().chain([columns.as_str()]).any(|begin| head.starts_with(begin.as_bytes()))
}

/// Whether a file with this beginning and end holds clusters of vectors that this program found.
pub fn are_clusters(head: &[u8], tail: &[u8]) -> bool {
    let head = head.strip_prefix(BYTE_ORDER_MARK.as_bytes()).unwrap_or(head);
    let columns = CLUSTERS_COLUMNS.join(",") + "\n";
    CLUSTERS.into_iter().chain([columns.as_str()]).any(|begin| head.starts_with(begin.as_bytes()))
        || is_made_by(CLUSTERS_PARQUET, tail)
}

/// Whether a file with this beginning is a report of this program.
pub fn is_report(head: &[u8]) -> bool {
    let head = head.strip_prefix(BYTE_ORDER_MARK.as_bytes()).unwrap_or(head);
    head.starts_with(HTML.as_bytes())
        || head.starts_with(MARKDOWN.as_bytes())
        || head.starts_with(JSON.as_bytes())
        || head.starts_with(COLUMNS[..FIRST_COLUMNS].join(",").as_bytes())
}
