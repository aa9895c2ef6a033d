//! E-books of any bytes: as an archive, and as the only chapter of one.
#![no_main]

use std::io::{Cursor, Write};

use libfuzzer_sys::fuzz_target;
use samesay::source::epub;
use samesay_fuzz::check;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

const PACKAGE: &[u8] = b"<package><manifest><item id='a' href='a.xhtml'/></manifest><spine><itemref idref='a'/></spine></package>";

fuzz_target!(|bytes: &[u8]| {
    check(epub::parse(bytes));
    let (first, rest) = bytes.split_at(bytes.len().min(1));
    let (package, chapter) = if first == b"p" { (rest, &b"<p>text"[..]) } else { (PACKAGE, bytes) };
    check(epub::parse(&archive(&[("b.opf", package), ("a.xhtml", chapter)])));
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
