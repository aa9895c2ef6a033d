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

/// Does `rounds` of multiply-adds on pairs of 16-bit integers; returns the operations done, two for each multiply-add.
pub fn multiply_add_int16<S: Simd>(simd: S, rounds: usize) -> f64 {
    const CHAINS: usize = 12;
    simd.vectorize(
        #[inline(always)]
        || {
            let pair = black_box([1i16, 1]);
            // SAFETY: the address is that of two integers.
            let ones = unsafe { simd.splat_pair_at(pair.as_ptr()) };
            let mut chains = [simd.no_integers(); CHAINS];
            for _ in 0..rounds {
                for chain in &mut chains {
                    *chain = simd.add_pairs(*chain, ones, ones);
                }
            }
            black_box(chains.map(|chain| simd.sum(simd.to_floats(chain))));
        },
    );
    (4 * CHAINS * S::LANES * rounds) as f64
}
