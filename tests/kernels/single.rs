//! Each kernel alone, at sizes around vectors, tiles and blocks.
//!
//! Vectors have 8 or 16 lanes, tiles 4, 6 or 14 rows and 8, 16 or 32 columns, blocks of the depth 384 terms, strips 16
//! tiles; the sizes here are 0, 1 and one less, equal and one more than each.

use samesay::kernels::{Activation, Embeddings, Linear, Norm, Positions};

use super::random::{OwnedEmbeddings, Random};
use super::{assert_close, bits, for_each_isa, reference, wide};

/// Half the distance between two f32 next to 1, the largest relative error of one rounding.
const ROUNDING: f64 = 1.0 / (1u64 << 24) as f64;

/// Rows around the tile heights of all instruction sets.
const ROWS: [usize; 12] = [0, 1, 3, 4, 5, 6, 7, 13, 14, 15, 28, 29];
/// Lengths around vectors and panels.
const WIDTHS: [usize; 14] = [1, 3, 7, 8, 9, 15, 16, 17, 31, 32, 33, 64, 65, 384];

/// Rounding errors of a sum add up like a random walk: √terms of them, each a [`ROUNDING`] of the sum of magnitudes;
/// four times that, since the test looks at the largest of thousands of sums.
fn check_linear(isa: &samesay::kernels::Isa, [rows, inputs, outputs]: [usize; 3]) {
    let mut random = Random((rows * inputs + outputs) as u64);
    let x = random.values(rows * inputs, 0.0, 1.0);
    let (weight, bias) = (random.values(inputs * outputs, 0.0, 1.0), random.values(outputs, 0.0, 1.0));
    let weights = Linear { weight: &weight, bias: &bias };
    let found = isa.kernels().expect("available").linear(&x, weights);
    let tolerance = 4.0 * ROUNDING * (inputs as f64).sqrt() * (inputs + 1) as f64;
    let what = format!("{} linear [{rows}, {inputs}] to {outputs}", isa.name);
    assert_close(&found, &reference::linear(&wide(&x), &weights), tolerance, &what);
}

#[test]
fn linear_is_near_the_oracle() {
    for_each_isa(|isa| {
        for rows in ROWS {
            for size in WIDTHS {
                check_linear(isa, [rows, size, 33]);
                check_linear(isa, [rows, 33, size]);
            }
        }
    });
}

#[test]
fn linear_crosses_blocks_of_depth_and_strips() {
    for_each_isa(|isa| {
        for inputs in [383, 384, 385, 767, 768, 769] {
            check_linear(isa, [15, inputs, 17]);
        }
        for outputs in [831, 832, 833, 865] {
            check_linear(isa, [15, 384, outputs]);
        }
        // Sixteen tiles of 4, 6 and 14 rows.
        for rows in [63, 64, 65, 95, 96, 97, 223, 224, 225] {
            check_linear(isa, [rows, 40, 17]);
        }
    });
}

#[test]
fn a_row_of_a_product_does_not_depend_on_the_others() {
    let mut random = Random(7);
    let (inputs, outputs) = (401, 33);
    let x = random.values(29 * inputs, 0.0, 1.0);
    let (weight, bias) = (random.values(inputs * outputs, 0.0, 1.0), random.values(outputs, 0.0, 1.0));
    let weights = Linear { weight: &weight, bias: &bias };
    for_each_isa(|isa| {
        let kernels = isa.kernels().expect("available");
        let all = kernels.linear(&x, weights);
        for rows in ROWS {
            let some = kernels.linear(&x[..rows * inputs], weights);
            assert_eq!(bits(&some), bits(&all[..rows * outputs]), "{}: {rows} rows", isa.name);
        }
    });
}

/// The error stated in the documentation of the approximation, and two roundings of the result.
#[test]
fn gelu_is_exact_to_single_precision() {
    let x: Vec<f32> = (-120_000..=120_000).map(|i| i as f32 / 10_000.0).collect();
    for_each_isa(|isa| {
        let mut found = x.clone();
        isa.kernels().expect("available").activate(Activation::Gelu, &mut found);
        let mut greatest = 0.0f64;
        for (&x, &found) in x.iter().zip(&found) {
            let expected = reference::activate(Activation::Gelu, f64::from(x));
            let error = (f64::from(found) - expected).abs();
            greatest = greatest.max(error);
            assert!(
                error <= 3e-7 + 2.0 * ROUNDING * expected.abs(),
                "{}: gelu({x}) is {found}, not {expected}",
                isa.name
            );
        }
        println!("{}: greatest error of gelu {greatest:e}", isa.name);
    });
}

