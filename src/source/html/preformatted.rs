//! Prose that its author laid out: memos, letters and old books in `pre`, as opposed to code.
//!
//! Blank lines separate paragraphs. Heads and feet of printed pages are dropped, and lines are joined again.

use std::collections::HashMap;

use super::piece::{ends_sentence, weight};
use super::tag::Tag;
use super::tree::{Tree, What};
use crate::lang::script::joins_unspaced;
use crate::source::{self, Block, BlockKind, LineKind, LocatedText, Place, mail};

const RUNNING_HEAD: &str = "running head";

/// A line with its place.
struct Line {
    raw: String,
    number: usize,
    /// Whether a form feed comes before it.
    after_page_break: bool,
    /// Why it is not part of the text.
    reason: Option<&'static str>,
}

impl Line {
    fn text(&self) -> &str {
        self.raw.trim()
    }

    fn indent(&self) -> usize {
        self.raw.len() - self.raw.trim_start().len()
    }
}

/// Returns the parts of a preformatted text; `None` if it is code or other data, or contains other elements' texts.
pub fn prose(tree: &Tree, at: usize) -> Option<Vec<Block>> {
    if tree.holds_blocks(at) {
        return None;
    }
    let mut lines = lines(tree, at);
    mark_message(&mut lines);
    mark_page_heads(&mut lines);
    let groups = groups(&lines);
    let is_prose: Vec<bool> = groups.iter().map(|group| reads_as_prose(group)).collect();
    let words = |prose: bool| -> usize {
        let of_it = groups.iter().zip(&is_prose).filter(|(group, is)| **is == prose && !is_label(group));
        of_it.flat_map(|(group, _)| group.iter()).map(|line| weight(line.text())).sum()
    };
    let (prose, other) = (words(true), words(false));
    let least = if is_marked_as_code(tree, at) { 4 } else { 1 };
    if prose == 0 || prose < other * least {
        return None;
    }
    let mut parts: Vec<Block> = Vec::new();
    for (index, group) in groups.iter().enumerate() {
        let before_prose = is_prose[index + 1..].iter().take(2).any(|is| *is);
        push_group(&mut parts, group, is_prose[index], before_prose);
    }
    let aside = lines.iter().filter_map(|line| Some(part(BlockKind::Furniture(line.reason?), line)));
    parts.extend(aside.filter(|part| !part.text.is_empty()));
    parts.sort_by_key(|part| part.text.place().line);
    Some(parts)
}

/// Marks what is quoted in a message of a mailing-list archive, and what is below it, as not part of the message.
fn mark_message(lines: &mut [Line]) {
    let mut marked: Vec<source::Line> =
        lines.iter().map(|line| source::Line::new(Place::line(line.number), line.raw.as_str())).collect();
    if !mail::mark_archived(&mut marked) {
        return;
    }
    for (line, marked) in lines.iter_mut().zip(marked) {
        if let LineKind::Furniture(reason) = marked.kind {
            line.reason = Some(reason);
        }
        line.raw = marked.raw;
    }
}

fn is_marked_as_code(tree: &Tree, at: usize) -> bool {
    let marked = |at: usize| {
        matches!(tree.tag(at), Some(Tag::Code))
            || tree.attribute(at, "class").is_some_and(|class| {
                ["code", "highlight", "language-", "lang-", "prettyprint", "brush:"]
                    .iter()
                    .any(|name| class.contains(name))
            })
    };
    let inside = at + 1..tree.nodes[at].end.min(at + 4);
    inside.chain(tree.lineage(at).take(4)).any(marked)
}

/// Returns the lines of an element, without what is not text.
fn lines(tree: &Tree, element: usize) -> Vec<Line> {
    let mut lines =
        vec![Line { raw: String::new(), number: tree.nodes[element].line, after_page_break: false, reason: None }];
    for node in &tree.nodes[element..tree.nodes[element].end] {
        match &node.what {
            What::Text(text) => push_text(&mut lines, text, node.line),
            What::Element(Tag::Br, _) => push_line(&mut lines, node.line),
            What::Element(..) => {}
        }
    }
    lines
}

