//! Values that are fragments of web pages: what their tags and entities stand for.

use std::borrow::Cow;

use html5gum::{Token, Tokenizer};

use crate::lang::one_line;
use crate::source::html::{self, Extent};
use crate::source::{Block, LocatedText, Place};

/// Elements whose end tag is always written, so that an opened and closed one is markup.
const PAIRED: &[&str] = &[
    "p",
    "div",
    "span",
    "a",
    "b",
    "i",
    "u",
    "em",
    "strong",
    "small",
    "sub",
    "sup",
    "del",
    "ins",
    "mark",
    "cite",
    "q",
    "blockquote",
    "ul",
    "ol",
    "li",
    "dl",
    "dt",
    "dd",
    "table",
    "tr",
    "td",
    "th",
    "tbody",
    "thead",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "section",
    "article",
    "main",
    "header",
    "footer",
    "aside",
    "nav",
    "figure",
    "figcaption",
    "pre",
    "code",
    "font",
    "center",
    "html",
    "body",
    "head",
    "title",
    "script",
    "style",
    "iframe",
    "time",
    "s",
    "abbr",
];
/// Elements that break lines and need no end.
const BREAKS: &[&str] = &["br", "br/"];
/// Elements that show where paragraphs are.
const PARAGRAPHS: &[&str] = &["p", "br", "br/", "div"];
/// Number of bytes of the longest entity name.
const MAX_ENTITY: usize = 32;

/// Returns the blocks of a value that contains markup, all at `place`; nothing for plain text.
pub fn blocks(text: &str, place: Place) -> Option<Vec<Block>> {
    let text = if has_tags(text) { Cow::Borrowed(text) } else { unescaped(text) };
    if !has_tags(&text) {
        return None;
    }
    let extent = if has_any(&text, &["html", "body"]) { Extent::Article } else { Extent::Whole };
    let (_, blocks) = html::read(&with_paragraphs(&text), extent).ok()?;
    let moved = blocks.into_iter().map(|block| Block { text: LocatedText::new(block.text.as_str(), place), ..block });
    Some(moved.collect())
}

/// Replaces the entities in a text.
pub fn unescaped(text: &str) -> Cow<'_, str> {
    if !has_entities(text) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    for token in Tokenizer::new(&text.replace('<', "&lt;")).flatten() {
        if let Token::String(part) = token {
            out.push_str(&String::from_utf8_lossy(&part.value));
        }
    }
    Cow::Owned(out)
}

/// Returns the words of a short value, such as a title.
pub fn words(text: &str) -> String {
    let text = unescaped(text);
    let read = if has_tags(&text) { html::read(&text, Extent::Whole).ok() } else { None };
    let text = match read {
        Some((_, blocks)) => blocks.iter().map(|block| block.text.as_str()).collect::<Vec<_>>().join(" "),
        None => text.into_owned(),
    };
    one_line(&text)
}

/// Whether an element is opened and closed, or a line is broken.
fn has_tags(text: &str) -> bool {
    let mut open: Vec<&str> = Vec::new();
    for name in tags(text) {
        if BREAKS.iter().any(|known| name.eq_ignore_ascii_case(known)) {
            return true;
        }
        match name.strip_prefix('/') {
            Some(name) if open.iter().any(|opened| opened.eq_ignore_ascii_case(name)) => return true,
            None if open.len() < PAIRED.len() && PAIRED.iter().any(|known| name.eq_ignore_ascii_case(known)) => {
                open.push(name);
            }
            _ => {}
        }
    }
    false
}

fn has_any(text: &str, names: &[&str]) -> bool {
    tags(text).any(|name| names.iter().any(|known| name.eq_ignore_ascii_case(known)))
}

/// Returns the names of what looks like tags; those of end tags include the slash.
fn tags(text: &str) -> impl Iterator<Item = &str> {
    text.match_indices('<').filter_map(|(at, _)| {
        let rest = &text[at + 1..];
        let end = rest.find(|c: char| !(c.is_ascii_alphanumeric() || c == '/')).filter(|end| *end > 0)?;
        let closed =
            rest[end..].starts_with('>') || rest[end..].starts_with(char::is_whitespace) && closes(&rest[end..]);
        closed.then(|| &rest[..end])
    })
}

/// Whether a tag with attributes is closed.
fn closes(rest: &str) -> bool {
    rest.find(['>', '<']).is_some_and(|at| rest.as_bytes()[at] == b'>')
}

fn has_entities(text: &str) -> bool {
    text.match_indices('&').any(|(at, _)| {
        let name = text[at + 1..].bytes().take(MAX_ENTITY).take_while(|byte| *byte != b';').collect::<Vec<_>>();
        let ends = text.as_bytes().get(at + 1 + name.len()) == Some(&b';');
        let (first, rest) = (name.first(), name.get(1..).unwrap_or_default());
        ends && rest.iter().all(u8::is_ascii_alphanumeric)
            && first.is_some_and(|first| first.is_ascii_alphabetic() || *first == b'#')
            && name.len() > 1
    })
}

/// Inserts paragraph tags if only empty lines separate the paragraphs.
fn with_paragraphs(text: &str) -> Cow<'_, str> {
    if has_any(text, PARAGRAPHS) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 16);
    let mut blank = false;
    for line in text.lines() {
        blank |= line.trim().is_empty();
        if blank && !line.trim().is_empty() {
            out.push_str("<p>");
            blank = false;
        }
        out.push_str(line);
        out.push('\n');
    }
    Cow::Owned(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Vec<String> {
        let blocks = blocks(text, Place::line(3)).expect("markup");
        assert!(blocks.iter().all(|block| block.text.place() == Place::line(3)));
        blocks.into_iter().map(|block| block.text.as_str().to_owned()).collect()
    }

    #[test]
    fn tags_are_markup() {
        assert_eq!(
            read("<p>The <b>ferry</b>&nbsp;struck.</p>\n<p>Nobody &amp; nothing.</p>"),
            ["The ferry struck.", "Nobody & nothing."]
        );
        assert_eq!(read("The ferry struck.<br/><br />Nobody was hurt."), ["The ferry struck.", "Nobody was hurt."]);
        assert_eq!(read("The <i>ferry</i> struck.\n\nNobody was hurt."), ["The ferry struck.", "Nobody was hurt."]);
        assert_eq!(read("&lt;p&gt;The ferry struck.&lt;/p&gt;"), ["The ferry struck."]);
        assert_eq!(read("<div class=\"a\"><p>The ferry struck.</div>"), ["The ferry struck."]);
    }

    #[test]
    fn what_only_looks_like_tags_is_text() {
        for text in
            ["a < b and c > d", "x<y>z", "The <p> tag opens a paragraph.", "<ferry>no</ferry>", "AT&T; R&D", "<br"]
        {
            assert_eq!(blocks(text, Place::NOWHERE), None, "{text}");
        }
    }

    #[test]
    fn entities_stand_for_their_characters() {
        assert_eq!(unescaped("Tom &amp; Jerry&#8217;s <ferry>\n&copy;"), "Tom & Jerry’s <ferry>\n©");
        assert_eq!(unescaped("R&D; a & b;"), "R&D; a & b;");
        assert_eq!(words("The <em>ferry</em> &ndash; sunk"), "The ferry – sunk");
    }
}
