//! One SQLite database in WAL mode, with the vectors in files beside it.
//!
//! A store at `a.db` consists of `a.db` with its `-wal` and `-shm`, of `a.db-vectors-N-G` for space number `N` in
//! generation `G`, and of the locks `a.db.use` (shared by all processes that have it open, exclusive for one that
//! creates or deletes it) and `a.db.add` (held by a process that embeds). Only their owner may read these files.

mod check;
mod files;
mod prune;
mod schema;

use std::collections::HashMap;
use std::ffi::OsString;
use std::fmt;
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use half::f16;
use rusqlite::{Connection, ErrorCode, OptionalExtension, Transaction, TransactionBehavior, params};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::lock::{is_still_there, plain, private};
use super::{
    About, Additions, Counts, Guard, KnownFile, NewDocument, NewVectors, Place, Pruned, Reading, Rows, SENTENCES,
    Space, Store, StoreError, Stored, decode, encode, passage_key, rows, versions,
};
use crate::base::Key;
use crate::lang::words;
use crate::passage::{Dropped, Passage};
pub use files::is_part;
use files::{beside, kind, make, make_private, name_of, ours, read_only, real, vector_files, vectors_path};
use schema::Kind;

/// How long to wait for another process that has the database or a lock.
const PATIENCE: Duration = Duration::from_secs(30);
/// Maximum number of bytes and of results that are remembered.
const MEMO_BYTES: i64 = 256 << 20;
const MEMOS: i64 = 64;
/// Maximum number of bytes of a word in the index; the rest is cut off.
const WORD: usize = 256;

type Result<T> = std::result::Result<T, StoreError>;

/// The data of a document, with the columns of its row.
#[derive(Serialize, Deserialize)]
struct Record {
    key: Key,
    reading: Key,
    at: usize,
    first: u64,
    about: About,
}

/// What is done with an error.
type Tell = Box<dyn Fn(&StoreError) + Send + Sync>;

/// A store in a file, or in memory.
pub struct Sqlite {
    /// Path of the store; `None` in memory.
    path: Option<PathBuf>,
    /// Path of a store that was read but cannot be written; changes are kept in memory.
    origin: Option<PathBuf>,
    connection: Mutex<Connection>,
    /// The database, to check that it is still the one at `path`. Closed after the connection: when a process closes
    /// any descriptor of a file, it loses its locks on it (<https://www.sqlite.org/howtocorrupt.html>, section 2.2).
    file: Option<File>,
    /// The rows of each space of a store in memory.
    memory: Mutex<HashMap<i64, Arc<Vec<f16>>>>,
    in_use: Mutex<Option<Guard>>,
    /// Called when the disk is full; changes are kept in memory from then on. `None` if a full disk is an error.
    when_full: Option<Tell>,
    is_full: AtomicBool,
}

impl fmt::Debug for Sqlite {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sqlite").field("path", &self.path).finish_non_exhaustive()
    }
}

impl Sqlite {
    /// How long to wait for another process that has the database or a lock.
    pub const PATIENCE: Duration = PATIENCE;

    /// Whether the file at `path` is a store.
    pub fn is_store(path: &Path) -> bool {
        kind(path).is_ok_and(|kind| kind == Kind::Ours)
    }

    /// Whether another process has the store at `path` open.
    pub fn is_in_use(path: &Path) -> bool {
        let lock = beside(&real(path), ".use");
        plain(&lock).is_some_and(|file| matches!(file.try_lock(), Err(std::fs::TryLockError::WouldBlock)))
    }

    /// A store in memory, which leaves nothing behind.
    ///
    /// # Errors
    /// When there is not enough memory.
    pub fn in_memory() -> Result<Self> {
        let connection = Connection::open_in_memory();
        let store = Self::new(None, connection.map_err(|error| failed(Path::new("none"), error))?, Guard::nobody());
        store.prepare()?;
        Ok(store)
    }

