//! Searching a collection.

use super::{Collection, Error};
use crate::library::asked_in_another_language;
use crate::report::{PassageMatch, QueryReport};
use crate::search::{Cut, DEFAULT_CUT, Limits, Query, Search as Engine};

/// A question to a [`Collection`].
///
/// ```no_run
/// # fn main() -> Result<(), samesay::Error> {
/// # let collection = samesay::Samesay::builder().build()?.read(["corpus/"])?;
/// let hits = collection.search("when were rents capped").containing("3.5 percent").limit(5).run()?;
/// println!("{} sources", hits.len());
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
#[must_use = "nothing is searched before `run`"]
pub struct Search<'a> {
    collection: &'a Collection,
    text: &'a str,
    limits: Limits,
    phrase: Option<&'a str>,
}

/// A source that answers a question, with its best passage.
///
/// ```no_run
/// # fn main() -> Result<(), samesay::Error> {
/// # let collection = samesay::Samesay::builder().build()?.read(["corpus/"])?;
/// for hit in collection.search("crew reported false alarms").run()? {
///     println!("{:.2} {}: {}", hit.relevance(), hit.place(), hit.sentence().unwrap_or(hit.text()));
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Hit(PassageMatch);

impl<'a> Search<'a> {
    pub(super) fn new(collection: &'a Collection, text: &'a str) -> Self {
        Self { collection, text, limits: Limits { sources: 10, passages: 1, cut: DEFAULT_CUT }, phrase: None }
    }

    /// Sets the most sources to return. The default is 10.
    pub fn limit(mut self, sources: usize) -> Self {
        self.limits.sources = sources;
        self
    }

    /// Keeps only passages that reach this cosine, -1 to 1, as a whole or with a sentence. By default, passages are
    /// left out if unrelated texts would often be as relevant by chance.
    pub fn min_score(mut self, cosine: f32) -> Self {
        self.limits.cut = Cut::Score(cosine);
        self
    }

    /// Keeps only passages that contain this exact phrase, ignoring case.
    pub fn containing(mut self, phrase: &'a str) -> Self {
        self.phrase = Some(phrase);
        self
    }

    /// Reasons to doubt the answer: that the text seems to be in a language that the model was not trained on, or that
    /// the relevance is an estimate with this model. There may be none.
    ///
    /// ```no_run
    /// # fn main() -> Result<(), samesay::Error> {
    /// # let collection = samesay::Samesay::builder().build()?.read(["corpus/"])?;
    /// let search = collection.search("wann wurden die Mieten gedeckelt");
    /// search.warnings().iter().for_each(|warning| eprintln!("{warning}"));
    /// # Ok(())
    /// # }
    /// ```
    pub fn warnings(&self) -> Vec<String> {
        let Collection { embedder, background, .. } = self.collection;
        let model = embedder.model();
        asked_in_another_language(self.text, model).into_iter().chain(background.query_warning(model.name())).collect()
    }

    /// Returns the sources that say something like the text, the most relevant first. There may be none.
    ///
    /// # Errors
    /// When the text has no words, or more than the model reads at once, or when the model or the store fails.
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
    /// The text of the passage.
    pub fn text(&self) -> &str {
        &self.0.passage.text
    }

    /// The sentence of the passage that answers best.
    pub fn sentence(&self) -> Option<&str> {
        self.0.best_sentence.as_ref().map(|sentence| sentence.text.as_str())
    }

    /// The id of the passage's source.
    pub fn source(&self) -> &str {
        &self.0.passage.source
    }

    /// The place of the passage: `path:line`, `path p. page`, or its id.
    pub fn place(&self) -> String {
        self.0.passage.place()
    }

    /// The relevance, by which hits are sorted: a weighted sum of cosines, BM25 and late interaction, at most 1.
    pub fn relevance(&self) -> f32 {
        self.0.relevance.0
    }

    /// The cosine of the question's vector and the passage's vector.
    pub fn score(&self) -> f32 {
        self.0.score.0
    }

    /// All data of the hit, as `samesay query --format json` prints it.
    pub fn details(&self) -> &PassageMatch {
        &self.0
    }
}
