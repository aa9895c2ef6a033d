//! Messages of any bytes; the first byte says whether one, a mailbox of several, or a page that a browser saved.
//!
//! Messages that were pasted into a text are looked for by the target `text`.
#![no_main]

use std::path::Path;

use libfuzzer_sys::fuzz_target;
use samesay::source::{Columns, read_bytes};
use samesay_fuzz::check_all;

fuzz_target!(|bytes: &[u8]| {
    let Some((kind, bytes)) = bytes.split_first() else { return };
    let name = ["a.eml", "a.mbox", "a.mhtml"][*kind as usize % 3];
    check_all(read_bytes(bytes, Path::new(name), &Columns::default()));
});
