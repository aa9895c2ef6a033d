//! Excel workbooks (Office Open XML, ECMA-376): the rows of their sheets.
//!
//! A workbook is read in two steps, so that its bytes can be parsed in another process: [`parse`] gives one block per
//! row, with its values separated by a character that XML cannot contain, and `rows` makes sources from them.

use super::office::package::Package;
use super::office::properties;
use super::office::relations::{Relations, main_part};
use super::office::workbook::{BETWEEN, MAX_CELLS, MAX_COLUMNS, MAX_TEXT};
use super::office::xml::{self, Attributes, Item};
use super::{Block, BlockKind, Content, Date, LocatedText, Parsed, Place, ReadError};

/// Reads a workbook: one block per row that has a value, with the number of its sheet as the page.
///
/// # Errors
/// When the bytes are not an archive, or contain no workbook, or one that is damaged or too large.
pub fn parse(bytes: &[u8]) -> Result<Parsed, ReadError> {
    read(bytes).map_err(|reason| ReadError::Malformed { format: "Excel", reason })
}

fn read(bytes: &[u8]) -> Result<Parsed, String> {
    let mut package = Package::open(bytes)?;
    let main = main_part(&mut package, "xl/workbook.xml")?;
    let text = package.part(&main)?.ok_or("it contains no Excel workbook")?;
    let related = Relations::of(&mut package, &main)?;
    let strings = part(&mut package, related.first("sharedStrings"))?;
    let styles = part(&mut package, related.first("styles"))?;
    let mut book = Book { strings: shared_strings(&strings)?, dates: date_styles(&styles)?, ..Book::of(&text)? };
    let (mut blocks, mut missing, mut commented) = (Vec::new(), 0, 0);
    for (at, id) in std::mem::take(&mut book.sheets).iter().enumerate() {
        let name = related.by_id(id);
        match name.map(|name| package.part(name)).transpose()?.flatten() {
            Some(sheet) => book.rows(&sheet, at + 1, &mut blocks)?,
            None => missing += 1,
        }
        let beside = name.map(|name| Relations::of(&mut package, name)).transpose()?;
        commented += usize::from(beside.is_some_and(|related| related.first("comments").is_some()));
    }
    if book.lost > 0 && book.strings.is_empty() {
        return Err("its cells refer to texts that it does not contain; it is damaged, save it again".to_owned());
    }
    let sheets = (missing > 0).then(|| format!("{missing} of its sheets are missing"));
    let cells = (book.lost > 0).then(|| format!("{} of its cells refer to texts that it does not contain", book.lost));
    let hidden = (book.hidden > 0).then(|| match book.hidden {
        1 => "1 hidden sheet was left out".to_owned(),
        hidden => format!("{hidden} hidden sheets were left out"),
    });
    let comments = (commented > 0).then(|| "comments on its cells were left out".to_owned());
    let notes: Vec<String> = [sheets, cells, hidden, comments].into_iter().flatten().collect();
    let note = (!notes.is_empty()).then(|| notes.join("; "));
    let metadata = properties::of(&mut package, "docProps/core.xml")?;
    Ok(Parsed { metadata, content: Content::Blocks(blocks), note, missing: None })
}

fn part(package: &mut Package, name: Option<String>) -> Result<String, String> {
    Ok(name.map(|name| package.part(&name)).transpose()?.flatten().unwrap_or_default())
}

/// What the cells of a workbook refer to.
#[derive(Default)]
struct Book {
    /// The ids by which the workbook refers to its visible sheets, in order.
    sheets: Vec<String>,
    /// Number of hidden sheets.
    hidden: usize,
    /// Whether days are counted from 1904.
    since_1904: bool,
    strings: Vec<String>,
    /// For each cell style, whether it shows a number as a date.
    dates: Vec<bool>,
    cells: usize,
    text: usize,
    /// Number of cells that refer to a missing text.
    lost: usize,
}

impl Book {
    fn of(workbook: &str) -> Result<Self, String> {
        let mut book = Self::default();
        xml::each(workbook, |item| match item {
            Item::Open("sheet", attributes) if attributes.get("state").is_none_or(|state| state == "visible") => {
                book.sheets.extend(attributes.prefixed("id"));
            }
            Item::Open("sheet", _) => book.hidden += 1,
            Item::Open("workbookPr", attributes) => {
                book.since_1904 = matches!(attributes.get("date1904").as_deref(), Some("1" | "true"));
            }
            _ => {}
        })?;
        Ok(book)
    }

