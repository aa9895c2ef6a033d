//! Who says it and when: metadata, and selection by it.

use serde_json::{Value, json};

use super::{Answer, Folder};

const FERRY: &str = "The ferry struck the breakwater at dawn and twelve of the passengers on board were hurt. The \
    captain said that the rudder had stopped answering the wheel shortly before and that nobody on the bridge could \
    have done anything about it.";

fn folder() -> Folder {
    let marked = |date: &str| {
        format!(
            "---\ntitle: Ferry\nauthor: Ada Sund\ndate: {date}\npublisher: Tarn Gazette\nlang: en-GB\n---\n\n{FERRY}\n"
        )
    };
    let folder = Folder::with(&[
        ("plain.txt", FERRY),
        ("dated.txt", &format!("Ferry strikes the pier\n\nBy Ola Brandt\n\n6 March 2026\n\n{FERRY}\n")),
    ]);
    folder.write("old.md", marked("2025-12-31"));
    folder.write("new.md", marked("2026-03-05T10:00:00Z"));
    folder.write(
        "german.txt",
        "Die Fähre prallte im Morgengrauen gegen die Mole, und zwölf der Fahrgäste auf dem Autodeck wurden \
         verletzt. Der Kapitän sagte, dass das Ruder kurz zuvor nicht mehr auf das Steuer reagiert habe und niemand \
         etwas hätte tun können.\n",
    );
    folder
}

#[track_caller]
fn source(answer: &Answer, path: &str) -> Value {
    let json = answer.json();
    json["sources"]
        .as_array()
        .unwrap()
        .iter()
        .find(|source| source["path"] == path)
        .unwrap_or_else(|| panic!("{json:#}"))
        .clone()
}

#[test]
fn metadata_is_the_files_or_found_in_its_text() {
    let answer = folder().run(&["passages", "--format", "json"]).exits(0);
    let said = |path| {
        let source = source(&answer, path);
        ["title", "author", "date", "publisher", "language"].map(|key| source[key].clone())
    };
    assert_eq!(
        said("new.md"),
        [json!("Ferry"), json!("Ada Sund"), json!("2026-03-05"), json!("Tarn Gazette"), json!("en-GB")]
    );
    assert_eq!(
        said("dated.txt"),
        [json!("Ferry strikes the pier"), json!("Ola Brandt"), json!("2026-03-06"), Value::Null, json!("en")]
    );
    assert_eq!(said("plain.txt"), [Value::Null, Value::Null, Value::Null, Value::Null, json!("en")]);
    assert_eq!(said("german.txt")[4], json!("de"));
    assert_eq!(source(&folder().run(&["cluster", "--format", "json"]), "new.md")["author"], "Ada Sund");
    let query = folder().run(&["query", "a ferry hit the breakwater", "new.md", "--format", "json"]).exits(0).json();
    assert_eq!(query["results"][0]["sources"][0]["publisher"], "Tarn Gazette");
}

#[test]
fn the_terminal_shows_it() {
    let answer = folder().run(&["query", "a ferry hit the breakwater", "new.md"]).exits(0);
    assert!(answer.text().contains(" 1. Ferry  new.md  Tarn Gazette  Ada Sund  2026-03-05\n"), "{}", answer.text());
    assert!(
        folder()
            .run(&["passages", "new.md"])
            .exits(0)
            .text()
            .starts_with("Ferry  new.md  Tarn Gazette  Ada Sund  2026-03-05  1 passage, 0 dropped")
    );
}

