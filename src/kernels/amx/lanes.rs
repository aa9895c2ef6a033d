//! AVX-512 helpers: loading and storing rows, bf16 packing, 16 x 16 transposition.

use super::tile::{Row, SIDE};
use std::arch::x86_64::*;

impl Row {
    /// The row as 16 f32.
    #[inline]
    #[target_feature(enable = "avx512f")]
    pub fn load(&self) -> __m512 {
        // SAFETY: a Row is 64 aligned, readable bytes.
        unsafe { _mm512_load_ps(self.0.as_ptr().cast()) }
    }

    /// The row as 16 dwords.
    #[inline]
    #[target_feature(enable = "avx512f")]
    pub fn load_bits(&self) -> __m512i {
        // SAFETY: a Row is 64 aligned, readable bytes.
        unsafe { _mm512_load_si512(self.0.as_ptr().cast()) }
    }

    /// Overwrites the row with 16 f32.
    #[inline]
    #[target_feature(enable = "avx512f")]
    pub fn store(&mut self, lanes: __m512) {
        // SAFETY: a Row is 64 aligned, writable bytes.
        unsafe { _mm512_store_ps(self.0.as_mut_ptr().cast(), lanes) }
    }

    /// Overwrites the row with 16 dwords.
    #[inline]
    #[target_feature(enable = "avx512f")]
    pub fn store_bits(&mut self, lanes: __m512i) {
        // SAFETY: a Row is 64 aligned, writable bytes.
        unsafe { _mm512_store_si512(self.0.as_mut_ptr().cast(), lanes) }
    }

    /// Overwrites the dwords that `mask` selects.
    #[inline]
    #[target_feature(enable = "avx512f")]
    pub fn store_bits_masked(&mut self, mask: __mmask16, lanes: __m512i) {
        // SAFETY: a Row is 64 aligned, writable bytes.
        unsafe { _mm512_mask_store_epi32(self.0.as_mut_ptr().cast(), mask, lanes) }
    }
}

/// Loads 16 f32 from any address.
#[inline]
#[target_feature(enable = "avx512f")]
pub fn load(values: &[f32; SIDE]) -> __m512 {
    // SAFETY: the reference covers 16 readable floats.
    unsafe { _mm512_loadu_ps(values.as_ptr()) }
}

/// Stores 16 f32 at any address.
#[inline]
#[target_feature(enable = "avx512f")]
pub fn store(values: &mut [f32; SIDE], lanes: __m512) {
    // SAFETY: the reference covers 16 writable floats.
    unsafe { _mm512_storeu_ps(values.as_mut_ptr(), lanes) }
}

/// Packs two f32 rows into one bf16 row: lane i of the result is (`even`\[i\], `odd`\[i\]), the low half first.
///
/// Rounds to nearest, ties away from zero, in four cheap instructions; ties to even would take a conversion and a
/// permutation. Infinities stay infinite and the NaNs that arithmetic makes stay NaN.
#[inline]
#[target_feature(enable = "avx512f,avx512bw")]
pub fn pack_pairs(even: __m512, odd: __m512) -> __m512i {
    let half = _mm512_set1_epi32(0x8000);
    let even = _mm512_srli_epi32::<16>(_mm512_add_epi32(_mm512_castps_si512(even), half));
    let odd = _mm512_add_epi32(_mm512_castps_si512(odd), half);
    _mm512_mask_blend_epi16(0xAAAA_AAAA, even, odd)
}

/// Packs 32 f32 into 32 bf16 in the same order, ties to even.
#[inline]
#[target_feature(enable = "avx512f,avx512bf16")]
pub fn pack_in_order(low: __m512, high: __m512) -> __m512i {
    let packed = _mm512_cvtne2ps_pbh(high, low);
    // SAFETY: both types are 64 bytes of plain bits.
    unsafe { std::mem::transmute::<__m512bh, __m512i>(packed) }
}

