//! All parts of the page but the claims: stories, what all sources but one say, what only one says, what was left out,
//! and how the report was made.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use maud::{Markup, html};

use super::super::text::{
    command, decided, decided_of_claims, disagreements, nearest_place, nearness, numbers, position, printable,
    shortened, unsure,
};
use super::super::{Changes, Nearest, ReadingNotes, SourceDropped, UniqueRef, counted};
use super::{Home, Page, fitting, left_out, standing};

/// Maximum number of changes of one kind that are listed.
const CHANGES: usize = 100;
/// Maximum number of sources and claims of a story that are named.
const STORY_SOURCES: usize = 20;
const STORY_CLAIMS: usize = 20;
const MISSING_ROOM: usize = 30_000;
const ALONE_ROOM: usize = 200_000;
/// Minimum room for each source if there are very many.
const LEAST_ROOM: usize = 2_000;
const DROPPED_ROOM: usize = 60_000;
/// Maximum number of characters of a passage, and of a text that was left out.
const TEXT: usize = 260;
const DROPPED: usize = 120;
/// Maximum number of messages about unread files, and warnings.
const MESSAGES: usize = 200;
/// If at most this many passages have only one source, they are not folded.
const FEW: usize = 24;

/// The place and score of a nearest miss.
fn miss(nearest: Option<&Nearest>) -> Markup {
    html! {
        @if let Some(near) = nearest {
            " " span.small { "nearest elsewhere: " span.place { (nearest_place(near)) } " " (nearness(near)) }
        }
    }
}

/// The changes since an earlier report.
pub fn since(page: &Page) -> Markup {
    let Some(since) = &page.report.since else { return html! {} };
    let changes = since.told(page.report, &page.names);
    html! {
        section #since {
            h2 { "Since " bdi { (printable(&since.report)) } }
            @if changes.is_empty() { p { "Nothing has changed." } }
            @for Changes { heading, items } in &changes {
                h3 { (heading) }
                ul {
                    @for (claim, text) in items.iter().take(CHANGES) {
                        li {
                            @if let Some(claim) = claim { a href=[page.link(Home::Claim(*claim))] { "#" (claim) } " " }
                            bdi { (printable(text)) }
                        }
                    }
                }
                (left_out(items.len().min(CHANGES), items.len(), "change"))
            }
        }
    }
}

/// Documents about the same event, with the claims they share.
pub fn stories(page: &Page) -> Markup {
    let told = page.report.clusters.told();
    let line = |story: &super::super::StoryRef| {
        html! {
            li {
                bdi { b { (printable(&shortened(&story.label, 160))) } } ": "
                @for (at, source) in story.sources.iter().take(STORY_SOURCES).enumerate() {
                    @if at > 0 { ", " } bdi { (printable(&page.names.quoted(source))) }
                }
                @if story.sources.len() > STORY_SOURCES { " and "
                    (counted(story.sources.len() - STORY_SOURCES, "more source")) }
                "; " (counted(story.claims.len(), "claim"))
                @for (at, claim) in story.claims.iter().take(STORY_CLAIMS).enumerate() {
                    @if at == 0 { ": " } @else { ", " } a href=[page.link(Home::Claim(*claim))] { "#" (claim) }
                }
                @if story.claims.len() > STORY_CLAIMS { " and " (story.claims.len() - STORY_CLAIMS) " more" }
            }
        }
    };
    let lines = fitting(told.iter().map(|story| ((), line(story))), MISSING_ROOM);
    html! {
        @if !told.is_empty() {
            section #stories {
                h2 { "Stories" }
                p.note { "Documents about the same event, grouped by the names they have in common and by their \
                    meaning." }
                (left_out(lines.len(), told.len(), "story"))
                ul { @for ((), line) in &lines { (line) } }
            }
        }
    }
}

/// Maximum number of claims of each kind that are listed to be read first.
const FIRST: usize = 5;
/// Maximum number of differences that are listed for each of them.
const DISPUTED: usize = 2;

