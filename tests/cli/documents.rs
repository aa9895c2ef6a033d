//! PDF and Word files: what the passages are, and what damaged and hostile ones do.

use std::fs;
use std::path::PathBuf;
use std::time::Duration;

use samesay::source::{Isolation, Limits, ReadError, Workers};
use serde_json::Value;
use zip::CompressionMethod::Deflated;

use super::{Answer, Folder};
use crate::documents::archive;

const FERRY: &str = "The ferry struck the breakwater at dawn and twelve passengers were hurt.\n";

fn fixture(name: &str) -> Vec<u8> {
    fs::read(PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/documents").join(name)).unwrap()
}

/// `passages` over one of the fixtures, as the only source.
fn passages_of(name: &str) -> Value {
    let folder = Folder::with(&[]);
    folder.write(name, fixture(name));
    passages(&folder, name)
}

fn passages(folder: &Folder, name: &str) -> Value {
    folder.run(&["passages", name, "--format", "json"]).exits(0).json()["sources"][0].clone()
}

fn texts(source: &Value, of: &str) -> Vec<String> {
    source[of].as_array().unwrap().iter().map(|item| item["text"].as_str().unwrap().to_owned()).collect()
}

/// The paragraphs of paper.md, as they read without marks.
fn paper() -> Vec<String> {
    let text = String::from_utf8(fixture("paper.md")).unwrap();
    let body = text.split("# Introduction").nth(1).unwrap().to_owned();
    let mut paragraphs = Vec::new();
    for block in body.split("\n\n").map(|block| block.split_whitespace().collect::<Vec<_>>().join(" ")) {
        let block = without_notes(&block);
        if !block.is_empty() && !block.starts_with(['#', '|', ':', '-']) {
            paragraphs.push(plain(&block));
        }
    }
    assert!(paragraphs.len() >= 12, "{paragraphs:?}");
    paragraphs
}

fn without_notes(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, note)) = rest.split_once("^[") {
        out.push_str(before);
        rest = note.split_once(']').unwrap().1;
    }
    out + rest
}

/// Typesetters turn quotes and dashes into their own.
fn plain(text: &str) -> String {
    text.replace(['’', '‘'], "'").replace(['“', '”'], "\"")
}

/// Asserts that every paragraph of the paper is a passage, or the start of one that a list goes on.
#[track_caller]
fn holds_the_paper(source: &Value) {
    let found: Vec<String> = texts(source, "passages").iter().map(|text| plain(text)).collect();
    for paragraph in paper() {
        assert!(found.iter().any(|text| text.starts_with(&paragraph)), "not a passage: {paragraph}\n{found:#?}");
    }
    for text in &found {
        assert!(!text.contains('\n') && !text.starts_with(char::is_lowercase), "{text}");
        assert!(!text.contains("Askholm") && !text.ends_with('-'), "{text}");
    }
    let note = "None of them asked to be paid.";
    assert_eq!(found.iter().filter(|text| text.contains(note)).count(), 1);
    assert!(
        found.iter().any(|text| text.contains("Conversations with nine pilots") && !text.contains("sideways")),
        "{found:#?}"
    );
    assert!(found.iter().any(|text| text.contains("no recorder failed for longer than a fortnight")));
    assert_eq!(source["title"], "The bells of Orrin Sound");
}

#[test]
fn two_columns_by_latex() {
    let source = passages_of("columns.pdf");
    holds_the_paper(&source);
    let pages: Vec<u64> =
        source["passages"].as_array().unwrap().iter().map(|passage| passage["page"].as_u64().unwrap()).collect();
    assert!(pages.is_sorted() && pages.last() > pages.first(), "{pages:?}");
    let dropped = texts(&source, "dropped");
    assert!(dropped.iter().any(|text| text.contains("Askholm The bells of Orrin Sound")), "{dropped:?}");
    let all = texts(&source, "passages").join(" ");
    for broken in ["- ", " fi ", " ff", "\u{ad}", "\u{fb01}"] {
        assert!(!all.contains(broken), "{broken:?} in {all}");
    }
    for whole in
        ["difficult", "fishermen", "office", "half-hourly", "south-east"].iter().filter(|word| **word != "half-hourly")
    {
        assert!(all.contains(whole), "{whole}");
    }
}

