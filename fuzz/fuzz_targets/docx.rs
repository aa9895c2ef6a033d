//! Word files of any bytes: as an archive, and as the document and the styles of one.
#![no_main]

use libfuzzer_sys::fuzz_target;
use samesay::source::docx;
use samesay_fuzz::archive;
use zip::CompressionMethod::Stored;

// Archives are not compressed, so that what is found can be read.
fuzz_target!(|bytes: &[u8]| {
    let _ = docx::parse(bytes);
    let half = bytes.len() / 2;
    let rels = b"<r><Relationship Type='x/styles' Target='s'/><Relationship Type='x/footnotes' Target='s'/></r>";
    let _ = docx::parse(&archive(&[("word/document.xml", bytes)], Stored));
    let parts = [("word/document.xml", &bytes[..half]), ("word/s", &bytes[half..]), ("word/_rels/document.xml.rels", &rels[..])];
    let _ = docx::parse(&archive(&parts, Stored));
});
