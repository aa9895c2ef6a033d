//! Claims: what several sources say in sentences that match.
//!
//! Sentences that say the same ([`Matches`]) are grouped under a reference wording (`group`).

use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap, HashSet};

use rayon::prelude::*;

use super::copied::SentencePairs;
use super::group::Star;
use super::{ClaimSpan, Cluster, Conflict, LIKELY, Member, Words, copy, to_compare};
use crate::compare::{Match, Pair, Relation, Shingles, relation};
use crate::disagreement::{Difference, numbers};
use crate::lang::english::grammar;
use crate::lang::words;
use crate::library::{DocumentId, Library, PassageId};
use crate::matches::{Matched, Matches, Place, differences_of, said};
use crate::store::{StoreError, computed_key, derived, encode, versions};

/// Two wordings that are less likely to make the same claim are not in one claim. Chosen together with the cut on six
/// of the labelled stories (`benches/record/2026-11-29-headings.md`).
const TOGETHER: f32 = 0.15;
/// The heading of a claim is a wording whose support by the others is at least this share of the highest support: if
/// they may disagree, one that says what most do, and among these the shortest.
const SUPPORT: f32 = 0.85;

/// Sentences that make one claim, the reference first, then the most probable.
struct Group {
    wordings: Vec<Wording>,
    /// The mean and the lowest cosine of the pairs of two sources that are likely to say the same.
    mean: f32,
    min: f32,
}

/// A sentence of a claim.
#[derive(Debug, Clone, Copy)]
struct Wording {
    place: Place,
    /// Probability that it makes the claim of the reference; 1 for the reference itself.
    probability: f32,
    /// Cosine with the reference.
    score: f32,
    /// Mean probability that it makes the same claim as a wording of another document.
    support: f32,
}

impl Wording {
    fn text<'a>(&self, library: &'a Library) -> &'a str {
        library.sentence(self.place.sentence)
    }
}

/// The claims of a corpus: first those that most sources are likely to make, then most sources, then most probable, then
/// by place. A member is a passage; its score is the cosine of its sentence with the reference's.
pub fn claims(library: &Library, matches: &Matches, words: &Words) -> Vec<Cluster> {
    let pairs = SentencePairs::new(library, matches);
    let pair = |a: usize, b: usize| pairs.get(a, b);
    let probability = |a: usize, b: usize| pair(a, b).map_or(0.0, |pair| pair.probability);
    let document = |at: usize| pairs.document(at);
    // If a document says it twice, the more probable wording counts; the other may make another claim.
    let together = |a: usize, b: usize| {
        document(a) != document(b) && pair(a, b).is_some_and(|pair| pair.probability >= TOGETHER || matches.same(&pair))
    };
    let stars = super::group::stars(pairs.len(), pairs.near(), probability, together);
    let groups: Vec<Group> = stars.iter().map(|star| Group::new(star, &pair, &document)).collect();
    let compared: Vec<Compared> = groups.par_iter().map(|group| group.compared(library, matches)).collect();
    let conflicts = conflicts(library, &compared);
    let described = |((group, compared), conflicts): ((&Group, &Compared), Vec<Conflict>)| {
        let headings = group.headings(library, &conflicts);
        let claim = group.described(library, words, compared, conflicts);
        (group.rank(&claim, library), headings, claim)
    };
    let mut claims: Vec<(_, Vec<usize>, Cluster)> =
        groups.par_iter().zip(&compared).zip(conflicts).map(described).collect();
    claims.sort_by_cached_key(|(rank, _, claim)| (*rank, claim.members[0].sentence.map(|(sentence, _)| sentence)));
    // A sentence in two claims is the heading of only one of them, and so are its copies.
    let mut heads: HashSet<Option<&str>> = HashSet::new();
    let headed = |(_, headings, mut claim): (_, Vec<usize>, Cluster)| {
        let said = |at: &usize| claim.members[*at].sentence.map(|(sentence, _)| library.sentence(sentence));
        claim.heading = *headings.iter().find(|at| !heads.contains(&said(at))).unwrap_or(&headings[0]);
        heads.insert(said(&claim.heading));
        claim.turn_to_heading();
        claim
    };
    claims.into_iter().map(headed).collect()
}

/// Two wordings of a claim from different documents, and how they compare.
struct Across {
    a: Place,
    b: Place,
    pair: Pair,
}

/// How the wordings of a claim compare.
struct Compared {
    /// Each wording compared with the reference; `None` for the reference.
    with_reference: Vec<Option<Pair>>,
    across: Vec<Across>,
}

