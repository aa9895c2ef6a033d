//! PDF and Word files: their passages, and the effects of damaged and hostile ones.

use std::fs;
use std::path::PathBuf;
use std::time::Duration;

use samesay::source::{BlockKind, Columns, Content, Isolation, Limits, ReadError, Workers};
use serde_json::Value;
use zip::CompressionMethod::Deflated;

use super::{Answer, Folder};
use crate::documents::archive;

const FERRY: &str = "The ferry struck the breakwater at dawn and twelve passengers were hurt.\n";

fn fixture(name: &str) -> Vec<u8> {
    fs::read(PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/documents").join(name)).unwrap()
}

/// `passages` for one of the fixtures, as the only source.
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

/// The paragraphs of paper.md without markup.
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

/// Undoes the typesetter's quotes and dashes.
fn plain(text: &str) -> String {
    text.replace(['’', '‘'], "'").replace(['“', '”'], "\"")
}

/// Asserts that every paragraph of the paper is a passage, or the start of one that a list continues.
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

/// The four paragraphs of report.fodt, over two columns and two or more pages.
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
        paragraph(
            &[
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
                "<mc:AlternateContent><mc:Choice><w:txbxContent><w:p><w:r><w:t>A box says that nobody on the quay was \
             hurt.</w:t></w:r></w:p></w:txbxContent></mc:Choice>\
             <mc:Fallback><w:txbxContent><w:p><w:r><w:t>A box says that nobody on the quay was \
             hurt.</w:t></w:r></w:p></w:txbxContent></mc:Fallback></mc:AlternateContent>"
                    .to_owned(),
            ]
            .concat(),
        ),
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

#[test]
fn raised_numbers_of_word_are_exponents_behind_numbers() {
    let run =
        |style: &str, text: &str| format!("<w:r><w:rPr>{style}</w:rPr><w:t xml:space=\"preserve\">{text}</w:t></w:r>");
    let up = "<w:vertAlign w:val=\"superscript\"/>";
    let body =
        [run("", "The tank holds 10"), run(up, "6"), run("", " litres, said the 3"), run(up, "rd"), run("", " clerk.")];
    let folder = Folder::with(&[]);
    folder.write("a.docx", word(&format!("<w:p>{}</w:p>", body.concat())));
    let found = texts(&passages(&folder, "a.docx"), "passages");
    assert_eq!(found, ["The tank holds 10^6 litres, said the 3rd clerk."]);
}

#[test]
fn what_word_keeps_beside_its_text_is_listed() {
    let run =
        |style: &str, text: &str| format!("<w:r><w:rPr>{style}</w:rPr><w:t xml:space=\"preserve\">{text}</w:t></w:r>");
    let ruby = format!(
        "<w:r><w:ruby><w:rt>{}</w:rt><w:rubyBase>{}</w:rubyBase></w:ruby></w:r>",
        run("", "とうきょう"),
        run("", "東京")
    );
    let body = [
        ruby,
        run("", " saw the ferry "),
        "<w:del><w:r><w:delText>sink </w:delText></w:r><w:r><w:delText>fast</w:delText></w:r></w:del>".to_owned(),
        run("", "arrive at the angle "),
        "<w:r><w:sym w:font=\"Symbol\" w:char=\"F061\"/></w:r>".to_owned(),
        run("", " that day."),
        run("<w:vanish/>", "Nobody shall read this."),
    ];
    let folder = Folder::with(&[]);
    folder.write("a.docx", word(&format!("<w:p>{}</w:p>", body.concat())));
    let source = passages(&folder, "a.docx");
    assert_eq!(texts(&source, "passages"), ["東京 saw the ferry arrive at the angle α that day."]);
    assert_eq!(texts(&source, "dropped"), ["とうきょう", "sink fast", "Nobody shall read this."]);
}

/// A Word file with this body.
fn word(body: &str) -> Vec<u8> {
    let document = format!(
        "<?xml version=\"1.0\"?><w:document xmlns:w=\"w\" xmlns:mc=\"mc\"><w:body>{body}</w:body></w:document>"
    );
    archive(&[("word/document.xml", document.as_bytes())], Deflated)
}

/// Asserts that a bad file among good ones yields one warning with its name and these words, and that the run
/// continues.
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
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 300 300] /Contents 4 0 R /Resources << /XObject << /I 5 0 R >> \
         /Font << /F 6 0 R >> >> >>"
            .to_owned(),
        format!("<< /Length {} >>\nstream\n{content}\nendstream", content.len()),
        "<< /Type /XObject /Subtype /Image /Width 1 /Height 1 /ColorSpace /DeviceGray /BitsPerComponent 8 /Length 1 \
         >>\nstream\n0\nendstream"
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

