//! The visible texts of a page, in order, each with its kind and its place in the tree.

use super::aside;
use super::formula;
use super::hidden::{self, Landmarks};
use super::kind::Kinds;
use super::preformatted;
use super::tag::Tag;
use super::tree::{Tree, What};
use super::words::words;
use crate::lang::script::is_unspaced;
use crate::source::{BlockKind, LocatedText, Place};

/// A text that a reader sees as one unit.
#[derive(Debug)]
pub struct Piece {
    pub kind: BlockKind,
    pub text: LocatedText,
    /// The innermost element that contains all of it.
    pub owner: usize,
    pub words: usize,
    /// How many of its words are links.
    pub linked: usize,
    /// Number of breaks between its lines where these mean something: in a poem, an address.
    pub breaks: usize,
    /// Set if the page's markup alone shows that it is not text.
    pub reason: Option<&'static str>,
}

impl Piece {
    /// Whether at least `percent` of its words are links.
    pub fn is_linked(&self, percent: usize) -> bool {
        self.linked * 100 >= self.words * percent && self.words > 0
    }

    /// Whether it reads as running text.
    pub fn is_prose(&self) -> bool {
        let text = self.text.as_str();
        let flows = self.words >= 10
            || self.words >= 4 && ends_sentence(text)
            || text.chars().filter(|c| is_unspaced(*c)).take(20).count() == 20;
        matches!(self.kind, BlockKind::Paragraph | BlockKind::ListItem) && flows && !self.is_linked(50)
    }
}

/// Whether a text ends like a sentence.
pub fn ends_sentence(text: &str) -> bool {
    text.trim_end_matches([')', ']', '»'])
        .ends_with(['.', '!', '?', '…', '”', '"', '’', '“', '。', '！', '？', '」', '؟', '।'])
}

/// Returns the weight of a text, in words or an equivalent for scripts without spaces.
pub fn weight(text: &str) -> usize {
    let wide = text.bytes().filter(|byte| *byte >= 0xe3).count();
    words(text).max(wide / 2)
}

/// Returns all visible texts.
pub fn pieces(tree: &Tree) -> Vec<Piece> {
    let mut collector = Collector {
        tree,
        pieces: Vec::new(),
        run: Run::default(),
        blocks: Vec::new(),
        set_aside: Vec::new(),
        link_end: 0,
        landmarks: Landmarks::of(tree),
        kinds: Kinds::of(tree),
        veil: 0..0,
        veiled: "",
    };
    let mut at = 0;
    while at < tree.nodes.len() {
        at = collector.visit(at);
    }
    collector.leave(usize::MAX);
    collector.pieces
}

/// Marks headings that pages write as paragraphs: a few words that end no sentence, followed by a text, and questions
/// of interviews in bold.
pub fn mark_headings(tree: &Tree, pieces: &mut [Piece]) {
    let kept: Vec<usize> = (0..pieces.len()).filter(|at| pieces[*at].reason.is_none()).collect();
    let asks = |piece: &Piece| {
        let bold = matches!(tree.tag(piece.owner), Some(Tag::B | Tag::Strong));
        bold && piece.kind == BlockKind::Paragraph && piece.words <= QUESTION && piece.text.as_str().ends_with('?')
    };
    let answered = |pair: &&[usize]| {
        let next = &pieces[pair[1]];
        asks(&pieces[pair[0]]) && next.kind == BlockKind::Paragraph && !asks(next)
    };
    let questions: Vec<usize> = kept.windows(2).filter(answered).map(|pair| pair[0]).collect();
    if questions.len() > 1 {
        questions.into_iter().for_each(|at| pieces[at].kind = BlockKind::Heading);
    }
    let mut run = 0;
    for pair in kept.windows(2) {
        let next = &pieces[pair[1]];
        let leads = next.kind == BlockKind::Paragraph && next.words >= 15 && next.is_prose();
        run = if reads_as_heading(&pieces[pair[0]]) { run + 1 } else { 0 };
        // Three consecutive short lines are an address or a poem.
        if leads && (1..3).contains(&run) {
            pieces[pair[0]].kind = BlockKind::Heading;
        }
    }
}

