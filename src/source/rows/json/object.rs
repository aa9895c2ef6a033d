//! The values of one object, by the names that lead to them.

use std::fmt;

use serde::Deserializer;
use serde::de::{DeserializeSeed, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};

use crate::source::rows::{Columns, Values};

/// Number of keys of one object that are kept for messages and for choosing.
const MAX_KEYS: usize = 1000;
/// Depth to which objects inside objects are examined.
const MAX_DEPTH: usize = 8;
/// The path from a list to the texts of objects in it.
const TEXT: &str = ".text";
/// Depth to which names are listed for messages although they are not requested.
const LISTED_DEPTH: usize = 2;

/// The keys of an object, and the values of those that are wanted. The key of a nested value follows the key of its
/// object and a full stop.
#[derive(Debug, Default)]
pub struct Object {
    pub names: Vec<String>,
    pub values: Values,
    /// The list that is being read, if it may be one text.
    list: Option<List>,
}

/// A list of texts, and of objects that contain one: `["Ring ", {"type": "bold", "text": "twice"}, "."]`.
#[derive(Debug, Default)]
struct List {
    /// The name of the text of an object in the list.
    inner: String,
    text: String,
    strings: bool,
    objects: bool,
}

impl List {
    fn push(&mut self, text: &str) {
        let goes_on = self.text.ends_with(char::is_whitespace)
            || text.starts_with(|c: char| c.is_whitespace() || c.is_lowercase() || c.is_ascii_punctuation());
        // A text that does not begin like a paragraph continues the previous one.
        if !self.text.is_empty() && !goes_on && !text.is_empty() {
            self.text.push_str("\n\n");
        }
        self.text.push_str(text);
    }
}

impl Object {
    /// Parses an object.
    ///
    /// # Errors
    /// When the bytes are not an object.
    pub fn parse(bytes: &[u8], columns: &Columns) -> Result<Self, serde_json::Error> {
        let mut object = Self::default();
        let mut deserializer = serde_json::Deserializer::from_slice(bytes);
        let place = Place { columns, object: &mut object, path: "", depth: 0, listed: false };
        deserializer.deserialize_map(place)?;
        deserializer.end()?;
        Ok(object)
    }

    /// Removes the empty text of a list of objects: what is wanted from it has longer names.
    fn forget_if_only_inner(&mut self, path: &str) {
        let inner = |name: &String| name.strip_prefix(path).is_some_and(|rest| rest.starts_with('.'));
        if self.values.get(path).is_some_and(String::is_empty) && self.names.iter().any(inner) {
            self.values.remove(path);
            self.names.retain(|name| name != path);
        }
    }

    /// Joins a list of texts and of objects with a text into one text.
    fn join(&mut self, path: &str) {
        let Some(list) = self.list.take().filter(|list| list.strings && list.objects) else { return };
        self.values.remove(&list.inner);
        self.values.insert(path.to_owned(), list.text.trim().to_owned());
    }

    fn name(&mut self, path: &str) -> bool {
        let room = self.names.len() < MAX_KEYS;
        // In a list the same names occur again.
        if room && !(path.contains('.') && self.names.iter().any(|name| name == path)) {
            self.names.push(path.to_owned());
        }
        room
    }
}

/// The place of a value: its name, its depth, and whether it is in a list.
struct Place<'a> {
    columns: &'a Columns,
    object: &'a mut Object,
    path: &'a str,
    depth: usize,
    listed: bool,
}

impl Place<'_> {
    /// Takes a value that is one text. The texts of a list are its paragraphs.
    fn take(self, text: impl FnOnce() -> String) {
        let inner = self.listed && self.is_text_of_list(self.path);
        let wanted = self.object.name(self.path) && self.columns.wants(self.path);
        if !wanted && !inner {
            return;
        }
        let text = text();
        if let Some(list) = self.object.list.as_mut().filter(|_| self.listed) {
            let own = list.inner.strip_suffix(TEXT) == Some(self.path);
            if own || inner {
                list.push(&text);
            }
            list.strings |= own;
            list.objects |= inner;
        }
        if !wanted {
            return;
        }
        match self.object.values.get_mut(self.path).filter(|_| self.listed) {
            Some(_) if text.trim().is_empty() => {}
            Some(before) => {
                if !before.is_empty() {
                    before.push_str("\n\n");
                }
                before.push_str(text.trim());
            }
            None => {
                self.object.values.insert(self.path.to_owned(), text);
            }
        }
    }

    /// Takes a number: it may be a name or a date, but not a paragraph.
    fn number(self, text: impl FnOnce() -> String) {
        if !self.listed {
            self.take(text);
        }
    }

    fn nothing(self) {
        if !self.listed {
            self.object.name(self.path);
        }
    }

    /// Whether `path` leads to the text of an object in the list that is being read.
    fn is_text_of_list(&self, path: &str) -> bool {
        self.object.list.as_ref().is_some_and(|list| list.inner == path)
    }

    /// Whether values inside the one at `path` are of interest.
    fn leads_on(&self, path: &str) -> bool {
        self.depth < MAX_DEPTH && (self.depth < LISTED_DEPTH || self.columns.wants_inside(path))
    }

    fn inner<'b>(&'b mut self, path: &'b str) -> Place<'b> {
        Place { columns: self.columns, object: self.object, path, depth: self.depth + 1, listed: self.listed }
    }
}

