//! The vectors of one space as consecutive rows of half-precision numbers: a file mapped into memory, or memory.
//!
//! A query reads all of them. From a mapped file that is one pass at the speed of memory; SQLite would first copy each
//! page (measured in `benches/record`). The file and the database cannot diverge: rows are written after the last one
//! that the database counts, and are on disk before the transaction that counts them. Anything after that is unused,
//! and the next writer overwrites it. Counted rows never change; deleting some makes a new file, and the transaction
//! that gives the rows their new places also switches to its name.

use std::fs::File;
use std::io::{self, Write};
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

use half::f16;
use half::slice::{HalfBitsSliceExt, HalfFloatSliceExt};
use memmap2::Mmap;

use super::Place;
use super::lock::{open_regular, private};

/// Rows `[n, dim]` in half precision.
#[derive(Debug, Clone)]
pub struct Rows {
    dim: usize,
    data: Data,
}

#[derive(Debug, Clone)]
enum Data {
    Mapped(Arc<Mmap>, usize),
    Memory(Arc<Vec<f16>>),
}

impl Rows {
    /// Rows in memory.
    pub fn of_memory(data: Arc<Vec<f16>>, dim: usize) -> Self {
        Self { dim, data: Data::Memory(data) }
    }

    /// The first `rows` rows of a file.
    ///
    /// # Errors
    /// When the file cannot be opened, or is too short.
    pub fn map(path: &Path, rows: u64, dim: usize) -> io::Result<Self> {
        if rows == 0 {
            return Ok(Self::of_memory(Arc::default(), dim));
        }
        let numbers = usize::try_from(rows)
            .ok()
            .and_then(|rows| rows.checked_mul(dim)?.checked_mul(SIZE))
            .map(|bytes| bytes / SIZE);
        let file = open_regular(path)?;
        let there = file.metadata()?.len();
        match numbers.filter(|numbers| *numbers as u64 * SIZE as u64 <= there) {
            // SAFETY: rows that the database counts are never written again, and the file is never shortened: samesay
            // itself only appends after them, and replaces it as a whole. The shared lock on the store is held while
            // the file is mapped. Another program that truncates the file while it is read would crash this one; that
            // holds for every mapped file.
            Some(numbers) => Ok(Self { dim, data: Data::Mapped(Arc::new(unsafe { Mmap::map(&file)? }), numbers) }),
            None => Err(io::Error::new(
                io::ErrorKind::UnexpectedEof,
                format!("{there} bytes are too few for {rows} vectors of {dim} values"),
            )),
        }
    }

    /// Length of a row.
    pub fn dim(&self) -> usize {
        self.dim
    }

    /// Number of rows.
    pub fn count(&self) -> usize {
        self.numbers().len() / self.dim.max(1)
    }

    /// One row.
    ///
    /// # Panics
    /// When there is no such row.
    pub fn row(&self, at: usize) -> &[f16] {
        self.range(at..at + 1)
    }

    /// Consecutive rows.
    ///
    /// # Panics
    /// When there are not that many rows.
    pub fn range(&self, rows: Range<usize>) -> &[f16] {
        &self.numbers()[rows.start * self.dim..rows.end * self.dim]
    }

    /// Whether a passage's own row is as it was written.
    pub fn has_passage(&self, place: &Place) -> bool {
        self.sums(place.first, place.rows.min(1)).is_some_and(|sums| sums[0] == place.sums[0])
    }

    /// Whether the rows of a passage and its sentences are as they were written.
    pub fn has_all(&self, place: &Place) -> bool {
        self.sums(place.first, place.rows) == Some(place.sums)
    }

    /// The [`Place::sums`] of rows; `None` if they do not exist.
    pub fn sums(&self, first: u64, rows: u32) -> Option<[u32; 2]> {
        let end = first.saturating_add(u64::from(rows));
        (rows > 0 && end <= self.count() as u64).then(|| {
            let (own, sentences) = self.range(first as usize..end as usize).split_at(self.dim);
            [own, sentences].map(|numbers| crc32fast::hash(bytes(numbers)))
        })
    }

    fn numbers(&self) -> &[f16] {
        match &self.data {
            // A page begins at an even address.
            Data::Mapped(map, numbers) => bytemuck::cast_slice::<u8, u16>(&map[..numbers * SIZE]).reinterpret_cast(),
            Data::Memory(data) => data,
        }
    }
}

/// Bytes of a number.
const SIZE: usize = size_of::<f16>();

/// Writes rows of length `dim` after the first `rows` of a file, which is created if need be, and waits until the disk
/// has them.
pub fn append(path: &Path, rows: u64, dim: usize, new: &[f16]) -> io::Result<()> {
    use std::io::{Seek, SeekFrom};
    let mut file = private(File::options().create(true), path)?;
    let start = rows.checked_mul((dim * SIZE) as u64).ok_or(io::ErrorKind::FileTooLarge)?;
    file.seek(SeekFrom::Start(start))?;
    file.write_all(bytes(new))?;
    file.sync_data()?;
    match path.parent().filter(|_| rows == 0) {
        // The directory entry of the file must reach the disk too.
        Some(folder) => sync_folder(if folder.as_os_str().is_empty() { Path::new(".") } else { folder }),
        None => Ok(()),
    }
}

#[cfg(unix)]
fn sync_folder(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

/// Other systems cannot sync a folder.
#[cfg(not(unix))]
fn sync_folder(_: &Path) -> io::Result<()> {
    Ok(())
}

/// The bytes of numbers, as in the file.
pub fn bytes(numbers: &[f16]) -> &[u8] {
    bytemuck::cast_slice(numbers.reinterpret_cast())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_appended_is_there_and_what_nobody_counted_is_written_over() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("rows");
        let row = |value: f32| [f16::from_f32(value); 2];
        append(&path, 0, 2, &[row(1.0), row(2.0)].concat()).unwrap();
        append(&path, 1, 2, &row(3.0)).unwrap();
        let rows = Rows::map(&path, 2, 2).unwrap();
        assert_eq!((rows.count(), rows.row(0), rows.row(1)), (2, &row(1.0)[..], &row(3.0)[..]));
        assert_eq!(rows.range(0..2), [row(1.0), row(3.0)].concat());
        let place = Place { first: 0, rows: 2, sums: rows.sums(0, 2).unwrap() };
        assert!(rows.has_passage(&place) && rows.has_all(&place));
        assert_eq!([rows.sums(1, 2), rows.sums(0, 0), rows.sums(u64::MAX, 1)], [None; 3]);
        append(&path, 1, 2, &row(4.0)).unwrap();
        let rows = Rows::map(&path, 2, 2).unwrap();
        assert!(rows.has_passage(&place) && !rows.has_all(&place));
        append(&path, 0, 2, &[row(3.0), row(1.0)].concat()).unwrap();
        assert!(!Rows::map(&path, 2, 2).unwrap().has_passage(&place));
        assert!(Rows::map(&path, 3, 2).unwrap_err().to_string().contains("too few"));
        assert_eq!(Rows::map(&folder.path().join("none"), 0, 2).unwrap().count(), 0);
    }
}
