//! Parts that the results of several commands share.

use schemars::JsonSchema;
use serde::{Serialize, Serializer};

use super::text::{position, printable, shortened, shortened_title};
use crate::claims::{Degree, ENOUGH, Reuse};
use crate::compare::{Background, Origin, Pair, Pairs, Relation, Threshold, overlap};
use crate::library::{Document, DocumentId, Library, Name, PassageId, SentenceId};
use crate::matches::{Matched, NearestPassage, Place as SentencePlace};
use crate::model::Model;
use crate::source::{Metadata, Place};

/// A cosine or a relevance, rounded to four decimals.
#[derive(Debug, Clone, Copy, PartialEq, JsonSchema)]
pub struct Score(#[schemars(range(min = -1, max = 1))] pub f32);

impl Serialize for Score {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let rounded = (f64::from(self.0) * 1e4).round() / 1e4;
        // No negative zero.
        serializer.serialize_f64(rounded + 0.0)
    }
}

/// The percentage of random pairs that are less similar, 0 to 100, rounded to two decimals.
#[derive(Debug, Clone, Copy, PartialEq, JsonSchema)]
pub struct Percentile(#[schemars(range(min = 0, max = 100))] pub f32);

impl Serialize for Percentile {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_f64((f64::from(self.0) * 1e2).round() / 1e2)
    }
}

/// A count with its noun: `1 passage`, `2 passages`.
pub fn counted(n: usize, thing: &str) -> String {
    match thing.strip_suffix('y') {
        _ if n == 1 => format!("{n} {thing}"),
        Some(stem) => format!("{n} {stem}ies"),
        None => format!("{n} {thing}s"),
    }
}

/// A share of 0 to 1 as a percentage: `12%`.
pub fn percent(share: Score) -> String {
    format!("{:.0}%", 100.0 * share.0)
}

/// Maximum number of characters of a title within a sentence.
const QUOTED: usize = 60;
/// Maximum number of characters of a row's id after its place.
const ROW: usize = 40;

/// The name of a source within a sentence: titles are put in quotation marks.
pub(super) fn quoted(name: &str, titled: bool) -> String {
    if titled { format!("“{}”", shortened_title(name, QUOTED)) } else { name.to_owned() }
}

/// How much was compared, and how much was not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Counts {
    /// Number of sources that have passages.
    pub sources: usize,
    /// Number of passages that they were split into.
    pub passages: usize,
    /// Number of parts of the documents that are in no passage.
    pub dropped: usize,
}

impl Counts {
    pub(super) fn new(library: &Library) -> Self {
        let dropped = library.documents().map(|document| library.document(document).dropped).sum();
        Self { sources: library.with_text().count(), passages: library.len(), dropped }
    }
}

/// The pairs that percentiles are based on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Calibration {
    /// `corpus`: random pairs of this corpus; `model`: the model's table, because the corpus is too small.
    #[schemars(extend("enum" = ["corpus", "model"]))]
    pub background: &'static str,
    /// Number of random pairs of the corpus; null if the background is the model's.
    pub pairs: Option<usize>,
}

impl Calibration {
    pub(super) fn new(background: &Background) -> Self {
        match background.origin {
            Origin::Corpus { pairs } => Self { background: "corpus", pairs: Some(pairs) },
            Origin::Model => Self { background: "model", pairs: None },
        }
    }
}

/// A source and its metadata.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct SourceRef {
    /// Id of the source, unique within a run.
    pub source: String,
    /// Path of the source, as the user wrote it; `-` for stdin.
    pub path: String,
    /// Name to show: the title, shortened, or else the end of the path that no other source of the run has. Sources
    /// with the same title get both.
    pub name: String,
    /// Title given by the document or found in its text.
    pub title: Option<String>,
    /// Author given by the document or found in its text.
    pub author: Option<String>,
    /// Publisher given by the document or the user.
    pub publisher: Option<String>,
    /// Date of the source as `yyyy-mm-dd`.
    pub date: Option<String>,
    /// Origin of the date: `document` if the document states it, `file` if it is the day the file was made; null
    /// without a date.
    #[schemars(extend("enum" = ["document", "file", null]))]
    pub date_from: Option<&'static str>,
    /// Language as a BCP 47 tag.
    pub language: Option<String>,
    /// Whether the name is a title.
    #[serde(skip)]
    pub titled: bool,
    /// Bytes at the beginning of its path that are the folder of all sources.
    #[serde(skip)]
    pub folder: usize,
}

