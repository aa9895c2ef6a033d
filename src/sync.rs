//! Files to a corpus, by way of a store: only what is new is read, split and embedded.
//!
//! Each step asks the store first, by a key of all that decides its result, and what it has to compute is kept before the next
//! step begins. So it does not matter where a run was cut off, nor what others put into the store meanwhile; and an answer is
//! the same whether it was computed or kept. What the whole of a corpus was made of is kept as well ([`Library`], and where its
//! vectors are): where nothing has changed, nothing but the files' stamps is looked at.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use half::f16;
use half::slice::HalfFloatSliceExt;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use crate::corpus::{Corpus, Document, Library};
use crate::embed::{EmbedError, Embedder, Text};
use crate::key::{Key, Keyed};
use crate::model::{Prompt, l2_normalize};
use crate::passage::{self, Boilerplate, Marks, Passage, TokenCounter, fingerprint, marks, segment};
use crate::source::{
    Columns, Content, Documents, FoundFile, Metadata, ReadError, Source, content_key, guess_language, read_bytes, read_file, reading_key,
};
use crate::stamp::Stamp;
use crate::store::{
    Additions, KnownFile, NewDocument, NewVectors, Place, ReadSource, Reading, Space, Store, StoreError, Stored, derived, passage_key,
    recalled, remember,
};

/// Passages that are kept at once: what a run that is cut off loses at most.
const CHUNK: usize = 512;
/// A file that is written to again and again while it is read is given up.
const ATTEMPTS: usize = 3;
/// Others may be embedding for so long before it is said that they are waited for.
const SOON: Duration = Duration::from_millis(100);

/// Something to read.
#[derive(Debug, Clone, PartialEq)]
pub enum Input {
    File(FoundFile),
    /// What came on stdin (`-`), or from another file that can be read once.
    Bytes {
        path: PathBuf,
        bytes: Vec<u8>,
    },
    /// What was read already.
    Source(Box<Source>),
}

/// What a corpus is to be made of.
pub struct Wanted<'a> {
    pub inputs: Cow<'a, [Input]>,
    /// Folders that were looked through: files there that are gone are forgotten.
    pub folders: Vec<PathBuf>,
    pub columns: Columns,
    pub boilerplate: Boilerplate,
    pub publishers: Option<&'a dyn Publishers>,
}

impl Wanted<'_> {
    /// Sources as they are.
    pub fn sources(sources: impl IntoIterator<Item = Source>, boilerplate: Boilerplate) -> Self {
        let inputs = sources.into_iter().map(|source| Input::Source(Box::new(source))).collect();
        Self { inputs, folders: Vec::new(), columns: Columns::default(), boilerplate, publishers: None }
    }
}

/// Who published what, whatever the documents say themselves.
pub trait Publishers: Sync {
    /// Stands for all that it says.
    fn key(&self) -> Key;

    /// The publisher of a source.
    fn of(&self, id: &str, path: &str) -> Option<String>;
}

/// Is told what is being done.
pub trait Progress: Sync {
    /// So many files will be read.
    fn reading(&self, _files: usize) {}
    /// One of them has been.
    fn read(&self) {}
    /// The passages of so many sources are being found.
    fn splitting(&self, _sources: usize) {}
    /// So many of all passages will be embedded.
    fn embedding(&self, _passages: usize, _of: usize) {}
    /// So many more of them have been.
    fn embedded(&self, _passages: usize) {}
    /// Another process is embedding for the same store.
    fn waiting(&self) {}
    /// That is over, or all is done.
    fn finished(&self) {}
}

/// Tells nobody.
impl Progress for () {}

