//! `bench`: what it measures and reports, and what it refuses. No figure is compared with another machine's.

use serde_json::Value;

use super::{Answer, Folder, schema, tiny_model};

/// The words need not be single tokens in both models' vocabularies: the tiny model takes any.
const LINES: &str = "the harbour is closed\n\nthe old ferry\r\nwater rose in the harbour after the storm\n";

/// Runs `bench` with the tiny model on two threads, for a moment.
fn tiny(folder: &Folder, args: &[&str]) -> Answer {
    let model = tiny_model();
    let quick = ["bench", "--seconds", "0.2", "--threads", "2", "--model", model.to_str().unwrap()];
    folder.run(&[&quick[..], args].concat())
}

/// The answer as JSON, checked against its schema.
#[track_caller]
fn read(answer: &Answer) -> Value {
    let report: Value = serde_json::from_slice(&answer.stdout).unwrap_or_else(|error| panic!("{error}: {answer:?}"));
    schema("bench").validate(&report).unwrap();
    report
}

fn number(value: &Value) -> f64 {
    value.as_f64().unwrap_or_else(|| panic!("{value} is no number"))
}

#[track_caller]
fn assert_spread(spread: &Value) {
    let at = |name: &str| number(&spread[name]);
    assert!(0.0 < at("min") && at("min") <= at("low") && at("low") <= at("median"), "{spread}");
    assert!(at("median") <= at("high") && at("high") <= at("max"), "{spread}");
    assert!((0.0..=1.0).contains(&at("confidence")), "{spread}");
}

#[test]
fn the_user_s_texts_are_measured_in_tokens_of_the_model() {
    let folder = Folder::with(&[(
        "lines.txt",
        &format!("the harbour is closed\n\nthe old ferry\r\n{}\n", "water ".repeat(1000)),
    )]);
    let args = ["bench", "--texts", "lines.txt", "--rounds", "1", "--threads", "2", "--format", "json"];
    let report = read(&folder.run(&args).exits(0));
    assert_eq!(report["schema"], "samesay.bench.v2");
    assert_eq!((&report["model"], &report["threads"]), (&"all-MiniLM-L6-v2".into(), &2.into()));
    for name in ["cpu", "isa", "precision", "date", "version"] {
        assert!(!report[name].as_str().unwrap().is_empty(), "{name}");
    }
    assert_eq!(report["network"]["weights_sha256"], "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db");
    // Six layers of 4·384² + 2·384·1536 weights, 4·384 + 1536 + 384 biases and 4·384 numbers of two LayerNorms.
    assert_eq!(report["network"]["encoder_parameters"], 10_646_784);
    let [load] = &report["workloads"].as_array().unwrap()[..] else { panic!("{report}") };
    // Every word here is one token; two special ones per text; the last text is cut at the window.
    assert_eq!((&load["name"], &load["texts"], &load["texts_cut"]), (&"lines".into(), &3.into(), &1.into()));
    assert_eq!(load["tokens"], 4 + 2 + 3 + 2 + 256);
    // Truncated text is not counted.
    assert_eq!(load["bytes"], "the harbour is closed".len() + "the old ferry".len() + "water ".len() * 254 - 1);
    for name in ["tokens_per_s", "texts_per_s", "mb_per_s", "tokenise_tokens_per_s", "encode_tokens_per_s"] {
        assert_spread(&load[name]);
    }
    // 2 · 6 · (4·384² + 2·384·1536) for each token, and 4 · 6 · 384 · n in a text of n tokens.
    let attention = f64::from(4 * 6 * 384 * (6 * 6 + 5 * 5 + 256 * 256)) / 267.0;
    let operations = number(&load["operations_per_token"]);
    assert!((operations - 21_233_664.0 - attention).abs() < 1.0, "{operations}");
    let ms = |name: &str| number(&load["latency_ms"][name]);
    assert!(0.0 < ms("p50") && ms("p50") <= ms("p95") && ms("p95") <= ms("p99"), "{load}");
    assert!(number(&load["share_of_limit"]) > 0.0 && number(&report["limit"]["memory_bytes_per_s"]) > 0.0, "{report}");
    assert_eq!(report["method"]["rounds"], 1);
    assert_eq!(report["workloads"][0]["tokens_per_s"]["confidence"], 0.0, "one round has no interval");
}

