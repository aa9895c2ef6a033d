//! What is inside a line of text but not part of it: note marks, readings of characters, struck-out text, buttons.

use super::formula;
use super::tag::Tag;
use super::tree::{Tree, What};
use super::words::each_word;
use crate::source::office::LEAST_NOTE_WORDS;
use crate::source::raised;

/// The reason for leaving out a note mark.
pub const NOTE_MARK: &str = "note mark";
const READING: &str = "reading aid";
/// The reason for leaving out text that its author deleted.
pub const STRUCK_OUT: &str = "struck out";
const LIST_MARK: &str = "list mark";
const SECOND_COPY: &str = "formula in another form";

/// Note marks are shorter than this.
const MAX_MARK: usize = 24;

/// Whether there may be many of them in one paragraph, which are listed as one.
pub fn is_mark(reason: &str) -> bool {
    matches!(reason, NOTE_MARK | READING | STRUCK_OUT | SECOND_COPY | LIST_MARK)
}

/// Returns why an element is not part of the text around it.
pub fn reason(tree: &Tree, at: usize, tag: Tag) -> Option<&'static str> {
    let is = |name: &str, value: &str| tree.attribute(at, name) == Some(value);
    if is("epub:type", "pagebreak") || is("role", "doc-pagebreak") {
        return Some("page number");
    }
    if is("epub:type", "noteref") || is("role", "doc-noteref") {
        return Some(NOTE_MARK);
    }
    if formula::is_second_copy(tree, at, tag) {
        return Some(SECOND_COPY);
    }
    match tag {
        Tag::Button if is_disclosure(tree, at) => None,
        Tag::Button | Tag::Select | Tag::Textarea => Some("form"),
        Tag::Rt => Some(READING),
        Tag::Del | Tag::S | Tag::Strike if !tree.holds_blocks(at) => Some(STRUCK_OUT),
        Tag::Sup => is_note_mark(tree, at).then_some(NOTE_MARK),
        Tag::A if links_to_note(tree, at) => Some(NOTE_MARK),
        Tag::Span if is_number_of_note(tree, at) => Some(NOTE_MARK),
        Tag::Span if is_list_mark(tree, at) => Some(LIST_MARK),
        Tag::Span | Tag::A => is_anchor(tree, at).then_some("edit or anchor link"),
        _ => None,
    }
}

/// Whether a button opens a text that belongs under it, or is the only content of a heading.
pub fn is_disclosure(tree: &Tree, at: usize) -> bool {
    let in_heading =
        |at: usize| tree.tag(at).is_some_and(|tag| tag.is_heading() || tag == Tag::Summary || tag == Tag::Dt);
    if tree.lineage(at).take(4).any(in_heading) {
        return true;
    }
    tree.attribute(at, "aria-expanded").is_some()
        && opened_by(tree, at).is_some_and(|panel| holds_words(tree, panel, 8))
}

/// Returns what is directly after a button, or after an element that contains only the button.
fn opened_by(tree: &Tree, button: usize) -> Option<usize> {
    let alone = |at: &usize| tree.sibling_before(*at).is_none();
    tree.sibling_after(button).or_else(|| {
        let parent = tree.nodes[button].parent;
        Some(button).filter(alone).and_then(|_| tree.sibling_after(parent))
    })
}

fn holds_words(tree: &Tree, at: usize, least: usize) -> bool {
    let texts = tree.nodes[at..tree.nodes[at].end].iter().take(200).filter_map(|node| match &node.what {
        What::Text(text) => Some(&**text),
        What::Element(..) => None,
    });
    texts.flat_map(str::split_whitespace).take(least).count() == least
}

/// Whether removing an element leaves a space: a button does, and so does a mark that contains one, unless punctuation
/// that ends a word follows.
pub fn leaves_space(tree: &Tree, at: usize, reason: &str) -> bool {
    let parted = || {
        let first = tree.raw_texts(at).next().unwrap_or("");
        let last = tree.raw_texts(at).last().unwrap_or("");
        first.starts_with(char::is_whitespace) || last.ends_with(char::is_whitespace)
    };
    let closes = || formula::text_after(tree, at).starts_with(|c| raised::is_end(c) || c == ')');
    reason == "form" || reason == NOTE_MARK && parted() && !closes()
}

/// Whether a superscript is the number or sign of a note, rather than an exponent, part of a fraction or of an
/// isotope's name, or the end of an ordinal.
fn is_note_mark(tree: &Tree, at: usize) -> bool {
    let class = tree.attribute(at, "class").unwrap_or("");
    let named = |name: &str| {
        matches!(
            name,
            "reference" | "footnote-ref" | "noteref" | "footnote" | "fn" | "ltx_note_mark" | "Inline-Template"
        )
    };
    if class.split_whitespace().any(named) {
        return true;
    }
    let Some(text) = short_text(tree, at) else { return false };
    if raised::is_bracketed(&text) {
        return true;
    }
    if !raised::is_note_number(&text) && !raised::is_sign(&text) {
        return false;
    }
    let linked = (at + 1..tree.nodes[at].end).any(|at| is_link_inside(tree, at));
    let before = text_before(tree, at);
    let leads = raised::leads(before, formula::text_after(tree, at))
        && !tree.raw_texts(at).any(|text| text.ends_with(char::is_whitespace));
    linked || !leads && !formula::is_numerator(tree, at) && raised::marks_note(before, &text)
}

