//! The similarity of words in two passages.
//!
//! Two outlets report one event in different words: `jailed` in one is `sentenced` in the other. Words of one stem are
//! the same; for others the vectors of words say how similar they are (`lang::english::alike`). Names and numbers are
//! similar only to themselves, and so are words whose statements do not carry over to each other.

use std::collections::{BTreeMap, HashMap};
use std::ops::Range;

use super::opposite::opposed;
use super::text::Text;
use crate::lang::english::alike::Alike;

/// The share of the words around two things, one of each passage, that is also in the other ([`Alignment::covered`]).
pub type Covered<'c> = dyn Fn(&Range<usize>, &Range<usize>, usize) -> [f32; 2] + 'c;

/// The similarities of the words of two passages.
pub struct Alignment {
    /// `[words of a, words of b]`, 0 to 1.
    likeness: Vec<f32>,
    columns: usize,
}

impl Alignment {
    /// Compares each word of one passage with each of the other, and gives two words that are each other's nearest the
    /// same sense, if neither appears in both passages.
    pub fn new(a: &mut Text, b: &mut Text) -> Self {
        let columns = b.tokens.len();
        let mut likeness = vec![0.0; a.tokens.len() * columns];
        let (words_a, words_b) = (words(a), words(b));
        let mut pairs: Vec<(f32, &str, &str)> = Vec::new();
        for x in &words_a {
            for y in &words_b {
                let found = x.likeness(y);
                if found > 0.0 {
                    let cells = x.places.iter().flat_map(|i| y.places.iter().map(move |j| i * columns + j));
                    cells.for_each(|cell| likeness[cell] = found);
                    pairs.push((found, x.stem, y.stem));
                }
            }
        }
        let [senses_a, senses_b] = senses(pairs);
        give(a, &senses_a);
        give(b, &senses_b);
        Self { likeness, columns }
    }

    fn at(&self, i: usize, j: usize) -> f32 {
        self.likeness[i * self.columns + j]
    }

    /// How much of the words around two things, one of each passage, the other passage shares: the mean similarity of
    /// the words within `reach` of one to the nearest within `reach` of the other, 0 to 1; the smaller and the larger
    /// of both directions.
    pub fn covered(&self, (a, x): (&Text, &Range<usize>), (b, y): (&Text, &Range<usize>), reach: usize) -> [f32; 2] {
        let telling = |text: &Text, of: &Range<usize>| {
            let around = text.around(of, reach);
            around.filter(|at| text.tokens[*at].tells() && text.tokens[*at].content).collect::<Vec<usize>>()
        };
        let (of_a, of_b) = (telling(a, x), telling(b, y));
        let nearest =
            |others: &[usize], like: &dyn Fn(usize) -> f32| others.iter().map(|at| like(*at)).fold(0.0, f32::max);
        let mean = |sum: f32, n: usize| if n == 0 { 0.0 } else { sum / n as f32 };
        let one = mean(of_a.iter().map(|i| nearest(&of_b, &|j| self.at(*i, j))).sum(), of_a.len());
        let other = mean(of_b.iter().map(|j| nearest(&of_a, &|i| self.at(i, *j))).sum(), of_b.len());
        [one.min(other), one.max(other)]
    }
}

/// The sense that each stem shares with a stem of the other passage, for both passages.
type Senses = [HashMap<String, String>; 2];

/// Sets the senses of a passage's words.
fn give(text: &mut Text<'_>, senses: &HashMap<String, String>) {
    for token in &mut text.tokens {
        if let Some(sense) = senses.get(&token.stem) {
            token.sense.clone_from(sense);
        }
    }
}

/// Pairs the most similar stems first, and each only once.
fn senses(mut pairs: Vec<(f32, &str, &str)>) -> Senses {
    pairs.sort_by(|(x, a, b), (y, c, d)| y.total_cmp(x).then_with(|| (a.min(b), a.max(b)).cmp(&(c.min(d), c.max(d)))));
    let mut senses = Senses::default();
    for (_, a, b) in pairs {
        if !senses[0].contains_key(a) && !senses[1].contains_key(b) {
            let sense = a.min(b);
            senses[0].insert(a.to_owned(), sense.to_owned());
            senses[1].insert(b.to_owned(), sense.to_owned());
        }
    }
    senses
}

/// A word and its positions.
struct Word<'t> {
    stem: &'t str,
    folded: &'t str,
    /// The words similar to it; `None` for a name, a number or a function word.
    alike: Option<Alike>,
    places: Vec<usize>,
}

impl Word<'_> {
    fn likeness(&self, other: &Self) -> f32 {
        if self.stem == other.stem {
            return 1.0;
        }
        let (Some(own), Some(others)) = (self.alike, other.alike) else { return 0.0 };
        let likeness =
            if self.folded < other.folded { own.likeness(other.folded) } else { others.likeness(self.folded) };
        if likeness > 0.0 && opposed(self.stem, other.stem) { 0.0 } else { likeness }
    }
}

/// A passage's words, each form once.
fn words<'p>(text: &'p Text) -> Vec<Word<'p>> {
    let mut words: BTreeMap<(&str, bool), Word> = BTreeMap::new();
    for (at, token) in text.tokens.iter().enumerate() {
        let plain = token.content && token.tells() && (!token.capital || token.first);
        let new = || Word {
            stem: &token.stem,
            folded: &token.folded,
            alike: plain.then(|| Alike::to(&token.folded)),
            places: Vec::new(),
        };
        words.entry((&token.folded, plain)).or_insert_with(new).places.push(at);
    }
    words.into_values().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The words that share a sense with a word of the other passage, and how much of each passage is covered.
    fn aligned(a: &str, b: &str) -> (Vec<String>, [f32; 2]) {
        let (mut a, mut b) = (Text::read(a).unwrap(), Text::read(b).unwrap());
        let alignment = Alignment::new(&mut a, &mut b);
        let senses = |text: &Text| text.tokens.iter().map(|token| token.sense.clone()).collect::<Vec<_>>();
        let of_b = senses(&b);
        let shared = a.tokens.iter().filter(|token| token.content && of_b.contains(&token.sense));
        let shared = shared.map(|token| token.folded.clone()).collect();
        (shared, alignment.covered((&a, &(0..1)), (&b, &(0..1)), usize::MAX))
    }

    #[test]
    fn words_of_one_meaning_have_one_sense() {
        let (shared, [least, most]) =
            aligned("The thief was jailed in the castle", "The castle where a robber was imprisoned");
        assert_eq!(shared, ["thief", "jailed", "castle"]);
        assert!(least > 0.5 && most < 1.0, "{least} {most}");
    }

    #[test]
    fn opposites_and_names_have_none() {
        for (a, b) in [
            ("The plan was accepted", "The scope was rejected"),
            ("A day in Berlin", "A night in Munich"),
            ("It was summer", "It was winter"),
        ] {
            assert_eq!(aligned(a, b).0, [""; 0], "{a} | {b}");
        }
    }
}