/// Maximum number of words of a question; longer ones are text.
const QUESTION: usize = 40;

fn reads_as_heading(piece: &Piece) -> bool {
    let text = piece.text.as_str();
    let begins = text.starts_with(|c: char| c.is_numeric() || c.is_alphabetic() && !c.is_lowercase());
    piece.kind == BlockKind::Paragraph
        && piece.words <= 12
        && piece.breaks == 0
        && begins
        && text.ends_with(|c: char| c.is_alphanumeric() || c == ')')
}

/// A text that is being collected.
#[derive(Default)]
struct Run {
    text: LocatedText,
    owner: Option<usize>,
    linked: usize,
    /// Number of breaks since the last text.
    breaks: usize,
    /// Number of breaks followed by a text.
    lines: usize,
}

struct Collector<'a> {
    tree: &'a Tree,
    pieces: Vec<Piece>,
    run: Run,
    /// The ends of the open blocks, outermost first.
    blocks: Vec<usize>,
    /// Small furniture inside a text, held back until the text is complete.
    set_aside: Vec<Piece>,
    /// Text before this node belongs to a link.
    link_end: usize,
    landmarks: Landmarks,
    kinds: Kinds,
    /// Nodes that are left out.
    veil: std::ops::Range<usize>,
    /// The reason for leaving them out.
    veiled: &'static str,
}

