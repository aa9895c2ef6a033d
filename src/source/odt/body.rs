//! The text of a part: headings, paragraphs, lists, tables, notes and frames, without deleted text.

use super::style::Styles;
use crate::source::office::LEAST_NOTE_WORDS;
use crate::source::office::flow::Flow;
use crate::source::office::xml::{self, Attributes, Item};
use crate::source::{Block, BlockKind, Place};

/// The text of a file that is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// The document's own text.
    Text,
    /// The text at the edge of every page.
    PageEdges,
}

/// Returns the blocks of a part.
///
/// # Errors
/// When the part is not XML.
pub fn blocks(text: &str, part: Part, styles: &Styles) -> Result<Vec<Block>, String> {
    if text.is_empty() {
        return Ok(Vec::new());
    }
    let mut body =
        Body { part, styles, flow: Flow::default(), open: Vec::new(), counts: [0; Element::COUNT], page: None };
    // Only programs that lay out pages record where pages begin.
    body.page = text.contains("soft-page-break").then_some(1);
    xml::each(text, |item| body.item(item))?;
    Ok(body.flow.finish_text())
}

/// What an open element means for the text in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Element {
    /// The document's body, or the edge of a page.
    Text,
    Presentation,
    Paragraph,
    Heading,
    Item,
    Row,
    Table,
    Note,
    Comment,
    Contents,
    Title,
    /// Numbers and dates at the edge of a slide.
    Edge,
    Frame,
    /// A part of the document that is not shown.
    Veiled,
    /// Nothing in it is text.
    Hidden,
    /// Its own text is ignored, but not that of paragraphs in it.
    Silent,
    /// It has no effect.
    Inline,
}

impl Element {
    const COUNT: usize = Self::Inline as usize + 1;

    /// Whether it determines the kind of paragraphs in it.
    fn decides(self) -> bool {
        matches!(self, Self::Comment | Self::Contents | Self::Note | Self::Title | Self::Edge | Self::Veiled)
    }
}

/// An open element.
#[derive(Debug, Clone, Copy)]
struct Open {
    element: Element,
    /// This element, or the innermost around it that is not inline.
    holder: Element,
    /// This element, or the innermost around it that determines the kind of paragraphs.
    decider: Option<Element>,
    /// Whether the letters in it are set apart from text.
    apart: bool,
}

struct Body<'a> {
    part: Part,
    styles: &'a Styles,
    /// Each paragraph has the kind that its own style gives it.
    flow: Flow<Option<BlockKind>>,
    open: Vec<Open>,
    /// Number of open elements of each kind.
    counts: [usize; Element::COUNT],
    page: Option<usize>,
}

