//! The documents of one run: their passages, and the vectors of each passage and its sentences.
//!
//! [`split`](super::split) and [`embed`](super::embed) make both from files and a [`Store`]. The texts of passages are
//! read from the store when they are needed: a query shows a few out of perhaps millions.

use std::collections::BTreeSet;
use std::fmt;
use std::ops::Range;
use std::sync::{Arc, OnceLock};

use half::slice::HalfFloatSliceExt;
use ndarray::{Array2, ArrayView1, ArrayView2};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::id::{DocumentId, PassageId, SentenceId};
use super::name::{Name, Names};
use crate::base::{Key, Keyed};
use crate::kernels::Kernels;
use crate::model::l2_normalize;
use crate::passage::{Dropped, Passage};
use crate::source::{Date, Metadata};
use crate::store::{Place, Rows, Store, StoreError, Stored};

/// A document as known after reading and splitting.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Document {
    /// Id of the document, unique within the run.
    pub id: String,
    /// Path of the document, as the user wrote it.
    pub path: String,
    /// Metadata from the document, and the title, author, date and language found in its text.
    pub metadata: Metadata,
    /// Number of parts that are in no passage.
    pub dropped: usize,
    /// Key and number of the document in the store, and number of its first passage.
    pub(crate) key: Key,
    pub(crate) number: u64,
    pub(crate) first: u64,
    /// Number of words of each passage.
    pub(crate) words: Vec<u32>,
}

impl Document {
    /// Whether there is no text at all, not even any that is in no passage.
    pub fn is_empty(&self) -> bool {
        self.words.is_empty() && self.dropped == 0
    }
}

/// A file, or a folder, that gave no document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unread {
    /// Path of the file, as the user would write it.
    pub path: String,
    /// Whether reading failed, or the file was skipped.
    pub tried: Tried,
    /// Why there is no document.
    pub reason: String,
    /// What to do to have it read, if that is known and not part of the reason.
    pub advice: Option<&'static str>,
}

impl Unread {
    /// A file that could not be read.
    pub fn failed(path: impl Into<String>, reason: impl Into<String>) -> Self {
        Self { path: path.into(), tried: Tried::Failed, reason: reason.into(), advice: None }
    }

    /// A file that was skipped.
    pub fn skipped(path: impl Into<String>, reason: impl Into<String>, advice: Option<&'static str>) -> Self {
        Self { path: path.into(), tried: Tried::Skipped, reason: reason.into(), advice }
    }
}

/// Whether an attempt was made to read a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tried {
    /// The file could not be read.
    Failed,
    /// The file was skipped when its folder was searched.
    Skipped,
}

/// Documents and their passages, in the order in which they were read: the passages of a document are consecutive.
pub struct Library {
    /// The files that gave no document, as far as the caller that found the files adds them.
    pub unread: Vec<Unread>,
    /// Notes on how the documents were read, as messages that name the file.
    pub warnings: Vec<String>,
    documents: Vec<Document>,
    key: Key,
    store: Arc<dyn Store>,
    /// The document of each passage.
    of: Vec<DocumentId>,
    /// The first passage of each document, and the end of the last one's passages.
    starts: Vec<usize>,
    passages: Vec<OnceLock<Box<Passage>>>,
    names: OnceLock<Names>,
}

impl fmt::Debug for Library {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (documents, passages) = (self.documents.len(), self.len());
        f.debug_struct("Library").field("documents", &documents).field("passages", &passages).finish_non_exhaustive()
    }
}

impl Library {
    /// Documents whose passages are in `store`; `key` stands for everything that they were made from.
    pub(crate) fn new(documents: Vec<Document>, key: Key, store: Arc<dyn Store>) -> Self {
        let starts: Vec<usize> = std::iter::once(0)
            .chain(documents.iter().scan(0, |end, document| {
                *end += document.words.len();
                Some(*end)
            }))
            .collect();
        let of = documents
            .iter()
            .enumerate()
            .flat_map(|(at, document)| std::iter::repeat_n(DocumentId::new(at), document.words.len()))
            .collect();
        let passages = (0..starts[documents.len()]).map(|_| OnceLock::new()).collect();
        let (unread, warnings, names) = (Vec::new(), Vec::new(), OnceLock::new());
        Self { unread, warnings, documents, key, store, of, starts, passages, names }
    }

