//! Web pages: the article, apart from everything that a page holds beside it.
//!
//! The page is tokenised as the standard says, kept as a flat `tree`, and its visible texts are taken in order
//! (`piece`). Nothing of them is lost: what is not the `article` is there as furniture with its reason.

mod article;
mod aside;
mod charset;
mod hidden;
mod hint;
mod metadata;
mod piece;
mod preformatted;
mod tag;
mod tree;
mod words;

use std::borrow::Cow;

pub use charset::decode;
use piece::Piece;

use super::{Block, BlockKind, Content, Metadata, Parsed, ReadError};

/// What is read of a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Extent {
    /// The article of a page.
    Article,
    /// All of it, as of a chapter of a book.
    Whole,
}

/// Reads a web page.
///
/// # Errors
/// When it is no text, or holds millions of elements.
pub fn parse(bytes: &[u8]) -> Result<Parsed, ReadError> {
    let (text, note) = decode(bytes)?;
    let (metadata, blocks) = read(&text, Extent::Article)?;
    Ok(Parsed { metadata, content: Content::Blocks(blocks), note })
}

/// Reads a page that is text already.
///
/// # Errors
/// When it holds millions of elements.
pub fn read(page: &str, extent: Extent) -> Result<(Metadata, Vec<Block>), ReadError> {
    let xml = page.trim_start_matches(['\u{feff}', ' ', '\n', '\r', '\t']).starts_with("<?xml");
    let page = if xml { without_cdata(page) } else { Cow::Borrowed(page) };
    let tree = tree::parse(&page, xml)?;
    let mut pieces = piece::pieces(&tree);
    hidden::show_a_hidden_page(&mut pieces);
    let metadata = metadata::of(&tree, &pieces);
    match extent {
        Extent::Article => article::mark_furniture(&tree, &mut pieces, metadata.title.as_deref()),
        Extent::Whole => article::mark_navigation(&tree, &mut pieces),
    }
    piece::mark_headings(&mut pieces);
    Ok((metadata, pieces.into_iter().map(block).collect()))
}

/// XML's other way of writing text, which HTML has not.
fn without_cdata(page: &str) -> Cow<'_, str> {
    let mut parts = page.split("<![CDATA[");
    let first = parts.next().unwrap_or_default();
    let mut all = Cow::Borrowed(first);
    for part in parts {
        let (text, rest) = part.split_once("]]>").unwrap_or((part, ""));
        let escaped = text.replace('&', "&amp;").replace('<', "&lt;");
        all.to_mut().push_str(&(escaped + rest));
    }
    all
}

fn block(piece: Piece) -> Block {
    Block { kind: piece.reason.map_or(piece.kind, BlockKind::Furniture), text: piece.text }
}