/// Why there is no corpus.
#[derive(Debug, thiserror::Error)]
pub enum SyncError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Embed(#[from] EmbedError),
    /// The model's weights cannot be read.
    #[error("the model's weights cannot be read: {0}")]
    Weights(#[source] std::io::Error),
    /// A file that was read before cannot be read again.
    #[error("{path}: {why}")]
    Reading { path: String, why: String },
    /// Somebody keeps writing to a file.
    #[error("{path}: is being written to; try again when it is whole")]
    Changing { path: String },
}

/// What became of an input.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outcome {
    /// The path as it is shown.
    pub path: String,
    /// Why there is nothing of it.
    pub failure: Option<String>,
    /// How many sources it holds.
    pub sources: usize,
    /// How many of them have no text.
    pub empty: usize,
    /// What could not be read of it.
    pub problems: Vec<String>,
    /// What should be known of how it was read.
    pub notes: Vec<String>,
}

/// Inputs whose contents are known, though they may not have been read.
pub struct Inventory<'a> {
    wanted: &'a Wanted<'a>,
    items: Vec<Item<'a>>,
    /// Files that are there no more.
    gone: Vec<PathBuf>,
}

/// An input.
struct Item<'a> {
    input: &'a Input,
    shown: String,
    stamp: Option<Stamp>,
    /// The keys of its bytes and of how they are read, or why it cannot be read.
    keys: Result<(Key, Key), String>,
    /// Whether the store knows all that.
    known: bool,
}

impl Input {
    fn shown(&self) -> String {
        match self {
            Self::File(file) => file.path.display().to_string(),
            Self::Bytes { path, .. } => path.display().to_string(),
            Self::Source(source) => source.path.clone(),
        }
    }

    /// The path by which its format is known.
    fn path(&self) -> &Path {
        match self {
            Self::File(file) => &file.path,
            Self::Bytes { path, .. } => path,
            Self::Source(source) => Path::new(&source.path),
        }
    }

    fn content(&self) -> Result<Key, ReadError> {
        match self {
            Self::File(file) => content_key(&file.real),
            Self::Bytes { bytes, .. } => Ok(Key::of("bytes", [bytes])),
            Self::Source(source) => Ok(Key::of("source", [format!("{source:?}")])),
        }
    }

    /// Its documents, and the key of the bytes that they were read from.
    fn read(&self, columns: &Columns) -> Result<(Documents, Key), ReadError> {
        match self {
            // Where a link led when it was found, whatever it leads to now.
            Self::File(file) => read_file(&file.real, &file.path, columns),
            Self::Bytes { path, bytes } => Ok((read_bytes(bytes, path, columns)?, self.content()?)),
            Self::Source(source) => Ok((Documents { sources: vec![(**source).clone()], ..Documents::default() }, self.content()?)),
        }
    }
}

/// Looks which inputs are known. Files whose stamps are as they were are not opened.
///
/// # Errors
/// When the store cannot be read.
pub fn take_inventory<'a>(store: &dyn Store, wanted: &'a Wanted<'a>) -> Result<Inventory<'a>, StoreError> {
    let files = store.files()?;
    // Names as they are: comparing paths part by part takes longer than looking at the files.
    let known: HashMap<&OsStr, &KnownFile> = files.iter().map(|file| (file.path.as_os_str(), file)).collect();
    let items: Vec<Item> = wanted.inputs.par_iter().map(|input| item(input, &known, &wanted.columns)).collect();
    let there: HashSet<&OsStr> = wanted.inputs.iter().filter_map(real_path).map(Path::as_os_str).collect();
    let under = |path: &Path| wanted.folders.iter().any(|folder| path.starts_with(folder));
    let others = files.iter().filter(|file| !there.contains(file.path.as_os_str()));
    let missing = |file: &&KnownFile| under(&file.path) && file.is_gone();
    let gone = others.filter(missing).map(|file| file.path.clone()).collect();
    Ok(Inventory { wanted, items, gone })
}

fn real_path(input: &Input) -> Option<&Path> {
    match input {
        Input::File(file) => Some(&file.real),
        Input::Bytes { .. } | Input::Source(_) => None,
    }
}

