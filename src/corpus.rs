//! The documents of one run: their passages, and the vectors of each passage and its sentences.

use std::ops::Range;

use ndarray::{Array2, ArrayView2};

use crate::embed::{EmbedError, Embedder, Embeddings, Text};
use crate::model::{Prompt, l2_normalize};
use crate::passage::{Boilerplate, Dropped, Passage, Segmented, TokenCounter, segment_all};
use crate::source::{Metadata, Source, guess_language};

/// A document as far as it is known after reading.
#[derive(Debug, Clone, PartialEq)]
pub struct Document {
    /// Unique within the run.
    pub id: String,
    /// Where it came from, as the user wrote it.
    pub path: String,
    /// What it says of itself, and the title, author, day and language that were found in its text.
    pub metadata: Metadata,
    /// Text that is in no passage, with the reasons.
    pub dropped: Vec<Dropped>,
}

/// A passage with the document that it stands in.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// Its document's place in [`Library::documents`].
    pub document: usize,
    /// The passage.
    pub passage: Passage,
}

/// Documents and their passages, in the order in which they were read: the passages of a document stand one after the other.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Library {
    pub documents: Vec<Document>,
    pub entries: Vec<Entry>,
}

impl Library {
    /// Splits sources into passages that fit `counter`'s window.
    pub fn new(sources: &[Source], counter: &impl TokenCounter, boilerplate: Boilerplate) -> Self {
        use rayon::prelude::*;
        let mut segmented = segment_all(sources, counter, boilerplate);
        segmented.par_iter_mut().filter(|document| document.metadata.language.is_none()).for_each(|document| {
            document.metadata.language = language(&document.passages);
        });
        let mut library = Self::default();
        for (source, segmented) in sources.iter().zip(segmented) {
            let Segmented { metadata, passages, dropped } = segmented;
            let document = library.documents.len();
            library.documents.push(Document { id: source.id.clone(), path: source.path.clone(), metadata, dropped });
            library.entries.extend(passages.into_iter().map(|passage| Entry { document, passage }));
        }
        library
    }

    /// Keeps only the documents for which `keep` holds.
    pub fn retain(&mut self, keep: impl Fn(&Document) -> bool) {
        let kept: Vec<bool> = self.documents.iter().map(keep).collect();
        let mut moved = Vec::with_capacity(kept.len());
        for keep in &kept {
            let before: usize = moved.last().map_or(0, |(place, kept): &(usize, bool)| place + usize::from(*kept));
            moved.push((before, *keep));
        }
        self.entries.retain_mut(|entry| {
            let (place, stays) = moved[entry.document];
            entry.document = place;
            stays
        });
        let mut kept = kept.into_iter();
        self.documents.retain(|_| kept.next().unwrap_or(true));
    }

    /// The document of an entry.
    pub fn document_of(&self, entry: usize) -> &Document {
        &self.documents[self.entries[entry].document]
    }

    /// The entries of a document.
    pub fn passages_of(&self, document: usize) -> Range<usize> {
        let first = self.entries.partition_point(|entry| entry.document < document);
        first..self.entries.partition_point(|entry| entry.document <= document)
    }

    /// What outputs call a passage: its source and its place there, from 1.
    pub fn id_of(&self, entry: usize) -> String {
        format!("{}#{}", self.document_of(entry).id, self.entries[entry].passage.ordinal + 1)
    }
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

/// A library with its vectors, all of length 1, so that a dot product is a cosine.
#[derive(Debug, Clone, PartialEq)]
pub struct Corpus {
    pub library: Library,
    embeddings: Embeddings,
}

impl Corpus {
    /// Embeds every passage and sentence of `library`. `done` is told how many passages have been finished.
    ///
    /// # Errors
    /// When the model fails.
    pub fn embed(library: Library, embedder: &Embedder, done: &(dyn Fn(usize) + Sync)) -> Result<Self, EmbedError> {
        let texts: Vec<Text> =
            library.entries.iter().map(|entry| Text { text: &entry.passage.text, sentences: &entry.passage.sentences }).collect();
        let mut embeddings = embedder.embed_with_sentences(&texts, Prompt::Passage, done)?;
        normalize_rows(&mut embeddings.texts);
        Ok(Self { library, embeddings })
    }

    /// The vectors of the passages, `[passages, dim]`.
    pub fn passages(&self) -> ArrayView2<'_, f32> {
        self.embeddings.texts.view()
    }

    /// The vectors of the sentences of one passage, `[sentences, dim]`.
    pub fn sentences(&self, entry: usize) -> ArrayView2<'_, f32> {
        self.embeddings.sentences.slice(ndarray::s![self.embeddings.rows[entry].clone(), ..])
    }
}

/// Scales each row of `[n, dim]` to length 1.
pub fn normalize_rows(vectors: &mut Array2<f32>) {
    for mut row in vectors.rows_mut() {
        let mut copy = row.to_vec();
        l2_normalize(&mut copy);
        row.assign(&ndarray::ArrayView1::from(&copy[..]));
    }
}
