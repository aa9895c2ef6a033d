//! The sentences of documents, each embedded alone, for token-by-token comparison. Their states are stored with the
//! documents, up to a limit, so that the next query or report need not run the model on them again.

use std::collections::BTreeMap;

use super::SyncError;
use super::corpus::Corpus;
use super::progress::Progress;
use super::space::space;
use crate::base::Key;
use crate::model::{Embedder, Prompt, QuantizedStates};
use crate::store::{SENTENCES, Store, decode, derived, encode};

/// Sentences that are embedded and stored at once.
const READ: usize = 1024;
/// Maximum number of tokens of a sentence whose states are stored.
const LONG: usize = 128;

/// Returns what `map` makes of the index and the token states of each of `texts`. `progress` receives reports on those
/// that are not stored already.
///
/// # Errors
/// When the store or the model fails.
pub fn map_sentences<T: Send>(
    store: &dyn Store,
    embedder: &Embedder,
    texts: &[&str],
    prompt: Prompt,
    progress: &dyn Progress,
    map: &(dyn Fn(usize, QuantizedStates) -> T + Sync),
) -> Result<Vec<T>, SyncError> {
    let places: Vec<usize> = (0..texts.len()).collect();
    // If there are more texts than the store keeps, the last would push out the first.
    if texts.len() > SENTENCES || !store.lasts() {
        return read(embedder, texts, prompt, &places, progress, map);
    }
    let keys = keys(embedder, texts, prompt)?;
    let dims = [embedder.model().dim(), embedder.model().token_dim()];
    let (mut found, mut missing) = (BTreeMap::new(), Vec::new());
    for (at, kept) in store.sentences(&keys)?.into_iter().enumerate() {
        let own = kept.and_then(|bytes| decode::<(Key, QuantizedStates)>(&bytes)).filter(|(key, _)| *key == keys[at]);
        match own.map(|(_, states)| states).filter(|states| states.fits(dims, texts[at].len())) {
            Some(states) => drop(found.insert(at, map(at, states))),
            None => missing.push(at),
        }
    }
    let keep = |at: usize, states: QuantizedStates| {
        let kept = (states.len() <= LONG).then(|| (keys[at], encode(&(keys[at], &states))));
        (kept, map(at, states))
    };
    for some in missing.chunks(READ) {
        let (kept, mapped): (Vec<_>, Vec<_>) =
            read(embedder, texts, prompt, some, progress, &keep)?.into_iter().unzip();
        found.extend(some.iter().copied().zip(mapped));
        // If this fails, a later run embeds them again.
        let _ = store.keep_sentences(&kept.into_iter().flatten().collect::<Vec<_>>());
    }
    Ok(found.into_values().collect())
}

/// Runs the model on the `texts` at `places`.
fn read<T: Send>(
    embedder: &Embedder,
    texts: &[&str],
    prompt: Prompt,
    places: &[usize],
    progress: &dyn Progress,
    map: &(dyn Fn(usize, QuantizedStates) -> T + Sync),
) -> Result<Vec<T>, SyncError> {
    if places.is_empty() {
        return Ok(Vec::new());
    }
    let texts: Vec<&str> = places.iter().map(|&at| texts[at]).collect();
    progress.embedding(texts.len(), texts.len());
    let read = embedder.map_token_states(&texts, prompt, &|done| progress.embedded(done), &|at, tokens| {
        map(places[at], QuantizedStates::new(&tokens))
    })?;
    progress.finished();
    Ok(read)
}

/// The keys that the states of texts are stored under.
fn keys(embedder: &Embedder, texts: &[&str], prompt: Prompt) -> Result<Vec<Key>, SyncError> {
    let space = space(embedder.model())?.key;
    let prompt = embedder.model().settings().prompt(prompt).as_bytes();
    Ok(texts.iter().map(|text| Key::of("sentence", [space.as_ref(), prompt, text.as_bytes()])).collect())
}

