//! Queries, and what counts as an answer.

use std::ops::Range;

use crate::library::{Library, PassageId};
use crate::model::{Model, Prompt};
use crate::passage::{Passage, TokenCounter, sentences};

/// The default cut: what unrelated texts reach by chance in 15 of 100 corpora of this size is not an answer.
pub const DEFAULT_CUT: Cut = Cut::Chance { percentile: 85.0 };

/// The limit below which a passage is not an answer.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Cut {
    /// Below the relevance that the best of equally many unrelated passages does not reach in this percentage of cases.
    Chance {
        /// The percentage of cases, 0 to 100.
        percentile: f32,
    },
    /// Below the score that this percentage of random pairs of this corpus does not reach.
    Percentile(f32),
    /// Below this cosine.
    Score(f32),
}

/// How much to answer.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Limits {
    /// Number of sources requested: with more, more sentences are read again. An answer has all sources that pass the
    /// cut; [`Answer::shown`](super::Answer::shown) selects this many of them.
    pub sources: usize,
    /// Maximum number of passages per source.
    pub passages: usize,
    /// The limit below which a passage is not an answer.
    pub cut: Cut,
}

/// A text to search for.
#[derive(Debug, Clone, PartialEq)]
pub struct Query {
    pub(super) text: String,
    pub(super) sentences: Vec<Range<usize>>,
    pub(super) prompt: Prompt,
    /// The passage that is the query; its document is left out.
    pub(super) like: Option<PassageId>,
}

/// Why a text cannot be searched for as a whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum QueryError {
    /// The query has no words.
    #[error("the query contains no words to look for")]
    Empty,
    /// The query is longer than the model's window.
    #[error("the query has {tokens} tokens, but the model reads at most {limit}; shorten it")]
    TooLong {
        /// Number of tokens of the query.
        tokens: usize,
        /// Maximum number of tokens that the model reads.
        limit: usize,
    },
}

impl Query {
    /// A query from a text as typed. Links, handles and a signature, as in posts, are not part of it.
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

    /// A query for passages of other documents that say something like this passage.
    pub fn like(library: &Library, passage: PassageId) -> Self {
        let Passage { text, sentences, .. } = library.passage(passage);
        Self { text: text.clone(), sentences: sentences.clone(), prompt: Prompt::Passage, like: Some(passage) }
    }
}

/// The query in a post: its text without links, handles and signature (`— Ada (@ada) May 3, 2024`), with hashtags as
/// words; the whole text if nothing else is left.
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
