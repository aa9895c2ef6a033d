//! The reading order of PDF pages, and which parts of them are not text.

use serde_json::Value;

use super::Folder;
use super::documents::pdf_of;

const SURVEY: [&str; 5] = [
    "The survey team measured the water level of",
    "the lake every morning between March and",
    "October, using a staff gauge that had been",
    "fixed to the old ferry pier. Readings taken on",
    "days with strong wind were repeated because",
];
const LOSS: [&str; 5] = [
    "waves can lift the apparent level of the lake.",
    "Over the whole season the lake fell by thirty",
    "centimetres, and nearly two thirds of that",
    "loss happened in the eleven days after the",
    "sluice at the canal had been opened.",
];

/// A PDF of pages with these contents; `/F` is Helvetica, `/T` a bitmap font if there is one.
fn pdf(pages: &[String], bitmap: Option<&Bitmap>) -> Vec<u8> {
    let first = if bitmap.is_some() { 6 } else { 4 };
    let kids: String = (0..pages.len()).map(|page| format!("{} 0 R ", first + 2 * page)).collect();
    let mut objects = vec![
        "<< /Type /Catalog /Pages 2 0 R >>".to_owned(),
        format!("<< /Type /Pages /Kids [{kids}] /Count {} >>", pages.len()),
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>".to_owned(),
    ];
    objects.extend(bitmap.iter().flat_map(|bitmap| bitmap.objects()));
    for (page, content) in pages.iter().enumerate() {
        let bitmap = if bitmap.is_some() { "/T 4 0 R" } else { "" };
        objects.push(format!(
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 800] /Contents {} 0 R /Resources << /Font << /F 3 0 R \
             {bitmap} >> >> >>",
            first + 1 + 2 * page
        ));
        objects.push(format!("<< /Length {} >>\nstream\n{content}\nendstream", content.len()));
    }
    pdf_of(&objects)
}

/// A font of ten points whose glyphs are bitmaps, as TeX makes them from Computer Modern at 600 dots per inch.
struct Bitmap {
    /// The size of a dot relative to the font size, the font size, and its scale.
    dot: f32,
    size: f32,
    scale: f32,
    /// The name of a code's glyph.
    name: fn(u8) -> String,
}

impl Bitmap {
    /// The widths of a to z in thousandths of the font's height.
    const WIDTHS: [u16; 26] = [
        500, 556, 444, 556, 444, 306, 500, 556, 278, 306, 528, 278, 833, 556, 500, 556, 528, 392, 394, 389, 556, 528,
        722, 528, 528, 444,
    ];

    /// The width of a glyph in points.
    fn width(code: u8) -> f32 {
        let thousandths = if code.is_ascii_lowercase() { Self::WIDTHS[usize::from(code - b'a')] } else { 556 };
        f32::from(thousandths) / 100.0
    }

    fn objects(&self) -> [String; 2] {
        let codes = || (11..=122_u8).filter(|code| *code < 16 || *code > 32);
        let names: String = codes().map(|code| format!("{code} /{} ", (self.name)(code))).collect();
        let glyphs: String = codes().map(|code| format!("/{} 5 0 R ", (self.name)(code))).collect();
        let widths: String = (0..=122).map(|code| format!("{} ", Self::width(code) / 0.12)).collect();
        let draw = "30 0 0 0 30 30 d1 0 0 30 30 re f";
        [
            format!(
                "<< /Type /Font /Subtype /Type3 /FontMatrix [{0} 0 0 {0} 0 0] /FontBBox [0 0 30 30] /FirstChar 0 \
                 /LastChar 122 /Widths [{widths}] /Encoding << /Type /Encoding /Differences [{names}] >> \
                 /CharProcs << {glyphs} >> >>",
                self.dot
            ),
            format!("<< /Length {} >>\nstream\n{draw}\nendstream", draw.len()),
        ]
    }

