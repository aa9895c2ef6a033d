//! The characters on a page with their positions, as the interpreter of the page's drawing commands gives them.

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

use hayro_interpret::font::{Glyph as Drawn, GlyphRun};
use hayro_interpret::hayro_cmap::{BfString, WritingMode};
use hayro_interpret::hayro_syntax::content::TypedIter;
use hayro_interpret::hayro_syntax::object::{Array, Dict, Name, String as TextString};
use hayro_interpret::hayro_syntax::page::Page;
use hayro_interpret::hayro_syntax::xref::XRef;
use hayro_interpret::kurbo::{Affine, BezPath, Point, Rect, Shape};
use hayro_interpret::{
    BlendMode, ClipPath, Context, Device, DrawMode, DrawProps, Image, ImageDrawProps, InterpreterCache,
    InterpreterSettings, SoftMask, TransformExt, interpret, interpret_page,
};

use unicode_normalization::UnicodeNormalization;

use super::font::Fonts;
use super::line::is_right_to_left;
use super::respell::{self, respell};
use super::sight::{self, Sight};
use super::turn::{self, Placed, Turn};
use super::twice;
use super::{decoded, sizes, tex};
use crate::lang::one_line;

/// Limit on the characters of a page.
const MAX_GLYPHS: usize = 400_000;
/// Limit on the bytes of a page's drawing commands that are read.
const MAX_COMMANDS: usize = 64 << 20;
/// Limit on what a page may draw, in steps of about a fifth of a microsecond: a path, an image or a run of glyphs is
/// one.
const MAX_STEPS: usize = 5_000_000;
/// Steps per clip: each form is drawn in one, after it was looked up and set up.
const CLIP_STEPS: usize = 10;
/// Number of areas of a page that are examined per step.
const GROUNDS_PER_STEP: usize = 200;
/// Limit on the notes of readers that are listed per page.
const MAX_COMMENTS: usize = 1_000;
/// Number of characters that are decoded, or respelled, per step.
const CHARS_PER_STEP: usize = 64;
/// Largest distance in points from the corner of a page; the largest page that the format allows measures 14,400.
const FARTHEST: f64 = 1e6;

/// Stands for a character that the font does not identify.
const UNKNOWN: char = '\u{fffd}';

/// The height of the font, in heights of the bullet drawn beside it; in a larger font it is not a bullet. `BULLET_FOOT`
/// is the distance from a bullet's middle down to the baseline, in heights of the font.
const BULLET_EM: f64 = 3.2;
const MAX_BULLET: f64 = 100.0;
const BULLET_FOOT: f64 = 0.28;

/// One character. Lengths are in points, from the page's upper left corner.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Glyph {
    pub c: char,
    /// The left and right edges.
    pub x0: f32,
    pub x1: f32,
    /// The baseline, measured downwards.
    pub baseline: f32,
    /// The height of the font.
    pub size: f32,
    pub face: Face,
    /// Whether the page marks it as not part of the text: a running head, a page number.
    pub artifact: bool,
}

/// The look of a font.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Face {
    pub bold: bool,
    pub mono: bool,
    /// Whether it was typed into a form field, whose size says nothing of its role.
    pub typed: bool,
}

