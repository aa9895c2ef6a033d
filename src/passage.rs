//! Passages: real paragraphs, the unit that is embedded and compared.
//!
//! A document's blocks are found ([`reflow`](self)), what is no text is set aside with its reason, and what remains is
//! split to fit the model's window. Nothing is lost: every character is in one passage or in the list of what was
//! dropped.

mod boilerplate;
#[cfg(test)]
mod forms;
mod furniture;
mod hyphen;
mod imprint;
mod pages;
mod reflow;
mod row;
mod sentence;
mod split;

#[cfg(test)]
pub(crate) use split::tests::Words;

use std::borrow::Cow;
use std::ops::Range;

pub use boilerplate::{Fingerprint, Marks, marks};
use furniture::Role;
pub use sentence::sentences;
pub use split::TokenCounter;

use serde::{Deserialize, Serialize};

use crate::lang::script::has_caseless_letters;
use crate::source::{Block, BlockKind, Content, LocatedText, Metadata, Place, Source};

/// One paragraph of one source, or a part of one that is longer than the model's window.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Passage {
    /// Its place among the passages of its source, from 0.
    pub ordinal: usize,
    /// The document's words on one line.
    pub text: String,
    /// Where each sentence of `text` stands, in bytes.
    pub sentences: Vec<Range<usize>>,
    /// The line that it begins on, 1-based, where the format has lines.
    pub line_start: Option<usize>,
    /// The line that it ends on.
    pub line_end: Option<usize>,
    /// The page that it begins on, 1-based, where the format has pages.
    pub page: Option<usize>,
    /// The second, from the start, at which it begins, where the format has times.
    pub time: Option<u32>,
    /// The heading that it stands under; of a turn in a transcript, who speaks.
    pub heading: Option<String>,
}

impl Passage {
    /// The words of one of its sentences; of the whole, where it has no such one.
    pub fn sentence(&self, at: usize) -> &str {
        self.sentences.get(at).map_or(&self.text, |sentence| &self.text[sentence.clone()])
    }
}

/// Text of a document that is in no passage.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dropped {
    /// The words.
    pub text: String,
    /// Where they begin.
    pub place: Place,
    /// Why.
    pub reason: Cow<'static, str>,
}

/// A document in passages.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Segmented {
    /// The document's own; a title, an author and a day that it does not give are those found in the text.
    pub metadata: Metadata,
    /// In the order of the document.
    pub passages: Vec<Passage>,
    /// In the order of the document.
    pub dropped: Vec<Dropped>,
}

/// Whether lines that recur in many sources are left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Boilerplate {
    /// They are left out, and listed with what is in no passage.
    Drop,
    /// They are treated like any other text.
    Keep,
}

/// What is longer without a sentence end is data, not prose.
const MAX_SENTENCE_BYTES: usize = 1 << 20;
/// Longer paragraphs, as of a text without empty lines, are split into parts of whole sentences first.
const PART_BYTES: usize = 1 << 16;
/// Texts of fewer words than this join a neighbour.
const FRAGMENT_WORDS: usize = 5;
/// Unless they have so many letters without a case, in scripts that put no space between words.
const CASELESS_LETTERS: usize = 8;

/// What tells boilerplate in a source, for [`marks`]. A row of a table holds none.
pub fn fingerprint(source: &Source) -> Fingerprint {
    if source.is_row() {
        return Fingerprint::new(&[], &[]);
    }
    let Prepared { blocks, roles, .. } = Prepared::new(source);
    Fingerprint::new(&blocks, &roles)
}

/// Splits a source into passages that fit `counter`'s window, without what is marked.
pub fn segment(source: &Source, marks: &Marks, counter: &impl TokenCounter) -> Segmented {
    let mut prepared = Prepared::new(source);
    for &block in &marks.blocks {
        if let Some(role) = prepared.roles.get_mut(block) {
            *role = Role::Furniture(marks.reason);
        }
    }
    prepared.finish(counter)
}

