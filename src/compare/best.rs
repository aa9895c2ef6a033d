//! Selection of the best score.

use ndarray::{ArrayView1, ArrayView2};

use crate::library::{Corpus, PassageId};

/// The higher of a query's cosine with a passage and with the passage's best sentence.
pub(crate) fn peak(corpus: &Corpus, passage: PassageId, query: ArrayView1<f32>) -> f32 {
    let sentences = corpus.sentence_scores(passage, query).map(|(_, score)| score);
    sentences.fold(corpus.score(passage, query), f32::max)
}

/// The row of `[n, dim]` nearest to `query`, with its cosine; the first of equals.
pub(crate) fn best_row(rows: ArrayView2<f32>, query: ArrayView1<f32>) -> Option<(usize, f32)> {
    first_best(rows.rows().into_iter().map(|row| row.dot(&query)).enumerate())
}

/// The highest score, the first of equals.
pub(crate) fn first_best<T>(scores: impl Iterator<Item = (T, f32)>) -> Option<(T, f32)> {
    scores.fold(None, |best, (at, score)| match best {
        Some((_, top)) if top >= score => best,
        _ => Some((at, score)),
    })
}
