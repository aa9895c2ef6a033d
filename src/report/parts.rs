//! What the answers to several commands are made of.

use schemars::JsonSchema;
use serde::{Serialize, Serializer};

use super::text::{position, printable, shortened, shortened_title};
use crate::claims::{Degree, ENOUGH, Reuse};
use crate::compare::{Background, Origin, Pair, Pairs, Relation, Threshold, overlap};
use crate::library::{Document, DocumentId, Library, Name, PassageId, SentenceId};
use crate::matches::{Matched, NearestPassage, Place as SentencePlace};
use crate::model::Model;
use crate::source::{Metadata, Place};

/// A cosine or a relevance; written with four decimals.
#[derive(Debug, Clone, Copy, PartialEq, JsonSchema)]
pub struct Score(#[schemars(range(min = -1, max = 1))] pub f32);

impl Serialize for Score {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let rounded = (f64::from(self.0) * 1e4).round() / 1e4;
        // No negative zero.
        serializer.serialize_f64(rounded + 0.0)
    }
}

/// How many of a hundred random pairs are less similar; written with two decimals.
#[derive(Debug, Clone, Copy, PartialEq, JsonSchema)]
pub struct Percentile(#[schemars(range(min = 0, max = 100))] pub f32);

impl Serialize for Percentile {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_f64((f64::from(self.0) * 1e2).round() / 1e2)
    }
}

/// A number of things: `1 passage`, `2 passages`.
pub fn counted(n: usize, thing: &str) -> String {
    match thing.strip_suffix('y') {
        _ if n == 1 => format!("{n} {thing}"),
        Some(stem) => format!("{n} {stem}ies"),
        None => format!("{n} {thing}s"),
    }
}

/// A share of 0 to 1: `12%`.
pub fn percent(share: Score) -> String {
    format!("{:.0}%", 100.0 * share.0)
}

/// Characters of a title in a sentence.
const QUOTED: usize = 60;
/// Characters of a row's id beside its place.
const ROW: usize = 40;

/// A source's name in a sentence: titles in quotation marks.
pub(super) fn quoted(name: &str, titled: bool) -> String {
    if titled { format!("“{}”", shortened_title(name, QUOTED)) } else { name.to_owned() }
}

/// How much was compared, and how much was not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Counts {
    /// How many sources have passages.
    pub sources: usize,
    /// How many passages they were split into.
    pub passages: usize,
    /// Parts of the documents that are in no passage.
    pub dropped: usize,
}

impl Counts {
    pub(super) fn new(library: &Library) -> Self {
        let dropped = library.documents().map(|document| library.document(document).dropped).sum();
        Self { sources: library.with_text().count(), passages: library.len(), dropped }
    }
}

/// What percentiles were taken from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Calibration {
    /// `corpus`: random pairs of this corpus; `model`: the model's table, because the corpus is too small.
    #[schemars(extend("enum" = ["corpus", "model"]))]
    pub background: &'static str,
    /// How many pairs of the corpus.
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

/// A source and what is known of it.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct SourceRef {
    /// Unique within a run.
    pub source: String,
    /// Where it came from, as the user wrote it; `-` for stdin.
    pub path: String,
    /// What people call it: its title, shortened, or else the end of its path that no other source of the run has. Of
    /// several sources with one title, both.
    pub name: String,
    /// Its title, as the document gives it or as found in its text.
    pub title: Option<String>,
    /// Its author, as the document gives it or as found in its text.
    pub author: Option<String>,
    /// Who published it, as the document or the user says.
    pub publisher: Option<String>,
    /// `yyyy-mm-dd`
    pub date: Option<String>,
    /// Where its date is from: `document`, which says it, or `file`, which was made on that day; null where it has none.
    #[schemars(extend("enum" = ["document", "file", null]))]
    pub date_from: Option<&'static str>,
    /// BCP 47
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

    /// Its date; of one that is only that of the making of its file, this is said.
    pub fn shown_date(&self) -> Option<String> {
        let date = self.date.as_ref()?;
        Some(if self.date_from == Some("file") { format!("{date} (file date)") } else { date.clone() })
    }

    /// Its id, without the folder of all sources.
    pub fn file(&self) -> &str {
        &self.source[self.folder..]
    }

    /// Its name, in a sentence: titles in quotation marks.
    pub fn quoted(&self) -> String {
        quoted(&self.name, self.titled)
    }
}

