//! What two passages of a corpus have to do with each other.

use ndarray::{ArrayView2, s};
use rayon::prelude::*;

use super::calibration::{Background, Cuts, ModelBackground};
use super::relation::{Overlap, Relation, Shingles, relation};
use crate::corpus::Corpus;
use crate::disagreement::{Difference, differences, with_edits};
use crate::independence::Independence;

/// Rows of one block of the all-pairs product.
pub(crate) const BLOCK: usize = 512;
/// A passage that was cut out of a longer one is its copy though their cosine may be low: pairs are compared word by word from
/// this far below the cut on.
pub(crate) const MARGIN: f32 = 0.25;

/// Sentences whose cosine is lower are about different things.
const CLOSE: f32 = 0.45;

/// The passages of a corpus, made ready to be compared.
pub struct Pairs<'a> {
    pub corpus: &'a Corpus,
    background: Background,
    shingles: Vec<Shingles>,
    /// What the user asked for.
    asked: Same,
    cuts: Cuts,
}

/// How two passages compare.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Pair {
    /// Their cosine.
    pub score: f32,
    /// How unusual that is among random pairs.
    pub percentile: f32,
    pub overlap: Overlap,
    /// `None` where they have nothing to do with each other.
    pub relation: Option<Relation>,
}

/// Two passages, as entries of a corpus, and how they compare.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Match {
    pub a: usize,
    pub b: usize,
    pub pair: Pair,
}

impl Pair {
    /// Whether the two say the same.
    pub fn is_same(&self) -> bool {
        self.relation.is_some_and(|relation| relation < Relation::Related)
    }
}

/// What is the same: what the corpus's and the model's backgrounds make unusual, or what the user says.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Same {
    Unusual,
    /// Above this percentage of random pairs.
    Percentile(f32),
    /// This cosine or more.
    Score(f32),
}

impl Same {
    /// The cuts of a background: its usual ones, or what was asked for.
    pub(crate) fn cuts(self, background: &Background, usual: Cuts) -> Cuts {
        match self {
            Self::Unusual => usual,
            Self::Percentile(percentile) => usual.at(background.cosine(percentile)),
            Self::Score(score) => usual.at(score),
        }
    }
}

impl<'a> Pairs<'a> {
    /// Splits the passages to words and samples the corpus's cosines.
    pub fn new(corpus: &'a Corpus, independence: &Independence, model: &ModelBackground, asked: Same) -> Self {
        let background = Background::of_passages(corpus, independence, model);
        let cuts = asked.cuts(&background, background.cuts());
        let shingles = (0..corpus.library.len()).into_par_iter().map(|entry| Shingles::of(&corpus.library.passage(entry).text)).collect();
        Self { corpus, background, shingles, asked, cuts }
    }

    /// What percentiles are taken from.
    pub fn background(&self) -> &Background {
        &self.background
    }

    /// What decides on that.
    pub fn asked(&self) -> Same {
        self.asked
    }

    /// The cosine from which on two passages say the same.
    pub fn same(&self) -> f32 {
        self.cuts.same
    }

    /// The mean cosine from which on passages make one claim.
    pub fn claim(&self) -> f32 {
        self.cuts.claim
    }

    /// The cosine of two passages.
    pub fn score(&self, a: usize, b: usize) -> f32 {
        self.corpus.passages().row(a).dot(&self.corpus.passages().row(b))
    }

    /// How two passages compare.
    pub fn compare(&self, a: usize, b: usize) -> Pair {
        let score = self.score(a, b);
        let overlap = self.shingles[a].overlap(&self.shingles[b]);
        Pair { score, percentile: self.background.percentile(score), overlap, relation: relation(&overlap, score, self.cuts) }
    }

    /// Which sentences of `a` are said in `b`, a passage that says the same: those that are similar enough to it or to one of its
    /// sentences, or else the most similar one.
    pub fn said(&self, a: usize, b: usize) -> Vec<usize> {
        let scores: Vec<f32> = self.corpus.sentences(a).rows().into_iter().map(|sentence| super::peak(self.corpus, b, sentence)).collect();
        let best = scores.iter().copied().fold(f32::NEG_INFINITY, f32::max);
        let least = self.cuts.same.min(best);
        scores.iter().enumerate().filter(|(_, score)| **score >= least).map(|(at, _)| at).collect()
    }

    /// Where two passages may disagree, in bytes of their texts: what differs between sentences that are each other's nearest
    /// and about the same, and what was changed in a copy.
    pub fn differences(&self, Match { a, b, pair }: Match) -> Vec<Difference> {
        let found = self.between_sentences(a, b);
        let text = |entry: usize| self.corpus.library.passage(entry).text.as_str();
        if pair.relation == Some(Relation::NearCopy) { with_edits(found, text(a), text(b)) } else { found }
    }

    fn between_sentences(&self, a: usize, b: usize) -> Vec<Difference> {
        let (own, other) = (self.corpus.sentences(a), self.corpus.sentences(b));
        let passage = |entry: usize| self.corpus.library.passage(entry);
        let mut found = Vec::new();
        for (i, sentence) in own.rows().into_iter().enumerate() {
            let Some((j, score)) = super::best_row(other.view(), sentence) else { continue };
            let back = super::best_row(own.view(), other.row(j)).map(|(back, _)| back);
            if score < self.cuts.same.min(CLOSE) || back != Some(i) {
                continue;
            }
            let (start_a, start_b) = (passage(a).sentences[i].start, passage(b).sentences[j].start);
            let of_sentences = differences(passage(a).sentence(i), passage(b).sentence(j));
            found.extend(of_sentences.into_iter().map(|difference| difference.moved(start_a, start_b)));
        }
        found
    }

    /// The pairs of passages of two documents that say the same, ascending: of those whose cosine is not far below the cut.
    pub fn same_pairs(&self) -> Vec<Match> {
        let (vectors, least) = (self.corpus.passages(), self.cuts.same - MARGIN);
        let library = &self.corpus.library;
        let starts = || (0..vectors.nrows()).step_by(BLOCK);
        let blocks: Vec<(usize, usize)> =
            starts().flat_map(|row| starts().filter(move |column| *column >= row).map(move |column| (row, column))).collect();
        let of_block = |&block: &(usize, usize)| {
            let across = close_pairs(vectors, block, least).into_iter().filter(|&(a, b)| library.document(a) != library.document(b));
            let matches = across.map(|(a, b)| Match { a, b, pair: self.compare(a, b) });
            matches.filter(|found| found.pair.is_same()).collect::<Vec<_>>()
        };
        let mut matches: Vec<Match> = blocks.par_iter().flat_map_iter(of_block).collect();
        matches.sort_unstable_by_key(|found| (found.a, found.b));
        matches
    }
}

/// The pairs of rows of `[n, dim]`, the first before the second, whose product is at least `least`, in one block of the product
/// of all with all: that of the [`BLOCK`] rows from `row` on with those from `column` on.
pub(crate) fn close_pairs(vectors: ArrayView2<f32>, (row, column): (usize, usize), least: f32) -> Vec<(usize, usize)> {
    let from = |start: usize| vectors.slice_move(s![start..(start + BLOCK).min(vectors.nrows()), ..]);
    let products = from(row).dot(&from(column).t());
    let close = products.indexed_iter().filter(|(_, product)| **product >= least);
    close.map(|((a, b), _)| (row + a, column + b)).filter(|(a, b)| a < b).collect()
}
