//! An answer from a store is the answer without one, byte for byte.

use crate::cli::Folder;

/// Documents of several formats on two subjects, with lines that recur.
pub fn folder() -> Folder {
    let folder = Folder::with(&[]);
    let subjects =
        ["The ferry struck the eastern breakwater in thick fog", "Rents in the old town rose by 3.5 per cent"];
    let ends = [
        "and 27 people were hurt.",
        "and 31 people were hurt.",
        "which nobody had expected.",
        "the board said on Monday.",
    ];
    for n in 0..8 {
        let paragraph = |m: usize| {
            format!("{} {}\nThis is told in part {m} of report {}.\n\n", subjects[m % 2], ends[(n + m) % 4], n / 2)
        };
        let text: String = (0..6).map(paragraph).collect();
        folder.write(&format!("news/{n}.txt"), format!("Report number {n}\n\n{text}Follow our live page for more.\n"));
    }
    folder.write(
        "notes.md",
        "# Notes\n\nThe ferry struck the breakwater, they say.\n\n- one\n- two\n\n\
         A house burned down in the harbor district.\n",
    );
    folder.write(
        "rows.csv",
        "id,text,date\na,The ferry struck the breakwater in fog.,2026-03-01\n\
         b,Rents rose by 3.5 per cent.,2026-04-01\nc,,\n",
    );
    folder.write("broken.pdf", "%PDF-1.4 not really");
    folder.write("latin.txt", b"Caf\xe9 owners in the old town fear higher rents, said the board.".as_slice());
    folder
}

const COMMANDS: &[&[&str]] = &[
    &["query", "how many people were hurt?"],
    &["query", "rents rose", "news", "rows.csv", "--explain", "--passages", "9"],
    &["query", "rents rose", ".", "--words", "OLD town"],
    &["query", "--like", "notes.md:3"],
    &["query", "ferry", ".", "--since", "2026-03-15"],
    &["query", "ferry", ".", "--min-score=-1", "-n", "100"],
    &["query", "a walrus plays the trombone"],
    &["compare", "news/1.txt", "news/2.txt"],
    &["compare", "news/1.txt", "news/1.txt"],
    &["sources", "--explain"],
    &["cluster", "news"],
    &["cluster", "--keep-boilerplate"],
    &["passages"],
    &["passages", "news", "--glob", "*1.txt"],
];

#[test]
fn is_the_answer_without_one() {
    let folder = folder();
    for args in COMMANDS {
        for format in [&[][..], &["--format", "json"]] {
            let run = |store: &str| folder.run(&[*args, format, &["--store", store]].concat());
            let [none, first, second] = ["none", "kept/s.db", "kept/s.db"].map(run);
            for kept in [first, second] {
                assert_eq!(kept.code, none.code, "{args:?}: {}", kept.stderr);
                assert_eq!(kept.text(), none.text(), "{args:?}");
                assert_eq!(kept.stderr, none.stderr, "{args:?}");
            }
        }
    }
    // All of them are in one undamaged store.
    let verified = folder.run(&["index", "verify", "--store", "kept/s.db"]).exits(0);
    assert!(verified.text().starts_with("undamaged: 12 sources, "), "{}", verified.text());
}

#[test]
fn only_what_holds_the_words_is_an_answer() {
    let folder = Folder::with(&[
        ("a.txt", "The harbor’s ferry struck the breakwater.\n\nThe ferry of the harbor struck a pier.\n"),
        ("b.txt", "A ferry struck the breakwater of the harbor.\n"),
    ]);
    let places = |words: &str| {
        let answer = folder.run(&[
            "query",
            "a ferry struck something",
            ".",
            "--min-score=-1",
            "--words",
            words,
            "--format",
            "json",
        ]);
        let report: serde_json::Value = serde_json::from_str(answer.text()).unwrap();
        let sources = report["results"][0]["sources"].as_array().unwrap().clone();
        let passages = sources.iter().flat_map(|source| source["passages"].as_array().unwrap().clone());
        let mut ids: Vec<String> = passages.map(|passage| passage["id"].as_str().unwrap().to_owned()).collect();
        ids.sort();
        (answer.code, ids)
    };
    assert_eq!(places("Struck THE breakwater"), (Some(0), vec!["a.txt#1".to_owned(), "b.txt#1".to_owned()]));
    assert_eq!(places("harbor's ferry"), (Some(0), vec!["a.txt#1".to_owned()]));
    assert_eq!(places("breakwater ferry"), (Some(1), Vec::new()));
    assert_eq!(places("\" OR *"), (Some(1), Vec::new()));
}
