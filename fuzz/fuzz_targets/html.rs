//! Web pages of any bytes.
#![no_main]

use libfuzzer_sys::fuzz_target;
use samesay::source::read_str;

fuzz_target!(|bytes: &[u8]| {
    read_str("page.html", &String::from_utf8_lossy(bytes));
});
