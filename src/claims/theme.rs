//! Themes: clusters of passages that say similar things, across sources.

use std::cmp::Reverse;
use std::collections::BTreeSet;

use ndarray::{Array1, ArrayView1, ArrayView2, Axis, s};
use rayon::prelude::*;

use super::keywords::Words;
use crate::compare::linkage::BLOCK;
use crate::compare::{Match, Merge, Pair, Pairs, Reason, Relation, best_row, dense, flat_clusters};
use crate::disagreement::Difference;
use crate::kernels::Kernels;
use crate::library::{Corpus, DocumentId, Library, PassageId, SentenceId};
use crate::matches::Matches;

/// Maximum number of members of a cluster for which all pairs are compared word by word; in larger ones only pairs with
/// the medoid are.
const EACH_WITH_EACH: usize = 64;

/// The probability at or above which a passage is more likely than not to make a claim.
pub const LIKELY: f32 = 0.5;

/// Passages that say similar things.
#[derive(Debug, Clone, PartialEq)]
pub struct Cluster {
    /// The passage with the highest mean similarity to the others, the first of equals.
    pub medoid: PassageId,
    /// All passages, the medoid first, then by similarity to it.
    pub members: Vec<Member>,
    /// The index of the member whose sentence is the heading.
    pub heading: usize,
    /// The mean cosine of all pairs.
    pub mean: f32,
    /// The lowest cosine of any pair.
    pub min: f32,
    /// Words that are frequent in the cluster and rare elsewhere.
    pub keywords: Vec<String>,
    /// Pairs of documents one of whose passages here was derived from the other's.
    pub copies: Vec<Merge>,
    /// Pairs of passages of two documents that may disagree.
    pub conflicts: Vec<Conflict>,
}

/// Where two passages of a cluster may disagree.
#[derive(Debug, Clone, PartialEq)]
pub struct Conflict {
    /// The first passage.
    pub a: PassageId,
    /// The second passage.
    pub b: PassageId,
    /// Differences, in bytes of the passages' texts.
    pub differences: Vec<Difference>,
}

/// A passage of a cluster.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Member {
    /// The passage.
    pub passage: PassageId,
    /// Cosine to the medoid.
    pub score: f32,
    /// Comparison with the medoid; `None` for the medoid itself.
    pub pair: Option<Pair>,
    /// The sentence nearest to the cluster's label, with the cosine. The label is the sentence of the medoid that the
    /// other members are closest to.
    pub sentence: Option<(SentenceId, f32)>,
    /// For a claim's wording: the part of the passage that makes the claim.
    pub said: Option<ClaimSpan>,
}

/// The part of a passage that makes a claim.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ClaimSpan {
    /// Bytes of the passage's text, as start and end (exclusive).
    pub span: (usize, usize),
    /// Probability that it makes the claim of the reference; 1 for the reference itself.
    pub probability: f32,
}

/// Passages on the same subject.
#[derive(Debug, Clone, PartialEq)]
pub struct Clustering {
    /// Clusters with most sources first, then the largest, then by place.
    pub clusters: Vec<Cluster>,
    /// The words of all passages.
    pub words: Words,
}

/// Clusters the passages of a corpus down to the mean cosine at which passages make one claim.
pub fn cluster(pairs: &Pairs, matches: &Matches) -> Clustering {
    let corpus = pairs.corpus;
    let groups = flat_clusters(corpus.kernels(), corpus.passages(), pairs.claim());
    let words = Words::of(corpus);
    let many: Vec<Vec<usize>> = groups.into_iter().filter(|group| group.len() > 1).collect();
    let mut clusters: Vec<Cluster> = many.par_iter().map(|group| describe(pairs, matches, group, &words)).collect();
    clusters.sort_by_cached_key(|cluster| cluster.rank(&corpus.library));
    Clustering { clusters, words }
}

impl Cluster {
    /// The sort key of clusters: most sources first, then the largest, then by place.
    pub(crate) fn rank(&self, library: &Library) -> impl Ord + use<> {
        let size = (self.documents(library).len(), self.members.len());
        (Reverse(size), self.medoid)
    }

