//! Names that stand in the same place.
//!
//! That another name stands in another passage says nothing, so a pair of names needs strong evidence: the same title
//! before both and either nearly the same spelling or a title that one person holds at a time, or the same words on
//! both sides in passages that are otherwise nearly the same.

use std::ops::Range;

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use super::align::Covered;
use super::text::{Context, Text, Token, is_report};
use super::{Difference, Kind, best};
use crate::lang::english::people;
use crate::lang::is_calendar;

/// At most this many of a passage are compared.
const MAX: usize = 40;
/// Words that follow on both sides of two names that stand in the same place.
const RUN: usize = 6;
/// The share of words that nearly the same passages have in common.
const SAME_WORDS: f64 = 0.7;
/// The share for two that an office names at one time.
const SAME_EVENT: f64 = 0.5;

/// Words between a name and the office that its bearer holds.
const OFFICE: usize = 9;
/// Words around two such names that both have, and their share.
const SHARED: u32 = 3;
const SHARE: f64 = 0.4;

/// How much of what two passages say must be alike for their only two other names to be in one role: all of it, and
/// what is within `REACH` words of the one and of the other.
const COVERED: f32 = 0.45;
const COVERED_LEAST: f32 = 0.2;
const COVERED_MOST: f32 = 0.3;
/// Letters with which two names begin that are rather of one thing.
const SAME_BEGINNING: usize = 4;
/// Words around two names that are compared with those around the other.
const REACH: usize = 7;
/// Words between a name and what its bearer does, if that is to speak.
const SPEECH: usize = 3;

/// A run of capitalised words.
pub struct Name {
    tokens: Range<usize>,
    bytes: Range<usize>,
    /// Its words in lower case, without the title.
    parts: Vec<String>,
    title: Option<String>,
    /// The content word before the title.
    qualifier: Option<String>,
    /// Whether the title is said to be held at another time.
    former: bool,
    context: Context,
}

/// The names that differ. `alike` says that the passages have the same numbers, times and negations: otherwise they are
/// taken to speak of two things, each with its own name. `covered` says how much of what is said around two names the
/// other passage says too, within some words of them.
pub fn differences(
    (a, names_a): (&Text, &[Name]),
    (b, names_b): (&Text, &[Name]),
    alike: bool,
    covered: &Covered<'_>,
) -> Vec<Difference> {
    let same = same_words(a, b);
    let score = |x: &Name, y: &Name| {
        let office = || same_office(x, y).filter(|_| same >= SAME_EVENT);
        same_person_misspelt(x, y)
            .or_else(office)
            .or_else(|| (alike && same >= SAME_WORDS && same_place(a, b, x, y)).then_some(1))
    };
    let likely = best(super::pairs(names_a, names_b, compatible, score), 0.0, |score| *score as f32);
    let mut pairs: Vec<(usize, usize)> = likely.into_iter().map(|(i, j, _)| (i, j)).collect();
    if pairs.is_empty() && alike {
        pairs.extend(holders((a, names_a), (b, names_b)));
    }
    if pairs.is_empty() && alike {
        pairs.extend(in_one_role((a, names_a), (b, names_b), covered));
    }
    pairs
        .into_iter()
        .map(|(i, j)| Difference::of_kind(Kind::Name, names_a[i].bytes.clone(), names_b[j].bytes.clone()))
        .collect()
}

/// Whether each of two passages names somebody or something that the other does not.
pub fn strangers(a: &[Name], b: &[Name]) -> bool {
    let alone =
        |own: &[Name], others: &[Name]| own.iter().any(|name| !others.iter().any(|other| compatible(name, other)));
    alone(a, b) && alone(b, a)
}

/// The names of a passage, in its order; none of one that capitalises nearly every word, as headlines do.
pub fn names(text: &Text) -> Vec<Name> {
    let (capital, content) = text
        .tokens
        .iter()
        .filter(|token| token.content)
        .fold((0, 0), |(capital, all), token| (capital + usize::from(token.capital), all + 1));
    let mut found = Vec::new();
    let mut at = 0;
    while at < text.tokens.len() && found.len() < MAX && (content < 6 || capital + 1 < content) {
        let end = (at..text.tokens.len()).find(|next| !in_name(text, at, *next)).unwrap_or(text.tokens.len());
        found.extend((end > at).then(|| name(text, at..end)).flatten());
        at = end.max(at + 1);
    }
    found
}

