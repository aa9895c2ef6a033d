//! `samesay report`, `completions` and `man`.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fs;
use std::time::{Duration, Instant};

use serde_json::Value;

use super::{Answer, Folder, run, samesay, schema, tiny_model};

const WIRE: &str = "Divers found a hole of two metres in the ferry's hull on Tuesday. The ship will be towed to the \
                    dock at Orrin. About 400 liters of diesel leaked into the harbor, the coast guard said.\n";
const GAZETTE: &str = "Divers found a hole of three metres in the ferry's hull on Tuesday. The ship will be towed to \
                       the dock at Orrin. About 400 liters of diesel leaked into the harbor, the coast guard said.\n";
const OTHER: &str = "An estimated 400 litres of diesel escaped into the water of the harbour, according to the coast \
                     guard.\n\n\
                     The market in the old town opens on Saturday with forty stalls, more than in any year before.\n";

fn folder() -> Folder {
    Folder::with(&[("in/wire.txt", WIRE), ("in/gazette.txt", GAZETTE), ("in/other.txt", OTHER)])
}

fn read(folder: &Folder, name: &str) -> String {
    fs::read_to_string(folder.path(name)).unwrap()
}

#[test]
fn every_format_is_of_the_same_report() {
    let folder = folder();
    let answer = folder.run(&["report", "in", "-o", "r.html", "-o", "r.md", "-o", "r.json", "-o", "r.csv"]).exits(0);
    assert!(answer.text().starts_with("3 sources, 4 passages, "), "{}", answer.text());
    for name in ["r.html", "r.md", "r.json", "r.csv"] {
        assert!(answer.text().contains(&format!("written to {name}")), "{}", answer.text());
        let (file, headline) = (read(&folder, name), answer.text().lines().next().unwrap().to_owned());
        assert!(name == "r.csv" || name == "r.md" || file.contains(&headline), "{name}");
        for words in ["Divers found a hole of", "forty stalls"] {
            assert!(file.contains(words), "{name} without {words:?}");
        }
    }
    let json: Value = serde_json::from_str(&read(&folder, "r.json")).unwrap();
    assert_eq!(json, folder.run(&["report", "in", "--format", "json"]).exits(0).json());
    assert!(read(&folder, "r.md").contains("**May disagree**, number: \""), "{}", read(&folder, "r.md"));
}

#[test]
fn two_runs_write_the_same_bytes() {
    let folder = folder();
    let files = ["a.html", "a.md", "a.json", "a.csv"];
    let all = |store: &str| {
        let outputs = files.iter().flat_map(|file| ["-o", file]);
        let args: Vec<&str> = ["report", "in", "--store", store].into_iter().chain(outputs).collect();
        let text = folder.run(&args).exits(0).text().to_owned();
        (text, files.map(|file| read(&folder, file)))
    };
    let first = all("none");
    assert_eq!(all("none"), first);
    // The same when it is stored, and when it is read from the store.
    assert_eq!(all("kept.db"), first);
    assert_eq!(all("kept.db"), first);
}

/// A report is kept as long as nothing has changed; anything that could change it causes a new one.
#[test]
fn an_unchanged_report_is_kept() {
    let folder = folder();
    let unchanged = |more: &[&str]| {
        let args = [&["report", "in", "--store", "kept.db", "-v", "-o", "r.html"], more].concat();
        let answer = folder.run(&args).exits(0);
        (answer.stderr.contains("nothing has changed since this report was written"), answer.text().to_owned())
    };
    let (kept, text) = unchanged(&[]);
    let page = read(&folder, "r.html");
    assert!(!kept);
    fs::remove_file(folder.path("r.html")).unwrap();
    assert_eq!(unchanged(&[]), (true, text.clone()));
    assert_eq!(read(&folder, "r.html"), page);
    for more in [&["--min-score", "0.9"][..], &["-o", "r.md"], &["--color", "always"], &["--threads", "1"]] {
        assert!(!unchanged(more).0, "{more:?}");
        assert!(unchanged(more).0, "{more:?}");
    }
    // This includes unreadable files, which are named in the report.
    folder.write("in/broken.pdf", "%PDF-1.7 nothing");
    let args = ["report", "in", "--store", "kept.db", "-v", "-o", "r.html"];
    for kept in [false, true] {
        let answer = folder.run(&args).exits(2);
        assert_eq!(answer.stderr.contains("nothing has changed"), kept, "{}", answer.stderr);
        assert!(answer.stderr.contains("in/broken.pdf") && read(&folder, "r.html").contains("broken.pdf"));
    }
    fs::remove_file(folder.path("in/broken.pdf")).unwrap();
    folder.write("in/other.txt", OTHER.replace("forty", "fifty"));
    assert!(!unchanged(&[]).0);
    assert!(read(&folder, "r.html").contains("fifty stalls"));
    // An edited page is not overwritten, whatever is stored.
    folder.write("r.html", read(&folder, "r.html").replace("fifty stalls", "sixty stalls"));
    folder.run(&args).refuses(&["r.html: has been edited since samesay wrote it"]);
}

