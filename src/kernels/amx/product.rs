//! Products of packed weights and activations: `W · Xᵀ`, 32 features by 32 tokens at a time.
//!
//! A panel of weights (24 KB for 384 inputs) stays in the 48 KB L1 while the strips of a block stream past it from L2.
//! Strips are therefore loaded with the T1 hint, which keeps them from evicting the panel; that is worth a sixth of the
//! time. The AVX-512 work on the sums of one group is divided into units and issued between the tile instructions of
//! the next: the tile unit is busy for 16 cycles with each product, so the vector ports are free.

use super::tile::{ROW_BYTES, Row, SIDE, SPAN, Tile, Tiles, tile_dot, tile_load, tile_store};
use std::arch::asm;
use std::arch::x86_64::*;

/// Cache lines of a group's sums.
const LINES: usize = GROUP * SIDE;
/// Tiles of a group's sums: \[features 0..16, 16..32\]\[tokens 0..16, 16..32\].
pub const GROUP: usize = 4;
/// Number of units of work on a group's sums; each turns four f32 rows into two bf16 rows of 64 bytes.
pub const UNITS: usize = 16;

/// The finished sums of a panel of weights and a strip of tokens.
pub struct Group<'a> {
    /// The index of the 32 features.
    pub panel: usize,
    /// The index of the 32 tokens.
    pub strip: usize,
    sums: &'a [Tile; GROUP],
}

impl Group<'_> {
    /// The sums of four features (the `fourth` of 0..8) for one half (0 or 1) of the strip's tokens.
    #[inline]
    pub fn rows(&self, fourth: usize, half: usize) -> &[Row; 4] {
        &self.sums[fourth / 4 * 2 + half].0.as_chunks().0[fourth % 4]
    }
}

/// Sums of two groups: one being written to memory, one being read.
pub type Sums = [[Tile; GROUP]; 2];

/// Multiplies, adds `bias` and passes every group's sums to `epilogue`, in [`UNITS`] calls, starting with 0.
///
/// `weights`: `[panels][depth][2]`, `bias`: `[panels][32]`, `x`: `[strips][depth][2]`, `depth` in tiles.
#[inline]
#[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl,avx512bf16")]
pub fn product(
    tiles: &Tiles,
    (weights, bias): (&[Tile], &[f32]),
    x: &[Tile],
    depth: usize,
    sums: &mut Sums,
    mut epilogue: impl FnMut(&Group, usize),
) {
    let strips = x.len() / (2 * depth);
    let lines = lines_ahead(strips);
    let place = |group: usize| (group / strips, group % strips);
    let mut started = 0;
    for (panel, weights) in weights.chunks_exact(2 * depth).enumerate() {
        let bias = spread(&bias[panel * SPAN..][..SPAN]);
        let bias = [&bias[0], &bias[0], &bias[1], &bias[1]];
        for (strip, x) in x.chunks_exact(2 * depth).enumerate() {
            // The previous group's sums are written to memory while those of the one before are read.
            let [even, odd] = sums;
            let (stored, read) = if started % 2 == 0 { (odd, even) } else { (even, odd) };
            let steps = Steps::new(weights, x, strip, lines);
            if started >= 2 {
                let (panel, strip) = place(started - 2);
                let group = Group { panel, strip, sums: read };
                steps.run(tiles, Some(stored), bias, UNITS, |unit| epilogue(&group, unit));
            } else {
                steps.run(tiles, (started > 0).then_some(stored), bias, 0, |_| {});
            }
            started += 1;
        }
    }
    if started > 0 {
        store(tiles, &mut sums[(started - 1) % 2]);
    }
    for finished in started.saturating_sub(2)..started {
        let (panel, strip) = place(finished);
        let group = Group { panel, strip, sums: &sums[finished % 2] };
        for unit in 0..UNITS {
            epilogue(&group, unit);
        }
    }
}