    /// Opens the store at `path`, and creates it if there is none.
    ///
    /// # Errors
    /// When it cannot be created or opened, is not a store, is damaged or newer than this program.
    pub fn open(path: &Path) -> Result<Self> {
        let path = &real(path);
        let start = Instant::now();
        loop {
            make(path)?;
            let guard = Guard::lock(&beside(path, ".use"), true, PATIENCE)?;
            // Another process may have deleted it since.
            if kind(path)? == Kind::Ours {
                return Self::open_made(path, guard);
            } else if start.elapsed() > PATIENCE {
                return Err(StoreError::Busy { path: path.to_owned() });
            }
        }
    }

    /// Opens the store at `path` without writing to it, as on a read-only medium: additions stay in memory.
    ///
    /// # Errors
    /// When it cannot be read, is not a store, is damaged or newer than this program.
    pub fn open_read_only(path: &Path) -> Result<Self> {
        let path = &real(path);
        let sql = |error| failed(path, error);
        if kind(path)? != Kind::Ours {
            return Err(StoreError::Foreign { path: path.to_owned() });
        }
        let guard = Guard::read_only(&beside(path, ".use"));
        let copy = read_only(path).and_then(|from| copy_of(&from)).map_err(sql)?;
        let mut store = Self::new(None, copy, guard);
        store.origin = Some(path.to_owned());
        store.prepare()?;
        Ok(store)
    }

    /// Keeps what no longer fits on the disk in memory, where [`Store::add`] would fail otherwise, and calls `tell`
    /// once with the error. Then the store does not [last](Store::lasts); what was added before stays on the disk.
    #[must_use]
    pub fn when_full(self, tell: impl Fn(&StoreError) + Send + Sync + 'static) -> Self {
        Self { when_full: Some(Box::new(tell)), ..self }
    }

    /// Opens the existing database at `path`; the lock is held while the store is open.
    fn open_made(path: &Path, guard: Guard) -> Result<Self> {
        let io = |source| StoreError::Io { path: path.to_owned(), source };
        let file = private(File::options().create(true), path).map_err(io)?;
        let connection = ours(path)?;
        make_private(&file).map_err(io)?;
        let store = Self::new(Some((path.to_owned(), file)), connection, guard);
        store.prepare()?;
        Ok(store)
    }

    fn new(place: Option<(PathBuf, File)>, connection: Connection, guard: Guard) -> Self {
        let (path, file) = place.unzip();
        Self {
            path,
            origin: None,
            file,
            connection: Mutex::new(connection),
            memory: Mutex::default(),
            in_use: Mutex::new(Some(guard)),
            when_full: None,
            is_full: AtomicBool::new(false),
        }
    }

    /// Sets up the connection, and creates the tables if there are none.
    fn prepare(&self) -> Result<()> {
        let mut connection = self.connection();
        let on_disk = self.path().is_some();
        let set_up = |connection: &mut Connection| {
            set_up_any(connection)?;
            if on_disk {
                // Commits survive a loss of power; deleted content is overwritten.
                connection.query_row("PRAGMA journal_mode = WAL", [], |_| Ok(()))?;
                connection.execute_batch("PRAGMA synchronous = FULL; PRAGMA secure_delete = ON;")?;
            }
            schema::version(connection)
        };
        let found = set_up(&mut connection).map_err(|error| self.failed(error))?;
        match found {
            versions::SCHEMA => Ok(()),
            0 => schema::create(&mut connection).map_err(|error| self.failed(error)),
            1..versions::SCHEMA => schema::renew(&mut connection).map_err(|error| self.failed(error)),
            found => Err(StoreError::Newer { path: self.shown(), found, known: versions::SCHEMA }),
        }
    }

    fn connection(&self) -> MutexGuard<'_, Connection> {
        self.connection.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Path of the store that is written to; `None` in memory.
    fn path(&self) -> Option<&PathBuf> {
        self.path.as_ref().filter(|_| !self.is_full.load(Ordering::Acquire))
    }

    /// Path of a store that was read but cannot be written.
    fn origin(&self) -> Option<&PathBuf> {
        self.origin.as_ref().or(self.path.as_ref()).filter(|_| self.path().is_none())
    }

