//! The names in a sentence, with what they are in it.
//!
//! Two sentences in the same words about two companies, places or studies state two facts. Their names show that, if
//! none is in both, or if each has names in one role that the other does not mention.

use std::collections::HashSet;
use std::ops::Range;
use std::sync::LazyLock;

use super::text::{Text, Token, is_plural, is_report, stem};
use crate::lang::english::{alike, people};
use crate::lang::is_calendar;

/// Maximum distance in words between a name and a verb of speaking.
const SPEECH: usize = 2;
/// Number of equal first letters at which two names are probably akin: `Mali` and `Malian`.
const AKIN: usize = 4;

/// What a name is in its sentence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Role {
    /// It is the first that follows no preposition, so it is probably the subject.
    Subject,
    /// It is where something happens: `in Orme`.
    Place,
    /// It is whose something is: `of Orme`.
    Owner,
    /// It belongs to whoever says the rest.
    Speaker,
    /// Anything else.
    Other,
}

/// The names in a sentence.
#[derive(Debug, Clone, Default)]
pub struct Subjects {
    named: Vec<(Role, String)>,
    /// All words, because a name may begin a sentence in the other passage, where it cannot be told from other words.
    words: Vec<String>,
}

impl Subjects {
    /// Reads the sentence of `tokens`, without these.
    pub fn around(text: &Text, tokens: &Range<usize>) -> Self {
        let sentence: Vec<usize> = text.around(tokens, text.tokens.len()).collect();
        let bare = |at: usize| bare(&text.tokens[at].folded).to_owned();
        let mut named = Vec::new();
        let mut subject = None;
        for at in sentence.iter().copied().filter(|at| is_named(text, *at)) {
            let role = match (role(text, at), subject) {
                (Role::Subject, Some(last)) if last + 1 != at => Role::Other,
                (role, _) => role,
            };
            subject = if role == Role::Subject { Some(at) } else { subject };
            named.push((role, bare(at)));
        }
        Self { named, words: sentence.into_iter().map(bare).collect() }
    }

    /// Whether the two sentences are about different things: no name is in both, or each has names in one role that the
    /// other does not mention.
    pub fn differ(&self, other: &Self) -> bool {
        let in_role = |role| self.strange(role, other) && other.strange(role, self);
        self.own(other) && other.own(self) || [Role::Subject, Role::Place, Role::Owner].into_iter().any(in_role)
    }

    /// Whether it has a name, other than a speaker's, and the other mentions none of its names.
    fn own(&self, other: &Self) -> bool {
        self.named.iter().any(|(role, _)| *role != Role::Speaker)
            && !self.named.iter().any(|(_, name)| other.mentions(name))
    }

    /// Whether it has names in this role, and the other mentions none of them.
    fn strange(&self, role: Role, other: &Self) -> bool {
        let mut names = self.named.iter().filter(|(own, _)| *own == role).peekable();
        names.peek().is_some() && names.all(|(_, name)| !other.mentions(name))
    }

    fn mentions(&self, name: &str) -> bool {
        let equal = |word: &str| word.chars().zip(name.chars()).take_while(|(a, b)| a == b).count();
        self.words.iter().any(|word| word == name || equal(word) >= AKIN)
    }
}

/// A word without the ending of the genitive.
fn bare(word: &str) -> &str {
    word.strip_suffix("'s").or_else(|| word.strip_suffix("’s")).unwrap_or(word)
}

fn is_title(word: &str) -> bool {
    people::OFFICES.contains(&word) || people::TITLES.contains(&word)
}

/// Whether a word is probably a name, or a part of one. Acronyms are not, since the other passage may spell them out.
fn is_named(text: &Text, at: usize) -> bool {
    let token = &text.tokens[at];
    let acronym = text.whole[token.range.clone()].chars().filter(|c| c.is_uppercase()).count() > 2;
    token.capital
        && token.content
        && token.folded.len() > 1
        && !acronym
        && !is_title(&token.folded)
        && !is_calendar(&token.folded)
        && (!begins(token) || is_no_word(text, at))
}

