//! Tokens to paragraphs: the purpose of each group, and the look of its text.

use std::collections::HashMap;

use encoding_rs::{Encoding, WINDOWS_1252};

use super::charset;
use super::token::Token;
use crate::lang::one_line;
use crate::source::office::LEAST_NOTE_WORDS;
use crate::source::office::flow::Flow;
use crate::source::office::style::by_name;
use crate::source::{Block, BlockKind, Date, LocatedText, Metadata, Place};

/// No document nests groups deeper than this.
const MAX_DEPTH: usize = 1000;

/// The purpose of a group.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Destination {
    Body,
    Note,
    Comment,
    Header,
    Footer,
    /// A text box.
    Shape,
    Fonts,
    Styles,
    Title,
    Author,
    Created,
    /// What the document says about itself.
    Info,
    /// Nothing that is read.
    Skipped,
}

impl Destination {
    /// Whether its text forms paragraphs separate from those around it.
    fn has_paragraphs(self) -> bool {
        matches!(self, Self::Note | Self::Comment | Self::Header | Self::Footer | Self::Shape)
    }

    fn of(word: &str) -> Option<Self> {
        Some(match word {
            "footnote" => Self::Note,
            "annotation" => Self::Comment,
            "header" | "headerl" | "headerr" | "headerf" => Self::Header,
            "footer" | "footerl" | "footerr" | "footerf" => Self::Footer,
            "shptxt" => Self::Shape,
            "fonttbl" => Self::Fonts,
            "stylesheet" => Self::Styles,
            "title" => Self::Title,
            "author" => Self::Author,
            "creatim" => Self::Created,
            "info" => Self::Info,
            "colortbl" | "pict" | "objdata" | "listtext" | "pntext" | "nonshppict" | "shprslt" | "nonesttables"
            | "xe" | "tc" | "tcn" | "rxe" | "sp" | "fldinst" | "listtable" | "listoverridetable" | "ftnsep"
            | "ftnsepc" | "aftnsep" | "aftnsepc" | "private" | "filetbl" | "revtbl" | "bkmkstart" | "bkmkend" => {
                Self::Skipped
            }
            _ => return None,
        })
    }
}

/// Properties that apply until the end of a group.
#[derive(Debug, Clone, Copy)]
struct State {
    destination: Destination,
    /// Number of fallback characters for each Unicode character.
    stand_ins: usize,
    font: i32,
    letters: Letters,
    lines: Lines,
}

/// The look of letters.
#[derive(Debug, Clone, Copy, Default)]
struct Letters {
    hidden: bool,
    deleted: bool,
    bold: bool,
}

/// The properties of a paragraph.
#[derive(Debug, Clone, Copy, Default)]
struct Lines {
    style: i32,
    outline: bool,
    listed: bool,
    in_table: bool,
}

/// What programs without lists put before an item.
const BULLETS: [char; 5] = ['•', '·', '▪', '◦', '\u{f0b7}'];

const OUTERMOST: State = State {
    destination: Destination::Body,
    stand_ins: 1,
    font: -1,
    letters: Letters { hidden: false, deleted: false, bold: false },
    lines: Lines { style: 0, outline: false, listed: false, in_table: false },
};

/// The position of the next token in its group.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Next {
    /// At the beginning.
    First,
    /// After `\*`, which tells readers that do not know the next word to skip the group.
    Starred,
    Inside,
}

/// A document that is being read.
pub struct Reader {
    flow: Flow<()>,
    state: State,
    around: Vec<State>,
    next: Next,
    over: bool,
    page: &'static Encoding,
    fonts: HashMap<i32, &'static Encoding>,
    default_font: i32,
    styles: HashMap<i32, BlockKind>,
    /// Bytes of text that are not decoded yet, and text that is not in a paragraph yet.
    bytes: Vec<u8>,
    run: String,
    /// The first half of a surrogate pair.
    high: Option<u16>,
    /// Number of fallback characters to skip.
    skip: usize,
    in_row: bool,
    /// Text outside paragraphs: a style's name, a title.
    label: String,
    metadata: Metadata,
    created: [i32; 3],
}

impl Default for Reader {
    fn default() -> Self {
        let mut flow = Flow::default();
        flow.open_paragraph(());
        Self {
            flow,
            state: OUTERMOST,
            around: Vec::new(),
            next: Next::Inside,
            over: false,
            page: WINDOWS_1252,
            fonts: HashMap::new(),
            default_font: 0,
            styles: HashMap::new(),
            bytes: Vec::new(),
            run: String::new(),
            high: None,
            skip: 0,
            in_row: false,
            label: String::new(),
            metadata: Metadata::default(),
            created: [0; 3],
        }
    }
}

impl Reader {
    /// Whether the outermost group has ended.
    pub fn is_over(&self) -> bool {
        self.over
    }