/// Hundreds of thousands of attributes in one tag, with one name and with many, wherever web pages are read.
#[test]
fn a_tag_of_attributes_without_number() {
    const CREW: &str = "The crew of the ferry was not hurt, said the captain on the quay in the evening.";
    let page = |attribute: &dyn Fn(usize) -> String| {
        let attributes: Vec<String> = (0..200_000).map(attribute).collect();
        format!("<html><body><p {}>{CREW}</p></body></html>", attributes.join(" "))
    };
    let many = page(&|at| format!("a{at}=\"v\""));
    let one = page(&|_| "a=\"\"".to_owned());
    let mail = format!("From: Ida <ida@example.org>\nSubject: Crew\nContent-Type: text/html\n\n{many}\n");
    for (name, text) in [("a.html", &many), ("a.xhtml", &many), ("a.txt", &one), ("a.html", &one), ("a.eml", &mail)] {
        let folder = Folder::with(&[("ferry.txt", FERRY)]);
        folder.write(name, text);
        let answer = folder.run(&["passages", ".", "--format", "json"]).exits(0).json();
        let found: Vec<_> =
            answer["sources"].as_array().unwrap().iter().map(|source| texts(source, "passages")).collect();
        assert_eq!(found.concat(), [CREW, FERRY.trim()], "{name}");
    }
}

/// A value in double quotes is read unchanged wherever the calls are separated.
#[test]
fn many_attributes_are_the_ones_that_are_written() {
    for before in 0..80 {
        let attributes: Vec<String> = (0..before).map(|at| format!("a{at}=\"x &amp; y\"")).collect();
        let page = format!(
            "<html><head><title>T</title></head><body><p {} hidden=\"\" b=\"1\">Nobody sees this line of the \
             page.</p><p {} class=\"b\">The crew of the ferry was not hurt.</p></body></html>",
            attributes.join(" "),
            attributes.join(" ")
        );
        let read = samesay::source::read_bytes(page.as_bytes(), "a.html".as_ref(), &Columns::default()).unwrap();
        let Content::Blocks(blocks) = &read.sources[0].content else { panic!("{read:?}") };
        let of = |kind: BlockKind| {
            let all = blocks.iter().filter(|block| block.kind == kind);
            all.map(|block| block.text.as_str().to_owned()).collect::<Vec<_>>()
        };
        assert_eq!(of(BlockKind::Paragraph), ["The crew of the ferry was not hurt."], "{before}");
    }
}

/// A word that continues on every line without an end.
#[test]
fn lines_that_all_end_in_a_hyphen() {
    let word: Vec<String> = (0..300_000).map(|at| format!("syllable{at}-")).collect();
    let folder = Folder::with(&[("a.txt", FERRY)]);
    folder.write("word.txt", word.join("\n"));
    assert!(folder.run(&["passages", "."]).exits(0).text().contains("syllable0-syllable1-syllable2"));
}

const HELVETICA: &str = "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>";

/// A PDF whose first page shows `content` with these additional objects, numbered from 8, and whose second shows a
/// line.
fn two_pages(content: &str, further: &[String]) -> Vec<u8> {
    let page = |content: usize| {
        format!(
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 800] /Contents {content} 0 R \
             /Resources << /Font << /F 5 0 R /G 8 0 R >> /XObject << /X 8 0 R >> >> >>"
        )
    };
    let stream = |content: &str| format!("<< /Length {} >>\nstream\n{content}\nendstream", content.len());
    let own = [
        "<< /Type /Catalog /Pages 2 0 R >>".to_owned(),
        "<< /Type /Pages /Kids [3 0 R 6 0 R] /Count 2 >>".to_owned(),
        page(4),
        stream(content),
        HELVETICA.to_owned(),
        page(7),
        stream("BT /F 12 Tf 20 200 Td (The crew of the ferry was not hurt.) Tj ET"),
    ];
    pdf_of(&[&own[..], further].concat())
}

const LINE: &str = "BT /F 12 Tf 20 700 Td (The ferry struck the breakwater.) Tj ET\n";

