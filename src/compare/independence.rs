//! How many sources are independent: copies of one another and sources of one publisher count once.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry as Slot;

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::{Relation, Shingles};
use crate::base::{UnionFind, hash};
use crate::lang::{Word, one_line, words};
use crate::library::{DocumentId, Library};
use crate::store::{StoreError, computed_key, derived, versions};

/// The share of the shorter document's words that appear word for word in the other at which one counts as copied.
const COPIED: f32 = 0.5;
/// Length in words of the runs by which possible copies are looked up.
const RUN: usize = 8;
/// Up to this many texts with a common run, each is compared with each.
const FEW: usize = 8;
/// In a text of at least this many words one run in [`SAMPLED`] is looked up.
const LONG: usize = 400;
const SAMPLED: u64 = 4;

/// Why two sources count as one.
#[derive(Debug, Clone, PartialEq)]
pub enum Reason {
    /// Both belong to this publisher.
    Publisher(String),
    /// This share of the words of the shorter one appears in the other.
    Copy(f32),
    /// Both are connected by copies that are not among the sources in question.
    Chain,
    /// Their passages here are the same word for word, or nearly.
    Passage(Relation),
}

/// Two documents that count as one.
#[derive(Debug, Clone, PartialEq)]
pub struct Merge {
    /// The first document.
    pub a: DocumentId,
    /// The second document.
    pub b: DocumentId,
    /// Why the two count as one.
    pub reason: Reason,
}

/// Which documents of a library depend on each other.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Independence {
    /// Each document's publisher, as written and as normalised for comparison.
    publishers: Vec<Option<(String, String)>>,
    /// The copies of each document, in either direction, with the copied share of the shorter one's words.
    copies: BTreeMap<DocumentId, Vec<(DocumentId, f32)>>,
    /// Documents connected by copies have the same number.
    copied: Vec<usize>,
    /// Documents connected by copies and publishers have the same number.
    families: Vec<usize>,
}

impl Independence {
    /// Compares all documents.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn new(library: &Library) -> Result<Self, StoreError> {
        derived(library.store(), computed_key("independence", versions::INDEPENDENCE, library.key()), || {
            library.fetch_all()?;
            Ok(Self::compared(library))
        })
    }

    fn compared(library: &Library) -> Self {
        let publisher = |document: DocumentId| {
            let publisher = library.document(document).metadata.publisher.clone()?;
            let key = one_line(&publisher).to_lowercase();
            Some((publisher, key))
        };
        let mut copies: BTreeMap<DocumentId, Vec<(DocumentId, f32)>> = BTreeMap::new();
        let mut sets = UnionFind::new(library.documents().len());
        for (a, b, share) in find_copies(library) {
            copies.entry(a).or_default().push((b, share));
            copies.entry(b).or_default().push((a, share));
            sets.join(a.index(), b.index());
        }
        let publishers = library.documents().map(publisher).collect();
        let mut independence = Self { publishers, copies, copied: sets.names(), families: Vec::new() };
        let all: Vec<DocumentId> = library.documents().collect();
        let mut sets = UnionFind::new(all.len());
        for merge in independence.merges(&all) {
            sets.join(merge.a.index(), merge.b.index());
        }
        independence.families = sets.names();
        independence
    }

    /// Whether two documents are copies, or copies of copies.
    pub fn are_copies(&self, a: DocumentId, b: DocumentId) -> bool {
        self.copied[a.index()] == self.copied[b.index()]
    }

    /// A number shared by documents that count as one wherever they appear.
    pub fn family(&self, document: DocumentId) -> usize {
        self.families[document.index()]
    }

    /// Number of independent sources among `documents`, which are ascending, and the merges that reduce it: each
    /// explains why one more does not count. `passages` are merges that hold for this statement alone.
    pub fn among(&self, documents: &[DocumentId], passages: impl IntoIterator<Item = Merge>) -> (usize, Vec<Merge>) {
        let mut sets = UnionFind::new(documents.len());
        let place = |document: &DocumentId| documents.binary_search(document).ok();
        let known = self.merges(documents).into_iter().chain(passages);
        let merges: Vec<Merge> =
            known.filter(|merge| place(&merge.a).zip(place(&merge.b)).is_some_and(|(a, b)| sets.join(a, b))).collect();
        (documents.len() - merges.len(), merges)
    }

    /// The reasons why some of these documents depend on each other, possibly with duplicates.
    fn merges(&self, documents: &[DocumentId]) -> Vec<Merge> {
        let (mut publishers, mut families) = (BTreeMap::new(), BTreeMap::new());
        let (mut of_publisher, mut of_copies, mut of_chains) = (Vec::new(), Vec::new(), Vec::new());
        for &b in documents {
            if let Some((publisher, key)) = &self.publishers[b.index()] {
                match publishers.entry(key) {
                    Slot::Occupied(first) => {
                        of_publisher.push(Merge { a: *first.get(), b, reason: Reason::Publisher(publisher.clone()) });
                    }
                    Slot::Vacant(slot) => drop(slot.insert(b)),
                }
            }
            let present =
                self.copies.get(&b).into_iter().flatten().filter(|(a, _)| *a < b && documents.binary_search(a).is_ok());
            of_copies.extend(present.map(|&(a, share)| Merge { a, b, reason: Reason::Copy(share) }));
            match families.entry(self.copied[b.index()]) {
                Slot::Occupied(first) => of_chains.push(Merge { a: *first.get(), b, reason: Reason::Chain }),
                Slot::Vacant(slot) => drop(slot.insert(b)),
            }
        }
        [of_publisher, of_copies, of_chains].concat()
    }
}

