//! What a CPU's multipliers can do at most: multiply-adds on registers alone, with no memory in the way.

use core::hint::black_box;

use super::simd::Simd;

/// Does `rounds` of multiply-adds on vectors; returns the floating-point operations done, two for each multiply-add.
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
