//! Counts the content of a store, and reads all of it to find damage.

use std::collections::{HashMap, HashSet};

use rusqlite::params;

use super::{Record, Result, Sqlite, beside, indexed};
use crate::base::{Key, Keyed, hash};
use crate::passage::Dropped;
use crate::store::blob::sealed;
use crate::store::{Counts, KnownFile, Reading, Store, StoreError, Stored, derived, passage_key};

/// Maximum number of messages about one kind of damage.
const TOLD: usize = 10;

impl Sqlite {
    /// The counts, from the last count if nothing has changed since.
    pub(super) fn count(&self, some: &dyn Fn(&KnownFile) -> bool) -> Result<Counts> {
        let mut readings: Vec<Key> =
            self.files()?.into_iter().filter(|file| some(file)).map(|file| file.reading).collect();
        readings.sort_unstable();
        let (documents, rows) = (
            self.one("SELECT coalesce(max(id), 0) FROM documents")?,
            self.one("SELECT coalesce(sum(rows), 0) FROM spaces")?,
        );
        let mut key = Keyed::new("counts of sources with passages");
        [documents, rows].into_iter().for_each(|number| key.add(&number.to_le_bytes()));
        readings.iter().for_each(|reading| key.add(reading.as_ref()));
        derived(self, key.finish(), || self.count_again(readings))
    }

    fn count_again(&self, readings: Vec<Key>) -> Result<Counts> {
        let mut distinct = readings.clone();
        distinct.sort_unstable();
        distinct.dedup();
        let sources: HashMap<Key, usize> = (distinct.iter().zip(self.readings(&distinct)?))
            .map(|(key, reading)| {
                (*key, reading.and_then(|reading| reading.sources.ok()).map_or(0, |sources| sources.len()))
            })
            .collect();
        let embedded: HashSet<[u8; 16]> =
            self.all("SELECT DISTINCT passage FROM vectors", [], |row| Ok(Ok(row.get(0)?)))?.into_iter().collect();
        let mut counts = Counts::default();
        for reading in readings {
            let mut without_passages = 0;
            // If a source was split in several ways, the last one counts.
            let sql = "SELECT about FROM documents WHERE id IN \
                       (SELECT max(id) FROM documents WHERE reading = ?1 GROUP BY at)";
            let abouts = self.all(sql, [reading.as_ref()], |row| {
                Ok(self.decoded::<Record>("a document", row.get_ref(0)?.as_blob()?).map(|record| record.about))
            })?;
            for about in abouts {
                without_passages += usize::from(about.passages.is_empty());
                counts.passages += about.passages.len();
                counts.embedded += about.passages.iter().filter(|(key, _)| embedded.contains(key.as_bytes())).count();
            }
            counts.sources += sources[&reading].saturating_sub(without_passages);
        }
        Ok(counts)
    }

    /// Checks one state of the store, whatever other processes do to it meanwhile.
    pub(super) fn check(&self) -> Result<Vec<String>> {
        self.run("BEGIN")?;
        let found = self.check_all();
        self.run("ROLLBACK")?;
        found
    }

    fn run(&self, sql: &str) -> Result<()> {
        self.connection().execute_batch(sql).map_err(|error| self.failed(error))
    }

    fn check_all(&self) -> Result<Vec<String>> {
        self.is_long_enough()?;
        // FTS5 keeps the list of its segments from the last transaction; a query updates it, an integrity check does
        // not.
        self.holding(&["a".to_owned()])?;
        let mut problems = self.all("PRAGMA integrity_check(10)", [], |row| Ok(Ok(row.get::<_, String>(0)?)))?;
        problems.retain(|line| line != "ok");
        // If the pages themselves are damaged, checking their content is pointless.
        if !problems.is_empty() {
            return Ok(problems);
        }
        let mut told = |what: &str, found: Vec<Result<()>>| {
            let damaged: Vec<String> = found.into_iter().filter_map(|one| Some(one.err()?.to_string())).collect();
            let more = damaged.len().saturating_sub(TOLD);
            problems.extend(damaged.into_iter().take(TOLD));
            if more > 0 {
                problems.push(format!("{more} more {what} are damaged"));
            }
        };
        told("files", self.checked_files()?);
        told("readings", self.checked_readings()?);
        let (records, found) = self.checked_documents()?;
        told("documents", found);
        told("passages", self.checked_passages(&records)?);
        told("vectors", self.checked_vectors()?);
        told("saved computations", self.checked_memos()?);
        told("sentences", self.checked_sentences()?);
        Ok(problems)
    }

    /// Whether the file has all of its pages. While there is a log, some may be only there.
    fn is_long_enough(&self) -> Result<()> {
        let Some(path) = self.path() else { return Ok(()) };
        let logged = beside(path, "-wal").metadata().is_ok_and(|log| log.len() > 0);
        let length = path.metadata().map_err(|source| StoreError::Io { path: path.clone(), source })?.len();
        let pages = self.one("SELECT page_count * page_size FROM pragma_page_count, pragma_page_size")?;
        self.expect(logged || length >= pages as u64, &format!("the file is truncated: {length} of {pages} bytes"))
    }

    fn checked_files(&self) -> Result<Vec<Result<()>>> {
        self.all("SELECT path, data FROM files", [], |row| {
            Ok(Ok(self.file(row.get_ref(0)?.as_blob()?, row.get_ref(1)?.as_blob()?).map(drop)))
        })
    }

