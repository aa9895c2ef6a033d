//! Containers and tables: JSON in any layout, malformed tables, and the files of office programs.

use serde_json::{Value, json};
use zip::CompressionMethod::Deflated;

use super::Folder;
use super::rows::{BREAD, FERRY, read, sources};
use crate::documents::archive;

fn texts(source: &Value, of: &str) -> Vec<String> {
    source[of].as_array().unwrap().iter().map(|item| item["text"].as_str().unwrap().to_owned()).collect()
}

/// The name of each source, and the line of its first passage.
fn places(sources: &[Value]) -> Vec<(String, u64)> {
    let place = |source: &Value| {
        (source["source"].as_str().unwrap().to_owned(), source["passages"][0]["line_start"].as_u64().unwrap())
    };
    sources.iter().map(place).collect()
}

fn expected(places: &[(&str, u64)]) -> Vec<(String, u64)> {
    places.iter().map(|(name, line)| ((*name).to_owned(), *line)).collect()
}

#[test]
fn json_in_any_layout_is_rows() {
    let rows = json!([{"id": "f", "text": FERRY}, {"id": "b", "text": BREAD}]);
    let one_line = rows.to_string();
    let pretty = serde_json::to_string_pretty(&rows).unwrap();
    let wrapped = serde_json::to_string_pretty(&json!({"n": 2, "data": {"items": rows}})).unwrap();
    let layouts = [
        ("line.json", one_line.clone(), [1, 1]),
        ("line.jsonl", one_line, [1, 1]),
        ("pretty.json", pretty, [2, 6]),
        ("wrapped.json", wrapped, [4, 8]),
        ("lines.json", format!("{}\n{}\n", rows[0], rows[1]), [1, 2]),
    ];
    for (name, text, lines) in layouts {
        let found = read(&Folder::with(&[(name, &text)]), &["."]);
        assert_eq!(places(&found), expected(&[(&format!("{name}:f"), lines[0]), (&format!("{name}:b"), lines[1])]));
        assert_eq!([texts(&found[0], "passages"), texts(&found[1], "passages")], [[FERRY], [BREAD]], "{name}");
    }
}

#[test]
fn one_json_object_is_one_document() {
    let document = json!({"headline": "Ferry", "author": [{"name": "Ada"}, {"name": "Ola"}], "articleBody": FERRY});
    let found = read(&Folder::with(&[("a.json", &document.to_string())]), &["a.json"]);
    assert_eq!((found.len(), &found[0]["source"], &found[0]["author"]), (1, &json!("a.json"), &json!("Ada, Ola")));
    let deep = json!({"x": {"y": {"z": [FERRY, BREAD]}}});
    let found = read(&Folder::with(&[("a.json", &deep.to_string())]), &["a.json", "--text-column", "x.y.z"]);
    assert_eq!(texts(&found[0], "passages"), [FERRY, BREAD]);
    let folder = Folder::with(&[("a.txt", FERRY), ("settings.json", "{\"name\": \"x\", \"version\": 1}")]);
    // In a folder it is data; a user who names it expects texts in it.
    let answer = folder.run(&["passages", "."]).exits(0);
    assert!(answer.stderr.is_empty() && answer.text().contains("skipped settings.json"), "{answer:?}");
    folder.run(&["passages", "a.txt", "settings.json"]).exits(0).warns("settings.json", "the columns are \"name\"");
}

#[test]
fn what_stands_beside_a_nested_text_describes_it() {
    let described = |row: Value, flags: &[&str]| {
        let folder = Folder::with(&[("a.json", &json!([row]).to_string())]);
        let found = read(&folder, &[&["a.json"], flags].concat());
        ["source", "title", "date"].map(|key| found[0][key].clone())
    };
    let post = json!({"headline": "Ferry", "date": "2026-03-05", "text": FERRY});
    let expected = [json!("a.json:4"), json!("Ferry"), json!("2026-03-05")];
    assert_eq!(described(json!({"id": 4, "content": post}), &[]), expected);
    assert_eq!(described(json!({"id": 4, "article": post}), &["--text-column", "article.text"]), expected);
    // The row's own fields take precedence.
    assert_eq!(described(json!({"id": 4, "title": "Row", "content": post}), &[])[1], "Row");
}

