//! The parts of a message's text: the sender's own words, quotes, the signature, the company's notice.

use super::HEADER;
use super::header::{Pasted, field};
use crate::lang::mail::{DISCLAIMERS, FORWARDED, Header, ORIGINAL, SENT_FROM, SIGN_OFFS, WROTE, header};
use crate::source::{Line, LineKind};

const QUOTED: &str = "quoted message";
const SIGNATURE: &str = "signature";
const DISCLAIMER: &str = "disclaimer";
/// Largest number of lines that a mailing list puts below a message.
const LIST_FOOTER_LINES: usize = 8;
/// Number of header lines that are examined.
const MAX_HEADER: usize = 40;
const ATTACHMENT: &str = "attachment";

/// Number of lines that the attribution above a quote may take.
const ATTRIBUTION_LINES: usize = 4;
/// Largest number of lines of a signature, and their width, unless the signature mark is above it.
const SIGNATURE_LINES: usize = 8;
const SIGNATURE_WIDTH: usize = 60;
/// Number of bytes that the lines of a signature with an address or a telephone number may have.
const CONTACT: usize = 300;
/// Number of bytes of the shortest phrase of a company's notice.
const SHORTEST_DISCLAIMER: usize = 15;

/// A sender who writes at most this many words above a forwarded message adds nothing.
const FEW_WORDS: usize = 5;
/// Number of nested forwarded messages that are examined.
const MAX_FORWARDS: usize = 20;

/// Marks as furniture all lines of a message's text that are not what its sender says in it. What is forwarded without
/// a word by the sender is the message.
pub fn mark(lines: &mut [Line], sender: Option<&str>) {
    let (mut lines, mut sender) = (lines, sender.map(str::to_owned));
    for _ in 0..MAX_FORWARDS {
        let Some(sent_on) = forwarded(lines, sender.as_deref()) else { break };
        let (above, below) = lines.split_at_mut(sent_on.header.end);
        set_aside(&mut above[sent_on.start..], HEADER);
        mark_own(&mut above[..sent_on.start], sender.as_deref());
        unquote_all(below);
        (lines, sender) = (below, sent_on.header.sender());
    }
    mark_own(lines, sender.as_deref());
}

/// A forwarded message: the start of the lines above it, and its header.
struct SentOn {
    start: usize,
    header: Pasted,
}

/// Returns the message that is forwarded with next to nothing above it: at the top, or below a line that says so.
fn forwarded(lines: &[Line], sender: Option<&str>) -> Option<SentOn> {
    let first = lines.iter().position(|line| !is_blank(line))?;
    let line = lines.iter().position(|line| is_said(line) && is_forward_line(&line.raw));
    let opens = |at: usize| is_original_line(&lines[at].raw) || is_rule(&lines[at].raw);
    let start = line.unwrap_or(first);
    let above = start + usize::from(opens(start));
    let header = above + lines[above..].iter().position(|line| !is_blank(line))?;
    let mut bare: Vec<Line> = lines[header..].iter().take(MAX_HEADER).cloned().collect();
    unquote_all(&mut bare);
    let mut found = Pasted::at(&bare, 0).filter(Pasted::is_of_quote)?;
    found.end += header;
    if line.is_some() {
        let mut own = lines[..start].to_vec();
        mark_own(&mut own, sender);
        let said = own.iter().filter(|line| is_said(line)).map(|line| line.raw.split_whitespace().count());
        return (said.sum::<usize>() <= FEW_WORDS).then_some(SentOn { start, header: found });
    }
    Some(SentOn { start, header: found })
}

fn is_forward_line(raw: &str) -> bool {
    let says = |lower: &str| FORWARDED.iter().any(|part| lower.contains(part));
    is_original_line(raw) && says(&raw.to_lowercase())
}

/// Takes one quote mark off each line, if all lines have one.
fn unquote_all(lines: &mut [Line]) {
    let bare = |line: &Line| {
        line.raw.trim_start().strip_prefix('>').map(|bare| bare.strip_prefix(' ').unwrap_or(bare).to_owned())
    };
    if lines.iter().all(|line| is_blank(line) || bare(line).is_some()) {
        for line in lines {
            line.raw = bare(line).unwrap_or_default();
        }
    }
}

