//! Words around an article: datelines, captions, notes on the author.

use crate::lang::languages;

/// Words next to a date on a line of its own.
#[rustfmt::skip]
pub(crate) const DATE_WORDS: &[&str] = &[
    "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday", "published", "updated", "last",
    "posted", "on", "at", "am", "pm", "a.m", "p.m", "gmt", "utc", "est", "et", "cet", "edt", "of", "the", "first",
    "date", "min", "minute", "minutes", "read", "st", "nd", "rd", "th", "and", "modified", "reading", "time", "by",
    "ago", "hours",
];

/// Words for kinds of document, as they appear before a date.
#[rustfmt::skip]
pub(crate) const DOCUMENTS: &[&str] = &[
    "analysis", "announcement", "article", "briefing", "brief", "bulletin", "comment", "commentary", "editorial",
    "essay", "feature", "interview", "letter", "media", "memo", "memorandum", "news", "newsletter", "note",
    "notice", "opinion", "paper", "policy", "position", "press", "public", "release", "report", "research",
    "review", "speech", "statement", "summary", "transcript", "working",
];

/// Words in the names of publishers.
#[rustfmt::skip]
pub(crate) const OUTLETS: &[&str] = &[
    "academy", "administration", "advertiser", "agency", "alliance", "analytics", "argus", "association",
    "authority", "bank", "board", "broadcasting", "bulletin", "bureau", "centre", "center", "chamber", "chronicle",
    "commission", "committee", "consulting", "council", "courier", "court", "daily", "department", "directorate",
    "dispatch", "echo", "enquirer", "examiner", "express", "federation", "foundation", "gazette", "globe",
    "government", "group", "guardian", "herald", "independent", "inquirer", "insights", "institute", "institution",
    "journal", "laboratory", "league", "ledger", "magazine", "mail", "mercury", "messenger", "ministry", "mirror",
    "network", "news", "newspaper", "observer", "office", "party", "post", "press", "quarterly", "radio", "record",
    "register", "reporter", "research", "review", "secretariat", "securities", "sentinel", "service", "society",
    "standard", "star", "sun", "telegraph", "television", "times", "treasury", "tribune", "union", "university",
    "weekly", "wire",
];

/// Endings of company names.
pub(crate) const COMPANY_FORMS: &[&str] =
    &["plc", "ltd", "inc", "inc.", "corp", "corp.", "llc", "gmbh", "ag", "sa", "s.a.", "co.", "company"];

/// Words before the `by` of a byline.
pub(crate) const BY_LABELS: &[&str] = &[
    "analysis",
    "column",
    "comment",
    "commentary",
    "created",
    "editorial",
    "essay",
    "feature",
    "guest column",
    "guest comment",
    "guest essay",
    "interview",
    "opinion",
    "posted",
    "report",
    "review",
    "story",
    "text",
    "words",
    "written",
];

/// Words used in picture captions but not in headings.
#[rustfmt::skip]
pub(crate) const CAPTION_WORDS: &[&str] = &[
    "seen", "pictured", "photographed", "greets", "greet", "poses", "posing", "pose", "waves", "waving", "smiles",
    "smiling", "stands", "standing", "sits", "sitting", "walks", "walking", "shakes", "shaking", "shake", "gestures",
    "arrives", "arriving", "embraces", "hugs",
];

#[rustfmt::skip]
pub(crate) const CAPTION_PHRASES: &[&str] = &[
    "press conference", "looks on", "look on", "(l)", "(r)", "(left)", "(right)", "from left", "file photo",
    "speaks at", "speaks during", "speaking at", "in front of", "attends a", "attend a", "attends the",
    "takes part in",
];

/// Occupations in notes on the author.
#[rustfmt::skip]
pub(crate) const OCCUPATIONS: &[&str] = &[
    "director", "writer", "author", "student", "candidate", "consultant", "associate", "scientist", "president",
    "founder", "lawyer", "specialist", "expert", "adviser", "advisor",
];

/// Occupations of people who mainly write, or who are only given one because they wrote.
#[rustfmt::skip]
pub(crate) const OF_AUTHORS: &[&str] = &[
    "fellow", "professor", "lecturer", "researcher", "intern", "analyst", "editor", "correspondent", "reporter",
    "journalist", "columnist", "scholar", "economist", "contributor", "teaches", "blogger", "freelance", "freelancer",
];

/// Headings of notes on the authors.
pub(crate) const ON_AUTHORS: &[&str] = &[
    "about author",
    "about the author",
    "about the authors",
    "about the contributor",
    "about the writer",
    "author bio",
];

