//! How near vectors are to those of a reference, and to the judgement of people.

use std::time::Instant;

use ndarray::{Array2, ArrayView1};

use super::stats::spearman;
use super::{BenchError, Plan, TextSet};
use crate::model::{Embedder, Prompt};
use crate::report::Fidelity;

/// Least and greatest number of texts that are compared. The time decides between them.
const TEXTS: std::ops::RangeInclusive<usize> = 8..=64;
/// The share of the time that the comparison may take.
const SHARE: f64 = 0.1;

/// A pair of texts, and how similar people find them.
#[derive(Debug, Clone, PartialEq)]
pub struct ScoredPair {
    /// The similarity; higher is more similar, on any scale.
    pub score: f64,
    /// The first text.
    pub a: String,
    /// The second text.
    pub b: String,
}

/// A function that returns the vectors of texts, `[texts, dim]`.
type Embed<'a, E> = dyn FnMut(&[String]) -> Result<Array2<f32>, E> + 'a;

/// The vectors of some texts in f32, and scored pairs, with which other vectors are compared.
pub struct Reference<'p> {
    texts: Vec<String>,
    /// `[texts, dim]`
    vectors: Array2<f32>,
    pairs: &'p [ScoredPair],
}

impl<'p> Reference<'p> {
    /// Computes the vectors of some texts of a set with an embedder in f32.
    ///
    /// # Errors
    /// When the model fails.
    pub fn new(f32: &Embedder, set: &TextSet, pairs: &'p [ScoredPair], plan: Plan) -> Result<Self, BenchError> {
        let (few, start) = (set.some(f32.model(), *TEXTS.start()), Instant::now());
        f32.embed(&few, Prompt::None)?;
        let each = start.elapsed().as_secs_f64() / few.len().max(1) as f64;
        let affordable = (plan.share(SHARE).as_secs_f64() / each.max(1e-9)) as usize;
        let texts = set.some(f32.model(), affordable.clamp(*TEXTS.start(), *TEXTS.end()));
        let vectors = f32.embed(&texts, Prompt::None)?;
        Ok(Self { texts, vectors, pairs })
    }

    /// The texts that are compared.
    pub fn texts(&self) -> &[String] {
        &self.texts
    }

    /// Measures how near the vectors of an embedder are.
    ///
    /// # Errors
    /// When the model fails.
    pub fn fidelity(&self, embedder: &Embedder) -> Result<Fidelity, BenchError> {
        self.fidelity_of(&mut |texts| Ok(embedder.embed(texts, Prompt::None)?))
    }

    /// Measures how near the vectors `[texts, dim]` are that `embed` returns.
    ///
    /// # Errors
    /// When `embed` fails.
    pub fn fidelity_of<E>(&self, embed: &mut Embed<'_, E>) -> Result<Fidelity, E> {
        let compared = self.compared(&embed(&self.texts)?);
        Ok(Fidelity { spearman: self.spearman(embed)?, ..compared })
    }

    fn compared(&self, vectors: &Array2<f32>) -> Fidelity {
        if vectors.dim() != self.vectors.dim() || self.texts.is_empty() {
            return Fidelity::default();
        }
        let rows = vectors.rows().into_iter().zip(self.vectors.rows());
        let cosines: Vec<f64> = rows.map(|(found, expected)| cosine(found, expected)).collect();
        Fidelity {
            cosine_min: Some(digits(cosines.iter().copied().fold(f64::INFINITY, f64::min))),
            cosine_mean: Some(digits(cosines.iter().sum::<f64>() / cosines.len() as f64)),
            texts: cosines.len(),
            spearman: None,
        }
    }

    fn spearman<E>(&self, embed: &mut Embed<'_, E>) -> Result<Option<f64>, E> {
        if self.pairs.is_empty() {
            return Ok(None);
        }
        let mut side =
            |of: fn(&ScoredPair) -> &String| embed(&self.pairs.iter().map(of).cloned().collect::<Vec<String>>());
        let (a, b) = (side(|pair| &pair.a)?, side(|pair| &pair.b)?);
        let cosines: Vec<f64> = a.rows().into_iter().zip(b.rows()).map(|(a, b)| cosine(a, b)).collect();
        let scores: Vec<f64> = self.pairs.iter().map(|pair| pair.score).collect();
        Ok(spearman(&scores, &cosines).map(|rho| (rho * 1e4).round() / 1e4))
    }
}

/// The cosine, computed in f64, so that equal vectors give 1 to seven digits.
fn cosine(a: ArrayView1<f32>, b: ArrayView1<f32>) -> f64 {
    let dot = |a: ArrayView1<f32>, b: ArrayView1<f32>| -> f64 {
        a.iter().zip(b).map(|(a, b)| f64::from(*a) * f64::from(*b)).sum()
    };
    dot(a, b) / (dot(a, a) * dot(b, b)).sqrt().max(f64::MIN_POSITIVE)
}

fn digits(cosine: f64) -> f64 {
    (cosine * 1e8).round() / 1e8
}