/// A passage and where it stands.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct PassageRef {
    /// Unique within a run: `source#n`.
    pub id: String,
    /// The id of its source.
    pub source: String,
    /// Its text, on one line.
    pub text: String,
    /// Where its source came from, as the user wrote it; `-` for stdin.
    pub path: String,
    /// 1-based.
    #[schemars(range(min = 1))]
    pub line_start: Option<usize>,
    /// The line that it ends on, 1-based.
    #[schemars(range(min = 1))]
    pub line_end: Option<usize>,
    /// 1-based, where the format has pages.
    #[schemars(range(min = 1))]
    pub page: Option<usize>,
    /// Seconds from the start, where the format has times.
    pub time: Option<u32>,
    /// The heading that it stands under; of a turn in a transcript, who speaks.
    pub heading: Option<String>,
    /// Bytes at the beginning of its path that are the folder of all sources.
    #[serde(skip)]
    pub folder: usize,
}

impl PassageRef {
    /// `path:line`, as editors and terminals open it; else `path p. 3` or `path 0:01:23`; else its id, which ends in its
    /// number.
    pub fn place(&self) -> String {
        match self.at() {
            Place::NOWHERE => printable(&self.id),
            at => position(&self.path, at) + &self.row(),
        }
    }

    /// ` (C3)`, if it is in a row of a table that has an id.
    fn row(&self) -> String {
        // Of a file that is named twice, ` (2)`.
        let row = self.source.strip_prefix(&self.path).unwrap_or_default();
        if row.starts_with(' ') {
            return printable(row);
        }
        let id = Some(row.trim_start_matches([':', '#'])).filter(|row| row.contains(|c: char| !c.is_ascii_digit()));
        id.map_or_else(String::new, |id| format!(" ({})", printable(&shortened(id, ROW))))
    }

    /// The same without the folder of all sources.
    pub fn short_place(&self) -> String {
        match self.at() {
            Place::NOWHERE => printable(&self.id[self.folder..]),
            at => position(&self.path[self.folder..], at) + &self.row(),
        }
    }

    /// Where it begins in its document.
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
    /// The model's name; of a model folder, the name of that folder.
    pub model: String,
    /// The instruction set.
    pub isa: &'static str,
    /// The number format: `f32`, `bf16`, `int16` or `int8`.
    pub precision: &'static str,
}

impl Computed {
    pub(super) fn new(model: &Model) -> Self {
        Self { model: model.name().to_owned(), isa: model.engine().isa, precision: model.engine().precision.name() }
    }
}

/// What two passages have to do with each other; all null where there is but one.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct RelationRef {
    /// `verbatim`, `near-copy`, `paraphrase` or `related`; null where they have nothing to do with each other.
    #[schemars(extend("enum" = ["verbatim", "near-copy", "paraphrase", "related", null]))]
    pub relation: Option<&'static str>,
    /// The share of the shorter passage's words that stand in runs of three or more that both have.
    pub containment: Option<Score>,
    /// Words of the longest such run.
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
    /// The sentence of the first passage.
    pub a: String,
    /// The sentence of the second passage.
    pub b: String,
    /// Their cosine, each embedded alone.
    pub score: Score,
    /// How likely it is that they do.
    pub probability: Score,
}

impl WordingsRef {
    pub(super) fn new(library: &Library, pair: &Matched) -> Self {
        let text = |place: SentencePlace| library.sentence(place.sentence).to_owned();
        Self { a: text(pair.a), b: text(pair.b), score: Score(pair.score), probability: Score(pair.probability) }
    }
}

