//! The answer to `compare`.

use schemars::JsonSchema;
use serde::Serialize;

use super::{
    Calibration, Computed, Counts, DifferenceRef, Nearest, PassageRef, Percentile, ReadingNotes, RelationRef, Rules,
    Score, SourceRef, Verdict, WordingsRef,
};
use crate::claims::{Reuse, Row, Shared, Texts};
use crate::compare::{Match, Pairs};
use crate::library::{DocumentId, PassageId};
use crate::matches::{Matches, NearestPassage};
use crate::model::Model;

/// Two sources side by side.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct CompareReport {
    /// The name and version of this format: `samesay.compare.v1`.
    #[schemars(extend("const" = "samesay.compare.v1"))]
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
    /// The sources' ids.
    pub a: String,
    /// The id of the second source.
    pub b: String,
    /// What is known of the two.
    pub sources: Vec<SourceRef>,
    /// The share of the one's words that are said in the other, 0 to 1.
    pub a_in_b: Score,
    /// The share of the words of `b` that are said in `a`, 0 to 1.
    pub b_in_a: Score,
    /// How many pairs of passages have a sentence each that says the same; side by side each passage stands beside its
    /// best match.
    pub shared: usize,
    /// How the one was made from the other.
    pub verdict: Verdict,
    /// The two side by side, in the order of `a`; what only `b` says stands behind the passage before it.
    pub aligned: Vec<Aligned>,
    /// How it was decided, where that was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rules: Option<Rules>,
}

/// Passages that say the same, or one that the other source does not say.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Aligned {
    /// The passage of the first source; null where only the second says it.
    pub a: Option<PassageRef>,
    /// The passage of the second source; null where only the first says it.
    pub b: Option<PassageRef>,
    /// Their cosine.
    pub score: Option<Score>,
    /// How many of a hundred random pairs are less similar.
    pub percentile: Option<Percentile>,
    /// What the two have to do with each other.
    #[serde(flatten)]
    pub relation: RelationRef,
    /// The sentences of the two that say the same.
    pub wordings: Vec<WordingsRef>,
    /// Words of the two that may contradict each other.
    pub may_disagree: Vec<DifferenceRef>,
    /// Of what only one source says: the passage of the other that comes nearest.
    pub nearest: Option<Nearest>,
}

impl CompareReport {
    /// The report of an alignment of documents `a` and `b`, and of what they `shared`; `explain` adds how it was
    /// decided.
    pub fn new(
        model: &Model,
        pairs: &Pairs,
        matches: &Matches,
        [a, b]: [DocumentId; 2],
        rows: &[Row],
        shared: Option<&Shared>,
        explain: bool,
    ) -> Self {
        let library = &pairs.corpus.library;
        let (a_in_b, b_in_a) = shared.map_or((0.0, 0.0), |shared| (shared.a_in_b, shared.b_in_a));
        Self {
            schema: "samesay.compare.v1",
            computed: Computed::new(model),
            counts: Counts::new(library),
            reading: ReadingNotes::new(library),
            calibration: Calibration::new(pairs.background()),
            min_score: Score(pairs.same()),
            min_probability: matches.cut().map(Score),
            a: library.document(a).id.clone(),
            b: library.document(b).id.clone(),
            sources: [a, b].map(|document| SourceRef::new(library, document)).to_vec(),
            a_in_b: Score(a_in_b),
            b_in_a: Score(b_in_a),
            shared: shared.map_or(0, |shared| shared.matches.len()),
            verdict: Verdict::new(library, &Reuse::new(&Texts::of(library, [a, b]), a, b, shared)),
            aligned: rows.iter().map(|row| Aligned::new(pairs, matches, row)).collect(),
            rules: explain.then(|| Rules::new(pairs)),
        }
    }

    /// Whether the two say anything alike.
    pub fn found(&self) -> bool {
        self.aligned.iter().any(|row| row.a.is_some() && row.b.is_some())
    }
}

impl Aligned {
    fn new(pairs: &Pairs, matches: &Matches, row: &Row) -> Self {
        let passage = |passage: PassageId| PassageRef::new(&pairs.corpus.library, passage);
        let alone = |nearest: Option<NearestPassage>| nearest.map(|near| Nearest::new(pairs, near));
        let gap = Self {
            a: None,
            b: None,
            score: None,
            percentile: None,
            relation: RelationRef::default(),
            wordings: Vec::new(),
            may_disagree: Vec::new(),
            nearest: None,
        };
        match row {
            &Row::OnlyA { a, nearest } => Self { a: Some(passage(a)), nearest: alone(nearest), ..gap },
            &Row::OnlyB { b, nearest } => Self { b: Some(passage(b)), nearest: alone(nearest), ..gap },
            Row::Both(found @ Match { a, b, pair }, sentences) => {
                let (a_text, b_text) = (passage(*a), passage(*b));
                let differences = matches.differences(&pairs.corpus.library, *found);
                Self {
                    may_disagree: differences
                        .iter()
                        .map(|found| DifferenceRef::new(found, &a_text.text, &b_text.text))
                        .collect(),
                    a: Some(a_text),
                    b: Some(b_text),
                    score: Some(Score(pair.score)),
                    percentile: Some(Percentile(pair.percentile)),
                    relation: RelationRef::new(pair),
                    wordings: sentences.iter().map(|pair| WordingsRef::new(&pairs.corpus.library, pair)).collect(),
                    nearest: None,
                }
            }
        }
    }
}