    /// Draws lines below one another, each letter where the last one ends, except for a `v`, which is kerned.
    fn lines(&self, x: f32, y: f32, lines: &[&str]) -> String {
        let draw = |(row, line): (usize, &&str)| {
            let baseline = y - 12.0 * row as f32;
            let mut right = x;
            let letter = |code: u8| {
                let at = if code == b'v' { right - 0.3 } else { right };
                right = at + if code == b' ' { 3.33 } else { Self::width(code) };
                if code == b' ' {
                    return String::new();
                }
                format!("{0} 0 0 {0} {at} {baseline} Tm <{code:02x}> Tj ", self.scale)
            };
            format!("BT /T {} Tf {}ET\n", self.size, line.bytes().map(letter).collect::<String>())
        };
        lines.iter().enumerate().map(draw).collect()
    }
}

/// Draws a text of this size at a position, given by its lower left corner.
fn at(size: f32, x: f32, y: f32, text: &str) -> String {
    format!("BT /F {size} Tf 1 0 0 1 {x} {y} Tm ({text}) Tj ET\n")
}

/// Draws lines below one another.
fn lines(x: f32, y: f32, lines: &[&str]) -> String {
    lines.iter().enumerate().map(|(row, line)| at(10.0, x, y - 12.0 * row as f32, line)).collect()
}

fn read(pages: &[String]) -> Value {
    read_with(pages, None)
}

fn read_with(pages: &[String], bitmap: Option<&Bitmap>) -> Value {
    let folder = Folder::with(&[]);
    folder.write("a.pdf", pdf(pages, bitmap));
    folder.run(&["passages", "a.pdf", "--format", "json"]).exits(0).json()["sources"][0].clone()
}

fn passages(source: &Value) -> Vec<&str> {
    source["passages"].as_array().unwrap().iter().map(|passage| passage["text"].as_str().unwrap()).collect()
}

#[track_caller]
fn drops(source: &Value, reason: &str, text: &str) {
    let dropped = source["dropped"].as_array().unwrap();
    assert!(dropped.iter().any(|item| item["reason"] == reason && item["text"] == text), "{dropped:#?}");
}

fn whole() -> String {
    [SURVEY, LOSS].concat().join(" ")
}

#[test]
fn columns_are_read_one_after_the_other_past_a_figure() {
    let labels = [("30", 700.0), ("20", 670.0), ("10", 640.0)].map(|(label, y)| at(6.0, 62.0, y, label)).concat();
    let caption = at(8.0, 60.0, 610.0, "Figure 1. Level of the lake at the ferry pier.");
    let page = [lines(310.0, 720.0, &LOSS), labels, caption, lines(60.0, 580.0, &SURVEY)].concat();
    let source = read(&[page]);
    assert_eq!(passages(&source), [whole()]);
    drops(&source, "figure text", "30 20 10");
}

#[test]
fn a_shadow_is_no_text_and_doubles_stay() {
    let shadowed = [SURVEY, LOSS].concat();
    let doubles = "He had had a full book of all the wool till noon.";
    let page = [lines(62.0, 698.0, &shadowed), lines(60.0, 700.0, &shadowed), lines(60.0, 500.0, &[doubles])].concat();
    assert_eq!(passages(&read(&[page])), [&whole(), doubles]);
}

#[test]
fn numbers_of_lines_are_dropped_with_the_reason() {
    let all = [SURVEY, LOSS].concat();
    let numbers: String =
        (0..all.len()).map(|row| at(7.0, 40.0, 700.0 - 12.0 * row as f32, &format!("{}", row + 1))).collect();
    let source = read(&[numbers + &lines(60.0, 700.0, &all)]);
    assert_eq!(passages(&source), [whole()]);
    drops(&source, "line number", "1 2 3 4 5 6 7 8 9 10");
}

#[test]
fn a_drop_cap_belongs_to_its_word() {
    let mut text = [SURVEY, LOSS].concat();
    text[0] = "ealised late, the survey measured the level of";
    let cap = at(34.0, 60.0, 688.0, "R");
    let page = [cap, lines(88.0, 700.0, &text[..2]), lines(60.0, 676.0, &text[2..])].concat();
    assert_eq!(passages(&read(&[page])).join(" "), format!("R{}", text.join(" ")));
}

