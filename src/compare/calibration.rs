//! How unusual a cosine is.
//!
//! In a corpus on one subject any two paragraphs are somewhat similar, so a cosine alone says little. It is compared
//! with those of random pairs in the same corpus, taken from two sources that are not copies of each other: 20,000
//! pairs, the same ones in each run (or all, if there are fewer), so that a percentile is within 0.4 points of its
//! value over all pairs (one standard error, `√(p (1 - p) / n)`, is at most 0.35). With fewer than 500 such pairs the
//! model's own table is used, measured on the sample corpus.
//!
//! The best of `n` pairs is more similar than a random one: if a share `F` of pairs is less similar than a value, the
//! best of `n` independent pairs is so with probability `Fⁿ`.

use serde::{Deserialize, Serialize};

use super::Independence;
use super::cuts::{Bounds, Cuts};
use crate::library::{Corpus, DocumentId, Library, PassageId};
use crate::model::manifest::Manifest;
use crate::model::{ClaimFit, CosineScale};
use crate::store::{StoreError, computed_key, derived, encode, versions};

/// Number of pairs drawn from a corpus.
const SAMPLE: usize = 20_000;
/// Fewest pairs that characterise a corpus.
const ENOUGH: usize = 500;
/// The levels at which a distribution is tabulated.
const LEVELS: usize = 100;
const TAIL: [f64; 4] = [0.995, 0.998, 0.999, 0.9995];

/// A distribution of cosines, given by its quantiles: linear between them, with an exponential tail above the last.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Distribution {
    /// Shares of pairs and the values below which they lie, both ascending.
    quantiles: Vec<(f64, f64)>,
}

impl Distribution {
    /// The quantiles of the finite values of a sample; every value is above an empty sample.
    pub fn of_sample(mut sample: Vec<f32>) -> Self {
        sample.retain(|value| value.is_finite());
        sample.sort_unstable_by(f32::total_cmp);
        let levels = (0..LEVELS).map(|at| at as f64 / LEVELS as f64).chain(TAIL);
        let value =
            |level: f64| sample.get((level * sample.len() as f64) as usize).map(|value| (level, f64::from(*value)));
        Self { quantiles: levels.filter_map(value).collect() }
    }

    /// A tabulated distribution: `levels` from 0 to below 1, and the values at them, both ascending.
    pub fn from_table(levels: &[f64], values: &[f64]) -> Self {
        Self { quantiles: levels.iter().copied().zip(values.iter().copied()).collect() }
    }

    /// The share of pairs that are less similar than `value`, 0 to 1.
    pub fn level(&self, value: f32) -> f64 {
        let value = f64::from(value);
        let above = self.quantiles.partition_point(|(_, quantile)| *quantile <= value);
        match (above.checked_sub(1).map(|at| self.quantiles[at]), self.quantiles.get(above)) {
            (None, None) => 1.0,
            (None, Some(_)) => 0.0,
            (Some((l0, v0)), Some(&(l1, v1))) => l0 + (l1 - l0) * (value - v0) / (v1 - v0),
            (Some((last, at)), None) => 1.0 - (1.0 - last) * (-(value - at) / self.tail()).exp(),
        }
    }

    /// The value below which a share of pairs lies.
    pub fn quantile(&self, level: f64) -> f32 {
        let above = self.quantiles.partition_point(|(l, _)| *l <= level);
        let value = match (above.checked_sub(1).map(|at| self.quantiles[at]), self.quantiles.get(above)) {
            (None, first) => first.map_or(1.0, |(_, value)| *value),
            (Some((l0, v0)), Some(&(l1, v1))) => v0 + (v1 - v0) * (level - l0) / (l1 - l0),
            (Some((last, at)), None) => at - self.tail() * ((1.0 - level) / (1.0 - last)).max(f64::MIN_POSITIVE).ln(),
        };
        // The tail never ends, but cosines do.
        value.min(1.0) as f32
    }

    /// The distance over which the tail falls to 1/e, estimated from its last factor of ten.
    fn tail(&self) -> f64 {
        let Some(&(last, at)) = self.quantiles.last() else { return 1.0 };
        let before = self
            .quantiles
            .partition_point(|(level, _)| 1.0 - level > 10.0 * (1.0 - last))
            .min(self.quantiles.len() - 1);
        let (level, value) = self.quantiles[before];
        let fall = ((1.0 - level) / (1.0 - last)).ln();
        if fall > 0.0 && at > value { (at - value) / fall } else { 1e-3 }
    }
}

