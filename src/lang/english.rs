//! English word lists. All words are in lower case, without a possessive's ending.

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

/// Every word of every text is asked for.
static GRAMMATICAL: LazyLock<HashSet<&str>> = LazyLock::new(|| stop::GRAMMATICAL.iter().copied().collect());
static PHRASAL: LazyLock<HashSet<&str>> = LazyLock::new(|| stop::PHRASAL.iter().copied().collect());

/// Whether a folded word appears in every English text, alone or in the phrases that texts are made of.
pub(crate) fn is_own_stop_word(folded: &str) -> bool {
    is_grammatical(folded) || PHRASAL.contains(folded)
}

/// Whether a folded word is one of grammar, which is no keyword. Words of fewer than four letters are none either.
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
