//! Sentences as what makes claims: each read alone, with its clauses and the numbers that it names.
//!
//! A sentence is embedded alone: the stored vectors of sentences were pooled in their passage's context, and resemble those of
//! their neighbours.

use std::collections::HashMap;
use std::ops::Range;

use half::f16;
use half::slice::HalfFloatSliceExt;
use ndarray::{Array2, ArrayViewMut2};

use crate::corpus::Library;
use crate::disagreement::numbers;
use crate::embed::{EmbedError, Embedder, TokenStates};
use crate::model::{Prompt, l2_normalize};
use crate::sync::Progress;
use crate::words::{Word, words};

/// Sentences of fewer words say too little alone.
const WORDS: usize = 5;
/// Words of the shortest clause that says something.
const CLAUSE: usize = 4;
/// Sentences of a part: what the tokens of another document's sentences are held against at once.
const PART: usize = 64;
/// Different sentences that are read and compared with each other: the states of their tokens take some 20 kB each.
pub const MOST: usize = 40_000;
/// Words that a clause begins with.
const CONJUNCTIONS: &[&str] = &[
    "which",
    "who",
    "whom",
    "whose",
    "while",
    "whereas",
    "although",
    "though",
    "because",
    "since",
    "after",
    "before",
    "when",
    "where",
    "as",
    "with",
    "leading",
    "including",
    "but",
    "and",
    "that",
    "if",
    "unless",
    "until",
    "so",
    "despite",
    "following",
    "to",
];

/// A sentence of a document.
#[derive(Debug, Clone, Copy)]
pub struct Sentence {
    /// Its passage, and its place there.
    pub entry: usize,
    pub at: usize,
    /// Its words' place among the [`Read`] ones.
    pub read: usize,
}

/// What is known of a sentence's words.
pub struct Read {
    /// Of each token that belongs to a word, `[tokens, dim]`, rows of length 1.
    states: Vec<f16>,
    /// `[dim]`, of length 1.
    pub vector: Vec<f32>,
    pub clauses: Vec<Clause>,
    /// The values of the numbers that it names, ascending.
    pub numbers: Vec<f64>,
}

/// A part of a sentence that says something by itself.
#[derive(Debug, Clone, PartialEq)]
pub struct Clause {
    /// Its bytes in the sentence.
    pub span: Range<usize>,
    /// Its tokens, of those that belong to a word.
    pub tokens: Range<usize>,
}

/// The sentences of a library that say enough.
pub struct Wordings {
    /// In the order of the library.
    pub sentences: Vec<Sentence>,
    pub read: Vec<Read>,
    /// Consecutive sentences of one document, [`PART`] of them at most.
    pub parts: Vec<Range<usize>>,
    dim: usize,
}

impl Wordings {
    /// Reads the sentences of a library whose passages were fetched; nothing where there are too many.
    pub fn read(library: &Library, embedder: &Embedder, progress: &dyn Progress) -> Result<Option<Self>, EmbedError> {
        let mut known: HashMap<&str, usize> = HashMap::new();
        let (mut texts, mut sentences) = (Vec::new(), Vec::new());
        for (entry, passage) in (0..library.len()).map(|entry| (entry, library.passage(entry))) {
            for at in 0..passage.sentences.len() {
                let text = passage.sentence(at);
                if words(text).len() < WORDS {
                    continue;
                }
                let read = *known.entry(text).or_insert(texts.len());
                if read == texts.len() {
                    texts.push(text);
                }
                sentences.push(Sentence { entry, at, read });
            }
        }
        if texts.len() > MOST {
            return Ok(None);
        }
        progress.embedding(texts.len(), texts.len());
        let states = embedder
            .map_token_states(&texts, Prompt::None, &|done| progress.embedded(done), &|at, tokens| Read::new(texts[at], &tokens))?;
        progress.finished();
        let parts = parts(&sentences, library);
        Ok(Some(Self { sentences, read: states, parts, dim: embedder.model().dim() }))
    }

    /// What is known of a sentence's words.
    pub fn of(&self, sentence: usize) -> &Read {
        &self.read[self.sentences[sentence].read]
    }

    /// The vectors of all sentences, `[sentences, dim]`.
    pub fn vectors(&self) -> Array2<f32> {
        Array2::from_shape_fn((self.sentences.len(), self.dim), |(at, column)| self.of(at).vector[column])
    }

