//! Statements made in one passage and negated in the other.
//!
//! A negation is flagged only if the negated word itself appears unnegated in the other passage, with the same words
//! around it. Phrases that negate something else (`not only`, `no later than`, `not until`) are ignored, and two
//! negations of one word cancel out.

use std::ops::Range;

use super::text::{Context, Text, Token, is_report};
use super::{Difference, Kind};
use crate::lang::english::grammar;
use crate::lang::{is_calendar, languages};

/// Maximum number of negated words of a passage that are compared.
const MAX: usize = 40;
/// Subjects that refer to somebody or something named before.
const PRONOUNS: [&str; 6] = ["it", "they", "he", "she", "we", "i"];
/// Maximum distance in words between a negation and what it negates.
const REACH: usize = 5;

/// A negated word.
struct Negated {
    /// Whether it is a thing that is said not to be there.
    thing: bool,
    /// The bytes from the negation to the word.
    bytes: Range<usize>,
    at: usize,
    /// The position of the negation.
    cue: usize,
    /// The word before the negation that names the subject.
    subject: Option<String>,
    /// The word in front of the subject: `bus` of `bus drivers`.
    modifier: Option<String>,
}

/// A passage's words, and what is negated among them.
pub struct Polarity<'p, 't> {
    pub text: &'p Text<'t>,
    negated: Vec<Negated>,
    /// The words that any negation may affect, about which nothing is concluded.
    touched: Vec<bool>,
}

pub fn differences(a: &Polarity<'_, '_>, b: &Polarity<'_, '_>) -> Vec<Difference> {
    let against_b = a.contradicted(b).map(|(a, b)| Difference::of_kind(Kind::Negation, a, b));
    let against_a = b.contradicted(a).map(|(b, a)| Difference::of_kind(Kind::Negation, a, b));
    against_b.chain(against_a).collect()
}

/// Whether the word at `at` negates.
pub fn is_negation(text: &Text, at: usize) -> bool {
    Cue::at(text, at).is_some()
}

/// Whether two passages have equally many negations.
pub fn as_many(a: &Text, b: &Text) -> bool {
    let count = |text: &Text| (0..text.tokens.len()).filter(|at| is_negation(text, *at)).count();
    count(a) == count(b)
}

impl<'p, 't> Polarity<'p, 't> {
    pub fn read(text: &'p Text<'t>) -> Self {
        let mut read = Self { text, negated: Vec::new(), touched: vec![false; text.tokens.len()] };
        let mut at = 0;
        while at < text.tokens.len() && read.negated.len() < MAX {
            at = read.cue(at);
        }
        read
    }

    /// Whether the word at `at` is negated; `None` if a negation leaves that open.
    pub fn negated(&self, at: usize) -> Option<bool> {
        let negated = self.negated.iter().any(|negated| negated.at == at);
        (negated || !self.touched[at]).then_some(negated)
    }

    /// The byte range of some words, starting at the negation if one of them is negated.
    pub fn shown(&self, words: &Range<usize>) -> Range<usize> {
        let bytes = self.text.bytes(words);
        let negated = self.negated.iter().find(|negated| words.contains(&negated.at));
        negated.map_or(bytes.clone(), |negated| negated.bytes.start.min(bytes.start)..bytes.end)
    }

    /// Reads the negation at `at`, if there is one; returns where to continue.
    fn cue(&mut self, at: usize) -> usize {
        let Some(cue) = Cue::at(self.text, at) else { return at + 1 };
        let target = cue.target(self.text, at);
        let end = target.unwrap_or(at).max(at);
        let last = (end + REACH).min(self.text.tokens.len() - 1);
        // If a second negation is within reach the two may cancel out, so neither is read.
        let second = (at + 1..=last)
            .take_while(|next| !self.text.tokens[*next].first)
            .find(|next| Cue::at(self.text, *next).is_some());
        (at..=end).for_each(|at| self.touched[at] = true);
        if let Some(second) = second.filter(|second| *second <= end + 1) {
            (at..=(second + REACH).min(self.text.tokens.len() - 1)).for_each(|at| self.touched[at] = true);
            return second + 1;
        }
        if let Some(target) = target.filter(|target| self.is_stated(at, *target)) {
            let bytes = self.text.bytes(&(at..target + 1));
            let subject = if cue == Cue::Denied {
                (at + 1..target).rev().find(|at| self.text.tokens[*at].tells())
            } else {
                subject(self.text, at)
            };
            let modifier = subject.and_then(|at| modifier(self.text, at)).cloned();
            let subject = subject.map(|at| self.text.tokens[at].sense.clone());
            self.negated.push(Negated { cue: at, thing: cue == Cue::No, bytes, at: target, subject, modifier });
        }
        end + 1
    }

