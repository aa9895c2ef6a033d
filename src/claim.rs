//! Claims: sentences of several sources that say the same.
//!
//! Candidates first: for each sentence those of other documents whose vectors are nearest, and with them the parts of documents that
//! are worth a close look. There every sentence is compared with every other word by word (`evidence`), a probability is made
//! of that (`probability`), and what is probable is brought together under a reference wording (`group`). Whether two
//! sentences match depends on their two documents and the model alone, whatever else is in the folder.

mod evidence;
mod group;
mod probability;
mod wording;

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::ops::Range;

use ndarray::{Array2, ArrayView2, s};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use crate::cluster::{Cluster, Conflict, Member, Middle, Said, Words, copy, to_compare};
use crate::corpus::Library;
use crate::disagreement::{Difference, differences, with_edits};
use crate::embed::Embedder;
use crate::independence::Independence;
use crate::key::Key;
use crate::similarity::calibration::{Background, Cuts, ModelBackground, Random, cross_source_pairs};
use crate::similarity::pairs::{BLOCK, Match, Pair, Pairs, Same};
use crate::similarity::relation::{Relation, overlap, relation};
use crate::store::{derived, encode};
use crate::sync::{Progress, SyncError};
pub use evidence::FEATURES;
use evidence::{Evidence, Said as Clauses};
use group::Star;
pub use probability::{CUT, probability};
use wording::Wordings;

/// Sentences of other documents that a sentence is held against.
const CANDIDATES: usize = 6;
/// Copies have at least this cosine.
const COPIED: f32 = 0.8;
/// Words from which on a sentence that recurs is no formula, as "declined to comment" is.
const NO_FORMULA: usize = 8;
/// What is less similar is no candidate.
const LEAST: f32 = 0.3;
/// Documents of this cosine are about the same subject; that they are more alike, as long ones are, says nothing more of their sentences.
const SAME_SUBJECT: f32 = 0.65;

/// The claims of a corpus.
#[derive(Debug, Clone, PartialEq)]
pub struct Claims {
    /// Those of most sources first, then the most probable, then by place. A member is a passage; its score is the cosine of its
    /// sentence with the reference's.
    pub claims: Vec<Cluster>,
    /// The probability from which on two sentences make one claim; none where the user's cosine decides.
    pub cut: Option<f32>,
    /// The cosine from which on two sentences are unusually similar.
    pub sentence_cut: f32,
    /// Whether sentences were compared: of too many they are not.
    pub compared: bool,
}

/// What is kept of a corpus.
#[derive(Serialize, Deserialize)]
struct Found {
    cuts: Cuts,
    compared: bool,
    groups: Vec<Group>,
}

/// Sentences that make one claim, the reference first, then the most probable.
#[derive(Serialize, Deserialize)]
struct Group {
    wordings: Vec<Wording>,
    /// The mean and the least cosine of all pairs.
    mean: f32,
    min: f32,
}

/// A sentence of a claim.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
struct Wording {
    /// Its passage, its place there, and the bytes of the passage that say it.
    entry: usize,
    at: usize,
    span: (usize, usize),
    /// That it makes the claim of the reference, whose own is 1.
    probability: f32,
    /// Its cosine with the reference, and how unusual that is.
    score: f32,
    percentile: f32,
}

/// Two sentences and how they compare.
#[derive(Debug, Clone, Copy)]
pub struct Scored {
    pub a: usize,
    pub b: usize,
    pub features: [f32; FEATURES.len()],
    pub probability: f32,
    /// The clauses that say it.
    clauses: [Clauses; 2],
}

/// Two sentences, each by its passage and its place there, and how they compare.
pub type Compared = ([(usize, usize); 2], Scored);

/// The claims of a corpus whose passages were fetched.
///
/// # Errors
/// When the store or the model fails.
pub fn claims(
    pairs: &Pairs,
    words: &Words,
    embedder: &Embedder,
    (model, independence): (&ModelBackground, &Independence),
    progress: &dyn Progress,
) -> Result<Claims, SyncError> {
    let corpus = pairs.corpus;
    let library = &corpus.library;
    let made_of = [corpus.key().as_ref(), &encode(model), &encode(&asked(pairs.asked()))].concat();
    let found: Found = derived(library.store(), Key::of("claims 1", [made_of]), || match Wordings::read(library, embedder, progress)? {
        Some(wordings) => Ok::<Found, SyncError>(found(&wordings, library, (model, independence), pairs.asked())),
        None => Ok(Found { cuts: pairs.background().cuts(), compared: false, groups: Vec::new() }),
    })?;
    let mut claims: Vec<(Reverse<(usize, u32)>, Cluster)> =
        found.groups.par_iter().map(|group| (group.rank(library), group.described(library, found.cuts, words))).collect();
    claims.sort_by_cached_key(|(rank, claim)| (*rank, claim.medoid, claim.members[0].sentence.map(|(at, _)| at)));
    let cut = (pairs.asked() == Same::Unusual).then_some(CUT);
    let claims = claims.into_iter().map(|(_, claim)| claim).collect();
    Ok(Claims { claims, cut, sentence_cut: found.cuts.same, compared: found.compared })
}

