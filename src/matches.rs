//! Which sentences of two documents say the same: the basis of claims, coverage, alignments and disagreements.
//!
//! Candidates come first: for each sentence, those of other documents whose vectors are nearest and those that share
//! the most rare words with it. Candidates are compared word by word (`evidence`), which yields a probability
//! ([`probability`]). Then sentences that match the same third sentence are compared with each other. The result for
//! two sentences depends only on their documents and the model, not on the rest of the folder; the rest affects only
//! which pairs are compared, if there are too many to compare all.

mod aside;
mod evidence;
mod measure;
mod name;
mod probability;
mod scoring;
mod story;
mod wording;

use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use crate::compare::{
    Background, Cuts, DocumentGroup, Independence, Match, ModelBackground, Pair, Pairs, Random, Relation, Threshold,
    cross_source_pairs,
};
use crate::disagreement::{Difference, differences, with_edits};
use crate::kernels::Kernels;
use crate::library::{DocumentId, Library, PassageId, Progress, SentenceId, SyncError, dot};
use crate::model::Embedder;
use crate::store::{computed_key, derived, encode, versions};
pub use evidence::FEATURES;
pub use measure::{measure, measure_scale, measured, measured_once, sample_sources};
pub(crate) use name::Names;
use probability::Scales;
pub use probability::{CUT, probability};
pub(crate) use scoring::most_candidates;
pub use scoring::{Compared, compared_pairs};
use scoring::{compared, least_cosine};
use story::Apart;
use wording::Wordings;

/// Pairs of a lower probability are not kept.
pub const LEAST: f32 = 0.05;

/// The sentences of a corpus that say the same.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Matches {
    /// Pairs with any likelihood of saying the same, ascending by position.
    pairs: Vec<Matched>,
    /// How unusual the cosines of sentences are, and the cosines at which they decide.
    background: Background,
    cuts: Cuts,
    /// Whether the probability decides, rather than the cosine.
    probable: bool,
    /// The model with which the probability was fitted, if it is a different one.
    fitted_with: Option<String>,
    stories: Vec<DocumentGroup>,
}

/// Two sentences of two documents.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Matched {
    /// The sentence that comes first in the library.
    pub a: Place,
    /// The sentence that comes second.
    pub b: Place,
    /// The probability that they say the same, 0 to 1.
    pub probability: f32,
    /// Their cosine, each sentence embedded alone.
    pub score: f32,
    /// Whether both are too short to say anything alone; their words are then the same.
    pub short: bool,
}

/// The passage nearest to another without saying the same.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct NearestPassage {
    /// The passage.
    pub passage: PassageId,
    /// The cosine of the two passages.
    pub score: f32,
    /// The probability that a sentence of one says what a sentence of the other says; `None` if that is so unlikely
    /// that only the cosine is informative.
    pub probability: Option<f32>,
}

impl NearestPassage {
    /// The likeliest passage, if there is one, with its cosine to the passage `to`; otherwise the one nearest
    /// `by_cosine`.
    pub fn new(
        pairs: &Pairs,
        to: PassageId,
        likeliest: Option<(PassageId, f32)>,
        by_cosine: impl FnOnce() -> Option<(PassageId, f32)>,
    ) -> Option<Self> {
        match likeliest {
            Some((passage, probability)) => {
                Some(Self { passage, score: pairs.score(to, passage), probability: Some(probability) })
            }
            None => by_cosine().map(|(passage, score)| Self { passage, score, probability: None }),
        }
    }
}

/// Two passages with sentences that say the same, and those sentences.
pub type MatchedPassages = (Match, Vec<Matched>);

/// A sentence of a corpus, or the part of it that says something.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Place {
    /// The sentence.
    pub sentence: SentenceId,
    /// The first byte of the statement in the passage's text, and the one after the last.
    pub span: (usize, usize),
}

impl Place {
    /// The passage that contains the sentence.
    pub fn passage(&self) -> PassageId {
        self.sentence.passage()
    }
}