/// Whether a link to a note on the same page consists of the note's number or sign.
fn links_to_note(tree: &Tree, at: usize) -> bool {
    is_link_inside(tree, at)
        && short_text(tree, at).is_some_and(|text| {
            raised::is_bracketed(&text)
                || raised::is_sign(&text)
                || raised::is_note_number(&text) && (holds_superscript(tree, at) || is_called_note(tree, at))
        })
}

/// Whether a link has a note's name, or directly follows a word and leads to something that has one.
fn is_called_note(tree: &Tree, at: usize) -> bool {
    let target = tree.attribute(at, "href").and_then(|href| href.split_once('#'));
    let glued = || text_before(tree, at).ends_with(|c: char| c.is_alphanumeric() || raised::is_end(c));
    tree.attribute(at, "class").is_some_and(names_note) || target.is_some_and(|(_, id)| names_note(id)) && glued()
}

/// Matches `footnote-anchor`, `fn12`, `_ftnref3`.
fn names_note(name: &str) -> bool {
    let mut found = false;
    each_word(name, |word| {
        let word = word.trim_end_matches(|c: char| c.is_ascii_digit());
        found |= matches!(
            word,
            "footnote" | "footnotes" | "fn" | "fnref" | "ftn" | "ftnref" | "noteref" | "endnote" | "note" | "sidenote"
        );
    });
    found
}

/// Whether an element within a line contains a whole note, which is shown beside or below the text.
pub fn is_note(tree: &Tree, at: usize, tag: Tag) -> bool {
    const NAMES: &[&str] = &["footnote", "sidenote", "marginnote", "ltx_role_footnote"];
    matches!(tag, Tag::Span | Tag::Small)
        && tree.attribute(at, "class").is_some_and(|class| class.split_whitespace().any(|name| NAMES.contains(&name)))
        && !tree.holds_blocks(at)
        && holds_words(tree, at, LEAST_NOTE_WORDS)
}

fn holds_superscript(tree: &Tree, at: usize) -> bool {
    (at + 1..tree.nodes[at].end).any(|at| tree.tag(at) == Some(Tag::Sup))
}

fn is_link_inside(tree: &Tree, at: usize) -> bool {
    tree.tag(at) == Some(Tag::A) && tree.attribute(at, "href").is_some_and(|href| href.contains('#'))
}

/// Returns the text of an element with few nodes.
fn short_text(tree: &Tree, at: usize) -> Option<String> {
    let few = tree.nodes[at].end - at <= 12;
    few.then(|| tree.text_of(at)).filter(|text| !text.is_empty() && text.len() <= MAX_MARK)
}

/// Returns the text directly before an element.
fn text_before(tree: &Tree, at: usize) -> &str {
    tree.nodes[at.saturating_sub(4)..at]
        .iter()
        .rev()
        .find_map(|node| match &node.what {
            What::Text(text) => Some(&**text),
            What::Element(..) => None,
        })
        .unwrap_or("")
}

/// Whether an element is the bullet or number that Word writes before a list item, with spaces behind it.
fn is_list_mark(tree: &Tree, at: usize) -> bool {
    let Some(style) = tree.attribute(at, "style").map(str::to_lowercase) else { return false };
    let is_ignored = style.contains("mso-list:ignore") || style.contains("mso-list: ignore");
    let of_signs = || ["symbol", "wingdings", "courier new"].iter().any(|font| style.contains(font));
    let in_item = || {
        let class = tree.attribute(tree.nodes[at].parent, "class").unwrap_or("");
        class.split_whitespace().any(|name| name.starts_with("MsoList"))
    };
    is_ignored || of_signs() && in_item() && short_text(tree, at).is_some_and(|text| text.trim().chars().count() == 1)
}

/// Whether an element is the number before the text of a note, as `LaTeXML` and Sphinx write it.
fn is_number_of_note(tree: &Tree, at: usize) -> bool {
    let is = |name: &str| match name {
        "ltx_tag_note" => true,
        "label" => tree.attribute(tree.nodes[at].parent, "role") == Some("doc-footnote"),
        _ => false,
    };
    tree.attribute(at, "class").is_some_and(|class| class.split_whitespace().any(is))
}

fn is_anchor(tree: &Tree, at: usize) -> bool {
    const NAMES: &[&str] = &[
        "mw-editsection",
        "headerlink",
        "anchor-link",
        "hash-link",
        "header-anchor",
        "footnote-backref",
        "footnote-back",
    ];
    tree.attribute(at, "class").is_some_and(|class| class.split_whitespace().any(|name| NAMES.contains(&name)))
}
