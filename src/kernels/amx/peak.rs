//! The peak rate of the tile unit.

use super::Amx;
use super::tile::{DEPTH, ROW_BYTES, Row, SIDE, Tile, Tiles, tile_dot, tile_dot_bytes, tile_load, tile_zero};
use crate::kernels::Precision;

/// A pair of ones in bf16, and four ones in bytes. The tiles contain non-zero numbers, because some CPUs are faster
/// with tiles that are known to be zero.
const ONES: u32 = 0x3F80_3F80;
const BYTES: u32 = 0x0101_0101;
/// Independent sums, as in a product.
const CHAINS: usize = 4;

macro_rules! rounds {
    ($ones:expr, $dot:ident, $rounds:expr) => {{
        let ones = Tile([Row([$ones; SIDE]); SIDE]);
        // SAFETY: the caller configured the tiles, and the address is that of a contiguous tile.
        unsafe {
            tile_zero!("tmm0", "tmm1", "tmm2", "tmm3");
            tile_load!("tmm4", &raw const ones, ROW_BYTES);
            tile_load!("tmm5", &raw const ones, ROW_BYTES);
            tile_load!("tmm6", &raw const ones, ROW_BYTES);
            tile_load!("tmm7", &raw const ones, ROW_BYTES);
            for _ in 0..$rounds {
                $dot!("tmm0", "tmm4", "tmm6");
                $dot!("tmm2", "tmm5", "tmm6");
                $dot!("tmm1", "tmm4", "tmm7");
                $dot!("tmm3", "tmm5", "tmm7");
            }
        }
    }};
}

/// Performs `rounds` of four tile products on registers, of bytes for int8 and of bf16 otherwise; returns the number of
/// operations, counting two for each multiply-add.
pub fn multiply_add(amx: Amx, precision: Precision, rounds: usize) -> f64 {
    let _tiles = Tiles::configure(amx);
    let depth = if precision == Precision::Int8 {
        rounds!(BYTES, tile_dot_bytes, rounds);
        2 * DEPTH
    } else {
        rounds!(ONES, tile_dot, rounds);
        DEPTH
    };
    (2 * CHAINS * SIDE * SIDE * depth * rounds) as f64
}
