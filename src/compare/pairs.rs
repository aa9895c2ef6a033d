//! How two passages of a corpus are related.

use std::sync::OnceLock;

use super::{Background, Cuts, Independence, ModelBackground, Overlap, Relation, Shingles, relation};
use crate::library::{Corpus, PassageId};

/// The passages of a corpus, prepared for comparison.
pub struct Pairs<'a> {
    /// The passages and their vectors.
    pub corpus: &'a Corpus,
    background: Background,
    /// The words of each passage, computed on first use.
    shingles: Vec<OnceLock<Shingles>>,
    /// The threshold that the user asked for.
    asked: Threshold,
    cuts: Cuts,
}

/// How two passages compare.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Pair {
    /// Their cosine.
    pub score: f32,
    /// How unusual that cosine is among random pairs.
    pub percentile: f32,
    /// How their words overlap.
    pub overlap: Overlap,
    /// The relation, or `None` if the passages are unrelated.
    pub relation: Option<Relation>,
}

/// Two passages of a corpus, and how they compare.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Match {
    /// The first passage.
    pub a: PassageId,
    /// The second passage.
    pub b: PassageId,
    /// How the two compare.
    pub pair: Pair,
}

/// The threshold for saying the same: derived from the backgrounds, or set by the user.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Threshold {
    /// What is unusual given the corpus's and the model's backgrounds.
    Unusual,
    /// Above this percentage of random pairs.
    Percentile(f32),
    /// This cosine or higher.
    Score(f32),
}

impl Threshold {
    /// The cuts of a background: its usual ones, or those asked for.
    pub(crate) fn cuts(self, background: &Background, usual: Cuts) -> Cuts {
        match self {
            Self::Unusual => usual,
            Self::Percentile(percentile) => usual.at(background.cosine(percentile)),
            Self::Score(score) => usual.at(score),
        }
    }
}

impl<'a> Pairs<'a> {
    /// Samples the corpus's cosines and prepares its passages.
    pub fn new(corpus: &'a Corpus, independence: &Independence, model: &ModelBackground, asked: Threshold) -> Self {
        let background = Background::of_passages(corpus, independence, model);
        let cuts = asked.cuts(&background, background.cuts());
        let shingles = corpus.library.passages().map(|_| OnceLock::new()).collect();
        Self { corpus, background, shingles, asked, cuts }
    }

    /// The background from which percentiles are computed.
    pub fn background(&self) -> &Background {
        &self.background
    }

    /// The threshold asked for.
    pub fn asked(&self) -> Threshold {
        self.asked
    }

    /// The cosine at or above which two passages say the same.
    pub fn same(&self) -> f32 {
        self.cuts.same
    }

    /// The mean cosine at or above which passages make one claim.
    pub fn claim(&self) -> f32 {
        self.cuts.claim
    }

    /// The cosine of two passages.
    pub fn score(&self, a: PassageId, b: PassageId) -> f32 {
        self.corpus.cosine(a, b)
    }

    /// How two passages compare.
    pub fn compare(&self, a: PassageId, b: PassageId) -> Pair {
        let score = self.score(a, b);
        let text = |passage: PassageId| &self.corpus.library.passage(passage).text;
        let shingles = |passage: PassageId| self.shingles[passage.index()].get_or_init(|| Shingles::of(text(passage)));
        let overlap = shingles(a).overlap(shingles(b));
        Pair {
            score,
            percentile: self.background.percentile(score),
            overlap,
            relation: relation(&overlap, score, self.cuts),
        }
    }
}
