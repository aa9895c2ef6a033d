//! Which sentences of two documents say the same: what claims, coverage, alignments and disagreements all stand on.
//!
//! Candidates first: for each sentence those of other documents whose vectors are nearest, and those that have most
//! rare words in common with it. These are compared word by word (`evidence`), and a probability is made of that
//! ([`probability`]). Then those that match the same third sentence are compared with each other. What is found of two
//! sentences depends on their two documents and the model alone, whatever else is in the folder; only which are
//! compared does not, where there are too many to compare each with each.

mod evidence;
mod measure;
mod name;
mod probability;
mod story;
mod wording;

use std::collections::{BTreeMap, BTreeSet, HashMap};

use ndarray::{Array2, ArrayView2};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use crate::compare::{
    Background, ClaimModel, Cuts, DocumentGroup, Independence, Match, ModelBackground, Pair, Pairs, Products, Random,
    Relation, Threshold, cross_source_pairs, overlap,
};
use crate::disagreement::{Difference, differences, with_edits};
use crate::kernels::Kernels;
use crate::library::{Library, Progress, SyncError, dot};
use crate::model::Embedder;
use crate::store::{computed_key, derived, encode, versions};
pub use evidence::FEATURES;
use evidence::{ClauseSpan, Evidence};
pub use measure::{measure, measure_scale, measured, measured_once, sample_sources};
pub(crate) use name::Names;
use name::SAME_MATTER;
use probability::Scales;
pub use probability::{CUT, probability};
use story::Apart;
use wording::Wordings;

/// Sentences of other documents that a sentence is held against, at least; and how many of a corpus are altogether, if
/// these are fewer: in a small folder each is held against all that are similar at all.
const CANDIDATES: usize = 6;
const ALTOGETHER: usize = 150_000;
/// A word that stands in more sentences is not rare.
const RARE: usize = 50;
/// What is less similar is no candidate.
const LEAST_COSINE: f32 = 0.0;
/// What is less likely is not kept.
pub const LEAST: f32 = 0.05;
/// Copies have at least this cosine.
const COPIED: f32 = 0.8;
/// Words from which on a sentence that recurs is no formula, as "declined to comment" is.
const NO_FORMULA: usize = 8;
/// Documents of this cosine are about the same subject; that they are more alike, as long ones are, says nothing more
/// of their sentences.
const SAME_SUBJECT: f32 = 0.65;
/// The mean of the highest cosine of sentences beside two sentences, over the stories that the probability was fitted
/// on.
const CONTEXT: f32 = 0.25;
/// Documents with fewer names are not told to be on different events.
const FEW_NAMES: usize = 5;
/// Of a sentence that more others match, not all of them are compared with each other.
const EACH_WITH_EACH: usize = 64;

/// The sentences of a corpus that say the same.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Matches {
    /// Pairs that are at all likely to, ascending by their places.
    pairs: Vec<Matched>,
    /// How unusual the cosines of sentences are, and from where on they decide.
    background: Background,
    cuts: Cuts,
    /// Whether the probability decides, and not the cosine.
    probable: bool,
    /// The model that the probability was fitted with, if it is another one.
    fitted_with: Option<String>,
    stories: Vec<DocumentGroup>,
}

/// Two sentences of two documents.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Matched {
    /// The one that comes first in the library, and the other.
    pub a: Place,
    /// The one that comes second.
    pub b: Place,
    /// That they say the same, 0 to 1.
    pub probability: f32,
    /// Their cosine, each embedded alone.
    pub score: f32,
    /// Whether both are too short to say anything alone: their words are the same.
    pub short: bool,
}

/// The passage that comes nearest to another without saying the same.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct NearestPassage {
    /// The passage's entry in the library.
    pub entry: usize,
    /// The cosine of the two.
    pub score: f32,
    /// That a sentence of the one says what one of the other says; none where that is hardly likely and the cosine
    /// alone tells.
    pub probability: Option<f32>,
}

