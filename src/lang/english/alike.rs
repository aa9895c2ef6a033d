//! Similar words: `jailed` and `imprisoned`, `ship` and `vessel`, but also `wheat` and `barley`.
//!
//! The list comes from word vectors (`benches/word_likeness.py` writes it), not from a dictionary: words of one kind,
//! and opposites, are as near to each other as words of one meaning.

/// One line per word: the word, and the similar words after it in the alphabet, each with its cosine in tenths.
const ALIKE: &str = include_str!("alike.txt");

/// The words similar to one, among those after it in the alphabet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Alike(&'static str);

impl Alike {
    /// Returns the words similar to a folded word.
    pub(crate) fn to(word: &str) -> Self {
        Self(line(word).unwrap_or_default())
    }

    /// The similarity of another word, 0.4 to 0.9, or 0.
    pub(crate) fn likeness(self, other: &str) -> f32 {
        self.iter().find(|(word, _)| *word == other).map_or(0.0, |(_, likeness)| likeness)
    }

    fn iter(self) -> impl Iterator<Item = (&'static str, f32)> {
        self.0.split_ascii_whitespace().filter_map(|other| {
            let (other, tenths) = other.split_at_checked(other.len() - 1)?;
            Some((other, tenths.parse::<f32>().ok()? / 10.0))
        })
    }
}

/// Every word of the list, some of them several times.
pub(crate) fn all() -> impl Iterator<Item = &'static str> {
    ALIKE.split_ascii_whitespace().map(|word| word.trim_end_matches(|c: char| c.is_ascii_digit()))
}

/// The rest of a word's line.
fn line(word: &str) -> Option<&'static str> {
    let (mut low, mut high) = (0, ALIKE.len());
    while low < high {
        let middle = low + (high - low) / 2;
        let start = ALIKE[..middle].rfind('\n').map_or(0, |at| at + 1);
        let end = ALIKE[middle..].find('\n').map_or(ALIKE.len(), |at| middle + at);
        let (own, others) = ALIKE[start..end].split_once(' ')?;
        match own.cmp(word) {
            std::cmp::Ordering::Equal => return Some(others),
            std::cmp::Ordering::Less => low = end + 1,
            std::cmp::Ordering::Greater => high = start,
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_word_is_found_by_its_line() {
        let mut before = "";
        for shown in ALIKE.lines() {
            let (own, others) = shown.split_once(' ').unwrap();
            assert!(own > before && line(own) == Some(others), "{own}");
            assert!(
                Alike::to(own).iter().all(|(other, likeness)| other > own && (0.4..1.0).contains(&likeness)),
                "{own}"
            );
            before = own;
        }
        assert_eq!((line(""), line("zzzz"), line("aaaa")), (None, None, None));
    }

    #[test]
    fn words_of_one_meaning() {
        for (a, b) in [("imprisoned", "jailed"), ("ship", "vessel"), ("company", "firm")] {
            assert!(Alike::to(a).likeness(b) > 0.0, "{a} {b}");
        }
        assert!(Alike::to("company").likeness("wheat") == 0.0);
    }
}
