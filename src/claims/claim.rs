//! Claims: what several sources say in sentences that match.
//!
//! The sentences that say the same ([`Matches`]) are brought together under a reference wording (`group`).

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, HashMap};

use rayon::prelude::*;

use super::group::Star;
use super::{ClaimSpan, Cluster, Conflict, Member, Words, copy, to_compare};
use crate::compare::{Match, Pair, Relation, overlap, relation};
use crate::library::Library;
use crate::matches::{Matched, Matches, Place, differences_of, said};

/// Sentences that make one claim, the reference first, then the most probable.
struct Group {
    wordings: Vec<Wording>,
    /// The mean and the least cosine of all pairs of two sources.
    mean: f32,
    min: f32,
}

/// A sentence of a claim.
#[derive(Debug, Clone, Copy)]
struct Wording {
    place: Place,
    /// That it makes the claim of the reference, whose own is 1.
    probability: f32,
    /// Its cosine with the reference.
    score: f32,
}

/// The claims of a corpus: those of most sources first, then the most probable, then by place. A member is a passage;
/// its score is the cosine of its sentence with the reference's.
pub fn claims(library: &Library, matches: &Matches, words: &Words) -> Vec<Cluster> {
    let sentences: BTreeSet<(usize, usize)> =
        matches.likely().flat_map(|pair| [pair.a.sentence(), pair.b.sentence()]).collect();
    let sentences: Vec<(usize, usize)> = sentences.into_iter().collect();
    let number = |place: &Place| sentences.partition_point(|sentence| *sentence < place.sentence());
    let pairs: HashMap<(usize, usize), &Matched> =
        matches.likely().map(|pair| ((number(&pair.a), number(&pair.b)), pair)).collect();
    let near: Vec<(usize, usize)> = pairs.iter().filter(|(_, pair)| matches.same(pair)).map(|(at, _)| *at).collect();
    let probability = |a: usize, b: usize| pairs.get(&(a.min(b), a.max(b))).map_or(0.0, |pair| pair.probability);
    let document = |at: usize| library.document(sentences[at].0);
    let together = |a: usize, b: usize| document(a) == document(b) || pairs.contains_key(&(a.min(b), a.max(b)));
    let stars = super::group::stars(sentences.len(), &near, probability, together);
    let groups: Vec<Group> = stars.iter().map(|star| Group::new(star, &pairs)).collect();
    let described = |group: &Group| ((group.rank(library)), group.described(library, matches, words));
    let mut claims: Vec<(Reverse<(usize, u32)>, Cluster)> = groups.par_iter().map(described).collect();
    claims.sort_by_cached_key(|(rank, claim)| (*rank, claim.medoid, claim.members[0].sentence.map(|(at, _)| at)));
    claims.into_iter().map(|(_, claim)| claim).collect()
}

impl Group {
    fn new(star: &Star, pairs: &HashMap<(usize, usize), &Matched>) -> Self {
        let pair = |a: usize, b: usize| pairs.get(&(a.min(b), a.max(b)));
        // The reference and the other as they stand in their pair.
        let matched = |&(other, _): &(usize, f32)| {
            let pair = pair(star.reference, other)?;
            Some(if star.reference < other { (pair.a, pair.b, *pair) } else { (pair.b, pair.a, *pair) })
        };
        let others: Vec<(Place, Place, &Matched)> = star.others.iter().filter_map(matched).collect();
        // The clauses of the reference that most of the others match.
        let mut counts: BTreeMap<(usize, usize), usize> = BTreeMap::new();
        others.iter().for_each(|(own, ..)| *counts.entry(own.span).or_default() += 1);
        let most = counts.iter().max_by_key(|(span, count)| (**count, Reverse(**span))).map(|(span, _)| *span);
        let reference = others.iter().find(|(own, ..)| Some(own.span) == most).map(|(own, ..)| *own);
        let reference = reference.map(|place| Wording { place, probability: 1.0, score: 1.0 });
        let wording = |(_, place, pair): (Place, Place, &Matched)| Wording {
            place,
            probability: pair.probability,
            score: pair.score,
        };
        let mut wordings: Vec<Wording> = reference.into_iter().chain(others.into_iter().map(wording)).collect();
        // Of a passage that says it twice, what is more probable.
        let mut seen = BTreeSet::new();
        wordings.retain(|wording| seen.insert(wording.place.entry));
        let all: Vec<usize> =
            std::iter::once(star.reference).chain(star.others.iter().map(|(other, _)| *other)).collect();
        let each = all.iter().enumerate().flat_map(|(at, a)| all[at + 1..].iter().map(move |b| (*a, *b)));
        let scores: Vec<f32> = each.filter_map(|(a, b)| Some(pair(a, b)?.score)).collect();
        let mean = scores.iter().sum::<f32>() / scores.len().max(1) as f32;
        Self { wordings, mean, min: scores.into_iter().fold(1.0, f32::min) }
    }

    /// What orders claims: the number of sources, then how sure the other wordings are.
    fn rank(&self, library: &Library) -> Reverse<(usize, u32)> {
        let documents: BTreeSet<usize> =
            self.wordings.iter().map(|wording| library.document(wording.place.entry)).collect();
        let others = &self.wordings[1..];
        let mean = others.iter().map(|wording| wording.probability).sum::<f32>() / others.len().max(1) as f32;
        Reverse((documents.len(), (mean * 1e6) as u32))
    }

    fn described(&self, library: &Library, matches: &Matches, known: &Words) -> Cluster {
        let text = |wording: &Wording| library.passage(wording.place.entry).sentence(wording.place.at);
        let reference = self.wordings[0];
        let compare = |a: &Wording, b: &Wording, score: f32| {
            let overlap = overlap(text(a), text(b));
            said(Pair {
                score,
                percentile: matches.percentile(score),
                overlap,
                relation: relation(&overlap, score, matches.cuts()),
            })
        };
        let members = self.wordings.iter().enumerate().map(|(at, wording)| Member {
            entry: wording.place.entry,
            score: wording.score,
            pair: (at > 0).then(|| compare(&reference, wording, wording.score)),
            sentence: Some((wording.place.at, wording.score)),
            said: Some(ClaimSpan { span: wording.place.span, probability: wording.probability }),
        });
        let compared = to_compare(self.wordings.len(), 0).into_iter();
        let across = compared.map(|(a, b)| (&self.wordings[a], &self.wordings[b]));
        let across: Vec<(&Wording, &Wording, Pair)> = across
            .filter(|(a, b)| library.document(a.place.entry) != library.document(b.place.entry))
            // The least that any two are alike; the relation of copies follows from their words alone.
            .map(|(a, b)| (a, b, compare(a, b, self.min)))
            .collect();
        let conflict = |(a, b, pair): &(&Wording, &Wording, Pair)| {
            let found = differences_of(library, [a.place, b.place], pair.relation == Some(Relation::NearCopy));
            (!found.is_empty()).then_some(Conflict { a: a.place.entry, b: b.place.entry, differences: found })
        };
        let copied = |(a, b, pair): &(&Wording, &Wording, Pair)| {
            copy(library, &Match { a: a.place.entry, b: b.place.entry, pair: *pair })
        };
        Cluster {
            medoid: reference.place.entry,
            members: members.collect(),
            mean: self.mean,
            min: self.min,
            keywords: known.keywords(self.wordings.iter().map(text)),
            copies: across.iter().filter_map(copied).collect(),
            conflicts: across.iter().filter_map(conflict).collect(),
        }
    }
}
