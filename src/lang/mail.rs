//! Text around a message: what mail programs of many languages write into headers, above quotes and below texts.

use super::languages::{Prompt, begins, holds};

/// The content of a message's header line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Header {
    From,
    To,
    Date,
    Subject,
    /// Anything else.
    Other,
}

/// The content of a header with this lower-case name.
pub(crate) fn header(name: &str) -> Option<Header> {
    let listed = |table: &[&str]| table.contains(&name);
    match name {
        _ if listed(FROM) => Some(Header::From),
        _ if listed(TO) => Some(Header::To),
        _ if listed(DATE) => Some(Header::Date),
        _ if listed(SUBJECT) => Some(Header::Subject),
        _ if listed(OTHER) || name.starts_with("x-") || name.starts_with("list-") || name.starts_with("arc-") => {
            Some(Header::Other)
        }
        _ => None,
    }
}

#[rustfmt::skip]
const FROM: &[&str] = &[
    "from", "von", "de", "da", "van", "från", "fra", "od", "lähettäjä", "от", "від", "kimden", "feladó", "de la",
    "από", "差出人", "发件人", "寄件者", "보낸 사람", "expéditeur", "absender", "mittente", "remetente", "remitente",
];

#[rustfmt::skip]
const TO: &[&str] = &[
    "to", "an", "à", "a", "para", "aan", "till", "til", "do", "komu", "vastaanottaja", "кому", "kime", "címzett",
    "către", "προς", "宛先", "收件人", "받는 사람", "destinataire", "empfänger",
];

#[rustfmt::skip]
const DATE: &[&str] = &[
    "date", "sent", "datum", "gesendet", "envoyé", "envoyé le", "fecha", "enviado", "enviado el", "data", "inviato",
    "enviada em", "enviada", "verzonden", "skickat", "sendt", "dato", "wysłano", "wysłane", "odesláno", "odoslané",
    "lähetetty", "päivämäärä", "дата", "отправлено", "надіслано", "tarih", "gönderilme", "dátum", "elküldve", "trimis",
    "ημερομηνία", "στάλθηκε", "送信日時", "日付", "日時", "发送时间", "日期", "보낸 날짜", "날짜", "date sent", "sent on",
];

#[rustfmt::skip]
const SUBJECT: &[&str] = &[
    "subject", "re", "betreff", "betrifft", "objet", "asunto", "oggetto", "assunto", "onderwerp", "ämne", "emne",
    "temat", "předmět", "predmet", "aihe", "тема", "konu", "tárgy", "subiect", "θέμα", "件名", "主题", "主題", "제목",
];

#[rustfmt::skip]
const OTHER: &[&str] = &[
    "cc", "bcc", "kopie", "kopie (cc)", "copia", "copie", "kopia", "kopio", "копия", "抄送", "참조", "reply-to",
    "message-id", "in-reply-to", "references", "mime-version", "content-type", "content-transfer-encoding",
    "content-language", "content-disposition", "importance", "priority", "sensitivity", "received", "return-path",
    "delivered-to", "sender", "user-agent", "thread-topic", "thread-index", "attachments", "anlagen", "anhänge",
    "pièces jointes", "adjuntos", "allegati", "bijlagen", "organization", "dkim-signature", "authentication-results",
    "precedence", "mailing-list", "newsgroups", "followup-to", "path", "xref", "lines", "nntp-posting-host",
    "antwort an", "répondre à", "status", "category", "wichtigkeit",
];

/// Words of the line above a forwarded or answered message, between strokes or before a colon.
#[rustfmt::skip]
pub(crate) const ORIGINAL: &[&str] = &[
    "original message", "original e-mail", "original email", "forwarded message", "begin forwarded message",
    "original appointment", "ursprüngliche nachricht", "originalnachricht", "weitergeleitete nachricht",
    "anfang der weitergeleiteten nachricht", "message d'origine", "message original", "message transféré",
    "début du message réexpédié", "mensaje original", "mensaje reenviado", "messaggio originale",
    "messaggio inoltrato", "mensagem original", "mensagem encaminhada", "oorspronkelijk bericht",
    "doorgestuurd bericht", "ursprungligt meddelande", "vidarebefordrat meddelande", "oprindelig meddelelse",
    "opprinnelig melding", "videresendt melding", "wiadomość oryginalna", "wiadomość przekazana", "původní zpráva",
    "alkuperäinen viesti", "исходное сообщение", "пересылаемое сообщение", "orijinal mesaj", "eredeti üzenet",
    "元のメッセージ", "原始邮件", "원본 메시지",
];

