//! A page as a flat tree.
//!
//! The nodes are in document order and an element's descendants directly follow it, so every walk is a loop. Unclosed
//! tags are closed as browsers do, as far as this changes what is read as one text; nothing is moved. Elements nested
//! deeper than [`MAX_DEPTH`] are kept next to each other, not inside each other.

use html5gum::{DefaultEmitter, Readable, StartTag, State, Token, Tokenizer};

use super::shallow::Shallow;
use super::tag::{Scope, Tag};
use crate::lang::one_line;
use crate::source::ReadError;

/// Number of elements that may be open at once. Browsers stop at 512.
const MAX_DEPTH: usize = 256;
/// Limit on the number of nodes; no page for readers has more.
const MAX_NODES: usize = 2_000_000;
/// Number of bytes that are kept of the name of an unknown element.
const MAX_NAME: usize = 80;
/// Number of bytes that are kept of an attribute's value.
const MAX_VALUE: usize = 1 << 16;

/// A page.
#[derive(Debug, Default)]
pub struct Tree {
    pub nodes: Vec<Node>,
}

/// An element or a text.
#[derive(Debug)]
pub struct Node {
    /// The element that contains it; the first node is its own parent.
    pub parent: usize,
    /// The index after its last descendant.
    pub end: usize,
    /// The line on which it begins, 1-based.
    pub line: usize,
    pub what: What,
}

#[derive(Debug)]
pub enum What {
    Element(Tag, Option<Box<Attributes>>),
    Text(Box<str>),
}

impl What {
    fn tag(&self) -> Option<Tag> {
        match self {
            Self::Element(tag, _) => Some(*tag),
            Self::Text(_) => None,
        }
    }
}

/// The attributes that say something about a text.
#[derive(Debug, Default)]
pub struct Attributes(Vec<(&'static str, Box<str>)>);

/// The key for the name of a custom element: no attribute has a space in its name.
pub const CUSTOM: &str = "own element";

const KEPT: &[&str] = &[
    CUSTOM,
    "aria-controls",
    "aria-expanded",
    "aria-hidden",
    "aria-label",
    "aria-modal",
    "charset",
    "class",
    "content",
    "data-component",
    "data-hook",
    "data-testid",
    "datetime",
    "epub:type",
    "hidden",
    "href",
    "http-equiv",
    "id",
    "itemprop",
    "itemtype",
    "lang",
    "name",
    "open",
    "property",
    "rel",
    "role",
    "shadowrootmode",
    "style",
    "title",
    "type",
    "xml:lang",
];

impl Attributes {
    fn of(tag: &StartTag<usize>) -> Option<Box<Self>> {
        let kept = tag.attributes.iter().filter_map(|(name, value)| {
            let name = KEPT.iter().find(|kept| kept.as_bytes() == name.as_slice())?;
            Some((*name, text(&value[..value.len().min(MAX_VALUE)])))
        });
        let custom = tag.name.contains(&b'-').then(|| (CUSTOM, text(&tag.name[..tag.name.len().min(MAX_NAME)])));
        let kept: Vec<_> = custom.into_iter().chain(kept).collect();
        (!kept.is_empty()).then(|| Box::new(Self(kept)))
    }

    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(kept, _)| *kept == name).map(|(_, value)| &**value)
    }
}

fn text(bytes: &[u8]) -> Box<str> {
    String::from_utf8_lossy(bytes).into_owned().into_boxed_str()
}

impl Tree {
    /// Returns the tag of an element; `None` for a text.
    pub fn tag(&self, at: usize) -> Option<Tag> {
        self.nodes[at].what.tag()
    }

    /// Returns an attribute of an element.
    pub fn attribute(&self, at: usize, name: &str) -> Option<&str> {
        match &self.nodes[at].what {
            What::Element(_, Some(attributes)) => attributes.get(name),
            _ => None,
        }
    }

