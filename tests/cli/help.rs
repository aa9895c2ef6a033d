//! What help, completions and manual pages tell, and options of single commands.

use std::fs;

use super::{Answer, Folder, samesay};

const COMMANDS: [&str; 13] = [
    "query",
    "compare",
    "sources",
    "cluster",
    "report",
    "passages",
    "index",
    "embed",
    "bench",
    "model",
    "completions",
    "schema",
    "man",
];

#[test]
fn each_command_has_examples_and_options_of_all_are_told_once() {
    let help = |args: &[&str]| Answer::of(samesay().args(args), b"").exits(0).text().to_owned();
    for args in [&["--help"][..], &["-h"]] {
        let main = help(args);
        assert!(
            main.contains("Examples:") && main.contains("Global options:") && main.contains("--threads <N>"),
            "{main}"
        );
        assert!(main.contains("amx") && main.contains("avx2") && main.contains("candle"), "{main}");
        assert!(main.lines().all(|line| line.chars().count() <= 100), "{main}");
    }
    for command in COMMANDS {
        for flag in ["--help", "-h"] {
            let text = help(&[command, flag]);
            assert!(text.contains(&format!("Examples:\n  samesay {command}")), "{text}");
            assert!(
                !text.contains("--threads <N>") && text.contains("Options of all commands: samesay --help"),
                "{text}"
            );
        }
    }
    assert!(!help(&["index", "status", "--help"]).contains("--threads <N>"));
    // What is told once is still taken everywhere.
    Folder::with(&[("a.txt", "The ferry struck the mole at dawn.\n")])
        .run(&["passages", "--threads", "1", "-q"])
        .exits(0);
}

#[test]
fn completions_know_instruction_sets() {
    let script = Answer::of(samesay().args(["completions", "bash"]), b"").exits(0);
    assert!(script.text().contains("--isa") && script.text().contains("avx512vnni"), "{}", script.text().len());
    let folder = Folder::with(&[]);
    folder.run(&["man", "-o", "man"]).exits(0);
    let page = |name: &str| fs::read_to_string(folder.path(name)).unwrap();
    assert!(page("man/samesay.1").contains("threads") && !page("man/samesay-query.1").contains("threads"));
}

#[test]
fn a_table_may_begin_with_a_byte_order_mark() {
    let folder = Folder::with(&[("in/a.txt", "The ferry struck the mole at dawn — twelve were hurt.\n")]);
    folder.run(&["report", "in", "-o", "in/t.csv", "--bom"]).exits(0);
    let with = fs::read(folder.path("in/t.csv")).unwrap();
    assert!(with.starts_with(b"\xef\xbb\xbfpassage,source,"), "{:?}", &with[..20]);
    // It is still known for what it is: no source, and to be written again.
    let again = folder.run(&["report", "in", "-o", "in/t.csv"]).exits(0);
    assert!(again.text().starts_with("1 source, 1 passage"), "{}", again.text());
    assert_eq!(fs::read(folder.path("in/t.csv")).unwrap(), with[3..]);
    folder.run(&["report", "in", "-o", "r.md", "--bom"]).refuses(&["--bom", ".csv"]);
}

#[test]
fn the_columns_of_a_source_map_may_stand_in_either_order() {
    let text = "The ferry struck the mole at dawn, and twelve passengers were hurt.\n";
    let folder = Folder::with(&[
        ("a.txt", text),
        ("b.txt", text),
        ("one.map", "path,publisher\na.txt,Gazette\nb.txt,Gazette\n"),
        ("other.map", "Publisher, Path\nGazette,a.txt\nGazette,b.txt\n"),
    ]);
    for map in ["one.map", "other.map"] {
        let answer = folder.run(&["sources", "a.txt", "b.txt", "--source-map", map, "--format", "json"]).exits(0);
        assert_eq!(answer.stderr, "", "{map}");
        let sources = answer.json()["sources"].clone();
        assert!(sources.as_array().unwrap().iter().all(|source| source["publisher"] == "Gazette"), "{map}: {sources}");
    }
}