impl Body<'_> {
    fn item(&mut self, item: Item) {
        match item {
            Item::Open(name, attributes) => {
                let element = self.element(name, &attributes);
                self.begin(element, name, &attributes);
                self.push(element, name, &attributes);
            }
            Item::Close(_) => self.pop(),
            Item::Text(text) if self.says() => self.text(text),
            Item::Text(_) => {}
        }
    }

    fn push(&mut self, element: Element, name: &str, attributes: &Attributes) {
        let around = self.open.last();
        let holder = around.filter(|_| element == Element::Inline).map_or(element, |around| around.holder);
        let decider = if element.decides() { Some(element) } else { around.and_then(|around| around.decider) };
        let style = || attributes.get("style-name").and_then(|style| self.styles.is_apart(&style));
        let inherited = around.is_some_and(|around| around.apart);
        let apart = match name {
            "p" => style().unwrap_or(false),
            "span" => style().unwrap_or(inherited),
            _ => inherited,
        };
        self.open.push(Open { element, holder, decider, apart });
        self.counts[element as usize] += 1;
    }

    fn pop(&mut self) {
        let Some(Open { element, .. }) = self.open.last().copied() else { return };
        self.end(element);
        self.open.pop();
        self.counts[element as usize] -= 1;
    }

    fn element(&self, name: &str, attributes: &Attributes) -> Element {
        let class = || attributes.get("class").unwrap_or_default();
        match (self.part, name) {
            (Part::Text, "text") | (Part::PageEdges, "header" | "footer" | "header-left" | "footer-left") => {
                Element::Text
            }
            (Part::Text, "presentation" | "drawing") => Element::Presentation,
            (_, "p") => Element::Paragraph,
            (_, "h") => Element::Heading,
            (_, "list-item") => Element::Item,
            (_, "table-row") => Element::Row,
            (_, "table") => Element::Table,
            (_, "note") => Element::Note,
            (_, "annotation") => Element::Comment,
            (_, "table-of-content" | "alphabetical-index" | "illustration-index" | "table-index") => Element::Contents,
            (_, "frame" | "custom-shape" | "g") => match class().as_str() {
                "title" => Element::Title,
                "page-number" | "date-time" | "footer" | "header" => Element::Edge,
                _ => Element::Frame,
            },
            (_, "tracked-changes" | "note-citation" | "ruby-text" | "binary-data" | "desc" | "forms" | "script") => {
                Element::Hidden
            }
            (_, "title") if self.open.last().is_some_and(|open| open.element == Element::Frame) => Element::Hidden,
            (_, "section") if attributes.get("display").as_deref() == Some("none") => Element::Veiled,
            (_, "span") if attributes.get("style-name").is_some_and(|style| self.styles.hides(&style)) => {
                Element::Hidden
            }
            (_, "creator" | "date" | "date-string" | "sender-initials") if self.is_in(Element::Comment) => {
                Element::Silent
            }
            _ => Element::Inline,
        }
    }

    fn is_in(&self, element: Element) -> bool {
        self.counts[element as usize] > 0
    }

    fn is_hidden(&self) -> bool {
        self.is_in(Element::Hidden) || !(self.is_in(Element::Text) || self.is_in(Element::Presentation))
    }

    /// Whether text at this position belongs to a paragraph.
    fn says(&self) -> bool {
        let holder = self.open.last().map(|open| open.holder);
        matches!(holder, Some(Element::Paragraph | Element::Heading)) && !self.is_hidden()
    }

    fn text(&mut self, text: &str) {
        let place = self.page.map_or(Place::NOWHERE, Place::page);
        if self.open.last().is_some_and(|open| open.apart) {
            self.flow.text_apart(text, place);
        } else {
            self.flow.text(text, place);
        }
    }

    fn begin(&mut self, element: Element, name: &str, attributes: &Attributes) {
        match element {
            Element::Paragraph | Element::Heading => {
                let style = attributes.get("style-name").unwrap_or_default();
                let kind =
                    if element == Element::Heading { Some(BlockKind::Heading) } else { self.styles.kind(&style) };
                self.flow.open_paragraph(kind);
            }
            Element::Table => self.flow.open_table(),
            Element::Row => self.flow.open_row(),
            _ => match name {
                "table-cell" => self.flow.open_cell(),
                "s" | "tab" | "line-break" if self.says() => self.text(" "),
                "soft-page-break" => self.page = self.page.map(|page| page + 1),
                "page" if self.is_in(Element::Presentation) => self.page = Some(self.page.unwrap_or(0) + 1),
                _ => {}
            },
        }
    }

    fn end(&mut self, element: Element) {
        match element {
            Element::Paragraph | Element::Heading => self.end_paragraph(),
            Element::Row => self.flow.end_row(),
            Element::Table => self.flow.end_table(),
            _ => {}
        }
    }

    fn end_paragraph(&mut self) {
        let words = self.flow.paragraph().map_or(0, |paragraph| paragraph.text.as_str().split_whitespace().count());
        let around = self.around(words);
        let listed = self.is_in(Element::Item) && !self.is_in(Element::Presentation);
        let usual = if listed { BlockKind::ListItem } else { BlockKind::Paragraph };
        self.flow.end_paragraph(|own| around.or(*own).unwrap_or(usual));
    }

    /// Returns the kind that its surroundings give a paragraph of this many words.
    fn around(&self, words: usize) -> Option<BlockKind> {
        match self.open.last().and_then(|open| open.decider) {
            Some(Element::Comment) => Some(BlockKind::Furniture("comment")),
            Some(Element::Veiled) => Some(BlockKind::Furniture("hidden")),
            Some(Element::Contents) => Some(BlockKind::Furniture("table of contents")),
            Some(Element::Note) if words < LEAST_NOTE_WORDS => Some(BlockKind::Furniture("footnote of a few words")),
            Some(Element::Note) => Some(BlockKind::Paragraph),
            Some(Element::Title) => Some(BlockKind::Heading),
            Some(Element::Edge) => Some(BlockKind::Furniture("page footer")),
            _ => (self.part == Part::PageEdges).then_some(BlockKind::Furniture("page header or footer")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_section_that_is_not_shown_is_listed() {
        let text =
            "<body><text><p>The pool is open.</p><section display='none'><p>It is not.</p></section></text></body>";
        let found = blocks(text, Part::Text, &Styles::default()).unwrap();
        let found: Vec<_> = found.iter().map(|block| (block.kind, block.text.as_str())).collect();
        let expected = [(BlockKind::Paragraph, "The pool is open."), (BlockKind::Furniture("hidden"), "It is not.")];
        assert_eq!(found, expected);
    }
}
