//! The answer to `pairs`: which passages, sentences, sources or vectors are alike.
//!
//! There may be millions of pairs, so their texts are put in while they are written: a [`PairsReport`] holds the pairs as
//! numbers, and every format goes through its [`rows`](PairsReport::rows).

use std::io::{self, Write};

use schemars::JsonSchema;
use serde::{Serialize, Serializer};

use super::json::json;
use super::terminal::Screen;
use super::text::{position, printable};
use super::{Percentile, ReadingNotes, Score, csv, terminal};
use crate::compare::alike::{Alike, Found, Unit, Units};
use crate::compare::{Background, Distribution};
use crate::library::{Library, SentenceId};
use crate::model::Model;
use crate::source::Place;
use crate::source::own::PAIRS_COLUMNS;

/// Pairs of passages, sentences, sources or vectors that are alike.
#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct PairsReport<'a> {
    /// The name and version of this format: `samesay.pairs.v1`.
    #[schemars(extend("const" = "samesay.pairs.v1"))]
    pub schema: &'static str,
    /// The model's name; null where the vectors were given.
    pub model: Option<String>,
    /// The instruction set.
    pub isa: &'static str,
    /// The number format that the vectors were computed in; null where they were given.
    pub precision: Option<&'static str>,
    /// What is paired: `passage`, `sentence`, `source` or `vector`.
    #[schemars(extend("enum" = ["passage", "sentence", "source", "vector"]))]
    pub unit: &'static str,
    /// How many of them were compared.
    pub units: usize,
    /// How many of others they were compared with; null where they were compared with each other.
    pub against: Option<usize>,
    /// Of how many of them pairs were asked for; null where of all.
    pub like: Option<usize>,
    /// The cosine from which on pairs are given; null where only the nearest are.
    pub min_score: Option<Score>,
    /// Of how many nearest to each pairs are given; null where of all.
    pub top_k: Option<usize>,
    /// What was not read; of vectors nothing.
    #[serde(flatten)]
    pub reading: ReadingNotes,
    /// How many pairs there are, those beyond the limit with them.
    pub total: u64,
    /// The most similar first.
    #[schemars(with = "Vec<PairRef>")]
    pub pairs: Rows<'a>,
    /// What of A is in no pair, with what comes nearest to it in B; where A was compared with B.
    #[schemars(with = "Vec<PairRef>")]
    pub new: Rows<'a>,
}

/// Two units and how similar they are.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct PairRef {
    /// The first.
    pub a: UnitRef,
    /// The second; of what is new, the nearest one.
    pub b: UnitRef,
    /// Their cosine.
    pub score: Score,
    /// How many of a hundred random pairs are less similar.
    pub percentile: Option<Percentile>,
    /// Whether they are alike; of what is new, they are not.
    pub alike: bool,
}

/// A passage, a sentence, a source or a vector, and where it stands.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct UnitRef {
    /// Unique within its set: of a passage `source#n`, of a sentence `source#n.m`, of a source its own, of a vector that of
    /// the file of ids, else the number of its row, from 1.
    pub id: String,
    /// The id of its source; null of a vector.
    pub source: Option<String>,
    /// Where its source came from, as the user wrote it; `-` for stdin.
    pub path: Option<String>,
    /// The line that its passage begins on, 1-based.
    #[schemars(range(min = 1))]
    pub line_start: Option<usize>,
    /// 1-based, where the format has pages.
    #[schemars(range(min = 1))]
    pub page: Option<usize>,
    /// Seconds from the start, where the format has times.
    pub time: Option<u32>,
    /// Of a passage or sentence its text, of a source its title.
    pub text: Option<String>,
}

impl UnitRef {
    /// A vector of that id.
    pub fn of_vector(id: String) -> Self {
        Self { id, source: None, path: None, line_start: None, page: None, time: None, text: None }
    }

    /// The unit at a place, as [`Units`] has it.
    fn of_corpus(library: &Library, unit: Unit, place: SentenceId) -> Self {
        let id = place.passage();
        let (document, passage) = (library.document(library.document_of(id)), library.passage(id));
        let source = Some(document.id.clone());
        let path = Some(document.path.clone());
        if unit == Unit::Source {
            let text = document.metadata.title.clone();
            return Self { source, path, text, ..Self::of_vector(document.id.clone()) };
        }
        let (id, text) = match unit {
            Unit::Sentence => (format!("{}.{}", library.id_of(id), place.at() + 1), library.sentence(place)),
            _ => (library.id_of(id), passage.text.as_str()),
        };
        let (line_start, page, time) = (passage.line_start, passage.page, passage.time);
        Self { id, source, path, line_start, page, time, text: Some(text.to_owned()) }
    }

    /// `path:line`, as editors and terminals open it, where it has one; else its id.
    fn place(&self) -> String {
        match (&self.path, Place { line: self.line_start, page: self.page, time: self.time }) {
            (Some(path), at) if at != Place::NOWHERE => position(path, at),
            _ => printable(&self.id),
        }
    }
}

/// What units are called and say.
pub type Describe<'a> = Box<dyn Fn(usize) -> UnitRef + Sync + 'a>;

/// What is written of units of a corpus.
pub fn describe<'a>(library: &'a Library, unit: Unit, units: &'a Units) -> Describe<'a> {
    Box::new(move |at| UnitRef::of_corpus(library, unit, units.places[at]))
}

/// How unusual a cosine is.
pub type Unusual<'a> = Box<dyn Fn(f32) -> f32 + Sync + 'a>;

