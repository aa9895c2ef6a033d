//! The lines before a document's text that say who wrote it, who published it, and when.

use super::role::{Role, first_text, words};
use super::sentence::is_complete;
use crate::lang::english::furniture::{BY_LABELS, COMPANY_FORMS, DATE_WORDS, DOCUMENTS, OF_AUTHORS, OUTLETS};
use crate::lang::languages::{bylines, date_word};
use crate::lang::{is_calendar, is_stop_word, month};
use crate::source::{Block, BlockKind, Date, LocatedText};

/// The content of such a line.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Imprint {
    pub author: Option<String>,
    pub publisher: Option<String>,
    pub date: Option<Date>,
}

/// Number of lines that are examined.
const LINES: usize = 8;
/// Maximum number of words of a name, and of a line before its date.
const NAME: usize = 6;
const LINE: usize = 12;
/// Maximum number of bytes of a line; anything longer is text.
const BYTES: usize = 400;
/// Maximum number of words of a title that is a sentence, and of one that is not.
const SENTENCE: usize = 12;
const HEADLINE: usize = 25;

/// Marks the lines under the title that say who published a document, when, or who wrote it.
pub fn mark(blocks: &[Block], roles: &mut [Role]) {
    for at in 0..blocks.len().min(LINES) {
        let text = blocks[at].text.as_str();
        let line = text.len() <= BYTES
            && matches!(roles[at], Role::Heading | Role::Text)
            && !matches!(blocks[at].kind, BlockKind::TableRow | BlockKind::Speech | BlockKind::ListItem);
        let after_date = at > 0 && roles[at - 1] == Role::Furniture("date");
        let reason = match said(&blocks[at].text).filter(|_| line) {
            Some(Imprint { author: Some(_), .. }) => Some("byline"),
            Some(_) if at > 0 => Some("date"),
            _ if line && (after_date && is_names(text) || at > 0 && signed(text).is_some()) => Some("byline"),
            _ if line && is_name_between(blocks, roles, at) => Some("byline"),
            _ => None,
        };
        if let Some(reason) = reason {
            roles[at] = Role::Furniture(reason);
        } else if roles[at] == Role::Text
            && (at > 0 || words(text) > if is_complete(text) { SENTENCE } else { HEADLINE })
        {
            break;
        }
    }
    mark_headline(blocks, roles);
}

/// Whether a line is probably a person's name between the title and the date. It may be that of a place, so it says
/// nothing about the author.
fn is_name_between(blocks: &[Block], roles: &[Role], at: usize) -> bool {
    let text = blocks[at].text.as_str();
    let of_name = |word: &str| {
        let is_initial = word.len() == 2 && word.ends_with('.');
        word.starts_with(char::is_uppercase)
            && (is_initial || word.contains(char::is_lowercase))
            && word.chars().all(|c| c.is_alphabetic() || matches!(c, '.' | '-' | '\'' | '’'))
            && !is_document(word)
            && !is_stop_word(&word.to_lowercase())
    };
    let is_title = |above: usize| roles[above] == Role::Heading && words(blocks[above].text.as_str()) > words(text);
    let is_day = |block: &Block| is_dateline(block.text.as_str().trim().to_lowercase().as_str());
    roles[at] == Role::Heading
        && at.checked_sub(1).is_some_and(is_title)
        && blocks.get(at + 1).is_some_and(is_day)
        && (2..=3).contains(&words(text))
        && text.split_whitespace().all(of_name)
        && !is_outlet(text)
}

/// Marks headlines of several lines: a text before the first byline or date that does not finish a sentence, or that
/// begins the document even if it does.
fn mark_headline(blocks: &[Block], roles: &mut [Role]) {
    let said = |role: &Role| matches!(role, Role::Furniture("byline" | "date"));
    let Some(byline) = roles.iter().position(said) else { return };
    if let Some(at) = byline
        .checked_sub(1)
        .filter(|at| roles[..=*at].iter().filter(|role| **role == Role::Text).count() == 1 && roles[*at] == Role::Text)
    {
        let text = blocks[at].text.as_str();
        let dated = roles[byline] == Role::Furniture("date");
        let begins = at == 0 && words(text) <= SENTENCE;
        if begins || !dated && words(text) <= HEADLINE && !is_complete(text) {
            roles[at] = Role::Heading;
        }
    }
}

