//! AVX2 with FMA and half-precision loads: 8 lanes, 16 registers.

use core::arch::asm;
use core::arch::x86_64::*;

use super::integers::Format;
use super::screen::{ByteTile, Factors};
use super::simd::{Simd, transpose_square};
use super::tile::{IntegerTile, Tile};
use super::{gemm, integers, screen};

const LANES: usize = 8;

/// Proof that the CPU has AVX2, FMA and F16C (all CPUs with AVX2 do), and with `VNNI` also AVX-VNNI.
#[derive(Clone, Copy, Debug)]
pub(super) struct Avx2<const VNNI: bool> {
    _detected: (),
}

#[target_feature(enable = "avx2,fma,f16c")]
fn with_features<R>(f: impl FnOnce() -> R) -> R {
    f()
}

#[target_feature(enable = "avx2,fma,f16c,avxvnni")]
fn with_vnni<R>(f: impl FnOnce() -> R) -> R {
    f()
}

/// All bits set in the first `lanes` lanes, fewer than 8.
#[inline(always)]
fn first(lanes: usize) -> __m256i {
    static WINDOW: [i32; 2 * LANES] = [-1, -1, -1, -1, -1, -1, -1, -1, 0, 0, 0, 0, 0, 0, 0, 0];
    debug_assert!(lanes < LANES);
    let start = LANES - lanes % LANES;
    // SAFETY: start is 1..=8, so eight values follow it in the window.
    unsafe { _mm256_loadu_si256(WINDOW.as_ptr().add(start).cast()) }
}

/// Adds the halves of a vector, then its quarters, then the last two values.
#[target_feature(enable = "avx2")]
fn sum(a: __m256) -> f32 {
    let halves = _mm_add_ps(_mm256_castps256_ps128(a), _mm256_extractf128_ps::<1>(a));
    let quarters = _mm_add_ps(halves, _mm_movehl_ps(halves, halves));
    _mm_cvtss_f32(_mm_add_ss(quarters, _mm_movehdup_ps(quarters)))
}

/// Transposes the 8 × 8 matrix whose rows are the vectors: 4 × 4 blocks within 128-bit lanes, then the lanes.
#[target_feature(enable = "avx2")]
fn transpose(rows: [__m256; LANES]) -> [__m256; LANES] {
    let mut blocks = rows;
    for i in [0, 4] {
        let [a, b, c, d] = [rows[i], rows[i + 1], rows[i + 2], rows[i + 3]];
        let (ab_low, ab_high) = (_mm256_unpacklo_ps(a, b), _mm256_unpackhi_ps(a, b));
        let (cd_low, cd_high) = (_mm256_unpacklo_ps(c, d), _mm256_unpackhi_ps(c, d));
        blocks[i] = _mm256_shuffle_ps::<0b01_00_01_00>(ab_low, cd_low);
        blocks[i + 1] = _mm256_shuffle_ps::<0b11_10_11_10>(ab_low, cd_low);
        blocks[i + 2] = _mm256_shuffle_ps::<0b01_00_01_00>(ab_high, cd_high);
        blocks[i + 3] = _mm256_shuffle_ps::<0b11_10_11_10>(ab_high, cd_high);
    }
    let mut out = rows;
    for i in 0..4 {
        out[i] = _mm256_permute2f128_ps::<0x20>(blocks[i], blocks[i + 4]);
        out[i + 4] = _mm256_permute2f128_ps::<0x31>(blocks[i], blocks[i + 4]);
    }
    out
}

/// `sums + a₀·b₀ + a₁·b₁` in each 32-bit lane.
#[inline]
#[target_feature(enable = "avx2")]
fn add_pairs(sums: __m256i, a: __m256i, b: __m256i) -> __m256i {
    let mut sums = _mm256_add_epi32(sums, _mm256_madd_epi16(a, b));
    // Fixes the order of the sums: the compiler would group several terms of one sum and run out of registers.
    // SAFETY: the assembly is a comment.
    unsafe { asm!("/* {0} */", inout(ymm_reg) sums, options(nomem, nostack, preserves_flags)) };
    sums
}

