//! The visible texts of a page, in order, each with what it is and where in the tree it stands.

use super::tag::Tag;
use super::tree::{Tree, What};
use super::words::{has_word, words};
use crate::lang::script::is_unspaced;
use crate::source::{BlockKind, LocatedText, Place};

/// A text that a reader sees as one.
#[derive(Debug)]
pub struct Piece {
    pub kind: BlockKind,
    pub text: LocatedText,
    /// The innermost element that holds all of it.
    pub owner: usize,
    pub words: usize,
    /// How many of its words are links.
    pub linked: usize,
    /// Set where the page's marks alone tell that it is no text.
    pub reason: Option<&'static str>,
}

impl Piece {
    /// Whether links are at least `percent` of its words.
    pub fn is_linked(&self, percent: usize) -> bool {
        self.linked * 100 >= self.words * percent && self.words > 0
    }

    /// Whether it reads as running text.
    pub fn is_prose(&self) -> bool {
        let text = self.text.as_str();
        let flows = self.words >= 10
            || self.words >= 4 && text.ends_with(['.', '!', '?', '”', '"', '’', '。', '؟'])
            || text.chars().filter(|c| is_unspaced(*c)).take(20).count() == 20;
        matches!(self.kind, BlockKind::Paragraph | BlockKind::ListItem) && flows && !self.is_linked(50)
    }
}

/// The weight of a text, in words or what stands for them.
fn weight(text: &str) -> usize {
    let wide = text.bytes().filter(|byte| *byte >= 0xe3).count();
    words(text).max(wide / 2)
}

/// All visible texts.
pub fn pieces(tree: &Tree) -> Vec<Piece> {
    let mut collector = Collector {
        tree,
        pieces: Vec::new(),
        run: Run::default(),
        blocks: Vec::new(),
        set_aside: Vec::new(),
        link_end: 0,
    };
    let mut at = 0;
    while at < tree.nodes.len() {
        at = collector.visit(at);
    }
    collector.leave(usize::MAX);
    collector.pieces
}

/// Some pages write their headings as paragraphs: a few words that finish no sentence, with a text behind them.
pub fn mark_headings(pieces: &mut [Piece]) {
    let kept: Vec<usize> = (0..pieces.len()).filter(|at| pieces[*at].reason.is_none()).collect();
    for pair in kept.windows(2) {
        let next = &pieces[pair[1]];
        let leads = next.kind == BlockKind::Paragraph && next.words >= 15 && next.is_prose();
        if leads && reads_as_heading(&pieces[pair[0]]) {
            pieces[pair[0]].kind = BlockKind::Heading;
        }
    }
}

fn reads_as_heading(piece: &Piece) -> bool {
    let text = piece.text.as_str();
    let begins = text.starts_with(|c: char| c.is_numeric() || c.is_alphabetic() && !c.is_lowercase());
    piece.kind == BlockKind::Paragraph
        && piece.words <= 12
        && begins
        && text.ends_with(|c: char| c.is_alphanumeric() || c == ')')
}

/// A text that is being collected.
#[derive(Default)]
struct Run {
    text: LocatedText,
    owner: Option<usize>,
    linked: usize,
    breaks: usize,
}

struct Collector<'a> {
    tree: &'a Tree,
    pieces: Vec<Piece>,
    run: Run,
    /// Where the blocks that are open end, outermost first.
    blocks: Vec<usize>,
    /// Small furniture inside of a text, held back until the text is complete.
    set_aside: Vec<Piece>,
    /// Up to here the text is a link's.
    link_end: usize,
}

