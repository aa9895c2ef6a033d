//! The BERT encoder, one implementation for every [`Simd`] and every format of the [`Weights`].
//!
//! A block is a ragged matrix `[tokens, hidden]`, with the sequences one after another without padding. A layer is
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

use super::attention::{self, PackedBias, attend};
use super::buffer::Scratch;
use super::gemm::{self, Epilogue, Weights, product};
use super::rows::layer_norm;
use super::simd::Simd;
use super::{Encoder, Layer, Norm, Shape};

/// Maximum number of tokens that pass through a layer together, unless one sequence alone is longer. More would push
/// the intermediate activations out of the second-level cache; fewer would read the weights from memory more often.
const BLOCK_TOKENS: usize = 512;

/// A layer with its products' weights packed.
struct PackedLayer<W> {
    qkv: W,
    attention_output: W,
    attention_norm: PackedNorm,
    up: W,
    down: W,
    output_norm: PackedNorm,
    position_bias: Option<PackedBias>,
}

/// LayerNorm's parameters, `[hidden]` each.
struct PackedNorm {
    gamma: Vec<f32>,
    beta: Vec<f32>,
}

impl PackedNorm {
    fn new(norm: &Norm<'_>) -> Self {
        Self { gamma: norm.gamma.to_vec(), beta: norm.beta.to_vec() }
    }

    fn view(&self) -> Norm<'_> {
        Norm { gamma: &self.gamma, beta: &self.beta }
    }
}

impl<W> PackedLayer<W> {
    /// Packs a layer whose input is the output of `norm`.
    fn new<S: Simd>(simd: S, shape: &Shape, layer: &Layer<'_>, norm: Option<&Norm<'_>>) -> Self
    where
        W: Weights<S>,
    {
        Self {
            qkv: W::pack(simd, &[&layer.query, &layer.key, &layer.value], norm),
            attention_output: W::pack(simd, &[&layer.attention_output], None),
            attention_norm: PackedNorm::new(&layer.attention_norm),
            up: W::pack(simd, &[&layer.up], Some(&layer.attention_norm)),
            down: W::pack(simd, &[&layer.down], None),
            output_norm: PackedNorm::new(&layer.output_norm),
            position_bias: layer.position_bias.map(|bias| PackedBias::new::<S>(&bias, shape.heads, shape.head_dim())),
        }
    }
}

/// An encoder whose weights are packed for `S`, as `W`.
pub(super) struct DenseEncoder<S, W> {
    simd: S,
    shape: Shape,
    layers: Vec<PackedLayer<W>>,
}

impl<S: Simd, W: Weights<S>> DenseEncoder<S, W> {
    /// Packs the weights. The layers must have the shape's sizes, as [`Isa::encoder`](super::Isa::encoder) checks.
    pub(super) fn new(simd: S, shape: &Shape, layers: &[Layer<'_>]) -> Self {
        let norms = std::iter::once(None).chain(layers.iter().map(|layer| Some(&layer.output_norm)));
        let layers = layers.iter().zip(norms).map(|(layer, norm)| PackedLayer::new(simd, shape, layer, norm)).collect();
        Self { simd, shape: *shape, layers }
    }

    /// Runs all layers over one block.
    fn forward_block(&self, x: &mut [f32], lengths: &[usize], scratch: &mut Scratch) {
        let mut block = self.block(lengths, scratch);
        for layer in &self.layers {
            self.attention(layer, x, &mut block);
            self.feed_forward(layer, x, &mut block);
        }
    }

    /// The working memory of a block.
    fn block<'a>(&self, lengths: &'a [usize], scratch: &'a mut Scratch) -> Block<'a> {
        let Shape { hidden, intermediate, .. } = self.shape;
        let tokens: usize = lengths.iter().sum();
        let longest = lengths.iter().copied().max().unwrap_or(0);
        let [left, tile] = gemm::workspace_lens::<S, W>();
        let [queries, keys, values, scores, factors, mixed] =
            attention::workspace_lens::<S>(self.shape.head_dim(), longest);
        let [qkv, context, up] = [3 * hidden, hidden, intermediate].map(|width| tokens * width);
        let lens = [qkv, context, up, left, tile, queries, keys, values, scores, factors, mixed];
        let [qkv, context, up, left, tile, queries, keys, values, scores, factors, mixed] = scratch.split(lens);
        let products = gemm::Workspace { left, tile };
        let heads = attention::Workspace { queries, keys, values, scores, factors, tile: mixed };
        Block { qkv, context, up, lengths, products, heads }
    }

    /// The attention half of a layer.
    fn attention(&self, layer: &PackedLayer<W>, x: &mut [f32], block: &mut Block<'_>) {
        let Block { qkv, context, lengths, products, heads, .. } = block;
        self.product(x, &layer.qkv, Epilogue::Replace, qkv, products);
        self.attend(qkv, lengths, layer.position_bias.as_ref(), context, heads);
        self.product(context, &layer.attention_output, Epilogue::Accumulate, x, products);
        self.norm(x, layer.attention_norm.view());
    }

    /// The feed-forward half of a layer.
    fn feed_forward(&self, layer: &PackedLayer<W>, x: &mut [f32], block: &mut Block<'_>) {
        let Block { up, products, .. } = block;
        self.product(x, &layer.up, Epilogue::Activate(self.shape.activation), up, products);
        self.product(up, &layer.down, Epilogue::Accumulate, x, products);
        self.norm(x, layer.output_norm.view());
    }

    fn product(&self, x: &[f32], weights: &W, then: Epilogue, out: &mut [f32], space: &mut gemm::Workspace<'_>) {
        product(self.simd, x, weights, then, out, space);
    }

    fn attend(
        &self,
        qkv: &[f32],
        lengths: &[usize],
        bias: Option<&PackedBias>,
        context: &mut [f32],
        space: &mut attention::Workspace<'_>,
    ) {
        let Shape { hidden, heads, .. } = self.shape;
        let mut first = 0;
        for &length in lengths {
            let rows = first..first + length;
            let qkv = &qkv[3 * hidden * rows.start..3 * hidden * rows.end];
            attend(self.simd, qkv, [hidden, heads], bias, &mut context[hidden * rows.start..hidden * rows.end], space);
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

/// The activations of one block, and the working memory of its stages.
struct Block<'a> {
    qkv: &'a mut [f32],
    context: &'a mut [f32],
    up: &'a mut [f32],
    lengths: &'a [usize],
    products: gemm::Workspace<'a>,
    heads: attention::Workspace<'a>,
}

impl<S: Simd, W: Weights<S>> Encoder for DenseEncoder<S, W> {
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