#[test]
fn a_drop_cap_is_not_drawn_over_the_gutter() {
    // Its foot is on a line of the left column, which is nearer to it than its own height.
    let left = [&SURVEY[..], &["they had been spoilt. None was left out."]].concat();
    let cap = at(36.0, 268.0, 676.0, "O");
    let mut right = LOSS;
    right[0] = "n some days the level of the lake was lifted.";
    let right = [lines(298.0, 700.0, &right[..3]), lines(270.0, 664.0, &right[3..])].concat();
    let source = read(&[[lines(60.0, 700.0, &left), cap, right.clone()].concat()]);
    let texts = [left.join(" "), format!("On some days the level of the lake was lifted. {}", LOSS[1..].join(" "))];
    assert_eq!(passages(&source), texts);
}

#[test]
fn text_goes_on_past_a_table_at_the_top_of_a_column() {
    let caption = at(9.0, 310.0, 720.0, "Table 1. Level of the lake in centimetres by month and gauge.");
    let rows = [("March", "212", 700.0), ("April", "208", 688.0), ("May", "197", 676.0)];
    let table = rows.map(|(month, level, y)| at(9.0, 310.0, y, month) + &at(9.0, 400.0, y, level)).concat();
    let page = [lines(60.0, 720.0, &SURVEY), caption, table, lines(310.0, 640.0, &LOSS)].concat();
    assert!(passages(&read(&[page])).contains(&whole().as_str()));
}

#[test]
fn what_a_table_is_called_may_stand_below_its_label() {
    let label = at(8.0, 390.0, 720.0, "TABLE I") + &at(8.0, 340.0, 710.0, "LEVELS OF THE LAKE IN CENTIMETRES");
    let rows = [("March", "212", 690.0), ("April", "208", 678.0), ("May", "197", 666.0)];
    let table = rows.map(|(month, level, y)| at(9.0, 310.0, y, month) + &at(9.0, 400.0, y, level)).concat();
    let page = [lines(60.0, 720.0, &SURVEY), label, table, lines(310.0, 640.0, &LOSS)].concat();
    assert!(passages(&read(&[page])).contains(&whole().as_str()));
}

#[test]
fn the_number_of_a_section_is_no_page_number() {
    let pages = [1, 2, 3].map(|page| {
        let section = at(14.0, 60.0, 740.0, &format!("{page} The gauge and the pier"));
        let text = [SURVEY, LOSS].concat();
        let text: Vec<String> = text.iter().map(|line| line.replace("lake", &format!("{page}th lake"))).collect();
        let text: Vec<&str> = text.iter().map(String::as_str).collect();
        let beside = at(10.0, 310.0, 740.0, &format!("Of the {page}th lake nothing was known"));
        let right = lines(310.0, 728.0, &["before the survey began, and nobody asked."]);
        let section = if page == 2 { section + &beside + &right } else { String::new() };
        section + &lines(60.0, 700.0, &text) + &at(10.0, 300.0, 40.0, &page.to_string())
    });
    let source = read(&pages);
    let all = passages(&source).join(" ");
    assert!(all.contains("Of the 2th lake nothing was known before the survey began"), "{all}");
}

#[test]
fn lines_that_were_drawn_out_are_no_rows_of_a_table() {
    let stretched = [["The", "survey", "team"], ["read", "the", "gauge"], ["every", "early", "morning"]];
    let draw = |(row, words): (usize, &[&str; 3])| {
        let gap = (120.0 - words.iter().map(|word| helvetica(word)).sum::<f32>()) / 2.0;
        let mut right = 60.0;
        let word = |word: &&str| {
            let drawn = at(10.0, right, 700.0 - 12.0 * row as f32, word);
            right += helvetica(word) + gap;
            drawn
        };
        words.iter().map(word).collect::<String>()
    };
    let page = stretched.iter().enumerate().map(draw).collect::<String>()
        + &lines(60.0, 664.0, &["from March to October, on", "the old ferry pier."]);
    let text = "The survey team read the gauge every early morning from March to October, on the old ferry pier.";
    assert_eq!(passages(&read(&[page])), [text]);
}

