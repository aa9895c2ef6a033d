//! Clusters of passages that say similar things, across sources.
//!
//! Average linkage (UPGMA; Sokal & Michener 1958) over cosine, cut where two clusters' mean similarity falls below a
//! threshold. Two clusters can only merge above the threshold if at least one pair between them lies above it, so the flat
//! clusters never cross a connected component of the graph of such pairs: each component is clustered alone, with the same
//! result and a fraction of the memory. A component that is too large even so is parted first, into those of a higher threshold.

use std::cmp::Reverse;
use std::collections::{BTreeSet, HashMap};
use std::ops::Range;

use kodama::{Method, linkage};
use ndarray::{Array1, ArrayView1, ArrayView2, Axis, s};
use rayon::prelude::*;

use crate::base::UnionFind;
use crate::compare::{BLOCK, Match, Merge, Pair, Pairs, Reason, Relation, best_row, close_pairs, first_best};
use crate::disagreement::Difference;
use crate::lang::english::is_grammatical;
use crate::lang::words;
use crate::library::{Corpus, Library};
use crate::matches::{Matches, Near};

/// Passages of one component that can be clustered: its distances take 2 bytes times the square of this, 1.8 GB.
pub const MAX_COMPONENT: usize = 30_000;
/// By how much the threshold rises until components are small enough.
const STEP: f32 = 0.05;
/// What hangs together at this cosine is one cluster, if it is too large for any other.
const WHOLE: f32 = 0.95;
/// In clusters of more passages only pairs with the medoid are compared word by word.
const EACH_WITH_EACH: usize = 64;

/// Passages that say similar things.
#[derive(Debug, Clone, PartialEq)]
pub struct Cluster {
    /// The passage with the highest mean similarity to the others (the first of equals).
    pub medoid: usize,
    /// All passages, the medoid first, then the nearest to it.
    pub members: Vec<Member>,
    /// The mean cosine of all pairs.
    pub mean: f32,
    /// The least cosine of any pair.
    pub min: f32,
    /// Words that stand in the cluster and seldom elsewhere.
    pub keywords: Vec<String>,
    /// Documents of which one's passage here was made from the other's.
    pub copies: Vec<Merge>,
    /// Passages of two documents that may disagree.
    pub conflicts: Vec<Conflict>,
}

/// Where two passages of a cluster may disagree.
#[derive(Debug, Clone, PartialEq)]
pub struct Conflict {
    pub a: usize,
    pub b: usize,
    /// In bytes of the passages' texts.
    pub differences: Vec<Difference>,
}

/// A passage of a cluster.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Member {
    pub entry: usize,
    /// Its cosine to the medoid.
    pub score: f32,
    /// How it compares with the medoid; `None` of the medoid itself.
    pub pair: Option<Pair>,
    /// Its sentence that is nearest to the cluster's label, as its place in the passage, with the cosine. The label is the
    /// medoid's: the sentence of it that the other members come nearest to.
    pub sentence: Option<(usize, f32)>,
    /// Of a claim's wording: what of it says the claim.
    pub said: Option<Said>,
}

/// The part of a passage that makes a claim.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Said {
    /// Its first byte in the passage's text, and the one after its last.
    pub span: (usize, usize),
    /// How likely it is that it makes the claim of the reference; 1 of the reference itself.
    pub probability: f32,
}

/// A passage of which no sentence says what one of another source says.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Unique {
    pub entry: usize,
    /// The passage of another source that is most likely to say the same, or else has the highest cosine.
    pub nearest: Option<Near>,
}

/// Passages on the same subject.
#[derive(Debug, Clone, PartialEq)]
pub struct Clustering {
    /// Those of most sources first, then the largest, then by place.
    pub clusters: Vec<Cluster>,
    /// Where too many passages hung together to be clustered at once: the cosine at which they were parted.
    pub parted_at: Option<f32>,
    /// The words of all passages.
    pub words: Words,
}

/// A cluster in which all documents but one have a passage.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct AllButOne {
    /// Its place among the clusters.
    pub cluster: usize,
    /// The document that has none.
    pub document: usize,
    /// That document's passage which is most likely to say it, or else has the highest cosine with the medoid; the cosine is that with the medoid.
    pub nearest: Option<Near>,
}

