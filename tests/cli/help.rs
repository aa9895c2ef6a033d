//! Help, completions and manual pages, and options of single commands.

use std::fs;

use super::pairs::fan;
use super::{Answer, Folder, samesay, tiny_model};

const COMMANDS: [&str; 14] = [
    "query",
    "compare",
    "sources",
    "pairs",
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

/// The long options under each heading of a help text: one per line that begins with a hyphen.
fn options(help: &str) -> Vec<(&str, Vec<&str>)> {
    let mut sections: Vec<(&str, Vec<&str>)> = Vec::new();
    for line in help.lines() {
        if !line.starts_with(' ') && line.ends_with(':') {
            sections.push((line, Vec::new()));
        } else if let (Some((_, options)), true) = (sections.last_mut(), line.trim_start().starts_with('-')) {
            options.extend(line.split_whitespace().find(|word| word.starts_with("--")));
        }
    }
    sections
}

#[test]
fn a_command_s_own_options_are_not_among_the_columns_of_tables() {
    let own: [(&str, &[&str]); 8] = [
        ("query", &["--file", "--like", "--words", "--top-k", "--glob"]),
        ("compare", &["--min-score", "--explain"]),
        ("sources", &["--min-score", "--explain", "--glob"]),
        ("pairs", &["--against", "--unit", "--top-k", "--limit", "--output", "--glob"]),
        ("cluster", &["--by", "--labels-from-dirs", "--vectors", "--min-score", "--explain", "--glob"]),
        ("report", &["--output", "--force", "--since-report", "--open", "--min-score", "--glob"]),
        ("passages", &["--glob"]),
        ("index", &["--watch", "--shard", "--glob"]),
    ];
    let columns = ["--text-column", "--id-column", "--title-column", "--publisher-column", "--date-column"];
    for (command, own) in own {
        for flag in ["--help", "-h"] {
            let help = Answer::of(samesay().args([command, flag]), b"").exits(0).text().to_owned();
            let sections = options(&help);
            let of = |heading: &str| -> Vec<&str> {
                let found = sections.iter().filter(|(line, _)| line.starts_with(heading));
                found.flat_map(|(_, options)| options.clone()).collect()
            };
            assert_eq!(of("Columns of .csv"), columns, "{command}: {help}");
            let options = of("Options:");
            assert!(own.iter().all(|option| options.contains(option)), "{command}: {options:?}");
            assert!(!options.iter().any(|option| columns.contains(option)), "{command}: {options:?}");
        }
    }
}

#[test]
fn help_has_no_backticks_around_names() {
    let help = |args: &[&str]| Answer::of(samesay().args(args), b"").exits(0).text().to_owned();
    let (main, cluster) = (help(&["--help"]), help(&["cluster", "--help"]));
    assert!(main.contains("NumPy") && !main.contains("`NumPy`"), "{main}");
    assert!(cluster.contains("BCubed") && !cluster.contains("`BCubed`"), "{cluster}");
}

#[test]
fn each_command_has_examples_and_only_the_main_help_has_the_options_of_all() {
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
    // Options that only the main help lists are accepted by every command.
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
    // With the mark it is still recognised as a report: it is not read as a source, and may be replaced.
    let again = folder.run(&["report", "in", "-o", "in/t.csv"]).exits(0);
    assert!(again.text().starts_with("1 source, 1 passage"), "{}", again.text());
    assert_eq!(fs::read(folder.path("in/t.csv")).unwrap(), with[3..]);
    folder.run(&["report", "in", "-o", "r.md", "--bom"]).refuses(&["--bom", ".csv"]);
}

#[test]
fn every_table_may_begin_with_a_byte_order_mark() {
    const MARK: &[u8] = b"\xef\xbb\xbf";
    let folder = Folder::with(&[("in/a.txt", "The ferry struck the mole.\n"), ("lines.txt", "the ferry\n")]);
    folder.write("v.npy", fan(&[0.0, 0.0, 90.0]));
    let model = tiny_model();
    let model = ["--model", model.to_str().unwrap()];
    let pairs = ["pairs", "--vectors", "v.npy", "--min-score", "0.9"];
    let cluster = ["cluster", "--vectors", "v.npy", "--min-score", "0.9"];
    for command in [&pairs, &cluster] {
        let table = |more: &[&str]| folder.run(&[&command[..], &["--format", "csv"], more].concat()).exits(0).stdout;
        assert_eq!(table(&["--bom"]), [MARK, &table(&[])].concat());
        folder.run(&[&command[..], &["--bom"]].concat()).refuses(&["--bom is for CSV", "--format csv"]);
    }
    let bench = [&["bench", "--seconds", "0.2", "--texts", "lines.txt"][..], &model].concat();
    for (command, file, begin) in [(&pairs[..], "p.csv", "a_id,"), (&bench, "b.csv", "kind,name,")] {
        let written = |more: &[&str]| {
            folder.run(&[command, &["-o", file], more].concat()).exits(0);
            fs::read(folder.path(file)).unwrap()
        };
        let with = written(&["--bom"]);
        assert!(with.starts_with(&[MARK, begin.as_bytes()].concat()), "{:?}", String::from_utf8_lossy(&with));
        // It is still known for what it is, and written again.
        assert!(written(&[]).starts_with(begin.as_bytes()));
    }
    folder.run(&[&bench[..], &["-o", "b.md", "--bom"]].concat()).refuses(&["--bom is for CSV", ".csv"]);
    // Nor is a table of pairs with a mark a source.
    folder.run(&[&pairs[..], &["-o", "in/p.csv", "--bom"]].concat()).exits(0);
    let passages = folder.run(&[&["passages", "in", "--format", "json"][..], &model].concat()).exits(0).json();
    assert_eq!(passages["sources"].as_array().unwrap().len(), 1);
}

#[test]
fn the_columns_of_a_source_map_may_be_in_either_order() {
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

/// Without Parquet, nothing offers it.
#[test]
fn help_offers_parquet_where_it_can_be_used() {
    let of = |args: &[&str]| Answer::of(samesay().args(args), b"").exits(0).text().to_owned();
    let offers = |text: &str| text.to_lowercase().contains("parquet");
    for command in ["query", "pairs", "cluster", "embed"] {
        for args in [&[command, "--help"][..], &[command, "-h"]] {
            assert_eq!(offers(&of(args)), cfg!(feature = "parquet"), "{args:?}");
        }
    }
    for args in [&["--help"][..], &["man"], &["completions", "bash"], &["completions", "fish"]] {
        assert!(cfg!(feature = "parquet") || !offers(&of(args)), "{args:?}");
    }
}
