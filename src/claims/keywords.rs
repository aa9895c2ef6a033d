//! The words that distinguish a group of passages from the rest of a corpus.

use std::collections::{BTreeSet, HashMap};

use rayon::prelude::*;

use crate::lang::{is_grammatical, words};
use crate::library::{Corpus, PassageId};

/// The number of passages of a corpus that contain each word.
#[derive(Debug, Clone, PartialEq)]
pub struct Words {
    /// Number of passages.
    all: usize,
    /// Number of passages that contain each word.
    passages: HashMap<String, usize>,
}

const KEYWORDS: usize = 5;

impl Words {
    /// Counts the words of all passages, which must have been fetched.
    pub fn of(corpus: &Corpus) -> Self {
        let all = corpus.library.len();
        let text = |passage: PassageId| &corpus.library.passage(passage).text;
        let of: Vec<BTreeSet<String>> =
            (0..all).into_par_iter().map(|at| telling_words(text(PassageId::new(at)))).collect();
        let mut passages = HashMap::new();
        of.into_iter().flatten().for_each(|word| *passages.entry(word).or_insert(0) += 1);
        Self { all, passages }
    }

    /// The top words that are in two or more of these texts, weighted by `tf · ln(1 + N / df)`.
    pub fn keywords<'a>(&self, texts: impl Iterator<Item = &'a str>) -> Vec<String> {
        let mut counts: HashMap<String, usize> = HashMap::new();
        for word in texts.flat_map(telling_words) {
            *counts.entry(word).or_insert(0) += 1;
        }
        let weight = |word: &str, count: usize| {
            count as f64 * (1.0 + self.all as f64 / self.passages.get(word).copied().unwrap_or(1) as f64).ln()
        };
        let mut weighted: Vec<(f64, String)> = counts
            .into_iter()
            .filter(|(_, count)| *count > 1)
            .map(|(word, count)| (weight(&word, count), word))
            .collect();
        weighted.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        weighted.into_iter().take(KEYWORDS).map(|(_, word)| word).collect()
    }
}

/// The words of a text that may say what it is about.
fn telling_words(text: &str) -> BTreeSet<String> {
    let tells = |word: &str| word.chars().count() > 3 && word.contains(char::is_alphabetic) && !is_grammatical(word);
    words(text).into_iter().map(|word| word.folded).filter(|word| tells(word)).collect()
}
