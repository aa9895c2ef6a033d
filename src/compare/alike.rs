//! The table of pairs: which passages, sentences, sources or vectors are alike.
//!
//! Each item compared is a [`Unit`] with a vector and a source; only units of two different sources are paired. The
//! search is exact ([`Products`]) and its memory is bounded: if there are more pairs than can be held, they are passed on
//! in parts, or only counted.

use std::ops::Range;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

use ndarray::{Array2, ArrayView1, ArrayView2, Axis};
use rayon::prelude::*;

use super::{
    Background, Distribution, Independence, ModelBackground, Pieces, Products, Random, Threshold, cross_source_pairs,
};
use crate::kernels::Kernels;
use crate::library::{Corpus, DocumentId, PassageId, SentenceId, dot};
use crate::model::l2_normalize;

/// Maximum number of pairs above a cut that are held at once, 12 bytes each.
pub const MOST: usize = 10_000_000;
/// Maximum number of pairs that are passed on in parts.
pub const MOST_IN_PARTS: u64 = 100_000_000;
/// Number of compared units whose pairs are one part: with 1,000,000 others, a part takes seconds.
const PART: usize = 16 * 1024;
/// Maximum number of neighbours held at once, 16 bytes each.
pub const MOST_NEIGHBOURS: usize = 50_000_000;
/// The cosine at which vectors count as equal: rounding lowers that of equal vectors to this at most.
const EQUAL: f32 = 1.0 - 1e-6;
/// Number of random pairs from which percentiles are computed.
const SAMPLE: usize = 20_000;

/// The kind of item that is paired.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// Passages, with their own vectors.
    Passage,
    /// Sentences, with the vectors that they have within their passages.
    Sentence,
    /// Sources, each with the mean direction of its passages.
    Source,
    /// Vectors from a file.
    Vector,
}

impl Unit {
    /// The name of the unit in outputs.
    pub fn name(self) -> &'static str {
        match self {
            Self::Passage => "passage",
            Self::Sentence => "sentence",
            Self::Source => "source",
            Self::Vector => "vector",
        }
    }
}

/// Units and their vectors.
pub struct Units {
    /// `[n, dim]`, of length 1.
    pub vectors: Array2<f32>,
    /// The document of each unit, ascending; a vector from a file counts as a document of its own.
    pub sources: Vec<DocumentId>,
    /// The sentence at which each unit begins; empty for vectors.
    pub places: Vec<SentenceId>,
}

impl Units {
    /// The units of those documents of a corpus for which `keep` holds; for sentences, the passages must have been
    /// fetched.
    ///
    /// # Panics
    /// When `unit` is `Sentence` and a passage has not been fetched.
    pub fn of(corpus: &Corpus, unit: Unit, keep: impl Fn(DocumentId) -> bool) -> Self {
        let library = &corpus.library;
        let dim = corpus.passages().ncols();
        let (mut values, mut sources, mut places) = (Vec::new(), Vec::new(), Vec::new());
        for document in library.documents().filter(|document| keep(*document)) {
            let mut passages = library.passages_of(document);
            let mut add = |vector: ArrayView1<f32>, passage: PassageId, at: usize| {
                values.extend(vector);
                sources.push(document);
                places.push(SentenceId::new(passage, at));
            };
            match unit {
                Unit::Passage | Unit::Vector => {
                    passages.for_each(|passage| add(corpus.passages().row(passage.index()), passage, 0));
                }
                Unit::Sentence => {
                    for passage in passages {
                        let sentences = corpus.sentences(passage);
                        let of_passage = sentences.rows().into_iter().take(library.passage(passage).sentences.len());
                        of_passage.enumerate().for_each(|(at, vector)| add(vector, passage, at));
                    }
                }
                Unit::Source => {
                    let n = passages.len();
                    if let Some(first) = passages.next() {
                        let rows = corpus.passages().slice_move(ndarray::s![first.index()..first.index() + n, ..]);
                        let mut mean = rows.sum_axis(Axis(0)).to_vec();
                        l2_normalize(&mut mean);
                        add(ArrayView1::from(&mean), first, 0);
                    }
                }
            }
        }
        let vectors = Array2::from_shape_vec((sources.len(), dim), values).expect("a whole row for each unit");
        Self { vectors, sources, places }
    }

