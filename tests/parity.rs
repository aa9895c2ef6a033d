//! The same vectors as Python's sentence-transformers. `tests/fixtures/parity.py` and `make_tiny.py` created the
//! references.

use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use ndarray::{Array2, ArrayView1};
use samesay::kernels::{ISAS, Isa, Precision};
use samesay::model::{Backend, Embedder, Model, Prompt, Text, Workspace};
use samesay::passage::sentences;
use serde::Deserialize;

use crate::cli::model_dir;

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(name)
}

fn json<T: for<'a> Deserialize<'a>>(name: &str) -> T {
    serde_json::from_slice(&std::fs::read(fixture(name)).unwrap()).unwrap()
}

fn embedder() -> &'static Embedder {
    static EMBEDDER: OnceLock<Embedder> = OnceLock::new();
    EMBEDDER.get_or_init(|| {
        Embedder::new(Model::load("all-MiniLM-L6-v2", model_dir(), Backend::Candle).unwrap(), 2).unwrap()
    })
}

/// Reads a npy file of float32 `[n, dim]`.
fn npy(path: &Path) -> Array2<f32> {
    let bytes = std::fs::read(path).unwrap();
    let head = 10 + usize::from(u16::from_le_bytes([bytes[8], bytes[9]]));
    let text = std::str::from_utf8(&bytes[10..head]).unwrap();
    assert!(text.contains("'<f4'") && text.contains("False"), "{text}");
    let shape: Vec<usize> =
        text.split(['(', ')']).nth(1).unwrap().split(',').filter_map(|n| n.trim().parse().ok()).collect();
    let values = bytes[head..].chunks_exact(4).map(|four| f32::from_le_bytes(four.try_into().unwrap()));
    Array2::from_shape_vec((shape[0], shape[1]), values.collect()).unwrap()
}

fn cosine(a: ArrayView1<f32>, b: ArrayView1<f32>) -> f64 {
    let dot = |a: ArrayView1<f32>, b: ArrayView1<f32>| {
        a.iter().zip(b).map(|(a, b)| f64::from(*a) * f64::from(*b)).sum::<f64>()
    };
    dot(a, b) / (dot(a, a).sqrt() * dot(b, b).sqrt())
}

#[test]
fn tokens_are_those_of_sentence_transformers() {
    let (texts, expected): (Vec<String>, Vec<Vec<u32>>) = (json("parity_texts.json"), json("parity_tokens.json"));
    assert!(texts.len() >= 60);
    for (text, expected) in texts.iter().zip(&expected) {
        assert_eq!(&embedder().model().tokenize(text).unwrap().ids, expected, "{text:.80?}");
    }
}

/// Every instruction set of this CPU in each of its precisions; the others are named.
fn engines() -> impl Iterator<Item = (&'static Isa, Precision)> {
    let on_this_cpu = |isa: &&Isa| {
        if !isa.available() {
            println!("skipped: {} not on this CPU", isa.name);
        }
        isa.available()
    };
    ISAS.iter().filter(on_this_cpu).flat_map(|isa| isa.precisions.iter().map(move |precision| (isa, *precision)))
}

/// An embedder for each engine, and one for candle.
fn embedders() -> Vec<Embedder> {
    let load = |backend| Embedder::new(Model::load("all-MiniLM-L6-v2", model_dir(), backend).unwrap(), 2).unwrap();
    engines().map(|(isa, precision)| Backend::Isa(isa, precision)).chain([Backend::Candle]).map(load).collect()
}

