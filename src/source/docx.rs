//! Word documents (Office Open XML, ECMA-376): a zip archive of XML parts.

mod body;
mod style;

use super::office::LEAST_NOTE_WORDS;
use super::office::package::Package;
use super::office::properties;
use super::office::relations::{Relations, main_part};
use super::{Block, BlockKind, Content, Metadata, Parsed, ReadError};
use body::{AllNotes, Notes};
use style::Styles;

/// Reads a Word document.
///
/// # Errors
/// When the bytes are no archive, when it contains no Word document, and when that is damaged or larger than any document.
pub fn parse(bytes: &[u8]) -> Result<Parsed, ReadError> {
    read(bytes).map_err(|reason| ReadError::Malformed { format: "Word", reason })
}

fn read(bytes: &[u8]) -> Result<Parsed, String> {
    let mut package = Package::open(bytes)?;
    let main = main_part(&mut package, "word/document.xml")?;
    let text = package.part(&main)?.ok_or("it contains no Word document")?;
    let related = Relations::of(&mut package, &main)?;
    let styles = match related.first("styles") {
        Some(name) => package.part(&name)?.map(|text| Styles::parse(&text)).transpose()?.unwrap_or_default(),
        None => Styles::default(),
    };
    let notes = AllNotes {
        footnotes: notes(&mut package, related.first("footnotes"), &styles)?,
        endnotes: notes(&mut package, related.first("endnotes"), &styles)?,
    };
    let mut blocks = body::blocks(&text, &styles, &notes)?;
    for (kind, reason) in [("header", "page header"), ("footer", "page footer"), ("comments", "comment")] {
        blocks.extend(furniture(&mut package, &related.all(kind), reason)?);
    }
    let metadata = properties::of(&mut package, "docProps/core.xml")?;
    let metadata = Metadata { language: metadata.language.or(styles.language), ..metadata };
    Ok(Parsed { metadata, content: Content::Blocks(blocks), note: None, missing: None }.dated_by_title_page())
}

fn notes(package: &mut Package, name: Option<String>, styles: &Styles) -> Result<Notes, String> {
    let text = name.map(|name| package.part(&name)).transpose()?.flatten();
    let mut notes = text.map(|text| body::notes(&text, styles)).transpose()?.unwrap_or_default();
    for block in notes.values_mut().flatten() {
        let short = block.text.as_str().split(' ').count() < LEAST_NOTE_WORDS;
        if short && block.kind == BlockKind::Paragraph {
            block.kind = BlockKind::Furniture("footnote of a few words");
        }
    }
    Ok(notes)
}

/// What stands at the edge of every page or beside the text, each text once.
fn furniture(package: &mut Package, parts: &[String], reason: &'static str) -> Result<Vec<Block>, String> {
    let (styles, notes) = (Styles::default(), AllNotes::default());
    let mut all: Vec<Block> = Vec::new();
    for name in parts {
        let Some(text) = package.part(name)? else { continue };
        for block in body::blocks(&text, &styles, &notes)? {
            if !all.iter().any(|seen| seen.text.as_str() == block.text.as_str()) {
                all.push(Block { kind: BlockKind::Furniture(reason), text: block.text });
            }
        }
    }
    Ok(all)
}
