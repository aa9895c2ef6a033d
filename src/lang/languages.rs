//! Word lists of languages other than English.
//!
//! A word's language is not determined: one list contains the words of all languages, without those that are also
//! English (`die`, `war`, `main`), so that English texts are read as if there were no other languages.

mod arabic;
mod chinese;
mod dutch;
mod french;
mod german;
mod greek;
mod hindi;
mod italian;
mod japanese;
mod korean;
mod polish;
mod portuguese;
mod russian;
mod spanish;

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use super::script::{is_date_in_han, is_unspaced};

/// The words of one language, in lower case.
struct Lists {
    /// Function words; for scripts without spaces, characters.
    stop: &'static [&'static str],
    /// The names of each month, in full and abbreviated.
    months: [&'static [&'static str]; 12],
    /// The weekdays, starting with Monday.
    weekdays: [&'static str; 7],
    /// Words that negate the verb after them.
    negations: &'static [&'static str],
    /// Words that negate the noun after them.
    negations_of_nouns: &'static [&'static str],
    /// Abbreviations after which a sentence continues unless a word that begins one follows.
    abbreviations: &'static [&'static str],
    /// Abbreviations after which a sentence continues if a number follows.
    before_numbers: &'static [&'static str],
    /// Words that begin a sentence after an abbreviation, in addition to function words.
    starters: &'static [&'static str],
    /// The beginnings of texts that continue a sentence after a complete quotation, in scripts without lower case.
    after_quotes: &'static [&'static str],
    /// The ends of short clauses that do so.
    said: &'static [&'static str],
    /// Headings of sections of papers and reports.
    sections: &'static [&'static str],
    /// Headings of lists of cited works.
    bibliographies: &'static [&'static str],
    /// Words that make any line with a date a date line.
    published: &'static [&'static str],
    /// All words that a date line may contain.
    date_words: &'static [&'static str],
    /// The beginning of a byline.
    by: Option<&'static str>,
    /// Lines that are not part of the text.
    prompts: &'static [Prompt],
}

impl Lists {
    /// A language without any lists.
    const NONE: Self = Self {
        stop: &[],
        months: [&[]; 12],
        weekdays: [""; 7],
        negations: &[],
        negations_of_nouns: &[],
        abbreviations: &[],
        before_numbers: &[],
        starters: &[],
        after_quotes: &[],
        said: &[],
        sections: &[],
        bibliographies: &[],
        published: &[],
        date_words: &[],
        by: None,
        prompts: &[],
    };
}

static LISTS: [&Lists; 14] = [
    &german::LISTS,
    &french::LISTS,
    &spanish::LISTS,
    &portuguese::LISTS,
    &italian::LISTS,
    &dutch::LISTS,
    &polish::LISTS,
    &japanese::LISTS,
    &chinese::LISTS,
    // For these languages there are only lists about the ends of sentences.
    &russian::LISTS,
    &greek::LISTS,
    &arabic::LISTS,
    &hindi::LISTS,
    &korean::LISTS,
];

/// A phrase that identifies a line as not part of the text.
pub(crate) struct Prompt {
    phrase: &'static str,
    /// Whether the line must begin with the phrase.
    at_start: bool,
    /// Maximum number of words of such a line; longer ones are running text.
    pub(crate) most_words: usize,
    /// What the line is.
    pub(crate) reason: &'static str,
}

impl Prompt {
    /// Whether a lower-case line matches, given also its [`from_its_words`], which is reused for many prompts.
    pub(crate) fn matches(&self, lower: &str, from_its_words: &str) -> bool {
        if self.at_start {
            let rest = from_its_words.strip_prefix(self.phrase);
            rest.is_some_and(|rest| !rest.starts_with(char::is_alphanumeric))
        } else {
            lower.contains(self.phrase)
        }
    }
}

/// A line without the characters before its first letter or digit.
pub(crate) fn from_its_words(line: &str) -> &str {
    line.trim_start_matches(|c: char| !c.is_alphanumeric())
}

/// A prompt for lines that begin with a phrase.
pub(crate) const fn begins(phrase: &'static str, most_words: usize, reason: &'static str) -> Prompt {
    Prompt { phrase, at_start: true, most_words, reason }
}

/// A prompt for lines that contain a phrase.
pub(crate) const fn holds(phrase: &'static str, most_words: usize, reason: &'static str) -> Prompt {
    Prompt { phrase, at_start: false, most_words, reason }
}

static STOP: LazyLock<HashSet<&str>> = LazyLock::new(|| LISTS.iter().flat_map(|lists| lists.stop).copied().collect());

/// Whether a folded word is a function word in a language other than English.
pub(crate) fn is_grammatical(folded: &str) -> bool {
    STOP.contains(folded)
}

/// A map rather than a list, because every word of every text is looked up.
static MONTHS: LazyLock<HashMap<&str, u8>> = LazyLock::new(|| {
    let of = |lists: &&'static Lists| {
        lists.months.iter().zip(1..).flat_map(|(names, at)| names.iter().map(move |name| (*name, at)))
    };
    first_of(LISTS.iter().flat_map(of))
});
static WEEKDAYS: LazyLock<HashMap<&str, u8>> = LazyLock::new(|| {
    first_of(LISTS.iter().flat_map(|lists| lists.weekdays.into_iter().zip(0..)).filter(|(name, _)| !name.is_empty()))
});

