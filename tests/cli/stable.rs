//! The same answer from every run, on any number of threads, with any other queries.

use serde_json::Value;

use super::Folder;

fn folder() -> Folder {
    let verbs = ["struck", "rammed", "missed", "reached", "left", "circled"];
    let things = ["the breakwater", "a trawler", "the lighthouse", "the new pier", "an empty barge"];
    let paragraph = |n: usize| {
        let (verb, thing) = (verbs[n % verbs.len()], things[n % things.len()]);
        let tail = [
            "",
            " Nobody was hurt.",
            " The captain spoke of fog, of a broken lamp and of a rudder that no longer answered the wheel.",
        ][n % 3];
        format!("On day {n} the ferry {verb} {thing} of Tarn harbour.{tail}\n\n")
    };
    let document = |part: usize| (0..15).map(|n| paragraph(part * 15 + n)).collect::<String>();
    let folder = Folder::with(&[]);
    (0..6).for_each(|part| folder.write(&format!("{part}.txt"), document(part)));
    folder.write(
        "queries",
        "the ferry hit a boat\nnobody was injured\nfog and a broken lamp\nthe pier was built in spring\n",
    );
    folder
}

const QUERY: &[&str] = &["query", "--file", "queries", ".", "--min-score=-1", "-n", "100", "--passages", "100"];
const CLUSTER: &[&str] = &["cluster", "--min-score", "0.6"];

#[test]
fn two_runs_print_the_same_bytes() {
    let folder = folder();
    for args in [QUERY, CLUSTER, &["passages"], &["embed", "--lines", "0.txt"]] {
        for format in [&[][..], &["--format", "json"]] {
            if args[0] == "embed" && !format.is_empty() {
                continue;
            }
            let args = [args, format].concat();
            let [first, second] = [0, 1].map(|_| folder.run(&args).exits(0));
            assert!(!first.stdout.is_empty());
            assert_eq!(first.text(), second.text(), "{args:?}");
        }
    }
}

#[test]
fn threads_change_nothing() {
    let folder = folder();
    for args in [QUERY, CLUSTER] {
        for precision in [&[][..], &["--precision", "f32"]] {
            let [one, two, five] = ["1", "2", "5"].map(|threads| {
                folder.run(&[args, precision, &["--threads", threads, "--format", "json"]].concat()).exits(0)
            });
            assert!(one.stdout.len() > 1000);
            assert_eq!(one.text(), two.text(), "{args:?} {precision:?}");
            assert_eq!(one.text(), five.text(), "{args:?} {precision:?}");
        }
    }
}

#[test]
fn the_order_of_paths_changes_no_score() {
    let folder = folder();
    let scores = |paths: &[&str]| {
        let args = [&["query", "the ferry hit a boat"], paths, &["--min-score=-1", "--format", "json"]].concat();
        let json = folder.run(&args).exits(0).json();
        let mut found: Vec<String> =
            json["results"][0]["sources"].as_array().unwrap().iter().map(ToString::to_string).collect();
        found.sort();
        found
    };
    assert_eq!(scores(&["0.txt", "1.txt", "2.txt"]), scores(&["2.txt", "0.txt", "1.txt"]));
}

#[test]
fn neither_other_documents_nor_other_queries_change_a_score() {
    let folder = folder();
    let answer = |args: &[&str]| folder.run(&[args, &["--min-score=-1", "--format", "json"]].concat()).exits(0).json();
    let together = answer(&["query", "--file", "queries", "."]);
    let alone = answer(&["query", "nobody was injured", "3.txt"]);
    let cosines = |result: &Value| {
        let source = result["sources"].as_array().unwrap().iter().find(|source| source["path"] == "3.txt").unwrap();
        let passages = source["passages"].as_array().unwrap().iter();
        passages
            .map(|hit| (hit["id"].to_string(), hit["score"].to_string(), hit["best_sentence"].to_string()))
            .collect::<Vec<_>>()
    };
    assert_eq!(cosines(&together["results"][1]), cosines(&alone["results"][0]));
    // The words of other documents and random pairs affect the result, but other queries do not.
    let one = answer(&["query", "nobody was injured", "."]);
    assert_eq!(together["results"][1], one["results"][0]);
}

#[test]
fn a_vector_is_the_same_in_any_company() {
    let folder = folder();
    let texts =
        ["one", "two words", "", "A longer line, with a comma, of a dozen words and some more besides it.", "渡船"];
    let lines = folder.run_on(&["embed", "--lines"], texts.join("\n").as_bytes()).exits(0);
    assert_eq!(lines.text().lines().count(), texts.len());
    for (text, together) in texts.iter().zip(lines.text().lines()).filter(|(text, _)| !text.is_empty()) {
        let alone = folder.run_on(&["embed"], text.as_bytes()).exits(0);
        assert_eq!(alone.text().trim_end(), together, "{text:?}");
    }
}

#[test]
fn equal_sources_are_ordered_by_their_ids() {
    let line = "The ferry struck the breakwater at dawn.\n";
    let folder = Folder::with(&[("c.txt", line), ("a.txt", line), ("b.txt", line)]);
    for paths in [&["."][..], &["c.txt", "a.txt", "b.txt"]] {
        let json = folder.run(&[&["query", "ferry"], paths, &["--format", "json"]].concat()).exits(0).json();
        let found: Vec<_> =
            json["results"][0]["sources"].as_array().unwrap().iter().map(|source| source["path"].clone()).collect();
        assert_eq!(found, ["a.txt", "b.txt", "c.txt"], "{paths:?}");
    }
}
