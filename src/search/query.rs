//! What is looked for, and how much of it is an answer.

use std::ops::Range;

use crate::library::{Library, PassageId};
use crate::model::{Model, Prompt};
use crate::passage::{Passage, TokenCounter, sentences};

/// Unless the user says otherwise, what unrelated texts reach by chance in 15 of 100 corpora of this size is no answer.
pub const DEFAULT_CUT: Cut = Cut::Chance { percentile: 85.0 };

/// What is too dissimilar to be an answer.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Cut {
    /// A relevance that the best of as many unrelated passages stays below in this percentage of cases.
    Chance {
        /// The percentage of cases, 0 to 100.
        percentile: f32,
    },
    /// A score that this percentage of random pairs of this corpus is below.
    Percentile(f32),
    /// A score below this cosine.
    Score(f32),
}

/// How much to answer.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Limits {
    /// How many sources are wanted: more are read again where more are. An answer has all that pass the cut;
    /// [`Answer::shown`](super::Answer::shown) takes so many of them.
    pub sources: usize,
    /// At most this many passages of each.
    pub passages: usize,
    /// What is too dissimilar to be among them.
    pub cut: Cut,
}

/// What is looked for.
#[derive(Debug, Clone, PartialEq)]
pub struct Query {
    pub(super) text: String,
    pub(super) sentences: Vec<Range<usize>>,
    pub(super) prompt: Prompt,
    /// The passage that the query is; its document is left out.
    pub(super) like: Option<PassageId>,
}

/// Why a text cannot be looked for as a whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum QueryError {
    /// It has no words.
    #[error("the query contains no words to look for")]
    Empty,
    /// It is longer than the model's window.
    #[error("the query has {tokens} tokens, but the model reads at most {limit}; shorten it")]
    TooLong {
        /// Its tokens.
        tokens: usize,
        /// The most that it may have.
        limit: usize,
    },
}

impl Query {
    /// A text as typed. Links, handles and a signature, as posts have them, are no part of what is asked.
    pub fn new(text: &str) -> Self {
        let text = asked(text);
        Self { sentences: sentences(&text), text, prompt: Prompt::Query, like: None }
    }

    /// # Errors
    /// When a model would read only a part of it, or nothing.
    pub fn check(&self, model: &Model) -> Result<(), QueryError> {
        let (tokens, limit) = (model.counter().count(&self.text), model.room(self.prompt));
        match tokens {
            0 => Err(QueryError::Empty),
            _ if tokens > limit => Err(QueryError::TooLong { tokens, limit }),
            _ => Ok(()),
        }
    }

    /// What other documents than its own say like a passage.
    pub fn like(library: &Library, passage: PassageId) -> Self {
        let Passage { text, sentences, .. } = library.passage(passage);
        Self { text: text.clone(), sentences: sentences.clone(), prompt: Prompt::Passage, like: Some(passage) }
    }
}

/// What a post asks: its text without links, handles and signature (`— Ada (@ada) May 3, 2024`), and its hashtags as
/// words; the whole text where nothing is left.
fn asked(text: &str) -> String {
    let signed =
        ["—", "–", "--"].iter().filter_map(|dash| text.rfind(dash)).max().filter(|at| text[*at..].contains("(@"));
    let body = &text[..signed.unwrap_or(text.len())];
    let is_link = |word: &str| {
        ["http://", "https://", "www.", "t.co/", "pic.twitter.com/"]
            .iter()
            .any(|start| word.to_lowercase().starts_with(start))
    };
    let is_handle = |word: &str| word.trim_start_matches(['(', '.']).starts_with('@') && word.len() > 1;
    let mut words: Vec<&str> = Vec::new();
    for word in body.split_whitespace() {
        if is_handle(word) && words.last() == Some(&"RT") {
            words.pop();
        } else if !is_link(word) && !is_handle(word) {
            words.push(word.strip_prefix('#').filter(|word| word.starts_with(char::is_alphabetic)).unwrap_or(word));
        }
    }
    let kept = words.join(" ");
    let same = kept.split(' ').eq(text.split_whitespace());
    if same || !kept.contains(char::is_alphanumeric) { text.to_owned() } else { kept }
}

#[cfg(test)]
mod tests {
    use super::asked;

    #[test]
    fn what_a_post_asks() {
        for (post, expected) in [
            ("Sharks swim in Texas! https://ex.ample/abc", "Sharks swim in Texas!"),
            ("RT @news: lemon water cures diabetes #health #5G", "lemon water cures diabetes health #5G"),
            ("The moon is hollow — Dave (@dave) March 3, 2024", "The moon is hollow"),
            ("Prices rose by 3 % -- or did they?", "Prices rose by 3 % -- or did they?"),
            ("  two  spaces\nand a line ", "  two  spaces\nand a line "),
            ("@ada https://ex.ample", "@ada https://ex.ample"),
            ("write to ada@ex.ample", "write to ada@ex.ample"),
        ] {
            assert_eq!(asked(post), expected, "{post}");
        }
    }
}
