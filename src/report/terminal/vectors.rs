//! The reports of `cluster` and `query` over vectors as text.

use std::fmt::{self, Write};

use super::{FAINT, PLACE, SCORE, Screen, TITLE, hanging, printable};
use crate::report::{VectorClustersReport, VectorQueryReport, counted};

/// Maximum number of members of a cluster that are shown.
const MEMBERS: usize = 20;

/// The clusters of two or more vectors.
///
/// # Errors
/// When a value cannot be formatted.
pub fn vector_clusters(report: &VectorClustersReport, look: Screen) -> Result<String, fmt::Error> {
    let mut out = String::new();
    let (shared, members) = report.shared().fold((0, 0), |(n, members), cluster| (n + 1, members + cluster.size));
    let head = format!(
        "{TITLE}{}{TITLE:#} of {} with a mean cosine of {:.4} or more; {} alone",
        counted(shared, "cluster"),
        counted(report.vectors, "vector"),
        report.min_score.0,
        report.vectors - members
    );
    hanging(&mut out, &head, "", look)?;
    for cluster in report.shared() {
        let head = format!(
            "{TITLE}{}. {}{TITLE:#}  {}{FAINT}  mean cosine {:.4}, min {:.4}{FAINT:#}",
            cluster.id,
            printable(&cluster.medoid),
            counted(cluster.size, "vector"),
            cluster.mean.0,
            cluster.min.0
        );
        writeln!(out)?;
        hanging(&mut out, &head, "", look)?;
        for member in cluster.members.iter().skip(1).take(MEMBERS) {
            writeln!(out, "  {SCORE}{:.4}{SCORE:#}  {PLACE}{}{PLACE:#}", member.score.0, printable(&member.id))?;
        }
        let more = cluster.members.len().saturating_sub(MEMBERS + 1);
        if more > 0 {
            writeln!(out, "  {FAINT}and {more} more (--format json lists all){FAINT:#}")?;
        }
    }
    Ok(out)
}

/// The vectors nearest to each query vector.
///
/// # Errors
/// When a value cannot be formatted.
pub fn vector_query(report: &VectorQueryReport, look: Screen) -> Result<String, fmt::Error> {
    let mut out = String::new();
    for (at, result) in report.results.iter().enumerate() {
        if at > 0 {
            writeln!(out)?;
        }
        let head = format!(
            "{TITLE}{}{TITLE:#}  the nearest {} of {}",
            printable(&result.query),
            result.nearest.len(),
            counted(report.vectors, "vector")
        );
        hanging(&mut out, &head, "", look)?;
        for hit in &result.nearest {
            let (score, percentile) = (hit.score.0, hit.percentile.0);
            let id = printable(&hit.id);
            writeln!(out, "  {SCORE}{score:.4}{SCORE:#}{FAINT}  {percentile:.2}%{FAINT:#}  {PLACE}{id}{PLACE:#}")?;
        }
    }
    Ok(out)
}