/// Everything that the lines before a text say, the first value of each kind.
pub fn of(blocks: &[Block], roles: &[Role]) -> Imprint {
    let head = (0..first_text(roles)).filter(|at| matches!(roles[*at], Role::Furniture("date" | "byline")));
    let mut found = Imprint::default();
    for (text, said) in head.map(|at| (blocks[at].text.as_str(), said(&blocks[at].text).unwrap_or_default())) {
        found.author = found.author.or(said.author).or_else(|| author(text));
        found.author =
            found.author.or_else(|| is_names(text).then_some(text).or_else(|| signed(text)).map(str::to_owned));
        found.publisher = found.publisher.or(said.publisher);
        found.date = found.date.or(said.date).or_else(|| day_in(text));
    }
    found
}

/// The content of a text of one line, or of several lines that each have content.
fn said(text: &LocatedText) -> Option<Imprint> {
    let join = |all: Imprint, line: &str| {
        let Imprint { author, publisher, date } = imprint(line.trim())?;
        Some(Imprint { author: all.author.or(author), publisher: all.publisher.or(publisher), date: all.date.or(date) })
    };
    let lines = text.lines();
    let of_lines = (lines.len() > 1).then(|| lines.into_iter().try_fold(Imprint::default(), join)).flatten();
    of_lines.or_else(|| imprint(text.as_str()))
}

/// Parses lines such as `Harbour Gazette, 24 March 2026`, `Institute of Ports, Brief 3, March 2026`, `Posted by Ada, 3
/// March 2026`, `Published by Harbour Press`, `Date: 2026-03-24`, `Sund A, Brandt B. Port Letters, 2026`.
pub fn imprint(text: &str) -> Option<Imprint> {
    if text.len() > BYTES {
        return None;
    }
    labelled(text).or_else(|| cited(text)).or_else(|| dated(text))
}

/// Parses a line with a label.
fn labelled(text: &str) -> Option<Imprint> {
    let lower = text.to_lowercase();
    let (label, value) = match text.split_once(':') {
        Some((label, value)) => (label.trim().to_lowercase(), value.trim()),
        None if lower.starts_with("published by ") => ("publisher".to_owned(), text["published by ".len()..].trim()),
        None => return None,
    };
    if value.is_empty() || words(value) > NAME || is_complete(value) && words(value) > 2 {
        return None;
    }
    match label.as_str() {
        "author" | "authors" | "written by" => Some(Imprint { author: Some(value.to_owned()), ..Imprint::default() }),
        "publisher" | "published by" | "newspaper" | "outlet" => {
            Some(Imprint { publisher: Some(value.to_owned()), ..Imprint::default() })
        }
        "date" | "published" | "published on" | "publication date" => {
            Date::parse(value).map(|date| Imprint { date: Some(date), ..Imprint::default() })
        }
        _ => None,
    }
}

/// Parses authors with their initials, followed by a journal and a year.
fn cited(text: &str) -> Option<Imprint> {
    let (authors, journal) = text.split_once(". ")?;
    let (journal, year) = journal.rsplit_once([',', ' ']).map(|(journal, year)| (journal.trim(), year.trim()))?;
    let is_year = year.len() == 4 && year.starts_with(['1', '2']) && year.bytes().all(|c| c.is_ascii_digit());
    let are_authors = authors.split(", ").all(|name| name == "et al" || has_initials(name));
    let named = is_year && !journal.is_empty() && words(journal) <= 2 * NAME && are_authors;
    named.then(|| Imprint { author: Some(authors.to_owned()), ..Imprint::default() })
}

