//! `compare`: two documents side by side.

use std::path::Path;

use serde_json::Value;

use super::{Answer, Folder};

const FERRY: &str =
    "The ferry Marelle struck the north breakwater of Tarn harbour on Monday morning, injuring twelve passengers.";
const RUDDER: &str =
    "The captain said that the rudder had stopped answering the wheel shortly before, and that nobody had warned him.";
const BREAD: &str =
    "The bakery on the square has raised the price of rye bread to four crowns, its first rise in six years.";
const SCHOOL: &str =
    "Pupils of the old school will move into the new building beside the river after the summer holidays.";

fn text(paragraphs: &[&str]) -> String {
    paragraphs.iter().map(|paragraph| format!("{paragraph}\n\n")).collect()
}

/// The ordinals of the aligned passages and their relation.
fn rows(answer: &Answer) -> Vec<(Option<String>, Option<String>, Option<String>)> {
    let report: Value = serde_json::from_slice(&answer.stdout).unwrap();
    let ordinal = |passage: &Value| passage["id"].as_str().map(|id| id.rsplit('#').next().unwrap().to_owned());
    let relation = |row: &Value| row["relation"].as_str().map(str::to_owned);
    report["aligned"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| (ordinal(&row["a"]), ordinal(&row["b"]), relation(row)))
        .collect()
}

fn row(a: &str, b: &str, relation: &str) -> (Option<String>, Option<String>, Option<String>) {
    let named = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
    (named(a), named(b), named(relation))
}

#[test]
fn a_document_against_itself_is_all_verbatim() {
    let folder = Folder::with(&[("a.txt", &text(&[FERRY, RUDDER, BREAD, SCHOOL]))]);
    let answer = folder.run(&["compare", "a.txt", "a.txt", "--format", "json"]).exits(0);
    let expected: Vec<_> = ["1", "2", "3", "4"].iter().map(|n| row(n, n, "verbatim")).collect();
    assert_eq!(rows(&answer), expected);
    let report: Value = serde_json::from_slice(&answer.stdout).unwrap();
    assert_eq!((report["a_in_b"].as_f64(), report["b_in_a"].as_f64()), (Some(1.0), Some(1.0)));
    assert!(report["aligned"].as_array().unwrap().iter().all(|row| row["may_disagree"].as_array().unwrap().is_empty()));
}

#[test]
fn every_sample_document_against_itself_is_all_verbatim() {
    let corpus = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus");
    for name in
        ["harbor-bulletin.txt", "battery-release.md", "harbor-heritage.html", "harbor-birds.pdf", "rent-doors.docx"]
    {
        let path = corpus.join(name);
        let path = path.to_str().unwrap();
        let rows = rows(&super::Answer::from(super::run(&["compare", path, path, "--format", "json"])).exits(0));
        assert!(
            !rows.is_empty() && rows.iter().all(|(a, b, relation)| a == b && relation.as_deref() == Some("verbatim")),
            "{name} {rows:?}"
        );
    }
}

#[test]
fn what_was_moved_is_found_and_the_rest_is_a_gap() {
    let folder = Folder::with(&[("a.txt", &text(&[FERRY, RUDDER, BREAD])), ("b.txt", &text(&[SCHOOL, RUDDER, FERRY]))]);
    let answer = folder.run(&["compare", "a.txt", "b.txt", "--format", "json"]).exits(0);
    assert_eq!(
        rows(&answer),
        [row("", "1", ""), row("1", "3", "verbatim"), row("2", "2", "verbatim"), row("3", "", "")]
    );
}

#[test]
fn both_parts_of_a_split_passage_stand_beside_the_whole() {
    let whole = format!("{FERRY} {RUDDER}");
    let folder = Folder::with(&[("a.txt", &text(&[&whole, BREAD])), ("b.txt", &text(&[FERRY, RUDDER, BREAD]))]);
    let expected = [row("1", "1", "verbatim"), row("1", "2", "verbatim"), row("2", "3", "verbatim")];
    assert_eq!(rows(&folder.run(&["compare", "a.txt", "b.txt", "--format", "json"]).exits(0)), expected);
    let back = [row("1", "1", "verbatim"), row("2", "1", "verbatim"), row("3", "2", "verbatim")];
    assert_eq!(rows(&folder.run(&["compare", "b.txt", "a.txt", "--format", "json"]).exits(0)), back);
}

