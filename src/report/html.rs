//! A report as one self-contained web page: no network, no other files, and complete without its script.
//!
//! maud escapes inserted text; words of documents pass through `printable` first, because their direction-changing
//! characters could change how the text around them reads. The data for the script is in the page once, as JSON
//! (`html/data.rs`). A Content-Security-Policy with the hashes of the one style sheet and the one script forbids
//! everything else.
//!
//! The page stays below two megabytes however much was compared: each part has its budget, and says how much it left
//! out.

mod bench;
mod claims;
mod data;
mod heat;
mod marks;
mod plot;
mod rest;

use std::collections::{HashMap, HashSet};

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use maud::{DOCTYPE, Markup, PreEscaped, html};
use sha2::{Digest, Sha256};

use super::text::{printable, shortened};
use super::{ClusterRef, Names, PassageRef, Report, SourceRef, counted};
use crate::source::own::with_checksum;
pub use bench::bench;
use data::Data;

const STYLE: &str = include_str!("html/report.css");
const SCRIPT: &str = include_str!("html/report.js");

/// The report as an HTML page.
pub fn html(report: &Report) -> String {
    let mut page = Page::new(report);
    let claims = claims::claims(&page);
    page.shown = claims.shown.iter().map(|claim| Home::Claim(claim.id)).collect();
    let alone = rest::alone(&page);
    page.shown.extend(alone.shown.iter().copied().map(Home::Alone));
    let mut data = Data::new(&page);
    let heat = heat::sources(&page, &mut data);
    let plot = plot::map(&page, &mut data);
    let share = if report.counts.sources == 1 { "says" } else { "share" };
    let (title, headline) =
        (format!("What {} {share}", counted(report.counts.sources, "source")), printable(&report.headline));
    let generator = format!("samesay {}", report.settings.version);
    let markup = html! {
        (DOCTYPE)
        html lang="en" {
            (head(&title, &generator, &[STYLE], &[SCRIPT]))
            body {
                a.skip href="#claims" { "Skip to the claims" }
                header.top {
                    p.kicker { "samesay report" }
                    h1 { (headline) }
                    ul.findings { @for finding in &report.findings { li { (printable(finding)) } } }
                    (rest::unread(&report.reading))
                    p.note { "Similar does not mean the same: the program finds passages that say similar things, and \
                        you read them. Every passage is shown with its place in the document." }
                }
                (contents(report))
                main {
                    (filters(&page, &claims))
                    (rest::since(&page))
                    (rest::stories(&page))
                    (rest::first(&page))
                    (claims.markup)
                    (heat)
                    (plot)
                    (rest::missing(&page))
                    (alone.markup)
                    (rest::dropped(&page))
                    (rest::method(&page))
                }
                footer { p { "Made by " (generator) " on one computer, without a network. This file loads nothing and \
                    sends nothing." } }
                script #data type="application/json" { (PreEscaped(data.json())) }
                script { (PreEscaped(SCRIPT)) }
            }
        }
    };
    with_checksum(markup.into_string() + "\n")
}

/// The head of a page with its styles; the page may run these scripts only.
fn head(title: &str, generator: &str, styles: &[&str], scripts: &[&str]) -> Markup {
    html! {
        head {
            meta charset="utf-8";
            meta name="generator" content=(generator);
            meta http-equiv="Content-Security-Policy" content=(policy(styles, scripts));
            meta name="viewport" content="width=device-width, initial-scale=1";
            meta name="referrer" content="no-referrer";
            meta name="color-scheme" content="light dark";
            link rel="icon" href="data:,";
            title { (title) }
            @for style in styles { style { (PreEscaped(style)) } }
        }
    }
}

/// A policy that forbids everything but these style sheets and scripts.
fn policy(styles: &[&str], scripts: &[&str]) -> String {
    let hash = |text: &&str| format!("'sha256-{}'", BASE64_STANDARD.encode(Sha256::digest(text)));
    let all = |texts: &[&str]| match texts {
        [] => "'none'".to_owned(),
        texts => texts.iter().map(hash).collect::<Vec<_>>().join(" "),
    };
    format!(
        "default-src 'none'; style-src {}; script-src {}; img-src data:; base-uri 'none'; form-action 'none'",
        all(styles),
        all(scripts)
    )
}

