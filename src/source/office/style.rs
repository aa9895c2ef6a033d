//! The kind of a paragraph by the name of its style.

use crate::source::{BlockKind, TITLE_PAGE};

/// Returns the kind that a style's name, in lower case, stands for.
pub fn by_name(name: &str) -> Option<BlockKind> {
    let starts = |starts: &[&str]| starts.iter().any(|start| name.starts_with(start));
    Some(match name {
        "author" | "date" | "affiliation" | "signature" | "envelope address" | "envelope return" => {
            BlockKind::Furniture(TITLE_PAGE)
        }
        _ if starts(&["toc", "table of contents", "contents heading", "index", "table of figures"]) => {
            BlockKind::Furniture("table of contents")
        }
        _ if starts(&["heading", "title", "subtitle", "chapter"]) => BlockKind::Heading,
        _ if starts(&["caption", "table caption", "image caption", "figure"]) => BlockKind::Caption,
        _ if starts(&["source code", "html preformatted", "preformatted", "code", "verbatim", "macro text"]) => {
            BlockKind::NotProse
        }
        _ if starts(&["header"]) => BlockKind::Furniture("page header"),
        _ if starts(&["footer"]) => BlockKind::Furniture("page footer"),
        _ if starts(&["list bullet", "list number", "list continue"]) => BlockKind::ListItem,
        _ => return None,
    })
}
