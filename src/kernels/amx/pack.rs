//! Weights in the order in which the encoder reads them: one buffer of bf16 tiles and f32 vectors.
//!
//! The layout follows from the shape alone, so the buffer can be written to a file and mapped later. It starts with the
//! bias of the first attention output, followed by the layers, each laid out like [`LayerWeights`].

use super::lanes::{self, pack_in_order};
use super::norm::Affine;
use super::tile::{DEPTH, Row, SIDE, SPAN, Tile, bytes_as_rows, bytes_as_rows_mut, rows_as_tiles};
use super::{Amx, tile};
use crate::kernels::memory::AlignedBytes;
use crate::kernels::{Layer, Norm, Shape, UnsupportedShape};
use std::arch::x86_64::*;
use std::f32::consts::LOG2_E;
use std::ops::Range;

/// Number of intermediate features between the two products of a feed-forward block at a time: few enough to stay in
/// L2, and for a panel of the second product (24 KB) to stay in L1.
const CHUNK: usize = 384;
/// Number of f32 values in a row.
const FLOATS: usize = SIDE;

/// Packed weights.
#[derive(Debug)]
pub(super) struct PackedWeights(AlignedBytes);

impl PackedWeights {
    /// Packs `layers`, whose tensors must have the sizes given by the shape (`Shape::check`).
    pub(super) fn pack(_: Amx, shape: &Shape, layers: &[Layer]) -> Result<Self, UnsupportedShape> {
        check_shape(shape)?;
        require(layers.iter().all(|layer| layer.position_bias.is_none()), || {
            "its attention takes no bias by relative position".into()
        })?;
        let mut bytes = AlignedBytes::zeroed(packed_len(shape, layers.len()));
        let mut writer = Writer { rest: bytes_as_rows_mut(bytes.as_mut_slice()) };
        if let Some(first) = layers.first() {
            writer.vector(first.attention_output.bias.iter().copied());
        }
        for (i, layer) in layers.iter().enumerate() {
            let next_bias = layers.get(i + 1).map(|next| next.attention_output.bias);
            // SAFETY: `Amx` proves that the CPU has AVX-512.
            unsafe { writer.layer(shape, layer, next_bias) };
        }
        Ok(Self(bytes))
    }

    /// A reader at the first weight.
    pub(super) fn reader(&self) -> Reader<'_> {
        Reader { rest: bytes_as_rows(self.0.as_slice()) }
    }
}

fn require(condition: bool, what: impl FnOnce() -> String) -> Result<(), UnsupportedShape> {
    if condition { Ok(()) } else { Err(UnsupportedShape { what: what() }) }
}

/// Checks that there are whole tiles in every dimension.
fn check_shape(shape: &Shape) -> Result<(), UnsupportedShape> {
    let &Shape { hidden, heads, intermediate, .. } = shape;
    require(hidden > 0 && intermediate > 0 && heads > 0, || "a size is 0".into())?;
    require(hidden % heads == 0 && hidden / heads % SPAN == 0, || {
        format!("hidden / heads must be a multiple of {SPAN}, found {hidden} / {heads}")
    })?;
    require(intermediate % SPAN == 0, || format!("intermediate must be a multiple of {SPAN}, found {intermediate}"))
}

/// Number of bytes of the packed weights.
fn packed_len(shape: &Shape, layers: usize) -> usize {
    let &Shape { hidden, intermediate, .. } = shape;
    let weights = 4 * hidden * hidden + 2 * hidden * intermediate;
    let vectors = 9 * hidden + intermediate;
    let first_bias = if layers > 0 { hidden * size_of::<f32>() } else { 0 };
    first_bias + layers * (weights * size_of::<u16>() + vectors * size_of::<f32>())
}

/// The weights of one layer, in the order of the buffer. Weights are `[panels][depth][2]` tiles.
pub struct LayerWeights<'a> {
    /// Head by head: query weights with the factor `log2(e) / sqrt(head size)`, key weights, value weights.
    pub projections: &'a [Tile],
    /// The biases of the projections.
    pub projection_biases: &'a [f32],
    /// The weights of the attention's output; its bias is in the residual.
    pub attention_output: &'a [Tile],
    /// The norm after attention, with the bias of `down`.
    pub attention_norm: Affine<'a>,
    /// The biases of `up`, for all chunks.
    pub up_bias: &'a [f32],
    /// Chunk by chunk, `up` then `down`.
    feed_forward: &'a [Tile],
    /// The output norm, with the bias of the next layer's attention output.
    pub output_norm: Affine<'a>,
    hidden: usize,
}

impl<'a> LayerWeights<'a> {
    /// Each head's projection: weights and biases of its `slices` of queries, keys and values.
    pub fn heads(&self, slices: usize) -> impl Iterator<Item = (&'a [Tile], &'a [f32])> {
        let features = 3 * slices * SPAN;
        self.projections.chunks(tiles_of(features, self.hidden)).zip(self.projection_biases.chunks(features))
    }