/// Whether the word at `next` belongs to a run of capitalised words that begins at `start`.
fn in_name(text: &Text, start: usize, next: usize) -> bool {
    let token = &text.tokens[next];
    let initial = next > start && text.tokens[next - 1].range.len() <= 2;
    let joins = next == start
        || !token.first
            && (token.gap == " "
                || token.gap == "\n"
                || token.gap == "-"
                || token.gap == ". " && (initial || is_title(&text.tokens[next - 1])));
    joins
        && token.capital
        && (token.content || is_title(token) || token.range.len() == 1 && token.folded != "i")
        && !is_calendar(&token.folded)
}

fn is_title(token: &Token) -> bool {
    people::OFFICES.contains(&token.folded.as_str()) || people::TITLES.contains(&token.folded.as_str())
}

/// A run without the titles that it begins with; nothing if that leaves no name.
fn name(text: &Text, run: Range<usize>) -> Option<Name> {
    let titles =
        run.clone().rev().find(|at| is_title(&text.tokens[*at]) && *at + 1 < run.end).map_or(run.start, |at| at + 1);
    let tokens = titles..run.end;
    let before = tokens
        .start
        .checked_sub(1)
        .filter(|at| is_title(&text.tokens[*at]) && matches!(text.tokens[tokens.start].gap, " " | ", " | ". " | "\n"));
    let title = before.map(|at| text.tokens[at].folded.clone());
    let first_word = tokens.len() == 1 && begins(&text.tokens[tokens.start]);
    if title.is_none() && first_word
        || tokens.clone().all(|at| is_title(&text.tokens[at]) || text.tokens[at].range.len() == 1)
    {
        return None;
    }
    let qualifier = before
        .filter(|at| text.joined(*at).is_some())
        .and_then(|at| at.checked_sub(1))
        .map(|at| &text.tokens[at])
        .filter(|token| token.content && token.stem.len() > 1);
    Some(Name {
        bytes: text.bytes(&tokens),
        parts: tokens.clone().map(|at| without_accents(&text.tokens[at].folded)).collect(),
        title,
        former: (1..=4).any(|back| people::FORMER.contains(&text.folded_before(tokens.start, back))),
        qualifier: qualifier.map(|token| token.sense.clone()),
        context: text.context(&tokens, &[]),
        tokens,
    })
}

/// Whether a word is capitalised because something begins with it: a sentence, a quotation, what a colon announces.
fn begins(token: &Token) -> bool {
    let quoted = token.gap.contains(['"', '“', '„', '«']) && token.gap.contains(',');
    token.first || quoted || token.gap.contains(':')
}

/// A name without the accents that it is often written without; `ø`, `ł`, `đ` and `ı` are letters of their own in
/// Unicode.
fn without_accents(name: &str) -> String {
    let plain = |c: char| match c {
        'ø' => 'o',
        'ł' => 'l',
        'đ' => 'd',
        'ı' => 'i',
        _ => c,
    };
    name.nfd().filter(|c| !is_combining_mark(*c)).map(plain).nfc().collect()
}

/// Whether both can name the same: every word of the shorter stands in the longer, if only as an initial, or one is the
/// other's acronym.
pub fn compatible(a: &Name, b: &Name) -> bool {
    let (short, long) = if a.parts.len() <= b.parts.len() { (a, b) } else { (b, a) };
    let named = |part: &String| long.parts.iter().any(|other| same_part(part, other));
    short.parts.iter().all(named)
        || short.parts.len() == 1 && short.parts[0].replace('.', "") == initials(long)
        || given_by_initials(a, b)
}

fn given_by_initials(a: &Name, b: &Name) -> bool {
    let surname = a.parts.last().zip(b.parts.last()).is_some_and(|(a, b)| a == b && a.len() > 1);
    surname && a.parts.len() > 1 && b.parts.len() > 1 && same_part(&a.parts[0], &b.parts[0])
}

fn same_part(a: &str, b: &str) -> bool {
    let initial = |short: &str, long: &str| short.chars().count() == 1 && long.starts_with(short);
    a == b || initial(a, b) || initial(b, a)
}

