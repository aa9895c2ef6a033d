//! Styles: the kind of a paragraph by its style or a parent style, and whether a style hides its text.

use std::collections::HashMap;

use crate::source::BlockKind;
use crate::source::office::style::by_name;
use crate::source::office::xml::{self, Attributes, Item};

/// Styles have parent styles; longer chains are circular.
const MAX_CHAIN: usize = 20;

/// The styles of a document by name.
#[derive(Debug, Default)]
pub struct Styles {
    styles: HashMap<String, Style>,
    /// The language of the document, unless a part says otherwise.
    pub language: Option<String>,
}

#[derive(Debug, Default)]
struct Style {
    parent: Option<String>,
    hidden: bool,
    /// Whether its letters are bold or underlined, if it says so.
    apart: Option<bool>,
}

impl Styles {
    /// Adds the styles of a part.
    ///
    /// # Errors
    /// When the part is not XML.
    pub fn add(&mut self, text: &str) -> Result<(), String> {
        if text.is_empty() {
            return Ok(());
        }
        let (mut open, mut of_paragraphs) = (None, false);
        xml::each(text, |item| match item {
            Item::Open("style", attributes) => {
                open = attributes.get("name");
                let style = Style { parent: attributes.get("parent-style-name"), ..Style::default() };
                self.styles.extend(open.clone().map(|name| (name, style)));
            }
            Item::Close("style") => open = None,
            Item::Open("default-style", attributes) => {
                of_paragraphs = attributes.get("family").as_deref() == Some("paragraph");
            }
            Item::Close("default-style") => of_paragraphs = false,
            Item::Open("text-properties", attributes) if of_paragraphs => {
                self.language = self.language.take().or_else(|| language(&attributes));
            }
            Item::Open("text-properties", attributes) => {
                if let Some(style) = open.as_ref().and_then(|name| self.styles.get_mut(name)) {
                    style.hidden |= attributes.get("display").as_deref() == Some("none");
                    style.apart = apart(&attributes).or(style.apart);
                }
            }
            _ => {}
        })
    }

    /// Returns the kind of a paragraph with this style, as far as its name or that of a parent style shows.
    pub fn kind(&self, name: &str) -> Option<BlockKind> {
        self.chain(name).find_map(|name| by_name(&name.replace("_20_", " ").to_lowercase()))
    }

    /// Whether text with this style is hidden.
    pub fn hides(&self, name: &str) -> bool {
        self.chain(name).any(|name| self.styles.get(name).is_some_and(|style| style.hidden))
    }

    /// Whether letters with this style are set apart from text, if it or a parent style says so.
    pub fn is_apart(&self, name: &str) -> Option<bool> {
        self.chain(name).find_map(|name| self.styles.get(name)?.apart)
    }

    /// Returns a style and its parent styles.
    fn chain<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        let parent = |name: &&'a str| self.styles.get(*name).and_then(|style| style.parent.as_deref());
        std::iter::successors(Some(name), parent).take(MAX_CHAIN)
    }
}

/// Whether letters are bold or underlined, if the attributes say so.
fn apart(attributes: &Attributes) -> Option<bool> {
    let weight = attributes.get("font-weight").map(|weight| matches!(weight.as_str(), "bold" | "700" | "800" | "900"));
    let line = attributes.get("text-underline-style").map(|line| line != "none");
    weight.max(line)
}

fn language(attributes: &Attributes) -> Option<String> {
    let language = attributes.get("language").filter(|language| language != "none")?;
    let country = attributes.get("country").filter(|country| country != "none");
    Some(country.map_or_else(|| language.clone(), |country| format!("{language}-{country}")))
}