    /// Whether the negation at `cue` is a plain statement: not a question, condition or order.
    fn is_stated(&self, cue: usize, target: usize) -> bool {
        let text = self.text;
        let conditional = |at: usize| matches!(text.folded(at), "if" | "unless" | "whether");
        let order = text.tokens[cue].first && matches!(text.folded(cue), "don't" | "not")
            || text.folded_before(cue, 1) == "do" && text.tokens[cue - 1].first;
        // What would be without a thing says nothing about what is: `lower than it would have been without film`.
        let supposed = |at: usize| {
            text.folded(cue) == "without" && matches!(text.folded(at), "than" | "would" | "could" | "might")
        };
        let before = text.around(&(cue..cue + 1), 10).filter(|at| *at < cue).any(|at| conditional(at) || supposed(at));
        let after =
            (target + 1..target + 1 + REACH).take_while(|at| text.tokens.get(*at).is_some_and(|next| !next.first));
        let excepted = after.clone().any(|at| {
            grammar::EXCEPT.contains(&text.folded(at)) || text.folded(at) == "before" && text.folded(cue).ends_with('t')
        });
        !order
            && !before
            && !excepted
            && !text.is_question(cue)
            && text.tokens[target].tells()
            && !is_report(&text.tokens[target].stem)
    }

    /// The negated words of this passage that the other states.
    fn contradicted<'o>(
        &'o self,
        other: &'o Polarity<'_, '_>,
    ) -> impl Iterator<Item = (Range<usize>, Range<usize>)> + use<'o, 'p, 't> {
        self.negated.iter().filter_map(|negated| {
            // A thing that is not there is matched by stem only, not by similar words.
            let token = &self.text.tokens[negated.at];
            let stem = if negated.thing { &token.stem } else { &token.sense };
            // For example, `without any animal medicines are tested` denies animals.
            let within = |of: &Negated| {
                let stem = &other.text.tokens[of.at].stem;
                (negated.cue..=negated.at).any(|at| self.text.tokens[at].content && self.text.tokens[at].stem == *stem)
            };
            let places = |of: &Polarity<'_, '_>| -> Vec<usize> {
                let own = |token: &Token| if negated.thing { &token.stem } else { &token.sense } == stem;
                (0..of.text.tokens.len()).filter(|at| own(&of.text.tokens[*at])).collect()
            };
            let (here, there) = (places(self), places(other));
            let denied_there =
                there.iter().any(|at| other.touched[*at]) || negated.thing && other.negated.iter().any(within);
            let stated_here = here.iter().any(|at| !self.touched[*at]);
            if denied_there || stated_here {
                return None;
            }
            let place = there.into_iter().find(|at| self.same_statement(negated, other, *at))?;
            Some((negated.bytes.clone(), other.text.tokens[place].range.clone()))
        })
    }

    /// Whether a negated word and its counterpart in the other passage belong to the same statement: two words are
    /// shared, and the subject, if named on either side, is named on both.
    fn same_statement(&self, negated: &Negated, other: &Polarity<'_, '_>, place: usize) -> bool {
        let conditional = other.text.around(&(place..place + 1), REACH).any(|at| {
            at < place && matches!(other.text.folded(at), "if" | "unless" | "whether" | "may" | "might" | "could")
        });
        let here = context(self.text, negated.at);
        let there = context(other.text, place);
        let subject = subject(other.text, place);
        let other_modifier = subject.and_then(|at| modifier(other.text, at));
        let modified = negated.modifier.as_ref().zip(other_modifier).is_some_and(|(a, b)| a != b);
        let same_subject = match (&negated.subject, subject.map(|at| &other.text.tokens[at].sense)) {
            _ if modified => false,
            (Some(a), Some(b)) => there.has(a) || here.has(b),
            _ => true,
        };
        // The words after it: the object.
        let (object, other_object) = (object(self.text, negated.at), object(other.text, place));
        let same_object = object.zip(other_object).map(|(a, b)| a == b);
        let exact = object.is_some()
            && object == other_object
            && negated.subject.as_ref().is_some_and(|subject| there.has(subject));
        let least = match same_object {
            _ if exact => 1,
            Some(false) => 4,
            _ => 2,
        };
        same_subject
            && !conditional
            && here.shared(&there) >= least
            && !here.apart(&there)
            && !other.text.is_question(place)
    }
}