/// Embeds the sentences of a corpus before the first query, if there are at most `most` and the store keeps them.
///
/// # Errors
/// When the store or the model fails.
pub fn read_ahead(corpus: &Corpus, embedder: &Embedder, most: usize, progress: &dyn Progress) -> Result<(), SyncError> {
    let library = &corpus.library;
    if !library.store().lasts() || corpus.sentence_count() > most {
        return Ok(());
    }
    // Done once per corpus: states that were pushed out since are computed when needed.
    derived(library.store(), Key::of("read ahead", [corpus.key()]), || {
        library.fetch_all()?;
        let sentences = library.passages().flat_map(|passage| library.sentences_of(passage));
        let mut texts: Vec<&str> = sentences.map(|sentence| library.sentence(sentence)).collect();
        texts.sort_unstable();
        texts.dedup();
        map_sentences(library.store(), embedder, &texts, Prompt::Passage, progress, &|_, _| ()).map(drop)
    })
}

#[cfg(test)]
mod tests {
    use std::path::Path;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;
    use crate::kernels::{Isa, Precision};
    use crate::model::{Backend, Model};
    use crate::store::Sqlite;

    const TEXTS: [&str; 3] = ["The ferry struck the pier.", "Rents rose.", "Nobody was hurt in the fog."];

    /// Counts the sentences that the model is run on.
    #[derive(Default)]
    struct Run(AtomicUsize);

    impl Progress for Run {
        fn embedding(&self, sentences: usize, _: usize) {
            self.0.fetch_add(sentences, Ordering::Relaxed);
        }
    }

    fn embedder() -> Embedder {
        let tiny = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/tiny-bert-mean");
        let portable = Backend::Isa(Isa::by_name("portable").unwrap(), Precision::F32);
        Embedder::new(Model::load("tiny", &tiny, portable).unwrap(), 1).unwrap()
    }

    /// The states of some texts, and how many of them the model was run on.
    fn states(store: &dyn Store, embedder: &Embedder, texts: &[&str]) -> (Vec<QuantizedStates>, usize) {
        let run = Run::default();
        let found = map_sentences(store, embedder, texts, Prompt::Passage, &run, &|at, states| (at, states)).unwrap();
        assert!(found.iter().map(|(at, _)| *at).eq(0..texts.len()));
        (found.into_iter().map(|(_, states)| states).collect(), run.0.into_inner())
    }

    #[test]
    fn what_was_read_is_kept_and_the_same() {
        let folder = tempfile::tempdir().unwrap();
        let (store, embedder) = (Sqlite::open(&folder.path().join("a.db")).unwrap(), embedder());
        let (first, run) = states(&store, &embedder, &TEXTS[..2]);
        assert_eq!(run, 2);
        let (second, run) = states(&store, &embedder, &[TEXTS[2], TEXTS[1], TEXTS[0]]);
        assert_eq!(run, 1);
        assert_eq!([&second[2], &second[1]], [&first[0], &first[1]]);
        let (none, run) = states(&Sqlite::in_memory().unwrap(), &embedder, &TEXTS);
        assert_eq!((run, &none[..2], &none[2]), (3, &first[..], &second[0]));
    }

    #[test]
    fn what_was_damaged_is_read_again() {
        let folder = tempfile::tempdir().unwrap();
        let (store, embedder) = (Sqlite::open(&folder.path().join("a.db")).unwrap(), embedder());
        let (first, _) = states(&store, &embedder, &TEXTS);
        let keys = keys(&embedder, &TEXTS, Prompt::Passage).unwrap();
        // One is cut off, one is of another text, and one is intact but of parts that do not belong together.
        let whole = encode(&(keys[0], &first[0]));
        let other = encode(&(keys[1], &first[2].clone().filtered(|token| token.start > 6)));
        let damaged = [(keys[0], whole[..9].to_vec()), (keys[1], other), (keys[2], whole)];
        store.keep_sentences(&damaged).unwrap();
        let (again, run) = states(&store, &embedder, &TEXTS);
        assert_eq!(run, 3);
        assert_eq!(again, first);
        assert_eq!(states(&store, &embedder, &TEXTS).1, 0);
    }

    #[test]
    fn the_last_that_came_stay() {
        let folder = tempfile::tempdir().unwrap();
        let store = Sqlite::open(&folder.path().join("a.db")).unwrap();
        let key = |at: usize| Key::of("test", [at.to_le_bytes()]);
        let new: Vec<(Key, Vec<u8>)> = (0..SENTENCES + 2).map(|at| (key(at), vec![1])).collect();
        store.keep_sentences(&new).unwrap();
        let kept = store.sentences(&[key(0), key(1), key(2), key(SENTENCES + 1)]).unwrap();
        assert_eq!(kept, [None, None, Some(vec![1]), Some(vec![1])]);
    }
}