    /// Goes on in memory if the disk is full and that is no error. Returns whether it does.
    fn go_on_in_memory(&self, error: &StoreError) -> Result<bool> {
        let Some(tell) = self.when_full.as_ref().filter(|_| matches!(error, StoreError::Full { .. })) else {
            return Ok(false);
        };
        let mut connection = self.connection();
        if self.path().is_some() {
            let copy = copy_of(&connection).and_then(|copy| set_up_any(&copy).map(|()| copy));
            *connection = copy.map_err(|error| self.failed(error))?;
            self.is_full.store(true, Ordering::Release);
            tell(error);
        }
        Ok(true)
    }

    fn add_all(&self, new: &Additions) -> Result<()> {
        let mut connection = self.connection();
        let transaction =
            connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(|error| self.failed(error))?;
        self.add_rest(&transaction, new).map_err(|error| self.failed(error))?;
        if let Some((space, vectors)) = &new.vectors {
            self.add_vectors(&transaction, space, vectors)?;
        }
        transaction.commit().map_err(|error| self.failed(error))
    }

    fn shown(&self) -> PathBuf {
        self.path.as_ref().or(self.origin.as_ref()).cloned().unwrap_or_else(|| "none".into())
    }

    fn failed(&self, error: rusqlite::Error) -> StoreError {
        failed(&self.shown(), error)
    }

    fn damaged(&self, what: impl Into<String>) -> StoreError {
        StoreError::Damaged { path: self.shown(), what: what.into() }
    }

