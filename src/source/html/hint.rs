//! What an element's tag, role, class and id say about its text: navigation, a cookie notice, comments.

use super::tag::Tag;
use super::tree::{CUSTOM, Tree};
use super::words::{each_word, has_word};

/// What is claimed about an element's content.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hint {
    pub reason: &'static str,
    /// Whether the element itself or its role says so, rather than the name of a class.
    pub sure: bool,
}

const fn sure(reason: &'static str) -> Option<Hint> {
    Some(Hint { reason, sure: true })
}

const fn named(reason: &'static str) -> Option<Hint> {
    Some(Hint { reason, sure: false })
}

pub const NAVIGATION: &str = "navigation";
pub const COOKIES: &str = "cookie notice";
pub const NEWSLETTER: &str = "newsletter prompt";
pub const RELATED: &str = "related links";
pub const COMMENTS: &str = "comments";
pub const FOOTER: &str = "footer";
pub const ADVERTISEMENT: &str = "advertisement";
pub const SHARING: &str = "sharing prompt";
pub const SIDEBAR: &str = "sidebar";
pub const HEADER: &str = "page header";
pub const FORM: &str = "form";
pub const POPUP: &str = "pop-up";
pub const BYLINE: &str = "byline";
pub const DATE: &str = "date";
pub const AUTHOR_NOTE: &str = "note on the author";
pub const TAGS: &str = "tags";
pub const PAYWALL: &str = "subscription prompt";
pub const CONTENTS: &str = "table of contents";
pub const CREDIT: &str = "credit";
pub const LABEL: &str = "label";
pub const SIGNATURE: &str = "signature";
pub const REFERENCES: &str = "list of references";
pub const RIGHTS: &str = "copyright";
pub const NOTICE: &str = "notice to editors";
pub const EMBEDDED: &str = "embedded page";
pub const REDIRECT: &str = "redirect notice";

/// Returns the hint of one element, from the surest to the vaguest sign.
pub fn hint(tree: &Tree, at: usize) -> Option<Hint> {
    let tag = tree.tag(at)?;
    if matches!(tag, Tag::Html | Tag::Body | Tag::Root) {
        return None;
    }
    if is_pull_quote(tree, at) {
        return None;
    }
    if is_remark(tree, at) {
        return sure(COMMENTS);
    }
    if let Some(of_wiki) = tree.attribute(at, "class").and_then(of_wiki) {
        return Some(of_wiki);
    }
    let name = of_names(tree, at);
    of_role(tree, at, name).or_else(|| of_tag(tree, at, name)).or(name)
}

/// Whether an element is a comment on a Google document, which begins with a link to its place.
fn is_remark(tree: &Tree, at: usize) -> bool {
    let first = (at + 1..tree.nodes[at].end).take(4).find(|at| tree.tag(*at) == Some(Tag::A));
    let is = |name: &str, start: &str| {
        first.and_then(|first| tree.attribute(first, name)).is_some_and(|value| value.starts_with(start))
    };
    tree.tag(at).is_some_and(Tag::is_block) && is("id", "cmnt") && is("href", "#cmnt_ref")
}

/// Returns the hint from the names that `MediaWiki` uses for parts of its pages.
fn of_wiki(class: &str) -> Option<Hint> {
    class.split_whitespace().find_map(|name| match name {
        "ambox" | "ombox" | "tmbox" => sure(NOTICE),
        "hatnote" | "dablink" | "rellink" => sure(NAVIGATION),
        "sistersitebox" | "side-box" => sure(RELATED),
        _ => None,
    })
}

/// Whether the class says that an element is a large quote beside the text.
pub fn is_pull_quote(tree: &Tree, at: usize) -> bool {
    let class = tree.attribute(at, "class").filter(|class| class.contains("pull"));
    class.is_some_and(|class| has_word(class, &["pullquote", "pull"]) && has_word(class, &["pullquote", "quote"]))
}

/// Whether an element with this reason may contain a more specific one.
pub fn is_vague(reason: &str) -> bool {
    matches!(reason, HEADER | FOOTER | SIDEBAR | FORM | POPUP)
}

