//! The f32 BERT encoder, one implementation for every [`Simd`].
//!
//! A block is a ragged matrix `[tokens, hidden]`, the sequences one after another without padding. A layer is
//!
//! ```text
//! qkv  = x · Wqkv + b                          [tokens, 3 * hidden]
//! ctx  = softmax(q · kᵀ / √d) · v, per head    [tokens, hidden]
//! x    = LayerNorm(x + ctx · Wo + b)
//! up   = activation(x · Wup + b)               [tokens, intermediate]
//! x    = LayerNorm(x + up · Wdown + b)
//! ```
//!
//! Bias, activation and residual are applied to each tile of a product while it is in the first-level cache.

use core::ops::Range;

use super::attention::{self, attend};
use super::buffer::{AlignedBuffer, LINE, Scratch};
use super::gemm::{self, Epilogue, Packed, Product, product};
use super::rows::layer_norm;
use super::simd::Simd;
use super::{Encoder, Layer, Norm, Shape};

/// Most tokens that pass through a layer together, unless one sequence alone is longer. More would push the intermediate
/// activations out of the second-level cache; fewer would read the weights from memory more often.
const BLOCK_TOKENS: usize = 512;

/// Where the parts of a layer stand in its part of the packed buffer, in values.
struct Layout {
    qkv: Product,
    attention_output: Product,
    up: Product,
    down: Product,
    attention_norm: NormPlace,
    output_norm: NormPlace,
    len: usize,
}

struct NormPlace {
    gamma: Range<usize>,
    beta: Range<usize>,
}

impl NormPlace {
    fn new(hidden: usize, start: usize) -> Self {
        let beta = (start + hidden).next_multiple_of(LINE);
        Self { gamma: start..start + hidden, beta: beta..beta + hidden }
    }

    fn view<'a>(&self, layer: &'a [f32]) -> Norm<'a> {
        Norm { gamma: &layer[self.gamma.clone()], beta: &layer[self.beta.clone()] }
    }

    fn pack(&self, norm: &Norm<'_>, layer: &mut [f32]) {
        layer[self.gamma.clone()].copy_from_slice(norm.gamma);
        layer[self.beta.clone()].copy_from_slice(norm.beta);
    }
}

impl Layout {
    fn new<S: Simd>(shape: &Shape) -> Self {
        let Shape { hidden, intermediate, .. } = *shape;
        let after = |end: usize| end.next_multiple_of(LINE);
        let qkv = Product::new::<S>(hidden, 3 * hidden, 0);
        let attention_output = Product::new::<S>(hidden, hidden, after(qkv.bias.end));
        let up = Product::new::<S>(hidden, intermediate, after(attention_output.bias.end));
        let down = Product::new::<S>(intermediate, hidden, after(up.bias.end));
        let attention_norm = NormPlace::new(hidden, after(down.bias.end));
        let output_norm = NormPlace::new(hidden, after(attention_norm.beta.end));
        let len = after(output_norm.beta.end);
        Self { qkv, attention_output, up, down, attention_norm, output_norm, len }
    }

    fn pack<S: Simd>(&self, simd: S, layer: &Layer<'_>, packed: &mut [f32]) {
        self.qkv.pack(simd, &[&layer.query, &layer.key, &layer.value], packed);
        self.attention_output.pack(simd, &[&layer.attention_output], packed);
        self.up.pack(simd, &[&layer.up], packed);
        self.down.pack(simd, &[&layer.down], packed);
        self.attention_norm.pack(&layer.attention_norm, packed);
        self.output_norm.pack(&layer.output_norm, packed);
    }
}

/// An encoder whose weights are packed for `S`.
pub(super) struct DenseEncoder<S> {
    simd: S,
    shape: Shape,
    layout: Layout,
    /// The layers one after another, `layout.len` values each.
    packed: AlignedBuffer,
}

