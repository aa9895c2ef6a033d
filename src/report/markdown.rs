//! A report as Markdown, for pasting into notes.
//!
//! Words of documents are escaped: they cannot begin a heading, list, link, image or HTML element.

use std::fmt::{self, Write};

use super::text::{
    closeness, command, decided, decided_of_claims, disagreements, merged, nearest_place, nearness, numbers, position,
    printable, shortened, unsure,
};
use super::{
    AllButOne, Changes, ClusterKind, ClusterRef, Names, Nearest, PassageRef, ReadingNotes, Report, SourceRef, counted,
    percent,
};
use crate::source::own::{MARKDOWN, with_checksum};

/// Maximum number of characters of a passage in a claim, and of a passage that only one source has.
const QUOTED: usize = 1200;
const ALONE: usize = 300;
/// Maximum number of disagreements of a claim that are listed, and of wordings.
const DISAGREEMENTS: usize = 8;
const WORDINGS: usize = 12;
/// Maximum number of claims, pairs of sources and passages that are listed.
const CLAIMS: usize = 500;
const PAIRS: usize = 200;
const PASSAGES: usize = 2000;

/// The report as a Markdown page.
///
/// # Errors
/// Never, in practice: writing to a string does not fail.
pub fn markdown(report: &Report) -> Result<String, fmt::Error> {
    let mut out = String::new();
    let sources: Vec<&SourceRef> = report.sources.sources.iter().map(|total| &total.source).collect();
    let names = Names::new(sources.iter().copied());
    writeln!(out, "{MARKDOWN}{} -->\n# {}\n", report.settings.version, escaped(&report.headline))?;
    report.findings.iter().try_for_each(|finding| writeln!(out, "- {}", escaped(finding)))?;
    unread(&mut out, &report.reading)?;
    since(&mut out, report, &names)?;
    let told = report.clusters.told();
    if !told.is_empty() {
        writeln!(out, "\n## Stories\n")?;
    }
    for story in told.iter().take(CLAIMS) {
        let sources = story.sources.iter().map(|source| escaped(names.of(source))).collect::<Vec<_>>().join(", ");
        writeln!(out, "- **{}**: {sources}; {}", escaped(&story.label), counted(story.claims.len(), "claim"))?;
    }
    more(&mut out, told.len(), CLAIMS, "story")?;
    writeln!(out, "\n## Claims")?;
    section(&mut out, &report.clusters.claims().collect::<Vec<_>>(), &names, "claim")?;
    writeln!(out, "\n## Themes\n\nPassages on the same subject.")?;
    section(&mut out, &report.clusters.themes().collect::<Vec<_>>(), &names, "theme")?;
    shares(&mut out, report, &names)?;
    if !report.clusters.all_but_one.is_empty() {
        writeln!(out, "\n## Said by all sources but one\n")?;
    }
    for AllButOne { cluster, source, nearest } in &report.clusters.all_but_one {
        writeln!(
            out,
            "- claim {cluster} is not in {}: {}{}",
            escaped(&names.quoted(source)),
            escaped(&shortened(report.clusters.label(*cluster), 160)),
            miss(nearest.as_ref())
        )?;
    }
    writeln!(out, "\n## Said by only one source\n")?;
    let alone = &report.clusters.unique;
    for unique in alone.iter().take(PASSAGES) {
        let text = escaped(&shortened(&unique.passage.text, ALONE));
        writeln!(out, "- {}: {text}{}", escaped(&place(&names, &unique.passage)), miss(unique.nearest.as_ref()))?;
    }
    more(&mut out, alone.len(), PASSAGES, "passage")?;
    left_out(&mut out, report, &sources)?;
    method(&mut out, report)?;
    out.push('\n');
    Ok(with_checksum(out))
}

fn section(out: &mut String, claims: &[&ClusterRef], names: &Names, what: &str) -> fmt::Result {
    claims.iter().take(CLAIMS).try_for_each(|claim| one(out, claim, names))?;
    more(out, claims.len(), CLAIMS, what)
}

