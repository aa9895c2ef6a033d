//! Scaled dot-product attention of one sequence and head.
//!
//! Scores are `Sᵀ = K · Qᵀ`, keys by queries, so that a query has its own lane: maximum, sum and division never cross
//! lanes. The context is `Oᵀ = Vᵀ · Pᵀ`, divided by the sum of the probabilities at the end. Queries, keys and values
//! are each laid out so that the tile unit can load them at any token, so a sequence may start anywhere.
//!
//! A head is one or more *slices* of 32 features.

use super::activation::exp2;
use super::lanes::{pack_in_order, pack_pairs, transpose};
use super::product::Group;
use super::tile::{DEPTH, ROW_BYTES, Row, SIDE, SPAN, Tile, Tiles, rows, tile_dot, tile_load, tile_store, tile_zero};
use std::arch::x86_64::*;
use std::ops::Range;

/// The sizes of a head's projections.
#[derive(Clone, Copy)]
pub struct Extent {
    /// Number of slices of the head.
    pub slices: usize,
    /// Number of strips of tokens in the block.
    pub strips: usize,
}

impl Extent {
    /// Rows from one pair of query features to the next: one more than the tokens fill, so that the last tile fits and
    /// the stride is not a power of two.
    fn query_stride(self) -> usize {
        2 * self.strips + 1
    }

    /// Rows of a slice of keys: one tile more than the tokens fill, so that the last tile fits.
    fn key_rows(self) -> usize {
        SPAN * self.strips + SIDE
    }

    /// Rows from one value feature to the next; one more than needed, to avoid a stride that is a power of two.
    fn value_stride(self) -> usize {
        self.strips + 1
    }

    fn lengths(self) -> [usize; 3] {
        [SIDE * self.query_stride(), self.key_rows(), SPAN * self.value_stride()].map(|rows| rows * self.slices)
    }

    /// Number of rows of memory for [`Projections`].
    pub fn rows(self) -> usize {
        self.lengths().iter().sum()
    }
}

/// One head's queries, keys and values of a block, in bf16.
pub struct Projections<'a> {
    extent: Extent,
    /// `[slices][16][query_stride]`: pairs of features as rows, tokens as dwords.
    queries: &'a mut [Row],
    /// `[slices][key_rows]`: tokens as rows, features within.
    keys: &'a mut [Row],
    /// `[slices][32][value_stride]`: features as rows, tokens within.
    values: &'a mut [Row],
}

impl<'a> Projections<'a> {
    /// Projections in `memory`, which must have [`Extent::rows`] rows.
    pub fn new(extent: Extent, memory: &'a mut [Row]) -> Self {
        let [queries, keys, values] = extent.lengths();
        let (queries, rest) = memory.split_at_mut(queries);
        let (keys, rest) = rest.split_at_mut(keys);
        Self { extent, queries, keys, values: &mut rest[..values] }
    }

    /// One unit of the epilogue of the projection: queries, keys or values, depending on the panel. `tile` carries keys
    /// from one call to the next.
    #[inline]
    #[target_feature(enable = "avx512f,avx512bw,avx512bf16")]
    pub fn store(&mut self, group: &Group, unit: usize, tile: &mut Tile) {
        let slice = group.panel % self.extent.slices;
        match group.panel / self.extent.slices {
            0 => self.store_query(slice, group, unit),
            1 => self.store_key(slice, group, unit, tile),
            _ => self.store_value(slice, group, unit),
        }
    }

    /// Stores four features for half of the tokens.
    #[inline]
    #[target_feature(enable = "avx512f,avx512bw")]
    fn store_query(&mut self, slice: usize, group: &Group, unit: usize) {
        let (half, fourth) = (unit / 8, unit % 8);
        let stride = self.extent.query_stride();
        let first = (slice * SIDE + fourth * 2) * stride + 2 * group.strip + half;
        let [low, high] = packed(group, unit);
        self.queries[first].store_bits(low);
        self.queries[first + stride].store_bits(high);
    }

