//! Sentences in the form in which they are compared: each read alone, with its clauses and numbers.
//!
//! Each sentence is embedded alone, because the stored vectors of sentences were pooled in their passage's context and
//! resemble those of their neighbours.

use std::collections::{BTreeSet, HashMap};
use std::ops::Range;

use ndarray::{Array2, ArrayView1};

use super::aside::{asides, without};
use crate::base::hash;
use crate::disagreement::counts;
use crate::kernels::ByteRow;
use crate::lang::english::grammar;
use crate::lang::{Word, is_stop_word, words};
use crate::library::{DocumentId, Library, Progress, SentenceId, SyncError, map_sentences};
use crate::model::{Embedder, Prompt, QuantizedStates, l2_normalize};

/// Sentences of fewer words say too little alone: they are the same if their words are.
const WORDS: usize = 5;
/// Fewest words other than stop words of a clause that says something.
const CLAUSE: usize = 3;
/// Whole numbers up to this one are in many sentences that have nothing else in common.
const SMALL: f64 = 12.0;
/// Fewest tokens of what a reader is shown as said, if the sentence continues without a pause.
const SHOWN: usize = 12;
/// Maximum number of sentences of a part, whose tokens are compared at once.
const PART: usize = 64;

/// Maximum number of characters of a dateline.
const DATELINE: usize = 60;

/// A sentence of a document.
#[derive(Debug, Clone, Copy)]
pub struct Sentence {
    pub id: SentenceId,
    /// The index of its words among those that were [`Read`].
    pub read: usize,
}

/// What is known about a sentence's words.
pub struct Read {
    /// The states of the tokens that belong to a word; there may be millions.
    tokens: QuantizedStates,
    pub clauses: Vec<Clause>,
    /// The hashes of the words other than stop words, each once, ascending.
    pub words: Vec<u64>,
    /// The hashes of the numbers in the sentence, each once, ascending. A small number is hashed with what it counts,
    /// because "four crews" and "four islands" have nothing in common.
    pub numbers: Vec<u64>,
    /// Whether the sentence is a question.
    pub question: bool,
    /// The words, if there are so few that nothing else shows what the sentence says.
    pub short: Option<Vec<String>>,
}

/// A part of a sentence that says something by itself.
#[derive(Debug, Clone, PartialEq)]
pub struct Clause {
    /// The byte range of the clause in the sentence.
    pub span: Range<usize>,
    /// The tokens of the clause, among those that belong to a word.
    pub tokens: Range<usize>,
    /// What separates it from the clause before.
    cut: Cut,
}

/// What separates a clause from the one before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Cut {
    /// Punctuation, or the clause is the first.
    Pause,
    /// A conjunction without punctuation.
    Conjunction,
    /// A conjunction that may join words within a clause.
    Joining,
}

/// The sentences of a library.
pub struct Wordings {
    /// The sentences, in the order of the library.
    pub sentences: Vec<Sentence>,
    pub read: Vec<Read>,
    /// Consecutive sentences of one document, at most [`PART`] of them.
    pub parts: Vec<Range<usize>>,
    dim: usize,
    token_dim: usize,
}

impl Wordings {
    /// Reads the sentences of a library whose passages were fetched.
    pub fn read(library: &Library, embedder: &Embedder, progress: &dyn Progress) -> Result<Self, SyncError> {
        let mut known: HashMap<&str, usize> = HashMap::new();
        let (mut texts, mut sentences) = (Vec::new(), Vec::new());
        for id in library.passages().flat_map(|passage| library.sentences_of(passage)) {
            let text = library.sentence(id);
            let read = *known.entry(text).or_insert(texts.len());
            if read == texts.len() {
                texts.push(text);
            }
            sentences.push(Sentence { id, read });
        }
        let read = map_sentences(library.store(), embedder, &texts, Prompt::Symmetric, progress, &|at, tokens| {
            Read::new(texts[at], tokens)
        })?;
        let parts = parts(&sentences, library);
        let (dim, token_dim) = (embedder.model().dim(), embedder.model().token_dim());
        Ok(Self { sentences, read, parts, dim, token_dim })
    }

