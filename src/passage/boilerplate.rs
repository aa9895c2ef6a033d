//! Boilerplate: text that appears in many sources of one publisher, next to different texts.
//!
//! A wire story that five papers print word for word is not boilerplate, though each of its paragraphs recurs. So a
//! text counts as boilerplate only if all of this holds:
//!
//! - it is short, or at the beginning or the end of the documents;
//! - it recurs in at least three documents of one publisher and in a fifth of them; if no publisher is known, in at
//!   least four and in a fifth of all;
//! - the documents that contain it are not copies of one another: apart from what most of them share, at least three of
//!   them still have much to say, and each something different.

use std::collections::{BTreeMap, HashMap, HashSet};

use serde::{Deserialize, Serialize};

use super::role::Role;
use crate::base::Key;
use crate::lang::normalised;
use crate::source::{Block, BlockKind};

/// Longer texts are an author's own words, wherever they appear.
const MOST_WORDS: usize = 80;
/// Texts of at most this many words may appear anywhere.
const SHORT_WORDS: usize = 12;
/// Number of texts at the beginning and at the end of a document that count as its edges.
const EDGES: (usize, usize) = (2, 4);
/// Fewest documents that must contain a text, for a known publisher and for an unknown one.
const LEAST: (usize, usize) = (3, 4);
/// One in this many documents must contain a text.
const SHARE: usize = 5;
/// Fewest documents that must not be copies of one another.
const LEAST_DIFFERENT: usize = 3;
/// Maximum number of documents containing a text that are compared with one another.
const COMPARED: usize = 8;
/// The share of its words that a document must have to itself to have something of its own to say.
const OWN: (usize, usize) = (2, 5);
/// Two documents are copies if they share one in this many of the shorter one's own words.
const COPY_SHARE: usize = 3;

/// The reasons for dropping boilerplate.
const REASON: &str = "boilerplate: recurs in many of these sources";
const REASON_OF_PUBLISHER: &str = "boilerplate: recurs in this publisher's sources";

/// The relevant properties of one document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fingerprint {
    /// The texts, in order.
    texts: Vec<Print>,
}

/// A text: the index of its block, its hash, and its number of words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
struct Print {
    block: usize,
    hash: u64,
    words: usize,
}

/// The blocks of a document that are boilerplate, ascending, and the reason.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Marks {
    /// The indices of the document's blocks, from 0.
    pub blocks: Vec<usize>,
    /// The reason for dropping them, in a few words for the user.
    pub reason: &'static str,
}

impl Fingerprint {
    pub(super) fn new(blocks: &[Block], roles: &[Role]) -> Self {
        // Short answers recur in all transcripts.
        let of_text =
            |(_, (block, role)): &(usize, (&Block, &Role))| **role == Role::Text && block.kind != BlockKind::Speech;
        let texts = blocks.iter().zip(roles).enumerate().filter(of_text);
        let print = |(block, (text, _)): (usize, (&Block, &Role))| {
            let normal = normalised(text.text.as_str());
            Print { block, hash: Key::of("text", [&normal]).short(), words: normal.split_whitespace().count() }
        };
        Self { texts: texts.map(print).filter(|text| text.words > 0).collect() }
    }

    /// Number of words of each text, by hash.
    fn words(&self) -> HashMap<u64, usize> {
        self.texts.iter().map(|text| (text.hash, text.words)).collect()
    }

    /// The texts that could be boilerplate, judging by their length and position.
    fn candidates(&self) -> impl Iterator<Item = Print> {
        let last = self.texts.len().saturating_sub(EDGES.1);
        let fits = move |order: usize, words: usize| {
            words <= SHORT_WORDS || words <= MOST_WORDS && (order < EDGES.0 || order >= last)
        };
        self.texts
            .iter()
            .copied()
            .enumerate()
            .filter(move |(order, text)| fits(*order, text.words))
            .map(|(_, text)| text)
    }
}

/// A document's words, apart from what most of a group of documents share.
struct OwnWords {
    words: HashMap<u64, usize>,
    total: usize,
    /// Number of words of the whole document.
    all: usize,
}