/// What a page shows.
#[derive(Debug, Default)]
pub struct Shown {
    /// The characters, in drawing order.
    pub glyphs: Vec<Glyph>,
    /// Text that runs in another direction than most of the page: along the margin or across the page.
    pub turned: String,
    /// Invisible text, with the reason.
    pub hidden: Vec<(String, &'static str)>,
    /// Number of characters that the font does not identify.
    pub unknown: usize,
    pub images: usize,
    /// Whether the page exceeded a limit and was cut off.
    pub cut: bool,
}

/// Returns what the page shows. The cache and `fonts` keep the fonts of a document from page to page; `steps` is what
/// the document may still draw.
pub fn shown<'a>(
    page: &Page<'a>,
    cache: &InterpreterCache<'a>,
    xref: &'a XRef,
    fonts: &mut Fonts,
    steps: &mut usize,
) -> Shown {
    let upright = page.initial_transform(true).to_kurbo();
    let (width, height) = page.render_dimensions();
    let bounds = Rect::new(0.0, 0.0, f64::from(width), f64::from(height));
    let mut context = Context::new(upright, bounds, cache, xref, InterpreterSettings::default());
    let most = MAX_STEPS.min(*steps);
    let (fonts_so_far, sight) = (std::mem::take(fonts), Sight::of(bounds));
    let mut collector = Collector { fonts: fonts_so_far, steps: most, sight, ..Collector::default() };
    let interpreted = catch_unwind(AssertUnwindSafe(|| interpreted(page, &mut context, &mut collector)));
    if let Some(panic) = interpreted.err().filter(|thrown| !thrown.is::<Enough>()) {
        resume_unwind(panic);
    }
    *steps -= most - collector.steps;
    *fonts = std::mem::take(&mut collector.fonts);
    let mut shown = collector.shown();
    shown.hidden.extend(comments(page.raw()).into_iter().map(|text| (text, "comment")));
    shown
}

/// Returns the notes that readers attached to a page: comments on marked text, and sticky notes. Notes that are drawn on
/// the page are part of its text.
fn comments(page: &Dict<'_>) -> Vec<String> {
    const KINDS: &[&[u8]] = &[b"Text", b"Highlight", b"Underline", b"Squiggly", b"StrikeOut", b"Caret"];
    let annotations = page.get::<Array<'_>>(b"Annots");
    let annotations = annotations.iter().flat_map(Array::iter::<Dict<'_>>).take(MAX_COMMENTS);
    let said = |annotation: Dict<'_>| {
        let kind = annotation.get::<Name<'_>>(b"Subtype")?;
        let text = annotation.get::<TextString<'_>>(b"Contents").filter(|_| KINDS.contains(&kind.as_ref()))?;
        Some(one_line(&decoded(&text))).filter(|text| !text.is_empty())
    };
    annotations.filter_map(said).collect()
}

/// Thrown through the interpreter, which cannot be stopped otherwise.
struct Enough;

fn interpreted<'a>(page: &Page<'a>, context: &mut Context<'a>, collector: &mut Collector) {
    match page.page_stream().filter(|commands| commands.len() > MAX_COMMANDS) {
        None => interpret_page(page, context, collector),
        Some(commands) => {
            collector.cut = true;
            interpret(TypedIter::new(&commands[..MAX_COMMANDS]), page.resources(), context, collector);
        }
    }
}

#[derive(Default)]
struct Collector {
    placed: Vec<Placed>,
    /// What is not visible, with the reason.
    hidden: Vec<(Placed, &'static str)>,
    sight: Sight,
    unknown: usize,
    images: usize,
    cut: bool,
    /// The marked content that is open.
    marked: Vec<Content>,
    fonts: Fonts,
    /// Number of steps that may still be drawn.
    steps: usize,
}

/// A marked part of a page's content.
#[derive(Debug)]
struct Content {
    is: Marked,
    /// What its glyphs spell, and how many visible and how many hidden characters came before them.
    spells: Option<(String, usize, usize)>,
}

/// How a page marks a part of its content.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Marked {
    /// Not part of the text: a running head, a page number.
    Artifact,
    /// The beginning of a list item.
    Label,
    /// The content of a form field (ISO 32000-2, 12.7.4.3).
    Field,
    Other,
}

impl Collector {
    fn shown(mut self) -> Shown {
        // If a page shows nothing else, its background was misjudged.
        if self.placed.iter().all(|glyph| glyph.c == ' ') {
            let white = self.hidden.extract_if(.., |(_, reason)| *reason == sight::WHITE);
            self.placed.extend(white.map(|(glyph, _)| glyph));
        }
        let (mut glyphs, turned) = turn::upright(self.placed);
        sizes::mend(&mut glyphs);
        let (hidden, glyphs) = (texts(&self.hidden), twice::once(glyphs));
        Shown { glyphs, turned, hidden, unknown: self.unknown, images: self.images, cut: self.cut }
    }

