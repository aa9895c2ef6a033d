//! How much of each source is said in each other source: a heat map, and the pairs it summarises.

use std::collections::{BTreeMap, HashSet};

use maud::{Markup, html};

use super::super::text::{ending, merged, printable, score, shortened};
use super::super::{MatchRef, Score, SourcePair, SourceTotal, counted, percent};
use super::data::Data;
use super::{Home, NAME, Page, fitting, left_out};

const ROOM: usize = 160_000;
const SOURCES_ROOM: usize = 60_000;
/// Maximum number of sources that are drawn: those that have most in common.
const DRAWN: usize = 28;
/// Maximum number of matched passages of a pair that are listed.
const MATCHES: usize = 12;
/// Maximum number of passages whose text is included for these matches.
const PASSAGES: usize = 1_200;

/// Widths in units of the drawing.
const NUMBERS: usize = 34;
const LABELS: usize = 240;
const CELL: usize = 30;
const LETTERS: usize = 25;

/// The heat map and the pairs of sources.
pub fn sources<'a>(page: &Page<'a>, data: &mut Data<'a>) -> Markup {
    let pairs = &page.report.sources.pairs;
    let listed = fitting(pairs.iter().map(|pair| (pair, details(page, data, pair))), ROOM);
    let anchors: HashSet<String> = listed.iter().map(|(pair, _)| anchor(page, pair)).collect();
    let independent = &page.report.sources.independent;
    html! {
        section #sources {
            h2 { "Overlap between sources" }
            (listed_sources(page))
            @for line in merged(independent) { p.small { (line) } }
            @if pairs.is_empty() { p { "No two sources have a passage in common." } }
            @else {
                p.note {
                    "Each cell shows the percentage of words in the row's source that are in sentences the column's \
                        source says too. "
                    "Follow a cell to see the passages behind it."
                }
                (heat_map(page, pairs, &anchors))
                h3 { "Pairs of sources" }
                (left_out(listed.len(), pairs.len(), "pair"))
                div #pairs { @for (_, pair) in &listed { (pair) } }
            }
        }
    }
}

fn listed_sources(page: &Page) -> Markup {
    let all = &page.report.sources.sources;
    let line = |(at, total): (usize, &SourceTotal)| {
        let source = &total.source;
        let cell = |known: &Option<String>| {
            html! { td { bdi { (printable(&shortened(known.as_deref().unwrap_or_default(), 120))) } } }
        };
        html! {
            tr {
                td.n { (at + 1) }
                th scope="row" { bdi { (ending(&printable(source.file()), NAME)) } }
                (cell(&source.title)) (cell(&source.author)) (cell(&source.publisher)) (cell(&source.shown_date()))
                td.n { (total.passages) }
            }
        }
    };
    let lines = fitting(all.iter().enumerate().map(|total| ((), line(total))), SOURCES_ROOM);
    html! {
        details.sources {
            summary { "The " (counted(all.len(), "source")) }
            (left_out(lines.len(), all.len(), "source"))
            div.scroll tabindex="0" role="region" aria-label="Sources" {
                table {
                    thead {
                        tr {
                            th.n { "No." } th { "Source" } th { "Title" } th { "Author" } th { "Publisher" }
                            th { "Date" } th.n { "Passages" }
                        }
                    }
                    tbody { @for ((), line) in &lines { (line) } }
                }
            }
        }
    }
}

/// The anchor of a pair.
fn anchor(page: &Page, pair: &SourcePair) -> String {
    format!("pair-{}-{}", page.source(&pair.a) + 1, page.source(&pair.b) + 1)
}