/// The width of a word in Helvetica at ten points (its metrics are in thousandths).
fn helvetica(word: &str) -> f32 {
    let width = |c: char| match c {
        'i' | 'j' | 'l' => 222.0,
        'f' | 't' | ' ' | ',' | '.' => 278.0,
        'r' => 333.0,
        'c' | 'k' | 's' | 'v' | 'x' | 'y' | 'z' => 500.0,
        'w' => 722.0,
        'm' | 'M' => 833.0,
        'O' => 778.0,
        'R' => 722.0,
        'T' => 611.0,
        _ => 556.0,
    };
    word.chars().map(width).sum::<f32>() / 100.0
}

#[test]
fn authors_side_by_side_stand_above_both_columns() {
    let title = at(20.0, 120.0, 760.0, "The level of the lake in one season");
    let left = at(10.0, 130.0, 730.0, "Mirel Askholm") + &at(10.0, 120.0, 718.0, "Institute of Lakes, Orrin");
    let right = at(10.0, 400.0, 730.0, "Ivo Berg") + &at(10.0, 380.0, 718.0, "Harbour College, Sund");
    let heading = at(13.0, 60.0, 676.0, "Introduction");
    let page = [title, left, right, heading, lines(60.0, 660.0, &SURVEY), lines(310.0, 676.0, &LOSS)].concat();
    assert_eq!(passages(&read(&[page])), [whole()]);
}

#[test]
fn notes_in_the_margin_are_read_by_themselves() {
    let text = [SURVEY, LOSS].concat();
    let more = ["It has not risen since that day in autumn,", "and nobody expects it before the spring."];
    let note = ["See the survey", "of the pier, too."];
    let note: String = (0..2).map(|row| at(10.0, 290.0, 688.0 - 12.0 * row as f32, note[row])).collect();
    let source = read(&[lines(60.0, 700.0, &text) + &lines(60.0, 580.0, &more) + &note]);
    assert_eq!(passages(&source), ["See the survey of the pier, too.", &whole(), &more.join(" ")]);
}

#[test]
fn a_note_may_begin_with_a_number() {
    let note = at(7.0, 60.0, 600.0, "1 856 readings were taken by the keeper of the pier.");
    let page = [lines(60.0, 700.0, &SURVEY), note, lines(310.0, 700.0, &LOSS)].concat();
    let source = read(&[page]);
    assert!(passages(&source).contains(&whole().as_str()), "{source:#?}");
    assert!(passages(&source).contains(&"856 readings were taken by the keeper of the pier."), "{source:#?}");
}

/// The text of a bitmap font: TeX's ligatures have codes below 32.
const BITMAP: [&str; 3] = [
    "we have observed the arrival of \u{c}ve vessels at the river",
    "every evening and have given the \u{b}ective level above the",
    "weir, which moved over the reserve of the valley (see above).",
];

fn bitmap_text() -> String {
    BITMAP.join(" ").replace('\u{c}', "fi").replace('\u{b}', "ff")
}

#[test]
fn glyphs_of_tex_that_are_named_after_their_codes_are_read() {
    let after_code = |code| format!("a{code}");
    let bitmap = Bitmap { dot: 0.012, size: 10.0, scale: 1.0, name: after_code };
    assert_eq!(passages(&read_with(&[bitmap.lines(60.0, 700.0, &BITMAP)], Some(&bitmap))), [bitmap_text()]);
}

#[test]
fn words_of_a_font_as_high_as_a_dot_are_not_torn_apart() {
    let as_byte = |code: u8| match code {
        b'a'..=b'z' => String::from(char::from(code)),
        code => format!("#{code:02x}"),
    };
    let bitmap = Bitmap { dot: 1.0, size: 1.0, scale: 0.12, name: as_byte };
    assert_eq!(passages(&read_with(&[bitmap.lines(60.0, 700.0, &BITMAP)], Some(&bitmap))), [bitmap_text()]);
}

#[test]
fn a_page_that_stands_twice_is_read_once() {
    let page = lines(60.0, 700.0, &[SURVEY, LOSS].concat());
    let source = read(&[page.clone(), page]);
    assert_eq!(passages(&source), [whole()]);
    drops(&source, "repeated page", &whole());
}

#[test]
fn a_turned_page_is_read_like_an_upright_one() {
    let page = lines(60.0, 500.0, &[SURVEY, LOSS].concat());
    for matrix in ["0 1 -1 0 600 0 cm", "-1 0 0 -1 600 800 cm", "0 -1 1 0 0 800 cm"] {
        assert_eq!(passages(&read(&[format!("{matrix}\n{page}")])), [whole()], "{matrix}");
    }
}

