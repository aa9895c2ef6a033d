//! Which pairs of sentences are compared, and how they compare.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use ndarray::{Array2, ArrayView2, s};
use rayon::prelude::*;

use super::evidence::{self, ClauseSpan, Counts, Evidence, FEATURES};
use super::name::{Names, SAME_MATTER};
use super::probability::{CUT, Scales, probability};
use super::story::Apart;
use super::wording::{Sentence, Wordings};
use super::{Matched, Place};
use crate::compare::{ClaimModel, Products, overlap};
use crate::kernels::Kernels;
use crate::library::{DocumentId, Library, SentenceId, SyncError, dot};
use crate::model::Embedder;

/// The least number of sentences of other documents with which a sentence is compared, and the total for a corpus if
/// that allows more: in a small folder each is compared with all that are similar at all.
const CANDIDATES: usize = 6;
const ALTOGETHER: usize = 150_000;
/// A word that appears in more sentences is not rare.
const RARE: usize = 50;
/// Sentences of a lower cosine are not candidates.
const LEAST_COSINE: f32 = 0.0;
/// The least cosine of copies.
const COPIED: f32 = 0.8;
/// Fewest words of a recurring sentence that is not a formula such as "declined to comment".
const NO_FORMULA: usize = 8;
/// Documents of at least this cosine are about the same subject; a higher one, as long documents have, adds nothing.
const SAME_SUBJECT: f32 = 0.65;
/// The mean over the stories used for fitting of the highest cosine of sentences next to two sentences, less the mean
/// of all.
const CONTEXT: f32 = 0.0;
/// Documents with fewer names are never treated as being on different events.
const FEW_NAMES: usize = 5;
/// Of the sentences that match one sentence, only this many are compared with each other.
const EACH_WITH_EACH: usize = 64;

/// Two sentences, by their positions among all, and how they compare.
#[derive(Debug, Clone, Copy)]
pub struct ScoredPair {
    a: usize,
    b: usize,
    features: [f32; FEATURES.len()],
    pub probability: f32,
    cosine: f32,
    clauses: [ClauseSpan; 2],
    short: bool,
}

impl ScoredPair {
    pub fn matched(&self, wordings: &Wordings, library: &Library) -> Matched {
        let place = |at: usize, clauses: ClauseSpan| {
            let sentence = wordings.sentences[at].id;
            let whole = library.span(sentence);
            let shown = wordings.of(at).shown(clauses).unwrap_or(0..whole.len());
            Place { sentence, span: (whole.start + shown.start, whole.start + shown.end) }
        };
        let [a, b] = self.clauses;
        let &Self { probability, cosine: score, short, .. } = self;
        Matched { a: place(self.a, a), b: place(self.b, b), probability, score, short }
    }
}

/// The number of sentences of other documents with which each of `n` sentences is compared.
pub fn most_candidates(n: usize) -> usize {
    (ALTOGETHER / n.max(1)).max(CANDIDATES)
}

/// The cosine at or above which sentences are candidates.
pub fn least_cosine(claims: &ClaimModel) -> f32 {
    Scales::new(claims).sentences.inverse(LEAST_COSINE)
}

/// Every pair of sentences that was compared, with its features and probability, for the benchmark that fits and checks
/// the probability.
///
/// # Errors
/// When the model fails.
pub fn compared_pairs(library: &Library, embedder: &Embedder, claims: &ClaimModel) -> Result<Vec<Compared>, SyncError> {
    let wordings = Wordings::read(library, embedder, &())?;
    let least = least_cosine(claims);
    let apart = Apart::new(&[], library.documents().len());
    Ok(compared(&wordings, library, &apart, claims, embedder.model().kernels(), least, |pair| {
        (!pair.short).then(|| Compared {
            sentences: [pair.a, pair.b].map(|at| wordings.sentences[at].id),
            features: pair.features,
            probability: pair.probability,
        })
    }))
}

/// Two sentences, and how they compare.
#[derive(Debug, Clone, Copy)]
pub struct Compared {
    /// The two sentences.
    pub sentences: [SentenceId; 2],
    /// The values from which the probability is computed, in the order of [`FEATURES`].
    pub features: [f32; FEATURES.len()],
    /// The probability that they say the same, 0 to 1.
    pub probability: f32,
}

