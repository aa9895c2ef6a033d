//! How likely it is that two sentences make the same claim.
//!
//! A logistic regression over the [`FEATURES`], fitted on labelled documents in which every pair of sentences that makes the same
//! claim is known (`tests/fixtures/stories` A, C, E, F, H and N), pairs of two stories counting as pairs without one. `cargo bench --bench
//! quality -- features` prints what it is fitted on, and `-- claims` how well it does, on stories (G and I) that it was not fitted on too.

use super::evidence::FEATURES;

const WEIGHTS: [f32; FEATURES.len()] = [1.8570, 0.5116, 3.1389, -0.6544, 2.4281, 4.3506, 25.2675, -4.0735];
const BIAS: f32 = -23.8180;

/// From which probability on two sentences make one claim. Few pairs do, so that a cut at one half would miss most: precision and recall
/// balance near half of the F1 that is reached (Lipton, Elkan & Naryanaswamy 2014).
pub const CUT: f32 = 0.25;

/// The probability of a pair of these features.
pub fn probability(features: &[f32; FEATURES.len()]) -> f32 {
    let sum: f32 = features.iter().zip(WEIGHTS).map(|(feature, weight)| feature * weight).sum();
    1.0 / (1.0 + (-(sum + BIAS)).exp())
}