#[test]
fn without_texts_there_are_four_lengths_and_the_sample_corpus() {
    let args = ["bench", "--seconds", "0.2", "--format", "json"];
    let report = read(&Folder::with(&[]).run(&args).exits(0));
    let loads = report["workloads"].as_array().unwrap();
    let names: Vec<&str> = loads.iter().map(|load| load["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["16 tokens", "64 tokens", "128 tokens", "256 tokens", "sample corpus"]);
    for (load, length) in loads.iter().zip([16, 64, 128, 256]) {
        assert_eq!(number(&load["tokens"]), number(&load["texts"]) * f64::from(length), "{load}");
    }
    assert!(number(&report["start_ms"]["cold"]) > number(&report["start_ms"]["warm"]), "{}", report["start_ms"]);
}

#[test]
fn people_see_the_figures_the_limit_and_how_far_it_is() {
    let folder = Folder::with(&[("lines.txt", LINES)]);
    let answer = tiny(&folder, &["--texts", "lines.txt"]).exits(0);
    for words in ["lines", "tokens/s", "MB/s", "p95 ms", "GB/s", "is the limit", "first vector"] {
        assert!(answer.text().contains(words), "{words}: {}", answer.text());
    }
    assert!(answer.stderr.contains("warming up") && answer.stderr.contains("embedding 1 set"), "{}", answer.stderr);
    assert_eq!(tiny(&folder, &["--texts", "lines.txt", "-q"]).exits(0).stderr, "");
}

#[test]
fn more_threads_than_cores_are_said_to_disturb() {
    let folder = Folder::with(&[("lines.txt", LINES)]);
    let cores = std::thread::available_parallelism().unwrap().get();
    let threads = (cores + 1).to_string();
    let model = tiny_model();
    let args = ["bench", "--seconds", "0.2", "--texts", "lines.txt", "--threads", &threads, "--model"];
    let answer = folder.run(&[&args[..], &[model.to_str().unwrap()]].concat()).exits(0);
    assert!(answer.text().contains(&format!("use --threads {cores} or fewer")), "{}", answer.text());
}

#[test]
fn what_cannot_be_measured_is_refused() {
    let folder = Folder::with(&[("empty.txt", "\n  \n"), ("lines.txt", LINES)]);
    tiny(&folder, &["--texts", "empty.txt"]).refuses(&["empty.txt", "contains no texts"]);
    tiny(&folder, &["--texts", "nowhere.txt"]).refuses(&["nowhere.txt"]);
    tiny(&folder, &["--texts", "lines.txt", "--what", "pairs"]).refuses(&["--what", "name files or folders"]);
    for seconds in ["0", "-1", "nan", "1e9"] {
        folder.run(&["bench", &format!("--seconds={seconds}")]).refuses(&["--seconds"]);
    }
    let both = folder.run(&["bench", "--rounds", "2", "--seconds", "1", "--format", "json"]).exits(2);
    assert!(both.stderr.contains("--rounds") && both.stderr.contains("--seconds"), "{}", both.stderr);
    for isa in samesay::kernels::ISAS.iter().filter(|isa| !isa.available()) {
        tiny(&folder, &["--texts", "lines.txt", "--isa", isa.name]).refuses(&[isa.name, "CPU"]);
    }
    let unknown = tiny(&folder, &["--isa", "sse9"]).exits(2);
    assert!(unknown.stderr.contains("invalid value 'sse9' for '--isa"), "{}", unknown.stderr);
}

#[test]
fn one_giant_line_is_cut_at_the_window_and_that_is_said() {
    let folder = Folder::with(&[("giant.txt", &"water rose ".repeat(400_000))]);
    let answer = tiny(&folder, &["--texts", "giant.txt"]).exits(0);
    assert!(answer.text().contains("giant: 1 text was longer than the model's window"), "{}", answer.text());
}

/// The rows of a sweep.
#[track_caller]
fn rows<'r>(report: &'r Value, by: &str) -> &'r Vec<Value> {
    let sweep = report["sweeps"].as_array().unwrap().iter().find(|sweep| sweep["by"] == by);
    sweep.unwrap_or_else(|| panic!("no sweep by {by}: {report}"))["rows"].as_array().unwrap()
}

#[test]
fn a_sweep_measures_every_kind_beside_the_first() {
    let folder = Folder::with(&[("lines.txt", LINES)]);
    let args = ["--texts", "lines.txt", "--sweep", "threads,precision,batch", "--sweep", "length", "--format", "json"];
    let report = read(&tiny(&folder, &args).exits(0));
    for by in ["threads", "precision", "batch", "length"] {
        let rows = rows(&report, by);
        assert_eq!(rows[0]["ratio"]["median"], 1.0, "{by}");
        rows.iter().for_each(|row| assert_spread(&row["tokens_per_s"]));
    }
    let names = |by: &str| rows(&report, by).iter().map(|row| row["name"].clone()).collect::<Vec<_>>();
    assert_eq!(names("batch"), ["1", "2"], "there are three texts");
    assert_eq!(names("threads")[0], "1");
    let f32 = rows(&report, "precision").iter().find(|row| row["name"] == "f32").unwrap();
    assert!(number(&f32["fidelity"]["cosine_min"]) > 0.999_999, "{f32}");
    assert!(
        rows(&report, "length").iter().all(|row| row["tokens"].as_u64() >= row["value"].as_f64().map(|n| n as u64))
    );
}

