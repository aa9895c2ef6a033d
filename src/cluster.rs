//! Clusters of passages that say similar things, across sources.
//!
//! Average linkage (UPGMA; Sokal & Michener 1958) over cosine, cut where two clusters' mean similarity falls below a
//! threshold. Two clusters can only merge above the threshold if at least one pair between them lies above it, so the flat
//! clusters never cross a connected component of the graph of such pairs: each component is clustered alone, with the same
//! result and a fraction of the memory.

use std::cmp::Reverse;
use std::collections::{BTreeSet, HashMap};

use kodama::{Method, linkage};
use ndarray::{ArrayView2, s};
use rayon::prelude::*;

use crate::corpus::{Corpus, Library};
use crate::disagreement::Difference;
use crate::independence::{Merge, Reason};
use crate::sets::UnionFind;
use crate::similarity::pairs::{BLOCK, Match, Pair, Pairs, close_pairs};
use crate::similarity::relation::Relation;
use crate::similarity::{best_row, first_best};
use crate::words::words;

/// Passages of one component that can be clustered: its distances take 2 bytes times the square of this, 1.8 GB.
pub const MAX_COMPONENT: usize = 30_000;
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
}

/// A passage that is like no other.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Unique {
    pub entry: usize,
    /// The nearest passage of another source, with its cosine.
    pub nearest: Option<(usize, f32)>,
}

/// All passages, in clusters or alone.
#[derive(Debug, Clone, PartialEq)]
pub struct Clustering {
    /// Those of most sources first, then the largest, then by place.
    pub clusters: Vec<Cluster>,
    /// In the order of the library.
    pub unique: Vec<Unique>,
    /// What every document says but one.
    pub all_but_one: Vec<AllButOne>,
    /// The words of all passages.
    pub(crate) words: Words,
}

/// A cluster in which all documents but one have a passage.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct AllButOne {
    /// Its place among the clusters.
    pub cluster: usize,
    /// The document that has none.
    pub document: usize,
    /// That document's passage which is nearest to the medoid, with its cosine.
    pub nearest: Option<(usize, f32)>,
}

/// Why passages could not be clustered.
#[derive(Debug, thiserror::Error)]
pub enum ClusterError {
    /// Too many passages hang together at this threshold.
    #[error(
        "{size} passages hang together at a similarity of {threshold:.2}, and at most {MAX_COMPONENT} can be clustered at once; raise --min-score"
    )]
    TooLarge { size: usize, threshold: f32 },
}