/// Pairs of documents of which one has at least half its words from the other, with that share.
fn find_copies(library: &Library) -> Vec<(DocumentId, DocumentId, f32)> {
    let text = |document: DocumentId| {
        let passages = library.passages_of(document).map(|passage| library.passage(passage).text.as_str());
        passages.collect::<Vec<_>>().join("\n")
    };
    let texts: Vec<String> = (0..library.documents().len()).into_par_iter().map(DocumentId::new).map(text).collect();
    let candidates = sharing_runs(&texts);
    let mut wanted: Vec<usize> = candidates.iter().flat_map(|&(a, b)| [a, b]).collect();
    wanted.sort_unstable();
    wanted.dedup();
    let shingles: BTreeMap<usize, Shingles> = wanted.into_par_iter().map(|at| (at, Shingles::of(&texts[at]))).collect();
    let compared = candidates
        .par_iter()
        .map(|(a, b)| (DocumentId::new(*a), DocumentId::new(*b), shingles[a].overlap(&shingles[b]).containment));
    compared.filter(|(_, _, share)| *share >= COPIED).collect()
}

/// Pairs of texts that have runs of words in common, ascending. If many texts have a run, each is paired only with the
/// next: that is enough to connect copies.
fn sharing_runs(texts: &[String]) -> Vec<(usize, usize)> {
    let mut runs: Vec<(u64, usize)> = texts
        .par_iter()
        .enumerate()
        .flat_map_iter(|(at, text)| hashes(text).into_iter().map(move |hash| (hash, at)))
        .collect();
    runs.par_sort_unstable();
    runs.dedup();
    let pairs_of = |same: &[(u64, usize)]| -> Vec<(usize, usize)> {
        let reach = if same.len() <= FEW { FEW } else { 1 };
        let pair = |at: usize| same[at + 1..].iter().take(reach).map(move |(_, b)| (same[at].1, *b));
        (0..same.len()).flat_map(pair).collect()
    };
    let mut pairs: Vec<(usize, usize)> =
        runs.chunk_by(|a, b| a.0 == b.0).filter(|same| same.len() > 1).flat_map(pairs_of).collect();
    pairs.par_sort_unstable();
    pairs.dedup();
    pairs
}

