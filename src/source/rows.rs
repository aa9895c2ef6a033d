//! Files in which a row is a document: JSON Lines, tables of values, mailboxes.
//!
//! Rows are read one after another, so that a file may be larger than memory would like its bytes to be; what is kept
//! is the text of the rows.

mod jsonl;
mod mailbox;
mod table;

use std::collections::{BTreeMap, HashMap};
use std::io::{self, BufReader, Read};

use super::decode::Decoding;
use super::{Content, Date, Documents, Metadata, Parsed, Place, ReadError, Source, plain};

/// A row longer than this is none that a person wrote.
const MAX_ROW: usize = 128 << 20;
/// How many rows that cannot be read are told one by one.
const MAX_PROBLEMS: usize = 10;
/// How many names of columns a message lists.
const MAX_NAMES: usize = 30;
/// Where the encoding is found out.
const SAMPLE: usize = 1 << 20;

/// How the rows of a file are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rows {
    /// A JSON object a line.
    Jsonl,
    /// Values between commas, semicolons, tabs or strokes, under a line of names.
    Csv,
    /// Values between tabs, under a line of names.
    Tsv,
    /// Messages, each below a line that begins with `From `.
    Mailbox,
}

/// The columns of a table, or the keys of JSON objects, that hold what is needed; what is not named is found by its
/// usual names.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Columns {
    /// The column of the text.
    pub text: Option<String>,
    /// The column of the row's id.
    pub id: Option<String>,
    /// The column of the title.
    pub title: Option<String>,
    /// The column of the publisher.
    pub publisher: Option<String>,
    /// The column of the day of publication.
    pub date: Option<String>,
}

/// What a column can hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Role {
    Text,
    Id,
    Title,
    Publisher,
    Date,
    Author,
    Language,
}

impl Role {
    const ALL: [Self; 7] =
        [Self::Text, Self::Id, Self::Title, Self::Publisher, Self::Date, Self::Author, Self::Language];

    /// The names that such a column usually has, in lower case, the likeliest first.
    fn usual(self) -> &'static [&'static str] {
        match self {
            Self::Text => &[
                "text",
                "body",
                "content",
                "article",
                "full_text",
                "fulltext",
                "article_text",
                "article_body",
                "abstract",
            ],
            Self::Id => &["id", "_id", "article_id", "doc_id", "uid", "uuid", "url", "link", "doi", "pmid"],
            Self::Title => &["title", "headline"],
            Self::Publisher => {
                &["publisher", "source", "outlet", "publication", "newspaper", "journal", "site", "domain"]
            }
            Self::Date => &[
                "date",
                "published",
                "pubdate",
                "pub_date",
                "published_at",
                "publish_date",
                "publication_date",
                "date_published",
            ],
            Self::Author => &["author", "authors", "byline", "creator"],
            Self::Language => &["language", "lang"],
        }
    }

    /// The flag that names such a column.
    fn flag(self) -> &'static str {
        match self {
            Self::Text => "--text-column",
            Self::Id => "--id-column",
            Self::Title => "--title-column",
            Self::Publisher => "--publisher-column",
            Self::Date => "--date-column",
            Self::Author | Self::Language => "",
        }
    }
}

impl Columns {
    fn named(&self, role: Role) -> Option<&str> {
        match role {
            Role::Text => self.text.as_deref(),
            Role::Id => self.id.as_deref(),
            Role::Title => self.title.as_deref(),
            Role::Publisher => self.publisher.as_deref(),
            Role::Date => self.date.as_deref(),
            Role::Author | Role::Language => None,
        }
    }

    /// Whether a column of this name can be of use.
    fn wants(&self, name: &str) -> bool {
        let lower = name.trim().to_lowercase();
        Role::ALL.iter().any(|role| {
            self.named(*role).map_or(role.usual().contains(&lower.as_str()), |wanted| is_named(name, wanted))
        })
    }

    /// Which of the names holds what `role` needs: the one that was asked for, else the likeliest that was not asked
    /// for as something else.
    fn find<'a>(&self, role: Role, names: impl Iterator<Item = &'a str> + Clone) -> Option<&'a str> {
        if let Some(wanted) = self.named(role) {
            return names
                .clone()
                .find(|name| *name == wanted)
                .or_else(|| names.clone().find(|name| is_named(name, wanted)));
        }
        let taken =
            |name: &str| Role::ALL.iter().filter_map(|role| self.named(*role)).any(|wanted| is_named(name, wanted));
        role.usual()
            .iter()
            .find_map(|usual| names.clone().find(|name| name.trim().to_lowercase() == *usual && !taken(name)))
    }
}

