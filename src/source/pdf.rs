//! PDF: its text layer, put together into paragraphs.
//!
//! A PDF holds characters and their positions, not words or paragraphs. The interpreter of the drawing commands gives
//! the characters (`glyphs`); adjacent ones form lines (`line`); what recurs at the edges of pages is set aside
//! (`heads`); lines are read column by column (`page`); and paragraphs are found from gaps, indentation, sizes and
//! sentences, and joined across columns and pages (`flow`).

mod aside;
mod bidi;
mod cid;
mod figure;
mod flow;
mod font;
mod fraction;
mod glyphs;
mod grid;
mod heads;
mod initial;
mod line;
mod margin;
mod objects;
mod page;
mod paragraph;
mod respell;
mod sight;
mod sizes;
mod table;
mod tex;
mod turn;
mod twice;
mod words;

use hayro_interpret::InterpreterCache;
use hayro_interpret::hayro_syntax::{DecryptionError, LoadPdfError, Pdf};

use super::{Block, Content, Date, Metadata, Parsed, ReadError};
use flow::{Page, PageFurniture};
use font::Fonts;
use glyphs::Shown;
use line::Segment;
use objects::Objects;
use page::Gutters;
pub(super) use words::ends_sentence;

/// Limits on the pages and characters of a document.
const MAX_PAGES: usize = 20_000;
const MAX_GLYPHS: usize = 30_000_000;
/// Limit on what the pages of a document may draw, in steps (see `glyphs`).
const MAX_STEPS: usize = 30_000_000;

/// Reads the text layer of a PDF.
///
/// # Errors
/// When the bytes are not a PDF, when it needs a password, and when it has no text that a program can read.
pub fn parse(bytes: &[u8]) -> Result<Parsed, ReadError> {
    objects::check_nesting(bytes).map_err(malformed)?;
    let pdf = Pdf::new(bytes.to_vec()).map_err(|error| malformed(why_not(error)))?;
    let pages = pdf.pages();
    if pages.is_empty() {
        return Err(malformed("it has no pages"));
    }
    let objects = objects::look_at(&pdf).map_err(malformed)?;
    let (missing, damaged, empty) = (missing(&pdf, &objects), objects.damaged, objects.empty);
    let shown = all_shown(&pdf, Fonts::new(objects.tex, objects.collections))?;
    let unreadable = unreadable(&shown, damaged, empty)?;
    let (blocks, title) = blocks(shown);
    let mut metadata = metadata(&pdf);
    metadata.title = metadata.title.or(title);
    Ok(Parsed { metadata, content: Content::Blocks(blocks), note: unreadable, missing }.dated_by_title_page())
}

fn malformed(reason: impl Into<String>) -> ReadError {
    ReadError::Malformed { format: "PDF", reason: reason.into() }
}

fn why_not(error: LoadPdfError) -> &'static str {
    match error {
        LoadPdfError::Decryption(DecryptionError::PasswordProtected) => {
            "it is locked with a password; save a copy without one"
        }
        LoadPdfError::Decryption(_) => "it is encrypted in an unsupported way",
        LoadPdfError::Invalid => "it is damaged or not a PDF",
    }
}

fn all_shown(pdf: &Pdf, mut fonts: Fonts) -> Result<Vec<Shown>, ReadError> {
    let cache = InterpreterCache::new();
    let mut all: Vec<Shown> = Vec::new();
    let (mut glyphs, mut steps) = (0, MAX_STEPS);
    for page in pdf.pages().iter() {
        let shown = glyphs::shown(page, &cache, pdf.xref(), &mut fonts, &mut steps);
        glyphs += shown.glyphs.len();
        if all.len() >= MAX_PAGES || glyphs > MAX_GLYPHS {
            return Err(malformed(format!(
                "it has more than {MAX_PAGES} pages or {} million characters",
                MAX_GLYPHS / 1_000_000
            )));
        }
        all.push(shown);
    }
    Ok(all)
}

/// Returns a message about pages that are named but absent.
fn missing(pdf: &Pdf, objects: &Objects) -> Option<String> {
    let all = objects.pages.max(pdf.pages().len());
    let missing = all - pdf.pages().len() + objects.empty;
    let cut = "could not be read: the file may be cut off";
    (missing > 0).then(|| format!("{missing} of {all} pages {cut}"))
}

