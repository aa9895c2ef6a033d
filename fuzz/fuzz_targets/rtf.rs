//! RTF of any bytes.
#![no_main]

use libfuzzer_sys::fuzz_target;
use samesay::source::rtf;
use samesay_fuzz::check;

fuzz_target!(|bytes: &[u8]| {
    check(rtf::parse(bytes));
    check(rtf::parse(&[b"{\\rtf1 ", bytes].concat()));
});
