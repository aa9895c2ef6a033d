//! What a text is: a heading, a description of a picture, an item of a list.

use super::tag::Tag;
use super::tree::Tree;
use super::words::{each_word, words};
use crate::source::{BlockKind, LocatedText};

/// Beside a picture, in a box that is called one, a longer text is no description.
const MAX_BESIDE_PICTURE: usize = 30;
/// And what holds more nodes is no such box, nor a label.
const MAX_NODES: usize = 40;
/// A label, and a question that is a heading, have no more words.
const MAX_LABEL: usize = 25;
/// A longer class says nothing.
const MAX_CLASS: usize = 2000;

/// What an element makes of the texts inside, unless one nearer to them says otherwise.
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

/// By node: what it and the elements around it decide. Each is looked at once, not once for every text inside.
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

    /// What a text in `owner` is.
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
        || opens_panel_behind(tree, at)
        || tag != Tag::P && is_label_of_panel(tree, at)
}

/// Whether it is the tab of an accordion, whose panel stands right behind it.
fn opens_panel_behind(tree: &Tree, at: usize) -> bool {
    tree.attribute(at, "role") == Some("tab")
        && tree.sibling_behind(at).is_some_and(|at| tree.attribute(at, "role") == Some("tabpanel"))
}

/// Some pages write the first words of an article as a heading.
fn heading(tag: Tag, text: &str) -> BlockKind {
    let sentence = words(text) >= 15 && text.ends_with(['.', '。', '।']);
    if sentence && tag != Tag::H1 { BlockKind::Paragraph } else { BlockKind::Heading }
}

fn is_question(text: &str) -> bool {
    text.ends_with(['?', '？', '؟']) && (words(text) >= 2 || text.contains('？')) && words(text) <= MAX_LABEL
}

/// `faq-question`, `accordion-title`, `toggle__header`, unless more than a line stands in it, as in a question that has
/// an explanation.
fn is_label_of_panel(tree: &Tree, at: usize) -> bool {
    let of_panel =
        |class: &str| ["question", "accordion", "toggle", "faq", "collaps"].iter().any(|part| class.contains(part));
    let class = tree.attribute(at, "class").filter(|class| class.len() <= MAX_CLASS && of_panel(class));
    class.is_some_and(|class| class.split_whitespace().any(is_panel_label)) && holds_a_line(tree, at)
}

/// Whether no more than one paragraph of a few words stands in an element.
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

/// Whether it is a box for a picture and nothing else.
fn is_picture(tree: &Tree, at: usize) -> bool {
    let named = |name: &str| matches!(name, "picture" | "image" | "photo" | "bild" | "foto");
    let class = tree.attribute(at, "class").filter(|class| class.len() <= MAX_CLASS);
    class.is_some_and(|class| class.split_whitespace().any(named))
        && tree.nodes[at].end - at <= MAX_NODES
        && words(&tree.text_of(at)) <= MAX_BESIDE_PICTURE
}

/// What every name of a description holds.
const CAPTION_PARTS: &[&str] = &["aption", "cptn", "egend", "escription", "esc", "meta", "unterschrift", "pie"];

fn describes(part: &str) -> bool {
    part.ends_with("caption") || matches!(part, "captions" | "bildunterschrift" | "legende" | "piefoto")
}

/// `img-description`, `article-image__legend`, `Image_meta`.
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

/// `wp-caption-text`, `thumbcaption`, but not `caption-on` or `has-caption`, which say what stands inside.
fn is_caption_name(name: &str) -> bool {
    let mut parts: Vec<String> = Vec::new();
    each_word(name, |word| parts.push(word.to_owned()));
    let state = ["has", "with", "no", "without", "hascaption", "on", "off"];
    !parts.iter().any(|part| state.contains(&part.as_str()))
        && (parts.iter().any(|part| describes(part))
            || parts.windows(2).any(|pair| describes_picture(&pair[0], &pair[1])))
}
