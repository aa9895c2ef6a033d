//! Which characters the glyphs of a font stand for, if the document does not say.

use std::collections::HashMap;

use hayro_interpret::font::{OutlineGlyph, Type3Glyph};
use skrifa::{FontRef, MetadataProvider};

use super::cid::Collections;
use super::tex;
use crate::base::Key;

/// The fonts of a document by the hash of their bytes: for each glyph, the character that the font's own table gives.
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
    /// The known collection to which the font's codes belong, if any.
    collection: Option<Key>,
}

impl Fonts {
    /// Fonts of a document with this encoding of bitmap fonts and these collections of composite fonts.
    pub fn new(tex: Option<tex::Encoding>, collections: Collections) -> Self {
        Self { tex, collections, ..Self::default() }
    }

    /// Returns the character that the font, or else its collection, gives for this glyph.
    pub fn character(&mut self, glyph: &OutlineGlyph) -> Option<char> {
        let font = glyph.font_data()?;
        let characters = self.characters.entry(font.cache_key).or_insert_with(|| {
            let program = font.data.as_ref().as_ref();
            Characters { of_glyphs: characters(program), collection: self.collections.find(program) }
        });
        let of_glyph = characters.of_glyphs.get(&glyph.glyph_id().to_u32()).copied();
        of_glyph.or_else(|| self.collections.character(characters.collection.as_ref()?, glyph.char_code()))
    }

    /// Returns the character that TeX gives for the code of this glyph.
    pub fn of_tex(&self, glyph: &Type3Glyph<'_>) -> Option<char> {
        self.tex?.character(glyph.char_code())
    }
}

fn characters(font: &[u8]) -> HashMap<u32, char> {
    let Ok(font) = FontRef::new(font) else { return HashMap::new() };
    let mut characters: HashMap<u32, char> = HashMap::new();
    for (code, glyph) in font.charmap().mappings() {
        let Some(c) = char::from_u32(of_symbol_font(code)).filter(|c| !c.is_control()) else { continue };
        // Of a space and a no-break space, or a hyphen and a soft hyphen, the lower code is the plain one.
        let kept = characters.entry(glyph.to_u32()).or_insert(c);
        *kept = (*kept).min(c);
    }
    characters
}

/// Maps the characters that symbol fonts have in the private area.
fn of_symbol_font(code: u32) -> u32 {
    if (0xf020..=0xf07e).contains(&code) { code - 0xf000 } else { code }
}
