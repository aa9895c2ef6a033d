//! How the text of a source changed between two reports: the sentences of the passages that both hold.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use schemars::JsonSchema;
use serde::Serialize;

use crate::compare::Shingles;
use crate::disagreement::{differences, with_edits};
use crate::passage::sentences;
use crate::report::DifferenceRef;

/// Maximum number of sentences of each kind that a report lists for a source; the rest is only counted.
const MOST: usize = 20;
/// Maximum number of changed sentences on each side for which replacements are looked for.
const COMPARED: usize = 200;
/// Minimum share of the distinctive words of each sentence that must be common for one to count as the other's
/// replacement.
const REPLACED: f32 = 0.5;

/// The passages of a source, by their number in it.
pub type Passages<'t> = BTreeMap<usize, &'t str>;

/// How the text of a source changed.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct SourceChange {
    /// Id of the source.
    pub source: String,
    /// Sentences replaced by others in nearly the same words: the first of them.
    pub replaced: Vec<Replaced>,
    /// Other sentences that are new: the first of them.
    pub added: Vec<String>,
    /// Other sentences that are gone: the first of them.
    pub removed: Vec<String>,
    /// Number of replaced, added and removed sentences, in this order.
    pub counts: [usize; 3],
}

/// A sentence, and the one that replaced it.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Replaced {
    /// Sentence in the earlier report.
    pub before: String,
    /// Sentence that replaced the earlier one.
    pub now: String,
    /// Numbers, dates, names and negations that changed; `a` is from the earlier sentence.
    pub changed: Vec<DifferenceRef>,
}

/// The number of a passage in its source, which follows the last `#` of its id.
pub fn number_of(passage: &str) -> Option<usize> {
    passage.rsplit_once('#')?.1.parse().ok()
}

impl SourceChange {
    /// Compares the passages of a source before and now.
    pub fn new(source: String, before: &Passages, now: &Passages) -> Self {
        let (before, now) = (in_order(before), in_order(now));
        let only = |all: &[&str], others: &[&str]| {
            let others: BTreeSet<String> = others.iter().map(|text| plain(text)).collect();
            all.iter().map(|text| plain(text)).filter(|text| !others.contains(text)).collect::<Vec<_>>()
        };
        let (mut removed, mut added) = (only(&before, &now), only(&now, &before));
        let mut replaced = Vec::new();
        for (was, is) in replacements(&removed, &added) {
            let (before, now) = (std::mem::take(&mut removed[was]), std::mem::take(&mut added[is]));
            let changed = with_edits(differences(&before, &now), &before, &now);
            let changed = changed.iter().map(|found| DifferenceRef::new(found, &before, &now)).collect();
            replaced.push(Replaced { before, now, changed });
        }
        // Sentences of a replacement are empty by now.
        removed.retain(|text| !text.is_empty());
        added.retain(|text| !text.is_empty());
        let counts = [replaced.len(), added.len(), removed.len()];
        replaced.truncate(MOST);
        added.truncate(MOST);
        removed.truncate(MOST);
        Self { source, replaced, added, removed, counts }
    }

    /// Whether any sentence differs.
    pub fn is_some(&self) -> bool {
        self.counts != [0; 3]
    }
}

/// The sentences of passages in order, each once.
fn in_order<'t>(passages: &Passages<'t>) -> Vec<&'t str> {
    let all = passages.values().flat_map(|text| sentences(text).into_iter().map(|range| text[range].trim()));
    let mut seen = BTreeSet::new();
    all.filter(|sentence| !sentence.is_empty() && seen.insert(*sentence)).collect()
}

/// Normalises white space, which does not count as a change.
fn plain(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Maps each removed sentence to its replacement, pairs with most in common first.
fn replacements(removed: &[String], added: &[String]) -> BTreeMap<usize, usize> {
    if removed.len().max(added.len()) > COMPARED {
        return BTreeMap::new();
    }
    let shingles = |texts: &[String]| texts.iter().map(|text| Shingles::of(text)).collect::<Vec<_>>();
    let (old, new) = (shingles(removed), shingles(added));
    let mut pairs = Vec::new();
    for (was, a) in old.iter().enumerate() {
        for (is, b) in new.iter().enumerate() {
            let common = a.vocabulary_share(b).min(b.vocabulary_share(a));
            if common >= REPLACED {
                pairs.push((common, was, is));
            }
        }
    }
    pairs.sort_by_key(|(common, was, is)| (Reverse((common * 1e6) as u32), *was, *is));
    let (mut found, mut taken) = (BTreeMap::new(), BTreeSet::new());
    for (_, was, is) in pairs {
        if !found.contains_key(&was) && taken.insert(is) {
            found.insert(was, is);
        }
    }
    found
}
