//! Files that are not read are named with the reason, and words are found in whatever form they are written.

use std::os::unix::fs::symlink;
use std::process::{Command, Stdio};

use super::{Folder, samesay, schema, tiny_model};

const FERRY: &str = "The ferry struck the breakwater at dawn and twelve passengers were hurt.\n";

fn folder() -> Folder {
    let folder = Folder::with(&[
        ("a.txt", FERRY),
        ("b.txt", "At dawn the ferry hit the breakwater, and twelve passengers were hurt.\n"),
        ("photo.png", "not text"),
        ("drawer/sheet.numbers", "not text"),
        (".secret/c.txt", FERRY),
        ("drafts/d.txt", FERRY),
        (".ignore", "drafts/\n"),
        ("old.rtf2", "not text"),
        ("left/e.txt", FERRY),
    ]);
    symlink(folder.path("a.txt"), folder.path("link.txt")).unwrap();
    folder.write("broken.pdf", "%PDF-1.7 and no more");
    folder
}

/// The files that the answer lists as not read: path, status and reason.
fn unread(answer: &serde_json::Value) -> Vec<(String, String, String)> {
    let text = |value: &serde_json::Value| value.as_str().unwrap().to_owned();
    let all = answer["unread"].as_array().unwrap().iter();
    all.map(|unread| (text(&unread["path"]), text(&unread["status"]), text(&unread["reason"]))).collect()
}

#[test]
fn every_answer_names_what_was_not_read() {
    let folder = folder();
    // The store is not in the folder.
    let kept = Folder::with(&[]);
    let store = kept.path("kept.db").display().to_string();
    let args: &[&[&str]] = &[
        &["passages", "."],
        &["query", "ferry", "."],
        &["sources", "."],
        &["cluster", "."],
        &["pairs", "."],
        &["index", ".", "--store", &store],
    ];
    for args in args {
        let args = [args, &["--exclude", "left", "--format", "json"][..]].concat();
        let answer = folder.run(&args).exits(2).json();
        let found = unread(&answer);
        let of = |path: &str| {
            let found = found.iter().find(|unread| unread.0 == path).unwrap_or_else(|| panic!("{path}: {found:?}"));
            (found.1.as_str(), found.2.as_str())
        };
        assert_eq!(of("photo.png"), ("skipped", "unsupported extension"));
        assert_eq!(of("drawer/sheet.numbers"), ("skipped", "unsupported extension"));
        assert_eq!(of(".secret"), ("skipped", "hidden"));
        assert_eq!(of("drafts"), ("skipped", "ignored by a .gitignore or .ignore file"));
        assert_eq!(of("link.txt"), ("skipped", "symbolic link"));
        assert!(of("broken.pdf").0 == "failed" && of("broken.pdf").1.contains("PDF"), "{found:?}");
        // Files that the user excludes are not reported.
        assert!(found.len() == 7 && !found.iter().any(|unread| unread.0.starts_with("left")), "{found:?}");
    }
}