/// Transposes a 16 x 16 matrix of dwords.
///
/// # Panics
///
/// When `to` does not have 16 rows.
#[inline]
#[target_feature(enable = "avx512f")]
pub fn transpose(from: &[Row; SIDE], to: &mut [Row]) {
    // Within each 128-bit lane: 4 x 4 blocks, by dwords and then by quadwords.
    let mut t = [_mm512_setzero_si512(); SIDE];
    for i in (0..SIDE).step_by(4) {
        let (m0, m1) = (from[i].load_bits(), from[i + 1].load_bits());
        let (m2, m3) = (from[i + 2].load_bits(), from[i + 3].load_bits());
        let (a, b) = (_mm512_unpacklo_epi32(m0, m1), _mm512_unpackhi_epi32(m0, m1));
        let (c, d) = (_mm512_unpacklo_epi32(m2, m3), _mm512_unpackhi_epi32(m2, m3));
        t[i] = _mm512_unpacklo_epi64(a, c);
        t[i + 1] = _mm512_unpackhi_epi64(a, c);
        t[i + 2] = _mm512_unpacklo_epi64(b, d);
        t[i + 3] = _mm512_unpackhi_epi64(b, d);
    }
    // Then the 128-bit lanes themselves, as a 4 x 4 matrix for each of the four columns of a block.
    let to = to.as_chunks_mut::<SIDE>().0;
    assert!(to.len() == 1, "a transposition needs 16 rows");
    for column in 0..4 {
        let (a, b, c, d) = (t[column], t[column + 4], t[column + 8], t[column + 12]);
        let (ab_low, ab_high) = (_mm512_shuffle_i32x4::<0x44>(a, b), _mm512_shuffle_i32x4::<0xEE>(a, b));
        let (cd_low, cd_high) = (_mm512_shuffle_i32x4::<0x44>(c, d), _mm512_shuffle_i32x4::<0xEE>(c, d));
        to[0][column].store_bits(_mm512_shuffle_i32x4::<0x88>(ab_low, cd_low));
        to[0][column + 4].store_bits(_mm512_shuffle_i32x4::<0xDD>(ab_low, cd_low));
        to[0][column + 8].store_bits(_mm512_shuffle_i32x4::<0x88>(ab_high, cd_high));
        to[0][column + 12].store_bits(_mm512_shuffle_i32x4::<0xDD>(ab_high, cd_high));
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{Random, amx_or_skip, to_bf16};
    use super::*;

    #[test]
    fn pairs_round_to_nearest() {
        amx_or_skip!("pairs_round_to_nearest");
        let special = [0.0, -0.0, 1.0, 1.003_906_2, f32::INFINITY, f32::NEG_INFINITY, f32::MIN_POSITIVE, 3e38];
        let mut random = Random::new(1);
        let mut values = special.to_vec();
        values.extend(random.vector(24));
        let (even, odd) = (values[..16].as_chunks().0[0], values[16..].as_chunks().0[0]);
        let mut row = Row([0; SIDE]);
        // SAFETY: the CPU has AVX-512, or the test was skipped.
        unsafe { row.store_bits(pack_pairs(load(&even), load(&odd))) };
        for i in 0..SIDE {
            assert_eq!(
                row.0[i],
                u32::from(to_bf16(odd[i])) << 16 | u32::from(to_bf16(even[i])),
                "{} {}",
                even[i],
                odd[i]
            );
        }
    }

    #[test]
    fn not_a_number_stays_so() {
        amx_or_skip!("not_a_number_stays_so");
        let nan = [f32::NAN; SIDE];
        let mut row = Row([0; SIDE]);
        // SAFETY: the CPU has AVX-512, or the test was skipped.
        unsafe { row.store_bits(pack_pairs(load(&nan), load(&nan))) };
        assert!(f32::from_bits(row.0[0] << 16).is_nan() && f32::from_bits(row.0[0] & 0xFFFF_0000).is_nan());
    }

    #[test]
    fn transposes() {
        amx_or_skip!("transposes");
        let from: [Row; SIDE] = std::array::from_fn(|i| Row(std::array::from_fn(|j| (i * 100 + j) as u32)));
        let mut to = [Row([0; SIDE]); SIDE];
        // SAFETY: the CPU has AVX-512, or the test was skipped.
        unsafe { transpose(&from, &mut to) };
        for (i, j) in (0..SIDE).flat_map(|i| (0..SIDE).map(move |j| (i, j))) {
            assert_eq!(to[i].0[j], from[j].0[i]);
        }
    }
}
