//! The meaning of arguments, and the messages about meaningless ones.

use super::{Answer, Folder, samesay, tiny_model};

fn folder() -> Folder {
    Folder::with(&[
        ("ferry.txt", "The ferry struck the breakwater at dawn and twelve passengers were hurt.\n"),
        ("bread.txt", "A bakery on the square sells rye bread for four crowns.\n"),
        ("frost.txt", "The vineyards lost half of their buds to a frost in April.\n"),
    ])
}

/// Asserts which sources answer each query, in JSON.
#[track_caller]
fn assert_finds(answer: &Answer, expected: &[(&str, &[&str])]) {
    let json = answer.json();
    let paths = |result: &serde_json::Value| {
        result["sources"].as_array().unwrap().iter().map(|source| source["path"].clone()).collect()
    };
    let found: Vec<(serde_json::Value, Vec<serde_json::Value>)> =
        json["results"].as_array().unwrap().iter().map(|result| (result["query"].clone(), paths(result))).collect();
    let expected: Vec<_> = expected
        .iter()
        .map(|(query, paths)| ((*query).into(), paths.iter().map(|path| (*path).into()).collect()))
        .collect();
    assert_eq!(found, expected);
}

#[test]
fn something_found_exits_0_and_nothing_1() {
    let folder = folder();
    assert_eq!(folder.run(&["query", "a ferry hit the breakwater"]).exits(0).stderr, "");
    let nothing = folder.run(&["query", "quantum chromodynamics on a lattice"]).exits(1);
    assert!(nothing.text().starts_with("No source was found that says this: quantum"), "{}", nothing.text());
    assert_eq!(nothing.stderr, "");
    let nothing =
        folder.run(&["query", "a ferry hit the breakwater", "--min-score", "0.99", "--format", "json"]).exits(1);
    assert_finds(&nothing, &[("a ferry hit the breakwater", &[])]);
    folder.run(&["cluster"]).exits(1);
    folder.run(&["cluster", "--min-score=-1"]).exits(0);
    folder.run(&["passages"]).exits(0);
}

#[test]
fn an_empty_query() {
    folder().run(&["query", "", "."]).refuses(&["query is empty"]);
}

#[test]
fn a_query_of_white_space() {
    folder().run(&["query", " \t\n", "."]).refuses(&["query is empty"]);
}

#[test]
fn an_empty_query_on_stdin() {
    folder().run(&["query", "-", "."]).refuses(&["query is empty"]);
    folder().run_on(&["query", "-", "."], b" \n\n").refuses(&["query is empty"]);
}

#[test]
fn a_query_on_stdin() {
    let answer = folder().run_on(&["query", "-", "--format", "json"], b"a ferry hit the breakwater\n").exits(0);
    assert_finds(&answer, &[("a ferry hit the breakwater", &["ferry.txt"])]);
}

#[test]
fn a_query_of_several_lines_is_shown_on_one() {
    let answer = folder().run_on(&["query", "-"], b"a ferry\nhit the\r\n\r\nbreakwater\n").exits(0);
    assert!(answer.text().starts_with("a ferry hit the breakwater  similar in 1 source\n"), "{}", answer.text());
}

#[test]
fn a_document_on_stdin() {
    let answer = folder()
        .run_on(&["query", "a ferry hit the breakwater", "-", "frost.txt"], b"A ferry hit the mole.\n")
        .exits(0);
    assert!(answer.text().contains("-:1"), "{}", answer.text());
}

#[test]
fn stdin_for_both_the_query_and_a_document() {
    let folder = folder();
    folder.run_on(&["query", "-", "-"], b"ferry").refuses(&["stdin", "both"]);
    folder.run_on(&["query", "-", "ferry.txt", "-"], b"ferry").refuses(&["stdin", "both"]);
}

#[test]
fn stdin_for_both_the_queries_and_a_document() {
    folder().run_on(&["query", "--file", "-", "-"], b"ferry\n").refuses(&["stdin", "both"]);
}

