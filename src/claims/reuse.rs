//! How one document was derived from another: copied, lightly or heavily revised, or written independently (the four
//! degrees of Clough & Stevenson 2011).
//!
//! Three shares of a document's words decide: those in runs of words that the other also has, those in long runs, and
//! those in sentences that say the same as one of the other; and a fourth: the share of its distinctive words that the
//! other has. A multinomial logistic regression turns them into probabilities.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use rayon::prelude::*;

use super::Shared;
use crate::compare::Shingles;
use crate::compare::overlap::FREE_WORDS;
use crate::library::{DocumentId, Library, SentenceId};

/// How much of a text is left in another one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Degree {
    /// Cut and pasted.
    Copy,
    /// Some words replaced or moved.
    Light,
    /// Said in other words.
    Heavy,
    /// Written independently.
    Independent,
}

impl Degree {
    /// The name that every output uses.
    pub fn name(self) -> &'static str {
        match self {
            Self::Copy => "copy",
            Self::Light => "lightly revised",
            Self::Heavy => "heavily revised",
            Self::Independent => "independent",
        }
    }
}

/// All degrees, in the order of probabilities and shares.
pub const DEGREES: [Degree; 4] = [Degree::Copy, Degree::Light, Degree::Heavy, Degree::Independent];

/// How likely it is that a document was derived from another, and how much of it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Reuse {
    /// The document of which more is in the other. Which came first is not known.
    pub of: DocumentId,
    /// The other document.
    pub from: DocumentId,
    /// The values that decide the degree, in the order of [`FEATURES`].
    pub features: [f32; FEATURES.len()],
    /// Probabilities of the degrees, with a sum of 1.
    pub probabilities: [f32; 4],
    /// Shares of the words of `of` in sentences copied word for word, partly copied, reworded, and its own, with a sum
    /// of 1.
    pub shares: [f32; 4],
    /// Number of words of the shorter of the two.
    pub words: usize,
}

/// The values that decide the degree.
pub const FEATURES: [&str; 4] = ["runs", "long", "said", "vocabulary"];

/// Fitted on the answers to half of the texts in `tests/fixtures/reuse`; `cargo bench --bench quality -- reuse` prints
/// the training data.
const WEIGHTS: [[f32; FEATURES.len()]; 4] = [
    [2.153, 3.929, 0.179, 1.452],
    [0.992, -2.698, 3.180, 1.594],
    [-2.534, -0.901, 1.330, -3.207],
    [-0.611, -0.330, -4.689, 0.162],
];
const BIASES: [f32; 4] = [-3.503, -1.907, 2.349, 3.061];

/// Number of words of a long run.
const LONG: usize = 8;
/// The share of a sentence's words in common runs at or above which it is a copy; and, not counting a few that may be
/// in runs by chance, a light revision.
const COPIED: f32 = 0.7;
const REVISED: f32 = 0.2;
/// Minimum number of words for which the degree is more than a guess, unless it is a copy: the training texts are
/// longer.
pub const ENOUGH: usize = 50;

/// The words of documents, read once for all pairs.
pub struct Texts(BTreeMap<DocumentId, Text>);

impl Texts {
    /// The words of these documents.
    pub fn of(library: &Library, documents: impl IntoIterator<Item = DocumentId>) -> Self {
        let documents: BTreeSet<DocumentId> = documents.into_iter().collect();
        Self(documents.into_par_iter().map(|document| (document, Text::of(library, document))).collect())
    }
}

impl Reuse {
    /// Compares two documents whose words are among `texts`, given what they share.
    pub fn new(texts: &Texts, a: DocumentId, b: DocumentId, shared: Option<&Shared>) -> Self {
        let [first, second] = [a, b].map(|document| &texts.0[&document]);
        let [of_a, of_b] = [(first, second, a), (second, first, b)].map(|(own, other, document)| {
            let said: BTreeSet<SentenceId> = shared.into_iter().flat_map(|shared| shared.sentences(document)).collect();
            SharedText::new(own, other, &said)
        });
        let (found, of, from) = if of_b.kept() > of_a.kept() { (of_b, b, a) } else { (of_a, a, b) };
        let words = first.words().min(second.words());
        let SharedText { features, shares } = found;
        Self { of, from, features, probabilities: probabilities(&features), shares, words }
    }

    /// The likeliest degree.
    pub fn degree(&self) -> Degree {
        let most =
            (0..DEGREES.len()).max_by(|x, y| self.probabilities[*x].total_cmp(&self.probabilities[*y]).then(y.cmp(x)));
        DEGREES[most.unwrap_or_default()]
    }
}

/// The words of a document.
struct Text {
    shingles: Shingles,
    /// Each sentence, with the range of its words among all words.
    sentences: Vec<(SentenceId, Range<usize>)>,
}

impl Text {
    fn of(library: &Library, document: DocumentId) -> Self {
        let sentences = library.passages_of(document).flat_map(|passage| library.sentences_of(passage));
        let texts = sentences.clone().map(|sentence| library.sentence(sentence));
        let (shingles, words) = Shingles::of_sentences(texts);
        Self { shingles, sentences: sentences.zip(words).collect() }
    }

    fn words(&self) -> usize {
        self.sentences.last().map_or(0, |(_, words)| words.end)
    }
}

/// How much of a document is in another.
#[derive(Debug, Clone, Copy)]
struct SharedText {
    features: [f32; FEATURES.len()],
    shares: [f32; 4],
}

impl SharedText {
    fn new(own: &Text, other: &Text, said: &BTreeSet<SentenceId>) -> Self {
        let runs = own.shingles.runs_in(&other.shingles);
        let words = own.words();
        let mut covered = vec![false; words];
        let mut long = vec![false; words];
        for run in runs {
            long[run.clone()].iter_mut().for_each(|word| *word |= run.len() >= LONG);
            covered[run].fill(true);
        }
        let share = |of: &[bool]| of.iter().filter(|word| **word).count() as f32 / of.len().max(1) as f32;
        let (mut shares, mut in_said) = ([0.0; 4], 0.0);
        for (sentence, range) in &own.sentences {
            let (part, said) = (range.len() as f32 / words.max(1) as f32, said.contains(sentence));
            let copied = share(&covered[range.clone()]);
            let degree = match said {
                _ if copied >= COPIED => Degree::Copy,
                _ if copied - FREE_WORDS / range.len().max(1) as f32 >= REVISED => Degree::Light,
                true => Degree::Heavy,
                false => Degree::Independent,
            };
            shares[degree as usize] += part;
            in_said += if said { part } else { 0.0 };
        }
        Self {
            features: [share(&covered), share(&long), in_said, own.shingles.vocabulary_share(&other.shingles)],
            shares,
        }
    }

    /// How much of the document is in the other in any way.
    fn kept(&self) -> f32 {
        self.features.iter().sum()
    }
}

fn probabilities(features: &[f32; FEATURES.len()]) -> [f32; 4] {
    let logit = |at: usize| BIASES[at] + features.iter().zip(WEIGHTS[at]).map(|(x, w)| x * w).sum::<f32>();
    let logits = [0, 1, 2, 3].map(logit);
    let most = logits.iter().copied().fold(f32::MIN, f32::max);
    let odds = logits.map(|logit| (logit - most).exp());
    odds.map(|odd| odd / odds.iter().sum::<f32>())
}