impl Collector<'_> {
    /// Takes one node and returns the next node to visit.
    fn visit(&mut self, at: usize) -> usize {
        self.leave(at);
        let node = &self.tree.nodes[at];
        match &node.what {
            What::Text(text) => self.text(at, text, node.line),
            What::Element(tag, _) => {
                if self.tree.is_unseen(at) || self.takes_whole(at, *tag) {
                    return node.end;
                }
                self.element(at, *tag, node.end);
            }
        }
        at + 1
    }

    /// Takes an element with all its content, if it is of such a kind.
    fn takes_whole(&mut self, at: usize, tag: Tag) -> bool {
        if let Some(reason) = aside::reason(self.tree, at, tag) {
            self.set_aside(at, reason);
            return true;
        }
        if aside::is_note(self.tree, at, tag) {
            self.note(at);
            return true;
        }
        if let Some(reason) = hidden::reason(self.tree, at, tag, &self.landmarks).filter(|_| at >= self.veil.end) {
            if !tag.is_block() && !self.tree.holds_blocks(at) {
                self.set_aside(at, reason);
                return true;
            }
            self.veil(at, reason);
        }
        match tag {
            Tag::Table if is_data_table(self.tree, at) => {
                self.flush();
                self.table(at);
                true
            }
            Tag::Pre | Tag::Listing | Tag::Xmp | Tag::Plaintext => self.preformatted(at),
            _ => false,
        }
    }

    /// Leaves out the content of `at`.
    fn veil(&mut self, at: usize, reason: &'static str) {
        self.flush();
        self.veil = at..self.tree.nodes[at].end;
        self.veiled = reason;
        self.blocks.push(self.veil.end);
    }

    /// Takes a text that its author laid out, if it is prose.
    fn preformatted(&mut self, at: usize) -> bool {
        let Some(parts) = preformatted::prose(self.tree, at) else { return false };
        self.flush();
        for part in parts {
            let reason = match part.kind {
                BlockKind::Furniture(reason) => Some(reason),
                _ => None,
            };
            self.push(part.kind, part.text, at, 0, reason);
        }
        true
    }

    fn element(&mut self, at: usize, tag: Tag, end: usize) {
        if self.is_apart(at, tag) {
            self.run.text.space();
        }
        push_sign(&mut self.run.text, self.tree, at, tag);
        match tag {
            Tag::Br if self.run.breaks > 0 => self.flush(),
            Tag::Br => {
                self.run.text.space();
                self.run.breaks += 1;
            }
            Tag::A if self.leads_on(at) => {
                // Some pages put links next to each other, separated only by style.
                if at == self.link_end {
                    self.run.text.space();
                }
                self.link_end = self.link_end.max(end);
            }
            _ if tag.is_block() || matches!(tag, Tag::Label | Tag::Button) => {
                self.flush();
                self.blocks.push(end);
            }
            _ => {}
        }
    }

    /// Whether only a style separates an element from the one right before it, as a page does with `Built` and `1871`.
    fn is_apart(&self, at: usize, tag: Tag) -> bool {
        let of_line = |tag: Tag| matches!(tag, Tag::Span | Tag::A | Tag::Time | Tag::B | Tag::Strong);
        let is_beside = |before: usize| self.tree.nodes[before].end == at && self.tree.tag(before).is_some_and(of_line);
        if !of_line(tag) || !self.tree.sibling_before(at).is_some_and(is_beside) {
            return false;
        }
        let mut before = self.run.text.as_str().chars().rev();
        let word = before.by_ref().take(2).filter(|c| c.is_lowercase()).count() == 2;
        let next = self.tree.raw_texts(at).next().and_then(|text| text.chars().next());
        let in_code = || self.tree.lineage(at).take(4).any(|at| self.tree.tag(at) == Some(Tag::Code));
        word && next.is_some_and(|c| c.is_uppercase() || c.is_ascii_digit()) && !in_code()
    }

    /// Whether an element is a link; a heading's link to its own place does not count.
    fn leads_on(&self, at: usize) -> bool {
        let Some(href) = self.tree.attribute(at, "href") else { return false };
        let in_heading = || self.tree.lineage(at).take(3).any(|at| self.tree.tag(at).is_some_and(Tag::is_heading));
        !(href.starts_with('#') && in_heading())
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
        let is_blank = text.trim().is_empty();
        if is_blank && formula::is_in_formula(self.tree, at) {
            return;
        }
        push_lines(&mut self.run.text, text, line);
        if is_blank {
            return;
        }
        self.run.lines += if self.run.owner.is_some() { self.run.breaks } else { 0 };
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
            let kind = self.kinds.kind(owner, &run.text);
            let before = self.pieces.len();
            self.push(kind, run.text, owner, run.linked, None);
            let lines =
                run.lines + usize::from(self.tree.lineage(owner).any(|at| self.tree.tag(at) == Some(Tag::Address)));
            self.pieces[before..].iter_mut().for_each(|piece| piece.breaks = lines);
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
            let reason = reason.or(self.veil.contains(&owner).then_some(self.veiled));
            self.pieces.push(Piece { kind, text, owner, words, linked: linked.min(words), breaks: 0, reason });
        }
    }

    /// Sets aside a button or a note mark in the middle of a text.
    fn set_aside(&mut self, at: usize, reason: &'static str) {
        if aside::leaves_space(self.tree, at, reason) {
            self.run.text.space();
        }
        let text = visible(self.tree, at, &mut self.set_aside);
        put_aside(&mut self.set_aside, text, at, reason);
    }

    /// Puts a note in the middle of a text after that text.
    fn note(&mut self, at: usize) {
        let mut text = visible(self.tree, at, &mut self.set_aside);
        text.trim();
        let words = weight(text.as_str());
        let kind = BlockKind::Paragraph;
        self.set_aside.push(Piece { kind, text, owner: at, words, linked: 0, breaks: 0, reason: None });
    }

    /// Takes a data table, row by row.
    fn table(&mut self, table: usize) {
        let mut at = table + 1;
        let end = self.tree.nodes[table].end;
        while at < end {
            let node_end = self.tree.nodes[at].end;
            match self.tree.tag(at) {
                Some(_) if self.tree.is_unseen(at) => {}
                Some(tag) if hidden::reason(self.tree, at, tag, &self.landmarks).is_some() => {
                    self.set_aside(at, hidden::HIDDEN);
                }
                Some(Tag::Tr) => {
                    let (text, linked) = row(self.tree, at, &mut self.set_aside);
                    self.push(BlockKind::TableRow, text, at, linked, None);
                }
                Some(tag @ (Tag::Caption | Tag::Td | Tag::Th)) => {
                    // A cell without a row is treated as a row.
                    let kind = if tag == Tag::Caption { BlockKind::Caption } else { BlockKind::TableRow };
                    let text = visible(self.tree, at, &mut self.set_aside);
                    self.push(kind, text, at, 0, None);
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
        self.pieces.append(&mut self.set_aside);
    }
}

/// Adds a text that is not part of the text around it, joined with others of its kind in the same paragraph.
fn put_aside(list: &mut Vec<Piece>, mut text: LocatedText, owner: usize, reason: &'static str) {
    text.trim();
    if text.is_empty() {
        return;
    }
    match list.last_mut().filter(|last| last.reason == Some(reason) && aside::is_mark(reason)) {
        Some(last) => {
            last.text.space();
            last.text.append(&text);
        }
        None => {
            let words = weight(text.as_str());
            let kind = BlockKind::Paragraph;
            list.push(Piece { kind, text, owner, words, linked: 0, breaks: 0, reason: Some(reason) });
        }
    }
}

/// Appends a text, line by line.
fn push_lines(to: &mut LocatedText, text: &str, line: usize) {
    // This includes the invisible operators of formulas.
    let shy = |c: char| matches!(c, '\u{ad}' | '\u{200b}' | '\u{2061}'..='\u{2064}' | '\u{feff}');
    for (index, part) in text.split_inclusive('\n').enumerate() {
        if part.contains(shy) {
            to.push(&part.replace(shy, ""), Place::line(line + index));
        } else {
            to.push(part, Place::line(line + index));
        }
    }
}

/// Appends the sign that a line of text needs before an element that the page raises or lowers.
fn push_sign(text: &mut LocatedText, tree: &Tree, at: usize, tag: Tag) {
    if let Some(sign) = formula::sign_before(tree, at, tag, text.as_str()) {
        text.push(sign, Place::line(tree.nodes[at].line));
    }
}

/// Returns the visible text of an element on one line. What is not part of its text is put into `aside`.
fn visible(tree: &Tree, element: usize, aside: &mut Vec<Piece>) -> LocatedText {
    let mut text = LocatedText::default();
    let mut at = element;
    while at < tree.nodes[element].end {
        let node = &tree.nodes[at];
        match &node.what {
            What::Text(part) if part.trim().is_empty() && formula::is_in_formula(tree, at) => {}
            What::Text(part) => push_lines(&mut text, part, node.line),
            What::Element(..) if at != element && tree.is_unseen(at) => {
                at = node.end;
                continue;
            }
            What::Element(tag, _) if at != element && is_aside(tree, at, *tag).is_some() => {
                let reason = is_aside(tree, at, *tag).unwrap_or_default();
                if aside::leaves_space(tree, at, reason) {
                    text.space();
                }
                let text = visible(tree, at, aside);
                put_aside(aside, text, at, reason);
                at = node.end;
                continue;
            }
            What::Element(tag, _) if tag.is_block() || *tag == Tag::Br => text.space(),
            What::Element(tag, _) if at != element => push_sign(&mut text, tree, at, *tag),
            What::Element(..) => {}
        }
        at += 1;
    }
    text
}

/// Returns why an element in a cell is not part of the cell's text.
fn is_aside(tree: &Tree, at: usize, tag: Tag) -> Option<&'static str> {
    aside::reason(tree, at, tag).or_else(|| hidden::of_element(tree, at, tag))
}

/// Returns the cells of a row separated by commas, and how many of its words are links.
fn row(tree: &Tree, row: usize, aside: &mut Vec<Piece>) -> (LocatedText, usize) {
    let (mut text, mut linked) = (LocatedText::default(), 0);
    let mut at = row + 1;
    while at < tree.nodes[row].end {
        let (tag, end) = (tree.tag(at), tree.nodes[at].end);
        match tag {
            Some(_) if tree.is_unseen(at) => {}
            Some(tag) if is_aside(tree, at, tag).is_some() => {
                let text = visible(tree, at, aside);
                put_aside(aside, text, at, is_aside(tree, at, tag).unwrap_or_default());
            }
            _ => {
                let mut cell = visible(tree, at, aside);
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

/// Whether a table contains data rather than the page's columns.
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