#[test]
fn every_instruction_set_is_measured_or_said_to_be_missing() {
    let folder = Folder::with(&[("lines.txt", LINES)]);
    let report = read(&tiny(&folder, &["--texts", "lines.txt", "--sweep", "isa", "--format", "json"]).exits(0));
    let skipped = report["sweeps"][0]["skipped"].as_array().unwrap();
    let rows = rows(&report, "isa");
    for isa in samesay::kernels::ISAS {
        let measured = rows.iter().any(|row| row["isa"] == isa.name);
        let missing = skipped.iter().any(|skipped| skipped["name"].as_str().unwrap().starts_with(isa.name));
        assert!(measured || missing, "{}: {report}", isa.name);
        assert!(isa.available() || missing, "{}: {report}", isa.name);
    }
    assert_eq!(rows.last().unwrap()["name"], "candle f32");
    assert!(rows.iter().all(|row| number(&row["fidelity"]["cosine_min"]) > 0.99), "{report}");
}

#[test]
fn models_are_measured_by_name_or_folder() {
    let folder = Folder::with(&[("lines.txt", LINES)]);
    let model = tiny_model();
    let models = format!("{},all-MiniLM-L6-v2", model.display());
    let args = ["--texts", "lines.txt", "--sweep", "model", "--models", &models, "--format", "json"];
    let report = read(&tiny(&folder, &args).exits(0));
    let names: Vec<&str> = rows(&report, "model").iter().map(|row| row["model"].as_str().unwrap()).collect();
    assert_eq!(names, ["tiny-bert-mean", "all-MiniLM-L6-v2"]);
    tiny(&folder, &["--sweep", "model", "--models", "no-such-model"]).refuses(&["no-such-model"]);
}

#[test]
fn cosines_are_correlated_with_what_people_think() {
    let folder = Folder::with(&[
        (
            "pairs.tsv",
            "5\tthe ferry sank\tthe ferry sank\n4.5\tthe ferry sank\tthe ferry went down\n\
             0\tthe ferry sank\trents rose \"again\n",
        ),
        ("pairs.csv", "score,a,b\n1,\"one, two\",three\n2,\"one, two\",\"one, two\"\n"),
        ("short.tsv", "5\tthe ferry sank\n"),
        ("words.tsv", "5\ta\tb\nhigh\ta\tb\n"),
        ("one.tsv", "5\ta\tb\n"),
        ("lines.txt", LINES),
    ]);
    let with = |file: &str| tiny(&folder, &["--texts", "lines.txt", "--pairs", file, "--format", "json"]);
    for file in ["pairs.tsv", "pairs.csv"] {
        let report = read(&with(file).exits(0));
        let rho = number(&report["fidelity"]["spearman"]);
        assert!((0.4..=1.0).contains(&rho), "{file}: {rho}: an equal pair has the highest score");
    }
    tiny(&folder, &["--pairs", "short.tsv"]).refuses(&["short.tsv:1", "fewer than three fields"]);
    tiny(&folder, &["--pairs", "words.tsv"]).refuses(&["words.tsv:2", "not a number"]);
    tiny(&folder, &["--pairs", "one.tsv"]).refuses(&["one.tsv", "at least two"]);
    tiny(&folder, &["--pairs", "nowhere.tsv"]).refuses(&["nowhere.tsv"]);
}

#[test]
fn results_are_written_as_page_drawing_tables_and_json() {
    let folder = Folder::with(&[("lines.txt", LINES), ("mine.csv", "my own table\n")]);
    let files = ["bench.html", "bench.svg", "bench.md", "bench.csv", "bench.json"];
    let outputs: Vec<&str> = files.iter().flat_map(|file| ["-o", file]).collect();
    let args = [&["--texts", "lines.txt", "--sweep", "precision,batch", "--format", "json"][..], &outputs].concat();
    let answer = tiny(&folder, &args).exits(0);
    let text = |name: &str| std::fs::read_to_string(folder.path(name)).unwrap();
    assert_eq!(text("bench.json"), answer.text());
    for name in ["bench.html", "bench.md"] {
        for words in ["lines", "Throughput", "By precision", "texts per call", "Machine and method"] {
            assert!(text(name).contains(words), "{words} in {name}");
        }
    }
    let page = text("bench.html");
    assert!(page.contains("default-src 'none'") && page.contains("script-src 'none'") && !page.contains("<script"));
    assert!(!page.contains(" style=") && !page.contains("http-equiv=\"refresh\""), "the policy forbids inline styles");
    assert!(page.matches("<svg").count() >= 4, "throughput, two sweeps, roofline");
    let drawing = text("bench.svg");
    quick_xml_reads(&drawing);
    for words in ["Roofline", "tokens/s", "limit in f32"] {
        assert!(drawing.contains(words), "{words}");
    }
    let mut table = csv::Reader::from_reader(text("bench.csv").as_bytes().to_vec().leak() as &[u8]);
    let kinds: Vec<String> = table.records().map(|row| row.unwrap()[0].to_owned()).collect();
    for kind in ["workload", "precision", "batch"] {
        assert!(kinds.iter().any(|found| found == kind), "{kind}: {kinds:?}");
    }
    // It rewrites its own output; files that it did not write, or that were edited, stay.
    tiny(&folder, &args).exits(0);
    let edited = text("bench.md") + "my notes\n";
    folder.write("bench.md", &edited);
    for (file, why) in [
        ("bench.md", "edited"),
        ("mine.csv", "not a samesay report"),
        ("bench.png", ".svg"),
        ("no/a.md", "no does not"),
    ] {
        tiny(&folder, &["--texts", "lines.txt", "-o", file]).refuses(&[file, why]);
    }
    assert_eq!(text("bench.md"), edited);
    assert_eq!(text("mine.csv"), "my own table\n");
}

