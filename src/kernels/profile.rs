//! Where a forward pass spends its time.

use core::time::Duration;
use std::time::Instant;

/// A stage of an encoder layer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// Queries, keys and values as one product.
    Qkv,
    /// Scores, softmax and the weighted values.
    Attention,
    /// The product after attention, with the residual.
    AttentionOutput,
    /// The product to the intermediate size, with the activation.
    Up,
    /// The product back to the hidden size, with the residual.
    Down,
    /// Both LayerNorms.
    Norm,
}

impl Stage {
    /// All stages, in the order of a layer.
    pub const ALL: [Self; 6] = [Self::Qkv, Self::Attention, Self::AttentionOutput, Self::Up, Self::Down, Self::Norm];

    /// A name for tables.
    pub fn name(self) -> &'static str {
        match self {
            Self::Qkv => "qkv",
            Self::Attention => "attention",
            Self::AttentionOutput => "attention output",
            Self::Up => "up",
            Self::Down => "down",
            Self::Norm => "norm",
        }
    }
}

/// Time spent in each stage. Reading the clock costs some 40 ns a stage, of milliseconds for a block.
#[derive(Clone, Copy, Debug, Default)]
pub struct Profile([Duration; Stage::ALL.len()]);

impl Profile {
    /// Time spent in a stage.
    pub fn time(&self, stage: Stage) -> Duration {
        self.0[stage as usize]
    }

    /// Runs one stage and adds its time.
    pub(super) fn measure<R>(&mut self, stage: Stage, run: impl FnOnce() -> R) -> R {
        let start = Instant::now();
        let result = run();
        self.0[stage as usize] += start.elapsed();
        result
    }
}