fn of_role(tree: &Tree, at: usize, name: Option<Hint>) -> Option<Hint> {
    match tree.attribute(at, "role")? {
        // Each tab of an accordion is followed by its panel.
        "tablist" if holds_panel(tree, at) => None,
        "navigation" | "menu" | "menubar" | "toolbar" | "tablist" => sure(NAVIGATION),
        "banner" => name.or(sure(HEADER)),
        "contentinfo" => name.or(sure(FOOTER)),
        "complementary" => name.or(sure(SIDEBAR)),
        "search" => sure(FORM),
        "dialog" | "alertdialog" => name.or(sure(POPUP)),
        "doc-toc" => sure(CONTENTS),
        _ => None,
    }
}

fn holds_panel(tree: &Tree, at: usize) -> bool {
    const NEAR: usize = 200;
    (at + 1..tree.nodes[at].end).take(NEAR).any(|at| tree.attribute(at, "role") == Some("tabpanel"))
}

/// Whether an element says that it contains the text's own notes.
fn holds_notes(tree: &Tree, at: usize) -> bool {
    let role = tree.attribute(at, "role").is_some_and(|role| matches!(role, "doc-footnote" | "doc-endnotes"));
    let class =
        || tree.attribute(at, "class").is_some_and(|class| has_word(class, &["footnote", "footnotes", "endnotes"]));
    role || class()
}

/// Returns the hint of a tag; a name says more than an element of many uses.
fn of_tag(tree: &Tree, at: usize, name: Option<Hint>) -> Option<Hint> {
    match tree.tag(at)? {
        Tag::Nav => sure(NAVIGATION),
        Tag::Footer | Tag::Aside if holds_notes(tree, at) => name,
        Tag::Footer => name.or(sure(FOOTER)),
        Tag::Aside => name.or(sure(SIDEBAR)),
        Tag::Header => name.or(sure(HEADER)),
        Tag::Form | Tag::Fieldset | Tag::Search => name.or(sure(FORM)),
        Tag::Dialog => name.or(sure(POPUP)),
        Tag::Label | Tag::Legend | Tag::Option | Tag::Optgroup => sure(FORM),
        Tag::Time => sure(DATE),
        Tag::Iframe => sure(EMBEDDED),
        _ => None,
    }
}

fn of_names(tree: &Tree, at: usize) -> Option<Hint> {
    let names = [CUSTOM, "class", "data-component", "data-testid", "aria-label", "rel", "itemprop"];
    let all = names.iter().filter_map(|name| tree.attribute(at, name)).flat_map(str::split_whitespace).take(40);
    // An element that opens an article is not anything else, whatever its other names.
    let opens =
        |class: &str| class.split_whitespace().any(|name| matches!(name, "intro" | "lead" | "lede" | "standfirst"));
    if tree.attribute(at, "class").is_some_and(opens) {
        return None;
    }
    let id = tree.attribute(at, "id").filter(|id| !is_of_heading(tree, at, id) && !is_anchor(tree, at, id));
    all.chain(id).filter_map(of_name).min_by_key(|hint| rank(hint.reason))
}

/// Whether an id was made from the words of a heading, which say what the text is about.
fn is_of_heading(tree: &Tree, at: usize, id: &str) -> bool {
    let end = tree.nodes[at].end.min(at + 12);
    let Some(heading) = (at..end).find(|at| tree.tag(*at).is_some_and(Tag::is_heading)) else { return false };
    let text = tree.text_of(heading).to_lowercase();
    let mut said = true;
    each_word(id, |word| said &= text.contains(word));
    said
}

/// Whether an id of several words is the address of a section, made from whatever the section is about.
fn is_anchor(tree: &Tree, at: usize, id: &str) -> bool {
    let is_section = |name: &str| {
        let level = name.trim_start_matches("ref").strip_prefix("sect");
        name == "section" || level.is_some_and(|level| level.chars().all(|c| c.is_ascii_digit()))
    };
    let named = || tree.attribute(at, "class").is_some_and(|class| class.split_whitespace().any(is_section));
    let mut words = 0;
    each_word(id, |_| words += 1);
    words >= 3 && (tree.tag(at) == Some(Tag::Section) || named())
}