#[test]
fn no_threads() {
    folder().run(&["query", "ferry", "--threads", "0"]).refuses(&["--threads 0"]);
}

#[test]
fn a_cosine_that_is_none() {
    let folder = folder();
    for score in ["2", "-1.01", "nan", "inf"] {
        folder.run(&["query", "ferry", "--min-score", score]).refuses(&["--min-score", "-1 and 1"]);
        folder.run(&["cluster", "--min-score", score]).refuses(&["--min-score", "-1 and 1"]);
    }
}

#[test]
fn no_sources_and_no_passages() {
    let folder = folder();
    folder.run(&["query", "ferry", "--top-k", "0"]).refuses(&["--top-k"]);
    folder.run(&["query", "ferry", "-n", "0"]).refuses(&["--top-k"]);
    folder.run(&["query", "ferry", "--passages", "0"]).refuses(&["--passages"]);
    folder.run(&["bench", "--rounds", "0"]).refuses(&["--rounds"]);
}

#[test]
fn a_file_without_queries() {
    let folder = folder();
    folder.write("queries.txt", "\n  \n\n");
    folder.run(&["query", "--file", "queries.txt", "."]).refuses(&["queries.txt", "no queries"]);
    folder.run(&["query", "--file", "nowhere.txt", "."]).refuses(&["nowhere.txt", "No such file"]);
}

#[test]
fn with_a_file_of_queries_every_positional_is_a_path() {
    let folder = folder();
    folder.write("queries", "a ferry hit the breakwater\r\n\n  rye bread at a bakery  \nfrost in the vineyards");
    let answer = folder.run(&["query", "--file", "queries", "ferry.txt", "bread.txt", "--format", "json"]).exits(0);
    assert_finds(
        &answer,
        &[
            ("a ferry hit the breakwater", &["ferry.txt"]),
            ("rye bread at a bakery", &["bread.txt"]),
            ("frost in the vineyards", &[]),
        ],
    );
    folder.run(&["query", "--file", "queries", "ferry", "bread.txt"]).refuses(&["ferry", "No such file"]);
}

#[test]
fn a_file_of_queries_alone_looks_in_the_current_folder() {
    let folder = folder();
    folder.write("queries", "a ferry hit the breakwater\nquantum chromodynamics on a lattice\n");
    let answer = folder.run(&["query", "--file", "queries", "--format", "json"]).exits(0);
    assert_finds(
        &answer,
        &[("a ferry hit the breakwater", &["ferry.txt"]), ("quantum chromodynamics on a lattice", &[])],
    );
    let answer = folder.run_on(&["query", "--file", "-", "--format", "json"], b"rye bread at a bakery\n").exits(0);
    assert_finds(&answer, &[("rye bread at a bakery", &["bread.txt"])]);
}

#[test]
fn queries_are_read_as_documents_are() {
    let folder = folder();
    let query = "a ferry hit the breakwater";
    folder.write("mark", format!("\u{feff}{query}\n"));
    folder.write(
        "wide",
        [&[0xff, 0xfe], &format!("{query}\r\n").encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>()[..]]
            .concat(),
    );
    for name in ["mark", "wide"] {
        let answer = folder.run(&["query", "--file", name, "--format", "json"]).exits(0);
        assert_finds(&answer, &[(query, &["ferry.txt"])]);
    }
}

#[test]
fn limits_limit() {
    let folder = folder();
    folder.write("ferry.txt", "The ferry struck the pier.\n\nThe ferry hit the pier.\n\nThe ferry rammed the pier.\n");
    let answer = folder
        .run(&["query", "ferry", "--min-score=-1", "-n", "2", "--passages", "2", "--format", "json"])
        .exits(0)
        .json();
    let sources = answer["results"][0]["sources"].as_array().unwrap();
    assert_eq!((sources.len(), &sources[0]["path"]), (2, &"ferry.txt".into()));
    assert_eq!(sources[0]["passages"].as_array().unwrap().len(), 2);
}

