//! The common runs of two sequences of words, in `O(n log n)` for any words.
//!
//! A suffix automaton of one sequence (Blumer et al. 1985; matching statistics after Chang & Lawler 1994) gives, for
//! every place in the other, the length of the longest run ending there that also appears in the first.

use std::collections::BTreeMap;
use std::ops::Range;

/// Recognises every run of the words from which it was built.
pub struct Automaton {
    states: Vec<State>,
    /// The edges other than the first of each state, by state and word. An ordered map, so that a state's edges are a
    /// range and no choice of words makes it slow.
    more_edges: BTreeMap<(usize, u64), usize>,
    /// The state of everything pushed so far.
    last: usize,
}

/// The runs of words that end at the same set of positions.
#[derive(Clone)]
struct State {
    /// The length of the longest run.
    len: usize,
    /// The state of the longest suffix that also ends elsewhere; the root links to itself.
    link: usize,
    /// A word that may follow, and the state to which it leads. Most states have no other.
    edge: Option<(u64, usize)>,
}

const ROOT: usize = 0;

impl Automaton {
    /// Builds the automaton of the pieces of `words`; no run continues from one piece to the next.
    pub fn of(words: &[u64], pieces: &[Range<usize>]) -> Self {
        let root = State { len: 0, link: ROOT, edge: None };
        let mut automaton = Self { states: vec![root], more_edges: BTreeMap::new(), last: ROOT };
        for (at, piece) in pieces.iter().enumerate() {
            words[piece.clone()].iter().for_each(|word| automaton.push(*word));
            automaton.push(separator(at));
        }
        automaton
    }

    fn push(&mut self, word: u64) {
        let new = self.add(State { len: self.states[self.last].len + 1, link: ROOT, edge: None });
        let mut at = Some(self.last);
        self.last = new;
        while let Some(state) = at {
            if let Some(target) = self.target(state, word) {
                self.states[new].link = self.exact(target, state, word);
                return;
            }
            self.connect(state, word, new);
            at = self.shorter(state);
        }
    }

    /// Returns `target`, reached from `from` by `word`, if its longest run is reached that way; else a state split off
    /// from it.
    fn exact(&mut self, target: usize, from: usize, word: u64) -> usize {
        let len = self.states[from].len + 1;
        if self.states[target].len == len {
            return target;
        }
        let copy = self.add(State { len, ..self.states[target].clone() });
        let edges = self.more_edges.range((target, 0)..=(target, u64::MAX));
        let edges: Vec<_> = edges.map(|((_, word), to)| ((copy, *word), *to)).collect();
        self.more_edges.extend(edges);
        self.states[target].link = copy;
        let mut at = Some(from);
        while let Some(state) = at.filter(|state| self.target(*state, word) == Some(target)) {
            self.connect(state, word, copy);
            at = self.shorter(state);
        }
        copy
    }

    fn add(&mut self, state: State) -> usize {
        self.states.push(state);
        self.states.len() - 1
    }

    fn target(&self, state: usize, word: u64) -> Option<usize> {
        match self.states[state].edge? {
            (first, to) if first == word => Some(to),
            _ => self.more_edges.get(&(state, word)).copied(),
        }
    }

    fn connect(&mut self, from: usize, word: u64, to: usize) {
        match &mut self.states[from].edge {
            Some((first, _)) if *first != word => _ = self.more_edges.insert((from, word), to),
            edge => *edge = Some((word, to)),
        }
    }

    fn shorter(&self, state: usize) -> Option<usize> {
        (state != ROOT).then(|| self.states[state].link)
    }

    /// The longest runs of `words[piece]` that the automaton recognises, ascending: none contains another, but two may
    /// overlap.
    pub fn runs(&self, words: &[u64], piece: Range<usize>, min: usize) -> Vec<Range<usize>> {
        let mut found = Vec::new();
        let (mut state, mut len) = (ROOT, 0);
        for at in piece.clone() {
            let (next, grown) = self.step(state, len, words[at]);
            if grown <= len && len >= min {
                found.push(at - len..at);
            }
            (state, len) = (next, grown);
        }
        if len >= min {
            found.push(piece.end - len..piece.end);
        }
        found
    }

    /// The state and length of the longest suffix, extended by `word`, that appears in the automaton's words.
    fn step(&self, mut state: usize, mut len: usize, word: u64) -> (usize, usize) {
        loop {
            if let Some(next) = self.target(state, word) {
                return (next, len + 1);
            }
            match self.shorter(state) {
                Some(link) => (state, len) = (link, self.states[link].len),
                None => return (ROOT, 0),
            }
        }
    }
}

/// A word that no text has: word hashes have the highest bit clear.
fn separator(at: usize) -> u64 {
    1 << 63 | at as u64
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The definition: the runs that appear in `b` and would not if extended by one word at either end.
    fn naive(a: &[u64], b: &[u64], min: usize) -> Vec<Range<usize>> {
        let stands = |run: &[u64]| b.windows(run.len()).any(|window| window == run);
        let mut found: Vec<Range<usize>> = Vec::new();
        for start in 0..a.len() {
            let end = (start + 1..=a.len()).take_while(|end| stands(&a[start..*end])).last();
            let Some(end) = end.filter(|end| end - start >= min) else { continue };
            if found.last().is_none_or(|last| last.end < end) {
                found.push(start..end);
            }
        }
        found
    }

    #[test]
    fn no_run_goes_on_into_the_next_piece() {
        let automaton = Automaton::of(&[1, 2, 3, 4], &[0..2, 2..4]);
        assert_eq!(automaton.runs(&[1, 2, 3, 4], 0..4, 1), [0..2, 2..4]);
    }

    proptest! {
        #[test]
        fn runs_are_the_naive_ones(
            a in prop::collection::vec(0u64..4, 0..40),
            b in prop::collection::vec(0u64..4, 0..40),
            min in 1usize..5,
        ) {
            let automaton = Automaton::of(&b, std::slice::from_ref(&(0..b.len())));
            prop_assert_eq!(automaton.runs(&a, 0..a.len(), min), naive(&a, &b, min));
        }
    }
}
