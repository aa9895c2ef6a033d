//! Paragraphs longer than the model's window, split at sentence ends.

use std::ops::Range;

/// Counts tokens like the model's tokeniser.
pub trait TokenCounter: Sync {
    /// Number of tokens of `text`, without the special ones at both ends.
    fn count(&self, text: &str) -> usize;

    /// Maximum number of tokens of a passage, without the special ones.
    fn limit(&self) -> usize;
}

/// Splits `text` (whose sentences are given) into ranges of at most [`TokenCounter::limit`] tokens each: whole
/// sentences where they fit, with as few ranges as possible and sizes as even as possible.
pub fn split(text: &str, sentences: &[Range<usize>], counter: &impl TokenCounter) -> Vec<Range<usize>> {
    if text.is_empty() {
        return Vec::new();
    }
    // A token is at least one character, except that compatibility forms such as ligatures become several.
    if text.is_ascii() && text.len() <= counter.limit() || counter.count(text) <= counter.limit() {
        return std::iter::once(0..text.len()).collect();
    }
    let pieces: Vec<Range<usize>> = sentences.iter().flat_map(|s| within_limit(text, s.clone(), counter)).collect();
    let sizes: Vec<usize> = pieces.iter().map(|piece| counter.count(&text[piece.clone()])).collect();
    even_groups(&sizes, counter.limit())
        .into_iter()
        .map(|group| pieces[group.start].start..pieces[group.end - 1].end)
        .collect()
}

/// A sentence that fits, or its parts: split after clauses if possible, otherwise between words, and inside a word only
/// if necessary.
fn within_limit(text: &str, sentence: Range<usize>, counter: &impl TokenCounter) -> Vec<Range<usize>> {
    if counter.count(&text[sentence.clone()]) <= counter.limit() {
        return vec![sentence];
    }
    let cuts: [Cut; 3] = [after_clause, after_word, after_any];
    let measured = cuts.into_iter().map(|cut| {
        let parts = cut_all(text, &sentence, cut);
        let sizes: Vec<usize> = parts.iter().map(|part| counter.count(&text[part.clone()])).collect();
        (parts, sizes)
    });
    // Single characters always fit, except in a window too small for any model; the last kind of cut is always
    // accepted.
    let mut last = (Vec::new(), Vec::new());
    for (parts, sizes) in measured {
        let fits = sizes.iter().all(|size| *size <= counter.limit());
        last = (parts, sizes);
        if fits {
            break;
        }
    }
    let (parts, sizes) = last;
    let join = |group: Range<usize>| parts[group.start].start..parts[group.end - 1].end;
    even_groups(&sizes, counter.limit()).into_iter().map(join).collect()
}

type Cut = fn(char, Option<char>) -> bool;

fn after_clause(c: char, next: Option<char>) -> bool {
    matches!(c, '，' | '、' | '；' | '：')
        || matches!(c, ',' | ';' | ':' | '—' | '–') && next.is_none_or(char::is_whitespace)
}

fn after_word(c: char, next: Option<char>) -> bool {
    !c.is_whitespace() && next.is_none_or(char::is_whitespace)
}

fn after_any(_: char, _: Option<char>) -> bool {
    true
}

/// The parts of `range` that end where `cut` says, without the white space between them.
fn cut_all(text: &str, range: &Range<usize>, cut: Cut) -> Vec<Range<usize>> {
    let slice = &text[range.clone()];
    let mut parts = Vec::new();
    let mut start = 0;
    let mut chars = slice.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        let end = at + c.len_utf8();
        if end == slice.len() || cut(c, chars.peek().map(|(_, next)| *next)) {
            let part = &slice[start..end];
            let lead = part.len() - part.trim_start().len();
            if !part.trim().is_empty() {
                parts.push(range.start + start + lead..range.start + end);
            }
            start = end;
        }
    }
    parts
}

/// Groups consecutive sizes so that no sum exceeds `limit`: the fewest groups, and among those the grouping with the
/// least sum of squares, which is the most even one.
fn even_groups(sizes: &[usize], limit: usize) -> Vec<Range<usize>> {
    let n = sizes.len();
    // best[i]: (groups, sum of squares, start of the last group) for the first i sizes.
    let mut best = vec![(usize::MAX, u128::MAX, 0); n + 1];
    best[0] = (0, 0, 0);
    for end in 1..=n {
        let mut sum = 0;
        for start in (0..end).rev() {
            sum += sizes[start];
            if sum > limit && start + 1 < end {
                break;
            }
            let (groups, squares, _) = best[start];
            let candidate = (groups + 1, squares + (sum as u128).pow(2), start);
            if (candidate.0, candidate.1) < (best[end].0, best[end].1) {
                best[end] = candidate;
            }
        }
    }
    let mut groups = Vec::new();
    let mut end = n;
    while end > 0 {
        groups.push(best[end].2..end);
        end = best[end].2;
    }
    groups.reverse();
    groups
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::passage::sentence::sentences;

    /// Counts one token per word, or one for every eight letters of a longer one.
    pub struct Words(pub usize);

    impl TokenCounter for Words {
        fn count(&self, text: &str) -> usize {
            text.split_whitespace().map(|word| word.chars().count().div_ceil(8)).sum()
        }
        fn limit(&self) -> usize {
            self.0
        }
    }

    fn parts(text: &str, limit: usize) -> Vec<&str> {
        split(text, &sentences(text), &Words(limit)).into_iter().map(|range| &text[range]).collect()
    }

    #[test]
    fn a_text_that_fits_stays_whole() {
        assert_eq!(parts("One two. Three four.", 9), ["One two. Three four."]);
    }

    #[test]
    fn parts_are_even_and_end_with_sentences() {
        let text = "A b c d. E f g h. I j k l. M n o p.";
        assert_eq!(parts(text, 10), ["A b c d. E f g h.", "I j k l. M n o p."]);
        assert_eq!(parts(text, 15), ["A b c d. E f g h.", "I j k l. M n o p."]);
    }

    #[test]
    fn a_long_sentence_is_split_after_clauses_then_words_then_letters() {
        assert_eq!(parts("a b c d, e f g h, i j", 5), ["a b c d,", "e f g h,", "i j"]);
        assert_eq!(parts("a b c d e f g h", 5), ["a b c d", "e f g h"]);
        assert_eq!(parts(&"x".repeat(100), 5).concat(), "x".repeat(100));
    }

    #[test]
    fn nothing_is_lost_and_no_part_is_too_long() {
        let text = "Alpha beta, gamma delta. ".repeat(40) + &"y".repeat(333) + " 終わり。終わり。";
        for limit in [3, 7, 20, 64] {
            let found = parts(text.trim(), limit);
            let squeezed = |s: &str| s.split_whitespace().collect::<String>();
            assert_eq!(squeezed(&found.concat()), squeezed(&text), "limit {limit}");
            assert!(found.iter().all(|part| Words(limit).count(part) <= limit), "limit {limit}: {found:?}");
        }
    }
}
