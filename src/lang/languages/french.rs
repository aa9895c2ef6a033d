//! French. Words that are also English are omitted, except among the names of months.

use super::{Lists, begins, holds};

#[rustfmt::skip]
pub(super) const LISTS: Lists = Lists {
    stop: &[
        "ailleurs", "ainsi", "alors", "après", "assez", "au", "aucun", "aucune", "aujourd'hui", "auquel", "aussi",
        "autre", "autres", "aux", "avaient", "avait", "avant", "avec", "avoir", "beaucoup", "bien", "ce", "ceci",
        "cela", "celle", "celles", "celui", "cependant", "ces", "cet", "cette", "ceux", "chaque", "chez", "ci",
        "comme", "contre", "dans", "depuis", "deux", "devant", "dont", "dès", "elles", "enfin", "entre", "eux",
        "faut", "fois", "il", "ils", "je", "jusque", "laquelle", "lequel", "lesquels", "leur", "leurs", "lors",
        "lorsque", "lui", "là", "mais", "malgré", "moins", "même", "mêmes", "notre", "nous", "ont", "où", "parce",
        "parfois", "parmi", "peu", "peut", "plusieurs", "pourquoi", "pourtant", "puis", "puisque", "qu", "quand",
        "que", "quel", "quelle", "quelques", "qui", "quoi", "se", "selon", "ses", "soit", "sont", "souvent", "ta",
        "tandis", "tant", "tes", "toi", "toujours", "tous", "toute", "toutes", "très", "tu", "une", "vers", "voici",
        "voilà", "vos", "votre", "vous", "ça", "étaient", "était", "été", "être",
    ],
    months: [
        &["janvier", "janv"],
        &["février", "févr", "fév"],
        &[],
        &["avril", "avr"],
        &[],
        &["juin"],
        &["juillet", "juil"],
        &["août"],
        &["septembre"],
        &["octobre"],
        &["novembre"],
        &["décembre", "déc"],
    ],
    weekdays: [
        "lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche",
    ],
    negations: &["pas", "jamais"],
    negations_of_nouns: &["aucun", "aucune", "sans"],
    abbreviations: &[
        "av", "bd", "boul", "chap", "env", "hab", "mgr", "mlle", "mme", "p.ex", "qqch", "qqn", "tél",
    ],
    before_numbers: &["al", "chap", "env", "réf", "tél"],
    starters: &["elle", "les"],
    sections: &[
        "avant-propos", "bibliographie", "conclusion", "introduction", "méthodologie", "références", "résumé",
        "résultats", "sommaire",
    ],
    bibliographies: &["bibliographie", "références", "références bibliographiques"],
    published: &["modifié", "publié"],
    date_words: &["h", "heure", "heures", "jour", "le", "lecture", "mis", "modifié", "publié", "à"],
    by: Some("Par "),
    prompts: &[
        begins("lire aussi", 20, "link prompt"),
        begins("à lire aussi", 20, "link prompt"),
        begins("lire la suite", 8, "link prompt"),
        begins("en savoir plus", 8, "link prompt"),
        begins("partager", 2, "sharing prompt"),
        begins("partager cet article", 6, "sharing prompt"),
        begins("commentaires", 2, "comments"),
        begins("laisser un commentaire", 6, "comments"),
        begins("abonnez-vous", 25, "newsletter prompt"),
        begins("inscrivez-vous", 25, "newsletter prompt"),
        holds("nous utilisons des cookies", 60, "cookie notice"),
        begins("tout accepter", 4, "cookie notice"),
        begins("publicité", 2, "advertisement"),
        begins("tous droits réservés", 25, "copyright"),
        begins("haut de page", 4, "navigation"),
        begins("aller au contenu", 5, "navigation"),
        begins("table des matières", 4, "navigation"),
        begins("accueil", 2, "navigation"),
    ],
    ..Lists::NONE
};
