//! The data for the script: passages by number, once per page.

use std::collections::HashMap;

use serde::Serialize;

use super::super::text::{printable, shortened};
use super::{Page, PlacedPassage};

/// Maximum number of bytes of all passages.
const ROOM: usize = 330_000;
/// Characters of a text: the largest of these numbers that keeps the page small, or `LEAST`.
const LENGTHS: [usize; 6] = [1200, 600, 320, 180, 120, 80];
const LEAST: usize = 40;

/// The passages that the heat map and the map of passages refer to.
pub struct Data<'a> {
    page: &'a Page<'a>,
    numbers: HashMap<&'a str, usize>,
    passages: Vec<PlacedPassage<'a>>,
}

/// A passage as the script reads it.
#[derive(Serialize)]
struct Entry {
    place: String,
    text: String,
    /// The anchor that a link to it points to.
    home: String,
}

#[derive(Serialize)]
struct Whole {
    passages: Vec<Entry>,
}

impl<'a> Data<'a> {
    /// Data without any passages yet.
    pub fn new(page: &'a Page<'a>) -> Self {
        Self { page, numbers: HashMap::new(), passages: Vec::new() }
    }

    /// The number of a passage; `None` for a new passage if there are `most` already.
    pub fn number(&mut self, id: &str, most: usize) -> Option<usize> {
        let (id, known) = self.page.passages.get_key_value(id)?;
        if let Some(number) = self.numbers.get(id) {
            return Some(*number);
        }
        let number = self.passages.len();
        (number < most).then(|| {
            self.numbers.insert(id, number);
            self.passages.push(*known);
            number
        })
    }

    /// All passages as JSON in which no word can end the `script` element around it.
    pub fn json(&self) -> String {
        LENGTHS
            .into_iter()
            .map(|length| self.cut(length))
            .find(|json| json.len() <= ROOM)
            .unwrap_or_else(|| self.cut(LEAST))
    }

    /// All passages as JSON, with at most `length` characters of each.
    fn cut(&self, length: usize) -> String {
        let entry = |known: &PlacedPassage| Entry {
            place: self.page.place(known.passage),
            text: printable(&shortened(&known.passage.text, length)),
            home: known.home.anchor(),
        };
        let whole = Whole { passages: self.passages.iter().map(entry).collect() };
        serde_json::to_string(&whole).expect("strings are written without fail").replace('<', "\\u003c")
    }
}
