//! Which of a page's texts are the article.
//!
//! What elements say about themselves is believed as long as it leaves the page something to say: a class named `promo`
//! around the whole text is not a promotion. The article is then the innermost element that holds nearly all of the
//! remaining running text. What is outside it, and lists of links inside, are furniture.

use super::belief::{Measures, is_main, is_whole, reasons};
use super::hint;
use super::kind::is_caption;
use super::piece::{Piece, ends_sentence};
use super::tag::Tag;
use super::tree::Tree;
use super::words::each_word;
use crate::source::BlockKind;
use std::collections::HashSet;

/// The article's share, in percent, of the running text that no element claims for something else.
const NEARLY_ALL: usize = 90;
/// The share of that text, in percent, that an element must hold to be believed when it calls itself the article.
const MOST: usize = 50;
/// With fewer words of running text a page is a list or a fragment, and all of it is the document.
const LEAST_WORDS: usize = 25;

/// Picture descriptions have fewer words than this, unless their element itself says that they are descriptions.
const LONG_CAPTION: usize = 35;

/// Number of bytes of a class that are compared.
const MAX_CLASS: usize = 200;
/// An article's title is among this many of its first nodes.
const MAX_HEAD: usize = 200;
/// A card has fewer texts than this.
const MAX_CARD: usize = 20;

/// Gives a reason to every piece that is not part of the article.
pub fn mark_furniture(tree: &Tree, pieces: &mut [Piece], title: Option<&str>) {
    captions_that_are_the_text(tree, pieces);
    let measures = Measures::of(tree, pieces, |piece| piece.reason.is_none());
    let reasons = reasons(tree, pieces, &measures);
    for piece in &mut *pieces {
        if piece.reason.is_none_or(|reason| reason == hint::FORM) {
            piece.reason = reasons[piece.owner].or(piece.reason);
        }
        if piece.reason == Some(hint::SIDEBAR) && piece.is_linked(70) {
            piece.reason = Some(hint::RELATED);
        }
    }
    let clean = Measures::of(tree, pieces, |piece| piece.reason.is_none());
    if clean.prose[0] < LEAST_WORDS {
        return keep_a_fragment(pieces);
    }
    let declared = declared(tree, &clean, title);
    let root = root(tree, &clean, declared);
    mark_outside(tree, pieces, (declared, root), title);
    mark_after_comments(tree, pieces);
    mark_standfirst(tree, pieces, title);
    mark_cards(tree, pieces, root);
    mark_links(tree, pieces);
    mark_pull_quotes(tree, pieces);
}

/// Turns captions into text where a long text is called one, or where captions are all that a page says.
fn captions_that_are_the_text(tree: &Tree, pieces: &mut [Piece]) {
    let says = |piece: &&Piece| piece.reason.is_none() && piece.words >= 12 && ends_sentence(piece.text.as_str());
    let total = |wanted: fn(&Piece) -> bool| -> usize {
        pieces.iter().filter(says).filter(|piece| wanted(piece)).map(|piece| piece.words).sum()
    };
    let (described, told) = (total(|piece| piece.kind == BlockKind::Caption), total(Piece::is_prose));
    let all = described > told && described >= LEAST_WORDS;
    let marked = |piece: &Piece| {
        tree.lineage(piece.owner).any(|at| matches!(tree.tag(at), Some(Tag::Figcaption | Tag::Caption)))
    };
    let is_long = |piece: &Piece| piece.words >= LONG_CAPTION && sentence_ends(piece.text.as_str()) >= 2;
    let captions: Vec<usize> = (0..pieces.len()).filter(|at| pieces[*at].kind == BlockKind::Caption).collect();
    let wrong = captions.iter().map(|at| &pieces[*at]).filter(|piece| is_long(piece) && !marked(piece));
    let wrong: HashSet<&str> = wrong.filter_map(|piece| caption_class(tree, piece)).collect();
    for at in captions {
        let piece = &mut pieces[at];
        let of_wrong_name = !marked(piece) && caption_class(tree, piece).is_some_and(|class| wrong.contains(class));
        if piece.reason.is_none() && ends_sentence(piece.text.as_str()) && (all || of_wrong_name) {
            piece.kind = BlockKind::Paragraph;
        }
    }
}

/// Returns the class that makes a text a caption.
fn caption_class<'a>(tree: &'a Tree, piece: &Piece) -> Option<&'a str> {
    let class =
        tree.lineage(piece.owner).find(|at| is_caption(tree, *at)).and_then(|at| tree.attribute(at, "class"))?;
    Some(&class[..class.floor_char_boundary(MAX_CLASS)])
}

