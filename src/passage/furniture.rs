//! Furniture: what a page contains besides the text. Menus, bylines, captions, pull-quotes, prompts.
//!
//! Every rule here has a named reason; what it drops is listed for the user and never lost. The rules apply to lines
//! that stand alone, so that no sentence inside a paragraph can be lost to them.

use std::collections::{HashMap, HashSet};

use super::imprint::{self, is_byline, is_dateline};
use super::role::{Role, first_text, words};
use super::sentence::is_complete;
use crate::lang::contents;
use crate::lang::english::furniture::{
    CAPTION_PHRASES, CAPTION_WORDS, OCCUPATIONS, OF_AUTHORS, ON_AUTHORS, is_bibliography, is_label, is_part,
    is_section, lists_keywords,
};
use crate::lang::languages::{Prompt, begins, from_its_words, holds, prompts};
use crate::lang::mail::{NOTICES, RECEIVED, is_mailing};
use crate::lang::{is_calendar, is_grammatical, normalised};
use crate::source::{Block, BlockKind};

/// The role of every block of one document. `title` and `author` come from the document's metadata.
pub fn roles(blocks: &[Block], title: Option<&str>, author: Option<&str>) -> Vec<Role> {
    let mut roles: Vec<Role> = blocks.iter().map(alone).collect();
    mark_contents(blocks, &mut roles);
    mark_mailing(blocks, &mut roles);
    keep_sentences(blocks, title, &mut roles);
    mark_menus(blocks, &mut roles);
    imprint::mark(blocks, &mut roles);
    mark_title(blocks, title, &mut roles);
    mark_captions(blocks, &mut roles);
    mark_repeats(blocks, &mut roles);
    mark_references(blocks, &mut roles);
    mark_authors(blocks, &mut roles);
    mark_tail(blocks, author, &mut roles);
    keep_something(blocks, &mut roles);
    roles
}

/// The role of a block, judged without its surroundings.
fn alone(block: &Block) -> Role {
    let text = block.text.as_str();
    match block.kind {
        BlockKind::NotProse => Role::Furniture("code or markup"),
        BlockKind::Caption => Role::Furniture("caption"),
        BlockKind::Furniture(reason) => Role::Furniture(reason),
        BlockKind::Speaker => Role::Speaker,
        _ if !text.contains(char::is_alphanumeric) => Role::Furniture("rule"),
        // Names and dates in a table or in speech are text.
        BlockKind::TableRow | BlockKind::Speech => Role::Text,
        BlockKind::Heading => furniture_of_its_own(text).map_or(Role::Heading, Role::Furniture),
        BlockKind::Paragraph | BlockKind::ListItem => furniture_of_its_own(text).map_or(Role::Text, Role::Furniture),
    }
}

/// The reason for dropping a text that its own words show to be furniture.
fn furniture_of_its_own(text: &str) -> Option<&'static str> {
    let lower = text.to_lowercase().replace('’', "'");
    let lower = lower.trim();
    if is_byline(text) {
        return Some("byline");
    }
    if is_dateline(lower) {
        return Some("date");
    }
    if is_credit(text, lower) {
        return Some("credit");
    }
    if is_copyright(text) {
        return Some("copyright");
    }
    if lists_keywords(lower) {
        return Some("keywords");
    }
    if is_caption_with_credit(text) {
        return Some("caption");
    }
    prompt(PROMPTS.iter().chain(prompts()).chain(NOTICES), lower)
}