#[test]
fn vectors_are_those_of_sentence_transformers() {
    let texts: Vec<String> = json("parity_texts.json");
    let expected = npy(&fixture("parity_vectors.npy"));
    for embedder in embedders() {
        let engine = embedder.model().engine();
        let floor = match engine.precision {
            Precision::F32 => 0.99999,
            Precision::Int16 => 0.9999,
            Precision::Bf16 => 0.9995,
            Precision::Int8 => 0.99,
        };
        let found = embedder.embed(&texts, Prompt::None).unwrap();
        let cosines: Vec<f64> = found.rows().into_iter().zip(expected.rows()).map(|(a, b)| cosine(a, b)).collect();
        let (worst, least) = cosines.iter().enumerate().min_by(|a, b| a.1.total_cmp(b.1)).unwrap();
        let mean = cosines.iter().sum::<f64>() / cosines.len() as f64;
        println!("{} {}: {} texts, cosine min {least:.8}, mean {mean:.8}", engine.isa, engine.precision, texts.len());
        assert!(*least >= floor, "{}: {:.80?} has a cosine of {least}", engine.isa, texts[worst]);
    }
}

/// A text's vector is the same bit for bit for any other texts in the batch and any number of threads.
#[test]
fn same_bits_in_any_batch_and_on_any_number_of_threads() {
    let texts: Vec<String> = json("parity_texts.json");
    for (isa, precision) in engines() {
        let load = |threads| {
            Embedder::new(Model::load("m", model_dir(), Backend::Isa(isa, precision)).unwrap(), threads).unwrap()
        };
        let [one, two] = [load(1), load(2)];
        let together = two.embed(&texts, Prompt::None).unwrap();
        // With other texts in the batch, and on one thread.
        let third: Vec<&String> = texts.iter().step_by(3).collect();
        for (row, same) in
            one.embed(&third, Prompt::None).unwrap().rows().into_iter().zip(together.rows().into_iter().step_by(3))
        {
            assert_eq!(row, same, "{} {precision}", isa.name);
        }
        for (text, row) in texts.iter().zip(together.rows()).step_by(7) {
            assert_eq!(two.embed(&[text], Prompt::None).unwrap().row(0), row, "{} {precision} {text:.80?}", isa.name);
        }
    }
}

/// On candle, padding, masks and the order of batches cause differences of rounding only.
#[test]
fn together_or_alone() {
    let texts: Vec<String> = json("parity_texts.json");
    let together = embedder().embed(&texts, Prompt::None).unwrap();
    for (text, row) in texts.iter().zip(together.rows()).step_by(5) {
        let alone = embedder().embed(&[text], Prompt::None).unwrap();
        let difference = alone.row(0).iter().zip(row).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
        assert!(difference <= 1e-5, "{text:.80?} differs by {difference}");
    }
}

#[test]
fn nothing_is_ever_nan() {
    for text in ["", " ", "\0", "\u{200b}", "\u{1}\u{2}", "....", "\u{fffd}\u{fffd}", "🫠"] {
        let all = sentences(text);
        let vectors =
            embedder().embed_with_sentences(&[Text { text, sentences: &all }], Prompt::Passage, &|_| {}).unwrap();
        for row in vectors.texts.rows().into_iter().chain(vectors.sentences.rows()) {
            let norm = row.dot(&row);
            assert!((norm - 1.0).abs() < 1e-5, "{text:?} has a vector of length {norm}");
        }
    }
}

/// A sentence's vector comes from its own words in the passage's forward pass.
#[test]
fn sentences_are_pooled_from_their_own_tokens() {
    let text = "The ferry hit the pier at dawn. Rents may rise by three per cent a year. Nobody slept.";
    let all = sentences(text);
    assert_eq!(all.len(), 3);
    let pooled = embedder().embed_with_sentences(&[Text { text, sentences: &all }], Prompt::Passage, &|_| {}).unwrap();
    let alone =
        embedder().embed(&all.iter().map(|range| &text[range.clone()]).collect::<Vec<_>>(), Prompt::None).unwrap();
    for (at, row) in pooled.sentences.rows().into_iter().enumerate() {
        let best = (0..3).max_by(|a, b| cosine(row, alone.row(*a)).total_cmp(&cosine(row, alone.row(*b)))).unwrap();
        assert_eq!(best, at, "sentence {at} is nearest to sentence {best} embedded alone");
    }
    let one = &all[..1];
    let single = embedder()
        .embed_with_sentences(&[Text { text: &text[one[0].clone()], sentences: one }], Prompt::Passage, &|_| {})
        .unwrap();
    assert!(
        (cosine(single.texts.row(0), single.sentences.row(0)) - 1.0).abs() < 1e-6,
        "a text that is one sentence lends it its own vector"
    );
}