    /// The feed-forward block in chunks `(up, down, up_bias)` of up to [`CHUNK`] intermediate features each.
    pub fn chunks(&self) -> impl Iterator<Item = (&'a [Tile], &'a [Tile], &'a [f32])> {
        let tiles = 2 * tiles_of(CHUNK, self.hidden);
        self.feed_forward.chunks(tiles).zip(self.up_bias.chunks(CHUNK)).map(|(chunk, bias)| {
            let (up, down) = chunk.split_at(chunk.len() / 2);
            (up, down, bias)
        })
    }
}

/// Maximum number of intermediate features in memory at the same time.
pub fn chunk_len(shape: &Shape) -> usize {
    shape.intermediate.min(CHUNK)
}

fn tiles_of(outputs: usize, inputs: usize) -> usize {
    outputs / SIDE * (inputs / DEPTH)
}

/// Reads the buffer from front to back.
pub struct Reader<'a> {
    rest: &'a [Row],
}

impl<'a> Reader<'a> {
    /// The next `len` f32 values.
    pub fn vector(&mut self, len: usize) -> &'a [f32] {
        tile::floats(self.take(len / FLOATS))
    }

    /// The next layer.
    pub fn layer(&mut self, shape: &Shape) -> LayerWeights<'a> {
        let &Shape { hidden, intermediate, .. } = shape;
        LayerWeights {
            projections: self.tiles(tiles_of(3 * hidden, hidden)),
            projection_biases: self.vector(3 * hidden),
            attention_output: self.tiles(tiles_of(hidden, hidden)),
            attention_norm: self.norm(hidden),
            up_bias: self.vector(intermediate),
            feed_forward: self.tiles(2 * tiles_of(intermediate, hidden)),
            output_norm: self.norm(hidden),
            hidden,
        }
    }

    fn norm(&mut self, hidden: usize) -> Affine<'a> {
        Affine { gamma: self.vector(hidden), beta: self.vector(hidden), beta_and_bias: self.vector(hidden) }
    }

    fn tiles(&mut self, count: usize) -> &'a [Tile] {
        rows_as_tiles(self.take(count * SIDE))
    }

    fn take(&mut self, rows: usize) -> &'a [Row] {
        let (taken, rest) = self.rest.split_at(rows);
        self.rest = rest;
        taken
    }
}

/// Writes the buffer that [`Reader`] reads.
struct Writer<'a> {
    rest: &'a mut [Row],
}

impl<'a> Writer<'a> {
    #[target_feature(enable = "avx512f,avx512bf16")]
    fn layer(&mut self, shape: &Shape, layer: &Layer, next_bias: Option<&[f32]>) {
        let &Shape { hidden, heads, intermediate, .. } = shape;
        let width = hidden / heads;
        let scale = LOG2_E / (width as f32).sqrt();
        let projections = [(&layer.query, scale), (&layer.key, 1.0), (&layer.value, 1.0)];
        for first in (0..hidden).step_by(width) {
            for (linear, scale) in projections {
                self.panels(&linear.weight[first * hidden..][..width * hidden], hidden, 0..hidden, scale);
            }
        }
        for first in (0..hidden).step_by(width) {
            for (linear, scale) in projections {
                self.vector(linear.bias[first..][..width].iter().map(|bias| bias * scale));
            }
        }
        self.panels(layer.attention_output.weight, hidden, 0..hidden, 1.0);
        self.norm(&layer.attention_norm, Some(layer.down.bias));
        self.vector(layer.up.bias.iter().copied());
        for first in (0..intermediate).step_by(CHUNK) {
            let chunk = first..intermediate.min(first + CHUNK);
            self.panels(&layer.up.weight[chunk.start * hidden..chunk.end * hidden], hidden, 0..hidden, 1.0);
            self.panels(layer.down.weight, intermediate, chunk, 1.0);
        }
        self.norm(&layer.output_norm, next_bias);
    }

    /// Packs some columns of a matrix of `inputs` columns, as `[panels][depth][2]` tiles of bf16.
    #[target_feature(enable = "avx512f,avx512bf16")]
    fn panels(&mut self, weight: &[f32], inputs: usize, columns: Range<usize>, scale: f32) {
        let scale = _mm512_set1_ps(scale);
        let outputs = weight.len() / inputs;
        let mut target = self.take(outputs * columns.len() / DEPTH).iter_mut();
        for panel in weight.chunks_exact(SPAN * inputs) {
            for column in columns.clone().step_by(DEPTH) {
                for (row, target) in panel.chunks_exact(inputs).zip(&mut target) {
                    let (halves, _) = row[column..column + DEPTH].as_chunks();
                    let low = _mm512_mul_ps(lanes::load(&halves[0]), scale);
                    let high = _mm512_mul_ps(lanes::load(&halves[1]), scale);
                    target.store_bits(pack_in_order(low, high));
                }
            }
        }
    }

