//! The vectors of an unfinished `embed --resume`: a file beside the output, from which the next run resumes.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, BufReader, BufWriter, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use ndarray::Array2;
use samesay::base::Key;
use samesay::model::{Embedder, Prompt, Text};

use super::config::UsageError;
use super::output::beside;

/// First bytes of the file.
const MAGIC: &[u8] = b"samesay part 1\n";
/// Bytes before the rows: the magic bytes, and the key of everything but the texts.
const HEAD: u64 = MAGIC.len() as u64 + 16;
/// Least cosine of a row with the vector that its text gives now. It is below 1 because another CPU rounds differently.
const SAME: f32 = 0.999;
/// The error for a file that is something else.
const FOREIGN: &str = "exists and is not part of an unfinished run; remove it";

/// A file of rows of vectors: f32, little-endian, one row after the other.
pub struct Part {
    path: PathBuf,
    rows: BufWriter<File>,
    dim: usize,
    /// Rows of an earlier run.
    kept: usize,
    /// Texts that were skipped because their rows exist.
    passed: usize,
}

impl Part {
    /// Opens the part of an output, or creates it. `key` identifies everything that decides the vectors but the texts;
    /// each vector has `dim` values.
    ///
    /// # Errors
    /// When the file is something else, or another process writes it.
    pub fn open(output: &Path, key: Key, dim: usize) -> Result<Self> {
        let path = Self::path(output);
        let shown = path.display().to_string();
        let refused = |why: &str| UsageError(format!("{shown}: {why}"));
        let file = OpenOptions::new().read(true).write(true).create(true).truncate(false).open(&path);
        let mut file = file.with_context(|| shown.clone())?;
        match file.try_lock() {
            Err(TryLockError::WouldBlock) => return Err(refused("is being written by another samesay").into()),
            Err(TryLockError::Error(_)) | Ok(()) => {}
        }
        let length = file.metadata().with_context(|| shown.clone())?.len();
        let head = [MAGIC, key.as_ref()].concat();
        let kept = if length < HEAD {
            // A new file, or one that was cut off within its header.
            let mut begin = Vec::new();
            file.read_to_end(&mut begin).with_context(|| shown.clone())?;
            if !head.starts_with(&begin) {
                return Err(refused(FOREIGN).into());
            }
            file.seek(SeekFrom::Start(0)).and_then(|_| file.write_all(&head)).with_context(|| shown.clone())?;
            0
        } else {
            let mut begin = vec![0; HEAD as usize];
            file.read_exact(&mut begin).with_context(|| shown.clone())?;
            if !begin.starts_with(MAGIC) {
                return Err(refused(FOREIGN).into());
            }
            if begin != head {
                let what = "was made with a different model, precision, prompt or shard";
                let how = "resume with the options of the run that began it, or remove it to begin again";
                return Err(refused(&format!("{what}; {how}")).into());
            }
            usize::try_from((length - HEAD) / row_bytes(dim))?
        };
        // A row that was cut off is computed again.
        let end = HEAD + kept as u64 * row_bytes(dim);
        file.set_len(end).and_then(|()| file.seek(SeekFrom::Start(end))).with_context(|| shown.clone())?;
        Ok(Self { path, rows: BufWriter::new(file), dim, kept, passed: 0 })
    }

    /// Path of the part of an output.
    pub fn path(output: &Path) -> PathBuf {
        beside(output, ".part")
    }

    /// Number of rows from an earlier run.
    pub fn kept(&self) -> usize {
        self.kept
    }

    /// Returns those of the next texts that have no rows yet. The first and the last existing row are compared with the
    /// vectors that their texts give now. `input` is the name of the texts.
    ///
    /// # Errors
    /// When the rows were made from other texts.
    pub fn missing(
        &mut self,
        mut texts: Vec<(usize, String)>,
        embedder: &Embedder,
        input: &str,
    ) -> Result<Vec<(usize, String)>> {
        let here = texts.len().min(self.kept - self.passed);
        let rest = texts.split_off(here);
        for row in [0, self.kept.wrapping_sub(1)] {
            if let Some((_, text)) = row.checked_sub(self.passed).and_then(|at| texts.get(at)) {
                let now = embedder.embed_with_sentences(&[Text { text, sentences: &[] }], Prompt::None, &|_| {})?;
                let then = self.read(row..row + 1)?;
                let length = |row: &Array2<f32>| row.iter().map(|value| value * value).sum::<f32>().sqrt();
                let product: f32 = now.texts.iter().zip(&then).map(|(now, then)| now * then).sum();
                let lengths = length(&now.texts) * length(&then);
                // A vector of zeros has no direction.
                if now.texts != then && (lengths == 0.0 || product < SAME * lengths) {
                    return Err(self.of_others(input).into());
                }
            }
        }
        self.passed += here;
        Ok(rest)
    }

    /// Checks that there were as many texts as there are rows from an earlier run.
    ///
    /// # Errors
    /// When there are more rows.
    pub fn is_of(&self, input: &str) -> Result<(), UsageError> {
        if self.passed == self.kept { Ok(()) } else { Err(self.of_others(input)) }
    }

    fn of_others(&self, input: &str) -> UsageError {
        let how = "remove it to begin again";
        UsageError(format!("{}: contains vectors of other texts than {input}; {how}", self.path.display()))
    }

    /// Adds rows `[n, dim]`. The next run can read them once this returns.
    ///
    /// # Errors
    /// When they cannot be written.
    pub fn add(&mut self, vectors: &Array2<f32>) -> Result<()> {
        let mut write = || {
            vectors.iter().try_for_each(|value| self.rows.write_all(&value.to_le_bytes()))?;
            self.rows.flush()
        };
        write().with_context(|| self.path.display().to_string())
    }

    /// Reads rows `[n, dim]`.
    ///
    /// # Errors
    /// When they cannot be read.
    pub fn read(&self, rows: std::ops::Range<usize>) -> Result<Array2<f32>> {
        let read = || {
            let mut file = BufReader::new(File::open(&self.path)?);
            file.seek(SeekFrom::Start(HEAD + rows.start as u64 * row_bytes(self.dim)))?;
            let mut bytes = vec![0; rows.len() * self.dim * 4];
            file.read_exact(&mut bytes)?;
            Ok::<_, io::Error>(bytes.as_chunks::<4>().0.iter().map(|value| f32::from_le_bytes(*value)).collect())
        };
        let values: Vec<f32> = read().with_context(|| self.path.display().to_string())?;
        Ok(Array2::from_shape_vec((rows.len(), self.dim), values)?)
    }

    /// Deletes the file.
    ///
    /// # Errors
    /// When the file cannot be deleted.
    pub fn remove(self) -> Result<()> {
        std::fs::remove_file(&self.path).with_context(|| self.path.display().to_string())
    }
}

fn row_bytes(dim: usize) -> u64 {
    dim as u64 * 4
}