/// Words of which one is in every such line that announces a forwarded message.
#[rustfmt::skip]
pub(crate) const FORWARDED: &[&str] = &[
    "forward", "weitergeleitet", "transféré", "réexpédié", "reenviado", "inoltrato", "encaminhada", "doorgestuurd",
    "vidarebefordrat", "videresendt", "przekazana", "пересыл",
];

/// Words of the line above a quote which say that somebody wrote it.
#[rustfmt::skip]
pub(crate) const WROTE: &[&str] = &[
    "wrote", "writes", "schrieb", "écrit", "écrivait", "escribió", "escribio", "scritto", "scrisse", "escreveu",
    "schreef", "geschreven", "skrev", "napisał", "napisała", "pisze", "napsal", "napsala", "píše", "kirjoitti",
    "написал", "написала", "пишет", "писал", "yazdı", "írta", "scris", "έγραψε", "のメール", "写道", "작성",
];

/// Closing lines of letters, without their punctuation.
#[rustfmt::skip]
pub(crate) const SIGN_OFFS: &[&str] = &[
    "best", "all best", "all the best", "best regards", "best wishes", "kind regards", "warm regards",
    "warmest regards", "warmly", "regards", "with kind regards", "with best regards", "with best wishes",
    "many thanks", "thanks", "thank you", "thanks again", "thanks in advance", "with thanks", "thanks and regards",
    "cheers", "yours", "yours sincerely", "yours faithfully", "yours truly", "sincerely", "sincerely yours",
    "respectfully", "respectfully yours", "cordially", "take care", "love", "lots of love", "xx", "xo", "br", "kr",
    "rgds", "brgds", "mfg", "lg", "vg", "viele grüße", "viele grüsse", "liebe grüße", "beste grüße",
    "herzliche grüße", "schöne grüße", "mit freundlichen grüßen", "mit freundlichen grüssen",
    "mit freundlichem gruß", "freundliche grüße", "gruß", "grüße", "hochachtungsvoll", "danke", "vielen dank",
    "cordialement", "bien cordialement", "bien à vous", "bien à toi", "amicalement", "sincères salutations",
    "salutations", "merci", "bises", "saludos", "un saludo", "saludos cordiales", "cordialmente", "atentamente",
    "gracias", "un abrazo", "cordiali saluti", "distinti saluti", "saluti", "un saluto", "grazie", "atenciosamente",
    "cumprimentos", "com os melhores cumprimentos", "abraços", "obrigado", "obrigada", "met vriendelijke groet",
    "met vriendelijke groeten", "groeten", "groetjes", "mvg", "hälsningar", "vänliga hälsningar",
    "med vänlig hälsning", "med vänliga hälsningar", "mvh", "venlig hilsen", "med venlig hilsen", "vennlig hilsen",
    "med vennlig hilsen", "hilsen", "pozdrawiam", "z poważaniem", "s pozdravem", "terveisin",
    "ystävällisin terveisin", "с уважением", "saygılarımla", "üdvözlettel",
];

/// Beginnings of lines that programs put below a text.
#[rustfmt::skip]
pub(crate) const SENT_FROM: &[&str] = &[
    "sent from my ", "sent from outlook", "sent from yahoo", "sent from mail for", "sent via ", "get outlook for",
    "von meinem ", "gesendet von ", "envoyé de mon ", "envoyé depuis ", "enviado desde mi ", "enviado do meu ",
    "inviato da ", "verzonden vanaf ", "skickat från min ", "sendt fra min ",
];

