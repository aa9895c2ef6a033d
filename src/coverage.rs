//! How much of one source is said in another: coverage both ways.
//!
//! A sentence is said in another source where its passage and one of that source's say the same ([`Pairs::compare`]) and the
//! sentence itself is similar enough to that passage or a sentence of it ([`Pairs::said`]). Coverage is the share of a
//! source's words that stand in such sentences.

use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::*;

use crate::corpus::Library;
use crate::passage::Passage;
use crate::similarity::pairs::{Match, Pairs};
use crate::words::words;

/// Two documents that have something in common.
#[derive(Debug, Clone, PartialEq)]
pub struct Shared {
    /// Their places in the library, `a` before `b`.
    pub a: usize,
    pub b: usize,
    /// The share of the first one's words that are said in the second, 0 to 1.
    pub a_in_b: f32,
    pub b_in_a: f32,
    /// The highest cosine of their passages.
    pub score: f32,
    /// The passages of `a` and of `b` that say the same, by place.
    pub matches: Vec<Match>,
}

/// The pairs of documents that have something in common: those of which most is said in the other first.
pub fn coverage(pairs: &Pairs) -> Vec<Shared> {
    let library = &pairs.corpus.library;
    let mut found: BTreeMap<(usize, usize), Vec<Match>> = BTreeMap::new();
    for same in pairs.same_pairs() {
        found.entry((library.document(same.a), library.document(same.b))).or_default().push(same);
    }
    let lengths = Lengths::of(library);
    let shared = |((a, b), matches): ((usize, usize), Vec<Match>)| {
        let (a_in_b, b_in_a) = lengths.shares(pairs, (a, b), &matches);
        let score = matches.iter().map(|found| found.pair.score).fold(f32::NEG_INFINITY, f32::max);
        Shared { a, b, a_in_b, b_in_a, score, matches }
    };
    let mut all: Vec<Shared> = found.into_par_iter().map(shared).collect();
    let most = |shared: &Shared| shared.a_in_b.max(shared.b_in_a);
    all.par_sort_by(|x, y| most(y).total_cmp(&most(x)).then(y.score.total_cmp(&x.score)).then((x.a, x.b).cmp(&(y.a, y.b))));
    all
}

/// The shares of the words of documents `a` and `b` that these pairs of their passages say in both.
pub fn shares(pairs: &Pairs, documents: (usize, usize), matches: &[Match]) -> (f32, f32) {
    Lengths::of(&pairs.corpus.library).shares(pairs, documents, matches)
}

/// How many words the sentences of each passage have.
struct Lengths(Vec<Vec<usize>>);

impl Lengths {
    fn of(library: &Library) -> Self {
        let of_passage = |passage: &Passage| (0..passage.sentences.len()).map(|at| words(passage.sentence(at)).len()).collect();
        Self((0..library.len()).into_par_iter().map(|entry| of_passage(library.passage(entry))).collect())
    }

    fn shares(&self, pairs: &Pairs, (a, b): (usize, usize), matches: &[Match]) -> (f32, f32) {
        let forth = self.said(pairs, matches.iter().map(|found| (found.a, found.b)));
        let back = self.said(pairs, matches.iter().map(|found| (found.b, found.a)));
        let all = |document: usize| self.0[pairs.corpus.library.passages_of(document)].iter().flatten().sum::<usize>().max(1);
        (forth as f32 / all(a) as f32, back as f32 / all(b) as f32)
    }

    /// The words of the sentences of the first of each pair of entries that are said in the second, each once.
    fn said(&self, pairs: &Pairs, matches: impl Iterator<Item = (usize, usize)>) -> usize {
        let sentences: BTreeSet<(usize, usize)> =
            matches.flat_map(|(own, other)| pairs.said(own, other).into_iter().map(move |at| (own, at))).collect();
        sentences.into_iter().map(|(entry, at)| self.0[entry][at]).sum()
    }
}
