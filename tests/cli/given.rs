//! The user's own vectors: `cluster --vectors` and `query --vector`.

use std::fs;

use serde_json::Value;

use super::pairs::{fan, npy};
use super::{Answer, Folder, schema};

/// East, north and west, each with neighbours, and a single one.
const ANGLES: [f32; 8] = [90.0, 0.0, 4.0, 96.0, 180.0, 2.0, 270.0, 92.0];
const IDS: &str = "north\neast\neast 4\nnorth 6\nwest\neast 2\nsouth\nnorth 2\n";

fn folder() -> Folder {
    let folder = Folder::with(&[("ids.txt", IDS)]);
    folder.write("v.npy", fan(&ANGLES));
    folder
}

/// An answer that matches the schema of that name.
#[track_caller]
fn valid(answer: &Answer, name: &str) -> Value {
    let report = answer.json();
    let errors: Vec<String> = schema(name).iter_errors(&report).map(|error| error.to_string()).collect();
    assert_eq!(errors, [""; 0], "{report}");
    report
}

/// The ids of each cluster's members.
fn members(clusters: &Value) -> Vec<Vec<&str>> {
    clusters.as_array().unwrap().iter().map(ids_of).collect()
}

fn ids_of(cluster: &Value) -> Vec<&str> {
    cluster["members"].as_array().unwrap().iter().map(|member| member["id"].as_str().unwrap()).collect()
}

#[test]
fn clusters_of_vectors() {
    let folder = folder();
    let of =
        |more: &[&str]| folder.run(&[&["cluster", "--vectors", "v.npy", "--min-score", "0.99"][..], more].concat());
    let report = valid(&of(&["--ids", "ids.txt", "--format", "json"]).exits(0), "vector-clusters");
    // The medoid first, then the nearest to it; the largest cluster first, then the one with the first row.
    let expected = [&["north 2", "north", "north 6"][..], &["east 2", "east", "east 4"], &["west"], &["south"]];
    assert_eq!(members(&report["clusters"]), expected);
    assert_eq!((&report["schema"], &report["vectors"]), (&"samesay.vector_clusters.v1".into(), &8.into()));
    let east = &report["clusters"][1];
    assert_eq!((&east["id"], &east["size"], &east["medoid"]), (&2.into(), &3.into(), &"east 2".into()));
    let cos = |degrees: f64| (degrees.to_radians().cos() * 1e4).round() / 1e4;
    assert_eq!(
        (east["members"][0]["score"].as_f64(), east["members"][1]["score"].as_f64()),
        (Some(1.0), Some(cos(2.0)))
    );
    assert_eq!(east["min"].as_f64(), Some(cos(4.0)));
    let mean = (2.0 * 2f64.to_radians().cos() + 4f64.to_radians().cos()) / 3.0;
    assert!((east["mean"].as_f64().unwrap() - mean).abs() < 1e-4, "{east}");
    // Without names: numbers, and one row of the table for each row of the file.
    let table = of(&["--format", "csv"]).exits(0);
    assert_eq!(table.text(), "id,cluster\n1,1\n2,2\n3,2\n4,1\n5,3\n6,2\n7,4\n8,1\n");
    let lines = of(&["--ids", "ids.txt", "--format", "jsonl"]).exits(0);
    let lines: Vec<Value> = lines.text().lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(&lines, report["clusters"].as_array().unwrap());
    let text = of(&["--ids", "ids.txt"]).exits(0);
    assert!(
        text.text().starts_with("2 clusters of 8 vectors with a mean cosine of 0.9900 or more; 2 alone\n"),
        "{}",
        text.text()
    );
    assert!(text.text().contains("2. east 2  3 vectors") && !text.text().contains("south"), "{}", text.text());
    // The same result on every instruction set and on one thread.
    for more in [&["--isa", "portable"][..], &["--threads", "1"]] {
        let other = valid(&of(&[&["--ids", "ids.txt", "--format", "json"], more].concat()).exits(0), "vector-clusters");
        assert_eq!(other["clusters"], report["clusters"], "{more:?}");
    }
    folder.run(&["cluster", "--vectors", "v.npy", "--min-score", "0.99999"]).exits(1);
}