#[test]
fn damage_in_json_costs_its_row() {
    let text = format!(
        "[{{\"id\": 1, \"text\": \"{FERRY} \\ud83d\"}},\n{{\"id\": 2, \"text\": \"{BREAD}}},\n\
         {{\"id\": 3, \"text\": \"{BREAD}\", \"n\": NaN}}]"
    );
    let answer = Folder::with(&[("a.json", &text)]).run(&["passages", "a.json", "--format", "json"]).exits(2);
    answer.warns("a.json", "line 2: is not a JSON object");
    answer.warns("a.json", "replaced by \u{fffd}");
    assert_eq!(places(&sources(&answer)), expected(&[("a.json:1", 1), ("a.json:3", 3)]));
}

#[test]
fn tags_of_a_value_are_markup() {
    let body = format!("<p>{}</p>\n<p>{BREAD}&nbsp;</p>", FERRY.replace("ferry", "<b>ferry</b>"));
    let folder = Folder::with(&[
        ("a.json", &json!([{"id": 1, "text": body}]).to_string()),
        ("a.csv", &format!("id,text\n1,\"{}\"\n", body.replace('"', "\"\""))),
        ("b.csv", "id,text\n1,The price rose if a < b and c > d &amp; fell again later.\n"),
    ]);
    for name in ["a.json", "a.csv"] {
        assert_eq!(texts(&read(&folder, &[name])[0], "passages"), [FERRY, BREAD], "{name}");
    }
    let plain = read(&folder, &["b.csv"]);
    assert_eq!(texts(&plain[0], "passages"), ["The price rose if a < b and c > d & fell again later."]);
}

#[test]
fn tables_that_name_their_separator_or_are_ragged() {
    let folder = Folder::with(&[
        ("sep.csv", &format!("sep=;\nid;text\n1;{FERRY}\n")),
        ("ragged.csv", &format!("id,text\n1,\"{FERRY}\"\n2\n3,\"{BREAD}\",more\n4,\"{FERRY}\n5,\"{BREAD}\"\n")),
        ("map.csv", "publisher,path\nTarn Gazette,a.txt\n"),
    ]);
    assert_eq!(places(&read(&folder, &["sep.csv"])), expected(&[("sep.csv:1", 3)]));
    let answer = folder.run(&["passages", "ragged.csv", "--format", "json"]).exits(2);
    answer.warns("ragged.csv", "line 3: has 1 value for 2 columns");
    answer.warns("ragged.csv", "1 row (line 4) has more values");
    answer.warns("ragged.csv", "1 row (line 5) has a quote that is not closed");
    let rows = [("ragged.csv:1", 2), ("ragged.csv:3", 4), ("ragged.csv:4", 5), ("ragged.csv:5", 6)];
    assert_eq!(places(&sources(&answer)), expected(&rows));
    let answer = folder.run(&["passages", "sep.csv", "map.csv"]).exits(0);
    answer.warns("map.csv", "--source-map");
}

/// An `OpenDocument` text with this body.
fn odt(body: &str) -> Vec<u8> {
    let content = format!(
        "<office:document-content xmlns:office='o' xmlns:text='t' \
         xmlns:table='b'><office:body><office:text>{body}</office:text></office:body></office:document-content>"
    );
    archive(&[("mimetype", b"application/vnd.oasis.opendocument.text"), ("content.xml", content.as_bytes())], Deflated)
}

#[test]
fn an_opendocument_text() {
    let folder = Folder::with(&[]);
    folder.write(
        "a.odt",
        odt(&format!(
            "<text:tracked-changes><text:deletion><text:p>Nobody ever says this \
         again.</text:p></text:deletion></text:tracked-changes>\
         <text:h>Ferries</text:h><text:p>{FERRY}<text:note><text:note-citation>1</text:note-citation><text:note-body>\
         <text:p>The harbour master said so on Tuesday.</text:p></text:note-body></text:note></text:p>\
         <table:table><table:table-row><table:table-cell><text:p>Tarn</text:p></table:table-cell><table:table-cell>\
         <text:p>two old and rusty ferries</text:p></table:table-cell></table:table-row></table:table><text:p>A \
         bakery<text:s/>on the\
         <text:line-break/>square sells rye bread for four crowns.</text:p>"
        )),
    );
    let found = read(&folder, &["a.odt"]);
    assert_eq!(
        texts(&found[0], "passages"),
        [FERRY, "The harbour master said so on Tuesday.", "Tarn, two old and rusty ferries", BREAD]
    );
    assert_eq!(texts(&found[0], "dropped"), ["Ferries"]);
}

