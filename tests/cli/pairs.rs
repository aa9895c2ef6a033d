//! `pairs`: which passages, sentences, sources and vectors are alike, and which of B are new compared with A.

use std::fs;

use serde_json::Value;

use super::{Answer, Folder, schema, tiny_model};

const FERRY: &str =
    "The ferry Marelle struck the north breakwater of Tarn harbour on Monday morning, injuring twelve passengers.";
const HIT: &str =
    "Twelve passengers were injured on Monday morning when the ferry Marelle hit the breakwater of Tarn harbour.";
const RUDDER: &str =
    "The captain said that the rudder had stopped answering the wheel shortly before, and nobody had warned him.";
const BREAD: &str =
    "The bakery on the square has raised the price of rye bread to four crowns, its first rise in six years, it says.";
const SCHOOL: &str =
    "Pupils of the old school will move into the new building beside the river after the long summer holidays here.";

fn folder() -> Folder {
    Folder::with(&[
        ("one/ferry.txt", &format!("{FERRY}\n\n{RUDDER}\n\n{BREAD}\n")),
        ("one/school.txt", &format!("{SCHOOL}\n\n{BREAD}\n")),
        ("two/hit.txt", &format!("{HIT}\n\n{SCHOOL}\n")),
    ])
}

#[track_caller]
fn json(answer: &Answer) -> Value {
    serde_json::from_slice(&answer.stdout).unwrap_or_else(|error| panic!("{error}: {answer:?}"))
}