/// The same as a single instruction.
#[inline]
#[target_feature(enable = "avxvnni")]
fn dot_pairs(mut sums: __m256i, a: __m256i, b: __m256i) -> __m256i {
    // The compiler turns the intrinsic into two instructions if the last term was added to the same sums.
    // SAFETY: the CPU has the instruction, which reads and writes nothing but these registers.
    unsafe {
        asm!(
            "{{vex}} vpdpwssd {0}, {1}, {2}", inout(ymm_reg) sums, in(ymm_reg) a, in(ymm_reg) b,
            options(pure, nomem, nostack, preserves_flags)
        );
    }
    sums
}

/// `sums + a₀·b₀ + … + a₃·b₃` in each 32-bit lane, `a` unsigned and at most 127.
#[inline]
#[target_feature(enable = "avx2")]
fn add_quads(sums: __m256i, a: __m256i, b: __m256i) -> __m256i {
    let pairs = _mm256_madd_epi16(_mm256_maddubs_epi16(a, b), _mm256_set1_epi16(1));
    let mut sums = _mm256_add_epi32(sums, pairs);
    // SAFETY: as in `add_pairs`.
    unsafe { asm!("/* {0} */", inout(ymm_reg) sums, options(nomem, nostack, preserves_flags)) };
    sums
}

/// The same for two groups, with `a₀·b₀ + a₁·b₁` of both added in 16 bits, and `a₂·b₂ + a₃·b₃` of both: these have to
/// fit, whatever `a` is.
#[inline]
#[target_feature(enable = "avx2")]
fn add_two_quads(sums: __m256i, a: [__m256i; 2], b: [__m256i; 2]) -> __m256i {
    let pairs = _mm256_add_epi16(_mm256_maddubs_epi16(a[0], b[0]), _mm256_maddubs_epi16(a[1], b[1]));
    let mut sums = _mm256_add_epi32(sums, _mm256_madd_epi16(pairs, _mm256_set1_epi16(1)));
    // SAFETY: as in `add_pairs`.
    unsafe { asm!("/* {0} */", inout(ymm_reg) sums, options(nomem, nostack, preserves_flags)) };
    sums
}

impl<const VNNI: bool> Simd for Avx2<VNNI> {
    type Vector = __m256;
    type Integers = __m256i;

    const LANES: usize = LANES;
    /// 6 × 2 sums, two vectors of a panel and one broadcast value: 15 of the 16 registers.
    const TILE_ROWS: usize = 6;
    const TILE_COLUMNS: usize = 2 * LANES;
    const BYTE_ROWS: usize = 6;
    /// Without VNNI two products are added in 16 bits, in whose range 2 · 127 · 127 stays.
    const UNSIGNED_LIMIT: i32 = if VNNI { 127 } else { 63 };

    fn new() -> Option<Self> {
        let all =
            is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma") && is_x86_feature_detected!("f16c");
        (all && (!VNNI || is_x86_feature_detected!("avxvnni"))).then_some(Self { _detected: () })
    }

    #[inline(always)]
    fn vectorize<R>(self, f: impl FnOnce() -> R) -> R {
        // SAFETY: holding `self` proves that the CPU has AVX2 and FMA.
        unsafe { if VNNI { with_vnni(f) } else { with_features(f) } }
    }

    #[inline(never)]
    fn multiply(self, tile: &mut Tile<'_>) {
        gemm::multiply_tile!(self, tile, rows: 1 2 3 4 5 6, ROWS => gemm::multiply_rows::<Self, ROWS, 2>(self, tile));
    }

    #[inline(never)]
    fn multiply_integers<F: Format>(self, tile: &mut IntegerTile<'_>) {
        // Two groups at a time need four vectors of a panel, two broadcast values and two products in registers, which
        // leaves eight for sums.
        if F::LIMIT_IN_16_BITS.is_some() && tile.rows > 4 {
            for half in &mut tile.halves(Self::TILE_COLUMNS) {
                self.multiply_integers::<F>(half);
            }
            return;
        }
        gemm::multiply_tile!(
            self, tile, rows: 1 2 3 4 5 6, ROWS => integers::multiply_rows::<Self, F, ROWS, 2>(self, tile)
        );
    }

    #[inline(never)]
    fn multiply_bytes(self, factors: &Factors<'_>, tile: &mut ByteTile) {
        self.vectorize(
            #[inline(always)]
            || screen::multiply::<Self, 6, 2>(self, factors, tile),
        );
    }

