//! The claims, one card per claim: who makes it, in which words, and where the words differ.

use std::collections::{HashMap, HashSet};
use std::ops::Range;

use maud::{Markup, html};

use super::super::text::{closeness, disagreements, merged, printable, score, sentence_in, shortened};
use super::super::{ClusterKind, ClusterRef, Conflict, Member, counted};
use super::marks::{Marks, changed, marked, shared_words};
use super::{Page, RELATIONS, fitting, left_out, standing};
use crate::lang::words;

/// The claims that fit on the page.
pub struct Claims<'a> {
    pub shown: Vec<&'a ClusterRef>,
    pub markup: Markup,
}

/// Maximum number of bytes of all claims.
const ROOM: usize = 600_000;
/// Maximum number of characters of a claim's heading.
const LABEL: usize = 400;
/// Wordings of a claim shown in full: the largest of these numbers that leaves room for all claims, or the last.
const WORDINGS: [usize; 3] = [12, 8, 4];
/// Maximum number of further places that are listed, and of disagreements.
const PLACES: usize = 40;
const DISAGREEMENTS: usize = 8;
/// Maximum number of sources named above one wording.
const NAMES: usize = 4;

/// All claims, then all themes.
pub fn claims<'a>(page: &Page<'a>) -> Claims<'a> {
    let all = page.claims.len();
    let cards = |most: usize| {
        fitting(page.claims.iter().enumerate().map(|(at, claim)| (*claim, card(page, at, claim, most))), ROOM)
    };
    let [first @ .., least] = WORDINGS;
    let cards = first.into_iter().map(cards).find(|cards| cards.len() == all).unwrap_or_else(|| cards(least));
    let (shown, cards): (Vec<&ClusterRef>, Vec<Markup>) = cards.into_iter().unzip();
    let shared = shown.iter().filter(|claim| claim.kind == ClusterKind::Claim).count();
    let markup = html! {
        section #claims {
            h2 { "Claims" }
            p.note {
                "A claim is what sentences of two or more sources say, each compared with the reference wording; a \
                    theme is a group of passages on the same subject. In each passage, the " b { "sentence" }
                    " that says it, or comes closest to it, stands out; "
                u { "words" } " that another source of the claim also uses are underlined, and " mark { "words" }
                    " that differ where sources may contradict each other, or that a copy changed, are marked. "
                "Sources that depend on each other count once: copies of one story, and sources from one publisher."
            }
            @if shared == 0 { p { "No claim appears in more than one source, as far as this program can tell." } }
            (left_out(shown.len(), all, "card"))
            div #cards { @for card in &cards { (card) } }
            p #no-claims hidden { "No claim matches the filters." }
        }
    };
    Claims { shown, markup }
}

/// A claim with at most `most` wordings.
fn card(page: &Page, at: usize, claim: &ClusterRef, most: usize) -> Markup {
    let label = format!("claim-{}-label", claim.id);
    let (sources, days) = page.keys(claim.sources.iter().map(String::as_str));
    let relations: Vec<&str> = relations(claim).collect();
    let (wordings, rest) = wordings(page, claim, most);
    html! {
        article.claim id={ "claim-" (claim.id) } aria-labelledby=(label) data-id=(claim.id) data-at=(at)
            data-s=(sources) data-d=(days) data-r=(relations.join(" ")) data-kind=(kind(claim))
            data-sources=(claim.sources.len()) data-similarity=(score(claim.cohesion.mean))
            data-disagree=(claim.may_disagree.len()) {
            header {
                h3 id=(label) { a.anchor id={ "claim-" (claim.key) } href={ "#claim-" (claim.key) } { "#" (claim.id) }
                    " " bdi { (printable(&shortened(&claim.label, LABEL))) } }
                p.badges {
                    (support(claim))
                    @if !claim.may_disagree.is_empty() { span.badge.warn { "may disagree" } }
                    @if claim.kind == ClusterKind::Theme { span.badge { "theme: the same subject" } }
                    @for relation in &relations { span.badge.(relation) { (relation) } }
                }
                p.small {
                    "similarity: mean " (score(claim.cohesion.mean)) ", min " (score(claim.cohesion.min))
                    @if !claim.keywords.is_empty() { " · " bdi { (printable(&claim.keywords.join(", "))) } }
                }
                @for line in merged(&claim.independent) { p.small { (line) } }
                (disagreement(claim))
            }
            div.wordings { @for wording in &wordings { (wording) } }
            @if !rest.is_empty() {
                details {
                    summary { (counted(rest.len(), "more passage")) }
                    ul.places {
                        @for member in rest.iter().take(PLACES) {
                            li {
                                (member.passage.short_place())
                                @if let Some(relation) = member.relation.relation { " " (relation) }
                            }
                        }
                        @if rest.len() > PLACES { li { "and " (counted(rest.len() - PLACES, "more passage")) } }
                    }
                }
            }
        }
    }
}