/// A document whose blocks are found and judged.
struct Prepared<'a> {
    source: &'a Source,
    blocks: Cow<'a, [Block]>,
    roles: Vec<Role>,
    dropped: Vec<Dropped>,
}

impl<'a> Prepared<'a> {
    fn new(source: &'a Source) -> Self {
        let (blocks, dropped) = match &source.content {
            Content::Blocks(blocks) => (Cow::Borrowed(&blocks[..]), Vec::new()),
            Content::Lines(lines) => {
                let (blocks, furniture) = reflow::reflow(lines);
                (Cow::Owned(blocks), furniture.iter().map(|item| drop_text(&item.text, item.reason)).collect())
            }
        };
        let title = source.metadata.title.as_deref();
        let author = source.metadata.author.as_deref();
        let roles = if source.is_row() { row::roles(&blocks, title) } else { furniture::roles(&blocks, title, author) };
        Self { source, blocks, roles, dropped }
    }

    fn finish(self, counter: &impl TokenCounter) -> Segmented {
        let Self { source, blocks, roles, mut dropped } = self;
        let metadata = completed(&source.metadata, &blocks, &roles);
        let paragraphs = paragraphs(&blocks, &roles, metadata.title.as_deref(), counter, &mut dropped);
        let mut passages = Vec::new();
        for part in paragraphs.into_iter().flat_map(in_parts) {
            if part.text.as_str().len() > MAX_SENTENCE_BYTES {
                dropped.push(drop_text(&part.text, "longer than 1 MiB without a sentence end: not text"));
            } else {
                push_passages(&mut passages, &part, counter);
            }
        }
        dropped.sort_by_key(|dropped| (dropped.place.page, dropped.place.line, dropped.place.time));
        Segmented { metadata, passages, dropped }
    }
}

/// Fills what a document's metadata does not say from the title, byline and date line that it begins with.
fn completed(given: &Metadata, blocks: &[Block], roles: &[Role]) -> Metadata {
    let text = |at: usize| blocks[at].text.as_str();
    let title = || roles.iter().position(|role| *role == Role::Title).map(|at| text(at).to_owned());
    let said = imprint::of(blocks, roles);
    // What a page has left out between its title and its text.
    let after_title = || {
        let left_out = |at: &usize| matches!(roles[*at], Role::Furniture("before the article" | "navigation"));
        let below = roles.iter().position(|role| *role == Role::Title)? + 1..furniture::first_text(roles);
        below.filter(left_out).find_map(|at| imprint::day_in(text(at)))
    };
    Metadata {
        title: given.title.clone().or_else(title),
        author: given.author.clone().or(said.author),
        publisher: given.publisher.clone().or(said.publisher),
        date: given.date.or(said.date).or_else(after_title),
        ..given.clone()
    }
}

/// A paragraph, or the parts of a long one.
fn in_parts(paragraph: Paragraph) -> Vec<Paragraph> {
    if paragraph.text.as_str().len() <= PART_BYTES {
        return vec![paragraph];
    }
    let mut parts: Vec<Range<usize>> = Vec::new();
    for sentence in sentence::sentences(paragraph.text.as_str()) {
        match parts.last_mut() {
            Some(part) if sentence.end - part.start <= PART_BYTES => part.end = sentence.end,
            _ => parts.push(sentence),
        }
    }
    let part = |range: Range<usize>| Paragraph {
        text: paragraph.text.slice(range),
        heading: paragraph.heading.clone(),
        form: paragraph.form,
    };
    parts.into_iter().map(part).collect()
}

fn drop_text(text: &LocatedText, reason: &'static str) -> Dropped {
    Dropped { text: text.as_str().to_owned(), place: text.place(), reason: Cow::Borrowed(reason) }
}

/// Running text under one heading.
struct Paragraph {
    text: LocatedText,
    heading: Option<String>,
    form: Form,
}

/// What a paragraph is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    /// Running text.
    Prose,
    /// Rows of a table.
    Table,
    /// What somebody says, in the turn of this number.
    Speech(usize),
}

