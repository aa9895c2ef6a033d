//! Web pages: the article, separated from everything else on the page.
//!
//! The page is tokenised as the standard says and kept as a flat `tree`; its visible texts are taken in order
//! (`piece`). None of them is lost: what is not part of the `article` becomes furniture with a reason.

mod article;
mod aside;
mod belief;
mod charset;
mod embedded;
mod formula;
mod hidden;
mod hint;
mod kind;
mod metadata;
mod piece;
mod preformatted;
mod shallow;
mod tag;
mod tree;
mod words;

use std::borrow::Cow;

pub use aside::{NOTE_MARK, STRUCK_OUT};
pub use charset::decode;
use piece::Piece;
use tree::Tree;

use super::{Block, BlockKind, Content, Metadata, Parsed, ReadError};

/// How much of a page is read as text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Extent {
    /// The article of a page.
    Article,
    /// The whole page, as for a chapter of a book.
    Whole,
}

/// Reads a web page.
///
/// # Errors
/// When it is not text, or has millions of elements.
pub fn parse(bytes: &[u8]) -> Result<Parsed, ReadError> {
    let (text, decoding) = decode(bytes)?;
    let page = page(&text, Extent::Article)?;
    let notes: Vec<String> = decoding.into_iter().chain(page.note.map(str::to_owned)).collect();
    let note = (!notes.is_empty()).then(|| notes.join("; "));
    Ok(Parsed { metadata: page.metadata, content: Content::Blocks(page.blocks), note, missing: None })
}

/// Reads a page that is already decoded.
///
/// # Errors
/// When it has millions of elements.
pub fn read(page: &str, extent: Extent) -> Result<(Metadata, Vec<Block>), ReadError> {
    self::page(page, extent).map(|page| (page.metadata, page.blocks))
}

/// A page, with a note on where its text was found if it was not visible.
struct Page {
    metadata: Metadata,
    blocks: Vec<Block>,
    note: Option<&'static str>,
}

fn page(page: &str, extent: Extent) -> Result<Page, ReadError> {
    let xml = page.trim_start_matches(['\u{feff}', ' ', '\n', '\r', '\t']).starts_with("<?xml");
    let page = if xml { without_cdata(page) } else { Cow::Borrowed(page) };
    let tree = tree::parse(&page, xml)?;
    let mut pieces = piece::pieces(&tree);
    hidden::show_a_hidden_page(&mut pieces);
    let metadata = metadata::of(&tree, &pieces);
    let found = match extent {
        Extent::Article => {
            article::mark_furniture(&tree, &mut pieces, metadata.title.as_deref());
            mark_redirect(&tree, &mut pieces);
            out_of_sight(&tree, &mut pieces)
        }
        Extent::Whole => {
            article::mark_navigation(&tree, &mut pieces);
            None
        }
    };
    piece::mark_headings(&tree, &mut pieces);
    let mut blocks: Vec<Block> = pieces.into_iter().map(block).collect();
    let note = found.as_ref().map(|found| found.note);
    blocks.extend(found.into_iter().flat_map(|found| found.blocks));
    Ok(Page { metadata, blocks, note })
}

/// Marks the text of a page that only forwards its readers to another page.
fn mark_redirect(tree: &Tree, pieces: &mut [Piece]) {
    /// A page that forwards has fewer words than this.
    const FEW: usize = 40;
    if pieces.iter().map(|piece| piece.words).sum::<usize>() < FEW && metadata::forwards(tree) {
        for piece in pieces {
            piece.reason = piece.reason.or(Some(hint::REDIRECT));
        }
    }
}

/// Returns the article of a page that does not show it. What the page does show is then marked as furniture.
fn out_of_sight(tree: &Tree, pieces: &mut [Piece]) -> Option<embedded::HiddenArticle> {
    let told = pieces.iter().filter(|piece| piece.reason.is_none() && piece.is_prose()).map(|piece| piece.words).sum();
    let markup = |text: &str| read(text, Extent::Whole).map(|(_, blocks)| blocks).unwrap_or_default();
    let found = embedded::article(tree, told, markup)?;
    for piece in pieces.iter_mut().filter(|piece| piece.kind != BlockKind::Heading) {
        piece.reason = piece.reason.or(Some("before the article"));
    }
    Some(found)
}

/// Replaces XML's CDATA sections, which HTML does not have, by escaped text.
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