/// Lookup tables that all parts of the page share.
struct Page<'a> {
    report: &'a Report,
    /// Claims and themes, most independent sources first.
    claims: Vec<&'a ClusterRef>,
    names: Names<'a>,
    /// The sources, and the index of each by its id.
    sources: Vec<&'a SourceRef>,
    places: HashMap<&'a str, usize>,
    passages: HashMap<&'a str, PlacedPassage<'a>>,
    /// The claims and passages that fit on the page.
    shown: HashSet<Home>,
    /// The number of passages that contain each common word.
    frequency: HashMap<String, usize>,
}

/// A passage, and where it is on the page.
#[derive(Clone, Copy)]
struct PlacedPassage<'a> {
    passage: &'a PassageRef,
    home: Home,
}

/// Where a passage is on the page.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Home {
    /// In the claim with this id.
    Claim(usize),
    /// Among the passages of one source only, at this index.
    Alone(usize),
}

impl Home {
    /// The anchor that a link to it points to.
    fn anchor(self) -> String {
        match self {
            Self::Claim(id) => format!("claim-{id}"),
            Self::Alone(at) => format!("alone-{}", at + 1),
        }
    }
}

impl<'a> Page<'a> {
    fn new(report: &'a Report) -> Self {
        let sources: Vec<&SourceRef> = report.sources.sources.iter().map(|total| &total.source).collect();
        let homes = report.clusters.homes();
        let claimed = homes
            .values()
            .map(|(claim, member)| PlacedPassage { passage: &member.passage, home: Home::Claim(claim.id) });
        let alone = report
            .clusters
            .unique
            .iter()
            .enumerate()
            .map(|(at, unique)| PlacedPassage { passage: &unique.passage, home: Home::Alone(at) });
        let passages: HashMap<&str, PlacedPassage> =
            alone.chain(claimed).map(|known| (known.passage.id.as_str(), known)).collect();
        Self {
            report,
            claims: report.clusters.clusters.iter().collect(),
            names: Names::new(sources.iter().copied()),
            places: sources.iter().enumerate().map(|(at, source)| (source.source.as_str(), at)).collect(),
            frequency: marks::frequency(passages.values().map(|known| known.passage.text.as_str())),
            sources,
            passages,
            shown: HashSet::new(),
        }
    }

    /// The index of a source.
    fn source(&self, id: &str) -> usize {
        self.places.get(id).copied().unwrap_or_default()
    }

    /// The short name of a source.
    fn name(&self, id: &'a str) -> String {
        self.names.short(id, NAME)
    }

    /// A passage's place, after the title of its source if that has one.
    fn place(&self, passage: &PassageRef) -> String {
        let title = self.names.title(passage).map(|_| format!("{} · ", self.names.short(&passage.source, NAME)));
        title.unwrap_or_default() + &passage.short_place()
    }

    /// A link to a claim or passage, if it is on the page.
    fn link(&self, home: Home) -> Option<String> {
        self.shown.contains(&home).then(|| format!("#{}", home.anchor()))
    }

    /// The author, publisher and date of a source.
    fn about(&self, at: usize) -> String {
        let source = self.sources[at];
        let known = [&source.author, &source.publisher, &source.date].into_iter().flatten();
        let known: Vec<String> = known.map(|part| printable(&shortened(part, 90))).collect();
        known.join(" · ")
    }

    /// The language of a source, if it can be an attribute's value and is not English.
    fn language(&self, at: usize) -> Option<&str> {
        let plain =
            |tag: &&str| tag.len() == 2 && tag.bytes().all(|letter| letter.is_ascii_lowercase()) && *tag != "en";
        let tag = self.sources[at].language.as_deref()?;
        tag.split('-').next().filter(plain)
    }

    /// The keys by which filters find sources: their indexes, and the day of each, `-` for none.
    fn keys(&self, ids: impl Iterator<Item = &'a str>) -> (String, String) {
        let mut places: Vec<usize> = ids.map(|id| self.source(id)).collect();
        places.sort_unstable();
        places.dedup();
        let days: Vec<&str> = places.iter().map(|at| self.sources[*at].date.as_deref().unwrap_or("-")).collect();
        (places.iter().map(usize::to_string).collect::<Vec<_>>().join(" "), days.join(" "))
    }
}

