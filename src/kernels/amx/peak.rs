//! What the tile unit can do at most.

use super::Amx;
use super::tile::{DEPTH, ROW_BYTES, Row, SIDE, Tile, Tiles, tile_dot, tile_load, tile_zero};

/// A pair of ones in bf16. The tiles hold numbers, because some CPUs are quicker with tiles that are known to be zero.
const ONES: u32 = 0x3F80_3F80;

/// Does `rounds` of four tile products on registers; returns the floating-point operations done, two for each
/// multiply-add.
pub fn multiply_add(amx: Amx, rounds: usize) -> f64 {
    /// Independent sums, as in a product.
    const CHAINS: usize = 4;
    let ones = Tile([Row([ONES; SIDE]); SIDE]);
    let _tiles = Tiles::configure(amx);
    // SAFETY: tiles are configured, and the address is that of a contiguous tile.
    unsafe {
        tile_zero!("tmm0", "tmm1", "tmm2", "tmm3");
        tile_load!("tmm4", &raw const ones, ROW_BYTES);
        tile_load!("tmm5", &raw const ones, ROW_BYTES);
        tile_load!("tmm6", &raw const ones, ROW_BYTES);
        tile_load!("tmm7", &raw const ones, ROW_BYTES);
        for _ in 0..rounds {
            tile_dot!("tmm0", "tmm4", "tmm6");
            tile_dot!("tmm2", "tmm5", "tmm6");
            tile_dot!("tmm1", "tmm4", "tmm7");
            tile_dot!("tmm3", "tmm5", "tmm7");
        }
    }
    (2 * CHAINS * SIDE * SIDE * DEPTH * rounds) as f64
}
