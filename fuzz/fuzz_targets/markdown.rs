//! Markdown of any characters.
#![no_main]

use libfuzzer_sys::fuzz_target;
use samesay::source::{Parsed, read_str};
use samesay_fuzz::check;

fuzz_target!(|text: &str| {
    let source = read_str("a.md", text);
    check(Ok(Parsed { metadata: source.metadata, content: source.content, note: source.note, missing: None }));
});
