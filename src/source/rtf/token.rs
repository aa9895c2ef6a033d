//! The tokens of RTF.

/// A piece of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Token<'a> {
    /// `{`
    Open,
    /// `}`
    Close,
    /// `\name` and its number.
    Word(&'a str, Option<i32>),
    /// A sign after a backslash.
    Symbol(u8),
    /// A byte of text that is written as two hexadecimal digits.
    Byte(u8),
    /// Bytes of text as they are.
    Text(&'a [u8]),
}

/// Largest number of letters in a control word.
const MAX_NAME: usize = 32;

/// Returns the pieces of a file, in order.
pub fn tokens(bytes: &[u8]) -> impl Iterator<Item = Token<'_>> {
    let mut rest = bytes;
    std::iter::from_fn(move || {
        // Line ends have no meaning.
        let start = rest.iter().position(|byte| !matches!(byte, b'\r' | b'\n' | 0))?;
        let (token, after) = next(&rest[start..]);
        rest = after;
        Some(token)
    })
}

fn next(rest: &[u8]) -> (Token<'_>, &[u8]) {
    match rest[0] {
        b'{' => (Token::Open, &rest[1..]),
        b'}' => (Token::Close, &rest[1..]),
        b'\\' => control(&rest[1..]),
        _ => {
            let end = rest.iter().position(|byte| matches!(byte, b'{' | b'}' | b'\\' | b'\r' | b'\n' | 0));
            let (text, after) = rest.split_at(end.unwrap_or(rest.len()));
            (Token::Text(text), after)
        }
    }
}

fn control(rest: &[u8]) -> (Token<'_>, &[u8]) {
    match rest {
        [] => (Token::Symbol(b' '), rest),
        [b'\'', after @ ..] => byte(after),
        [first, ..] if first.is_ascii_alphabetic() => word(rest),
        [symbol, after @ ..] => (Token::Symbol(*symbol), after),
    }
}

fn byte(rest: &[u8]) -> (Token<'_>, &[u8]) {
    let digits = rest.get(..2).and_then(|digits| std::str::from_utf8(digits).ok());
    match digits.and_then(|digits| u8::from_str_radix(digits, 16).ok()) {
        Some(byte) => (Token::Byte(byte), &rest[2..]),
        None => (Token::Symbol(b'\''), rest),
    }
}

fn word(rest: &[u8]) -> (Token<'_>, &[u8]) {
    let end =
        rest.iter().take(MAX_NAME).position(|byte| !byte.is_ascii_alphabetic()).unwrap_or(rest.len().min(MAX_NAME));
    let (name, mut after) = rest.split_at(end);
    // ASCII letters are valid UTF-8.
    let name = std::str::from_utf8(name).unwrap_or_default();
    let sign = usize::from(after.first() == Some(&b'-'));
    let digits = after[sign..].iter().take(10).take_while(|byte| byte.is_ascii_digit()).count();
    let mut number = None;
    if digits > 0 {
        let text = std::str::from_utf8(&after[..sign + digits]).unwrap_or_default();
        number = Some(text.parse().unwrap_or(0));
        after = &after[sign + digits..];
    }
    if after.first() == Some(&b' ') {
        after = &after[1..];
    }
    // Skips binary data, such as that of a picture.
    if let ("bin", Some(length)) = (name, number) {
        after = &after[usize::try_from(length).unwrap_or(0).min(after.len())..];
    }
    (Token::Word(name, number), after)
}
