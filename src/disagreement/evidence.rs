//! The probability that two different numbers, days or names refer to one fact.
//!
//! Three logistic regressions over named features: for numbers and shares, for days and times, and for names. They were
//! fitted on labelled pairs of sentences: from `tests/fixtures/disagreements.tsv` (`tune`, `news_tune`, `news_more`;
//! for times and names also `names_tune`, for times also `times_tune` and `neg_tune`), and from the stories A, C, E, F,
//! H, I, N, Q, R and S (`tests/fixtures/stories`) the contradictions, apparent contradictions, wordings of one claim
//! and, for numbers, what was wrongly shown as one claim. In a pair that contradicts each other in a number, time or
//! name, the right pair of facts is the one that the fit itself finds likeliest. Ridge of 1 / 0.08, 1 / 0.1 and 1 /
//! 0.05 on standardised features (`benches/record/2026-11-30-flags.md`, `2026-11-30-held-out.md`).

use std::ops::Range;

use super::align::Covered;
use super::text::Context;

/// Number of features of numbers, of times and of names.
const OF_NUMBERS: usize = 28;
const OF_TIMES: usize = 6;
const OF_NAMES: usize = 9;

/// The probability at or above which two numbers and two times are flagged.
pub const CUT_OF_NUMBERS: f32 = 0.35;
pub const CUT_OF_TIMES: f32 = 0.4;
/// The same for two names: in sentences that say the same, different names are seldom a contradiction, unlike in the
/// pairs used for fitting.
pub const CUT_OF_NAMES: f32 = 0.75;

/// Number of words around a thing that count as near it.
const REACH: usize = 7;

/// A logistic regression over `N` named features.
struct Fit<const N: usize> {
    bias: f32,
    weights: [(&'static str, f32); N],
}

/// The features that show whether two things refer to one fact, and the resulting probability.
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

/// What two passages have in common or not, apart from the things that differ.
#[expect(clippy::struct_excessive_bools, reason = "each tells something of its own")]
pub struct Beside {
    /// Number of numbers and times in both, without parts of the day.
    pub facts: usize,
    /// Number of names in both.
    pub names: usize,
    /// Whether each passage names somebody that the other does not.
    pub strangers: bool,
    /// Whether both name days, all of them different.
    pub other_days: bool,
    /// Whether both have the same numbers and times, and equally many negations.
    pub alike: bool,
    /// Whether each has a number or time that the other does not have.
    pub other_facts: bool,
    /// Whether one has more negations than the other.
    pub negations: bool,
    /// The share of words in both.
    pub same_words: f64,
    /// Numbers of names found only in one passage, the smaller first.
    pub own_names: [usize; 2],
    /// Number of numbers that may differ.
    pub numbers: usize,
    /// Number of times that may differ, and of those that are not parts of the day.
    pub times: usize,
    pub whole_times: usize,
}

/// Two things that differ, and their surroundings.
pub struct Around {
    /// How much of one thing's surroundings is also in the other passage; the smaller of both directions.
    all: f32,
    /// The same within [`REACH`].
    near: f32,
    /// Words around them that both have.
    both: f32,
    /// The share of the words near the thing with fewer of them that both have.
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
            coverage: a.coverage(b) as f32,
            same_subject: a.same_subject(b),
            apart: a.apart(b),
            phrased_apart: a.phrased_apart(b),
        }
    }
}

/// The facts about two numbers.
#[expect(clippy::struct_excessive_bools, reason = "each is a feature of its own")]
pub struct Numbers {
    /// The ratio of the larger to the smaller.
    pub ratio: f32,
    /// The smaller number.
    pub least: f32,
    /// Whether both count things of the same name.
    pub of_one_thing: bool,
    /// Whether it is not said what one of them counts.
    pub unnamed: bool,
    pub percent: bool,
    /// Number of the words before what is counted that are the same.
    pub same_sort: u32,
    /// Whether both count something particular.
    pub particular: bool,
    /// Whether the words around them do not name different amounts, such as a rise and a level.
    pub same_amounts: bool,
    /// Whether one is a share in words: `a third`.
    pub worded: bool,
    /// Whether the same preposition precedes both.
    pub preposition: bool,
}

