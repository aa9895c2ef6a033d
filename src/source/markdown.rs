//! Markdown to blocks. Marks are dropped, the words stay.

use pulldown_cmark::{Event, HeadingLevel, MetadataBlockKind, Options, Parser, Tag, TagEnd};

use super::{Block, BlockKind, Content, LocatedText};

/// The title (front matter's, else a lone first-level heading's) and the blocks.
pub fn parse(text: &str) -> (Option<String>, Content) {
    let options = Options::ENABLE_YAML_STYLE_METADATA_BLOCKS
        | Options::ENABLE_FOOTNOTES
        | Options::ENABLE_STRIKETHROUGH
        | Options::ENABLE_TABLES
        | Options::ENABLE_TASKLISTS;
    let mut builder = Builder::new(text);
    for (event, range) in Parser::new_ext(text, options).into_offset_iter() {
        builder.event(event, range.start);
    }
    builder.finish()
}

struct Builder {
    /// Byte offset of each line's start.
    line_starts: Vec<usize>,
    blocks: Vec<Block>,
    open: LocatedText,
    kind: BlockKind,
    /// How many list items are open.
    items: usize,
    in_metadata: bool,
    metadata: String,
    first_level: Vec<String>,
    level: Option<HeadingLevel>,
}

impl Builder {
    fn new(text: &str) -> Self {
        let line_starts = std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect();
        Self {
            line_starts,
            blocks: Vec::new(),
            open: LocatedText::default(),
            kind: BlockKind::Paragraph,
            items: 0,
            in_metadata: false,
            metadata: String::new(),
            first_level: Vec::new(),
            level: None,
        }
    }

    fn line(&self, offset: usize) -> usize {
        self.line_starts.partition_point(|start| *start <= offset)
    }

    fn event(&mut self, event: Event, offset: usize) {
        match event {
            Event::Start(tag) => self.start(&tag),
            Event::End(tag) => self.end(tag),
            Event::Text(text) if self.in_metadata => self.metadata.push_str(&text),
            Event::Text(text) | Event::Code(text) => self.text(&text, offset),
            Event::Html(text) => {
                self.text(&text, offset);
                self.kind = BlockKind::NotProse;
            }
            Event::SoftBreak | Event::HardBreak => self.open.space(),
            Event::Rule => self.flush(),
            Event::InlineHtml(_) | Event::FootnoteReference(_) | Event::TaskListMarker(_) => {}
            Event::InlineMath(text) | Event::DisplayMath(text) => self.text(&text, offset),
        }
    }

    fn text(&mut self, text: &str, offset: usize) {
        let first = self.line(offset);
        for (index, line) in text.split_inclusive('\n').enumerate() {
            self.open.push(line, first + index);
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
            Tag::CodeBlock(_) | Tag::HtmlBlock | Tag::Table(_) => {
                self.flush();
                self.kind = BlockKind::NotProse;
            }
            Tag::TableRow | Tag::TableCell => self.open.space(),
            Tag::MetadataBlock(MetadataBlockKind::YamlStyle) => self.in_metadata = true,
            Tag::Paragraph | Tag::List(_) | Tag::BlockQuote(_) | Tag::FootnoteDefinition(_) => self.flush(),
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
            TagEnd::Heading(_)
            | TagEnd::Paragraph
            | TagEnd::Image
            | TagEnd::CodeBlock
            | TagEnd::HtmlBlock
            | TagEnd::Table
            | TagEnd::List(_)
            | TagEnd::BlockQuote(_)
            | TagEnd::FootnoteDefinition => self.flush(),
            _ => {}
        }
    }

    fn flush(&mut self) {
        let mut text = std::mem::take(&mut self.open);
        text.trim();
        let kind = std::mem::replace(&mut self.kind, BlockKind::Paragraph);
        let level = self.level.take();
        if text.is_empty() {
            return;
        }
        if level == Some(HeadingLevel::H1) {
            self.first_level.push(text.as_str().to_owned());
        }
        let kind = if kind == BlockKind::Paragraph && self.items > 0 { BlockKind::ListItem } else { kind };
        self.blocks.push(Block { kind, text });
    }

    fn finish(mut self) -> (Option<String>, Content) {
        self.flush();
        let lone = (self.first_level.len() == 1).then(|| self.first_level.remove(0));
        (metadata_value(&self.metadata, "title").or(lone), Content::Blocks(self.blocks))
    }
}

/// The value of a plain `key: value` line of front matter, without its quotes.
fn metadata_value(metadata: &str, key: &str) -> Option<String> {
    let line = metadata.lines().find_map(|line| line.strip_prefix(key)?.strip_prefix(':'))?;
    let value = line.trim().trim_matches(['"', '\'']).trim();
    (!value.is_empty()).then(|| value.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn blocks(text: &str) -> Vec<(BlockKind, String, usize)> {
        let (_, Content::Blocks(blocks)) = parse(text) else { panic!("Markdown gives blocks") };
        blocks.into_iter().map(|b| (b.kind, b.text.as_str().to_owned(), b.text.first_line())).collect()
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
        assert_eq!(parse("---\ntitle: \"A title\"\n---\n\n# Other\n\nText.").0.as_deref(), Some("A title"));
        assert_eq!(parse("# Only\n\nText.").0.as_deref(), Some("Only"));
        assert_eq!(parse("# One\n\n# Two\n").0, None);
    }

    #[test]
    fn code_tables_and_images_are_no_prose() {
        let found = blocks("```\nlet x = 1;\n```\n\n![A gull](gull.png)\n\n| a | b |\n|---|---|\n| 1 | 2 |\n");
        let kinds: Vec<_> = found.iter().map(|b| b.0).collect();
        assert_eq!(kinds, [BlockKind::NotProse, BlockKind::Caption, BlockKind::NotProse]);
    }

    #[test]
    fn deep_nesting_neither_panics_nor_hangs() {
        blocks(&"> ".repeat(20_000));
        blocks(&"- ".repeat(20_000));
        blocks(&"[".repeat(50_000));
        blocks(&"*a_".repeat(50_000));
    }
}