    /// Makes the heading of a claim of two wordings its reference: each of them matches the other alike.
    pub(super) fn turn_to_heading(&mut self) {
        let ([first, second], 1) = (&mut self.members[..], self.heading) else { return };
        std::mem::swap(&mut first.passage, &mut second.passage);
        if let (Some((own, _)), Some((other, _))) = (&mut first.sentence, &mut second.sentence) {
            std::mem::swap(own, other);
        }
        if let (Some(own), Some(other)) = (&mut first.said, &mut second.said) {
            std::mem::swap(&mut own.span, &mut other.span);
        }
        second.pair = second.pair.map(|pair| Pair { overlap: pair.overlap.mirrored(), ..pair });
        (self.medoid, self.heading) = (first.passage, 0);
    }

    /// The documents that have a passage in the cluster, ascending.
    pub fn documents(&self, library: &Library) -> Vec<DocumentId> {
        documents(library, self.members.iter())
    }

    /// The documents that are more likely than not to make the claim, ascending; of a theme, all.
    pub fn likely_documents(&self, library: &Library) -> Vec<DocumentId> {
        documents(library, self.members.iter().filter(|member| !member.is_unsure()))
    }
}

fn documents<'a>(library: &Library, members: impl Iterator<Item = &'a Member>) -> Vec<DocumentId> {
    let documents: BTreeSet<DocumentId> = members.map(|member| library.document_of(member.passage)).collect();
    documents.into_iter().collect()
}

impl Member {
    /// Whether it is more likely than not that the passage does not make the claim.
    pub fn is_unsure(&self) -> bool {
        self.said.is_some_and(|said| said.probability < LIKELY)
    }
}

/// The theme of the passages with these rows.
fn describe(pairs: &Pairs, matches: &Matches, rows: &[usize], words: &Words) -> Cluster {
    let corpus = pairs.corpus;
    let middle = Medoid::of(corpus.kernels(), corpus.passages().select(Axis(0), rows).view(), &vec![1.0; rows.len()]);
    let group: Vec<PassageId> = rows.iter().copied().map(PassageId::new).collect();
    let medoid = group[middle.medoid];
    let label = label_sentence(corpus, medoid, &group);
    let nearest = |passage: PassageId, label: usize| {
        let best = best_row(corpus.sentences(passage).view(), corpus.sentences(medoid).row(label));
        best.map(|(at, score)| (SentenceId::new(passage, at), score))
    };
    let mut members: Vec<Member> = group
        .iter()
        .zip(&middle.scores)
        .map(|(&passage, score)| Member {
            passage,
            score: *score,
            pair: (passage != medoid).then(|| pairs.compare(medoid, passage)),
            sentence: label.and_then(|label| nearest(passage, label)),
            said: None,
        })
        .collect();
    members.sort_by(|a, b| {
        let first = (b.passage == medoid).cmp(&(a.passage == medoid));
        first.then(b.score.total_cmp(&a.score)).then(a.passage.cmp(&b.passage))
    });
    let document = |passage: PassageId| corpus.library.document_of(passage);
    let compared = to_compare(group.len(), middle.medoid).into_iter().map(|(a, b)| (group[a], group[b]));
    let across = compared.filter(|&(a, b)| document(a) != document(b));
    let across: Vec<Match> = across.map(|(a, b)| Match { a, b, pair: pairs.compare(a, b) }).collect();
    Cluster {
        medoid,
        heading: 0,
        members,
        mean: middle.mean,
        min: middle.min,
        keywords: words.keywords(group.iter().map(|passage| corpus.library.passage(*passage).text.as_str())),
        copies: across.iter().filter_map(|found| copy(&corpus.library, found)).collect(),
        conflicts: across.iter().filter_map(|found| conflict(&corpus.library, matches, found)).collect(),
    }
}

/// The medoid of a group of vectors, and how the others lie around it.
pub(crate) struct Medoid {
    /// The row with the highest mean cosine to the others, the first of equals.
    pub medoid: usize,
    /// The cosine of each row with the medoid.
    pub scores: Array1<f32>,
    /// The mean and the lowest cosine of all pairs.
    pub mean: f32,
    pub min: f32,
}

