//! Screening finds every pair whose product in f32 reaches the cut, each once, and hardly any other.

use std::collections::BTreeMap;

use samesay::kernels::{Bounds, ByteRow, Cut, Kernels, MAX_DIM, Screened};

use super::for_each_isa;
use super::random::Random;

/// Collects what is found, with its bounds.
struct Gathering {
    rows: Vec<f32>,
    columns: Vec<f32>,
    found: BTreeMap<(usize, usize), Bounds>,
}

impl Cut for Gathering {
    fn least(&self) -> (&[f32], &[f32]) {
        (&self.rows, &self.columns)
    }

    fn candidate(&mut self, row: usize, column: usize, bounds: Bounds) {
        assert!(self.found.insert((row, column), bounds).is_none(), "{row}, {column}: found twice");
    }
}

/// Screens rows `[m, dim]` with others `[n, dim]`; returns the number found and the total, after checking that nothing
/// is missing, that products are within their bounds, and that everything found is within `slack` of what it has to
/// reach.
fn check(
    kernels: &dyn Kernels,
    (a, b): (&[f32], &[f32]),
    dim: usize,
    least: (Vec<f32>, Vec<f32>),
    slack: f32,
) -> usize {
    let mut cut = Gathering { rows: least.0, columns: least.1, found: BTreeMap::new() };
    kernels.screen(&kernels.screen_left(a, dim), &kernels.screen_right(b, dim), &mut cut);
    for (row, x) in a.chunks_exact(dim).enumerate() {
        for (column, y) in b.chunks_exact(dim).enumerate() {
            let (product, least) = (kernels.dot(x, y), cut.rows[row].min(cut.columns[column]));
            match cut.found.get(&(row, column)) {
                Some(Bounds { lower, upper }) => {
                    assert!((*lower..=*upper).contains(&product), "{row}, {column}: {product}, not {lower} to {upper}");
                    assert!(product >= least - slack, "{row}, {column}: {product} is far from {least}");
                }
                None => assert!(product < least, "{row}, {column}: {product} reaches {least} and was not found"),
            }
        }
    }
    cut.found.len()
}

fn unit_rows(n: usize, dim: usize, random: &mut Random) -> Vec<f32> {
    let mut rows = random.values(n * dim, 0.0, 1.0);
    for row in rows.chunks_exact_mut(dim) {
        let length = row.iter().map(|x| x * x).sum::<f32>().sqrt().max(1e-9);
        row.iter_mut().for_each(|x| *x /= length);
    }
    rows
}

/// The bound for rows of length 1, one of which has values spread over the whole range: two roundings to 1/63 or 1/127
/// of the largest value, and the same again because found pairs may deviate by it in the other direction.
fn slack(dim: usize) -> f32 {
    2.0 * (1.0 / 63.0 + 1.0 / 127.0) * (dim as f32).sqrt()
}

#[test]
fn all_sizes_of_rows_and_factors() {
    for_each_isa(|isa| {
        let (kernels, mut random) = (isa.kernels().unwrap(), Random(1));
        for dim in [1, 2, 3, 4, 5, 8, 31, 32, 33, 127, 384, 385] {
            for (m, n) in [(0, 3), (3, 0), (1, 1), (4, 8), (13, 31), (14, 32), (15, 33), (28, 64), (225, 65), (7, 200)]
            {
                let (a, b) = (unit_rows(m, dim, &mut random), unit_rows(n, dim, &mut random));
                let spread = 1.0 / (dim as f32).sqrt();
                let least = (random.values(m, spread, spread), random.values(n, 2.0 * spread, spread));
                check(&*kernels, (&a, &b), dim, least, slack(dim));
            }
        }
    });
}

/// Products exactly at the cut count, whatever their bits.
#[test]
fn what_is_at_the_cut_is_found() {
    for_each_isa(|isa| {
        let (kernels, mut random) = (isa.kernels().unwrap(), Random(2));
        let (dim, n) = (384, 60);
        let rows = unit_rows(n, dim, &mut random);
        for column in 0..n {
            let (x, y) = (&rows[..dim], &rows[column * dim..(column + 1) * dim]);
            let least = vec![kernels.dot(x, y)];
            let mut cut = Gathering { rows: least, columns: vec![f32::INFINITY; n], found: BTreeMap::new() };
            kernels.screen(&kernels.screen_left(x, dim), &kernels.screen_right(&rows, dim), &mut cut);
            assert!(cut.found.contains_key(&(0, column)), "{}: {column}", isa.name);
        }
    });
}