    #[inline(always)]
    fn transpose_square(self, source: &[f32], source_stride: usize, target: &mut [f32], target_stride: usize) {
        transpose_square(
            self,
            #[inline(always)]
            |rows| {
                // SAFETY: holding `self` proves that the CPU has AVX2.
                unsafe { transpose(rows) }
            },
            (source, source_stride),
            (target, target_stride),
        );
    }

    #[inline(always)]
    fn splat(self, value: f32) -> __m256 {
        // SAFETY: holding `self` proves that the CPU has AVX2.
        unsafe { _mm256_set1_ps(value) }
    }

    #[inline(always)]
    unsafe fn load_at(self, address: *const f32) -> __m256 {
        // SAFETY: the caller vouches for the address, `self` for AVX2.
        unsafe { _mm256_loadu_ps(address) }
    }

    #[inline(always)]
    unsafe fn load_half_at(self, address: *const u16) -> __m256 {
        // SAFETY: the caller vouches for the address, `self` for AVX2 and F16C.
        unsafe { _mm256_cvtph_ps(_mm_loadu_si128(address.cast())) }
    }

    #[inline(always)]
    unsafe fn store_at(self, vector: __m256, address: *mut f32) {
        // SAFETY: the caller vouches for the address, `self` for AVX2.
        unsafe { _mm256_storeu_ps(address, vector) }
    }

    #[inline(always)]
    fn prefetch(self, address: *const f32) {
        // SAFETY: a prefetch reads nothing, whatever the address.
        unsafe { _mm_prefetch::<_MM_HINT_T0>(address.cast()) }
    }

    #[inline(always)]
    fn load_partial(self, values: &[f32]) -> __m256 {
        // SAFETY: the mask covers the slice or, were it longer, a part of it; masked-out lanes are not read.
        unsafe { _mm256_maskload_ps(values.as_ptr(), first(values.len())) }
    }

    #[inline(always)]
    fn store_partial(self, vector: __m256, values: &mut [f32]) {
        // SAFETY: the mask covers the slice or, were it longer, a part of it; masked-out lanes are not written.
        unsafe { _mm256_maskstore_ps(values.as_mut_ptr(), first(values.len()), vector) }
    }

    #[inline(always)]
    fn add(self, a: __m256, b: __m256) -> __m256 {
        // SAFETY: holding `self` proves that the CPU has AVX2.
        unsafe { _mm256_add_ps(a, b) }
    }

    #[inline(always)]
    fn sub(self, a: __m256, b: __m256) -> __m256 {
        // SAFETY: holding `self` proves that the CPU has AVX2.
        unsafe { _mm256_sub_ps(a, b) }
    }

    #[inline(always)]
    fn mul(self, a: __m256, b: __m256) -> __m256 {
        // SAFETY: holding `self` proves that the CPU has AVX2.
        unsafe { _mm256_mul_ps(a, b) }
    }

    #[inline(always)]
    fn div(self, a: __m256, b: __m256) -> __m256 {
        // SAFETY: holding `self` proves that the CPU has AVX2.
        unsafe { _mm256_div_ps(a, b) }
    }

    #[inline(always)]
    fn mul_add(self, a: __m256, b: __m256, c: __m256) -> __m256 {
        // SAFETY: holding `self` proves that the CPU has FMA.
        unsafe { _mm256_fmadd_ps(a, b, c) }
    }

    #[inline(always)]
    fn min(self, a: __m256, b: __m256) -> __m256 {
        // SAFETY: holding `self` proves that the CPU has AVX2.
        unsafe { _mm256_min_ps(a, b) }
    }

    #[inline(always)]
    fn max(self, a: __m256, b: __m256) -> __m256 {
        // SAFETY: holding `self` proves that the CPU has AVX2.
        unsafe { _mm256_max_ps(a, b) }
    }

    #[inline(always)]
    fn round(self, a: __m256) -> __m256 {
        // SAFETY: holding `self` proves that the CPU has AVX2.
        unsafe { _mm256_round_ps::<{ _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC }>(a) }
    }

    /// Builds 2ⁿ from its exponent bits.
    #[inline(always)]
    fn scale_by_power_of_two(self, a: __m256, n: __m256) -> __m256 {
        // SAFETY: holding `self` proves that the CPU has AVX2.
        unsafe {
            let exponent = _mm256_add_epi32(_mm256_cvtps_epi32(n), _mm256_set1_epi32(127));
            _mm256_mul_ps(a, _mm256_castsi256_ps(_mm256_slli_epi32::<23>(exponent)))
        }
    }

