//! The words in texts and in names of classes.

/// Returns the number of words of a text.
pub fn words(text: &str) -> usize {
    text.split_whitespace().count()
}

/// Calls `take` with each word of a class or id, in lower case: `relatedStories`, `related_stories` and
/// `related-stories` give the same two words.
pub fn each_word(name: &str, mut take: impl FnMut(&str)) {
    let mut word = String::new();
    let mut lower = false;
    for c in name.chars() {
        let starts = c.is_ascii_uppercase() && lower;
        if (starts || !c.is_ascii_alphanumeric()) && !word.is_empty() {
            take(&word);
            word.clear();
        }
        if c.is_ascii_alphanumeric() {
            word.push(c.to_ascii_lowercase());
        }
        lower = c.is_ascii_lowercase();
    }
    if !word.is_empty() {
        take(&word);
    }
}

/// Whether one of `wanted` is a word of a class or id.
pub fn has_word(name: &str, wanted: &[&str]) -> bool {
    let mut found = false;
    each_word(name, |word| found |= wanted.contains(&word));
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_as_words() {
        let mut found = Vec::new();
        each_word("c-relatedStories__item related_3", |word| found.push(word.to_owned()));
        assert_eq!(found, ["c", "related", "stories", "item", "related", "3"]);
        assert!(has_word("siteFooter", &["footer"]) && !has_word("loads", &["ads"]));
    }
}
