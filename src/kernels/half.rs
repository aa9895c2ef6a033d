//! Products with vectors in half precision (the bits of IEEE 754 binary16).

use super::simd::Simd;

/// Number of parallel sums: an addition takes four cycles.
const SUMS: usize = 4;

/// `Σᵢ a[i] · b[i]`, summed in f32 in an order that depends on the length and the instruction set only.
#[inline(always)]
pub(super) fn dot<S: Simd>(simd: S, a: &[u16], b: &[f32]) -> f32 {
    assert_eq!(a.len(), b.len());
    let mut sums = [simd.splat(0.0); SUMS];
    let whole = a.len() / S::LANES;
    for at in 0..whole {
        let start = at * S::LANES;
        // SAFETY: whole vectors of both are in bounds, since both have the same length.
        let (left, right) = unsafe { (simd.load_half_at(a.as_ptr().add(start)), simd.load_at(b.as_ptr().add(start))) };
        sums[at % SUMS] = simd.mul_add(left, right, sums[at % SUMS]);
    }
    let sum = simd.sum(simd.add(simd.add(sums[0], sums[1]), simd.add(sums[2], sums[3])));
    let rest = whole * S::LANES;
    a[rest..].iter().zip(&b[rest..]).fold(sum, |sum, (&a, b)| sum + widen(a) * b)
}

/// The value of a half-precision number, which f32 represents exactly.
#[inline(always)]
pub(super) fn widen(bits: u16) -> f32 {
    let (sign, exponent, fraction) =
        (u32::from(bits >> 15) << 31, u32::from(bits >> 10 & 0x1f), u32::from(bits & 0x3ff));
    match exponent {
        // Zero and the numbers below 2⁻¹⁴: fraction · 2⁻²⁴.
        0 => f32::from_bits(sign | (fraction as f32 * (1.0 / (1u32 << 24) as f32)).to_bits()),
        // Infinity or NaN.
        0x1f => f32::from_bits(sign | 0x7f80_0000 | fraction << 13),
        // The exponent bias is 15 in half precision and 127 in f32.
        _ => f32::from_bits(sign | (exponent + 112) << 23 | fraction << 13),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_half_is_what_the_half_crate_says() {
        for bits in 0..=u16::MAX {
            let expected = half::f16::from_bits(bits).to_f32();
            assert!(
                widen(bits).to_bits() == expected.to_bits() || expected.is_nan() && widen(bits).is_nan(),
                "{bits:04x}"
            );
        }
    }
}
