//! Lines that refer the reader of an article to another page: `Continued on page 2`, `Fortsetzung von Seite 1`.

/// The direction of a reference.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Jump {
    /// The article continues there.
    On,
    /// The article began there.
    From,
}

#[rustfmt::skip]
const ON: &[&str] = &[
    "continued on", "continues on", "cont. on", "cont'd on", "continued", "fortsetzung auf", "suite en", "suite",
    "continúa en", "sigue en", "continua a", "segue a", "vervolg op", "lees verder op", "continua na",
];

#[rustfmt::skip]
const FROM: &[&str] = &[
    "continued from", "cont. from", "cont'd from", "fortsetzung von", "suite de la", "viene de", "continua da",
    "segue da", "vervolg van", "continuação da",
];

const PAGES: &[&str] = &["page", "p.", "pg.", "seite", "s.", "página", "pagina", "pág.", "pag."];

/// Pages named without a number.
const NAMED: &[&str] = &["next page", "the next page", "previous page", "back page", "front page", "overleaf"];

/// The reference in a line that says nothing else.
pub(crate) fn jump(line: &str) -> Option<Jump> {
    const LONGEST: usize = 60;
    let lower = line.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase().replace('’', "'");
    let goes = |openings: &[&str]| {
        openings.iter().any(|opening| lower.strip_prefix(opening).is_some_and(|rest| is_page(rest.trim_start())))
    };
    match () {
        () if lower.len() > LONGEST => None,
        () if goes(FROM) => Some(Jump::From),
        () if goes(ON) => Some(Jump::On),
        () => None,
    }
}

/// Whether a text names a page: `page 2`, `la página 3`, `a6`, `next page`.
fn is_page(text: &str) -> bool {
    let text = text.strip_prefix("la ").unwrap_or(text);
    let named = PAGES.iter().find_map(|page| text.strip_prefix(page)).map(str::trim_start);
    let is_number = |text: &str| (1..=3).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
    let in_part = |text: &str| text.starts_with(|c: char| c.is_ascii_lowercase()) && is_number(&text[1..]);
    NAMED.contains(&text) || in_part(text) || named.is_some_and(|number| is_number(number) || in_part(number))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_that_says_nothing_else_sends_the_reader_on() {
        for line in ["Continued on page 2", "(Continued on A6)", "continued on next page", "Fortsetzung auf Seite 12"] {
            assert_eq!(jump(line), Some(Jump::On), "{line}");
        }
        for line in ["Continued from page 1", "▸ Suite de la page 3", "Viene de la página 1"] {
            assert_eq!(jump(line), Some(Jump::From), "{line}");
        }
        for line in ["Continued on page 2 of the report is a list", "continued on foot", "A suite", "page 2"] {
            assert_eq!(jump(line), None, "{line}");
        }
    }
}