/// Asserts that a drawing is well-formed XML.
#[track_caller]
fn quick_xml_reads(text: &str) {
    let mut reader = quick_xml::Reader::from_str(text);
    let mut depth = 0;
    loop {
        match reader.read_event().unwrap() {
            quick_xml::events::Event::Start(_) => depth += 1,
            quick_xml::events::Event::End(_) => depth -= 1,
            quick_xml::events::Event::Eof => break,
            _ => {}
        }
    }
    assert_eq!(depth, 0);
}

/// A result in a file, and the same with its medians, intervals and extremes multiplied by `factor`.
fn result_times(folder: &Folder, factor: f64) -> String {
    let answer = tiny(folder, &["--texts", "lines.txt", "--format", "json"]);
    let mut report: Value = serde_json::from_slice(&answer.exits(0).stdout).unwrap();
    for load in report["workloads"].as_array_mut().unwrap() {
        let rates = load["tokens_per_s"].as_object_mut().unwrap();
        for (name, value) in rates.iter_mut().filter(|(name, _)| *name != "confidence") {
            let times = number(value) * factor;
            assert!(times > 0.0, "{name}");
            *value = times.into();
        }
    }
    report.to_string()
}

#[test]
fn a_planted_regression_is_caught() {
    let folder = Folder::with(&[("lines.txt", LINES)]);
    folder.write("faster.json", result_times(&folder, 100.0));
    folder.write("slower.json", result_times(&folder, 0.01));
    let against =
        |file: &str, rest: &[&str]| tiny(&folder, &[&["--texts", "lines.txt", "--baseline", file][..], rest].concat());
    let caught = against("faster.json", &["--max-regression", "5"]).exits(1);
    assert!(caught.text().contains("slower by more than 5%") && caught.text().contains("Against faster.json"));
    assert!(against("slower.json", &["--max-regression", "5%"]).exits(0).text().contains("No workload is slower"));
    // Without a limit, ratios are shown and nothing fails.
    let report = read(&against("faster.json", &["--format", "json"]).exits(0));
    let row = &report["baseline"]["rows"][0];
    let ratio = |name: &str| number(&row["ratio"][name]);
    assert!(ratio("low") <= ratio("value") && ratio("value") <= ratio("high") && ratio("high") < 0.5, "{row}");
    assert_eq!(row["verdict"], Value::Null);
    against("faster.json", &["--assert", "ratio(baseline) >= 0.9"]).exits(1);
}

#[test]
fn another_machine_or_other_texts_give_no_verdict() {
    let folder = Folder::with(&[("lines.txt", LINES)]);
    let mut report: Value = serde_json::from_str(&result_times(&folder, 1.0)).unwrap();
    report["cpu"] = "Another CPU".into();
    folder.write("machine.json", report.to_string());
    let args = |file| ["--texts", "lines.txt", "--baseline", file, "--max-regression", "5"];
    let answer = tiny(&folder, &args("machine.json")).exits(2);
    assert!(answer.text().contains("the CPU was Another CPU in the baseline"), "{}", answer.text());
    folder.write("lines.txt", "other words\nof three lines\nthat are as many\n");
    report["cpu"] = report["cpu"].clone();
    folder.write("texts.json", report.to_string());
    for args in [&args("texts.json")[..], &args("texts.json")[..4]] {
        let answer = tiny(&folder, args).exits(2);
        assert!(answer.text().contains("lines: the baseline was measured with other texts"), "{}", answer.text());
        assert!(answer.text().contains("Nothing can be compared with the baseline"), "{}", answer.text());
    }
    for (file, content, why) in [
        ("broken.json", "{", "not a result of samesay bench"),
        ("query.json", "{\"schema\":\"samesay.query.v1\"}", "not a result of samesay bench"),
    ] {
        folder.write(file, content);
        tiny(&folder, &args(file)).refuses(&[file, why]);
    }
    tiny(&folder, &args("nowhere.json")).refuses(&["nowhere.json"]);
    let alone = tiny(&folder, &["--max-regression", "5", "--format", "json"]).exits(2);
    assert!(alone.stderr.contains("--baseline"), "{}", alone.stderr);
    tiny(&folder, &["--baseline", "machine.json", "--max-regression", "200"]).refuses(&["--max-regression 200"]);
}

