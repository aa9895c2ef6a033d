//! Articles that a page contains only for its scripts, or for readers without scripts: in JSON-LD, in templates, in
//! `noscript`, in the data that its scripts show (`__NEXT_DATA__`).
//!
//! These are usually copies of what the page shows, so they are read only if the page has next to no running text.

use serde_json::Value;

use super::metadata::{articles, linked_values, unescaped};
use super::tag::Tag;
use super::tree::Tree;
use crate::source::{Block, BlockKind, LocatedText, Place};

/// A page with this many words of running text may have a text of its own, unless the embedded one is much longer.
const LEAST_WORDS: usize = 25;
/// A page with this many words has a text of its own.
const OWN_WORDS: usize = 80;
/// Number of scripts and templates that are examined.
const MAX_CANDIDATES: usize = 50;
/// Limit on their total size, in bytes.
const MAX_BYTES: usize = 4 << 20;

/// An embedded article, and where it was found.
pub struct HiddenArticle {
    pub blocks: Vec<Block>,
    pub note: &'static str,
    words: usize,
}

/// A text with the number of its words of running text.
#[derive(Default)]
struct Counted {
    blocks: Vec<Block>,
    words: usize,
}

impl Counted {
    fn of(blocks: Vec<Block>) -> Self {
        let words = words(&blocks);
        Self { blocks, words }
    }

    fn or_longer(self, other: Self) -> Self {
        if other.words > self.words { other } else { self }
    }

    fn with_note(self, note: &'static str) -> HiddenArticle {
        HiddenArticle { blocks: self.blocks, note, words: self.words }
    }
}

/// Returns the article if it is outside the visible page. `own` is the number of words in the page's own running text;
/// `read` reads markup.
pub fn article(tree: &Tree, own: usize, read: impl Fn(&str) -> Vec<Block>) -> Option<HiddenArticle> {
    if own >= OWN_WORDS {
        return None;
    }
    let times = if own >= LEAST_WORDS { 4 } else { 2 };
    let is_long = |found: &HiddenArticle| found.words >= LEAST_WORDS.max(own * times);
    of_linked_data(tree, &read)
        .filter(is_long)
        .or_else(|| of_markup(tree, &read).filter(is_long))
        .or_else(|| of_data(tree, &read).filter(is_long))
}

/// Returns the number of words of running text.
fn words(blocks: &[Block]) -> usize {
    let told = |block: &&Block| matches!(block.kind, BlockKind::Paragraph | BlockKind::ListItem);
    blocks.iter().filter(told).map(|block| super::piece::weight(block.text.as_str())).sum()
}

fn of_linked_data(tree: &Tree, read: impl Fn(&str) -> Vec<Block>) -> Option<HiddenArticle> {
    let mut best = Counted::default();
    for (script, value) in linked_values(tree) {
        let line = tree.nodes[script].line;
        let mut longest = Counted::of(questions(&value, line, &read));
        for article in articles(&value) {
            for key in ["articleBody", "text", "reviewBody"] {
                if let Some(body) = article[key].as_str().filter(|body| body.len() <= MAX_BYTES) {
                    longest = longest.or_longer(Counted::of(paragraphs(body, line, &read)));
                }
            }
        }
        best = best.or_longer(longest);
    }
    (!best.blocks.is_empty()).then(|| best.with_note("its text is from its structured data (JSON-LD)"))
}

/// Returns the questions of a page of questions, as headings of their answers.
fn questions(value: &Value, line: usize, read: impl Fn(&str) -> Vec<Block>) -> Vec<Block> {
    let pages = [value, &value["@graph"][0]];
    let Some(Value::Array(all)) = pages.iter().map(|page| &page["mainEntity"]).find(|entity| entity.is_array()) else {
        return Vec::new();
    };
    let mut blocks = Vec::new();
    for question in all.iter().take(1000) {
        let (Some(name), Some(answer)) = (question["name"].as_str(), question["acceptedAnswer"]["text"].as_str())
        else {
            continue;
        };
        let text = LocatedText::new(&unescaped(name), Place::line(line));
        blocks.push(Block { kind: BlockKind::Heading, text });
        blocks.extend(paragraphs(answer, line, &read));
    }
    blocks
}