    /// Counts what is drawn.
    fn draw(&mut self, steps: usize) {
        match self.steps.checked_sub(steps) {
            Some(rest) => self.steps = rest,
            None => self.stop(),
        }
    }

    /// Records that an area is filled or drawn over with a pen. Inside a frame, the page stays as it is.
    fn cover(&mut self, area: Rect, props: &DrawProps<'_>, mode: &DrawMode) {
        let pen = match mode {
            DrawMode::Stroke(stroke) => f64::from(stroke.line_width),
            _ => 0.0,
        };
        let is_frame = matches!(mode, DrawMode::Stroke(_)) && area.width().min(area.height()) > pen;
        if !is_frame && !sight::is_white(&props.paint) {
            self.sight.draw(props.transform.transform_rect_bbox(area.inflate(pen / 2.0, pen / 2.0)));
        }
    }

    /// Adds a bullet for a shape that is drawn where a list item begins, placed as a bullet character would be.
    fn bullet(&mut self, area: Rect) {
        let (size, shape) = (BULLET_EM * area.height(), area.width() / area.height());
        let is_bullet = (1.0..MAX_BULLET).contains(&size) && (0.5..2.0).contains(&shape);
        if self.marked.last().is_none_or(|content| content.is != Marked::Label) || !is_bullet {
            return;
        }
        let foot = area.center().y + BULLET_FOOT * size;
        let (start, end) = (Point::new(area.x0, foot), Point::new(area.x1, foot));
        let (face, turn) = (Face::default(), Turn::Upright);
        self.placed.push(Placed { c: '•', start, end, size: size as f32, turn, face, artifact: false });
    }

    /// Ends the page here.
    fn stop(&mut self) -> ! {
        self.cut = true;
        resume_unwind(Box::new(Enough))
    }

    fn take(&mut self, glyph: &Drawn, place: Affine, face: Face, mode: WritingMode, is_white: bool) {
        // A bitmap font may claim to be as high as one of its dots.
        let (advance, least) = match glyph {
            Drawn::Outline(glyph) => (glyph.advance_width().unwrap_or(500.0), sight::LEAST_SIZE),
            Drawn::Type3(glyph) => (glyph.advance_width().unwrap_or(0.0), 0.1),
        };
        let start = place * Point::ZERO;
        let end = place * Point::new(f64::from(advance), 0.0);
        let up = place * Point::new(0.0, 1000.0) - start;
        let size = up.hypot();
        // Also false for NaN.
        let is_near = |point: Point| point.x.abs().max(point.y.abs()) < FARTHEST && point.is_finite();
        let extent = size.max((end - start).hypot());
        if !(is_near(start) && is_near(end) && size < 5000.0) {
            return;
        }
        if self.placed.len() + self.hidden.len() >= MAX_GLYPHS {
            self.stop();
        }
        let middle = start + (end - start) / 2.0 + up / 3.0;
        let hidden = if size > 0.0 && extent > least {
            self.sight.hides_place(middle, extent).or_else(|| {
                let looked_at = if is_white { self.sight.grounds() } else { 0 };
                self.draw(looked_at / GROUNDS_PER_STEP);
                is_white.then(|| self.sight.hides_white(middle)).flatten()
            })
        } else {
            Some(sight::SMALL)
        };
        let text = self.text(glyph);
        let turn = match (mode, Turn::of(end - start, up)) {
            (WritingMode::Vertical, Turn::Upright) => Turn::Vertical,
            (_, turn) => turn,
        };
        let artifact = self.marked.iter().any(|content| content.is == Marked::Artifact);
        let face = Face { typed: self.marked.iter().any(|content| content.is == Marked::Field), ..face };
        let chars: Vec<char> = leftwards(&text).chars().collect();
        let step = (end - start) / chars.len().max(1) as f64;
        for (at, c) in chars.into_iter().enumerate() {
            let (start, end) = (start + step * at as f64, start + step * (at as f64 + 1.0));
            let placed = Placed { c, start, end, size: size as f32, turn, face, artifact };
            match hidden {
                Some(reason) => self.hidden.push((placed, reason)),
                None => self.placed.push(placed),
            }
        }
    }