#[track_caller]
fn assert_valid(report: &Value) {
    let errors: Vec<String> = schema("report")
        .iter_errors(report)
        .take(5)
        .map(|error| format!("{}: {error}", error.instance_path()))
        .collect();
    assert!(errors.is_empty(), "{errors:#?}");
}

#[test]
fn the_schema_holds() {
    let corpus = concat!(env!("CARGO_MANIFEST_DIR"), "/corpus");
    for args in
        [&["report", corpus, "--format", "json"][..], &["report", corpus, "--format", "json", "--min-score", "0.3"]]
    {
        let report: Value = serde_json::from_slice(&run(args).stdout).unwrap();
        assert_valid(&report);
        // Every passage outside claims is listed with its nearest match, and nothing is lost.
        let (clusters, counts) = (&report["clusters"], &report["counts"]);
        let claims = clusters["clusters"].as_array().unwrap().iter().filter(|cluster| cluster["kind"] == "claim");
        let members =
            claims.flat_map(|claim| claim["members"].as_array().unwrap()).map(|member| member["id"].as_str().unwrap());
        let claimed = members.collect::<BTreeSet<&str>>().len();
        assert_eq!(
            claimed + clusters["unique"].as_array().unwrap().len(),
            counts["passages"].as_u64().unwrap() as usize
        );
        assert_eq!(report["map"]["points"].as_array().unwrap().len(), counts["passages"].as_u64().unwrap() as usize);
    }
    let folder = Folder::with(&[
        ("one.txt", "The ferry struck the breakwater in thick fog on Tuesday morning.\n"),
        (
            "t.csv",
            "id,title,text,publisher,date\n1,A,The ferry struck the breakwater in thick fog.,Gazette,2026-03-05\n\
             2,B,Rents may rise by three per cent a year at most.,Gazette,\n",
        ),
    ]);
    for path in ["one.txt", "t.csv", "."] {
        assert_valid(&folder.run(&["report", path, "--format", "json"]).exits(0).json());
    }
}

/// The output of each command follows the schema of its name, and no other.
#[test]
fn every_answer_follows_its_schema() {
    let folder = folder();
    let names = ["in/wire.txt", "in/other.txt"];
    let asked: [(&str, &[&str]); 9] = [
        ("query", &["query", "the ferry struck the breakwater", "in", "--explain"]),
        ("sources", &["sources", "in", "--explain"]),
        ("cluster", &["cluster", "in", "--explain"]),
        ("compare", &["compare", names[0], names[1], "--explain"]),
        ("passages", &["passages", "in"]),
        ("index", &["index", "in", "--store", "s.db"]),
        ("model-list", &["model", "list"]),
        ("model-show", &["model", "show"]),
        ("model-verify", &["model", "verify"]),
    ];
    for (name, args) in asked {
        let answer = folder.run(&[args, &["--format", "json"]].concat());
        let answer: Value =
            serde_json::from_slice(&answer.stdout).unwrap_or_else(|_| panic!("{name}: {}", answer.stderr));
        for (other, _) in asked {
            assert_eq!(schema(other).is_valid(&answer), other == name, "{name} against the schema of {other}");
        }
    }
    let error: Value =
        serde_json::from_str(&folder.run(&["query", "x", "nowhere", "--format", "json"]).exits(2).stderr).unwrap();
    assert!(schema("error").is_valid(&error), "{error}");
}