fn push_text(lines: &mut Vec<Line>, text: &str, line: usize) {
    for (index, physical) in text.split('\n').enumerate() {
        if index > 0 {
            push_line(lines, line + index);
        }
        for (part, raw) in physical.split('\u{c}').enumerate() {
            if part > 0 {
                push_line(lines, line + index);
                lines.last_mut().expect("a line was pushed").after_page_break = true;
            }
            let last = lines.last_mut().expect("there is always a line");
            if last.text().is_empty() {
                last.number = line + index;
            }
            last.raw.push_str(raw.trim_end_matches('\r'));
        }
    }
}

fn push_line(lines: &mut Vec<Line>, number: usize) {
    lines.push(Line { raw: String::new(), number, after_page_break: false, reason: None });
}

/// Marks the lines that are the head or foot of a printed page.
fn mark_page_heads(lines: &mut [Line]) {
    let mut shapes: HashMap<String, usize> = HashMap::new();
    for at in (0..lines.len()).filter(|at| stands_alone(lines, *at)) {
        *shapes.entry(shape(lines[at].text())).or_default() += 1;
    }
    let mut heads = vec![false; lines.len()];
    let mut after_foot = false;
    for at in (0..lines.len()).filter(|at| !lines[*at].text().is_empty()) {
        let text = lines[at].text();
        let alone = stands_alone(lines, at);
        let foot = alone && names_page(text);
        let repeats = alone && text.len() < 100 && shapes.get(&shape(text)).is_some_and(|times| *times > 2);
        let first = (after_foot || lines[at].after_page_break) && alone && is_spread(text);
        heads[at] = foot || repeats || first;
        after_foot = foot || after_foot && heads[at] && repeats;
    }
    for (line, _) in lines.iter_mut().zip(heads).filter(|(line, head)| *head && line.reason.is_none()) {
        line.reason = Some(RUNNING_HEAD);
    }
}

/// Whether a line has blank lines on both sides.
fn stands_alone(lines: &[Line], at: usize) -> bool {
    let blank = |line: Option<&Line>| line.is_none_or(|line| line.text().is_empty());
    let before = at.checked_sub(1).and_then(|at| lines.get(at));
    !lines[at].text().is_empty()
        && (blank(before) || lines[at].after_page_break)
        && (blank(lines.get(at + 1)) || lines[at + 1].after_page_break)
}

/// Matches `Kerr    Informational    [Page 1]`, `- 7 -`, `Page 7 of 12`.
fn names_page(text: &str) -> bool {
    let bare = text.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase();
    let number = |word: &str| !word.is_empty() && word.len() <= 4 && word.bytes().all(|byte| byte.is_ascii_digit());
    let last = bare.rsplit(' ').next().unwrap_or("");
    let paged = bare.contains("page ") || bare.contains("seite ") || bare.contains("página ");
    number(&bare) && !text.ends_with('.') || paged && number(last) && (is_spread(text) || weight(text) <= 5)
}

/// Whether a line has text at the left, in the middle and at the right of its page.
fn is_spread(text: &str) -> bool {
    text.contains("   ") || text.contains('\t')
}

/// Returns a line without digits and white space.
fn shape(text: &str) -> String {
    text.chars().filter(|c| !c.is_ascii_digit() && !c.is_whitespace()).collect()
}

/// Returns groups of lines: up to a blank line, a bullet or, after the end of a sentence, an indented line.
fn groups(lines: &[Line]) -> Vec<Vec<&Line>> {
    let mut groups: Vec<Vec<&Line>> = Vec::new();
    let mut open = false;
    for line in lines {
        if line.text().is_empty() || line.reason.is_some() {
            open = false;
            continue;
        }
        match groups.last_mut().filter(|group| open && !begins_anew(group, line)) {
            Some(group) => group.push(line),
            None => groups.push(vec![line]),
        }
        open = true;
    }
    groups
}

