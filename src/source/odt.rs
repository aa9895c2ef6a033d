//! `OpenDocument` texts and presentations (ODF 1.3): an archive of XML parts, or one flat XML file.

mod body;
mod style;

use super::office::package::Package;
use super::office::{properties, xml};
use super::{Content, Metadata, Parsed, ReadError, ole};
use body::Part;
use style::Styles;

/// Reads an `OpenDocument` file.
///
/// # Errors
/// When the bytes are not an `OpenDocument` file, or are damaged, encrypted or too large.
pub fn parse(bytes: &[u8]) -> Result<Parsed, ReadError> {
    let parts = if bytes.starts_with(b"PK") { unpack(bytes) } else { Parts::flat(bytes) };
    parts.and_then(|parts| read(&parts)).map_err(|reason| ReadError::Malformed { format: "OpenDocument", reason })
}

/// The parts that are read.
struct Parts {
    content: String,
    styles: String,
    metadata: Metadata,
}

impl Parts {
    fn flat(bytes: &[u8]) -> Result<Self, String> {
        let content = String::from_utf8_lossy(bytes).into_owned();
        if !content.contains("<office:document") {
            return Err("it is neither an archive nor a flat file of XML".to_owned());
        }
        Ok(Self { styles: content.clone(), metadata: properties::read(&content).unwrap_or_default(), content })
    }
}

fn unpack(bytes: &[u8]) -> Result<Parts, String> {
    let mut package = Package::open(bytes)?;
    if is_encrypted(&package.part("META-INF/manifest.xml")?.unwrap_or_default()) {
        return Err(ole::PROTECTED.to_owned());
    }
    Ok(Parts {
        content: package.part("content.xml")?.ok_or("it contains no OpenDocument text")?,
        styles: package.part("styles.xml")?.unwrap_or_default(),
        metadata: properties::of(&mut package, "meta.xml")?,
    })
}

/// Whether a manifest says how parts are encrypted.
pub fn is_encrypted(manifest: &str) -> bool {
    let mut found = false;
    // A damaged manifest is ignored; encrypted parts will fail to parse.
    let _ = xml::each(manifest, |item| found |= matches!(item, xml::Item::Open("encryption-data", _)));
    found
}

fn read(parts: &Parts) -> Result<Parsed, String> {
    let Parts { content, styles, metadata } = parts;
    let mut known = Styles::default();
    known.add(styles)?;
    known.add(content)?;
    let mut blocks = body::blocks(content, Part::Text, &known)?;
    blocks.extend(body::blocks(styles, Part::PageEdges, &known)?);
    let metadata = Metadata { language: metadata.language.clone().or(known.language), ..metadata.clone() };
    Ok(Parsed { metadata, content: Content::Blocks(blocks), note: None, missing: None }.dated_by_title_page())
}