    /// Stores four features for half of the tokens. The last unit of each half also transposes.
    #[inline]
    #[target_feature(enable = "avx512f,avx512bw")]
    fn store_key(&mut self, slice: usize, group: &Group, unit: usize, tile: &mut Tile) {
        let (half, fourth) = (unit / 8, unit % 8);
        let [low, high] = packed(group, unit);
        tile.0[fourth * 2].store_bits(low);
        tile.0[fourth * 2 + 1].store_bits(high);
        if fourth == 7 {
            let first = slice * self.extent.key_rows() + group.strip * SPAN + half * SIDE;
            transpose(&tile.0, &mut self.keys[first..first + SIDE]);
        }
    }

    /// Stores two features for all tokens of the strip.
    #[inline]
    #[target_feature(enable = "avx512f,avx512bw,avx512bf16")]
    fn store_value(&mut self, slice: usize, group: &Group, unit: usize) {
        let (low, high) = (group.rows(unit / 2, 0), group.rows(unit / 2, 1));
        let stride = self.extent.value_stride();
        let first = (slice * SPAN + unit * 2) * stride + group.strip;
        for i in 0..2 {
            let row = unit % 2 * 2 + i;
            self.values[first + i * stride].store_bits(pack_in_order(low[row].load(), high[row].load()));
        }
    }
}

/// Four features of a group for half of its tokens as two rows of pairs.
#[inline]
#[target_feature(enable = "avx512f,avx512bw")]
fn packed(group: &Group, unit: usize) -> [__m512i; 2] {
    let [a, b, c, d] = group.rows(unit % 8, unit / 8);
    [pack_pairs(a.load(), b.load()), pack_pairs(c.load(), d.load())]
}

/// Working memory of [`Attention`].
pub struct Workspace<'a> {
    /// `[keys / 16]`, keys by queries, f32; for the current queries and for the next ones.
    scores: [&'a mut [Tile]; 2],
    /// `[keys / 32]`, pairs of keys by queries; for the current queries and for the previous ones.
    probabilities: [&'a mut [Tile]; 2],
    /// `[slices][2]`, the last values of a sequence followed by zeros.
    last_values: &'a mut [Tile],
    /// Features of a slice by queries, f32.
    context: &'a mut [Tile; 2],
}

impl<'a> Workspace<'a> {
    /// Number of tiles of memory for sequences of up to `length` tokens and heads of `slices` slices.
    pub fn tiles(length: usize, slices: usize) -> usize {
        6 * length.div_ceil(SPAN) + 2 * slices + 2
    }

    /// A workspace in `memory`, which must have [`Workspace::tiles`] tiles.
    pub fn new(length: usize, slices: usize, memory: &'a mut [Tile]) -> Self {
        let strips = length.div_ceil(SPAN);
        let (scores, rest) = memory.split_at_mut(2 * strips);
        let (next_scores, rest) = rest.split_at_mut(2 * strips);
        let (probabilities, rest) = rest.split_at_mut(strips);
        let (last_probabilities, rest) = rest.split_at_mut(strips);
        let (last_values, rest) = rest.split_at_mut(2 * slices);
        let context = rest.first_chunk_mut().expect("memory for a workspace");
        let probabilities = [probabilities, last_probabilities];
        Self { scores: [scores, next_scores], probabilities, last_values, context }
    }
}

/// One sequence's attention in one head.
pub struct Attention<'a> {
    /// The projections of the whole block.
    pub projections: &'a Projections<'a>,
    /// The tokens of the sequence.
    pub tokens: Range<usize>,
}

/// The destination of a head's context.
pub struct Context<'a> {
    /// `[strips][panels][2]`, bf16.
    pub tiles: &'a mut [Tile],
    /// Number of panels of all heads.
    pub panels: usize,
    /// The panel of the head's first slice.
    pub first: usize,
}

impl Context<'_> {
    /// The tile of a slice that contains `token`.
    #[inline]
    fn tile(&mut self, slice: usize, token: usize) -> &mut Tile {
        &mut self.tiles[(token / SPAN * self.panels + self.first + slice) * 2 + token % SPAN / SIDE]
    }
}

