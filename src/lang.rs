//! What is known of languages and scripts: the words of a text, what they are compared by, and the word lists that decide something.
//!
//! Each language has a module; today that is `english`. Whoever adds another starts with its stop words, months and
//! sentence ends. A change to a list may change kept answers: see `store/versions.rs`.

pub(crate) mod english;
mod fold;
pub(crate) mod mail;
pub(crate) mod script;
mod words;

pub use english::is_stop_word;
pub use fold::{Folded, fold};
pub(crate) use words::shortened;
pub use words::{Word, one_line, words};