/// The distinctive word before a verb that names its subject; `None` after a pronoun, which refers to something else.
fn subject(text: &Text, verb: usize) -> Option<usize> {
    let mut before = (verb.saturating_sub(REACH)..verb).rev();
    before
        .find(|at| text.tokens[*at].tells() || PRONOUNS.contains(&text.folded(*at)))
        .filter(|at| text.tokens[*at].tells())
}

/// The first distinctive word closely after, in the same clause, other than a day.
fn object<'t>(text: &'t Text, at: usize) -> Option<&'t String> {
    let after = text.around(&(at..at + 1), 4).filter(|other| *other > at).map(|at| &text.tokens[at]);
    let mut within = after.take_while(|token| !token.gap.contains([',', ';', ':', '(']));
    within.find(|token| token.tells() && !is_calendar(&token.folded)).map(|token| &token.sense)
}

/// The lower-case word in front of a noun that specifies it.
fn modifier<'t>(text: &'t Text, noun: usize) -> Option<&'t String> {
    text.joined(noun)?;
    let before = &text.tokens[noun.checked_sub(1)?];
    (before.content && !before.capital).then_some(&before.sense)
}

fn context(text: &Text, at: usize) -> Context {
    text.context(&(at..at + 1), &[])
}

/// A kind of negation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Cue {
    /// `not`, `never`: negates the verb after it.
    Not,
    /// `no`, `without`: negates the noun after it.
    No,
    /// `failed to`: negates the verb after it.
    Failed,
    /// `denied that`: negates the verb of its clause.
    Denied,
}

impl Cue {
    fn at(text: &Text, at: usize) -> Option<Self> {
        let to = text.folded(at + 1) == "to";
        // Within a compound, such as the name of a thing, a negation means nothing: `x86-unknown-none-elf`.
        if text.tokens[at].gap == "-" && text.joined(at + 1).is_some_and(|next| next.gap == "-") {
            return None;
        }
        match text.folded(at) {
            "not" | "never" | "cannot" => Some(Self::Not),
            word if word.ends_with("n't") => Some(Self::Not),
            "no" if text.folded(at + 1) == "longer" && text.folded(at + 2) != "than" => Some(Self::Not),
            "nobody" => Some(Self::Not),
            "no" if text.folded(at + 1) == "one" && text.folded(at + 2) != "of" => Some(Self::Not),
            "no" | "without" | "neither" => Some(Self::No),
            "failed" | "fails" | "failing" | "refused" | "refuses" | "refusing" | "declined" | "declines"
            | "unable" | "cease" | "ceased" | "ceases" | "ceasing"
                if to =>
            {
                Some(Self::Failed)
            }
            "out" if matches!(text.folded_before(at, 1), "ruled" | "rules" | "rule" | "ruling") => Some(Self::No),
            "denied" | "denies" | "denying" | "deny" => Some(Self::Denied),
            // The word is not part of a compound.
            word if text.joined(at + 1).is_none_or(|next| next.gap != "-") && languages::negates_verb(word) => {
                Some(Self::Not)
            }
            word if languages::negates_noun(word) => Some(Self::No),
            _ => None,
        }
    }

