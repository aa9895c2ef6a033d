//! The ends of sentences.
//!
//! Unicode's own rules (UAX #29) break after `Dr.` and `U.S.` and do not know footnote marks, so this module has its
//! own: a terminator ends a sentence unless it follows an abbreviation or what follows continues in lower case.

use std::ops::Range;

use crate::lang::english::sentence;
use crate::lang::{self, languages};

/// The sentences of `text` as byte ranges, in order, without the white space between them.
pub fn sentences(text: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut start = 0;
    let mut at = 0;
    while let Some(end) = next_end(text, at) {
        if ends_here(text, end) {
            push_trimmed(&mut found, text, start..end.after);
            start = end.after;
        }
        at = end.after;
    }
    push_trimmed(&mut found, text, start..text.len());
    found
}

/// Whether `text` as a whole ends a sentence: with a terminator and its closing marks.
pub fn is_complete(text: &str) -> bool {
    let mut rest = text.trim_end();
    if let Some(bare) = without_footnote(rest) {
        rest = bare;
    }
    // The signature may be in brackets: `… in May. (Orme)`.
    if rest.ends_with(')')
        && let Some((said, _)) = rest.rsplit_once(" (").filter(|(_, last)| is_signature(last))
    {
        rest = said;
    }
    ends_in_terminator(rest.trim_end_matches(is_any_closer))
        // In French a space precedes the quotation mark.
        || rest.ends_with(is_guillemet) && ends_in_terminator(rest.trim_end_matches(is_guillemet).trim_end())
}

/// Whether the text after an opening bracket is a name of one or two words, and nothing else.
fn is_signature(bracketed: &str) -> bool {
    let inside = bracketed.strip_suffix(')').unwrap_or("");
    inside.split_whitespace().count() <= 2 && inside.starts_with(char::is_uppercase)
}

fn ends_in_terminator(text: &str) -> bool {
    text.char_indices().next_back().is_some_and(|(at, last)| terminates(text, at, last))
}

/// `rest` without a footnote's number directly after a terminator.
fn without_footnote(rest: &str) -> Option<&str> {
    let mut unbracketed = rest;
    while unbracketed.ends_with(']') {
        let open = unbracketed.char_indices().rev().take(MARK).find(|(_, c)| *c == '[').map(|(at, _)| at);
        let Some(open) = open.filter(|at| is_mark(&unbracketed[*at..])) else { break };
        unbracketed = &unbracketed[..open];
    }
    if unbracketed.len() < rest.len() {
        return Some(unbracketed);
    }
    let bare = rest.trim_end_matches(|c: char| c.is_ascii_digit() || is_superscript(c));
    let digits = rest.len() - bare.len();
    let before = bare.trim_end_matches(is_closer);
    let decimal =
        before.len() == bare.len() && before.trim_end_matches(is_terminator).ends_with(|c: char| c.is_ascii_digit());
    ((1..=6).contains(&digits) && before.ends_with(is_terminator) && !decimal).then_some(bare)
}

fn push_trimmed(found: &mut Vec<Range<usize>>, text: &str, range: Range<usize>) {
    let slice = &text[range.clone()];
    let start = range.start + slice.len() - slice.trim_start().len();
    let end = start + slice.trim().len();
    if start < end {
        found.push(start..end);
    }
}

/// A run of terminators, with the closing marks and footnote number after it.
#[derive(Debug, Clone, Copy)]
struct End {
    /// The position of the first terminator.
    at: usize,
    /// The start of the closing marks.
    closed: usize,
    /// The first byte after all of it.
    after: usize,
    /// Whether a single full stop is all there is: only then can it belong to an abbreviation.
    lone_stop: bool,
    /// Whether the terminator belongs to a script without a space after it.
    wide: bool,
}

fn is_terminator(c: char) -> bool {
    matches!(c, '.' | '!' | '?' | '…' | '‽' | '\u{37e}') || is_wide(c) || matches!(c, '؟' | '۔' | '।' | '॥' | '።' | '։')
}

/// Whether the character at a byte of a text is a terminator there: in Greek a semicolon ends a question.
fn terminates(text: &str, at: usize, c: char) -> bool {
    let greek = |c: char| matches!(c, '\u{370}'..='\u{3ff}' | '\u{1f00}'..='\u{1fff}') && c.is_alphabetic();
    let after_greek = || text[..at].chars().rev().take(2).filter(|c| greek(*c)).count() == 2;
    is_terminator(c) || c == ';' && after_greek()
}

