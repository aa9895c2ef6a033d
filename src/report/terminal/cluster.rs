//! The report of `cluster` as text.

use std::fmt::{self, Write};

use super::{
    FAINT, PLACE, SCORE, Screen, TITLE, WARNING, counted_once, disagreements, foot, hanging, indented, independent,
    marked, miss, named_place, of_them_unsure, printable, probable, rules, score, shortened, under, unsure, unusual,
};
use crate::report::UniqueRef;
use crate::report::{
    AllButOne, ClusterKind, ClusterRef, ClusterReport, LabelsRef, Member, Names, StoryRef, TopicRef, counted,
};

/// Maximum number of characters of a claim's wording.
const SENTENCE: usize = 320;
/// Maximum number of claims of a story that are listed.
const CLAIMS: usize = 5;
/// Maximum number of passages without a match, and documents without a story, that are listed.
const ALONE: usize = 24;

/// The report of `cluster` as text.
///
/// # Errors
/// When a value cannot be formatted.
pub fn cluster(report: &ClusterReport, look: Screen) -> Result<String, fmt::Error> {
    let mut out = String::new();
    let names = Names::new(&report.sources);
    let (shared, own): (Vec<&ClusterRef>, Vec<&ClusterRef>) =
        report.themes().partition(|cluster| cluster.sources.len() > 1);
    let head = format!(
        "{TITLE}{} shared by more than one source{TITLE:#}{}, {}, {} without a match",
        counted(report.claims().count(), "claim"),
        of_them_unsure(report.unsure_claims()),
        counted(shared.len(), "theme"),
        counted(report.unique.len(), "passage")
    );
    hanging(&mut out, &head, "", look)?;
    let explain = report.rules.is_some();
    report.claims().try_for_each(|claim| one(&mut out, claim, &names, explain, look))?;
    if !shared.is_empty() {
        let cut = report.min_score.0;
        writeln!(out)?;
        let title = format!(
            "{TITLE}Themes: passages on the same subject{TITLE:#}  {FAINT}(mean cosine of {cut:.2} or more){FAINT:#}"
        );
        hanging(&mut out, &title, "", look)?;
    }
    shared.into_iter().try_for_each(|theme| one(&mut out, theme, &names, explain, look))?;
    if !own.is_empty() {
        writeln!(out, "\n{TITLE}Said more than once by one source{TITLE:#}")?;
    }
    own.into_iter().try_for_each(|cluster| one(&mut out, cluster, &names, explain, look))?;
    all_but_one(&mut out, report, &names, look)?;
    unique(&mut out, &report.unique, &names, look)?;
    rules(&mut out, report.rules.as_ref(), look)?;
    foot(&mut out, report.counts, &report.reading, Some(report.calibration), &report.computed, look)?;
    Ok(out)
}

/// The report of `cluster --by story` as text.
///
/// # Errors
/// When a value cannot be formatted.
pub fn stories(report: &ClusterReport, look: Screen) -> Result<String, fmt::Error> {
    let mut out = String::new();
    let names = Names::new(&report.sources);
    let (told, alone): (Vec<&StoryRef>, Vec<&StoryRef>) =
        report.stories.iter().partition(|story| story.sources.len() > 1);
    let head = format!(
        "{TITLE}{} told by more than one source{TITLE:#}, {} in no shared story",
        counted(told.len(), "story"),
        counted(alone.len(), "source")
    );
    hanging(&mut out, &head, "", look)?;
    for story in told {
        writeln!(out)?;
        hanging(&mut out, &format!("{TITLE}{}. {}{TITLE:#}", story.id, printable(&story.label)), "", look)?;
        let counts = format!("{}, {}", counted(story.sources.len(), "source"), counted(story.claims.len(), "claim"));
        let likeness = if report.rules.is_some() {
            format!("  {FAINT}likeness {}{FAINT:#}", score(story.likeness))
        } else {
            String::new()
        };
        hanging(&mut out, &format!("{SCORE}{counts}{SCORE:#}{likeness}"), "   ", look)?;
        for source in &story.sources {
            hanging(&mut out, &format!("{PLACE}{}{PLACE:#}", printable(names.of(source))), "    ", look)?;
        }
        for id in story.claims.iter().take(CLAIMS) {
            hanging(&mut out, &format!("#{id} {}", printable(&shortened(report.label(*id), 160))), "      ", look)?;
        }
        if story.claims.len() > CLAIMS {
            writeln!(out, "      {FAINT}and {}{FAINT:#}", counted(story.claims.len() - CLAIMS, "more claim"))?;
        }
    }
    if !alone.is_empty() {
        writeln!(out, "\n{TITLE}In no shared story{TITLE:#}")?;
    }
    let alone: Vec<&String> = alone.iter().map(|story| &story.sources[0]).collect();
    some_sources(&mut out, &alone, &names, look)?;
    labels(&mut out, report.labels.as_ref(), look)?;
    rules(&mut out, report.rules.as_ref(), look)?;
    foot(&mut out, report.counts, &report.reading, None, &report.computed, look)?;
    Ok(out)
}

