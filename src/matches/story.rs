//! Stories: documents about the same event.
//!
//! The likeness of two documents combines the names that they share, weighted by rarity, and the directions of their
//! mean vectors. Average linkage (UPGMA; Sokal & Michener 1958) groups documents; the number of stories need not be
//! given. With few documents all names have nearly the same weight, so that a folder on one story yields one story.

use std::collections::HashMap;

use rayon::prelude::*;

use super::Names;
use super::probability::Scale;
use crate::compare::documents::{described, means, most_central, with_text};
use crate::compare::linkage::linked;
use crate::compare::{DocumentGroup, Independence};
use crate::library::{Corpus, DocumentId, dot};

/// The weights of the cosine of names and of the cosine of mean vectors.
const NAMES: f32 = 0.6;
const MEANING: f32 = 0.4;
/// The mean likeness at or above which documents are about one event: the stories of `tests/fixtures/stories`, all in
/// one folder, are separated without error from 0.28 to 0.34.
const SAME: f32 = 0.28;
/// A folder is weighted as if it had this many more documents, none of which has its names.
const BEHIND: f32 = 100.0;
/// The stories of a corpus whose passages were fetched: the largest first, then by position. Documents without text are
/// in none. With more than [`MOST_DOCUMENTS`](crate::compare::MOST_DOCUMENTS) documents the result is empty.
///
/// A story's medoid is not a copy of another of its documents: of copies, the one with the most words represents them.
/// Cosines of documents are converted by `scale`.
pub fn stories(corpus: &Corpus, independence: &Independence, scale: Scale) -> Vec<DocumentGroup> {
    let Some(documents) = with_text(&corpus.library) else { return Vec::new() };
    let (library, n) = (&corpus.library, documents.len());
    let names = weighed(corpus, &documents);
    let means = means(corpus, &documents);
    let likeness = |a: usize, b: usize| {
        let meaning = scale.apply(dot(corpus.kernels(), means.row(a), means.row(b))).clamp(0.0, 1.0);
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
    let sum = |a: usize, group: &[usize]| {
        group.iter().filter(|b| **b != a).map(|b| pairs[place(a.min(*b), a.max(*b))]).sum::<f32>()
    };
    let words = |document: DocumentId| library.document(document).words.iter().sum::<u32>();
    let middle = |group: &[usize], sums: &[f32]| {
        // Which of two copies came first is unknown; the longer one contains the other.
        let is_copy = |a: DocumentId| {
            let stands_in = |b: DocumentId| independence.are_copies(a, b) && (words(b), a) > (words(a), b);
            group.iter().any(|b| documents[*b] != a && stands_in(documents[*b]))
        };
        most_central((0..group.len()).filter(|at| !is_copy(documents[group[*at]])).collect(), sums)
    };
    described(&documents, groups, |group| group.iter().map(|a| sum(*a, group)).collect(), middle)
}

/// Which documents are on different events, judged by their stories.
pub struct Apart {
    /// The story of each document, and whether it has other documents.
    of: Vec<Option<(usize, bool)>>,
}

impl Apart {
    /// Assigns each of `documents` documents its story.
    pub fn new(stories: &[DocumentGroup], documents: usize) -> Self {
        let mut of = vec![None; documents];
        for (at, story) in stories.iter().enumerate() {
            story.documents.iter().for_each(|document| of[document.index()] = Some((at, story.documents.len() > 1)));
        }
        Self { of }
    }

    /// Whether two documents are in different stories. Two documents that are both alone in theirs are not: a folder in
    /// which each is alone, such as one of scientific papers, has no events.
    pub fn are(&self, a: DocumentId, b: DocumentId) -> bool {
        match (self.of[a.index()], self.of[b.index()]) {
            (Some((first, company)), Some((second, other))) => first != second && (company || other),
            _ => false,
        }
    }
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

/// The names of each document, ascending, weighted by how few documents have them, of length 1.
fn weighed(corpus: &Corpus, documents: &[DocumentId]) -> Vec<Vec<(u64, f32)>> {
    let library = &corpus.library;
    // A headline names the subject of an article.
    let sentences = |document: DocumentId| {
        let title = library.document(document).metadata.title.as_deref();
        let sentences = library.passages_of(document).flat_map(|passage| library.sentences_of(passage));
        title.into_iter().chain(sentences.map(|sentence| library.sentence(sentence)))
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn documents_are_joined_by_their_mean_likeness() {
        // 0 and 1 are alike; 2 is like 1 only, which is not enough.
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