/// Every description in a schema, with the path to it.
fn descriptions(schema: &Value, path: &str, found: &mut Vec<(String, String)>) {
    match schema {
        Value::Object(fields) => {
            for (name, value) in fields {
                match value {
                    Value::String(text) if name == "description" => found.push((path.to_owned(), text.clone())),
                    value => descriptions(value, &format!("{path}/{name}"), found),
                }
            }
        }
        Value::Array(values) => {
            values.iter().enumerate().for_each(|(at, value)| descriptions(value, &format!("{path}/{at}"), found));
        }
        _ => {}
    }
}

/// The names of all schemas, which the program lists when it is asked for an unknown one.
fn schema_names() -> Vec<String> {
    let refusal = String::from_utf8(run(&["schema", "unknown"]).stderr).unwrap();
    let (_, names) = refusal.split_once("[possible values: ").unwrap();
    names.split_once(']').unwrap().0.split(", ").map(str::to_owned).collect()
}

/// A field's name is shown beside its description, but its owner is not: a pronoun would refer to nothing.
#[test]
fn the_descriptions_of_the_schemas_are_whole_phrases() {
    const RIDDLES: [&str; 8] = ["It ", "Its ", "They ", "Their ", "That ", "Those ", "The same", "Of "];
    let names = schema_names();
    assert!(names.len() >= 15, "{names:?}");
    let mut found = Vec::new();
    for name in names {
        let schema = serde_json::from_slice(&run(&["schema", &name]).stdout).unwrap();
        descriptions(&schema, &name, &mut found);
    }
    assert!(found.len() > 500, "only {} descriptions", found.len());
    let is_riddle =
        |text: &str| text.split_whitespace().count() < 4 || RIDDLES.iter().any(|start| text.starts_with(start));
    found.retain(|(_, text)| is_riddle(text));
    assert!(found.is_empty(), "{found:#?}");
}

#[test]
fn the_schema_is_strict() {
    let whole = folder().run(&["report", "in", "--format", "json"]).exits(0).json();
    let schema = schema("report");
    assert!(schema.is_valid(&whole));
    for change in [
        |report: &mut Value| drop(report.as_object_mut().unwrap().remove("settings")),
        |report: &mut Value| report["more"] = 1.into(),
        |report: &mut Value| report["clusters"]["clusters"][0]["members"][0]["score"] = 1.5.into(),
        |report: &mut Value| report["clusters"]["clusters"][0]["members"][0]["line_start"] = 0.into(),
        |report: &mut Value| report["sources"]["pairs"][0]["more"] = 1.into(),
        |report: &mut Value| drop(report["sources"]["sources"][0].as_object_mut().unwrap().remove("path")),
        |report: &mut Value| report["settings"]["model_sha256"] = "0".into(),
    ] {
        let mut changed = whole.clone();
        change(&mut changed);
        assert_ne!(changed, whole);
        assert!(!schema.is_valid(&changed), "{changed}");
    }
}

#[test]
fn the_table_has_a_row_for_each_passage() {
    let folder = folder();
    folder.write(
        "in/formula.txt",
        "=HYPERLINK(1) is what the spreadsheet of the harbor office says in its first cell.\n",
    );
    folder.run(&["report", "in", "-o", "r.csv", "-o", "r.json"]).exits(0);
    let json: Value = serde_json::from_str(&read(&folder, "r.json")).unwrap();
    let mut claims: BTreeMap<&str, (String, &Value)> = BTreeMap::new();
    // The first of several claims of a passage, and claims before themes.
    for claim in json["clusters"]["clusters"].as_array().unwrap().iter().rev() {
        for member in claim["members"].as_array().unwrap() {
            claims.insert(member["id"].as_str().unwrap(), (claim["id"].to_string(), &member["text"]));
        }
    }
    let mut table = csv::Reader::from_path(folder.path("r.csv")).unwrap();
    let rows: Vec<HashMap<String, String>> = table.deserialize().map(Result::unwrap).collect();
    assert_eq!(rows.len(), json["counts"]["passages"].as_u64().unwrap() as usize);
    assert!(!claims.is_empty());
    for row in &rows {
        let claim = claims.get(row["passage"].as_str());
        assert_eq!(row["cluster"], claim.map_or("", |(id, _)| id), "{row:?}");
        assert!(claim.is_none_or(|(_, text)| **text == row["text"]));
    }
    let formula = rows.iter().find(|row| row["path"].ends_with("formula.txt")).unwrap();
    assert!(formula["text"].starts_with("'=HYPERLINK(1)"), "{formula:?}");
}