/// Splits a text whose paragraphs are lines or markup.
fn paragraphs(body: &str, line: usize, read: impl Fn(&str) -> Vec<Block>) -> Vec<Block> {
    let text = unescaped(body);
    if ["<p", "<br", "<div", "</"].iter().any(|tag| text.contains(tag)) {
        return moved(read(&text), line);
    }
    let blank = if text.contains("\n\n") || text.contains("\n\r\n") { 2 } else { 1 };
    let mut parts: Vec<String> = vec![String::new()];
    let mut breaks = 0;
    for row in text.lines().map(str::trim) {
        breaks = if row.is_empty() { 2 } else { breaks };
        if breaks >= blank {
            parts.push(String::new());
        }
        let last = parts.last_mut().expect("there is always a part");
        last.push(' ');
        last.push_str(row);
        breaks = 1 - blank / 2;
    }
    let texts = parts.iter().map(|part| LocatedText::new(part.trim(), Place::line(line)));
    texts.filter(|text| !text.is_empty()).map(|text| Block { kind: BlockKind::Paragraph, text }).collect()
}

/// Gives all blocks the line of the script: lines of a page inside a page mean nothing outside it.
fn moved(mut blocks: Vec<Block>, line: usize) -> Vec<Block> {
    for block in &mut blocks {
        block.text = LocatedText::new(block.text.as_str(), Place::line(line));
    }
    blocks
}

/// Returns the longest text in data for scripts: a body in markup or in paragraphs, or a list of these.
fn of_data(tree: &Tree, read: impl Fn(&str) -> Vec<Block>) -> Option<HiddenArticle> {
    let mut best = Counted::default();
    let mut left = MAX_BYTES;
    let is_data = |at: &usize| tree.attribute(*at, "type").is_some_and(|kind| kind.trim() == "application/json");
    for at in tree.elements(Tag::Script).filter(is_data).take(MAX_CANDIDATES) {
        let text = tree.raw_text_of(at);
        let Some(rest) = left.checked_sub(text.len()) else { break };
        left = rest;
        let Ok(value) = serde_json::from_str::<Value>(text) else { continue };
        if let Some(body) = body(&value) {
            best = best.or_longer(Counted::of(paragraphs(&body, tree.nodes[at].line, &read)));
        }
    }
    (!best.blocks.is_empty()).then(|| best.with_note("its text is from the data of its scripts (JSON)"))
}

/// Returns the longest of the values whose names say that they are a body.
fn body(value: &Value) -> Option<String> {
    const NAMES: &[&str] =
        &["body", "content", "articleBody", "html", "text", "blocks", "paragraphs", "bodyHtml", "body_html"];
    let mut best: Option<String> = None;
    let mut open = vec![value];
    while let Some(value) = open.pop() {
        match value {
            Value::Array(items) => open.extend(items),
            Value::Object(members) => {
                for (name, member) in members {
                    let found = NAMES.contains(&name.as_str()).then(|| text_of(member)).flatten();
                    if found.as_ref().is_some_and(|text| text.len() > best.as_ref().map_or(0, String::len)) {
                        best = found;
                    } else if member.is_array() || member.is_object() {
                        open.push(member);
                    }
                }
            }
            _ => {}
        }
    }
    best
}

/// Returns a text, or the texts of a list of blocks as paragraphs.
fn text_of(value: &Value) -> Option<String> {
    let of_block = |block: &Value| {
        let text = ["text", "html", "content", "value"].iter().find_map(|name| block[name].as_str());
        text.or(block.as_str()).map(str::to_owned)
    };
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Array(blocks) => Some(blocks.iter().filter_map(of_block).collect::<Vec<_>>().join("\n\n")),
        _ => None,
    }
}

fn of_markup(tree: &Tree, read: impl Fn(&str) -> Vec<Block>) -> Option<HiddenArticle> {
    let mut best: Option<HiddenArticle> = None;
    let mut left = MAX_BYTES;
    for at in (0..tree.nodes.len()).filter(|at| note(tree, *at).is_some()).take(MAX_CANDIDATES) {
        let text = tree.raw_text_of(at);
        let Some(rest) = left.checked_sub(text.len()) else { break };
        left = rest;
        let counted = Counted::of(moved(read(text), tree.nodes[at].line));
        if counted.words > best.as_ref().map_or(0, |best| best.words) {
            best = note(tree, at).map(|note| counted.with_note(note));
        }
    }
    best
}

/// Returns the note for an element that may contain markup which the page does not show.
fn note(tree: &Tree, at: usize) -> Option<&'static str> {
    let kind = || tree.attribute(at, "type").unwrap_or("");
    match tree.tag(at)? {
        Tag::Noscript => Some("its text is from what it shows without scripts (noscript)"),
        Tag::Script if kind().contains("template") || kind() == "text/html" || kind().contains("handlebars") => {
            Some("its text is from a template in a script")
        }
        _ => None,
    }
}