/// Marks the lines of a message that forwards nothing, as [`mark`] does.
fn mark_own(lines: &mut [Line], sender: Option<&str>) {
    mark_quotes(lines);
    if let Some(start) = (0..lines.len()).find(|at| begins_other_message(lines, *at)) {
        set_aside(&mut lines[start..], QUOTED);
    }
    mark_armour(lines);
    mark_next_parts(lines);
    let mut end = 0;
    let mut said = false;
    while let Some(own) = next_own(lines, end) {
        end = own.end;
        mark_signature(&mut lines[own.clone()], sender, said);
        said |= lines[own].iter().any(is_said);
    }
    mark_disclaimers(lines);
}

fn set_aside(lines: &mut [Line], reason: &'static str) {
    for line in lines.iter_mut().filter(|line| line.kind == LineKind::Text) {
        line.kind = LineKind::Furniture(reason);
    }
}

/// Returns the next lines, at or after `from`, between those that are set aside.
fn next_own(lines: &[Line], from: usize) -> Option<std::ops::Range<usize>> {
    let start = from + lines[from..].iter().position(is_said)?;
    let length = lines[start..].iter().take_while(|line| line.kind == LineKind::Text).count();
    Some(start..start + length)
}

fn is_said(line: &Line) -> bool {
    line.kind == LineKind::Text && !is_blank(line)
}

fn is_blank(line: &Line) -> bool {
    line.raw.trim().is_empty()
}

/// Marks lines after `>`, removes the marks, and marks the line above that says who wrote them.
fn mark_quotes(lines: &mut [Line]) {
    for at in 0..lines.len() {
        let Some(words) = unquoted(&lines[at].raw) else { continue };
        let first = at == 0 || lines[at - 1].kind == LineKind::Text;
        lines[at].raw = words.to_owned();
        lines[at].kind = LineKind::Furniture(QUOTED);
        if let Some(above) = first.then(|| attribution_above(lines, at)).flatten() {
            set_aside(&mut lines[above..at], QUOTED);
        }
    }
}

/// Whether a text without a header is a message all the same: it quotes, and names the author.
pub fn answers_quote(lines: &[Line]) -> bool {
    let quotes =
        |at: &usize| unquoted(&lines[*at].raw).is_some() && (*at == 0 || unquoted(&lines[*at - 1].raw).is_none());
    let quoted = lines.iter().filter(|line| unquoted(&line.raw).is_some()).count();
    // A long text that cites a message is not a message.
    let much = quoted > 0 && quoted * 10 >= lines.iter().filter(|line| !is_blank(line)).count();
    much && (0..lines.len()).filter(quotes).any(|at| {
        attribution_above(lines, at).is_some_and(|above| {
            let text = joined(&lines[above..at]);
            opens_attribution(&text) && text.contains(|c: char| c.is_ascii_digit())
        })
    })
}

/// Returns what follows the marks of a quote of any depth.
fn unquoted(raw: &str) -> Option<&str> {
    let bare = raw.trim_start();
    bare.starts_with('>').then(|| bare.trim_start_matches(['>', ' ', '\t']))
}

/// Returns where the attribution of a quote that begins at `quote` begins.
fn attribution_above(lines: &[Line], quote: usize) -> Option<usize> {
    let last = (quote.saturating_sub(3)..quote).rev().find(|at| !is_blank(&lines[*at]))?;
    let first =
        (last.saturating_sub(ATTRIBUTION_LINES - 1)..=last).rev().take_while(|at| is_said(&lines[*at])).last()?;
    (first..=last).find(|at| is_attribution(&joined(&lines[*at..=last])))
}

