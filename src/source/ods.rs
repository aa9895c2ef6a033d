//! `OpenDocument` spreadsheets (ODF 1.3): the rows of their tables, in the same form as `xlsx` gives those of Excel.

use std::collections::HashSet;

use super::office::package::Package;
use super::office::xml::{self, Attributes, Item};
use super::office::{properties, workbook};
use super::{Block, BlockKind, Content, LocatedText, Parsed, Place, ReadError, odt, ole};
use workbook::{BETWEEN, MAX_CELLS, MAX_COLUMNS, MAX_TEXT};

/// Reads a spreadsheet: one block per row that has a value, with the number of its table as the page.
///
/// # Errors
/// When the bytes are not a spreadsheet, or are damaged, encrypted or too large.
pub fn parse(bytes: &[u8]) -> Result<Parsed, ReadError> {
    read(bytes).map_err(|reason| ReadError::Malformed { format: workbook::OPEN_DOCUMENT, reason })
}

fn read(bytes: &[u8]) -> Result<Parsed, String> {
    let (content, metadata) = if bytes.starts_with(b"PK") {
        let mut package = Package::open(bytes)?;
        if odt::is_encrypted(&package.part("META-INF/manifest.xml")?.unwrap_or_default()) {
            return Err(ole::PROTECTED.to_owned());
        }
        let content = package.part("content.xml")?.ok_or("it contains no OpenDocument spreadsheet")?;
        (content, properties::of(&mut package, "meta.xml")?)
    } else {
        let content = String::from_utf8_lossy(bytes).into_owned();
        let metadata = properties::read(&content).unwrap_or_default();
        (content, metadata)
    };
    if !content.contains("<office:document") {
        return Err("it is neither an archive nor a flat file of XML".to_owned());
    }
    let mut tables = Tables::default();
    xml::each(&content, |item| tables.item(item))?;
    match (tables.cells > MAX_CELLS, tables.text > MAX_TEXT) {
        (true, _) => {
            Err(format!("its sheets have more than {MAX_CELLS} cells, including empty cells between filled ones"))
        }
        (_, true) => Err("its sheets hold more text than any document".to_owned()),
        _ => Ok(Parsed { metadata, content: Content::Blocks(tables.blocks), note: None, missing: None }),
    }
}

/// What has been read so far.
#[derive(Default)]
struct Tables {
    blocks: Vec<Block>,
    /// The name of the style that is being read, and the styles of hidden tables.
    style: String,
    hidden: HashSet<String>,
    /// Number of open tables: a cell may contain another table.
    open: usize,
    is_hidden: bool,
    page: usize,
    line: usize,
    /// Number of rows that the open row stands for.
    repeated: usize,
    values: Vec<String>,
    /// Number of empty cells before the next value.
    empty: usize,
    /// The cell that is being read, and the number of cells it stands for.
    cell: Option<(String, usize)>,
    /// The cell's own value, where its text only shows how it is displayed.
    day: Option<String>,
    /// Number of open elements whose text is not part of a cell, and of open paragraphs.
    aside: usize,
    paragraphs: usize,
    cells: usize,
    text: usize,
}

impl Tables {
    fn is_full(&self) -> bool {
        self.cells > MAX_CELLS || self.text > MAX_TEXT
    }

    fn item(&mut self, item: Item) {
        match item {
            Item::Open("style", attributes) => self.style = attributes.get("name").unwrap_or_default(),
            Item::Open("table-properties", attributes) if attributes.get("display").as_deref() == Some("false") => {
                self.hidden.insert(self.style.clone());
            }
            Item::Open("table", attributes) => self.open_table(&attributes),
            Item::Close("table") => self.open = self.open.saturating_sub(1),
            // Notes, drawings and tracked changes are not part of the cells.
            Item::Open("annotation" | "shapes" | "tracked-changes" | "frame" | "ruby-text", _) => self.aside += 1,
            Item::Close("annotation" | "shapes" | "tracked-changes" | "frame" | "ruby-text") => {
                self.aside = self.aside.saturating_sub(1);
            }
            _ if self.open != 1 || self.aside > 0 || self.is_full() => {}
            Item::Open("table-row", attributes) => {
                self.repeated = count(&attributes, "number-rows-repeated");
                self.values.clear();
                self.empty = 0;
            }
            Item::Open("table-cell" | "covered-table-cell", attributes) => {
                let of_day = attributes.get("value-type").as_deref() == Some("date");
                let day = attributes.get("date-value").filter(|_| of_day);
                self.day = day.map(|day| day.split('T').next().unwrap_or_default().to_owned());
                self.cell = Some((String::new(), count(&attributes, "number-columns-repeated")));
            }
            Item::Open("p", _) => {
                self.paragraphs += 1;
                self.say("\n");
            }
            Item::Close("p") => self.paragraphs = self.paragraphs.saturating_sub(1),
            Item::Open("line-break", _) => self.say("\n"),
            Item::Open("s" | "tab", _) => self.say(" "),
            Item::Text(text) if self.paragraphs > 0 => self.say(text),
            Item::Close("table-cell" | "covered-table-cell") => self.end_cell(),
            Item::Close("table-row") => self.end_row(),
            _ => {}
        }
    }

    fn open_table(&mut self, attributes: &Attributes) {
        self.open += 1;
        if self.open == 1 {
            self.page += 1;
            self.line = 0;
            self.is_hidden = attributes.get("style-name").is_some_and(|style| self.hidden.contains(&style));
        }
    }

    fn say(&mut self, text: &str) {
        if let Some((cell, _)) = &mut self.cell {
            cell.push_str(text);
        }
    }

    fn end_cell(&mut self) {
        let Some((shown, repeated)) = self.cell.take() else { return };
        let value = self.day.take().unwrap_or_else(|| shown.trim().to_owned());
        if value.is_empty() {
            // A row may end in thousands of empty cells.
            self.empty = self.empty.saturating_add(repeated);
            return;
        }
        let end = self.values.len().saturating_add(self.empty).saturating_add(repeated);
        if end > MAX_COLUMNS {
            return;
        }
        self.cells += end - self.values.len();
        self.text += value.len() * repeated;
        if !self.is_full() {
            self.values.resize(self.values.len() + self.empty, String::new());
            self.values.resize(end, value);
        }
        self.empty = 0;
    }

    fn end_row(&mut self) {
        let (first, rows) = (self.line + 1, self.repeated);
        self.line = self.line.saturating_add(rows);
        if self.values.is_empty() || self.is_hidden {
            return;
        }
        let text = self.values.join(BETWEEN.encode_utf8(&mut [0; 4]));
        for line in first..first.saturating_add(rows) {
            let place = Place { line: Some(line), ..Place::page(self.page) };
            let text = LocatedText::from_parts(text.clone(), vec![(0, place)]);
            self.blocks.push(Block { kind: BlockKind::TableRow, text });
            self.cells += self.values.len();
            self.text += self.values.iter().map(String::len).sum::<usize>();
            if self.is_full() {
                return;
            }
        }
    }
}

/// Returns the number of cells or rows that an element stands for.
fn count(attributes: &Attributes, name: &str) -> usize {
    attributes.get(name).and_then(|count| count.parse().ok()).unwrap_or(1).max(1)
}
