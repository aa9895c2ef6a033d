//! Asking a collection.

use super::{Collection, Error};
use crate::report::{PassageMatch, QueryReport};
use crate::search::{Cut, DEFAULT_CUT, Limits, Query, Search as Engine};

/// A question to a [`Collection`].
#[derive(Debug)]
#[must_use = "nothing is searched before `run`"]
pub struct Search<'a> {
    collection: &'a Collection,
    text: &'a str,
    limits: Limits,
    phrase: Option<&'a str>,
}

/// A source that says something like what was asked: its best passage.
#[derive(Debug, Clone, PartialEq)]
pub struct Hit(PassageMatch);

impl<'a> Search<'a> {
    pub(super) fn new(collection: &'a Collection, text: &'a str) -> Self {
        Self { collection, text, limits: Limits { sources: 10, passages: 1, cut: DEFAULT_CUT }, phrase: None }
    }

    /// At most so many sources; 10 unless another number is chosen.
    pub fn limit(mut self, sources: usize) -> Self {
        self.limits.sources = sources;
        self
    }

    /// Only passages of which the whole or a sentence reaches this cosine, -1 to 1. Unless one is chosen, only what
    /// unrelated texts seldom reach.
    pub fn min_score(mut self, cosine: f32) -> Self {
        self.limits.cut = Cut::Score(cosine);
        self
    }

    /// Only passages that contain this exact phrase, ignoring case.
    pub fn containing(mut self, phrase: &'a str) -> Self {
        self.phrase = Some(phrase);
        self
    }

    /// The sources that say something like it, the most relevant first; none where no source does.
    ///
    /// # Errors
    /// When the text has no words, or more than the model reads at once; when the model or the store fails.
    pub fn run(self) -> Result<Vec<Hit>, Error> {
        let Collection { embedder, background, corpus, independence, .. } = self.collection;
        let query = Query::new(self.text);
        query.check(embedder.model())?;
        let mut engine = Engine::new(corpus, embedder, independence, background)?;
        if let Some(phrase) = self.phrase {
            engine = engine.holding(phrase)?;
        }
        let answers = engine.answer(&[query], self.limits)?;
        let results = answers.into_iter().map(|answer| (self.text.to_owned(), answer)).collect();
        let report = QueryReport::new(embedder.model(), &engine, independence, results, self.limits, false)?;
        let sources = report.results.into_iter().flat_map(|result| result.sources);
        Ok(sources.filter_map(|source| source.passages.into_iter().next()).map(Hit).collect())
    }
}

impl Hit {
    /// The passage.
    pub fn text(&self) -> &str {
        &self.0.passage.text
    }

    /// The sentence of it that answers best.
    pub fn sentence(&self) -> Option<&str> {
        self.0.best_sentence.as_ref().map(|sentence| sentence.text.as_str())
    }

    /// The id of its source.
    pub fn source(&self) -> &str {
        &self.0.passage.source
    }

    /// `path:line`, `path p. page`, or the passage's id.
    pub fn place(&self) -> String {
        self.0.passage.place()
    }

    /// What the order follows: a weighed sum of cosines, BM25 and late interaction, at most 1.
    pub fn relevance(&self) -> f32 {
        self.0.relevance.0
    }

    /// The cosine of the question and the passage.
    pub fn score(&self) -> f32 {
        self.0.score.0
    }

    /// All that is known of it: the value that `samesay query --format json` prints.
    pub fn details(&self) -> &PassageMatch {
        &self.0
    }
}