impl Form {
    fn of(kind: BlockKind, turn: usize) -> Self {
        match kind {
            BlockKind::TableRow => Self::Table,
            BlockKind::Speech => Self::Speech(turn),
            _ => Self::Prose,
        }
    }
}

/// The running text, paragraph by paragraph: those that were cut in mid-sentence joined again, list items joined to the
/// line that leads them in, as many rows of a table as fit into the window, fragments joined to a neighbour.
fn paragraphs(
    blocks: &[Block],
    roles: &[Role],
    title: Option<&str>,
    counter: &impl TokenCounter,
    dropped: &mut Vec<Dropped>,
) -> Vec<Paragraph> {
    let mut paragraphs: Vec<Paragraph> = Vec::new();
    let mut heading: Option<String> = None;
    let mut turn = 0;
    // Who is to speak and has said nothing yet.
    let mut silent: Option<&LocatedText> = None;
    // Whether the next text may still go on where the last paragraph stopped, and whether that was with a list item.
    let (mut open, mut listed) = (false, false);
    for (block, role) in blocks.iter().zip(roles) {
        let text = &block.text;
        match role {
            Role::Text => {
                silent = None;
                let form = Form::of(block.kind, turn);
                match paragraphs.last_mut().filter(|_| open) {
                    Some(last) if (form, last.form) == (Form::Table, Form::Table) && row_fits(last, text, counter) => {
                        append_row(&mut last.text, text);
                    }
                    Some(last) if listed && (continues(last, block) || lists_on(last, block, counter)) => {
                        append_row(&mut last.text, text);
                    }
                    Some(last) if continues(last, block) => append(&mut last.text, text),
                    _ => paragraphs.push(Paragraph { text: text.clone(), heading: heading.clone(), form }),
                }
                (open, listed) = (true, block.kind == BlockKind::ListItem);
            }
            // Who speaks is said by the heading of the turn.
            Role::Speaker => {
                turn += 1;
                dropped.extend(silent.replace(text).and_then(silent_speaker));
                heading = Some(text.as_str().to_owned()).filter(|speaker| !speaker.is_empty());
                open = false;
            }
            Role::Title => dropped.push(drop_text(text, "title")),
            Role::Heading => {
                dropped.push(drop_text(text, "heading"));
                heading = Some(text.as_str().to_owned()).filter(|heading| Some(heading.as_str()) != title);
                open = false;
            }
            // A paragraph may go on behind a picture or a pull-quote.
            Role::Furniture(reason) => dropped.push(drop_text(text, reason)),
        }
    }
    dropped.extend(silent.and_then(silent_speaker));
    join_fragments(paragraphs)
}

/// A speaker none of whose words are text.
fn silent_speaker(speaker: &LocatedText) -> Option<Dropped> {
    (!speaker.is_empty()).then(|| drop_text(speaker, "speaker"))
}

/// Whether `block` goes on with the sentence or the list that `last` ends in.
fn continues(last: &Paragraph, block: &Block) -> bool {
    let (before, next) = (last.text.as_str(), block.text.as_str());
    match block.kind {
        BlockKind::TableRow | BlockKind::Speech => false,
        _ if last.form != Form::Prose || before.len() > PART_BYTES => false,
        BlockKind::ListItem => {
            before.ends_with([':', ';', ',']) || next.split_whitespace().count() <= 9 && led_in(before)
        }
        _ => !sentence::is_complete(before) && next.starts_with(char::is_lowercase),
    }
}

/// Whether a short list item follows on another that is no sentence either, and as many as these fit into the window.
fn lists_on(last: &Paragraph, block: &Block, counter: &impl TokenCounter) -> bool {
    let is_label = |text: &str| text.split_whitespace().count() < FRAGMENT_WORDS && !sentence::is_complete(text);
    let before = last.text.as_str().rsplit("; ").next().unwrap_or("");
    block.kind == BlockKind::ListItem
        && is_label(before)
        && is_label(block.text.as_str())
        && row_fits(last, &block.text, counter)
}