    /// Units of vectors `[n, dim]` of length 1, each with a source of its own.
    pub fn of_vectors(vectors: Array2<f32>) -> Self {
        let n = vectors.nrows();
        Self { vectors, sources: (0..n).map(DocumentId::new).collect(), places: Vec::new() }
    }

    /// Number of units.
    pub fn len(&self) -> usize {
        self.sources.len()
    }

    /// Whether there are no units.
    pub fn is_empty(&self) -> bool {
        self.sources.is_empty()
    }
}

/// How unusual cosines of a corpus's units are, and the cosine at which two units say the same.
pub fn background_of(
    corpus: &Corpus,
    units: &Units,
    unit: Unit,
    independence: &Independence,
    model: &ModelBackground,
    asked: Threshold,
) -> (Background, f32) {
    if unit == Unit::Passage {
        let background = Background::of_passages(corpus, independence, model);
        let cuts = asked.cuts(&background, background.cuts());
        return (background, cuts.same);
    }
    // One unit each of two passages of different sources.
    let mut random = Random(0);
    let library = &corpus.library;
    let pairs = cross_source_pairs(library, independence, &mut random);
    let mut draw = |passage: PassageId| {
        let source = library.document_of(passage);
        let within = match unit {
            Unit::Sentence => {
                units.places.partition_point(|sentence| sentence.passage() < passage)
                    ..units.places.partition_point(|sentence| sentence.passage() <= passage)
            }
            _ => units.sources.partition_point(|of| *of < source)..units.sources.partition_point(|of| *of <= source),
        };
        (!within.is_empty()).then(|| within.start + random.below(within.len()))
    };
    let cosine = |a: usize, b: usize| dot(corpus.kernels(), units.vectors.row(a), units.vectors.row(b));
    let sample = pairs.into_iter().filter_map(|(a, b)| Some(cosine(draw(a)?, draw(b)?))).collect();
    let background = Background::of(sample, &model.passages);
    let usual = if unit == Unit::Sentence { background.cuts_of_sentences(model) } else { background.cuts() };
    let cuts = asked.cuts(&background, usual);
    (background, cuts.same)
}

/// How unusual the cosines of vectors are, sampled from random pairs of rows of the two sets, or of the only one.
/// `None` if there are no two rows to pair.
pub fn distribution_of(
    kernels: &dyn Kernels,
    left: ArrayView2<f32>,
    right: Option<ArrayView2<f32>>,
) -> Option<Distribution> {
    let other = right.unwrap_or(left);
    let pairs = random_pairs(left.nrows(), other.nrows(), right.is_none());
    let sample: Vec<f32> = pairs.map(|(a, b)| dot(kernels, left.row(a), other.row(b))).collect();
    (!sample.is_empty()).then(|| Distribution::of_sample(sample))
}

/// Like [`distribution_of`], for rows `[m, dim]` and others that are read in pieces.
///
/// # Errors
/// When a piece cannot be read.
pub fn distribution_in<P: Pieces>(
    kernels: &dyn Kernels,
    left: ArrayView2<f32>,
    right: &P,
) -> Result<Option<Distribution>, P::Error> {
    let pairs: Vec<(usize, usize)> = random_pairs(left.nrows(), right.shape().0, false).collect();
    let cosine = |(room, one): &mut (Vec<f32>, Vec<f32>), (a, b): (usize, usize)| {
        let row = right.scaled(b, right.rows(b..b + 1, room)?, one)?;
        Ok(dot(kernels, left.row(a), ArrayView1::from(row)))
    };
    let sample: Vec<f32> =
        pairs.into_par_iter().map_init(|| (Vec::new(), Vec::new()), cosine).collect::<Result<_, P::Error>>()?;
    Ok((!sample.is_empty()).then(|| Distribution::of_sample(sample)))
}

