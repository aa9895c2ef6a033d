//! The package document of a book: its metadata, and its pages in reading order (EPUB 3.3 and OPF 2.0.1).

use std::collections::HashMap;

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

use crate::lang::one_line;
use crate::source::office::relations;
use crate::source::{Date, Metadata};

/// A book.
#[derive(Debug, Default)]
pub struct Package {
    pub metadata: Metadata,
    /// The pages in reading order.
    pub spine: Vec<Item>,
    /// Entries of the reading order for which there is no file.
    pub lost: Vec<String>,
}

/// A page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// The name in the archive.
    pub path: String,
    /// The name as written, without decoding escapes such as `%20`.
    pub address: String,
    /// Why it is not text of the book, if it is not.
    pub reason: Option<&'static str>,
}

/// Limit on the number of entries in the spine.
const MAX_ITEMS: usize = 20_000;

/// Whether anything other than fonts is encrypted.
pub fn is_encrypted(encryption: &str) -> bool {
    const OF_FONTS: [&str; 2] = ["http://www.idpf.org/2008/embedding", "http://ns.adobe.com/pdf/enc#RC"];
    let mut found = false;
    // An unreadable file does not count as encryption; encrypted chapters will fail to parse.
    let _ = each_element(encryption, |name, attributes, _| {
        if name == "EncryptionMethod" {
            found |= attributes.get("Algorithm").is_some_and(|algorithm| !OF_FONTS.contains(&algorithm.as_str()));
        }
    });
    found
}

/// Returns the package document that a container names.
pub fn root_file(container: &str) -> Option<String> {
    let mut path = None;
    let _ = each_element(container, |name, attributes, _| {
        if name == "rootfile" && path.is_none() {
            path = attributes.get("full-path").cloned();
        }
    });
    path
}

/// Reads the package document at `path` in the archive.
///
/// # Errors
/// When it is not XML.
pub fn read(text: &str, path: &str) -> Result<Package, quick_xml::Error> {
    let mut draft = Draft::default();
    each_element(text, |name, attributes, content| draft.element(name, attributes, content))?;
    Ok(draft.finish(path))
}

type Attributes = HashMap<String, String>;

/// What has been read of a package document.
#[derive(Default)]
struct Draft {
    titles: Vec<String>,
    creators: Vec<String>,
    publisher: Option<String>,
    dates: Vec<(bool, Date)>,
    language: Option<String>,
    /// Path and properties of each file, by id.
    manifest: HashMap<String, (String, String)>,
    spine: Vec<String>,
    /// What the guide calls a page, by path without fragment.
    guide: HashMap<String, String>,
}

impl Draft {
    fn element(&mut self, name: &str, attributes: &Attributes, content: &str) {
        let content = || Some(one_line(content)).filter(|text| !text.is_empty());
        let get = |name: &str| attributes.get(name).cloned().unwrap_or_default();
        match name {
            "title" => self.titles.extend(content()),
            "creator" => self.creators.extend(content()),
            "publisher" => self.publisher = self.publisher.take().or_else(content),
            "language" => self.language = self.language.take().or_else(content),
            "date" => {
                let published = matches!(get("event").as_str(), "publication" | "");
                self.dates.extend(content().and_then(|text| Date::parse(&text)).map(|date| (published, date)));
            }
            "item" if self.manifest.len() < MAX_ITEMS => {
                self.manifest.insert(get("id"), (get("href"), get("properties")));
            }
            "itemref" if self.spine.len() < MAX_ITEMS => self.spine.push(get("idref")),
            "reference" if self.guide.len() < MAX_ITEMS => {
                let href = get("href");
                let page = href.split('#').next().unwrap_or_default().to_owned();
                self.guide.insert(page, get("type").to_lowercase());
            }
            _ => {}
        }
    }

    fn finish(self, path: &str) -> Package {
        let folder = path.rfind('/').map_or("", |at| &path[..at]);
        let item = |id: &String| {
            let (href, properties) = self.manifest.get(id)?;
            let guide = self.guide.get(href).map_or("", String::as_str);
            let address = resolve(folder, href);
            Some(Item { path: unescape_percent(&address), address, reason: reason(id, href, properties, guide) })
        };
        let author = (!self.creators.is_empty()).then(|| self.creators.join(", "));
        let date = self.dates.iter().find(|(published, _)| *published).or(self.dates.first()).map(|(_, date)| *date);
        let title = self.titles.first().cloned();
        Package {
            lost: self.spine.iter().filter(|id| !self.manifest.contains_key(*id)).cloned().collect(),
            spine: self.spine.iter().filter_map(item).collect(),
            metadata: Metadata {
                title,
                author,
                publisher: self.publisher,
                date,
                language: self.language,
                ..Metadata::default()
            },
        }
    }
}

/// Returns why a page is not text, from its names in the manifest and the guide.
fn reason(id: &str, href: &str, properties: &str, guide: &str) -> Option<&'static str> {
    let file = href.rsplit('/').next().unwrap_or(href).to_lowercase();
    let stem = file.split('.').next().unwrap_or_default();
    let named =
        |names: &[&str]| names.contains(&guide) || names.contains(&stem) || names.contains(&id.to_lowercase().as_str());
    match () {
        () if properties.split_whitespace().any(|property| property == "nav") => Some("table of contents"),
        () if named(&["toc", "nav", "contents", "tableofcontents"]) => Some("table of contents"),
        () if named(&["cover", "coverpage", "cover-page", "cover_page"]) => Some("cover"),
        () if named(&["title-page", "titlepage", "title_page"]) => Some("title page"),
        () if named(&["copyright-page", "copyright", "copyrightpage"]) => Some("copyright"),
        () => None,
    }
}