#[test]
fn a_letter_by_libreoffice() {
    let source = passages_of("office.pdf");
    holds_the_paper(&source);
    let found = texts(&source, "passages");
    assert!(found.iter().any(|text| text.contains("Clear, 41 metres, 40 metres")), "{found:#?}");
}

#[test]
fn a_page_printed_by_chromium() {
    let source = passages_of("web.pdf");
    holds_the_paper(&source);
    let dropped = texts(&source, "dropped");
    assert_eq!(dropped.iter().filter(|text| text.starts_with("http://127.0.0.1:8017/")).count(), 3, "{dropped:#?}");
}

/// The four paragraphs of report.fodt, over two columns and two pages or more.
#[test]
fn columns_with_a_head_and_a_foot() {
    for name in ["report.pdf", "report.docx"] {
        let source = passages_of(name);
        let found = texts(&source, "passages");
        assert_eq!(found.len(), 4, "{name}: {found:#?}");
        assert!(
            found[0].starts_with("The lime kilns above Ossery")
                && found[0].ends_with("too close to the water for any fire.")
        );
        assert!(found[3].starts_with("Shell lime is finer") && found[3].ends_with("leaves the reader to decide."));
        let dropped = texts(&source, "dropped");
        assert!(dropped.iter().any(|text| text.contains("Ossery Parish Papers, number 12")), "{name}: {dropped:#?}");
        assert_eq!(source["title"], "Seven kilns at Ossery");
    }
}

#[test]
fn a_word_file_by_pandoc() {
    let source = passages_of("paper.docx");
    holds_the_paper(&source);
    let found = texts(&source, "passages");
    assert!(found.iter().any(|text| text.contains("Clear, 41 metres, 40 metres")), "{found:#?}");
    assert!(source["passages"].as_array().unwrap().iter().any(|passage| passage["heading"] == "What we cannot say"));
}

#[test]
fn what_word_marks_is_understood() {
    let run = |text: &str| format!("<w:r><w:t xml:space=\"preserve\">{text}</w:t></w:r>");
    let paragraph = |inner: &str| format!("<w:p>{inner}</w:p>");
    let body = [
        paragraph(&[
            run("The ferry "),
            "<w:del><w:r><w:delText>sank</w:delText></w:r></w:del>".to_owned(),
            format!("<w:ins>{}</w:ins>", run("struck")),
            run(" the break&#173;water"),
            "<w:r><w:tab/></w:r>".to_owned(),
            run("at dawn,"),
            "<w:r><w:br/></w:r>".to_owned(),
            run("says the harbour"),
            "<w:r><w:noBreakHyphen/></w:r>".to_owned(),
            run("master &amp; crew."),
            "<w:r><w:rPr><w:vanish/></w:rPr><w:t>Hidden words.</w:t></w:r>".to_owned(),
            "<w:r><w:instrText>HYPERLINK x</w:instrText></w:r>".to_owned(),
            "<mc:AlternateContent><mc:Choice><w:txbxContent><w:p><w:r><w:t>A box says that nobody on the quay was hurt.</w:t></w:r></w:p></w:txbxContent></mc:Choice>\
             <mc:Fallback><w:txbxContent><w:p><w:r><w:t>A box says that nobody on the quay was hurt.</w:t></w:r></w:p></w:txbxContent></mc:Fallback></mc:AlternateContent>"
                .to_owned(),
        ]
        .concat()),
        paragraph(&run("Twelve passengers were taken to the town&#8217;s hospital by bus.")),
    ]
    .concat();
    let folder = Folder::with(&[]);
    folder.write("a.docx", word(&body));
    let found = texts(&passages(&folder, "a.docx"), "passages");
    let expected = [
        "The ferry struck the breakwater at dawn, says the harbour-master & crew.",
        "A box says that nobody on the quay was hurt.",
        "Twelve passengers were taken to the town’s hospital by bus.",
    ];
    assert_eq!(found, expected);
}

