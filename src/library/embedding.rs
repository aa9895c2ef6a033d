//! Turns a library into a corpus: known vectors come from the store, the others are computed now.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use half::f16;
use half::slice::HalfFloatSliceExt;

use super::corpus::{Corpus, Library};
use super::id::PassageId;
use super::progress::Progress;
use super::sentences::read_ahead;
use super::space::space;
use super::{CHUNK, SyncError};
use crate::base::Key;
use crate::model::{Embedder, Prompt, Text, l2_normalize};
use crate::passage::Passage;
use crate::store::{Additions, NewVectors, Place, Space, StoreError, derived, passage_key};

/// Maximum number of sentences of a library that are read ahead of its first query.
const FEW: usize = 1024;
/// Passages that are stored together at first; more if that takes less time than [`OFTEN`].
const FIRST: usize = 128;
/// Approximate time between two writes of vectors.
const OFTEN: Duration = Duration::from_secs(2);
/// Time for which other processes may embed before it is reported that this one waits.
const SOON: Duration = Duration::from_millis(100);

/// Embeds the passages of a library that have no vectors in the store.
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
        // This takes hardly longer than embedding the passages, and makes even the first query fast.
        read_ahead(&corpus, embedder, FEW, progress)?;
    }
    Ok(corpus)
}

/// Number of passages to embed before the next write, given how long the last `many` took, so that an interrupted run
/// never loses more than a few seconds of work.
fn next_many(many: usize, took: Duration) -> usize {
    if took * 2 <= OFTEN {
        (many * 2).min(CHUNK)
    } else if took > OFTEN {
        (many / 2).max(FIRST / 4)
    } else {
        many
    }
}

/// The places of the vectors of all passages.
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
        // Vectors that other processes added meanwhile need not be computed again.
        places = store.vectors(space, &keys)?;
        let known = keys.iter().zip(&places).zip(library.passages());
        // Of equal passages, the first one is embedded.
        let mut missing: BTreeMap<Key, PassageId> = BTreeMap::new();
        known.filter(|((_, place), _)| place.is_none()).for_each(|((key, _), passage)| {
            missing.entry(*key).or_insert(passage);
        });
        let mut missing: Vec<PassageId> = missing.into_values().collect();
        missing.sort_unstable();
        progress.embedding(missing.len(), keys.len());
        let (mut rest, mut many) = (&missing[..], FIRST);
        while !rest.is_empty() {
            let (some, later) = rest.split_at(many.min(rest.len()));
            let start = Instant::now();
            let vectors = new_vectors(library, embedder, some, progress)?;
            store.add(Additions { vectors: Some((space.clone(), vectors)), ..Additions::default() })?;
            (rest, many) = (later, next_many(many, start.elapsed()));
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
        // The only sentence of a passage has the passage's vector.
        let sentences = embeddings.rows[at].clone().filter(|_| passage.sentences.len() > 1);
        let all = std::iter::once(own).chain(sentences.map(|row| embeddings.sentences.row(row).to_vec()));
        NewVectors { key: passage_key(passage), rows: all.flat_map(unit_half).collect() }
    };
    Ok(passages.iter().enumerate().map(new).collect())
}

/// Scales a vector to length 1 and rounds it to half precision, which changes a cosine by about 1e-5.
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
        // The time that a passage takes, and the expected number of passages per write.
        for (each, expected) in [(1, CHUNK), (10, 128), (60, 32), (400, 32)] {
            let mut many = FIRST;
            for _ in 0..20 {
                many = next_many(many, Duration::from_millis(each * many as u64));
            }
            assert_eq!(many, expected, "{each} ms");
        }
    }
}
