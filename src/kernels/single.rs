//! The individual kernels in one object per instruction set: those that the caller of an encoder needs around it, and
//! those that tests and benchmarks examine alone.

use super::attention::{self, attend};
use super::buffer::Scratch;
use super::elementwise::activate;
use super::gemm::{self, Epilogue, Floats, Weights, product};
use super::screen::{self, ByteProduct, ByteRow, Cut, Screened};
use super::simd::Simd;
use super::{Activation, Embeddings, Linear, Norm, half, rows};

/// The kernels of one instruction set.
pub trait Kernels: Send + Sync {
    /// Looks up tokens and applies the embedding LayerNorm: `out` is `[tokens, hidden]`, `ids` are the tokens of all
    /// sequences, `lengths` their numbers per sequence; positions restart in each sequence.
    ///
    /// # Panics
    /// If an id or a position is beyond its table, or the lengths disagree.
    fn embed(&self, tables: &Embeddings<'_>, ids: &[u32], lengths: &[usize], out: &mut [f32]);

    /// The mean of `rows` `[n, out.len()]`; zeros if there are none.
    fn mean(&self, rows: &[f32], out: &mut [f32]);

    /// Divides by the Euclidean norm; a vector of norm zero is unchanged.
    fn normalize(&self, x: &mut [f32]);

    /// `Σᵢ a[i] · b[i]`. Panics if the lengths differ.
    fn dot(&self, a: &[f32], b: &[f32]) -> f32;

    /// Like [`dot`](Self::dot), for `a` in half precision, as its bits.
    fn dot_half(&self, a: &[u16], b: &[f32]) -> f32;

    /// Packs rows `[n, dim]` as the left factor of [`screen`](Self::screen).
    ///
    /// # Panics
    /// If `dim` is not within 1 to [`MAX_DIM`](super::MAX_DIM), or a row is incomplete.
    fn screen_left(&self, rows: &[f32], dim: usize) -> Screened;

    /// Packs rows `[n, dim]` as the right factor of [`screen`](Self::screen).
    ///
    /// # Panics
    /// As [`screen_left`](Self::screen_left).
    fn screen_right(&self, rows: &[f32], dim: usize) -> Screened;

    /// Packs rows of 8 bits per value as the left factor; exactly, if the instruction set has 8 bits.
    ///
    /// # Panics
    /// If `dim` is not within 1 to [`MAX_DIM`](super::MAX_DIM), or a row has a different number of values.
    fn screen_left_bytes(&self, rows: &[ByteRow<'_>], dim: usize) -> Screened;

    /// Packs rows of 8 bits per value as the right factor.
    ///
    /// # Panics
    /// As [`screen_left_bytes`](Self::screen_left_bytes).
    fn screen_right_bytes(&self, rows: &[ByteRow<'_>], dim: usize) -> Screened;

    /// Finds the pairs of a row of the left factor and one of the right whose product, as [`dot`](Self::dot) computes
    /// it, may reach the cut: all that do, and few others. Rows with values that are not finite are in no pair.
    ///
    /// # Panics
    /// If the factors were packed for another instruction set or have rows of different lengths.
    fn screen(&self, left: &Screened, right: &Screened, cut: &mut dyn Cut);

    /// The largest product, with 8 bits per value, of each right row with the left rows of each segment, or 0 if none
    /// is larger: `[segments, right rows]`. Segments are consecutive left rows, with lengths given by `segments`.
    ///
    /// # Panics
    /// If the factors were packed for another instruction set or have rows of different lengths, or the segments do not
    /// cover exactly all left rows.
    fn greatest(&self, left: &Screened, right: &Screened, segments: &[usize]) -> Vec<f32>;

    /// Applies LayerNorm to each row of `x` `[rows, hidden]`, in place.
    fn layer_norm(&self, x: &mut [f32], norm: Norm<'_>, eps: f32);

    /// Applies the activation to each value, in place.
    fn activate(&self, activation: Activation, x: &mut [f32]);

    /// `x · weightᵀ + bias` for `x` `[rows, inputs]`, with a result of `[rows, outputs]`. Packs the weights every time.
    fn linear(&self, x: &[f32], weights: Linear<'_>) -> Vec<f32>;

    /// Attention of one sequence: from `qkv` `[length, 3 * hidden]` to `[length, hidden]`.
    fn attention(&self, qkv: &[f32], hidden: usize, heads: usize) -> Vec<f32>;
}

/// The kernels of one instruction set, including those around its products of bytes.
pub(super) struct Single<B>(pub(super) B);

impl<B: ByteProduct> Kernels for Single<B> {
    fn embed(&self, tables: &Embeddings<'_>, ids: &[u32], lengths: &[usize], out: &mut [f32]) {
        self.0.simd().vectorize(
            #[inline(always)]
            || rows::embed(self.0.simd(), tables, ids, lengths, out),
        );
    }

    fn mean(&self, rows: &[f32], out: &mut [f32]) {
        self.0.simd().vectorize(
            #[inline(always)]
            || rows::mean(self.0.simd(), rows, out),
        );
    }

    fn normalize(&self, x: &mut [f32]) {
        self.0.simd().vectorize(
            #[inline(always)]
            || rows::normalize(self.0.simd(), x),
        );
    }

    fn dot(&self, a: &[f32], b: &[f32]) -> f32 {
        self.0.simd().vectorize(
            #[inline(always)]
            || rows::dot(self.0.simd(), a, b),
        )
    }

    fn dot_half(&self, a: &[u16], b: &[f32]) -> f32 {
        self.0.simd().vectorize(
            #[inline(always)]
            || half::dot(self.0.simd(), a, b),
        )
    }

    fn screen_left(&self, rows: &[f32], dim: usize) -> Screened {
        screen::pack_left(self.0, rows, dim)
    }

    fn screen_right(&self, rows: &[f32], dim: usize) -> Screened {
        screen::pack_right(self.0, rows, dim)
    }

    fn screen_left_bytes(&self, rows: &[ByteRow<'_>], dim: usize) -> Screened {
        screen::pack_left_bytes(self.0, rows, dim)
    }

    fn screen_right_bytes(&self, rows: &[ByteRow<'_>], dim: usize) -> Screened {
        screen::pack_right_bytes(self.0, rows, dim)
    }

    fn screen(&self, left: &Screened, right: &Screened, cut: &mut dyn Cut) {
        self.0.simd().vectorize(
            #[inline(always)]
            || screen::screen(self.0, left, right, cut),
        );
    }

    fn greatest(&self, left: &Screened, right: &Screened, segments: &[usize]) -> Vec<f32> {
        self.0.simd().vectorize(
            #[inline(always)]
            || screen::greatest(self.0, left, right, segments),
        )
    }

    fn layer_norm(&self, x: &mut [f32], norm: Norm<'_>, eps: f32) {
        self.0.simd().vectorize(
            #[inline(always)]
            || rows::layer_norm(self.0.simd(), x, norm, eps),
        );
    }

    fn activate(&self, activation: Activation, x: &mut [f32]) {
        self.0.simd().vectorize(
            #[inline(always)]
            || {
                rows::update(
                    self.0.simd(),
                    [],
                    x,
                    #[inline(always)]
                    |[], x| activate(self.0.simd(), activation, x),
                );
            },
        );
    }

    fn linear(&self, x: &[f32], weights: Linear<'_>) -> Vec<f32> {
        let [inputs, outputs] = gemm::joined_sizes(&[&weights]);
        let packed = <Floats as Weights<B::Simd>>::pack(self.0.simd(), &[&weights], None);
        let mut out = vec![0.0; x.len() / inputs * outputs];
        let mut scratch = Scratch::new();
        let [left, tile] = scratch.split(gemm::workspace_lens::<B::Simd, Floats>());
        product(self.0.simd(), x, &packed, Epilogue::Replace, &mut out, &mut gemm::Workspace { left, tile });
        out
    }

    fn attention(&self, qkv: &[f32], hidden: usize, heads: usize) -> Vec<f32> {
        let mut context = vec![0.0; qkv.len() / 3];
        let mut scratch = Scratch::new();
        let lens = attention::workspace_lens::<B::Simd>(hidden / heads, context.len() / hidden);
        let [queries, keys, values, scores, factors, tile] = scratch.split(lens);
        let mut space = attention::Workspace { queries, keys, values, scores, factors, tile };
        attend(self.0.simd(), qkv, [hidden, heads], None, &mut context, &mut space);
        context
    }
}
