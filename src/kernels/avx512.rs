//! AVX-512: 16 lanes, 32 registers, masks for partial vectors.

use core::arch::asm;
use core::arch::x86_64::*;

use super::integers::Format;
use super::screen::{ByteTile, Factors};
use super::simd::{Simd, transpose_square};
use super::tile::{IntegerTile, Tile};
use super::{gemm, integers, screen};

const LANES: usize = 16;

/// Proof that the CPU has AVX-512F and AVX-512BW (all AVX-512 CPUs since 2017 have both), and with `VNNI` also AVX-512
/// VNNI.
#[derive(Clone, Copy, Debug)]
pub(super) struct Avx512<const VNNI: bool> {
    _detected: (),
}

#[target_feature(enable = "avx512f,avx512bw")]
fn with_features<R>(f: impl FnOnce() -> R) -> R {
    f()
}

#[target_feature(enable = "avx512f,avx512bw,avx512vnni")]
fn with_vnni<R>(f: impl FnOnce() -> R) -> R {
    f()
}

/// `sums + a₀·b₀ + a₁·b₁` in each 32-bit lane, as one instruction.
#[inline]
#[target_feature(enable = "avx512f,avx512vnni")]
fn dot_pairs(mut sums: __m512i, a: __m512i, b: __m512i) -> __m512i {
    // The compiler turns the intrinsic into two instructions if the last term was added to the same sums.
    // SAFETY: the CPU has the instruction, which reads and writes nothing but these registers.
    unsafe {
        asm!(
            "vpdpwssd {0}, {1}, {2}", inout(zmm_reg) sums, in(zmm_reg) a, in(zmm_reg) b,
            options(pure, nomem, nostack, preserves_flags)
        );
    }
    sums
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
        let (ab_even, ab_odd) =
            (_mm512_shuffle_f32x4::<0b10_00_10_00>(a, b), _mm512_shuffle_f32x4::<0b11_01_11_01>(a, b));
        let (cd_even, cd_odd) =
            (_mm512_shuffle_f32x4::<0b10_00_10_00>(c, d), _mm512_shuffle_f32x4::<0b11_01_11_01>(c, d));
        out[i] = _mm512_shuffle_f32x4::<0b10_00_10_00>(ab_even, cd_even);
        out[i + 4] = _mm512_shuffle_f32x4::<0b10_00_10_00>(ab_odd, cd_odd);
        out[i + 8] = _mm512_shuffle_f32x4::<0b11_01_11_01>(ab_even, cd_even);
        out[i + 12] = _mm512_shuffle_f32x4::<0b11_01_11_01>(ab_odd, cd_odd);
    }
    out
}

/// `sums + a₀·b₀ + a₁·b₁` in each 32-bit lane.
#[inline]
#[target_feature(enable = "avx512f,avx512bw")]
fn add_pairs(sums: __m512i, a: __m512i, b: __m512i) -> __m512i {
    let mut sums = _mm512_add_epi32(sums, _mm512_madd_epi16(a, b));
    // Fixes the order of the sums: the compiler would group several terms of one sum and run out of registers.
    // SAFETY: the assembly is a comment.
    unsafe { asm!("/* {0} */", inout(zmm_reg) sums, options(nomem, nostack, preserves_flags)) };
    sums
}

/// `sums + a₀·b₀ + … + a₃·b₃` in each 32-bit lane, `a` unsigned and at most 127.
#[inline]
#[target_feature(enable = "avx512f,avx512bw")]
fn add_quads(sums: __m512i, a: __m512i, b: __m512i) -> __m512i {
    let pairs = _mm512_madd_epi16(_mm512_maddubs_epi16(a, b), _mm512_set1_epi16(1));
    let mut sums = _mm512_add_epi32(sums, pairs);
    // SAFETY: as in `add_pairs`.
    unsafe { asm!("/* {0} */", inout(zmm_reg) sums, options(nomem, nostack, preserves_flags)) };
    sums
}

impl<const VNNI: bool> Simd for Avx512<VNNI> {
    type Vector = __m512;
    type Integers = __m512i;

    const LANES: usize = LANES;
    /// 14 × 2 sums, two vectors of a panel and one broadcast value: 31 of the 32 registers.
    const TILE_ROWS: usize = 14;
    const TILE_COLUMNS: usize = 2 * LANES;
    const BYTE_ROWS: usize = 14;
    /// Without VNNI two products are added in 16 bits, in whose range 2 · 127 · 127 stays.
    const UNSIGNED_LIMIT: i32 = if VNNI { 127 } else { 63 };

    fn new() -> Option<Self> {
        let all = is_x86_feature_detected!("avx512f") && is_x86_feature_detected!("avx512bw");
        (all && (!VNNI || is_x86_feature_detected!("avx512vnni"))).then_some(Self { _detected: () })
    }

