//! Markdown to blocks. Marks are dropped, words are kept.

mod dialect;
mod template;

use dialect::Mark;
use pulldown_cmark::{CodeBlockKind, Event, HeadingLevel, Options, Parser, Tag, TagEnd};

use std::collections::VecDeque;
use std::ops::Range;

use super::decode::decode_text;
use super::html::{self, Extent, NOTE_MARK, STRUCK_OUT};
use super::read::check_text;
use super::{Block, BlockKind, Content, Date, LocatedText, Metadata, Parsed, Place, ReadError, raised};
use crate::lang::english::furniture::is_section;

/// Reads a Markdown document.
pub fn parse(bytes: &[u8]) -> Result<Parsed, ReadError> {
    let (text, note) = decode_text(bytes)?;
    check_text("Markdown", &text)?;
    Ok(Parsed { note, ..parse_text(&text) })
}

/// Returns the blocks, and the metadata of the front matter (a single first-level heading is also a title).
pub fn parse_text(text: &str) -> Parsed {
    let Some(bare) = template::without_tags(text) else { return parse_bare(text, VecDeque::new(), false) };
    parse_bare(&bare.text, bare.taken.into(), bare.mdx)
}

/// Reads a document whose tags have been removed.
fn parse_bare(text: &str, taken: VecDeque<Block>, mdx: bool) -> Parsed {
    // In other documents, double brackets are a link whose words are in brackets.
    let wiki = if text.contains("]](") { Options::empty() } else { Options::ENABLE_WIKILINKS };
    let options = wiki
        | Options::ENABLE_HEADING_ATTRIBUTES
        | Options::ENABLE_YAML_STYLE_METADATA_BLOCKS
        | Options::ENABLE_PLUSES_DELIMITED_METADATA_BLOCKS
        | Options::ENABLE_FOOTNOTES
        | Options::ENABLE_STRIKETHROUGH
        | Options::ENABLE_TABLES
        | Options::ENABLE_TASKLISTS;
    let mut builder = Builder { taken, mdx, ..Builder::new(text) };
    for (event, range) in Parser::new_ext(text, options).into_offset_iter() {
        builder.event(event, range);
    }
    builder.finish()
}

struct Builder<'a> {
    source: &'a str,
    /// Byte offset of the start of each line.
    line_starts: Vec<usize>,
    blocks: Vec<Block>,
    open: LocatedText,
    kind: BlockKind,
    /// Number of open list items.
    items: usize,
    in_metadata: bool,
    metadata: String,
    /// Whether the next text begins a table's cell.
    cell: bool,
    first_level: Vec<String>,
    level: Option<HeadingLevel>,
    /// Tags that were removed from the document, in order.
    taken: VecDeque<Block>,
    mdx: bool,
    /// Struck-out text of the open block, or, while more of it is being read, the rest of the block.
    struck: LocatedText,
    /// Number of open marks that strike out, and the offset in `struck` at which the outermost begins.
    striking: usize,
    strike: usize,
    /// Offset in the open block of the raised text that is being read.
    raised: Option<usize>,
    /// The note marks in the open block, and its author's comments.
    note_marks: LocatedText,
    comments: LocatedText,
    /// The open block of HTML, and the offset at which it begins.
    page: Option<(String, usize)>,
}

impl<'a> Builder<'a> {
    fn new(text: &'a str) -> Self {
        let line_starts = std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect();
        Self {
            source: text,
            line_starts,
            blocks: Vec::new(),
            open: LocatedText::default(),
            kind: BlockKind::Paragraph,
            items: 0,
            in_metadata: false,
            metadata: String::new(),
            cell: false,
            first_level: Vec::new(),
            level: None,
            taken: VecDeque::new(),
            mdx: false,
            struck: LocatedText::default(),
            striking: 0,
            strike: 0,
            raised: None,
            note_marks: LocatedText::default(),
            comments: LocatedText::default(),
            page: None,
        }
    }

    fn line(&self, offset: usize) -> usize {
        self.line_starts.partition_point(|start| *start <= offset)
    }