/// The matching sentences of a corpus whose passages were fetched; cached in its store.
///
/// # Errors
/// When the store or the model fails.
pub fn matches(
    pairs: &Pairs,
    embedder: &Embedder,
    model: &ModelBackground,
    independence: &Independence,
    progress: &dyn Progress,
) -> Result<Matches, SyncError> {
    let (corpus, library) = (pairs.corpus, &pairs.corpus.library);
    let used = [versions::INDEPENDENCE, versions::DISAGREEMENTS];
    let made_of = [corpus.key().as_ref(), &encode(model), &encode(&asked(pairs.asked())), &encode(&used)].concat();
    derived(library.store(), computed_key("matches", versions::MATCHES, made_of), || {
        let wordings = Wordings::read(library, embedder, progress)?;
        let background = background(&wordings, library, corpus.kernels(), independence, model);
        let cuts = pairs.asked().cuts(&background, background.cuts_of_sentences(model));
        let (probable, fitted_with) = (pairs.asked() == Threshold::Unusual, model.claims.fitted_with.clone());
        let stories = story::stories(corpus, independence, Scales::new(&model.claims).documents);
        let apart = Apart::new(&stories, library.documents().len());
        let mut found = Matches { pairs: Vec::new(), background, cuts, probable, fitted_with, stories };
        let least = least_cosine(&model.claims).min(cuts.same);
        found.pairs = compared(&wordings, library, &apart, &model.claims, corpus.kernels(), least, |scored| {
            let pair = scored.matched(&wordings, library);
            (pair.probability >= LEAST || found.same(&pair)).then_some(pair)
        });
        Ok(found)
    })
}

impl Matches {
    /// Whether two sentences say the same.
    pub fn same(&self, pair: &Matched) -> bool {
        // If the user set a threshold, the cosine decides.
        pair.short || if self.probable { pair.probability >= CUT } else { pair.score >= self.cuts.same }
    }

    /// The pairs that say the same and are long enough to make a claim.
    pub fn claiming(&self) -> impl Iterator<Item = &Matched> {
        self.likely().filter(|pair| self.same(pair))
    }

    /// The pairs that may say the same, with a probability of at least [`LEAST`].
    pub fn likely(&self) -> impl Iterator<Item = &Matched> {
        self.pairs.iter().filter(|pair| !pair.short)
    }

    /// The probability at or above which two sentences say the same; `None` if the user's cosine decides.
    pub fn cut(&self) -> Option<f32> {
        self.probable.then_some(CUT)
    }

    /// The model with which the probability was fitted, if it is a different one; the probability is then an estimate.
    pub fn fitted_with(&self) -> Option<&str> {
        self.fitted_with.as_deref()
    }

    /// The stories of the documents, the largest first: claims of different stories are less likely to be the same.
    pub fn stories(&self) -> &[DocumentGroup] {
        &self.stories
    }

    /// The cosines at which two sentences count as related, or as saying the same.
    pub fn cuts(&self) -> Cuts {
        self.cuts
    }

    /// How unusual a cosine is among random pairs of sentences.
    pub fn percentile(&self, score: f32) -> f32 {
        self.background.percentile(score)
    }

    /// The pairs of sentences of two passages that say the same, the sentence of `a` first.
    pub fn between(&self, a: PassageId, b: PassageId) -> Vec<Matched> {
        let (first, second) = (a.min(b), a.max(b));
        let from = self.pairs.partition_point(|pair| pair.a.passage() < first);
        let of_first = self.pairs[from..].iter().take_while(|pair| pair.a.passage() == first);
        let found = of_first.filter(|pair| pair.b.passage() == second && self.same(pair));
        found.map(|pair| if a < b { *pair } else { Matched { a: pair.b, b: pair.a, ..*pair } }).collect()
    }

    /// The pairs of passages with sentences that say the same, each with those sentences; ascending. Sentences that are
    /// too short count if one of them is its whole passage.
    pub fn passages(&self, pairs: &Pairs) -> Vec<MatchedPassages> {
        let library = &pairs.corpus.library;
        let mut found: BTreeMap<(PassageId, PassageId), Vec<Matched>> = BTreeMap::new();
        for pair in self.pairs.iter().filter(|pair| self.same(pair)) {
            found.entry((pair.a.passage(), pair.b.passage())).or_default().push(*pair);
        }
        let found: Vec<_> =
            found.into_iter().filter(|(_, sentences)| sentences.iter().any(|pair| counts(library, pair))).collect();
        found
            .into_par_iter()
            .map(|((a, b), sentences)| (Match { a, b, pair: said(pairs.compare(a, b)) }, sentences))
            .collect()
    }

    /// The passages with a sentence that says the same as one of another document. Sentences that are too short count
    /// if one of them is its whole passage.
    pub fn shared(&self, library: &Library) -> BTreeSet<PassageId> {
        let pairs = self.pairs.iter().filter(|pair| self.same(pair) && counts(library, pair));
        pairs.flat_map(|pair| [pair.a.passage(), pair.b.passage()]).collect()
    }

