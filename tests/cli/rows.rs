//! Tables and JSON lines, in which each row is a source.

use serde_json::{Value, json};

use super::{Answer, Folder};

pub const FERRY: &str = "The ferry struck the breakwater at dawn and twelve passengers were hurt.";
pub const BREAD: &str = "A bakery on the square sells rye bread for four crowns.";

/// The sources in the output of `passages`.
pub fn sources(answer: &Answer) -> Vec<Value> {
    answer.json()["sources"].as_array().unwrap().clone()
}

/// The sources of `passages` with these arguments.
pub fn read(folder: &Folder, args: &[&str]) -> Vec<Value> {
    sources(&folder.run(&[&["passages", "--format", "json"], args].concat()).exits(0))
}

/// The id, line and text of the first passage of each source.
fn firsts(sources: &[Value]) -> Vec<(String, u64, String)> {
    let first = |source: &Value| {
        let passage = &source["passages"][0];
        (
            source["source"].as_str().unwrap().to_owned(),
            passage["line_start"].as_u64().unwrap(),
            passage["text"].as_str().unwrap().to_owned(),
        )
    };
    sources.iter().map(first).collect()
}

fn expected(rows: &[(&str, u64, &str)]) -> Vec<(String, u64, String)> {
    rows.iter().map(|(id, line, text)| ((*id).to_owned(), *line, (*text).to_owned())).collect()
}

#[test]
fn a_table_with_the_usual_names() {
    let table = format!(
        "id,Title,Publisher,Date,Author,TEXT\nf1,Ferry hits pier,Tarn Gazette,2026-03-05,Ada Sund,\"{FERRY}\"\n\
         b1,,,5 March 2026,,{BREAD}\n"
    );
    let found = read(&Folder::with(&[("a.csv", &table)]), &["a.csv"]);
    assert_eq!(firsts(&found), expected(&[("a.csv:f1", 2, FERRY), ("a.csv:b1", 3, BREAD)]));
    let ferry = &found[0];
    assert_eq!(
        (&ferry["title"], &ferry["publisher"], &ferry["date"], &ferry["author"], &ferry["path"]),
        (&json!("Ferry hits pier"), &json!("Tarn Gazette"), &json!("2026-03-05"), &json!("Ada Sund"), &json!("a.csv"))
    );
    assert_eq!((&found[1]["publisher"], &found[1]["date"]), (&Value::Null, &json!("2026-03-05")));
    assert_eq!(ferry["passages"][0]["id"], "a.csv:f1#1");
}

#[test]
fn a_row_is_named_with_its_line_in_the_terminal() {
    let folder = Folder::with(&[("a.csv", &format!("id,text\nf1,{FERRY}\nb1,{BREAD}\n"))]);
    let answer = folder.run(&["query", "a ferry hit the breakwater", "a.csv"]).exits(0);
    assert!(answer.text().contains("a.csv:f1") && answer.text().contains("a.csv:2 (f1)"), "{}", answer.text());
    assert!(
        answer.text().contains("2 sources, 2 passages; 0 parts set aside (headings, bylines and the like)"),
        "{}",
        answer.text()
    );
}

#[test]
fn json_lines_with_the_usual_names() {
    let lines = [
        json!({
            "_id": 7, "headline": "Ferry", "body": FERRY, "published_at": 1_772_704_800,
            "authors": ["Ada Sund", "Ola Brandt"], "lang": "en-GB"
        }),
        json!({"url": "http://tarn.example/b", "content": [BREAD, "", "It opens at six in the morning on \
            weekdays."], "source": {"name": "x"}}),
        json!({"text": BREAD}),
    ];
    let text = lines.map(|line| line.to_string()).join("\n\n");
    let found = read(&Folder::with(&[("a.jsonl", &text)]), &["."]);
    assert_eq!(
        firsts(&found),
        expected(&[("a.jsonl:7", 1, FERRY), ("a.jsonl:http://tarn.example/b", 3, BREAD), ("a.jsonl#3", 5, BREAD)])
    );
    assert_eq!(
        (&found[0]["date"], &found[0]["author"], &found[0]["language"]),
        (&json!("2026-03-05"), &json!("Ada Sund, Ola Brandt"), &json!("en-GB"))
    );
    assert_eq!((found[1]["passages"].as_array().unwrap().len(), &found[1]["publisher"]), (2, &json!("x")));
}

