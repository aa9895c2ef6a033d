//! What a passage names that another passage may contradict: a number, a time, a name.

use super::align::Covered;
use super::evidence::{Beside, Evidence};
use super::{Difference, alone, best, paired, pairs};

/// A number, a time or a name.
pub trait Fact: Sized {
    /// From which probability on two that differ are told.
    const CUT: f32;

    /// Whether one can stand for the other: then nothing is said against it.
    fn agrees(&self, other: &Self) -> bool;

    /// Whether two could be reports of one fact, and cannot both be true.
    fn may_differ(&self, other: &Self) -> bool;

    /// What tells whether two that may differ are of one fact; nothing where what is beside them says that they are two.
    fn evidence(&self, other: &Self, beside: &Beside, covered: &Covered<'_>) -> Option<Evidence>;

    /// Two that contradict each other.
    fn difference(&self, other: &Self, probability: f32) -> Difference;
}

/// Those that differ, and are likely of one fact.
pub fn differences<F: Fact>(a: &[F], b: &[F], beside: &Beside, covered: &Covered<'_>) -> Vec<Difference> {
    let likely = best(candidates(a, b, beside, covered), F::CUT, |evidence| evidence.probability);
    likely.into_iter().map(|(i, j, evidence)| a[i].difference(&b[j], evidence.probability)).collect()
}

/// Every two that may differ, with what tells whether they are of one fact.
pub fn compared<F: Fact>(a: &[F], b: &[F], beside: &Beside, covered: &Covered<'_>) -> Vec<(Difference, Vec<f32>)> {
    let all = candidates(a, b, beside, covered).into_iter();
    all.map(|(i, j, evidence)| (a[i].difference(&b[j], evidence.probability), evidence.features)).collect()
}

fn candidates<F: Fact>(a: &[F], b: &[F], beside: &Beside, covered: &Covered<'_>) -> Vec<(usize, usize, Evidence)> {
    pairs(a, b, F::agrees, |x, y| x.may_differ(y).then(|| x.evidence(y, beside, covered)).flatten())
}

/// How many may differ, of the side with more of them.
pub fn apart<F: Fact>(a: &[F], b: &[F]) -> usize {
    paired(&pairs(a, b, F::agrees, |x, y| x.may_differ(y).then_some(())))
}

/// How many of two passages have their like in the other.
#[derive(Debug, Clone, Copy)]
pub struct Overlap {
    /// Those that have none, of either passage.
    pub alone: [usize; 2],
    /// Those that both have.
    pub common: usize,
}

impl Overlap {
    pub fn of<F: Fact>(a: &[F], b: &[F]) -> Self {
        let alone = [alone(a, b, F::agrees).len(), alone(b, a, F::agrees).len()];
        Self { alone, common: (a.len() - alone[0]).min(b.len() - alone[1]) }
    }

    /// Whether each of one passage has its like in the other.
    pub fn is_all(self) -> bool {
        self.alone == [0, 0]
    }

    /// Whether each of two passages has one without its like in the other.
    pub fn each_alone(self) -> bool {
        self.alone.iter().all(|alone| *alone > 0)
    }
}