impl<'de> DeserializeSeed<'de> for Place<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Place<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str(if self.depth == 0 { "an object in braces" } else { "a value" })
    }

    fn visit_str<E>(self, text: &str) -> Result<(), E> {
        self.take(|| text.to_owned());
        Ok(())
    }

    fn visit_string<E>(self, text: String) -> Result<(), E> {
        self.take(|| text);
        Ok(())
    }

    fn visit_i64<E>(self, number: i64) -> Result<(), E> {
        self.number(|| number.to_string());
        Ok(())
    }

    fn visit_u64<E>(self, number: u64) -> Result<(), E> {
        self.number(|| number.to_string());
        Ok(())
    }

    fn visit_f64<E>(self, number: f64) -> Result<(), E> {
        self.number(|| number.to_string());
        Ok(())
    }

    fn visit_bool<E>(self, _: bool) -> Result<(), E> {
        self.nothing();
        Ok(())
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        self.nothing();
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(mut self, mut list: A) -> Result<(), A::Error> {
        if self.depth == 0 {
            return Err(A::Error::invalid_type(serde::de::Unexpected::Seq, &self));
        }
        let wanted = self.columns.wants(self.path);
        if self.listed || self.depth >= MAX_DEPTH || !wanted && !self.columns.wants_inside(self.path) {
            while list.next_element::<IgnoredAny>()?.is_some() {}
            self.nothing();
            return Ok(());
        }
        if wanted {
            self.object.name(self.path);
            self.object.values.insert(self.path.to_owned(), String::new());
            self.object.list = Some(List { inner: format!("{}{TEXT}", self.path), ..List::default() });
        }
        for at in 0.. {
            // An item of the list may be requested by its index.
            let numbered = format!("{}.{at}", self.path);
            let asked = self.columns.wants(&numbered) || self.columns.wants_inside(&numbered);
            let path = if asked { numbered } else { self.path.to_owned() };
            let mut item = self.inner(&path);
            item.listed = !asked;
            if list.next_element_seed(item)?.is_none() {
                break;
            }
        }
        if wanted {
            self.object.join(self.path);
            self.object.forget_if_only_inner(self.path);
        }
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut map: A) -> Result<(), A::Error> {
        while let Some(key) = map.next_key::<String>()? {
            let path = if self.depth == 0 { key } else { format!("{}.{key}", self.path) };
            let full = self.object.names.len() >= MAX_KEYS;
            if full || !self.leads_on(&path) && !self.columns.wants(&path) && !self.is_text_of_list(&path) {
                map.next_value::<IgnoredAny>()?;
                self.object.name(&path);
            } else {
                map.next_value_seed(self.inner(&path))?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values(text: &str, wanted: Option<&str>) -> Vec<(String, String)> {
        let columns = Columns { text: wanted.map(str::to_owned), ..Columns::default() };
        Object::parse(text.as_bytes(), &columns).unwrap().values.into_iter().collect()
    }

    #[test]
    fn inner_values_have_names_of_more_parts() {
        let text = r#"{"a": {"b": {"c": "x"}}, "content": [{"text": "one"}, {"text": "two"}, {"n": 1}],
            "author": [{"name": "Ada"}, {"name": "Ola"}], "source": {"id": null, "name": "Post"}}"#;
        let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        let usual =
            [pair("author.name", "Ada\n\nOla"), pair("content.text", "one\n\ntwo"), pair("source.name", "Post")];
        assert_eq!(values(text, None), usual);
        assert_eq!(values(text, Some("A.b.C"))[0], pair("a.b.c", "x"));
        assert_eq!(values(text, Some("content.1.text"))[1], pair("content.1.text", "two"));
        assert_eq!(values(r#"{"text": ["one", "", "two", 3]}"#, None), [pair("text", "one\n\ntwo")]);
        assert_eq!(values(r#"{"text": [["one"]]}"#, None), [pair("text", "")]);
    }

    #[test]
    fn a_list_of_texts_and_of_objects_with_a_text_is_one_text() {
        let text = |text: &str| vec![("text".to_owned(), text.to_owned())];
        let spans = r#"{"text": ["Ring ", {"type": "bold", "text": "twice"}, ", then wait."]}"#;
        assert_eq!(values(spans, None), text("Ring twice, then wait."));
        let paragraphs = r#"{"text": [{"type": "p", "text": "Ring twice."}, "Then wait."]}"#;
        assert_eq!(values(paragraphs, None), text("Ring twice.\n\nThen wait."));
        assert_eq!(values(r#"{"text": [{"text": "Ring."}]}"#, None)[0].1, "Ring.");
        let asked = r#"{"parts": ["Ring.", {"n": 1}, {"text": "Wait."}]}"#;
        assert_eq!(values(asked, Some("parts"))[0].1, "Ring.\n\nWait.");
    }
}
