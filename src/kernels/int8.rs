//! 8-bit integers: four terms at a time. Twice as fast as 16 bits on CPUs with VNNI, 1.4 times on those with only AVX2,
//! and less precise.
//!
//! The CPUs' instructions multiply unsigned bytes with signed ones, so a row's values are counted from its smallest. A
//! few inputs are far larger than the others for every token, and would take up all the steps: inputs that come from a
//! LayerNorm are divided by roughly the scale that the norm gives them, and their weights multiplied by it
//! (`SmoothQuant`; Xiao et al. 2023, with the norm's own parameters in place of measured activations):
//!
//! ```text
//! s[k] = √((3 · |γ[k]| + |β[k]|) / rms(w[k, ·]))        x[k] / s[k],  w[k, c] · s[k]
//! ```
//!
//! Of attention's three products of one input, the values matter most, since they are passed on unchanged: with the
//! weights of all three in `rms`, the lowest cosine with the vectors in f32 is 0.992 instead of 0.996.
//!
//! AVX2 has to add four products in 16 bits, two of one group of four terms and two of the next, before it widens the
//! sum; widening a sum of only two is a tenth slower. In [`Octets`] no such sum can overflow:
//!
//! ```text
//! 0 ≤ a[r, k] ≤ 181      Σ |b[k, c]| ≤ 181 over the weights of either sign among the four      181 · 181 < 2¹⁵
//! ```
//!
//! As no value is negative, every partial sum lies between the sum of the negative products and that of the positive
//! ones. Rows meet the bound by having 180 steps, columns by their scale: the median column of MiniLM becomes a fifth
//! coarser, because large weights of one sign are rarely neighbours. The lowest cosine with the vectors in f32 is 0.995.
//! With weights below 64 instead it would be 0.94, with rows below 128 at most 0.990.

use super::Norm;
use super::buffer::{LINE, as_bytes_mut};
use super::integers::{Format, Integers, Rounding, SMALLEST};
use super::simd::Simd;

/// Number of steps between the smallest and the largest value of a row: rounding may add one.
const STEPS: f32 = 254.0;

/// The same for [`Octets`].
const FEW_STEPS: f32 = 180.0;

/// What the magnitudes of weights of one sign may add up to where their products with a row's greatest value have to fit
/// 16 bits together.
const SUM_IN_16_BITS: i32 = i16::MAX as i32 / (FEW_STEPS as i32 + 1);

/// Groups of four 8-bit integers. With `OCTETS`, two groups are multiplied together, so that their products can be added
/// in 16 bits.
pub(super) struct Bytes<const OCTETS: bool>;

/// For CPUs that add the products of a group in 32 bits.
pub(super) type Quads = Bytes<false>;

/// For CPUs that add them in 16 bits, because they have no VNNI.
pub(super) type Octets = Bytes<true>;

/// Weights in 8-bit integers.
pub(super) type Int8 = Integers<Quads>;

/// Weights in 8-bit integers, for CPUs without VNNI.
pub(super) type Int8Octets = Integers<Octets>;

impl<const OCTETS: bool> Format for Bytes<OCTETS> {
    const GROUP: usize = 4;
    const OFFSETS: bool = true;
    // A block's sum is far below 2^31: 768 terms of 255 · 127.
    const WEIGHT_LIMITS: [i32; 2] = [i8::MAX as i32, i32::MAX];
    // Rounding adds at most 1/2 to each of the four.
    const LIMIT_IN_16_BITS: Option<i32> = if OCTETS { Some(SUM_IN_16_BITS - 2) } else { None };

    fn input_factors(weights: &[f32], inputs: usize, norm: Option<&Norm<'_>>) -> Vec<f32> {
        let Some(norm) = norm else { return vec![1.0; inputs] };
        let outputs = weights.len() / inputs;
        let factor = |input: usize| {
            let squares: f32 = weights.iter().skip(input).step_by(inputs).map(|weight| weight.powi(2)).sum();
            let size = 3.0 * norm.gamma[input].abs() + norm.beta[input].abs();
            let factor = ((squares / outputs as f32).sqrt() / size).sqrt();
            if factor.is_normal() { factor } else { 1.0 }
        };
        (0..inputs).map(factor).collect()
    }