/// A panel's biases as two tiles, each bias in all 16 columns, from which the sums start.
#[inline]
#[target_feature(enable = "avx512f")]
fn spread(bias: &[f32]) -> [Tile; 2] {
    let mut tiles = [Tile::ZERO; 2];
    for (i, &bias) in bias.iter().enumerate() {
        tiles[i / SIDE].0[i % SIDE].store(_mm512_set1_ps(bias));
    }
    tiles
}

/// Multiplies and adds to `sums`, `[strips][panels][4]` with `panels` those of the weights.
///
/// `weights`: `[panels][depth][2]`, `x`: `[strips][depth][2]`, `depth` in tiles.
#[inline]
#[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl,avx512bf16")]
pub fn product_onto(tiles: &Tiles, weights: &[Tile], x: &[Tile], depth: usize, sums: &mut [Tile]) {
    let panels = weights.len() / (2 * depth);
    let (sums, _) = sums.as_chunks_mut::<GROUP>();
    let lines = lines_ahead(x.len() / (2 * depth));
    let mut previous = None;
    for (panel, weights) in weights.chunks_exact(2 * depth).enumerate() {
        for (strip, x) in x.chunks_exact(2 * depth).enumerate() {
            let next = sums.as_ptr().wrapping_add((strip + 1) * panels + panel).cast::<Row>();
            let current = strip * panels + panel;
            let steps = Steps::new(weights, x, strip, lines);
            let prefetch = |unit| {
                for line in 0..LINES / UNITS {
                    _mm_prefetch::<_MM_HINT_ET0>(next.wrapping_add(unit * (LINES / UNITS) + line).cast());
                }
            };
            match previous {
                None => steps.run(tiles, None, sums[current].each_ref(), UNITS, prefetch),
                Some(previous) => {
                    let [previous, current] = sums.get_disjoint_mut([previous, current]).expect("two groups of sums");
                    steps.run(tiles, Some(previous), current.each_ref(), UNITS, prefetch);
                }
            }
            previous = Some(current);
        }
    }
    if let Some(previous) = previous {
        store(tiles, &mut sums[previous]);
    }
}

/// Loads tmm0 to tmm3.
#[inline]
fn load(_: &Tiles, sums: [&Tile; GROUP]) {
    let [a, b, c, d] = sums.map(|tile| tile.0.as_ptr());
    // SAFETY: tiles are configured, and each address is that of a contiguous tile.
    unsafe {
        tile_load!("tmm0", a, ROW_BYTES);
        tile_load!("tmm1", b, ROW_BYTES);
        tile_load!("tmm2", c, ROW_BYTES);
        tile_load!("tmm3", d, ROW_BYTES);
    }
}

/// Stores tmm0 to tmm3, in the order in which they are ready.
#[inline]
fn store(_: &Tiles, sums: &mut [Tile; GROUP]) {
    let [a, b, c, d] = sums.each_mut().map(|tile| tile.0.as_mut_ptr());
    // SAFETY: tiles are configured, and each address is that of a contiguous, writable tile.
    unsafe {
        tile_store!("tmm0", a);
        tile_store!("tmm2", c);
        tile_store!("tmm1", b);
        tile_store!("tmm3", d);
    }
}

/// Number of lines of the next panel to prefetch in each step, so that all strips together prefetch it just once: a
/// prefetch from L3 occupies one of the few buffers that the strip needs on its way from L2.
fn lines_ahead(strips: usize) -> usize {
    (2 * SIDE).div_ceil(strips.max(1))
}

/// The steps of one group's product, each of four tile products.
struct Steps<'a> {
    weights: &'a [[Tile; 2]],
    x: &'a [[Tile; 2]],
    /// The weights to prefetch: part of the next panel's. The packed weights are in the order of use, so what follows a
    /// panel in memory is used next, whatever product it belongs to.
    ahead: *const Row,
    /// Number of lines to prefetch in each step.
    lines: usize,
}