    fn event(&mut self, event: Event, range: Range<usize>) {
        let offset = range.start;
        match event {
            Event::Start(tag) => self.start(&tag),
            Event::End(tag) => self.end(tag),
            Event::Text(text) if self.in_metadata => self.metadata.push_str(&text),
            Event::Text(text) if self.kind != BlockKind::NotProse => self.marked_text(&text, offset),
            Event::Text(text) | Event::Code(text) => self.text(&text, offset),
            Event::Html(text) => self.page.get_or_insert((String::new(), offset)).0.push_str(&text),
            Event::SoftBreak | Event::HardBreak => self.open.space(),
            Event::Rule => self.flush(),
            Event::InlineHtml(tag) => self.inline(&tag, range.end),
            Event::FootnoteReference(_) | Event::TaskListMarker(_) => {}
            Event::InlineMath(text) | Event::DisplayMath(text) => self.text(&text, offset),
        }
    }

    /// Adds a text that may contain the marks of dialects.
    fn marked_text(&mut self, text: &str, offset: usize) {
        let mut rest = text;
        while let Some((at, end, mark)) = dialect::next(rest) {
            self.text(&rest[..at], offset);
            match mark {
                Mark::Attributes => self.take_brackets(),
                Mark::Highlight(words) => self.text(words, offset),
                Mark::Comment(words) => {
                    self.comments.space();
                    self.comments.push(words, Place::line(self.line(offset)));
                }
            }
            rest = &rest[end..];
        }
        self.text(rest, offset);
    }

    /// Removes the brackets before attributes, if what is in them is part of a line.
    fn take_brackets(&mut self) {
        /// Longer paragraphs keep their brackets, as removing each pair costs a copy.
        const MAX_LENGTH: usize = 20_000;
        let text = self.open.as_str();
        let Some(inner) = text.strip_suffix(']').filter(|inner| inner.len() < MAX_LENGTH) else { return };
        let Some(at) = inner.rfind(['[', ']']).filter(|at| inner[*at..].starts_with('[')) else { return };
        let (mut before, words) = (self.open.slice(0..at), self.open.slice(at + 1..inner.len()));
        before.append(&words);
        self.open = before;
    }

    fn text(&mut self, text: &str, offset: usize) {
        if text.is_empty() {
            return;
        }
        let first = self.line(offset);
        // Cells are separated by commas; an empty cell adds nothing.
        if std::mem::take(&mut self.cell) && !self.open.is_empty() {
            self.open.push(", ", Place::line(first));
        }
        for (index, line) in text.split_inclusive('\n').enumerate() {
            self.open.push(line, Place::line(first + index));
        }
    }

    fn start(&mut self, tag: &Tag) {
        match tag {
            Tag::Heading { level, .. } => {
                self.flush();
                self.kind = BlockKind::Heading;
                self.level = Some(*level);
            }
            Tag::Item => {
                self.flush();
                self.items += 1;
            }
            Tag::Image { .. } => {
                self.flush();
                self.kind = BlockKind::Caption;
            }
            // In MDX, indented text is not code.
            Tag::CodeBlock(CodeBlockKind::Indented) if self.mdx => self.flush(),
            Tag::CodeBlock(_) => {
                self.flush();
                self.kind = BlockKind::NotProse;
            }
            Tag::Strikethrough => self.strike(),
            Tag::TableHead | Tag::TableRow => {
                self.flush();
                self.kind = BlockKind::TableRow;
            }
            Tag::TableCell => self.cell = true,
            Tag::MetadataBlock(_) => self.in_metadata = true,
            Tag::Paragraph | Tag::List(_) | Tag::BlockQuote(_) | Tag::HtmlBlock | Tag::FootnoteDefinition(_) => {
                self.flush();
            }
            _ => {}
        }
    }

    fn end(&mut self, tag: TagEnd) {
        match tag {
            TagEnd::Item => {
                self.flush();
                self.items = self.items.saturating_sub(1);
            }
            TagEnd::MetadataBlock(_) => self.in_metadata = false,
            TagEnd::Strikethrough => self.end_strike(),
            TagEnd::HtmlBlock => self.page(),
            TagEnd::Heading(_)
            | TagEnd::Paragraph
            | TagEnd::Image
            | TagEnd::CodeBlock
            | TagEnd::TableHead
            | TagEnd::TableRow
            | TagEnd::List(_)
            | TagEnd::BlockQuote(_)
            | TagEnd::FootnoteDefinition => self.flush(),
            _ => {}
        }
    }

    /// Handles an inline tag that ends at `end`.
    fn inline(&mut self, tag: &str, end: usize) {
        let bare = tag.trim_start_matches('<');
        let (name, closes) = bare.strip_prefix('/').map_or((bare, false), |name| (name, true));
        let length = name.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(name.len());
        match (name[..length].to_ascii_lowercase().as_str(), closes) {
            ("br", _) if !self.cell => self.open.space(),
            ("del" | "s" | "strike", false) => self.strike(),
            ("del" | "s" | "strike", true) => self.end_strike(),
            ("sup", false) => self.raised = Some(self.open.as_str().len()),
            ("sup", true) => self.end_raised(end),
            _ => {}
        }
    }

