//! Groups pairs of sentences that say the same into claims.
//!
//! A claim is a star: a reference wording and others that each match it at the cut, so that there are no chains. The
//! reference is the sentence with most left to group; those of its matches that do not contradict each other stay
//! together, and the rest makes another claim. A sentence that makes two claims is in both.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashSet};

/// The reference of a claim, and the others with their probabilities, most probable first.
#[derive(Debug, Clone, PartialEq)]
pub struct Star {
    pub reference: usize,
    pub others: Vec<(usize, f32)>,
}

/// The claims of `n` sentences, given the pairs that match and the `probability` of each pair; two sentences for which
/// `together` is false are not in one claim.
pub fn stars(
    n: usize,
    pairs: &[(usize, usize)],
    probability: impl Fn(usize, usize) -> f32,
    together: impl Fn(usize, usize) -> bool,
) -> Vec<Star> {
    let mut near: Vec<Vec<(usize, f32)>> = vec![Vec::new(); n];
    for &(a, b) in pairs {
        near[a].push((b, probability(a, b)));
        near[b].push((a, probability(a, b)));
    }
    near.iter_mut().for_each(|near| near.sort_unstable_by_key(|(other, _)| *other));
    let mut covered: HashSet<(usize, usize)> = HashSet::new();
    let open = |covered: &HashSet<(usize, usize)>, a: usize| -> Vec<(usize, f32)> {
        near[a].iter().copied().filter(|(b, _)| !covered.contains(&(a.min(*b), a.max(*b)))).collect()
    };
    // In millionths, so that sums are ordered and independent of the order of addition; pairs that the user's cosine
    // brings together count too.
    let weight =
        |others: &[(usize, f32)]| others.iter().map(|(_, probability)| (probability * 1e6) as u64 + 1).sum::<u64>();
    let mut queue: BinaryHeap<(u64, Reverse<usize>)> =
        (0..n).filter(|a| !near[*a].is_empty()).map(|a| (weight(&near[a]), Reverse(a))).collect();
    let mut stars = Vec::new();
    while let Some((known, Reverse(reference))) = queue.pop() {
        let mut others = open(&covered, reference);
        let now = weight(&others);
        if now < known {
            queue.extend((now > 0).then_some((now, Reverse(reference))));
            continue;
        }
        others.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        let mut star: Vec<(usize, f32)> = Vec::new();
        for (other, probability) in others {
            if star.iter().all(|(member, _)| together(*member, other)) {
                star.push((other, probability));
            }
        }
        let members: HashSet<usize> = std::iter::once(reference).chain(star.iter().map(|(other, _)| *other)).collect();
        for &a in &members {
            let within = near[a].iter().filter(|(b, _)| members.contains(b));
            covered.extend(within.map(|&(b, _)| (a.min(b), a.max(b))));
        }
        let left = weight(&open(&covered, reference));
        queue.extend((left > 0).then_some((left, Reverse(reference))));
        stars.push(Star { reference, others: star });
    }
    stars
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(pairs: &[(usize, usize, f32)]) -> Vec<(usize, Vec<usize>)> {
        let of =
            |a: usize, b: usize| pairs.iter().find(|pair| (pair.0, pair.1) == (a.min(b), a.max(b))).map(|pair| pair.2);
        let near: Vec<(usize, usize)> =
            pairs.iter().filter(|pair| pair.2 >= 0.5).map(|pair| (pair.0, pair.1)).collect();
        let found = stars(10, &near, |a, b| of(a, b).unwrap_or(0.0), |a, b| of(a, b).is_some());
        found
            .into_iter()
            .map(|star| (star.reference, star.others.into_iter().map(|(other, _)| other).collect()))
            .collect()
    }

    #[test]
    fn each_wording_matches_the_reference() {
        assert_eq!(found(&[(0, 1, 0.9), (1, 2, 0.8), (0, 2, 0.3)]), [(1, vec![0, 2])]);
        // A chain of four is not a claim of four.
        let chain = found(&[(0, 1, 0.9), (1, 2, 0.9), (2, 3, 0.9)]);
        assert_eq!(chain, [(1, vec![0]), (2, vec![1]), (2, vec![3])]);
    }

    #[test]
    fn a_sentence_that_makes_two_claims_is_in_both() {
        let two = found(&[(0, 1, 0.9), (0, 2, 0.8), (0, 3, 0.7), (1, 3, 0.6)]);
        assert_eq!(two, [(0, vec![1, 3]), (0, vec![2])]);
    }
}