fn item<'a>(input: &'a Input, known: &HashMap<&OsStr, &KnownFile>, columns: &Columns) -> Item<'a> {
    let real = real_path(input);
    let known = real.and_then(|real| known.get(real.as_os_str()));
    // Before its bytes: what is written behind the back of who reads shows then.
    let stamp = real.and_then(|real| Stamp::of(&real.metadata().ok()?));
    let content = match known {
        Some(known) if stamp.is_some() && known.stamp == stamp => Ok(known.content),
        _ => input.content().map_err(|error| error.to_string()),
    };
    let keys = content.map(|content| (content, reading_key(content, input.path(), columns)));
    let same = known.is_some_and(|known| known.stamp == stamp && keys.as_ref() == Ok(&(known.content, known.reading)));
    Item { input, shown: input.shown(), stamp, known: same || real.is_none(), keys }
}

/// What a library was made of, as it is remembered.
#[derive(Serialize, Deserialize)]
struct View {
    outcomes: Vec<Outcome>,
    documents: Vec<Document>,
}

/// Splits documents into passages that fit `counter`'s window; `splitting` is the key of what decides that. Gives also what
/// became of each input.
///
/// # Errors
/// When the store fails, or a file does not stay as it is.
pub fn library(
    store: &Arc<dyn Store>,
    mut inventory: Inventory<'_>,
    counter: &impl TokenCounter,
    splitting: Key,
    progress: &dyn Progress,
) -> Result<(Library, Vec<Outcome>), SyncError> {
    let wanted = inventory.wanted;
    let mut changed = String::new();
    for _ in 0..ATTEMPTS {
        let mut key = view_key(&inventory, splitting);
        let view = match recalled(&**store, key)? {
            Some(view) => view,
            None => {
                let splitter = Splitter { store: &**store, wanted, counter, splitting, progress };
                match splitter.view(&mut inventory) {
                    Ok(view) => {
                        // A failure that need not last makes it another.
                        key = view_key(&inventory, splitting);
                        remember(&**store, key, &view);
                        view
                    }
                    Err(Stop::Error(error)) => return Err(error),
                    Err(Stop::Changed(path)) => {
                        changed = path;
                        inventory = take_inventory(&**store, wanted)?;
                        continue;
                    }
                }
            }
        };
        keep_files(&**store, &inventory)?;
        progress.finished();
        return Ok((Library::new(view.documents, key, Arc::clone(store)), view.outcomes));
    }
    Err(SyncError::Changing { path: changed })
}

fn view_key(inventory: &Inventory, splitting: Key) -> Key {
    let wanted = inventory.wanted;
    let mut key = Keyed::new("view");
    key.add(&passage::VERSION.to_le_bytes());
    key.add(splitting.as_ref());
    key.add(&[u8::from(wanted.boilerplate == Boilerplate::Drop)]);
    key.add(&wanted.publishers.map_or(Vec::new(), |publishers| publishers.key().as_ref().to_vec()));
    for item in &inventory.items {
        key.add(item.shown.as_bytes());
        match &item.keys {
            Ok((_, reading)) => key.add(reading.as_ref()),
            Err(failure) => key.add(format!("failed: {failure}").as_bytes()),
        }
    }
    key.finish()
}

/// Puts the files as they are now into the store, and takes out those that are gone.
fn keep_files(store: &dyn Store, inventory: &Inventory) -> Result<(), StoreError> {
    let file = |item: &Item| {
        let (content, reading) = item.keys.as_ref().ok().filter(|_| !item.known)?;
        Some(KnownFile { path: real_path(item.input)?.to_owned(), stamp: item.stamp, content: *content, reading: *reading })
    };
    let files: Vec<KnownFile> = inventory.items.iter().filter_map(file).collect();
    match files.is_empty() && inventory.gone.is_empty() {
        true => Ok(()),
        false => store.add(Additions { files, gone: inventory.gone.clone(), ..Additions::default() }),
    }
}

/// Why splitting came to no end.
enum Stop {
    Error(SyncError),
    /// A file is not what it was a moment ago.
    Changed(String),
}