    /// What is known about a sentence's words.
    pub fn of(&self, sentence: usize) -> &Read {
        &self.read[self.sentences[sentence].read]
    }

    /// The vectors of all sentences, `[sentences, dim]`.
    pub fn vectors(&self) -> Array2<f32> {
        Array2::from_shape_fn((self.sentences.len(), self.dim), |(at, column)| self.of(at).vector()[column])
    }

    /// The token states of some sentences, and the bounds of each sentence among them.
    pub fn tokens(&self, sentences: impl Iterator<Item = usize>) -> (Vec<ByteRow<'_>>, Vec<usize>) {
        let (mut tokens, mut starts) = (Vec::new(), vec![0]);
        for at in sentences {
            tokens.extend(self.of(at).tokens.rows());
            starts.push(tokens.len());
        }
        (tokens, starts)
    }

    /// Number of values of a token's state.
    pub fn token_dim(&self) -> usize {
        self.token_dim
    }

    /// The mean of the sentences' vectors (given by `vector`) of each of `n` documents, not normalised, so that the
    /// product of two means is the mean of all products: `[n, dim]`.
    pub fn mean_of_documents<'v>(
        &self,
        n: usize,
        document: &[DocumentId],
        vector: impl Fn(usize) -> ArrayView1<'v, f32>,
    ) -> Array2<f32> {
        let mut counts = vec![0.0f32; n];
        let mut means = Array2::zeros((n, self.dim));
        for (at, document) in document.iter().enumerate() {
            counts[document.index()] += 1.0;
            let mut mean = means.row_mut(document.index());
            mean += &vector(at);
        }
        means.rows_mut().into_iter().zip(counts).for_each(|(mut mean, count)| mean /= count.max(1.0));
        means
    }

    /// The mean vector of each passage's sentences, of length 1: `[passages, dim]`.
    pub fn passage_means(&self, library: &Library) -> Array2<f32> {
        self.means(library.len(), |sentence| sentence.id.passage().index())
    }

    /// The mean vector of each document's sentences, of length 1: `[documents, dim]`.
    pub fn document_means(&self, library: &Library) -> Array2<f32> {
        self.means(library.documents().len(), |sentence| library.document_of(sentence.id.passage()).index())
    }

    /// The mean vector, of length 1, of each of the `n` groups into which `group` sorts the sentences: `[n, dim]`.
    fn means(&self, n: usize, group: impl Fn(&Sentence) -> usize) -> Array2<f32> {
        let mut means = Array2::zeros((n, self.dim));
        for (at, sentence) in self.sentences.iter().enumerate() {
            let mut mean = means.row_mut(group(sentence));
            mean += &ArrayView1::from(self.of(at).vector());
        }
        means
            .rows_mut()
            .into_iter()
            .for_each(|mut row| l2_normalize(row.as_slice_mut().expect("rows are in one piece")));
        means
    }
}

fn parts(sentences: &[Sentence], library: &Library) -> Vec<Range<usize>> {
    let mut parts: Vec<Range<usize>> = Vec::new();
    for (at, sentence) in sentences.iter().enumerate() {
        let document = |sentence: &Sentence| library.document_of(sentence.id.passage());
        match parts.last_mut() {
            Some(part) if part.len() < PART && document(&sentences[part.start]) == document(sentence) => {
                part.end = at + 1;
            }
            _ => parts.push(at..at + 1),
        }
    }
    parts
}