#[test]
fn formats_of_other_commands() {
    let folder = folder();
    for args in [&["query", "ferry"][..], &["cluster"], &["passages"]] {
        folder.run(&[args, &["--format", "npy"]].concat()).refuses(&["--format npy", "text, json or jsonl"]);
    }
    for format in ["jsonl", "npy"] {
        folder.run(&["model", "list", "--format", format]).refuses(&["--format", "text or json"]);
        folder.run(&["sources", "--format", format]).refuses(&["--format", "text or json"]);
    }
}

#[test]
fn arguments_that_are_none() {
    let folder = folder();
    for args in [
        &["query"][..],
        &["query", "ferry", "--nope"],
        &["frobnicate"],
        &["query", "ferry", "--threads", "two"],
        &["-q", "-v", "passages"],
    ] {
        let answer = folder.run(args).exits(2);
        assert_eq!(answer.text(), "", "{args:?}");
        assert!(!answer.stderr.is_empty(), "{args:?}");
    }
}

#[test]
fn a_folder_where_a_command_should_be_gets_a_tip() {
    let folder = folder();
    folder.write("texts/a.txt", "A ferry hit the breakwater.\n");
    let answer = folder.run(&["texts"]).exits(2);
    assert!(answer.stderr.contains("subcommand 'texts'\n\n  tip: "), "{}", answer.stderr);
    assert!(answer.stderr.contains("samesay report texts\n\nUsage: "), "{}", answer.stderr);
    let answer = folder.run(&["frobnicate"]).exits(2);
    assert!(!answer.stderr.contains("samesay report"), "{}", answer.stderr);
}

#[test]
fn arguments_that_are_none_are_json_where_json_is_asked_for() {
    for args in
        [["query", "ferry", "--format", "json", "--nope"], ["query", "ferry", "--threads", "two", "--format=json"]]
    {
        let answer = folder().run(&args).exits(2);
        let error: serde_json::Value =
            serde_json::from_str(&answer.stderr).unwrap_or_else(|_| panic!("no JSON: {}", answer.stderr));
        assert_eq!((&error["schema"], &error["kind"]), (&"samesay.error.v1".into(), &"usage".into()));
        let message = error["error"].as_str().unwrap();
        assert!(
            message.contains(args[args.len() - 1].trim_end_matches("=json")) || message.contains("two"),
            "{message}"
        );
        assert!(!message.starts_with("error") && !message.contains("Usage:") && !message.contains('\n'), "{message}");
    }
}

#[cfg(unix)]
#[test]
fn arguments_that_are_no_utf8() {
    use std::os::unix::ffi::OsStrExt;
    let folder = folder();
    let latin = std::ffi::OsStr::from_bytes(b"caf\xe9");
    for (args, more) in [
        (&["query"][..], &[][..]),
        (&["query", "--format", "json"], &[]),
        (&["passages"], &["--nope"]),
        (&["passages"], &[]),
    ] {
        let answer = Answer::of(folder.command(args).arg(latin).args(more), b"").exits(2);
        assert_eq!(answer.text(), "");
        assert!(!answer.stderr.is_empty() && !answer.stderr.contains("panicked"), "{}", answer.stderr);
    }
}

#[test]
fn help_and_version_go_to_stdout() {
    for args in [&["--help"][..], &["query", "--help"], &["-h"]] {
        let answer = Answer::of(samesay().args(args), b"").exits(0);
        assert!(answer.text().contains("Usage: samesay") && answer.stderr.is_empty(), "{args:?}");
    }
    assert_eq!(
        Answer::of(samesay().arg("--version"), b"").exits(0).text(),
        format!("samesay {}\n", env!("CARGO_PKG_VERSION"))
    );
}