fn is_named(name: &str, wanted: &str) -> bool {
    name.trim().to_lowercase() == wanted.trim().to_lowercase()
}

/// Reads the rows of `from`, whose first bytes are `head`, as sources of `path`.
pub fn read(
    rows: Rows,
    path: &str,
    mut head: Vec<u8>,
    mut from: impl Read,
    columns: &Columns,
) -> Result<Documents, ReadError> {
    if rows == Rows::Mailbox {
        return mailbox::read(path, head.chain(from));
    }
    from.by_ref().take((SAMPLE - head.len().min(SAMPLE)) as u64).read_to_end(&mut head)?;
    let decoding = Decoding::new(head, from)?;
    let mut collector = Collector::new(path, columns);
    let decoding = match rows {
        Rows::Jsonl => jsonl::read(decoding, &mut collector)?,
        Rows::Csv => table::read(decoding, None, &mut collector)?,
        Rows::Tsv | Rows::Mailbox => table::read(decoding, Some(b'\t'), &mut collector)?,
    };
    collector.finish(rows.name(), decoding.note())
}

impl Rows {
    fn name(self) -> &'static str {
        match self {
            Self::Jsonl => "JSON Lines",
            Self::Csv => "CSV",
            Self::Tsv => "TSV",
            Self::Mailbox => "mailbox",
        }
    }
}

/// The values of one row, by the names of their columns.
type Values = BTreeMap<String, String>;

/// Makes sources of rows and keeps count of what is wrong with them.
struct Collector<'a> {
    path: &'a str,
    columns: &'a Columns,
    documents: Documents,
    /// How many rows there were.
    rows: usize,
    failed: usize,
    ids: Ids,
    /// How many rows had no text, and the line of the first.
    empty: (usize, usize),
    /// How many dates could not be read, and the first with its line.
    undated: (usize, usize, String),
    /// Columns that were asked for and have been seen.
    seen: Vec<Role>,
    /// The names of the first row.
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
            empty: (0, 0),
            undated: (0, 0, String::new()),
            seen: Vec::new(),
            names: String::new(),
        }
    }

    /// Says that the row at `line` cannot be read.
    fn problem(&mut self, line: usize, what: &str) {
        self.rows += 1;
        self.failed += 1;
        if self.failed <= MAX_PROBLEMS {
            self.documents.problems.push(format!("line {line}: {what}"));
        }
    }

    /// Takes a row. `names` are all of its columns.
    fn row<'n>(&mut self, line: usize, names: impl Iterator<Item = &'n str> + Clone, mut values: Values) {
        if self.names.is_empty() {
            self.names = listed(names.clone());
        }
        for role in Role::ALL {
            if !self.seen.contains(&role)
                && self.columns.named(role).is_some()
                && self.columns.find(role, names.clone()).is_some()
            {
                self.seen.push(role);
            }
        }
        let Some(text_column) = self.columns.find(Role::Text, names.clone()) else {
            let problem = no_text_column(self.columns, names);
            return self.problem(line, &problem);
        };
        self.rows += 1;
        let value = |role| {
            let name = self.columns.find(role, names.clone())?;
            // A column may be asked for as two things.
            let value = if name == text_column {
                values.get(name).cloned()
            } else {
                values.get(name).map(|value| value.trim().to_owned())
            };
            value.filter(|value| !value.trim().is_empty())
        };
        let id = value(Role::Id);
        let date = value(Role::Date);
        let metadata = Metadata {
            title: value(Role::Title).map(|title| one_line(&title)),
            author: value(Role::Author).map(|authors| {
                authors.lines().map(str::trim).filter(|name| !name.is_empty()).collect::<Vec<_>>().join(", ")
            }),
            publisher: value(Role::Publisher).map(|publisher| one_line(&publisher)),
            date: date.as_deref().and_then(parse_date),
            language: value(Role::Language),
        };
        if let Some(date) = date.filter(|_| metadata.date.is_none()) {
            count(&mut self.undated.0, &mut self.undated.1, line);
            if self.undated.0 == 1 {
                self.undated.2 = one_line(&date).chars().take(40).collect();
            }
        }
        let text = values.remove(text_column).unwrap_or_default();
        if text.trim().is_empty() {
            return count(&mut self.empty.0, &mut self.empty.1, line);
        }
        let id = self
            .ids
            .unique(id.map_or(format!("{}#{}", self.path, self.rows), |id| format!("{}:{}", self.path, one_line(&id))));
        let content = located(plain::parse_text(&text), line);
        self.documents.sources.push(Source { id, path: self.path.to_owned(), metadata, content, note: None });
    }

    fn finish(mut self, format: &'static str, note: Option<String>) -> Result<Documents, ReadError> {
        // Rows that could not be read say so themselves.
        let missing = Role::ALL.into_iter().filter(|role| !self.seen.contains(role) && self.rows > self.failed);
        for (role, name) in missing.filter_map(|role| Some((role, self.columns.named(role)?))) {
            self.documents.notes.push(format!(
                "{} {name}: no row has this column; the columns are {}",
                role.flag(),
                self.names
            ));
        }
        if self.failed > MAX_PROBLEMS {
            let more = self.failed - MAX_PROBLEMS;
            self.documents
                .problems
                .push(format!("{more} more {} could not be read", if more == 1 { "row" } else { "rows" }));
        }
        if self.rows == 0 {
            return Err(ReadError::Malformed { format, reason: "it has no rows".to_owned() });
        }
        let first = |(count, line): (usize, usize)| match count {
            1 => format!("1 row (line {line})"),
            count => format!("{count} rows (the first on line {line})"),
        };
        if self.empty.0 > 0 {
            let have = if self.empty.0 == 1 { "has" } else { "have" };
            self.documents.notes.push(format!("{} {have} no text", first(self.empty)));
        }
        if self.undated.0 > 0 {
            let have = if self.undated.0 == 1 { "has" } else { "have" };
            let (count, line, example) = self.undated;
            self.documents
                .notes
                .push(format!("{} {have} a date that cannot be read: {example:?}", first((count, line))));
        }
        self.documents.notes.extend(note);
        Ok(self.documents)
    }
}

