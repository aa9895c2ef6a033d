//! Exponents, fractions and formulas: what a page says by position and a line of text says with a sign.

use super::tag::Tag;
use super::tree::{Tree, What};
use crate::source::raised;

/// Number of nodes near an element that are examined.
const NEAR: usize = 4;

/// Returns the sign before an element that a page raises or lowers; `before` is the text so far.
pub fn sign_before(tree: &Tree, at: usize, tag: Tag, before: &str) -> Option<&'static str> {
    let behind_digit = before.ends_with(|c: char| c.is_ascii_digit());
    match tag {
        Tag::Sup if behind_digit && is_numerator(tree, at) => return Some(" "),
        Tag::Sup => return raised::sign(before, &tree.text_of(at)),
        Tag::Mfrac if behind_digit => return Some(" "),
        _ => {}
    }
    let parent = tree.tag(tree.nodes[at].parent).filter(|tag| matches!(tag, Tag::Msup | Tag::Mfrac))?;
    tree.sibling_before(at)?;
    match parent {
        Tag::Mfrac => Some("/"),
        // A prime is not an exponent.
        _ => tree.text_of(at).starts_with(|c: char| c.is_alphanumeric() || matches!(c, '-' | '−' | '+')).then_some("^"),
    }
}

/// Whether a raised text is the numerator of a fraction.
pub fn is_numerator(tree: &Tree, at: usize) -> bool {
    raised::is_numerator(&tree.text_of(at), text_after(tree, at))
}

/// Returns the text directly after an element.
pub fn text_after(tree: &Tree, at: usize) -> &str {
    let end = tree.nodes[at].end;
    let behind = tree.nodes[end..].iter().take(NEAR).find_map(|node| match &node.what {
        What::Text(text) => Some(&**text),
        What::Element(..) => None,
    });
    behind.unwrap_or("")
}

/// Whether an element shows a formula that is beside it in another form.
pub fn is_second_copy(tree: &Tree, at: usize, tag: Tag) -> bool {
    match tag {
        Tag::Annotation | Tag::AnnotationXml => tree.sibling_before(at).is_some(),
        _ if tree.attribute(at, "aria-hidden") == Some("true") => {
            [tree.sibling_before(at), tree.sibling_after(at)].into_iter().flatten().any(|at| is_formula(tree, at))
        }
        _ => false,
    }
}

/// Whether an element contains a formula that the picture after it shows.
pub fn is_drawn(tree: &Tree, at: usize) -> bool {
    is_formula(tree, at) && tree.sibling_after(at).is_some_and(|at| tree.tag(at) == Some(Tag::Img))
}

fn is_formula(tree: &Tree, at: usize) -> bool {
    (at..tree.nodes[at].end).take(NEAR).any(|at| tree.tag(at) == Some(Tag::Math))
}

/// Whether a blank text is white space in a formula's markup, which says nothing.
pub fn is_in_formula(tree: &Tree, at: usize) -> bool {
    tree.lineage(at)
        .take_while(|at| !tree.tag(*at).is_some_and(Tag::is_block))
        .any(|at| tree.tag(at) == Some(Tag::Math))
}