/// Gives a reason to what is certainly navigation; all the rest is text.
pub fn mark_navigation(tree: &Tree, pieces: &mut [Piece]) {
    for piece in pieces.iter_mut().filter(|piece| piece.reason.is_none()) {
        piece.reason = tree.lineage(piece.owner).find_map(|at| match (tree.tag(at), tree.attribute(at, "epub:type")) {
            (_, Some("toc" | "landmarks" | "page-list" | "loi" | "lot")) => Some(hint::CONTENTS),
            (_, Some("cover")) => Some("cover"),
            (_, Some("titlepage" | "halftitlepage")) => Some("title page"),
            (_, Some("copyright-page")) => Some("copyright"),
            (_, Some("pagebreak")) => Some("page number"),
            (Some(Tag::Nav), _) => Some(hint::NAVIGATION),
            _ => None,
        });
    }
}

/// Returns the innermost element that holds the article.
fn root(tree: &Tree, clean: &Measures, declared: usize) -> usize {
    let mut root = declared;
    loop {
        let share = |at: &usize| clean.prose[*at];
        let Some(child) = children(tree, root).filter(|at| tree.tag(*at).is_some_and(Tag::is_block)).max_by_key(share)
        else {
            return root;
        };
        let holds = clean.prose[child] * 100 >= clean.prose[root] * NEARLY_ALL;
        // A single paragraph is not an article.
        let single = tree.tag(child).is_some_and(|tag| {
            matches!(tag, Tag::P | Tag::Pre | Tag::Li | Tag::Tr | Tag::Tbody | Tag::Ul | Tag::Ol | Tag::Dl)
        });
        let cells = matches!(tree.tag(child), Some(Tag::Tbody | Tag::Tr));
        if !holds || single && !cells || has_sections_beside_it(tree, clean, child) {
            return root;
        }
        root = child;
    }
}

/// Whether a section has others with running text beside it: they are parts of one text, however long.
fn has_sections_beside_it(tree: &Tree, clean: &Measures, section: usize) -> bool {
    let alike = |at: &usize| {
        *at != section
            && tree.tag(*at) == Some(Tag::Section)
            && tree.attribute(*at, "class") == tree.attribute(section, "class")
            && clean.prose[*at] >= LEAST_WORDS
            && clean.linked[*at] * 5 < clean.words[*at]
    };
    tree.tag(section) == Some(Tag::Section) && children(tree, tree.nodes[section].parent).any(|at| alike(&at))
}

/// Returns the element that the page itself calls its article, if it holds most of the text.
fn declared(tree: &Tree, clean: &Measures, title: Option<&str>) -> usize {
    let holds_most = |at: &usize| clean.prose[*at] * 100 >= clean.prose[0] * MOST;
    let find = |wanted: &dyn Fn(usize) -> bool| (1..tree.nodes.len()).filter(|at| wanted(*at)).find(holds_most);
    find(&|at| tree.tag(at) == Some(Tag::Article))
        .map(|at| with_its_like(tree, clean, at, title))
        .or_else(|| find(&|at| is_whole(tree, at)))
        .or_else(|| find(&|at| is_main(tree, at)))
        .unwrap_or(0)
}

/// Returns the parent of an article if there are others of similar size beside it: they are parts of one text.
fn with_its_like(tree: &Tree, clean: &Measures, article: usize, title: Option<&str>) -> usize {
    let parent = tree.nodes[article].parent;
    let has_title = |at: usize, said: &dyn Fn(&str) -> bool| {
        let end = tree.nodes[at].end.min(at + MAX_HEAD);
        (at..end).any(|at| tree.tag(at) == Some(Tag::H1) && said(&tree.text_of(at)))
    };
    // Under the page's own title is one article; others with their own titles are loaded after it.
    let is_the_page = has_title(article, &|text| title.is_some_and(|title| title.trim() == text));
    let alike = |at: &usize| {
        *at != article
            && tree.tag(*at) == Some(Tag::Article)
            && clean.prose[*at] * 3 >= clean.prose[article]
            && clean.linked[*at] * 5 < clean.words[*at]
            && !(is_the_page && has_title(*at, &|text| Some(text) != title))
    };
    if children(tree, parent).any(|at| alike(&at)) { parent } else { article }
}