/// The nearest miss: the passage of another source that comes nearest.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Nearest {
    /// The id of its source.
    pub source: String,
    /// The passage's id.
    pub passage: String,
    /// Where its source came from, as the user wrote it; `-` for stdin.
    pub path: String,
    /// 1-based.
    #[schemars(range(min = 1))]
    pub line_start: Option<usize>,
    /// 1-based, where the format has pages.
    #[schemars(range(min = 1))]
    pub page: Option<usize>,
    /// Seconds from the start, where the format has times.
    pub time: Option<u32>,
    /// Its cosine with the passage that it comes nearest to, -1 to 1.
    pub score: Score,
    /// How many of a hundred random pairs are less similar.
    pub percentile: Percentile,
    /// That a sentence of the one says what one of the other says; null where that is hardly likely.
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

/// How one of two sources was made from the other, as their words tell; which was first is not known.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Verdict {
    /// `copy`, `lightly revised`, `heavily revised` or `independent`.
    #[schemars(extend("enum" = ["copy", "lightly revised", "heavily revised", "independent"]))]
    pub degree: &'static str,
    /// How likely that is. Below 0.5 none of the degrees is likelier than not, and this is only the likeliest.
    pub probability: Score,
    /// The source of which more stands in the other, and the other.
    pub of: String,
    /// The id of the other source.
    pub from: String,
    /// How likely each degree is.
    pub probabilities: Degrees,
    /// The shares of its words in sentences that are the other's word by word or nearly, partly so, in other words, and
    /// its own.
    pub shares: Degrees,
    /// The words of the shorter of the two: of fewer than 50 the degree is a guess, unless it is a copy.
    pub words: usize,
}

/// A number for each degree, 0 to 1; their sum is 1.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Degrees {
    /// Of a copy: word for word, or nearly: seven tenths of a sentence's words or more are in common runs.
    pub copy: Score,
    /// Of a light revision: partly word for word.
    pub light: Score,
    /// Of a heavy revision: in other words.
    pub heavy: Score,
    /// Of an independent text: its own words.
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

    /// Whether the texts are long enough for it to be more than a guess.
    pub(super) fn is_founded(&self) -> bool {
        self.degree == Degree::Copy.name() || self.words >= ENOUGH
    }

    /// Whether it is more likely than not.
    pub(super) fn is_likely(&self) -> bool {
        self.probability.0 >= 0.5
    }
}

/// How it is decided what two passages have to do with each other.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Rules {
    /// The cosine from which on two passages say the same, and are paraphrases unless they are copies.
    pub same: Score,
    /// The mean cosine from which on passages make one claim.
    pub claim: Score,
    /// The cosine from which on they are related.
    pub related: Score,
    /// `corpus and model`, `--min-percentile` or `--min-score`
    #[schemars(extend("enum" = ["corpus and model", "--min-percentile", "--min-score"]))]
    pub decided_by: &'static str,
    /// What 96 of 100 random pairs stay below, of this corpus or of the model's where that is too small; inferred from
    /// the lower 84 of them.
    pub usual: Score,
    /// What `same` is held between: 98.5 and 99.9 of 100 pairs on one subject stay below these with the model.
    pub least: Score,
    /// The upper of these two bounds, from 99.9 of 100 pairs.
    pub most: Score,
    /// The share of the shorter passage's words that lie in common runs, less `free_words`, that makes a copy.
    pub copied: Score,
    /// How many words in common runs prove nothing, and are not counted.
    #[schemars(with = "f32", range(min = 0))]
    pub free_words: Score,
    /// Two passages of so many words that are no copies are related at most, unless this share of their telling words
    /// is the same.
    pub long: usize,
    /// The share of a long passage's telling words that has to be the same, 0 to 1.
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
            // Inferred from the lower ones, it may come out higher than any cosine.
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

/// The sentence of a passage that answers best.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct SentenceMatch {
    /// The sentence.
    pub text: String,
    /// Its cosine with what it was compared with, -1 to 1.
    pub score: Score,
    /// How many of a hundred random pairs are less similar.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub percentile: Option<Percentile>,
}

impl SentenceMatch {
    /// A sentence with its cosine.
    pub(super) fn new(library: &Library, sentence: SentenceId, score: f32) -> Self {
        Self { text: library.sentence(sentence).to_owned(), score: Score(score), percentile: None }
    }
}
