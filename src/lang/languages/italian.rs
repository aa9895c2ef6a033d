//! Italian. Words that are also English are omitted, except among the names of months.

use super::{Lists, begins, holds};

#[rustfmt::skip]
pub(super) const LISTS: Lists = Lists {
    stop: &[
        "abbia", "agli", "alla", "alle", "allo", "allora", "anche", "ancora", "anni", "avere", "aveva", "avevano",
        "che", "ci", "cioè", "circa", "contro", "cosa", "così", "cui", "dagli", "dai", "dalla", "dalle", "dallo",
        "degli", "dei", "del", "della", "delle", "dello", "dentro", "dopo", "durante", "erano", "essere", "fino",
        "fra", "già", "gli", "hanno", "il", "infatti", "invece", "loro", "lui", "meno", "mentre", "mio", "molti",
        "molto", "negli", "nei", "nel", "nella", "nelle", "nello", "nessun", "nessuna", "nessuno", "niente", "noi",
        "nostra", "nostro", "nulla", "ogni", "oltre", "perché", "però", "più", "poco", "poi", "proprio", "può",
        "quale", "quali", "quando", "quanto", "quella", "quelle", "quelli", "quello", "questa", "queste", "questi",
        "questo", "qui", "quindi", "sarà", "se", "secondo", "sei", "sempre", "senza", "sia", "siano", "sono", "sopra",
        "sotto", "stata", "stati", "stato", "sua", "sugli", "sul", "sulla", "sulle", "suo", "suoi", "tra", "tutta",
        "tutte", "tutti", "tutto", "uomo", "voi", "è",
    ],
    months: [
        &["gennaio", "gen"],
        &["febbraio"],
        &["marzo"],
        &["aprile"],
        &["maggio"],
        &["giugno", "giu"],
        &["luglio", "lug"],
        &["agosto"],
        &["settembre"],
        &["ottobre", "ott"],
        &["novembre"],
        &["dicembre", "dic"],
    ],
    weekdays: [
        "lunedì", "martedì", "mercoledì", "giovedì", "venerdì", "sabato", "domenica",
    ],
    negations: &["non"],
    negations_of_nouns: &["nessun", "nessuna", "nessuno", "senza"],
    abbreviations: &["avv", "dott", "ecc", "geom", "ing", "sig", "sigg", "spett", "str"],
    before_numbers: &["cap", "pag", "pagg", "s", "sec", "tel", "tit"],
    sections: &[
        "bibliografia", "conclusione", "conclusioni", "indice", "introduzione", "metodologia", "prefazione",
        "riassunto", "riferimenti", "sommario",
    ],
    bibliographies: &["bibliografia", "riferimenti", "riferimenti bibliografici"],
    published: &["aggiornato", "pubblicato"],
    date_words: &["aggiornato", "alle", "di", "il", "lettura", "minuti", "ore", "pubblicato"],
    by: None,
    prompts: &[
        begins("leggi anche", 20, "link prompt"),
        begins("leggi tutto", 6, "link prompt"),
        begins("continua a leggere", 8, "link prompt"),
        begins("condividi", 2, "sharing prompt"),
        begins("commenti", 2, "comments"),
        begins("lascia un commento", 6, "comments"),
        begins("iscriviti", 25, "newsletter prompt"),
        begins("abbonati", 12, "newsletter prompt"),
        holds("utilizziamo i cookie", 60, "cookie notice"),
        begins("accetta tutto", 4, "cookie notice"),
        begins("pubblicità", 2, "advertisement"),
        begins("tutti i diritti riservati", 25, "copyright"),
        begins("torna su", 3, "navigation"),
        begins("vai al contenuto", 5, "navigation"),
        begins("indice", 2, "navigation"),
    ],
    ..Lists::NONE
};
