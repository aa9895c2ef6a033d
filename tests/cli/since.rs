//! `report --since-report`: what is new in a folder that grows.

use std::fs;

use serde_json::{Value, json};

use super::{Folder, schema};

const WIRE: &str =
    "Divers found a hole of two metres in the ferry's hull on Tuesday. The ship will be towed to the dock at Orrin.\n";
const GAZETTE: &str =
    "A hole of two metres in the hull of the ferry was found by divers on Tuesday. Nobody has been told who pays.\n";
const DAILY: &str =
    "On Tuesday divers discovered that the ferry's hull has a hole, two metres long. Gulls sat on its mast all day.\n";
const MARKET: &str = "The market in the old town opens on Saturday with forty stalls, more than in any year before.\n";
const STALLS: &str =
    "Forty stalls, more than in any earlier year, will be there when the old town's market opens on Saturday.\n";
const POEM: &str = "Grey geese went over in the night and I heard them from the stairs, counting nothing.\n";

/// Two claims: the hole in three documents, the market in two.
fn folder() -> Folder {
    let documents = [("wire", WIRE), ("gazette", GAZETTE), ("market", MARKET), ("stalls", STALLS), ("poem", POEM)];
    let folder = Folder::with(
        &documents
            .map(|(name, text)| (format!("in/{name}.txt"), text))
            .each_ref()
            .map(|(name, text)| (name.as_str(), *text)),
    );
    folder.run(&["report", "in", "-o", "old.json"]).exits(0);
    folder
}

fn since(folder: &Folder) -> Value {
    let report = folder.run(&["report", "in", "--since-report", "old.json", "--format", "json"]).exits(0).json();
    assert!(schema("report").is_valid(&report));
    report["since"].clone()
}

#[test]
fn nothing_has_changed() {
    let folder = folder();
    let report = since(&folder);
    assert_eq!(report["report"], "old.json");
    assert!(report["claims_unchanged"].as_u64().unwrap() >= 2, "{report}");
    for empty in ["sources_added", "sources_removed", "sources_changed", "claims_new", "claims_changed", "claims_gone"]
    {
        assert_eq!(report[empty], json!([]), "{empty}");
    }
    let text = folder.run(&["report", "in", "--since-report", "old.json"]).exits(0).text().to_owned();
    assert!(text.contains("\nSince old.json\n  nothing has changed\n"), "{text}");
    // A report without a comparison does not mention one.
    assert_eq!(folder.run(&["report", "in", "--format", "json"]).json().get("since"), None);
}

#[test]
fn what_came_and_went_is_told() {
    let folder = folder();
    folder.write("in/daily.txt", DAILY);
    folder.write("in/geese.txt", "I heard grey geese going over at night from the stairs, and counted nothing.\n");
    fs::remove_file(folder.path("in/stalls.txt")).unwrap();
    let report = since(&folder);
    assert_eq!(report["sources_added"], json!(["in/daily.txt", "in/geese.txt"]));
    assert_eq!(report["sources_removed"], json!(["in/stalls.txt"]));
    let [changed] = &report["claims_changed"].as_array().unwrap()[..] else { panic!("{report}") };
    assert_eq!((&changed["gained"], &changed["lost"]), (&json!(["in/daily.txt"]), &json!([])));
    let [gone] = &report["claims_gone"].as_array().unwrap()[..] else { panic!("{report}") };
    assert!(gone["label"].as_str().unwrap().contains("market"), "{gone}");
    assert_eq!(report["claims_new"].as_array().unwrap().len(), 1, "{report}");

    // The same file is read first and then replaced.
    let args = ["report", "in", "--since-report", "old.json", "-o", "old.json", "-o", "new.html", "-o", "new.md"];
    let text = folder.run(&args).exits(0).text().to_owned();
    for words in [
        "Since old.json\n  2 new sources\n    daily.txt\n",
        "1 source no longer there\n    in/stalls.txt\n",
        "1 new claim\n",
        "Tuesday. (now also in daily.txt)",
        "1 claim no longer made by two sources\n",
    ] {
        assert!(text.contains(words), "{words:?} in {text}");
    }
    let page = fs::read_to_string(folder.path("new.html")).unwrap();
    assert!(page.contains("<section id=\"since\"><h2>Since <bdi>old.json</bdi></h2><h3>2 new sources</h3>"), "{page}");
    let notes = fs::read_to_string(folder.path("new.md")).unwrap();
    assert!(notes.contains("## Since old.json\n\n2 new sources:\n"), "{notes}");
    assert_eq!(since(&folder)["claims_new"], json!([]));
}