    fn checked_readings(&self) -> Result<Vec<Result<()>>> {
        self.all("SELECT key, data FROM readings", [], |row| {
            let (key, data): ([u8; 16], _) = (row.get(0)?, row.get_ref(1)?.as_blob()?);
            let whole = self.decoded::<(Key, Reading)>("a reading", data);
            Ok(Ok(whole.and_then(|(own, _)| self.expect(own == Key::from(key), "a reading's key"))))
        })
    }

    /// The undamaged documents, and the damage of the others.
    fn checked_documents(&self) -> Result<(Vec<Stored>, Vec<Result<()>>)> {
        let sql = "SELECT id, key, reading, at, first, passages, about, dropped FROM documents ORDER BY first";
        let read = self.all(sql, [], |row| {
            let columns: (u64, [u8; 16], [u8; 16], usize, u64, usize) =
                (row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?, row.get(5)?);
            let (number, key, reading, at, first, passages) = columns;
            let record = self.decoded::<Record>("a document", row.get_ref(6)?.as_blob()?);
            let dropped = self.decoded::<(Key, Vec<Dropped>)>("a document's dropped text", row.get_ref(7)?.as_blob()?);
            Ok(Ok(record.and_then(|record| {
                let ((other, dropped), about) = (dropped?, record.about);
                let same =
                    (record.key, record.reading, record.at, record.first) == (key.into(), reading.into(), at, first);
                let whole = (other, passages, dropped.len()) == (record.key, about.passages.len(), about.dropped);
                self.expect(same && whole, "a document's record")?;
                Ok(Stored { number, first, about })
            })))
        })?;
        let (mut records, mut problems) = (Vec::new(), Vec::new());
        for document in read {
            match document {
                Ok(record) => records.push(record),
                Err(error) => problems.push(Err(error)),
            }
        }
        Ok((records, problems))
    }

    /// Checks every passage against its document's record, and the word index against the passages.
    fn checked_passages(&self, records: &[Stored]) -> Result<Vec<Result<()>>> {
        let mut problems = Vec::new();
        let (mut words, mut passages) = (0u64, 0);
        for record in records {
            let numbers: Vec<u64> = (record.first..).take(record.about.passages.len()).collect();
            passages += numbers.len();
            match self.passages(&numbers) {
                Ok(found) => {
                    let same = found
                        .iter()
                        .zip(&record.about.passages)
                        .all(|(passage, (key, _))| passage_key(passage) == *key);
                    problems.push(self.expect(same, &format!("the passages of document {}", record.number)));
                    for (number, passage) in numbers.iter().zip(&found) {
                        let text = indexed(&passage.text);
                        let own = text.split(' ').filter(|word| !word.is_empty()).zip(0..);
                        words = own.fold(words, |sum, (word, at)| sum.wrapping_add(mixed(word, *number, at)));
                    }
                }
                Err(error) => problems.push(Err(error)),
            }
        }
        let there: usize = self.one("SELECT count(*) FROM passages")?;
        problems.push(self.expect(there == passages, "passages that belong to no document"));
        let numbered = self.one("SELECT (SELECT next FROM numbers) > coalesce(max(id), 0) FROM passages")?;
        problems.push(self.expect(numbered == 1, "the passage numbers"));
        let found = self.all("SELECT term, doc, offset FROM postings", [], |row| {
            Ok(Ok(mixed(row.get_ref(0)?.as_str()?, row.get(1)?, row.get(2)?)))
        })?;
        let index = found.into_iter().fold(0u64, u64::wrapping_add);
        if problems.iter().all(Result::is_ok) {
            problems.push(self.expect(index == words, "the word index"));
        }
        Ok(problems)
    }

    fn checked_vectors(&self) -> Result<Vec<Result<()>>> {
        let mut problems = Vec::new();
        for (id, space, _) in &self.spaces()? {
            let rows = match self.rows(space) {
                Ok(rows) => rows,
                Err(error) => {
                    problems.push(Err(error));
                    continue;
                }
            };
            let sql = "SELECT passage, first, rows, sum FROM vectors WHERE space = ?1 ORDER BY first";
            problems.extend(self.all(sql, params![id], |row| {
                let (passage, first, count, sum): ([u8; 16], _, _, _) =
                    (row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?);
                Ok(Ok(self.whole_vectors(space, passage.into(), &rows, (first, count), sum).map(drop)))
            })?);
        }
        let strays: usize = self.one("SELECT count(*) FROM vectors WHERE space NOT IN (SELECT id FROM spaces)")?;
        problems.push(self.expect(strays == 0, "vectors that belong to no model"));
        Ok(problems)
    }

    fn checked_memos(&self) -> Result<Vec<Result<()>>> {
        self.all("SELECT data FROM memos", [], |row| {
            let whole = sealed(row.get_ref(0)?.as_blob()?).is_some();
            Ok(Ok(self.expect(whole, "a saved computation")))
        })
    }

    fn checked_sentences(&self) -> Result<Vec<Result<()>>> {
        self.all("SELECT data FROM sentences", [], |row| {
            let whole = sealed(row.get_ref(0)?.as_blob()?).is_some();
            Ok(Ok(self.expect(whole, "a sentence's token states")))
        })
    }

    fn expect(&self, holds: bool, what: &str) -> Result<()> {
        if holds { Ok(()) } else { Err(self.damaged(what)) }
    }

    fn one(&self, sql: &str) -> Result<usize> {
        self.connection().query_row(sql, [], |row| row.get(0)).map_err(|error| self.failed(error))
    }
}

/// A hash of a word at a place; the sum of hashes does not depend on their order.
fn mixed(word: &str, passage: u64, at: u64) -> u64 {
    hash(passage.to_le_bytes().into_iter().chain(at.to_le_bytes()).chain(word.bytes()))
}