    fn strike(&mut self) {
        if self.striking == 0 {
            std::mem::swap(&mut self.open, &mut self.struck);
            self.open.space();
            self.strike = self.open.as_str().len();
        }
        self.striking += 1;
    }

    fn end_strike(&mut self) {
        if self.striking == 1 {
            std::mem::swap(&mut self.open, &mut self.struck);
        }
        self.striking = self.striking.saturating_sub(1);
    }

    /// Takes a raised text out of the line if it is a note mark; puts a sign before it if it is an exponent.
    fn end_raised(&mut self, end: usize) {
        let length = self.open.as_str().len();
        let Some(at) = self.raised.take().filter(|at| *at < length && self.open.as_str().is_char_boundary(*at)) else {
            return;
        };
        let behind = &self.source[end..];
        let (base, sign) = self.open.as_str().split_at(at);
        let is_mark = raised::is_bracketed(sign)
            || raised::marks_note(base, sign) && !raised::leads(base, behind) && !raised::is_numerator(sign, behind);
        let exponent = raised::sign(base, sign);
        if is_mark {
            let mark = self.open.split_off(at);
            self.note_marks.space();
            self.note_marks.append(&mark);
        } else if let Some(exponent) = exponent {
            let mark = self.open.split_off(at);
            self.open.push(exponent, mark.place());
            self.open.append(&mark);
        }
    }

    fn flush(&mut self) {
        if std::mem::take(&mut self.striking) > 0 {
            // Text after an unclosed mark was not struck out.
            std::mem::swap(&mut self.open, &mut self.struck);
            self.open.append(&self.struck.slice(self.strike..self.struck.as_str().len()));
            self.struck = self.struck.slice(0..self.strike);
        }
        self.raised = None;
        let mut text = std::mem::take(&mut self.open);
        text.trim();
        let kind = std::mem::replace(&mut self.kind, BlockKind::Paragraph);
        let level = self.level.take();
        let mut struck = std::mem::take(&mut self.struck);
        struck.trim();
        let mut marks = std::mem::take(&mut self.note_marks);
        marks.trim();
        let mut comments = std::mem::take(&mut self.comments);
        comments.trim();
        if let (BlockKind::Paragraph, Some(length)) = (kind, dialect::without_name(text.as_str())) {
            text = text.slice(0..length);
        }
        self.block(kind, text, level);
        let aside = [(STRUCK_OUT, struck), (NOTE_MARK, marks), ("comment", comments)]
            .into_iter()
            .filter(|(_, text)| !text.is_empty());
        self.blocks.extend(aside.map(|(reason, text)| Block { kind: BlockKind::Furniture(reason), text }));
    }

    /// Reads a block of HTML; if it has no text, its markup is kept as not prose.
    fn page(&mut self) {
        let Some((page, offset)) = self.page.take() else { return };
        let first = self.line(offset);
        let (metadata, blocks) = html::read(&page, Extent::Whole).unwrap_or_default();
        if blocks.is_empty() {
            return self.block(BlockKind::NotProse, LocatedText::new(page.trim(), Place::line(first)), None);
        }
        self.first_level.extend(metadata.title.filter(|_| page.contains("<h1")));
        self.push_taken(Some(first));
        self.blocks.extend(blocks.into_iter().map(|block| Block { text: block.text.below(first - 1), ..block }));
    }

    fn block(&mut self, kind: BlockKind, text: LocatedText, level: Option<HeadingLevel>) {
        if text.is_empty() {
            return;
        }
        if level == Some(HeadingLevel::H1) {
            self.first_level.push(text.as_str().to_owned());
        }
        let kind = if kind == BlockKind::Paragraph && self.items > 0 { BlockKind::ListItem } else { kind };
        self.push_taken(text.place().line);
        self.blocks.push(Block { kind, text });
    }

    /// Adds the removed tags that were above a line; without a line, all of them.
    fn push_taken(&mut self, line: Option<usize>) {
        let above = |tag: &Block| line.is_none() || tag.text.place().line < line;
        let count = self.taken.iter().take_while(|tag| above(tag)).count();
        self.blocks.extend(self.taken.drain(..count));
    }

