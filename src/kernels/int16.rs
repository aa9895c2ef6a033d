//! 16-bit integers: two terms at a time, as in intgemm, the matrix library of the Marian translators.
//!
//! A row's values are at most [`LIMIT`], and each column's scale is as fine as possible while `LIMIT · Σₖ |b[k, c]|`
//! over any block of the depth is below 2³¹. A row with one large value among small ones needs the finer steps, so rows
//! get most of the bits.

use super::Norm;
use super::buffer::{LINE, as_int16_mut};
use super::integers::{Format, GROUPS, Integers, Rounding, SMALLEST};
use super::simd::Simd;

/// The largest value of a row. With it the median column of MiniLM's weights reaches 2,900, and nine out of ten reach
/// 2,400 to 4,400.
const LIMIT: i32 = 8191;

/// Maximum number of terms of a sum in 32 bits.
const DEPTH_BLOCK: usize = 2 * GROUPS;

/// The largest sum of magnitudes of a column's weights within a block, before rounding: each gains at most 1/2 by that,
/// and 8 are reserved for the rounding of the sum itself.
const COLUMN_SUM: i32 = i32::MAX / LIMIT - DEPTH_BLOCK as i32 / 2 - 8;

/// Pairs of 16-bit integers.
pub(super) struct Pairs;

/// Weights in 16-bit integers.
pub(super) type Int16 = Integers<Pairs>;

impl Format for Pairs {
    const GROUP: usize = 2;
    const OFFSETS: bool = false;
    const WEIGHT_LIMITS: [i32; 2] = [i16::MAX as i32, COLUMN_SUM];

    fn input_factors(_: &[f32], _: usize, _: Option<&Norm<'_>>) -> Vec<f32> {
        Vec::new()
    }

    #[inline(always)]
    fn rounding<S: Simd>(simd: S, row: &[f32], _: &[f32]) -> Rounding {
        rounding(simd, row)
    }

    #[inline(always)]
    fn add<S: Simd>(simd: S, sums: S::Integers, a: S::Integers, b: S::Integers) -> S::Integers {
        simd.add_pairs(sums, a, b)
    }

    #[inline(always)]
    fn round_row<S: Simd>(simd: S, row: &[f32], _: &[f32], rounding: Rounding, out: &mut [i32]) {
        round(simd, row, rounding.factor, as_int16_mut(out));
    }

    #[inline(always)]
    fn round_weights<S: Simd>(simd: S, weights: &[f32], factor: f32, out: &mut [i32]) -> i32 {
        let out = as_int16_mut(out);
        round(simd, weights, factor, out);
        out[..weights.len()].iter().map(|weight| i32::from(*weight)).sum()
    }
}

/// How a row is rounded; if not all values are finite, the scale is NaN.
#[inline(always)]
fn rounding<S: Simd>(simd: S, row: &[f32]) -> Rounding {
    let zero = simd.splat(0.0);
    let (mut greatest, mut finite) = ([zero; 2], [zero; 2]);
    let whole = row.chunks_exact(2 * S::LANES);
    let rest = whole.remainder();
    for values in whole {
        for (i, (greatest, finite)) in greatest.iter_mut().zip(&mut finite).enumerate() {
            let x = simd.load(&values[i * S::LANES..]);
            *greatest = simd.max(simd.max(x, simd.sub(zero, x)), *greatest);
            // Zero, or NaN for values that are not finite.
            *finite = simd.add(*finite, simd.sub(x, x));
        }
    }
    let mut lanes = [0.0; LINE];
    simd.store(simd.max(greatest[0], greatest[1]), &mut lanes);
    let mut most = 0.0f32;
    for value in lanes {
        most = most.max(value);
    }
    let mut not_finite = simd.sum(simd.add(finite[0], finite[1]));
    for &x in rest {
        most = most.max(x.abs());
        not_finite += x * 0.0;
    }
    let factor = if most >= SMALLEST { LIMIT as f32 / most } else { 0.0 };
    Rounding { scale: most / LIMIT as f32 + not_finite, factor, offset: 0 }
}

