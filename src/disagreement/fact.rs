//! The facts in a passage that another may contradict: a number, a time, a name.

use super::align::Covered;
use super::evidence::{Beside, Evidence};
use super::{Difference, alone, best, paired, pairs};

/// A number, a time or a name.
pub trait Fact: Sized {
    /// The probability at or above which two different facts are flagged.
    const CUT: f32;

    /// Whether two facts are equivalent, so that there is no contradiction.
    fn agrees(&self, other: &Self) -> bool;

    /// Whether two could be reports of one fact, and cannot both be true.
    fn may_differ(&self, other: &Self) -> bool;

    /// The evidence that two facts that may differ refer to one; `None` if their surroundings show that they do not.
    fn evidence(&self, other: &Self, beside: &Beside, covered: &Covered<'_>) -> Option<Evidence>;

    /// The difference of two facts that contradict each other.
    fn difference(&self, other: &Self, probability: f32) -> Difference;
}

/// The facts that differ and probably refer to the same thing.
pub fn differences<F: Fact>(a: &[F], b: &[F], beside: &Beside, covered: &Covered<'_>) -> Vec<Difference> {
    let likely = best(candidates(a, b, beside, covered), F::CUT, |evidence| evidence.probability);
    likely.into_iter().map(|(i, j, evidence)| a[i].difference(&b[j], evidence.probability)).collect()
}

/// Every two facts that may differ, with their features.
pub fn compared<F: Fact>(a: &[F], b: &[F], beside: &Beside, covered: &Covered<'_>) -> Vec<(Difference, Vec<f32>)> {
    let all = candidates(a, b, beside, covered).into_iter();
    all.map(|(i, j, evidence)| (a[i].difference(&b[j], evidence.probability), evidence.features)).collect()
}

fn candidates<F: Fact>(a: &[F], b: &[F], beside: &Beside, covered: &Covered<'_>) -> Vec<(usize, usize, Evidence)> {
    pairs(a, b, F::agrees, |x, y| x.may_differ(y).then(|| x.evidence(y, beside, covered)).flatten())
}

/// Number of facts that may differ, on the side with more of them.
pub fn apart<F: Fact>(a: &[F], b: &[F]) -> usize {
    paired(&pairs(a, b, F::agrees, |x, y| x.may_differ(y).then_some(())))
}

/// How many facts of two passages have an equivalent in the other.
#[derive(Debug, Clone, Copy)]
pub struct Overlap {
    /// Number of facts of either passage without an equivalent.
    pub alone: [usize; 2],
    /// Number of facts in both.
    pub common: usize,
}

impl Overlap {
    pub fn of<F: Fact>(a: &[F], b: &[F]) -> Self {
        let alone = [alone(a, b, F::agrees).len(), alone(b, a, F::agrees).len()];
        Self { alone, common: (a.len() - alone[0]).min(b.len() - alone[1]) }
    }

    /// Whether every fact of either passage has an equivalent in the other.
    pub fn is_all(self) -> bool {
        self.alone == [0, 0]
    }

    /// Whether each passage has a fact without an equivalent in the other.
    pub fn each_alone(self) -> bool {
        self.alone.iter().all(|alone| *alone > 0)
    }
}