#[test]
fn a_changed_number_may_disagree() {
    let folder = Folder::with(&[
        ("a.txt", &text(&[FERRY, BREAD])),
        ("b.txt", &text(&[&FERRY.replace("twelve", "nineteen"), BREAD])),
    ]);
    let answer = folder.run(&["compare", "a.txt", "b.txt", "--format", "json"]).exits(0);
    let report: Value = serde_json::from_slice(&answer.stdout).unwrap();
    assert_eq!(report["aligned"][0]["relation"], "near-copy");
    assert_eq!(
        report["aligned"][0]["may_disagree"],
        serde_json::json!([{"kind": "number", "a": "twelve", "b": "nineteen", "probability": 0.6}])
    );
    assert_eq!(report["aligned"][1]["may_disagree"], serde_json::json!([]));
}

#[test]
fn what_was_changed_in_a_copy_may_disagree() {
    let lead =
        "Everly has commanded ferries on the route for 22 years and was not hurt, the company said on Monday evening.";
    let board = "The accident board has the recorder and would publish a preliminary report within 30 days, its \
                 spokeswoman said.";
    let changed = [lead.replace("22", "two").replace("was not", "was"), board.replace("30", "90")].join("\n\n");
    let folder = Folder::with(&[("a.txt", &text(&[lead, board])), ("b.txt", &changed)]);
    let report: Value =
        serde_json::from_slice(&folder.run(&["compare", "a.txt", "b.txt", "--format", "json"]).exits(0).stdout)
            .unwrap();
    let flags = |row: usize| -> Vec<(String, String, String)> {
        let text = |flag: &Value, key: &str| flag[key].as_str().unwrap().to_owned();
        report["aligned"][row]["may_disagree"]
            .as_array()
            .unwrap()
            .iter()
            .map(|flag| (text(flag, "kind"), text(flag, "a"), text(flag, "b")))
            .collect()
    };
    let lead = flags(0);
    assert!(lead.iter().any(|(kind, a, b)| kind == "number" && a == "22" && b == "two"), "{lead:?}");
    assert!(lead.iter().any(|(kind, a, _)| kind == "negation" && a.starts_with("not")), "{lead:?}");
    let board = flags(1);
    assert!(board.iter().any(|(kind, a, b)| kind == "number" && a == "30" && b == "90"), "{board:?}");
}

/// Change logs list each version's news: of two of them, each contains what the other says.
#[test]
fn who_says_both_does_not_disagree() {
    let (old, new) = (FERRY.replace("twelve", "nineteen"), FERRY);
    let folder = Folder::with(&[
        ("a.txt", &text(&[new, BREAD, &old])),
        ("b.txt", &text(&[&old, BREAD])),
        ("c.txt", &text(&[new, BREAD])),
    ]);
    let flags = |other: &str| {
        let answer = folder.run(&["compare", "b.txt", other, "--format", "json"]).exits(0);
        let report: Value = serde_json::from_slice(&answer.stdout).unwrap();
        let rows = report["aligned"].as_array().unwrap().clone();
        rows.iter().map(|row| row["may_disagree"].as_array().unwrap().len()).sum::<usize>()
    };
    assert_eq!((flags("a.txt"), flags("c.txt")), (0, 1));
}

#[test]
fn a_word_without_an_end_that_takes_no_room_is_shown() {
    let folder = Folder::with(&[
        ("a.txt", &format!("{}{} {FERRY}", "z".repeat(200), "\u{301}".repeat(20_000))),
        ("b.txt", FERRY),
    ]);
    let answer = folder.run(&["compare", "a.txt", "b.txt"]);
    assert!(answer.code.is_some_and(|code| code < 2), "{}", answer.stderr);
}

#[test]
fn nothing_in_common_is_exit_1() {
    let folder = Folder::with(&[("a.txt", FERRY), ("b.txt", SCHOOL)]);
    let answer = folder.run(&["compare", "a.txt", "b.txt"]).exits(1);
    assert!(answer.text().contains("only in A") && answer.text().contains("only in B"), "{}", answer.text());
}

#[test]
fn errors_name_the_path() {
    let rows = "text\nThe ferry struck the breakwater.\nThe bakery sells rye bread.\n";
    let folder = Folder::with(&[("a.txt", FERRY), ("rows.csv", rows), ("empty.txt", "\n"), ("folder/b.txt", SCHOOL)]);
    for (args, said) in [
        (["a.txt", "nowhere.txt"], "nowhere.txt"),
        (["rows.csv", "a.txt"], "rows.csv: contains 2 sources; `compare` takes files with one document each"),
        (["a.txt", "empty.txt"], "empty.txt: contains no text"),
        (["folder", "a.txt"], "folder: is a folder; `compare` takes two documents"),
    ] {
        let answer = folder.run(&[&["compare"][..], &args].concat()).exits(2);
        assert!(answer.stderr.contains(said) && answer.text().is_empty(), "{}", answer.stderr);
    }
}

