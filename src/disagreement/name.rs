//! Names that differ between two passages.
//!
//! A different name in another passage alone means nothing. Two names refer to one person or thing if the same title
//! precedes both and they are spelt nearly the same, if they belong to an office that one person holds at a time, or if
//! the same words surround both in nearly the same passages; otherwise a probability decides (`evidence`).

use std::ops::Range;

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use super::align::Covered;
use super::evidence::{self, Beside, Evidence, Names};
use super::fact::Fact;
use super::text::{Context, Text, Token, is_report};
use super::{Difference, Kind};
use crate::lang::english::people;
use crate::lang::is_calendar;

/// Maximum number of names of a passage that are compared.
const MAX: usize = 40;
/// Number of words on each side of a name that are compared with those next to another.
const RUN: usize = 6;
/// Maximum distance in words between a name and the word that says what its bearer does.
const REACH: usize = 4;
/// Maximum distance in words between a name and a verb of speaking.
const SPEECH: usize = 3;
/// The least share of words in common of nearly identical passages.
const SAME_WORDS: f64 = 0.7;
/// The least share of words in common for two names of one office at one time.
const SAME_EVENT: f64 = 0.5;
/// Number of equal first letters at which two names probably refer to one thing.
const SAME_BEGINNING: usize = 4;

/// A run of capitalised words.
#[expect(clippy::struct_excessive_bools, reason = "each tells something of its own")]
pub struct Name {
    bytes: Range<usize>,
    /// The words of the name in lower case, without the title.
    parts: Vec<String>,
    title: Option<String>,
    /// The content word before the title.
    qualifier: Option<String>,
    /// Whether the text says that the title was held at another time.
    former: bool,
    /// Whether it is probably an acronym or the name of a piece of a program.
    term: bool,
    /// Whether its bearer is the speaker.
    speaks: bool,
    articled: bool,
    genitive: bool,
    /// Whether a comma is next to it.
    comma: bool,
    /// The words of its sentence before it, the nearest first, and those after it.
    before: Vec<Near>,
    after: Vec<Near>,
    context: Context,
}

/// A word next to a name.
struct Near {
    sense: String,
    tells: bool,
    capital: bool,
}

impl Fact for Name {
    const CUT: f32 = evidence::CUT_OF_NAMES;

    fn agrees(&self, other: &Self) -> bool {
        compatible(self, other)
    }

    fn may_differ(&self, other: &Self) -> bool {
        let [a, b] = [self, other];
        let of_one = |name: &Self| !name.former && !name.term && !name.is_one_of_many();
        let apart = a.speaks && b.speaks || akin(a, b) || a.context.opposed(&b.context);
        same_person_misspelt(a, b) || of_one(a) && of_one(b) && !apart
    }

    fn evidence(&self, other: &Self, beside: &Beside, _: &Covered<'_>) -> Option<Evidence> {
        let misspelt = same_person_misspelt(self, other);
        // If numbers or all names differ too, or one passage denies something, it is a different fact.
        let another = beside.negations || beside.other_facts || beside.names == 0 && beside.own_names[0] > 1;
        if another && !misspelt {
            return None;
        }
        let of_one = misspelt
            || beside.same_words >= SAME_EVENT && same_office(self, other)
            || beside.same_words >= SAME_WORDS && beside.alike && same_place(self, other);
        Some(evidence::of_names(&known(self, other), of_one.then(|| Kind::Name.probability()), beside))
    }

    fn difference(&self, other: &Self, probability: f32) -> Difference {
        Difference::new(Kind::Name, self.bytes.clone(), other.bytes.clone(), probability)
    }
}

impl Name {
    /// Whether the name has a title that many people have.
    fn is_one_of_many(&self) -> bool {
        self.title.as_ref().is_some_and(|title| people::TITLES.contains(&title.as_str()))
    }
}