    /// Returns `at` and the elements that contain it, from the nearest outwards.
    pub fn lineage(&self, at: usize) -> impl Iterator<Item = usize> + '_ {
        std::iter::successors(Some(at), |at| Some(self.nodes[*at].parent).filter(|parent| parent != at))
    }

    /// Returns all text inside an element, with white space collapsed.
    pub fn text_of(&self, at: usize) -> String {
        self.raw_texts(at).flat_map(str::split_whitespace).collect::<Vec<_>>().join(" ")
    }

    /// Returns the text of a heading on one line: words continue across inline markup, and the text of buttons is left
    /// out.
    pub fn heading_of(&self, at: usize) -> String {
        let (mut text, mut blocks, mut next) = (String::new(), Vec::new(), at);
        while next < self.nodes[at].end {
            while blocks.pop_if(|end| *end <= next).is_some() {
                text.push(' ');
            }
            match &self.nodes[next].what {
                What::Text(more) => text.push_str(more),
                What::Element(Tag::Button, ..) => {
                    next = self.nodes[next].end;
                    continue;
                }
                What::Element(tag, ..) if tag.is_block() || *tag == Tag::Br => {
                    text.push(' ');
                    blocks.push(self.nodes[next].end);
                }
                What::Element(..) => {}
            }
            next += 1;
        }
        one_line(&text)
    }

    /// Returns the texts inside an element, including white space.
    pub fn raw_texts(&self, at: usize) -> impl Iterator<Item = &str> {
        self.nodes[at..self.nodes[at].end].iter().filter_map(|node| match &node.what {
            What::Text(text) => Some(&**text),
            What::Element(..) => None,
        })
    }

    /// Returns the only text in an element without markup.
    pub fn raw_text_of(&self, at: usize) -> &str {
        match self.nodes.get(at + 1).filter(|_| self.nodes[at].end > at + 1).map(|node| &node.what) {
            Some(What::Text(text)) => text,
            _ => "",
        }
    }

    /// Whether a node is not a text, or only white space.
    pub fn is_blank(&self, at: usize) -> bool {
        !matches!(&self.nodes[at].what, What::Text(text) if !text.trim().is_empty())
    }

    /// Returns the node before an element within the same parent, ignoring blank texts.
    pub fn sibling_before(&self, at: usize) -> Option<usize> {
        let parent = self.nodes[at].parent;
        let mut next = at;
        loop {
            let last = next.checked_sub(1).filter(|last| *last > parent)?;
            let sibling = self.lineage(last).find(|at| self.nodes[*at].parent == parent)?;
            match &self.nodes[sibling].what {
                What::Text(text) if text.trim().is_empty() => next = sibling,
                _ => return Some(sibling),
            }
        }
    }

    /// Returns the element after an element within the same parent, ignoring blank texts; none if a text follows.
    pub fn sibling_after(&self, at: usize) -> Option<usize> {
        let end = self.nodes[self.nodes[at].parent].end;
        let mut next = self.nodes[at].end;
        while next < end {
            match &self.nodes[next].what {
                What::Text(text) if text.trim().is_empty() => next += 1,
                What::Text(_) => return None,
                What::Element(..) => return Some(next),
            }
        }
        None
    }

    /// Whether an element contains an element with a text of its own.
    pub fn holds_blocks(&self, at: usize) -> bool {
        (at + 1..self.nodes[at].end).any(|at| self.tag(at).is_some_and(Tag::is_block))
    }

    /// Whether the content of an element is invisible. A template is visible if it is the content of a custom element,
    /// and a frame if its page is embedded in this one.
    pub fn is_unseen(&self, at: usize) -> bool {
        match self.tag(at) {
            Some(Tag::Template) => self.attribute(at, "shadowrootmode").is_none(),
            Some(Tag::Iframe) => self.nodes[at].end == at + 1 || self.tag(at + 1).is_none(),
            tag => tag.is_some_and(Tag::is_unseen),
        }
    }

    /// Returns the elements with a tag.
    pub fn elements(&self, tag: Tag) -> impl Iterator<Item = usize> + '_ {
        (0..self.nodes.len()).filter(move |at| self.tag(*at) == Some(tag))
    }
}

/// Reads a page. `xml` says that a tag may close itself.
///
/// # Errors
/// When it has millions of elements.
pub fn parse(page: &str, xml: bool) -> Result<Tree, ReadError> {
    parse_page(page, xml, false)
}