#[test]
fn columns_and_marks_without_colour() {
    let folder = Folder::with(&[("a.txt", FERRY), ("b.txt", &FERRY.replace("twelve", "nineteen"))]);
    let text = folder.run(&["compare", "a.txt", "b.txt", "--precision", "f32"]).exits(0).text().to_owned();
    let rows: Vec<&str> = text.lines().filter(|line| line.contains('│')).collect();
    assert!(rows[0].starts_with("a.txt:1 ") && rows[0].ends_with("│ b.txt:1"), "{text}");
    assert!(
        rows[1].starts_with(">>The ferry Marelle")
            && text.contains("may disagree, number: \"twelve\" in A, \"nineteen\" in B"),
        "{text}"
    );
}

#[test]
fn the_rules_are_told_where_they_are_asked_for() {
    let folder = Folder::with(&[("a.txt", FERRY), ("b.txt", &FERRY.replace("twelve", "nineteen"))]);
    for command in [&["compare", "a.txt", "b.txt"][..], &["sources"], &["cluster"]] {
        let run = |flags: &[&str]| folder.run(&[command, flags].concat()).exits(0);
        assert!(!run(&[]).text().contains("Two passages say the same"), "{command:?}");
        let told = run(&["--explain"]).text().split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(told.contains("They are unusually alike if their cosine is 0.61 or more (96 of 100"), "{told}");
        let given: Value =
            serde_json::from_slice(&run(&["--explain", "--min-score", "0.5", "--format", "json"]).stdout).unwrap();
        assert_eq!(
            (&given["rules"]["decided_by"], given["rules"]["same"].as_f64()),
            (&Value::from("--min-score"), Some(0.5))
        );
        let plain: Value = serde_json::from_slice(&run(&["--format", "json"]).stdout).unwrap();
        assert!(plain.get("rules").is_none());
    }
}

#[test]
fn how_one_text_was_made_from_another() {
    // The texts s5 to s8 were not used for fitting. Measured: 29 of 32.
    let texts = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/reuse");
    let folder = Folder::with(&[]);
    let report: serde_json::Value =
        serde_json::from_slice(&folder.run(&["sources", texts.to_str().unwrap(), "--format", "json"]).exits(0).stdout)
            .unwrap();
    let name =
        |id: &serde_json::Value| Path::new(id.as_str().unwrap()).file_stem().unwrap().to_string_lossy().into_owned();
    let mut right = 0;
    for source in ["s5", "s6", "s7", "s8"] {
        for (kind, degree) in [
            ("copy", "copy"),
            ("light", "lightly revised"),
            ("heavy", "heavily revised"),
            ("independent", "independent"),
        ] {
            for letter in ["a", "b"] {
                let answer = format!("{source}_{kind}_{letter}");
                let is_pair = |pair: &&serde_json::Value| name(&pair["a"]) == source && name(&pair["b"]) == answer;
                // Texts that have nothing in common are not a pair.
                let found = report["pairs"]
                    .as_array()
                    .unwrap()
                    .iter()
                    .find(is_pair)
                    .map_or("independent", |pair| pair["verdict"]["degree"].as_str().unwrap());
                right += usize::from(found == degree);
            }
        }
    }
    assert!(right >= 28, "{right}");
}

#[test]
fn a_document_beside_itself_is_called_the_second() {
    let text = "The ferry struck the stone breakwater in thick fog on Tuesday morning.\n";
    let answer = Folder::with(&[("wire.txt", text)]).run(&["compare", "wire.txt", "wire.txt"]).exits(0);
    assert!(answer.text().contains("wire.txt:1 (2)") && !answer.text().contains("( ("), "{}", answer.text());
}

/// Side by side each passage appears once, though it may match several.
#[test]
fn compare_counts_the_matching_pairs_that_sources_counts() {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus");
    let names = ["battery-daily.txt", "battery-release.md"].map(|name| corpus.join(name).display().to_string());
    let (folder, [a, b]) = (Folder::with(&[]), [&names[0], &names[1]]);
    let report = |command: &str, format: &str| folder.run(&[command, a, b, "--format", format]).exits(0);
    let (compared, sources) = (report("compare", "json").json(), report("sources", "json").json());
    let (shared, pair) = (compared["shared"].as_u64().unwrap(), &sources["pairs"][0]);
    assert_eq!(pair["shared"], shared);
    assert!(pair["sentences"].as_u64().unwrap() >= 1, "{pair}");
    let rows = compared["aligned"].as_array().unwrap().iter().filter(|row| !row["a"].is_null() && !row["b"].is_null());
    let rows = rows.count() as u64;
    assert!(rows < shared, "{rows} rows of {shared} pairs");
    let said = report("compare", "text").text().split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(said.contains(&format!("in A: {shared} matching pairs of passages, {rows} side by side")), "{said}");
}