/// Where the wordings of each claim may disagree; stored, because this takes most of the time.
fn conflicts(library: &Library, compared: &[Compared]) -> Vec<Vec<Conflict>> {
    let copies = |across: &Across| across.pair.relation == Some(Relation::NearCopy);
    let places: Vec<(Place, Place, bool)> = compared
        .iter()
        .flat_map(|compared| &compared.across)
        .map(|across| (across.a, across.b, copies(across)))
        .collect();
    let made_of = [library.key().as_ref(), &encode(&places)].concat();
    let compute = || -> Vec<(usize, Vec<Difference>)> {
        let found =
            places.par_iter().enumerate().map(|(at, (a, b, copies))| (at, differences_of(library, [*a, *b], *copies)));
        found.filter(|(_, found)| !found.is_empty()).collect()
    };
    let key = computed_key("disagreements", versions::DISAGREEMENTS, made_of);
    let kept = derived(library.store(), key, || Ok::<_, StoreError>(compute()));
    let found = kept.unwrap_or_else(|_| compute());
    let mut found = found.into_iter().peekable();
    let mut at = 0;
    let of_claim = |compared: &Compared| {
        let mut conflicts = Vec::new();
        for Across { a, b, .. } in &compared.across {
            if let Some((_, differences)) = found.next_if(|(next, _)| *next == at) {
                conflicts.push(Conflict { a: a.passage(), b: b.passage(), differences });
            }
            at += 1;
        }
        conflicts
    };
    compared.iter().map(of_claim).collect()
}

/// The side of a wording in a disagreement, the best side for a heading first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Side {
    /// It says what at least as many sources say as say the contrary; or there is no disagreement.
    Most,
    /// It says nothing about it.
    None,
    /// It says what fewer sources say.
    Few,
}

impl Group {
    /// Makes a group from the numbers of sentences; `pair` gives the pair of two that are likely to match, `document`
    /// the document of each.
    fn new(
        star: &Star,
        pair: &impl Fn(usize, usize) -> Option<Matched>,
        document: &impl Fn(usize) -> DocumentId,
    ) -> Self {
        let all: Vec<usize> =
            std::iter::once(star.reference).chain(star.others.iter().map(|(other, _)| *other)).collect();
        let support = |own: usize| {
            let elsewhere = all.iter().filter(|other| document(**other) != document(own));
            let probability = |other: &usize| pair(own, *other).map_or(0.0, |pair| pair.probability);
            elsewhere.clone().map(probability).sum::<f32>() / elsewhere.count().max(1) as f32
        };
        // The places of the reference and the other in their pair.
        let matched = |&(other, _): &(usize, f32)| {
            let pair = pair(star.reference, other)?;
            Some(if star.reference < other { (other, pair.a, pair.b, pair) } else { (other, pair.b, pair.a, pair) })
        };
        let others: Vec<(usize, Place, Place, Matched)> = star.others.iter().filter_map(matched).collect();
        // The clauses of the reference that most of the others match.
        let mut counts: BTreeMap<(usize, usize), usize> = BTreeMap::new();
        others.iter().for_each(|(_, own, ..)| *counts.entry(own.span).or_default() += 1);
        let most = counts.iter().max_by_key(|(span, count)| (**count, Reverse(**span))).map(|(span, _)| *span);
        let reference = others.iter().find(|(_, own, ..)| Some(own.span) == most).map(|(_, own, ..)| *own);
        let reference =
            reference.map(|place| Wording { place, probability: 1.0, score: 1.0, support: support(star.reference) });
        let wording = |(other, _, place, pair): (usize, Place, Place, Matched)| Wording {
            place,
            probability: pair.probability,
            score: pair.score,
            support: support(other),
        };
        let wordings: Vec<Wording> = reference.into_iter().chain(others.into_iter().map(wording)).collect();
        let each = all.iter().enumerate().flat_map(|(at, a)| all[at + 1..].iter().map(move |b| (*a, *b)));
        let scores: Vec<f32> = each.filter_map(|(a, b)| Some(pair(a, b)?.score)).collect();
        let mean = scores.iter().sum::<f32>() / scores.len().max(1) as f32;
        Self { wordings, mean, min: scores.into_iter().fold(1.0, f32::min) }
    }

    /// The sort key of claims: number of sources that are likely to make it, number of sources, then probability of the
    /// other wordings.
    fn rank(&self, claim: &Cluster, library: &Library) -> Reverse<(usize, usize, u32)> {
        let others = &self.wordings[1..];
        let mean = others.iter().map(|wording| wording.probability).sum::<f32>() / others.len().max(1) as f32;
        Reverse((claim.likely_documents(library).len(), claim.documents(library).len(), (mean * 1e6) as u32))
    }