/// Whether another author's message begins at `at` and continues to the end.
fn begins_other_message(lines: &[Line], at: usize) -> bool {
    let line = &lines[at];
    if !is_said(line) {
        return false;
    }
    let after_blank = at == 0 || is_blank(&lines[at - 1]) || is_rule(&lines[at - 1].raw);
    is_original_line(&line.raw)
        || is_rule(&line.raw) && Pasted::at(lines, at + 1).is_some_and(|header| header.is_of_quote())
        || after_blank && Pasted::at(lines, at).is_some_and(|header| header.is_of_quote())
        || after_blank && is_header_on_one_line(&line.raw)
        || after_blank && is_unmarked_attribution(lines, at)
}

/// Whether an attribution is followed by an unmarked quote: it names a time.
fn is_unmarked_attribution(lines: &[Line], at: usize) -> bool {
    let opens = opens_attribution(&lines[at].raw);
    let length = lines[at..].iter().take(ATTRIBUTION_LINES).take_while(|line| is_said(line)).count();
    (1..=length).any(|length| {
        let text = joined(&lines[at..at + length]);
        let dated = opens && text.contains(|c: char| c.is_ascii_digit()) || names_address_and_time(&text);
        dated && is_attribution(&text)
    })
}

fn joined(lines: &[Line]) -> String {
    lines.iter().map(|line| line.raw.trim()).collect::<Vec<_>>().join(" ")
}

/// Matches `On Tue, 6 May 2031 at 09:14, Ida Kerr wrote:`.
fn is_attribution(text: &str) -> bool {
    let wrote = |word: &str| {
        // As in `napsal(a)`.
        let word = word.trim_matches(|c: char| !c.is_alphanumeric()).split('(').next().unwrap_or("");
        WROTE.iter().any(|known| word == *known || !known.is_ascii() && word.ends_with(known))
    };
    let ends = text.ends_with([':', '：']);
    let says = text.split_whitespace().any(wrote) || text.contains('@') && text.contains(|c: char| c.is_ascii_digit());
    let words = text.split_whitespace().count();
    let short = words <= 6 || words <= 16 && text.split_whitespace().any(is_time);
    let whole =
        opens_attribution(text) || names_address_and_time(text) || short && text.starts_with(char::is_uppercase);
    ends && says && whole && text.len() <= 400
}

/// Whether a line has what programs of every language write above a quote: `<ida@example.org>`, a year and a time.
fn names_address_and_time(text: &str) -> bool {
    let address = |open: char, close: char| {
        let inside = text.split_once(open).and_then(|(_, rest)| rest.split_once(close));
        inside.is_some_and(|(inside, _)| inside.contains('@') && !inside.contains(char::is_whitespace))
    };
    let numbers = || text.split(|c: char| !c.is_ascii_digit());
    let year = numbers().any(|number| number.len() == 4 && (number.starts_with("19") || number.starts_with("20")));
    (address('<', '>') || address('(', ')'))
        && year
        && text.split(|c: char| !c.is_ascii_digit() && c != ':').any(is_time)
}

/// Matches `20:48`.
fn is_time(word: &str) -> bool {
    let digits = |part: &str| (1..=2).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit());
    word.trim_end_matches([',', ':']).split_once(':').is_some_and(|(hour, minute)| digits(hour) && digits(minute))
}

fn opens_attribution(text: &str) -> bool {
    const OPENERS: &[&str] = &[
        "on",
        "am",
        "le",
        "el",
        "il",
        "em",
        "op",
        "den",
        "dnia",
        "w",
        "dne",
        "в",
        "quoting",
        "at",
        "pada",
        "kl",
        "ti",
        "ma",
        "ke",
        "to",
        "pe",
        "la",
        "su",
        "po",
        "mon",
        "tue",
        "wed",
        "thu",
        "fri",
        "sat",
        "sun",
        "пн",
        "вт",
        "ср",
        "чт",
        "пт",
        "сб",
        "вс",
        "понедельник",
        "вторник",
        "среда",
        "четверг",
        "пятница",
        "суббота",
        "воскресенье",
    ];
    let text = text.trim_start_matches(['-', ' ']);
    let first = text.split_whitespace().next().unwrap_or("").trim_matches(['*', ',']).to_lowercase();
    OPENERS.contains(&first.as_str()) || text.starts_with(|c: char| c.is_ascii_digit())
}