#[test]
fn columns_can_be_named() {
    let folder = Folder::with(&[(
        "a.csv",
        &format!("nr,kop,krant,dag,artikel,text\n9,Ferry,Tarn Gazette,5.3.2026,{FERRY},no\n"),
    )]);
    folder.write(
        "a.ndjson",
        json!({"nr": 9, "kop": "Ferry", "krant": "Tarn Gazette", "dag": "5.3.2026", "artikel": FERRY, "text": "no"})
            .to_string(),
    );
    let flags = [
        "--text-column",
        "Artikel",
        "--id-column",
        "nr",
        "--title-column",
        "kop",
        "--publisher-column",
        "krant",
        "--date-column",
        "dag",
    ];
    for (name, line) in [("a.csv", 2), ("a.ndjson", 1)] {
        let found = read(&folder, &[&[name], &flags[..]].concat());
        assert_eq!(firsts(&found), expected(&[(&format!("{name}:9"), line, FERRY)]));
        let of = |key: &str| found[0][key].clone();
        assert_eq!(
            [of("title"), of("publisher"), of("date")],
            [json!("Ferry"), json!("Tarn Gazette"), json!("2026-03-05")]
        );
    }
    // On every command that takes paths.
    folder.run(&["query", "a ferry hit the breakwater", "a.csv", "--text-column", "artikel"]).exits(0);
    folder.run(&["cluster", "a.csv", "a.ndjson", "--text-column", "artikel"]).exits(0);
}

#[test]
fn a_column_that_is_not_there() {
    let folder = Folder::with(&[("a.csv", "nr,artikel\n1,x\n"), ("a.jsonl", "{\"nr\": 1, \"artikel\": \"x\"}\n")]);
    folder.run(&["passages", "a.csv"]).refuses(&["a.csv", "line 1", "\"nr\", \"artikel\"", "--text-column"]);
    folder.run(&["passages", "a.csv", "--text-column", "text"]).refuses(&["a.csv", "\"text\"", "\"nr\", \"artikel\""]);
    let answer = folder.run(&["passages", "a.jsonl"]).exits(2);
    answer
        .warns("a.jsonl", "line 1: has no column with a common name for the text; the columns are \"nr\", \"artikel\"");
    let answer = folder.run(&["passages", "a.csv", "--text-column", "artikel", "--date-column", "dag"]).exits(0);
    answer.warns("a.csv", "--date-column dag: no row has this column; the columns are \"nr\", \"artikel\"");
}

#[test]
fn a_bad_row_is_one_warning_and_the_others_go_on() {
    let folder = Folder::with(&[
        ("a.csv", &format!("id,text\n1,{FERRY}\n2,{FERRY},and more\n3,{BREAD}\n")),
        ("a.jsonl", &format!("{{\"text\": \"{FERRY}\"}}\n{{\"text\": \n[1]\n{{\"text\": \"{BREAD}\"}}\n")),
    ]);
    let answer = folder.run(&["passages", "a.csv", "a.jsonl", "--format", "json"]).exits(2);
    answer.warns("a.csv", "1 row (line 3) has more values than the table has columns");
    answer.warns("a.jsonl", "line 2: is not a JSON object: EOF while parsing a value (column 9)");
    answer.warns("a.jsonl", "line 3: is not a JSON object");
    assert_eq!(answer.stderr.lines().count(), 3, "{}", answer.stderr);
    assert_eq!(
        firsts(&sources(&answer)),
        expected(&[
            ("a.csv:1", 2, FERRY),
            ("a.csv:2", 3, FERRY),
            ("a.csv:3", 4, BREAD),
            ("a.jsonl#1", 1, FERRY),
            ("a.jsonl#4", 4, BREAD)
        ])
    );
}