/// Clusters the passages of a corpus, down to the mean cosine from which on passages make one claim.
pub fn cluster(pairs: &Pairs, matches: &Matches) -> Clustering {
    let corpus = pairs.corpus;
    let FlatClusters { groups, parted_at } = flat_clusters(corpus.passages(), pairs.claim());
    let words = Words::of(corpus);
    let many: Vec<Vec<usize>> = groups.into_iter().filter(|group| group.len() > 1).collect();
    let mut clusters: Vec<Cluster> = many.par_iter().map(|group| describe((pairs, matches), group, &words)).collect();
    clusters.sort_by_cached_key(|cluster| cluster.rank(&corpus.library));
    Clustering { clusters, parted_at, words }
}

/// What one source alone says, in the order of the library.
pub fn unique(pairs: &Pairs, matches: &Matches) -> Vec<Unique> {
    let corpus = pairs.corpus;
    let shared = matches.shared(&corpus.library);
    let mut likeliest: HashMap<usize, (usize, f32)> = HashMap::new();
    for ((own, _), found) in matches.likeliest(&corpus.library) {
        let known = likeliest.entry(own).or_insert(found);
        if found.1 > known.1 {
            *known = found;
        }
    }
    let unique: Vec<usize> = (0..corpus.library.len()).filter(|entry| !shared.contains(entry)).collect();
    let unlikely: Vec<usize> = unique.iter().copied().filter(|entry| !likeliest.contains_key(entry)).collect();
    let by_cosine: HashMap<usize, Option<(usize, f32)>> = unlikely.iter().copied().zip(nearest_elsewhere(corpus, &unlikely)).collect();
    let nearest = |entry: usize| Near::new(pairs, entry, likeliest.get(&entry).copied(), || by_cosine[&entry]);
    unique.into_iter().map(|entry| Unique { entry, nearest: nearest(entry) }).collect()
}

impl Cluster {
    /// What orders clusters: those of most sources first, then the largest, then by place.
    pub(crate) fn rank(&self, library: &Library) -> impl Ord + use<> {
        let size = (self.documents(library).len(), self.members.len());
        (Reverse(size), self.medoid, self.members[0].sentence.map(|(at, _)| at))
    }

    /// The documents that have a passage in it, ascending.
    pub fn documents(&self, library: &Library) -> Vec<usize> {
        let documents: BTreeSet<usize> = self.members.iter().map(|member| library.document(member.entry)).collect();
        documents.into_iter().collect()
    }
}

/// Of these claims, what every document says but one.
pub fn all_but_one(pairs: &Pairs, matches: &Matches, claims: &[Cluster]) -> Vec<AllButOne> {
    let mut said: HashMap<(usize, usize), BTreeSet<usize>> = HashMap::new();
    for pair in matches.claiming() {
        let [a, b] = [pair.a, pair.b].map(|place| pairs.corpus.library.document(place.entry));
        said.entry(pair.a.sentence()).or_default().insert(b);
        said.entry(pair.b.sentence()).or_default().insert(a);
    }
    // Whether a sentence of the document says what any wording of the claim does.
    let says = |claim: &Cluster, document: usize| {
        let mut wordings = claim.members.iter().filter_map(|member| said.get(&(member.entry, member.sentence?.0)));
        wordings.any(|documents| documents.contains(&document))
    };
    let likeliest = matches.likeliest(&pairs.corpus.library);
    let missing = |(at, claim): (usize, &Cluster)| {
        let document = missing_in_one(&pairs.corpus.library, claim).filter(|document| !says(claim, *document))?;
        let of_document = claim.members.iter().filter_map(|member| likeliest.get(&(member.entry, document)).copied());
        let most = of_document.max_by(|x, y| x.1.total_cmp(&y.1).then(y.0.cmp(&x.0)));
        let by_cosine = || first_best(pairs.corpus.library.passages_of(document).map(|entry| (entry, pairs.score(claim.medoid, entry))));
        Some(AllButOne { cluster: at, document, nearest: Near::new(pairs, claim.medoid, most, by_cosine) })
    };
    claims.iter().enumerate().filter_map(missing).collect()
}

/// The one document that has no passage in a cluster, if it is one.
fn missing_in_one(library: &Library, cluster: &Cluster) -> Option<usize> {
    let present = cluster.documents(library);
    let speaking: Vec<usize> = (0..library.documents.len()).filter(|document| !library.passages_of(*document).is_empty()).collect();
    // Of two documents, what one says is what the other does not.
    if speaking.len() < 3 || present.len() + 1 != speaking.len() {
        return None;
    }
    speaking.into_iter().find(|document| present.binary_search(document).is_err())
}

