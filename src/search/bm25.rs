//! Which passages contain the words of a query, and how much each word tells: BM25 (Robertson & Zaragoza 2009, *The
//! Probabilistic Relevance Framework*, with `k1 = 1.2`, `b = 0.75`).
//!
//! The index is in the store; the counts for the weights are of the library at hand, since the store may hold more. In
//! a large library the commonest words are not looked up: they are in too many passages, take longest and tell least.

use std::collections::{BTreeSet, HashMap};

use serde::{Deserialize, Serialize};

use crate::lang::{Word, words};
use crate::library::{DocumentId, Library, Numbers, PassageId};
use crate::store::{StoreError, computed_key, derived, versions};

const K1: f32 = 1.2;
const B: f32 = 0.75;
/// Maximum number of passages of a library without common words.
const LARGE: usize = 20_000;
/// Number of passages in which common words are counted, spread over a large library.
const SAMPLE: usize = 4000;
/// A word is common if more than one in `COMMON` passages contain it.
const COMMON: usize = 10;

/// An index of the words of a library's passages.
pub struct WordIndex<'a> {
    library: &'a Library,
    numbers: Numbers,
    mean_length: f32,
    common: Common,
}

/// Common words, each with the share of passages that contain it.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
struct Common(HashMap<String, f32>);

/// The result of looking up the words of a query.
pub struct Ask {
    /// The BM25 score of each passage as a share, 0 to 1, of the score of a passage that contains nothing but the
    /// query's words: the sum of `idf · tf (k1 + 1) / (tf + k1 (1 - b + b · length / mean length))` over the query's
    /// distinct words, divided by the sum of `idf · (k1 + 1)`.
    pub scores: Vec<f32>,
    idf: HashMap<String, f32>,
}

impl Ask {
    /// How much a word of the query tells: `ln(1 + (N - n + 0.5) / (n + 0.5))`, where `n` of `N` passages contain it.
    pub fn idf(&self, word: &str) -> f32 {
        self.idf.get(word).copied().unwrap_or(0.0)
    }
}

impl<'a> WordIndex<'a> {
    /// # Errors
    /// When the store cannot be read.
    pub fn new(library: &'a Library) -> Result<Self, StoreError> {
        let total: usize = library.passages().map(|passage| library.words(passage)).sum();
        let common = if library.len() > LARGE {
            derived(library.store(), computed_key("common words", versions::COMMON_WORDS, library.key()), || {
                Common::of(library)
            })?
        } else {
            Common::default()
        };
        Ok(Self {
            library,
            numbers: library.numbers(),
            mean_length: total as f32 / library.len().max(1) as f32,
            common,
        })
    }

    /// Looks up the words of a query.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn ask(&self, query: &[Word]) -> Result<Ask, StoreError> {
        let distinct: BTreeSet<&str> = query.iter().map(|word| word.folded.as_str()).collect();
        let (mut found, mut idf) = (Vec::new(), HashMap::new());
        for word in distinct {
            let tells = match self.common.0.get(word) {
                Some(share) => self.idf(share * self.library.len() as f32),
                None => {
                    let postings = self.postings(word)?;
                    let tells = self.idf(postings.len() as f32);
                    found.push((tells, postings));
                    tells
                }
            };
            idf.insert(word.to_owned(), tells);
        }
        let most = found.iter().map(|(idf, _)| idf).sum::<f32>() * (K1 + 1.0);
        let mut scores = vec![0.0; self.library.len()];
        for (idf, postings) in found {
            for (passage, count) in postings {
                let (tf, length) = (count as f32, self.library.words(passage) as f32);
                scores[passage.index()] +=
                    idf * tf * (K1 + 1.0) / (tf + K1 * (1.0 - B + B * length / self.mean_length)) / most;
            }
        }
        Ok(Ask { scores, idf })
    }

    /// The passages that contain the words of a phrase in sequence.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn holding(&self, phrase: &str) -> Result<Vec<PassageId>, StoreError> {
        let phrase: Vec<String> = words(phrase).into_iter().map(|word| word.folded).collect();
        let numbers = if phrase.is_empty() { Vec::new() } else { self.library.store().holding(&phrase)? };
        Ok(numbers.into_iter().flat_map(|number| self.numbers.passages(number)).collect())
    }

    fn idf(&self, holding: f32) -> f32 {
        let all = self.library.len() as f32;
        (1.0 + (all - holding + 0.5) / (holding + 0.5)).ln()
    }

    /// The passages that contain a word, each with the number of occurrences.
    fn postings(&self, word: &str) -> Result<Vec<(PassageId, u32)>, StoreError> {
        let found = self.library.store().postings(word)?;
        Ok(found
            .into_iter()
            .flat_map(|(number, count)| self.numbers.passages(number).map(move |passage| (passage, count)))
            .collect())
    }
}