impl NearestPassage {
    /// The likeliest passage if there is one, with its cosine to `entry`; else the one that is nearest `by_cosine`.
    pub fn new(
        pairs: &Pairs,
        entry: usize,
        likeliest: Option<(usize, f32)>,
        by_cosine: impl FnOnce() -> Option<(usize, f32)>,
    ) -> Option<Self> {
        match likeliest {
            Some((other, probability)) => {
                Some(Self { entry: other, score: pairs.score(entry, other), probability: Some(probability) })
            }
            None => by_cosine().map(|(other, score)| Self { entry: other, score, probability: None }),
        }
    }
}

/// Two passages of which a sentence of the one says what one of the other says, and those sentences.
pub type MatchedPassages = (Match, Vec<Matched>);

/// A sentence of a corpus.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Place {
    /// Its passage, and its place there.
    pub entry: usize,
    /// The sentence's place in the passage, from 0.
    pub at: usize,
    /// The first byte in the passage's text that says it, and the one after the last.
    pub span: (usize, usize),
}

impl Place {
    /// The sentence's passage and its place there.
    pub fn sentence(&self) -> (usize, usize) {
        (self.entry, self.at)
    }
}

/// The matching sentences of a corpus whose passages were fetched; kept with it.
///
/// # Errors
/// When the store or the model fails.
pub fn matches(
    pairs: &Pairs,
    embedder: &Embedder,
    (model, independence): (&ModelBackground, &Independence),
    progress: &dyn Progress,
) -> Result<Matches, SyncError> {
    let (corpus, library) = (pairs.corpus, &pairs.corpus.library);
    let made_of = [corpus.key().as_ref(), &encode(model), &encode(&asked(pairs.asked()))].concat();
    derived(library.store(), computed_key("matches", versions::MATCHES, made_of), || {
        let wordings = Wordings::read(library, embedder, progress)?;
        let background = background((&wordings, library), corpus.kernels(), independence, model);
        let cuts = pairs.asked().cuts(&background, background.cuts_of_sentences(model));
        let (probable, fitted_with) = (pairs.asked() == Threshold::Unusual, model.claims.fitted_with.clone());
        let stories = story::stories(corpus, independence);
        let apart = Apart::new(&stories, library.documents.len());
        let mut found = Matches { pairs: Vec::new(), background, cuts, probable, fitted_with, stories };
        let least = Scales::new(&model.claims).sentences.inverse(LEAST_COSINE).min(cuts.same);
        found.pairs = compared((&wordings, library, &apart), &model.claims, corpus.kernels(), least, |scored| {
            let pair = scored.matched(&wordings, library);
            (pair.probability >= LEAST || found.same(&pair)).then_some(pair)
        });
        Ok(found)
    })
}

impl Matches {
    /// Whether two sentences say the same.
    pub fn same(&self, pair: &Matched) -> bool {
        // Where the user wishes, the cosine decides.
        pair.short || if self.probable { pair.probability >= CUT } else { pair.score >= self.cuts.same }
    }

    /// The pairs that say the same and are long enough to claim anything.
    pub fn claiming(&self) -> impl Iterator<Item = &Matched> {
        self.likely().filter(|pair| self.same(pair))
    }

    /// The pairs that may say the same, with a probability of [`LEAST`] or more.
    pub fn likely(&self) -> impl Iterator<Item = &Matched> {
        self.pairs.iter().filter(|pair| !pair.short)
    }

    /// The probability from which on two sentences say the same; none where the user's cosine decides.
    pub fn cut(&self) -> Option<f32> {
        self.probable.then_some(CUT)
    }

    /// The model that the probability was fitted with, if it is another one: then it is an estimate.
    pub fn fitted_with(&self) -> Option<&str> {
        self.fitted_with.as_deref()
    }

    /// The stories of the documents, those of most documents first: their claims are less likely to be the same.
    pub fn stories(&self) -> &[DocumentGroup] {
        &self.stories
    }

    /// The cosines at which two sentences begin to have something to do with each other.
    pub fn cuts(&self) -> Cuts {
        self.cuts
    }

    /// How unusual a cosine is among random pairs of sentences.
    pub fn percentile(&self, score: f32) -> f32 {
        self.background.percentile(score)
    }

