//! Words of transcripts and subtitles that are not spoken.

/// Sounds and actions besides speech.
#[rustfmt::skip]
const SOUNDS: &[&str] = &[
    "laughter", "laughs", "laughing", "laugh", "chuckles", "chuckling", "chuckle", "applause", "applauds", "clapping",
    "cheers", "cheering", "inaudible", "unintelligible", "indistinct", "crosstalk", "cross-talk", "overlapping",
    "music", "singing", "sings", "pause", "pauses", "silence", "sighs", "sighing", "sigh", "coughs", "coughing",
    "cough", "cries", "crying", "sobs", "sobbing", "weeps", "gasps", "groans", "whispers", "whispering", "shouts",
    "shouting", "screams", "screaming", "noise", "noises", "static", "beep", "beeps", "bell", "bells", "rings",
    "ringing", "knocks", "knocking", "slams", "barks", "barking", "interruption", "interjecting", "interjections",
    "foreign", "redacted", "off-mic", "off-record", "recess", "nods", "clears", "sniffs", "mumbles", "snorts",
    "booing", "boos", "whistles", "whistling", "footsteps", "thunder", "engine", "wind", "gunshot", "gunshots",
];

/// Whether the words between two brackets describe a sound.
pub(crate) fn is_sound(inside: &str) -> bool {
    let words = || inside.split(|c: char| !c.is_alphanumeric() && c != '-').filter(|word| !word.is_empty());
    words().count() <= 6 && words().any(|word| SOUNDS.contains(&word.to_lowercase().as_str()))
}

/// Labels before a colon that recur without naming a speaker.
#[rustfmt::skip]
const LABELS: &[&str] = &[
    "note", "notes", "warning", "caution", "tip", "tips", "hint", "important", "example", "examples", "error",
    "info", "debug", "notice", "fatal", "todo", "fixme", "title", "author", "authors", "name", "names", "phone",
    "tel", "fax", "email", "e-mail", "address", "date", "time", "source", "sources", "url", "link", "website",
    "web", "ingredients", "method", "directions", "serves", "yield", "preparation", "cook time", "prep time",
    "total time", "price", "size", "location", "place", "venue", "status", "version", "license", "description",
    "summary", "abstract", "background", "methods", "results", "conclusion", "conclusions", "objective",
    "objectives", "introduction", "discussion", "keywords", "definition", "synonym", "synonyms", "antonym", "usage",
    "see", "see also", "cf", "pros", "cons", "problem", "solution", "fix", "fixes", "bug", "feature", "features",
    "change", "changes", "added", "removed", "result", "effect", "cause", "reason", "step", "chapter", "part",
    "section", "figure", "table", "day", "week", "lesson", "exercise", "act", "scene", "from", "to", "cc",
    "subject", "sent", "photo", "image", "caption", "credit", "id", "type", "category", "tags", "tag", "package",
    "maintainer", "homepage", "depends", "architecture", "priority", "severity", "risk", "aim", "goal", "task",
    "requirement", "rationale", "default", "options", "parameters", "returns", "closes", "addresses", "lp", "files",
    "file", "copyright", "comment", "comments", "format", "upstream-name", "upstream-contact", "input", "output",
    "before", "after", "myth", "fact", "claim", "verdict", "rating", "score", "isbn", "doi",
];

/// Whether a label belongs to a list, a record or a note rather than a speaker.
pub(crate) fn is_label(name: &str) -> bool {
    let lower = name.trim().to_lowercase();
    let bare = lower.trim_end_matches(|c: char| c.is_ascii_digit() || matches!(c, ' ' | '.' | '#'));
    LABELS.contains(&bare)
}
