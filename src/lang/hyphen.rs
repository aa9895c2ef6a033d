//! Hyphens that belong to the author wherever they occur: suspended ones, in a word whose end follows in the next, and
//! those of addresses.

/// For each language, words that prove a text to be in it, and conjunctions between two words that share their ending.
const CONJUNCTIONS: &[(&[&str], &[&str])] = &[
    (&["der", "die", "das"], &["und", "oder", "bzw.", "beziehungsweise", "sowie"]),
    (&["het"], &["en", "of"]),
    (&["det"], &["och", "og", "eller"]),
    (&["the"], &["and", "or", "to"]),
];

/// Whether `head` and the hyphen after it are short for a whole word whose end follows in `line`: `Wasser- und
/// Schifffahrtsverwaltung`, `pre- and post-war`. `has` says whether the text contains a lower-case word; it should not
/// contain the two as one.
pub(crate) fn is_suspended(head: &str, line: &str, has: impl Fn(&str) -> bool) -> bool {
    let mut words = line.split_whitespace();
    let (Some(conjunction), Some(next)) = (words.next(), words.next()) else { return false };
    let Some((proof, _)) = CONJUNCTIONS.iter().find(|(_, conjunctions)| conjunctions.contains(&conjunction)) else {
        return false;
    };
    let is_language = proof.iter().any(|word| has(word));
    match conjunction {
        // The end of a plural is written in the same way: `partij-en`.
        "en" => is_language && head.ends_with(|c: char| c.is_alphabetic() && !"aeiouyjw".contains(c)),
        // Few compounds are shortened, and some end in these letters.
        "or" | "to" => is_language && next.contains('-'),
        _ => is_language,
    }
}

/// Whether the parts of a word before and after a line's end belong to an address.
pub(crate) fn is_address(head: &str, tail: &str) -> bool {
    let is_domain = |text: &str| {
        let host = text.split('/').next().unwrap_or("").trim_end_matches(['.', ',', ';', ':', ')', '>']);
        let is_top = |top: &str| top.len() >= 2 && top.bytes().all(|b| b.is_ascii_lowercase());
        host.rsplit_once('.').is_some_and(|(before, top)| !before.is_empty() && is_top(top))
    };
    [head, tail].iter().any(|part| part.contains("://") || part.contains('@')) || is_domain(tail)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_whose_end_follows_keeps_its_hyphen() {
        let suspended = |head, line, of_language: &str| is_suspended(head, line, |word| word == of_language);
        for (head, line, of_language) in [
            ("fähr", "und Lotsendienst", "der"),
            ("ein", "oder Ausfahrt der Boote", "die"),
            ("in", "en uitvoer", "het"),
            ("pre", "and post-war piers", "the"),
            ("two", "or three-masted ships", "the"),
            ("hamn", "och fyravgift", "det"),
        ] {
            assert!(suspended(head, line, of_language), "{head}- {line}");
            assert!(!suspended(head, line, "les"), "{head}- {line}");
        }
        assert!(!suspended("partij", "en in de stad", "het"));
        assert!(!suspended("tail", "or in the harbour", "the"));
        assert!(!suspended("ha", "fen und Stadt", "der"));
    }

    #[test]
    fn addresses_keep_their_hyphens() {
        assert!(is_address("post.office@north", "quay.example"));
        assert!(is_address("https://north", "quay/ferry"));
        assert!(is_address("north", "quay.example."));
        for tail in ["bour.", "bour.[12]", "bour.The"] {
            assert!(!is_address("har", tail), "{tail}");
        }
    }
}