    /// Appends the rows of a sheet.
    fn rows(&mut self, sheet: &str, page: usize, blocks: &mut Vec<Block>) -> Result<(), String> {
        let mut rows =
            Rows { book: self, page, line: 0, values: Vec::new(), cell: Cell::default(), blocks, full: false };
        xml::each(sheet, |item| rows.item(item))?;
        match (rows.full, self.cells > MAX_CELLS) {
            (false, _) => Ok(()),
            (true, true) => {
                Err(format!("its sheets have more than {MAX_CELLS} cells, including empty cells between filled ones"))
            }
            (true, false) => Err("its sheets hold more text than any document".to_owned()),
        }
    }

    /// Returns the text that a cell refers to.
    fn string(&self, cell: &Cell) -> Option<&String> {
        cell.text.trim().parse().ok().and_then(|at: usize| self.strings.get(at))
    }

    /// Returns what a cell shows.
    fn shown(&self, cell: &Cell) -> String {
        match cell.kind.as_deref() {
            Some("s") => self.string(cell).cloned(),
            Some("b") => Some(if cell.text.trim() == "1" { "TRUE" } else { "FALSE" }.to_owned()),
            Some("e") => None,
            None | Some("n") if self.dates.get(cell.style) == Some(&true) => Some(self.date(&cell.text)),
            _ => Some(cell.text.clone()),
        }
        .map(|text| unescaped(&text))
        .unwrap_or_default()
    }

    /// Returns the date for a day number.
    fn date(&self, number: &str) -> String {
        // Days from 1899-12-30, or from 1904-01-01, to 1970-01-01.
        let epoch = if self.since_1904 { 24_107 } else { 25_569 };
        let days = number.trim().split('.').next().and_then(|days| days.parse::<i64>().ok());
        let date =
            days.filter(|days| (1..3_000_000).contains(days)).and_then(|days| Date::from_unix((days - epoch) * 86_400));
        date.map_or_else(|| number.to_owned(), |date| date.to_string())
    }
}

/// A cell that is being read.
#[derive(Debug, Default)]
struct Cell {
    column: usize,
    kind: Option<String>,
    style: usize,
    text: String,
    /// Whether the next text is its value.
    in_value: bool,
    /// Number of open elements that say how the text is pronounced.
    phonetic: usize,
}

struct Rows<'a> {
    book: &'a mut Book,
    page: usize,
    line: usize,
    values: Vec<String>,
    cell: Cell,
    blocks: &'a mut Vec<Block>,
    full: bool,
}

impl Rows<'_> {
    fn item(&mut self, item: Item) {
        match item {
            Item::Open("row", attributes) => {
                self.line = attributes.get("r").and_then(|line| line.parse().ok()).unwrap_or(self.line + 1);
                self.values.clear();
            }
            Item::Open("c", attributes) => self.open_cell(&attributes),
            Item::Open("v" | "t", _) => self.cell.in_value = self.cell.phonetic == 0,
            Item::Close("v" | "t") => self.cell.in_value = false,
            Item::Open("rPh", _) => self.cell.phonetic += 1,
            Item::Close("rPh") => self.cell.phonetic = self.cell.phonetic.saturating_sub(1),
            Item::Text(text) if self.cell.in_value => self.cell.text.push_str(text),
            Item::Close("c") => self.end_cell(),
            Item::Close("row") => self.end_row(),
            _ => {}
        }
    }

    fn open_cell(&mut self, attributes: &Attributes) {
        let column = attributes.get("r").and_then(|place| column(&place)).unwrap_or(self.values.len());
        let style = attributes.get("s").and_then(|style| style.parse().ok()).unwrap_or(0);
        self.cell = Cell { column, style, kind: attributes.get("t"), ..Cell::default() };
    }

    fn end_cell(&mut self) {
        let cell = std::mem::take(&mut self.cell);
        if cell.column >= MAX_COLUMNS || self.full {
            return;
        }
        let refers = cell.kind.as_deref() == Some("s") && !cell.text.trim().is_empty();
        self.book.lost += usize::from(refers && self.book.string(&cell).is_none());
        let value = self.book.shown(&cell);
        self.book.cells += (cell.column + 1).saturating_sub(self.values.len());
        self.book.text += value.len();
        self.full = self.book.cells > MAX_CELLS || self.book.text > MAX_TEXT;
        if value.trim().is_empty() || self.full {
            return;
        }
        if self.values.len() <= cell.column {
            self.values.resize(cell.column + 1, String::new());
        }
        self.values[cell.column] = value;
    }

    fn end_row(&mut self) {
        if self.values.iter().all(String::is_empty) {
            return;
        }
        let text = self.values.join(BETWEEN.encode_utf8(&mut [0; 4]));
        let place = Place { line: Some(self.line), ..Place::page(self.page) };
        self.blocks.push(Block { kind: BlockKind::TableRow, text: LocatedText::from_parts(text, vec![(0, place)]) });
    }
}