#[track_caller]
fn lines(answer: &Answer) -> Vec<Value> {
    answer.text().lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// The ids of each pair.
fn ids(pairs: &[Value]) -> Vec<(&str, &str)> {
    pairs.iter().map(|pair| (pair["a"]["id"].as_str().unwrap(), pair["b"]["id"].as_str().unwrap())).collect()
}

/// An answer that matches its schema.
#[track_caller]
fn valid(answer: &Answer) -> Value {
    let report = json(answer);
    let errors: Vec<String> = schema("pairs").iter_errors(&report).map(|error| error.to_string()).collect();
    assert_eq!(errors, [""; 0], "{report}");
    report
}

/// A `.npy` file of version 1.
pub fn npy(descr: &str, shape: &str, values: &[f32]) -> Vec<u8> {
    let head = format!("{{'descr': '{descr}', 'fortran_order': False, 'shape': {shape}, }}\n");
    let mut bytes = b"\x93NUMPY\x01\x00".to_vec();
    bytes.extend((head.len() as u16).to_le_bytes());
    bytes.extend(head.bytes());
    bytes.extend(values.iter().flat_map(|value| value.to_le_bytes()));
    bytes
}

/// Vectors in a plane, at these angles in degrees.
pub fn fan(degrees: &[f32]) -> Vec<u8> {
    let values: Vec<f32> =
        degrees.iter().flat_map(|angle| [3.0 * angle.to_radians().cos(), 3.0 * angle.to_radians().sin()]).collect();
    npy("<f4", &format!("({}, 2)", degrees.len()), &values)
}

#[test]
fn passages_of_two_sources_that_say_the_same() {
    let folder = folder();
    let report = valid(&folder.run(&["pairs", "one", "two", "--format", "json"]).exits(0));
    let pairs = report["pairs"].as_array().unwrap();
    let found = ids(pairs);
    // Equal texts come first, by position; never two passages of one source.
    assert_eq!(
        found,
        [
            ("one/ferry.txt#3", "one/school.txt#2"),
            ("one/school.txt#1", "two/hit.txt#2"),
            ("one/ferry.txt#1", "two/hit.txt#1")
        ]
    );
    assert_eq!((pairs[0]["score"].as_f64(), pairs[0]["alike"].as_bool()), (Some(1.0), Some(true)));
    assert_eq!((&pairs[2]["a"]["text"], &pairs[2]["b"]["line_start"]), (&Value::from(FERRY), &Value::from(1)));
    assert_eq!((&report["total"], &report["unit"], &report["units"]), (&3.into(), &"passage".into(), &7.into()));
    assert_eq!((&report["new"], &report["against"]), (&Value::from(Vec::<Value>::new()), &Value::Null));
    // The same from a store, on one thread, and with one line per pair.
    let stored = ["pairs", "one", "two", "--store", "kept.db", "--format", "jsonl"];
    for _ in 0..2 {
        assert_eq!(&lines(&folder.run(&[&stored[..], &["--threads", "1"]].concat()).exits(0)), pairs);
    }
    let some = valid(&folder.run(&["pairs", "one", "two", "--limit", "1", "--format", "json"]).exits(0));
    assert_eq!((some["pairs"].as_array().unwrap(), &some["total"]), (&pairs[..1].to_vec(), &3.into()));
}

#[test]
fn a_cut_and_the_nearest() {
    let folder = folder();
    let found = |more: &[&str]| lines(&folder.run(&[&["pairs", "--format", "jsonl"][..], more].concat()));
    let all = found(&["--min-score", "-1"]);
    // Three passages, two and two, paired across any two sources.
    assert_eq!(all.len(), 3 * 2 + 3 * 2 + 2 * 2);
    let scores: Vec<f64> = all.iter().map(|pair| pair["score"].as_f64().unwrap()).collect();
    assert!(scores.is_sorted_by(|a, b| a >= b), "{scores:?}");
    let high: Vec<&Value> = all.iter().filter(|pair| pair["score"].as_f64().unwrap() >= 0.5).collect();
    assert_eq!(found(&["--min-score", "0.5"]).iter().collect::<Vec<_>>(), high);
    // The nearest of each, whatever its cosine: the rudder's too.
    let nearest = found(&["--top-k", "1"]);
    for id in ["one/ferry.txt#1", "one/ferry.txt#2", "one/ferry.txt#3", "two/hit.txt#2"] {
        let first = |pairs: &[Value]| pairs.iter().find(|pair| pair["a"]["id"] == id || pair["b"]["id"] == id).cloned();
        assert_eq!(first(&nearest), first(&all), "{id}");
    }
    assert!(nearest.len() < all.len());
    assert_eq!(found(&["--min-percentile", "0"]).len(), all.len());
    folder.run(&["pairs", "--min-score", "1.0", "one/ferry.txt", "two"]).exits(1);
}

#[test]
fn sentences_and_sources() {
    let folder = Folder::with(&[
        ("a.txt", &format!("{RUDDER} {FERRY} {BREAD}")),
        ("b.txt", &format!("{SCHOOL} {HIT} {RUDDER}")),
    ]);
    let report = valid(&folder.run(&["pairs", "--unit", "sentence", "--format", "json"]).exits(0));
    assert_eq!(report["units"], 6);
    let best = report["pairs"].as_array().unwrap().iter().find(|pair| pair["a"]["text"] == FERRY).unwrap();
    assert_eq!((&best["a"]["id"], &best["b"]["id"]), (&"a.txt#1.2".into(), &"b.txt#1.2".into()));
    let sources = valid(&folder.run(&["pairs", "--unit", "source", "--min-score", "0.2", "--format", "json"]).exits(0));
    assert_eq!(ids(sources["pairs"].as_array().unwrap()), [("a.txt", "b.txt")]);
    assert_eq!(sources["pairs"][0]["a"]["text"], Value::Null);
}

#[test]
fn what_of_a_is_in_b_and_what_is_new() {
    let folder = folder();
    let report = valid(&folder.run(&["pairs", "one", "--against", "two", "--format", "json"]).exits(0));
    assert_eq!((&report["units"], &report["against"]), (&5.into(), &2.into()));
    let pairs = report["pairs"].as_array().unwrap();
    assert_eq!(ids(pairs), [("one/school.txt#1", "two/hit.txt#2"), ("one/ferry.txt#1", "two/hit.txt#1")]);
    let new = report["new"].as_array().unwrap();
    let only: Vec<&str> = ids(new).into_iter().map(|(a, _)| a).collect();
    assert_eq!(only, ["one/ferry.txt#2", "one/ferry.txt#3", "one/school.txt#2"]);
    assert!(new.iter().all(|row| row["alike"] == false && row["score"].as_f64() < report["min_score"].as_f64()));
    // Both in one list, with one line each.
    let listed = lines(&folder.run(&["pairs", "one", "--against", "two", "--format", "jsonl"]).exits(0));
    assert_eq!(listed, [&pairs[..], &new[..]].concat());
    // Documents in both sets count as A.
    let rest = valid(&folder.run(&["pairs", "one", "--against", ".", "--format", "json"]).exits(0));
    assert_eq!(rest["pairs"], report["pairs"]);
    let text = folder.run(&["pairs", "one", "--against", "two"]).exits(0);
    assert!(text.text().contains("3 passages of A without a match in B"), "{}", text.text());
    assert!(text.text().contains("only in A  one/ferry.txt:3"), "{}", text.text());
    let same = folder.run(&["pairs", "one", "--against", "one"]).exits(2);
    assert!(same.stderr.contains("--against one: the same documents as one"), "{}", same.stderr);
}

/// Pairs that include a unit of some documents, whether or not these are among the others.
#[test]
fn pairs_like_some_documents() {
    let folder = folder();
    folder.write("third.txt", format!("{RUDDER}\n"));
    let like = |paths: &[&str], rest: &[&str]| {
        valid(&folder.run(&[&["pairs", "one", "two", "--format", "json", "--like"], paths, rest].concat()).exits(0))
    };
    let within = like(&["one/school.txt"], &[]);
    assert_eq!((&within["units"], &within["like"], &within["against"]), (&7.into(), &2.into(), &Value::Null));
    let school = [("one/school.txt#1", "two/hit.txt#2"), ("one/ferry.txt#3", "one/school.txt#2")].map(|(a, b)| (a, b));
    let mut found = ids(within["pairs"].as_array().unwrap());
    found.sort_unstable_by(|a, b| b.cmp(a));
    assert_eq!(found, school);
    // Each appears once, whichever of the two was asked for.
    let all = like(&["one", "two"], &[]);
    let usual = valid(&folder.run(&["pairs", "one", "two", "--format", "json"]).exits(0));
    assert_eq!(all["pairs"], usual["pairs"]);
    let outside = like(&["third.txt"], &[]);
    assert_eq!(ids(outside["pairs"].as_array().unwrap()), [("one/ferry.txt#2", "third.txt#1")]);
    assert_eq!(outside["units"], 8);
    let nearest = like(&["two"], &["--top-k", "1"]);
    assert_eq!(ids(nearest["pairs"].as_array().unwrap()).len(), 2);
    let text = folder.run(&["pairs", "one", "two", "--like", "two"]).exits(0);
    assert!(text.text().contains("among 7 passages, each with one of the 2 asked for"), "{}", text.text());
    let missing = folder.run(&["pairs", "one", "--like", "three"]).exits(2);
    assert!(missing.stderr.contains("three: "), "{}", missing.stderr);
    folder.run(&["pairs", "one", "--like", "two", "--against", "two"]).exits(2);
}

/// The content of a store is compared as it was indexed, whatever has happened to the files.
#[test]
fn against_the_documents_of_a_store() {
    let folder = folder();
    folder.run(&["index", "two", "--store", "archive.db"]).exits(0);
    let store = fs::read(folder.path("archive.db")).unwrap();
    let files = valid(&folder.run(&["pairs", "one", "--against", "two", "--format", "json"]).exits(0));
    let pairs = |paths: &[&str]| {
        let answer = folder.run(&[&["pairs", "--format", "json"], paths, &["--against", "archive.db"]].concat());
        valid(&answer.exits(0))
    };
    assert_eq!(pairs(&["one"]), files);
    fs::write(folder.path("two/hit.txt"), "Something else.\n").unwrap();
    assert_eq!(pairs(&["one"])["pairs"], files["pairs"]);
    fs::remove_dir_all(folder.path("two")).unwrap();
    assert_eq!(pairs(&["one"])["pairs"], files["pairs"]);
    assert_eq!(fs::read(folder.path("archive.db")).unwrap(), store, "nothing is added to it");
    folder.run(&["index", "one", "--store", "one.db"]).exits(0);
    let same = folder.run(&["pairs", "one", "--against", "one.db"]).exits(2);
    assert!(same.stderr.contains("--against one.db: the same documents as one"), "{}", same.stderr);
    let two = folder.run(&["pairs", "one", "--against", "one.db", "archive.db"]).exits(2);
    assert!(two.stderr.contains("--against one.db: is a store; name only this store"), "{}", two.stderr);
    // For another model's window it would have to be read again.
    let other = folder.run(&["pairs", "one", "--against", "archive.db", "--model", tiny_model().to_str().unwrap()]);
    assert!(other.stderr.contains("two/hit.txt: was indexed by another version"), "{}", other.stderr);
    let mut bytes = store;
    let middle = bytes.len() / 2;
    bytes[100..middle].fill(0xff);
    fs::write(folder.path("archive.db"), bytes).unwrap();
    let broken = folder.run(&["pairs", "one", "--against", "archive.db"]).exits(2);
    assert!(broken.stderr.contains("archive.db"), "{}", broken.stderr);
}

/// Rows of one table against those of another.
#[test]
fn tables_against_each_other() {
    let folder = Folder::with(&[
        ("a.csv", &format!("id,text\nx,{}\ny,{}\n", FERRY.replace(',', ""), BREAD.replace(',', ""))),
        ("b.csv", &format!("id,text\n1,{}\n2,{}\n", HIT.replace(',', ""), SCHOOL.replace(',', ""))),
    ]);
    let found = lines(&folder.run(&["pairs", "a.csv", "--against", "b.csv", "--format", "jsonl"]).exits(0));
    assert_eq!(found[0]["a"]["source"], "a.csv:x");
    assert_eq!((&found[0]["b"]["source"], &found[0]["alike"]), (&"b.csv:1".into(), &true.into()));
    assert_eq!((&found[1]["a"]["source"], &found[1]["alike"]), (&"a.csv:y".into(), &false.into()));
}

#[test]
fn files_of_every_format() {
    let folder = folder();
    for name in ["p.jsonl", "p.json", "p.csv", "p.txt"] {
        let answer = folder.run(&["pairs", "one", "two", "-o", name]).exits(0);
        assert_eq!(answer.text(), "", "{name}");
        assert!(answer.stderr.contains(&format!("3 pairs written to {name}")), "{}", answer.stderr);
        let first = fs::read(folder.path(name)).unwrap();
        // Files written by the program are replaced, except a text file, which might be anything.
        let again = folder.run(&["pairs", "one", "two", "-o", name]);
        if name == "p.txt" {
            let again = again.exits(2);
            assert!(again.stderr.contains("does not hold pairs"), "{}", again.stderr);
        } else {
            again.exits(0);
        }
        assert_eq!(fs::read(folder.path(name)).unwrap(), first, "{name}");
    }
    let mut table = csv::Reader::from_path(folder.path("p.csv")).unwrap();
    let head: Vec<String> = table.headers().unwrap().iter().map(str::to_owned).collect();
    let rows: Vec<csv::StringRecord> = table.records().map(Result::unwrap).collect();
    let of = |at: usize, name: &str| rows[at][head.iter().position(|head| head == name).unwrap()].to_owned();
    let columns = ["a_id", "a_line_start", "a_text", "b_path", "alike"].map(|name| of(2, name));
    assert_eq!(columns, ["one/ferry.txt#1", "1", FERRY, "two/hit.txt", "true"]);
    assert_eq!((rows.len(), of(0, "score").as_str()), (3, "1.0000"));
    // Pairs among the documents are not a source.
    let again = json(&folder.run(&["pairs", "one", "two", "p.csv", "p.jsonl", "p.json", "--format", "json"]).exits(0));
    assert_eq!(again["units"], 7);
    let failing: [(&[&str], &str); 5] = [
        (&["-o", "p.html"], "unsupported extension; use .jsonl"),
        (&["-o", "no/p.csv"], "the folder no does not exist"),
        (&["-o", "one"], "is a folder"),
        (&["-o", "one/ferry.txt"], "does not hold pairs"),
        (&["--format", "npy"], "--format npy: not available for this command; use text, json, jsonl"),
    ];
    for (args, message) in failing {
        let answer = folder.run(&[&["pairs", "one", "two"][..], args].concat()).exits(2);
        assert!(answer.stderr.contains(message), "{}", answer.stderr);
    }
}

#[test]
fn what_cannot_be_done_is_said() {
    let folder = folder();
    let failing: [(&[&str], &str); 6] = [
        (&["one/ferry.txt"], "one/ferry.txt: only one source has text; pairs need two"),
        (&["one", "--top-k", "0"], "--top-k 0: use at least 1"),
        (&["one", "--limit", "0"], "--limit 0: use at least 1"),
        (&["one", "--limit", "10000001"], "--limit 10000001: at most 10000000 pairs are written in the order of"),
        (&["one", "--min-score", "2"], "--min-score 2: a cosine"),
        (&["one", "--ids", "x"], "--vectors"),
    ];
    for (args, message) in failing {
        let answer = folder.run(&[&["pairs"][..], args].concat()).exits(2);
        assert!(answer.stderr.contains(message), "{}", answer.stderr);
    }
    // No unit has more neighbours than there are others.
    let all = folder.run(&["pairs", "one", "--top-k", &usize::MAX.to_string()]).exits(0);
    assert!(all.text().starts_with("6 pairs"), "{}", all.text());
}

/// Rounding leaves the cosines of some of them slightly below 1.
#[test]
fn a_cosine_of_1_is_that_of_all_equal_vectors() {
    let twice: Vec<f32> = (0..120).flat_map(|at| [3.0 * at as f32; 2]).collect();
    let folder = Folder::with(&[]);
    folder.write("v.npy", fan(&twice));
    let report = valid(&folder.run(&["pairs", "--vectors", "v.npy", "--min-score", "1", "--format", "json"]).exits(0));
    let expected: Vec<(String, String)> =
        (0..120).map(|at| ((2 * at + 1).to_string(), (2 * at + 2).to_string())).collect();
    let found = ids(report["pairs"].as_array().unwrap());
    assert!(found.into_iter().eq(expected.iter().map(|(a, b)| (a.as_str(), b.as_str()))), "{report}");
    let clusters = folder.run(&["cluster", "--vectors", "v.npy", "--min-score", "1", "--format", "jsonl"]).exits(0);
    assert_eq!(clusters.text().lines().count(), 120);
}

#[test]
fn any_vectors() {
    let folder = Folder::with(&[("ids.txt", "east\nnear\nnorth\nwest\n")]);
    folder.write("v.npy", fan(&[0.0, 10.0, 90.0, 180.0]));
    let of = |more: &[&str]| folder.run(&[&["pairs", "--vectors", "v.npy", "--format", "json"][..], more].concat());
    let report = valid(&of(&["--min-score", "0.1"]).exits(0));
    assert_eq!(ids(report["pairs"].as_array().unwrap()), [("1", "2"), ("2", "3")]);
    assert_eq!(report["pairs"][0]["score"].as_f64(), Some(0.9848));
    assert_eq!((&report["model"], &report["unit"], &report["units"]), (&Value::Null, &"vector".into(), &4.into()));
    let named = valid(&of(&["--top-k", "1", "--ids", "ids.txt"]).exits(0));
    assert_eq!(ids(named["pairs"].as_array().unwrap()), [("east", "near"), ("near", "north"), ("north", "west")]);
    of(&["--min-score", "0.99"]).exits(1);
    // The same on every instruction set.
    for isa in ["portable", "avx2"] {
        let other = of(&["--min-score", "0.1", "--isa", isa]);
        if other.code == Some(0) {
            let other = valid(&other);
            assert_eq!((&other["pairs"], &other["isa"]), (&report["pairs"], &isa.into()));
        }
    }
    folder.write("w.npy", fan(&[4.0, 200.0]));
    let against = valid(&of(&["--against", "w.npy", "--min-score", "0.9"]).exits(0));
    let both: Vec<_> = ["pairs", "new"].map(|list| ids(against[list].as_array().unwrap())).concat();
    assert_eq!(both, [("1", "1"), ("2", "1"), ("4", "2"), ("3", "1")]);
    let failing: [(&[&str], &str); 8] = [
        (&[], "--vectors: a threshold is needed"),
        (&["--min-score", "0.1", "--against", "./v.npy"], "--against ./v.npy: the same file as --vectors"),
        (&["--min-score", "0.1", "--against", "w.npy", "v.npy"], "name one file of vectors"),
        (&["--min-score", "0.1", "--against", "none.npy"], "none.npy"),
        (&["--min-score", "0.1", "--ids", "v.npy"], "v.npy: line 1 is not UTF-8"),
        (&["--min-score", "0.1", "--ids", "few.txt"], "few.txt: has 1 ids for 4 vectors"),
        (&["--min-score", "0.1", "--against", "wide.npy"], "its vectors have 3 values, but those of v.npy have 2"),
        (&["--min-score", "0.1", "--against", "zero.npy"], "zero.npy: row 1 is all zeros"),
    ];
    folder.write("few.txt", "a\n");
    folder.write("wide.npy", npy("<f4", "(1, 3)", &[1.0, 0.0, 0.0]));
    folder.write("zero.npy", npy("<f4", "(1, 2)", &[0.0, 0.0]));
    for (args, message) in failing {
        let answer = of(args).exits(2);
        assert!(answer.stderr.contains(message) && answer.stderr.contains("samesay.error.v1"), "{}", answer.stderr);
    }
}

/// A cut that too many pairs reach is an error stating their number, before any is written.
#[test]
fn too_many_pairs_are_counted() {
    let folder = Folder::with(&[]);
    folder.write("v.npy", fan(&vec![45.0; 4_500]));
    let pairs = |vectors: &str, more: &[&str]| {
        folder.run(&[&["pairs", "--vectors", vectors, "--min-score", "0.5"][..], more].concat())
    };
    let many = pairs("v.npy", &["-o", "p.txt"]).exits(2);
    let said =
        ["there are 10122750 pairs", "at most 10000000 are written as text or JSON; use --limit N", "jsonl or csv"];
    assert!(said.iter().all(|said| many.stderr.contains(said)), "{}", many.stderr);
    assert!(!folder.path("p.txt").exists());
    folder.write("more.npy", fan(&vec![45.0; 14_200]));
    let many = pairs("more.npy", &["--format", "jsonl"]).exits(2);
    let said = ["there are 100812900 pairs", "at most 100000000 are written; use --limit N"];
    assert!(said.iter().all(|said| many.stderr.contains(said)) && many.text().is_empty(), "{}", many.stderr);
    pairs("v.npy", &["-o", "p.csv", "--limit", "2"]).exits(0);
    let written = fs::read_to_string(folder.path("p.csv")).unwrap();
    let begin: Vec<&str> = written.lines().skip(1).map(|line| &line[..13]).collect();
    assert_eq!(begin, ["1,,,,,2,,,,,", "1,,,,,3,,,,,"].map(|row| format!("{row}1")));
}

/// Tables of many vectors are written as pairs are found: those of the first 16,384 come before those of the others.
#[test]
fn tables_are_written_part_by_part() {
    let folder = Folder::with(&[]);
    let angles: Vec<f32> = (0..16_500).map(|at| at as f32 * 0.02).collect();
    folder.write("v.npy", fan(&angles));
    let rows = |more: &[&str]| -> Vec<(usize, usize, f64)> {
        let args = ["pairs", "--vectors", "v.npy", "--min-score", "0.999999", "--format", "csv"];
        let answer = folder.run(&[&args[..], more].concat()).exits(0);
        let mut table = csv::Reader::from_reader(answer.stdout.as_slice());
        let number = |cell: &str| cell.parse().unwrap();
        let of_row = |row: csv::StringRecord| (number(&row[0]), number(&row[5]), row[10].parse().unwrap());
        table.records().map(|row| of_row(row.unwrap())).collect()
    };
    let mut found = rows(&[]);
    let (first, rest) = found.split_at(found.partition_point(|(a, ..)| *a <= 16_384));
    for part in [first, rest] {
        assert!(part.len() > 100 && part.is_sorted_by(|one, next| one.2 >= next.2));
    }
    assert!(rest.iter().all(|(a, ..)| *a > 16_384));
    let mut sorted = rows(&["--limit", "1000000"]);
    assert_ne!(found, sorted);
    let by_place = |rows: &mut Vec<(usize, usize, f64)>| rows.sort_unstable_by_key(|(a, b, _)| (*a, *b));
    by_place(&mut found);
    by_place(&mut sorted);
    assert_eq!(found, sorted);
}

/// A shard that is done is left as it is, if it was made with the same options, until its vectors are newer.
#[test]
fn pairs_resume() {
    let folder = Folder::with(&[]);
    folder.write("v.npy", fan(&[0.0, 1.0, 2.0, 90.0]));
    let pairs = |more: &[&str]| {
        folder.run(&[&["pairs", "--vectors", "v.npy", "--min-score", "0.5", "-o", "p.csv"][..], more].concat())
    };
    let rows = || fs::read_to_string(folder.path("p.csv")).unwrap().lines().count() - 1;
    let nothing_to_do = "p.csv: is up to date (newer than its input); nothing to do";
    // How it was made is not known of what was written without --resume.
    pairs(&["--limit", "1"]).exits(0);
    assert!(!folder.path("p.csv.options").exists());
    let made = pairs(&["--resume", "--limit", "2"]).exits(0);
    assert!(!made.stderr.contains("nothing to do") && rows() == 2, "{made:?}");
    let done = pairs(&["--resume", "--limit", "2"]).exits(0);
    assert!(done.stderr.contains(nothing_to_do) && rows() == 2, "{done:?}");
    let others = [&["--limit", "1"][..], &[], &["--limit", "2", "--top-k", "1"], &["--shard", "1/2"]];
    for more in others.into_iter().chain([&["--limit", "2", "--bom"][..]]) {
        let how =
            "p.csv: was written with --vectors v.npy --min-score 0.5 --limit 2 --format csv; resume with the same";
        pairs(&[&["--resume"], more].concat()).refuses(&[how]);
    }
    assert_eq!(rows(), 2);
    // What is replaced takes its options with it.
    pairs(&[]).exits(0);
    assert!(rows() == 3 && !folder.path("p.csv.options").exists());
    pairs(&["--resume"]).exits(0);
    let later = std::time::SystemTime::now() + std::time::Duration::from_mins(1);
    fs::File::options().write(true).open(folder.path("v.npy")).unwrap().set_modified(later).unwrap();
    let again = pairs(&["--resume", "--limit", "1"]).exits(0);
    assert!(!again.stderr.contains("nothing to do") && rows() == 1, "{again:?}");
}

/// Rows are in the order of the scores that they show, and --limit takes the most similar: of those that are equal to
/// four decimals too.
#[test]
fn the_most_similar_come_first() {
    let folder = Folder::with(&[]);
    // No two of the differences are equal; many of their cosines are, to four decimals.
    let angles: Vec<f32> = (0..1500).map(|at: u32| (at * at) as f32 * 1.6e-5 + at as f32 * 1e-3).collect();
    folder.write("v.npy", fan(&angles));
    let of = |more: &[&str]| -> Vec<(f64, f32)> {
        let args = ["pairs", "--vectors", "v.npy", "--min-score", "0.99", "--format", "csv"];
        let answer = folder.run(&[&args[..], more].concat()).exits(0);
        let mut table = csv::Reader::from_reader(answer.stdout.as_slice());
        let angle = |id: &str| angles[id.parse::<usize>().unwrap() - 1];
        let of_row = |row: csv::StringRecord| (row[10].parse().unwrap(), (angle(&row[5]) - angle(&row[0])).abs());
        table.records().map(|row| of_row(row.unwrap())).collect()
    };
    let all = of(&[]);
    assert!(all.len() > 100_000);
    assert!(all.is_sorted_by(|one, next| one.0 >= next.0));
    // Past what counts as equal, and by more than rounding.
    assert!(all.is_sorted_by(|one, next| next.1 < 0.5 || one.1 < next.1 + 0.01));
    for limit in [5, 20_000] {
        assert_eq!(of(&["--limit", &limit.to_string()]), all[..limit]);
    }
}

/// What `embed` writes can be read again.
#[test]
fn vectors_of_embed() {
    let folder = Folder::with(&[("lines.txt", &format!("{FERRY}\n{BREAD}\n{HIT}\n"))]);
    folder.run(&["embed", "--lines", "lines.txt", "-o", "v.npy"]).exits(0);
    let report = valid(&folder.run(&["pairs", "--vectors", "v.npy", "-k", "1", "--format", "json"]).exits(0));
    assert_eq!(ids(&report["pairs"].as_array().unwrap()[..1]), [("1", "3")]);
}

/// Other commands can also print their results one per line: the same records as in their JSON.
#[test]
fn a_record_per_line() {
    let folder = folder();
    let both = |args: &[&str]| {
        let of = |format: &str| folder.run(&[args, &["--format", format]].concat()).exits(0);
        (json(&of("json")), lines(&of("jsonl")))
    };
    let (report, listed) = both(&["passages"]);
    let passages =
        report["sources"].as_array().unwrap().iter().flat_map(|source| source["passages"].as_array().unwrap());
    assert_eq!(listed.iter().collect::<Vec<_>>(), passages.collect::<Vec<_>>());
    let (report, listed) = both(&["query", "a ferry hit the breakwater"]);
    assert_eq!((listed[0]["query"].as_str(), listed.len()), (Some("a ferry hit the breakwater"), 2));
    assert_eq!(listed[0]["passages"], report["results"][0]["sources"][0]["passages"]);
    let (report, listed) = both(&["cluster"]);
    assert_eq!(&listed, report["clusters"].as_array().unwrap());
    let (report, listed) = both(&["cluster", "--by", "story"]);
    assert_eq!(&listed, report["stories"].as_array().unwrap());
    let refused = folder.run(&["sources", "--format", "jsonl"]).exits(2);
    assert!(
        refused.stderr.contains("--format jsonl: not available for this command; use text or json"),
        "{}",
        refused.stderr
    );
}

#[cfg(not(feature = "parquet"))]
#[test]
fn parquet_is_a_feature() {
    let folder = folder();
    for args in [&["one", "two", "-o", "p.parquet"][..], &["--vectors", "v.parquet", "-k", "1"]] {
        let answer = folder.run(&[&["pairs"][..], args].concat()).exits(2);
        assert!(answer.stderr.contains("--features parquet"), "{}", answer.stderr);
    }
}

#[cfg(feature = "parquet")]
#[test]
fn parquet_holds_what_the_table_holds() {
    use parquet::file::reader::{FileReader, SerializedFileReader};
    let folder = folder();
    for name in ["p.parquet", "p.csv"] {
        folder.run(&["pairs", "one", "--against", "two", "-o", name]).exits(0);
    }
    let mut table = csv::Reader::from_path(folder.path("p.csv")).unwrap();
    let names: Vec<String> = table.headers().unwrap().iter().map(str::to_owned).collect();
    let rows: Vec<csv::StringRecord> = table.records().map(Result::unwrap).collect();
    let file = SerializedFileReader::new(fs::File::open(folder.path("p.parquet")).unwrap()).unwrap();
    let found: Vec<_> = file.get_row_iter(None).unwrap().map(Result::unwrap).collect();
    assert_eq!((found.len(), rows.len()), (5, 5));
    for (found, row) in found.iter().zip(&rows) {
        for ((name, field), (expected, cell)) in found.get_column_iter().zip(names.iter().zip(row)) {
            let field = match field.to_string() {
                null if null == "null" => String::new(),
                quoted => quoted.trim_matches('"').to_owned(),
            };
            let same = field == *cell || field.parse::<f64>().is_ok_and(|field| cell.parse() == Ok(field));
            assert!(name == expected && same, "{name}: {field:?} {cell:?}");
        }
    }
    folder.run(&["pairs", "one", "--against", "two", "-o", "p.parquet"]).exits(0);
    folder.write("other.parquet", "PAR1 of somebody else PAR1");
    let refused = folder.run(&["pairs", "one", "two", "-o", "other.parquet"]).exits(2);
    assert!(refused.stderr.contains("does not hold pairs"), "{}", refused.stderr);
    let to_stdout = folder.run(&["pairs", "one", "two", "--format", "parquet"]).exits(2);
    assert!(to_stdout.stderr.contains("-o FILE"), "{}", to_stdout.stderr);
}

/// The text for people says what a percentile refers to.
#[test]
fn a_pair_says_how_rare_it_is() {
    let folder = folder();
    let text = folder.run(&["pairs", "."]).exits(0).text().to_owned();
    assert!(text.contains(", as close as ") || text.contains("  as close as "), "{text}");
    assert!(text.contains(" random pairs") && !text.contains('%'), "{text}");
}
