//! Each count has the same value wherever it is reported.

use std::fs;

use super::{Answer, Folder};

const SHARED: [&str; 3] = [
    "Divers found a hole of two metres in the ferry's hull on Tuesday morning.",
    "About 400 liters of diesel leaked into the harbor, the coast guard said.",
    "The regional council will pay for a new lighthouse on the northern pier.",
];

/// Five files: two that share three passages, two with something of their own, and an empty one.
fn folder() -> Folder {
    let [hull, diesel, lamp] = SHARED;
    Folder::with(&[
        ("a.txt", &format!("{hull}\n\n{diesel}\n\n{lamp}\n")),
        ("b.txt", &format!("{hull}\n\n{lamp}\n\n{diesel}\n\nThe bakery has raised the price of rye bread again.\n")),
        ("c.txt", "The market in the old town opens on Saturday with forty stalls, more than ever.\n"),
        ("d.txt", "Rowers trained on the lake all winter for the regatta in the spring.\n"),
        ("empty.txt", "\n"),
    ])
}

#[test]
fn an_empty_file_is_named_and_not_counted() {
    let folder = folder();
    for args in
        [&["cluster", "."][..], &["report", "."], &["sources", "."], &["query", "diesel leaked into the harbor", "."]]
    {
        let answer = folder.run(args).exits(0);
        answer.warns("empty.txt", "contains no text");
        assert!(answer.text().contains("4 sources, 9 passages"), "{args:?}: {}", answer.text());
        assert!(!answer.text().contains("5 sources"), "{args:?}: {}", answer.text());
    }
    let json = folder.run(&["report", ".", "--format", "json"]).exits(0).json();
    assert_eq!((&json["counts"]["sources"], json["sources"]["sources"].as_array().unwrap().len()), (&4.into(), 4));
    assert!(json["warnings"][0].as_str().unwrap().contains("empty.txt"), "{}", json["warnings"]);
    let kept = |args: &[&str]| Answer::of(folder.command(args).env("SAMESAY_STORE", folder.path("kept.db")), b"");
    assert!(kept(&["index", "."]).exits(0).text().starts_with("4 sources, 9 passages"));
    assert!(kept(&["index", "status", "."]).exits(0).text().starts_with("4 sources, 9 passages"));
}

#[test]
fn all_outputs_tell_the_same_counts() {
    let folder = folder();
    let json = folder.run(&["cluster", ".", "--format", "json"]).exits(0).json();
    let claims = json["clusters"].as_array().unwrap().iter().filter(|cluster| cluster["kind"] == "claim").count();
    let alone = json["unique"].as_array().unwrap().len();
    assert_eq!((claims, alone), (3, 3));
    let cluster = folder.run(&["cluster", "."]).exits(0);
    assert!(cluster.text().starts_with("3 claims shared by more than one source"), "{}", cluster.text());
    assert!(cluster.text().contains(", 3 passages without a match"), "{}", cluster.text());
    let report = folder.run(&["report", ".", "-o", "r.html"]).exits(0);
    assert!(report.text().contains("3 passages appear in only one source"), "{}", report.text());
    // The number of sources that say it, out of all that were read.
    assert_eq!(report.text().matches("2 of 4 sources").count(), 3, "{}", report.text());
    let page = fs::read_to_string(folder.path("r.html")).unwrap();
    assert_eq!(page.matches("id=\"alone-").count(), 3);
}

#[test]
fn claims_are_numbered_as_they_are_shown() {
    let folder = Folder::with(&[]);
    // Twelve sentences in two documents, some of which are in a third.
    let sentences = [
        "The ferry Marelle struck the breakwater on Monday.",
        "Diesel leaked into the harbor from a broken tank.",
        "The council will pay for a new lighthouse.",
        "Forty stalls open at the old market on Saturday.",
        "Rowers trained on the lake all winter long.",
        "The bakery has raised the price of rye bread.",
        "A choir from Sennet sang in the town hall.",
        "Snow closed the mountain pass for three days.",
        "The library lends out musical instruments now.",
        "Beekeepers report the best harvest in ten years.",
        "The tram to the airport runs every ten minutes.",
        "A lost painting was found in a farmhouse attic.",
    ];
    folder.write("a.txt", sentences.join("\n\n"));
    folder.write("b.txt", sentences.iter().rev().copied().collect::<Vec<_>>().join("\n\n"));
    folder.write("c.txt", sentences[4..7].join("\n\n"));
    let numbers = |text: &str, of: fn(&str) -> Option<&str>| {
        text.lines().filter_map(of).filter_map(|number| number.parse().ok()).collect::<Vec<usize>>()
    };
    let all: Vec<usize> = (1..=12).collect();
    let cluster = folder.run(&["cluster", "."]).exits(0);
    let claims = cluster.text().split("\nThemes:").next().unwrap();
    assert_eq!(numbers(claims, |line| line.split_once(". ").map(|(number, _)| number)), all, "{}", cluster.text());
    folder.run(&["report", ".", "-o", "r.md", "-o", "r.html"]).exits(0);
    let markdown = fs::read_to_string(folder.path("r.md")).unwrap();
    let heading =
        |line: &'_ str| line.strip_prefix("### \\#").and_then(|rest| rest.split(' ').next().map(str::to_owned));
    let told: Vec<usize> = markdown.lines().filter_map(heading).filter_map(|number| number.parse().ok()).collect();
    assert_eq!(told[..12], all[..]);
    assert!(told.is_sorted(), "{told:?}");
    let page = fs::read_to_string(folder.path("r.html")).unwrap();
    let cards: Vec<usize> =
        page.split("data-id=\"").skip(1).map(|rest| rest.split('"').next().unwrap().parse().unwrap()).collect();
    assert!(cards.len() >= 12 && cards.is_sorted(), "{cards:?}");
}

#[test]
fn what_is_not_printed_is_counted() {
    let answer = folder().run(&["sources", "."]).exits(0);
    assert!(answer.text().contains("3 matching pairs of passages"), "{}", answer.text());
    assert!(answer.text().contains("and 1 more pair (--format json lists all)"), "{}", answer.text());
    assert_eq!(answer.text().matches("  verbatim").count(), 2, "{}", answer.text());
}