/// Hashes of the runs of a text, or of a sample of them if it is long; of the whole text if it is shorter than a run.
fn hashes(text: &str) -> Vec<u64> {
    let words = words(text);
    // Words contain no spaces.
    let hash = |run: &[Word]| hash(run.iter().flat_map(|word| word.folded.bytes().chain([b' '])));
    match words.len() {
        0 => Vec::new(),
        1..RUN => vec![hash(&words)],
        few if few < LONG => words.windows(RUN).map(hash).collect(),
        _ => words.windows(RUN).map(hash).filter(|hash| hash % SAMPLED == 0).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::passage::Passage;
    use crate::source::Metadata;

    const WIRE: &str = "The ferry struck the breakwater at the mouth of the harbor on Tuesday morning. Thirty-one \
                        people were hurt, three of them badly, and divers will look at the hull before the ship is \
                        towed to a dock.";

    fn independence(documents: &[(&str, Option<&str>)]) -> Independence {
        let document = |(at, (text, publisher)): (usize, &(&str, Option<&str>))| {
            let metadata = Metadata { publisher: publisher.map(str::to_owned), ..Metadata::default() };
            let passage = Passage {
                ordinal: 0,
                text: (*text).to_owned(),
                sentences: std::iter::once(0..text.len()).collect(),
                line_start: None,
                line_end: None,
                page: None,
                time: None,
                heading: None,
            };
            (at.to_string(), metadata, vec![passage])
        };
        Independence::new(&Library::of_passages(documents.iter().enumerate().map(document).collect())).unwrap()
    }

    #[test]
    fn copies_and_publishers_count_once() {
        let shortened = &WIRE[..120];
        let independence = independence(&[
            (WIRE, None),
            (shortened, None),
            ("The union says that its members had warned of the controls.", Some("Harbor  Union")),
            ("A union member told us about long shifts on the island line.", Some("harbor union")),
            ("Oysters may not be taken until two samples are clean.", None),
        ]);
        let id = DocumentId::new;
        let (count, merges) = independence.among(&[0, 1, 2, 3, 4].map(id), []);
        assert_eq!(count, 3);
        assert_eq!(merges[0], Merge { a: id(2), b: id(3), reason: Reason::Publisher("harbor union".to_owned()) });
        assert_eq!((merges[1].a, merges[1].b), (id(0), id(1)));
        assert!(matches!(merges[1].reason, Reason::Copy(share) if share > 0.9), "{merges:?}");
        let some = [1, 2, 4].map(id);
        assert_eq!(independence.among(&some, []).0, 3);
        let here = Merge { a: id(2), b: id(4), reason: Reason::Passage(Relation::Verbatim) };
        assert_eq!(independence.among(&some, [here.clone()]), (2, vec![here]));
    }

    #[test]
    fn who_was_first_does_not_matter() {
        let texts = ["The union warned of it.", "A member spoke of long shifts.", "Oysters may not be taken for now."];
        let independence = independence(&texts.map(|text| (text, Some("Gazette"))));
        assert_eq!(independence.among(&[1, 2].map(DocumentId::new), []).0, 1);
        assert_eq!([0, 1, 2].map(|document| independence.family(DocumentId::new(document))), [0, 0, 0]);
    }

    #[test]
    fn many_copies_are_one() {
        let independence = independence(&[(WIRE, None); 100]);
        let all: Vec<DocumentId> = (0..100).map(DocumentId::new).collect();
        assert_eq!(independence.among(&all, []).0, 1);
        // This also holds when those between are not among the sources.
        let (count, merges) = independence.among(&[3, 50, 97].map(DocumentId::new), []);
        assert_eq!((count, merges.len()), (1, 2));
        assert!(merges.iter().all(|merge| merge.reason == Reason::Chain));
    }

    #[test]
    fn short_texts_are_copies_when_they_are_equal() {
        let independence =
            independence(&[("The ferry sank.", None), ("the ferry sank", None), ("The ferry sailed.", None)]);
        assert_eq!(independence.among(&[0, 1, 2].map(DocumentId::new), []).0, 2);
    }

    #[test]
    fn nothing_depends_on_nothing() {
        assert_eq!(independence(&[]).among(&[], []), (0, Vec::new()));
    }
}