/// A percentile refers to random pairs of these vectors.
#[test]
fn a_percentile_cuts_clusters() {
    let folder = folder();
    let of = |percent: &str| {
        let args = ["cluster", "--vectors", "v.npy", "--min-percentile", percent, "--format", "json"];
        valid(&folder.run(&args), "vector-clusters")
    };
    let clusters = |report: &Value| report["clusters"].as_array().unwrap().len();
    let (all, some) = (of("0"), of("80"));
    assert_eq!((all["min_score"].as_f64(), clusters(&all)), (Some(-1.0), 1));
    assert!((2..8).contains(&clusters(&some)) && some["min_score"].as_f64() > Some(0.5), "{some}");
}

#[test]
fn the_nearest_vectors() {
    let folder = folder();
    folder.write("q.npy", fan(&[3.2, 185.0]));
    let of = |more: &[&str]| {
        folder.run(&[&["query", "--vector", "q.npy", "--vectors", "v.npy", "--ids", "ids.txt"][..], more].concat())
    };
    let report = valid(&of(&["-n", "3", "--format", "json"]).exits(0), "vector-query");
    let found = |report: &Value| -> Vec<(String, Vec<String>)> {
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        let results = report["results"].as_array().unwrap().iter();
        let ids = |result: &Value| result["nearest"].as_array().unwrap().iter().map(|hit| text(&hit["id"])).collect();
        results.map(|result| (text(&result["query"]), ids(result))).collect()
    };
    let expected = [("1", ["east 4", "east 2", "east"]), ("2", ["west", "south", "north 6"])];
    let owned = |ids: [&str; 3]| ids.map(str::to_owned).to_vec();
    assert_eq!(found(&report), expected.map(|(query, ids)| (query.to_owned(), owned(ids))));
    let best = &report["results"][0]["nearest"][0];
    assert_eq!(best["score"].as_f64(), Some(0.9999));
    assert!(best["percentile"].as_f64() > Some(80.0), "{best}");
    // With a cut, and names of the queries.
    folder.write("names.txt", "a\nb\n");
    let cut =
        valid(&of(&["--min-score", "0.9", "--vector-ids", "names.txt", "--format", "json"]).exits(0), "vector-query");
    assert_eq!(found(&cut)[1], ("b".to_owned(), vec!["west".to_owned()]));
    let lines = of(&["-n", "1", "--format", "jsonl"]).exits(0);
    let lines: Vec<Value> = lines.text().lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!((lines.len(), &lines[1]["query"], &lines[1]["id"]), (2, &"2".into(), &"west".into()));
    let text = of(&["-n", "2"]).exits(0);
    assert!(text.text().starts_with("1  the nearest 2 of 8 vectors\n  0.9999  "), "{}", text.text());
    // More than exist.
    let all = valid(&of(&["-n", "99", "--format", "json"]).exits(0), "vector-query");
    assert_eq!(found(&all)[0].1.len(), 8);
    of(&["--min-score", "1"]).exits(1);
}

