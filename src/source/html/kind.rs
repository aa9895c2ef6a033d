//! The kind of a text: a heading, a caption, a list item.

use super::tag::Tag;
use super::tree::Tree;
use super::words::{each_word, words};
use crate::source::{BlockKind, LocatedText};

/// A longer text beside a picture, in a box with a picture's name, is not a caption.
const MAX_BESIDE_PICTURE: usize = 30;
/// An element with more nodes is neither such a box nor a label.
const MAX_NODES: usize = 40;
/// Largest number of words of a label, and of a question that is a heading.
const MAX_LABEL: usize = 25;
/// Longer classes are ignored.
const MAX_CLASS: usize = 2000;

/// What an element makes of the texts inside, unless a nearer one says otherwise.
#[derive(Debug, Clone, Copy)]
enum Decision {
    Nothing,
    Preformatted,
    Caption,
    Item,
    /// An item, or the heading of one if it is a question.
    Term,
    Heading(Tag),
}

/// What each node and the elements around it decide. Each node is examined once, not once per text inside.
pub struct Kinds(Vec<Decision>);

impl Kinds {
    pub fn of(tree: &Tree) -> Self {
        let mut all: Vec<Decision> = Vec::with_capacity(tree.nodes.len());
        for (at, node) in tree.nodes.iter().enumerate() {
            let around = all.get(node.parent).copied().unwrap_or(Decision::Nothing);
            all.push(tree.tag(at).and_then(|tag| of_element(tree, at, tag)).unwrap_or(around));
        }
        Self(all)
    }

    /// Returns the kind of a text in `owner`.
    pub fn kind(&self, owner: usize, text: &LocatedText) -> BlockKind {
        match self.0[owner] {
            Decision::Nothing => BlockKind::Paragraph,
            Decision::Preformatted => BlockKind::NotProse,
            Decision::Caption => BlockKind::Caption,
            Decision::Term if is_question(text.as_str()) => BlockKind::Heading,
            Decision::Item | Decision::Term => BlockKind::ListItem,
            Decision::Heading(tag) => heading(tag, text.as_str()),
        }
    }
}

fn of_element(tree: &Tree, at: usize, tag: Tag) -> Option<Decision> {
    match tag {
        Tag::Pre | Tag::Listing | Tag::Xmp | Tag::Plaintext => Some(Decision::Preformatted),
        Tag::Figcaption | Tag::Caption => Some(Decision::Caption),
        Tag::Dt => Some(Decision::Term),
        Tag::Li | Tag::Dd => Some(Decision::Item),
        Tag::Td | Tag::Th if is_caption(tree, at) => Some(Decision::Caption),
        Tag::Td | Tag::Th | Tag::Body | Tag::Article | Tag::Section | Tag::Main => Some(Decision::Nothing),
        _ if is_heading(tree, at, tag) => Some(Decision::Heading(tag)),
        _ if is_caption(tree, at) || is_picture(tree, at) => Some(Decision::Caption),
        _ => None,
    }
}

fn is_heading(tree: &Tree, at: usize, tag: Tag) -> bool {
    tag.is_heading()
        || matches!(tag, Tag::Summary | Tag::Button)
        || tree.attribute(at, "role") == Some("heading")
        || opens_panel_after(tree, at)
        || tag != Tag::P && is_label_of_panel(tree, at)
}

/// Whether an element is the tab of an accordion that is directly followed by its panel.
fn opens_panel_after(tree: &Tree, at: usize) -> bool {
    tree.attribute(at, "role") == Some("tab")
        && tree.sibling_after(at).is_some_and(|at| tree.attribute(at, "role") == Some("tabpanel"))
}

/// Returns the kind of a heading: some pages write the first words of an article as one.
fn heading(tag: Tag, text: &str) -> BlockKind {
    let sentence = words(text) >= 15 && text.ends_with(['.', '。', '।']);
    if sentence && tag != Tag::H1 { BlockKind::Paragraph } else { BlockKind::Heading }
}

fn is_question(text: &str) -> bool {
    text.ends_with(['?', '？', '؟']) && (words(text) >= 2 || text.contains('？')) && words(text) <= MAX_LABEL
}