/// The features that show whether two different numbers refer to one fact.
const NUMBERS: Fit<OF_NUMBERS> = Fit {
    bias: -6.2956,
    weights: [
        ("of the words near one, those like the other's", -0.9390),
        ("words that both have", 0.0189),
        ("share of near words that both have", 0.6012),
        ("other places, seasons, sides", -0.4226),
        ("other things after one preposition", -1.1518),
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

/// Computes the features of [`NUMBERS`].
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
        log(beside.whole_times),
    ];
    NUMBERS.evidence(features)
}

/// The facts about two times.
pub struct Times {
    /// Whether both are days of a month.
    pub of_a_month: bool,
    /// Whether one is a part of the day: `on Monday morning`.
    pub part: bool,
    /// Whether both are of something that happens only once: `built in`.
    pub once: bool,
}

/// The features that show whether two different times refer to one fact.
const TIMES: Fit<OF_TIMES> = Fit {
    bias: -2.1790,
    weights: [
        ("words that both have", 1.1424),
        ("one subject", -0.7783),
        ("days of a month", 1.2240),
        ("nothing else differs, by words that both have", 3.3146),
        ("of what happens only once", 2.2111),
        ("part of the day", 0.4641),
    ],
};

/// Computes the features of [`TIMES`].
pub fn of_times(times: &Times, around: &Around, beside: &Beside) -> Evidence {
    let lone = flag(beside.times <= 1);
    let features = [
        around.both,
        flag(around.same_subject),
        flag(times.of_a_month),
        lone * around.all,
        flag(times.once),
        flag(times.part),
    ];
    TIMES.evidence(features)
}

/// The facts about two names.
#[expect(clippy::struct_excessive_bools, reason = "each is a feature of its own")]
pub struct Names {
    /// Number of words around them that both have.
    pub both: u32,
    /// Whether both have several words, as names of people do.
    pub several: bool,
    /// Whether one has several words and the other a single one.
    pub other_length: bool,
    /// Number of equal words before them.
    pub same_before: usize,
    /// Whether what precedes one follows the other: `won by` one, and the other `won`.
    pub crossed: bool,
    /// Whether a comma is next to both.
    pub commas: bool,
    /// Whether `the` precedes one of them.
    pub articled: bool,
    /// Whether one is in the genitive.
    pub genitive: bool,
}

/// The features that show whether two names refer to one person or thing.
const NAMES: Fit<OF_NAMES> = Fit {
    bias: -2.2640,
    weights: [
        ("words that both have", 1.4470),
        ("several words", 0.9090),
        ("several words and one", -0.8103),
        ("same words before", 0.8812),
        ("before one what is after the other", 0.7916),
        ("commas", 0.4514),
        ("other names that one has and the other has not", -0.8578),
        ("one with an article", -0.8884),
        ("one in the genitive", -0.9090),
    ],
};

/// Computes the features of [`NAMES`]. The probability is at least the `known` one, if there is one.
pub fn of_names(names: &Names, known: Option<f32>, beside: &Beside) -> Evidence {
    let features = [
        log(names.both as usize),
        flag(names.several),
        flag(names.other_length),
        names.same_before as f32,
        flag(names.crossed),
        flag(names.commas),
        log(beside.own_names[1].saturating_sub(1)),
        flag(names.articled),
        flag(names.genitive),
    ];
    let found = NAMES.evidence(features);
    Evidence { probability: found.probability.max(known.unwrap_or(0.0)), ..found }
}

fn log(n: usize) -> f32 {
    (n as f32).ln_1p()
}

fn flag(is: bool) -> f32 {
    f32::from(u8::from(is))
}