/// `out[i] = round(row[i] · factor)`, ties to even, padded with a zero after an odd number of values.
#[inline(always)]
fn round<S: Simd>(simd: S, row: &[f32], factor: f32, out: &mut [i16]) {
    assert!(out.len() >= row.len());
    let factors = simd.splat(factor);
    let whole = row.len() / (2 * S::LANES) * (2 * S::LANES);
    for first in (0..whole).step_by(2 * S::LANES) {
        let (low, high) = (simd.load(&row[first..]), simd.load(&row[first + S::LANES..]));
        // SAFETY: 2 · LANES values are left in `out`, which is as long as the row.
        unsafe {
            simd.store_rounded_at([simd.mul(low, factors), simd.mul(high, factors)], out.as_mut_ptr().add(first));
        };
    }
    for (&x, out) in row[whole..].iter().zip(&mut out[whole..]) {
        *out = (x * factor).round_ties_even() as i16;
    }
    if row.len() % 2 == 1 {
        out[row.len()] = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernels::Linear;
    use crate::kernels::buffer::Scratch;
    use crate::kernels::gemm::{self, Epilogue, Weights, joined_sizes};
    use crate::kernels::portable::Portable;

    /// Whole numbers up to `limit`, `[rows, columns]`.
    fn whole_numbers([rows, columns]: [usize; 2], limit: i32, seed: u64) -> Vec<f32> {
        let mut state = seed;
        let next = |_| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            ((state >> 33) as i32 % (2 * limit + 1) - limit) as f32
        };
        (0..rows * columns).map(next).collect()
    }

    /// Rows whose scale is 1: one value is the largest possible.
    fn rows_of_whole_numbers(rows: usize, inputs: usize) -> Vec<f32> {
        let mut x = whole_numbers([rows, inputs], LIMIT, 1);
        x.chunks_exact_mut(inputs).enumerate().for_each(|(at, row)| row[at % inputs] = LIMIT as f32);
        x
    }

    /// Weights whose scale is 1: one value is the largest possible, or brings the sum to its maximum.
    fn weights_of_whole_numbers(outputs: usize, inputs: usize) -> Vec<f32> {
        let mut weight = whole_numbers([outputs, inputs], 1250, 2);
        for (at, weights) in weight.chunks_exact_mut(inputs).enumerate() {
            let block = inputs.min(DEPTH_BLOCK);
            let place = at % block;
            weights[place] = 0.0;
            let others: f32 = weights[..block].iter().map(|w| w.abs()).sum();
            weights[place] = -(COLUMN_SUM as f32 - others).min(f32::from(i16::MAX));
            assert!(weights[place] <= -1250.0, "{}", weights[place]);
        }
        weight
    }

    fn product<S: Simd>(simd: S, x: &[f32], weights: Linear<'_>) -> Vec<f32> {
        let [inputs, outputs] = joined_sizes(&[&weights]);
        let packed = <Int16 as Weights<S>>::pack(simd, &[&weights], None);
        let mut out = vec![f32::NAN; x.len() / inputs * outputs];
        let mut scratch = Scratch::new();
        let [left, tile] = scratch.split(gemm::workspace_lens::<S, Int16>());
        gemm::product(simd, x, &packed, Epilogue::Replace, &mut out, &mut gemm::Workspace { left, tile });
        out
    }

    /// A product on every instruction set of this CPU, with the same bits on all.
    fn on_all(x: &[f32], weights: Linear<'_>) -> Vec<f32> {
        let portable = product(Portable, x, weights);
        let same = |isa: &str, found: Option<Vec<f32>>| match found {
            Some(found) => {
                assert!(
                    found.iter().zip(&portable).all(|(a, b)| a.to_bits() == b.to_bits() || a.is_nan() && b.is_nan()),
                    "{isa}"
                );
            }
            None => println!("skipped: {isa} not on this CPU"),
        };
        #[cfg(target_arch = "x86_64")]
        {
            use crate::kernels::{avx2::Avx2, avx512::Avx512};
            same("avx2", Avx2::<false>::new().map(|simd| product(simd, x, weights)));
            same("avxvnni", Avx2::<true>::new().map(|simd| product(simd, x, weights)));
            same("avx512", Avx512::<false>::new().map(|simd| product(simd, x, weights)));
            same("avx512vnni", Avx512::<true>::new().map(|simd| product(simd, x, weights)));
        }
        portable
    }

    #[test]
    fn whole_numbers_are_multiplied_exactly() {
        for (rows, inputs, outputs) in
            [(1, 1, 1), (3, 2, 5), (7, 15, 17), (6, 64, 33), (15, 383, 16), (29, 384, 40), (100, 385, 3), (5, 1536, 9)]
        {
            let (x, weight) = (rows_of_whole_numbers(rows, inputs), weights_of_whole_numbers(outputs, inputs));
            let bias: Vec<f32> = (0..outputs).map(|i| i as f32).collect();
            let found = on_all(&x, Linear { weight: &weight, bias: &bias });
            for (at, found) in found.iter().enumerate() {
                let (x, w) = (&x[at / outputs * inputs..][..inputs], &weight[at % outputs * inputs..][..inputs]);
                let exact: f64 = x.iter().zip(w).map(|(x, w)| f64::from(*x) * f64::from(*w)).sum::<f64>()
                    + f64::from(bias[at % outputs]);
                // Blocks are added in f32; a factor with an error of 1 would make more of a difference.
                let size: f64 = x.iter().zip(w).map(|(x, w)| f64::from((x * w).abs())).sum();
                assert!(
                    (f64::from(*found) - exact).abs() <= 1e-7 * size + 1e-6,
                    "{rows} {inputs} {outputs}: {found}, not {exact}"
                );
            }
        }
    }

    #[test]
    fn the_greatest_sums_do_not_overflow() {
        for (sign, spread) in [(1.0, 0.0), (-1.0, 0.0), (1.0, 0.499), (-1.0, 3.0)] {
            let inputs = 4 * DEPTH_BLOCK;
            let x = vec![LIMIT as f32; 2 * inputs];
            let weight: Vec<f32> = (0..3 * inputs).map(|at| sign * (1.0 + spread * (at % 7) as f32)).collect();
            for (found, w) in on_all(&x, Linear { weight: &weight, bias: &[0.0; 3] })
                .into_iter()
                .zip(weight.chunks_exact(inputs).cycle())
            {
                let exact = f64::from(LIMIT) * w.iter().map(|w| f64::from(*w)).sum::<f64>();
                // Half a step of the weights is one part in 682.
                assert!((f64::from(found) - exact).abs() <= exact.abs() / 1000.0, "{found}, not {exact}");
            }
        }
    }

    /// A factor has an error of half a step at most: a row's step is its largest value divided by [`LIMIT`], a column's
    /// its sum divided by [`COLUMN_SUM`].
    #[test]
    fn any_numbers_are_multiplied_nearly() {
        let (rows, inputs, outputs) = (13, 384, 21);
        let mut x: Vec<f32> = whole_numbers([rows, inputs], 9999, 3).iter().map(|x| (x * 0.37).sin() * 3.0).collect();
        x[0] = 40.0;
        let weight: Vec<f32> =
            whole_numbers([outputs, inputs], 9999, 4).iter().map(|w| (w * 0.11).cos() * 0.05).collect();
        let found = on_all(&x, Linear { weight: &weight, bias: &[0.5; 21] });
        for (at, found) in found.iter().enumerate() {
            let (x, w) = (&x[at / outputs * inputs..][..inputs], &weight[at % outputs * inputs..][..inputs]);
            let exact: f64 = x.iter().zip(w).map(|(x, w)| f64::from(*x) * f64::from(*w)).sum::<f64>() + 0.5;
            let total = |values: &[f32]| values.iter().map(|x| f64::from(x.abs())).sum::<f64>();
            let row_step = f64::from(x.iter().fold(0.0f32, |most, x| most.max(x.abs()))) / f64::from(LIMIT);
            let column_step = total(w) / f64::from(COLUMN_SUM);
            let bound = 0.5 * (row_step * total(w) + column_step * total(x) + row_step * column_step * inputs as f64);
            assert!(
                (f64::from(*found) - exact).abs() <= bound + 1e-4,
                "{found}, not {exact}, off by more than {bound}"
            );
        }
    }

    #[test]
    fn zeros_tiny_and_not_finite() {
        let (inputs, weight) = (33, whole_numbers([5, 33], 99, 5));
        let mut x = whole_numbers([6, inputs], 99, 6);
        let clean = product(Portable, &x, Linear { weight: &weight, bias: &[1.0; 5] });
        x[inputs..2 * inputs].fill(0.0);
        x[2 * inputs..3 * inputs].fill(1e-40);
        x[3 * inputs + 32] = f32::NAN;
        x[4 * inputs] = f32::NEG_INFINITY;
        let found = on_all(&x, Linear { weight: &weight, bias: &[1.0; 5] });
        assert_eq!([&found[..5], &found[25..]], [&clean[..5], &clean[25..]]);
        assert_eq!(found[5..15], [1.0; 10]);
        assert!(found[15..25].iter().all(|x| x.is_nan()), "{found:?}");
    }
}