/// Links to a claim still work when it gains or loses sources: compared with the earlier report, it keeps its key.
#[test]
fn claims_keep_their_keys() {
    let folder = folder();
    let claims = |report: &Value| -> Vec<(String, String)> {
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        let clusters = report["clusters"]["clusters"].as_array().unwrap();
        let keys: Vec<&Value> = clusters.iter().map(|cluster| &cluster["key"]).collect();
        assert!(keys.iter().all(|key| keys.iter().filter(|other| other == &key).count() == 1), "{keys:?}");
        let claims = clusters.iter().filter(|cluster| cluster["kind"] == "claim");
        claims.map(|claim| (text(&claim["key"]), claim["sources"].to_string())).collect()
    };
    let of = |key: &str, claims: &[(String, String)]| claims.iter().find(|(own, _)| own == key).cloned().unwrap().1;
    let mut old: Value = serde_json::from_slice(&fs::read(folder.path("old.json")).unwrap()).unwrap();
    let hole = claims(&old).into_iter().find(|(_, sources)| sources.contains("in/wire.txt")).unwrap().0;
    folder.write("in/daily.txt", DAILY);
    folder.run(&["report", "in", "--since-report", "old.json", "-o", "new.json", "-o", "new.html"]).exits(0);
    let new: Value = serde_json::from_slice(&fs::read(folder.path("new.json")).unwrap()).unwrap();
    assert!(schema("report").is_valid(&new));
    assert!(of(&hole, &claims(&new)).contains("in/daily.txt"), "{new}");
    assert!(fs::read_to_string(folder.path("new.html")).unwrap().contains(&format!("id=\"claim-{hole}\"")));
    // The key is the earlier report's, whatever the claim's words would make it.
    let clusters = old["clusters"]["clusters"].as_array_mut().unwrap();
    clusters.iter_mut().find(|cluster| cluster["key"] == hole.as_str()).unwrap()["key"] = json!("0123456789ab");
    folder.write("other.json", old.to_string());
    let report = folder.run(&["report", "in", "--since-report", "other.json", "--format", "json"]).exits(0).json();
    assert!(of("0123456789ab", &claims(&report)).contains("in/daily.txt"), "{report}");
    // A key that no report wrote is not taken over.
    let clusters = old["clusters"]["clusters"].as_array_mut().unwrap();
    clusters.iter_mut().find(|cluster| cluster["key"] == "0123456789ab").unwrap()["key"] = json!("\"><b>");
    folder.write("other.json", old.to_string());
    let report = folder.run(&["report", "in", "--since-report", "other.json", "--format", "json"]).exits(0).json();
    assert!(claims(&report).iter().all(|(key, _)| !key.contains('<')), "{report}");
}

/// A changed sentence leaves its claim; the others still make it.
#[test]
fn an_edited_document_changes_its_claim() {
    let folder = folder();
    folder.write("in/daily.txt", DAILY);
    folder.run(&["report", "in", "-o", "old.json", "--force"]).exits(0);
    folder.write("in/gazette.txt", POEM);
    let report = since(&folder);
    assert_eq!(report["sources_added"], json!([]));
    let [changed] = &report["claims_changed"].as_array().unwrap()[..] else { panic!("{report}") };
    assert_eq!((&changed["gained"], &changed["lost"]), (&json!([]), &json!(["in/gazette.txt"])));
}

/// A changed wording of a source is reported, with the wording before and now.
#[test]
fn other_words_are_told() {
    let folder = folder();
    folder.write("in/wire.txt", WIRE.replace("two metres", "three metres"));
    folder.write("in/poem.txt", POEM.replace("Grey", "White"));
    let report = since(&folder);
    assert_eq!(report["sources_changed"], json!(["in/poem.txt", "in/wire.txt"]));
    let [changed] = &report["claims_changed"].as_array().unwrap()[..] else { panic!("{report}") };
    let [reworded] = &changed["reworded"].as_array().unwrap()[..] else { panic!("{changed}") };
    assert_eq!(reworded["source"], "in/wire.txt");
    assert!(reworded["before"][0].as_str().unwrap().contains("two metres"), "{reworded}");
    assert!(reworded["now"][0].as_str().unwrap().contains("three metres"), "{reworded}");
    assert_eq!((&changed["newly_disputed"], &changed["gained"]), (&json!(true), &json!([])));
    let text = folder.run(&["report", "in", "--since-report", "old.json"]).exits(0).text().to_owned();
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    for words in ["2 sources with changed text", "sources may disagree now", "a hole of three metres"] {
        assert!(text.contains(words), "{words:?} in {text}");
    }
}