/// How many sources of its story make a claim, how many sources the story has, and how many sources of other stories
/// make it too; without a story, all sources count as one.
fn support(said: &[&String], story: Option<&[String]>, all: usize) -> (usize, usize, usize) {
    let Some(story) = story else { return (said.len(), all, 0) };
    let inside = said.iter().filter(|source| story.contains(source)).count();
    (inside, story.len(), said.len() - inside)
}

/// What all, most and a few of the sources say, before the claims one by one. For a claim in a story, only the story's
/// sources count as able to make it.
pub fn first(page: &Page) -> Markup {
    let told = page.report.clusters.told();
    let (mut all, mut most, mut few, mut doubtful, mut disputed) =
        (Vec::new(), Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for claim in page.report.clusters.claims() {
        let story = told.iter().find(|story| story.claims.contains(&claim.id));
        let support = |said: Vec<&String>| {
            support(&said, story.map(|story| story.sources.as_slice()), page.report.counts.sources)
        };
        let (say, could, others) = support(claim.sources.iter().collect());
        let (likely, ..) = support(claim.likely_sources().into_iter().collect());
        let group = match () {
            () if !claim.may_disagree.is_empty() => &mut disputed,
            () if claim.is_unsure() => &mut doubtful,
            () if likely == could => &mut all,
            () if 2 * likely > could => &mut most,
            () => &mut few,
        };
        let others = if others == 0 { String::new() } else { format!(", and {}", counted(others, "other")) };
        let independent = match claim.independent.independent_sources {
            independent if independent < claim.sources.len() => format!(", {independent} independent"),
            _ => String::new(),
        };
        let support = format!("{say} of {}{others}{independent}{}", counted(could, "source"), unsure(claim));
        group.push((claim, support));
    }
    let of = if told.is_empty() { "" } else { " of its story" };
    let say = |who: &str| format!("{who}{of} say");
    let groups = [
        (say("All sources"), all),
        (say("Most sources"), most),
        (say("A few sources"), few),
        ("Unsure: two sources may say".to_owned(), doubtful),
        ("Sources may disagree on a part of it".to_owned(), disputed),
    ];
    html! {
        @if groups.iter().any(|(_, claims)| !claims.is_empty()) {
            section #first {
                h2 { "Read these first" }
                @for (who, claims) in &groups {
                    @if !claims.is_empty() {
                        h3 { (who) }
                        ul {
                            @for (claim, support) in claims.iter().take(FIRST) {
                                li {
                                    a href=[page.link(Home::Claim(claim.id))] { "#" (claim.id) } " " bdi {
                                        (printable(&shortened(&claim.label, TEXT))) }
                                    " " span.small {
                                        (support)
                                        @for words in disagreements(claim).iter().take(DISPUTED) {
                                            "; " bdi { (printable(words)) }
                                        }
                                    }
                                }
                            }
                        }
                        @if claims.len() > FIRST { p.small { "and " (counted(claims.len() - FIRST, "more claim"))
                            " below" } }
                    }
                }
            }
        }
    }
}

/// What all sources but one say.
pub fn missing(page: &Page) -> Markup {
    let all = &page.report.clusters.all_but_one;
    let line = |missing: &super::super::AllButOne| {
        let source = page.names.quoted(&missing.source);
        html! {
            li {
                a href=[page.link(Home::Claim(missing.cluster))] { "claim " (missing.cluster) }
                " is not in " b { (printable(&source)) } ": " bdi {
                    (printable(&shortened(page.report.clusters.label(missing.cluster), 160))) }
                    (miss(missing.nearest.as_ref()))
            }
        }
    };
    let lines = fitting(all.iter().map(|missing| ((), line(missing))), MISSING_ROOM);
    html! {
        @if !all.is_empty() {
            section #missing {
                h2 { "Said by all sources but one" }
                (left_out(lines.len(), all.len(), "claim"))
                ul { @for ((), line) in &lines { (line) } }
            }
        }
    }
}

/// A part of the page, and the indexes of the passages that it shows.
pub struct Alone {
    pub markup: Markup,
    pub shown: Vec<usize>,
}

