//! Kernels over rows of `hidden` values: embedding lookup, LayerNorm, pooling, normalisation and dot product.

use super::simd::Simd;
use super::{Embeddings, Norm};

/// Σᵢ f(i-th vector of each slice) over slices of equal length. Missing lanes of the last vector are zero.
#[inline(always)]
fn sum_by<S: Simd>(simd: S, a: &[f32], b: &[f32], f: impl Fn(S::Vector, S::Vector, S::Vector) -> S::Vector) -> f32 {
    const CHAINS: usize = 4;
    let mut sums = [simd.splat(0.0); CHAINS];
    let (a_wide, b_wide) = (a.chunks_exact(CHAINS * S::LANES), b.chunks_exact(CHAINS * S::LANES));
    let (a_rest, b_rest) = (a_wide.remainder(), b_wide.remainder());
    for (a, b) in a_wide.zip(b_wide) {
        for (i, sum) in sums.iter_mut().enumerate() {
            *sum = f(simd.load(&a[i * S::LANES..]), simd.load(&b[i * S::LANES..]), *sum);
        }
    }
    let (a_chunks, b_chunks) = (a_rest.chunks_exact(S::LANES), b_rest.chunks_exact(S::LANES));
    let (a_rest, b_rest) = (a_chunks.remainder(), b_chunks.remainder());
    for (a, b) in a_chunks.zip(b_chunks) {
        sums[0] = f(simd.load(a), simd.load(b), sums[0]);
    }
    sums[1] = f(simd.load_partial(a_rest), simd.load_partial(b_rest), sums[1]);
    simd.sum(simd.add(simd.add(sums[0], sums[1]), simd.add(sums[2], sums[3])))
}

/// `Σᵢ a[i] · b[i]`.
#[inline(always)]
pub(super) fn dot<S: Simd>(simd: S, a: &[f32], b: &[f32]) -> f32 {
    assert_eq!(a.len(), b.len());
    sum_by(
        simd,
        a,
        b,
        #[inline(always)]
        |a, b, sum| simd.mul_add(a, b, sum),
    )
}

#[inline(always)]
fn sum<S: Simd>(simd: S, a: &[f32]) -> f32 {
    sum_by(
        simd,
        a,
        a,
        #[inline(always)]
        |a, _, sum| simd.add(a, sum),
    )
}

/// `out[i] = f(i-th vector of each input, of out)`.
#[inline(always)]
pub(super) fn update<S: Simd, const N: usize>(
    simd: S,
    inputs: [&[f32]; N],
    out: &mut [f32],
    f: impl Fn([S::Vector; N], S::Vector) -> S::Vector,
) {
    for input in inputs {
        assert_eq!(input.len(), out.len());
    }
    let whole = out.len() / S::LANES * S::LANES;
    let mut vectors = [simd.splat(0.0); N];
    for i in (0..whole).step_by(S::LANES) {
        for (vector, input) in vectors.iter_mut().zip(inputs) {
            *vector = simd.load(&input[i..i + S::LANES]);
        }
        let out = &mut out[i..i + S::LANES];
        simd.store(f(vectors, simd.load(out)), out);
    }
    if whole < out.len() {
        for (vector, input) in vectors.iter_mut().zip(inputs) {
            *vector = simd.load_partial(&input[whole..]);
        }
        let out = &mut out[whole..];
        simd.store_partial(f(vectors, simd.load_partial(out)), out);
    }
}

/// `x[i] *= factor`.
#[inline(always)]
pub(super) fn scale<S: Simd>(simd: S, x: &mut [f32], factor: f32) {
    let factor = simd.splat(factor);
    update(
        simd,
        [],
        x,
        #[inline(always)]
        |[], x| simd.mul(x, factor),
    );
}

/// `out[i] = x[i] · factor`.
#[inline(always)]
pub(super) fn scale_into<S: Simd>(simd: S, x: &[f32], factor: f32, out: &mut [f32]) {
    let factor = simd.splat(factor);
    update(
        simd,
        [x],
        out,
        #[inline(always)]
        |[x], _| simd.mul(x, factor),
    );
}

/// LayerNorm of each row of x `[rows, hidden]` in place: `(x − mean) / √(variance + eps) · gamma + beta`.
#[inline(always)]
pub(super) fn layer_norm<S: Simd>(simd: S, x: &mut [f32], norm: Norm<'_>, eps: f32) {
    let hidden = norm.gamma.len();
    for row in x.chunks_exact_mut(hidden) {
        let mean = simd.splat(sum(simd, row) / hidden as f32);
        update(
            simd,
            [],
            row,
            #[inline(always)]
            |[], x| simd.sub(x, mean),
        );
        let variance = dot(simd, row, row) / hidden as f32;
        let factor = simd.splat(1.0 / (variance + eps).sqrt());
        update(
            simd,
            [norm.gamma, norm.beta],
            row,
            #[inline(always)]
            |[gamma, beta], x| simd.mul_add(simd.mul(x, factor), gamma, beta),
        );
    }
}

/// Sums the word, position and type embeddings of each token into `out` `[tokens, hidden]`, then applies LayerNorm.
#[inline(always)]
pub(super) fn embed<S: Simd>(simd: S, tables: &Embeddings<'_>, ids: &[u32], lengths: &[usize], out: &mut [f32]) {
    let hidden = tables.norm.gamma.len();
    assert_eq!(ids.len() * hidden, out.len());
    assert_eq!(lengths.iter().sum::<usize>(), ids.len());
    let sequences = lengths.iter().scan(ids, |rest, &length| rest.split_off(..length));
    let positions = sequences.flat_map(|ids| tables.positions.of(ids));
    for ((row, &id), position) in out.chunks_exact_mut(hidden).zip(ids).zip(positions) {
        let word = &tables.word[id as usize * hidden..][..hidden];
        let position = &tables.position[position * hidden..][..hidden];
        update(
            simd,
            [word, position, &tables.token_type[..hidden]],
            row,
            #[inline(always)]
            |[word, position, token_type], _| simd.add(simd.add(word, token_type), position),
        );
    }
    layer_norm(simd, out, tables.norm, tables.norm_eps);
}

/// The mean of the rows `[n, out.len()]`, added in order; zeros if there are none.
#[inline(always)]
pub(super) fn mean<S: Simd>(simd: S, rows: &[f32], out: &mut [f32]) {
    out.fill(0.0);
    if rows.is_empty() {
        return;
    }
    assert!(rows.len().is_multiple_of(out.len()));
    let count = rows.len() / out.len();
    for row in rows.chunks_exact(out.len()) {
        update(
            simd,
            [row],
            out,
            #[inline(always)]
            |[x], sum| simd.add(sum, x),
        );
    }
    scale(simd, out, 1.0 / count as f32);
}

/// Divides by the Euclidean norm; a vector of norm zero is unchanged.
#[inline(always)]
pub(super) fn normalize<S: Simd>(simd: S, x: &mut [f32]) {
    let norm = dot(simd, x, x).sqrt();
    if norm > 0.0 {
        scale(simd, x, 1.0 / norm);
    }
}