/// Whether a word is capitalised because it begins a sentence, a quotation or what a colon announces.
fn begins(token: &Token) -> bool {
    token.first || token.gap.contains(['"', '“', '„', '«', '‘', ':'])
}

/// Whether a word at the beginning of a sentence can only be a name: another capitalised word follows, or it is in no
/// list of words.
fn is_no_word(text: &Text, at: usize) -> bool {
    static COMMON: LazyLock<HashSet<String>> = LazyLock::new(|| alike::all().map(stem).collect());
    let token = &text.tokens[at];
    let next = text.joined(at + 1);
    let compound = next.is_some_and(|next| next.gap == "-");
    let genitive = bare(&token.folded) != token.folded;
    let known = COMMON.contains(&stem(bare(&token.folded))) || !genitive && is_plural(&token.folded);
    !compound && (!known || next.is_some_and(|next| next.capital && next.content))
}

/// What a name is, whether or not another comes before it.
fn role(text: &Text, at: usize) -> Role {
    let joins = |at: usize| text.joined(at).is_some_and(|token| token.gap == " ");
    let leads = |at: usize| {
        let word = text.folded(at);
        is_named(text, at)
            || matches!(word, "the" | "a" | "an")
            || people::BEFORE_NAMES.contains(&word)
            || is_title(word)
    };
    let start = (1..=at).rev().find(|at| !joins(*at) || !leads(*at - 1)).unwrap_or(0);
    let end = (at + 1..text.tokens.len()).find(|at| !joins(*at) || !is_named(text, *at)).unwrap_or(text.tokens.len());
    if speaks(text, &(start..end)) {
        return Role::Speaker;
    }
    match text.folded_before(start, 1) {
        _ if text.tokens[start].first => Role::Subject,
        "in" | "at" | "near" | "from" | "outside" | "across" | "around" | "on" => Role::Place,
        "of" | "for" | "by" => Role::Owner,
        "to" | "with" | "against" | "between" | "than" | "after" | "like" | "under" | "into" | "as" | "over" => {
            Role::Other
        }
        _ => Role::Subject,
    }
}

/// Whether a name belongs to whoever says the rest. `Sentor reported sales of 4 million` is about Sentor.
fn speaks(text: &Text, name: &Range<usize>) -> bool {
    let itself = text.tokens[name.start].first
        && matches!(text.tokens.get(name.end).map_or("", |verb| &verb.stem), "report" | "announc" | "publish" | "find")
        && text.joined(name.end + 1).is_some_and(|next| next.folded != "that");
    let says = || text.around(name, SPEECH).any(|near| is_report(&text.tokens[near].stem));
    text.folded_before(name.start, 2) == "according" || !itself && says()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_tell_two_things_apart() {
        let differ = |a: &str, b: &str| {
            let [a, b] = [a, b].map(|text| Text::read(text).unwrap());
            let [x, y] = [&a, &b].map(|text| Subjects::around(text, &(text.tokens.len() - 1..text.tokens.len())));
            assert_eq!(x.differ(&y), y.differ(&x));
            x.differ(&y)
        };
        for (a, b) in [
            ("Built as a granary, Quorly now holds 40", "Built as a brewery, Zembla now holds 60"),
            ("The mill at Tarn burned for 40 hours", "The mill at Welm burned for 60 hours"),
            ("Sales of Zembla in Orme came to 40 million", "The sales of Quorly in Orme came to 60 million"),
            ("Rival Quorly reported sales of 40 million", "Zembla's sales were 60 million"),
        ] {
            assert!(differ(a, b), "{a} | {b}");
        }
        for (a, b) in [
            ("The mill at Tarn burned for 40 hours", "The mill burned for 60 hours"),
            ("The mill at Tarn burned for 40 hours", "Tarn's mill burned for 60 hours"),
            ("Forty looms burned, Ilse Dorran said on 3 May", "Sixty looms burned, Karl Immer said on 4 May"),
            ("Forty Malians were on board the ship", "Some sixty people from Mali were on board"),
            ("Engineers spent 40 hours on it", "Divers from Tarn spent 60 hours on it"),
        ] {
            assert!(!differ(a, b), "{a} | {b}");
        }
    }
}