fn known(a: &Name, b: &Name) -> Names {
    let several = |name: &Name| name.parts.len() > 1;
    let act = |words: &[Near]| {
        words.iter().take(REACH).find(|word| word.tells && !word.capital).map(|word| word.sense.clone())
    };
    let same = |x: Option<String>, y: Option<String>| x.is_some() && x == y;
    Names {
        both: a.context.in_common(&b.context).0,
        several: several(a) && several(b),
        other_length: several(a) != several(b),
        same_before: run(&a.before, &b.before).min(REACH),
        crossed: same(act(&a.before), act(&b.after)) || same(act(&a.after), act(&b.before)),
        commas: a.comma && b.comma,
        articled: a.articled != b.articled,
        genitive: a.genitive != b.genitive,
    }
}

/// Number of equal words next to two names, starting with the nearest.
fn run(a: &[Near], b: &[Near]) -> usize {
    a.iter().zip(b).take_while(|(a, b)| a.sense == b.sense).count()
}

/// The names of a passage, in order; empty for a passage that capitalises nearly every word, as headlines do.
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

/// The name in a run without its leading titles, or `None` if nothing is left.
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
    let near = |at: usize| {
        let Token { sense, capital, .. } = &text.tokens[at];
        Near { sense: sense.clone(), tells: text.tokens[at].tells(), capital: *capital }
    };
    let within = |at: &usize| text.tokens[*at].sentence == text.tokens[tokens.start].sentence;
    let last = &text.whole[text.tokens[tokens.end - 1].range.clone()];
    let next = text.tokens.get(tokens.end);
    Some(Name {
        bytes: text.bytes(&tokens),
        term: tokens.clone().any(|at| is_term(&text.whole[text.tokens[at].range.clone()])),
        speaks: text.around(&tokens, SPEECH).any(|at| is_report(&text.tokens[at].stem)),
        articled: text.folded_before(tokens.start, 1) == "the",
        genitive: last.ends_with("'s") || last.ends_with("’s"),
        comma: text.tokens[tokens.start].gap.contains(',') || next.is_some_and(|next| next.gap.contains(',')),
        before: (0..tokens.start).rev().take_while(within).take(RUN).map(near).collect(),
        after: (tokens.end..text.tokens.len()).take_while(within).take(RUN).map(near).collect(),
        parts: tokens.clone().map(|at| without_accents(&text.tokens[at].folded)).collect(),
        title,
        former: (1..=4).any(|back| people::FORMER.contains(&text.folded_before(tokens.start, back))),
        qualifier: qualifier.map(|token| token.sense.clone()),
        context: text.context(&tokens, &[]),
    })
}

/// Whether a word is capitalised because it begins a sentence, a quotation or what a colon announces.
fn begins(token: &Token) -> bool {
    let quoted = token.gap.contains(['"', '“', '„', '«']) && token.gap.contains(',');
    token.first || quoted || token.gap.contains(':')
}

/// A name without accents, since these are often omitted; `ø`, `ł`, `đ` and `ı` are separate letters in Unicode.
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

/// Whether both can name the same: every word of the shorter appears in the longer, possibly as an initial, or one is
/// the other's acronym.
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

/// Whether two names are spelt nearly the same after the same title or next to an identical part.
fn same_person_misspelt(a: &Name, b: &Name) -> bool {
    let titled = a.title.is_some() && a.title == b.title;
    let full = a.parts.iter().any(|part| part.len() > 1 && b.parts.contains(part));
    misspelt(a, b) && (titled || full)
}

/// Whether two names refer to the only holder of an office.
fn same_office(a: &Name, b: &Name) -> bool {
    let office =
        a.title.as_ref().filter(|title| b.title.as_ref() == Some(title) && people::OFFICES.contains(&title.as_str()));
    let qualified = a.qualifier.as_ref().zip(b.qualifier.as_ref()).is_none_or(|(x, y)| x == y);
    office.is_some() && qualified && !a.former && !b.former && a.context.shared(&b.context) >= 2
}

/// Whether a word is probably an acronym or the name of a piece of a program: `TLS`, `ZipWriter`, `Vec3`.
fn is_term(word: &str) -> bool {
    let (mut large, letters) = (word.chars().filter(|c| c.is_uppercase()), word.chars().count());
    let term = word.contains(|c: char| c.is_ascii_digit() || c == '_')
        || letters > 1 && large.nth(1).is_some() && !word.contains(['-', '\'', '’']);
    term && !is_scots(word)
}

