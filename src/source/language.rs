//! The language of a text, guessed where its document does not say.

use std::collections::{BTreeSet, HashSet};
use std::sync::LazyLock;

use unicode_normalization::UnicodeNormalization;
use whatlang::{Lang, Script, detect};

use crate::lang::{english, languages, words};

/// Texts with fewer letters are too short to guess from.
const LEAST_LETTERS: usize = 80;
/// Number of bytes of a text that are examined.
const MOST_BYTES: usize = 4096;

/// Returns the BCP 47 tag of the language, or nothing if the guess is not reliable.
pub fn guess(text: &str) -> Option<String> {
    let end = text.char_indices().map(|(at, _)| at).find(|at| *at >= MOST_BYTES).unwrap_or(text.len());
    let text = &text[..end];
    let letters = text.chars().filter(|c| c.is_alphabetic()).count();
    let info = detect(text).filter(whatlang::Info::is_reliable)?;
    // Scripts that write a word in about two characters need fewer of them.
    let least =
        if matches!(info.lang(), Lang::Cmn | Lang::Jpn | Lang::Kor) { LEAST_LETTERS / 4 } else { LEAST_LETTERS };
    (letters >= least).then(|| tag(info.lang()).to_owned())
}

/// Questions with fewer letters contain too few function words to guess from.
const LEAST_ASKED: usize = 20;
/// Least number of letters in a script other than Latin. A Greek letter may be a symbol; a character of Chinese, Japanese
/// or Korean is a word or a syllable.
const LEAST_IN_SCRIPT: usize = 3;
/// Confidence below which a language is not named, and above which words that are not English are in another language.
const NAMED: f64 = 0.15;
const SURE: f64 = 0.3;
/// The tag of an undetermined language (BCP 47).
pub const UNDETERMINED: &str = "und";

/// Words of English texts, without most names and terms.
static ENGLISH: LazyLock<HashSet<&str>> = LazyLock::new(|| english::alike::all().collect());

/// The most common function words of German, French, Spanish, Italian, Portuguese and Dutch that the lists of
/// [`languages`] leave out because names contain them.
#[rustfmt::skip]
const COMMON: [&str; 58] = [
    "che", "con", "da", "das", "de", "dei", "del", "della", "dem", "den", "der", "des", "det", "di", "die", "du", "e",
    "een", "ein", "eine", "el", "em", "en", "es", "est", "et", "gli", "het", "il", "im", "ist", "la", "las", "le",
    "les", "lo", "los", "mit", "na", "nel", "nicht", "os", "para", "por", "que", "se", "su", "um", "uma", "un", "una",
    "und", "une", "van", "von", "y", "zu", "è",
];
/// Function words that English shares with another language.
const SHARED: [&str; 16] =
    ["a", "am", "an", "as", "at", "do", "he", "i", "in", "is", "me", "no", "on", "so", "was", "will"];

/// Returns the tag of the language of a question that is not in English, or [`UNDETERMINED`]. A question too short for
/// [`guess`] is recognised by its script; by function words that English does not have if it contains none that only
/// English has; or, if it has no English word at all, by letters or a function word of other languages.
pub fn guess_asked(text: &str) -> Option<String> {
    if let Some(tag) = guess(text) {
        return (tag != "en").then_some(tag);
    }
    let letters = text.chars().filter(|c| c.is_alphabetic()).count();
    let info = detect(text)?;
    let tag = tag(info.lang());
    let is_other = match info.script() {
        Script::Latin if letters >= LEAST_ASKED && is_not_english(text) => {
            return (tag != "en").then(|| tag.to_owned());
        }
        Script::Latin => has_no_english_word(text, info.confidence()),
        Script::Mandarin | Script::Hiragana | Script::Katakana | Script::Hangul => letters > 0,
        _ => letters >= LEAST_IN_SCRIPT,
    };
    let is_named = info.script() != Script::Latin || info.confidence() >= NAMED;
    (is_other && tag != "en").then(|| if is_named { tag } else { UNDETERMINED }.to_owned())
}

/// Whether none of the words is English, and one is marked as a word of another language: by a letter that English
/// lacks, by a function word beside it, or because all of them look like that language. Words in capitals may be names,
/// and English has words such as `naïve`.
fn has_no_english_word(text: &str, confidence: f64) -> bool {
    let words = words(text);
    let is_english = |word: &str| {
        let stem = word.strip_suffix('s').unwrap_or(word);
        ENGLISH.contains(word) || ENGLISH.contains(stem) || english::is_own_stop_word(word)
    };
    let is_function = |word: &str| languages::is_grammatical(word) || COMMON.contains(&word);
    let has_digit = |word: &str| word.contains(|c: char| c.is_ascii_digit());
    let (mut marked, mut plain, mut functions) = (false, 0, 0);
    for word in &words {
        let folded = word.folded.as_str();
        if is_function(folded) || SHARED.contains(&folded) {
            functions += usize::from(is_function(folded));
            continue;
        }
        let bare: String = folded.nfd().filter(char::is_ascii).collect();
        if is_english(folded) || is_english(&bare) || has_digit(folded) {
            return false;
        }
        if text[word.range.clone()].starts_with(char::is_lowercase) {
            plain += 1;
            marked |= !folded.is_ascii();
        }
    }
    // English has words such as `résumé`.
    marked && words.len() > 1 || plain > 0 && functions > 0 || plain > 1 && confidence >= SURE
}