/// Number of items too large for the remaining room after which the rest is dropped.
const MISSES: usize = 8;

/// The items that fit into `room` bytes; items that are too large are skipped.
fn fitting<T>(items: impl Iterator<Item = (T, Markup)>, mut room: usize) -> Vec<(T, Markup)> {
    let (mut fitting, mut misses) = (Vec::new(), 0);
    for (item, markup) in items {
        match room.checked_sub(markup.0.len()) {
            Some(left) => {
                room = left;
                fitting.push((item, markup));
            }
            None => misses += 1,
        }
        if misses == MISSES {
            break;
        }
    }
    fitting
}

/// A note that items were left out, if any were.
fn left_out(shown: usize, all: usize, what: &str) -> Markup {
    html! {
        @if shown < all {
            p.note { "Only the first " (shown) " of " (counted(all, what))
                " are shown, to keep this page small; the JSON report (" code { "-o report.json" } ") has more." }
        }
    }
}

fn contents(report: &Report) -> Markup {
    let missing = !report.clusters.all_but_one.is_empty();
    html! {
        nav aria-label="Contents" {
            ul {
                @if report.since.is_some() { li { a href="#since" { "What is new" } } }
                @if !report.clusters.told().is_empty() { li { a href="#stories" { "Stories" } } }
                @if report.clusters.claims().next().is_some() { li { a href="#first" { "Read these first" } } }
                li { a href="#claims" { "Claims" } }
                li { a href="#sources" { "Overlap between sources" } }
                li { a href="#map" { "Map of passages" } }
                @if missing { li { a href="#missing" { "All but one" } } }
                li { a href="#alone" { "Only one source" } }
                li { a href="#dropped" { "Left out" } }
                li { a href="#method" { "Method and limits" } }
            }
        }
    }
}

/// Maximum number of columns of a source's name where room is scarce.
const NAME: usize = 60;
/// Maximum number of sources in the list to choose from; the search box finds the others.
const OPTIONS: usize = 400;

/// The names of the relations, closest first.
const RELATIONS: [&str; 4] = ["verbatim", "near-copy", "paraphrase", "related"];

/// The filters, which the script reveals: without a script there is nothing to filter with.
fn filters(page: &Page, claims: &claims::Claims) -> Markup {
    let dated = page.sources.iter().any(|source| source.date.is_some());
    html! {
        form #filters autocomplete="off" role="search" aria-label="Search and filter this report" hidden {
            div.field.wide { label for="find" { "Search" }
                input #find type="search" autocomplete="off" spellcheck="false"; }
            div.field {
                label for="by-source" { "Source" }
                select #by-source {
                    option value="" { "any" }
                    @for (at, source) in page.sources.iter().enumerate().take(OPTIONS) {
                        option value=(at) { (page.name(&source.source)) }
                    }
                }
            }
            div.field {
                label for="by-claim" { "Claim" }
                select #by-claim {
                    option value="" { "any" }
                    @for claim in &claims.shown {
                        option value=(claim.id) { "#" (claim.id) " " (printable(&shortened(&claim.label, 60))) }
                    }
                }
            }
            div.field {
                label for="by-relation" { "Relation" }
                select #by-relation {
                    option value="" { "any" }
                    @for relation in RELATIONS { option value=(relation) { (relation) } }
                    option value="disagree" { "may disagree" }
                }
            }
            @if dated {
                div.field { label for="since" { "From" } input #since type="date"; }
                div.field { label for="until" { "To" } input #until type="date"; }
            }
            div.field.sort {
                label for="sort" { "Sort claims by" }
                select #sort {
                    option value="order" { "independent sources" }
                    option value="sources" { "sources" }
                    option value="similarity" { "similarity" }
                    option value="disagree" { "disagreement" }
                    option value="label" { "alphabetical order" }
                }
            }
            button #clear type="reset" { "Reset" }
            output #found for="find by-source by-claim by-relation sort" {}
        }
    }
}

/// A place, and the heading above it.
fn standing(passage: &PassageRef) -> Markup {
    html! {
        span.place { (passage.short_place()) }
        @if let Some(heading) = &passage.heading {
            " " span.under { "› " bdi { (printable(&shortened(heading, 90))) } }
        }
    }
}
