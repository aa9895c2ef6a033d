//! Whether to believe what an element's name says about its content.
//!
//! A name is one piece of evidence. The text itself is another: paragraphs of whole sentences with few links, and the
//! same name on elements that together hold most of what the page says.

use std::collections::HashMap;

use super::article::sentence_ends;
use super::hint::{self, Hint, hint};
use super::piece::{Piece, ends_sentence};
use super::tag::Tag;
use super::tree::Tree;
use super::words::each_word;

/// How much text each element contains.
pub struct Measures {
    /// Words of running text.
    pub prose: Vec<usize>,
    /// All words.
    pub words: Vec<usize>,
    /// Words that are links.
    pub linked: Vec<usize>,
}

impl Measures {
    pub fn of(tree: &Tree, pieces: &[Piece], counts: impl Fn(&Piece) -> bool) -> Self {
        let none = || vec![0; tree.nodes.len()];
        let mut measures = Self { prose: none(), words: none(), linked: none() };
        for piece in pieces.iter().filter(|piece| counts(piece)) {
            measures.words[piece.owner] += piece.words;
            measures.linked[piece.owner] += piece.linked;
            measures.prose[piece.owner] += if piece.is_prose() { piece.words } else { 0 };
        }
        // Descendants come after their ancestors.
        for at in (1..tree.nodes.len()).rev() {
            let parent = tree.nodes[at].parent;
            measures.words[parent] += measures.words[at];
            measures.linked[parent] += measures.linked[at];
            measures.prose[parent] += measures.prose[at];
        }
        measures
    }
}

/// Returns for each node why it is not text, according to the node itself or an element around it.
pub fn reasons(tree: &Tree, pieces: &[Piece], measures: &Measures) -> Vec<Option<&'static str>> {
    let (hints, evidence) = (hints(tree, measures), Evidence::of(tree, pieces));
    let families = Families::of(tree, &hints, measures);
    let mut reasons: Vec<Option<&'static str>> = vec![None; tree.nodes.len()];
    let mut in_article = vec![false; tree.nodes.len()];
    for at in 1..tree.nodes.len() {
        let parent = tree.nodes[at].parent;
        in_article[at] =
            in_article[parent] || tree.tag(at) == Some(Tag::Article) || is_main(tree, at) || is_whole(tree, at);
        reasons[at] = reasons[parent];
        let Some((hint, family)) = hints[at] else { continue };
        if reasons[at].is_some_and(|reason| !hint::is_vague(reason)) {
            continue;
        }
        let case =
            Case { tree, at, hint, measures, family: families.prose(family, at, measures), in_article: in_article[at] };
        let telling = reasons[at].is_none() || !hint::is_vague(hint.reason);
        if telling
            && case.is_believed()
            && !(case.may_be_outvoted() && evidence.is_text(at, hint.reason, case.is_amid_text()))
        {
            reasons[at] = Some(hint.reason);
        }
    }
    for piece in pieces.iter().filter(|piece| piece.reason.is_none() && piece.words <= POST_HEAD) {
        if reasons[piece.owner].is_none() && is_head_of_post(tree, &hints, piece.owner) {
            reasons[piece.owner] = Some(hint::BYLINE);
        }
    }
    reasons
}

/// Maximum number of words of the head of a post.
const POST_HEAD: usize = 12;

/// Whether an element contains only who wrote a post and when, each in an element named accordingly.
fn is_head_of_post(tree: &Tree, hints: &[Option<(Hint, usize)>], at: usize) -> bool {
    let of_name = |at: usize| {
        let mut found = None;
        each_word(tree.attribute(at, "class").unwrap_or(""), |word| match word {
            "user" | "username" | "nick" | "nickname" | "poster" | "handle" => found = Some(hint::BYLINE),
            "date" | "time" | "posted" => found = Some(hint::DATE),
            _ => {}
        });
        found
    };
    let label = |at: usize| {
        let hinted = hints[at].as_ref().map(|(hint, _)| hint.reason);
        hinted.filter(|reason| matches!(*reason, hint::BYLINE | hint::DATE)).or_else(|| of_name(at))
    };
    let (mut who, mut when) = (false, false);
    for text in (at + 1..tree.nodes[at].end).filter(|at| !tree.is_blank(*at)) {
        match tree.lineage(text).take_while(|up| *up != at).find_map(label) {
            Some(hint::BYLINE) => who = true,
            Some(_) => when = true,
            None => return false,
        }
    }
    who && when
}

/// Returns for each node its hint, with a number for the name that gave it.
fn hints(tree: &Tree, measures: &Measures) -> Vec<Option<(Hint, usize)>> {
    let mut names: HashMap<String, usize> = HashMap::new();
    let number = |at: usize| {
        let hint = if measures.words[at] > 0 { hint(tree, at)? } else { return None };
        // Names of similar elements differ in numbers: `teaser_1`, `teaser_2`.
        let class = tree.attribute(at, "class").or_else(|| tree.attribute(at, "id")).unwrap_or("");
        let name = class.chars().filter(|c| !c.is_ascii_digit()).take(200).collect();
        let next = names.len();
        Some((hint, *names.entry(name).or_insert(next)))
    };
    (0..tree.nodes.len()).map(number).collect()
}

