//! The answer to `sources`.

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

/// Source by source: how much of each is said in each other.
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
    /// What was not read, and what should be known of what was.
    #[serde(flatten)]
    pub reading: ReadingNotes,
    /// What percentiles were taken from.
    pub calibration: Calibration,
    /// The cosine from which on passages are unusually alike.
    pub min_score: Score,
    /// The probability from which on two sentences say the same; null where `--min-score` or `--min-percentile`
    /// decides.
    pub min_probability: Option<Score>,
    /// Of the sources that have passages.
    #[serde(flatten)]
    pub independent: Independent,
    /// The sources, in the order in which they were read.
    pub sources: Vec<SourceTotal>,
    /// Those that have something in common, those that have most first.
    pub pairs: Vec<SourcePair>,
    /// How it was decided, where that was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rules: Option<Rules>,
}

/// A source and how many passages it has.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct SourceTotal {
    /// The source.
    #[serde(flatten)]
    pub source: SourceRef,
    /// How many passages it has.
    pub passages: usize,
    /// A checksum of their texts: where it is another one, the source has changed.
    pub checksum: String,
}

/// Two sources that have something in common.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct SourcePair {
    /// The id of the source that was read first.
    pub a: String,
    /// The id of the other source.
    pub b: String,
    /// The share of the words of `a` that are said in `b`, 0 to 1.
    pub a_in_b: Score,
    /// The share of the words of `b` that are said in `a`, 0 to 1.
    pub b_in_a: Score,
    /// The highest cosine of their passages.
    pub score: Score,
    /// How the one was made from the other; of the pairs whose passages are given.
    pub verdict: Option<Verdict>,
    /// How many sentences of the one are likelier than not to say what one of the other says: of the source that has
    /// fewer. The report's headline names the pair that has most.
    pub sentences: usize,
    /// How many pairs of passages have a sentence each that says the same.
    pub shared: usize,
    /// Those pairs, in the order of `a`.
    pub matches: Vec<MatchRef>,
}

/// Two passages that say the same.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct MatchRef {
    /// The passage of the first source.
    pub a: PassageRef,
    /// The passage of the second source.
    pub b: PassageRef,
    /// The cosine of the two, -1 to 1.
    pub score: Score,
    /// How many of a hundred random pairs are less similar.
    pub percentile: Percentile,
    /// What the two have to do with each other.
    #[serde(flatten)]
    pub relation: RelationRef,
    /// The sentences of the two that say the same.
    pub wordings: Vec<WordingsRef>,
}

/// Of the texts of a document's passages, 16 hexadecimal digits.
fn checksum(library: &Library, document: DocumentId) -> String {
    let texts = library.passages_of(document).map(|passage| library.passage(passage).text.as_str());
    Key::of("source", texts).digits(16)
}

/// Sentences of two copies that are compared word by word.
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
            // Sentences in other words may differ in what each says; a copy has the other's words.
            if one != other && overlap(one, other).is_copy() {
                let found = with_edits(differences(one, other), one, other);
                merge.add_differences(found.iter().map(|found| DifferenceRef::new(found, one, other)));
            }
        }
    }
}

impl SourcesReport {
    /// The report of what sources have in common. The passages behind it are given for the first `detailed` pairs only:
    /// there may be millions. `explain` adds how it was decided.
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
