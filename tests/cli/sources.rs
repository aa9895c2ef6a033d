//! `sources`: coverage both ways, and how many sources are independent.

use serde_json::Value;

use super::{Answer, Folder};

const FERRY: &str =
    "The ferry Marelle struck the north breakwater of Tarn harbour on Monday morning, injuring twelve passengers.";
const RUDDER: &str =
    "The captain said that the rudder had stopped answering the wheel shortly before, and nobody had warned him.";
const BREAD: &str =
    "The bakery on the square has raised the price of rye bread to four crowns, its first rise in six years, it says.";
const SCHOOL: &str =
    "Pupils of the old school will move into the new building beside the river after the long summer holidays here.";

fn json(answer: &Answer) -> Value {
    serde_json::from_slice(&answer.stdout).unwrap()
}

#[test]
fn an_excerpt_is_covered_whole_and_its_source_in_part() {
    let whole = format!("{FERRY}\n\n{RUDDER}\n\n{BREAD}\n\n{SCHOOL}\n");
    let folder = Folder::with(&[("excerpt.txt", &format!("{RUDDER}\n\n{SCHOOL}\n")), ("whole.txt", &whole)]);
    let report = json(&folder.run(&["sources", "--format", "json"]).exits(0));
    let pair = &report["pairs"][0];
    let words = |text: &str| text.split_whitespace().count() as f64;
    let expected = (words(RUDDER) + words(SCHOOL)) / words(&whole);
    assert_eq!((&pair["a"], &pair["b"]), (&Value::from("excerpt.txt"), &Value::from("whole.txt")));
    assert_eq!(pair["a_in_b"].as_f64(), Some(1.0));
    assert!((pair["b_in_a"].as_f64().unwrap() - expected).abs() < 1e-3, "{pair}");
    assert_eq!(pair["shared"], 2);
    assert!(pair["matches"].as_array().unwrap().iter().all(|found| found["relation"] == "verbatim"));
    // One was made from the other.
    assert_eq!(report["independent_sources"], 1);
    assert_eq!(report["merged"][0]["reason"], "copy");
}

#[test]
fn sources_of_one_publisher_count_once() {
    let files = [
        ("a.txt", FERRY),
        ("b.txt", RUDDER),
        ("c.txt", "Twelve people were hurt when the ferry hit the breakwater of Tarn."),
    ];
    let folder = Folder::with(&files);
    folder.write("map.csv", "path,publisher\na.txt,Tarn Gazette\nc.txt,Tarn Gazette\n");
    let plain = json(&folder.run(&["sources", "a.txt", "b.txt", "c.txt", "--format", "json"]).exits(0));
    assert_eq!((plain["independent_sources"].as_u64(), plain["merged"].as_array().unwrap().len()), (Some(3), 0));
    let mapped =
        folder.run(&["sources", "a.txt", "b.txt", "c.txt", "--source-map", "map.csv", "--format", "json"]).exits(0);
    let mapped = json(&mapped);
    assert_eq!(mapped["independent_sources"], 2);
    assert_eq!((&mapped["merged"][0]["a"], &mapped["merged"][0]["b"]), (&Value::from("a.txt"), &Value::from("c.txt")));
    assert_eq!(mapped["merged"][0]["reason"], "publisher");
    // The same if a claim is made by both.
    let clusters = json(
        &folder.run(&["cluster", "a.txt", "b.txt", "c.txt", "--source-map", "map.csv", "--format", "json"]).exits(0),
    );
    let cluster = &clusters["clusters"][0];
    assert_eq!(cluster["sources"], serde_json::json!(["a.txt", "c.txt"]));
    assert_eq!(cluster["independent_sources"], 1);
    let text =
        folder.run(&["cluster", "a.txt", "b.txt", "c.txt", "--source-map", "map.csv"]).exits(0).text().to_owned();
    assert!(
        text.contains("2 sources, 1 independent")
            && text.contains("counted once: a.txt and c.txt (both are published by Tarn Gazette)"),
        "{text}"
    );
}

