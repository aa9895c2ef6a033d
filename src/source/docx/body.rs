//! The text of a part: paragraphs, lists, tables, text boxes, with what was deleted left out.

use std::collections::HashMap;

use super::style::{Styles, is_outline};
use super::xml::{self, Attributes, Item};
use crate::source::{Block, BlockKind, LocatedText, Place};

/// A row of longer cells than this, in words, is a page's layout rather than a table.
const MAX_CELL_WORDS: usize = 60;

/// Footnotes or endnotes by their id.
pub type Notes = HashMap<String, Vec<Block>>;

/// The notes of both kinds.
#[derive(Default)]
pub struct AllNotes {
    pub footnotes: Notes,
    pub endnotes: Notes,
}

/// The blocks of a part, each note behind the paragraph that refers to it.
///
/// # Errors
/// Where the part is no XML.
pub fn blocks(text: &str, styles: &Styles, notes: &AllNotes) -> Result<Vec<Block>, String> {
    let mut body = Body::new(styles, notes);
    // Only programs that lay out pages say where pages begin.
    body.page = text.contains("lastRenderedPageBreak").then_some(1);
    xml::each(text, |item| body.item(item))?;
    Ok(body.finish())
}

/// The notes of a part by their id, without the lines that separate them from the text.
///
/// # Errors
/// Where the part is no XML.
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

/// A paragraph that is being read.
#[derive(Default)]
struct Paragraph {
    text: LocatedText,
    style: Option<String>,
    outline: bool,
    listed: bool,
    /// What the paragraph refers to.
    notes: Vec<Block>,
}

/// A table that is being read: the cells of the open row.
#[derive(Default)]
struct Table {
    cells: Vec<Vec<Block>>,
}

struct Body<'a> {
    styles: &'a Styles,
    notes: &'a AllNotes,
    blocks: Vec<Block>,
    /// The open paragraph is the last; the others hold text boxes.
    paragraphs: Vec<Paragraph>,
    tables: Vec<Table>,
    /// How many open elements hold what is no text: deletions, field codes, the second version of a drawing.
    hidden: usize,
    /// Whether the open run is hidden text.
    vanished: bool,
    in_text: bool,
    /// Open content controls, and whether each holds a table of contents.
    controls: Vec<bool>,
    /// Blocks of text boxes, until the paragraph that they hang on is over.
    floating: Vec<Block>,
    page: Option<usize>,
}