/// Pairs as they are written, one after the other.
pub struct Rows<'a> {
    pairs: Vec<Alike>,
    alike: bool,
    with: &'a With<'a>,
}

/// What is put into rows while they are written.
pub struct With<'a> {
    /// The units of A, or of the only set.
    pub a: Describe<'a>,
    /// Those of B; `None` where there is but one set.
    pub b: Option<Describe<'a>>,
    /// The percentile of a cosine, where it is known.
    pub percentile: Option<Unusual<'a>>,
}

impl<'a> With<'a> {
    /// Percentiles by what random pairs of a corpus are like.
    pub fn by_background(background: &'a Background) -> Unusual<'a> {
        Box::new(|score| background.percentile(score))
    }

    /// The same of vectors.
    pub fn by_distribution(distribution: &'a Distribution) -> Unusual<'a> {
        Box::new(|score| (100.0 * distribution.level(score)) as f32)
    }
}

impl Rows<'_> {
    /// How many there are.
    pub fn len(&self) -> usize {
        self.pairs.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.pairs.is_empty()
    }

    /// One row after the other.
    pub fn iter(&self) -> impl Iterator<Item = PairRef> {
        let b = self.with.b.as_ref().unwrap_or(&self.with.a);
        self.pairs.iter().map(move |pair| PairRef {
            a: (self.with.a)(pair.a as usize),
            b: b(pair.b as usize),
            // A product of what is equal may be off in its last digit.
            score: Score(pair.score.clamp(-1.0, 1.0)),
            percentile: self.with.percentile.as_ref().map(|of| Percentile(of(pair.score))),
            alike: self.alike,
        })
    }
}

impl Serialize for Rows<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.iter())
    }
}

/// What was compared.
pub struct Compared<'a> {
    /// The model that made the vectors, if one did.
    pub model: Option<&'a Model>,
    /// The instruction set that they were multiplied with.
    pub isa: &'static str,
    /// What is paired.
    pub unit: Unit,
    /// How many units there are, and of others that they were compared with.
    pub units: (usize, Option<usize>),
    /// Of how many of them pairs were asked for, if not of all.
    pub like: Option<usize>,
    /// The cut, where there is one, and how many nearest of each were asked for.
    pub asked: (Option<f32>, Option<usize>),
    /// What was not read.
    pub reading: ReadingNotes,
}

impl<'a> PairsReport<'a> {
    /// The report of what was found, and of what of A is `new`.
    pub fn new(compared: Compared, found: Found, new: Vec<Alike>, with: &'a With<'a>) -> Self {
        Self {
            schema: "samesay.pairs.v1",
            model: compared.model.map(|model| model.name().to_owned()),
            isa: compared.isa,
            precision: compared.model.map(|model| model.engine().precision.name()),
            unit: compared.unit.name(),
            units: compared.units.0,
            against: compared.units.1,
            like: compared.like,
            min_score: compared.asked.0.map(Score),
            top_k: compared.asked.1,
            reading: compared.reading,
            total: found.total,
            pairs: Rows { pairs: found.pairs, alike: true, with },
            new: Rows { pairs: new, alike: false, with },
        }
    }

    /// All rows: the pairs, then what is new.
    pub fn rows(&self) -> impl Iterator<Item = PairRef> {
        self.pairs.iter().chain(self.new.iter())
    }

    /// Writes a row per line as JSON.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn write_jsonl(&self, out: &mut dyn Write) -> io::Result<()> {
        self.rows().try_for_each(|row| writeln!(out, "{}", json(&row)?))
    }

    /// Writes all as one JSON object.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn write_json(&self, out: &mut dyn Write) -> io::Result<()> {
        super::json::write(&mut *out, self)?;
        writeln!(out)
    }

    /// Writes a table.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn write_csv(&self, out: &mut dyn Write) -> io::Result<()> {
        let mut table = ::csv::Writer::from_writer(out);
        table.write_record(PAIRS_COLUMNS)?;
        for row in self.rows() {
            let number = |number: Option<usize>| number.map_or_else(String::new, |number| number.to_string());
            let mut record = Vec::with_capacity(PAIRS_COLUMNS.len());
            for unit in [&row.a, &row.b] {
                let texts = [Some(&unit.id), unit.source.as_ref(), unit.path.as_ref()];
                record.extend(texts.map(|text| text.map_or_else(String::new, |text| csv::text(text))));
                record.push(number(unit.line_start));
                record.push(unit.text.as_ref().map_or_else(String::new, |text| csv::text(text)));
            }
            record.push(format!("{:.4}", row.score.0));
            record.push(row.percentile.map_or_else(String::new, |percentile| format!("{:.2}", percentile.0)));
            record.push(row.alike.to_string());
            table.write_record(record)?;
        }
        table.flush()
    }

    /// Writes a list for people.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn write_text(&self, out: &mut dyn Write, look: Screen) -> io::Result<()> {
        let failed = |_| io::Error::other("a row cannot be shown");
        write!(out, "{}", terminal::pairs_head(self, look).map_err(failed)?)?;
        for row in self.rows() {
            let places = [row.a.place(), row.b.place()];
            write!(out, "{}", terminal::pair(&row, &places, look).map_err(failed)?)?;
        }
        self.reading.summary().try_for_each(|line| writeln!(out, "{}", printable(&line)))
    }
}

#[cfg(feature = "parquet")]
mod parquet;