/// Random pairs of rows of two sets, or of different rows of one set. Empty if there are no two rows to pair.
fn random_pairs(m: usize, n: usize, of_one: bool) -> impl Iterator<Item = (usize, usize)> {
    let others = if of_one { n.saturating_sub(1) } else { n };
    let mut random = Random(0);
    let pairs = if m == 0 || others == 0 { 0 } else { SAMPLE };
    (0..pairs).map(move |_| {
        let (a, b) = (random.below(m), random.below(others));
        (a, if of_one && b >= a { b + 1 } else { b })
    })
}

/// The criteria for the pairs to return.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Wanted {
    /// The lowest cosine of a pair.
    pub least: f32,
    /// Only pairs in which one unit is among this many nearest to the other: in a single set, in either direction;
    /// of two sets, to the unit of the first; with [`Part::Only`], to a requested unit.
    pub top_k: Option<usize>,
    /// The maximum number of pairs; the most similar are kept.
    pub limit: Option<usize>,
}

/// Two units and their cosine.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Alike {
    /// The unit of the first set, or the earlier one of a single set.
    pub a: u32,
    /// The unit of the second set, or the later one of a single set.
    pub b: u32,
    /// Their cosine.
    pub score: f32,
}

impl Alike {
    /// The most similar pairs first, then by position.
    fn order(&self, other: &Self) -> std::cmp::Ordering {
        // Adding 0 leaves no negative zero.
        let rank = |score: f32| score.min(EQUAL) + 0.0;
        rank(other.score).total_cmp(&rank(self.score)).then((self.a, self.b).cmp(&(other.a, other.b)))
    }
}

/// The pairs found, and how many there are in total.
#[derive(Debug, Clone, PartialEq)]
pub struct AlikePairs {
    /// The most similar first, then by position.
    pub pairs: Vec<Alike>,
    /// Number of pairs, including those beyond the limit.
    pub total: u64,
}

/// The search would find, or did find, more than can be held.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TooMany {
    /// Number of pairs that reach the cut.
    #[error("{0} pairs")]
    Pairs(u64),
    /// Number of neighbours that would have to be searched for.
    #[error("{0} neighbours")]
    Neighbours(u64),
}

/// Why pairs are not all passed on.
#[derive(Debug, thiserror::Error)]
pub enum Stopped<E> {
    /// There are more than [`MOST_IN_PARTS`].
    #[error(transparent)]
    Many(#[from] TooMany),
    /// The receiver failed.
    #[error("{0}")]
    By(E),
}

/// Which units of the first set are compared, by position, ascending. A single set's units are compared with the whole
/// set.
#[derive(Clone, Copy)]
pub enum Part<'a> {
    /// All of them.
    All,
    /// One part of several which together find what one search for all does. In a single set a pair that reaches a cut
    /// is found by the part that has its first unit, a pair of nearest units by the part whose unit it is near to.
    Shard(&'a [u32]),
    /// Only the requested units: in a single set, pairs that include one of them.
    Only(&'a [u32]),
}

impl<'a> Part<'a> {
    /// The units of a shard or the requested ones, or `None` for all.
    fn some(self) -> Option<&'a [u32]> {
        match self {
            Self::All => None,
            Self::Shard(rows) | Self::Only(rows) => Some(rows),
        }
    }
}

/// The units that are compared.
#[derive(Clone, Copy)]
pub struct Sets<'a> {
    /// The first set, or the only one.
    pub left: &'a Units,
    /// The units of the first set that are compared.
    pub rows: Part<'a>,
    /// The second set.
    pub right: Option<&'a Units>,
}

impl<'a> Sets<'a> {
    /// Compares one set with itself.
    pub fn one(units: &'a Units) -> Self {
        Self { left: units, rows: Part::All, right: None }
    }

