//! AVX-512: 16 lanes, 32 registers, masks for partial vectors.

use core::arch::x86_64::*;

use super::gemm::{self, Tile};
use super::simd::Simd;

const LANES: usize = 16;

/// Proof that the CPU has AVX-512F.
#[derive(Clone, Copy, Debug)]
pub(super) struct Avx512 {
    _detected: (),
}

impl Avx512 {
    /// The proof, if this CPU has AVX-512F and the operating system keeps its registers.
    pub(super) fn new() -> Option<Self> {
        is_x86_feature_detected!("avx512f").then_some(Self { _detected: () })
    }
}

#[target_feature(enable = "avx512f")]
fn with_features<R>(f: impl FnOnce() -> R) -> R {
    f()
}

/// A mask of the first `lanes` lanes, fewer than 16.
#[inline(always)]
fn first(lanes: usize) -> __mmask16 {
    debug_assert!(lanes < LANES);
    (1u16 << (lanes % LANES)) - 1
}

/// Transposes the 16 × 16 matrix whose rows are the vectors: 4 × 4 blocks within 128-bit lanes, then the lanes.
#[target_feature(enable = "avx512f")]
fn transpose(rows: [__m512; LANES]) -> [__m512; LANES] {
    let mut blocks = rows;
    for i in (0..LANES).step_by(4) {
        let [a, b, c, d] = [rows[i], rows[i + 1], rows[i + 2], rows[i + 3]];
        let (ab_low, ab_high) = (_mm512_unpacklo_ps(a, b), _mm512_unpackhi_ps(a, b));
        let (cd_low, cd_high) = (_mm512_unpacklo_ps(c, d), _mm512_unpackhi_ps(c, d));
        blocks[i] = _mm512_shuffle_ps::<0b01_00_01_00>(ab_low, cd_low);
        blocks[i + 1] = _mm512_shuffle_ps::<0b11_10_11_10>(ab_low, cd_low);
        blocks[i + 2] = _mm512_shuffle_ps::<0b01_00_01_00>(ab_high, cd_high);
        blocks[i + 3] = _mm512_shuffle_ps::<0b11_10_11_10>(ab_high, cd_high);
    }
    let mut out = rows;
    for i in 0..4 {
        let [a, b, c, d] = [blocks[i], blocks[i + 4], blocks[i + 8], blocks[i + 12]];
        let (ab_even, ab_odd) = (_mm512_shuffle_f32x4::<0b10_00_10_00>(a, b), _mm512_shuffle_f32x4::<0b11_01_11_01>(a, b));
        let (cd_even, cd_odd) = (_mm512_shuffle_f32x4::<0b10_00_10_00>(c, d), _mm512_shuffle_f32x4::<0b11_01_11_01>(c, d));
        out[i] = _mm512_shuffle_f32x4::<0b10_00_10_00>(ab_even, cd_even);
        out[i + 4] = _mm512_shuffle_f32x4::<0b10_00_10_00>(ab_odd, cd_odd);
        out[i + 8] = _mm512_shuffle_f32x4::<0b11_01_11_01>(ab_even, cd_even);
        out[i + 12] = _mm512_shuffle_f32x4::<0b11_01_11_01>(ab_odd, cd_odd);
    }
    out
}

impl Simd for Avx512 {
    type Vector = __m512;

    const LANES: usize = LANES;
    /// 14 × 2 sums, two vectors of a panel and one broadcast value: 31 of the 32 registers.
    const TILE_ROWS: usize = 14;
    const TILE_COLUMNS: usize = 2 * LANES;

    #[inline(always)]
    fn vectorize<R>(self, f: impl FnOnce() -> R) -> R {
        // SAFETY: holding `self` proves that the CPU has AVX-512F.
        unsafe { with_features(f) }
    }

    #[inline(never)]
    fn multiply(self, tile: &mut Tile<'_>) {
        gemm::multiply_tile!(self, tile, vectors: 2, rows: 1 2 3 4 5 6 7 8 9 10 11 12 13 14);
    }

