//! How many sources are independent of each other: copies of one another and the sources of one publisher count once.

use std::collections::HashMap;

use crate::corpus::Library;
use crate::sets::UnionFind;
use crate::similarity::relation::{Relation, Shingles};
use crate::words::words;

/// Of the shorter document's words, the share that stands in the other word by word where the one was made from the other.
const COPIED: f32 = 0.5;
/// Words of the runs by which documents are looked up that may be copies.
const RUN: usize = 8;
/// Documents with a run in common; what stands in more is a formula.
const COMMON: usize = 64;

/// Why two sources do not count twice.
#[derive(Debug, Clone, PartialEq)]
pub enum Reason {
    /// Both are of this publisher.
    Publisher(String),
    /// This share of the words of the shorter one stands in the other.
    Copy(f32),
    /// What both say here is the same word by word, or nearly.
    Passage(Relation),
}

/// Two documents that do not count twice.
#[derive(Debug, Clone, PartialEq)]
pub struct Merge {
    pub a: usize,
    pub b: usize,
    pub reason: Reason,
}

/// Which documents of a library depend on each other.
#[derive(Debug, Clone, PartialEq)]
pub struct Independence {
    merges: Vec<Merge>,
}

impl Independence {
    /// Compares all documents.
    pub fn new(library: &Library) -> Self {
        let mut merges = same_publisher(library);
        merges.extend(copies(library));
        Self { merges }
    }

    /// How many of `documents` are independent, and the merges that make them fewer: each says why one more does not count.
    /// `passages` are merges that hold for this statement alone.
    pub fn among(&self, documents: &[usize], passages: impl IntoIterator<Item = Merge>) -> (usize, Vec<Merge>) {
        let place: HashMap<usize, usize> = documents.iter().enumerate().map(|(at, document)| (*document, at)).collect();
        let mut sets = UnionFind::new(place.len());
        let known = self.merges.iter().cloned().chain(passages);
        let merges: Vec<Merge> = known
            .filter(|merge| match (place.get(&merge.a), place.get(&merge.b)) {
                (Some(&a), Some(&b)) => sets.join(a, b),
                _ => false,
            })
            .collect();
        (place.len() - merges.len(), merges)
    }
}

fn same_publisher(library: &Library) -> Vec<Merge> {
    let mut first: HashMap<String, usize> = HashMap::new();
    let mut merges = Vec::new();
    for (b, document) in library.documents.iter().enumerate() {
        let Some(publisher) = document.metadata.publisher.as_deref() else { continue };
        let key = publisher.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase();
        match first.get(&key) {
            Some(&a) => merges.push(Merge { a, b, reason: Reason::Publisher(publisher.to_owned()) }),
            None => drop(first.insert(key, b)),
        }
    }
    merges
}

/// Documents of which one is half or more made of the other's words.
fn copies(library: &Library) -> Vec<Merge> {
    use rayon::prelude::*;
    let text = |document: usize| {
        let passages = library.passages_of(document).map(|entry| library.entries[entry].passage.text.as_str());
        passages.collect::<Vec<_>>().join("\n")
    };
    let texts: Vec<String> = (0..library.documents.len()).into_par_iter().map(text).collect();
    let candidates = sharing_runs(&texts);
    let mut wanted: Vec<usize> = candidates.iter().flat_map(|&(a, b)| [a, b]).collect();
    wanted.sort_unstable();
    wanted.dedup();
    let shingles: HashMap<usize, Shingles> = wanted.into_par_iter().map(|document| (document, Shingles::of(&texts[document]))).collect();
    let compared =
        candidates.par_iter().map(|&(a, b)| Merge { a, b, reason: Reason::Copy(shingles[&a].overlap(&shingles[&b]).containment) });
    compared.filter(|merge| matches!(merge.reason, Reason::Copy(share) if share >= COPIED)).collect()
}