impl Read {
    fn new(text: &str, tokens: QuantizedStates) -> Self {
        let begin = dateline(text);
        let asides = asides(text);
        let beside = |word: &Word| asides.iter().any(|aside| aside.contains(&word.range.start));
        let said = |words: Vec<Word>| -> Vec<Word> {
            words.into_iter().filter(|word| word.range.start >= begin && !beside(word)).collect()
        };
        // If a sentence is nothing but an aside, the aside is what it says.
        let words = Some(said(words(text))).filter(|said| !said.is_empty()).unwrap_or_else(|| words(text));
        let tokens = tokens.filtered(|token| words.iter().any(|word| word.range.contains(&token.start)));
        let place = |end: usize| tokens.offsets().take_while(|token| token.start < end).count();
        let spans = spans(text, &words);
        let cut = |at: usize| {
            let first = words.iter().find(|word| word.range.start == spans[at].start);
            match at.checked_sub(1).map(|before| text[spans[before].end..spans[at].start].trim()) {
                None => Cut::Pause,
                Some(gap) if !gap.trim_matches(SIGNS).is_empty() => Cut::Pause,
                Some(_) if first.is_some_and(|word| grammar::JOINING.contains(&word.folded.as_str())) => Cut::Joining,
                Some(_) => Cut::Conjunction,
            }
        };
        let clauses = spans.iter().enumerate().map(|(at, span)| Clause {
            tokens: place(span.start)..place(span.end),
            cut: cut(at),
            span: span.start..with_sign(text, span.end),
        });
        Self {
            clauses: clauses.filter(|clause| !clause.tokens.is_empty()).collect(),
            words: once(words.iter().filter(|word| !is_stop_word(&word.folded)).map(|word| hash(word.folded.bytes()))),
            numbers: once(counts(&without(text, &asides)).into_iter().map(number)),
            question: text.trim_end_matches(['"', '”', '’', '\'', '»', '」', ')', ' ']).ends_with(['?', '？', '؟']),
            short: (words.len() < WORDS).then(|| words.into_iter().map(|word| word.folded).collect()),
            tokens,
        }
    }

    /// The vector of the sentence, `[dim]`, of length 1.
    pub fn vector(&self) -> &[f32] {
        &self.tokens.vector
    }

    /// The bytes of a sentence that are shown for a span of its clauses: extended by clauses that a word joins to it
    /// ("between 36" and "and 39 million"), and a short one by all that no punctuation separates from it. `None` if there
    /// are no such clauses.
    pub fn shown(&self, (first, last): (u8, u8)) -> Option<Range<usize>> {
        let (mut first, mut last) = (usize::from(first), usize::from(last));
        self.clauses.get(first..=last)?.first()?;
        let is_part = |at: usize, short: bool| {
            let cut = self.clauses.get(at).map(|clause| clause.cut);
            at > 0 && (cut == Some(Cut::Joining) || short && cut == Some(Cut::Conjunction))
        };
        loop {
            let short = self.clauses[last].tokens.end - self.clauses[first].tokens.start < SHOWN;
            if is_part(first, short) {
                first -= 1;
            } else if is_part(last + 1, short) {
                last += 1;
            } else {
                break;
            }
        }
        Some(self.clauses[first].span.start..self.clauses[last].span.end)
    }
}

/// Signs that belong to the number before them.
const SIGNS: [char; 3] = ['%', '‰', '°'];

/// The end of a word with the sign that follows it: `14%`.
fn with_sign(text: &str, end: usize) -> usize {
    text[end..].chars().next().filter(|sign| SIGNS.contains(sign)).map_or(end, |sign| end + sign.len_utf8())
}

/// The hash of a number, with what it counts if it is small.
fn number((value, counted): (f64, Option<String>)) -> u64 {
    let counted = counted.filter(|_| value <= SMALL && value.fract() == 0.0).unwrap_or_default();
    hash(value.to_le_bytes().into_iter().chain(counted.bytes()))
}

/// The hashes, each once, ascending.
fn once(hashes: impl Iterator<Item = u64>) -> Vec<u64> {
    hashes.collect::<BTreeSet<_>>().into_iter().collect()
}