    /// The units that are alike, within one set or between two.
    ///
    /// # Errors
    /// When there are more than [`MOST`] pairs above a cut and no limit is set, or more than [`MOST_NEIGHBOURS`]
    /// neighbours.
    pub fn alike(self, kernels: &'static dyn Kernels, wanted: Wanted) -> Result<AlikePairs, TooMany> {
        let some = self.some();
        let products = self.products(kernels, some.as_ref());
        match wanted.top_k {
            Some(top_k) => nearest(self, &products, top_k, wanted),
            None => above(self, &products, 0..self.len(), wanted),
        }
    }

    /// Finds the pairs whose cosine is at least `least`, and passes them on part by part: first those of the first 16,384
    /// compared units with all others, the most similar first, then those of the next. Fewer units are in a part if they
    /// have more than [`MOST`] pairs. In a single set, each pair is in the part of its earlier unit, or with
    /// [`Part::Only`] of its earlier requested unit. Returns the number of pairs.
    ///
    /// # Errors
    /// When there are more than [`MOST_IN_PARTS`] pairs, or `take` fails.
    pub fn in_parts<E>(
        self,
        kernels: &'static dyn Kernels,
        least: f32,
        mut take: impl FnMut(Vec<Alike>) -> Result<(), E>,
    ) -> Result<u64, Stopped<E>> {
        let some = self.some();
        let products = self.products(kernels, some.as_ref());
        let all = 0..self.len();
        let wanted = Wanted { least, top_k: None, limit: None };
        let count =
            || above(self, &products, all.clone(), Wanted { limit: Some(0), ..wanted }).map(|found| found.total);
        if self.seem_too_many(&products, least) {
            let total = count()?;
            if total > MOST_IN_PARTS {
                return Err(TooMany::Pairs(total).into());
            }
        }
        let mut parts: Vec<Range<usize>> =
            all.clone().step_by(PART).map(|first| first..all.end.min(first + PART)).rev().collect();
        let mut total = 0;
        while let Some(rows) = parts.pop() {
            let found = match above(self, &products, rows.clone(), wanted) {
                Err(_) if rows.len() > 1 => {
                    let middle = rows.start + rows.len() / 2;
                    parts.extend([middle..rows.end, rows.start..middle]);
                    continue;
                }
                found => found?,
            };
            total += found.total;
            if total > MOST_IN_PARTS {
                return Err(TooMany::Pairs(count()?).into());
            }
            take(found.pairs).map_err(Stopped::By)?;
        }
        Ok(total)
    }

    /// Whether random pairs suggest that half of [`MOST_IN_PARTS`] or more reach a cosine, so that they should be counted
    /// before any is passed on.
    fn seem_too_many(self, products: &Products, least: f32) -> bool {
        let (m, n) = (self.len(), self.right.unwrap_or(self.left).len());
        let is_found = |&(at, other): &(usize, usize)| {
            self.apart(at, other) && self.is_found(at, other) && products.score(at, other) >= least
        };
        let found = random_pairs(m, n, false).filter(is_found).count();
        found as f64 / SAMPLE as f64 * (m as f64 * n as f64) > MOST_IN_PARTS as f64 / 2.0
    }

    /// The unit of the second set nearest to each of the first; the first of equals. Empty without a second set.
    pub fn nearest(self, kernels: &'static dyn Kernels) -> Vec<Alike> {
        if self.right.is_none() {
            return Vec::new();
        }
        let some = self.some();
        let nearest = self.products(kernels, some.as_ref()).nearest(1, f32::NEG_INFINITY, |_, _| true);
        let first = |(at, near): (usize, Vec<(usize, f32)>)| near.first().map(|&(b, score)| self.pair(at, b, score));
        nearest.into_iter().enumerate().filter_map(first).collect()
    }

    /// The vectors of the rows that are compared, or `None` if all are.
    fn some(self) -> Option<Array2<f32>> {
        let rows: Vec<usize> = self.rows.some()?.iter().map(|row| *row as usize).collect();
        Some(self.left.vectors.select(Axis(0), &rows))
    }