/// Whether it is a name with initials: `Sund A`, `Brandt B.C.`
fn has_initials(name: &str) -> bool {
    let letters = |word: &str| word.chars().filter(|c| c.is_uppercase()).count();
    let initials = |word: &str| letters(word) <= 3 && word.chars().all(|c| c.is_uppercase() || matches!(c, '.' | '-'));
    name.rsplit_once(' ').is_some_and(|(name, last)| is_capitalised(name) && initials(last))
}

/// Returns the authors in a line without `By`: `Ada Brandt, harbour correspondent`, `Sund A., Brandt B.`
fn signed(text: &str) -> Option<&str> {
    let (name, job) = text.split_once(", ").filter(|_| words(text) <= LINE)?;
    let mut of_job = job.split(|c: char| !c.is_alphanumeric()).map(str::to_lowercase);
    let writes = !is_complete(text) && of_job.any(|word| OF_AUTHORS.contains(&word.as_str()) || word == "writer");
    if writes && (2..=4).contains(&words(name)) && is_capitalised(name) && !is_outlet(name) {
        return Some(name);
    }
    text.split(", ").all(|name| has_initials(name) && name.contains(char::is_lowercase)).then_some(text)
}

/// Parses a name and a date.
fn dated(text: &str) -> Option<Imprint> {
    let marks = text.char_indices().filter(|(_, mark)| [',', '|', '·', '–', '—'].contains(mark));
    let hyphens = text.match_indices(" - ").map(|(at, _)| (at + 1, '-'));
    let mut parts = marks.chain(hyphens).map(|(at, mark)| (text[..at].trim(), text[at + mark.len_utf8()..].trim()));
    let (line, day) = parts.find(|(_, day)| is_dateline(&day.to_lowercase()))?;
    let posted = ["Posted by ", "Published by "].iter().find_map(|by| line.strip_prefix(by));
    let name = posted.unwrap_or(line).split([',', '|', '·']).next().unwrap_or_default().trim();
    let counts = |word: &str| word.bytes().any(|c| c.is_ascii_digit());
    let of_name =
        |part: &str| part.split_whitespace().all(|word| is_capital(word) || counts(word) || is_document(word));
    let named = words(line) <= LINE
        && words(name) <= NAME
        && !name.is_empty()
        && !name.contains(|c: char| c.is_ascii_digit())
        && (posted.is_some()
            || of_name(name) && line.split([',', '|', '·']).skip(1).all(|part| words(part) <= 1 || of_name(part)));
    if !named {
        return None;
    }
    let by_somebody = line.starts_with("Posted by ");
    // Few places have an article.
    let article = name.starts_with("The ") && name != "The Hague";
    let publisher = (!by_somebody && (posted.is_some() || article || is_outlet(name))).then(|| name.to_owned());
    Some(Imprint { author: by_somebody.then(|| name.to_owned()), publisher, date: Date::parse(day) })
}

/// Whether a word denotes a kind of document.
fn is_document(word: &str) -> bool {
    DOCUMENTS.contains(&word.trim_end_matches(',').to_lowercase().as_str())
}

/// Whether a name is a publisher's, rather than that of a place or a kind of document.
fn is_outlet(name: &str) -> bool {
    if name.split_whitespace().all(is_document) {
        return false;
    }
    let lower = name.to_lowercase();
    let known = lower.split(|c: char| !c.is_alphanumeric()).any(|word| OUTLETS.contains(&word));
    known || lower.split_whitespace().last().is_some_and(|word| COMPANY_FORMS.contains(&word))
}

/// Whether a word is capitalised, or appears in names in lower case.
fn is_capital(word: &str) -> bool {
    let lower = word.trim_end_matches(',').to_lowercase();
    word.starts_with(char::is_uppercase)
        || is_stop_word(&lower)
        || COMPANY_FORMS.contains(&lower.as_str())
        || matches!(word, "&" | "-" | "–")
}

fn is_capitalised(name: &str) -> bool {
    !name.is_empty() && name.split_whitespace().all(|word| word.starts_with(char::is_uppercase))
}

