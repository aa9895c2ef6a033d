//! Passages: real paragraphs, the units that are embedded and compared.
//!
//! A document's blocks are found ([`reflow`](self)), those that are not text are set aside with a reason, and the rest
//! is split to fit the model's window. Nothing is lost: every character is in one passage or in the list of dropped
//! parts.

mod boilerplate;
#[cfg(test)]
mod forms;
mod furniture;
mod hyphen;
mod imprint;
mod pages;
mod reflow;
mod role;
mod row;
mod sentence;
mod split;

#[cfg(test)]
pub(crate) use split::tests::Words;

use std::borrow::Cow;
use std::collections::HashSet;
use std::ops::Range;

pub use boilerplate::{Fingerprint, Marks, marks};
use role::{Role, first_text, words};
pub use sentence::sentences;
pub use split::TokenCounter;

use serde::{Deserialize, Serialize};

use crate::lang::is_grammatical;
use crate::lang::script::has_caseless_letters;
use crate::source::{Block, BlockKind, Content, LocatedText, Metadata, Place, Source};

/// One paragraph of one source, or a part of one that is longer than the model's window.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Passage {
    /// The index among the passages of its source, from 0.
    pub ordinal: usize,
    /// The document's words on one line.
    pub text: String,
    /// The byte range of each sentence in `text`.
    pub sentences: Vec<Range<usize>>,
    /// The first line, 1-based, if the format has lines.
    pub line_start: Option<usize>,
    /// The last line.
    pub line_end: Option<usize>,
    /// The page on which it begins, 1-based, if the format has pages.
    pub page: Option<usize>,
    /// The second, from the start, at which it begins, if the format has times.
    pub time: Option<u32>,
    /// The heading above it; for a turn in a transcript, the speaker.
    pub heading: Option<String>,
}

impl Passage {
    /// The words of sentence `at`, or the whole text if there is no such sentence.
    pub fn sentence(&self, at: usize) -> &str {
        self.sentences.get(at).map_or(&self.text, |sentence| &self.text[sentence.clone()])
    }
}

/// Text of a document that is in no passage.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dropped {
    /// The words.
    pub text: String,
    /// The place at which they begin.
    pub place: Place,
    /// The reason for dropping them.
    pub reason: Cow<'static, str>,
}

/// A document divided into passages.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Segmented {
    /// The document's metadata; a missing title, author or day is filled in from the text.
    pub metadata: Metadata,
    /// The passages, in the order of the document.
    pub passages: Vec<Passage>,
    /// The dropped parts, in the order of the document.
    pub dropped: Vec<Dropped>,
}

/// How lines that recur in many sources are treated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Boilerplate {
    /// They are dropped, and listed with the other dropped parts.
    Drop,
    /// They are treated like any other text.
    Keep,
}

/// Maximum length of a sentence; anything longer without a sentence end is data, not prose.
const MAX_SENTENCE_BYTES: usize = 1 << 20;
/// Longer paragraphs, as in a text without blank lines, are first split into parts of whole sentences.
const PART_BYTES: usize = 1 << 16;
/// Texts of fewer words than this are joined to a neighbour.
const FRAGMENT_WORDS: usize = 5;
/// Joined list items of at least this many words stay sentences of their own.
const ITEM_WORDS: usize = 3;
/// Maximum number of words of a label at the start of a paragraph, and minimum number of different labels in a document
/// that uses them.
const LABEL_WORDS: usize = 4;
const LABELS: usize = 3;
/// Words of grammar that labels contain.
const IN_LABELS: &[&str] = &["a", "an", "and", "for", "in", "new", "of", "on", "or", "other", "the", "to", "with"];
/// A text with at least this many caseless letters, in scripts without spaces between words, is not a fragment.
const CASELESS_LETTERS: usize = 8;

/// The fingerprint of a source by which [`marks`] recognises boilerplate. Rows of a table have none.
pub fn fingerprint(source: &Source) -> Fingerprint {
    if source.is_row() {
        return Fingerprint::new(&[], &[]);
    }
    let Prepared { blocks, roles, .. } = Prepared::new(source);
    Fingerprint::new(&blocks, &roles)
}

