//! A report as a table: one row per passage, with its main claim and the headings of all claims that it is part of.

use std::collections::{BTreeSet, HashMap};

use super::text::difference;
use super::{ClusterRef, Member, PassageRef, Report, SourceRef, UnreadRef};
use crate::source::own::COLUMNS;

/// A cell of the table.
#[derive(Debug, Clone, PartialEq)]
pub enum Cell {
    Text(Option<String>),
    Count(Option<usize>),
    /// A number, and its number of decimals.
    Decimal(Option<f64>, usize),
}

impl Cell {
    /// Whether the cell has no value.
    #[cfg(feature = "parquet")]
    pub fn is_missing(&self) -> bool {
        matches!(self, Self::Text(None) | Self::Count(None) | Self::Decimal(None, _))
    }
}

/// The type of each column's cells, as cells without a value.
pub const KINDS: [Cell; COLUMNS.len()] = {
    const TEXT: Cell = Cell::Text(None);
    const COUNT: Cell = Cell::Count(None);
    [
        TEXT,
        TEXT,
        TEXT,
        TEXT,
        TEXT,
        TEXT,
        TEXT,
        TEXT,
        COUNT,
        COUNT,
        COUNT,
        TEXT,
        COUNT,
        TEXT,
        COUNT,
        COUNT,
        TEXT,
        Cell::Decimal(None, 4),
        Cell::Decimal(None, 2),
        TEXT,
        TEXT,
        TEXT,
        TEXT,
    ]
};

/// A row, in the order of [`COLUMNS`].
pub type Row = [Cell; COLUMNS.len()];

/// The rows: the files that could not be read, then the passages in the order of the documents, each with its main
/// claim.
pub fn rows(report: &Report) -> impl Iterator<Item = Row> {
    let clusters = &report.clusters;
    let sources: HashMap<&str, &SourceRef> =
        clusters.sources.iter().map(|source| (source.source.as_str(), source)).collect();
    let homes = clusters.homes();
    let mut all: HashMap<&str, Vec<&ClusterRef>> = HashMap::new();
    for claim in clusters.claims() {
        claim.members.iter().for_each(|member| all.entry(&member.passage.id).or_default().push(claim));
    }
    let alone: HashMap<&str, &PassageRef> =
        clusters.unique.iter().map(|unique| (unique.passage.id.as_str(), &unique.passage)).collect();
    // Unread files come first; the map lists the passages in order.
    let unread = report.reading.unread.iter().filter(|file| file.status == "failed").map(unread);
    unread.chain(report.map.points.iter().filter_map(move |point| {
        let home = homes.get(point.passage.as_str()).copied();
        let passage = home.map(|(_, member)| &member.passage).or_else(|| alone.get(point.passage.as_str()).copied())?;
        let claims = all.get(point.passage.as_str()).map_or(&[][..], Vec::as_slice);
        Some(row(passage, sources.get(passage.source.as_str()).copied(), home, claims))
    }))
}

/// A row for a file that could not be read: it has no passage, and the reason as its text.
fn unread(file: &UnreadRef) -> Row {
    let mut row = KINDS;
    for (column, value) in [("path", file.path.clone()), ("text", file.why()), ("kind", "unread".to_owned())] {
        let at = COLUMNS.iter().position(|name| *name == column).expect("a name of a column");
        row[at] = Cell::Text(Some(value));
    }
    row
}

fn row(
    passage: &PassageRef,
    source: Option<&SourceRef>,
    home: Option<(&ClusterRef, &Member)>,
    claims: &[&ClusterRef],
) -> Row {
    let lines = |lines: Vec<String>| Cell::Text((!lines.is_empty()).then(|| lines.join("\n")));
    let differences = |claim: &&ClusterRef| {
        let own = claim.may_disagree.iter().filter(|conflict| [&conflict.a, &conflict.b].contains(&&passage.id));
        let told = own.flat_map(|conflict| conflict.differences.iter().map(|found| difference(found, "", "")));
        let told: BTreeSet<String> = told.collect();
        (!told.is_empty()).then(|| format!("#{} {}", claim.id, told.into_iter().collect::<Vec<_>>().join("; ")))
    };
    let text = |text: &str| Cell::Text(Some(text.to_owned()));
    let known = |field: fn(&SourceRef) -> &Option<String>| Cell::Text(source.and_then(|source| field(source).clone()));
    let (claim, member) = home.unzip();
    [
        text(&passage.id),
        text(&passage.source),
        text(&passage.path),
        known(|source| &source.title),
        known(|source| &source.author),
        known(|source| &source.publisher),
        known(|source| &source.date),
        known(|source| &source.language),
        Cell::Count(passage.line_start),
        Cell::Count(passage.line_end),
        Cell::Count(passage.page),
        Cell::Text(passage.heading.clone()),
        Cell::Count(claim.map(|claim| claim.id)),
        Cell::Text(claim.map(|claim| claim.label.clone())),
        Cell::Count(claim.map(|claim| claim.sources.len())),
        Cell::Count(claim.map(|claim| claim.independent.independent_sources)),
        Cell::Text(member.and_then(|member| member.relation.relation).map(str::to_owned)),
        Cell::Decimal(member.map(|member| member.score.0.into()), 4),
        Cell::Decimal(member.and_then(|member| member.percentile).map(|percentile| percentile.0.into()), 2),
        text(&passage.text),
        Cell::Text(claim.map(|claim| claim.kind.name().to_owned())),
        lines(claims.iter().map(|claim| format!("#{} {}", claim.id, claim.label)).collect()),
        lines(claims.iter().filter_map(differences).collect()),
    ]
}
