//! The text of a part: paragraphs, lists, tables and text boxes, without deleted text.

use std::collections::HashMap;

use super::style::{Styles, is_outline};
use crate::source::office::flow::Flow;
use crate::source::office::xml::{self, Attributes, Item};
use crate::source::{Block, BlockKind, LocatedText, Place, raised};

/// Footnotes or endnotes by id.
pub type Notes = HashMap<String, Vec<Block>>;

/// The notes of both kinds, and other parts that the text refers to.
#[derive(Default)]
pub struct AllNotes {
    pub footnotes: Notes,
    pub endnotes: Notes,
    /// Parts that belong in the text: imported documents, charts and diagrams.
    pub inserted: Notes,
}

/// Returns the blocks of a part, each note after the paragraph that refers to it.
///
/// # Errors
/// When the part is not XML.
pub fn blocks(text: &str, styles: &Styles, notes: &AllNotes) -> Result<Vec<Block>, String> {
    let mut body = Body::new(styles, notes);
    // Only programs that lay out pages record where pages begin.
    body.page = text.contains("lastRenderedPageBreak").then_some(1);
    xml::each(text, |item| body.item(item))?;
    Ok(body.finish())
}

/// Returns the notes of a part by id, without the lines that separate them from the text.
///
/// # Errors
/// When the part is not XML.
pub fn notes(text: &str, styles: &Styles) -> Result<Notes, String> {
    let none = AllNotes::default();
    let mut notes = Notes::new();
    let mut open: Option<(String, Body)> = None;
    xml::each(text, |item| match (item, &mut open) {
        (Item::Open("footnote" | "endnote", attributes), _) => {
            let text = !matches!(
                attributes.get("type").as_deref(),
                Some("separator" | "continuationSeparator" | "continuationNotice")
            );
            open = attributes.get("id").filter(|_| text).map(|id| (id, Body::new(styles, &none)));
        }
        (Item::Close("footnote" | "endnote"), _) => notes.extend(open.take().map(|(id, body)| (id, body.finish()))),
        (item, Some((_, body))) => body.item(item),
        _ => {}
    })?;
    Ok(notes)
}

/// What a paragraph says about itself.
#[derive(Default)]
struct Marks {
    style: Option<String>,
    outline: bool,
    listed: bool,
}

/// What the open run says about itself: whether it is hidden, raised, bold, or (`marked`) underlined or in capitals.
#[derive(Default)]
struct Run {
    vanished: bool,
    raised: bool,
    bold: Option<bool>,
    marked: bool,
}

struct Body<'a> {
    styles: &'a Styles,
    notes: &'a AllNotes,
    flow: Flow<Marks>,
    /// Number of open elements that are not text: deletions, field codes, the second version of a drawing.
    hidden: usize,
    run: Run,
    in_text: bool,
    /// Whether the next text was deleted, or says how characters are pronounced.
    deleted: bool,
    reading: bool,
    /// Open content controls, each with whether it holds a table of contents.
    controls: Vec<bool>,
    page: Option<usize>,
}

/// Whether nothing in an element is text.
fn is_hidden(name: &str) -> bool {
    matches!(
        name,
        "del"
            | "moveFrom"
            | "delText"
            | "instrText"
            | "delInstrText"
            | "Fallback"
            | "rPrChange"
            | "pPrChange"
            | "annotation"
    )
}

impl<'a> Body<'a> {
    fn new(styles: &'a Styles, notes: &'a AllNotes) -> Self {
        Self {
            styles,
            notes,
            flow: Flow::default(),
            hidden: 0,
            run: Run::default(),
            in_text: false,
            deleted: false,
            reading: false,
            controls: Vec::new(),
            page: None,
        }
    }

    fn item(&mut self, item: Item) {
        match item {
            Item::Open(name, _) if is_hidden(name) => {
                self.hidden += 1;
                self.deleted = name == "delText";
            }
            Item::Close(name) if is_hidden(name) => {
                self.hidden = self.hidden.saturating_sub(1);
                self.deleted = false;
            }
            Item::Text(text) if self.deleted => self.aside("deleted", text),
            Item::Text(text) if self.in_text && self.hidden == 0 => match (self.run.vanished, self.reading) {
                (true, _) => self.aside("hidden", text),
                (_, true) => self.aside("reading aid", text),
                (false, false) => self.text(text),
            },
            Item::Open(name, attributes) => self.open(name, &attributes),
            Item::Close(name) => self.close(name),
            Item::Text(_) => {}
        }
    }