/// The reason of the first of some prompts that a lower-case line is.
fn prompt(mut prompts: impl Iterator<Item = &'static Prompt>, lower: &str) -> Option<&'static str> {
    let (count, from) = (words(lower), from_its_words(lower));
    prompts.find(|prompt| count <= prompt.most_words && prompt.matches(lower, from)).map(|prompt| prompt.reason)
}

/// Marks lines that say why a message came to its reader if another line shows that it went to many.
fn mark_mailing(blocks: &[Block], roles: &mut [Role]) {
    if !roles.iter().any(|role| matches!(role, Role::Furniture(reason) if is_mailing(reason))) {
        return;
    }
    for (block, role) in blocks.iter().zip(roles).filter(|(_, role)| matches!(role, Role::Text | Role::Heading)) {
        if let Some(reason) = prompt(RECEIVED.iter(), block.text.as_str().to_lowercase().replace('’', "'").trim()) {
            *role = Role::Furniture(reason);
        }
    }
}

const PROMPTS: &[Prompt] = &[
    begins("read more", 16, "link prompt"),
    begins("read also", 20, "link prompt"),
    begins("also read", 20, "link prompt"),
    begins("read next", 20, "link prompt"),
    begins("see also", 16, "link prompt"),
    begins("see more", 6, "link prompt"),
    begins("continue reading", 10, "link prompt"),
    begins("keep reading", 10, "link prompt"),
    begins("more on this", 12, "link prompt"),
    begins("related", 3, "link prompt"),
    begins("related:", 20, "link prompt"),
    begins("related articles", 12, "link prompt"),
    begins("related stories", 12, "link prompt"),
    begins("most read", 4, "link prompt"),
    begins("most popular", 4, "link prompt"),
    begins("recommended", 3, "link prompt"),
    begins("you may also like", 8, "link prompt"),
    begins("click here", 20, "link prompt"),
    begins("tap here", 20, "link prompt"),
    begins("skip to", 5, "navigation"),
    begins("back to top", 4, "navigation"),
    begins("home page", 3, "navigation"),
    begins("table of contents", 4, "navigation"),
    begins("menu", 3, "navigation"),
    begins("share", 2, "sharing prompt"),
    begins("share this", 8, "sharing prompt"),
    begins("share on", 6, "sharing prompt"),
    begins("share via", 6, "sharing prompt"),
    begins("tweet", 2, "sharing prompt"),
    begins("like this post", 20, "sharing prompt"),
    begins("reporting by", 20, "byline"),
    begins("print this", 6, "sharing prompt"),
    begins("email this", 6, "sharing prompt"),
    begins("follow us", 20, "sharing prompt"),
    begins("post your comments", 8, "comments"),
    begins("post a comment", 6, "comments"),
    begins("leave a comment", 8, "comments"),
    begins("leave a reply", 8, "comments"),
    begins("comments", 2, "comments"),
    begins("add a comment", 6, "comments"),
    begins("join the conversation", 10, "comments"),
    begins("sign up", 30, "newsletter prompt"),
    begins("subscribe", 25, "newsletter prompt"),
    begins("get our", 20, "newsletter prompt"),
    holds("newsletter in your inbox", 40, "newsletter prompt"),
    holds("to your inbox", 40, "newsletter prompt"),
    holds("in your inbox", 40, "newsletter prompt"),
    holds("our newsletter", 25, "newsletter prompt"),
    holds("is a reader-supported publication", 40, "newsletter prompt"),
    holds("cookie policy", 60, "cookie notice"),
    holds("we use cookies", 60, "cookie notice"),
    holds("uses cookies to", 60, "cookie notice"),
    begins("accept all", 4, "cookie notice"),
    begins("advertisement", 3, "advertisement"),
    begins("sponsored", 3, "advertisement"),
    begins("all rights reserved", 20, "copyright"),
    begins("copyright", 25, "copyright"),
    holds("all rights reserved", 25, "copyright"),
    begins("this article is part of", 40, "series note"),
    begins("this story is part of", 40, "series note"),
    begins("part of the series", 20, "series note"),
    begins("this article first appeared", 40, "disclaimer"),
    begins("a version of this article", 40, "disclaimer"),
    begins("this article was first published", 40, "disclaimer"),
    begins("this article was originally published", 40, "disclaimer"),
    begins("the views expressed", 80, "disclaimer"),
    begins("the opinions expressed", 80, "disclaimer"),
    begins("views expressed", 80, "disclaimer"),
    begins("views are personal", 20, "disclaimer"),
    begins("opinions expressed", 80, "disclaimer"),
    begins("disclaimer:", 80, "disclaimer"),
];

/// Whether a text is a copyright notice (`© 2031 Harbour Press`), not a sentence about the sign.
fn is_copyright(text: &str) -> bool {
    let behind = text.strip_prefix('©').map(str::trim_start);
    behind.is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()) || !is_complete(rest)) && words(text) <= 25
}

/// Whether a text is a credit (`Image Source: …`, `Photo: …`, `Photograph by …`), not a sentence that begins like one.
fn is_credit(text: &str, lower: &str) -> bool {
    const HEADS: &[&str] = &[
        "image",
        "photo",
        "photograph",
        "photos",
        "picture",
        "pictures",
        "illustration",
        "graphic",
        "video",
        "credit",
        "source",
        "cover",
    ];
    let mut parts = lower.splitn(2, [':', '|']);
    let (head, tail) = (parts.next().unwrap_or("").trim(), parts.next());
    let of_it = |word: &str| {
        HEADS.contains(&word)
            || matches!(word, "credits" | "source" | "by" | "courtesy" | "of" | "via" | "from" | "credit")
    };
    let headed = tail.is_some()
        && words(head) <= 3
        && head.split_whitespace().next().is_some_and(|word| HEADS.contains(&word))
        && head.split_whitespace().all(of_it);
    let by = ["photo by", "photograph by", "image by", "picture by", "illustration by", "photo courtesy"]
        .iter()
        .any(|by| lower.starts_with(by));
    let behind = text.split_once([':', '|']).filter(|_| headed).map_or_else(
        || text.split_whitespace().skip(2).collect::<Vec<_>>().join(" "),
        |(_, behind)| behind.trim().to_owned(),
    );
    let of_data = ["analysis", "based on", "calculation", "courtesy", "data", "survey"];
    let sentence = behind.starts_with(char::is_lowercase)
        && is_complete(text)
        && words(&behind) >= SENTENCE
        && !of_data.iter().any(|word| lower.contains(word));
    (headed || by) && words(lower) <= 40 && !sentence
}