/// An error in a file of vectors is reported with its name, by each command that takes one.
#[test]
fn bad_vectors() {
    let folder = folder();
    let two = "(2, 2)";
    let good = npy("<f4", two, &[1.0, 0.0, 0.0, 1.0]);
    folder.write("nan.npy", npy("<f4", two, &[1.0, 0.0, f32::NAN, 1.0]));
    folder.write("inf.npy", npy("<f4", two, &[f32::INFINITY, 0.0, 0.0, 1.0]));
    folder.write("zero.npy", npy("<f4", two, &[1.0, 0.0, 0.0, 0.0]));
    folder.write("flat.npy", npy("<f4", "(4,)", &[1.0, 0.0, 0.0, 1.0]));
    folder.write("cut.npy", &good[..good.len() - 3]);
    folder.write("double.npy", npy("<f8", two, &[1.0; 8]));
    folder.write("none.npy", npy("<f4", "(0, 2)", &[]));
    folder.write("text.npy", "not vectors\n");
    folder.write("few.txt", "a\nb\n");
    folder.write("twice.txt", IDS.replace("west", "east"));
    let cases: [(&[&str], &str); 11] = [
        (&["nan.npy"], "nan.npy: row 2 holds NaN or infinity"),
        (&["inf.npy"], "inf.npy: row 1 holds NaN or infinity"),
        (&["zero.npy"], "zero.npy: row 2 is all zeros"),
        (&["flat.npy"], "flat.npy: has the shape (4,); vectors are rows"),
        (&["cut.npy"], "cut.npy: is truncated: its header says 2 rows, but only 1 is complete"),
        (&["double.npy"], "double.npy: holds values of type '<f8', not 32-bit"),
        (&["none.npy"], "none.npy: contains"),
        (&["text.npy"], "text.npy: is not a .npy file"),
        (&["missing.npy"], "missing.npy: No such file"),
        (&["v.npy", "--ids", "few.txt"], "few.txt: has 2 ids for 8 vectors"),
        (&["v.npy", "--ids", "twice.txt"], "twice.txt: names east twice"),
    ];
    folder.write("q.npy", fan(&[1.0]));
    for (file, message) in cases {
        for command in [
            &["cluster", "--min-score", "0.5", "--vectors"][..],
            &["query", "--vector", "q.npy", "--vectors"],
            &["pairs", "--min-score", "0.5", "--vectors"],
        ] {
            folder.run(&[command, file].concat()).refuses(&[message]);
        }
    }
    folder.write("one.npy", fan(&[1.0]));
    folder.write("wide.npy", npy("<f4", "(1, 3)", &[1.0, 0.0, 0.0]));
    let cluster = |args: &[&str]| folder.run(&[&["cluster", "--vectors"][..], args].concat());
    cluster(&["one.npy", "--min-score", "0.5"]).refuses(&["one.npy: contains 1 vector; clusters need two"]);
    cluster(&["v.npy"]).refuses(&["--vectors: a threshold is needed", "--min-score"]);
    cluster(&["-", "--min-score", "0.5"]).refuses(&["-: vectors are not read from stdin; name a file"]);
    folder.run(&["query", "--vector", "v.npy", "--vectors", "-"]).refuses(&["not read from stdin"]);
    cluster(&["v.npy", "--min-score", "nan"]).refuses(&["--min-score NaN: a cosine"]);
    let query = |args: &[&str]| folder.run(&[&["query", "--vectors", "v.npy", "--vector"][..], args].concat());
    query(&["./v.npy"]).refuses(&["--vector ./v.npy: the same file as --vectors", "samesay pairs"]);
    query(&["wide.npy"]).refuses(&["--vector wide.npy: its vectors have 3 values, but those of v.npy have 2"]);
    query(&["none.npy"]).refuses(&["--vector none.npy: contains no vectors"]);
    query(&["q.npy", "-n", "0"]).refuses(&["--top-k 0: use at least 1"]);
}