/// Whether a lead-in with a colon and short items behind it is what the paragraph so far is.
fn led_in(text: &str) -> bool {
    text.rfind(": ").is_some_and(|at| !sentence::is_complete(&text[at..]) && !text[at..].contains(". "))
}

fn append(text: &mut LocatedText, more: &LocatedText) {
    text.space();
    text.append(more);
}

fn row_fits(last: &Paragraph, row: &LocatedText, counter: &impl TokenCounter) -> bool {
    let (before, row) = (last.text.as_str(), row.as_str());
    // A token is at least one character.
    let short = before.len() + row.len() + 2 <= counter.limit();
    short || counter.count(before) + counter.count(row) < counter.limit()
}

/// Rows and list items are told apart by semicolons, as cells are by commas.
fn append_row(text: &mut LocatedText, row: &LocatedText) {
    if !text.as_str().ends_with(|c: char| c.is_ascii_punctuation()) {
        text.push(";", row.place());
    }
    append(text, row);
}

/// Joins texts of fewer than five words to the paragraph before them under the same heading, else to the one behind. A
/// label, which finishes no sentence, belongs to what it stands before.
fn join_fragments(paragraphs: Vec<Paragraph>) -> Vec<Paragraph> {
    let short = |paragraph: &Paragraph| {
        paragraph.text.as_str().split_whitespace().count() < FRAGMENT_WORDS
            && !has_caseless_letters(paragraph.text.as_str(), CASELESS_LETTERS)
    };
    let is_label = |paragraph: &Paragraph, next: Option<&Paragraph>| {
        let text = paragraph.text.as_str();
        paragraph.form == Form::Prose
            && begins_as_label(text)
            && !sentence::is_complete(text)
            && next.is_some_and(|next| next.form == Form::Prose && belong_together(paragraph, next) && !short(next))
    };
    let mut joined: Vec<Paragraph> = Vec::new();
    let mut all = paragraphs.into_iter().peekable();
    while let Some(paragraph) = all.next() {
        // What stands behind an open line goes on with it, as a name behind a greeting.
        let closed = joined.last().is_some_and(|last| sentence::is_complete(last.text.as_str()));
        let leads = closed || paragraph.text.as_str().ends_with(',');
        let label = leads && short(&paragraph) && is_label(&paragraph, all.peek());
        match joined.last_mut() {
            Some(last) if belong_together(last, &paragraph) && (short(&paragraph) && !label || short(last)) => {
                append(&mut last.text, &paragraph.text);
            }
            _ => joined.push(paragraph),
        }
    }
    joined
}

/// Whether a short text may be the label of what follows: it begins with a word, or with a number as headings do.
fn begins_as_label(text: &str) -> bool {
    let first = text.split_whitespace().next().unwrap_or("");
    let numbered = first.starts_with(|c: char| c.is_ascii_digit()) && first.ends_with(['.', ')']);
    text.starts_with(char::is_alphabetic) || numbered && text.contains(char::is_alphabetic)
}

/// Whether two paragraphs stand under one heading, and in one turn where somebody speaks.
fn belong_together(one: &Paragraph, next: &Paragraph) -> bool {
    let spoken = |paragraph: &Paragraph| match paragraph.form {
        Form::Speech(turn) => Some(turn),
        Form::Prose | Form::Table => None,
    };
    one.heading == next.heading && spoken(one) == spoken(next)
}

fn push_passages(passages: &mut Vec<Passage>, paragraph: &Paragraph, counter: &impl TokenCounter) {
    let text = paragraph.text.as_str();
    let all = sentences(text);
    for range in split::split(text, &all, counter) {
        let part = &text[range.clone()];
        let (start, end) = (paragraph.text.place_at(range.start), paragraph.text.place_at(range.end.saturating_sub(1)));
        passages.push(Passage {
            ordinal: passages.len(),
            text: part.to_owned(),
            sentences: sentences(part),
            line_start: start.line,
            line_end: end.line,
            page: start.page,
            time: start.time,
            heading: paragraph.heading.clone(),
        });
    }
}
