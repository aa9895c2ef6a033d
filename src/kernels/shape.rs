//! An encoder's sizes, and its weights as in a checkpoint.

use core::fmt;

/// The shape of a BERT encoder.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Shape {
    /// Number of values of a token's state.
    pub hidden: usize,
    /// Number of attention heads; they share `hidden` evenly.
    pub heads: usize,
    /// Number of values between the two feed-forward products.
    pub intermediate: usize,
    /// The constant added to the variance in every LayerNorm.
    pub norm_eps: f32,
    /// The activation between the two feed-forward products.
    pub activation: Activation,
}

/// The activation function of the feed-forward part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Activation {
    /// x·Φ(x) with Φ the normal distribution function ("gelu": exact, by erf).
    Gelu,
    /// The tanh approximation of GELU (`gelu_new`, `gelu_pytorch_tanh`).
    GeluTanh,
    /// max(x, 0).
    Relu,
}

/// A dense layer: `y = x · weightᵀ + bias`.
#[derive(Clone, Copy, Debug)]
pub struct Linear<'a> {
    /// `[outputs, inputs]`, row-major as in the checkpoint.
    pub weight: &'a [f32],
    /// `[outputs]`.
    pub bias: &'a [f32],
}

/// LayerNorm's parameters, `[hidden]` each.
#[derive(Clone, Copy, Debug)]
pub struct Norm<'a> {
    /// The factors for the normalised values.
    pub gamma: &'a [f32],
    /// The summands.
    pub beta: &'a [f32],
}

/// The weights of one encoder layer.
#[derive(Clone, Copy, Debug)]
pub struct Layer<'a> {
    /// `[hidden, hidden]`.
    pub query: Linear<'a>,
    /// `[hidden, hidden]`.
    pub key: Linear<'a>,
    /// `[hidden, hidden]`.
    pub value: Linear<'a>,
    /// `[hidden, hidden]`, after attention.
    pub attention_output: Linear<'a>,
    /// The norm after the attention's residual.
    pub attention_norm: Norm<'a>,
    /// `[intermediate, hidden]`.
    pub up: Linear<'a>,
    /// `[hidden, intermediate]`.
    pub down: Linear<'a>,
    /// The norm after the feed-forward residual.
    pub output_norm: Norm<'a>,
    /// A bias for the scores of attention, which most encoders lack.
    pub position_bias: Option<PositionBias<'a>>,
}

/// The bias that attention adds to a score by the distance of the key from the query, as in T5 and `MPNet`.
#[derive(Clone, Copy, Debug)]
pub struct PositionBias<'a> {
    /// `[heads, 2 * window - 1]`: for the distances `key - query` from `1 - window` to `window - 1`.
    pub values: &'a [f32],
    /// Maximum number of tokens of a sequence, at least 1.
    pub window: usize,
}

/// The embedding tables and their LayerNorm.
#[derive(Clone, Copy, Debug)]
pub struct Embeddings<'a> {
    /// `[vocabulary, hidden]`.
    pub word: &'a [f32],
    /// `[positions, hidden]`.
    pub position: &'a [f32],
    /// `[types, hidden]`; only type 0 is used.
    pub token_type: &'a [f32],
    /// The norm applied to the sum of the three.
    pub norm: Norm<'a>,
    /// The constant added to the variance in the norm.
    pub norm_eps: f32,
    /// The numbering of positions.
    pub positions: Positions,
}

/// The positions of a sequence's tokens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Positions {
    /// Positions start at 0.
    FromZero,
    /// Positions as in `RoBERTa`: they start at the id of the padding token plus 1 and do not count padding tokens,
    /// whose position is their id.
    AfterPadding(u32),
}

impl Positions {
    /// The position of each token of a sequence.
    pub(super) fn of(self, ids: &[u32]) -> impl Iterator<Item = usize> {
        let mut counted = match self {
            Self::FromZero => 0,
            Self::AfterPadding(padding) => padding as usize + 1,
        };
        ids.iter().map(move |id| match self {
            Self::AfterPadding(padding) if *id == padding => padding as usize,
            _ => {
                counted += 1;
                counted - 1
            }
        })
    }
}

/// Weights that do not fit the shape.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ShapeError {
    /// The heads cannot share the hidden values evenly, or one of the sizes is zero.
    Sizes {
        /// [`Shape::hidden`].
        hidden: usize,
        /// [`Shape::heads`].
        heads: usize,
        /// [`Shape::intermediate`].
        intermediate: usize,
    },
    /// A tensor's number of values does not match the shape.
    Tensor {
        /// The layer, from 0.
        layer: usize,
        /// The tensor's field in [`Layer`].
        tensor: &'static str,
        /// Expected number of values.
        expected: usize,
        /// Actual number of values.
        found: usize,
    },
}

impl fmt::Display for ShapeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sizes { hidden, heads, intermediate } => {
                write!(f, "no encoder has {hidden} hidden values, {heads} heads and {intermediate} intermediate values")
            }
            Self::Tensor { layer, tensor, expected, found } => {
                write!(f, "layer {layer}: {tensor} should have {expected} values, but has {found}")
            }
        }
    }
}

impl std::error::Error for ShapeError {}

/// A shape for which an instruction set has no kernels.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnsupportedShape {
    /// What was expected and what was found.
    pub what: String,
}

impl fmt::Display for UnsupportedShape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.what)
    }
}

impl std::error::Error for UnsupportedShape {}

impl Shape {
    /// Number of values of a head.
    pub fn head_dim(&self) -> usize {
        self.hidden / self.heads
    }

    /// Checks that the sizes are consistent and that every tensor of the layers has the right number of values.
    ///
    /// # Errors
    /// If the sizes are inconsistent, or a tensor has the wrong number of values.
    pub fn check(&self, layers: &[Layer<'_>]) -> Result<(), ShapeError> {
        let Self { hidden, heads, intermediate, .. } = *self;
        if hidden == 0 || heads == 0 || intermediate == 0 || !hidden.is_multiple_of(heads) {
            return Err(ShapeError::Sizes { hidden, heads, intermediate });
        }
        layers.iter().enumerate().try_for_each(|(index, layer)| self.check_layer(index, layer))
    }

    fn check_layer(&self, layer: usize, weights: &Layer<'_>) -> Result<(), ShapeError> {
        let Self { hidden, intermediate, .. } = *self;
        let linears = [
            ("query", weights.query, hidden, hidden),
            ("key", weights.key, hidden, hidden),
            ("value", weights.value, hidden, hidden),
            ("attention_output", weights.attention_output, hidden, hidden),
            ("up", weights.up, intermediate, hidden),
            ("down", weights.down, hidden, intermediate),
        ];
        let linears = linears.into_iter().flat_map(|(tensor, linear, outputs, inputs)| {
            [(tensor, linear.weight.len(), outputs * inputs), (tensor, linear.bias.len(), outputs)]
        });
        let norms = [("attention_norm", weights.attention_norm), ("output_norm", weights.output_norm)];
        let norms = norms
            .into_iter()
            .flat_map(|(tensor, norm)| [(tensor, norm.gamma.len(), hidden), (tensor, norm.beta.len(), hidden)]);
        let biases = weights
            .position_bias
            .iter()
            .map(|bias| ("position_bias", bias.values.len(), self.heads * (2 * bias.window).saturating_sub(1)));
        match linears.chain(norms).chain(biases).find(|(_, found, expected)| found != expected) {
            None => Ok(()),
            Some((tensor, found, expected)) => Err(ShapeError::Tensor { layer, tensor, expected, found }),
        }
    }
}