/// Matches `-----Original Message-----`, `Begin forwarded message:`.
fn is_original_line(raw: &str) -> bool {
    const AROUND: [char; 7] = ['-', '_', '*', '=', ':', '—', ' '];
    let raw = raw.trim();
    let marked = raw.starts_with(['-', '_', '*', '=', '—']) || raw.ends_with(':');
    marked && raw.len() <= 120 && ORIGINAL.contains(&raw.trim_matches(AROUND).to_lowercase().as_str())
}

fn is_rule(raw: &str) -> bool {
    let raw = raw.trim();
    raw.len() >= 5 && raw.bytes().all(|byte| matches!(byte, b'_' | b'-' | b'='))
}

/// Matches `From: Jonas Brandt Sent: Tuesday, 6 May To: Ida Kerr Subject: …`, as pages show it.
fn is_header_on_one_line(raw: &str) -> bool {
    if field(raw).is_none() {
        return false;
    }
    let words: Vec<&str> = raw.split_whitespace().collect();
    let ends = (0..words.len()).filter(|at| words[*at].trim_end_matches('*').ends_with(':'));
    // As in `Enviado el:` or `Envoyé :`.
    let name = |from: usize, end: usize| {
        words[from..=end].join(" ").trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase()
    };
    let kind = |end: usize| (end.saturating_sub(2)..=end).rev().find_map(|from| header(&name(from, end)));
    let kinds: Vec<Header> = ends.filter_map(kind).collect();
    kinds.contains(&Header::From)
        && kinds.contains(&Header::Date)
        && (kinds.contains(&Header::To) || kinds.contains(&Header::Subject))
}

/// Marks the lines that a program put around a signed text.
fn mark_armour(lines: &mut [Line]) {
    let is = |line: &Line, words: &str| line.raw.trim_end() == words;
    if let Some(start) = lines.iter().position(|line| is(line, "-----BEGIN PGP SIGNED MESSAGE-----")) {
        let head = lines[start..].iter().take(6).take_while(|line| !is_blank(line)).count();
        set_aside(&mut lines[start..start + head], SIGNATURE);
    }
    if let Some(start) = lines.iter().position(|line| is(line, "-----BEGIN PGP SIGNATURE-----")) {
        let length = lines[start..].iter().position(|line| is(line, "-----END PGP SIGNATURE-----"));
        let end = length.map_or(lines.len(), |length| start + length + 1);
        set_aside(&mut lines[start..end], SIGNATURE);
    }
}

/// Marks what mailing-list archives write in place of another part: a rule, and what became of the part.
fn mark_next_parts(lines: &mut [Line]) {
    const AROUND: [char; 2] = ['-', ' '];
    let is_rule = |line: &Line| {
        let raw = line.raw.trim();
        raw.starts_with("-----") && raw.ends_with("-----") && raw.trim_matches(AROUND) == "next part"
    };
    for at in 0..lines.len() {
        if is_said(&lines[at]) && is_rule(&lines[at]) {
            let scrubbed = lines.get(at + 1).is_some_and(|line| line.raw.contains("attachment was scrubbed"));
            let told = if scrubbed { lines[at + 1..].iter().take_while(|line| !is_blank(line)).count() } else { 0 };
            set_aside(&mut lines[at..=at + told], ATTACHMENT);
        }
    }
}

/// Marks the signature at the end of `lines`, which are the sender's own. `said` tells whether any words came before.
fn mark_signature(lines: &mut [Line], sender: Option<&str>, said: bool) {
    if let Some(start) = lines.iter().position(is_list_rule) {
        set_aside(&mut lines[start..], "mailing list footer");
    }
    let own = lines.iter().position(|line| line.kind != LineKind::Text).unwrap_or(lines.len());
    let lines = &mut lines[..own];
    if let Some(start) = lines.iter().position(|line| is_delimiter(&line.raw)) {
        let short = lines[start..].iter().filter(|line| !is_blank(line)).count() <= SIGNATURE_LINES + 4;
        if short || lines[start].raw.ends_with("-- ") {
            return set_aside(&mut lines[start..], SIGNATURE);
        }
    }
    let first = if said { 0 } else { 1 + lines.iter().position(is_said).unwrap_or(0) };
    if let Some(start) = (first..lines.len()).find(|at| is_closing(&lines[*at..], sender)) {
        set_aside(&mut lines[start..], SIGNATURE);
    }
}