fn begins_anew(group: &[&Line], line: &Line) -> bool {
    let last = group[group.len() - 1];
    let indented = line.indent() >= last.indent() + 2 && ends_sentence(last.text());
    let long = last.text().len() > 120 && ends_sentence(last.text());
    bullet(line.text()).is_some() || indented || long
}

/// Returns what follows the mark of a list item.
fn bullet(text: &str) -> Option<&str> {
    ["- ", "* ", "• ", "o "].iter().find_map(|mark| text.strip_prefix(mark)).map(str::trim_start)
}

/// Whether lines are sentences rather than code, a table or a drawing.
fn reads_as_prose(group: &[&Line]) -> bool {
    let (mut words, mut plain, mut signs, mut letters) = (0, 0, 0, 0);
    for word in group.iter().flat_map(|line| line.text().split_whitespace()) {
        words += 1;
        plain += usize::from(is_plain(word));
        signs += word.chars().filter(|c| "{}[]<>=;|&$#@\\/*+_~^".contains(*c)).count();
        letters += word.chars().count();
    }
    let unspaced = group.iter().any(|line| line.text().contains(['。', '、'])) && letters > words * 8;
    let commands = group.iter().filter(|line| ends_as_code(line.text())).count();
    let sentence = words >= 6 && group.iter().any(|line| ends_sentence(line.text())) || words >= 12;
    let reads = plain * 4 >= words * 3 && sentence && words >= group.len() * 3;
    (reads || unspaced) && signs * 25 <= letters && commands * 4 <= group.len()
}

/// Whether a word could be in a text, with the punctuation that texts have.
fn is_plain(word: &str) -> bool {
    let open = ['(', '"', '\'', '“', '‘', '«', '¿', '¡'];
    let close = ['.', ',', ';', ':', '!', '?', ')', '"', '\'', '”', '’', '»', '…'];
    let bare = word.trim_start_matches(open).trim_end_matches(close);
    let inner = |c: char| c.is_alphanumeric() || matches!(c, '-' | '\'' | '’' | '–' | '—' | '.' | ',');
    bare.is_empty() && word == "—"
        || bare.chars().all(inner) && bare.contains(char::is_alphanumeric) && !bare.contains("()")
}

fn ends_as_code(text: &str) -> bool {
    let begins = ["#!", "//", "/*", "$ ", "> ", ">>>", "import ", "def ", "return ", "let ", "const ", "var ", "if ("];
    text.ends_with(['{', '}', ';', '\\']) || text.ends_with("):") || begins.iter().any(|begin| text.starts_with(begin))
}

/// Whether lines are a heading of a few words.
fn is_label(group: &[&Line]) -> bool {
    group.len() == 1
        && weight(group[0].text()) <= 12
        && !ends_sentence(group[0].text())
        && !group[0].text().ends_with([',', ';'])
}

fn push_group(parts: &mut Vec<Block>, group: &[&Line], is_prose: bool, before_prose: bool) {
    let item = bullet(group[0].text());
    let kind = match () {
        () if item.is_some() => BlockKind::ListItem,
        () if is_prose => BlockKind::Paragraph,
        () if is_label(group) && before_prose => BlockKind::Heading,
        () if is_text(group) => BlockKind::Paragraph,
        () => BlockKind::NotProse,
    };
    let mut block = part(kind, group[0]);
    if let Some(rest) = item {
        block.text = LocatedText::new(rest, Place::line(group[0].number));
    }
    for line in &group[1..] {
        join(&mut block.text, line);
    }
    parts.push(block);
}