impl Medoid {
    /// Analyses rows `[n, dim]` of length 1; each counts as many times as `counts` says, two or more in all.
    pub fn of(kernels: &dyn Kernels, rows: ArrayView2<f32>, counts: &[f32]) -> Self {
        let starts: Vec<usize> = (0..rows.nrows()).step_by(BLOCK).collect();
        let of_block = |start: usize| {
            let products = dense(kernels, rows.slice(s![start..(start + BLOCK).min(rows.nrows()), ..]), rows);
            let of_row = move |(at, row): (usize, ArrayView1<f32>)| {
                let others = row.iter().zip(counts).enumerate().filter(|(other, _)| *other != start + at);
                let first = (f64::from(counts[start + at] - 1.0), 1.0f32);
                others.fold(first, |(sum, min), (_, (product, count))| {
                    (sum + f64::from(product * count), min.min(*product))
                })
            };
            products.rows().into_iter().enumerate().map(of_row).collect::<Vec<(f64, f32)>>()
        };
        let of_rows: Vec<(f64, f32)> = starts.into_par_iter().flat_map_iter(of_block).collect();
        let medoid = (0..of_rows.len()).fold(0, |best, at| if of_rows[at].0 > of_rows[best].0 { at } else { best });
        let all: f64 = counts.iter().map(|count| f64::from(*count)).sum();
        let pairs: f64 = of_rows.iter().zip(counts).map(|((sum, _), count)| sum * f64::from(*count)).sum();
        let mut scores = dense(kernels, rows, rows.slice(s![medoid..=medoid, ..])).index_axis_move(Axis(1), 0);
        scores.mapv_inplace(|score| score.min(1.0));
        scores[medoid] = 1.0;
        Self {
            medoid,
            scores,
            mean: (pairs / (all * (all - 1.0))).min(1.0) as f32,
            min: of_rows.iter().map(|(_, min)| *min).fold(1.0, f32::min),
        }
    }
}

/// The pairs of `n` members that are compared word by word: all of them, or only those with the medoid if there are too
/// many.
pub(crate) fn to_compare(n: usize, medoid: usize) -> Vec<(usize, usize)> {
    if n <= EACH_WITH_EACH {
        (0..n).flat_map(|a| (a + 1..n).map(move |b| (a, b))).collect()
    } else {
        (0..n).filter(|at| *at != medoid).map(|at| (medoid, at)).collect()
    }
}

/// Minimum number of words in a row that two passages share if one was derived from the other; fewer occur by chance.
const COPIED_RUN: usize = 8;

/// The documents of two passages, if one was derived from the other.
pub(crate) fn copy(library: &Library, found: &Match) -> Option<Merge> {
    let relation = found.pair.relation.filter(|relation| *relation <= Relation::NearCopy)?;
    if found.pair.overlap.longest_run < COPIED_RUN {
        return None;
    }
    Some(Merge { a: library.document_of(found.a), b: library.document_of(found.b), reason: Reason::Passage(relation) })
}

fn conflict(library: &Library, matches: &Matches, found: &Match) -> Option<Conflict> {
    let differences = matches.differences(library, *found);
    (!differences.is_empty()).then_some(Conflict { a: found.a, b: found.b, differences })
}

/// The index of the sentence of `medoid` that the other members are closest to: the one with the highest mean cosine of
/// their best sentences.
fn label_sentence(corpus: &Corpus, medoid: PassageId, group: &[PassageId]) -> Option<usize> {
    let sentences = corpus.sentences(medoid);
    let others = || group.iter().filter(|passage| **passage != medoid);
    let support = sentences.rows().into_iter().map(|sentence| {
        let nearest = others().filter_map(|passage| best_row(corpus.sentences(*passage).view(), sentence));
        nearest.map(|(_, score)| score).sum::<f32>()
    });
    support
        .enumerate()
        .fold(None, |best: Option<(usize, f32)>, (at, score)| {
            best.filter(|(_, top)| *top >= score).or(Some((at, score)))
        })
        .map(|(at, _)| at)
}