    /// Takes a token.
    ///
    /// # Errors
    /// When groups are nested too deeply.
    pub fn take(&mut self, token: Token) -> Result<(), String> {
        let place = std::mem::replace(&mut self.next, Next::Inside);
        match token {
            Token::Open => return self.open(),
            Token::Close => self.close(),
            Token::Symbol(b'*') if place == Next::First => self.next = Next::Starred,
            Token::Word("ud", _) if place == Next::Starred && self.is_in_body() => {
                self.state.destination = Destination::Body;
            }
            _ if self.state.destination == Destination::Skipped => {}
            Token::Word(word, number) => self.word(word, number, place),
            Token::Symbol(symbol) => self.symbol(symbol),
            Token::Byte(byte) => self.text(&[byte]),
            Token::Text(text) => self.text(text),
        }
        Ok(())
    }

    /// Returns what the document says about itself, and its text.
    pub fn finish(mut self) -> (Metadata, Vec<Block>) {
        while !self.around.is_empty() {
            self.close();
        }
        self.end_paragraph();
        let [year, month, day] = self.created;
        self.metadata.date = Date::parse(&format!("{year:04}-{month:02}-{day:02}"));
        self.metadata.dated_by_file = self.metadata.date.is_some();
        (self.metadata, self.flow.finish_text())
    }

    fn open(&mut self) -> Result<(), String> {
        self.flush();
        self.skip = 0;
        if self.around.len() >= MAX_DEPTH {
            return Err(format!("its groups are nested more than {MAX_DEPTH} levels deep"));
        }
        self.around.push(self.state);
        self.next = Next::First;
        Ok(())
    }

    fn close(&mut self) {
        self.flush();
        self.skip = 0;
        let Some(around) = self.around.pop() else { return };
        let inner = std::mem::replace(&mut self.state, around);
        self.over = self.around.is_empty();
        if inner.destination == Destination::Styles {
            self.end_style(inner.lines.style);
        }
        if inner.destination == around.destination {
            return;
        }
        match inner.destination {
            Destination::Title => self.metadata.title = self.take_label(),
            Destination::Author => self.metadata.author = self.take_label(),
            destination if destination.has_paragraphs() => {
                let state = std::mem::replace(&mut self.state, inner);
                self.end_paragraph();
                self.state = state;
            }
            _ => self.label.clear(),
        }
    }

    fn word(&mut self, word: &str, number: Option<i32>, place: Next) {
        let value = number.unwrap_or(1);
        if place != Next::Inside
            && let Some(destination) = Destination::of(word)
        {
            return self.enter(destination);
        }
        // The text is given twice: in the characters of a code page, and then in Unicode.
        if word == "upr" && self.state.destination == Destination::Body {
            return self.enter(Destination::Skipped);
        }
        if place == Next::Starred && word != "shpinst" {
            return self.enter(Destination::Skipped);
        }
        match word {
            "u" => self.unicode(value),
            "ansicpg" => self.page = charset::of_code_page(value),
            "mac" => self.page = charset::of_code_page(10_000),
            "deff" => self.default_font = value,
            "fcharset" => {
                if let (Destination::Fonts, Some(encoding)) = (self.state.destination, charset::of_font(value)) {
                    self.fonts.insert(self.state.font, encoding);
                }
            }
            "yr" | "mo" | "dy" if self.state.destination == Destination::Created => {
                self.created[usize::from(word != "yr") + usize::from(word == "dy")] = value;
            }
            "par" | "sect" | "page" => self.next_paragraph(),
            "cell" => self.end_cell(),
            "nestcell" => self.next_paragraph(),
            "row" => self.end_row(),
            "line" | "tab" | "emspace" | "enspace" | "qmspace" => self.push(" "),
            "emdash" => self.push("—"),
            "endash" => self.push("–"),
            "lquote" => self.push("‘"),
            "rquote" => self.push("’"),
            "ldblquote" => self.push("“"),
            "rdblquote" => self.push("”"),
            "bullet" => self.push("•"),
            _ => self.property(word, value),
        }
    }

    /// Whether the skipped group is in the body.
    fn is_in_body(&self) -> bool {
        let around = self.around.iter().rev().find(|state| state.destination != Destination::Skipped);
        around.is_some_and(|state| state.destination == Destination::Body)
    }

    /// Applies a property to the text after it.
    fn property(&mut self, word: &str, value: i32) {
        self.flush();
        let state = &mut self.state;
        match word {
            "uc" => state.stand_ins = usize::try_from(value).unwrap_or(0).min(100),
            "f" => state.font = value,
            "plain" => (state.font, state.letters) = (-1, Letters::default()),
            "b" => state.letters.bold = value != 0,
            "v" => state.letters.hidden = value != 0,
            "deleted" => state.letters.deleted = value != 0,
            "pard" => state.lines = Lines::default(),
            "s" => state.lines.style = value,
            "outlinelevel" => state.lines.outline = value < 9,
            "ls" | "pnlvlblt" | "pnlvlbody" => state.lines.listed = value != 0,
            "intbl" => state.lines.in_table = true,
            _ => {}
        }
    }

    fn symbol(&mut self, symbol: u8) {
        match symbol {
            b'~' => self.push("\u{a0}"),
            b'_' => self.push("-"),
            b'\r' | b'\n' => self.next_paragraph(),
            b'\t' => self.push(" "),
            b'\\' | b'{' | b'}' => self.text(&[symbol]),
            _ => {}
        }
    }

