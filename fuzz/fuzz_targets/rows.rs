//! Tables and JSON lines of any bytes; the first byte says which.
#![no_main]

use std::fs;

use libfuzzer_sys::fuzz_target;
use samesay::source::{Columns, read_file};
use samesay_fuzz::check_all;

fuzz_target!(|bytes: &[u8]| {
    let Some((kind, bytes)) = bytes.split_first() else { return };
    let ending = ["csv", "tsv", "jsonl", "json"][*kind as usize % 4];
    let path = std::env::temp_dir().join(format!("samesay-fuzz-{}.{ending}", std::process::id()));
    fs::write(&path, bytes).expect("a temporary folder");
    check_all(read_file(&path, &path, &Columns::default()).map(|(documents, _)| documents));
});