/// The ids of a file's rows.
#[derive(Default)]
struct Ids(HashMap<String, usize>);

impl Ids {
    /// An id that no other row of the file has.
    fn unique(&mut self, id: String) -> String {
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

fn count(count: &mut usize, first: &mut usize, line: usize) {
    if *count == 0 {
        *first = line;
    }
    *count += 1;
}

/// Why no column gives the text.
fn no_text_column<'n>(columns: &Columns, names: impl Iterator<Item = &'n str>) -> String {
    let there = listed(names);
    match &columns.text {
        Some(wanted) => format!("has no column named {wanted:?} for the text; the columns are {there}"),
        None => {
            format!(
                "has no column with a common name for the text; the columns are {there}; choose one with --text-column"
            )
        }
    }
}

/// The names of columns, for a message.
fn listed<'n>(names: impl Iterator<Item = &'n str>) -> String {
    let mut names = names.map(|name| format!("{:?}", name.chars().take(60).collect::<String>()));
    let mut shown: Vec<String> = names.by_ref().take(MAX_NAMES).collect();
    match names.count() {
        0 if shown.is_empty() => "none".to_owned(),
        0 => shown.join(", "),
        more => {
            shown.push(format!("{more} more"));
            shown.join(", ")
        }
    }
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A day as written, or a Unix time in seconds or milliseconds.
fn parse_date(text: &str) -> Option<Date> {
    let number = || text.trim().split('.').next()?.parse::<i64>().ok();
    Date::parse(text).or_else(|| match number()? {
        seconds @ 100_000_000..10_000_000_000 => Date::from_unix(seconds),
        millis @ 100_000_000_000..10_000_000_000_000 => Date::from_unix(millis / 1000),
        _ => None,
    })
}

/// A row's text, all of which stands where the row does.
fn located(parsed: Parsed, line: usize) -> Content {
    match parsed.content {
        Content::Lines(mut lines) => {
            lines.iter_mut().for_each(|each| each.place.line = Some(line));
            Content::Lines(lines)
        }
        blocks => blocks,
    }
}

/// Fails where a row is longer than [`MAX_ROW`], so that a quote that is never closed does not fill the memory.
struct Limited<R> {
    inner: R,
    /// Bytes given since the last row.
    given: usize,
}

impl<R: Read> Read for Limited<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        self.given += read;
        if self.given > MAX_ROW {
            Err(io::Error::other(format!("a row is longer than {} MiB", MAX_ROW >> 20)))
        } else {
            Ok(read)
        }
    }
}

fn buffered<R: Read>(from: R) -> BufReader<R> {
    BufReader::with_capacity(1 << 16, from)
}
