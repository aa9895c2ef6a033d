//! Function words: conjunctions, pronouns, negations, auxiliaries.

/// Words with which a clause begins.
#[rustfmt::skip]
pub(crate) const CONJUNCTIONS: &[&str] = &[
    "which", "who", "whom", "whose", "while", "whereas", "although", "though", "because", "since", "after", "before",
    "when", "where", "as", "with", "leading", "including", "but", "and", "that", "if", "unless", "until", "so",
    "despite", "following", "to",
];

/// Those of them that also join words within a clause: `between 36 and 39 million`, `points to a fault`.
pub(crate) const JOINING: &[&str] = &["and", "to", "that", "whom", "whose", "with", "as"];

/// Words that begin a clause naming the speaker.
#[rustfmt::skip]
pub(crate) const SAYING: &[&str] = &[
    "said", "says", "told", "added", "adds", "according", "wrote", "writes", "announced", "explained", "argued",
    "reported",
];

/// Pronouns that leave open what a sentence beginning with one of them is about.
#[rustfmt::skip]
pub(crate) const PRONOUNS: &[&str] = &[
    "he", "she", "it", "they", "his", "her", "hers", "its", "their", "theirs", "this", "that", "these", "those",
    "such",
];

#[rustfmt::skip]
pub(crate) const NEGATIONS: &[&str] = &[
    "not", "no", "never", "none", "nobody", "nothing", "neither", "nor", "without", "cannot",
];

/// Words after `not` which mean that the statement is not negated, or only a part of it.
#[rustfmt::skip]
pub(crate) const NOT_NEGATED: &[&str] = &[
    "only", "just", "merely", "simply", "until", "till", "least", "all", "every", "everyone", "everything", "always",
    "necessarily", "because", "so", "much", "many", "more", "less", "fewer", "later", "than", "to", "unlike", "far",
    "without", "quite", "exactly", "entirely", "fully", "completely", "even", "surprisingly", "enough", "both",
    "alone", "wait",
];

/// Words after `no` in fixed phrases.
#[rustfmt::skip]
pub(crate) const NO_TURNS: &[&str] = &[
    "more", "less", "fewer", "later", "sooner", "earlier", "doubt", "matter", "secret", "one", "wonder", "other",
    "such", "less", "greater", "better", "worse", "longer", "higher", "lower", "surprise", "question",
];

/// Words after a negated verb which mean that it is true at another time or in another case.
#[rustfmt::skip]
pub(crate) const EXCEPT: &[&str] = &[
    "until", "till", "unless", "except", "without", "but", "than", "because",
];

#[rustfmt::skip]
pub(crate) const AUXILIARIES: &[&str] = &[
    "had", "has", "have", "was", "is", "were", "are", "been", "will",
];

/// Words without a meaning of their own, and numbers.
#[rustfmt::skip]
pub(crate) const FUNCTION_WORDS: &[&str] = &[
    "a", "an", "the", "this", "that", "these", "those", "some", "any", "each", "every", "all", "both", "no", "none",
    "such", "i", "you", "he", "she", "it", "we", "they", "me", "him", "her", "us", "them", "my", "your", "his", "its",
    "our", "their", "mine", "who", "whom", "whose", "which", "what", "when", "where", "why", "how", "himself",
    "herself", "itself", "themselves", "there", "here", "of", "in", "on", "at", "by", "for", "with", "from", "to",
    "into", "onto", "over", "under", "about", "after", "before", "between", "among", "through", "during", "until",
    "till", "since", "against", "within", "without", "across", "along", "around", "near", "off", "out", "up", "down",
    "above", "below", "behind", "beyond", "per", "via", "than", "as", "like", "upon", "and", "or", "but", "nor", "so",
    "yet", "if", "unless", "whether", "while", "because", "although", "though", "is", "are", "was", "were", "be",
    "been", "being", "am", "isn't", "aren't", "wasn't", "weren't", "have", "has", "had", "having", "hasn't",
    "haven't", "hadn't", "do", "does", "did", "don't", "doesn't", "didn't", "will", "would", "shall", "should", "can",
    "could", "may", "might", "must", "won't", "wouldn't", "shan't", "shouldn't", "can't", "couldn't", "cannot", "not",
    "never", "n't", "only", "just", "also", "even", "too", "very", "more", "most", "less", "least", "other",
    "another", "much", "many", "few", "several", "own", "same", "then", "now", "one", "two", "three", "four", "five",
    "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen",
    "seventeen", "eighteen", "nineteen", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety",
    "hundred", "thousand", "million", "billion", "trillion", "dozen", "zero", "half", "third", "quarter", "thirds",
    "quarters", "percent", "percentage", "cent", "still", "already", "again", "ever", "later", "earlier", "ago",
    "once", "twice", "first", "last", "next", "new", "get", "got", "p.m", "a.m", "pm", "am", "mr", "mrs", "ms", "dr",
    "prof", "i'm", "it's", "he's", "she's", "they're", "we're", "i've", "we've", "that's", "there's",
];