fn is_wide(c: char) -> bool {
    matches!(c, '。' | '！' | '？' | '｡' | '．' | '។' | '။')
}

/// Whether a mark closes quotations in one language and opens them in another.
fn is_guillemet(c: char) -> bool {
    matches!(c, '»' | '›' | '«' | '‹')
}

fn is_any_closer(c: char) -> bool {
    is_closer(c) || matches!(c, '“' | '‘' | '«' | '‹')
}

/// `rest`, which follows a terminator, without the closing marks at its start. `“` and `«` close quotations in German
/// and Danish if no letter follows them, and in French a space precedes `»`.
fn without_closers(rest: &str) -> &str {
    let parts = |rest: &str| rest.chars().next().is_none_or(|c| !c.is_alphanumeric() && !is_opener(c) && c != '…');
    let mut rest = rest;
    loop {
        let before = rest;
        rest = rest.trim_start_matches(is_closer);
        let turned = rest.strip_prefix(is_any_closer).filter(|after| parts(after));
        let spaced = || {
            let mark = rest.strip_prefix(char::is_whitespace)?;
            mark.strip_prefix(['»', '›']).filter(|following| parts(following))
        };
        rest = turned.or_else(spaced).unwrap_or(rest);
        if rest.len() == before.len() {
            return rest;
        }
    }
}

fn is_closer(c: char) -> bool {
    matches!(c, '"' | '\'' | '”' | '’' | ')' | ']' | '}' | '»' | '›' | '」' | '』' | '】' | '）' | '*' | '_')
}

fn is_opener(c: char) -> bool {
    matches!(c, '"' | '\'' | '“' | '‘' | '(' | '[' | '{' | '«' | '‹' | '„' | '‚' | '「' | '『' | '¿' | '¡' | '*' | '_')
}

fn is_superscript(c: char) -> bool {
    matches!(c, '¹' | '²' | '³' | '⁰' | '⁴'..='⁹')
}

/// The next candidate at or after `from`.
fn next_end(text: &str, from: usize) -> Option<End> {
    let (at, first) =
        text[from..].char_indices().map(|(at, c)| (from + at, c)).find(|(at, c)| terminates(text, *at, *c))?;
    let first_length = first.len_utf8();
    let run = text[at..].len() - text[at + first_length..].trim_start_matches(is_terminator).len();
    let closed = without_closers(&text[at + run..]);
    let after = text.len() - closed.len();
    Some(End {
        at,
        after: after + footnote(text, at, after),
        closed: at + run,
        lone_stop: first == '.' && run == 1,
        wide: text[at..at + run].contains(is_wide),
    })
}

/// Number of bytes of a footnote's number directly after the end of a sentence: `said.4 Then`, `(LDP).12 The`,
/// `capacity.[1][2] Zinc`.
fn footnote(text: &str, at: usize, after: usize) -> usize {
    let rest = &text[after..];
    let bracketed = rest.len() - without_brackets(rest).len();
    if bracketed > 0 {
        return bracketed;
    }
    let following = rest.trim_start_matches(|c: char| c.is_ascii_digit() || is_superscript(c));
    let digits = rest.len() - following.len();
    let decimal = after == at + 1 && text[..at].ends_with(|c: char| c.is_ascii_digit());
    let ends = following.is_empty() || following.starts_with(char::is_whitespace);
    if (1..=6).contains(&digits) && ends && !decimal { digits } else { 0 }
}

/// `rest` without the footnote marks in square brackets at its start, if white space follows them.
fn without_brackets(rest: &str) -> &str {
    let mut following = rest;
    while following.starts_with('[') {
        // Marks are short: looking further would search the whole text for each bracket.
        let close = following.char_indices().take(MARK).find(|(_, c)| *c == ']').map(|(at, _)| at);
        let Some(close) = close.filter(|at| is_mark(&following[..=*at])) else { break };
        following = &following[close + 1..];
    }
    if following.is_empty() || following.starts_with(char::is_whitespace) { following } else { rest }
}

/// Maximum number of characters of a footnote mark.
const MARK: usize = 40;

/// Whether a text is a footnote mark: `[12]`, `[3, 4]`, `[b]`.
fn is_mark(bracketed: &str) -> bool {
    let Some(mark) = bracketed.strip_prefix('[').and_then(|mark| mark.strip_suffix(']')) else { return false };
    let counts = |number: &str| (1..=4).contains(&number.len()) && number.bytes().all(|byte| byte.is_ascii_digit());
    mark.split([',', '-', '–']).all(|number| counts(number.trim()))
        || mark.len() == 1 && mark.starts_with(|c: char| c.is_ascii_lowercase())
}

