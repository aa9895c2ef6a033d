//! A library to a corpus: what was embedded before comes from the store, the rest is embedded now.

use std::collections::BTreeMap;
use std::time::Duration;

use half::f16;
use half::slice::HalfFloatSliceExt;

use super::corpus::{Corpus, Library};
use super::progress::Progress;
use super::sentences::read_ahead;
use super::{CHUNK, SyncError};
use crate::base::Key;
use crate::model::{Embedder, Model, Prompt, Text, l2_normalize};
use crate::passage::Passage;
use crate::store::{Additions, NewVectors, Place, Space, StoreError, derived, passage_key, versions};

/// Sentences of a library that are read ahead of its first query.
const FEW: usize = 1024;
/// Others may be embedding for so long before it is said that they are waited for.
const SOON: Duration = Duration::from_millis(100);

/// Embeds those passages of a library of which the store has no vectors.
///
/// # Errors
/// When the store or the model fails.
pub fn embed(library: Library, embedder: &Embedder, progress: &dyn Progress) -> Result<Corpus, SyncError> {
    let space = space(embedder.model())?;
    let key = Key::of("vectors", [library.key(), space.key]);
    let mut new = false;
    let places = derived(library.store(), key, || {
        new = true;
        places(&library, embedder, &space, progress)
    })?;
    let rows = library.store().rows(&space)?;
    // What a damaged store says of places is not followed.
    let beyond = |place: &Place| place.first.saturating_add(u64::from(place.rows.max(1))) > rows.count() as u64;
    if places.len() != library.len() || places.iter().any(beyond) {
        return Err(StoreError::Damaged { path: "vectors".into(), what: "some are missing".to_owned() }.into());
    }
    let corpus = Corpus::new(library, key, rows, places, embedder.model().kernels());
    if new {
        // It takes hardly longer than embedding them, and every query is quick from the first.
        read_ahead(&corpus, embedder, FEW, progress)?;
    }
    Ok(corpus)
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
        let missing: BTreeMap<Key, usize> =
            (0..keys.len()).rev().filter(|entry| places[*entry].is_none()).map(|entry| (keys[entry], entry)).collect();
        let mut entries: Vec<usize> = missing.into_values().collect();
        entries.sort_unstable();
        progress.embedding(entries.len(), keys.len());
        for some in entries.chunks(CHUNK) {
            let vectors = new_vectors(library, embedder, some, progress)?;
            store.add(Additions { vectors: Some((space.clone(), vectors)), ..Additions::default() })?;
        }
        progress.finished();
        places = store.vectors(space, &keys)?;
    }
    let whole: Option<Vec<Place>> = places.into_iter().collect();
    whole.ok_or_else(|| {
        StoreError::Damaged { path: "vectors".into(), what: "some that were just added are missing".to_owned() }.into()
    })
}

/// Embeds some passages of a library.
fn new_vectors(
    library: &Library,
    embedder: &Embedder,
    entries: &[usize],
    progress: &dyn Progress,
) -> Result<Vec<NewVectors>, SyncError> {
    library.fetch(entries.iter().copied())?;
    let passages: Vec<&Passage> = entries.iter().map(|&entry| library.passage(entry)).collect();
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
