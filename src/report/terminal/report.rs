//! The report of `report` as text: the main findings, and where the rest was written.

use std::fmt::{self, Write};

use unicode_width::UnicodeWidthStr;

use super::{FAINT, PLACE, SCORE, Screen, TITLE, WARNING, foot, hanging, printable, shortened, unsure};
use crate::report::{Changes, Names, Report, counted};

/// Maximum number of stories and claims that are listed.
const STORIES: usize = 10;
const CLAIMS: usize = 5;
/// Maximum number of changes of one kind that are listed.
const CHANGES: usize = 10;
/// Maximum number of columns of a source's name in a story.
const NAME: usize = 50;
/// Maximum number of columns of a story's names together.
const LISTED: usize = 400;

/// The report of `report` as text, with the files it was `written` to and their sizes in bytes.
///
/// # Errors
/// When a value cannot be formatted.
pub fn report(report: &Report, written: &[(String, usize)], look: Screen) -> Result<String, fmt::Error> {
    let mut out = String::new();
    hanging(&mut out, &format!("{TITLE}{}{TITLE:#}", printable(&report.headline)), "", look)?;
    writeln!(out)?;
    for finding in &report.findings {
        hanging(&mut out, &format!("- {}", printable(finding)), "  ", look)?;
    }
    let told = report.clusters.told();
    let names = Names::new(report.sources.sources.iter().map(|total| &total.source));
    since(&mut out, report, &names, look)?;
    if !told.is_empty() {
        writeln!(out, "\n{TITLE}Stories{TITLE:#}")?;
    }
    for story in told.iter().take(STORIES) {
        let sources = listed(story.sources.iter().map(|source| names.short(source, NAME)));
        let counts = format!("{}, {}", counted(story.sources.len(), "source"), counted(story.claims.len(), "claim"));
        let line = format!(
            "{}  {SCORE}{counts}{SCORE:#}: {PLACE}{}{PLACE:#}",
            printable(&shortened(&story.label, 100)),
            sources
        );
        hanging(&mut out, &line, "  ", look)?;
    }
    if told.len() > STORIES {
        writeln!(out, "  {FAINT}and {}{FAINT:#}", counted(told.len() - STORIES, "more story"))?;
    }
    let shared = report.clusters.claims().count();
    if shared > 0 {
        writeln!(out, "\n{TITLE}Claims made by the most independent sources{TITLE:#}")?;
    }
    for claim in report.clusters.claims().take(CLAIMS) {
        let (sources, all) = (claim.sources.len(), counted(report.counts.sources, "source"));
        let independent = match claim.independent.independent_sources {
            all if all == sources => String::new(),
            some => format!(", {some} independent"),
        };
        let support = format!("{sources} of {all}{independent}{}", unsure(claim));
        let warning =
            if claim.may_disagree.is_empty() { String::new() } else { format!("  {WARNING}may disagree{WARNING:#}") };
        let line =
            format!("#{} {}  {SCORE}{support}{SCORE:#}{warning}", claim.id, printable(&shortened(&claim.label, 160)));
        hanging(&mut out, &line, "  ", look)?;
    }
    if shared > CLAIMS {
        writeln!(out, "  {FAINT}and {}{FAINT:#}", counted(shared - CLAIMS, "more claim"))?;
    }
    foot(&mut out, report.counts, &report.reading, None, &report.clusters.computed, look)?;
    match written {
        [] => writeln!(
            out,
            "\n{FAINT}use -o report.html to write all of it as a page to share (or .md, .json, .csv){FAINT:#}"
        ),
        files => {
            writeln!(out)?;
            files.iter().try_for_each(|(path, bytes)| {
                writeln!(out, "written to {PLACE}{}{PLACE:#}  {}", printable(path), size(*bytes))
            })
        }
    }?;
    Ok(out)
}

/// Names in a row, and the number of the others.
fn listed(names: impl ExactSizeIterator<Item = String>) -> String {
    let (all, mut listed, mut shown) = (names.len(), String::new(), 0);
    for name in names {
        if listed.width() + name.width() > LISTED {
            break;
        }
        let dot = if shown > 0 { " · " } else { "" };
        listed.extend([dot, &name]);
        shown += 1;
    }
    if shown < all { format!("{listed} and {} more", all - shown) } else { listed }
}

/// The changes since an earlier report.
fn since(out: &mut String, report: &Report, names: &Names, look: Screen) -> fmt::Result {
    let Some(since) = &report.since else { return Ok(()) };
    writeln!(out, "\n{TITLE}Since {}{TITLE:#}", printable(&since.report))?;
    let changes = since.told(report, names);
    if changes.is_empty() {
        writeln!(out, "  nothing has changed")?;
    }
    for Changes { heading, items } in changes {
        writeln!(out, "  {heading}")?;
        for (claim, text) in items.iter().take(CHANGES) {
            let number = claim.map_or_else(String::new, |claim| format!("#{claim} "));
            hanging(out, &format!("  {number}{}", printable(text)), "    ", look)?;
        }
        if items.len() > CHANGES {
            writeln!(out, "    {FAINT}and {} more{FAINT:#}", items.len() - CHANGES)?;
        }
    }
    Ok(())
}

fn size(bytes: usize) -> String {
    match bytes {
        0..1_000 => counted(bytes, "byte"),
        1_000..1_000_000 => format!("{:.0} kB", bytes as f64 / 1e3),
        _ => format!("{:.1} MB", bytes as f64 / 1e6),
    }
}