/// The kind by which the script (`report.js`) counts the claim.
fn kind(claim: &ClusterRef) -> &'static str {
    match (claim.kind, claim.sources.len()) {
        (ClusterKind::Claim, _) => "claim",
        (ClusterKind::Theme, 1) => "own",
        (ClusterKind::Theme, _) => "theme",
    }
}

fn support(claim: &ClusterRef) -> Markup {
    let (sources, independent) = (claim.sources.len(), claim.independent.independent_sources);
    html! {
        @if sources == 1 { span.badge { "one source, " (counted(claim.members.len(), "passage")) } }
        @else if independent == sources {
            span.badge.strong { (counted(sources, "source")) ", none known to copy another" }
        }
        @else {
            span.badge.strong { (independent) " independent" } " " span.badge { "of " (counted(sources, "source")) }
        }
        @if claim.unsure_sources() > 0 { " " span.badge { (claim.unsure_sources()) " of them unsure" } }
    }
}

/// The relations between the passages of a claim.
pub fn relations(claim: &ClusterRef) -> impl Iterator<Item = &'static str> {
    RELATIONS
        .into_iter()
        .filter(|relation| claim.members.iter().any(|member| member.relation.relation == Some(relation)))
}

fn disagreement(claim: &ClusterRef) -> Markup {
    let lines = disagreements(claim);
    html! {
        @if !lines.is_empty() {
            ul.disagreements {
                @for line in lines.iter().take(DISAGREEMENTS) { li { span.badge.warn { "may disagree" } " " (line) } }
                @if lines.len() > DISAGREEMENTS { li { "and " (counted(lines.len() - DISAGREEMENTS, "more place")) } }
            }
        }
    }
}

/// The wordings of a claim side by side, and the passages that there is no room for. Wordings that are equal word for
/// word are shown once, with all of their places.
fn wordings<'a>(page: &Page<'a>, claim: &'a ClusterRef, most: usize) -> (Vec<Markup>, Vec<&'a Member>) {
    let mut groups: Vec<Vec<&Member>> = Vec::new();
    let mut known: HashMap<Vec<String>, usize> = HashMap::new();
    for member in &claim.members {
        let folded: Vec<String> = words(&member.passage.text).into_iter().map(|word| word.folded).collect();
        match known.get(&folded) {
            Some(group) => groups[*group].push(member),
            None => {
                known.insert(folded, groups.len());
                groups.push(vec![member]);
            }
        }
    }
    let rest = groups.split_off(groups.len().min(most));
    let parts: Vec<Range<usize>> = groups.iter().map(|group| part(claim, group[0])).collect();
    let text = |(group, part): (&Vec<&'a Member>, &Range<usize>)| {
        (page.source(&group[0].passage.source), &group[0].passage.text[part.clone()])
    };
    let texts: Vec<(usize, &str)> = groups.iter().zip(&parts).map(text).collect();
    let shared =
        shared_words(&texts, &page.frequency).into_iter().zip(&parts).map(|(ranges, part)| shifted(ranges, part.start));
    let wording = |(group, shared): (&Vec<&'a Member>, Vec<Range<usize>>)| wording(page, claim, group, shared);
    (groups.iter().zip(shared).map(wording).collect(), rest.into_iter().flatten().collect())
}

fn wording<'a>(page: &Page<'a>, claim: &'a ClusterRef, group: &[&'a Member], shared: Vec<Range<usize>>) -> Markup {
    let [member, also @ ..] = group else { return html! {} };
    let at = page.source(&member.passage.source);
    let about = page.about(at);
    let mut names: Vec<String> = group.iter().map(|member| page.name(&member.passage.source)).collect();
    let mut seen = HashSet::new();
    names.retain(|name| seen.insert(name.clone()));
    let all = names.len();
    names.truncate(NAMES);
    html! {
        section.wording {
            h4 { @for (at, name) in names.iter().enumerate() { @if at > 0 { ", " } bdi { (name) } }
                @if names.len() < all { " and " (counted(all - names.len(), "more source")) } }
            @if !about.is_empty() { p.small { bdi { (about) } } }
            p.small { (standing(&member.passage)) }
            p.small {
                @match member.relation.relation {
                    Some(relation) => {
                        span.badge.(relation) { (relation) }
                        @if member.is_unsure() {
                            " "
                            span.badge.related title="it is less likely than not that this sentence says it" {
                                "unsure"
                            }
                        }
                        " " (closeness(member, claim.kind))
                    }
                    None if member.percentile.is_none() => { span.badge { "reference" }
                        " the others are compared with this wording" }
                    None => { (closeness(member, claim.kind)) }
                }
            }
            p.text dir="auto" lang=[page.language(at)] { (marked(&member.passage.text, &marks(claim, member, shared))) }
            @if !also.is_empty() {
                p.small { "The same words appear in "
                    @for (at, other) in also.iter().take(PLACES).enumerate() {
                        @if at > 0 { ", " } span.place { (other.passage.short_place()) }
                    }
                    @if also.len() > PLACES { " and " (counted(also.len() - PLACES, "more place")) }
                }
            }
        }
    }
}