#[test]
fn days_choose() {
    let folder = folder();
    let found = |args: &[&str]| {
        let answer = folder.run(&[&["passages", "--format", "json"], args].concat()).exits(0);
        answer.warns_plainly("3 sources have no date", "left out");
        answer.json()["sources"]
            .as_array()
            .unwrap()
            .iter()
            .map(|source| source["path"].as_str().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    folder.write("undated.txt", FERRY);
    assert_eq!(found(&["--since", "2026-01-01"]), ["dated.txt", "new.md"]);
    assert_eq!(found(&["--until", "31 December 2025"]), ["old.md"]);
    assert_eq!(found(&["--since", "2026-03-05", "--until", "2026-03-05"]), ["new.md"]);
    let answer = folder
        .run(&["query", "a ferry hit the breakwater", ".", "--since", "2026-03-06", "--format", "json"])
        .exits(0)
        .json();
    assert_eq!(
        (answer["counts"]["sources"].as_u64(), &answer["results"][0]["sources"][0]["path"]),
        (Some(1), &json!("dated.txt"))
    );
}

#[test]
fn days_that_are_none_or_leave_nothing() {
    let folder = folder();
    folder.run(&["passages", "--since", "soon"]).refuses(&["--since soon", "YYYY-MM-DD"]);
    folder.run(&["passages", "--until", "3/4/2026"]).refuses(&["--until 3/4/2026"]);
    folder.run(&["passages", "--since", "2026-02-01", "--until", "2026-01-01"]).refuses(&["is later than"]);
    folder.run(&["passages", "--since", "2030-01-01"]).refuses(&["no source", "5 sources read"]);
}

#[test]
fn a_source_map_says_who_published_what() {
    let folder = Folder::with(&[
        ("wire/a.txt", FERRY),
        ("wire/b.txt", FERRY),
        ("press/c.md", &format!("---\npublisher: Itself\n---\n{FERRY}\n")),
        ("press/d.txt", FERRY),
        ("rows.csv", &format!("id,text\n1,{FERRY}\n2,{FERRY}\n")),
    ]);
    let map = "path,publisher\nwire,Tarn Wire\n./wire/b.txt,\"Halm, Post & Son\"\n# a comment\npress/*.md,Gazette\n\
               rows.csv:2,Row House\nnowhere.txt,X\n";
    folder.write("map.csv", map);
    folder.write("wire/map.csv", "a.txt,From Here\n../press/d.txt,From There\n");
    let publishers = |map: &str| {
        let answer = folder
            .run(&[
                "passages",
                "--format",
                "json",
                "--source-map",
                map,
                "wire/a.txt",
                "wire/b.txt",
                "press",
                "rows.csv",
            ])
            .exits(0);
        let json = answer.json();
        let all: Vec<Value> =
            json["sources"].as_array().unwrap().iter().map(|source| source["publisher"].clone()).collect();
        (all, answer.stderr)
    };
    let (found, stderr) = publishers("map.csv");
    assert_eq!(
        found,
        [json!("Tarn Wire"), json!("Halm, Post & Son"), json!("Gazette"), Value::Null, Value::Null, json!("Row House")]
    );
    assert_eq!(
        stderr,
        "samesay: warning: --source-map map.csv: matches no source of this run: nowhere.txt (its paths are relative \
         to its own folder, or to the current one)\n"
    );
    let (found, stderr) = publishers("wire/map.csv");
    assert_eq!(
        found,
        [json!("From Here"), Value::Null, json!("Itself"), json!("From There"), Value::Null, Value::Null]
    );
    assert_eq!(stderr, "");
    // One of the two names identifies the columns.
    for first in ["Outlet,PATH", "publisher,file"] {
        folder.write("other.csv", format!("{first}\nTarn Wire,wire/a.txt\n"));
        let (found, stderr) = publishers("other.csv");
        assert_eq!((&found[0], stderr.as_str()), (&json!("Tarn Wire"), ""), "{first}");
    }
}

#[test]
fn a_source_map_that_is_none() {
    let folder = folder();
    folder.write("map", "plain.txt,Tarn,Gazette\n");
    folder.run(&["passages", "--source-map", "map"]).refuses(&["map", "line 1", "path,publisher"]);
    folder.write("map", "a[.txt,Tarn\n");
    folder.run(&["passages", "--source-map", "map"]).refuses(&["map", "line 1", "a["]);
    folder.run(&["passages", "--source-map", "nowhere.csv"]).refuses(&["nowhere.csv", "No such file"]);
}

#[test]
fn a_map_with_two_publishers_of_one_path_or_in_another_encoding() {
    let folder =
        Folder::with(&[("a.txt", "The ferry struck the breakwater.\n"), ("map", "a.txt,North\na.txt,South\n")]);
    folder.run(&["passages", "a.txt", "--source-map", "map"]).refuses(&["map", "line 2", "a.txt", "North"]);
    folder.write("map", "a.txt,North\na.txt,North\n");
    assert_eq!(folder.run(&["passages", "a.txt", "--source-map", "map"]).exits(0).stderr, "");
    folder.write("map", b"a.txt,K\xf6ln\n");
    let answer = folder.run(&["passages", "a.txt", "--source-map", "map"]).exits(0);
    assert!(answer.stderr.contains("--source-map map: is not UTF-8"), "{}", answer.stderr);
}

/// The file's date is not that of publication: it is marked, and reported where it decides.
#[test]
fn the_day_of_a_file_is_marked() {
    let rtf = |text: &str| format!("{{\\rtf1{{\\info{{\\creatim\\yr2013\\mo12\\dy23}}}}{text}\\par}}");
    let folder = Folder::with(&[
        ("memo.rtf", &rtf(FERRY.trim())),
        ("note.md", &format!("---\ndate: 2026-03-05\n---\n{FERRY}\n")),
        ("plain.txt", FERRY),
    ]);
    let answer = folder.run(&["sources", ".", "--format", "json"]).json();
    let from = |name: &str| {
        let source = answer["sources"].as_array().unwrap().iter().find(|source| source["source"] == name).unwrap();
        (source["date"].clone(), source["date_from"].clone())
    };
    assert_eq!(from("memo.rtf"), (json!("2013-12-23"), json!("file")));
    assert_eq!(from("note.md"), (json!("2026-03-05"), json!("document")));
    assert_eq!(from("plain.txt"), (Value::Null, Value::Null));
    let text = folder.run(&["query", "a ferry hit the breakwater", ".", "-n", "9"]).exits(0).text().to_owned();
    assert!(text.contains("2013-12-23 (file date)") && !text.contains("2026-03-05 (file date)"), "{text}");

    let told = |since: &str| folder.run(&["passages", ".", "--since", since]).exits(0).stderr;
    let start = "samesay: warning: --since and --until use the file date for";
    let (left_out, kept) = (told("2026-01-01"), told("2010-01-01"));
    assert!(
        left_out.contains(start)
            && left_out.contains("1 source whose text has no date line: memo.rtf (2013-12-23, left out)"),
        "{left_out}"
    );
    assert!(kept.contains("no date line: memo.rtf (2013-12-23)\n"), "{kept}");
}