fn ends_here(text: &str, end: End) -> bool {
    let rest = &text[end.after..];
    let following = rest.trim_start();
    if following.is_empty() {
        return true;
    }
    if goes_on_after_closers(text, end, following) {
        return false;
    }
    if end.wide {
        let decimal = text[end.at..].starts_with('．') && rest.starts_with(char::is_numeric);
        return !decimal && !following.starts_with(['、', '，', '；', '：', ',']);
    }
    if !rest.starts_with(char::is_whitespace) {
        return false;
    }
    // A dash introduces who said what precedes it.
    let next =
        following.trim_start_matches(|c: char| is_opener(c) || matches!(c, '—' | '–' | '―') || c.is_whitespace());
    match next.chars().next() {
        None => true,
        Some(c) if c.is_lowercase() => false,
        Some(_) => !end.lone_stop || end.after > end.at + 1 || !is_abbreviation(&text[..end.at], next),
    }
}

/// Maximum number of characters of a text in brackets within a sentence.
const BRACKETED: usize = 200;

/// Whether a sentence continues after the closing marks of a part of it although no lower-case letter shows it: after a
/// quotation, and after brackets within a sentence.
fn goes_on_after_closers(text: &str, end: End, following: &str) -> bool {
    let closers = &text[end.closed..end.after];
    if closers.contains(['"', '”', '“', '»', '」', '』']) {
        let stop =
            following.char_indices().find(|(at, c)| terminates(following, *at, *c) || matches!(c, '，' | ',' | '、'));
        let clause = following[..stop.map_or(following.len(), |(at, _)| at)].trim();
        return languages::goes_on_after_quote(following, clause);
    }
    end.wide && closers.contains('）') && {
        // No further than brackets extend, so that many of them take linear time.
        let inside = text[..end.at].char_indices().rev().take(BRACKETED).find(|(_, c)| *c == '（');
        let before = inside.map_or("", |(open, _)| text[..open].trim_end());
        before.ends_with(|c: char| !is_terminator(c) && !is_any_closer(c))
    }
}

/// Whether the full stop after `before` belongs to an abbreviation, given what follows.
fn is_abbreviation(before: &str, next: &str) -> bool {
    // After a closing mark there is no abbreviation: `(95% CI 0.8 to 3.0).`, `(Smith et al.).`
    if before.ends_with(is_any_closer) {
        return false;
    }
    let word = before.rsplit(|c: char| c.is_whitespace() || is_opener(c) || c == '—' || c == '–').next().unwrap_or("");
    let first: String = next.chars().take_while(|c| c.is_alphanumeric()).collect::<String>().to_lowercase();
    let starter = sentence::STARTERS.contains(&first.as_str()) || languages::is_starter(&first);
    let lower = word.to_lowercase();
    if sentence::TITLES.contains(&lower.as_str()) {
        return true;
    }
    let before_number = sentence::BEFORE_NUMBERS.contains(&lower.as_str()) || languages::is_before_number(&lower);
    if before_number && (next.starts_with(char::is_numeric) || is_roman(&first)) {
        return true;
    }
    let spaced = Spaced::of(before, word, next);
    let initial = spaced == Spaced::Last || word.chars().count() == 1 && word.starts_with(char::is_uppercase);
    let letters = |part: &str| part.chars().count() <= 2 && part.contains(char::is_alphabetic);
    let dotted = word.contains('.') && word.split('.').all(letters);
    let ordinal =
        !word.is_empty() && before.trim_end_matches(char::is_alphanumeric).trim().is_empty() && word.len() <= 2;
    let number = !word.is_empty() && word.len() <= 2 && word.bytes().all(|c| c.is_ascii_digit());
    let other = || {
        sentence::OTHER_ABBREVIATIONS.contains(&lower.as_str()) || shortened(word) && languages::is_abbreviation(&lower)
    };
    let known = number && (ordinal || is_ordinal(before, word, &first)) || spaced == Spaced::Inner;
    known || (initial || dotted || other()) && !starter
}

/// Whether a folded word is a Roman number, except for the one that is also an English word.
fn is_roman(word: &str) -> bool {
    !word.is_empty() && word != "i" && word.bytes().all(|c| b"ivx".contains(&c))
}

/// Whether a word may be an abbreviation in other languages; words in capitals are names.
fn shortened(word: &str) -> bool {
    word.chars().nth(1).is_none() || !word.chars().all(char::is_uppercase)
}