/// Phrases of notices that companies put below messages.
#[rustfmt::skip]
pub(crate) const DISCLAIMERS: &[&str] = &[
    "message is confidential", "e-mail is confidential", "email is confidential", "attachments are confidential",
    "attachments is confidential", "attachment are confidential", "attachments may be confidential",
    "attachments may contain confidential", "message may contain confidential", "email may contain confidential",
    "e-mail may contain confidential", "message contains confidential", "email contains confidential",
    "e-mail contains confidential", "confidentiality notice", "not the intended recipient", "intended only for the",
    "intended solely for the", "intended for the addressee", "intended for the sole use",
    "intended for the use of the", "please consider the environment before", "nachricht ist vertraulich",
    "e-mail ist vertraulich", "e-mail enthält vertrauliche", "nachricht enthält vertrauliche",
    "nicht der richtige adressat", "nicht der beabsichtigte empfänger", "message est confidentiel",
    "ce message et toutes les pièces jointes", "pas le destinataire", "mensaje es confidencial",
    "este mensaje contiene información confidencial", "no es el destinatario", "messaggio è confidenziale",
    "non siete il destinatario", "informazioni confidenziali", "mensagem é confidencial", "não é o destinatário",
    "bericht is vertrouwelijk", "niet de beoogde ontvanger", "legally privileged", "virus-free. www",
];

/// What exported chats have in place of a message, in lower case and without the full stop.
#[rustfmt::skip]
pub(crate) const CHAT_NOTICES: &[&str] = &[
    "this message was deleted", "you deleted this message", "null", "media omitted", "image omitted",
    "video omitted", "audio omitted", "sticker omitted", "gif omitted", "document omitted", "contact card omitted",
    "missed voice call", "missed video call", "waiting for this message", "diese nachricht wurde gelöscht",
    "du hast diese nachricht gelöscht", "bild weggelassen", "video weggelassen", "audio weggelassen",
    "ce message a été supprimé", "vous avez supprimé ce message", "image absente", "se eliminó este mensaje",
    "eliminaste este mensaje", "imagen omitida", "questo messaggio è stato eliminato",
    "hai eliminato questo messaggio", "immagine omessa", "dit bericht is verwijderd", "dit bericht werd verwijderd",
    "je hebt dit bericht verwijderd", "afbeelding weggelaten", "mensagem apagada", "esta mensagem foi apagada",
    "essa mensagem foi apagada", "você apagou esta mensagem", "imagem ocultada", "ta wiadomość została usunięta",
    "usunięto tę wiadomość",
];

const MAILING: &str = "mailing notice";