    fn products(self, kernels: &'static dyn Kernels, some: Option<&'a Array2<f32>>) -> Products<'a> {
        let left = self.left.vectors.view();
        match (some, self.right) {
            (None, None) => Products::of_all(kernels, left),
            (None, Some(right)) => Products::between(kernels, left, right.vectors.view()),
            (Some(some), right) => {
                Products::between(kernels, some.view(), right.map_or(left, |right| right.vectors.view()))
            }
        }
    }

    /// Number of units of the first set that are compared.
    fn len(self) -> usize {
        self.rows.some().map_or(self.left.len(), <[u32]>::len)
    }

    /// The position in the first set of the compared unit `at`.
    fn row(self, at: usize) -> usize {
        self.rows.some().map_or(at, |rows| rows[at] as usize)
    }

    /// Whether compared unit `at` and unit `other` have different sources.
    fn apart(self, at: usize, other: usize) -> bool {
        self.right.is_some() || self.left.sources[self.row(at)] != self.left.sources[other]
    }

    /// Whether this compared unit reports the pair, so that a single set's pairs above a cut are reported once.
    fn is_found(self, at: usize, other: usize) -> bool {
        let is_first = self.right.is_some() || self.row(at) < other;
        match self.rows {
            Part::Only(rows) => is_first || rows.binary_search(&(other as u32)).is_err(),
            Part::All | Part::Shard(_) => is_first,
        }
    }

    /// A compared unit and another; within a single set, the earlier one comes first.
    fn pair(self, at: usize, other: usize, score: f32) -> Alike {
        let (a, b) = (self.row(at) as u32, other as u32);
        let (a, b) = if self.right.is_none() && b < a { (b, a) } else { (a, b) };
        Alike { a, b, score }
    }
}

fn nearest(sets: Sets, products: &Products, top_k: usize, wanted: Wanted) -> Result<AlikePairs, TooMany> {
    // No unit has more neighbours than there are others.
    let top_k = top_k.min(sets.right.unwrap_or(sets.left).len());
    let neighbours = sets.len() as u64 * top_k as u64;
    if neighbours > MOST_NEIGHBOURS as u64 {
        return Err(TooMany::Neighbours(neighbours));
    }
    let near = products.nearest(top_k, wanted.least, |a, b| sets.apart(a, b)).into_iter().enumerate();
    let mut pairs: Vec<Alike> =
        near.flat_map(|(at, near)| near.into_iter().map(move |(b, score)| sets.pair(at, b, score))).collect();
    pairs.par_sort_unstable_by(Alike::order);
    // Each of the two may be among the other's nearest.
    pairs.dedup_by_key(|pair| (pair.a, pair.b));
    let total = pairs.len() as u64;
    pairs.truncate(wanted.limit.unwrap_or(usize::MAX));
    Ok(AlikePairs { pairs, total })
}

/// The pairs that one thread found in one block.
#[derive(Default)]
struct Block {
    pairs: Vec<Alike>,
    total: u64,
}