/// What a distribution was measured on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Origin {
    /// Random pairs of the corpus.
    Corpus {
        /// Number of pairs.
        pairs: usize,
    },
    /// The model's own table, because the corpus is too small.
    Model,
}

/// Percentiles of cosines.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Background {
    /// The cosines from which percentiles are computed.
    pub distribution: Distribution,
    /// What the distribution was measured on.
    pub origin: Origin,
    cuts: Cuts,
    bounds: Bounds,
}

impl Background {
    /// The background of pairs of passages, from random pairs of passages of two sources.
    pub fn of_passages(corpus: &Corpus, independence: &Independence, model: &ModelBackground) -> Self {
        let pairs = cross_source_pairs(&corpus.library, independence, &mut Random(0));
        Self::of(pairs.iter().map(|&(a, b)| corpus.cosine(a, b)).collect(), &model.passages)
    }

    /// The background of a sample of pairs, or of the model if there are too few.
    pub(crate) fn of(sample: Vec<f32>, model: &Distribution) -> Self {
        match sample.len() {
            pairs if pairs < ENOUGH => Self::new(model.clone(), Origin::Model, model),
            pairs => Self::new(Distribution::of_sample(sample), Origin::Corpus { pairs }, model),
        }
    }

    fn new(distribution: Distribution, origin: Origin, model: &Distribution) -> Self {
        let bounds = Bounds::new(&distribution, model);
        Self { distribution, origin, cuts: Cuts::new(bounds, model), bounds }
    }

    /// The values from which the cut between paraphrases and merely related passages was computed.
    pub fn bounds(&self) -> Bounds {
        self.bounds
    }

    /// The cosines that separate the relations.
    pub fn cuts(&self) -> Cuts {
        self.cuts
    }

    /// The cuts for claims in single sentences, given that this is a background of sentences.
    pub(crate) fn cuts_of_sentences(&self, model: &ModelBackground) -> Cuts {
        self.cuts.of_sentences(&self.distribution, &model.passages)
    }

    /// The percentage of random pairs that are less similar.
    pub fn percentile(&self, cosine: f32) -> f32 {
        (100.0 * self.distribution.level(cosine)) as f32
    }

    /// The cosine below which a percentage of random pairs lies.
    pub fn cosine(&self, percentile: f32) -> f32 {
        self.distribution.quantile(f64::from(percentile) / 100.0)
    }
}

/// Background for percentiles of a query's cosines.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct QueryBackground {
    /// The higher of a query's cosines with a passage and with its best sentence.
    pub peaks: Background,
}

impl QueryBackground {
    /// Samples pairs of a random sentence and a passage of another source.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn new(corpus: &Corpus, independence: &Independence, model: &ModelBackground) -> Result<Self, StoreError> {
        let made_of = [corpus.key().as_ref(), &encode(model), &encode(&versions::INDEPENDENCE)].concat();
        derived(corpus.library.store(), computed_key("query background", versions::QUERY_BACKGROUND, made_of), || {
            Ok(Self::sampled(corpus, independence, model))
        })
    }

    fn sampled(corpus: &Corpus, independence: &Independence, model: &ModelBackground) -> Self {
        let mut random = Random(0);
        let pairs = cross_source_pairs(&corpus.library, independence, &mut random);
        let mut peak = |(a, b)| {
            let sentences = corpus.sentences(a);
            super::peak(corpus, b, sentences.row(random.below(sentences.nrows())))
        };
        let peaks = pairs.into_iter().map(&mut peak).collect();
        Self { peaks: Background::of(peaks, &model.peaks) }
    }
}

/// The model's distributions, for corpora that are too small for their own.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ModelBackground {
    /// Cosines of passages of two sources on one subject.
    pub passages: Distribution,
    /// Cosines of a sentence with a passage of another source on the same subject.
    pub queries: Distribution,
    /// The higher of that cosine and the one with the passage's best sentence.
    pub peaks: Distribution,
    /// The relevance of a passage for a sentence of a text on another subject.
    pub chance: Distribution,
    /// How likely it is that two sentences make the same claim.
    pub claims: ClaimModel,
}

