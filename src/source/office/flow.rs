//! Nested paragraphs, tables and text boxes, put in order.

use crate::source::{Block, BlockKind, LocatedText, Place};

/// A row with longer cells than this, in words, is page layout rather than a table.
const MAX_CELL_WORDS: usize = 60;

/// Largest number of words in a paragraph that only looks like a heading, and of such paragraphs in succession.
const MAX_HEADING_WORDS: usize = 20;
const MAX_HEADINGS: usize = 3;

/// A paragraph that is being read. `Marks` is what its format says about it.
#[derive(Debug, Default)]
pub struct Paragraph<Marks> {
    pub text: LocatedText,
    pub marks: Marks,
    /// Whether some of its letters look like text: neither capitals nor set apart.
    plain: bool,
    /// The notes that it refers to.
    pub notes: Vec<Block>,
}

/// A table that is being read: the cells of the open row.
#[derive(Debug, Default)]
struct Table {
    cells: Vec<Vec<Block>>,
}

/// Collects the blocks of a part as its elements open and close.
#[derive(Debug, Default)]
pub struct Flow<Marks> {
    blocks: Vec<Block>,
    /// The last one is the open paragraph; the others contain text boxes.
    paragraphs: Vec<Paragraph<Marks>>,
    tables: Vec<Table>,
    /// Blocks of text boxes, kept until the paragraph to which they are anchored ends.
    floating: Vec<Block>,
    /// Indices of blocks that only look like headings.
    apart: Vec<usize>,
}

impl<Marks: Default> Flow<Marks> {
    pub fn open_paragraph(&mut self, marks: Marks) {
        self.paragraphs.push(Paragraph { marks, plain: false, text: LocatedText::default(), notes: Vec::new() });
    }

    /// Returns the open paragraph.
    pub fn paragraph(&mut self) -> Option<&mut Paragraph<Marks>> {
        self.paragraphs.last_mut()
    }

    /// Appends the text of a run. Soft hyphens are removed; a space at its start separates it from the previous run.
    pub fn text(&mut self, run: &str, place: Place) {
        self.text_apart(run, place);
        if let Some(paragraph) = self.paragraphs.last_mut() {
            paragraph.plain |= run.chars().any(|c| c.is_alphabetic() && !c.is_uppercase());
        }
    }

    /// Appends a run that is set apart from text, such as in bold.
    pub fn text_apart(&mut self, run: &str, place: Place) {
        let Some(paragraph) = self.paragraphs.last_mut() else { return };
        let run: String = run.chars().filter(|c| *c != '\u{ad}' && (!c.is_control() || c.is_whitespace())).collect();
        if run.starts_with(char::is_whitespace) {
            paragraph.text.space();
        }
        paragraph.text.push(&run, place);
    }

    /// Ends the open paragraph; `kind` determines its kind from its marks.
    pub fn end_paragraph(&mut self, kind: impl FnOnce(&Marks) -> BlockKind) {
        let Some(mut paragraph) = self.paragraphs.pop() else { return };
        paragraph.text.trim();
        let kind = kind(&paragraph.marks);
        let block = (!paragraph.text.is_empty()).then_some(Block { kind, text: paragraph.text });
        let blocks = block.into_iter().chain(paragraph.notes);
        if !self.paragraphs.is_empty() {
            self.floating.extend(blocks);
            return;
        }
        let blocks: Vec<Block> = blocks.chain(std::mem::take(&mut self.floating)).collect();
        if self.tables.is_empty() && !paragraph.plain && blocks.first().is_some_and(reads_as_heading) {
            self.apart.push(self.blocks.len());
        }
        self.emit(blocks);
    }

    /// Inserts blocks of another part: after the open paragraph, if there is one.
    pub fn insert(&mut self, blocks: Vec<Block>) {
        match self.paragraphs.last_mut() {
            Some(paragraph) => paragraph.notes.extend(blocks),
            None => self.emit(blocks),
        }
    }

    pub fn open_table(&mut self) {
        self.tables.push(Table::default());
    }

    pub fn open_row(&mut self) {
        if let Some(table) = self.tables.last_mut() {
            table.cells.clear();
        }
    }

    pub fn open_cell(&mut self) {
        if let Some(table) = self.tables.last_mut() {
            table.cells.push(Vec::new());
        }
    }

