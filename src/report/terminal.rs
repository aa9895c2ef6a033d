//! Reports as text for a terminal.
//!
//! Documents are hostile: what comes from them is shown with its control and direction-changing characters replaced.

use std::fmt::{self, Write};
use std::ops::Range;

use anstyle::{AnsiColor, Style};
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use super::{
    Calibration, Computed, Counts, Explanation, Independent, IndexReport, Names, Nearest, Part, PassageMatch,
    PassageRef, PassagesReport, Percentile, QueryReport, QueryResult, ReadingNotes, Rules, Score, SentenceMatch,
    SourceMatch, SourceRef, counted,
};

use super::text::{
    decided, difference, disagreements, merged, nearest_place, nearness, numbers, of_them_unsure, one_line, position,
    probable, score, sentence_in, shortened, unsure, unusual, verdict, window,
};
pub use super::text::{is_unprintable, printable};

mod bench;
mod cluster;
mod compare;
mod pairs;
mod report;
mod sources;
mod vectors;

pub use bench::bench;
pub use cluster::{cluster, stories, topics};
pub use compare::compare;
pub use pairs::{pair, pairs_head};
pub use report::report;
pub use sources::{PAIRS, sources};
pub use vectors::{vector_clusters, vector_query};

const TITLE: Style = Style::new().bold();
const PLACE: Style = AnsiColor::Cyan.on_default();
const SCORE: Style = AnsiColor::Green.on_default();
const MATCH: Style = Style::new().bold();
const FAINT: Style = Style::new().dimmed();
const WARNING: Style = AnsiColor::Yellow.on_default();

/// How to print on a screen.
#[derive(Debug, Clone, Copy)]
pub struct Screen {
    /// Columns to wrap at.
    pub width: usize,
    /// Whether styles are shown; without them the matching sentence is marked by `>>` and `<<`.
    pub color: bool,
}

/// Writes a heading, wrapped, with all lines after the first indented more.
fn hanging(out: &mut String, text: &str, indent: &str, look: Screen) -> fmt::Result {
    let deeper = format!("{indent}  ");
    for (at, line) in wrap_parts(text, look.width.saturating_sub(deeper.width()).max(20)).iter().enumerate() {
        writeln!(out, "{}{line}", if at == 0 { indent } else { &deeper })?;
    }
    Ok(())
}

/// The place and score of a nearest miss.
fn miss(nearest: Option<&Nearest>) -> String {
    nearest.map_or(String::new(), |near| {
        let place = nearest_place(near);
        format!("  {FAINT}nearest {place} {}{FAINT:#}", nearness(near))
    })
}

fn under(passage: &PassageRef) -> String {
    passage.heading.as_deref().map_or(String::new(), |heading| format!("  {FAINT}› {}{FAINT:#}", printable(heading)))
}

/// Splits `text` into lines of at most `width` columns; a longer word gets a line of its own.
fn wrap(text: &str, width: usize) -> Vec<String> {
    wrap_words(text.split_whitespace().map(|word| (1, word)), width)
}

/// Wraps text that has two spaces between its parts, which are kept.
fn wrap_parts(text: &str, width: usize) -> Vec<String> {
    let mut gap = 1;
    let words = text.split(' ').filter_map(|word| match word {
        "" => {
            gap += 1;
            None
        }
        word => Some((std::mem::replace(&mut gap, 1), word)),
    });
    wrap_words(words, width)
}