/// Lines that programs put around the text of a message to many: where else it can be read, how to get no more of them.
pub(crate) const NOTICES: &[Prompt] = &[
    begins("view in browser", 6, MAILING),
    begins("view in your browser", 6, MAILING),
    begins("view this email", 12, MAILING),
    begins("view this newsletter", 12, MAILING),
    begins("view web version", 4, MAILING),
    begins("view as a web page", 6, MAILING),
    begins("open in browser", 6, MAILING),
    begins("read in browser", 4, MAILING),
    begins("trouble viewing this email", 16, MAILING),
    begins("trouble viewing this newsletter", 16, MAILING),
    begins("having trouble viewing this", 16, MAILING),
    begins("email not displaying", 12, MAILING),
    begins("no images? click here", 6, MAILING),
    begins("unsubscribe", 3, MAILING),
    begins("to unsubscribe from this", 25, MAILING),
    begins("to unsubscribe, click", 16, MAILING),
    begins("to unsubscribe click", 16, MAILING),
    begins("you can unsubscribe", 12, MAILING),
    begins("don't want to receive these", 20, MAILING),
    begins("to stop receiving these", 20, MAILING),
    begins("want to change how you receive these emails", 25, MAILING),
    begins("was this email forwarded to you", 16, MAILING),
    begins("forwarded this email?", 12, MAILING),
    begins("forward to a friend", 5, MAILING),
    begins("you're currently a free subscriber", 30, MAILING),
    begins("add us to your address book", 16, MAILING),
    begins("our mailing address is", 20, MAILING),
    begins("why did i get this", 8, MAILING),
    begins("manage preferences", 6, MAILING),
    begins("manage your preferences", 8, MAILING),
    begins("manage your subscription", 8, MAILING),
    begins("update your preferences", 12, MAILING),
    begins("email preferences", 4, MAILING),
    holds("| unsubscribe", 16, MAILING),
    holds("· unsubscribe", 16, MAILING),
    holds("• unsubscribe", 16, MAILING),
    holds("unsubscribe |", 16, MAILING),
    holds("unsubscribe from this list", 30, MAILING),
    holds("unsubscribe from these emails", 30, MAILING),
    holds("view this email in your browser", 20, MAILING),
    begins("im browser ansehen", 6, MAILING),
    begins("im browser öffnen", 6, MAILING),
    begins("im browser anzeigen", 6, MAILING),
    begins("im browser lesen", 6, MAILING),
    begins("online ansehen", 3, MAILING),
    begins("zur online-version", 5, MAILING),
    begins("newsletter im browser", 6, MAILING),
    begins("newsletter abbestellen", 5, MAILING),
    begins("newsletter abmelden", 5, MAILING),
    begins("vom newsletter abmelden", 6, MAILING),
    begins("wenn sie diese e-mail nicht", 25, MAILING),
    begins("wenn sie diesen newsletter nicht", 25, MAILING),
    begins("falls sie diese e-mail nicht", 25, MAILING),
    begins("falls sie diesen newsletter nicht", 25, MAILING),
    begins("voir dans le navigateur", 6, MAILING),
    begins("voir la version en ligne", 8, MAILING),
    begins("voir cet e-mail dans", 10, MAILING),
    begins("voir cet email dans", 10, MAILING),
    begins("afficher dans le navigateur", 6, MAILING),
    begins("se désabonner", 6, MAILING),
    begins("se désinscrire", 6, MAILING),
    begins("me désinscrire", 6, MAILING),
    begins("pour vous désabonner", 20, MAILING),
    begins("pour vous désinscrire", 20, MAILING),
    begins("si cet e-mail ne s'affiche pas", 20, MAILING),
    begins("ver en el navegador", 6, MAILING),
    begins("ver este correo en", 10, MAILING),
    begins("ver este email en", 10, MAILING),
    begins("darse de baja", 5, MAILING),
    begins("darme de baja", 5, MAILING),
    begins("cancelar suscripción", 4, MAILING),
    begins("cancelar la suscripción", 5, MAILING),
    begins("visualizza nel browser", 6, MAILING),
    begins("visualizza questa email nel", 10, MAILING),
    begins("visualizza questa e-mail nel", 10, MAILING),
    begins("annulla iscrizione", 4, MAILING),
    begins("annulla l'iscrizione", 5, MAILING),
    begins("disiscriviti", 5, MAILING),
    begins("cancellati dalla newsletter", 5, MAILING),
    begins("bekijk in browser", 6, MAILING),
    begins("bekijk in je browser", 6, MAILING),
    begins("bekijk deze e-mail in", 10, MAILING),
    begins("bekijk deze nieuwsbrief in", 10, MAILING),
    begins("bekijk de webversie", 6, MAILING),
    begins("uitschrijven", 3, MAILING),
    begins("klik hier om je uit te schrijven", 12, MAILING),
    begins("ver no navegador", 6, MAILING),
    begins("ver este e-mail no", 10, MAILING),
    begins("visualizar no navegador", 6, MAILING),
    begins("cancelar inscrição", 4, MAILING),
    begins("cancelar a inscrição", 5, MAILING),
    begins("cancelar subscrição", 4, MAILING),
    begins("cancelar a subscrição", 5, MAILING),
    begins("descadastrar", 3, MAILING),
    begins("zobacz w przeglądarce", 6, MAILING),
    begins("otwórz w przeglądarce", 6, MAILING),
    begins("wyświetl w przeglądarce", 6, MAILING),
    begins("wypisz się", 6, MAILING),
    begins("zrezygnuj z subskrypcji", 6, MAILING),
];

/// Whether a reason is that of one of these lines.
pub(crate) fn is_mailing(reason: &str) -> bool {
    reason == MAILING
}