#[test]
fn what_is_no_report_is_refused() {
    let folder = folder();
    folder.run(&["cluster", "in", "--format", "json"]).exits(0);
    folder.write("list.json", "[1, 2]");
    folder.write("other.json", folder.run(&["cluster", "in", "--format", "json"]).stdout);
    folder.write("cut.json", &fs::read(folder.path("old.json")).unwrap()[..2000]);
    let refused = |file: &str, texts: &[&str]| folder.run(&["report", "in", "--since-report", file]).refuses(texts);
    refused("list.json", &["--since-report list.json is not a JSON report", "samesay report -o FILE.json"]);
    refused("other.json", &["--since-report other.json is \"samesay.clusters.v1\", not \"samesay.report.v1\""]);
    refused("cut.json", &["--since-report cut.json is not a JSON report", "EOF"]);
    refused("in/wire.txt", &["--since-report in/wire.txt is not a JSON report"]);
    for missing in ["none.json", "in"] {
        folder.run(&["report", "in", "--since-report", missing]).exits(2);
    }
}

#[test]
fn a_report_about_other_documents_is_a_warning() {
    let folder = folder();
    folder.write("elsewhere/horses.txt", "Two horses broke out of the fair on Sunday and were caught at the weir.\n");
    folder.write(
        "elsewhere/rain.txt",
        "Rain fell on the last day of the regatta, and few people stayed until evening.\n",
    );
    let report = folder.run(&["report", "elsewhere", "--since-report", "old.json", "--format", "json"]).json();
    let warnings = report["warnings"].to_string();
    assert!(warnings.contains("old.json: is a report about other documents"), "{warnings}");
}

/// A renamed file is neither new nor gone, and its claims are unchanged.
#[test]
fn a_renamed_file_is_told_as_one() {
    let folder = folder();
    fs::rename(folder.path("in/wire.txt"), folder.path("in/tuesday.txt")).unwrap();
    let report = since(&folder);
    assert_eq!(report["sources_renamed"], json!([{ "before": "in/wire.txt", "now": "in/tuesday.txt" }]));
    for empty in ["sources_added", "sources_removed", "sources_changed", "claims_new", "claims_changed", "claims_gone"]
    {
        assert_eq!(report[empty], json!([]), "{empty}");
    }
    let text = folder.run(&["report", "in", "--since-report", "old.json"]).exits(0).text().to_owned();
    let told = "  1 source under another name\n    tuesday.txt, which was in/wire.txt\n";
    assert!(text.contains(told), "{text}");
}

/// Rows without ids are identified by their numbers: an inserted row is one new source.
#[test]
fn rows_that_moved_are_the_same() {
    let rows = |first: &str| {
        let rows = [first, WIRE, GAZETTE, MARKET, STALLS].into_iter().filter(|row| !row.is_empty());
        let rows: Vec<String> = rows.map(|row| format!("\"{}\"\n", row.trim())).collect();
        format!("text\n{}", rows.concat())
    };
    let folder = Folder::with(&[("in/rows.csv", &rows(""))]);
    folder.run(&["report", "in", "-o", "old.json"]).exits(0);
    folder.write("in/rows.csv", rows(POEM));
    let report = since(&folder);
    assert_eq!(report["sources_added"].as_array().unwrap().len(), 1, "{report}");
    assert_eq!(report["sources_renamed"].as_array().unwrap().len(), 4, "{report}");
    for empty in ["sources_removed", "sources_changed", "claims_new", "claims_changed", "claims_gone"] {
        assert_eq!(report[empty], json!([]), "{empty}: {report}");
    }
}