/// Whether a heading says more than the name of a person or publisher, or how to reach them.
pub fn may_be_title(text: &str) -> bool {
    const LEAST: usize = 3;
    let outlet = is_outlet(text) && words(text) <= NAME && text.split_whitespace().all(is_capital);
    let named = is_names(text) || outlet;
    words(text) >= LEAST && text.contains(char::is_lowercase) && !text.contains('@') && !named
}

/// Whether a text is a list of names, such as `Ada Brandt and Ola Sund`.
fn is_names(text: &str) -> bool {
    let names: Vec<&str> = text.split([',', '&']).flat_map(|part| part.split(" and ")).map(str::trim).collect();
    let is_name = |name: &&str| (2..=4).contains(&words(name)) && is_capitalised(name) && !is_outlet(name);
    names.len() > 1 && names.iter().all(is_name)
}

/// Whether a text is a byline: `By Ada Brandt`, `By ADA BRANDT and Ola Sund, staff writers`, `By Gazette staff`,
/// `Comment by Ada Brandt`.
pub fn is_byline(text: &str) -> bool {
    let Some(rest) = after_by(text) else { return false };
    let name = rest.split([',', '|', '•', '·', '—']).next().unwrap_or("");
    if is_unnamed(name) {
        return words(text) <= 14 && !is_sentence(text);
    }
    words(text) <= 14 && is_name(name) && !is_sentence(text)
}

/// The text after the `By` of a byline.
fn after_by(text: &str) -> Option<&str> {
    let labelled = || {
        let (label, rest) = text.split_once(" by ")?;
        BY_LABELS.contains(&label.to_lowercase().as_str()).then_some(rest)
    };
    ["By ", "BY ", "by "].into_iter().chain(bylines()).find_map(|by| text.strip_prefix(by)).or_else(labelled)
}

/// Whether a text can be one name or several.
fn is_name(name: &str) -> bool {
    let of_a_name = |word: &str| {
        word.starts_with(char::is_uppercase)
            || matches!(word, "and" | "&" | "staff" | "agencies" | "de" | "van" | "von" | "der" | "al" | "for" | "in")
    };
    words(name) <= 8 && name.starts_with(char::is_uppercase) && name.split_whitespace().all(of_a_name)
}

/// The author in a byline, without occupation, date and contact details.
pub fn author(byline: &str) -> Option<String> {
    let rest = after_by(byline)?;
    let end = rest.find(|c: char| [',', '|', '•', '·', '—', '–', '(', '@'].contains(&c) || c.is_ascii_digit());
    let name = &rest[..end.unwrap_or(rest.len())];
    let name = [" - ", " and agencies", " and staff", " on ", " at ", " in ", " for ", " of "]
        .iter()
        .fold(name, |name, mark| name.split_once(mark).map_or(name, |(name, _)| name));
    let dated = |word: &&str| {
        let lower = word.to_lowercase();
        date_word(&lower).0 || DATE_WORDS.contains(&lower.as_str())
    };
    let mut words: Vec<&str> = name.split_whitespace().take_while(|word| !dated(word) || *word == "and").collect();
    // A month before its day is not part of the name, but some people are called May.
    let day = end.is_some_and(|end| rest[end..].starts_with(|c: char| c.is_ascii_digit()));
    if day && words.len() > 2 {
        words.pop_if(|last| month(&last.trim_end_matches('.').to_lowercase()).is_some());
    }
    let name = words.join(" ");
    (is_name(&name) && !is_unnamed(&name)).then_some(name)
}

/// The day in a short line: `Updated: August 13, 2010, 5:02 PM ET`, `Publié le 29/10/2012`.
pub fn day_in(text: &str) -> Option<Date> {
    let digit = || {
        let rest = &text[text.find(|c: char| c.is_ascii_digit())?..];
        Date::parse(rest).or_else(|| Date::parse(rest.split([',', ' ']).next()?))
    };
    (words(text) <= LINE).then(|| Date::parse(text).or_else(digit)).flatten()
}

