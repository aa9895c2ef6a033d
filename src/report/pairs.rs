//! The result of `pairs`: which passages, sentences, sources or vectors are alike.
//!
//! There may be millions of pairs, so texts are added while writing: a [`PairsReport`] holds the pairs as numbers, and a
//! [`Table`] takes row after row, so that pairs can be written as they are found.

use std::io::{self, Write};

use schemars::JsonSchema;
use serde::{Serialize, Serializer};

use super::json::json;
use super::terminal::Screen;
use super::text::{position, printable};
use super::{Percentile, ReadingNotes, Score, csv, terminal};
use crate::compare::alike::{Alike, AlikePairs, Unit, Units};
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
    /// Name of the model; null if the vectors were given by the user.
    pub model: Option<String>,
    /// Instruction set of the computation, as `--isa` names it.
    pub isa: &'static str,
    /// Number format that the vectors were computed in; null if they were given by the user.
    pub precision: Option<&'static str>,
    /// Unit of a pair: `passage`, `sentence`, `source` or `vector`.
    #[schemars(extend("enum" = ["passage", "sentence", "source", "vector"]))]
    pub unit: &'static str,
    /// Number of units that were compared.
    pub units: usize,
    /// Number of units in the second set; null if the units were compared with each other.
    pub against: Option<usize>,
    /// Number of units that pairs were requested for; null for all.
    pub like: Option<usize>,
    /// Cosine at or above which pairs are given; null if only the nearest are given.
    pub min_score: Option<Score>,
    /// Number of nearest units for which pairs are given, per unit; null for all.
    pub top_k: Option<usize>,
    /// What was not read; always empty for vectors.
    #[serde(flatten)]
    pub reading: ReadingNotes,
    /// Number of all pairs, including those beyond the limit.
    pub total: u64,
    /// Pairs that are alike, most similar first.
    #[schemars(with = "Vec<PairRef>")]
    pub pairs: Rows<'a>,
    /// Units of set A that are in no pair, each with the nearest one of set B; empty unless A was compared with B.
    #[schemars(with = "Vec<PairRef>")]
    pub new: Rows<'a>,
}

/// Two units and how similar they are.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct PairRef {
    /// First unit of the pair.
    pub a: UnitRef,
    /// Second unit of the pair; for a new unit, the nearest one of set B.
    pub b: UnitRef,
    /// Cosine of the two units, -1 to 1.
    pub score: Score,
    /// Percentage of random pairs that are less similar, 0 to 100.
    pub percentile: Option<Percentile>,
    /// Whether the two are alike; false for a new unit and the one nearest to it.
    pub alike: bool,
}

/// A passage, a sentence, a source or a vector, and its place.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct UnitRef {
    /// Id, unique within its set: `source#n` for a passage, `source#n.m` for a sentence, the source's id for a source;
    /// for a vector the id from the file of ids, else the row number, counted from 1.
    pub id: String,
    /// Id of the unit's source; null for a vector.
    pub source: Option<String>,
    /// Path of the source, as the user wrote it; `-` for stdin.
    pub path: Option<String>,
    /// Line that the unit's passage begins on, counted from 1.
    #[schemars(range(min = 1))]
    pub line_start: Option<usize>,
    /// Page that the unit's passage begins on, counted from 1; null if the format has no pages.
    #[schemars(range(min = 1))]
    pub page: Option<usize>,
    /// Seconds from the start of the recording; null if the format has no times.
    pub time: Option<u32>,
    /// Text of a passage or sentence, or title of a source.
    pub text: Option<String>,
    /// Bytes at the beginning of its path that are the folder of all sources.
    #[serde(skip)]
    pub folder: usize,
}

impl UnitRef {
    /// A vector with this id.
    pub fn of_vector(id: String) -> Self {
        Self { id, source: None, path: None, line_start: None, page: None, time: None, text: None, folder: 0 }
    }

