//! What holds of every document that a reader has read, whatever its bytes.

use samesay::passage::{TokenCounter, segment};
use samesay::source::{BlockKind, Content, Parsed, ReadError, Source};

struct Words;

impl TokenCounter for Words {
    fn count(&self, text: &str) -> usize {
        text.split_whitespace().count()
    }
    fn limit(&self) -> usize {
        100
    }
}

/// Takes what a reader made of some bytes through the passages.
///
/// # Panics
/// When a block is empty or holds a line break, or a passage holds words that no block has.
pub fn check(parsed: Result<Parsed, ReadError>) {
    let Ok(Parsed { metadata, content, note }) = parsed else { return };
    let mut letters = 0;
    if let Content::Blocks(blocks) = &content {
        for block in blocks {
            let text = block.text.as_str();
            assert!(!text.trim().is_empty(), "an empty {:?}", block.kind);
            assert!(!text.contains(['\n', '\r', '\t']), "a line break in {text:?}");
            assert!(!matches!(block.kind, BlockKind::Furniture("")), "no reason for {text:?}");
            letters += count(text);
        }
    }
    let of_blocks = matches!(content, Content::Blocks(_));
    let found = segment(&Source { id: String::new(), path: String::new(), metadata, content, note }, &Words);
    let passages = found.passages.iter().map(|passage| count(&passage.text)).sum::<usize>();
    let dropped = found.dropped.iter().map(|dropped| count(&dropped.text)).sum::<usize>();
    assert!(!of_blocks || passages + dropped == letters, "{letters} letters became {passages} and {dropped}");
}

fn count(text: &str) -> usize {
    text.chars().filter(|c| c.is_alphanumeric()).count()
}
