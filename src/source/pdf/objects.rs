//! What is checked in a PDF's objects before it is interpreted: damaged streams, tables that claim too much, and the
//! glyph names of bitmap fonts.

use std::collections::HashSet;

use adler2::Adler32;
use flate2::{Decompress, FlushDecompress, Status};
use hayro_interpret::hayro_syntax::Pdf;
use hayro_interpret::hayro_syntax::object::{Array, Dict, MaybeRef, Name, Object, ObjectIdentifier, Stream};

use super::cid::Collections;
use super::tex;

/// Largest number of characters whose widths all fonts together give; one font has at most 65,536.
const MAX_WIDTHS: u64 = 1 << 24;
/// Depth of the page tree, and the largest number of pages that it may claim.
const MAX_NODES_ABOVE: usize = 64;
const MAX_CLAIMED: usize = 1_000_000;
/// Depth of nested objects in which fonts are searched for: a page's resources contain fonts that contain a font.
const MAX_DEPTH: usize = 6;
/// Depth of nested dictionaries. Beyond 512 the interpreter gives up, and searches the file anew for each of them.
const MAX_NESTING: usize = 200;
/// The same limit in a stream, which may be program text with as many `<<`.
const MAX_IN_STREAM: usize = 10_000;

/// What the objects of a document say.
#[derive(Debug)]
pub struct Objects {
    /// Number of streams with text that cannot be unpacked completely, including the contents of pages.
    pub damaged: usize,
    /// Number of pages that the document claims to have; 0 if it makes no claim.
    pub pages: usize,
    /// Number of pages whose contents are absent.
    pub empty: usize,
    /// The encoding of bitmap fonts, if only TeX can have made them.
    pub tex: Option<tex::Encoding>,
    /// The collections of composite fonts.
    pub collections: Collections,
}

/// Examines all objects.
///
/// # Errors
/// When the fonts give widths to too many characters: the interpreter stores each one separately.
pub fn look_at(pdf: &Pdf) -> Result<Objects, String> {
    let mut found = Findings::default();
    for object in pdf.objects() {
        found.object(&object, MAX_DEPTH);
        if found.widths > MAX_WIDTHS {
            return Err(format!("its fonts give the widths of more than {} million characters", MAX_WIDTHS >> 20));
        }
    }
    let mut empty = 0;
    for page in pdf.pages().iter() {
        let page = page.raw();
        let streams = contents(page);
        let named = page.get::<Array<'_>>(b"Contents").map_or(1, |all| all.raw_iter().count());
        empty += usize::from(page.contains_key(b"Contents") && streams.is_empty() && named > 0);
        streams.iter().for_each(|stream| found.text(stream));
    }
    let pages = pdf.pages().first().map_or(0, |page| pages_claimed(page.raw()));
    let (tex, collections) = (found.names.encoding(), found.collections);
    Ok(Objects { damaged: found.damaged, pages, empty, tex, collections })
}

/// Returns the streams of a page's drawing commands.
fn contents<'a>(page: &Dict<'a>) -> Vec<Stream<'a>> {
    match page.get::<Stream<'_>>(b"Contents") {
        Some(stream) => vec![stream],
        None => page.get::<Array<'_>>(b"Contents").iter().flat_map(Array::iter::<Stream<'_>>).collect(),
    }
}

/// Returns the node of the page tree that contains a page or another node.
fn parent<'a>(node: &Dict<'a>) -> Option<Dict<'a>> {
    node.get::<Dict<'a>>(b"Parent")
}

/// Returns how many pages the root of a page's tree claims.
fn pages_claimed(page: &Dict<'_>) -> usize {
    let root = std::iter::successors(parent(page), parent).take(MAX_NODES_ABOVE).last();
    let count = root.and_then(|root| root.get::<i32>(b"Count")).and_then(|count| usize::try_from(count).ok());
    count.unwrap_or(0).min(MAX_CLAIMED)
}

/// Refuses a file with too deeply nested dictionaries, before anything else examines it.
///
/// # Errors
/// When they are nested more deeply than any program writes.
pub fn check_nesting(bytes: &[u8]) -> Result<(), String> {
    let (mut depth, mut most) = (0_usize, MAX_NESTING);
    let mut at = 0;
    while let Some(step) = bytes[at..].iter().position(|byte| matches!(byte, b'<' | b'>' | b'e' | b's')) {
        at += step;
        let rest = &bytes[at..];
        if rest.starts_with(b"stream") && depth == 0 {
            most = MAX_IN_STREAM;
            at += b"stream".len() - 1;
        } else if rest.starts_with(b"<<") {
            depth += 1;
            at += 1;
        } else if rest.starts_with(b">>") {
            depth = depth.saturating_sub(1);
            at += 1;
        } else if rest.starts_with(b"endobj") || rest.starts_with(b"endstream") {
            (depth, most) = (0, MAX_NESTING);
            at += b"endobj".len() - 1;
        }
        at += 1;
        if depth > most {
            return Err(format!("its dictionaries are nested more than {MAX_NESTING} deep"));
        }
    }
    Ok(())
}

/// What the objects examined so far say.
#[derive(Default)]
struct Findings {
    widths: u64,
    damaged: usize,
    names: tex::Names,
    collections: Collections,
    /// The streams that were examined: pages may share one.
    seen: HashSet<ObjectIdentifier>,
}