impl SourceRef {
    pub(super) fn new(library: &Library, document: DocumentId) -> Self {
        let Name { text: name, titled } = library.name(document).clone();
        let Document { id, path, metadata, .. } = library.document(document);
        let Metadata { title, author, publisher, date, language, .. } = metadata.clone();
        Self {
            source: id.clone(),
            path: path.clone(),
            name,
            title,
            author,
            publisher,
            date: date.map(|date| date.to_string()),
            date_from: date.map(|_| if library.is_dated_by_file(document) { "file" } else { "document" }),
            language,
            titled,
            folder: library.folder().len(),
        }
    }

    /// Its date, marked as such if it is only the date of the file.
    pub fn shown_date(&self) -> Option<String> {
        let date = self.date.as_ref()?;
        Some(if self.date_from == Some("file") { format!("{date} (file date)") } else { date.clone() })
    }

    /// Its id without the folder that all sources are in.
    pub fn file(&self) -> &str {
        &self.source[self.folder..]
    }

    /// Its name within a sentence: titles are put in quotation marks.
    pub fn quoted(&self) -> String {
        quoted(&self.name, self.titled)
    }
}

/// A passage and its place in its source.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct PassageRef {
    /// Id of the passage, unique within a run: `source#n`.
    pub id: String,
    /// Id of the passage's source.
    pub source: String,
    /// Text of the passage, on one line.
    pub text: String,
    /// Path of the source, as the user wrote it; `-` for stdin.
    pub path: String,
    /// Line that the passage begins on, counted from 1.
    #[schemars(range(min = 1))]
    pub line_start: Option<usize>,
    /// Line that the passage ends on, counted from 1.
    #[schemars(range(min = 1))]
    pub line_end: Option<usize>,
    /// Page that the passage begins on, counted from 1; null if the format has no pages.
    #[schemars(range(min = 1))]
    pub page: Option<usize>,
    /// Seconds from the start of the recording; null if the format has no times.
    pub time: Option<u32>,
    /// Heading above the passage; in a transcript, the speaker.
    pub heading: Option<String>,
    /// Bytes at the beginning of its path that are the folder of all sources.
    #[serde(skip)]
    pub folder: usize,
}

impl PassageRef {
    /// `path:line`, as editors and terminals open it; else `path p. 3` or `path 0:01:23`; else its id, which ends in
    /// its number.
    pub fn place(&self) -> String {
        match self.at() {
            Place::NOWHERE => printable(&self.id),
            at => position(&self.path, at) + &self.row(),
        }
    }

    /// ` (C3)` if the passage is from a row of a table that has an id.
    fn row(&self) -> String {
        // A file that is named twice adds ` (2)`.
        let row = self.source.strip_prefix(&self.path).unwrap_or_default();
        if row.starts_with(' ') {
            return printable(row);
        }
        let id = Some(row.trim_start_matches([':', '#'])).filter(|row| row.contains(|c: char| !c.is_ascii_digit()));
        id.map_or_else(String::new, |id| format!(" ({})", printable(&shortened(id, ROW))))
    }

    /// Its place without the folder that all sources are in.
    pub fn short_place(&self) -> String {
        match self.at() {
            Place::NOWHERE => printable(&self.id[self.folder..]),
            at => position(&self.path[self.folder..], at) + &self.row(),
        }
    }

    /// The place in its document where the passage begins.
    pub fn at(&self) -> Place {
        Place { line: self.line_start, page: self.page, time: self.time }
    }

    pub(super) fn new(library: &Library, id: PassageId) -> Self {
        let (document, passage) = (library.document(library.document_of(id)), library.passage(id));
        Self {
            id: library.id_of(id),
            source: document.id.clone(),
            text: passage.text.clone(),
            path: document.path.clone(),
            line_start: passage.line_start,
            line_end: passage.line_end,
            page: passage.page,
            time: passage.time,
            heading: passage.heading.clone(),
            folder: library.folder().len(),
        }
    }
}

/// What the vectors were computed with.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Computed {
    /// Name of the model; for a model folder, the folder's name.
    pub model: String,
    /// Instruction set that computed the vectors, as `--isa` names it.
    pub isa: &'static str,
    /// Number format of the computation: `f32`, `bf16`, `int16` or `int8`.
    pub precision: &'static str,
}