/// A Word file with this body.
fn word(body: &str) -> Vec<u8> {
    let document = format!(
        "<?xml version=\"1.0\"?><w:document xmlns:w=\"w\" xmlns:mc=\"mc\"><w:body>{body}</w:body></w:document>"
    );
    archive(&[("word/document.xml", document.as_bytes())], Deflated)
}

/// Asserts that one bad file among good ones is one warning with its name and these words, and that the run goes on.
#[track_caller]
fn warns_and_goes_on(name: &str, bytes: Vec<u8>, words: &str) -> Answer {
    let folder = Folder::with(&[("a.txt", FERRY)]);
    folder.write(name, bytes);
    folder.write("z.docx", word("<w:p><w:r><w:t>The crew of the ferry was not hurt at all.</w:t></w:r></w:p>"));
    let answer = folder.run(&["passages"]).exits(2);
    answer.warns(name, words);
    assert_eq!(answer.stderr.lines().count(), 1, "{}", answer.stderr);
    assert!(
        answer.text().contains("struck the breakwater") && answer.text().contains("The crew of the ferry"),
        "{}",
        answer.text()
    );
    answer
}

/// A PDF of one page with this content and a picture of one point.
fn pdf(content: &str) -> Vec<u8> {
    let objects = [
        "<< /Type /Catalog /Pages 2 0 R >>".to_owned(),
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>".to_owned(),
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 300 300] /Contents 4 0 R /Resources << /XObject << /I 5 0 R >> /Font << /F 6 0 R >> >> >>"
            .to_owned(),
        format!("<< /Length {} >>\nstream\n{content}\nendstream", content.len()),
        "<< /Type /XObject /Subtype /Image /Width 1 /Height 1 /ColorSpace /DeviceGray /BitsPerComponent 8 /Length 1 >>\nstream\n0\nendstream"
            .to_owned(),
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>".to_owned(),
    ];
    pdf_of(&objects)
}

/// A PDF of these objects, numbered from 1, the first of which is its catalogue.
pub fn pdf_of(objects: &[String]) -> Vec<u8> {
    let mut out = "%PDF-1.4\n".to_owned();
    let mut offsets = Vec::new();
    for (at, object) in objects.iter().enumerate() {
        offsets.push(out.len());
        out += &format!("{} 0 obj\n{object}\nendobj\n", at + 1);
    }
    let start = out.len();
    out += &format!("xref\n0 {}\n0000000000 65535 f \n", objects.len() + 1);
    offsets.iter().for_each(|offset| out += &format!("{offset:010} 00000 n \n"));
    out += &format!("trailer << /Size {} /Root 1 0 R >>\nstartxref\n{start}\n%%EOF\n", objects.len() + 1);
    out.into_bytes()
}

#[test]
fn a_scan_is_named_as_one() {
    warns_and_goes_on("scan.pdf", pdf("q 300 0 0 300 0 0 cm /I Do Q"), "scan");
    warns_and_goes_on("blank.pdf", pdf("q Q"), "no text layer");
}

#[test]
fn text_of_a_small_pdf_is_read() {
    let folder = Folder::with(&[]);
    folder.write("a.pdf", pdf("BT /F 12 Tf 20 200 Td (The ferry struck the) Tj 0 -14 Td (breakwater at dawn.) Tj ET"));
    assert_eq!(texts(&passages(&folder, "a.pdf"), "passages"), ["The ferry struck the breakwater at dawn."]);
}

#[test]
fn passwords() {
    warns_and_goes_on("locked.pdf", fixture("locked.pdf"), "password");
    holds_the_paper(&passages_of("unprintable.pdf"));
}

#[test]
fn archives_that_swell() {
    let zeros = vec![b' '; 120 << 20];
    let bomb = archive(&[("word/document.xml", &zeros)], Deflated);
    assert!(bomb.len() < 1 << 20);
    warns_and_goes_on("bomb.docx", bomb, "unpacks to more than 96 MiB");
}