impl<E: Into<SyncError>> From<E> for Stop {
    fn from(error: E) -> Self {
        Self::Error(error.into())
    }
}

struct Splitter<'a, C> {
    store: &'a dyn Store,
    wanted: &'a Wanted<'a>,
    counter: &'a C,
    splitting: Key,
    progress: &'a dyn Progress,
}

/// A source of an input, as far as it is known without its text.
struct Part<'a> {
    /// The input.
    item: usize,
    /// Its place there.
    at: usize,
    id: String,
    publisher: Option<String>,
    read: &'a ReadSource,
}

impl<C: TokenCounter> Splitter<'_, C> {
    fn view(&self, inventory: &mut Inventory) -> Result<View, Stop> {
        let mut texts = HashMap::new();
        let readings = self.readings(inventory, &mut texts)?;
        let outcomes: Vec<Outcome> = inventory.items.iter().zip(&readings).map(outcome).collect();
        let parts = self.parts(inventory, &readings);
        let keys = self.keys(inventory, &parts);
        let documents = self.documents(inventory, &parts, &keys, texts)?;
        let documents = parts.iter().zip(&keys).zip(documents).map(|((part, (key, _)), Stored { number, first, about })| Document {
            id: part.id.clone(),
            path: inventory.items[part.item].shown.clone(),
            metadata: Metadata { publisher: part.publisher.clone(), ..about.metadata },
            dropped: about.dropped,
            key: *key,
            number,
            first,
            words: about.passages.iter().map(|(_, words)| u32::try_from(*words).unwrap_or(u32::MAX)).collect(),
        });
        Ok(View { outcomes, documents: documents.collect() })
    }

    /// The reading of each input: from the store, or made now. The sources of those that are made are put into `texts`.
    fn readings(&self, inventory: &mut Inventory, texts: &mut HashMap<usize, Vec<Source>>) -> Result<Vec<Reading>, Stop> {
        let keys: Vec<Key> = inventory.items.iter().map(Item::reading_key).collect();
        let known = self.store.readings(&keys)?;
        let wanted: Vec<usize> = (0..keys.len()).filter(|at| known[*at].is_none() && inventory.items[*at].keys.is_ok()).collect();
        self.progress.reading(wanted.len());
        let made: Vec<(usize, Result<Made, Stop>)> = wanted
            .par_iter()
            .map(|&at| {
                let made = made(&inventory.items[at], &self.wanted.columns);
                self.progress.read();
                (at, made)
            })
            .collect();
        self.progress.finished();
        let mut readings = known;
        let mut new = Vec::new();
        for (at, made) in made {
            let Made { reading, sources, lasting } = made?;
            match lasting {
                true => new.push((keys[at], reading.clone())),
                // Another run may have more luck.
                false => inventory.items[at].keys = Err(reading.sources.as_ref().err().cloned().unwrap_or_default()),
            }
            readings[at] = Some(reading);
            texts.insert(at, sources);
        }
        if !new.is_empty() {
            self.store.add(Additions { readings: new, ..Additions::default() })?;
        }
        let unread = |(item, reading): (&Item, Option<Reading>)| {
            reading.unwrap_or_else(|| failed(item.keys.as_ref().err().cloned().unwrap_or_default()))
        };
        Ok(inventory.items.iter().zip(readings).map(unread).collect())
    }

    fn parts<'r>(&self, inventory: &Inventory, readings: &'r [Reading]) -> Vec<Part<'r>> {
        let mut ids = HashSet::new();
        let mut parts = Vec::new();
        for (item, reading) in readings.iter().enumerate() {
            let path = &inventory.items[item].shown;
            for (at, read) in reading.sources.iter().flatten().enumerate() {
                let id = unique(format!("{path}{}", read.suffix), &mut ids);
                let named = self.wanted.publishers.and_then(|publishers| publishers.of(&id, path));
                parts.push(Part { item, at, id, publisher: named.or_else(|| read.metadata.publisher.clone()), read });
            }
        }
        parts
    }

    /// What decides how each source is split.
    fn keys(&self, inventory: &Inventory, parts: &[Part]) -> Vec<(Key, Marks)> {
        let marks = match self.wanted.boilerplate {
            Boilerplate::Drop => marks(&parts.iter().map(|part| (part.publisher.as_deref(), &part.read.fingerprint)).collect::<Vec<_>>()),
            Boilerplate::Keep => vec![Marks::default(); parts.len()],
        };
        let key = |(part, marks): (&Part, Marks)| {
            let mut key = Keyed::new("document");
            key.add(&passage::VERSION.to_le_bytes());
            key.add(self.splitting.as_ref());
            key.add(inventory.items[part.item].reading_key().as_ref());
            key.add(&part.at.to_le_bytes());
            key.add(marks.reason.as_bytes());
            marks.blocks.iter().for_each(|block| key.add(&block.to_le_bytes()));
            (key.finish(), marks)
        };
        parts.iter().zip(marks).map(key).collect()
    }

    /// The passages of each source: from the store, or found now. Those whose text is not at hand are read again.
    fn documents(
        &self,
        inventory: &Inventory,
        parts: &[Part],
        keys: &[(Key, Marks)],
        mut texts: HashMap<usize, Vec<Source>>,
    ) -> Result<Vec<Stored>, Stop> {
        let wanted: Vec<Key> = keys.iter().map(|(key, _)| *key).collect();
        let known = self.store.documents(&wanted)?;
        let mut seen = HashSet::new();
        let missing: Vec<usize> = (0..parts.len()).filter(|at| known[*at].is_none() && seen.insert(wanted[*at])).collect();
        self.progress.splitting(missing.len());
        for &at in &missing {
            let item = parts[at].item;
            if let std::collections::hash_map::Entry::Vacant(slot) = texts.entry(item) {
                let made = made(&inventory.items[item], &self.wanted.columns)?;
                // It could be read before, and its bytes are the same.
                if let Err(why) = made.reading.sources {
                    return Err(Stop::Error(SyncError::Reading { path: inventory.items[item].shown.clone(), why }));
                }
                slot.insert(made.sources);
            }
        }
        let shown = |some: &[usize]| some.first().map_or(String::new(), |at| inventory.items[parts[*at].item].shown.clone());
        let split = |&at: &usize| {
            let part = &parts[at];
            let source = texts[&part.item].get(part.at)?;
            Some(new_document(source, part.at, inventory.items[part.item].reading_key(), &keys[at], self.counter))
        };
        // As many at once as are worth a transaction.
        for some in missing.chunks(CHUNK / 4) {
            let documents: Option<Vec<NewDocument>> = some.par_iter().map(split).collect();
            let Some(documents) = documents else { return Err(Stop::Changed(shown(some))) };
            self.store.add(Additions { documents, ..Additions::default() })?;
        }
        let stored = if missing.is_empty() { known } else { self.store.documents(&wanted)? };
        stored.into_iter().collect::<Option<_>>().ok_or_else(|| Stop::Changed(shown(&missing)))
    }
}