    fn io(&self, path: PathBuf, source: io::Error) -> StoreError {
        match source.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded | io::ErrorKind::FileTooLarge => {
                StoreError::Full { path: self.shown() }
            }
            _ => StoreError::Io { path, source },
        }
    }

    fn decoded<T: DeserializeOwned>(&self, what: &str, bytes: &[u8]) -> Result<T> {
        decode(bytes).ok_or_else(|| self.damaged(what))
    }

    /// Runs a statement for each key, and collects the results.
    fn each<K, T>(
        &self,
        sql: &str,
        keys: &[K],
        bind: impl Fn(&K) -> rusqlite::types::Value,
        take: impl Fn(&K, &rusqlite::Row) -> rusqlite::Result<Result<T>>,
    ) -> Result<Vec<Option<T>>> {
        let connection = self.connection();
        let mut statement = connection.prepare_cached(sql).map_err(|error| self.failed(error))?;
        let mut found = Vec::with_capacity(keys.len());
        for key in keys {
            let row = statement
                .query_row([bind(key)], |row| take(key, row))
                .optional()
                .map_err(|error| self.failed(error))?;
            found.push(row.transpose()?);
        }
        Ok(found)
    }

    /// All rows that a statement returns.
    fn all<T>(
        &self,
        sql: &str,
        bound: impl rusqlite::Params,
        take: impl Fn(&rusqlite::Row) -> rusqlite::Result<Result<T>>,
    ) -> Result<Vec<T>> {
        let connection = self.connection();
        let mut statement = connection.prepare_cached(sql).map_err(|error| self.failed(error))?;
        let rows = statement.query_map(bound, |row| take(row)).map_err(|error| self.failed(error))?;
        rows.map(|row| row.map_err(|error| self.failed(error))?).collect()
    }

    /// The number and the generation of each space.
    fn spaces(&self) -> Result<Vec<(i64, Space, i64)>> {
        self.all("SELECT id, key, dim, generation FROM spaces", [], |row| {
            let key: [u8; 16] = row.get(1)?;
            Ok(Ok((row.get(0)?, Space { key: key.into(), dim: row.get(2)? }, row.get(3)?)))
        })
    }

    /// The rows of a space in memory; `None` if there are only those of the store that was read.
    fn in_memory_rows(&self, space: i64) -> Option<Arc<Vec<f16>>> {
        self.memory.lock().unwrap_or_else(PoisonError::into_inner).get(&space).cloned()
    }

    fn mapped(&self, path: &Path, rows: u64, dim: usize) -> Result<Rows> {
        Rows::map(path, rows, dim).map_err(|source| self.damaged(format!("{}: {source}", name_of(path))))
    }

    fn vectors_path(&self, space: i64, generation: i64) -> Option<PathBuf> {
        self.path().map(|path| vectors_path(path, space, generation))
    }

    /// The number, row count and generation of a space, if it has any vector.
    fn space(&self, space: &Space) -> Result<Option<(i64, u64, i64)>> {
        self.space_in(&self.connection(), space)
    }

    fn space_in(&self, connection: &Connection, space: &Space) -> Result<Option<(i64, u64, i64)>> {
        let sql = "SELECT id, rows, generation, sum FROM spaces WHERE key = ?1";
        let found = connection
            .query_row(sql, [space.key.as_ref()], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?)));
        let found: Option<(i64, u64, i64, u32)> = found.optional().map_err(|error| self.failed(error))?;
        match found {
            Some((_, rows, generation, sum)) if sum != space_sum(space, rows, generation) => {
                Err(self.damaged("the record of a model's vectors"))
            }
            found => Ok(found.map(|(id, rows, generation, _)| (id, rows, generation))),
        }
    }

    fn add_vectors(&self, transaction: &Transaction, space: &Space, new: &[NewVectors]) -> Result<()> {
        let sql = |error| self.failed(error);
        let insert = "INSERT OR IGNORE INTO spaces (key, dim, rows, generation, sum) VALUES (?1, ?2, 0, 0, ?3)";
        transaction.execute(insert, params![space.key.as_ref(), space.dim, space_sum(space, 0, 0)]).map_err(sql)?;
        let known = self.space_in(transaction, space)?;
        let (id, first, generation) = known.ok_or_else(|| self.damaged("the record of a model's vectors"))?;
        let mut numbers: Vec<f16> = Vec::new();
        let mut insert = transaction
            .prepare_cached(
                "INSERT OR IGNORE INTO vectors (space, passage, first, rows, sum) VALUES (?1, ?2, ?3, ?4, ?5)",
            )
            .map_err(sql)?;
        for vectors in new {
            let at = first + (numbers.len() / space.dim) as u64;
            let rows = vectors.rows.len() / space.dim;
            let sum = vector_sum(space.key, vectors.key, &vectors.rows);
            // Another process may have added it first.
            if insert.execute(params![id, vectors.key.as_ref(), at, rows, sum]).map_err(sql)? > 0 {
                numbers.extend_from_slice(&vectors.rows[..rows * space.dim]);
            }
        }
        let end = first + (numbers.len() / space.dim) as u64;
        match self.vectors_path(id, generation) {
            Some(path) => rows::append(&path, first, space.dim, &numbers).map_err(|source| self.io(path, source))?,
            None => {
                let before = match (self.in_memory_rows(id), self.origin()) {
                    (None, Some(origin)) => {
                        let rows = self.mapped(&vectors_path(origin, id, generation), first, space.dim)?;
                        Arc::new(rows.range(0..rows.count()).to_vec())
                    }
                    (rows, _) => rows.unwrap_or_default(),
                };
                let mut memory = self.memory.lock().unwrap_or_else(PoisonError::into_inner);
                let rows = Arc::make_mut(memory.entry(id).or_insert(before));
                rows.truncate(first as usize * space.dim);
                rows.extend_from_slice(&numbers);
            }
        }
        set_space(transaction, id, space, (end, generation)).map_err(sql)
    }

    /// The place of a passage's vectors, after checking that they are as they were written.
    fn whole_vectors(
        &self,
        space: &Space,
        passage: Key,
        rows: &Rows,
        (first, count): (u64, u32),
        sum: u32,
    ) -> Result<Place> {
        let place = rows.sums(first, count).map(|sums| Place { first, rows: count, sums });
        let is_whole = |place: &Place| {
            let all = place.first as usize..place.first as usize + place.rows as usize;
            vector_sum(space.key, passage, rows.range(all)) == sum
        };
        place.filter(is_whole).ok_or_else(|| self.damaged("a vector"))
    }

    fn add_document(&self, transaction: &Transaction, document: &NewDocument) -> rusqlite::Result<()> {
        let known =
            transaction.prepare_cached("SELECT 1 FROM documents WHERE key = ?1")?.exists([document.key.as_ref()])?;
        if known {
            return Ok(());
        }
        // Numbers are never reused, so that a remembered number cannot refer to another document.
        let first: u64 = transaction.prepare_cached("SELECT next FROM numbers")?.query_row([], |row| row.get(0))?;
        let texts: Vec<String> = document.passages.iter().map(|passage| indexed(&passage.text)).collect();
        let count = |text: &String| if text.is_empty() { 0 } else { text.split(' ').count() };
        let keys = document.passages.iter().zip(&texts).map(|(passage, text)| (passage_key(passage), count(text)));
        let about =
            About { metadata: document.metadata.clone(), dropped: document.dropped.len(), passages: keys.collect() };
        let record = Record { key: document.key, reading: document.reading, at: document.at, first, about };
        transaction
            .prepare_cached(
                "INSERT INTO documents (key, reading, at, first, passages, about, dropped) \
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
            )?
            .execute(params![
                document.key.as_ref(),
                document.reading.as_ref(),
                document.at,
                first,
                document.passages.len(),
                encode(&record),
                encode(&(document.key, &document.dropped)),
            ])?;
        let mut passages = transaction.prepare_cached("INSERT INTO passages (id, text, rest) VALUES (?1, ?2, ?3)")?;
        let mut words = transaction.prepare_cached("INSERT INTO words (rowid, text) VALUES (?1, ?2)")?;
        for ((number, passage), text) in (first..).zip(&document.passages).zip(&texts) {
            let rest = Passage { text: String::new(), ..passage.clone() };
            passages.execute(params![
                number,
                passage.text,
                encode(&(number, crc32fast::hash(passage.text.as_bytes()), rest))
            ])?;
            words.execute(params![number, text])?;
        }
        transaction
            .prepare_cached("UPDATE numbers SET next = ?1")?
            .execute([first + document.passages.len() as u64])?;
        Ok(())
    }

    fn add_rest(&self, transaction: &Transaction, new: &Additions) -> rusqlite::Result<()> {
        for (key, reading) in &new.readings {
            transaction
                .prepare_cached("INSERT OR IGNORE INTO readings (key, data) VALUES (?1, ?2)")?
                .execute(params![key.as_ref(), encode(&(*key, &**reading))])?;
        }
        new.documents.iter().try_for_each(|document| self.add_document(transaction, document))?;
        for path in &new.gone {
            transaction
                .prepare_cached("DELETE FROM files WHERE path = ?1")?
                .execute([path.as_os_str().as_encoded_bytes()])?;
        }
        for file in &new.files {
            let path = file.path.as_os_str().as_encoded_bytes();
            transaction
                .prepare_cached("INSERT OR REPLACE INTO files (path, data) VALUES (?1, ?2)")?
                .execute(params![path, encode(&(path, file.stamp, file.content, file.reading))])?;
        }
        Ok(())
    }

    /// Decodes a passage from its row.
    fn passage(&self, number: u64, text: String, rest: &[u8]) -> Result<Passage> {
        let (own, sum, rest): (u64, u32, Passage) = self.decoded("a passage", rest)?;
        let whole = |sentence: &std::ops::Range<usize>| text.get(sentence.clone()).is_some();
        if own == number && sum == crc32fast::hash(text.as_bytes()) && rest.sentences.iter().all(whole) {
            Ok(Passage { text, ..rest })
        } else {
            Err(self.damaged("a passage's text"))
        }
    }

    fn file(&self, path: &[u8], data: &[u8]) -> Result<KnownFile> {
        let (own, stamp, content, reading): (Vec<u8>, _, Key, Key) = self.decoded("a file's record", data)?;
        if own == path {
            Ok(KnownFile { path: path_of(own), stamp, content, reading })
        } else {
            Err(self.damaged("a file's path"))
        }
    }
}

