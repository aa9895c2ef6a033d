//! A library to a corpus: what was embedded before comes from the store, the rest is embedded now.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use half::f16;
use half::slice::HalfFloatSliceExt;

use super::corpus::{Corpus, Library};
use super::id::PassageId;
use super::progress::Progress;
use super::sentences::read_ahead;
use super::{CHUNK, SyncError};
use crate::base::Key;
use crate::model::{Embedder, Model, Prompt, Text, l2_normalize};
use crate::passage::Passage;
use crate::store::{Additions, NewVectors, Place, Space, StoreError, derived, passage_key, versions};

/// Sentences of a library that are read ahead of its first query.
const FEW: usize = 1024;
/// Passages that are kept together at first; more, where that takes less time than [`OFTEN`].
const FIRST: usize = 128;
/// How often vectors are kept, about.
const OFTEN: Duration = Duration::from_secs(2);
/// Others may be embedding for so long before it is said that they are waited for.
const SOON: Duration = Duration::from_millis(100);

/// Embeds those passages of a library of which the store has no vectors.
///
/// # Errors
/// When the store or the model fails.
pub fn embed(library: Library, embedder: &Embedder, progress: &dyn Progress) -> Result<Corpus, SyncError> {
    let space = space(embedder.model())?;
    let key = Key::of("places of vectors", [library.key(), space.key]);
    let mut new = false;
    let places = derived(library.store(), key, || {
        new = true;
        places(&library, embedder, &space, progress)
    })?;
    let rows = library.store().rows(&space)?;
    if places.len() != library.len() {
        return Err(missing(&library, "some vectors are missing"));
    }
    let corpus = Corpus::new(library, key, rows, places, embedder.model().kernels());
    corpus.check_passages()?;
    if new {
        // It takes hardly longer than embedding them, and every query is quick from the first.
        read_ahead(&corpus, embedder, FEW, progress)?;
    }
    Ok(corpus)
}

/// How many passages are embedded before they are kept, given how long the last so many took: what a run that is ended
/// loses is never more than the work of a few seconds.
fn next_many(many: usize, took: Duration) -> usize {
    if took * 2 <= OFTEN {
        (many * 2).min(CHUNK)
    } else if took > OFTEN {
        (many / 2).max(FIRST / 4)
    } else {
        many
    }
}

/// The space that a model's vectors are in: those of another one are not compared with them.
///
/// # Errors
/// When the model's weights cannot be read.
pub fn space(model: &Model) -> Result<Space, SyncError> {
    Ok(Space { key: model.space(versions::ENCODER).map_err(SyncError::Weights)?, dim: model.dim() })
}

/// Where the vectors of each passage are.
fn places(
    library: &Library,
    embedder: &Embedder,
    space: &Space,
    progress: &dyn Progress,
) -> Result<Vec<Place>, SyncError> {
    let store = library.store();
    let keys = library.keys()?;
    let mut places = store.vectors(space, &keys)?;
    if places.contains(&None) {
        let _adding = match store.adding(SOON) {
            Err(StoreError::Busy { .. }) => {
                progress.waiting();
                store.adding(Duration::MAX)?
            }
            adding => adding?,
        };
        // What the others did meanwhile need not be done again.
        places = store.vectors(space, &keys)?;
        let known = keys.iter().zip(&places).zip(library.passages());
        // Of equal ones the first.
        let mut missing: BTreeMap<Key, PassageId> = BTreeMap::new();
        known.filter(|((_, place), _)| place.is_none()).for_each(|((key, _), passage)| {
            missing.entry(*key).or_insert(passage);
        });
        let mut missing: Vec<PassageId> = missing.into_values().collect();
        missing.sort_unstable();
        progress.embedding(missing.len(), keys.len());
        let (mut rest, mut many) = (&missing[..], FIRST);
        while !rest.is_empty() {
            let (some, behind) = rest.split_at(many.min(rest.len()));
            let start = Instant::now();
            let vectors = new_vectors(library, embedder, some, progress)?;
            store.add(Additions { vectors: Some((space.clone(), vectors)), ..Additions::default() })?;
            (rest, many) = (behind, next_many(many, start.elapsed()));
        }
        progress.finished();
        places = store.vectors(space, &keys)?;
    }
    let whole: Option<Vec<Place>> = places.into_iter().collect();
    whole.ok_or_else(|| missing(library, "some vectors that were just added are missing"))
}

fn missing(library: &Library, what: &str) -> SyncError {
    StoreError::Damaged { path: library.store().place(), what: what.to_owned() }.into()
}

/// Embeds some passages of a library.
fn new_vectors(
    library: &Library,
    embedder: &Embedder,
    some: &[PassageId],
    progress: &dyn Progress,
) -> Result<Vec<NewVectors>, SyncError> {
    library.fetch(some.iter().copied())?;
    let passages: Vec<&Passage> = some.iter().map(|passage| library.passage(*passage)).collect();
    let texts: Vec<Text> =
        passages.iter().map(|passage| Text { text: &passage.text, sentences: &passage.sentences }).collect();
    let embeddings = embedder.embed_with_sentences(&texts, Prompt::Passage, &|done| progress.embedded(done))?;
    let new = |(at, passage): (usize, &&Passage)| {
        let own = embeddings.texts.row(at).to_vec();
        // A passage that is one sentence lends it its vector.
        let sentences = embeddings.rows[at].clone().filter(|_| passage.sentences.len() > 1);
        let all = std::iter::once(own).chain(sentences.map(|row| embeddings.sentences.row(row).to_vec()));
        NewVectors { key: passage_key(passage), rows: all.flat_map(unit_half).collect() }
    };
    Ok(passages.iter().enumerate().map(new).collect())
}

/// A vector scaled to length 1, in half precision: a cosine of two is off by about 1e-5.
fn unit_half(mut vector: Vec<f32>) -> Vec<f16> {
    l2_normalize(&mut vector);
    let mut half = vec![f16::ZERO; vector.len()];
    half.convert_from_f32_slice(&vector);
    half
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slow_machine_keeps_its_work_as_often_as_a_fast_one() {
        // What a passage takes, and how many are to be kept together in the end.
        for (each, expected) in [(1, CHUNK), (10, 128), (60, 32), (400, 32)] {
            let mut many = FIRST;
            for _ in 0..20 {
                many = next_many(many, Duration::from_millis(each * many as u64));
            }
            assert_eq!(many, expected, "{each} ms");
        }
    }
}
