//! Tiles: their memory layout, their configuration, and the instructions as macros.
//!
//! The compiler does not allocate AMX registers, so what one `asm!` leaves in `tmm0` is still there in the next. Every
//! function that relies on this loads or zeroes the tiles it reads.

use super::Amx;
use std::arch::asm;
use std::marker::PhantomData;

/// Rows of a tile, and dwords of a row: the architectural maximum (16 rows of 64 bytes).
pub const SIDE: usize = 16;
/// bf16 values in a row.
pub const DEPTH: usize = 2 * SIDE;
/// Features of a panel and tokens of a strip: two tiles.
pub const SPAN: usize = 2 * SIDE;
/// Bytes from one row of a contiguous tile to the next.
pub const ROW_BYTES: usize = 64;

/// A row of a tile: 16 f32, or 32 bf16 (pairs that are neighbours in the summed dimension share a dword).
#[derive(Clone, Copy)]
#[repr(C, align(64))]
pub struct Row(pub [u32; SIDE]);

/// A tile in memory: 1 KB, contiguous.
#[derive(Clone, Copy)]
#[repr(transparent)]
pub struct Tile(pub [Row; SIDE]);

impl Tile {
    /// All bits zero.
    pub const ZERO: Self = Self([Row([0; SIDE]); SIDE]);
}

/// The rows of all tiles, in order.
pub fn rows(tiles: &[Tile]) -> &[Row] {
    // SAFETY: a Tile is 16 Rows and nothing else.
    unsafe { std::slice::from_raw_parts(tiles.as_ptr().cast(), tiles.len() * SIDE) }
}

/// Views packed weights as rows.
///
/// # Panics
///
/// When the bytes are not whole rows on cache line boundaries.
pub fn bytes_as_rows(bytes: &[u8]) -> &[Row] {
    assert!(bytes.as_ptr().cast::<Row>().is_aligned() && bytes.len().is_multiple_of(ROW_BYTES));
    // SAFETY: aligned (just checked), of the same length, and every bit pattern is a Row.
    unsafe { std::slice::from_raw_parts(bytes.as_ptr().cast(), bytes.len() / ROW_BYTES) }
}

/// Views memory as rows.
///
/// # Panics
///
/// When the bytes are not whole rows on cache line boundaries.
pub fn bytes_as_rows_mut(bytes: &mut [u8]) -> &mut [Row] {
    assert!(bytes.as_ptr().cast::<Row>().is_aligned() && bytes.len().is_multiple_of(ROW_BYTES));
    // SAFETY: as in `bytes_as_rows`, and every Row is valid as bytes.
    unsafe { std::slice::from_raw_parts_mut(bytes.as_mut_ptr().cast(), bytes.len() / ROW_BYTES) }
}

/// Views rows as tiles.
///
/// # Panics
///
/// When the rows are not whole tiles.
pub fn rows_as_tiles(rows: &[Row]) -> &[Tile] {
    assert!(rows.len().is_multiple_of(SIDE));
    // SAFETY: a Tile is 16 Rows and nothing else.
    unsafe { std::slice::from_raw_parts(rows.as_ptr().cast(), rows.len() / SIDE) }
}

/// Views rows as tiles.
///
/// # Panics
///
/// When the rows are not whole tiles.
pub fn rows_as_tiles_mut(rows: &mut [Row]) -> &mut [Tile] {
    assert!(rows.len().is_multiple_of(SIDE));
    // SAFETY: a Tile is 16 Rows and nothing else.
    unsafe { std::slice::from_raw_parts_mut(rows.as_mut_ptr().cast(), rows.len() / SIDE) }
}

/// Views rows as f32 values.
pub fn floats(rows: &[Row]) -> &[f32] {
    // SAFETY: a Row is 16 dwords and nothing else, and every bit pattern is an f32.
    unsafe { std::slice::from_raw_parts(rows.as_ptr().cast(), rows.len() * SIDE) }
}

/// Proof that this thread's eight tile registers are configured as 16 rows of 64 bytes; frees them when dropped.
pub struct Tiles(PhantomData<*const ()>);

impl Tiles {
    /// Configures this thread's tile registers.
    pub fn configure(_: Amx) -> Self {
        /// Palette 1; from byte 16 the row bytes of each tile (u16), from byte 48 the number of rows of each.
        #[repr(C, align(64))]
        struct Configuration([u8; 64]);
        let mut configuration = Configuration([0; 64]);
        configuration.0[0] = 1;
        for tile in 0..8 {
            configuration.0[16 + 2 * tile] = ROW_BYTES as u8;
            configuration.0[48 + tile] = SIDE as u8;
        }
        // SAFETY: `Amx` proves that the CPU has the instruction and the kernel allows it.
        unsafe {
            asm!("ldtilecfg [{}]", in(reg) &raw const configuration, options(nostack, readonly, preserves_flags));
        };
        Self(PhantomData)
    }
}

impl Drop for Tiles {
    fn drop(&mut self) {
        // SAFETY: a `Tiles` exists only where tiles are allowed.
        unsafe { asm!("tilerelease", options(nostack, nomem, preserves_flags)) };
    }
}

/// `tile_zero!("tmm0")`.
macro_rules! tile_zero {
    ($($tile:tt),+) => {
        std::arch::asm!($(concat!("tilezero ", $tile)),+, $(out($tile) _,)+ options(nostack, nomem, preserves_flags))
    };
}

/// `tile_load!("tmm0", address, stride)`: 16 rows of 64 bytes, `stride` bytes apart.
macro_rules! tile_load {
    ($tile:tt, $address:expr, $stride:expr) => {
        std::arch::asm!(concat!("tileloadd ", $tile, ", [{address} + {stride}]"), address = in(reg) $address,
            stride = in(reg) $stride, out($tile) _, options(nostack, readonly, preserves_flags))
    };
}

/// `tile_store!("tmm0", address)`: a contiguous tile.
macro_rules! tile_store {
    ($tile:tt, $address:expr) => {
        std::arch::asm!(concat!("tilestored [{address} + {stride}], ", $tile), address = in(reg) $address,
            stride = in(reg) $crate::kernels::amx::tile::ROW_BYTES, options(nostack, preserves_flags))
    };
}

/// `tile_dot!("tmm0", "tmm4", "tmm6")`: `tmm0 += tmm4 · tmm6`, bf16 by bf16 into f32.
macro_rules! tile_dot {
    ($sums:tt, $left:tt, $right:tt) => {
        std::arch::asm!(concat!("tdpbf16ps ", $sums, ", ", $left, ", ", $right), out($sums) _,
            options(nostack, nomem, preserves_flags))
    };
}

/// `tile_dot_bytes!("tmm0", "tmm4", "tmm6")`: `tmm0 += tmm4 · tmm6`, signed bytes into 32-bit integers.
macro_rules! tile_dot_bytes {
    ($sums:tt, $left:tt, $right:tt) => {
        std::arch::asm!(concat!("tdpbssd ", $sums, ", ", $left, ", ", $right), out($sums) _,
            options(nostack, nomem, preserves_flags))
    };
}

pub(super) use {tile_dot, tile_dot_bytes, tile_load, tile_store, tile_zero};
