//! Groups of documents, which stories and topics are.

use std::cmp::Reverse;

use ndarray::{Array2, ArrayView1};
use serde::{Deserialize, Serialize};

use crate::library::{Corpus, DocumentId, Library};
use crate::model::l2_normalize;

/// Documents that can be brought together: their likenesses take 4 bytes times the square of this, 0.4 GB.
pub const MOST_DOCUMENTS: usize = 10_000;

/// Documents that belong together.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DocumentGroup {
    /// Ascending.
    pub documents: Vec<DocumentId>,
    /// The document that stands for the group: that which is most like the others, the first of equals.
    pub medoid: DocumentId,
    /// The mean likeness of any two; 1 of a document alone.
    pub likeness: f32,
}

/// The documents that have text, ascending; `None` where they are more than [`MOST_DOCUMENTS`].
pub fn with_text(library: &Library) -> Option<Vec<DocumentId>> {
    let documents: Vec<DocumentId> = library.with_text().collect();
    (documents.len() <= MOST_DOCUMENTS).then_some(documents)
}

/// The mean vector of each document's passages, of length 1: `[documents, dim]`.
pub fn means(corpus: &Corpus, documents: &[DocumentId]) -> Array2<f32> {
    let vectors = corpus.passages();
    let mut means = Array2::zeros((documents.len(), vectors.ncols()));
    for (mut mean, document) in means.rows_mut().into_iter().zip(documents) {
        let passages = corpus.library.passages_of(*document);
        passages.for_each(|passage| mean += &ArrayView1::from(vectors.row(passage.index())));
        l2_normalize(mean.as_slice_mut().expect("rows of a fresh array are in one piece"));
    }
    means
}

/// Of some places in a group, the one with the highest sum of likenesses; the first of equals.
pub fn most_central(places: Vec<usize>, sums: &[f32]) -> usize {
    places.into_iter().max_by(|x, y| sums[*x].total_cmp(&sums[*y]).then(y.cmp(x))).unwrap_or_default()
}

/// Groups of places among the `documents`: those of most documents first, then by place. `likenesses` gives, of each
/// place in a group, the sum of its likenesses to the others; `middle` the place that stands for the group, given those
/// sums.
pub fn described(
    documents: &[DocumentId],
    groups: Vec<Vec<usize>>,
    likenesses: impl Fn(&[usize]) -> Vec<f32>,
    middle: impl Fn(&[usize], &[f32]) -> usize,
) -> Vec<DocumentGroup> {
    let describe = |group: Vec<usize>| {
        let sums = likenesses(&group);
        let middle = middle(&group, &sums);
        let two = group.len() * group.len().saturating_sub(1);
        let likeness = if two == 0 { 1.0 } else { (sums.iter().sum::<f32>() / two as f32).clamp(-1.0, 1.0) };
        let own = group.iter().map(|at| documents[*at]).collect();
        DocumentGroup { documents: own, medoid: documents[group[middle]], likeness }
    };
    let mut groups: Vec<DocumentGroup> = groups.into_iter().map(describe).collect();
    groups.sort_by_key(|group| (Reverse(group.documents.len()), group.documents[0]));
    groups
}
