//! Documents in languages other than English. The models are tiny random ones, except where copies are compared:
//! nothing here depends on their quality.

use std::path::Path;

use serde_json::{Value, json};

use super::input::copy_folder;
use super::{Folder, tiny_model};

const GERMAN: &str = "Fährunglück im Nordhafen\n\nVon Anna Behrendt\n\n5. März 2026, 14:30 Uhr\n\n\
    Die Fähre prallte am 3. März gegen die alte Mole im Nordhafen, und zwölf Fahrgäste wurden dabei verletzt. Nach \
    Angaben von Dr. Petersen \
    waren ca. fünf Kinder an Bord, die bald wieder nach Hause durften. Der Kapitän hat das gebrochene Ruder nicht \
    repariert, wie die \
    Behörde sagte. Seit dem 2. Weltkrieg gab es dort keinen Unfall dieser Art.\n\n\
    Lesen Sie auch: Der Sturm an der Küste\n\nAlle Rechte vorbehalten\n";
const JAPANESE: &str = "2026年3月5日\n\n\
    渡し船「北星」は三月三日の朝、霧の中で港の防波堤に衝突した。乗客十二人が負傷したと港湾当局は発表した。船長は舵が動かなかったと話している。\
    原因はまだ調査中である。\n\n続きを読む\n\n無断転載を禁じます\n";
const ENGLISH: &str = "The ferry struck the old pier in the north harbour at dawn, and twelve of the passengers on the \
    car deck were hurt. The captain said that the rudder had stopped answering the wheel and that nobody could have \
    done anything about it.\n";

/// A folder with these documents and the tiny model with this card.
fn with_card(files: &[(&str, &str)], card: &str) -> Folder {
    let folder = Folder::with(files);
    copy_folder(&tiny_model(), &folder.path("model"));
    folder.write("model/README.md", card);
    folder
}

/// A folder with these documents and a model that handles the bytes of every script and truncates no paragraph.
fn with_bytes(files: &[(&str, &str)]) -> Folder {
    let folder = Folder::with(files);
    let model = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/static/native");
    copy_folder(&model, &folder.path("model"));
    folder
}

fn dropped(source: &Value) -> Vec<(&str, &str)> {
    let dropped = source["dropped"].as_array().unwrap().iter();
    dropped.map(|dropped| (dropped["text"].as_str().unwrap(), dropped["reason"].as_str().unwrap())).collect()
}

/// The best sentence for each query of a single word.
fn best_sentences(folder: &Folder, file: &str, queries: &[&str]) -> Vec<String> {
    let best = |query: &&str| {
        let args = ["query", query, file, "--model", "model", "--min-score=-1", "--format", "json"];
        let answer = folder.run(&args).exits(0).json();
        answer["results"][0]["sources"][0]["passages"][0]["best_sentence"]["text"].as_str().unwrap().to_owned()
    };
    queries.iter().map(best).collect()
}

#[test]
fn a_german_folder() {
    let other = GERMAN.replace("Ruder nicht repariert", "Ruder repariert");
    let folder = with_bytes(&[("a.txt", GERMAN), ("b.txt", &other)]);
    let report = folder.run(&["passages", "a.txt", "--model", "model", "--format", "json"]).exits(0).json();
    let source = &report["sources"][0];
    assert_eq!(
        dropped(source),
        [
            ("Fährunglück im Nordhafen", "title"),
            ("Von Anna Behrendt", "byline"),
            ("5. März 2026, 14:30 Uhr", "date"),
            ("Lesen Sie auch: Der Sturm an der Küste", "link prompt"),
            ("Alle Rechte vorbehalten", "copyright"),
        ]
    );
    assert_eq!(
        (&source["language"], &source["date"], &source["author"], &source["title"]),
        (&json!("de"), &json!("2026-03-05"), &json!("Anna Behrendt"), &json!("Fährunglück im Nordhafen"))
    );
    for best in best_sentences(&folder, "a.txt", &["Fahrgäste verletzt", "Kinder an Bord", "Unfall im Weltkrieg"]) {
        let whole = [
            "Die Fähre prallte am 3. März gegen die alte Mole im Nordhafen, und zwölf Fahrgäste wurden dabei verletzt.",
            "Nach Angaben von Dr. Petersen waren ca. fünf Kinder an Bord, die bald wieder nach Hause durften.",
            "Der Kapitän hat das gebrochene Ruder nicht repariert, wie die Behörde sagte.",
            "Seit dem 2. Weltkrieg gab es dort keinen Unfall dieser Art.",
        ];
        assert!(whole.contains(&best.as_str()), "{best}");
    }
    let compared = folder.run(&["compare", "a.txt", "b.txt", "--format", "json"]).exits(0).json();
    let differences = compared["aligned"][0]["may_disagree"].as_array().unwrap();
    let found: Vec<(&str, &str)> =
        differences.iter().map(|found| (found["kind"].as_str().unwrap(), found["a"].as_str().unwrap())).collect();
    assert!(found.contains(&("negation", "nicht repariert")), "{differences:?}");
}

