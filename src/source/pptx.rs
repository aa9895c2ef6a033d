//! `PowerPoint` presentations (Office Open XML, ECMA-376): slides in order, each with its notes. A slide is a page.

use super::office::flow::Flow;
use super::office::package::Package;
use super::office::properties;
use super::office::relations::{Relations, main_part};
use super::office::xml::{self, Attributes, Item};
use super::{Block, BlockKind, Content, Parsed, Place, ReadError};

/// Limit on the number of slides; no talk has more.
const MAX_SLIDES: usize = 10_000;

/// Reads a presentation.
///
/// # Errors
/// When the bytes are not an archive, or contain no presentation, or one that is damaged or too large.
pub fn parse(bytes: &[u8]) -> Result<Parsed, ReadError> {
    read(bytes).map_err(|reason| ReadError::Malformed { format: "PowerPoint", reason })
}

fn read(bytes: &[u8]) -> Result<Parsed, String> {
    let mut package = Package::open(bytes)?;
    let main = main_part(&mut package, "ppt/presentation.xml")?;
    let text = package.part(&main)?.ok_or("it contains no PowerPoint presentation")?;
    let related = Relations::of(&mut package, &main)?;
    let (mut blocks, mut missing) = (Vec::new(), 0);
    for (at, id) in slide_ids(&text)?.iter().enumerate() {
        let slide = related.by_id(id).map(|name| slide(&mut package, name, Place::page(at + 1))).transpose()?.flatten();
        match slide {
            Some(slide) => blocks.extend(slide),
            None => missing += 1,
        }
    }
    let missing = (missing > 0).then(|| format!("{missing} of its slides are missing"));
    let metadata = properties::of(&mut package, "docProps/core.xml")?;
    Ok(Parsed { metadata, content: Content::Blocks(blocks), note: None, missing })
}

/// Returns the ids by which a presentation refers to its slides, in order.
fn slide_ids(presentation: &str) -> Result<Vec<String>, String> {
    let mut ids = Vec::new();
    xml::each(presentation, |item| {
        if let Item::Open("sldId", attributes) = item
            && ids.len() < MAX_SLIDES
        {
            ids.extend(attributes.prefixed("id"));
        }
    })?;
    Ok(ids)
}

/// Returns the blocks of a slide, its diagrams, the titles of its charts and its notes, if the package has the slide.
fn slide(package: &mut Package, name: &str, place: Place) -> Result<Option<Vec<Block>>, String> {
    let Some(text) = package.part(name)? else { return Ok(None) };
    let related = Relations::of(package, name)?;
    let mut blocks = shapes(&text, place)?;
    for part in ["diagramData", "chart", "notesSlide"].iter().flat_map(|kind| related.all(kind)) {
        let text = package.part(&part)?;
        blocks.extend(text.map(|text| shapes(&text, place)).transpose()?.unwrap_or_default());
    }
    Ok(Some(blocks))
}

/// What a shape contains, by the placeholder that it fills.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Shape {
    Title,
    /// Numbers, dates and the like at the edge.
    Edge,
    Text,
}

impl Shape {
    fn of(attributes: &Attributes) -> Self {
        match attributes.get("type").as_deref() {
            Some("title" | "ctrTitle") => Self::Title,
            Some("sldNum" | "dt" | "ftr" | "hdr" | "sldImg") => Self::Edge,
            _ => Self::Text,
        }
    }

    fn kind(self) -> BlockKind {
        match self {
            Self::Title => BlockKind::Heading,
            Self::Edge => BlockKind::Furniture("page footer"),
            Self::Text => BlockKind::Paragraph,
        }
    }
}

struct Slide {
    flow: Flow<()>,
    place: Place,
    shape: Shape,
    /// Number of open elements that do not hold text: the second version of a drawing.
    hidden: usize,
    in_text: bool,
    /// Whether the open run is above the line, as a note mark is.
    raised: bool,
    is_shown: bool,
}

/// Returns the blocks of all shapes, in drawing order.
pub(super) fn shapes(text: &str, place: Place) -> Result<Vec<Block>, String> {
    let mut slide = Slide {
        flow: Flow::default(),
        place,
        shape: Shape::Text,
        hidden: 0,
        in_text: false,
        raised: false,
        is_shown: true,
    };
    xml::each(text, |item| slide.item(item))?;
    let is_shown = slide.is_shown;
    let mut blocks = slide.flow.finish();
    if !is_shown {
        blocks.iter_mut().for_each(|block| block.kind = BlockKind::Furniture("hidden slide"));
    }
    Ok(blocks)
}

impl Slide {
    fn item(&mut self, item: Item) {
        match item {
            Item::Open("Fallback", _) => self.hidden += 1,
            Item::Close("Fallback") => self.hidden = self.hidden.saturating_sub(1),
            _ if self.hidden > 0 => {}
            Item::Open(name, attributes) => self.open(name, &attributes),
            Item::Close(name) => self.close(name),
            Item::Text(text) if self.in_text && !self.is_mark(text) => self.flow.text(text, self.place),
            Item::Text(_) => {}
        }
    }

    /// Whether a text is a note mark: a raised number after a sign.
    fn is_mark(&mut self, text: &str) -> bool {
        let after_sign =
            |text: &str| text.ends_with(|c: char| c.is_ascii_punctuation() || matches!(c, '”' | '’' | '»'));
        self.raised
            && text.chars().all(|c| c.is_ascii_digit())
            && self.flow.paragraph().is_some_and(|paragraph| after_sign(paragraph.text.as_str()))
    }

    fn open(&mut self, name: &str, attributes: &Attributes) {
        match name {
            "sld" => self.is_shown = !matches!(attributes.get("show").as_deref(), Some("0" | "false")),
            "sp" | "graphicFrame" => self.shape = Shape::Text,
            "ph" => self.shape = Shape::of(attributes),
            "p" => self.flow.open_paragraph(()),
            "r" => self.raised = false,
            "rPr" => self.raised = attributes.get("baseline").is_some_and(|raise| !raise.starts_with(['-', '0'])),
            "t" => self.in_text = true,
            "br" | "tab" => self.flow.text(" ", self.place),
            "tbl" => self.flow.open_table(),
            "tr" => self.flow.open_row(),
            "tc" => self.flow.open_cell(),
            _ => {}
        }
    }

    fn close(&mut self, name: &str) {
        match name {
            "p" => self.flow.end_paragraph(|()| self.shape.kind()),
            "t" => self.in_text = false,
            "tr" => self.flow.end_row(),
            "tbl" => self.flow.end_table(),
            _ => {}
        }
    }
}