#[test]
fn people_read_it_too() {
    let folder = folder();
    let answer = folder.run(&["passages", "."]).exits(2);
    let said = answer.text().replace('\n', " ");
    for line in
        ["skipped photo.png: unsupported extension", "failed broken.pdf: ", "1 file could not be read: broken.pdf"]
    {
        assert!(said.contains(line), "{said}");
    }
    let said = folder.run(&["query", "a ferry hit the breakwater", "."]).exits(2).text().replace('\n', " ");
    let named = "6 files were left out: hidden (.secret), ignored by a .gitignore or .ignore file (drafts), symbolic \
                 link (link.txt), unsupported extension (drawer/sheet.numbers, old.rtf2, photo.png)";
    assert!(said.contains(named), "{said}");
    folder.run(&["report", ".", "-o", "r.md", "-o", "r.html", "-o", "r.json"]).exits(2);
    let read = |name: &str| std::fs::read_to_string(folder.path(name)).unwrap();
    let (markdown, html) = (read("r.md"), read("r.html"));
    assert!(markdown.find("broken.pdf").unwrap() < markdown.find("## Claims").unwrap(), "{markdown}");
    assert!(html.find("broken.pdf").unwrap() < html.find("id=\"claims\"").unwrap(), "{html}");
    for format in [&markdown, &html] {
        assert!(format.contains("left out: hidden (") && format.contains("sheet.numbers"), "{format}");
    }
    folder.run(&["report", ".", "-o", "r.csv"]).exits(2);
    let mut table = csv::Reader::from_path(folder.path("r.csv")).unwrap();
    let rows: Vec<std::collections::HashMap<String, String>> = table.deserialize().map(Result::unwrap).collect();
    let (of, first) = (|name: &str| rows[0][name].as_str(), &rows[1]);
    assert_eq!((of("kind"), of("path"), of("passage"), of("score")), ("unread", "broken.pdf", "", ""));
    assert!(of("text").contains("PDF") && rows.len() > 2 && first["passage"] == "a.txt#1", "{rows:?}");
    let json: serde_json::Value = serde_json::from_str(&read("r.json")).unwrap();
    assert_eq!((unread(&json).len(), json["sources"]["unread"].as_array().unwrap().len()), (7, 0));
}

#[test]
fn warnings_are_in_the_answer() {
    let folder = Folder::with(&[("a.txt", FERRY), ("empty.txt", "")]);
    let answer = folder.run(&["query", "ferry", ".", "--format", "json"]).exits(0).json();
    assert_eq!(answer["warnings"], serde_json::json!(["empty.txt: contains no text"]));
    assert_eq!(unread(&answer), [("empty.txt".into(), "skipped".into(), "contains no text".into())]);
}

#[test]
fn a_file_of_which_no_row_could_be_read_is_not_read() {
    let folder = Folder::with(&[("a.txt", FERRY), ("rows.jsonl", "no\nnor this\n")]);
    let answer = folder.run(&["query", "ferry", ".", "--format", "json"]).exits(2);
    let reason = "none of its rows could be read".to_owned();
    assert_eq!(unread(&answer.json()), [("rows.jsonl".into(), "failed".into(), reason)]);
    let said = folder.run(&["report", ".", "-q", "-o", "r.md"]).exits(2).text().replace('\n', " ");
    assert!(
        said.contains("rows.jsonl") && std::fs::read_to_string(folder.path("r.md")).unwrap().contains("rows.jsonl"),
        "{said}"
    );
}

/// Of many files with one reason the first are named; JSON names all.
#[test]
fn few_of_many_are_named() {
    let folder = Folder::with(&[("a.txt", FERRY)]);
    ["p1", "p2", "p3", "p4", "p5"].iter().for_each(|name| folder.write(&format!("{name}.heic"), "not text"));
    let text = folder.run(&["query", "ferry", ".", "-q"]).exits(0).text().to_owned();
    let named = "5 files were left out: unsupported extension (p1.heic, p2.heic, p3.heic and 2 more)\n";
    assert!(text.contains(named), "{text}");
    let json = folder.run(&["query", "ferry", ".", "--format", "json"]).exits(0).json();
    assert_eq!(unread(&json).len(), 5);
}

#[test]
fn a_folder_of_which_all_is_ignored_says_so() {
    let folder = Folder::with(&[("in/a.txt", FERRY), ("in/.ignore", "*.txt\n"), ("in/b.heic", "not text")]);
    let said = [
        "2 files were left out",
        "ignored by a .gitignore or .ignore file (in/a.txt)",
        "unsupported extension (in/b.heic)",
    ];
    folder.run(&["query", "ferry", "in"]).refuses(&said);
}