/// Vectors in clusters.
#[derive(Debug, Clone, PartialEq)]
pub struct FlatClusters {
    /// Each ascending, in the order of their first members.
    pub groups: Vec<Vec<usize>>,
    /// The highest threshold at which what was too large to be clustered at once was parted.
    pub parted_at: Option<f32>,
}

/// The flat clusters of `[n, dim]` vectors of length 1: average linkage, cut at a mean cosine of `threshold`.
///
/// Of more than [`MAX_COMPONENT`] vectors that hang together, those that do not at a higher threshold are in different clusters, and
/// those that do at 0.95 in one.
pub fn flat_clusters(vectors: ArrayView2<f32>, threshold: f32) -> FlatClusters {
    flat_clusters_of(vectors, threshold, MAX_COMPONENT)
}

fn flat_clusters_of(vectors: ArrayView2<f32>, threshold: f32, most: usize) -> FlatClusters {
    let (parts, parted_at) = parts(vectors, threshold, most);
    let linked = |part: Vec<usize>| if part.len() > most { vec![part] } else { average_linkage(vectors, &part, threshold) };
    let mut groups: Vec<Vec<usize>> = parts.into_iter().flat_map(linked).collect();
    groups.sort_unstable();
    FlatClusters { groups, parted_at }
}

/// The connected components at a threshold, those of more than `most` in their components at a higher one, and the highest that
/// was needed. What hangs together at [`WHOLE`] stays so, however many it is.
fn parts(vectors: ArrayView2<f32>, threshold: f32, most: usize) -> (Vec<Vec<usize>>, Option<f32>) {
    let (mut parts, mut highest) = (Vec::new(), None::<f32>);
    let mut open: Vec<(Vec<usize>, f32)> = components(vectors, threshold).into_iter().map(|part| (part, threshold)).collect();
    while let Some((part, at)) = open.pop() {
        let higher = (at + STEP).min(WHOLE).max(at);
        if part.len() > most {
            highest = Some(highest.map_or(higher, |highest| highest.max(higher)));
        }
        if part.len() <= most || at >= WHOLE {
            parts.push(part);
        } else {
            let inner = components(vectors.select(Axis(0), &part).view(), higher);
            open.extend(inner.into_iter().map(|rows| (rows.into_iter().map(|row| part[row]).collect(), higher)));
        }
    }
    (parts, highest)
}

/// The connected components of the graph of pairs with a cosine of at least `threshold`, each ascending.
fn components(vectors: ArrayView2<f32>, threshold: f32) -> Vec<Vec<usize>> {
    let n = vectors.nrows();
    let mut union = UnionFind::new(n);
    for row in (0..n).step_by(BLOCK) {
        let later: Vec<usize> = (row..n).step_by(BLOCK).collect();
        // There may be as many edges as pairs.
        for some in later.chunks(64) {
            let edges: Vec<Vec<(usize, usize)>> = some.par_iter().map(|&column| close_pairs(vectors, (row, column), threshold)).collect();
            for (a, b) in edges.into_iter().flatten() {
                union.join(a, b);
            }
        }
    }
    union.sets()
}

/// The flat clusters of one component.
fn average_linkage(vectors: ArrayView2<f32>, component: &[usize], threshold: f32) -> Vec<Vec<usize>> {
    let n = component.len();
    if n == 1 {
        return vec![component.to_vec()];
    }
    let rows = vectors.select(Axis(0), component);
    let mut condensed = vec![0.0f32; n * (n - 1) / 2];
    let mut rest = condensed.as_mut_slice();
    let mut blocks = Vec::new();
    for start in (0..n).step_by(BLOCK) {
        let distances: usize = (start..(start + BLOCK).min(n)).map(|row| n - 1 - row).sum();
        let (block, after) = rest.split_at_mut(distances);
        blocks.push((start, block));
        rest = after;
    }
    blocks.into_par_iter().for_each(|(start, block)| {
        let products = rows.slice(s![start..(start + BLOCK).min(n), ..]).dot(&rows.slice(s![start.., ..]).t());
        let later = products.rows().into_iter().enumerate().flat_map(|(at, row)| row.into_iter().skip(at + 1));
        block.iter_mut().zip(later).for_each(|(distance, product)| *distance = 1.0 - product);
    });
    linked(&mut condensed, n, threshold).into_iter().map(|set| set.into_iter().map(|at| component[at]).collect()).collect()
}