    #[inline(always)]
    fn sum(self, a: __m256) -> f32 {
        // SAFETY: holding `self` proves that the CPU has AVX2.
        unsafe { sum(a) }
    }

    #[inline(always)]
    fn at_least(self, a: __m256, b: __m256) -> u32 {
        // SAFETY: holding `self` proves that the CPU has AVX2.
        unsafe { _mm256_movemask_ps(_mm256_cmp_ps::<_CMP_GE_OQ>(a, b)) as u32 }
    }

    #[inline(always)]
    fn no_integers(self) -> __m256i {
        // SAFETY: holding `self` proves that the CPU has AVX2.
        unsafe { _mm256_setzero_si256() }
    }

    #[inline(always)]
    unsafe fn load_words_at(self, address: *const i32) -> __m256i {
        // SAFETY: the caller vouches for the address, `self` for AVX2.
        unsafe { _mm256_loadu_si256(address.cast()) }
    }

    #[inline(always)]
    unsafe fn splat_word_at(self, address: *const i32) -> __m256i {
        // SAFETY: the caller vouches for the address, `self` for AVX2.
        unsafe { _mm256_set1_epi32(address.read_unaligned()) }
    }

    #[inline(always)]
    fn add_pairs(self, sums: __m256i, a: __m256i, b: __m256i) -> __m256i {
        // SAFETY: holding `self` proves that the CPU has AVX2, and AVX-VNNI where that is used.
        unsafe { if VNNI { dot_pairs(sums, a, b) } else { add_pairs(sums, a, b) } }
    }

    #[inline(always)]
    fn add_quads(self, sums: __m256i, a: __m256i, b: __m256i) -> __m256i {
        // SAFETY: holding `self` proves that the CPU has AVX2, and AVX-VNNI where that is used.
        unsafe { if VNNI { _mm256_dpbusd_avx_epi32(sums, a, b) } else { add_quads(sums, a, b) } }
    }

    #[inline(always)]
    fn add_two_quads(self, sums: __m256i, a: [__m256i; 2], b: [__m256i; 2]) -> __m256i {
        if VNNI {
            return self.add_quads(self.add_quads(sums, a[0], b[0]), a[1], b[1]);
        }
        // SAFETY: holding `self` proves that the CPU has AVX2.
        unsafe { add_two_quads(sums, a, b) }
    }

    #[inline(always)]
    fn mul_words(self, a: __m256i, b: __m256i) -> __m256i {
        // SAFETY: holding `self` proves that the CPU has the instruction.
        unsafe { _mm256_mullo_epi32(a, b) }
    }

    #[inline(always)]
    fn to_floats(self, integers: __m256i) -> __m256 {
        // SAFETY: holding `self` proves that the CPU has AVX2.
        unsafe { _mm256_cvtepi32_ps(integers) }
    }

    #[inline(always)]
    unsafe fn store_rounded_at(self, [low, high]: [__m256; 2], address: *mut i16) {
        // SAFETY: the caller vouches for the address, `self` for AVX2. Packing works within halves, which the
        // permutation undoes.
        unsafe {
            let packed = _mm256_packs_epi32(_mm256_cvtps_epi32(low), _mm256_cvtps_epi32(high));
            _mm256_storeu_si256(address.cast(), _mm256_permute4x64_epi64::<0b11_01_10_00>(packed));
        }
    }

    #[inline(always)]
    unsafe fn store_bytes_at(self, vector: __m256, offset: i32, address: *mut u8) {
        // SAFETY: the caller vouches for the address, `self` for AVX2. Packing works within halves, each of which
        // leaves four bytes.
        unsafe {
            let integers = _mm256_add_epi32(_mm256_cvtps_epi32(vector), _mm256_set1_epi32(offset));
            let words = _mm256_packs_epi32(integers, integers);
            let bytes = _mm256_packus_epi16(words, words);
            let halves = [_mm256_extract_epi32::<0>(bytes), _mm256_extract_epi32::<4>(bytes)];
            address.cast::<[i32; 2]>().write_unaligned(halves);
        }
    }
}