    fn finish(mut self) -> Parsed {
        self.flush();
        self.push_taken(None);
        let lone = (self.first_level.len() == 1).then(|| self.first_level.remove(0)).filter(|title| !is_section(title));
        let value = |keys: &[&str]| keys.iter().find_map(|key| metadata_value(&self.metadata, key));
        let metadata = Metadata {
            title: value(&["title"]).or(lone),
            author: value(&["author", "authors", "by"]),
            publisher: value(&["publisher", "publication", "source", "outlet", "site"]),
            date: value(&["date", "published", "pubdate"]).and_then(|date| Date::parse(&date)),
            language: value(&["language", "lang"]),
            ..Metadata::default()
        };
        Parsed { metadata, content: Content::Blocks(self.blocks), note: None, missing: None }
    }
}

/// Returns the value of a plain `key: value` or `key = value` line of front matter, unquoted; a list is joined with
/// commas.
fn metadata_value(metadata: &str, key: &str) -> Option<String> {
    let mut lines = metadata.lines();
    let line = lines.find_map(|line| line.strip_prefix(key)?.trim_start().strip_prefix([':', '=']))?;
    let unquoted = |value: &str| value.trim().trim_matches(['"', '\'']).trim().to_owned();
    let items =
        |text: &str| text.split(',').map(unquoted).filter(|item| !item.is_empty()).collect::<Vec<_>>().join(", ");
    let value = match line.trim() {
        "" => lines.map_while(|line| line.trim_start().strip_prefix("- ")).map(unquoted).collect::<Vec<_>>().join(", "),
        list if list.starts_with('[') && list.ends_with(']') => items(&list[1..list.len() - 1]),
        plain => unquoted(plain),
    };
    (!value.is_empty()).then_some(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn blocks(text: &str) -> Vec<(BlockKind, String, usize)> {
        let Content::Blocks(blocks) = parse_text(text).content else { panic!("Markdown gives blocks") };
        blocks.into_iter().map(|b| (b.kind, b.text.as_str().to_owned(), b.text.place().line.unwrap())).collect()
    }

    fn title(text: &str) -> Option<String> {
        parse_text(text).metadata.title
    }

    #[test]
    fn marks_go_and_words_stay() {
        let found = blocks("# Quay *news*\n\nThe [ferry](http://x) was\n**late** again.\n\n- one\n- two\n");
        let expected = [
            (BlockKind::Heading, "Quay news".to_owned(), 1),
            (BlockKind::Paragraph, "The ferry was late again.".to_owned(), 3),
            (BlockKind::ListItem, "one".to_owned(), 6),
            (BlockKind::ListItem, "two".to_owned(), 7),
        ];
        assert_eq!(found, expected);
    }

    #[test]
    fn the_title_is_front_matters_or_the_only_first_heading() {
        assert_eq!(title("---\ntitle: \"A title\"\n---\n\n# Other\n\nText.").as_deref(), Some("A title"));
        assert_eq!(title("# Only\n\nText.").as_deref(), Some("Only"));
        assert_eq!(title("# One\n\n# Two\n"), None);
    }

    #[test]
    fn front_matter_feeds_the_metadata() {
        let found = parse_text(
            "---\nauthors:\n  - Ada Sund\n  - Ola Brandt\ndate: 2026-03-05T10:00:00Z\npublisher: 'Tarn Gazette'\n\
             lang: en-GB\n---\nText.",
        )
        .metadata;
        assert_eq!(found.author.as_deref(), Some("Ada Sund, Ola Brandt"));
        assert_eq!((found.date, found.publisher.as_deref()), (Date::new(2026, 3, 5), Some("Tarn Gazette")));
        assert_eq!((found.language.as_deref(), found.title), (Some("en-GB"), None));
        assert_eq!(
            parse_text("---\nauthor: [Ada Sund, \"Ola Brandt\"]\n---\n").metadata.author.as_deref(),
            Some("Ada Sund, Ola Brandt")
        );
    }

    #[test]
    fn code_and_images_are_no_prose() {
        let found = blocks("```\nlet x = 1;\n```\n\n![A gull](gull.png)\n");
        let kinds: Vec<_> = found.iter().map(|b| b.0).collect();
        assert_eq!(kinds, [BlockKind::NotProse, BlockKind::Caption]);
    }

    #[test]
    fn a_table_is_read_row_by_row() {
        let found = blocks("| Port | Ferries *now* |\n|---|---|\n| Tarn | 2 |\n| | 3 |\n\nText.");
        let expected = [
            (BlockKind::TableRow, "Port, Ferries now".to_owned(), 1),
            (BlockKind::TableRow, "Tarn, 2".to_owned(), 3),
            (BlockKind::TableRow, "3".to_owned(), 4),
            (BlockKind::Paragraph, "Text.".to_owned(), 6),
        ];
        assert_eq!(found, expected);
    }

    #[test]
    fn blocks_of_html_are_read_and_what_is_struck_out_is_set_aside() {
        let text = "<h1 align=\"center\">Brennick</h1>\n\n<p align=\"center\">\n  It tells which ferries are late.\n\
                    </p>\n\n\
                    <details>\n\nIt ~~asks~~ reads the log.\n\n</details>\n";
        let found = blocks(text);
        let expected = [
            (BlockKind::Heading, "Brennick".to_owned(), 1),
            (BlockKind::Paragraph, "It tells which ferries are late.".to_owned(), 4),
            (BlockKind::NotProse, "<details>".to_owned(), 7),
            (BlockKind::Paragraph, "It reads the log.".to_owned(), 9),
            (BlockKind::Furniture(STRUCK_OUT), "asks".to_owned(), 9),
            (BlockKind::NotProse, "</details>".to_owned(), 11),
        ];
        assert_eq!(found, expected);
        assert_eq!(title(text).as_deref(), Some("Brennick"));
    }

    #[test]
    fn tags_within_a_line_mean_what_they_do_in_html() {
        let found = blocks(
            "Dear all,<br>the lamp<sup>1</sup> burns<br/>10<sup>6</sup> hours. It is <del>never</del> seldom <s>lit.\n\
             \n\
             | Gate | Note |\n|---|---|\n| Two | <br>Leaks.<br>Shut it. |\n",
        );
        let expected = [
            (BlockKind::Paragraph, "Dear all, the lamp burns 10^6 hours. It is seldom lit.".to_owned(), 1),
            (BlockKind::Furniture(STRUCK_OUT), "never".to_owned(), 1),
            (BlockKind::Furniture(NOTE_MARK), "1".to_owned(), 1),
            (BlockKind::TableRow, "Gate, Note".to_owned(), 3),
            (BlockKind::TableRow, "Two, Leaks. Shut it.".to_owned(), 5),
        ];
        assert_eq!(found, expected);
        let struck = blocks("It is <del>never</del> seldom lit.");
        assert_eq!((struck[0].1.as_str(), struck[1].1.as_str()), ("It is seldom lit.", "never"));
    }

    #[test]
    fn marks_of_dialects_are_no_text() {
        let text = "# The forge {#forge .wide}\n\nThe smith of [[Orrin|the town]] has ==nine== hammers, says [[Ada]]. \
                    %%ask Ola%% ^count\n\n\
                    {: .notice}\nIt is [hot]{.smallcaps} in `a ==b== {.c}`.\n{: .notice}\n";
        let found = blocks(text);
        let expected = [
            (BlockKind::Heading, "The forge".to_owned(), 1),
            (BlockKind::Paragraph, "The smith of the town has nine hammers, says Ada.".to_owned(), 3),
            (BlockKind::Furniture("comment"), "ask Ola".to_owned(), 3),
            (BlockKind::Paragraph, "It is hot in a ==b== {.c}.".to_owned(), 6),
        ];
        assert_eq!(found, expected);
        assert_eq!(blocks("See [[1]](https://x.example) and {this}.")[0].1, "See [1] and {this}.");
    }

    #[test]
    fn marks_of_notices_are_no_text() {
        let text = "> [!NOTE]\n> Alerts are boxes.\n\n:::warning\nBoxes hold sentences.\n:::\n\n\
                    !!! note \"Title\"\n    Some are indented.\n\n    And go on.\n\nThe end.\n\n    let code = 1;\n";
        let said: Vec<_> = blocks(text).into_iter().filter(|block| block.0 == BlockKind::Paragraph).collect();
        let said: Vec<_> = said.iter().map(|block| (block.1.as_str(), block.2)).collect();
        let expected = [
            ("Alerts are boxes.", 2),
            ("Boxes hold sentences.", 5),
            ("Some are indented.", 9),
            ("And go on.", 11),
            ("The end.", 13),
        ];
        assert_eq!(said, expected);
    }

    #[test]
    fn deep_nesting_neither_panics_nor_hangs() {
        blocks(&"> ".repeat(20_000));
        blocks(&"- ".repeat(20_000));
        blocks(&"[".repeat(50_000));
        blocks(&"*a_".repeat(50_000));
    }
}