/// Headings of sections that papers and reports have whatever their subject.
#[rustfmt::skip]
pub(crate) const SECTIONS: &[&str] = &[
    "abstract", "acknowledgements", "acknowledgments", "background", "conclusion", "conclusions", "contents",
    "discussion", "executive summary", "foreword", "glossary", "in brief", "introduction", "key findings",
    "key messages", "key points", "key takeaways", "list of abbreviations", "methodology", "methods", "opinion",
    "overview", "preface", "references", "results", "summary", "table of contents",
];

/// Headings of lists of cited works.
#[rustfmt::skip]
pub(crate) const BIBLIOGRAPHIES: &[&str] = &[
    "bibliography", "cited references", "list of references", "literature cited", "reference list", "references",
    "references and notes", "notes and references", "works cited",
];

/// Whether a line is the heading of a list of cited works: `7. References:`.
pub(crate) fn is_bibliography(text: &str) -> bool {
    let name = text.trim_matches(|c: char| !c.is_alphabetic()).to_lowercase();
    BIBLIOGRAPHIES.contains(&name.as_str()) || languages::is_bibliography(&name)
}

/// Whether a text is probably the name of a newspaper section: one word in capitals.
pub(crate) fn is_label(text: &str) -> bool {
    let capitals = !text.contains(char::is_whitespace) && !text.contains(char::is_lowercase);
    capitals && text.contains(char::is_uppercase) && !is_section_name(&text.to_lowercase())
}

/// Whether a heading can only be that of a section: numbered, worded like a section's, or one word in capitals.
pub(crate) fn is_section(text: &str) -> bool {
    let (number, rest) = text.split_once(' ').unwrap_or(("", text));
    let digits = number.trim_end_matches(['.', ')', ':']);
    let counts = |digits: &str| !digits.is_empty() && digits.bytes().all(|c| c.is_ascii_digit());
    let is_roman = !digits.is_empty() && digits.bytes().all(|c| b"IVX".contains(&c));
    let is_number = (is_roman || digits.split('.').all(counts)) && digits.len() <= 6;
    let dotted = digits.contains('.') && rest.starts_with(char::is_uppercase);
    let numbered = is_number && (digits.len() < number.len() || dotted);
    let name = if is_number { rest } else { text }.trim_end_matches([':', '.']).to_lowercase();
    numbered || is_section_name(&name) || is_label(text)
}

/// Labels before the keywords of a paper.
#[rustfmt::skip]
const KEYWORDS: &[&str] = &[
    "keywords", "key words", "keywords and phrases", "index terms", "schlüsselwörter", "schlagwörter", "stichwörter",
    "mots-clés", "mots clés", "palabras clave", "palavras-chave", "parole chiave", "trefwoorden", "słowa kluczowe",
    "ключевые слова", "关键词", "キーワード",
];
/// Largest number of words of such a line.
const KEYWORDS_WORDS: usize = 60;

/// Whether a line lists the keywords of a paper after their label: `Index Terms — gravel, walls`.
pub(crate) fn lists_keywords(lower: &str) -> bool {
    let bare = lower.trim_start_matches(|c: char| !c.is_alphanumeric());
    let behind = |label: &&str| bare.strip_prefix(*label).map(str::trim_start);
    KEYWORDS.iter().filter_map(behind).any(|rest| rest.starts_with([':', '：', '—', '–', '-', '.']))
        && bare.split_whitespace().count() <= KEYWORDS_WORDS
}

/// Words for the numbered parts of laws, books and reports.
#[rustfmt::skip]
const PARTS: &[&str] = &[
    "annex", "appendix", "article", "chapter", "part", "section", "abschnitt", "anhang", "artikel", "kapitel", "teil",
    "annexe", "chapitre", "partie", "capítulo", "parte", "sección", "titolo", "capitolo", "hoofdstuk", "rozdział",
];

/// Whether a heading names a part by its number: `Part 1 General provisions`, `Chapter IV`, `§ 3 Duties`.
pub(crate) fn is_part(text: &str) -> bool {
    let mut words = text.split_whitespace();
    let (first, number) = (words.next().unwrap_or("").to_lowercase(), words.next().unwrap_or(""));
    let bare = number.trim_end_matches(['.', ':', ',', ')']);
    let counts = bare.bytes().all(|c| c.is_ascii_digit()) || bare.bytes().all(|c| b"IVX".contains(&c));
    (first == "§" || PARTS.contains(&first.as_str())) && !bare.is_empty() && counts
}

fn is_section_name(lower: &str) -> bool {
    SECTIONS.contains(&lower) || languages::is_section(lower)
}
