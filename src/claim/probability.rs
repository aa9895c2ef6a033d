//! How likely it is that two sentences make the same claim.
//!
//! A logistic regression over the [`FEATURES`](super::evidence::FEATURES), fitted on four stories of five documents each in which every
//! pair of sentences that makes the same claim is labelled (`tests/fixtures/stories` A, C, E and F), pairs of two
//! stories counting as pairs without one. `cargo bench --bench quality -- features` prints what it is fitted on, and `-- claims` how
//! well it does, on a story that it was not fitted on too.

use super::evidence::FEATURES;

const WEIGHTS: [f32; FEATURES.len()] = [2.6841, 0.5059, 1.9630, -0.9489, 0.4006, 5.8079, 18.4052, -3.2948];
const BIAS: f32 = -20.6147;

/// From which probability on two sentences make one claim.
pub const CUT: f32 = 0.5;

/// The probability of a pair of these features.
pub fn probability(features: &[f32; FEATURES.len()]) -> f32 {
    let sum: f32 = features.iter().zip(WEIGHTS).map(|(feature, weight)| feature * weight).sum();
    1.0 / (1.0 + (-(sum + BIAS)).exp())
}