impl Collector<'_> {
    /// Takes one node. Says where to go on.
    fn visit(&mut self, at: usize) -> usize {
        self.leave(at);
        let node = &self.tree.nodes[at];
        match &node.what {
            What::Text(text) => self.text(at, text, node.line),
            What::Element(tag, _) => {
                if is_unseen(self.tree, at, *tag) {
                    return node.end;
                }
                if let Some(reason) = small_furniture(self.tree, at, *tag) {
                    self.set_aside(at, reason);
                    return node.end;
                }
                if *tag == Tag::Table && is_data_table(self.tree, at) {
                    self.flush();
                    self.table(at);
                    return node.end;
                }
                self.element(at, *tag, node.end);
            }
        }
        at + 1
    }

    fn element(&mut self, at: usize, tag: Tag, end: usize) {
        match tag {
            Tag::Br if self.run.breaks > 0 => self.flush(),
            Tag::Br => {
                self.run.text.space();
                self.run.breaks += 1;
            }
            Tag::A if self.tree.attribute(at, "href").is_some() => {
                // Pages put links beside each other with nothing but a style between them.
                if at == self.link_end {
                    self.run.text.space();
                }
                self.link_end = self.link_end.max(end);
            }
            _ if tag.is_block() || tag == Tag::Label => {
                self.flush();
                self.blocks.push(end);
            }
            _ => {}
        }
    }

    /// Leaves the blocks that end before `at`.
    fn leave(&mut self, at: usize) {
        while self.blocks.last().is_some_and(|end| *end <= at) {
            self.blocks.pop();
            self.flush();
        }
        if at == usize::MAX {
            self.flush();
        }
    }

    fn text(&mut self, at: usize, text: &str, line: usize) {
        push_lines(&mut self.run.text, text, line);
        if text == " " {
            return;
        }
        self.run.breaks = 0;
        if at < self.link_end {
            self.run.linked += weight(text);
        }
        let mut owner = self.run.owner.unwrap_or(self.tree.nodes[at].parent);
        while self.tree.nodes[owner].end <= at && owner > 0 {
            owner = self.tree.nodes[owner].parent;
        }
        self.run.owner = Some(owner);
    }

    fn flush(&mut self) {
        let run = std::mem::take(&mut self.run);
        if let Some(owner) = run.owner {
            let kind = kind(self.tree, owner);
            self.push(kind, run.text, owner, run.linked, None);
        }
        self.pieces.append(&mut self.set_aside);
    }

    fn push(
        &mut self,
        kind: BlockKind,
        mut text: LocatedText,
        owner: usize,
        linked: usize,
        reason: Option<&'static str>,
    ) {
        text.trim();
        if !text.is_empty() {
            let words = weight(text.as_str());
            self.pieces.push(Piece { kind, text, owner, words, linked: linked.min(words), reason });
        }
    }

    /// A button in the middle of a text is no part of the text.
    fn set_aside(&mut self, at: usize, reason: &'static str) {
        let mut text = visible(self.tree, at);
        text.trim();
        if reason == "form" {
            self.run.text.space();
        }
        if !text.is_empty() {
            let words = weight(text.as_str());
            self.set_aside.push(Piece {
                kind: BlockKind::Paragraph,
                text,
                owner: at,
                words,
                linked: 0,
                reason: Some(reason),
            });
        }
    }

    /// A table of data, row by row.
    fn table(&mut self, table: usize) {
        let mut at = table + 1;
        let end = self.tree.nodes[table].end;
        while at < end {
            let node_end = self.tree.nodes[at].end;
            match self.tree.tag(at) {
                Some(tag) if is_unseen(self.tree, at, tag) => {}
                Some(Tag::Tr) => {
                    let (text, linked) = row(self.tree, at);
                    self.push(BlockKind::TableRow, text, at, linked, None);
                }
                Some(Tag::Caption) => self.push(BlockKind::Caption, visible(self.tree, at), at, 0, None),
                // A cell or a text without a row.
                Some(tag) if tag == Tag::Td || tag == Tag::Th => {
                    self.push(BlockKind::TableRow, visible(self.tree, at), at, 0, None);
                }
                Some(_) => {
                    at += 1;
                    continue;
                }
                None => {
                    let node = &self.tree.nodes[at];
                    if let What::Text(text) = &node.what {
                        self.push(
                            BlockKind::TableRow,
                            LocatedText::new(text, Place::line(node.line)),
                            node.parent,
                            0,
                            None,
                        );
                    }
                }
            }
            at = node_end;
        }
    }
}

/// Appends a text, line by line.
fn push_lines(to: &mut LocatedText, text: &str, line: usize) {
    let shy = |c: char| matches!(c, '\u{ad}' | '\u{200b}' | '\u{feff}');
    for (index, part) in text.split_inclusive('\n').enumerate() {
        if part.contains(shy) {
            to.push(&part.replace(shy, ""), Place::line(line + index));
        } else {
            to.push(part, Place::line(line + index));
        }
    }
}

/// What can be seen of an element, on one line.
fn visible(tree: &Tree, element: usize) -> LocatedText {
    let mut text = LocatedText::default();
    let mut at = element;
    while at < tree.nodes[element].end {
        let node = &tree.nodes[at];
        match &node.what {
            What::Text(part) => push_lines(&mut text, part, node.line),
            What::Element(tag, _) if at != element && is_unseen(tree, at, *tag) => {
                at = node.end;
                continue;
            }
            What::Element(tag, _) if tag.is_block() || *tag == Tag::Br => text.space(),
            What::Element(..) => {}
        }
        at += 1;
    }
    text
}

/// The cells of a row with commas between them, and how many of its words are links.
fn row(tree: &Tree, row: usize) -> (LocatedText, usize) {
    let (mut text, mut linked) = (LocatedText::default(), 0);
    let mut at = row + 1;
    while at < tree.nodes[row].end {
        let (tag, end) = (tree.tag(at), tree.nodes[at].end);
        match tag {
            Some(tag) if is_unseen(tree, at, tag) => {}
            _ => {
                let mut cell = visible(tree, at);
                cell.trim();
                if !cell.is_empty() {
                    glue(&mut text);
                    text.append(&cell);
                    let links = (at..end).filter(|at| tree.tag(*at) == Some(Tag::A));
                    linked += links.map(|link| weight(&tree.text_of(link))).sum::<usize>();
                }
            }
        }
        at = end;
    }
    (text, linked)
}