fn is_delimiter(raw: &str) -> bool {
    matches!(raw.trim_end(), "--" | "—" | "– –")
}

/// Whether a line is the rule above a mailing-list footer.
fn is_list_rule(line: &Line) -> bool {
    let raw = line.raw.trim();
    raw.len() >= 40 && raw.bytes().all(|byte| byte == b'_')
}

/// Whether a text ends in a mailing-list footer: a rule, and how to reach the list.
pub fn has_list_footer(lines: &[Line]) -> bool {
    let Some(rule) = lines.iter().rposition(is_list_rule) else { return false };
    let below: Vec<&str> = lines[rule + 1..].iter().map(|line| line.raw.trim()).filter(|raw| !raw.is_empty()).collect();
    let reached = |raw: &&str| raw.contains("://") || raw.contains('@') || raw.to_lowercase().contains("mailing list");
    (1..=LIST_FOOTER_LINES).contains(&below.len()) && below.iter().any(reached)
}

/// Whether all of these lines close a letter: a closing phrase or the sender's name, followed by short lines.
fn is_closing(lines: &[Line], sender: Option<&str>) -> bool {
    let first = lines[0].raw.trim();
    if first.is_empty() || !(is_sign_off(first) || is_sent_from(first) || is_signed(first, sender)) {
        return false;
    }
    let mut behind = lines[1..].iter().filter(|line| !is_blank(line));
    let own = |line: &&Line| !is_disclaimer(&line.raw);
    let lines: Vec<&Line> = behind.by_ref().take_while(own).take(SIGNATURE_LINES + 1).collect();
    let short = |line: &&Line| {
        let raw = line.raw.trim();
        raw.chars().count() <= SIGNATURE_WIDTH || is_sent_from(raw) || is_contact(raw)
    };
    lines.len() <= SIGNATURE_LINES && lines.iter().all(short) && !lines.iter().any(|line| is_sentence(&line.raw))
}

/// Whether a line of a signature says how to reach somebody. On a page it may contain several lines.
fn is_contact(raw: &str) -> bool {
    let digits = raw.split(char::is_alphabetic).map(|part| part.chars().filter(char::is_ascii_digit).count()).max();
    raw.len() <= CONTACT && (raw.contains('@') || raw.contains("www.") || digits.is_some_and(|digits| digits >= 7))
}

/// Whether a line is still part of the message: it has several words and ends a sentence.
fn is_sentence(raw: &str) -> bool {
    raw.split_whitespace().count() >= 5 && raw.trim_end().ends_with(['.', '?', '!'])
}

/// Matches `Best regards,`, `Thanks, Ida`.
fn is_sign_off(line: &str) -> bool {
    let bare = |text: &str| text.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase();
    let (head, tail) = line.split_once([',', '!']).unwrap_or((line, ""));
    line.len() <= 80 && SIGN_OFFS.contains(&bare(head).as_str()) && is_name(tail.trim())
        || line.len() <= 80 && SIGN_OFFS.contains(&bare(line).as_str())
}

fn is_name(text: &str) -> bool {
    let words: Vec<&str> = text.split_whitespace().collect();
    words.len() <= 4 && words.iter().all(|word| word.starts_with(char::is_uppercase))
}

fn is_sent_from(line: &str) -> bool {
    let lower = line.to_lowercase();
    line.len() <= 100 && SENT_FROM.iter().any(|known| lower.starts_with(known))
}

