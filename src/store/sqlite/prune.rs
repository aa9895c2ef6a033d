//! Deletes everything that no longer belongs to a file.

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError};

use half::f16;
use rusqlite::{Transaction, TransactionBehavior, params};

use super::{PATIENCE, Record, Result, Sqlite, beside, rows, set_space, vector_files, vectors_path};
use crate::base::Key;
use crate::store::lock::is_still_there;
use crate::store::{Guard, KnownFile, Pruned, Space, Store, StoreError};

/// Passages that are copied at once.
const CHUNK: usize = 4096;

impl Sqlite {
    pub(super) fn delete_unused(&self, gone: &dyn Fn(&KnownFile) -> bool) -> Result<Pruned> {
        let Some(path) = self.path() else { return self.delete_in_transaction(gone) };
        // A lock cannot be upgraded while it is held.
        let mut in_use = self.in_use.lock().unwrap_or_else(PoisonError::into_inner);
        *in_use = None;
        let pruned = self.delete_alone(path, gone);
        // Taken again even if nothing could be deleted: a process that maps vectors holds it.
        *in_use = Some(Guard::lock(&beside(path, ".use"), true, PATIENCE)?);
        pruned
    }

    /// Deletes while no other process has the store open.
    fn delete_alone(&self, path: &Path, gone: &dyn Fn(&KnownFile) -> bool) -> Result<Pruned> {
        let _alone = Guard::lock(&beside(path, ".use"), false, PATIENCE)?;
        // Another process may have deleted the store and created a new one meanwhile.
        if !self.file.as_ref().is_some_and(|file| is_still_there(file, path)) {
            return Err(StoreError::Busy { path: path.to_owned() });
        }
        let pruned = self.delete_in_transaction(gone)?;
        self.shrink()?;
        self.delete_old_files(path)?;
        Ok(pruned)
    }

    fn delete_in_transaction(&self, gone: &dyn Fn(&KnownFile) -> bool) -> Result<Pruned> {
        let files = self.files()?;
        let (gone, kept): (Vec<&KnownFile>, Vec<&KnownFile>) = files.iter().partition(|file| gone(file));
        let readings: HashSet<Key> = kept.iter().map(|file| file.reading).collect();
        let spaces: Vec<_> = self
            .spaces()?
            .into_iter()
            .map(|(id, space, generation)| Ok((id, self.rows(&space)?, space, generation)))
            .collect::<Result<_>>()?;
        let mut connection = self.connection();
        let transaction =
            connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(|error| self.failed(error))?;
        let sql = |error| self.failed(error);
        for file in &gone {
            transaction
                .execute("DELETE FROM files WHERE path = ?1", [file.path.as_os_str().as_encoded_bytes()])
                .map_err(sql)?;
        }
        let (passages, used) = self.delete_documents(&transaction, &readings)?;
        let mut vectors = 0;
        for (id, rows, space, generation) in spaces {
            vectors += self.delete_vectors(&transaction, (id, &space, generation), &rows, &used)?;
        }
        transaction.execute_batch("DELETE FROM memos; DELETE FROM sentences;").map_err(sql)?;
        transaction.commit().map_err(sql)?;
        Ok(Pruned { files: gone.len(), passages, vectors })
    }