    #[inline(always)]
    fn rounding<S: Simd>(simd: S, row: &[f32], factors: &[f32]) -> Rounding {
        let steps = if OCTETS { FEW_STEPS } else { STEPS };
        let zero = simd.splat(0.0);
        let (mut least, mut greatest, mut finite) = (zero, zero, zero);
        let whole = row.len() / S::LANES * S::LANES;
        for first in (0..whole).step_by(S::LANES) {
            let x = simd.mul(simd.load(&row[first..]), simd.load(&factors[first..]));
            (least, greatest) = (simd.min(x, least), simd.max(x, greatest));
            // Zero, or NaN for values that are not finite.
            finite = simd.add(finite, simd.sub(x, x));
        }
        let (mut lows, mut highs) = ([0.0; LINE], [0.0; LINE]);
        simd.store(least, &mut lows);
        simd.store(greatest, &mut highs);
        let (mut low, mut high, mut not_finite) = (0.0f32, 0.0f32, simd.sum(finite));
        for (least, greatest) in lows.into_iter().zip(highs) {
            (low, high) = (low.min(least), high.max(greatest));
        }
        for (&x, factor) in row[whole..].iter().zip(&factors[whole..]) {
            let x = x * factor;
            (low, high) = (low.min(x), high.max(x));
            not_finite += x * 0.0;
        }
        let range = high - low;
        let factor = if range >= SMALLEST { steps / range } else { 0.0 };
        let offset = (-low * factor).round_ties_even() as i32;
        Rounding { scale: range / steps + not_finite, factor, offset }
    }

    #[inline(always)]
    fn add<S: Simd>(simd: S, sums: S::Integers, a: S::Integers, b: S::Integers) -> S::Integers {
        simd.add_quads(sums, a, b)
    }

    #[inline(always)]
    fn add_two<S: Simd>(simd: S, sums: S::Integers, a: [S::Integers; 2], b: [S::Integers; 2]) -> S::Integers {
        if OCTETS {
            simd.add_two_quads(sums, a, b)
        } else {
            Self::add(simd, Self::add(simd, sums, a[0], b[0]), a[1], b[1])
        }
    }

    #[inline(always)]
    fn round_row<S: Simd>(simd: S, row: &[f32], factors: &[f32], rounding: Rounding, out: &mut [i32]) {
        let out = as_bytes_mut(out);
        assert!(out.len() >= row.len() && factors.len() >= row.len());
        let (factor, whole) = (simd.splat(rounding.factor), row.len() / S::LANES * S::LANES);
        for first in (0..whole).step_by(S::LANES) {
            let x = simd.mul(simd.load(&row[first..]), simd.load(&factors[first..]));
            // SAFETY: LANES values are left in `out`, which is as long as the row.
            unsafe { simd.store_bytes_at(simd.mul(x, factor), rounding.offset, out.as_mut_ptr().add(first)) };
        }
        for ((&x, own), out) in row[whole..].iter().zip(&factors[whole..]).zip(&mut out[whole..]) {
            *out = ((x * own * rounding.factor).round_ties_even() as i32 + rounding.offset) as u8;
        }
    }

