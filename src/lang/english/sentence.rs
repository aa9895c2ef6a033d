//! Abbreviations, and words that begin or cannot end a sentence.

/// Abbreviations that never end a sentence: a name or a number follows.
#[rustfmt::skip]
pub(crate) const TITLES: &[&str] = &[
    "mr", "mrs", "ms", "mx", "dr", "prof", "gen", "col", "lt", "maj", "sgt", "capt", "cpl", "cmdr", "adm", "sen",
    "rep", "gov", "pres", "rev", "hon", "st", "mt", "ft", "messrs", "mme", "mlle", "vs", "cf", "ca", "approx", "esp",
    "incl", "resp", "cllr", "cllrs",
];

/// Abbreviations that do not end a sentence if a number follows.
#[rustfmt::skip]
pub(crate) const BEFORE_NUMBERS: &[&str] = &[
    "no", "nos", "nr", "fig", "figs", "art", "arts", "sec", "sect", "ch", "chap", "p", "pp", "vol", "vols", "para",
    "eq", "ref", "refs", "tab", "jan", "feb", "mar", "apr", "jun", "jul", "aug", "sep", "sept", "oct", "nov", "dec",
];

/// Abbreviations that end a sentence only if an unmistakable first word follows.
#[rustfmt::skip]
pub(crate) const OTHER_ABBREVIATIONS: &[&str] = &[
    "etc", "inc", "ltd", "co", "corp", "plc", "jr", "sr", "bros", "al", "dept", "est", "univ", "assn", "ave", "blvd",
    "rd",
];

/// Words that begin a sentence when capitalised in running text.
#[rustfmt::skip]
pub(crate) const STARTERS: &[&str] = &[
    "a", "about", "according", "after", "all", "also", "although", "among", "an", "and", "another", "any", "as",
    "asked", "at", "because", "before", "both", "but", "by", "despite", "during", "each", "even", "every", "finally",
    "first", "for", "from", "further", "furthermore", "he", "her", "here", "his", "how", "however", "i", "if", "in",
    "instead", "it", "its", "last", "later", "many", "meanwhile", "moreover", "most", "my", "nevertheless", "no",
    "nor", "not", "now", "of", "on", "once", "one", "only", "or", "other", "others", "our", "over", "second",
    "several", "she", "since", "so", "some", "still", "such", "that", "the", "their", "then", "there", "therefore",
    "these", "they", "third", "this", "those", "though", "thus", "to", "today", "under", "unlike", "until", "we",
    "what", "when", "where", "whether", "which", "while", "who", "why", "with", "without", "yet", "you",
];

/// Words with which neither a heading nor a paragraph ends.
#[rustfmt::skip]
pub(crate) const DANGLING: &[&str] = &[
    "a", "an", "and", "as", "at", "between", "but", "by", "for", "from", "his", "her", "in", "into", "its", "of",
    "on", "or", "our", "than", "that", "the", "their", "these", "this", "those", "through", "to", "was", "were",
    "which", "will", "with", "would", "is", "are", "has", "have", "had",
];

/// First parts of hyphenated words.
#[rustfmt::skip]
pub(crate) const COMPOUNDING: &[&str] = &[
    "all", "anti", "cross", "east", "eight", "ex", "five", "four", "full", "half", "high", "large", "long", "low",
    "mid", "mother", "multi", "nine", "north", "one", "part", "quasi", "self", "semi", "seven", "short", "single",
    "six", "small", "so", "south", "ten", "three", "twenty", "two", "vice", "well", "west", "wide", "year",
];