#[test]
fn rich_text() {
    let folder = Folder::with(&[]);
    folder.write(
        "a.rtf",
        format!(
            "{{\\rtf1\\ansi{{\\info{{\\title Quay}}}}{{\\*\\x no}} {FERRY}\\par\\u9731?The \
                                   caf\\'e9 on the quay is closed.\\par}}"
        ),
    );
    let found = read(&folder, &["."]);
    assert_eq!(texts(&found[0], "passages"), [FERRY, "☃The café on the quay is closed."]);
    assert_eq!(found[0]["title"], "Quay");
}

/// A presentation of these slides, each with the number in its name.
fn pptx(slides: &[(usize, &str)]) -> Vec<u8> {
    let ids: String = slides.iter().map(|(n, _)| format!("<p:sldId id='{n}' r:id='r{n}'/>")).collect();
    let rels: String = slides
        .iter()
        .map(|(n, _)| format!("<Relationship Id='r{n}' Type='x/slide' Target='slides/slide{n}.xml'/>"))
        .collect();
    let mut files = vec![
        ("ppt/presentation.xml".to_owned(), format!("<p:presentation xmlns:p='p' xmlns:r='r'>{ids}</p:presentation>")),
        ("ppt/_rels/presentation.xml.rels".to_owned(), format!("<Relationships>{rels}</Relationships>")),
    ];
    let slide = |text: &str| {
        format!(
            "<p:sld xmlns:p='p' xmlns:a='a'><p:sp><p:ph type='title'/>\
             <a:p><a:r><a:t>Quay</a:t></a:r></a:p></p:sp><p:sp><a:p><a:r><a:t>{text}</a:t></a:r></a:p></p:sp></p:sld>"
        )
    };
    files.extend(slides.iter().map(|(n, text)| (format!("ppt/slides/slide{n}.xml"), slide(text))));
    let files: Vec<(&str, &[u8])> = files.iter().map(|(name, text)| (name.as_str(), text.as_bytes())).collect();
    archive(&files, Deflated)
}

#[test]
fn slides_stand_in_their_order() {
    let folder = Folder::with(&[]);
    folder.write("a.pptx", pptx(&[(2, FERRY), (1, BREAD)]));
    let found = read(&folder, &["a.pptx"]);
    assert_eq!(texts(&found[0], "passages"), [FERRY, BREAD]);
    assert_eq!([&found[0]["passages"][0]["page"], &found[0]["passages"][1]["page"]], [1, 2]);
}

/// A workbook of one sheet with these rows.
fn xlsx(rows: &[&[&str]]) -> Vec<u8> {
    let cell = |value: &&str| format!("<c t='inlineStr'><is><t>{value}</t></is></c>");
    let row = |row: &&[&str]| format!("<row>{}</row>", row.iter().map(cell).collect::<String>());
    let sheet = format!("<worksheet><sheetData>{}</sheetData></worksheet>", rows.iter().map(row).collect::<String>());
    let files: [(&str, &[u8]); 3] = [
        ("xl/workbook.xml", b"<workbook xmlns:r='r'><sheets><sheet name='a' r:id='r1'/></sheets></workbook>"),
        (
            "xl/_rels/workbook.xml.rels",
            b"<Relationships><Relationship Id='r1' Type='x/worksheet' Target='worksheets/sheet1.xml'/></Relationships>",
        ),
        ("xl/worksheets/sheet1.xml", sheet.as_bytes()),
    ];
    archive(&files, Deflated)
}

#[test]
fn rows_of_a_workbook() {
    let folder = Folder::with(&[]);
    folder.write("a.xlsx", xlsx(&[&["id", "Text"], &["f", FERRY], &["b", BREAD]]));
    folder.write("b.xlsx", xlsx(&[&["Port", "Boats"], &["Tarn", "two old ferries"]]));
    assert_eq!(places(&read(&folder, &["a.xlsx"])), expected(&[("a.xlsx:f", 2), ("a.xlsx:b", 3)]));
    let table = read(&folder, &["b.xlsx"]);
    assert_eq!(texts(&table[0], "passages"), ["Port, Boats; Tarn, two old ferries"]);
    assert_eq!(table[0]["source"], "b.xlsx");
}

/// An `OpenDocument` spreadsheet with these tables.
fn ods(tables: &str) -> Vec<u8> {
    let content = format!(
        "<office:document-content xmlns:office='o' xmlns:text='t' xmlns:table='b' \
         xmlns:style='s'><office:automatic-styles><style:style style:name='ta2'><style:table-properties \
         table:display='false'/></style:style></office:automatic-styles><office:body>
         <office:spreadsheet>{tables}</office:spreadsheet></office:body></office:document-content>"
    );
    let kind: &[u8] = b"application/vnd.oasis.opendocument.spreadsheet";
    archive(&[("mimetype", kind), ("content.xml", content.as_bytes())], Deflated)
}

