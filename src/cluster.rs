//! Clusters of passages that say similar things, across sources.
//!
//! Average linkage (UPGMA; Sokal & Michener 1958) over cosine, cut where two clusters' mean similarity falls below a
//! threshold. Two clusters can only merge above the threshold if at least one pair between them lies above it, so the flat
//! clusters never cross a connected component of the graph of such pairs: each component is clustered alone, with the same
//! result and a fraction of the memory.

use std::collections::{BTreeSet, HashMap};

use kodama::{Method, linkage};
use ndarray::{ArrayView2, s};
use rayon::prelude::*;

use crate::corpus::Corpus;
use crate::similarity::{best_row, first_best};

/// Mean similarity at which clusters still merge, unless the user says otherwise.
pub const DEFAULT_MIN_SCORE: f32 = 0.7;
/// Passages of one component that can be clustered: its distances take 2 bytes times the square of this, 1.8 GB.
pub const MAX_COMPONENT: usize = 30_000;
/// Rows of one block of the all-pairs product.
const BLOCK: usize = 512;

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
}

/// A passage of a cluster.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Member {
    pub entry: usize,
    /// Its cosine to the medoid.
    pub score: f32,
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

/// Clusters the passages of a corpus.
///
/// # Errors
/// When more passages hang together than memory allows.
pub fn cluster(corpus: &Corpus, threshold: f32) -> Result<Clustering, ClusterError> {
    let groups = flat_clusters(corpus.passages(), threshold)?;
    let words = Words::of(corpus);
    let (many, single): (Vec<_>, Vec<_>) = groups.into_iter().partition(|group| group.len() > 1);
    let mut clusters: Vec<Cluster> = many.iter().map(|group| describe(corpus, group, &words)).collect();
    let sources = |cluster: &Cluster| {
        cluster.members.iter().map(|member| corpus.library.entries[member.entry].document).collect::<BTreeSet<_>>().len()
    };
    clusters.sort_by_cached_key(|cluster| (std::cmp::Reverse((sources(cluster), cluster.members.len())), cluster.medoid));
    let mut unique: Vec<usize> = single.into_iter().flatten().collect();
    unique.sort_unstable();
    let unique = unique.into_par_iter().map(|entry| Unique { entry, nearest: nearest_elsewhere(corpus, entry) }).collect();
    Ok(Clustering { clusters, unique })
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
    let starts: Vec<usize> = (0..n).step_by(BLOCK).collect();
    let mut union = UnionFind::new(n);
    for &row in &starts {
        let rows = vectors.slice(s![row..(row + BLOCK).min(n), ..]);
        let later: Vec<usize> = starts.iter().copied().filter(|column| *column >= row).collect();
        let edges: Vec<Vec<(usize, usize)>> = later
            .par_iter()
            .map(|&column| {
                let products = rows.dot(&vectors.slice(s![column..(column + BLOCK).min(n), ..]).t());
                let above = products.indexed_iter().filter(|(_, product)| **product >= threshold);
                above.map(|((a, b), _)| (row + a, column + b)).filter(|(a, b)| a < b).collect()
            })
            .collect();
        edges.into_iter().flatten().for_each(|(a, b)| union.join(a, b));
    }
    union.sets()
}

struct UnionFind(Vec<usize>);

impl UnionFind {
    fn new(n: usize) -> Self {
        Self((0..n).collect())
    }

    fn root(&mut self, mut at: usize) -> usize {
        while self.0[at] != at {
            self.0[at] = self.0[self.0[at]];
            at = self.0[at];
        }
        at
    }

    fn join(&mut self, a: usize, b: usize) {
        let (a, b) = (self.root(a), self.root(b));
        self.0[a.max(b)] = a.min(b);
    }