/// The pairs of the compared units `rows` that reach a cut.
fn above(sets: Sets, products: &Products, rows: Range<usize>, wanted: Wanted) -> Result<AlikePairs, TooMany> {
    // The pairs of one unit take less memory than the vectors of the others.
    let held = if rows.len() > 1 { MOST } else { usize::MAX };
    let most = wanted.limit.unwrap_or(held).min(held);
    let found = Mutex::new(AlikePairs { pairs: Vec::new(), total: 0 });
    // Once this is set, pairs are only counted.
    let too_many = AtomicBool::new(most == 0);
    // The bits of what the most similar reach that were found so far; others are only counted, too.
    let risen = AtomicU32::new(wanted.least.to_bits());
    products.candidates_of(
        rows,
        wanted.least,
        Block::default,
        |block, candidate| {
            if !sets.apart(candidate.a, candidate.b) || !sets.is_found(candidate.a, candidate.b) {
                return;
            }
            if too_many.load(Ordering::Relaxed) {
                block.total += u64::from(products.reaches(candidate, wanted.least));
                return;
            }
            let cut = f32::from_bits(risen.load(Ordering::Relaxed));
            if !candidate.may_reach(cut) {
                block.total += u64::from(products.reaches(candidate, wanted.least));
                return;
            }
            let score = products.score(candidate.a, candidate.b);
            block.total += u64::from(score >= wanted.least);
            if score >= cut {
                block.pairs.push(sets.pair(candidate.a, candidate.b, score));
            }
        },
        |block| {
            let mut found = found.lock().expect("no thread died");
            found.total += block.total;
            found.pairs.extend(block.pairs);
            if wanted.limit.is_none() && found.total > most as u64 {
                too_many.store(true, Ordering::Relaxed);
                found.pairs = Vec::new();
            } else if found.pairs.len() / 2 > most {
                found.pairs.select_nth_unstable_by(most - 1, Alike::order);
                found.pairs.truncate(most);
                risen.store(found.pairs[most - 1].score.min(EQUAL).to_bits(), Ordering::Relaxed);
            }
        },
    );
    let mut found = found.into_inner().expect("no thread died");
    if wanted.limit.is_none() && found.total > most as u64 {
        return Err(TooMany::Pairs(found.total));
    }
    found.pairs.par_sort_unstable_by(Alike::order);
    found.pairs.truncate(most);
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernels::Isa;

    /// Units of random directions in few dimensions, three per source.
    fn units(n: usize, seed: u64) -> Units {
        let mut random = Random(seed);
        let mut vectors = Array2::from_shape_fn((n, 6), |_| random.below(1000) as f32 / 500.0 - 1.0);
        vectors.rows_mut().into_iter().for_each(|mut row| l2_normalize(row.as_slice_mut().unwrap()));
        Units { vectors, sources: (0..n).map(|at| DocumentId::new(at / 3)).collect(), places: Vec::new() }
    }

    fn kernels() -> &'static dyn Kernels {
        Isa::kernels_of("")
    }

    fn of(left: &Units, right: Option<&Units>, wanted: Wanted) -> Result<AlikePairs, TooMany> {
        Sets { left, rows: Part::All, right }.alike(kernels(), wanted)
    }

    /// Searching one part of the rows after another finds what one search finds; above a cut, each pair once.
    #[test]
    fn shards_of_rows() {
        let (left, right) = (units(100, 7), units(1100, 8));
        for (other, top_k) in [(None, None), (None, Some(3)), (Some(&right), None), (Some(&right), Some(3))] {
            let wanted = Wanted { least: 0.4, top_k, limit: None };
            let mut found: Vec<Alike> = Vec::new();
            for shard in 0..3 {
                let rows: Vec<u32> = (0..100).filter(|row| row % 3 == shard).collect();
                found.extend(
                    Sets { left: &left, rows: Part::Shard(&rows), right: other }
                        .alike(kernels(), wanted)
                        .unwrap()
                        .pairs,
                );
            }
            found.sort_by(Alike::order);
            let all = of(&left, other, wanted).unwrap().pairs;
            if other.is_none() && top_k.is_some() {
                // Each of two units may be among the other's nearest.
                assert!(found.len() > all.len());
                found.dedup();
            }
            assert_eq!(found, all);
        }
    }

    /// All pairs above a cut, computed one product at a time.
    fn naive(left: &Units, right: Option<&Units>, least: f32) -> Vec<Alike> {
        let others = right.unwrap_or(left);
        let pairs = (0..left.len()).flat_map(|a| (0..others.len()).map(move |b| (a, b)));
        let wanted = pairs.filter(|&(a, b)| right.is_some() || a < b && left.sources[a] != left.sources[b]);
        let alike = |(a, b): (usize, usize)| Alike {
            a: a as u32,
            b: b as u32,
            score: dot(kernels(), left.vectors.row(a), others.vectors.row(b)),
        };
        let mut pairs: Vec<Alike> = wanted.map(alike).filter(|pair| pair.score >= least).collect();
        pairs.sort_by(Alike::order);
        pairs
    }

    #[test]
    fn pairs_above_a_cut() {
        let (left, right) = (units(300, 1), units(170, 2));
        for other in [None, Some(&right)] {
            for least in [-1.5, 0.3, 0.9] {
                let all = naive(&left, other, least);
                let wanted = Wanted { least, top_k: None, limit: None };
                let found = of(&left, other, wanted).unwrap();
                assert_eq!((found.total, &found.pairs), (all.len() as u64, &all));
                for limit in [0, 1, 25] {
                    let some = of(&left, other, Wanted { limit: Some(limit), ..wanted }).unwrap();
                    assert_eq!((some.total, &some.pairs[..]), (all.len() as u64, &all[..limit.min(all.len())]));
                }
            }
        }
    }

    /// Of many the most similar, while the cut rises with those that were found; all of them are counted.
    #[test]
    fn the_most_similar_of_many_blocks() {
        let units = units(2100, 11);
        for least in [-1.5, 0.5] {
            let all = naive(&units, None, least);
            for limit in [1, 7, 300] {
                let found = of(&units, None, Wanted { least, top_k: None, limit: Some(limit) }).unwrap();
                assert_eq!((found.total, &found.pairs[..]), (all.len() as u64, &all[..limit]));
            }
        }
    }

    fn parts(sets: Sets, least: f32) -> (Vec<Vec<Alike>>, Result<u64, Stopped<&'static str>>) {
        let mut parts = Vec::new();
        let total = sets.in_parts(kernels(), least, |pairs| {
            parts.push(pairs);
            Ok(())
        });
        (parts, total)
    }

    /// Part by part, what one search for all finds: each pair in the part of its first unit.
    #[test]
    fn parts_of_units_together_have_all_pairs() {
        let (units, right) = (units(PART + 700, 12), units(90, 13));
        let rows: Vec<u32> = (0..units.len() as u32).filter(|row| row % 500 == 7).collect();
        for (rows, other) in [(Part::All, None), (Part::All, Some(&right)), (Part::Shard(&rows), None)] {
            let sets = Sets { left: &units, rows, right: other };
            let (parts, total) = parts(sets, 0.97);
            let all = sets.alike(kernels(), Wanted { least: 0.97, top_k: None, limit: None }).unwrap();
            assert_eq!((total.unwrap(), parts.len()), (all.total, if let Part::All = rows { 2 } else { 1 }));
            let (first, rest): (Vec<Alike>, Vec<Alike>) = all.pairs.iter().partition(|pair| (pair.a as usize) < PART);
            assert!(!first.is_empty() && !rest.is_empty() || parts.len() == 1);
            assert_eq!(parts.concat(), if parts.len() == 1 { all.pairs } else { [first, rest].concat() });
        }
    }

    /// Units with more pairs than are held are in several parts; far too many are counted before any is passed on.
    #[test]
    fn parts_that_are_too_large_are_halved() {
        let equal = |n| Units::of_vectors(Array2::ones((n, 1)));
        let n = 4_500;
        let (found, total) = parts(Sets::one(&equal(n)), 0.5);
        assert_eq!((total.unwrap(), found.len()), ((n * (n - 1) / 2) as u64, 2));
        let pairs = found.concat();
        assert!(pairs.is_sorted_by_key(|pair| (pair.a, pair.b)));
        assert_eq!(pairs.len(), n * (n - 1) / 2);
        let n = 14_200;
        let (found, total) = parts(Sets::one(&equal(n)), 0.5);
        let many = (n * (n - 1) / 2) as u64;
        assert!(found.is_empty() && matches!(total, Err(Stopped::Many(TooMany::Pairs(found))) if found == many));
        let full = Sets::one(&equal(3)).in_parts(kernels(), 0.5, |_| Err("the disk is full"));
        assert!(matches!(full, Err(Stopped::By("the disk is full"))));
    }

    #[test]
    fn the_nearest_of_each() {
        let (left, right) = (units(100, 3), units(40, 4));
        let wanted = Wanted { least: 0.2, top_k: Some(2), limit: None };
        for other in [None, Some(&right)] {
            let all = naive(&left, other, 0.2);
            let among = |pair: &&Alike, of: fn(&Alike) -> u32| {
                let better = all.iter().filter(|found| {
                    other.is_some() && of(found) == of(pair)
                        || other.is_none() && [found.a, found.b].contains(&of(pair))
                });
                better.take_while(|found| *found != *pair).count() < 2
            };
            let expected: Vec<Alike> = all
                .iter()
                .filter(|pair| among(pair, |pair| pair.a) || other.is_none() && among(pair, |pair| pair.b))
                .copied()
                .collect();
            let found = of(&left, other, wanted).unwrap();
            assert_eq!((found.total, found.pairs), (expected.len() as u64, expected));
        }
    }

    /// Of all pairs above a cut, those that include a requested unit, once each; of the nearest, those near to one.
    #[test]
    fn pairs_of_some() {
        let left = units(100, 9);
        let rows: Vec<u32> = (0..100).filter(|row| row % 7 == 3 || row / 3 == 5).collect();
        let only = Sets { left: &left, rows: Part::Only(&rows), right: None };
        let wanted = Wanted { least: 0.4, top_k: None, limit: None };
        let is_asked = |pair: &Alike| rows.contains(&pair.a) || rows.contains(&pair.b);
        let all: Vec<Alike> = naive(&left, None, 0.4).into_iter().filter(is_asked).collect();
        let found = only.alike(kernels(), wanted).unwrap();
        assert!(all.len() > 100);
        assert_eq!((found.total, found.pairs), (all.len() as u64, all.clone()));
        let near = only.alike(kernels(), Wanted { top_k: Some(1), ..wanted }).unwrap();
        let nearest = |row: u32| all.iter().find(|pair| pair.a == row || pair.b == row).copied();
        let mut expected: Vec<Alike> = rows.iter().filter_map(|row| nearest(*row)).collect();
        expected.sort_by(Alike::order);
        expected.dedup();
        assert_eq!(near.pairs, expected);
    }

    #[test]
    fn what_cannot_be_held_is_counted() {
        // 4,500 equal vectors, each its own source: more pairs than are held.
        let vectors = Array2::from_shape_fn((4_500, 2), |(_, column)| if column == 0 { 1.0 } else { 0.0 });
        let units = Units::of_vectors(vectors);
        let all = 4_500u64 * 4_499 / 2;
        let wanted = Wanted { least: 0.5, top_k: None, limit: None };
        assert_eq!(of(&units, None, wanted), Err(TooMany::Pairs(all)));
        let some = of(&units, None, Wanted { limit: Some(3), ..wanted }).unwrap();
        let pair = |b: u32| Alike { a: 0, b, score: 1.0 };
        assert_eq!((some.total, some.pairs), (all, vec![pair(1), pair(2), pair(3)]));
        let most = Wanted { top_k: Some(usize::MAX), ..wanted };
        let units = Units::of_vectors(Array2::ones((12_000, 1)));
        assert_eq!(of(&units, None, most), Err(TooMany::Neighbours(144_000_000)));
    }

    #[test]
    fn a_sample_of_random_rows() {
        let (one, two) = (units(50, 5), units(1, 6));
        let of = |left: &Units, right: Option<&Units>| {
            distribution_of(kernels(), left.vectors.view(), right.map(|right| right.vectors.view()))
        };
        assert!(of(&two, None).is_none() && of(&units(0, 1), Some(&one)).is_none());
        // The only cosine of two equal rows is 1.
        let same = Units::of_vectors(Array2::ones((2, 1)));
        assert_eq!(of(&same, None).unwrap().quantile(0.5), 1.0);
        assert!(of(&one, Some(&two)).unwrap().level(0.99) > 0.9);
    }
}
