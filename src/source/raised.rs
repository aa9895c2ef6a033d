//! Small raised numbers, as far as all formats have them.

/// Returns what goes between `before` and a raised text on one line: the sign of an exponent after a number, which
/// would otherwise read as another number.
pub fn sign(before: &str, raised: &str) -> Option<&'static str> {
    let exponent = raised.strip_prefix(['-', '−', '–', '+']).unwrap_or(raised);
    (before.ends_with(|c: char| c.is_ascii_digit()) && is_number(exponent)).then_some("^")
}

/// Whether a raised text is the numerator of a fraction that continues with `behind`.
pub fn is_numerator(raised: &str, behind: &str) -> bool {
    is_number(raised) && behind.trim_start().starts_with(['/', '⁄', '∕'])
}

/// Whether a raised text belongs to the word after it, as the number of an isotope does: `¹⁴C`.
pub fn leads(before: &str, behind: &str) -> bool {
    before.ends_with(char::is_whitespace) && behind.starts_with(char::is_alphanumeric)
}

/// Whether a raised text is the number or sign of a note, judged by what is before it: a word or the end of a sentence,
/// not a number, a variable, or a unit that is raised to a power.
pub fn marks_note(before: &str, mark: &str) -> bool {
    const UNITS: &[&str] =
        &["metre", "metres", "meter", "meters", "Meter", "feet", "mètres", "metros", "inch", "inches", "miles"];
    let before = before.trim_end();
    if is_sign(mark) {
        return before.ends_with(|c: char| c.is_alphanumeric() || is_end(c));
    }
    if !is_note_number(mark) || mark.starts_with(['-', '–']) {
        return false;
    }
    let bare = before.trim_end_matches(is_end);
    let word = bare.rsplit(|c: char| !c.is_alphanumeric()).next().unwrap_or("");
    let is_power = UNITS.contains(&word) && matches!(mark, "2" | "3");
    let is_word = word.chars().count() >= 4 && word.chars().all(char::is_alphabetic) && !is_power;
    is_word || bare.len() < before.len() && !word.is_empty() && !word.ends_with(|c: char| c.is_ascii_digit())
}

/// Matches `1`, `12`, `(3)`, `1,2`.
pub fn is_note_number(text: &str) -> bool {
    let bare = text.trim_matches(['(', ')', '.']);
    let digits = |part: &str| (1..=3).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit());
    !bare.is_empty() && bare.split([',', '–', '-', ' ']).all(|part| part.is_empty() || digits(part))
}

/// Whether a text is a sign used for notes instead of a number.
pub fn is_sign(text: &str) -> bool {
    text.chars().count() <= 3 && text.chars().all(|c| matches!(c, '*' | '†' | '‡' | '§' | '¶' | '※'))
}

/// Matches `[3]`, `[note 2]`.
pub fn is_bracketed(text: &str) -> bool {
    text.strip_prefix('[').and_then(|text| text.strip_suffix(']')).is_some_and(|inner| inner.split(' ').count() <= 3)
}

/// Whether a character is punctuation that ends a word.
pub fn is_end(c: char) -> bool {
    matches!(c, '.' | ',' | ';' | ':' | '!' | '?' | '"' | '”' | '’' | '»' | '。' | '、')
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_behind_a_word_marks_a_note() {
        for (before, mark) in [("in feet", "1"), ("It rained.", "12"), ("the lamp", "†"), ("of boats,", "3")] {
            assert!(marks_note(before, mark), "{before}^{mark}");
        }
        for (before, mark) in
            [("40 feet", "2"), ("m", "2"), ("10", "6"), ("the 3", "rd"), ("metres", "3"), ("seconds", "-1")]
        {
            assert!(!marks_note(before, mark), "{before}^{mark}");
        }
    }

    #[test]
    fn a_raised_number_behind_a_number_is_an_exponent() {
        assert_eq!((sign("about 10", "6"), sign("10", "−5")), (Some("^"), Some("^")));
        assert_eq!((sign("the 3", "rd"), sign("12 m", "2"), sign("10 ", "6")), (None, None, None));
    }
}
