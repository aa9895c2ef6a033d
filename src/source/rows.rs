//! Files in which every row is a document: JSON, tables of values, mailboxes.
//!
//! Rows are read one after another, so that a file may be larger than memory; only the text of the rows is kept.

mod columns;
mod json;
pub mod mailbox;
mod markup;
mod record;
mod sheets;
mod table;
mod window;

use std::collections::{BTreeMap, HashMap};
use std::io::{BufReader, Read};

use super::decode::Decoding;
use super::read::check_text;
use super::{Content, Date, Documents, Metadata, Place, ReadError, Source, plain};
use crate::lang::one_line;
pub use columns::Columns;
use columns::{Role, listed, no_text_column};
pub use sheets::sources as of_workbook;
use table::Delimiters;

/// Largest size of a row, in bytes.
const MAX_ROW: usize = 128 << 20;
/// Number of characters of the longest id.
const MAX_ID: usize = 200;
/// Number of unreadable rows that are reported one by one.
const MAX_PROBLEMS: usize = 10;
/// Number of bytes from which the encoding is detected.
const SAMPLE: usize = 1 << 20;

/// How the rows of a file are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rows {
    /// JSON objects in a list, or a single one.
    Json,
    /// One JSON object per line.
    Jsonl,
    /// Values separated by commas, semicolons, tabs or vertical bars, under a line of names.
    Csv,
    /// Values separated by tabs, under a line of names.
    Tsv,
}

/// Reads the rows of `from`, whose first bytes are `head`, as sources of `path`.
pub fn read(
    rows: Rows,
    path: &str,
    mut head: Vec<u8>,
    mut from: impl Read,
    columns: &Columns,
) -> Result<Documents, ReadError> {
    from.by_ref().take((SAMPLE - head.len().min(SAMPLE)) as u64).read_to_end(&mut head)?;
    let decoding = Decoding::new(head, from)?;
    let mut collector = Collector::new(path, columns);
    let decoding = match rows {
        Rows::Json | Rows::Jsonl => json::read(rows, decoding, &mut collector)?,
        Rows::Csv => table::read(decoding, Delimiters::Csv, &mut collector)?,
        Rows::Tsv => table::read(decoding, Delimiters::Tsv, &mut collector)?,
    };
    collector.finish(rows.name(), decoding.note())
}

impl Rows {
    fn name(self) -> &'static str {
        match self {
            Self::Json => "JSON",
            Self::Jsonl => "JSON Lines",
            Self::Csv => "CSV",
            Self::Tsv => "TSV",
        }
    }
}

/// The values of one row, by the names of their columns.
type Values = BTreeMap<String, String>;

/// How a source made from a row is named.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Naming {
    /// By the row's id or number.
    Row,
    /// By the file, which contains nothing else.
    File,
}

/// Rows to report together: their number, and the line of the first.
#[derive(Debug, Clone, Copy, Default)]
struct Tally {
    count: usize,
    first: usize,
}

impl Tally {
    fn add(&mut self, line: usize) {
        if self.count == 0 {
            self.first = line;
        }
        self.count += 1;
    }

    /// Returns the message about the rows, if there are any.
    fn say(self, of_one: &str, of_more: &str) -> Option<String> {
        match self {
            Self { count: 0, .. } => None,
            Self { count: 1, first } => Some(format!("1 row (line {first}) {of_one}")),
            Self { count, first } => Some(format!("{count} rows (the first on line {first}) {of_more}")),
        }
    }
}

/// Makes sources from rows and counts what is wrong with them.
struct Collector<'a> {
    path: &'a str,
    columns: &'a Columns,
    documents: Documents,
    /// Number of rows so far.
    rows: usize,
    failed: usize,
    ids: Ids,
    /// Rows without text, with an unreadable date, with more or fewer values than columns, with an unclosed quote, and
    /// rows that were repaired.
    empty: Tally,
    undated: Tally,
    too_many: Tally,
    too_few: Tally,
    unclosed: Tally,
    repaired: Tally,
    /// The first date that could not be read.
    odd_date: String,
    naming: Naming,
    /// Why the file gives no sources although it is not damaged.
    left_out: Option<String>,
    /// Number of rows without a text column.
    textless: usize,
    /// Roles of requested columns that have been found.
    seen: Vec<Role>,
    /// The column names of the first row.
    names: String,
}