#[test]
fn many_bad_rows_are_counted() {
    let folder = Folder::with(&[("a.jsonl", &format!("{}{{\"text\": \"{FERRY}\"}}\n", "no\n".repeat(500)))]);
    let answer = folder.run(&["passages", "a.jsonl"]).exits(2);
    assert_eq!(answer.stderr.lines().count(), 11, "{}", answer.stderr);
    answer.warns("a.jsonl", "490 more rows could not be read");
}

/// So many that not all are compared with each other.
#[test]
fn what_all_say_in_the_same_words_is_one_claim() {
    let rows = 420;
    let copies = (0..rows).map(|at| format!("{{\"id\": \"r{at}\", \"text\": \"{FERRY}\"}}\n"));
    let folder = Folder::with(&[("a.jsonl", &copies.collect::<String>())]);
    let answer = folder.run(&["cluster", "a.jsonl", "--format", "json"]).exits(0).json();
    let claims: Vec<usize> = answer["clusters"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|cluster| cluster["kind"] == "claim")
        .map(|claim| claim["members"].as_array().unwrap().len())
        .collect();
    assert_eq!(claims, [rows]);
}

#[test]
fn rows_without_text_or_with_odd_dates_are_counted_in_one_warning() {
    let folder = Folder::with(&[("a.csv", &format!("text,date\n,2026\n \t,\n{FERRY},3/4/2026\n{BREAD},soon\n"))]);
    let answer = folder.run(&["passages", "a.csv"]).exits(0);
    answer.warns("a.csv", "2 rows (the first on line 2) have no text");
    answer.warns("a.csv", "have a date that cannot be read");
    assert_eq!(answer.stderr.lines().count(), 2, "{}", answer.stderr);
}

#[test]
fn very_long_ids_are_cut_off_and_stay_apart() {
    let id = "x".repeat(5_000);
    let folder = Folder::with(&[("a.csv", &format!("id,text\n{id}1,{FERRY}\n{id}2,{BREAD}\n"))]);
    let answer = folder.run(&["passages", "a.csv", "--format", "json"]).exits(0).json();
    let ids: Vec<&str> =
        answer["sources"].as_array().unwrap().iter().map(|source| source["source"].as_str().unwrap()).collect();
    let short = format!("a.csv:{}…", "x".repeat(200));
    assert_eq!(ids, [short.clone(), format!("{short} (2)")]);
}

#[test]
fn ids_that_are_not_unique_are_made_so() {
    let folder = Folder::with(&[("a.csv", &format!("id,text\n7,{FERRY}\n7,{BREAD}\n7 (2),{BREAD}\n7,{BREAD}\n"))]);
    let ids: Vec<String> = firsts(&read(&folder, &["a.csv"])).into_iter().map(|row| row.0).collect();
    assert_eq!(ids, ["a.csv:7", "a.csv:7 (2)", "a.csv:7 (2) (2)", "a.csv:7 (3)"]);
}

#[test]
fn delimiters_and_quotes() {
    let folder = Folder::with(&[]);
    let two = "The ferry struck the mole, \"hard\".\n\nNobody at the harbour had seen a thing; it was dark.";
    let quoted = format!("\"{}\"", two.replace('"', "\"\""));
    for (name, delimiter) in
        [("comma.csv", ","), ("semicolon.csv", ";"), ("tab.csv", "\t"), ("stroke.csv", "|"), ("tab.tsv", "\t")]
    {
        for end in ["\n", "\r\n"] {
            folder.write(
                name,
                ["id", "text"].join(delimiter)
                    + end
                    + &["1", &quoted].join(delimiter)
                    + end
                    + &["2", BREAD].join(delimiter),
            );
            let found = read(&folder, &[name]);
            let texts: Vec<&Value> =
                found[0]["passages"].as_array().unwrap().iter().map(|passage| &passage["text"]).collect();
            assert_eq!(
                texts,
                ["The ferry struck the mole, \"hard\".", "Nobody at the harbour had seen a thing; it was dark."],
                "{name}"
            );
            assert_eq!(firsts(&found)[1], (format!("{name}:2"), 5, BREAD.to_owned()), "{name}");
        }
    }
}

