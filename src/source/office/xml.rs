//! XML as a flat sequence of events of limited depth.

use quick_xml::Reader;
use quick_xml::escape::resolve_predefined_entity;
use quick_xml::events::{BytesStart, Event};

/// No document nests elements deeper than this.
const MAX_DEPTH: usize = 1000;

/// An item of an XML file, by local names: prefixes are the writing program's choice.
pub enum Item<'a> {
    Open(&'a str, Attributes<'a>),
    Close(&'a str),
    Text(&'a str),
}

/// The attributes of an element.
pub struct Attributes<'a>(&'a BytesStart<'a>);

impl Attributes<'_> {
    /// Returns the value of the attribute with this local name.
    pub fn get(&self, name: &str) -> Option<String> {
        let found = self
            .0
            .attributes()
            .with_checks(false)
            .filter_map(Result::ok)
            .find(|attribute| attribute.key.local_name().as_ref() == name)?;
        Some(
            quick_xml::escape::unescape(&found.value)
                .map_or_else(|_| found.value.to_string(), std::borrow::Cow::into_owned),
        )
    }

    /// Returns the value of the prefixed attribute with this local name; one without a prefix has another meaning.
    pub fn prefixed(&self, name: &str) -> Option<String> {
        let mut all = self.0.attributes();
        let mut all = all.with_checks(false).filter_map(Result::ok);
        let found =
            all.find(|attribute| attribute.key.prefix().is_some() && attribute.key.local_name().as_ref() == name)?;
        Some(found.value.to_string())
    }

    /// Whether a switch is on, which is also the case if it has no value.
    pub fn is_on(&self) -> bool {
        !matches!(self.get("val").as_deref(), Some("0" | "false" | "off" | "none"))
    }
}

/// Passes every item of an XML text to `take`.
///
/// # Errors
/// When the text is not XML, or is nested too deeply.
pub fn each(text: &str, mut take: impl FnMut(Item)) -> Result<(), String> {
    let mut reader = Reader::from_str(text);
    let mut depth = 0;
    loop {
        match reader.read_event().map_err(|error| format!("its XML is damaged ({error})"))? {
            Event::Start(start) => {
                depth += 1;
                if depth > MAX_DEPTH {
                    return Err(format!("its XML is nested more than {MAX_DEPTH} levels deep"));
                }
                take(Item::Open(start.local_name().as_ref(), Attributes(&start)));
            }
            Event::Empty(start) => {
                take(Item::Open(start.local_name().as_ref(), Attributes(&start)));
                take(Item::Close(start.local_name().as_ref()));
            }
            Event::End(end) => {
                depth = depth.saturating_sub(1);
                take(Item::Close(end.local_name().as_ref()));
            }
            Event::Text(text) => take(Item::Text(&text.xml10_content())),
            Event::CData(text) => take(Item::Text(&text.xml10_content())),
            Event::GeneralRef(reference) => {
                let character = reference.resolve_char_ref().ok().flatten().map(String::from);
                let name = reference.xml10_content();
                match character.as_deref().or_else(|| resolve_predefined_entity(&name)) {
                    Some(text) => take(Item::Text(text)),
                    None => return Err(format!("its XML uses the entity &{name}; which it defines itself, if at all")),
                }
            }
            Event::Eof if depth > 0 => return Err("its XML ends too early".to_owned()),
            Event::Eof => return Ok(()),
            _ => {}
        }
    }
}