/// Far fewer pairs are found than exist: for random rows of 384, hardly more than reach the cut.
#[test]
fn hardly_any_other_is_found() {
    for_each_isa(|isa| {
        let (kernels, mut random) = (isa.kernels().unwrap(), Random(3));
        let (dim, n) = (384, 300);
        let rows = unit_rows(n, dim, &mut random);
        let found = check(&*kernels, (&rows, &rows), dim, (vec![0.12; n], vec![f32::INFINITY; n]), 0.12);
        let reach = |least: f32| {
            let pairs = rows.chunks_exact(dim).flat_map(|x| rows.chunks_exact(dim).map(move |y| (x, y)));
            pairs.filter(|(x, y)| kernels.dot(x, y) >= least).count()
        };
        assert!(
            found >= reach(0.12) && found <= reach(0.06),
            "{}: {found}, {}, {}",
            isa.name,
            reach(0.12),
            reach(0.06)
        );
    });
}

/// Rows of any length, equal rows, zeros, single values, and values between two whole numbers.
#[test]
fn rows_that_round_badly() {
    for_each_isa(|isa| {
        let kernels = isa.kernels().unwrap();
        let dim = 40;
        let mut rows: Vec<Vec<f32>> = vec![vec![0.0; dim], vec![1.0; dim], vec![-1.0; dim], vec![1e-35; dim]];
        for limit in [63.0f32, 127.0] {
            for at in [0, 1, dim - 1] {
                let mut row = vec![0.5 / limit; dim];
                row[at] = -1.0;
                rows.push(row);
                rows.push((0..dim).map(|i| if i == at { 1.0 } else { (i as f32 + 0.5) / limit }).collect());
            }
        }
        let scaled: Vec<f32> = [1e-6f32, 1.0, 1e6]
            .iter()
            .flat_map(|factor| rows.iter().flat_map(move |row| row.iter().map(move |x| x * factor)))
            .collect();
        let n = scaled.len() / dim;
        for least in [-1e3, -1.0, 0.0, 1e-9, 0.3, 1.0, 1e6] {
            check(&*kernels, (&scaled, &scaled), dim, (vec![least; n], vec![f32::INFINITY; n]), f32::INFINITY);
        }
        check(&*kernels, (&scaled, &scaled), dim, (vec![f32::NEG_INFINITY; n], vec![0.0; n]), f32::INFINITY);
    });
}

/// The longest rows with the largest integers: no sum exceeds its 32 bits.
#[test]
fn the_longest_rows() {
    for_each_isa(|isa| {
        let kernels = isa.kernels().unwrap();
        let value = 1.0 / (MAX_DIM as f32).sqrt();
        let rows: Vec<f32> = [vec![value; MAX_DIM], vec![-value; MAX_DIM]].concat();
        let infinite = vec![f32::INFINITY; 2];
        assert_eq!(check(&*kernels, (&rows, &rows), MAX_DIM, (vec![0.9; 2], infinite.clone()), 0.1), 2, "{}", isa.name);
        assert_eq!(check(&*kernels, (&rows, &rows), MAX_DIM, (vec![-1.1; 2], infinite), 0.1), 4, "{}", isa.name);
    });
}

#[test]
fn what_is_not_finite_is_in_no_pair() {
    for_each_isa(|isa| {
        let (kernels, mut random) = (isa.kernels().unwrap(), Random(4));
        for bad in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY] {
            let mut rows = unit_rows(20, 33, &mut random);
            rows[5 * 33 + 7] = bad;
            let least = (vec![f32::NEG_INFINITY; 20], vec![f32::INFINITY; 20]);
            let mut cut = Gathering { rows: least.0, columns: least.1, found: BTreeMap::new() };
            kernels.screen(&kernels.screen_left(&rows, 33), &kernels.screen_right(&rows, 33), &mut cut);
            assert_eq!(cut.found.len(), 19 * 19, "{}: {bad}", isa.name);
            assert!(cut.found.keys().all(|(a, b)| *a != 5 && *b != 5), "{}: {bad}", isa.name);
        }
    });
}