fn initials(name: &Name) -> String {
    name.parts.iter().filter_map(|part| part.chars().next()).collect()
}

/// Nearly the same spelling behind the same title or beside another part that is the same.
fn same_person_misspelt(a: &Name, b: &Name) -> Option<u32> {
    let titled = a.title.is_some() && a.title == b.title;
    let full = a.parts.iter().any(|part| part.len() > 1 && b.parts.contains(part));
    (misspelt(a, b) && (titled || full)).then_some(10)
}

/// How sure it is that two names are of the one holder of an office.
fn same_office(a: &Name, b: &Name) -> Option<u32> {
    let office =
        a.title.as_ref().filter(|title| b.title.as_ref() == Some(title) && people::OFFICES.contains(&title.as_str()));
    let qualified = a.qualifier.as_ref().zip(b.qualifier.as_ref()).is_none_or(|(x, y)| x == y);
    let shared = a.context.shared(&b.context);
    (office.is_some() && qualified && !a.former && !b.former && shared >= 2).then_some(shared)
}

/// The only two names that the other passage lacks, where an office that both passages name once stands near each and
/// most else is the same: `the chief executive, Ann Lee` and `named Bo Dahl as its chief executive`.
fn holders((a, names_a): (&Text, &[Name]), (b, names_b): (&Text, &[Name])) -> Option<(usize, usize)> {
    let (i, j) = (only(names_a, names_b)?, only(names_b, names_a)?);
    let (x, y) = (&names_a[i], &names_b[j]);
    let (both, share) = x.context.in_common(&y.context);
    let person = |name: &Name| name.parts.len() >= 2 && !name.former;
    let office = office_near(a, x)?;
    (person(x) && person(y) && both >= SHARED && share >= SHARE && office_near(b, y)? == office).then_some((i, j))
}

/// The only two names that the other passage lacks, where most else of both passages is alike.
fn in_one_role(
    (a, names_a): (&Text, &[Name]),
    (b, names_b): (&Text, &[Name]),
    covered: &Covered<'_>,
) -> Option<(usize, usize)> {
    let (i, j) = (only(names_a, names_b)?, only(names_b, names_a)?);
    let (x, y) = (&names_a[i], &names_b[j]);
    let speaks =
        |text: &Text, name: &Name| text.around(&name.tokens, SPEECH).any(|at| is_report(&text.tokens[at].stem));
    let many = |name: &Name| name.title.as_ref().is_some_and(|title| people::TITLES.contains(&title.as_str()));
    let apart = [x, y].iter().any(|name| name.former || many(name)) || speaks(a, x) || speaks(b, y) || akin(x, y);
    let apart = apart || is_term(a, x) || is_term(b, y) || of_a_noun(a, x) != of_a_noun(b, y);
    if apart || x.context.apart(&y.context) || x.context.in_common(&y.context).0 < SHARED {
        return None;
    }
    let [all, _] = covered(&x.tokens, &y.tokens, usize::MAX);
    let [least, most] = covered(&x.tokens, &y.tokens, REACH);
    (all >= COVERED && least >= COVERED_LEAST && most >= COVERED_MOST).then_some((i, j))
}

/// Whether it says of what kind something is: `the Danish minister`.
fn of_a_noun(text: &Text, name: &Name) -> bool {
    text.joined(name.tokens.end).is_some_and(|next| next.content && !next.capital)
}

/// Whether it is rather an acronym or the name of a piece of a program: `TLS`, `ZipWriter`, `Vec3`.
fn is_term(text: &Text, name: &Name) -> bool {
    let is_term = |word: &str| {
        let (mut large, letters) = (word.chars().filter(|c| c.is_uppercase()), word.chars().count());
        word.contains(|c: char| c.is_ascii_digit() || c == '_')
            || letters > 1 && large.nth(1).is_some() && !word.contains(['-', '\'', '’'])
    };
    name.tokens.clone().any(|at| {
        is_term(&text.whole[text.tokens[at].range.clone()]) && !is_scots(&text.whole[text.tokens[at].range.clone()])
    })
}

/// `McKay`, `MacLeod`.
fn is_scots(word: &str) -> bool {
    ["Mc", "Mac"].iter().any(|prefix| {
        word.strip_prefix(prefix).is_some_and(|rest| rest.chars().filter(|c| c.is_uppercase()).count() == 1)
    })
}