    /// For each passage or sentence (as chosen by `of`) and each other document, the passage there with the sentence
    /// most likely to say the same, and that probability; empty if the user's cosine decides.
    pub fn likeliest<K: Ord>(
        &self,
        library: &Library,
        of: impl Fn(&Place) -> K,
    ) -> BTreeMap<(K, DocumentId), (PassageId, f32)> {
        let mut likeliest: BTreeMap<(K, DocumentId), (PassageId, f32)> = BTreeMap::new();
        for pair in self.likely().filter(|_| self.probable) {
            for (own, other) in [(&pair.a, pair.b.passage()), (&pair.b, pair.a.passage())] {
                let known = likeliest.entry((of(own), library.document_of(other))).or_insert((other, pair.probability));
                if pair.probability > known.1 {
                    *known = (other, pair.probability);
                }
            }
        }
        likeliest
    }

    /// Where two passages may disagree, in bytes of their texts: the differences between sentences that say the same,
    /// and the edits of a copy.
    pub fn differences(&self, library: &Library, Match { a, b, pair }: Match) -> Vec<Difference> {
        let matched = self.between(a, b);
        let found = matched.iter().flat_map(|pair| differences_of(library, [pair.a, pair.b], false)).collect();
        let text = |passage: PassageId| library.passage(passage).text.as_str();
        let copies = pair.relation == Some(Relation::NearCopy);
        let edited = copies && !says_both(library, [(a, text(a)), (b, text(b))]);
        if edited { with_edits(found, text(a), text(b)) } else { found }
    }
}

/// Whether a pair is long enough to say anything, or one of its sentences is a whole passage.
fn counts(library: &Library, pair: &Matched) -> bool {
    let whole = |place: &Place| library.passage(place.passage()).sentences.len() == 1;
    !pair.short || whole(&pair.a) || whole(&pair.b)
}

/// Where two sentences may disagree, in bytes of their passages; for copies this includes the edits. A document that
/// says both, such as a change log that lists each version's news, does not disagree.
pub(crate) fn differences_of(library: &Library, places: [Place; 2], copies: bool) -> Vec<Difference> {
    let [a, b] = places.map(|place| library.sentence(place.sentence));
    let [start_a, start_b] = places.map(|place| library.span(place.sentence).start);
    let found = differences(a, b);
    let found = if copies { with_edits(found, a, b) } else { found };
    if !found.is_empty() && says_both(library, [(places[0].passage(), a), (places[1].passage(), b)]) {
        return Vec::new();
    }
    found.into_iter().map(|difference| difference.moved(start_a, start_b)).collect()
}

/// Whether the document of one of two passages also contains, word for word, what is said in the other.
fn says_both(library: &Library, [(one, a), (other, b)]: [(PassageId, &str); 2]) -> bool {
    let says = |passage: PassageId, said: &str| {
        library.passages_of(library.document_of(passage)).any(|passage| {
            let text = &library.passage(passage).text;
            let is_it = |sentence| library.sentence(sentence) == said;
            text.contains(said) && (text == said || library.sentences_of(passage).any(is_it))
        })
    };
    says(one, b) || says(other, a)
}

/// Marks a pair whose sentences say the same as at least a paraphrase, even if its cosine does not show it.
pub(crate) fn said(pair: Pair) -> Pair {
    Pair {
        relation: pair.relation.filter(|relation| *relation < Relation::Related).or(Some(Relation::Paraphrase)),
        ..pair
    }
}

/// The threshold as numbers, for the key.
fn asked(same: Threshold) -> (u8, f32) {
    match same {
        Threshold::Unusual => (0, 0.0),
        Threshold::Percentile(percentile) => (1, percentile),
        Threshold::Score(score) => (2, score),
    }
}

/// How unusual cosines of sentences are, from one sentence each of two random passages of two sources.
fn background(
    wordings: &Wordings,
    library: &Library,
    kernels: &dyn Kernels,
    independence: &Independence,
    model: &ModelBackground,
) -> Background {
    let mut random = Random(0);
    let pairs = cross_source_pairs(library, independence, &mut random);
    let mut draw = |passage: PassageId| {
        let first = wordings.sentences.partition_point(|sentence| sentence.id.passage() < passage);
        let n = library.passage(passage).sentences.len();
        (n > 0).then(|| first + random.below(n))
    };
    let vector = |at: usize| ndarray::ArrayView1::from(wordings.of(at).vector());
    let sample = pairs.into_iter().filter_map(|(a, b)| Some(dot(kernels, vector(draw(a)?), vector(draw(b)?))));
    Background::of(sample.collect(), &model.passages)
}
