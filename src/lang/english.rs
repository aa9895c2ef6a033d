//! English word lists. All words are in lower case, without possessive endings.

pub(crate) mod alike;
pub(crate) mod calendar;
pub(crate) mod clock;
pub(crate) mod furniture;
pub(crate) mod grammar;
pub(crate) mod initials;
pub(crate) mod opposites;
pub(crate) mod paper;
pub(crate) mod people;
pub(crate) mod sentence;
pub(crate) mod speech;
mod stop;

use std::collections::HashSet;
use std::sync::LazyLock;

/// Sets rather than lists, because every word of every text is looked up.
static GRAMMATICAL: LazyLock<HashSet<&str>> = LazyLock::new(|| stop::GRAMMATICAL.iter().copied().collect());
static PHRASAL: LazyLock<HashSet<&str>> = LazyLock::new(|| stop::PHRASAL.iter().copied().collect());

/// Whether a folded word appears in every English text, alone or in common phrases.
pub(crate) fn is_own_stop_word(folded: &str) -> bool {
    is_grammatical(folded) || PHRASAL.contains(folded)
}

/// Whether a folded word is a function word, which is never a keyword; words of fewer than four letters are not
/// keywords either.
pub(crate) fn is_grammatical(folded: &str) -> bool {
    GRAMMATICAL.contains(folded)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_stop_word_is_in_one_list() {
        assert!(stop::PHRASAL.iter().all(|word| !is_grammatical(word)));
        assert!(is_own_stop_word("the") && is_own_stop_word("yesterday") && !is_own_stop_word("harbour"));
    }
}
