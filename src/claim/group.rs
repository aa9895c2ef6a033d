//! From pairs of sentences that make the same claim to claims.
//!
//! A claim is a star: a reference wording and others of which each matches it at the cut, so that nothing is chained. The reference
//! is the sentence with the most left to bring together; of its matches those stay together that do not speak against each
//! other, and the rest makes another claim. A sentence that makes two claims is in both.

use std::collections::{BinaryHeap, HashMap, HashSet};

/// Two wordings of one claim that are less likely to make the same one make two.
pub const LEAST: f32 = 0.05;

/// A claim's reference, and the others with their probabilities, the most probable first.
#[derive(Debug, Clone, PartialEq)]
pub struct Star {
    pub reference: usize,
    pub others: Vec<(usize, f32)>,
}

/// The probabilities of pairs of sentences: those of [`LEAST`] or more.
#[derive(Debug, Default)]
pub struct Pairs {
    of: HashMap<(usize, usize), f32>,
    /// The matches of each sentence, ascending.
    near: Vec<Vec<usize>>,
}

impl Pairs {
    /// Of `n` sentences.
    pub fn new(n: usize, pairs: impl IntoIterator<Item = (usize, usize, f32)>) -> Self {
        let mut found = Self { of: HashMap::new(), near: vec![Vec::new(); n] };
        for (a, b, probability) in pairs {
            found.of.insert((a.min(b), a.max(b)), probability);
            found.near[a].push(b);
            found.near[b].push(a);
        }
        found.near.iter_mut().for_each(|near| near.sort_unstable());
        found
    }

    /// The probability of a pair, 0 where it is below [`LEAST`].
    fn of(&self, a: usize, b: usize) -> f32 {
        self.of.get(&(a.min(b), a.max(b))).copied().unwrap_or(0.0)
    }

    /// The claims of pairs that `matches` accepts; two sentences of one `document` never speak against each other.
    pub fn stars(&self, matches: impl Fn(usize, usize, f32) -> bool, document: impl Fn(usize) -> usize) -> Vec<Star> {
        let edge = |a: usize, b: usize| Some(self.of(a, b)).filter(|probability| matches(a, b, *probability));
        let near: Vec<Vec<(usize, f32)>> =
            self.near.iter().enumerate().map(|(a, near)| near.iter().filter_map(|b| Some((*b, edge(a, *b)?))).collect()).collect();
        let mut covered: HashSet<(usize, usize)> = HashSet::new();
        let open = |covered: &HashSet<(usize, usize)>, a: usize| -> Vec<(usize, f32)> {
            near[a].iter().copied().filter(|(b, _)| !covered.contains(&(a.min(*b), a.max(*b)))).collect()
        };
        // In millionths, so that sums are ordered and the same in any order.
        let weight = |others: &[(usize, f32)]| others.iter().map(|(_, probability)| (probability * 1e6) as u64).sum::<u64>();
        let mut queue: BinaryHeap<(u64, std::cmp::Reverse<usize>)> =
            (0..near.len()).filter(|a| !near[*a].is_empty()).map(|a| (weight(&near[a]), std::cmp::Reverse(a))).collect();
        let mut stars = Vec::new();
        while let Some((known, std::cmp::Reverse(reference))) = queue.pop() {
            let mut others = open(&covered, reference);
            let now = weight(&others);
            if now < known {
                queue.extend((now > 0).then_some((now, std::cmp::Reverse(reference))));
                continue;
            }
            others.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
            let mut star: Vec<(usize, f32)> = Vec::new();
            for (other, probability) in others {
                let agrees = |(member, _): &(usize, f32)| document(*member) == document(other) || self.of(*member, other) >= LEAST;
                if star.iter().all(agrees) {
                    star.push((other, probability));
                }
            }
            let members: Vec<usize> = std::iter::once(reference).chain(star.iter().map(|(other, _)| *other)).collect();
            for (at, a) in members.iter().enumerate() {
                covered.extend(members[at + 1..].iter().map(|b| (*a.min(b), *a.max(b))));
            }
            let left = weight(&open(&covered, reference));
            queue.extend((left > 0).then_some((left, std::cmp::Reverse(reference))));
            stars.push(Star { reference, others: star });
        }
        stars
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stars(pairs: &[(usize, usize, f32)]) -> Vec<(usize, Vec<usize>)> {
        let found = Pairs::new(10, pairs.iter().copied()).stars(|_, _, probability| probability >= 0.5, |sentence| sentence);
        found.into_iter().map(|star| (star.reference, star.others.into_iter().map(|(other, _)| other).collect())).collect()
    }

    #[test]
    fn each_wording_matches_the_reference() {
        assert_eq!(stars(&[(0, 1, 0.9), (1, 2, 0.8), (0, 2, 0.3)]), [(1, vec![0, 2])]);
        // A chain of four is no claim of four.
        let chain = stars(&[(0, 1, 0.9), (1, 2, 0.9), (2, 3, 0.9)]);
        assert_eq!(chain, [(1, vec![0]), (2, vec![1]), (2, vec![3])]);
    }

    #[test]
    fn a_sentence_that_makes_two_claims_is_in_both() {
        let two = stars(&[(0, 1, 0.9), (0, 2, 0.8), (0, 3, 0.7), (1, 3, 0.6)]);
        assert_eq!(two, [(0, vec![1, 3]), (0, vec![2])]);
    }
}