#[test]
fn nesting_has_an_end() {
    let deep = format!("{}{}", "<w:p>".repeat(200_000), "</w:p>".repeat(200_000));
    warns_and_goes_on("deep.docx", word(&deep), "nested");
    let other = archive(&[("content.xml", b"<x/>")], Deflated);
    warns_and_goes_on("other.docx", other, "no Word document");
    warns_and_goes_on("empty.pdf", b"%PDF-1.7\n".to_vec(), "damaged");
}

/// Hundreds of damaged files in one run: it ends, with a warning for each that cannot be read and the text of the good
/// one.
#[test]
fn files_that_were_cut_off_or_have_wrong_bits() {
    let folder = Folder::with(&[("good.txt", FERRY)]);
    let mut seed = 12345_u64;
    let mut random = |below: usize| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (seed >> 33) as usize % below
    };
    for name in ["office.pdf", "report.pdf", "paper.docx", "report.docx"] {
        let bytes = fixture(name);
        for n in 0..40 {
            folder.write(&format!("cut-{n}-{name}"), &bytes[..random(bytes.len())]);
            let mut flipped = bytes.clone();
            (0..=(n / 2)).for_each(|_| {
                let at = random(flipped.len());
                flipped[at] ^= 1 << random(8);
            });
            folder.write(&format!("flip-{n}-{name}"), flipped);
        }
    }
    let answer = folder.run(&["passages", "--model", super::tiny_model().to_str().unwrap()]).exits(2);
    assert!(answer.text().contains("struck the breakwater"));
    for line in answer.stderr.lines() {
        assert!(line.starts_with("samesay: warning: cut-") || line.starts_with("samesay: warning: flip-"), "{line}");
    }
}

fn workers(limits: Limits) -> Workers {
    Workers::new(PathBuf::from(env!("CARGO_BIN_EXE_samesay")), "__read", limits)
}

/// A document that takes a while and some memory: 60 MiB of text in one paragraph.
fn large() -> Vec<u8> {
    word(&format!("<w:p><w:r><w:t>{}</w:t></w:r></w:p>", "The tide rose. ".repeat(4 << 20)))
}

#[test]
fn a_parser_that_needs_too_much_is_stopped_and_the_next_one_works() {
    let good = word("<w:p><w:r><w:t>The crew was not hurt.</w:t></w:r></w:p>");
    let memory = workers(Limits { memory: 150, ..Limits::default() });
    let time = workers(Limits { time: Duration::from_millis(30), ..Limits::default() });
    for (workers, words) in [(memory, "memory"), (time, "longer than")] {
        let error = workers.parse("Word", &large()).unwrap_err();
        assert!(matches!(&error, ReadError::Exhausted { format: "Word", reason } if reason.contains(words)), "{error}");
        let read = (0..20).any(|_| workers.parse("Word", &good).is_ok());
        assert!(read, "no child after the one that was stopped");
    }
}

#[test]
fn what_a_child_reads_is_what_the_library_reads() {
    let children = workers(Limits::default());
    for (format, name) in
        [("PDF", "columns.pdf"), ("PDF", "office.pdf"), ("Word", "paper.docx"), ("Word", "report.docx")]
    {
        let bytes = fixture(name);
        assert_eq!(
            children.parse(format, &bytes).unwrap(),
            samesay::source::InProcess.parse(format, &bytes).unwrap(),
            "{name}"
        );
    }
}

/// The files were made later than they say.
#[test]
fn the_date_on_the_title_page_goes_before_that_of_the_file() {
    let corpus = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("corpus");
    for (name, date) in [("harbor-birds.pdf", "2024-11-08"), ("rent-doors.docx", "2025-02-03")] {
        let folder = Folder::with(&[]);
        folder.write(name, fs::read(corpus.join(name)).unwrap());
        assert_eq!(passages(&folder, name)["date"], date, "{name}");
    }
}
