//! What a page says about itself: JSON-LD first, then meta tags, then its elements.

use serde_json::Value;

use super::piece::Piece;
use super::tag::Tag;
use super::tree::Tree;
use super::words::words;
use crate::lang::one_line;
use crate::source::{BlockKind, Date, Metadata};

/// Larger JSON-LD does not describe an article.
const MAX_JSON: usize = 4 << 20;

/// Returns all metadata of a page.
pub fn of(tree: &Tree, pieces: &[Piece]) -> Metadata {
    let marks = Marks::of(tree);
    let linked = linked_data(tree);
    let publisher = linked
        .publisher
        .or_else(|| marks.first(&["og:site_name", "dc.publisher", "dcterms.publisher", "publisher"]))
        .or_else(|| marked_publisher(tree))
        .or(linked.site);
    Metadata {
        title: title(tree, pieces, linked.title.or_else(|| marks.title()), publisher.as_deref()),
        author: linked.author.or_else(|| marks.author(publisher.as_deref())).or_else(|| marked_author(tree)),
        date: linked.date.or_else(|| marks.date()).or_else(|| marked_date(tree)),
        language: language(tree, &marks),
        publisher,
        ..Metadata::default()
    }
}

/// Whether the page forwards its readers to another page within seconds.
pub fn forwards(tree: &Tree) -> bool {
    /// Seconds; a page that only reloads itself from time to time has a longer delay.
    const SOON: f32 = 5.0;
    Marks::of(tree).all("refresh").any(|content| {
        let (delay, target) = content.split_once([';', ',']).unwrap_or((content, ""));
        let soon = delay.trim().parse::<f32>().is_ok_and(|seconds| seconds <= SOON);
        soon && target.trim_start().get(..3).is_some_and(|name| name.eq_ignore_ascii_case("url"))
    })
}

/// The meta tags.
struct Marks<'a>(Vec<(String, &'a str)>);

impl<'a> Marks<'a> {
    fn of(tree: &'a Tree) -> Self {
        let mark = |at| {
            let name =
                ["property", "name", "itemprop", "http-equiv"].iter().find_map(|name| tree.attribute(at, name))?;
            let content = tree.attribute(at, "content")?.trim();
            Some((name.trim().to_ascii_lowercase(), content)).filter(|_| !content.is_empty())
        };
        Self(tree.elements(Tag::Meta).filter_map(mark).take(1000).collect())
    }

    fn all(&self, name: &str) -> impl Iterator<Item = &'a str> {
        self.0.iter().filter(move |(known, _)| known == name).map(|(_, content)| *content)
    }

    /// Returns the first value of the first of these names that has one.
    fn first(&self, names: &[&str]) -> Option<String> {
        names.iter().find_map(|name| self.all(name).next()).and_then(plain)
    }

    fn title(&self) -> Option<String> {
        self.first(&[
            "og:title",
            "twitter:title",
            "citation_title",
            "dc.title",
            "dcterms.title",
            "parsely-title",
            "headline",
        ])
    }

    /// Returns the authors, without values that are the site itself, an address or a number.
    fn author(&self, publisher: Option<&str>) -> Option<String> {
        const NAMES: &[&str] =
            &["author", "citation_author", "article:author", "parsely-author", "dc.creator", "dcterms.creator", "byl"];
        NAMES.iter().find_map(|name| {
            let mut found: Vec<String> =
                self.all(name).filter(|value| is_author(value, publisher)).filter_map(plain).collect();
            found.dedup();
            (!found.is_empty()).then(|| without_by(&found.join(", ")))
        })
    }

    fn date(&self) -> Option<Date> {
        const NAMES: &[&str] = &[
            "article:published_time",
            "og:published_time",
            "datepublished",
            "publish-date",
            "publish_date",
            "pubdate",
            "publication_date",
            "citation_publication_date",
            "citation_date",
            "parsely-pub-date",
            "sailthru.date",
            "dc.date.issued",
            "dcterms.issued",
            "dc.date",
            "dcterms.date",
            "dcterms.created",
            "date",
            "article:modified_time",
        ];
        NAMES.iter().find_map(|name| self.all(name).find_map(Date::parse))
    }
}