/// Endless drawing is cut off, and the next page is read.
#[test]
fn drawing_has_an_end() {
    let form = |at: usize| {
        let (inner, next) = ("/X Do\n".repeat(10), 9 + at);
        format!(
            "<< /Type /XObject /Subtype /Form /BBox [0 0 600 800] /Resources << /XObject << /X {next} 0 R >> >> \
             /Length {} >>\n\
             stream\n{inner}\nendstream",
            inner.len()
        )
    };
    let forms: Vec<String> = (0..25).map(form).collect();
    let long = format!("BT /F 12 Tf 20 500 Td ({}) Tj ET\n", "The tide rose. ".repeat(100)).repeat(30_000);
    for (name, content, further) in [
        ("forms.pdf", format!("{LINE}/X Do"), &forms[..]),
        ("text.pdf", LINE.to_owned() + &long, &[]),
        ("paths.pdf", LINE.to_owned() + &"0 0 1 1 re f\n".repeat(5_100_000), &[]),
        ("commands.pdf", LINE.to_owned() + &"q Q\n".repeat(17_000_000), &[]),
    ] {
        let folder = Folder::with(&[]);
        folder.write(name, two_pages(&content, further));
        let answer = folder.run(&["passages", name]).exits(0);
        answer.warns(name, "1 page contains more characters or drawing commands than are read from one page");
        let text = answer.text().replace('\n', " ");
        assert!(text.contains("The ferry struck the breakwater.") && text.contains("crew of the ferry"), "{name}");
    }
}

#[test]
fn widths_of_more_characters_than_there_are() {
    let font = |widths: &str| {
        [
            "<< /Type /Font /Subtype /Type0 /BaseFont /X /Encoding /Identity-H /DescendantFonts [9 0 R] >>".to_owned(),
            format!(
                "<< /Type /Font /Subtype /CIDFontType2 /BaseFont /X /CIDSystemInfo << /Registry (Adobe) /Ordering \
                 (Identity) /Supplement 0 >> {widths} >>"
            ),
        ]
    };
    let content = format!("{LINE}BT /G 12 Tf 20 500 Td <00410042> Tj ET");
    for widths in ["/W [0 2147483647 5 0 4294967295 6]", "/W [1 [500 600] 7 4000000000 5]", "/W2 [0 4294967295 1 2 3]"]
    {
        warns_and_goes_on("wide.pdf", two_pages(&content, &font(widths)), "widths of more than 16 million characters");
    }
    let folder = Folder::with(&[]);
    folder.write("a.pdf", two_pages(&content, &font("/W [1 [500 600] 7 65535 5] /W2 [0 65535 1 2 3]")));
    assert!(folder.run(&["passages", "a.pdf"]).exits(0).text().contains("breakwater"));
}

/// With one wrong byte in a page's content, the text is complete, or a note says that it may not be.
#[test]
fn damage_in_a_page_is_never_silent() {
    let bytes = fs::read(PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("corpus/harbor-birds.pdf")).unwrap();
    let find =
        |what: &[u8], from: usize| from + bytes[from..].windows(what.len()).position(|some| some == what).unwrap();
    let start = find(b"stream", 0) + 8;
    let end = find(b"endstream", start);
    let folder = Folder::with(&[]);
    folder.write("a.pdf", &bytes);
    let run = || folder.run(&["passages", "a.pdf", "--model", super::tiny_model().to_str().unwrap()]);
    let whole = run().exits(0);
    assert_eq!(whole.stderr, "");
    let mut silent = 0;
    for at in (start..end).step_by((end - start) / 23) {
        let mut damaged = bytes.clone();
        damaged[at] ^= 0x55;
        folder.write("a.pdf", &damaged);
        let answer = run();
        let told = answer.stderr.contains("1 part is damaged") || answer.code == Some(2) && !answer.stderr.is_empty();
        assert!(told || answer.text() == whole.text(), "byte {at}: {}", answer.stderr);
        silent += usize::from(!told);
    }
    assert!(silent <= 2, "{silent}");
}

#[test]
fn a_page_that_cannot_be_unpacked_is_not_taken_for_a_scan() {
    let content = "no deflate at all";
    let objects = [
        "<< /Type /Catalog /Pages 2 0 R >>".to_owned(),
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>".to_owned(),
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 300 300] /Contents 4 0 R >>".to_owned(),
        format!("<< /Length {} /Filter /FlateDecode >>\nstream\n{content}\nendstream", content.len()),
    ];
    warns_and_goes_on("broken.pdf", pdf_of(&objects), "damaged and cannot be unpacked");
}

