//! The encoder: the order of the stages, and the ownership of memory.

use super::Amx;
use super::activation::{gelu, gelu_tanh, relu};
use super::attention::{Attention, Context, Extent, Projections, Workspace};
use super::lanes::pack_pairs;
use super::norm::{enter, layer_norm, leave};
use super::pack::{LayerWeights, PackedWeights, chunk_len};
use super::product::{GROUP, Sums, product, product_onto, strips};
use super::tile::{ROW_BYTES, Row, SIDE, SPAN, Tile, Tiles, bytes_as_rows_mut, rows_as_tiles_mut};
use crate::kernels::{Activation, Encoder, Layer, Scratch, Shape, UnsupportedShape};
use std::arch::x86_64::*;

/// A BERT encoder on AMX tiles.
#[derive(Debug)]
pub struct AmxEncoder {
    amx: Amx,
    shape: Shape,
    layers: usize,
    weights: PackedWeights,
}

impl AmxEncoder {
    /// Packs the weights.
    ///
    /// # Errors
    ///
    /// The head size (`hidden / heads`) and `intermediate` must be multiples of 32, and every slice must have the
    /// length that the shape gives it.
    pub fn new(amx: Amx, shape: &Shape, layers: &[Layer]) -> Result<Self, UnsupportedShape> {
        let weights = PackedWeights::pack(amx, shape, layers)?;
        Ok(Self { amx, shape: *shape, layers: layers.len(), weights })
    }
}

impl Encoder for AmxEncoder {
    fn forward(&self, x: &mut [f32], lengths: &[usize], scratch: &mut Scratch) {
        let tokens = lengths.iter().sum::<usize>();
        assert_eq!(x.len(), tokens * self.shape.hidden, "hidden states of {tokens} tokens");
        if tokens == 0 || self.layers == 0 {
            return;
        }
        let tiles = Tiles::configure(self.amx);
        let plan = Plan::new(&self.shape, lengths);
        let memory = bytes_as_rows_mut(scratch.reserve(plan.rows() * ROW_BYTES));
        // SAFETY: `Amx` proves that the CPU has AVX-512 with BF16.
        unsafe { Pass { shape: &self.shape, lengths, tiles }.run(self, x, Block::new(&plan, memory)) };
    }
}

/// Sizes of the memory for one block.
struct Plan {
    /// The extent of one head's projections.
    extent: Extent,
    /// Number of panels of a hidden state.
    panels: usize,
    /// Number of tokens of the longest sequence.
    longest: usize,
    /// Number of rows of each field of [`Block`].
    rows: [usize; 5],
}

impl Plan {
    fn new(shape: &Shape, lengths: &[usize]) -> Self {
        let extent = Extent { slices: shape.hidden / shape.heads / SPAN, strips: strips(lengths.iter().sum()) };
        let panels = shape.hidden / SPAN;
        let longest = lengths.iter().copied().max().unwrap_or(0);
        let operand = |panels: usize| extent.strips * panels * 2 * SIDE;
        let wide = extent.rows().max(operand(chunk_len(shape) / SPAN));
        let workspace = Workspace::tiles(longest, extent.slices) * SIDE;
        Self { extent, panels, longest, rows: [2 * operand(panels), operand(panels), operand(panels), wide, workspace] }
    }

    fn rows(&self) -> usize {
        self.rows.iter().sum()
    }
}

/// The memory for one block.
struct Block<'a> {
    plan: &'a Plan,
    /// `[strips][panels][4]`, f32: the residual, and the sums that are added to it.
    residual: &'a mut [Tile],
    /// `[strips][panels][2]`, bf16: the layer's input, then the feed-forward block's.
    x: &'a mut [Tile],
    /// `[strips][panels][2]`, bf16: the context of all heads.
    context: &'a mut [Tile],
    /// One head's queries, keys and values; later a chunk of intermediate features, `[strips][chunk / 32][2]`.
    wide: &'a mut [Row],
    workspace: &'a mut [Tile],
}

impl<'a> Block<'a> {
    fn new(plan: &'a Plan, memory: &'a mut [Row]) -> Self {
        let [residual, x, context, wide, _] = plan.rows;
        let (residual, rest) = memory.split_at_mut(residual);
        let (x, rest) = rest.split_at_mut(x);
        let (context, rest) = rest.split_at_mut(context);
        let (wide, workspace) = rest.split_at_mut(wide);
        let [residual, x, context, workspace] = [residual, x, context, workspace].map(rows_as_tiles_mut);
        // Attention writes only the columns of real tokens; the last strip may have others.
        context[(plan.extent.strips - 1) * plan.panels * 2..].fill(Tile::ZERO);
        Self { plan, residual, x, context, wide, workspace }
    }

