//! Shared by the kernels' tests: numbers, tiles made the slow way, and the skip.

use super::tile::{DEPTH, Row, SIDE, SPAN, Tile};

/// The AMX of this machine, or a line saying that `$test` was skipped for lack of it.
macro_rules! amx_or_skip {
    ($test:literal) => {
        match $crate::kernels::amx::Amx::new() {
            Some(amx) => amx,
            None => return println!(concat!("skipped ", $test, ": no AMX here")),
        }
    };
}
pub(super) use amx_or_skip;

/// Sizes around the edges of tiles, strips and blocks.
pub const EDGES: [usize; 13] = [1, 2, 15, 16, 17, 31, 32, 33, 63, 65, 255, 256, 257];

/// A fixed sequence of numbers in -1..1 (a linear congruential generator with Knuth's constants).
pub struct Random(u64);

impl Random {
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub fn next(&mut self) -> f32 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 40) as f32 / (1 << 23) as f32 - 1.0
    }

    pub fn vector(&mut self, len: usize) -> Vec<f32> {
        (0..len).map(|_| self.next()).collect()
    }

    /// Numbers that bf16 represents exactly.
    pub fn exact_vector(&mut self, len: usize) -> Vec<f32> {
        self.vector(len).iter().map(|v| f32::from_bits(v.to_bits() & 0xFFFF_0000)).collect()
    }
}

/// Converts to bf16, ties away from zero.
pub fn to_bf16(value: f32) -> u16 {
    (value.to_bits().wrapping_add(0x8000) >> 16) as u16
}

pub fn from_bf16(bits: u16) -> f32 {
    f32::from_bits(u32::from(bits) << 16)
}

/// `[rows, depth]` of bf16 numbers as left operands, `[panels][depth / 32][2]`.
pub fn left_tiles(matrix: &[f32], depth: usize) -> Vec<Tile> {
    let mut tiles = Vec::new();
    for panel in matrix.chunks(SPAN * depth) {
        for (column, half) in (0..depth).step_by(DEPTH).flat_map(|column| [(column, 0), (column, 1)]) {
            tiles.push(Tile(std::array::from_fn(|row| {
                let values = &panel[(half * SIDE + row) * depth + column..][..DEPTH];
                Row(std::array::from_fn(|i| pair(values[2 * i], values[2 * i + 1])))
            })));
        }
    }
    tiles
}

/// `[tokens, depth]` of bf16 numbers as right operands, `[strips][depth / 32][2]`, padded with zeros.
pub fn right_tiles(states: &[f32], depth: usize) -> Vec<Tile> {
    let value = |token: usize, feature: usize| states.get(token * depth + feature).copied().unwrap_or(0.0);
    let mut tiles = Vec::new();
    for strip in (0..states.len() / depth).step_by(SPAN) {
        for (column, half) in (0..depth).step_by(DEPTH).flat_map(|column| [(column, 0), (column, 1)]) {
            tiles.push(Tile(std::array::from_fn(|row| {
                let feature = column + 2 * row;
                let token = |lane| strip + half * SIDE + lane;
                Row(std::array::from_fn(|lane| pair(value(token(lane), feature), value(token(lane), feature + 1))))
            })));
        }
    }
    tiles
}

/// The value of a feature for a token in right operands of `panels` panels.
pub fn right_value(tiles: &[Tile], panels: usize, token: usize, feature: usize) -> f32 {
    let tile = &tiles[(token / SPAN * panels + feature / SPAN) * 2 + token % SPAN / SIDE];
    let dword = tile.0[feature % SPAN / 2].0[token % SIDE];
    from_bf16((dword >> (feature % 2 * 16)) as u16)
}

/// The value of a feature for a token in f32 sums, `[strips][panels][4]`.
pub fn sum_value(tiles: &[Tile], panels: usize, token: usize, feature: usize) -> f32 {
    let group = token / SPAN * panels + feature / SPAN;
    let tile = &tiles[group * 4 + feature % SPAN / SIDE * 2 + token % SPAN / SIDE];
    f32::from_bits(tile.0[feature % SIDE].0[token % SIDE])
}

fn pair(low: f32, high: f32) -> u32 {
    u32::from(to_bf16(high)) << 16 | u32::from(to_bf16(low))
}

/// `Σ a b` in f64, and `Σ |a b|`, which bounds the effect of rounding.
pub fn dot(a: &[f32], b: &[f32]) -> (f64, f64) {
    let products = a.iter().zip(b).map(|(a, b)| f64::from(*a) * f64::from(*b));
    products.fold((0.0, 0.0), |(sum, size), p| (sum + p, size + p.abs()))
}