/// Whether a text is a description with its picture's credit at the end (`… on Monday. (Photo: A. Sund)`, `… / Getty
/// Images`, `… (GP Photo/Ada Brandt)`) or at the beginning (`Ada Brandt/Associated Press - The quay …`).
fn is_caption_with_credit(text: &str) -> bool {
    const CREDITS: &[&str] = &[
        "photo",
        "image:",
        "image by",
        "image credit",
        "picture:",
        "credit:",
        "getty",
        "reuters",
        "afp",
        "ap photo",
        "shutterstock",
        "wikimedia",
        "flickr",
        "unsplash",
    ];
    const AGENCIES: &[&str] = &["associated press", "ap", "getty images", "reuters", "afp", "epa"];
    // Agencies whose reports also begin or end with their names: `LEITH (Reuters) - A crane …`, `… in May. (Reuters)`.
    const WIRES: &[&str] = &["reuters", "afp"];
    if words(text) > 60 || words(text) <= 1 {
        return false;
    }
    let lower = text.to_lowercase();
    let tails = ['(', '[', '/', '|', '©'].into_iter().filter_map(|mark| Some(lower.split_at(lower.rfind(mark)?)));
    let is_credit = |(before, tail): (&str, &str)| {
        let bare = tail.trim_start_matches(['(', '[', '/', '|', ' ', '©']);
        let wire = bare.split_once([')', ']']).filter(|(inside, _)| WIRES.contains(inside));
        if wire.is_some_and(|(_, behind)| is_complete(before) || behind.contains(char::is_alphanumeric)) {
            return false;
        }
        let named = CREDITS.iter().any(|credit| bare.starts_with(credit));
        let bracketed =
            tail.starts_with('(') && tail.ends_with(')') && bare.split(NO_LETTER).any(|word| word == "photo");
        words(bare) <= 8 && (named || bracketed)
    };
    let last = lower.rfind(". photo by ").map(|at| &lower[at + 2..]);
    let first = lower.split_once(" - ").and_then(|(credit, _)| credit.split_once('/'));
    tails.into_iter().any(is_credit)
        || last.is_some_and(|tail| words(tail) <= 8)
        || first.is_some_and(|(name, agency)| words(name) <= 4 && AGENCIES.contains(&agency.trim()))
}

/// Fewest words of a sentence, as opposed to an invitation.
const SENTENCE: usize = 6;

/// Words with which a page refers to itself or to its offers.
#[rustfmt::skip]
const OF_THE_PAGE: &[&str] = &[
    "we", "us", "our", "me", "my", "newsletter", "newsletters", "inbox", "site", "website", "subscriber",
    "subscribers", "free", "every", "daily", "weekly", "latest", "story", "stories", "article", "articles",
    "alerts", "podcast", "app", "reserved", "author", "authors", "wir", "uns", "unser", "unsere", "unserem",
    "unseren", "unserer", "nous", "notre", "nos", "nuestro", "nuestra", "nosso", "nossa", "nostro", "nostra", "ons",
    "onze",
];

/// The subjects of a document that tells its readers how their data is used.
const POLICIES: &[&str] = &["privacy", "cookie", "data protection", "datenschutz", "confidentialité", "privacidad"];

/// Whole sentences amid prose are text although they begin like a prompt, unless the page refers to itself in them; in
/// a privacy policy they are text even then.
fn keep_sentences(blocks: &[Block], title: Option<&str>, roles: &mut [Role]) {
    let first = blocks.iter().find(|block| block.kind == BlockKind::Heading).map(|block| block.text.as_str());
    let title = title.or(first).unwrap_or("").to_lowercase();
    let policy = POLICIES.iter().any(|word| title.contains(word));
    let is_sentence = |at: usize| {
        let judged = matches!(blocks[at].kind, BlockKind::Paragraph | BlockKind::ListItem);
        let prompt = matches!(
            roles[at],
            Role::Furniture("link prompt" | "sharing prompt" | "newsletter prompt" | "cookie notice" | "copyright")
        );
        let views = roles[at] == Role::Furniture("disclaimer");
        let text = blocks[at].text.as_str();
        judged && (prompt && says_something(text, policy) || views && says_something(text, false))
    };
    let sentences: Vec<bool> = (0..blocks.len()).map(is_sentence).collect();
    let is_prose = |at: usize| match roles[at] {
        Role::Text => is_complete(blocks[at].text.as_str()) || blocks[at].text.as_str().ends_with(':'),
        Role::Heading => true,
        _ => sentences[at],
    };
    let amid_prose = |at: usize| (at == 0 || is_prose(at - 1)) && (at + 1 == blocks.len() || is_prose(at + 1));
    let kept: Vec<usize> = (0..blocks.len()).filter(|at| sentences[*at] && amid_prose(*at)).collect();
    kept.into_iter().for_each(|at| roles[at] = Role::Text);
}

