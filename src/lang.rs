//! Knowledge of languages and scripts: the words of a text, the forms in which they are compared, and word lists on
//! which decisions depend.
//!
//! English has a module with many lists (`english`), and every other language has one file of lists (`languages`). The
//! functions here cover all languages. Changing a list may change cached answers: see `store/versions.rs`.

pub(crate) mod contents;
pub(crate) mod english;
mod fold;
pub(crate) mod hyphen;
pub(crate) mod jump;
pub(crate) mod languages;
pub(crate) mod mail;
pub(crate) mod script;
mod words;

pub use fold::{Folded, fold};
pub use words::{Word, one_line, words};
pub(crate) use words::{normalised, shortened};

/// Whether a folded word appears in every text of its language, alone or in common phrases.
pub fn is_stop_word(folded: &str) -> bool {
    english::is_own_stop_word(folded) || languages::is_grammatical(folded)
}

/// Whether a folded word is a function word, which is never a keyword.
pub(crate) fn is_grammatical(folded: &str) -> bool {
    english::is_grammatical(folded) || languages::is_grammatical(folded)
}

/// Whether a word names a month or a day of the week.
pub(crate) fn is_calendar(word: &str) -> bool {
    english::calendar::is_calendar(word) || languages::month(word).is_some() || languages::weekday(word).is_some()
}

/// The number of a month, from 1.
pub(crate) fn month(word: &str) -> Option<u8> {
    english::calendar::month(word).or_else(|| languages::month(word))
}
