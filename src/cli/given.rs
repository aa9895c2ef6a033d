//! Vectors that the user has already, for `pairs`, `cluster` and `query`.

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

/// Options that are about the model: vectors that are given are made already.
const OF_MODELS: [&str; 3] = ["--model", "--dim", "--precision"];

/// Vectors and what they are called.
pub struct Named {
    pub units: Units,
    ids: Option<Vec<String>>,
}

impl Named {
    /// The vectors of a file, with ids from another: that which is named, else that beside it.
    pub fn read(path: &Path, ids: Option<&Path>) -> Result<Self> {
        let (vectors, own) = if is_parquet(path) { of_parquet(path)? } else { (read_npy(path)?, None) };
        let ids = ids_of(path, ids, vectors.nrows())?.or(own);
        Ok(Self { units: Units::of_vectors(vectors), ids })
    }

    /// The id of a vector: that which it was given, else its number.
    pub fn id(&self, at: usize) -> String {
        id(self.ids.as_deref(), at)
    }

    /// That there is any, as `what` in a message.
    pub fn some(&self, what: &str) -> Result<(), InputError> {
        some(self.units.len(), what)
    }

    /// That there are at least two, for `purpose`.
    pub fn two(&self, path: &Path, purpose: &str) -> Result<(), InputError> {
        match self.units.len() {
            n @ (0 | 1) => {
                Err(InputError::new(format!("{}: holds {}; {purpose}", path.display(), counted(n, "vector"))))
            }
            _ => Ok(()),
        }
    }

    /// That these, as `what` in a message, are as wide as those of `path`.
    pub fn as_wide_as(&self, other: usize, what: &str, path: &Path) -> Result<(), InputError> {
        let width = self.units.vectors.ncols();
        if width == other {
            return Ok(());
        }
        let path = path.display();
        Err(InputError::new(format!(
            "{what}: its vectors have {width} values, those of {path} {other}; compare vectors of one model"
        )))
    }
}

/// Vectors that others are held against: those of a `.npy` file are read while a few are.
pub enum Among {
    Here(Named),
    File { npy: Npy, ids: Option<Vec<String>> },
}

impl Among {
    /// The vectors of a file, for so many that are held against them, with ids as those of [`Named::read`].
    pub fn open(path: &Path, ids: Option<&Path>, asked: usize) -> Result<Self> {
        if asked > FEW || is_parquet(path) {
            return Ok(Self::Here(Named::read(path, ids)?));
        }
        let npy = Npy::open(path)?;
        let ids = ids_of(path, ids, npy.len())?;
        Ok(Self::File { npy, ids })
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        match self {
            Self::Here(named) => named.units.len(),
            Self::File { npy, .. } => npy.len(),
        }
    }

    /// That there is any, as `what` in a message.
    pub fn some(&self, what: &str) -> Result<(), InputError> {
        some(self.len(), what)
    }

    /// How long they are.
    pub fn dim(&self) -> usize {
        match self {
            Self::Here(named) => named.units.vectors.ncols(),
            Self::File { npy, .. } => npy.dim(),
        }
    }

    /// As [`Named::id`].
    pub fn id(&self, at: usize) -> String {
        match self {
            Self::Here(named) => named.id(at),
            Self::File { ids, .. } => id(ids.as_deref(), at),
        }
    }

    /// What random pairs are like, as those of [`distribution_of`].
    pub fn distribution(&self, kernels: &dyn Kernels, asked: ArrayView2<f32>) -> Result<Option<Distribution>> {
        match self {
            Self::Here(named) => Ok(distribution_of(kernels, asked, Some(named.units.vectors.view()))),
            Self::File { npy, .. } => Ok(distribution_in(kernels, asked, &InFile(npy))?),
        }
    }

    /// Those nearest to each that is asked for, as those of [`nearest_between`].
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

    fn shape(&self) -> (usize, usize) {
        (self.0.len(), self.0.dim())
    }

    fn rows<'a>(&'a self, rows: Range<usize>, room: &'a mut Vec<f32>) -> Result<&'a [f32], VectorsError> {
        room.resize(rows.len() * self.0.dim(), 0.0);
        self.0.read(rows.start, room)?;
        Ok(room)
    }
}

fn is_parquet(path: &Path) -> bool {
    path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("parquet"))
}

/// The ids of `n` vectors, from the file that is named, else of a `.npy` from that beside it.
fn ids_of(path: &Path, named: Option<&Path>, n: usize) -> Result<Option<Vec<String>>, VectorsError> {
    let own = Some(ids_of_npy(path)).filter(|ids| !is_parquet(path) && ids.is_file());
    named.or(own.as_deref()).map(|ids| read_ids(ids, n)).transpose()
}

fn some(n: usize, what: &str) -> Result<(), InputError> {
    if n == 0 { Err(InputError::new(format!("{what}: holds no vectors"))) } else { Ok(()) }
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
    let how = "this samesay was built without Parquet; build it with --features parquet, or use .npy";
    Err(UsageError(format!("{}: {how}", path.display())).into())
}

/// What vectors are multiplied with, and its name; options that are about a model are refused.
pub fn kernels(config: &Config) -> Result<(&'static dyn Kernels, &'static str)> {
    if let Some(flag) = OF_MODELS.iter().find(|flag| config.typed.iter().any(|typed| typed == *flag)) {
        return Err(
            UsageError(format!("{flag}: is about a model, and --vectors are made already; leave it out")).into()
        );
    }
    let isa = match config.backend {
        Backend::Isa(isa, _) => isa.name,
        _ => "",
    };
    Ok((Isa::kernels_of(isa), Isa::name_of(isa)))
}

/// The cosine that a cut is, where one was asked for, given what random pairs are like.
pub fn cut(same: Threshold, distribution: Option<&Distribution>) -> Option<f32> {
    match (same, distribution) {
        (Threshold::Score(score), _) => Some(score),
        // Every pair is that similar at least, however dissimilar.
        (Threshold::Percentile(percent), _) if percent <= 0.0 => Some(-1.0),
        (Threshold::Percentile(percent), Some(distribution)) => Some(distribution.quantile(f64::from(percent) / 100.0)),
        _ => None,
    }
}

/// Where the ids of the vectors in a `.npy` file are, which holds none itself.
pub fn ids_of_npy(path: &Path) -> PathBuf {
    beside(path, ".ids")
}