    /// The states of a part's tokens, `[tokens, dim]`, and where those of each sentence begin and the last one's end.
    pub fn states(&self, part: &Range<usize>) -> (Array2<f32>, Vec<usize>) {
        let tokens = |at: usize| self.of(at).states.len() / self.dim;
        let ends = part.clone().scan(0, |end, at| {
            *end += tokens(at);
            Some(*end)
        });
        let starts: Vec<usize> = std::iter::once(0).chain(ends).collect();
        let mut states = Array2::zeros((starts[part.len()], self.dim));
        for (at, bounds) in part.clone().zip(starts.windows(2)) {
            let mut rows: ArrayViewMut2<f32> = states.slice_mut(ndarray::s![bounds[0]..bounds[1], ..]);
            self.of(at).states.convert_to_f32_slice(rows.as_slice_mut().expect("rows of a fresh array are in one piece"));
        }
        (states, starts)
    }

    /// The mean vector, of length 1, of each group that `group` puts sentences in, of `n` groups: `[n, dim]`.
    pub fn means(&self, n: usize, group: impl Fn(&Sentence) -> usize) -> Array2<f32> {
        let mut means = Array2::zeros((n, self.dim));
        for (at, sentence) in self.sentences.iter().enumerate() {
            let mut mean = means.row_mut(group(sentence));
            mean += &ndarray::ArrayView1::from(&self.of(at).vector);
        }
        means.rows_mut().into_iter().for_each(|mut row| l2_normalize(row.as_slice_mut().expect("rows are in one piece")));
        means
    }
}

fn parts(sentences: &[Sentence], library: &Library) -> Vec<Range<usize>> {
    let mut parts: Vec<Range<usize>> = Vec::new();
    for (at, sentence) in sentences.iter().enumerate() {
        let document = library.document(sentence.entry);
        match parts.last_mut() {
            Some(part) if part.len() < PART && library.document(sentences[part.start].entry) == document => part.end = at + 1,
            _ => parts.push(at..at + 1),
        }
    }
    parts
}

impl Read {
    fn new(text: &str, tokens: &TokenStates) -> Self {
        let words = words(text);
        let in_word = |offset: &Range<usize>| words.iter().any(|word| word.range.contains(&offset.start));
        let kept: Vec<usize> = (0..tokens.offsets.len()).filter(|at| in_word(&tokens.offsets[*at])).collect();
        let states = kept.iter().flat_map(|at| tokens.states.row(*at).to_vec()).map(f16::from_f32).collect();
        let place = |end: usize| kept.partition_point(|at| tokens.offsets[*at].start < end);
        let clauses = spans(text, &words).into_iter().map(|span| Clause { tokens: place(span.start)..place(span.end), span });
        Self {
            states,
            vector: tokens.vector.to_vec(),
            clauses: clauses.filter(|clause| !clause.tokens.is_empty()).collect(),
            numbers: numbers(text),
        }
    }
}

/// The clauses of a sentence, of [`CLAUSE`] words or more: cut at punctuation and before conjunctions.
fn spans(text: &str, words: &[Word]) -> Vec<Range<usize>> {
    let mut spans: Vec<(Range<usize>, usize)> = Vec::new();
    for (at, word) in words.iter().enumerate() {
        let gap = &text[at.checked_sub(1).map_or(0, |before| words[before].range.end)..word.range.start];
        let begins = at == 0 || gap.contains([',', ';', ':', '–', '—']) || CONJUNCTIONS.contains(&word.folded.as_str());
        match spans.last_mut() {
            Some((span, count)) if !begins => (span.end, *count) = (word.range.end, *count + 1),
            _ => spans.push((word.range.clone(), 1)),
        }
    }
    let mut joined: Vec<(Range<usize>, usize)> = Vec::new();
    for (span, count) in spans {
        match joined.last_mut() {
            Some((last, words)) if count < CLAUSE || *words < CLAUSE => (last.end, *words) = (span.end, *words + count),
            _ => joined.push((span, count)),
        }
    }
    joined.into_iter().map(|(span, _)| span).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clauses_say_something_by_themselves() {
        let clauses = |text: &str| spans(text, &words(text)).into_iter().map(|span| text[span].to_owned()).collect::<Vec<_>>();
        assert_eq!(
            clauses("The ferry, which carried 164 people, struck the pier while its crew was asleep."),
            ["The ferry, which carried 164 people, struck the pier", "while its crew was asleep"]
        );
        assert_eq!(clauses("Fog lay over the harbor."), ["Fog lay over the harbor"]);
        assert!(clauses("—").is_empty());
    }
}