/// Average linkage of `n` things whose distances are one less their likeness, cut at a `least` likeness: the groups, each ascending.
pub(crate) fn linked(condensed: &mut [f32], n: usize, least: f32) -> Vec<Vec<usize>> {
    let dendrogram = linkage(condensed, n, Method::Average);
    // Step k makes the cluster n + k; distances grow from step to step, so cutting is following the first steps.
    let mut union = UnionFind::new(n);
    let mut first = (0..n).collect::<Vec<usize>>();
    for step in dendrogram.steps() {
        first.push(first[step.cluster1]);
        if step.dissimilarity <= 1.0 - least {
            union.join(first[step.cluster1], first[step.cluster2]);
        }
    }
    union.sets()
}

fn describe((pairs, matches): (&Pairs, &Matches), group: &[usize], words: &Words) -> Cluster {
    let corpus = pairs.corpus;
    let middle = Middle::of(corpus.passages().select(Axis(0), group).view(), &vec![1.0; group.len()]);
    let medoid = group[middle.medoid];
    let label = label_sentence(corpus, medoid, group);
    let mut members: Vec<Member> = group
        .iter()
        .enumerate()
        .map(|(at, &entry)| Member {
            entry,
            score: middle.scores[at],
            pair: (entry != medoid).then(|| pairs.compare(medoid, entry)),
            sentence: label.and_then(|label| best_row(corpus.sentences(entry).view(), corpus.sentences(medoid).row(label))),
            said: None,
        })
        .collect();
    members.sort_by(|a, b| (b.entry == medoid).cmp(&(a.entry == medoid)).then(b.score.total_cmp(&a.score)).then(a.entry.cmp(&b.entry)));
    let document = |entry: usize| corpus.library.document(entry);
    let compared = to_compare(group.len(), middle.medoid).into_iter().map(|(a, b)| (group[a], group[b]));
    let across = compared.filter(|&(a, b)| document(a) != document(b));
    let across: Vec<Match> = across.map(|(a, b)| Match { a, b, pair: pairs.compare(a, b) }).collect();
    Cluster {
        medoid,
        members,
        mean: middle.mean,
        min: middle.min,
        keywords: words.keywords(group.iter().map(|entry| corpus.library.passage(*entry).text.as_str())),
        copies: across.iter().filter_map(|found| copy(&corpus.library, found)).collect(),
        conflicts: across.iter().filter_map(|found| conflict((pairs, matches), found)).collect(),
    }
}

/// How the vectors of a group lie.
pub(crate) struct Middle {
    /// The row with the highest mean cosine to the others, the first of equals.
    pub medoid: usize,
    /// The cosine of each row with it.
    pub scores: Array1<f32>,
    /// The mean cosine of all pairs, and the least.
    pub mean: f32,
    pub min: f32,
}