/// Compares pairs of sentences, in ascending order, and collects what `keep` makes of them.
pub fn compared<T: Send>(
    wordings: &Wordings,
    library: &Library,
    apart: &Apart,
    claims: &ClaimModel,
    kernels: &'static dyn Kernels,
    least: f32,
    keep: impl Fn(&ScoredPair) -> Option<T> + Send + Sync,
) -> Vec<T> {
    let vectors = wordings.vectors();
    let scoring = Scoring::new(wordings, library, apart, claims, kernels, vectors.view());
    let first = scoring.candidates(least);
    let scored = scoring.score(&first);
    let second = scoring.triangles(&scored, &first);
    let mut all = scored;
    all.extend(scoring.score(&second));
    all.par_sort_unstable_by_key(|pair| (pair.a, pair.b));
    all.par_iter().filter_map(keep).collect()
}

/// A search for a sentence's tokens in another sentence, as one direction of a pair.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Lookup {
    /// The part that contains the other sentence.
    part: usize,
    own: usize,
    other: usize,
    pair: usize,
}

/// What pairs of sentences are compared with.
struct Scoring<'a> {
    wordings: &'a Wordings,
    library: &'a Library,
    claims: &'a ClaimModel,
    scales: Scales,
    kernels: &'static dyn Kernels,
    vectors: ArrayView2<'a, f32>,
    /// The document and the part of each sentence.
    document: Vec<DocumentId>,
    part: Vec<usize>,
    /// The mean vectors of passages and of documents.
    passages: Array2<f32>,
    documents: Array2<f32>,
    /// The mean vector of each document's sentences, and of the passages that contain them.
    sentences_of: Array2<f32>,
    passages_of: Array2<f32>,
    /// How many sentences of each part have each of its words and numbers.
    counts: Vec<Counts>,
    /// The names in each document.
    names: Vec<Names>,
    /// Which documents are on different events.
    apart: &'a Apart,
}

impl<'a> Scoring<'a> {
    fn new(
        wordings: &'a Wordings,
        library: &'a Library,
        apart: &'a Apart,
        claims: &'a ClaimModel,
        kernels: &'static dyn Kernels,
        vectors: ArrayView2<'a, f32>,
    ) -> Self {
        let document_of = |sentence: &Sentence| library.document_of(sentence.id.passage());
        let document: Vec<DocumentId> = wordings.sentences.iter().map(document_of).collect();
        let mut part = vec![0; document.len()];
        wordings.parts.iter().enumerate().for_each(|(at, range)| part[range.clone()].fill(at));
        let (passages, documents) = (wordings.passage_means(library), wordings.document_means(library));
        let mut names = vec![Names::default(); library.documents().len()];
        for of_document in wordings.sentences.chunk_by(|a, b| document_of(a) == document_of(b)) {
            let texts = of_document.iter().map(|sentence| library.sentence(sentence.id));
            names[document_of(&of_document[0]).index()] = Names::of(texts);
        }
        let counts = wordings.parts.par_iter().map(|part| Counts::of(wordings, part)).collect();
        let scales = Scales::new(claims);
        let n = library.documents().len();
        let sentences_of = wordings.mean_of_documents(n, &document, |at| vectors.slice_move(s![at, ..]));
        let passage_of = |at: usize| wordings.sentences[at].id.passage().index();
        let passages_of = wordings.mean_of_documents(n, &document, |at| passages.slice(s![passage_of(at), ..]));
        Self {
            wordings,
            library,
            claims,
            scales,
            kernels,
            vectors,
            document,
            part,
            passages,
            documents,
            sentences_of,
            passages_of,
            counts,
            names,
            apart,
        }
    }

