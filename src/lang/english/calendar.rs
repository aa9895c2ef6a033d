//! Names of months and days.

#[rustfmt::skip]
pub(crate) const WEEKDAYS: [&str; 7] = [
    "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday",
];

#[rustfmt::skip]
const MONTHS: [&str; 12] = [
    "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november",
    "december",
];

/// The number of a month, from 1: `january`, `jan`, `sept`.
pub(crate) fn month(word: &str) -> Option<u8> {
    let known =
        |name: &str| name == word || word.len() == 3 && name.starts_with(word) || word == "sept" && name == "september";
    MONTHS.iter().zip(1..).find(|(name, _)| known(name)).map(|(_, number)| number)
}

/// Whether a word names a month or a day of the week.
pub(crate) fn is_calendar(word: &str) -> bool {
    month(word).is_some() || WEEKDAYS.contains(&word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn months_by_name_and_abbreviation() {
        for (word, expected) in
            [("january", Some(1)), ("sep", Some(9)), ("sept", Some(9)), ("dec", Some(12)), ("septem", None), ("", None)]
        {
            assert_eq!(month(word), expected, "{word}");
        }
        assert!(is_calendar("friday") && is_calendar("oct") && !is_calendar("fri"));
    }
}
