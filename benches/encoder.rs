//! The whole encoder by instruction set and precision, length of the texts and number of threads. Items are tokens.
//!
//! `cargo bench --bench encoder`. The network has `MiniLM`'s shape (six layers, hidden 384, 12 heads, intermediate
//! 1536) and random weights: speed does not depend on them, and no model is needed. A thread takes a block of 512
//! tokens through all layers. Items per second are those of one thread: with two threads on two cores they should be
//! the same as with one. For comparison with the peak of `--bench kernels`: a token costs about 21.3 MFLOP in products
//! and 0.0092 MFLOP times its text's length in attention.

#[path = "common/isas.rs"]
mod isas;
#[path = "../tests/kernels/random.rs"]
#[allow(dead_code, reason = "shared with the tests")]
mod random;

use std::sync::OnceLock;

use divan::Bencher;
use divan::counter::ItemsCount;
use samesay::kernels::{Activation, Encoder, Precision, Scratch, Shape};

use isas::{Engine, engines};
use random::{OwnedLayer, Random, shape};

const LAYERS: usize = 6;
/// Number of tokens of a block, as the embedder forms them.
const TOKENS: usize = 512;

fn main() {
    isas::name_the_missing();
    for engine in engines() {
        assert_same_answers(engine);
    }
    divan::main();
}

fn mini_lm() -> Shape {
    shape(384, 12, 1536, Activation::Gelu)
}

/// The encoder of an engine, packed only once.
fn encoder(engine: Engine) -> &'static dyn Encoder {
    static ENCODERS: OnceLock<Vec<(Engine, Box<dyn Encoder>)>> = OnceLock::new();
    let all = ENCODERS.get_or_init(|| {
        let mut random = Random(1);
        let weights: Vec<OwnedLayer> = (0..LAYERS).map(|_| OwnedLayer::new(&mini_lm(), &mut random)).collect();
        let layers: Vec<_> = weights.iter().map(OwnedLayer::view).collect();
        let pack = |engine: Engine| {
            engine.isa().encoder(engine.precision, &mini_lm(), &layers).expect("an engine of this CPU")
        };
        engines().into_iter().map(|engine| (engine, pack(engine))).collect()
    });
    &*all.iter().find(|(other, _)| *other == engine).expect("an engine of this CPU").1
}

/// Asserts that what is measured is right: hidden states point in the same direction as the portable encoder's.
fn assert_same_answers(engine: Engine) {
    let lengths = [7, 1, 40];
    let states = Random(2).values(lengths.iter().sum::<usize>() * mini_lm().hidden, 0.0, 1.0);
    let run = |engine| {
        let mut states = states.clone();
        encoder(engine).forward(&mut states, &lengths, &mut Scratch::new());
        states
    };
    let (found, expected) = (run(engine), run(Engine { name: "portable", precision: Precision::F32 }));
    let dot = |a: &[f32], b: &[f32]| a.iter().zip(b).map(|(a, b)| f64::from(a * b)).sum::<f64>();
    let cosine = dot(&found, &expected) / (dot(&found, &found) * dot(&expected, &expected)).sqrt();
    let least = if engine.precision == Precision::Int8 { 0.99 } else { 0.999 };
    assert!(cosine > least, "{engine}: cosine {cosine} to the portable encoder");
}

#[divan::bench(args = engines(), consts = [16, 64, 128, 256], threads = [1, 2], sample_size = 1)]
fn tokens_a_text<const LENGTH: usize>(bencher: Bencher, engine: Engine) {
    let encoder = encoder(engine);
    let lengths = [LENGTH].repeat(TOKENS / LENGTH);
    let states = Random(3).values(TOKENS * mini_lm().hidden, 0.0, 1.0);
    thread_local! {
        static SCRATCH: std::cell::RefCell<Scratch> = std::cell::RefCell::new(Scratch::new());
    }
    let run = |mut states: Vec<f32>| {
        SCRATCH.with_borrow_mut(|scratch| encoder.forward(&mut states, &lengths, scratch));
        states
    };
    bencher.counter(ItemsCount::new(TOKENS)).with_inputs(|| states.clone()).bench_values(run);
}