/// A map in which the first of equal words takes precedence.
fn first_of(words: impl Iterator<Item = (&'static str, u8)>) -> HashMap<&'static str, u8> {
    let mut map = HashMap::new();
    words.for_each(|(word, at)| _ = map.entry(word).or_insert(at));
    map
}

/// The number of a month, from 1.
pub(crate) fn month(word: &str) -> Option<u8> {
    MONTHS.get(word).copied()
}

/// The index of a weekday, from 0 for Monday.
pub(crate) fn weekday(word: &str) -> Option<u8> {
    WEEKDAYS.get(word).copied()
}

/// Whether a word negates the verb after it.
pub(crate) fn negates_verb(folded: &str) -> bool {
    LISTS.iter().any(|lists| lists.negations.contains(&folded))
}

/// Whether a word negates the noun after it.
pub(crate) fn negates_noun(folded: &str) -> bool {
    LISTS.iter().any(|lists| lists.negations_of_nouns.contains(&folded))
}

/// Whether a lower-case word, before a full stop, is an abbreviation.
pub(crate) fn is_abbreviation(lower: &str) -> bool {
    LISTS.iter().any(|lists| lists.abbreviations.contains(&lower))
}

/// Whether a lower-case word, before a full stop and a number, is an abbreviation; German street names end in one.
pub(crate) fn is_before_number(lower: &str) -> bool {
    lower.ends_with("str") || LISTS.iter().any(|lists| lists.before_numbers.contains(&lower))
}

/// Whether a lower-case word begins a sentence after an abbreviation.
pub(crate) fn is_starter(lower: &str) -> bool {
    is_grammatical(lower) || LISTS.iter().any(|lists| lists.starters.contains(&lower))
}

/// Maximum number of letters of a clause that only names the speaker of what precedes it.
const WHO_SAID: usize = 30;

/// Whether a sentence continues after a complete quotation: what follows begins like such a continuation, or is a
/// `clause` that only names the speaker.
pub(crate) fn goes_on_after_quote(rest: &str, clause: &str) -> bool {
    let begins = |words: &[&str]| words.iter().any(|word| rest.starts_with(word));
    let last = clause.rsplit(char::is_whitespace).next().unwrap_or("");
    let says = |lists: &&Lists| {
        lists.said.iter().any(|said| last == *said || said.starts_with(is_unspaced) && last.ends_with(said))
    };
    LISTS.iter().any(|lists| begins(lists.after_quotes) && !begins(lists.starters))
        || clause.chars().nth(WHO_SAID).is_none() && LISTS.iter().any(says)
}

/// Whether a lower-case section heading is one that any document may have.
pub(crate) fn is_section(lower: &str) -> bool {
    LISTS.iter().any(|lists| lists.sections.contains(&lower))
}

/// Whether a lower-case heading is that of a list of cited works.
pub(crate) fn is_bibliography(lower: &str) -> bool {
    LISTS.iter().any(|lists| lists.bibliographies.contains(&lower))
}

/// Whether a lower-case word appears in date lines, and whether it makes any line with a date a date line.
pub(crate) fn date_word(lower: &str) -> (bool, bool) {
    let published = LISTS.iter().any(|lists| lists.published.contains(&lower));
    let known = published || LISTS.iter().any(|lists| lists.date_words.contains(&lower));
    (known || weekday(lower).is_some() || is_date_in_han(lower), published || is_date_in_han(lower))
}

/// The beginnings of bylines.
pub(crate) fn bylines() -> impl Iterator<Item = &'static str> {
    LISTS.iter().filter_map(|lists| lists.by)
}

/// The prompts of all languages, for lines that are not part of a text.
pub(crate) fn prompts() -> impl Iterator<Item = &'static Prompt> {
    LISTS.iter().flat_map(|lists| lists.prompts)
}

/// Words before the number of an ordinal in German: `der 2. Weltkrieg`.
pub(crate) fn leads_ordinal(lower: &str) -> bool {
    matches!(lower, "der" | "das" | "dem" | "den" | "des" | "im" | "am" | "vom" | "zum" | "zur" | "beim" | "ins")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_word_is_one_of_english_grammar() {
        for lists in LISTS {
            let words = [lists.stop, lists.negations, lists.abbreviations, lists.before_numbers, lists.starters];
            for word in words.into_iter().flatten() {
                assert_eq!(*word, word.to_lowercase());
                assert!(!crate::lang::english::is_own_stop_word(word), "{word}");
            }
        }
        for lists in &LISTS[..9] {
            assert!(lists.stop.len() > 40 && lists.prompts.len() > 9);
        }
    }

    #[test]
    fn each_language_has_its_words() {
        for (stop, telling, month_name, number) in [
            ("nicht", "hafen", "märz", 3),
            ("dans", "port", "août", 8),
            ("pero", "puerto", "enero", 1),
            ("também", "porto", "outubro", 10),
            ("della", "faro", "luglio", 7),
            ("het", "haven", "maart", 3),
            ("przez", "statek", "października", 10),
        ] {
            assert!(is_grammatical(stop) && !is_grammatical(telling), "{stop} {telling}");
            assert_eq!(month(month_name), Some(number), "{month_name}");
        }
        assert!(is_grammatical("の") && is_grammatical("的") && !is_grammatical("港"));
        assert_eq!((weekday("dienstag"), weekday("mardi"), weekday("hafen")), (Some(1), Some(1), None));
    }
}