#[cfg(not(feature = "parquet"))]
#[test]
fn parquet_is_a_feature() {
    folder().run(&["report", "in", "-o", "r.parquet"]).refuses(&["-o r.parquet", "--features parquet"]);
}

#[cfg(feature = "parquet")]
#[test]
fn parquet_holds_what_the_table_holds() {
    use parquet::file::reader::{FileReader, SerializedFileReader};
    let folder = folder();
    folder.run(&["report", "in", "-o", "r.parquet", "-o", "r.csv"]).exits(0);
    let mut table = csv::Reader::from_path(folder.path("r.csv")).unwrap();
    let names: Vec<String> = table.headers().unwrap().iter().map(str::to_owned).collect();
    let rows: Vec<csv::StringRecord> = table.records().map(Result::unwrap).collect();
    let file = SerializedFileReader::new(fs::File::open(folder.path("r.parquet")).unwrap()).unwrap();
    let found: Vec<_> = file.get_row_iter(None).unwrap().map(Result::unwrap).collect();
    assert_eq!(found.len(), rows.len());
    for (found, row) in found.iter().zip(&rows) {
        for ((name, field), (expected, cell)) in found.get_column_iter().zip(names.iter().zip(row)) {
            let field = match field.to_string() {
                null if null == "null" => String::new(),
                text => text.strip_prefix('"').and_then(|text| text.strip_suffix('"')).unwrap_or(&text).to_owned(),
            };
            let same = field == *cell || field.parse::<f64>().is_ok_and(|field| cell.parse() == Ok(field));
            assert!(name == expected && same, "{name}: {field:?} {cell:?}");
        }
    }
    // Overwritten if it is a report; left alone if it is something else.
    folder.run(&["report", "in", "-o", "r.parquet"]).exits(0);
    folder.write("other.parquet", "PAR1 of somebody else PAR1");
    folder
        .run(&["report", "in", "-o", "other.parquet"])
        .refuses(&["other.parquet", "exists and is not a samesay report"]);
}

#[test]
fn a_report_among_the_documents_is_no_source() {
    let folder = folder();
    let args = ["report", "in", "-o", "in/r.html", "-o", "in/r.md", "-o", "in/r.csv", "-o", "r.json"];
    folder.run(&args).exits(0);
    let without_notes = || {
        let mut report: Value = serde_json::from_str(&read(&folder, "r.json")).unwrap();
        let notes = ["warnings", "unread"].map(|key| report[key].take().as_array().unwrap().len());
        (report, notes)
    };
    let (before, _) = without_notes();
    let again = folder.run(&args).exits(0);
    assert_eq!(without_notes(), (before, [3, 3]));
    for file in ["in/r.html", "in/r.md", "in/r.csv"] {
        again.warns(file, "is a samesay report");
    }
    folder.run(&["query", "diesel", "in/r.html"]).refuses(&["in/r.html", "no text"]);
}

#[test]
fn what_is_there_is_not_written_over() {
    let folder = folder();
    for (name, text) in [
        ("notes.md", "# My notes\n"),
        ("mine.md", "<!-- samesay notes of mine -->\nRead it.\n"),
        ("page.html", "<!DOCTYPE html><html><p>Mine.</p>"),
        ("in/t.csv", "id,text\n1,Mine\n"),
    ] {
        folder.write(name, text);
        folder.run(&["report", "in", "-o", name]).refuses(&[
            "-o",
            name,
            "exists and is not a samesay report",
            "another",
        ]);
        assert_eq!(read(&folder, name), text);
    }
    // An earlier report is replaced.
    fs::remove_file(folder.path("in/t.csv")).unwrap();
    folder.run(&["report", "in/wire.txt", "-o", "r.html"]).exits(0);
    let before = read(&folder, "r.html");
    folder.run(&["report", "in", "-o", "r.html"]).exits(0);
    assert_ne!(read(&folder, "r.html"), before);
}