fn children(tree: &Tree, at: usize) -> impl Iterator<Item = usize> + '_ {
    let end = tree.nodes[at].end;
    let first = Some(at + 1).filter(|first| *first < end);
    std::iter::successors(first, move |at| Some(tree.nodes[*at].end).filter(|next| *next < end))
}

/// Marks what is outside the article, except its title and what is between the title and the article.
fn mark_outside(tree: &Tree, pieces: &mut [Piece], (declared, root): (usize, usize), title: Option<&str>) {
    let in_article = tree.tag(declared) == Some(Tag::Article);
    let inside = |piece: &Piece| (root..tree.nodes[root].end).contains(&piece.owner);
    let first = pieces.iter().position(|piece| inside(piece) && piece.reason.is_none()).unwrap_or(0);
    let headline = headline(tree, &pieces[..first], title);
    // The heading directly above the text belongs to it, even if it is a link to it.
    let over = first.checked_sub(1).filter(|at| pieces[*at].reason.is_none() && pieces[*at].kind == BlockKind::Heading);
    for (at, piece) in pieces.iter_mut().enumerate() {
        if inside(piece) {
            continue;
        }
        let of_headline = headline.is_some_and(|headline| (headline..first).contains(&at));
        match headline {
            Some(headline) if headline == at => {
                piece.reason = None;
                piece.kind = BlockKind::Heading;
            }
            _ if over == Some(at) => {}
            _ if of_headline && piece.reason.is_none() && belongs_to_headline(piece) => {}
            _ if in_article
                && (declared..tree.nodes[declared].end).contains(&piece.owner)
                && tells(piece, at < first) => {}
            _ => piece.reason = piece.reason.or(Some(outside(piece, at < first))),
        }
    }
}

/// Turns a whole sentence that is set as a heading directly below the title into a paragraph: it summarises the text.
fn mark_standfirst(tree: &Tree, pieces: &mut [Piece], title: Option<&str>) {
    let kept: Vec<usize> = (0..pieces.len()).filter(|at| pieces[*at].reason.is_none()).take(6).collect();
    let is_title = |piece: &Piece| {
        piece.kind == BlockKind::Heading && (title == Some(piece.text.as_str()) || is_first_level(tree, piece))
    };
    let under = kept.windows(2).find(|two| is_title(&pieces[two[0]]) && !is_title(&pieces[two[1]]));
    let Some(piece) = under.map(|two| &mut pieces[two[1]]) else { return };
    let is_sentence = piece.text.as_str().ends_with(['.', '。']) && !piece.text.as_str().ends_with("..");
    if piece.kind == BlockKind::Heading && piece.words >= 12 && is_sentence && !piece.is_linked(20) {
        piece.kind = BlockKind::Paragraph;
    }
}

/// Marks a few words after the readers' comments as the page's, if the article comes before these.
fn mark_after_comments(tree: &Tree, pieces: &mut [Piece]) {
    let is_comment = |piece: &Piece| piece.reason == Some(hint::COMMENTS) && piece.is_prose();
    let Some(last) = pieces.iter().rposition(is_comment) else { return };
    let told = |pieces: &[Piece]| -> usize {
        pieces.iter().filter(|piece| piece.reason.is_none()).map(|piece| piece.words).sum()
    };
    if told(&pieces[last..]) < LEAST_WORDS && told(&pieces[..last]) >= LEAST_WORDS {
        let holder = |piece: &Piece| tree.nodes[piece.owner].parent;
        let is_told = |piece: &&Piece| piece.reason.is_none() && piece.is_prose();
        let holders: HashSet<usize> = pieces[..last].iter().filter(is_told).map(holder).collect();
        for piece in &mut pieces[last..] {
            // A paragraph next to those of the article belongs to the article.
            if !(piece.is_prose() && holders.contains(&holder(piece))) {
                piece.reason = piece.reason.or(Some("after the article"));
            }
        }
    }
}

/// Whether a piece is a subtitle, a caption or the first words of the article.
fn belongs_to_headline(piece: &Piece) -> bool {
    let kind = matches!(piece.kind, BlockKind::Heading | BlockKind::Caption);
    piece.is_prose() || kind && !piece.is_linked(50)
}

/// Whether a text in the article, but outside the element that holds nearly all of it, is running text all the same.
fn tells(piece: &Piece, before: bool) -> bool {
    let (least, sentences) = if before { (10, 1) } else { (25, 2) };
    piece.reason.is_none()
        && piece.is_prose()
        && piece.words >= least
        && !piece.is_linked(20)
        && sentence_ends(piece.text.as_str()) >= sentences
}

