//! Answers queries: scores every passage by vectors and words, then reads the best sentences again.

use std::collections::btree_map::Entry as Slot;
use std::collections::{BTreeMap, HashSet};

use ndarray::ArrayView1;
use rayon::prelude::*;

use super::answer::{Answer, FIRST, Parts, PassageHit, SentenceHit, SourceHit};
use super::bm25::{Ask, WordIndex};
use super::late::{QueryTokens, Reading, Sentences};
use super::query::{Cut, Limits, Query};
use crate::compare::{Independence, ModelBackground, QueryBackground, first_best};
use crate::lang::words;
use crate::library::{Corpus, DocumentId, PassageId, SentenceId, SyncError};
use crate::model::{EmbedError, Embedder, TokenStates};
use crate::store::StoreError;

/// Sentences that are read again for a query, and the maximum number from one source.
const READ: usize = 64;
const READ_OF_SOURCE: usize = 12;
/// Maximum number of sentences that are read again, however many sources and passages are requested.
const READ_AT_MOST: usize = 1024;
/// Passages from whose sentences they are selected.
const READ_FROM: usize = 512;
/// Minimum number of passages per thread and task.
const SCANNED: usize = 1024;
/// Queries that are answered together, so that a sentence is read once for all of them.
const TOGETHER: usize = 16;

/// Smaller corpora are treated as if they had this many passages when the least relevance is set.
const FEW: usize = 50;

/// Passages of one corpus resemble one another: the best of n is as near by chance as the best of `TRIALS · n^GROWTH`
/// unrelated ones. Fitted to posts without an answer among 50 to 10,000 claims, and to claims and posts among 77 to
/// 3,929 passages on other subjects (`benches/record/2026-11-30-posts.md`).
const TRIALS: f64 = 1.35;
const GROWTH: f64 = 0.65;

/// A corpus prepared for queries.
pub struct Search<'a> {
    corpus: &'a Corpus,
    embedder: &'a Embedder,
    model: &'a ModelBackground,
    background: QueryBackground,
    words: WordIndex<'a>,
    sentences: Sentences<'a>,
    /// Whether each passage may be an answer; `None` if all may.
    held: Option<Vec<bool>>,
}