/// Returns a message about pages without text, and about text that may be missing because `damaged` streams held some.
/// The text of `empty` pages is absent.
///
/// # Errors
/// When no page has text.
fn unreadable(pages: &[Shown], damaged: usize, empty: usize) -> Result<Option<String>, ReadError> {
    let visible = |page: &Shown| page.glyphs.iter().filter(|glyph| glyph.c != ' ').count() + page.turned.len();
    let unknown: usize = pages.iter().map(|page| page.unknown).sum();
    let known = pages.iter().map(visible).sum::<usize>().saturating_sub(unknown);
    let images: usize = pages.iter().map(|page| page.images).sum();
    if known == 0 && unknown == 0 && damaged + empty > 0 {
        return Err(malformed("what its pages show is damaged and cannot be unpacked; get another copy"));
    }
    if known == 0 && unknown == 0 {
        let pictures =
            if images > 0 { "it is a scan (images of pages without a text layer)" } else { "it has no text layer" };
        return Err(malformed(format!("{pictures}; run it through OCR (text recognition) first")));
    }
    if unknown > known {
        return Err(malformed(
            "its fonts do not say which characters they show; run it through OCR (text recognition) first",
        ));
    }
    let cut = pages.iter().filter(|page| page.cut).count();
    let scanned = pages.iter().filter(|page| page.images > 0 && visible(page) == 0).count();
    let mut said = Vec::new();
    match damaged {
        0 => {}
        1 => said.push("1 part is damaged; some of its text may be missing or wrong".to_owned()),
        parts => said.push(format!("{parts} parts are damaged; some of their text may be missing or wrong")),
    }
    let more = "more characters or drawing commands than are read from one page; the rest was left out";
    match (cut, scanned) {
        (0, 0) => {}
        (0, 1) => said.push("1 page is an image without a text layer".to_owned()),
        (0, pages) => said.push(format!("{pages} pages are images without a text layer")),
        (1, _) => said.push(format!("1 page contains {more}")),
        (pages, _) => said.push(format!("{pages} pages contain {more}")),
    }
    Ok((!said.is_empty()).then(|| said.join("; ")))
}

fn blocks(shown: Vec<Shown>) -> (Vec<Block>, Option<String>) {
    let mut pieces: Vec<Vec<Segment>> = shown.iter().map(|page| line::pieces(&page.glyphs)).collect();
    let line_numbers = margin::take_line_numbers(&mut pieces);
    let mut pages = heads::clear(pieces.into_iter().map(line::join_touching).collect());
    for ((page, numbers), shown) in pages.iter_mut().zip(line_numbers).zip(&shown) {
        page.taken.push((numbers, "line number"));
        page.taken.push((shown.turned.clone(), "text that runs along the page"));
        page.taken.extend(shown.hidden.iter().cloned());
        page.taken.push((figure::take_labels(&mut page.text).join(" "), "figure text"));
        page.taken.retain(|(text, _)| !text.trim().is_empty());
    }
    let (mut texts, taken): (Vec<_>, Vec<_>) = pages.into_iter().map(|page| (page.text, page.taken)).unzip();
    initial::join_drop_caps(&mut texts);
    let mut gutters = Gutters::default();
    let pages = texts.into_iter().zip(taken).enumerate().map(|(at, (mut text, items))| {
        let notes = aside::take_side_notes(&mut text).into_iter().map(|notes| line::lines(notes, at + 1)).collect();
        let columns = page::columns(text, &mut gutters);
        let columns = columns.into_iter().map(|column| (column.role, line::lines(column.segments, at + 1))).collect();
        Page { columns, notes, furniture: PageFurniture { items } }
    });
    flow::blocks(pages.collect())
}

fn metadata(pdf: &Pdf) -> Metadata {
    let info = pdf.metadata();
    let date = info.creation_date.and_then(|date| Date::new(date.year.into(), date.month.into(), date.day.into()));
    Metadata {
        title: info.title.as_deref().and_then(text_string).filter(|title| is_title(title)),
        author: info.author.as_deref().and_then(text_string).filter(|author| is_author(author)),
        date,
        dated_by_file: date.is_some(),
        ..Metadata::default()
    }
}

/// Decodes a text string to one line; nothing if it is blank.
fn text_string(bytes: &[u8]) -> Option<String> {
    let text = decoded(bytes)
        .split(|c: char| c.is_whitespace() || c.is_control())
        .filter(|word| !word.is_empty())
        .collect::<Vec<_>>()
        .join(" ");
    (!text.is_empty()).then_some(text)
}

/// Decodes a text string (ISO 32000-2, 7.9.2.2): UTF-16 or UTF-8 with a mark, else PDFDocEncoding, which is Latin-1
/// apart from a few signs.
fn decoded(bytes: &[u8]) -> String {
    match bytes {
        [0xfe, 0xff, rest @ ..] => {
            let units: Vec<u16> = rest.chunks_exact(2).map(|pair| u16::from_be_bytes([pair[0], pair[1]])).collect();
            String::from_utf16_lossy(&units)
        }
        [0xef, 0xbb, 0xbf, rest @ ..] => String::from_utf8_lossy(rest).into_owned(),
        bytes => bytes.iter().map(|byte| doc_encoding(*byte)).collect(),
    }
}