/// Options that make no sense with vectors are refused by name.
#[test]
fn options_of_documents_are_refused() {
    let folder = folder();
    folder.write("q.npy", fan(&[1.0]));
    let usage = |args: &[&str], flag: &str| {
        let answer = folder.run(args).exits(2);
        assert!(answer.stderr.contains(flag) && answer.stderr.contains("cannot be used with"), "{}", answer.stderr);
    };
    for more in [
        &["docs"][..],
        &["--by", "topic"],
        &["--labels-from-dirs"],
        &["--explain"],
        &["--glob", "*"],
        &["--since", "2026-01-01"],
        &["--text-column", "x"],
    ] {
        let named = if more == ["docs"] { "[PATH]..." } else { more[0] };
        usage(&[&["cluster", "--vectors", "v.npy", "--min-score", "0.5"], more].concat(), named);
    }
    for more in [&["docs"][..], &["--like", "x"], &["--file", "x"], &["--words", "x"], &["--explain"], &["--glob", "*"]]
    {
        let named = if more == ["docs"] { "[TEXT]" } else { more[0] };
        usage(&[&["query", "--vector", "q.npy", "--vectors", "v.npy"], more].concat(), named);
    }
    usage(&["pairs", "--vectors", "v.npy", "-k", "1", "--glob", "*"], "--glob");
    for more in [["--model", "all-MiniLM-L6-v2"], ["--dim", "8"], ["--precision", "f32"]] {
        for command in [&["cluster", "--min-score", "0.5"][..], &["pairs", "-k", "1"], &["query", "--vector", "q.npy"]]
        {
            let answer = folder.run(&[command, &["--vectors", "v.npy"], &more].concat()).exits(2);
            assert!(answer.stderr.contains(&format!("{}: does not apply to --vectors", more[0])), "{}", answer.stderr);
        }
    }
    let answer = folder.run(&["cluster", "--ids", "ids.txt"]).exits(2);
    assert!(answer.stderr.contains("--vectors"), "{}", answer.stderr);
    let answer = folder.run(&["query", "--vector", "q.npy"]).exits(2);
    assert!(answer.stderr.contains("--vectors"), "{}", answer.stderr);
    // Vectors are not left aside for documents, be their file there or not.
    for vectors in ["v.npy", "missing.npy"] {
        let answer = folder.run(&["query", "a ferry", "--vectors", vectors]);
        answer.refuses(&[&format!("--vectors {vectors}: needs --vector FILE")]);
    }
    let answer = folder.run(&["query", "a ferry", "--vector-ids", "ids.txt"]).exits(2);
    assert!(answer.stderr.contains("--vector"), "{}", answer.stderr);
    folder.run(&["cluster", "--format", "csv"]).refuses(&["--format csv: not available for this command"]);
    folder.run(&["cluster", "--vectors", "v.npy", "--min-score", "0.5", "--format", "npy"]).refuses(&["--format npy"]);
}

/// Many that hang together, of which nearly all are as near as the nearest, are one cluster where their mean cosine is
/// high enough, and several where it is not.
#[test]
fn many_that_hang_together() {
    let folder = Folder::with(&[]);
    let of = |least: &str, format: &str| {
        folder.run(&["cluster", "--vectors", "v.npy", "--min-score", least, "--format", format]).exits(0)
    };
    let sizes = |least: &str| -> Vec<u64> {
        let report = valid(&of(least, "json"), "vector-clusters");
        report["clusters"].as_array().unwrap().iter().map(|cluster| cluster["size"].as_u64().unwrap()).collect()
    };
    folder.write("v.npy", fan(&vec![45.0; 30_001]));
    assert_eq!(sizes("0.95"), [30_001]);
    // Two bundles of which any two vectors have a cosine of about 0.5.
    let bundle = |around: f32, n: usize| (0..n).map(move |at| around + at as f32 * 1e-5);
    folder.write("v.npy", fan(&bundle(0.5, 2_000).chain(bundle(60.5, 1_002)).collect::<Vec<_>>()));
    assert_eq!(sizes("0.4"), [3_002]);
    assert_eq!(sizes("0.6"), [2_000, 1_002]);
    let answer = of("0.4", "text");
    assert_eq!(answer.stderr, "");
    assert!(answer.text().contains("0.4000"), "{}", answer.text());
}

