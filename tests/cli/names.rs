//! The names of documents: their titles, or else shortened file names.

use std::fs;

use super::{Answer, Folder};

const HULL: &str = "Divers found a hole of two metres in the ferry's hull on Tuesday morning.";
const DIESEL: &str = "About 400 liters of diesel leaked into the harbor, the coast guard said.";

/// Two documents with checksums in their names, one of which has a title, and one on a different subject.
fn folder() -> Folder {
    let own = "A surveyor from Sennet will look at the keel next week, when the tide allows it, and the owner has \
        asked two yards for a price. Until then the crew sleeps ashore in the old customs house.";
    let other = "Three families from Orrin waited on the quay until late at night. The town opened the school for \
        them, and the baker brought what he had left, because no bus runs at that hour in winter.";
    Folder::with(&[
        ("in/0_21a1a932690ddcc1.txt", &format!("Ferry strikes breakwater\n\nBy Ada Sund\n\n{HULL}\n\n{own}\n")),
        ("in/1_444becba32a313e9.txt", &format!("{HULL}\n\n{other}\n")),
        ("in/deep/stalls.txt", "The market in the old town opens on Saturday with forty stalls, more than ever.\n"),
    ])
}

#[track_caller]
fn holds(text: &str, wanted: &[&str], unwanted: &[&str]) {
    let joined = text.split_whitespace().collect::<Vec<_>>().join(" ");
    wanted.iter().for_each(|words| assert!(joined.contains(words), "no {words:?} in {text}"));
    unwanted.iter().for_each(|words| assert!(!joined.contains(words), "{words:?} in {text}"));
}

#[test]
fn titles_and_short_names_stand_for_documents() {
    let folder = folder();
    let whole = folder.path("in").canonicalize().unwrap().display().to_string();
    let shown = |args: &[&str]| folder.run(args).exits(0).text().to_owned();
    let pair = "“Ferry strikes breakwater” and 1_444bec….txt";
    // The given folder is named once, below.
    let place = ["0_21a1a932690ddcc1.txt:5", &format!("passages in {whole}")];
    let not = [&format!("{whole}/")[..]];
    let overlap = format!("{pair} share most");
    holds(&shown(&["report", &whole]), &[&overlap, place[1]], &[&not[..], &["21a1a932690ddcc1"]].concat());
    holds(&shown(&["sources", &whole]), &[pair, "2. 1_444bec….txt", "1. Ferry strikes breakwater", place[0]], &not);
    holds(&shown(&["cluster", &whole]), &["Ferry strikes breakwater 0_21a1a932690ddcc1.txt:5", place[1]], &not);
    holds(
        &shown(&["query", "a hole in the hull", &whole]),
        &["Ferry strikes breakwater 0_21a1a932690ddcc1.txt", place[1]],
        &not,
    );
    let paths = ["0_21a1a932690ddcc1.txt", "1_444becba32a313e9.txt"].map(|name| format!("{whole}/{name}"));
    holds(&shown(&["pairs", &whole]), &[place[0], "1_444becba32a313e9.txt:1", place[1]], &not);
    let found = folder.run(&["pairs", &whole, "--format", "json"]).exits(0).json();
    let first = &found["pairs"][0]["a"];
    assert!(first["path"] == paths[0] && first["source"] == paths[0], "programs are given whole paths: {first}");
    holds(
        &shown(&["compare", &paths[0], &paths[1]]),
        &["A Ferry strikes breakwater 0_21a1a932690ddcc1.txt", "B 1_444bec….txt"],
        &not,
    );
}

#[test]
fn pages_name_documents_as_the_terminal_does() {
    let folder = folder();
    let whole = folder.path("in").canonicalize().unwrap().display().to_string();
    let answer = folder.run(&["report", &whole, "-o", "r.html", "-o", "r.md", "-o", "r.json"]).exits(0);
    let read = |name: &str| fs::read_to_string(folder.path(name)).unwrap();
    let (page, markdown) = (read("r.html"), read("r.md"));
    for text in ["“Ferry strikes breakwater” and 1_444bec….txt share most", "0_21a1a932690ddcc1.txt:5", "stalls.txt:1"]
    {
        assert!(page.contains(text), "no {text} on the page");
    }
    // The command names the folder as it was typed; nothing else reveals where on this machine it is.
    assert_eq!(page.matches(&whole).count(), 1);
    assert!(!markdown.contains(&format!("{whole}/")), "{markdown}");
    let json: serde_json::Value = serde_json::from_str(&read("r.json")).unwrap();
    let source = &json["sources"]["sources"][0];
    assert_eq!(source["path"], format!("{whole}/0_21a1a932690ddcc1.txt"));
    assert_eq!(
        (&source["name"], &source["title"]),
        (&"Ferry strikes breakwater".into(), &"Ferry strikes breakwater".into())
    );
    assert_eq!(json["sources"]["sources"][1]["name"], "1_444bec….txt");
    assert!(answer.text().contains("share most"));
}

#[test]
fn one_title_of_two_documents_is_told_with_their_files() {
    let text = format!("Harbour news\n\nBy Ada Sund\n\n{HULL} {DIESEL}\n");
    let folder =
        Folder::with(&[("a/x.txt", &text), ("b/x.txt", &text), ("b/y.txt", "Nothing else happened that day.\n")]);
    let answer = folder.run(&["sources", "."]).exits(0);
    holds(answer.text(), &["“Harbour news (a/x.txt)” and “Harbour news (b/x.txt)”"], &[]);
}

#[test]
fn the_heading_of_a_section_is_no_title() {
    let name = |text: &str| {
        let folder = Folder::with(&[("a.md", text)]);
        let answer: Answer = folder.run(&["passages", ".", "--format", "json"]).exits(0);
        let source = answer.json()["sources"][0].clone();
        (source["title"].as_str().map(str::to_owned), source["passages"][0]["heading"].as_str().map(str::to_owned))
    };
    let text = "The ferry struck the breakwater at dawn, and twelve passengers were hurt.";
    for heading in [
        "1. Introduction",
        "Introduction",
        "II. The harbour before the accident",
        "2.1 Methods",
        "Executive Summary",
        "SUMMARY",
    ] {
        assert_eq!(name(&format!("# {heading}\n\n{text}\n")), (None, Some(heading.to_owned())));
        let both = format!("# Ferry safety\n\n## {heading}\n\n{text}\n");
        assert_eq!(name(&both), (Some("Ferry safety".to_owned()), Some(heading.to_owned())));
    }
    // The name of a newspaper section is neither.
    assert_eq!(name(&format!("# NATIONAL\n\n{text}\n")), (None, None));
    // The name of a newspaper's part is neither.
    assert_eq!(name(&format!("# NATIONAL\n\n{text}\n")), (None, None));
    for title in [
        "3.5 percent more for ferries",
        "2026 in ferries",
        "Ferries",
        "I saw the ferry sink",
        "DIVERS FIND HOLE IN HULL",
    ] {
        assert_eq!(name(&format!("# {title}\n\n{text}\n")).0.as_deref(), Some(title));
    }
}
