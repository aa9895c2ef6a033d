//! The language of a text, guessed where its document does not say.

use whatlang::{Lang, detect};

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
}
