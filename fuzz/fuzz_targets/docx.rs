//! Word files of any bytes: as an archive, and as the document and the styles of one.
#![no_main]

use std::io::{Cursor, Write};

use libfuzzer_sys::fuzz_target;
use samesay::source::docx;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

fuzz_target!(|bytes: &[u8]| {
    let _ = docx::parse(bytes);
    let half = bytes.len() / 2;
    let rels = b"<r><Relationship Type='x/styles' Target='s'/><Relationship Type='x/footnotes' Target='s'/></r>";
    let _ = docx::parse(&archive(&[("word/document.xml", bytes)]));
    let parts = [("word/document.xml", &bytes[..half]), ("word/s", &bytes[half..]), ("word/_rels/document.xml.rels", &rels[..])];
    let _ = docx::parse(&archive(&parts));
});

/// Uncompressed, so that what is found can be read.
fn archive(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in files {
        zip.start_file(*name, SimpleFileOptions::default().compression_method(CompressionMethod::Stored)).expect("a valid name");
        zip.write_all(bytes).expect("memory");
    }
    zip.finish().expect("memory").into_inner()
}
