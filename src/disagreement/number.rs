//! Numbers, in digits and in words.

use std::ops::Range;

use super::text::{Text, is_plural};
use super::units::is_measure;

/// Maximum number of digits; longer runs are identifiers.
const MAX_DIGITS: usize = 15;

/// A number written in a passage.
#[derive(Debug, Clone, PartialEq)]
pub struct Number {
    pub tokens: Range<usize>,
    pub value: f64,
    /// The step to which it appears to be rounded: 1000 for `41,000`, 0.1 for `3.5`.
    pub grain: f64,
    /// Whether it is a share of a whole, given as a percentage: 90 for `nine-tenths`.
    pub share: bool,
    /// The letters directly after its digits: `km` in `100km`.
    pub suffix: String,
}

/// The number that begins with the word at `at`.
pub fn number(text: &Text, at: usize) -> Option<Number> {
    one_in_many(text, at)
        .or_else(|| fraction(text, at))
        .or_else(|| one_and_a_half(text, at))
        .or_else(|| in_digits(text, at))
        .or_else(|| in_words(text, at))
}

fn plain(tokens: Range<usize>, value: f64) -> Number {
    Number { tokens, value, grain: grain(value), share: false, suffix: String::new() }
}

fn share(tokens: Range<usize>, value: f64) -> Number {
    Number { tokens, value: value * 100.0, grain: 10.0, share: true, suffix: String::new() }
}

/// The step to which a whole number appears to be rounded; up to 100, none does.
fn grain(value: f64) -> f64 {
    let mut grain = 1.0;
    while value >= 100.0 && grain < value && value % (grain * 10.0) == 0.0 {
        grain *= 10.0;
    }
    if grain < 100.0 { 1.0 } else { grain }
}

/// `one in four`, `3 out of 10`.
fn one_in_many(text: &Text, at: usize) -> Option<Number> {
    let count = small(text.folded(at)).or_else(|| text.folded(at).parse().ok())?;
    let many = at + 1 + usize::from(text.folded(at + 1) == "out") + 1;
    if !matches!(text.folded(many - 1), "in" | "of") || many == at + 2 && text.folded(many - 1) != "in" {
        return None;
    }
    let word = text.joined(many)?.folded.as_str();
    let many_value = small(word).or_else(|| word.parse().ok().filter(|many| *many <= 100.0))?;
    let counts = text.joined(many + 1).is_some_and(|next| next.content && super::units::is_measure(&next.folded));
    (count >= 1.0 && count < many_value && !counts).then(|| share(at..many + 1, count / many_value))
}

/// `half of`, `a third of`, `two-thirds of`, `nine-tenths`; `half a million`.
fn fraction(text: &Text, at: usize) -> Option<Number> {
    let (over, part_at) = match text.folded(at) {
        "half" => (1.0, at),
        "a" | "one" => (1.0, at + 1),
        word => (small(word)?, at + 1),
    };
    let part = part(text.folded(part_at)).filter(|part| over < *part)?;
    text.joined(part_at).filter(|_| part_at > at).map_or(part_at == at, |_| true).then_some(())?;
    let after = part_at + 1 + usize::from(text.folded(part_at + 1) == "of");
    if let Some(scale) = scale(text.folded(after + 1)).filter(|_| text.folded(after) == "a") {
        return Some(plain(at..after + 2, scale * over / part));
    }
    let of_whole = text.folded(part_at + 1) == "of"
        || part == 2.0 && matches!(text.folded(part_at + 1), "the" | "its" | "their" | "all");
    (of_whole && !matches!(text.folded_before(at, 1), "first" | "second" | "a" | "last"))
        .then(|| share(at..part_at + 1, over / part))
}