    #[inline(always)]
    fn transpose_square(self, source: &[f32], source_stride: usize, target: &mut [f32], target_stride: usize) {
        let mut vectors = [self.splat(0.0); LANES];
        for (i, vector) in vectors.iter_mut().enumerate() {
            *vector = self.load(&source[i * source_stride..]);
        }
        // SAFETY: holding `self` proves that the CPU has AVX-512F.
        let columns = unsafe { transpose(vectors) };
        for (i, column) in columns.into_iter().enumerate() {
            self.store(column, &mut target[i * target_stride..]);
        }
    }

    #[inline(always)]
    fn splat(self, value: f32) -> __m512 {
        // SAFETY: holding `self` proves that the CPU has AVX-512F.
        unsafe { _mm512_set1_ps(value) }
    }

    #[inline(always)]
    unsafe fn load_at(self, address: *const f32) -> __m512 {
        // SAFETY: the caller vouches for the address, `self` for AVX-512F.
        unsafe { _mm512_loadu_ps(address) }
    }

    #[inline(always)]
    unsafe fn load_half_at(self, address: *const u16) -> __m512 {
        // SAFETY: the caller vouches for the address, `self` for AVX-512F.
        unsafe { _mm512_cvtph_ps(_mm256_loadu_si256(address.cast())) }
    }

    #[inline(always)]
    unsafe fn store_at(self, vector: __m512, address: *mut f32) {
        // SAFETY: the caller vouches for the address, `self` for AVX-512F.
        unsafe { _mm512_storeu_ps(address, vector) }
    }

    #[inline(always)]
    fn load_partial(self, values: &[f32]) -> __m512 {
        // SAFETY: the mask covers the slice or, were it longer, a part of it; masked-out lanes are not read.
        unsafe { _mm512_maskz_loadu_ps(first(values.len()), values.as_ptr()) }
    }

    #[inline(always)]
    fn store_partial(self, vector: __m512, values: &mut [f32]) {
        // SAFETY: the mask covers the slice or, were it longer, a part of it; masked-out lanes are not written.
        unsafe { _mm512_mask_storeu_ps(values.as_mut_ptr(), first(values.len()), vector) }
    }

    #[inline(always)]
    fn add(self, a: __m512, b: __m512) -> __m512 {
        // SAFETY: holding `self` proves that the CPU has AVX-512F.
        unsafe { _mm512_add_ps(a, b) }
    }

    #[inline(always)]
    fn sub(self, a: __m512, b: __m512) -> __m512 {
        // SAFETY: holding `self` proves that the CPU has AVX-512F.
        unsafe { _mm512_sub_ps(a, b) }
    }

    #[inline(always)]
    fn mul(self, a: __m512, b: __m512) -> __m512 {
        // SAFETY: holding `self` proves that the CPU has AVX-512F.
        unsafe { _mm512_mul_ps(a, b) }
    }

    #[inline(always)]
    fn div(self, a: __m512, b: __m512) -> __m512 {
        // SAFETY: holding `self` proves that the CPU has AVX-512F.
        unsafe { _mm512_div_ps(a, b) }
    }

    #[inline(always)]
    fn mul_add(self, a: __m512, b: __m512, c: __m512) -> __m512 {
        // SAFETY: holding `self` proves that the CPU has AVX-512F.
        unsafe { _mm512_fmadd_ps(a, b, c) }
    }

    #[inline(always)]
    fn min(self, a: __m512, b: __m512) -> __m512 {
        // SAFETY: holding `self` proves that the CPU has AVX-512F.
        unsafe { _mm512_min_ps(a, b) }
    }

    #[inline(always)]
    fn max(self, a: __m512, b: __m512) -> __m512 {
        // SAFETY: holding `self` proves that the CPU has AVX-512F.
        unsafe { _mm512_max_ps(a, b) }
    }

    #[inline(always)]
    fn round(self, a: __m512) -> __m512 {
        // SAFETY: holding `self` proves that the CPU has AVX-512F.
        unsafe { _mm512_roundscale_ps::<{ _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC }>(a) }
    }

    #[inline(always)]
    fn scale_by_power_of_two(self, a: __m512, n: __m512) -> __m512 {
        // SAFETY: holding `self` proves that the CPU has AVX-512F.
        unsafe { _mm512_scalef_ps(a, n) }
    }

    #[inline(always)]
    fn sum(self, a: __m512) -> f32 {
        // SAFETY: holding `self` proves that the CPU has AVX-512F.
        unsafe { _mm512_reduce_add_ps(a) }
    }
}
