//! Word documents (Office Open XML, ECMA-376): a zip archive of XML parts.

mod body;
mod package;
mod style;
mod xml;

use super::{Block, BlockKind, Content, Date, Metadata, Parsed, ReadError};
use body::{AllNotes, Notes};
use package::Package;
use style::Styles;
use xml::Item;

/// Notes of fewer words than this say nothing without the text that they are a note to.
const LEAST_NOTE_WORDS: usize = 5;

/// Reads a Word document.
///
/// # Errors
/// When the bytes are no archive, when it contains no Word document, and when that is damaged or larger than any document.
pub fn parse(bytes: &[u8]) -> Result<Parsed, ReadError> {
    read(bytes).map_err(|reason| ReadError::Malformed { format: "Word", reason })
}

fn read(bytes: &[u8]) -> Result<Parsed, String> {
    let mut package = Package::open(bytes)?;
    let main = main_part(&mut package)?;
    let text = package.part(&main)?.ok_or("it contains no Word document")?;
    let related = Related::of(&mut package, &main)?;
    let styles = match related.first("styles") {
        Some(name) => package.part(&name)?.map(|text| Styles::parse(&text)).transpose()?.unwrap_or_default(),
        None => Styles::default(),
    };
    let notes = AllNotes {
        footnotes: notes(&mut package, related.first("footnotes"), &styles)?,
        endnotes: notes(&mut package, related.first("endnotes"), &styles)?,
    };
    let mut blocks = body::blocks(&text, &styles, &notes)?;
    for (kind, reason) in [("header", "page header"), ("footer", "page footer")] {
        blocks.extend(page_furniture(&mut package, &related.all(kind), reason)?);
    }
    let metadata = metadata(&mut package, &styles)?;
    Ok(Parsed { metadata, content: Content::Blocks(blocks), note: None }.dated_by_title_page())
}

/// The part that the package says is its document.
fn main_part(package: &mut Package) -> Result<String, String> {
    let rels = package.part("_rels/.rels")?.unwrap_or_default();
    let mut main = None;
    xml::each(&rels, |item| {
        if let Item::Open("Relationship", attributes) = item
            && attributes.get("Type").is_some_and(|kind| kind.ends_with("/officeDocument"))
        {
            main = attributes.get("Target");
        }
    })?;
    Ok(main.map_or_else(|| "word/document.xml".to_owned(), |target| target.trim_start_matches('/').to_owned()))
}

/// The parts that the document refers to, each with the last word of its relationship's name.
struct Related(Vec<(String, String)>);

impl Related {
    fn of(package: &mut Package, main: &str) -> Result<Self, String> {
        let (folder, file) = main.rsplit_once('/').unwrap_or(("", main));
        let prefix = if folder.is_empty() { String::new() } else { format!("{folder}/") };
        let rels = package.part(&format!("{prefix}_rels/{file}.rels"))?.unwrap_or_default();
        let mut found = Vec::new();
        xml::each(&rels, |item| {
            let Item::Open("Relationship", attributes) = item else { return };
            let (Some(kind), Some(target)) = (attributes.get("Type"), attributes.get("Target")) else { return };
            let kind = kind.rsplit('/').next().unwrap_or("").to_owned();
            let target = target.strip_prefix('/').map_or_else(|| format!("{prefix}{target}"), str::to_owned);
            found.push((kind, target));
        })?;
        Ok(Self(found))
    }

    fn all(&self, kind: &str) -> Vec<String> {
        self.0.iter().filter(|(found, _)| found == kind).map(|(_, target)| target.clone()).collect()
    }

    fn first(&self, kind: &str) -> Option<String> {
        self.all(kind).into_iter().next()
    }
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

/// What stands at the edge of every page, each text once.
fn page_furniture(package: &mut Package, parts: &[String], reason: &'static str) -> Result<Vec<Block>, String> {
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

/// The core properties (ECMA-376 part 2, 11).
fn metadata(package: &mut Package, styles: &Styles) -> Result<Metadata, String> {
    let mut metadata = Metadata { language: styles.language.clone(), ..Metadata::default() };
    let Some(text) = package.part("docProps/core.xml")? else { return Ok(metadata) };
    let mut value = String::new();
    xml::each(&text, |item| match item {
        Item::Open(..) => value.clear(),
        Item::Text(text) => value.push_str(text),
        Item::Close(name) => {
            let words = value.split_whitespace().collect::<Vec<_>>().join(" ");
            value.clear();
            if words.is_empty() {
                return;
            }
            match name {
                "title" => metadata.title = Some(words),
                "creator" => metadata.author = Some(words),
                "created" => metadata.date = Date::parse(&words),
                "language" => metadata.language = Some(words),
                _ => {}
            }
        }
    })?;
    Ok(metadata)
}