/// Whether a value may name an author of a page of this publisher.
fn is_author(value: &str, publisher: Option<&str>) -> bool {
    const ENDINGS: &[&str] = &[".com", ".org", ".net", ".info", ".tv", ".cn", ".co.uk"];
    let squeezed = |name: &str| name.to_lowercase().split_whitespace().collect::<String>();
    let value = squeezed(value);
    let is_site = |site: &str| value == site || ENDINGS.iter().any(|ending| value.strip_suffix(ending) == Some(site));
    value.contains(char::is_alphabetic)
        && !value.contains("://")
        && !value.contains('@')
        && !ENDINGS.iter().any(|ending| value.starts_with("www.") && value.ends_with(ending))
        && !publisher.is_some_and(|publisher| is_site(&squeezed(publisher)))
}

/// Returns a text on one line; nothing if it is empty or very long.
fn plain(text: &str) -> Option<String> {
    let text = one_line(text);
    (!text.is_empty() && text.len() <= 1000).then_some(text)
}

fn without_by(name: &str) -> String {
    let bare = ["By ", "by ", "BY ", "Written by "].iter().find_map(|by| name.strip_prefix(by)).unwrap_or(name);
    bare.trim().to_owned()
}

/// What JSON-LD says about the article.
#[derive(Default)]
struct Linked {
    title: Option<String>,
    author: Option<String>,
    publisher: Option<String>,
    date: Option<Date>,
    /// The name of the site, if the page says it.
    site: Option<String>,
}

/// Returns the page's JSON-LD values, each with its script.
pub fn linked_values(tree: &Tree) -> impl Iterator<Item = (usize, Value)> + '_ {
    let is_json = |at: &usize| {
        tree.attribute(*at, "type").is_some_and(|kind| kind.trim().eq_ignore_ascii_case("application/ld+json"))
    };
    let scripts = tree.elements(Tag::Script).filter(is_json).take(50);
    scripts.filter_map(|script| json(tree.raw_text_of(script)).map(|value| (script, value)))
}

fn linked_data(tree: &Tree) -> Linked {
    let mut found = Linked::default();
    let values: Vec<Value> = linked_values(tree).map(|(_, value)| value).collect();
    let nodes = Nodes::of(&values);
    found.site = nodes.site();
    for value in &values {
        if let Some(article) = articles(value).next() {
            let names = |key: &str| nodes.names(&article[key]);
            found.title = found.title.or_else(|| string(&article["headline"]).or_else(|| string(&article["name"])));
            found.author = found.author.or_else(|| names("author").or_else(|| names("creator")));
            found.publisher = found.publisher.or_else(|| names("publisher"));
            found.date = found.date.or_else(|| {
                ["datePublished", "dateCreated", "dateModified"].iter().find_map(|key| date(&article[*key]))
            });
        }
    }
    found
}

fn json(text: &str) -> Option<Value> {
    let text = text.trim().trim_start_matches("<!--").trim_start_matches("//<![CDATA[").trim_start_matches("<![CDATA[");
    let text = text.trim_end().trim_end_matches("-->").trim_end_matches("]]>").trim_end_matches("//").trim();
    (text.len() <= MAX_JSON).then(|| serde_json::from_str(text).ok())?
}

/// Returns the objects that describe an article, outermost first.
pub fn articles(value: &Value) -> impl Iterator<Item = &Value> {
    let mut found = Vec::new();
    collect_articles(value, 0, &mut found);
    found.into_iter()
}

fn collect_articles<'a>(value: &'a Value, depth: usize, found: &mut Vec<&'a Value>) {
    match value {
        Value::Array(values) => values.iter().take(200).for_each(|value| collect_articles(value, depth + 1, found)),
        Value::Object(fields) if depth < 6 => {
            if is_article(&value["@type"]) {
                found.push(value);
            }
            for key in ["@graph", "mainEntity", "mainEntityOfPage"] {
                if let Some(value) = fields.get(key) {
                    collect_articles(value, depth + 1, found);
                }
            }
        }
        _ => {}
    }
}

