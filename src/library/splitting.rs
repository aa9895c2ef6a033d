//! Turns sources into a library: known passages come from the store, the other sources are split now.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::corpus::{Document, Library};
use super::inventory::{Input, Inventory, Wanted, keep_files, take_inventory};
use super::progress::Progress;
use super::reading::{Outcome, SplitError, made, outcome, readings};
use super::{CHUNK, SyncError};
use crate::base::{Key, Keyed};
use crate::passage::{Boilerplate, Marks, Passage, Segmented, TokenCounter, marks, segment};
use crate::source::{Ids, Metadata, Source, guess_language};
use crate::store::{Additions, NewDocument, ReadSource, Reading, Store, Stored, recalled, remember, versions};

/// How many times a file that keeps changing is read before it is left out.
const ATTEMPTS: usize = 3;
/// How many times everything is checked again because some files changed.
const PASSES: usize = 4 * ATTEMPTS;
/// The reason given for a file that keeps changing.
const CHANGING: &str = "is still changing; try again later";

/// What a library was made of, as stored.
#[derive(Serialize, Deserialize)]
struct View {
    outcomes: Vec<Outcome>,
    documents: Vec<Document>,
}

/// Splits documents into passages that fit `counter`'s window; `splitting` is the key of what decides the splitting.
/// Also returns the outcome of each input.
///
/// # Errors
/// When the store fails, or a file keeps changing.
pub fn split(
    store: &Arc<dyn Store>,
    mut inventory: Inventory<'_>,
    counter: &impl TokenCounter,
    splitting: Key,
    progress: &dyn Progress,
) -> Result<(Library, Vec<Outcome>), SyncError> {
    let wanted = inventory.wanted;
    let mut changed: BTreeMap<String, usize> = BTreeMap::new();
    for _ in 0..PASSES {
        let mut key = view_key(&inventory, splitting);
        let view = match recalled(&**store, key)? {
            Some(view) => view,
            None => {
                let splitter = Splitter { store: &**store, wanted, counter, splitting, progress };
                match splitter.view(&mut inventory) {
                    Ok(view) => {
                        // A failure that need not last changes the key.
                        key = view_key(&inventory, splitting);
                        remember(&**store, key, &view);
                        view
                    }
                    Err(SplitError::Error(error)) => return Err(error),
                    Err(SplitError::Changed(paths)) => {
                        paths.into_iter().for_each(|path| *changed.entry(path).or_default() += 1);
                        inventory = take_inventory(&**store, wanted)?;
                        for item in &mut inventory.items {
                            if changed.get(&item.shown).is_some_and(|times| *times >= ATTEMPTS) {
                                item.keys = Err(CHANGING.to_owned());
                            }
                        }
                        continue;
                    }
                }
            }
        };
        keep_files(&**store, &inventory)?;
        progress.finished();
        // A source without any text is reported in its outcome, and is not a document.
        let documents = view.documents.into_iter().filter(|document| !document.is_empty()).collect();
        return Ok((Library::new(documents, key, Arc::clone(store)), view.outcomes));
    }
    let path = changed.into_iter().max_by_key(|(_, times)| *times).map_or(String::new(), |(path, _)| path);
    Err(SyncError::Changing { path })
}

fn view_key(inventory: &Inventory, splitting: Key) -> Key {
    let wanted = inventory.wanted;
    let mut key = Keyed::new("view");
    key.add(&versions::PASSAGES.to_le_bytes());
    key.add(splitting.as_ref());
    key.add(&[u8::from(wanted.boilerplate == Boilerplate::Drop)]);
    key.add(&wanted.publishers.map_or(Vec::new(), |publishers| publishers.key().as_ref().to_vec()));
    for item in &inventory.items {
        key.add(item.shown.as_bytes());
        // Recurring lines are found separately in stored and in new inputs.
        key.add(&[u8::from(matches!(item.input, Input::Kept { .. }))]);
        match &item.keys {
            Ok((_, reading)) => key.add(reading.as_ref()),
            Err(failure) => key.add(format!("failed: {failure}").as_bytes()),
        }
    }
    key.finish()
}

struct Splitter<'a, C> {
    store: &'a dyn Store,
    wanted: &'a Wanted<'a>,
    counter: &'a C,
    splitting: Key,
    progress: &'a dyn Progress,
}

/// A source of an input, as known without its text.
struct PendingSource<'a> {
    /// Index of the input.
    item: usize,
    /// Index of the source in the input.
    at: usize,
    id: String,
    publisher: Option<String>,
    read: &'a ReadSource,
}