/// Returns the rank of a reason: if the names of one element give several, the most specific is taken.
fn rank(reason: &str) -> usize {
    const ORDER: &[&str] = &[
        COOKIES,
        COMMENTS,
        NEWSLETTER,
        PAYWALL,
        RELATED,
        SHARING,
        AUTHOR_NOTE,
        ADVERTISEMENT,
        CONTENTS,
        TAGS,
        BYLINE,
        DATE,
        CREDIT,
        SIGNATURE,
        REFERENCES,
        RIGHTS,
        LABEL,
        POPUP,
        NAVIGATION,
        FOOTER,
        SIDEBAR,
        HEADER,
        FORM,
    ];
    ORDER.iter().position(|known| *known == reason).unwrap_or(ORDER.len())
}

/// Names that describe the state of a page, or the subject of an article, not what the element is.
const STATES: &[&str] = &[
    "tag-",
    "category-",
    "cat-",
    "topic-",
    "term-",
    "taxonomy-",
    "theme-",
    "format-",
    "layout-",
    "template-",
    "channel-",
    "rubrik-",
    "has-",
    "no-",
    "is-",
    "with-",
    "without-",
    "post-",
    "js-",
    "hide-",
    "show-",
    "section-",
];

fn of_name(name: &str) -> Option<Hint> {
    if name.len() > 80 || STATES.iter().any(|state| name.starts_with(state)) {
        return None;
    }
    // What follows this prefix is the title of the note.
    let name = if name.starts_with("admonition-") { "admonition" } else { name };
    let mut words: Vec<String> = Vec::new();
    each_word(name, |word| words.push(word.to_owned()));
    if is_of_state(&words) {
        return None;
    }
    let pairs = words.windows(2).filter_map(|pair| of_pair(&pair[0], &pair[1]));
    pairs.chain(words.iter().filter_map(|word| of_word(word))).min_by_key(|reason| rank(reason)).and_then(named)
}

/// Whether words mean something else together: `content-with-sidebar`, `elementor-widget-container`,
/// `live-match-comment-body`, `social-proof`.
fn is_of_state(words: &[String]) -> bool {
    let has = |wanted: &[&str]| words.iter().any(|word| wanted.contains(&word.as_str()));
    has(&["with", "without", "has", "no", "hide", "hides"])
        || has(&["social"]) && has(&["proof"])
        || has(&["comment"]) && has(&["live", "match", "ticker", "game", "editorial", "editor", "expert"])
        || has(&["widget", "widgets"])
            && !words[0].starts_with("widget")
            && !has(&["sidebar", "footer", "header", "area", "areas"])
        || has(&["intro", "lead", "lede", "standfirst"])
            && !has(&["related", "comments", "newsletter", "paywall", "nav"])
}

fn of_pair(first: &str, second: &str) -> Option<&'static str> {
    match (first, second) {
        (
            "more",
            "stories" | "articles" | "news" | "from" | "on" | "posts" | "like" | "in" | "links" | "reading" | "info",
        ) => Some(RELATED),
        ("also", "like" | "read" | "see") | ("read" | "up" | "watch", "next" | "also") => Some(RELATED),
        ("most", "read" | "popular" | "viewed" | "shared" | "recent")
        | ("top" | "latest", "stories" | "news" | "posts") => Some(RELATED),
        ("see", "also") | ("you", "may") | ("further", "reading") | ("recent", "posts") => Some(RELATED),
        (
            "author" | "writer" | "contributor",
            "bio" | "box" | "info" | "card" | "profile" | "about" | "description",
        ) => Some(AUTHOR_NOTE),
        ("about" | "post" | "the", "author") => Some(AUTHOR_NOTE),
        ("affiliate", "disclosure" | "disclaimer" | "notice") => Some(ADVERTISEMENT),
        ("rights" | "and", "permissions") | ("article", "rights") => Some(RIGHTS),
        ("sign", "up") | ("mailing", "list") | ("email", "signup" | "capture") => Some(NEWSLETTER),
        ("photo" | "image" | "picture", "credit" | "credits") => Some(CREDIT),
        ("bookmark" | "link", "card") => Some(RELATED),
        ("form", "done" | "fail" | "success" | "error" | "message") => Some(FORM),
        ("back", "to") | ("skip", "to" | "link" | "nav") | ("jump", "to" | "link") => Some(NAVIGATION),
        _ => None,
    }
}