/// Whether a text contains enough function words of other languages, and none that only English has. Names such as "El
/// Niño" contain a few.
fn is_not_english(text: &str) -> bool {
    let words: Vec<String> = words(text).into_iter().map(|word| word.folded).collect();
    if words.iter().any(|word| english::is_own_stop_word(word) && !SHARED.contains(&word.as_str())) {
        return false;
    }
    let of_others = |word: &&String| languages::is_grammatical(word) || COMMON.contains(&word.as_str());
    let others: Vec<&String> = words.iter().filter(of_others).collect();
    match others.iter().collect::<BTreeSet<_>>().len() {
        0 | 1 => false,
        2 => 5 * others.len() > 2 * words.len(),
        _ => 4 * others.len() >= words.len(),
    }
}

/// Returns the English name of a language, or the tag if no name is known.
pub fn name(tag: &str) -> &str {
    isolang::Language::from_639_1(primary(tag)).map_or(tag, |language| language.to_name())
}

/// Returns the language in a tag, without script and country: `en` for `en-GB`.
pub fn primary(tag: &str) -> &str {
    tag.split(['-', '_']).next().unwrap_or(tag)
}

/// The two letters of ISO 639-1 where the language has them: BCP 47 takes the shortest code (RFC 5646, section 2.2.1).
/// Mandarin and Iranian Persian are given by their macrolanguages.
fn tag(lang: Lang) -> &'static str {
    match lang {
        Lang::Cmn => "zh",
        Lang::Pes => "fa",
        _ => isolang::Language::from_639_3(lang.code()).and_then(|language| language.to_639_1()).unwrap_or(lang.code()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn languages_of_a_few_sentences() {
        // Languages that whatlang names by a member or a macrolanguage.
        assert!(Lang::all().iter().all(|lang| tag(*lang).len() == 2), "a language has no tag of two letters");
        for (text, expected) in [
            (
                "The ferry struck the breakwater at dawn, and twelve of the passengers who stood on the car deck were \
                 hurt. The captain said that the rudder had stopped answering the wheel and that nobody could have \
                 done anything.",
                Some("en"),
            ),
            (
                "Die Fähre prallte im Morgengrauen gegen die Mole, und zwölf der Fahrgäste auf dem Autodeck wurden \
                 verletzt. Der Kapitän sagte, dass das Ruder nicht mehr reagiert habe und niemand etwas hätte tun \
                 können.",
                Some("de"),
            ),
            (
                "Le bac a heurté la jetée à l'aube, et douze des passagers qui se trouvaient sur le pont ont été \
                 blessés. Le capitaine a dit que le gouvernail ne répondait plus et que personne n'aurait pu y faire \
                 quelque chose.",
                Some("fr"),
            ),
            (
                "Паром на рассвете врезался в волнорез гавани, двенадцать пассажиров на автомобильной палубе \
                 пострадали при этом.",
                Some("ru"),
            ),
            ("渡轮在清晨撞上了港口的防波堤，十二名乘客受伤，船长说舵突然失灵了。", Some("zh")),
            ("The ferry struck.", None),
            ("", None),
            ("12 34 56 78", None),
        ] {
            assert_eq!(guess(text).as_deref(), expected, "{text}");
        }
    }

    #[test]
    fn questions_in_other_languages() {
        for (text, expected) in [
            ("die Brücke ist gesperrt", Some("de")),
            ("Die Fähre ist im Nebel gegen die Mole gefahren", Some("de")),
            ("il ponte è chiuso dopo l'incidente", Some("it")),
            ("de brug is gesloten na het ongeluk", Some("nl")),
            ("Le pont est fermé après l'accident de lundi", Some("fr")),
            ("el puente está cerrado por el accidente", Some("es")),
            ("мост закрыт", Some("ru")),
            ("橋は閉鎖された", Some("ja")),
            ("the bridge is closed after the accident", None),
            ("bridge closed after accident", None),
            ("El Nino La Nina forecast drought", None),
            ("Los Angeles Las Vegas motorway closure", None),
            ("La Liga El Clasico result", None),
            ("protests in Rio de Janeiro and Paris", None),
            ("Médecins Sans Frontières hospital bombing", None),
            ("vaccine efficacy trial placebo", None),
            ("unemployment rate inflation minimum wage", None),
            ("Angela Merkel Olaf Scholz coalition", None),
            ("橋", Some("zh")),
            ("мир", Some("ru")),
            ("αβ", None),
            ("die Brücke", None),
            ("fährunglück ursache", Some("de")),
            ("stängd bro", Some("sv")),
            ("mietpreisbremse beschlossen", Some("de")),
            ("pont fermé", Some(UNDETERMINED)),
            ("huelga de trenes", Some(UNDETERMINED)),
            ("greve dos professores", Some("pt")),
            ("Brücke Müller", None),
            ("naïve bayes classifier", None),
            ("Bézier splines", None),
            ("Schrödinger hamiltonian", None),
            ("résumé", None),
            ("Rio de Janeiro", None),
            ("lignin zincate dendrites", None),
            ("perovskite photovoltaics", None),
            ("goverment coruption", None),
            ("ferry", None),
            ("covid", None),
            ("", None),
        ] {
            assert_eq!(guess_asked(text).as_deref(), expected, "{text}");
        }
    }
}
