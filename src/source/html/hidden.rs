//! Elements that are invisible until a script shows them.

use super::aside::STRUCK_OUT;
use super::formula;
use super::piece::Piece;
use super::tag::Tag;
use super::tree::Tree;
use super::words::{has_word, words};

pub const HIDDEN: &str = "hidden";

/// Number of nodes that are searched for a paragraph in a hidden element.
const MOST_LOOKED_AT: usize = 2000;
/// With fewer visible words of running text, a page waits for its scripts to show the rest.
const LEAST_WORDS: usize = 25;

/// The elements that hold a page's text, ascending.
pub struct Landmarks(Vec<usize>);

impl Landmarks {
    pub fn of(tree: &Tree) -> Self {
        let is_one = |at: &usize| matches!(tree.tag(*at), Some(Tag::Main | Tag::Article | Tag::H1));
        Self((0..tree.nodes.len()).filter(is_one).collect())
    }

    fn stand_in(&self, tree: &Tree, at: usize) -> bool {
        let next = self.0.partition_point(|landmark| *landmark < at);
        self.0.get(next).is_some_and(|landmark| *landmark < tree.nodes[at].end)
    }
}

/// Returns why the content of an element is invisible.
pub fn reason(tree: &Tree, at: usize, tag: Tag, landmarks: &Landmarks) -> Option<&'static str> {
    // A page marks everything so while a dialog is open.
    let for_the_eye = || {
        tree.attribute(at, "aria-hidden") == Some("true")
            && (tag.is_block() || tree.holds_blocks(at))
            && !landmarks.stand_in(tree, at)
            && !is_panel(tree, at)
    };
    let by_style = || {
        tree.attribute(at, "class").is_some_and(is_never_shown)
            && !landmarks.stand_in(tree, at)
            && !is_panel(tree, at)
            && !holds_paragraph(tree, at)
    };
    of_element(tree, at, tag).or_else(|| (for_the_eye() || by_style()).then_some(HIDDEN))
}

/// Whether a class says that an element is hidden on every screen.
fn is_never_shown(class: &str) -> bool {
    const NAMES: &[&str] = &["hidden", "hide", "d-none", "is-hidden", "ng-hide", "uk-hidden", "display-none"];
    let mut names = class.split_whitespace();
    names.clone().any(|name| NAMES.contains(&name))
        && !names.any(|name| name.contains([':', '@']) || name.starts_with("d-") && name != "d-none")
}

/// Whether an element contains a paragraph of running text: the rest of an article that a button shows.
fn holds_paragraph(tree: &Tree, at: usize) -> bool {
    let inside = at..tree.nodes[at].end.min(at + MOST_LOOKED_AT);
    inside.filter(|at| tree.tag(*at) == Some(Tag::P)).any(|at| words(&tree.text_of(at)) >= 15)
}

/// Returns the same, as far as the element itself says so.
pub fn of_element(tree: &Tree, at: usize, tag: Tag) -> Option<&'static str> {
    if matches!(tag, Tag::Html | Tag::Body) {
        return None;
    }
    if matches!(tag, Tag::Del | Tag::S | Tag::Strike) {
        return Some(STRUCK_OUT);
    }
    let hidden = tree.attribute(at, "hidden").is_some_and(|hidden| hidden != "until-found")
        || tag == Tag::Dialog && tree.attribute(at, "open").is_none()
        || tree.attribute(at, "style").is_some_and(hides);
    let for_screen_readers = || tree.attribute(at, "class").is_some_and(is_for_screen_readers);
    (hidden && !is_panel(tree, at) && !formula::is_drawn(tree, at) || for_screen_readers()).then_some(HIDDEN)
}

fn hides(style: &str) -> bool {
    let style: String = style.chars().filter(|c| !c.is_whitespace()).collect::<String>().to_ascii_lowercase();
    style.contains("display:none")
        || style.contains("visibility:hidden")
        || declarations(&style).any(is_out_of_sight)
        || has_colour_of_ground(&style)
}

/// Returns the names and values of a style without white space, ignoring `!important`.
fn declarations(style: &str) -> impl DoubleEndedIterator<Item = (&str, &str)> {
    let declarations = style.split(';').filter_map(|declaration| declaration.split_once(':'));
    declarations.map(|(name, value)| (name, value.trim_end_matches("!important")))
}