    /// Documents with these ids and passages, for tests that only need texts.
    #[cfg(test)]
    pub(crate) fn of_passages(documents: Vec<(String, Metadata, Vec<Passage>)>) -> Self {
        let document = |(id, metadata, passages): &(String, Metadata, Vec<Passage>)| Document {
            id: id.clone(),
            path: id.clone(),
            metadata: metadata.clone(),
            dropped: 0,
            key: Key::of("test", [id]),
            number: 0,
            first: 0,
            words: vec![1; passages.len()],
        };
        let library = Self::new(
            documents.iter().map(document).collect(),
            Key::of("test", [""]),
            Arc::new(crate::store::Sqlite::in_memory().unwrap()),
        );
        let passages = documents.into_iter().flat_map(|(.., passages)| passages);
        library.passages.iter().zip(passages).for_each(|(slot, passage)| drop(slot.set(Box::new(passage))));
        library
    }

    /// The key of everything that the library was made from.
    pub fn key(&self) -> Key {
        self.key
    }

    /// The store that holds the passages.
    pub fn store(&self) -> &dyn Store {
        &*self.store
    }

    /// The store, for callers that keep it longer than the library.
    pub fn shared_store(&self) -> Arc<dyn Store> {
        Arc::clone(&self.store)
    }

    /// Number of passages.
    pub fn len(&self) -> usize {
        self.of.len()
    }

    /// Whether there are no passages.
    pub fn is_empty(&self) -> bool {
        self.of.is_empty()
    }

    /// All documents, in the order in which they were read.
    pub fn documents(&self) -> impl ExactSizeIterator<Item = DocumentId> + Clone + use<> {
        (0..self.documents.len()).map(DocumentId::new)
    }

    /// The documents that have passages.
    pub fn with_text(&self) -> impl Iterator<Item = DocumentId> {
        self.documents().filter(|document| self.passages_of(*document).len() > 0)
    }

    /// All passages, document by document.
    pub fn passages(&self) -> impl ExactSizeIterator<Item = PassageId> + Clone + use<> {
        (0..self.len()).map(PassageId::new)
    }

    /// The passages of a document.
    pub fn passages_of(&self, document: DocumentId) -> impl ExactSizeIterator<Item = PassageId> + Clone + use<> {
        (self.starts[document.index()]..self.starts[document.index() + 1]).map(PassageId::new)
    }

    /// The sentences of a passage, which must have been fetched.
    pub fn sentences_of(&self, passage: PassageId) -> impl ExactSizeIterator<Item = SentenceId> + Clone + use<> {
        (0..self.passage(passage).sentences.len()).map(move |at| SentenceId::new(passage, at))
    }

    /// A document by its id.
    pub fn document(&self, document: DocumentId) -> &Document {
        &self.documents[document.index()]
    }

    /// The document that contains a passage.
    pub fn document_of(&self, passage: PassageId) -> DocumentId {
        self.of[passage.index()]
    }

    /// The name to show for a document.
    pub fn name(&self, document: DocumentId) -> &Name {
        &self.names().names[document.index()]
    }

    /// The folder that all documents are in, with a `/` at its end; empty if they share none.
    pub fn folder(&self) -> &str {
        &self.names().folder
    }

    fn names(&self) -> &Names {
        self.names.get_or_init(|| Names::new(&self.documents))
    }

    /// The id of a passage in outputs: its source and its number there, from 1.
    pub fn id_of(&self, passage: PassageId) -> String {
        format!("{}#{}", self.document(self.document_of(passage)).id, self.place(passage) + 1)
    }

    /// The index of a passage in its document.
    fn place(&self, passage: PassageId) -> usize {
        passage.index() - self.starts[self.document_of(passage).index()]
    }

    /// A passage, which must have been fetched.
    ///
    /// # Panics
    /// When the passage was not fetched ([`fetch`](Self::fetch), [`fetch_all`](Self::fetch_all)).
    pub fn passage(&self, passage: PassageId) -> &Passage {
        self.passages[passage.index()].get().expect("a passage is fetched before it is looked at")
    }

    /// The text of a sentence, whose passage must have been fetched.
    pub fn sentence(&self, sentence: SentenceId) -> &str {
        self.passage(sentence.passage()).sentence(sentence.at())
    }

    /// The bytes of a sentence in its passage's text.
    pub fn span(&self, sentence: SentenceId) -> Range<usize> {
        self.passage(sentence.passage()).sentences[sentence.at()].clone()
    }

