//! What is embedded: built-in texts of known lengths, the sample corpus, or the user's own.

use crate::base::Key;
use crate::matches::sample_sources;
use crate::model::Model;
use crate::passage::{Marks, segment};

/// Lengths of the built-in sets, in tokens with the two special ones.
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
    /// What they are called.
    pub name: String,
    kind: Kind,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Kind {
    /// As many as one likes, of so many tokens.
    Length(usize),
    /// As many as one likes, these over and over.
    Cycle(Vec<String>),
    /// These.
    Own(Vec<String>),
}

impl TextSet {
    /// The user's own.
    pub fn own(name: String, texts: Vec<String>) -> Self {
        Self { name, kind: Kind::Own(texts) }
    }

    /// The built-in sets for a model: texts of 16, 64, 128 and 256 tokens, within its window, and the sample corpus.
    pub fn built_in(model: &Model) -> Vec<Self> {
        let mut lengths = LENGTHS.map(|length| length.min(model.settings().window)).to_vec();
        lengths.dedup();
        lengths.into_iter().map(Self::of_length).chain([Self::sample_corpus(model)]).collect()
    }

    /// Texts of so many tokens, each of other words: exactly so where each word is one token.
    pub fn of_length(length: usize) -> Self {
        Self { name: format!("{length} tokens"), kind: Kind::Length(length) }
    }

    /// The passages of the sample corpus: a mixture of lengths as documents have it.
    pub fn sample_corpus(model: &Model) -> Self {
        let passages = sample_sources()
            .flat_map(|source| segment(&source, &Marks::default(), &model.counter()).passages)
            .map(|passage| passage.text);
        Self { name: "sample corpus".to_owned(), kind: Kind::Cycle(passages.collect()) }
    }

    /// How many there are; none where there are as many as one likes.
    pub fn given(&self) -> Option<usize> {
        match &self.kind {
            Kind::Own(texts) => Some(texts.len()),
            Kind::Length(_) | Kind::Cycle(_) => None,
        }
    }

    /// `n` of the texts; of the user's own, evenly spaced ones, and all where there are fewer.
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

/// A hash of texts, which tells them from others.
pub fn texts_key(texts: &[String]) -> String {
    format!("{:032x}", u128::from_be_bytes(*Key::of("bench texts", texts).as_bytes()))
}

fn of_length(model: &Model, length: usize, n: usize) -> Vec<String> {
    // A linear congruential generator (Numerical Recipes' constants): the same texts on every run.
    let mut state = 1u32;
    let mut next = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        WORDS[(state >> 16) as usize % WORDS.len()]
    };
    let mut text = || (0..length).map(|_| next()).collect::<Vec<_>>().join(" ");
    (0..n).map(|_| cut(model, text(), length)).collect()
}

/// As many whole words of a text as make `length` tokens at most, the special ones included.
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
    fn texts_are_told_apart() {
        let key = |texts: &[&str]| texts_key(&texts.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>());
        assert_ne!(key(&["a", "b"]), key(&["ab"]));
        assert_eq!(key(&["a", "b"]), key(&["a", "b"]));
    }
}