#[test]
fn a_japanese_folder() {
    let folder = with_bytes(&[("a.txt", JAPANESE)]);
    let report = folder.run(&["passages", "a.txt", "--model", "model", "--format", "json"]).exits(0).json();
    let source = &report["sources"][0];
    assert_eq!(
        dropped(source),
        [("2026年3月5日", "date"), ("続きを読む", "link prompt"), ("無断転載を禁じます", "copyright")]
    );
    assert_eq!((&source["language"], &source["date"]), (&json!("ja"), &json!("2026-03-05")));
    assert_eq!(source["passages"].as_array().unwrap().len(), 1);
    for best in best_sentences(&folder, "a.txt", &["乗客が負傷", "舵", "調査中"]) {
        let whole = [
            "渡し船「北星」は三月三日の朝、霧の中で港の防波堤に衝突した。",
            "乗客十二人が負傷したと港湾当局は発表した。",
            "船長は舵が動かなかったと話している。",
            "原因はまだ調査中である。",
        ];
        assert!(whole.contains(&best.as_str()), "{best}");
    }
}

#[test]
fn a_model_of_one_language_says_what_it_does_not_read() {
    let files = [("a.txt", ENGLISH), ("b.txt", GERMAN), ("c.txt", JAPANESE), ("d.txt", GERMAN)];
    let said = "3 of 4 documents are in German (2), Japanese (1), but model was trained on English only";
    for (card, warns) in [
        ("---\nlanguage: en\n---\n", true),
        ("---\nlanguage:\n- en\n- de\n- ja\n---\n", false),
        ("---\nlanguage: multilingual\n---\n", false),
        ("# A model\n", false),
    ] {
        let folder = with_card(&files, card);
        let paths = ["a.txt", "b.txt", "c.txt", "d.txt", "--model", "model", "--format", "json"];
        for command in ["sources", "cluster"] {
            let answer = folder.run(&[&[command][..], &paths[..]].concat());
            assert_eq!(answer.stderr.matches(said).count(), usize::from(warns), "{card}: {}", answer.stderr);
            let warnings = answer.json()["warnings"].to_string();
            assert_eq!(warnings.contains(said), warns, "{card}: {warnings}");
        }
    }
    let folder = with_card(&files[..2], "---\nlanguage: en\n---\n");
    let answer = folder.run(&["passages", "b.txt", "--model", "model"]).exits(0);
    assert!(answer.stderr.contains("1 of 1 document is in German, but model"), "{}", answer.stderr);
    let answer = folder.run(&["passages", "a.txt", "--model", "model"]).exits(0);
    assert!(!answer.stderr.contains("trained"), "{}", answer.stderr);
}

/// That nobody says what was asked may only mean that the model does not understand the question.
#[test]
fn a_question_in_another_language_is_warned_of() {
    let folder = with_card(&[("a.txt", ENGLISH)], "---\nlanguage: en\n---\n");
    let ask = |text: &str| {
        let answer = folder.run(&["query", text, "a.txt", "--model", "model", "--format", "json"]);
        (answer.stderr.clone(), answer.json()["warnings"].to_string())
    };
    let german = "Die Fähre ist nach dem Sturm gegen die Mole gefahren";
    let (stderr, warnings) = ask(german);
    let said = "seems to be in German, but model was trained on English only";
    assert_eq!((stderr.matches(said).count(), warnings.contains(said)), (1, true), "{stderr} {warnings}");
    assert!(ask("渡し船は港の防波堤に衝突した").0.contains("seems to be in Japanese"));
    assert!(ask("fährunglück ursache").0.contains("seems to be in German"));
    assert!(
        ask("huelga de trenes").0.contains("does not seem to be in English, but model was trained on English only")
    );
    for english in ["the ferry struck the old pier", "ferry pier passengers hurt", "Los Angeles", "El Niño"] {
        let (stderr, warnings) = ask(english);
        assert!(!stderr.contains("seems to be") && !warnings.contains("seems to be"), "{stderr} {warnings}");
    }
    // One for each line of a file of queries; none if the model reads many languages, or if its languages are unknown.
    folder.write("asked.txt", format!("{german}\nthe ferry struck the old pier\n"));
    let file = folder.run(&["query", "--file", "asked.txt", "a.txt", "--model", "model"]);
    assert_eq!(file.stderr.matches(said).count(), 1, "{}", file.stderr);
    for card in ["---\nlanguage: multilingual\n---\n", "---\nlanguage:\n- en\n- de\n---\n", "# A model\n"] {
        folder.write("model/README.md", card);
        assert!(!ask(german).1.contains("seems to be"), "{card}");
    }
}

#[test]
fn the_default_model_reads_english() {
    let folder = Folder::with(&[("a.txt", ENGLISH), ("b.txt", GERMAN)]);
    let answer = folder.run(&["passages", "a.txt", "b.txt"]).exits(0);
    let said = "1 of 2 documents is in German, but all-MiniLM-L6-v2 was trained on English only";
    assert!(answer.stderr.contains(said), "{}", answer.stderr);
}