/// Every pair of sentences that a close look was taken at, as `(passage, place)` of both with their features: for the bench that fits and
/// checks the probability.
///
/// # Errors
/// When the model fails.
pub fn compared_pairs(library: &Library, embedder: &Embedder) -> Result<Vec<Compared>, SyncError> {
    let Some(wordings) = Wordings::read(library, embedder, &())? else { return Ok(Vec::new()) };
    let place = |at: usize| (wordings.sentences[at].entry, wordings.sentences[at].at);
    Ok(compared(&wordings, library, wordings.vectors().view(), |_| true)
        .into_iter()
        .map(|pair| ([place(pair.a), place(pair.b)], pair))
        .collect())
}

/// What was asked for, as numbers.
fn asked(same: Same) -> (u8, f32) {
    match same {
        Same::Unusual => (0, 0.0),
        Same::Percentile(percentile) => (1, percentile),
        Same::Score(score) => (2, score),
    }
}

fn found(wordings: &Wordings, library: &Library, (model, independence): (&ModelBackground, &Independence), same: Same) -> Found {
    let vectors = wordings.vectors();
    let background = background(wordings, library, independence, model);
    let cuts = same.cuts(&background, background.cuts_of_sentences(model));
    let matches = |pair: &Scored| match same {
        Same::Unusual => pair.probability >= CUT,
        // The cosine decides, as the user wishes.
        Same::Percentile(_) | Same::Score(_) => pair.features[COSINE] >= cuts.same,
    };
    let pairs = compared(wordings, library, vectors.view(), |pair| pair.probability >= group::LEAST || matches(pair));
    let by_place: HashMap<(usize, usize), &Scored> = pairs.iter().map(|pair| ((pair.a, pair.b), pair)).collect();
    let of = |a: usize, b: usize| by_place.get(&(a.min(b), a.max(b))).copied();
    let document = |at: usize| library.document(wordings.sentences[at].entry);
    let likely =
        pairs.iter().map(|pair| (pair.a, pair.b, if matches(pair) { pair.probability.max(group::LEAST) } else { pair.probability }));
    let stars = group::Pairs::new(wordings.sentences.len(), likely).stars(|a, b, _| of(a, b).is_some_and(matches), document);
    let groups = stars.iter().map(|star| Group::new(star, wordings, library, &vectors, &background, &of));
    Found { cuts, compared: true, groups: groups.collect() }
}

/// The place of the cosine among the features.
const COSINE: usize = FEATURES.len() - 1;

/// The pairs of sentences of two documents that a close look finds worth keeping, ascending.
fn compared(wordings: &Wordings, library: &Library, vectors: ArrayView2<f32>, keep: impl Fn(&Scored) -> bool + Sync) -> Vec<Scored> {
    let parts: Vec<(usize, usize)> = close_parts(wordings, library, vectors).into_iter().collect();
    let passages = wordings.means(library.len(), |sentence| sentence.entry);
    let documents = wordings.means(library.documents.len(), |sentence| library.document(sentence.entry));
    let compare = |&(a, b): &(usize, usize)| {
        let (a, b) = (&wordings.parts[a], &wordings.parts[b]);
        let evidence = Evidence::new(wordings, a, b);
        let mut found = Vec::new();
        for ((i, j), clauses) in evidence.clauses.indexed_iter() {
            let (own, other) = (a.start + i, b.start + j);
            let (entry, other_entry) = (wordings.sentences[own].entry, wordings.sentences[other].entry);
            let about = documents.row(library.document(entry)).dot(&documents.row(library.document(other_entry)));
            let cosine = vectors.row(own).dot(&vectors.row(other)).min(1.0);
            // What was copied says the same, whatever the rest of the documents is about.
            let about =
                if cosine >= COPIED && copied(library, [own, other].map(|at| wordings.sentences[at])) { SAME_SUBJECT } else { about };
            let (number, other_number) = evidence::numbers(&wordings.of(own).numbers, &wordings.of(other).numbers);
            let features = [
                evidence.clause[(i, j)],
                evidence.sentence[(i, j)],
                number,
                other_number,
                evidence.context((i, j)),
                passages.row(entry).dot(&passages.row(other_entry)),
                about.min(SAME_SUBJECT),
                cosine,
            ];
            let pair = Scored { a: own, b: other, probability: probability(&features), features, clauses: *clauses };
            found.extend(keep(&pair).then_some(pair));
        }
        found
    };
    let mut found: Vec<Scored> = parts.par_iter().flat_map_iter(compare).collect();
    found.sort_unstable_by_key(|pair| (pair.a, pair.b));
    found
}