/// Reads a page, or one that is `embedded` in another, whose own frames are not read.
fn parse_page(page: &str, xml: bool, embedded: bool) -> Result<Tree, ReadError> {
    let reader = Shallow::new(page.to_reader());
    let mut tokens = Tokenizer::new_with_emitter(reader, DefaultEmitter::<usize>::new_with_span());
    let mut builder = Builder::new(page, embedded);
    while let Some(token) = tokens.next() {
        let Ok(token) = token else { continue };
        match token {
            Token::StartTag(tag) => {
                if let Some(state) = builder.start(tag, xml) {
                    tokens.set_state(state);
                }
            }
            Token::EndTag(tag) => builder.end(Tag::of(&tag.name)),
            Token::String(text) => builder.text(&text.value, text.span.start),
            Token::Comment(_) | Token::Doctype(_) | Token::Error(_) => {}
        }
        if builder.tree.nodes.len() > MAX_NODES {
            return Err(ReadError::Malformed { format: "HTML", reason: format!("more than {MAX_NODES} elements") });
        }
    }
    Ok(builder.finish())
}

struct Builder {
    tree: Tree,
    /// The open elements, outermost first.
    open: Vec<(usize, Tag)>,
    /// For each tag, how many elements were opened too deep, so that their end tags close nothing else.
    too_deep: [u32; Tag::COUNT],
    lines: LineCounter,
    embedded: bool,
}

impl Builder {
    fn new(page: &str, embedded: bool) -> Self {
        let root = Node { parent: 0, end: 0, line: 1, what: What::Element(Tag::Root, None) };
        Self {
            tree: Tree { nodes: vec![root] },
            open: vec![(0, Tag::Root)],
            too_deep: [0; Tag::COUNT],
            lines: LineCounter::new(page),
            embedded,
        }
    }

    /// Opens an element. Returns the state in which the tokenizer continues if what follows is not markup.
    fn start(&mut self, token: StartTag<usize>, xml: bool) -> Option<State> {
        let tag = Tag::of(&token.name);
        self.leave_head(tag);
        self.close_before(tag);
        let closed = tag.is_void() || xml && token.self_closing || token.self_closing && self.in_drawing(tag);
        let line = self.lines.line(token.span.start);
        let at = self.push(line, What::Element(tag, Attributes::of(&token)));
        if closed {
            return None;
        }
        if self.open.len() < MAX_DEPTH {
            self.open.push((at, tag));
            self.embed(at, line, &token);
        } else {
            self.too_deep[tag.index()] = self.too_deep[tag.index()].saturating_add(1);
        }
        match tag {
            Tag::Title if self.in_drawing(tag) => None,
            Tag::Title | Tag::Textarea => Some(State::RcData),
            Tag::Script => Some(State::ScriptData),
            // In XML these are ordinary elements.
            Tag::Style | Tag::Iframe | Tag::Xmp | Tag::Noembed | Tag::Noframes | Tag::Noscript if !xml => {
                Some(State::RawText)
            }
            Tag::Style => Some(State::RawText),
            Tag::Plaintext if !xml => Some(State::PlainText),
            _ => None,
        }
    }

    /// Takes the page in an attribute of a frame.
    fn embed(&mut self, at: usize, line: usize, token: &StartTag<usize>) {
        if self.embedded || self.tree.nodes[at].what.tag() != Some(Tag::Iframe) {
            return;
        }
        let Some((_, page)) = token.attributes.iter().find(|(name, _)| name.as_slice() == b"srcdoc") else { return };
        let Ok(tree) = parse_page(&text(page), false, true) else { return };
        let base = self.tree.nodes.len();
        let mut nodes = tree.nodes;
        nodes[0].what = What::Element(Tag::Div, None);
        for node in &mut nodes {
            (node.parent, node.end, node.line) = (node.parent + base, node.end + base, line);
            // What its head says applies to the embedded page alone.
            if node.what.tag().is_some_and(Tag::is_of_head) {
                node.what = What::Element(Tag::Noembed, None);
            }
        }
        nodes[0].parent = at;
        self.tree.nodes.extend(nodes);
    }

    /// Closes the head before anything that does not belong in one.
    fn leave_head(&mut self, tag: Tag) {
        let in_head = self.open.last().is_some_and(|(_, tag)| *tag == Tag::Head);
        if in_head && !tag.is_of_head() {
            self.pop_to(self.open.len() - 1);
        }
    }