fn is_article(kind: &Value) -> bool {
    match kind {
        Value::String(kind) => {
            kind.ends_with("Article")
                || kind.ends_with("Posting")
                || matches!(kind.as_str(), "Report" | "Review" | "Recipe" | "HowTo" | "CreativeWork")
        }
        Value::Array(kinds) => kinds.iter().any(|kind| kind.is_string() && is_article(kind)),
        _ => false,
    }
}

fn string(value: &Value) -> Option<String> {
    plain(&unescaped(value.as_str()?))
}

/// Removes HTML escapes, which some pages put into their JSON.
pub fn unescaped(text: &str) -> String {
    [
        ("&quot;", "\""),
        ("&#39;", "'"),
        ("&#039;", "'"),
        ("&apos;", "'"),
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&nbsp;", " "),
        ("&amp;", "&"),
    ]
    .iter()
    .fold(text.to_owned(), |text, (from, to)| text.replace(from, to))
}

/// The objects of a page's JSON-LD that a list or a graph holds: others refer to them by their ids.
struct Nodes<'a>(Vec<&'a Value>);

impl<'a> Nodes<'a> {
    const MAX: usize = 1000;

    fn of(values: &'a [Value]) -> Self {
        let in_list = |value: &'a Value| value.as_array().map_or(std::slice::from_ref(value), Vec::as_slice);
        let in_graph = |value: &'a Value| value.get("@graph").map_or(std::slice::from_ref(value), in_list);
        Self(values.iter().flat_map(in_list).flat_map(in_graph).take(Self::MAX).collect())
    }

    /// The name of the site that the page is on.
    fn site(&self) -> Option<String> {
        let site = self.0.iter().find(|node| node["@type"] == "WebSite")?;
        self.names(&site["name"])
    }

    /// The names of persons or organisations.
    fn names(&self, value: &Value) -> Option<String> {
        let of_node = |value: &Value| {
            let id = value["@id"].as_str()?;
            string(&self.0.iter().find(|node| node["@id"] == id && node.get("name").is_some())?["name"])
        };
        let name = |value: &Value| {
            let name = string(value).or_else(|| string(&value["name"])).or_else(|| of_node(value));
            name.filter(|name| !name.contains("://"))
        };
        match value {
            Value::Array(values) => {
                let all: Vec<String> = values.iter().filter_map(name).take(50).collect();
                (!all.is_empty()).then(|| all.join(", "))
            }
            value => name(value).map(|name| without_by(&name)),
        }
    }
}

fn date(value: &Value) -> Option<Date> {
    Date::parse(value.as_str()?)
}

/// Returns the title without the site's name: the one that the page declares, else its only first-level heading, else
/// the window's title.
fn title(tree: &Tree, pieces: &[Piece], declared: Option<String>, site: Option<&str>) -> Option<String> {
    let headings: Vec<String> =
        tree.elements(Tag::H1).map(|at| tree.heading_of(at)).filter(|text| !text.is_empty()).take(20).collect();
    let window = tree.elements(Tag::Title).next().and_then(|at| plain(&tree.text_of(at)));
    if let Some(declared) = declared {
        return Some(
            headings
                .iter()
                .find(|heading| begins_with(&declared, heading) || is_cut(&declared, heading))
                .cloned()
                .unwrap_or_else(|| without_site(&declared, site)),
        );
    }
    let Some(window) = window else {
        return (headings.len() == 1).then(|| headings[0].clone());
    };
    // `E0094 - Error codes`: among several first-level headings, this one names the site, on every page.
    let (own, name) = window_and_site(&window);
    let is_site = |heading: &&String| headings.len() > 1 && name == Some(heading.as_str());
    let headed = headings
        .iter()
        .filter(|heading| !is_site(heading))
        .find(|heading| words(heading) >= 2 && window.contains(heading.as_str()) || heading.as_str() == own)
        .or_else(|| {
            let named = headings.iter().any(|heading| is_site(&heading));
            headings.iter().find(|heading| named && !is_site(heading) && heading.contains(own))
        });
    let shown =
        || pieces.iter().find(|piece| piece.kind == BlockKind::Heading && begins_with(&window, piece.text.as_str()));
    let shown = headed.cloned().or_else(|| shown().map(|piece| piece.text.as_str().to_owned()));
    shown
        .or_else(|| headings.first().filter(|only| headings.len() == 1 && words(only) >= 3).cloned())
        .or_else(|| Some(without_site(&window, site)))
}