impl Common {
    /// Finds common words in a sample that does not depend on the order in which the documents were read.
    fn of(library: &Library) -> Result<Self, StoreError> {
        let mut documents: Vec<DocumentId> = library.documents().collect();
        documents.sort_by_key(|document| &library.document(*document).id);
        let passages = documents.into_iter().flat_map(|document| library.passages_of(document));
        let sample: Vec<PassageId> = passages.step_by(library.len().div_ceil(SAMPLE)).collect();
        library.fetch(sample.iter().copied())?;
        let mut holding: HashMap<String, usize> = HashMap::new();
        for &passage in &sample {
            let distinct: BTreeSet<String> =
                words(&library.passage(passage).text).into_iter().map(|word| word.folded).collect();
            distinct.into_iter().for_each(|word| *holding.entry(word).or_default() += 1);
        }
        let common = holding.into_iter().filter(|(_, count)| count * COMMON > sample.len());
        Ok(Self(common.map(|(word, count)| (word, count as f32 / sample.len() as f32)).collect()))
    }
}

/// The common words of a library in order, as they are stored.
#[cfg(test)]
pub(crate) fn common_words(library: &Library) -> Result<Vec<u8>, StoreError> {
    let words: std::collections::BTreeMap<String, f32> = Common::of(library)?.0.into_iter().collect();
    Ok(crate::store::encode(&words))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::library::testing::library_of;
    use crate::passage::Boilerplate;
    use crate::source::read_str;

    fn library(texts: &[&str]) -> Library {
        let sources = texts.iter().enumerate().map(|(at, text)| read_str(&format!("{at}.txt"), text));
        library_of(sources, Boilerplate::Keep)
    }

    fn scores(texts: &[&str], query: &str) -> Vec<f32> {
        WordIndex::new(&library(texts)).unwrap().ask(&words(query)).unwrap().scores
    }

    #[test]
    fn equals_the_formula() {
        let texts = [
            "Ferry ferry breakwater here now.",
            "The old ferry lies in the harbor tonight.",
            "Rye bread is on the table.",
        ];
        // N = 3, n(ferry) = 2, n(breakwater) = 1, n(lamp) = 0; lengths 5, 8, 6; mean 19/3.
        let idf = |n: f32| (1.0 + (3.0 - n + 0.5) / (n + 0.5)).ln();
        let part = |tf: f32, length: f32| tf * 2.2 / (tf + 1.2 * (0.25 + 0.75 * length * 3.0 / 19.0));
        let most = 2.2 * (idf(2.0) + idf(1.0) + idf(0.0));
        let expected =
            [(idf(2.0) * part(2.0, 5.0) + idf(1.0) * part(1.0, 5.0)) / most, idf(2.0) * part(1.0, 8.0) / most, 0.0];
        let found = scores(&texts, "Lamp, ferry: BREAKWATER, ferry");
        assert!(found.iter().zip(expected).all(|(a, b)| (a - b).abs() < 1e-6), "{found:?} {expected:?}");
    }

    #[test]
    fn nothing_is_found_in_nothing() {
        assert_eq!(scores(&[], "ferry"), [0.0; 0]);
        assert_eq!(scores(&["A ferry lies in the harbor."], ""), [0.0]);
        assert_eq!(scores(&["A ferry lies in the harbor."], "!?"), [0.0]);
    }

    #[test]
    fn words_keep_their_points_and_apostrophes() {
        let library =
            library(&["The harbor’s 5,000 tons, at 3.5 p.m. don't weigh.", "A harbor of 5 tons and 000 more."]);
        let index = WordIndex::new(&library).unwrap();
        for (phrase, expected) in [
            ("Harbor's 5,000", vec![0]),
            ("5,000 TONS at 3.5", vec![0]),
            ("don’t weigh", vec![0]),
            ("harbor", vec![0, 1]),
            ("tons harbor", vec![]),
            ("\" OR \"", vec![]),
            ("of 5 tons", vec![1]),
        ] {
            let found: Vec<usize> = index.holding(phrase).unwrap().into_iter().map(PassageId::index).collect();
            assert_eq!(found, expected, "{phrase}");
        }
    }
}