/// Where nothing could be read, the error is the answer.
#[test]
fn an_error_names_all_that_could_not_be_read() {
    let bad = |n: usize| format!("in/{n:02}.pdf");
    let folder = Folder::with(&[("in/photo.png", "not text"), ("left/a.heic", "not text")]);
    (1..=3).for_each(|n| folder.write(&bad(n), "%PDF-1.7 and no more"));
    let model = tiny_model();
    let model = ["--model", model.to_str().unwrap()];
    let json = |args: &[&str]| {
        let answer = folder.run(&[args, &model, &["-q", "--format", "json"]].concat()).exits(2);
        assert_eq!(answer.text(), "", "{args:?}");
        let error: serde_json::Value = serde_json::from_str(answer.stderr.trim_end()).unwrap();
        assert!(schema("error").is_valid(&error), "{error}");
        assert_eq!(error["kind"], "input");
        (unread(&error), error["error"].as_str().unwrap().to_owned())
    };
    for command in ["report", "cluster", "sources", "pairs", "passages", "index"] {
        let kept = folder.path("kept.db").display().to_string();
        let (unread, message) = json(&[command, "in", "--store", &kept]);
        let paths: Vec<_> = unread.iter().map(|(path, status, _)| (path.as_str(), status.as_str())).collect();
        let failed = |path| (path, "failed");
        let expected = [failed("in/01.pdf"), failed("in/02.pdf"), failed("in/03.pdf"), ("in/photo.png", "skipped")];
        assert_eq!(paths, expected, "{command}");
        assert!((1..=3).all(|n| message.contains(&format!("{}: ", bad(n)))), "{message}");
    }
    let (unread, message) = json(&["compare", "in/01.pdf", "in/02.pdf"]);
    assert!(unread.len() == 2 && message.contains("in/01.pdf"), "{message}: {unread:?}");
    assert_eq!(json(&["query", "ferry", "left"]).0.len(), 1, "nothing was found there to be read");
    // People are told the first ten.
    (4..=12).for_each(|n| folder.write(&bad(n), "%PDF-1.7 and no more"));
    let said = folder.run(&[&["report", "in", "-q"], &model[..]].concat()).exits(2).stderr;
    assert!((1..=10).all(|n| said.contains(&bad(n))) && !said.contains(&bad(11)), "{said}");
    assert!(said.trim_end().ends_with("(and 2 more)"), "{said}");
}

#[test]
fn what_was_not_read_is_named_as_sources_are() {
    let folder = Folder::with(&[
        ("in/a.txt", FERRY),
        ("in/b.txt", "At dawn the ferry hit the breakwater, and twelve passengers were hurt.\n"),
        ("in/broken.pdf", "%PDF-1.7 and no more"),
        ("in/empty.txt", ""),
        ("in/photo.png", "not text"),
    ]);
    let model = tiny_model();
    let run = |args: &[&str]| folder.run(&[args, &["--model", model.to_str().unwrap()]].concat()).exits(2);
    let joined = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    let unread = ["1 file could not be read: broken.pdf", "(empty.txt)", "(photo.png)"];
    for command in [
        &["sources", "in"][..],
        &["pairs", "in", "--min-score=-1"],
        &["passages", "in"],
        &["report", "in", "-o", "r.md", "-o", "r.html"],
    ] {
        let text = joined(run(command).text());
        assert!(unread.iter().all(|named| text.contains(named)) && text.contains(" in in"), "{text}");
        assert!(
            ["a.txt", "broken.pdf", "photo.png"].iter().all(|name| !text.contains(&format!("in/{name}"))),
            "{text}"
        );
    }
    for name in ["r.md", "r.html"] {
        let page = joined(&std::fs::read_to_string(folder.path(name)).unwrap().replace('\\', ""));
        assert!(
            unread.iter().all(|named| page.contains(named)) && page.contains("empty.txt: contains no text"),
            "{page}"
        );
        assert!(!page.contains("in/broken.pdf") && !page.contains("in/empty.txt"), "{page}");
    }
    // Programs are given whole paths, and so is whoever is not told the folder.
    let json = run(&["pairs", "in", "--format", "json"]).json();
    assert!(json["unread"][0]["path"] == "in/broken.pdf" && json["warnings"][0] == "in/empty.txt: contains no text");
    let index = run(&["index", "in", "--store", "kept.db"]);
    assert!(index.text().contains("could not be read: in/broken.pdf"), "{}", index.text());
}

