//! `query --like`, and queries that no source answers.

use serde_json::Value;

use super::{Answer, Folder};

fn folder() -> Folder {
    Folder::with(&[
        (
            "a.txt",
            "The ferry Marelle struck the breakwater on Monday, injuring twelve passengers.\n\n\
             The bakery sells rye bread for four crowns.\n",
        ),
        (
            "b.txt",
            "Twelve people were hurt when the ferry Marelle hit the breakwater on Monday.\n\n\
             Pupils will move to a new school.\n",
        ),
        (
            "c.txt",
            "A loaf of rye costs four crowns at the baker's.\n\nThe council met on Thursday to speak of the harbour \
             lamp.\n",
        ),
    ])
}

/// The sources of the only result, each with its first passage.
fn found(answer: &Answer) -> Vec<(String, String)> {
    let report: Value = serde_json::from_slice(&answer.stdout).unwrap();
    let [result] = &report["results"].as_array().unwrap()[..] else { panic!("{report}") };
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    result["sources"]
        .as_array()
        .unwrap()
        .iter()
        .map(|source| (text(&source["source"]), text(&source["passages"][0]["id"])))
        .collect()
}

#[test]
fn a_passage_finds_its_like_elsewhere() {
    let folder = folder();
    let like = |place: &str| found(&folder.run(&["query", "--like", place, ".", "--format", "json"]).exits(0));
    assert_eq!(like("a.txt:1")[0], ("b.txt".to_owned(), "b.txt#1".to_owned()));
    assert_eq!(like("a.txt:3")[0], ("c.txt".to_owned(), "c.txt#1".to_owned()));
    assert!(
        ["a.txt:1", "a.txt:3", "a.txt"].iter().all(|place| like(place).iter().all(|(source, _)| source != "a.txt"))
    );
}

/// A source that says just what is asked for, in few words more, is no weak answer.
#[test]
fn an_exact_answer_is_not_weak() {
    let folder = Folder::with(&[
        (
            "a.txt",
            "The parliament of Orrin raised the lighthouse budget by a fifth on Tuesday, the third increase in four \
             years.\n\nOpposition members asked where the money would come from. The minister spoke of higher dues.\n",
        ),
        (
            "b.txt",
            "Lighthouse spending will grow by nine million crowns next year, according to a draft that the ministry \
             published.\n\nThe keepers' union called the draft overdue, because two lamps have been dark since \
             spring.\n",
        ),
        ("c.txt", "Rye bread costs four crowns at the bakery on the square, its first rise in six years.\n"),
        ("d.txt", "Pupils of the old school move into a new building beside the river after the summer holidays.\n"),
        ("e.txt", "Divers found a hole of two metres in the ferry's hull on Tuesday morning.\n"),
    ]);
    let query = ["query", "lighthouse budget increases", "."];
    let json = folder.run(&[&query[..], &["--format", "json"]].concat()).exits(0).json();
    let sources = json["results"][0]["sources"].as_array().unwrap();
    let chance = |path: &str| sources.iter().find(|source| source["path"] == path).unwrap()["chance"].as_f64().unwrap();
    assert!(sources[0]["path"] == "a.txt" && chance("a.txt") < 1.0 && chance("b.txt") < 1.0, "{sources:?}");
    let text = folder.run(&query).exits(0).text().to_owned();
    assert!(!text.contains("weak"), "{text}");
}

#[test]
fn a_document_finds_the_sources_that_say_most_of_it() {
    let folder = folder();
    folder.write(
        "twin.txt",
        "Twelve passengers were injured as the ferry Marelle struck the breakwater.\n\nRye bread costs four crowns.\n",
    );
    let sources: Vec<String> = found(&folder.run(&["query", "--like", "a.txt", ".", "--format", "json"]).exits(0))
        .into_iter()
        .map(|(source, _)| source)
        .collect();
    assert_eq!(sources[0], "twin.txt", "{sources:?}");
    assert_eq!(sources.len(), 3, "{sources:?}");
}

#[test]
fn a_document_from_elsewhere() {
    let folder = folder();
    folder.write("elsewhere/mine.txt", "A ferry ran into a breakwater and twelve people were injured.\n");
    let answer = folder.run(&["query", "--like", "elsewhere/mine.txt", "b.txt", "c.txt", "--format", "json"]).exits(0);
    assert_eq!(found(&answer), [("b.txt".to_owned(), "b.txt#1".to_owned())]);
}