/// What only one source says.
pub fn alone(page: &Page) -> Alone {
    let all = &page.report.clusters.unique;
    let mut by_source: BTreeMap<usize, Vec<(usize, &UniqueRef)>> = BTreeMap::new();
    for (at, unique) in all.iter().enumerate() {
        by_source.entry(page.source(&unique.passage.source)).or_default().push((at, unique));
    }
    // Sources with most such passages come first, and each has its share of the room; if there are very many sources,
    // the last ones are left out.
    let mut by_source: Vec<(usize, Vec<(usize, &UniqueRef)>)> = by_source.into_iter().collect();
    by_source.sort_by_key(|(_, uniques)| Reverse(uniques.len()));
    let (share, few) = ((ALONE_ROOM / by_source.len().max(1)).max(LEAST_ROOM), all.len() <= FEW);
    let groups = by_source
        .iter()
        .map(|(source, uniques)| fold(page, page.name(&page.sources[*source].source), uniques, share, few));
    let groups = fitting(groups, ALONE_ROOM);
    let shown = groups.iter().map(|(shown, _)| shown.len()).sum();
    let markup = html! {
        section #alone {
            h2 { "Said by only one source" }
            @if page.report.counts.sources < 2 { p { "There is no other source to compare with." } }
            @else if all.is_empty() { p { "Every passage has a match in another source." } }
            @else { p.note { "These passages have no match in another source, as far as this program can tell. Each is \
                shown with the nearest passage elsewhere." } }
            (left_out(shown, all.len(), "passage"))
            @for (_, group) in &groups { (group) }
        }
    };
    Alone { shown: groups.into_iter().flat_map(|(shown, _)| shown).collect(), markup }
}

/// Passages of one source in a fold, and the indexes of those that fit.
fn fold(page: &Page, name: String, uniques: &[(usize, &UniqueRef)], room: usize, open: bool) -> (Vec<usize>, Markup) {
    let lines = fitting(uniques.iter().map(|(at, unique)| (*at, single(page, *at, unique))), room);
    let (sources, days) = page.keys(uniques.iter().map(|(_, unique)| unique.passage.source.as_str()));
    let markup = html! {
        @if !lines.is_empty() {
            details.only.single open[open] data-s=(sources) data-d=(days) {
                summary { bdi { (name) } ": " (counted(uniques.len(), "passage")) }
                ul { @for (_, line) in &lines { (line) } }
                @if lines.len() < uniques.len() { p.small { "The first " (lines.len()) " are shown." } }
            }
        }
    };
    (lines.into_iter().map(|(at, _)| at).collect(), markup)
}

fn single(page: &Page, at: usize, unique: &UniqueRef) -> Markup {
    let language = page.language(page.source(&unique.passage.source));
    html! {
        li id={ "alone-" (at + 1) } {
            p.small { (standing(&unique.passage)) }
            p.text dir="auto" lang=[language] { (printable(&shortened(&unique.passage.text, TEXT))) }
            p.small { (miss(unique.nearest.as_ref())) }
        }
    }
}

/// What could not be read, what was skipped and what is doubtful, before the results.
pub fn unread(reading: &ReadingNotes) -> Markup {
    let summary: Vec<String> = reading.summary().collect();
    let skipped = reading.skipped().map(|unread| reading.short(&unread.message()).to_owned());
    let all: Vec<String> = reading.doubts().chain(skipped).collect();
    let title = if summary.is_empty() { "How the documents were read".to_owned() } else { summary.join("; ") };
    html! {
        @if !all.is_empty() {
            details #unread open[reading.failed().next().is_some()] {
                summary { (printable(&title)) }
                ul { @for message in all.iter().take(MESSAGES) { li { bdi { (printable(message)) } } } }
                (left_out(all.len().min(MESSAGES), all.len(), "message"))
            }
        }
    }
}

/// What was left out of the comparison.
pub fn dropped(page: &Page) -> Markup {
    let all = &page.report.dropped;
    let parts = fitting(all.iter().map(|of| ((), of_source(page, of))), DROPPED_ROOM);
    html! {
        section #dropped {
            h2 { "Left out of the comparison" }
            @if all.is_empty() { p { "Nothing was left out: all text of the documents was compared." } }
            @else { p.note { (counted(page.report.counts.dropped, "part"))
                " of the documents outside the running text, each with the reason. Look here if something seems to be \
                missing." } }
            (left_out(parts.len(), all.len(), "source"))
            @for ((), part) in &parts { (part) }
        }
    }
}

