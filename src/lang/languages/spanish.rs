//! Spanish. Words that are also English are omitted, except among the names of months.

use super::{Lists, begins, holds};

#[rustfmt::skip]
pub(super) const LISTS: Lists = Lists {
    stop: &[
        "además", "ahora", "algo", "alguna", "algunas", "alguno", "algunos", "allí", "antes", "aquel", "aquella",
        "aquello", "aquí", "así", "aunque", "aún", "bajo", "bien", "cada", "casi", "como", "cual", "cuales", "cuando",
        "cuanto", "cuál", "cuándo", "del", "desde", "después", "dijo", "donde", "durante", "día", "dónde", "ellas",
        "ellos", "entonces", "entre", "eran", "es", "esas", "ese", "eso", "esos", "esta", "estaba", "estaban",
        "estado", "estar", "estas", "este", "esto", "estos", "está", "están", "fue", "fueron", "había", "habían",
        "hace", "hacer", "hacia", "hasta", "hoy", "incluso", "junto", "luego", "mejor", "menos", "mientras", "misma",
        "mismo", "muchos", "muy", "más", "nada", "ninguna", "ningún", "nuestra", "nuestro", "nunca", "otra", "otras",
        "otro", "otros", "pero", "poco", "por", "porque", "pues", "que", "quien", "quienes", "quién", "qué", "se",
        "según", "ser", "siempre", "sobre", "sus", "sí", "también", "tampoco", "tanto", "tener", "tiene", "tienen",
        "toda", "todas", "todavía", "todo", "todos", "tras", "tu", "tuvo", "unas", "unos", "usted", "ustedes", "él",
    ],
    months: [
        &["enero", "ene"],
        &["febrero"],
        &["marzo"],
        &["abril", "abr"],
        &[],
        &["junio"],
        &["julio"],
        &["agosto"],
        &["septiembre", "setiembre"],
        &["octubre"],
        &["noviembre"],
        &["diciembre", "dic"],
    ],
    weekdays: [
        "lunes", "martes", "miércoles", "jueves", "viernes", "sábado", "domingo",
    ],
    negations: &["nunca", "jamás", "tampoco"],
    negations_of_nouns: &["ningún", "ninguna"],
    abbreviations: &[
        "admón", "aprox", "avda", "cía", "dpto", "dra", "excmo", "fco", "gral", "izda", "izdo", "ntra", "núm",
        "pág", "sr", "sra", "sres", "srta", "sta", "sto", "ud", "uds", "urb", "vd", "vds",
    ],
    before_numbers: &["cap", "núm", "núms", "pág", "págs", "s", "ss", "tel", "tfno", "tít"],
    sections: &[
        "bibliografía", "conclusiones", "conclusión", "introducción", "metodología", "prólogo", "referencias",
        "resultados", "resumen", "índice",
    ],
    bibliographies: &["bibliografía", "referencias", "referencias bibliográficas"],
    published: &["actualizado", "publicado"],
    date_words: &["actualizado", "de", "el", "h", "horas", "las", "lectura", "publicado"],
    by: Some("Por "),
    prompts: &[
        begins("leer más", 6, "link prompt"),
        begins("lea también", 20, "link prompt"),
        begins("lee también", 20, "link prompt"),
        begins("seguir leyendo", 8, "link prompt"),
        begins("te puede interesar", 10, "link prompt"),
        begins("compartir", 2, "sharing prompt"),
        begins("comentarios", 2, "comments"),
        begins("deja un comentario", 6, "comments"),
        begins("suscríbete", 25, "newsletter prompt"),
        begins("suscríbase", 25, "newsletter prompt"),
        holds("utilizamos cookies", 60, "cookie notice"),
        begins("aceptar todo", 4, "cookie notice"),
        begins("publicidad", 2, "advertisement"),
        begins("todos los derechos reservados", 25, "copyright"),
        begins("volver arriba", 4, "navigation"),
        begins("saltar al contenido", 5, "navigation"),
        begins("inicio", 2, "navigation"),
        begins("índice", 2, "navigation"),
    ],
    ..Lists::NONE
};