    /// The pairs of sentences of two passages that say the same, the one of `a` first.
    pub fn between(&self, a: usize, b: usize) -> Vec<Matched> {
        let (first, second) = (a.min(b), a.max(b));
        let from = self.pairs.partition_point(|pair| pair.a.entry < first);
        let of_first = self.pairs[from..].iter().take_while(|pair| pair.a.entry == first);
        let found = of_first.filter(|pair| pair.b.entry == second && self.same(pair));
        found.map(|pair| if a < b { *pair } else { Matched { a: pair.b, b: pair.a, ..*pair } }).collect()
    }

    /// The pairs of passages of which a sentence of the one says what one of the other says, each with those sentences;
    /// ascending. What is too short counts where the whole passage is.
    pub fn passages(&self, pairs: &Pairs) -> Vec<MatchedPassages> {
        let library = &pairs.corpus.library;
        let mut found: BTreeMap<(usize, usize), Vec<Matched>> = BTreeMap::new();
        for pair in self.pairs.iter().filter(|pair| self.same(pair)) {
            found.entry((pair.a.entry, pair.b.entry)).or_default().push(*pair);
        }
        let found: Vec<_> =
            found.into_iter().filter(|(_, sentences)| sentences.iter().any(|pair| counts(library, pair))).collect();
        found
            .into_par_iter()
            .map(|((a, b), sentences)| (Match { a, b, pair: said(pairs.compare(a, b)) }, sentences))
            .collect()
    }

    /// The passages of which a sentence says what one of another document does. What is too short counts where the
    /// whole passage is.
    pub fn shared(&self, library: &Library) -> BTreeSet<usize> {
        let pairs = self.pairs.iter().filter(|pair| self.same(pair) && counts(library, pair));
        pairs.flat_map(|pair| [pair.a.entry, pair.b.entry]).collect()
    }

    /// Of each passage or sentence, as `of` says, and each other document, the passage of that document whose sentence is
    /// most likely to say what it, or one of it, says, with that probability; none where the user's cosine decides.
    pub fn likeliest<K: Ord>(&self, library: &Library, of: impl Fn(&Place) -> K) -> BTreeMap<(K, usize), (usize, f32)> {
        let mut likeliest: BTreeMap<(K, usize), (usize, f32)> = BTreeMap::new();
        for pair in self.likely().filter(|_| self.probable) {
            for (own, other) in [(&pair.a, pair.b.entry), (&pair.b, pair.a.entry)] {
                let known = likeliest.entry((of(own), library.document(other))).or_insert((other, pair.probability));
                if pair.probability > known.1 {
                    *known = (other, pair.probability);
                }
            }
        }
        likeliest
    }

    /// Where two passages may disagree, in bytes of their texts: what differs between sentences that say the same, and
    /// what was changed in a copy.
    pub fn differences(&self, library: &Library, Match { a, b, pair }: Match) -> Vec<Difference> {
        let matched = self.between(a, b);
        let found = matched.iter().flat_map(|pair| differences_of(library, [pair.a, pair.b], false)).collect();
        let text = |entry: usize| library.passage(entry).text.as_str();
        let copies = pair.relation == Some(Relation::NearCopy);
        let edited = copies && !says_both(library, [(a, text(a)), (b, text(b))]);
        if edited { with_edits(found, text(a), text(b)) } else { found }
    }
}

/// Whether a pair is long enough to say anything, or the whole of a passage.
fn counts(library: &Library, pair: &Matched) -> bool {
    let whole = |entry: usize| library.passage(entry).sentences.len() == 1;
    !pair.short || whole(pair.a.entry) || whole(pair.b.entry)
}

/// Where two sentences may disagree, in bytes of their passages; of copies also what was changed. A document that says
/// both, as a list of changes says of each version what is new, does not disagree.
pub(crate) fn differences_of(library: &Library, places: [Place; 2], copies: bool) -> Vec<Difference> {
    let [(a, start_a), (b, start_b)] = places.map(|place| {
        let passage = library.passage(place.entry);
        (passage.sentence(place.at), passage.sentences[place.at].start)
    });
    let found = differences(a, b);
    let found = if copies { with_edits(found, a, b) } else { found };
    if !found.is_empty() && says_both(library, [(places[0].entry, a), (places[1].entry, b)]) {
        return Vec::new();
    }
    found.into_iter().map(|difference| difference.moved(start_a, start_b)).collect()
}

