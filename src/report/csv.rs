//! A report as a table: one row a passage, with the claim that it is part of.
//!
//! Spreadsheets take a cell that begins with `=`, `+`, `-` or `@` for a formula, and documents are hostile: such a text gets an
//! apostrophe in front, which spreadsheets take for "this is text" (OWASP, "CSV Injection").

use std::collections::HashMap;

use crate::own::COLUMNS;

use super::{ClusterRef, Member, PassageRef, Percentile, Report, Score, SourceRef};

/// A passage, and its claim.
struct Row<'a> {
    passage: &'a PassageRef,
    member: Option<(&'a ClusterRef, &'a Member)>,
}

/// The table, in the order of the documents.
///
/// # Errors
/// Never, in practice: writing to memory does not fail.
pub fn csv(report: &Report) -> Result<String, csv::Error> {
    let sources: HashMap<&str, &SourceRef> = report.clusters.sources.iter().map(|source| (source.source.as_str(), source)).collect();
    let mut rows: HashMap<&str, Row> = HashMap::new();
    for claim in &report.clusters.clusters {
        rows.extend(
            claim
                .members
                .iter()
                .map(|member| (member.passage.id.as_str(), Row { passage: &member.passage, member: Some((claim, member)) })),
        );
    }
    rows.extend(report.clusters.unique.iter().map(|unique| (unique.passage.id.as_str(), Row { passage: &unique.passage, member: None })));
    let mut out = csv::Writer::from_writer(Vec::new());
    out.write_record(COLUMNS)?;
    // The map has them in order.
    for row in report.map.points.iter().filter_map(|point| rows.get(point.passage.as_str())) {
        out.write_record(row.cells(sources.get(row.passage.source.as_str()).copied()))?;
    }
    let bytes = out.into_inner().map_err(|error| csv::Error::from(error.into_error()))?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

impl Row<'_> {
    fn cells(&self, source: Option<&SourceRef>) -> [String; COLUMNS.len()] {
        let Self { passage, member } = self;
        let known =
            |field: fn(&SourceRef) -> &Option<String>| source.and_then(|source| field(source).as_deref()).map_or_else(String::new, text);
        let number = |number: Option<usize>| number.map_or_else(String::new, |number| number.to_string());
        let of_claim = |cell: fn(&ClusterRef, &Member) -> String| member.map_or_else(String::new, |(claim, member)| cell(claim, member));
        [
            text(&passage.id),
            text(&passage.source),
            text(&passage.path),
            known(|source| &source.title),
            known(|source| &source.author),
            known(|source| &source.publisher),
            known(|source| &source.date),
            known(|source| &source.language),
            number(passage.line_start),
            number(passage.line_end),
            number(passage.page),
            passage.heading.as_deref().map_or_else(String::new, text),
            of_claim(|claim, _| claim.id.to_string()),
            of_claim(|claim, _| text(&claim.label)),
            of_claim(|claim, _| claim.sources.len().to_string()),
            of_claim(|claim, _| claim.independent.independent_sources.to_string()),
            of_claim(|_, member| member.relation.relation.unwrap_or_default().to_owned()),
            of_claim(|_, member| decimals(member.score)),
            of_claim(|_, member| member.percentile.map_or_else(String::new, |Percentile(percentile)| format!("{percentile:.2}"))),
            text(&passage.text),
        ]
    }
}

fn decimals(Score(score): Score) -> String {
    format!("{score:.4}")
}

/// A cell that no spreadsheet takes for a formula.
fn text(cell: &str) -> String {
    match cell.starts_with(['=', '+', '-', '@', '\t', '\r']) {
        true => format!("'{cell}"),
        false => cell.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_cell_is_a_formula() {
        for hostile in ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"] {
            assert_eq!(text(hostile), format!("'{hostile}"));
        }
        assert_eq!(text("1 - 1 = 0"), "1 - 1 = 0");
    }
}