#[test]
fn more_and_less_is_said_on_stderr_only() {
    let folder = folder();
    folder.write("empty.txt", "");
    let outputs = [&[][..], &["-q"], &["-v"]]
        .map(|more| folder.run(&[&["query", "a ferry hit the breakwater"], more].concat()).exits(0));
    let [normal, quiet, verbose] = &outputs;
    assert!(normal.stdout == quiet.stdout && normal.stdout == verbose.stdout);
    assert_eq!(quiet.stderr, "");
    assert_eq!(normal.stderr.lines().count(), 1, "{}", normal.stderr);
    assert!(
        verbose.stderr.contains("3 documents, 3 passages") && verbose.stderr.contains("empty.txt"),
        "{}",
        verbose.stderr
    );
}

#[test]
fn a_query_of_several_words_without_quotes_gets_a_hint() {
    let answer = folder().run(&["query", "ferry", "hit"]).exits(2);
    assert!(
        answer.stderr.contains("put a text of several words in quotes: samesay query \"ferry hit …\""),
        "{}",
        answer.stderr
    );
    for flag in ["--file", "--like"] {
        folder().run(&["query", flag, "a.txt", "ferry"]).refuses(&["ferry: No such file or folder", flag]);
    }
    let answer = folder().run(&["query", "ferry", "no/such.txt"]).exits(2);
    assert!(!answer.stderr.contains("in quotes"), "{}", answer.stderr);
}

#[test]
fn counts_are_refused_in_words() {
    let folder = Folder::with(&[("a.txt", "The ferry struck the mole at dawn.\n")]);
    for (args, flag) in [
        (&["query", "ferry", "a.txt", "-n"][..], "--top-k"),
        (&["query", "ferry", "a.txt", "--passages"], "--passages"),
        (&["pairs", "a.txt", "--limit"], "--limit"),
        (&["passages", "a.txt", "--threads"], "--threads"),
        (&["bench", "--rounds"], "--rounds"),
    ] {
        for (number, said) in [
            ("-1", "use a whole number, 1 or more"),
            ("many", "use a whole number, 1 or more"),
            ("1.5", "use a whole number, 1 or more"),
            ("99999999999999999999", "use at most 18446744073709551615"),
        ] {
            let answer = folder.run(&[args, &[number]].concat()).exits(2);
            let said = format!("invalid value '{number}' for '{flag} <N>': {said}");
            assert!(answer.stderr.contains(&said), "{}", answer.stderr);
        }
    }
    folder.run(&["query", "ferry", "a.txt", "--min-percentile", "-5"]).refuses(&["--min-percentile -5", "0 and 100"]);
}

#[test]
fn one_output_is_named_once_and_a_hyphen_is_stdout() {
    let folder = Folder::with(&[("a.txt", "The ferry struck the mole at dawn.\n"), ("in/b.txt", "The ferry sank.\n")]);
    std::os::unix::fs::symlink(folder.path("in"), folder.path("link")).unwrap();
    let report = |files: [&str; 2]| folder.run(&["report", "a.txt", "in", "-o", files[0], "-o", files[1]]);
    for files in [["r.html", "r.html"], ["r.html", "./r.html"], ["in/r.md", "link/r.md"], ["in/r.md", "in/../in/r.md"]]
    {
        report(files).refuses(&["is named twice"]);
    }
    report(["in/r.md", "r.md"]).exits(0);
    folder.run(&["report", "a.txt", "-o", "-"]).refuses(&["-o -: name a file; --format json"]);
    let model = tiny_model();
    let model = ["--model", model.to_str().unwrap()];
    for args in [&["embed", "a.txt"][..], &["pairs", "a.txt", "in/b.txt", "--min-score=-1"]] {
        let of = |more: &[&str]| folder.run(&[args, &model[..], more].concat()).exits(0).stdout;
        assert_eq!(of(&["-o", "-", "--format", "jsonl"]), of(&["--format", "jsonl"]));
    }
    assert!(!folder.path("-").exists());
}
