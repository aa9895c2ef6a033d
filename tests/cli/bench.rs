//! `bench`: what it measures, what it says of it, and what it refuses. No figure is compared with another machine's.

use serde_json::Value;

use super::{Answer, Folder, run, tiny_model};

/// Words that are one token each in both models' vocabularies are not needed: the tiny model takes any.
const LINES: &str = "the harbour is closed\n\nthe old ferry\r\nwater rose in the harbour after the storm\n";

/// Runs `bench` with the tiny model on two threads, for a moment.
fn tiny(folder: &Folder, args: &[&str]) -> Answer {
    let model = tiny_model();
    let quick = ["bench", "--seconds", "0.2", "--threads", "2", "--model", model.to_str().unwrap()];
    folder.run(&[&quick[..], args].concat())
}

/// The answer as JSON, which keeps to its schema.
#[track_caller]
fn read(answer: &Answer) -> Value {
    let report: Value = serde_json::from_slice(&answer.stdout).unwrap_or_else(|error| panic!("{error}: {answer:?}"));
    let schema = serde_json::from_slice(&run(&["schema", "bench"]).stdout).unwrap();
    jsonschema::validator_for(&schema).unwrap().validate(&report).unwrap();
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
    // What was cut off is not counted.
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
    for seconds in ["0", "-1", "nan", "1e9"] {
        folder.run(&["bench", &format!("--seconds={seconds}")]).refuses(&["--seconds"]);
    }
    folder.run(&["bench", "--rounds", "2", "--seconds", "1"]).refuses(&["--rounds"]);
    for isa in samesay::kernels::ISAS.iter().filter(|isa| !isa.available()) {
        tiny(&folder, &["--texts", "lines.txt", "--isa", isa.name]).refuses(&[isa.name, "CPU"]);
    }
    tiny(&folder, &["--isa", "sse9"]).refuses(&["sse9", "unknown instruction set"]);
}

#[test]
fn one_giant_line_is_cut_at_the_window_and_that_is_said() {
    let folder = Folder::with(&[("giant.txt", &"water rose ".repeat(400_000))]);
    let answer = tiny(&folder, &["--texts", "giant.txt"]).exits(0);
    assert!(answer.text().contains("giant: 1 text was longer than the model's window"), "{}", answer.text());
}