impl OwnWords {
    fn new(document: &HashMap<u64, usize>, common: &HashSet<u64>) -> Self {
        let words: HashMap<u64, usize> =
            document.iter().filter(|(hash, _)| !common.contains(hash)).map(|(hash, words)| (*hash, *words)).collect();
        Self { total: words.values().sum(), words, all: document.values().sum() }
    }

    fn is_much(&self) -> bool {
        self.total * OWN.1 >= self.all * OWN.0 && self.total > 0
    }

    fn is_copy_of(&self, other: &Self) -> bool {
        let shared: usize =
            self.words.iter().filter(|(hash, _)| other.words.contains_key(hash)).map(|(_, words)| words).sum();
        shared * COPY_SHARE >= self.total.min(other.total)
    }
}

/// The boilerplate of each document, given the publishers as far as they are known.
pub fn marks(documents: &[(Option<&str>, &Fingerprint)]) -> Vec<Marks> {
    let mut marks = vec![Marks::default(); documents.len()];
    for (publisher, members) in groups(documents) {
        let (habit, reason) = match publisher {
            Some(_) => (LEAST.0, REASON_OF_PUBLISHER),
            None => (LEAST.1, REASON),
        };
        let least = habit.max(members.len().div_ceil(SHARE));
        let mut holders: HashMap<u64, Vec<usize>> = HashMap::new();
        for &document in &members {
            let once: HashSet<u64> = documents[document].1.candidates().map(|text| text.hash).collect();
            once.into_iter().for_each(|hash| holders.entry(hash).or_default().push(document));
        }
        holders.retain(|_, holders| holders.len() >= least && differ(holders, documents));
        for &document in &members {
            let fingerprint = documents[document].1;
            let blocks: Vec<usize> = fingerprint
                .candidates()
                .filter(|text| holders.contains_key(&text.hash))
                .map(|text| text.block)
                .collect();
            // If nothing else would be left of a document, it is its text.
            if !blocks.is_empty() && blocks.len() < fingerprint.texts.len() {
                marks[document] = Marks { blocks, reason };
            }
        }
    }
    marks
}

/// The documents of each publisher, ignoring the case of its name.
fn groups(documents: &[(Option<&str>, &Fingerprint)]) -> BTreeMap<Option<String>, Vec<usize>> {
    let mut groups: BTreeMap<Option<String>, Vec<usize>> = BTreeMap::new();
    for (at, (publisher, _)) in documents.iter().enumerate() {
        groups.entry(publisher.map(|name| name.trim().to_lowercase())).or_default().push(at);
    }
    groups
}