/// Whether a prompt's words are a sentence that says something.
fn says_something(text: &str, policy: bool) -> bool {
    let lower = text.to_lowercase();
    let of_page = lower.split(NO_LETTER).any(|word| OF_THE_PAGE.contains(&word));
    let label = text.split_once(": ").is_some_and(|(_, rest)| !rest.starts_with(char::is_lowercase));
    let asks = ["click here to ", "click here for ", "tap here to "].iter().any(|asks| lower.starts_with(asks));
    let offers = asks || text.contains(['©', '$', '€', '£', '@', '|', '/']) || lower.contains("(c)") || label;
    words(text) >= SENTENCE && is_complete(text) && text.ends_with('.') && !offers && (policy || !of_page)
}

/// Marks tables of contents, whose entries are not headings.
fn mark_contents(blocks: &[Block], roles: &mut [Role]) {
    let is_line = |block: &Block| matches!(block.kind, BlockKind::Paragraph | BlockKind::ListItem | BlockKind::Heading);
    let lines: Vec<&str> = blocks.iter().map(|block| if is_line(block) { block.text.as_str() } else { "" }).collect();
    for table in contents::tables(&lines) {
        for at in table.filter(|at| is_line(&blocks[*at])) {
            roles[at] = Role::Furniture(contents::REASON);
        }
    }
}

/// Whether a character separates words.
const NO_LETTER: fn(char) -> bool = |c| !c.is_alphanumeric();

/// Fewest words of a key point of an article; menu items have fewer, and key points do not finish sentences either.
const KEY_POINT: usize = 6;
/// Fewest words on average of points of which half contain function words, as sentences do.
const POINTS_MEAN: usize = 4;

/// Marks runs of short list items that do not finish sentences as menus, unless a line with a colon precedes them, or
/// they read as points.
fn mark_menus(blocks: &[Block], roles: &mut [Role]) {
    let short = |block: &Block| {
        block.kind == BlockKind::ListItem && words(block.text.as_str()) <= 9 && !is_complete(block.text.as_str())
    };
    let mut at = 0;
    while at < blocks.len() {
        let run = blocks[at..].iter().take_while(|block| block.kind == BlockKind::ListItem).count();
        let all_short = run > 0 && blocks[at..at + run].iter().all(short);
        let led_in = at > 0 && blocks[at - 1].text.as_str().ends_with(':');
        if all_short && !led_in && !are_points(&blocks[at..at + run]) && !are_of_prose(blocks, roles, at..at + run) {
            roles[at..at + run].fill(Role::Furniture("menu or list of labels"));
        }
        at += run.max(1);
    }
}

/// Fewest items of a list.
const ITEMS: usize = 3;

/// Whether list items belong to the prose around them, as steps, findings and ingredients do: several items of more
/// than one word, after a whole sentence or, if they say a little more, under a heading; not a table of contents or
/// records.
fn are_of_prose(blocks: &[Block], roles: &[Role], items: std::ops::Range<usize>) -> bool {
    let Some(before) = items.start.checked_sub(1) else { return false };
    let text = |at: usize| blocks[at].text.as_str();
    let all: usize = items.clone().map(|at| words(text(at))).sum();
    let behind_sentence = || {
        let last = (0..=before).rev().find(|at| !matches!(roles[*at], Role::Furniture(_)));
        last == Some(before)
            && roles[before] == Role::Text
            && is_complete(text(before))
            && words(text(before)) > SENTENCE
    };
    let under_heading = roles[before] == Role::Heading && !is_section(text(before)) && all >= 3 * items.len();
    let goes_on = || match roles.get(items.end) {
        None => behind_sentence(),
        Some(role) => *role == Role::Text && is_complete(text(items.end)) || *role == Role::Heading,
    };
    let headings = || blocks.iter().filter(|block| block.kind == BlockKind::Heading).map(|block| block.text.as_str());
    items.len() >= ITEMS
        && items.clone().all(|at| words(text(at)) > 1 && !text(at).contains(": "))
        && (under_heading || behind_sentence())
        && goes_on()
        && !items.clone().any(|at| headings().any(|heading| heading == text(at)))
}

/// Whether list items say something, unlike those of a menu.
fn are_points(items: &[Block]) -> bool {
    let text = |block: &Block| block.text.as_str().to_lowercase();
    let count = |block: &Block| words(block.text.as_str());
    let grammar = |block: &&Block| text(block).split(NO_LETTER).any(is_grammatical);
    let all: usize = items.iter().map(count).sum();
    items.iter().all(|block| count(block) >= KEY_POINT)
        || items.len() > 2
            && all >= POINTS_MEAN * items.len()
            && 2 * items.iter().filter(grammar).count() >= items.len()
}

/// Number of words that is enough for a title; a longer subtitle below does not win.
const TITLE: usize = 5;