impl Middle {
    /// Of rows `[n, dim]` of length 1, of which each stands for as many as `counts` says, two or more in all.
    pub fn of(rows: ArrayView2<f32>, counts: &[f32]) -> Self {
        let starts: Vec<usize> = (0..rows.nrows()).step_by(BLOCK).collect();
        let of_block = |start: usize| {
            let products = rows.slice(s![start..(start + BLOCK).min(rows.nrows()), ..]).dot(&rows.t());
            let of_row = move |(at, row): (usize, ArrayView1<f32>)| {
                let others = row.iter().zip(counts).enumerate().filter(|(other, _)| *other != start + at);
                let first = (f64::from(counts[start + at] - 1.0), 1.0f32);
                others.fold(first, |(sum, min), (_, (product, count))| (sum + f64::from(product * count), min.min(*product)))
            };
            products.rows().into_iter().enumerate().map(of_row).collect::<Vec<(f64, f32)>>()
        };
        let of_rows: Vec<(f64, f32)> = starts.into_par_iter().flat_map_iter(of_block).collect();
        let medoid = (0..of_rows.len()).fold(0, |best, at| if of_rows[at].0 > of_rows[best].0 { at } else { best });
        let all: f64 = counts.iter().map(|count| f64::from(*count)).sum();
        let pairs: f64 = of_rows.iter().zip(counts).map(|((sum, _), count)| sum * f64::from(*count)).sum();
        let mut scores = rows.dot(&rows.row(medoid));
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

/// Which of `n` members are compared word by word: each with each, of too many each with the medoid.
pub(crate) fn to_compare(n: usize, medoid: usize) -> Vec<(usize, usize)> {
    match n <= EACH_WITH_EACH {
        true => (0..n).flat_map(|a| (a + 1..n).map(move |b| (a, b))).collect(),
        false => (0..n).filter(|at| *at != medoid).map(|at| (medoid, at)).collect(),
    }
}

/// The documents of two passages of which one was made from the other.
pub(crate) fn copy(library: &Library, found: &Match) -> Option<Merge> {
    let relation = found.pair.relation.filter(|relation| *relation <= Relation::NearCopy)?;
    Some(Merge { a: library.document(found.a), b: library.document(found.b), reason: Reason::Passage(relation) })
}

fn conflict((pairs, matches): (&Pairs, &Matches), found: &Match) -> Option<Conflict> {
    let differences = matches.differences(&pairs.corpus.library, *found);
    (!differences.is_empty()).then_some(Conflict { a: found.a, b: found.b, differences })
}

/// The sentence of `medoid` that the other members come nearest to: the highest mean, over them, of their best sentence's
/// cosine.
fn label_sentence(corpus: &Corpus, medoid: usize, group: &[usize]) -> Option<usize> {
    let sentences = corpus.sentences(medoid);
    let others = || group.iter().filter(|entry| **entry != medoid);
    let support = sentences.rows().into_iter().map(|sentence| {
        let nearest = others().filter_map(|entry| best_row(corpus.sentences(*entry).view(), sentence));
        nearest.map(|(_, score)| score).sum::<f32>()
    });
    support
        .enumerate()
        .fold(None, |best: Option<(usize, f32)>, (at, score)| best.filter(|(_, top)| *top >= score).or(Some((at, score))))
        .map(|(at, _)| at)
}

/// The nearest passage of another document to each of these, with its cosine; the first of equals.
fn nearest_elsewhere(corpus: &Corpus, entries: &[usize]) -> Vec<Option<(usize, f32)>> {
    let (vectors, library) = (corpus.passages(), &corpus.library);
    let of_block = |block: &[usize]| {
        let rows = vectors.select(Axis(0), block);
        let own: Vec<Range<usize>> = block.iter().map(|entry| library.passages_of(library.document(*entry))).collect();
        let mut nearest: Vec<Option<(usize, f32)>> = vec![None; block.len()];
        for (start, some) in (0..).step_by(BLOCK).zip(vectors.axis_chunks_iter(Axis(0), BLOCK)) {
            let products = rows.dot(&some.t());
            for ((nearest, own), row) in nearest.iter_mut().zip(&own).zip(products.rows()) {
                let scores = row.iter().enumerate().map(|(at, score)| (start + at, *score)).filter(|(other, _)| !own.contains(other));
                *nearest = first_best(nearest.take().into_iter().chain(scores));
            }
        }
        nearest
    };
    entries.par_chunks(BLOCK).flat_map_iter(of_block).collect()
}

/// How often each word stands in a corpus.
#[derive(Debug, Clone, PartialEq)]
pub struct Words {
    /// How many passages there are.
    all: usize,
    /// In how many of them each word stands.
    passages: HashMap<String, usize>,
}

const KEYWORDS: usize = 5;

impl Words {
    fn of(corpus: &Corpus) -> Self {
        let all = corpus.library.len();
        let of: Vec<BTreeSet<String>> = (0..all).into_par_iter().map(|entry| telling_words(&corpus.library.passage(entry).text)).collect();
        let mut passages = HashMap::new();
        of.into_iter().flatten().for_each(|word| *passages.entry(word).or_insert(0) += 1);
        Self { all, passages }
    }

    /// The words that stand in two or more of these texts, weighted as `tf · ln(1 + N / df)`.
    pub fn keywords<'a>(&self, texts: impl Iterator<Item = &'a str>) -> Vec<String> {
        let mut counts: HashMap<String, usize> = HashMap::new();
        for word in texts.flat_map(telling_words) {
            *counts.entry(word).or_insert(0) += 1;
        }
        let weight =
            |word: &str, count: usize| count as f64 * (1.0 + self.all as f64 / self.passages.get(word).copied().unwrap_or(1) as f64).ln();
        let mut weighted: Vec<(f64, String)> =
            counts.into_iter().filter(|(_, count)| *count > 1).map(|(word, count)| (weight(&word, count), word)).collect();
        weighted.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        weighted.into_iter().take(KEYWORDS).map(|(_, word)| word).collect()
    }
}

/// The words of a text that may say what it is about.
fn telling_words(text: &str) -> BTreeSet<String> {
    let tells = |word: &str| word.chars().count() > 3 && word.contains(char::is_alphabetic) && !is_grammatical(word);
    words(text).into_iter().map(|word| word.folded).filter(|word| tells(word)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::Array2;
    use proptest::prelude::*;

    /// Average linkage as it is defined: merge the two clusters of the highest mean similarity until none reaches the
    /// threshold.
    fn naive(vectors: ArrayView2<f32>, threshold: f32) -> Vec<Vec<usize>> {
        let similarity = vectors.dot(&vectors.t());
        let mut groups: Vec<Vec<usize>> = (0..vectors.nrows()).map(|at| vec![at]).collect();
        loop {
            let mean = |a: &[usize], b: &[usize]| {
                let sum: f32 = a.iter().flat_map(|&i| b.iter().map(move |&j| (i, j))).map(|pair| similarity[pair]).sum();
                sum / (a.len() * b.len()) as f32
            };
            let pairs = (0..groups.len()).flat_map(|a| (a + 1..groups.len()).map(move |b| (a, b)));
            let best = pairs.map(|(a, b)| (mean(&groups[a], &groups[b]), a, b)).max_by(|x, y| x.0.total_cmp(&y.0));
            match best {
                Some((score, a, b)) if score >= threshold => {
                    let mut moved = groups.remove(b);
                    groups[a].append(&mut moved);
                    groups[a].sort_unstable();
                }
                _ => break,
            }
        }
        groups.sort_unstable();
        groups
    }

    fn unit_vectors(rows: &[Vec<f32>]) -> Array2<f32> {
        let mut vectors = Array2::from_shape_fn((rows.len(), rows.first().map_or(4, Vec::len)), |(i, j)| rows[i][j]);
        vectors.rows_mut().into_iter().for_each(|mut row| crate::model::l2_normalize(row.as_slice_mut().unwrap()));
        vectors
    }

    #[test]
    fn nothing_and_one_vector() {
        assert!(flat_clusters(Array2::zeros((0, 4)).view(), 0.5).groups.is_empty());
        assert_eq!(flat_clusters(unit_vectors(&[vec![1.0, 0.0]]).view(), 0.5).groups, [[0]]);
    }

    /// What is too large to be clustered at once falls apart at a higher threshold.
    #[test]
    fn too_many_at_once_are_parted() {
        // One alone, a pair, and a fan of vectors 10 degrees apart, of which some are equal.
        let vectors = fan(&[200.0, 60.0, 0.0, 10.0, 20.0, 70.0, 30.0, 30.0, 30.0, 30.0]);
        let whole = flat_clusters_of(vectors.view(), 0.5, 9);
        assert_eq!((whole.groups, whole.parted_at), (vec![vec![0], (1..10).collect()], None));
        let parted = flat_clusters_of(vectors.view(), 0.5, 8);
        assert_eq!(parted.groups, [vec![0], vec![1, 5], vec![2, 3, 4, 6, 7, 8, 9]]);
        assert!(parted.parted_at.is_some_and(|at| (0.86..0.95).contains(&at)), "{:?}", parted.parted_at);
    }

    /// What never falls apart is one cluster, though linkage would make several.
    #[test]
    fn what_hangs_together_to_the_end_is_one_cluster() {
        let vectors = fan(&std::array::from_fn::<f32, 12, _>(|at| 10.0 * at as f32));
        assert!(flat_clusters_of(vectors.view(), 0.9, 12).groups.len() > 1);
        for threshold in [0.9, 0.95, 0.97] {
            let whole = flat_clusters_of(vectors.view(), threshold, 3);
            assert_eq!((whole.groups, whole.parted_at), (vec![(0..12).collect()], Some(threshold.max(WHOLE))), "{threshold}");
        }
    }

    /// Vectors in a plane, at these angles.
    fn fan(degrees: &[f32]) -> Array2<f32> {
        unit_vectors(&degrees.iter().map(|angle| vec![angle.to_radians().cos(), angle.to_radians().sin()]).collect::<Vec<_>>())
    }

    proptest! {
        #[test]
        fn equals_the_naive_algorithm(
            rows in prop::collection::vec(prop::collection::vec(-1.0f32..1.0, 4), 1..24),
            threshold in 0.1f32..0.95,
        ) {
            prop_assume!(rows.iter().all(|row| row.iter().map(|x| x * x).sum::<f32>() > 1e-3));
            let vectors = unit_vectors(&rows);
            prop_assert_eq!(flat_clusters(vectors.view(), threshold).groups, naive(vectors.view(), threshold));
        }
    }
}
