//! Dutch. Words that are also English are omitted, except among the names of months.

use super::{Lists, begins, holds};

#[rustfmt::skip]
pub(super) const LISTS: Lists = Lists {
    stop: &[
        "aan", "af", "alle", "alleen", "alles", "als", "altijd", "andere", "bij", "binnen", "daar", "daarna", "dat",
        "deze", "doch", "doen", "dus", "echter", "een", "eens", "eerst", "eerste", "elke", "enkele", "geen",
        "geweest", "haar", "hadden", "heb", "hebben", "heeft", "het", "hij", "iedere", "iets", "ik", "je", "jullie",
        "kan", "komt", "kon", "kunnen", "langs", "maar", "meer", "mij", "mijn", "moet", "moeten", "naar", "nadat",
        "niet", "niets", "omdat", "onder", "ons", "onze", "ook", "sinds", "sommige", "tegen", "terwijl", "tijdens",
        "toch", "toen", "tussen", "uit", "uw", "vaak", "vanaf", "veel", "volgens", "voor", "vooral", "waar", "waarom",
        "wanneer", "waren", "wat", "weer", "wel", "werd", "werden", "wij", "wil", "worden", "wordt", "zal", "zeer",
        "zei", "zelf", "zich", "zij", "zijn", "zo", "zoals", "zonder", "zou", "zouden",
    ],
    months: [
        &["januari"],
        &["februari"],
        &["maart", "mrt"],
        &[],
        &["mei"],
        &["juni"],
        &["juli"],
        &["augustus"],
        &[],
        &["oktober", "okt"],
        &[],
        &["december"],
    ],
    weekdays: [
        "maandag", "dinsdag", "woensdag", "donderdag", "vrijdag", "zaterdag", "zondag",
    ],
    negations: &["niet", "nooit"],
    negations_of_nouns: &["geen", "zonder"],
    abbreviations: &[
        "afb", "bijv", "blz", "bv", "dhr", "drs", "enz", "gebr", "ing", "ir", "jhr", "jl", "mevr", "mw", "nl",
        "resp", "tel", "vgl",
    ],
    before_numbers: &["afb", "blz", "hfst", "hoofdst", "tel"],
    sections: &[
        "conclusie", "conclusies", "inhoud", "inhoudsopgave", "inleiding", "literatuur", "samenvatting", "voorwoord",
    ],
    bibliographies: &["bronnen", "literatuur", "referenties"],
    published: &["bijgewerkt", "gepubliceerd"],
    date_words: &["bijgewerkt", "gepubliceerd", "laatst", "leestijd", "minuten", "om", "uur"],
    by: Some("Door "),
    prompts: &[
        begins("lees ook", 20, "link prompt"),
        begins("lees meer", 6, "link prompt"),
        begins("lees verder", 6, "link prompt"),
        begins("deel dit artikel", 6, "sharing prompt"),
        begins("delen", 2, "sharing prompt"),
        begins("reacties", 2, "comments"),
        begins("plaats een reactie", 6, "comments"),
        begins("schrijf je in", 25, "newsletter prompt"),
        begins("meld je aan", 25, "newsletter prompt"),
        holds("wij gebruiken cookies", 60, "cookie notice"),
        begins("alles accepteren", 4, "cookie notice"),
        begins("advertentie", 2, "advertisement"),
        begins("alle rechten voorbehouden", 25, "copyright"),
        begins("terug naar boven", 4, "navigation"),
        begins("ga naar de inhoud", 5, "navigation"),
        begins("inhoudsopgave", 3, "navigation"),
    ],
    ..Lists::NONE
};