    /// The pairs (lower position first) in which one sentence is among the nearest of other documents to the other, or
    /// shares rare words with it; ascending.
    fn candidates(&self, least: f32) -> Vec<(usize, usize)> {
        let n = self.vectors.nrows();
        let most = most_candidates(n);
        let elsewhere = |a: usize, b: usize| self.document[a] != self.document[b];
        // `nearest` includes its bound; candidates must exceed `least`.
        let nearest = Products::of_all(self.kernels, self.vectors).nearest(most, least.next_up(), elsewhere);
        let mut pairs: Vec<(usize, usize)> = nearest
            .into_iter()
            .enumerate()
            .flat_map(|(at, near)| near.into_iter().map(move |(to, _)| (at.min(to), at.max(to))))
            .collect();
        pairs.extend(self.candidates_by_words());
        pairs.par_sort_unstable();
        pairs.dedup();
        pairs
    }

    /// The pairs (lower position first) in which one sentence is among those of other documents that share the most
    /// rare words with the other.
    fn candidates_by_words(&self) -> Vec<(usize, usize)> {
        let n = self.document.len();
        let mut having: HashMap<u64, Vec<u32>> = HashMap::new();
        for at in 0..n {
            for word in &self.wordings.of(at).words {
                let of_word = having.entry(*word).or_default();
                // One more than the limit shows that the word is not rare.
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

    /// The pairs of sentences that both match the same third sentence and were not compared yet.
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

    /// Compares these pairs, each with the lower position first.
    fn score(&self, pairs: &[(usize, usize)]) -> Vec<ScoredPair> {
        let short = |(a, b): (usize, usize)| [a, b].map(|at| self.wordings.of(at).short.as_ref());
        let (short, long): (Vec<_>, Vec<_>) = pairs.iter().copied().partition(|pair| short(*pair) != [None, None]);
        let same = |(a, b): &(usize, usize)| self.wordings.of(*a).short == self.wordings.of(*b).short;
        let of_short = short.into_par_iter().filter(same).map(|(a, b)| self.score_short(a, b));
        // Both directions, grouped by the part that is searched.
        let lookup = |own: usize, other: usize, pair: usize| Lookup { part: self.part[other], own, other, pair };
        let mut lookups: Vec<Lookup> =
            long.iter().enumerate().flat_map(|(at, (a, b))| [lookup(*a, *b, at), lookup(*b, *a, at)]).collect();
        lookups.par_sort_unstable();
        let by_part: Vec<&[Lookup]> = lookups.chunk_by(|a, b| a.part == b.part).collect();
        let (expected, unit) = (self.claims.scale.tokens, self.scales.surprise);
        let find = |lookups: &&[Lookup]| {
            let pairs: Vec<(usize, usize)> = lookups.iter().map(|lookup| (lookup.own, lookup.other)).collect();
            let part = &self.wordings.parts[lookups[0].part];
            let found = evidence::found(self.kernels, self.wordings, expected, unit, part, &pairs);
            let known = |(found, lookup): (Evidence, &Lookup)| ((lookup.pair, lookup.own > lookup.other), found);
            found.into_iter().zip(lookups.iter()).map(known).collect::<Vec<_>>()
        };
        let mut found: Vec<((usize, bool), Evidence)> = by_part.par_iter().flat_map_iter(find).collect();
        found.par_sort_unstable_by_key(|(at, _)| *at);
        let both = found.par_chunks_exact(2).zip(&long);
        let of_long = both.map(|(both, (a, b))| self.score_long(*a, *b, [both[0].1, both[1].1]));
        of_short.chain(of_long).collect()
    }

    /// The score of two sentences too short for anything but a comparison of their words, which are the same.
    fn score_short(&self, a: usize, b: usize) -> ScoredPair {
        let (features, cosine) = ([0.0; FEATURES.len()], self.cosine(a, b));
        ScoredPair { a, b, features, probability: 1.0, cosine, clauses: [(0, u8::MAX); 2], short: true }
    }

    /// The score of two sentences, given what each finds in the other.
    fn score_long(&self, a: usize, b: usize, found: [Evidence; 2]) -> ScoredPair {
        let [passage, other] = [a, b].map(|at| self.passages.row(self.wordings.sentences[at].id.passage().index()));
        let cosine = self.cosine(a, b);
        let (both, counts) = ([a, b].map(|at| self.wordings.of(at)), [a, b].map(|at| &self.counts[self.part[at]]));
        let (number, other_number) = evidence::numbers(both, counts);
        let context = self.context(a, b);
        // Copied text says the same, whatever the rest of the documents is about.
        let copied = self.scales.sentences.apply(cosine) >= COPIED && self.are_copies(a, b, context);
        let (subject, names) = if copied { (SAME_SUBJECT, SAME_MATTER) } else { self.likeness(a, b) };
        let passages = dot(self.kernels, passage, other);
        let Scales { sentences, passages: of_passages, .. } = self.scales;
        let [mean, mean_of_passages] =
            [&self.sentences_of, &self.passages_of].map(|means| self.mean_product(means, a, b));
        let features = [
            f32::midpoint(found[0].clause, found[1].clause),
            f32::midpoint(found[0].sentence, found[1].sentence),
            number,
            other_number,
            evidence::words(both, counts),
            f32::from(u8::from(both.iter().any(|read| read.question))),
            context.map_or(CONTEXT, |cosine| sentences.difference(cosine, mean)),
            of_passages.difference(passages, mean_of_passages),
            subject,
            names,
            sentences.difference(cosine, mean),
        ];
        let probability = probability(&self.claims.fit, &features, !copied && self.other_event(a, b));
        ScoredPair { a, b, features, probability, cosine, clauses: found.map(|found| found.said), short: false }
    }

    /// The mean product over two sentences' documents, given each document's mean: in papers on one question, or in
    /// documents of one passage, everything is alike.
    fn mean_product(&self, means: &Array2<f32>, a: usize, b: usize) -> f32 {
        let [first, second] = [a, b].map(|at| means.row(self.document[at].index()));
        dot(self.kernels, first, second)
    }

    fn cosine(&self, a: usize, b: usize) -> f32 {
        dot(self.kernels, self.vectors.row(a), self.vectors.row(b)).min(1.0)
    }

    /// The highest cosine of a sentence next to `a` with a sentence next to `b`.
    fn context(&self, a: usize, b: usize) -> Option<f32> {
        let beside = |at: usize| {
            let around = [at.checked_sub(1), Some(at + 1).filter(|next| *next < self.document.len())];
            around.into_iter().flatten().filter(move |next| self.document[*next] == self.document[at])
        };
        beside(a).flat_map(|a| beside(b).map(move |b| (a, b))).map(|(a, b)| self.cosine(a, b)).reduce(f32::max)
    }

    /// How similar the documents of two sentences are in subject and in names.
    fn likeness(&self, a: usize, b: usize) -> (f32, f32) {
        let [first, second] = [a, b].map(|at| self.document[at]);
        let subject = dot(self.kernels, self.documents.row(first.index()), self.documents.row(second.index()));
        (self.scales.documents.apply(subject).min(SAME_SUBJECT), self.names(first).likeness(self.names(second)))
    }

    /// The names in a document.
    fn names(&self, document: DocumentId) -> &Names {
        &self.names[document.index()]
    }

    /// Whether the documents of two sentences are on different events, which takes enough names to say.
    fn other_event(&self, a: usize, b: usize) -> bool {
        let [first, second] = [a, b].map(|at| self.document[at]);
        self.apart.are(first, second) && [first, second].iter().all(|document| self.names(*document).len() >= FEW_NAMES)
    }

    /// Whether one sentence was copied from the other and is not a formula such as "declined to comment": it is long
    /// enough, and contains a name or number or has a neighbour that was copied too.
    fn are_copies(&self, a: usize, b: usize, context: Option<f32>) -> bool {
        let [first, second] = [a, b].map(|at| self.library.sentence(self.wordings.sentences[at].id));
        let overlap = overlap(first, second);
        let named = || {
            let names = self.names(self.document[a]);
            !self.wordings.of(a).numbers.is_empty()
                || self.wordings.of(a).words.iter().any(|word| names.contains(*word))
        };
        overlap.words.0.min(overlap.words.1) >= NO_FORMULA
            && overlap.is_copy()
            && (context.is_some_and(|context| self.scales.sentences.apply(context) >= COPIED) || named())
    }
}