/// Whether `title` is the beginning of `heading` up to a quotation mark, which ends an attribute's value if it is not
/// escaped.
fn is_cut(title: &str, heading: &str) -> bool {
    let rest = heading.strip_prefix(title.trim_end()).unwrap_or("");
    rest.trim_start().starts_with(['"', '\'', '“', '”', '‘', '’'])
}

/// Whether `title` is `heading` followed by a site's name.
fn begins_with(title: &str, heading: &str) -> bool {
    words(heading) >= 2
        && title
            .strip_prefix(heading)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with([' ', '|', ':', '-', '–', '—']))
}

fn without_site(title: &str, site: Option<&str>) -> String {
    match window_and_site(title) {
        (own, Some(rest))
            if site.is_some_and(|site| rest.eq_ignore_ascii_case(site)) || words(own) >= 3 && words(rest) <= 4 =>
        {
            own.to_owned()
        }
        _ => title.to_owned(),
    }
}

/// Splits a window's title at its last separator; what follows may be the site's name.
fn window_and_site(title: &str) -> (&str, Option<&str>) {
    const MARKS: &[&str] = &[" | ", " – ", " — ", " - ", " :: ", " · ", " » "];
    let cuts = MARKS.iter().filter_map(|mark| title.rfind(mark).map(|at| (at, &title[at + mark.len()..])));
    cuts.max_by_key(|(at, _)| *at).map_or((title, None), |(at, rest)| (title[..at].trim_end(), Some(rest)))
}

/// Maximum number of words of a name.
const NAME: usize = 10;

/// Whether an attribute of an element contains this word.
fn has(tree: &Tree, at: usize, attribute: &str, word: &str) -> bool {
    tree.attribute(at, attribute).is_some_and(|value| value.split_ascii_whitespace().any(|own| own == word))
}

/// Returns the author from an element that is marked as such: by schema.org's properties, microformats' classes, or
/// the ways of Wix and Drupal.
fn marked_author(tree: &Tree) -> Option<String> {
    let all = || (0..tree.nodes.len()).filter(|at| tree.tag(*at) != Some(Tag::Link));
    let has = |at: usize, attribute: &str, word: &str| has(tree, at, attribute, word);
    let name = |at: usize| Some(tree.text_of(at)).filter(|text| !text.is_empty() && words(text) <= NAME);
    let of_property = || all().filter(|at| has(*at, "rel", "author") || has(*at, "itemprop", "author")).find_map(name);
    let of_class = || {
        let is_author = |at: &usize| {
            has(*at, "class", "p-author")
                || has(*at, "class", "vcard") && has(*at, "class", "author")
                || has(*at, "data-hook", "user-name")
        };
        all().filter(is_author).find_map(name)
    };
    of_property().or_else(of_class).map(|name| without_by(&name)).or_else(|| submitted(tree)?.0)
}

/// Returns who submitted the page, and when: `Submitted by Ada Brandt on 29 February 2024 - 10:15`.
fn submitted(tree: &Tree) -> Option<(Option<String>, Option<Date>)> {
    let is_note = |at: &usize| {
        tree.attribute(*at, "class")
            .is_some_and(|value| value.split_ascii_whitespace().any(|class| class.ends_with("submitted")))
    };
    let note = tree.text_of((0..tree.nodes.len()).find(is_note)?);
    let (name, date) = note.strip_prefix("Submitted by ")?.split_once(" on ")?;
    let date = date.split(" - ").next().and_then(Date::parse);
    Some((plain(name).filter(|name| words(name) <= NAME), date))
}

/// Returns the publisher from elements that are marked as such.
fn marked_publisher(tree: &Tree) -> Option<String> {
    let all = (0..tree.nodes.len()).filter(|at| has(tree, *at, "itemprop", "publisher"));
    let stated = |at: usize| tree.attribute(at, "content").map_or_else(|| tree.text_of(at), str::to_owned);
    let name = |at: usize| {
        let inside = (at + 1..tree.nodes[at].end).find(|inner| has(tree, *inner, "itemprop", "name"));
        plain(&stated(inside.unwrap_or(at))).filter(|name| words(name) <= NAME && !name.contains("://"))
    };
    all.take(5).find_map(name)
}