fn of_word(word: &str) -> Option<&'static str> {
    Some(match word {
        "cookie" | "cookies" | "cookiebar" | "cookiebanner" | "consent" | "gdpr" | "onetrust" | "didomi" | "ccpa" => {
            COOKIES
        }
        "newsletter" | "newsletters" | "subscribe" | "subscription" | "subscriptions" | "signup" | "optin"
        | "mailchimp" | "mailinglist" => NEWSLETTER,
        "relacionadas" | "relacionados" | "verwandte" | "related" | "relatedposts" | "relatedarticles"
        | "recommended" | "recommendations" | "recommendation" | "recirc" | "recirculation" | "outbrain"
        | "taboola" | "zergnet" | "trending" | "teaser" | "teasers" | "readmore" | "readnext" | "similar"
        | "mostread" | "mostpopular" | "popular" | "onward" => RELATED,
        "kommentar" | "kommentare" | "comentarios" | "commentaires" | "comment" | "comments" | "commentlist"
        | "disqus" | "respond" | "livefyre" | "commenting" => COMMENTS,
        "share" | "sharing" | "social" | "sharebar" | "addthis" | "sharedaddy" | "sharethis" | "socialmedia"
        | "shares" => SHARING,
        "werbung" | "publicidad" | "publicite" | "ad" | "ads" | "advert" | "adverts" | "advertisement"
        | "advertisements" | "advertising" | "adsense" | "adsbygoogle" | "adslot" | "sponsor" | "sponsors"
        | "sponsored" | "dfp" | "cta" | "promo" | "promos" | "promotion" | "promoted" | "advertorial" => ADVERTISEMENT,
        "nav" | "navbar" | "navigation" | "menu" | "menus" | "submenu" | "breadcrumb" | "breadcrumbs"
        | "pagination" | "pager" | "skiplink" | "sitenav" | "masthead" | "topbar" | "toolbar" | "navbox"
        | "noprint" | "sitemap" | "mainnav" | "topnav" => NAVIGATION,
        "toc" | "tableofcontents" => CONTENTS,
        "footer" | "colophon" | "sitefooter" | "copyright" | "catlinks" | "printfooter" => FOOTER,
        "sidebar" | "rail" | "widget" | "widgets" => SIDEBAR,
        "byline" | "bylines" | "author" | "authors" => BYLINE,
        "bio" | "biog" | "authorbox" | "authorbio" | "aboutauthor" | "abouttheauthor" => AUTHOR_NOTE,
        "references" | "reflist" | "bibliography" => REFERENCES,
        "rightslink" => RIGHTS,
        "dateline" | "timestamp" | "pubdate" | "datetime" | "datepublished" | "datemodified" => DATE,
        "paywall" | "regwall" | "subscriber" => PAYWALL,
        "modal" | "popup" | "overlay" | "lightbox" | "toast" | "interstitial" => POPUP,
        "tags" | "taglist" | "keywords" => TAGS,
        "credit" | "credits" | "photocredit" => CREDIT,
        "badge" | "kicker" | "eyebrow" | "ribbon" | "dachzeile" => LABEL,
        "signature" => SIGNATURE,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_say_what_an_element_is() {
        let reason = |name| of_name(name).map(|hint| hint.reason);
        assert_eq!(reason("c-newsletter-signup"), Some(NEWSLETTER));
        assert_eq!(reason("moreStories"), Some(RELATED));
        assert_eq!(reason("category-ads"), None);
        assert_eq!(reason("loads"), None);
        assert_eq!((reason("kg-bookmark-card"), reason("w-form-done")), (Some(RELATED), Some(FORM)));
        assert_eq!((reason("social-proof"), reason("social-bar")), (None, Some(SHARING)));
        assert_eq!(reason("admonition-you-can-t-share-pickles"), None);
        assert_eq!(reason("author-bio"), Some(AUTHOR_NOTE));
    }
}