impl<'a> Steps<'a> {
    #[inline]
    fn new(weights: &'a [Tile], x: &'a [Tile], strip: usize, lines: usize) -> Self {
        let ahead = weights.as_ptr_range().end.cast::<Row>().wrapping_add(strip * weights.len() / 2 * lines);
        Self { weights: weights.as_chunks().0, x: x.as_chunks().0, ahead, lines }
    }

    /// Stores tmm0 to tmm3 in `previous`, then sets them to `start + weights · x`. Calls `beside` with each of
    /// 0..`units`, evenly between the steps.
    ///
    /// The first tiles are loaded before the stores: loads from addresses that match a pending store in their low 12
    /// bits wait for it, and 64 lines of sums leave no such address free.
    #[inline]
    #[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl,avx512bf16")]
    fn run(
        &self,
        tiles: &Tiles,
        mut previous: Option<&mut [Tile; GROUP]>,
        start: [&Tile; GROUP],
        units: usize,
        mut beside: impl FnMut(usize),
    ) {
        let (depth, mut due, mut unit) = (self.weights.len(), 0, 0);
        for step in 0..depth {
            self.prefetch(step);
            self.load(tiles, step);
            if step == 0 {
                if let Some(previous) = previous.take() {
                    store(tiles, previous);
                }
                load(tiles, start);
            }
            dot(tiles);
            due += units;
            while due >= depth {
                due -= depth;
                beside(unit);
                unit += 1;
            }
        }
    }

    /// Prefetches a share of the next panel.
    #[inline]
    #[target_feature(enable = "avx512f")]
    fn prefetch(&self, step: usize) {
        for line in 0..self.lines {
            _mm_prefetch::<_MM_HINT_T1>(self.ahead.wrapping_add(step * self.lines + line).cast());
        }
    }

    /// Loads two tiles of weights into tmm4 and tmm5, and two of `x` into tmm6 and tmm7.
    #[inline]
    fn load(&self, _: &Tiles, step: usize) {
        // SAFETY: tiles are configured, and both addresses are those of two contiguous tiles.
        unsafe {
            asm!(
                "tileloadd tmm4, [{weights} + {row}]",
                "tileloaddt1 tmm6, [{x} + {row}]",
                "tileloadd tmm5, [{weights} + {row} + 1024]",
                "tileloaddt1 tmm7, [{x} + {row} + 1024]",
                weights = in(reg) &raw const self.weights[step], x = in(reg) &raw const self.x[step],
                row = in(reg) ROW_BYTES,
                out("tmm4") _, out("tmm5") _, out("tmm6") _, out("tmm7") _,
                options(nostack, readonly, preserves_flags)
            );
        }
    }
}

/// Adds the products of tmm4 and tmm5 with tmm6 and tmm7 to tmm0 to tmm3.
#[inline]
fn dot(_: &Tiles) {
    // SAFETY: tiles are configured; only registers are touched.
    unsafe {
        tile_dot!("tmm0", "tmm4", "tmm6");
        tile_dot!("tmm2", "tmm5", "tmm6");
        tile_dot!("tmm1", "tmm4", "tmm7");
        tile_dot!("tmm3", "tmm5", "tmm7");
    }
}

/// Number of strips that contain `tokens`.
pub fn strips(tokens: usize) -> usize {
    tokens.div_ceil(SPAN)
}

#[cfg(test)]
mod tests {
    use super::super::testing::{EDGES, Random, amx_or_skip, dot, left_tiles, right_tiles, sum_value};
    use super::*;

    /// Weights of 32 `panels`, biases and `tokens` states with inner dimension 32 `depth`, exact in bf16.
    struct Case {
        depth: usize,
        weights: Vec<f32>,
        bias: Vec<f32>,
        states: Vec<f32>,
    }