    fn text(&mut self, glyph: &Drawn) -> String {
        let of_tex = match glyph {
            Drawn::Type3(glyph) => self.fonts.of_tex(glyph),
            Drawn::Outline(_) => None,
        };
        let text = match (glyph.as_unicode(), glyph) {
            (Some(BfString::Char(c)), _) if tex::is_dingbat(c) && of_tex.is_some() => of_tex.into_iter().collect(),
            (Some(BfString::Char(c)), _) if c != '\0' => String::from(c),
            (Some(BfString::String(text)), _) => text,
            (_, Drawn::Outline(outline)) => match self.fonts.character(outline) {
                Some(c) => String::from(c),
                None => self.unknown(),
            },
            _ => of_tex.map_or_else(|| self.unknown(), String::from),
        };
        text.chars().filter_map(readable).collect::<Vec<_>>().concat()
    }

    fn unknown(&mut self) -> String {
        self.unknown += 1;
        String::from(UNKNOWN)
    }
}

/// Returns the characters of a glyph from left to right.
fn leftwards(text: &str) -> String {
    let is_leftwards = text.chars().all(|c| is_right_to_left(c) || c == ' ') && text.contains(is_right_to_left);
    if is_leftwards { text.chars().rev().collect() } else { text.to_owned() }
}

