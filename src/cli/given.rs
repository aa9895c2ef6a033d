//! Vectors that the user already has, for `pairs`, `cluster` and `query`.

use std::ops::Range;
use std::path::{Path, PathBuf};

use anyhow::Result;
use ndarray::{Array2, ArrayView2};
use samesay::compare::alike::{Units, distribution_in, distribution_of};
use samesay::compare::{Distribution, FEW, Pieces, Threshold, nearest_between, nearest_in};
use samesay::kernels::{Isa, Kernels};
#[cfg(feature = "parquet")]
use samesay::library::vectors::read_parquet;
use samesay::library::vectors::{Npy, VectorsError, read_ids, read_npy};
use samesay::model::Backend;
use samesay::report::counted;

use super::config::{Config, UsageError};
use super::input::InputError;
use super::output::beside;

/// Options that are about the model, and have no meaning for vectors that already exist.
const OF_MODELS: [&str; 3] = ["--model", "--dim", "--precision"];

/// Vectors and their ids.
pub struct Named {
    pub units: Units,
    ids: Option<Vec<String>>,
}

impl Named {
    /// Reads the vectors of a file. Their ids come from the file `ids`, or else from the file beside the vectors.
    pub fn read(path: &Path, ids: Option<&Path>) -> Result<Self> {
        in_a_file(path)?;
        let (vectors, own) = if is_parquet(path) { of_parquet(path)? } else { (read_npy(path)?, None) };
        let ids = ids_of(path, ids, vectors.nrows())?.or(own);
        Ok(Self { units: Units::of_vectors(vectors), ids })
    }

    /// The id of a vector, or else its number from 1.
    pub fn id(&self, at: usize) -> String {
        id(self.ids.as_deref(), at)
    }

    /// Checks that there is at least one vector. A message calls them `what`.
    pub fn some(&self, what: &str) -> Result<(), InputError> {
        some(self.units.len(), what)
    }

    /// Checks that there are at least two vectors, for `purpose`.
    pub fn two(&self, path: &Path, purpose: &str) -> Result<(), InputError> {
        match self.units.len() {
            n @ (0 | 1) => {
                Err(InputError::new(format!("{}: contains {}; {purpose}", path.display(), counted(n, "vector"))))
            }
            _ => Ok(()),
        }
    }

    /// Checks that these vectors, which a message calls `what`, have as many values as the vectors of `path`.
    pub fn as_wide_as(&self, other: usize, what: &str, path: &Path) -> Result<(), InputError> {
        let width = self.units.vectors.ncols();
        if width == other {
            return Ok(());
        }
        let path = path.display();
        Err(InputError::new(format!(
            "{what}: its vectors have {width} values, but those of {path} have {other}; compare vectors from one model"
        )))
    }
}

/// Vectors that are searched.
pub enum Among {
    /// All vectors, in memory.
    Here(Named),
    /// A `.npy` file, which is read once during a search for a few vectors.
    File { npy: Npy, ids: Option<Vec<String>> },
}

impl Among {
    /// Opens a file of vectors, in which `asked` vectors will be looked for. Ids are those of [`Named::read`].
    pub fn open(path: &Path, ids: Option<&Path>, asked: usize) -> Result<Self> {
        if asked > FEW || is_parquet(path) {
            return Ok(Self::Here(Named::read(path, ids)?));
        }
        in_a_file(path)?;
        let npy = Npy::open(path)?;
        let ids = ids_of(path, ids, npy.len())?;
        Ok(Self::File { npy, ids })
    }

    /// Number of vectors.
    pub fn len(&self) -> usize {
        match self {
            Self::Here(named) => named.units.len(),
            Self::File { npy, .. } => npy.len(),
        }
    }

    /// Checks that there is at least one vector. A message calls them `what`.
    pub fn some(&self, what: &str) -> Result<(), InputError> {
        some(self.len(), what)
    }

    /// Number of values of each vector.
    pub fn dim(&self) -> usize {
        match self {
            Self::Here(named) => named.units.vectors.ncols(),
            Self::File { npy, .. } => npy.dim(),
        }
    }

    /// The id of a vector, or else its number from 1.
    pub fn id(&self, at: usize) -> String {
        match self {
            Self::Here(named) => named.id(at),
            Self::File { ids, .. } => id(ids.as_deref(), at),
        }
    }

    /// The distribution of random pairs, as [`distribution_of`] returns it.
    pub fn distribution(&self, kernels: &dyn Kernels, asked: ArrayView2<f32>) -> Result<Option<Distribution>> {
        match self {
            Self::Here(named) => Ok(distribution_of(kernels, asked, Some(named.units.vectors.view()))),
            Self::File { npy, .. } => Ok(distribution_in(kernels, asked, &InFile(npy))?),
        }
    }