    #[inline(always)]
    fn round_weights<S: Simd>(_: S, weights: &[f32], factor: f32, out: &mut [i32]) -> i32 {
        let out = as_bytes_mut(out);
        let mut sum = 0;
        for (&weight, out) in weights.iter().zip(&mut *out) {
            let rounded = (weight * factor).round_ties_even() as i8;
            *out = rounded as u8;
            sum += i32::from(rounded);
        }
        out[weights.len()..weights.len().next_multiple_of(4)].fill(0);
        sum
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernels::Linear;
    use crate::kernels::buffer::Scratch;
    use crate::kernels::gemm::{self, Epilogue, Weights};
    use crate::kernels::integers::{column_scale_of, in_16_bits};
    use crate::kernels::portable::Portable;

    fn product<S: Simd, F: Format>(simd: S, x: &[f32], weights: Linear<'_>, norm: Option<&Norm<'_>>) -> Vec<f32> {
        let outputs = weights.bias.len();
        let packed = <Integers<F> as Weights<S>>::pack(simd, &[&weights], norm);
        let mut out = vec![f32::NAN; x.len() / (weights.weight.len() / outputs) * outputs];
        let mut scratch = Scratch::new();
        let [left, tile] = scratch.split(gemm::workspace_lens::<S, Integers<F>>());
        gemm::product(simd, x, &packed, Epilogue::Replace, &mut out, &mut gemm::Workspace { left, tile });
        out
    }

    /// A product on every instruction set of this CPU that has it, with the same bits on all.
    fn on_all<F: Format>(x: &[f32], weights: Linear<'_>, norm: Option<&Norm<'_>>) -> Vec<f32> {
        let portable = product::<_, F>(Portable, x, weights, norm);
        let same = |isa: &str, found: Option<Vec<f32>>| match found {
            Some(found) => {
                let same = |(a, b): (&f32, &f32)| a.to_bits() == b.to_bits() || a.is_nan() && b.is_nan();
                assert!(found.iter().zip(&portable).all(same), "{isa}");
            }
            None => println!("skipped: {isa} not on this CPU"),
        };
        #[cfg(target_arch = "x86_64")]
        {
            use crate::kernels::{avx2::Avx2, avx512::Avx512};
            same("avxvnni", Avx2::<true>::new().map(|simd| product::<_, F>(simd, x, weights, norm)));
            same("avx512vnni", Avx512::<true>::new().map(|simd| product::<_, F>(simd, x, weights, norm)));
            if F::LIMIT_IN_16_BITS.is_some() {
                same("avx2", Avx2::<false>::new().map(|simd| product::<_, F>(simd, x, weights, norm)));
                same("avx512", Avx512::<false>::new().map(|simd| product::<_, F>(simd, x, weights, norm)));
            }
        }
        portable
    }

    /// Some numbers from -1 to 1.
    fn numbers(n: usize, seed: f32) -> Vec<f32> {
        (0..n).map(|at| (at as f32 * 0.37 + seed).sin()).collect()
    }

    /// Whole numbers that are represented exactly: a row ranges from -127 to 127, a column's largest weight is 127.
    /// Of octets a row ranges from -90 to 90, and one of a column's sums is the largest that is allowed.
    #[test]
    fn whole_numbers_are_multiplied_exactly() {
        multiplies_whole_numbers::<Quads>(127.0, 127.0, &[127.0]);
        let most = (SUM_IN_16_BITS - 2) as f32;
        multiplies_whole_numbers::<Octets>(90.0, (most / 4.0).floor(), &[90.0, most - 90.0, 0.0, 0.0, 0.0, 0.0]);
    }

    fn multiplies_whole_numbers<F: Format>(row_limit: f32, weight_limit: f32, greatest: &[f32]) {
        for (rows, inputs, outputs) in
            [(3, 2, 5), (7, 15, 17), (6, 64, 33), (15, 767, 16), (29, 768, 40), (100, 769, 3), (5, 1536, 9)]
        {
            let whole = |n: usize, seed: f32, limit: f32| -> Vec<f32> {
                numbers(n, seed).iter().map(|x| (x * limit).round_ties_even()).collect()
            };
            let mut x = whole(rows * inputs, 1.0, row_limit);
            let mut weight = whole(outputs * inputs, 2.0, weight_limit);
            for (at, row) in x.chunks_exact_mut(inputs).enumerate() {
                (row[at % inputs], row[(at + 1) % inputs]) = (-row_limit, row_limit);
            }
            for (at, column) in weight.chunks_exact_mut(inputs).enumerate() {
                // Octets begin at multiples of eight.
                let first = if greatest.len() == 1 { at % inputs } else { at * 8 % inputs / 8 * 8 };
                let sign = if at % 2 == 0 { 1.0 } else { -1.0 };
                column[first..].iter_mut().zip(greatest).for_each(|(weight, great)| *weight = sign * great);
            }
            let found = on_all::<F>(&x, Linear { weight: &weight, bias: &vec![0.0; outputs] }, None);
            for (at, found) in found.iter().enumerate() {
                let (x, w) = (&x[at / outputs * inputs..][..inputs], &weight[at % outputs * inputs..][..inputs]);
                let exact: f64 = x.iter().zip(w).map(|(x, w)| f64::from(*x) * f64::from(*w)).sum();
                assert!((f64::from(*found) - exact).abs() <= 1.0, "{rows} {inputs} {outputs}: {found}, not {exact}");
            }
        }
    }

    #[test]
    fn the_greatest_sums_do_not_overflow() {
        greatest_sums::<Quads>();
        greatest_sums::<Octets>();
    }

    fn greatest_sums<F: Format>() {
        for (sign, inputs) in [(1.0, 1536), (-1.0, 1536), (1.0, 768), (-1.0, 5)] {
            for x in [1.0, -1.0] {
                let (rows, weight) = (vec![x; 2 * inputs], vec![sign; 3 * inputs]);
                let found = on_all::<F>(&rows, Linear { weight: &weight, bias: &[0.0; 3] }, None);
                let exact = x * sign * inputs as f32;
                // Half a step of the weights is one part in 254, and in 90 of octets.
                let part = if F::LIMIT_IN_16_BITS.is_some() { 1.0 / 90.0 } else { 1e-3 };
                assert!(found.iter().all(|found| (found - exact).abs() < part * inputs as f32), "{found:?}");
            }
        }
    }

    /// The greatest value of any row times the greatest sum of any column's weights is within 16 bits; both are nearly
    /// reached.
    #[test]
    fn no_sum_of_octets_exceeds_16_bits() {
        let (mut greatest_value, mut greatest_sum) = (0, 0.0f32);
        for seed in 0..2000 {
            // From even to very uneven numbers, of both signs or of one, and an octet that is not whole.
            let power = 1 + seed % 7 * 2;
            let numbers: Vec<f32> = numbers(45, seed as f32 * 1.7).iter().map(|x| x.powi(power)).collect();
            let signs: [&dyn Fn(&f32) -> f32; 3] = [&|x| *x, &|x| x.abs(), &|x| -x.abs()];
            let values: Vec<f32> = numbers.iter().map(signs[seed as usize % 3]).collect();
            let mut words = [0; 12];
            let factor = column_scale_of::<Octets>(&values).1;
            Octets::round_weights(Portable, &values, factor, &mut words);
            let weights = words.map(|word: i32| word.to_le_bytes().map(|byte| f32::from(byte as i8)));
            greatest_sum = weights.as_flattened().chunks(8).map(in_16_bits).fold(greatest_sum, f32::max);
            let ones = [1.0; 45];
            let rounding = Octets::rounding(Portable, &values, &ones);
            words.fill(0);
            Octets::round_row(Portable, &values, &ones, rounding, &mut words);
            let values = words.map(i32::to_le_bytes);
            greatest_value = values.as_flattened().iter().copied().fold(greatest_value, u8::max);
        }
        assert!(f32::from(greatest_value) * greatest_sum <= f32::from(i16::MAX), "{greatest_value} · {greatest_sum}");
        assert!(greatest_value >= FEW_STEPS as u8 && greatest_sum >= (SUM_IN_16_BITS - 1) as f32);
        assert!((FEW_STEPS as i32 + 1) * SUM_IN_16_BITS <= i32::from(i16::MAX));
    }

    /// A factor has an error of half a step at most, and so has the offset of a row's values.
    #[test]
    fn any_numbers_are_multiplied_nearly() {
        multiplies_nearly::<Quads>(STEPS);
        multiplies_nearly::<Octets>(FEW_STEPS);
    }

    fn multiplies_nearly<F: Format>(steps: f32) {
        let (rows, inputs, outputs) = (13, 384, 21);
        let (mut x, weight) = (numbers(rows * inputs, 3.0), numbers(outputs * inputs, 4.0));
        x[0] = 4.0;
        let found = on_all::<F>(&x, Linear { weight: &weight, bias: &[0.5; 21] }, None);
        for (at, found) in found.iter().enumerate() {
            let (x, w) = (&x[at / outputs * inputs..][..inputs], &weight[at % outputs * inputs..][..inputs]);
            let exact: f64 = x.iter().zip(w).map(|(x, w)| f64::from(*x) * f64::from(*w)).sum::<f64>() + 0.5;
            let total = |values: &[f32]| values.iter().map(|x| f64::from(x.abs())).sum::<f64>();
            let (low, high) = x.iter().fold((0.0f32, 0.0f32), |(low, high), x| (low.min(*x), high.max(*x)));
            let row = f64::from(high - low) / f64::from(steps);
            let column = f64::from(column_scale_of::<F>(w).0);
            let bound = 0.5 * (row * total(w) + column * total(x) + row * column * inputs as f64);
            assert!((f64::from(*found) - exact).abs() <= bound + 1e-4, "{found}, not {exact} ± {bound}");
        }
    }

    /// Inputs that are always large take no steps away from the others.
    #[test]
    fn great_inputs_of_a_norm_are_divided() {
        divides_great_inputs::<Quads>();
        divides_great_inputs::<Octets>();
    }

    fn divides_great_inputs<F: Format>() {
        let (rows, inputs, outputs) = (5, 64, 7);
        let mut gamma = vec![1.0; inputs];
        gamma[9] = 300.0;
        let beta = vec![0.0; inputs];
        let x: Vec<f32> = numbers(rows * inputs, 3.0).iter().zip(gamma.iter().cycle()).map(|(x, g)| x * g).collect();
        let mut weight = numbers(outputs * inputs, 4.0);
        weight.iter_mut().skip(9).step_by(inputs).for_each(|weight| *weight *= 0.01);
        let bias = [0.0; 7];
        let error = |norm: Option<&Norm<'_>>| -> f64 {
            let found = on_all::<F>(&x, Linear { weight: &weight, bias: &bias }, norm);
            let off = |(at, found): (usize, &f32)| {
                let (x, w) = (&x[at / outputs * inputs..][..inputs], &weight[at % outputs * inputs..][..inputs]);
                (f64::from(*found) - x.iter().zip(w).map(|(x, w)| f64::from(*x) * f64::from(*w)).sum::<f64>()).powi(2)
            };
            found.iter().enumerate().map(off).sum::<f64>().sqrt()
        };
        let (divided, plain) = (error(Some(&Norm { gamma: &gamma, beta: &beta })), error(None));
        assert!(divided * 5.0 < plain, "{divided} {plain}");
    }

    #[test]
    fn zeros_tiny_and_not_finite() {
        takes_zeros_tiny_and_not_finite::<Quads>();
        takes_zeros_tiny_and_not_finite::<Octets>();
    }

    fn takes_zeros_tiny_and_not_finite<F: Format>() {
        let (inputs, weight) = (33, numbers(5 * 33, 5.0));
        let mut x = numbers(6 * inputs, 6.0);
        let weights = Linear { weight: &weight, bias: &[1.0; 5] };
        let clean = on_all::<F>(&x, weights, None);
        x[inputs..2 * inputs].fill(0.0);
        x[2 * inputs..3 * inputs].fill(1e-40);
        x[3 * inputs + 32] = f32::NAN;
        x[4 * inputs] = f32::NEG_INFINITY;
        let found = on_all::<F>(&x, weights, None);
        assert_eq!([&found[..5], &found[25..]], [&clean[..5], &clean[25..]]);
        assert_eq!(found[5..15], [1.0; 10]);
        assert!(found[15..25].iter().all(|x| x.is_nan()), "{found:?}");
    }
}