/// The report of `cluster --by topic` as text.
///
/// # Errors
/// When a value cannot be formatted.
pub fn topics(report: &ClusterReport, look: Screen) -> Result<String, fmt::Error> {
    let mut out = String::new();
    let names = Names::new(&report.sources);
    let topics: Vec<&TopicRef> = report.topics.iter().flatten().collect();
    let sources: usize = topics.iter().map(|topic| topic.sources.len()).sum();
    let head = format!("{TITLE}{}{TITLE:#} in {}", counted(topics.len(), "topic"), counted(sources, "source"));
    hanging(&mut out, &head, "", look)?;
    for topic in topics {
        writeln!(out)?;
        let words = if topic.keywords.is_empty() { topic.label.clone() } else { topic.keywords.join(", ") };
        hanging(&mut out, &format!("{TITLE}{}. {}{TITLE:#}", topic.id, printable(&words)), "", look)?;
        let counts = counted(topic.sources.len(), "source");
        let likeness = format!("  {FAINT}mean likeness {}{FAINT:#}", score(topic.likeness));
        hanging(&mut out, &format!("{SCORE}{counts}{SCORE:#}{likeness}"), "   ", look)?;
        some_sources(&mut out, &topic.sources.iter().collect::<Vec<_>>(), &names, look)?;
    }
    labels(&mut out, report.labels.as_ref(), look)?;
    foot(&mut out, report.counts, &report.reading, None, &report.computed, look)?;
    Ok(out)
}

/// The names of the first sources of a list, and the number of the others.
fn some_sources<'a>(out: &mut String, ids: &[&'a String], names: &Names<'a>, look: Screen) -> fmt::Result {
    for id in ids.iter().take(ALONE) {
        hanging(out, &format!("{PLACE}{}{PLACE:#}", printable(names.of(id))), "    ", look)?;
    }
    if ids.len() > ALONE {
        let more = counted(ids.len() - ALONE, "more source");
        writeln!(out, "    {FAINT}and {more} (--format json lists all){FAINT:#}")?;
    }
    Ok(())
}

/// How well groups agree with folders.
fn labels(out: &mut String, labels: Option<&LabelsRef>, look: Screen) -> fmt::Result {
    let Some(found) = labels else { return Ok(()) };
    let groups = counted(found.groups, if found.by == "topic" { "topic" } else { "story" });
    let (documents, folders) = (counted(found.documents, "document"), counted(found.labels, "folder"));
    writeln!(out, "\n{TITLE}Agreement with folders{TITLE:#}: {documents}, {folders}, {groups}")?;
    let lines = [
        format!(
            "V-measure {:.3} (homogeneity {:.3}, completeness {:.3})",
            found.v_measure.0, found.homogeneity.0, found.completeness.0
        ),
        format!("ARI       {:.3}", found.ari.0),
        format!(
            "BCubed    {:.3} (precision {:.3}, recall {:.3})",
            found.bcubed_f1.0, found.bcubed_precision.0, found.bcubed_recall.0
        ),
    ];
    lines.iter().try_for_each(|line| hanging(out, line, "  ", look))
}

