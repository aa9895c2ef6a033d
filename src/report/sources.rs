//! The result of `sources`.

use std::collections::HashMap;

use rayon::prelude::*;
use schemars::JsonSchema;
use serde::Serialize;

use super::{
    Calibration, Computed, Counts, DifferenceRef, Independent, PassageRef, Percentile, ReadingNotes, RelationRef,
    Rules, Score, SourceRef, Verdict, WordingsRef,
};
use crate::base::Key;
use crate::claims::{Reuse, Shared, Texts};
use crate::compare::{Independence, Match, Pairs, overlap};
use crate::disagreement::{differences, with_edits};
use crate::library::{DocumentId, Library};
use crate::matches::{MatchedPassages, Matches, Place};
use crate::model::Model;

/// How much of each source is said in each other source.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct SourcesReport {
    /// The name and version of this format: `samesay.sources.v1`.
    #[schemars(extend("const" = "samesay.sources.v1"))]
    pub schema: &'static str,
    /// What the vectors were computed with.
    #[serde(flatten)]
    pub computed: Computed,
    /// How much was compared, and how much was not.
    pub counts: Counts,
    /// What was not read, and warnings about what was.
    #[serde(flatten)]
    pub reading: ReadingNotes,
    /// The pairs that percentiles are based on.
    pub calibration: Calibration,
    /// Cosine at or above which passages count as unusually similar.
    pub min_score: Score,
    /// Probability at or above which two sentences say the same; null if `--min-score` or `--min-percentile` decides.
    pub min_probability: Option<Score>,
    /// How many of the sources that have passages are independent.
    #[serde(flatten)]
    pub independent: Independent,
    /// All sources, in the order in which they were read.
    pub sources: Vec<SourceTotal>,
    /// Pairs of sources that have something in common, most in common first.
    pub pairs: Vec<SourcePair>,
    /// The rules that decided, if they were requested.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rules: Option<Rules>,
}

/// A source and its number of passages.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct SourceTotal {
    /// The source with its metadata.
    #[serde(flatten)]
    pub source: SourceRef,
    /// Number of passages of the source.
    pub passages: usize,
    /// Checksum of the passages' texts: a different one means that the source has changed.
    pub checksum: String,
}

/// Two sources that have something in common.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct SourcePair {
    /// Id of the source that was read first.
    pub a: String,
    /// Id of the other source.
    pub b: String,
    /// Share of the words of `a` that are said in `b`, 0 to 1.
    pub a_in_b: Score,
    /// Share of the words of `b` that are said in `a`, 0 to 1.
    pub b_in_a: Score,
    /// Highest cosine of two passages, one from each source, -1 to 1.
    pub score: Score,
    /// How one source was derived from the other; null if the matching passages are not given.
    pub verdict: Option<Verdict>,
    /// Number of sentences that more likely than not say the same as one of the other source, counted in the source
    /// that has fewer. The report's headline names the pair with the highest number.
    pub sentences: usize,
    /// Number of pairs of passages with a pair of sentences that say the same.
    pub shared: usize,
    /// These pairs of passages, in the order of `a`.
    pub matches: Vec<MatchRef>,
}

/// Two passages that say the same.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct MatchRef {
    /// Passage of the first source.
    pub a: PassageRef,
    /// Passage of the second source.
    pub b: PassageRef,
    /// Cosine of the two passages, -1 to 1.
    pub score: Score,
    /// Percentage of random pairs that are less similar, 0 to 100.
    pub percentile: Percentile,
    /// How the two passages are related.
    #[serde(flatten)]
    pub relation: RelationRef,
    /// Pairs of sentences that say the same, one from each passage.
    pub wordings: Vec<WordingsRef>,
}

/// A checksum of the texts of a document's passages, 16 hexadecimal digits.
fn checksum(library: &Library, document: DocumentId) -> String {
    let texts = library.passages_of(document).map(|passage| library.passage(passage).text.as_str());
    Key::of("source", texts).digits(16)
}