#[test]
fn nothing_in_common_is_exit_1() {
    let folder = Folder::with(&[("a.txt", FERRY), ("b.txt", SCHOOL)]);
    let report = json(&folder.run(&["sources", "--format", "json"]).exits(1));
    assert_eq!(report["pairs"], serde_json::json!([]));
}

#[test]
fn the_map_has_a_row_and_a_column_for_each_of_forty_sources_and_is_left_out_of_more() {
    let folder = Folder::with(&[]);
    let name = |at: usize| format!("a-rather-long-folder-name-for-a-source/source-{at:02}.txt");
    for at in 0..40 {
        folder.write(
            &name(at),
            format!("{}\n\nNote {at} of the harbour office.\n", if at % 2 == 0 { FERRY } else { SCHOOL }),
        );
    }
    let forty = folder.run(&["sources"]).exits(0).text().to_owned();
    let rows: Vec<&str> = forty.lines().filter(|line| line.get(3..5) == Some(". ")).collect();
    assert_eq!(rows.len(), 40, "{forty}");
    assert!(rows.iter().all(|row| row.chars().count() <= 100 && row.contains('█')), "{forty}");
    folder.write(&name(40), FERRY);
    let more = folder.run(&["sources"]).exits(0).text().to_owned();
    assert!(!more.contains('█') && more.contains(" more (--format json lists all)"), "{more}");
}

#[test]
fn what_all_but_one_say_is_told_with_the_nearest_miss() {
    let folder = Folder::with(&[
        ("a.txt", FERRY),
        (
            "b.txt",
            "Twelve passengers were hurt on Monday when the ferry Marelle ran into the breakwater north of Tarn \
             harbour.",
        ),
        ("c.txt", &format!("{BREAD}\n\n{RUDDER}\n")),
        ("notice.txt", "Copyright 2026 Tarn Gazette. All rights reserved.\n"),
    ]);
    let report = json(&folder.run(&["cluster", "--format", "json"]).exits(0));
    let [missing] = &report["all_but_one"].as_array().unwrap()[..] else { panic!("{report}") };
    assert_eq!((&missing["cluster"], &missing["source"]), (&Value::from(1), &Value::from("c.txt")));
    assert_eq!(missing["nearest"]["passage"], "c.txt#2");
    assert!(missing["nearest"]["score"].as_f64() < report["min_score"].as_f64());
    let text = folder.run(&["cluster"]).exits(0).text().to_owned();
    assert!(text.contains("Found in all sources but one") && text.contains("not in c.txt  nearest c.txt:3"), "{text}");
}

#[test]
fn copies_do_not_push_out_an_independent_source() {
    let union = "The seafarers' union says that its members had logged false alarms from the rudder twice before the \
                 ferry struck.";
    let folder = Folder::with(&[("z-union.txt", union)]);
    let wire = format!(
        "{FERRY}\n\n{RUDDER}\n\nThe crew of the ferry had reported false alarms from the rudder before the accident, \
         a deckhand said.\n"
    );
    for copy in 0..12 {
        folder.write(
            &format!("copy-{copy:02}.txt"),
            format!("Edition number {copy} of the paper has this story.\n\n{wire}"),
        );
    }
    let report = json(
        &folder.run(&["query", "the crew had reported false alarms before", "-n", "3", "--format", "json"]).exits(0),
    );
    let result = &report["results"][0];
    let shown: Vec<&str> =
        result["sources"].as_array().unwrap().iter().map(|source| source["source"].as_str().unwrap()).collect();
    assert!(shown.len() == 3 && shown.contains(&"z-union.txt"), "{shown:?}");
    assert_eq!((result["found"].as_u64(), result["independent_sources"].as_u64()), (Some(13), Some(2)));
    let text =
        folder.run(&["query", "the crew had reported false alarms before", "-n", "3"]).exits(0).text().to_owned();
    assert!(text.contains("13 sources, 2 independent; 3 shown (-n)"), "{text}");
}