/// Returns the date from an element that is marked as such.
fn marked_date(tree: &Tree) -> Option<Date> {
    let all = || 0..tree.nodes.len();
    let published = all().filter(|at| tree.attribute(*at, "itemprop") == Some("datePublished"));
    let of_class =
        || all().filter(|at| ["published", "dt-published"].iter().any(|class| has(tree, *at, "class", class)));
    let value = |at: usize| {
        let stated = ["content", "datetime", "title"].iter().find_map(|name| tree.attribute(at, name));
        stated.and_then(Date::parse).or_else(|| Date::parse(&tree.text_of(at)))
    };
    published
        .take(5)
        .find_map(value)
        .or_else(|| of_class().take(3).find_map(value))
        .or_else(|| tree.elements(Tag::Time).take(3).find_map(value))
        .or_else(|| submitted(tree)?.1)
}

fn language(tree: &Tree, marks: &Marks) -> Option<String> {
    let of = |at: usize| tree.attribute(at, "lang").or_else(|| tree.attribute(at, "xml:lang"));
    let html = tree.elements(Tag::Html).next().and_then(of).or_else(|| tree.elements(Tag::Body).next().and_then(of));
    let stated = html
        .map(str::to_owned)
        .or_else(|| marks.first(&["content-language", "dc.language", "dcterms.language", "og:locale", "inlanguage"]))?;
    let tag = stated.trim().replace('_', "-");
    let sound = !tag.is_empty() && tag.len() <= 35 && tag.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    sound.then_some(tag)
}

#[cfg(test)]
mod tests {
    use super::super::{Extent, read};

    fn metadata(head: &str, heading: &str) -> crate::source::Metadata {
        let page = format!(
            "<html><head>{head}</head><body><h1>{heading}</h1><p>The harbour closed today, the clerk \
             said.</p></body></html>"
        );
        read(&page, Extent::Article).unwrap().0
    }

    #[test]
    fn an_author_is_a_person() {
        let site = "<meta property='og:site_name' content='Tarn Gazette'>";
        let author = |name: &str| metadata(&format!("{site}<meta name='author' content='{name}'>"), "Harbour").author;
        for name in
            ["desk@gazette.example", "104363", "TARN GAZETTE", "tarngazette.com", "www.gazette.com", "https://x.y"]
        {
            assert_eq!(author(name), None, "{name}");
        }
        assert_eq!(author("Ida Kerr").as_deref(), Some("Ida Kerr"));
    }

    #[test]
    fn the_site_s_name_above_its_pages_is_no_title() {
        let page = |window: &str, headings: &str| {
            let html = format!("<html><head><title>{window}</title></head><body>{headings}<p>Text.</p></body></html>");
            crate::source::html::parse(html.as_bytes()).unwrap().metadata.title
        };
        let both = "<h1 class='menu-title'>Codes of errors</h1><h1>Error code E77</h1>";
        assert_eq!(page("E77 - Codes of errors", both).as_deref(), Some("Error code E77"));
        assert_eq!(page("Codes of errors", both).as_deref(), Some("Codes of errors"));
        assert_eq!(page("Lamps - The free handbook of light", "<h1>Lamps</h1>").as_deref(), Some("Lamps"));
        assert_eq!(page("E77 - Codes of errors", "<h1>Codes of errors</h1>").as_deref(), Some("Codes of errors"));
    }

    #[test]
    fn a_title_that_a_quotation_mark_cut_is_the_headings() {
        let cut = "<meta property=\"og:title\" content=\"The \"great\" storm\">";
        assert_eq!(metadata(cut, "The \"great\" storm").title.as_deref(), Some("The \"great\" storm"));
        let short = "<meta property='og:title' content='The storm'>";
        assert_eq!(metadata(short, "The storms of May").title.as_deref(), Some("The storm"));
    }
}
