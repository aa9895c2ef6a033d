//! Lines of right-to-left scripts: from the order on the page to reading order.
//!
//! The inverse of the Unicode Bidirectional Algorithm (UAX #9) for a line of such a script: everything is reversed, and
//! numbers and words of other scripts in it are reversed back, together with their signs; brackets elsewhere are drawn
//! mirrored.

use std::ops::Range;

use super::line::is_right_to_left;

/// How a character affects the order of its line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Leftward,
    /// A letter of a left-to-right script.
    Rightward,
    Digit,
    Neutral,
}

/// Takes the characters of a line from left to right and returns them in reading order, each with its place in the
/// line.
pub fn reading_order(line: &[char]) -> Vec<(usize, char)> {
    let kinds = kinds(line);
    let mut order: Vec<(usize, char)> = Vec::with_capacity(line.len());
    let mut end = line.len();
    for run in forward_runs(&kinds).into_iter().rev() {
        order.extend((run.end..end).rev().map(|at| (at, mirrored(line[at]))));
        order.extend(run.clone().map(|at| (at, line[at])));
        end = run.start;
    }
    order.extend((0..end).rev().map(|at| (at, mirrored(line[at]))));
    order
}

fn kinds(line: &[char]) -> Vec<Kind> {
    let arabic = line.iter().any(|c| is_right_to_left(*c) && c.is_alphabetic() && !('\u{590}'..'\u{600}').contains(c));
    let kind = |c: char| match c {
        // Arabic digits are written from left to right too.
        c if c.is_numeric() => Kind::Digit,
        '\u{66a}'..='\u{66c}' => Kind::Neutral,
        c if is_right_to_left(c) => Kind::Leftward,
        c if c.is_alphabetic() => Kind::Rightward,
        _ => Kind::Neutral,
    };
    let mut kinds: Vec<Kind> = line.iter().copied().map(kind).collect();
    let is_digit = |kinds: &[Kind], at: Option<usize>| at.and_then(|at| kinds.get(at)) == Some(&Kind::Digit);
    for at in 0..line.len() {
        // After Arabic letters, signs are not part of numbers.
        let joins = matches!(line[at], '.' | ',' | ':' | '/' | '\u{66b}' | '\u{66c}')
            || !arabic && matches!(line[at], '-' | '+' | '−');
        if joins && is_digit(&kinds, at.checked_sub(1)) && kinds.get(at + 1) == Some(&Kind::Digit) {
            kinds[at] = Kind::Digit;
        }
    }
    let is_sign = |c: char| matches!(c, '%' | '‰' | '$' | '€' | '£' | '₪' | '#' | '°');
    for at in (0..line.len()).filter(|at| !arabic && is_sign(line[*at])) {
        if is_digit(&kinds, at.checked_sub(1)) || is_digit(&kinds, Some(at + 1)) {
            kinds[at] = Kind::Digit;
        }
    }
    kinds
}

/// Returns the parts of a line that are read from left to right. A number after a left-to-right word belongs to it.
fn forward_runs(kinds: &[Kind]) -> Vec<Range<usize>> {
    let mut runs: Vec<Range<usize>> = Vec::new();
    let mut at = 0;
    while at < kinds.len() {
        if !matches!(kinds[at], Kind::Digit | Kind::Rightward) {
            at += 1;
            continue;
        }
        let (start, mut end, mut in_word) = (at, at, false);
        while at < kinds.len() && kinds[at] != Kind::Leftward && (in_word || kinds[at] != Kind::Neutral) {
            in_word |= kinds[at] == Kind::Rightward;
            at += 1;
            if kinds[at - 1] != Kind::Neutral {
                end = at;
            }
        }
        runs.push(start..end);
    }
    runs
}

fn mirrored(c: char) -> char {
    const PAIRS: [(char, char); 9] =
        [('(', ')'), ('[', ']'), ('{', '}'), ('<', '>'), ('«', '»'), ('‹', '›'), ('≤', '≥'), ('⟨', '⟩'), ('「', '」')];
    PAIRS
        .iter()
        .find_map(|(open, close)| match c {
            c if c == *open => Some(*close),
            c if c == *close => Some(*open),
            _ => None,
        })
        .unwrap_or(c)
}

/// Whether two characters are a pair of brackets.
pub fn is_mirror(a: char, b: char) -> bool {
    a != b && mirrored(a) == b
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_words_of_other_scripts_are_read_to_the_right() {
        // What is drawn from left to right, and what is read.
        for (drawn, read) in [
            ("ב 3.5% לע", "על 3.5% ב"),
            (".2023 םוי", "יום 2023."),
            ("12/05/2025 םוי", "יום 12/05/2025"),
            ("1,250 ןוילימ", "מיליון 1,250"),
            ("תרבח Halden Stores המסרפ", "פרסמה Halden Stores חברת"),
            ("COVID-19 תפגמ", "מגפת COVID-19"),
            (".(ויתחת) 3D", "3D (תחתיו)."),
        ] {
            let line: Vec<char> = drawn.chars().collect();
            let found: String = reading_order(&line).into_iter().map(|(_, c)| c).collect();
            assert_eq!(found, read);
        }
    }

    #[test]
    fn a_sign_beside_a_number_is_drawn_to_the_left_of_it_in_arabic() {
        let line: Vec<char> = "%3.5 ةبسن".chars().collect();
        assert_eq!(reading_order(&line).into_iter().map(|(_, c)| c).collect::<String>(), "نسبة 3.5%");
    }
}