/// Returns the day of a dateline at the start of a text: `ORME, 6 May 2031 – The quay …`, `Orme, le 6 mai 2031 — Le …`.
pub fn day_of_dateline(text: &str) -> Option<Date> {
    let end = [" – ", " — ", " - ", " -- "].iter().filter_map(|dash| text.find(dash)).min()?;
    let (place, day) = text[..end].split_once(", ")?;
    let day = day.split(" (").next().unwrap_or(day);
    let place = Some(place).filter(|place| !place.split_whitespace().any(|word| is_calendar(&word.to_lowercase())))?;
    (words(place) <= NAME && is_capitalised(place) && is_dateline(&day.to_lowercase())).then(|| day_in(day)).flatten()
}

/// Whether an author is unnamed: `our staff`, `a staff reporter`, `our correspondent in Orme`.
fn is_unnamed(name: &str) -> bool {
    let lower = name.to_lowercase();
    let mut words = lower.split_whitespace();
    let whose = words.next().is_some_and(|word| matches!(word, "our" | "a" | "an" | "the"));
    let who = ["staff", "reporter", "reporters", "correspondent", "correspondents", "writer", "writers", "newsroom"];
    let mut next = words.take(3);
    whose && next.any(|word| who.contains(&word))
}

/// Whether a text ends in a full stop that does not belong to an initial.
fn is_sentence(text: &str) -> bool {
    is_complete(text) && words(text) > 4
}