/// candle-transformers' BERT, an independent implementation, gives the same hidden states as the kernels in f32.
#[test]
fn hidden_states_are_those_of_candle_transformers() {
    for (isa, precision) in engines().filter(|(_, precision)| *precision == Precision::F32) {
        let kernels = Model::load("m", model_dir(), Backend::Isa(isa, precision)).unwrap();
        for text in ["One.", "The harbour of Halm was closed on Tuesday after a long debate about dust and jobs."] {
            let ids = kernels.tokenize(text).unwrap().ids;
            let [mut ours, mut theirs] = [Workspace::default(), Workspace::default()];
            let found = kernels.hidden_states(&[&ids], &mut ours).unwrap();
            let expected = embedder().model().hidden_states(&[&ids], &mut theirs).unwrap();
            // States have a magnitude of 1; f32 sums of 1,536 products in another order differ by a few 1e-6.
            assert!(found.iter().zip(expected.iter()).all(|(a, b)| (a - b).abs() < 2e-5), "{} {text}", isa.name);
        }
    }
}

#[derive(Deserialize)]
struct Tiny {
    texts: Vec<String>,
    #[serde(rename = "tiny-bert-cls")]
    cls: TinyModel,
    #[serde(rename = "tiny-bert-mean")]
    mean: TinyModel,
}

#[derive(Deserialize)]
struct TinyModel {
    plain: TinyVectors,
    query: TinyVectors,
    passage: TinyVectors,
}

#[derive(Deserialize)]
struct TinyVectors {
    tokens: Vec<Vec<u32>>,
    vectors: Vec<Vec<f32>>,
}

/// Any sentence-transformers directory of BERT architecture: CLS or mean pooling, prompts, window, normalisation, old
/// and new layout.
#[test]
fn other_models_follow_their_own_configuration() {
    let tiny: Tiny = json("tiny_vectors.json");
    let models = [("tiny-bert-cls", &tiny.cls), ("tiny-bert-mean", &tiny.mean)];
    let floats = Backend::Isa(Isa::best(Precision::F32).unwrap(), Precision::F32);
    for ((name, expected), backend) in
        models.into_iter().flat_map(|model| [floats, Backend::Best, Backend::Candle].map(|on| (model, on)))
    {
        let embedder = Embedder::new(Model::load(name, &fixture(name), backend).unwrap(), 1).unwrap();
        // AMX tiles do not support heads of 8 values, so the best instruction set is a different one here.
        let engine = embedder.model().engine();
        assert_ne!(engine.isa, "amx");
        let most = if engine.precision == Precision::F32 { 1e-5 } else { 1e-3 };
        assert_eq!(embedder.model().settings().window, 48);
        for (prompt, expected) in
            [(Prompt::None, &expected.plain), (Prompt::Query, &expected.query), (Prompt::Passage, &expected.passage)]
        {
            let before = embedder.model().settings().prompt(prompt);
            for (text, ids) in tiny.texts.iter().zip(&expected.tokens) {
                assert_eq!(
                    &embedder.model().tokenize(&format!("{before}{text}")).unwrap().ids,
                    ids,
                    "{name} {prompt:?} {text:?}"
                );
            }
            let found = embedder.embed(&tiny.texts, prompt).unwrap();
            for (found, expected) in found.rows().into_iter().zip(&expected.vectors) {
                let difference = found.iter().zip(expected).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
                assert!(difference <= most, "{name} {prompt:?} differs by {difference} in {}", engine.precision);
            }
        }
    }
}