fn of_source(page: &Page, of: &SourceDropped) -> Markup {
    let at = page.source(&of.source);
    let (sources, days) = page.keys([page.sources[at].source.as_str()].into_iter());
    html! {
        details.only data-s=(sources) data-d=(days) {
            summary { bdi { (page.name(&page.sources[at].source)) } ": " (counted(of.dropped.len(), "part")) }
            ul {
                @for dropped in of.dropped.iter().take(200) {
                    li { span.place { (position(&page.sources[at].path[page.sources[at].folder..], dropped.at())) }
                        " " bdi { (printable(&shortened(&dropped.text, DROPPED))) } " " span.small {
                        (printable(&dropped.reason)) } }
                }
                @if of.dropped.len() > 200 { li { "and " (of.dropped.len() - 200) " more" } }
            }
        }
    }
}

/// How the report was made.
pub fn method(page: &Page) -> Markup {
    let settings = &page.report.settings;
    html! {
        section #method {
            h2 { "Method and limits" }
            p {
                "Each document is split into its paragraphs. A small language model turns each paragraph into a list \
                    of " (settings.dim)
                " numbers, so that passages with a similar meaning get similar lists; their cosine, at most 1, says \
                    how similar they are. Sentences of two sources are compared word by word, and a probability that "
                "both say the same is calculated from that (logistic regression). A claim is a reference sentence with \
                    the sentences of other sources that match it; it is headed by the shortest wording among those \
                    that the others support best, "
                "and where they may disagree by one that says what most do. Passages on the same subject form a theme \
                    (average linkage). Copies are identified by their words, not by the model."
            }
            p { (decided(&settings.rules)) " " (decided_of_claims(&page.report.clusters)) }
            p { (numbers(page.report.clusters.calibration)) }
            h3 { "What this report cannot tell" }
            ul {
                li { "Whether a claim is true, who said it first, and whether sources that share no words got it from \
                    the same place." }
                li { "Negation and irony: two passages that contradict each other may be in one claim. “May disagree” \
                    finds some of them, and is sometimes wrong." }
                li { "A claim made in half a sentence, or spread over several, may be in no group: search for it with \
                    " code { "samesay query" } "." }
                li { "Dates, titles and publishers are what the documents say about themselves, and may be wrong." }
                li { (language_limit(&settings.languages)) }
            }
            h3 { "How to reproduce this report" }
            dl {
                dt { "Command" } dd { code { (command(&settings.arguments)) } }
                dt { "samesay" } dd { (settings.version) }
                dt { "Model" } dd { (printable(&settings.model)) ", sha256 of its weights " code {
                    (settings.model_sha256) } }
                dt { "Vectors" } dd { (settings.dim) " numbers, passages of at most " (settings.window)
                    " tokens, computed in " (settings.precision) " on " (settings.isa) ", stored in half precision" }
                dt { "Documents" } dd { (page.report.counts.sources) " sources, " (page.report.counts.passages)
                    " passages" }
            }
        }
    }
}

/// What the model's languages limit.
fn language_limit(languages: &[String]) -> &'static str {
    if matches!(languages, [only] if only == "en") {
        "The model was trained on English. For other languages, rely only on verbatim and near-copy; a translation is \
            a paraphrase at best."
    } else {
        "For languages that the model was not trained on, rely only on verbatim and near-copy. Possible disagreements \
            are found in a few European languages only."
    }
}

#[cfg(test)]
mod tests {
    use super::support;

    #[test]
    fn sources_of_other_stories_are_counted_apart() {
        let [a, b, c, x] = ["a", "b", "c", "x"].map(str::to_owned);
        let story = [a.clone(), b.clone(), c.clone()];
        // Three of the story's three sources differ from two of them and one of another story.
        assert_eq!(support(&[&a, &b, &x], Some(&story), 9), (2, 3, 1));
        assert_eq!(support(&[&a, &b, &c], Some(&story), 9), (3, 3, 0));
        assert_eq!(support(&[&a, &x], None, 9), (2, 9, 0));
    }
}
