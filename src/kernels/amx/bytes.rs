//! Products of bytes, 32 rows by 32 columns at a time; see [`screen`](crate::kernels::screen).

use super::tile::{ROW_BYTES, SIDE, SPAN, Tile, Tiles, tile_dot_bytes, tile_load, tile_store, tile_zero};
use super::{Amx, lanes};
use crate::kernels::avx512::Avx512;
use crate::kernels::screen::{ByteProduct, ByteTile, Factors};
use crate::kernels::simd::Simd;
use std::arch::x86_64::*;

/// Bytes from one row of a panel's tiles to the next: four terms of each of its columns.
const PANEL_ROW: usize = SPAN * 4;
/// Quads of terms in a row of a tile.
const STEP: usize = SIDE;

/// Products of signed bytes on AMX tiles, everything else on AVX-512.
#[derive(Clone, Copy)]
pub struct AmxBytes {
    amx: Amx,
    simd: Avx512<true>,
}

impl AmxBytes {
    pub fn new(amx: Amx) -> Option<Self> {
        Some(Self { amx, simd: Avx512::new()? })
    }
}

/// The tile registers, and the destination of their sums: \[rows 0..16, 16..32\]\[columns 0..16, 16..32\].
pub struct Registers {
    _tiles: Tiles,
    sums: [Tile; 4],
}

impl ByteProduct for AmxBytes {
    type Simd = Avx512<true>;
    type Registers = Registers;

    const ROWS: usize = SPAN;
    const COLUMNS: usize = SPAN;
    const RUN: usize = ROW_BYTES;
    const RIGHT_LIMIT: i32 = i8::MAX as i32;
    /// Both factors are signed.
    const OFFSET: i32 = 0;

    fn simd(self) -> Avx512<true> {
        self.simd
    }

    fn registers(self) -> Registers {
        Registers { _tiles: Tiles::configure(self.amx), sums: [Tile::ZERO; 4] }
    }

    fn multiply(self, registers: &mut Registers, factors: &Factors<'_>, tile: &mut ByteTile) {
        // SAFETY: `Amx` proves that the CPU has AVX-512.
        unsafe { multiply(registers, factors, tile) }
    }
}

#[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl")]
fn multiply(Registers { sums, .. }: &mut Registers, factors: &Factors<'_>, tile: &mut ByteTile) {
    let &Factors { quads, left, panel, row_scales, column_scales, .. } = factors;
    assert!(quads.is_multiple_of(STEP) && left.len() >= quads * SPAN * 4 && panel.len() >= quads * PANEL_ROW);
    // SAFETY: tiles are configured. A step reads `SPAN` rows of 64 bytes on the left, and on the right 16 rows of
    // `PANEL_ROW` bytes; both factors have that many for each 16 quads. The sums are contiguous tiles.
    unsafe {
        tile_zero!("tmm0", "tmm1", "tmm2", "tmm3");
        for step in 0..quads / STEP {
            let rows = left.as_ptr().add(step * SPAN * ROW_BYTES);
            let columns = panel.as_ptr().add(step * SIDE * PANEL_ROW);
            tile_load!("tmm4", rows, ROW_BYTES);
            tile_load!("tmm6", columns, PANEL_ROW);
            tile_load!("tmm5", rows.add(SIDE * ROW_BYTES), ROW_BYTES);
            tile_load!("tmm7", columns.add(ROW_BYTES), PANEL_ROW);
            tile_dot_bytes!("tmm0", "tmm4", "tmm6");
            tile_dot_bytes!("tmm2", "tmm5", "tmm6");
            tile_dot_bytes!("tmm1", "tmm4", "tmm7");
            tile_dot_bytes!("tmm3", "tmm5", "tmm7");
        }
        let [a, b, c, d] = sums.each_mut().map(|sums| sums.0.as_mut_ptr());
        tile_store!("tmm0", a);
        tile_store!("tmm1", b);
        tile_store!("tmm2", c);
        tile_store!("tmm3", d);
    }
    let row_scales = &row_scales[..SPAN];
    let [low, high]: [&[f32; SIDE]; 2] = halves(column_scales);
    let scales = [lanes::load(low), lanes::load(high)];
    let [low, high] = halves(&tile.column_least);
    let least = [lanes::load(low), lanes::load(high)];
    let (approximate, _) = tile.approximate.as_chunks_mut::<SPAN>();
    for row in 0..SPAN {
        let scale = _mm512_set1_ps(row_scales[row]);
        let (bound, row_least) = (_mm512_set1_ps(tile.bounds[row]), _mm512_set1_ps(tile.row_least[row]));
        let (halves, _) = approximate[row].as_chunks_mut::<SIDE>();
        let mut found = 0;
        for half in 0..2 {
            let sum = _mm512_cvtepi32_ps(sums[row / SIDE * 2 + half].0[row % SIDE].load_bits());
            let product = _mm512_mul_ps(sum, _mm512_mul_ps(scale, scales[half]));
            lanes::store(&mut halves[half], product);
            let reached =
                _mm512_cmp_ps_mask::<_CMP_GE_OQ>(_mm512_add_ps(product, bound), _mm512_min_ps(least[half], row_least));
            found |= u32::from(reached) << (half * SIDE);
        }
        tile.found[row] = found;
    }
}

/// The first and the second half of 32 values.
#[inline]
fn halves(values: &[f32]) -> [&[f32; SIDE]; 2] {
    let (halves, _) = values.as_chunks();
    [&halves[0], &halves[1]]
}
