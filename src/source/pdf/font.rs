//! Which characters the glyphs of a font stand for, where the document does not say.

use std::collections::HashMap;

use hayro_interpret::font::{OutlineGlyph, Type3Glyph};
use skrifa::{FontRef, MetadataProvider};

use super::cid::Collections;
use super::tex;
use crate::base::Key;

/// The fonts of a document by the hash of their bytes: for each glyph, the character that the font's own table gives
/// it.
#[derive(Default)]
pub struct Fonts {
    characters: HashMap<u128, Characters>,
    tex: Option<tex::Encoding>,
    collections: Collections,
}

/// What the glyphs of a font stand for.
#[derive(Default)]
struct Characters {
    of_glyphs: HashMap<u32, char>,
    /// Where its codes are those of a known collection, which.
    collection: Option<Key>,
}

impl Fonts {
    /// Of a document whose bitmap fonts are encoded in this way, and whose composite fonts are of these collections.
    pub fn new(tex: Option<tex::Encoding>, collections: Collections) -> Self {
        Self { tex, collections, ..Self::default() }
    }

    /// The character that the font itself has this glyph for, or the collection that it is of.
    pub fn character(&mut self, glyph: &OutlineGlyph) -> Option<char> {
        let font = glyph.font_data()?;
        let characters = self.characters.entry(font.cache_key).or_insert_with(|| {
            let program = font.data.as_ref().as_ref();
            Characters { of_glyphs: characters(program), collection: self.collections.find(program) }
        });
        let of_glyph = characters.of_glyphs.get(&glyph.glyph_id().to_u32()).copied();
        of_glyph.or_else(|| self.collections.character(characters.collection.as_ref()?, glyph.char_code()))
    }

    /// The character that TeX has the code of this glyph for.
    pub fn of_tex(&self, glyph: &Type3Glyph<'_>) -> Option<char> {
        self.tex?.character(glyph.char_code())
    }
}

fn characters(font: &[u8]) -> HashMap<u32, char> {
    let Ok(font) = FontRef::new(font) else { return HashMap::new() };
    let mut characters: HashMap<u32, char> = HashMap::new();
    for (code, glyph) in font.charmap().mappings() {
        let Some(c) = char::from_u32(of_symbol_font(code)).filter(|c| !c.is_control()) else { continue };
        // Of a space and a no-break space, a hyphen and a soft one, the lower is the plain one.
        let kept = characters.entry(glyph.to_u32()).or_insert(c);
        *kept = (*kept).min(c);
    }
    characters
}

/// Symbol fonts have their characters in the private area.
fn of_symbol_font(code: u32) -> u32 {
    if (0xf020..=0xf07e).contains(&code) { code - 0xf000 } else { code }
}