impl Computed {
    pub(super) fn new(model: &Model) -> Self {
        Self { model: model.name().to_owned(), isa: model.engine().isa, precision: model.engine().precision.name() }
    }
}

/// How two passages are related; all fields are null if there is only one passage.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct RelationRef {
    /// `verbatim`, `near-copy`, `paraphrase` or `related`; null if the passages are unrelated.
    #[schemars(extend("enum" = ["verbatim", "near-copy", "paraphrase", "related", null]))]
    pub relation: Option<&'static str>,
    /// Share of the shorter passage's words that are in runs of three or more words found in both, 0 to 1.
    pub containment: Option<Score>,
    /// Length in words of the longest run found in both.
    pub longest_run: Option<usize>,
}

impl RelationRef {
    pub(super) fn new(pair: &Pair) -> Self {
        Self {
            relation: pair.relation.map(Relation::name),
            containment: Some(Score(pair.overlap.containment)),
            longest_run: Some(pair.overlap.longest_run),
        }
    }
}

/// Two sentences that say the same.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct WordingsRef {
    /// Sentence from the first passage.
    pub a: String,
    /// Sentence from the second passage.
    pub b: String,
    /// Cosine of the two sentences, each embedded alone, -1 to 1.
    pub score: Score,
    /// Probability that the two say the same, 0 to 1.
    pub probability: Score,
}

impl WordingsRef {
    pub(super) fn new(library: &Library, pair: &Matched) -> Self {
        let text = |place: SentencePlace| library.sentence(place.sentence).to_owned();
        Self { a: text(pair.a), b: text(pair.b), score: Score(pair.score), probability: Score(pair.probability) }
    }
}

/// The nearest miss: the most similar passage of another source.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Nearest {
    /// Id of the passage's source.
    pub source: String,
    /// Id of the nearest passage.
    pub passage: String,
    /// Path of the source, as the user wrote it; `-` for stdin.
    pub path: String,
    /// Line that the passage begins on, counted from 1.
    #[schemars(range(min = 1))]
    pub line_start: Option<usize>,
    /// Page that the passage begins on, counted from 1; null if the format has no pages.
    #[schemars(range(min = 1))]
    pub page: Option<usize>,
    /// Seconds from the start of the recording; null if the format has no times.
    pub time: Option<u32>,
    /// Cosine of the two passages, -1 to 1.
    pub score: Score,
    /// Percentage of random pairs that are less similar, 0 to 100.
    pub percentile: Percentile,
    /// Probability that a sentence of one passage says the same as one of the other; null if that is very unlikely.
    pub probability: Option<Score>,
    /// Bytes at the beginning of its path that are the folder of all sources.
    #[serde(skip)]
    pub folder: usize,
}

impl Nearest {
    pub(super) fn new(pairs: &Pairs, NearestPassage { passage, score, probability }: NearestPassage) -> Self {
        let PassageRef { id, source, path, line_start, page, time, folder, .. } =
            PassageRef::new(&pairs.corpus.library, passage);
        let percentile = Percentile(pairs.background().percentile(score));
        Self {
            source,
            passage: id,
            path,
            line_start,
            page,
            time,
            score: Score(score),
            percentile,
            probability: probability.map(Score),
            folder,
        }
    }
}

/// How one of two sources was derived from the other, judging by their words; which came first is not known.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Verdict {
    /// `copy`, `lightly revised`, `heavily revised` or `independent`.
    #[schemars(extend("enum" = ["copy", "lightly revised", "heavily revised", "independent"]))]
    pub degree: &'static str,
    /// Probability of that degree, 0 to 1. Below 0.5 no degree is more likely than not, and this one is only the
    /// likeliest.
    pub probability: Score,
    /// Id of the source of which more appears in the other.
    pub of: String,
    /// Id of the other source.
    pub from: String,
    /// Probability of each degree, 0 to 1.
    pub probabilities: Degrees,
    /// Shares of the words of `of` that are in sentences copied word for word or nearly so, partly copied, reworded,
    /// and its own.
    pub shares: Degrees,
    /// Words of the shorter source. Below 50 the degree is a guess, unless it is `copy`.
    pub words: usize,
}

