//! How likely it is that two sentences make the same claim.
//!
//! A logistic regression over the [`FEATURES`], fitted on labelled documents in which every pair of sentences that
//! makes the same claim is known (`tests/fixtures/stories` A, C, E, F, H and N), pairs of two stories counting as pairs
//! without one, with standardised features and a ridge of 1 / 0.03, which keeps the weight of the names within bounds.
//! `cargo bench --bench quality -- features` prints what it is fitted on, and `-- claims` how well it does, on stories
//! (G and I) that it was not fitted on too.

use super::evidence::FEATURES;

const WEIGHTS: [f32; FEATURES.len()] = [1.6330, 0.5749, 2.9847, -0.6707, 1.8843, 3.4516, 5.9205, 21.8581, -3.7825];
const BIAS: f32 = -14.2470;

/// From which probability on two sentences make one claim. Few pairs do, so that a cut at one half would miss most:
/// precision and recall balance near half of the F1 that is reached (Lipton, Elkan & Naryanaswamy 2014), which is 0.33;
/// from 0.3 to 0.4 F1 is flat, and precision decides.
pub const CUT: f32 = 0.35;

/// The probability of a pair of these features.
pub fn probability(features: &[f32; FEATURES.len()]) -> f32 {
    let sum: f32 = features.iter().zip(WEIGHTS).map(|(feature, weight)| feature * weight).sum();
    1.0 / (1.0 + (-(sum + BIAS)).exp())
}