fn glue(text: &mut LocatedText) {
    if text.is_empty() {
        return;
    }
    let place = text.place_at(text.as_str().len());
    if !text.as_str().ends_with([',', ';', ':', '.', '!', '?']) {
        text.push(",", place);
    }
    text.space();
}

/// Whether a table holds data rather than the page's columns.
fn is_data_table(tree: &Tree, table: usize) -> bool {
    if matches!(tree.attribute(table, "role"), Some("presentation" | "none")) {
        return false;
    }
    let (mut headed, mut columns, mut cells) = (false, 0, 0);
    for at in table + 1..tree.nodes[table].end {
        match tree.tag(at) {
            Some(Tag::Table | Tag::Form | Tag::Article | Tag::Section | Tag::Nav | Tag::Pre | Tag::Main) => {
                return false;
            }
            Some(tag) if tag.is_heading() => return false,
            Some(Tag::Th | Tag::Caption | Tag::Thead) => headed = true,
            _ => {}
        }
        match tree.tag(at) {
            Some(Tag::Tr) => cells = 0,
            Some(Tag::Td | Tag::Th) => {
                cells += 1;
                columns = columns.max(cells);
                let length: usize = tree.nodes[at..tree.nodes[at].end].iter().map(length).sum();
                if length > if headed { 4000 } else { 400 } {
                    return false;
                }
            }
            _ => {}
        }
    }
    columns > 1
}

fn length(node: &super::tree::Node) -> usize {
    match &node.what {
        What::Text(text) => text.len(),
        What::Element(..) => 0,
    }
}

/// What a text in `owner` is.
fn kind(tree: &Tree, owner: usize) -> BlockKind {
    for at in tree.lineage(owner) {
        let Some(tag) = tree.tag(at) else { continue };
        match tag {
            Tag::Pre | Tag::Listing | Tag::Xmp | Tag::Plaintext => return BlockKind::NotProse,
            Tag::Figcaption | Tag::Caption => return BlockKind::Caption,
            Tag::Li | Tag::Dt | Tag::Dd => return BlockKind::ListItem,
            Tag::Td | Tag::Th | Tag::Body | Tag::Article | Tag::Section | Tag::Main => break,
            _ if tag.is_heading() || tree.attribute(at, "role") == Some("heading") => return BlockKind::Heading,
            _ if is_caption(tree, at) => return BlockKind::Caption,
            _ => {}
        }
    }
    BlockKind::Paragraph
}

fn is_caption(tree: &Tree, at: usize) -> bool {
    // Asked of every ancestor of every text, so the cheap question comes first.
    let class = tree.attribute(at, "class").filter(|class| class.contains("aption"));
    class.is_some_and(|class| has_word(class, &["caption", "captions", "figcaption"]))
}

/// Whether nobody sees it.
pub fn is_unseen(tree: &Tree, at: usize, tag: Tag) -> bool {
    if tag.is_unseen() || tree.attribute(at, "hidden").is_some_and(|hidden| hidden != "until-found") {
        return true;
    }
    if tag == Tag::Dialog && tree.attribute(at, "open").is_none() {
        return true;
    }
    // Pages hide all of themselves until their scripts have run.
    let whole = matches!(tag, Tag::Html | Tag::Body);
    !whole
        && (tree.attribute(at, "style").is_some_and(hides)
            || tree.attribute(at, "class").is_some_and(is_for_screen_readers))
}

fn hides(style: &str) -> bool {
    let style: String = style.chars().filter(|c| !c.is_whitespace()).collect::<String>().to_ascii_lowercase();
    style.contains("display:none") || style.contains("visibility:hidden")
}

fn is_for_screen_readers(class: &str) -> bool {
    const NAMES: &[&str] = &[
        "sr-only",
        "visually-hidden",
        "visuallyhidden",
        "screen-reader-text",
        "screen-reader-only",
        "u-visually-hidden",
        "hidden-visually",
    ];
    class.split_whitespace().any(|name| NAMES.contains(&name))
}

/// Things that stand inside a line of text and are no part of it.
fn small_furniture(tree: &Tree, at: usize, tag: Tag) -> Option<&'static str> {
    if tree.attribute(at, "epub:type") == Some("pagebreak") || tree.attribute(at, "role") == Some("doc-pagebreak") {
        return Some("page number");
    }
    if tree.attribute(at, "epub:type") == Some("noteref") || tree.attribute(at, "role") == Some("doc-noteref") {
        return Some("footnote mark");
    }
    match tag {
        Tag::Button | Tag::Select | Tag::Textarea => return Some("form"),
        Tag::Span | Tag::A | Tag::Sup => {}
        _ => return None,
    }
    let class = tree.attribute(at, "class")?;
    if tag == Tag::Sup {
        return class
            .split_whitespace()
            .any(|name| matches!(name, "reference" | "footnote-ref" | "noteref"))
            .then_some("footnote mark");
    }
    let names = [
        "mw-editsection",
        "headerlink",
        "anchor-link",
        "hash-link",
        "header-anchor",
        "footnote-backref",
        "footnote-back",
    ];
    class.split_whitespace().any(|name| names.contains(&name)).then_some("edit or anchor link")
}