/// Elements of which nothing is text.
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
            blocks: Vec::new(),
            paragraphs: Vec::new(),
            tables: Vec::new(),
            hidden: 0,
            vanished: false,
            in_text: false,
            controls: Vec::new(),
            floating: Vec::new(),
            page: None,
        }
    }

    fn item(&mut self, item: Item) {
        match item {
            Item::Open(name, _) if is_hidden(name) => self.hidden += 1,
            Item::Close(name) if is_hidden(name) => self.hidden = self.hidden.saturating_sub(1),
            Item::Text(text) if self.in_text && self.hidden == 0 && !self.vanished => self.text(text),
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
        if let Some(paragraph) = self.paragraphs.last_mut() {
            push(&mut paragraph.text, text, place);
        }
    }

    fn open(&mut self, name: &str, attributes: &Attributes) {
        match name {
            "p" => self.paragraphs.push(Paragraph::default()),
            "pStyle" => self.with_paragraph(|paragraph| paragraph.style = attributes.get("val")),
            "outlineLvl" => self.with_paragraph(|paragraph| paragraph.outline = is_outline(attributes.get("val"))),
            "numId" => {
                self.with_paragraph(|paragraph| paragraph.listed = attributes.get("val").as_deref() != Some("0"));
            }
            "r" => self.vanished = false,
            "vanish" => self.vanished = attributes.is_on(),
            "t" => self.in_text = true,
            "tab" | "br" | "cr" | "ptab" if self.hidden == 0 => self.text(" "),
            "noBreakHyphen" if self.hidden == 0 => self.text("-"),
            "lastRenderedPageBreak" => self.page = self.page.map(|page| page + 1),
            "footnoteReference" if self.hidden == 0 => self.note(&self.notes.footnotes, attributes),
            "endnoteReference" if self.hidden == 0 => self.note(&self.notes.endnotes, attributes),
            "tbl" => self.tables.push(Table::default()),
            "tr" => self.with_table(|table| table.cells.clear()),
            "tc" => self.with_table(|table| table.cells.push(Vec::new())),
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
            "r" => self.vanished = false,
            "p" => self.end_paragraph(),
            "tr" => self.end_row(),
            "tbl" => {
                self.tables.pop();
            }
            "sdt" => {
                self.controls.pop();
            }
            _ => {}
        }
    }

    fn with_paragraph(&mut self, change: impl FnOnce(&mut Paragraph)) {
        if let (Some(paragraph), 0) = (self.paragraphs.last_mut(), self.hidden) {
            change(paragraph);
        }
    }

    fn with_table(&mut self, change: impl FnOnce(&mut Table)) {
        if let Some(table) = self.tables.last_mut() {
            change(table);
        }
    }

    fn note(&mut self, notes: &'a Notes, attributes: &Attributes) {
        let blocks = attributes.get("id").and_then(|id| notes.get(&id)).cloned().unwrap_or_default();
        self.with_paragraph(|paragraph| paragraph.notes.extend(blocks));
    }

    fn end_paragraph(&mut self) {
        let Some(mut paragraph) = self.paragraphs.pop() else { return };
        paragraph.text.trim();
        let kind = self.kind(&paragraph);
        let block = (!paragraph.text.is_empty()).then_some(Block { kind, text: paragraph.text });
        let blocks = block.into_iter().chain(paragraph.notes);
        if !self.paragraphs.is_empty() {
            self.floating.extend(blocks);
            return;
        }
        let blocks: Vec<Block> = blocks.chain(std::mem::take(&mut self.floating)).collect();
        self.emit(blocks);
    }

    fn kind(&self, paragraph: &Paragraph) -> BlockKind {
        if self.controls.contains(&true) {
            return BlockKind::Furniture("table of contents");
        }
        let styled = paragraph.style.as_deref().and_then(|style| self.styles.kind(style));
        match styled {
            Some(BlockKind::ListItem) if !paragraph.listed && paragraph.outline => BlockKind::Heading,
            Some(kind) => kind,
            None if paragraph.outline => BlockKind::Heading,
            None if paragraph.listed => BlockKind::ListItem,
            None => BlockKind::Paragraph,
        }
    }

    fn emit(&mut self, blocks: Vec<Block>) {
        let cell = self.tables.last_mut().and_then(|table| table.cells.last_mut());
        cell.unwrap_or(&mut self.blocks).extend(blocks);
    }

    fn end_row(&mut self) {
        let Some(table) = self.tables.last_mut() else { return };
        let cells = std::mem::take(&mut table.cells);
        let short = |cell: &Vec<Block>| {
            cell.len() <= 1
                && cell
                    .iter()
                    .all(|block| is_cell_text(block.kind) && block.text.as_str().split(' ').count() <= MAX_CELL_WORDS)
        };
        let filled = cells.iter().filter(|cell| !cell.is_empty()).count();
        let blocks: Vec<Block> = if filled >= 2 && cells.iter().all(short) {
            vec![row(cells.into_iter().flatten())]
        } else {
            cells.into_iter().flatten().collect()
        };
        // What the row is in is the cell of an outer table, or the document.
        let depth = self.tables.len();
        let outer = depth.checked_sub(2).and_then(|at| self.tables[at].cells.last_mut());
        outer.unwrap_or(&mut self.blocks).extend(blocks);
    }

    fn finish(mut self) -> Vec<Block> {
        self.blocks.append(&mut self.floating);
        self.blocks
    }
}

fn is_cell_text(kind: BlockKind) -> bool {
    matches!(kind, BlockKind::Paragraph | BlockKind::ListItem | BlockKind::Heading | BlockKind::TableRow)
}

fn row(cells: impl Iterator<Item = Block>) -> Block {
    let mut text = LocatedText::default();
    for cell in cells {
        if !text.is_empty() {
            let place = cell.text.place_at(0);
            text.push(", ", place);
        }
        text.append(&cell.text);
    }
    Block { kind: BlockKind::TableRow, text }
}

/// Appends a run's text. Soft hyphens are places to break at, no letters; a space at its start parts it from the run
/// before.
fn push(text: &mut LocatedText, run: &str, place: Place) {
    let run: String = run.chars().filter(|c| *c != '\u{ad}' && (!c.is_control() || c.is_whitespace())).collect();
    if run.starts_with(char::is_whitespace) {
        text.space();
    }
    text.push(&run, place);
}