    /// The unit at a place of [`Units`].
    fn of_corpus(library: &Library, unit: Unit, place: SentenceId) -> Self {
        let id = place.passage();
        let (document, passage) = (library.document(library.document_of(id)), library.passage(id));
        let source = Some(document.id.clone());
        let path = Some(document.path.clone());
        let folder = library.folder().len();
        if unit == Unit::Source {
            let text = document.metadata.title.clone();
            return Self { source, path, text, folder, ..Self::of_vector(document.id.clone()) };
        }
        let (id, text) = match unit {
            Unit::Sentence => (format!("{}.{}", library.id_of(id), place.at() + 1), library.sentence(place)),
            _ => (library.id_of(id), passage.text.as_str()),
        };
        let (line_start, page, time) = (passage.line_start, passage.page, passage.time);
        Self { id, source, path, line_start, page, time, text: Some(text.to_owned()), folder }
    }

    /// `path:line` if it has a line, else its id, without the folder that all sources are in.
    fn place(&self) -> String {
        match (&self.path, Place { line: self.line_start, page: self.page, time: self.time }) {
            (Some(path), at) if at != Place::NOWHERE => position(&path[self.folder..], at),
            _ => printable(&self.id[self.folder..]),
        }
    }
}

/// Describes a unit by its number: its id, place and text.
pub type Describe<'a> = Box<dyn Fn(usize) -> UnitRef + Sync + 'a>;

/// Describes units of a corpus.
pub fn describe<'a>(library: &'a Library, unit: Unit, units: &'a Units) -> Describe<'a> {
    Box::new(move |at| UnitRef::of_corpus(library, unit, units.places[at]))
}

/// Returns how unusual a cosine is, as a percentile.
pub type Unusual<'a> = Box<dyn Fn(f32) -> f32 + Sync + 'a>;

/// Pairs that are described one by one as they are written.
pub struct Rows<'a> {
    pairs: Vec<Alike>,
    alike: bool,
    with: &'a With<'a>,
}

/// What describes rows while they are written.
pub struct With<'a> {
    /// Describes the units of A, or of the only set.
    pub a: Describe<'a>,
    /// Describes the units of B; `None` if there is only one set.
    pub b: Option<Describe<'a>>,
    /// Returns the percentile of a cosine, if it is known.
    pub percentile: Option<Unusual<'a>>,
}

impl<'a> With<'a> {
    /// Describes a pair, or with `alike` false a new unit and the one nearest to it.
    pub fn row(&self, pair: &Alike, alike: bool) -> PairRef {
        PairRef {
            a: (self.a)(pair.a as usize),
            b: self.b.as_ref().unwrap_or(&self.a)(pair.b as usize),
            // Rounding can take the product of equal vectors beyond 1.
            score: Score(pair.score.clamp(-1.0, 1.0)),
            percentile: self.percentile.as_ref().map(|of| Percentile(of(pair.score))),
            alike,
        }
    }

    /// Percentiles based on random pairs of a corpus.
    pub fn by_background(background: &'a Background) -> Unusual<'a> {
        Box::new(|score| background.percentile(score))
    }

    /// Percentiles based on a distribution of cosines of vectors.
    pub fn by_distribution(distribution: &'a Distribution) -> Unusual<'a> {
        Box::new(|score| (100.0 * distribution.level(score)) as f32)
    }
}

impl Rows<'_> {
    /// Number of rows.
    pub fn len(&self) -> usize {
        self.pairs.len()
    }

    /// Whether there are no rows.
    pub fn is_empty(&self) -> bool {
        self.pairs.is_empty()
    }

    /// The rows, one after another.
    pub fn iter(&self) -> impl Iterator<Item = PairRef> {
        self.pairs.iter().map(|pair| self.with.row(pair, self.alike))
    }
}

impl Serialize for Rows<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.iter())
    }
}