    /// The vectors nearest to each of `asked`, as [`nearest_between`] returns them.
    pub fn nearest(
        &self,
        kernels: &'static dyn Kernels,
        asked: ArrayView2<f32>,
        most: usize,
        least: f32,
    ) -> Result<Vec<Vec<(usize, f32)>>> {
        match self {
            Self::Here(named) => Ok(nearest_between(kernels, asked, named.units.vectors.view(), most, least)),
            Self::File { npy, .. } => Ok(nearest_in(kernels, asked, &InFile(npy), most, least)?),
        }
    }
}

/// The rows of a file.
struct InFile<'a>(&'a Npy);

impl Pieces for InFile<'_> {
    type Error = VectorsError;

    const SCALED: bool = false;

    fn shape(&self) -> (usize, usize) {
        (self.0.len(), self.0.dim())
    }

    fn rows<'a>(&'a self, rows: Range<usize>, room: &'a mut Vec<f32>) -> Result<&'a [f32], VectorsError> {
        room.resize(rows.len() * self.0.dim(), 0.0);
        self.0.read_unscaled(rows.start, room)?;
        Ok(room)
    }

    fn scaled<'a>(&self, at: usize, row: &'a [f32], room: &'a mut Vec<f32>) -> Result<&'a [f32], VectorsError> {
        room.clear();
        room.extend_from_slice(row);
        self.0.scale(at, room)?;
        Ok(room)
    }
}

/// Checks that vectors are not to be read from stdin, as files of them are read in any order.
fn in_a_file(path: &Path) -> Result<(), UsageError> {
    if path == Path::new("-") {
        return Err(UsageError("-: vectors are not read from stdin; name a file".to_owned()));
    }
    Ok(())
}

fn is_parquet(path: &Path) -> bool {
    path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("parquet"))
}

/// Reads the ids of `n` vectors from the file `named`, or else from the file beside a `.npy`.
fn ids_of(path: &Path, named: Option<&Path>, n: usize) -> Result<Option<Vec<String>>, VectorsError> {
    let own = Some(ids_of_npy(path)).filter(|ids| !is_parquet(path) && ids.is_file());
    named.or(own.as_deref()).map(|ids| read_ids(ids, n)).transpose()
}

fn some(n: usize, what: &str) -> Result<(), InputError> {
    if n == 0 { Err(InputError::new(format!("{what}: contains no vectors"))) } else { Ok(()) }
}

fn id(ids: Option<&[String]>, at: usize) -> String {
    ids.map_or_else(|| (at + 1).to_string(), |ids| ids[at].clone())
}

#[cfg(feature = "parquet")]
fn of_parquet(path: &Path) -> Result<(Array2<f32>, Option<Vec<String>>)> {
    Ok(read_parquet(path)?)
}

#[cfg(not(feature = "parquet"))]
fn of_parquet(path: &Path) -> Result<(Array2<f32>, Option<Vec<String>>)> {
    Err(super::output::without_parquet(&path.display().to_string(), ".npy").into())
}

/// The kernels that multiply vectors, and the name of their instruction set. Options that are about a model are
/// refused.
pub fn kernels(config: &Config) -> Result<(&'static dyn Kernels, &'static str)> {
    if let Some(flag) = OF_MODELS.iter().find(|flag| config.typed.iter().any(|typed| typed == *flag)) {
        return Err(UsageError(format!("{flag}: does not apply to --vectors; omit it")).into());
    }
    let isa = match config.backend {
        Backend::Isa(isa, _) => isa.name,
        _ => "",
    };
    Ok((Isa::kernels_of(isa), Isa::name_of(isa)))
}

/// The cosine of a threshold, if one was asked for, given the distribution of random pairs.
pub fn cut(same: Threshold, distribution: Option<&Distribution>) -> Option<f32> {
    match (same, distribution) {
        (Threshold::Score(score), _) => Some(score),
        // Every pair reaches this percentile.
        (Threshold::Percentile(percent), _) if percent <= 0.0 => Some(-1.0),
        (Threshold::Percentile(percent), Some(distribution)) => Some(distribution.quantile(f64::from(percent) / 100.0)),
        _ => None,
    }
}

/// The file with the ids of the vectors in a `.npy` file, which cannot contain them.
pub fn ids_of_npy(path: &Path) -> PathBuf {
    beside(path, ".ids")
}