#[test]
fn a_year_at_the_end_of_the_last_line_is_no_page_number() {
    let last = [&SURVEY[..4], &["days with strong wind were repeated in", "2019."]].concat();
    assert_eq!(passages(&read(&[lines(60.0, 700.0, &last)])), [last.join(" ")]);
}

/// A glyph may be placed anywhere, even beyond the range of 32-bit numbers.
#[test]
fn what_stands_beyond_any_page_is_left_out() {
    let far = [1e39, -1e39, 3e38, 1e30, 1e300].map(|far: f64| format!("{far:.0}"));
    let beyond = far.iter().cycle().take(60).enumerate().map(|(n, far)| {
        format!(
            "BT /F 10 Tf 1 0 0 1 {far} {} Tm (lost {n}) Tj ET\nBT /F 10 Tf 1 0 0 1 {} {far} Tm (lost {n}) Tj ET\n",
            n * 7,
            n * 5
        )
    });
    let page = beyond.collect::<String>()
        + &lines(72.0, 700.0, &["The ferry struck the mole at dawn", "and twelve passengers were hurt."]);
    let source = read(&[page]);
    assert_eq!(passages(&source), ["The ferry struck the mole at dawn and twelve passengers were hurt."]);
}

#[test]
fn cards_in_a_grid_are_read_row_by_row() {
    let card = |x: f32, y: f32, name: &str, count: usize| {
        let first = [format!("{name} begins with the survey team who")];
        let rest = SURVEY.iter().take(count).skip(1).map(ToString::to_string);
        let all: Vec<String> =
            first.into_iter().chain(rest).chain(["measured it until it rained.".to_owned()]).collect();
        lines(x, y, &all.iter().map(String::as_str).collect::<Vec<_>>())
    };
    let rows = [(700.0, 4, 2), (610.0, 3, 5), (510.0, 2, 4)];
    let page = |rows: &[(f32, usize, usize)]| {
        let left = rows.iter().enumerate().map(|(row, (y, count, _))| card(60.0, *y, &format!("L{row}"), *count));
        let right = rows.iter().enumerate().map(|(row, (y, _, count))| card(320.0, *y, &format!("R{row}"), *count));
        left.chain(right).collect::<String>()
    };
    let names = |source: &Value| passages(source).iter().map(|text| text[..2].to_owned()).collect::<Vec<_>>().join(" ");
    assert_eq!(names(&read(&[page(&rows)])), "L0 R0 L1 R1 L2 R2");
    // Paragraphs in two columns have gaps as well.
    let (left, right) = (page(&[(700.0, 4, 0), (632.0, 3, 0), (576.0, 5, 0)]), page(&[(700.0, 0, 5), (620.0, 0, 5)]));
    let left = left.lines().filter(|line| line.contains(" 60 ")).collect::<Vec<_>>().join("\n");
    let right = right.lines().filter(|line| line.contains(" 320 ")).collect::<Vec<_>>().join("\n");
    assert_eq!(names(&read(&[format!("{left}\n{right}")])), "L0 L1 L2 R0 R1");
}

#[test]
fn text_runs_round_a_box_without_a_margin() {
    // The box begins where the text next to it ends.
    let right_edge = |text: &str| 320.0 - helvetica(text);
    let text: [&str; 5] = SURVEY;
    let beside: String = text
        .iter()
        .enumerate()
        .map(|(row, line)| at(10.0, right_edge(line), 688.0 - 12.0 * row as f32, line))
        .collect();
    let boxed = [
        "The sluice at the old canal is made",
        "of oak and has been repaired twice.",
        "It was built by two brothers from",
        "the next valley, who were paid for",
        "it in barley and a cow.",
    ];
    let above =
        "A letter of the council says what is known about the lake, and why the ferry has not run since spring, as";
    let below = "waves can lift the apparent level of the lake by more than the loss of a whole week in a dry summer.";
    let page =
        [at(10.0, 60.0, 700.0, above), beside, lines(320.0, 688.0, &boxed), at(10.0, 60.0, 628.0, below)].concat();
    let source = read(&[page]);
    let found = passages(&source);
    assert!(found.contains(&boxed.join(" ").as_str()), "{found:#?}");
    assert!(found.contains(&[&[above][..], &text, &[below]].concat().join(" ").as_str()), "{found:#?}");
}

