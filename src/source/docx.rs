//! Word documents (Office Open XML, ECMA-376): a zip archive of XML parts.

mod body;
mod style;

use super::html::{self, Extent};
use super::office::LEAST_NOTE_WORDS;
use super::office::package::Package;
use super::office::properties;
use super::office::relations::{Relations, main_part};
use super::{Block, BlockKind, Content, Metadata, Parsed, Place, ReadError, pptx};
use body::{AllNotes, Notes};
use style::Styles;

/// Reads a Word document.
///
/// # Errors
/// When the bytes are not an archive, or contain no Word document, or one that is damaged or too large.
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
    let mut left_out = Vec::new();
    let notes = AllNotes {
        footnotes: notes(&mut package, related.first("footnotes"), &styles)?,
        endnotes: notes(&mut package, related.first("endnotes"), &styles)?,
        inserted: inserted(&mut package, &related, &mut left_out)?,
    };
    let mut blocks = body::blocks(&text, &styles, &notes)?;
    for (kind, reason) in [("header", "page header"), ("footer", "page footer"), ("comments", "comment")] {
        blocks.extend(furniture(&mut package, &related.all(kind), reason)?);
    }
    let note = (!left_out.is_empty()).then(|| format!("imported parts were left out: {}", left_out.join(", ")));
    let metadata = properties::of(&mut package, "docProps/core.xml")?;
    let metadata = Metadata { language: metadata.language.or(styles.language), ..metadata };
    Ok(Parsed { metadata, content: Content::Blocks(blocks), note, missing: None }.dated_by_title_page())
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

/// Returns what is kept in parts of their own but appears in the text: imported pages and texts, and the words of
/// charts and diagrams. The names of imported parts in other formats are added to `left_out`.
fn inserted(package: &mut Package, related: &Relations, left_out: &mut Vec<String>) -> Result<Notes, String> {
    let mut all = Notes::new();
    for kind in ["chart", "diagramData"] {
        for (id, name) in related.with_ids(kind) {
            let blocks = package.part(name)?.map(|text| pptx::shapes(&text, Place::NOWHERE)).transpose()?;
            all.extend(blocks.map(|blocks| (id.to_owned(), blocks)));
        }
    }
    for (id, name) in related.with_ids("aFChunk") {
        let ending = name.rsplit('.').next().unwrap_or("").to_lowercase();
        if !matches!(ending.as_str(), "html" | "htm" | "xhtml") {
            left_out.push(name.to_owned());
            continue;
        }
        let page = package.part(name)?.unwrap_or_default();
        let mut blocks = html::read(&page, Extent::Whole).map(|(_, blocks)| blocks).unwrap_or_default();
        blocks.iter_mut().for_each(|block| block.text.forget_places());
        all.insert(id.to_owned(), blocks);
    }
    Ok(all)
}

/// Returns what appears at the edge of every page or beside the text, each text once.
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
