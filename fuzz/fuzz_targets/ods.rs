//! OpenDocument spreadsheets of any bytes: as an archive, and as the content of one.
#![no_main]

use libfuzzer_sys::fuzz_target;
use samesay::source::ods;
use samesay_fuzz::archive;
use zip::CompressionMethod::Stored;

// Archives are not compressed, so that what is found can be read.
fuzz_target!(|bytes: &[u8]| {
    let _ = ods::parse(bytes);
    // Values of a row are told apart by what no text holds, so they are no passages yet.
    let _ = ods::parse(&archive(&[("content.xml", bytes)], Stored));
});
