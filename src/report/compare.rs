//! The answer to `compare`.

use serde::Serialize;

use super::{Calibration, Computed, Counts, DifferenceRef, Nearest, PassageRef, Percentile, RelationRef, Rules, Score, SourceRef};
use crate::alignment::Row;
use crate::coverage::shares;
use crate::model::Model;
use crate::similarity::pairs::{Match, Pairs};

/// Two sources side by side.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CompareReport {
    pub schema: &'static str,
    #[serde(flatten)]
    pub computed: Computed,
    pub counts: Counts,
    pub calibration: Calibration,
    /// The cosine from which on passages say the same.
    pub min_score: Score,
    /// The sources' ids.
    pub a: String,
    pub b: String,
    /// What is known of the two.
    pub sources: Vec<SourceRef>,
    /// The share of the one's words that are said in the other, 0 to 1.
    pub a_in_b: Score,
    pub b_in_a: Score,
    pub aligned: Vec<Aligned>,
    /// How it was decided, where that was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rules: Option<Rules>,
}

/// Passages that say the same, or one that the other source does not say.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Aligned {
    pub a: Option<PassageRef>,
    pub b: Option<PassageRef>,
    /// Their cosine.
    pub score: Option<Score>,
    pub percentile: Option<Percentile>,
    #[serde(flatten)]
    pub relation: RelationRef,
    pub may_disagree: Vec<DifferenceRef>,
    /// Of what only one source says: the passage of the other that comes nearest.
    pub nearest: Option<Nearest>,
}

impl CompareReport {
    /// The report of an alignment of documents `a` and `b`; `explain` adds how it was decided.
    pub fn new(model: &Model, pairs: &Pairs, (a, b): (usize, usize), rows: &[Row], explain: bool) -> Self {
        let library = &pairs.corpus.library;
        let matches: Vec<Match> = rows.iter().filter_map(|row| if let Row::Both(found) = row { Some(*found) } else { None }).collect();
        let (a_in_b, b_in_a) = shares(pairs, (a, b), &matches);
        Self {
            schema: "samesay.compare.v1",
            computed: Computed::new(model),
            counts: Counts::new(library),
            calibration: Calibration::new(pairs.background()),
            min_score: Score(pairs.same()),
            a: library.documents[a].id.clone(),
            b: library.documents[b].id.clone(),
            sources: [a, b].map(|document| SourceRef::new(&library.documents[document])).to_vec(),
            a_in_b: Score(a_in_b),
            b_in_a: Score(b_in_a),
            aligned: rows.iter().map(|row| Aligned::new(pairs, row)).collect(),
            rules: explain.then(|| Rules::new(pairs)),
        }
    }

    /// Whether the two say anything alike.
    pub fn found(&self) -> bool {
        self.aligned.iter().any(|row| row.a.is_some() && row.b.is_some())
    }
}

impl Aligned {
    fn new(pairs: &Pairs, row: &Row) -> Self {
        let passage = |entry: usize| PassageRef::new(&pairs.corpus.library, entry);
        let alone = |entry: usize, nearest: Option<usize>| {
            let among = |other: usize| pairs.corpus.library.passages_of(pairs.corpus.library.document(other)).len();
            nearest.map(|other| Nearest::new(pairs, (other, pairs.score(entry, other)), among(other)))
        };
        let gap = Self {
            a: None,
            b: None,
            score: None,
            percentile: None,
            relation: RelationRef::default(),
            may_disagree: Vec::new(),
            nearest: None,
        };
        match *row {
            Row::OnlyA { a, nearest } => Self { a: Some(passage(a)), nearest: alone(a, nearest), ..gap },
            Row::OnlyB { b, nearest } => Self { b: Some(passage(b)), nearest: alone(b, nearest), ..gap },
            Row::Both(found @ Match { a, b, ref pair }) => {
                let (a_text, b_text) = (passage(a), passage(b));
                let differences = pairs.differences(found);
                Self {
                    may_disagree: differences.iter().map(|found| DifferenceRef::new(found, &a_text.text, &b_text.text)).collect(),
                    a: Some(a_text),
                    b: Some(b_text),
                    score: Some(Score(pair.score)),
                    percentile: Some(Percentile(pair.percentile)),
                    relation: RelationRef::new(pair),
                    nearest: None,
                }
            }
        }
    }
}