/// Whether two sentences that are long enough not to be a formula are copies of one another.
fn copied(library: &Library, sentences: [wording::Sentence; 2]) -> bool {
    let [a, b] = sentences.map(|sentence| library.passage(sentence.entry).sentence(sentence.at));
    let overlap = overlap(a, b);
    overlap.words.0.min(overlap.words.1) >= NO_FORMULA && overlap.is_copy()
}

/// The parts of two documents, the first before the second, of which a sentence of the one is among the [`CANDIDATES`] that are
/// nearest to a sentence of the other.
fn close_parts(wordings: &Wordings, library: &Library, vectors: ArrayView2<f32>) -> BTreeSet<(usize, usize)> {
    let document: Vec<usize> = wordings.sentences.iter().map(|sentence| library.document(sentence.entry)).collect();
    let mut part = vec![0; document.len()];
    wordings.parts.iter().enumerate().for_each(|(at, range)| part[range.clone()].fill(at));
    let n = vectors.nrows();
    let starts: Vec<usize> = (0..n).step_by(BLOCK).collect();
    let of_block = |&start: &usize| {
        let rows = vectors.slice(s![start..(start + BLOCK).min(n), ..]);
        let mut nearest: Vec<Vec<(f32, usize)>> = vec![Vec::new(); rows.nrows()];
        for other in (0..n).step_by(BLOCK) {
            let products = rows.dot(&vectors.slice(s![other..(other + BLOCK).min(n), ..]).t());
            for ((at, nearest), products) in nearest.iter_mut().enumerate().zip(products.rows()) {
                let least = if nearest.len() < CANDIDATES { LEAST } else { nearest[CANDIDATES - 1].0 };
                let close =
                    products.iter().enumerate().filter(|(_, product)| **product > least).map(|(to, product)| (*product, other + to));
                nearest.extend(close.filter(|(_, to)| document[*to] != document[start + at]));
                nearest.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
                nearest.truncate(CANDIDATES);
            }
        }
        let pair = |(at, (_, to)): (usize, &(f32, usize))| (part[start + at].min(part[*to]), part[start + at].max(part[*to]));
        nearest.iter().enumerate().flat_map(|(at, near)| near.iter().map(move |found| (at, found))).map(pair).collect::<BTreeSet<_>>()
    };
    starts.par_iter().map(of_block).reduce(BTreeSet::new, |mut all, some| {
        all.extend(some);
        all
    })
}

/// How unusual cosines of sentences are: one of each of two random passages of two sources.
fn background(wordings: &Wordings, library: &Library, independence: &Independence, model: &ModelBackground) -> Background {
    let mut of: Vec<Range<usize>> = vec![0..0; library.len()];
    for (at, sentence) in wordings.sentences.iter().enumerate() {
        let range = &mut of[sentence.entry];
        *range = if range.start == range.end { at..at + 1 } else { range.start..at + 1 };
    }
    let mut random = Random(0);
    let pairs = cross_source_pairs(library, independence, &mut random);
    let mut draw = |entry: usize| (!of[entry].is_empty()).then(|| of[entry].start + random.below(of[entry].len()));
    let product = |a: usize, b: usize| wordings.of(a).vector.iter().zip(&wordings.of(b).vector).map(|(a, b)| a * b).sum::<f32>();
    let sample = pairs.into_iter().filter_map(|(a, b)| Some(product(draw(a)?, draw(b)?)));
    Background::of(sample.collect(), &model.passages)
}