/// The clauses of a sentence, each of [`CLAUSE`] words or more, cut at punctuation and before conjunctions.
fn spans(text: &str, words: &[Word]) -> Vec<Range<usize>> {
    let mut spans: Vec<(Range<usize>, usize)> = Vec::new();
    for (at, word) in words.iter().enumerate() {
        let gap = &text[at.checked_sub(1).map_or(0, |before| words[before].range.end)..word.range.start];
        let begins =
            at == 0 || gap.contains([',', ';', ':', '–', '—']) || grammar::CONJUNCTIONS.contains(&word.folded.as_str());
        let tells = usize::from(!is_stop_word(&word.folded));
        match spans.last_mut() {
            Some((span, count)) if !begins => (span.end, *count) = (word.range.end, *count + tells),
            _ => spans.push((word.range.clone(), tells)),
        }
    }
    // Who said something is not part of what was said.
    let attributes = |span: &Range<usize>| {
        let before = text[..span.start].trim_end();
        let quoted = [",\"", ",”", ",’", ",»", "?\"", "?”", "!\"", "!”"].iter().any(|end| before.ends_with(end));
        let first = words.iter().find(|word| word.range.start == span.start);
        quoted || first.is_some_and(|word| grammar::SAYING.contains(&word.folded.as_str()))
    };
    if spans.iter().any(|(span, count)| *count >= CLAUSE && !attributes(span)) {
        spans.retain(|(span, _)| !attributes(span));
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

/// The start of a sentence after its dateline: `CALDMOUTH, 3 March (Northlight) - A ferry`.
fn dateline(text: &str) -> usize {
    let first = text.split(|c: char| !c.is_alphabetic()).next().unwrap_or_default();
    let capitals = first.chars().count() > 1 && first.chars().all(char::is_uppercase);
    let dash = [" - ", " – ", " — ", " -- "].iter().filter_map(|dash| Some(text.find(dash)? + dash.len())).min();
    dash.filter(|end| capitals && text[..*end].chars().count() <= DATELINE && text.len() > 2 * end).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::TokenStates;

    #[test]
    fn clauses_say_something_by_themselves() {
        let clauses =
            |text: &str| spans(text, &words(text)).into_iter().map(|span| text[span].to_owned()).collect::<Vec<_>>();
        assert_eq!(
            clauses("The ferry, which carried 164 people, struck the pier while its tired crew lay asleep."),
            ["The ferry, which carried 164 people, struck the pier", "while its tired crew lay asleep"]
        );
        assert_eq!(clauses("Fog lay over the harbor."), ["Fog lay over the harbor"]);
        assert_eq!(
            clauses("\"The winter ferry is old,\" said Ada Sund of the harbour union."),
            ["The winter ferry is old"]
        );
        assert_eq!(
            clauses("At the same time, the winter ferry is old."),
            ["At the same time, the winter ferry is old"]
        );
        assert!(clauses("—").is_empty());
    }

    #[test]
    fn what_is_shown_ends_where_a_reader_pauses() {
        let shown = |text: &str, first: u8, last: u8| {
            let offsets: Vec<Range<usize>> = words(text).into_iter().map(|word| word.range).collect();
            let states = Array2::ones((offsets.len(), 2));
            let read =
                Read::new(text, QuantizedStates::new(&TokenStates { states, offsets, ..TokenStates::default() }));
            text[read.shown((first, last)).unwrap()].to_owned()
        };
        let levy = "The levy on large firms would raise between 36 million and 39 million crowns in a year, which pays for \
                    all seven hospitals of the city.";
        let raised = "The levy on large firms would raise between 36 million and 39 million crowns in a year";
        assert_eq!([shown(levy, 0, 0), shown(levy, 1, 1)], [raised, raised]);
        // A conjunction that begins a clause may end one.
        let long = "The old harbor board of the town had ordered thirteen new cranes from abroad while its pilots asked for \
                    another four boats from the ministry this very summer";
        assert!(shown(long, 0, 0).ends_with("abroad") && shown(long, 1, 1).starts_with("while"));
        assert!(shown("The operating margin of the group fell to 14% last year, it said.", 0, 0).contains("14% last"));
        assert!(shown("Last year the operating margin of the whole group fell to 14%.", 0, 0).ends_with("14%"));
    }

    #[test]
    fn a_dateline_is_no_part_of_what_is_said() {
        let rest = |text: &str| text[dateline(text)..].to_owned();
        assert_eq!(
            rest("CALDMOUTH, March 4 (Northlight) - A ferry struck the breakwater in fog on Tuesday."),
            "A ferry struck the breakwater in fog on Tuesday."
        );
        assert_eq!(
            rest("PORT HALE — Shares rose by a tenth on Friday, traders said."),
            "Shares rose by a tenth on Friday, traders said."
        );
        let plain = "NATO - a pact of thirty states";
        assert_eq!(rest(plain), "a pact of thirty states");
        assert_eq!(rest("The ferry - an old one - struck."), "The ferry - an old one - struck.");
    }
}