/// Entities defined by an office file itself are not expanded, and not dropped silently.
#[test]
fn entities_that_a_document_defines() {
    let document = |body: &str| {
        let text = format!(
            "<?xml version=\"1.0\"?><!DOCTYPE d [<!ENTITY i \"The lamp went out.\">]><w:document \
             xmlns:w=\"w\"><w:body><w:p>\
             <w:r><w:t>{body}</w:t></w:r></w:p></w:body></w:document>"
        );
        archive(&[("word/document.xml", text.as_bytes())], Deflated)
    };
    warns_and_goes_on("own.docx", document("The boat struck the pier. &i;"), "uses the entity &i;");
    let folder = Folder::with(&[]);
    folder.write("a.docx", document("The boat &amp; the crew &#8211; all struck the pier."));
    assert!(folder.run(&["passages", "a.docx"]).exits(0).text().contains("boat & the crew – all"));
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
        let named = ["cut-", "flip-"].iter().any(|name| line.starts_with(&format!("samesay: warning: {name}")));
        // Of many, only some are printed.
        assert!(named || line.ends_with("--verbose names all") || line.ends_with("--verbose prints all"), "{line}");
    }
}

fn workers(limits: Limits) -> Workers {
    Workers::new(PathBuf::from(env!("CARGO_BIN_EXE_samesay")), "__read", limits)
}

/// A document that takes time and memory: 60 MiB of text in one paragraph.
fn large() -> Vec<u8> {
    word(&format!("<w:p><w:r><w:t>{}</w:t></w:r></w:p>", "The tide rose. ".repeat(4 << 20)))
}

#[test]
fn a_parser_that_needs_too_much_is_stopped_and_the_next_one_works() {
    let good = word("<w:p><w:r><w:t>The crew was not hurt.</w:t></w:r></w:p>");
    let memory = workers(Limits { memory: 150, ..Limits::default() });
    let time = workers(Limits { time: Duration::from_millis(30), ..Limits::default() });
    for (workers, words, lasting) in [(memory, "memory", true), (time, "longer than", false)] {
        let error = workers.parse("Word", &large()).unwrap_err();
        // By the clock it may only have waited for others, which need not last.
        assert_eq!(matches!(&error, ReadError::Exhausted { .. }), lasting, "{error}");
        assert!(error.to_string().contains(words), "{error}");
        assert_eq!(error.to_string().contains("remembers this until"), lasting, "{error}");
        let read = (0..20).any(|_| workers.parse("Word", &good).is_ok());
        assert!(read, "no child after the one that was stopped");
    }
}

/// A child that aborts reports why.
#[cfg(unix)]
#[test]
fn a_parser_that_aborts_is_told_from_one_that_needs_too_much() {
    use std::os::unix::fs::PermissionsExt;
    for (says, reason) in [
        ("thread 'main' (7) has overflowed its stack", "it overflowed its stack on this file"),
        ("memory allocation of 12 bytes failed", "it needed more than 2048 MiB of memory"),
        ("free(): invalid pointer", "it aborted on this file"),
    ] {
        let folder = Folder::with(&[]);
        folder.write("child", format!("#!/bin/sh\necho \"{says}\" >&2\nulimit -c 0\nkill -ABRT $$\n"));
        let program = folder.path("child");
        fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
        let error = Workers::new(program, "__read", Limits::default()).parse("Word", b"PK").unwrap_err();
        assert!(error.to_string().contains(reason), "{error}");
    }
}

/// The parent may have ended before the child checks its identity.
#[cfg(unix)]
#[test]
fn a_parser_whose_parent_has_ended_ends() {
    use std::process::{Command, Stdio};
    use std::time::Instant;
    let mut child = Command::new(env!("CARGO_BIN_EXE_samesay"))
        .args(["__read", "2048", "60", "1"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    // Its stdin stays open.
    let start = Instant::now();
    let ended = loop {
        match child.try_wait().unwrap() {
            None if start.elapsed() < Duration::from_mins(1) => std::thread::sleep(Duration::from_millis(20)),
            status => break status,
        }
    };
    let _ = child.kill();
    let _ = child.wait();
    assert!(ended.is_some());
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

/// The files were created later than they say.
#[test]
fn the_date_on_the_title_page_goes_before_that_of_the_file() {
    let corpus = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("corpus");
    for (name, date) in [("harbor-birds.pdf", "2024-11-08"), ("rent-doors.docx", "2025-02-03")] {
        let folder = Folder::with(&[]);
        folder.write(name, fs::read(corpus.join(name)).unwrap());
        assert_eq!(passages(&folder, name)["date"], date, "{name}");
    }
}