    /// Reads those of these passages that have not been read yet.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn fetch(&self, passages: impl IntoIterator<Item = PassageId>) -> Result<(), StoreError> {
        let slot = |passage: PassageId| &self.passages[passage.index()];
        let missing: BTreeSet<PassageId> =
            passages.into_iter().filter(|passage| slot(*passage).get().is_none()).collect();
        let numbers: Vec<u64> = missing.iter().map(|passage| self.number(*passage)).collect();
        for (passage, read) in missing.into_iter().zip(self.store.passages(&numbers)?) {
            // Another thread may have read the same passage first.
            let _ = slot(passage).set(Box::new(read));
        }
        Ok(())
    }

    /// Reads all passages.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn fetch_all(&self) -> Result<(), StoreError> {
        self.fetch(self.passages())
    }

    /// The text of a document that is in no passage.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn dropped(&self, document: DocumentId) -> Result<Vec<Dropped>, StoreError> {
        self.store.dropped(self.document(document).number)
    }

    /// Whether a document's date is only that of its file: a PDF or an office document has the day on which it was
    /// printed or saved, unless its byline, date line or title page gives the same day.
    pub fn is_dated_by_file(&self, document: DocumentId) -> bool {
        let metadata = &self.document(document).metadata;
        let Some(date) = metadata.date.filter(|_| metadata.dated_by_file) else { return false };
        let says = |dropped: &Dropped| {
            dropped.reason.split([' ', ',', ':']).any(|word| ["date", "byline"].contains(&word))
                && Date::parse(&dropped.text) == Some(date)
        };
        // A document that cannot be read confirms no date.
        !self.dropped(document).is_ok_and(|dropped| dropped.iter().any(says))
    }

    /// Number of words of a passage.
    pub fn words(&self, passage: PassageId) -> usize {
        self.document(self.document_of(passage)).words[self.place(passage)] as usize
    }

    /// The keys of all passages.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub(crate) fn keys(&self) -> Result<Vec<Key>, StoreError> {
        let documents: Vec<Key> = self.documents.iter().map(|document| document.key).collect();
        let stored = self.store.documents(&documents)?;
        let whole = |(stored, document): (Option<Stored>, &Document)| {
            let passages = stored?.about.passages;
            (passages.len() == document.words.len()).then_some(passages)
        };
        let passages: Option<Vec<_>> = stored.into_iter().zip(&self.documents).map(whole).collect();
        let missing =
            || StoreError::Damaged { path: self.store.place(), what: "some documents are missing".to_owned() };
        Ok(passages.ok_or_else(missing)?.into_iter().flatten().map(|(key, _)| key).collect())
    }

    /// The number of a passage in the store.
    fn number(&self, passage: PassageId) -> u64 {
        self.document(self.document_of(passage)).first + self.place(passage) as u64
    }

    /// The mapping from numbers in the store to passages; several if documents are the same.
    pub(crate) fn numbers(&self) -> Numbers {
        let span = |(document, start): (&Document, &usize)| (document.first, *start, document.words.len());
        let mut spans: Vec<(u64, usize, usize)> = self.documents.iter().zip(&self.starts).map(span).collect();
        spans.retain(|(.., count)| *count > 0);
        spans.sort_unstable();
        Numbers { spans }
    }

    /// A library of only the documents for which `keep` holds.
    #[must_use]
    pub fn retain(self, keep: impl Fn(&Document) -> bool) -> Self {
        let Self { documents, unread, warnings, key, store, .. } = self;
        let mut kept = Keyed::new("some of");
        kept.add(key.as_ref());
        let documents: Vec<Document> = documents
            .into_iter()
            .filter(|document| {
                let keep = keep(document);
                kept.add(&[u8::from(keep)]);
                keep
            })
            .collect();
        Self { unread, warnings, ..Self::new(documents, kept.finish(), store) }
    }
}

/// Maps numbers in the store to passages of a library.
pub(crate) struct Numbers {
    /// First number, first passage and number of passages of each document; ascending.
    spans: Vec<(u64, usize, usize)>,
}

impl Numbers {
    /// The passages with this number.
    pub fn passages(&self, number: u64) -> impl Iterator<Item = PassageId> {
        let end = self.spans.partition_point(|(first, ..)| *first <= number);
        let first = self.spans[..end].last().map_or(0, |(first, ..)| *first);
        let same = self.spans[..end].iter().rev().take_while(move |span| span.0 == first);
        let place = (number - first.min(number)) as usize;
        same.filter(move |(_, _, count)| place < *count).map(move |(_, start, _)| PassageId::new(start + place))
    }
}

/// A library with its vectors, all of length 1, so that a dot product is a cosine.
pub struct Corpus {
    /// The documents and their passages.
    pub library: Library,
    key: Key,
    rows: Rows,
    /// The place of each passage's own vector, followed by those of its sentences.
    places: Vec<Place>,
    kernels: &'static dyn Kernels,
    /// The passages' own vectors, once they are needed together.
    whole: OnceLock<Array2<f32>>,
}

impl fmt::Debug for Corpus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Corpus").field("library", &self.library).finish_non_exhaustive()
    }
}

impl Corpus {
    pub(crate) fn new(
        library: Library,
        key: Key,
        rows: Rows,
        places: Vec<Place>,
        kernels: &'static dyn Kernels,
    ) -> Self {
        Self { library, key, rows, places, kernels, whole: OnceLock::new() }
    }