/// Chooses as title the heading that the metadata names, else the one right before a byline or date; else, among the
/// headings at the beginning that say more than a name, the first that says enough or the one that says most (names of
/// papers and sections are short, or all in capitals). The heading of a section is never the title: no title is better
/// than a wrong one.
fn mark_title(blocks: &[Block], title: Option<&str>, roles: &mut [Role]) {
    let first_text = first_text(roles);
    if first_text == roles.len() && blocks.len() == 1 {
        return;
    }
    let headings = |end: usize| (0..end).filter(|at| roles[*at] == Role::Heading);
    // Without their page numbers.
    let entry = |(block, role): (&Block, &Role)| {
        let text = (*role == Role::Furniture(contents::REASON)).then(|| normalised(block.text.as_str()))?;
        Some(text.trim_end().rsplit_once(' ')?.0.to_owned() + " ")
    };
    let contents: HashSet<String> = blocks.iter().zip(&*roles).filter_map(entry).collect();
    let is_listed = |text: &str| contents.contains(&normalised(text));
    let is_title = |text: &str| !is_section(text) && !holds_mail_address(text) && !is_listed(text);
    let titles = |end: usize| headings(end).filter(|at| is_title(blocks[*at].text.as_str()));
    let byline = roles[..first_text].iter().position(|role| matches!(role, Role::Furniture("byline" | "date")));
    let says_most = |at: &usize| {
        let text = blocks[*at].text.as_str();
        let cased = text.contains(char::is_lowercase);
        // Words in capitals are names among other words.
        let says = text.split_whitespace().filter(|word| !cased || word.contains(char::is_lowercase)).count();
        (cased, !is_part(text), says.min(TITLE), std::cmp::Reverse(*at))
    };
    // If two headings say enough, the first is the title and the second its standfirst.
    let says_enough = |at: &usize| matches!(says_most(at), (true, true, TITLE, _));
    let before_byline = byline.and_then(|at| {
        let first = titles(at).rev().take_while(says_enough).last();
        first.or_else(|| titles(at).next_back())
    });
    // If the title is outside the text, as on a book's title page, no heading is the title.
    if blocks.iter().any(|block| matches!(block.kind, BlockKind::Furniture(_)) && title == Some(block.text.as_str()))
        && !headings(first_text).any(|at| title == Some(blocks[at].text.as_str()))
    {
        return;
    }
    let stated = title.and_then(|title| headings(first_text).find(|at| blocks[*at].text.as_str() == title));
    let likely = || titles(first_text).filter(|at| imprint::may_be_title(blocks[*at].text.as_str()));
    // The writer of a letter and the address are not a title.
    let letterhead: Vec<usize> = headings(first_text).filter(|_| stated.is_none()).collect();
    if letterhead.iter().filter(|at| is_address(blocks[**at].text.as_str())).count() > 1 {
        letterhead.into_iter().for_each(|at| roles[at] = Role::Furniture("letterhead"));
        return;
    }
    let says = stated.or(before_byline).or_else(|| likely().max_by_key(says_most));
    let Some(title) = says.or_else(|| titles(first_text).max_by_key(says_most)) else {
        let labels: Vec<usize> = headings(first_text).filter(|at| is_label(blocks[*at].text.as_str())).collect();
        labels.into_iter().for_each(|at| roles[at] = Role::Furniture("navigation"));
        return;
    };
    for role in &mut roles[..title] {
        if *role == Role::Heading {
            *role = Role::Furniture("navigation");
        }
    }
    roles[title] = Role::Title;
}

fn holds_mail_address(text: &str) -> bool {
    let is_address = |(name, host): (&str, &str)| !name.is_empty() && host.contains('.');
    text.split_whitespace().filter_map(|word| word.split_once('@')).any(is_address)
}

/// Whether it is a line of an address: a number before or after a name.
fn is_address(text: &str) -> bool {
    let number = |word: &str| word.len() >= 2 && word.bytes().all(|byte| byte.is_ascii_digit());
    let all: Vec<&str> = text.split_whitespace().collect();
    let named = all.iter().filter(|word| !number(word)).all(|word| word.starts_with(char::is_uppercase));
    (2..=4).contains(&all.len()) && named && number(all[0]) != number(all[all.len() - 1])
}

/// Marks descriptions of pictures: a heading worded like one, or a description and its twin, since pages give one for
/// the eye and one for the screen reader.
fn mark_captions(blocks: &[Block], roles: &mut [Role]) {
    for at in 0..blocks.len() {
        let text = blocks[at].text.as_str();
        if roles[at] == Role::Heading && describes_a_picture(text) {
            roles[at] = Role::Furniture("caption");
        }
        let twin = at > 0
            && !matches!(blocks[at - 1].kind, BlockKind::Speech | BlockKind::TableRow)
            && matches!(roles[at - 1], Role::Text | Role::Heading)
            && !is_complete(text)
            && is_twin(blocks[at - 1].text.as_str(), text);
        if twin && words(text) <= 50 {
            roles[at - 1] = Role::Furniture("caption");
            roles[at] = Role::Furniture("caption");
        }
    }
}

fn describes_a_picture(text: &str) -> bool {
    let lower = text.to_lowercase();
    let small =
        text.split_whitespace().skip(1).filter(|word| word.starts_with(char::is_lowercase) && word.len() > 3).count();
    let verb = lower.split(|c: char| !c.is_alphanumeric()).any(|word| CAPTION_WORDS.contains(&word));
    words(text) >= 5 && small >= 2 && (verb || CAPTION_PHRASES.iter().any(|phrase| lower.contains(phrase)))
}