impl Store for Sqlite {
    fn files(&self) -> Result<Vec<KnownFile>> {
        self.all("SELECT path, data FROM files", [], |row| {
            Ok(self.file(row.get_ref(0)?.as_blob()?, row.get_ref(1)?.as_blob()?))
        })
    }

    fn readings(&self, keys: &[Key]) -> Result<Vec<Option<Reading>>> {
        self.each("SELECT data FROM readings WHERE key = ?1", keys, blob_of, |key, row| {
            Ok(self.decoded("a reading", row.get_ref(0)?.as_blob()?).and_then(|(own, reading): (Key, Reading)| {
                if own == *key { Ok(reading) } else { Err(self.damaged("a reading's key")) }
            }))
        })
    }

    fn documents(&self, keys: &[Key]) -> Result<Vec<Option<Stored>>> {
        self.each("SELECT id, about FROM documents WHERE key = ?1", keys, blob_of, |key, row| {
            let (number, about) = (row.get(0)?, row.get_ref(1)?.as_blob()?);
            Ok(self.decoded("a document", about).and_then(|Record { key: own, first, about, .. }| {
                if own == *key { Ok(Stored { number, first, about }) } else { Err(self.damaged("a document's key")) }
            }))
        })
    }

    fn passages(&self, numbers: &[u64]) -> Result<Vec<Passage>> {
        let found = self.each("SELECT text, rest FROM passages WHERE id = ?1", numbers, number_of, |number, row| {
            Ok(self.passage(*number, row.get(0)?, row.get_ref(1)?.as_blob()?))
        })?;
        found.into_iter().map(|passage| passage.ok_or_else(|| self.damaged("a passage is missing"))).collect()
    }