/// Beginnings of lines that say why a message came to its reader and how to get no more, if it has one of these lines.
#[rustfmt::skip]
pub(crate) const RECEIVED: &[Prompt] = &[
    begins("you are receiving this", 60, MAILING), begins("you're receiving this", 60, MAILING),
    begins("you receive this", 60, MAILING), begins("you received this", 60, MAILING),
    begins("you have received this", 60, MAILING), begins("you are getting this", 60, MAILING),
    begins("you're getting this", 60, MAILING), begins("this email was sent to", 40, MAILING),
    begins("this e-mail was sent to", 40, MAILING), begins("this message was sent to", 40, MAILING),
    begins("this newsletter was sent to", 40, MAILING), begins("we sent this email to", 40, MAILING),
    begins("sie erhalten diese", 60, MAILING), begins("du erhältst diese", 60, MAILING),
    begins("sie erhalten diesen", 60, MAILING), begins("du erhältst diesen", 60, MAILING),
    begins("diese e-mail wurde an", 40, MAILING), begins("dieser newsletter wurde an", 40, MAILING),
    begins("vous recevez ce", 60, MAILING), begins("vous recevez cet", 60, MAILING),
    begins("vous recevez cette", 60, MAILING), begins("cet e-mail a été envoyé à", 40, MAILING),
    begins("recibe este", 60, MAILING), begins("recibes este", 60, MAILING), begins("ha recibido este", 60, MAILING),
    begins("has recibido este", 60, MAILING), begins("ricevi questa", 60, MAILING),
    begins("hai ricevuto questa", 60, MAILING), begins("je ontvangt deze", 60, MAILING),
    begins("u ontvangt deze", 60, MAILING), begins("deze e-mail is verstuurd", 40, MAILING),
    begins("você está recebendo este", 60, MAILING), begins("você está recebendo esta", 60, MAILING),
    begins("você recebeu este", 60, MAILING), begins("está a receber este", 60, MAILING),
    begins("recebeu este", 60, MAILING), begins("otrzymujesz tę", 60, MAILING), begins("otrzymujesz ten", 60, MAILING),
    begins("otrzymałeś tę", 60, MAILING), begins("otrzymałeś ten", 60, MAILING),
    begins("if you no longer wish to receive", 30, MAILING), begins("if you no longer want to receive", 30, MAILING),
    begins("if you do not want to receive", 30, MAILING), begins("if you don't want to receive", 30, MAILING),
    begins("si vous ne souhaitez plus recevoir", 30, MAILING), begins("si no desea recibir más", 30, MAILING),
    begins("si no deseas recibir más", 30, MAILING), begins("se non vuoi più ricevere", 30, MAILING),
    begins("se non desideri più ricevere", 30, MAILING),
];

/// The names of months, other than English ones, in the dates of mail programs.
#[rustfmt::skip]
const MONTHS: [(&str, &[&str]); 12] = [
    ("january", &["januar", "janvier", "enero", "gennaio", "janeiro", "januari", "stycznia", "ledna", "tammikuuta",
        "января", "ocak"]),
    ("february", &["februar", "février", "febrero", "febbraio", "fevereiro", "februari", "lutego", "února",
        "helmikuuta", "февраля", "şubat"]),
    ("march", &["märz", "mars", "marzo", "março", "maart", "marts", "marca", "března", "maaliskuuta", "марта", "mart"]),
    ("april", &["avril", "abril", "aprile", "kwietnia", "dubna", "huhtikuuta", "апреля", "nisan"]),
    ("may", &["mai", "mayo", "maggio", "maio", "mei", "maj", "maja", "května", "toukokuuta", "мая", "mayıs"]),
    ("june", &["juni", "juin", "junio", "giugno", "junho", "czerwca", "června", "kesäkuuta", "июня", "haziran"]),
    ("july", &["juli", "juillet", "julio", "luglio", "julho", "lipca", "července", "heinäkuuta", "июля", "temmuz"]),
    ("august", &["août", "agosto", "augustus", "augusti", "sierpnia", "srpna", "elokuuta", "августа", "ağustos"]),
    ("september", &["septembre", "septiembre", "settembre", "setembro", "września", "září", "syyskuuta", "сентября",
        "eylül"]),
    ("october", &["oktober", "octobre", "octubre", "ottobre", "outubro", "października", "října", "lokakuuta",
        "октября", "ekim"]),
    ("november", &["novembre", "noviembre", "novembro", "listopada", "listopadu", "marraskuuta", "ноября", "kasım"]),
    ("december", &["dezember", "décembre", "diciembre", "dicembre", "dezembro", "desember", "grudnia", "prosince",
        "joulukuuta", "декабря", "aralık"]),
];

/// A date with its month in English, from any of these languages.
pub(crate) fn with_english_month(date: &str) -> String {
    let english = |word: &str| {
        let lower = word.trim_matches(['.', ',']).to_lowercase();
        let known = MONTHS.iter().find(|(_, names)| names.contains(&lower.as_str()));
        known.map_or_else(|| word.to_owned(), |(month, _)| (*month).to_owned())
    };
    let words = date.split_whitespace().filter(|word| !matches!(*word, "de" | "del"));
    words.map(english).collect::<Vec<_>>().join(" ")
}
