//! Groups of documents, as used for stories and topics.

use std::cmp::Reverse;

use ndarray::{Array2, ArrayView1};
use serde::{Deserialize, Serialize};

use crate::library::{Corpus, DocumentId, Library};
use crate::model::l2_normalize;

/// Maximum number of documents to group: their likenesses take 4 bytes times its square, 0.4 GB.
pub const MOST_DOCUMENTS: usize = 10_000;

/// Documents that belong together.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DocumentGroup {
    /// The documents, ascending.
    pub documents: Vec<DocumentId>,
    /// The document that represents the group: the one most like the others, the first of equals.
    pub medoid: DocumentId,
    /// The mean likeness of any two documents; 1 for a single one.
    pub likeness: f32,
}

/// The documents that have text, ascending; `None` if there are more than [`MOST_DOCUMENTS`].
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

/// The position in a group with the highest sum of likenesses; the first of equals.
pub fn most_central(places: Vec<usize>, sums: &[f32]) -> usize {
    places.into_iter().max_by(|x, y| sums[*x].total_cmp(&sums[*y]).then(y.cmp(x))).unwrap_or_default()
}

/// Groups of positions among `documents`, the largest first, then by position. For a group, `likenesses` gives the sum
/// of each member's likenesses to the others, and `middle` the position of the representative, given those sums.
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