    impl Case {
        fn new(panels: usize, depth: usize, tokens: usize) -> Self {
            let mut random = Random::new((panels * 1000 + depth * 100 + tokens) as u64);
            let weights = random.exact_vector(panels * SPAN * depth * SPAN);
            let (bias, states) = (random.vector(panels * SPAN), random.exact_vector(tokens * depth * SPAN));
            Self { depth, weights, bias, states }
        }

        /// Inputs are exact, so only the order of the f32 additions differs: each rounds by 2^-24 of the sum so far.
        fn check(&self, start: f32, found: impl Fn(usize, usize) -> f32) {
            let inner = self.depth * SPAN;
            for (token, state) in self.states.chunks(inner).enumerate() {
                for (feature, weights) in self.weights.chunks(inner).enumerate() {
                    let (sum, size) = dot(weights, state);
                    let expected = sum + f64::from(start * self.bias[feature]);
                    let tolerance = (size + 1.0) * inner as f64 * f64::from(f32::EPSILON);
                    let found = f64::from(found(token, feature));
                    assert!((found - expected).abs() <= tolerance, "{token} {feature}: {found}, not {expected}");
                }
            }
        }
    }

    fn cases() -> impl Iterator<Item = Case> {
        let sizes = [(1, 1), (2, 3), (3, 12), (1, 17)];
        sizes.into_iter().flat_map(|(panels, depth)| EDGES.map(|tokens| Case::new(panels, depth, tokens)))
    }

    #[test]
    fn product_hands_over_every_sum() {
        let amx = amx_or_skip!("product_hands_over_every_sum");
        for case in cases() {
            let (weights, x) =
                (left_tiles(&case.weights, case.depth * SPAN), right_tiles(&case.states, case.depth * SPAN));
            let panels = case.bias.len() / SPAN;
            let mut sums = vec![Tile::ZERO; x.len() / case.depth / 2 * panels * GROUP];
            let mut units = 0;
            let tiles = Tiles::configure(amx);
            let copy = |group: &Group, unit: usize| {
                let target = &mut sums[(group.strip * panels + group.panel) * GROUP + unit % 8 / 4 * 2 + unit / 8];
                target.0[unit % 4 * 4..][..4].copy_from_slice(group.rows(unit % 8, unit / 8));
                units += 1;
            };
            let mut pending = [[Tile::ZERO; GROUP]; 2];
            // SAFETY: the CPU has AVX-512, or the test was skipped.
            unsafe { product(&tiles, (&weights, &case.bias), &x, case.depth, &mut pending, copy) };
            assert_eq!(units * 4 / UNITS, sums.len());
            case.check(1.0, |token, feature| sum_value(&sums, panels, token, feature));
        }
    }

    #[test]
    fn product_onto_adds() {
        let amx = amx_or_skip!("product_onto_adds");
        for case in cases() {
            let (weights, x) =
                (left_tiles(&case.weights, case.depth * SPAN), right_tiles(&case.states, case.depth * SPAN));
            let panels = case.bias.len() / SPAN;
            let start = Tile([Row([2f32.to_bits(); SIDE]); SIDE]);
            let mut sums = vec![start; x.len() / case.depth / 2 * panels * GROUP];
            // SAFETY: the CPU has AVX-512, or the test was skipped.
            unsafe { product_onto(&Tiles::configure(amx), &weights, &x, case.depth, &mut sums) };
            case.check(0.0, |token, feature| sum_value(&sums, panels, token, feature) - 2.0);
        }
    }

    #[test]
    fn nothing_to_multiply() {
        let amx = amx_or_skip!("nothing_to_multiply");
        let tiles = Tiles::configure(amx);
        let weights = [Tile::ZERO; 2];
        let mut pending = [[Tile::ZERO; GROUP]; 2];
        // SAFETY: the CPU has AVX-512, or the test was skipped.
        unsafe {
            product(&tiles, (&weights, &[0.0; SPAN]), &[], 1, &mut pending, |_, _| panic!("no group"));
            product_onto(&tiles, &weights, &[], 1, &mut []);
        }
    }
}
