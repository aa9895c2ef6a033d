//! Activations and the exponential, 16 lanes at a time, as precise as bf16 results require.

use std::arch::x86_64::*;

/// Beyond ±this, GELU is taken as 0 or `x`; off by at most 1.3e-4.
const GELU_EDGE: f32 = 4.0;
/// `Φ(x) = 1/2 + x P(x²)` on `|x| <= GELU_EDGE`, lowest coefficient first: a minimax fit of `x Φ(x)` (Lawson's
/// reweighted least squares) that satisfies Φ(±`GELU_EDGE`) = 0 and 1; the last bits are chosen so that f32 satisfies
/// this exactly, and large negative values give 0.
const GELU: [f32; 7] =
    [0.397_870_3, -0.064_554_4, 0.008_763_687, -0.000_812_186_8, 4.776_382_4e-5, -1.588_824_1e-6, 2.258_815_4e-8];

/// `2^f` on `[0, 1)`, lowest coefficient first; relative error 7.5e-5, a 26th of a bf16 rounding.
const EXP2: [f32; 4] = [0.999_925_2, 0.695_833_5, 0.226_067_19, 0.078_024_52];

/// `x Φ(x)` with an absolute error of 2e-4, and below 1.2e-3 relative for `|x| < 1` (bf16 rounds by up to 3.9e-3).
#[inline]
#[target_feature(enable = "avx512f,avx512dq")]
pub fn gelu(x: __m512) -> __m512 {
    /// The smaller magnitude, with the sign of the first operand.
    const CLAMP: i32 = 0b0010;
    let inner = _mm512_range_ps::<CLAMP>(x, _mm512_set1_ps(GELU_EDGE));
    let series = polynomial(&GELU, _mm512_mul_ps(inner, inner));
    _mm512_mul_ps(x, _mm512_fmadd_ps(inner, series, _mm512_set1_ps(0.5)))
}

/// `x / (1 + exp(-2y))`, `y = sqrt(2/π) (x + 0.044715 x³)`: GELU's tanh form, written with a logistic function.
#[inline]
#[target_feature(enable = "avx512f,avx512dq")]
pub fn gelu_tanh(x: __m512) -> __m512 {
    /// `-2 sqrt(2/π) log2(e)`.
    const LINEAR: f32 = -2.302_208_2;
    const CUBIC: f32 = 0.044_715 * LINEAR;
    let factor = _mm512_fmadd_ps(_mm512_mul_ps(x, x), _mm512_set1_ps(CUBIC), _mm512_set1_ps(LINEAR));
    let power = exp2(_mm512_mul_ps(x, factor));
    _mm512_div_ps(x, _mm512_add_ps(_mm512_set1_ps(1.0), power))
}

/// `max(x, 0)`.
#[inline]
#[target_feature(enable = "avx512f")]
pub fn relu(x: __m512) -> __m512 {
    _mm512_max_ps(_mm512_setzero_ps(), x)
}

/// `2^x` with a relative error of 7.5e-5; 0 and infinity where it leaves f32.
#[inline]
#[target_feature(enable = "avx512f,avx512dq")]
pub fn exp2(x: __m512) -> __m512 {
    /// `x - floor(x)`.
    const FRACTION: i32 = 0b0001;
    let fraction = _mm512_reduce_ps::<FRACTION>(x);
    _mm512_scalef_ps(polynomial(&EXP2, fraction), x)
}

/// Horner's scheme, lowest coefficient first.
#[inline]
#[target_feature(enable = "avx512f")]
fn polynomial<const N: usize>(coefficients: &[f32; N], x: __m512) -> __m512 {
    let mut sum = _mm512_set1_ps(coefficients[N - 1]);
    for &coefficient in coefficients[..N - 1].iter().rev() {
        sum = _mm512_fmadd_ps(sum, x, _mm512_set1_ps(coefficient));
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::super::lanes;
    use super::super::testing::amx_or_skip;
    use super::*;
    use crate::kernels::{Activation, Isa, Kernels};

    /// The portable f32 activation, which is within 4e-7 of the function.
    fn activate(activation: Activation, x: f32) -> f32 {
        thread_local! {
            static PORTABLE: Box<dyn Kernels> = Isa::by_name("portable").unwrap().kernels().unwrap();
        }
        let mut value = [x];
        PORTABLE.with(|portable| portable.activate(activation, &mut value));
        value[0]
    }

    /// -12..12 in steps of 1/512, the far ends, and both zeros.
    fn arguments() -> Vec<f32> {
        let mut arguments = vec![-1e30, -1e4, -100.0, -50.0, -1e-30, -0.0, 0.0, 1e-30, 50.0, 100.0, 1e4, 1e30];
        arguments.extend([-4.0, 4.0, -20.0, 20.0]);
        arguments.extend((-6144..6144).map(|i| i as f32 / 512.0));
        arguments
    }

    /// The largest difference to `expected`, over `scale(expected)`.
    fn worst(function: impl Fn(__m512) -> __m512, expected: impl Fn(f32) -> f32, scale: impl Fn(f32) -> f32) -> f32 {
        let arguments = arguments();
        let mut found = arguments.clone();
        for lanes in found.as_chunks_mut().0 {
            // SAFETY: callers are skipped without AVX-512.
            unsafe { lanes::store(lanes, function(lanes::load(lanes))) };
        }
        let errors = arguments.iter().zip(found).map(|(&x, found)| (found - expected(x)).abs() / scale(expected(x)));
        errors.max_by(f32::total_cmp).expect("some arguments")
    }

    /// The fit has an error of 1.9e-4; beyond 1, of that share of the value, which also covers f32 rounding of large
    /// values.
    #[test]
    fn gelu_is_close() {
        amx_or_skip!("gelu_is_close");
        // SAFETY: the CPU has AVX-512, or the test was skipped.
        let error = worst(|x| unsafe { gelu(x) }, |x| activate(Activation::Gelu, x), |y| y.abs().max(1.0));
        assert!(error < 2e-4, "{error}");
    }

    /// exp2 has a relative error of 7.5e-5, which the logistic function does not increase.
    #[test]
    fn gelu_tanh_is_close() {
        amx_or_skip!("gelu_tanh_is_close");
        // SAFETY: the CPU has AVX-512, or the test was skipped.
        let error = worst(|x| unsafe { gelu_tanh(x) }, |x| activate(Activation::GeluTanh, x), |y| y.abs().max(1.0));
        assert!(error < 1e-4, "{error}");
    }

    #[test]
    fn relu_is_exact() {
        amx_or_skip!("relu_is_exact");
        // SAFETY: the CPU has AVX-512, or the test was skipped.
        assert_eq!(worst(|x| unsafe { relu(x) }, |x| x.max(0.0), |_| 1.0), 0.0);
    }

    /// The fit has a relative error of 7.5e-5. Results below f32's normal range may be any value as small.
    #[test]
    fn exp2_is_close() {
        amx_or_skip!("exp2_is_close");
        // SAFETY: the CPU has AVX-512, or the test was skipped.
        let exp2 = |x| unsafe { exp2(_mm512_min_ps(x, _mm512_set1_ps(100.0))) };
        let error = worst(exp2, |x| x.min(100.0).exp2(), |y| y.max(f32::MIN_POSITIVE));
        assert!(error < 8e-5, "{error}");
    }
}