/// The largest product of each segment agrees with the products of all, within rounding; no order, padding or neighbour
/// changes a bit of it.
#[test]
fn the_greatest_of_each_segment() {
    for_each_isa(|isa| {
        let (kernels, mut random) = (isa.kernels().unwrap(), Random(5));
        for (dim, segments, n) in [
            (384, vec![1, 0, 3, 40, 14, 200], 50),
            (384, vec![13, 1, 15], 1),
            (33, vec![0, 7], 70),
            (1, vec![2, 2], 3),
            (384, vec![], 4),
            (384, vec![5], 0),
        ] {
            let m: usize = segments.iter().sum();
            let (a, b) = (unit_rows(m, dim, &mut random), unit_rows(n, dim, &mut random));
            let greatest =
                |b: &[f32]| kernels.greatest(&kernels.screen_left(&a, dim), &kernels.screen_right(b, dim), &segments);
            let found = greatest(&b);
            assert_eq!(found.len(), segments.len() * n, "{}", isa.name);
            let mut first = 0;
            for (segment, rows) in segments.iter().enumerate() {
                let rows = &a[first * dim..(first + rows) * dim];
                first += rows.len() / dim;
                for (column, y) in b.chunks_exact(dim).enumerate() {
                    let expected = rows.chunks_exact(dim).map(|x| kernels.dot(x, y)).fold(0.0, f32::max);
                    let off = (found[segment * n + column] - expected).abs();
                    assert!(off <= 0.02, "{}: {dim}, {segment}, {column}: off by {off}", isa.name);
                    assert_eq!(greatest(y)[segment].to_bits(), found[segment * n + column].to_bits(), "{}", isa.name);
                }
            }
        }
    });
}

/// Rows of bytes give the same results as their values in floats.
#[test]
fn rows_that_are_bytes_already() {
    for_each_isa(|isa| {
        let (kernels, mut random) = (isa.kernels().unwrap(), Random(6));
        for (dim, segments, n) in [(384, vec![1, 0, 40, 14, 33], 50), (33, vec![0, 7], 70), (1, vec![2, 2], 3)] {
            let mut rows = |n: usize| -> (Vec<i8>, Vec<f32>) {
                let rows = unit_rows(n, dim, &mut random);
                let scales =
                    rows.chunks_exact(dim).map(|row| row.iter().fold(0.0f32, |most, x| most.max(x.abs())) / 127.0);
                let scales: Vec<f32> = scales.collect();
                (rows.iter().enumerate().map(|(at, x)| (x / scales[at / dim]).round() as i8).collect(), scales)
            };
            let (left, right) = (rows(segments.iter().sum()), rows(n));
            let floats = |(units, scales): &(Vec<i8>, Vec<f32>)| -> Vec<f32> {
                units.iter().enumerate().map(|(at, unit)| f32::from(*unit) * scales[at / dim]).collect()
            };
            let of_floats = {
                let (left, right) =
                    (kernels.screen_left(&floats(&left), dim), kernels.screen_right(&floats(&right), dim));
                kernels.greatest(&left, &right, &segments)
            };
            let of_rows = |rows: &(Vec<i8>, Vec<f32>), side: &dyn Fn(&[ByteRow<'_>]) -> Screened| {
                let rows: Vec<ByteRow> =
                    rows.0.chunks_exact(dim).zip(&rows.1).map(|(units, &scale)| ByteRow { units, scale }).collect();
                side(&rows)
            };
            let left = of_rows(&left, &|rows| kernels.screen_left_bytes(rows, dim));
            let right = of_rows(&right, &|rows| kernels.screen_right_bytes(rows, dim));
            for (found, expected) in kernels.greatest(&left, &right, &segments).iter().zip(&of_floats) {
                assert!((found - expected).abs() < 1e-5, "{}: {dim}: {found}, not {expected}", isa.name);
            }
            assert_eq!((left.len(), right.len()), (segments.iter().sum(), n));
        }
    });
}