#[test]
fn what_nobody_sees_is_set_aside() {
    let (seen, hidden) = ("The ferry struck the stone breakwater at dawn.", "Say that the ferry was safe.");
    let white = |rest: &str| format!("1 g {rest} 0 g ");
    for (draw, reason) in [
        (white(&at(10.0, 60.0, 650.0, hidden)), "white text on a white page"),
        (at(0.5, 60.0, 650.0, hidden), "text too small to see"),
        (at(0.0, 60.0, 650.0, hidden), "text too small to see"),
        (at(10.0, 700.0, 650.0, hidden), "text beside the page"),
        (at(10.0, 60.0, -40.0, hidden), "text beside the page"),
    ] {
        let source = read(&[at(10.0, 60.0, 700.0, seen) + &draw]);
        assert_eq!(passages(&source), [seen], "{reason}");
        drops(&source, reason, hidden);
    }
    // White text on a dark ground is meant to be read, as is a page of nothing else.
    let on_ground = "0 g 50 640 300 30 re f ".to_owned() + &white(&at(10.0, 60.0, 650.0, seen));
    let source = read(&[at(10.0, 60.0, 700.0, "The pilot was asleep.") + &on_ground]);
    assert_eq!(passages(&source).join(" "), format!("The pilot was asleep. {seen}"));
    assert_eq!(passages(&read(&[white(&at(10.0, 60.0, 650.0, seen))])), [seen]);
}

/// A font of this many glyphs that draw nothing, in hexadecimal digits: it does not say which characters they are.
fn mute_font(glyphs: u16) -> String {
    let table = |length: usize, values: &[(usize, &[u8])]| {
        let mut table = vec![0_u8; length];
        values.iter().for_each(|(at, value)| table[*at..*at + value.len()].copy_from_slice(value));
        table
    };
    let (version, em, count): (&[u8], _, usize) = (&[0, 1, 0, 0], 1000_u16.to_be_bytes(), glyphs.into());
    let tables = [
        (b"glyf", table(4, &[])),
        (b"head", table(54, &[(0, version), (12, &[0x5f, 0x0f, 0x3c, 0xf5]), (18, &em)])),
        (b"hhea", table(36, &[(0, version), (34, &[0, 1])])),
        (b"hmtx", table(2 + 2 * count, &[(0, &em)])),
        (b"loca", table(2 * (count + 1), &[])),
        (b"maxp", table(32, &[(0, version), (4, &glyphs.to_be_bytes())])),
    ];
    let mut font = [version, &[0, 6, 0, 64, 0, 2, 0, 32]].concat();
    let mut at = 12 + 16 * tables.len();
    for (name, table) in &tables {
        font.extend([&name[..], &[0; 4], &(at as u32).to_be_bytes(), &(table.len() as u32).to_be_bytes()].concat());
        at += table.len();
    }
    font.extend(tables.into_iter().flat_map(|(_, table)| table));
    hexadecimal(&font)
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A page of one line in a font whose characters have these numbers.
fn in_numbers(text: &str, number: fn(u8) -> u16, encoding: &str, collection: &str, mapped: &str) -> Vec<u8> {
    let codes: String = text.bytes().map(|c| format!("{:04x}", number(c))).collect();
    in_codes(&format!("BT /F 10 Tf 1 0 0 1 60 700 Tm <{codes}> Tj ET"), encoding, collection, mapped)
}

/// A page that draws this in a font of two bytes per code.
fn in_codes(content: &str, encoding: &str, collection: &str, mapped: &str) -> Vec<u8> {
    let stream =
        |text: &str| format!("<< /Filter /ASCIIHexDecode /Length {} >>\nstream\n{text}>\nendstream", text.len() + 1);
    pdf_of(&[
        "<< /Type /Catalog /Pages 2 0 R >>".to_owned(),
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>".to_owned(),
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 800] /Contents 4 0 R \
         /Resources << /Font << /F 5 0 R >> >> >>"
            .to_owned(),
        format!("<< /Length {} >>\nstream\n{content}\nendstream", content.len()),
        format!("<< /Type /Font /Subtype /Type0 /BaseFont /A /Encoding /{encoding} /DescendantFonts [6 0 R] >>"),
        format!(
            "<< /Type /Font /Subtype /CIDFontType2 /BaseFont /A /DW 500 /FontDescriptor 7 0 R {mapped} \
             /CIDSystemInfo << /Registry (Adobe) /Ordering ({collection}) /Supplement 2 >> >>"
        ),
        "<< /Type /FontDescriptor /FontName /A /Flags 4 /FontFile2 8 0 R >>".to_owned(),
        stream(&mute_font(300)),
        stream(&hexadecimal(&[0, 1].repeat(256))),
    ])
}

