//! Functions that no instruction set has: 2ˣ and the activations, as polynomials in vectors.

use core::f32::consts::{FRAC_1_SQRT_2, FRAC_2_SQRT_PI, LN_2, LOG2_E};

use super::Activation;
use super::simd::Simd;

/// Minimax polynomial of 2ᶠ for |f| ≤ 1/2, lowest power first; relative error 1.9e-9 before rounding.
const EXP2: [f32; 7] = [1.0, LN_2, 0.240_226_46, 0.055_503_286, 0.009_618_489, 0.001_339_993_2, 0.000_153_458_18];

/// The smallest and the largest exponent for which 2ⁿ is a normal number.
const EXP2_RANGE: [f32; 2] = [-126.0, 127.0];

/// 2ˣ, for x clamped to −126..=127; relative error at most 2.5e-7. NaN stays NaN.
#[inline(always)]
pub(super) fn exp2<S: Simd>(simd: S, x: S::Vector) -> S::Vector {
    let x = simd.min(simd.splat(EXP2_RANGE[1]), simd.max(simd.splat(EXP2_RANGE[0]), x));
    let whole = simd.round(x);
    simd.scale_by_power_of_two(polynomial(simd, &EXP2, simd.sub(x, whole)), whole)
}

/// The point at which [`gelu`] cuts off the upper tail of the normal distribution; beyond it, x times the tail is below
/// 1.1e-7.
const TAIL_END: f32 = 5.5;

/// Minimax polynomial of the normal distribution's upper tail ½·erfc(a/√2), in u = 2a/[`TAIL_END`] − 1 on −1..=1,
/// lowest power first. It was weighted by a, since the tail is multiplied by a: the error of a times the polynomial is
/// 1.3e-7.
const TAIL: [f32; 16] = [
    0.002_979_774_3,
    -0.025_008_066,
    0.094_557_926,
    -0.206_807_97,
    0.271_889_8,
    -0.177_166_12,
    -0.051_397_476,
    0.218_437_72,
    -0.163_058_15,
    -0.034_931_45,
    0.133_204_3,
    -0.049_067_53,
    -0.043_506_95,
    0.030_126_188,
    0.005_327_251_7,
    -0.005_579_246_7,
];

/// x·Φ(x), Φ the normal distribution function: the exact GELU, not its tanh approximation.
///
/// Computed as max(x, 0) − a·Q(a) with a = |x| and Q the upper tail, so that nothing cancels for negative x. The error
/// is at most 3e-7 plus two roundings of the result; the largest observed for x in −12..=12 is 3.9e-7. NaN stays NaN.
#[inline(always)]
pub(super) fn gelu<S: Simd>(simd: S, x: S::Vector) -> S::Vector {
    let zero = simd.splat(0.0);
    let size = simd.max(simd.sub(zero, x), x);
    let size = simd.min(simd.splat(TAIL_END), size);
    let u = simd.mul_add(size, simd.splat(2.0 / TAIL_END), simd.splat(-1.0));
    let tail = polynomial(simd, &TAIL, u);
    simd.sub(simd.max(zero, x), simd.mul(size, tail))
}

/// The approximation ½x·(1 + tanh(√(2/π)·(x + 0.044715x³))), as x / (1 + e⁻²ᵛ) where v is tanh's argument.
#[inline(always)]
fn gelu_tanh<S: Simd>(simd: S, x: S::Vector) -> S::Vector {
    const SQRT_2_OVER_PI: f32 = FRAC_2_SQRT_PI * FRAC_1_SQRT_2;
    let cubic = simd.mul_add(simd.mul(x, x), simd.splat(0.044_715), simd.splat(1.0));
    let exponent = simd.mul(simd.mul(x, cubic), simd.splat(-2.0 * LOG2_E * SQRT_2_OVER_PI));
    simd.div(x, simd.add(simd.splat(1.0), exp2(simd, exponent)))
}

/// Applies one of the activations.
#[inline(always)]
pub(super) fn activate<S: Simd>(simd: S, activation: Activation, x: S::Vector) -> S::Vector {
    match activation {
        Activation::Gelu => gelu(simd, x),
        Activation::GeluTanh => gelu_tanh(simd, x),
        Activation::Relu => simd.max(simd.splat(0.0), x),
    }
}

/// Horner's scheme, coefficients lowest power first.
#[inline(always)]
fn polynomial<S: Simd>(simd: S, coefficients: &[f32], x: S::Vector) -> S::Vector {
    let (last, rest) = coefficients.split_last().expect("a polynomial has coefficients");
    let mut value = simd.splat(*last);
    for coefficient in rest.iter().rev() {
        value = simd.mul_add(value, x, simd.splat(*coefficient));
    }
    value
}
