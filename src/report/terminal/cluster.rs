//! `cluster` for people.

use std::fmt::{self, Write};

use super::{
    FAINT, Look, PLACE, SCORE, TITLE, WARNING, counted_once, disagreements, foot, hanging, indented, independent, marked, miss, place,
    printable, rules, score, shortened, under, unusual,
};
use crate::report::{AllButOne, ClusterRef, ClusterReport, Member, UniqueRef, counted};

/// Passages without a match that are told.
const ALONE: usize = 24;

/// The answer to `cluster`.
pub fn cluster(report: &ClusterReport, look: Look) -> Result<String, fmt::Error> {
    let mut out = String::new();
    let (shared, own): (Vec<&ClusterRef>, Vec<&ClusterRef>) = report.themes().partition(|cluster| cluster.sources.len() > 1);
    let alone: Vec<&UniqueRef> = report.unique.iter().collect();
    let head = format!(
        "{TITLE}{} shared by more than one source{TITLE:#}, {}, {} without a match",
        counted(report.claims().count(), "claim"),
        counted(shared.len(), "theme"),
        counted(alone.len(), "passage")
    );
    hanging(&mut out, &head, "", look)?;
    let explain = report.rules.is_some();
    report.claims().try_for_each(|claim| one(&mut out, claim, explain, look))?;
    if !shared.is_empty() {
        let cut = report.min_score.0;
        writeln!(out)?;
        let title = format!("{TITLE}Themes: passages on the same subject{TITLE:#}  {FAINT}(mean cosine of {cut:.2} or more){FAINT:#}");
        hanging(&mut out, &title, "", look)?;
    }
    shared.into_iter().try_for_each(|theme| one(&mut out, theme, explain, look))?;
    if !own.is_empty() {
        writeln!(out, "\n{TITLE}Said more than once by one source{TITLE:#}")?;
    }
    own.into_iter().try_for_each(|cluster| one(&mut out, cluster, explain, look))?;
    all_but_one(&mut out, report, look)?;
    unique(&mut out, &alone, look)?;
    rules(&mut out, report.rules.as_ref(), look)?;
    foot(&mut out, report.counts, Some(report.calibration), &report.computed, look)?;
    Ok(out)
}

fn one(out: &mut String, cluster: &ClusterRef, explain: bool, look: Look) -> fmt::Result {
    writeln!(out)?;
    hanging(out, &format!("{TITLE}{}. {}{TITLE:#}", cluster.id, printable(&cluster.label)), "", look)?;
    let counts = format!("{}, {}", independent(cluster.sources.len(), &cluster.independent), counted(cluster.members.len(), "passage"));
    let head = format!(
        "{SCORE}{counts}{SCORE:#}  {FAINT}similarity {} in the mean, {} at least;  {}{FAINT:#}",
        score(cluster.cohesion.mean),
        score(cluster.cohesion.min),
        printable(&cluster.keywords.join(", "))
    );
    hanging(out, &head, "   ", look)?;
    counted_once(out, &cluster.independent, look)?;
    for line in disagreements(cluster) {
        hanging(out, &format!("{WARNING}may disagree{WARNING:#}, {line}"), "   ", look)?;
    }
    for member in &cluster.members {
        let sure = member.probability.filter(|_| explain).map_or(String::new(), |sure| format!("  probability {}", score(sure)));
        let head = format!("{PLACE}{}{PLACE:#}  {}{sure}{}", place(&member.passage), standing(member), under(&member.passage));
        hanging(out, &head, "    ", look)?;
        indented(out, &marked(&member.passage.text, member.best_sentence.as_ref(), look), "      ", look)?;
    }
    Ok(())
}

/// How near a passage is to the one in the middle.
fn standing(member: &Member) -> String {
    match member.relation.relation {
        Some(relation) => format!("{SCORE}{}{SCORE:#}  {relation}", unusual(member.score, member.percentile)),
        None => format!("{SCORE}{}{SCORE:#}", unusual(member.score, member.percentile)),
    }
}

fn all_but_one(out: &mut String, report: &ClusterReport, look: Look) -> fmt::Result {
    if !report.all_but_one.is_empty() {
        writeln!(out, "\n{TITLE}Found in all sources but one{TITLE:#}")?;
    }
    for AllButOne { cluster, source, nearest } in &report.all_but_one {
        hanging(out, &format!("{cluster}. not in {PLACE}{}{PLACE:#}{}", printable(source), miss(nearest.as_ref())), "    ", look)?;
        indented(out, &printable(&shortened(report.label(*cluster), 160)), "      ", look)?;
    }
    Ok(())
}

fn unique(out: &mut String, unique: &[&UniqueRef], look: Look) -> fmt::Result {
    if !unique.is_empty() {
        writeln!(out, "\n{TITLE}Found in one source only{TITLE:#}")?;
    }
    for UniqueRef { passage, nearest } in unique.iter().take(ALONE) {
        hanging(out, &format!("{PLACE}{}{PLACE:#}{}{}", place(passage), under(passage), miss(nearest.as_ref())), "    ", look)?;
        indented(out, &printable(&shortened(&passage.text, 160)), "      ", look)?;
    }
    match unique.len().saturating_sub(ALONE) {
        0 => Ok(()),
        more => writeln!(out, "    {FAINT}and {} (--format json has all){FAINT:#}", counted(more, "more passage")),
    }
}