/// Whether a line is only the sender's name or initials, possibly after a dash.
fn is_signed(line: &str, sender: Option<&str>) -> bool {
    let Some(sender) = sender.filter(|_| line.len() <= SIGNATURE_WIDTH) else { return false };
    let parts = |text: &str| -> Vec<String> {
        let of = text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
        of.map(str::to_lowercase).collect()
    };
    let (words, names) = (parts(line), parts(sender));
    let initials: String = names.iter().filter_map(|name| name.chars().next()).collect();
    let all = !words.is_empty() && words.iter().all(|word| names.contains(word));
    all && !line.ends_with([',', ':', '?', '!']) || words.len() == 1 && words[0].len() > 1 && words[0] == initials
}

fn is_disclaimer(line: &str) -> bool {
    line.len() >= SHORTEST_DISCLAIMER && {
        let lower = line.to_lowercase();
        DISCLAIMERS.iter().any(|phrase| lower.contains(phrase))
    }
}

/// Marks notices of companies, in paragraphs after the first and in signatures.
fn mark_disclaimers(lines: &mut [Line]) {
    let mut at = lines.iter().position(is_said).unwrap_or(lines.len());
    let mut first = true;
    while at < lines.len() {
        let length = lines[at..].iter().take_while(|line| !is_blank(line)).count();
        let paragraph = &mut lines[at..at + length];
        if let Some(start) = disclaimer(paragraph).filter(|start| !first || *start > 0) {
            for line in paragraph[start..].iter_mut().filter(|line| line.kind != LineKind::Furniture(QUOTED)) {
                line.kind = LineKind::Furniture(DISCLAIMER);
            }
        }
        first &= length == 0;
        at += length.max(1);
    }
}