/// How likely it is, with a model, that two sentences make the same claim.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ClaimModel {
    /// The model with which the probability was fitted, if it is a different one; the probability is then an estimate.
    pub fitted_with: Option<String>,
    /// The fit for that model.
    pub fit: ClaimFit,
    /// The scale of the cosines of the model in use.
    pub scale: CosineScale,
}

impl ModelBackground {
    /// The background in a manifest, or `None` if a part is missing.
    pub fn of_manifest(manifest: &Manifest) -> Option<Self> {
        let table = manifest.background.as_ref()?;
        let distribution = |values| Distribution::from_table(&table.levels, values);
        Some(Self {
            passages: distribution(&table.passages),
            queries: distribution(&table.queries),
            peaks: distribution(&table.peaks),
            chance: distribution(&table.chance),
            claims: ClaimModel::fitted(manifest.claims.clone()?),
        })
    }

    /// A warning for readers of the probability, if one is needed.
    pub fn warning(&self, model: &str) -> Option<String> {
        self.is_estimate("the probability that two sentences make the same claim", model)
    }

    /// A warning for readers of the answers to queries, if one is needed: how vectors and words are weighed, and when
    /// an answer may be chance, was fitted with one model.
    pub fn query_warning(&self, model: &str) -> Option<String> {
        self.is_estimate("the relevance of answers", model)
    }

    fn is_estimate(&self, what: &str, model: &str) -> Option<String> {
        let fitted_with = self.claims.fitted_with.as_ref()?;
        let otherwise = if fitted_with == model {
            " as published, at its full dimension; otherwise".to_owned()
        } else {
            format!("; with {model}")
        };
        Some(format!("{what} was fitted with {fitted_with}{otherwise} it is an estimate"))
    }
}

impl ClaimModel {
    /// The claim model of a model with its own fit.
    pub fn fitted(fit: ClaimFit) -> Self {
        Self { fitted_with: None, scale: fit.scale.clone(), fit }
    }

    /// The claim model of a model for which only the scale of cosines is known, using the fit of the default model.
    ///
    /// # Panics
    /// When the default model's manifest has no fit; a test ensures that it has.
    pub fn estimated(scale: CosineScale) -> Self {
        let default = &Manifest::builtin()[0];
        let fit = default.claims.clone().expect("the default model's manifest has a fit");
        Self { fitted_with: Some(default.name.to_string()), fit, scale }
    }
}

/// Pairs of passages of two different sources: all of them, or a uniform random sample. They do not depend on the order
/// in which the documents were read. Copies of one another do not count as two sources, because what they share is not
/// a coincidence.
pub(crate) fn cross_source_pairs(
    library: &Library,
    independence: &Independence,
    random: &mut Random,
) -> Vec<(PassageId, PassageId)> {
    let document = |passage: PassageId| library.document_of(passage);
    let independent = |&(a, b): &(PassageId, PassageId)| !independence.are_copies(document(a), document(b));
    let mut documents: Vec<DocumentId> = library.with_text().collect();
    documents.sort_by_key(|document| &library.document(*document).id);
    let passages: Vec<PassageId> = documents.iter().flat_map(|document| library.passages_of(*document)).collect();
    let of_documents: Vec<&[PassageId]> = passages.chunk_by(|a, b| document(*a) == document(*b)).collect();
    let all = passages.len();
    let pairs = |own: &[PassageId]| own.len() * (all - own.len());
    let total: usize = of_documents.iter().map(|own| pairs(own)).sum();
    // Number of passages before each document.
    let before: Vec<usize> =
        of_documents.iter().scan(0, |sum, own| Some(std::mem::replace(sum, *sum + own.len()))).collect();
    if total / 2 <= SAMPLE {
        let with_later = |at: usize| {
            let (own, later) = (of_documents[at], &passages[before[at] + of_documents[at].len()..]);
            own.iter().flat_map(move |a| later.iter().map(move |b| (*a, *b)))
        };
        return (0..of_documents.len()).flat_map(with_later).filter(independent).collect();
    }
    let ends: Vec<usize> = of_documents
        .iter()
        .scan(0, |sum, own| {
            *sum += pairs(own);
            Some(*sum)
        })
        .collect();
    let draw = |_| {
        let at = random.below(total);
        let first = ends.partition_point(|end| *end <= at);
        let own = of_documents[first];
        // A position among the passages of other documents, in the same order.
        let place = random.below(all - own.len());
        let place = if place < before[first] { place } else { place + own.len() };
        (own[random.below(own.len())], passages[place])
    };
    // If nearly all are copies, there are fewer pairs than requested.
    (0..10 * SAMPLE).map(draw).filter(independent).take(SAMPLE).collect()
}