impl Attention<'_> {
    /// Writes the context of every query. While the vector unit computes the softmax of 16 queries, the tile unit
    /// computes the scores of the next 16 and the context of the previous 16.
    #[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl,avx512bf16")]
    pub fn run(&self, tiles: &Tiles, workspace: &mut Workspace, context: &mut Context) {
        self.copy_last_values(workspace.last_values);
        self.score_pairs(tiles, self.tokens.start, 0..self.pairs(), workspace.scores[1]);
        let mut previous = None;
        for first in self.tokens.clone().step_by(SIDE) {
            workspace.scores.swap(0, 1);
            workspace.probabilities.swap(0, 1);
            let Workspace { scores: [scores, next], probabilities: [current, last], last_values, .. } = workspace;
            let sums = softmax(&rows(scores)[..self.tokens.len()], current, |pair| {
                if first + SIDE < self.tokens.end {
                    self.score_pairs(tiles, first + SIDE, pair..pair + 1, next);
                }
                if previous.is_some() {
                    self.weigh(tiles, 0, pair..pair + 1, last, last_values);
                }
            });
            if let Some((first, scale)) = previous {
                self.finish(tiles, first, scale, workspace, context);
            }
            previous = Some((first, _mm512_div_ps(_mm512_set1_ps(1.0), sums)));
        }
        if let Some((first, scale)) = previous {
            workspace.probabilities.swap(0, 1);
            let Workspace { probabilities: [_, last], last_values, .. } = workspace;
            self.weigh(tiles, 0, 0..self.pairs(), last, last_values);
            self.finish(tiles, first, scale, workspace, context);
        }
    }

    /// Number of pairs of key tiles, which equals the number of tiles of probabilities.
    fn pairs(&self) -> usize {
        self.tokens.len().div_ceil(DEPTH)
    }

    /// Stores the context of 16 queries starting at `first`: of the first slice, which is in tmm0 and tmm1, then of the
    /// others.
    #[inline]
    #[target_feature(enable = "avx512f,avx512bw")]
    fn finish(&self, tiles: &Tiles, first: usize, scale: __m512, workspace: &mut Workspace, context: &mut Context) {
        for slice in 0..self.projections.extent.slices {
            if slice > 0 {
                self.weigh(tiles, slice, 0..self.pairs(), workspace.probabilities[1], workspace.last_values);
            }
            let [low, high] = workspace.context.each_mut();
            // SAFETY: tiles are configured, and both addresses are those of writable tiles.
            unsafe {
                tile_store!("tmm0", low);
                tile_store!("tmm1", high);
            }
            self.store_context(first, slice, scale, workspace.context, context);
        }
    }

    /// Copies the last keys' values with zeros after them: the 32 keys of a tile that a sequence does not fill would
    /// otherwise bring in the values of the next sequence.
    #[target_feature(enable = "avx512f,avx512bw")]
    fn copy_last_values(&self, last_values: &mut [Tile]) {
        let rest = self.tokens.len() % DEPTH;
        let mask = (1u32 << rest) - 1;
        for feature in 0..self.projections.extent.slices * SPAN {
            let from = self.value(feature / SPAN, feature % SPAN, self.tokens.end - rest);
            // SAFETY: the mask selects bf16 values of this sequence alone, and unselected ones are not read.
            let lanes = unsafe { _mm512_maskz_loadu_epi16(mask, from.cast()) };
            last_values[feature / SIDE].0[feature % SIDE].store_bits(lanes);
        }
    }

    /// The scores of 16 queries starting at `first` with some pairs of key tiles; pairs come in order, from 0. Uses
    /// tmm2, tmm4 and tmm6; with one slice the queries stay in tmm6 from pair to pair.
    #[inline]
    #[target_feature(enable = "avx512f")]
    fn score_pairs(&self, tiles: &Tiles, first: usize, pairs: Range<usize>, scores: &mut [Tile]) {
        if self.is_one_slice() && pairs.start == 0 {
            self.load_queries(tiles, 0, first);
        }
        let end = self.tokens.len().div_ceil(SIDE).min(2 * pairs.end);
        for tile in 2 * pairs.start..end {
            self.score(tiles, first, tile, &mut scores[tile]);
        }
    }

    fn is_one_slice(&self) -> bool {
        self.projections.extent.slices == 1
    }

    /// Loads 16 queries starting at `first` into tmm6.
    #[inline]
    fn load_queries(&self, _: &Tiles, slice: usize, first: usize) {
        // SAFETY: tiles are configured. `query` returns the address of a tile that lies within its slice, because
        // slices have room for a tile that starts at the last token.
        unsafe { tile_load!("tmm6", self.query(slice, first), self.projections.extent.query_stride() * ROW_BYTES) };
    }

    /// The scores of 16 queries starting at `first` with the `tile`-th 16 keys.
    #[inline]
    #[target_feature(enable = "avx512f")]
    fn score(&self, tiles: &Tiles, first: usize, tile: usize, scores: &mut Tile) {
        let key = self.tokens.start + tile * SIDE;
        // SAFETY: tiles are configured. `key` returns the address of a tile that lies within its slice, as above.
        unsafe {
            tile_zero!("tmm2");
            for slice in 0..self.projections.extent.slices {
                if !self.is_one_slice() {
                    self.load_queries(tiles, slice, first);
                }
                tile_load!("tmm4", self.key(slice, key), ROW_BYTES);
                tile_dot!("tmm2", "tmm4", "tmm6");
            }
            tile_store!("tmm2", scores);
        }
    }

    /// Adds the values of some pairs of key tiles to the context of a slice, before division, in tmm0 and tmm1; pair 0
    /// starts it. Also uses tmm3, tmm5 and tmm7.
    #[inline]
    #[target_feature(enable = "avx512f")]
    fn weigh(&self, _: &Tiles, slice: usize, pairs: Range<usize>, probabilities: &[Tile], last_values: &[Tile]) {
        for pair in pairs {
            let key = self.tokens.start + pair * DEPTH;
            let (low, high, stride) = if key + DEPTH <= self.tokens.end {
                let stride = self.projections.extent.value_stride() * ROW_BYTES;
                (self.value(slice, 0, key).cast(), self.value(slice, SIDE, key).cast(), stride)
            } else {
                (&raw const last_values[2 * slice], &raw const last_values[2 * slice + 1], ROW_BYTES)
            };
            // SAFETY: tiles are configured. A whole tile of values lies within the sequence; the last one is a copy.
            unsafe {
                if pair == 0 {
                    tile_zero!("tmm0", "tmm1");
                }
                tile_load!("tmm7", &raw const probabilities[pair], ROW_BYTES);
                tile_load!("tmm3", low, stride);
                tile_dot!("tmm0", "tmm3", "tmm7");
                tile_load!("tmm5", high, stride);
                tile_dot!("tmm1", "tmm5", "tmm7");
            }
        }
    }

    /// Scales the `sums` of 16 queries starting at `first` and stores those that belong to the sequence. They may
    /// straddle two tiles of the context.
    #[inline]
    #[target_feature(enable = "avx512f,avx512bw")]
    fn store_context(&self, first: usize, slice: usize, scale: __m512, sums: &[Tile], context: &mut Context) {
        let (offset, count) = (first % SIDE, SIDE.min(self.tokens.end - first));
        let lanes = ((1u32 << count) - 1) << offset;
        let lane_numbers = _mm512_set_epi32(15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0);
        let rotation = _mm512_sub_epi32(lane_numbers, _mm512_set1_epi32(offset as i32));
        for (i, pair) in rows(sums).chunks_exact(2).enumerate() {
            let (even, odd) = (_mm512_mul_ps(pair[0].load(), scale), _mm512_mul_ps(pair[1].load(), scale));
            let packed = _mm512_permutexvar_epi32(rotation, pack_pairs(even, odd));
            context.tile(slice, first).0[i].store_bits_masked(lanes as __mmask16, packed);
            if lanes > 0xFFFF {
                context.tile(slice, first + SIDE).0[i].store_bits_masked((lanes >> 16) as __mmask16, packed);
            }
        }
    }

    /// The address of the query tile of a slice that starts at `token`.
    fn query(&self, slice: usize, token: usize) -> *const u32 {
        let row = slice * SIDE * self.projections.extent.query_stride();
        self.projections.queries[row..].as_ptr().cast::<u32>().wrapping_add(token)
    }

    /// The address of the key tile of a slice that starts at `token`.
    fn key(&self, slice: usize, token: usize) -> *const Row {
        &raw const self.projections.keys[slice * self.projections.extent.key_rows() + token]
    }

    /// The address of a feature's bf16 value at `token`.
    fn value(&self, slice: usize, feature: usize, token: usize) -> *const u16 {
        let row = (slice * SPAN + feature) * self.projections.extent.value_stride();
        self.projections.values[row..].as_ptr().cast::<u16>().wrapping_add(token)
    }
}