/// Pairs of texts that have runs of words in common, ascending.
fn sharing_runs(texts: &[String]) -> Vec<(usize, usize)> {
    use rayon::prelude::*;
    let mut runs: Vec<(u64, usize)> =
        texts.par_iter().enumerate().flat_map_iter(|(at, text)| hashes(text).into_iter().map(move |hash| (hash, at))).collect();
    runs.par_sort_unstable();
    runs.dedup();
    let mut pairs: Vec<(usize, usize)> = Vec::new();
    for same in runs.chunk_by(|a, b| a.0 == b.0).filter(|same| (2..=COMMON).contains(&same.len())) {
        pairs.extend(same.iter().enumerate().flat_map(|(at, (_, a))| same[at + 1..].iter().map(move |(_, b)| (*a, *b))));
    }
    pairs.par_sort_unstable();
    pairs.dedup();
    pairs
}

fn hashes(text: &str) -> Vec<u64> {
    use std::hash::{DefaultHasher, Hash, Hasher};
    let words = words(text);
    let hash = |run: &[crate::words::Word]| {
        // Its keys are fixed: the same in each run.
        let mut hasher = DefaultHasher::new();
        run.iter().for_each(|word| word.folded.hash(&mut hasher));
        hasher.finish()
    };
    words.windows(RUN).map(hash).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::corpus::{Document, Entry};
    use crate::passage::Passage;
    use crate::source::Metadata;

    const WIRE: &str = "The ferry struck the breakwater at the mouth of the harbor on Tuesday morning. Thirty-one people were hurt, \
                        three of them badly, and divers will look at the hull before the ship is towed to a dock.";

    fn library(documents: &[(&str, Option<&str>)]) -> Library {
        let mut library = Library::default();
        for (at, (text, publisher)) in documents.iter().enumerate() {
            let metadata = Metadata { publisher: publisher.map(str::to_owned), ..Metadata::default() };
            library.documents.push(Document { id: at.to_string(), path: at.to_string(), metadata, dropped: Vec::new() });
            let passage = Passage {
                ordinal: 0,
                text: (*text).to_owned(),
                sentences: std::iter::once(0..text.len()).collect(),
                line_start: None,
                line_end: None,
                page: None,
                heading: None,
            };
            library.entries.push(Entry { document: at, passage });
        }
        library
    }

    #[test]
    fn copies_and_publishers_count_once() {
        let shortened = &WIRE[..120];
        let library = library(&[
            (WIRE, None),
            (shortened, None),
            ("The union says that its members had warned of the controls.", Some("Harbor  Union")),
            ("A union member told us about long shifts on the island line.", Some("harbor union")),
            ("Oysters may not be taken until two samples are clean.", None),
        ]);
        let independence = Independence::new(&library);
        let (count, merges) = independence.among(&[0, 1, 2, 3, 4], []);
        assert_eq!(count, 3);
        assert_eq!((merges[0].a, merges[0].b, &merges[0].reason), (2, 3, &Reason::Publisher("harbor union".to_owned())));
        assert!(matches!(merges[1], Merge { a: 0, b: 1, reason: Reason::Copy(share) } if share > 0.9), "{merges:?}");
        assert_eq!(independence.among(&[1, 2, 4], []).0, 3);
        let here = Merge { a: 2, b: 4, reason: Reason::Passage(Relation::Verbatim) };
        assert_eq!(independence.among(&[1, 2, 4], [here.clone()]), (2, vec![here]));
    }

    #[test]
    fn a_chain_of_copies_is_one() {
        let independence = Independence::new(&library(&[(WIRE, None), (WIRE, None), (WIRE, None)]));
        let (count, merges) = independence.among(&[0, 1, 2], []);
        assert_eq!((count, merges.len()), (1, 2));
    }

    #[test]
    fn nothing_depends_on_nothing() {
        assert_eq!(Independence::new(&library(&[])).among(&[], []), (0, Vec::new()));
    }
}
