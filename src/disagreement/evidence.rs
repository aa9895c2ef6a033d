//! How likely it is that two numbers, or two days, that differ are said of one fact.
//!
//! Two logistic regressions over named features, one for numbers and shares and one for days and times. Both were fitted
//! on pairs of sentences with labels: `tests/fixtures/disagreements.tsv` (`tune`, `news_tune`, `news_more`), and in the
//! stories A, C, E, F, H, I, N, Q, R and S (`tests/fixtures/stories`) the contradictions, what only looks like one, the
//! wordings of one claim, and what was shown as one claim and is none. Of a pair that contradicts each other in a
//! number, the one that the fit itself finds likeliest is the right one. Ridge of 1 / 0.08 and 1 / 0.1 on standardised
//! features (`benches/record/2026-11-30-flags.md`).

use std::ops::Range;

use super::align::Covered;
use super::text::Context;

/// How many features tell of numbers, and of times.
const OF_NUMBERS: usize = 28;
const OF_TIMES: usize = 13;

/// From which probability on two of them are flagged.
pub const CUT: f32 = 0.35;

/// Words around a thing that are near it.
const REACH: usize = 7;

/// A logistic regression over `N` named features.
struct Fit<const N: usize> {
    bias: f32,
    weights: [(&'static str, f32); N],
}

/// What tells whether two things are of one fact, and how likely that makes it.
pub struct Evidence {
    pub features: Vec<f32>,
    pub probability: f32,
}

impl<const N: usize> Fit<N> {
    fn evidence(&self, features: [f32; N]) -> Evidence {
        let logit = self.bias + self.weights.iter().zip(features).map(|((_, weight), x)| weight * x).sum::<f32>();
        Evidence { features: features.to_vec(), probability: 1.0 / (1.0 + (-logit).exp()) }
    }
}

/// What two passages have beside the things that differ.
pub struct Beside {
    /// Numbers and times that both name.
    pub facts: usize,
    /// Names that both have.
    pub names: usize,
    /// Whether each names somebody that the other does not.
    pub strangers: bool,
    /// Whether both name days, and all of them are others.
    pub other_days: bool,
    /// Numbers that may differ.
    pub numbers: usize,
    /// Times that may.
    pub times: usize,
}

/// Two things that differ, and what is around them.
pub struct Around {
    /// How much of what is around the one the other passage says too; of both ways the lesser.
    all: f32,
    /// The same near them.
    near: f32,
    /// Words around them that both have.
    both: f32,
    /// And near them.
    shared: f32,
    /// The share of the words near the one with fewer of them.
    coverage: f32,
    same_subject: bool,
    apart: bool,
    phrased_apart: bool,
}

impl Around {
    pub fn new((a, x): (&Context, &Range<usize>), (b, y): (&Context, &Range<usize>), covered: &Covered<'_>) -> Self {
        let ([all, _], [near, _]) = (covered(x, y, usize::MAX), covered(x, y, REACH));
        Self {
            all,
            near,
            both: log(a.in_common(b).0 as usize),
            shared: log(a.shared(b) as usize),
            coverage: a.coverage(b) as f32,
            same_subject: a.same_subject(b),
            apart: a.apart(b),
            phrased_apart: a.phrased_apart(b),
        }
    }
}

/// What is known of two numbers.
#[expect(clippy::struct_excessive_bools, reason = "each is a feature of its own")]
pub struct Numbers {
    /// The greater by the lesser.
    pub ratio: f32,
    /// The lesser.
    pub least: f32,
    /// Both count things of one name.
    pub of_one_thing: bool,
    /// It is not said what one of them counts.
    pub unnamed: bool,
    pub percent: bool,
    /// Of the words before what is counted, those that are the same.
    pub same_sort: u32,
    /// Both count something particular.
    pub particular: bool,
    /// The words around them say no other amount, such as a rise and a level.
    pub same_amounts: bool,
    /// One is a share in words: `a third`.
    pub worded: bool,
    /// The same preposition stands before both.
    pub preposition: bool,
}

/// What tells whether two numbers that differ are of one fact.
const NUMBERS: Fit<OF_NUMBERS> = Fit {
    bias: -6.2956,
    weights: [
        ("of the words near one, those like the other's", -0.9390),
        ("words that both have", 0.0189),
        ("share of near words that both have", 0.6012),
        ("other places, seasons, sides", -0.4226),
        ("other things behind one preposition", -1.1518),
        ("nothing else differs", 0.2887),
        ("others that differ", -0.8359),
        ("numbers and times in common", -0.3252),
        ("names in common", 0.3532),
        ("each has a name that the other has not", -0.6829),
        ("all days differ", -1.8480),
        ("ratio", -0.3780),
        ("of one thing", 0.4852),
        ("of nothing that is named", -0.7935),
        ("shares", 0.8461),
        ("of one sort", 0.3715),
        ("of something particular", 0.2897),
        ("no other amounts", 3.1955),
        ("shares in words", -1.2913),
        ("size", 0.1035),
        ("same preposition", 0.8241),
        ("ratio below 1.5", 0.4487),
        ("ratio below 2", 1.0500),
        ("ratio above 3", -1.4849),
        ("nothing else differs, by words that both have", 1.4745),
        ("root of the words that both have", 0.6409),
        ("numbers and times in common, by words that both have", -1.5430),
        ("times that differ", -1.3212),
    ],
};

/// The features of [`NUMBERS`].
pub fn of_numbers(numbers: &Numbers, around: &Around, beside: &Beside) -> Evidence {
    let ratio = numbers.ratio.ln().min(3.0);
    let others = beside.numbers.saturating_sub(1);
    let lone = flag(others == 0);
    let facts = log(beside.facts);
    let features = [
        around.near,
        around.both,
        around.coverage,
        flag(around.apart),
        flag(around.phrased_apart),
        lone,
        log(others),
        facts,
        log(beside.names),
        flag(beside.strangers),
        flag(beside.other_days),
        ratio,
        flag(numbers.of_one_thing),
        flag(numbers.unnamed),
        flag(numbers.percent),
        numbers.same_sort as f32,
        flag(numbers.particular),
        flag(numbers.same_amounts),
        flag(numbers.worded),
        numbers.least.abs().ln_1p().min(10.0),
        flag(numbers.preposition),
        flag(ratio < 0.4),
        flag(ratio < 0.7),
        flag(ratio > 1.1),
        lone * around.all,
        around.all.sqrt(),
        facts * around.all,
        log(beside.times),
    ];
    NUMBERS.evidence(features)
}

/// What is known of two times.
pub struct Times {
    /// Both are days of a month.
    pub of_a_month: bool,
    /// How far they are apart: times of the day in hours, years in years, other days in months.
    pub apart: f32,
    /// Both are vague: `before 1976`.
    pub vague: bool,
    /// Both are of one thing that happens only once: `built in`.
    pub once: bool,
}

/// What tells whether two times that differ are of one fact.
const TIMES: Fit<OF_TIMES> = Fit {
    bias: -1.9145,
    weights: [
        ("words that both have", 0.5578),
        ("near words that both have", 0.5463),
        ("one subject", -1.0045),
        ("nothing else differs", 1.0671),
        ("others that differ", -1.5396),
        ("each has a name that the other has not", -0.5611),
        ("days of a month", 0.9890),
        ("distance", -0.6553),
        ("both vague", -2.3011),
        ("nothing else differs, by words that both have", 2.9462),
        ("names in common, by words that both have", 0.6375),
        ("numbers that differ", -0.4375),
        ("of what happens only once", 1.4445),
    ],
};

/// The features of [`TIMES`].
pub fn of_times(times: &Times, around: &Around, beside: &Beside) -> Evidence {
    let others = beside.times.saturating_sub(1);
    let lone = flag(others == 0);
    let features = [
        around.both,
        around.shared,
        flag(around.same_subject),
        lone,
        log(others),
        flag(beside.strangers),
        flag(times.of_a_month),
        times.apart.ln_1p().min(3.0),
        flag(times.vague),
        lone * around.all,
        log(beside.names) * around.both,
        log(beside.numbers),
        flag(times.once),
    ];
    TIMES.evidence(features)
}

fn log(n: usize) -> f32 {
    (n as f32).ln_1p()
}

fn flag(is: bool) -> f32 {
    f32::from(u8::from(is))
}