    /// The residual and the operand of each strip.
    fn strips(&mut self) -> impl Iterator<Item = (&mut [Tile], &mut [Tile])> {
        let panels = self.plan.panels;
        self.residual.chunks_exact_mut(panels * GROUP).zip(self.x.chunks_exact_mut(panels * 2))
    }
}

/// One forward pass.
struct Pass<'a> {
    shape: &'a Shape,
    lengths: &'a [usize],
    tiles: Tiles,
}

impl Pass<'_> {
    #[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl,avx512bf16")]
    fn run(&self, encoder: &AmxEncoder, states: &mut [f32], mut block: Block) {
        let hidden = self.shape.hidden;
        let mut reader = encoder.weights.reader();
        let bias = reader.vector(hidden);
        for (states, (residual, x)) in states.chunks(SPAN * hidden).zip(block.strips()) {
            enter(states, hidden, bias, residual, x);
        }
        for _ in 0..encoder.layers {
            self.layer(&reader.layer(self.shape), &mut block);
        }
        for (states, (residual, _)) in states.chunks_mut(SPAN * hidden).zip(block.strips()) {
            leave(residual, hidden, states);
        }
    }

    #[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl,avx512bf16")]
    fn layer(&self, weights: &LayerWeights, block: &mut Block) {
        let depth = block.plan.panels;
        self.attention(weights, block);
        product_onto(&self.tiles, weights.attention_output, block.context, depth, block.residual);
        for (residual, x) in block.strips() {
            layer_norm(residual, &weights.attention_norm, self.shape.norm_eps, x);
        }
        for (up, down, bias) in weights.chunks() {
            self.feed_forward(up, down, bias, block);
        }
        for (residual, x) in block.strips() {
            layer_norm(residual, &weights.output_norm, self.shape.norm_eps, x);
        }
    }

    /// Projects and attends head by head, so that a head's projections are still in L2 when they are needed.
    #[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl,avx512bf16")]
    fn attention(&self, weights: &LayerWeights, block: &mut Block) {
        let Plan { extent, panels, longest, .. } = *block.plan;
        let mut workspace = Workspace::new(longest, extent.slices, block.workspace);
        let (mut sums, mut keys) = (sums(), Tile::ZERO);
        for (head, weights) in weights.heads(extent.slices).enumerate() {
            let mut projections = Projections::new(extent, block.wide);
            product(&self.tiles, weights, block.x, panels, &mut sums, |group, unit| {
                projections.store(group, unit, &mut keys);
            });
            let mut context = Context { tiles: block.context, panels, first: head * extent.slices };
            let mut start = 0;
            for &length in self.lengths {
                let attention = Attention { projections: &projections, tokens: start..start + length };
                attention.run(&self.tiles, &mut workspace, &mut context);
                start += length;
            }
        }
    }

    /// Adds a chunk of intermediate features to the residual.
    #[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl,avx512bf16")]
    fn feed_forward(&self, up: &[Tile], down: &[Tile], bias: &[f32], block: &mut Block) {
        let panels = bias.len() / SPAN;
        let wide = &mut block.wide[..block.plan.extent.strips * panels * 2 * SIDE];
        let wide = rows_as_tiles_mut(wide);
        match self.shape.activation {
            Activation::Gelu => self.up(up, bias, block.x, wide, |v| gelu(v)),
            Activation::GeluTanh => self.up(up, bias, block.x, wide, |v| gelu_tanh(v)),
            Activation::Relu => self.up(up, bias, block.x, wide, |v| relu(v)),
        }
        product_onto(&self.tiles, down, wide, panels, block.residual);
    }

    /// Computes the activated features; `wide`: `[strips][panels][2]`.
    #[inline]
    #[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl,avx512bf16")]
    fn up(&self, weights: &[Tile], bias: &[f32], x: &[Tile], wide: &mut [Tile], activation: impl Fn(__m512) -> __m512) {
        let panels = bias.len() / SPAN;
        product(&self.tiles, (weights, bias), x, self.shape.hidden / SPAN, &mut sums(), |group, unit| {
            let (half, fourth) = (unit / 8, unit % 8);
            let [a, b, c, d] = group.rows(fourth, half);
            let target = &mut wide[(group.strip * panels + group.panel) * 2 + half].0[fourth * 2..][..2];
            target[0].store_bits(pack_pairs(activation(a.load()), activation(b.load())));
            target[1].store_bits(pack_pairs(activation(c.load()), activation(d.load())));
        });
    }
}

fn sums() -> Sums {
    [[Tile::ZERO; GROUP]; 2]
}