    /// The position of the negated word.
    fn target(self, text: &Text, cue: usize) -> Option<usize> {
        let next = text.folded(cue + 1);
        let idiom = match self {
            Self::Not => {
                grammar::NOT_NEGATED.contains(&next) && text.folded(cue) != "never" || text.folded(cue + 2) == "only"
            }
            Self::No => grammar::NO_TURNS.contains(&next) || next.starts_with(|c: char| c.is_ascii_digit()),
            Self::Failed | Self::Denied => false,
        };
        let reach = if self == Self::Denied { 2 * REACH } else { REACH };
        let within = (cue + 1..=cue + reach).take_while(|at| {
            text.tokens.get(*at).is_some_and(|next| !next.first && !next.gap.contains([',', ':', '(']))
        });
        let mut within = within.filter(|_| !idiom);
        match self {
            Self::Not | Self::Failed => within.find(|at| {
                text.tokens[*at].content && !text.folded(*at).ends_with("ly") && text.folded(*at) != "longer"
            }),
            Self::No => text
                .noun(cue + 1 + usize::from(matches!(next, "any" | "a" | "an" | "the")))
                .map(|(head, _)| head)
                .filter(|_| !idiom),
            Self::Denied => {
                within.by_ref().find(|at| {
                    grammar::AUXILIARIES.contains(&text.folded(*at)) || matches!(text.folded(*at), "having" | "any")
                })?;
                within.find(|at| text.tokens[*at].content)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn flagged(a: &str, b: &str) -> Vec<(String, String)> {
        let (x, y) = (Text::read(a).unwrap(), Text::read(b).unwrap());
        differences(&Polarity::read(&x), &Polarity::read(&y))
            .into_iter()
            .map(|found| (a[found.a].to_owned(), b[found.b].to_owned()))
            .collect()
    }

    #[test]
    fn what_is_negated() {
        let stated = "The owner repaired the old pier gate";
        for (negated, words) in [
            ("The owner did not repair the old pier gate", "not repair"),
            ("The owner never repaired the old pier gate", "never repaired"),
            ("The owner hasn't yet repaired the old pier gate", "hasn't yet repaired"),
            ("The owner failed to repair the old pier gate", "failed to repair"),
            ("The owner denied having repaired the old pier gate", "denied having repaired"),
            ("The owner ceased to repair the old pier gate", "ceased to repair"),
        ] {
            assert_eq!(flagged(negated, stated), [(words.to_owned(), "repaired".to_owned())]);
            assert_eq!(flagged(stated, negated), [("repaired".to_owned(), words.to_owned())]);
        }
    }

    #[test]
    fn a_thing_that_is_not_there_is_not_one_of_like_meaning() {
        let (a, b) = ("There is no danger to people who live near the mill", "People who live near the mill are safe");
        assert_eq!(crate::disagreement::differences(a, b), []);
    }

    #[test]
    fn what_negates_nothing() {
        let stated = "The owner repaired the old pier gate";
        for other in [
            "The owner not only repaired the old pier gate but painted it",
            "The owner did not repair the old pier gate until May",
            "The owner did not fail to repair the old pier gate",
            "The owner never denied having repaired the old pier gate",
            "Did the owner not repair the old pier gate?",
            "If the owner had not repaired the old pier gate, it would leak",
            "The owner repaired the old pier gate, not the roof",
            "The baker did not repair the new oven",
            "The owner-not-tenant repaired the old pier gate",
            "The pier would rust faster than without the owner's old gate",
        ] {
            assert_eq!(flagged(other, stated), [], "{other}");
        }
    }

    #[test]
    fn nouns() {
        // A word in another clause, or a day, is not the object.
        let (arrested, not) = (
            "The owner, Marcus Veil, was arrested on Saturday",
            "Its owner, Marcus Veil, was not arrested, his lawyer said",
        );
        assert_eq!(flagged(arrested, not), [("arrested".to_owned(), "not arrested".to_owned())]);
        // The phrase after a negation may end before its noun.
        let (tested, without) = (
            "A firm grows livers on which medicines can be tested without any animal",
            "Without any animal medicines can be tested on livers that a firm grows",
        );
        assert_eq!(flagged(tested, without), []);
        let (no, two) =
            ("The factory received no warning of the flood", "The factory received two warnings of the flood");
        assert_eq!(flagged(no, two), [("no warning".to_owned(), "warnings".to_owned())]);
    }
}
