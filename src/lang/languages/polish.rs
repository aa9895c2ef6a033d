//! Polish. Words that are also English are omitted, except among the names of months.

use super::{Lists, begins, holds};

#[rustfmt::skip]
pub(super) const LISTS: Lists = Lists {
    stop: &[
        "aby", "ani", "bardzo", "bez", "bowiem", "być", "był", "była", "było", "były", "chce", "ci", "czy", "czyli",
        "dla", "dlaczego", "dopiero", "dwa", "dziś", "gdy", "gdyby", "gdzie", "ich", "ile", "inne", "innych", "iż",
        "jak", "jaka", "jakie", "jako", "je", "jeden", "jednak", "jednej", "jego", "jej", "jemu", "jest", "jeszcze",
        "jeśli", "już", "każdy", "kiedy", "kilka", "która", "które", "którego", "której", "który", "których",
        "którym", "którzy", "ku", "lecz", "lub", "mają", "miał", "miała", "mimo", "między", "mnie", "może", "można",
        "musi", "nas", "nawet", "nich", "niego", "niej", "nigdy", "nim", "niż", "obok", "od", "ona", "oni", "oraz",
        "pani", "po", "podczas", "podobnie", "ponad", "ponieważ", "poza", "przed", "przede", "przez", "przy", "raz",
        "również", "się", "swoje", "swój", "są", "ta", "tak", "taka", "takie", "także", "tego", "tej", "też", "tu",
        "tych", "tylko", "tym", "wam", "według", "wiele", "wielu", "więc", "wszystkich", "wszystkie", "wszystko",
        "zaś", "żaden", "żadna", "żadne", "że", "żeby",
    ],
    months: [
        &["stycznia", "styczeń", "styczniu"],
        &["lutego", "luty", "lutym"],
        &["marca", "marzec", "marcu"],
        &["kwietnia", "kwiecień", "kwietniu"],
        &["maja", "maj", "maju"],
        &["czerwca", "czerwiec", "czerwcu"],
        &["lipca", "lipiec", "lipcu"],
        &["sierpnia", "sierpień", "sierpniu"],
        &["września", "wrzesień", "wrześniu"],
        &["października", "październik", "październiku"],
        &["listopada", "listopad", "listopadzie"],
        &["grudnia", "grudzień", "grudniu"],
    ],
    weekdays: [
        "poniedziałek", "wtorek", "środa", "czwartek", "piątek", "sobota", "niedziela",
    ],
    negations: &["nie", "nigdy"],
    negations_of_nouns: &["żaden", "żadna", "żadne", "bez"],
    abbreviations: &[
        "al", "dyr", "godz", "hab", "im", "inst", "inż", "itd", "itp", "kpt", "ks", "mgr", "mjr", "mld", "mln",
        "np", "pkt", "pl", "por", "prok", "płk", "rys", "tj", "tzn", "tzw", "ul", "wg", "woj", "zm", "zob",
        "św",
    ],
    before_numbers: &["poz", "rozdz", "rys", "s", "str", "tab", "tel", "ust"],
    sections: &[
        "bibliografia", "metodologia", "podsumowanie", "przedmowa", "spis treści", "streszczenie", "wnioski",
        "wprowadzenie", "wstęp",
    ],
    bibliographies: &["bibliografia", "literatura", "piśmiennictwo"],
    published: &["aktualizacja", "opublikowano", "zaktualizowano"],
    date_words: &["aktualizacja", "dnia", "godz", "o", "opublikowano", "r", "zaktualizowano"],
    by: None,
    prompts: &[
        begins("czytaj także", 20, "link prompt"),
        begins("czytaj też", 20, "link prompt"),
        begins("czytaj więcej", 6, "link prompt"),
        begins("zobacz także", 20, "link prompt"),
        begins("udostępnij", 3, "sharing prompt"),
        begins("komentarze", 2, "comments"),
        begins("dodaj komentarz", 5, "comments"),
        begins("zapisz się", 25, "newsletter prompt"),
        begins("subskrybuj", 12, "newsletter prompt"),
        holds("używamy plików cookie", 60, "cookie notice"),
        begins("akceptuj wszystkie", 4, "cookie notice"),
        begins("reklama", 2, "advertisement"),
        begins("wszelkie prawa zastrzeżone", 25, "copyright"),
        begins("powrót na górę", 4, "navigation"),
        begins("przejdź do treści", 5, "navigation"),
        begins("spis treści", 3, "navigation"),
    ],
    ..Lists::NONE
};