#[test]
fn marks_and_encodings() {
    let folder = Folder::with(&[]);
    let text = "The café on Günther’s quay has closed for the winter, the owner says.";
    let table = format!("id;text\r\n1;{text}\r\n");
    let lines = format!("{{\"id\": 1, \"text\": \"{text}\"}}\n");
    let wide = |text: &str| {
        [0xff, 0xfe].into_iter().chain(text.encode_utf16().flat_map(u16::to_le_bytes)).collect::<Vec<u8>>()
    };
    for (name, content) in [("a.csv", &table), ("a.jsonl", &lines)] {
        for bytes in [content.clone().into_bytes(), format!("\u{feff}{content}").into_bytes(), wide(content)] {
            folder.write(name, bytes);
            let answer = folder.run(&["passages", name, "--format", "json"]).exits(0);
            assert_eq!((firsts(&sources(&answer))[0].2.as_str(), answer.stderr.as_str()), (text, ""), "{name}");
        }
    }
    folder.write("a.csv", encoding_rs::WINDOWS_1252.encode(&table).0);
    let answer = folder.run(&["passages", "a.csv", "--format", "json"]).exits(0);
    answer.warns("a.csv", "is not UTF-8; read as windows-1252");
    assert_eq!(firsts(&sources(&answer))[0].2, text);
    folder.write("a.csv", b"id,text\0\n1,x\n");
    folder.run(&["passages", "a.csv"]).refuses(&["a.csv", "binary"]);
}

#[test]
fn nesting_that_goes_deep_is_skipped() {
    let folder = Folder::with(&[]);
    let deep = |open: &str, close: &str| open.repeat(1_000_000) + &close.repeat(1_000_000);
    folder.write(
        "a.jsonl",
        format!(
            "{{\"text\": \"{FERRY}\", \"more\": {}}}\n{}\n{{\"text\": {}}}\n",
            deep("[", "]"),
            "{\"a\":".repeat(500_000),
            deep("[", "]")
        ),
    );
    let answer = folder.run(&["passages", "a.jsonl", "--format", "json"]).exits(2);
    assert_eq!(firsts(&sources(&answer)), expected(&[("a.jsonl#1", 1, FERRY)]));
    answer.warns("a.jsonl", "line 2: is not a JSON object");
}

#[test]
fn rows_of_any_size() {
    let folder = Folder::with(&[]);
    // A text of 100 MB with breaks, a row that is too long, and the rows after both.
    let long = (0..20_000).map(|n| format!("The harbour master bought rope number {n}.\\n\\n")).collect::<String>();
    let row = |text: &str| format!("{{\"text\": \"{text}\"}}\n");
    let mut bytes = row(&long).into_bytes();
    bytes.extend(row(&"x".repeat(100_000_000)).bytes());
    bytes.extend(row(&"x".repeat(140 << 20)).bytes());
    bytes.extend(row(FERRY).bytes());
    folder.write("a.jsonl", bytes);
    let answer = folder.run(&["passages", "a.jsonl"]).exits(2);
    answer.warns("a.jsonl", "line 3: is longer than 128 MiB");
    assert!(answer.text().contains("a.jsonl#4") && answer.text().contains("20000 passages"), "{}", answer.text().len());
}

