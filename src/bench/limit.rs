//! The limits of the hardware, measured.

use std::hint::black_box;
use std::sync::Barrier;
use std::time::{Duration, Instant};

use crate::bench::machine;
use crate::kernels::{Isa, Precision};
use crate::report::bench::number;
use crate::report::{Limit, Rate, TaskLimit};

/// Rounds of multiply-adds between two readings of the clock.
const ROUNDS: usize = 20_000;
/// Number of windows of time, of which the best counts: a limit is what can be reached, not what is usual.
const WINDOWS: u32 = 4;
/// Bounds of the bytes that a thread reads to measure its memory: four times its part of the largest cache.
const READ: std::ops::RangeInclusive<u64> = 16 << 20..=512 << 20;
/// Assumed bytes of the largest cache, if the machine does not report them.
const CACHE: u64 = 32 << 20;
/// Tokens that are encoded for each reading of the weights: the size of the embedder's batches.
pub const BATCH_TOKENS: f64 = 512.0;

/// The formats that an encoder computes in: for products with weights, and for attention.
pub fn formats(precision: Precision) -> [Precision; 2] {
    let attention = if precision == Precision::Bf16 { Precision::Bf16 } else { Precision::F32 };
    [precision, attention]
}

/// Bytes of a weight in a format.
pub fn bytes_per_weight(precision: Precision) -> f64 {
    match precision.name() {
        "f32" => 4.0,
        "int8" => 1.0,
        _ => 2.0,
    }
}

/// Measures an instruction set's multiply-adds in the formats of its encoder, and the memory, each for about `time`.
pub fn limit(isa: &'static Isa, precision: Precision, threads: usize, time: Duration) -> Limit {
    let [weights, attention] = formats(precision);
    let mut operations_per_s = vec![rate(isa, weights, threads, time)];
    if attention != weights {
        operations_per_s.push(rate(isa, attention, threads, time));
    }
    Limit { operations_per_s, memory_bytes_per_s: memory(threads, time), words: Vec::new() }
}

/// Measures the multiply-adds of the 8-bit integers that pairs of vectors are screened in.
pub fn screening(isa: &'static Isa, threads: usize, time: Duration) -> Rate {
    rate(isa, Precision::Int8, threads, time)
}

/// The limit that arithmetic sets to a task that multiplies each pair of `n` vectors `[n, dim]` once, and took
/// `seconds`.
pub fn of_products(n: usize, dim: usize, seconds: f64, rate: &Rate) -> TaskLimit {
    let operations = n as f64 * n.saturating_sub(1) as f64 * dim as f64;
    let least = operations / rate.per_s;
    TaskLimit {
        share: share(least, seconds),
        words: format!(
            "multiplying each pair of {} vectors once takes {} G operations, which {} in {} can do in {} ms at best \
             ({} G operations/s, measured): {} of the time that it took",
            number(n as f64, 0),
            number(operations / 1e9, 2),
            rate.isa,
            rate.precision,
            number(least * 1e3, 2),
            number(rate.per_s / 1e9, 0),
            percent(least, seconds)
        ),
    }
}

/// The limit that memory sets to a task that reads `bytes` of vectors, and took `seconds`.
pub fn of_reading(bytes: u64, seconds: f64, bytes_per_s: f64) -> TaskLimit {
    let least = bytes as f64 / bytes_per_s;
    TaskLimit {
        share: share(least, seconds),
        words: format!(
            "reading all vectors once, {} MB, takes {} ms at the memory's {} GB/s (measured): {} of the time that it \
             took",
            number(bytes as f64 / 1e6, 2),
            number(least * 1e3, 3),
            number(bytes_per_s / 1e9, 1),
            percent(least, seconds)
        ),
    }
}

fn share(least: f64, seconds: f64) -> Option<f64> {
    Some((least / seconds * 1e6).round() / 1e6).filter(|share| share.is_finite())
}

fn percent(least: f64, seconds: f64) -> String {
    match 100.0 * least / seconds {
        some if some >= 1.0 => format!("{some:.0}%"),
        little => format!("{little:.2}%"),
    }
}

fn rate(isa: &'static Isa, precision: Precision, threads: usize, time: Duration) -> Rate {
    let work = |(): &mut ()| isa.multiply_add(precision, ROUNDS).unwrap_or(0.0);
    let per_s = on_threads(threads, time, &|| (), &work);
    Rate { isa: isa.name.to_owned(), precision: precision.name().to_owned(), per_s }
}

/// Bytes per second that threads read, each from its own memory, which does not fit into a cache.
fn memory(threads: usize, time: Duration) -> f64 {
    let (cache, sharing) = machine::largest_cache().map_or((CACHE, 1), |cache| (cache.bytes, cache.shared_by.max(1)));
    let spare = machine::memory_available().unwrap_or(*READ.end()) / 4;
    let wanted = cache.saturating_mul(4) / sharing.min(threads) as u64;
    let each = wanted.clamp(*READ.start(), *READ.end()).min(spare / threads as u64);
    let words = (each / 8).max(1 << 16) as usize;
    // Memory of zeros could be a single page.
    let make = || (0..words as u64).collect::<Vec<u64>>();
    // Several independent sums, so that no addition waits for the previous one.
    let read = |values: &mut Vec<u64>| {
        let sums = values.chunks_exact(16).fold([0u64; 16], |mut sums, chunk| {
            sums.iter_mut().zip(chunk).for_each(|(sum, value)| *sum = sum.wrapping_add(*value));
            sums
        });
        black_box(sums);
        (values.len() * 8) as f64
    };
    on_threads(threads, time, &make, &read)
}

/// Work per second that threads do together, in the best of some windows of time; 0 if the threads cannot be started.
/// Each thread makes a state before all begin.
fn on_threads<T>(
    threads: usize,
    time: Duration,
    make: &(dyn Fn() -> T + Sync),
    work: &(dyn Fn(&mut T) -> f64 + Sync),
) -> f64 {
    let (begin, window) = (Barrier::new(threads), time / WINDOWS);
    let run = || {
        let mut state = make();
        work(&mut state);
        let windows = (0..WINDOWS).map(|_| {
            begin.wait();
            let (start, mut done) = (Instant::now(), 0.0);
            loop {
                done += work(&mut state);
                let passed = start.elapsed();
                if passed >= window {
                    return done / passed.as_secs_f64();
                }
            }
        });
        windows.collect::<Vec<f64>>()
    };
    // A pool starts all of its threads or none. That matters because they wait for one another.
    let rates = match rayon::ThreadPoolBuilder::new().num_threads(threads).build() {
        Ok(pool) => pool.broadcast(|_| run()),
        Err(_) => return 0.0,
    };
    (0..WINDOWS as usize).map(|window| rates.iter().map(|rates| rates[window]).sum()).fold(0.0, f64::max)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_format_of_this_cpu_has_a_limit() {
        let isa = Isa::best(Precision::F32).unwrap();
        for &precision in isa.precisions {
            let limit = limit(isa, precision, 1, Duration::from_millis(4));
            let formats: Vec<&str> = limit.operations_per_s.iter().map(|rate| rate.precision.as_str()).collect();
            assert_eq!(formats, if precision == Precision::F32 { vec!["f32"] } else { vec![precision.name(), "f32"] });
            assert!(limit.operations_per_s.iter().all(|rate| rate.per_s > 0.0), "{limit:?}");
            assert!(limit.memory_bytes_per_s > 0.0, "{limit:?}");
        }
    }
}