/// Whether enough of the documents that contain a text say something of their own.
fn differ(holders: &[usize], documents: &[(Option<&str>, &Fingerprint)]) -> bool {
    let compared: Vec<HashMap<u64, usize>> =
        holders.iter().step_by(holders.len().div_ceil(COMPARED)).map(|at| documents[*at].1.words()).collect();
    let mut held: HashMap<u64, usize> = HashMap::new();
    compared.iter().flat_map(HashMap::keys).for_each(|hash| *held.entry(*hash).or_default() += 1);
    let common: HashSet<u64> =
        held.into_iter().filter(|(_, count)| count * 2 >= compared.len()).map(|(hash, _)| hash).collect();
    let mut different: Vec<OwnWords> = Vec::new();
    for own in compared.iter().map(|document| OwnWords::new(document, &common)).filter(OwnWords::is_much) {
        if !different.iter().any(|other| own.is_copy_of(other)) {
            different.push(own);
        }
    }
    different.len() >= LEAST_DIFFERENT
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::{LocatedText, Place};

    fn blocks(texts: &[String]) -> Vec<Block> {
        texts
            .iter()
            .map(|text| Block { kind: BlockKind::Paragraph, text: LocatedText::new(text, Place::NOWHERE) })
            .collect()
    }

    const NONE: Vec<usize> = Vec::new();

    /// A paragraph that appears nowhere else.
    fn own(n: usize) -> String {
        (0..30).map(|word| format!("w{n}x{word} ")).collect::<String>() + "end."
    }

    /// The marked texts, document by document.
    fn marked(documents: &[(Option<&str>, Vec<String>)]) -> Vec<Vec<usize>> {
        let blocks: Vec<Vec<Block>> = documents.iter().map(|(_, texts)| blocks(texts)).collect();
        let roles: Vec<Vec<Role>> = documents.iter().map(|(_, texts)| vec![Role::Text; texts.len()]).collect();
        let prints: Vec<Fingerprint> =
            blocks.iter().zip(&roles).map(|(blocks, roles)| Fingerprint::new(blocks, roles)).collect();
        let all: Vec<(Option<&str>, &Fingerprint)> =
            documents.iter().zip(&prints).map(|((publisher, _), print)| (*publisher, print)).collect();
        marks(&all).into_iter().map(|marks| marks.blocks).collect()
    }

    fn with_line(publisher: Option<&'static str>, n: usize, line: &str) -> (Option<&'static str>, Vec<String>) {
        (
            publisher,
            vec![
                own(n),
                own(n + 100),
                line.to_owned(),
                own(n + 200),
                own(n + 300),
                own(n + 400),
                own(n + 500),
                own(n + 600),
            ],
        )
    }

    #[test]
    fn a_line_of_one_publisher_goes() {
        let documents: Vec<_> =
            (0..4).map(|n| with_line(Some("Gazette"), n, "Follow our live page for more.")).collect();
        assert_eq!(marked(&documents), vec![vec![2]; 4]);
        assert_eq!(marked(&documents[..2]), vec![NONE; 2], "two are no habit");
    }

    #[test]
    fn a_line_of_many_sources_goes() {
        let documents: Vec<_> = (0..4).map(|n| with_line(None, n, "Follow our live page for more.")).collect();
        assert_eq!(marked(&documents), vec![vec![2]; 4]);
        assert_eq!(marked(&documents[..3]), vec![NONE; 3]);
    }

    #[test]
    fn what_different_publishers_say_stays() {
        let names = ["A", "B", "C", "D", "E"];
        let documents: Vec<_> =
            names.iter().enumerate().map(|(n, name)| with_line(Some(name), n, "About 400 liters leaked.")).collect();
        assert_eq!(marked(&documents), vec![NONE; 5]);
    }

    #[test]
    fn copies_stay() {
        let story = vec![
            "Short lead of the story.".to_owned(),
            own(1),
            own(2),
            own(3),
            "It was the third this year.".to_owned(),
        ];
        for publisher in [None, Some("Gazette")] {
            let whole: Vec<_> = (0..6).map(|_| (publisher, story.clone())).collect();
            assert_eq!(marked(&whole), vec![NONE; 6]);
            // Each adds a paragraph of its own and omits one.
            let edited: Vec<_> = (0..6)
                .map(|n| {
                    let mut texts = story.clone();
                    texts.remove(1 + n % 3);
                    texts.insert(2, own(n + 50));
                    (publisher, texts)
                })
                .collect();
            assert_eq!(marked(&edited), vec![NONE; 6]);
        }
    }

    #[test]
    fn a_long_text_goes_only_at_an_edge() {
        let note = "The Gazette is published by a trust that its readers own and it takes no money from parties or \
                    from the state at all.";
        let inside: Vec<_> = (0..4).map(|n| with_line(Some("Gazette"), n, note)).collect();
        assert_eq!(marked(&inside), vec![NONE; 4]);
        let at_end: Vec<_> =
            (0..4).map(|n| (Some("Gazette"), vec![own(n), own(n + 100), own(n + 200), note.to_owned()])).collect();
        assert_eq!(marked(&at_end), vec![vec![3]; 4]);
    }

    #[test]
    fn a_document_of_nothing_else_keeps_it() {
        let mut documents: Vec<_> =
            (0..4).map(|n| with_line(Some("Gazette"), n, "Follow our live page for more.")).collect();
        documents.push((Some("Gazette"), vec!["Follow our live page for more.".to_owned()]));
        assert_eq!(marked(&documents)[4], [0; 0]);
    }
}