impl<C: TokenCounter> Splitter<'_, C> {
    fn view(&self, inventory: &mut Inventory) -> Result<View, SplitError> {
        let mut texts = HashMap::new();
        let readings = readings(self.store, inventory, &mut texts, self.progress)?;
        let outcomes: Vec<Outcome> = inventory.items.iter().zip(&readings).map(outcome).collect();
        let parts = self.parts(inventory, &readings);
        let keys = self.keys(inventory, &parts);
        let documents = self.documents(inventory, &parts, &keys, texts)?;
        let documents =
            parts.iter().zip(&keys).zip(documents).map(|((part, (key, _)), Stored { number, first, about })| {
                Document {
                    id: part.id.clone(),
                    path: inventory.items[part.item].shown.clone(),
                    metadata: Metadata {
                        publisher: part.publisher.clone().or(about.metadata.publisher),
                        ..about.metadata
                    },
                    dropped: about.dropped,
                    key: *key,
                    number,
                    first,
                    words: about.passages.iter().map(|(_, words)| u32::try_from(*words).unwrap_or(u32::MAX)).collect(),
                }
            });
        Ok(View { outcomes, documents: documents.collect() })
    }

    fn parts<'r>(&self, inventory: &Inventory, readings: &'r [Arc<Reading>]) -> Vec<PendingSource<'r>> {
        // Names that differ only in bytes that cannot be shown look the same.
        let mut ids = Ids::default();
        let mut parts = Vec::new();
        for (item, reading) in readings.iter().enumerate() {
            let path = &inventory.items[item].shown;
            for (at, read) in reading.sources.iter().flatten().enumerate() {
                let id = ids.unique(format!("{path}{}", read.suffix));
                let named = self.wanted.publishers.and_then(|publishers| publishers.of(&id, path));
                parts.push(PendingSource {
                    item,
                    at,
                    id,
                    publisher: named.or_else(|| read.metadata.publisher.clone()),
                    read,
                });
            }
        }
        parts
    }

    /// The keys of everything that decides how each source is split.
    fn keys(&self, inventory: &Inventory, parts: &[PendingSource]) -> Vec<(Key, Marks)> {
        let marks = match self.wanted.boilerplate {
            Boilerplate::Drop => self.marks(parts),
            Boilerplate::Keep => vec![Marks::default(); parts.len()],
        };
        let key = |(part, marks): (&PendingSource, Marks)| {
            let mut key = Keyed::new("document");
            key.add(&versions::PASSAGES.to_le_bytes());
            key.add(self.splitting.as_ref());
            key.add(inventory.items[part.item].reading_key().as_ref());
            key.add(&part.at.to_le_bytes());
            key.add(marks.reason.as_bytes());
            marks.blocks.iter().for_each(|block| key.add(&block.to_le_bytes()));
            (key.finish(), marks)
        };
        parts.iter().zip(marks).map(key).collect()
    }

    /// Marks what recurs in the sources; those from a store are compared among themselves, as when they were added.
    fn marks(&self, parts: &[PendingSource]) -> Vec<Marks> {
        let is_kept = |at: &usize| matches!(self.wanted.inputs[parts[*at].item], Input::Kept { .. });
        let (kept, new): (Vec<usize>, Vec<usize>) = (0..parts.len()).partition(is_kept);
        let mut all = vec![Marks::default(); parts.len()];
        for some in [kept, new] {
            let prints: Vec<_> =
                some.iter().map(|at| (parts[*at].publisher.as_deref(), &parts[*at].read.fingerprint)).collect();
            some.iter().zip(marks(&prints)).for_each(|(at, marks)| all[*at] = marks);
        }
        all
    }

    /// The passages of each source: from the store, or found now. Sources whose text is not at hand are read again.
    fn documents(
        &self,
        inventory: &Inventory,
        parts: &[PendingSource],
        keys: &[(Key, Marks)],
        mut texts: HashMap<usize, Vec<Source>>,
    ) -> Result<Vec<Stored>, SplitError> {
        let wanted: Vec<Key> = keys.iter().map(|(key, _)| *key).collect();
        let known = self.store.documents(&wanted)?;
        let mut seen = HashSet::new();
        let missing: Vec<usize> =
            (0..parts.len()).filter(|at| known[*at].is_none() && seen.insert(wanted[*at])).collect();
        self.progress.splitting(missing.len());
        for &at in &missing {
            let item = parts[at].item;
            if let std::collections::hash_map::Entry::Vacant(slot) = texts.entry(item) {
                let made = made(&inventory.items[item], &self.wanted.columns)?;
                // The input was readable before, and its bytes are the same.
                if let Err(why) = made.reading.sources {
                    return Err(SplitError::Error(SyncError::Reading {
                        path: inventory.items[item].shown.clone(),
                        why,
                    }));
                }
                slot.insert(made.sources);
            }
        }
        let shown =
            |some: &[usize]| some.first().map_or(String::new(), |at| inventory.items[parts[*at].item].shown.clone());
        let split = |&at: &usize| {
            let part = &parts[at];
            let source = texts[&part.item].get(part.at)?;
            Some(new_document(source, part.at, inventory.items[part.item].reading_key(), &keys[at], self.counter))
        };
        // Each chunk is large enough to be worth a transaction.
        for some in missing.chunks(CHUNK / 4) {
            let documents: Option<Vec<NewDocument>> = some.par_iter().map(split).collect();
            let Some(documents) = documents else { return Err(SplitError::Changed(vec![shown(some)])) };
            self.store.add(Additions { documents, ..Additions::default() })?;
        }
        // Freed early: with many rows, both texts and documents are large.
        drop(texts);
        let stored = if missing.is_empty() {
            known
        } else {
            drop(known);
            self.store.documents(&wanted)?
        };
        stored.into_iter().collect::<Option<_>>().ok_or_else(|| SplitError::Changed(vec![shown(&missing)]))
    }
}

fn new_document(
    source: &Source,
    at: usize,
    reading: Key,
    (key, marks): &(Key, Marks),
    counter: &impl TokenCounter,
) -> NewDocument {
    let Segmented { mut metadata, passages, dropped } = segment(source, marks, counter);
    metadata.language = metadata.language.or_else(|| language(&passages));
    NewDocument { key: *key, reading, at, metadata, passages, dropped }
}

/// The language of the first passages.
fn language(passages: &[Passage]) -> Option<String> {
    let mut text = String::new();
    for passage in passages.iter().take_while(|passage| passage.ordinal < 20) {
        text.push_str(&passage.text);
        text.push(' ');
    }
    guess_language(&text)
}
