//! PowerPoint files of any bytes: as an archive, and as a slide of one.
#![no_main]

use libfuzzer_sys::fuzz_target;
use samesay::source::pptx;
use samesay_fuzz::{archive, check};
use zip::CompressionMethod::Stored;

// Archives are not compressed, so that what is found can be read.
fuzz_target!(|bytes: &[u8]| {
    let _ = pptx::parse(bytes);
    let main = b"<p:presentation xmlns:r='r'><p:sldId r:id='a'/></p:presentation>";
    let rels = b"<r><Relationship Id='a' Type='x/slide' Target='s'/></r>";
    let parts = [("ppt/presentation.xml", &main[..]), ("ppt/_rels/presentation.xml.rels", &rels[..]), ("ppt/s", bytes)];
    check(pptx::parse(&archive(&parts, Stored)));
});
