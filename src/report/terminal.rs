//! Reports as text for a terminal.
//!
//! Documents are hostile: what comes from them is shown with its control and direction-changing characters replaced.

use std::fmt::{self, Write};

use anstyle::{AnsiColor, Style};
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use super::{
    BenchReport, ClusterReport, Counts, PassageMatch, PassageRef, PassagesReport, QueryReport, Score, SentenceMatch, SourceMatch,
    SourceRef, counted,
};

const TITLE: Style = Style::new().bold();
const PLACE: Style = AnsiColor::Cyan.on_default();
const SCORE: Style = AnsiColor::Green.on_default();
const MATCH: Style = Style::new().bold();
const FAINT: Style = Style::new().dimmed();

/// How to print.
#[derive(Debug, Clone, Copy)]
pub struct Look {
    /// Columns to wrap at.
    pub width: usize,
    /// Whether styles show; without them the matching sentence is marked by `»` and `«`.
    pub color: bool,
}

/// Text without the characters that could change what a terminal shows beside them.
pub fn printable(text: &str) -> String {
    let hostile = |c: char| {
        c.is_control()
            || matches!(c, '\u{61c}' | '\u{180e}' | '\u{200e}' | '\u{200f}' | '\u{2028}' | '\u{2029}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
    };
    text.chars().map(|c| if hostile(c) { '\u{fffd}' } else { c }).collect()
}

/// A query as typed, on one line.
fn one_line(query: &str) -> String {
    printable(&query.split_whitespace().collect::<Vec<_>>().join(" "))
}

fn score(score: Score) -> String {
    format!("{:.2}", score.0)
}

/// `path:line`, as editors and terminals open it; else `path p. 3`; else the passage's id, which ends in its number.
fn place(passage: &PassageRef) -> String {
    match (passage.line_start, passage.page) {
        (None, None) => printable(&passage.id),
        (line, page) => position(&passage.path, line, page),
    }
}

fn position(path: &str, line: Option<usize>, page: Option<usize>) -> String {
    let path = printable(path);
    match (line, page) {
        (Some(line), _) => format!("{path}:{line}"),
        (None, Some(page)) => format!("{path} p. {page}"),
        (None, None) => path,
    }
}

fn under(passage: &PassageRef) -> String {
    passage.heading.as_deref().map_or(String::new(), |heading| format!("  {FAINT}› {}{FAINT:#}", printable(heading)))
}

/// Splits `text` to lines of at most `width` columns; a longer word stands alone.
fn wrap(text: &str, width: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    let mut used = 0;
    for word in text.split_whitespace() {
        let columns = visible_width(word);
        if used > 0 && used + 1 + columns > width {
            lines.push(String::new());
            used = 0;
        }
        let line = lines.last_mut().expect("there is a line from the start");
        if used > 0 {
            line.push(' ');
            used += 1;
        }
        line.push_str(word);
        used += columns;
    }
    lines
}

/// The columns that a text takes, without the escape sequences of its styles.
fn visible_width(text: &str) -> usize {
    let mut escape = false;
    text.chars()
        .filter_map(|c| match c {
            '\u{1b}' => {
                escape = true;
                None
            }
            'm' if escape => {
                escape = false;
                None
            }
            _ if escape => None,
            c => c.width(),
        })
        .sum()
}

fn indented(out: &mut String, text: &str, indent: &str, look: Look) -> fmt::Result {
    wrap(text, look.width.saturating_sub(indent.width()).max(20)).iter().try_for_each(|line| writeln!(out, "{indent}{line}"))
}

/// The answer to `query`.
pub fn query(report: &QueryReport, look: Look) -> Result<String, fmt::Error> {
    let mut out = String::new();
    for (at, result) in report.results.iter().enumerate() {
        if at > 0 {
            writeln!(out)?;
        }
        let n = result.sources.len();
        match n {
            0 => writeln!(out, "No source says this: {TITLE}{}{TITLE:#}", one_line(&result.query))?,
            _ => writeln!(out, "{TITLE}{}{TITLE:#}  {FAINT}{}{FAINT:#}", one_line(&result.query), counted(n, "source"))?,
        }
        for (rank, source) in result.sources.iter().enumerate() {
            source_match(&mut out, rank + 1, source, look)?;
        }
    }
    foot(&mut out, report.counts, &engine(&report.model, report.isa, report.precision))?;
    Ok(out)
}

/// What was looked at, and what the vectors were computed with.
fn foot(out: &mut String, counts: Counts, engine: &str) -> fmt::Result {
    writeln!(out, "\n{FAINT}{}{FAINT:#}", counts_line(counts))?;
    writeln!(out, "{FAINT}{engine}{FAINT:#}")
}

fn counts_line(counts: Counts) -> String {
    format!("{}, {}, {} dropped", counted(counts.sources, "source"), counted(counts.passages, "passage"), counts.dropped)
}

/// What is known of a source beside its title, each part behind two spaces.
fn about(source: &SourceRef) -> String {
    let known = [source.publisher.as_deref(), source.author.as_deref(), source.date.as_deref()];
    known.into_iter().flatten().map(|part| format!("  {}", printable(&shortened(part, 60)))).collect()
}

/// What the vectors were computed with.
fn engine(model: &str, isa: &str, precision: &str) -> String {
    format!("{} on {isa} in {precision}", printable(model))
}

fn source_match(out: &mut String, rank: usize, source: &SourceMatch, look: Look) -> fmt::Result {
    let (name, about) = (printable(&source.source.source), about(&source.source));
    let name = match &source.source.title {
        Some(title) => format!("{TITLE}{}{TITLE:#}  {FAINT}{name}{about}{FAINT:#}", printable(title)),
        None => format!("{TITLE}{name}{TITLE:#}{FAINT}{about}{FAINT:#}"),
    };
    writeln!(out, "\n{rank:>2}. {name}  {SCORE}{}{SCORE:#}", score(source.score))?;
    source.passages.iter().try_for_each(|hit| passage_match(out, hit, look))
}

fn passage_match(out: &mut String, hit: &PassageMatch, look: Look) -> fmt::Result {
    let best = hit.best_sentence.as_ref();
    let shown = best.map_or(hit.score, |best| if best.score.0 > hit.score.0 { best.score } else { hit.score });
    writeln!(out, "    {PLACE}{}{PLACE:#}  {SCORE}{}{SCORE:#}{}", place(&hit.passage), score(shown), under(&hit.passage))?;
    indented(out, &marked(&hit.passage.text, best, look), "      ", look)
}

/// A passage with its best sentence picked out.
fn marked(text: &str, best: Option<&SentenceMatch>, look: Look) -> String {
    match best.and_then(|best| text.find(&best.text).map(|at| (at, at + best.text.len()))) {
        Some((start, end)) if start > 0 || end < text.len() => excerpt(text, start, end, look),
        _ => styled(&printable(text), MATCH, look),
    }
}

/// How many characters of a passage to show on each side of its best sentence.
const CONTEXT: usize = 160;

/// The best sentence with what stands around it.
fn excerpt(text: &str, start: usize, end: usize, look: Look) -> String {
    let before = text[..start].trim_end();
    let after = text[end..].trim_start();
    let from = before.char_indices().rev().nth(CONTEXT).map_or(0, |(at, _)| before[at..].find(' ').map_or(at, |space| at + space));
    let to = after.char_indices().nth(CONTEXT).map_or(after.len(), |(at, _)| after[..at].rfind(' ').unwrap_or(at));
    let (lead, tail) = (if from > 0 { "…" } else { "" }, if to < after.len() { " …" } else { "" });
    let faint = |text: String| {
        if text.is_empty() { text } else { styled(&text, FAINT, look) }
    };
    let before = faint(format!("{lead}{}", printable(&before[from..])));
    let after = faint(format!("{}{tail}", printable(&after[..to])));
    let (open, close) = if look.color { ("", "") } else { ("»", "«") };
    format!("{before} {open}{}{close} {after}", styled(&printable(&text[start..end]), MATCH, look))
}

/// Every word in a style of its own, so that wrapping cannot break it.
fn styled(text: &str, style: Style, look: Look) -> String {
    if !look.color {
        return text.to_owned();
    }
    text.split_whitespace().map(|word| format!("{style}{word}{style:#}")).collect::<Vec<_>>().join(" ")
}

/// The answer to `cluster`.
pub fn cluster(report: &ClusterReport, look: Look) -> Result<String, fmt::Error> {
    let mut out = String::new();
    let shared = report.clusters.iter().filter(|cluster| cluster.sources.len() > 1).count();
    writeln!(
        out,
        "{TITLE}{} shared by more than one source{TITLE:#}, {} like no other  {FAINT}(mean cosine of {:.2} or more){FAINT:#}",
        counted(shared, "claim"),
        counted(report.unique.len(), "passage"),
        report.min_score.0
    )?;
    for cluster in &report.clusters {
        let (sources, passages) = (cluster.sources.len(), cluster.members.len());
        writeln!(out, "\n{TITLE}{}. {}{TITLE:#}", cluster.id, printable(&cluster.label))?;
        let counts = format!("{}, {}", counted(sources, "source"), counted(passages, "passage"));
        writeln!(
            out,
            "   {SCORE}{counts}{SCORE:#}  {FAINT}cosine mean {} least {}  {}{FAINT:#}",
            score(cluster.cohesion.mean),
            score(cluster.cohesion.min),
            printable(&cluster.keywords.join(", "))
        )?;
        for member in &cluster.members {
            writeln!(
                out,
                "    {PLACE}{}{PLACE:#}  {SCORE}{}{SCORE:#}{}",
                place(&member.passage),
                score(member.score),
                under(&member.passage)
            )?;
            indented(&mut out, &marked(&member.passage.text, member.best_sentence.as_ref(), look), "      ", look)?;
        }
    }
    if !report.unique.is_empty() {
        writeln!(out, "\n{TITLE}Like no other{TITLE:#}")?;
    }
    for unique in &report.unique {
        let nearest = unique
            .nearest
            .as_ref()
            .map_or(String::new(), |near| format!("  {FAINT}nearest {} {}{FAINT:#}", printable(&near.passage), score(near.score)));
        writeln!(out, "    {PLACE}{}{PLACE:#}{}{nearest}", place(&unique.passage), under(&unique.passage))?;
        indented(&mut out, &printable(&shortened(&unique.passage.text, 160)), "      ", look)?;
    }
    foot(&mut out, report.counts, &engine(&report.model, report.isa, report.precision))?;
    Ok(out)
}

/// The beginning of a text, cut between words.
fn shortened(text: &str, characters: usize) -> String {
    match text.char_indices().nth(characters) {
        None => text.to_owned(),
        Some((at, _)) => format!("{} …", text[..at].rsplit_once(' ').map_or(&text[..at], |(head, _)| head)),
    }
}

/// The answer to `passages`.
pub fn passages(report: &PassagesReport, look: Look) -> Result<String, fmt::Error> {
    let mut out = String::new();
    for (at, source) in report.sources.iter().enumerate() {
        if at > 0 {
            writeln!(out)?;
        }
        let title = source.source.title.as_deref().map_or(String::new(), |title| format!("  {}", printable(title)));
        writeln!(
            out,
            "{TITLE}{}{TITLE:#}{title}{FAINT}{}  {}, {} dropped{FAINT:#}",
            printable(&source.source.source),
            about(&source.source),
            counted(source.passages.len(), "passage"),
            source.dropped.len()
        )?;
        for passage in &source.passages {
            writeln!(out, "  {PLACE}{}{PLACE:#}{}", place(passage), under(passage))?;
            indented(&mut out, &printable(&passage.text), "    ", look)?;
        }
        for dropped in &source.dropped {
            let text = printable(&shortened(&dropped.text, 100));
            let place = position(&source.source.path, dropped.line, dropped.page);
            writeln!(out, "  {FAINT}dropped {place}  {}: {text}{FAINT:#}", dropped.reason)?;
        }
    }
    if report.sources.len() > 1 {
        writeln!(out, "\n{FAINT}{}{FAINT:#}", counts_line(report.counts))?;
    }
    Ok(out)
}

/// The answer to `bench`.
pub fn bench(report: &BenchReport) -> Result<String, fmt::Error> {
    let mut out = String::new();
    let threads = counted(report.threads, "thread");
    writeln!(out, "{TITLE}{}{TITLE:#}  {} {}, {threads}, {}", report.cpu, report.isa, report.precision, report.model)?;
    writeln!(
        out,
        "{FAINT}{:<16} {:>7} {:>9} {:>12} {:>21} {:>11} {:>9} {:>9}{FAINT:#}",
        "workload", "texts", "tokens", "tokens/s", "min – max", "texts/s", "p50 ms", "p99 ms"
    )?;
    for load in &report.workloads {
        let range = format!("{:.0} – {:.0}", load.tokens_per_s.min, load.tokens_per_s.max);
        writeln!(
            out,
            "{:<16} {:>7} {:>9} {SCORE}{:>12.0}{SCORE:#} {range:>21} {:>11.1} {:>9.2} {:>9.2}",
            load.name, load.texts, load.tokens, load.tokens_per_s.median, load.texts_per_s.median, load.latency_ms.p50, load.latency_ms.p99
        )?;
    }
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn control_and_direction_characters_are_replaced() {
        assert_eq!(printable("a\u{1b}[31mb\u{202e}c\r\n"), "a\u{fffd}[31mb\u{fffd}c\u{fffd}\u{fffd}");
    }

    #[test]
    fn lines_are_wrapped_by_columns() {
        assert_eq!(wrap("aa bb cc dd", 5), ["aa bb", "cc dd"]);
        assert_eq!(wrap("渡船 停航", 5), ["渡船", "停航"]);
        assert_eq!(wrap("abcdefgh ij", 4), ["abcdefgh", "ij"]);
    }

    #[test]
    fn an_excerpt_marks_the_sentence() {
        let text = "First one. The match is here. Last one.";
        let plain = excerpt(text, 11, 29, Look { width: 80, color: false });
        assert_eq!(plain, "First one. »The match is here.« Last one.");
    }
}