fn one(out: &mut String, cluster: &ClusterRef, names: &Names, explain: bool, look: Screen) -> fmt::Result {
    writeln!(out)?;
    hanging(out, &format!("{TITLE}{}. {}{TITLE:#}", cluster.id, printable(&cluster.label)), "", look)?;
    let claim = cluster.kind == ClusterKind::Claim;
    let sources = independent(cluster.sources.len(), &cluster.independent) + &unsure(cluster);
    let counts = if claim { sources } else { format!("{sources}, {}", counted(cluster.members.len(), "passage")) };
    let more = format!(
        "  {FAINT}similarity: mean {}, min {};  {}{FAINT:#}",
        score(cluster.cohesion.mean),
        score(cluster.cohesion.min),
        printable(&cluster.keywords.join(", "))
    );
    hanging(out, &format!("{SCORE}{counts}{SCORE:#}{}", if claim && !explain { "" } else { &more }), "   ", look)?;
    counted_once(out, &cluster.independent, look)?;
    for line in disagreements(cluster) {
        hanging(out, &format!("{WARNING}may disagree{WARNING:#}, {line}"), "   ", look)?;
    }
    for member in &cluster.members {
        let head =
            format!("{}{}{}", named_place(names, &member.passage), standing(member, explain), under(&member.passage));
        hanging(out, &head, "    ", look)?;
        let text = match member.best_sentence.as_ref().filter(|_| claim) {
            Some(sentence) => printable(&shortened(&sentence.text, SENTENCE)),
            None => marked(&member.passage.text, member.best_sentence.as_ref(), look),
        };
        indented(out, &text, "      ", look)?;
    }
    Ok(())
}

/// How a passage is related to the medoid; for a claim's wording with numbers only if `explain` is set.
fn standing(member: &Member, explain: bool) -> String {
    let relation = member.relation.relation.map_or(String::new(), |relation| format!("  {relation}"));
    match member.probability {
        None => format!("  {SCORE}{}{SCORE:#}{relation}", unusual(member.score, member.percentile)),
        Some(probability) if explain => format!("  {SCORE}{}{SCORE:#}{relation}", probable(member.score, probability)),
        Some(_) if member.is_unsure() => format!("{relation}  {FAINT}unsure{FAINT:#}"),
        Some(_) => relation,
    }
}

fn all_but_one(out: &mut String, report: &ClusterReport, names: &Names, look: Screen) -> fmt::Result {
    if !report.all_but_one.is_empty() {
        writeln!(out, "\n{TITLE}Found in all sources but one{TITLE:#}")?;
    }
    for AllButOne { cluster, source, nearest } in &report.all_but_one {
        hanging(
            out,
            &format!(
                "{cluster}. not in {PLACE}{}{PLACE:#}{}",
                printable(&names.quoted(source)),
                miss(nearest.as_ref())
            ),
            "    ",
            look,
        )?;
        indented(out, &printable(&shortened(report.label(*cluster), 160)), "      ", look)?;
    }
    Ok(())
}

fn unique(out: &mut String, unique: &[UniqueRef], names: &Names, look: Screen) -> fmt::Result {
    if !unique.is_empty() {
        writeln!(out, "\n{TITLE}Found in only one source{TITLE:#}")?;
    }
    for UniqueRef { passage, nearest } in unique.iter().take(ALONE) {
        hanging(
            out,
            &format!("{}{}{}", named_place(names, passage), under(passage), miss(nearest.as_ref())),
            "    ",
            look,
        )?;
        indented(out, &printable(&shortened(&passage.text, 160)), "      ", look)?;
    }
    match unique.len().saturating_sub(ALONE) {
        0 => Ok(()),
        more => writeln!(out, "    {FAINT}and {} (--format json lists all){FAINT:#}", counted(more, "more passage")),
    }
}
