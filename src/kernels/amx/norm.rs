//! LayerNorm down the rows of a strip, and moving hidden states into and out of tiles.

use super::lanes::{self, pack_pairs, transpose};
use super::product::GROUP;
use super::tile::{SIDE, SPAN, Tile};
use std::arch::x86_64::*;

/// A LayerNorm's parameters, `[features]` each.
pub struct Affine<'a> {
    /// The factors.
    pub gamma: &'a [f32],
    /// The summands.
    pub beta: &'a [f32],
    /// `beta` plus the bias of the next product whose sums start from the residual.
    pub beta_and_bias: &'a [f32],
}

/// Normalises one strip.
///
/// `residual`: `[panels][4]`, f32; on return the result with the next bias added, which is the start of the next sums.
/// `x`: `[panels][2]`, bf16; the result, ready for multiplication.
#[target_feature(enable = "avx512f,avx512bw")]
pub fn layer_norm(residual: &mut [Tile], affine: &Affine, epsilon: f32, x: &mut [Tile]) {
    for half in 0..2 {
        let (inverse, shift) = standardisation(residual, half, epsilon);
        let gamma = affine.gamma.as_chunks::<SIDE>().0;
        let beta = affine.beta.as_chunks::<SIDE>().0;
        let beta_and_bias = affine.beta_and_bias.as_chunks::<SIDE>().0;
        let tiles = residual.iter_mut().skip(half).step_by(2);
        for (i, (((tile, gamma), beta), beta_and_bias)) in tiles.zip(gamma).zip(beta).zip(beta_and_bias).enumerate() {
            let target = &mut x[i / 2 * 2 + half].0.as_chunks_mut::<8>().0[i % 2];
            for pair in 0..8 {
                let (even, odd) = (2 * pair, 2 * pair + 1);
                let even_normal = _mm512_fmadd_ps(tile.0[even].load(), inverse, shift);
                let odd_normal = _mm512_fmadd_ps(tile.0[odd].load(), inverse, shift);
                let (even_gamma, odd_gamma) = (_mm512_set1_ps(gamma[even]), _mm512_set1_ps(gamma[odd]));
                let even_bias = _mm512_set1_ps(beta_and_bias[even]);
                let odd_bias = _mm512_set1_ps(beta_and_bias[odd]);
                tile.0[even].store(_mm512_fmadd_ps(even_normal, even_gamma, even_bias));
                tile.0[odd].store(_mm512_fmadd_ps(odd_normal, odd_gamma, odd_bias));
                let even_result = _mm512_fmadd_ps(even_normal, even_gamma, _mm512_set1_ps(beta[even]));
                let odd_result = _mm512_fmadd_ps(odd_normal, odd_gamma, _mm512_set1_ps(beta[odd]));
                target[pair].store_bits(pack_pairs(even_result, odd_result));
            }
        }
    }
}

/// The factor and the summand that give each token of half a strip mean 0 and variance 1.
///
/// Takes one pass, on values less the token's first: `n (x₀ - mean)²` is at most `n²` variances, so cancellation costs
/// the variance at most a factor of `n` in f32 roundings.
#[inline]
#[target_feature(enable = "avx512f")]
fn standardisation(residual: &[Tile], half: usize, epsilon: f32) -> (__m512, __m512) {
    let count = _mm512_set1_ps((residual.len() / GROUP * SPAN) as f32);
    let origin = residual[half].0[0].load();
    let (mut sums, mut squares) = ([_mm512_setzero_ps(); 4], [_mm512_setzero_ps(); 4]);
    for tiles in residual.as_chunks::<2>().0 {
        for rows in tiles[half].0.as_chunks::<4>().0 {
            for i in 0..4 {
                let value = _mm512_sub_ps(rows[i].load(), origin);
                sums[i] = _mm512_add_ps(sums[i], value);
                squares[i] = _mm512_fmadd_ps(value, value, squares[i]);
            }
        }
    }
    let mean = _mm512_div_ps(add_all(sums), count);
    let variance = _mm512_fnmadd_ps(mean, mean, _mm512_div_ps(add_all(squares), count));
    let variance = _mm512_max_ps(variance, _mm512_setzero_ps());
    let deviation = _mm512_sqrt_ps(_mm512_add_ps(variance, _mm512_set1_ps(epsilon)));
    let inverse = _mm512_div_ps(_mm512_set1_ps(1.0), deviation);
    (inverse, _mm512_fnmadd_ps(_mm512_add_ps(mean, origin), inverse, _mm512_setzero_ps()))
}

#[inline]
#[target_feature(enable = "avx512f")]
fn add_all([a, b, c, d]: [__m512; 4]) -> __m512 {
    _mm512_add_ps(_mm512_add_ps(a, b), _mm512_add_ps(c, d))
}

/// The index of a feature's tile among `[panels][4]`.
#[inline]
fn tile_of(feature: usize, half: usize) -> usize {
    feature / SIDE * 2 + half
}

