//! The tables of the store.

use std::io::{self, Read};
use std::path::Path;

use rusqlite::{Connection, TransactionBehavior};

use crate::store::lock::open_regular;
use crate::store::versions::SCHEMA;

/// "SaSy": marks a SQLite database as a store of this program, in its header.
const APPLICATION: u32 = 0x5361_5379;

/// The kind of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// No file, or an empty one.
    Empty,
    Ours,
    /// A database of one page without identification, whose creation was interrupted, by this program or another.
    /// [`is_ours`] decides.
    Young,
    Foreign,
}

/// The kind of the file at `path`, by its first bytes (<https://www.sqlite.org/fileformat.html>, section 1.3). While
/// another process may be creating it, only [`Kind::Ours`] is reliable.
pub fn kind(path: &Path) -> io::Result<Kind> {
    let mut head = Vec::new();
    match open_regular(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Kind::Empty),
        file => file?.take(100).read_to_end(&mut head)?,
    };
    let application = head.get(68..72).map(|bytes| bytes.try_into().map_or(0, u32::from_be_bytes));
    Ok(match (head.is_empty(), head.starts_with(b"SQLite format 3\0"), application) {
        (true, ..) => Kind::Empty,
        (_, true, Some(APPLICATION)) => Kind::Ours,
        (_, true, Some(0)) if head[28..32] == [0, 0, 0, 1] => Kind::Young,
        _ => Kind::Foreign,
    })
}

/// Whether a database is a store of this program, or still empty. Its log is read too.
pub fn is_ours(connection: &Connection) -> rusqlite::Result<bool> {
    let application: u32 = connection.query_row("PRAGMA application_id", [], |row| row.get(0))?;
    let things: u32 = connection.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
    Ok(application == APPLICATION || application == 0 && version(connection)? == 0 && things == 0)
}

pub fn version(connection: &Connection) -> rusqlite::Result<u32> {
    connection.query_row("PRAGMA user_version", [], |row| row.get(0))
}

/// Creates the tables, unless another process has done so.
pub fn create(connection: &mut Connection) -> rusqlite::Result<()> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    if version(&transaction)? == 0 {
        transaction.execute_batch(TABLES)?;
        transaction.execute_batch(SENTENCES)?;
        transaction
            .execute_batch(&format!("PRAGMA application_id = {APPLICATION}; PRAGMA user_version = {SCHEMA};"))?;
    }
    transaction.commit()
}

/// Upgrades a store of an older version, unless another process has done so. Older programs stored documents in another
/// format, so these are deleted, and made again from the documents' files.
pub fn renew(connection: &mut Connection) -> rusqlite::Result<()> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    if version(&transaction)? < SCHEMA {
        transaction.execute_batch(
            "DELETE FROM readings; DELETE FROM documents; DELETE FROM passages; DELETE FROM memos;
             INSERT INTO words (words) VALUES ('delete-all');",
        )?;
        if version(&transaction)? < 3 {
            transaction.execute_batch(SENTENCES)?;
        }
        transaction.execute_batch(&format!("PRAGMA user_version = {SCHEMA};"))?;
    }
    transaction.commit()
}

/// `files.path` is the bytes of a path; every other blob but a key is sealed ([`encode`](crate::store::encode)) and
/// contains its own key. `words` stores no text; a row has the number of its passage. `vectors.sum` is the CRC-32 of
/// the keys of space and passage and of the numbers, `spaces.sum` that of the rest of its row.
const TABLES: &str = r##"
    CREATE TABLE files (path BLOB PRIMARY KEY, data BLOB NOT NULL) WITHOUT ROWID;
    CREATE TABLE readings (key BLOB PRIMARY KEY, data BLOB NOT NULL);
    CREATE TABLE documents (
        id INTEGER PRIMARY KEY, key BLOB NOT NULL UNIQUE, reading BLOB NOT NULL, at INTEGER NOT NULL,
        first INTEGER NOT NULL, passages INTEGER NOT NULL, about BLOB NOT NULL, dropped BLOB NOT NULL
    );
    CREATE INDEX documents_of_readings ON documents (reading, at);
    CREATE TABLE passages (id INTEGER PRIMARY KEY, text TEXT NOT NULL, rest BLOB NOT NULL);
    CREATE TABLE numbers (next INTEGER NOT NULL);
    INSERT INTO numbers VALUES (1);
    CREATE VIRTUAL TABLE words USING fts5 (
        text, content = '', contentless_delete = 1,
        tokenize = "ascii tokenchars '!""#$%&''()*+,-./:;<=>?@[\]^_`{|}~'"
    );
    CREATE VIRTUAL TABLE postings USING fts5vocab (words, instance);
    CREATE TABLE spaces (
        id INTEGER PRIMARY KEY, key BLOB NOT NULL UNIQUE, dim INTEGER NOT NULL, rows INTEGER NOT NULL, generation INTEGER NOT NULL,
        sum INTEGER NOT NULL
    );
    CREATE TABLE vectors (
        space INTEGER NOT NULL, passage BLOB NOT NULL, first INTEGER NOT NULL, rows INTEGER NOT NULL, sum INTEGER NOT NULL,
        PRIMARY KEY (space, passage)
    ) WITHOUT ROWID;
    CREATE TABLE memos (key BLOB PRIMARY KEY, used INTEGER NOT NULL, data BLOB NOT NULL);
"##;

/// Added in version 3 of the store. The numbers ascend, so that the lowest is the oldest.
const SENTENCES: &str = r##"
    CREATE TABLE sentences (id INTEGER PRIMARY KEY, key BLOB NOT NULL UNIQUE, data BLOB NOT NULL);
"##;