/// A relative error of 2.5e-7 of 2ˣ and a few roundings, of values up to |x|.
#[test]
fn the_other_activations_are_near_the_oracle() {
    let x: Vec<f32> = (-2_000..=2_000).map(|i| i as f32 / 100.0).collect();
    for_each_isa(|isa| {
        let kernels = isa.kernels().expect("available");
        for (activation, tolerance) in [(Activation::GeluTanh, 1e-6), (Activation::Relu, 0.0)] {
            let mut found = x.clone();
            kernels.activate(activation, &mut found);
            for (&x, &found) in x.iter().zip(&found) {
                let expected = reference::activate(activation, f64::from(x));
                let error = (f64::from(found) - expected).abs();
                assert!(error <= tolerance * expected.abs().max(1.0), "{}: {activation:?}({x}) is {found}", isa.name);
            }
        }
    });
}

#[test]
fn activations_keep_what_is_not_finite() {
    for_each_isa(|isa| {
        for activation in [Activation::Gelu, Activation::GeluTanh, Activation::Relu] {
            let mut x = [f32::NAN, f32::INFINITY, f32::MAX, 0.0];
            isa.kernels().expect("available").activate(activation, &mut x);
            assert!(x[0].is_nan(), "{} {activation:?}", isa.name);
            assert_eq!(x[1..], [f32::INFINITY, f32::MAX, 0.0], "{} {activation:?}", isa.name);
        }
    });
}

/// Values up to 5 after normalisation; mean and variance have errors of a few roundings of values up to 3.
#[test]
fn layer_norm_is_near_the_oracle() {
    for_each_isa(|isa| {
        for hidden in WIDTHS {
            for rows in [0, 1, 3] {
                let mut random = Random(hidden as u64);
                let (gamma, beta) = (random.values(hidden, 1.0, 0.5), random.values(hidden, 0.0, 0.5));
                let norm = Norm { gamma: &gamma, beta: &beta };
                let mut x = random.values(rows * hidden, 1.0, 2.0);
                let mut expected = wide(&x);
                reference::layer_norm(&mut expected, &norm, 1e-12);
                isa.kernels().expect("available").layer_norm(&mut x, norm, 1e-12);
                assert_close(&x, &expected, 1e-5, &format!("{} layer_norm [{rows}, {hidden}]", isa.name));
            }
        }
    });
}

/// Weighted means of values up to 1; the weights have the relative error of rounding scores up to 5.
#[test]
fn attention_is_near_the_oracle() {
    for_each_isa(|isa| {
        for (hidden, heads) in [(32, 4), (48, 4), (100, 4), (64, 2), (128, 2), (33, 1)] {
            for length in [0, 1, 4, 7, 8, 9, 13, 14, 15, 16, 17, 31, 32, 33, 65, 129] {
                let mut random = Random((hidden + length) as u64);
                let qkv = random.values(length * 3 * hidden, 0.0, 1.0);
                let part = |i: usize| wide(&qkv.chunks_exact(hidden).skip(i).step_by(3).collect::<Vec<_>>().concat());
                let expected = reference::attention([&part(0), &part(1), &part(2)], hidden, heads, |_, _, _| 0.0);
                let found = isa.kernels().expect("available").attention(&qkv, hidden, heads);
                assert_close(&found, &expected, 2e-6, &format!("{} attention {length} x {hidden} / {heads}", isa.name));
            }
        }
    });
}

#[test]
fn attention_survives_great_scores() {
    for_each_isa(|isa| {
        let qkv: Vec<f32> = (0..20 * 96).map(|i| if i % 7 == 0 { 1e18 } else { -1e18 }).collect();
        let context = isa.kernels().expect("available").attention(&qkv, 32, 4);
        assert!(context.iter().all(|x| x.is_finite()), "{}", isa.name);
    });
}

