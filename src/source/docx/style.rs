//! Paragraph styles: the kind of a paragraph by the name of its style.

use std::collections::HashMap;

use crate::source::BlockKind;
use crate::source::office::style::by_name;
use crate::source::office::xml::{self, Item};

/// Styles are based on one another; longer chains are circular.
const MAX_CHAIN: usize = 20;

/// The paragraph styles of a document by id.
#[derive(Debug, Default)]
pub struct Styles {
    styles: HashMap<String, Style>,
    /// The language of the document, unless a part says otherwise.
    pub language: Option<String>,
}

#[derive(Debug, Default)]
struct Style {
    name: String,
    based_on: Option<String>,
    outline: bool,
    list: bool,
    bold: Option<bool>,
}

impl Styles {
    /// Parses the styles of a part.
    ///
    /// # Errors
    /// When the part is not XML.
    pub fn parse(text: &str) -> Result<Self, String> {
        let mut styles = Self::default();
        let mut open: Option<(String, Style)> = None;
        let mut in_defaults = false;
        xml::each(text, |item| match item {
            Item::Open("docDefaults", _) => in_defaults = true,
            Item::Close("docDefaults") => in_defaults = false,
            Item::Open("lang", attributes) if in_defaults => styles.language = attributes.get("val"),
            Item::Open("style", attributes) => open = attributes.get("styleId").map(|id| (id, Style::default())),
            Item::Open("name", attributes) => {
                if let Some((_, style)) = &mut open {
                    style.name = attributes.get("val").unwrap_or_default().to_lowercase();
                }
            }
            Item::Open("basedOn", attributes) => {
                if let Some((_, style)) = &mut open {
                    style.based_on = attributes.get("val");
                }
            }
            Item::Open("outlineLvl", attributes) => {
                if let Some((_, style)) = &mut open {
                    style.outline = is_outline(attributes.get("val"));
                }
            }
            Item::Open("numPr", _) => {
                if let Some((_, style)) = &mut open {
                    style.list = true;
                }
            }
            Item::Open("b", attributes) => {
                if let Some((_, style)) = &mut open {
                    style.bold = Some(attributes.is_on());
                }
            }
            Item::Close("style") => styles.styles.extend(open.take()),
            _ => {}
        })?;
        Ok(styles)
    }

    /// Returns the kind of a paragraph with this style, as far as its name or that of a base style shows.
    pub fn kind(&self, id: &str) -> Option<BlockKind> {
        let mut id = id;
        for _ in 0..MAX_CHAIN {
            // LibreOffice and others use ids that no style defines.
            let Some(style) = self.styles.get(id) else { return by_name(&id.to_lowercase()) };
            if let Some(kind) = by_name(&style.name) {
                return Some(kind);
            }
            if style.outline {
                return Some(BlockKind::Heading);
            }
            if style.list {
                return Some(BlockKind::ListItem);
            }
            id = style.based_on.as_deref()?;
        }
        None
    }

    /// Whether letters of this style are bold, if it or a base style says so.
    pub fn is_bold(&self, id: &str) -> Option<bool> {
        let based_on = |style: &&Style| style.based_on.as_ref().and_then(|id| self.styles.get(id));
        std::iter::successors(self.styles.get(id), based_on).take(MAX_CHAIN).find_map(|style| style.bold)
    }
}

/// Whether a level is a heading: levels 0 to 8 are, 9 is running text.
pub fn is_outline(level: Option<String>) -> bool {
    level.and_then(|level| level.parse::<u8>().ok()).is_some_and(|level| level < 9)
}