/// The running text in all elements with the same name, by number of the name.
struct Families(Vec<usize>);

impl Families {
    fn of(tree: &Tree, hints: &[Option<(Hint, usize)>], measures: &Measures) -> Self {
        let count = hints.iter().flatten().map(|(_, family)| family + 1).max().unwrap_or(0);
        let (mut prose, mut open_until) = (vec![0; count], vec![0; count]);
        for (at, hint) in hints.iter().enumerate() {
            let Some((_, family)) = hint else { continue };
            // An element inside another of the same name is counted with it.
            if at >= open_until[*family] {
                prose[*family] += measures.prose[at];
                open_until[*family] = tree.nodes[at].end;
            }
        }
        Self(prose)
    }

    fn prose(&self, family: usize, at: usize, measures: &Measures) -> usize {
        self.0[family].max(measures.prose[at])
    }
}

/// For each element, what suggests that it contains text, whatever it is called.
struct Evidence {
    /// Words in paragraphs of whole sentences with few links.
    told: Vec<usize>,
    /// Number of sentences in these.
    sentences: Vec<usize>,
    /// Number of paragraphs with two or more sentences.
    paragraphs: Vec<usize>,
    /// Words in those without links that end like a sentence.
    ended: Vec<usize>,
    /// All words.
    words: Vec<usize>,
    /// Words that are links.
    against: Vec<usize>,
    /// Number of fields and buttons.
    controls: Vec<usize>,
}

impl Evidence {
    fn of(tree: &Tree, pieces: &[Piece]) -> Self {
        let none = || vec![0; tree.nodes.len()];
        let mut all = Self {
            told: none(),
            sentences: none(),
            paragraphs: none(),
            ended: none(),
            words: none(),
            against: none(),
            controls: none(),
        };
        for piece in pieces {
            all.against[piece.owner] += if piece.reason.is_some() { 0 } else { piece.linked };
            all.words[piece.owner] += piece.words;
            let may_tell = piece.reason.is_none() && piece.is_prose() && !piece.is_linked(25) && piece.words >= 8;
            let ends = if may_tell { sentence_ends(piece.text.as_str()) } else { 0 };
            if ends > 0 {
                all.told[piece.owner] += piece.words;
                all.sentences[piece.owner] += ends;
                all.paragraphs[piece.owner] += usize::from(ends >= 2 && piece.words >= 15);
                let ended = piece.linked == 0 && ends_sentence(piece.text.as_str());
                all.ended[piece.owner] += if ended { piece.words } else { 0 };
            }
        }
        for at in (1..tree.nodes.len()).rev() {
            let parent = tree.nodes[at].parent;
            let control =
                matches!(tree.tag(at), Some(Tag::Input | Tag::Textarea | Tag::Select | Tag::Form | Tag::Button));
            all.controls[at] += usize::from(control);
            let sums = [&mut all.told, &mut all.sentences, &mut all.paragraphs, &mut all.ended, &mut all.words];
            for list in sums.into_iter().chain([&mut all.against, &mut all.controls]) {
                list[parent] += list[at];
            }
        }
        all
    }

    /// Whether the text in an element is like the article's, so that a name alone does not make it an advertisement.
    fn is_text(&self, at: usize, reason: &str, amid_text: bool) -> bool {
        let (paragraphs, sentences) = (self.paragraphs[at], self.sentences[at]);
        let linked = self.against[at] * 5 > self.told[at];
        // Links to other articles, and menus, consist of links.
        let least = match reason {
            hint::RELATED | hint::NAVIGATION | hint::CONTENTS | hint::SIDEBAR => 8,
            hint::SHARING => 12,
            _ => usize::MAX,
        };
        if self.against[at] == 0 && self.controls[at] == 0 && self.told[at] >= least {
            return true;
        }
        // A sentence between paragraphs of text is not a byline, a credit or a tag.
        let label = matches!(reason, hint::BYLINE | hint::CREDIT | hint::TAGS) && amid_text;
        if label && self.ended[at] >= 12 && self.ended[at] == self.words[at] && self.controls[at] == 0 {
            return true;
        }
        // Prompts consist of sentences too, so more are needed, and no input field.
        let (least_words, least_paragraphs) = match reason {
            hint::PAYWALL | hint::NEWSLETTER if !amid_text => (60, 2),
            _ => (30, 1),
        };
        !linked
            && self.controls[at] == 0
            && self.told[at] >= least_words
            && paragraphs >= least_paragraphs
            && sentences >= 2
    }
}

/// An element about which something is claimed.
struct Case<'a> {
    tree: &'a Tree,
    at: usize,
    hint: Hint,
    measures: &'a Measures,
    /// Words of running text in all elements of its name.
    family: usize,
    in_article: bool,
}