#[test]
fn rows_of_an_opendocument_spreadsheet() {
    let cell = |text: &str| format!("<table:table-cell><text:p>{text}</text:p></table:table-cell>");
    let row = |cells: &[&str]| {
        format!("<table:table-row>{}</table:table-row>", cells.iter().map(|text| cell(text)).collect::<String>())
    };
    let empty = "<table:table-row table:number-rows-repeated='1000'><table:table-cell \
                 table:number-columns-repeated='1024'/></table:table-row>";
    let table =
        |style: &str, rows: &str| format!("<table:table table:style-name='{style}'>{rows}{empty}</table:table>");
    let folder = Folder::with(&[]);
    let dated = format!(
        "<table:table-row><table:table-cell><text:p>b</text:p></table:table-cell><table:table-cell \
         office:value-type='date' office:date-value='2031-05-06T00:00:00'><text:p>6 \
         May</text:p></table:table-cell><table:table-cell><office:annotation><text:p>check \
         this</text:p></office:annotation><text:p>{BREAD}</text:p></table:table-cell></table:table-row>"
    );
    let gap = "<table:table-row table:number-rows-repeated='2'><table:table-cell \
               table:number-columns-repeated='3'/></table:table-row>";
    let first = [row(&["id", "Date", "Text"]), gap.to_owned(), row(&["f", "", FERRY]), dated].concat();
    folder.write("a.ods", ods(&(table("ta1", &first) + &table("ta2", &row(&["id", "Text", "hidden"])))));
    folder.write("b.ods", ods(&table("ta1", &row(&["Tarn", "two old ferries"]))));
    folder.write(
        "c.ods",
        ods(&table(
            "ta1",
            &row(&["Text"])
                .replace("<table:table-cell>", "<table:table-cell table:number-columns-repeated='99999999999'>"),
        )),
    );
    let found = read(&folder, &["a.ods"]);
    assert_eq!(places(&found), expected(&[("a.ods:f", 4), ("a.ods:b", 5)]));
    assert_eq!(texts(&found[1], "passages"), [BREAD]);
    assert_eq!(found[1]["date"], "2031-05-06");
    assert_eq!(texts(&read(&folder, &["b.ods"])[0], "passages"), ["Tarn, two old ferries"]);
    let two = row(&["Text"]) + &row(&[&format!("{FERRY}</text:p><text:p/><text:p>{BREAD}")]);
    folder.write("d.ods", ods(&table("ta1", &two)));
    assert_eq!(texts(&read(&folder, &["d.ods"])[0], "passages"), [FERRY, BREAD]);
    folder.run(&["passages", "c.ods"]).exits(2);
}

#[test]
fn what_a_password_protects() {
    let folder = Folder::with(&[]);
    let name: Vec<u8> = "EncryptedPackage".encode_utf16().flat_map(u16::to_le_bytes).collect();
    let compound = [&b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"[..], &[0; 600], &name].concat();
    let manifest = b"<manifest:manifest xmlns:manifest='m'><manifest:encryption-data/></manifest:manifest>";
    let locked = archive(&[("content.xml", b"\x00\x01"), ("META-INF/manifest.xml", manifest)], Deflated);
    for (name, bytes) in [("a.docx", &compound), ("a.xlsx", &compound), ("a.odt", &locked), ("a.ods", &locked)] {
        folder.write(name, bytes);
        folder.run(&["passages", name]).refuses(&[name, "is protected by a password; save a copy without one"]);
    }
}

#[test]
fn archives_that_swell_or_nest() {
    let folder = Folder::with(&[]);
    folder.write("a.odt", odt(&" ".repeat(120 << 20)));
    folder.write("b.odt", odt(&format!("{}{}", "<text:p>".repeat(5000), "</text:p>".repeat(5000))));
    folder.write("a.pptx", pptx(&[(1, &" ".repeat(120 << 20))]));
    folder.write("a.xlsx", xlsx(&[&[&" ".repeat(120 << 20)]]));
    folder.write("a.rtf", "{\\rtf1 ".repeat(100_000));
    for (name, words) in [
        ("a.odt", "unpacks to more than"),
        ("b.odt", "nested"),
        ("a.pptx", "unpacks to more than"),
        ("a.xlsx", "unpacks to more than"),
        ("a.rtf", "nested"),
    ] {
        folder.run(&["passages", name]).refuses(&[name, words]);
    }
}
