//! Web pages of any bytes.
#![no_main]

use libfuzzer_sys::fuzz_target;
use samesay::source::html;
use samesay_fuzz::check;

fuzz_target!(|bytes: &[u8]| check(html::parse(bytes)));
