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
    let info = detect(text).filter(|info| info.is_reliable())?;
    // A script that writes a word in two characters says as much in fewer.
    let least = if matches!(info.lang(), Lang::Cmn | Lang::Jpn | Lang::Kor) { LEAST_LETTERS / 4 } else { LEAST_LETTERS };
    (letters >= least).then(|| tag(info.lang()).to_owned())
}

/// ISO 639-1's two letters, where the language has them: BCP 47 takes the shortest code (RFC 5646, section 2.2.1).
fn tag(lang: Lang) -> &'static str {
    match lang {
        Lang::Epo => "eo",
        Lang::Eng => "en",
        Lang::Rus => "ru",
        Lang::Cmn => "zh",
        Lang::Spa => "es",
        Lang::Por => "pt",
        Lang::Ita => "it",
        Lang::Ben => "bn",
        Lang::Fra => "fr",
        Lang::Deu => "de",
        Lang::Ukr => "uk",
        Lang::Kat => "ka",
        Lang::Ara => "ar",
        Lang::Hin => "hi",
        Lang::Jpn => "ja",
        Lang::Heb => "he",
        Lang::Yid => "yi",
        Lang::Pol => "pl",
        Lang::Amh => "am",
        Lang::Jav => "jv",
        Lang::Kor => "ko",
        Lang::Nob => "nb",
        Lang::Dan => "da",
        Lang::Swe => "sv",
        Lang::Fin => "fi",
        Lang::Tur => "tr",
        Lang::Nld => "nl",
        Lang::Hun => "hu",
        Lang::Ces => "cs",
        Lang::Ell => "el",
        Lang::Bul => "bg",
        Lang::Bel => "be",
        Lang::Mar => "mr",
        Lang::Kan => "kn",
        Lang::Ron => "ro",
        Lang::Slv => "sl",
        Lang::Hrv => "hr",
        Lang::Srp => "sr",
        Lang::Mkd => "mk",
        Lang::Lit => "lt",
        Lang::Lav => "lv",
        Lang::Est => "et",
        Lang::Tam => "ta",
        Lang::Vie => "vi",
        Lang::Urd => "ur",
        Lang::Tha => "th",
        Lang::Guj => "gu",
        Lang::Uzb => "uz",
        Lang::Pan => "pa",
        Lang::Aze => "az",
        Lang::Ind => "id",
        Lang::Tel => "te",
        Lang::Pes => "fa",
        Lang::Mal => "ml",
        Lang::Ori => "or",
        Lang::Mya => "my",
        Lang::Nep => "ne",
        Lang::Sin => "si",
        Lang::Khm => "km",
        Lang::Tuk => "tk",
        Lang::Aka => "ak",
        Lang::Zul => "zu",
        Lang::Sna => "sn",
        Lang::Afr => "af",
        Lang::Lat => "la",
        Lang::Slk => "sk",
        Lang::Cat => "ca",
        Lang::Tgl => "tl",
        Lang::Hye => "hy",
        Lang::Cym => "cy",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn languages_of_a_few_sentences() {
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
