//! Rich Text Format (RTF 1.9.1): groups in braces, control words and bytes in code pages.

mod charset;
mod reader;
mod token;

use super::{Content, Parsed, ReadError};
use reader::Reader;
use token::Token;

/// Reads a document.
///
/// # Errors
/// When the bytes are not RTF, or are nested too deeply.
pub fn parse(bytes: &[u8]) -> Result<Parsed, ReadError> {
    read(bytes).map_err(|reason| ReadError::Malformed { format: "RTF", reason })
}

fn read(bytes: &[u8]) -> Result<Parsed, String> {
    if !bytes.starts_with(b"{\\rtf") {
        return Err("it does not begin as RTF does".to_owned());
    }
    let mut reader = Reader::default();
    let mut tokens = token::tokens(bytes);
    for token in tokens.by_ref() {
        reader.take(token)?;
        if reader.is_over() {
            break;
        }
    }
    let behind = tokens.any(|token| matches!(token, Token::Text(text) if text.iter().any(u8::is_ascii_alphanumeric)));
    let missing = (!reader.is_over()).then(|| "ends too early; the file may be cut off".to_owned());
    let behind = reader.is_over() && behind;
    let note = behind.then(|| "has text after its last closing brace, which was left out".to_owned());
    let (metadata, blocks) = reader.finish();
    Ok(Parsed { metadata, content: Content::Blocks(blocks), note, missing }.dated_by_title_page())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::{Block, BlockKind};

    fn blocks(body: &str) -> Vec<Block> {
        match parse(format!("{{\\rtf1\\ansi\\ansicpg1252\\deff0{body}}}").as_bytes()).unwrap().content {
            Content::Blocks(blocks) => blocks,
            Content::Lines(_) => panic!("lines"),
        }
    }

    #[track_caller]
    fn reads(body: &str, expected: &[&str]) {
        let blocks = blocks(body);
        let found: Vec<&str> = blocks.iter().map(|block| block.text.as_str()).collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn text_in_any_writing() {
        reads(
            "{\\fonttbl{\\f0 Arial;}{\\f1\\fcharset204 Arial Cyr;}}{\\colortbl;\\red0;}\\f0 The caf\\'e9 {\\b on the \
             q}uay\\~is \\u8220?open\\u8221 ?.\\par\r\n{\\f1 \\'cf\\'e0\\'f0\\'ee\\'ec} sank\\line at dawn.\\par \
             \\uc2\\u-10179xx\\u-8704xx\\emdash x\\-y",
            &["The café on the quay is “open”.", "Паром sank at dawn.", "😀—xy"],
        );
    }

    #[test]
    fn what_is_not_said() {
        reads(
            "{\\*\\generator Word;}{\\info{\\title Ferry}}{\\pict\\pngblip 89504e47}The {\\deleted sunk }{\\v hidden \
             }ferry{\\field{\\*\\fldinst HYPERLINK \"x\"}{\\fldrslt  struck}}.\\bin5 {{{{{ {\\listtext\\'b7\\tab}It \
             was dark.\\par",
            &["The ferry struck. It was dark."],
        );
    }

    #[test]
    fn headings_lists_tables_and_notes() {
        let found = blocks(
            "{\\stylesheet{\\s0 Normal;}{\\s1 heading 1;}}{\\header Gazette\\par}\\pard\\s1 Ferries\\par\\pard\\plain \
             Two ferries sank{\\footnote The third one was saved by its crew.} last year.\\par\\pard\\ls1 One by \
             fire.\\par\\trowd\\pard\\intbl Port\\cell Boats\\cell\\row\\pard The end.\\par",
        );
        let found: Vec<(BlockKind, &str)> = found.iter().map(|block| (block.kind, block.text.as_str())).collect();
        assert_eq!(
            found,
            [
                (BlockKind::Heading, "Ferries"),
                (BlockKind::Furniture("page header"), "Gazette"),
                (BlockKind::Paragraph, "Two ferries sank last year."),
                (BlockKind::Paragraph, "The third one was saved by its crew."),
                (BlockKind::ListItem, "One by fire."),
                (BlockKind::TableRow, "Port, Boats"),
                (BlockKind::Paragraph, "The end."),
            ]
        );
    }

    #[test]
    fn of_a_text_that_is_there_twice_the_one_in_unicode_is_read() {
        reads(
            "It runs{\\upr{ to Lodz}{\\*\\ud{ to \\u321?\\u243?d\\u378?}}} at dawn.\\par",
            &["It runs to Łódź at dawn."],
        );
    }

    #[test]
    fn damage_has_an_end() {
        assert!(parse("{\\rtf1 ".repeat(100_000).as_bytes()).is_err());
        let cut = parse(b"{\\rtf1 The ferry struck the mole.").unwrap();
        assert!(cut.missing.unwrap().contains("cut off"));
        for bytes in
            ["{\\rtf1\\", "{\\rtf1\\'", "{\\rtf1\\'4", "{\\rtf1\\u", "{\\rtf1\\bin99999999999 x", "{\\rtf1}}}}"]
        {
            assert!(parse(bytes.as_bytes()).is_ok(), "{bytes}");
        }
    }
}
