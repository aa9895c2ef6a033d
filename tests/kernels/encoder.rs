//! Whole encoders compared with the f64 oracle, and the guarantee that a sequence's result depends on that sequence
//! only.

use samesay::kernels::{Activation, Encoder, EncoderError, Isa, Precision, Scratch, Shape};

use super::random::{OwnedLayer, Random, shape};
use super::{assert_close, bits, for_each_engine, reference, tolerance, wide};

const LAYERS: usize = 2;

fn weights(shape: &Shape) -> Vec<OwnedLayer> {
    let mut random = Random(shape.hidden as u64);
    (0..LAYERS).map(|_| OwnedLayer::new(shape, &mut random)).collect()
}

fn encoder(isa: &Isa, precision: Precision, shape: &Shape) -> Box<dyn Encoder> {
    try_encoder(isa, precision, shape).expect("an available instruction set and fitting weights")
}

fn try_encoder(isa: &Isa, precision: Precision, shape: &Shape) -> Result<Box<dyn Encoder>, EncoderError> {
    let weights = weights(shape);
    let layers: Vec<_> = weights.iter().map(OwnedLayer::view).collect();
    isa.encoder(precision, shape, &layers)
}

fn forward(encoder: &dyn Encoder, x: &[f32], lengths: &[usize]) -> Vec<f32> {
    let mut x = x.to_vec();
    encoder.forward(&mut x, lengths, &mut Scratch::new());
    x
}

fn shapes() -> Vec<Shape> {
    vec![
        shape(32, 4, 64, Activation::Gelu),
        shape(48, 4, 100, Activation::Gelu),
        shape(64, 2, 128, Activation::Gelu),
        shape(128, 2, 192, Activation::GeluTanh),
        shape(96, 3, 64, Activation::Relu),
        shape(100, 4, 37, Activation::Gelu),
        shape(128, 2, 401, Activation::GeluTanh),
        shape(64, 8, 256, Activation::Relu),
        shape(3, 1, 5, Activation::Gelu),
    ]
}

/// Sequences of different lengths as one matrix.
fn input(shape: &Shape, lengths: &[usize]) -> Vec<f32> {
    Random(5).values(lengths.iter().sum::<usize>() * shape.hidden, 0.0, 1.7)
}

/// The rows of each sequence.
fn split<'a>(x: &'a [f32], lengths: &[usize], hidden: usize) -> Vec<&'a [f32]> {
    let mut rest = x;
    let mut take = |length: &usize| {
        let (rows, after) = rest.split_at(length * hidden);
        rest = after;
        rows
    };
    lengths.iter().map(&mut take).collect()
}

/// Hidden states are about 1 in magnitude and pass through four `LayerNorms`, each of which divides by a deviation of
/// about 1; every product adds √depth roundings of 6e-8. 3e-5 is ten times the observed error; a misplaced value has an
/// error of 1e-1.
#[test]
fn hidden_states_are_near_the_oracle() {
    for_each_engine(|isa, precision| {
        for shape in shapes() {
            let lengths = [1, 13, 14, 15, 0, 33, 2, 70];
            let x = input(&shape, &lengths);
            let encoder = match try_encoder(isa, precision, &shape) {
                Err(EncoderError::Unsupported { isa, source }) => {
                    println!("skipped: {isa} has no kernels for {shape:?}: {source}");
                    continue;
                }
                encoder => encoder.expect("an available instruction set and fitting weights"),
            };
            let found = forward(&*encoder, &x, &lengths);
            let weights = weights(&shape);
            let layers: Vec<_> = weights.iter().map(OwnedLayer::view).collect();
            let sequences = split(&x, &lengths, shape.hidden).into_iter();
            let expected: Vec<f64> = sequences.flat_map(|x| reference::encode(&shape, &layers, &wide(x))).collect();
            assert_close(&found, &expected, tolerance(precision, 3e-5), &format!("{} {precision} {shape:?}", isa.name));
        }
    });
}