fn one(out: &mut String, claim: &ClusterRef, names: &Names) -> fmt::Result {
    writeln!(out, "\n### \\#{} {}\n", claim.id, escaped(&claim.label))?;
    let independent = if claim.independent.merged.is_empty() {
        counted(claim.sources.len(), "source")
    } else {
        format!("{}, {} independent", counted(claim.sources.len(), "source"), claim.independent.independent_sources)
    };
    writeln!(
        out,
        "{independent}{}; similarity: mean {:.2}, min {:.2}. {}\n",
        unsure(claim),
        claim.cohesion.mean.0,
        claim.cohesion.min.0,
        escaped(&claim.keywords.join(", "))
    )?;
    merged(&claim.independent).iter().try_for_each(|line| writeln!(out, "{}\n", escaped(line)))?;
    disagreements(claim)
        .iter()
        .take(DISAGREEMENTS)
        .try_for_each(|line| writeln!(out, "**May disagree**, {}\n", escaped(line)))?;
    for member in claim.members.iter().take(WORDINGS) {
        let relation = member.relation.relation.map_or(String::new(), |relation| format!(", {relation}"));
        writeln!(out, "- **{}** {}{relation}", escaped(&place(names, &member.passage)), closeness(member, claim.kind))?;
        let said = member
            .best_sentence
            .as_ref()
            .filter(|_| claim.kind == ClusterKind::Claim)
            .map_or(&member.passage.text, |best| &best.text);
        writeln!(out, "\n  > {}\n", escaped(&shortened(said, QUOTED)))?;
    }
    Ok(())
}

fn shares(out: &mut String, report: &Report, names: &Names) -> fmt::Result {
    writeln!(out, "\n## Overlap between sources\n")?;
    if report.sources.pairs.is_empty() {
        return writeln!(out, "No two sources have a passage in common.");
    }
    writeln!(out, "| A | B | of A in B | of B in A | matching pairs of passages |\n|---|---|---:|---:|---:|")?;
    report.sources.pairs.iter().take(PAIRS).try_for_each(|pair| {
        let (a, b) = (escaped(names.of(&pair.a)), escaped(names.of(&pair.b)));
        writeln!(out, "| {a} | {b} | {} | {} | {} |", percent(pair.a_in_b), percent(pair.b_in_a), pair.shared)
    })?;
    more(out, report.sources.pairs.len(), PAIRS, "pair")
}

/// A passage's place, after the title of its source if that has one.
fn place(names: &Names, passage: &PassageRef) -> String {
    let place = passage.short_place();
    names.title(passage).map_or_else(|| place.clone(), |title| format!("{title} ({place})"))
}

/// Says how many items are not listed.
fn more(out: &mut String, all: usize, told: usize, what: &str) -> fmt::Result {
    if all > told {
        writeln!(out, "\nand {} (see the JSON report)", counted(all - told, &format!("more {what}")))
    } else {
        Ok(())
    }
}

/// The changes since an earlier report.
fn since(out: &mut String, report: &Report, names: &Names) -> fmt::Result {
    let Some(since) = &report.since else { return Ok(()) };
    writeln!(out, "\n## Since {}", escaped(&since.report))?;
    let changes = since.told(report, names);
    if changes.is_empty() {
        writeln!(out, "\nNothing has changed.")?;
    }
    for Changes { heading, items } in changes {
        writeln!(out, "\n{heading}:\n")?;
        for (claim, text) in items.iter().take(CLAIMS) {
            let number = claim.map_or_else(String::new, |claim| format!("claim {claim}: "));
            writeln!(out, "- {number}{}", escaped(text))?;
        }
        if items.len() > CLAIMS {
            writeln!(out, "- and {} more (see the JSON report)", items.len() - CLAIMS)?;
        }
    }
    Ok(())
}

/// Unread files and warnings, before the results; skipped files are only counted here.
fn unread(out: &mut String, reading: &ReadingNotes) -> fmt::Result {
    let summary: Vec<String> = reading.summary().collect();
    if summary.is_empty() && reading.warnings.is_empty() {
        return Ok(());
    }
    writeln!(out, "\n## How the documents were read\n")?;
    summary.iter().try_for_each(|line| writeln!(out, "- {}", escaped(line)))?;
    let messages: Vec<String> = reading.doubts().collect();
    messages.iter().take(PASSAGES).try_for_each(|message| writeln!(out, "- {}", escaped(message)))?;
    more(out, messages.len(), PASSAGES, "message")
}