/// Whether nearly all words of the shorter text are in the other, and that has a caption's length.
fn is_twin(a: &str, b: &str) -> bool {
    let set = |text: &str| {
        text.split(|c: char| !c.is_alphanumeric())
            .filter(|word| !word.is_empty())
            .map(str::to_lowercase)
            .collect::<HashSet<_>>()
    };
    let (a_words, b_words) = (set(a), set(b));
    let shared = a_words.intersection(&b_words).count();
    words(a) <= 50
        && words(b) >= 6
        && shared * 5 >= a_words.len().min(b_words.len()) * 4
        && shared * 2 >= a_words.len().max(b_words.len())
}

/// Marks texts that also appear in another paragraph of the same document: pull-quotes, teasers, repeated paragraphs.
fn mark_repeats(blocks: &[Block], roles: &mut [Role]) {
    let normal: Vec<String> = blocks.iter().map(|block| normalised(block.text.as_str())).collect();
    let is_said = |at: &usize| {
        matches!(roles[*at], Role::Text | Role::Heading)
            && !matches!(blocks[*at].kind, BlockKind::TableRow | BlockKind::Speech)
    };
    let openings: Vec<(usize, &str)> =
        (0..blocks.len()).filter(is_said).filter_map(|at| Some((at, shingles(&normal[at]).next()?))).collect();
    let holders = holders(&openings, &normal, roles);
    for (at, opening) in openings {
        if holders[opening].iter().any(|other| roles[*other] == Role::Text && repeats(&normal, at, *other)) {
            roles[at] = Role::Furniture("pull-quote: repeats the text");
        }
    }
}

/// Fewest words of a pull-quote.
const SHINGLE: usize = 5;

/// The runs of five words of a [`normalised`] text, with the spaces around them.
fn shingles(normal: &str) -> impl Iterator<Item = &str> {
    let spaces: Vec<usize> = normal.match_indices(' ').map(|(at, _)| at).collect();
    let ends = (SHINGLE..spaces.len()).map(move |last| spaces[last - SHINGLE]..=spaces[last]);
    ends.map(|run| &normal[run])
}

/// The text blocks that contain each of the runs of five words with which blocks begin: only these are looked for, so
/// that finding repeats takes time linear in the text, and memory linear in the number of blocks.
fn holders<'a>(openings: &[(usize, &'a str)], normal: &[String], roles: &[Role]) -> HashMap<&'a str, Vec<usize>> {
    let mut holders: HashMap<&str, Vec<usize>> = openings.iter().map(|(_, opening)| (*opening, Vec::new())).collect();
    for (at, text) in normal.iter().enumerate().filter(|(at, _)| roles[*at] == Role::Text) {
        for shingle in shingles(text) {
            // A run that appears everywhere means nothing, and would make this quadratic.
            if let Some(holders) = holders.get_mut(shingle)
                && holders.last() != Some(&at)
                && holders.len() < 64
            {
                holders.push(at);
            }
        }
    }
    holders
}

/// Whether block `other` contains all of block `at`; of two equal blocks, the later repeats the earlier.
fn repeats(normal: &[String], at: usize, other: usize) -> bool {
    let longer = normal[other].len() > normal[at].len() || normal[other].len() == normal[at].len() && other < at;
    other != at && longer && normal[other].contains(&normal[at])
}

/// Maximum number of words of an entry in a list of works.
const ENTRY: usize = 90;

/// Marks the works that a paper cites, after a heading that announces them, up to the next heading, if most of it looks
/// like such a list: papers that cite the same works do not say the same.
fn mark_references(blocks: &[Block], roles: &mut [Role]) {
    let heading = |at: usize, roles: &[Role]| {
        matches!(roles[at], Role::Heading | Role::Text) && is_bibliography(blocks[at].text.as_str())
    };
    let starts: Vec<usize> = (0..blocks.len()).filter(|at| heading(*at, roles)).collect();
    for (at, &start) in starts.iter().enumerate() {
        let is_entry = |at: &usize| roles[*at] == Role::Text && words(blocks[*at].text.as_str()) <= ENTRY;
        // No further than the next such heading, so that many of them take linear time.
        let section = start + 1..starts.get(at + 1).copied().unwrap_or(blocks.len());
        let section = section.take_while(|at| !matches!(roles[*at], Role::Heading | Role::Title));
        let entries: Vec<usize> = section.filter(is_entry).collect();
        let cited = entries.iter().filter(|at| cites(blocks[**at].text.as_str())).count();
        if cited > 0 && 2 * cited >= entries.len() {
            entries.into_iter().for_each(|at| roles[at] = Role::Furniture("list of references"));
            if roles[start] == Role::Text {
                roles[start] = Role::Furniture("heading without a text");
            }
        }
    }
}

/// Words of narrative prose; in titles they are rare, or capitalised.
#[rustfmt::skip]
const TELLING: &[&str] = &[
    "was", "were", "is", "are", "had", "has", "have", "he", "she", "they", "it", "who", "when", "could", "would",
    "should", "did", "does", "said", "because",
];
/// Fewest of these words that make prose.
const TELLS: usize = 2;