/// Why a query cannot be answered.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SearchError {
    /// The query could not be embedded.
    #[error(transparent)]
    Embed(#[from] EmbedError),
    /// The store cannot be read.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The sentences to read again could not be embedded.
    #[error(transparent)]
    Sentences(#[from] SyncError),
}

/// The score of a passage by vectors and words, and after reading it again.
#[derive(Debug, Clone, Copy)]
struct PassageScore {
    parts: Parts,
    /// The best sentence of the passage.
    best: Option<SentenceId>,
}

impl<'a> Search<'a> {
    /// Prepares a corpus. `embedder` is the one that made its vectors, and `model` is the background of its model: its
    /// manifest's table, or the result of [`measure`](crate::matches::measure).
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn new(
        corpus: &'a Corpus,
        embedder: &'a Embedder,
        independence: &Independence,
        model: &'a ModelBackground,
    ) -> Result<Self, StoreError> {
        let background = QueryBackground::new(corpus, independence, model)?;
        let (words, sentences) = (WordIndex::new(&corpus.library)?, Sentences::new(corpus, embedder));
        Ok(Self { corpus, embedder, model, background, words, sentences, held: None })
    }

    /// Restricts answers to passages that contain this exact phrase, ignoring case.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn holding(self, phrase: &str) -> Result<Self, StoreError> {
        let mut held = vec![false; self.corpus.library.len()];
        self.words.holding(phrase)?.into_iter().for_each(|passage| held[passage.index()] = true);
        Ok(Self { held: Some(held), ..self })
    }

    /// The corpus that is searched.
    pub fn corpus(&self) -> &'a Corpus {
        self.corpus
    }

    /// The cosines of random pairs that percentiles are based on.
    pub fn background(&self) -> &QueryBackground {
        &self.background
    }

    /// The sources that answer each query, the most relevant first.
    ///
    /// # Errors
    /// When the model or the store fails.
    pub fn answer(&mut self, queries: &[Query], limits: Limits) -> Result<Vec<Answer>, SearchError> {
        self.answer_batches(queries, limits, 1)
    }

    /// The sources that answer all of the queries, which are the passages of a document: a source's relevance is the
    /// mean over the queries, weighted by their number of words; an unanswered query counts as 0.
    ///
    /// # Errors
    /// When the model or the store fails.
    pub fn answer_together(&mut self, queries: &[Query], limits: Limits) -> Result<Answer, SearchError> {
        let mut answers = self.answer_batches(queries, limits, queries.len())?;
        if answers.len() == 1 {
            return Ok(answers.remove(0));
        }
        let weights: Vec<f32> = queries.iter().map(|query| words(&query.text).len() as f32).collect();
        let total: f32 = weights.iter().sum::<f32>().max(1.0);
        let mut together: BTreeMap<DocumentId, SourceHit> = BTreeMap::new();
        let mut nearest: Option<PassageHit> = None;
        for (answer, weight) in answers.into_iter().zip(weights) {
            let least = nearest.as_ref().map_or(f32::NEG_INFINITY, |nearest| nearest.relevance);
            nearest = answer.nearest.filter(|hit| hit.relevance > least).or(nearest);
            for hit in answer.sources {
                let share = hit.relevance * weight / total;
                match together.entry(hit.document) {
                    Slot::Vacant(slot) => drop(slot.insert(SourceHit { relevance: share, ..hit })),
                    Slot::Occupied(mut slot) => slot.get_mut().join(hit, share),
                }
            }
        }
        let mut sources: Vec<SourceHit> = together.into_values().collect();
        sources.iter_mut().for_each(|source| source.keep(limits.passages));
        let id = |source: &SourceHit| &self.corpus.library.document(source.document).id;
        sources.sort_by(|a, b| b.relevance.total_cmp(&a.relevance).then_with(|| id(a).cmp(id(b))));
        Ok(Answer { nearest: nearest.filter(|_| sources.is_empty()), sources, least_relevance: None })
    }

    /// Answers each query; the cut allows for chance in any of `asked` queries.
    fn answer_batches(&mut self, queries: &[Query], limits: Limits, asked: usize) -> Result<Vec<Answer>, SearchError> {
        let mut answers = Vec::with_capacity(queries.len());
        for queries in queries.chunks(TOGETHER) {
            answers.extend(self.answer_batch(queries, limits, asked)?);
        }
        Ok(answers)
    }

    fn answer_batch(&mut self, queries: &[Query], limits: Limits, asked: usize) -> Result<Vec<Answer>, SearchError> {
        let read = self.read_queries(queries)?;
        let asks: Vec<Ask> =
            queries.iter().map(|query| self.words.ask(&words(&query.text))).collect::<Result<_, _>>()?;
        let mut looks: Vec<Vec<PassageScore>> = read
            .iter()
            .zip(&asks)
            .map(|(read, ask)| first_look(self.corpus, read.vector.view(), &ask.scores))
            .collect();
        let mut wanted: Vec<Vec<SentenceId>> = Vec::with_capacity(queries.len());
        for ((query, read), looks) in queries.iter().zip(&read).zip(&looks) {
            wanted.push(self.promising(query, looks, read.vector.view(), limits)?);
        }
        self.sentences.read(&wanted.concat())?;
        let mut answers = Vec::with_capacity(queries.len());
        for ((((query, read), ask), looks), mut wanted) in
            queries.iter().zip(read).zip(asks).zip(&mut looks).zip(wanted)
        {
            wanted.sort_unstable();
            let vector = read.vector.clone();
            let tokens = QueryTokens::new(read, &words(&query.text), &query.sentences, |word| ask.idf(word));
            self.read_again(looks, &tokens, &wanted);
            answers.push(self.by_source(&ScoredPassages { query, vector: vector.view(), looks }, limits, asked));
        }
        Ok(answers)
    }

    fn read_queries(&self, queries: &[Query]) -> Result<Vec<TokenStates>, EmbedError> {
        let mut read = Vec::with_capacity(queries.len());
        for alike in queries.chunk_by(|a, b| a.prompt == b.prompt) {
            let texts: Vec<&str> = alike.iter().map(|query| query.text.as_str()).collect();
            read.extend(self.embedder.token_states(&texts, alike[0].prompt)?);
        }
        Ok(read)
    }

    /// The passages that may answer a query: those of other documents that contain the required phrase.
    fn candidates(&self, query: &Query) -> impl Iterator<Item = PassageId> {
        let library = &self.corpus.library;
        let own = query.like.map(|passage| library.document_of(passage));
        let others = library.passages().filter(move |passage| own != Some(library.document_of(*passage)));
        let held = self.held.as_deref();
        others.filter(move |passage| held.is_none_or(|held| held[passage.index()]))
    }

    /// The sentences that are worth reading again; those with the same words count once.
    fn promising(
        &self,
        query: &Query,
        looks: &[PassageScore],
        vector: ArrayView1<f32>,
        limits: Limits,
    ) -> Result<Vec<SentenceId>, StoreError> {
        let enough = READ.max(limits.sources.saturating_mul(limits.passages).saturating_mul(2)).min(READ_AT_MOST);
        let mut passages: Vec<(f32, PassageId)> =
            self.candidates(query).map(|passage| (looks[passage.index()].parts.dot(&FIRST), passage)).collect();
        let mut seen = READ_FROM.max(enough * 4);
        loop {
            // No sentence scores higher than the best one of its passage, by which passages are selected.
            let better = |(a, x): &(f32, PassageId), (b, y): &(f32, PassageId)| b.total_cmp(a).then(x.cmp(y));
            if seen < passages.len() {
                passages.select_nth_unstable_by(seen, better);
            }
            let some = passages[..seen.min(passages.len())].iter().map(|(_, passage)| *passage);
            self.corpus.library.fetch(some.clone())?;
            self.corpus.check_some(some.clone())?;
            let chosen = self.chosen(some, looks, vector, enough, limits.passages);
            if seen >= passages.len() || chosen.len() >= enough {
                return Ok(chosen);
            }
            seen *= 4;
        }
    }

    /// The best sentences of some passages: of `enough` different texts, and not too many from one source; `of_source`
    /// is the number of passages requested per source.
    fn chosen(
        &self,
        passages: impl Iterator<Item = PassageId>,
        looks: &[PassageScore],
        vector: ArrayView1<f32>,
        enough: usize,
        of_source: usize,
    ) -> Vec<SentenceId> {
        let library = &self.corpus.library;
        let of_passage = |passage: PassageId| {
            let parts = looks[passage.index()].parts;
            let scores = self.corpus.sentence_scores(passage, vector);
            scores.map(move |(id, sentence)| (Parts { sentence, ..parts }.dot(&FIRST), id))
        };
        let mut sentences: Vec<(f32, SentenceId)> = passages.flat_map(of_passage).collect();
        sentences.sort_unstable_by(|(a, x), (b, y)| b.total_cmp(a).then(x.cmp(y)));
        let of_one = READ_OF_SOURCE.max(of_source.saturating_mul(2));
        let mut counts: BTreeMap<DocumentId, usize> = BTreeMap::new();
        let mut texts = HashSet::new();
        let mut chosen = Vec::new();
        for (_, sentence) in sentences {
            let count = counts.entry(library.document_of(sentence.passage())).or_default();
            let text = library.sentence(sentence);
            if *count >= of_one || texts.len() >= enough && !texts.contains(text) {
                continue;
            }
            *count += 1;
            texts.insert(text);
            chosen.push(sentence);
        }
        chosen
    }

    /// Adds the late interaction with the sentences `read`, which are in order, to the scores of their passages.
    fn read_again(&self, looks: &mut [PassageScore], query: &QueryTokens, read: &[SentenceId]) {
        let sentences = &self.sentences;
        let passages: Vec<&[SentenceId]> = read.chunk_by(|a, b| a.passage() == b.passage()).collect();
        let reading = |own: &&[SentenceId]| {
            let states: Vec<_> =
                own.iter().filter_map(|&sentence| Some((sentence, sentences.get(sentence)?))).collect();
            query.compare(&states)
        };
        let readings: Vec<Reading> = passages.par_iter().filter_map(reading).collect();
        for Reading { score, sentence } in readings {
            let look = &mut looks[sentence.passage().index()];
            look.parts.reading = Some(score);
            look.best = Some(sentence);
        }
    }

    /// The number of independent passages that come as near by chance to one of `asked` queries as those of the corpus.
    fn trials(&self, asked: usize) -> f64 {
        TRIALS * ((self.corpus.library.len().max(FEW) * asked.max(1)) as f64).powf(GROWTH)
    }

    /// The hit for a passage.
    fn hit(&self, seen: &ScoredPassages, passage: PassageId) -> PassageHit {
        let PassageScore { parts, best } = seen.looks[passage.index()];
        let sentence = |sentence: SentenceId| {
            let known = self.corpus.sentence_scores(passage, seen.vector).nth(sentence.at());
            let score = known.map_or(parts.passage, |(_, score)| score);
            SentenceHit { sentence, score }
        };
        PassageHit {
            passage,
            relevance: parts.weighed(),
            parts,
            score: parts.passage,
            best_sentence: best.map(sentence),
            like: seen.query.like,
            peak: parts.peak(),
        }
    }

    /// The hits that pass the cut, grouped by source.
    fn by_source(&self, seen: &ScoredPassages, limits: Limits, asked: usize) -> Answer {
        let library = &self.corpus.library;
        let trials = self.trials(asked);
        let floor = least_relevance(self.model, limits.cut, trials);
        let passes = |passage: PassageId| {
            let parts = seen.looks[passage.index()].parts;
            match limits.cut {
                Cut::Chance { .. } => floor.is_some_and(|floor| parts.weighed() >= floor),
                Cut::Percentile(percentile) => self.background.peaks.percentile(parts.peak()) >= percentile,
                Cut::Score(score) => parts.peak() >= score,
            }
        };
        let relevance = |passage: PassageId| (passage, seen.looks[passage.index()].parts.weighed());
        let best = first_best(self.candidates(seen.query).map(relevance));
        let passing = self.candidates(seen.query).filter(|passage| passes(*passage));
        let mut hits: Vec<PassageHit> = passing.map(|passage| self.hit(seen, passage)).collect();
        let place = |hit: &PassageHit| (&library.document(library.document_of(hit.passage)).id, hit.passage);
        hits.sort_by(|a, b| b.relevance.total_cmp(&a.relevance).then_with(|| place(a).cmp(&place(b))));
        let mut sources: Vec<SourceHit> = Vec::new();
        let mut found = vec![None; library.documents().len()];
        for hit in hits {
            let document = library.document_of(hit.passage);
            let at = *found[document.index()].get_or_insert_with(|| {
                sources.push(SourceHit {
                    document,
                    relevance: hit.relevance,
                    score: hit.peak,
                    chance: 0.0,
                    passages: Vec::new(),
                });
                sources.len() - 1
            });
            sources[at].score = sources[at].score.max(hit.peak);
            if sources[at].passages.len() < limits.passages {
                sources[at].passages.push(hit);
            }
        }
        for source in &mut sources {
            source.chance = (100.0 - 100.0 * self.model.chance.level(source.relevance).powf(trials)) as f32;
        }
        let nearest = best.filter(|_| sources.is_empty()).map(|(passage, _)| self.hit(seen, passage));
        Answer { sources, least_relevance: floor, nearest }
    }
}

/// A query with the scores of all passages.
struct ScoredPassages<'a> {
    query: &'a Query,
    vector: ArrayView1<'a, f32>,
    looks: &'a [PassageScore],
}

/// The scores of all passages by vectors and words, in one pass over all vectors.
fn first_look(corpus: &Corpus, vector: ArrayView1<f32>, words: &[f32]) -> Vec<PassageScore> {
    let look = |(at, words): (usize, &f32)| {
        let id = PassageId::new(at);
        let passage = corpus.score(id, vector);
        let best = first_best(corpus.sentence_scores(id, vector));
        let sentence = best.map_or(passage, |(_, score)| score);
        PassageScore {
            parts: Parts { passage, sentence, words: *words, reading: None },
            best: best.map(|(sentence, _)| sentence),
        }
    };
    words.par_iter().enumerate().with_min_len(SCANNED).map(look).collect()
}

/// The least relevance of an answer, if chance decides.
fn least_relevance(model: &ModelBackground, cut: Cut, trials: f64) -> Option<f32> {
    match cut {
        Cut::Chance { percentile } => Some(model.chance.quantile((f64::from(percentile) / 100.0).powf(1.0 / trials))),
        Cut::Percentile(_) | Cut::Score(_) => None,
    }
}