/// The model types of `make_architectures.py`, and whether our kernels run them.
const ARCHITECTURES: [(&str, bool); 11] = [
    ("bert", true),
    ("camembert", true),
    ("distilbert", true),
    ("electra", true),
    ("mpnet", true),
    ("roberta", true),
    ("xlm-roberta", true),
    ("deberta-v2", false),
    ("modernbert", false),
    ("nomic_bert", false),
    ("qwen3", false),
];

/// The texts for these architectures: of every script and length, and with special tokens.
fn all_texts() -> Vec<String> {
    [json::<Vec<String>>("parity_texts.json"), json("architectures/extra_texts.json")].concat()
}

/// The lowest cosine of some vectors with Python's, and its text.
fn least_cosine<'a>(texts: &'a [String], found: &Array2<f32>, expected: &Path) -> (f64, &'a str) {
    let expected = npy(expected);
    assert_eq!(found.dim(), expected.dim());
    let cosines = found.rows().into_iter().zip(expected.rows()).map(|(a, b)| cosine(a, b));
    cosines.zip(texts).map(|(cosine, text)| (cosine, text.as_str())).min_by(|a, b| a.0.total_cmp(&b.0)).unwrap()
}

/// Every architecture, tokeniser, pooling and module gives the same vectors as transformers and sentence-transformers.
#[test]
fn architectures_give_the_vectors_of_sentence_transformers() {
    let texts = all_texts();
    for (name, on_kernels) in ARCHITECTURES {
        let dir = fixture("architectures").join(name);
        let asked: Vec<Backend> = if on_kernels {
            engines().map(|(isa, precision)| Backend::Isa(isa, precision)).collect()
        } else {
            vec![Backend::Best, Backend::Candle]
        };
        for backend in asked {
            let embedder = Embedder::new(Model::load(name, &dir, backend).unwrap(), 2).unwrap();
            let model = embedder.model();
            let engine = model.engine().clone();
            assert_eq!(engine.isa == "candle", !on_kernels, "{name}");
            assert_eq!(model.settings().network.model_type, name);
            let floor = match engine.precision {
                Precision::F32 => 0.99999,
                // Plain AVX2 rounds weights more, which random models of 32 dimensions show most. The weights of the
                // default model reach 0.99 there too.
                Precision::Int8 if engine.isa == "avx2" => 0.98,
                Precision::Int8 => 0.99,
                Precision::Int16 | Precision::Bf16 => 0.9995,
            };
            let check = |embedder: &Embedder, reference: &str| {
                let found = embedder.embed(&texts, Prompt::None).unwrap();
                let expected = fixture("architectures").join(format!("{name}{reference}.npy"));
                let (least, worst) = least_cosine(&texts, &found, &expected);
                println!("{name}{reference} on {} in {}: cosine min {least:.8}", engine.isa, engine.precision);
                assert!(least >= floor, "{name}{reference} {}: {worst:.80?} has a cosine of {least}", engine.isa);
            };
            check(&embedder, "");
            if model.settings().prompts.get("query").is_some_and(|prompt| !prompt.is_empty()) {
                let model = Model::load(name, &dir, backend).unwrap().with_default_prompt("query").unwrap();
                check(&Embedder::new(model, 1).unwrap(), ".query");
            }
        }
    }
}

/// A text's vector is the same bit for bit on every backbone for any other texts in the batch.
#[test]
fn architectures_give_the_same_bits_in_any_batch() {
    let texts = all_texts();
    for (name, _) in ARCHITECTURES {
        let load = || Model::load(name, &fixture("architectures").join(name), Backend::Best).unwrap();
        let together = Embedder::new(load(), 2).unwrap().embed(&texts, Prompt::None).unwrap();
        let alone = Embedder::new(load(), 1).unwrap();
        for (text, row) in texts.iter().zip(together.rows()).step_by(9) {
            assert_eq!(alone.embed(&[text], Prompt::None).unwrap().row(0), row, "{name} {text:.80?}");
        }
    }
}