#[test]
fn characters_of_fonts_that_do_not_tell_them_follow_from_their_collection() {
    type Numbering = fn(u8) -> u16;
    let text = "The ferry struck the stone breakwater at dawn.";
    let (of_japan, of_unicode): (Numbering, Numbering) = (|c| u16::from(c) - 31, u16::from);
    for (number, encoding, collection, mapped) in [
        (of_japan, "Identity-H", "Japan1", ""),
        (of_unicode, "UniJIS-UCS2-H", "Japan1", ""),
        (of_unicode, "Identity-H", "Identity", "/CIDToGIDMap 9 0 R"),
    ] {
        let folder = Folder::with(&[]);
        folder.write("a.pdf", in_numbers(text, number, encoding, collection, mapped));
        let answer = folder.run(&["passages", "a.pdf", "--format", "json"]).exits(0).json();
        assert_eq!(passages(&answer["sources"][0]), [text], "{encoding} {collection}");
    }
}

/// Lines of text, the first of which is a title, in a font whose codes are Unicode's; `more` is drawn after them.
fn in_unicode(texts: &[&str], more: &str) -> Value {
    let draw = |(row, text): (usize, &&str)| {
        let (size, y) = if row == 0 { (16, 740) } else { (10, 720 - 24 * row) };
        let codes: String = text.encode_utf16().map(|code| format!("{code:04x}")).collect();
        format!("BT /F {size} Tf 1 0 0 1 60 {y} Tm <{codes}> Tj ET\n")
    };
    let content = texts.iter().enumerate().map(draw).collect::<String>() + more;
    let folder = Folder::with(&[]);
    folder.write("a.pdf", in_codes(&content, "Identity-H", "Identity", "/CIDToGIDMap 9 0 R"));
    folder.run(&["passages", "a.pdf", "--format", "json"]).exits(0).json()["sources"][0].clone()
}

#[test]
fn sentences_without_a_case_are_no_title_page() {
    let texts = [
        "フェリーターミナルの閉鎖",
        "東京大学 山田太郎",
        "町議会は火曜日、古いフェリーターミナルを閉鎖することを決めた。",
        "市長は、修繕費が港の十年分の収入よりも多いと述べた。",
    ];
    let source = in_unicode(&texts, "");
    assert_eq!(passages(&source), texts[2..]);
    drops(&source, "title page: author, address or date", texts[1]);
}

/// The missing pages of a truncated file are counted, whether the pages themselves or their contents are missing.
#[test]
fn pages_that_are_missing_are_counted() {
    let whole = pdf(&[SURVEY, LOSS].map(|text| lines(60.0, 700.0, &text)), None);
    let cut_at = |words: &str| whole.windows(words.len()).position(|piece| piece == words.as_bytes()).unwrap();
    for end in [cut_at("6 0 obj"), cut_at("7 0 obj")] {
        let folder = Folder::with(&[]);
        folder.write("a.pdf", &whole[..end]);
        let answer = folder.run(&["passages", "a.pdf"]).exits(2);
        answer.warns("a.pdf", "1 of 2 pages could not be read: the file may be cut off");
        assert!(answer.text().contains("The survey team measured"), "{}", answer.text());
    }
}

