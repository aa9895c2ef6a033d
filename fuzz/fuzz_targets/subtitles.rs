//! Subtitles of any bytes; the first byte says in which form.
//!
//! Transcripts are looked for by the targets `text` and `markdown`.
#![no_main]

use std::path::Path;

use libfuzzer_sys::fuzz_target;
use samesay::source::{Columns, read_bytes};
use samesay_fuzz::check_all;

fuzz_target!(|bytes: &[u8]| {
    let Some((kind, bytes)) = bytes.split_first() else { return };
    let name = ["a.srt", "a.vtt"][*kind as usize % 2];
    check_all(read_bytes(bytes, Path::new(name), &Columns::default()));
});
