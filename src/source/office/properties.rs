//! What a document says of itself in its core properties (ECMA-376 part 2, 11) or in its own `meta.xml` (ODF 1.3).

use super::package::Package;
use super::xml::{self, Item};
use crate::lang::one_line;
use crate::source::{Date, Metadata};

/// Reads the properties that the part with this name holds.
///
/// # Errors
/// When the part cannot be unpacked or is no XML.
pub fn of(package: &mut Package, part: &str) -> Result<Metadata, String> {
    let text = package.part(part)?.unwrap_or_default();
    read(&text)
}

/// # Errors
/// Where the text is no XML.
pub fn read(text: &str) -> Result<Metadata, String> {
    let (mut metadata, mut creator) = (Metadata::default(), None);
    let mut value = String::new();
    xml::each(text, |item| match item {
        Item::Open(..) => value.clear(),
        Item::Text(text) => value.push_str(text),
        Item::Close(name) => {
            let words = one_line(&value);
            value.clear();
            if words.is_empty() {
                return;
            }
            match name {
                "title" => metadata.title = Some(words),
                // In ODF the creator is whoever saved it last.
                "initial-creator" => metadata.author = Some(words),
                "creator" => creator = Some(words),
                "created" | "creation-date" => metadata.date = Date::parse(&words),
                "language" => metadata.language = Some(words),
                _ => {}
            }
        }
    })?;
    metadata.author = metadata.author.or(creator);
    Ok(metadata)
}