/// Whether a word is part of an abbreviation of several words with spaces: `z. B.`, `h. c.`, `EE. UU.`.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Spaced {
    No,
    /// Another part follows.
    Inner,
    /// Another part precedes it.
    Last,
}

impl Spaced {
    fn of(before: &str, word: &str, next: &str) -> Self {
        let following = next.split_whitespace().next().and_then(|next| next.strip_suffix('.'));
        let last = before.strip_suffix(word).unwrap_or("").trim_end().strip_suffix('.');
        let last = last.and_then(|last| last.rsplit(|c: char| c.is_whitespace() || is_opener(c)).next());
        if !Self::may_be_part(word) {
            Self::No
        } else if following.is_some_and(Self::may_be_part) {
            Self::Inner
        } else if last.is_some_and(Self::may_be_part) {
            Self::Last
        } else {
            Self::No
        }
    }

    /// Whether a word is one letter, or a doubled capital, as in Spanish plurals.
    fn may_be_part(word: &str) -> bool {
        let mut letters = word.chars();
        match (letters.next(), letters.next(), letters.next()) {
            (Some(letter), None, _) => letter.is_alphabetic(),
            (Some(one), Some(two), None) => one == two && one.is_uppercase() && !matches!(word, "II" | "XX"),
            _ => false,
        }
    }
}