/// Matches `faq-question`, `accordion-title`, `toggle__header`, unless the element holds more than a line, such as a
/// question with an explanation.
fn is_label_of_panel(tree: &Tree, at: usize) -> bool {
    let of_panel =
        |class: &str| ["question", "accordion", "toggle", "faq", "collaps"].iter().any(|part| class.contains(part));
    let class = tree.attribute(at, "class").filter(|class| class.len() <= MAX_CLASS && of_panel(class));
    class.is_some_and(|class| class.split_whitespace().any(is_panel_label)) && holds_a_line(tree, at)
}

/// Whether an element contains at most one paragraph of a few words.
fn holds_a_line(tree: &Tree, at: usize) -> bool {
    let inside = at + 1..tree.nodes[at].end.min(at + MAX_NODES + 1);
    let paragraphs = inside.filter(|at| matches!(tree.tag(*at), Some(Tag::P | Tag::Li | Tag::Pre))).count();
    let said = tree.raw_texts(at).flat_map(str::split_whitespace).take(MAX_LABEL + 1).count();
    paragraphs <= 1 && said <= MAX_LABEL && tree.nodes[at].end - at <= MAX_NODES
}

fn is_panel_label(name: &str) -> bool {
    let mut parts: Vec<String> = Vec::new();
    each_word(name, |word| parts.push(word.to_owned()));
    let has = |wanted: &[&str]| parts.iter().any(|part| wanted.contains(&part.as_str()));
    let label = &["title", "header", "heading", "button", "trigger", "label", "question"];
    parts.last().is_some_and(|last| label.contains(&last.as_str()))
        && has(&["accordion", "toggle", "faq", "collapsible", "collapse", "question"])
}

pub fn is_caption(tree: &Tree, at: usize) -> bool {
    let told = |class: &&str| class.len() <= MAX_CLASS && CAPTION_PARTS.iter().any(|part| class.contains(part));
    let class = tree.attribute(at, "class").filter(told);
    class.is_some_and(|class| class.split_whitespace().any(is_caption_name))
}

/// Whether an element is a box for a picture and nothing else.
fn is_picture(tree: &Tree, at: usize) -> bool {
    let named = |name: &str| matches!(name, "picture" | "image" | "photo" | "bild" | "foto");
    let class = tree.attribute(at, "class").filter(|class| class.len() <= MAX_CLASS);
    class.is_some_and(|class| class.split_whitespace().any(named))
        && tree.nodes[at].end - at <= MAX_NODES
        && words(&tree.text_of(at)) <= MAX_BESIDE_PICTURE
}

/// Every name of a caption contains one of these.
const CAPTION_PARTS: &[&str] = &["aption", "cptn", "egend", "escription", "esc", "meta", "unterschrift", "pie"];

fn describes(part: &str) -> bool {
    part.ends_with("caption") || matches!(part, "captions" | "bildunterschrift" | "legende" | "piefoto")
}

/// Matches `img-description`, `article-image__legend`, `Image_meta`.
fn describes_picture(first: &str, second: &str) -> bool {
    let picture = matches!(
        first,
        "image"
            | "images"
            | "img"
            | "photo"
            | "picture"
            | "pic"
            | "foto"
            | "bild"
            | "figure"
            | "fig"
            | "media"
            | "thumb"
    );
    let text =
        matches!(second, "cptn" | "legend" | "legende" | "description" | "desc" | "meta" | "metadata" | "unterschrift");
    picture && text || (first, second) == ("pie", "foto")
}

/// Matches `wp-caption-text`, `thumbcaption`, but not `caption-on` or `has-caption`, which describe what is inside.
fn is_caption_name(name: &str) -> bool {
    let mut parts: Vec<String> = Vec::new();
    each_word(name, |word| parts.push(word.to_owned()));
    let state = ["has", "with", "no", "without", "hascaption", "on", "off"];
    !parts.iter().any(|part| state.contains(&part.as_str()))
        && (parts.iter().any(|part| describes(part))
            || parts.windows(2).any(|pair| describes_picture(&pair[0], &pair[1])))
}