    fn dropped(&self, document: u64) -> Result<Vec<Dropped>> {
        let found = self.all("SELECT dropped FROM documents WHERE id = ?1", [document], |row| {
            Ok(self.decoded("a document", row.get_ref(0)?.as_blob()?).map(|(_, dropped): (Key, Vec<Dropped>)| dropped))
        })?;
        found.into_iter().next().ok_or_else(|| self.damaged("a document is missing"))
    }

    fn postings(&self, word: &str) -> Result<Vec<(u64, u32)>> {
        let mut found: Vec<(u64, u32)> = Vec::new();
        let connection = self.connection();
        let mut statement = connection
            .prepare_cached("SELECT doc FROM postings WHERE term = ?1")
            .map_err(|error| self.failed(error))?;
        let mut rows = statement.query([cut(word)]).map_err(|error| self.failed(error))?;
        while let Some(row) = rows.next().map_err(|error| self.failed(error))? {
            let number = row.get(0).map_err(|error| self.failed(error))?;
            match found.last_mut() {
                Some((last, count)) if *last == number => *count += 1,
                _ => found.push((number, 1)),
            }
        }
        Ok(found)
    }

    fn holding(&self, phrase: &[String]) -> Result<Vec<u64>> {
        let words: Vec<String> = phrase.iter().map(|word| cut(word).replace('"', "\"\"")).collect();
        let query = format!("\"{}\"", words.join(" "));
        self.all("SELECT rowid FROM words WHERE words MATCH ?1 ORDER BY rowid", [query], |row| Ok(Ok(row.get(0)?)))
    }

    fn vectors(&self, space: &Space, passages: &[Key]) -> Result<Vec<Option<Place>>> {
        let Some((id, ..)) = self.space(space)? else { return Ok(vec![None; passages.len()]) };
        let sql = format!("SELECT first, rows, sum FROM vectors WHERE space = {id} AND passage = ?1");
        let found = self.each(&sql, passages, blob_of, |_, row| Ok(Ok((row.get(0)?, row.get(1)?, row.get(2)?))))?;
        // Mapped after the query, the file has all rows found, even if another process has added some meanwhile.
        let rows = self.rows(space)?;
        let whole = |(found, passage): (Option<(u64, u32, u32)>, &Key)| {
            found.map(|(first, count, sum)| self.whole_vectors(space, *passage, &rows, (first, count), sum)).transpose()
        };
        found.into_iter().zip(passages).map(whole).collect()
    }

