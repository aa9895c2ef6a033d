//! The texts to embed: built-in texts of known lengths, the sample corpus, or the user's own texts.

use crate::base::Key;
use crate::matches::sample_sources;
use crate::model::Model;
use crate::passage::{Marks, segment};

/// Lengths of the built-in sets in tokens, including the two special ones.
const LENGTHS: [usize; 4] = [16, 64, 128, 256];
/// Words of the built-in texts. In most vocabularies, each is one token.
#[rustfmt::skip]
const WORDS: &[&str] = &[
    "harbour", "minister", "the", "report", "of", "rising", "water", "and", "said", "that", "prices", "in", "city",
    "council", "voted", "on", "new", "law", "after", "long", "debate", "about", "costs", "for", "small", "farms",
    "while", "trade", "with", "north", "grew", "by", "ten", "percent", "last", "year", "scientists", "found", "a",
    "method", "to", "store", "heat", "under", "old", "mines",
];

/// A set of texts to embed, by name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TextSet {
    /// Name of the set.
    pub name: String,
    kind: Kind,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Kind {
    /// Any number of texts of this many tokens.
    Length(usize),
    /// Any number of texts, which repeat these.
    Cycle(Vec<String>),
    /// The user's texts.
    Own(Vec<String>),
}

impl TextSet {
    /// A set of the user's texts.
    pub fn own(name: String, texts: Vec<String>) -> Self {
        Self { name, kind: Kind::Own(texts) }
    }

    /// The built-in sets for a model: texts of 16, 64, 128 and 256 tokens within its window, and the sample corpus.
    pub fn built_in(model: &Model) -> Vec<Self> {
        let mut lengths = LENGTHS.map(|length| length.min(model.settings().window)).to_vec();
        lengths.dedup();
        lengths.into_iter().map(Self::of_length).chain([Self::sample_corpus(model)]).collect()
    }

    /// A set of different texts of `length` tokens; the length is exact if each word is one token.
    pub fn of_length(length: usize) -> Self {
        Self { name: format!("{length} tokens"), kind: Kind::Length(length) }
    }

    /// The passages of the sample corpus, whose lengths vary as in documents.
    pub fn sample_corpus(model: &Model) -> Self {
        let passages = sample_sources()
            .flat_map(|source| segment(&source, &Marks::default(), &model.counter()).passages)
            .map(|passage| passage.text);
        Self { name: "sample corpus".to_owned(), kind: Kind::Cycle(passages.collect()) }
    }

    /// Number of the user's texts, or `None` for a set of any size.
    pub fn given(&self) -> Option<usize> {
        match &self.kind {
            Kind::Own(texts) => Some(texts.len()),
            Kind::Length(_) | Kind::Cycle(_) => None,
        }
    }

    /// Returns `n` texts. From the user's texts, these are evenly spaced, and all of them if there are fewer.
    pub fn some(&self, model: &Model, n: usize) -> Vec<String> {
        match &self.kind {
            Kind::Length(length) => of_length(model, *length, n),
            Kind::Cycle(texts) => texts.iter().cycle().take(n).cloned().collect(),
            Kind::Own(texts) => {
                let (all, n) = (texts.len(), n.min(texts.len()));
                (0..n).map(|at| texts[at * all / n].clone()).collect()
            }
        }
    }
}

/// A hash that identifies texts.
pub fn texts_key(texts: &[String]) -> String {
    format!("{:032x}", u128::from_be_bytes(*Key::of("bench texts", texts).as_bytes()))
}

fn of_length(model: &Model, length: usize, n: usize) -> Vec<String> {
    // A linear congruential generator (constants of Numerical Recipes) gives the same texts on every run.
    let mut state = 1u32;
    let mut next = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        WORDS[(state >> 16) as usize % WORDS.len()]
    };
    let mut text = || (0..length).map(|_| next()).collect::<Vec<_>>().join(" ");
    (0..n).map(|_| cut(model, text(), length)).collect()
}

/// Cuts a text at the end of a word, to at most `length` tokens including the special ones.
fn cut(model: &Model, mut text: String, length: usize) -> String {
    if let Ok(tokens) = model.tokenize(&text) {
        let special = tokens.offsets.iter().filter(|range| range.is_empty()).count();
        let last = tokens.offsets.iter().filter(|range| !range.is_empty()).take(length.saturating_sub(special)).last();
        let end = last.map_or(0, |range| range.end);
        let word_ends = text[end..].starts_with(' ') || end == text.len();
        text.truncate(if word_ends { end } else { text[..end].rfind(' ').unwrap_or(end) });
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn different_texts_have_different_keys() {
        let key = |texts: &[&str]| texts_key(&texts.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>());
        assert_ne!(key(&["a", "b"]), key(&["ab"]));
        assert_eq!(key(&["a", "b"]), key(&["a", "b"]));
    }
}