/// Whether a number with a full stop is an ordinal, as in German, Polish and other languages: `am 3. März`, `der 2.
/// Weltkrieg`.
fn is_ordinal(before: &str, number: &str, next: &str) -> bool {
    let words = before.strip_suffix(number).unwrap_or(before).trim_end();
    let last = words.rsplit(char::is_whitespace).next().unwrap_or("").to_lowercase();
    languages::leads_ordinal(&last) || lang::month(next).is_some() && !matches!(next, "may" | "march")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn split(text: &str) -> Vec<&str> {
        sentences(text).into_iter().map(|range| &text[range]).collect()
    }

    #[test]
    fn plain_sentences() {
        assert_eq!(split("It rained. It stopped!  Did it? Yes"), ["It rained.", "It stopped!", "Did it?", "Yes"]);
        assert_eq!(split(""), [""; 0]);
        assert_eq!(split("   "), [""; 0]);
    }

    #[test]
    fn abbreviations_and_initials_do_not_end_one() {
        for whole in [
            "The U.S. Navy sailed with Dr. J. R. Maren and Mrs. Oyelaran.",
            "It rose 3.5 per cent, see No. 4 and Fig. 2 (p. 31).",
            "He came at 5 p.m. Tuesday, to St. Aldric.",
            "Kestrel Inc. Chairman Ola Brandt resigned.",
            "Prices, i.e. rents, e.g. in Halm, rose.",
            "\"Why?\" he asked.",
            "Wait... what happened?",
        ] {
            assert_eq!(split(whole), [whole]);
        }
    }

    #[test]
    fn an_abbreviation_can_end_one() {
        assert_eq!(split("They left the U.S. The rest stayed."), ["They left the U.S.", "The rest stayed."]);
        assert_eq!(split("It closed at 9 p.m. However, few left."), ["It closed at 9 p.m.", "However, few left."]);
        assert_eq!(split("They chose plan B. The rest is known."), ["They chose plan B.", "The rest is known."]);
        assert_eq!(split("It fell (0.8 to 3.0). Naps helped."), ["It fell (0.8 to 3.0).", "Naps helped."]);
        assert_eq!(split("It rose (Smith et al.). Naps helped."), ["It rose (Smith et al.).", "Naps helped."]);
        assert_eq!(split("It rose by 2.5. Naps helped."), ["It rose by 2.5.", "Naps helped."]);
    }

    #[test]
    fn quotes_and_brackets_stay_with_their_sentence() {
        assert_eq!(
            split("“We knew.” He left. (They did not.) So"),
            ["“We knew.”", "He left.", "(They did not.)", "So"]
        );
    }

    #[test]
    fn a_footnote_in_brackets_stays_with_its_sentence() {
        let split = |text: &'static str| sentences(text).into_iter().map(|range| &text[range]).collect::<Vec<_>>();
        assert_eq!(split("It held 84 percent.[1][12] Zinc is old."), ["It held 84 percent.[1][12]", "Zinc is old."]);
        assert_eq!(split("It ended.[3]"), ["It ended.[3]"]);
        assert_eq!(split("See a.[0]b and c."), ["See a.[0]b and c."]);
    }

    #[test]
    fn a_footnote_number_stays_with_its_sentence() {
        assert_eq!(split("It rose by 40%.1 Second, it fell."), ["It rose by 40%.1", "Second, it fell."]);
        assert_eq!(split("A “real union.”5 The end (DPP).12 Then"), ["A “real union.”5", "The end (DPP).12", "Then"]);
        assert_eq!(split("Version 2.0 Beta is out."), ["Version 2.0 Beta is out."]);
    }

    #[test]
    fn wide_scripts_put_no_space_between() {
        assert_eq!(split("渡船停航。市长道歉！为什么？"), ["渡船停航。", "市长道歉！", "为什么？"]);
        assert_eq!(split("यह बंद है। वह गया।"), ["यह बंद है।", "वह गया।"]);
    }

    #[test]
    fn quotations_in_other_languages_stay_whole() {
        assert_eq!(
            split("« Il pleut. » Elle sortit. « Où ça ? » demanda-t-il. « Là\u{202f}! »"),
            ["« Il pleut. »", "Elle sortit.", "« Où ça ? » demanda-t-il.", "« Là\u{202f}! »"]
        );
        assert_eq!(
            split("„Es regnet.“ Er ging. »Wohin?« Niemand rief. »Halt!«, rief er."),
            ["„Es regnet.“", "Er ging.", "»Wohin?«", "Niemand rief.", "»Halt!«, rief er."]
        );
        assert_eq!(split("He said: Go. “We went.”"), ["He said: Go.", "“We went.”"]);
        assert_eq!(split("«Кто там?» — крикнул он. — Никто."), ["«Кто там?» — крикнул он.", "— Никто."]);
        assert_eq!(
            split("船が着いた……。「乗れ。」と彼は言った。「嫌だ。」ところが彼は乗った（一人で。）のだ。"),
            ["船が着いた……。", "「乗れ。」と彼は言った。", "「嫌だ。」", "ところが彼は乗った（一人で。）のだ。"]
        );
        assert_eq!(split("“船呢？”渔夫问道。“走了。”天黑了。"), ["“船呢？”渔夫问道。", "“走了。”", "天黑了。"]);
        assert_eq!(
            split("\"배는?\" 어부가 물었다. \"떠났다.\" 날이 저물었다."),
            ["\"배는?\" 어부가 물었다.", "\"떠났다.\"", "날이 저물었다."]
        );
        assert_eq!(split("Πού πήγε; Κανείς δεν είδε."), ["Πού πήγε;", "Κανείς δεν είδε."]);
    }

    #[test]
    fn abbreviations_of_other_languages_do_not_end_one() {
        for whole in [
            "Er hielt z. B. Freitag mit Dr. h. c. Holm, geb. Sund, nach Abs. 2 in der Hafenstr. 5 an.",
            "Vive en la Avda. Norte, núm. 8, desde el s. XIX, como en EE. UU. y otros.",
            "Soit env. 4 bateaux.",
            "Проф. Сунд живёт на ул. Морской, см. рис. 2 и стр. 14.",
            "Ο κ. Νόμος γράφει στη σελ. 7 του βιβλίου.",
            "И. С. Морской уехал.",
            "قال د. سامي إنه رآها.",
            "डॉ. वर्मा ने दस रु. दिए।",
        ] {
            assert_eq!(split(whole), [whole]);
        }
        assert_eq!(split("Es war im 19. Jh. Er ging."), ["Es war im 19. Jh.", "Er ging."]);
        assert_eq!(split("After World War II. Germany rose."), ["After World War II.", "Germany rose."]);
        assert_eq!(
            split("It is a function of x. Figure 3 shows it."),
            ["It is a function of x.", "Figure 3 shows it."]
        );
    }

    #[test]
    fn completeness() {
        for text in [
            "Done.",
            "“Done.”",
            "Done (LDP).2",
            "Really?",
            "alliance.”5",
            "完。",
            "Done.[1]",
            "Done.[2, 3][b]",
            "„Ja.“",
            "« Oui. »",
            "Done. (Orme)",
            "Γιατί;",
        ] {
            assert!(is_complete(text), "{text}");
        }
        for text in [
            "not done",
            "done,",
            "the first time in",
            "version 2.0",
            "“quoted”",
            "see [1]",
            "« oui »",
            "the dock (Orme)",
            "a; ",
        ] {
            assert!(!is_complete(text), "{text}");
        }
    }
}