impl Case<'_> {
    /// Whether believing the element's own name leaves the page something to say.
    fn is_believed(&self) -> bool {
        let Self { tree, at, hint, measures, family, in_article } = *self;
        let (prose, words, total) = (measures.prose[at], measures.words[at], measures.prose[0].max(1));
        let tag = tree.tag(at).unwrap_or(Tag::Other);
        let share = if hint.sure { prose } else { family } * 100 / total;
        match hint.reason {
            // Half of an article is none of these, whatever its name says.
            hint::BYLINE | hint::SIGNATURE | hint::CREDIT | hint::TAGS if share >= 50 => false,
            hint::BYLINE => words <= 30,
            hint::DATE => words <= 14,
            hint::LABEL => words <= 8,
            hint::SIGNATURE => words <= 40,
            hint::CREDIT | hint::TAGS => words <= 40,
            hint::REFERENCES => share < 60,
            hint::COMMENTS => total.saturating_sub(family) >= 60 || share < 30,
            _ if matches!(tag, Tag::Article | Tag::Main | Tag::P | Tag::Table) && !hint.sure => {
                share < 30 && tag != Tag::Main && !is_whole(tree, at)
            }
            // The header of an article holds its title and its first words.
            hint::HEADER => !in_article && share < 20 && !holds_title(tree, at),
            hint::FORM => share < 20,
            // A few words are a label, some more with a link are a teaser.
            hint::SIDEBAR if in_article && tag == Tag::Aside => {
                let linked = measures.linked[at];
                prose < 15 || prose < 40 && linked > 0 || linked * 3 > words
            }
            // Two pieces of evidence, and enough text without the element.
            hint::FOOTER if tag == Tag::Footer && !in_article && total - prose >= 40 && !holds_title(tree, at) => true,
            hint::SIDEBAR if self.is_beside_the_article() && total - prose >= 60 => true,
            hint::FOOTER => share < 40,
            hint::NAVIGATION if hint.sure => share < 60,
            _ => share < 35,
        }
    }

    /// Whether both the element and its name or role say that it is beside the article.
    fn is_beside_the_article(&self) -> bool {
        let role = self.tree.attribute(self.at, "role") == Some("complementary");
        self.tree.tag(self.at) == Some(Tag::Aside) && (role || !self.hint.sure) && !self.in_article
    }

    /// Whether the claim is a mere name, within the article or beside text, that its content may disprove.
    fn may_be_outvoted(&self) -> bool {
        let named_only =
            !self.hint.sure && !matches!(self.tree.tag(self.at), Some(Tag::Aside | Tag::Footer | Tag::Nav | Tag::Form));
        let weak = !matches!(
            self.hint.reason,
            hint::COMMENTS
                | hint::COOKIES
                | hint::FOOTER
                | hint::POPUP
                | hint::AUTHOR_NOTE
                | hint::SIGNATURE
                | hint::REFERENCES
        );
        named_only && weak && (self.in_article || self.has_text_beside_it())
    }

    /// Whether running text is directly before or after the element.
    fn has_text_beside_it(&self) -> bool {
        self.tells(self.tree.sibling_before(self.at)) || self.tells(self.tree.sibling_after(self.at))
    }

    /// Whether running text is directly before and after the element.
    fn is_amid_text(&self) -> bool {
        self.tells(self.tree.sibling_before(self.at)) && self.tells(self.tree.sibling_after(self.at))
    }

    fn tells(&self, sibling: Option<usize>) -> bool {
        sibling.is_some_and(|at| {
            let (prose, words) = (self.measures.prose[at], self.measures.words[at]);
            let is_text = matches!(self.tree.tag(at), Some(Tag::P | Tag::Div)) && prose * 10 >= words * 9;
            is_text && prose >= 15 && self.measures.linked[at] * 5 < words
        })
    }
}

fn holds_title(tree: &Tree, at: usize) -> bool {
    (at..tree.nodes[at].end).any(|at| tree.tag(at) == Some(Tag::H1))
}

/// Whether an element says that it contains what the page is about.
pub fn is_main(tree: &Tree, at: usize) -> bool {
    tree.tag(at) == Some(Tag::Main) || tree.attribute(at, "role") == Some("main")
}

/// Whether an element has a name that only the article itself has.
pub fn is_whole(tree: &Tree, at: usize) -> bool {
    const NAMES: &[&str] =
        &["articlebody", "entrycontent", "postcontent", "articlecontent", "storybody", "postbody", "articletext"];
    let joined = |name: &str| {
        let mut all = String::new();
        each_word(name, |word| all.push_str(word));
        all
    };
    let names = ["itemprop", "class", "id"].iter().filter_map(|name| tree.attribute(at, name));
    names.flat_map(str::split_whitespace).take(40).any(|name| NAMES.contains(&joined(name).as_str()))
}
