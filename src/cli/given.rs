//! Vectors that the user has already, for `pairs`, `cluster` and `query`.

use std::path::Path;

use anyhow::Result;
use ndarray::Array2;
use samesay::compare::alike::Units;
use samesay::compare::{Distribution, Threshold};
use samesay::kernels::{Isa, Kernels};
#[cfg(feature = "parquet")]
use samesay::library::vectors::read_parquet;
use samesay::library::vectors::{read_ids, read_npy};
use samesay::model::Backend;
use samesay::report::counted;

use super::config::{Config, UsageError};
use super::input::InputError;

/// Options that are about the model: vectors that are given are made already.
const OF_MODELS: [&str; 3] = ["--model", "--dim", "--precision"];

/// Vectors and what they are called.
pub struct Named {
    pub units: Units,
    ids: Option<Vec<String>>,
}

impl Named {
    /// The vectors of a file, with ids from another.
    pub fn read(path: &Path, ids: Option<&Path>) -> Result<Self> {
        let (vectors, own) = if path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("parquet")) {
            of_parquet(path)?
        } else {
            (read_npy(path)?, None)
        };
        let ids = ids.map(|ids| read_ids(ids, vectors.nrows())).transpose()?.or(own);
        Ok(Self { units: Units::of_vectors(vectors), ids })
    }

    /// The id of a vector: that which it was given, else its number.
    pub fn id(&self, at: usize) -> String {
        self.ids.as_ref().map_or_else(|| (at + 1).to_string(), |ids| ids[at].clone())
    }

    /// That there is any, as `what` in a message.
    pub fn some(&self, what: &str) -> Result<(), InputError> {
        if self.units.is_empty() { Err(InputError::new(format!("{what}: holds no vectors"))) } else { Ok(()) }
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

    /// That these, as `what` in a message, are as wide as others, which are those of `path`.
    pub fn as_wide_as(&self, others: &Self, what: &str, path: &Path) -> Result<(), InputError> {
        let (width, other) = (self.units.vectors.ncols(), others.units.vectors.ncols());
        if width == other {
            return Ok(());
        }
        let path = path.display();
        Err(InputError::new(format!(
            "{what}: its vectors have {width} values, those of {path} {other}; compare vectors of one model"
        )))
    }
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

/// Whether two paths are of one file.
pub fn is_same_file(a: &Path, b: &Path) -> bool {
    a.canonicalize().is_ok_and(|a| b.canonicalize().is_ok_and(|b| a == b))
}