#[test]
fn a_phrase_is_found_in_every_form_of_its_characters() {
    let plain = "The treasurer published the governmental figures for the fishing villages on Wednesday.";
    let forms = [
        ("plain.txt", plain.to_owned()),
        ("soft.txt", plain.replace("governmental", "govern\u{ad}men\u{ad}tal")),
        ("zero.txt", plain.replace("fishing", "fish\u{200b}ing").replace("figures", "fig\u{2060}ures")),
        ("ligature.txt", plain.replace("fi", "ﬁ")),
        ("wide.txt", plain.replace("the governmental", "ｔｈｅ　ｇｏｖｅｒｎｍｅｎｔａｌ")),
        ("space.txt", plain.replace(' ', "\u{a0}")),
    ];
    let folder = Folder::with(&[]);
    forms.iter().for_each(|(name, text)| folder.write(name, text));
    let args = ["query", "the treasurer's figures", ".", "-n", "9", "--format", "json"];
    let answer = folder.run(&[&args[..], &["--words", "governmental figures for the fishing villages"]].concat());
    let json = answer.exits(0).json();
    let sources = json["results"][0]["sources"].as_array().unwrap();
    assert_eq!(sources.len(), forms.len(), "{sources:?}");
    // The same words have the same vector, and the text is shown unchanged.
    let score = &sources[0]["score"];
    assert!(sources.iter().all(|source| source["score"] == *score), "{sources:?}");
    let shown = |name: &str| {
        let source = sources.iter().find(|source| source["path"] == name).unwrap();
        source["passages"][0]["text"].as_str().unwrap().to_owned()
    };
    assert!(shown("ligature.txt").contains("ﬁgures") && shown("wide.txt").contains("ｇｏｖ"));
}

#[test]
fn copies_in_other_characters_are_verbatim() {
    let plain = "The treasurer published the governmental figures for the fishing villages on Wednesday, and \
                 unbelievably nobody noticed the mistake.";
    let folder = Folder::with(&[("plain.txt", plain), ("soft.txt", &plain.replace("iev", "i\u{ad}e\u{200b}v"))]);
    let answer = folder.run(&["compare", "plain.txt", "soft.txt", "--format", "json"]).exits(0).text().to_owned();
    assert!(answer.contains("\"verbatim\"") && !answer.contains("may disagree"), "{answer}");
}

#[test]
fn a_closed_pipe_is_quiet() {
    let texts = "The ferry struck the mole.\n".repeat(40_000);
    let folder = Folder::with(&[("texts.txt", &texts)]);
    for format in ["jsonl", "npy"] {
        let model = tiny_model();
        let mut embed = samesay()
            .current_dir(folder.path(""))
            .args(["embed", "--lines", "texts.txt", "--format", format, "--model", model.to_str().unwrap()])
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let head = Command::new("head").args(["-c", "100"]).stdin(embed.stdout.take().unwrap()).output().unwrap();
        assert_eq!(head.stdout.len(), 100);
        assert_eq!(String::from_utf8_lossy(&embed.wait_with_output().unwrap().stderr), "", "{format}");
    }
}

