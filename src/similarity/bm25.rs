//! Which passages hold the words of a query, and how much each word tells: BM25 (Robertson & Zaragoza 2009, *The
//! Probabilistic Relevance Framework*, with `k1 = 1.2`, `b = 0.75`).

use std::collections::{BTreeSet, HashMap};

use rayon::prelude::*;

use crate::words::{Word, words};

const K1: f32 = 1.2;
const B: f32 = 0.75;

/// The words of passages, by word.
pub struct WordIndex {
    /// The passages that hold a word, ascending, each with how often.
    postings: HashMap<String, Vec<(usize, u32)>>,
    /// The words of each passage.
    lengths: Vec<usize>,
    mean_length: f32,
}

impl WordIndex {
    /// Counts the words of passages.
    pub fn new(texts: &[&str]) -> Self {
        let counted: Vec<(HashMap<String, u32>, usize)> = texts.par_iter().map(|text| counts(text)).collect();
        let lengths: Vec<usize> = counted.iter().map(|(_, length)| *length).collect();
        let mut postings: HashMap<String, Vec<(usize, u32)>> = HashMap::new();
        for (passage, (counts, _)) in counted.into_iter().enumerate() {
            for (word, count) in counts {
                postings.entry(word).or_default().push((passage, count));
            }
        }
        let mean_length = lengths.iter().sum::<usize>() as f32 / lengths.len().max(1) as f32;
        Self { postings, lengths, mean_length }
    }

    /// How much a word tells: `ln(1 + (N - n + 0.5) / (n + 0.5))`, where `n` of `N` passages hold it.
    pub fn idf(&self, word: &str) -> f32 {
        let (all, holding) = (self.lengths.len() as f32, self.postings.get(word).map_or(0, Vec::len) as f32);
        (1.0 + (all - holding + 0.5) / (holding + 0.5)).ln()
    }

    /// The BM25 score of each passage as a share, 0 to 1, of what a passage could reach that holds nothing but the query's
    /// words: the sum of `idf · tf (k1 + 1) / (tf + k1 (1 - b + b · length / mean length))` over the query's distinct words,
    /// divided by the sum of `idf · (k1 + 1)`.
    pub fn scores(&self, query: &[Word]) -> Vec<f32> {
        let mut scores = vec![0.0; self.lengths.len()];
        let distinct: BTreeSet<&str> = query.iter().map(|word| word.folded.as_str()).collect();
        let most: f32 = distinct.iter().map(|word| self.idf(word)).sum::<f32>() * (K1 + 1.0);
        for word in distinct {
            let idf = self.idf(word);
            for &(passage, count) in self.postings.get(word).map_or(&[][..], Vec::as_slice) {
                let (tf, length) = (count as f32, self.lengths[passage] as f32);
                scores[passage] += idf * tf * (K1 + 1.0) / (tf + K1 * (1.0 - B + B * length / self.mean_length)) / most;
            }
        }
        scores
    }
}

/// How often each word stands in a text, and how many words it has.
fn counts(text: &str) -> (HashMap<String, u32>, usize) {
    let words = words(text);
    let length = words.len();
    let mut counts = HashMap::new();
    for word in words {
        *counts.entry(word.folded).or_default() += 1;
    }
    (counts, length)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scores(texts: &[&str], query: &str) -> Vec<f32> {
        WordIndex::new(texts).scores(&words(query))
    }

    #[test]
    fn equals_the_formula() {
        let texts = ["ferry ferry breakwater", "the old ferry lies in the harbor", "rye bread"];
        // N = 3, n(ferry) = 2, n(breakwater) = 1, n(lamp) = 0; lengths 3, 7, 2; mean 4.
        let idf = |n: f32| (1.0 + (3.0 - n + 0.5) / (n + 0.5)).ln();
        let part = |tf: f32, length: f32| tf * 2.2 / (tf + 1.2 * (0.25 + 0.75 * length / 4.0));
        let most = 2.2 * (idf(2.0) + idf(1.0) + idf(0.0));
        let expected = [(idf(2.0) * part(2.0, 3.0) + idf(1.0) * part(1.0, 3.0)) / most, idf(2.0) * part(1.0, 7.0) / most, 0.0];
        let found = scores(&texts, "Lamp, ferry: BREAKWATER, ferry");
        assert!(found.iter().zip(expected).all(|(a, b)| (a - b).abs() < 1e-6), "{found:?} {expected:?}");
    }

    #[test]
    fn nothing_is_found_in_nothing() {
        assert_eq!(scores(&[], "ferry"), [0.0; 0]);
        assert_eq!(scores(&["", "ferry"], ""), [0.0, 0.0]);
        assert_eq!(scores(&["", "!?"], "ferry"), [0.0, 0.0]);
    }
}