/// `2^(s - max)` of every score, in pairs of keys, padded with zeros to whole tiles; returns their sums. Calls `beside`
/// with the number of each tile before computing it.
///
/// `scores`: a row for each key, a lane for each query. Scores include the factor log2(e), so that `2^s` is `e^s`.
#[inline]
#[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl,avx512bf16")]
fn softmax(scores: &[Row], probabilities: &mut [Tile], mut beside: impl FnMut(usize)) -> __m512 {
    let max = max_rows(scores);
    let mut sums = [_mm512_setzero_ps(); 2];
    let (whole, rest) = scores.as_chunks::<DEPTH>();
    for (i, (scores, probabilities)) in whole.iter().zip(&mut *probabilities).enumerate() {
        beside(i);
        for (pair, target) in scores.as_chunks::<2>().0.iter().zip(&mut probabilities.0) {
            let even = exp2(_mm512_sub_ps(pair[0].load(), max));
            let odd = exp2(_mm512_sub_ps(pair[1].load(), max));
            sums = [_mm512_add_ps(sums[0], even), _mm512_add_ps(sums[1], odd)];
            target.store_bits(pack_pairs(even, odd));
        }
    }
    if !rest.is_empty() {
        beside(whole.len());
        for (i, target) in probabilities[whole.len()].0.iter_mut().enumerate() {
            let even = power(rest.get(2 * i), max);
            let odd = power(rest.get(2 * i + 1), max);
            sums = [_mm512_add_ps(sums[0], even), _mm512_add_ps(sums[1], odd)];
            target.store_bits(pack_pairs(even, odd));
        }
    }
    _mm512_add_ps(sums[0], sums[1])
}