/// Static models give the same vectors as model2vec and sentence-transformers, in any batch.
#[test]
fn static_models_give_the_vectors_of_model2vec() {
    let texts = all_texts();
    for name in ["plain", "mapped", "native"] {
        let load = || Model::load(name, &fixture("static").join(name), Backend::Best).unwrap();
        let embedder = Embedder::new(load(), 2).unwrap();
        let engine = embedder.model().engine();
        assert_eq!((engine.isa, engine.fell_back), ("lookup", false));
        let places: Vec<usize> = json(&format!("static/{name}.texts.json"));
        let texts: Vec<&String> = places.iter().map(|at| &texts[*at]).collect();
        let found = embedder.embed(&texts, Prompt::None).unwrap();
        let expected = npy(&fixture(&format!("static/{name}.npy")));
        assert_eq!(found.dim(), expected.dim());
        // Python does not truncate texts longer than the window.
        let cut: Vec<bool> = embedder.tokenize(&texts).unwrap().iter().map(|tokens| tokens.cut).collect();
        let mut passed_over = 0;
        for (((text, cut), found), expected) in texts.iter().zip(cut).zip(found.rows()).zip(expected.rows()) {
            if cut {
                passed_over += 1;
                continue;
            }
            if expected.iter().all(|value| *value == 0.0) {
                // A text without a known token.
                assert!(found.iter().all(|value| *value == 0.0), "{name} {text:.80?}");
                passed_over += 1;
            } else {
                let cosine = cosine(found, expected);
                assert!(cosine >= 0.99999, "{name}: {text:.80?} has a cosine of {cosine}");
            }
            let difference = found.iter().zip(expected).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
            assert!(difference < 2e-3, "{name} {text:.80?} differs by {difference}");
        }
        assert!(texts.len() - passed_over >= 60, "{name}: {passed_over} of {} have no token or are cut", texts.len());
        let alone = Embedder::new(load(), 1).unwrap();
        for (text, row) in texts.iter().zip(found.rows()).step_by(9) {
            assert_eq!(alone.embed(&[text], Prompt::None).unwrap().row(0), row, "{name} {text:.80?}");
        }
    }
    let settings = |name: &str| Model::load(name, &fixture("static").join(name), Backend::Best).unwrap();
    let windows = ["plain", "mapped", "native"].map(|name| settings(name).settings().window);
    assert_eq!(windows, [32_768, 40, 512]);
}

/// Truncated vectors are the beginnings of whole ones, scaled to length 1 again, and in a space of their own.
#[test]
fn vectors_can_be_cut() {
    let texts = all_texts();
    let load = || Model::load("m", &fixture("architectures/roberta"), Backend::Best).unwrap();
    let whole = Embedder::new(load(), 1).unwrap();
    let cut = Embedder::new(load().with_dim(12).unwrap(), 1).unwrap();
    let (long, short) = (whole.embed(&texts, Prompt::None).unwrap(), cut.embed(&texts, Prompt::None).unwrap());
    assert_eq!(short.ncols(), 12);
    for (long, short) in long.rows().into_iter().zip(short.rows()) {
        let begin = long.slice(ndarray::s![..12]);
        assert!((cosine(begin, short) - 1.0).abs() < 1e-6 && (short.dot(&short) - 1.0).abs() < 1e-5);
    }
    assert_ne!(whole.model().space(1).unwrap(), cut.model().space(1).unwrap());
    assert_eq!(load().with_dim(32).unwrap().space(1).unwrap(), whole.model().space(1).unwrap());
    for wrong in [0, 33] {
        assert!(load().with_dim(wrong).is_err());
    }
}

/// The prompt before a passage takes its share of the window: the passage is not truncated because of it.
#[test]
fn passages_leave_room_for_their_prompt() {
    use samesay::passage::TokenCounter;
    let model = Model::load("m", &fixture("tiny-bert-mean"), Backend::Best).unwrap();
    let special = 2;
    let prompt = model.tokenize(model.settings().prompt(Prompt::Passage)).unwrap().ids.len() - special;
    assert!(prompt > 0);
    assert_eq!(model.counter().limit(), model.settings().window - special - prompt);
}
