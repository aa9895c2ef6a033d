//! Each kernel on each instruction set of this CPU, next to the portable one and the CPU's measured peak.
//!
//! `cargo bench --bench kernels`. Items are operations for `peak`, `linear`, `attention` and `screen`, two for each
//! multiply-add, and values for the others. `greatest` is counted like `screen`. The sizes are those of a block of 512
//! tokens in a `MiniLM` (hidden 384, 12 heads, intermediate 1536). AMX has no kernels of its own here: its products are
//! in its encoder (`--bench encoder`), and the kernels around it are those of AVX-512.

#[path = "common/isas.rs"]
mod isas;
#[path = "../tests/kernels/random.rs"]
#[allow(dead_code, reason = "shared with the tests")]
mod random;

use divan::counter::ItemsCount;
use divan::{Bencher, black_box};
use samesay::kernels::{Activation, Bounds, Cut, Isa, Kernels, Linear, Norm};

use isas::{Engine, engines, of, with_kernels};
use random::{OwnedEmbeddings, Random};

const HIDDEN: usize = 384;
const INTERMEDIATE: usize = 1536;
const HEADS: usize = 12;
const TOKENS: usize = 512;
/// Number of tokens of the sequence with which attention is measured.
const LENGTH: usize = 128;

fn main() {
    isas::name_the_missing();
    for isa in with_kernels() {
        assert_same_answers(&*kernels(isa), isa);
    }
    divan::main();
}

fn kernels(isa: &str) -> Box<dyn Kernels> {
    of(isa).kernels().expect("an instruction set of this CPU")
}

/// Asserts that what is measured is right: every kernel agrees with the portable one within rounding.
fn assert_same_answers(kernels: &dyn Kernels, isa: &str) {
    let portable = Isa::by_name("portable").and_then(|isa| isa.kernels().ok()).expect("every CPU has it");
    for ((name, found), (_, expected)) in answers(kernels).into_iter().zip(answers(&*portable)) {
        assert_eq!(found.len(), expected.len(), "{name} of {isa}");
        let off = found.iter().zip(&expected).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
        assert!(off < 1e-4, "{name} of {isa} is off by {off}");
    }
    assert_same_pairs(kernels, isa);
    assert_greatest(kernels, isa);
}