    /// The wordings, best heading first: those that are likely to make the claim, that the others support, on the side
    /// of most sources, and without a leading pronoun, in the fewest words.
    fn headings(&self, library: &Library, conflicts: &[Conflict]) -> Vec<usize> {
        let most = self.wordings.iter().map(|wording| wording.support).fold(0.0, f32::max);
        let sides = self.sides(library, conflicts);
        let without = if conflicts.is_empty() { Side::Most } else { Side::None };
        let side = |wording: &Wording| sides.get(&wording.place.passage()).copied().unwrap_or(without);
        let mut headings: Vec<usize> = (0..self.wordings.len()).collect();
        headings.sort_by_cached_key(|at| {
            let wording = &self.wordings[*at];
            let words = words(wording.text(library));
            let open = words.first().is_some_and(|word| grammar::PRONOUNS.contains(&word.folded.as_str()));
            // Of two wordings, each matches the other alike.
            let unsure = self.wordings.len() > 2 && wording.probability < LIKELY;
            (unsure, wording.support < SUPPORT * most, side(wording), open, words.len())
        });
        headings
    }

    /// The sides of the wordings in the claim's disagreements, by passage, for those that are on any side.
    fn sides(&self, library: &Library, conflicts: &[Conflict]) -> HashMap<PassageId, Side> {
        if conflicts.is_empty() {
            return HashMap::new();
        }
        let said: Vec<(String, Vec<f64>)> = self
            .wordings
            .iter()
            .map(|wording| (wording.text(library).to_lowercase(), numbers(wording.text(library))))
            .collect();
        let say = |words: &str| match numbers(words)[..] {
            [value] => said.iter().filter(|(_, values)| values.contains(&value)).count(),
            _ => said.iter().filter(|(text, _)| text.contains(&words.to_lowercase())).count(),
        };
        let mut sides: HashMap<PassageId, Side> = HashMap::new();
        for Conflict { a, b, differences } in conflicts {
            for found in differences {
                let [own, other] = [(a, &found.a), (b, &found.b)]
                    .map(|(passage, range)| say(&library.passage(*passage).text[range.clone()]));
                for (passage, few) in [(a, own < other), (b, other < own)] {
                    let side = sides.entry(*passage).or_insert(Side::Most);
                    *side = (*side).max(if few { Side::Few } else { Side::Most });
                }
            }
        }
        sides
    }

    fn compared(&self, library: &Library, matches: &Matches) -> Compared {
        let shingles: Vec<Shingles> = self.wordings.iter().map(|wording| Shingles::of(wording.text(library))).collect();
        let compare = |a: usize, b: usize, score: f32| {
            let overlap = shingles[a].overlap(&shingles[b]);
            let relation = relation(&overlap, score, matches.cuts());
            said(Pair { score, percentile: matches.percentile(score), overlap, relation })
        };
        let place = |at: usize| self.wordings[at].place;
        let document = |at: usize| library.document_of(place(at).passage());
        // The score is the lowest of any two; the relation of copies depends on their words only.
        let across = |(a, b): (usize, usize)| Across { a: place(a), b: place(b), pair: compare(a, b, self.min) };
        let pairs = to_compare(self.wordings.len(), 0).into_iter().filter(|(a, b)| document(*a) != document(*b));
        Compared {
            with_reference: (0..self.wordings.len())
                .map(|at| (at > 0).then(|| compare(0, at, self.wordings[at].score)))
                .collect(),
            across: pairs.map(across).collect(),
        }
    }

    fn described(&self, library: &Library, known: &Words, compared: &Compared, conflicts: Vec<Conflict>) -> Cluster {
        let reference = self.wordings[0];
        let members = self.wordings.iter().zip(&compared.with_reference).map(|(wording, pair)| Member {
            passage: wording.place.passage(),
            score: wording.score,
            pair: *pair,
            sentence: Some((wording.place.sentence, wording.score)),
            said: Some(ClaimSpan { span: wording.place.span, probability: wording.probability }),
        });
        let copied =
            |Across { a, b, pair }: &Across| copy(library, &Match { a: a.passage(), b: b.passage(), pair: *pair });
        Cluster {
            medoid: reference.place.passage(),
            heading: 0,
            members: members.collect(),
            mean: self.mean,
            min: self.min,
            keywords: known.keywords(self.wordings.iter().map(|wording| wording.text(library))),
            copies: compared.across.iter().filter_map(copied).collect(),
            conflicts,
        }
    }
}