/// One number for each degree, 0 to 1, with a sum of 1.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Degrees {
    /// Copy: sentences with at least seven tenths of their words in common runs, 0 to 1.
    pub copy: Score,
    /// Light revision: sentences that are partly word for word, 0 to 1.
    pub light: Score,
    /// Heavy revision: sentences in other words, 0 to 1.
    pub heavy: Score,
    /// Independent text: sentences of its own, 0 to 1.
    pub independent: Score,
}

impl Degrees {
    pub(super) fn new(values: [f32; 4]) -> Self {
        let [copy, light, heavy, independent] = values.map(Score);
        Self { copy, light, heavy, independent }
    }
}

impl Verdict {
    pub(super) fn new(library: &Library, reuse: &Reuse) -> Self {
        let id = |document: DocumentId| library.document(document).id.clone();
        let degree = reuse.degree();
        Self {
            degree: degree.name(),
            probability: Score(reuse.probabilities[degree as usize]),
            of: id(reuse.of),
            from: id(reuse.from),
            probabilities: Degrees::new(reuse.probabilities),
            shares: Degrees::new(reuse.shares),
            words: reuse.words,
        }
    }

    /// Whether the texts are long enough for the degree to be more than a guess.
    pub(super) fn is_founded(&self) -> bool {
        self.degree == Degree::Copy.name() || self.words >= ENOUGH
    }

    /// Whether the degree is more likely than not.
    pub(super) fn is_likely(&self) -> bool {
        self.probability.0 >= 0.5
    }
}

/// The rules that decide how two passages are related.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Rules {
    /// Cosine at or above which two passages say the same; they are paraphrases unless they are copies.
    pub same: Score,
    /// Mean cosine at or above which passages make one claim.
    pub claim: Score,
    /// Cosine at or above which two passages are related.
    pub related: Score,
    /// Origin of the thresholds: `corpus and model`, `--min-percentile` or `--min-score`.
    #[schemars(extend("enum" = ["corpus and model", "--min-percentile", "--min-score"]))]
    pub decided_by: &'static str,
    /// 96th percentile of random pairs of this corpus, or of the model if the corpus is too small, inferred from the
    /// lower 84%.
    pub usual: Score,
    /// Lower bound of `same`: the model's 98.5th percentile of pairs on one subject.
    pub least: Score,
    /// Upper bound of `same`: the model's 99.9th percentile of pairs on one subject.
    pub most: Score,
    /// Share of the shorter passage's words in common runs, less `free_words`, that makes a copy, 0 to 1.
    pub copied: Score,
    /// Number of words in common runs that prove nothing and are not counted.
    #[schemars(with = "f32", range(min = 0))]
    pub free_words: Score,
    /// Number of words that makes a passage long. Two long passages that are not copies are at most related, unless
    /// they share at least `kept` of their distinctive words.
    pub long: usize,
    /// Share of a long passage's distinctive words that must be the same, 0 to 1.
    pub kept: Score,
}

impl Rules {
    pub(super) fn new(pairs: &Pairs) -> Self {
        let (bounds, cuts) = (pairs.background().bounds(), pairs.background().cuts());
        Self {
            same: Score(pairs.same()),
            claim: Score(pairs.claim()),
            related: Score(cuts.related),
            decided_by: match pairs.asked() {
                Threshold::Unusual => "corpus and model",
                Threshold::Percentile(_) => "--min-percentile",
                Threshold::Score(_) => "--min-score",
            },
            // The value is inferred from the lower percentiles, so it may exceed any cosine.
            usual: Score(bounds.usual.min(1.0)),
            least: Score(bounds.least),
            most: Score(bounds.most),
            copied: Score(overlap::COPIED),
            free_words: Score(overlap::FREE_WORDS),
            long: overlap::LONG,
            kept: Score(overlap::KEPT),
        }
    }
}

/// The sentence of a passage that matches best.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct SentenceMatch {
    /// Text of the sentence, on one line.
    pub text: String,
    /// Cosine of the sentence and what it was compared with, -1 to 1.
    pub score: Score,
    /// Percentage of random pairs that are less similar, 0 to 100.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub percentile: Option<Percentile>,
}

impl SentenceMatch {
    pub(super) fn new(library: &Library, sentence: SentenceId, score: f32) -> Self {
        Self { text: library.sentence(sentence).to_owned(), score: Score(score), percentile: None }
    }
}