/// Whether a text is narrative prose, without the initials, pages and addresses of an entry.
fn tells(text: &str) -> bool {
    let telling = text.split(NO_LETTER).filter(|word| TELLING.contains(word)).count();
    let initial = |word: &str| {
        let bare = word.trim_end_matches([',', ';', '.']);
        bare.len() < word.len() && bare.len() <= 2 && !bare.is_empty() && bare.chars().all(char::is_uppercase)
    };
    let entry = text.split_whitespace().any(initial)
        || ["http", "doi", "pp.", "ISBN", "“"].iter().any(|mark| text.contains(mark));
    telling >= TELLS && is_complete(text) && !entry
}

/// Whether a text refers to a work: with its year, its address or as being in print.
fn cites(text: &str) -> bool {
    if tells(text) {
        return false;
    }
    let lower = text.to_lowercase();
    let year = |part: &str| part.len() == 4 && part.parse().is_ok_and(|year: u16| (1500..2100).contains(&year));
    let words = lower.split(|c: char| !c.is_alphanumeric());
    words.clone().any(year)
        || ["doi", "http", "n.d.", "in press", "forthcoming"].iter().any(|mark| lower.contains(mark))
        || words.filter(|word| !word.is_empty()).count() <= 12 && lower.contains(char::is_numeric)
}

/// Maximum number of texts of a note on the authors, and of words in each.
const NOTES: usize = 3;
const NOTE: usize = 90;

/// Marks the end of a document under a heading that announces its authors.
fn mark_authors(blocks: &[Block], roles: &mut [Role]) {
    let is_text = |at: &usize| matches!(roles[*at], Role::Text | Role::Heading);
    let last: Vec<usize> = (0..blocks.len()).rev().filter(is_text).take(NOTES + 1).collect();
    let on_authors = |at: &usize| {
        let text = blocks[*at].text.as_str().trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase();
        ON_AUTHORS.contains(&text.as_str())
    };
    let Some(heading) = last.iter().position(on_authors) else { return };
    if last[..heading].iter().all(|at| words(blocks[*at].text.as_str()) <= NOTE) {
        last[..=heading].iter().for_each(|at| roles[*at] = Role::Furniture("note on the author"));
    }
}

/// Marks notes on the authors at the end of a document: one or two sentences that say who somebody is.
fn mark_tail(blocks: &[Block], author: Option<&str>, roles: &mut [Role]) {
    let author = author.map(str::to_owned).or_else(|| imprint::of(blocks, roles).author);
    let author = author.filter(|author| words(author) > 1).unwrap_or_default();
    for at in (0..blocks.len()).rev() {
        match roles[at] {
            Role::Text
                if blocks[at].kind != BlockKind::Speech && is_note_on_author(blocks[at].text.as_str(), &author) =>
            {
                roles[at] = Role::Furniture("note on the author");
            }
            Role::Text => break,
            Role::Heading if words(blocks[at].text.as_str()) <= 5 => {
                roles[at] = Role::Furniture("heading without a text");
            }
            _ => {}
        }
    }
}

/// Words that describe events rather than persons.
const NEWS: &[&str] = &["said", "told", "will", "voted", "yesterday", "today", "did", "would", "asked"];

/// Whether a text says who somebody is: the author, with any occupation; or others, if they have the occupation of an
/// author and nothing else is said about them.
fn is_note_on_author(text: &str, author: &str) -> bool {
    let lower = text.to_lowercase();
    let Some((name, rest)) = [
        " is a ",
        " is an ",
        " is the ",
        " was a ",
        " writes ",
        " teaches ",
        " covers ",
        " has covered ",
        " has written ",
    ]
    .iter()
    .find_map(|is| text.split_once(is)) else {
        return false;
    };
    let named = words(name) <= 6
        && name.split_whitespace().all(|word| {
            word.starts_with(char::is_uppercase) || matches!(word, "and" | "de" | "van" | "von" | "der" | "al" | "bin")
        });
    let is_author = name.split_whitespace().any(|word| {
        word.chars().count() > 2 && author.split(NO_LETTER).any(|part| part.to_lowercase() == word.to_lowercase())
    });
    let told = lower.split(NO_LETTER).any(|word| is_calendar(word) || NEWS.contains(&word));
    let occupied = rest
        .split(NO_LETTER)
        .take(14)
        .map(str::to_lowercase)
        .any(|word| OF_AUTHORS.contains(&word.as_str()) || is_author && OCCUPATIONS.contains(&word.as_str()));
    let two_names =
        words(name) >= 2 && !matches!(name.split_whitespace().next(), Some("The" | "A" | "An" | "This" | "That"));
    words(text) <= 70
        && named
        && two_names
        && (is_author || !told)
        && (occupied
            || [" writes ", " covers ", " has covered ", " has written "].iter().any(|verb| lower.contains(verb)))
}

