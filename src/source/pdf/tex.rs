//! Bitmap fonts made by TeX. They do not say which characters their glyphs are, and name each after its code: `a97`, or
//! a name of that one byte. TeX's encodings say what a code stands for.

/// A font of fewer small letters is not for text: its codes say nothing about the encoding.
const LEAST_LETTERS: usize = 6;

/// The encoding of TeX's text fonts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    /// The encoding of Computer Modern: ligatures from 11 on.
    Ot1,
    /// The encoding of the fonts with accented letters: ligatures from 27 on.
    T1,
}

/// The names of all glyphs that are drawn by commands.
#[derive(Debug, Default)]
pub struct Names {
    after_code: usize,
    others: usize,
    /// Fonts that use codes which only one of the encodings has.
    ot1: usize,
    t1: usize,
}

impl Names {
    /// Counts the glyphs of a font, each with its code and name.
    pub fn add(&mut self, glyphs: &[(u32, Vec<u8>)]) {
        let after_code = |(code, name): &&(u32, Vec<u8>)| is_after_code(*code, name);
        let codes: Vec<u32> = glyphs.iter().filter(after_code).map(|(code, _)| *code).collect();
        self.after_code += codes.len();
        self.others += glyphs.len() - codes.len();
        let letters = codes.iter().filter(|code| (97..=122).contains(*code)).count();
        if letters >= LEAST_LETTERS {
            self.ot1 += usize::from(codes.iter().any(|code| (11..=15).contains(code)));
            self.t1 += usize::from(codes.iter().any(|code| (27..=31).contains(code)));
        }
    }

    /// Returns the encoding of the fonts; nothing if their glyphs have real names.
    pub fn encoding(&self) -> Option<Encoding> {
        let encoding = if self.t1 > self.ot1 { Encoding::T1 } else { Encoding::Ot1 };
        (self.after_code > self.others).then_some(encoding)
    }
}

fn is_after_code(code: u32, name: &[u8]) -> bool {
    let digits = name.iter().position(u8::is_ascii_digit).unwrap_or(name.len());
    let number = std::str::from_utf8(&name[digits..]).ok().and_then(|number| number.parse::<u32>().ok());
    name == [code as u8] || (1..=2).contains(&digits) && number == Some(code)
}

impl Encoding {
    /// Returns the character that a code stands for.
    pub fn character(self, code: u32) -> Option<char> {
        let code = u8::try_from(code).ok()?;
        Some(match (self, code) {
            (Self::Ot1, 11..=15) => ['ﬀ', 'ﬁ', 'ﬂ', 'ﬃ', 'ﬄ'][usize::from(code) - 11],
            (Self::Ot1, 25..=31) => ['ß', 'æ', 'œ', 'ø', 'Æ', 'Œ', 'Ø'][usize::from(code) - 25],
            (Self::Ot1, 34) | (Self::T1, 17) => '”',
            (Self::Ot1, 92) | (Self::T1, 16) => '“',
            (Self::Ot1, 123) | (Self::T1, 21) => '–',
            (Self::Ot1, 124) | (Self::T1, 22) => '—',
            (Self::T1, 27..=31) => ['ﬀ', 'ﬁ', 'ﬂ', 'ﬃ', 'ﬄ'][usize::from(code) - 27],
            (Self::T1, 215) => 'Œ',
            (Self::T1, 247) => 'œ',
            (Self::T1, 255) => 'ß',
            (Self::T1, 192..=254) => char::from(code),
            (_, 39) => '’',
            (_, 96) => '‘',
            (_, 33..=126) => char::from(code),
            _ => return None,
        })
    }
}

/// Whether a character is one that results from taking a name such as `a97` for a glyph of Zapf Dingbats.
pub fn is_dingbat(c: char) -> bool {
    matches!(c, '\u{2701}'..='\u{27be}' | '♠'..='♦' | '①'..='⑩' | '→'..='↕')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(names: &[(u32, &str)]) -> Names {
        let glyphs: Vec<_> = names.iter().map(|(code, name)| (*code, name.as_bytes().to_vec())).collect();
        let mut all = Names::default();
        all.add(&glyphs);
        all
    }

    #[test]
    fn fonts_whose_glyphs_have_names_are_none_of_tex() {
        assert_eq!(names(&[(97, "a97"), (98, "b"), (12, "\u{c}")]).encoding(), Some(Encoding::Ot1));
        assert_eq!(names(&[(97, "a1"), (98, "alpha"), (99, "c99x")]).encoding(), None);
        assert_eq!(Names::default().encoding(), None);
    }

    #[test]
    fn ligatures_tell_the_encoding() {
        let text = |ligature: u32| -> Names {
            let mut glyphs: Vec<_> = (97..=105).map(|code| (code, format!("a{code}").into_bytes())).collect();
            glyphs.push((ligature, format!("a{ligature}").into_bytes()));
            let mut all = Names::default();
            all.add(&glyphs);
            all
        };
        for (ligature, encoding) in [(12, Encoding::Ot1), (28, Encoding::T1)] {
            assert_eq!(text(ligature).encoding(), Some(encoding));
            assert_eq!(encoding.character(ligature), Some('ﬁ'));
        }
    }
}