/// Splits a source into passages that fit `counter`'s window, without the marked parts.
pub fn segment(source: &Source, marks: &Marks, counter: &impl TokenCounter) -> Segmented {
    let mut prepared = Prepared::new(source);
    for &block in &marks.blocks {
        if let Some(role) = prepared.roles.get_mut(block) {
            *role = Role::Furniture(marks.reason);
        }
    }
    prepared.finish(counter)
}

/// A document with its blocks and their roles.
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
        let label = |paragraph: &'_ Paragraph| paragraph.label().map(|end| paragraph.text.as_str()[..end].to_owned());
        let labelled = paragraphs.iter().filter_map(label).collect::<HashSet<_>>().len() >= LABELS;
        let mut passages = Vec::new();
        for part in paragraphs.into_iter().flat_map(in_parts) {
            if part.text.as_str().len() > MAX_SENTENCE_BYTES {
                dropped.push(drop_text(&part.text, "longer than 1 MiB without a sentence end: not text"));
            } else {
                push_passages(&mut passages, &part, labelled, counter);
            }
        }
        dropped.sort_by_key(|dropped| (dropped.place.page, dropped.place.line, dropped.place.time));
        Segmented { metadata, passages, dropped }
    }
}

/// Fills in metadata that the document does not state, from the title, byline and date line at its beginning.
fn completed(given: &Metadata, blocks: &[Block], roles: &[Role]) -> Metadata {
    let text = |at: usize| blocks[at].text.as_str();
    let title = || roles.iter().position(|role| *role == Role::Title).map(|at| text(at).to_owned());
    let said = imprint::of(blocks, roles);
    // Only parts that the page drops between its title and its text.
    let left_out = |at: &usize| {
        let reasons = ["before the article", "navigation", "title page: author, address or date"];
        matches!(roles[*at], Role::Furniture(reason) if reasons.contains(&reason))
    };
    let first = first_text(roles);
    let begin = roles.iter().position(|role| *role == Role::Title).map_or(first, |title| title + 1);
    let after_title = || (begin..first).filter(left_out).map(text);
    let full_name = |line: &str| imprint::author(line).filter(|name| words(name) > 1);
    let dateline = || blocks.get(first).and_then(|block| imprint::day_of_dateline(block.text.as_str()));
    Metadata {
        title: given.title.clone().or_else(title),
        author: given.author.clone().or(said.author).or_else(|| after_title().find_map(full_name)),
        publisher: given.publisher.clone().or(said.publisher),
        date: given.date.or(said.date).or_else(|| after_title().find_map(imprint::day_in)).or_else(dateline),
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
        items: paragraph.items.iter().filter(|at| range.contains(at)).map(|at| at - range.start).collect(),
        text: paragraph.text.slice(range),
        heading: paragraph.heading.clone(),
        ..paragraph
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
    /// The number of its part of the document: a heading, a byline or a date starts a new part.
    section: usize,
    /// Whether it starts as a list item.
    listed: bool,
    /// Where joined list items start that are sentences of their own, in bytes.
    items: Vec<usize>,
}

impl Paragraph {
    /// Returns its sentences. If the document uses `labels`, a label at its start is part of the sentence after it.
    fn sentences(&self, labels: bool) -> Vec<Range<usize>> {
        let text = self.text.as_str();
        let mut found: Vec<Range<usize>> = Vec::new();
        for sentence in sentences(text) {
            let mut start = sentence.start;
            for &item in self.items.iter().filter(|item| sentence.start < **item && **item < sentence.end) {
                found.push(start..text[..item].trim_end_matches([' ', ';']).len());
                start = item;
            }
            found.push(start..sentence.end);
        }
        if let Some(label) = self.label().filter(|_| labels)
            && found.len() > 1
            && found[0].end == label
        {
            found.remove(0);
            found[0].start = 0;
        }
        found
    }

    /// Returns the end of a label at its start, as in press releases and reports: `Cash and debt. Free cash …`.
    fn label(&self) -> Option<usize> {
        let text = self.text.as_str();
        let number = text.bytes().take_while(u8::is_ascii_digit).count();
        let start = if number > 0 && text[number..].starts_with(". ") { number + 2 } else { 0 };
        let (name, _) = text[start..].split_once(". ").filter(|_| self.form == Form::Prose)?;
        let in_name = |word: &str| {
            let lower = word.to_lowercase();
            IN_LABELS.contains(&lower.as_str()) || word.chars().all(|c| c.is_alphabetic() || c == '-') && !tells(&lower)
        };
        let fits = words(name) <= LABEL_WORDS && name.split_whitespace().all(in_name);
        (fits && name.starts_with(char::is_uppercase)).then_some(start + name.len() + 1)
    }
}

/// Whether a word belongs to a sentence rather than to a label.
fn tells(lower: &str) -> bool {
    is_grammatical(lower) || lower.len() > 4 && lower.ends_with("ed")
}

/// The kind of text of a paragraph.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    /// Running text.
    Prose,
    /// Rows of a table.
    Table,
    /// Speech, in the turn of this number.
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

/// The running text as paragraphs: those cut in mid-sentence are joined again, list items are joined to their lead-in,
/// as many rows of a table as fit into the window are joined, and fragments are joined to a neighbour.
fn paragraphs(
    blocks: &[Block],
    roles: &[Role],
    title: Option<&str>,
    counter: &impl TokenCounter,
    dropped: &mut Vec<Dropped>,
) -> Vec<Paragraph> {
    let mut paragraphs: Vec<Paragraph> = Vec::new();
    let mut heading: Option<String> = None;
    let (mut turn, mut section) = (0, 0);
    // A speaker who has not said anything yet.
    let mut silent: Option<&LocatedText> = None;
    // Whether the next text may continue the last paragraph, and whether that ended with a list item.
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
                    Some(last) if listed && continues(last, block) => append_row(&mut last.text, text),
                    Some(last) if listed && lists_on(last, block, counter) => append_item(last, text, &[]),
                    Some(last) if continues(last, block) => append(&mut last.text, text),
                    _ => paragraphs.push(Paragraph {
                        text: text.clone(),
                        heading: heading.clone(),
                        form,
                        section,
                        listed: block.kind == BlockKind::ListItem,
                        items: Vec::new(),
                    }),
                }
                (open, listed) = (true, block.kind == BlockKind::ListItem);
            }
            // The heading of the turn names the speaker.
            Role::Speaker => {
                turn += 1;
                dropped.extend(silent.replace(text).and_then(silent_speaker));
                heading = Some(text.as_str().to_owned()).filter(|speaker| !speaker.is_empty());
                open = false;
            }
            Role::Title => dropped.push(drop_text(text, "title")),
            Role::Heading => {
                dropped.push(drop_text(text, "heading"));
                section += 1;
                heading = Some(text.as_str().to_owned()).filter(|heading| Some(heading.as_str()) != title);
                open = false;
            }
            // A paragraph may continue after a picture or a pull-quote.
            Role::Furniture(reason) => {
                section += usize::from(matches!(*reason, "byline" | "date"));
                dropped.push(drop_text(text, reason));
            }
        }
    }
    dropped.extend(silent.and_then(silent_speaker));
    join_fragments(paragraphs)
}

