//! Topics: documents on the same broad subject.
//!
//! The mean vectors of the documents, less what all have in common, are brought together by average linkage over cosine
//! (UPGMA; Sokal & Michener 1958). How many topics there are is not asked for: of all cuts into few groups, that one is
//! taken at which documents are closest to their own group and farthest from the next, by the mean silhouette
//! (Rousseeuw 1987).

use std::cmp::Reverse;

use kodama::{Method, linkage};
use ndarray::{Array2, Axis};
use rayon::prelude::*;

use super::story::{MOST, means};
use crate::library::{Corpus, dot};
use crate::model::l2_normalize;

/// Topics are broad: there are at most so many.
const MOST_TOPICS: usize = 60;

/// Documents on the same broad subject.
#[derive(Debug, Clone, PartialEq)]
pub struct Topic {
    /// Ascending.
    pub documents: Vec<usize>,
    /// The document that is most like the others; the first of equals.
    pub medoid: usize,
    /// The mean cosine of any two documents' mean vectors; 1 of a document alone.
    pub likeness: f32,
}

/// The topics of a corpus: those of most documents first, then by place. Documents without text are in none. With more
/// than [`MOST`] documents there is none.
pub fn topics(corpus: &Corpus) -> Vec<Topic> {
    let library = &corpus.library;
    let documents: Vec<usize> =
        (0..library.documents.len()).filter(|document| !library.passages_of(*document).is_empty()).collect();
    if documents.len() > MOST {
        return Vec::new();
    }
    let means = means(corpus, &documents);
    let topic = |group: Vec<usize>| {
        let rows = means.select(Axis(0), &group);
        // The cosines of a row with all add up to the one with their sum.
        let sum = rows.sum_axis(Axis(0));
        let of: Vec<f32> = rows.rows().into_iter().map(|row| row.dot(&sum) - row.dot(&row)).collect();
        let medoid = (0..of.len()).fold(0, |best, at| if of[at] > of[best] { at } else { best });
        let two = group.len() * (group.len() - 1);
        let likeness = if two == 0 { 1.0 } else { (of.iter().sum::<f32>() / two as f32).clamp(-1.0, 1.0) };
        Topic { documents: group.iter().map(|at| documents[*at]).collect(), medoid: documents[group[medoid]], likeness }
    };
    let distances = Distances::new(corpus, &centred(means.clone()));
    let mut topics: Vec<Topic> = distances.groups().into_iter().map(topic).collect();
    topics.sort_by_key(|topic| (Reverse(topic.documents.len()), topic.documents[0]));
    topics
}

/// Vectors `[n, dim]` less their mean, of length 1 again: what all documents have in common tells none apart.
fn centred(mut vectors: Array2<f32>) -> Array2<f32> {
    if let Some(mean) = vectors.mean_axis(Axis(0)) {
        vectors -= &mean;
    }
    for mut row in vectors.rows_mut() {
        l2_normalize(row.as_slice_mut().expect("rows of a fresh array are in one piece"));
    }
    vectors
}

/// The distances of `n` things, one less their cosine, as the upper triangle of their table, row by row.
struct Distances {
    n: usize,
    condensed: Vec<f32>,
}

impl Distances {
    fn new(corpus: &Corpus, vectors: &Array2<f32>) -> Self {
        let n = vectors.nrows();
        let of_row = |a: usize| (a + 1..n).map(move |b| (a, b));
        let distance = |(a, b)| (1.0 - dot(corpus.kernels(), vectors.row(a), vectors.row(b))).max(0.0);
        Self { n, condensed: (0..n).into_par_iter().flat_map_iter(of_row).map(distance).collect() }
    }

    fn of(&self, a: usize, b: usize) -> f32 {
        let (a, b) = (a.min(b), a.max(b));
        if a == b { 0.0 } else { self.condensed[a * self.n - a * (a + 1) / 2 + b - a - 1] }
    }

    /// The groups at the cut of the highest mean silhouette, each ascending; of equals at that of fewest groups.
    fn groups(&self) -> Vec<Vec<usize>> {
        let n = self.n;
        if n < 3 {
            return if n == 0 { Vec::new() } else { vec![(0..n).collect()] };
        }
        let dendrogram = linkage(&mut self.condensed.clone(), n, Method::Average);
        let most = MOST_TOPICS.min(n - 1);
        // Step k makes the cluster n + k of two.
        let mut clusters: Vec<Option<Vec<usize>>> = (0..n).map(|at| Some(vec![at])).collect();
        let merge = |clusters: &mut Vec<Option<Vec<usize>>>, step: usize| {
            let step = &dendrogram.steps()[step];
            let mut both: Vec<usize> =
                [step.cluster1, step.cluster2].iter().filter_map(|at| clusters[*at].take()).flatten().collect();
            both.sort_unstable();
            clusters.push(Some(both));
        };
        (0..n - most).for_each(|step| merge(&mut clusters, step));
        let mut best: Option<(f64, Vec<Vec<usize>>)> = None;
        for step in n - most..n {
            let groups: Vec<Vec<usize>> = clusters.iter().flatten().cloned().collect();
            let silhouette = self.silhouette(&groups);
            if best.as_ref().is_none_or(|(highest, _)| silhouette >= *highest) {
                best = Some((silhouette, groups));
            }
            merge(&mut clusters, step);
        }
        best.map_or_else(Vec::new, |(_, groups)| groups)
    }

    /// The mean silhouette (Rousseeuw 1987): of each thing by how much the mean distance to the nearest other group is
    /// larger than to its own, as a share of the larger one; 0 of a thing alone.
    fn silhouette(&self, groups: &[Vec<usize>]) -> f64 {
        let mean = |at: usize, group: &[usize]| group.iter().map(|other| f64::from(self.of(at, *other))).sum::<f64>();
        let of_thing = |own: usize, at: usize| {
            if groups[own].len() == 1 {
                return 0.0;
            }
            let within = mean(at, &groups[own]) / (groups[own].len() - 1) as f64;
            let others = groups.iter().enumerate().filter(|(other, _)| *other != own);
            let next = others.map(|(_, group)| mean(at, group) / group.len() as f64).fold(f64::INFINITY, f64::min);
            let larger = within.max(next);
            if larger > 0.0 { (next - within) / larger } else { 0.0 }
        };
        let things: Vec<(usize, usize)> =
            groups.iter().enumerate().flat_map(|(own, group)| group.iter().map(move |at| (own, *at))).collect();
        let all: Vec<f64> = things.par_iter().map(|(own, at)| of_thing(*own, *at)).collect();
        all.iter().sum::<f64>() / self.n as f64
    }
}