/// What is highlighted in a passage: words that another source also has, and in copies what was changed.
fn marks(claim: &ClusterRef, member: &Member, shared: Vec<Range<usize>>) -> Marks {
    let text = &member.passage.text;
    let said = member.best_sentence.as_ref().and_then(|best| sentence_in(text, &best.text));
    let mut differs: Vec<Range<usize>> =
        claim.may_disagree.iter().flat_map(|conflict| side(conflict, &member.passage.id)).collect();
    let is_copy = |member: &&Member| member.relation.relation == Some("near-copy");
    match member.passage.id == claim.medoid.id {
        // If there are many copies, the nearest one counts.
        true => differs.extend(claim.members.iter().find(is_copy).into_iter().flat_map(|copy| {
            let [own, _] = changed_words(claim, member, copy);
            own
        })),
        false if is_copy(&member) => {
            let [_, own] = changed_words(claim, &claim.members[0], member);
            differs.extend(own);
        }
        false => {}
    }
    Marks { said, shared, differs }
}

/// The part of a passage that makes the claim: one sentence; for a theme, the whole passage.
fn part(claim: &ClusterRef, member: &Member) -> Range<usize> {
    match &member.best_sentence {
        Some(best) if claim.kind == ClusterKind::Claim => sentence_in(&member.passage.text, &best.text).unwrap_or(0..0),
        _ => 0..member.passage.text.len(),
    }
}

/// Ranges within a part as ranges within the whole text, where the part begins at `by`.
fn shifted(ranges: Vec<Range<usize>>, by: usize) -> Vec<Range<usize>> {
    ranges.into_iter().map(|range| range.start + by..range.end + by).collect()
}

/// The differences between two passages, one of which is a copy of the other; for a claim, between the sentences that
/// make it.
fn changed_words(claim: &ClusterRef, a: &Member, b: &Member) -> [Vec<Range<usize>>; 2] {
    let (in_a, in_b) = (part(claim, a), part(claim, b));
    let [own, other] = changed(&a.passage.text[in_a.clone()], &b.passage.text[in_b.clone()]);
    [shifted(own, in_a.start), shifted(other, in_b.start)]
}

/// The ranges of this passage's words in a disagreement.
fn side<'a>(conflict: &'a Conflict, passage: &'a str) -> impl Iterator<Item = Range<usize>> + 'a {
    let sides = move |at: &(Range<usize>, Range<usize>)| {
        let own = [(&conflict.a, at.0.clone()), (&conflict.b, at.1.clone())];
        own.into_iter().filter(|(id, _)| *id == passage).map(|(_, range)| range).collect::<Vec<_>>()
    };
    conflict.differences.iter().flat_map(move |found| sides(&found.at))
}