/// Moves hidden states into tiles.
///
/// `states`: `[tokens, features]`, up to a strip. `residual`: `[panels][4]`, receives them with `bias` added. `x`:
/// `[panels][2]`, receives them as bf16. The columns of absent tokens are zero and `bias`, respectively.
#[target_feature(enable = "avx512f,avx512bw")]
pub fn enter(states: &[f32], features: usize, bias: &[f32], residual: &mut [Tile], x: &mut [Tile]) {
    for half in 0..2 {
        let tokens = states.chunks_exact(features).skip(half * SIDE).take(SIDE);
        for first in (0..features).step_by(SIDE) {
            let mut block = Tile::ZERO;
            for (row, token) in block.0.iter_mut().zip(tokens.clone()) {
                row.store(lanes::load(&token.as_chunks().0[first / SIDE]));
            }
            let transposed = &mut residual[tile_of(first, half)].0;
            transpose(&block.0, transposed);
            for i in (0..SIDE).step_by(2) {
                let (even, odd) = (transposed[i].load(), transposed[i + 1].load());
                x[first / SPAN * 2 + half].0[usize::midpoint(first % SPAN, i)].store_bits(pack_pairs(even, odd));
                transposed[i].store(_mm512_add_ps(even, _mm512_set1_ps(bias[first + i])));
                transposed[i + 1].store(_mm512_add_ps(odd, _mm512_set1_ps(bias[first + i + 1])));
            }
        }
    }
}

/// Moves hidden states out of tiles: the reverse of [`enter`], without the bias.
#[target_feature(enable = "avx512f")]
pub fn leave(residual: &[Tile], features: usize, states: &mut [f32]) {
    for half in 0..2 {
        for first in (0..features).step_by(SIDE) {
            let mut block = Tile::ZERO;
            transpose(&residual[tile_of(first, half)].0, &mut block.0);
            let tokens = states.chunks_exact_mut(features).skip(half * SIDE).take(SIDE);
            for (token, row) in tokens.zip(&block.0) {
                lanes::store(&mut token.as_chunks_mut().0[first / SIDE], row.load());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{EDGES, Random, amx_or_skip, right_value, sum_value};
    use super::*;

    const EPSILON: f32 = 1e-12;

    /// Mean, and inverse of the standard deviation, in f64.
    fn moments(row: &[f32]) -> (f64, f64) {
        let n = row.len() as f64;
        let mean = row.iter().map(|&v| f64::from(v)).sum::<f64>() / n;
        let variance = row.iter().map(|&v| (f64::from(v) - mean).powi(2)).sum::<f64>() / n;
        (mean, 1.0 / (variance + f64::from(EPSILON)).sqrt())
    }

    /// Normalises states of this many features around `offset`; returns the errors of the f32 and the bf16 result.
    fn errors(features: usize, offset: f32) -> (f64, f64) {
        let mut random = Random::new(features as u64);
        let states: Vec<f32> = random.vector(SPAN * features).iter().map(|v| v + offset).collect();
        let (gamma, beta, bias) = (random.vector(features), random.vector(features), random.vector(features));
        let beta_and_bias: Vec<f32> = beta.iter().zip(&bias).map(|(beta, bias)| beta + bias).collect();
        let panels = features / SPAN;
        let (mut residual, mut x) = (vec![Tile::ZERO; panels * GROUP], vec![Tile::ZERO; panels * 2]);
        let affine = Affine { gamma: &gamma, beta: &beta, beta_and_bias: &beta_and_bias };
        // SAFETY: callers are skipped without AVX-512.
        unsafe {
            enter(&states, features, &vec![0.0; features], &mut residual, &mut x);
            layer_norm(&mut residual, &affine, EPSILON, &mut x);
        }
        let mut worst = (0.0f64, 0.0f64);
        for (token, row) in states.chunks(features).enumerate() {
            let (mean, inverse) = moments(row);
            for feature in 0..features {
                let normal = (f64::from(row[feature]) - mean) * inverse * f64::from(gamma[feature]);
                let exact = normal + f64::from(beta_and_bias[feature]);
                worst.0 = worst.0.max((f64::from(sum_value(&residual, panels, token, feature)) - exact).abs());
                let exact = normal + f64::from(beta[feature]);
                worst.1 = worst.1.max((f64::from(right_value(&x, panels, token, feature)) - exact).abs());
            }
        }
        worst
    }

    /// Values are up to 3 in magnitude: f32 sums of up to 1536 terms round by about 1e-6 of that, bf16 by 2^-9 of 4.
    #[test]
    fn normalises() {
        amx_or_skip!("normalises");
        for features in [32, 64, 96, 384, 768, 1536] {
            let (single, half) = errors(features, 0.0);
            assert!(single < 1e-5 && half < 8e-3, "{features}: {single} {half}");
        }
    }

    /// With a mean of 1000 deviations, the values themselves have a precision of only 1000 x 2^-24 = 6e-5 of a
    /// deviation.
    #[test]
    fn a_large_mean_costs_no_more_than_the_values_have_lost() {
        amx_or_skip!("a_large_mean_costs_no_more_than_the_values_have_lost");
        let (single, _) = errors(384, 500.0);
        assert!(single < 1e-3, "{single}");
    }

    #[test]
    fn states_enter_and_leave() {
        amx_or_skip!("states_enter_and_leave");
        let features = 96;
        for tokens in EDGES.into_iter().filter(|&tokens| tokens <= SPAN) {
            let states = Random::new(tokens as u64).vector(tokens * features);
            let (mut residual, mut x) = (vec![Tile::ZERO; 3 * GROUP], vec![Tile::ZERO; 6]);
            let mut back = vec![0.0; states.len()];
            // SAFETY: the CPU has AVX-512, or the test was skipped.
            unsafe {
                enter(&states, features, &[0.0; 96], &mut residual, &mut x);
                leave(&residual, features, &mut back);
            }
            assert_eq!(states, back, "{tokens} tokens");
            for (token, feature) in (0..tokens).flat_map(|token| (0..features).map(move |feature| (token, feature))) {
                let (state, found) = (states[token * features + feature], right_value(&x, 3, token, feature));
                assert!((state - found).abs() <= state.abs() / 256.0, "bf16 keeps 8 bits: {state} {found}");
            }
        }
    }
}
