//! E-books of any bytes: as an archive, and as the only chapter of one.
#![no_main]

use libfuzzer_sys::fuzz_target;
use samesay::source::epub;
use samesay_fuzz::{archive, check};
use zip::CompressionMethod::Stored;

const PACKAGE: &[u8] = b"<package><manifest><item id='a' href='a.xhtml'/></manifest><spine><itemref idref='a'/></spine></package>";

// Archives are not compressed, so that what is found can be read.
fuzz_target!(|bytes: &[u8]| {
    check(epub::parse(bytes));
    let (first, rest) = bytes.split_at(bytes.len().min(1));
    let (package, chapter) = if first == b"p" { (rest, &b"<p>text"[..]) } else { (PACKAGE, bytes) };
    check(epub::parse(&archive(&[("b.opf", package), ("a.xhtml", chapter)], Stored)));
});