impl<'a> Collector<'a> {
    fn new(path: &'a str, columns: &'a Columns) -> Self {
        Self {
            path,
            columns,
            documents: Documents::default(),
            rows: 0,
            failed: 0,
            ids: Ids::default(),
            empty: Tally::default(),
            undated: Tally::default(),
            too_many: Tally::default(),
            too_few: Tally::default(),
            unclosed: Tally::default(),
            repaired: Tally::default(),
            odd_date: String::new(),
            naming: Naming::Row,
            left_out: None,
            textless: 0,
            seen: Vec::new(),
            names: String::new(),
        }
    }

    /// Records that the row at `line` cannot be read.
    fn problem(&mut self, line: usize, what: &str) {
        self.rows += 1;
        self.failed += 1;
        if self.failed <= MAX_PROBLEMS {
            self.documents.problems.push(format!("line {line}: {what}"));
        }
    }

    /// Whether one of the names is a column for `role`.
    fn finds<'n>(&self, role: Role, names: impl Iterator<Item = &'n str> + Clone) -> bool {
        self.columns.find(role, names).is_some()
    }

    /// Takes a row. `names` are all of its columns.
    fn row<'n>(&mut self, line: usize, names: impl Iterator<Item = &'n str> + Clone, mut values: Values) {
        if self.names.is_empty() {
            self.names = listed(names.clone());
        }
        self.see(names.clone());
        let Some(text_column) = self.columns.find(Role::Text, names.clone()) else {
            let problem = no_text_column(self.columns, &listed(names));
            self.textless += 1;
            return self.problem(line, &problem);
        };
        self.rows += 1;
        let id = self.value(Role::Id, text_column, names.clone(), &values);
        let metadata = self.metadata(line, text_column, names, &values);
        let text = values.remove(text_column).unwrap_or_default();
        if text.trim().is_empty() {
            return self.empty.add(line);
        }
        if let Err(error) = check_text("text", &text) {
            self.rows -= 1;
            return self.problem(line, &format!("its text {error}"));
        }
        let id = match self.naming {
            Naming::File => self.path.to_owned(),
            Naming::Row => self.ids.unique(
                id.map_or(format!("{}#{}", self.path, self.rows), |id| format!("{}:{}", self.path, short_id(&id))),
            ),
        };
        let content = content(text, line);
        self.documents.sources.push(Source { id, path: self.path.to_owned(), metadata, content, note: None });
    }

    /// Records which of the requested columns exist.
    fn see<'n>(&mut self, names: impl Iterator<Item = &'n str> + Clone) {
        for role in Role::ALL {
            if !self.seen.contains(&role) && self.columns.named(role).is_some() && self.finds(role, names.clone()) {
                self.seen.push(role);
            }
        }
    }

    fn value<'n>(
        &self,
        role: Role,
        text_column: &str,
        names: impl Iterator<Item = &'n str> + Clone,
        values: &Values,
    ) -> Option<String> {
        let name = self.columns.find(role, names)?;
        let value = values.get(name).filter(|value| !value.trim().is_empty())?;
        // One column may be requested for two roles.
        Some(if name == text_column { value.clone() } else { value.trim().to_owned() })
    }

    fn metadata<'n>(
        &mut self,
        line: usize,
        text_column: &str,
        names: impl Iterator<Item = &'n str> + Clone,
        values: &Values,
    ) -> Metadata {
        let value = |role| self.value(role, text_column, names.clone(), values);
        let date = value(Role::Date);
        let metadata = Metadata {
            title: value(Role::Title).map(|title| markup::words(&title)),
            author: value(Role::Author).map(|authors| {
                authors.lines().map(markup::words).filter(|name| !name.is_empty()).collect::<Vec<_>>().join(", ")
            }),
            publisher: value(Role::Publisher).map(|publisher| markup::words(&publisher)),
            date: date.as_deref().and_then(parse_date),
            language: value(Role::Language),
            ..Metadata::default()
        };
        if let Some(date) = date.filter(|_| metadata.date.is_none()) {
            if self.undated.count == 0 {
                self.odd_date = one_line(&date).chars().take(40).collect();
            }
            self.undated.add(line);
        }
        metadata
    }

    fn finish(mut self, format: &'static str, note: Option<String>) -> Result<Documents, ReadError> {
        // A data file that was not meant to be read is not a failed row.
        if format == Rows::Json.name() && self.rows == self.textless && self.columns.text.is_none() && self.rows > 0 {
            self.documents.problems.clear();
            self.failed = 0;
            self.left_out = Some(no_text_column(self.columns, &self.names));
        }
        // Rows that could not be read are reported by themselves.
        let missing = Role::ALL.into_iter().filter(|role| !self.seen.contains(role) && self.rows > self.failed);
        for (role, name) in missing.filter_map(|role| Some((role, self.columns.named(role)?))) {
            self.documents.notes.push(format!(
                "{} column {name}: no row has this column; the columns are {}",
                role.name(),
                self.names
            ));
        }
        if self.failed > MAX_PROBLEMS {
            let more = self.failed - MAX_PROBLEMS;
            self.documents
                .problems
                .push(format!("{more} more {} could not be read", if more == 1 { "row" } else { "rows" }));
        }
        if self.rows == 0 && self.left_out.is_none() {
            return Err(ReadError::Malformed { format, reason: "it has no rows apart from a header".to_owned() });
        }
        let losses = self.losses();
        self.documents.problems.extend(losses);
        let oddities = self.oddities();
        self.documents.notes.extend(oddities);
        self.documents.notes.extend(self.left_out.map(|why| format!("{why}; it was left out")));
        self.documents.notes.extend(note);
        Ok(self.documents)
    }

    /// Messages about values of readable rows that were not read.
    fn losses(&self) -> Vec<String> {
        let too_many = "more values than the table has columns; the additional values were left out";
        let unclosed = "a quote that is not closed; each was read to the end of its line";
        [
            self.too_many.say(&format!("has {too_many}"), &format!("have {too_many}")),
            self.unclosed
                .say("has a quote that is not closed; it was read to the end of its line", &format!("have {unclosed}")),
        ]
        .into_iter()
        .flatten()
        .collect()
    }

    fn oddities(&self) -> Vec<String> {
        let date = format!("a date that cannot be read: {:?}", self.odd_date);
        let repaired = "characters that JSON does not allow; those that cannot be read were replaced by \u{fffd}";
        [
            self.empty.say("has no text", "have no text"),
            self.undated.say(&format!("has {date}"), &format!("have {date}")),
            self.too_few
                .say("has fewer values than the table has columns", "have fewer values than the table has columns"),
            self.repaired.say(&format!("has {repaired}"), &format!("have {repaired}")),
        ]
        .into_iter()
        .flatten()
        .collect()
    }
}