#[test]
fn files_that_cannot_be_written() {
    let folder = folder();
    for (args, texts) in [
        (&["-o", "r.pdf"][..], ["-o r.pdf", ".html, .md, .json or .csv"]),
        (&["-o", "report"], ["-o report", ".html, .md, .json or .csv"]),
        (&["-o", "in.html/"], ["-o in.html/", "does not exist"]),
        (&["-o", "none/r.html"], ["-o none/r.html", "the folder none does not exist"]),
        (&["-o", "r.json", "--open"], ["--open", "-o report.html"]),
        (&["--min-score", "2", "-o", "r.html"], ["--min-score", "between -1 and 1"]),
    ] {
        if args[1] == "in.html/" {
            fs::create_dir(folder.path("in.html")).unwrap();
            folder.run(&["report", "in", "-o", "in.html"]).refuses(&["-o in.html", "is a folder"]);
            continue;
        }
        let args: Vec<&str> = ["report", "in"].iter().chain(args).copied().collect();
        folder.run(&args).refuses(&texts);
    }
    let left: Vec<_> = fs::read_dir(folder.path(".")).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(left.len(), 2, "{left:?}");
}

#[test]
fn nothing_in_common_is_a_report_too() {
    let folder = Folder::with(&[
        ("a.txt", "The ferry struck the breakwater in thick fog on Tuesday morning.\n"),
        ("b.txt", "Rents may rise by three per cent a year at most, the city council decided.\n"),
    ]);
    let answer = folder.run(&["report", ".", "-o", "r.html", "-o", "r.md", "-o", "r.csv"]).exits(0);
    assert!(answer.text().contains("0 shared claims"), "{}", answer.text());
    assert!(read(&folder, "r.html").contains("No two sources have a passage in common."));
    folder.run(&["report", "a.txt", "-o", "r.html"]).exits(0);
    assert!(read(&folder, "r.html").contains("1 source, 1 passage"));
}

#[cfg(unix)]
#[test]
fn open_opens_the_page() {
    use std::os::unix::fs::PermissionsExt;
    let folder = folder();
    folder.write("bin/xdg-open", "#!/bin/sh\necho \"$1\" > opened.tmp && mv opened.tmp opened\n");
    fs::set_permissions(folder.path("bin/xdg-open"), fs::Permissions::from_mode(0o755)).unwrap();
    let path = format!("{}:{}", folder.path("bin").display(), std::env::var("PATH").unwrap());
    Answer::of(folder.command(&["report", "in", "--open"]).env("PATH", path), b"").exits(0);
    let start = Instant::now();
    while !folder.path("opened").exists() && start.elapsed() < Duration::from_secs(20) {
        std::thread::sleep(Duration::from_millis(20));
    }
    assert_eq!(read(&folder, "opened"), "report.html\n");
    assert!(read(&folder, "report.html").contains("3 sources"));
}

/// Two hundred sources that share many claims, each in its own words.
#[test]
fn a_page_of_many_documents_stays_small() {
    let words = [
        "harbor", "ferry", "council", "rent", "storm", "bridge", "budget", "school", "river", "market", "tunnel",
        "clinic",
    ];
    let sentence =
        |seed: usize| (0..24).map(|at| words[(seed * (at + 3) + at * at) % words.len()]).collect::<Vec<_>>().join(" ");
    let document = |at: usize| {
        let of_group = |n: usize| {
            format!("The {} board said in its report number {n} that {}", words[n % 12], sentence(n + 6 * (at % 7)))
        };
        let shared = (0..6).map(|n| format!("{} {}.", of_group(n), words[(at / 7 + n) % 12]));
        let own = (0..3).map(|n| format!("In source {at} the passage {n} tells of {}.", sentence(at * 31 + n)));
        shared.chain(own).collect::<Vec<_>>().join("\n\n")
    };
    let folder = Folder::with(&[]);
    (0..200).for_each(|at| folder.write(&format!("in/source-{at:03}.txt"), document(at)));
    let model = tiny_model();
    folder.run(&["report", "in", "-o", "r.html", "--min-score", "0.97", "--model", model.to_str().unwrap()]).exits(0);
    let page = read(&folder, "r.html");
    assert!(page.len() > 400_000 && page.len() < 2_000_000, "{}", page.len());
    assert!(page.contains("are shown, to keep this page small"));
}

/// With very many sources, each would have less room than a passage takes.
#[test]
fn a_page_of_very_many_sources_shows_what_some_say_alone() {
    let tale = |at: usize| {
        (0..6).map(|word| format!("w{}", (at * 977 + word * word * 31) % 9973)).collect::<Vec<_>>().join(" ")
    };
    let rows: String = (0..1_200).map(|at| format!("row {at},In row {at} it is told that {}.\n", tale(at))).collect();
    let folder = Folder::with(&[("in.csv", &format!("id,text\n{rows}"))]);
    let model = tiny_model();
    folder
        .run(&["report", "in.csv", "-o", "r.html", "--min-score", "0.999", "--model", model.to_str().unwrap()])
        .exits(0);
    let shown = read(&folder, "r.html").matches("<li id=\"alone-").count();
    assert!(shown > 100, "{shown}");
}

