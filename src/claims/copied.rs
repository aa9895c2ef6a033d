//! The pairs of sentences that claims are made from, including those of sentences in too many documents, in the same
//! words, for all pairs to have been compared.

use std::collections::{BTreeSet, HashMap};

use crate::base::UnionFind;
use crate::library::{DocumentId, Library, SentenceId};
use crate::matches::{Matched, Matches, Place, most_candidates};

/// The sentences that are likely to match any other, by number, and their pairs.
pub struct SentencePairs<'a> {
    library: &'a Library,
    /// Ascending.
    sentences: Vec<SentenceId>,
    pairs: HashMap<(usize, usize), Matched>,
    /// Pairs that say the same, lower number first.
    near: Vec<(usize, usize)>,
    /// For a sentence in more documents than were compared, the first one in the same words; else the sentence itself.
    first: Vec<usize>,
    /// The most probable pair of sentences in the words of two others, by the numbers of these.
    of_first: HashMap<(usize, usize), Matched>,
}

impl<'a> SentencePairs<'a> {
    /// The pairs of a library whose passages have been fetched.
    pub fn new(library: &'a Library, matches: &Matches) -> Self {
        let sentences: BTreeSet<SentenceId> =
            matches.likely().flat_map(|pair| [pair.a.sentence, pair.b.sentence]).collect();
        let sentences: Vec<SentenceId> = sentences.into_iter().collect();
        let number = |place: &Place| sentences.partition_point(|sentence| *sentence < place.sentence);
        let likely: Vec<((usize, usize), Matched)> =
            matches.likely().map(|pair| ((number(&pair.a), number(&pair.b)), *pair)).collect();
        let near = likely.iter().filter(|(_, pair)| matches.same(pair)).map(|(at, _)| *at).collect();
        let first = (0..sentences.len()).collect();
        let mut all = Self { library, sentences, pairs: HashMap::new(), near, first, of_first: HashMap::new() };
        all.join_copies(&likely);
        all.pairs = likely.into_iter().collect();
        all
    }

    /// Number of sentences.
    pub fn len(&self) -> usize {
        self.sentences.len()
    }

    /// The pairs that say the same.
    pub fn near(&self) -> &[(usize, usize)] {
        &self.near
    }

    /// The document of a sentence.
    pub fn document(&self, at: usize) -> DocumentId {
        self.library.document_of(self.sentences[at].passage())
    }

    /// The pair of two sentences if they are likely to match; the one with the lower number is `a`.
    pub fn get(&self, one: usize, other: usize) -> Option<Matched> {
        let (a, b) = (one.min(other), one.max(other));
        if let Some(pair) = self.pairs.get(&(a, b)) {
            return Some(*pair);
        }
        let (first, second) = (self.first[a], self.first[b]);
        let known = self.of_first.get(&(first.min(second), first.max(second)))?;
        let (of_a, of_b) = if first <= second { (known.a, known.b) } else { (known.b, known.a) };
        Some(Matched { a: self.moved(of_a, a), b: self.moved(of_b, b), ..*known })
    }

    /// The same place in another sentence with the same words.
    fn moved(&self, place: Place, to: usize) -> Place {
        let sentence = self.sentences[to];
        let [from, start] = [place.sentence, sentence].map(|sentence| self.library.span(sentence).start);
        let moved = |byte: usize| byte - from + start;
        Place { sentence, span: (moved(place.span.0), moved(place.span.1)) }
    }

    /// Finds sentences that match in the same words and are too many to have been compared with each other, and assigns
    /// all of their pairs to the first of them.
    fn join_copies(&mut self, likely: &[((usize, usize), Matched)]) {
        let library = self.library;
        let text = |at: usize| library.sentence(self.sentences[at]);
        let mut sets = UnionFind::new(self.sentences.len());
        for &(a, b) in self.near.iter().filter(|(a, b)| text(*a) == text(*b)) {
            sets.join(a, b);
        }
        let all = library.passages().map(|passage| library.passage(passage).sentences.len()).sum();
        let many: Vec<Vec<usize>> =
            sets.sets().into_iter().filter(|set| set.len() > most_candidates(all) + 1).collect();
        let mut copied = vec![false; self.sentences.len()];
        for set in &many {
            for &at in set {
                (self.first[at], copied[at]) = (set[0], true);
            }
        }
        if many.is_empty() {
            return;
        }
        for ((a, b), pair) in likely.iter().filter(|((a, b), _)| copied[*a] || copied[*b]) {
            let (first, second) = (self.first[*a], self.first[*b]);
            let pair = if first <= second { *pair } else { Matched { a: pair.b, b: pair.a, ..*pair } };
            let known = self.of_first.entry((first.min(second), first.max(second))).or_insert(pair);
            if pair.probability > known.probability {
                *known = pair;
            }
        }
        let of_firsts = self.near.iter().map(|(a, b)| (self.first[*a], self.first[*b]));
        let of_copies = many.iter().flat_map(|set| set[1..].iter().map(|at| (set[0], *at)));
        let more: Vec<(usize, usize)> = of_firsts
            .chain(of_copies)
            .map(|(a, b)| (a.min(b), a.max(b)))
            .filter(|(a, b)| a != b && self.document(*a) != self.document(*b))
            .collect();
        self.near.extend(more);
        self.near.sort_unstable();
        self.near.dedup();
    }
}
