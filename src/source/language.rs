//! The language of a text, guessed where its document does not say.

use whatlang::{Lang, detect};

/// Less text than this says too little.
const LEAST_LETTERS: usize = 80;
/// How much of a text is looked at.
const MOST_BYTES: usize = 4096;

/// The language's BCP 47 tag, or nothing where the guess is unsure.
pub fn guess(text: &str) -> Option<String> {
    let end = text.char_indices().map(|(at, _)| at).find(|at| *at >= MOST_BYTES).unwrap_or(text.len());
    let text = &text[..end];
    let letters = text.chars().filter(|c| c.is_alphabetic()).count();
    let info = detect(text).filter(whatlang::Info::is_reliable)?;
    // A script that writes a word in two characters says as much in fewer.
    let least =
        if matches!(info.lang(), Lang::Cmn | Lang::Jpn | Lang::Kor) { LEAST_LETTERS / 4 } else { LEAST_LETTERS };
    (letters >= least).then(|| tag(info.lang()).to_owned())
}

/// What a language is called in English; its tag, where that is not known.
pub fn name(tag: &str) -> &str {
    isolang::Language::from_639_1(primary(tag)).map_or(tag, |language| language.to_name())
}

/// The language in a tag, without script and country: `en` of `en-GB`.
pub fn primary(tag: &str) -> &str {
    tag.split(['-', '_']).next().unwrap_or(tag)
}

/// ISO 639-1's two letters, where the language has them: BCP 47 takes the shortest code (RFC 5646, section 2.2.1).
/// Mandarin and Iranian Persian are told by their macrolanguages.
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
        // Those that whatlang names by a member or a macrolanguage.
        assert!(Lang::all().iter().all(|lang| tag(*lang).len() == 2), "a language has no tag of two letters");
        for (text, expected) in [
            (
                "The ferry struck the breakwater at dawn, and twelve of the passengers who stood on the car deck were hurt. The captain said that the rudder had stopped answering the wheel and that nobody could have done anything.",
                Some("en"),
            ),
            (
                "Die Fähre prallte im Morgengrauen gegen die Mole, und zwölf der Fahrgäste auf dem Autodeck wurden verletzt. Der Kapitän sagte, dass das Ruder nicht mehr reagiert habe und niemand etwas hätte tun können.",
                Some("de"),
            ),
            (
                "Le bac a heurté la jetée à l'aube, et douze des passagers qui se trouvaient sur le pont ont été blessés. Le capitaine a dit que le gouvernail ne répondait plus et que personne n'aurait pu y faire quelque chose.",
                Some("fr"),
            ),
            (
                "Паром на рассвете врезался в волнорез гавани, двенадцать пассажиров на автомобильной палубе пострадали при этом.",
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
}