    /// Deletes everything that belongs to no reading of `kept`; returns the number of passages, and the keys of those
    /// kept.
    fn delete_documents(&self, transaction: &Transaction, kept: &HashSet<Key>) -> Result<(usize, HashSet<Key>)> {
        let sql = |error| self.failed(error);
        let (mut deleted, mut used) = (0, HashSet::new());
        let mut select =
            transaction.prepare("SELECT id, reading, first, passages, about FROM documents").map_err(sql)?;
        let mut found = select.query([]).map_err(sql)?;
        while let Some(row) = found.next().map_err(sql)? {
            let read = || Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?));
            let (number, reading, first, passages, about): (u64, [u8; 16], u64, u64, Vec<u8>) = read().map_err(sql)?;
            if kept.contains(&Key::from(reading)) {
                let record: Record = self.decoded("a document", &about)?;
                used.extend(record.about.passages.into_iter().map(|(key, _)| key));
                continue;
            }
            let range = params![first, first + passages];
            transaction.execute("DELETE FROM words WHERE rowid >= ?1 AND rowid < ?2", range).map_err(sql)?;
            transaction.execute("DELETE FROM passages WHERE id >= ?1 AND id < ?2", range).map_err(sql)?;
            transaction.execute("DELETE FROM documents WHERE id = ?1", [number]).map_err(sql)?;
            deleted += passages as usize;
        }
        let readings: Vec<[u8; 16]> = {
            let mut select = transaction.prepare("SELECT key FROM readings").map_err(sql)?;
            let keys = select.query_map([], |row| row.get(0)).map_err(sql)?;
            keys.collect::<rusqlite::Result<_>>().map_err(sql)?
        };
        for key in readings.into_iter().filter(|key| !kept.contains(&Key::from(*key))) {
            transaction.execute("DELETE FROM readings WHERE key = ?1", [key]).map_err(sql)?;
        }
        Ok((deleted, used))
    }

    /// Copies the vectors of `used` passages to a file of the next generation; returns the number of other passages.
    fn delete_vectors(
        &self,
        transaction: &Transaction,
        (id, space, generation): (i64, &Space, i64),
        old: &rows::Rows,
        used: &HashSet<Key>,
    ) -> Result<usize> {
        let sql = |error| self.failed(error);
        let all: Vec<([u8; 16], usize, usize)> = {
            let mut select = transaction
                .prepare("SELECT passage, first, rows FROM vectors WHERE space = ?1 ORDER BY first")
                .map_err(sql)?;
            let rows = select.query_map([id], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?))).map_err(sql)?;
            rows.collect::<rusqlite::Result<_>>().map_err(sql)?
        };
        let (kept, unused): (Vec<_>, Vec<_>) = all.into_iter().partition(|(key, ..)| used.contains(&Key::from(*key)));
        if unused.is_empty() {
            return Ok(0);
        }
        for (key, ..) in &unused {
            transaction
                .execute("DELETE FROM vectors WHERE space = ?1 AND passage = ?2", params![id, key])
                .map_err(sql)?;
        }
        let path = self.vectors_path(id, generation + 1);
        // Left by an interrupted run.
        if let Some(path) = path.as_ref().filter(|path| path.exists()) {
            std::fs::remove_file(path).map_err(|source| self.io(path.clone(), source))?;
        }
        let (mut end, mut numbers): (u64, Vec<f16>) = (0, Vec::new());
        let mut memory: Vec<f16> = Vec::new();
        for chunk in kept.chunks(CHUNK) {
            let start = end;
            for (key, first, count) in chunk {
                if first + count > old.count() {
                    return Err(self.damaged("a vector is missing"));
                }
                transaction
                    .execute("UPDATE vectors SET first = ?3 WHERE space = ?1 AND passage = ?2", params![id, key, end])
                    .map_err(sql)?;
                numbers.extend_from_slice(old.range(*first..first + count));
                end += *count as u64;
            }
            match &path {
                Some(path) => {
                    rows::append(path, start, old.dim(), &numbers).map_err(|source| self.io(path.clone(), source))?;
                }
                None => memory.extend_from_slice(&numbers),
            }
            numbers.clear();
        }
        if path.is_none() {
            self.memory.lock().unwrap_or_else(PoisonError::into_inner).insert(id, Arc::new(memory));
        }
        set_space(transaction, id, space, (end, generation + i64::from(self.path().is_some()))).map_err(sql)?;
        Ok(unused.len())
    }

    /// Returns free pages to the disk, so that deleted content is really gone.
    fn shrink(&self) -> Result<()> {
        let connection = self.connection();
        // VACUUM makes a copy, which need not be in memory.
        let steps = "INSERT INTO words (words) VALUES ('optimize'); PRAGMA temp_store = DEFAULT; VACUUM; \
                     PRAGMA wal_checkpoint(TRUNCATE);";
        connection.execute_batch(steps).map_err(|error| self.failed(error))
    }

    /// Deletes vector files of an earlier generation, or of one that was never committed.
    fn delete_old_files(&self, path: &Path) -> Result<()> {
        let current: Vec<PathBuf> =
            self.spaces()?.iter().map(|(id, _, generation)| vectors_path(path, *id, *generation)).collect();
        let io = |source| StoreError::Io { path: path.to_owned(), source };
        let old: Vec<PathBuf> = vector_files(path)
            .map_err(io)?
            .into_iter()
            .filter(|file| !current.iter().any(|kept| kept.file_name() == file.file_name()))
            .collect();
        old.iter().try_for_each(|file| std::fs::remove_file(file).map_err(io))
    }
}