/// Whether a word is a name such as `McKay` or `MacLeod`.
fn is_scots(word: &str) -> bool {
    ["Mc", "Mac"].iter().any(|prefix| {
        word.strip_prefix(prefix).is_some_and(|rest| rest.chars().filter(|c| c.is_uppercase()).count() == 1)
    })
}

/// Whether a word of one name begins like one of the other: `Mali` and `Malian`.
fn akin(a: &Name, b: &Name) -> bool {
    let begins =
        |a: &String, b: &String| a.chars().zip(b.chars()).take_while(|(a, b)| a == b).count() >= SAME_BEGINNING;
    a.parts.iter().any(|a| b.parts.iter().any(|b| begins(a, b)))
}

/// Whether two names with equally many words differ only in the spelling of one.
fn misspelt(a: &Name, b: &Name) -> bool {
    let different: Vec<(&String, &String)> = a.parts.iter().zip(&b.parts).filter(|(a, b)| !same_part(a, b)).collect();
    a.parts.len() == b.parts.len() && different.len() == 1 && near_spelling(different[0].0, different[0].1)
}

/// Whether two words differ by one letter; a word and its ending (`German`, `Germany`) are two words.
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

/// Whether the same words precede and follow two names.
fn same_place(a: &Name, b: &Name) -> bool {
    let shared = a.parts.iter().any(|part| part.len() > 1 && b.parts.contains(part));
    let (before, after) = (run(&a.before, &b.before), run(&a.after, &b.after));
    let telling = a.before[..before].iter().chain(&a.after[..after]).filter(|word| word.tells).count();
    let both_end = a.after.is_empty() && b.after.is_empty();
    !shared && before >= 2 && (after >= 2 || both_end) && before + after >= 4 && telling >= 2
}

/// The share of distinctive words that two passages have in common (Dice 1945).
pub fn same_words(a: &Text, b: &Text) -> f64 {
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

    /// The names that are flagged.
    fn flagged(a: &str, b: &str) -> Vec<(String, String)> {
        let found = crate::disagreement::differences(a, b).into_iter();
        found.map(|found| (a[found.a].to_owned(), b[found.b].to_owned())).collect()
    }

    fn pair(a: &str, b: &str) -> Vec<(String, String)> {
        vec![(a.to_owned(), b.to_owned())]
    }

    #[test]
    fn one_office_has_one_holder() {
        let chosen = "Orla Brandt was chosen as chief executive of the dairy group Fenmilk on Monday";
        let other = "The dairy group Fenmilk picked Stefan Ruud on Monday to be its chief executive";
        assert_eq!(flagged(chosen, other), pair("Orla Brandt", "Stefan Ruud"));
        let former = "The dairy group Fenmilk bade farewell on Monday to its former chief executive Stefan Ruud";
        assert_eq!(flagged(chosen, former), []);
    }

    #[test]
    fn names_in_one_role() {
        let (won, other) = (
            "The last stage of the race was won by Ana Ruiz, who rode away on the final climb",
            "Petra Holm, who rode away on the final climb, won the last stage of the race",
        );
        assert_eq!(flagged(won, other), pair("Ana Ruiz", "Petra Holm"));
        // Little is said of either, other names differ too, or one is denied what the other is said to do.
        assert_eq!(flagged("The maker will build in Corwen", "For its battery factory the maker chose Aldeth"), []);
        let elsewhere = (
            "The mayor of Ryde, Tora Berg, welcomed the guests.",
            "The mayor of Sorvik, Arne Dahl, welcomed the guests.",
        );
        assert_eq!(flagged(elsewhere.0, elsewhere.1), []);
        let denied = ("The board did not close the school in Ryde.", "The board closed the school in Sorvik.");
        assert_eq!(flagged(denied.0, denied.1), []);
        // Acronyms and names of types are different things.
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
