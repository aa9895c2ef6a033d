//! How likely it is that two numbers, two days or two names that differ are said of one fact.
//!
//! Three logistic regressions over named features: of numbers and shares, of days and times, and of names. They were
//! fitted on pairs of sentences with labels: `tests/fixtures/disagreements.tsv` (`tune`, `news_tune`, `news_more`; times and
//! names on `names_tune` too, times on `times_tune` and `neg_tune`), and in the stories A, C, E, F, H, I, N, Q, R and S
//! (`tests/fixtures/stories`) the contradictions, what only looks like one, the wordings of one claim and, for numbers, what
//! was shown as one claim and is none. Of a pair that contradicts each other in a number, a time or a name, the one that the fit
//! itself finds likeliest is the right one. Ridge of 1 / 0.08, 1 / 0.1 and 1 / 0.05 on standardised features
//! (`benches/record/2026-11-30-flags.md`, `2026-11-30-held-out.md`).

use std::ops::Range;

use super::align::Covered;
use super::text::Context;

/// How many features tell of numbers, of times and of names.
const OF_NUMBERS: usize = 28;
const OF_TIMES: usize = 6;
const OF_NAMES: usize = 9;

/// From which probability on two numbers and two times are flagged.
pub const CUT_OF_NUMBERS: f32 = 0.35;
pub const CUT_OF_TIMES: f32 = 0.4;
/// Two names: in sentences that say the same, other names are seldom a contradiction, unlike in the pairs that this was
/// fitted on.
pub const CUT_OF_NAMES: f32 = 0.75;

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
#[expect(clippy::struct_excessive_bools, reason = "each tells something of its own")]
pub struct Beside {
    /// Numbers and times that both name, without parts of the day.
    pub facts: usize,
    /// Names that both have.
    pub names: usize,
    /// Whether each names somebody that the other does not.
    pub strangers: bool,
    /// Whether both name days, and all of them are others.
    pub other_days: bool,
    /// Whether both have the same numbers and times, and as many negations.
    pub alike: bool,
    /// Whether each has a number, or a time, that the other has not.
    pub other_facts: bool,
    /// Whether one negates more than the other.
    pub negations: bool,
    /// The share of words that both have.
    pub same_words: f64,
    /// Names that one has and the other has not, of the one with fewer of them and of the other.
    pub own_names: [usize; 2],
    /// Numbers that may differ.
    pub numbers: usize,
    /// Times that may, and those of them that are no parts of the day.
    pub times: usize,
    pub whole_times: usize,
}

/// Two things that differ, and what is around them.
pub struct Around {
    /// How much of what is around the one the other passage says too; of both ways the lesser.
    all: f32,
    /// The same near them.
    near: f32,
    /// Words around them that both have.
    both: f32,
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
        log(beside.whole_times),
    ];
    NUMBERS.evidence(features)
}

/// What is known of two times.
pub struct Times {
    /// Both are days of a month.
    pub of_a_month: bool,
    /// One is a part of the day: `on Monday morning`.
    pub part: bool,
    /// Both are of one thing that happens only once: `built in`.
    pub once: bool,
}

/// What tells whether two times that differ are of one fact.
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

/// The features of [`TIMES`].
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

/// What is known of two names.
#[expect(clippy::struct_excessive_bools, reason = "each is a feature of its own")]
pub struct Names {
    /// Words around them that both have.
    pub both: u32,
    /// Both have several words, as those of people do.
    pub several: bool,
    /// One has several words, and the other one.
    pub other_length: bool,
    /// How many words before them are the same.
    pub same_before: usize,
    /// What is done before the one is done behind the other: `won by` one, and the other `won`.
    pub crossed: bool,
    /// A comma stands beside both.
    pub commas: bool,
    /// `the` stands before one of them.
    pub articled: bool,
    /// One is in the genitive.
    pub genitive: bool,
}

/// What tells whether two names are of one person or thing.
const NAMES: Fit<OF_NAMES> = Fit {
    bias: -2.2640,
    weights: [
        ("words that both have", 1.4470),
        ("several words", 0.9090),
        ("several words and one", -0.8103),
        ("same words before", 0.8812),
        ("before one what is behind the other", 0.7916),
        ("commas", 0.4514),
        ("other names that one has and the other has not", -0.8578),
        ("one with an article", -0.8884),
        ("one in the genitive", -0.9090),
    ],
};

/// The features of [`NAMES`]. Where it is `known` how likely it is, it is so at least.
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
