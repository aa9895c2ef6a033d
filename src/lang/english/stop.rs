//! Stop words.

/// Function words, which are never keywords. Sorted.
#[rustfmt::skip]
pub(crate) const GRAMMATICAL: &[&str] = &[
    "a", "about", "after", "again", "against", "ago", "all", "also", "although", "am", "among", "an", "and",
    "another", "any", "are", "as", "at", "be", "because", "been", "before", "being", "between", "both", "but", "by",
    "can", "cannot", "could", "day", "did", "do", "does", "doing", "down", "during", "each", "end", "even", "ever",
    "every", "few", "for", "from", "further", "get", "had", "has", "have", "having", "he", "her", "here", "him",
    "his", "how", "however", "i", "if", "in", "into", "is", "it", "its", "itself", "just", "less", "like", "made",
    "make", "many", "may", "me", "more", "most", "much", "must", "my", "never", "new", "no", "nor", "not", "now",
    "of", "off", "on", "one", "only", "or", "other", "our", "out", "over", "own", "per", "put", "said", "same", "saw",
    "say", "says", "see", "several", "she", "should", "since", "so", "some", "still", "such", "than", "that", "the",
    "their", "them", "then", "there", "these", "they", "this", "those", "though", "through", "to", "too", "two",
    "under", "until", "up", "upon", "us", "use", "very", "via", "was", "way", "we", "were", "what", "when", "where",
    "whether", "which", "while", "who", "whom", "why", "will", "with", "within", "without", "would", "year", "years",
    "yes", "yet", "you", "your",
];

/// Words of common phrases (`at the end of the`, `said on Tuesday`). Sorted.
#[rustfmt::skip]
pub(crate) const PHRASAL: &[&str] = &[
    "above", "according", "across", "almost", "along", "already", "always", "april", "around", "august", "away",
    "back", "became", "become", "began", "begin", "beginning", "below", "can't", "case", "days", "deal", "december",
    "didn't", "doesn't", "don't", "done", "doubt", "either", "else", "enough", "example", "fact", "february", "field",
    "first", "following", "friday", "give", "given", "gives", "goes", "going", "great", "half", "hand", "hers",
    "important", "instance", "instead", "isn't", "it's", "january", "july", "june", "kind", "know", "known", "last",
    "least", "long", "makes", "making", "march", "might", "moment", "monday", "month", "morning", "near", "nothing",
    "november", "number", "october", "often", "once", "onto", "others", "part", "people", "point", "rather",
    "saturday", "saying", "second", "seen", "september", "shall", "side", "something", "soon", "sunday", "take",
    "taken", "taking", "themselves", "therefore", "thing", "things", "third", "three", "throughout", "thursday",
    "thus", "time", "times", "today", "together", "told", "tomorrow", "took", "toward", "towards", "tuesday", "used",
    "using", "wasn't", "wednesday", "week", "well", "went", "weren't", "whole", "whose", "won't", "world",
    "yesterday",
];