#[test]
fn a_result_is_saved_by_name() {
    let folder = Folder::with(&[("lines.txt", LINES)]);
    let model = tiny_model();
    let in_cache = |args: &[&str]| {
        let quick = ["bench", "--seconds", "0.2", "--texts", "lines.txt", "--threads", "2", "--model"];
        let args = [&quick[..], &[model.to_str().unwrap()], args].concat();
        Answer::of(folder.command(&args).env("SAMESAY_CACHE", folder.path("cache")), b"")
    };
    in_cache(&["--baseline", "before"]).refuses(&["--baseline before", "nothing has been saved yet"]);
    in_cache(&["--save", "before"]).exits(0);
    let answer = in_cache(&["--baseline", "before"]).exits(0);
    assert!(answer.text().contains("Against before ("), "{}", answer.text());
    in_cache(&["--baseline", "after"]).refuses(&["--baseline after", "saved: before"]);
    for name in ["../before", "", ".hidden", "a b", "a\u{202e}b"] {
        in_cache(&["--save", name]).refuses(&["--save"]);
    }
}

#[test]
fn assertions_hold_or_not() {
    let folder = Folder::with(&[("lines.txt", LINES)]);
    let asserted = |assertion: &str| tiny(&folder, &["--texts", "lines.txt", "--assert", assertion]);
    asserted("tokens_per_s(lines) >= 1").exits(0);
    asserted("cosine_min > 0.9").exits(0);
    let failed = asserted("tokens_per_s(lines) >= 1e15").exits(1);
    assert!(failed.text().contains("does not hold"), "{}", failed.text());
    // An assertion that cannot be evaluated is refused before anything is measured.
    for (assertion, why) in [
        ("tokens_per_s(nothing) >= 1", "tokens_per_s(nothing) >= 1: no workload is called nothing; there are: lines"),
        ("latency_ms(nothing) < 1", "no workload is called nothing"),
        ("spearman > 0.5", "spearman > 0.5: no pairs were scored; give them with --pairs FILE"),
        ("ratio(baseline) >= 1", "give it with --baseline"),
        ("ratio(nothing) >= 1", "ratio(nothing): unknown runtime; choose among baseline, onnxruntime-f32"),
    ] {
        let answer = asserted(assertion);
        assert!(!answer.stderr.contains("measuring"), "{}", answer.stderr);
        answer.refuses(&["--assert", why]);
    }
    let once = ["--texts", "lines.txt", "--assert", "tokens_per_s(lines) >= 1", "--model"];
    let model = tiny_model();
    let answer = folder.run(&[&["bench", "--rounds", "1"][..], &once, &[model.to_str().unwrap()]].concat()).exits(2);
    assert!(answer.text().contains("too few rounds"), "{}", answer.text());
    asserted("fast").refuses(&["--assert fast", "QUANTITY"]);
}

#[cfg(unix)]
#[test]
fn a_full_disk_is_told_with_the_file() {
    let folder = Folder::with(&[("lines.txt", LINES)]);
    std::os::unix::fs::symlink("/dev/full", folder.path("full.json")).unwrap();
    let answer = tiny(&folder, &["--texts", "lines.txt", "-o", "full.json"]).exits(2);
    assert!(answer.stderr.contains("full.json: No space left"), "{}", answer.stderr);
}

/// A Python that answers like the real one for every peer, in known times; its vectors are all the same.
#[cfg(unix)]
fn fake_python(folder: &Folder, name: &str, behaviour: &str) -> String {
    use std::os::unix::fs::PermissionsExt;
    let script = r#"
import array, json, sys
def say(answer): print(json.dumps(answer), flush=True)
job = json.load(open(sys.argv[2]))
BEHAVIOUR
say({"ready": {"version": "Fake 1", "batch": 8, "tokens": 7, "note": "made for a test"}})
for line in sys.stdin:
    request = json.loads(line)
    if "vectors" in request:
        array.array("f", [1.0] * 32 * len(request["vectors"])).tofile(open(request["to"], "wb"))
        say({"shape": [len(request["vectors"]), 32]})
    elif "nearest" in request:
        rows, top_k = job["vectors"]["shape"][0], job["vectors"]["top_k"]
        array.array("i", [0] * rows * top_k).tofile(open(request["to"], "wb"))
        say({"shape": [rows, top_k]})
    else:
        say({"seconds": SECONDS})
"#;
    let seconds = if behaviour.parse::<f64>().is_ok() { behaviour } else { "1.0" };
    let behaviour = if seconds == behaviour { "" } else { behaviour };
    folder.write(&format!("{name}.py"), script.replace("BEHAVIOUR", behaviour).replace("SECONDS", seconds));
    let path = folder.path(name);
    let fake = folder.path(&format!("{name}.py"));
    let shell = format!(
        "#!/bin/sh\nif [ \"$1\" = -c ]; then echo Python 3.0; else exec python3 '{}' \"$@\"; fi\n",
        fake.display()
    );
    folder.write(name, shell);
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
    path.to_str().unwrap().to_owned()
}

