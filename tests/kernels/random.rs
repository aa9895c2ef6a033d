//! Reproducible random numbers and weights, without a crate.

use samesay::kernels::{Activation, Embeddings, Layer, Linear, Norm, PositionBias, Positions, Shape};

/// `SplitMix64`.
pub struct Random(pub u64);

impl Random {
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// Uniform in `0..end`.
    pub fn below(&mut self, end: usize) -> usize {
        (self.next() % end as u64) as usize
    }

    /// Uniform in −1..1.
    pub fn unit(&mut self) -> f32 {
        (self.next() >> 40) as f32 / (1u64 << 23) as f32 - 1.0
    }

    /// Uniform values in `center − spread .. center + spread`.
    pub fn values(&mut self, len: usize, center: f32, spread: f32) -> Vec<f32> {
        (0..len).map(|_| center + spread * self.unit()).collect()
    }
}

/// The sizes of an encoder with the usual eps.
pub fn shape(hidden: usize, heads: usize, intermediate: usize, activation: Activation) -> Shape {
    Shape { hidden, heads, intermediate, norm_eps: 1e-12, activation }
}

/// One layer's tensors.
pub struct OwnedLayer {
    /// Weight before bias, in the order of `Layer`'s fields.
    tensors: Vec<(Vec<f32>, Vec<f32>)>,
    /// A bias by relative position, and its window.
    position_bias: Option<(Vec<f32>, usize)>,
}

impl OwnedLayer {
    /// Creates weights of a size that keeps activations near 1.
    pub fn new(shape: &Shape, random: &mut Random) -> Self {
        let Shape { hidden, intermediate, .. } = *shape;
        let mut linear = |outputs: usize, inputs: usize| {
            (random.values(outputs * inputs, 0.0, (3.0 / inputs as f32).sqrt()), random.values(outputs, 0.0, 0.2))
        };
        let square = [(); 4].map(|()| linear(hidden, hidden));
        let (up, down) = (linear(intermediate, hidden), linear(hidden, intermediate));
        let mut norm = || (random.values(hidden, 1.0, 0.2), random.values(hidden, 0.0, 0.2));
        let norms = [norm(), norm()];
        Self { tensors: square.into_iter().chain([up, down]).chain(norms).collect(), position_bias: None }
    }

    /// Adds a bias by relative position, for sequences of at most `window` tokens.
    pub fn with_position_bias(self, heads: usize, window: usize, random: &mut Random) -> Self {
        Self { position_bias: Some((random.values(heads * (2 * window - 1), 0.0, 2.0), window)), ..self }
    }

    pub fn view(&self) -> Layer<'_> {
        let linear = |i: usize| Linear { weight: &self.tensors[i].0, bias: &self.tensors[i].1 };
        let norm = |i: usize| Norm { gamma: &self.tensors[i].0, beta: &self.tensors[i].1 };
        Layer {
            query: linear(0),
            key: linear(1),
            value: linear(2),
            attention_output: linear(3),
            attention_norm: norm(6),
            up: linear(4),
            down: linear(5),
            output_norm: norm(7),
            position_bias: self.position_bias.as_ref().map(|(values, window)| PositionBias { values, window: *window }),
        }
    }
}

/// Small embedding tables.
pub struct OwnedEmbeddings {
    pub word: Vec<f32>,
    pub position: Vec<f32>,
    pub token_type: Vec<f32>,
    pub gamma: Vec<f32>,
    pub beta: Vec<f32>,
}

impl OwnedEmbeddings {
    pub fn new(hidden: usize, vocabulary: usize, positions: usize, random: &mut Random) -> Self {
        Self {
            word: random.values(vocabulary * hidden, 0.0, 1.0),
            position: random.values(positions * hidden, 0.0, 1.0),
            token_type: random.values(2 * hidden, 0.0, 1.0),
            gamma: random.values(hidden, 1.0, 0.2),
            beta: random.values(hidden, 0.0, 0.2),
        }
    }

    pub fn view(&self) -> Embeddings<'_> {
        Embeddings {
            word: &self.word,
            position: &self.position,
            token_type: &self.token_type,
            norm: Norm { gamma: &self.gamma, beta: &self.beta },
            norm_eps: 1e-12,
            positions: Positions::FromZero,
        }
    }
}
