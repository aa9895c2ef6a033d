//! The report of `pairs` as text: two places per pair, and the texts there.

use std::fmt::{self, Write};

use super::{FAINT, PLACE, SCORE, Screen, TITLE, hanging, in_folder, printable, wrap};
use crate::report::text::{as_close, shortened};
use crate::report::{PairRef, PairsReport, counted};

/// Maximum number of characters of a text that are shown.
const SHOWN: usize = 300;

/// What was found, in a sentence or two.
///
/// # Errors
/// When a value cannot be formatted.
pub fn pairs_head(report: &PairsReport, look: Screen) -> Result<String, fmt::Error> {
    let mut out = String::new();
    let least = report.min_score.map_or(String::new(), |least| format!(" with a cosine of {:.2} or more", least.0));
    let nearest = report.top_k.map_or(String::new(), |k| format!(", at most {k} per {}", report.unit));
    let pairs = counted(usize::try_from(report.total).unwrap_or(usize::MAX), "pair");
    let units = counted(report.units, report.unit);
    let among = match (report.against, report.like) {
        (Some(against), _) => format!("{units} of A and {against} of B"),
        (None, Some(like)) => format!("{units}, each with one of the {like} asked for"),
        (None, None) => units,
    };
    let shown = report.pairs.len() as u64;
    let shown = if shown < report.total { format!("; the {shown} most similar ones") } else { String::new() };
    let folder = in_folder(&report.reading);
    hanging(&mut out, &format!("{TITLE}{pairs}{TITLE:#}{least}{nearest} among {among}{folder}{shown}"), "", look)?;
    if !report.new.is_empty() {
        hanging(&mut out, &format!("{} of A without a match in B", counted(report.new.len(), report.unit)), "", look)?;
    }
    Ok(out)
}

/// One pair, given the places of its two units.
///
/// # Errors
/// When a value cannot be formatted.
pub fn pair(row: &PairRef, places: &[String; 2], look: Screen) -> Result<String, fmt::Error> {
    let mut out = String::from("\n");
    let percentile =
        row.percentile.map_or(String::new(), |found| format!("  as close as {} random pairs", as_close(found)));
    let [a, b] = places;
    let head = if row.alike {
        format!(
            "{SCORE}{:.4}{SCORE:#}{FAINT}{percentile}{FAINT:#}  {PLACE}{a}{PLACE:#}  {PLACE}{b}{PLACE:#}",
            row.score.0
        )
    } else {
        format!("{TITLE}only in A{TITLE:#}  {PLACE}{a}{PLACE:#}  {FAINT}nearest {b} {:.4}{FAINT:#}", row.score.0)
    };
    hanging(&mut out, &head, "", look)?;
    let texts = [Some(&row.a), Some(&row.b).filter(|_| row.alike)];
    for text in texts.into_iter().flatten().filter_map(|unit| unit.text.as_deref()) {
        for (at, line) in
            wrap(&printable(&shortened(text, SHOWN)), look.width.saturating_sub(4).max(20)).iter().enumerate()
        {
            writeln!(out, "{}{line}", if at == 0 { "  " } else { "    " })?;
        }
    }
    Ok(out)
}