/// What two sources still say is not gone because it now belongs to another claim.
#[test]
fn what_is_grouped_otherwise_is_not_gone() {
    let folder = folder();
    let mut old: Value = serde_json::from_str(&fs::read_to_string(folder.path("old.json")).unwrap()).unwrap();
    let claims = old["clusters"]["clusters"].as_array_mut().unwrap();
    let mut other = claims.iter().find(|claim| claim["kind"] == "claim").unwrap().clone();
    other["key"] = json!("another");
    claims.push(other);
    folder.write("old.json", old.to_string());
    let report = since(&folder);
    assert_eq!((&report["claims_gone"], &report["claims_changed"]), (&json!([]), &json!([])));
    let [regrouped] = &report["claims_regrouped"].as_array().unwrap()[..] else { panic!("{report}") };
    assert_eq!(regrouped["key"], "another");
    let text = folder.run(&["report", "in", "--since-report", "old.json"]).exits(0).text().to_owned();
    assert!(text.contains("1 claim whose sentences are now grouped differently\n"), "{text}");
}

/// A file that cannot be read now has not retracted anything.
#[test]
fn a_file_that_cannot_be_read_is_not_gone() {
    let folder = folder();
    folder.write("in/stalls.txt", (0..=u8::MAX).cycle().take(4096).collect::<Vec<u8>>());
    let report = folder.run(&["report", "in", "--since-report", "old.json", "--format", "json"]).json();
    let since = &report["since"];
    assert!(report["unread"].as_array().unwrap().iter().any(|unread| unread["path"] == "in/stalls.txt"), "{report}");
    assert_eq!((&since["sources_unread"], &since["sources_removed"]), (&json!(["in/stalls.txt"]), &json!([])));
    let [gone] = &since["claims_gone"].as_array().unwrap()[..] else { panic!("{since}") };
    assert_eq!(gone["unread"], json!(["in/stalls.txt"]));
    let text = folder.run(&["report", "in", "--since-report", "old.json"]).text().to_owned();
    assert!(text.contains("1 source that could not be read this time\n"), "{text}");
    assert!(text.contains("1 claim not found, one of whose sources could not be read\n"), "{text}");
    assert!(!text.contains("no longer"), "{text}");
}

/// Changes in what one source alone says are news too: a new sentence, a removed one, and a changed figure.
#[test]
fn what_one_source_alone_says_now_is_told() {
    let folder = folder();
    let before = "The mill by the lock employs 42 people in three shifts. Its owner keeps bees behind the barn.\n";
    folder.write("in/mill.txt", before);
    folder.run(&["report", "in", "-o", "old.json", "--force"]).exits(0);
    folder.write(
        "in/mill.txt",
        "The mill by the lock employs 24 people in three shifts. A new wheel was ordered in Turin.\n",
    );
    let report = since(&folder);
    let [change] = &report["source_changes"].as_array().unwrap()[..] else { panic!("{report}") };
    assert_eq!((&change["source"], &change["counts"]), (&json!("in/mill.txt"), &json!([1, 1, 1])));
    assert_eq!(change["added"], json!(["A new wheel was ordered in Turin."]));
    assert_eq!(change["removed"], json!(["Its owner keeps bees behind the barn."]));
    let changed = &change["replaced"][0]["changed"];
    assert_eq!(*changed, json!([{ "kind": "number", "a": "42", "b": "24", "probability": 0.58 }]), "{change}");

    let text = folder.run(&["report", "in", "--since-report", "old.json"]).exits(0).text().to_owned();
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let told = "mill.txt (said “The mill by the lock employs 42 people in three shifts.”, and now “The mill by the \
                lock employs 24 people in three shifts.”, 42 → 24; new: “A new wheel was ordered in Turin.”; no longer \
                there: “Its owner keeps bees behind the barn.”)";
    assert!(text.contains(told), "{text}");
}

/// Of much new text a few sentences are shown, and the rest is counted.
#[test]
fn much_new_text_is_counted() {
    let folder = folder();
    let days = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];
    let crops = ["barley", "clover", "turnips", "flax", "lentils", "poppies", "rye"];
    let more: Vec<String> = days
        .iter()
        .zip(crops)
        .flat_map(|(day, crop)| {
            ["dug", "sown", "watered", "cut"].map(|what| format!("On {day} the {crop} was {what}."))
        })
        .collect();
    folder.write("in/poem.txt", format!("{POEM}\n{}\n", more.join(" ")));
    let report = since(&folder);
    let [change] = &report["source_changes"].as_array().unwrap()[..] else { panic!("{report}") };
    assert_eq!((change["counts"][1].as_u64(), change["added"].as_array().unwrap().len()), (Some(28), 20));
    let text = folder.run(&["report", "in", "--since-report", "old.json"]).exits(0).text().to_owned();
    assert!(text.split_whitespace().collect::<Vec<_>>().join(" ").contains("and 25 more sentences)"), "{text}");
}
