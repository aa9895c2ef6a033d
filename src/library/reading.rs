//! Turns inputs into sources: known readings come from the store, the others are made now.

use std::collections::HashMap;
use std::sync::Arc;

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::SyncError;
use super::corpus::Unread;
use super::inventory::{Inventory, Item};
use super::progress::Progress;
use crate::base::Key;
use crate::passage::fingerprint;
use crate::source::{Columns, Content, Documents, Source};
use crate::store::{Additions, ReadSource, Reading, Store};

/// What became of an input.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outcome {
    /// Path of the input, as shown.
    pub path: String,
    /// Why nothing was read; `None` if something was.
    pub failure: Option<String>,
    /// Number of sources in the input.
    pub sources: usize,
    /// Number of sources without text.
    pub empty: usize,
    /// What could not be read.
    pub problems: Vec<String>,
    /// Notes on how the input was read.
    pub notes: Vec<String>,
}

impl Outcome {
    /// The input as an unread file, if nothing of it could be read.
    pub fn failed(&self) -> Option<Unread> {
        let without_rows = self.sources == 0 && !self.problems.is_empty();
        let no_row = || without_rows.then_some("none of its rows could be read");
        let reason = self.failure.as_deref().or_else(no_row)?;
        Some(Unread::failed(&self.path, reason))
    }
}

/// Why splitting did not finish.
pub(super) enum SplitError {
    Error(SyncError),
    /// These files changed during the run.
    Changed(Vec<String>),
}

impl<E: Into<SyncError>> From<E> for SplitError {
    fn from(error: E) -> Self {
        Self::Error(error.into())
    }
}

/// The reading of each input: from the store, or made now. The sources of new readings are put into `texts`.
pub(super) fn readings(
    store: &dyn Store,
    inventory: &mut Inventory,
    texts: &mut HashMap<usize, Vec<Source>>,
    progress: &dyn Progress,
) -> Result<Vec<Arc<Reading>>, SplitError> {
    let keys: Vec<Key> = inventory.items.iter().map(Item::reading_key).collect();
    let columns = &inventory.wanted.columns;
    let known = store.readings(&keys)?;
    let wanted: Vec<usize> =
        (0..keys.len()).filter(|at| known[*at].is_none() && inventory.items[*at].keys.is_ok()).collect();
    progress.reading(wanted.len());
    let made: Vec<(usize, Result<ReadInput, SplitError>)> = wanted
        .par_iter()
        .map(|&at| {
            let made = made(&inventory.items[at], columns);
            progress.read();
            (at, made)
        })
        .collect();
    progress.finished();
    let mut readings: Vec<Option<Arc<Reading>>> = known.into_iter().map(|known| known.map(Arc::new)).collect();
    let (mut new, mut changed) = (Vec::new(), Vec::new());
    for (at, made) in made {
        let (reading, sources, lasting) = match made {
            Ok(ReadInput { reading, sources, lasting }) => (Arc::new(reading), sources, lasting),
            Err(SplitError::Changed(paths)) => {
                changed.extend(paths);
                continue;
            }
            Err(error) => return Err(error),
        };
        // A failure that need not last is not stored, so that another run may succeed.
        let item = &mut inventory.items[at].keys;
        match (lasting, &reading.sources, &item) {
            (true, ..) => new.push((keys[at], Arc::clone(&reading))),
            (false, Ok(_), Ok((content, _))) => {
                let partial = Key::of("partial reading", [keys[at].as_ref(), reading.problems.join("\n").as_bytes()]);
                *item = Ok((*content, partial));
                new.push((partial, Arc::clone(&reading)));
            }
            (false, failed, _) => *item = Err(failed.as_ref().err().cloned().unwrap_or_default()),
        }
        readings[at] = Some(reading);
        texts.insert(at, sources);
    }
    if !new.is_empty() {
        store.add(Additions { readings: new, ..Additions::default() })?;
    }
    if !changed.is_empty() {
        return Err(SplitError::Changed(changed));
    }
    let unread = |(item, reading): (&Item, Option<Arc<Reading>>)| {
        reading.unwrap_or_else(|| Arc::new(failed(item.keys.as_ref().err().cloned().unwrap_or_default())))
    };
    Ok(inventory.items.iter().zip(readings).map(unread).collect())
}

/// A reading with its sources.
pub(super) struct ReadInput {
    pub(super) reading: Reading,
    pub(super) sources: Vec<Source>,
    /// Whether the same bytes always give the same reading.
    pub(super) lasting: bool,
}

/// Reads an input whose content key is known.
pub(super) fn made(item: &Item, columns: &Columns) -> Result<ReadInput, SplitError> {
    let content = item.keys.as_ref().ok().map(|keys| keys.0);
    match item.input.read(columns) {
        Ok((_, key)) if Some(key) != content => Err(SplitError::Changed(vec![item.shown.clone()])),
        Ok((documents, _)) => {
            let Documents { sources, problems, notes, passing } = documents;
            let read = sources.par_iter().map(|source| read_source(source, &item.shown)).collect();
            Ok(ReadInput { reading: Reading { sources: Ok(read), problems, notes }, sources, lasting: !passing })
        }
        Err(error) => {
            let lasting = error.is_lasting();
            match item.input.content() {
                Ok(key) if Some(key) != content => Err(SplitError::Changed(vec![item.shown.clone()])),
                _ => Ok(ReadInput { reading: failed(error.to_string()), sources: Vec::new(), lasting }),
            }
        }
    }
}

fn failed(why: String) -> Reading {
    Reading { sources: Err(why), problems: Vec::new(), notes: Vec::new() }
}

fn read_source(source: &Source, path: &str) -> ReadSource {
    let empty = match &source.content {
        Content::Lines(lines) => lines.iter().all(|line| line.raw.trim().is_empty()),
        Content::Blocks(blocks) => blocks.is_empty(),
    };
    ReadSource {
        suffix: source.id.strip_prefix(path).unwrap_or(&source.id).to_owned(),
        metadata: source.metadata.clone(),
        note: source.note.clone(),
        empty,
        fingerprint: fingerprint(source),
    }
}

pub(super) fn outcome((item, reading): (&Item, &Arc<Reading>)) -> Outcome {
    let (sources, failure) = match &reading.sources {
        Ok(sources) => (&sources[..], None),
        Err(failure) => (&[][..], Some(failure.clone())),
    };
    let notes = reading.notes.iter().cloned().chain(sources.iter().filter_map(|source| source.note.clone()));
    Outcome {
        path: item.shown.clone(),
        failure,
        sources: sources.len(),
        empty: sources.iter().filter(|source| source.empty).count(),
        problems: reading.problems.clone(),
        notes: notes.collect(),
    }
}