fn doc_encoding(byte: u8) -> char {
    const HIGH: [char; 32] = [
        '•', '†', '‡', '…', '—', '–', 'ƒ', '⁄', '‹', '›', '−', '‰', '„', '“', '”', '‘', '’', '‚', '™', 'ﬁ', 'ﬂ', 'Ł',
        'Œ', 'Š', 'Ÿ', 'Ž', 'ı', 'ł', 'œ', 'š', 'ž', '\u{fffd}',
    ];
    match byte {
        0x80..=0x9f => HIGH[usize::from(byte - 0x80)],
        0xa0 => '€',
        byte => char::from(byte),
    }
}

/// Whether a text can be a title: programs put the name of the file there, or say that there is none.
fn is_title(text: &str) -> bool {
    const ENDINGS: &[&str] = &[
        ".doc", ".docx", ".odt", ".rtf", ".tex", ".dvi", ".indd", ".qxd", ".pdf", ".ps", ".html", ".htm", ".md",
        ".txt", ".ppt", ".pptx", ".xls", ".xlsx",
    ];
    let lower = without_brackets(text).to_lowercase();
    let program = [
        "microsoft word",
        "microsoft powerpoint",
        "powerpoint presentation",
        "untitled",
        "untitled document",
        "unspecified",
        "anonymous",
        "document",
        "unknown",
        "title",
        "slide 1",
        "powerpoint",
    ];
    let named = lower.strip_prefix("microsoft ").is_some() && lower.contains(" - ");
    text.chars().filter(|c| c.is_alphabetic()).count() >= 3
        && !named
        && !ENDINGS.iter().any(|ending| lower.ends_with(ending))
        && !program.contains(&lower.as_str())
        && (lower.contains(' ') || !lower.contains(['_', '/', '\\']) && !is_number(text))
}

/// `(anonymous)` and `[untitled]` say no more than the word in the brackets.
fn without_brackets(text: &str) -> &str {
    let inside = |open, close| text.strip_prefix(open).and_then(|rest| rest.strip_suffix(close));
    inside('(', ')').or_else(|| inside('[', ']')).or_else(|| inside('<', '>')).unwrap_or(text)
}

/// Whether a text is a publisher's number, such as `sag-39-3-4-0902-21:sag-0`.
fn is_number(text: &str) -> bool {
    let digits = text.chars().filter(char::is_ascii_digit).count();
    digits > text.chars().filter(|c| c.is_alphabetic()).count()
}

