//! Excel files of any bytes: as an archive, and as a sheet and the strings of one.
#![no_main]

use libfuzzer_sys::fuzz_target;
use samesay::source::xlsx;
use samesay_fuzz::archive;
use zip::CompressionMethod::Stored;

// Archives are not compressed, so that what is found can be read.
fuzz_target!(|bytes: &[u8]| {
    let _ = xlsx::parse(bytes);
    let half = bytes.len() / 2;
    let main = b"<workbook xmlns:r='r'><sheet r:id='a'/></workbook>";
    let rels = b"<r><Relationship Id='a' Type='x/worksheet' Target='s'/><Relationship Id='b' Type='x/sharedStrings' Target='t'/></r>";
    let parts = [
        ("xl/workbook.xml", &main[..]),
        ("xl/_rels/workbook.xml.rels", &rels[..]),
        ("xl/s", &bytes[..half]),
        ("xl/t", &bytes[half..]),
    ];
    // Values of a row are told apart by what no text holds, so they are no passages yet.
    let _ = xlsx::parse(&archive(&parts, Stored));
});