/// As above, with a bias by relative position: every length up to its window, so that strips of queries begin and end
/// everywhere in it. A bias shifted by one place moves states by more than 1e-2.
#[test]
fn a_bias_by_relative_position_is_added_to_the_scores() {
    const WINDOW: usize = 70;
    for_each_engine(|isa, precision| {
        for shape in [shape(32, 4, 64, Activation::Gelu), shape(100, 4, 37, Activation::Gelu)] {
            let mut random = Random(77);
            let weights: Vec<OwnedLayer> = weights(&shape)
                .into_iter()
                .map(|layer| layer.with_position_bias(shape.heads, WINDOW, &mut random))
                .collect();
            let layers: Vec<_> = weights.iter().map(OwnedLayer::view).collect();
            let encoder = match isa.encoder(precision, &shape, &layers) {
                Err(EncoderError::Unsupported { isa, source }) => {
                    println!("skipped: {isa}: {source}");
                    continue;
                }
                encoder => encoder.expect("an available instruction set and fitting weights"),
            };
            let lengths: Vec<usize> = (0..=WINDOW).collect();
            let x = input(&shape, &lengths);
            let found = forward(&*encoder, &x, &lengths);
            let sequences = split(&x, &lengths, shape.hidden).into_iter();
            let expected: Vec<f64> = sequences.flat_map(|x| reference::encode(&shape, &layers, &wide(x))).collect();
            assert_close(&found, &expected, tolerance(precision, 3e-5), &format!("{} {precision} {shape:?}", isa.name));
        }
    });
}

#[test]
fn a_sequence_has_the_same_bits_in_any_block() {
    let shape = shape(64, 2, 128, Activation::Gelu);
    let lengths = [7, 300, 1, 88, 14, 0, 250, 33, 600, 5];
    for_each_engine(|isa, precision| {
        let encoder = encoder(isa, precision, &shape);
        let x = input(&shape, &lengths);
        let together = forward(&*encoder, &x, &lengths);
        let alone: Vec<f32> = split(&x, &lengths, shape.hidden)
            .into_iter()
            .zip(lengths)
            .flat_map(|(x, length)| forward(&*encoder, x, &[length]))
            .collect();
        assert_eq!(bits(&together), bits(&alone), "{} {precision}", isa.name);
    });
}

#[test]
fn a_sequence_has_the_same_bits_in_any_order() {
    let shape = shape(64, 2, 128, Activation::Gelu);
    let lengths = [7, 30, 1, 88, 14, 33];
    let x = input(&shape, &lengths);
    for_each_engine(|isa, precision| {
        let encoder = encoder(isa, precision, &shape);
        let forwards = forward(&*encoder, &x, &lengths);
        let reversed_x: Vec<f32> = split(&x, &lengths, shape.hidden).into_iter().rev().flatten().copied().collect();
        let reversed_lengths: Vec<usize> = lengths.iter().rev().copied().collect();
        let backwards = forward(&*encoder, &reversed_x, &reversed_lengths);
        let restored: Vec<f32> =
            split(&backwards, &reversed_lengths, shape.hidden).into_iter().rev().flatten().copied().collect();
        assert_eq!(bits(&forwards), bits(&restored), "{} {precision}", isa.name);
    });
}

#[test]
fn scratch_and_threads_leave_no_trace() {
    let shape = shape(64, 2, 128, Activation::Gelu);
    let lengths = [40, 3];
    let x = input(&shape, &lengths);
    for_each_engine(|isa, precision| {
        let encoder = encoder(isa, precision, &shape);
        let fresh = forward(&*encoder, &x, &lengths);
        let used = || {
            let mut scratch = Scratch::new();
            encoder.forward(&mut vec![f32::NAN; 64 * 90], &[90], &mut scratch);
            let mut x = x.clone();
            encoder.forward(&mut x, &lengths, &mut scratch);
            x
        };
        let results =
            std::thread::scope(|scope| [scope.spawn(used), scope.spawn(used)].map(std::thread::ScopedJoinHandle::join));
        for result in results {
            assert_eq!(bits(&result.expect("no panic")), bits(&fresh), "{} {precision}", isa.name);
        }
    });
}

#[test]
fn what_is_not_finite_stays_in_its_sequence() {
    let shape = shape(64, 2, 128, Activation::Gelu);
    let lengths = [20, 9, 20];
    let x = input(&shape, &lengths);
    for_each_engine(|isa, precision| {
        let encoder = encoder(isa, precision, &shape);
        let clean = forward(&*encoder, &x, &lengths);
        for poison in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY, f32::MAX] {
            let place = 25 * shape.hidden + 7;
            let mut poisoned = x.clone();
            poisoned[place] = poison;
            let found = forward(&*encoder, &poisoned, &lengths);
            let (found, clean) = (split(&found, &lengths, shape.hidden), split(&clean, &lengths, shape.hidden));
            assert_eq!(
                [bits(found[0]), bits(found[2])],
                [bits(clean[0]), bits(clean[2])],
                "{} {precision} {poison}",
                isa.name
            );
        }
    });
}

#[test]
fn empty_blocks_are_fine() {
    let shape = shape(64, 2, 128, Activation::Gelu);
    for_each_engine(|isa, precision| {
        let encoder = encoder(isa, precision, &shape);
        assert!(forward(&*encoder, &[], &[]).is_empty());
        assert!(forward(&*encoder, &[], &[0, 0]).is_empty());
    });
}