    fn enter(&mut self, destination: Destination) {
        self.flush();
        self.state.destination = destination;
        self.label.clear();
        if destination.has_paragraphs() {
            self.flow.open_paragraph(());
            self.state.lines = Lines::default();
        }
    }

    fn text(&mut self, text: &[u8]) {
        let skipped = self.skip.min(text.len());
        self.skip -= skipped;
        self.bytes.extend_from_slice(&text[skipped..]);
    }

    fn push(&mut self, text: &str) {
        if self.skip > 0 {
            self.skip -= 1;
            return;
        }
        self.decode();
        self.run.push_str(text);
    }

    fn unicode(&mut self, number: i32) {
        self.decode();
        // Numbers above 32767 are written as negative numbers.
        let unit = number as u16;
        match (self.high.take(), unit) {
            (_, 0xd800..=0xdbff) => self.high = Some(unit),
            (high, unit) => {
                let units = [high.unwrap_or(unit), unit];
                self.run.push_str(&String::from_utf16_lossy(&units[usize::from(high.is_none())..]));
            }
        }
        self.skip = self.state.stand_ins;
    }

    fn decode(&mut self) {
        if !self.bytes.is_empty() {
            let font = if self.state.font < 0 { self.default_font } else { self.state.font };
            let encoding = self.fonts.get(&font).copied().unwrap_or(self.page);
            self.run.push_str(&encoding.decode_without_bom_handling(&self.bytes).0);
            self.bytes.clear();
        }
    }

    /// Adds the text read so far to where it belongs.
    fn flush(&mut self) {
        self.decode();
        let run = std::mem::take(&mut self.run);
        match self.state.destination {
            _ if run.is_empty() || self.state.letters.hidden || self.state.letters.deleted => {}
            Destination::Styles | Destination::Title | Destination::Author => self.label.push_str(&run),
            Destination::Fonts | Destination::Created | Destination::Info | Destination::Skipped => {}
            _ => {
                self.begin_cell();
                if self.state.letters.bold {
                    self.flow.text_apart(&run, Place::NOWHERE);
                } else {
                    self.flow.text(&run, Place::NOWHERE);
                }
            }
        }
    }

    fn take_label(&mut self) -> Option<String> {
        let label = std::mem::take(&mut self.label);
        Some(one_line(&label)).filter(|label| !label.is_empty())
    }

    fn end_style(&mut self, style: i32) {
        let name = self.take_label().unwrap_or_default();
        let kind = by_name(name.trim_end_matches(';').trim().to_lowercase().as_str());
        self.styles.extend(kind.map(|kind| (style, kind)));
    }

    fn next_paragraph(&mut self) {
        if self.has_text() {
            self.end_paragraph();
            self.flow.open_paragraph(());
        }
    }

    fn has_text(&self) -> bool {
        self.state.destination == Destination::Body || self.state.destination.has_paragraphs()
    }

    fn end_paragraph(&mut self) {
        self.flush();
        let Some(paragraph) = self.flow.paragraph() else { return };
        let text = paragraph.text.as_str().trim();
        let item = text.strip_prefix(BULLETS).map(str::to_owned);
        let words = text.split_whitespace().count();
        if let Some(item) = &item {
            paragraph.text = LocatedText::new(item, Place::NOWHERE);
        }
        let usual = match item {
            Some(_) => BlockKind::ListItem,
            None => BlockKind::Paragraph,
        };
        let kind = self.kind(words, usual);
        self.flow.end_paragraph(|()| kind);
    }

    fn kind(&self, words: usize, usual: BlockKind) -> BlockKind {
        match self.state.destination {
            Destination::Header => BlockKind::Furniture("page header"),
            Destination::Footer => BlockKind::Furniture("page footer"),
            Destination::Comment => BlockKind::Furniture("comment"),
            Destination::Note if words < LEAST_NOTE_WORDS => BlockKind::Furniture("footnote of a few words"),
            _ => match self.styles.get(&self.state.lines.style) {
                Some(kind) => *kind,
                None if self.state.lines.outline => BlockKind::Heading,
                None if self.state.lines.listed => BlockKind::ListItem,
                None => usual,
            },
        }
    }

    /// Opens a table row if the text is in a table and no row is open.
    fn begin_cell(&mut self) {
        if self.state.lines.in_table && !self.in_row && self.state.destination == Destination::Body {
            self.in_row = true;
            self.flow.open_table();
            self.flow.open_row();
            self.flow.open_cell();
        }
    }

    fn end_cell(&mut self) {
        if self.has_text() {
            self.begin_cell();
            self.next_paragraph();
            if self.in_row {
                self.flow.open_cell();
            }
        }
    }

    fn end_row(&mut self) {
        if self.has_text() {
            self.next_paragraph();
            if std::mem::take(&mut self.in_row) {
                self.flow.end_row();
                self.flow.end_table();
            }
        }
    }
}