/// Sets words, each with the number of spaces before it, in lines.
fn wrap_words<'a>(words: impl Iterator<Item = (usize, &'a str)>, width: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    let mut used = 0;
    for (gap, word) in words {
        let columns = visible_width(word);
        if used > 0 && used + gap + columns > width {
            lines.push(String::new());
            used = 0;
        }
        let line = lines.last_mut().expect("there is a line from the start");
        let gap = if used > 0 { gap } else { 0 };
        line.push_str(&" ".repeat(gap));
        line.push_str(word);
        used += gap + columns;
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

fn indented(out: &mut String, text: &str, indent: &str, look: Screen) -> fmt::Result {
    wrap(text, look.width.saturating_sub(indent.width()).max(20))
        .iter()
        .try_for_each(|line| writeln!(out, "{indent}{line}"))
}

/// The report of `query` as text.
///
/// # Errors
/// When a value cannot be formatted.
pub fn query(report: &QueryReport, look: Screen) -> Result<String, fmt::Error> {
    let mut out = String::new();
    for (at, result) in report.results.iter().enumerate() {
        if at > 0 {
            writeln!(out)?;
        }
        query_result(&mut out, result, report.words.as_deref(), look)?;
    }
    foot(
        &mut out,
        report.counts,
        &report.reading,
        report.found().then_some(report.calibration),
        &report.computed,
        look,
    )?;
    Ok(out)
}

fn query_result(out: &mut String, result: &QueryResult, words: Option<&str>, look: Screen) -> fmt::Result {
    let query = one_line(&result.query);
    let shown = result.sources.len();
    let weak = result.sources.iter().filter(|source| is_weak(source)).count();
    let weak = if weak > 0 { format!(", {weak} weak") } else { String::new() };
    let more = if shown < result.found { format!("; {shown} shown (-n){weak}") } else { weak };
    match result.found {
        0 => hanging(out, &format!("{}: {TITLE}{query}{TITLE:#}", nothing(result, words)), "", look)?,
        n => hanging(
            out,
            &format!(
                "{TITLE}{query}{TITLE:#}  {FAINT}similar in {}{more}{FAINT:#}",
                independent(n, &result.independent)
            ),
            "",
            look,
        )?,
    }
    for (rank, source) in result.sources.iter().enumerate() {
        source_match(out, rank + 1, source, look)?;
    }
    if !result.independent.merged.is_empty() {
        writeln!(out)?;
    }
    counted_once(out, &result.independent, look)?;
    let explained = |hit: &PassageMatch| hit.explanation.is_some();
    if let Some(nearest) = result.nearest.as_ref().filter(|hit| result.least_relevance.is_none() || explained(hit)) {
        writeln!(out, "Nearest passage, but not an answer:")?;
        passage_match(out, nearest, look)?;
    }
    let mut hits = result.sources.iter().flat_map(|source| &source.passages).chain(&result.nearest);
    match result.least_relevance.filter(|_| hits.any(explained)) {
        Some(least) => {
            writeln!(out)?;
            let why = "unrelated texts reach that by chance in 15 of 100 corpora of this size";
            indented(out, &format!("Results less relevant than {} are left out; {why}.", score(least)), "", look)
        }
        None => Ok(()),
    }
}

/// Whether no source says it, or none with the words or above the cut that the user set.
fn nothing(result: &QueryResult, words: Option<&str>) -> String {
    match (result.least_relevance, words) {
        (_, Some(words)) => format!("No passage with the words \"{}\" says this", one_line(words)),
        (Some(_), None) => "No source was found that says this".to_owned(),
        (None, None) => "No source passes the threshold".to_owned(),
    }
}

/// `7 sources, 4 independent`.
fn independent(sources: usize, independent: &Independent) -> String {
    let sources = counted(sources, "source");
    if independent.merged.is_empty() {
        sources
    } else {
        format!("{sources}, {} independent", independent.independent_sources)
    }
}

/// Why sources count once, one line per group.
fn counted_once(out: &mut String, independent: &Independent, look: Screen) -> fmt::Result {
    for line in merged(independent) {
        wrap(&line, look.width.saturating_sub(3).max(20))
            .iter()
            .try_for_each(|line| writeln!(out, "   {FAINT}{line}{FAINT:#}"))?;
    }
    Ok(())
}

/// How it was decided which passages say the same.
fn rules(out: &mut String, rules: Option<&Rules>, look: Screen) -> fmt::Result {
    let Some(rules) = rules else { return Ok(()) };
    writeln!(out)?;
    indented(out, &decided(rules), "", look)
}

/// What was read, what percentiles are based on, and what the vectors were computed with.
fn foot(
    out: &mut String,
    counts: Counts,
    reading: &ReadingNotes,
    calibration: Option<Calibration>,
    computed: &Computed,
    look: Screen,
) -> fmt::Result {
    writeln!(out)?;
    let faint = |out: &mut String, text: String| {
        wrap(&text, look.width.max(20)).iter().try_for_each(|line| writeln!(out, "{FAINT}{line}{FAINT:#}"))
    };
    faint(out, counts_line(counts, reading))?;
    reading.summary().try_for_each(|line| faint(out, printable(&line)))?;
    if let Some(calibration) = calibration {
        faint(out, numbers(calibration))?;
    }
    faint(out, format!("{} on {} in {}", printable(&computed.model), computed.isa, computed.precision))
}

/// The folder that all sources are in, if they share one, which their names leave out.
fn in_folder(reading: &ReadingNotes) -> String {
    match reading.folder.trim_end_matches('/') {
        "" => String::new(),
        folder => format!(" in {}", printable(folder)),
    }
}

fn counts_line(counts: Counts, reading: &ReadingNotes) -> String {
    let folder = in_folder(reading);
    format!(
        "{}, {}{folder}; {} set aside (headings, bylines and the like)",
        counted(counts.sources, "source"),
        counted(counts.passages, "passage"),
        counted(counts.dropped, "part")
    )
}

/// A source's name, and its file if that is not the name.
fn heading(source: &SourceRef) -> String {
    let file = if source.titled { format!("  {FAINT}{}{FAINT:#}", printable(source.file())) } else { String::new() };
    format!("{TITLE}{}{TITLE:#}{file}", printable(&source.name))
}

/// A passage's place, after the title of its source if that has one.
fn named_place(names: &Names, passage: &PassageRef) -> String {
    let title = names.title(passage).map_or(String::new(), |title| format!("{}  ", printable(title)));
    format!("{title}{PLACE}{}{PLACE:#}", passage.short_place())
}

/// The publisher, author and date of a source, each after two spaces.
fn about(source: &SourceRef) -> String {
    let date = source.shown_date();
    let known = [source.publisher.as_deref(), source.author.as_deref(), date.as_deref()];
    known.into_iter().flatten().map(|part| format!("  {}", printable(&shortened(part, 60)))).collect()
}

fn source_match(out: &mut String, rank: usize, source: &SourceMatch, look: Screen) -> fmt::Result {
    let (name, about) = (heading(&source.source), about(&source.source));
    writeln!(out)?;
    let head = format!("{rank}. {name}{FAINT}{about}{FAINT:#}{}", weak(source));
    hanging(out, &head, if rank < 10 { " " } else { "" }, look)?;
    source.passages.iter().try_for_each(|hit| passage_match(out, hit, look))
}

/// The percentage of corpora of this size in which unrelated texts come as close, at or above which a match is weak.
const USUAL_CHANCE: f32 = 1.0;

/// Whether a source is hardly more relevant than chance.
fn is_weak(source: &SourceMatch) -> bool {
    source.chance.0 >= USUAL_CHANCE
}

/// The warning about a weak source.
fn weak(source: &SourceMatch) -> String {
    if !is_weak(source) {
        return String::new();
    }
    let why = format!("in {:.0} of 100 such folders, unrelated texts come this close", source.chance.0);
    format!("  {WARNING}weak: {why}{WARNING:#}")
}

/// The higher of the cosines of a passage and its best sentence.
fn shown(hit: &PassageMatch) -> (Score, Percentile) {
    let whole = (hit.score, hit.percentile.unwrap_or(Percentile(0.0)));
    match &hit.best_sentence {
        Some(SentenceMatch { score, percentile: Some(percentile), .. }) if score.0 >= hit.score.0 => {
            (*score, *percentile)
        }
        _ => whole,
    }
}

fn passage_match(out: &mut String, hit: &PassageMatch, look: Screen) -> fmt::Result {
    let (score, percentile) = shown(hit);
    let like = hit.like.as_ref().map_or(String::new(), |like| format!("  {FAINT}like {}{FAINT:#}", like.short_place()));
    let head = format!(
        "{PLACE}{}{PLACE:#}  {SCORE}{}{SCORE:#}{like}{}",
        hit.passage.short_place(),
        unusual(score, Some(percentile)),
        under(&hit.passage)
    );
    hanging(out, &head, "    ", look)?;
    indented(out, &marked(&hit.passage.text, hit.best_sentence.as_ref(), look), "      ", look)?;
    for found in &hit.may_disagree {
        hanging(
            out,
            &format!("{WARNING}may disagree{WARNING:#}, {}", difference(found, "asked", "here")),
            "      ",
            look,
        )?;
    }
    hit.explanation.map_or(Ok(()), |explanation| {
        let text = explained(hit.relevance, explanation);
        wrap(&text, look.width.saturating_sub(6).max(20))
            .iter()
            .try_for_each(|line| writeln!(out, "      {FAINT}{line}{FAINT:#}"))
    })
}

/// `relevance 0.52 = 0.10 · 0.44 passage + …`.
fn explained(relevance: Score, explanation: Explanation) -> String {
    let Explanation { passage, sentence, words, reading } = explanation;
    let parts = [(passage, "passage"), (sentence, "sentence"), (words, "words"), (reading, "read again")];
    let parts = parts.map(|(Part { weight, value }, name)| format!("{:.2} · {:.2} {name}", weight.0, value.0));
    format!("relevance {} = {}", score(relevance), parts.join(" + "))
}

/// A passage with its best sentence highlighted.
fn marked(text: &str, best: Option<&SentenceMatch>, look: Screen) -> String {
    match best.and_then(|best| sentence_in(text, &best.text)) {
        Some(said) if said.len() < text.len() => excerpt(text, said, look),
        _ => styled(&printable(text), MATCH, look),
    }
}

/// Marks around highlighted words without styles: unlike quotation marks, documents hardly contain them.
const MARKS: (&str, &str) = (">>", "<<");
/// Maximum number of characters of a passage to show on each side of its best sentence.
const CONTEXT: usize = 160;

/// The best sentence with the text around it.
fn excerpt(text: &str, said: Range<usize>, look: Screen) -> String {
    let shown = window(text, &said, CONTEXT);
    let (lead, tail) = (if shown.start > 0 { "…" } else { "" }, if shown.end < text.len() { " …" } else { "" });
    let faint = |text: String| {
        if text.is_empty() { text } else { styled(&text, FAINT, look) }
    };
    let before = faint(format!("{lead}{}", printable(text[shown.start..said.start].trim_end())));
    let after = faint(format!("{}{tail}", printable(text[said.end..shown.end].trim_start())));
    let (open, close) = if look.color { ("", "") } else { MARKS };
    format!("{before} {open}{}{close} {after}", styled(&printable(&text[said]), MATCH, look))
}

/// Puts every word in a style of its own, so that wrapping cannot break it.
fn styled(text: &str, style: Style, look: Screen) -> String {
    if !look.color {
        return text.to_owned();
    }
    text.split_whitespace().map(|word| format!("{style}{word}{style:#}")).collect::<Vec<_>>().join(" ")
}

/// The report of `index` as text.
///
/// # Errors
/// Never, in practice: writing to a string does not fail.
pub fn index(report: &IndexReport) -> Result<String, fmt::Error> {
    let embedded = match report.embedded {
        all if all == report.passages => "all embedded".to_owned(),
        some => format!("{some} embedded"),
    };
    let undamaged = if report.undamaged == Some(true) { "undamaged: " } else { "" };
    let counts = format!("{undamaged}{}, {}", counted(report.sources, "source"), counted(report.passages, "passage"));
    let mut out = if report.passages == 0 { format!("{counts}\n") } else { format!("{counts}, {embedded}\n") };
    for line in report.reading.summary() {
        writeln!(out, "{}", printable(&line))?;
    }
    Ok(out)
}

/// The report of `passages` as text.
///
/// # Errors
/// When a value cannot be formatted.
pub fn passages(report: &PassagesReport, look: Screen) -> Result<String, fmt::Error> {
    let mut out = String::new();
    for (at, source) in report.sources.iter().enumerate() {
        if at > 0 {
            writeln!(out)?;
        }
        writeln!(
            out,
            "{}{FAINT}{}  {}, {} dropped{FAINT:#}",
            heading(&source.source),
            about(&source.source),
            counted(source.passages.len(), "passage"),
            source.dropped.len()
        )?;
        for passage in &source.passages {
            writeln!(out, "  {PLACE}{}{PLACE:#}{}", passage.short_place(), under(passage))?;
            indented(&mut out, &printable(&passage.text), "    ", look)?;
        }
        for dropped in &source.dropped {
            let text = printable(&shortened(&dropped.text, 100));
            let place = position(&source.source.path[source.source.folder..], dropped.at());
            writeln!(out, "  {FAINT}dropped {place}  {}: {text}{FAINT:#}", dropped.reason)?;
        }
    }
    for unread in &report.reading.unread {
        let message = unread.message();
        writeln!(out, "{FAINT}{} {}{FAINT:#}", unread.status, printable(report.reading.short(&message)))?;
    }
    if report.sources.len() > 1 || !report.reading.unread.is_empty() {
        writeln!(out, "\n{FAINT}{}{FAINT:#}", counts_line(report.counts, &report.reading))?;
        report.reading.summary().try_for_each(|line| writeln!(out, "{FAINT}{}{FAINT:#}", printable(&line)))?;
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
        assert_eq!(wrap_parts("aa  bb cc  dd", 9), ["aa  bb cc", "dd"]);
    }

    #[test]
    fn an_excerpt_marks_the_sentence() {
        let text = "First one. The match is here. Last one.";
        let plain = excerpt(text, 11..29, Screen { width: 80, color: false });
        assert_eq!(plain, "First one. >>The match is here.<< Last one.");
    }
}