/// SplitMix64 (Steele, Lea & Flood 2014), which yields the same numbers in each run.
pub(crate) struct Random(pub u64);

impl Random {
    /// Returns a number below `n`, which must not be 0.
    pub fn below(&mut self, n: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((u128::from(z ^ (z >> 31)) * n as u128) >> 64) as usize
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn quantiles_of_a_sample() {
        let distribution = Distribution::of_sample((0..10_000).map(|at| at as f32 / 10_000.0).collect());
        for value in [0.0, 0.1234, 0.5, 0.905, 0.9991] {
            assert!(
                (distribution.level(value) - f64::from(value)).abs() < 1e-3,
                "{value}: {}",
                distribution.level(value)
            );
            assert!((distribution.quantile(f64::from(value)) - value).abs() < 1e-3, "{value}");
        }
        assert_eq!((distribution.level(-0.1), distribution.quantile(0.0)), (0.0, 0.0));
    }

    #[test]
    fn the_tail_goes_on_where_the_sample_ends() {
        // Exponential with mean 0.05: a share of e^-20x lies above x.
        let sample = (0..100_000).map(|at| -0.05 * (1.0 - (at as f32 + 0.5) / 100_000.0).ln()).collect();
        let distribution = Distribution::of_sample(sample);
        let above = 1.0 - distribution.level(0.6);
        assert!((above / (-12.0f64).exp() - 1.0).abs() < 0.2, "{above}");
        assert!((distribution.quantile(1.0 - 1e-5) - 0.05 * 1e5f32.ln()).abs() < 0.02);
    }

    #[test]
    fn the_best_of_many_is_less_unusual() {
        let distribution = Distribution::of_sample((0..1000).map(|at| at as f32 / 1000.0).collect());
        let background = Background::new(distribution.clone(), Origin::Model, &distribution);
        assert!((background.percentile(0.9) - 90.0).abs() < 0.2);
        assert!((background.cosine(90.0) - 0.9).abs() < 0.002);
    }

    #[test]
    fn copies_do_not_move_the_cut() {
        let model = Distribution::from_table(&[0.0, 0.985, 0.999], &[0.0, 0.4, 0.9]);
        let usual = |at: u16| 0.3 + 0.1 * f32::from(at % 1000) / 500.0;
        let cuts = |sample: Vec<f32>| Cuts::new(Bounds::new(&Distribution::of_sample(sample), &model), &model);
        let without = cuts((0..1000).map(usual).collect());
        let with = cuts((0..1000).map(usual).chain((0..70).map(|_| 1.0)).collect());
        assert!((without.same - with.same).abs() < 0.03, "{without:?} {with:?}");
        assert!(0.4 < without.same && with.same < 0.9);
    }

    #[test]
    fn no_pairs_no_panic() {
        let empty = Distribution::of_sample(Vec::new());
        assert_eq!((empty.level(0.3), empty.quantile(0.5)), (1.0, 1.0));
    }

    proptest! {
        #[test]
        fn level_and_quantile_are_monotonous_and_inverse(
            mut sample in prop::collection::vec(-1.0f32..1.0, 1..400),
            a in -1.2f32..1.2,
            b in -1.2f32..1.2,
            level in 0.0..0.9999f64,
        ) {
            let distribution = Distribution::of_sample(sample.clone());
            prop_assert!(distribution.level(a.min(b)) <= distribution.level(a.max(b)));
            let value = distribution.quantile(level);
            prop_assert!((0.0..=1.0).contains(&distribution.level(a)));
            sample.dedup();
            if sample.len() > 200 {
                prop_assert!((distribution.level(value) - level).abs() < 0.02, "{value} {level}");
            }
        }

        #[test]
        fn random_numbers_are_below(seed: u64, n in 1usize..1000) {
            let mut random = Random(seed);
            prop_assert!((0..100).all(|_| random.below(n) < n));
        }
    }
}