impl Group {
    fn new<'a>(
        star: &Star,
        wordings: &Wordings,
        library: &Library,
        vectors: &Array2<f32>,
        background: &Background,
        of: &impl Fn(usize, usize) -> Option<&'a Scored>,
    ) -> Self {
        let reference = star.reference;
        // The clauses of a pair: the reference's, and the other's.
        let clauses = |other: usize| {
            let [a, b] = of(reference, other).map_or([(0, 0); 2], |pair| pair.clauses);
            if reference < other { (a, b) } else { (b, a) }
        };
        let span = |at: usize, (first, last): Clauses| {
            let sentence = &wordings.sentences[at];
            let whole = &library.passage(sentence.entry).sentences[sentence.at];
            let clauses = wordings.of(at).clauses.get(usize::from(first)..=usize::from(last));
            let ends = clauses.and_then(|clauses| Some((clauses.first()?.span.start, clauses.last()?.span.end)));
            ends.map_or((whole.start, whole.end), |(start, end)| (whole.start + start, whole.start + end))
        };
        let wording = |at: usize, clauses: Clauses, probability: f32| {
            let score = if at == reference { 1.0 } else { vectors.row(reference).dot(&vectors.row(at)).min(1.0) };
            let wording::Sentence { entry, at: place, .. } = wordings.sentences[at];
            Wording { entry, at: place, span: span(at, clauses), probability, score, percentile: background.percentile(score) }
        };
        // The clauses of the reference that most of the others match.
        let own = star.others.iter().map(|(other, _)| clauses(*other).0);
        let mut counts: BTreeMap<Clauses, usize> = BTreeMap::new();
        own.for_each(|clause| *counts.entry(clause).or_default() += 1);
        let most = counts.iter().max_by_key(|(clause, count)| (**count, Reverse(**clause))).map_or((0, 0), |(clauses, _)| *clauses);
        let others = star.others.iter().map(|&(other, probability)| wording(other, clauses(other).1, probability));
        let mut found: Vec<Wording> = std::iter::once(wording(reference, most, 1.0)).chain(others).collect();
        // Of a passage that says it twice, what is more probable.
        let mut seen = BTreeSet::new();
        found.retain(|wording| seen.insert(wording.entry));
        let all: Vec<usize> = std::iter::once(reference).chain(star.others.iter().map(|(other, _)| *other)).collect();
        let rows = vectors.select(ndarray::Axis(0), &all);
        let Middle { mean, min, .. } = Middle::of(rows.view(), &vec![1.0; all.len()]);
        Self { wordings: found, mean, min }
    }

    /// What orders claims: the number of sources, then how sure the least and the other wordings are.
    fn rank(&self, library: &Library) -> Reverse<(usize, u32)> {
        let documents: BTreeSet<usize> = self.wordings.iter().map(|wording| library.document(wording.entry)).collect();
        let others = &self.wordings[1..];
        let mean = others.iter().map(|wording| wording.probability).sum::<f32>() / others.len().max(1) as f32;
        Reverse((documents.len(), (mean * 1e6) as u32))
    }

    fn described(&self, library: &Library, cuts: Cuts, known: &Words) -> Cluster {
        let text = |wording: &Wording| library.passage(wording.entry).sentence(wording.at);
        let reference = self.wordings[0];
        let compare = |a: &Wording, b: &Wording, score: f32| {
            let overlap = overlap(text(a), text(b));
            // They say the same, though in other words than a cosine can tell.
            let relation = relation(&overlap, score, cuts).filter(|relation| *relation < Relation::Related).unwrap_or(Relation::Paraphrase);
            Pair { score, percentile: b.percentile, overlap, relation: Some(relation) }
        };
        let members = self.wordings.iter().enumerate().map(|(at, wording)| Member {
            entry: wording.entry,
            score: wording.score,
            pair: (at > 0).then(|| compare(&reference, wording, wording.score)),
            sentence: Some((wording.at, wording.score)),
            said: Some(Said { span: wording.span, probability: wording.probability }),
        });
        let compared = to_compare(self.wordings.len(), 0).into_iter();
        let across = compared.map(|(a, b)| (&self.wordings[a], &self.wordings[b]));
        let across: Vec<(&Wording, &Wording, Pair)> = across
            .filter(|(a, b)| library.document(a.entry) != library.document(b.entry))
            // The least that any two are alike; the relation of copies follows from their words alone.
            .map(|(a, b)| (a, b, compare(a, b, self.min)))
            .collect();
        let conflict = |(a, b, pair): &(&Wording, &Wording, Pair)| {
            let found = disagreements(library, a, b, pair.relation);
            (!found.is_empty()).then_some(Conflict { a: a.entry, b: b.entry, differences: found })
        };
        Cluster {
            medoid: reference.entry,
            members: members.collect(),
            mean: self.mean,
            min: self.min,
            keywords: known.keywords(self.wordings.iter().map(text)),
            copies: across.iter().filter_map(|(a, b, pair)| copy(library, &Match { a: a.entry, b: b.entry, pair: *pair })).collect(),
            conflicts: across.iter().filter_map(conflict).collect(),
        }
    }
}

/// Where two sentences may disagree, in bytes of their passages.
fn disagreements(library: &Library, a: &Wording, b: &Wording, relation: Option<Relation>) -> Vec<Difference> {
    let (own, other) = (library.passage(a.entry), library.passage(b.entry));
    let (own_text, other_text) = (own.sentence(a.at), other.sentence(b.at));
    let found = differences(own_text, other_text);
    let found = if relation == Some(Relation::NearCopy) { with_edits(found, own_text, other_text) } else { found };
    let (start_a, start_b) = (own.sentences[a.at].start, other.sentences[b.at].start);
    found.into_iter().map(|difference| difference.moved(start_a, start_b)).collect()
}
