//! The table of instruction sets.

use std::collections::HashSet;

use samesay::kernels::{Activation, EncoderError, ISAS, Isa, Precision, ShapeError};

use super::random::{OwnedLayer, Random, shape};

#[test]
fn names_are_unique_and_found() {
    let names: HashSet<_> = ISAS.iter().map(|isa| isa.name).collect();
    assert_eq!(names.len(), ISAS.len());
    for isa in ISAS {
        assert_eq!(Isa::by_name(isa.name).map(|found| found.name), Some(isa.name));
    }
    assert!(Isa::by_name("mmx").is_none());
}

#[test]
fn the_last_row_needs_nothing() {
    let last = ISAS.last().expect("a row");
    assert!(last.needs.is_empty() && last.available());
}

#[test]
fn the_best_is_the_first_available() {
    let first = ISAS.iter().find(|isa| isa.available() && isa.precisions.contains(&Precision::F32));
    assert_eq!(Isa::best(Precision::F32).map(|isa| isa.name), first.map(|isa| isa.name));
}

#[test]
fn wrong_weights_are_named() {
    let shape = shape(32, 4, 64, Activation::Gelu);
    let weights = OwnedLayer::new(&shape, &mut Random(1));
    let portable = Isa::by_name("portable").expect("always there");
    let mut layer = weights.view();
    layer.up.bias = &layer.up.bias[1..];
    let error = portable.encoder(Precision::F32, &shape, &[weights.view(), layer]).err();
    let expected = ShapeError::Tensor { layer: 1, tensor: "up", expected: 64, found: 63 };
    assert_eq!(error, Some(EncoderError::Shape(expected)));
}

#[test]
fn heads_must_share_the_hidden_values() {
    let shape = shape(32, 5, 64, Activation::Gelu);
    let portable = Isa::by_name("portable").expect("always there");
    let error = portable.encoder(Precision::F32, &shape, &[]).err();
    assert_eq!(error, Some(EncoderError::Shape(ShapeError::Sizes { hidden: 32, heads: 5, intermediate: 64 })));
}

#[test]
fn a_precision_that_is_not_offered_is_an_error() {
    let shape = shape(32, 4, 64, Activation::Gelu);
    let portable = Isa::by_name("portable").expect("always there");
    let error = portable.encoder(Precision::Bf16, &shape, &[]).err().expect("portable has no bf16");
    assert_eq!(error.to_string(), "portable cannot run this model: it does not support bf16");
}