/// The row of a peer.
#[track_caller]
fn peer<'r>(report: &'r Value, name: &str) -> &'r Value {
    let rows = report["peers"]["rows"].as_array().unwrap();
    rows.iter().find(|row| row["name"] == name).unwrap_or_else(|| panic!("no {name}: {report}"))
}

#[cfg(unix)]
#[test]
fn peers_are_measured_in_turns_and_their_ratio_decides() {
    let folder = Folder::with(&[("lines.txt", LINES)]);
    let (slow, fast) = (fake_python(&folder, "slow", "1000.0"), fake_python(&folder, "fast", "1e-7"));
    std::fs::create_dir(folder.path("tmp")).unwrap();
    let model = tiny_model();
    let with = |python: &str, args: &[&str]| {
        let quick =
            ["bench", "--seconds", "0.2", "--texts", "lines.txt", "--threads", "2", "--python", python, "--model"];
        let args = [&quick[..], &[model.to_str().unwrap()], args].concat();
        Answer::of(folder.command(&args).env("TMPDIR", folder.path("tmp")), b"")
    };
    let report = read(&with(&slow, &["--peers=openvino-f32,candle", "--format", "json"]).exits(0));
    assert_eq!(report["peers"]["python"], "Python 3.0", "its place is nothing to others");
    let fake = peer(&report, "openvino-f32");
    assert_eq!((&fake["version"], &fake["batch"], &fake["tokens"]), (&"Fake 1".into(), &8.into(), &7.into()));
    let tokens = number(&report["peers"]["tokens"]);
    assert!((number(&fake["tokens_per_s"]["median"]) - tokens / 1000.0).abs() < 1e-3, "{fake}");
    assert!(number(&fake["ratio"]["median"]) > 100.0, "{fake}");
    let cosine = number(&fake["fidelity"]["cosine_min"]);
    assert!((-0.99..0.99).contains(&cosine), "its vectors have nothing to do with the model's: {cosine}");
    let candle = peer(&report, "candle");
    assert!(number(&candle["fidelity"]["cosine_min"]) > 0.999_99, "{candle}");
    assert_spread(&candle["ratio"]);
    // An assertion names the peer that it needs.
    with(&slow, &["--assert", "ratio(openvino-f32) >= 2"]).exits(0);
    let failed = with(&fast, &["--assert", "ratio(openvino-f32) >= 2"]).exits(1);
    assert!(failed.text().contains("does not hold") && failed.text().contains("made for a test"), "{}", failed.text());
    assert!(std::fs::read_dir(folder.path("tmp")).unwrap().next().is_none(), "something was left behind");
}

#[cfg(unix)]
#[test]
fn a_peer_that_is_missing_or_fails_is_a_row_that_says_so() {
    let folder = Folder::with(&[("lines.txt", LINES)]);
    for (name, behaviour, why) in [
        ("missing", "say({'missing': 'onnxruntime cannot be imported'}); sys.exit()", "onnxruntime cannot be imported"),
        ("crash", "sys.exit('out of cheese')", "it ended early: out of cheese"),
        ("chatty", "print('hello \\x1b[5m')", "unexpected output: hello"),
        ("broken", "say({'failed': 'RuntimeError: no \\x1b[5mluck'}); sys.exit()", "RuntimeError: no"),
    ] {
        let python = fake_python(&folder, name, behaviour);
        let args = ["--texts", "lines.txt", "--peers=fastembed", "--python", &python];
        let answer = tiny(&folder, &args).exits(0);
        let said = answer.text().split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(said.contains("fastembed: not measured") && said.contains(why), "{name}: {said}");
        assert!(!answer.text().contains('\x1b'), "{name}");
        let asserted = [&args[..], &["--assert", "ratio(fastembed) >= 1"]].concat();
        assert!(tiny(&folder, &asserted).exits(2).text().contains("fastembed was not measured"), "{name}");
    }
}

#[cfg(unix)]
#[test]
fn a_python_that_does_not_run_is_told_and_leaves_nothing() {
    let folder =
        Folder::with(&[("lines.txt", LINES), ("words.txt", "no program\n"), ("cache/bench-python/bin/python", "")]);
    let with = |python: &str| tiny(&folder, &["--texts", "lines.txt", "--peers=fastembed", "--python", python]);
    with("/nowhere/python").refuses(&["--python /nowhere/python", "cannot be started"]);
    with(folder.path("words.txt").to_str().unwrap()).refuses(&["words.txt", "cannot be started"]);
    with("/bin/false").refuses(&["--python /bin/false", "not a working Python"]);
    tiny(&folder, &["--texts", "lines.txt", "--peers=tensorflow"]).refuses(&["tensorflow", "onnxruntime-f32"]);
    // A broken environment in the cache.
    let model = tiny_model();
    let cached = |args: &[&str]| {
        let all =
            [&["bench", "--seconds", "0.2", "--texts", "lines.txt", "--model", model.to_str().unwrap()], args].concat();
        Answer::of(folder.command(&all).env("SAMESAY_CACHE", folder.path("cache")), b"")
    };
    let answer = cached(&["--peers=fastembed"]).exits(0);
    let said = answer.text().split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(said.contains("not measured") && said.contains("samesay bench --peers=install"), "{said}");
    // An environment that cannot be created.
    let broken = fake_python(&folder, "broken", "sys.exit('no room for a venv')");
    let failed = cached(&["--peers=install", "--python", &broken]).exits(2);
    assert!(failed.stderr.lines().last().unwrap().contains("--peers=install: "), "{}", failed.stderr);
    let left: Vec<_> =
        std::fs::read_dir(folder.path("cache")).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(left, ["bench-python"], "what was there before");
    cached(&["--peers=install", "--offline"]).refuses(&["--peers=install", "--offline"]);
    cached(&["--peers=install,fastembed"]).refuses(&["--peers=install", "cannot be combined"]);
}