impl Item<'_> {
    /// How it is read; the key of nothing, where it cannot be.
    fn reading_key(&self) -> Key {
        self.keys.as_ref().map_or(Key::of("none", [""]), |keys| keys.1)
    }
}

/// A reading with the texts.
struct Made {
    reading: Reading,
    sources: Vec<Source>,
    /// Whether the same bytes give the same always.
    lasting: bool,
}

/// Reads an input whose content is known.
fn made(item: &Item, columns: &Columns) -> Result<Made, Stop> {
    let content = item.keys.as_ref().ok().map(|keys| keys.0);
    match item.input.read(columns) {
        Ok((_, key)) if Some(key) != content => Err(Stop::Changed(item.shown.clone())),
        Ok((documents, _)) => {
            let Documents { sources, problems, notes } = documents;
            let read = sources.par_iter().map(|source| read_source(source, &item.shown)).collect();
            Ok(Made { reading: Reading { sources: Ok(read), problems, notes }, sources, lasting: true })
        }
        Err(error) => {
            let lasting = matches!(error, ReadError::Binary | ReadError::Malformed { .. } | ReadError::TooLarge);
            match item.input.content() {
                Ok(key) if Some(key) != content => Err(Stop::Changed(item.shown.clone())),
                _ => Ok(Made { reading: failed(error.to_string()), sources: Vec::new(), lasting }),
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

fn new_document(source: &Source, at: usize, reading: Key, (key, marks): &(Key, Marks), counter: &impl TokenCounter) -> NewDocument {
    let passage::Segmented { mut metadata, passages, dropped } = segment(source, marks, counter);
    metadata.language = metadata.language.or_else(|| language(&passages));
    NewDocument { key: *key, reading, at, metadata, passages, dropped }
}

/// The language that the passages are in, looked at from the beginning.
fn language(passages: &[Passage]) -> Option<String> {
    let mut text = String::new();
    for passage in passages.iter().take_while(|passage| passage.ordinal < 20) {
        text.push_str(&passage.text);
        text.push(' ');
    }
    guess_language(&text)
}

fn outcome((item, reading): (&Item, &Reading)) -> Outcome {
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

/// An id that no other source has: names that differ only in bytes that cannot be shown look the same.
fn unique(id: String, ids: &mut HashSet<String>) -> String {
    let others = (2..).map(|n| format!("{id} ({n})"));
    let free = std::iter::once(id.clone()).chain(others).find(|id| !ids.contains(id)).unwrap_or(id);
    ids.insert(free.clone());
    free
}

/// Embeds those passages of a library of which the store has no vectors.
///
/// # Errors
/// When the store or the model fails.
pub fn corpus(library: Library, embedder: &Embedder, progress: &dyn Progress) -> Result<Corpus, SyncError> {
    let space = Space { key: embedder.model().space().map_err(SyncError::Weights)?, dim: embedder.model().dim() };
    let key = Key::of("vectors", [library.key(), space.key]);
    let places = derived(library.store(), key, || embed(&library, embedder, &space, progress))?;
    let rows = library.store().rows(&space)?;
    // What a damaged store says of places is not followed.
    let beyond = |place: &Place| place.first.saturating_add(u64::from(place.rows.max(1))) > rows.count() as u64;
    if places.len() != library.len() || places.iter().any(beyond) {
        return Err(StoreError::Damaged { path: "vectors".into(), what: "some are missing".to_owned() }.into());
    }
    Ok(Corpus::new(library, key, rows, places))
}

/// Where the vectors of each passage are.
fn embed(library: &Library, embedder: &Embedder, space: &Space, progress: &dyn Progress) -> Result<Vec<Place>, SyncError> {
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
    whole.ok_or_else(|| StoreError::Damaged { path: "vectors".into(), what: "some that were just added are missing".to_owned() }.into())
}

/// Embeds some passages of a library.
fn new_vectors(library: &Library, embedder: &Embedder, entries: &[usize], progress: &dyn Progress) -> Result<Vec<NewVectors>, SyncError> {
    library.fetch(entries.iter().copied())?;
    let passages: Vec<&Passage> = entries.iter().map(|&entry| library.passage(entry)).collect();
    let texts: Vec<Text> = passages.iter().map(|passage| Text { text: &passage.text, sentences: &passage.sentences }).collect();
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
pub(crate) mod testing {
    use super::*;
    use crate::passage::Words;

    /// The passages of sources, of at most 200 words.
    pub fn library_of(sources: impl IntoIterator<Item = Source>, boilerplate: Boilerplate) -> Library {
        Library::of_sources(sources, &Words(200), Key::of("words", ["200"]), boilerplate).unwrap()
    }
}