impl Findings {
    fn object(&mut self, object: &Object<'_>, depth: usize) {
        if depth == 0 {
            return;
        }
        match object {
            Object::Dict(dict) => self.dict(dict, depth),
            Object::Stream(stream) => {
                self.dict(stream.dict(), depth);
                let is = |key: &[u8], value: &[u8]| {
                    stream.dict().get::<Name<'_>>(key).is_some_and(|name| name.as_ref() == value)
                };
                if is(b"Subtype", b"Form") || is(b"Type", b"ObjStm") {
                    self.text(stream);
                }
            }
            _ => {}
        }
    }

    fn dict(&mut self, dict: &Dict<'_>, depth: usize) {
        if let Some(fonts) = dict.get::<Array<'_>>(b"DescendantFonts") {
            self.collections.add(dict);
            self.widths += fonts.iter::<Dict<'_>>().next().map_or(0, |font| widths(&font));
        }
        if dict.get::<Name<'_>>(b"Subtype").is_some_and(|name| name.as_ref() == b"Type3") {
            self.names.add(&names(dict));
        }
        for (_, value) in dict.entries() {
            if let MaybeRef::NotRef(value @ Object::Dict(_)) = value {
                self.object(&value, depth - 1);
            }
        }
    }

    fn text(&mut self, stream: &Stream<'_>) {
        if self.seen.insert(stream.obj_id()) {
            self.damaged += usize::from(!is_whole(stream));
        }
    }
}

/// Returns the codes and names of a font's glyphs (ISO 32000-2, 9.6.5.1), at most 256.
fn names(font: &Dict<'_>) -> Vec<(u32, Vec<u8>)> {
    let differences = font.get::<Dict<'_>>(b"Encoding").and_then(|encoding| encoding.get::<Array<'_>>(b"Differences"));
    let mut code = 0;
    let mut names = Vec::new();
    for item in differences.iter().flat_map(Array::iter::<Object<'_>>).take(512) {
        match item {
            Object::Number(first) => code = first.as_i64().clamp(0, 255) as u32,
            Object::Name(name) => {
                if name.as_ref() != b".notdef" {
                    names.push((code, name.as_ref().to_vec()));
                }
                code += 1;
            }
            _ => {}
        }
    }
    names
}

/// Returns how many widths a font's tables give (ISO 32000-2, 9.7.4.3).
fn widths(font: &Dict<'_>) -> u64 {
    let span = |first: u32, last: u32| u64::from(last.saturating_sub(first)) + 1;
    let mut count = 0;
    if let Some(table) = font.get::<Array<'_>>(b"W") {
        let mut items = table.flex_iter();
        loop {
            if items.next::<(u32, Array<'_>)>().is_some() {
                continue;
            }
            let Some((first, last, _)) = items.next::<(u32, u32, f32)>() else { break };
            count += span(first, last);
        }
    }
    if let Some(table) = font.get::<Array<'_>>(b"W2") {
        let mut items = table.flex_iter();
        loop {
            if items.next::<(u32, Array<'_>)>().is_some() {
                continue;
            }
            let Some((first, last, ..)) = items.next::<(u32, u32, f32, f32, f32)>() else { break };
            count += span(first, last);
        }
    }
    count
}

/// Whether deflated data unpacks to its end and matches its checksum: the interpreter takes whatever it gets. A missing
/// checksum is accepted.
fn is_whole(stream: &Stream<'_>) -> bool {
    let filters = stream.dict();
    let first = filters
        .get::<Name<'_>>(b"Filter")
        .or_else(|| filters.get::<Array<'_>>(b"Filter").and_then(|all| all.iter::<Name<'_>>().next()));
    if !first.is_some_and(|name| matches!(name.as_ref(), b"FlateDecode" | b"Fl")) {
        return stream.decoded_data().is_ok();
    }
    let packed = stream.raw_data();
    // The interpreter also tries without a header.
    let is_header = |head: &[u8; 2]| head[0] & 0x0f == 8 && u16::from_be_bytes(*head).is_multiple_of(31);
    let header = packed.first_chunk::<2>().is_some_and(is_header);
    let body = if header { &packed[2..] } else { &packed[..] };
    let (mut inflate, mut sum) = (Decompress::new(false), Adler32::new());
    let mut buffer = vec![0; 1 << 16];
    loop {
        let (read, written) = (inflate.total_in(), inflate.total_out());
        let rest = &body[usize::try_from(read).unwrap_or(body.len()).min(body.len())..];
        let status = inflate.decompress(rest, &mut buffer, FlushDecompress::None);
        let new = (inflate.total_out() - written) as usize;
        sum.write_slice(&buffer[..new]);
        match status {
            Ok(Status::StreamEnd) => break,
            Ok(_) if new > 0 || inflate.total_in() > read => {}
            Ok(_) | Err(_) => return false,
        }
    }
    let rest = &body[usize::try_from(inflate.total_in()).unwrap_or(body.len()).min(body.len())..];
    !header || rest.first_chunk::<4>().is_none_or(|said| u32::from_be_bytes(*said) == sum.checksum())
}