/// Whether a line contains only a date, a time or a reading time.
pub fn is_dateline(lower: &str) -> bool {
    let parts: Vec<&str> = lower
        .split(|c: char| !c.is_alphanumeric() && c != '.')
        .map(|part| part.trim_matches('.'))
        .filter(|part| !part.is_empty())
        .collect();
    let digits = parts.iter().any(|part| part.starts_with(|c: char| c.is_ascii_digit()));
    let known = |part: &&str| {
        let bare = part.trim_start_matches(|c: char| c.is_ascii_digit() || c == '.');
        bare.is_empty() || month(bare).is_some() || DATE_WORDS.contains(&bare) || date_word(part).0
    };
    let marks = parts.iter().any(|part| {
        let published = matches!(*part, "read" | "published" | "updated" | "posted" | "ago");
        published || month(part).is_some() || date_word(part).1 || part.contains('.') && Date::parse(part).is_some()
    });
    let iso = lower.len() <= 10
        && lower.len() >= 8
        && lower.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'-' | b'/' | b'.'));
    parts.len() <= 14 && digits && (iso || marks && parts.iter().all(known))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Place;

    #[test]
    fn who_published_what_and_when() {
        let said = |text: &str| {
            let Imprint { author, publisher, date } = imprint(text)?;
            Some((
                author.unwrap_or_default(),
                publisher.unwrap_or_default(),
                date.map_or(String::new(), |date| date.to_string()),
            ))
        };
        let some = |author: &str, publisher: &str, date: &str| {
            Some((author.to_owned(), publisher.to_owned(), date.to_owned()))
        };
        assert_eq!(said("Verrin Valley Chronicle, 10 October 2025"), some("", "Verrin Valley Chronicle", "2025-10-10"));
        assert_eq!(said("The Meridian, October 12, 2025"), some("", "The Meridian", "2025-10-12"));
        assert_eq!(said("Northern Hydro plc, 10 October 2025"), some("", "Northern Hydro plc", "2025-10-10"));
        assert_eq!(
            said("Institute for Urban Economics, Policy Brief 31, September 2024"),
            some("", "Institute for Urban Economics", "")
        );
        assert_eq!(said("Posted by riverwatcher, 9 October 2025"), some("riverwatcher", "", "2025-10-09"));
        // A place is not a publisher.
        assert_eq!(said("PORT HALE, 3 March 2026"), some("", "", "2026-03-03"));
        assert_eq!(said("Port Hale - 3 March 2026"), some("", "", "2026-03-03"));
        assert_eq!(said("Harbour Gazette - 3 March 2026"), some("", "Harbour Gazette", "2026-03-03"));
        assert_eq!(said("Press statement, 9 March 2026"), some("", "", "2026-03-09"));
        assert_eq!(said("Quillon Research, Note 4, May 2026"), some("", "Quillon Research", ""));
        assert_eq!(said("Publisher: Harbour Press"), some("", "Harbour Press", ""));
        assert_eq!(said("Date: 2025-10-10"), some("", "", "2025-10-10"));
        assert_eq!(
            said("Okafor J, Pryce L, et al. Annals of Primary Care, 2021"),
            some("Okafor J, Pryce L, et al", "", "")
        );
        for text in [
            "The council met on Monday, 3 March 2026",
            "Rents rose, and fell in March 2024.",
            "Note: see below",
            "Results: 2021",
        ] {
            assert_eq!(imprint(text), None, "{text}");
        }
    }

    #[test]
    fn labels_in_lines_of_one_paragraph() {
        let mut text = LocatedText::new("Publisher: Harbour Press", Place::line(3));
        text.space();
        text.push("Date: 2026-03-24", Place::line(4));
        let found = super::said(&text).unwrap();
        assert_eq!((found.publisher.as_deref(), found.date), (Some("Harbour Press"), Date::new(2026, 3, 24)));
        text.space();
        text.push("The quay was closed.", Place::line(5));
        assert_eq!(super::said(&text), None);
        assert_eq!(super::said(&LocatedText::new("The quay was closed.", Place::NOWHERE)), None);
    }

    #[test]
    fn authors_in_bylines() {
        for (byline, name) in [
            ("By Ada Brandt", Some("Ada Brandt")),
            ("Written by Ada Brandt", Some("Ada Brandt")),
            ("Created by Ada Brandt, last modified on May 06, 2031", Some("Ada Brandt")),
            (
                "By JORDAN ROBERTSON and RACHEL METZ - AP Technology Writers | AP",
                Some("JORDAN ROBERTSON and RACHEL METZ"),
            ),
            ("By Griffin McElroy @griffinmcelroy on June 26, 2014 at 9:00a", Some("Griffin McElroy")),
            ("By Bryan Walsh Tuesday, Sept. 6, 2011", Some("Bryan Walsh")),
            ("Guest column by Lotte Hagen, Institute for Urban Economics", Some("Lotte Hagen")),
            ("By our staff", None),
            ("By and large", None),
        ] {
            assert_eq!(author(byline).as_deref(), name, "{byline}");
        }
    }

    #[test]
    fn what_a_document_begins_with() {
        let block = |kind: BlockKind, text: &str| Block {
            kind,
            text: crate::source::LocatedText::new(text, crate::source::Place::NOWHERE),
        };
        let heading = |text: &str| block(BlockKind::Heading, text);
        let text = block(
            BlockKind::Paragraph,
            "Three years after it began, the scheme is the most closely studied road price of all.",
        );
        let title = |blocks: &[Block]| {
            let roles = super::super::furniture::roles(blocks, None, None);
            let at = roles.iter().position(|role| *role == Role::Title);
            (at.map(|at| blocks[at].text.as_str().to_owned()), of(blocks, &roles))
        };
        let (found, said) = title(&[
            heading("Pricing the ring: what Marrin teaches other cities"),
            heading("Institute for Urban Economics, Policy Brief 31, September 2024"),
            heading("Lotte Hagen and Piet Aarnio"),
            text.clone(),
        ]);
        assert_eq!(found.as_deref(), Some("Pricing the ring: what Marrin teaches other cities"));
        assert_eq!(said.publisher.as_deref(), Some("Institute for Urban Economics"));
        assert_eq!(said.author.as_deref(), Some("Lotte Hagen and Piet Aarnio"));
        let (found, said) = title(&[
            block(BlockKind::Paragraph, "The charge works. Say so."),
            heading("Tribune of Marrin, 4 October 2024"),
            heading("Guest column by Lotte Hagen"),
            text,
        ]);
        assert_eq!(found.as_deref(), Some("The charge works. Say so."));
        assert_eq!(
            (said.publisher.as_deref(), said.author.as_deref()),
            (Some("Tribune of Marrin"), Some("Lotte Hagen"))
        );
    }
}