#[test]
fn completions_and_manual_pages() {
    let folder = Folder::with(&[]);
    for (shell, words) in
        [("bash", "complete -F _samesay"), ("zsh", "#compdef samesay"), ("fish", "complete -c samesay")]
    {
        let script = folder.run(&["completions", shell]).exits(0);
        assert!(script.text().contains(words) && script.text().contains("report"), "{shell}");
    }
    assert_eq!(samesay().args(["completions", "nosuch"]).output().unwrap().status.code(), Some(2));
    assert!(folder.run(&["man"]).exits(0).text().contains(".TH samesay 1"));
    folder.run(&["man", "-o", "man"]).exits(0);
    for page in ["samesay.1", "samesay-report.1", "samesay-index-prune.1"] {
        assert!(read(&folder, &format!("man/{page}")).contains(".SH DESCRIPTION"), "{page}");
    }
}

/// A source of one or two sentences is easily covered by another; two sources share the most if most sentences are the
/// same.
#[test]
fn the_headline_names_no_two_tiny_sources() {
    let facts = [
        (
            "The council of Tarn voted on Monday to close the swimming pool in May.",
            "On Monday Tarn's council decided by vote that the swimming pool will be closed in May.",
        ),
        (
            "Repairs to the roof would have cost four million crowns.",
            "To repair the roof would cost four million crowns.",
        ),
        ("Nine of the eleven members voted for it.", "Nine of eleven members were in favour."),
        ("The pool was opened in 1964 by the king.", "It was the king who opened the pool in 1964."),
    ];
    let others = [
        "Geese flew over the weir all night.",
        "A baker from Halm won the lottery.",
        "The bridge is being painted green.",
    ];
    let text = |side: fn(&(&'static str, &'static str)) -> &'static str, other: &str| {
        format!("{} {other}\n", facts.iter().map(side).collect::<Vec<_>>().join(" "))
    };
    let tiny = "Eels were seen under the old railway bridge at dawn on Friday.\n";
    let folder = Folder::with(&[
        ("gazette.txt", &text(|fact| fact.0, &others.join(" "))),
        ("herald.txt", &text(|fact| fact.1, "Snow is expected by the end of the week.")),
        ("eels.txt", tiny),
        ("fish.txt", "At dawn on Friday, eels could be seen under the old railway bridge.\n"),
    ]);
    let report = folder.run(&["report", ".", "--format", "json"]).exits(0).json();
    let headline = report["headline"].as_str().unwrap();
    assert!(headline.contains("gazette.txt and herald.txt share most, "), "{headline}");
    assert!(headline.contains("% of the first, ") && headline.ends_with("% of the second"), "{headline}");
    let findings = report["findings"].to_string();
    assert!(findings.contains("gazette.txt and herald.txt share most, "), "{findings}");
}

/// A copy in which a figure was changed remains a copy, and the change is reported.
#[test]
fn a_copy_but_for_a_figure() {
    let wire = |hurt: &str, crew: &str| {
        format!(
            "The ferry Lady Aldis struck the stone breakwater at Caldmouth in thick fog on Tuesday morning, and {hurt} \
             passengers were hurt. The harbour office said that a crew of {crew} had been on watch when the steering \
             failed, and that divers would look at the hull as soon as the swell allows.\n"
        )
    };
    let folder = Folder::with(&[("a.txt", &wire("18", "nine")), ("b.txt", &wire("15", "nine"))]);
    let answer = folder.run(&["sources", ".", "--format", "json"]).exits(0).json();
    let [merge] = &answer["merged"].as_array().unwrap()[..] else { panic!("{answer}") };
    assert_eq!((&merge["reason"], &answer["independent_sources"]), (&"copy".into(), &1.into()));
    assert_eq!(
        merge["differences"],
        serde_json::json!([{ "kind": "number", "a": "18", "b": "15", "probability": 0.72 }])
    );
    let text = folder.run(&["sources", "."]).exits(0).text().split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(text.contains("words appear in the other, but for “18” and “15”)"), "{text}");
}