fn part(word: &str) -> Option<f64> {
    let parts = ["half", "third", "quarter", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth"];
    parts.iter().position(|part| word.strip_suffix('s').unwrap_or(word) == *part).map(|at| at as f64 + 2.0)
}

/// `an hour and a half`: the number is the article, and the half after its unit is left there.
fn one_and_a_half(text: &Text, at: usize) -> Option<Number> {
    let half = ["and", "a", "half"].iter().enumerate().all(|(i, word)| text.folded(at + 2 + i) == *word);
    (half && matches!(text.folded(at), "a" | "an" | "one") && super::units::is_measure(text.folded(at + 1)))
        .then(|| Number { grain: 0.5, ..plain(at..at + 1, 1.5) })
}

/// `5000`, `41,000`, `41 000`, `3.5`, `1.2 million`, `$3m`, `100km`.
fn in_digits(text: &Text, at: usize) -> Option<Number> {
    let word = text.folded(at);
    let digits = word.len() - word.trim_start_matches(|c: char| c.is_ascii_digit() || matches!(c, ',' | '.')).len();
    let (figures, suffix) = word.split_at(digits);
    let (value, mut grain, mut end) =
        spaced(text, at).or_else(|| figures_value(figures).map(|(value, grain)| (value, grain, at + 1)))?;
    let scale = match suffix {
        "" => text.joined(end).and_then(|next| scale(&next.folded)).inspect(|_| end += 1).unwrap_or(1.0),
        "k" => 1e3,
        "bn" => 1e9,
        "mn" | "mio" => 1e6,
        "m" if is_money_before(text, at) || text.joined(end).is_some_and(|next| next.content) => 1e6,
        "st" | "nd" | "rd" | "th" | "s" => return None,
        _ => 1.0,
    };
    grain *= scale;
    let suffix = if scale == 1.0 { suffix.to_owned() } else { String::new() };
    Some(Number { tokens: at..end, value: value * scale, grain, share: false, suffix })
}

/// Groups of three digits separated by spaces.
fn spaced(text: &Text, at: usize) -> Option<(f64, f64, usize)> {
    let is_group = |word: &str, most: usize| word.len() <= most && word.bytes().all(|b| b.is_ascii_digit());
    if !is_group(text.folded(at), 3) {
        return None;
    }
    let follows = |at: &usize| {
        text.joined(*at)
            .is_some_and(|next| next.range.len() == 3 && is_group(&next.folded, 3) && !matches!(next.gap, "-" | "‑"))
    };
    let end = (at + 1..at + 5).find(|at| !follows(at)).filter(|end| *end > at + 1)?;
    let figures: String = (at..end).map(|at| text.folded(at)).collect();
    figures_value(&figures).map(|(value, grain)| (value, grain, end))
}

/// The value and the grain of digits with commas and a decimal point.
fn figures_value(figures: &str) -> Option<(f64, f64)> {
    if !figures.starts_with(|c: char| c.is_ascii_digit()) || figures.len() > MAX_DIGITS {
        return None;
    }
    let (whole, decimals) = figures.split_once('.').unwrap_or((figures, ""));
    let mut groups = whole.split(',');
    let grouped = groups.next().is_some_and(|first| first.len() <= 3 || !whole.contains(','))
        && groups.all(|group| group.len() == 3);
    if !grouped || decimals.contains(['.', ',']) {
        return None;
    }
    let value: f64 = figures.replace(',', "").parse().ok()?;
    Some((value, if decimals.is_empty() { grain(value) } else { 0.1f64.powi(decimals.len() as i32) }))
}

pub fn is_money_before(text: &Text, at: usize) -> bool {
    text.whole[..text.tokens[at].range.start].ends_with(['$', '€', '£', '¥'])
}

/// `thirty-one`, `a hundred and four`, `forty-one thousand`, `two dozen`, `two and a half`.
fn in_words(text: &Text, at: usize) -> Option<Number> {
    let mut end = at;
    let (mut total, mut group, mut last) = (0.0, 0.0, f64::INFINITY);
    if matches!(text.folded(at), "a" | "an") {
        scale(text.folded(at + 1))?;
        (group, end, last) = (1.0, at + 1, 1.0);
    }
    while end == at || text.joined(end).is_some() {
        let word = text.folded(end);
        if let Some(value) = small(word).filter(|value| *value < last && (last >= 20.0)) {
            (group, last) = (group + value, if value < 20.0 { 1.0 } else { value.min(20.0) });
        } else if let Some(scale) = scale(word).filter(|_| end > at) {
            let lifted = if group == 0.0 { total * scale } else { group * scale };
            (total, group, last) = if scale == 100.0 { (total, lifted, 100.0) } else { (total + lifted, 0.0, 1000.0) };
        } else if !(word == "and" && last >= 100.0 && small(text.folded(end + 1)).is_some() && end > at) {
            break;
        }
        end += 1;
    }
    let half = end > at && ["and", "a", "half"].iter().enumerate().all(|(i, word)| text.folded(end + i) == *word);
    let value = total + group + if half { 0.5 } else { 0.0 };
    let end = end + if half { 3 } else { 0 };
    let grain = if text.folded(end.saturating_sub(1)) == "dozen" { 12.0 } else { grain(value) };
    (end > at).then(|| Number { grain: if half { 0.5 } else { grain }, ..plain(at..end, value) })
}

/// Whether a lower-case word is a number.
pub fn is_numeral(word: &str) -> bool {
    small(word).is_some() || scale(word).is_some()
}

/// The value of a number word below a hundred.
pub fn small(word: &str) -> Option<f64> {
    const ONES: [&str; 20] = [
        "zero",
        "one",
        "two",
        "three",
        "four",
        "five",
        "six",
        "seven",
        "eight",
        "nine",
        "ten",
        "eleven",
        "twelve",
        "thirteen",
        "fourteen",
        "fifteen",
        "sixteen",
        "seventeen",
        "eighteen",
        "nineteen",
    ];
    const TENS: [&str; 8] = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"];
    let ones = ONES.iter().position(|name| *name == word).map(|at| at as f64);
    ones.or_else(|| TENS.iter().position(|name| *name == word).map(|at| (at as f64 + 2.0) * 10.0))
}

fn scale(word: &str) -> Option<f64> {
    match word {
        "dozen" => Some(12.0),
        "hundred" => Some(1e2),
        "thousand" => Some(1e3),
        "million" => Some(1e6),
        "billion" => Some(1e9),
        "trillion" => Some(1e12),
        _ => None,
    }
}

/// Whether the text at byte `start` is the number of an item in a list elsewhere, or part of an address: `#12`,
/// `example.org/pull/12`.
pub fn is_reference(text: &str, start: usize) -> bool {
    let before = &text[..start];
    let word = before.rfind(char::is_whitespace).map_or(before, |at| &before[at..]);
    before.ends_with('#') || word.contains("://")
}

/// Whether a number is the confidence level of another: `95% CI`, `a 95 per cent confidence interval`.
pub fn is_level(text: &Text, number: &Number) -> bool {
    let next = (number.tokens.end..).find(|at| !matches!(text.folded(*at), "percent" | "per" | "cent" | "pct"));
    next.is_some_and(|at| matches!(text.folded(at), "ci" | "cis" | "cri" | "confidence" | "credible"))
}

/// Whether a number is part of a thing's name: `25-hydroxyvitamin`.
pub fn is_of_a_name(text: &Text, number: &Number) -> bool {
    const LONG: usize = 9;
    let next = text.tokens.get(number.tokens.end).filter(|next| next.gap == "-");
    next.is_some_and(|next| next.folded.len() >= LONG && !is_plural(&next.folded) && !is_measure(&next.folded))
}

/// Whether a word is probably a checksum: `e111f4b`.
pub fn is_checksum(word: &str) -> bool {
    let letters = word.bytes().filter(u8::is_ascii_alphabetic).count();
    word.len() >= 7 && letters > 0 && letters < word.len() && word.bytes().all(|byte| byte.is_ascii_hexdigit())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(text: &str) -> Option<f64> {
        number(&Text::read(text).unwrap(), 0).map(|number| number.value)
    }

    #[test]
    fn forms_of_a_number() {
        for (text, expected) in [
            ("41,000 flats", 41_000.0),
            ("41 000 flats", 41_000.0),
            ("forty-one thousand flats", 41_000.0),
            ("a hundred and four", 104.0),
            ("two hundred and thirty-one thousand five hundred", 231_500.0),
            ("two dozen eggs", 24.0),
            ("a dozen eggs", 12.0),
            ("1.2 million crowns", 1.2e6),
            ("5k runners", 5000.0),
            ("two and a half hours", 2.5),
            ("an hour and a half", 1.5),
            ("half a million", 500_000.0),
            ("a quarter of a million", 250_000.0),
            ("nine-tenths of it", 90.0),
            ("one in four homes", 25.0),
            ("3 out of 10 homes", 30.0),
            ("thirty two", 32.0),
        ] {
            let found = value(text).unwrap_or_else(|| panic!("{text}"));
            assert!((found - expected).abs() < 1e-6, "{text}: {found}");
        }
    }

    #[test]
    fn what_is_no_number() {
        for text in ["a boat", "12th of", "1,2,3 go", "12345678901234567890 is long", "third place", "dozens of"] {
            assert_eq!(value(text), None, "{text}");
        }
    }

    #[test]
    fn grains() {
        for (value, expected) in [(41_000.0, 1000.0), (400.0, 100.0), (410.0, 1.0), (30.0, 1.0), (0.0, 1.0), (3e6, 1e6)]
        {
            assert_eq!(grain(value), expected, "{value}");
        }
    }
}