/// In a document of nothing but headings and labels, such as a list of notes, these are the text.
fn keep_something(blocks: &[Block], roles: &mut [Role]) {
    if roles.contains(&Role::Text) {
        return;
    }
    for (role, block) in roles.iter_mut().zip(blocks) {
        let label = matches!(
            role,
            Role::Heading
                | Role::Title
                | Role::Furniture("menu or list of labels" | "heading without a text" | "navigation")
        );
        let label = label && !matches!(block.kind, BlockKind::Furniture(_));
        if label && block.text.as_str().contains(char::is_alphabetic) {
            *role = Role::Text;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::{LocatedText, Place};

    fn roles_of(title: &str, paragraphs: &[&str]) -> Vec<Role> {
        let block = |kind, text: &str| Block { kind, text: LocatedText::new(text, Place::NOWHERE) };
        let heading = block(BlockKind::Heading, title);
        let paragraphs = paragraphs.iter().map(|text| block(BlockKind::Paragraph, text));
        roles(&std::iter::once(heading).chain(paragraphs).collect::<Vec<_>>(), None, None)
    }

    const PROSE: &str = "The mole was built of stone in a summer, and it has stood since.";

    #[test]
    fn sentences_amid_prose_are_no_prompts() {
        for text in [
            "Copyright lasts for seventy years behind the death of a writer.",
            "Subscribe to a channel before you send to it.",
            "See also the section on tides and moons.",
            "The ferry said that it uses cookies to know its riders.",
            "Source: the word means a spring, and it is older than the town.",
            "Photo by photo, the wreck was put together.",
        ] {
            assert_eq!(roles_of("The quay", &[PROSE, text, PROSE])[2], Role::Text, "{text}");
        }
        for text in [
            "Sign up for our letter and read it at breakfast.",
            "Read more about the old mole in this story.",
            "Subscribe to the Gazette for $2 a week today.",
            "Read more: Ferry hits the quay at dawn on Monday.",
            "We use cookies to give you the best of all pages.",
            "Copyright 2026 by the Gazette of Orme, all rights reserved.",
            "Click here to enter the text of a heading.",
            "Source: authors' analysis of what the harbour gave.",
            "Photo by Ada Sund of the Gazette.",
        ] {
            assert!(matches!(roles_of("The quay", &[PROSE, text, PROSE])[2], Role::Furniture(_)), "{text}");
        }
        let ours = "We use cookies to know you when you come back.";
        assert_eq!(roles_of("Privacy and cookies", &[PROSE, ours, PROSE])[2], Role::Text);
    }

    #[test]
    fn a_subtitle_below_a_title_is_none_itself() {
        let titled = |headings: &[&str]| {
            let block = |kind, text: &str| Block { kind, text: LocatedText::new(text, Place::NOWHERE) };
            let headings = headings.iter().map(|text| block(BlockKind::Heading, text));
            let blocks: Vec<Block> = headings.chain([block(BlockKind::Paragraph, PROSE)]).collect();
            roles(&blocks, None, None).iter().position(|role| *role == Role::Title)
        };
        assert_eq!(
            titled(&["Yearly report of the harbour company", "For the year that ended on the last day of May"]),
            Some(0)
        );
        assert_eq!(titled(&["Harbour Dues Act", "Part 1 General provisions of the act"]), Some(0));
        assert_eq!(titled(&["Harbour News", "The mole is to be built anew"]), Some(1));
        assert_eq!(titled(&["THE HARBOUR LETTER - Technical brief", "The mole is to be built anew"]), Some(1));
    }

    #[test]
    fn headings_stay_where_a_table_of_contents_lists_them() {
        let block = |kind, text: &str| Block { kind, text: LocatedText::new(text, Place::NOWHERE) };
        let entries = ["Contents", "1 The weir and the pond in May 2", "2 The mill 3", "3 The men 3"];
        let mut blocks: Vec<Block> = entries.iter().map(|text| block(BlockKind::Paragraph, text)).collect();
        let parts = [
            ("1 The weir and the pond in May", PROSE),
            ("2 The mill", "Its wheel stood still for a year, as there was no water."),
            ("3 The men", "Nobody was paid while the pond was dry."),
        ];
        for (heading, text) in parts {
            blocks.extend([block(BlockKind::Heading, heading), block(BlockKind::Paragraph, text)]);
        }
        let found = roles(&blocks, None, None);
        assert!(found[..4].iter().all(|role| *role == Role::Furniture(contents::REASON)));
        assert!([4, 6, 8].iter().all(|at| found[*at] == Role::Heading), "{found:?}");
    }

    #[test]
    fn what_an_agency_signs_is_no_caption() {
        for text in ["ORME (Reuters) - A mast fell into the dock.", "It had been found sound in May. (AFP)"] {
            assert_eq!(roles_of("Mast falls", &[PROSE, text, PROSE])[2], Role::Text, "{text}");
        }
        for text in ["The mast on Monday. (Photo: A. Sund)", "The mast in the dock (Reuters)"] {
            assert_eq!(roles_of("Mast falls", &[PROSE, text, PROSE])[2], Role::Furniture("caption"), "{text}");
        }
    }
}
