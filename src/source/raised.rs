//! Small numbers above the line, as far as all formats have them.

/// What a line of text has between `before` and a raised text: the sign of an exponent behind a number, which would
/// be another number without it.
pub fn sign(before: &str, raised: &str) -> Option<&'static str> {
    let exponent = raised.strip_prefix(['-', '−', '–', '+']).unwrap_or(raised);
    (before.ends_with(|c: char| c.is_ascii_digit()) && is_number(exponent)).then_some("^")
}

/// Whether a raised text is the upper number of a fraction that goes on with `behind`.
pub fn is_numerator(raised: &str, behind: &str) -> bool {
    is_number(raised) && behind.trim_start().starts_with(['/', '⁄', '∕'])
}

/// Whether a raised text belongs to the word behind it, as the number of an isotope does: `¹⁴C`.
pub fn leads(before: &str, behind: &str) -> bool {
    before.ends_with(char::is_whitespace) && behind.starts_with(char::is_alphanumeric)
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_raised_number_behind_a_number_is_an_exponent() {
        assert_eq!((sign("about 10", "6"), sign("10", "−5")), (Some("^"), Some("^")));
        assert_eq!((sign("the 3", "rd"), sign("12 m", "2"), sign("10 ", "6")), (None, None, None));
    }
}