#[test]
fn other_work_is_measured_over_a_folder() {
    let story = "The ferry struck the breakwater in thick fog at seven. Nobody was hurt.\n\n\
                 The harbour office closed the pier.\n";
    let folder = Folder::with(&[
        ("docs/a.txt", story),
        ("docs/b.txt", &story.replace("seven", "seven o'clock")),
        ("empty/x.txt", ""),
    ]);
    let report =
        read(&tiny(&folder, &["docs", "--what", "read,store,query,pairs,cluster", "--format", "json"]).exits(0));
    assert_eq!(report["workloads"].as_array().unwrap().len(), 0, "embedding was not asked for");
    let tasks = report["tasks"].as_array().unwrap();
    let whats: Vec<&str> = tasks.iter().map(|task| task["what"].as_str().unwrap()).collect();
    assert_eq!(whats, ["read", "store", "query", "pairs", "cluster"]);
    for task in tasks {
        assert_eq!((&task["documents"], &task["bytes"]), (&2.into(), &(2 * story.len() + 8).into()), "{task}");
        ["per_s", "mb_per_s", "ms"].iter().for_each(|name| assert_spread(&task[name]));
        assert_eq!(task["latency_ms"].is_null(), task["what"] != "query");
        let limit = &task["limit"];
        assert_eq!(limit["share"].is_null(), task["what"] == "read", "{limit}");
        assert!(limit["share"].as_f64().is_none_or(|share| (0.0..1.0).contains(&share)), "{limit}");
        assert!(!limit["words"].as_str().unwrap().is_empty());
        assert_eq!(task["nearest"].is_null(), task["what"] != "pairs");
    }
    let nearest = &tasks[3]["nearest"];
    // Three sentences in each document, one of which the model's window may truncate.
    assert!(nearest["vectors"].as_u64().is_some_and(|vectors| vectors >= 6), "{nearest}");
    assert_eq!((&nearest["top_k"], &nearest["rows"]), (&10.into(), &Value::Array(vec![])));
    assert_spread(&nearest["ours"]);
    let text = tiny(&folder, &["docs", "--what", "embed,read", "-o", "tasks.csv", "-o", "tasks.html"]).exits(0);
    for words in ["docs", "Other tasks: 2 documents", "tokens/s"] {
        assert!(text.text().contains(words), "{words}: {}", text.text());
    }
    assert!(std::fs::read_to_string(folder.path("tasks.csv")).unwrap().contains("\ntask,read,"));
    tiny(&folder, &["empty", "--what", "read"]).refuses(&["empty", "contain no text"]);
    tiny(&folder, &["nowhere", "--what", "read"]).refuses(&["nowhere"]);
}

#[test]
fn what_is_not_read_is_told_as_other_commands_do() {
    let folder = Folder::with(&[
        ("docs/a.txt", LINES),
        ("docs/b.pdf", "%PDF-1.7 and no more"),
        ("docs/empty.txt", ""),
        ("docs/photo.png", "not text"),
    ]);
    let answer = tiny(&folder, &["docs", "--what", "read", "-o", "r.md", "-o", "r.html"]).exits(2);
    answer.warns("docs/b.pdf", "PDF");
    answer.warns("docs/empty.txt", "contains no text");
    let page = |name: &str| std::fs::read_to_string(folder.path(name)).unwrap().replace('\\', "");
    for said in [answer.text().split_whitespace().collect::<Vec<_>>().join(" "), page("r.md"), page("r.html")] {
        assert!(said.contains("1 file could not be read: docs/b.pdf"), "{said}");
        assert!(said.contains("2 files were left out: contains no text (docs/empty.txt)"), "{said}");
    }
    let report = read(&tiny(&folder, &["docs", "-q", "--format", "json"]).exits(2));
    let unread: Vec<_> = report["unread"].as_array().unwrap().iter().map(|unread| &unread["path"]).collect();
    assert_eq!(unread, ["docs/b.pdf", "docs/empty.txt", "docs/photo.png"]);
    assert_eq!(report["warnings"], serde_json::json!(["docs/empty.txt: contains no text"]));
    // An assertion that fails does so whatever could be read.
    tiny(&folder, &["docs", "--assert", "tokens_per_s(docs) >= 1e15"]).exits(1);
    let report = read(&tiny(&folder, &["docs/a.txt", "--format", "json"]).exits(0));
    assert_eq!((&report["unread"], &report["warnings"]), (&Value::Array(vec![]), &Value::Array(vec![])));
}

