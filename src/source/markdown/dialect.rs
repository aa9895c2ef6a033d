//! Inline marks of dialects: attributes (kramdown, Pandoc), highlights and comments (Obsidian).

/// The meaning of a mark.
#[derive(Debug, PartialEq, Eq)]
pub enum Mark<'a> {
    /// `{#intro .wide}` and `{: .notice}`: none of it is text.
    Attributes,
    /// `==forty==`: the words between the marks are text.
    Highlight(&'a str),
    /// `%%ask Ada%%`: the words between the marks are the author's comment.
    Comment(&'a str),
}

/// Anything longer is not a list of attributes.
const MAX_ATTRIBUTES: usize = 200;

/// Returns the next mark in a text, with its start and end.
pub fn next(text: &str) -> Option<(usize, usize, Mark<'_>)> {
    text.match_indices(['{', '=', '%']).find_map(|(at, _)| {
        let (length, mark) = mark(&text[..at], &text[at..])?;
        Some((at, at + length, mark))
    })
}

/// Returns the mark at the start of `text`, which follows `before`, and its length.
fn mark<'a>(before: &str, text: &'a str) -> Option<(usize, Mark<'a>)> {
    if text.starts_with('{') {
        return attributes(text).map(|length| (length, Mark::Attributes));
    }
    let sign = text.get(..2).filter(|sign| matches!(*sign, "==" | "%%"))?;
    let inner = text[2..].split(sign).next().filter(|inner| inner.len() + 4 <= text.len())?;
    let behind = &text[inner.len() + 4..];
    if sign == "%%" {
        return (!inner.trim().is_empty()).then_some((inner.len() + 4, Mark::Comment(inner)));
    }
    let is_word = |c: char| c.is_alphanumeric() || c == '=';
    let opens = !before.ends_with(is_word) && inner.starts_with(char::is_alphanumeric);
    let closes = !inner.ends_with(char::is_whitespace) && !behind.starts_with(is_word);
    (opens && closes).then_some((inner.len() + 4, Mark::Highlight(inner)))
}

/// Returns the length of the list of attributes at the start of `text`.
fn attributes(text: &str) -> Option<usize> {
    let end = text.bytes().take(MAX_ATTRIBUTES).position(|byte| byte == b'}')?;
    let inner = &text[1..end];
    let is_name = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | ':' | '.');
    let named = |name: &str| name.starts_with(char::is_alphabetic) && name.chars().all(is_name);
    let marked = |part: &str| part.strip_prefix(['#', '.']).is_some_and(named);
    let valued = |part: &str| part.split_once('=').is_some_and(|(name, _)| named(name));
    let mut parts = inner.strip_prefix(':').unwrap_or(inner).split_whitespace().peekable();
    let lone = inner == "-" || inner.starts_with(':');
    let first = lone || parts.peek().is_some_and(|first| marked(first));
    let all = lone && inner == "-" || parts.all(|part| marked(part) || valued(part) || lone && named(part));
    (first && all).then_some(end + 1)
}

/// Returns the length of a paragraph without the name at its end by which others refer to it: `^first-count`.
pub fn without_name(text: &str) -> Option<usize> {
    let (before, name) = text.rsplit_once(" ^")?;
    let is_name = name.len() >= 2
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
        && name.contains(|c: char| c.is_ascii_alphabetic());
    (is_name && before.trim_end().ends_with(['.', '!', '?', '…', '”', '"', ')'])).then(|| before.trim_end().len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_are_told_from_text() {
        for (text, expected) in [
            ("a ==red== lamp", Some((2, 9, Mark::Highlight("red")))),
            ("%%ask Ada%%", Some((0, 11, Mark::Comment("ask Ada")))),
            ("{#fig:one .wide width=50%} x", Some((0, 26, Mark::Attributes))),
            ("{: .notice}", Some((0, 11, Mark::Attributes))),
            ("if a == b and b == c", None),
            ("a==b==c", None),
            ("100%% of", None),
            ("{name} and {1, 2} and { .x", None),
        ] {
            assert_eq!(next(text), expected, "{text}");
        }
        assert_eq!(without_name("It rained. ^first-count"), Some(10));
        assert_eq!((without_name("It rained ^2"), without_name("five ^oh")), (None, None));
    }
}
