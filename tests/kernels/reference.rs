//! The oracle: a BERT encoder in plain f64 loops, written from the formulas and independent of the kernels.

use samesay::kernels::{Activation, Embeddings, Layer, Linear, Norm, PositionBias, Shape};

/// erf(x) = 2/√π · e^(−x²) · Σₙ 2ⁿ x²ⁿ⁺¹ / (2n+1)!!, whose terms all have one sign: nothing cancels.
pub fn erf(x: f64) -> f64 {
    if x.abs() > 6.0 {
        return x.signum();
    }
    let (mut term, mut sum, mut n) = (x, 0.0, 0.0);
    while sum + term != sum {
        sum += term;
        n += 1.0;
        term *= 2.0 * x * x / (2.0 * n + 1.0);
    }
    2.0 / std::f64::consts::PI.sqrt() * (-x * x).exp() * sum
}

pub fn activate(activation: Activation, x: f64) -> f64 {
    match activation {
        Activation::Gelu => x * 0.5 * (1.0 + erf(x / 2f64.sqrt())),
        Activation::GeluTanh => {
            let inner = (2.0 / std::f64::consts::PI).sqrt() * (x + 0.044_715 * x * x * x);
            x * 0.5 * (1.0 + inner.tanh())
        }
        Activation::Relu => x.max(0.0),
    }
}

/// `x · weightᵀ + bias`, `[rows, outputs]`.
pub fn linear(x: &[f64], weights: &Linear) -> Vec<f64> {
    let outputs = weights.bias.len();
    let inputs = weights.weight.len() / outputs;
    let mut out = Vec::with_capacity(x.len() / inputs * outputs);
    for row in x.chunks_exact(inputs) {
        for (weight, &bias) in weights.weight.chunks_exact(inputs).zip(weights.bias) {
            let sum: f64 = row.iter().zip(weight).map(|(&x, &w)| x * f64::from(w)).sum();
            out.push(sum + f64::from(bias));
        }
    }
    out
}

/// `LayerNorm` of each row, in place.
pub fn layer_norm(x: &mut [f64], norm: &Norm, eps: f64) {
    let hidden = norm.gamma.len();
    for row in x.chunks_exact_mut(hidden) {
        let mean = row.iter().sum::<f64>() / hidden as f64;
        let variance = row.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / hidden as f64;
        for ((x, &gamma), &beta) in row.iter_mut().zip(norm.gamma).zip(norm.beta) {
            *x = (*x - mean) / (variance + eps).sqrt() * f64::from(gamma) + f64::from(beta);
        }
    }
}

/// `exp(scale · x[i]) / Σⱼ exp(scale · x[j])`.
pub fn softmax(x: &[f64], scale: f64) -> Vec<f64> {
    let greatest = x.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let powers: Vec<f64> = x.iter().map(|x| (scale * (x - greatest)).exp()).collect();
    let total: f64 = powers.iter().sum();
    powers.into_iter().map(|power| power / total).collect()
}

/// Attention of one sequence: `[length, hidden]` from queries, keys and values of that shape; `bias(head, query, key)`
/// is added to the scaled scores.
pub fn attention(
    [query, key, value]: [&[f64]; 3],
    hidden: usize,
    heads: usize,
    bias: impl Fn(usize, usize, usize) -> f64,
) -> Vec<f64> {
    let (length, head_dim) = (query.len() / hidden, hidden / heads);
    let scale = 1.0 / (head_dim as f64).sqrt();
    let mut context = vec![0.0; query.len()];
    for column in (0..hidden).step_by(head_dim) {
        let head = |x: &[f64], row: usize| x[row * hidden + column..][..head_dim].to_vec();
        for i in 0..length {
            let dot = |j| head(query, i).iter().zip(head(key, j)).map(|(q, k)| q * k).sum::<f64>();
            let scores: Vec<f64> = (0..length).map(|j| scale * dot(j) + bias(column / head_dim, i, j)).collect();
            for (j, weight) in softmax(&scores, 1.0).into_iter().enumerate() {
                for (d, v) in head(value, j).into_iter().enumerate() {
                    context[i * hidden + column + d] += weight * v;
                }
            }
        }
    }
    context
}

fn add(x: &mut [f64], y: &[f64]) {
    x.iter_mut().zip(y).for_each(|(x, y)| *x += y);
}

/// One layer over one sequence, in place.
pub fn layer(shape: &Shape, weights: &Layer, x: &mut [f64]) {
    let [query, key, value] = [&weights.query, &weights.key, &weights.value].map(|weights| linear(x, weights));
    let bias = |head: usize, query: usize, key: usize| {
        let Some(PositionBias { values, window }) = weights.position_bias else { return 0.0 };
        f64::from(values[head * (2 * window - 1) + window - 1 + key - query])
    };
    let context = attention([&query, &key, &value], shape.hidden, shape.heads, bias);
    add(x, &linear(&context, &weights.attention_output));
    layer_norm(x, &weights.attention_norm, f64::from(shape.norm_eps));
    let mut up = linear(x, &weights.up);
    up.iter_mut().for_each(|x| *x = activate(shape.activation, *x));
    add(x, &linear(&up, &weights.down));
    layer_norm(x, &weights.output_norm, f64::from(shape.norm_eps));
}

/// All layers over one sequence `[length, hidden]`.
pub fn encode(shape: &Shape, layers: &[Layer], x: &[f64]) -> Vec<f64> {
    let mut x = x.to_vec();
    for weights in layers {
        layer(shape, weights, &mut x);
    }
    x
}

/// Word, position and type embeddings of one sequence, normalised.
pub fn embed(tables: &Embeddings, ids: &[u32]) -> Vec<f64> {
    let hidden = tables.norm.gamma.len();
    let mut x = Vec::with_capacity(ids.len() * hidden);
    for (position, &id) in ids.iter().enumerate() {
        for column in 0..hidden {
            let word = f64::from(tables.word[id as usize * hidden + column]);
            let place = f64::from(tables.position[position * hidden + column]);
            x.push(word + place + f64::from(tables.token_type[column]));
        }
    }
    layer_norm(&mut x, &tables.norm, f64::from(tables.norm_eps));
    x
}

/// The mean of the rows `[n, hidden]`.
pub fn mean(rows: &[f64], hidden: usize) -> Vec<f64> {
    let count = (rows.len() / hidden).max(1) as f64;
    (0..hidden).map(|column| rows.iter().skip(column).step_by(hidden).sum::<f64>() / count).collect()
}
