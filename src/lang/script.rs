//! Scripts without spaces between words.

/// Whether a character belongs to a script without spaces between words, so that each counts as a word: Thai, Lao,
/// Burmese, Khmer, kana and Han.
pub(crate) fn is_unspaced(c: char) -> bool {
    matches!(c, '\u{e00}'..='\u{eff}' | '\u{1000}'..='\u{109f}' | '\u{1780}'..='\u{17ff}' | '\u{3040}'..='\u{30ff}')
        || matches!(c, '\u{3400}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}')
}

/// Whether two lines that end and begin with these characters are joined without a space: Han, kana and their
/// punctuation.
pub(crate) fn joins_unspaced(last: char, first: char) -> bool {
    let is_unspaced = |c| {
        matches!(c, '\u{3000}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}')
            || matches!(c, '\u{f900}'..='\u{faff}' | '\u{ff00}'..='\u{ffef}')
    };
    is_unspaced(last) && is_unspaced(first)
}

/// Whether a word is a date or time in Chinese or Japanese notation: `2026年3月5日`.
pub(crate) fn is_date_in_han(word: &str) -> bool {
    let (digits, signs) = (|c: char| c.is_ascii_digit(), |c| matches!(c, '年' | '月' | '日' | '时' | '時' | '分'));
    word.contains(signs) && word.starts_with(digits) && word.chars().all(|c| digits(c) || signs(c))
}

/// Whether a text has at least this many caseless letters, so that it may be long although it has few spaces.
pub(crate) fn has_caseless_letters(text: &str, least: usize) -> bool {
    text.chars().filter(|c| c.is_alphabetic() && !c.is_lowercase() && !c.is_uppercase()).take(least).count() == least
}