#[test]
fn embed_is_near_the_oracle() {
    for_each_isa(|isa| {
        for hidden in WIDTHS.into_iter().filter(|&hidden| hidden > 1) {
            let mut random = Random(hidden as u64);
            let tables = OwnedEmbeddings::new(hidden, 50, 20, &mut random);
            let lengths = [3, 0, 20, 1];
            let ids: Vec<u32> = (0..24).map(|_| random.below(50) as u32).collect();
            let mut found = vec![0.0; 24 * hidden];
            isa.kernels().expect("available").embed(&tables.view(), &ids, &lengths, &mut found);
            let sequences = [&ids[..3], &ids[3..23], &ids[23..]];
            let expected: Vec<f64> = sequences.iter().flat_map(|ids| reference::embed(&tables.view(), ids)).collect();
            // Sums of three values, then a LayerNorm, as above. Rows of a few values may have a small variance.
            assert_close(&found, &expected, 5e-5, &format!("{} embed {hidden}", isa.name));
        }
    });
}

/// Padding, id 3, keeps 3 as its position and is not counted; everything else counts from 4, starting anew in each
/// sequence.
#[test]
fn positions_may_count_from_behind_the_padding() {
    for_each_isa(|isa| {
        let tables = OwnedEmbeddings::new(16, 50, 20, &mut Random(9));
        let kernels = isa.kernels().expect("available");
        let embed = |positions: Positions, ids: &[u32], lengths: &[usize]| {
            let mut out = vec![0.0; ids.len() * 16];
            kernels.embed(&Embeddings { positions, ..tables.view() }, ids, lengths, &mut out);
            out
        };
        let found = embed(Positions::AfterPadding(3), &[7, 3, 8, 9, 7], &[4, 1]);
        // The same word at those positions of a sequence that counts from 0.
        let at = |id: u32, position: usize| {
            let mut ids = vec![0; position];
            ids.push(id);
            embed(Positions::FromZero, &ids, &[position + 1])[position * 16..].to_vec()
        };
        let expected = [at(7, 4), at(3, 3), at(8, 5), at(9, 6), at(7, 4)].concat();
        assert_eq!(bits(&found), bits(&expected), "{}", isa.name);
    });
}

/// Means of values up to 1: one rounding for each row, of sums up to their number.
#[test]
fn mean_is_near_the_oracle() {
    for_each_isa(|isa| {
        for hidden in WIDTHS {
            for rows in ROWS {
                let x = Random(rows as u64).values(rows * hidden, 0.0, 1.0);
                let mut found = vec![f32::NAN; hidden];
                isa.kernels().expect("available").mean(&x, &mut found);
                let expected = reference::mean(&wide(&x), hidden);
                assert_close(&found, &expected, 30.0 * ROUNDING, &format!("{} mean [{rows}, {hidden}]", isa.name));
            }
        }
    });
}

#[test]
fn dot_and_normalize_are_near_the_oracle() {
    for_each_isa(|isa| {
        let kernels = isa.kernels().expect("available");
        for len in WIDTHS.into_iter().chain([0, 127, 128, 129]) {
            let mut random = Random(len as u64);
            let (mut a, b) = (random.values(len, 0.0, 1.0), random.values(len, 0.0, 1.0));
            let dot = |a: &[f32], b: &[f32]| wide(a).iter().zip(wide(b)).map(|(a, b)| a * b).sum::<f64>();
            // At worst, a rounding of the sum of magnitudes for each term.
            let tolerance = ROUNDING * (len * len) as f64;
            assert_close(&[kernels.dot(&a, &b)], &[dot(&a, &b)], tolerance, &format!("{} dot {len}", isa.name));
            let half: Vec<half::f16> = a.iter().map(|value| half::f16::from_f32(*value)).collect();
            let (bits, widened): (Vec<u16>, Vec<f32>) =
                half.iter().map(|value| (value.to_bits(), value.to_f32())).unzip();
            assert_close(
                &[kernels.dot_half(&bits, &b)],
                &[dot(&widened, &b)],
                tolerance,
                &format!("{} dot_half {len}", isa.name),
            );
            kernels.normalize(&mut a);
            let norm = dot(&a, &a).sqrt();
            assert!(len == 0 || (norm - 1.0).abs() < 1e-6, "{} norm {norm} of {len}", isa.name);
        }
        let mut zeros = [0.0; 20];
        kernels.normalize(&mut zeros);
        assert_eq!(zeros, [0.0; 20], "{}", isa.name);
    });
}