/// Parses a day as written, or a Unix time in seconds or milliseconds.
fn parse_date(text: &str) -> Option<Date> {
    let number = || text.trim().split('.').next()?.parse::<i64>().ok();
    Date::parse(text).or_else(|| match number()? {
        seconds @ 100_000_000..10_000_000_000 => Date::from_unix(seconds),
        millis @ 100_000_000_000..10_000_000_000_000 => Date::from_unix(millis / 1000),
        _ => None,
    })
}

/// Returns an id on one line, cut off if very long: it appears in every pair that its source is part of.
fn short_id(id: &str) -> String {
    let id = one_line(id);
    match id.char_indices().nth(MAX_ID) {
        Some((end, _)) => format!("{}…", &id[..end]),
        None => id,
    }
}

/// Ids, each given once.
#[derive(Default)]
pub(crate) struct Ids(HashMap<String, usize>);

impl Ids {
    /// Returns this id, or, if it was given before, the id followed by a number.
    pub(crate) fn unique(&mut self, id: String) -> String {
        let times = self.0.entry(id.clone()).or_insert(0);
        *times += 1;
        let mut times = *times;
        let mut candidate = id.clone();
        while times > 1 && self.0.contains_key(&candidate) {
            candidate = format!("{id} ({times})");
            times += 1;
        }
        self.0.entry(candidate.clone()).or_insert(1);
        candidate
    }
}

/// Returns a row's text, with the row's line as the place of every part.
fn content(text: String, line: usize) -> Content {
    let place = Place::line(line);
    if let Some(blocks) = markup::blocks(&text, place) {
        return Content::Blocks(blocks);
    }
    match plain::parse_text(&markup::unescaped(&text)).content {
        Content::Lines(mut lines) => {
            lines.iter_mut().for_each(|each| each.place.line = Some(line));
            Content::Lines(lines)
        }
        blocks => blocks,
    }
}

fn buffered<R: Read>(from: R) -> BufReader<R> {
    BufReader::with_capacity(1 << 16, from)
}