    fn in_drawing(&self, tag: Tag) -> bool {
        let drawing = |tag: &Tag| matches!(tag, Tag::Svg | Tag::Math);
        drawing(&tag) || self.open.iter().rev().take(8).any(|(_, open)| drawing(open))
    }

    /// Closes the elements that cannot contain `tag`.
    fn close_before(&mut self, tag: Tag) {
        if tag.is_block() {
            self.close(|open| open == Tag::P, |open| open.is_scope() || open == Tag::Button);
        }
        match tag {
            Tag::Li => self.close(|open| open == Tag::Li, |open| open.is_scope() || open.is_list()),
            Tag::Dt | Tag::Dd => {
                self.close(|open| matches!(open, Tag::Dt | Tag::Dd), |open| open.is_scope() || open == Tag::Dl);
            }
            Tag::Td | Tag::Th => {
                self.close(|open| matches!(open, Tag::Td | Tag::Th), |open| matches!(open, Tag::Tr | Tag::Table));
            }
            Tag::Tr => self.close(|open| open == Tag::Tr, |open| open == Tag::Table),
            Tag::Thead | Tag::Tbody | Tag::Tfoot => {
                self.close(|open| matches!(open, Tag::Thead | Tag::Tbody | Tag::Tfoot), |open| open == Tag::Table);
            }
            Tag::Option => self.close(|open| open == Tag::Option, |open| open == Tag::Select || open.is_scope()),
            Tag::A => self.close(|open| open == Tag::A, |open| open.is_scope() || open.is_block()),
            _ if tag.is_heading() => {
                self.close(Tag::is_heading, |open| open.is_scope() || open.is_block() && !open.is_heading());
            }
            _ => {}
        }
    }

    /// Closes the nearest open element that is `wanted`, unless a `barrier` comes first.
    fn close(&mut self, wanted: impl Fn(Tag) -> bool, barrier: impl Fn(Tag) -> bool) {
        for (at, &(_, open)) in self.open.iter().enumerate().skip(1).rev() {
            if wanted(open) {
                return self.pop_to(at);
            }
            if barrier(open) {
                return;
            }
        }
    }

    fn end(&mut self, tag: Tag) {
        let too_deep = &mut self.too_deep[tag.index()];
        if *too_deep > 0 {
            *too_deep -= 1;
            return;
        }
        match tag.scope() {
            Scope::Inline => self.close(|open| open == tag, |open| open.is_scope() || open.is_block()),
            Scope::Table => self.close(|open| open == tag, |open| open == Tag::Table),
            Scope::Block if tag.is_heading() => self.close(Tag::is_heading, Tag::is_scope),
            Scope::Block => self.close(|open| open == tag, Tag::is_scope),
            // What follows them still belongs to the page.
            Scope::Page => {}
        }
    }

    fn text(&mut self, bytes: &[u8], start: usize) {
        let line = self.lines.line(start);
        let blank = bytes.iter().all(u8::is_ascii_whitespace);
        if !blank {
            self.leave_head(Tag::Other);
        }
        let text = if blank { " ".into() } else { text(bytes) };
        self.push(line, What::Text(text));
    }

    fn push(&mut self, line: usize, what: What) -> usize {
        let at = self.tree.nodes.len();
        let parent = self.open.last().map_or(0, |(parent, _)| *parent);
        self.tree.nodes.push(Node { parent, end: at + 1, line, what });
        at
    }

    /// Closes all open elements from `depth` on.
    fn pop_to(&mut self, depth: usize) {
        let end = self.tree.nodes.len();
        for (at, _) in self.open.drain(depth..) {
            self.tree.nodes[at].end = end;
        }
    }

    fn finish(mut self) -> Tree {
        self.pop_to(0);
        self.tree
    }
}

/// The line of a byte; bytes must be asked for in ascending order.
struct LineCounter {
    /// Byte offset of the start of each line.
    starts: Vec<usize>,
    at: usize,
}

impl LineCounter {
    fn new(page: &str) -> Self {
        let starts = std::iter::once(0).chain(page.match_indices('\n').map(|(at, _)| at + 1)).collect();
        Self { starts, at: 0 }
    }

    fn line(&mut self, offset: usize) -> usize {
        while self.starts.get(self.at + 1).is_some_and(|start| *start <= offset) {
            self.at += 1;
        }
        self.at + 1
    }
}