/// Returns how many words look like the end of a sentence.
pub fn sentence_ends(text: &str) -> usize {
    let unspaced = text.matches(['。', '！', '？']).count();
    unspaced + text.split_whitespace().filter(|word| word.chars().count() > 2 && ends_sentence(word)).count()
}

/// Returns the article's title among the texts before it.
fn headline(tree: &Tree, before: &[Piece], title: Option<&str>) -> Option<usize> {
    let is_title = |piece: &Piece| title == Some(piece.text.as_str());
    before
        .iter()
        .rposition(is_title)
        .or_else(|| before.iter().rposition(|piece| piece.reason.is_none() && is_first_level(tree, piece)))
}

fn is_first_level(tree: &Tree, piece: &Piece) -> bool {
    tree.lineage(piece.owner).any(|at| tree.tag(at) == Some(Tag::H1))
}

fn outside(piece: &Piece, before: bool) -> &'static str {
    match () {
        () if piece.is_linked(70) && before => hint::NAVIGATION,
        () if piece.is_linked(70) => hint::RELATED,
        () if before => "before the article",
        () => "after the article",
    }
}

/// Marks cards: adjacent elements that each consist of a linked heading and a few words.
fn mark_cards(tree: &Tree, pieces: &mut [Piece], root: usize) {
    let linked_heading =
        |piece: &Piece| piece.reason.is_none() && piece.kind == BlockKind::Heading && piece.is_linked(80);
    let mut spans: Vec<std::ops::Range<usize>> = Vec::new();
    let (mut cards, mut posts) = (Vec::new(), HashSet::new());
    // A teaser is one paragraph at most.
    let is_told = |piece: &&Piece| {
        piece.is_prose() && piece.words >= 8 && !piece.is_linked(50) && sentence_ends(piece.text.as_str()) > 0
    };
    for at in (0..pieces.len()).filter(|at| linked_heading(&pieces[*at])) {
        match card(tree, pieces, at, root) {
            Some(card) if pieces[card.clone()].iter().filter(is_told).count() < 2 => cards.push((at, card)),
            // This is a post under a heading that links to it. Similar elements are posts too, however short.
            Some(_) | None => posts.extend(makes(tree, pieces[at].owner)),
        }
    }
    for (at, card) in cards {
        if !makes(tree, pieces[at].owner).any(|make| posts.contains(&make)) {
            spans.push(card);
        }
    }
    if spans.len() < 2 {
        return;
    }
    let total: usize = pieces.iter().filter(|piece| piece.reason.is_none()).map(|piece| piece.words).sum();
    let carded: usize = spans.iter().flat_map(|span| &pieces[span.clone()]).map(|piece| piece.words).sum();
    if carded * 2 > total {
        return;
    }
    for span in spans {
        for piece in &mut pieces[span] {
            piece.reason = piece.reason.or(Some(hint::RELATED));
        }
    }
}

/// Returns what elements around a heading share with those around another: the same parent, tag and class.
fn makes(tree: &Tree, owner: usize) -> impl Iterator<Item = (usize, usize, &str)> {
    let make = |at: usize| {
        let class = tree.attribute(at, "class").unwrap_or("");
        let class = class[..class.floor_char_boundary(MAX_CLASS)].trim_end_matches(|c: char| c.is_ascii_digit());
        (tree.nodes[at].parent, tree.tag(at).map_or(0, Tag::index), class)
    };
    tree.lineage(owner).take(8).filter(|at| *at > 0).map(make)
}

/// Returns the pieces of the largest small element around a linked heading that contains no other heading.
fn card(tree: &Tree, pieces: &[Piece], heading: usize, root: usize) -> Option<std::ops::Range<usize>> {
    let mut best = None;
    for element in tree.lineage(pieces[heading].owner).take(8) {
        if element <= root {
            break;
        }
        let range = element..tree.nodes[element].end;
        let within = |piece: &Piece| range.contains(&piece.owner);
        let before = pieces[..heading].iter().rev().take(MAX_CARD).take_while(|piece| within(piece)).count();
        let behind = pieces[heading..].iter().take(MAX_CARD).take_while(|piece| within(piece)).count();
        let span = heading - before..heading + behind;
        let words: usize = pieces[span.clone()].iter().map(|piece| piece.words).sum();
        let headings = pieces[span.clone()].iter().filter(|piece| piece.kind == BlockKind::Heading).count();
        if words > 80 || headings > 1 || before.max(behind) == MAX_CARD {
            break;
        }
        best = Some(span);
    }
    best
}

