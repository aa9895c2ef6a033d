//! The encoding of a page: a byte-order mark, what the page declares, or what its bytes look like.

use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE};
use html5gum::{Readable, State, Token, Tokenizer};

use super::shallow::Shallow;
use crate::source::{ReadError, decode_text};

/// A page declares its encoding within its first kilobyte; some do so a little later.
const SEARCHED: usize = 4096;

/// Returns the text, with a note if the encoding had to be guessed.
///
/// # Errors
/// When the bytes are not text.
pub fn decode(bytes: &[u8]) -> Result<(String, Option<String>), ReadError> {
    let declared = declared(&bytes[..bytes.len().min(SEARCHED)]).filter(|_| Encoding::for_bom(bytes).is_none());
    // Valid UTF-8 with non-ASCII letters is hardly ever in a single-byte encoding, whatever the page declares.
    let is_utf8 = || !bytes.is_ascii() && std::str::from_utf8(bytes).is_ok();
    let declared = declared.map(|encoding| if encoding.is_single_byte() && is_utf8() { UTF_8 } else { encoding });
    if let Some(encoding) = declared {
        let (text, failed) = encoding.decode_without_bom_handling(bytes);
        if !failed {
            return Ok((text.into_owned(), None));
        }
    }
    decode_text(bytes)
}

/// Parses `<meta charset=…>`, `<meta http-equiv=… content="…; charset=…">` or `<?xml encoding="…"?>`, but not the
/// contents of comments and scripts.
fn declared(head: &[u8]) -> Option<&'static Encoding> {
    let encoding = of_xml(head).or_else(|| of_meta(head))?;
    // A declaration that can be read as bytes is not in UTF-16.
    Some(if encoding == UTF_16LE || encoding == UTF_16BE { UTF_8 } else { encoding })
}

fn of_xml(head: &[u8]) -> Option<&'static Encoding> {
    let rest = head.trim_ascii_start().strip_prefix(b"<?xml")?;
    let end = rest.iter().position(|byte| *byte == b'>').unwrap_or(rest.len());
    Encoding::for_label(label(&rest[..end].to_ascii_lowercase(), b"encoding")?)
}

fn of_meta(head: &[u8]) -> Option<&'static Encoding> {
    let mut tokens = Tokenizer::new(Shallow::new(head.to_reader()));
    while let Some(token) = tokens.next() {
        let Ok(Token::StartTag(tag)) = token else { continue };
        match tag.name.as_slice() {
            b"script" => tokens.set_state(State::ScriptData),
            b"title" | b"textarea" => tokens.set_state(State::RcData),
            b"style" | b"noscript" | b"xmp" | b"iframe" => tokens.set_state(State::RawText),
            b"meta" => {
                let value = |name: &str| {
                    let found = tag.attributes.iter().find(|(known, _)| known.as_slice() == name.as_bytes());
                    found.map(|(_, value)| value.to_ascii_lowercase())
                };
                let content = || value("http-equiv").and(value("content"));
                let named = || content().and_then(|content| Encoding::for_label(label(&content, b"charset")?));
                if let Some(encoding) = value("charset").and_then(|name| Encoding::for_label(&name)).or_else(named) {
                    return Some(encoding);
                }
            }
            _ => {}
        }
    }
    None
}

fn label<'a>(head: &'a [u8], word: &[u8]) -> Option<&'a [u8]> {
    let starts = head.windows(word.len()).enumerate().filter(|(_, window)| *window == word);
    starts.map(|(at, _)| &head[at + word.len()..]).find_map(|rest| {
        let rest = rest.trim_ascii_start().strip_prefix(b"=")?.trim_ascii_start();
        let rest = rest.strip_prefix(b"\"").or(rest.strip_prefix(b"'")).unwrap_or(rest);
        let end =
            rest.iter().position(|byte| !byte.is_ascii_alphanumeric() && !b"-_.:".contains(byte)).unwrap_or(rest.len());
        Some(&rest[..end]).filter(|label| !label.is_empty())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(bytes: &[u8]) -> String {
        decode(bytes).unwrap().0
    }

    #[test]
    fn a_declared_encoding_is_used() {
        assert_eq!(
            text(b"<meta charset=\"iso-8859-2\"><p>\xb3\xf3d\xbc"),
            "<meta charset=\"iso-8859-2\"><p>\u{142}\u{f3}d\u{17a}"
        );
        let equiv = b"<META HTTP-EQUIV=Content-Type CONTENT='text/html; charset=koi8-r'><p>\xd0\xcf";
        assert!(text(equiv).ends_with("<p>\u{43f}\u{43e}"));
        assert!(text(b"<?xml version='1.0' encoding='shift_jis'?><p>\x82\xa0").ends_with('\u{3042}'));
    }

    #[test]
    fn what_a_comment_or_a_script_says_declares_nothing() {
        for other in [
            "<!-- was <meta charset=koi8-r> -->",
            "<script>var tag = '<meta charset=koi8-r>';</script>",
            "<style>/* charset=koi8-r */</style>",
            "<meta name=description content='How charset=koi8-r works'>",
        ] {
            let page = format!("{other}<meta charset=iso-8859-2><p>\u{142}");
            let bytes = [page.trim_end_matches('\u{142}').as_bytes(), b"\xb3"].concat();
            assert!(text(&bytes).ends_with('\u{142}'), "{other}");
            assert!(text(format!("{other}<p>\u{142}").as_bytes()).ends_with('\u{142}'), "{other}");
        }
    }

    #[test]
    fn a_wrong_declaration_is_not_believed() {
        assert!(text(b"<meta charset=utf-8><p>caf\xe9 by the quay, closed since the f\xeate").contains("café"));
        assert!(decode(b"<p>caf\xe9 by the quay").unwrap().1.is_some());
    }
}