#[test]
fn errors_say_what_to_do() {
    let folder = folder();
    folder.write("rows.csv", "text\nThe ferry struck the breakwater on Monday.\nThe bakery sells rye bread.\n");
    let said = |args: &[&str]| folder.run(&[&["query"], args].concat()).exits(2).stderr;
    assert!(said(&["--like", "nowhere.txt"]).contains("nowhere.txt"));
    assert!(said(&["--like", "a.txt:2"]).contains("there is no passage on line 2; `samesay passages a.txt` shows"));
    assert!(said(&["--like", "rows.csv"]).contains("contains 2 sources; choose one by its line with rows.csv:LINE"));
    let long = "the ferry hit the breakwater ".repeat(80);
    let refused = said(&[&long, "."]);
    assert!(
        refused.contains("tokens, but the model reads at most 254; shorten it") && refused.contains("--like FILE"),
        "{refused}"
    );
    assert!(said(&["\u{200b}"]).contains("contains no words"), "{}", said(&["\u{200b}"]));
    assert!(said(&["--like", "."]).contains("--like .: is a folder; name a document"));
    assert!(
        said(&["ferry", "--min-percentile", "101"])
            .contains("--min-percentile 101: a percentile must be between 0 and 100")
    );
}

#[test]
fn a_row_of_a_table_is_named_by_its_line() {
    let folder = folder();
    folder.write(
        "rows.csv",
        "text\nThe ferry Marelle struck the breakwater on Monday.\nThe bakery sells rye bread for four crowns.\n",
    );
    let answer = folder.run(&["query", "--like", "rows.csv:3", "c.txt", "b.txt", "--format", "json"]).exits(0);
    assert_eq!(found(&answer)[0].1, "c.txt#1");
}

#[test]
fn gibberish_and_other_subjects_find_nothing() {
    let corpus = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus");
    for query in ["qwertz uiop asdf", "zxqv blorp nnn", "?!", "🙂", "photosynthesis", "How long must an egg boil?"] {
        let answer = Answer::from(super::run(&["query", query, corpus.to_str().unwrap()])).exits(1);
        assert!(answer.text().starts_with("No source was found that says this: "), "{query}: {}", answer.text());
    }
}

#[test]
fn where_nothing_passes_the_users_cut_the_nearest_is_told() {
    let folder = folder();
    let text = folder.run(&["query", "the ferry hit the breakwater", "--min-score", "0.99"]).exits(1).text().to_owned();
    assert!(
        text.starts_with(
            "No source passes the threshold: the ferry hit the breakwater\n\
             Nearest passage, but not an answer:\n    b.txt:1  "
        ),
        "{text}"
    );
    let plain = folder.run(&["query", "quantum chromodynamics"]).exits(1).text().to_owned();
    assert!(!plain.contains("Nearest"), "{plain}");
    let explained = folder.run(&["query", "quantum chromodynamics", "--explain"]).exits(1).text().to_owned();
    assert!(
        explained.contains("Nearest passage, but not an answer:")
            && explained.contains("relevance ")
            && explained.contains("are left out;"),
        "{explained}"
    );
}

#[test]
fn percentiles_rise_with_the_cosine_and_cut() {
    let corpus = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus");
    let ask = |flags: &[&str]| -> Value {
        let args =
            [&["query", "The bow was crushed along six meters", corpus.to_str().unwrap(), "--format", "json"], flags]
                .concat();
        serde_json::from_slice(&Answer::from(super::run(&args)).exits(0).stdout).unwrap()
    };
    let report = ask(&["-n", "16", "--min-score", "-1"]);
    assert_eq!(report["calibration"]["background"], "corpus");
    assert!(report["calibration"]["pairs"].as_u64() > Some(5000));
    let passages = |report: &Value| -> Vec<(f64, f64)> {
        let sources = report["results"][0]["sources"].as_array().unwrap();
        let all = sources.iter().flat_map(|source| source["passages"].as_array().unwrap());
        all.map(|hit| (hit["score"].as_f64().unwrap(), hit["percentile"].as_f64().unwrap())).collect()
    };
    let all = passages(&report);
    assert!(
        all.iter().any(|(_, percentile)| *percentile < 80.0) && all.iter().any(|(_, percentile)| *percentile > 97.0),
        "{all:?}"
    );
    for (a, b) in all.iter().flat_map(|a| all.iter().map(move |b| (a, b))) {
        assert!(a.0 <= b.0 || a.1 >= b.1, "{a:?} {b:?}");
    }
    let cut = passages(&ask(&["--min-percentile", "99.5"]));
    assert!(!cut.is_empty() && cut.len() < all.len() / 4, "{cut:?}");
}
