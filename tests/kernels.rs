//! The kernels of every instruction set of this CPU, compared with the f64 oracle.

mod encoder;
mod isa;
mod random;
mod reference;
mod screen;
mod single;

use samesay::kernels::{ISAS, Isa, Precision};

/// How far an encoder's result may be from the oracle's, given the error that rounding to f32 explains. bf16 has 16
/// bits less, most of which sums over many products regain: random weights show 2000 times as much, with a margin of 3.
/// 16-bit integers are rounded to 1/16382 of a row's largest value: 100 times as much, with the same margin. 8-bit ones
/// are rounded to 1/254 of it.
fn tolerance(precision: Precision, f32_tolerance: f64) -> f64 {
    match precision {
        Precision::F32 => f32_tolerance,
        Precision::Bf16 => 2000.0 * f32_tolerance,
        Precision::Int16 => 100.0 * f32_tolerance,
        Precision::Int8 => 10_000.0 * f32_tolerance,
    }
}

/// Runs a test for every instruction set of this CPU, and names those that are left out.
fn for_each_isa(test: impl Fn(&'static Isa)) {
    for isa in ISAS {
        if isa.available() {
            test(isa);
        } else {
            println!("skipped: {} not on this CPU", isa.name);
        }
    }
}

/// Runs a test for every instruction set of this CPU in each of its precisions.
fn for_each_engine(test: impl Fn(&'static Isa, Precision)) {
    for_each_isa(|isa| isa.precisions.iter().for_each(|&precision| test(isa, precision)));
}

/// The same values as f64.
fn wide(x: &[f32]) -> Vec<f64> {
    x.iter().map(|&x| f64::from(x)).collect()
}

/// Panics at the first place where two slices differ by more than the tolerance.
fn assert_close(found: &[f32], expected: &[f64], tolerance: f64, what: &str) {
    assert_eq!(found.len(), expected.len(), "{what}: length");
    for (i, (&found, &expected)) in found.iter().zip(expected).enumerate() {
        let error = (f64::from(found) - expected).abs();
        assert!(error <= tolerance, "{what}: [{i}] is {found}, not {expected}: off by {error:e}, not {tolerance:e}");
    }
}

/// The bits of each value, to compare exactly, NaN included.
fn bits(x: &[f32]) -> Vec<u32> {
    x.iter().map(|x| x.to_bits()).collect()
}