    fn sets(mut self) -> Vec<Vec<usize>> {
        let mut sets: Vec<Vec<usize>> = vec![Vec::new(); self.0.len()];
        for at in 0..sets.len() {
            let root = self.root(at);
            sets[root].push(at);
        }
        sets.retain(|set| !set.is_empty());
        sets
    }
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

fn describe(corpus: &Corpus, group: &[usize], words: &Words) -> Cluster {
    let vectors = corpus.passages().select(ndarray::Axis(0), group);
    let products = vectors.dot(&vectors.t());
    let n = group.len();
    let sums: Vec<f32> = (0..n).map(|at| products.row(at).sum() - products[[at, at]]).collect();
    let at = (0..n).fold(0, |best, at| if sums[at] > sums[best] { at } else { best });
    let pairs = (0..n).flat_map(|a| (a + 1..n).map(move |b| (a, b))).map(|pair| products[pair]);
    let min = pairs.fold(f32::INFINITY, f32::min);
    let medoid = group[at];
    let label = label_sentence(corpus, medoid, group);
    let mut members: Vec<Member> = group
        .iter()
        .enumerate()
        .map(|(b, &entry)| Member {
            entry,
            score: products[[at, b]],
            sentence: label.and_then(|label| best_row(corpus.sentences(entry), corpus.sentences(medoid).row(label))),
        })
        .collect();
    members.sort_by(|a, b| (b.entry == medoid).cmp(&(a.entry == medoid)).then(b.score.total_cmp(&a.score)).then(a.entry.cmp(&b.entry)));
    Cluster { medoid, members, mean: sums.iter().sum::<f32>() / (n * (n - 1)) as f32, min, keywords: words.keywords(group) }
}

/// The sentence of `medoid` that the other members come nearest to: the highest mean, over them, of their best sentence's
/// cosine.
fn label_sentence(corpus: &Corpus, medoid: usize, group: &[usize]) -> Option<usize> {
    let sentences = corpus.sentences(medoid);
    let others = || group.iter().filter(|entry| **entry != medoid);
    let support = sentences.rows().into_iter().map(|sentence| {
        let nearest = others().filter_map(|entry| best_row(corpus.sentences(*entry), sentence));
        nearest.map(|(_, score)| score).sum::<f32>()
    });
    support
        .enumerate()
        .fold(None, |best: Option<(usize, f32)>, (at, score)| best.filter(|(_, top)| *top >= score).or(Some((at, score))))
        .map(|(at, _)| at)
}

fn nearest_elsewhere(corpus: &Corpus, entry: usize) -> Option<(usize, f32)> {
    let entries = &corpus.library.entries;
    let scores = corpus.passages().dot(&corpus.passages().row(entry));
    let others = scores.iter().enumerate().filter(|(other, _)| entries[*other].document != entries[entry].document);
    first_best(others.map(|(other, score)| (other, *score)))
}

/// How often each word stands where.
struct Words {
    /// The words of each passage, each once.
    of: Vec<BTreeSet<String>>,
    /// In how many passages each word stands.
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
        let of: Vec<BTreeSet<String>> = corpus.library.entries.par_iter().map(|entry| words(&entry.passage.text)).collect();
        let mut passages = HashMap::new();
        for word in of.iter().flatten() {
            *passages.entry(word.clone()).or_insert(0) += 1;
        }
        Self { of, passages }
    }

    /// The words that stand in two or more passages of the group, weighted as `tf · ln(1 + N / df)`.
    fn keywords(&self, group: &[usize]) -> Vec<String> {
        let mut counts: HashMap<&str, usize> = HashMap::new();
        for word in group.iter().flat_map(|entry| &self.of[*entry]) {
            *counts.entry(word).or_insert(0) += 1;
        }
        let weight = |word: &str, count: usize| count as f64 * (1.0 + self.of.len() as f64 / self.passages[word] as f64).ln();
        let mut weighted: Vec<(f64, &str)> =
            counts.into_iter().filter(|(_, count)| *count > 1).map(|(word, count)| (weight(word, count), word)).collect();
        weighted.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(b.1)));
        weighted.into_iter().take(KEYWORDS).map(|(_, word)| word.to_owned()).collect()
    }
}

/// The content words of a text in lower case, without a possessive's ending.
fn words(text: &str) -> BTreeSet<String> {
    let split = text.split(|c: char| !c.is_alphanumeric() && !matches!(c, '-' | '\'' | '’'));
    let bare = split.map(|word| word.trim_end_matches("’s").trim_end_matches("'s").trim_matches(['-', '\'', '’']).to_lowercase());
    bare.filter(|word| word.chars().count() > 3 && word.contains(char::is_alphabetic) && !STOP.contains(&word.as_str())).collect()
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
        crate::corpus::normalize_rows(&mut vectors);
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