/// A speaker without any text.
fn silent_speaker(speaker: &LocatedText) -> Option<Dropped> {
    (!speaker.is_empty()).then(|| drop_text(speaker, "speaker"))
}

/// Whether `block` continues the sentence or list that ends `last`.
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

/// Whether a short list item follows another that is not a sentence either, as long as they fit into the window.
fn lists_on(last: &Paragraph, block: &Block, counter: &impl TokenCounter) -> bool {
    let is_label = |text: &str| text.split_whitespace().count() < FRAGMENT_WORDS && !sentence::is_complete(text);
    let before = last.text.as_str().rsplit("; ").next().unwrap_or("");
    block.kind == BlockKind::ListItem
        && is_label(before)
        && is_label(block.text.as_str())
        && row_fits(last, &block.text, counter)
}

/// Whether the paragraph so far is a lead-in with a colon followed by short items.
fn led_in(text: &str) -> bool {
    let Some(items) = text.rfind(": ").map(|at| &text[at..]) else { return false };
    let bracketed = items.matches(')').count() > items.matches('(').count();
    !sentence::is_complete(items) && !items.contains(". ") && !bracketed
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

/// Appends a list item to another; both stay sentences of their own if they are long enough.
fn append_item(last: &mut Paragraph, item: &LocatedText, items: &[usize]) {
    let before = &last.text.as_str()[last.items.last().copied().unwrap_or(0)..];
    let apart = [before, item.as_str()].iter().all(|text| words(text) >= ITEM_WORDS);
    append_row(&mut last.text, item);
    let start = last.text.as_str().len() - item.as_str().len();
    last.items.extend(apart.then_some(start));
    last.items.extend(items.iter().map(|at| start + at));
}

/// Rows and list items are separated by semicolons, like cells by commas.
fn append_row(text: &mut LocatedText, row: &LocatedText) {
    if !sentence::is_complete(text.as_str()) && !text.as_str().ends_with([':', ';', ',']) {
        text.push(";", row.place());
    }
    append(text, row);
}

/// Joins texts of fewer than five words to the preceding paragraph under the same heading, or else to the following
/// one. A label, which does not finish a sentence, belongs to what follows it.
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
            && (!paragraph.listed || next.is_some_and(|next| next.listed))
    };
    // A text about one day does not continue under the next date, but a label does.
    let joins = |last: &Paragraph, paragraph: &Paragraph, label: bool| {
        if last.section == paragraph.section {
            short(paragraph) && !label || short(last)
        } else {
            short(last) && !sentence::is_complete(last.text.as_str())
        }
    };
    let mut joined: Vec<Paragraph> = Vec::new();
    let mut all = paragraphs.into_iter().peekable();
    while let Some(paragraph) = all.next() {
        // Text after an open line continues it, like a name after a greeting.
        let closed = joined.last().is_some_and(|last| sentence::is_complete(last.text.as_str()));
        let leads = closed || paragraph.text.as_str().ends_with(',');
        let label = leads && short(&paragraph) && is_label(&paragraph, all.peek());
        match joined.last_mut() {
            Some(last) if belong_together(last, &paragraph) && joins(last, &paragraph, label) => {
                // Nothing separates a term from its definition.
                let term = short(last) && words(last.text.as_str()) < ITEM_WORDS;
                if last.listed && paragraph.listed && !term {
                    append_item(last, &paragraph.text, &paragraph.items);
                } else {
                    append(&mut last.text, &paragraph.text);
                }
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

/// Whether two paragraphs are under one heading and, if spoken, in one turn.
fn belong_together(one: &Paragraph, next: &Paragraph) -> bool {
    let spoken = |paragraph: &Paragraph| match paragraph.form {
        Form::Speech(turn) => Some(turn),
        Form::Prose | Form::Table => None,
    };
    one.heading == next.heading && spoken(one) == spoken(next)
}

fn push_passages(passages: &mut Vec<Passage>, paragraph: &Paragraph, labels: bool, counter: &impl TokenCounter) {
    let text = paragraph.text.as_str();
    let all = paragraph.sentences(labels);
    for range in split::split(text, &all, counter) {
        let part = &text[range.clone()];
        let (start, end) = (paragraph.text.place_at(range.start), paragraph.text.place_at(range.end.saturating_sub(1)));
        passages.push(Passage {
            ordinal: passages.len(),
            text: part.to_owned(),
            sentences: within(&all, &range),
            line_start: start.line,
            line_end: end.line,
            page: start.page,
            time: start.time,
            heading: paragraph.heading.clone(),
        });
    }
}

/// Returns the sentences, or parts of them, within a part of a text.
fn within(sentences: &[Range<usize>], part: &Range<usize>) -> Vec<Range<usize>> {
    let cut = |sentence: &Range<usize>| sentence.start.max(part.start)..sentence.end.min(part.end);
    let found = sentences.iter().map(cut).filter(|sentence| sentence.start < sentence.end);
    found.map(|sentence| sentence.start - part.start..sentence.end - part.start).collect()
}