/// Six sentences, two of which come first in each document: a fake program always finds the first one.
#[cfg(unix)]
#[test]
fn the_nearest_vectors_are_found_in_turns_with_another_program() {
    let story = "The ferry struck the breakwater in thick fog at seven. Nobody was hurt.\n\n\
                 The harbour office closed the pier.\n";
    let folder = Folder::with(&[("docs/a.txt", story), ("docs/b.txt", &story.replace("seven", "eight"))]);
    let slow = fake_python(&folder, "slow", "1000.0");
    let gone = fake_python(&folder, "gone", "say({'missing': 'faiss cannot be imported'}); sys.exit()");
    let with =
        |python: &str, args: &[&str]| tiny(&folder, &[&["docs", "--what", "pairs", "--python", python], args].concat());
    let report = read(&with(&slow, &["--peers", "--format", "json"]).exits(0));
    assert!(report["peers"].is_null(), "no texts were to be embedded");
    let nearest = &report["tasks"][0]["nearest"];
    let [row] = &nearest["rows"].as_array().unwrap()[..] else { panic!("{nearest}") };
    assert_eq!((&row["name"], &row["version"]), (&"faiss-flat".into(), &"Fake 1".into()));
    assert!((number(&row["vectors_per_s"]["median"]) - 0.006).abs() < 1e-9, "{row}");
    assert!(number(&row["ratio"]["median"]) > 1000.0, "{row}");
    // Each of the other five is a neighbour of the first, out of 6 times 5.
    assert_eq!(row["same"], 0.166_667);
    with(&slow, &["--assert", "ratio(faiss-flat) >= 8"]).exits(0);
    let text = with(&gone, &["--peers=faiss-flat", "-o", "out.csv"]).exits(0);
    let said = text.text().split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(said.contains("Exact search for the 10 nearest to each of 6 vectors with 32 dimensions"), "{said}");
    assert!(said.contains("faiss-flat: not measured: faiss cannot be imported"), "{said}");
    assert!(said.contains("of the time that it took"), "{said}");
    let csv = std::fs::read_to_string(folder.path("out.csv")).unwrap();
    assert!(csv.contains("\nnearest,samesay,") && csv.contains("\nnearest,faiss-flat,"), "{csv}");
    tiny(&folder, &["docs", "--what", "cluster", "--peers=faiss-flat"]).refuses(&["faiss-flat", "--what pairs"]);
}

/// The rows of the table of recorded results, derived from the results.
fn records() -> String {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/record");
    let inside = |folder: &std::path::Path| {
        let mut paths: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
        paths.sort();
        paths
    };
    let files = inside(&folder).into_iter().filter(|path| path.is_dir()).flat_map(|cpu| inside(&cpu));
    let row = |file: std::path::PathBuf| {
        let report: Value = serde_json::from_str(&std::fs::read_to_string(&file).unwrap()).unwrap();
        let text = |name: &str| report[name].as_str().unwrap().to_owned();
        let load = |name: &str| {
            let loads = report["workloads"].as_array().unwrap();
            loads.iter().find(|load| load["name"] == name).unwrap_or_else(|| panic!("{}: no {name}", file.display()))
        };
        let rate = |name: &str| format!("{:.0}", number(&load(name)["tokens_per_s"]["median"]));
        let peers = report["peers"]["rows"].as_array().into_iter().flatten();
        let ratios =
            peers.filter_map(|row| Some(format!("{} {:.2}", row["name"].as_str()?, row["ratio"]["median"].as_f64()?)));
        format!(
            "| {} | {} | {} | {} {}, {} threads | {} | {} | {:.0}% | {:.2} | {} |\n",
            text("cpu"),
            text("date"),
            text("version"),
            text("isa"),
            text("precision"),
            report["threads"],
            rate("128 tokens"),
            rate("sample corpus"),
            number(&load("128 tokens")["share_of_limit"]) * 100.0,
            number(&load("16 tokens")["latency_ms"]["p50"]),
            ratios.collect::<Vec<_>>().join(", ")
        )
    };
    files.filter(|file| file.extension().is_some_and(|ending| ending == "json")).map(row).collect()
}

#[test]
fn the_table_of_records_is_that_of_the_results() {
    let page =
        std::fs::read_to_string(std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/README.md")).unwrap();
    let (_, rest) = page.split_once("<!-- records -->\n").unwrap();
    let (table, _) = rest.split_once("<!-- end -->").unwrap();
    let rows: String = table.lines().skip(2).map(|line| format!("{line}\n")).collect();
    assert_eq!(rows, records(), "write these rows into benches/README.md:\n{}", records());
}