/// Shards of the rows together find what one run does: above a cut, each pair once.
#[test]
fn shards_of_pairs() {
    let folder = folder();
    folder.write("w.npy", fan(&[1.0, 95.0, 200.0]));
    let found = |args: &[&str]| -> Vec<String> {
        let answer = folder.run(&[&["pairs", "--vectors", "v.npy", "--format", "jsonl"][..], args].concat());
        assert!(matches!(answer.code, Some(0 | 1)), "{answer:?}");
        answer.text().lines().map(str::to_owned).collect()
    };
    for args in [&["--min-score", "0.9"][..], &["--top-k", "2"], &["--min-score", "0.9", "--against", "w.npy"]] {
        let mut all = found(args);
        let mut shards: Vec<String> =
            ["1/3", "2/3", "3/3"].iter().flat_map(|shard| found(&[args, &["--shard", shard]].concat())).collect();
        all.sort_unstable();
        shards.sort_unstable();
        if args[0] == "--top-k" {
            assert!(shards.len() > all.len());
            shards.dedup();
        }
        assert!(!all.is_empty());
        assert_eq!(shards, all, "{args:?}");
    }
    assert_eq!(found(&["--min-score", "0.9", "--shard", "1/1"]), found(&["--min-score", "0.9"]));
    assert_eq!(found(&["--min-score", "0.9", "--shard", "99/99"]), [""; 0]);
    for (shard, message) in [
        ("0/3", "shards are counted from 1; use 1/3 to 3/3"),
        ("4/3", "shards are counted from 1; use 1/3 to 3/3"),
        ("1/0", "there is no shard of 0"),
        ("a/b", "write I/N, such as 1/4"),
        ("-1/4", "write I/N, such as 1/4"),
        ("3", "write I/N, such as 1/4"),
    ] {
        let typed = format!("--shard={shard}");
        for command in [&["pairs", "--vectors", "v.npy", "-k", "1"][..], &["embed", "--lines", "ids.txt"], &["index"]] {
            let answer = folder.run(&[command, &[&typed]].concat()).exits(2);
            assert!(answer.stderr.contains(message) && answer.stderr.contains("--shard"), "{}", answer.stderr);
        }
    }
    for args in [
        &["pairs", "--vectors", "v.npy", "-k", "1", "--shard", "1/2", "--limit", "3"][..],
        &["pairs", "--shard", "1/2"],
        &["embed", "--shard", "1/2"],
        &["index", "--watch", "--shard", "1/2"],
    ] {
        let answer = folder.run(args).exits(2);
        assert!(answer.stderr.contains("--shard"), "{}", answer.stderr);
    }
}

/// Shards of an index together contain what one run does.
#[test]
fn shards_of_an_index() {
    const TEXTS: [&str; 6] = [
        "The ferry Marelle struck the north breakwater of Tarn harbour on Monday morning.",
        "The bakery on the square has raised the price of rye bread to four crowns.",
        "Pupils of the old school will move into the new building beside the river.",
        "A storm took the roof of the fish market, and nobody was hurt there.",
        "The council will vote on the new bridge over the river in the spring.",
        "Two cyclists crossed the pass in the snow and were home by evening.",
    ];
    let folder = Folder::with(&[]);
    TEXTS.iter().zip('a'..).for_each(|(text, name)| folder.write(&format!("docs/{name}.txt"), format!("{text}\n")));
    let index = |store: &str, more: &[&str]| {
        let answer = folder.run(&[&["index", "docs", "--store", store, "--format", "json"][..], more].concat());
        if answer.code == Some(1) { Value::Null } else { answer.exits(0).json() }
    };
    let whole = index("whole.db", &[]);
    let files = |report: &Value| report["sources"].as_u64().unwrap_or(0);
    // Each alone contains a part, and all in one store contain everything.
    let parts: Vec<u64> =
        (1..=3).map(|at| files(&index(&format!("{at}.db"), &["--shard", &format!("{at}/3")]))).collect();
    assert_eq!((parts.iter().sum::<u64>(), files(&whole)), (6, 6), "{parts:?}");
    assert!(parts.iter().all(|part| *part < 6), "{parts:?}");
    (1..=3).for_each(|at| drop(index("one.db", &["--shard", &format!("{at}/3")])));
    let status =
        |store: &str| folder.run(&["index", "status", "docs", "--store", store, "--format", "json"]).exits(0).json();
    assert_eq!(status("one.db"), whole);
    // A shard without files says so.
    let none = folder.run(&["index", "docs/a.txt", "--store", "none.db", "--shard", "1/999983"]).exits(1);
    assert!(none.stderr.contains("docs/a.txt: no file is in shard 1/999983"), "{}", none.stderr);
}