    fn place(&self) -> Place {
        self.page.map_or(Place::NOWHERE, Place::page)
    }

    fn text(&mut self, text: &str) {
        let place = self.place();
        let before = self.flow.paragraph().filter(|_| self.run.raised).map(|paragraph| paragraph.text.as_str());
        if let Some(sign) = before.and_then(|before| raised::sign(before, text)) {
            self.flow.text(sign, place);
        }
        if self.is_apart() {
            self.flow.text_apart(text, place);
        } else {
            self.flow.text(text, place);
        }
    }

    /// Whether the open run is set apart from text.
    fn is_apart(&mut self) -> bool {
        let style = self.flow.paragraph().and_then(|paragraph| paragraph.marks.style.as_deref());
        let of_style = || style.and_then(|style| self.styles.is_bold(style));
        self.run.marked || self.run.bold.or_else(of_style).unwrap_or(false)
    }

    /// Adds a text after the paragraph that contains it, joined with others of its kind.
    fn aside(&mut self, reason: &'static str, text: &str) {
        let (place, kind) = (self.place(), BlockKind::Furniture(reason));
        let Some(paragraph) = self.flow.paragraph() else { return };
        match paragraph.notes.last_mut().filter(|last| last.kind == kind) {
            Some(last) => last.text.push(text, place),
            None => paragraph.notes.push(Block { kind, text: LocatedText::new(text, place) }),
        }
    }

    fn open(&mut self, name: &str, attributes: &Attributes) {
        match name {
            "p" => self.flow.open_paragraph(Marks::default()),
            "pStyle" => self.with_marks(|marks| marks.style = attributes.get("val")),
            "outlineLvl" => self.with_marks(|marks| marks.outline = is_outline(attributes.get("val"))),
            "numId" => {
                self.with_marks(|marks| marks.listed = attributes.get("val").as_deref() != Some("0"));
            }
            "r" => self.run = Run::default(),
            "vertAlign" => self.run.raised = attributes.get("val").as_deref() == Some("superscript"),
            "b" if self.hidden == 0 => self.run.bold = Some(attributes.is_on()),
            "rStyle" => self.run.bold = attributes.get("val").and_then(|style| self.styles.is_bold(&style)),
            "u" | "caps" if self.hidden == 0 => self.run.marked |= attributes.is_on(),
            "vanish" => self.run.vanished = attributes.is_on(),
            "t" => self.in_text = true,
            "rt" => self.reading = true,
            "sym" if self.hidden == 0 && !self.run.vanished => {
                if let Some(c) = symbol(attributes) {
                    self.text(c.encode_utf8(&mut [0; 4]));
                }
            }
            "tab" | "br" | "cr" | "ptab" if self.hidden == 0 => self.text(" "),
            "noBreakHyphen" if self.hidden == 0 => self.text("-"),
            "lastRenderedPageBreak" => self.page = self.page.map(|page| page + 1),
            "footnoteReference" if self.hidden == 0 => self.note(&self.notes.footnotes, attributes),
            "endnoteReference" if self.hidden == 0 => self.note(&self.notes.endnotes, attributes),
            "altChunk" | "chart" if self.hidden == 0 => self.insert(attributes.prefixed("id")),
            "relIds" if self.hidden == 0 => self.insert(attributes.get("dm")),
            "tbl" => self.flow.open_table(),
            "tr" => self.flow.open_row(),
            "tc" => self.flow.open_cell(),
            "sdt" => self.controls.push(false),
            "docPartGallery"
                if attributes.get("val").is_some_and(|gallery| gallery.to_lowercase().contains("contents")) =>
            {
                if let Some(control) = self.controls.last_mut() {
                    *control = true;
                }
            }
            _ => {}
        }
    }

    fn close(&mut self, name: &str) {
        match name {
            "t" => self.in_text = false,
            "rt" => self.reading = false,
            "r" => self.run = Run::default(),
            "p" => self.end_paragraph(),
            "tr" => self.flow.end_row(),
            "tbl" => self.flow.end_table(),
            "sdt" => {
                self.controls.pop();
            }
            _ => {}
        }
    }

    fn with_marks(&mut self, change: impl FnOnce(&mut Marks)) {
        if let (Some(paragraph), 0) = (self.flow.paragraph(), self.hidden) {
            change(&mut paragraph.marks);
        }
    }

