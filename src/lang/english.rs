//! English word lists. All words are in lower case, without a possessive's ending.

pub(crate) mod alike;
pub(crate) mod calendar;
pub(crate) mod furniture;
pub(crate) mod grammar;
pub(crate) mod initials;
pub(crate) mod opposites;
pub(crate) mod people;
pub(crate) mod sentence;
pub(crate) mod speech;
mod stop;

/// Whether a folded word appears in every English text, alone or in the phrases that texts are made of.
pub(crate) fn is_own_stop_word(folded: &str) -> bool {
    is_grammatical(folded) || stop::PHRASAL.binary_search(&folded).is_ok()
}

/// Whether a folded word is one of grammar, which is no keyword. Words of fewer than four letters are none either.
pub(crate) fn is_grammatical(folded: &str) -> bool {
    stop::GRAMMATICAL.binary_search(&folded).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_stop_words_are_sorted_and_each_is_in_one_list() {
        assert!([stop::GRAMMATICAL, stop::PHRASAL].iter().all(|list| list.is_sorted()));
        assert!(stop::PHRASAL.iter().all(|word| !is_grammatical(word)));
        assert!(is_own_stop_word("the") && is_own_stop_word("yesterday") && !is_own_stop_word("harbour"));
    }
}