    fn rows(&self, space: &Space) -> Result<Rows> {
        let Some((id, rows, generation)) = self.space(space)? else {
            return Ok(Rows::of_memory(Arc::default(), space.dim));
        };
        match (self.vectors_path(id, generation), self.in_memory_rows(id), self.origin()) {
            (Some(path), ..) => self.mapped(&path, rows, space.dim),
            (None, None, Some(origin)) => self.mapped(&vectors_path(origin, id, generation), rows, space.dim),
            (None, rows, _) => Ok(Rows::of_memory(rows.unwrap_or_default(), space.dim)),
        }
    }

    fn add(&self, new: Additions) -> Result<()> {
        match self.add_all(&new) {
            Err(error) if self.go_on_in_memory(&error)? => self.add_all(&new),
            added => added,
        }
    }

    fn recall(&self, key: Key) -> Result<Option<Vec<u8>>> {
        let found =
            self.each("SELECT data FROM memos WHERE key = ?1", &[key], blob_of, |_, row| Ok(Ok(row.get(0)?)))?;
        Ok(found.into_iter().next().flatten())
    }

    fn remember(&self, key: Key, data: &[u8]) -> Result<()> {
        let mut connection = self.connection();
        let keep = |connection: &mut Connection| {
            let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
            let sql = "INSERT OR REPLACE INTO memos (key, used, data) \
                       VALUES (?1, (SELECT coalesce(max(used), 0) + 1 FROM memos), ?2)";
            transaction.execute(sql, params![key.as_ref(), data])?;
            let sql = "DELETE FROM memos WHERE used < (SELECT max(used) FROM memos) AND used IN (SELECT used FROM \
                       (SELECT used, sum(length(data)) OVER newest AS bytes, row_number() OVER newest AS place \
                       FROM memos WINDOW newest AS (ORDER BY used DESC)) WHERE bytes > ?1 OR place > ?2)";
            transaction.execute(sql, params![MEMO_BYTES, MEMOS])?;
            transaction.commit()
        };
        keep(&mut connection).map_err(|error| self.failed(error))
    }

    fn place(&self) -> PathBuf {
        self.shown()
    }

    fn lasts(&self) -> bool {
        self.path().is_some()
    }

    fn is_still_there(&self) -> bool {
        self.path.as_ref().zip(self.file.as_ref()).is_none_or(|(path, file)| is_still_there(file, path))
    }

    fn sentences(&self, keys: &[Key]) -> Result<Vec<Option<Vec<u8>>>> {
        self.each("SELECT data FROM sentences WHERE key = ?1", keys, blob_of, |_, row| Ok(Ok(row.get(0)?)))
    }

    fn keep_sentences(&self, new: &[(Key, Vec<u8>)]) -> Result<()> {
        if !self.lasts() || new.is_empty() {
            return Ok(());
        }
        let mut connection = self.connection();
        let keep = |connection: &mut Connection| {
            let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
            for (key, data) in new {
                transaction
                    .prepare_cached("INSERT OR REPLACE INTO sentences (key, data) VALUES (?1, ?2)")?
                    .execute(params![key.as_ref(), data])?;
            }
            let sql = "DELETE FROM sentences WHERE id <= (SELECT max(id) FROM sentences) - ?1";
            transaction.execute(sql, [SENTENCES])?;
            transaction.commit()
        };
        keep(&mut connection).map_err(|error| self.failed(error))
    }

    fn adding(&self, patience: Duration) -> Result<Guard> {
        match self.path() {
            Some(path) => Guard::lock(&beside(path, ".add"), false, patience),
            None => Ok(Guard::nobody()),
        }
    }

    fn counts_of(&self, some: &dyn Fn(&KnownFile) -> bool) -> Result<Counts> {
        self.count(some)
    }

    fn verify(&self) -> Result<Vec<String>> {
        self.check()
    }

