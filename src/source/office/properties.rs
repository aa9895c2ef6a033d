//! What a document says about itself in its core properties (ECMA-376 part 2, 11) or in its `meta.xml` (ODF 1.3).

use super::package::Package;
use super::xml::{self, Item};
use crate::lang::one_line;
use crate::source::{Date, Metadata};

/// Creation dates of the templates from which python-docx and python-pptx make every document.
const OF_TEMPLATES: [&str; 2] = ["2013-12-23T23:15:00Z", "2013-01-27T09:14:16Z"];
/// Libraries that give their own name as the author.
const LIBRARIES: [&str; 2] = ["python-docx", "openpyxl"];

/// Reads the properties from the part with this name.
///
/// # Errors
/// When the part cannot be unpacked or is not XML.
pub fn of(package: &mut Package, part: &str) -> Result<Metadata, String> {
    let text = package.part(part)?.unwrap_or_default();
    read(&text)
}

/// Reads the properties from XML.
///
/// # Errors
/// When the text is not XML.
pub fn read(text: &str) -> Result<Metadata, String> {
    let (mut metadata, mut creator) = (Metadata::default(), None);
    let mut value = String::new();
    // A flat file goes on with the document, whose comments and tracked changes have creators too.
    let mut over = false;
    xml::each(text, |item| match item {
        _ if over => {}
        Item::Open("body", _) | Item::Close("meta") => over = true,
        Item::Open(..) => value.clear(),
        Item::Text(text) => value.push_str(text),
        Item::Close(name) => {
            let words = one_line(&value);
            value.clear();
            if words.is_empty() || OF_TEMPLATES.contains(&words.as_str()) || LIBRARIES.contains(&words.as_str()) {
                return;
            }
            match name {
                "title" => metadata.title = Some(words),
                // In ODF the creator is the person who last saved the document.
                "initial-creator" => metadata.author = Some(words),
                "creator" => creator = Some(words),
                "created" | "creation-date" => metadata.date = Date::parse(&words),
                "language" => metadata.language = Some(words),
                _ => {}
            }
        }
    })?;
    metadata.author = metadata.author.or(creator);
    metadata.dated_by_file = metadata.date.is_some();
    Ok(metadata)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_library_fills_in_says_nothing_of_the_document() {
        let properties = |author: &str, created: &str| {
            read(&format!("<p><creator>{author}</creator><created>{created}</created></p>")).unwrap()
        };
        let of_template = properties("python-docx", "2013-12-23T23:15:00Z");
        assert_eq!((of_template.author, of_template.date), (None, None));
        let own = properties("Ada Brandt", "2026-06-05T09:00:00Z");
        assert_eq!((own.author.as_deref(), own.date.is_some()), (Some("Ada Brandt"), true));
    }

    #[test]
    fn who_comments_in_a_flat_file_is_no_author_of_it() {
        let body = "<body><annotation><creator>Ola Sund</creator><title>Aye</title></annotation></body>";
        let flat = |meta: &str| read(&format!("<document>{meta}{body}</document>")).unwrap();
        let found = flat("<meta><title>The kiln</title></meta>");
        assert_eq!((found.title.as_deref(), found.author), (Some("The kiln"), None));
        assert_eq!(flat("").author, None);
    }
}