    pub fn end_row(&mut self) {
        let Some(table) = self.tables.last_mut() else { return };
        let cells = std::mem::take(&mut table.cells);
        let filled = cells.iter().filter(|cell| !cell.is_empty()).count();
        let blocks: Vec<Block> = if filled >= 2 && cells.iter().all(|cell| is_short(cell)) {
            vec![row(cells.into_iter().flatten())]
        } else {
            cells.into_iter().flatten().collect()
        };
        // The row belongs to the cell of an outer table, or to the document.
        let depth = self.tables.len();
        let outer = depth.checked_sub(2).and_then(|at| self.tables[at].cells.last_mut());
        outer.unwrap_or(&mut self.blocks).extend(blocks);
    }

    pub fn end_table(&mut self) {
        self.tables.pop();
    }

    /// Returns all blocks of a text in which headings may be recognised by their look alone.
    pub fn finish_text(mut self) -> Vec<Block> {
        let apart = std::mem::take(&mut self.apart);
        let mut blocks = self.finish();
        mark_headings(&mut blocks, &apart);
        blocks
    }

    /// Returns all blocks, including those of unclosed rows.
    pub fn finish(mut self) -> Vec<Block> {
        while !self.tables.is_empty() {
            self.end_row();
            self.end_table();
        }
        self.blocks.append(&mut self.floating);
        self.blocks
    }

    fn emit(&mut self, blocks: Vec<Block>) {
        let cell = self.tables.last_mut().and_then(|table| table.cells.last_mut());
        cell.unwrap_or(&mut self.blocks).extend(blocks);
    }
}

/// Whether a paragraph that is set apart reads as a heading: a few words that end no sentence and are not an address.
fn reads_as_heading(block: &Block) -> bool {
    let text = block.text.as_str();
    block.kind == BlockKind::Paragraph
        && text.split_whitespace().count() <= MAX_HEADING_WORDS
        && text.chars().filter(|c| c.is_alphabetic()).take(2).count() == 2
        && !text.ends_with(['.', ',', ';', ':', '!', '?'])
        && !text.contains(['@', '|'])
        && !text.contains("://")
        && !text.contains("www.")
}

/// Makes headings of the blocks that look like them, if a text follows: at most a few in a row, since more are a list
/// or an address.
fn mark_headings(blocks: &mut [Block], apart: &[usize]) {
    let mut run: Vec<usize> = Vec::new();
    for at in 0..blocks.len() {
        if apart.binary_search(&at).is_ok() {
            run.push(at);
        } else if !matches!(blocks[at].kind, BlockKind::Furniture(_)) {
            let few = run.len() <= MAX_HEADINGS;
            for heading in run.drain(..).filter(|_| few) {
                blocks[heading].kind = BlockKind::Heading;
            }
        }
    }
}

/// Whether a cell belongs to a table rather than to page layout.
fn is_short(cell: &[Block]) -> bool {
    cell.len() <= 1
        && cell.iter().all(|block| is_cell_text(block.kind) && block.text.as_str().split(' ').count() <= MAX_CELL_WORDS)
}

fn is_cell_text(kind: BlockKind) -> bool {
    matches!(kind, BlockKind::Paragraph | BlockKind::ListItem | BlockKind::Heading | BlockKind::TableRow)
}

/// Joins the cells of a row with commas.
pub fn row(cells: impl Iterator<Item = Block>) -> Block {
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

#[cfg(test)]
mod tests {
    use super::*;

    /// Returns the headings among paragraphs, of which those that begin with `*` are set apart.
    fn headings<'a>(paragraphs: &[&'a str]) -> Vec<&'a str> {
        let mut flow: Flow<()> = Flow::default();
        for text in paragraphs {
            flow.open_paragraph(());
            match text.strip_prefix('*') {
                Some(text) => flow.text_apart(text, Place::NOWHERE),
                None => flow.text(text, Place::NOWHERE),
            }
            flow.end_paragraph(|()| BlockKind::Paragraph);
        }
        let blocks = flow.finish_text();
        let all = paragraphs.iter().zip(blocks).filter(|(_, block)| block.kind == BlockKind::Heading);
        all.map(|(text, _)| text.trim_start_matches('*')).collect()
    }

    #[test]
    fn a_short_line_that_is_set_apart_above_a_text_is_a_heading() {
        let said = "The lamp was lit at dusk.";
        assert_eq!(headings(&["*The lamp", said, "THE OIL", said]), ["The lamp", "THE OIL"]);
        assert_eq!(headings(&["*The lamp", "*Its oil", said]), ["The lamp", "Its oil"]);
        // A sentence, a heading that nothing follows, an address, and a text in other letters.
        assert!(headings(&["*Light the lamp.", said, "*Is it lit?", said, "*Shut the gate"]).is_empty());
        assert!(headings(&["*Ada Sund", "*4 Pier Road", "*Tarn", "*Orrin", said]).is_empty());
        assert!(headings(&["灯", said, "The lamp", said, "12", said]).is_empty());
    }
}