/// What was compared, and what was asked for.
pub struct Compared<'a> {
    /// The model that made the vectors; `None` if they were given by the user.
    pub model: Option<&'a Model>,
    /// The instruction set that multiplied the vectors.
    pub isa: &'static str,
    /// The unit of a pair.
    pub unit: Unit,
    /// Number of units, and number of units in the second set.
    pub units: (usize, Option<usize>),
    /// Number of units that pairs were requested for; `None` for all.
    pub like: Option<usize>,
    /// The cut, if there is one, and the number of nearest units that were requested per unit.
    pub asked: (Option<f32>, Option<usize>),
    /// What was not read.
    pub reading: ReadingNotes,
}

impl<'a> PairsReport<'a> {
    /// The report of the pairs found, and of the units of A that are `new`.
    pub fn new(compared: Compared, found: AlikePairs, new: Vec<Alike>, with: &'a With<'a>) -> Self {
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

    /// Writes the whole report as one JSON object.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn write_json(&self, out: &mut dyn Write) -> io::Result<()> {
        super::json::write(&mut *out, self)?;
        writeln!(out)
    }

    /// Writes a list for people to read.
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

/// A format with a row for each pair.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TableFormat {
    /// One JSON object per line.
    Jsonl,
    /// Comma-separated values.
    Csv,
    /// Apache Parquet.
    #[cfg(feature = "parquet")]
    Parquet,
}

/// A table of pairs that is being written.
pub enum Table<W: Write + Send> {
    /// One JSON object per line.
    Jsonl(W),
    /// Comma-separated values.
    Csv(Box<::csv::Writer<W>>),
    /// Apache Parquet.
    #[cfg(feature = "parquet")]
    Parquet(Box<parquet::Groups<W>>),
}

impl<W: Write + Send> Table<W> {
    /// Begins a table.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn new(format: TableFormat, out: W) -> io::Result<Self> {
        Ok(match format {
            TableFormat::Jsonl => Self::Jsonl(out),
            TableFormat::Csv => {
                let mut table = ::csv::Writer::from_writer(out);
                table.write_record(PAIRS_COLUMNS)?;
                Self::Csv(Box::new(table))
            }
            #[cfg(feature = "parquet")]
            TableFormat::Parquet => Self::Parquet(Box::new(parquet::Groups::new(out)?)),
        })
    }

    /// Adds a row.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn write(&mut self, row: PairRef) -> io::Result<()> {
        match self {
            Self::Jsonl(out) => writeln!(out, "{}", json(&row)?),
            Self::Csv(table) => Ok(table.write_record(cells(&row))?),
            #[cfg(feature = "parquet")]
            Self::Parquet(groups) => groups.write(row),
        }
    }

    /// Passes on what was written so far, except in Parquet, which is written in groups of rows.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::Jsonl(out) => out.flush(),
            Self::Csv(table) => table.flush(),
            #[cfg(feature = "parquet")]
            Self::Parquet(_) => Ok(()),
        }
    }

    /// Ends the table.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn finish(mut self) -> io::Result<()> {
        self.flush()?;
        match self {
            #[cfg(feature = "parquet")]
            Self::Parquet(groups) => groups.finish(),
            _ => Ok(()),
        }
    }
}

/// The cells of a row of CSV, in the order of [`PAIRS_COLUMNS`].
fn cells(row: &PairRef) -> Vec<String> {
    let number = |number: Option<usize>| number.map_or_else(String::new, |number| number.to_string());
    let mut cells = Vec::with_capacity(PAIRS_COLUMNS.len());
    for unit in [&row.a, &row.b] {
        let texts = [Some(&unit.id), unit.source.as_ref(), unit.path.as_ref()];
        cells.extend(texts.map(|text| text.map_or_else(String::new, |text| csv::text(text))));
        cells.push(number(unit.line_start));
        cells.push(unit.text.as_ref().map_or_else(String::new, |text| csv::text(text)));
    }
    cells.push(format!("{:.4}", row.score.0));
    cells.push(row.percentile.map_or_else(String::new, |percentile| format!("{:.2}", percentile.0)));
    cells.push(row.alike.to_string());
    cells
}

#[cfg(feature = "parquet")]
mod parquet;