/// Whether the document of one of two entries also says, word for word, what is said in the other.
fn says_both(library: &Library, [(one, a), (other, b)]: [(usize, &str); 2]) -> bool {
    let says = |entry: usize, said: &str| {
        let passages = library.passages_of(library.document(entry)).map(|entry| library.passage(entry));
        passages
            .filter(|passage| passage.text.contains(said))
            .any(|passage| passage.text == said || (0..passage.sentences.len()).any(|at| passage.sentence(at) == said))
    };
    says(one, b) || says(other, a)
}

/// A pair whose sentences say the same, though in other words than a cosine can tell.
pub(crate) fn said(pair: Pair) -> Pair {
    Pair {
        relation: pair.relation.filter(|relation| *relation < Relation::Related).or(Some(Relation::Paraphrase)),
        ..pair
    }
}

/// What was asked for, as numbers.
fn asked(same: Threshold) -> (u8, f32) {
    match same {
        Threshold::Unusual => (0, 0.0),
        Threshold::Percentile(percentile) => (1, percentile),
        Threshold::Score(score) => (2, score),
    }
}

/// Two sentences, by their places among all, and how they compare.
#[derive(Debug, Clone, Copy)]
struct ScoredPair {
    a: usize,
    b: usize,
    features: [f32; FEATURES.len()],
    probability: f32,
    cosine: f32,
    clauses: [ClauseSpan; 2],
    short: bool,
}

impl ScoredPair {
    fn matched(&self, wordings: &Wordings, library: &Library) -> Matched {
        let place = |sentence: usize, (first, last): ClauseSpan| {
            let wording::Sentence { entry, at, .. } = wordings.sentences[sentence];
            let whole = &library.passage(entry).sentences[at];
            let clauses = wordings.of(sentence).clauses.get(usize::from(first)..=usize::from(last));
            let ends = clauses.and_then(|clauses| Some((clauses.first()?.span.start, clauses.last()?.span.end)));
            let span = ends.map_or((whole.start, whole.end), |(start, end)| (whole.start + start, whole.start + end));
            Place { entry, at, span }
        };
        let [a, b] = self.clauses;
        let &Self { probability, cosine: score, short, .. } = self;
        Matched { a: place(self.a, a), b: place(self.b, b), probability, score, short }
    }
}

/// Every pair of sentences that was compared, as `(passage, place)` of both with their features and probability: for
/// the bench that fits and checks the probability.
///
/// # Errors
/// When the model fails.
pub fn compared_pairs(library: &Library, embedder: &Embedder, claims: &ClaimModel) -> Result<Vec<Compared>, SyncError> {
    let wordings = Wordings::read(library, embedder, &())?;
    let place = |at: usize| (wordings.sentences[at].entry, wordings.sentences[at].at);
    let least = Scales::new(claims).sentences.inverse(LEAST_COSINE);
    let apart = Apart::new(&[], library.documents.len());
    Ok(compared((&wordings, library, &apart), claims, embedder.model().kernels(), least, |pair| {
        (!pair.short).then(|| Compared {
            places: [place(pair.a), place(pair.b)],
            features: pair.features,
            probability: pair.probability,
        })
    }))
}

/// Two sentences, each by its passage and its place there, and how they compare.
#[derive(Debug, Clone, Copy)]
pub struct Compared {
    /// The entry of each sentence's passage, and the sentence's place in it.
    pub places: [(usize, usize); 2],
    /// What the probability is made of, in the order of [`FEATURES`].
    pub features: [f32; FEATURES.len()],
    /// How likely it is that they say the same, 0 to 1.
    pub probability: f32,
}

/// What `keep` makes of the pairs of sentences that are compared, ascending.
fn compared<T: Send>(
    (wordings, library, apart): (&Wordings, &Library, &Apart),
    claims: &ClaimModel,
    kernels: &'static dyn Kernels,
    least: f32,
    keep: impl Fn(&ScoredPair) -> Option<T> + Send + Sync,
) -> Vec<T> {
    let vectors = wordings.vectors();
    let scoring = Scoring::new((wordings, library, apart), claims, kernels, vectors.view());
    let first = scoring.candidates(least);
    let scored = scoring.score(&first);
    let second = scoring.triangles(&scored, &first);
    let mut all = scored;
    all.extend(scoring.score(&second));
    all.par_sort_unstable_by_key(|pair| (pair.a, pair.b));
    all.par_iter().filter_map(keep).collect()
}

