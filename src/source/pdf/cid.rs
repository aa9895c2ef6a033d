//! Fonts whose characters have numbers (CIDs) in a collection, and that do not say which characters those are. What the
//! numbers in Adobe's collections stand for is known.

use std::collections::HashMap;

use hayro_interpret::hayro_cmap::{BfString, CMap, CMapName, CidFamily, load_embedded};
use hayro_interpret::hayro_syntax::object::{Array, Dict, Name, Stream, String as Bytes};

use crate::base::Key;

/// Limit on the number of fonts; further ones are left as they are.
const MAX_FONTS: usize = 256;

/// How to read the codes of fonts, by the key of the font program.
#[derive(Debug, Default)]
pub struct Collections(HashMap<Key, Codes>);

/// What the codes of a font are.
#[derive(Debug)]
struct Codes {
    /// From codes to numbers; nothing if they are the same.
    numbers: Option<CMap>,
    /// From numbers to characters; nothing if they are the same.
    characters: Option<CMap>,
}

impl Collections {
    /// Adds a composite font, if it does not say which characters it shows.
    pub fn add(&mut self, font: &Dict<'_>) {
        let is_told = font.get::<Stream<'_>>(b"ToUnicode").is_some();
        let descendant = || font.get::<Array<'_>>(b"DescendantFonts")?.iter::<Dict<'_>>().next();
        let Some(descendant) = descendant().filter(|_| !is_told && self.0.len() < MAX_FONTS) else { return };
        if let Some((program, codes)) = program(&descendant).zip(Codes::of(font, &descendant)) {
            self.0.insert(program, codes);
        }
    }

    /// Returns the key of a font program, if it was added.
    pub fn find(&self, program: &[u8]) -> Option<Key> {
        let key = (!self.0.is_empty()).then(|| key(program))?;
        self.0.contains_key(&key).then_some(key)
    }

    /// Returns the character that a code of such a font stands for.
    pub fn character(&self, font: &Key, code: u32) -> Option<char> {
        let codes = self.0.get(font)?;
        let number = match &codes.numbers {
            Some(numbers) => (1..=4).find_map(|length| numbers.lookup_cid_code(code, length))?,
            None => code,
        };
        let Some(characters) = &codes.characters else { return char::from_u32(number) };
        match characters.lookup_bf_string(number)? {
            BfString::Char(c) => Some(c),
            BfString::String(text) => text.chars().next(),
        }
    }
}

impl Codes {
    fn of(font: &Dict<'_>, descendant: &Dict<'_>) -> Option<Self> {
        let info = descendant.get::<Dict<'_>>(b"CIDSystemInfo")?;
        let part = |key: &[u8]| info.get::<Bytes<'_>>(key);
        let family = CidFamily::from_registry_ordering(&part(b"Registry")?, &part(b"Ordering")?);
        let encoding = font.get::<Name<'_>>(b"Encoding")?;
        let numbers = match CMapName::from_bytes(encoding.as_ref()) {
            CMapName::IdentityH | CMapName::IdentityV => None,
            name => Some(known(name)?),
        };
        let is_mapped = descendant.get::<Stream<'_>>(b"CIDToGIDMap").is_some();
        match family.ucs2_cmap() {
            Some(name) => Some(Self { numbers, characters: Some(known(name)?) }),
            // A font that maps each character to a glyph by a table has characters as numbers.
            None if is_mapped && numbers.is_none() => Some(Self { numbers, characters: None }),
            None => None,
        }
    }
}

fn known(name: CMapName<'_>) -> Option<CMap> {
    CMap::parse(load_embedded(name)?, load_embedded)
}

fn program(descendant: &Dict<'_>) -> Option<Key> {
    let descriptor = descendant.get::<Dict<'_>>(b"FontDescriptor")?;
    let stream =
        [&b"FontFile2"[..], b"FontFile3", b"FontFile"].into_iter().find_map(|key| descriptor.get::<Stream<'_>>(key));
    stream?.decoded_data().ok().map(|data| key(&data))
}

fn key(program: &[u8]) -> Key {
    Key::of("font", [program])
}