/// Resolves `href`, relative to `folder`, to a name from the archive's root, without its fragment.
fn resolve(folder: &str, href: &str) -> String {
    relations::resolve(folder, href.split('#').next().unwrap_or_default())
}

/// Decodes escapes such as `%20`.
pub fn unescape_percent(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&first, tail)) = rest.split_first() {
        let code = tail.get(..2).filter(|_| first == b'%').and_then(|hex| std::str::from_utf8(hex).ok());
        match code.and_then(|hex| u8::from_str_radix(hex, 16).ok()) {
            Some(byte) => {
                bytes.push(byte);
                rest = &tail[2..];
            }
            None => {
                bytes.push(first);
                rest = tail;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Calls `take` with the local name, attributes and own text of every element, at its end.
fn each_element(xml: &str, mut take: impl FnMut(&str, &Attributes, &str)) -> Result<(), quick_xml::Error> {
    let mut reader = Reader::from_str(xml);
    reader.config_mut().check_end_names = false;
    // The innermost open element; the text of elements around it is not needed.
    let mut open: Option<Open> = None;
    loop {
        match reader.read_event()? {
            Event::Start(start) => {
                if let Some((name, attributes, text)) = open.replace((local(&start), attributes(&start), String::new()))
                {
                    take(&name, &attributes, &text);
                }
            }
            Event::Empty(start) => take(&local(&start), &attributes(&start), ""),
            Event::Text(text) => append(&mut open, &text),
            Event::CData(text) => append(&mut open, &text),
            Event::GeneralRef(entity) => {
                let character = entity.resolve_char_ref().ok().flatten().map(String::from);
                let named = || quick_xml::escape::resolve_predefined_entity(&entity).map(str::to_owned);
                append(&mut open, &character.or_else(named).unwrap_or_default());
            }
            Event::End(_) => {
                if let Some((name, attributes, text)) = open.take() {
                    take(&name, &attributes, &text);
                }
            }
            Event::Eof => return Ok(()),
            _ => {}
        }
    }
}

/// Name, attributes and text of an element.
type Open = (String, Attributes, String);

fn append(open: &mut Option<Open>, text: &str) {
    if let Some((_, _, all)) = open {
        all.push_str(text);
    }
}

fn local(start: &BytesStart) -> String {
    start.local_name().as_ref().to_owned()
}

fn attributes(start: &BytesStart) -> Attributes {
    let mut all = start.attributes();
    let all = all.with_checks(false).flatten().take(50);
    all.map(|attribute| {
        let value = quick_xml::escape::unescape(&attribute.value)
            .map_or_else(|_| attribute.value.to_string(), std::borrow::Cow::into_owned);
        (attribute.key.local_name().as_ref().to_owned(), value)
    })
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const OPF: &str = r#"<?xml version="1.0"?>
        <package xmlns="http://www.idpf.org/2007/opf" xmlns:dc="http://purl.org/dc/elements/1.1/"><metadata>
        <dc:title>Salt &amp; Sand</dc:title><dc:creator>Ada Brandt</dc:creator><dc:creator>Ola Sund</dc:creator>
        <dc:date>2024-03-05</dc:date><dc:language>en-GB</dc:language><dc:publisher>Quay Press</dc:publisher></metadata>
        <manifest><item id="nav" href="nav.xhtml" properties="nav"/><item id="c1" href="text/ch%201.xhtml"/>
        <item id="c2" href="../other/b.xhtml"/></manifest>
        <spine><itemref idref="nav"/><itemref idref="c1"/><itemref idref="c2"/><itemref idref="lost"/></spine></package>"#;

    #[test]
    fn a_package_says_what_the_book_is_and_where_its_pages_are() {
        let Package { metadata, spine, lost } = read(OPF, "OPS/book.opf").unwrap();
        assert_eq!(metadata.title.as_deref(), Some("Salt & Sand"));
        assert_eq!(metadata.author.as_deref(), Some("Ada Brandt, Ola Sund"));
        assert_eq!((metadata.publisher.as_deref(), metadata.language.as_deref()), (Some("Quay Press"), Some("en-GB")));
        assert_eq!(metadata.date, Date::parse("2024-03-05"));
        assert_eq!((lost, spine[1].address.as_str()), (vec!["lost".to_owned()], "OPS/text/ch%201.xhtml"));
        let pages: Vec<_> = spine.iter().map(|item| (item.path.as_str(), item.reason)).collect();
        assert_eq!(
            pages,
            [("OPS/nav.xhtml", Some("table of contents")), ("OPS/text/ch 1.xhtml", None), ("other/b.xhtml", None)]
        );
    }

    #[test]
    fn encrypted_fonts_are_no_encrypted_book() {
        let method = |algorithm| {
            format!(
                "<encryption><EncryptedData><EncryptionMethod Algorithm='{algorithm}'/></EncryptedData></encryption>"
            )
        };
        assert!(!is_encrypted(&method("http://www.idpf.org/2008/embedding")));
        assert!(is_encrypted(&method("http://www.w3.org/2001/04/xmlenc#aes128-cbc")));
    }

    #[test]
    fn names_do_not_leave_the_archive() {
        assert_eq!(resolve("OPS", "../../../etc/passwd"), "etc/passwd");
        assert_eq!(resolve("", "/a//b.xhtml#c"), "a/b.xhtml");
        assert_eq!(unescape_percent(&resolve("a/b", "%zz%c3%a9.x")), "a/b/%zzé.x");
    }
}