/// Maximum number of pairs of sentences of two copies that are compared word by word.
const COMPARED: usize = 500;

/// Adds what copies changed, in the sentences that are nearly the same in both.
fn add_differences(independent: &mut Independent, library: &Library, shared: &[Shared]) {
    let documents: HashMap<&str, DocumentId> =
        library.documents().map(|document| (library.document(document).id.as_str(), document)).collect();
    let pairs: HashMap<(DocumentId, DocumentId), &Shared> =
        shared.iter().map(|shared| ((shared.a, shared.b), shared)).collect();
    for merge in independent.merged.iter_mut().filter(|merge| merge.reason == "copy") {
        let (a, b) = (documents[merge.a.as_str()], documents[merge.b.as_str()]);
        let Some(shared) = pairs.get(&(a.min(b), a.max(b))) else { continue };
        let text = |place: Place| library.sentence(place.sentence);
        for pair in shared.matches.iter().flat_map(|(_, sentences)| sentences).take(COMPARED) {
            let (one, other) = if a < b { (text(pair.a), text(pair.b)) } else { (text(pair.b), text(pair.a)) };
            // Sentences in other words may differ in content; a copy has the words of the other.
            if one != other && overlap(one, other).is_copy() {
                let found = with_edits(differences(one, other), one, other);
                merge.add_differences(found.iter().map(|found| DifferenceRef::new(found, one, other)));
            }
        }
    }
}

impl SourcesReport {
    /// The report of what sources have in common. Matching passages are given for the first `detailed` pairs only:
    /// there may be millions. `explain` adds the rules that decided.
    pub fn new(
        model: &Model,
        pairs: &Pairs,
        matches: &Matches,
        shared: &[Shared],
        independence: &Independence,
        detailed: usize,
        explain: bool,
    ) -> Self {
        let library = &pairs.corpus.library;
        let speaking: Vec<DocumentId> = library.with_text().collect();
        let total = |document: DocumentId| SourceTotal {
            source: SourceRef::new(library, document),
            passages: library.passages_of(document).len(),
            checksum: checksum(library, document),
        };
        let texts = Texts::of(library, shared.iter().take(detailed).flat_map(|shared| [shared.a, shared.b]));
        let mut independent = Independent::new(library, independence, &speaking, []);
        add_differences(&mut independent, library, shared);
        Self {
            schema: "samesay.sources.v1",
            computed: Computed::new(model),
            counts: Counts::new(library),
            reading: ReadingNotes::new(library),
            calibration: Calibration::new(pairs.background()),
            min_score: Score(pairs.same()),
            min_probability: matches.cut().map(Score),
            independent,
            sources: library.documents().map(total).collect(),
            pairs: shared
                .par_iter()
                .enumerate()
                .map(|(at, shared)| SourcePair::new(pairs, shared, (at < detailed).then_some(&texts)))
                .collect(),
            rules: explain.then(|| Rules::new(pairs)),
        }
    }
}

impl SourcePair {
    fn new(pairs: &Pairs, shared: &Shared, texts: Option<&Texts>) -> Self {
        let library = &pairs.corpus.library;
        let matched = |&(Match { a, b, ref pair }, ref sentences): &MatchedPassages| MatchRef {
            a: PassageRef::new(library, a),
            b: PassageRef::new(library, b),
            score: Score(pair.score),
            percentile: Percentile(pair.percentile),
            relation: RelationRef::new(pair),
            wordings: sentences.iter().map(|pair| WordingsRef::new(library, pair)).collect(),
        };
        Self {
            a: library.document(shared.a).id.clone(),
            b: library.document(shared.b).id.clone(),
            a_in_b: Score(shared.a_in_b),
            b_in_a: Score(shared.b_in_a),
            score: Score(shared.score),
            verdict: texts.map(|texts| Verdict::new(library, &Reuse::new(texts, shared.a, shared.b, Some(shared)))),
            sentences: shared.likely_sentences(),
            shared: shared.matches.len(),
            matches: shared.matches.iter().filter(|_| texts.is_some()).map(matched).collect(),
        }
    }
}