fn left_out(out: &mut String, report: &Report, sources: &[&SourceRef]) -> fmt::Result {
    writeln!(out, "\n## Left out of the comparison\n")?;
    let mut told = 0;
    for of in &report.dropped {
        let source = sources.iter().find(|source| source.source == of.source);
        let path = source.map_or("", |source| &source.path[source.folder..]);
        for dropped in of.dropped.iter().take(PASSAGES.saturating_sub(told)) {
            told += 1;
            let place = position(path, dropped.at());
            writeln!(
                out,
                "- {}: {} ({})",
                escaped(&place),
                escaped(&shortened(&dropped.text, 100)),
                escaped(&dropped.reason)
            )?;
        }
    }
    more(out, report.counts.dropped, PASSAGES, "part")
}

fn method(out: &mut String, report: &Report) -> fmt::Result {
    let settings = &report.settings;
    writeln!(
        out,
        "\n## Method\n\n{} {}\n\n{}\n",
        escaped(&decided(&settings.rules)),
        escaped(&decided_of_claims(&report.clusters)),
        escaped(&numbers(report.clusters.calibration))
    )?;
    writeln!(out, "- command: {}", escaped(&command(&settings.arguments)))?;
    writeln!(out, "- samesay {}", settings.version)?;
    writeln!(out, "- model {}, sha256 of its weights {}", escaped(&settings.model), settings.model_sha256)?;
    writeln!(out, "- computed in {} on {}", settings.precision, settings.isa)
}

fn miss(nearest: Option<&Nearest>) -> String {
    nearest.map_or(String::new(), |near| {
        format!(" (nearest elsewhere: {} {})", escaped(&nearest_place(near)), nearness(near))
    })
}

/// Escapes words so that Markdown shows them as they are, on one line.
pub(super) fn escaped(text: &str) -> String {
    let mut out = String::new();
    let printable = printable(text);
    let text = printable.trim();
    for c in text.chars() {
        let marks_up = "\\`*_[]<>&|~^$!{}#@".contains(c);
        // These characters begin a block.
        let begins = out.is_empty() && "-+=:".contains(c);
        if marks_up || begins {
            out.push('\\');
        }
        out.push(c);
    }
    // `1.` and `1)` begin a list, and a bare address would become a link.
    let digits = out.bytes().take_while(u8::is_ascii_digit).count();
    if digits > 0 && out[digits..].starts_with(['.', ')']) {
        out.insert(digits, '\\');
    }
    out.replace("://", ":\\//").replace("www.", "www\\.")
}

#[cfg(test)]
mod tests {
    use super::*;
    use pulldown_cmark::{Event, Options, Parser, Tag};

    #[test]
    fn documents_cannot_mark_anything_up() {
        for hostile in [
            "# heading",
            "- item",
            "1. item",
            "[a](javascript:alert(1))",
            "![a](x.png)",
            "<script>alert(1)</script>",
            "> quote",
            "| a | b |",
            "`code`",
            "*a* _b_ ~c~",
            "&lt;b&gt;",
            "---",
            "    code",
            "\u{202e}evil",
            "https://example.org",
            "www.example.org",
            "a\n# b",
            "1) item",
            "+ item",
            "===",
            "a^b^",
            "$x$",
            ": term",
            "# a {#b}",
            "[^1]: note",
            "[[wiki]]",
            "\\",
            "a  \nb",
        ] {
            let escaped = escaped(hostile);
            let events: Vec<Event> = Parser::new_ext(&escaped, Options::all()).collect();
            let plain = events
                .iter()
                .all(|event| matches!(event, Event::Text(_) | Event::Start(Tag::Paragraph) | Event::End(_)));
            assert!(plain, "{hostile:?}: {escaped:?} {events:?}");
        }
    }
}
