//! Stories: documents about the same event.
//!
//! Two documents are as alike as the names that they have in common, those that few documents have counting more, and
//! as the directions of their mean vectors. Average linkage (UPGMA; Sokal & Michener 1958) brings documents together;
//! how many stories there are is not asked for. With few documents all names count nearly the same, so that a folder on
//! one story is one.

use std::collections::HashMap;

use ndarray::{Array2, ArrayView1};
use rayon::prelude::*;

use super::linked;
use crate::library::{Corpus, dot};
use crate::matches::Names;
use crate::model::l2_normalize;

/// What the names' cosine and that of the mean vectors weigh.
const NAMES: f32 = 0.6;
const MEANING: f32 = 0.4;
/// The mean likeness from which on documents are about one event: the stories of `tests/fixtures/stories`, all in one
/// folder, are told apart without a mistake from 0.28 to 0.34.
const SAME: f32 = 0.28;
/// A folder is weighed as if it had so many documents more, none of which has its names.
const BEHIND: f32 = 100.0;
/// Documents that can be brought together: their likenesses take 4 bytes times the square of this, 0.4 GB.
pub const MOST: usize = 10_000;

/// Documents about the same event.
#[derive(Debug, Clone, PartialEq)]
pub struct Story {
    /// Ascending.
    pub documents: Vec<usize>,
    /// The document that is most like the others; the first of equals.
    pub medoid: usize,
    /// The mean likeness of any two; 1 of a document alone.
    pub likeness: f32,
}

/// The stories of a corpus whose passages were fetched: those of most documents first, then by place. Documents without
/// text are in none. With more than [`MOST`] documents there is none.
pub fn stories(corpus: &Corpus) -> Vec<Story> {
    let library = &corpus.library;
    let documents: Vec<usize> =
        (0..library.documents.len()).filter(|document| !library.passages_of(*document).is_empty()).collect();
    let n = documents.len();
    if n > MOST {
        return Vec::new();
    }
    let names = weighed(corpus, &documents);
    let means = means(corpus, &documents);
    let likeness = |a: usize, b: usize| {
        let meaning = dot(corpus.kernels(), means.row(a), means.row(b)).max(0.0);
        NAMES * common(&names[a], &names[b]) + MEANING * meaning
    };
    let pairs: Vec<f32> = (0..n)
        .into_par_iter()
        .flat_map_iter(|a| (a + 1..n).map(move |b| (a, b)))
        .map(|(a, b)| likeness(a, b))
        .collect();
    let place = |a: usize, b: usize| a * n - a * (a + 1) / 2 + b - a - 1;
    let mut distances: Vec<f32> = pairs.iter().map(|likeness| 1.0 - likeness).collect();
    let groups = linked(&mut distances, n, SAME);
    let story = |group: Vec<usize>| {
        let of = |a: usize| group.iter().filter(|b| **b != a).map(|b| pairs[place(a.min(*b), a.max(*b))]).sum::<f32>();
        let sums: Vec<f32> = group.iter().map(|a| of(*a)).collect();
        let middle = (0..group.len()).max_by(|x, y| sums[*x].total_cmp(&sums[*y]).then(y.cmp(x))).unwrap_or_default();
        let two = group.len() * group.len().saturating_sub(1);
        let likeness = if two == 0 { 1.0 } else { sums.iter().sum::<f32>() / two as f32 };
        Story { documents: group.iter().map(|at| documents[*at]).collect(), medoid: documents[group[middle]], likeness }
    };
    let mut stories: Vec<Story> = groups.into_iter().map(story).collect();
    stories.sort_by_key(|story| (std::cmp::Reverse(story.documents.len()), story.documents[0]));
    stories
}

/// The product of two documents' names, each ascending.
fn common(a: &[(u64, f32)], b: &[(u64, f32)]) -> f32 {
    let (mut i, mut j, mut sum) = (0, 0, 0.0);
    while let (Some((left, x)), Some((right, y))) = (a.get(i), b.get(j)) {
        if left == right {
            sum += x * y;
        }
        (i, j) = (i + usize::from(left <= right), j + usize::from(right <= left));
    }
    sum
}

/// The names of each document, ascending, weighed by how few documents have them, of length 1.
fn weighed(corpus: &Corpus, documents: &[usize]) -> Vec<Vec<(u64, f32)>> {
    let library = &corpus.library;
    // A headline names what the article is about.
    let sentences = |document: usize| {
        let title = library.documents[document].metadata.title.as_deref();
        let passages = library.passages_of(document).map(|entry| library.passage(entry));
        title
            .into_iter()
            .chain(passages.flat_map(|passage| (0..passage.sentences.len()).map(move |at| passage.sentence(at))))
    };
    let names: Vec<Names> = documents.par_iter().map(|document| Names::of(sentences(*document))).collect();
    let mut having: HashMap<u64, f32> = HashMap::new();
    names.iter().flat_map(Names::counts).for_each(|(word, _)| *having.entry(word).or_default() += 1.0);
    let all = documents.len() as f32 + BEHIND;
    let of_document = |names: &Names| {
        let weighed: Vec<(u64, f32)> =
            names.counts().map(|(word, count)| (word, count * (all / (having[&word] + 1.0)).ln())).collect();
        let length = weighed.iter().map(|(_, weight)| weight * weight).sum::<f32>().sqrt().max(f32::MIN_POSITIVE);
        weighed.into_iter().map(|(word, weight)| (word, weight / length)).collect()
    };
    names.iter().map(of_document).collect()
}

/// The mean vector of each document's passages, of length 1: `[documents, dim]`.
pub(super) fn means(corpus: &Corpus, documents: &[usize]) -> Array2<f32> {
    let vectors = corpus.passages();
    let mut means = Array2::zeros((documents.len(), vectors.ncols()));
    for (mut mean, document) in means.rows_mut().into_iter().zip(documents) {
        corpus.library.passages_of(*document).for_each(|entry| mean += &ArrayView1::from(vectors.row(entry)));
        l2_normalize(mean.as_slice_mut().expect("rows of a fresh array are in one piece"));
    }
    means
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn documents_are_joined_by_their_mean_likeness() {
        // 0 and 1 are alike; 2 is like 1 alone, which is not enough.
        let grouped = |n: usize, likeness: &[f32]| {
            linked(&mut likeness.iter().map(|likeness| 1.0 - likeness).collect::<Vec<_>>(), n, SAME)
        };
        assert_eq!(grouped(3, &[0.9, 0.0, 0.4]), [vec![0, 1], vec![2]]);
        assert_eq!(grouped(1, &[]), [vec![0]]);
        assert!(grouped(0, &[]).is_empty());
    }

    #[test]
    fn what_names_have_in_common() {
        assert_eq!(common(&[(1, 0.6), (3, 0.8)], &[(2, 0.5), (3, 0.5)]), 0.4);
        assert_eq!(common(&[], &[(2, 0.5)]), 0.0);
    }
}