/// Whether lines without a sentence consist of words all the same: a line of a letter, a stanza.
fn is_text(group: &[&Line]) -> bool {
    let words = || group.iter().flat_map(|line| line.text().split_whitespace());
    words().filter(|word| is_plain(word)).count() * 4 >= words().count() * 3
        && !group.iter().any(|line| ends_as_code(line.text()) || is_spread(line.text()))
}

fn part(kind: BlockKind, line: &Line) -> Block {
    Block { kind, text: LocatedText::new(line.text(), Place::line(line.number)) }
}

/// Appends a line, after a space unless a hyphen or a script without spaces joins them.
fn join(text: &mut LocatedText, line: &Line) {
    let (last, first) = (text.as_str().chars().last(), line.text().chars().next());
    let joined = match (last, first) {
        (Some('-'), Some(c)) => c.is_alphanumeric() && !text.as_str().ends_with(" -"),
        (Some(a), Some(b)) => joins_unspaced(a, b),
        _ => false,
    };
    if !joined {
        text.space();
    }
    text.push(line.text(), Place::line(line.number));
    text.trim();
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::html::tree;

    fn read(pre: &str) -> Option<Vec<(BlockKind, String)>> {
        let tree = tree::parse(&format!("<pre>{pre}</pre>"), false).unwrap();
        prose(&tree, 1).map(|parts| parts.iter().map(|part| (part.kind, part.text.as_str().to_owned())).collect())
    }

    #[test]
    fn a_memo_is_prose_without_the_heads_of_its_pages() {
        let memo = "1.  Lamps\n\n   The lamp on the northern pier burns from dusk until\n   dawn, and nobody has seen \
                    it fail.\n\n\
                    Holm                  Memo                  [Page 1]\n\u{c}\nMEMO 3                \
                    Lamps                May 2031\n\n\
                    \x20  The keeper trims it at midnight and writes the time\n   into the book.\n";
        let kinds = [
            (BlockKind::Heading, "1. Lamps"),
            (
                BlockKind::Paragraph,
                "The lamp on the northern pier burns from dusk until dawn, and nobody has seen it fail.",
            ),
            (BlockKind::Furniture(RUNNING_HEAD), "Holm Memo [Page 1]"),
            (BlockKind::Furniture(RUNNING_HEAD), "MEMO 3 Lamps May 2031"),
            (BlockKind::Paragraph, "The keeper trims it at midnight and writes the time into the book."),
        ];
        assert_eq!(read(memo).unwrap(), kinds.map(|(kind, text)| (kind, text.to_owned())));
    }

    #[test]
    fn of_a_message_in_an_archive_the_senders_words_are_text() {
        let message = "On Mon, Mar 10, 2031, Ida Kerr wrote:\n> Is the lamp lit?\n\nIt is.  I trimmed it at dusk.\n\n\
                       Tam\n-- \nPier\n\
                       __________________________________________\nLamps mailing list\nLamps@x.example\n";
        let parts = read(message).unwrap();
        let said: Vec<_> = parts.iter().filter(|part| part.0 == BlockKind::Paragraph).map(|part| &part.1[..]).collect();
        assert_eq!(said, ["It is. I trimmed it at dusk.", "Tam"]);
        assert!(parts.contains(&(BlockKind::Furniture("quoted message"), "Is the lamp lit?".to_owned())));
        assert_eq!(read("let a = 1;\n// ____\nlet b = 2; // see https://x.example\n"), None);
    }

    #[test]
    fn code_and_tables_are_no_prose() {
        for code in [
            "import csv\nwith open(\"tide.csv\") as f:\n    for row in csv.reader(f):\n        print(row[0])\n",
            "fn main() {\n    let boats = 3; // all of them\n    println!(\"{boats}\");\n}\n",
            "$ samesay report corpus -o report.html\n12 sources, 80 passages\n",
            "Month    Boats   Nets\nMay          3      7\nJune         5      9\n",
        ] {
            assert_eq!(read(code), None, "{code}");
        }
    }
}