/// The results of each kernel in f32 for the same numbers.
fn answers(kernels: &dyn Kernels) -> [(&'static str, Vec<f32>); 9] {
    let mut random = Random(1);
    let qkv = random.values(LENGTH * 3 * HIDDEN, 0.0, 1.0);
    let (weight, bias) = (random.values(HIDDEN * HIDDEN, 0.0, 0.08), random.values(HIDDEN, 0.0, 0.2));
    let (gamma, beta) = (random.values(HIDDEN, 1.0, 0.2), random.values(HIDDEN, 0.0, 0.2));
    let tables = OwnedEmbeddings::new(HIDDEN, 1000, LENGTH, &mut random);
    let ids: Vec<u32> = (0..LENGTH).map(|_| random.below(1000) as u32).collect();
    let unit = unit_rows(2, &mut random);
    let (a, b) = unit.split_at(HIDDEN);
    let of = |make: &dyn Fn(&mut Vec<f32>)| {
        let mut x = qkv[..LENGTH * HIDDEN].to_vec();
        make(&mut x);
        x
    };
    [
        ("attention", kernels.attention(&qkv, HIDDEN, HEADS)),
        ("linear", kernels.linear(&qkv, Linear { weight: &weight, bias: &bias })),
        ("layer_norm", of(&|x| kernels.layer_norm(x, Norm { gamma: &gamma, beta: &beta }, 1e-12))),
        ("gelu", of(&|x| kernels.activate(Activation::Gelu, x))),
        ("embed", of(&|x| kernels.embed(&tables.view(), &ids, &[LENGTH], x))),
        ("mean", {
            let mut mean = vec![0.0; HIDDEN];
            kernels.mean(&qkv[..LENGTH * HIDDEN], &mut mean);
            mean
        }),
        ("normalize", of(&|x| x.chunks_exact_mut(HIDDEN).for_each(|row| kernels.normalize(row)))),
        ("dot", vec![kernels.dot(a, b), kernels.dot(a, a)]),
        ("dot_half", vec![kernels.dot_half(&halves(a), b), kernels.dot_half(&halves(a), a)]),
    ]
}

fn halves(values: &[f32]) -> Vec<u16> {
    values.iter().map(|value| half::f16::from_f32(*value).to_bits()).collect()
}

/// Asserts that the largest product of each row with some segments is the largest in f32, within the precision of 8
/// bits.
fn assert_greatest(kernels: &dyn Kernels, isa: &str) {
    const ROWS: usize = 90;
    let (a, b) = (unit_rows(ROWS, &mut Random(11)), unit_rows(ROWS, &mut Random(12)));
    let found = kernels.greatest(&kernels.screen_left(&a, HIDDEN), &kernels.screen_right(&b, HIDDEN), &[30, 60]);
    for (segment, rows) in [(0, &a[..30 * HIDDEN]), (1, &a[30 * HIDDEN..])] {
        for (at, row) in b.chunks_exact(HIDDEN).enumerate() {
            let greatest = rows.chunks_exact(HIDDEN).map(|other| kernels.dot(other, row)).fold(0.0, f32::max);
            let off = (found[segment * ROWS + at] - greatest).abs();
            assert!(off < 0.02, "the greatest of {isa} is off by {off}");
        }
    }
}

/// Asserts that screening finds exactly the pairs whose product reaches the cut, once its results are computed in f32.
fn assert_same_pairs(kernels: &dyn Kernels, isa: &str) {
    const ROWS: usize = 300;
    let rows = unit_rows(ROWS, &mut Random(9));
    let mut found = Pairs::above(0.1, [ROWS, ROWS]);
    kernels.screen(&kernels.screen_left(&rows, HIDDEN), &kernels.screen_right(&rows, HIDDEN), &mut found);
    let row = |at: usize| &rows[at * HIDDEN..(at + 1) * HIDDEN];
    let reaches = |(a, b): &(usize, usize)| kernels.dot(row(*a), row(*b)) >= 0.1;
    let all = (0..ROWS).flat_map(|a| (0..ROWS).map(move |b| (a, b)));
    let (mut screened, expected): (Vec<_>, Vec<_>) =
        (found.pairs.into_iter().filter(reaches).collect(), all.filter(reaches).collect());
    screened.sort_unstable();
    assert!(screened == expected, "{isa} finds {} pairs, not {}", screened.len(), expected.len());
}

/// Rows of length 1.
fn unit_rows(n: usize, random: &mut Random) -> Vec<f32> {
    let mut rows = random.values(n * HIDDEN, 0.0, 1.0);
    for row in rows.chunks_exact_mut(HIDDEN) {
        let length = row.iter().map(|value| value * value).sum::<f32>().sqrt();
        row.iter_mut().for_each(|value| *value /= length);
    }
    rows
}

/// Collects the pairs that may reach one cut.
struct Pairs {
    least: [Vec<f32>; 2],
    pairs: Vec<(usize, usize)>,
}

impl Pairs {
    fn above(least: f32, [rows, columns]: [usize; 2]) -> Self {
        Self { least: [vec![least; rows], vec![f32::INFINITY; columns]], pairs: Vec::new() }
    }
}

impl Cut for Pairs {
    fn least(&self) -> (&[f32], &[f32]) {
        (&self.least[0], &self.least[1])
    }

    fn candidate(&mut self, row: usize, column: usize, _: Bounds) {
        self.pairs.push((row, column));
    }
}

#[divan::bench(args = engines())]
fn peak(bencher: Bencher, engine: Engine) {
    const ROUNDS: usize = 10_000;
    let run = || engine.isa().multiply_add(engine.precision, ROUNDS).expect("an instruction set of this CPU");
    assert!(run() >= ROUNDS as f64, "at least one operation in each round");
    bencher.counter(ItemsCount::new(run() as usize)).bench(run);
}

mod linear {
    use super::{Bencher, HIDDEN, INTERMEDIATE, ItemsCount, Linear, Random, TOKENS, black_box, kernels, with_kernels};

    #[divan::bench(args = with_kernels())]
    fn hidden_to_intermediate(bencher: Bencher, isa: &str) {
        linear(bencher, isa, HIDDEN, INTERMEDIATE);
    }

    #[divan::bench(args = with_kernels())]
    fn intermediate_to_hidden(bencher: Bencher, isa: &str) {
        linear(bencher, isa, INTERMEDIATE, HIDDEN);
    }

    /// Includes packing the weights, which an encoder does once: a hundredth of the time at 512 tokens.
    fn linear(bencher: Bencher, isa: &str, inputs: usize, outputs: usize) {
        let mut random = Random(2);
        let x = random.values(TOKENS * inputs, 0.0, 1.0);
        let (weight, bias) = (random.values(outputs * inputs, 0.0, 0.08), random.values(outputs, 0.0, 0.2));
        let (kernels, linear) = (kernels(isa), Linear { weight: &weight, bias: &bias });
        bencher.counter(ItemsCount::new(2 * TOKENS * inputs * outputs)).bench(|| kernels.linear(black_box(&x), linear));
    }
}

#[divan::bench(args = with_kernels())]
fn attention(bencher: Bencher, isa: &str) {
    let (kernels, qkv) = (kernels(isa), Random(3).values(LENGTH * 3 * HIDDEN, 0.0, 1.0));
    let operations = 2 * 2 * LENGTH * LENGTH * HIDDEN;
    bencher.counter(ItemsCount::new(operations)).bench(|| kernels.attention(black_box(&qkv), HIDDEN, HEADS));
}

#[divan::bench(args = with_kernels())]
fn layer_norm(bencher: Bencher, isa: &str) {
    let mut random = Random(4);
    let (kernels, mut x) = (kernels(isa), random.values(TOKENS * HIDDEN, 0.0, 1.0));
    let (gamma, beta) = (random.values(HIDDEN, 1.0, 0.2), random.values(HIDDEN, 0.0, 0.2));
    let norm = Norm { gamma: &gamma, beta: &beta };
    bencher.counter(ItemsCount::new(x.len())).bench_local(|| kernels.layer_norm(black_box(&mut x), norm, 1e-12));
}

#[divan::bench(args = with_kernels())]
fn gelu(bencher: Bencher, isa: &str) {
    let (kernels, x) = (kernels(isa), Random(5).values(TOKENS * HIDDEN, 0.0, 3.0));
    let copy = || x.clone();
    bencher
        .counter(ItemsCount::new(x.len()))
        .with_inputs(copy)
        .bench_local_refs(|x| kernels.activate(Activation::Gelu, x));
}

#[divan::bench(args = with_kernels())]
fn embed(bencher: Bencher, isa: &str) {
    let mut random = Random(6);
    let tables = OwnedEmbeddings::new(HIDDEN, 30_522, LENGTH, &mut random);
    let ids: Vec<u32> = (0..TOKENS).map(|_| random.below(30_522) as u32).collect();
    let (kernels, mut out) = (kernels(isa), vec![0.0; TOKENS * HIDDEN]);
    let lengths = [LENGTH; TOKENS / LENGTH];
    bencher
        .counter(ItemsCount::new(out.len()))
        .bench_local(|| kernels.embed(&tables.view(), black_box(&ids), &lengths, &mut out));
}

#[divan::bench(args = with_kernels())]
fn mean(bencher: Bencher, isa: &str) {
    let (kernels, rows) = (kernels(isa), Random(7).values(LENGTH * HIDDEN, 0.0, 1.0));
    let mut out = vec![0.0; HIDDEN];
    bencher.counter(ItemsCount::new(rows.len())).bench_local(|| kernels.mean(black_box(&rows), &mut out));
}

#[divan::bench(args = with_kernels())]
fn dot(bencher: Bencher, isa: &str) {
    let mut random = Random(8);
    let (kernels, a, b) = (kernels(isa), random.values(HIDDEN, 0.0, 1.0), random.values(HIDDEN, 0.0, 1.0));
    bencher.counter(ItemsCount::new(HIDDEN)).bench(|| kernels.dot(black_box(&a), black_box(&b)));
}

#[divan::bench(args = with_kernels())]
fn dot_half(bencher: Bencher, isa: &str) {
    let mut random = Random(8);
    let (kernels, a, b) = (kernels(isa), halves(&random.values(HIDDEN, 0.0, 1.0)), random.values(HIDDEN, 0.0, 1.0));
    bencher.counter(ItemsCount::new(HIDDEN)).bench(|| kernels.dot_half(black_box(&a), black_box(&b)));
}

#[divan::bench(args = with_kernels())]
fn normalize(bencher: Bencher, isa: &str) {
    let (kernels, mut x) = (kernels(isa), Random(13).values(HIDDEN, 0.0, 1.0));
    bencher.counter(ItemsCount::new(HIDDEN)).bench_local(|| kernels.normalize(black_box(&mut x)));
}

/// The tokens of 16 sentences with those of 64 others, as in late interaction.
#[divan::bench(args = with_kernels())]
fn greatest(bencher: Bencher, isa: &str) {
    const SEGMENTS: [usize; 64] = [24; 64];
    const TOKENS: usize = 16 * 24;
    let (kernels, mut random) = (kernels(isa), Random(14));
    let (a, b) = (unit_rows(SEGMENTS.iter().sum(), &mut random), unit_rows(TOKENS, &mut random));
    let (left, right) = (kernels.screen_left(&a, HIDDEN), kernels.screen_right(&b, HIDDEN));
    bencher
        .counter(ItemsCount::new(2 * SEGMENTS.iter().sum::<usize>() * TOKENS * HIDDEN))
        .bench(|| kernels.greatest(black_box(&left), &right, &SEGMENTS));
}

/// 1,024 rows with 1,024 others, as in a block of the product of all with all.
#[divan::bench(args = with_kernels())]
fn screen(bencher: Bencher, isa: &str) {
    const ROWS: usize = 1024;
    let (kernels, mut random) = (kernels(isa), Random(10));
    let (a, b) = (unit_rows(ROWS, &mut random), unit_rows(ROWS, &mut random));
    let (left, right) = (kernels.screen_left(&a, HIDDEN), kernels.screen_right(&b, HIDDEN));
    bencher.counter(ItemsCount::new(2 * ROWS * ROWS * HIDDEN)).bench(|| {
        let mut found = Pairs::above(0.2, [ROWS, ROWS]);
        kernels.screen(black_box(&left), &right, &mut found);
        found.pairs.len()
    });
}