    fn prune(&self, gone: &dyn Fn(&KnownFile) -> bool) -> Result<Pruned> {
        self.delete_unused(gone)
    }
}

/// A copy of a database in memory.
fn copy_of(from: &Connection) -> rusqlite::Result<Connection> {
    let mut copy = Connection::open_in_memory()?;
    rusqlite::backup::Backup::new(from, &mut copy)?.run_to_completion(i32::MAX, Duration::ZERO, None)?;
    Ok(copy)
}

/// Sets up a connection, on disk or in memory.
fn set_up_any(connection: &Connection) -> rusqlite::Result<()> {
    connection.set_prepared_statement_cache_capacity(64);
    connection.execute_batch("PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON; PRAGMA temp_store = MEMORY;")
}

fn number_of(number: &u64) -> rusqlite::types::Value {
    rusqlite::types::Value::Integer(*number as i64)
}

fn blob_of(key: &Key) -> rusqlite::types::Value {
    rusqlite::types::Value::Blob(key.as_ref().to_vec())
}

/// The words of a text for the index, which splits at white space; no word contains any.
fn indexed(text: &str) -> String {
    words(text).iter().map(|word| cut(&word.folded)).collect::<Vec<_>>().join(" ")
}

fn cut(word: &str) -> &str {
    &word[..word.floor_char_boundary(WORD)]
}

/// A checksum of a passage's vectors and of the keys that they belong to.
fn vector_sum(space: Key, passage: Key, rows: &[f16]) -> u32 {
    let mut sum = crc32fast::Hasher::new();
    sum.update(space.as_ref());
    sum.update(passage.as_ref());
    sum.update(rows::bytes(rows));
    sum.finalize()
}

/// A checksum of the row of a space.
fn space_sum(space: &Space, rows: u64, generation: i64) -> u32 {
    let mut sum = crc32fast::Hasher::new();
    sum.update(space.key.as_ref());
    sum.update(&(space.dim as u64).to_le_bytes());
    sum.update(&rows.to_le_bytes());
    sum.update(&generation.to_le_bytes());
    sum.finalize()
}

/// Sets the number of rows of a space, and the generation of its file.
fn set_space(
    transaction: &Transaction,
    id: i64,
    space: &Space,
    (rows, generation): (u64, i64),
) -> rusqlite::Result<()> {
    let update = "UPDATE spaces SET rows = ?2, generation = ?3, sum = ?4 WHERE id = ?1";
    transaction.execute(update, params![id, rows, generation, space_sum(space, rows, generation)]).map(drop)
}

#[cfg(unix)]
fn path_of(bytes: Vec<u8>) -> PathBuf {
    <OsString as std::os::unix::ffi::OsStringExt>::from_vec(bytes).into()
}

#[cfg(not(unix))]
fn path_of(bytes: Vec<u8>) -> PathBuf {
    String::from_utf8_lossy(&bytes).into_owned().into()
}

fn failed(path: &Path, error: rusqlite::Error) -> StoreError {
    let path = path.to_owned();
    match error.sqlite_error_code() {
        Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => {
            StoreError::Damaged { path, what: error.to_string() }
        }
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => StoreError::Busy { path },
        Some(ErrorCode::DiskFull) => StoreError::Full { path },
        Some(
            ErrorCode::ReadOnly | ErrorCode::CannotOpen | ErrorCode::PermissionDenied | ErrorCode::SystemIoFailure,
        ) => StoreError::Io { path, source: io::Error::other(error) },
        // Rows that contradict each other.
        Some(ErrorCode::ConstraintViolation) => StoreError::Damaged { path, what: error.to_string() },
        // The schema is wrong, or a value has another type.
        _ if !matches!(error, rusqlite::Error::SqliteFailure(..)) => {
            StoreError::Damaged { path, what: error.to_string() }
        }
        Some(ErrorCode::Unknown) => StoreError::Damaged { path, what: error.to_string() },
        _ => StoreError::Backend { path, source: error.into() },
    }
}