/// Whether letters are given the same colour as their background.
fn has_colour_of_ground(style: &str) -> bool {
    let last =
        |names: &[&str]| declarations(style).rfind(|(name, _)| names.contains(name)).map(|(_, value)| colour(value));
    last(&["color"]).is_some_and(|letters| last(&["background", "background-color"]) == Some(letters))
}

/// Returns a colour, with white and black in one of their many notations.
fn colour(value: &str) -> &str {
    match value {
        "#fff" | "#ffffff" | "rgb(255,255,255)" => "white",
        "#000" | "#000000" | "rgb(0,0,0)" => "black",
        value => value,
    }
}

/// Whether a declaration gives letters zero size, or puts them beside the page.
fn is_out_of_sight((name, value): (&str, &str)) -> bool {
    const BESIDE: f32 = -999.0;
    let number = value.trim_end_matches(|c: char| c.is_alphabetic() || c == '%');
    let Ok(number) = number.parse::<f32>() else { return false };
    match name {
        "font-size" => number == 0.0,
        "left" | "top" | "right" | "text-indent" | "margin-left" | "margin-top" => number <= BESIDE,
        _ => false,
    }
}

fn is_for_screen_readers(class: &str) -> bool {
    const NAMES: &[&str] = &[
        "sr-only",
        "visually-hidden",
        "visuallyhidden",
        "screen-reader-text",
        "screen-reader-only",
        "hidden-visually",
    ];
    // Frameworks put their own prefix before these names.
    let owned = |before: &str| before.is_empty() || before.ends_with(['-', '_']) && !before.ends_with("not-");
    let is_one = |name: &str| NAMES.iter().filter_map(|known| name.strip_suffix(known)).any(owned);
    class.split_whitespace().any(is_one)
}

/// Whether a reader opens an element by the heading, term or button before it, as `details` by its `summary`.
fn is_panel(tree: &Tree, at: usize) -> bool {
    const NAMES: &[&str] = &["accordion", "collapse", "collapsible", "answer", "faq", "tabpanel"];
    let of_tab = |name: &str| has_word(name, &["tab", "tabs"]) && has_word(name, &["pane", "panel", "content"]);
    let named = ["class", "id"].iter().filter_map(|name| tree.attribute(at, name)).any(|names| {
        (has_word(names, NAMES) || names.split_whitespace().any(of_tab)) && !has_word(names, &["nav", "navbar", "menu"])
    });
    named
        || tree.attribute(at, "role") == Some("tabpanel")
        || tree.tag(at) == Some(Tag::Dd)
        || tree.sibling_before(at).is_some_and(|at| opens(tree, at))
}

/// Whether an element is a button that opens something, or contains only one.
fn opens(tree: &Tree, at: usize) -> bool {
    let end = tree.nodes[at].end;
    let plain = |at: usize| !matches!(tree.tag(at), Some(Tag::P | Tag::Div | Tag::Ul));
    end - at <= 8
        && (at + 1..end).all(plain)
        && (at..end)
            .any(|at| tree.attribute(at, "aria-expanded").or_else(|| tree.attribute(at, "aria-controls")).is_some())
}

/// Shows what is hidden if next to nothing else is visible.
pub fn show_a_hidden_page(pieces: &mut [Piece]) {
    let prose = |hidden: bool, pieces: &[Piece]| -> usize {
        let of_it = |piece: &&Piece| (piece.reason == Some(HIDDEN)) == hidden && piece.is_prose();
        pieces.iter().filter(of_it).map(|piece| piece.words).sum()
    };
    if prose(false, pieces) < LEAST_WORDS && prose(true, pieces) >= LEAST_WORDS {
        for piece in pieces.iter_mut().filter(|piece| piece.reason == Some(HIDDEN)) {
            piece.reason = None;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_may_stand_before_that_of_what_only_screen_readers_say() {
        assert!(is_for_screen_readers("a sr-only") && is_for_screen_readers("govuk-visually-hidden"));
        assert!(!is_for_screen_readers("not-sr-only") && !is_for_screen_readers("sm:not-sr-only"));
    }

    #[test]
    fn letters_in_the_colour_of_their_ground_are_hidden() {
        for style in ["color: white; background: #FFF", "background-color:#123456;color:#123456 !important"] {
            assert!(hides(style), "{style}");
        }
        for style in ["color: white", "color: white; background: black", "background: #fff; color: #fff; color: #000"] {
            assert!(!hides(style), "{style}");
        }
    }
}