/// Returns the line of a paragraph at which a notice begins.
fn disclaimer(paragraph: &[Line]) -> Option<usize> {
    // A hostile message may have a paragraph on every other line.
    if paragraph.iter().map(|line| line.raw.trim().len() + 1).sum::<usize>() <= SHORTEST_DISCLAIMER {
        return None;
    }
    let text = joined(paragraph).to_lowercase();
    let found = DISCLAIMERS.iter().filter_map(|phrase| text.find(phrase)).min()?;
    let mut until = 0;
    let line = paragraph.iter().position(|line| {
        until += line.raw.trim().to_lowercase().len() + 1;
        found < until
    })?;
    let goes_on = |at: &usize| {
        let before = paragraph[*at - 1].raw.trim_end();
        before.chars().count() > SIGNATURE_WIDTH - 10 && !before.ends_with(['.', '!', '?'])
    };
    let lead = (1..=line).rev().take_while(goes_on).count();
    // A notice may have its own heading, or another sentence before the one that identifies it.
    Some(if paragraph[0].kind == LineKind::Text { 0 } else { line - lead })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_above_quotes_are_known_in_many_forms() {
        for line in [
            "Dne 10.7.2012 13:48, Paul Howarth napsal(a):",
            "Richard W.M. Jones píše v Út 24. 07. 2012 v 20:48 +0100:",
            "W dniu 10.07.2012 o 13:48, Jan Kowalski napisał(a):",
            "Thu, 26 Jun 2014 14:00:51 +0400 от Alexander L <abc@example.com>:",
            "Четверг, 26 июня 2014, 14:00 +04:00 от Alexander L <abc@example.com>:",
            "--- On Wed, 4/4/12, xxx@example.com <xxx@example.com> wrote:",
            "pon., 5 maj 2031 o 18:02 Ola Brandt <ola@example.com> napisał(a):",
            "man. 5. mai 2031 kl. 18:02 skrev Ola Brandt <ola@example.com>:",
            "Ola Brandt <ola@example.com> escreveu (segunda, 5/05/2031 à(s) 18:02):",
            "Ola Brandt <ola@example.com> 于2031年5月5日周一 18:02写道：",
            "Ola Brandt schrieb am 05.05.31 um 18:02:",
        ] {
            assert!(is_attribution(line), "{line}");
        }
        for line in [
            "The harbour master, who came at 20:48, said this to the clerk:",
            "They wrote this to us in 2014:",
            "please send what you have to Ola Brandt <ola@example.com> at 18:02, as he wants to see this:",
        ] {
            assert!(!is_attribution(line), "{line}");
        }
    }

    #[test]
    fn headers_on_one_line_are_known_in_many_languages() {
        for line in [
            "De: Ola Brandt <ola@example.com> Enviado el: lunes, 5 de mayo Para: Ida Kerr Asunto: El horno",
            "De : Ola Brandt Envoyé : lundi 5 mai 2031 À : Ida Kerr Objet : Le four",
            "*Od:* Ola Brandt *Wysłane:* poniedziałek, 5 maja *Do:* Ida Kerr *Temat:* Piec",
            "De la: Ola Brandt Trimis: luni, 5 mai 2031 Către: Ida Kerr Subiect: Cuptorul",
        ] {
            assert!(is_header_on_one_line(line), "{line}");
        }
        assert!(!is_header_on_one_line("From: the quay it goes to: the yard, and the subject of it: ships."));
    }

    #[test]
    fn what_is_sent_on_under_nothing_of_ones_own_is_the_message() {
        const FORWARD: &str = "---------- Forwarded message ---------";
        const LETTER: &str = "From: Ada Sund <a@x.y>\nDate: 6 May 2031\nSubject: Kiln\n\nThe kiln is hot.\n\nAda";
        let said = |text: &str| {
            let mut lines: Vec<Line> = text.lines().map(|raw| Line::new(crate::source::Place::NOWHERE, raw)).collect();
            mark(&mut lines, Some("Ola Brandt"));
            let said = lines.iter().filter(|line| is_said(line)).map(|line| line.raw.clone());
            said.collect::<Vec<_>>()
        };
        assert_eq!(said(&format!("{FORWARD}\n{LETTER}")), ["The kiln is hot."]);
        assert_eq!(said(&format!("FYI\n\nOla\n\n{FORWARD}\n{LETTER}")), ["FYI", "The kiln is hot."]);
        assert_eq!(said(&format!("\n-----Original Message-----\n{LETTER}")), ["The kiln is hot."]);
        let quoted = format!("See below\n\nBegin forwarded message:\n\n> {}", LETTER.replace('\n', "\n> "));
        assert_eq!(said(&quoted), ["See below", "The kiln is hot."]);
        // A reply says something, however short.
        assert_eq!(said(&format!("Yes, today.\n\n-----Original Message-----\n{LETTER}")), ["Yes, today."]);
        let own = "I saw it myself, and it is hot indeed.";
        assert_eq!(said(&format!("{own}\n\n{FORWARD}\n{LETTER}")), [own]);
    }

    #[test]
    fn what_an_archive_writes_of_other_parts_is_set_aside() {
        let text = "I agree with you.\n-------------- next part --------------\nA non-text attachment was scrubbed...\n\
                    Name: signature.asc\n\nAnd more.";
        let mut lines: Vec<Line> = text.lines().map(|raw| Line::new(crate::source::Place::NOWHERE, raw)).collect();
        mark(&mut lines, None);
        let said: Vec<&str> = lines.iter().filter(|line| is_said(line)).map(|line| line.raw.as_str()).collect();
        assert_eq!(said, ["I agree with you.", "And more."]);
    }

    #[test]
    fn a_signature_may_say_on_one_line_how_to_reach_somebody() {
        let closes = |below: &str| {
            let lines = ["Best regards,", below].map(|raw| Line::new(crate::source::Place::NOWHERE, raw));
            is_closing(&lines, None)
        };
        let contact =
            "Ada Sund Keeper of the kiln and of its books | Town of Orme, Quay 4 | T: +47 555 0101 | M: 555 0102";
        assert!(
            closes(contact) && closes("Ada Sund, keeper of the kiln of Orme and of all its books, ada@kiln.example")
        );
        assert!(!closes("and thanks for the wood that you have sent us, which burns better than the last of it did"));
        assert!(!closes("Call 555 01012 before noon, as the kiln is shut after that and nobody will answer you."));
    }

    #[test]
    fn no_phrase_is_shorter_than_the_shortest() {
        assert_eq!(DISCLAIMERS.iter().map(|phrase| phrase.len()).min(), Some(SHORTEST_DISCLAIMER));
    }
}