    fn note(&mut self, notes: &'a Notes, attributes: &Attributes) {
        let blocks = attributes.get("id").and_then(|id| notes.get(&id)).cloned().unwrap_or_default();
        if let Some(paragraph) = self.flow.paragraph() {
            paragraph.notes.extend(blocks);
        }
    }

    fn insert(&mut self, id: Option<String>) {
        let blocks = id.and_then(|id| self.notes.inserted.get(&id));
        self.flow.insert(blocks.cloned().unwrap_or_default());
    }

    fn end_paragraph(&mut self) {
        let (in_contents, styles) = (self.controls.contains(&true), self.styles);
        self.flow.end_paragraph(|marks| {
            if in_contents { BlockKind::Furniture("table of contents") } else { kind(marks, styles) }
        });
    }

    fn finish(self) -> Vec<Block> {
        self.flow.finish_text()
    }
}

/// Returns the character that an element shows in a symbol font; such fonts have their own code points.
fn symbol(attributes: &Attributes) -> Option<char> {
    /// Greek letters at the code points of Adobe's symbol font: those of Latin letters.
    const GREEK: (&str, &str) =
        ("ABGDEZHQIKLMNXOPRSTUFCYWabgdezhqiklmnxoprstufcywVJj", "ΑΒΓΔΕΖΗΘΙΚΛΜΝΞΟΠΡΣΤΥΦΧΨΩαβγδεζηθικλμνξοπρστυφχψωςϑϕ");
    /// Signs of that font.
    const SIGNS: &[(u32, char)] = &[
        (0xa3, '≤'),
        (0xa5, '∞'),
        (0xab, '↔'),
        (0xac, '←'),
        (0xad, '↑'),
        (0xae, '→'),
        (0xaf, '↓'),
        (0xb0, '°'),
        (0xb1, '±'),
        (0xb2, '″'),
        (0xb3, '≥'),
        (0xb4, '×'),
        (0xb7, '•'),
        (0xb8, '÷'),
        (0xb9, '≠'),
        (0xbb, '≈'),
        (0xce, '∈'),
        (0xd6, '√'),
        (0xd0, '∠'),
        (0xe5, '∑'),
        (0xf2, '∫'),
    ];
    let code = u32::from_str_radix(&attributes.get("char")?, 16).ok()?;
    let Some(code) = code.checked_sub(0xf000).filter(|code| *code < 0x100) else { return char::from_u32(code) };
    if !attributes.get("font").is_some_and(|font| font.eq_ignore_ascii_case("symbol")) {
        return None;
    }
    let c = char::from_u32(code)?;
    let greek = GREEK.0.chars().zip(GREEK.1.chars()).find(|(latin, _)| *latin == c).map(|(_, greek)| greek);
    let sign = || SIGNS.iter().find(|(known, _)| *known == code).map(|(_, sign)| *sign);
    greek.or_else(sign).or(Some(c).filter(|c| c.is_ascii_graphic() && !c.is_ascii_alphabetic()))
}

fn kind(marks: &Marks, styles: &Styles) -> BlockKind {
    match marks.style.as_deref().and_then(|style| styles.kind(style)) {
        Some(BlockKind::ListItem) if !marks.listed && marks.outline => BlockKind::Heading,
        Some(kind) => kind,
        None if marks.outline => BlockKind::Heading,
        None if marks.listed => BlockKind::ListItem,
        None => BlockKind::Paragraph,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_stand_where_the_text_refers_to_them() {
        let block = |text: &str| Block { kind: BlockKind::Paragraph, text: LocatedText::new(text, Place::NOWHERE) };
        let inserted = [("a", "An imported page."), ("c", "A chart.")];
        let inserted = inserted.map(|(id, text)| (id.to_owned(), vec![block(text)])).into();
        let notes = AllNotes { inserted, ..AllNotes::default() };
        let text = "<body><p><r><t>One boat.</t></r></p><altChunk r:id='a'/>\
                    <p><r><t>Two </t><drawing><chart r:id='c'/></drawing></r><r><t>boats.</t></r></p></body>";
        let found = blocks(text, &Styles::default(), &notes).unwrap();
        let found: Vec<_> = found.iter().map(|block| block.text.as_str()).collect();
        assert_eq!(found, ["One boat.", "An imported page.", "Two boats.", "A chart."]);
    }
}