    /// The key of the library and of what computed its vectors.
    pub fn key(&self) -> Key {
        self.key
    }

    /// The kernels that multiply the vectors.
    pub fn kernels(&self) -> &'static dyn Kernels {
        self.kernels
    }

    /// The vectors of the passages, `[passages, dim]`.
    pub fn passages(&self) -> ArrayView2<'_, f32> {
        self.whole.get_or_init(|| self.widened(self.places.iter().map(|place| place.first as usize))).view()
    }

    /// The vectors of the sentences of one passage, `[sentences, dim]`; the only sentence of a passage has the
    /// passage's vector.
    pub fn sentences(&self, passage: PassageId) -> Array2<f32> {
        self.widened(self.sentence_rows(passage))
    }

    /// Rows in single precision, normalised again so that equal ones have a cosine of 1.
    fn widened(&self, rows: impl ExactSizeIterator<Item = usize>) -> Array2<f32> {
        let mut widened = Array2::zeros((rows.len(), self.rows.dim()));
        for (mut target, row) in widened.rows_mut().into_iter().zip(rows) {
            let target = target.as_slice_mut().expect("rows of a fresh array are in one piece");
            self.rows.row(row).convert_to_f32_slice(target);
            l2_normalize(target);
        }
        widened
    }

    /// Checks that all vectors are as they were written.
    ///
    /// # Errors
    /// When one is not, as in a damaged file.
    pub fn check(&self) -> Result<(), StoreError> {
        self.expect(self.places.par_iter().all(|place| self.rows.has_all(place)))
    }

    /// Checks that the passages' own vectors are as they were written.
    pub(crate) fn check_passages(&self) -> Result<(), StoreError> {
        self.expect(self.places.par_iter().all(|place| self.rows.has_passage(place)))
    }

    /// Checks that the vectors of some passages and their sentences are as they were written.
    pub(crate) fn check_some(&self, mut passages: impl Iterator<Item = PassageId>) -> Result<(), StoreError> {
        self.expect(passages.all(|passage| self.rows.has_all(&self.places[passage.index()])))
    }

    fn expect(&self, whole: bool) -> Result<(), StoreError> {
        let what = || "some vectors differ from what was written".to_owned();
        if whole { Ok(()) } else { Err(StoreError::Damaged { path: self.library.store().place(), what: what() }) }
    }

    /// The cosine of two passages.
    pub fn cosine(&self, a: PassageId, b: PassageId) -> f32 {
        dot(self.kernels, self.passages().row(a.index()), self.passages().row(b.index()))
    }

    /// The cosine of a passage and a vector of length 1.
    pub fn score(&self, passage: PassageId, vector: ArrayView1<f32>) -> f32 {
        self.product(self.places[passage.index()].first as usize, vector)
    }

    /// A passage's sentences, each with its cosine with a vector of length 1.
    pub fn sentence_scores(
        &self,
        passage: PassageId,
        vector: ArrayView1<f32>,
    ) -> impl Iterator<Item = (SentenceId, f32)> {
        let rows = self.sentence_rows(passage).enumerate();
        rows.map(move |(at, row)| (SentenceId::new(passage, at), self.product(row, vector)))
    }

    fn product(&self, row: usize, vector: ArrayView1<f32>) -> f32 {
        let row = self.rows.row(row).reinterpret_cast();
        match vector.as_slice() {
            Some(vector) => self.kernels.dot_half(row, vector),
            None => self.kernels.dot_half(row, &vector.to_vec()),
        }
    }

    /// Number of sentences of all passages.
    pub fn sentence_count(&self) -> usize {
        self.library.passages().map(|passage| self.sentence_rows(passage).len()).sum()
    }

    /// Size of all vectors in bytes, as stored.
    pub fn vector_bytes(&self) -> u64 {
        let rows: usize = self.places.iter().map(|place| place.rows.max(1) as usize).sum();
        (rows * self.rows.dim() * size_of::<half::f16>()) as u64
    }

    fn sentence_rows(&self, passage: PassageId) -> Range<usize> {
        let Place { first, rows, .. } = self.places[passage.index()];
        let first = first as usize;
        if rows <= 1 { first..first + 1 } else { first + 1..first + rows as usize }
    }
}

/// The dot product of two contiguous rows.
///
/// # Panics
/// If the values of a row are not contiguous, or the lengths differ.
pub(crate) fn dot(kernels: &dyn Kernels, a: ArrayView1<f32>, b: ArrayView1<f32>) -> f32 {
    let [a, b] = [&a, &b].map(|row| row.as_slice().expect("a row's values are side by side"));
    kernels.dot(a, b)
}