/// The examples for schedulers, as far as their packages are installed.
#[test]
fn examples_that_embed_shards() {
    let python = std::env::var("PYTHON").unwrap_or("python3".to_owned());
    let examples = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("examples");
    let texts = Folder::with(&[]);
    let line = |at: usize| format!("The ferry number {at} struck the pier of harbour {} at dawn.\n", at % 7);
    texts.write("texts.txt", (0..60).map(line).collect::<String>());
    for (package, script) in [("ray", "ray_data.py"), ("pyspark", "pyspark_pairs.py")] {
        let imports = format!("import {package}, datasketch, sklearn");
        let has = std::process::Command::new(&python).args(["-c", &imports]).output();
        if !has.is_ok_and(|output| output.status.success()) {
            println!("skipped: examples_that_embed_shards of {package} (PYTHON={python} cannot {imports})");
            continue;
        }
        let mut command = std::process::Command::new(&python);
        command.arg(examples.join(script)).args(["texts.txt", "--shards", "2", "--centroids", "4"]);
        command.args(["--samesay", env!("CARGO_BIN_EXE_samesay"), "--min-score", "0.8"]);
        super::model_dir();
        let answer = Answer::of(command.env("PYTHONDONTWRITEBYTECODE", "1").current_dir(texts.path("")), b"").exits(0);
        let lines: Vec<&str> = answer.text().lines().collect();
        let number = |line: &str, before: &str| -> usize {
            let line = lines.iter().find(|found| found.contains(line)).unwrap_or_else(|| panic!("{lines:?}"));
            line.split(before).next().unwrap().rsplit(' ').next().unwrap().parse().unwrap()
        };
        let exact = number("(exact)", " pairs");
        assert!(lines.iter().any(|line| line.starts_with("60 texts, ")) && exact > 100, "{lines:?}");
        for way in ["k-means", "MinHash", "union"] {
            let (found, lost) = (number(&format!("{way}: "), " found"), number(&format!("{way}: "), " lost"));
            assert!(found + lost == exact && found > 0, "{lines:?}");
        }
    }
}

#[test]
fn clusters_in_a_file() {
    let folder = folder();
    let of = |more: &[&str]| {
        folder.run(&[&["cluster", "--vectors", "v.npy", "--min-score", "0.99", "--color=never"][..], more].concat())
    };
    for (file, format) in
        [("c.csv", "csv"), ("c.json", "json"), ("c.jsonl", "jsonl"), ("c.ndjson", "jsonl"), ("c.txt", "text")]
    {
        let written = of(&["-o", file]).exits(0);
        assert_eq!(
            (written.text(), written.stderr.as_str()),
            ("", &*format!("samesay: 4 clusters of 8 vectors written to {file}\n"))
        );
        let bytes = fs::read(folder.path(file)).unwrap();
        assert_eq!(String::from_utf8(bytes).unwrap(), of(&["--format", format]).exits(0).text(), "{file}");
        // Its own tables are replaced; text could be anybody's.
        if format == "text" {
            of(&["-o", file]).refuses(&[file, "does not hold clusters of vectors", "--force"]);
            of(&["-o", file, "--force"]).exits(0);
        } else {
            of(&["-o", file]).exits(0);
        }
    }
    folder.write("other.csv", "id,cluster,more\n1,2,3\n");
    of(&["-o", "other.csv"]).refuses(&["-o other.csv", "does not hold clusters of vectors"]);
    of(&["-o", "c.xml"]).refuses(&["-o c.xml: unsupported extension; use .jsonl, .json, .csv"]);
    of(&["-o", "no/c.csv"]).refuses(&["-o no/c.csv", "no does not exist"]);
    assert!(of(&["-o", "m.csv", "--bom"]).exits(0).text().is_empty());
    assert!(fs::read(folder.path("m.csv")).unwrap().starts_with("\u{feff}id,cluster".as_bytes()));
    of(&["-o", "m.csv"]).exits(0);
    if !cfg!(feature = "parquet") {
        of(&["-o", "c.parquet"]).refuses(&["-o c.parquet", "--features parquet"]);
    }
    folder.run(&["cluster", ".", "-o", "c.csv"]).refuses(&["-o c.csv", "--vectors", "samesay report PATH -o FILE"]);
}