/// Returns the text of hidden characters for each reason, in drawing order.
fn texts(hidden: &[(Placed, &'static str)]) -> Vec<(String, &'static str)> {
    let mut texts: Vec<(String, &'static str)> = Vec::new();
    let mut last: Option<&Placed> = None;
    for (glyph, reason) in hidden {
        let at = texts.iter().position(|(_, known)| known == reason).unwrap_or_else(|| {
            texts.push((String::new(), *reason));
            texts.len() - 1
        });
        let apart = |last: &Placed| (glyph.start - last.end).hypot() > 0.16 * f64::from(glyph.size);
        let text = &mut texts[at].0;
        if last.is_some_and(apart) && !text.ends_with(' ') {
            text.push(' ');
        }
        text.push(glyph.c);
        last = Some(glyph);
    }
    texts.iter_mut().for_each(|(text, _)| *text = one_line(text));
    texts
}

/// Returns the letters of a ligature or of a contextual form, and a bullet for a symbol font's bullet; nothing for what
/// is not a character.
fn readable(c: char) -> Option<String> {
    let text = match c {
        'ﬀ' => "ff",
        // Old fonts have these two at private-use code points.
        'ﬁ' | '\u{f001}' => "fi",
        'ﬂ' | '\u{f002}' => "fl",
        'ﬃ' => "ffi",
        'ﬄ' => "ffl",
        'ﬅ' | 'ﬆ' => "st",
        '\u{f0b7}' | '\u{f0a7}' | '\u{f06e}' | '\u{f076}' => "•",
        '\u{a0}' | '\u{2000}'..='\u{200a}' | '\u{202f}' | '\u{3000}' | '\t' | '\n' | '\r' => " ",
        '\u{200b}' | '\u{2060}' | '\u{feff}' | '\u{fe00}'..='\u{fe0f}' => return None,
        c if c.is_control() => return None,
        // Fonts have ideographs at the code points of radicals that look the same.
        '\u{2e9f}' | '\u{2ef3}' | '\u{2f00}'..='\u{2fd5}' => return Some(c.nfkc().collect()),
        '\u{fb50}'..='\u{fdf9}' | '\u{fe80}'..='\u{fefc}' => {
            // A mark by itself is decomposed with a space before it.
            return Some(c.nfkc().filter(|c| *c != ' ').collect());
        }
        c => return Some(String::from(c)),
    };
    Some(text.to_owned())
}

fn face(glyph: &Drawn) -> Face {
    let Drawn::Outline(glyph) = glyph else { return Face::default() };
    let Some(font) = glyph.font_data() else { return Face::default() };
    let name = font.postscript_name.unwrap_or_default().to_lowercase();
    let bold = font.weight.is_some_and(|weight| weight >= 600)
        || ["bold", "black", "heavy"].iter().any(|word| name.contains(word));
    // The bold faces of Computer Modern have other names.
    let bold = bold || ["cmbx", "sfbx", "cmssbx"].iter().any(|face| name.contains(face));
    let mono =
        font.is_monospace || ["mono", "courier", "typewriter", "cmtt", "sftt"].iter().any(|word| name.contains(word));
    Face { bold, mono, typed: false }
}

impl<'a> Device<'a> for Collector {
    fn draw_glyph_run(&mut self, run: &GlyphRun<'_, 'a>, props: DrawProps<'a>, mode: &DrawMode) {
        self.draw(1);
        let Some(first) = run.glyphs().first() else { return };
        let face = face(first);
        let is_white = sight::is_filled(mode) && sight::is_white(&props.paint);
        for glyph in run.glyphs() {
            self.take(glyph, props.transform * glyph.transform(), face, run.writing_mode(), is_white);
        }
    }

    fn begin_marked_content(&mut self, tag: &[u8], properties: Option<&Dict<'_>>) {
        self.draw(1);
        let is = match tag {
            b"Artifact" => Marked::Artifact,
            b"Lbl" => Marked::Label,
            b"Tx" => Marked::Field,
            _ => Marked::Other,
        };
        let text = properties.and_then(|properties| properties.get::<TextString<'_>>("ActualText"));
        self.draw(text.as_ref().map_or(0, |text| text.len() / CHARS_PER_STEP));
        let text = text.filter(|text| text.len() <= respell::MAX_TEXT);
        let spells = text.map(|text| (decoded(&text), self.placed.len(), self.hidden.len()));
        self.marked.push(Content { is, spells });
    }

    fn end_marked_content(&mut self) {
        let spells = self.marked.pop().and_then(|content| content.spells);
        let Some((text, from, _)) = spells.filter(|(_, _, hidden)| *hidden == self.hidden.len()) else { return };
        self.draw((self.placed.len() - from) / CHARS_PER_STEP);
        let unknown = |glyphs: &[Placed]| glyphs.iter().filter(|glyph| glyph.c == UNKNOWN).count();
        let text: Vec<String> = text.chars().filter_map(readable).collect();
        let before = unknown(&self.placed[from..]);
        respell(&mut self.placed, from, &leftwards(&text.concat()));
        self.unknown = (self.unknown + unknown(&self.placed[from..])).saturating_sub(before);
        if self.placed.len() + self.hidden.len() >= MAX_GLYPHS {
            self.stop();
        }
    }

    fn draw_image(&mut self, image: Image<'a, '_>, props: ImageDrawProps<'a>) {
        self.draw(1);
        self.images += 1;
        let area = Rect::new(0.0, 0.0, f64::from(image.width()), f64::from(image.height()));
        self.sight.draw(props.transform.transform_rect_bbox(area));
    }

    fn draw_path(&mut self, path: &BezPath, props: DrawProps<'a>, mode: &DrawMode) {
        self.draw(1);
        let area = path.bounding_box();
        self.cover(area, &props, mode);
        self.bullet(props.transform.transform_rect_bbox(area));
    }

    fn push_clip_path(&mut self, _: &ClipPath) {
        self.draw(CLIP_STEPS);
    }

    fn push_clip_rect(&mut self, _: &Rect) {
        self.draw(CLIP_STEPS);
    }

    fn draw_rect(&mut self, rect: &Rect, props: DrawProps<'a>, mode: &DrawMode) {
        self.draw(1);
        self.cover(*rect, &props, mode);
        self.bullet(props.transform.transform_rect_bbox(*rect));
    }

    fn push_transparency_group(&mut self, _: f32, _: Option<SoftMask<'a>>, _: BlendMode) {}
    fn pop_clip(&mut self) {}
    fn pop_transparency_group(&mut self) {}
}
