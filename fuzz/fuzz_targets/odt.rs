//! OpenDocument files of any bytes: as an archive, and as the content and the styles of one.
#![no_main]

use libfuzzer_sys::fuzz_target;
use samesay::source::odt;
use samesay_fuzz::{archive, check};
use zip::CompressionMethod::Stored;

// Archives are not compressed, so that what is found can be read.
fuzz_target!(|bytes: &[u8]| {
    let _ = odt::parse(bytes);
    let half = bytes.len() / 2;
    check(odt::parse(&archive(&[("content.xml", bytes)], Stored)));
    check(odt::parse(&archive(&[("content.xml", &bytes[..half]), ("styles.xml", &bytes[half..])], Stored)));
});