/// Decodes `_x000D_`, which stands for a character that XML cannot contain (ECMA-376, 22.9.2.19).
fn unescaped(text: &str) -> String {
    let (mut plain, mut rest) = (String::new(), text);
    while let Some(at) = rest.find("_x") {
        let code = rest.get(at + 2..at + 6).filter(|_| rest[at + 6..].starts_with('_'));
        let c = code.and_then(|code| char::from_u32(u32::from_str_radix(code, 16).ok()?));
        plain.push_str(&rest[..at]);
        match c {
            Some(c) => plain.extend(Some(c).filter(|c| !c.is_control() || c.is_whitespace())),
            None => plain.push_str("_x"),
        }
        rest = &rest[at + if c.is_some() { 7 } else { 2 }..];
    }
    plain + rest
}

/// Returns the 0-based column of a cell named like `AB12`.
fn column(place: &str) -> Option<usize> {
    let letters = place.bytes().take_while(u8::is_ascii_alphabetic).take(4);
    let number = letters.fold(0, |sum, letter| sum * 26 + usize::from(letter.to_ascii_uppercase() - b'A') + 1);
    number.checked_sub(1)
}

/// Returns the texts that cells refer to by number.
fn shared_strings(text: &str) -> Result<Vec<String>, String> {
    let (mut strings, mut open, mut in_text, mut phonetic) = (Vec::new(), String::new(), false, 0_usize);
    if text.is_empty() {
        return Ok(strings);
    }
    xml::each(text, |item| match item {
        Item::Open("t", _) => in_text = phonetic == 0,
        Item::Close("t") => in_text = false,
        Item::Open("rPh", _) => phonetic += 1,
        Item::Close("rPh") => phonetic = phonetic.saturating_sub(1),
        Item::Text(text) if in_text => open.push_str(text),
        Item::Close("si") => strings.push(std::mem::take(&mut open)),
        _ => {}
    })?;
    Ok(strings)
}

/// For each cell style, whether it shows a number as a date.
fn date_styles(text: &str) -> Result<Vec<bool>, String> {
    let (mut formats, mut dates, mut in_cells) = (Vec::new(), Vec::new(), false);
    if text.is_empty() {
        return Ok(dates);
    }
    xml::each(text, |item| match item {
        Item::Open("numFmt", attributes) if attributes.get("formatCode").is_some_and(|code| is_date(&code)) => {
            formats.extend(attributes.get("numFmtId"));
        }
        Item::Open("cellXfs", _) => in_cells = true,
        Item::Close("cellXfs") => in_cells = false,
        Item::Open("xf", attributes) if in_cells => {
            let id = attributes.get("numFmtId").unwrap_or_default();
            dates.push(matches!(id.parse(), Ok(14..=17 | 22)) || formats.contains(&id));
        }
        _ => {}
    })?;
    Ok(dates)
}

/// Whether a number format shows a day or a year outside quoted text.
fn is_date(code: &str) -> bool {
    let mut quoted = false;
    code.to_lowercase().chars().any(|c| match c {
        '"' | '[' | ']' => {
            quoted = !quoted;
            false
        }
        'd' | 'y' => !quoted,
        _ => false,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_stand_where_their_names_say() {
        assert_eq!(["A1", "Z9", "AA1", "XFD1"].map(column), [Some(0), Some(25), Some(26), Some(16_383)]);
        assert_eq!(column("12"), None);
    }

    #[test]
    fn characters_that_xml_cannot_hold_are_read() {
        assert_eq!(unescaped("one_x000D_\ntwo _x005F_x_ _xyz_ and max_x1"), "one\r\ntwo _x_ _xyz_ and max_x1");
    }

    #[test]
    fn sheets_that_are_not_shown_are_counted() {
        let sheets =
            "<sheets><sheet r:id='a'/><sheet r:id='b' state='hidden'/><sheet r:id='c' state='veryHidden'/></sheets>";
        let book = Book::of(sheets).unwrap();
        assert_eq!((book.sheets, book.hidden), (vec!["a".to_owned()], 2));
    }

    #[test]
    fn days_are_numbers() {
        let book = Book::default();
        assert_eq!([book.date("46086"), book.date("46086.5"), book.date("x")], ["2026-03-05", "2026-03-05", "x"]);
        assert!(is_date("yyyy\\-mm\\-dd") && !is_date("0.00\" days\"") && !is_date("[Red]0"));
    }
}