/// Clusters the passages of a corpus, down to the mean cosine from which on passages make one claim.
///
/// # Errors
/// When more passages hang together than memory allows.
pub fn cluster(pairs: &Pairs) -> Result<Clustering, ClusterError> {
    let corpus = pairs.corpus;
    let groups = flat_clusters(corpus.passages(), pairs.claim())?;
    let words = Words::of(corpus);
    let (many, single): (Vec<_>, Vec<_>) = groups.into_iter().partition(|group| group.len() > 1);
    let mut clusters: Vec<Cluster> = many.par_iter().map(|group| describe(pairs, group, &words)).collect();
    clusters.sort_by_cached_key(|cluster| cluster.rank(&corpus.library));
    let mut unique: Vec<usize> = single.into_iter().flatten().collect();
    unique.sort_unstable();
    let unique = unique.into_par_iter().map(|entry| Unique { entry, nearest: nearest_elsewhere(corpus, entry) }).collect();
    let all_but_one = clusters.iter().enumerate().filter_map(|(at, cluster)| all_but_one(pairs, at, cluster)).collect();
    Ok(Clustering { clusters, unique, all_but_one, words })
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

fn all_but_one(pairs: &Pairs, at: usize, cluster: &Cluster) -> Option<AllButOne> {
    let library = &pairs.corpus.library;
    let present = cluster.documents(library);
    let speaking: Vec<usize> = (0..library.documents.len()).filter(|document| !library.passages_of(*document).is_empty()).collect();
    // Of two documents, what one says is what the other does not.
    if speaking.len() < 3 || present.len() + 1 != speaking.len() {
        return None;
    }
    let document = speaking.into_iter().find(|document| present.binary_search(document).is_err())?;
    let nearest = first_best(library.passages_of(document).map(|entry| (entry, pairs.score(cluster.medoid, entry))));
    Some(AllButOne { cluster: at, document, nearest })
}

/// The flat clusters of `[n, dim]` vectors of length 1: average linkage, cut at a mean cosine of `threshold`. Each is
/// ascending; they are in the order of their first members.
///
/// # Errors
/// When more vectors hang together than memory allows.
pub fn flat_clusters(vectors: ArrayView2<f32>, threshold: f32) -> Result<Vec<Vec<usize>>, ClusterError> {
    let components = components(vectors, threshold);
    if let Some(size) = components.iter().map(Vec::len).max().filter(|size| *size > MAX_COMPONENT) {
        return Err(ClusterError::TooLarge { size, threshold });
    }
    let mut groups: Vec<Vec<usize>> = components.iter().flat_map(|component| average_linkage(vectors, component, threshold)).collect();
    groups.sort_unstable();
    Ok(groups)
}

/// The connected components of the graph of pairs with a cosine of at least `threshold`, each ascending.
fn components(vectors: ArrayView2<f32>, threshold: f32) -> Vec<Vec<usize>> {
    let n = vectors.nrows();
    let mut union = UnionFind::new(n);
    for row in (0..n).step_by(BLOCK) {
        let later: Vec<usize> = (row..n).step_by(BLOCK).collect();
        let edges: Vec<Vec<(usize, usize)>> = later.par_iter().map(|&column| close_pairs(vectors, (row, column), threshold)).collect();
        for (a, b) in edges.into_iter().flatten() {
            union.join(a, b);
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
    let rows = vectors.select(ndarray::Axis(0), component);
    let mut condensed: Vec<f32> = Vec::with_capacity(n * (n - 1) / 2);
    for start in (0..n).step_by(BLOCK) {
        let products = rows.slice(s![start..(start + BLOCK).min(n), ..]).dot(&rows.t());
        for (offset, row) in products.rows().into_iter().enumerate() {
            condensed.extend(row.iter().skip(start + offset + 1).map(|product| 1.0 - product));
        }
    }
    let dendrogram = linkage(&mut condensed, n, Method::Average);
    // Step k makes the cluster n + k; distances grow from step to step, so cutting is following the first steps.
    let mut union = UnionFind::new(n);
    let mut first = (0..n).collect::<Vec<usize>>();
    for step in dendrogram.steps() {
        first.push(first[step.cluster1]);
        if step.dissimilarity <= 1.0 - threshold {
            union.join(first[step.cluster1], first[step.cluster2]);
        }
    }
    union.sets().into_iter().map(|set| set.into_iter().map(|at| component[at]).collect()).collect()
}

fn describe(pairs: &Pairs, group: &[usize], words: &Words) -> Cluster {
    let corpus = pairs.corpus;
    let vectors = corpus.passages().select(ndarray::Axis(0), group);
    let products = vectors.dot(&vectors.t());
    let n = group.len();
    let sums: Vec<f32> = (0..n).map(|at| products.row(at).sum() - products[[at, at]]).collect();
    let at = (0..n).fold(0, |best, at| if sums[at] > sums[best] { at } else { best });
    let min = each_with_each(n).map(|pair| products[pair]).fold(f32::INFINITY, f32::min);
    let medoid = group[at];
    let label = label_sentence(corpus, medoid, group);
    let mut members: Vec<Member> = group
        .iter()
        .enumerate()
        .map(|(b, &entry)| Member {
            entry,
            score: products[[at, b]],
            pair: (entry != medoid).then(|| pairs.compare(medoid, entry)),
            sentence: label.and_then(|label| best_row(corpus.sentences(entry).view(), corpus.sentences(medoid).row(label))),
        })
        .collect();
    members.sort_by(|a, b| (b.entry == medoid).cmp(&(a.entry == medoid)).then(b.score.total_cmp(&a.score)).then(a.entry.cmp(&b.entry)));
    let document = |entry: usize| corpus.library.document(entry);
    let compared = to_compare(n, at).into_iter().map(|(a, b)| (group[a], group[b]));
    let across = compared.filter(|&(a, b)| document(a) != document(b));
    let across: Vec<Match> = across.map(|(a, b)| Match { a, b, pair: pairs.compare(a, b) }).collect();
    Cluster {
        medoid,
        members,
        mean: sums.iter().sum::<f32>() / (n * (n - 1)) as f32,
        min,
        keywords: words.keywords(group.iter().map(|entry| corpus.library.passage(*entry).text.as_str())),
        copies: across.iter().filter_map(|found| copy(&corpus.library, found)).collect(),
        conflicts: across.iter().filter_map(|found| conflict(pairs, found)).collect(),
    }
}

/// All pairs of numbers below `n`, the first before the second.
fn each_with_each(n: usize) -> impl Iterator<Item = (usize, usize)> {
    (0..n).flat_map(move |a| (a + 1..n).map(move |b| (a, b)))
}

/// Which of `n` members are compared word by word: each with each, of too many each with the medoid.
pub(crate) fn to_compare(n: usize, medoid: usize) -> Vec<(usize, usize)> {
    match n <= EACH_WITH_EACH {
        true => each_with_each(n).collect(),
        false => (0..n).filter(|at| *at != medoid).map(|at| (medoid, at)).collect(),
    }
}

/// The documents of two passages of which one was made from the other.
pub(crate) fn copy(library: &Library, found: &Match) -> Option<Merge> {
    let relation = found.pair.relation.filter(|relation| *relation <= Relation::NearCopy)?;
    Some(Merge { a: library.document(found.a), b: library.document(found.b), reason: Reason::Passage(relation) })
}

fn conflict(pairs: &Pairs, found: &Match) -> Option<Conflict> {
    let differences = pairs.differences(*found);
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

fn nearest_elsewhere(corpus: &Corpus, entry: usize) -> Option<(usize, f32)> {
    let library = &corpus.library;
    let scores = corpus.passages().dot(&corpus.passages().row(entry));
    let others = scores.iter().enumerate().filter(|(other, _)| library.document(*other) != library.document(entry));
    first_best(others.map(|(other, score)| (other, *score)))
}

/// How often each word stands in a corpus.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Words {
    /// How many passages there are.
    all: usize,
    /// In how many of them each word stands.
    passages: HashMap<String, usize>,
}

/// Words that say nothing of a text's subject.
const STOP: &[&str] = &[
    "about", "after", "again", "against", "also", "although", "among", "another", "because", "been", "before", "being", "between", "both",
    "cannot", "could", "does", "doing", "down", "during", "each", "even", "ever", "every", "from", "further", "have", "having", "here",
    "however", "into", "itself", "just", "less", "like", "made", "make", "many", "more", "most", "much", "must", "never", "only", "other",
    "over", "said", "same", "says", "several", "should", "since", "some", "still", "such", "than", "that", "their", "them", "then",
    "there", "these", "they", "this", "those", "though", "through", "under", "until", "upon", "very", "were", "what", "when", "where",
    "whether", "which", "while", "whom", "will", "with", "within", "without", "would", "year", "years", "your",
];
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
    let tells = |word: &str| word.chars().count() > 3 && word.contains(char::is_alphabetic) && !STOP.contains(&word);
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
        assert!(flat_clusters(Array2::zeros((0, 4)).view(), 0.5).unwrap().is_empty());
        assert_eq!(flat_clusters(unit_vectors(&[vec![1.0, 0.0]]).view(), 0.5).unwrap(), [[0]]);
    }

    proptest! {
        #[test]
        fn equals_the_naive_algorithm(
            rows in prop::collection::vec(prop::collection::vec(-1.0f32..1.0, 4), 1..24),
            threshold in 0.1f32..0.95,
        ) {
            prop_assume!(rows.iter().all(|row| row.iter().map(|x| x * x).sum::<f32>() > 1e-3));
            let vectors = unit_vectors(&rows);
            prop_assert_eq!(flat_clusters(vectors.view(), threshold).unwrap(), naive(vectors.view(), threshold));
        }
    }
}
