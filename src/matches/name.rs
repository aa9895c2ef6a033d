//! Names that documents share, which distinguish two matters of one kind, such as two takeovers.

use std::collections::{BTreeMap, BTreeSet};

use crate::base::hash;
use crate::lang::words;

/// Documents with at least this likeness of names are about the same matter; a higher one adds nothing.
pub const SAME_MATTER: f32 = 0.2;
/// The number of names for which the prior counts, of which [`SAME_MATTER`] are shared: few names are little evidence.
const PRIOR: f32 = 4.0;

/// The hashed names in a document, ascending, each with the number of sentences that have it.
#[derive(Debug, Clone, Default)]
pub struct Names(Vec<(u64, f32)>);

impl Names {
    /// The names in a document's sentences: words capitalised where not every word would be, and never in lower case.
    pub fn of<'a>(sentences: impl Iterator<Item = &'a str>) -> Self {
        let (mut capitalised, mut inside, mut lower) = (BTreeMap::new(), BTreeSet::new(), BTreeSet::new());
        for sentence in sentences {
            let mut here = BTreeSet::new();
            for (at, word) in words(sentence).into_iter().enumerate() {
                let mut letters = sentence[word.range].chars();
                match letters.next() {
                    Some(first) if first.is_uppercase() && letters.next().is_some() => {
                        if at > 0 {
                            inside.insert(word.folded.clone());
                        }
                        here.insert(word.folded);
                    }
                    _ => {
                        lower.insert(word.folded);
                    }
                }
            }
            here.into_iter().for_each(|word| *capitalised.entry(word).or_insert(0.0) += 1.0);
        }
        let names = capitalised.into_iter().filter(|(word, _)| inside.contains(word) && !lower.contains(word));
        let mut names: Vec<(u64, f32)> =
            names.map(|(word, count): (String, f32)| (hash(word.bytes()), count)).collect();
        names.sort_unstable_by_key(|(word, _)| *word);
        Self(names)
    }

    /// The cosine of two documents' names, at most [`SAME_MATTER`].
    pub fn likeness(&self, other: &Self) -> f32 {
        let of_other =
            |word: u64| other.0.binary_search_by_key(&word, |(other, _)| *other).map_or(0.0, |at| other.0[at].1);
        let common: f32 = self.0.iter().map(|(word, weight)| weight * of_other(*word)).sum();
        let all = self.weight() * other.weight();
        ((common + PRIOR * SAME_MATTER) / (all + PRIOR)).min(SAME_MATTER)
    }

    /// The hashed names, ascending, each with the number of sentences that have it.
    pub fn counts(&self) -> impl Iterator<Item = (u64, f32)> {
        self.0.iter().copied()
    }

    /// Number of names.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether a hashed word is a name of the document.
    pub fn contains(&self, word: u64) -> bool {
        self.0.binary_search_by_key(&word, |(name, _)| *name).is_ok()
    }

    fn weight(&self) -> f32 {
        self.0.iter().map(|(_, weight)| weight * weight).sum::<f32>().sqrt()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_begins_a_sentence_is_a_name_where_it_is_one_elsewhere() {
        let names = Names::of(
            [
                "Shares in Mossgard rose.",
                "Mossgard employs many.",
                "The Shares were cheap, and shares are.",
                "I said A.",
            ]
            .into_iter(),
        );
        assert!(names.contains(hash(*b"mossgard")));
        assert!(["shares", "the", "i", "a"].into_iter().all(|word| !names.contains(hash(word.bytes()))));
        assert_eq!(names.0, [(hash(*b"mossgard"), 2.0)]);
    }

    #[test]
    fn documents_with_few_names_may_be_about_the_same() {
        let names = |text: &str| Names::of(text.split_inclusive('.'));
        let none = names("it was cold.");
        assert_eq!(none.likeness(&none), SAME_MATTER);
        let [a, b] = ["about Brantholm, Mossgard, Lendle and Arkley.", "about Dunmarrow, Wexley, Ponsford and Orwick."]
            .map(names);
        assert!(a.likeness(&b) < 0.15 && a.likeness(&a) == SAME_MATTER, "{}", a.likeness(&b));
    }
}
