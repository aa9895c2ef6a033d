//! The peak rate of a CPU's multipliers: multiply-adds on registers alone, without memory accesses.

use core::hint::black_box;

use super::integers::Format;
use super::simd::Simd;

/// Performs `rounds` of multiply-adds on vectors; returns the number of floating-point operations, two for each
/// multiply-add.
pub fn multiply_add<S: Simd>(simd: S, rounds: usize) -> f64 {
    /// Independent chains: at least latency (4 to 5 cycles) × multipliers (2).
    const CHAINS: usize = 12;
    simd.vectorize(
        #[inline(always)]
        || {
            let (factor, addend) = (simd.splat(black_box(0.5)), simd.splat(black_box(1.0)));
            let mut chains = [addend; CHAINS];
            for _ in 0..rounds {
                for chain in &mut chains {
                    *chain = simd.mul_add(*chain, factor, addend);
                }
            }
            black_box(chains.map(|chain| simd.sum(chain)));
        },
    );
    (2 * CHAINS * S::LANES * rounds) as f64
}

/// Performs `rounds` of multiply-adds on groups of integers; returns the number of operations, two for each
/// multiply-add.
pub fn multiply_add_integers<S: Simd, F: Format>(simd: S, rounds: usize) -> f64 {
    const CHAINS: usize = 12;
    simd.vectorize(
        #[inline(always)]
        || {
            let words = black_box([0x0101_0101, 0x0102_0102]);
            // SAFETY: the addresses are those of words.
            let factors = unsafe { words.each_ref().map(|word| simd.splat_word_at(word)) };
            let mut chains = [factors[0]; CHAINS];
            for _ in 0..rounds {
                for chain in &mut chains {
                    // A product that does not change would be computed only once.
                    *chain = F::add_two(simd, *chain, [*chain; 2], factors);
                }
            }
            black_box(chains.map(|chain| simd.sum(simd.to_floats(chain))));
        },
    );
    (4 * F::GROUP * CHAINS * S::LANES * rounds) as f64
}