impl<S: Simd> DenseEncoder<S> {
    /// Packs the weights. The layers must have the shape's sizes, as [`Isa::encoder`](super::Isa::encoder) checks.
    pub(super) fn new(simd: S, shape: &Shape, layers: &[Layer<'_>]) -> Self {
        let layout = Layout::new::<S>(shape);
        let mut packed = AlignedBuffer::zeroed(layers.len() * layout.len);
        for (layer, packed) in layers.iter().zip(packed.chunks_exact_mut(layout.len)) {
            layout.pack(simd, layer, packed);
        }
        Self { simd, shape: *shape, layout, packed }
    }

    /// Runs all layers over one block.
    fn forward_block(&self, x: &mut [f32], lengths: &[usize], scratch: &mut Scratch) {
        let mut block = self.block(lengths, scratch);
        for layer in self.packed.chunks_exact(self.layout.len) {
            self.attention(layer, x, &mut block);
            self.feed_forward(layer, x, &mut block);
        }
    }

    /// The working memory of a block.
    fn block<'a>(&self, lengths: &'a [usize], scratch: &'a mut Scratch) -> Block<'a> {
        let Shape { hidden, intermediate, .. } = self.shape;
        let tokens: usize = lengths.iter().sum();
        let longest = lengths.iter().copied().max().unwrap_or(0);
        let [left, tile] = gemm::workspace_lens::<S>();
        let [queries, keys, values, scores, factors, mixed] = attention::workspace_lens::<S>(self.shape.head_dim(), longest);
        let [qkv, context, up] = [3 * hidden, hidden, intermediate].map(|width| tokens * width);
        let lens = [qkv, context, up, left, tile, queries, keys, values, scores, factors, mixed];
        let [qkv, context, up, left, tile, queries, keys, values, scores, factors, mixed] = scratch.split(lens);
        let products = gemm::Workspace { left, tile };
        let heads = attention::Workspace { queries, keys, values, scores, factors, tile: mixed };
        Block { qkv, context, up, lengths, products, heads }
    }

    /// The attention half of a layer.
    fn attention(&self, layer: &[f32], x: &mut [f32], block: &mut Block<'_>) {
        let Block { qkv, context, lengths, products, heads, .. } = block;
        let weights = self.layout.qkv.view(layer);
        self.product(x, weights, Epilogue::Replace, qkv, products);
        self.attend(qkv, lengths, context, heads);
        let weights = self.layout.attention_output.view(layer);
        self.product(context, weights, Epilogue::Accumulate, x, products);
        self.norm(x, self.layout.attention_norm.view(layer));
    }

    /// The feed-forward half of a layer.
    fn feed_forward(&self, layer: &[f32], x: &mut [f32], block: &mut Block<'_>) {
        let Block { up, products, .. } = block;
        let (weights, activate) = (self.layout.up.view(layer), Epilogue::Activate(self.shape.activation));
        self.product(x, weights, activate, up, products);
        let weights = self.layout.down.view(layer);
        self.product(up, weights, Epilogue::Accumulate, x, products);
        self.norm(x, self.layout.output_norm.view(layer));
    }

    fn product(&self, x: &[f32], weights: Packed<'_>, then: Epilogue, out: &mut [f32], space: &mut gemm::Workspace<'_>) {
        product(self.simd, x, weights, then, out, space);
    }

    fn attend(&self, qkv: &[f32], lengths: &[usize], context: &mut [f32], space: &mut attention::Workspace<'_>) {
        let Shape { hidden, heads, .. } = self.shape;
        let mut first = 0;
        for &length in lengths {
            let rows = first..first + length;
            let qkv = &qkv[3 * hidden * rows.start..3 * hidden * rows.end];
            attend(self.simd, qkv, [hidden, heads], &mut context[hidden * rows.start..hidden * rows.end], space);
            first = rows.end;
        }
    }

    fn norm(&self, x: &mut [f32], norm: Norm<'_>) {
        let (simd, eps) = (self.simd, self.shape.norm_eps);
        simd.vectorize(
            #[inline(always)]
            || layer_norm(simd, x, norm, eps),
        );
    }
}

/// The activations of one block, and what its stages work with.
struct Block<'a> {
    qkv: &'a mut [f32],
    context: &'a mut [f32],
    up: &'a mut [f32],
    lengths: &'a [usize],
    products: gemm::Workspace<'a>,
    heads: attention::Workspace<'a>,
}

impl<S: Simd> Encoder for DenseEncoder<S> {
    fn forward(&self, x: &mut [f32], lengths: &[usize], scratch: &mut Scratch) {
        let hidden = self.shape.hidden;
        assert_eq!(x.len(), lengths.iter().sum::<usize>() * hidden, "x is [tokens, hidden], tokens the sum of lengths");
        let mut rest = x;
        for lengths in blocks(lengths) {
            let tokens = lengths.iter().sum::<usize>();
            let (block, after) = rest.split_at_mut(tokens * hidden);
            self.forward_block(block, lengths, scratch);
            rest = after;
        }
    }
}

/// Splits sequences into runs of at most [`BLOCK_TOKENS`] tokens, or of one sequence.
fn blocks(mut lengths: &[usize]) -> impl Iterator<Item = &[usize]> {
    core::iter::from_fn(move || {
        let mut tokens = 0;
        let fitting = lengths.iter().take_while(|&&length| {
            tokens += length;
            tokens <= BLOCK_TOKENS
        });
        let count = fitting.count().max(1).min(lengths.len());
        let (block, rest) = lengths.split_at(count);
        lengths = rest;
        (!block.is_empty()).then_some(block)
    })
}