    #[inline(always)]
    fn vectorize<R>(self, f: impl FnOnce() -> R) -> R {
        // SAFETY: holding `self` proves that the CPU has AVX-512F.
        unsafe { if VNNI { with_vnni(f) } else { with_features(f) } }
    }

    #[inline(never)]
    fn multiply(self, tile: &mut Tile<'_>) {
        gemm::multiply_tile!(
            self, tile, rows: 1 2 3 4 5 6 7 8 9 10 11 12 13 14,
            ROWS => gemm::multiply_rows::<Self, ROWS, 2>(self, tile)
        );
    }

    #[inline(never)]
    fn multiply_integers<F: Format>(self, tile: &mut IntegerTile<'_>) {
        gemm::multiply_tile!(
            self, tile, rows: 1 2 3 4 5 6 7 8 9 10 11 12 13 14,
            ROWS => integers::multiply_rows::<Self, F, ROWS, 2>(self, tile)
        );
    }

    #[inline(never)]
    fn multiply_bytes(self, factors: &Factors<'_>, tile: &mut ByteTile) {
        self.vectorize(
            #[inline(always)]
            || screen::multiply::<Self, 14, 2>(self, factors, tile),
        );
    }

    #[inline(always)]
    fn transpose_square(self, source: &[f32], source_stride: usize, target: &mut [f32], target_stride: usize) {
        transpose_square(
            self,
            #[inline(always)]
            |rows| {
                // SAFETY: holding `self` proves that the CPU has AVX-512F.
                unsafe { transpose(rows) }
            },
            (source, source_stride),
            (target, target_stride),
        );
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
    fn prefetch(self, address: *const f32) {
        // SAFETY: a prefetch reads nothing, whatever the address.
        unsafe { _mm_prefetch::<_MM_HINT_T0>(address.cast()) }
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

    #[inline(always)]
    fn at_least(self, a: __m512, b: __m512) -> u32 {
        // SAFETY: holding `self` proves that the CPU has AVX-512F.
        u32::from(unsafe { _mm512_cmp_ps_mask::<_CMP_GE_OQ>(a, b) })
    }

    #[inline(always)]
    fn no_integers(self) -> __m512i {
        // SAFETY: holding `self` proves that the CPU has AVX-512.
        unsafe { _mm512_setzero_si512() }
    }

    #[inline(always)]
    unsafe fn load_words_at(self, address: *const i32) -> __m512i {
        // SAFETY: the caller vouches for the address, `self` for AVX-512.
        unsafe { _mm512_loadu_si512(address.cast()) }
    }

    #[inline(always)]
    unsafe fn splat_word_at(self, address: *const i32) -> __m512i {
        // SAFETY: the caller vouches for the address, `self` for AVX-512.
        unsafe { _mm512_set1_epi32(address.read_unaligned()) }
    }

    #[inline(always)]
    fn add_pairs(self, sums: __m512i, a: __m512i, b: __m512i) -> __m512i {
        // SAFETY: holding `self` proves that the CPU has AVX-512 with BW, and VNNI where that is used.
        unsafe { if VNNI { dot_pairs(sums, a, b) } else { add_pairs(sums, a, b) } }
    }

    #[inline(always)]
    fn add_quads(self, sums: __m512i, a: __m512i, b: __m512i) -> __m512i {
        // SAFETY: holding `self` proves that the CPU has AVX-512 with BW, and VNNI where that is used.
        unsafe { if VNNI { _mm512_dpbusd_epi32(sums, a, b) } else { add_quads(sums, a, b) } }
    }

    #[inline(always)]
    fn mul_words(self, a: __m512i, b: __m512i) -> __m512i {
        // SAFETY: holding `self` proves that the CPU has the instruction.
        unsafe { _mm512_mullo_epi32(a, b) }
    }

    #[inline(always)]
    fn to_floats(self, integers: __m512i) -> __m512 {
        // SAFETY: holding `self` proves that the CPU has AVX-512.
        unsafe { _mm512_cvtepi32_ps(integers) }
    }

    #[inline(always)]
    unsafe fn store_rounded_at(self, vectors: [__m512; 2], address: *mut i16) {
        for (i, vector) in vectors.into_iter().enumerate() {
            // SAFETY: the caller vouches for the addresses of both, `self` for AVX-512.
            unsafe {
                let integers = _mm512_cvtsepi32_epi16(_mm512_cvtps_epi32(vector));
                _mm256_storeu_si256(address.add(i * LANES).cast(), integers);
            }
        }
    }

    #[inline(always)]
    unsafe fn store_bytes_at(self, vector: __m512, offset: i32, address: *mut u8) {
        // SAFETY: the caller vouches for the address, `self` for AVX-512.
        unsafe {
            let integers = _mm512_add_epi32(_mm512_cvtps_epi32(vector), _mm512_set1_epi32(offset));
            _mm_storeu_si128(address.cast(), _mm512_cvtusepi32_epi8(integers));
        }
    }
}
