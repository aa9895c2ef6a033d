//! How much of one source is said in another: coverage both ways.
//!
//! Coverage is the share of a source's words that are in sentences which match one of the other source ([`Matches`]).

use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::*;

use super::LIKELY;
use crate::compare::Pairs;
use crate::lang::words;
use crate::library::{DocumentId, Library, PassageId, SentenceId};
use crate::matches::{MatchedPassages, Matches};

/// Two documents that have something in common.
#[derive(Debug, Clone, PartialEq)]
pub struct Shared {
    /// The document that comes first in the library.
    pub a: DocumentId,
    /// The document that comes second in the library.
    pub b: DocumentId,
    /// The share of the first one's words that are said in the second, 0 to 1.
    pub a_in_b: f32,
    /// The share of the second one's words that are said in the first, 0 to 1.
    pub b_in_a: f32,
    /// The highest cosine of two passages, one from each.
    pub score: f32,
    /// The pairs of passages with sentences that say the same, by place, with these sentences.
    pub matches: Vec<MatchedPassages>,
}

impl Shared {
    /// The sentences of one of the two documents that say the same as one of the other.
    pub fn sentences(&self, document: DocumentId) -> impl Iterator<Item = SentenceId> {
        let pairs = self.matches.iter().flat_map(|(_, sentences)| sentences);
        pairs.map(move |pair| if document == self.a { pair.a.sentence } else { pair.b.sentence })
    }

    /// Number of significant sentences that more likely than not say the same as one of the other document, counted in
    /// the document that has fewer. A share would be highest if one of the two hardly says anything.
    pub fn likely_sentences(&self) -> usize {
        let (mut of_a, mut of_b) = (BTreeSet::new(), BTreeSet::new());
        for pair in self.matches.iter().flat_map(|(_, sentences)| sentences) {
            if pair.probability >= LIKELY && !pair.short {
                of_a.insert(pair.a.sentence);
                of_b.insert(pair.b.sentence);
            }
        }
        of_a.len().min(of_b.len())
    }
}

/// The pairs of documents that have something in common, sorted by the larger of the two shares.
pub fn coverage(pairs: &Pairs, matches: &Matches) -> Vec<Shared> {
    let library = &pairs.corpus.library;
    let mut found: BTreeMap<(DocumentId, DocumentId), Vec<MatchedPassages>> = BTreeMap::new();
    for same in matches.passages(pairs) {
        found.entry((library.document_of(same.0.a), library.document_of(same.0.b))).or_default().push(same);
    }
    let lengths = Lengths::of(library);
    let shared = |((a, b), matches): ((DocumentId, DocumentId), Vec<MatchedPassages>)| {
        let sentences = || matches.iter().flat_map(|(_, sentences)| sentences);
        let a_in_b = lengths.share(library, a, sentences().map(|pair| pair.a.sentence));
        let b_in_a = lengths.share(library, b, sentences().map(|pair| pair.b.sentence));
        let score = matches.iter().map(|(found, _)| found.pair.score).fold(f32::NEG_INFINITY, f32::max);
        Shared { a, b, a_in_b, b_in_a, score, matches }
    };
    let mut all: Vec<Shared> = found.into_par_iter().map(shared).collect();
    let most = |shared: &Shared| shared.a_in_b.max(shared.b_in_a);
    all.par_sort_by(|x, y| {
        most(y).total_cmp(&most(x)).then(y.score.total_cmp(&x.score)).then((x.a, x.b).cmp(&(y.a, y.b)))
    });
    all
}

/// Number of words of each sentence, by passage.
struct Lengths(Vec<Vec<usize>>);

impl Lengths {
    fn of(library: &Library) -> Self {
        let length = |sentence: SentenceId| words(library.sentence(sentence)).len();
        let of_passage = |passage: PassageId| library.sentences_of(passage).map(length).collect();
        Self((0..library.len()).into_par_iter().map(PassageId::new).map(of_passage).collect())
    }

    /// The share of a document's words that are in these of its sentences, each counted once.
    fn share(&self, library: &Library, document: DocumentId, sentences: impl Iterator<Item = SentenceId>) -> f32 {
        let sentences: BTreeSet<SentenceId> = sentences.collect();
        let of_passage = |passage: PassageId| &self.0[passage.index()];
        let said: usize = sentences.into_iter().map(|sentence| of_passage(sentence.passage())[sentence.at()]).sum();
        said as f32 / library.passages_of(document).flat_map(of_passage).sum::<usize>().max(1) as f32
    }
}