#[test]
fn reports_vectors_and_lists_of_files_are_among_what_was_left_out() {
    let folder = Folder::with(&[
        ("in/a.txt", "The ferry struck the stone breakwater in thick fog on Tuesday morning.\n"),
        ("in/b.txt", "In thick fog a ferry ran into the breakwater on Tuesday morning, its owner said.\n"),
        ("in/map.csv", "path,publisher\na.txt,Northlight\nb.txt,Courier\n"),
        ("in/more.csv", "path,publisher\nc.txt,Courier\n"),
        ("ids.txt", "one\ntwo\n"),
    ]);
    let model = tiny_model();
    for (output, more) in [("in/named.jsonl", &["--ids", "ids.txt"][..]), ("in/vectors.jsonl", &[])] {
        let embed = ["embed", "--lines", "ids.txt", "-o", output, "--model", model.to_str().unwrap()];
        folder.run(&[&embed[..], more].concat()).exits(0);
    }
    folder.run(&["report", "in", "-o", "in/report.json", "-o", "in/report.html"]).exits(0);
    let answer = folder.run(&["sources", "in", "--source-map", "in/map.csv", "--format", "json"]).exits(0);
    let report = answer.json();
    let own = "a samesay report, not a source";
    let list = "lists files (column \"path\") and contains no texts";
    let expected = [
        ["in/map.csv", "skipped", "the file of --source-map"],
        ["in/more.csv", "skipped", list],
        ["in/named.jsonl", "skipped", "a list of vectors, not a source"],
        ["in/report.html", "skipped", own],
        ["in/report.json", "skipped", own],
        ["in/vectors.jsonl", "skipped", "a list of vectors, not a source"],
    ];
    let expected = expected.map(|[path, status, reason]| (path.to_owned(), status.to_owned(), reason.to_owned()));
    assert_eq!(unread(&report), expected);
    let warnings = report["warnings"].to_string();
    assert!(warnings.contains("in/more.csv") && !warnings.contains("in/map.csv"), "{warnings}");
}

#[test]
fn an_empty_pattern_is_an_error() {
    let folder = Folder::with(&[("a.txt", "The ferry struck the stone breakwater in thick fog.\n")]);
    for flag in ["--glob", "--exclude"] {
        folder.run(&["passages", ".", flag, ""]).refuses(&["empty pattern"]);
    }
}

#[test]
fn of_many_broken_files_some_are_printed() {
    let folder = Folder::with(&[("in/a.txt", FERRY), ("in/z.docx", "PK\u{3}\u{4} and no more")]);
    for n in 100..400 {
        folder.write(&format!("in/{n}.pdf"), "%PDF-1.7 and no more");
        folder.write(&format!("in/{n}.txt"), "");
    }
    let model = tiny_model();
    let passages = ["passages", "in", "--format", "json", "--model", model.to_str().unwrap()];
    let answer = folder.run(&passages).exits(2);
    assert_eq!(unread(&answer.json()).iter().filter(|file| file.1 == "failed").count(), 301);
    assert_eq!(answer.json()["warnings"].as_array().unwrap().len(), 300);
    let lines: Vec<&str> = answer.stderr.lines().collect();
    let failed = lines.iter().filter(|line| line.contains(".pdf: ")).count();
    assert_eq!((lines.len(), failed), (22, 9), "{}", answer.stderr);
    assert!(lines[0].starts_with("samesay: warning: in/100.pdf: "), "{}", answer.stderr);
    // The first of each kind is among them.
    assert!(lines[9].starts_with("samesay: warning: in/z.docx: "), "{}", answer.stderr);
    assert_eq!(lines[10], "samesay: warning: 291 more files could not be read; --verbose names all");
    assert_eq!(lines[11], "samesay: warning: in/100.txt: contains no text");
    assert_eq!(lines[21], "samesay: warning: 290 more warnings like these; --verbose prints all");
    let all = folder.run(&[&passages[..], &["--verbose"]].concat()).exits(2);
    assert!(all.stderr.matches("samesay: warning: ").count() == 601 && !all.stderr.contains("more"), "{}", all.stderr);
    assert_eq!(folder.run(&[&passages[..], &["--quiet"]].concat()).exits(2).stderr, "");
}