/// Whether a word of one begins as one of the other does: `Mali` and `Malian`.
fn akin(a: &Name, b: &Name) -> bool {
    let begins =
        |a: &String, b: &String| a.chars().zip(b.chars()).take_while(|(a, b)| a == b).count() >= SAME_BEGINNING;
    a.parts.iter().any(|a| b.parts.iter().any(|b| begins(a, b)))
}

/// The only name that the others lack.
fn only(own: &[Name], others: &[Name]) -> Option<usize> {
    let mut alone = (0..own.len()).filter(|at| !others.iter().any(|other| compatible(&own[*at], other)));
    alone.next().filter(|_| alone.next().is_none())
}

/// The one office that is named near a name, with the word before it.
fn office_near(text: &Text, name: &Name) -> Option<(String, Option<String>)> {
    let is_office = |at: &usize| people::OFFICES.contains(&text.tokens[*at].folded.as_str());
    let mut offices = text.around(&name.tokens, OFFICE).filter(is_office).collect::<Vec<usize>>();
    // Of `chief executive` the last word is the office.
    offices.retain(|at| !text.joined(at + 1).is_some_and(|_| is_office(&(at + 1))));
    let [at] = offices[..] else { return None };
    let before = at.checked_sub(1).filter(|_| text.joined(at).is_some()).map(|before| &text.tokens[before]);
    let qualifier = before.filter(|token| token.content).map(|token| token.sense.clone());
    Some((text.tokens[at].stem.clone(), qualifier))
}

/// Whether two names of as many words differ in the spelling of one only.
fn misspelt(a: &Name, b: &Name) -> bool {
    let different: Vec<(&String, &String)> = a.parts.iter().zip(&b.parts).filter(|(a, b)| !same_part(a, b)).collect();
    a.parts.len() == b.parts.len() && different.len() == 1 && near_spelling(different[0].0, different[0].1)
}

/// One letter more, less or other; a word and its ending (`German`, `Germany`) are two words.
fn near_spelling(a: &str, b: &str) -> bool {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let (short, long) = if a.len() <= b.len() { (&a, &b) } else { (&b, &a) };
    let front = short.iter().zip(long.iter()).take_while(|(x, y)| x == y).count();
    let back = short.iter().rev().zip(long.iter().rev()).take_while(|(x, y)| x == y).count().min(short.len() - front);
    let one_off = long.len() - short.len() <= 1 && front + back + 1 >= long.len();
    short.len() >= 4
        && long.iter().all(|c| c.is_alphabetic())
        && one_off
        && (front < short.len() || long.len() == short.len())
}

/// Whether the same words stand before and behind two names.
fn same_place(a: &Text, b: &Text, x: &Name, y: &Name) -> bool {
    let shared = x.parts.iter().any(|part| part.len() > 1 && y.parts.contains(part));
    let same = |i: usize, j: usize| a.tokens[i].sense == b.tokens[j].sense;
    let left = (1..=RUN.min(x.tokens.start).min(y.tokens.start))
        .take_while(|back| same(x.tokens.start - back, y.tokens.start - back))
        .count();
    let ahead = RUN.min(a.tokens.len() - x.tokens.end).min(b.tokens.len() - y.tokens.end);
    let right = (0..ahead).take_while(|on| same(x.tokens.end + on, y.tokens.end + on)).count();
    let telling = |at: &usize| a.tokens[*at].tells();
    let telling =
        (x.tokens.start - left..x.tokens.start).chain(x.tokens.end..x.tokens.end + right).filter(telling).count();
    let both_end = x.tokens.end == a.tokens.len() && y.tokens.end == b.tokens.len();
    !shared && left >= 2 && (right >= 2 || both_end) && left + right >= 4 && telling >= 2
}