/// `2^(s - max)`, or 0 for an absent key.
#[inline]
#[target_feature(enable = "avx512f,avx512dq")]
fn power(scores: Option<&Row>, max: __m512) -> __m512 {
    match scores {
        Some(scores) => exp2(_mm512_sub_ps(scores.load(), max)),
        None => _mm512_setzero_ps(),
    }
}

/// The maximum of each lane, using four partial maxima to hide the latency.
#[inline]
#[target_feature(enable = "avx512f")]
fn max_rows(rows: &[Row]) -> __m512 {
    let mut max = [_mm512_set1_ps(f32::NEG_INFINITY); 4];
    let (fours, rest) = rows.as_chunks::<4>();
    for rows in fours {
        for i in 0..4 {
            max[i] = _mm512_max_ps(max[i], rows[i].load());
        }
    }
    for row in rest {
        max[0] = _mm512_max_ps(max[0], row.load());
    }
    let [a, b, c, d] = max;
    _mm512_max_ps(_mm512_max_ps(a, b), _mm512_max_ps(c, d))
}

#[cfg(test)]
mod tests {
    use super::super::product::{GROUP, product, strips};
    use super::super::testing::{EDGES, Random, amx_or_skip, dot, left_tiles, right_tiles, right_value};
    use super::*;

    /// Queries, keys and values of one head, `[tokens, features]` each, made by projecting states with identity
    /// matrices.
    struct Case {
        features: usize,
        states: [Vec<f32>; 3],
    }

    impl Case {
        fn new(slices: usize, tokens: usize) -> Self {
            let mut random = Random::new((slices * 1000 + tokens) as u64);
            let features = slices * SPAN;
            Self { features, states: [(); 3].map(|()| random.exact_vector(tokens * features)) }
        }

        /// The context of one head of a block, `[strips][slices][2]`.
        fn attend(&self, amx: super::super::Amx, lengths: &[usize]) -> Vec<Tile> {
            let tiles = Tiles::configure(amx);
            let (slices, tokens) = (self.features / SPAN, lengths.iter().sum());
            let extent = Extent { slices, strips: strips(tokens) };
            // Stale memory must have no effect: it is full of NaN.
            let mut memory = vec![Row([u32::MAX; SIDE]); extent.rows()];
            let mut projections = Projections::new(extent, &mut memory);
            self.project(&tiles, &mut projections);
            let longest = lengths.iter().copied().max().unwrap_or(0);
            let mut workspace = vec![Tile([Row([u32::MAX; SIDE]); SIDE]); Workspace::tiles(longest, slices)];
            let mut workspace = Workspace::new(longest, slices, &mut workspace);
            let mut x = vec![Tile::ZERO; extent.strips * slices * 2];
            let mut context = Context { tiles: &mut x, panels: slices, first: 0 };
            let mut start = 0;
            for &length in lengths {
                let attention = Attention { projections: &projections, tokens: start..start + length };
                // SAFETY: `Amx` proves that the CPU has the instructions.
                unsafe { attention.run(&tiles, &mut workspace, &mut context) };
                start += length;
            }
            x
        }