#[test]
fn the_day_below_a_title_is_the_documents() {
    let below = at(16.0, 60.0, 740.0, "The closing of the terminal") + &at(12.0, 60.0, 715.0, "Jane Marsh");
    let source = read(&[below + &at(12.0, 60.0, 685.0, "4 March 2024") + &lines(60.0, 660.0, &SURVEY)]);
    assert_eq!((&source["date"], &source["date_from"]), (&"2024-03-04".into(), &"document".into()));
    drops(&source, "title page: author, address or date", "4 March 2024");
}

#[test]
fn ligatures_of_old_fonts_are_letters() {
    let source = in_unicode(&["Title", "The of\u{f001}ce of the harbour was \u{f002}ooded, the clerk wrote."], "");
    assert_eq!(passages(&source).last(), Some(&"The office of the harbour was flooded, the clerk wrote."));
}

#[test]
fn bullets_that_are_drawn_begin_items() {
    let items = ["The terminal closes next year", "The mayor, Ilse Dorn, said no"];
    let item = |(row, text): (usize, &&str)| {
        let y = 700 - 14 * row;
        format!("/Lbl <</MCID {row}>> BDC 60 {} 3 3 re f EMC {}", y + 2, at(10.0, 70.0, y as f32, text))
    };
    let page = at(16.0, 60.0, 740.0, "What we know so far") + &items.iter().enumerate().map(item).collect::<String>();
    let page = page + &lines(60.0, 600.0, &SURVEY) + &lines(60.0, 540.0, &LOSS);
    let source = read(&[page]).to_string();
    assert!(items.iter().all(|item| source.contains(item)) && !source.contains("title page"), "{source}");
}

#[test]
fn text_to_the_left_is_read_in_its_order() {
    // The full stop is drawn separately, at the left end, and a ligature represents two letters.
    let text = "המועצה הצביעה ביום שלישי על סגירת מסוף המעבורת הישן";
    let stop = "BT /F 10 Tf 1 0 0 1 55 696 Tm <002e> Tj ET\n";
    let backward: String = text.chars().rev().collect();
    assert_eq!(passages(&in_unicode(&["מסוף", &backward], stop)).last().unwrap(), &format!("{text}."));
    let source = in_unicode(&["ﻢﺴﻗ", "ﻦﻴﻳﻻ ﺮﻴﻐﺗ ﺔﻘﻳﺪﻣ ﻖﻳﺮﻃ ﺔﻨﻳﺪﻤﻟﺍ ﺀﺎﻨﻴﻣ ﺔﻴﺒﺸﺨﻟﺍ ﻖﻃﺎﻨﻣ ﻰﻟﺇ ﺔﻓﺎﺿﻹﺍ"], "");
    assert!(source.to_string().contains("الإضافة إلى مناطق"), "{source}");
}

#[test]
fn raised_numbers_are_exponents_and_parts_of_fractions() {
    // The widths of Helvetica's characters in this text: digits are 5.56 points wide at size 10.
    let line = |y: f32| {
        at(10.0, 60.0, y, "It holds 10")
            + &at(7.0, 106.4, y + 4.0, "6")
            + &at(10.0, 113.0, y, "litres of water, and 4")
            + &at(7.0, 204.2, y + 4.0, "1")
            + &at(7.0, 204.2, y - 3.5, "2")
            + &at(10.0, 211.0, y, "tonnes of sand were moved.")
    };
    let note =
        at(7.0, 60.0, 104.0, "6") + &at(8.0, 65.0, 100.0, "The clerk wrote this number down in the log of that day.");
    let source = read(&[line(700.0) + &lines(60.0, 660.0, &SURVEY) + &lines(60.0, 600.0, &LOSS) + &note]);
    let read = passages(&source).join(" ");
    assert!(read.contains("10^6 litres") && read.contains("4 1/2 tonnes"), "{source:#}");
}

#[test]
fn the_largest_heading_of_the_first_page_is_the_title() {
    let author = "Ada Brandt Department of Fishery University of Orrin, on the Sound";
    let page = [
        at(17.0, 60.0, 740.0, "How lakes are measured"),
        at(12.0, 60.0, 715.0, author),
        lines(60.0, 690.0, &[SURVEY, LOSS].concat()),
    ];
    assert_eq!(read(&[page.concat()])["title"], "How lakes are measured");
}