/// What pairs of sentences are compared by.
struct Scoring<'a> {
    wordings: &'a Wordings,
    library: &'a Library,
    claims: &'a ClaimModel,
    scales: Scales,
    kernels: &'static dyn Kernels,
    vectors: ArrayView2<'a, f32>,
    /// The document and the part of each sentence.
    document: Vec<usize>,
    part: Vec<usize>,
    /// The mean vectors of passages, and of documents.
    passages: Array2<f32>,
    documents: Array2<f32>,
    /// The names in each document.
    names: Vec<Names>,
    /// Which documents are on different events.
    apart: &'a Apart,
}

impl<'a> Scoring<'a> {
    fn new(
        (wordings, library, apart): (&'a Wordings, &'a Library, &'a Apart),
        claims: &'a ClaimModel,
        kernels: &'static dyn Kernels,
        vectors: ArrayView2<'a, f32>,
    ) -> Self {
        let document: Vec<usize> = wordings.sentences.iter().map(|sentence| library.document(sentence.entry)).collect();
        let mut part = vec![0; document.len()];
        wordings.parts.iter().enumerate().for_each(|(at, range)| part[range.clone()].fill(at));
        let passages = wordings.means(library.len(), |sentence| sentence.entry);
        let documents = wordings.means(library.documents.len(), |sentence| library.document(sentence.entry));
        let sentences = wordings.sentences.chunk_by(|a, b| library.document(a.entry) == library.document(b.entry));
        let mut names = vec![Names::default(); library.documents.len()];
        for of_document in sentences {
            let texts = of_document.iter().map(|sentence| library.passage(sentence.entry).sentence(sentence.at));
            names[library.document(of_document[0].entry)] = Names::of(texts);
        }
        let scales = Scales::new(claims);
        Self { wordings, library, claims, scales, kernels, vectors, document, part, passages, documents, names, apart }
    }

    /// The pairs, the first before the second, of which one is among those of other documents that are nearest to the
    /// other; ascending.
    fn candidates(&self, least: f32) -> Vec<(usize, usize)> {
        let n = self.vectors.nrows();
        let most = (ALTOGETHER / n.max(1)).max(CANDIDATES);
        let elsewhere = |a: usize, b: usize| self.document[a] != self.document[b];
        // More than `least`.
        let nearest = Products::of_all(self.kernels, self.vectors).nearest(most, least.next_up(), elsewhere);
        let mut pairs: Vec<(usize, usize)> = nearest
            .into_iter()
            .enumerate()
            .flat_map(|(at, near)| near.into_iter().map(move |(to, _)| (at.min(to), at.max(to))))
            .collect();
        pairs.extend(self.of_words());
        pairs.par_sort_unstable();
        pairs.dedup();
        pairs
    }

    /// The pairs, the first before the second, of which one is among those of other documents that have most rare words
    /// in common with the other.
    fn of_words(&self) -> Vec<(usize, usize)> {
        let n = self.document.len();
        let mut having: HashMap<u64, Vec<u32>> = HashMap::new();
        for at in 0..n {
            for word in &self.wordings.of(at).words {
                let of_word = having.entry(*word).or_default();
                // One more tells that it is not rare.
                if of_word.len() <= RARE {
                    of_word.push(at as u32);
                }
            }
        }
        having.retain(|_, sentences| (2..=RARE).contains(&sentences.len()));
        let nearest = |at: usize| {
            let mut common: HashMap<usize, f32> = HashMap::new();
            for sentences in self.wordings.of(at).words.iter().filter_map(|word| having.get(word)) {
                let weight = (n as f32 / sentences.len() as f32).ln();
                let others = sentences
                    .iter()
                    .map(|other| *other as usize)
                    .filter(|other| self.document[*other] != self.document[at]);
                others.for_each(|other| *common.entry(other).or_default() += weight);
            }
            let mut common: Vec<(usize, f32)> = common.into_iter().collect();
            common.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
            common.truncate(CANDIDATES);
            common.into_iter().map(move |(other, _)| (at.min(other), at.max(other)))
        };
        (0..n).into_par_iter().flat_map_iter(nearest).collect()
    }

    /// The pairs of which both match the same third sentence, and that were not compared yet.
    fn triangles(&self, scored: &[ScoredPair], known: &[(usize, usize)]) -> Vec<(usize, usize)> {
        let mut near: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        for pair in scored.iter().filter(|pair| !pair.short && pair.probability >= CUT) {
            near.entry(pair.a).or_default().push(pair.b);
            near.entry(pair.b).or_default().push(pair.a);
        }
        let mut found = BTreeSet::new();
        for others in near.values_mut().filter(|others| others.len() > 1) {
            others.sort_unstable();
            others.truncate(EACH_WITH_EACH);
            let pairs = others.iter().enumerate().flat_map(|(at, a)| others[at + 1..].iter().map(move |b| (*a, *b)));
            found
                .extend(pairs.filter(|(a, b)| {
                    self.document[*a] != self.document[*b] && known.binary_search(&(*a, *b)).is_err()
                }));
        }
        found.into_iter().collect()
    }

    /// How these pairs compare, the first of each before the second.
    fn score(&self, pairs: &[(usize, usize)]) -> Vec<ScoredPair> {
        let short = |(a, b): (usize, usize)| [a, b].map(|at| self.wordings.of(at).short.as_ref());
        let (short, long): (Vec<_>, Vec<_>) = pairs.iter().copied().partition(|pair| short(*pair) != [None, None]);
        let same = |(a, b): &(usize, usize)| self.wordings.of(*a).short == self.wordings.of(*b).short;
        let of_short = short.into_par_iter().filter(same).map(|(a, b)| self.short(a, b));
        // Both directions, by the part that is looked into.
        let there = long.iter().enumerate().map(|(at, (a, b))| (self.part[*b], *a, *b, at));
        let mut looks: Vec<(usize, usize, usize, usize)> =
            there.chain(long.iter().enumerate().map(|(at, (a, b))| (self.part[*a], *b, *a, at))).collect();
        looks.par_sort_unstable();
        let by_part: Vec<&[(usize, usize, usize, usize)]> = looks.chunk_by(|a, b| a.0 == b.0).collect();
        let expected = (self.claims.scale.tokens, self.scales.surprise);
        let look = |looks: &&[(usize, usize, usize, usize)]| {
            let pairs: Vec<(usize, usize)> = looks.iter().map(|(_, own, other, _)| (*own, *other)).collect();
            let found =
                evidence::found(self.kernels, self.wordings, expected, &self.wordings.parts[looks[0].0], &pairs);
            found
                .into_iter()
                .zip(looks.iter())
                .map(|(found, (_, own, other, at))| ((*at, own > other), found))
                .collect::<Vec<_>>()
        };
        let mut found: Vec<((usize, bool), Evidence)> = by_part.par_iter().flat_map_iter(look).collect();
        found.par_sort_unstable_by_key(|(at, _)| *at);
        let both = found.par_chunks_exact(2).zip(&long);
        let of_long = both.map(|(both, (a, b))| self.long(*a, *b, [both[0].1, both[1].1]));
        of_short.chain(of_long).collect()
    }

    /// Two sentences that are too short to be compared but by their words, which are the same.
    fn short(&self, a: usize, b: usize) -> ScoredPair {
        let (features, cosine) = ([0.0; FEATURES.len()], self.cosine(a, b));
        ScoredPair { a, b, features, probability: 1.0, cosine, clauses: [(0, u8::MAX); 2], short: true }
    }

    /// How two sentences compare, given what each finds in the other.
    fn long(&self, a: usize, b: usize, found: [Evidence; 2]) -> ScoredPair {
        let entries = [a, b].map(|at| self.wordings.sentences[at].entry);
        let parts = [a, b].map(|at| &self.wordings.parts[self.part[at]]);
        let cosine = self.cosine(a, b);
        let (number, other_number) = evidence::numbers(self.wordings, parts, [a, b]);
        let context = self.context(a, b);
        // What was copied says the same, whatever the rest of the documents is about.
        let copied = cosine >= COPIED && self.are_copies(a, b, context);
        let (subject, names) = if copied { (SAME_SUBJECT, SAME_MATTER) } else { self.likeness(a, b) };
        let passages = dot(self.kernels, self.passages.row(entries[0]), self.passages.row(entries[1]));
        let Scales { sentences, passages: of_passages, .. } = self.scales;
        let features = [
            f32::midpoint(found[0].clause, found[1].clause),
            f32::midpoint(found[0].sentence, found[1].sentence),
            number,
            other_number,
            context.map_or(CONTEXT, |cosine| sentences.apply(cosine)),
            of_passages.apply(passages),
            subject,
            names,
            sentences.apply(cosine),
        ];
        let probability = probability(&self.claims.fit, &features, !copied && self.other_event(a, b));
        ScoredPair { a, b, features, probability, cosine, clauses: found.map(|found| found.said), short: false }
    }

    fn cosine(&self, a: usize, b: usize) -> f32 {
        dot(self.kernels, self.vectors.row(a), self.vectors.row(b)).min(1.0)
    }

    /// The highest cosine that a sentence beside the one has with a sentence beside the other.
    fn context(&self, a: usize, b: usize) -> Option<f32> {
        let beside = |at: usize| {
            let around = [at.checked_sub(1), Some(at + 1).filter(|next| *next < self.document.len())];
            around.into_iter().flatten().filter(move |next| self.document[*next] == self.document[at])
        };
        beside(a).flat_map(|a| beside(b).map(move |b| (a, b))).map(|(a, b)| self.cosine(a, b)).reduce(f32::max)
    }

    /// How much the documents of two sentences are about the same subject, and have the same names.
    fn likeness(&self, a: usize, b: usize) -> (f32, f32) {
        let [first, second] = [a, b].map(|at| self.document[at]);
        let subject = dot(self.kernels, self.documents.row(first), self.documents.row(second));
        (self.scales.documents.apply(subject).min(SAME_SUBJECT), self.names[first].likeness(&self.names[second]))
    }

    /// Whether the documents of two sentences are on different events. Few names do not tell.
    fn other_event(&self, a: usize, b: usize) -> bool {
        let [first, second] = [a, b].map(|at| self.document[at]);
        self.apart.are(first, second) && [first, second].iter().all(|document| self.names[*document].len() >= FEW_NAMES)
    }

    /// Whether one sentence was copied from the other, and not a formula such as "declined to comment": it is long
    /// enough, and has a name or a number, or what is beside it was copied too.
    fn are_copies(&self, a: usize, b: usize, context: Option<f32>) -> bool {
        let [first, second] = [a, b].map(|at| self.wordings.sentences[at]);
        let overlap = overlap(
            self.library.passage(first.entry).sentence(first.at),
            self.library.passage(second.entry).sentence(second.at),
        );
        let named = || {
            let names = &self.names[self.document[a]];
            !self.wordings.of(a).numbers.is_empty()
                || self.wordings.of(a).words.iter().any(|word| names.contains(*word))
        };
        overlap.words.0.min(overlap.words.1) >= NO_FORMULA
            && overlap.is_copy()
            && (context.is_some_and(|context| context >= COPIED) || named())
    }
}

/// How unusual cosines of sentences are: one of each of two random passages of two sources.
fn background(
    (wordings, library): (&Wordings, &Library),
    kernels: &dyn Kernels,
    independence: &Independence,
    model: &ModelBackground,
) -> Background {
    let mut random = Random(0);
    let pairs = cross_source_pairs(library, independence, &mut random);
    let mut draw = |entry: usize| {
        let (first, n) = (
            wordings.sentences.partition_point(|sentence| sentence.entry < entry),
            library.passage(entry).sentences.len(),
        );
        (n > 0).then(|| first + random.below(n))
    };
    let vector = |at: usize| ndarray::ArrayView1::from(wordings.of(at).vector());
    let sample = pairs.into_iter().filter_map(|(a, b)| Some(dot(kernels, vector(draw(a)?), vector(draw(b)?))));
    Background::of(sample.collect(), &model.passages)
}
