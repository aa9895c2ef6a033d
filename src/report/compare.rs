//! The result of `compare`.

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
    /// What was not read, and warnings about what was.
    #[serde(flatten)]
    pub reading: ReadingNotes,
    /// The pairs that percentiles are based on.
    pub calibration: Calibration,
    /// Cosine at or above which passages count as unusually similar.
    pub min_score: Score,
    /// Probability at or above which two sentences say the same; null if `--min-score` or `--min-percentile` decides.
    pub min_probability: Option<Score>,
    /// Id of the first source.
    pub a: String,
    /// Id of the second source.
    pub b: String,
    /// The two sources with their metadata.
    pub sources: Vec<SourceRef>,
    /// Share of the words of `a` that are said in `b`, 0 to 1.
    pub a_in_b: Score,
    /// Share of the words of `b` that are said in `a`, 0 to 1.
    pub b_in_a: Score,
    /// Number of pairs of passages with a pair of sentences that say the same; `aligned` shows each passage with its
    /// best match only.
    pub shared: usize,
    /// How one source was derived from the other.
    pub verdict: Verdict,
    /// Both sources side by side, in the order of `a`; a passage that is only in `b` follows the one before it in `b`.
    pub aligned: Vec<Aligned>,
    /// The rules that decided, if they were requested.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rules: Option<Rules>,
}

/// Two passages that say the same, or one that the other source does not say.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Aligned {
    /// Passage of the first source; null if only the second says it.
    pub a: Option<PassageRef>,
    /// Passage of the second source; null if only the first says it.
    pub b: Option<PassageRef>,
    /// Cosine of the two passages, -1 to 1; null for a passage alone.
    pub score: Option<Score>,
    /// Percentage of random pairs that are less similar, 0 to 100; null for a passage alone.
    pub percentile: Option<Percentile>,
    /// How the two passages are related.
    #[serde(flatten)]
    pub relation: RelationRef,
    /// Pairs of sentences that say the same, one from each passage.
    pub wordings: Vec<WordingsRef>,
    /// Words of the two passages that may contradict each other.
    pub may_disagree: Vec<DifferenceRef>,
    /// Most similar passage of the other source, for a passage that only one source says; else null.
    pub nearest: Option<Nearest>,
}

impl CompareReport {
    /// The report of an alignment of documents `a` and `b` and of what they share; `explain` adds the rules that
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

    /// Whether the two sources say anything alike.
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
