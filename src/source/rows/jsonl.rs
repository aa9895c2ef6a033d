//! JSON Lines: an object a line. Values that are of no use are skipped where they stand, however deep they go.

use std::fmt;
use std::io::{BufRead, Read};

use serde::Deserializer;
use serde::de::{DeserializeSeed, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::{Collector, Columns, MAX_ROW, ReadError, Values, buffered};
use crate::source::decode::Decoding;

/// Keys of one object that are kept for messages and for choosing.
const MAX_KEYS: usize = 1000;

pub(super) fn read<R: Read>(from: Decoding<R>, collector: &mut Collector) -> Result<Decoding<R>, ReadError> {
    let mut input = buffered(from);
    let mut bytes = Vec::new();
    for line in 1.. {
        bytes.clear();
        if input.by_ref().take(MAX_ROW as u64 + 1).read_until(b'\n', &mut bytes)? == 0 {
            break;
        }
        if bytes.len() > MAX_ROW {
            input.skip_until(b'\n')?;
            collector.problem(line, &format!("is longer than {} MiB", MAX_ROW >> 20));
        } else if !bytes.trim_ascii().is_empty() {
            row(line, &bytes, collector);
        }
        // One long row must not cost its memory to the end.
        bytes.shrink_to(1 << 20);
    }
    Ok(input.into_inner())
}

fn row(line: usize, bytes: &[u8], collector: &mut Collector) {
    // An error at the end of the line is not one at the beginning of the next.
    let bytes = bytes.strip_suffix(b"\n").unwrap_or(bytes);
    let mut deserializer = serde_json::Deserializer::from_slice(bytes);
    let object = deserializer
        .deserialize_map(ObjectVisitor(collector.columns))
        .and_then(|object| deserializer.end().map(|()| object));
    match object {
        Ok(object) => collector.row(line, object.names.iter().map(String::as_str), object.values),
        Err(error) => {
            let message = error.to_string();
            let what = message.rsplit_once(" at line ").map_or(message.as_str(), |(what, _)| what);
            collector.problem(line, &format!("is not a JSON object: {what} (column {})", error.column()));
        }
    }
}

/// The keys of an object, and the values of those that are wanted.
struct Object {
    names: Vec<String>,
    values: Values,
}

struct ObjectVisitor<'a>(&'a Columns);

impl<'de> Visitor<'de> for ObjectVisitor<'_> {
    type Value = Object;

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("an object in braces")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Object, A::Error> {
        let mut object = Object { names: Vec::new(), values: Values::new() };
        while let Some(name) = map.next_key::<String>()? {
            if object.names.len() < MAX_KEYS && self.0.wants(&name) {
                if let Some(value) = map.next_value_seed(TextSeed)? {
                    object.values.insert(name.clone(), value);
                }
            } else {
                map.next_value::<IgnoredAny>()?;
            }
            if object.names.len() < MAX_KEYS {
                object.names.push(name);
            }
        }
        Ok(object)
    }
}

/// A value as text: a string, a number, or the strings of a list, a paragraph each. Nothing for anything else.
struct TextSeed;

impl<'de> DeserializeSeed<'de> for TextSeed {
    type Value = Option<String>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Option<String>, D::Error> {
        deserializer.deserialize_any(TextVisitor { in_list: false })
    }
}

struct TextVisitor {
    in_list: bool,
}

impl<'de> Visitor<'de> for TextVisitor {
    type Value = Option<String>;

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_str<E>(self, text: &str) -> Result<Option<String>, E> {
        Ok(Some(text.to_owned()))
    }

    fn visit_string<E>(self, text: String) -> Result<Option<String>, E> {
        Ok(Some(text))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Option<String>, E> {
        Ok((!self.in_list).then(|| number.to_string()))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Option<String>, E> {
        Ok((!self.in_list).then(|| number.to_string()))
    }

    fn visit_f64<E>(self, number: f64) -> Result<Option<String>, E> {
        Ok((!self.in_list).then(|| number.to_string()))
    }

    fn visit_bool<E>(self, _: bool) -> Result<Option<String>, E> {
        Ok(None)
    }

    fn visit_unit<E>(self) -> Result<Option<String>, E> {
        Ok(None)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Option<String>, A::Error> {
        let mut joined = String::new();
        if self.in_list {
            while list.next_element::<IgnoredAny>()?.is_some() {}
            return Ok(None);
        }
        while let Some(item) = list.next_element_seed(ItemSeed)? {
            if let Some(item) = item.filter(|item| !item.trim().is_empty()) {
                if !joined.is_empty() {
                    joined.push_str("\n\n");
                }
                joined.push_str(item.trim());
            }
        }
        Ok(Some(joined))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Option<String>, A::Error> {
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(None)
    }
}

struct ItemSeed;

impl<'de> DeserializeSeed<'de> for ItemSeed {
    type Value = Option<String>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Option<String>, D::Error> {
        deserializer.deserialize_any(TextVisitor { in_list: true })
    }
}