fn heat_map(page: &Page, pairs: &[SourcePair], listed: &HashSet<String>) -> Markup {
    let mut drawn: Vec<usize> = Vec::new();
    for at in pairs.iter().flat_map(|pair| [page.source(&pair.a), page.source(&pair.b)]).chain(0..page.sources.len()) {
        if drawn.len() < DRAWN && !drawn.contains(&at) {
            drawn.push(at);
        }
    }
    drawn.sort_unstable();
    let mut cells: BTreeMap<(usize, usize), (Score, &SourcePair)> = BTreeMap::new();
    for pair in pairs {
        let (a, b) = (page.source(&pair.a), page.source(&pair.b));
        if drawn.binary_search(&a).is_err() || drawn.binary_search(&b).is_err() {
            continue;
        }
        cells.insert((a, b), (pair.a_in_b, pair));
        cells.insert((b, a), (pair.b_in_a, pair));
    }
    let side = CELL * drawn.len();
    let (width, height) = (LABELS + side + 10, CELL + side + 10);
    html! {
        @if drawn.len() < page.sources.len() {
            p.note { "The map shows the " (drawn.len()) " of " (page.sources.len())
                " sources that have the most in common." }
        }
        div.scroll tabindex="0" role="region" aria-label="Heat map of sources" {
            svg #heat width=(width) height=(height) viewBox={ "0 0 " (width) " " (height) }
                role="group" aria-label="Share of the row's source that is said in the column's source" {
                @for (column, at) in drawn.iter().enumerate() {
                    // Numbers of four or more digits are squeezed to fit.
                    text.head x=(LABELS + CELL * column + CELL / 2) y=(CELL - 8)
                        textLength=[(*at >= 999).then_some(CELL - 4)] lengthAdjust="spacingAndGlyphs" { (at + 1) }
                }
                @for (row, own) in drawn.iter().enumerate() {
                    @let y = CELL * (row + 1);
                    @let name = page.name(&page.sources[*own].source);
                    text.label x=(NUMBERS) y=(y + CELL / 2 + 4) { (own + 1) }
                    text.name x=(NUMBERS + 10) y=(y + CELL / 2 + 4) {
                        (page.names.short(&page.sources[*own].source, LETTERS)) title { (name) } }
                    @for (column, other) in drawn.iter().enumerate() {
                        @let x = LABELS + CELL * column;
                        @match cells.get(&(*own, *other)) {
                            _ if own == other => { rect.self x=(x) y=(y) width=(CELL - 2) height=(CELL - 2) {} }
                            Some((share, pair)) => { (cell(page, (x, y), (*own, *other), *share, pair, listed)) }
                            None => { rect.none x=(x) y=(y) width=(CELL - 2) height=(CELL - 2) {} }
                        }
                    }
                }
            }
        }
        p.small.scale aria-hidden="true" {
            "less " @for class in ["h1", "h2", "h3", "h4", "h5"] { span.swatch.(class) {} } " more"
        }
    }
}

/// A cell, which links to its pair if that is listed.
fn cell(
    page: &Page,
    (x, y): (usize, usize),
    (own, other): (usize, usize),
    share: Score,
    pair: &SourcePair,
    listed: &HashSet<String>,
) -> Markup {
    let name = |at: usize| page.names.short(&page.sources[at].source, LETTERS);
    let said = format!(
        "{} of {} is said in {}, {} of passages",
        percent(share),
        name(own),
        name(other),
        counted(pair.shared, "matching pair")
    );
    let class = match share.0 {
        share if share < 0.1 => "h1",
        share if share < 0.25 => "h2",
        share if share < 0.5 => "h3",
        share if share < 0.75 => "h4",
        _ => "h5",
    };
    let anchor = anchor(page, pair);
    let drawn = html! {
        rect x=(x) y=(y) width=(CELL - 2) height=(CELL - 2) {}
        text x=(x + CELL / 2 - 1) y=(y + CELL / 2 + 3) { (format!("{:.0}", 100.0 * share.0)) }
    };
    html! {
        @if listed.contains(&anchor) { a.cell.(class) href={ "#" (anchor) } aria-label=(said) { (drawn) } }
        @else { g.(class) { (drawn) } }
    }
}

fn details<'a>(page: &Page<'a>, data: &mut Data<'a>, pair: &'a SourcePair) -> Markup {
    let (a, b) = (page.name(&pair.a), page.name(&pair.b));
    let (sources, days) = page.keys([pair.a.as_str(), pair.b.as_str()].into_iter());
    let matches: Vec<Markup> = pair.matches.iter().take(MATCHES).map(|found| matched(page, data, found)).collect();
    html! {
        details.pair id=(anchor(page, pair)) data-s=(sources) data-d=(days) {
            summary {
                bdi { (a) } " and " bdi { (b) } ": "
                (percent(pair.a_in_b)) " of the first is said in the second, " (percent(pair.b_in_a))
                    " of the second in the first; "
                (counted(pair.shared, "matching pair")) " of passages"
            }
            ol.matches { @for found in &matches { (found) } }
            @if matches.len() < pair.shared {
                p.small { "The first " (matches.len()) " of " (pair.shared) " are shown; the JSON report has more." }
            }
        }
    }
}

/// Two passages that say the same. The script adds their texts; if both are in one claim, a link leads there.
fn matched<'a>(page: &Page<'a>, data: &mut Data<'a>, found: &'a MatchRef) -> Markup {
    let home = |id: &str| page.passages.get(id).map(|known| known.home);
    let claim = home(&found.a.id).filter(|claim| home(&found.b.id) == Some(*claim));
    html! {
        li data-a=[data.number(&found.a.id, PASSAGES)] data-b=[data.number(&found.b.id, PASSAGES)] {
            span.place { (page.place(&found.a)) } " and " span.place { (page.place(&found.b)) } " "
            @if let Some(relation) = found.relation.relation { span.badge.(relation) { (relation) } " " }
            (score(found.score))
            @if let Some(home @ Home::Claim(id)) = claim { ", " a href=[page.link(home)] { "claim " (id) } }
        }
    }
}