/// Marks texts that are only a link, and lists of these.
fn mark_links(tree: &Tree, pieces: &mut [Piece]) {
    let measures = Measures::of(tree, pieces, |piece| piece.reason.is_none());
    let is_link = |at: &usize| {
        let piece = &pieces[*at];
        piece.reason.is_none()
            && piece.is_linked(85)
            && piece.words <= 40
            && is_list_of_links(tree, piece, &measures)
            && !is_linked_sentence(pieces, *at)
    };
    let links: Vec<usize> = (0..pieces.len()).filter(is_link).collect();
    let linked: usize = links.iter().map(|at| pieces[*at].words).sum();
    if linked * 2 > measures.words[0] {
        return;
    }
    for at in links {
        pieces[at].reason = Some(hint::RELATED);
    }
}

/// Whether a paragraph that is one link continues the text around it: a whole sentence, unlike a headline, with running
/// text beside it.
fn is_linked_sentence(pieces: &[Piece], at: usize) -> bool {
    let (piece, text) = (&pieces[at], pieces[at].text.as_str());
    let labelled = text.split_whitespace().take(5).any(|word| word.ends_with(':'));
    let in_sight = |piece: &&Piece| piece.reason.is_none() && piece.kind != BlockKind::Caption;
    let before = pieces[..at].iter().rev().take(8).find(in_sight);
    let behind = pieces[at + 1..].iter().take(8).find(in_sight);
    let beside = before.is_some_and(Piece::is_prose) || behind.is_some_and(Piece::is_prose);
    piece.kind == BlockKind::Paragraph && piece.words >= 8 && ends_sentence(text) && !labelled && beside
}

/// Whether a linked text is alone or in a list of links.
fn is_list_of_links(tree: &Tree, piece: &Piece, measures: &Measures) -> bool {
    match piece.kind {
        BlockKind::Paragraph => !in_quote(tree, piece),
        BlockKind::ListItem => {
            let list =
                tree.lineage(piece.owner).find(|at| tree.tag(*at).is_some_and(|tag| tag.is_list() || tag == Tag::Dl));
            list.is_none_or(|list| measures.linked[list] * 100 >= measures.words[list] * 70)
        }
        _ => false,
    }
}

fn in_quote(tree: &Tree, piece: &Piece) -> bool {
    tree.lineage(piece.owner).any(|at| tree.tag(at) == Some(Tag::Blockquote))
}

/// Marks large quotes that repeat the words of the text, even if some words were left out.
fn mark_pull_quotes(tree: &Tree, pieces: &mut [Piece]) {
    let quotes: Vec<usize> = (0..pieces.len())
        .filter(|at| pieces[*at].reason.is_none() && is_pull_quote(tree, &pieces[*at]))
        .take(100)
        .collect();
    if quotes.is_empty() {
        return;
    }
    let triples = |text: &str| {
        let mut all: Vec<String> = Vec::new();
        each_word(text, |word| all.push(word.to_owned()));
        all.windows(3).map(|three| three.join(" ")).collect::<Vec<_>>()
    };
    let body: HashSet<String> = pieces
        .iter()
        .enumerate()
        .filter(|(at, piece)| piece.reason.is_none() && !quotes.contains(at))
        .flat_map(|(_, piece)| triples(piece.text.as_str()))
        .collect();
    for at in quotes {
        let own = triples(pieces[at].text.as_str());
        let repeated = own.iter().filter(|three| body.contains(*three)).count();
        if repeated * 10 >= own.len() * 6 && !own.is_empty() {
            pieces[at].reason = Some("pull-quote: repeats the text");
        }
    }
}

fn is_pull_quote(tree: &Tree, piece: &Piece) -> bool {
    piece.words <= 80
        && tree.lineage(piece.owner).take(6).any(|at| hint::is_pull_quote(tree, at) || tree.tag(at) == Some(Tag::Aside))
}

/// Keeps everything if the elements of a list or a fragment claim all of it as something else.
fn keep_a_fragment(pieces: &mut [Piece]) {
    if pieces.iter().all(|piece| piece.reason.is_some()) {
        for piece in pieces {
            piece.reason = None;
        }
    }
}