/// The share of telling words that two passages have in common (Dice 1945).
fn same_words(a: &Text, b: &Text) -> f64 {
    let stems = |text: &Text| {
        let mut stems: Vec<String> =
            text.tokens.iter().filter(|token| token.tells()).map(|token| token.sense.clone()).collect();
        stems.sort_unstable();
        stems.dedup();
        stems
    };
    let (a, b) = (stems(a), stems(b));
    let both = a.iter().filter(|stem| b.binary_search(stem).is_ok()).count();
    2.0 * both as f64 / (a.len() + b.len()).max(1) as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn only(text: &str) -> Vec<String> {
        names(&Text::read(text).unwrap()).into_iter().map(|name| name.parts.join(" ")).collect()
    }

    #[test]
    fn names_without_their_titles() {
        assert_eq!(
            only("On Monday Mayor Ilse Dorran met the captain, R. Vance, in Lund Quay."),
            ["ilse dorran", "r vance", "lund quay"]
        );
        assert_eq!(only("Workers left. I know Dr. J. R. Halloway."), ["j r halloway"]);
        assert_eq!(only("The rule is plain: Note what Ilse Dorran said, \"Workers left.\""), ["ilse dorran"]);
        assert_eq!(only("Council Caps Rent Increases After Long Debate In Brennick"), [""; 0]);
    }

    #[test]
    fn spellings() {
        assert!(
            near_spelling("dorran", "doran") && near_spelling("penhale", "penhall") && near_spelling("anna", "hanna")
        );
        assert!(
            !near_spelling("german", "germany") && !near_spelling("marsh", "vance") && !near_spelling("lee", "lea")
        );
    }

    #[test]
    fn one_office_has_one_holder() {
        let flagged = |a: &str, b: &str| {
            let (x, y) = (Text::read(a).unwrap(), Text::read(b).unwrap());
            differences((&x, &super::names(&x)), (&y, &super::names(&y)), true, &|_, _, _| [0.0; 2])
                .into_iter()
                .map(|found| (a[found.a].to_owned(), b[found.b].to_owned()))
                .collect()
        };
        let names = |a: &str, b: &str| vec![(a.to_owned(), b.to_owned())];
        let (a, b): (_, Vec<(String, String)>) = (
            "Orla Brandt was chosen as chief executive of the dairy group Fenmilk on Monday",
            flagged(
                "Orla Brandt was chosen as chief executive of the dairy group Fenmilk on Monday",
                "The dairy group Fenmilk picked Stefan Ruud on Monday to be its chief executive",
            ),
        );
        assert_eq!(b, names("Orla Brandt", "Stefan Ruud"), "{a}");
        let others: Vec<(String, String)> = flagged(
            "Orla Brandt, chief executive of the dairy group Fenmilk, said milk was dear on Monday",
            "Milk was dear on Monday, said Stefan Ruud, finance director of the dairy group Fenmilk",
        );
        assert_eq!(others, []);
    }

    #[test]
    fn names_in_one_role() {
        let flagged = |a: &str, b: &str| {
            crate::disagreement::differences(a, b)
                .into_iter()
                .map(|found| (a[found.a].to_owned(), b[found.b].to_owned()))
                .collect::<Vec<_>>()
        };
        let (planned, chosen) =
            ("The maker will build its battery plant in Corwen", "For its battery factory the maker chose Aldeth");
        let other = "The battery plant of the maker will be built in Aldeth";
        assert_eq!(flagged(planned, other), [("Corwen".to_owned(), "Aldeth".to_owned())]);
        // Little is said of either, and who speaks is somebody else anyway.
        assert_eq!(flagged(planned, chosen), []);
        assert_eq!(
            flagged("Olaf Brun said the battery plant was good", "The battery plant was good, said Ida Moe"),
            []
        );
        // Acronyms and names of types are other things.
        assert_eq!(
            flagged("The crate stores each vector as Vec3", "Each vector of the crate is stored as ArrayList"),
            []
        );
    }

    #[test]
    fn ways_to_name_one_person() {
        let name = |text: &str| names(&Text::read(text).unwrap()).pop().unwrap();
        for (a, b) in [
            ("saw Dr. J. R. Halloway", "saw Halloway"),
            ("saw Jane Halloway", "saw J. R. Halloway"),
            ("saw the Tarn Water Board", "saw the TWB"),
        ] {
            assert!(compatible(&name(a), &name(b)), "{a} | {b}");
        }
        assert!(!compatible(&name("saw R. Vance"), &name("saw P. Marsh")));
        assert!(!compatible(&name("saw R. Vance"), &name("saw P. Vance")));
    }
}