fn is_author(text: &str) -> bool {
    const PROGRAMS: &[&str] = &[
        "user",
        "admin",
        "administrator",
        "unknown",
        "author",
        "owner",
        "root",
        "default",
        "anonymous",
        "unspecified",
        "windows user",
        "adobe indesign",
        "indesign",
        "microsoft office user",
    ];
    text.chars().any(char::is_alphabetic) && !PROGRAMS.contains(&without_brackets(text).to_lowercase().as_str())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::BlockKind;

    #[test]
    fn titles_that_programs_make_up_are_none() {
        for title in [
            "xyz-12-3-4-0567-89:xyz-0",
            "Microsoft Word - draft3.doc",
            "paper.tex",
            "untitled",
            "final_version_2",
            "--",
            "Slide 1",
            "(anonymous)",
            "(unspecified)",
            "PowerPoint Presentation",
            "[Untitled]",
        ] {
            assert!(!is_title(title), "{title}");
        }
        for title in ["The bells of Orrin Sound", "Bells", "Notes on Word", "(Un)known bells (again)"] {
            assert!(is_title(title), "{title}");
        }
        assert!(!is_author("(anonymous)") && !is_author("InDesign") && is_author("Anonymous Ward"));
    }

    #[test]
    fn text_strings_are_decoded() {
        assert_eq!(text_string(b"\xfe\xff\0B\0e\0l\0l\x20\x19").as_deref(), Some("Bell’"));
        assert_eq!(text_string(b"\xef\xbb\xbfB\xc3\xa9").as_deref(), Some("Bé"));
        assert_eq!(text_string(b"B\xe9 \x84 ").as_deref(), Some("Bé —"));
        assert_eq!(text_string(b" \0 "), None);
    }

    #[test]
    fn dictionaries_in_dictionaries_without_end_are_refused() {
        let nested = |depth: usize| {
            let (open, close) = ("<< /A ".repeat(depth), " >>".repeat(depth));
            format!("%PDF-1.7\n1 0 obj\n{open}0{close}").into_bytes()
        };
        let refused = |bytes: &[u8]| objects::check_nesting(bytes).is_err();
        assert!(refused(&nested(201)) && refused(&nested(1_000_000)));
        let program = ["<< /Length 9 >> stream\n", &"out << 1;\n".repeat(5000), "endstream\nendobj\n"].concat();
        assert!(!refused(program.as_bytes()) && refused(&[program.as_bytes(), &nested(201)].concat()));
        assert!(!refused(&nested(200)) && !refused(&[nested(150), b"\nendobj\n".to_vec(), nested(150)].concat()));
        // Unlimited, this would take many seconds.
        assert!(parse(&nested(1_000_000)).is_err());
    }

    /// Returns a page drawn by these commands, in a font that every reader has.
    fn page(commands: &str) -> Vec<u8> {
        let font = "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>";
        let objects = [
            "<< /Type /Catalog /Pages 2 0 R >>".to_owned(),
            "<< /Type /Pages /Kids [3 0 R] /Count 1 >>".to_owned(),
            format!(
                "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 400 400] /Contents 4 0 R
                /Resources << /Font << /F {font} >> >> >>"
            ),
            format!("<< /Length {} >> stream\n{commands}\nendstream", commands.len()),
        ];
        let objects: String =
            objects.iter().enumerate().map(|(at, object)| format!("{} 0 obj\n{object}\nendobj\n", at + 1)).collect();
        format!("%PDF-1.7\n{objects}trailer << /Root 1 0 R >>\n%%EOF").into_bytes()
    }

    fn text(commands: &str) -> String {
        match parse(&page(commands)).unwrap().content {
            Content::Blocks(blocks) => blocks.iter().map(|block| block.text.as_str()).collect::<Vec<_>>().join("\n"),
            _ => String::new(),
        }
    }

    #[test]
    fn what_glyphs_spell_is_read_in_their_place() {
        let spelled = |text: &str, shown: &str| format!("/Span << /ActualText {text} >> BDC [{shown}] TJ EMC");
        let (hyphen, ligature) = (spelled("<FEFF00AD>", "( ) 278"), spelled("(ffi)", "(#)"));
        let commands = format!("BT /F 12 Tf 20 300 Td (The har) Tj {hyphen} (bour o) Tj {ligature} (ce closed.) Tj ET");
        assert_eq!(text(&commands), "The harbour office closed.");
    }

    #[test]
    fn what_is_typed_into_a_field_is_no_heading() {
        let draw = |y: u32, size: u32, text: &str| format!("BT /F {size} Tf 20 {y} Td ({text}) Tj ET ");
        let large = draw(370, 16, "The quay fell at noon");
        let text: String = (0..4).map(|row| draw(300 - 12 * row, 10, "The harbour office was closed.")).collect();
        let kinds = |commands: &str| match parse(&page(commands)).unwrap().content {
            Content::Blocks(blocks) => blocks.iter().map(|block| block.kind).collect::<Vec<_>>(),
            _ => Vec::new(),
        };
        assert_eq!(kinds(&format!("{large} {text}"))[0], BlockKind::Heading);
        assert_eq!(kinds(&format!("/Tx BMC {large} EMC {text}"))[0], BlockKind::Paragraph);
    }

    #[test]
    fn notes_of_readers_are_listed() {
        let drawn = String::from_utf8(page("BT /F 12 Tf 20 300 Td (The quay is old.) Tj ET")).unwrap();
        let note = "/Annots [<< /Subtype /Text /Contents (Ask the clerk) >> << /Subtype /Link /Contents (there) >>]";
        let noted = drawn.replace("/Contents 4 0 R", &format!("/Contents 4 0 R {note}"));
        let Content::Blocks(blocks) = parse(noted.as_bytes()).unwrap().content else { panic!("no blocks") };
        let comments: Vec<&str> = blocks
            .iter()
            .filter(|block| block.kind == BlockKind::Furniture("comment"))
            .map(|block| block.text.as_str())
            .collect();
        assert_eq!(comments, ["Ask the clerk"]);
    }

    #[test]
    fn bytes_that_are_no_pdf_are_refused() {
        for bytes in [&b""[..], b"%PDF-1.7", b"%PDF-1.4\n1 0 obj\n<< >>\nendobj\ntrailer << /Root 1 0 R >>\n%%EOF"] {
            assert!(matches!(parse(bytes), Err(ReadError::Malformed { format: "PDF", .. })));
        }
    }
}