    fn norm(&mut self, norm: &Norm, next_bias: Option<&[f32]>) {
        self.vector(norm.gamma.iter().copied());
        self.vector(norm.beta.iter().copied());
        match next_bias {
            Some(bias) => self.vector(norm.beta.iter().zip(bias).map(|(beta, bias)| beta + bias)),
            None => self.vector(norm.beta.iter().copied()),
        }
    }

    fn vector(&mut self, values: impl ExactSizeIterator<Item = f32>) {
        let target = self.take(values.len() / FLOATS).iter_mut().flat_map(|row| &mut row.0);
        target.zip(values).for_each(|(target, value)| *target = value.to_bits());
    }

    fn take(&mut self, rows: usize) -> &'a mut [Row] {
        self.rest.split_off_mut(..rows).expect("the buffer has the length of its layout")
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{Random, amx_or_skip, left_tiles};
    use super::*;
    use crate::kernels::{Activation, Linear};

    const SHAPE: Shape =
        Shape { hidden: 64, heads: 2, intermediate: 416, norm_eps: 1e-12, activation: Activation::Gelu };

    /// One layer of weights that bf16 represents exactly: `[outputs, inputs]` of each product, then vectors.
    struct Weights {
        square: [Vec<f32>; 4],
        wide: [Vec<f32>; 2],
        hidden: Vec<f32>,
        intermediate: Vec<f32>,
    }

    impl Weights {
        fn new() -> Self {
            let mut random = Random::new(7);
            let &Shape { hidden, intermediate, .. } = &SHAPE;
            Self {
                square: [(); 4].map(|()| random.exact_vector(hidden * hidden)),
                wide: [(); 2].map(|()| random.exact_vector(hidden * intermediate)),
                hidden: random.vector(hidden),
                intermediate: random.vector(intermediate),
            }
        }

        fn layer(&self) -> Layer<'_> {
            let [query, key, value, attention_output] =
                self.square.each_ref().map(|weight| Linear { weight, bias: &self.hidden });
            let norm = Norm { gamma: &self.hidden, beta: &self.hidden };
            let up = Linear { weight: &self.wide[0], bias: &self.intermediate };
            let down = Linear { weight: &self.wide[1], bias: &self.hidden };
            let [attention_norm, output_norm] = [norm; 2];
            let position_bias = None;
            Layer { query, key, value, attention_output, attention_norm, up, down, output_norm, position_bias }
        }
    }

    fn assert_tiles(found: &[Tile], expected: &[Tile]) {
        let bits = |tiles: &[Tile]| tile::rows(tiles).iter().flat_map(|row| row.0).collect::<Vec<_>>();
        assert!(bits(found) == bits(expected));
    }

    #[test]
    fn reads_what_it_wrote() {
        let amx = amx_or_skip!("reads_what_it_wrote");
        let weights = Weights::new();
        let layers = [weights.layer(), weights.layer()];
        let packed = PackedWeights::pack(amx, &SHAPE, &layers).expect("a supported shape");
        let mut reader = packed.reader();
        assert_eq!(reader.vector(64), weights.hidden);
        for next_bias in [Some(&weights.hidden), None] {
            let read = reader.layer(&SHAPE);
            let (head, bias) = read.heads(1).nth(1).expect("a second head");
            let rows = |i: usize| &weights.square[i][32 * 64..];
            assert_tiles(&head[4..], &[left_tiles(rows(1), 64), left_tiles(rows(2), 64)].concat());
            assert_eq!(bias[32..64], weights.hidden[32..]);
            assert_tiles(read.attention_output, &left_tiles(&weights.square[3], 64));
            let doubled: Vec<f32> = weights.hidden.iter().map(|v| 2.0 * v).collect();
            assert_eq!(read.attention_norm.beta_and_bias, doubled);
            assert_eq!(read.output_norm.beta_and_bias, next_bias.map_or(&weights.hidden, |_| &doubled));
            let chunks: Vec<_> = read.chunks().collect();
            let down: Vec<f32> = weights.wide[1].chunks(416).flat_map(|row| &row[384..]).copied().collect();
            assert_eq!(chunks.iter().map(|chunk| chunk.2.len()).collect::<Vec<_>>(), [384, 32]);
            assert_tiles(chunks[0].0, &left_tiles(&weights.wide[0][..384 * 64], 64));
            assert_tiles(chunks[1].0, &left_tiles(&weights.wide[0][384 * 64..], 64));
            assert_tiles(chunks[1].1, &left_tiles(&down, 32));
        }
        assert!(reader.rest.is_empty());
    }

    #[test]
    fn scales_queries() {
        let amx = amx_or_skip!("scales_queries");
        let weights = Weights::new();
        let packed = PackedWeights::pack(amx, &SHAPE, &[weights.layer()]).expect("a supported shape");
        let mut reader = packed.reader();
        reader.vector(64);
        let layer = reader.layer(&SHAPE);
        let scale = LOG2_E / 32f32.sqrt();
        let expected: Vec<f32> = weights.hidden[..32].iter().map(|bias| bias * scale).collect();
        assert_eq!(layer.projection_biases[..32], expected);
    }
}