        /// `x` is queries, keys and values side by side, and the weights are the identity matrix.
        fn project(&self, tiles: &Tiles, projections: &mut Projections) {
            let width = 3 * self.features;
            let identity: Vec<f32> =
                (0..width * width).map(|i| if i / width == i % width { 1.0 } else { 0.0 }).collect();
            let rows = self.states.each_ref().map(|states| states.chunks(self.features));
            let [queries, keys, values] = rows;
            let x: Vec<f32> = queries.zip(keys).zip(values).flat_map(|((q, k), v)| [q, k, v].concat()).collect();
            let (mut sums, mut tile) = ([[Tile::ZERO; GROUP]; 2], Tile::ZERO);
            let (weights, x) = (left_tiles(&identity, width), right_tiles(&x, width));
            let store = |group: &Group, unit: usize| unsafe { projections.store(group, unit, &mut tile) };
            // SAFETY: a `Tiles` exists only where AVX-512 does.
            unsafe { product(tiles, (&weights, &vec![0.0; width]), &x, width / SPAN, &mut sums, store) };
        }

        /// Attention in f64 of the tokens `range`, with base 2 as in the kernel.
        fn expected(&self, range: Range<usize>, token: usize) -> Vec<f64> {
            let [queries, keys, values] = &self.states;
            let query = &queries[token * self.features..][..self.features];
            let within = range.start * self.features..range.end * self.features;
            let keys = keys[within.clone()].chunks(self.features);
            let weights: Vec<f64> = keys.map(|key| dot(query, key).0.exp2()).collect();
            let sum: f64 = weights.iter().sum();
            let mut context = vec![0.0; self.features];
            for (weight, value) in weights.iter().zip(values[within].chunks(self.features)) {
                context.iter_mut().zip(value).for_each(|(c, v)| *c += weight / sum * f64::from(*v));
            }
            context
        }

        /// Values are below 1 in magnitude and probabilities sum to 1, each rounded by 2^-9 of itself (with an error of
        /// 7.5e-5): 2e-3 of the result, which is rounded by 2^-9 again.
        fn check(&self, found: &[Tile], range: Range<usize>) {
            for token in range.clone() {
                for (feature, expected) in self.expected(range.clone(), token).into_iter().enumerate() {
                    let found = f64::from(right_value(found, self.features / SPAN, token, feature));
                    assert!((found - expected).abs() < 5e-3, "{token} of {range:?}: {found}, not {expected}");
                }
            }
        }
    }

    #[test]
    fn attends_to_every_length() {
        let amx = amx_or_skip!("attends_to_every_length");
        for slices in [1, 2] {
            for length in EDGES {
                let case = Case::new(slices, length);
                case.check(&case.attend(amx, &[length]), 0..length);
            }
        }
    }

    #[test]
    fn attends_within_sequences() {
        let amx = amx_or_skip!("attends_within_sequences");
        let lengths = [5, 16, 0, 1, 33, 17, 32, 40];
        for slices in [1, 2] {
            let case = Case::new(slices, lengths.iter().sum());
            let found = case.attend(amx, &lengths);
            let mut start = 0;
            for length in lengths {
                case.check(&found, start..start + length);
                start += length;
            }
        }
    }

    #[test]
    fn infinite_neighbours_do_not_matter() {
        let amx = amx_or_skip!("infinite_neighbours_do_not_matter");
        let lengths = [7, 21, 9];
        let mut case = Case::new(1, lengths.iter().sum());
        let clean = case.attend(amx, &lengths);
        for states in &mut case.states {
            states[..7 * SPAN].fill(f32::INFINITY);
            states[28 * SPAN..].fill(f32::NAN);
        }
        let found = case.attend(amx, &lengths);
        for (token, feature) in (7..28).flat_map(|token| (0..SPAN).map(move |feature| (token, feature))) {
            let [found, clean] = [&found, &clean].map(|x| right_value(x, 1, token, feature).to_bits());
            assert_eq!(found, clean, "token {token}, feature {feature}");
        }
    }
}