#[test]
fn a_quote_that_is_never_closed() {
    let folder = Folder::with(&[]);
    folder.write("a.csv", format!("id,text\n1,{FERRY}\n2,\"{}", "water\n".repeat(24_000_000)));
    let answer = folder.run(&["passages", "a.csv", "--format", "json"]).exits(2);
    answer.warns("a.csv", "a row is longer than 128 MiB; a quote may be unclosed");
    assert_eq!(firsts(&sources(&answer)), expected(&[("a.csv:1", 2, FERRY)]));
}

#[test]
fn tables_without_rows() {
    let folder = Folder::with(&[("head.csv", "id,text\n"), ("empty.csv", ""), ("empty.jsonl", "\n\n")]);
    for name in ["head.csv", "empty.csv", "empty.jsonl"] {
        folder.run(&["passages", name]).refuses(&[name, "no rows"]);
    }
}

#[test]
fn a_row_that_looks_like_a_caption_or_a_headline_is_text() {
    let rows = [
        "A picture shows the eye of a storm",
        "The Great Wall can be seen with the naked eye",
        "Subscribe to our newsletter",
        "By Ada Sund",
        "Ada Sund is a reporter at the Tarn Gazette.",
    ];
    let table =
        format!("id,text\n{}", rows.iter().enumerate().map(|(at, row)| format!("r{at},{row}\n")).collect::<String>());
    let folder = Folder::with(&[("claims.csv", &table)]);
    let found = read(&folder, &["claims.csv"]);
    let texts: Vec<&str> = found.iter().map(|source| source["passages"][0]["text"].as_str().unwrap()).collect();
    assert_eq!(texts, rows);
}

#[test]
fn texts_that_are_no_object_s_value_are_rows() {
    let texts = ["The council approved the harbour budget on Monday.", "Ferry fares rise by four percent from April."];
    let array = format!("[\"{}\", \"{}\", 3, \"a name\"]", texts[0], texts[1]);
    let lines = format!("\"{}\"\n\"{}\"\n", texts[0], texts[1]);
    let folder =
        Folder::with(&[("array.json", &array), ("lines.jsonl", &lines), ("names.json", r#"["eslint", "jest"]"#)]);
    let answer = folder.run(&["passages", "array.json", "lines.jsonl", "--format", "json"]).exits(2);
    answer.warns("array.json", "is not a JSON object");
    let found = sources(&answer);
    assert_eq!(
        firsts(&found),
        expected(&[
            ("array.json#1", 1, texts[0]),
            ("array.json#2", 1, texts[1]),
            ("lines.jsonl#1", 1, texts[0]),
            ("lines.jsonl#2", 2, texts[1]),
        ])
    );
    folder.run(&["passages", "names.json"]).refuses(&["names.json", "none of its rows could be read"]);
}

#[test]
fn texts_of_feeds_and_lists_of_paragraphs_are_found() {
    let feed = r#"{"version": "https://jsonfeed.org/version/1.1", "title": "Quay", "items": [
        {"id": "1", "title": "Budget", "content_html": "<p>The council approved the <b>harbour budget</b> on Monday.</p>"},
        {"id": "2", "content_text": "Ferry fares rise by four percent from April."}]}"#;
    let paragraphs = r#"{"title": "Budget", "author": "Mara Sund", "paragraphs": ["The council approved the budget.",
        "Ferry fares rise by four percent from April."]}"#;
    let folder = Folder::with(&[("feed.json", feed), ("paragraphs.json", paragraphs)]);
    let found = read(&folder, &["feed.json", "paragraphs.json"]);
    assert_eq!(
        firsts(&found),
        expected(&[
            ("feed.json:1", 2, "The council approved the harbour budget on Monday."),
            ("feed.json:2", 3, "Ferry fares rise by four percent from April."),
            ("paragraphs.json", 1, "The council approved the budget."),
        ])
    );
    assert_eq!(found[2]["passages"][1]["text"], "Ferry fares rise by four percent from April.");
    assert_eq!(found[2]["author"], "Mara Sund");
}
